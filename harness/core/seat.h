/*
 * seat.h - what the coordinator gives a job: memory, a deadline, and a socket to ask through.
 *
 * A job prepares, seals itself, and from then on reads foreign bytes with nothing in its hands but
 * the descriptors of the seat. Whatever it needs from outside (a connection, the owner of a token,
 * a SUT that starts to send) it asks for by record; the coordinator answers with a descriptor or no.
 */
#ifndef MU_CORE_SEAT_H
#define MU_CORE_SEAT_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "core/parcel.h"
#include "core/record.h"
#include "core/token.h"
#include "core/veil.h"

/* What the coordinator says to a record that asks; a descriptor may travel with it. */
struct mu_answer {
    int32_t sys;    /* errno of what could not be done; 0 when it was done       */
    int32_t status; /* TRIGGER that waits: how the command ended, as of waitpid() */
};

struct mu_seat {
    struct mu_arena *arena;
    uint64_t zero_ms;      /* mu_clock_ms() at the start of the job                       */
    uint64_t deadline_ms;  /* of the whole job                                            */
    uint32_t operation_ms; /* longest wait for one operation                              */
    uint64_t run_key;      /* for tokens                                                  */
    struct mu_token token; /* index and attempt of the case; message 0                    */
    uint64_t seed;         /* of this case                                                */
    uint64_t run_seed;     /* that it was made of                                         */
    int record_fd;         /* SOCK_SEQPACKET to the coordinator                           */
    int parcel_fd;         /* SOCK_SEQPACKET on which receptions hand over; -1: none will */
    int evidence_fd;       /* a memory file of the coordinator's (a job that serves many cases sends
                              its evidence along: the record socket); -1: evidence is off */
    int64_t evidence_used;
    bool sealed;
    bool quiet;   /* false: notes are wanted         */
    bool key_log; /* TLS keys are wanted as evidence */
    struct mu_veil
        *veil;     /* a run without content: nothing leaves here but through it; NULL: it may */
    bool measures; /* ... and of evidence only sizes and keyed digests are told */
    int adapter_in,
        adapter_out; /* of a job that serves over an adapter: its lines; -1: no such job */
    struct mu_seat_serving *serving; /* of such a job; NULL otherwise */
    /* Isolation "none": records are taken by a call instead of a packet; NULL otherwise. */
    void (*local)(void *self, const struct mu_record *record, struct mu_answer *answer, int *fd);
    void *self;
    /* The one-way step; given by run/. Does nothing but set `sealed` where isolation is off. */
    bool (*seal)(struct mu_seat *seat, struct mu_err *err);
};

/* The seed of a case. */
static inline uint64_t mu_seat_seed(uint64_t run_seed, uint32_t item)
{
    return run_seed * 0x9e3779b97f4a7c15U + item;
}

/* Earlier of the job's deadline and now + operation_ms. */
uint64_t mu_seat_operation_deadline(const struct mu_seat *seat);

/* Without its coordinator a job has no reason to live: a failed send ends the process. */
void mu_seat_send(struct mu_seat *seat, const struct mu_record *record);
void mu_seat_note(struct mu_seat *seat, const char *fmt, ...) MU_PRINTF(2, 3);

/* Is evidence wanted, or what is told of it in a run without content? */
static inline bool mu_seat_keeps(const struct mu_seat *seat)
{
    return seat->evidence_fd >= 0 || seat->measures;
}

/* Foreign text that is to stand within a sentence: as it is, or hidden in a run without content. */
static inline const char *mu_seat_foreign(const struct mu_seat *seat, struct mu_arena *arena,
                                          const char *text)
{
    return mu_veil_text(seat->veil, arena, text);
}

/* Keep `data` as evidence. MU_ERR_LIMIT past MU_JOB_FILE_MAX. */
bool mu_seat_evidence(struct mu_seat *seat, enum mu_evidence kind, unsigned number,
                      struct mu_bytes data, struct mu_err *err) MU_MUST_USE;

/* A socket on its way to endpoint `index` of the SUT file (connecting; writable when it stands).
 * MU_ERR_IO with errno when the coordinator could not even start. */
bool mu_seat_dial(struct mu_seat *seat, unsigned index, int *fd, struct mu_err *err) MU_MUST_USE;

/* Ask whose `token` it is; *fd is where to hand over, or -1 when nobody waits for it. */
bool mu_seat_claim(struct mu_seat *seat, const char *token, int *fd,
                   struct mu_err *err) MU_MUST_USE;

/* Make the SUT send message `number` of this case: run its command, or prompt the operator. */
bool mu_seat_trigger(struct mu_seat *seat, unsigned number, struct mu_err *err) MU_MUST_USE;

/* Run the command of message `number` to its end: *output is what it printed on its standard output
 * (in the seat's arena, at most `max` bytes), *status how it ended, as of waitpid(). MU_ERR_DEADLINE
 * when it did not end by `deadline_ms`: the case can then ask for nothing more. */
bool mu_seat_command(struct mu_seat *seat, unsigned number, uint64_t deadline_ms, size_t max,
                     struct mu_bytes *output, int *status, struct mu_err *err) MU_MUST_USE;

/* Give a leg to the case behind `fd` (from mu_seat_claim). False when the case is gone. */
bool mu_seat_hand_over(struct mu_seat *seat, int fd, const struct mu_parcel *parcel,
                       struct mu_err *err) MU_MUST_USE;

/* The next parcel for this case, or *parcel == NULL when none came by `deadline_ms`. */
bool mu_seat_next_parcel(struct mu_seat *seat, uint64_t deadline_ms, struct mu_parcel **parcel,
                         struct mu_err *err) MU_MUST_USE;

/* From now on nobody can hand anything over; what was handed over before can still be taken. A
 * delivery that comes afterwards is late, unless its message's bit is set in `may_come`. */
void mu_seat_close_parcels(struct mu_seat *seat, uint32_t may_come);

/* --- a job that serves many cases over one adapter ------------------------------------------------ */

/* The next thing the coordinator wants of this job. */
enum mu_order_kind {
    MU_ORDER_IDLE,    /* nothing now                                                  */
    MU_ORDER_CASE,    /* run this case                                                */
    MU_ORDER_CHANNEL, /* another job wants to ask the adapter: requests come over `fd` */
    MU_ORDER_END,     /* there are no more: say bye and leave                         */
};

struct mu_order_case {
    uint32_t item;
    uint8_t attempt;
    int fd; /* CHANNEL; else -1 */
};

/* What the coordinator sends to such a job: one kind, for one case or several. */
struct mu_orders {
    uint32_t kind, count;
    struct {
        uint32_t item, attempt;
    } one[MU_ORDERS_MAX];
};

/* What such a job has told and not yet sent, and was told and has not yet begun. For run/ alone. */
struct mu_seat_serving *mu_seat_serving_new(struct mu_arena *arena);

/* The adapter answered and is fit: cases come from now on, and not before. */
void mu_seat_ready(struct mu_seat *seat, uint32_t program, const struct mu_sap_hello *hello);

/* Before that: it has opened `endpoint` of the SUT file, at this port. */
void mu_seat_opened(struct mu_seat *seat, uint32_t program, uint32_t endpoint, uint16_t port);

/* A sentence about the adapter: why it could not be had, what is odd about it. */
void mu_seat_warn(struct mu_seat *seat, uint32_t program, const char *what);

/* *kind is IDLE when nothing is there; never waits. */
bool mu_seat_next_order(struct mu_seat *seat, enum mu_order_kind *kind, struct mu_order_case *order,
                        struct mu_err *err) MU_MUST_USE;

/* Send what was collected, then wait until one of `fd`, or an order when one is wanted, can be read. */
bool mu_seat_wait(struct mu_seat *seat, bool order, const int *fd, size_t fds, uint64_t deadline_ms,
                  struct mu_err *err) MU_MUST_USE;

/* From here on records, notes and evidence belong to this case: several are in hand at once. The end
 * of one is mu_seat_case_done(). Records of such a job are collected and sent together. */
void mu_seat_case(struct mu_seat *seat, uint32_t item, uint8_t attempt);
struct mu_case_end; /* core/host.h */
void mu_seat_case_done(struct mu_seat *seat, uint32_t item, uint8_t attempt,
                       const struct mu_case_end *end);

/* It was begun and is left: the adapter broke for `reason` while it had several, and nobody knows on which. */
void mu_seat_case_again(struct mu_seat *seat, uint32_t item, uint8_t attempt, const char *reason);

/* Send what was collected now. */
void mu_seat_flush(struct mu_seat *seat);

/* A case job asks for the adapter `program`: *fd is a channel to the job that holds its link. It can
 * be written to at once; the end of the channel means that the adapter, or its job, is gone. */
bool mu_seat_channel(struct mu_seat *seat, uint32_t program, int *fd,
                     struct mu_err *err) MU_MUST_USE;

/* Descriptors over a SEQPACKET socket, for both sides. `fd` -1 sends none; *fd is -1 when none came.
 * mu_packet_receive returns the size, 0 at the end, -1 with errno (EAGAIN when nothing is there). */
bool mu_packet_send(int socket, const void *data, size_t size, int fd);
ssize_t mu_packet_receive(int socket, void *data, size_t size, int flags, int *fd);

/* The same with up to MU_PACKET_FDS descriptors; *fds is how many `fd` has room for, and then how
 * many came. */
bool mu_packet_send_fds(int socket, const void *data, size_t size, const int *fd, size_t fds);
ssize_t mu_packet_receive_fds(int socket, void *data, size_t size, int flags, int *fd, size_t *fds);

#endif
