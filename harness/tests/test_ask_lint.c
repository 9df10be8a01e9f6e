/* What the linter says of cases that ask, and the order in which they are asked. */
#include "ask_world.h"

#define POLICY             "role='policy' capability='decide'"
#define LABELLER           "role='labeller' capability='mark.render'"
#define CASE(needs, steps) ASK_CASE("c", "valid", "", needs, "", steps)
#define ASK(what)          MAKE "<ask id='a' " what "/>\n"

static const struct {
    const char *number, *cases, *says;
} lint[] = {
    { "L24", CASE(VALIDATOR, ASK("op='label.prase' of='m'") ACCEPTED),
      "unknown operation 'label.prase', did you mean 'label.parse'?" },
    { "L24", CASE(LABELLER, ASK("op='mark.render' of='m' place='page-tip'") ACCEPTED),
      "unknown place 'page-tip', did you mean 'page-top'?" },
    { "L11", CASE(POLICY, ASK("op='decide' of='m' clearance='nato-secrt'") ACCEPTED),
      "did you mean 'nato-secret'?" },
    { "L09", CASE(VALIDATOR, MAKE "<ask id='a' op='label.parse' of='n'/>" ACCEPTED),
      "no step before this ask made 'n'" },
    { "L23", CASE(VALIDATOR, PARSE "<ask id='b' op='label.parse' of='m'/>" ACCEPTED),
      "'b' is made and never used" },
    { "L10", CASE(VALIDATOR, MAKE "<expect of='m' outcome='accepted'/>"),
      "before anything was sent or asked" },
    { "L25", CASE(VALIDATOR, MAKE "<send message='m'/>" PARSE ACCEPTED),
      "a send does not fit a case of role 'validator'" },
    { "L25", CASE(VALIDATOR, ASK("op='decide' of='m' clearance='nato-secret'") ACCEPTED),
      "operation 'decide' is not asked of a validator" },
    { "L25", CASE(VALIDATOR, ASK("op='reset'") ACCEPTED), "'reset' is not asked of a validator" },
    { "L25", CASE("role='relay'", PARSE ACCEPTED), "an ask does not fit a case of role 'relay'" },
    { "L25", CASE("role='relay'", MAKE "<send message='m'/>" ACCEPTED),
      "a label alone does not fit a case of role 'relay'" },
    { "L30", CASE(VALIDATOR, ASK("op='label.parse'") ACCEPTED),
      "operation 'label.parse' needs 'of'" },
    { "L30", CASE(POLICY, ASK("op='decide' of='m'") ACCEPTED),
      "operation 'decide' needs 'clearance'" },
    { "L30", CASE(POLICY, ASK("op='map' of='m'") ACCEPTED), "operation 'map' needs 'policy'" },
    { "L30", CASE(VALIDATOR, ASK("op='label.parse' of='m' language='en'") ACCEPTED),
      "operation 'label.parse' takes no 'language'" },
    { "L30", CASE("role='labeller'", "<ask id='a' op='mark.parse'/>" ACCEPTED),
      "operation 'mark.parse' needs 'text'" },
    { "L31", CASE(VALIDATOR, PARSE SAME("marking")), "an answer to 'label.parse' has no marking" },
    { "L31", CASE(VALIDATOR, PARSE "<judge of='a'/>"), "has no label to judge" },
    { "L31", CASE(VALIDATOR, PARSE "<expect of='a' decision='permit'/>"), "has no decision" },
    { "L31", CASE(VALIDATOR, PARSE "<expect of='m' outcome='accepted'/>"),
      "an expect looks at an answer, and 'm' is none" },
    { "L27",
      CASE(POLICY,
           ASK("op='decide' of='m' clearance='nato-secret'") "<expect of='a' decision='deny'/>"),
      "the policies permit this" },
    { "L27",
      CASE(POLICY, ASK("op='decide' of='m' clearance='nato-restricted'") "<expect of='a' "
                                                                         "decision='permit'/>"),
      "the policies deny this: DEC-01: " },
    { "L32", CASE(VALIDATOR, PARSE REFUSED), "'refused' is said of 'a', but the label breaks no" },
    { "L32",
      CASE(VALIDATOR, MAKE "<mutate from='m' id='n' operator='label.classification.set' "
                           "value='PINK'/><ask id='a' op='label.parse' of='n'/>" ACCEPTED),
      "'accepted' is said of 'a', but the label breaks rule '" },
    { "L32", CASE(POLICY, ASK("op='map' of='m' policy='PUBLIC'") ACCEPTED),
      "ours is refused: the policy wanted is not known" },
    { "L32", CASE(POLICY, ASK("op='map' of='m' policy='PUBLIC'") SAME("translation")),
      "our own policies have no translation to compare with" },
    { "L32", CASE("role='labeller'", "<ask id='a' op='mark.parse' text='NATO PINK'/>" ACCEPTED),
      "ours is refused: " },
    { "L32", CASE("role='labeller'", "<ask id='a' op='mark.parse' text='NATO SECRET'/>" REFUSED),
      "our policies have an answer to this" },
    { "L33",
      CASE(VALIDATOR, MAKE "<mutate from='m' id='n' operator='header.drop' on='date'/>"
                           "<ask id='a' op='label.parse' of='n'/>" ACCEPTED),
      "is no operator on a label alone" },
    { "L33",
      CASE("role='labeller' capability='label.make'",
           MAKE "<mutate from='m' id='n' operator='label.blanks'/>"
                "<ask id='a' op='label.make' of='n'/>" ACCEPTED),
      "not with its changed octets" },
};

static size_t findings(struct mu_lint **found)
{
    struct mu_lint_world world = { .data = &data, .profile = &ask_p, .judged = true };
    return mu_suite_lint(arena, &ask_suite, &world, found);
}

START_TEST(each_lint_is_found)
{
    struct mu_lint *found;
    ask_load(lint[_i].cases);
    size_t count = findings(&found), same = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(found[i].number, lint[_i].number) == 0
            && strstr(found[i].message, lint[_i].says) != NULL)
            same++;
    ck_assert_msg(same > 0, "%s is not found; first of %zu: %s", lint[_i].says, count,
                  count > 0 ? found[0].message : "");
}
END_TEST

START_TEST(every_lint_of_asks_has_a_row)
{
    for (size_t i = 0; mu_lint_rule_at(i) != NULL; i++) {
        bool tested = strcmp(mu_lint_rule_at(i)->number, "L30") < 0; /* test_suite.c */
        for (size_t k = 0; k < MU_COUNT(lint); k++)
            tested = tested || strcmp(lint[k].number, mu_lint_rule_at(i)->number) == 0;
        ck_assert_msg(tested, "%s has no row", mu_lint_rule_at(i)->number);
    }
}
END_TEST

static const char *const clean[] = {
    CASE(VALIDATOR, PARSE ACCEPTED SAME("label")),
    CASE(VALIDATOR, PARSE "<expect of='a' outcome='accepted refused'/>"),
    CASE(VALIDATOR, MAKE "<mutate from='m' id='n' operator='label.classification.set' "
                         "value='PINK'/><ask id='a' op='label.parse' of='n'/>" REFUSED),
    CASE(POLICY,
         ASK("op='decide' of='m' clearance='nato-secret'") "<expect of='a' decision='permit'/>"),
    CASE(POLICY,
         ASK("op='decide' of='m' clearance='nato-restricted'") "<expect of='a' decision='deny' "
                                                               "outcome='refused' "
                                                               "class='clearance'/>"),
    CASE(LABELLER,
         ASK("op='mark.render' of='m' language='fr' place='portion'") ACCEPTED SAME("marking")),
    CASE("role='labeller' capability='mark.parse'",
         ASK("op='mark.parse' of='m'") ACCEPTED SAME("label")),
    CASE("role='labeller' capability='label.make'",
         ASK("op='label.make' of='m'") ACCEPTED SAME("label") SAME("octets") "<judge of='a'/>"),
};

START_TEST(a_case_that_is_right_is_left_alone)
{
    struct mu_lint *found;
    ask_load(clean[_i]);
    size_t count = findings(&found);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(!found[i].error, "%s %s", found[i].number, found[i].message);
}
END_TEST

/* --- order -------------------------------------------------------------------------------------------- */

#define AXIS  "<axis name='label' values='secret restricted confidential unclassified'/>"
#define STEPS "<make id='m' label='{label}'/><ask id='a' op='label.parse' of='m'/>\n" ACCEPTED
#define ORDERED                                                                                    \
    ASK_CASE("neg", "invalid", "control='pos'", VALIDATOR, AXIS, STEPS)                            \
    ASK_CASE("pos", "valid", "control='first'", VALIDATOR, AXIS, STEPS)                            \
    ASK_CASE("first", "valid", "", VALIDATOR, AXIS, STEPS)

static const char *order(uint64_t seed, int64_t test_time)
{
    struct mu_selection *all;
    struct mu_buf out = { .arena = arena };
    char name[MU_NAME_TEXT];
    static const char *const caps[] = { "label.4774" };
    ask_claim(caps, 1, MU_SAP_VALIDATOR);
    ck_assert(mu_sut_of_adapter(arena, "adapter", &ask_hello, &ask_sut, &err));
    ck_assert(mu_selection_parse(arena, "", &all, &err));
    ck_assert(mu_plan_make(arena, &ask_suite, &ask_sut, all, &ask_plan, &err));
    mu_plan_shuffle(arena, &ask_plan, seed, test_time);
    for (size_t i = 0; i < ask_plan.ins; i++) {
        mu_case_name(ask_suite.cases[ask_plan.in[i].case_index], ask_plan.in[i].instance, name);
        mu_buf_printf(&out, "%s ", name);
    }
    return mu_buf_text(&out);
}

START_TEST(the_seed_decides_the_order_and_controls_come_first)
{
    ask_load(ORDERED);
    const char *one = order(1, 10);
    char digest[MU_DIGEST_TEXT];
    memcpy(digest, ask_plan.digest, sizeof digest);
    ck_assert_uint_eq(ask_plan.ins, 12);
    for (size_t i = 0; i < ask_plan.ins; i++) {
        const struct mu_planned *in = &ask_plan.in[i];
        const struct mu_case *c = ask_suite.cases[in->case_index];
        ck_assert_int_lt(in->control, (int32_t) i);
        ck_assert_int_eq(in->control >= 0, c->control != NULL);
        if (in->control >= 0) { /* the control of the same label */
            const struct mu_planned *control = &ask_plan.in[in->control];
            ck_assert_str_eq(ask_suite.cases[control->case_index]->id, c->control);
            ck_assert_uint_eq(control->instance, in->instance);
        }
        ck_assert_int_eq(strcmp(c->id, "neg") == 0, i >= 8);
    }
    ck_assert_str_eq(one, order(1, 10));
    ck_assert_str_eq(digest, ask_plan.digest);
    ck_assert_str_ne(one, order(1, 11));
    ck_assert_str_ne(one, order(2, 10));
    ck_assert_str_eq(digest, ask_plan.digest); /* the same cases, whatever their order */
}
END_TEST

static Suite *ask_lint_tests(void)
{
    Suite *s = suite_create("ask_lint");
    TCase *t = tcase_create("ask_lint");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, each_lint_is_found, 0, MU_COUNT(lint));
    tcase_add_test(t, every_lint_of_asks_has_a_row);
    tcase_add_loop_test(t, a_case_that_is_right_is_left_alone, 0, MU_COUNT(clean));
    tcase_add_test(t, the_seed_decides_the_order_and_controls_come_first);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(ask_lint_tests());
}
