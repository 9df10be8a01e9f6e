/* m:facts: what a label means under its policy. */
#include <stdlib.h>

#include "base/limits.h"
#include "document/node.h"
#include "policy/marking.h"
#include "policy/validity.h"

struct findings {
    const struct mu_invalidity **finding;
    size_t count;
};

static void text_child(struct mu_node *t, xmlNode *parent, const char *name, const char *text)
{
    if (text != NULL)
        mu_node_text(t, mu_node_element(t, parent, t->m, name), mu_bytes_of(text), MU_TEXT_MAX);
}

static int compare_place(const void *a, const void *b)
{
    const struct mu_invalidity *x = *(const struct mu_invalidity *const *) a;
    const struct mu_invalidity *y = *(const struct mu_invalidity *const *) b;
    if (x->category != y->category)
        return x->category < y->category ? -1 : 1;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return (x > y) - (x < y);
}

/* The findings by their place, so that each place finds its own without a look at all of them. */
static struct findings findings_of(struct mu_node *t, const struct mu_validity_report *report)
{
    struct findings all = { .count = report->findings };
    all.finding = mu_arena_array(t->arena, all.count + 1, sizeof *all.finding);
    for (size_t i = 0; i < all.count; i++)
        all.finding[i] = &report->finding[i];
    if (all.count > 0)
        qsort(all.finding, all.count, sizeof *all.finding, compare_place);
    return all;
}

static size_t first_at(const struct findings *all, uint32_t category, uint32_t position)
{
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct mu_invalidity *f = all->finding[middle];
        if (f->category < category || (f->category == category && f->position < position))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The findings that stand at one place: a value, a category, the label. */
static void invalid(struct mu_node *t, xmlNode *parent, const struct findings *all,
                    uint32_t category, uint32_t position)
{
    for (size_t i = first_at(all, category, position); i < all->count; i++) {
        const struct mu_invalidity *f = all->finding[i];
        if (f->category != category || f->position != position)
            break;
        xmlNode *node = mu_node_element(t, parent, t->m, "invalid");
        mu_node_word(t, node, "rule", f->rule);
        mu_node_word(t, node, "level", f->must ? "must" : "should");
        mu_node_text(t, node, mu_bytes_of(f->what), MU_TEXT_MAX);
    }
}

/* The part that a tag set plays in the rules of a standard. */
static const char *kind_of(const struct mu_policy *p, uint32_t set)
{
    const struct {
        uint32_t set;
        const char *kind;
    } row[] = {
        { p->is.context, "context" },
        { p->is.release, "release" },
        { p->is.only, "only" },
        { p->is.designators, "designators" },
        { p->is.administrative, "administrative" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (set != MU_NONE && row[i].set == set)
            return row[i].kind;
    return "other";
}

static void value_facts(struct mu_node *t, xmlNode *parent, const struct mu_resolved *r,
                        const struct mu_resolved_value *v, const struct findings *report)
{
    xmlNode *node = mu_node_element(t, parent, t->m, "value");
    mu_node_flag(t, node, "known", v->value != MU_NONE);
    if (v->value != MU_NONE) {
        const struct mu_value *value = &r->policy->value[v->value];
        mu_node_foreign(t, node, "name", mu_bytes_of(value->name));
        mu_node_flag(t, node, "excludes-class", value->excludes);
        mu_node_flag(t, node, "requires-class",
                     value->required_class != MU_NONE || value->required_unknown);
        mu_node_flag(t, node, "requires", value->requireds > 0);
        mu_node_flag(t, node, "excludes", value->exclusions > 0);
        mu_node_flag(t, node, "window",
                     value->not_before != INT64_MIN || value->not_after != INT64_MAX);
        mu_node_flag(t, node, "obsolete", value->obsolete);
    }
    text_child(t, node, "written", r->label->category[v->category].value[v->position]);
    invalid(t, node, report, v->category, v->position);
}

/* Does a tag of the category say how many of its values may stand in a label? */
static bool is_limited(const struct mu_policy *p, const struct mu_resolved_category *c)
{
    if (c->set == MU_NONE || !c->type_fits)
        return false;
    const struct mu_tag_set *set = &p->set[c->set];
    for (uint32_t i = set->first; i < set->first + set->count; i++)
        if (p->tag[i].type == c->type && (p->tag[i].least > 0 || p->tag[i].most < UINT32_MAX))
            return true;
    return false;
}

static void category_facts(struct mu_node *t, xmlNode *parent, const struct mu_resolved *r,
                           uint32_t i, const struct findings *report)
{
    const struct mu_resolved_category *c = &r->category[i];
    xmlNode *node = mu_node_element(t, parent, t->m, "category");
    mu_node_flag(t, node, "known", c->set != MU_NONE);
    mu_node_word(t, node, "kind", c->set != MU_NONE ? kind_of(r->policy, c->set) : "unknown");
    if (c->set != MU_NONE)
        mu_node_foreign(t, node, "set", mu_bytes_of(r->policy->set[c->set].name));
    if (c->type_known)
        mu_node_word(t, node, "type", mu_tag_type_name(c->type));
    mu_node_flag(t, node, "renamed", c->renamed);
    mu_node_flag(t, node, "limited", is_limited(r->policy, c));
    text_child(t, node, "written", r->label->category[i].tag_name);
    invalid(t, node, report, i, MU_NONE);
    for (uint32_t k = 0; k < c->count; k++)
        value_facts(t, node, r, &r->value[c->first + k], report);
}

/* Every language that the classification has a phrase in; the one without a language at least. */
static void markings(struct mu_node *t, xmlNode *parent, const struct mu_resolved *r)
{
    const struct mu_markings *m = &r->policy->classification[r->classification].markings;
    const char *why;
    size_t told = 0;
    for (size_t i = 0; i < m->phrases; i++) {
        const char *language = m->phrase[i].language;
        bool again = language[0] == '\0' || (m->phrase[i].codes & MU_AT_PAGE_TOP) == 0;
        for (size_t k = 0; k < i && !again; k++)
            again = strcmp(m->phrase[k].language, language) == 0
                    && (m->phrase[k].codes & MU_AT_PAGE_TOP) != 0;
        const char *text =
            again ? NULL : mu_marking_render(t->arena, r, MU_AT_PAGE_TOP, language, &why);
        if (text == NULL)
            continue;
        xmlNode *node = mu_node_element(t, parent, t->m, "marking");
        mu_node_foreign(t, node, "language", mu_bytes_of(language));
        mu_node_text(t, node, mu_bytes_of(text), MU_TEXT_MAX);
        told++;
    }
    if (told == 0)
        text_child(t, parent, "marking",
                   mu_marking_render(t->arena, r, MU_AT_PAGE_TOP, "en", &why));
    text_child(t, parent, "portion-mark",
               mu_marking_render(t->arena, r, MU_AT_PORTION, "en", &why));
}

/* The level of the succeeding label, where the same policy has it. */
static void successor(struct mu_node *t, xmlNode *node, const struct mu_policy *p,
                      const struct mu_label *next)
{
    if (next == NULL || mu_policies_find(t->kit->policies, next->policy, next->policy_uri) != p)
        return;
    uint32_t c =
        next->classification != NULL ? mu_policy_classification(p, next->classification) : MU_NONE;
    if (c != MU_NONE)
        mu_node_word(t, node, "successor-rank",
                     mu_arena_printf(t->arena, "%lld", (long long) p->classification[c].hierarchy));
}

static void known_facts(struct mu_node *t, xmlNode *node, const struct mu_resolved *r,
                        const struct findings *report)
{
    const struct mu_policy *p = r->policy;
    mu_node_foreign(t, node, "policy", mu_bytes_of(p->name));
    mu_node_foreign(t, node, "policy-id", mu_bytes_of(p->id));
    mu_node_foreign(t, node, "version", mu_bytes_of(p->version));
    mu_node_flag(t, node, "nato", p->is.nato);
    mu_node_flag(t, node, "unmarked", p->is.unmarked);
    mu_node_flag(t, node, "case-sensitive", !p->is.fold);
    if (r->classification != MU_NONE) {
        const struct mu_classification *c = &p->classification[r->classification];
        struct mu_colours colours = mu_marking_colours(t->arena, r);
        mu_node_foreign(t, node, "classification", mu_bytes_of(c->name));
        mu_node_word(t, node, "rank", mu_arena_printf(t->arena, "%lld", (long long) c->hierarchy));
        successor(t, node, p, r->label->successor);
        mu_node_flag(t, node, "requires", c->requireds > 0);
        mu_node_flag(t, node, "obsolete", c->obsolete);
        if (colours.background != NULL) {
            mu_node_word(t, node, "colour", colours.background);
            mu_node_word(t, node, "text-colour", colours.foreground);
        }
        markings(t, node, r);
    }
    invalid(t, node, report, MU_NONE, MU_NONE);
    for (uint32_t i = 0; i < r->label->categories; i++)
        category_facts(t, node, r, i, report);
}

void mu_node_facts(struct mu_node *t, xmlNode *parent, const struct mu_label *label)
{
    if (t->kit == NULL || t->kit->policies == NULL || t->kit->policies->count == 0)
        return;
    const struct mu_policy *p =
        mu_policies_find(t->kit->policies, label->policy, label->policy_uri);
    struct mu_validity_report report;
    struct mu_resolved resolved;
    xmlNode *node = mu_node_element(t, parent, t->m, "facts");
    mu_node_flag(t, node, "known", p != NULL);
    if (p == NULL) {
        mu_validate(t->arena, t->kit->policies, label, t->kit->test_time, &report);
        mu_node_flag(t, node, "valid", false);
        struct findings all = findings_of(t, &report);
        invalid(t, node, &all, MU_NONE, MU_NONE);
        return;
    }
    mu_resolve(t->arena, p, label, &resolved);
    mu_validate_resolved(t->arena, &resolved, t->kit->test_time, &report);
    mu_node_flag(t, node, "valid", report.valid);
    struct findings all = findings_of(t, &report);
    known_facts(t, node, &resolved, &all);
}
