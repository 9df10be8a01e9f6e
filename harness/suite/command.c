#include "suite/command.h"

#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/names.h"

static const char *const placeholder[] = { "to",      "from",  "subject", "label",  "marking",
                                           "message", "token", "address", "profile" };

/* Every {word} must be one that the run fills in. */
static bool check_placeholders(struct mu_arena *arena, const char *text, struct mu_err *err)
{
    for (const char *p = text; (p = strchr(p, '{')) != NULL; p++) {
        const char *end = strchr(p, '}');
        if (end == NULL)
            return mu_fail(err, MU_ERR_PROFILE, "a '{' has no '}' in '%s'", text);
        const char *name = mu_arena_strndup(arena, p + 1, (size_t) (end - p - 1));
        size_t i = 0;
        while (i < MU_COUNT(placeholder) && strcmp(placeholder[i], name) != 0)
            i++;
        if (i < MU_COUNT(placeholder))
            continue;
        const char *nearest = mu_name_nearest_in(name, placeholder, MU_COUNT(placeholder));
        if (nearest != NULL)
            return mu_fail(err, MU_ERR_PROFILE, "unknown placeholder '{%s}', did you mean '{%s}'?",
                           name, nearest);
        return mu_fail(err, MU_ERR_PROFILE, "unknown placeholder '{%s}'", name);
    }
    return true;
}

/* One word from *at on; quotes may begin and end inside it. */
static bool take_word(struct mu_arena *arena, const char **at, char **word, struct mu_err *err)
{
    struct mu_buf out = { .arena = arena };
    const char *p = *at;
    while (*p != '\0' && strchr(" \t\r\n", *p) == NULL) {
        if (*p != '\'' && *p != '"') {
            mu_buf_putc(&out, *p++);
            continue;
        }
        const char *end = strchr(p + 1, *p);
        if (end == NULL)
            return mu_fail(err, MU_ERR_PROFILE, "a quote is not closed in the command");
        mu_buf_put(&out, p + 1, (size_t) (end - p - 1));
        p = end + 1;
    }
    *word = mu_arena_strndup(arena, mu_buf_text(&out), out.n);
    *at = p;
    return true;
}

bool mu_command_split(struct mu_arena *arena, const char *dir, const char *text, char ***argv,
                      struct mu_err *err)
{
    TRY(check_placeholders(arena, text, err));
    return mu_command_plain(arena, dir, text, argv, err);
}

bool mu_command_plain(struct mu_arena *arena, const char *dir, const char *text, char ***argv,
                      struct mu_err *err)
{
    static const char white[] = " \t\r\n";
    char **all = mu_arena_array(arena, strlen(text) / 2 + 2, sizeof *all);
    size_t count = 0;
    for (const char *p = text + strspn(text, white); *p != '\0'; p += strspn(p, white))
        TRY(take_word(arena, &p, &all[count++], err));
    if (count == 0 || all[0][0] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the command names no program");
    if (strchr(all[0], '/') != NULL && all[0][0] != '/' && strcmp(dir, ".") != 0)
        all[0] = mu_arena_printf(arena, "%s/%s", dir, all[0]);
    *argv = all;
    return true;
}
