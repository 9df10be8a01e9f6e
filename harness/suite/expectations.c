/* Expectations of one SUT: which results are known, why, and until when. */
#include <string.h>
#include <time.h>

#include "base/names.h"
#include "suite/read.h"

/* Is the day "2026-11-23" over at `test_time`? Days of this form sort like their text. */
static bool over(const char *until, int64_t test_time)
{
    time_t now = (time_t) test_time;
    struct tm tm;
    char today[32];
    if (gmtime_r(&now, &tm) == NULL || strftime(today, sizeof today, "%Y-%m-%d", &tm) == 0)
        return true;
    return strcmp(today, until) > 0;
}

static bool read_expect(const struct mu_read *read, const xmlNode *node, int64_t test_time,
                        struct mu_expect *expect, struct mu_err *err)
{
    struct mu_expect e = {
        .name = mu_read_attribute(read, node, "case"),
        .reason = mu_read_attribute(read, node, "reason"),
        .owner = mu_read_attribute(read, node, "owner"),
        .ticket = mu_read_attribute(read, node, "ticket"),
        .until = mu_read_attribute(read, node, "until"),
        .note = mu_read_text(read, node),
        .where = mu_xml_where_attribute(node, "case"),
    };
    const char *verdict = mu_read_attribute(read, node, "verdict");
    e.flaky = strcmp(verdict, "flaky") == 0;
    if (!e.flaky && !mu_verdict_from_name(verdict, &e.verdict))
        return mu_read_unknown(node, "verdict", "verdict", verdict, NULL, err);
    if (e.flaky && e.until == NULL)
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "a flaky entry needs 'until': no quarantine is for ever");
    e.capped = mu_read_attribute(read, node, "max") != NULL;
    uint64_t max = UINT32_MAX;
    TRY(mu_read_number(read, node, "max", UINT32_MAX, &max, err));
    e.max = (uint32_t) max;
    e.expired = e.until != NULL && over(e.until, test_time);
    *expect = e;
    return true;
}

bool mu_expectations_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                          int64_t test_time, struct mu_expectations *out, struct mu_err *err)
{
    struct mu_read read;
    TRY(mu_read_open(arena, data, path, "expectations", &read, err));
    struct mu_expectations all = { .path = read.path };
    all.expect = mu_arena_array(arena, mu_read_count(read.root, "expect"), sizeof *all.expect);
    for (xmlNode *e = mu_read_first(read.root, "expect"); e != NULL; e = mu_read_next(e, "expect"))
        TRY(read_expect(&read, e, test_time, &all.expect[all.expects++], err));
    mu_digest_text(read.text, all.digest);
    *out = all;
    return true;
}

/* A wait that ran out is never covered by accident: only an entry that says "timeout:" does. */
static bool reason_covered(const struct mu_expect *e, const char *reason)
{
    static const char timeout[] = "timeout:";
    bool is_timeout = strncmp(reason, timeout, sizeof timeout - 1) == 0;
    if (is_timeout && (e->reason == NULL || strncmp(e->reason, timeout, sizeof timeout - 1) != 0))
        return false;
    return e->reason == NULL || mu_name_matches(reason, e->reason);
}

/* Quarantine covers whatever comes out, as long as the reason of what is no pass is one of its own. */
static bool covers(const struct mu_expect *e, enum mu_verdict verdict, const char *reason)
{
    if (e->flaky && verdict <= MU_REMARKS)
        return true;
    return (e->flaky || verdict == e->verdict) && reason_covered(e, reason);
}

/* Better than stated; a failure is better than nothing. */
static bool is_better(const struct mu_expect *e, enum mu_verdict verdict)
{
    return !e->flaky && verdict != MU_NOT_RUN && verdict != MU_FAIL && verdict < e->verdict;
}

struct mu_expected mu_expectations_match(struct mu_expectations *all, const char *name,
                                         enum mu_verdict verdict, const char *reason)
{
    struct mu_expect *better = NULL, *other = NULL;
    for (size_t i = 0; i < all->expects; i++) {
        struct mu_expect *e = &all->expect[i];
        if (!mu_name_matches(name, e->name))
            continue;
        if (covers(e, verdict, reason != NULL ? reason : "")) {
            e->used++;
            return (struct mu_expected){ e->flaky ? MU_QUARANTINED : MU_AS_EXPECTED,
                                         (unsigned) i + 1 };
        }
        if (other == NULL && !e->flaky && verdict == e->verdict)
            other = e;
        if (better == NULL && is_better(e, verdict))
            better = e;
    }
    if (other != NULL) {
        other->other++;
        return (struct mu_expected){ MU_REASON_CHANGED, (unsigned) (other - all->expect) + 1 };
    }
    if (better != NULL) {
        better->better++;
        return (struct mu_expected){ MU_UNEXPECTED_PASS, (unsigned) (better - all->expect) + 1 };
    }
    return (struct mu_expected){ verdict <= MU_REMARKS ? MU_AS_EXPECTED : MU_NEW_FAILURE, 0 };
}

/* Every instance of the suite, and no number of how many may be covered. In a suite of one case the
 * name of that case is no such glob. */
static bool is_too_wide(const struct mu_expectations *all, const struct mu_expect *e)
{
    bool bare = e->name[strspn(e->name, "*?")] == '\0';
    return !e->capped && all->instances > 0 && e->named == all->instances
           && (bare || (all->cases > 1 && strpbrk(e->name, "*?") != NULL));
}

const char *mu_expectations_stale(const struct mu_expectations *all, size_t i,
                                  struct mu_arena *arena)
{
    const struct mu_expect *e = &all->expect[i];
    if (e->expired)
        return mu_arena_printf(arena, "expired on %s", e->until);
    if (is_too_wide(all, e))
        return "covers every case without a 'max'";
    if (e->used > e->max)
        return mu_arena_printf(arena, "matched %u results, at most %u are allowed", e->used,
                               e->max);
    if (e->used > 0 || e->idle
        || e->elsewhere) /* what shards leave open is for their merge to say */
        return NULL;
    if (e->better > 0)
        return mu_arena_printf(arena, "matched no result; %u better than stated", e->better);
    if (e->other > 0)
        return mu_arena_printf(arena, "matched no result; %u with another reason", e->other);
    return "matched no result";
}
