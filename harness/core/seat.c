#include "core/seat.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "core/seat_inside.h"

uint64_t mu_seat_operation_deadline(const struct mu_seat *seat)
{
    uint64_t operation = mu_clock_ms() + seat->operation_ms;
    return operation < seat->deadline_ms ? operation : seat->deadline_ms;
}

static void send_record(struct mu_seat *seat, const struct mu_record *record)
{
    if (seat->local != NULL) {
        struct mu_answer answer = { 0 };
        int fd = -1;
        seat->local(seat->self, record, &answer, &fd);
        assert(fd < 0);
        return;
    }
    if (seat->serving != NULL)
        mu_serving_collect(seat, record, MU_BYTES(""));
    else if (!mu_packet_send(seat->record_fd, record, mu_record_size(record), -1))
        abort();
}

void mu_seat_send(struct mu_seat *seat, const struct mu_record *record)
{
    struct mu_record hidden;
    if (seat->veil != NULL)
        mu_veil_record(seat->veil, record, &hidden);
    send_record(seat, seat->veil != NULL ? &hidden : record);
}

void mu_seat_note(struct mu_seat *seat, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct mu_record record = { .type = MU_RECORD_NOTE };
    mu_record_put(&record, text);
    mu_seat_send(seat, &record);
}

/* How much of it there was, and its keyed digest: the octets stay here. */
static void measure(struct mu_seat *seat, enum mu_evidence kind, unsigned number,
                    struct mu_bytes data)
{
    struct mu_record record = {
        .type = MU_RECORD_PART, .kind = kind, .number = number, .octets = (int64_t) data.n
    };
    char digest[MU_DIGEST_TEXT];
    mu_veil_digest(seat->veil, data, digest);
    mu_record_put(&record, digest);
    mu_seat_send(seat, &record);
}

bool mu_seat_evidence(struct mu_seat *seat, enum mu_evidence kind, unsigned number,
                      struct mu_bytes data, struct mu_err *err)
{
    if (seat->veil != NULL && seat->measures)
        measure(seat, kind, number, data);
    if (seat->veil != NULL || seat->evidence_fd < 0)
        return true;
    if ((seat->serving == NULL ? (uint64_t) seat->evidence_used : 0) + data.n > MU_JOB_FILE_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "evidence of more than %zu bytes", MU_JOB_FILE_MAX);
    struct mu_record record = { .type = MU_RECORD_PART,
                                .kind = kind,
                                .number = number,
                                .offset = seat->evidence_used,
                                .octets = (int64_t) data.n };
    char digest[MU_DIGEST_TEXT];
    mu_digest_text(data, digest);
    mu_record_put(&record, digest);
    if (seat->serving != NULL) {
        mu_serving_evidence(seat, &record, data);
        return true;
    }
    TRY(mu_file_write_all(seat->evidence_fd, data, err));
    seat->evidence_used += (int64_t) data.n;
    mu_seat_send(seat, &record);
    return true;
}

/* Ask and wait for the answer. The coordinator answers each question before it takes the next
 * record of this job, so question and answer cannot cross. */
static bool ask_until(struct mu_seat *seat, uint64_t deadline_ms, const struct mu_record *record,
                      struct mu_answer *answer, int *fd, struct mu_err *err)
{
    *fd = -1;
    *answer = (struct mu_answer){ .sys = 0 };
    if (seat->local != NULL) {
        seat->local(seat->self, record, answer, fd);
        return true;
    }
    mu_seat_send(seat, record);
    struct pollfd pfd = { .fd = seat->record_fd, .events = POLLIN };
    for (;;) {
        int left = mu_clock_left(deadline_ms);
        if (left == 0)
            return mu_fail(err, MU_ERR_DEADLINE, "the coordinator did not answer in time");
        int n = poll(&pfd, 1, left);
        if (n > 0)
            break;
        if (n < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for the coordinator");
    }
    if (mu_packet_receive(seat->record_fd, answer, sizeof *answer, 0, fd) != sizeof *answer)
        abort();
    return true;
}

static bool ask(struct mu_seat *seat, const struct mu_record *record, struct mu_answer *answer,
                int *fd, struct mu_err *err)
{
    return ask_until(seat, seat->deadline_ms, record, answer, fd, err);
}

bool mu_seat_dial(struct mu_seat *seat, unsigned index, int *fd, struct mu_err *err)
{
    struct mu_record record = { .type = MU_RECORD_DIAL, .number = index };
    struct mu_answer answer;
    int got;
    TRY(ask(seat, &record, &answer, &got, err));
    if (got < 0) {
        errno = answer.sys;
        return mu_fail_sys(err, "cannot connect to endpoint %u", index);
    }
    *fd = got;
    return true;
}

bool mu_seat_claim(struct mu_seat *seat, const char *token, int *fd, struct mu_err *err)
{
    struct mu_record record = { .type = MU_RECORD_CLAIM };
    mu_record_put(&record, token);
    struct mu_answer answer;
    return ask(seat, &record, &answer, fd, err);
}

bool mu_seat_trigger(struct mu_seat *seat, unsigned number, struct mu_err *err)
{
    struct mu_record record = { .type = MU_RECORD_TRIGGER, .number = number };
    struct mu_answer answer;
    int fd;
    TRY(ask(seat, &record, &answer, &fd, err));
    mu_fd_close(&fd);
    if (answer.sys != 0) {
        errno = answer.sys;
        return mu_fail_sys(err, "cannot start the command that makes the SUT send");
    }
    return true;
}

bool mu_seat_command(struct mu_seat *seat, unsigned number, uint64_t deadline_ms, size_t max,
                     struct mu_bytes *output, int *status, struct mu_err *err)
{
    struct mu_record record = { .type = MU_RECORD_TRIGGER, .number = number, .count = 1 };
    struct mu_answer answer;
    MU_CLEANUP(mu_fd_close) int fd = -1;
    TRY(ask_until(seat, deadline_ms, &record, &answer, &fd, err));
    if (answer.sys != 0 || fd < 0) {
        errno = answer.sys;
        return mu_fail_sys(err, "cannot run the command");
    }
    TRY(mu_file_read_fd(seat->arena, fd, "what the command printed", max, output, err));
    *status = answer.status;
    return true;
}

bool mu_seat_channel(struct mu_seat *seat, uint32_t program, int *fd, struct mu_err *err)
{
    struct mu_record record = { .type = MU_RECORD_CHANNEL, .number = program };
    struct mu_answer answer;
    int got;
    TRY(ask(seat, &record, &answer, &got, err));
    if (got < 0) {
        errno = answer.sys;
        return mu_fail_sys(err, "the adapter is not to be had");
    }
    *fd = got;
    return true;
}

/* A memory file that holds `data`, positioned anywhere; the parcel's way through the socket. */
static int memory_file(struct mu_bytes data, struct mu_err *err)
{
    int fd = memfd_create("parcel", MFD_CLOEXEC);
    if (fd < 0) {
        mu_fail_sys(err, "cannot make a memory file");
        return -1;
    }
    if (!mu_file_write_all(fd, data, err)) {
        close(fd);
        return -1;
    }
    return fd;
}

bool mu_seat_hand_over(struct mu_seat *seat, int fd, const struct mu_parcel *parcel,
                       struct mu_err *err)
{
    struct mu_buf out = { .arena = seat->arena };
    mu_parcel_write(&out, parcel);
    MU_CLEANUP(mu_fd_close) int file = memory_file(mu_buf_bytes(&out), err);
    if (file < 0)
        return false;
    if (!mu_packet_send(fd, "P", 1, file))
        return mu_fail(err, MU_ERR_CLOSED, "the case is gone");
    return true;
}

void mu_seat_close_parcels(struct mu_seat *seat, uint32_t may_come)
{
    struct mu_record record = { .type = MU_RECORD_CLOSING, .number = may_come };
    mu_seat_send(seat, &record); /* before anybody can find the door closed */
    if (seat->parcel_fd >= 0)
        shutdown(seat->parcel_fd, SHUT_RD);
}

bool mu_seat_next_parcel(struct mu_seat *seat, uint64_t deadline_ms, struct mu_parcel **parcel,
                         struct mu_err *err)
{
    assert(seat->parcel_fd >= 0);
    struct pollfd pfd = { .fd = seat->parcel_fd, .events = POLLIN };
    for (;;) {
        int n = poll(&pfd, 1, mu_clock_left(deadline_ms));
        if (n > 0)
            break;
        if (n < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for a reception");
        if (n == 0 && mu_clock_left(deadline_ms) == 0) {
            *parcel = NULL;
            return true;
        }
    }
    char byte;
    MU_CLEANUP(mu_fd_close) int fd = -1;
    ssize_t n = mu_packet_receive(seat->parcel_fd, &byte, 1, 0, &fd);
    if (n == 0) { /* closed by mu_seat_close_parcels(), and empty */
        *parcel = NULL;
        return true;
    }
    if (n != 1 || fd < 0)
        return mu_fail(err, MU_ERR_LIMIT, "a reception sent something that is no parcel");
    struct mu_bytes data;
    TRY(mu_file_read_fd(seat->arena, fd, "parcel", MU_JOB_FILE_MAX, &data, err));
    struct mu_parcel *fresh = mu_new(seat->arena, struct mu_parcel);
    TRY(mu_parcel_read(seat->arena, data, fresh, err));
    *parcel = fresh;
    return true;
}
