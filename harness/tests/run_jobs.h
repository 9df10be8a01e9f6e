/* run_jobs.h - the ways of a job to behave, and what the coordinator must make of each. */
#ifndef MU_TESTS_RUN_JOBS_H
#define MU_TESTS_RUN_JOBS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "run/run.h"

struct world;

struct row {
    const char *name;
    bool (*run)(struct world *world, struct mu_seat *seat, enum mu_verdict *verdict,
                const char **reason, struct mu_err *err);
    enum mu_verdict want;
    const char *reason;   /* exactly                  */
    const char *says;     /* must stand in the stream */
    uint32_t deadline_ms; /* 0: 5,000                 */
    int control;          /* row number, or -1        */
    bool collects, exclusive;
};

struct world {
    const struct row *row;
    size_t rows, progressed;
    struct mu_endpoint address, endpoint;
    char **argv;
    int ack; /* each acknowledged item is written here as one byte; -1 */
};

#define RUN(name)                                                                                  \
    static bool name(struct world *world, struct mu_seat *seat, enum mu_verdict *verdict,          \
                     const char **reason, struct mu_err *err)
#define UNUSED (void) world, (void) seat, (void) verdict, (void) reason, (void) err

RUN(run_pass)
{
    UNUSED;
    TRY(seat->seal(seat, err));
    mu_seat_note(seat, "saw \"quotes\" and \x01 \xff bytes, TR\xc3\x88S");
    TRY(mu_seat_evidence(seat, MU_EVIDENCE_SENT, 1, MU_BYTES("some octets"), err));
    *verdict = MU_PASS;
    return true;
}

RUN(run_findings)
{
    UNUSED;
    struct mu_record findings = { .type = MU_RECORD_FINDINGS };
    mu_record_put(&findings, "out");
    mu_record_put(&findings, "hb-");
    mu_seat_send(seat, &findings);
    struct mu_record broken = { .type = MU_RECORD_BREAK, .number = 1, .offset = 1499, .count = 1 };
    mu_record_put(&broken, "out");
    mu_record_put(&broken, "strict base64");
    mu_record_put(&broken, "a space");
    mu_seat_send(seat, &broken);
    *verdict = MU_FAIL;
    *reason = "rule:R-1";
    return true;
}

RUN(run_liar)
{
    UNUSED;
    struct mu_record broken = { .type = MU_RECORD_BREAK, .number = 1, .count = 1 };
    mu_record_put(&broken, "out");
    mu_seat_send(seat, &broken);
    *verdict = MU_PASS; /* although a must is broken */
    return true;
}

RUN(run_wrong_rule)
{
    UNUSED;
    struct mu_record broken = { .type = MU_RECORD_BREAK, .number = 99, .count = 1 };
    mu_seat_send(seat, &broken);
    *verdict = MU_FAIL;
    return true;
}

RUN(run_garbage)
{
    UNUSED;
    (void) !write(seat->record_fd, "x", 1);
    pause();
    return true;
}

RUN(run_flood)
{
    UNUSED;
    for (int i = 0; i < 1000000; i++)
        mu_seat_note(seat, "again");
    return true;
}

RUN(run_error)
{
    UNUSED;
    return mu_fail(err, MU_ERR_IO, "the sky fell");
}

RUN(run_crash)
{
    UNUSED;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return true;
}

RUN(run_spin)
{
    UNUSED;
    pause();
    return true;
}

RUN(run_eat)
{
    UNUSED;
    for (int i = 0; i < 1000; i++)
        memset(mu_arena_alloc(seat->arena, 1 << 24), 1, 1 << 24);
    return true;
}

RUN(run_quit)
{
    UNUSED;
    _exit(3);
}

RUN(run_open)
{
    UNUSED;
    TRY(seat->seal(seat, err));
    *verdict = open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? MU_PASS : MU_FAIL;
    return true;
}

RUN(run_fork)
{
    UNUSED;
    TRY(seat->seal(seat, err));
    (void) fork(); /* dies here */
    *verdict = MU_PASS;
    return true;
}

RUN(run_connect)
{
    UNUSED;
    TRY(seat->seal(seat, err));
    (void) socket(AF_INET, SOCK_STREAM, 0); /* dies here */
    *verdict = MU_PASS;
    return true;
}

RUN(run_descriptors)
{
    UNUSED;
    *verdict = MU_PASS;
    for (int fd = 3; fd < 64; fd++) {
        bool ours = fd == seat->record_fd || fd == seat->parcel_fd || fd == seat->evidence_fd;
        if (!ours && fcntl(fd, F_GETFD) >= 0) {
            *verdict = MU_FAIL;
            *reason = "descriptor";
        }
    }
    return true;
}

/* What libraries do behind our back must not kill a sealed job. */
static int by_value(const void *a, const void *b)
{
    return memcmp(a, b, 64);
}

RUN(run_qsort)
{
    UNUSED;
    static char table[64 * 64];
    TRY(seat->seal(seat, err));
    qsort(table, 64, 64, by_value);
    *verdict = MU_PASS;
    return true;
}

RUN(run_dial)
{
    UNUSED;
    TRY(seat->seal(seat, err));
    int fd;
    TRY(mu_seat_dial(seat, 0, &fd, err));
    /* The far end is our own listener: its reception hands what we say back to us. */
    char token[MU_TOKEN_TEXT];
    mu_token_write(seat->run_key, seat->token, token);
    (void) !write(fd, token, MU_TOKEN_BYTES);
    shutdown(fd, SHUT_WR);
    struct mu_parcel *parcel;
    TRY(mu_seat_next_parcel(seat, seat->deadline_ms, &parcel, err));
    *verdict = parcel != NULL && mu_bytes_equal(parcel->leg.message, mu_bytes_of(token)) ? MU_PASS
                                                                                         : MU_FAIL;
    return true;
}

/* Says a token that is nobody's: the delivery is late. */
RUN(run_late)
{
    UNUSED;
    int fd;
    TRY(mu_seat_dial(seat, 0, &fd, err));
    struct mu_token token = seat->token;
    token.attempt = 9;
    char text[MU_TOKEN_TEXT];
    mu_token_write(seat->run_key, token, text);
    (void) !write(fd, text, MU_TOKEN_BYTES);
    shutdown(fd, SHUT_WR);
    char byte;
    while (read(fd, &byte, 1) != 0) /* until the reception is done with it */
        ;
    *verdict = MU_PASS;
    return true;
}

RUN(run_trigger)
{
    UNUSED;
    TRY(mu_seat_trigger(seat, 1, err));
    struct mu_parcel *parcel;
    TRY(mu_seat_next_parcel(seat, seat->deadline_ms, &parcel, err));
    *verdict = MU_PASS;
    return true;
}

static const struct row row[] = {
    { "pass", run_pass, MU_PASS, "", "TR\\u00c8S", 0, -1, false, false },
    { "findings", run_findings, MU_FAIL, "rule:R-1",
      "\"legs\":[{\"leg\":\"out\",\"held\":[\"R-0\"],\"broken\":[\"R-1\"]}]", 0, -1, false, false },
    { "liar", run_liar, MU_ERROR, "job:verdict", "job:verdict", 0, -1, false, false },
    { "wrong-rule", run_wrong_rule, MU_ERROR, "job:findings", "job:findings", 0, -1, false, false },
    { "garbage", run_garbage, MU_ERROR, "job:record", "job:record", 0, -1, false, false },
    { "flood", run_flood, MU_ERROR, "job:records", "job:records", 30000, -1, false, false },
    { "error", run_error, MU_ERROR, "harness:io", "the sky fell", 0, -1, false, false },
    { "crash", run_crash, MU_ERROR, "job:signal-11", "", 0, -1, false, false },
    { "spin", run_spin, MU_ERROR, "deadline:case", "", 150, -1, false, false },
    { "eat", run_eat, MU_ERROR, "job:signal-6", "", 30000, -1, false, false },
    { "quit", run_quit, MU_ERROR, "job:exit-3", "", 0, -1, false, false },
    { "open", run_open, MU_PASS, "", "", 0, -1, false, false },
    { "fork", run_fork, MU_ERROR, "job:signal-31", "", 0, -1, false, false },
    { "connect", run_connect, MU_ERROR, "job:signal-31", "", 0, -1, false, false },
    { "descriptors", run_descriptors, MU_PASS, "", "", 0, -1, true, false },
    { "qsort", run_qsort, MU_PASS, "", "", 0, -1, false, false },
    { "dial", run_dial, MU_PASS, "", "", 0, -1, true, false },
    { "late", run_late, MU_PASS, "", "\"event\":\"late\"", 0, -1, true, false },
    { "trigger", run_trigger, MU_PASS, "", "command-1.txt", 2000, -1, true, false },
    { "after-pass", run_pass, MU_PASS, "", "", 0, 0, false, false },
    { "after-failure", run_pass, MU_INCONCLUSIVE, "control-failed", "", 0, 1, false, false },
    { "alone", run_pass, MU_PASS, "", "", 0, -1, false, true },
};

#endif
