/* engine_case.h - one case on its way; shared by the engine's files and by nobody else. */
#ifndef MU_SUITE_ENGINE_CASE_H
#define MU_SUITE_ENGINE_CASE_H

#include "base/json.h"
#include "suite/engine.h"

#define MU_TLS_CONTEXTS 128 /* identities and TLS profiles that one plan names */
#define MU_MADE_MAX     16  /* messages of one case                                       */
#define MU_LEGS_MAX     16  /* legs of one case: collected ones and those of our sessions */
#define MU_SESSIONS_MAX 8   /* connections that one case opens                            */
#define MU_MARKER       200 /* message numbers from here on are markers                   */

/* A TLS context and what it was made for. */
struct mu_engine_tls {
    const char *identity; /* "" ours, "none", or a name of the test PKI */
    const char *profile;  /* TLS profile id                             */
    bool server;
    struct mu_tls *tls;
};

/* A fixture that the plan names, read once: jobs copy the struct and share what it points to. */
struct mu_engine_fixture {
    const char *path;
    struct mu_message message; /* of a label fixture only label, marking and colours are set */
};

#define MU_FIXTURES_CACHED 256

struct mu_engine {
    struct mu_engine_fixture fixture[MU_FIXTURES_CACHED];
    size_t fixtures_cached;
    struct mu_engine_options o;
    struct mu_arena *arena;
    struct mu_run_host host;
    struct mu_document_kit kit;
    struct mu_engine_tls tls[MU_TLS_CONTEXTS];
    size_t tlses;
    size_t roles[MU_ROLES]; /* marker number + 1 of each role that has a path; 0 none */
    enum mu_role marker_role[MU_ROLES];
    const char *fixtures;
    bool passed; /* a case of this run has passed; jobs see what it was when they were forked */
};

/* One message of the case. */
struct mu_made {
    const char *id;
    unsigned number;           /* in its token                                     */
    const char *to;            /* mailbox template; NULL: the role's               */
    const char *also;          /* template of a second recipient; NULL: none       */
    struct mu_message message; /* abstract, before encoding                        */
    struct mu_bytes octets;    /* what goes over the wire; p == NULL until encoded */
    bool sent, triggered;
    struct mu_observation fate;                /* of the submission                            */
    const struct mu_parcel *arrived, *bounced; /* first of each; NULL                          */
    bool consumed;                             /* a collect step took what arrived             */
    bool withheld;                             /* a later marker came through and this did not */
    bool escaped; /* a false end was taken for the end: it may come out at any time */
};

/* One leg that steps can name. */
struct mu_case_leg {
    const char *id;
    const struct mu_leg *leg;
    struct mu_observation seen;
    struct mu_document document;
    bool decoded;
    bool absent; /* nothing came by the deadline */
};

struct mu_engine_session {
    struct mu_session *session;
    const struct mu_adapter *adapter;
    const char *identity, *tls;
    struct mu_observation opened; /* outcome NONE: it stands */
};

struct mu_engine_case {
    const struct mu_engine *engine;
    struct mu_seat *seat;
    struct mu_arena *arena;
    const struct mu_case *c; /* NULL for a marker item */
    size_t instance;
    const struct mu_sut_role *role;
    struct mu_made made[MU_MADE_MAX];
    size_t mades;
    struct mu_made marker; /* prepared before the seal; number counts up */
    bool marker_came, marker_bounced;
    struct mu_case_leg leg[MU_LEGS_MAX];
    size_t legs;
    struct mu_engine_session session[MU_SESSIONS_MAX];
    size_t sessions;
    struct mu_parcel *loose[MU_LEGS_MAX]; /* connections without a message */
    size_t looses, loose_taken;
    struct mu_parcel *all[64]; /* everything handed over, for evidence */
    size_t alls;
    enum mu_verdict verdict;
    char reason[160];
    enum mu_rung rung;
    bool stop; /* nothing sensible can follow */
    struct mu_buf steps;
    struct mu_json json;
};

/* engine_make.c */
/* Read the fixtures of a case's make steps into the engine, before the first fork. */
bool mu_engine_cache(struct mu_engine *engine, struct mu_arena *scratch, const struct mu_case *c,
                     size_t instance, struct mu_err *err) MU_MUST_USE;
bool mu_engine_prepare(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;
struct mu_made *mu_engine_made(struct mu_engine_case *e, const char *id);
/* The message of a make step, addressed as message `number`; for triggers, too. */
bool mu_engine_load_made(struct mu_engine_case *e, const struct mu_step *step, unsigned number,
                         struct mu_made *made, struct mu_err *err) MU_MUST_USE;
const char *mu_engine_message_path(struct mu_engine_case *e, const struct mu_step *step);
/* NULL: none. */
const char *mu_engine_label_path(struct mu_engine_case *e, const struct mu_step *step);
/* Addresses, Message-ID and date for message `number` of this case; `to` NULL: the role's mailbox. */
void mu_engine_address(struct mu_engine_case *e, struct mu_message *message, unsigned number,
                       const char *to);
/* The second recipient's address; NULL: there is none. */
const char *mu_engine_also(struct mu_engine_case *e, const struct mu_made *made);
bool mu_engine_prepare_marker(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;

/* engine_send.c */
bool mu_engine_send(struct mu_engine_case *e, const struct mu_step *step,
                    struct mu_err *err) MU_MUST_USE;
bool mu_engine_trigger(struct mu_engine_case *e, const struct mu_step *step,
                       struct mu_err *err) MU_MUST_USE;
/* Send a fresh marker on the path of this case. *sent: it was accepted. */
bool mu_engine_send_marker(struct mu_engine_case *e, bool *sent, struct mu_err *err) MU_MUST_USE;
/* Take parcels until `done(e, x)` or the deadline. */
bool mu_engine_pump(struct mu_engine_case *e, uint64_t deadline_ms,
                    bool (*done)(const struct mu_engine_case *e, const void *x), const void *x,
                    struct mu_err *err) MU_MUST_USE;
/* The last look, after which nothing can be handed over: what came for a message that the SUT had
 * refused, or that was proved withheld, was delivered all the same. */
bool mu_engine_last_look(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;
/* Wait until the fate of `made` is known: arrived, bounced, or proved withheld. */
bool mu_engine_fate(struct mu_engine_case *e, struct mu_made *made, uint32_t wait_ms,
                    struct mu_err *err) MU_MUST_USE;
bool mu_engine_has_path(const struct mu_engine_case *e);

/* engine_expect.c */
bool mu_engine_collect(struct mu_engine_case *e, const struct mu_step *step,
                       struct mu_err *err) MU_MUST_USE;
bool mu_engine_expect(struct mu_engine_case *e, const struct mu_step *step,
                      struct mu_err *err) MU_MUST_USE;
bool mu_engine_nothing_else(struct mu_engine_case *e, const struct mu_step *step,
                            struct mu_err *err) MU_MUST_USE;

/* engine_judge.c */
bool mu_engine_judge(struct mu_engine_case *e, const struct mu_step *step,
                     struct mu_err *err) MU_MUST_USE;
bool mu_engine_decode(struct mu_engine_case *e, struct mu_case_leg *leg,
                      struct mu_err *err) MU_MUST_USE;
struct mu_case_leg *mu_engine_leg(struct mu_engine_case *e, const char *id);
struct mu_case_leg *mu_engine_leg_add(struct mu_engine_case *e, const char *id,
                                      const struct mu_leg *leg);

/* engine_same.c */
bool mu_engine_same(struct mu_engine_case *e, const struct mu_step *step,
                    struct mu_err *err) MU_MUST_USE;

/* engine.c */
bool mu_engine_run_case(void *self, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                        struct mu_err *err) MU_MUST_USE;
/* NULL stays NULL. */
const char *mu_engine_expand(const struct mu_engine_case *e, const char *text);
/* A step that did not hold: record, verdict, reason. */
void mu_engine_finding(struct mu_engine_case *e, const struct mu_step *step,
                       enum mu_verdict verdict, const char *reason, const char *expected,
                       const char *seen);
void mu_engine_raise(struct mu_engine_case *e, enum mu_verdict verdict, const char *reason);
void mu_engine_reach(struct mu_engine_case *e, enum mu_rung rung);
/* One line of steps.json. */
void mu_engine_step(struct mu_engine_case *e, const struct mu_step *step, const char *of,
                    const char *expected, const char *observed, bool ok);
const char *mu_engine_seen(struct mu_engine_case *e, const struct mu_observation *seen);
const struct mu_tls *mu_engine_tls_find(const struct mu_engine *engine, const char *identity,
                                        const char *profile, bool server);
const struct mu_adapter *mu_engine_adapter(const struct mu_engine *engine, const char *carrier);

/* host.c */
void mu_engine_make_host(struct mu_engine *engine);

#endif
