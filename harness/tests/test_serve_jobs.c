/* Jobs that serve cases and lie, hang, die, or leave cases: none is believed, and what was not begun waits. */
#include "tests/serve_support.h"

/* --- jobs that lie, hang or die --------------------------------------------------------------------- */

typedef void misdeed(struct mu_seat *seat, const struct mu_order_case *order);

static void other_item(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    mu_seat_case_done(seat, order->item + 1, order->attempt, &end);
}

static void other_attempt(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    mu_seat_case_done(seat, order->item, (uint8_t) (order->attempt + 1), &end);
}

static void far_item(struct mu_seat *seat, const struct mu_order_case *order)
{
    (void) order;
    mu_seat_case(seat, 4000000000U, 1);
    mu_seat_note(seat, "of no case");
}

static void twice(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    mu_seat_case_done(seat, order->item, order->attempt, &end);
    mu_seat_case_done(seat, order->item, order->attempt, &end);
}

static void garbage(struct mu_seat *seat, const struct mu_order_case *order)
{
    (void) order;
    mu_seat_flush(seat);
    (void) !write(seat->record_fd, "no record", 9);
}

static void cut_record(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_record record = {
        .type = MU_RECORD_NOTE, .item = order->item, .attempt = 1, .used = 2000
    };
    mu_seat_flush(seat);
    (void) !write(seat->record_fd, &record, 600);
}

static void long_carriage(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_record record = {
        .type = MU_RECORD_PART, .item = order->item, .attempt = 1, .carried = 5000
    };
    mu_seat_flush(seat);
    (void) !write(seat->record_fd, &record, 600);
}

static void too_good(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_record broken = { .type = MU_RECORD_BREAK, .number = 0, .count = 1 };
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    mu_seat_case(seat, order->item, order->attempt);
    mu_seat_send(seat, &broken);
    mu_seat_case_done(seat, order->item, order->attempt, &end);
}

static void evidence_gap(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_record part = { .type = MU_RECORD_PART, .offset = 10, .octets = 0 };
    mu_record_put(&part, "0000000000000000000000000000000000000000000000000000000000000000");
    mu_seat_case(seat, order->item, order->attempt);
    mu_seat_send(seat, &part);
}

static void question(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_record dial = { .type = MU_RECORD_DIAL };
    mu_seat_case(seat, order->item, order->attempt);
    mu_seat_send(seat, &dial);
}

static void other_adapter(struct mu_seat *seat, const struct mu_order_case *order)
{
    struct mu_sap_hello hello = { .adapter_name = "x" };
    (void) order;
    mu_seat_ready(seat, 7, &hello);
}

static void die(struct mu_seat *seat, const struct mu_order_case *order)
{
    (void) seat, (void) order;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

static void leave(struct mu_seat *seat, const struct mu_order_case *order)
{
    (void) seat, (void) order;
    _exit(5);
}

static const struct {
    misdeed *misdeed;
    const char *reason;
} lie[] = {
    { other_item, "job:item" },       { other_attempt, "job:item" },
    { far_item, "job:item" },         { twice, "job:item" },
    { garbage, "job:record" },        { cut_record, "job:record" },
    { long_carriage, "job:record" },  { too_good, "job:verdict" },
    { evidence_gap, "job:evidence" }, { question, "job:records" },
    { other_adapter, "job:records" }, { die, "job:signal-11" },
    { leave, "job:exit-5" },
};
static misdeed *now;

static bool serve_misdeed(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                          struct mu_err *err)
{
    (void) world, (void) broken;
    struct mu_sap_hello hello = { .adapter_name = "liar" };
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
        now(seat, &order);
        if (now != too_good)
            TRY(mu_seat_wait(seat, true, NULL, 0, seat->deadline_ms, err));
    }
}

/* What a lying job had in hand is an error of ours, never the system's, and never a pass. */
START_TEST(a_job_that_lies_is_not_believed)
{
    set_world(&w, 4, "cat <&3");
    w.serve = serve_misdeed;
    w.program[0].in_flight = 1;
    now = lie[_i].misdeed;
    char *text = go();
    ck_has(text, mu_arena_printf(arena, "\"reason\":\"%s\"", lie[_i].reason));
    ck_assert_uint_eq(result.count[MU_PASS], now == twice ? 4 : 0); /* the first word counts */
    ck_assert_uint_eq(count(text, "\"attribution\":\"harness\""), now == twice      ? 0
                                                                  : now == too_good ? 4
                                                                                    : 3);
}
END_TEST

static bool serve_nothing(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                          struct mu_err *err)
{
    (void) world, (void) broken, (void) err;
    struct mu_sap_hello hello = { .adapter_name = "idle" };
    mu_seat_ready(seat, (uint32_t) p, &hello);
    pause();
    return true;
}

START_TEST(a_job_over_its_time_is_killed)
{
    set_world(&w, 4, "cat <&3");
    w.serve = serve_nothing;
    w.deadline_ms = 50;
    char *text = go();
    ck_assert_uint_eq(count(text, "\"reason\":\"deadline:case\",\"rung\""), 4);
    ck_assert_uint_eq(count(text, "\"state\":\"broken\""), 1);
}
END_TEST

static bool serve_error(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                        struct mu_err *err)
{
    (void) world, (void) broken;
    struct mu_sap_hello hello = { .adapter_name = "error" };
    mu_seat_ready(seat, (uint32_t) p, &hello);
    TRY(mu_seat_wait(seat, true, NULL, 0, seat->deadline_ms, err));
    return mu_fail(err, MU_ERR_IO, "the sky fell");
}

START_TEST(an_error_of_ours_is_told)
{
    set_world(&w, 4, "cat <&3");
    w.serve = serve_error;
    char *text = go();
    ck_assert_uint_eq(count(text, "\"reason\":\"harness:io\",\"rung\""), 4);
    ck_has(text, "the sky fell");
    ck_has(text, "\"attribution\":\"harness\"");
}
END_TEST

/* Orders that were not begun when the adapter broke are given to its next start. */
static bool serve_some(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                       struct mu_err *err)
{
    (void) world;
    struct mu_sap_hello hello = { .adapter_name = "some" };
    enum mu_order_kind kind;
    struct mu_order_case order;
    mu_seat_ready(seat, (uint32_t) p, &hello);
    TRY(mu_seat_wait(seat, true, NULL, 0, seat->deadline_ms, err));
    TRY(mu_seat_next_order(seat, &kind, &order, err));
    if (kind == MU_ORDER_END)
        return true;
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    mu_seat_case_done(seat, order.item, order.attempt, &end);
    *broken = "adapter:framing";
    return true;
}

START_TEST(what_was_not_begun_waits_again)
{
    set_world(&w, 12, "cat <&3");
    w.serve = serve_some;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 12);
    ck_assert_uint_eq(count(text, "\"state\":\"broken\""), 12);
    ck_assert_uint_eq(count(text, "\"event\":\"verdict\""), 12);
}
END_TEST

/* Breaks with three in hand; what comes again comes alone. */
static bool serve_threes(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                         struct mu_err *err)
{
    (void) world;
    struct mu_sap_hello hello = { .adapter_name = "threes" };
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    enum mu_order_kind kind;
    struct mu_order_case order;
    mu_seat_ready(seat, (uint32_t) p, &hello);
    for (unsigned begun = 0; begun < 3;) {
        TRY(mu_seat_wait(seat, true, NULL, 0, seat->deadline_ms, err));
        TRY(mu_seat_next_order(seat, &kind, &order, err));
        if (kind == MU_ORDER_END)
            return true;
        if (kind == MU_ORDER_IDLE)
            continue;
        if (order.attempt == 1) {
            mu_seat_case_again(seat, order.item, order.attempt, "adapter:framing");
            begun++;
            continue;
        }
        TRY(mu_seat_next_order(seat, &kind, &(struct mu_order_case){ 0 }, err));
        end.verdict = kind == MU_ORDER_IDLE ? MU_PASS : MU_FAIL;
        mu_seat_case_done(seat, order.item, order.attempt, &end);
    }
    *broken = "adapter:framing";
    return true;
}

START_TEST(what_was_begun_with_others_comes_again_alone)
{
    set_world(&w, 12, "cat <&3");
    w.serve = serve_threes;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 12);
    ck_assert_uint_eq(count(text, "\"state\":\"broken\""), 4);
    ck_assert_uint_eq(count(text, "\"event\":\"verdict\""), 12);
    for (size_t i = 0; i < 12; i++)
        ck_has(line_of(text, "verdict", i), "\"attempt\":2,\"verdict\":\"pass\"");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("serve_jobs");
    TCase *tcase = tcase_create("serve_jobs");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, a_job_that_lies_is_not_believed, 0, MU_COUNT(lie));
    tcase_add_test(tcase, a_job_over_its_time_is_killed);
    tcase_add_test(tcase, an_error_of_ours_is_told);
    tcase_add_test(tcase, what_was_not_begun_waits_again);
    tcase_add_test(tcase, what_was_begun_with_others_comes_again_alone);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
