/*
 * What adapters open: the port that one got, and the cases that wait until it has.
 *
 * A job that has read what an adapter says tells a number, and only a number: the host that is dialled is
 * that of the SUT file, whatever anybody answers.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "run/coordinator.h"

bool mu_endpoints_make(struct mu_coordinator *run, struct mu_err *err)
{
    run->opened = mu_arena_array(run->arena, run->host->endpoints + 1, sizeof *run->opened);
    for (size_t e = 0; run->host->opener != NULL && e < run->host->endpoints; e++) {
        int32_t p = run->host->opener(run->host->self, e);
        if (p >= 0 && (size_t) p >= run->services)
            return mu_fail(err, MU_ERR_PROFILE, "nobody opens endpoint %zu", e + 1);
    }
    return true;
}

struct mu_service *mu_endpoint_opener(const struct mu_coordinator *run, size_t e)
{
    int32_t p = run->host->opener != NULL ? run->host->opener(run->host->self, e) : -1;
    return p >= 0 ? &run->service[p] : NULL;
}

/* --- what a program says ---------------------------------------------------------------------------- */

static bool write_opened(struct mu_coordinator *run, const struct mu_service *s,
                         const struct mu_address *where, uint16_t port, struct mu_err *err)
{
    char host[64], text[200];
    mu_address_host(where, host, sizeof host);
    snprintf(text, sizeof text, "adapter '%.64s' opened port %u at %s", s->program->id, port, host);
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    mu_json_text(j, "text", text);
    return mu_journal_end(&run->journal, err);
}

bool mu_endpoint_opened(struct mu_coordinator *run, struct mu_service *s,
                        const struct mu_record *record, const char **why, struct mu_err *err)
{
    uint32_t e = record->count;
    assert(s != NULL);
    if (e >= run->host->endpoints || mu_endpoint_opener(run, e) != s || record->offset < 1
        || record->offset > UINT16_MAX || run->opened[e] != 0) {
        *why = "job:records";
        return true;
    }
    const struct mu_address *where = &run->host->endpoint(run->host->self, e)->address;
    uint16_t port = (uint16_t) record->offset, wanted = mu_address_port(where);
    if (wanted != 0 && port != wanted) {
        *why = "job:records";
        return true;
    }
    run->opened[e] = port;
    return write_opened(run, s, where, port, err);
}

void mu_endpoints_closed(struct mu_coordinator *run, const struct mu_service *s)
{
    for (size_t e = 0; e < run->host->endpoints; e++)
        if (mu_endpoint_opener(run, e) == s)
            run->opened[e] = 0;
}

/* --- cases that need it ------------------------------------------------------------------------------ */

static bool is_up(const struct mu_service *s)
{
    return s->state == MU_SERVICE_RUNNING && s->ready && !s->told_end;
}

enum mu_openness mu_endpoints_of(struct mu_coordinator *run, const struct mu_run_item *item,
                                 const char **reason)
{
    enum mu_openness all = MU_OPEN;
    for (size_t i = 0; i < MU_OPENERS; i++) {
        struct mu_service *s = item->opener[i] > 0 ? &run->service[item->opener[i] - 1] : NULL;
        if (s == NULL || is_up(s))
            continue;
        if (s->state == MU_SERVICE_GONE) {
            *reason = s->reason[0] != '\0' ? s->reason : "adapter:gone";
            return MU_OPENS_NEVER;
        }
        s->wanted = true;
        all = MU_OPENS_LATER;
    }
    return all;
}

void mu_endpoints_begin(const struct mu_coordinator *run, const struct mu_run_item *item,
                        struct mu_job *job)
{
    for (size_t i = 0; i < MU_OPENERS; i++) {
        job->opener[i] = item->opener[i];
        job->opener_start[i] = item->opener[i] > 0 ? run->service[item->opener[i] - 1].starts : 0;
    }
}

/* A program that went, or was started anew, took with it what the case was about. Its job says so before the
 * case can know it; what it has said is heard first, so that nothing else begins on what is gone. */
bool mu_endpoints_lost(struct mu_coordinator *run, const struct mu_job *job, const char **why,
                       struct mu_err *err)
{
    *why = NULL;
    for (size_t i = 0; i < MU_OPENERS; i++) {
        struct mu_service *s = job->opener[i] > 0 ? &run->service[job->opener[i] - 1] : NULL;
        if (s != NULL && s->state == MU_SERVICE_RUNNING)
            TRY(mu_service_tend_job(run, s, true, err));
        if (s != NULL && (!is_up(s) || s->starts != job->opener_start[i]))
            *why = s->reason[0] != '\0' ? s->reason : "adapter:crash";
    }
    return true;
}
