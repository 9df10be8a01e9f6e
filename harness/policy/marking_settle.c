/* What a complete reading of a marking stands for, and whether it is one. */
#include "base/limits.h"
#include "policy/marking_descent.h"
#include "policy/names.h"

/* --- what no marking shows ---------------------------------------------------------------- */

static void need(const struct mu_lexicon *l, const struct mu_required *required, uint64_t *present)
{
    bool all = required->operation == MU_ALL;
    for (size_t g = 0; !all && g < required->groups; g++)
        for (size_t i = 0; i < required->group[g].values; i++)
            if (mu_bit(present, required->group[g].value[i]))
                return; /* one is there */
    for (size_t g = 0; g < required->groups; g++)
        for (size_t i = 0; i < required->group[g].values; i++) {
            uint32_t value = required->group[g].value[i];
            if (!mu_bit(l->hidden, value))
                continue;
            mu_bit_set(present, value);
            if (!all)
                return;
        }
}

/* The first value of the set that is present, other than `but`; MU_NONE: none is. */
static uint32_t present_of(const struct mu_policy *p, uint32_t set, uint32_t but,
                           const uint64_t *present)
{
    if (set == MU_NONE)
        return MU_NONE;
    for (uint32_t t = 0; t < p->set[set].count; t++) {
        const struct mu_tag *tag = &p->tag[p->set[set].first + t];
        for (uint32_t v = tag->first; v < tag->first + tag->count; v++)
            if (v != but && mu_bit(present, v))
                return v;
    }
    return MU_NONE;
}

static void set_if(uint64_t *present, uint32_t value)
{
    if (value != MU_NONE)
        mu_bit_set(present, value);
}

void mu_marking_imply(const struct mu_lexicon *l, uint32_t class, uint64_t *present)
{
    const struct mu_policy *p = l->policy;
    const struct mu_classification *c = &p->classification[class];
    uint32_t releasable = mu_marking_releasable(p);
    for (size_t i = 0; i < c->requireds; i++)
        need(l, &c->required[i], present);
    for (uint32_t v = 0; v < p->values; v++)
        for (size_t i = 0; mu_bit(present, v) && i < p->value[v].requireds; i++)
            need(l, &p->value[v].required[i], present);
    if (p->is.context == MU_NONE)
        return;
    uint32_t context = present_of(p, p->is.context, releasable, present);
    if (context == MU_NONE)
        context = mu_policy_value_for(p, p->is.context, MU_TAG_PERMISSIVE, p->name, class, NULL);
    set_if(present, context);
    if (present_of(p, p->is.release, MU_NONE, present) == MU_NONE)
        return;
    set_if(present, releasable); /* NAT-03 */
    set_if(present, mu_marking_release_of(p, context, class));
}

/* --- the label ---------------------------------------------------------------------------- */

static const char *words_of(const struct mu_descent *d, const struct mu_item *item)
{
    size_t from = d->text.at[item->from], to = d->text.at[item->to];
    return mu_bytes_dup(d->scratch, mu_bytes_slice(d->original, from, to - from));
}

/* The values of the policy, and behind them a category for each text of the user's. */
static struct mu_label *label_of(const struct mu_descent *d, uint32_t class)
{
    const struct mu_policy *p = d->lexicon->policy;
    uint64_t *present = mu_arena_array(d->scratch, p->values / 64 + 1, sizeof *present);
    struct mu_category *input = mu_arena_array(d->scratch, d->items + 1, sizeof *input);
    size_t inputs = 0;
    if (d->owner != NULL && d->owner->part.kind == MU_PART_VALUE)
        mu_bit_set(present, d->owner->part.index);
    for (size_t i = 0; i < d->items; i++) {
        const struct mu_value *v = &p->value[d->item[i].saying->part.index];
        if (!v->input) {
            mu_bit_set(present, d->item[i].saying->part.index);
            continue;
        }
        struct mu_category *c = &input[inputs++];
        *c = (struct mu_category){ .type = mu_tag_type_name(p->tag[v->tag].type),
                                   .tag_name = p->set[v->set].name,
                                   .value = mu_arena_array(d->scratch, 1, sizeof *c->value),
                                   .values = 1 };
        c->value[0] = words_of(d, &d->item[i]);
    }
    mu_marking_imply(d->lexicon, class, present);
    struct mu_label *label = mu_label_of_values(
        d->scratch, p, class, present,
        d->privacy != NULL ? p->privacy_mark[d->privacy->part.index].name : NULL);
    if (inputs == 0)
        return label;
    struct mu_category *all = mu_arena_array(d->scratch, label->categories + inputs, sizeof *all);
    if (label->categories > 0)
        memcpy(all, label->category, label->categories * sizeof *all);
    memcpy(all + label->categories, input, inputs * sizeof *all);
    label->category = all;
    label->categories += inputs;
    return mu_label_canonical(d->scratch, p, label);
}

/* --- does the label have this marking? ---------------------------------------------------- */

/* Each value that was read, and no other. */
static bool shows_items(const struct mu_descent *d, const struct mu_resolved *r,
                        const struct mu_shown *shown)
{
    size_t words = d->lexicon->policy->values / 64 + 1;
    uint64_t *read = mu_arena_array(d->scratch, words, sizeof *read);
    for (size_t i = 0; i < d->items; i++) {
        mu_bit_set(read, d->item[i].saying->part.index);
        if (!mu_bit(r->present, d->item[i].saying->part.index))
            return false;
    }
    for (size_t i = 0; i < shown->values; i++)
        if (mu_bit(d->lexicon->visible, shown->value[i]) && !mu_bit(read, shown->value[i]))
            return false;
    return true;
}

static bool owner_fits(const struct mu_descent *d, const struct mu_shown *shown,
                       enum mu_marking_code place)
{
    if (d->owner != NULL)
        return mu_part_same(shown->owner, d->owner->part);
    return mu_part_owner_text(d->scratch, d->lexicon->policy, shown->owner, place, "")[0] == '\0';
}

/* Other values or another owner than the text has: then it is not the marking of the label. */
static bool fits(struct mu_descent *d, uint32_t class, const struct mu_resolved *r)
{
    const struct mu_lexicon *l = d->lexicon;
    struct mu_shown shown = { .values = 0 };
    for (size_t i = 0; i < l->places; i++) {
        mu_marking_shown(d->scratch, r, l->place[i], &shown);
        if (shown.class_hidden == (d->class == NULL) && owner_fits(d, &shown, l->place[i])
            && shows_items(d, r, &shown))
            return true;
    }
    if (d->refusal == NULL && d->class != NULL && d->owner != NULL
        && !owner_fits(d, &shown, l->place[0]))
        d->refusal = mu_arena_printf(
            d->scratch, "%s is marked '%s' in %s, not '%s'", l->policy->classification[class].name,
            mu_part_owner_text(d->scratch, l->policy, shown.owner, l->place[0], "en"),
            l->policy->name, d->owner->exact);
    else if (d->refusal == NULL)
        d->refusal =
            mu_arena_printf(d->scratch, "no label of %s has this marking", l->policy->name);
    return false;
}

/* The languages in which the label is rendered as exactly this text. */
static uint64_t rendered_in(const struct mu_descent *d, const struct mu_resolved *r)
{
    const struct mu_lexicon *l = d->lexicon;
    uint64_t languages = 0;
    for (size_t i = 0; i < l->places; i++)
        for (size_t k = 0; k <= l->languages; k++) {
            const char *text = mu_marking_render(d->scratch, r, l->place[i],
                                                 k < l->languages ? l->language[k] : "-", NULL);
            if (text != NULL && mu_bytes_equal(mu_bytes_of(text), d->original))
                languages |= (uint64_t) 1 << k;
        }
    return languages;
}

static uint64_t languages_of(const struct mu_descent *d)
{
    const struct mu_saying *const head[] = { d->owner, d->privacy, d->class };
    uint64_t languages = d->frame;
    for (size_t i = 0; i < MU_COUNT(head); i++)
        if (head[i] != NULL)
            languages &= head[i]->languages;
    for (size_t i = 0; i < d->items; i++)
        languages &= d->item[i].languages;
    return languages;
}

static void settle_class(struct mu_descent *d, uint32_t class)
{
    struct mu_label *label = label_of(d, class);
    struct mu_resolved r;
    mu_resolve(d->scratch, d->lexicon->policy, label, &r);
    if (!fits(d, class, &r))
        return;
    uint64_t languages = d->how == MU_MATCH_STRICT ? rendered_in(d, &r) : languages_of(d);
    if (d->how == MU_MATCH_STRICT && languages == 0) {
        const char *right = mu_marking_render(d->scratch, &r, MU_AT_PAGE_TOP, "en", NULL);
        if (d->refusal == NULL)
            d->refusal = mu_arena_printf(d->scratch, "it is written '%s'", right);
        return;
    }
    if (d->label == NULL) {
        d->label = label;
        d->languages = languages;
        for (size_t i = 0; i < d->items; i++)
            d->ambiguous = d->ambiguous || d->item[i].unsure;
    } else if (!mu_bytes_equal(mu_label_write(d->scratch, d->label),
                               mu_label_write(d->scratch, label))) {
        d->ambiguous = true;
    }
}

bool mu_descent_settle(struct mu_descent *d)
{
    if (d->class != NULL)
        settle_class(d, d->class->part.index);
    for (uint32_t i = 0; d->class == NULL && i < d->lexicon->policy->classifications; i++)
        settle_class(d, i);
    return d->ambiguous || d->endings >= MU_MARKING_ENDINGS_MAX;
}
