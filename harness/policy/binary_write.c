#include <stdlib.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "policy/binary_inside.h"
#include "policy/names.h"
#include "policy/resolve.h"

/* Categories on their way into ASN.1. */
struct writing {
    struct mu_arena *arena;
    const struct mu_policy *policy;
    struct mu_binary *found;
    struct mu_ess_category *category;
    size_t categories;
    size_t room; /* numbers that one category may come to have */
};

static const char *safe(const struct writing *w, const char *text)
{
    return text != NULL ? mu_text_line(w->arena, mu_bytes_of(text)) : "";
}

/* A lacv is any text in a policy; here it must be a number. */
static bool number_of(const char *lacv, uint64_t *number)
{
    size_t digits = strspn(lacv, "0123456789");
    TRY(digits > 0 && lacv[digits] == '\0' && digits < 19);
    *number = strtoull(lacv, NULL, 10);
    return true;
}

/* The syntaxes of ACP 145(A) by type, bits and list. */
static enum mu_ess_form form_of(enum mu_tag_type type, bool list)
{
    for (enum mu_ess_form form = 0; form < MU_ESS_OTHER_FORM; form++) {
        enum mu_tag_type form_type;
        bool form_list;
        if (mu_binary_form(form, &form_type, &form_list) && form_type == type && form_list == list)
            return form;
    }
    return MU_ESS_OTHER_FORM;
}

/* The category for values of this set and form: the one that is there, or a new one. */
static struct mu_ess_category *category_for(struct writing *w, uint32_t set, enum mu_ess_form form)
{
    const char *id = w->policy->set[set].id;
    for (size_t i = 0; i < w->categories; i++)
        if (w->category[i].form == form && strcmp(w->category[i].set, id) == 0)
            return &w->category[i];
    struct mu_ess_category *c = &w->category[w->categories++];
    *c = (struct mu_ess_category){
        .form = form,
        .set = id,
        .number = mu_arena_array(w->arena, w->room + 1, sizeof *c->number),
    };
    return c;
}

static void put_number(struct mu_ess_category *c, uint64_t number)
{
    for (size_t i = 0; i < c->numbers; i++)
        if (c->number[i] == number)
            return;
    c->number[c->numbers++] = number;
}

static bool write_value(struct writing *w, enum mu_tag_type type, uint32_t value,
                        struct mu_err *err)
{
    const struct mu_value *v = &w->policy->value[value];
    const char *set = w->policy->set[v->set].name;
    bool list = w->policy->tag[v->tag].enumerated;
    uint64_t number;
    if (v->input)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' of tag set '%s' is the user's text, no number",
                       safe(w, v->name), safe(w, set));
    if (!number_of(v->lacv, &number) || (!list && number > MU_ESS_BIT_MAX))
        return mu_fail(err, MU_ERR_PROFILE, "lacv '%s' of '%s' cannot be written", safe(w, v->lacv),
                       safe(w, v->name));
    uint32_t other = mu_binary_other_value(w->policy, type, value);
    if (other != MU_NONE)
        mu_binary_note(w->arena, w->found, MU_BINARY_AMBIGUOUS,
                       "value %s of tag set '%s' is '%s' or '%s'", v->lacv, set, v->name,
                       w->policy->value[other].name);
    put_number(category_for(w, v->set, form_of(type, list)), number);
    return true;
}

/* One name, several values that fit: which of their numbers is meant? */
static void note_numbers(struct writing *w, const struct mu_resolved *r, uint32_t value)
{
    const struct mu_value *v = &w->policy->value[value];
    for (uint32_t i = v->same_name; i != MU_NONE; i = w->policy->value[i].same_name) {
        const struct mu_value *o = &w->policy->value[i];
        if (r->classification != MU_NONE && mu_class_in(&o->excluded, r->classification))
            continue;
        if (!mu_key_same(o->lacv, v->lacv, false))
            mu_binary_note(w->arena, w->found, MU_BINARY_AMBIGUOUS,
                           "value '%s' of tag set '%s' is %s or %s", v->name,
                           w->policy->set[v->set].name, v->lacv, o->lacv);
    }
}

/* A clearance has every value of a name (there is no classification beside it to choose by). */
static bool write_category(struct writing *w, const struct mu_resolved *r, uint32_t i, bool all,
                           struct mu_err *err)
{
    const struct mu_resolved_category *c = &r->category[i];
    const struct mu_category *from = &r->label->category[i];
    if (!c->type_fits || c->contradiction || c->type == MU_TAG_UNUSED)
        return mu_fail(err, MU_ERR_PROFILE, "policy '%s' has no %s category '%s'",
                       safe(w, w->policy->name), safe(w, from->type), safe(w, from->tag_name));
    if (c->count == 0) { /* it says something all the same: nobody has a value in common with it */
        uint32_t tag = w->policy->set[c->set].first;
        while (w->policy->tag[tag].type != c->type)
            tag++;
        category_for(w, c->set, form_of(c->type, w->policy->tag[tag].enumerated));
    }
    for (uint32_t k = 0; k < c->count; k++) {
        const struct mu_resolved_value *v = &r->value[c->first + k];
        if (v->value == MU_NONE)
            return mu_fail(err, MU_ERR_PROFILE, "category '%s' has no value '%s'",
                           safe(w, from->tag_name), safe(w, from->value[v->position]));
        if (!all && v->ambiguous)
            note_numbers(w, r, v->value);
        uint32_t value = all ? w->policy->value[v->value].head : v->value;
        for (; value != MU_NONE; value = all ? w->policy->value[value].same_name : MU_NONE)
            TRY(write_value(w, c->type, value, err));
    }
    return true;
}

static bool write_categories(struct writing *w, const struct mu_label *label, bool all,
                             struct mu_err *err)
{
    const char *oid = mu_policy_oid(label->policy_uri);
    if (!mu_key_same(label->policy, w->policy->name, w->policy->is.fold)
        || (label->policy_uri != NULL && (oid == NULL || strcmp(oid, w->policy->id) != 0)))
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is not policy '%s'", safe(w, label->policy),
                       safe(w, w->policy->name));
    struct mu_resolved r;
    mu_resolve(w->arena, w->policy, label, &r);
    /* each number once: a name of a clearance may have more than one */
    w->room = all ? w->policy->values : r.values;
    w->category = mu_arena_array(w->arena, 2 * label->categories + 1, sizeof *w->category);
    for (uint32_t i = 0; i < label->categories; i++)
        TRY(write_category(w, &r, i, all, err));
    return true;
}

/* The lacv of a classification that is 0 to `max`. */
static bool write_class(struct writing *w, const char *name, uint64_t max, uint64_t *lacv,
                        struct mu_err *err)
{
    uint32_t class = mu_policy_classification(w->policy, name);
    if (class == MU_NONE)
        return mu_fail(err, MU_ERR_PROFILE, "policy '%s' has no classification '%s'",
                       safe(w, w->policy->name), safe(w, name));
    const struct mu_classification *c = &w->policy->classification[class];
    if (c->lacv < 0 || (uint64_t) c->lacv > max)
        return mu_fail(err, MU_ERR_PROFILE, "lacv %lld of classification '%s' cannot be written",
                       (long long) c->lacv, safe(w, c->name));
    uint32_t other = mu_binary_other_class(w->policy, class);
    if (other != MU_NONE)
        mu_binary_note(w->arena, w->found, MU_BINARY_AMBIGUOUS,
                       "classification %lld of policy '%s' is '%s' or '%s'", (long long) c->lacv,
                       w->policy->name, c->name, w->policy->classification[other].name);
    *lacv = (uint64_t) c->lacv;
    return true;
}

bool mu_binary_write_label(struct mu_arena *arena, const struct mu_policy *policy,
                           const struct mu_label *label, enum mu_ess_syntax syntax,
                           struct mu_ess *ess, struct mu_binary *found, struct mu_err *err)
{
    struct mu_binary noted = { .policy = policy };
    struct writing w = { .arena = arena, .policy = policy, .found = &noted };
    uint64_t lacv;
    TRY(write_categories(&w, label, false, err));
    TRY(write_class(&w, label->classification, MU_ESS_CLASS_MAX, &lacv, err));
    *ess = (struct mu_ess){
        .readable = true,
        .syntax = syntax,
        .policy = policy->id,
        .classification = (int64_t) lacv,
        .category = w.category,
        .categories = w.categories,
        .report = { .arena = arena },
    };
    if (label->privacy_mark != NULL) {
        ess->mark = mu_bytes_of(label->privacy_mark);
        ess->mark_tag = syntax == MU_ESS_X411 ? MU_BER_PRINTABLE : MU_BER_UTF8;
    }
    *found = noted;
    return true;
}

bool mu_binary_write_clearance(struct mu_arena *arena, const struct mu_policy *policy,
                               const struct mu_clearance *clearance, struct mu_ess_clearance *ess,
                               struct mu_binary *found, struct mu_err *err)
{
    struct mu_binary noted = { .policy = policy };
    struct writing w = { .arena = arena, .policy = policy, .found = &noted };
    const struct mu_label label = {
        .policy = clearance->policy,
        .policy_uri = clearance->policy_uri,
        .category = clearance->category,
        .categories = clearance->categories,
    };
    uint64_t *class = mu_arena_array(arena, clearance->classifications + 1, sizeof *class);
    TRY(write_categories(&w, &label, true, err));
    for (size_t i = 0; i < clearance->classifications; i++)
        TRY(write_class(&w, clearance->classification[i], MU_ESS_BIT_MAX, &class[i], err));
    *ess = (struct mu_ess_clearance){
        .readable = true,
        .listed = true,
        .policy = policy->id,
        .class = class,
        .classes = clearance->classifications,
        .category = w.category,
        .categories = w.categories,
        .report = { .arena = arena },
    };
    *found = noted;
    return true;
}
