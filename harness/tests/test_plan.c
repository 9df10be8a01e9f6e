#include "base/clock.h"

#include "suite_support.h"

#define CASE(id, class, more, role, requirement, axes, steps)                                      \
    "<case id='" id "' level='must' class='" class "' " more "><title>T</title><why>W</why>"       \
                                                   "<requirement " requirement "/><needs " role    \
                                                   "/>" axes "<steps>" steps "</steps></case>\n"
#define RULE         "document='RFC 7444' clause='4' rule='SIO-01'"
#define MAKE         "<make id='m' message='logistics-report' label='restricted'/>"
#define SEND         MAKE "<send message='m'/><expect of='m' outcome='accepted'/>"
#define AXIS(values) "<axis name='label' values='" values "'/>"

static struct mu_suite suite;
static struct mu_plan plan;

static const char cases[] =
    CASE("neg", "invalid", "control='pos' tags='slow hostile' sins='drop-label'", "role='relay'",
         RULE, AXIS("secret restricted"),
         SEND) CASE("excl", "invalid", "control='pos' importance='critical'", "role='relay'",
                    "document='RFC 9325' clause='5'", "", "<serve starttls='no'/>" SEND)
        CASE("other", "valid", "", "role='relay'", "document='RFC 5321' clause='4.5.2'", "", SEND)
            CASE("pos", "valid", "", "role='relay'", RULE, AXIS("restricted secret"), SEND)
                CASE("cap", "valid", "", "role='relay' capability='label.enforce'", RULE, "", SEND)
                    CASE("needs-cap", "invalid", "control='cap'", "role='relay'", RULE, "", SEND)
                        CASE("store", "valid", "", "role='receiver'", RULE, "",
                             SEND "<collect id='o' of='m'/>")
                            CASE("send", "valid", "", "role='sender'", RULE, "", SEND)
                                CASE("lost", "invalid", "control='nobody'", "role='relay'", RULE,
                                     "", SEND);

static struct mu_sut_role sut_role[] = {
    { .role = MU_ROLE_RELAY, .collect = 0, .observe = -1, .observe_adapter = -1 },
    { .role = MU_ROLE_RECEIVER, .collect = -1, .observe = -1, .observe_adapter = -1 },
};
static struct mu_sut sut = { .role = sut_role, .roles = MU_COUNT(sut_role) };

static void load(const char *text)
{
    struct mu_buf all = { .arena = arena };
    mu_buf_printf(&all, "<suite xmlns='urn:muster:suite:1' id='s' revision='1'>%s</suite>", text);
    const char *path = file_of("suite.xml", mu_buf_bytes(&all));
    ck_assert_msg(mu_suite_load(arena, &data, &path, 1, &suite, &err), "%s", error_text());
}

static bool make(const char *selection)
{
    struct mu_selection *s;
    return mu_selection_parse(arena, selection, &s, &err)
           && mu_plan_make(arena, &suite, &sut, s, &plan, &err);
}

/* What runs, in order: "pos[label=restricted] pos[label=secret] ...". */
static const char *order(void)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < plan.ins; i++) {
        char name[MU_NAME_TEXT];
        mu_case_name(suite.cases[plan.in[i].case_index], plan.in[i].instance, name);
        mu_buf_printf(&out, "%s%s", i == 0 ? "" : " ", name);
    }
    return mu_buf_text(&out);
}

static const char *why_out(const char *wanted)
{
    for (size_t i = 0; i < plan.outs; i++)
        if (strcmp(suite.cases[plan.out[i].case_index]->id, wanted) == 0)
            return plan.out[i].reason;
    return "in";
}

#define POS "pos[label=restricted] pos[label=secret]"
#define NEG "neg[label=secret] neg[label=restricted]"

/* What is not claimed is tried all the same, with a mark, when somebody asks for it. */
START_TEST(what_is_not_claimed_can_be_tried)
{
    for (int tried = 0; tried < 2; tried++) {
        struct mu_sut asked = sut;
        struct mu_selection *s;
        size_t marked = 0;
        load(cases);
        asked.unclaimed = tried == 1;
        ck_assert(mu_selection_parse(arena, "id:cap id:needs-cap id:pos", &s, &err));
        ck_assert(mu_plan_make(arena, &suite, &asked, s, &plan, &err));
        for (size_t i = 0; i < plan.ins; i++)
            marked += (plan.in[i].flags & MU_PLANNED_UNCLAIMED) != 0;
        ck_assert_uint_eq(plan.ins, tried == 1 ? 4 : 2);
        ck_assert_uint_eq(marked, tried == 1 ? 1 : 0);
    }
}
END_TEST

START_TEST(a_case_that_is_off_is_out)
{
    load(cases);
    suite.cases[0]->off = "X-1";
    ck_assert_msg(make(""), "%s", error_text());
    ck_assert_str_eq(why_out(suite.cases[0]->id), "rule:off(X-1)");
}
END_TEST

START_TEST(controls_stand_first_and_exclusive_cases_last)
{
    load(cases);
    ck_assert_msg(make(""), "%s", error_text());
    ck_assert_str_eq(order(), POS " " NEG " other excl");
    ck_assert_int_eq(plan.in[0].control, -1);
    ck_assert_int_eq(plan.in[2].control, 1); /* secret with secret */
    ck_assert_int_eq(plan.in[3].control, 0);
    ck_assert_int_eq(plan.in[5].control, 0); /* no axis: the control's first values */
    ck_assert_uint_eq(plan.in[5].flags, MU_PLANNED_EXCLUSIVE);
    ck_assert_uint_eq(plan.in[4].flags, 0);
    ck_assert_str_eq(why_out("cap"), "cap:missing(relay:label.enforce)");
    ck_assert_str_eq(why_out("needs-cap"), "control:out(cap)");
    ck_assert_str_eq(why_out("store"), "observe:missing");
    ck_assert_str_eq(why_out("send"), "role:missing(sender)");
    ck_assert_str_eq(why_out("lost"), "control:out(nobody)");
    ck_assert_uint_eq(plan.ins + plan.outs, 11);
}
END_TEST

static const struct {
    const char *selection, *order;
} chosen[] = {
    { "id:other", "other" },
    { "+id:other", "other" },
    { "id:neg*", POS " " NEG }, /* a control comes along */
    { "id:neg[label=secret]", "pos[label=secret] neg[label=secret]" },
    { "id:pos id:other", POS " other" },                                   /* the same key: or */
    { "class:invalid importance:critical", "pos[label=restricted] excl" }, /* other keys: and */
    { "doc:RFC-7444 -class:invalid", POS },
    { "clause:RFC-7444/4 -id:pos*secret]", "pos[label=restricted] neg[label=restricted]" },
    { "clause:RFC-7444?4 -tag:slow", POS },
    { "tag:hostile", POS " " NEG },
    { "rule:SIO-* -sin:drop-label", POS },
    { "sin:*", POS " " NEG },
    { "role:relay level:must clause:*/4.5.2", "other" },
};

START_TEST(a_selection_chooses)
{
    load(cases);
    ck_assert_msg(make(chosen[_i].selection), "%s", error_text());
    ck_assert_str_eq(order(), chosen[_i].order);
}
END_TEST

START_TEST(what_is_not_chosen_is_filtered)
{
    load(cases);
    ck_assert(make("id:other"));
    ck_assert_str_eq(why_out("pos"), "filtered");
    ck_assert_str_eq(why_out("cap"), "filtered");
    ck_assert(make("-id:pos"));
    ck_assert_str_eq(why_out("neg"), "control:out(pos)");
    ck_assert_str_eq(order(), "other");
}
END_TEST

static const struct {
    const char *selection, *error;
} wrong[] = {
    { "calss:valid", "unknown key 'calss' in 'calss:valid', did you mean 'class'?" },
    { "zzzzzz:valid", "unknown key 'zzzzzz'" },
    { "other", "not of the form key:value, like 'id:other'" },
    { "id:", "not of the form" },
    { "id:no-such", "term 'id:no-such' matches no case" },
    { "id:other -tag:none", "term '-tag:none' matches no case" },
    { "role:sender", "nothing is left to run" },
    { "id:other id:pos -id:*", "nothing is left to run" },
};

START_TEST(a_wrong_selection_is_named)
{
    load(cases);
    ck_assert(!make(wrong[_i].selection));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
    assert_holds(error_text(), wrong[_i].error);
}
END_TEST

START_TEST(a_selection_has_a_limit)
{
    struct mu_buf text = { .arena = arena };
    for (int i = 0; i <= MU_TERMS_MAX; i++)
        mu_buf_puts(&text, "id:a ");
    load(cases);
    ck_assert(!make(mu_buf_text(&text)));
    assert_holds(error_text(), "at most 64 terms");
}
END_TEST

START_TEST(circles_of_controls_do_not_run)
{
    load(CASE("a", "valid", "control='b'", "role='relay'", RULE, "", SEND)
             CASE("b", "valid", "control='a'", "role='relay'", RULE, "", SEND)
                 CASE("c", "valid", "control='c'", "role='relay'", RULE, "", SEND)
                     CASE("d", "valid", "", "role='relay'", RULE, "", SEND));
    ck_assert(make(""));
    ck_assert_str_eq(order(), "d");
    ck_assert_str_eq(why_out("a"), "control:out(b)");
}
END_TEST

START_TEST(the_digest_is_of_names_and_order)
{
    load(cases);
    ck_assert(make(""));
    char first[MU_DIGEST_TEXT];
    memcpy(first, plan.digest, sizeof first);
    ck_assert(make(""));
    ck_assert_str_eq(plan.digest, first);
    ck_assert(make("-id:other"));
    ck_assert_str_ne(plan.digest, first);
}
END_TEST

/* Pairwise work over 20,000 cases would take minutes here; the limit leaves room for ASan. */
START_TEST(twenty_thousand_cases_are_planned_in_no_time)
{
    struct mu_buf text = { .arena = arena };
    for (int i = 0; i < 10000; i++)
        mu_buf_printf(&text,
                      CASE("n%d", "invalid", "control='p%d'", "role='relay'", RULE, "", SEND)
                          CASE("p%d", "valid", "", "role='relay'", RULE, "", SEND),
                      i, i, i);
    load(mu_buf_text(&text));
    uint64_t start = mu_clock_ms();
    ck_assert(make("id:*"));
    ck_assert_uint_eq(plan.ins, 20000);
    ck_assert_uint_lt(mu_clock_ms() - start, 3000);
    ck_assert_int_eq(plan.in[10000].control, 0);
}
END_TEST

/* Shards of a plan: every instance runs in one of them, a control wherever it is needed, and the plan is
 * the whole one all the same. */
START_TEST(shards_make_the_whole)
{
    load(cases);
    ck_assert_msg(make(""), "%s", error_text());
    size_t all = plan.ins, ran[64] = { 0 };
    char digest[MU_DIGEST_TEXT];
    memcpy(digest, plan.digest, sizeof digest);
    for (uint32_t number = 1; number <= (uint32_t) _i; number++) {
        ck_assert(make(""));
        mu_plan_shard(&plan, (struct mu_shard){ number, (uint32_t) _i });
        size_t here = 0;
        for (size_t i = 0; i < plan.ins; i++) {
            const struct mu_planned *in = &plan.in[i];
            bool runs = (in->flags & MU_PLANNED_ELSEWHERE) == 0;
            here += runs;
            ran[i] += runs;
            if (runs && in->control >= 0)
                ck_assert((plan.in[in->control].flags & MU_PLANNED_ELSEWHERE) == 0);
        }
        ck_assert_uint_eq(plan.ins, all);
        ck_assert_uint_eq(plan.elsewhere, all - here);
        ck_assert_str_eq(plan.digest, digest);
    }
    for (size_t i = 0; i < all; i++) {
        bool is_control = false;
        for (size_t k = 0; k < all; k++)
            is_control = is_control || plan.in[k].control == (int32_t) i;
        ck_assert_msg(ran[i] >= 1 && (is_control || ran[i] == 1), "%zu ran %zu times", i, ran[i]);
    }
}
END_TEST

int main(void)
{
    Suite *tests = suite_create("plan");
    TCase *tc = tcase_create("plan");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, controls_stand_first_and_exclusive_cases_last);
    tcase_add_test(tc, a_case_that_is_off_is_out);
    tcase_add_test(tc, what_is_not_claimed_can_be_tried);
    tcase_add_loop_test(tc, a_selection_chooses, 0, MU_COUNT(chosen));
    tcase_add_test(tc, what_is_not_chosen_is_filtered);
    tcase_add_loop_test(tc, a_wrong_selection_is_named, 0, MU_COUNT(wrong));
    tcase_add_test(tc, a_selection_has_a_limit);
    tcase_add_test(tc, circles_of_controls_do_not_run);
    tcase_add_test(tc, the_digest_is_of_names_and_order);
    tcase_add_test(tc, twenty_thousand_cases_are_planned_in_no_time);
    tcase_add_loop_test(tc, shards_make_the_whole, 1, 12); /* more of them than cases, too */
    suite_add_tcase(tests, tc);
    return run_suite(tests);
}
