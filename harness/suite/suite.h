/* suite.h - a suite as loaded data: cases, axes, steps. Vocabulary: profiles/schemas/suite.xsd,
 * docs/suites.md. Everything belongs to the arena. */
#ifndef MU_SUITE_SUITE_H
#define MU_SUITE_SUITE_H

#include "core/script.h"
#include "document/mutate.h"
#include "suite/profile.h"

enum mu_case_class { MU_CLASS_VALID_CASE, MU_CLASS_UNEXPECTED_CASE, MU_CLASS_INVALID_CASE };
const char *mu_case_class_name(enum mu_case_class class);

enum mu_importance { MU_LOW, MU_MEDIUM, MU_HIGH, MU_CRITICAL };
const char *mu_importance_name(enum mu_importance importance);

enum mu_step_kind {
    MU_STEP_MAKE,    /* id message? label? marking? ...    abstract message from fixtures; without
                        message: a label alone */
    MU_STEP_MUTATE,  /* from id operator on? value?        a changed copy of a made message   */
    MU_STEP_SEND,    /* message [identity tls inject ...]  hand it to the SUT                 */
    MU_STEP_TRIGGER, /* message                            make the SUT send it               */
    MU_STEP_SERVE,   /* certificate starttls refuse code ... our server's script              */
    MU_STEP_ASK,     /* id op of? clearance? policy? ...   ask an adapter for one operation       */
    MU_STEP_COLLECT, /* id of? deadline?                   wait for what comes out            */
    MU_STEP_EXPECT,  /* of outcome* class? stage? rung?    what must be observed              */
    MU_STEP_SAME,    /* first second what at-least         compare two legs                   */
    MU_STEP_JUDGE,   /* of phase?                          run the rules over a leg           */
    MU_STEP_NOTHING_ELSE, /*                                    proved by a marker on the path */
};
const char *mu_step_name(enum mu_step_kind kind);

/* Attribute values may hold {axis}; they are expanded for each instance. */
struct mu_step {
    enum mu_step_kind kind;
    struct mu_where where;
    const char *id; /* MAKE MUTATE ASK COLLECT; what later steps call it                      */
    const char *of; /* MUTATE from; SEND TRIGGER message; ASK EXPECT JUDGE COLLECT of; SAME first */
    const char *second; /* SAME                                                                   */
    const char *message; /* MAKE: fixture name; NULL: a bare label, for asks                   */
    const char *label;   /* MAKE: label fixture name; "none": unlabelled                       */
    const char *marking; /* MAKE: other marking than the fixture's; NULL                       */
    bool first_line;     /* MAKE: "yes", whatever the profile says                             */
    bool no_first_line;  /* MAKE: "no"                                                         */
    const char *to; /* MAKE: clearance or name of the recipient; NULL: the role's own mailbox     */
    const char *also;     /* MAKE: clearance of a second recipient, who may not have it; NULL   */
    const char *decision; /* EXPECT: "permit" or "deny": what the policies must say; NULL       */
    const char *op; /* MUTATE: operator name; ASK: "label.parse", an operation of core/sap.h */
    const char *clearance; /* ASK: clearance fixture                                             */
    const char *policy;    /* ASK: name of a policy                                              */
    const char *language, *place; /* ASK: of the marking                                          */
    const char *text;       /* ASK: the marking; without: that of the label `of`                  */
    const char *time;       /* ASK: instead of the test time                                      */
    const char *on, *value; /* MUTATE                                                             */
    const char *when;       /* MUTATE: "before-encoding", "after-encoding" as the file says; NULL */
    uint32_t deadline_ms;   /* COLLECT; 0: the profile's                                          */
    const char *outcome;    /* EXPECT: space separated words; NULL: only the decision counts      */
    const char *class;      /* EXPECT: space separated words; NULL: any                           */
    const char *stage;      /* EXPECT: space separated words; NULL: any                           */
    const char *rung;       /* EXPECT: at least; NULL                                             */
    const char *level;      /* EXPECT SAME: "must" (default) or "should"                          */
    const char *what;       /* SAME: "label" "marking" "text" "order" "header:<key>" "translation"
                               "history" "message" "changes" "colours" "shown" "dsn" "recipients" */
    const char *at_least;   /* SAME: "octets" "value" "infoset" "semantics"                       */
    const char *phase;      /* JUDGE: space separated, besides the profile's; NULL                */
    const char
        *identity; /* SEND: identity of the test PKI to present ("client-expired"); "none": no
                             certificate; NULL: ours */
    const char
        *tls; /* SEND: TLS profile id to use instead of the profile's; "none": stay in clear */
    const char *host;    /* SEND: name sent as SNI instead of the SUT's; NULL */
    bool inject;         /* SEND: a command in the packet of STARTTLS */
    bool if_delivered;   /* SAME JUDGE: nothing to do where nothing came out       */
    bool if_reported;    /* JUDGE: nothing to do where no report came              */
    const char *end;     /* SEND: name of a false end of data; behind it `smuggle` follows */
    const char *smuggle; /* SEND: a message that goes along inside the content; with `end` */
    const char *ret, *envid, *notify; /* SEND: RFC 3461 parameters                              */
    struct mu_script script;          /* SERVE                                                  */
};

struct mu_axis {
    const char *name;
    const char **value;
    size_t values;
};

struct mu_requirement {
    const char *document, *clause;
    const char *rule; /* behaviour rule it shows; NULL */
};

struct mu_case {
    uint32_t index; /* in the suite */
    const char *id, *revision, *title, *why;
    enum mu_level level;
    enum mu_case_class class;
    enum mu_importance importance;
    enum mu_role role;
    const char *control; /* id; NULL */
    const char *off;     /* it shows nothing but rules, this one first, that the profile does not
                            ask for (mu_suite_switch); NULL */
    struct mu_case *control_case;
    const char *sins;        /* space separated; "" */
    const char *tags;        /* space separated; "" */
    const char **capability; /* needed              */
    size_t capabilities;
    bool needs_observe; /* has a collect step in role receiver */
    bool exclusive;     /* has a serve step                    */
    struct mu_requirement *requirement;
    size_t requirements;
    struct mu_axis *axis;
    size_t axes;
    size_t instances; /* product of the axes */
    struct mu_step *step;
    size_t steps;
    struct mu_where where;
};

struct mu_suite {
    const char *path; /* of the first file */
    const char *id, *revision;
    struct mu_case **cases;
    size_t count;
    char digest[MU_DIGEST_TEXT]; /* suite files and every fixture that they name */
};

/* Load files that make one suite and validate each against suite.xsd; structure errors only. Lint
 * finds the rest. The files say the same id and revision. */
bool mu_suite_load(struct mu_arena *arena, const struct mu_data *data, const char *const *file,
                   size_t files, struct mu_suite *suite, struct mu_err *err) MU_MUST_USE;

const struct mu_case *mu_suite_find(const struct mu_suite *suite, const char *id);

/* "relay-keeps-label[label=secret]"; `instance` counts through the axes, last axis fastest. */
void mu_case_name(const struct mu_case *c, size_t instance, char name[MU_NAME_TEXT]);

/* Value of an axis for an instance; NULL when the case has no such axis. */
const char *mu_case_axis(const struct mu_case *c, size_t instance, const char *axis);

/* {axis} replaced; in `arena`. */
const char *mu_case_expand(struct mu_arena *arena, const struct mu_case *c, size_t instance,
                           const char *text);

/* The instance of c's control that has the same values on the axes that both have; axes that only
 * the control has stand at their first value. -1: no control, or it lacks a value. */
int64_t mu_case_control_instance(const struct mu_case *c, size_t instance);

/* A fixture that a suite needs: "fixtures/labels/secret.xml". */
struct mu_suite_fixture {
    const char *relative;
    const char *folder, *name; /* "labels", "secret"             */
    bool first;                /* no case before names this file */
    struct mu_where where;
    const struct mu_case *c;
};

/* Every fixture that any instance of any case names, each once a case; returns how many. */
size_t mu_suite_fixtures(struct mu_arena *arena, const struct mu_suite *suite,
                         const struct mu_suite_fixture **fixture);

/* A numbered finding of the linter: "L03 suite.xml:12:5: invalid case '...' has no control". */
struct mu_lint {
    const char *number; /* "L03"         */
    bool error;         /* false: advice */
    struct mu_where where;
    char message[240];
};

/* What the linter may know of the world. */
struct mu_lint_world {
    const struct mu_data *data;
    const struct mu_profile *profile; /* rules; NULL: not checked */
    const char *const *sin;           /* names of the twin's sins */
    size_t sins;
    bool judged; /* labels that are asked about are judged by the rules: takes a millisecond each */
};

/* Everything that is wrong with a suite beyond its structure; `lint` in the arena. */
size_t mu_suite_lint(struct mu_arena *arena, const struct mu_suite *suite,
                     const struct mu_lint_world *world, struct mu_lint **lint);

/* number, what it finds; for `muster list lint` and the docs. */
struct mu_lint_rule {
    const char *number, *summary;
};
const struct mu_lint_rule *mu_lint_rule_at(size_t i);

#endif
