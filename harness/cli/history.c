/* muster history: runs one after the other, read in a sealed job in the order in which they started. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/compare_out.h"
#include "cli/find_runs.h"
#include "cli/report_job.h"
#include "report/formats.h"
#include "report/history.h"

struct reading {
    struct mu_found_runs found;
    const char *follow;
    struct mu_compare_out out;
    struct mu_sheets *sheets;
};

static bool prepare(struct mu_arena *arena, void *what, struct mu_err *err)
{
    struct reading *r = what;
    if (r->out.format != MU_COMPARE_HTML)
        return true;
    return mu_page_sheet_load(arena, r->out.sheets, "history", &r->sheets, err);
}

static bool write_text(const struct reading *r, const struct mu_history *h, int fd,
                       struct mu_err *err)
{
    struct mu_buf text = { .arena = h->arena };
    mu_history_text(&text, h,
                    (struct mu_compare_style){ .colour = fd == STDOUT_FILENO && r->out.colour,
                                               .all = r->out.all });
    return mu_file_write_all(fd, mu_buf_bytes(&text), err);
}

static bool write_all(const struct reading *r, const struct mu_history *h, struct mu_err *err)
{
    int fd = mu_compare_out_fd(&r->out);
    struct mu_buf text = { .arena = h->arena };
    if (r->out.format == MU_COMPARE_TEXT)
        return write_text(r, h, fd, err);
    if (r->out.format == MU_COMPARE_HTML) {
        TRY(mu_history_page(r->sheets, h, fd, err));
    } else {
        mu_history_json(&text, h);
        TRY(mu_file_write_all(fd, mu_buf_bytes(&text), err));
    }
    return !mu_compare_out_tells(&r->out) || write_text(r, h, STDOUT_FILENO, err);
}

static bool make(struct mu_arena *arena, void *what, int *status, struct mu_err *err)
{
    const struct reading *r = what;
    struct mu_history *h = mu_history_new(arena, r->follow);
    mu_history_read(h, r->found.run, r->found.n);
    if (h->runs == 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "none of the %zu folders holds a run that can be read: %.150s", r->found.n,
                       h->skipped != NULL ? h->skipped->why : "");
    if (r->follow != NULL && !mu_history_followed(h))
        return mu_fail(err, MU_ERR_USAGE, "no run knows a case '%.100s'", r->follow);
    TRY(write_all(r, h, err));
    *status = MU_EXIT_OK;
    return true;
}

bool mu_cli_history(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct reading *r = mu_new(args->arena, struct reading);
    r->follow = args->value[MU_OPT_HISTORY_CASE];
    TRY(mu_find_runs(args->arena, (const char *const *) args->operand, (size_t) args->operands,
                     &r->found, err));
    TRY(mu_compare_out_open(args, "history.html", &r->out, err));
    struct mu_sealed sealed = { .prepare = prepare, .make = make, .what = r };
    bool ok = mu_read_sealed(&sealed, err);
    TRY(mu_compare_out_settle(&r->out, ok, err));
    *status = mu_compare_status(sealed.said);
    return true;
}
