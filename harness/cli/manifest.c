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

static bool tell(const struct mu_err *corrupt, struct mu_err *err)
{
    if (corrupt->code != MU_ERR_NONE)
        *err = *corrupt;
    return corrupt->code == MU_ERR_NONE;
}

bool mu_renew_reports(struct mu_arena *arena, const struct mu_report_order *order,
                      struct mu_err *err)
{
    const char *folder = below(arena, order->run, order->out);
    struct mu_err corrupt = { .code = MU_ERR_NONE };
    struct mu_report_order patient = *order; /* the manifest comes first */
    size_t n = order->formats;
    patient.corrupt = &corrupt;
    TRY(mu_manifest_may_change(arena, order->run, order->out, err));
    TRY(mu_make_reports(arena, &patient, err));
    if (folder == NULL)
        return tell(&corrupt, err);
    while (order->formats == 0 && mu_report_format_at(n) != NULL)
        n++;
    const char **name = mu_arena_array(arena, n + 1, sizeof *name);
    for (size_t i = 0; i < n; i++) {
        const struct mu_report_format *f =
            order->formats == 0 ? mu_report_format_at(i) : mu_report_format_find(order->format[i]);
        name[i] = mu_file_join(arena, folder, f != NULL ? f->file : order->format[i]);
    }
    return mu_manifest_renew(arena, order->run, name, n, err) && tell(&corrupt, err);
}
