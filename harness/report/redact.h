/*
 * redact.h - what a report may not show. Foreign text enters the model at one place (mu_take_text())
 * and what evidence says at another (mu_detail_text()); both ask here, so every format follows.
 *
 * Hidden text becomes "[24 octets, hmac-sha256 0123456789abcdef]": how long it was, and a keyed digest of it,
 * by which equal texts of one report, or of reports made with one key, can be told. What is ours stands in a
 * list; a member that is not in it is hidden, whoever invented it.
 */
#ifndef MU_REPORT_REDACT_H
#define MU_REPORT_REDACT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/digest.h"

/* Why a case is withheld under a ceiling. What nobody can tell to be below it counts as above. */
enum mu_above {
    MU_BELOW,
    MU_ABOVE_LABEL,     /* a label or marking is above the ceiling, or not comparable with it */
    MU_ABOVE_POLICY,    /* a label of another policy                                          */
    MU_ABOVE_UNLABELED, /* a message without a label                                          */
    MU_ABOVE_UNREAD,    /* a label that cannot be read, or is not understood in full          */
    MU_ABOVE_UNKNOWN,   /* no evidence, or none that can be trusted, says what was in it      */
    MU_ABOVES,
};

/* "above", "other-policy", "unlabelled", "unreadable", "unknown"; MU_BELOW: "". And as a sentence that goes on
 * from "withheld: ". */
const char *mu_above_name(enum mu_above above);
const char *mu_above_sentence(enum mu_above above);

/* What stays below: decided before the report is made (cli/ceiling.c). */
struct mu_report_ceiling {
    const char *policy, *marking, *classification, *colour, *text_colour; /* colours may be NULL */
    int64_t rank;
    bool run_above; /* so is a marking of the whole run; then the report has that of the ceiling */
    const unsigned char
        *above;       /* enum mu_above, by the number of an instance in the stream, less one */
    size_t instances; /* that were judged; of later ones nothing is known */
    size_t withheld;  /* how many are above                               */
};

struct mu_redaction {
    bool payload; /* nothing that came from the wire or the system is shown, of no case */
    struct mu_digest_key key;
    const struct mu_report_ceiling *ceiling; /* NULL: none */
};

/* May the member of an event of this name be shown when its content may not? `unlabelled`: of an event that
 * belongs to no message, so that a ceiling hides less of it. */
bool mu_redact_is_ours(const char *event, const char *member, bool payload);

/* "[24 octets, hmac-sha256 0123456789abcdef]"; "" of nothing. */
const char *mu_redact_text(const struct mu_redaction *redaction, struct mu_arena *arena,
                           struct mu_bytes text);

/* The same as one word without blanks, for lists: "hmac-0123456789abcdef". */
const char *mu_redact_word(const struct mu_redaction *redaction, struct mu_arena *arena,
                           struct mu_bytes text);

/* Where in a message something is: "/m:message/h:subject @ 184", "part 2". Numbers and the names that we
 * or the standards gave stay, others are hidden, because a message may call its fields as it likes. */
const char *mu_redact_place(const struct mu_redaction *redaction, struct mu_arena *arena,
                            struct mu_bytes place);

/* One name of such a place. */
const char *mu_redact_name(const struct mu_redaction *redaction, struct mu_arena *arena,
                           struct mu_bytes name);

/* Is the instance of this number (1-based) above the ceiling, and why? */
enum mu_above mu_redact_withholds(const struct mu_redaction *redaction, unsigned index);

#endif
