#include <time.h>

#include "marking_support.h"
#include "policy/validity.h"
#include "rounds.h"

#define DAY 1795824000 /* 2026-11-28, where a test needs a date */

/* --- any valid label, there and back ------------------------------------------------------ */

static uint32_t next_random(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (uint32_t) (((uint64_t) (*seed >> 8) * below) >> 24);
}

static void satisfy(const struct mu_required *required, size_t count, uint32_t *seed,
                    uint64_t *present)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t chosen = next_random(seed, (uint32_t) required[i].groups);
        for (uint32_t g = 0; g < required[i].groups; g++)
            if ((required[i].operation == MU_ALL || g == chosen) && required[i].group[g].values > 0)
                mu_bit_set(present, required[i].group[g].value[0]);
    }
}

/* ADatP-4774 App 2-7 fn 4: what is releasable is releasable to the context, too. The policy file
 * cannot say so, and no marking shows it. */
static void add_context_to_release(const struct mu_policy *p, uint64_t *present)
{
    bool releases = false;
    for (uint32_t v = 0; v < p->values; v++)
        releases = releases || (p->value[v].set == p->is.release && mu_bit(present, v));
    for (uint32_t v = 0; p->is.context != MU_NONE && releases && v < p->values; v++) {
        uint32_t same = p->value[v].set == p->is.context && mu_bit(present, v)
                            ? mu_policy_value(p, p->is.release, MU_TAG_PERMISSIVE, p->value[v].name)
                            : MU_NONE;
        if (same != MU_NONE)
            mu_bit_set(present, same);
    }
}

static struct mu_label *random_label(const struct mu_policy *p, uint32_t *seed)
{
    uint64_t *present = mu_arena_array(arena, p->values / 64 + 1, sizeof *present);
    uint32_t class = next_random(seed, (uint32_t) p->classifications);
    satisfy(p->classification[class].required, p->classification[class].requireds, seed, present);
    for (uint32_t t = 0; t < p->tags; t++)
        for (uint32_t n = p->tag[t].count > 0 ? next_random(seed, 5) : 0; n > 1; n--)
            mu_bit_set(present, p->tag[t].first + next_random(seed, p->tag[t].count));
    for (uint32_t v = 0; v < p->values; v++)
        if (mu_bit(present, v))
            satisfy(p->value[v].required, p->value[v].requireds, seed, present);
    add_context_to_release(p, present);
    struct mu_label *label = mu_label_of_values(arena, p, class, present, NULL);
    label->created = "2026-11-28T10:00:00Z";
    return label;
}

static bool is_valid(const struct mu_policy *p, const struct mu_label *label)
{
    struct mu_resolved r;
    struct mu_validity_report report;
    mu_resolve(arena, p, label, &r);
    mu_validate_resolved(arena, &r, DAY, &report);
    return report.valid;
}

/* Does another valid label, with one value less, have the same marking? Then a value is not
 * shown. */
static bool hides_a_value(const struct mu_policy *p, struct mu_label *label)
{
    const char *text = render(p, label, MU_AT_PAGE_TOP, "en");
    bool hides = text[0] == '\0';
    for (size_t i = 0; !hides && i < label->categories; i++) {
        struct mu_category *c = &label->category[i], all_of_it = *c;
        for (size_t k = 0; !hides && k < all_of_it.values; k++) {
            c->value = mu_arena_array(arena, all_of_it.values, sizeof *c->value);
            c->values = 0;
            for (size_t v = 0; v < all_of_it.values; v++)
                if (v != k)
                    c->value[c->values++] = all_of_it.value[v];
            struct mu_label less = *label;
            if (c->values == 0) { /* without the category */
                less.category = mu_arena_array(arena, label->categories, sizeof *c);
                less.categories = 0;
                for (size_t v = 0; v < label->categories; v++)
                    if (v != i)
                        less.category[less.categories++] = label->category[v];
            }
            hides = is_valid(p, &less) && strcmp(render(p, &less, MU_AT_PAGE_TOP, "en"), text) == 0;
            *c = all_of_it;
        }
    }
    return hides;
}

#define LABELS ROUNDS(300) /* of each policy, in two languages, at two places */

START_TEST(any_valid_label_there_and_back)
{
    const struct mu_policy *p = policy[_i];
    uint32_t seed = 20261128U + (uint32_t) _i;
    size_t checked = 0;
    for (size_t tries = 0; tries < 20000 && checked < LABELS; tries++) {
        struct mu_label *label = random_label(p, &seed);
        if (!is_valid(p, label) || hides_a_value(p, label))
            continue;
        label->created = NULL;
        for (size_t k = 0; k < 4; k++) {
            const char *text =
                render(p, label, k < 2 ? MU_AT_PAGE_TOP : MU_AT_SUBJECT, k % 2 == 0 ? "en" : "fr");
            struct mu_marking_reading r = parse(text, k < 2 ? MU_MATCH_STRICT : MU_MATCH_TOLERANT);
            ck_assert_msg(r.label != NULL, "'%s': %s", text, r.why);
            ck_assert_msg(strcmp(written(r.label), written(label)) == 0, "'%s':\n%s\n%s", text,
                          written(r.label), written(label));
            ck_assert_msg(!r.ambiguous, "'%s' is ambiguous", text);
        }
        checked++;
    }
    ck_assert_msg(checked == LABELS, "only %zu valid labels", checked);
}
END_TEST

/* Bytes changed, dropped, doubled: nothing crashes, nothing is read that is not written like
 * this. */
START_TEST(damaged_markings)
{
    static const char byte[] = "\xcc\x81\xe2\x80\x8b\xff /,-(){}ANae\xc3\xa8\x01\n";
    uint32_t seed = 4774;
    size_t read = 0;
    for (size_t i = 0; i < ROUNDS(6000); i++) {
        const struct mu_policy *p = policy[i % PUBLIC];
        char *text = mu_bytes_dup(
            arena, mu_bytes_of(render(p, random_label(p, &seed), MU_AT_PAGE_TOP, "fr")));
        size_t n = strlen(text);
        for (uint32_t k = next_random(&seed, 3); n > 1 && k > 0; k--) {
            uint32_t at = next_random(&seed, (uint32_t) n - 1);
            if (next_random(&seed, 2) == 0)
                text[at] = byte[next_random(&seed, sizeof byte - 1)];
            else
                memmove(text + at, text + at + 1, n - at);
            n = strlen(text);
        }
        for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
            struct mu_marking_reading r = parse(text, (enum mu_marking_match) match);
            ck_assert_msg((r.label == NULL) == (r.why != NULL) && r.at <= n, "'%s'", text);
            if (r.label == NULL || match != MU_MATCH_STRICT || r.policy == policy[PUBLIC])
                continue;
            ck_assert_msg(strcmp(render(r.policy, r.label, MU_AT_PAGE_TOP, "fr"), text) == 0
                              || strcmp(render(r.policy, r.label, MU_AT_PAGE_TOP, "en"), text) == 0,
                          "'%s' is read as %s", text, written(r.label));
            read++;
        }
        struct mu_portion *portion;
        mu_portions_find(arena, &all, mu_bytes_of(mu_arena_printf(arena, "(%s) x", text)),
                         &portion);
    }
    ck_assert_msg(read > ROUNDS(1000) && read < ROUNDS(5000), "%zu", read);
}
END_TEST

/* --- much of it --------------------------------------------------------------------------- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static struct mu_policies large_policy(void)
{
    struct mu_buf spif = { .arena = arena };
    for (int i = 0; i < 5000; i++)
        mu_buf_printf(
            &spif,
            VALUE("V%d", "%d", SAY_IN("en", "Value number %d", "") SAY_IN("fr", "Valeur %d", "")),
            i, i, i, i);
    return one_policy(mu_arena_printf(
        arena,
        SPIF(ID("") LOW_HIGH SETS(SET("S", "1", "restrictive", "%s" ROUND("separator", ", ")))),
        mu_buf_text(&spif)));
}

START_TEST(five_hundred_values)
{
    struct mu_policies one = large_policy();
    struct mu_buf text = { .arena = arena };
    mu_buf_puts(&text, "HIGH; R S: V0");
    for (int i = 1; i < 500; i++)
        mu_buf_printf(&text, ", V%d", i * 10 + i % 10);
    struct mu_label *label = label_of(one.policy[0], mu_buf_text(&text));
    ck_assert_uint_eq(label->category[0].values, 500);
    mu_marking_prepare(arena, &one);
    double begin = seconds();
    for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
        struct mu_marking_reading r;
        const char *marking = render(one.policy[0], label, MU_AT_PAGE_TOP, "fr");
        mu_marking_parse(arena, &one, marking, (enum mu_marking_match) match, &r);
        ck_assert_msg(r.label != NULL && strcmp(written(r.label), written(label)) == 0, "%s",
                      r.why);
        ck_assert_str_eq(r.language, "fr");
    }
    ck_assert_msg(seconds() - begin < 2, "%.1f s", seconds() - begin);
}
END_TEST

/* Texts that make a careless reader try everything. */
static const struct {
    const char *name, *head, *again, *tail;
} flood[] = {
    { "a list that never ends", "NATO SECRET Releasable to Japan", ", Japan", " Onlx" },
    { "no separators", "NATO SECRET Releasable to Japan", " Japan", "!" },
    { "prefixes", "NATO SECRET", " Releasable to", "" },
    { "values without their suffix", "NATO SECRET Ireland", ", Sweden", "" },
    { "designators and lists", "NATO SECRET", " ATOMAL Releasable to Japan", " x" },
    { "separators", "NATO SECRET", " and , / and", " x" },
    { "owners", "", "NATO/", "" },
    { "hyphens", "NATO UNCLASSIFIED", " - STAFF, - STAFF", " x" },
    { "words", "", "x ", "" },
    { "one word", "", "x", "" },
    { "open braces", "VELMAR FREE", " {Reference a; b} [Post Room]", " x" },
    { "words of the user's", "VELMAR FREE {Reference", " a; Archive; b", "" },
    { "Greek", "", "\xce\xb1\xcc\x81 ", "" },
    { "marks", "N", "\xcc\xb6", "" },
};

START_TEST(hostile_floods)
{
    struct mu_buf text = { .arena = arena };
    mu_buf_puts(&text, flood[_i].head);
    while (text.n < 100000)
        mu_buf_puts(&text, flood[_i].again);
    mu_buf_puts(&text, flood[_i].tail);
    double begin = seconds();
    for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
        struct mu_marking_reading r = parse(mu_buf_text(&text), (enum mu_marking_match) match);
        ck_assert_msg(r.label == NULL && r.why != NULL, "%s", flood[_i].name);
        ck_assert(r.at <= text.n);
    }
    ck_assert_msg(seconds() - begin < 8, "%s: %.1f s", flood[_i].name, seconds() - begin);
    while (text.n <= MU_MARKING_MAX)
        mu_buf_puts(&text, flood[_i].again);
    struct mu_marking_reading r = parse(mu_buf_text(&text), MU_MATCH_TOLERANT);
    ck_assert(r.label == NULL && strstr(r.why, "a marking has at most") != NULL);
}
END_TEST

/* Phrases that begin one another, and values that stand in three sets at once. */
START_TEST(hostile_policy)
{
    struct mu_buf values = { .arena = arena }, phrase = { .arena = arena },
                  text = { .arena = arena };
    for (int i = 1; i <= 60; i++) {
        mu_buf_puts(&phrase, i > 1 ? " a" : "a");
        mu_buf_printf(&values, VALUE("v%d", "%d", SAY("%s", "")), i, i, mu_buf_text(&phrase));
    }
    const char *v = mu_buf_text(&values);
    struct mu_policies one = one_policy(mu_arena_printf(
        arena,
        SPIF(ID("") LOW_HIGH SETS(SET("S", "1", "restrictive", "%s") SET(
            "T", "2", "permissive", "%s") SET("U", "3", "restrictive", "%s" ROUND("suffix", "z")))),
        v, v, v));
    mu_buf_puts(&text, "AWK LOW");
    while (text.n < 100000)
        mu_buf_puts(&text, " a");
    double begin = seconds();
    struct mu_marking_reading r;
    mu_buf_puts(&text, " b");
    mu_marking_parse(arena, &one, mu_buf_text(&text), MU_MATCH_TOLERANT, &r);
    ck_assert(r.label == NULL && r.why != NULL);
    ck_assert_msg(seconds() - begin < 8, "%.1f s", seconds() - begin);
    mu_marking_parse(arena, &one, "AWK LOW a a a a a", MU_MATCH_TOLERANT, &r);
    ck_assert(r.label != NULL && r.ambiguous);
}
END_TEST

int main(void)
{
    TCase *tc = marking_case("much of it");
    tcase_add_loop_test(tc, any_valid_label_there_and_back, NATO, PUBLIC);
    tcase_add_test(tc, damaged_markings);
    tcase_add_test(tc, five_hundred_values);
    tcase_add_loop_test(tc, hostile_floods, 0, MU_COUNT(flood));
    tcase_add_test(tc, hostile_policy);
    return run(tc);
}
