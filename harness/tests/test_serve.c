/* Programs that serve cases: many at once over one child, and whatever such a child or its job may do,
 * only what was running is lost. */
#include "base/digest.h"
#include "tests/serve_support.h"

/* --- cases ---------------------------------------------------------------------------------------- */

START_TEST(many_cases_over_one_child)
{
    set_world(&w, 300, answer);
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 300);
    ck_assert_uint_eq(w.progressed, 300);
    ck_assert_uint_eq(count(text, "\"state\":\"ready\""), 1);
    ck_assert_uint_eq(count(text, "\"state\":\"left\""), 1);
    ck_assert_uint_eq(count(text, "heard 7 pass"), 1);
    ck_assert_str_eq(file_text(arena, "cases/0008/adapter-1.jsonl"), "7 pass");
    ck_has(line_of(text, "verdict", 7), "\"name\":\"adapter-1.jsonl\"");
    ck_has(text, "\"adapter\":{\"name\":\"lines\"}");
    ck_assert_int_eq(result.exit, MU_EXIT_OK);
}
END_TEST

/* Eight are in flight, and the last is answered first. */
START_TEST(ends_come_in_any_order)
{
    set_world(&w, 80,
              "while read -r a x <&3; do l=\"$a pass\"; for i in 1 2 3 4 5 6 7; do read -r a x <&3;"
              " l=\"$a pass\n$l\"; done; printf \"$l\\n\" >&4; done");
    (void) go();
    ck_assert_uint_eq(result.count[MU_PASS], 80);
}
END_TEST

START_TEST(lines_over_standard_input_and_output)
{
    set_world(&w, 40, "[ \"$0\" = --sap-stdio ] && while read -r n x; do echo \"$n $x\"; done");
    w.program[0].way = MU_SAP_STDIO;
    (void) go();
    ck_assert_uint_eq(result.count[MU_PASS], 40);
}
END_TEST

static int32_t by_turns(size_t i)
{
    return (int32_t) (i % 50);
}

START_TEST(a_pool_of_fifty)
{
    set_world(&w, 500, answer);
    for (size_t p = 0; p < 50; p++)
        set_program(&w, p, answer);
    w.program_of = by_turns;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 500);
    ck_assert_uint_eq(count(text, "\"state\":\"ready\""), 50);
    ck_assert_uint_eq(count(text, "\"state\":\"left\""), 50);
}
END_TEST

static const char *first_fails(size_t i)
{
    return i == 0 ? "fail" : "pass";
}

static int64_t first_is_control(size_t i)
{
    return i == 0 || i == 9 ? -1 : i == 10 ? 9 : 0;
}

START_TEST(controls_first)
{
    set_world(&w, 20, answer);
    w.word_of = first_fails;
    w.control_of = first_is_control;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_FAIL], 1);
    ck_assert_uint_eq(result.count[MU_PASS], 2);
    ck_assert_uint_eq(result.count[MU_INCONCLUSIVE], 17);
    ck_assert_uint_eq(count(text, "\"event\":\"start\""), 3);
}
END_TEST

/* The adapter fails each case once: a folder remembers which it has seen. */
START_TEST(a_failure_is_tried_again)
{
    set_world(
        &w, 20,
        "while read -r n x <&3; do if mkdir \"$TMPDIR/$n\" 2>/dev/null; then echo \"$n fail\";"
        " else echo \"$n pass\"; fi >&4; done");
    options.tries.retry[MU_FAIL] = 1;
    options.tries.final = MU_FINAL_LAST;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 20);
    ck_assert_uint_eq(result.unstable, 20);
    ck_assert_uint_eq(count(text, "\"event\":\"settled\""), 20);
    ck_assert_str_eq(file_text(arena, "cases/0003-2/adapter-1.jsonl"), "2 pass");
}
END_TEST

START_TEST(every_case_three_times)
{
    set_world(&w, 20, answer);
    options.tries.repeat = 3;
    char *text = go();
    ck_assert_uint_eq(count(text, "\"event\":\"verdict\""), 60);
    ck_assert_uint_eq(result.count[MU_PASS], 20);
}
END_TEST

/* Evidence larger than a packet comes in pieces. */
static bool serve_much(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                       struct mu_err *err)
{
    static char much[300000];
    (void) world, (void) broken;
    struct mu_sap_hello hello = { .adapter_name = "much" };
    for (size_t i = 0; i < sizeof much; i++)
        much[i] = (char) ('a' + i % 23);
    mu_seat_ready(seat, (uint32_t) p, &hello);
    for (;;) {
        enum mu_order_kind kind;
        struct mu_order_case order;
        TRY(mu_seat_wait(seat, true, NULL, 0, seat->deadline_ms, err));
        TRY(mu_seat_next_order(seat, &kind, &order, err));
        if (kind == MU_ORDER_END)
            return true;
        if (kind != MU_ORDER_CASE)
            continue;
        mu_seat_case(seat, order.item, order.attempt);
        TRY(mu_seat_evidence(seat, MU_EVIDENCE_SENT, 1, MU_BYTES(""), err));
        TRY(mu_seat_evidence(seat, MU_EVIDENCE_SENT, 2, (struct mu_bytes){ much, sizeof much },
                             err));
        TRY(mu_seat_evidence(seat, MU_EVIDENCE_SENT, 3, MU_BYTES("small"), err));
        struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
        mu_seat_case_done(seat, order.item, order.attempt, &end);
    }
}

START_TEST(evidence_of_any_size)
{
    set_world(&w, 30, "cat <&3");
    w.serve = serve_much;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 30);
    char *much = file_text(arena, "cases/0030/sent-2.eml"), digest[MU_DIGEST_TEXT];
    ck_assert_uint_eq(strlen(much), 300000);
    mu_digest_text(mu_bytes_of(much), digest);
    ck_has(line_of(text, "verdict", 29), digest);
    ck_has(line_of(text, "verdict", 29), "\"octets\":300000");
    ck_assert_str_eq(file_text(arena, "cases/0030/sent-1.eml"), "");
    ck_assert_str_eq(file_text(arena, "cases/0030/sent-3.eml"), "small");
}
END_TEST

/* In a tar, but for what is too large to be held until the verdict. */
START_TEST(evidence_of_many_in_one_file)
{
    set_world(&w, 30, "cat <&3");
    w.serve = serve_much;
    options.keep = MU_KEEP_TAR;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 30);
    ck_assert_uint_eq(check_tar(text), 60);
    ck_assert_uint_eq(strlen(file_text(arena, "cases/0030/sent-2.eml")), 300000);
    const char *to = mu_arena_printf(arena, "%s/out", folder);
    ck_assert_int_eq(mkdir(to, 0755), 0);
    ck_assert_int_eq(system(mu_arena_printf(arena, "tar -xf '%s/cases.tar' -C '%s'", folder, to)),
                     0);
    ck_assert_str_eq(file_text(arena, "out/cases/0030/sent-1.eml"), "");
    ck_assert_str_eq(file_text(arena, "out/cases/0001/sent-3.eml"), "small");
}
END_TEST

/* A tar is made when many are planned, or when somebody says so. */
static const struct {
    size_t items;
    unsigned repeat;
    enum mu_keep keep;
    bool tar;
} many[] = {
    { MU_FOLDERS_MAX, 1, MU_KEEP_AS_FITS, false },
    { MU_FOLDERS_MAX + 1, 1, MU_KEEP_AS_FITS, true },
    { MU_FOLDERS_MAX / 20, 20, MU_KEEP_AS_FITS, false },
    { MU_FOLDERS_MAX / 20 + 1, 20, MU_KEEP_AS_FITS, true },
    { 8, 1, MU_KEEP_TAR, true },
};

START_TEST(a_tar_is_made_of_many)
{
    char path[100];
    struct stat st;
    set_world(&w, many[_i].items, answer);
    options.tries.repeat = (uint8_t) many[_i].repeat;
    options.keep = many[_i].keep;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], many[_i].items);
    snprintf(path, sizeof path, "%s/cases/0008", folder);
    ck_assert_int_eq(stat(path, &st) != 0, many[_i].tar);
    if (many[_i].tar)
        ck_assert_uint_eq(check_tar(text), many[_i].items * many[_i].repeat);
}
END_TEST

START_TEST(no_evidence_is_kept)
{
    set_world(&w, 30, answer);
    options.no_evidence = true;
    (void) go();
    ck_assert_uint_eq(result.count[MU_PASS], 30);
    char path[100];
    struct stat st;
    snprintf(path, sizeof path, "%s/cases/0008", folder);
    ck_assert_int_ne(stat(path, &st), 0);
}
END_TEST

/* --- adapters that break -------------------------------------------------------------------------- */

static const char *one_crashes(size_t i)
{
    return i == 20 ? "crash" : "pass";
}

static const char crashing[] =
    "while read -r n x <&3; do if [ $x = crash ]; then echo \"the reason why\" >&2; exit 3; fi;"
    " echo \"$n $x\" >&4; done";

/* It was the only one in hand at that moment, or comes again alone. */
static bool crashed_at_once(char *text)
{
    return strstr(line_of(text, "verdict", 20), "\"attempt\":1") != NULL;
}

/* What its program printed last stands in the tar, too. */
START_TEST(a_crash_in_a_tar)
{
    set_world(&w, 60, crashing);
    w.word_of = one_crashes;
    options.keep = MU_KEEP_TAR;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS] + result.count[MU_ERROR], 60);
    ck_assert_uint_eq(check_tar(text), 60);
    bool first = crashed_at_once(text);
    ck_has(line_of(text, "verdict", 20), first ? "\"adapter-1.log\"" : "\"adapter-2.log\"");
    ck_assert_str_eq(file_text(arena, "adapters/a0/adapter-1.log"), "the reason why\n");
}
END_TEST

START_TEST(a_crash_loses_what_was_running)
{
    set_world(&w, 60, crashing);
    w.word_of = one_crashes;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_ERROR], 1); /* though it had eight in hand */
    ck_assert_uint_eq(result.count[MU_PASS], 59);
    ck_has(line_of(text, "verdict", 20), "\"verdict\":\"error\",\"reason\":\"adapter:crash\"");
    ck_has(line_of(text, "verdict", 20), "\"attribution\":\"adapter\"");
    bool first = crashed_at_once(text);
    ck_has(line_of(text, "verdict", 20), first ? "\"adapter-1.log\"" : "\"adapter-2.log\"");
    ck_assert_str_eq(
        file_text(arena, first ? "cases/0021/adapter-1.log" : "cases/0021-2/adapter-2.log"),
        "the reason why\n");
    ck_assert_str_eq(file_text(arena, "adapters/a0/adapter-1.log"), "the reason why\n");
    ck_has(text, "\"state\":\"broken\"");
    ck_has(text, "\"reason\":\"adapter:crash\",\"exit\":3,\"lost\":[");
    ck_has(text, "\"start\":2,\"state\":\"restarted\"");
    ck_assert_int_eq(result.exit, MU_EXIT_TROUBLE);
}
END_TEST

static const char *many_crash(size_t i)
{
    return i % 10 == 0 ? "crash" : "pass";
}

/* One that breaks often is started again as long as it brings cases to their end. */
START_TEST(crashes_with_cases_in_between)
{
    set_world(&w, 100, crashing);
    w.program[0].in_flight = 1;
    w.word_of = many_crash;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_ERROR], 10);
    ck_assert_uint_eq(result.count[MU_PASS], 90);
    ck_assert_uint_eq(count(text, "\"state\":\"restarted\""), 10);
}
END_TEST

static const struct {
    const char *script;
    size_t starts;
} breaking[] = { { "exit 1", 3 },
                 { "read -r n x <&3; exit 0", 3 },
                 { "exec /no/such/program", 3 } };

/* Three tries, then nothing more is sent. */
START_TEST(one_that_always_breaks_is_given_up)
{
    set_world(&w, 30, breaking[_i].script);
    w.program[0].in_flight = 4;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_ERROR], 30);
    ck_assert_uint_eq(count(text, "\"state\":\"broken\""), breaking[_i].starts);
    ck_assert_uint_eq(count(text, "\"state\":\"gone\""), 1);
    size_t crashed = count(text, "\"reason\":\"adapter:crash\",\"rung\"");
    ck_assert_uint_le(crashed, 3 * 4);
    ck_assert_uint_eq(count(text, "\"reason\":\"adapter:gone\",\"rung\""), 30 - crashed);
}
END_TEST

START_TEST(one_that_is_not_there)
{
    set_world(&w, 5, "");
    w.argv[0][0] = (char *) (uintptr_t) "no-such-program";
    char *text = go();
    ck_assert_uint_eq(count(text, "\"reason\":\"adapter:gone\",\"rung\""), 5);
    ck_assert_uint_eq(count(text, "\"state\":\"broken\""), 1);
    ck_has(text, "cannot start 'no-such-program': No such file or directory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("serve");
    TCase *tcase = tcase_create("serve");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, many_cases_over_one_child);
    tcase_add_test(tcase, ends_come_in_any_order);
    tcase_add_test(tcase, lines_over_standard_input_and_output);
    tcase_add_test(tcase, a_pool_of_fifty);
    tcase_add_test(tcase, controls_first);
    tcase_add_test(tcase, a_failure_is_tried_again);
    tcase_add_test(tcase, every_case_three_times);
    tcase_add_test(tcase, evidence_of_any_size);
    tcase_add_test(tcase, evidence_of_many_in_one_file);
    tcase_add_loop_test(tcase, a_tar_is_made_of_many, 0, MU_COUNT(many));
    tcase_add_test(tcase, no_evidence_is_kept);
    tcase_add_test(tcase, a_crash_loses_what_was_running);
    tcase_add_test(tcase, a_crash_in_a_tar);
    tcase_add_test(tcase, crashes_with_cases_in_between);
    tcase_add_loop_test(tcase, one_that_always_breaks_is_given_up, 0, MU_COUNT(breaking));
    tcase_add_test(tcase, one_that_is_not_there);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
