/* Cases that ask an adapter: what is asked, what is made of each answer, who is to blame. */
#include "ask_support.h"

#include "format/datetime.h"
#include "suite/ask.h"

/* --- minds ----------------------------------------------------------------------------------------- */

static void reads_well(const struct said *said, const struct mu_label *ours,
                       struct mu_sap_reply *reply)
{
    (void) said;
    reply->label = ours;
    if (ours == NULL)
        reply->seen = (struct mu_observation){ .outcome = MU_OUTCOME_REFUSED,
                                               .stage = MU_STAGE_DECODE,
                                               .class = MU_CLASS_MALFORMED };
}

static void forgets_the_time(const struct said *said, const struct mu_label *ours,
                             struct mu_sap_reply *reply)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    *label = *ours;
    label->created = NULL;
    (void) said;
    reply->label = label;
}

static void knows_the_answer(const struct said *said, const struct mu_label *ours,
                             struct mu_sap_reply *reply)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    *label = *ours;
    label->created = "2026-01-12T08:00:00Z"; /* as the fixture has it */
    (void) said;
    reply->label = label;
}

static void writes_the_time_otherwise(const struct said *said, const struct mu_label *ours,
                                      struct mu_sap_reply *reply)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    *label = *ours;
    label->created = mu_arena_printf(arena, "%.19s.000+00:00", ours->created);
    (void) said;
    reply->label = label;
}

static void says_nothing_of_it(const struct said *said, const struct mu_label *ours,
                               struct mu_sap_reply *reply)
{
    (void) said, (void) ours, (void) reply;
}

static void reads_another_level(const struct said *said, const struct mu_label *ours,
                                struct mu_sap_reply *reply)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    *label = *ours;
    label->classification = "RESTRICTED";
    (void) said;
    reply->label = label;
}

static void refuses_by_policy(const struct said *said, const struct mu_label *ours,
                              struct mu_sap_reply *reply)
{
    (void) said, (void) ours;
    reply->seen = (struct mu_observation){ .outcome = MU_OUTCOME_REFUSED,
                                           .stage = MU_STAGE_POLICY,
                                           .class = MU_CLASS_POLICY };
}

static void refuses_by_schema(const struct said *said, const struct mu_label *ours,
                              struct mu_sap_reply *reply)
{
    refuses_by_policy(said, ours, reply);
    reply->seen.class = MU_CLASS_SCHEMA;
}

#define FAILS(name, code)                                                                          \
    static void name(const struct said *said, const struct mu_label *ours,                         \
                     struct mu_sap_reply *reply)                                                   \
    {                                                                                              \
        (void) said, (void) ours;                                                                  \
        reply->error = code;                                                                       \
        reply->message = "no";                                                                     \
    }
FAILS(cannot, MU_SAP_UNSUPPORTED)
FAILS(is_busy, MU_SAP_BUSY)
FAILS(is_late, MU_SAP_DEADLINE)
FAILS(gave_up, MU_SAP_CANCELLED)
FAILS(sut_fell_over, MU_SAP_SUT_CRASH)
FAILS(sut_is_away, MU_SAP_SUT_UNREACHABLE)

static void permits(const struct said *said, const struct mu_label *ours,
                    struct mu_sap_reply *reply)
{
    (void) said, (void) ours;
    reply->decision = "permit";
}

static void denies(const struct said *said, const struct mu_label *ours, struct mu_sap_reply *reply)
{
    (void) said, (void) ours;
    reply->decision = "deny";
    reply->seen.class = MU_CLASS_CLEARANCE;
}

static void marks_in_our_words(const struct said *said, const struct mu_label *ours,
                               struct mu_sap_reply *reply)
{
    (void) ours;
    ck_assert_str_eq(said->request.language, "en");
    reply->text = "NATO SECRET";
}

static void marks_lower(const struct said *said, const struct mu_label *ours,
                        struct mu_sap_reply *reply)
{
    (void) said, (void) ours;
    reply->text = "NATO RESTRICTED";
}

static void makes_it(const struct said *said, const struct mu_label *ours,
                     struct mu_sap_reply *reply)
{
    (void) said;
    reply->octets = mu_label_write(arena, ours);
}

/* Without a time no rule of the standard is content, and no salt is told. */
static void makes_it_badly(const struct said *said, const struct mu_label *ours,
                           struct mu_sap_reply *reply)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    *label = *ours;
    label->policy_uri = "no URI at all";
    (void) said;
    reply->octets = mu_label_write(arena, label);
}

/* What our own mapping makes of it: the linter holds cases to the same. */
static void maps_as_we_do(const struct said *said, const struct mu_label *ours,
                          struct mu_sap_reply *reply)
{
    struct mu_question q = { .op = MU_SAP_MAP, .label = ours, .policy = said->request.policy };
    struct mu_truth t;
    mu_truth_find(arena, &ask_p, &q, &t);
    ck_assert_ptr_nonnull(t.label);
    reply->octets = mu_label_write(arena, t.label);
    reply->label = t.label;
}

static void maps_to_what_was(const struct said *said, const struct mu_label *ours,
                             struct mu_sap_reply *reply)
{
    (void) said;
    reply->label = ours;
}

/* --- verdicts --------------------------------------------------------------------------------------- */

#define DECIDE    MAKE "<ask id='a' op='decide' of='m' clearance='nato-secret'/>\n"
#define PERMITTED "<expect of='a' decision='permit'/>\n"
#define RENDER    MAKE "<ask id='a' op='mark.render' of='m' language='en' place='page-top'/>\n"
#define MAKE_IT   MAKE "<ask id='a' op='label.make' of='m'/>\n"
#define JUDGED    "<judge of='a'/>\n"
#define MAP                                                                                        \
    "<make id='m' label='secret-releasable'/>\n<ask id='a' op='map' of='m' "                       \
    "policy='EU-EXERCISE'/>\n"
#define BROKEN                                                                                     \
    MAKE "<mutate from='m' id='n' operator='label.truncate'/>\n"                                   \
         "<ask id='a' op='label.parse' of='n'/>\n"
#define TWICE PARSE "<ask id='b' op='label.parse' of='m'/>\n" ACCEPTED SAME("label")

static const struct {
    const char *role, *steps;
    ask_mind mind;
    enum mu_verdict verdict;
    const char *reason, *attribution;
} row[] = {
    { "validator", PARSE ACCEPTED SAME("label"), reads_well, MU_PASS, "", "" },
    { "validator", TWICE, reads_well, MU_PASS, "", "" },
    { "validator", PARSE ACCEPTED, writes_the_time_otherwise, MU_PASS, "", "" },
    { "validator", PARSE ACCEPTED, forgets_the_time, MU_FAIL, "adapter:nonce", "validator" },
    { "validator", PARSE ACCEPTED, knows_the_answer, MU_FAIL, "adapter:nonce", "validator" },
    { "validator", PARSE ACCEPTED, says_nothing_of_it, MU_FAIL, "adapter:nonce", "validator" },
    { "validator", PARSE SAME("label"), reads_another_level, MU_FAIL, "label:altered",
      "validator" },
    { "validator", PARSE ACCEPTED, refuses_by_policy, MU_FAIL, "outcome:refused", "validator" },
    { "validator", PARSE REFUSED, refuses_by_policy, MU_PASS, "", "" },
    { "validator", PARSE REFUSED, refuses_by_schema, MU_REMARKS, "class:schema", "validator" },
    { "validator", PARSE REFUSED, reads_well, MU_FAIL, "outcome:accepted", "validator" },
    { "validator", BROKEN "<expect of='a' outcome='refused' class='malformed'/>", reads_well,
      MU_PASS, "", "" },
    { "validator", PARSE ACCEPTED, cannot, MU_ERROR, "adapter:capabilities", "adapter" },
    { "validator", PARSE ACCEPTED, is_busy, MU_ERROR, "adapter:busy", "adapter" },
    { "validator", PARSE ACCEPTED, is_late, MU_ERROR, "timeout:label.parse", "adapter" },
    { "validator", PARSE ACCEPTED, gave_up, MU_ERROR, "timeout:label.parse", "adapter" },
    { "validator", PARSE ACCEPTED, sut_is_away, MU_ERROR, "adapter:sut-unreachable", "adapter" },
    { "validator", PARSE ACCEPTED, sut_fell_over, MU_FAIL, "sut:crash", "validator" },
    { "policy", DECIDE PERMITTED, permits, MU_PASS, "", "" },
    { "policy", DECIDE PERMITTED, denies, MU_FAIL, "decision:deny", "policy" },
    { "policy", DECIDE "<expect of='a' decision='deny' class='clearance'/>", denies, MU_PASS, "",
      "" },
    { "policy", DECIDE "<expect of='a' decision='deny' class='expired'/>", denies, MU_REMARKS,
      "class:clearance", "policy" },
    { "policy", MAP SAME("translation"), maps_as_we_do, MU_PASS, "", "" },
    { "policy", MAP SAME("translation") JUDGED, maps_as_we_do, MU_PASS, "", "" },
    { "policy", MAP SAME("translation"), maps_to_what_was, MU_FAIL, "label:mistranslated",
      "policy" },
    { "policy", MAP ACCEPTED, refuses_by_policy, MU_FAIL, "outcome:refused", "policy" },
    { "labeller", RENDER SAME("marking"), marks_in_our_words, MU_PASS, "", "" },
    { "labeller", RENDER SAME("marking"), marks_lower, MU_FAIL, "marking:altered", "labeller" },
    { "labeller", RENDER SAME("marking"), says_nothing_of_it, MU_FAIL, "marking:altered",
      "labeller" },
    { "labeller", MAKE_IT SAME("label") JUDGED, makes_it, MU_PASS, "", "" },
    { "labeller", MAKE_IT "<same first='m' second='a' what='octets' at-least='octets'/>", makes_it,
      MU_PASS, "", "" },
    { "labeller", MAKE_IT JUDGED, makes_it_badly, MU_FAIL, "rule:L74-18", "labeller" },
    { "labeller", MAKE_IT JUDGED, says_nothing_of_it, MU_INCONCLUSIVE, "leg:missing", "unknown" },
};

static void of_role(const char *role)
{
    static const char *const caps[] = { "label.4774" };
    unsigned bit = 0;
    ck_assert(mu_sap_role_from_name(role, &bit));
    ask_claim(caps, 1, bit);
    ask_breaks = MU_ERR_NONE;
    ask_heards = 0;
    ck_assert(mu_sut_of_adapter(arena, "adapter", &ask_hello, &ask_sut, &err));
}

static void load_one(const char *role, const char *steps)
{
    struct mu_buf text = { .arena = arena };
    mu_buf_printf(&text, ASK_CASE("c", "valid", "", "role='%s' capability='label.4774'", "", "%s"),
                  role, steps);
    ask_load(mu_buf_text(&text));
    of_role(role);
}

START_TEST(each_answer_gets_its_verdict)
{
    load_one(row[_i].role, row[_i].steps);
    ask_answer = row[_i].mind;
    ask_serve(1);
    ck_assert_uint_eq(ask_told[0].times, 1);
    ck_assert_msg(ask_told[0].verdict == row[_i].verdict
                      && strcmp(ask_told[0].reason, row[_i].reason) == 0,
                  "%s '%s'", mu_verdict_name(ask_told[0].verdict), ask_told[0].reason);
    ck_assert_str_eq(ask_told[0].attribution, row[_i].attribution);
    ck_assert_ptr_null(ask_broken);
}
END_TEST

/* --- many at once ------------------------------------------------------------------------------------- */

#define LABELS                                                                                     \
    "<axis name='label' values='secret restricted confidential unclassified secret-atomal "        \
    "secret-eu secret-releasable restricted-clear unclassified-staff'/>"
#define MANY                                                                                       \
    ASK_CASE(                                                                                      \
        "c", "valid", "", VALIDATOR, LABELS,                                                       \
        "<make id='m' label='{label}'/>\n<ask id='a' op='label.parse' of='m'/>\n" ACCEPTED SAME(   \
            "label"))

/* The newest request is answered first, so replies come in another order than requests went. */
START_TEST(replies_find_their_cases_and_no_more_are_out_than_may)
{
    ask_load(MANY);
    of_role("validator");
    ask_answer = reads_well;
    ask_hello.in_flight = 4;
    ask_serve(1);
    for (size_t i = 0; i < ask_plan.ins; i++) {
        ck_assert_uint_eq(ask_told[i].times, 1);
        ck_assert_msg(ask_told[i].verdict == MU_PASS, "%zu: %s", i, ask_told[i].reason);
    }
    ck_assert_uint_eq(ask_link.most, 4);
}
END_TEST

static const struct {
    enum mu_err_code code;
    const char *reason;
} breaks[] = {
    { MU_ERR_CLOSED, "adapter:crash" },
    { MU_ERR_PEER, "adapter:protocol" },
};

static void serve_and_break(size_t way, unsigned in_flight)
{
    ask_load(MANY);
    of_role("validator");
    ask_answer = reads_well;
    ask_hello.in_flight = in_flight;
    ask_breaks = breaks[way].code;
    ask_serve(1);
    ck_assert_str_eq(ask_broken, breaks[way].reason);
}

START_TEST(a_broken_adapter_is_blamed_for_the_case_it_had_in_hand)
{
    serve_and_break((size_t) _i, 1);
    for (size_t i = 0; i < ask_plan.ins; i++) {
        ck_assert_uint_eq(ask_told[i].times, i == 0 ? 1 : 0);
        ck_assert_uint_eq(ask_told[i].again, 0);
    }
    ck_assert_int_eq(ask_told[0].verdict, MU_ERROR);
    ck_assert_str_eq(ask_told[0].reason, breaks[_i].reason);
    ck_assert_str_eq(ask_told[0].attribution, "adapter");
}
END_TEST

START_TEST(of_several_in_hand_none_is_blamed)
{
    serve_and_break((size_t) _i, 3);
    for (size_t i = 0; i < ask_plan.ins; i++) {
        ck_assert_uint_eq(ask_told[i].times, 0);
        ck_assert_uint_eq(ask_told[i].again, i < 3 ? 1 : 0);
    }
}
END_TEST

/* The SUT file says more of the adapter than the adapter does. */
START_TEST(an_adapter_without_the_claim_is_not_asked)
{
    for (int lacks = 0; lacks < 2; lacks++) {
        load_one("validator", PARSE ACCEPTED);
        ask_answer = reads_well;
        if (lacks == 0)
            ask_cap[0].unsupported = true;
        else
            ask_hello.roles = MU_SAP_POLICY;
        ask_serve(1);
        ck_assert_int_eq(ask_told[0].verdict, MU_ERROR);
        ck_assert_str_eq(ask_told[0].reason, "adapter:capabilities");
        ck_assert_uint_eq(ask_heards, 0);
    }
}
END_TEST

/* --- salt --------------------------------------------------------------------------------------------- */

START_TEST(no_attempt_looks_like_another)
{
    load_one("validator", PARSE ACCEPTED);
    ask_answer = reads_well;
    for (unsigned attempt = 1; attempt <= 2; attempt++) {
        ask_serve(attempt);
        ck_assert_int_eq(ask_told[0].verdict, MU_PASS);
    }
    ck_assert_uint_eq(ask_heards, 2);
    const struct said *a = ask_heard[0], *b = ask_heard[1];
    ck_assert_uint_eq(strlen(a->token), 24);
    ck_assert_str_ne(a->token, b->token);
    ck_assert(!mu_bytes_equal(a->label, b->label));
    ck_assert_uint_eq(a->label.n, b->label.n);
    const struct said *const both[] = { a, b };
    for (size_t i = 0; i < 2; i++) {
        const struct mu_label *label = mu_truth_label(arena, both[i]->label);
        struct mu_instant created;
        ck_assert(mu_datetime_read(mu_bytes_of(label->created), &created));
        ck_assert_int_lt(created.seconds, TEST_TIME);
        ck_assert_int_gt(created.seconds, TEST_TIME - 91 * 86400);
    }
}
END_TEST

/* A label is left as it is where its creation time is what the case is about. */
static const struct {
    const char *label, *mutate;
    bool salted;
} salt[] = {
    { "secret", "", true },
    { "no-review", "", true },
    { "secret", "operator='label.classification.set' value='PINK'", true },
    { "secret", "operator='label.blanks'", true },
    { "secret", "operator='label.octets' value='200000'", true },
    { "secret", "operator='label.blanks' on='CreationDateTime'", true },
    { "secret", "operator='label.created.drop'", false },
    { "secret", "operator='label.text.set' on='CreationDateTime' value='2026-03-01T00:00:00Z'",
      false },
    { "secret", "operator='label.comment' on='CreationDateTime'", false },
    { "secret", "operator='label.encoding.set' value='utf-8-bom'", true },
};

START_TEST(salt_stays_away_from_what_a_case_is_about)
{
    struct mu_ask_kit kit;
    struct mu_ask_case *asks;
    struct mu_buf text = { .arena = arena };
    bool changed = *salt[_i].mutate != '\0';
    mu_buf_printf(&text, "<make id='%s' label='%s'/>", changed ? "o" : "m", salt[_i].label);
    if (changed)
        mu_buf_printf(&text, "<mutate from='o' id='m' %s/>", salt[_i].mutate);
    mu_buf_puts(&text, "<ask id='a' op='label.parse' of='m'/>" ACCEPTED);
    load_one("validator", mu_buf_text(&text));
    mu_ask_kit_make(arena, &data, &ask_p, &kit);
    ck_assert_msg(mu_ask_prepare(&kit, ask_suite.cases[0], 0, 1, &asks, &err), "%s", error_text());
    const struct mu_ask_label *l = asks->ask[0].of;
    ck_assert_int_eq(l->salt != SIZE_MAX, salt[_i].salted);
    ck_assert_ptr_nonnull(l->label); /* whatever was done to it, it is still a whole label */
}
END_TEST

static Suite *ask_tests(void)
{
    Suite *s = suite_create("ask");
    TCase *t = tcase_create("ask");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, each_answer_gets_its_verdict, 0, MU_COUNT(row));
    tcase_add_test(t, replies_find_their_cases_and_no_more_are_out_than_may);
    tcase_add_loop_test(t, a_broken_adapter_is_blamed_for_the_case_it_had_in_hand, 0,
                        MU_COUNT(breaks));
    tcase_add_loop_test(t, of_several_in_hand_none_is_blamed, 0, MU_COUNT(breaks));
    tcase_add_test(t, an_adapter_without_the_claim_is_not_asked);
    tcase_add_test(t, no_attempt_looks_like_another);
    tcase_add_loop_test(t, salt_stays_away_from_what_a_case_is_about, 0, MU_COUNT(salt));
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(ask_tests());
}
