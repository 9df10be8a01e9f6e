/* Questions and answers over SAP/1 between our client and our server. */
#include "base/digest.h"
#include "format/label.h"
#include "proto/sap_server.h"
#include "tests/sap_link.h"

#define BIG ((size_t) 200 * 1000)

static void answer_parse(struct mu_sap_turn *turn)
{
    struct mu_label *label = mu_new(turn->arena, struct mu_label);
    char digest[MU_DIGEST_TEXT];
    mu_digest_text(turn->request->label, digest);
    label->classification = mu_bytes_dup(turn->arena, mu_bytes_of(digest));
    label->privacy_mark = turn->request->time;
    turn->reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    turn->reply->label = label;
    for (int i = 0; i < 3; i++) {
        const struct mu_sap_event event = { .kind = i < 2 ? MU_SAP_LOG : MU_SAP_EVIDENCE,
                                            .token = turn->request->token,
                                            .text = i == 0 ? "first" : "more",
                                            .data = { "\0x", i < 2 ? 0 : 2 } };
        mu_sap_tell(turn->session, &event);
    }
}

/* Gives back as octets what it was to say, as often as fits into BIG octets where that is asked for. */
static void answer_make(struct mu_sap_turn *turn)
{
    struct mu_buf out = { .arena = turn->arena };
    do
        mu_buf_put_bytes(&out, mu_label_write(turn->arena, turn->request->abstract));
    while (turn->request->abstract->privacy_mark != NULL && out.n < BIG);
    turn->reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    turn->reply->octets = mu_buf_bytes(&out);
}

static void answer_render(struct mu_sap_turn *turn)
{
    turn->reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    turn->reply->text = mu_arena_printf(turn->arena, "%s|%s|%zu", turn->request->language,
                                        turn->request->place, turn->request->label.n);
}

static void answer_decide(struct mu_sap_turn *turn)
{
    bool same = mu_bytes_equal(turn->request->label, turn->request->clearance);
    turn->reply->decision = same ? "permit" : "deny";
    turn->reply->seen.class = same ? MU_CLASS_NONE : MU_CLASS_CLEARANCE;
}

static void answer_relay(struct mu_sap_turn *turn)
{
    struct mu_sap_passed *passed = mu_arena_array(turn->arena, 2, sizeof *passed);
    passed[0] = (struct mu_sap_passed){ "n1", { .outcome = MU_OUTCOME_ALTERED } };
    passed[1] = (struct mu_sap_passed){
        "n2", { .outcome = MU_OUTCOME_REFUSED, .class = MU_CLASS_POLICY, .native = "550" }
    };
    turn->reply->passed = passed;
    turn->reply->passages = 2;
}

/* Everything that was asked comes back; close knows the name. */
static void answer_open(struct mu_sap_turn *turn)
{
    const struct mu_sap_request *r = turn->request;
    turn->reply->host = mu_arena_printf(turn->arena, "%s|%s|%s|%s|%s|%s", r->endpoint, r->mode,
                                        r->carrier, r->tls, r->host, r->tls_name);
    turn->reply->port = (uint64_t) r->port + 1;
}

static void answer_close(struct mu_sap_turn *turn)
{
    if (strcmp(turn->request->endpoint, "listen-1") != 0)
        mu_sap_refuse(turn, MU_SAP_PRECONDITION, "it is not open");
}

static unsigned begun, ended;

static void answer_begin(struct mu_sap_turn *turn)
{
    (void) turn;
    begun++;
}

static void answer_end(struct mu_sap_turn *turn)
{
    (void) turn;
    ended++;
}

/* How many cases were opened, closed. */
static void answer_await(struct mu_sap_turn *turn)
{
    turn->reply->seen.outcome = MU_OUTCOME_DELIVERED;
    turn->reply->text = mu_arena_printf(turn->arena, "%u %u", begun, ended);
}

static void own_adapter(int fd, const void *script)
{
    static struct mu_sap_cap cap[] = {
        { .name = "label.4774", .details = "{\"v\":[\"1.0\"]}" },
        { .name = "mark.parse", .unsupported = true, .note = "later" }
    };
    const bool *each_op = script;
    struct mu_sap_server server = {
        .hello = { .adapter_name = "own",
                   .adapter_version = "1",
                   .sut_name = "own",
                   .sut_version = "1",
                   .roles = MU_SAP_VALIDATOR,
                   .in_flight = 8,
                   .each_op = *each_op,
                   .cap = cap,
                   .caps = 2 },
        .answer = { [MU_SAP_LABEL_PARSE] = answer_parse,
                    [MU_SAP_LABEL_MAKE] = answer_make,
                    [MU_SAP_MARK_RENDER] = answer_render,
                    [MU_SAP_DECIDE] = answer_decide,
                    [MU_SAP_RELAY_STAT] = answer_relay,
                    [MU_SAP_AWAIT] = answer_await,
                    [MU_SAP_OPEN] = answer_open,
                    [MU_SAP_CLOSE] = answer_close,
                    [MU_SAP_BEGIN] = answer_begin,
                    [MU_SAP_END] = answer_end },
    };
    struct mu_err why;
    _exit(mu_sap_serve(&server, fd, fd, &why) ? 0 : 1);
}

static const bool each_op = true, each_case = false;

static const struct mu_sap_request opened = {
    .op = MU_SAP_OPEN,
    .endpoint = "listen-1",
    .mode = "listen",
    .carrier = "smtp",
    .tls = "starttls",
    .host = "::1",
    .port = 65535,
    .tls_name = "localhost",
};

static void ask(const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    uint64_t id = put(request);
    ck_assert_msg(next(reply), "%s", err.msg);
    ck_assert_uint_eq(reply->id, id);
}

/* An orderly end, and the adapter ends with 0. */
static void part(void)
{
    int status;
    mu_sap_calls.close(link_);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(what_is_asked_arrives)
{
    const struct mu_bytes octets = { "\0<\r\n\xff", 5 };
    struct mu_sap_reply reply;
    char digest[MU_DIGEST_TEXT];
    mu_digest_text(octets, digest);
    start(own_adapter, &each_op, NULL);
    ck_assert_uint_eq(hello.caps, 2);
    ck_assert_str_eq(hello.cap[0].details, "{\"v\":[\"1.0\"]}");
    ck_assert(!hello.cap[0].unsupported && hello.cap[1].unsupported);

    ask(&(struct mu_sap_request){ .op = MU_SAP_LABEL_PARSE,
                                  .token = "t",
                                  .label = octets,
                                  .time = "2026-01-01T00:00:00Z" },
        &reply);
    ck_assert_str_eq(reply.label->classification, digest);
    ck_assert_str_eq(reply.label->privacy_mark, "2026-01-01T00:00:00Z");
    ask(
        &(struct mu_sap_request){
            .op = MU_SAP_MARK_RENDER, .label = octets, .language = "fr", .place = "page-top" },
        &reply);
    ck_assert_str_eq(reply.text, "fr|page-top|5");
    ask(&(struct mu_sap_request){ .op = MU_SAP_DECIDE, .label = octets, .clearance = octets },
        &reply);
    ck_assert_str_eq(reply.decision, "permit");
    ask(&(struct mu_sap_request){ .op = MU_SAP_DECIDE, .label = octets, .clearance = { "x", 1 } },
        &reply);
    ck_assert_int_eq(reply.seen.class, MU_CLASS_CLEARANCE);
    ask(&(struct mu_sap_request){ .op = MU_SAP_RELAY_STAT }, &reply);
    ck_assert_uint_eq(reply.passages, 2);
    ck_assert_int_eq(reply.passed[0].seen.outcome, MU_OUTCOME_ALTERED);
    ck_assert_str_eq(reply.passed[1].nonce, "n2");
    ck_assert_str_eq(reply.passed[1].seen.native, "550");
    ask(&(struct mu_sap_request){ .op = MU_SAP_MAP, .label = octets, .policy = "P" }, &reply);
    ck_assert_int_eq(reply.error, MU_SAP_UNSUPPORTED);
    ck_assert_str_eq(reply.cap, "map");
    part();
}
END_TEST

START_TEST(endpoints_are_opened)
{
    struct mu_sap_reply reply;
    start(own_adapter, &each_op, NULL);
    ask(&opened, &reply);
    ck_assert_str_eq(reply.host, "listen-1|listen|smtp|starttls|::1|localhost");
    ck_assert_uint_eq(reply.port, 65536);
    ask(&(struct mu_sap_request){ .op = MU_SAP_CLOSE, .endpoint = "listen-1" }, &reply);
    ck_assert_int_eq(reply.error, MU_SAP_OK);
    ask(&(struct mu_sap_request){ .op = MU_SAP_CLOSE, .endpoint = "listen-2" }, &reply);
    ck_assert_int_eq(reply.error, MU_SAP_PRECONDITION);
    ask(&(struct mu_sap_request){ .op = MU_SAP_CLOSE }, &reply);
    ck_assert_int_eq(reply.error, MU_SAP_BAD_REQUEST);
    part();
}
END_TEST

START_TEST(labels_go_round)
{
    static const char *values[] = { "NATO", "SWE \"x\"\n", "\xc3\x85" };
    static struct mu_category category[] = {
        { .type = "PERMISSIVE",
          .tag_name = "Releasable To",
          .uri = "urn:x",
          .value = values,
          .values = 3 },
        { .tag_name = "Empty", .value = values, .values = 0 },
    };
    static struct mu_label successor = { .policy = "P2", .classification = "UNCLASSIFIED" };
    static const struct mu_label label = {
        .policy = "P",
        .policy_uri = "urn:p",
        .classification = "SECRET",
        .category = category,
        .categories = 2,
        .originator = "o",
        .originator_type = "jID",
        .created = "2026-01-01T00:00:00Z",
        .review = "2027-01-01T00:00:00Z",
        .succession = "2028-01-01T00:00:00Z",
        .successor = &successor,
        .root = MU_LABEL_ALTERNATIVE,
    };
    struct mu_sap_reply reply;
    start(own_adapter, &each_op, NULL);
    ask(&(struct mu_sap_request){ .op = MU_SAP_LABEL_MAKE, .abstract = &label }, &reply);
    ck_assert(mu_bytes_equal(reply.octets, mu_label_write(arena, &label)));
    part();
}
END_TEST

/* More than fits into a line goes and comes in pieces. */
START_TEST(blobs_go_round)
{
    static const size_t size[] = { MU_SAP_INLINE_MAX, MU_SAP_INLINE_MAX + 1, 1000000 };
    struct mu_buf big = { .arena = arena };
    struct mu_sap_reply reply;
    char digest[MU_DIGEST_TEXT];
    for (size_t i = 0; i < size[_i]; i++)
        mu_buf_putc(&big, (char) (i * 7));
    mu_digest_text(mu_buf_bytes(&big), digest);
    start(own_adapter, &each_op, NULL);
    uint64_t first = put(&parse); /* its reply comes while the pieces are awaited */
    uint64_t second =
        put(&(struct mu_sap_request){ .op = MU_SAP_LABEL_PARSE, .label = mu_buf_bytes(&big) });
    ck_assert(next(&reply));
    ck_assert_uint_eq(reply.id, first);
    ck_assert(next(&reply));
    ck_assert_uint_eq(reply.id, second);
    ck_assert_str_eq(reply.label->classification, digest);

    static const struct mu_label label = { .privacy_mark = "again" };
    struct mu_bytes once = mu_label_write(arena, &label);
    ask(&(struct mu_sap_request){ .op = MU_SAP_LABEL_MAKE, .abstract = &label }, &reply);
    ck_assert_uint_eq(reply.octets.n, (BIG + once.n - 1) / once.n * once.n);
    ck_assert(mu_bytes_equal(mu_bytes_from(reply.octets, reply.octets.n - once.n), once));
    part();
}
END_TEST

START_TEST(events_wait_for_their_case)
{
    struct mu_sap_reply reply;
    struct mu_sap_event event;
    struct mu_sap_request other = parse;
    other.token = "t2";
    start(own_adapter, &each_op, NULL);
    ask(&parse, &reply);
    ask(&other, &reply);
    ck_assert(!mu_sap_calls.event(link_, arena, "t3", &event));
    ck_assert(mu_sap_calls.event(link_, arena, "t2", &event));
    ck_assert_str_eq(event.text, "first");
    ck_assert(mu_sap_calls.event(link_, arena, "t1", &event));
    ck_assert_str_eq(event.token, "t1");
    ck_assert(mu_sap_calls.event(link_, arena, "t1", &event));
    ck_assert(mu_sap_calls.event(link_, arena, "t1", &event));
    ck_assert_int_eq(event.kind, MU_SAP_EVIDENCE);
    ck_assert(mu_bytes_equal(event.data, (struct mu_bytes){ "\0x", 2 }));
    ck_assert(!mu_sap_calls.event(link_, arena, "t1", &event));
    ck_assert(mu_sap_calls.event(link_, arena, NULL, &event));
    ck_assert(mu_sap_calls.event(link_, arena, NULL, &event));
    ck_assert(!mu_sap_calls.event(link_, arena, NULL, &event));
    for (int i = 0; i < MU_SAP_EVENTS_MAX; i++) /* three each */
        ask(&parse, &reply);
    unsigned count = 0;
    while (mu_sap_calls.event(link_, arena, NULL, &event))
        count++;
    ck_assert_uint_eq(count, MU_SAP_EVENTS_MAX + 1);
    ck_assert_str_eq(event.text, "512 more events of the adapter were not kept");
    part();
}
END_TEST

/* Isolation "case": a case is opened by its first request and closed when it is over. */
START_TEST(cases_are_opened_and_closed)
{
    struct mu_sap_request where = { .op = MU_SAP_AWAIT, .token = "a", .nonce = "n" };
    struct mu_sap_reply reply;
    start(own_adapter, _i == 0 ? &each_case : &each_op, NULL);
    ask(&where, &reply);
    ck_assert_str_eq(reply.text, _i == 0 ? "1 0" : "0 0");
    ask(&where, &reply);
    ck_assert_str_eq(reply.text, _i == 0 ? "1 0" : "0 0");
    ck_assert(mu_sap_calls.end(link_, "a", &err));
    ck_assert(mu_sap_calls.end(link_, "a", &err));
    where.token = "b";
    ask(&where, &reply);
    ck_assert_str_eq(reply.text, _i == 0 ? "2 1" : "0 0");
    part();
}
END_TEST

START_TEST(lines_are_kept_as_evidence)
{
    struct mu_buf transcript = { .arena = arena };
    struct mu_sap_reply reply;
    start(own_adapter, &each_op, &transcript);
    size_t before = transcript.n;
    ask(&(struct mu_sap_request){ .op = MU_SAP_RELAY_STAT, .token = "t" }, &reply);
    ck_assert_str_eq(mu_bytes_dup(arena, mu_bytes_from(mu_buf_bytes(&transcript), before)),
                     mu_arena_printf(arena, "{\"asked\":%.*s}\n{\"answered\":%.*s}\n",
                                     (int) reply.asked.n, reply.asked.p, (int) reply.answered.n,
                                     reply.answered.p));
    ck_assert_str_eq(mu_bytes_dup(arena, reply.asked),
                     "{\"id\":6,\"op\":\"relay.stat\",\"case\":\"t\",\"deadline_ms\":2000}");
    ck_assert_uint_eq(mu_sap_calls.refused(link_).n, 0);
    part();
}
END_TEST

/* --- another job over a channel ----------------------------------------------------------------------------- */

static void other_job(int fd, const void *unused)
{
    (void) unused;
    struct mu_seat own = { .arena = mu_arena_new(64 * MU_MIB), .deadline_ms = UINT64_MAX };
    struct mu_sap_opening opening = { .way = MU_SAP_CHANNEL, .in = fd, .out = fd };
    const struct mu_sap_request where = { .op = MU_SAP_AWAIT, .token = "other", .nonce = "n" };
    struct mu_sap_reply reply;
    struct mu_sap_link *link;
    struct mu_sap_event event;
    struct mu_sap_hello greeting;
    struct mu_err why;
    uint64_t id[2];
    bool there;
    bool done = mu_sap_calls.open(&own, &opening, &link, &greeting, &why)
                && mu_sap_calls.put(link, &where, &id[0], &why) && mu_sap_calls.flush(link, &why)
                && mu_sap_calls.next(link, own.arena, mu_clock_ms() + 5000, &reply, &there, &why)
                && there && reply.id == id[0] && strcmp(reply.text, "2 0") == 0;
    struct mu_sap_request second = parse;
    second.token = "other";
    done = done && mu_sap_calls.put(link, &second, &id[1], &why) && mu_sap_calls.flush(link, &why)
           && mu_sap_calls.next(link, own.arena, mu_clock_ms() + 5000, &reply, &there, &why)
           && there && reply.id == id[1] && reply.label != NULL
           && mu_sap_calls.event(link, own.arena, "other", &event)
           && strcmp(event.text, "first") == 0;
    _exit(done ? 0 : 1);
}

START_TEST(another_job_asks_over_a_channel)
{
    struct mu_sap_request where = { .op = MU_SAP_AWAIT, .token = "ours", .nonce = "n" };
    struct mu_sap_reply reply;
    struct mu_sap_event event;
    pid_t job;
    int status, fd;
    bool there;
    start(own_adapter, &each_case, NULL);
    ask(&where, &reply);
    ck_assert(mu_sap_calls.attach(link_, peer_start(&job, other_job, NULL), &err));
    ck_assert_uint_eq(mu_sap_calls.channels(link_, &fd, 1), 1);
    while (mu_sap_calls.channels(link_, &fd, 1) > 0) {
        struct pollfd pfd[] = { { .fd = fd, .events = POLLIN },
                                { .fd = mu_sap_calls.fd(link_), .events = POLLIN } };
        if (!mu_sap_calls.ready(link_))
            poll(pfd, 2, 5000);
        ck_assert_msg(mu_sap_calls.relay(link_, &err), "%s", err.msg);
        ck_assert_msg(mu_sap_calls.next(link_, arena, 0, &reply, &there, &err), "%s", err.msg);
        ck_assert(!there); /* nothing of it is ours */
    }
    ck_assert_int_eq(waitpid(job, &status, 0), job);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ask(&where, &reply); /* the case of the job that has gone is closed, ours is open */
    ck_assert_str_eq(reply.text, "2 1");
    ck_assert(!mu_sap_calls.event(link_, arena, NULL, &event));
    part();
}
END_TEST

/* A conversation with every operation that our adapter answers, line by line, for check_sap.py. */
START_TEST(print_lines)
{
    static const struct mu_label label = { .classification = "SECRET",
                                           .privacy_mark = "more than one line",
                                           .categories = 0 };
    const struct mu_bytes octets = MU_BYTES("<l/>");
    struct mu_sap_reply reply;
    struct mu_buf transcript = { .arena = arena }, big = { .arena = arena };
    memset(mu_buf_grow(&big, MU_SAP_INLINE_MAX + 1), 'x', MU_SAP_INLINE_MAX + 1);
    const struct mu_sap_request request[] = {
        { .op = MU_SAP_LABEL_PARSE, .token = "t", .label = octets, .time = "2026-01-01T00:00:00Z" },
        { .op = MU_SAP_LABEL_PARSE, .token = "t", .label = mu_buf_bytes(&big) },
        { .op = MU_SAP_LABEL_MAKE, .token = "t", .abstract = &label },
        { .op = MU_SAP_MARK_RENDER, .label = octets, .language = "fr", .place = "portion" },
        { .op = MU_SAP_MARK_PARSE, .text = "SECRET", .policy = "P", .language = "fr" },
        { .op = MU_SAP_DECIDE, .label = octets, .clearance = octets },
        { .op = MU_SAP_AWAIT, .nonce = "n", .to = "a@b.test" },
        { .op = MU_SAP_RELAY_STAT },
        opened,
        { .op = MU_SAP_CLOSE, .endpoint = "listen-1" },
    };
    start(own_adapter, &each_case, &transcript);
    for (size_t i = 0; i < MU_COUNT(request); i++)
        ask(&request[i], &reply);
    ck_assert(mu_sap_calls.end(link_, "t", &err));
    fwrite(transcript.p, 1, transcript.n, stdout);
    part();
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, what_is_asked_arrives);
    tcase_add_test(tc, endpoints_are_opened);
    tcase_add_test(tc, labels_go_round);
    tcase_add_loop_test(tc, blobs_go_round, 0, 3);
    tcase_add_test(tc, events_wait_for_their_case);
    tcase_add_loop_test(tc, cases_are_opened_and_closed, 0, 2);
    tcase_add_test(tc, lines_are_kept_as_evidence);
    tcase_add_test(tc, another_job_asks_over_a_channel);
}

int main(int argc, char **argv)
{
    bool lines = argc > 1 && strcmp(argv[1], "--lines") == 0;
    Suite *suite = suite_create("sap_own");
    TCase *tc = tcase_create("own");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    if (lines)
        tcase_add_test(tc, print_lines);
    else
        add_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, lines ? CK_SILENT : CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
