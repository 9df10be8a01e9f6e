/* The programs that serve cases as processes: what they hold and may do, how they are reached, and what
 * is left when the run is killed. */
#include <pthread.h>
#include <sys/prctl.h>

#include "run/confine.h"
#include "tests/serve_support.h"

/* --- what a program has in its hands ---------------------------------------------------------------- */

START_TEST(nothing_is_inherited)
{
    set_world(&w, 1,
              "ls /proc/$$/fd; read -r _ _ _ _ g _ </proc/$$/stat; echo group $((g - $$));"
              " grep -E '^Sig(Blk|Ign)' /proc/self/status; ulimit -c; read -r x && echo input;"
              " echo $MUSTER_SAP_FDS; while read -r n w <&3; do echo \"$n $w\" >&4; done");
    int stray = open("/dev/null", O_RDWR); /* not close-on-exec */
    signal(SIGUSR1, SIG_IGN);
    (void) go();
    signal(SIGUSR1, SIG_DFL);
    close(stray);
    ck_assert_str_eq(
        file_text(arena, "adapters/a0/adapter-1.log"),
        "0\n1\n2\n3\n4\ngroup 0\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
        "0\n3,4\n");
}
END_TEST

/* Whatever it starts goes with it: in its group, out of it, and out of its session. */
START_TEST(nothing_survives)
{
    set_world(
        &w, 3,
        "sleep 60 & setsid sleep 60 & (setsid sh -c 'trap \"\" TERM; sleep 60' &) ;"
        " while read -r n w <&3; do echo \"$n $w\" >&4; done; trap '' TERM; sleep 60 >&- <&-");
    uint64_t begun = mu_clock_ms();
    (void) go(); /* and no child is left: run_world() looks */
    ck_assert_uint_eq(result.count[MU_PASS], 3);
    ck_assert_uint_lt(mu_clock_ms() - begun, 20000);
}
END_TEST

START_TEST(much_output_is_cut)
{
    set_world(&w, 3,
              "echo first; head -c 9000000 /dev/zero | tr '\\0' x; echo last;"
              " while read -r n w <&3; do echo \"$n $w\" >&4; done");
    (void) go();
    char *log = file_text(arena, "adapters/a0/adapter-1.log");
    ck_assert_uint_eq(result.count[MU_PASS], 3);
    ck_assert_uint_lt(strlen(log), 2 * MU_OUTPUT_KEPT + 100);
    ck_assert_uint_gt(strlen(log), 2 * MU_OUTPUT_KEPT);
    ck_assert_int_eq(strncmp(log, "first\nxxx", 9), 0);
    ck_assert_str_eq(log + strlen(log) - 7, "xxlast\n");
    ck_has(log, mu_arena_printf(arena, "[%zu bytes are left out here]",
                                (size_t) 9000011 - 2 * MU_OUTPUT_KEPT));
}
END_TEST

static const char writing[] =
    "try() { (echo x >\"$2\") 2>/dev/null && echo $1 yes || echo $1 no; };"
    " try null /dev/null; try work $TMPDIR/f; try out $OUTSIDE/f; "
    "try in $INSIDE/f; cat /etc/passwd >/dev/null && echo read yes;"
    " while read -r n w <&3; do echo \"$n $w\" >&4; done";

/* It writes to its own folder and to those that the SUT file names, and nowhere else. */
START_TEST(writing_is_confined)
{
    char outside[80], inside[80], *environment[] = { getenv("PATH") - 5, outside, inside, NULL };
    const char *writable[] = { NULL, NULL };
    snprintf(outside, sizeof outside, "OUTSIDE=%s/outside", folder);
    snprintf(inside, sizeof inside, "INSIDE=%s/inside", folder);
    ck_assert_int_eq(mkdir(outside + 8, 0700) + mkdir(inside + 7, 0700), 0);
    writable[0] = inside + 7;
    set_world(&w, 1, writing);
    w.program[0].writable = writable;
    w.program[0].unconfined = _i == 1;
    options.environment = environment;
    char *text = go();
    bool shut = _i == 0 && mu_confine_level() > 0;
    ck_assert_str_eq(file_text(arena, "adapters/a0/adapter-1.log"),
                     shut ? "null yes\nwork yes\nout no\nin yes\nread yes\n"
                          : "null yes\nwork yes\nout yes\nin yes\nread yes\n");
    ck_has(text, _i == 1                  ? "\"confined\":\"none: the SUT file says so\""
                 : mu_confine_level() > 0 ? "\"confined\":\"landlock-"
                                          : "\"confined\":\"none: the kernel");
}
END_TEST

/* --- other ways to an adapter ----------------------------------------------------------------------- */

/* An adapter behind a socket: answers lines until the peer is gone. */
static void *answer_socket(void *fd_at)
{
    char line[65536];
    int fd = *(int *) fd_at;
    size_t n = 0;
    for (ssize_t got; (got = read(fd, line + n, sizeof line - n)) > 0;) {
        n += (size_t) got;
        size_t whole = n;
        while (whole > 0 && line[whole - 1] != '\n')
            whole--;
        (void) !write(fd, line, whole);
        memmove(line, line + whole, n -= whole);
    }
    close(fd);
    return NULL;
}

/* A port below those that the kernel gives to whoever connects: one who dials such a port before
 * somebody listens can be given the same for itself, and speaks to itself from then on. */
static int bound(struct mu_address *address)
{
    struct mu_err err;
    char text[40];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (unsigned n = 0; n < 1000; n++) {
        snprintf(text, sizeof text, "127.0.0.1:%u", 20000 + ((unsigned) getpid() * 8 + n) % 12000);
        ck_assert(mu_address_parse(text, address, &err));
        if (bind(fd, (struct sockaddr *) &address->sa, address->size) == 0)
            return fd;
    }
    ck_abort_msg("no port is free");
}

static void *accept_and_answer(void *fd_at)
{
    int fd = accept(*(int *) fd_at, NULL, NULL);
    return answer_socket(&fd);
}

START_TEST(an_adapter_that_is_dialled)
{
    pthread_t thread;
    set_world(&w, 100, "");
    w.program[0].way = MU_SAP_DIAL;
    int fd = bound(&w.program[0].address);
    ck_assert_int_eq(listen(fd, 4), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, accept_and_answer, &fd), 0);
    char *text = go();
    pthread_join(thread, NULL);
    close(fd);
    ck_assert_uint_eq(result.count[MU_PASS], 100);
    ck_has(text, "\"confined\":\"not ours\"");
}
END_TEST

static struct mu_address address;

static void *connect_and_answer(void *unused)
{
    int fd;
    (void) unused;
    for (;;) { /* until the run listens */
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *) &address.sa, address.size) == 0)
            break;
        close(fd);
        sched_yield();
    }
    return answer_socket(&fd);
}

START_TEST(an_adapter_that_connects)
{
    pthread_t thread[2]; /* the second waits, and is served by nobody */
    set_world(&w, 100, "");
    w.program[0].way = MU_SAP_LISTEN;
    int fd = bound(&address);
    w.program[0].address = address;
    close(fd);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, connect_and_answer, NULL), 0);
    (void) go();
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    ck_assert_uint_eq(result.count[MU_PASS], 100);
}
END_TEST

START_TEST(nobody_to_dial)
{
    set_world(&w, 40, "");
    w.program[0].way = MU_SAP_DIAL;
    int fd = bound(&w.program[0].address); /* and nobody listens there */
    char *text = go();
    close(fd);
    ck_assert_uint_eq(result.count[MU_ERROR], 40);
    ck_assert_uint_eq(count(text, "\"state\":\"gone\""), 1);
}
END_TEST

/* --- channels --------------------------------------------------------------------------------------- */

/* The job that holds the link: what comes over a channel goes to the adapter, and its line comes back. */
static bool serve_channels(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                           struct mu_err *err)
{
    (void) world;
    int channel[64];
    size_t channels = 0;
    struct mu_sap_hello hello = { .adapter_name = "channels" };
    TRY(seat->seal(seat, err));
    mu_seat_ready(seat, (uint32_t) p, &hello);
    for (;;) {
        enum mu_order_kind kind;
        struct mu_order_case order;
        char line[200];
        TRY(mu_seat_wait(seat, true, channel, channels, seat->deadline_ms, err));
        TRY(mu_seat_next_order(seat, &kind, &order, err));
        if (kind == MU_ORDER_END)
            return true;
        if (kind == MU_ORDER_CHANNEL)
            channel[channels++] = order.fd;
        for (size_t i = 0; i < channels; i++) {
            ssize_t n = read(channel[i], line, sizeof line - 1);
            if (n == 0) {
                close(channel[i]);
                channel[i] = channel[--channels];
            }
            if (n <= 0)
                continue;
            line[n] = '\0';
            if (!write_line(seat, line))
                return *broken = "adapter:crash", true;
            struct pollfd pfd = { .fd = seat->adapter_in, .events = POLLIN };
            (void) poll(&pfd, 1, 5000);
            n = read(seat->adapter_in, line, sizeof line);
            if (n <= 0)
                return *broken = "adapter:crash", true;
            (void) !write(channel[i], line, (size_t) n);
        }
    }
}

static bool ask_over_channel(struct world *world, struct mu_seat *seat, size_t i,
                             struct mu_case_end *end, struct mu_err *err)
{
    int fd;
    char line[200] = "", wanted[200];
    (void) world;
    snprintf(wanted, sizeof wanted, "%zu %s\n", i, i == 3 ? "crash" : "pass");
    if (!mu_seat_channel(seat, 0, &fd, err)) {
        *end = (struct mu_case_end){ .verdict = MU_ERROR,
                                     .reason = "adapter:gone",
                                     .attribution = "adapter" };
        return true;
    }
    TRY(seat->seal(seat, err));
    (void) !write(fd, wanted, strlen(wanted));
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    (void) poll(&pfd, 1, 5000);
    bool came = read(fd, line, sizeof line - 1) > 0;
    *end = (struct mu_case_end){ .verdict = !came                       ? MU_ERROR
                                            : strcmp(line, wanted) == 0 ? MU_PASS
                                                                        : MU_FAIL,
                                 .reason = came ? "" : "adapter:crash",
                                 .attribution = came ? "" : "adapter" };
    return true;
}

static int32_t nobodys(size_t i)
{
    (void) i;
    return -1;
}

/* Cases in jobs of their own ask the adapter through the job that holds its link. */
START_TEST(cases_ask_over_channels)
{
    set_world(&w, 30,
              "while read -r n x <&3; do [ $x = pass ] || exit 4; echo \"$n $x\" >&4; done");
    w.serve = serve_channels;
    w.run_case = ask_over_channel;
    w.program_of = nobodys;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS] + result.count[MU_ERROR], 30);
    ck_assert_uint_ge(result.count[MU_ERROR], 1);
    ck_assert_uint_ge(result.count[MU_PASS], 4); /* what came before it and what came after */
    ck_has(line_of(text, "verdict", 3), "\"reason\":\"adapter:crash\"");
    ck_assert_uint_eq(count(text, "\"state\":\"restarted\""), 1);
}
END_TEST

static int32_t all_but_every_tenth(size_t i)
{
    return i % 10 == 5 ? -1 : 0;
}

static bool every_tenth(size_t i)
{
    return i % 10 == 5;
}

static bool each(size_t i)
{
    (void) i;
    return true;
}

static bool is_alone(struct world *world, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                     struct mu_err *err)
{
    (void) world, (void) seat, (void) i, (void) err;
    *end = (struct mu_case_end){ .verdict = MU_PASS, .reason = "", .attribution = "" };
    return true;
}

/* While one runs alone nothing else is begun and not ended: seen in the order of the stream. */
START_TEST(one_that_runs_alone)
{
    size_t running = 0;
    set_world(&w, 50, answer);
    w.program_of = all_but_every_tenth;
    w.exclusive_of = every_tenth;
    w.run_case = is_alone;
    char *text = go();
    ck_assert_uint_eq(result.count[MU_PASS], 50);
    for (char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        static const char start[] = "{\"event\":\"start\",\"case\":\"case-";
        bool starts = strncmp(line, start, sizeof start - 1) == 0;
        running -= strncmp(line, "{\"event\":\"verdict\"", 18) == 0;
        if (starts)
            ck_assert(running == 0 || !every_tenth(strtoul(line + sizeof start - 1, NULL, 10)));
        running += starts;
    }
}
END_TEST

/* One that runs alone may need the adapter, too. */
START_TEST(one_that_runs_alone_asks_over_a_channel)
{
    set_world(&w, 3, answer);
    w.serve = serve_channels;
    w.run_case = ask_over_channel;
    w.program_of = nobodys;
    w.exclusive_of = each;
    (void) go();
    ck_assert_uint_eq(result.count[MU_PASS], 3);
}
END_TEST

/* --- filters ---------------------------------------------------------------------------------------- */

static const struct filter {
    const char *script;
    const char *answer; /* NULL: it does not come in time */
    int status;         /* as the shell says it           */
} filter[] = {
    { "read -r x; echo \"$MUSTER_OP $x\"; echo aside >&2", "label.parse the input\n", 0 },
    { "echo half; exit 7", "half\n", 7 },
    { "kill -9 $$", "", 128 + 9 },
    { "sleep 60", NULL, 0 },
    { "setsid sleep 60 & echo done", "done\n", 0 },
};
static struct filter wanted;

static bool run_filter(struct world *world, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                       struct mu_err *err)
{
    struct mu_bytes output;
    int status = 0;
    (void) world, (void) i;
    *end = (struct mu_case_end){ .verdict = MU_FAIL, .reason = "rule:R-0", .attribution = "sut" };
    TRY(seat->seal(seat, err));
    uint64_t deadline_ms = mu_clock_ms() + (wanted.answer == NULL ? 200 : 5000);
    bool came = mu_seat_command(seat, 1, deadline_ms, 1000, &output, &status, err);
    if (!came && err->code != MU_ERR_DEADLINE)
        return false;
    int said = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (came ? wanted.answer != NULL && mu_bytes_equal(output, mu_bytes_of(wanted.answer))
                   && said == wanted.status
             : wanted.answer == NULL)
        *end = (struct mu_case_end){ .verdict = MU_PASS, .reason = "", .attribution = "" };
    return true;
}

START_TEST(a_filter_answers_one_case)
{
    static char *variable[] = { (char *) (uintptr_t) "MUSTER_OP=label.parse", NULL };
    wanted = filter[_i];
    set_world(&w, 10, wanted.script);
    w.program[0].way = MU_SAP_FILTER;
    w.program_of = nobodys;
    w.run_case = run_filter;
    w.trigger = (struct mu_run_trigger){ .argv = w.argv[0],
                                         .input = MU_BYTES("the input\n"),
                                         .variable = variable,
                                         .filter = &w.program[0] };
    (void) go();
    ck_assert_uint_eq(result.count[MU_PASS], 10);
    if (_i == 0)
        ck_assert_str_eq(file_text(arena, "cases/0004/command-1.txt"), "aside\n");
}
END_TEST

/* --- killed at any moment --------------------------------------------------------------------------- */

#define KILL_ITEMS 150

static MU_NORETURN void run_until_killed(int ack, const sigset_t *mask)
{
    struct mu_err err;
    signal(SIGTERM, SIG_DFL); /* Check's handler would end the whole group, and the test with it */
    sigprocmask(SIG_SETMASK, mask, NULL);
    set_world(&w, KILL_ITEMS, answer);
    w.ack = ack;
    struct mu_run_host host = host_of(&w);
    _exit(mu_run(&host, &options, &result, &err) ? 0 : 1);
}

/* Every verdict that was acknowledged is still there, none is there twice, and the run ends whole. */
static void kill_and_resume(unsigned us, int how, enum mu_keep keep)
{
    int ack[2];
    uint32_t acked[2 * KILL_ITEMS];
    size_t n = 0;
    sigset_t terminate, mask;
    set_up();
    options.keep = keep;
    ck_assert_int_eq(pipe(ack), 0);
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    sigprocmask(SIG_BLOCK, &terminate, &mask);
    pid_t pid = fork();
    if (pid == 0)
        run_until_killed(ack[1], &mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    close(ack[1]);
    usleep(us); /* the moment is what is varied; nothing is waited for */
    kill(pid, how);
    while (waitpid(-1, NULL, 0) > 0) /* its job and its program go with it */
        ;
    for (ssize_t got; (got = read(ack[0], acked + n, sizeof acked - n * sizeof *acked)) > 0;)
        n += (size_t) got / sizeof *acked;
    close(ack[0]);
    char path[100];
    struct stat st;
    snprintf(path, sizeof path, "%s/run.jsonl", folder);
    if (stat(path, &st) == 0 && st.st_size > 0) {
        char *text = file_text(arena, "run.jsonl");
        for (size_t i = 0; i < n; i++)
            ck_assert_str_ne(line_of(text, "verdict", acked[i]), "");
        set_world(&w, KILL_ITEMS, answer);
        options.resume = true;
        options.keep = count(text, "\"event\":\"verdict\"") > 0 ? MU_KEEP_AS_FITS : keep;
        bool whole = strstr(text, "\"interrupted\":false") != NULL;
        text = whole ? text : go();
        ck_assert_uint_eq(count(text, "\"event\":\"verdict\""), KILL_ITEMS);
        ck_assert_uint_eq(count(text, "\"verdict\":\"pass\""), KILL_ITEMS);
        if (keep == MU_KEEP_TAR)
            ck_assert_uint_eq(check_tar(text), KILL_ITEMS);
    }
    tear_down();
}

START_TEST(a_kill_loses_nothing)
{
    unsigned seed = 11;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int i = 0; i < 24; i++)
        kill_and_resume((unsigned) rand_r(&seed) % 40000, i % 8 < 2 ? SIGTERM : SIGKILL,
                        i % 2 == 0 ? MU_KEEP_FOLDERS : MU_KEEP_TAR);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("serve_process");
    TCase *tcase = tcase_create("serve_process"), *kills = tcase_create("kills");
    tcase_set_timeout(tcase, 60);
    tcase_set_timeout(kills, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, nothing_is_inherited);
    tcase_add_test(tcase, nothing_survives);
    tcase_add_test(tcase, much_output_is_cut);
    tcase_add_loop_test(tcase, writing_is_confined, 0, 2);
    tcase_add_test(tcase, an_adapter_that_is_dialled);
    tcase_add_test(tcase, an_adapter_that_connects);
    tcase_add_test(tcase, nobody_to_dial);
    tcase_add_test(tcase, cases_ask_over_channels);
    tcase_add_test(tcase, one_that_runs_alone);
    tcase_add_test(tcase, one_that_runs_alone_asks_over_a_channel);
    tcase_add_loop_test(tcase, a_filter_answers_one_case, 0, MU_COUNT(filter));
    tcase_add_test(kills, a_kill_loses_nothing);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, kills);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
