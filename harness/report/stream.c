/* Reports of a run that may be longer than memory: what is written does not stay. */
#include "report/sheets.h"

#include "base/limits.h"

struct given {
    const struct mu_writer *writer;
    struct mu_out out;
    struct mu_page page;
};

struct giving {
    const struct mu_result *result;
    struct given *to;
    size_t n;
};

static bool begin(struct mu_arena *arena, struct given *g, const struct mu_report_wanted *wanted,
                  const struct mu_report_source *source, const struct mu_result *m,
                  struct mu_err *err)
{
    g->writer = wanted->prepared->writer;
    if (g->writer == NULL)
        return mu_page_begin(arena, wanted->prepared->sheets, source, m, wanted->out, &g->page, err)
               && mu_page_mark(&g->page, err);
    g->out = (struct mu_out){ .fd = wanted->out,
                              .buf = { .arena = arena },
                              .spare = { .arena = arena },
                              .words = source->words };
    if (g->writer->begin != NULL)
        g->writer->begin(&g->out, m);
    return true;
}

static bool each(void *self, const struct mu_instance *instance, struct mu_err *err)
{
    struct giving *all = self;
    for (size_t i = 0; i < all->n; i++) {
        struct given *g = &all->to[i];
        if (g->writer == NULL && g->page.cases != NULL)
            TRY(mu_cases_each(g->page.cases, instance, err));
        if (g->writer == NULL || g->writer->each == NULL)
            continue;
        g->writer->each(&g->out, all->result, instance);
        mu_out_flush(&g->out);
    }
    return true;
}

static bool end(struct given *g, const struct mu_result *m, struct mu_err *err)
{
    if (g->writer == NULL)
        return (g->page.cases == NULL || mu_cases_end(g->page.cases, err))
               && mu_page_end(&g->page, err);
    if (g->writer->end != NULL)
        g->writer->end(&g->out, m);
    return mu_out_finish(&g->out, err);
}

static bool give_twice(struct mu_arena *arena, const struct mu_report_wanted *wanted, size_t n,
                       const struct mu_report_source *source, struct mu_result *m,
                       struct mu_err *err)
{
    struct giving all = { m, mu_arena_array(arena, n, sizeof *all.to), n };
    for (size_t i = 0; i < n; i++)
        TRY(begin(arena, &all.to[i], &wanted[i], source, m, err));
    TRY(mu_result_again(m, source->run, each, &all, err));
    for (size_t i = 0; i < n; i++)
        TRY(end(&all.to[i], m, err));
    return true;
}

bool mu_report_give_all(const struct mu_report_wanted *wanted, size_t n,
                        const struct mu_report_source *source, const struct mu_result *m,
                        struct mu_err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct mu_arena *own = mu_arena_new(2 * MU_JOB_ARENA_MAX);
        bool ok = mu_report_give(own, wanted[i].prepared, source, m, wanted[i].out, err);
        mu_arena_free(own);
        TRY(ok);
    }
    return true;
}

/* What people said of a verdict follows the end of the run: it is known too late for a reading that
 * forgets. */
bool mu_report_make_all(struct mu_arena *arena, const struct mu_report_wanted *wanted, size_t n,
                        const struct mu_report_source *source, struct mu_result **result,
                        struct mu_err *err)
{
    bool streams = n > 0;
    for (size_t i = 0; i < n; i++)
        streams = streams && wanted[i].prepared->streams;
    if (streams) {
        struct mu_err why;
        if (!mu_result_count(arena, source->run, source->redaction, result, &why))
            return mu_report_blame(source, &why, err);
        if (!(*result)->looks_back)
            return give_twice(arena, wanted, n, source, *result, err);
    }
    TRY(mu_report_load(arena, source, result, err));
    (*result)->live = source->live;
    return mu_report_give_all(wanted, n, source, *result, err);
}
