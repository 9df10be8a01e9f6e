/* The coordinator must survive anything a job does, answer what it asks, and lose nothing that it
 * acknowledged. Each row below is one way to behave. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "run/run.h"
#include "tests/run_jobs.h"

/* --- the host ------------------------------------------------------------------------------------- */

static void item(void *self, size_t i, struct mu_run_item *out)
{
    const struct world *world = self;
    const struct row *r = &world->row[i];
    *out = (struct mu_run_item){ .deadline_ms = r->deadline_ms != 0 ? r->deadline_ms : 5000,
                                 .operation_ms = 2000,
                                 .control = r->control,
                                 .marker = -1,
                                 .collects = r->collects,
                                 .exclusive = r->exclusive };
}

static void name(void *self, size_t i, char text[MU_NAME_TEXT])
{
    snprintf(text, MU_NAME_TEXT, "%s", ((struct world *) self)->row[i].name);
}

static bool run_case(void *self, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                     struct mu_err *err)
{
    struct world *world = self;
    return world->row[i].run(world, seat, &end->verdict, &end->reason, err);
}

/* A protocol of one word: the peer says a token and closes; the word is handed over. */
static bool receive(void *self, struct mu_seat *seat, size_t a, int64_t exclusive, int owner,
                    int fd, struct mu_err *err)
{
    (void) self, (void) a, (void) exclusive, (void) owner;
    struct mu_parcel parcel = { .token = "" };
    char text[64] = "";
    fcntl(fd, F_SETFL, 0);
    size_t n = 0;
    for (ssize_t got; n < sizeof text - 1 && (got = read(fd, text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t) got;
    int to;
    TRY(mu_seat_claim(seat, text, &to, err));
    if (to < 0) {
        struct mu_record late = { .type = MU_RECORD_LATE };
        mu_record_put(&late, text);
        mu_record_put(&late, "one word");
        TRY(mu_seat_evidence(seat, MU_EVIDENCE_RECEIVED, 1, mu_bytes_of(text), err));
        mu_seat_send(seat, &late);
        return true;
    }
    snprintf(parcel.token, sizeof parcel.token, "%s", text);
    parcel.leg.message = mu_bytes_of(text);
    parcel.leg.has_message = true;
    return mu_seat_hand_over(seat, to, &parcel, err);
}

static const struct mu_endpoint *address(void *self, size_t a)
{
    (void) a;
    return &((struct world *) self)->address;
}

static bool trigger(void *self, struct mu_arena *arena, size_t i, unsigned attempt, unsigned number,
                    uint64_t run_key, struct mu_run_trigger *out, struct mu_err *err)
{
    (void) arena, (void) i, (void) attempt, (void) number, (void) run_key, (void) err;
    out->argv = ((struct world *) self)->argv;
    out->input = MU_BYTES("the whole mail");
    return true;
}

static void open_members(void *self, struct mu_json *j)
{
    (void) self;
    mu_json_open(j, "digests", '{');
    mu_json_text(j, "suite", "sha256:1");
    mu_json_close(j, '}');
}

static bool preface(void *self, size_t n, struct mu_json *j)
{
    (void) self;
    if (n > 0)
        return false;
    mu_json_text(j, "event", "not-run");
    mu_json_text(j, "case", "nobody");
    mu_json_text(j, "reason", "filtered");
    return true;
}

static const char *rule_id(void *self, size_t r)
{
    (void) self;
    static const char *const id[] = { "R-0", "R-1", "R-2" };
    return id[r];
}

static const char *rule_level(void *self, size_t r)
{
    (void) self, (void) r;
    return "must";
}

static struct mu_expected expect(void *self, size_t i, enum mu_verdict verdict, const char *reason)
{
    (void) self, (void) i, (void) reason;
    return (struct mu_expected){ verdict <= MU_REMARKS ? MU_AS_EXPECTED : MU_NEW_FAILURE, 0 };
}

static size_t stale(void *self, struct mu_json *j)
{
    (void) self, (void) j;
    return 0;
}

static void progress(void *self, size_t i, enum mu_verdict verdict, const char *reason)
{
    struct world *world = self;
    (void) verdict, (void) reason;
    world->progressed++;
    unsigned char byte = (unsigned char) i;
    if (world->ack >= 0)
        (void) !write(world->ack, &byte, 1);
}

/* A free port: bind, look, close; the run binds it again. */
static uint16_t free_port(void)
{
    struct mu_address a;
    struct mu_err err;
    ck_assert(mu_address_parse("127.0.0.1:0", &a, &err));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *) &a.sa, a.size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &a.sa, &a.size), 0);
    close(fd);
    uint16_t port;
    memcpy(&port, (char *) &a.sa + 2, sizeof port);
    return (uint16_t) (port >> 8 | port << 8);
}

static struct mu_run_host host_of(struct world *world, const struct row *rows, size_t n)
{
    static char address_text[32];
    struct mu_err err;
    *world = (struct world){ .row = rows, .rows = n, .ack = -1 };
    snprintf(address_text, sizeof address_text, "127.0.0.1:%u", free_port());
    ck_assert(mu_address_parse(address_text, &world->address.address, &err));
    world->address.carrier = "word";
    return (struct mu_run_host){
        .self = world,
        .items = n,
        .left_out = 1,
        .item = item,
        .name = name,
        .run_case = run_case,
        .addresses = 1,
        .address = address,
        .receive = receive,
        .endpoints = 1,
        .endpoint = address,
        .trigger = trigger,
        .open_members = open_members,
        .preface = preface,
        .rules = 3,
        .rule_id = rule_id,
        .rule_level = rule_level,
        .expect = expect,
        .stale = stale,
        .progress = progress,
    };
}

/* --- helpers --------------------------------------------------------------------------------------- */

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/muster-run-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void drop_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static struct mu_run_options options_for(size_t jobs)
{
    return (struct mu_run_options){ .out = folder,
                                    .version = "test",
                                    .test_time = "2026-11-23T10:15:00Z",
                                    .selection = "",
                                    .openssl = "",
                                    .libxml2 = "",
                                    .jobs = jobs,
                                    .seed = 7,
                                    .isolation = MU_ISOLATION_FULL,
                                    .environment = environ,
                                    .say_fd = -1 };
}

static char *stream_text(struct mu_arena *arena)
{
    struct mu_bytes text;
    struct mu_err err;
    const char *path = mu_arena_printf(arena, "%s/run.jsonl", folder);
    ck_assert_msg(mu_file_read(arena, path, 64 * MU_MIB, &text, &err), "%s", err.msg);
    return (char *) (uintptr_t) text.p;
}

/* The verdict line of a case, or NULL. */
static char *verdict_line(struct mu_arena *arena, const char *text, const char *case_name)
{
    const char *key = mu_arena_printf(arena, "{\"event\":\"verdict\",\"case\":\"%s\",", case_name);
    const char *at = strstr(text, key);
    return at == NULL ? NULL : mu_arena_strndup(arena, at, strcspn(at, "\n"));
}

static void check_row(struct mu_arena *arena, const char *text, const struct row *r)
{
    char *line = verdict_line(arena, text, r->name);
    ck_assert_msg(line != NULL, "%s: no verdict", r->name);
    const char *want = mu_arena_printf(arena, "\"verdict\":\"%s\",\"reason\":\"%s\"",
                                       mu_verdict_name(r->want), r->reason);
    ck_assert_msg(strstr(line, want) != NULL, "%s: '%s' not in %s", r->name, want, line);
    ck_assert_msg(strstr(text, r->says) != NULL, "%s: '%s' is not in the stream", r->name, r->says);
}

static char *const true_argv[] = {
    (char *) (uintptr_t) "sh", (char *) (uintptr_t) "-c",
    (char *) (uintptr_t) "cat; cat /dev/stdin; echo said; sleep 60 & exit 0", NULL
};

/* It reads its input as it stands, and as a file, too; what it leaves behind is swept away. */
static void check_command(struct mu_arena *arena)
{
    struct mu_bytes said;
    struct mu_err err;
    size_t i = 0;
    while (strcmp(row[i].name, "trigger") != 0)
        i++;
    const char *file = mu_arena_printf(arena, "%s/cases/%04zu/command-1.txt", folder, i + 1);
    ck_assert_msg(mu_file_read(arena, file, MU_MIB, &said, &err), "%s", err.msg);
    ck_assert_str_eq(mu_bytes_dup(arena, said), "the whole mailthe whole mailsaid\n");
}

/* --- tests ----------------------------------------------------------------------------------------- */

static void run_rows(size_t jobs, enum mu_keep keep, struct mu_run_result *result)
{
    struct world world;
    struct mu_err err;
    struct mu_run_host host = host_of(&world, row, MU_COUNT(row));
    world.argv = (char **) (uintptr_t) true_argv;
    make_folder();
    struct mu_run_options options = options_for(jobs);
    options.keep = keep;
    ck_assert_msg(mu_run(&host, &options, result, &err), "%s", err.msg);
    ck_assert_uint_eq(world.progressed, MU_COUNT(row));
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    char *text = stream_text(arena);
    for (size_t i = 0; i < MU_COUNT(row); i++)
        check_row(arena, text, &row[i]);
    ck_assert_ptr_nonnull(strstr(text, "\"event\":\"close\""));
    ck_assert_uint_eq(result->late, 1);
    if (keep == MU_KEEP_TAR) /* makes the same folders */
        ck_assert_int_eq(system(mu_arena_printf(arena, "cd '%s' && tar -xf cases.tar", folder)), 0);
    check_command(arena);
    mu_arena_free(arena);
    drop_folder();
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left behind */
}

START_TEST(each_way_gets_its_verdict)
{
    static const size_t jobs[] = { 1, 4, 16, 4 };
    struct mu_run_result result;
    run_rows(jobs[_i], _i == 3 ? MU_KEEP_TAR : MU_KEEP_FOLDERS, &result);
    ck_assert_int_eq(result.exit, MU_EXIT_TROUBLE);
}
END_TEST

/* Without the seal, in process: what debuggers see is the same, as far as it does not crash. */
START_TEST(in_process_says_the_same)
{
    struct world world;
    struct mu_run_result result;
    struct mu_err err;
    struct mu_run_host host = host_of(&world, row, 2);
    make_folder();
    struct mu_run_options options = options_for(1);
    options.isolation = MU_ISOLATION_NONE;
    ck_assert_msg(mu_run(&host, &options, &result, &err), "%s", err.msg);
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    char *text = stream_text(arena);
    check_row(arena, text, &row[0]);
    check_row(arena, text, &row[1]);
    mu_arena_free(arena);
    drop_folder();
}
END_TEST

/* --- killed at any moment ----------------------------------------------------------------------------- */

#define KILL_ROWS 60

static const struct row quick = { "", run_pass, MU_PASS, "", "", 0, -1, false, false };

static void quick_name(void *self, size_t i, char text[MU_NAME_TEXT])
{
    (void) self;
    snprintf(text, MU_NAME_TEXT, "quick-%zu", i);
}

static struct mu_run_host quick_host(struct world *world, struct row *rows)
{
    for (size_t i = 0; i < KILL_ROWS; i++)
        rows[i] = quick;
    struct mu_run_host host = host_of(world, rows, KILL_ROWS);
    host.name = quick_name;
    return host;
}

static MU_NORETURN void run_until_killed(int ack)
{
    static struct row rows[KILL_ROWS];
    struct world world;
    struct mu_run_result result;
    struct mu_err err;
    struct mu_run_host host = quick_host(&world, rows);
    world.ack = ack;
    struct mu_run_options options = options_for(4);
    _exit(mu_run(&host, &options, &result, &err) ? 0 : 1);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

/* Kill one run after `us` microseconds, then resume it: every verdict that was acknowledged is still
 * there, none is there twice, and the run ends whole. */
static void kill_and_resume(useconds_t us)
{
    static struct row rows[KILL_ROWS];
    int ack[2];
    make_folder();
    ck_assert_int_eq(pipe(ack), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        run_until_killed(ack[1]);
    close(ack[1]);
    usleep(us); /* the moment is what is varied; nothing is waited for */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    unsigned char acked[2 * KILL_ROWS];
    ssize_t n = 0;
    for (ssize_t got; (got = read(ack[0], acked + n, sizeof acked - (size_t) n)) > 0;)
        n += got;
    close(ack[0]);

    struct mu_arena *arena = mu_arena_new(256 * MU_MIB);
    const char *path = mu_arena_printf(arena, "%s/run.jsonl", folder);
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size > 0) {
        char *text = stream_text(arena);
        for (ssize_t i = 0; i < n; i++)
            ck_assert_ptr_nonnull(
                verdict_line(arena, text, mu_arena_printf(arena, "quick-%u", acked[i])));
        struct world world;
        struct mu_run_result result;
        struct mu_err err;
        struct mu_run_host host = quick_host(&world, rows);
        struct mu_run_options options = options_for(4);
        options.resume = true;
        if (strstr(text, "\"event\":\"close\"") == NULL) {
            ck_assert_msg(mu_run(&host, &options, &result, &err), "after %u us: %s", us, err.msg);
            text = stream_text(arena);
        }
        ck_assert_uint_eq(count(text, "\"event\":\"verdict\""), KILL_ROWS);
        ck_assert_uint_eq(count(text, "\"event\":\"close\""), 1);
    }
    mu_arena_free(arena);
    drop_folder();
}

START_TEST(a_kill_loses_nothing)
{
    const char *wanted = getenv("MU_KILLS");
    long kills = wanted != NULL ? strtol(wanted, NULL, 10) : 30;
    unsigned seed = 7;
    for (long i = 0; i < kills; i++)
        kill_and_resume((useconds_t) (rand_r(&seed) % 60000));
}
END_TEST

/* --- streams that cannot be resumed -------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *find, *put; /* in the stream: the first `find` becomes `put` of the same length */
    const char *says;
} spoilt[] = {
    { "a flipped byte in the middle", "\"event\":\"verdict\"", "\"event\":\"verdicT\"", "corrupt" },
    { "another seed", NULL, NULL, "seed" },
    { "a complete run", NULL, NULL, "complete" },
};

START_TEST(what_cannot_be_resumed_is_named)
{
    static struct row rows[KILL_ROWS];
    struct world world;
    struct mu_run_result result;
    struct mu_err err;
    make_folder();
    struct mu_run_host host = quick_host(&world, rows);
    struct mu_run_options options = options_for(2);
    ck_assert_msg(mu_run(&host, &options, &result, &err), "%s", err.msg);
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    char *text = stream_text(arena);
    if (spoilt[_i].find != NULL) {
        char *at = strstr(text, spoilt[_i].find);
        ck_assert_ptr_nonnull(at);
        memcpy(at, spoilt[_i].put, strlen(spoilt[_i].put));
        const char *path = mu_arena_printf(arena, "%s/run.jsonl", folder);
        ck_assert(mu_file_replace(path, mu_bytes_of(text), 0644, &err));
    }
    options.resume = true;
    options.seed = strcmp(spoilt[_i].name, "another seed") == 0 ? 8 : 7;
    host = quick_host(&world, rows);
    ck_assert(!mu_run(&host, &options, &result, &err));
    ck_assert_msg(strstr(err.msg, spoilt[_i].says) != NULL, "%s: %s", spoilt[_i].name, err.msg);
    mu_arena_free(arena);
    drop_folder();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *tc = tcase_create("jobs");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_way_gets_its_verdict, 0, 4);
    tcase_add_test(tc, in_process_says_the_same);
    suite_add_tcase(suite, tc);
    TCase *kills = tcase_create("kills");
    tcase_set_timeout(kills, 600);
    tcase_add_test(kills, a_kill_loses_nothing);
    tcase_add_loop_test(kills, what_cannot_be_resumed_is_named, 0, MU_COUNT(spoilt));
    suite_add_tcase(suite, kills);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
