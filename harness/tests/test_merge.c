/* Runs that were made in different places become one: the same bytes whatever the order, conflicts named,
 * and nothing made of what is damaged, of something else, or hostile. */
#include "tests/merge_support.h"

/* --- merging ----------------------------------------------------------------------------------------------- */

static struct mu_merge_result result;

/* The folders named, up to NULL. */
static bool merge(const char *out, const char *a, const char *b, const char *c, const char *d)
{
    const char *run[] = { a, b, c, d };
    struct mu_merge_options options = { .run = run, .out = in_top(out) };
    while (options.runs < MU_COUNT(run) && run[options.runs] != NULL)
        options.runs++;
    return mu_merge(arena, &options, &result, &err);
}

static struct mu_bytes stream_of(const char *name)
{
    struct mu_bytes text;
    ck_assert_msg(mu_file_read(arena, mu_file_join(arena, in_top(name), "run.jsonl"), 64 * MU_MIB,
                               &text, &err),
                  "%s", err.msg);
    return text;
}

static bool says(const char *name, const char *what)
{
    return mu_bytes_find(stream_of(name), mu_bytes_of(what), 0) != SIZE_MAX;
}

#define MERGED(out, ...) ck_assert_msg(merge(out, __VA_ARGS__), "%s", err.msg)

static void check_same(const char *a, const char *b)
{
    struct mu_bytes x = stream_of(a), y = stream_of(b);
    ck_assert_msg(mu_bytes_equal(x, y), "%s and %s differ:\n%.*s\n%.*s", a, b, (int) x.n, x.p,
                  (int) y.n, y.p);
}

/* "a pass, b[x=1] fail, ...; " in the order of the stream, then the counts. */
static const char *results_of(const char *name)
{
    struct mu_buf out = { .arena = arena };
    struct mu_bytes text = stream_of(name);
    for (size_t at = 0, end; at < text.n; at = end + 1) {
        end = mu_bytes_find(text, MU_BYTES("\n"), at);
        json_t *event = json_loadb(text.p + at, end - at, 0, NULL);
        const char *what = json_string_value(json_object_get(event, "event"));
        if (strcmp(what, "verdict") == 0)
            mu_buf_printf(&out, "%s %s, ", json_string_value(json_object_get(event, "case")),
                          json_string_value(json_object_get(event, "verdict")));
        if (strcmp(what, "close") == 0) {
            char *counts = json_dumps(json_object_get(event, "counts"), JSON_COMPACT);
            mu_buf_printf(&out, "%s", counts);
            free(counts);
        }
        json_decref(event);
    }
    return mu_buf_text(&out);
}

START_TEST(shards_are_the_whole)
{
    const char *a = make("odd", &made_odd), *b = make("even", &made_even);
    MERGED("m", a, b, NULL, NULL);
    ck_assert_uint_eq(result.merged, 2);
    ck_assert_uint_eq(result.conflicts, 0);
    ck_assert_uint_eq(result.missing, 0);
    ck_assert_str_eq(results_of("m"),
                     "a pass, b[x=1] fail, b[x=2] pass, c inconclusive, {\"not-run\":1,\"pass\":2,"
                     "\"remarks\":0,\"inconclusive\":1,\"fail\":1,\"error\":0}");
    ck_assert(says("m", "\"planned\":4,\"merged\":2"));
    ck_assert(says("m", "\"isolation\":\"fork\""));
    ck_assert(says("m", "\"event\":\"merged\",\"run\":\"20260101T000000Z-0001\""));
    ck_assert(says("m", "\"folder\":\"cases/0004\""));
    ck_assert(!says("m", "\"reason\":\"shard\""));
    ck_assert(says("m", "\"late\":1,\"interrupted\":false,\"stale\":[],\"exit\":1"));
    ck_assert_int_eq(access(in_top("m/cases/0004/sent-1.eml"), R_OK), 0);
    ck_assert_int_eq(access(in_top("m/late/20260101t000000z-0002-0001/received-1.eml"), R_OK), 0);
}
END_TEST

/* What comes out depends on the set of runs alone. */
START_TEST(order_and_nesting_change_nothing)
{
    struct made third = made_whole;
    struct said other[MU_COUNT(whole)];
    memcpy(other, whole, sizeof other);
    other[2] = (struct said){ 3, "b[x=2]", "error", "job:exit-1", 0, "new-failure" };
    third.said = other;
    const char *a = make("odd", &made_odd), *b = make("even", &made_even);
    const char *c = make("whole", &third);
    MERGED("abc", a, b, c, NULL);
    ck_assert_uint_eq(result.conflicts, 1);
    MERGED("cba", c, b, a, NULL);
    MERGED("aabc", a, a, b, c);
    MERGED("bc", b, c, NULL, NULL);
    MERGED("bc-a", in_top("bc"), a, NULL, NULL);
    MERGED("ab", a, b, NULL, NULL);
    MERGED("ac", c, a, NULL, NULL);
    MERGED("ab-ac", in_top("ab"), in_top("ac"), NULL, NULL);
    MERGED("abc-abc", in_top("abc"), a, in_top("cba"), in_top("bc"));
    static const char *const same[] = { "cba", "aabc", "bc-a", "ab-ac", "abc-abc" };
    for (size_t i = 0; i < MU_COUNT(same); i++)
        check_same("abc", same[i]);
    MERGED("abc", b, a, c, NULL);
    ck_assert(result.there);
    ck_assert(!merge("abc", a, b, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(err.msg, "is there already"));
}
END_TEST

START_TEST(the_worst_of_a_conflict_stands)
{
    struct said other[MU_COUNT(whole)];
    memcpy(other, whole, sizeof other);
    other[0] = (struct said){ 1, "a", "fail", "outcome:refused", 0, "new-failure" };
    other[1] = (struct said){ 2, "b[x=1]", "pass", "", 1, "unexpected-pass" };
    struct made second = made_whole;
    second.run = "20260101T000000Z-0009";
    second.said = other;
    second.seed = 2;
    second.version = "1.1";
    const char *a = make("whole", &made_whole), *b = make("second", &second);
    MERGED("m", b, a, NULL, NULL);
    ck_assert_uint_eq(result.conflicts, 4); /* two verdicts, the seed, the version */
    ck_assert(says("m", "\"event\":\"conflict\",\"what\":\"seed\""));
    ck_assert(says("m", "\"event\":\"conflict\",\"what\":\"sut\""));
    ck_assert(says("m", "a is fail outcome:refused in 20260101T000000Z-0009, pass in "
                        "20260101T000000Z-0003; fail stands"));
    ck_assert(says("m",
                   "\"event\":\"settled\",\"case\":\"a\",\"attempt\":1,\"verdict\":\"fail\","
                   "\"reason\":\"outcome:refused\",\"passed\":1,\"of\":2,\"expectation\":\"new-"
                   "failure\""));
    ck_assert(says("m", "\"folder\":\"cases/0001-2\""));
    ck_assert(says("m", "\"unstable\":2,"));
    ck_assert(says("m", "\"exit\":1"));
    ck_assert_int_eq(access(in_top("m/cases/0001-2/sent-1.eml"), R_OK), 0);
}
END_TEST

/* An entry of the expectation file is stale when no shard has a use for it, and too wide when all have. */
START_TEST(expectations_are_counted_over_all_shards)
{
    struct said odd2[MU_COUNT(odd)], even2[MU_COUNT(even)];
    memcpy(odd2, odd, sizeof odd2);
    memcpy(even2, even, sizeof even2);
    struct made a = made_odd, b = made_even;
    a.said = odd2;
    b.said = even2;
    odd2[1] = (struct said){ 3, "b[x=2]", "fail", "rule:R", 1, "as-expected" };
    MERGED("two", make("a", &a), make("b", &b), NULL, NULL);
    ck_assert(says("two", "\"why\":\"matched 2 results, at most 1 are allowed\""));
    odd2[1] = (struct said){ 3, "b[x=2]", "pass", "", 1, "unexpected-pass" };
    even2[1] = (struct said){ 2, "b[x=1]", "pass", "", 1, "unexpected-pass" };
    MERGED("none", make("c", &a), make("d", &b), NULL, NULL);
    ck_assert(says("none", "\"why\":\"matched no result; 2 better than stated\""));
}
END_TEST

START_TEST(what_is_missing_is_said)
{
    struct made stopped = made_even;
    stopped.said = &even[3]; /* nothing was reached */
    stopped.interrupted = true;
    const char *a = make("odd", &made_odd);
    MERGED("one", a, NULL, NULL, NULL);
    ck_assert_uint_eq(result.missing, 0);
    ck_assert(says("one", "2 cases stand in shards that are not merged here: 2 of 2"));
    ck_assert(says("one", "\"reason\":\"shard\""));
    ck_assert(says("one", "\"planned\":2"));
    ck_assert_uint_eq(result.elsewhere, 2);
    MERGED("two", a, make("stopped", &stopped), NULL, NULL);
    ck_assert_uint_eq(result.missing, 2);
    ck_assert_uint_eq(result.elsewhere, 0);
    ck_assert(says("two", "\"not-run\":1"));
    ck_assert(says("two", "\"interrupted\":true"));
}
END_TEST

/* A run that was resumed is the run that it was, and more. */
START_TEST(the_newer_state_of_a_run_counts)
{
    static const struct said less[] = { SAID_A, NO_MORE };
    struct made stopped = made_whole;
    stopped.said = less;
    stopped.interrupted = true;
    const char *old = make("old", &stopped), *new = make("new", &stopped);
    MERGED("before", old, NULL, NULL, NULL);
    ck_assert_uint_eq(result.missing, 3);
    ck_assert(says("before", "\"interrupted\":true"));
    struct mu_appending appending;
    ck_assert(mu_append_open(&appending, arena, new, &err));
    (void) mu_journal_begin(&appending.journal, "resume");
    put(&appending.journal);
    struct mu_store store = { .dir = appending.dir, .tar = -1 };
    for (size_t i = 1; i < 4; i++)
        put_result(&appending.journal, &store, &made_whole, &whole[i]);
    put_end(&appending.journal, &made_whole);
    ck_assert(mu_append_close(&appending, true, &err));
    MERGED("new-only", new, NULL, NULL, NULL);
    ck_assert_uint_eq(result.missing, 0);
    MERGED("both", old, new, in_top("before"), NULL);
    check_same("both", "new-only");
    ck_assert(!merge("x", in_top("before"), in_top("both"), NULL, NULL));
    ck_assert_ptr_nonnull(strstr(err.msg, "in two states"));
    struct made forged = made_whole;
    forged.seed = 7;
    ck_assert(!merge("x", new, make("forged", &forged), NULL, NULL));
    ck_assert_ptr_nonnull(strstr(err.msg, "in two states"));
}
END_TEST

static void say(const char *run, const char *kind, const char *by, const char *at)
{
    struct mu_appending appending;
    ck_assert_msg(mu_append_open(&appending, arena, run, &err), "%s", err.msg);
    struct mu_json *j = mu_journal_begin(&appending.journal, "note");
    mu_json_text(j, "case", "a");
    mu_json_text(j, "kind", kind);
    mu_json_text(j, "by", by);
    mu_json_text(j, "why", "because");
    mu_json_text(j, "at", at);
    put(&appending.journal);
    ck_assert_msg(mu_append_close(&appending, true, &err), "%s", err.msg);
}

/* What people said goes along, each once, by its time. */
START_TEST(opinions_go_along)
{
    const char *a = make("odd", &made_odd), *b = make("even", &made_even);
    say(a, "dispute", "X", "2026-01-02T00:00:00Z");
    MERGED("m", a, b, NULL, NULL);
    say(in_top("m"), "dispute", "Y", "2026-01-02T00:00:05Z");
    MERGED("m", a, b, NULL, NULL); /* it is there, and what was said since does not matter */
    ck_assert(result.there);
    say(a, "withdraw", "X", "2026-01-02T00:00:01Z");
    MERGED("n", in_top("m"), a, b, NULL);
    MERGED("o", b, in_top("m"), a, NULL);
    check_same("n", "o");
    struct mu_bytes text = stream_of("n");
    size_t one = mu_bytes_find(text, MU_BYTES("\"kind\":\"dispute\",\"by\":\"X\""), 0);
    size_t two = mu_bytes_find(text, MU_BYTES("\"kind\":\"withdraw\",\"by\":\"X\""), 0);
    size_t three = mu_bytes_find(text, MU_BYTES("\"kind\":\"dispute\",\"by\":\"Y\""), 0);
    ck_assert(one < two && two < three && three < text.n);
}
END_TEST

/* --- what is refused -------------------------------------------------------------------------------------- */

static void cut_line(const char *run)
{
    const char *path = mu_file_join(arena, run, "run.jsonl");
    struct stat st;
    ck_assert(stat(path, &st) == 0 && truncate(path, st.st_size - 1) == 0);
}

static void flip(const char *run)
{
    int fd = open(mu_file_join(arena, run, "run.jsonl"), O_RDWR | O_CLOEXEC);
    ck_assert(pwrite(fd, "X", 1, 30) == 1);
    close(fd);
}

static void change_evidence(const char *run)
{
    int fd = open(mu_file_join(arena, run, "cases/0001/sent-1.eml"), O_WRONLY | O_CLOEXEC);
    ck_assert(pwrite(fd, "X", 1, 0) == 1);
    close(fd);
}

static void remove_evidence(const char *run)
{
    ck_assert(unlink(mu_file_join(arena, run, "cases/0001/sent-1.eml")) == 0);
}

/* The right octets behind a link are still elsewhere. */
static void link_evidence(const char *run)
{
    const char *path = mu_file_join(arena, run, "cases/0001/sent-1.eml");
    ck_assert(rename(path, mu_file_join(arena, top, "elsewhere")) == 0);
    ck_assert(symlink(mu_file_join(arena, top, "elsewhere"), path) == 0);
}

static void pipe_evidence(const char *run)
{
    const char *path = mu_file_join(arena, run, "cases/0001/sent-1.eml");
    ck_assert(unlink(path) == 0 && mkfifo(path, 0644) == 0);
}

static void write_in_tar(const char *run, off_t at)
{
    int fd = open(mu_file_join(arena, run, "cases.tar"), O_WRONLY | O_CLOEXEC);
    ck_assert(pwrite(fd, "X", 1, at) == 1);
    close(fd);
}

static void change_entry(const char *run)
{
    write_in_tar(run, 512);
}

static void change_header(const char *run)
{
    write_in_tar(run, 7);
}

static void cut_tar(const char *run)
{
    ck_assert(truncate(mu_file_join(arena, run, "cases.tar"), 512) == 0);
}

static void remove_tar(const char *run)
{
    ck_assert(unlink(mu_file_join(arena, run, "cases.tar")) == 0);
}

static void pipe_tar(const char *run)
{
    remove_tar(run);
    ck_assert(mkfifo(mu_file_join(arena, run, "cases.tar"), 0644) == 0);
}

static void pipe_stream(const char *run)
{
    const char *path = mu_file_join(arena, run, "run.jsonl");
    ck_assert(unlink(path) == 0 && mkfifo(path, 0644) == 0);
}

static void empty_stream(const char *run)
{
    ck_assert(truncate(mu_file_join(arena, run, "run.jsonl"), 0) == 0);
}

static const struct refused {
    const char *name;
    void (*spoil)(const char *run);
    struct made made; /* besides `whole` */
    const char *says;
} refused[] = {
    { "another suite", NULL, { .suite = "9" }, "the digest of their suite is not the same" },
    { "another plan", NULL, { .plan = "9" }, "the digest of their plan is not the same" },
    { "another system", NULL, { .sut = "other" }, "a run is of one system" },
    { "no end", NULL, { .open = true }, "has no end" },
    { "a torn line", cut_line, { .run = NULL }, "is torn at line" },
    { "a changed line", flip, { .run = NULL }, "run stream" },
    { "an empty stream", empty_stream, { .run = NULL }, "is no run stream" },
    { "a pipe for a stream", pipe_stream, { .run = NULL }, "is no folder of a run" },
    { "changed evidence", change_evidence, { .run = NULL }, "its digest is another" },
    { "evidence that is gone", remove_evidence, { .run = NULL }, "cannot be read" },
    { "a link for evidence", link_evidence, { .run = NULL }, "cannot be read" },
    { "a pipe for evidence", pipe_evidence, { .run = NULL }, "is no file" },
    { "a changed entry", change_entry, { .tar = true }, "its digest is another" },
    { "a changed header", change_header, { .tar = true }, "another entry stands there" },
    { "a tar that was cut", cut_tar, { .tar = true }, "is not in cases.tar: it ends at octet 512" },
    { "a tar that is gone", remove_tar, { .tar = true }, "cannot be read" },
    { "a pipe for a tar", pipe_tar, { .tar = true }, "is no file" },
    { "a folder above", NULL, { .folder = "../odd/cases" }, "names evidence as no run does" },
    { "a folder that climbs", NULL, { .folder = "cases/../.." }, "names evidence as no run does" },
    { "a folder of nothing", NULL, { .folder = "/etc" }, "names evidence as no run does" },
    { "a file above", NULL, { .file = "../../run.jsonl" }, "names evidence as no run does" },
    { "a hidden file", NULL, { .file = ".x" }, "names evidence as no run does" },
    { "an attempt too many", NULL, { .attempt = 256 }, "has an attempt of 'a' that no run has" },
    { "an attempt too few", NULL, { .attempt = -1 }, "has an attempt of 'a' that no run has" },
    { "an id that is a path", NULL, { .run = "../../x" }, "whose id is none" },
};

START_TEST(is_refused)
{
    const struct refused *r = &refused[_i];
    static const char *text[] = { "20260101T000000Z-0000", "1", "2", "acme" };
    struct made m = r->made;
    const char **member[] = { &m.run, &m.suite, &m.plan, &m.sut };
    for (size_t i = 0; i < MU_COUNT(member); i++)
        *member[i] = *member[i] != NULL ? *member[i] : text[i];
    m.version = "1.0";
    m.seed = 1;
    m.planned = 4;
    m.said = whole;
    const char *good = make("good", &made_whole), *bad = make("bad", &m);
    if (r->spoil != NULL)
        r->spoil(bad);
    ck_assert_msg(!merge("m", good, bad, NULL, NULL), "%s: was merged", r->name);
    ck_assert_msg(strstr(err.msg, r->says) != NULL, "%s: %s", r->name, err.msg);
    ck_assert_msg(access(in_top("m"), F_OK) != 0, "%s: something is left", r->name);
    ck_assert_msg(strstr(results_of("good"), "a pass") != NULL, "%s: the good one", r->name);
    const char *left = mu_arena_printf(arena, "ls %s | grep -q tmp", top);
    ck_assert_int_ne(system(left), 0); /* NOLINT(cert-env33-c): a path of ours */
}
END_TEST

/* A run that goes on is left alone, by the merge and by whoever wants to append. */
START_TEST(a_run_that_goes_on_is_left_alone)
{
    const char *run = make("whole", &made_whole);
    struct mu_appending appending;
    int ready[2];
    char byte;
    ck_assert(pipe(ready) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        int lock, dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        byte = mu_run_lock(dir, run, false, &lock, &err) ? 'y' : 'n';
        (void) !write(ready[1], &byte, 1);
        pause();
        _exit(0);
    }
    ck_assert(read(ready[0], &byte, 1) == 1 && byte == 'y');
    ck_assert(!merge("m", run, NULL, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(err.msg, "still going on"));
    ck_assert(!mu_append_open(&appending, arena, run, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "still going on"));
    kill(pid, SIGKILL);
    ck_assert(waitpid(pid, NULL, 0) == pid);
    MERGED("m", run, NULL, NULL, NULL);
}
END_TEST

static const struct {
    void (*spoil)(const char *run);
    bool open;
    const char *says;
} unfit[] = {
    { cut_line, false, "is torn" },
    { flip, false, "is corrupt at line 1" },
    { empty_stream, false, "does not begin with an open event" },
    { NULL, true, "has no end" },
};

START_TEST(nothing_is_appended_to_what_is_not_whole)
{
    struct made m = made_whole;
    struct mu_appending appending;
    m.open = unfit[_i].open;
    const char *run = make("run", &m);
    if (unfit[_i].spoil != NULL)
        unfit[_i].spoil(run);
    struct mu_bytes before = stream_of("run");
    ck_assert(!mu_append_open(&appending, arena, run, &err));
    ck_assert_msg(strstr(err.msg, unfit[_i].says) != NULL, "%s", err.msg);
    ck_assert(mu_bytes_equal(before, stream_of("run")));
}
END_TEST

/* A note that could not be written whole leaves the run as it was. */
START_TEST(what_was_not_kept_is_taken_off)
{
    const char *run = make("run", &made_whole);
    struct mu_appending appending;
    struct mu_bytes before = stream_of("run");
    ck_assert(mu_append_open(&appending, arena, run, &err));
    (void) mu_journal_begin(&appending.journal, "note");
    put(&appending.journal);
    appending.journal.broken = true; /* as after a write that failed */
    ck_assert(!mu_append_close(&appending, true, &err));
    ck_assert(mu_bytes_equal(before, stream_of("run")));
}
END_TEST

static Suite *merge_tests(void)
{
    Suite *s = suite_create("merge");
    TCase *t = tcase_create("merge");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, shards_are_the_whole);
    tcase_add_test(t, order_and_nesting_change_nothing);
    tcase_add_test(t, the_worst_of_a_conflict_stands);
    tcase_add_test(t, expectations_are_counted_over_all_shards);
    tcase_add_test(t, what_is_missing_is_said);
    tcase_add_test(t, the_newer_state_of_a_run_counts);
    tcase_add_test(t, opinions_go_along);
    tcase_add_loop_test(t, is_refused, 0, MU_COUNT(refused));
    tcase_add_test(t, a_run_that_goes_on_is_left_alone);
    tcase_add_loop_test(t, nothing_is_appended_to_what_is_not_whole, 0, MU_COUNT(unfit));
    tcase_add_test(t, what_was_not_kept_is_taken_off);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(merge_tests());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
