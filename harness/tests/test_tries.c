/* Retries, repeats and expectations with the built program, against a receiver that refuses the mail
 * on some connections and takes it on the others. */
#include "tests/mail_peers.h"
#include "tests/mail_sets.h"

static void setup(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* Check forks every test, and a fork is none */
}

/* A set whose SUT file names the expectations `entries`; NULL: none. */
static const char *make_tried(int port, const char *labels, const char *entries)
{
    const char *suite = changed(accepting_suite, "@", labels);
    const char *dir = make_set(suite, 3000, 8000, receiver_role(port, "none"));
    if (entries == NULL)
        return dir;
    const char *sut = mu_file_join(arena, dir, "sut.xml");
    write_text(sut, changed(text_of(sut), "</sut>", "<expectations file=\"e.xml\"/></sut>"));
    write_text(
        mu_file_join(arena, dir, "e.xml"),
        mu_arena_printf(
            arena, "<expectations xmlns=\"urn:muster:expectations:1\">%s</expectations>", entries));
    return dir;
}

/* `options` are words; the run folder is `out` in the set. */
static struct said run_tried(const char *dir, const char *options, const char *how, const char *out)
{
    return muster_words(mu_arena_printf(
        arena, "run --profile %s --sut %s/sut.xml --test-time 2026-11-23T10:15:00Z %s %s %s/%s",
        dir, dir, options, how, dir, out));
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

#define ENTRY(attributes) "<expect owner=\"A\" " attributes ">known</expect>"
#define FLAKY             ENTRY("case=\"accepts*\" verdict=\"flaky\" until=\"2026-12-31\"")
#define SETTLED(attempt, verdict, reason, k, n, as)                                                \
    "\"attempt\":" attempt ",\"verdict\":\"" verdict "\",\"reason\":\"" reason "\",\"passed\":" k  \
    ",\"of\":" n ",\"expectation\":\"" as "\""
#define REFUSED "outcome:refused"

/* clang-format off */
static const struct {
    const char *name, *labels, *mood, *options, *entries;
    int status;
    const char *said;   /* by the summary */
    const char *stream; /* stands in it; NULL */
    size_t starts, settled;
} row[] = {
    { "once", "restricted", "x", "", NULL, MU_EXIT_FAILURES, "fail " REFUSED " ", "\"expectation\":\"new-failure\"", 1, 0 },
    { "no need to try again", "restricted", "", "--retry fail=2", NULL, MU_EXIT_OK, "tries    0 unstable; the first attempt speaks", "\"expectation\":\"as-expected\"", 1, 0 },
    { "a pass after a failure is still a failure", "restricted", "x", "--retry fail=2", NULL, MU_EXIT_FAILURES, "stability 1/2", SETTLED("1", "fail", REFUSED, "1", "2", "new-failure"), 2, 1 },
    { "unless the last one speaks", "restricted", "x", "--retry fail=2 --final last", NULL, MU_EXIT_OK, "stability 1/2", SETTLED("2", "pass", "", "1", "2", "as-expected"), 2, 1 },
    { "not for ever", "restricted", "xxxx", "--retry fail=2", NULL, MU_EXIT_FAILURES, "tries    0 unstable", SETTLED("1", "fail", REFUSED, "0", "3", "new-failure"), 3, 1 },
    { "only what was asked for", "restricted", "x", "--retry error=2,inconclusive=1", NULL, MU_EXIT_FAILURES, "fail " REFUSED " ", NULL, 1, 0 },
    { "each of several", "restricted secret", "x.x", "--retry fail=1", NULL, MU_EXIT_FAILURES, "tries    2 unstable: .*restricted.* stability 1/2, .*secret.* stability 1/2", NULL, 4, 2 },
    { "repeats that all pass", "restricted secret", "", "--repeat 3", NULL, MU_EXIT_OK, "tries    0 unstable; the worst attempt speaks", SETTLED("1", "pass", "", "3", "3", "as-expected"), 6, 2 },
    { "one failure of many is one", "restricted secret", "...x", "--repeat 3", NULL, MU_EXIT_FAILURES, "1 unstable: .*secret.* stability 2/3", SETTLED("2", "fail", REFUSED, "2", "3", "new-failure"), 6, 2 },
    { "until one fails", "restricted secret", "..x", "--repeat 5 --until-fail", NULL, MU_EXIT_FAILURES, "1 unstable: .*restricted.* stability 1/2", SETTLED("1", "pass", "", "2", "2", "as-expected"), 4, 2 },
    { "quarantine turns nothing red", "restricted", "x", "", FLAKY, MU_EXIT_OK, "1 quarantined: accepts.* fail", "\"expectation\":\"quarantined\",\"entry\":1", 1, 0 },
    { "and shows a pass, too", "restricted", "", "", FLAKY, MU_EXIT_OK, "1 quarantined: accepts.* pass", "\"expectation\":\"quarantined\"", 1, 0 },
    { "and holds over attempts", "restricted", "x", "--retry fail=1", FLAKY, MU_EXIT_OK, "1 quarantined", SETTLED("1", "fail", REFUSED, "1", "2", "quarantined"), 2, 1 },
    { "an expired quarantine", "restricted", "x", "", ENTRY("case=\"accepts*\" max=\"1\" verdict=\"flaky\" until=\"2026-11-22\""), MU_EXIT_STALE, "stale    line 1, accepts[*] flaky: expired", "\"stale\":[{\"entry\":1,\"why\":\"expired on 2026-11-22\"}]", 1, 0 },
    { "a known failure", "restricted secret", "x", "", ENTRY("case=\"accepts[label=restricted]\" verdict=\"fail\" reason=\"outcome:*\""), MU_EXIT_OK, "expected 1 covered", "\"expectation\":\"as-expected\",\"entry\":1", 2, 0 },
    { "better than stated", "restricted secret", "", "", ENTRY("case=\"accepts[label=restricted]\" verdict=\"fail\""), MU_EXIT_STALE, "1 better than stated: accepts", "unexpected-pass", 2, 0 },
    { "another reason", "restricted secret", "x", "", ENTRY("case=\"accepts[label=restricted]\" verdict=\"fail\" reason=\"rule:*\""), MU_EXIT_STALE, "1 with another reason: accepts", "reason-changed", 2, 0 },
    { "covers every case", "restricted secret", "xx", "", ENTRY("case=\"*\" verdict=\"fail\""), MU_EXIT_STALE, "stale    line 1, [*] fail: covers every case", NULL, 2, 0 },
    { "covers every case, and says so", "restricted secret", "xx", "", ENTRY("case=\"*\" verdict=\"fail\" max=\"2\""), MU_EXIT_OK, "expected 2 covered", NULL, 2, 0 },
    { "more than max", "restricted secret", "xx", "", ENTRY("case=\"accepts*\" verdict=\"fail\" max=\"1\""), MU_EXIT_STALE, "matched 2 results, at most 1", NULL, 2, 0 },
    { "of a case that is left out", "restricted secret", "", "--select id:*restricted*", ENTRY("case=\"accepts[label=secret]\" verdict=\"fail\""), MU_EXIT_OK, "1 pass", "\"stale\":[]", 1, 0 },
    { "of a case that there is not", "restricted", "", "", ENTRY("case=\"acepts*\" verdict=\"fail\""), MU_EXIT_USAGE, "e.xml:1:[0-9]+: no case of the suite fits 'acepts[*]', did you mean 'accepts'", NULL, 0, 0 },
    { "of an instance that there is not", "restricted", "", "", ENTRY("case=\"accepts[label=restrictd]\" verdict=\"fail\""), MU_EXIT_USAGE, "did you mean 'accepts.label=restricted.'", NULL, 0, 0 },
    { "both", "restricted", "", "--retry fail=1 --repeat 2", NULL, MU_EXIT_USAGE, "cannot be given together", NULL, 0, 0 },
    { "a retry of what passed", "restricted", "", "--retry pass=1", NULL, MU_EXIT_USAGE, "--retry takes fail=N", NULL, 0, 0 },
    { "a retry without a number", "restricted", "", "--retry fail", NULL, MU_EXIT_USAGE, "--retry takes fail=N", NULL, 0, 0 },
    { "too many", "restricted", "", "--retry fail=200", NULL, MU_EXIT_USAGE, "a number from 1 to 199", NULL, 0, 0 },
    { "an attempt that cannot speak", "restricted", "", "--retry fail=1 --final best", NULL, MU_EXIT_USAGE, "first, last or worst", NULL, 0, 0 },
    { "final without tries", "restricted", "", "--final last", NULL, MU_EXIT_USAGE, "needs --retry or --repeat", NULL, 0, 0 },
};
/* clang-format on */

START_TEST(attempts_and_expectations)
{
    int port, fd = peer_listen(&port);
    const char *dir = make_tried(port, row[_i].labels, row[_i].entries);
    struct peer_script script = { .at = 5, .with = "550 5.7.1 no\r\n", .mood = row[_i].mood };
    pid_t peer = peer_fork(fd, &script, -1);
    struct said s = run_tried(dir, row[_i].options, "--out", "out");
    peer_end(peer);
    close(fd);
    check_said(row[_i].name, s, row[_i].status, row[_i].said);
    nothing_left();
    if (row[_i].starts == 0)
        return;
    const char *stream = stream_of(dir, "out");
    ck_assert_uint_eq(count_of(stream, "{\"event\":\"start\""), row[_i].starts);
    ck_assert_uint_eq(count_of(stream, "{\"event\":\"settled\""), row[_i].settled);
    size_t instances = strchr(row[_i].labels, ' ') != NULL && row[_i].starts > 1 ? 2 : 1;
    ck_assert_uint_eq(count_of(stream, "\"expectation\":"), instances);
    ck_assert_msg(row[_i].stream == NULL || strstr(stream, row[_i].stream) != NULL, "%s: no '%s'",
                  row[_i].name, row[_i].stream);
    /* each attempt has evidence of its own */
    size_t folders = 0;
    for (unsigned c = 1; c <= 2; c++)
        for (unsigned a = 1; a <= 5; a++) {
            const char *tail = a == 1 ? "" : mu_arena_printf(arena, "-%u", a);
            struct stat st;
            folders +=
                stat(mu_arena_printf(arena, "%s/out/cases/%04u%s/steps.json", dir, c, tail), &st)
                == 0;
        }
    ck_assert_uint_eq(folders, row[_i].starts);
}
END_TEST

/* --- resuming ---------------------------------------------------------------------------------------- */

static const struct {
    const char *options, *mood;
    int status;          /* of the whole run, and of every resumed one */
    size_t judged;       /* verdicts in all                            */
    const char *settled; /* of the second instance                     */
} resumed[] = {
    { "--repeat 3", "", MU_EXIT_OK, 6, "\"passed\":3,\"of\":3" },
    { "--retry fail=2", "..", MU_EXIT_OK, 2, NULL },
    { "--retry fail=1", ".xx", MU_EXIT_FAILURES, 3, "\"of\":2" },
};

/* The stream of a run as kill -9 leaves it after line `lines`; false: that is all of it. */
static bool cut_stream(const char *dir, const char *whole, size_t lines, const char *out)
{
    const char *end = whole;
    for (size_t i = 0; i < lines; i++)
        end = strchr(end, '\n') + 1;
    bool last = strncmp(end, "{\"event\":\"close\"", 16) == 0;
    const char *folder = mu_file_join(arena, dir, out);
    ck_assert_int_eq(mkdir(folder, 0755), 0);
    write_file(mu_file_join(arena, folder, "run.jsonl"),
               (struct mu_bytes){ whole, (size_t) (end - whole) });
    return !last;
}

START_TEST(a_run_with_attempts_goes_on_wherever_it_was_killed)
{
    int port, fd = peer_listen(&port);
    const char *dir = make_tried(port, "restricted secret", NULL);
    struct peer_script script = { .at = 5, .with = "550 5.7.1 no\r\n", .mood = resumed[_i].mood };
    pid_t peer = peer_fork(fd, &script, -1);
    struct said s = run_tried(dir, resumed[_i].options, "--out", "whole");
    peer_end(peer);
    check_said(resumed[_i].options, s, resumed[_i].status, NULL);
    const char *whole = stream_of(dir, "whole");
    ck_assert_uint_eq(count_of(whole, "{\"event\":\"verdict\""), resumed[_i].judged);
    size_t preface = 0;
    for (const char *at = whole; strncmp(at, "{\"event\":\"start\"", 16) != 0;
         at = strchr(at, '\n') + 1)
        preface++;
    /* What is left to do fails as often as it would have. */
    bool fails = strchr(resumed[_i].mood, 'x') != NULL;
    bool more = true;
    for (size_t lines = preface; more; lines++) {
        const char *out = mu_arena_printf(arena, "cut%zu", lines);
        more = cut_stream(dir, whole, lines, out);
        const char *before = stream_of(dir, out);
        script.mood = !fails                                                              ? ""
                      : strstr(before, "restricted]\",\"attempt\":1,\"verdict\"") != NULL ? "xxx"
                                                                                          : ".xx";
        peer = peer_fork(fd, &script, -1);
        s = run_tried(dir, resumed[_i].options, "--resume", out);
        peer_end(peer);
        check_said(out, s, resumed[_i].status, NULL);
        const char *stream = stream_of(dir, out);
        ck_assert_msg(count_of(stream, "{\"event\":\"verdict\"") == resumed[_i].judged, "%s:\n%s",
                      out, stream);
        ck_assert_msg(count_of(stream, "\"expectation\":") == 2, "%s:\n%s", out, stream);
        ck_assert(resumed[_i].settled == NULL || strstr(stream, resumed[_i].settled) != NULL);
    }
    s = run_tried(dir, "--repeat 2", "--resume", mu_arena_printf(arena, "cut%zu", preface));
    check_said("other tries", s, MU_EXIT_USAGE, "complete|retries and repeats are not those");
    close(fd);
    nothing_left();
}
END_TEST

/* A control that is tried again decides only when it is settled; one that fails for good keeps its
 * negative cases unsent, in every round. */
static const char controlled_suite[] =
    "<case id=\"refuses\" level=\"must\" class=\"invalid\" control=\"accepts\">\n"
    "  <title>Bad mail is refused</title><why>A test.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/>\n"
    "  <needs role=\"receiver\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"restricted\"/><send "
    "message=\"m\"/>\n"
    "    <expect of=\"m\" outcome=\"refused accepted\"/></steps>\n"
    "</case>\n";

static const struct {
    const char *options, *mood;
    int status;
    size_t sent, unsent; /* attempts of the negative case */
} controlled[] = {
    { "--retry fail=1 --final last", "x", MU_EXIT_OK, 1, 0 },
    { "--retry fail=1", "x", MU_EXIT_FAILURES, 0, 1 },
    { "--retry fail=1,inconclusive=3", "xx", MU_EXIT_FAILURES, 0, 1 },
    { "--repeat 3", "..x", MU_EXIT_FAILURES, 2,
      1 }, /* rounds: accept, refuse; accept fails; both again */
};

START_TEST(controls_keep_their_rules)
{
    int port, fd = peer_listen(&port);
    const char *suite = mu_arena_printf(arena, "%s%s", changed(accepting_suite, "@", "restricted"),
                                        controlled_suite);
    const char *dir = make_set(suite, 3000, 8000, receiver_role(port, "none"));
    struct peer_script script = { .at = 5,
                                  .with = "550 5.7.1 no\r\n",
                                  .mood = controlled[_i].mood };
    pid_t peer = peer_fork(fd, &script, -1);
    struct said s = run_tried(dir, controlled[_i].options, "--out", "out");
    peer_end(peer);
    close(fd);
    check_said(controlled[_i].options, s, controlled[_i].status, NULL);
    const char *stream = stream_of(dir, "out");
    ck_assert_uint_eq(count_of(stream, "{\"event\":\"start\",\"case\":\"refuses\""),
                      controlled[_i].sent);
    ck_assert_uint_eq(count_of(stream, "\"reason\":\"control-failed\",\"rung\""),
                      controlled[_i].unsent);
    nothing_left();
}
END_TEST

/* The table of a run of repeats stands behind the summary in its file. */
START_TEST(repeats_have_a_table)
{
    int port, fd = peer_listen(&port);
    const char *dir = make_tried(port, "restricted secret", NULL);
    struct peer_script script = { .at = 5, .with = "550 5.7.1 no\r\n", .mood = "...x" };
    pid_t peer = peer_fork(fd, &script, -1);
    check_said("table", run_tried(dir, "--repeat 4", "--out", "out"), MU_EXIT_FAILURES, NULL);
    peer_end(peer);
    close(fd);
    const char *text = text_of(mu_file_join(arena, dir, "out/summary.txt"));
    ck_assert(matches(text, "^    3/4   accepts.label=secret.: pass, fail " REFUSED "$"));
    ck_assert(matches(text, "^    4/4   accepts.label=restricted.: pass$"));
    const char *json = text_of(mu_file_join(arena, dir, "out/results.json"));
    ck_assert_ptr_nonnull(
        strstr(json, "\"stability\":{\"passed\":3,\"of\":4,\"stable\":false,\"ends\":["
                     "{\"verdict\":\"pass\"},{\"verdict\":\"fail\",\"reason\":\"" REFUSED "\"}]}"));
    nothing_left();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tries");
    TCase *tc = tcase_create("tries");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, attempts_and_expectations, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, a_run_with_attempts_goes_on_wherever_it_was_killed, 0,
                        MU_COUNT(resumed));
    tcase_add_loop_test(tc, controls_keep_their_rules, 0, MU_COUNT(controlled));
    tcase_add_test(tc, repeats_have_a_table);
    suite_add_tcase(suite, tc);
    return run_tests(suite);
}
