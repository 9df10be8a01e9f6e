/* The sins of validators, labellers, decision points and mappers: the part of the table of sins.c that
 * shows behind an adapter alone. */
#include "twin/sin.h"

#define VALIDATOR MU_TWIN_VALIDATOR
#define LABELLER  MU_TWIN_LABELLER
#define POLICY    MU_TWIN_POLICY
#define READS     (VALIDATOR | POLICY)
#define KNOWS     (VALIDATOR | LABELLER)
#define ALL       (VALIDATOR | LABELLER | POLICY)

#define PLACE(kind, roles, where, name, summary)                                                   \
    {                                                                                              \
        name, summary, kind, roles, .place = (where)                                               \
    }
/* What is answered is changed by an operator of mutate.h. */
#define ANSWERS(roles, op, on, value, name, summary)                                               \
    {                                                                                              \
        name, summary, MU_SIN_ANSWER, roles, .write = { op, on, value }                            \
    }
/* A check of a label's validity that is not made. */
#define SKIPS(id, name, summary)                                                                   \
    {                                                                                              \
        name, summary, MU_SIN_POLICY, KNOWS, .rule = (id)                                          \
    }

/* clang-format off */
static const struct mu_sin sin_row[] = {
    /* --- mocks: the behaviour of a whole system, or of its adapter --- */
    PLACE(MU_SIN_ADAPTER, ALL, MU_SIN_LENIENT, "lenient", "accepts, permits and maps whatever it is asked about"),
    PLACE(MU_SIN_ADAPTER, ALL, MU_SIN_STRICT, "strict", "refuses and denies whatever it is asked about"),
    PLACE(MU_SIN_ADAPTER, ALL, MU_SIN_LIAR, "liar", "claims everything and does nothing: its answers have the form of answers"),
    PLACE(MU_SIN_ADAPTER, ALL, MU_SIN_SLOW, "slow", "does not answer every hundredth question"),
    PLACE(MU_SIN_ADAPTER, ALL, MU_SIN_CRASHER, "crasher", "dies of a document type declaration"),
    PLACE(MU_SIN_ADAPTER, ALL, MU_SIN_NOISY, "noisy", "writes to standard output and error, and sends events that nobody asked for"),

    /* --- what a validator reads otherwise, or does not read --- */
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_HIDDEN_LABEL, "read-hidden-label", "takes the last label in a document, even out of an extension"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_ONE_ROOT, "one-root-only", "knows no label element but the originator's"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_WANT_URI, "want-uri", "refuses policies and categories without a URI"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_WANT_ORIGINATOR, "want-originator", "refuses labels without an originator"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_MAIL_ORIGINATOR, "mail-originators-only", "refuses originators that are no mailbox"),
    PLACE(MU_SIN_PARSER, READS, MU_SIN_NO_PREFIX, "know-no-prefix", "refuses elements with a prefix"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_TYPE_FIRST, "type-first", "wants attributes in the order in which it writes them"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_NO_REFERENCE, "know-no-references", "refuses characters that are written as their numbers"),
    PLACE(MU_SIN_PARSER, READS, MU_SIN_KEEP_BLANKS, "keep-blanks", "does not collapse white space around names"),
    PLACE(MU_SIN_PARSER, VALIDATOR, MU_SIN_ROOT_FIRST, "want-root-first", "refuses whatever stands in front of the root"),
    PLACE(MU_SIN_TIME, VALIDATOR, MU_SIN_WANT_ZULU, "want-zulu", "knows no times but those in UTC"),

    /* --- what the policy says and it does not ask --- */
    PLACE(MU_SIN_POLICY, KNOWS, MU_SIN_FOLD_CASE, "ignore-letter-case", "does not mind letter case, even where the policy does"),
    SKIPS("SEM-02", "accept-unknown-classification", "accepts classifications that the policy does not have"),
    SKIPS("SEM-03", "accept-unknown-category", "accepts categories that the policy does not have, or has with another type"),
    SKIPS("SEM-05", "accept-excluded-level", "does not ask which levels a value excludes"),
    SKIPS("SEM-06", "accept-required-level", "does not ask which level a value requires"),
    SKIPS("SEM-08", "accept-missing-category", "does not ask what else a value requires"),
    SKIPS("SEM-09", "accept-exclusion", "accepts values that exclude each other"),
    SKIPS("SEM-10", "accept-selection", "does not count the values of a category"),
    SKIPS("SEM-11", "accept-obsolete", "accepts obsolete values in new labels"),
    SKIPS("SEM-12", "ignore-window", "does not ask from when to when a value stands"),

    /* --- how it decides --- */
    PLACE(MU_SIN_POLICY, POLICY, MU_SIN_ANY_LEVEL, "ignore-level", "does not ask for the classification of a label"),
    PLACE(MU_SIN_POLICY, POLICY, MU_SIN_HIGHEST_LEVEL, "highest-level-only", "gives access to the highest level of a clearance alone"),
    PLACE(MU_SIN_POLICY, POLICY, MU_SIN_ONE_CATEGORY, "one-category-only", "is content with one of several permissive categories"),
    PLACE(MU_SIN_POLICY, POLICY, MU_SIN_EVERY_PERMISSIVE, "want-every-permissive", "wants all values of a permissive category"),
    PLACE(MU_SIN_POLICY, POLICY, MU_SIN_PERMIT_DOUBT, "permit-doubt", "gives access to what it does not understand"),

    /* --- what it answers otherwise than it understood --- */
    ANSWERS(KNOWS, "label.classification.lower", NULL, NULL, "answer-lower", "answers with the level below"),
    ANSWERS(KNOWS, "label.classification.higher", NULL, NULL, "answer-higher", "answers with the level above"),
    ANSWERS(ALL, "label.category.drop", "Context", NULL, "answer-without-context", "leaves the context out of its answers"),
    ANSWERS(ALL, "label.category.drop", "Releasable To", NULL, "answer-without-release", "leaves the release out of its answers"),
    ANSWERS(KNOWS, "label.category.drop", "Special Category Designators", NULL, "answer-without-designators", "leaves designators out of its answers"),
    ANSWERS(VALIDATOR, "label.created.drop", NULL, NULL, "answer-without-creation", "does not say when a label was created"),
    PLACE(MU_SIN_ANSWER, KNOWS, MU_SIN_FIRST_VALUES, "answer-first-values", "answers with the first value of each category"),
    PLACE(MU_SIN_ANSWER, VALIDATOR, MU_SIN_SMALL_LETTERS, "answer-small-letters", "answers in small letters"),
    PLACE(MU_SIN_ANSWER, KNOWS, MU_SIN_NO_PRIVACY_MARK, "answer-without-privacy-mark", "forgets privacy marks"),

    /* --- markings --- */
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_REVERSED, "mark-reversed", "shows the words of a marking in the opposite order"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_NOTHING, "mark-nothing", "shows empty markings"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_NO_COSMIC, "mark-without-cosmic", "shows NATO in the place of COSMIC"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_RELEASABLE, "mark-shows-releasable", "shows the value Releasable of a context"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_PUBLIC, "mark-public", "shows a marking for what is public"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_ENGLISH, "english-only", "shows and reads markings in English, whatever it is asked for"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_IN_FULL, "mark-portion-in-full", "shows the marking of the page for a portion"),
    PLACE(MU_SIN_ANSWER, LABELLER, MU_SIN_MARK_BEGINNING, "read-marking-beginning", "reads a marking up to where it understands no more"),
};
/* clang-format on */

const struct mu_sin *mu_sin_of_labels_at(size_t i)
{
    return i < MU_COUNT(sin_row) ? &sin_row[i] : NULL;
}
