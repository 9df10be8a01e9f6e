/*
 * label.h - what the commands of `muster label` share: the policies to go by, labels found in what
 * the user gave, what is wrong with them, how they are shown.
 *
 * Everything that comes from an operand is foreign: XML goes through the gate, what is printed is
 * made safe, and whatever leaves room for another reading is a doubt, on which no decision may rest.
 */
#ifndef MU_CLI_LABEL_H
#define MU_CLI_LABEL_H

#include "base/json.h"
#include "cli/world.h"
#include "format/clearance.h"
#include "policy/marking.h"

#define MU_DESK_REVIEW_S                                                                           \
    (365 * (int64_t) 86400) /* a label made here is due for review after that */

struct mu_desk {
    const struct mu_arguments *args;
    struct mu_world world; /* data folders, test time; the profile once rules were asked for */
    struct mu_policies policies;
    struct mu_schema *schema; /* of labels */
    enum mu_marking_match match;
    const char *language;
    bool json;
    bool keep;           /* what was read stays, for commands over several labels */
    enum mu_exit status; /* what the command ends with so far */
};

/* One thing that is wrong. */
struct mu_finding {
    const char *rule;
    enum mu_level level;
    const char *what; /* one sentence, safe */
};

/* One label that was found. */
struct mu_item {
    const char *input;  /* file name, "standard input", "--marking" */
    const char *name;   /* for messages: the input, or "mail.eml, label 2" */
    const char *syntax; /* "adatp-4774" "fixture" "ess" "x411" "marking" */
    const char *at;     /* where in a message: "sio-label"; NULL: the input is the label */
    size_t offset;      /* octet of that field in the message */
    const struct mu_label *label;
    const struct mu_policy *policy;           /* NULL: not known */
    struct mu_bytes xml;                      /* its octets; n == 0 when it is no ADatP-4774 XML */
    const char *carried;                      /* the marking beside it; NULL */
    const struct mu_marking_reading *reading; /* of a marking; NULL */
    /* The first reason why nothing may rest on this reading of it; NULL: none. */
    const char *doubt, *doubt_rule;
    const struct mu_finding *note; /* what else was seen on reading */
    size_t notes;
};

struct mu_items {
    struct mu_item *item;
    size_t count, room;
};

/* Policies, schema and the options that all commands have. */
bool mu_desk_open(struct mu_desk *desk, const struct mu_arguments *args,
                  struct mu_err *err) MU_MUST_USE;

/* A policy by file or shipped name. */
bool mu_desk_policy(struct mu_desk *desk, const char *name, struct mu_policy **policy,
                    struct mu_err *err) MU_MUST_USE;

/* All of a file, or of standard input for "-", at most `max` bytes. */
bool mu_desk_input(struct mu_arena *arena, const char *operand, size_t max, struct mu_bytes *text,
                   struct mu_err *err) MU_MUST_USE;

/* The place of a byte of a text: line and column. */
struct mu_where mu_desk_where(const char *input, struct mu_bytes text, size_t offset);

/* The labels in one input. MU_ERR_USAGE or MU_ERR_LIMIT with its place: it cannot be read. */
bool mu_desk_read(const struct mu_desk *desk, struct mu_arena *arena, const char *operand,
                  struct mu_items *items, struct mu_err *err) MU_MUST_USE;
/* The labels in the octets of a message. */
bool mu_desk_read_mail(const struct mu_desk *desk, struct mu_arena *arena, const char *input,
                       struct mu_bytes octets, struct mu_items *items,
                       struct mu_err *err) MU_MUST_USE;
bool mu_desk_read_marking(const struct mu_desk *desk, struct mu_arena *arena, const char *input,
                          struct mu_bytes text, struct mu_items *items,
                          struct mu_err *err) MU_MUST_USE;

/* label_binary.c: ESS and X.411 labels; `input` names it in messages. */
bool mu_desk_read_ess(const struct mu_desk *desk, struct mu_arena *arena, const char *input,
                      struct mu_bytes der, bool x411, struct mu_item *item,
                      struct mu_err *err) MU_MUST_USE;
bool mu_desk_write_ess(const struct mu_desk *desk, struct mu_arena *arena,
                       const struct mu_label *label, struct mu_bytes *base64,
                       struct mu_err *err) MU_MUST_USE;

/* label_clearance.c: the file of --clearance. */
bool mu_desk_clearance(const struct mu_desk *desk, struct mu_clearance *clearance,
                       struct mu_err *err) MU_MUST_USE;

/* Do `one` for every label of every operand (--marking, standard input where there is none). An input
 * that cannot be read is complained of, counts in the status, and the rest goes on. */
bool mu_desk_each(struct mu_desk *desk,
                  bool (*one)(struct mu_desk *desk, struct mu_arena *arena,
                              const struct mu_item *item, void *self, struct mu_err *err),
                  void *self, struct mu_err *err) MU_MUST_USE;

/* Remember a status; the worst one stays. */
void mu_desk_status(struct mu_desk *desk, enum mu_exit status);

/* --- what is wrong with a label ------------------------------------------------------------------------- */

struct mu_findings {
    struct mu_finding *finding;
    size_t count, room;
    size_t left_off; /* past MU_DEFECTS_MAX */
    bool valid;      /* no must rule is broken, of those left off either */
};

/* Under its policy, and what reading it put in doubt. */
void mu_desk_check(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                   struct mu_findings *out);

/* By the rules of the profile, too, where it is XML. */
bool mu_desk_judge(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                   struct mu_findings *out, struct mu_err *err) MU_MUST_USE;

/* --- showing ----------------------------------------------------------------------------------------- */

/* Lines for people: policy, classification, categories, times, marking. */
void mu_desk_describe(const struct mu_desk *desk, struct mu_arena *arena,
                      const struct mu_item *item, struct mu_buf *out);

/* The members of the object of harness/docs/labels.md, without the braces. */
void mu_desk_json(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                  struct mu_json *json);
void mu_desk_json_findings(struct mu_json *json, const struct mu_findings *findings);

/* Print what was collected, a line end after it. */
void mu_desk_print(const struct mu_buf *out);

/* `text` as one safe line; "" for NULL. */
const char *mu_desk_safe(struct mu_arena *arena, const char *text);

/* The syntaxes of --as. False in *chosen: the option was not given. */
enum mu_as { MU_AS_XML, MU_AS_ESS, MU_AS_FIXTURE };
bool mu_desk_as(const struct mu_desk *desk, bool *chosen, enum mu_as *as,
                struct mu_err *err) MU_MUST_USE;

/* A label in one of them, one line (the fixture: several). */
bool mu_desk_write(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_label *label,
                   enum mu_as as, struct mu_bytes *out, struct mu_err *err) MU_MUST_USE;

/* An item for a label that a command made. */
void mu_desk_made(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_label *label,
                  const char *name, struct mu_item *item);

/* Unix time as xs:dateTime. */
const char *mu_desk_time(struct mu_arena *arena, int64_t seconds);

#endif
