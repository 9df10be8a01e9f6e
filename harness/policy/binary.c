#include "policy/binary.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "base/utf8.h"
#include "policy/binary_inside.h"
#include "policy/names.h"

static const char *const kind_name[] = {
    [MU_BINARY_UNREADABLE] = "unreadable",
    [MU_BINARY_POLICY] = "policy",
    [MU_BINARY_CLASSIFICATION] = "classification",
    [MU_BINARY_SYNTAX] = "syntax",
    [MU_BINARY_SET] = "tag-set",
    [MU_BINARY_VALUE] = "value",
    [MU_BINARY_AMBIGUOUS] = "ambiguous",
    [MU_BINARY_FORM] = "form",
};

const char *mu_binary_kind_name(enum mu_binary_kind kind)
{
    return kind_name[kind];
}

static const struct {
    enum mu_tag_type type;
    bool list;
} form_row[] = {
    [MU_ESS_RESTRICTIVE_BITS] = { MU_TAG_RESTRICTIVE, false },
    [MU_ESS_PERMISSIVE_LIST] = { MU_TAG_PERMISSIVE, true },
    [MU_ESS_PERMISSIVE_BITS] = { MU_TAG_PERMISSIVE, false },
    [MU_ESS_INFORMATIVE_BITS] = { MU_TAG_INFORMATIVE, false },
    [MU_ESS_INFORMATIVE_LIST] = { MU_TAG_INFORMATIVE, true },
    [MU_ESS_RESTRICTIVE_LIST] = { MU_TAG_RESTRICTIVE, true },
};

bool mu_binary_form(enum mu_ess_form form, enum mu_tag_type *type, bool *list)
{
    if (form == MU_ESS_OTHER_FORM)
        return false;
    *type = form_row[form].type;
    *list = form_row[form].list;
    return true;
}

void mu_binary_note(struct mu_arena *arena, struct mu_binary *found, enum mu_binary_kind kind,
                    const char *fmt, ...)
{
    char why[1024]; /* names of a policy may be long: what is past this is not shown */
    va_list args;
    found->ambiguous = found->ambiguous || kind == MU_BINARY_AMBIGUOUS;
    if (found->problems == MU_DEFECTS_MAX) {
        found->left_off++;
        return;
    }
    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    if (found->problem == NULL)
        found->problem = mu_arena_array(arena, MU_DEFECTS_MAX, sizeof *found->problem);
    found->problem[found->problems++] =
        (struct mu_binary_problem){ kind, mu_text_line(arena, mu_bytes_of(why)) };
}

uint32_t mu_binary_other_value(const struct mu_policy *policy, enum mu_tag_type type,
                               uint32_t value)
{
    const struct mu_value *v = &policy->value[value];
    uint32_t other = mu_policy_value_lacv(policy, v->set, type, v->lacv);
    while (other != MU_NONE && mu_key_same(policy->value[other].name, v->name, policy->is.fold))
        other = policy->value[other].same_lacv;
    return other;
}

uint32_t mu_binary_other_class(const struct mu_policy *policy, uint32_t class)
{
    const struct mu_classification *c = policy->classification;
    for (uint32_t i = 0; i < policy->classifications; i++)
        if (c[i].lacv == c[class].lacv && !mu_key_same(c[i].name, c[class].name, policy->is.fold))
            return i;
    return MU_NONE;
}

/* --- reading ----------------------------------------------------------------------------------------- */

/* What the two readings share. */
struct reading {
    struct mu_arena *arena;
    const struct mu_policy *policy; /* NULL: unknown */
    struct mu_binary *found;
};

static struct reading start(struct mu_arena *arena, const struct mu_policies *policies,
                            const char *id, struct mu_binary *found)
{
    *found = (struct mu_binary){ .policy = mu_policies_by_id(policies, id) };
    struct reading r = { arena, found->policy, found };
    if (id == NULL)
        mu_binary_note(arena, found, MU_BINARY_POLICY, "there is no policy");
    else if (r.policy == NULL)
        mu_binary_note(arena, found, MU_BINARY_POLICY, "policy %s is not known", id);
    return r;
}

static const char *urn(struct mu_arena *arena, const char *oid)
{
    return oid != NULL ? mu_arena_printf(arena, "urn:oid:%s", oid) : NULL;
}

/* A number that means nothing: no policy has such a name. */
static const char *nameless(struct mu_arena *arena, uint64_t lacv)
{
    return mu_arena_printf(arena, "lacv %llu", (unsigned long long) lacv);
}

static const char *class_name(const struct reading *r, uint64_t lacv)
{
    uint32_t class = r->policy != NULL && lacv <= INT64_MAX
                         ? mu_policy_classification_lacv(r->policy, (int64_t) lacv)
                         : MU_NONE;
    if (class == MU_NONE) {
        if (r->policy != NULL)
            mu_binary_note(r->arena, r->found, MU_BINARY_CLASSIFICATION,
                           "policy '%s' has no classification %llu", r->policy->name,
                           (unsigned long long) lacv);
        return nameless(r->arena, lacv);
    }
    uint32_t other = mu_binary_other_class(r->policy, class);
    if (other == MU_NONE)
        return r->policy->classification[class].name;
    mu_binary_note(r->arena, r->found, MU_BINARY_AMBIGUOUS,
                   "classification %llu of policy '%s' is '%s' or '%s'", (unsigned long long) lacv,
                   r->policy->name, r->policy->classification[class].name,
                   r->policy->classification[other].name);
    return nameless(r->arena, lacv);
}

/* The name of a value; NULL: not understood. */
static const char *value_name(const struct reading *r, uint32_t set, enum mu_tag_type type,
                              bool list, uint64_t lacv)
{
    const struct mu_policy *p = r->policy;
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long) lacv);
    uint32_t value = mu_policy_value_lacv(p, set, type, text);
    if (value == MU_NONE || p->value[value].input) {
        mu_binary_note(r->arena, r->found, MU_BINARY_VALUE, "tag set '%s' has no %s value %s",
                       p->set[set].name, mu_tag_type_name(type), text);
        return NULL;
    }
    uint32_t other = mu_binary_other_value(p, type, value);
    if (other != MU_NONE) {
        mu_binary_note(r->arena, r->found, MU_BINARY_AMBIGUOUS,
                       "value %s of tag set '%s' is '%s' or '%s'", text, p->set[set].name,
                       p->value[value].name, p->value[other].name);
        return NULL;
    }
    if (p->tag[p->value[value].tag].enumerated != list)
        mu_binary_note(r->arena, r->found, MU_BINARY_FORM,
                       "value %s of tag set '%s' is encoded as %s", text, p->set[set].name,
                       list ? "a list" : "bits");
    return p->value[value].name;
}

/* A category that no policy knows. Without a URI: the OID may be that of a known set. */
static struct mu_category unknown(struct mu_arena *arena, enum mu_tag_type type, const char *name,
                                  size_t room)
{
    return (struct mu_category){ .type = mu_tag_type_name(type),
                                 .tag_name = name,
                                 .value = mu_arena_array(arena, room + 1, sizeof(char *)) };
}

static void read_other(const struct reading *r, const struct mu_ess_category *from,
                       struct mu_category *out)
{
    mu_binary_note(r->arena, r->found, MU_BINARY_SYNTAX, "category of the unknown syntax %s",
                   from->type);
    *out = unknown(r->arena, MU_TAG_RESTRICTIVE, urn(r->arena, from->type), 1);
    char *text = mu_arena_alloc(r->arena, 2 * from->value.n + 1);
    mu_hex_write((const unsigned char *) from->value.p, from->value.n, text);
    out->value[out->values++] = text;
}

/* One category makes two: `known` with the values that have names, `rest` with the others. */
static void read_category(const struct reading *r, const struct mu_ess_category *from,
                          struct mu_category *known, struct mu_category *rest)
{
    enum mu_tag_type type;
    bool list;
    *known = (struct mu_category){ .values = 0 };
    if (!mu_binary_form(from->form, &type, &list)) {
        read_other(r, from, rest);
        return;
    }
    *rest = unknown(r->arena, type, urn(r->arena, from->set), from->numbers);
    uint32_t set = r->policy != NULL ? mu_policy_set_id(r->policy, from->set) : MU_NONE;
    if (set != MU_NONE && r->policy->set[set].values[type] > 0) {
        *known = unknown(r->arena, type, r->policy->set[set].name, from->numbers);
        known->uri = rest->tag_name;
    } else if (r->policy != NULL)
        mu_binary_note(r->arena, r->found, MU_BINARY_SET, "policy '%s' has no %s tag set %s",
                       r->policy->name, mu_tag_type_name(type), from->set);
    for (size_t i = 0; i < from->numbers; i++) {
        const char *name =
            known->type != NULL ? value_name(r, set, type, list, from->number[i]) : NULL;
        struct mu_category *to = name != NULL ? known : rest;
        to->value[to->values++] = name != NULL ? name : nameless(r->arena, from->number[i]);
    }
}

static void read_categories(const struct reading *r, const struct mu_ess_category *from,
                            size_t count, struct mu_category **category, size_t *categories)
{
    *category = mu_arena_array(r->arena, 2 * count + 2, sizeof **category);
    *categories = 0;
    for (size_t i = 0; i < count; i++) {
        struct mu_category known, rest;
        read_category(r, &from[i], &known, &rest);
        if (known.type != NULL && (known.values > 0 || rest.values == 0))
            (*category)[(*categories)++] = known;
        if (known.type == NULL || rest.values > 0)
            (*category)[(*categories)++] = rest;
    }
}

/* Of what defects took away we do not know what it would have demanded. */
static bool is_lossy(const struct mu_ber_report *report)
{
    static const enum mu_ber_defect_kind lossy[] = { MU_BER_BAD_CATEGORY,   MU_BER_DUPLICATE,
                                                     MU_BER_UNKNOWN_MEMBER, MU_BER_BAD_OID,
                                                     MU_BER_BAD_INTEGER,    MU_BER_CLASS_RANGE };
    for (size_t i = 0; i < MU_COUNT(lossy); i++)
        if (mu_ber_has(report, lossy[i]))
            return true;
    return report->left_off > 0;
}

static const char *mark_text(struct mu_arena *arena, struct mu_bytes mark)
{
    bool plain =
        mu_utf8_defect(mark) == SIZE_MAX && (mark.n == 0 || memchr(mark.p, '\0', mark.n) == NULL);
    return plain ? mu_bytes_dup(arena, mark) : mu_text_line(arena, mark);
}

struct mu_label *mu_binary_read_label(struct mu_arena *arena, const struct mu_policies *policies,
                                      const struct mu_ess *ess, struct mu_binary *found)
{
    if (!ess->readable) {
        *found = (struct mu_binary){ .policy = NULL };
        mu_binary_note(arena, found, MU_BINARY_UNREADABLE, "the label cannot be read");
        return NULL;
    }
    struct reading r = start(arena, policies, ess->policy, found);
    struct mu_label *label = mu_new(arena, struct mu_label);
    label->root = "originatorConfidentialityLabel";
    label->policy_uri = urn(arena, ess->policy);
    label->policy = r.policy != NULL ? r.policy->name : label->policy_uri;
    if (ess->classification != MU_ESS_ABSENT)
        label->classification = class_name(&r, (uint64_t) ess->classification);
    else
        mu_binary_note(arena, found, MU_BINARY_CLASSIFICATION, "there is no classification");
    if (ess->mark.p != NULL)
        label->privacy_mark = mark_text(arena, ess->mark);
    read_categories(&r, ess->category, ess->categories, &label->category, &label->categories);
    if (is_lossy(&ess->report)) {
        mu_binary_note(arena, found, MU_BINARY_UNREADABLE, "parts of the label cannot be read");
        label->category[label->categories++] =
            unknown(arena, MU_TAG_RESTRICTIVE, "urn:oid: unreadable", 0);
    }
    return label;
}

struct mu_clearance *mu_binary_read_clearance(struct mu_arena *arena,
                                              const struct mu_policies *policies,
                                              const struct mu_ess_clearance *ess,
                                              struct mu_binary *found)
{
    if (!ess->readable) {
        *found = (struct mu_binary){ .policy = NULL };
        mu_binary_note(arena, found, MU_BINARY_UNREADABLE, "the clearance cannot be read");
        return NULL;
    }
    struct reading r = start(arena, policies, ess->policy, found);
    struct mu_clearance *clearance = mu_new(arena, struct mu_clearance);
    clearance->policy_uri = urn(arena, ess->policy);
    clearance->policy = r.policy != NULL ? r.policy->name : clearance->policy_uri;
    clearance->classification = mu_arena_array(arena, ess->classes + 1, sizeof(char *));
    for (size_t i = 0; i < ess->classes; i++)
        clearance->classification[clearance->classifications++] = class_name(&r, ess->class[i]);
    read_categories(&r, ess->category, ess->categories, &clearance->category,
                    &clearance->categories);
    if (is_lossy(&ess->report))
        mu_binary_note(arena, found, MU_BINARY_UNREADABLE, "parts of the clearance cannot be read");
    return clearance;
}
