/*
 * test_lattice.c - the engine against the second opinion of lattice_oracle.h, over the lattice of the
 * exercise policies of NATO and the EU: validity, decision, marking, equivalence.
 *
 * What interacts is enumerated as a full product (walks below), the rest stands in a few
 * representative states meanwhile: levels, contexts and releases; levels, contexts, designators and
 * administrative values; levels, contexts and Only; sets of contexts; pairs of the whole vocabulary;
 * all of the EU. Each label is written in one of four spellings, which must not matter.
 */
#include "base/file.h"
#include "lattice_compare.h"

#define SUBSETS(n) (1U << (n))

/* --- the walks -------------------------------------------------------------------------------------------- */

/* What one bit of `from` for each bit of `subset` gives. */
static uint64_t pick(const uint8_t *from, unsigned subset)
{
    uint64_t bits = 0;
    for (int i = 0; subset != 0; i++, subset >>= 1)
        bits |= (subset & 1) != 0 ? BIT(from[i]) : 0;
    return bits;
}

/* Releases that stand for the rest. */
static uint64_t release_shape(unsigned which, unsigned context)
{
    const uint64_t shape[] = { 0,
                               BIT(context) | BIT(COUNCIL),
                               BIT(context) | BIT(DEU),
                               BIT(NATO) | BIT(COMMISSION) | BIT(XAR),
                               BIT(DEU),
                               BIT(context) | BIT(USA),
                               BIT(COALITION) | BIT(NATO),
                               BIT(EEAS) };
    return shape[which];
}
#define SHAPES 8

static void walk_releases(unsigned level, unsigned context)
{
    const uint8_t pool[] = {
        (uint8_t) context, context == NATO ? EAPC : NATO, COUNCIL, COMMISSION, EEAS, DEU, XAR, USA,
        COALITION
    };
    for (unsigned n = 0; n < 2 * SUBSETS(COUNT(pool)); n++) {
        struct point x = { .in = &nato, .level = level };
        x.has[RELEASE] = pick(pool, n % SUBSETS(COUNT(pool)));
        x.has[CONTEXT] = BIT(context) | (n >= SUBSETS(COUNT(pool)) ? BIT(RELEASABLE) : 0);
        compare_all(&x);
    }
}

static void walk_designators(unsigned level, unsigned context)
{
    static const uint8_t admin[] = { 0, 1, 2, 4, 8, 16, 32, 3 };
    for (unsigned n = 0; n < 48 * COUNT(admin) * 4; n++) {
        unsigned designated = n % 48; /* the last 16 are those with VINTAGE once more, old */
        struct point x = { .in = &nato, .level = level, .old = designated >= 32 };
        x.has[DESIGNATORS] = x.old ? designated - 16 : designated;
        x.has[ADMINISTRATIVE] = admin[n / 48 % COUNT(admin)];
        x.has[RELEASE] = release_shape(n / 384, context);
        x.has[ONLY] = n / 384 == 2 ? BIT(KFOR) : 0;
        x.has[CONTEXT] = BIT(context) | (x.has[RELEASE] != 0 ? BIT(RELEASABLE) : 0);
        compare_all(&x);
    }
}

/* None, each, and each pair of the representatives. */
static void walk_only(unsigned level, unsigned context)
{
    const uint8_t pool[] = { NATO, KFOR, GEORGIA, DEU, SWE, XAR, AUT };
    for (unsigned only = 0; only < SUBSETS(COUNT(pool)); only++) {
        if (several(only & (only - 1)))
            continue;
        for (unsigned n = 0; n < SHAPES * 2 * 2; n++) {
            struct point x = { .in = &nato, .level = level };
            x.has[ONLY] = pick(pool, only);
            x.has[RELEASE] = release_shape(n % SHAPES, context);
            x.has[CONTEXT] = BIT(context) | (n / SHAPES % 2 != 0 ? BIT(RELEASABLE) : 0);
            x.has[DESIGNATORS] = n / SHAPES / 2 != 0 ? BIT(CRYPTO) : 0;
            compare_all(&x);
        }
    }
}

/* Every set of contexts, `context` being the one that releases speak of. */
static void walk_contexts(unsigned level, unsigned context)
{
    for (unsigned n = 0; n < 512; n++) {
        struct point x = { .in = &nato, .level = level };
        x.has[CONTEXT] = n;
        x.has[RELEASE] = release_shape(context % SHAPES, KFOR);
        compare_all(&x);
    }
}

/* Every pair of parties, known to the policy or not, as a release and as a limit. */
static void walk_pairs(unsigned level, unsigned context)
{
    for (unsigned a = 0; a < PARTIES; a++) {
        for (unsigned b = context; b <= a; b += RELEASABLE) {
            struct point x = { .in = &nato, .level = level };
            x.has[CONTEXT] = BIT(context) | BIT(RELEASABLE);
            x.has[RELEASE] = BIT(a) | BIT(b);
            compare_all(&x);
            x.has[ONLY] = x.has[RELEASE] & ~BIT(RELEASABLE);
            x.has[RELEASE] = 0;
            compare_all(&x);
            struct point y = { .in = &eu, .level = level };
            y.has[RELEASE] = BIT(a) | BIT(b);
            compare_all(&y);
        }
    }
}

static void walk_eu(unsigned level, unsigned handled)
{
    const uint8_t pool[] = { EU, COUNCIL, COMMISSION, EEAS, NATO, DEU, SWE, XAR };
    for (unsigned n = 0; n < 2 * SUBSETS(COUNT(pool)); n++) {
        struct point x = { .in = &eu, .level = level };
        x.has[DESIGNATORS] = handled;
        x.has[ADMINISTRATIVE] = n % 2;
        x.has[RELEASE] = pick(pool, n / 2);
        compare_all(&x);
    }
}

static const struct {
    const char *name;
    void (*go)(unsigned level, unsigned eighth);
    size_t labels; /* it looks at */
} walk[] = {
    { "releases", walk_releases, 40 * 1024 }, { "designators", walk_designators, 40 * 1536 },
    { "only", walk_only, 40 * 29 * 32 },      { "contexts", walk_contexts, 40 * 512 },
    { "pairs", walk_pairs, 5 * 3 * 1770 },    { "eu", walk_eu, 40 * 512 },
};

START_TEST(test_walk)
{
    for (unsigned level = U; level < LEVELS; level++) {
        for (unsigned eighth = 0; eighth < 8; eighth++)
            walk[_i].go(level, eighth);
    }
    printf("%s: %zu labels, %zu valid, %zu permits, %zu mapped\n", walk[_i].name, labels,
           valid_labels, permits, mapped);
    ck_assert_uint_eq(labels, walk[_i].labels);
    ck_assert_msg(disagreements == 0, "%s: %zu disagreements", walk[_i].name, disagreements);
}
END_TEST

/* --- equivalences of one direction (EQV-04) ------------------------------------------------------------- */

static bool uses_any(const struct point *x)
{
    return x != NULL;
}

static bool uses_secret(const struct point *x)
{
    return x->level == S;
}

static bool uses_confidential(const struct point *x)
{
    return x->level == C;
}

static bool uses_crypto(const struct point *x)
{
    return x->has[DESIGNATORS] == (x->in == &nato ? BIT(CRYPTO) : BIT(EU_CRYPTO));
}

static bool uses_germany(const struct point *x)
{
    return (x->has[RELEASE] & BIT(DEU)) != 0;
}

/* Entries that are made to apply in one direction only, and the labels whose mapping takes them. */
static const struct {
    const char *entry;
    bool (*uses)(const struct point *x);
} one_way[2][5] = {
    { { "lacv=\"4\" applied=", uses_secret },
      { "tagType=\"restrictive\" lacv=\"1\" applied=", uses_crypto },
      { "lacv=\"276\" applied=", uses_germany },
      { "lacv=\"0\" applied=", uses_any }, /* each context is dropped */
      { " applied=", uses_any } },
    { { "lacv=\"4\" applied=", uses_secret },
      { "tagType=\"restrictive\" lacv=\"2\" applied=", uses_crypto },
      { "lacv=\"276\" applied=", uses_germany },
      { "policyRef=\"NATO-EXERCISE\" lacv=\"3\" applied=", uses_confidential },
      { " applied=", uses_any } },
};

/* The policy file with `applied` for "both" behind each such entry. */
static struct mu_policy *load_one_way(int which, const char *entry, const char *applied)
{
    static const char *const name[] = { "nato-exercise.xml", "eu-exercise.xml" };
    struct mu_err err;
    struct mu_bytes text;
    struct mu_buf out;
    struct mu_policy *made = NULL;
    char path[512];
    snprintf(path, sizeof(path), "%s/profiles/policies/%s", MU_SOURCE_DIR, name[which]);
    ck_assert_msg(mu_file_read(lasting, path, 4 * MU_MIB, &text, &err), "%s", err.msg);
    out = (struct mu_buf){ .arena = lasting };
    const char *from = mu_bytes_dup(lasting, text), *next;
    size_t found = 0;
    char old[128];
    snprintf(old, sizeof(old), "%s\"both\"", entry);
    for (; (next = strstr(from, old)) != NULL; found++, from = next + strlen(old)) {
        mu_buf_put(&out, from, (size_t) (next - from));
        mu_buf_printf(&out, "%s\"%s\"", entry, applied);
    }
    mu_buf_puts(&out, from);
    ck_assert_uint_gt(found, 0);
    ck_assert_msg(mu_policy_load_bytes(lasting, mu_buf_bytes(&out), name[which], &made, &err), "%s",
                  err.msg);
    return made;
}

static void compare_one_way(const struct point *x, const struct mu_policy *from, bool uses,
                            unsigned applies)
{
    struct mu_resolved resolved;
    struct mu_mapping mapping;
    struct point want;
    if (faults_of(x, true) != 0)
        return;
    mu_resolve(passing, from, label_of(passing, x, PLAIN), &resolved);
    for (unsigned applied = MU_APPLIED_ENCRYPT; applied <= MU_APPLIED_DECRYPT; applied++) {
        bool possible = has_equivalent(x, &want), barred = uses && applied != applies;
        mu_map_label(passing, &resolved, policy[x->in == &nato], applied, NOW, &mapping);
        mapped += mapping.label != NULL;
        if ((mapping.label != NULL) != (possible && !barred))
            DISAGREE(x, "applied %u: %s by %s", applied,
                     mapping.label != NULL ? "mapped" : "refused",
                     mapping.rule != NULL ? mapping.rule : "none");
        else if (possible && barred && !same_text(mapping.rule, "EQV-04"))
            DISAGREE(x, "refused by %s instead of EQV-04", mapping.rule);
    }
}

/* Labels of each level with and without CRYPTO and Germany. */
START_TEST(test_one_way)
{
    for (size_t i = 0; i < 2 * COUNT(one_way[_i]); i++) {
        unsigned applies = i % 2 == 0 ? MU_APPLIED_ENCRYPT : MU_APPLIED_DECRYPT;
        bool (*uses)(const struct point *) = one_way[_i][i / 2].uses;
        const struct mu_policy *from =
            load_one_way(_i, one_way[_i][i / 2].entry, i % 2 == 0 ? "encrypt" : "decrypt");
        for (unsigned n = 0; n < LEVELS * 16; n++) {
            struct point x = { .in = _i == 0 ? &nato : &eu, .level = n / 16 };
            x.has[DESIGNATORS] = n % 2 != 0 ? (_i == 0 ? BIT(CRYPTO) : BIT(EU_CRYPTO)) : 0;
            x.has[RELEASE] = BIT(NATO) | (n & 2 ? BIT(DEU) : 0) | (n & 4 ? BIT(COUNCIL) : 0);
            x.has[CONTEXT] = _i == 0 ? BIT(n & 8 ? KFOR : NATO) | BIT(RELEASABLE) : 0;
            compare_one_way(&x, from, uses(&x), applies);
        }
    }
    ck_assert_uint_gt(mapped, 0);
    ck_assert_msg(disagreements == 0, "%zu disagreements", disagreements);
}
END_TEST

/* --- what has no place in the lattice -------------------------------------------------------------------- */

static const struct {
    const char *what, *policy, *uri, *level;
    struct {
        const char *type, *name, *value;
    } category[2];
    const char *rule; /* the first that is broken */
} stray[] = {
    { "unknown policy", "NATO", NULL, "SECRET", { { "PERMISSIVE", "Context", "NATO" } }, "SEM-01" },
    { "no policy", NULL, NULL, "SECRET", { { "PERMISSIVE", "Context", "NATO" } }, "SEM-01" },
    { "another's OID",
      "NATO-EXERCISE",
      "urn:oid:2.25.145588865650374672849198596150655222509",
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" } },
      "SEM-01" },
    { "unknown level",
      "NATO-EXERCISE",
      NULL,
      "SECRETT",
      { { "PERMISSIVE", "Context", "NATO" } },
      "SEM-02" },
    { "no level", "NATO-EXERCISE", NULL, NULL, { { "PERMISSIVE", "Context", "NATO" } }, "SEM-02" },
    { "a Cyrillic letter",
      "NATO-EXERCISE",
      NULL,
      "SECR\xd0\x95T",
      { { "PERMISSIVE", "Context", "NATO" } },
      "SEM-02" },
    { "the level of others",
      "NATO-EXERCISE",
      NULL,
      "SECRET UE/EU SECRET",
      { { "PERMISSIVE", "Context", "NATO" } },
      "SEM-02" },
    { "unknown set",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" }, { "PERMISSIVE", "Releasable", "DEU" } },
      "SEM-03" },
    { "a limit made informative",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" }, { "INFORMATIVE", "Only", "DEU" } },
      "SEM-03" },
    { "a designator made permissive",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" },
        { "PERMISSIVE", "Special Category Designators", "ATOMAL" } },
      "SEM-03" },
    { "unknown value",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" }, { "PERMISSIVE", "Only", "ATLANTIS" } },
      "SEM-04" },
    { "a value of another set",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" }, { "PERMISSIVE", "Only", "EU Council" } },
      "SEM-04" },
    { "an informative value of another set",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" }, { "INFORMATIVE", "Administrative", "JPN" } },
      "SEM-04" },
    { "a number for a name",
      "NATO-EXERCISE",
      NULL,
      "SECRET",
      { { "PERMISSIVE", "Context", "NATO" }, { "PERMISSIVE", "Only", "826" } },
      "SEM-04" },
    { "no context", "NATO-EXERCISE", NULL, "SECRET", { { NULL, NULL, NULL } }, "SEM-07" },
};
#define CLEARED_FOR_ALL 18

START_TEST(test_stray)
{
    struct mu_label label = { .root = "originatorConfidentialityLabel",
                              .policy = stray[_i].policy,
                              .policy_uri = stray[_i].uri,
                              .classification = stray[_i].level,
                              .created = "2026-02-01T00:00:00Z" };
    struct mu_category category[2];
    for (size_t i = 0; i < 2 && stray[_i].category[i].name != NULL; i++, label.categories++) {
        const char **value = (const char **) mu_arena_array(lasting, 1, sizeof(char *));
        value[0] = stray[_i].category[i].value;
        category[i] = (struct mu_category){ .type = stray[_i].category[i].type,
                                            .tag_name = stray[_i].category[i].name,
                                            .value = value,
                                            .values = 1 };
    }
    label.category = category;
    struct mu_validity_report report;
    mu_validate(lasting, &policies, &label, NOW, &report);
    ck_assert_msg(!report.valid, "%s", stray[_i].what);
    size_t first = 0;
    while (first < report.findings && !report.finding[first].must)
        first++;
    ck_assert_uint_lt(first, report.findings);
    ck_assert_str_eq(report.finding[first].rule, stray[_i].rule);
    struct mu_clearance all = clearance_of(lasting, &clearance[CLEARED_FOR_ALL], PLAIN);
    struct mu_decision decision = mu_decide_label(lasting, &policies, &label, &all);
    /* What is informative, or absent, decides nothing (SEM-13, Figure 15): valid or not. */
    bool harmless = strcmp(stray[_i].rule, "SEM-07") == 0
                    || same_text(stray[_i].category[1].name, "Administrative");
    ck_assert_msg(decision.permit == harmless, "%s: %s", stray[_i].what, decision.why);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lattice");
    TCase *tcase = tcase_create("lattice");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_walk, 0, COUNT(walk));
    tcase_add_loop_test(tcase, test_one_way, 0, 2);
    tcase_add_loop_test(tcase, test_stray, 0, COUNT(stray));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
