/* The adapter's side: what it refuses, line by line. And the tables themselves. */
#include "proto/sap_server.h"
#include "tests/sap_peers.h"

static struct mu_arena *arena;

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static void answer(struct mu_sap_turn *turn)
{
    turn->reply->seen.outcome = MU_OUTCOME_ACCEPTED;
}

static void adapter(int fd, const void *unused)
{
    static const struct mu_sap_server server = {
        .hello = { .adapter_name = "a",
                   .adapter_version = "1",
                   .sut_name = "s",
                   .sut_version = "2",
                   .roles = MU_SAP_VALIDATOR,
                   .in_flight = 2 },
        .answer = { [MU_SAP_LABEL_PARSE] = answer, [MU_SAP_LABEL_MAKE] = answer },
    };
    struct mu_err err;
    (void) unused;
    _exit(mu_sap_serve(&server, fd, fd, &err) ? 0 : 1);
}

#define ASK                                                                                        \
    "{\"id\":1,\"op\":\"hello\",\"sap\":[1,2],\"harness\":{\"name\":\"h\",\"version\":\"1\"},"     \
    "\"run\":\"r\",\"nonce\":\"n\",\"limits\":{\"max_line\":1048576,\"op_ms\":5000}}\n"
#define LABEL "\"label\":{\"syntax\":\"adatp-4774\",\"data\":{\"b64\":\"PGEvPg==\"}}"
#define ZERO  "sha256:0000000000000000000000000000000000000000000000000000000000000000"
#define ABC   "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* One request after hello and the code of its answer; "" is ok, NULL hangs up. */
static const struct {
    const char *line, *code;
} row[] = {
    { "{\"id\":2,\"op\":\"label.parse\"," LABEL "}", "" },
    { "{\"id\":2,\"op\":\"label.parse\",\"case\":\"t\",\"deadline_ms\":9," LABEL "}", "" },
    { "{\"id\":2,\"op\":\"label.parse\",\"x-more\":[1]," LABEL "}", "" },
    { "{\"id\":2,\"op\":\"label.parse\",\"more\":1," LABEL "}", "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"case\":7," LABEL "}", "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"deadline_ms\":-1," LABEL "}", "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\"}", "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"label\":\"<a/>\"}", "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"label\":{\"data\":{\"b64\":\"\"}}}", "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"label\":{\"syntax\":\"x\",\"data\":{\"b64\":\"\"},\"c\":"
      "1}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"label\":{\"syntax\":\"x\",\"data\":{\"b64\":\"A\"}}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"label.parse\",\"label\":{\"syntax\":\"x\",\"data\":{\"blob\":\"" ZERO
      "\",\"len\":3}}}",
      "precondition" },
    { "{\"id\":2,\"op\":\"label.make\",\"syntax\":\"x\",\"label\":{\"classification\":\"S\"}}",
      "" },
    { "{\"id\":2,\"op\":\"label.make\",\"syntax\":\"x\",\"label\":{\"klassification\":\"S\"}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"label.make\",\"syntax\":\"x\",\"label\":{\"classification\":1}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"decide\"," LABEL
      ",\"clearance\":{\"syntax\":\"x\",\"data\":{\"b64\":\"\"}}}",
      "unsupported" },
    { "{\"id\":2,\"op\":\"decide\"," LABEL "}",
      "unsupported" }, /* before its members are looked at */
    { "{\"id\":2,\"op\":\"hello\",\"sap\":[1],\"harness\":{\"name\":\"h\",\"version\":\"1\"},"
      "\"run\":\"r\",\"nonce\":\"n\",\"limits\":{}}",
      "precondition" },
    { "{\"id\":2,\"op\":\"zq-mauve-newt\"}", "unsupported" },
    { "{\"id\":2}", "bad-request" },
    { "{\"id\":2,\"op\":7}", "bad-request" },
    { "{\"op\":\"reset\"}", NULL },
    { "{\"id\":\"2\",\"op\":\"reset\"}", NULL },
    { "[]", NULL },
    { "{\"id\":2,\"id\":2,\"op\":\"reset\"}", NULL },
    { "rubbish", NULL },
    { "{\"id\":2,\"op\":\"reset\"}", "" },
    { "{\"id\":2,\"op\":\"begin\",\"case\":\"t\"}", "" },
    { "{\"id\":2,\"op\":\"end\",\"case\":\"t\"}", "" },
    { "{\"id\":2,\"op\":\"cancel\",\"of\":1}", "" },
    { "{\"id\":2,\"op\":\"cancel\"}", "bad-request" },
    { "{\"id\":2,\"op\":\"probe\",\"kind\":\"clock\"}", "" },
    { "{\"id\":2,\"op\":\"probe\",\"kind\":\"echo\",\"data\":{\"b64\":\"AA==\"}}", "" },
    { "{\"id\":2,\"op\":\"probe\",\"kind\":\"echo\"}", "bad-request" },
    { "{\"id\":2,\"op\":\"probe\",\"kind\":\"x-ray\"}", "unsupported" },
    { "{\"id\":2,\"op\":\"configure\",\"policies\":[]}", "" },
    { "{\"id\":2,\"op\":\"configure\",\"policies\":[1]}", "bad-request" },
    { "{\"id\":2,\"op\":\"configure\"}", "bad-request" },
    { "{\"id\":2,\"op\":\"blob.put\",\"blob\":\"" ABC
      "\",\"len\":3,\"offset\":0,\"data\":{\"b64\":\"YWJj\"}}",
      "" },
    { "{\"id\":2,\"op\":\"blob.put\",\"blob\":\"" ABC
      "\",\"len\":3,\"offset\":1,\"data\":{\"b64\":\"YWJj\"}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"blob.put\",\"blob\":\"" ABC
      "\",\"len\":2,\"offset\":0,\"data\":{\"b64\":\"YWJj\"}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"blob.put\",\"blob\":\"" ABC
      "\",\"len\":3,\"offset\":0,\"data\":{\"b64\":\"YWJk\"}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"blob.put\",\"blob\":\"ABC\",\"len\":3,\"offset\":0,\"data\":{\"b64\":"
      "\"YWJj\"}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"blob.put\",\"blob\":\"" ABC
      "\",\"len\":99999999999,\"offset\":0,\"data\":{\"b64\":\"YWJj\"}}",
      "bad-request" },
    { "{\"id\":2,\"op\":\"blob.get\",\"blob\":\"" ABC "\",\"len\":3,\"offset\":0}",
      "precondition" },
    { "{\"id\":2,\"op\":\"bye\"}", "" },
};

/* Everything that comes back until the end. */
static json_t *converse(const char *first, const char *second)
{
    static char all[1 << 16];
    struct mu_buf out = { .arena = arena };
    pid_t child;
    size_t n = 0;
    int fd = peer_start(&child, adapter, NULL);
    mu_buf_printf(&out, "%s%s\n", first, second);
    peer_write(fd, mu_buf_bytes(&out));
    shutdown(fd, SHUT_WR);
    for (ssize_t got; (got = read(fd, all + n, sizeof all - 1 - n)) > 0;)
        n += (size_t) got;
    all[n] = '\0';
    peer_stop(child);
    close(fd);
    const char *line = strchr(all, '\n');
    if (first[0] == '\0')
        return json_loads(all, 0, NULL);
    return line != NULL && line[1] != '\0' ? json_loads(line + 1, 0, NULL) : NULL;
}

START_TEST(one_request)
{
    json_t *reply = converse(ASK, row[_i].line);
    if (row[_i].code == NULL) {
        ck_assert_msg(reply == NULL, "row %d", _i);
        return;
    }
    ck_assert_msg(reply != NULL, "row %d: no answer", _i);
    const char *code = json_string_value(json_object_get(json_object_get(reply, "error"), "code"));
    ck_assert_msg(strcmp(code != NULL ? code : "", row[_i].code) == 0, "row %d: %s", _i, code);
    ck_assert(json_is_true(json_object_get(reply, "ok")) == (row[_i].code[0] == '\0'));
    json_decref(reply);
}
END_TEST

START_TEST(hello_comes_first)
{
    json_t *reply = converse("", "{\"id\":2,\"op\":\"label.parse\"," LABEL "}");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(reply, "error"), "code")),
                     "precondition");
    json_decref(reply);
}
END_TEST

/* --- tables ------------------------------------------------------------------------------------------- */

static bool has_type(const char *type)
{
    for (const struct mu_sap_field *t = mu_sap_types(); t->name != NULL; t++)
        if (strcmp(t->name, type) == 0)
            return true;
    return false;
}

static void check_fields(const struct mu_sap_field *field, const char *where)
{
    for (; field->name != NULL; field++) {
        ck_assert_msg(has_type(field->type), "%s: %s has type '%s'", where, field->name,
                      field->type);
        bool holds =
            strcmp(field->type, "object") == 0 || strcmp(field->type, "list of objects") == 0;
        ck_assert_msg(holds == (field->inner != NULL), "%s: %s", where, field->name);
        if (field->inner != NULL)
            check_fields(field->inner, where);
    }
}

START_TEST(operations)
{
    for (int i = 0; i < MU_SAP_OPS; i++) {
        const struct mu_sap_op_row *op = mu_sap_op((enum mu_sap_op) i);
        enum mu_sap_op back;
        ck_assert(mu_sap_op_from_name(op->name, &back) && (int) back == i);
        ck_assert_str_eq(op->timeout, mu_arena_printf(arena, "timeout:%s", op->name));
        ck_assert_uint_ne(op->roles, 0);
        check_fields(op->param, op->name);
        check_fields(op->result, op->name);
    }
    check_fields(mu_sap_request_members(), "request");
    check_fields(mu_sap_reply_members(), "reply");
    check_fields(mu_sap_label_members(), "label");
    check_fields(mu_sap_event_members(), "event");
}
END_TEST

START_TEST(closed_words)
{
    enum mu_sap_error error;
    enum mu_outcome outcome;
    unsigned bit, all = 0;
    for (int i = MU_SAP_OK + 1; i < MU_SAP_ERRORS; i++)
        ck_assert(mu_sap_error_from_name(mu_sap_error_name((enum mu_sap_error) i), &error)
                  && (int) error == i);
    ck_assert(!mu_sap_error_from_name("ok", &error));
    for (unsigned b = 1; b < MU_SAP_EVERY_ROLE; b <<= 1) {
        ck_assert(mu_sap_role_from_name(mu_sap_role_name(b), &bit));
        all |= bit;
    }
    ck_assert_uint_eq(all, MU_SAP_EVERY_ROLE);
    ck_assert(mu_sap_outcome_from_name("rejected", &outcome) && outcome == MU_OUTCOME_REFUSED);
    ck_assert(!mu_sap_outcome_from_name("silent", &outcome));
    ck_assert_ptr_null(mu_sap_outcome_name(MU_OUTCOME_SILENT));
}
END_TEST

/* Claims, of which those after a bar are called unsupported, and what is said of them. */
static const struct {
    const char *claims, *refused;
    unsigned roles;
    const char *lint; /* the first sentence; NULL: none */
    size_t lints;
} claims[] = {
    { "label.4774", "", MU_SAP_VALIDATOR, NULL, 0 },
    { "label.4774 spif.xml mark.render", "", MU_SAP_LABELLER, NULL, 0 },
    { "label.4774 policy mark.render", "", MU_SAP_LABELLER, NULL, 0 },
    { "label.4774 mark.render", "", MU_SAP_LABELLER,
      "mark.render implies policy|spif.xml, which is not claimed", 1 },
    { "mark.render", "", MU_SAP_LABELLER, "mark.render implies label.4774, which is not claimed",
      2 },
    { "mark.render policy", "label.4774", MU_SAP_LABELLER,
      "mark.render implies label.4774, which is not claimed", 1 },
    { "policy policy.fixed spif.xml", "", MU_SAP_VALIDATOR,
      "policy.fixed excludes spif.xml, and both are claimed", 2 },
    { "policy policy.fixed", "spif.xml", MU_SAP_VALIDATOR, NULL, 0 },
    { "smime.encrypt", "", MU_SAP_SENDER,
      "smime.encrypt implies smime.sign|cms, which is not claimed", 1 },
    { "smime.encrypt cms", "", MU_SAP_SENDER, NULL, 0 },
    { "lable.4774", "", MU_SAP_VALIDATOR,
      "advice: no capability is called 'lable.4774'; did you mean 'label.4774'?", 1 },
    { "telepathy", "", MU_SAP_VALIDATOR, "advice: no capability is called 'telepathy'", 1 },
    { "x-telepathy", "", MU_SAP_VALIDATOR, NULL, 0 },
    { "label.4774 policy decide", "", MU_SAP_VALIDATOR,
      "advice: decide is for the roles policy, and none of them is offered", 1 },
    { "", "mark.render decide", MU_SAP_VALIDATOR, NULL, 0 },
};

static size_t add_claims(struct mu_sap_cap *cap, size_t caps, const char *words, bool unsupported)
{
    char *copy = mu_bytes_dup(arena, mu_bytes_of(words)), *rest;
    for (char *w = strtok_r(copy, " ", &rest); w != NULL; w = strtok_r(NULL, " ", &rest))
        cap[caps++] = (struct mu_sap_cap){ .name = w, .unsupported = unsupported };
    return caps;
}

START_TEST(capabilities)
{
    struct mu_sap_cap cap[8];
    const char **lint;
    size_t caps = add_claims(cap, 0, claims[_i].claims, false);
    caps = add_claims(cap, caps, claims[_i].refused, true);
    size_t lints = mu_capability_lint(arena, cap, caps, claims[_i].roles, &lint);
    ck_assert_msg(lints == claims[_i].lints, "row %d: %zu: %s", _i, lints,
                  lints > 0 ? lint[0] : "");
    if (claims[_i].lint != NULL)
        ck_assert_str_eq(lint[0], claims[_i].lint);
}
END_TEST

/* Whatever a row implies or excludes is a row. */
START_TEST(capability_table)
{
    const struct mu_capability *c;
    for (size_t i = 0; (c = mu_capability_at(i)) != NULL; i++) {
        const char *const words[] = { c->implies, c->excludes };
        for (size_t w = 0; w < MU_COUNT(words); w++) {
            char *copy = mu_bytes_dup(arena, mu_bytes_of(words[w])), *rest;
            for (char *word = strtok_r(copy, " |", &rest); word != NULL;
                 word = strtok_r(NULL, " |", &rest))
                ck_assert_msg(mu_capability_find(word) != NULL, "%s: %s", c->name, word);
        }
        ck_assert_ptr_eq(mu_capability_find(c->name), c);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sap_server");
    TCase *tc = tcase_create("server");
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, one_request, 0, (int) MU_COUNT(row));
    tcase_add_test(tc, hello_comes_first);
    tcase_add_test(tc, operations);
    tcase_add_test(tc, closed_words);
    tcase_add_loop_test(tc, capabilities, 0, (int) MU_COUNT(claims));
    tcase_add_test(tc, capability_table);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
