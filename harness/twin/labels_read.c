/* Labels read and checked: gate, parser, schema, the rules that only the prose has, policy. */
#include <string.h>

#include "format/datetime.h"
#include "policy/validity.h"
#include "twin/labels.h"
#include "twin/read.h"

static bool stop(struct mu_twin_read *read, enum mu_stage stage, enum mu_class class,
                 const char *why)
{
    read->stage = stage;
    read->class = class;
    read->why = why;
    return false;
}

/* --- octets into a label --------------------------------------------------------------------------- */

/* The last label of all in the document: what somebody finds who looks for one anywhere. */
static const xmlNode *last_label(const xmlNode *root)
{
    const xmlNode *last = root;
    for (const xmlNode *n = root; n != NULL; n = mu_xml_following(root, n))
        if (mu_label_is_root(n))
            last = n;
    return last;
}

static bool check_schema(const struct mu_twin_labels *t, xmlDoc *doc, struct mu_arena *arena,
                         struct mu_twin_read *read)
{
    size_t errors;
    struct mu_schema_error error;
    if (mu_sin_is(t->sin, MU_SIN_NO_SCHEMA)
        || mu_schema_validate(t->schema, doc, &error, 1, &errors) == MU_VALID)
        return true;
    return stop(
        read, MU_STAGE_SCHEMA, MU_CLASS_SCHEMA,
        mu_arena_printf(arena, "the label does not follow its schema: %.120s", error.message));
}

bool mu_twin_read_label(struct mu_arena *arena, const struct mu_twin_labels *t,
                        struct mu_bytes octets, struct mu_twin_read *read)
{
    enum mu_class class;
    const char *why;
    *read = (struct mu_twin_read){ .why = "" };
    const xmlNode *root = mu_twin_label_tree(arena, octets, t->sin, &class, &why);
    if (root == NULL)
        return stop(read, class == MU_CLASS_SCHEMA ? MU_STAGE_SCHEMA : MU_STAGE_DECODE, class, why);
    why = mu_twin_misread(t->sin, root, octets);
    if (why != NULL)
        return stop(read, MU_STAGE_SCHEMA, MU_CLASS_SCHEMA, why);
    if (!check_schema(t, root->doc, arena, read))
        return false;
    if (mu_sin_is(t->sin, MU_SIN_HIDDEN_LABEL))
        root = last_label(root);
    struct mu_label *label = mu_new(arena, struct mu_label);
    mu_label_read(arena, root, label);
    read->label = label;
    read->root = root;
    return true;
}

/* --- what the prose demands ------------------------------------------------------------------------ */

static bool is_oid(const char *uri)
{
    return uri == NULL || mu_policy_oid(uri) != NULL;
}

static bool has_element(const xmlNode *root, const char *name)
{
    for (const xmlNode *n = root; n != NULL; n = mu_xml_following(root, n))
        if (mu_xml_is(n, MU_SLAB_NS, name))
            return true;
    return false;
}

static bool uses_numbers(const xmlNode *root)
{
    return has_element(root, "IntegerValue") || has_element(root, "BitStringValue");
}

static bool classification_has_uri(const xmlNode *root)
{
    for (const xmlNode *n = root; n != NULL; n = mu_xml_following(root, n))
        if (mu_xml_is(n, MU_SLAB_NS, "Classification") && xmlHasProp(n, BAD_CAST "URI") != NULL)
            return true;
    return false;
}

/* ADatP-4774 App 2, p 2-2: of the NATO policy alone. */
static bool has_foreign_mark(const struct mu_twin_read *read)
{
    const char *mark = read->label->privacy_mark;
    return read->policy != NULL && read->policy->is.nato && mark != NULL
           && !mu_bytes_equal_nocase(mu_bytes_trim(mu_bytes_of(mark)), MU_BYTES("CLEAR"));
}

/* ADatP-4774 App 2, p 2-4: a context stands there once, which a policy that asks for one of several
 * cannot say. */
static bool repeats_context(const struct mu_twin_read *read)
{
    const struct mu_policy *p = read->policy;
    uint32_t seen = MU_NONE;
    for (size_t i = 0; p != NULL && p->is.nato && i < read->resolved.values; i++) {
        uint32_t value = read->resolved.value[i].value;
        if (value == MU_NONE || p->value[value].set != p->is.context
            || strcmp(p->value[value].name, "Releasable") == 0)
            continue;
        if (value == seen)
            return true;
        seen = value;
    }
    return false;
}

/* Of a label and of what succeeds it. */
static const char *broken_uri(const struct mu_label *l)
{
    for (; l != NULL; l = l->successor) {
        if (!is_oid(l->policy_uri))
            return "L74-18: the URI of the policy is no urn:oid";
        for (size_t i = 0; i < l->categories; i++)
            if (!is_oid(l->category[i].uri))
                return "L74-21: the URI of a category is no urn:oid";
    }
    return NULL;
}

/* Written down once more and not asked of the rules of the harness: a twin that asked them could not
 * show that a suite, which is held to them, is right. */
static const char *broken_prose(const struct mu_twin_read *read, const xmlNode *root)
{
    const struct mu_label *l = read->label;
    if (l->review == NULL && l->succession == NULL)
        return "L74-25: neither a review date nor a succession";
    const char *uri = broken_uri(l);
    if (uri != NULL)
        return uri;
    if (classification_has_uri(root))
        return "L74-20: the classification has a URI";
    if (uses_numbers(root))
        return "L74-14: a value that is a number";
    if (repeats_context(read))
        return "NAT-02: the same context twice";
    return has_foreign_mark(read) ? "NAT-09: a privacy mark that the policy does not have" : NULL;
}

/* L74-26 broken: the review date is taken for a date of expiry. */
static bool is_past_review(const struct mu_twin_labels *t, const struct mu_label *label,
                           int64_t now)
{
    struct mu_instant review;
    return mu_sin_is(t->sin, MU_SIN_REVIEW_EXPIRES) && label->review != NULL
           && mu_datetime_read(mu_bytes_of(label->review), &review) && review.seconds < now;
}

bool mu_twin_check_prose(const struct mu_twin_labels *t, int64_t now, struct mu_twin_read *read)
{
    if (is_past_review(t, read->label, now))
        return stop(read, MU_STAGE_RULES, MU_CLASS_EXPIRED, "the label is past its review");
    const char *why = broken_prose(read, read->root);
    return why == NULL || mu_sin_is(t->sin, MU_SIN_IGNORE_RULES)
           || stop(read, MU_STAGE_RULES, MU_CLASS_RULE, why);
}

/* --- what its policy says ----------------------------------------------------------------------------- */

/* Names that are no names of the policy letter by letter. */
static bool written_otherwise(const struct mu_twin_read *read)
{
    const struct mu_policy *p = read->policy;
    uint32_t c = read->resolved.classification;
    for (size_t i = 0; i < read->resolved.values; i++) {
        const struct mu_resolved_value *v = &read->resolved.value[i];
        const char *text = read->label->category[v->category].value[v->position];
        if (v->value != MU_NONE && !p->value[v->value].input
            && strcmp(text, p->value[v->value].name) != 0)
            return true;
    }
    return (read->label->policy != NULL && strcmp(read->label->policy, p->name) != 0)
           || (c != MU_NONE && strcmp(read->label->classification, p->classification[c].name) != 0);
}

bool mu_twin_look_up(struct mu_arena *arena, const struct mu_twin_labels *t,
                     struct mu_twin_read *read)
{
    read->policy = mu_policies_find(&t->policies, read->label->policy, read->label->policy_uri);
    if (read->policy == NULL)
        return stop(read, MU_STAGE_POLICY, MU_CLASS_UNKNOWN_POLICY,
                    "the policy of the label is not known");
    mu_resolve(arena, read->policy, read->label, &read->resolved);
    return true;
}

static enum mu_class class_of(const char *rule)
{
    return strcmp(rule, "SEM-01") == 0   ? MU_CLASS_UNKNOWN_POLICY
           : strcmp(rule, "SEM-12") == 0 ? MU_CLASS_EXPIRED
                                         : MU_CLASS_POLICY;
}

bool mu_twin_check_policy(struct mu_arena *arena, const struct mu_twin_labels *t, int64_t now,
                          struct mu_twin_read *read)
{
    struct mu_validity_report report;
    const char *skipped = t->sin != NULL ? t->sin->rule : NULL;
    if (mu_sin_is(t->sin, MU_SIN_LETTER_CASE) && written_otherwise(read))
        return stop(read, MU_STAGE_POLICY, MU_CLASS_POLICY, "a name that the policy does not have");
    mu_validate_resolved(arena, &read->resolved, now, &report);
    for (size_t i = 0; i < report.findings; i++) {
        const struct mu_invalidity *f = &report.finding[i];
        if (!f->must || mu_sin_is(t->sin, MU_SIN_INVALID_LABEL)
            || (skipped != NULL && strcmp(skipped, f->rule) == 0))
            continue;
        return stop(read, MU_STAGE_POLICY, class_of(f->rule),
                    mu_arena_printf(arena, "%s: %s", f->rule, f->what));
    }
    return true;
}
