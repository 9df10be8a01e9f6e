/* The handshake against adapters that follow a script. */
#include "base/digest.h"
#include "tests/sap_peers.h"

static struct mu_arena *arena;
static struct mu_seat seat;

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
    seat = (struct mu_seat){ .arena = arena, .deadline_ms = UINT64_MAX };
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static const struct mu_bytes policy[] = { { "<a/>", 4 }, { "<b/>", 4 } };

/* The address in "err" is the reason; "" when all went well. */
static bool shake(const struct sap_script *script, enum mu_sap_way way, size_t policies,
                  struct mu_sap_hello *hello, const char **reason, struct mu_err *err)
{
    pid_t child;
    struct mu_sap_link *link;
    int fd = peer_start(&child, sap_adapter, script);
    struct mu_sap_opening opening = {
        .way = way,
        .in = fd,
        .out = fd,
        .nonce = "n",
        .suite = "pebbles 7",
        .operation_ms = 1000,
        .policy = policy,
        .policies = policies,
    };
    bool done = mu_sap_calls.open(&seat, &opening, &link, hello, err);
    *reason = done ? "" : mu_sap_reason(err, MU_SAP_HELLO);
    if (done)
        mu_sap_calls.close(link);
    peer_stop(child);
    return done;
}

#define NOT_HERE    "no JSON: nothing else may be printed where the protocol is spoken"
#define CAPS        "\"caps\":{\"label.4774\":{}}"
#define NO(code)    "{\"id\":$,\"ok\":false,\"error\":{\"code\":\"" code "\",\"message\":\"no\"}}\n"
#define YES(result) "{\"id\":$,\"ok\":true,\"result\":" result "}\n"

/* One line of the script that is not as usual, and what is thought of it. */
static const struct {
    struct sap_line line;
    const char *reason, *says;
} row[] = {
    { { NULL, NULL }, "", NULL },
    { { "hello", HELLO("\"roles\":[\"validator\"]," CAPS) }, "", NULL },
    { { "hello", HELLO(OF_ONE CAPS ",\"more\":1") }, "", NULL },
    { { "hello", NO("busy") }, "adapter:handshake", "the adapter does not do hello: no" },
    { { "hello", YES("{\"sap\":2}") },
      "adapter:handshake",
      "the adapter speaks SAP/2; SAP/1 was offered" },
    { { "hello", YES("{\"sap\":\"1\"}") },
      "adapter:handshake",
      "'sap' is no whole number of at least 0" },
    { { "hello", YES("{\"sap\":1}") },
      "adapter:handshake",
      "the result of hello has no object 'adapter'" },
    { { "hello", YES("[]") },
      "adapter:handshake",
      "the reply to hello has no 'ok' with a 'result'" },
    { { "hello", HELLO(CAPS) }, "adapter:handshake", "the result of hello has no list 'roles'" },
    { { "hello", HELLO("\"roles\":[]," CAPS) },
      "adapter:handshake",
      "hello offers no role that is known" },
    { { "hello", HELLO("\"roles\":[\"judge\"]," CAPS) },
      "adapter:handshake",
      "hello offers no role that is known" },
    { { "hello", HELLO(OF_ONE CAPS ",\"suite\":\"7\"") },
      "adapter:handshake",
      "'suite' of hello is no object" },
    { { "hello", HELLO(OF_ONE "\"caps\":[]") },
      "adapter:handshake",
      "the result of hello has no object 'caps'" },
    { { "hello", HELLO(OF_ONE "\"caps\":{}") },
      "adapter:capabilities",
      "no capability is claimed: nothing could be tested" },
    { { "hello", HELLO(OF_ONE "\"caps\":{\"label.4774\":true}") },
      "adapter:handshake",
      "a capability is no object" },
    { { "hello", HELLO("\"roles\":[\"validator\"],\"max_inflight\":0," CAPS) },
      "adapter:handshake",
      "'max_inflight' is 0: nothing could be asked" },
    { { "hello", HELLO("\"roles\":[\"validator\"],\"isolation\":\"none\"," CAPS) },
      "adapter:handshake",
      "'isolation' is neither 'case' nor 'op'" },
    { { "hello", HELLO("\"roles\":[\"validator\"],\"limits\":{\"max_line\":100}," CAPS) },
      "adapter:handshake",
      "'max_line' is 100: at least 131072 are needed" },
    { { "hello", "{\"id\":7,\"ok\":true,\"result\":{}}\n" },
      "adapter:handshake",
      "an answer to request 7, which was not put" },
    { { "hello", "{\"ok\":true}\n" },
      "adapter:handshake",
      "neither a reply ('id') nor an event ('ev')" },
    { { "hello", "hello\n" }, "adapter:framing", NOT_HERE },
    { { "hello", USUAL "stray\n" }, "adapter:framing", NOT_HERE },
    { { "hello", CLOSE }, "adapter:crash", "the adapter closed its output" },
    { { "hello", SILENT }, "timeout:hello", "the adapter did not answer hello in time" },
    { { "echo", YES("{\"data\":{\"b64\":\"AAEC\"}}") },
      "adapter:handshake",
      "the echo of 272 octets came back with 3, different from octet 3 on" },
    { { "echo", YES("{\"data\":\"AAEC\"}") },
      "adapter:handshake",
      "octets that are no object with 'b64' or 'blob'" },
    { { "echo", YES("{\"data\":{\"b64\":\"AAEC\",\"more\":1}}") },
      "adapter:handshake",
      "octets are {\"b64\":...} or {\"blob\":...,\"len\":...} and nothing else" },
    { { "echo", YES("{\"data\":{\"b64\":\"AA EC\"}}") },
      "adapter:handshake",
      "base64 character at octet 2 of a 'b64'" },
    { { "echo", NO("unsupported") }, "adapter:handshake", "the adapter does not do probe: no" },
    { { "zq", YES("{}") }, "adapter:handshake", NULL },
    { { "zq", NO("bad-request") }, "adapter:handshake", NULL },
    { { "zq", SILENT }, "timeout:probe", NULL },
    { { "clock", YES("{}") }, "adapter:handshake", "'unix_ms' is no whole number of at least 0" },
    { { "clock", YES("{\"unix_ms\":-4}") },
      "adapter:handshake",
      "'unix_ms' is no whole number of at least 0" },
    { { "configure", NO("unsupported") }, "", NULL },
    { { "configure", NO("sut-crash") },
      "adapter:handshake",
      "the adapter does not do configure: no" },
    { { "configure", YES("{}") },
      "adapter:handshake",
      "the result of configure has no list 'installed'" },
    { { "configure", YES("{\"installed\":[\"sha256:00\"]}") },
      "adapter:handshake",
      "configure installed something that it was not given: sha256:00" },
};

START_TEST(handshakes)
{
    struct sap_script script = { .line = { row[_i].line } };
    struct mu_sap_hello hello;
    struct mu_err err = { .code = MU_ERR_NONE };
    const char *reason;
    bool done = shake(&script, MU_SAP_PIPES, 0, &hello, &reason, &err);
    ck_assert_msg(strcmp(reason, row[_i].reason) == 0, "row %d: %s: %s", _i, reason, err.msg);
    ck_assert(done == (reason[0] == '\0'));
    if (row[_i].says != NULL)
        ck_assert_str_eq(err.msg, row[_i].says);
    if (!done)
        return;
    ck_assert_str_eq(hello.sut_version, "2");
    ck_assert_uint_eq(hello.roles, MU_SAP_VALIDATOR);
    ck_assert_uint_eq(hello.caps, 1);
    ck_assert_int_le(hello.skew_ms < 0 ? -hello.skew_ms : hello.skew_ms, 5000);
}
END_TEST

START_TEST(defaults_and_digest)
{
    static const struct sap_script one = {
        .line = { { "hello", HELLO("\"roles\":[\"validator\"]," CAPS) } }
    };
    static const struct sap_script other = {
        .line = { { "hello", HELLO(CAPS ",\"roles\":[ \"validator\" ]") } }
    };
    static const struct sap_script third = {
        .line = { { "hello", HELLO("\"roles\":[\"validator\"],\"max_inflight\":2," CAPS) } }
    };
    struct mu_sap_hello a, b, c;
    struct mu_err err;
    const char *reason;
    ck_assert(shake(&one, MU_SAP_PIPES, 0, &a, &reason, &err));
    ck_assert(shake(&other, MU_SAP_PIPES, 0, &b, &reason, &err));
    ck_assert(shake(&third, MU_SAP_PIPES, 0, &c, &reason, &err));
    ck_assert_uint_eq(a.in_flight, 1);
    ck_assert(!a.each_op);
    ck_assert_str_eq(a.digest, b.digest);
    ck_assert_str_ne(a.digest, c.digest);
}
END_TEST

/* What an adapter says of the suites that it was made for, and the warning. */
static const struct {
    const char *suite, *outside;
} made_for[] = {
    { "{}", NULL },
    { "{\"min\":\"1\"}", NULL },
    { "{\"min\":\"7\",\"max\":\"7\"}", NULL },
    { "{\"max\":\"10\"}", NULL },
    { "{\"min\":\"10\"}",
      "the adapter was made for suites from revision 10, and this is pebbles 7" },
    { "{\"max\":\"6\"}",
      "the adapter was made for suites up to revision 6, and this is pebbles 7" },
    { "{\"min\":\"2\",\"max\":\"6.9\"}",
      "the adapter was made for suites from revision 2 to 6.9, and this is pebbles 7" },
};

START_TEST(another_suite_is_a_warning)
{
    struct sap_script script = { .line = { { "hello", NULL } } };
    struct mu_sap_hello hello;
    struct mu_err err;
    const char *reason, *outside = made_for[_i].outside;
    script.line[0].says = mu_arena_printf(
        arena, HELLO("\"roles\":[\"validator\"]," CAPS ",\"suite\":%s"), made_for[_i].suite);
    ck_assert(shake(&script, MU_SAP_PIPES, 0, &hello, &reason, &err));
    ck_assert_uint_eq(hello.lints, outside != NULL);
    if (outside == NULL)
        ck_assert_ptr_null(hello.outside);
    else
        ck_assert_str_eq(hello.outside, outside);
}
END_TEST

/* Lines before hello: 64 over stdio, none over descriptors of their own. */
START_TEST(preamble)
{
    static const struct {
        unsigned lines;
        enum mu_sap_way way;
        const char *reason;
    } noise[] = {
        { 1, MU_SAP_STDIO, "" },
        { 64, MU_SAP_STDIO, "" },
        { 65, MU_SAP_STDIO, "adapter:framing" },
        { 1, MU_SAP_PIPES, "adapter:framing" },
    };
    struct mu_buf before = { .arena = arena };
    for (unsigned i = 0; i < noise[_i].lines; i++)
        mu_buf_puts(&before, "INFO starting {up}\n");
    struct sap_script script = { .before = mu_buf_text(&before) };
    struct mu_sap_hello hello;
    struct mu_err err = { .code = MU_ERR_NONE };
    const char *reason;
    bool done = shake(&script, noise[_i].way, 0, &hello, &reason, &err);
    ck_assert_str_eq(reason, noise[_i].reason);
    if (!done)
        return;
    ck_assert_uint_eq(hello.lints, 1);
    ck_assert_str_eq(hello.lint[0],
                     mu_arena_printf(arena, "adapter:preamble: %u lines before hello are no JSON",
                                     noise[_i].lines));
}
END_TEST

START_TEST(no_stray_line_after_hello_over_stdio)
{
    static const struct sap_script script = { .line = { { "hello", USUAL "stray\n" } } };
    struct mu_sap_hello hello;
    struct mu_err err;
    const char *reason;
    ck_assert(!shake(&script, MU_SAP_STDIO, 0, &hello, &reason, &err));
    ck_assert_str_eq(reason, "adapter:framing");
    ck_assert_uint_eq(err.where.line, 2);
}
END_TEST

#define SPIF HELLO(OF_ONE "\"caps\":{\"label.4774\":{},\"spif.xml\":{}}")

/* What was handed over, and what the adapter says of it. */
START_TEST(digests_of_what_was_installed)
{
    char a[128], both[256], half[256];
    char digest[2][MU_DIGEST_TEXT];
    for (int i = 0; i < 2; i++)
        mu_digest_text(policy[i], digest[i]);
    snprintf(a, sizeof a, "sha256:%s", digest[0]);
    snprintf(both, sizeof both, YES("{\"installed\":[\"sha256:%s\",\"sha256:%s\"]}"), digest[1],
             digest[0]);
    snprintf(half, sizeof half, YES("{\"installed\":[\"%s\"]}"), a);
    const struct {
        const char *says, *reason;
    } said[] = {
        { both, "" },
        { half, "adapter:handshake" },
        { NO("unsupported"), "adapter:handshake" },
    };
    struct sap_script script = { .line = { { "hello", SPIF }, { "configure", said[_i].says } } };
    struct mu_sap_hello hello;
    struct mu_err err = { .code = MU_ERR_NONE };
    const char *reason;
    shake(&script, MU_SAP_PIPES, 2, &hello, &reason, &err);
    ck_assert_msg(strcmp(reason, said[_i].reason) == 0, "%s: %s", reason, err.msg);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sap_hello");
    TCase *tc = tcase_create("hello");
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, handshakes, 0, (int) MU_COUNT(row));
    tcase_add_test(tc, defaults_and_digest);
    tcase_add_loop_test(tc, another_suite_is_a_warning, 0, (int) MU_COUNT(made_for));
    tcase_add_loop_test(tc, preamble, 0, 4);
    tcase_add_test(tc, no_stray_line_after_hello_over_stdio);
    tcase_add_loop_test(tc, digests_of_what_was_installed, 0, 3);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
