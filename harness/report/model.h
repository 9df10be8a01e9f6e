/*
 * model.h - the result model: a run stream as a reader of reports thinks of it.
 *
 * Counting, grouping, worst-of and making foreign text safe happen here, once; writers and
 * stylesheets only arrange. Every text in the model went through mu_text_safe(): valid UTF-8
 * without control, invisible or direction-changing characters, at most MU_TEXT_MAX bytes shown.
 *
 * It is small: what is the same for many instances (a case, a rule, a word, a list of rules that
 * held) stands once. Evidence is not in it; evidence.h reads that case by case.
 */
#ifndef MU_REPORT_MODEL_H
#define MU_REPORT_MODEL_H

#include "base/digest.h"
#include "core/observation.h"
#include "core/verdict.h"
#include "report/redact.h"
#include "report/report.h"
#include "report/table.h"

struct mu_result;

struct mu_pair {
    const char *name, *value;
    struct mu_pair *next;
};

/* How high the labels of one policy go: marks the report. Colours are "#rrggbb" or "". */
struct mu_high_mark {
    const char *policy, *marking, *classification, *colour, *text_colour;
    const char
        *decision; /* why the rules leave the marking of the whole to people; "" they do not */
    int64_t rank;
    struct mu_high_mark *next;
};

struct mu_result_rule {
    const char *id; /* first: key of a table */
    unsigned index; /* 1-based, in the order of the stream */
    const char *level, *written, *see, *document, *text, *because;
    bool assertion, waived;
    unsigned held, broken, not_applicable; /* legs, final attempts only */
    unsigned leg;                          /* the last one that named it; while reading */
    struct mu_result_rule *next;
};

struct mu_clause {
    const char *document, *clause, *rule;
    struct mu_clause *next;
};

/* What a case does to its message; "{axis}" in a value is filled for each instance. */
struct mu_case_change {
    const char *operator, * on, *value;
    struct mu_case_change *next;
};

struct mu_result_case {
    const char *id; /* first: key of a table */
    const char *revision, *title, *why, *role, *level, *class, *importance, *control, *sins, *tags;
    const char *capabilities; /* needed, space separated */
    struct mu_clause *clause;
    struct mu_case_change *mutation;
    const struct mu_instance *first; /* NULL: the stream knows none    */
    unsigned count[MU_VERDICTS];     /* of its instances               */
    enum mu_verdict worst;           /* of those that ran              */
    struct mu_result_case *next;
};

/* What a rule said about a leg, or what a step of the case did not find. */
struct mu_finding {
    const char *leg, *step; /* one of them is "" */
    const char *rule;       /* id; "" for a step */
    const char *level, *verdict, *expected, *seen, *hint, *places;
    int64_t offset; /* octet on the wire; -1 when unknown */
    int64_t count;
    struct mu_finding *next;
};

/* What a comparison of two legs came to, enough or not. */
struct mu_compared {
    const char *what, *first, *second, *held, *demanded, *where, *expected, *seen;
    const char *fate; /* of a label: kept, lowered, lost and so on; "" nothing of a label */
    int64_t offset;   /* of the first difference, in the second; -1 when unknown */
    bool enough;
    struct mu_compared *next;
};

/* Attempts whose legs say the same share one list. */
struct mu_result_leg {
    const char *leg, *held, *broken, *not_applicable; /* rule ids, space separated */
    unsigned uses; /* of the first of a list: final attempts that have it */
    struct mu_result_leg *next;
    struct mu_result_leg *next_list; /* of the first: another list */
};

struct mu_file {
    const char *name;
    int64_t octets,
        at; /* at: where its content begins in cases.tar; 0: it is a file in its folder */
    unsigned char sha256[MU_DIGEST_BYTES];
    bool digested;
    const char *hmac; /* of a run without content: there is no file, and this is keyed; "" */
    struct mu_file *next;
};

struct mu_attempt {
    unsigned number;
    bool judged;            /* a verdict line came; else the run ended while it ran */
    enum mu_above withheld; /* then its texts are digests, and its evidence is not shown */
    int64_t at_ms, ms;
    enum mu_verdict verdict;
    enum mu_rung rung;
    const char *reason, *attribution, *folder;
    const char *source; /* the run that made it, in a merge; "" */
    struct mu_finding *finding, **finding_tail;
    struct mu_compared *compared, **compared_tail;
    struct mu_result_leg *leg; /* shared */
    struct mu_file *file;
    struct mu_attempt *next;
};

/* What a person says of a verdict after the run ("dispute", "override", or "withdraw", which takes back
 * the last that the same person said of the case). The verdict of the run stays what it is. */
struct mu_opinion {
    const char *kind;
    enum mu_verdict verdict; /* of an override */
    const char *by, *why, *at;
    bool withdrawn; /* taken back by a later one */
    struct mu_opinion *next;
};

struct mu_instance {
    const char *name; /* first: key of a table */
    struct mu_result_case *of;
    unsigned index;                 /* 1-based, in the order in which they were settled */
    struct mu_attempt *attempt;     /* in order; NULL: not run */
    const struct mu_attempt *final; /* the one that speaks; NULL: none was judged */
    enum mu_verdict verdict;        /* of that one */
    const char *reason;
    const char *expectation;      /* "as-expected", "quarantined"; "" when nothing was said */
    unsigned entry;               /* of the expectation file; 0: none has to do with it */
    unsigned tried, passed;       /* attempts that were judged; of these pass or remarks */
    bool unstable;                /* they did not all end with one verdict and reason    */
    bool example;                 /* the first of its issue: shown open */
    const struct mu_issue *issue; /* that it belongs to; NULL: pass, or not run */
    bool conflict;                /* merged runs have different verdicts for it; the worst stands */
    struct mu_opinion *opinion;   /* in the order given; NULL: nobody said anything */
    struct mu_instance *next;
    struct mu_instance *next_of_issue;
    unsigned born; /* 1-based, in the order in which the stream speaks of them */
    struct mu_instance *before, *behind; /* of those that are not settled yet */
    struct mu_arena
        *own; /* where all of this is, when it is forgotten once it is settled; NULL: kept */
};

/* The first of a kind, for whoever names a few: those with more than remarks, and the others. */
#define MU_SOME_SHOWN 3

struct mu_some {
    const struct mu_instance *of[2][MU_SOME_SHOWN];
    unsigned shown[2];
};

enum mu_some_kind {
    MU_SOME_QUARANTINED,
    MU_SOME_BETTER,
    MU_SOME_CHANGED,
    MU_SOME_UNSTABLE,
    MU_SOMES
};

/* Instances that share verdict, reason, attribution, and the control when that failed: one cause. */
struct mu_issue {
    const char *key; /* first: key of a table */
    unsigned index;  /* 1-based, worst first  */
    enum mu_verdict verdict;
    const char *reason, *attribution;
    const char *control;                  /* "" unless the reason is that it did not pass */
    const struct mu_result_rule *rule;    /* NULL: the reason names none */
    const struct mu_finding *finding;     /* an example; NULL */
    const struct mu_result_case *gravest; /* the most important case that shows it */
    const struct mu_instance *earliest;   /* the first that showed it              */
    const struct mu_instance *smallest;   /* the one that sent the fewest octets   */
    int64_t octets;                       /* that it sent; -1: nothing             */
    unsigned count, excused;              /* excused: that turn nothing red */
    struct mu_instance *first,
        **tail;     /* of a result that keeps no instances, as many as a summary names */
    size_t named;   /* octets of their names */
    unsigned given; /* in the second reading */
    struct mu_stub *early, *small; /* what stands for the two above, when no instances are kept */
    struct mu_issue *next;
};

/* What is compared, and on which level it is the same; other words are not counted. */
#define MU_COMPARED 4
#define MU_LEVELS   5
extern const char *const mu_compared_name[MU_COMPARED], *const mu_held_name[MU_LEVELS];

/* An entry of the expectation file. */
struct mu_known {
    unsigned entry;
    int64_t line, max; /* max -1: not given */
    const char *of, *verdict, *reason, *owner, *ticket, *until, *text;
    const char *stale; /* what is wrong with it; "" nothing */
    unsigned used;
    struct mu_known *next;
};

/* A clause of a document, and who speaks of it: rules that are written for it, cases that ask for it. */
struct mu_trace {
    const char *key; /* first: key of a table */
    const char *document, *clause;
    unsigned index; /* 1-based, documents by name, clauses in natural order */
    const struct mu_result_rule **rule;
    const struct mu_result_case **of;
    size_t rules, cases;
    struct mu_trace *next;
};

/* A row of the catalogue: what is owed to a requirement, role by role. */
struct mu_owed_cell {
    const char *role, *rules, *why; /* why nothing covers it; "" where rules do */
    struct mu_owed_cell *next;
};

struct mu_owed {
    const char *id, *kept; /* kept by the harness itself; "" it is not */
    struct mu_owed_cell *cell;
    struct mu_owed *next;
};

struct mu_adapter_seen {
    const char *id, *state, *roles, *caps, *confined;
    const char *digest, *skew; /* of its clock against ours, in milliseconds; "" not said */
    const char *what;          /* happened, in a sentence; "" nothing */
    const char *log;           /* file of the run with what its program printed; "" none */
    struct mu_pair *adapter, *sut;
    struct mu_adapter_seen *next;
};

struct mu_tally {       /* not-run instances that share a reason */
    const char *reason; /* first: key of a table */
    unsigned count;
    struct mu_tally *next;
};

struct mu_late {
    int64_t at_ms;
    const char *token, *of, *envelope, *folder;
    struct mu_late *next;
};

struct mu_note {
    const char *of, *text;
    struct mu_note *next;
};

struct mu_resumed {
    const char *at;
    int64_t kept, cut_octets;
    struct mu_resumed *next;
};

/* Part `number` of `of`; all zero: the whole. */
struct mu_share {
    int64_t number, of;
    int64_t whole; /* cases of all parts */
};

/* A run that this one was merged from. */
struct mu_merged {
    const char *run, *head, *started, *test_time, *muster, *isolation;
    const char *version; /* of the system */
    int64_t seed, lines;
    struct mu_share shard;
    struct mu_merged *next;
};

/* In what merged runs contradict each other. */
struct mu_conflict {
    const char *what, *says;
    const char *of; /* the case; "" where it is about the runs */
    struct mu_conflict *next;
};

enum mu_run_state { MU_RUN_COMPLETE, MU_RUN_INTERRUPTED, MU_RUN_INCOMPLETE, MU_RUN_CORRUPT };

struct mu_result {
    struct mu_arena *arena;
    struct mu_arena *taking; /* where what a line says belongs: `arena`, or an instance's own */
    struct mu_buf scratch;
    struct mu_table words, rules, cases, instances, issues, tallies, traces;
    struct mu_table open;        /* instances that are not settled */
    struct mu_instance *waiting; /* the same, in the order of the stream */
    struct mu_instance *last_waiting;
    void (*settled)(struct mu_result *result,
                    struct mu_instance *instance); /* NULL: instances are kept; else told of each */
    struct {
        bool (*each)(void *self, const struct mu_instance *instance, struct mu_err *err);
        void *self;
        struct mu_err *err;
    } again;        /* while the stream is read the second time */
    bool stopped;   /* `each` failed */
    unsigned order; /* of the instance that was settled last */
    unsigned born;  /* of the one that the stream spoke of last for the first time */
    const struct mu_redaction *redaction; /* NULL: all is shown                            */
    const char *event;                    /* the one at hand, while reading                */
    bool hidden;                          /* of it only what is ours goes into the model   */

    bool tarred;             /* evidence of cases is in one file                               */
    const char *content;     /* "none": nothing that was sent or said is known; "" it is       */
    const char *content_key; /* which key the digests are of, where two runs may share it; ""  */
    const char *run, *muster, *isolation, *selection, *test_time, *started;
    int64_t seed, jobs, planned, ms;
    int exit;                                                 /* -1: the run did not end */
    struct mu_pair *sut, *profile, *suite, *library, *digest; /* in the order of the stream */
    struct mu_pair *trust;                                    /* keys and algorithms of TLS */
    struct mu_pair *policy;                                   /* name: version, OID and digest */
    struct mu_pair *health;    /* of the suite: state and numbers; NULL: nothing was said of it */
    struct mu_pair *silent;    /* what no defect showed, and why                                */
    struct mu_pair *stale;     /* name alone                                                    */
    struct mu_high_mark *mark; /* in the order of the profile's policies                        */
    struct mu_owed *owed;      /* in the order of the catalogue                                 */
    struct mu_adapter_seen *adapter; /* in the order of the stream */
    struct mu_trace *trace;          /* by document and clause     */
    struct mu_known *known; /* in the order of the file                                      */
    const char *final;      /* which attempt speaks: first, last, worst                      */
    int64_t repeat;         /* 1: no repeats                                                 */
    bool tries;             /* instances may have several attempts                           */

    struct mu_result_rule *rule;
    struct mu_result_case *of;
    struct mu_instance *instance;
    struct mu_issue *issue; /* worst first, then most frequent */
    struct mu_tally *tally; /* most frequent first */
    struct mu_late *late;
    struct mu_note *note;
    struct mu_resumed *resumed;
    struct mu_share shard;
    struct mu_merged *merged; /* NULL: it is no merge */
    unsigned mergeds;
    struct mu_conflict *conflict;
    unsigned conflicts;
    struct { /* where the next item of a list goes */
        struct mu_result_rule **rule;
        struct mu_result_case **of;
        struct mu_instance **instance;
        struct mu_late **late;
        struct mu_note **note;
        struct mu_resumed **resumed;
        struct mu_known **known;
        struct mu_owed **owed;
        struct mu_adapter_seen **adapter;
        struct mu_conflict **conflict;
    } tail;
    int64_t told[MU_VERDICTS];     /* counts of the close line */
    unsigned legs;                 /* whose other rules were looked for */
    struct mu_result_leg last_leg; /* of these: most legs say the same */
    struct mu_result_leg *lists;   /* every list of legs               */
    struct mu_table legs_read;     /* by how they are written          */

    struct mu_chain chain;
    enum mu_run_state state;
    unsigned
        live; /* the page is made again every so many seconds while the run goes on; 0: it is not */
    unsigned total; /* instances the stream knows */
    unsigned count[MU_VERDICTS];
    unsigned excused[MU_VERDICTS]; /* of these, what turns nothing red */
    unsigned outs;                 /* events not-run: the plan left them out */
    unsigned unseen;               /* planned, but the stream says nothing of them */
    unsigned
        inapplicable; /* not run: the system does not claim what they need, or has no such role */
    unsigned new_failures, unexpected_passes, lates;
    unsigned reasons_changed, quarantined, covered, unstable;
    unsigned unclaimed; /* tried although the system does not claim what they need */
    unsigned unclaimed_passed;
    unsigned overridden, disputed; /* instances; a verdict that is both counts in both */
    struct mu_some some[MU_SOMES];
    unsigned same[MU_COMPARED][MU_LEVELS]; /* what was compared, and how far it was the same */
    bool
        looks_back; /* later lines speak of instances that came before: opinions of people, conflicts of
                        merged runs; a result without instances cannot show them */
    bool miscounted;        /* the close line counts otherwise than we do */
    enum mu_verdict worst;  /* of those that ran */
    struct mu_since *since; /* what was before (since.h); NULL: nobody named a baseline */
};

/* Read the whole stream. MU_ERR_PEER when its first good line is no `open` of a known schema.
 * `redaction` NULL: all is shown. */
bool mu_result_read(struct mu_arena *arena, int run, const struct mu_redaction *redaction,
                    struct mu_result **result, struct mu_err *err) MU_MUST_USE;

/*
 * The same in memory that does not grow with the number of results: everything but the instances, of
 * which issues and cases keep a few. Then the stream is read again, and `each` gets one instance after the
 * other, in the same order, and each is forgotten behind it.
 */
bool mu_result_count(struct mu_arena *arena, int run, const struct mu_redaction *redaction,
                     struct mu_result **result, struct mu_err *err) MU_MUST_USE;
bool mu_result_again(struct mu_result *result, int run,
                     bool (*each)(void *self, const struct mu_instance *instance,
                                  struct mu_err *err),
                     void *self, struct mu_err *err) MU_MUST_USE;

/* group.c: what an instance came to, once no line of it can follow; its part in the counts, when `count`. */
void mu_result_settle(struct mu_result *m, struct mu_instance *instance, bool count);

/* Issues in their order, clauses: the last step of reading. */
void mu_result_finish(struct mu_result *result);

/* Which clause is spoken of where (trace.c): the last step of mu_result_finish(). */
void mu_result_trace(struct mu_result *result);

/* Its number; 0: nobody speaks of it. */
unsigned mu_trace_index(const struct mu_result *result, const char *document, const char *clause);

/* The command that runs the case again. */
const char *mu_result_command(struct mu_arena *arena, const struct mu_result *result,
                              const struct mu_instance *instance);

/* "#12ab00"? */
bool mu_colour_plain(const char *text);

/* What is not shown, one sentence without a full stop; NULL: all is. */
const char *mu_result_hides(struct mu_arena *arena, const struct mu_result *result);

/* What else a reader must know of this report before the first verdict, as words and sentences: "hidden",
 * "content", "shard", "merged" and "conflict" (one each); NULL: it shows all of one run. */
const struct mu_pair *mu_result_about(struct mu_arena *arena, const struct mu_result *result);

/* The value of `name` in a list; "" when it is not there. */
const char *mu_pair_value(const struct mu_pair *pair, const char *name);

/* The markings of all policies in one line, "; " between them; "" when the run has none. */
const char *mu_result_marking(struct mu_arena *arena, const struct mu_result *result);

/* Did it break, leave, or do what it was warned for? */
bool mu_adapter_is_trouble(const struct mu_adapter_seen *adapter);

/* Is what was not run for that reason nothing that this system claims to be? */
bool mu_reason_is_inapplicable(const char *reason);

/* "complete", "interrupted", "incomplete", "corrupt". */
const char *mu_run_state_name(enum mu_run_state state);

/* "128 of 128 defects found, 91 of 92 must rules and 40 of 40 negative cases proved" with what else is to
 * be said of the suite; NULL: the run says nothing of it. */
const char *mu_result_health(struct mu_arena *arena, const struct mu_result *result);

/* One sentence that says what a reason code means; "" when there is nothing to add. */
const char *mu_reason_sentence(const char *reason);

/* The one-sentence answer, without a full stop: "24 of 25 cases pass, 1 fails". */
const char *mu_result_answer(struct mu_arena *arena, const struct mu_result *result);

/* "2 of 4"; "" for the whole. */
const char *mu_shard_text(struct mu_arena *arena, struct mu_share part);

/* opinion.c: the last override that stands, NULL: none; whether a dispute stands. */
const struct mu_opinion *mu_instance_override(const struct mu_instance *instance);
bool mu_instance_disputed(const struct mu_instance *instance);

/* "overridden, pass instead of fail, by NAME at TIME: WHY", and whether it was withdrawn since. */
const char *mu_opinion_sentence(struct mu_arena *arena, const struct mu_instance *instance,
                                const struct mu_opinion *opinion);
/* What the system under test is called: its name, else its id. */
const char *mu_result_sut_name(const struct mu_result *result);

/* Neither pass nor remarks, and yet it turns nothing red: it is quarantined, or needs what the system
 * does not claim. */
bool mu_instance_excused(const struct mu_instance *instance);

/* The entry of a number; NULL when there is none. */
struct mu_known *mu_known_find(const struct mu_result *result, unsigned entry);

/* The reasons that the attempts of an instance ended with, each once, a pass as "pass". */
const char *mu_instance_reasons(struct mu_arena *arena, const struct mu_instance *instance);

#endif
