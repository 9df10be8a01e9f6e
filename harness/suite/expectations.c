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
        .where = mu_xml_where(node),
    };
    if (!mu_verdict_from_name(mu_read_attribute(read, node, "verdict"), &e.verdict))
        return mu_read_unknown(node, "verdict", "verdict", mu_read_attribute(read, node, "verdict"),
                               NULL, err);
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

enum mu_expectation mu_expectations_match(struct mu_expectations *all, const char *name,
                                          enum mu_verdict verdict, const char *reason)
{
    bool better = false, other_reason = false;
    for (size_t i = 0; i < all->expects; i++) {
        struct mu_expect *e = &all->expect[i];
        if (!mu_name_matches(name, e->name))
            continue;
        if (verdict == e->verdict && reason_covered(e, reason != NULL ? reason : "")) {
            e->used++;
            return MU_AS_EXPECTED;
        }
        other_reason = other_reason || verdict == e->verdict;
        better = better || (verdict != MU_NOT_RUN && verdict < e->verdict);
    }
    if (other_reason)
        return MU_REASON_CHANGED;
    if (better)
        return MU_UNEXPECTED_PASS;
    return verdict <= MU_REMARKS ? MU_AS_EXPECTED : MU_NEW_FAILURE;
}

/* What is stale about an entry after a complete run; NULL when nothing is. */
static const char *staleness(const struct mu_expect *e, struct mu_arena *arena)
{
    if (e->expired)
        return mu_arena_printf(arena, "expired on %s", e->until);
    if (e->used == 0)
        return "matched no result";
    if (e->used > e->max)
        return mu_arena_printf(arena, "matched %u results, at most %u are allowed", e->used,
                               e->max);
    return NULL;
}

size_t mu_expectations_stale(const struct mu_expectations *all, struct mu_arena *arena,
                             const char **lines)
{
    struct mu_buf out = { .arena = arena };
    size_t stale = 0;
    for (size_t i = 0; i < all->expects; i++) {
        const struct mu_expect *e = &all->expect[i];
        const char *why = staleness(e, arena);
        if (why == NULL)
            continue;
        mu_buf_printf(&out, "%s:%u: expectation '%s' %s %s\n", all->path, e->where.line, e->name,
                      mu_verdict_name(e->verdict), why);
        stale++;
    }
    *lines = mu_buf_text(&out);
    return stale;
}
