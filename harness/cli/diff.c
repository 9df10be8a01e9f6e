/* muster diff: two runs, read and compared in a sealed job. */
#include <unistd.h>

#include "base/file.h"
#include "cli/compare_out.h"
#include "cli/report_job.h"
#include "report/compare.h"
#include "report/formats.h"

struct reading {
    const char *name[2];
    int run[2];
    struct mu_compare_out out;
    struct mu_sheets *sheets;
};

static bool prepare(struct mu_arena *arena, void *what, struct mu_err *err)
{
    struct reading *r = what;
    if (r->out.format != MU_COMPARE_HTML)
        return true;
    return mu_page_sheet_load(arena, r->out.sheets, "diff", &r->sheets, err);
}

static bool write_text(const struct reading *r, const struct mu_diff *c, int fd, struct mu_err *err)
{
    struct mu_buf text = { .arena = c->arena };
    bool terminal = fd == STDOUT_FILENO;
    mu_compare_text(
        &text, c,
        (struct mu_compare_style){ .colour = terminal && r->out.colour, .all = r->out.all });
    return mu_file_write_all(fd, mu_buf_bytes(&text), err);
}

static bool write_all(const struct reading *r, const struct mu_diff *c, struct mu_err *err)
{
    int fd = mu_compare_out_fd(&r->out);
    struct mu_buf text = { .arena = c->arena };
    if (r->out.format == MU_COMPARE_TEXT)
        return write_text(r, c, fd, err);
    if (r->out.format == MU_COMPARE_HTML)
        TRY(mu_compare_page(r->sheets, c, fd, err));
    else {
        mu_compare_json(&text, c);
        TRY(mu_file_write_all(fd, mu_buf_bytes(&text), err));
    }
    return !mu_compare_out_tells(&r->out) || write_text(r, c, STDOUT_FILENO, err);
}

static bool make(struct mu_arena *arena, void *what, int *status, struct mu_err *err)
{
    const struct reading *r = what;
    struct mu_result *run[2];
    for (int i = 0; i < 2; i++) {
        struct mu_report_source source = { .name = r->name[i], .run = r->run[i] };
        TRY(mu_report_load(arena, &source, &run[i], err));
    }
    const struct mu_diff *c = mu_compare(arena, run[0], run[1]);
    TRY(write_all(r, c, err));
    *status = c->common == 0                                                       ? MU_EXIT_USAGE
              : run[0]->state == MU_RUN_CORRUPT || run[1]->state == MU_RUN_CORRUPT ? MU_EXIT_TROUBLE
              : c->failures > 0 ? MU_EXIT_FAILURES
                                : MU_EXIT_OK;
    return true;
}

bool mu_cli_diff(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int old = -1;
    MU_CLEANUP(mu_fd_close) int new = -1;
    MU_CLEANUP(mu_fd_close) int old_folder = -1;
    MU_CLEANUP(mu_fd_close) int new_folder = -1;
    struct reading r = { .sheets = NULL };
    TRY(mu_open_run(args->operand[0], &old_folder, &old, err));
    TRY(mu_open_run(args->operand[1], &new_folder, &new, err));
    r.name[0] = args->operand[0];
    r.name[1] = args->operand[1];
    r.run[0] = old;
    r.run[1] = new;
    TRY(mu_compare_out_open(args, "diff.html", &r.out, err));
    struct mu_sealed sealed = { .prepare = prepare, .make = make, .what = &r };
    bool ok = mu_read_sealed(&sealed, err);
    TRY(mu_compare_out_settle(&r.out, ok, err));
    *status = mu_compare_status(sealed.said);
    return true;
}
