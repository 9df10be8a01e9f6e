/* Questions and answers over SAP/1: our client against scripted adapters. */
#include "format/label.h"
#include "tests/sap_link.h"

/* --- replies ---------------------------------------------------------------------------------------- */

#define RESULT(more) "{\"id\":$,\"ok\":true,\"result\":{" more "}}\n"
#define BAD(more)    "{\"id\":$,\"ok\":false,\"error\":{" more "}}\n"

static const struct {
    const char *op, *says;
    const char *reason; /* of the breach; NULL: it is an observation */
    enum mu_sap_error error;
    struct mu_observation seen;
    bool unknown;
} replies[] = {
    { "label.parse",
      RESULT("\"outcome\":\"accepted\""),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_ACCEPTED },
      false },
    { "label.parse",
      RESULT(
          "\"outcome\":\"rejected\",\"stage\":\"schema\",\"class\":\"schema\",\"native\":\"no\""),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_REFUSED, .stage = MU_STAGE_SCHEMA, .class = MU_CLASS_SCHEMA },
      false },
    { "label.parse",
      RESULT("\"outcome\":\"rejected\",\"class\":\"unknown-policy\",\"why\":1"),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_REFUSED, .class = MU_CLASS_UNKNOWN_POLICY },
      true },
    { "label.parse",
      "{\"id\":$,\"ok\":true,\"result\":{\"outcome\":\"accepted\"},\"ms\":3,\"x\":1}\n",
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_ACCEPTED },
      true },
    { "label.parse",
      RESULT("\"outcome\":\"accepted\",\"label\":{\"colour\":\"red\"}"),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_ACCEPTED },
      true },
    { "decide",
      RESULT("\"decision\":\"permit\""),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_ACCEPTED },
      false },
    { "decide",
      RESULT("\"decision\":\"deny\",\"class\":\"clearance\""),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_REFUSED, .class = MU_CLASS_CLEARANCE },
      false },
    { "await",
      RESULT("\"outcome\":\"quarantined\""),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_WITHHELD },
      false },
    { "await",
      RESULT("\"outcome\":\"none\""),
      NULL,
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      BAD("\"code\":\"unsupported\",\"cap\":\"label.4774\""),
      NULL,
      MU_SAP_UNSUPPORTED,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      BAD("\"code\":\"sut-crash\",\"message\":\"gone\""),
      NULL,
      MU_SAP_SUT_CRASH,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":$,\"ok\":false,\"result\":{},\"error\":{\"code\":\"unsupported\"}}\n",
      NULL,
      MU_SAP_ADAPTER_FAULT,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"ev\":\"state\",\"case\":\"t1\",\"text\":\"half\"}\n" BAD("\"code\":\"unsupported\""),
      NULL,
      MU_SAP_ADAPTER_FAULT,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"ev\":\"log\",\"case\":\"t1\",\"text\":\"half\"}\n" BAD("\"code\":\"unsupported\""),
      NULL,
      MU_SAP_UNSUPPORTED,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT(""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT("\"outcome\":\"fine\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT("\"outcome\":7"),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT("\"outcome\":\"rejected\",\"class\":\"ugly\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT("\"outcome\":\"rejected\",\"stage\":\"lunch\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT("\"outcome\":\"accepted\",\"label\":[]"),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      RESULT("\"outcome\":\"accepted\",\"label\":{\"categories\":[{\"values\":[1]}]}"),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "decide",
      RESULT("\"outcome\":\"accepted\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "decide",
      RESULT("\"decision\":\"perhaps\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":$}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":$,\"ok\":\"yes\"}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":$,\"ok\":false}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      BAD("\"code\":\"tired\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      BAD("\"code\":\"ok\""),
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":\"$\",\"ok\":true,\"result\":{}}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":1,\"ok\":true,\"result\":{}}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":4711,\"ok\":true,\"result\":{}}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"id\":$,\"id\":$}\n",
      "adapter:framing",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse",
      "{\"ev\":7}\n",
      "adapter:protocol",
      MU_SAP_OK,
      { .outcome = MU_OUTCOME_NONE },
      false },
    { "label.parse", CLOSE, "adapter:crash", MU_SAP_OK, { .outcome = MU_OUTCOME_NONE }, false },
};

/* The line that broke the link is kept as it came. */
static void check_refused(const char *says, uint64_t id, const char *reason)
{
    struct mu_buf line = { .arena = arena };
    for (const char *p = says; *p != '\n' && strcmp(reason, "adapter:crash") != 0; p++) {
        if (*p == '$')
            mu_buf_printf(&line, "%llu", (unsigned long long) id);
        else
            mu_buf_putc(&line, *p);
    }
    ck_assert_str_eq(mu_bytes_dup(arena, mu_sap_calls.refused(link_)), mu_buf_text(&line));
}

START_TEST(one_reply)
{
    struct mu_buf transcript = { .arena = arena };
    struct sap_script script = { .line = { { replies[_i].op, replies[_i].says } } };
    struct mu_sap_request request = parse;
    struct mu_sap_reply reply;
    ck_assert(mu_sap_op_from_name(replies[_i].op, &request.op));
    start(sap_adapter, &script, &transcript);
    uint64_t id = put(&request);
    bool there = next(&reply);
    ck_assert_msg(there == (replies[_i].reason == NULL), "row %d: %s", _i, err.msg);
    if (there) {
        ck_assert_uint_eq(reply.id, id);
        ck_assert_int_eq(reply.op, request.op);
        ck_assert_int_eq(reply.error, replies[_i].error);
        ck_assert_int_eq(reply.seen.outcome, replies[_i].seen.outcome);
        ck_assert_int_eq(reply.seen.stage, replies[_i].seen.stage);
        ck_assert_int_eq(reply.seen.class, replies[_i].seen.class);
        ck_assert(reply.unknown_members == replies[_i].unknown);
    } else {
        ck_assert_str_eq(mu_sap_reason(&err, request.op), replies[_i].reason);
        check_refused(replies[_i].says, id, replies[_i].reason);
        ck_assert(!mu_sap_calls.put(link_, &request, &id, &err)); /* broken stays broken */
    }
    peer_stop(child);
}
END_TEST

/* --- several at once ---------------------------------------------------------------------------------- */

/* Eight requests are awaited, then answered from the last to the first, the first of them twice where
 * the script says so. */
static void backwards(int fd, const void *script)
{
    const bool *twice = script;
    static char line[1 << 16];
    long long held[8];
    size_t count = 0;
    FILE *in = fdopen(dup(fd), "r");
    while (fgets(line, sizeof line, in) != NULL) {
        json_t *request = json_loads(line, 0, NULL);
        const char *op = json_string_value(json_object_get(request, "op"));
        long long id = json_integer_value(json_object_get(request, "id"));
        if (strcmp(op, "label.parse") != 0)
            sap_usual(fd, op, request, id);
        else
            held[count++] = id;
        if (count == 8)
            while (count > 0)
                sap_say(fd, PARSED, held[--count]);
        if (*twice && strcmp(op, "label.parse") == 0 && count == 0)
            sap_say(fd, PARSED, held[0]);
        json_decref(request);
    }
}

START_TEST(any_order)
{
    static const bool once = false;
    struct mu_sap_reply reply;
    uint64_t id[8], ninth;
    start(backwards, &once, NULL);
    ck_assert_uint_eq(hello.in_flight, 8);
    for (int i = 0; i < 8; i++)
        id[i] = put(&parse);
    ck_assert(!mu_sap_calls.put(link_, &parse, &ninth, &err));
    ck_assert_int_eq(err.code, MU_ERR_LIMIT);
    for (int i = 7; i >= 0; i--) {
        ck_assert_msg(next(&reply), "%s", err.msg);
        ck_assert_uint_eq(reply.id, id[i]);
        ck_assert_str_eq(reply.label->classification, "SECRET");
    }
    peer_stop(child);
}
END_TEST

START_TEST(an_answer_comes_once)
{
    static const bool twice = true;
    struct mu_sap_reply reply;
    start(backwards, &twice, NULL);
    for (int i = 0; i < 8; i++)
        put(&parse);
    for (int i = 0; i < 8; i++)
        ck_assert_msg(next(&reply), "%s", err.msg);
    ck_assert(!next(&reply));
    ck_assert_str_eq(mu_sap_reason(&err, MU_SAP_LABEL_PARSE), "adapter:protocol");
    ck_assert(strstr(err.msg, "a second answer to request") != NULL);
    peer_stop(child);
}
END_TEST

/* --- time ------------------------------------------------------------------------------------------------ */

/* Who does not answer is asked to give up; what comes then is the answer. */
START_TEST(cancelled_when_time_is_over)
{
    static const struct {
        struct sap_line cancel;
        enum mu_sap_error error;
        bool alive;
    } how[] = {
        { { "cancel", "{\"id\":6,\"ok\":false,\"error\":{\"code\":\"cancelled\"}}\n"
                      "{\"id\":$,\"ok\":true,\"result\":{}}\n" },
          MU_SAP_CANCELLED,
          true },
        { { "cancel", "{\"id\":$,\"ok\":true,\"result\":{}}\n"
                      "{\"id\":6,\"ok\":false,\"error\":{\"code\":\"deadline\"}}\n" },
          MU_SAP_DEADLINE,
          true },
        { { "cancel", "{\"id\":$,\"ok\":true,\"result\":{}}\n" }, MU_SAP_DEADLINE, false },
        { { "cancel", SILENT }, MU_SAP_DEADLINE, false },
    };
    struct sap_script script = { .line = { { "label.parse", SILENT }, how[_i].cancel } };
    struct mu_sap_request request = parse;
    struct mu_sap_reply reply;
    start(sap_adapter, &script, NULL);
    request.deadline_ms = 100;
    uint64_t began = mu_clock_ms(), id = put(&request);
    ck_assert_uint_eq(id, 6); /* the script counts on it */
    ck_assert_msg(next(&reply), "%s", err.msg);
    ck_assert_uint_eq(reply.id, id);
    ck_assert_int_eq(reply.error, how[_i].error);
    ck_assert_uint_ge(mu_clock_ms() - began, 100);
    ck_assert_uint_le(mu_clock_ms() - began, 100 + 4 * MU_SAP_CANCEL_MS);
    request = parse;
    request.deadline_ms = 400;
    bool alive = mu_sap_calls.put(link_, &request, &id, &err);
    ck_assert(alive == how[_i].alive);
    if (!alive)
        ck_assert_str_eq(mu_sap_reason(&err, MU_SAP_OPS), "timeout:label.parse");
    peer_stop(child);
}
END_TEST

START_TEST(cancelled_on_demand)
{
    static const struct sap_script script = {
        .line = { { "label.parse", SILENT },
                  { "cancel", "{\"id\":6,\"ok\":false,\"error\":{\"code\":\"cancelled\"}}\n"
                              "{\"id\":$,\"ok\":true,\"result\":{}}\n" } }
    };
    struct mu_sap_reply reply;
    start(sap_adapter, &script, NULL);
    uint64_t id = put(&parse);
    ck_assert(mu_sap_calls.cancel(link_, id, &err));
    ck_assert(mu_sap_calls.cancel(link_, id, &err)); /* once is enough */
    ck_assert(next(&reply));
    ck_assert_int_eq(reply.error, MU_SAP_CANCELLED);
    peer_stop(child);
}
END_TEST

/* A blob that is not what its name says. */
START_TEST(blobs_are_checked)
{
    static const struct sap_script script = {
        .line = { { "label.make",
                    RESULT("\"outcome\":\"accepted\",\"data\":{\"blob\":\"sha256:"
                           "0000000000000000000000000000000000000000000000000000000000000000"
                           "\",\"len\":3}") },
                  { "blob.get", RESULT("\"data\":{\"b64\":\"AAEC\"}") } }
    };
    static const struct mu_label label = { .classification = "SECRET" };
    struct mu_sap_reply reply;
    start(sap_adapter, &script, NULL);
    put(&(struct mu_sap_request){ .op = MU_SAP_LABEL_MAKE, .abstract = &label });
    ck_assert(!next(&reply));
    ck_assert_str_eq(mu_sap_reason(&err, MU_SAP_LABEL_MAKE), "adapter:protocol");
    ck_assert(strstr(err.msg, "a blob called sha256:0000") != NULL);
    peer_stop(child);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sap");
    TCase *tc = tcase_create("sap");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, one_reply, 0, (int) MU_COUNT(replies));
    tcase_add_test(tc, any_order);
    tcase_add_test(tc, an_answer_comes_once);
    tcase_add_loop_test(tc, cancelled_when_time_is_over, 0, 4);
    tcase_add_test(tc, cancelled_on_demand);
    tcase_add_test(tc, blobs_are_checked);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
