/* transcript.h - every line of a dialogue with its time and direction, as evidence. */
#ifndef MU_CORE_TRANSCRIPT_H
#define MU_CORE_TRANSCRIPT_H

#include "core/facts.h"

/* A growing list of utterances; text is copied into the arena, at most MU_TRANSCRIPT_MAX in all. */
struct mu_transcript {
    struct mu_arena *arena;
    uint64_t zero_ms; /* mu_clock_ms() that counts as 0 */
    struct mu_utterance *said;
    size_t says, room;
    size_t kept; /* bytes of text kept so far */
};

void mu_transcript_add(struct mu_transcript *t, enum mu_direction direction, bool clear,
                       struct mu_bytes text);

/* A remark of ours about the wire: "TLS 1.3 handshake done", "1234 octets of content". */
void mu_transcript_note(struct mu_transcript *t, enum mu_direction direction, const char *fmt, ...)
    MU_PRINTF(3, 4);

/* The text of transcript.txt: "  12 > EHLO x", "  14 < 250 ...", "  15 * TLS ..."; safe text. */
void mu_transcript_write(struct mu_buf *out, const struct mu_utterance *said, size_t says);

#endif
