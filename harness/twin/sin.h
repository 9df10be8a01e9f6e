/*
 * sin.h - the precise defects of the twin: one table, one row a defect, one active at a time.
 *
 * A row says what the sinner does by data where that can be said: a mutation operator for what it
 * writes, defects that its parser overlooks, a check of the policy that it leaves out, a TLS offer.
 * Everything else is a place in the twin's C that asks mu_sin_is().
 */
#ifndef MU_TWIN_SIN_H
#define MU_TWIN_SIN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"

enum mu_sin_kind {
    MU_SIN_PARSER,  /* reads what it should not, or reads it otherwise          */
    MU_SIN_POLICY,  /* decides otherwise than the policy says                   */
    MU_SIN_RELAY,   /* does not pass on what came in                            */
    MU_SIN_SENDER,  /* writes what it should not                                */
    MU_SIN_TLS,     /* secures a connection less than it should                 */
    MU_SIN_TIME,    /* takes dates for what they are not                        */
    MU_SIN_ANSWER,  /* says otherwise than it understood                        */
    MU_SIN_ADAPTER, /* a mock: of the adapter, or of all of a system           */
    MU_SIN_KINDS,
};
const char *mu_sin_kind_name(enum mu_sin_kind kind);

/* The family of sins that write bad fixtures: "bad-fixture:SIO-09". */
#define MU_SIN_FIXTURE_NAME "bad-fixture"

/* Parts that the twin plays. A sin shows in some of them. */
#define MU_TWIN_RECEIVER  1u
#define MU_TWIN_RELAY     2u
#define MU_TWIN_SENDER    4u
#define MU_TWIN_VALIDATOR 8u /* the last three behind an adapter */
#define MU_TWIN_LABELLER  16u
#define MU_TWIN_POLICY    32u

/* Sins that are a place in C. */
enum mu_sin_place {
    MU_SIN_BY_DATA, /* the row says it all */

    MU_SIN_ACCEPT_DUPLICATE,
    MU_SIN_LAST_LABEL,
    MU_SIN_ACCEPT_UNLABELLED,
    MU_SIN_SECOND_FROM,
    MU_SIN_LONG_LINE,
    MU_SIN_BARE_LF,
    MU_SIN_NUL,
    MU_SIN_NO_TYPE,
    MU_SIN_UNREADABLE,
    MU_SIN_DOCTYPE,
    MU_SIN_NO_SCHEMA,
    MU_SIN_ANY_NAMESPACE,
    MU_SIN_ANY_ROOT_CASE,
    MU_SIN_FIRST_TEXT,
    MU_SIN_NO_CDATA,
    MU_SIN_PART_LABEL,
    MU_SIN_ENCODED_WORD,
    MU_SIN_UNKNOWN_PARAMETER,
    MU_SIN_SHORT_LABEL,
    MU_SIN_EXTENSION,
    MU_SIN_COMMENT,
    MU_SIN_ANY_FIELD,
    MU_SIN_BROKEN_ESS,
    MU_SIN_EIGHT_BIT_HEADER,
    MU_SIN_FALSE_END,

    MU_SIN_UNKNOWN_POLICY,
    MU_SIN_INVALID_LABEL,
    MU_SIN_LETTER_CASE,
    MU_SIN_MARKING_TEXT,
    MU_SIN_MARKING_CONFLICT,
    MU_SIN_IGNORE_SUBJECT,
    MU_SIN_IGNORE_FIRST_LINE,
    MU_SIN_IGNORE_ANNEX,
    MU_SIN_IGNORE_RULES,
    MU_SIN_IGNORE_CLEARANCE,
    MU_SIN_FIRST_RECIPIENT,
    MU_SIN_IMPLY_LOWER,
    MU_SIN_ANY_RESTRICTIVE,
    MU_SIN_ONE_RESTRICTIVE,
    MU_SIN_RENAMED,
    MU_SIN_ANY_PERMISSIVE,
    MU_SIN_POLICY_MISMATCH,
    MU_SIN_COUNT_INFORMATIVE,
    MU_SIN_COUNT_PRIVACY_MARK,
    MU_SIN_TRANSLATE_BY_NAME,
    MU_SIN_TRANSLATE_LOWER,
    MU_SIN_TRANSLATE_ORIGINATOR,
    MU_SIN_TRANSLATE_NO_HISTORY,
    MU_SIN_DROP_UNMAPPABLE,
    MU_SIN_ANY_DIRECTION,
    MU_SIN_IGNORE_ALTERNATIVE,
    MU_SIN_IGNORE_PORTIONS,

    MU_SIN_DROP_LABEL,
    MU_SIN_LOWER_LABEL,
    MU_SIN_LOWER_MARKING,
    MU_SIN_REFOLD_BASE64,
    MU_SIN_BOUNCE,
    MU_SIN_SWALLOW,
    MU_SIN_LEAK,
    MU_SIN_RECEIVED_BELOW,
    MU_SIN_NO_LIMIT,
    MU_SIN_CUT_AT_LIMIT,
    MU_SIN_DROP_DSN,
    MU_SIN_REPORT_FULL,

    MU_SIN_HIDDEN_LABEL,
    MU_SIN_ONE_ROOT,
    MU_SIN_WANT_URI,
    MU_SIN_WANT_ORIGINATOR,
    MU_SIN_MAIL_ORIGINATOR,
    MU_SIN_NO_PREFIX,
    MU_SIN_TYPE_FIRST,
    MU_SIN_NO_REFERENCE,
    MU_SIN_KEEP_BLANKS,
    MU_SIN_ROOT_FIRST,
    MU_SIN_WANT_ZULU,
    MU_SIN_FOLD_CASE,
    MU_SIN_ANY_LEVEL,
    MU_SIN_HIGHEST_LEVEL,
    MU_SIN_ONE_CATEGORY,
    MU_SIN_EVERY_PERMISSIVE,
    MU_SIN_PERMIT_DOUBT,
    MU_SIN_FIRST_VALUES,
    MU_SIN_SMALL_LETTERS,
    MU_SIN_NO_PRIVACY_MARK,
    MU_SIN_MARK_REVERSED,
    MU_SIN_MARK_NOTHING,
    MU_SIN_MARK_NO_COSMIC,
    MU_SIN_MARK_RELEASABLE,
    MU_SIN_MARK_PUBLIC,
    MU_SIN_MARK_ENGLISH,
    MU_SIN_MARK_IN_FULL,
    MU_SIN_MARK_BEGINNING,
    MU_SIN_LENIENT,
    MU_SIN_STRICT,
    MU_SIN_LIAR,
    MU_SIN_SLOW,
    MU_SIN_CRASHER,
    MU_SIN_NOISY,

    MU_SIN_NEVER_TLS,
    MU_SIN_FALL_BACK,
    MU_SIN_HELO_AFTER_TLS,
    MU_SIN_NO_8BITMIME,
    MU_SIN_TAKE_CLEAR,
    MU_SIN_OBEY_INJECTED,

    MU_SIN_REVIEW_EXPIRES,
    MU_SIN_HISTORY_ZONE,
    MU_SIN_HISTORY_ANONYMOUS,
    MU_SIN_HISTORY_WORD,
    MU_SIN_HISTORY_ADDS,

    MU_SIN_BAD_FIXTURE,
};

/* What the sinner writes: a row of mutate.h, `muster list operators`. */
struct mu_sin_write {
    const char *operator, * on, *value; /* operator NULL: writes as it should */
};

/* How it does TLS; members that are 0 or NULL are as the twin has them. */
struct mu_sin_tls {
    bool server; /* as a server; otherwise as a client                                      */
    uint16_t min_version;
    const char *ciphers; /* of TLS 1.2 and older                                            */
    const char *groups;
    const char *alpn;     /* "": names no application protocol                                  */
    unsigned lax;         /* enum mu_tls_lax of core/adapter.h                            */
    const char *identity; /* presents this one of the PKI folder; "none": no certificate  */
    unsigned tickets;     /* a server hands out so many                                   */
    uint32_t session_life_s; /* ... which live so long                                      */
    bool not_demanded;       /* a server lets a client without certificate in                */
};

struct mu_sin {
    const char *name;    /* "drop-label"                       */
    const char *summary; /* what the sinner does, one sentence */
    enum mu_sin_kind kind;
    unsigned roles; /* MU_TWIN_...: the parts in which it can show */
    enum mu_sin_place place;
    struct mu_sin_write write;
    unsigned overlooks;           /* enum mu_parameter_defect that its parser takes for right */
    enum mu_base64_defect base64; /* the same, of base64                                      */
    const char *rule;             /* of validity.h, that it does not ask for                  */
    struct mu_bytes (*spoil)(struct mu_arena *arena, struct mu_bytes message); /* of spoil.h    */
    struct mu_sin_tls tls;
    const char *argument; /* of bad-fixture: the rule whose bad fixture is written */
};

const struct mu_sin *mu_sin_at(size_t i); /* NULL past the last */

/* sins_labels.c: the part of the table for systems behind an adapter. */
const struct mu_sin *mu_sin_of_labels_at(size_t i);

/* By name; NULL: none. A family wants its argument: "bad-fixture:SIO-09" is made in `arena`. */
const struct mu_sin *mu_sin_find(struct mu_arena *arena, const char *name);

/* Is this the active sin? `sin` NULL: a virtuous twin. */
static inline bool mu_sin_is(const struct mu_sin *sin, enum mu_sin_place place)
{
    return sin != NULL && sin->place == place;
}

#endif
