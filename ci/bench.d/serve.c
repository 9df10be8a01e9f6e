/* serve CASES IN-FLIGHT FOLDER [evidence] - what the coordinator costs a case of a job that serves many:
 * the job answers at once and asks no adapter. Prints cases a second, and microseconds of processor time a
 * case of the coordinator and of its job. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/run.h"

static size_t cases;
static uint32_t in_flight;

static void item(void *self, size_t i, struct mu_run_item *out)
{
    (void) self, (void) i;
    *out = (struct mu_run_item){
        .deadline_ms = 30000, .operation_ms = 5000, .control = -1, .marker = -1
    };
}

static void name(void *self, size_t i, char text[MU_NAME_TEXT])
{
    (void) self;
    snprintf(text, MU_NAME_TEXT, "LAB-01[label=unclassified,n=%zu]", i);
}

static const struct mu_program *program(void *self, size_t p)
{
    static char *argv[] = { (char *) (uintptr_t) "sleep", (char *) (uintptr_t) "1000", NULL };
    static struct mu_program one = { .id = "none", .way = MU_SAP_PIPES, .argv = argv };
    (void) self, (void) p;
    one.in_flight = in_flight;
    return &one;
}

/* What a served case says at least: two lines of its dialogue as evidence, one leg judged, its end. */
static bool answer(struct mu_seat *seat, const struct mu_order_case *order, struct mu_err *err)
{
    static const char said[] =
        "> {\"id\":4711,\"op\":\"label.parse\",\"case\":\"7c19e5b2a8d34f60\",\"label\":{\"syntax\":"
        "\"adatp-4774\",\"data\":{\"b64\":\"PD94bWwgdmVyc2lvbj0iMS4wIj8+\"}}}\n"
        "< "
        "{\"id\":4711,\"ok\":true,\"result\":{\"outcome\":\"accepted\",\"label\":{\"policy\":{"
        "\"name\":"
        "\"NATO-EXERCISE\"},\"classification\":\"UNCLASSIFIED\"}}}\n";
    mu_seat_case(seat, order->item, order->attempt);
    if (seat->evidence_fd >= 0)
        TRY(mu_seat_evidence(seat, MU_EVIDENCE_ADAPTER, 1, MU_BYTES(said), err));
    struct mu_case_end end = { .verdict = MU_PASS, .reason = "", .attribution = "" };
    mu_seat_case_done(seat, order->item, order->attempt, &end);
    return true;
}

static bool serve(void *self, struct mu_seat *seat, size_t p, const char **broken,
                  struct mu_err *err)
{
    struct mu_sap_hello hello = { .adapter_name = "none" };
    (void) self, (void) broken;
    TRY(seat->seal(seat, err));
    mu_seat_ready(seat, (uint32_t) p, &hello);
    for (;;) {
        enum mu_order_kind kind;
        struct mu_order_case order;
        TRY(mu_seat_next_order(seat, &kind, &order, err));
        if (kind == MU_ORDER_END)
            return true;
        if (kind == MU_ORDER_CASE)
            TRY(answer(seat, &order, err));
        else
            TRY(mu_seat_wait(seat, true, NULL, 0, seat->deadline_ms, err));
    }
}

static void open_members(void *self, struct mu_json *j)
{
    (void) self;
    mu_json_open(j, "digests", '{');
    mu_json_close(j, '}');
}

static bool preface(void *self, size_t n, struct mu_json *j)
{
    (void) self, (void) n, (void) j;
    return false;
}

static struct mu_expected expect(void *self, size_t i, enum mu_verdict verdict, const char *reason)
{
    (void) self, (void) i, (void) verdict, (void) reason;
    return (struct mu_expected){ MU_AS_EXPECTED, 0 };
}

static size_t stale(void *self, struct mu_json *j)
{
    (void) self, (void) j;
    return 0;
}

static void progress(void *self, size_t i, enum mu_verdict verdict, const char *reason)
{
    (void) self, (void) i, (void) verdict, (void) reason;
}

static double cpu_us(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double) (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6
           + (double) (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: serve CASES IN-FLIGHT FOLDER [evidence]\n", stderr);
        return 2;
    }
    cases = strtoul(argv[1], NULL, 10);
    in_flight = (uint32_t) strtoul(argv[2], NULL, 10);
    struct mu_run_host host = { .items = cases,
                                .item = item,
                                .name = name,
                                .programs = 1,
                                .program = program,
                                .serve = serve,
                                .open_members = open_members,
                                .preface = preface,
                                .expect = expect,
                                .stale = stale,
                                .progress = progress };
    struct mu_run_options options = { .out = argv[3],
                                      .version = "bench",
                                      .test_time = "2026-11-23T10:15:00Z",
                                      .selection = "",
                                      .openssl = "",
                                      .libxml2 = "",
                                      .jobs = 2,
                                      .isolation = MU_ISOLATION_FULL,
                                      .no_evidence = argc < 5,
                                      .environment = environ,
                                      .say_fd = -1 };
    struct mu_run_result result;
    struct mu_err err;
    uint64_t from = mu_clock_ms();
    if (!mu_run(&host, &options, &result, &err)) {
        fprintf(stderr, "serve: %s\n", err.msg);
        return 1;
    }
    double n = (double) cases, s = (double) (mu_clock_ms() - from) / 1e3;
    printf("%.0f a second, coordinator %.2f us, job %.2f us\n", n / s, cpu_us(RUSAGE_SELF) / n,
           cpu_us(RUSAGE_CHILDREN) / n);
    return result.count[MU_PASS] == cases ? 0 : 1;
}
