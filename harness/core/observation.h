/*
 * observation.h - what a system under test did with one message, in closed vocabularies.
 *
 * Adapters and receptions fill it; rules and expectations judge it. No verdict stands here.
 */
#ifndef MU_CORE_OBSERVATION_H
#define MU_CORE_OBSERVATION_H

#include <stdbool.h>

enum mu_outcome {
    MU_OUTCOME_NONE,      /* nothing was seen yet                                              */
    MU_OUTCOME_ACCEPTED,  /* the SUT took responsibility for it                                */
    MU_OUTCOME_DELIVERED, /* it came out where it should                                       */
    MU_OUTCOME_REFUSED,   /* the SUT said no in the dialogue                                   */
    MU_OUTCOME_BOUNCED,   /* accepted, then a non-delivery report came to the return path      */
    MU_OUTCOME_ALTERED,   /* delivered, but not as the comparison demands                      */
    MU_OUTCOME_WITHHELD,  /* accepted, and proved not to have come out                         */
    MU_OUTCOME_SILENT,    /* no answer by the deadline                                         */
    MU_OUTCOME_CLOSED,    /* the SUT broke the connection off                                  */
    MU_OUTCOMES,
};

/* How far the conversation was when it happened. */
enum mu_stage {
    MU_STAGE_NONE,
    MU_STAGE_CONNECT,
    MU_STAGE_TLS,           /* handshake                                                      */
    MU_STAGE_PEER_AUTH,     /* the certificate, seen at the first application data in TLS 1.3  */
    MU_STAGE_SESSION,       /* greeting, EHLO, STARTTLS                                        */
    MU_STAGE_ENVELOPE,      /* MAIL, RCPT                                                      */
    MU_STAGE_CONTENT,       /* DATA                                                            */
    MU_STAGE_AFTER_CONTENT, /* the reply to the final dot                                      */
    MU_STAGE_LATER,         /* after it had been accepted                                      */
    MU_STAGE_DECODE,        /* what is asked of an adapter: octets into a tree                 */
    MU_STAGE_SCHEMA,        /* structure and types                                             */
    MU_STAGE_RULES,         /* prose rules of the standard                                     */
    MU_STAGE_POLICY,        /* label against policy                                            */
    MU_STAGE_BINDING,       /* label against what it is bound to                               */
    MU_STAGE_DECIDE,        /* label against clearance                                         */
    MU_STAGES,
};

/* Why, as far as the native reply or the adapter says. */
enum mu_class {
    MU_CLASS_NONE,
    MU_CLASS_POLICY,         /* enhanced status x.7.x                                          */
    MU_CLASS_CONTENT,        /* x.6.x                                                          */
    MU_CLASS_SIZE,           /* 552, x.3.4, x.2.3                                              */
    MU_CLASS_ADDRESS,        /* x.1.x                                                          */
    MU_CLASS_AUTHENTICATION, /* 530, 535, x.7.0 at STARTTLS, TLS alerts about certificates      */
    MU_CLASS_PROTOCOL,       /* 50x, x.5.x, TLS alerts about versions and suites               */
    MU_CLASS_TEMPORARY,      /* 4yz without a better word                                      */
    MU_CLASS_OTHER,
    MU_CLASS_MALFORMED,      /* no XML, no base64: cannot be read                              */
    MU_CLASS_SCHEMA,         /* structure or types                                             */
    MU_CLASS_RULE,           /* a rule that only the prose of the standard has                 */
    MU_CLASS_UNKNOWN_POLICY, /* nobody gave it this policy                                     */
    MU_CLASS_EXPIRED,        /* by the test time                                               */
    MU_CLASS_CLEARANCE,      /* is not enough                                                  */
    MU_CLASS_UNMAPPABLE,     /* the other policy has nothing equivalent                        */
    MU_CLASS_SIGNATURE,      /* does not hold                                                  */
    MU_CLASS_LIMIT,          /* larger or deeper than it takes                                 */
    MU_CLASS_UNSUPPORTED,    /* it knows what this is and cannot do it                         */
    MU_CLASSES,
};

/* The ladder a message climbs; a report shows the highest rung reached. */
enum mu_rung {
    MU_RUNG_NONE,
    MU_RUNG_REACH,        /* a connection stands                                               */
    MU_RUNG_TLS,          /* the handshake is done                                             */
    MU_RUNG_PEER_AUTH,    /* both sides are authenticated                                      */
    MU_RUNG_SESSION,      /* greeted and introduced                                            */
    MU_RUNG_ACCEPT,       /* the message was accepted or arrived                               */
    MU_RUNG_INTACT,       /* its content came out whole                                        */
    MU_RUNG_LABEL_FOUND,  /* a label is there                                                  */
    MU_RUNG_LABEL_PARSED, /* and can be read                                                   */
    MU_RUNG_BINDING,
    MU_RUNG_POLICY,
    MU_RUNG_MARKING,      /* label and marking say the same                                    */
    MU_RUNG_ACKNOWLEDGED, /* the far user has seen it                                          */
    MU_RUNGS,
};

#define MU_NATIVE_MAX 256 /* bytes of a native reply that are kept here; the transcript has all */

struct mu_observation {
    enum mu_outcome outcome;
    enum mu_stage stage;
    enum mu_class class;
    int code;                   /* native reply code, 0 when none                               */
    char native[MU_NATIVE_MAX]; /* native text, raw bytes before the NUL; "" when none          */
};

const char *mu_outcome_name(enum mu_outcome outcome);
const char *mu_stage_name(enum mu_stage stage);
const char *mu_class_name(enum mu_class class);
const char *mu_rung_name(enum mu_rung rung);

/* False when there is no such word; the out-parameter is untouched then. */
bool mu_outcome_from_name(const char *name, enum mu_outcome *outcome);
bool mu_stage_from_name(const char *name, enum mu_stage *stage);
bool mu_class_from_name(const char *name, enum mu_class *class);
bool mu_rung_from_name(const char *name, enum mu_rung *rung);

#endif
