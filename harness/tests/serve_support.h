/* serve_support.h - a host whose cases are served by programs that answer lines of text. */
#ifndef MU_TESTS_SERVE_SUPPORT_H
#define MU_TESTS_SERVE_SUPPORT_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/tar.h"
#include "run/run.h"

/* --- the host ------------------------------------------------------------------------------------- */

#define PROGRAMS 64

struct world {
    size_t items;
    struct mu_program program[PROGRAMS];
    size_t programs;
    char *argv[PROGRAMS][8];
    uint32_t deadline_ms;
    int32_t (*program_of)(size_t i);
    int64_t (*control_of)(size_t i);
    bool (*exclusive_of)(size_t i);
    const char *(*word_of)(size_t i); /* what is asked in this case */
    bool (*run_case)(struct world *world, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                     struct mu_err *err);
    bool (*serve)(struct world *world, struct mu_seat *seat, size_t p, const char **broken,
                  struct mu_err *err);
    struct mu_run_trigger trigger;
    size_t progressed;
    int ack;
};

static void item(void *self, size_t i, struct mu_run_item *out)
{
    const struct world *w = self;
    *out = (struct mu_run_item){ .deadline_ms = w->deadline_ms,
                                 .operation_ms = 2000,
                                 .control = w->control_of != NULL ? w->control_of(i) : -1,
                                 .exclusive = w->exclusive_of != NULL && w->exclusive_of(i),
                                 .marker = -1,
                                 .program = w->program_of != NULL ? w->program_of(i) : 0 };
}

static void name(void *self, size_t i, char text[MU_NAME_TEXT])
{
    (void) self;
    snprintf(text, MU_NAME_TEXT, "case-%zu", i);
}

static bool run_case(void *self, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                     struct mu_err *err)
{
    struct world *w = self;
    return w->run_case(w, seat, i, end, err);
}

static const struct mu_program *program(void *self, size_t p)
{
    return &((struct world *) self)->program[p];
}

static bool serve(void *self, struct mu_seat *seat, size_t p, const char **broken,
                  struct mu_err *err)
{
    struct world *w = self;
    return w->serve(w, seat, p, broken, err);
}

static bool trigger(void *self, struct mu_arena *arena, size_t i, unsigned attempt, unsigned number,
                    uint64_t run_key, struct mu_run_trigger *out, struct mu_err *err)
{
    (void) arena, (void) i, (void) attempt, (void) number, (void) run_key, (void) err;
    *out = ((struct world *) self)->trigger;
    return true;
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

static const char *rule_id(void *self, size_t r)
{
    (void) self, (void) r;
    return "R-0";
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
    struct world *w = self;
    (void) verdict, (void) reason;
    w->progressed++;
    uint32_t n = (uint32_t) i;
    if (w->ack >= 0)
        (void) !write(w->ack, &n, sizeof n);
}

/* --- the job: one line a case to the child, one line back --------------------------------------------
 *
 * "ITEM WORD" goes out; "ITEM pass" or "ITEM fail" comes back, in any order. */

struct link {
    struct mu_seat *seat;
    struct world *world;
    uint8_t attempt[4096];
    bool running[4096];
    size_t asked;
    char line[65536];
    size_t n;
};

static bool write_line(struct mu_seat *seat, const char *text)
{
    size_t n = strlen(text);
    while (n > 0) {
        ssize_t put = write(seat->adapter_out, text, n);
        if (put < 0 && errno == EAGAIN) {
            struct pollfd pfd = { .fd = seat->adapter_out, .events = POLLOUT };
            (void) poll(&pfd, 1, 1000);
        } else if (put < 0) {
            return false;
        } else {
            text += put;
            n -= (size_t) put;
        }
    }
    return true;
}

static void tell(struct link *l, uint32_t i, enum mu_verdict verdict, const char *reason,
                 const char *attribution)
{
    struct mu_case_end end = { .verdict = verdict, .reason = reason, .attribution = attribution };
    mu_seat_case_done(l->seat, i, l->attempt[i], &end);
    l->running[i] = false;
    l->asked--;
}

/* What was asked and not answered is lost with the adapter; of several nobody knows which. */
static void lose(struct link *l, const char *reason)
{
    bool several = l->asked > 1;
    for (uint32_t i = 0; i < 4096 && l->asked > 0; i++) {
        if (l->running[i] && !several)
            tell(l, i, MU_ERROR, reason, "adapter");
        else if (l->running[i])
            mu_seat_case_again(l->seat, i, l->attempt[i], reason);
    }
}

static bool take_lines(struct link *l, bool *closed, struct mu_err *err)
{
    ssize_t n = read(l->seat->adapter_in, l->line + l->n, sizeof l->line - 1 - l->n);
    *closed = n == 0;
    if (n <= 0)
        return true;
    l->n += (size_t) n;
    l->line[l->n] = '\0';
    char *at = l->line, *lf;
    for (; (lf = strchr(at, '\n')) != NULL; at = lf + 1) {
        *lf = '\0';
        char *word;
        uint32_t i = (uint32_t) strtoul(at, &word, 10);
        if (i >= 4096 || !l->running[i])
            continue;
        mu_seat_case(l->seat, i, l->attempt[i]);
        mu_seat_note(l->seat, "heard %s", at);
        TRY(mu_seat_evidence(l->seat, MU_EVIDENCE_ADAPTER, 1, mu_bytes_of(at), err));
        bool good = strcmp(word, " pass") == 0;
        tell(l, i, good ? MU_PASS : MU_FAIL, good ? "" : "rule:R-0", good ? "" : "sut");
    }
    l->n -= (size_t) (at - l->line);
    memmove(l->line, at, l->n);
    return true;
}

static bool serve_lines(struct world *w, struct mu_seat *seat, size_t p, const char **broken,
                        struct mu_err *err)
{
    static struct link l;
    l = (struct link){ .seat = seat, .world = w };
    TRY(seat->seal(seat, err));
    struct mu_sap_hello hello = { .adapter_name = "lines", .roles = MU_SAP_VALIDATOR };
    mu_seat_ready(seat, (uint32_t) p, &hello);
    for (bool closed = false; !closed;) {
        enum mu_order_kind kind;
        struct mu_order_case order;
        char text[200];
        TRY(mu_seat_wait(seat, l.asked < 8, &seat->adapter_in, 1, seat->deadline_ms, err));
        while (l.asked < 8) { /* as many as its program takes at once */
            TRY(mu_seat_next_order(seat, &kind, &order, err));
            if (kind == MU_ORDER_END)
                return true;
            if (kind != MU_ORDER_CASE)
                break;
            l.attempt[order.item] = order.attempt;
            l.running[order.item] = true;
            l.asked++;
            snprintf(text, sizeof text, "%u %s\n", order.item,
                     w->word_of != NULL ? w->word_of(order.item) : "pass");
            closed = closed || !write_line(seat, text);
        }
        if (!closed)
            TRY(take_lines(&l, &closed, err));
    }
    lose(&l, "adapter:crash");
    *broken = "adapter:crash";
    return true;
}

/* --- helpers -------------------------------------------------------------------------------------- */

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/muster-serve-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void drop_folder(void)
{
    mu_file_remove_tree(folder);
}

/* An adapter in shell: it answers each line with its second word. */
static const char answer[] = "while read -r n w <&3; do echo \"$n $w\" >&4; done";

static void set_program(struct world *w, size_t p, const char *script)
{
    static char id[PROGRAMS][8];
    snprintf(id[p], sizeof id[p], "a%zu", p);
    char **argv = w->argv[p];
    argv[0] = (char *) (uintptr_t) "sh";
    argv[1] = (char *) (uintptr_t) "-c";
    argv[2] = (char *) (uintptr_t) script;
    argv[3] = NULL;
    w->program[p] =
        (struct mu_program){ .id = id[p], .way = MU_SAP_PIPES, .argv = argv, .in_flight = 8 };
    if (p >= w->programs)
        w->programs = p + 1;
}

static void set_world(struct world *w, size_t items, const char *script)
{
    *w = (struct world){ .items = items, .deadline_ms = 20000, .serve = serve_lines, .ack = -1 };
    set_program(w, 0, script);
}

static struct mu_run_host host_of(struct world *w)
{
    return (struct mu_run_host){
        .self = w,
        .items = w->items,
        .item = item,
        .name = name,
        .run_case = run_case,
        .programs = w->programs,
        .program = program,
        .serve = serve,
        .trigger = trigger,
        .open_members = open_members,
        .preface = preface,
        .rules = 1,
        .rule_id = rule_id,
        .rule_level = rule_level,
        .expect = expect,
        .stale = stale,
        .progress = progress,
    };
}

static struct mu_run_options options_for(void)
{
    return (struct mu_run_options){ .out = folder,
                                    .version = "test",
                                    .test_time = "2026-11-23T10:15:00Z",
                                    .selection = "",
                                    .openssl = "",
                                    .libxml2 = "",
                                    .jobs = 4,
                                    .seed = 7,
                                    .isolation = MU_ISOLATION_FULL,
                                    .environment = environ,
                                    .say_fd = -1 };
}

static char *file_text(struct mu_arena *arena, const char *path)
{
    struct mu_bytes text;
    struct mu_err err;
    const char *whole = mu_arena_printf(arena, "%s/%s", folder, path);
    ck_assert_msg(mu_file_read(arena, whole, 64 * MU_MIB, &text, &err), "%s", err.msg);
    return (char *) (uintptr_t) text.p;
}

/* Run a world in a fresh folder; the stream. */
static char *run_world(struct mu_arena *arena, struct world *w, struct mu_run_options *options,
                       struct mu_run_result *result)
{
    struct mu_err err;
    struct mu_run_host host = host_of(w);
    ck_assert_msg(mu_run(&host, options, result, &err), "%s", err.msg);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left behind */
    return file_text(arena, "run.jsonl");
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

/* --- a test --- */

static struct world w;
static struct mu_run_result result;
static struct mu_run_options options;
static struct mu_arena *arena;

static void set_up(void)
{
    make_folder();
    arena = mu_arena_new(512 * MU_MIB);
    options = options_for();
}

static void tear_down(void)
{
    mu_arena_free(arena);
    drop_folder();
}

static char *go(void)
{
    return run_world(arena, &w, &options, &result);
}

static inline const char *line_of(const char *text, const char *event, size_t i)
{
    const char *key = mu_arena_printf(arena, "{\"event\":\"%s\",\"case\":\"case-%zu\",", event, i);
    const char *at = strstr(text, key);
    return at == NULL ? "" : mu_arena_strndup(arena, at, strcspn(at, "\n"));
}

/* cases.tar holds what the verdict lines of `text` name, one entry behind the other, and nothing else. How
 * many there are. */
static inline size_t check_tar(const char *text)
{
    const char *path = mu_arena_printf(arena, "%s/" MU_TAR_CASES, folder), *p = text;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int64_t end = 0;
    size_t n = 0;
    ck_assert_int_ge(fd, 0);
    while ((p = strstr(p, "{\"event\":\"verdict\"")) != NULL) {
        char where[64], name[64], digest[MU_DIGEST_TEXT], is[MU_DIGEST_TEXT];
        const char *line = mu_arena_strndup(arena, p, strcspn(p, "\n"));
        const char *f = strstr(line, "\"folder\":\"");
        p += strlen(line);
        ck_assert_int_eq(sscanf(f, "\"folder\":\"%63[^\"]", where), 1);
        while ((f = strstr(f, "{\"name\"")) != NULL) {
            long long octets, at;
            struct mu_tar_entry entry;
            struct mu_err err;
            int got = sscanf(f++,
                             "{\"name\":\"%63[^\"]\",\"sha256\":\"%64[^\"]\",\"octets\":%lld,"
                             "\"at\":%lld",
                             name, digest, &octets, &at);
            if (got == 3)
                continue; /* too large: a file */
            ck_assert_int_eq(got, 4);
            ck_assert_int_eq(at, end + MU_TAR_BLOCK);
            ck_assert_msg(mu_tar_read(arena, fd, at, octets, MU_JOB_FILE_MAX, &entry, &err), "%s",
                          err.msg);
            mu_digest_text(entry.content, is);
            ck_assert_str_eq(is, digest);
            ck_assert(mu_tar_is_sound(&entry, mu_arena_printf(arena, "%s/%s", where, name)));
            end = at + (int64_t) mu_tar_padded((uint64_t) octets);
            n++;
        }
    }
    ck_assert(mu_tar_ends_at(fd, (uint64_t) end));
    close(fd);
    return n;
}

#define ck_has(text, what)                                                                         \
    ck_assert_msg(strstr((text), (what)) != NULL, "'%s' is not in: %.3000s", (what), (text))

#endif
