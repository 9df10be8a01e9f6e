#include "policy/validity.h"

#include "base/text_safe.h"
#include "format/datetime.h"
#include "policy/names.h"

/* One label on its way. */
struct check {
    struct mu_arena *arena;
    const struct mu_resolved *label;
    const struct mu_policy *policy;
    int64_t now;
    bool old; /* the label was made before the policy was: obsolete names are allowed in it */
    struct mu_validity_report *out;
    size_t room;
};

static void found(struct check *c, const char *rule, bool must, uint32_t category,
                  uint32_t position, const char *what)
{
    struct mu_validity_report *out = c->out;
    if (out->findings == c->room) {
        size_t room = c->room == 0 ? 8 : c->room * 2;
        struct mu_invalidity *all = mu_arena_array(c->arena, room, sizeof *all);
        if (out->findings > 0)
            memcpy(all, out->finding, out->findings * sizeof *all);
        out->finding = all;
        c->room = room;
    }
    out->finding[out->findings++] = (struct mu_invalidity){
        .rule = rule, .must = must, .what = what, .category = category, .position = position
    };
    out->valid = out->valid && !must;
}

static const char *shown(struct check *c, const char *text)
{
    return text != NULL ? mu_text_line(c->arena, mu_bytes_of(text)) : "";
}

/* --- names --------------------------------------------------------------------------------------------- */

static void check_policy(struct check *c)
{
    const struct mu_label *l = c->label->label;
    const struct mu_policy *p = c->policy;
    if (c->label->named)
        return;
    if (!mu_key_same(l->policy, p->name, p->is.fold))
        found(c, "SEM-01", true, MU_NONE, MU_NONE,
              mu_arena_printf(c->arena, "the OID is that of policy '%s', the name is '%s'",
                              shown(c, p->name), shown(c, l->policy)));
    else
        found(c, "SEM-01", true, MU_NONE, MU_NONE,
              mu_arena_printf(c->arena, "policy '%s' has the OID %s, not '%s'", shown(c, p->name),
                              shown(c, p->id), shown(c, l->policy_uri)));
}

static void check_class(struct check *c)
{
    const struct mu_label *l = c->label->label;
    if (c->label->classification == MU_NONE) {
        found(c, "SEM-02", true, MU_NONE, MU_NONE,
              mu_arena_printf(c->arena, "policy '%s' has no classification '%s'",
                              shown(c, c->policy->name), shown(c, l->classification)));
        return;
    }
    const struct mu_classification *class = &c->policy->classification[c->label->classification];
    if (class->obsolete)
        found(c, "SEM-11", !c->old, MU_NONE, MU_NONE,
              mu_arena_printf(c->arena, "classification '%s' is obsolete", shown(c, class->name)));
}

static void check_mark(struct check *c)
{
    const char *mark = c->label->label->privacy_mark;
    if (mark == NULL || c->policy->privacy_marks == 0)
        return;
    for (size_t i = 0; i < c->policy->privacy_marks; i++)
        if (mu_key_same(c->policy->privacy_mark[i].name, mark, c->policy->is.fold)) {
            if (c->policy->privacy_mark[i].obsolete)
                found(c, "SEM-11", false, MU_NONE, MU_NONE,
                      mu_arena_printf(c->arena, "privacy mark '%s' is obsolete", shown(c, mark)));
            return;
        }
    found(c, "SEM-04", false, MU_NONE, MU_NONE,
          mu_arena_printf(c->arena, "policy '%s' has no privacy mark '%s'",
                          shown(c, c->policy->name), shown(c, mark)));
}

static void check_category(struct check *c, uint32_t i)
{
    const struct mu_resolved_category *r = &c->label->category[i];
    const struct mu_category *from = &c->label->label->category[i];
    if (r->set == MU_NONE)
        found(c, "SEM-03", true, i, MU_NONE,
              mu_arena_printf(c->arena, "policy '%s' has no tag set '%s'",
                              shown(c, c->policy->name), shown(c, from->tag_name)));
    else if (r->contradiction)
        found(c, "SEM-03", true, i, MU_NONE,
              mu_arena_printf(c->arena, "tag set '%s' has the OID %s, not '%s'",
                              shown(c, from->tag_name),
                              shown(c, c->policy->set[mu_policy_set(c->policy, from->tag_name)].id),
                              shown(c, from->uri)));
    else if (!r->type_fits)
        found(c, "SEM-03", true, i, MU_NONE,
              mu_arena_printf(c->arena, "tag set '%s' has no tag of type '%s'",
                              shown(c, from->tag_name), shown(c, from->type)));
    else if (r->renamed)
        found(c, "NAT-14", false, i, MU_NONE,
              mu_arena_printf(c->arena, "tag set '%s' is called '%s' in version %s of the policy",
                              shown(c, from->tag_name), shown(c, c->policy->set[r->set].name),
                              shown(c, c->policy->version)));
}

static void check_value(struct check *c, const struct mu_resolved_value *v)
{
    if (v->value != MU_NONE && !v->ambiguous)
        return;
    const struct mu_resolved_category *r = &c->label->category[v->category];
    const char *name = c->label->label->category[v->category].value[v->position];
    if (!r->type_fits || r->contradiction)
        return; /* said of the category */
    if (v->value == MU_NONE)
        found(c, "SEM-04", true, v->category, v->position,
              mu_arena_printf(c->arena, "tag set '%s' has no value '%s'",
                              shown(c, c->policy->set[r->set].name), shown(c, name)));
    else
        found(c, "SEM-04", false, v->category, v->position,
              mu_arena_printf(c->arena, "tag set '%s' has several values '%s' that fit",
                              shown(c, c->policy->set[r->set].name), shown(c, name)));
}

/* --- what a value demands --------------------------------------------------------------------------------- */

static void check_value_class(struct check *c, const struct mu_resolved_value *v)
{
    const struct mu_value *value = &c->policy->value[v->value];
    uint32_t class = c->label->classification;
    if (class == MU_NONE)
        return;
    if (value->excludes && mu_class_in(&value->excluded, class))
        found(c, "SEM-05", true, v->category, v->position,
              mu_arena_printf(c->arena, "'%s' does not go with classification '%s'",
                              shown(c, value->name),
                              shown(c, c->policy->classification[class].name)));
    if (value->required_unknown)
        found(c, "SEM-06", true, v->category, v->position,
              mu_arena_printf(c->arena,
                              "'%s' wants a classification that policy '%s' does not have",
                              shown(c, value->name), shown(c, c->policy->name)));
    if (value->required_class != MU_NONE && value->required_class != class)
        found(c, "SEM-06", true, v->category, v->position,
              mu_arena_printf(c->arena, "'%s' goes with classification '%s' only",
                              shown(c, value->name),
                              shown(c, c->policy->classification[value->required_class].name)));
}

static void check_value_time(struct check *c, const struct mu_resolved_value *v)
{
    const struct mu_value *value = &c->policy->value[v->value];
    if (value->obsolete)
        found(c, "SEM-11", !c->old, v->category, v->position,
              mu_arena_printf(c->arena, "'%s' is obsolete", shown(c, value->name)));
    if (c->now < value->not_before || c->now > value->not_after)
        found(c, "SEM-12", true, v->category, v->position,
              mu_arena_printf(c->arena, "'%s' is not valid %s", shown(c, value->name),
                              c->now < value->not_before ? "yet" : "any more"));
}

/* Does the reference speak of the value itself? */
static inline bool is_own(const struct check *c, const struct mu_category_ref *ref, uint32_t value)
{
    const struct mu_policy *p = c->policy;
    if (value == MU_NONE || p->value[value].set != ref->set
        || p->tag[p->value[value].tag].type != ref->type)
        return false;
    for (size_t i = 0; !ref->all && i < ref->values; i++)
        if (ref->value[i] == value)
            return true;
    return ref->all;
}

/* How many values of a reference the label has. */
static inline size_t have(const struct check *c, const struct mu_category_ref *ref,
                          uint32_t besides)
{
    if (ref->set == MU_NONE || ref->type == MU_TAG_UNUSED)
        return 0;
    if (ref->all)
        return c->label->held[ref->type][ref->set] - is_own(c, ref, besides);
    for (size_t i = 0; i < ref->values; i++) /* values that share a lacv are one */
        if (ref->value[i] != besides && mu_bit(c->label->present, ref->value[i]))
            return 1;
    return 0;
}

/* And how many there are. A label can have each name once, however many values share it. */
static size_t asked(const struct check *c, const struct mu_category_ref *ref, uint32_t besides)
{
    if (ref->set == MU_NONE)
        return 1;
    return (ref->all ? c->policy->set[ref->set].names[ref->type] : 1) - is_own(c, ref, besides);
}

static bool satisfied(const struct check *c, const struct mu_required *r, uint32_t besides)
{
    size_t there = 0, wanted = 0;
    for (size_t i = 0; i < r->groups; i++)
        there += have(c, &r->group[i], besides);
    if (r->operation != MU_ALL)
        return r->operation == MU_ONLY_ONE ? there == 1 : there >= 1;
    for (size_t i = 0; i < r->groups; i++)
        wanted += asked(c, &r->group[i], besides);
    return there >= wanted;
}

/* "exactly one of Context" ... */
static const char *demand(struct check *c, const struct mu_required *r)
{
    static const char *const how[] = { "exactly one", "one or more", "all" };
    struct mu_buf out = { .arena = c->arena };
    mu_buf_printf(&out, "%s of", how[r->operation]);
    for (size_t i = 0; i < r->groups && i < 8; i++) {
        const struct mu_category_ref *g = &r->group[i];
        const char *name = g->values > 0 ? c->policy->value[g->value[0]].name : NULL;
        mu_buf_printf(&out, "%s %s", i > 0 ? "," : "", shown(c, g->set_name));
        if (!g->all)
            mu_buf_printf(&out, " '%s'", name != NULL ? shown(c, name) : "?");
    }
    mu_buf_puts(&out, r->groups > 8 ? ", ..." : "");
    return mu_buf_text(&out);
}

static void check_class_required(struct check *c)
{
    if (c->label->classification == MU_NONE)
        return;
    const struct mu_classification *class = &c->policy->classification[c->label->classification];
    for (size_t i = 0; i < class->requireds; i++)
        if (!satisfied(c, &class->required[i], MU_NONE))
            found(c, "SEM-07", true, MU_NONE, MU_NONE,
                  mu_arena_printf(c->arena, "classification '%s' wants %s", shown(c, class->name),
                                  demand(c, &class->required[i])));
}

/* A value cannot satisfy its own demand. */
static void check_value_refs(struct check *c, const struct mu_resolved_value *v)
{
    const struct mu_value *value = &c->policy->value[v->value];
    for (size_t i = 0; i < value->requireds; i++)
        if (!satisfied(c, &value->required[i], v->value))
            found(c, "SEM-08", true, v->category, v->position,
                  mu_arena_printf(c->arena, "'%s' wants %s", shown(c, value->name),
                                  demand(c, &value->required[i])));
    for (size_t i = 0; i < value->exclusions; i++)
        if (have(c, &value->exclusion[i], v->value) > 0)
            found(c, "SEM-09", true, v->category, v->position,
                  mu_arena_printf(c->arena, "'%s' does not go with %s of '%s'",
                                  shown(c, value->name),
                                  value->exclusion[i].all ? "anything" : "a value",
                                  shown(c, value->exclusion[i].set_name)));
}

/* Each tag of a category's set and type. */
static void check_tags(struct check *c, uint32_t category, const uint32_t *count)
{
    const struct mu_resolved_category *r = &c->label->category[category];
    const struct mu_tag_set *set = &c->policy->set[r->set];
    for (uint32_t t = set->first; t < set->first + set->count; t++) {
        const struct mu_tag *tag = &c->policy->tag[t];
        if (tag->type != r->type || (count[t] >= tag->least && count[t] <= tag->most))
            continue;
        bool many = count[t] > tag->most;
        found(c, "SEM-10", true, category, MU_NONE,
              mu_arena_printf(c->arena, "'%s' has %u values, where %s %u may be chosen",
                              shown(c, set->name), count[t], many ? "at most" : "at least",
                              many ? tag->most : tag->least));
    }
}

/* Selection limits count the values of a tag: distinct ones, over all categories that name its set;
 * the first of those categories tells of them. */
static void check_selection(struct check *c)
{
    uint32_t *count = mu_arena_array(c->arena, c->policy->tags + 1, sizeof *count);
    for (size_t i = 0; i < c->label->values; i++) {
        const struct mu_resolved_value *v = &c->label->value[i];
        if (v->value != MU_NONE && !v->repeated)
            count[c->policy->value[v->value].tag]++;
    }
    for (uint32_t i = 0; i < c->label->label->categories; i++)
        if (c->label->category[i].type_fits && !c->label->category[i].again)
            check_tags(c, i, count);
}

/* --- the whole --------------------------------------------------------------------------------------------- */

static bool older(const struct mu_resolved *label)
{
    struct mu_instant created;
    return label->label->created != NULL && label->policy->created_at != INT64_MIN
           && mu_datetime_read(mu_bytes_of(label->label->created), &created)
           && created.seconds < label->policy->created_at;
}

void mu_validate_resolved(struct mu_arena *arena, const struct mu_resolved *label,
                          int64_t test_time, struct mu_validity_report *out)
{
    *out = (struct mu_validity_report){ .valid = true };
    struct check c = { .arena = arena,
                       .label = label,
                       .policy = label->policy,
                       .now = test_time,
                       .old = older(label),
                       .out = out };
    check_policy(&c);
    check_class(&c);
    check_mark(&c);
    check_class_required(&c);
    for (uint32_t i = 0; i < label->label->categories; i++)
        check_category(&c, i);
    for (size_t i = 0; i < label->values; i++) {
        const struct mu_resolved_value *v = &label->value[i];
        check_value(&c, v);
        if (v->value == MU_NONE || !c.policy->value[v->value].demands)
            continue;
        check_value_class(&c, v);
        check_value_time(&c, v);
        check_value_refs(&c, v);
    }
    check_selection(&c);
}

void mu_validate(struct mu_arena *arena, const struct mu_policies *policies,
                 const struct mu_label *label, int64_t test_time, struct mu_validity_report *out)
{
    const struct mu_policy *policy = mu_policies_find(policies, label->policy, label->policy_uri);
    if (policy != NULL) {
        struct mu_resolved resolved;
        mu_resolve(arena, policy, label, &resolved);
        mu_validate_resolved(arena, &resolved, test_time, out);
        return;
    }
    *out = (struct mu_validity_report){ .valid = true };
    struct check c = { .arena = arena, .out = out };
    found(&c, "SEM-01", true, MU_NONE, MU_NONE,
          mu_arena_printf(arena, "no policy '%s' is loaded", shown(&c, label->policy)));
}
