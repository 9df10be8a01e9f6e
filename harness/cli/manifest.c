#include "cli/manifest.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "report/manifest.h"

/* `out` as a path below the run: "" for the run itself; NULL: it lies elsewhere. */
static const char *below(struct mu_arena *arena, const char *run, const char *out)
{
    if (out == NULL)
        return "";
    const char *whole = mu_file_real(arena, run), *place = mu_file_real(arena, out);
    size_t n = strlen(whole);
    if (strncmp(place, whole, n) != 0 || (place[n] != '\0' && place[n] != '/'))
        return NULL;
    return place[n] == '/' ? place + n + 1 : "";
}

bool mu_manifest_may_change(struct mu_arena *arena, const char *run, const char *out,
                            struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || below(arena, run, out) == NULL || !mu_manifest_signed(dir))
        return true;
    return mu_fail(err, MU_ERR_USAGE,
                   "'%s' is signed, and what is in it stays as it is: --out DIR writes elsewhere",
                   run);
}

#define REPORTS_MAX 64 /* files that one command writes */

struct names {
    struct mu_arena *arena;
    const char *name[REPORTS_MAX];
    size_t n;
};

static void add(struct names *names, const char *folder, const char *file)
{
    if (names->n < REPORTS_MAX)
        names->name[names->n++] = mu_file_join(names->arena, folder, file);
}

/* Names of formats with commas between them. */
static void add_list(struct names *names, const char *folder, const char *list)
{
    for (size_t n; *list != '\0'; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        const char *name = mu_arena_strndup(names->arena, list, n);
        const struct mu_report_format *f = mu_report_format_find(name);
        if (n > 0)
            add(names, folder, f != NULL ? f->file : name);
    }
}

bool mu_manifest_after_reports(const struct mu_arguments *args, const char *run, const char *out,
                               struct mu_err *err)
{
    const char **format, *folder = below(args->arena, run, out);
    size_t asked = mu_argument_values(args, MU_OPT_FORMAT, &format), all = 0;
    if (folder == NULL)
        return true;
    while (mu_report_format_at(all) != NULL)
        all++;
    struct names names = { .arena = args->arena };
    for (size_t i = 0; asked == 0 && i < all; i++)
        add(&names, folder, mu_report_format_at(i)->file);
    for (size_t i = 0; i < asked; i++)
        add_list(&names, folder, format[i]);
    return mu_manifest_renew(args->arena, run, names.name, names.n, err);
}
