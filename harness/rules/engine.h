/*
 * engine.h - what the files of this folder share: a rule set as it stands after loading.
 *
 * The set is written by the loader and by mu_rules_compile(), and then only read: everything that
 * belongs to one document lives in `struct mu_judging`, so that forked jobs do not dirty the pages
 * of the rules. The one exception are the XPath contexts, which libxml2 wants to write to.
 */
#ifndef MU_RULES_ENGINE_H
#define MU_RULES_ENGINE_H

#include <libxml/xpath.h>

#include "rules/rules.h"

#define MU_SCHEMATRON_NS "http://purl.oclc.org/dsdl/schematron"
#define MU_RULES_NS      "urn:muster:rules:1"
#define MU_BEHAVIOUR_NS  "urn:muster:behaviour:1"

/* A growing array in an arena: append with mu_list_add(). */
struct mu_list {
    void *item;
    size_t count, room;
};

/* A zeroed element at the end; elements move when the list grows. */
void *mu_list_add(struct mu_arena *arena, struct mu_list *list, size_t size) MU_MUST_USE;

struct mu_namespace {
    const char *prefix, *uri;
};

/* One rule file. It has an XPath context of its own, because prefixes are resolved when a test
 * runs: two files that bind one prefix to two URIs would disturb each other in a shared one. */
struct mu_rule_file {
    struct mu_rule_set *set;
    const char *name;      /* for messages */
    const char *document;  /* sch:title up to the colon */
    struct mu_list spaces; /* struct mu_namespace */
    xmlXPathContext *xpath;
};

/* A compiled expression and where to say so when it fails. */
struct mu_expression {
    xmlXPathCompExpr *code;
    struct mu_where where;
    xmlXPathObjectType type; /* on the blank element; XPATH_UNDEFINED when it uses variables */
};

/* sch:let. Values are computed when first used: those of a rule once a node, others once a document. */
struct mu_let {
    const char *name, *text; /* `text`: its value as it was written */
    struct mu_expression value;
};

/* Text with sch:value-of in it. */
struct mu_piece {
    const char *text; /* NULL: the value of `select` */
    struct mu_expression select;
};

struct mu_template {
    struct mu_piece *piece;
    size_t pieces;
};

/* One sch:assert or sch:report. */
struct mu_check {
    size_t rule; /* index in the set */
    bool report; /* breaks when the test is true */
    struct mu_expression test;
    struct mu_template text, hint;
    size_t scope;     /* its sch:rule */
    size_t tolerance; /* the check that takes its breaks over, + 1; 0: none */
};

/* Lets that an expression may use, as ranges of the set's: the schema's and those of its sch:rule. */
struct mu_visible {
    size_t outer, outer_end, own, own_end;
};

/* One sch:rule. */
struct mu_scope {
    const struct mu_rule_file *file;
    size_t pattern;  /* number in the set; the first matching scope of a pattern wins */
    uint64_t phases; /* of its pattern; 0: runs always */
    struct mu_visible visible;
    size_t check, checks;
};

/* [@name='value'] */
struct mu_literal {
    const char *name, *value;
};

struct mu_step {
    const char *name; /* in the set's dictionary; NULL: * */
    const char *space;
    bool deep;               /* '//' stands before it */
    struct mu_list literals; /* struct mu_literal */
    struct mu_list tests;    /* struct mu_expression: every other predicate */
};

/* One alternative of a context. */
struct mu_path {
    size_t scope;
    bool anchored;        /* the first step is the document's root */
    struct mu_step *step; /* outermost first */
    size_t steps;
    struct mu_where where;
};

/* Paths that end in one name, in the order of their scopes. */
struct mu_bucket {
    const char *name;    /* interned; NULL: free */
    size_t first, count; /* in mu_rule_set.order */
};

struct mu_rule_set {
    struct mu_arena *arena;
    xmlDict *dict;
    const char *message; /* "message", interned: tells whether a document shares our names */
    int64_t test_time;
    struct mu_policies policies;
    bool compiled;
    xmlNode *blank;        /* an element on which every expression is tried once */
    struct mu_list files;  /* struct mu_rule_file * */
    struct mu_list rules;  /* struct mu_rule *, so that they stay where they are */
    struct mu_list checks; /* struct mu_check */
    struct mu_list lets;   /* struct mu_let */
    struct mu_list scopes; /* struct mu_scope */
    struct mu_list paths;  /* struct mu_path */
    struct mu_list phases; /* const char *: bit i of a phase mask */
    size_t patterns;
    const struct mu_path **order;
    struct mu_bucket *bucket;
    size_t buckets; /* a power of two */
};

/* One document being judged. */
struct mu_judging {
    const struct mu_rule_set *set;
    struct mu_arena *arena;
    const struct mu_document *document;
    xmlXPathObject **value;       /* of lets; NULL: not yet computed */
    const struct mu_scope *scope; /* whose lets are visible */
    xmlNode *node;                /* and for which node */
    unsigned nested;              /* a let is being computed inside a test */
    const char *subject;          /* id of the rule, for messages */
    const struct mu_part *part; /* the part decoded last: rules ask for the same again and again */
    struct mu_bytes decoded;
    bool related; /* the document's names are in our dictionary */
    uint64_t phases;
    const struct mu_listener *listener; /* NULL: nobody */
    struct mu_policy_notes *notes;      /* of functions_policy.c, made when first asked for */
    struct mu_repeats *repeats;         /* the same                                         */
    struct mu_judgement *out;
    uint16_t *break_of; /* one a rule: its break + 1; 0: none */
    size_t room;        /* in out->broken */
    bool failed;        /* *err is filled */
    struct mu_err *err;
};

/* A place in the file being loaded. */
struct mu_spot {
    const struct mu_rule_file *file;
    struct mu_where where;
};

/* context.c: the alternatives of a context into set->paths. */
bool mu_context_parse(struct mu_rule_set *set, const struct mu_spot *spot, const char *context,
                      size_t scope, struct mu_err *err) MU_MUST_USE;

/* Does `path` match `node`, whose name is known to be the last step's? -1 after an error. */
int mu_context_match(struct mu_judging *j, const struct mu_path *path, xmlNode *node);

/* evaluate.c: the truth of `code` on `node`; -1 with j->err filled when it fails. */
int mu_evaluate_truth(struct mu_judging *j, const struct mu_rule_file *file,
                      const struct mu_expression *code, xmlNode *node);

/* Its string value in j->arena, collapsed and made safe; NULL with j->err filled when it fails. */
const char *mu_evaluate_text(struct mu_judging *j, const struct mu_rule_file *file,
                             const struct mu_expression *code, xmlNode *node);

/* Try an expression on the blank element, to find what can only fail when it runs. */
bool mu_evaluate_try(const struct mu_spot *spot, const char *text, struct mu_expression *code,
                     struct mu_err *err) MU_MUST_USE;

void mu_evaluate_start(struct mu_judging *j);
void mu_evaluate_forget(struct mu_judging *j, size_t from, size_t to); /* values of lets */
void mu_evaluate_stop(struct mu_judging *j);

/* compile.c: the paths that end in an interned name; NULL when there are none. */
const struct mu_bucket *mu_dispatch_find(const struct mu_rule_set *set, const char *name);

/* place.c: where a node is, and what it says, for people. */
struct mu_place mu_place_of(struct mu_arena *arena, const xmlNode *node);
int64_t mu_place_offset(const xmlNode *node); /* -1: none */
const char *mu_place_seen(struct mu_arena *arena, const xmlNode *node);

/* load.c's parts: a Schematron file, a list of behaviour rules. */
bool mu_schematron_load(struct mu_rule_set *set, struct mu_rule_file *file, xmlNode *root,
                        struct mu_err *err) MU_MUST_USE;
bool mu_behaviour_load(struct mu_rule_set *set, struct mu_rule_file *file, xmlNode *root,
                       struct mu_err *err) MU_MUST_USE;

/* template.c: the text of an assert or a diagnostic. `pieces` goes on; `shown` gets it for people,
 * each value as {select}. */
bool mu_template_load(const struct mu_rule_file *file, const xmlNode *node,
                      struct mu_visible visible, struct mu_list *pieces, struct mu_buf *shown,
                      struct mu_err *err) MU_MUST_USE;

/* The number of a phase, added when it is new; a phase of the same name in another file is the same
 * phase. False: there are too many. */
bool mu_phase_number(struct mu_rule_set *set, const char *id, size_t *number);

/* A new rule with the attributes that both kinds of file share: id, level (`level_name`), see. */
bool mu_rule_add(struct mu_rule_set *set, const struct mu_rule_file *file, const xmlNode *node,
                 const char *level_name, struct mu_rule **rule, struct mu_err *err) MU_MUST_USE;

/* vocabulary.c: which elements and attributes may stand where. */
struct mu_element {
    const char *name;
    const char *attributes; /* space separated; a ! behind the name: required */
    const char *children;   /* space separated element names */
    bool text;              /* may hold text */
};

/* Names of elements or attributes that people may expect, and what to do instead. */
struct mu_refused {
    const char *name, *why;
};

struct mu_vocabulary {
    const char *ns;
    const struct mu_element *element;
    size_t elements;
    const struct mu_refused *refused;
    size_t refusals;
};

/* Check an element and everything below it. */
bool mu_vocabulary_check(struct mu_arena *arena, const struct mu_vocabulary *vocabulary,
                         const xmlNode *root, struct mu_err *err) MU_MUST_USE;

/* `text` in `arena` with every run of white space as one space, trimmed. */
const char *mu_collapse(struct mu_arena *arena, struct mu_bytes text);

#endif
