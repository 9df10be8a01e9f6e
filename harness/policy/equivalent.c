#include "policy/equivalent_map.h"

#include "base/limits.h"
#include "policy/foreign.h"
#include "policy/names.h"
#include "policy/validity.h"

bool mu_map_refuse(struct mu_map_run *m, const char *rule, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    m->out->rule = rule;
    m->out->why = mu_foreign_sentence(m->arena, fmt, args);
    va_end(args);
    return false;
}

const char *mu_map_shown(const struct mu_map_run *m, const char *name)
{
    return mu_foreign_shown(m->arena, name);
}

/* --- may it be mapped at all ------------------------------------------------------------------ */

/* The policy must say that it knows the target. The OID decides; a name that is another one's means
 * that one of the two files is not what it says. */
static bool find_target(struct mu_map_run *m)
{
    const char *other = NULL;
    if (strcmp(m->from->id, m->to->id) == 0)
        return mu_map_refuse(m, "EQV-06", "the label is in the terms of '%s' already",
                             mu_map_shown(m, m->to->name));
    for (uint32_t i = 0; i < m->from->equivalents; i++) {
        const struct mu_equivalent_policy *e = &m->from->equivalent[i];
        if (mu_foreign_is(m->from, i, m->to))
            return true;
        if (e->id != NULL && strcmp(e->id, m->to->id) == 0)
            other = e->name != NULL ? e->name : "";
    }
    if (other != NULL)
        return mu_map_refuse(m, "SPF-06",
                             "'%s' knows the policy %s as '%s', which calls itself '%s'",
                             mu_map_shown(m, m->from->name), mu_map_shown(m, m->to->id),
                             mu_map_shown(m, other), mu_map_shown(m, m->to->name));
    return mu_map_refuse(m, "EQV-06", "'%s' declares no equivalence with '%s'",
                         mu_map_shown(m, m->from->name), mu_map_shown(m, m->to->name));
}

static bool valid(struct mu_map_run *m, const struct mu_resolved *label, const char *intro)
{
    struct mu_validity_report report;
    mu_validate_resolved(m->arena, label, m->test_time, &report);
    for (size_t i = 0; i < report.findings; i++)
        if (report.finding[i].must)
            return mu_map_refuse(m, report.finding[i].rule, "%s '%s': %s", intro,
                                 mu_map_shown(m, label->policy->name), report.finding[i].what);
    if (!report.valid || label->doubt)
        return mu_map_refuse(m, "EQV-06", "%s '%s': something in it is not understood", intro,
                             mu_map_shown(m, label->policy->name));
    return true;
}

/* --- classification --------------------------------------------------------------------------- */

/* The equivalences that may be used agree, or nothing is chosen. */
static bool map_classification(struct mu_map_run *m)
{
    const struct mu_classification *c = &m->from->classification[m->label->classification];
    const struct mu_class_map *use = NULL;
    bool other_direction = false;
    for (size_t i = 0; i < c->maps; i++) {
        const struct mu_class_map *map = &c->map[i];
        if (!mu_foreign_is(m->from, map->policy, m->to))
            continue;
        if ((map->applied & m->applied) == 0)
            other_direction = true;
        else if (use != NULL && use->lacv != map->lacv)
            return mu_map_refuse(m, "EQV-06",
                                 "'%s' has two equivalents in '%s': lacv %lld and %lld",
                                 mu_map_shown(m, c->name), mu_map_shown(m, m->to->name),
                                 (long long) use->lacv, (long long) map->lacv);
        else
            use = map;
    }
    if (use == NULL)
        return mu_map_refuse(m, other_direction ? "EQV-04" : "EQV-06",
                             "'%s' has no equivalent in '%s'%s", mu_map_shown(m, c->name),
                             mu_map_shown(m, m->to->name),
                             other_direction ? " in this direction" : "");
    const char *why = mu_foreign_classification(m->arena, m->to, use->lacv, &m->classification);
    if (why != NULL)
        return mu_map_refuse(m, "EQV-06", "%s", why);
    uint32_t back;
    if (mu_foreign_lowers(m->from, m->label->classification, m->to, m->classification, &back))
        return mu_map_refuse(m, "EQV-07", "'%s' becomes '%s', which comes back as '%s'",
                             mu_map_shown(m, c->name),
                             mu_map_shown(m, m->to->classification[m->classification].name),
                             mu_map_shown(m, m->from->classification[back].name));
    return true;
}

/* --- the label -------------------------------------------------------------------------------- */

/* Kept when the target has the same; it is for people and plays no part in decisions. */
static const char *privacy_mark(const struct mu_map_run *m)
{
    const char *name = m->label->label->privacy_mark;
    for (size_t i = 0; name != NULL && i < m->to->privacy_marks; i++)
        if (mu_key_same(name, m->to->privacy_mark[i].name, m->to->is.fold))
            return m->to->privacy_mark[i].name;
    return NULL;
}

static bool build(struct mu_map_run *m)
{
    const struct mu_label *source = m->label->label;
    struct mu_label *made =
        mu_label_of_values(m->arena, m->to, m->classification, m->present, privacy_mark(m));
    made->root = "alternativeConfidentialityLabel";
    made->originator = source->originator;
    made->originator_type = source->originator_type;
    made->created = source->created;
    made->review = source->review != NULL ? source->review : source->succession;
    struct mu_resolved again;
    mu_resolve(m->arena, m->to, made, &again);
    TRY(valid(m, &again, "the mapped label is not valid under"));
    m->out->label = made;
    return true;
}

static bool map_label(struct mu_map_run *m)
{
    TRY(find_target(m));
    TRY(valid(m, m->label, "the label is not valid under its policy"));
    TRY(map_classification(m));
    TRY(mu_map_values(m));
    TRY(mu_map_required(m));
    return build(m);
}

void mu_map_label(struct mu_arena *arena, const struct mu_resolved *label,
                  const struct mu_policy *to, unsigned applied, int64_t test_time,
                  struct mu_mapping *out)
{
    const struct mu_policy *from = label->policy;
    struct mu_map_run m = {
        .arena = arena,
        .label = label,
        .from = from,
        .to = to,
        .applied = applied,
        .test_time = test_time,
        .present = mu_arena_array(arena, mu_map_words(to->values), sizeof(uint64_t)),
        .limited = mu_arena_array(arena, mu_map_words(from->sets), sizeof(uint64_t)),
        .by_set = mu_arena_array(arena, mu_map_words(from->sets), sizeof(uint64_t)),
        .origin = mu_arena_array(arena, to->sets + 1, sizeof(uint32_t)),
        .out = out,
    };
    *out = (struct mu_mapping){ 0 };
    if (!map_label(&m))
        out->discarded = out->added = 0;
}

/* --- choosing --------------------------------------------------------------------------------- */

static bool is_originator(const struct mu_label *label)
{
    return label->root == NULL || strcmp(label->root, "originatorConfidentialityLabel") == 0
           || strcmp(label->root, "ConfidentialityLabel") == 0; /* for backwards compatibility */
}

static bool same(const struct mu_label *a, const struct mu_label *b)
{
    struct mu_arena *scratch = mu_arena_new(64 * MU_MIB);
    bool yes = mu_label_same(scratch, a, b, NULL);
    mu_arena_free(scratch);
    return yes;
}

const struct mu_label *mu_label_choose(const struct mu_policies *policies,
                                       const struct mu_label *const *label, size_t count)
{
    const struct mu_label *originator = NULL, *alternative = NULL;
    for (size_t i = 0; i < count; i++) {
        bool known = mu_policies_find(policies, label[i]->policy, label[i]->policy_uri) != NULL;
        if (is_originator(label[i])) {
            if (originator != NULL && !same(originator, label[i]))
                return NULL;
            originator = label[i];
        } else if (known && alternative == NULL && label[i]->root != NULL
                   && strcmp(label[i]->root, "alternativeConfidentialityLabel") == 0) {
            alternative = label[i];
        }
    }
    if (originator != NULL
        && mu_policies_find(policies, originator->policy, originator->policy_uri) != NULL)
        return originator;
    return alternative;
}
