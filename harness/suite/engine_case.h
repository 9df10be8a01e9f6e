/* engine_case.h - one case on its way; shared by the engine's files and by nobody else. */
#ifndef MU_SUITE_ENGINE_CASE_H
#define MU_SUITE_ENGINE_CASE_H

#include "base/json.h"
#include "document/same.h"
#include "suite/ask.h"
#include "suite/engine.h"
#include "suite/high_water.h"

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

/* With what a remote adapter is reached; tls NULL: it is no remote one. */
struct mu_engine_control {
    const struct mu_tls *tls;
    struct mu_control_peer peer;
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
    struct mu_ask_kit ask_kit;
    struct mu_ask_case **asks;  /* one a planned instance; NULL: it asks nothing     */
    struct mu_program *program; /* one an adapter, filters left out                  */
    size_t programs;
    struct mu_engine_control *control; /* one a program                               */
    int *program_of;                   /* one an adapter: its program; -1: it is a filter */
    struct mu_program *filter;         /* one an adapter: how a filter is confined    */
    const char *test_time_text;
    struct mu_bytes *policy;    /* files of the profile's policies, for configure    */
    struct mu_high_water *high; /* of what the plan sends, for the open event; and of what came */
    size_t highs;
    struct mu_bytes *word; /* ids that a run without content may name, sorted */
    size_t words;
    struct mu_high_parts *high_parts;
    struct mu_engine_told *told; /* of each job its own; NULL: nobody is to hear of it */
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
    const struct mu_made
        *meant; /* what was changed into it on purpose; NULL: it is as it was meant */
    bool sent, triggered;
    struct mu_observation fate;                /* of the submission                            */
    const struct mu_parcel *arrived, *bounced; /* first of each; NULL                          */
    const struct mu_sap_reply *told; /* what an adapter said of how its user sees it; NULL     */
    bool consumed;                   /* a collect step took what arrived             */
    bool withheld;                   /* a later marker came through and this did not */
    bool escaped; /* a false end was taken for the end: it may come out at any time */
};

/* One leg that steps can name. */
struct mu_case_leg {
    const char *id;
    const struct mu_leg *leg;
    struct mu_observation seen;
    struct mu_document document;
    const struct mu_sap_reply *told; /* what its user sees, by an adapter; NULL     */
    bool decoded;
    bool absent; /* nothing came by the deadline */
};

/* What came back when an adapter was asked. */
struct mu_asked {
    const struct mu_ask *ask;
    struct mu_bytes octets; /* of the label it was asked about, with its salt            */
    const char *created;    /* the salt; NULL: the label was left as it is               */
    struct mu_sap_reply reply;
    const struct mu_label *label; /* in the octets that came back; NULL: none to be read */
    bool read;                    /* whether there is has been looked at                 */
};

#define MU_BLIND_TEXT 25 /* 96 bits in hexadecimal digits, and NUL */

struct mu_engine_session {
    struct mu_session *session;
    const struct mu_adapter *adapter;
    const char *identity, *tls;
    struct mu_observation opened; /* outcome NONE: it stands */
};

/* Its arrays stand when the first of their kind does: cases that ask a validator have none of them, and
 * thousands a second are made. */
struct mu_engine_case {
    const struct mu_engine *engine;
    struct mu_seat *seat;
    struct mu_arena *arena;
    const struct mu_case *c; /* NULL for a marker item */
    size_t instance;
    const struct mu_sut_role *role;
    struct mu_made *made; /* [MU_MADE_MAX] */
    size_t mades;
    struct mu_sap_link *
        *channel;          /* one an adapter: to the job that holds its link; NULL: not open */
    struct mu_made marker; /* prepared before the seal; number counts up */
    bool marker_came, marker_bounced;
    struct mu_case_leg *leg; /* [MU_LEGS_MAX] */
    size_t legs;
    struct mu_engine_session *session; /* [MU_SESSIONS_MAX] */
    size_t sessions;
    struct mu_parcel *loose[MU_LEGS_MAX]; /* connections without a message */
    size_t looses, loose_taken;
    struct mu_parcel *all[64]; /* everything handed over, for evidence */
    size_t alls;
    uint64_t zero_ms; /* mu_clock_ms() when it began */
    enum mu_verdict verdict;
    char reason[160];
    enum mu_rung rung;
    const struct mu_ask_case *asks; /* NULL: it asks nothing */
    struct mu_asked *answer;        /* one an ask            */
    size_t answers;
    char blind[MU_BLIND_TEXT]; /* the name that an adapter knows the case by */
    uint64_t salt;
    struct mu_buf lines; /* that went to and fro; evidence */
    bool stop;           /* nothing sensible can follow */
    struct mu_buf steps;
    struct mu_json json;
};

/* engine_make.c */
/* Read the fixtures of a case's make steps into the engine, before the first fork. */
bool mu_engine_cache(struct mu_engine *engine, struct mu_arena *scratch, const struct mu_case *c,
                     size_t instance, struct mu_err *err) MU_MUST_USE;
bool mu_engine_prepare(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;
struct mu_made *mu_engine_made(struct mu_engine_case *e, const char *id);
/* One more, by the next number; NULL: there are MU_MADE_MAX. */
struct mu_made *mu_engine_made_add(struct mu_engine_case *e, const char *id, struct mu_err *err);
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

/* engine_mark.c */
struct mu_engine_told *mu_engine_told_new(struct mu_arena *arena);
/* A label that came in, from the wire or in an answer. */
void mu_engine_tell_mark(struct mu_engine_case *e, const struct mu_label *label);

/* engine_answer.c */
/* The label of an answer, as it says it or in the octets that came back, read once; NULL: none. */
const struct mu_label *mu_engine_answer_label(struct mu_engine_case *e, struct mu_asked *answer);

/* engine_same.c */
bool mu_engine_same(struct mu_engine_case *e, const struct mu_step *step,
                    struct mu_err *err) MU_MUST_USE;

/* engine_ask.c */
/* Make ready what planned instances ask, and the table of adapters; before the first fork. */
bool mu_engine_ready_asks(struct mu_engine *engine, struct mu_err *err) MU_MUST_USE;
/* An attempt of item i that is about to ask: its arena, blind name and salt. */
void mu_engine_start_asks(struct mu_engine_case *e, size_t i, unsigned attempt);
/* What is to be put for `ask`; lives in the case's arena. */
void mu_engine_request(struct mu_engine_case *e, const struct mu_ask *ask,
                       struct mu_sap_request *request);
/* The reply, whose strings live as long as the case. */
void mu_engine_answered(struct mu_engine_case *e, const struct mu_ask *ask,
                        const struct mu_sap_reply *reply);
/* The blind name of this attempt of item i, and its salt. */
void mu_engine_name_attempt(struct mu_engine_case *e, size_t i, unsigned attempt);
/* An operation that was not done: whose fault it is. The case stops. */
void mu_engine_not_done(struct mu_engine_case *e, const struct mu_step *step,
                        const struct mu_sap_reply *reply, enum mu_sap_op op);
/* The adapter, and not the system under test, is to blame. */
void mu_engine_blame(struct mu_engine_case *e, const char *reason, const char *what);
struct mu_asked *mu_engine_answer(struct mu_engine_case *e, const char *id);

/* engine_hand.c: what was asked and what came, for the evidence. */
void mu_engine_keep_lines(struct mu_engine_case *e, const struct mu_sap_reply *reply);

/* engine_exchange.c */
/* Make the system send `made`. */
bool mu_engine_exchange_send(struct mu_engine_case *e, const struct mu_step *step,
                             const struct mu_made *made, struct mu_err *err) MU_MUST_USE;
/* What became of it at a receiver, and of one that has not come out of a relay that queues. */
bool mu_engine_exchange_await(struct mu_engine_case *e, struct mu_made *made, uint32_t wait_ms,
                              struct mu_err *err) MU_MUST_USE;
bool mu_engine_exchange_stat(struct mu_engine_case *e, struct mu_made *made,
                             struct mu_err *err) MU_MUST_USE;
/* Ask one thing; *answered false: there is no observation, and the case has been told why. */
bool mu_engine_exchange_ask(struct mu_engine_case *e, const struct mu_step *step, int adapter,
                            struct mu_sap_request *request, struct mu_sap_reply *reply,
                            bool *answered, struct mu_err *err) MU_MUST_USE;
/* What stands in a message so that it can be found again. */
const char *mu_engine_nonce(struct mu_engine_case *e, const struct mu_made *made);
/* A case that did not go well: are the adapters still there that opened what it needed? */
bool mu_engine_exchange_alive(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;

/* engine_account.c: what a relay says it did, held against what was seen. */
bool mu_engine_account(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;

/* engine_answer.c */
/* false: neither of the two is an answer. */
bool mu_engine_same_answer(struct mu_engine_case *e, const struct mu_step *step, const char *what,
                           struct mu_comparison *c);
/* The label that came back as a document that can be judged, under the answer's id; *leg NULL: none
 * came. */
bool mu_engine_answer_leg(struct mu_engine_case *e, struct mu_asked *answer,
                          struct mu_case_leg **leg, struct mu_err *err) MU_MUST_USE;

/* engine_filter.c */
/* Ask in a process of its own. */
bool mu_engine_filter(struct mu_engine_case *e, const struct mu_step *step,
                      struct mu_err *err) MU_MUST_USE;
/* [coordinator] That process, for the ask `number` of item i, 1 is the first. */
bool mu_engine_filter_start(struct mu_engine_case *e, size_t i, unsigned number,
                            struct mu_run_trigger *out, struct mu_err *err) MU_MUST_USE;

/* engine_control.c */
bool mu_engine_ready_control(struct mu_engine *engine, struct mu_err *err) MU_MUST_USE;

/* engine_serve.c */
bool mu_engine_serve(void *self, struct mu_seat *seat, size_t p, const char **broken,
                     struct mu_err *err) MU_MUST_USE;

/* engine.c */
void mu_engine_start(struct mu_engine_case *e, const struct mu_engine *engine, struct mu_seat *seat,
                     struct mu_arena *arena);
/* A step of item i that needs no adapter. */
bool mu_engine_step_run(struct mu_engine_case *e, const struct mu_step *step,
                        struct mu_err *err) MU_MUST_USE;
bool mu_engine_keep_evidence(struct mu_engine_case *e, struct mu_err *err) MU_MUST_USE;
void mu_engine_end_of(const struct mu_engine_case *e, struct mu_case_end *end);
bool mu_engine_run_case(void *self, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                        struct mu_err *err) MU_MUST_USE;
/* Foreign text on its way into a sentence: hidden in a run without content. */
const char *mu_engine_foreign(const struct mu_engine_case *e, const char *text);
/* engine_words.c: the host's `word`. */
bool mu_engine_word(void *self, const char *word, size_t n);
void mu_engine_ready_words(struct mu_engine *engine);
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

/* host_preface.c: functions of the host table */
void mu_engine_open_members(void *self, struct mu_json *j);
bool mu_engine_observed(void *self, uint32_t policy, uint32_t classification, const char *values);
void mu_engine_marks(void *self, struct mu_json *j);
bool mu_engine_preface(void *self, size_t n, struct mu_json *j);

/* host.c */
void mu_engine_make_host(struct mu_engine *engine);

#endif
