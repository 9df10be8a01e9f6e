/*
 * compare.h - two runs side by side: what became of every case, and what may have made the difference.
 *
 * Instances are matched by name. A difference between two verdicts has a cause somewhere: what the two
 * runs say of themselves (versions, digests, seed) is held against each other as a list of facts, and
 * each change names every kind of fact that differs, the most specific first. Where nothing differs
 * but the verdict, the case is unstable. Both results are borrowed and must live as long.
 */
#ifndef MU_REPORT_COMPARE_H
#define MU_REPORT_COMPARE_H

#include "report/model.h"

/* --- what a run says of itself (compare_facts.c) ----------------------------------------------------- */

enum mu_fact_kind {
    MU_FACT_SUT,
    MU_FACT_SUITE,
    MU_FACT_EXPECTATION,
    MU_FACT_ENVIRONMENT,
    MU_FACT_CLOCK,  /* differs between any two runs: never a cause by itself */
    MU_FACT_CHOICE, /* what was to be run: explains what did not run         */
    MU_FACTS,
};

struct mu_fact {
    const char *name; /* first: key of a table; "version", "policy ACME" */
    const char *value;
    enum mu_fact_kind kind;
    bool rough; /* follows from finer facts of its kind: said only when none of them differs */
    struct mu_fact *next;
};

/* All that is kept of a run to compare it with another; strings in an arena of its own. */
struct mu_past {
    struct mu_fact *fact, **tail; /* the most specific first */
    struct mu_table facts;
    struct mu_table rules; /* struct mu_fact: a rule as it was in force */
    struct mu_table cases; /* struct mu_fact: the revision of a case    */
    struct mu_table words;
};

struct mu_past *mu_past_of(struct mu_arena *arena, const struct mu_result *m);

struct mu_difference {
    const struct mu_fact *fact; /* name and kind */
    const char *before, *after; /* "" where the run says nothing of it */
    struct mu_difference *next;
};

/* --- why (compare_cause.c) ---------------------------------------------------------------------------- */

enum mu_cause_kind {
    MU_CAUSE_SUT,
    MU_CAUSE_SUITE,
    MU_CAUSE_EXPECTATION,
    MU_CAUSE_ENVIRONMENT,
    MU_CAUSE_UNSTABLE,
    MU_CAUSES,
};

struct mu_cause {
    enum mu_cause_kind kind;
    const char *what; /* "case revision 1 -> 2" */
    bool own;         /* of this case; else it goes for the whole run */
    const struct mu_cause *next;
};

/* What differs between two runs, and the causes that all their changes share. */
struct mu_gap {
    struct mu_arena *arena;
    const struct mu_past *before, *after;
    struct mu_difference *difference; /* in the order of the facts */
    const struct mu_cause *shared;    /* SUT, suite, environment   */
    const struct mu_cause *stated;    /* expectation; NULL: no other file */
    bool clock;                       /* the test time differs     */
    unsigned rules, cases; /* of those in both, written otherwise or of another revision */
};

void mu_gap_find(struct mu_arena *arena, const struct mu_past *before, const struct mu_past *after,
                 struct mu_gap *gap);

/* What is known of one end of a change. */
struct mu_end {
    bool known; /* the run says something of the instance */
    bool whole; /* the run came to its end                */
    enum mu_verdict verdict;
    const char *reason, *expectation;
    unsigned passed, tried;
    bool unstable;
};

struct mu_end mu_end_of(const struct mu_result *m, const struct mu_instance *i);

/* Why an instance of the case may have come to another end, the most specific first; never NULL. */
const struct mu_cause *mu_gap_causes(const struct mu_gap *gap, const char *of, struct mu_end before,
                                     struct mu_end after);

/* "SUT changed", "nothing changed: unstable". */
const char *mu_cause_name(enum mu_cause_kind kind);

/* As in JSON: "sut", "suite", "expectation", "environment", "unstable". */
const char *mu_cause_word(enum mu_cause_kind kind);
const char *mu_fact_word(enum mu_fact_kind kind);

/* --- the two runs (compare.c) --------------------------------------------------------------------------- */

enum mu_way { MU_WAY_WORSE, MU_WAY_LOST, MU_WAY_ASIDE, MU_WAY_BETTER, MU_WAY_SAME, MU_WAYS };

/* Where a change of the verdict leads: "lost" is what passed and is no longer run. */
enum mu_way mu_way_of(enum mu_verdict from, enum mu_verdict to);
const char *mu_way_name(enum mu_way way);

struct mu_change {
    const char *name;
    const struct mu_instance *before, *after; /* NULL: the run does not know it */
    enum mu_way way;
    bool verdict, reason, stability, expectation; /* which of them changed    */
    bool failure; /* a new failure: what turns the exit status, and no expectation covers */
    const struct mu_cause *cause;
    struct mu_change *next; /* by name */
    struct mu_change *next_alike;
};

struct mu_transition {
    enum mu_verdict from, to;
    enum mu_way way;
    unsigned count;
    struct mu_change *first, **tail;
};

/* Durations of the cases of one kind that came to the same end in both runs, pair by pair. */
struct mu_pace {
    const char *kind; /* "relay valid"; "all" */
    size_t n, slower, faster;
    int64_t before[3], after[3]; /* median, 90 %, 99 %: milliseconds */
    bool significant;
    struct mu_pace *next;
};

struct mu_entry_change { /* of the expectation file */
    const struct mu_known *known;
    bool added;
    struct mu_entry_change *next;
};

struct mu_diff {
    struct mu_arena *arena;
    const struct mu_result *before, *after;
    struct mu_gap gap;
    bool strangers; /* of different profiles */
    bool identical; /* the same stream twice */
    bool backwards; /* the new one started before the old one */
    unsigned common, same, changed, added, removed;
    unsigned failures; /* new ones */
    unsigned better, reasons, stabilities, expectations;
    struct mu_transition *transition; /* worst first */
    size_t transitions;
    struct mu_change *change;      /* instances of both runs that differ */
    struct mu_change *only_after;  /* added */
    struct mu_change *only_before; /* removed */
    const char **unchanged;        /* names, sorted */
    struct mu_pace *pace;          /* "all" first */
    struct mu_entry_change *entry;
    struct mu_high_mark *mark; /* a policy the higher one of both */
};

struct mu_diff *mu_compare(struct mu_arena *arena, const struct mu_result *before,
                           const struct mu_result *after);

/* One sentence without a full stop: "2 got worse, 1 better". */
const char *mu_diff_answer(const struct mu_diff *c);

/* Sentences that a reader must know before the rest: incomplete runs, other profiles; NULL after the last. */
const char *mu_diff_warning(const struct mu_diff *c, unsigned i);

/* Speed (compare_speed.c). */
void mu_compare_paces(struct mu_diff *c);

/* Highest markings of both (compare.c); history takes them too. */
void mu_marks_raise(struct mu_arena *arena, struct mu_high_mark **marks,
                    const struct mu_high_mark *mark);

/* --- as text, JSON and a page ---------------------------------------------------------------------------- */

struct mu_compare_style {
    bool colour;
    bool all; /* every name, however many lines */
};

void mu_compare_text(struct mu_buf *out, const struct mu_diff *c, struct mu_compare_style style);

/* Words within a line: a line end or tab in foreign text becomes a space. At most `max` octets. */
void mu_compare_words(struct mu_buf *out, const char *text, size_t max);

/* "suite changed (case revision 1 -> 2); SUT changed": what goes for the whole run only when `all`. */
void mu_compare_causes(struct mu_buf *out, const struct mu_cause *cause, bool all);

/* reports/diff.schema.json */
void mu_compare_json(struct mu_buf *out, const struct mu_diff *c);

/* diff.page.xsl, with the style sheet and the script of the report: read before the seal. */
struct mu_sheets;
bool mu_compare_page(const struct mu_sheets *sheets, const struct mu_diff *c, int out,
                     struct mu_err *err) MU_MUST_USE;

#endif
