/* The table of operators as a whole: its rows, its seeds, and any octets whatever. */
#include "mutate_support.h"

/* An operator may be handed any octets: a mutated message is mutated again. */
START_TEST(octets_of_any_kind_are_survived)
{
    static const char *const value[] = { "", "secret", "100", "marking" };
    static const char *const on[] = { "", "sio-label", "content-type", "label", "1.1" };
    struct mu_bytes control = control_of(LOG, "secret");
    const struct mu_operator *o;
    for (size_t i = 0; (o = mu_operator_at(i)) != NULL; i++) {
        if (o->octets == NULL)
            continue;
        for (size_t k = 0; k < MU_COUNT(value) * MU_COUNT(on) * 8; k++) {
            struct mu_bytes cut = mu_bytes_slice(control, 0, control.n * (k / 20) * (k % 7) / 48);
            char *copy = mu_arena_strndup(arena, cut.p, cut.n);
            if (cut.n > 0)
                copy[cut.n - 1 - k % cut.n] = k % 2 == 0 ? '\0' : '"';
            struct mu_bytes octets = { copy, cut.n };
            struct mu_mutation m = { arena,     on[k % 5], value[k / 5 % 4], k, FIXTURES,
                                     &policies, false };
            err.msg[0] = '\0';
            bool done = o->octets(&m, &octets, &err);
            ck_assert_msg(done || (err.msg[0] != '\0' && octets.p == copy), "%s", o->name);
        }
    }
}
END_TEST

/* A value that lets each operator do something. */
static const struct {
    const char *name, *on, *value;
} given[] = {
    { "header.", SIO, "" },
    { "header.rename", SIO, "X-Label" },
    { "header.octets", SIO, "C8" },
    { "header.size", SIO, "4096" },
    { "header.block", "", "8192" },
    { "header.add", "comments", "EXERCISE" },
    { "part.sio-label", "", "secret" },
    { "part.add", "", "EXERCISE" },
    { "part.message", "", "secret" },
    { "text.", "", "NATO SECRET" },
    { "label.classification.set", "", "SECRET" },
    { "label.value.", "Context", "NATO" },
    { "label.policy", "", "urn:oid:2.25.1" },
    { "label.root.set", "", "label" },
    { "label.category.", "Context", "RESTRICTIVE" },
    { "label.attribute.set", "Category@Type", "RESTRICTIVE" },
    { "label.text.set", "", "SECRET" },
    { "label.namespace.set", "", "urn:other" },
    { "label.prolog", "", "<!-- x -->" },
    { "label.encoding.set", "", "utf-16le" },
    { "label.element.add", "", "<x/>" },
    { "label.hide", "", "secret" },
    { "label.octets", "", "4000" },
    { "label.raw", "", "labels/raw/review-past.xml" },
    { "marking.set", "", "NATO SECRET" },
    { "sio.parameter.drop", "marking", "" },
    { "sio.parameter.set", "marking", "NATO SECRET" },
    { "sio.parameter.add", "x-exercise", "1" },
    { "sio.parameter.extended", "", "utf-8''NATO" },
    { "sio.parameter.octets", "", "C8" },
    { "sio.history.add", "", "secret" },
    { "label.attribute.drop", "Category@URI", "" },
    { "label.attribute.rename", "Category@URI", "URL" },
    { "label.element.drop", "Category", "" },
    { "label.element.repeat", "Category", "" },
    { "label.element.swap", "Category", "" },
    { "label.element.rename", "Category", "Kategorie" },
    { "message.octets", "", "20000" },
    { "message.false-end", "", "LF.LF" },
    { "message.file", "", "messages/raw/with-holes.eml" },
};

static bool run(const struct mu_operator *o, uint64_t seed, struct mu_bytes *got)
{
    const char *on = "", *value = "";
    for (size_t i = 0; i < MU_COUNT(given); i++)
        if (strncmp(given[i].name, o->name, strlen(given[i].name)) == 0) {
            on = given[i].on;
            value = given[i].value;
        }
    /* Its marking has a list, accents come from the other policy, and its label unused bits. */
    const char *label = strcmp(o->name, "marking.decompose") == 0 ? "tres-secret-eu"
                        : strcmp(o->name, "base64.bits") == 0     ? "secret-releasable"
                                                                  : "restricted-releasable";
    return mutate_by(seed, LOG, label, o->name, on, value, got);
}

/* Names of those that choose: other seeds, other octets. */
static const char *const chooses[] = {
    "header.case",        "header.fold-blank",   "label.comment",
    "label.instruction",  "label.cdata",         "label.character-reference",
    "label.homoglyph",    "label.invisible",     "label.invalid-utf8",
    "label.truncate",     "marking.homoglyph",   "marking.invisible",
    "sio.parameter.case", "sio.segment.reorder", "base64.foreign",
    "base64.truncate",
};

START_TEST(the_seed_decides_and_nothing_else)
{
    const struct mu_operator *o;
    struct mu_arena *whole = arena;
    for (size_t i = 0; (o = mu_operator_at(i)) != NULL; i++, mu_arena_free(arena)) {
        struct mu_bytes first, got;
        arena = mu_arena_new(256 * MU_MIB); /* what was made for the last one is not wanted */
        bool differs = false, choosing = false;
        ck_assert_msg(run(o, 1, &first), "%s: %s", o->name, err.msg);
        for (uint64_t seed = 0; seed < 8; seed++) {
            struct mu_bytes again;
            ck_assert_msg(run(o, seed, &got) && run(o, seed, &again), "%s: %s", o->name, err.msg);
            ck_assert_msg(mu_bytes_equal(got, again), "%s: not the same twice", o->name);
            differs = differs || !mu_bytes_equal(got, first);
        }
        for (size_t k = 0; k < MU_COUNT(chooses); k++)
            choosing = choosing || strcmp(chooses[k], o->name) == 0;
        ck_assert_msg(differs == choosing, "%s %s", o->name,
                      differs ? "chooses" : "does not choose");
    }
    arena = whole;
}
END_TEST

START_TEST(the_table_is_whole)
{
    static const char *const subject[] = { "header.", "from.",    "date.", "sio.",  "base64.",
                                           "label.",  "marking.", "part.", "text.", "message." };
    size_t i = 0;
    for (const struct mu_operator *o; (o = mu_operator_at(i)) != NULL; i++) {
        bool known = false;
        ck_assert_ptr_eq(mu_operator_find(o->name), o);
        ck_assert((o->abstract != NULL) != (o->octets != NULL));
        ck_assert_int_eq(o->when, o->abstract != NULL ? MU_BEFORE_ENCODING : MU_AFTER_ENCODING);
        for (size_t k = 0; k < MU_COUNT(subject); k++)
            known = known || strncmp(o->name, subject[k], strlen(subject[k])) == 0;
        ck_assert_msg(known, "no test file is about '%s'", o->name);
    }
    ck_assert_uint_gt(i, 100);
    ck_assert_ptr_null(mu_operator_find("header.dorp"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutate");
    TCase *tc = tcase_create("mutate");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, octets_of_any_kind_are_survived);
    tcase_add_test(tc, the_seed_decides_and_nothing_else);
    tcase_add_test(tc, the_table_is_whole);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
