/* A batch must tell of every item, in order, whatever its jobs do with one of them. */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "core/seat.h"
#include "run/batch.h"

#define RECORD_FD 3 /* where a job finds its socket, see run/job.c */

/* --- ways to behave ------------------------------------------------------------------------------- */

struct world;
typedef bool (*behaviour)(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err);

static bool well(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) err;
    mu_buf_puts(result, "well");
    return true;
}

static bool aborts(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result, (void) err;
    abort();
}

static bool faults(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result, (void) err;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return true;
}

static bool leaves(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result, (void) err;
    _exit(3);
}

static bool spins(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result, (void) err;
    for (volatile bool on = true; on;)
        ;
    return true;
}

static bool connects(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result, (void) err;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

#ifndef MU_SANITIZE /* its allocator has limits of its own */
static bool devours(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) result, (void) err;
    for (size_t i = 0; i < 2048; i++)
        *(volatile char *) mu_arena_alloc(arena, MU_MIB) = 1;
    return true;
}
#endif

static bool fails(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result;
    return mu_fail(err, MU_ERR_IO, "the disk is on fire");
}

static bool babbles(struct mu_arena *arena, struct mu_buf *result, struct mu_err *err)
{
    (void) arena, (void) result, (void) err;
    static const char junk[] = "\xff\xff\xff\xff\xff\xff\xff\x7fjunk of no kind";
    ck_assert(write(RECORD_FD, junk, sizeof junk) == sizeof junk);
    for (;;)
        poll(NULL, 0, -1);
    return true;
}

static const struct {
    behaviour run;
    const char *why; /* must stand in the reason */
} way[] = {
    { aborts, "killed by signal 6" },       { faults, "killed by signal 11" },
    { leaves, "left early with status 3" }, { spins, "took more than 400 ms" },
    { connects, "killed by signal 31" },    { fails, "the disk is on fire" },
    { babbles, "said what it must not" },
#ifndef MU_SANITIZE
    { devours, "killed by signal 6" },
#endif
};

/* --- the host ------------------------------------------------------------------------------------- */

struct world {
    size_t items, bad;   /* one item behaves badly; SIZE_MAX: none */
    behaviour run;       /* so                                     */
    size_t whole, spans; /* one item holds many; SIZE_MAX: none    */
    int64_t lie;         /* what its spans say wrongly; 0: nothing */
    int64_t split_dies;  /* from this offset on; -1: never         */
    size_t listed;
    size_t told, told_spans, killed;
    char why[200];
    pid_t interrupts; /* who is interrupted by the bad item; 0: nobody */
};

static bool next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct world *w = self;
    if (w->listed == w->items)
        return false;
    *item = (struct mu_batch_item){ .name = mu_arena_printf(arena, "item %zu", w->listed),
                                    .fd = -1,
                                    .offset = (int64_t) w->listed++,
                                    .octets = -1 };
    return true;
}

static void open_item(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    (void) self, (void) arena;
    item->fd = memfd_create("item", MFD_CLOEXEC);
    ck_assert_int_ge(item->fd, 0);
}

static bool make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                 struct mu_buf *result, bool *many, struct mu_err *err)
{
    const struct world *w = self;
    if (item->number == 0 && (size_t) item->offset == w->whole) {
        *many = true;
        return true;
    }
    if (item->number == 0 && (size_t) item->offset == w->bad) {
        if (w->interrupts != 0)
            kill(w->interrupts, SIGTERM);
        return w->run(arena, result, err);
    }
    mu_buf_printf(result, "%llu/%lld", (unsigned long long) item->number, (long long) item->offset);
    return true;
}

/* Spans of ten octets, ten apart. */
static bool split(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                  int64_t offset, struct mu_batch_spans *spans, struct mu_err *err)
{
    const struct world *w = self;
    (void) arena, (void) item, (void) err;
    if (w->split_dies >= 0 && offset >= w->split_dies)
        abort();
    *spans = (struct mu_batch_spans){ .next = -1 };
    int64_t at = offset, end = (int64_t) w->spans * 20;
    for (; at < end && spans->count < MU_BATCH_SPANS; at += 20)
        spans->span[spans->count++] = (struct mu_batch_span){ at, 10 };
    if (at < end)
        spans->next = at;
    if (w->lie == 1)
        spans->span[0].offset = -5;
    else if (w->lie == 2)
        spans->next = offset;
    else if (w->lie == 3)
        spans->count = 1000000;
    return true;
}

static bool take(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err)
{
    struct world *w = self;
    char want[64];
    (void) err;
    snprintf(want, sizeof want, "item %zu", w->told);
    ck_assert_str_eq(item->name, want);
    if (item->number > 0)
        ck_assert_uint_eq(item->number, ++w->told_spans);
    else
        w->told++;
    if (killed != NULL) {
        w->killed++;
        snprintf(w->why, sizeof w->why, "%s", killed);
    } else if (item->number > 0 || (size_t) item->offset != w->bad) {
        snprintf(want, sizeof want, "%llu/%lld", (unsigned long long) item->number,
                 (long long) item->offset);
        ck_assert_msg(mu_bytes_equal(result, mu_bytes_of(want)), "%s: %.*s", want, (int) result.n,
                      result.p);
    } else {
        ck_assert(mu_bytes_equal(result, MU_BYTES("well")));
    }
    /* The whole is told by what is in it. */
    if (item->number > 0 && w->told_spans == w->spans)
        w->told++;
    return true;
}

static struct world world_of(size_t items)
{
    return (struct world){
        .items = items, .bad = SIZE_MAX, .whole = SIZE_MAX, .split_dies = -1, .run = well
    };
}

static struct mu_batch batch_of(struct world *w, size_t jobs, enum mu_isolation isolation)
{
    return (struct mu_batch){ .self = w,
                              .jobs = jobs,
                              .item_ms = 400,
                              .isolation = isolation,
                              .next = next,
                              .open = open_item,
                              .make = make,
                              .split = split,
                              .take = take };
}

/* No child of this process is left, and none of its descriptors. */
static size_t open_descriptors(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static struct mu_batch_end run_batch(struct world *w, size_t jobs, enum mu_isolation isolation)
{
    struct mu_batch batch = batch_of(w, jobs, isolation);
    struct mu_batch_end end;
    struct mu_err err;
    size_t before = open_descriptors();
    ck_assert_msg(mu_batch_run(&batch, &end, &err), "%s", err.msg);
    ck_assert(waitpid(-1, NULL, WNOHANG) == -1);
    ck_assert_uint_eq(open_descriptors(), before);
    return end;
}

/* --- tests ---------------------------------------------------------------------------------------- */

static const struct {
    size_t items, jobs;
    enum mu_isolation isolation;
} size[] = {
    { 0, 1, MU_ISOLATION_FULL },    { 1, 4, MU_ISOLATION_FULL },    { 3, 64, MU_ISOLATION_FULL },
    { 700, 2, MU_ISOLATION_FULL },  { 700, 5, MU_ISOLATION_FORK },  { 700, 1, MU_ISOLATION_NONE },
    { 3500, 2, MU_ISOLATION_FULL }, { 2500, 1, MU_ISOLATION_FULL },
};

START_TEST(in_order)
{
    struct world w = world_of(size[_i].items);
    struct mu_batch_end end = run_batch(&w, size[_i].jobs, size[_i].isolation);
    ck_assert_uint_eq(w.told, w.items);
    ck_assert_uint_eq(w.killed + end.killed, 0);
    ck_assert(!end.interrupted);
    if (size[_i].jobs == 1 && size[_i].isolation == MU_ISOLATION_FULL)
        ck_assert_uint_eq(end.renewed, w.items / MU_BATCH_RENEW);
}
END_TEST

START_TEST(one_dies)
{
    static const size_t where[] = { 0, 17, 39 };
    for (size_t i = 0; i < MU_COUNT(where); i++)
        for (size_t jobs = 1; jobs <= 3; jobs += 2) {
            struct world w = world_of(40);
            w.bad = where[i];
            w.run = way[_i].run;
            struct mu_batch_end end = run_batch(&w, jobs, MU_ISOLATION_FULL);
            ck_assert_uint_eq(w.told, 40);
            ck_assert_uint_eq(w.killed, 1);
            ck_assert_uint_eq(end.killed, 1);
            ck_assert_msg(strstr(w.why, way[_i].why) != NULL, "'%s' is not in '%s'", way[_i].why,
                          w.why);
        }
}
END_TEST

START_TEST(many_in_one)
{
    static const size_t spans[] = { 1, 63, 64, 65, 1500 };
    for (size_t i = 0; i < MU_COUNT(spans); i++)
        for (int isolation = MU_ISOLATION_NONE; isolation <= MU_ISOLATION_FULL; isolation += 2) {
            struct world w = world_of(30);
            w.whole = 7;
            w.spans = spans[i];
            run_batch(&w, 2, (enum mu_isolation) isolation);
            ck_assert_uint_eq(w.told, 30);
            ck_assert_uint_eq(w.told_spans, spans[i]);
            ck_assert_uint_eq(w.killed, 0);
        }
}
END_TEST

/* What was found before is told, what is behind as one item, and the batch goes on. */
START_TEST(splitting_dies)
{
    struct world w = world_of(30);
    w.whole = 7;
    w.spans = MU_BATCH_SPANS + 1; /* the rest is told as this one */
    w.split_dies = 20;
    run_batch(&w, 2, MU_ISOLATION_FULL);
    ck_assert_uint_eq(w.told, 30);
    ck_assert_uint_eq(w.told_spans, MU_BATCH_SPANS + 1);
    ck_assert_uint_eq(w.killed, 1);
}
END_TEST

START_TEST(splitting_lies)
{
    struct world w = world_of(3);
    w.whole = 1;
    w.spans = 1; /* nothing is believed: the rest is all */
    w.lie = _i;
    struct mu_batch batch = batch_of(&w, 1, MU_ISOLATION_FULL);
    struct mu_batch_end end;
    struct mu_err err;
    ck_assert(mu_batch_run(&batch, &end, &err));
    ck_assert_uint_eq(w.told, 3);
    ck_assert_uint_eq(w.killed, 1);
    ck_assert_str_eq(w.why, "its job said what it must not");
}
END_TEST

START_TEST(interrupted)
{
    struct world w = world_of(100000);
    w.bad = 200;
    w.interrupts = getpid();
    struct mu_batch_end end = run_batch(&w, 2, MU_ISOLATION_FORK);
    ck_assert(end.interrupted);
    ck_assert_uint_lt(w.told, 100000); /* take() has seen that they are the first ones */
    ck_assert_uint_eq(w.killed, 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("batch");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, in_order, 0, MU_COUNT(size));
    tcase_add_loop_test(tcase, one_dies, 0, MU_COUNT(way));
    tcase_add_test(tcase, many_in_one);
    tcase_add_test(tcase, splitting_dies);
    tcase_add_loop_test(tcase, splitting_lies, 1, 4);
    tcase_add_test(tcase, interrupted);
    Suite *suite = suite_create("batch");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
