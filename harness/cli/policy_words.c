#include <stdio.h>
#include <time.h>

#include "cli/policy.h"

/* "fr" and "fr-BE" are French; "" is no language. */
static bool speaks(const char *tag, const char *language)
{
    size_t n = strlen(language);
    if (n == 0)
        return tag[0] == '\0';
    return mu_bytes_start_nocase(mu_bytes_of(tag), mu_bytes_of(language))
           && (tag[n] == '\0' || tag[n] == '-');
}

const char *mu_policy_phrase(const struct mu_markings *markings, const char *language, bool portion)
{
    for (size_t i = 0; i < markings->phrases; i++) {
        const struct mu_phrase *p = &markings->phrase[i];
        bool for_portions = (p->codes & MU_AT_PORTION) != 0;
        bool others = (p->codes & ~(unsigned) MU_AT_PORTION) != 0 || p->codes == 0;
        if (p->text != NULL && (portion ? for_portions : others) && speaks(p->language, language))
            return p->text;
    }
    return NULL;
}

const char *mu_policy_time(struct mu_arena *arena, int64_t time)
{
    char text[40];
    struct tm tm = { 0 };
    time_t t = (time_t) time;
    if (time == INT64_MIN || time == INT64_MAX || gmtime_r(&t, &tm) == NULL)
        return NULL;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return mu_arena_strndup(arena, text, strlen(text));
}

const char *mu_policy_applied(unsigned applied)
{
    static const char *const word[] = { "never", "encrypt", "decrypt", "both" };
    return word[applied & MU_APPLIED_BOTH];
}

const char *mu_policy_operation(enum mu_operation operation)
{
    static const char *const word[] = { "onlyOne", "oneOrMore", "all" };
    return word[operation];
}

static const char *operation_words(enum mu_operation operation)
{
    static const char *const word[] = { "exactly one of ", "one or more of ", "all of " };
    return word[operation];
}

const char *mu_policy_classes(struct mu_arena *arena, const struct mu_policy *policy,
                              const struct mu_class_set *set)
{
    struct mu_buf out = { .arena = arena };
    for (uint32_t i = 0; i < policy->classifications; i++)
        if (mu_class_in(set, i))
            mu_buf_printf(&out, "%s%s", out.n > 0 ? ", " : "", policy->classification[i].name);
    return mu_buf_text(&out);
}

/* The value itself, by its name where it is defined. */
static const char *ref_value(struct mu_arena *arena, const struct mu_policy *policy,
                             const struct mu_category_ref *ref)
{
    if (ref->all)
        return "any";
    if (ref->values > 0)
        return policy->value[ref->value[0]].name;
    return mu_arena_printf(arena, "lacv %s (undefined)", ref->lacv != NULL ? ref->lacv : "-");
}

const char *mu_policy_ref(struct mu_arena *arena, const struct mu_policy *policy,
                          const struct mu_category_ref *ref)
{
    return mu_arena_printf(arena, "%s: %s", ref->set_name, ref_value(arena, policy, ref));
}

static const char *foreign_set(const struct mu_foreign_ref *ref)
{
    return ref->set_name != NULL ? ref->set_name : ref->set_id != NULL ? ref->set_id : "";
}

static const char *foreign_value(struct mu_arena *arena, const struct mu_foreign_ref *ref)
{
    return ref->lacv != NULL ? mu_arena_printf(arena, "lacv %s", ref->lacv) : "any";
}

const char *mu_policy_foreign(struct mu_arena *arena, const struct mu_foreign_ref *ref)
{
    return mu_arena_printf(arena, "%s: %s", foreign_set(ref), foreign_value(arena, ref));
}

/* "Context: NATO, KFOR": the name of a set stands once before the values of it that follow. */
static void put_member(struct mu_buf *out, size_t i, const char *set, const char *before,
                       const char *value)
{
    if (i > 0 && strcmp(set, before) == 0)
        mu_buf_printf(out, ", %s", value);
    else
        mu_buf_printf(out, "%s%s: %s", i > 0 ? ", " : "", set, value);
}

const char *mu_policy_required(struct mu_arena *arena, const struct mu_policy *policy,
                               const struct mu_required *required, size_t requireds)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < requireds; i++) {
        mu_buf_printf(&out, "%s%s", i > 0 ? "; " : "", operation_words(required[i].operation));
        const struct mu_category_ref *group = required[i].group;
        for (size_t g = 0; g < required[i].groups; g++)
            put_member(&out, g, group[g].set_name, g > 0 ? group[g - 1].set_name : "",
                       ref_value(arena, policy, &group[g]));
    }
    return mu_buf_text(&out);
}

const char *mu_policy_foreign_required(struct mu_arena *arena,
                                       const struct mu_foreign_required *required, size_t requireds)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < requireds; i++) {
        mu_buf_printf(&out, "%s%s", i > 0 ? "; " : "", operation_words(required[i].operation));
        const struct mu_foreign_ref *group = required[i].group;
        for (size_t g = 0; g < required[i].groups; g++)
            put_member(&out, g, foreign_set(&group[g]), g > 0 ? foreign_set(&group[g - 1]) : "",
                       foreign_value(arena, &group[g]));
    }
    return mu_buf_text(&out);
}
