#include "policy/foreign.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "base/utf8.h"
#include "policy/names.h"

const char *mu_foreign_shown(struct mu_arena *arena, const char *name)
{
    return name != NULL ? mu_text_line(arena, mu_bytes_of(name)) : "(none)";
}

const char *mu_foreign_sentence(struct mu_arena *arena, const char *fmt, va_list args)
{
    char text[MU_TEXT_MAX];
    vsnprintf(text, sizeof text, fmt, args);
    struct mu_bytes all = mu_bytes_of(text);
    return mu_bytes_dup(arena, mu_bytes_slice(all, 0, mu_utf8_defect(all)));
}

bool mu_foreign_is(const struct mu_policy *from, uint32_t equivalent, const struct mu_policy *to)
{
    if (equivalent == MU_NONE)
        return false;
    const struct mu_equivalent_policy *e = &from->equivalent[equivalent];
    return e->id != NULL && strcmp(e->id, to->id) == 0
           && mu_key_same(e->name, to->name, to->is.fold);
}

const char *mu_foreign_classification(struct mu_arena *arena, const struct mu_policy *to,
                                      int64_t lacv, uint32_t *classification)
{
    uint32_t found = MU_NONE;
    for (uint32_t i = 0; i < to->classifications; i++) {
        if (to->classification[i].lacv != lacv)
            continue;
        if (found != MU_NONE)
            return mu_arena_printf(arena, "lacv %lld of '%s' is both '%s' and '%s'",
                                   (long long) lacv, mu_foreign_shown(arena, to->name),
                                   mu_foreign_shown(arena, to->classification[found].name),
                                   mu_foreign_shown(arena, to->classification[i].name));
        found = i;
    }
    if (found == MU_NONE)
        return mu_arena_printf(arena, "'%s' has no classification with lacv %lld",
                               mu_foreign_shown(arena, to->name), (long long) lacv);
    *classification = found;
    return NULL;
}

const char *mu_foreign_set(struct mu_arena *arena, const struct mu_policy *to, const char *id,
                           const char *name, uint32_t *set)
{
    uint32_t found = id != NULL     ? mu_policy_set_id(to, id)
                     : name != NULL ? mu_policy_set(to, name)
                                    : MU_NONE;
    if (found == MU_NONE)
        return mu_arena_printf(arena, "'%s' has no tag set '%s'", mu_foreign_shown(arena, to->name),
                               mu_foreign_shown(arena, id != NULL ? id : name));
    *set = found;
    return NULL;
}

static const char *type_name(enum mu_tag_type type)
{
    return type == MU_TAG_UNUSED ? "NOTAPPLICABLE" : mu_tag_type_name(type);
}

const char *mu_foreign_value(struct mu_arena *arena, const struct mu_policy *to,
                             const struct mu_foreign_ref *ref, uint32_t classification,
                             uint32_t *value)
{
    uint32_t set = MU_NONE;
    const char *why = mu_foreign_set(arena, to, ref->set_id, ref->set_name, &set);
    if (why != NULL)
        return why;
    const char *set_name = mu_foreign_shown(arena, to->set[set].name);
    if (ref->lacv == NULL)
        return mu_arena_printf(arena, "no single value of tag set '%s' is named", set_name);
    uint32_t first = mu_policy_value_lacv(to, set, ref->type, ref->lacv);
    if (first == MU_NONE)
        return mu_arena_printf(arena, "tag set '%s' of '%s' has no %s value with lacv %s", set_name,
                               mu_foreign_shown(arena, to->name), type_name(ref->type),
                               mu_foreign_shown(arena, ref->lacv));
    const char *name = to->value[first].name;
    for (uint32_t v = to->value[first].same_lacv; v != MU_NONE; v = to->value[v].same_lacv)
        if (!mu_key_same(name, to->value[v].name, to->is.fold))
            return mu_arena_printf(arena, "lacv %s of tag set '%s' is both '%s' and '%s'",
                                   mu_foreign_shown(arena, ref->lacv), set_name,
                                   mu_foreign_shown(arena, name),
                                   mu_foreign_shown(arena, to->value[v].name));
    /* One of the collision that the classification excludes must not stand for the others. */
    *value = first;
    for (uint32_t v = first; v != MU_NONE && classification != MU_NONE; v = to->value[v].same_lacv)
        if (!mu_class_in(&to->value[v].excluded, classification)) {
            *value = v;
            break;
        }
    return NULL;
}

const char *mu_foreign_values(struct mu_arena *arena, const struct mu_policy *to,
                              const struct mu_foreign_ref *ref, uint32_t classification,
                              const uint32_t **value, size_t *values)
{
    uint32_t set = MU_NONE;
    if (ref->lacv != NULL) {
        uint32_t *one = mu_arena_array(arena, 1, sizeof *one);
        const char *why = mu_foreign_value(arena, to, ref, classification, one);
        *value = one;
        *values = 1;
        return why;
    }
    const char *why = mu_foreign_set(arena, to, ref->set_id, ref->set_name, &set);
    if (why != NULL)
        return why;
    const struct mu_tag_set *s = &to->set[set];
    size_t n = 0;
    uint32_t *all = mu_arena_array(
        arena, ref->type == MU_TAG_UNUSED ? 1 : s->values[ref->type] + (size_t) 1, sizeof *all);
    for (uint32_t t = s->first; t < s->first + s->count && ref->type != MU_TAG_UNUSED; t++)
        for (uint32_t i = 0; i < to->tag[t].count && to->tag[t].type == ref->type; i++) {
            uint32_t v = to->tag[t].first + i;
            if (!to->value[v].obsolete
                && (classification == MU_NONE
                    || !mu_class_in(&to->value[v].excluded, classification)))
                all[n++] = v;
        }
    if (n == 0)
        return mu_arena_printf(arena, "tag set '%s' of '%s' has no %s value to add",
                               mu_foreign_shown(arena, s->name), mu_foreign_shown(arena, to->name),
                               type_name(ref->type));
    *value = all;
    *values = n;
    return NULL;
}

bool mu_foreign_lowers(const struct mu_policy *from, uint32_t classification,
                       const struct mu_policy *to, uint32_t there, uint32_t *back)
{
    const struct mu_classification *c = &to->classification[there];
    for (size_t i = 0; i < c->maps; i++) {
        if (!mu_foreign_is(to, c->map[i].policy, from))
            continue;
        for (uint32_t b = 0; b < from->classifications; b++)
            if (from->classification[b].lacv == c->map[i].lacv
                && from->classification[b].hierarchy
                       < from->classification[classification].hierarchy) {
                *back = b;
                return true;
            }
    }
    return false;
}
