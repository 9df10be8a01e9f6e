/*
 * rules.h - ISO Schematron, restricted to XPath 1.0 and our functions, compiled once and evaluated
 * over message documents.
 *
 * Load every rule file of a profile into one set, compile, then judge any number of documents, also
 * in forked jobs. A rule whose context matches nothing is not applicable, never silently true.
 */
#ifndef MU_RULES_RULES_H
#define MU_RULES_RULES_H

#include "base/limits.h"
#include "core/record.h"
#include "document/document.h"

enum mu_level { MU_LEVEL_MAY, MU_LEVEL_SHOULD, MU_LEVEL_MUST };
const char *mu_level_name(enum mu_level level);
bool mu_level_from_name(const char *name, enum mu_level *level);

struct mu_rule {
    const char *id;        /* "SIO-09" */
    enum mu_level level;   /* after the profile's raise and waive */
    enum mu_level written; /* @role in the rule file */
    bool waived;
    const char *because;  /* of raise or waive; NULL */
    const char *see;      /* clause; "house" for project rules */
    const char *document; /* the source document: the file's sch:title up to the colon */
    const char *text;     /* the requirement, one sentence; a sch:value-of stands as {select} */
    const char *hint;     /* the diagnostics, written the same way; "" when there are none */
    const char *context, *test; /* as written; NULL when shown by a case */
    const char *file;           /* rule file, for messages */
    const char *phases;         /* space separated phases that hold it; "" when in none */
    const char *tolerates;      /* the rule whose breaks this one takes over; NULL: none */
    uint32_t line;
    bool assertion; /* false: shown by a case (from a list of behaviour rules) */
    bool left_out;  /* not among those selected */
};

struct mu_rule_set; /* belongs to an arena */

struct mu_rule_set *mu_rules_new(struct mu_arena *arena) MU_MUST_USE;

/* Names that documents should share (mu_document_kit.dict). */
xmlDict *mu_rules_dict(const struct mu_rule_set *set);

/* Add one .sch file, or a list of behaviour rules (root behaviour, urn:muster:behaviour:1), whose
 * mark is always '-'. MU_ERR_PROFILE with file:line:column; the set is of no use after that. */
bool mu_rules_load(struct mu_rule_set *set, const char *path, struct mu_err *err) MU_MUST_USE;

/* The same from bytes; `name` for messages. */
bool mu_rules_load_bytes(struct mu_rule_set *set, struct mu_bytes text, const char *name,
                         struct mu_err *err) MU_MUST_USE;

/* After the last file, before the first fork: dispatch tables, ICU. `test_time` is Unix time for
 * r:now(). */
bool mu_rules_compile(struct mu_rule_set *set, int64_t test_time, struct mu_err *err) MU_MUST_USE;

/* The policies that the functions of the rules ask; before judging, and before the fork: their phrases
 * are made ready, once. They live as long as the set. */
void mu_rules_use(struct mu_rule_set *set, const struct mu_policies *policies);

/* After compiling: evaluate only the rules that `wanted` holds true for, one a rule. The others are
 * not applicable, and cost nothing. */
void mu_rules_select(struct mu_rule_set *set, const bool *wanted);

/* Could a rule that is evaluated look at what has this name? A name, or what reaches everything (a
 * wildcard, an axis, a variable, the text of a whole element): so yes may be wrong, and no is right. Of an
 * attribute the name begins with @; no text of an element holds it. */
bool mu_rules_may_see(const struct mu_rule_set *set, const char *name);

/* Is the rule in no phase, or in one of those named (space separated)? */
bool mu_rule_is_on(const struct mu_rule *rule, const char *phases);

size_t mu_rules_count(const struct mu_rule_set *set);
const struct mu_rule *mu_rules_at(const struct mu_rule_set *set, size_t i);
struct mu_rule *mu_rules_find(const struct mu_rule_set *set, const char *id); /* NULL: none */

/* Is there a sch:phase of this name in any file? */
bool mu_rules_has_phase(const struct mu_rule_set *set, const char *phase);

struct mu_place {
    int64_t offset;   /* octet in the message; -1 when the place is no octet of it */
    int64_t octets;   /* from there on: of a whole header field, and else the first one */
    const char *path; /* short XPath of the node */
};

/* One rule that did not hold. */
struct mu_break {
    size_t rule;
    const char *expected; /* the rule's text */
    const char
        *seen; /* string value of the context or the value-of's of the diagnostic; safe text */
    const char *hint; /* diagnostic with its value-of's filled in; "" */
    struct mu_place place[MU_PLACES_MAX];
    size_t places; /* kept */
    size_t count;  /* in all */
};

struct mu_judgement {
    char *
        mark; /* one enum mu_mark a rule, NUL-terminated; waived rules and rules outside the phases are '-' */
    struct mu_break *broken; /* in the order in which the document shows them */
    size_t breaks;
};

/* Evaluate the rules that belong to no phase and those of the named `phases` (space separated; ""
 * for none). MU_ERR_LIMIT when an evaluation passed MU_XPATH_OPERATIONS, MU_ERR_PROFILE when it failed
 * otherwise, both with the place of the rule: errors of the rules, never findings. Not reentrant: a
 * process judges one document at a time. */
bool mu_rules_judge(const struct mu_rule_set *set, struct mu_arena *arena, const char *phases,
                    const struct mu_document *document, struct mu_judgement *out,
                    struct mu_err *err) MU_MUST_USE;

/* Who wants to hear of every node on which a rule does not hold; mu_break keeps MU_PLACES_MAX of them.
 * Text and hint have the values of that node filled in; they belong to the judgement's arena. */
struct mu_listener {
    void (*broke)(void *self, size_t rule, const xmlNode *node, const char *text, const char *hint);
    void *self;
};

/* mu_rules_judge() with somebody who listens. */
bool mu_rules_judge_each(const struct mu_rule_set *set, struct mu_arena *arena, const char *phases,
                         const struct mu_document *document, const struct mu_listener *listener,
                         struct mu_judgement *out, struct mu_err *err) MU_MUST_USE;

/* The phases of all files, in the order in which they were met; NULL past the last. */
const char *mu_rules_phase_at(const struct mu_rule_set *set, size_t i);

/* The table of XPath functions of urn:muster:rules:1, for `muster list functions`. */
struct mu_function {
    const char *name, *arguments, *summary;
};
const struct mu_function *mu_function_at(size_t i); /* NULL past the last */

#endif
