/* What every command of `muster label` starts with: policies, schema, options; and its round over the
 * operands. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/names.h"
#include "cli/label.h"
#include "format/unicode.h"

#define ITEM_ARENA ((size_t) 1 << 30) /* what one input may take: a message and all that is in it */

static const char *const case_word[] = { "policy", "insensitive", "sensitive" };
static const char *const match_word[] = { "strict", "tolerant" };
static const char *const format_word[] = { "text", "json" };

/* --- policies ------------------------------------------------------------------------------------------ */

static bool load_policy(struct mu_desk *desk, const char *path, struct mu_policy **policy,
                        struct mu_err *err)
{
    struct mu_bytes text;
    size_t letters;
    TRY(mu_argument_word(desk->args, MU_OPT_CASE, case_word, MU_COUNT(case_word), MU_CASE_OF_POLICY,
                         &letters, err));
    TRY(mu_file_read(desk->args->arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    return mu_policy_load_case(desk->args->arena, text, path, (enum mu_policy_case) letters, policy,
                               err);
}

/* The folder holds other tables of policies, too. */
static bool is_policy(struct mu_desk *desk, const char *path, bool *is, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    struct mu_bytes text;
    xmlDoc *doc;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    TRY(mu_xml_load_bytes(arena, text, path, &doc, err));
    *is = mu_xml_is(xmlDocGetRootElement(doc), MU_SPIF_NS, "SPIF");
    return true;
}

/* Files are named in lower case, policies mostly in upper case. */
static const char *file_name(struct mu_arena *arena, const char *name)
{
    char *lower = mu_arena_strndup(arena, name, strlen(name));
    for (char *c = lower; *c != '\0'; c++)
        *c = (char) tolower((unsigned char) *c);
    return lower;
}

static const char *shipped(struct mu_desk *desk, const char *name)
{
    struct mu_arena *arena = desk->args->arena;
    return mu_data_find(&desk->world.data, arena,
                        mu_arena_printf(arena, "profiles/policies/%s.xml", file_name(arena, name)));
}

bool mu_desk_policy(struct mu_desk *desk, const char *name, struct mu_policy **policy,
                    struct mu_err *err)
{
    if (access(name, F_OK) == 0)
        return load_policy(desk, name, policy, err);
    const char *path = strchr(name, '/') == NULL ? shipped(desk, name) : NULL;
    if (path != NULL)
        return load_policy(desk, path, policy, err);
    const char **known;
    size_t n =
        mu_data_list(&desk->world.data, desk->args->arena, "profiles/policies", ".xml", &known);
    const char *near = mu_name_nearest_in(file_name(desk->args->arena, name), known, n);
    return mu_fail(err, MU_ERR_USAGE, "no policy '%.100s'%s%s%s", name,
                   near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : "");
}

static bool load_shipped(struct mu_desk *desk, struct mu_err *err)
{
    const char **name;
    struct mu_arena *arena = desk->args->arena;
    size_t n = mu_data_list(&desk->world.data, arena, "profiles/policies", ".xml", &name);
    desk->policies.policy = mu_arena_array(arena, n + 1, sizeof(struct mu_policy *));
    for (size_t i = 0; i < n; i++) {
        const char *path = shipped(desk, name[i]);
        bool is = false;
        if (path != NULL)
            TRY(is_policy(desk, path, &is, err));
        if (is)
            TRY(load_policy(desk, path, &desk->policies.policy[desk->policies.count++], err));
    }
    return desk->policies.count > 0
           || mu_fail(err, MU_ERR_USAGE,
                      "no policy is in the data folders; name one with --policy, or set "
                      "MUSTER_DATA");
}

static bool load_policies(struct mu_desk *desk, struct mu_err *err)
{
    const char **name;
    size_t n = mu_argument_values(desk->args, MU_OPT_POLICY, &name);
    if (n == 0)
        return load_shipped(desk, err);
    desk->policies.policy = mu_arena_array(desk->args->arena, n + 1, sizeof(struct mu_policy *));
    for (size_t i = 0; i < n; i++)
        TRY(mu_desk_policy(desk, name[i], &desk->policies.policy[i], err));
    desk->policies.count = n;
    return true;
}

bool mu_desk_open(struct mu_desk *desk, const struct mu_arguments *args, struct mu_err *err)
{
    *desk = (struct mu_desk){ .args = args, .status = MU_EXIT_OK, .language = "en" };
    size_t match, format;
    TRY(mu_argument_word(args, MU_OPT_MATCH, match_word, MU_COUNT(match_word), MU_MATCH_TOLERANT,
                         &match, err));
    TRY(mu_argument_word(args, MU_OPT_OUTPUT, format_word, MU_COUNT(format_word), 0, &format, err));
    desk->match = (enum mu_marking_match) match;
    desk->json = format == 1;
    if (args->value[MU_OPT_MARKING_LANGUAGE] != NULL)
        desk->language = args->value[MU_OPT_MARKING_LANGUAGE];
    if (args->value[MU_OPT_MARKING_TEXT] != NULL && args->operands > 0)
        return mu_fail(err, MU_ERR_USAGE, "give a FILE or --marking, not both");
    TRY(mu_world_start(&desk->world, args, err));
    TRY(mu_unicode_start(err));
    TRY(load_policies(desk, err));
    mu_marking_prepare(args->arena, &desk->policies);
    const char *schema =
        mu_data_find(&desk->world.data, args->arena, "profiles/schemas/adatp-4774.xsd");
    if (schema == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no profiles/schemas/adatp-4774.xsd in the data folders");
    return mu_schema_load(args->arena, schema, &desk->schema, err);
}

/* --- the operands -------------------------------------------------------------------------------------- */

void mu_desk_status(struct mu_desk *desk, enum mu_exit status)
{
    if (status == MU_EXIT_USAGE || desk->status == MU_EXIT_OK)
        desk->status = status;
}

static void complain(struct mu_desk *desk, const struct mu_err *err)
{
    char text[600];
    mu_err_text(err, text, sizeof text);
    fprintf(stderr, "muster: %s\n", text);
    mu_desk_status(desk, MU_EXIT_USAGE);
}

static void free_arena(void *arena)
{
    mu_arena_free(arena);
}

static bool read_input(struct mu_desk *desk, struct mu_arena *arena, int i, struct mu_items *items,
                       struct mu_err *err)
{
    const char *marking = desk->args->value[MU_OPT_MARKING_TEXT];
    if (marking != NULL && marking[0] == '\0') /* a variable of a script that was not set, mostly */
        return mu_fail(err, MU_ERR_USAGE, "--marking: there is nothing in it");
    if (marking != NULL)
        return mu_desk_read_marking(desk, arena, "--marking", mu_bytes_of(marking), items, err);
    return mu_desk_read(desk, arena, desk->args->operands > 0 ? desk->args->operand[i] : "-", items,
                        err);
}

bool mu_desk_each(struct mu_desk *desk,
                  bool (*one)(struct mu_desk *desk, struct mu_arena *arena,
                              const struct mu_item *item, void *self, struct mu_err *err),
                  void *self, struct mu_err *err)
{
    int inputs = desk->args->operands > 0 ? desk->args->operands : 1;
    bool done = true;
    for (int i = 0; i < inputs && done; i++) {
        struct mu_arena *arena = mu_arena_new(ITEM_ARENA);
        struct mu_items items = { 0 };
        struct mu_err one_err;
        if (desk->keep)
            mu_arena_defer(desk->args->arena, free_arena, arena);
        if (!read_input(desk, arena, i, &items, &one_err)) {
            complain(desk, &one_err);
            items.count = 0;
        }
        for (size_t k = 0; k < items.count && done; k++)
            done = one(desk, arena, &items.item[k], self, err);
        fflush(stdout); /* in step with what is complained of */
        if (!desk->keep)
            mu_arena_free(arena);
    }
    return done;
}
