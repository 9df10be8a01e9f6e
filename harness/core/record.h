/*
 * record.h - the one message a job sends to the coordinator, and what it may get back.
 *
 * A record travels in a SOCK_SEQPACKET packet, so it arrives whole or not at all; a job that serves
 * many cases packs many records into one. The job has read hostile bytes; the coordinator therefore
 * believes nothing in a record until mu_record_next() has let it through. Some types ask for
 * something and are answered by one packet, with a descriptor where one was asked for.
 */
#ifndef MU_CORE_RECORD_H
#define MU_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/observation.h"
#include "core/verdict.h"

struct mu_sap_hello; /* core/sap.h */

enum mu_record_type {
    MU_RECORD_FINDINGS = 1, /* one leg judged. strings: leg, one mark a rule in profile order */
    MU_RECORD_BREAK, /* one rule broken. number: rule. strings: leg, expected, seen, hint, places */
    MU_RECORD_EXPECT, /* a step of the case did not hold. verdict. strings: step, expected, seen  */
    MU_RECORD_PART,   /* evidence. number, kind, offset, octets. strings: sha256; see `carried`   */
    MU_RECORD_NOTE,   /* something a reader of the log may want. strings: text                    */
    MU_RECORD_DONE,   /* the job ended in good order. verdict, rung. strings: reason, attribution */
    MU_RECORD_DIAL,   /* asks: a connected socket. number: endpoint                               */
    MU_RECORD_CLAIM,  /* asks: whose token is this? strings: token                                */
    MU_RECORD_TRIGGER, /* asks: make the SUT send message `number` of this case; with count 1 the
                          answer comes when the command has ended, and brings what it printed */
    MU_RECORD_CLOSING, /* nothing more can be handed over; number: bit n is set when message n was
                               accepted and may still come out: it is not late then              */
    MU_RECORD_LATE,    /* a delivery that nobody claimed. strings: token or "", envelope */
    MU_RECORD_COMPARED, /* two legs were compared. count: 1 when it was enough; offset. strings: what,
                           first, second, level that held, level demanded, where, expected, seen, and
                           what became of a label */
    MU_RECORD_CHANNEL, /* asks: a channel to adapter `number` */
    MU_RECORD_ADAPTER, /* a fact of adapter `number`. strings: state, then names and values in turn.
                          "ready" (count: cases it wants at once, 0: no matter) with what it said of
                          itself: mu_record_hello(); "opened" (count: endpoint, offset: the port that it
                          got) before that; "warned" with "what"; "broken" with "reason";
                          "left": it said bye */
    MU_RECORD_MARK, /* a label came in that is understood in full. number: policy of the profile; count:
                       classification. strings: numbers of its values, separated by spaces */
    MU_RECORD_AGAIN, /* this case was begun and is left: its adapter broke while it had several.
                        strings: reason */
    MU_RECORD_LAST = MU_RECORD_AGAIN,
};

enum mu_mark { MU_MARK_HOLDS = 'h', MU_MARK_BREAKS = 'b', MU_MARK_NOT_APPLICABLE = '-' };

/* Files of the evidence folder; the number distinguishes several of a kind. */
enum mu_evidence {
    MU_EVIDENCE_TRANSCRIPT, /* transcript-N.txt, one a connection                            */
    MU_EVIDENCE_SENT,       /* sent-N.eml: octets as they went out                           */
    MU_EVIDENCE_RECEIVED,   /* received-N.eml: octets as they came in                        */
    MU_EVIDENCE_DOCUMENT,   /* message-N.xml: the message document that rules saw            */
    MU_EVIDENCE_INTENDED,   /* intended-N.xml: that of what the case meant: not yet changed on
                               purpose, or what the system was asked to send               */
    MU_EVIDENCE_STEPS,      /* steps.json: what each step expected and observed              */
    MU_EVIDENCE_KEYS,       /* keys.log: TLS key log, on demand only                         */
    MU_EVIDENCE_ADAPTER,    /* adapter-N.jsonl: lines that went to the adapter and came back */
    MU_EVIDENCE_COMMAND,    /* command-N.txt: what the command that triggers the SUT printed */
    MU_EVIDENCE_OUTPUT,     /* adapter-N.log: what the adapter's program printed last        */
    MU_EVIDENCE_REFUSED,    /* refused-N.txt: the adapter's line that broke the protocol     */
    MU_EVIDENCES,
};

#define MU_RECORD_TEXT 6144       /* bytes of strings in one record       */
#define MU_NO_ITEM     UINT32_MAX /* a record that belongs to none        */

struct mu_record {
    uint32_t type;    /* enum mu_record_type */
    uint32_t verdict; /* enum mu_verdict     */
    uint32_t rung;    /* enum mu_rung        */
    uint32_t kind;    /* enum mu_evidence    */
    uint32_t number;
    uint32_t count; /* BREAK: in how many places                                             */
    int64_t offset; /* BREAK: octet on the wire, -1 when unknown; PART: in the evidence file */
    int64_t octets;
    uint32_t item;    /* of a job that serves many cases: which one, or MU_NO_ITEM; else 0 */
    uint32_t attempt; /* and which attempt                                                 */
    uint32_t carried; /* PART of such a job: bytes that stand behind the record; `offset` is then
                         where they belong in that file, and `octets` is their number */
    uint32_t used;    /* bytes of text                                                     */
    char text[MU_RECORD_TEXT]; /* NUL-terminated strings in a row; any bytes between the NULs */
};

/* Records share a packet of MU_RECORD_PACKET bytes: each begins at a multiple of 8, and so does what it
 * carries. */

/* Append one string, cut to what fits. */
void mu_record_put(struct mu_record *record, const char *text);

/* The i-th string; "" past the last. */
const char *mu_record_text(const struct mu_record *record, unsigned i);

/* How many bytes of the struct travel. */
size_t mu_record_size(const struct mu_record *record);

/* Is what arrived a record this version could have sent? `size` is what recv() returned. */
bool mu_record_valid(const struct mu_record *record, size_t size);

/* The record at *at of a packet (aligned, with room for one whole record behind it), and what it
 * carries; *at moves on. False when there is none that could be believed. */
bool mu_record_next(struct mu_bytes packet, size_t *at, const struct mu_record **record,
                    struct mu_bytes *carried);

/* Where the next record begins. */
static inline size_t mu_record_pad(size_t size)
{
    return (size + 7) & ~(size_t) 7;
}

/* What an adapter said of itself, as a "ready" record. */
void mu_record_hello(struct mu_record *record, uint32_t program, const struct mu_sap_hello *hello);

/* "transcript-1.txt" and so on, in `name` (64 bytes are enough). */
void mu_evidence_name(enum mu_evidence kind, unsigned number, char *name, size_t size);

#endif
