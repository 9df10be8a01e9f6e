/* lattice_compare.h - a label under the engine and under the oracle: where do they disagree? */
#ifndef MU_TESTS_LATTICE_COMPARE_H
#define MU_TESTS_LATTICE_COMPARE_H

#include <check.h>

#include "base/limits.h"
#include "format/xml.h"
#include "lattice_engine.h"
#include "policy/equivalent.h"
#include "policy/marking.h"
#include "policy/validity.h"

#define NOW       1795860000 /* 2026-11-28 */
#define LABELS_AT 256        /* so many share an arena */

#ifdef MU_SANITIZE
#define STRIDE 23 /* one label in so many */
#else
#define STRIDE 1
#endif

#ifdef __OPTIMIZE__
#define READS_ALL true
#else
#define READS_ALL false /* markings are read back in one language a label, by turns: it is slow */
#endif

/* COALITION-26 is good from the first of these seconds to the last, both included. */
static const struct {
    int64_t at;
    bool good;
} moment[] = {
    { 1767225599, false }, { 1767225600, true }, { 1798761599, true }, { 1798761600, false }
};

#define UP_TO(l) (BIT((l) + 1) - 1)
#define ALL      UP_TO(TS)
#define MEMBER(of, only)                                                                           \
    {                                                                                              \
        [CONTEXT] = BIT(NATO) | BIT(KFOR) | BIT(RELEASABLE), [ONLY] = BIT(NATO) | (only),          \
        [RELEASE] = BIT(NATO) | BIT(KFOR) | (of)                                                   \
    }
#define PARTNER(in, of)                                                                            \
    {                                                                                              \
        [CONTEXT] = BIT(in) | BIT(RELEASABLE), [ONLY] = BIT(of), [RELEASE] = BIT(in) | BIT(of)     \
    }
#define OTHER(of)                                                                                  \
    {                                                                                              \
        [CONTEXT] = BIT(RELEASABLE), [RELEASE] = (of)                                              \
    }
#define STAFF(of, handling)                                                                        \
    {                                                                                              \
        [RELEASE] = (of), [DESIGNATORS] = (handling)                                               \
    }

/* By the construction rules of ADatP-4774 Appendix 2 Annex A: members, partners, other nations, the
 * EU's staff; lists with a level left out; and some that are odd. */
static const struct point clearance[] = {
    { &nato, 0, UP_TO(U), MEMBER(BIT(DEU), BIT(DEU)), false },
    { &nato, 0, UP_TO(R), MEMBER(BIT(DEU), BIT(DEU)), false },
    { &nato, 0, UP_TO(C), MEMBER(BIT(SWE), BIT(SWE)), false },
    { &nato, 0, UP_TO(S), MEMBER(BIT(USA), BIT(USA)), false },
    { &nato, 0, ALL, MEMBER(BIT(GBR), BIT(GBR)), false },
    { &nato, 0, ALL & ~BIT(C), MEMBER(BIT(FRA), BIT(FRA)), false },
    { &nato, 0, BIT(TS), MEMBER(BIT(DEU), BIT(DEU)), false },
    { &nato, 0, UP_TO(S) & ~BIT(U), PARTNER(EAPC, AUT), false },
    { &nato, 0, UP_TO(C), PARTNER(GEORGIA, GEO), false },
    { &nato, 0, UP_TO(R), PARTNER(UKRAINE, UKR), false },
    { &nato, 0, UP_TO(S), PARTNER(PFP, XAR), false },
    { &nato, 0, UP_TO(S), OTHER(BIT(JPN)), false },
    { &nato, 0, UP_TO(S), OTHER(BIT(XAR)), false },
    { &nato, 0, UP_TO(S), OTHER(BIT(COUNCIL)), false },
    { &nato, 0, ALL, OTHER(BIT(COMMISSION)), false },
    { &nato, 0, ALL & ~BIT(R), OTHER(BIT(EEAS)), false },
    { &nato, 0, ALL, OTHER(BIT(COALITION)), false },
    { &nato,
      0,
      ALL,
      { [CONTEXT] = CONTEXTS,
        [DESIGNATORS] = BIT(ATOMAL) | BIT(CRYPTO),
        [ONLY] = CONTEXTS | NATIONS },
      false },
    { &nato,
      0,
      ALL,
      { [CONTEXT] = CONTEXTS | BIT(RELEASABLE),
        [DESIGNATORS] = 0x1f,
        [ADMINISTRATIVE] = 1,
        [ONLY] = CONTEXTS | NATIONS,
        [RELEASE] = CONTEXTS | EU_BODIES | NATIONS },
      false },
    { &nato, 0, ALL, { [DESIGNATORS] = BIT(SIOP) | BIT(BOHEMIA) | BIT(VINTAGE) }, false },
    { &nato, 0, 0, MEMBER(BIT(DEU), BIT(DEU)), false },
    { &eu, 0, UP_TO(U), STAFF(0, 0), false },
    { &eu, 0, UP_TO(R), STAFF(BIT(EU) | BIT(COUNCIL), 0), false },
    { &eu, 0, UP_TO(S), STAFF(BIT(EU) | BIT(COUNCIL), BIT(EU_CRYPTO)), false },
    { &eu, 0, ALL, STAFF(BIT(EU) | BIT(COMMISSION), BIT(HARBOUR) | BIT(LANTERN)), false },
    { &eu, 0, ALL & ~BIT(C), STAFF(BIT(EU) | BIT(EEAS), BIT(EU_CRYPTO) | BIT(HARBOUR)), false },
    { &eu, 0, ALL, STAFF(BIT(EU) | BIT(DEU), 0x7), false },
    { &eu, 0, UP_TO(S), STAFF(BIT(NATO), BIT(EU_CRYPTO)), false },
    { &eu, 0, BIT(C), STAFF(BIT(XAR), 0), false },
    { &eu, 0, ALL, STAFF(EU_PARTY, 0), false },
};

static struct mu_arena *lasting, *passing;
static struct mu_policy *policy[2]; /* NATO, EU */
static struct mu_policies policies;
static struct mu_cleared cleared[COUNT(clearance)];
static uint64_t already[1 << 17]; /* hashes, see is_read() */
static size_t labels, valid_labels, permits, mapped, disagreements;

#define DISAGREE(x, ...)                                                                           \
    do {                                                                                           \
        if (disagreements++ < 12) {                                                                \
            fprintf(stderr, "%s: ", describe(x));                                                  \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
        }                                                                                          \
    } while (0)

static void load(int which, const char *name)
{
    struct mu_err err;
    char path[512];
    snprintf(path, sizeof(path), "%s/profiles/policies/%s", MU_SOURCE_DIR, name);
    ck_assert_msg(mu_policy_load(lasting, path, &policy[which], &err), "%s", err.msg);
}

static void set_up(void)
{
    mu_xml_start();
    lasting = mu_arena_new(256 * MU_MIB);
    passing = mu_arena_new(256 * MU_MIB);
    load(0, "nato-exercise.xml");
    load(1, "eu-exercise.xml");
    policies = (struct mu_policies){ .policy = policy, .count = 2 };
    mu_marking_prepare(lasting, &policies);
    for (size_t i = 0; i < COUNT(clearance); i++) {
        struct mu_clearance given = clearance_of(lasting, &clearance[i], i % SPELLINGS);
        mu_cleared_make(lasting, policy[clearance[i].in == &eu], &given, &cleared[i]);
    }
    labels = valid_labels = permits = mapped = disagreements = 0;
}

static void tear_down(void)
{
    mu_arena_free(passing);
    mu_arena_free(lasting);
}

/* --- the four comparisons ------------------------------------------------------------------------------- */

static unsigned rules_broken(const struct mu_validity_report *report)
{
    unsigned broken = 0;
    for (size_t i = 0; i < report->findings; i++) {
        if (report->finding[i].must)
            broken |= SEM(number_of(report->finding[i].rule, "SEM-"));
    }
    return broken;
}

static void compare_validity(const struct point *x, const struct mu_resolved *resolved, int64_t at,
                             bool in_2026)
{
    struct mu_validity_report report;
    mu_validate_resolved(passing, resolved, at, &report);
    unsigned want = faults_of(x, in_2026), have = rules_broken(&report);
    if (report.valid != (want == 0) || have != want)
        DISAGREE(x, "valid %d, rules %#x instead of %#x", report.valid, have, want);
}

static void compare_decisions(const struct point *x, const struct mu_resolved *resolved)
{
    for (size_t i = 0; i < COUNT(clearance); i++) {
        if (clearance[i].in != x->in && labels % COUNT(clearance) != i)
            continue; /* of the other policy's, one a label */
        struct mu_decision decision = mu_decide(passing, resolved, &cleared[i]);
        unsigned reasons = reasons_to_deny(x, &clearance[i]);
        unsigned told = decision.permit ? 0 : 1U << number_of(decision.rule, "DEC-");
        permits += decision.permit;
        if (decision.permit != (reasons == 0) || (told & ~reasons) != 0
            || (decision.why[0] == '\0') != decision.permit)
            DISAGREE(x, "clearance %zu: permit %d by %s, reasons to deny %#x", i, decision.permit,
                     decision.rule != NULL ? decision.rule : "none", reasons);
    }
    if (mu_decide(passing, resolved, NULL).permit)
        DISAGREE(x, "permitted without a clearance");
}

static void compare_canonical(const struct point *x, const struct mu_resolved *resolved)
{
    struct point back;
    struct mu_label *canonical = mu_label_canonical(passing, resolved->policy, resolved->label);
    if (unknown_values(x) == 0 && (!point_of(canonical, &back) || !same_point(x, &back)))
        DISAGREE(x, "the canonical form is another label: %s", describe(&back));
}

/* Labels share markings (a release that goes without saying), and reading is slow: each marking once
 * for each label that it must be read as. */
static bool is_read(const char *text, const struct point *want)
{
    uint64_t hash = want->level;
    for (int i = 0; i < SETS; i++)
        hash = (hash ^ want->has[i]) * 0x9e3779b97f4a7c15;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char) *text) * 0x100000001b3;
    uint64_t *slot = &already[(hash >> 20) % COUNT(already)];
    bool yes = *slot == hash;
    *slot = hash;
    return yes;
}

static void compare_reading(const struct point *x, const char *text)
{
    struct mu_marking_reading reading;
    struct point want, have;
    if (!read_back(x, &want) || is_read(text, &want))
        return;
    mu_marking_parse(passing, &policies, text, MU_MATCH_STRICT, &reading);
    if (reading.label == NULL)
        DISAGREE(x, "'%s' is not read: %s", text, reading.why);
    else if (!point_of(reading.label, &have) || !same_point(&want, &have))
        DISAGREE(x, "'%s' is read as %s", text, describe(&have));
}

/* What is not valid may be marked anyhow, but for what is not known. */
static void compare_markings(const struct point *x, const struct mu_resolved *resolved, bool valid)
{
    bool known = unknown_values(x) == 0;
    for (int french = 0; french < 2 && (valid || !known); french++) {
        const char *why = NULL;
        const char *text =
            mu_marking_render(passing, resolved, MU_AT_PAGE_TOP, french != 0 ? "fr" : "en", &why);
        if (text == NULL ? known || why == NULL : !known)
            DISAGREE(x, "marked '%s' (%s)", text != NULL ? text : "", why != NULL ? why : "");
        else if (text != NULL && !is_marking_of(text, x, french != 0))
            DISAGREE(x, "marked '%s'", text);
        else if (text != NULL && (READS_ALL || (labels * 2654435761U >> 20 & 1) == (size_t) french))
            compare_reading(x, text);
    }
}

/* The label there, or the refusal; *out is the point of the first. */
static bool compare_mapping(const struct point *x, const struct mu_resolved *resolved,
                            unsigned applied, struct mu_mapping *mapping, struct point *out)
{
    struct point want;
    bool wanted = faults_of(x, true) == 0 && has_equivalent(x, &want);
    mu_map_label(passing, resolved, policy[x->in == &nato], applied, NOW, mapping);
    if (mapping->label == NULL) {
        if (wanted || mapping->rule == NULL || mapping->why == NULL)
            DISAGREE(x, "refused by %s: %s", mapping->rule, mapping->why);
        return false;
    }
    bool read = point_of(mapping->label, out);
    if (!wanted)
        DISAGREE(x, "mapped to %s", describe(out));
    else if (!read || !same_point(&want, out) || mapping->rule != NULL
             || !same_text(mapping->label->root, "alternativeConfidentialityLabel")
             || !same_text(mapping->label->created, resolved->label->created)
             || !same_text(mapping->label->policy_uri + strlen("urn:oid:"), want.in->oid)
             || mapping->discarded != dropped(x) || mapping->added != (x->in == &nato ? 0 : 2))
        DISAGREE(x, "mapped to %s", describe(out));
    return wanted && read;
}

/* There and back again a label is never lower (EQV-07), and nobody may read it who could not before. */
static void compare_return(const struct point *x, const struct point *home)
{
    uint64_t readers = x->has[RELEASE] | ((x->has[RELEASE] & BIT(EU)) != 0 ? BIT(COUNCIL) : 0);
    bool lower = home->level < x->level || (x->has[DESIGNATORS] & ~home->has[DESIGNATORS]) != 0
                 || (home->has[RELEASE] & ~readers) != 0;
    for (size_t i = 0; !lower && i < COUNT(clearance); i++)
        lower = reasons_to_deny(home, &clearance[i]) == 0 && reasons_to_deny(x, &clearance[i]) != 0;
    if (lower)
        DISAGREE(x, "there and back it is less: %s", describe(home));
}

static void compare_mappings(const struct point *x, const struct mu_resolved *resolved, bool valid)
{
    struct mu_mapping there, back;
    struct mu_resolved abroad;
    struct point far, home;
    unsigned last = valid ? MU_APPLIED_DECRYPT : MU_APPLIED_ENCRYPT;
    for (unsigned applied = MU_APPLIED_ENCRYPT; applied <= last; applied++) {
        if (!compare_mapping(x, resolved, applied, &there, &far))
            continue;
        mapped++;
        mu_resolve(passing, policy[far.in == &eu], there.label, &abroad);
        if (compare_mapping(&far, &abroad, applied, &back, &home))
            compare_return(x, &home);
    }
}

static void compare_all(const struct point *x)
{
    if (labels++ % STRIDE != 0)
        return;
    if (labels / STRIDE % LABELS_AT == 0) {
        mu_arena_free(passing);
        passing = mu_arena_new(256 * MU_MIB);
    }
    enum spelling how = labels * 2654435761U >> 16 & 3 ? PLAIN : labels / 3 % SPELLINGS;
    struct mu_resolved resolved;
    mu_resolve(passing, policy[x->in == &eu], label_of(passing, x, how), &resolved);
    size_t at = labels / 7 % COUNT(moment);
    if ((x->has[RELEASE] & BIT(COALITION)) != 0)
        compare_validity(x, &resolved, moment[at].at, moment[at].good);
    compare_validity(x, &resolved, NOW, true);
    compare_decisions(x, &resolved);
    compare_canonical(x, &resolved);
    bool valid = faults_of(x, true) == 0;
    valid_labels += valid;
    compare_markings(x, &resolved, valid);
    if (valid || labels % 8 == 0)
        compare_mappings(x, &resolved, valid);
}

#endif
