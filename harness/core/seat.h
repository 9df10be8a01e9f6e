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
#include "core/parcel.h"
#include "core/record.h"
#include "core/token.h"

/* What the coordinator says to DIAL, CLAIM and TRIGGER; a descriptor may travel with it. */
struct mu_answer {
    int32_t sys; /* errno of what could not be done; 0 when it was done */
};

struct mu_seat {
    struct mu_arena *arena;
    uint64_t zero_ms;      /* mu_clock_ms() at the start of the job                       */
    uint64_t deadline_ms;  /* of the whole job                                            */
    uint32_t operation_ms; /* longest wait for one operation                              */
    uint64_t run_key;      /* for tokens                                                  */
    struct mu_token token; /* index and attempt of the case; message 0                    */
    uint64_t seed;         /* of this case                                                */
    int record_fd;         /* SOCK_SEQPACKET to the coordinator                           */
    int parcel_fd;         /* SOCK_SEQPACKET on which receptions hand over; -1: none will */
    int evidence_fd;       /* a memory file of the coordinator's; -1: evidence is off     */
    int64_t evidence_used;
    bool sealed;
    bool quiet;   /* false: notes are wanted         */
    bool key_log; /* TLS keys are wanted as evidence */
    /* Isolation "none": records are taken by a call instead of a packet; NULL otherwise. */
    void (*local)(void *self, const struct mu_record *record, struct mu_answer *answer, int *fd);
    void *self;
    /* The one-way step; given by run/. Does nothing but set `sealed` where isolation is off. */
    bool (*seal)(struct mu_seat *seat, struct mu_err *err);
};

/* Earlier of the job's deadline and now + operation_ms. */
uint64_t mu_seat_operation_deadline(const struct mu_seat *seat);

/* Without its coordinator a job has no reason to live: a failed send ends the process. */
void mu_seat_send(struct mu_seat *seat, const struct mu_record *record);
void mu_seat_note(struct mu_seat *seat, const char *fmt, ...) MU_PRINTF(2, 3);

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

/* Give a leg to the case behind `fd` (from mu_seat_claim). False when the case is gone. */
bool mu_seat_hand_over(struct mu_seat *seat, int fd, const struct mu_parcel *parcel,
                       struct mu_err *err) MU_MUST_USE;

/* The next parcel for this case, or *parcel == NULL when none came by `deadline_ms`. */
bool mu_seat_next_parcel(struct mu_seat *seat, uint64_t deadline_ms, struct mu_parcel **parcel,
                         struct mu_err *err) MU_MUST_USE;

/* From now on nobody can hand anything over; what was handed over before can still be taken. A
 * delivery that comes afterwards is late, unless its message's bit is set in `may_come`. */
void mu_seat_close_parcels(struct mu_seat *seat, uint32_t may_come);

/* Descriptors over a SEQPACKET socket, for both sides. `fd` -1 sends none; *fd is -1 when none came.
 * mu_packet_receive returns the size, 0 at the end, -1 with errno (EAGAIN when nothing is there). */
bool mu_packet_send(int socket, const void *data, size_t size, int fd);
ssize_t mu_packet_receive(int socket, void *data, size_t size, int flags, int *fd);

/* The same with up to MU_PACKET_FDS descriptors; *fds is how many `fd` has room for, and then how
 * many came. */
bool mu_packet_send_fds(int socket, const void *data, size_t size, const int *fd, size_t fds);
ssize_t mu_packet_receive_fds(int socket, void *data, size_t size, int flags, int *fd, size_t *fds);

#endif
