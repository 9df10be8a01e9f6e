#include "suite/high_water.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "document/message.h"
#include "policy/dominate.h"
#include "policy/marking.h"

struct name {
    const char *folder, *name;
};

struct mu_high_parts {
    struct mu_arena *arena;
    const struct mu_data *data;
    const struct mu_profile *profile;
    size_t raised;        /* labels that came in and went higher */
    struct mu_buf names;  /* struct name: each fixture once       */
    struct mu_buf labels; /* const struct mu_label *, as they came */
};

static bool seen(struct mu_high_parts *s, const char *folder, const char *name)
{
    const struct name *known = (const void *) s->names.p;
    for (size_t i = 0; i < s->names.n / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0 && strcmp(known[i].folder, folder) == 0)
            return true;
    struct name fresh = { folder, mu_arena_strndup(s->arena, name, strlen(name)) };
    mu_buf_put(&s->names, &fresh, sizeof fresh);
    return false;
}

static void add_fixture(struct mu_high_parts *s, const char *folder, const char *name)
{
    struct mu_message message = { 0 };
    struct mu_err unread;
    if (name == NULL || strcmp(name, "none") == 0 || seen(s, folder, name))
        return;
    const char *path = mu_data_find(s->data, s->arena,
                                    mu_arena_printf(s->arena, "fixtures/%s/%s.xml", folder, name));
    bool ok = path != NULL
              && (*folder == 'l' ? mu_message_load_label(s->arena, path, &message, &unread)
                                 : mu_message_load(s->arena, path, &message, &unread));
    if (ok && message.label != NULL)
        mu_buf_put(&s->labels, &message.label, sizeof(message.label));
}

/* Every label that a planned instance makes; the scratch arena takes the expanded names. */
static void add_case(struct mu_high_parts *s, const struct mu_case *c, size_t instance,
                     struct mu_arena *scratch)
{
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *step = &c->step[i];
        if (step->kind != MU_STEP_MAKE)
            continue;
        if (step->label != NULL)
            add_fixture(s, "labels", mu_case_expand(scratch, c, instance, step->label));
        else if (step->message != NULL)
            add_fixture(s, "messages", mu_case_expand(scratch, c, instance, step->message));
    }
}

static int64_t rank_of(struct mu_arena *arena, const struct mu_policy *policy,
                       const struct mu_label *label)
{
    struct mu_resolved r;
    mu_resolve(arena, policy, label, &r);
    return r.classification == MU_NONE ? INT64_MIN
                                       : policy->classification[r.classification].hierarchy;
}

/* Keep those that are highest in the hierarchy; returns how many. */
static size_t keep_highest(struct mu_arena *arena, const struct mu_policy *policy,
                           const struct mu_label **part, size_t count)
{
    int64_t top = INT64_MIN;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t rank = rank_of(arena, policy, part[i]);
        n = rank > top ? 0 : n;
        top = rank > top ? rank : top;
        if (rank == top)
            part[n++] = part[i];
    }
    return n;
}

/* False when the label shows nothing: its policy is unmarked, or it is not understood. */
static bool describe(struct mu_arena *arena, const struct mu_policy *policy,
                     const struct mu_label *label, struct mu_high_water *out)
{
    struct mu_resolved *r = mu_new(arena, struct mu_resolved);
    mu_resolve(arena, policy, label, r);
    if (r->classification == MU_NONE)
        return false;
    const struct mu_classification *c = &policy->classification[r->classification];
    struct mu_colours colours = mu_marking_colours(arena, r);
    out->policy = policy;
    out->label = label;
    out->marking = mu_marking_render(arena, r, MU_AT_PAGE_TOP, "en", NULL);
    out->classification = c->name;
    out->rank = c->hierarchy;
    out->colour = colours.background;
    out->text_colour = colours.foreground;
    return out->marking != NULL && *out->marking != '\0';
}

static bool roll_up(struct mu_arena *arena, const struct mu_profile *profile,
                    const struct mu_policy *policy, const struct mu_high_parts *s,
                    struct mu_high_water *out)
{
    const struct mu_label *const *all = (const void *) s->labels.p;
    size_t count = s->labels.n / sizeof(*all), n = 0;
    const struct mu_label **part = mu_arena_array(arena, count + 1, sizeof(*part));
    struct mu_rollup rollup;
    for (size_t i = 0; i < count; i++)
        if (mu_policies_find(&profile->policies, all[i]->policy, all[i]->policy_uri) == policy)
            part[n++] = all[i];
    if (n == 0)
        return false;
    mu_rollup(arena, &profile->policies, part, n, profile->test_time, &rollup);
    if (rollup.label == NULL) { /* values of a low label may not go with a high classification */
        out->decision = rollup.decision;
        n = keep_highest(arena, policy, part, n);
        mu_rollup(arena, &profile->policies, part, n, profile->test_time, &rollup);
    }
    return describe(arena, policy, rollup.label != NULL ? rollup.label : part[0], out);
}

struct mu_high_parts *mu_high_parts(struct mu_arena *arena, const struct mu_data *data,
                                    const struct mu_profile *profile, const struct mu_plan *plan)
{
    struct mu_high_parts *parts = mu_new(arena, struct mu_high_parts);
    *parts = (struct mu_high_parts){ .arena = arena,
                                     .data = data,
                                     .profile = profile,
                                     .names = { .arena = arena },
                                     .labels = { .arena = arena } };
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    for (size_t i = 0; i < plan->ins; i++)
        add_case(parts, plan->suite->cases[plan->in[i].case_index], plan->in[i].instance, scratch);
    mu_arena_free(scratch);
    return parts;
}

void mu_high_water_of(struct mu_arena *arena, const struct mu_high_parts *parts,
                      struct mu_high_water **mark, size_t *count)
{
    const struct mu_profile *profile = parts->profile;
    *mark = mu_arena_array(arena, profile->policies.count + 1, sizeof(**mark));
    *count = 0;
    for (size_t i = 0; i < profile->policies.count; i++)
        *count += roll_up(arena, profile, profile->policies.policy[i], parts, &(*mark)[*count]);
}

void mu_high_water(struct mu_arena *arena, const struct mu_data *data,
                   const struct mu_profile *profile, const struct mu_plan *plan,
                   struct mu_high_water **mark, size_t *count)
{
    mu_high_water_of(arena, mu_high_parts(arena, data, profile, plan), mark, count);
}

/* --- what comes in ---------------------------------------------------------------------------------------- */

static struct mu_label *label_of(struct mu_arena *arena, const struct mu_policy *policy,
                                 uint32_t classification, const char *values)
{
    uint64_t *present = mu_arena_array(arena, policy->values / 64 + 1, sizeof *present);
    char *end;
    for (const char *at = values; *at != '\0'; at = end) {
        unsigned long value = strtoul(at, &end, 10);
        if (end == at)
            break;
        if (value < policy->values)
            mu_bit_set(present, (uint32_t) value);
    }
    return mu_label_of_values(arena, policy, classification, present, NULL);
}

/* Is the label below what is known of its policy? Where the rules leave the whole to people, by the hierarchy
 * alone. */
static bool is_below(struct mu_arena *arena, const struct mu_policy *policy,
                     const struct mu_label *label, const struct mu_high_water *mark, size_t count)
{
    struct mu_resolved a, b;
    while (count > 0 && mark[count - 1].policy != policy)
        count--;
    if (count == 0)
        return false;
    mark = &mark[count - 1];
    mu_resolve(arena, policy, label, &a);
    mu_resolve(arena, policy, mark->label, &b);
    if (mark->decision != NULL)
        return policy->classification[a.classification].hierarchy <= mark->rank;
    enum mu_order order = mu_label_order(arena, &a, &b);
    return order == MU_ORDER_EQUAL || order == MU_ORDER_BELOW;
}

static bool is_same(const struct mu_high_water *a, size_t as, const struct mu_high_water *b,
                    size_t bs)
{
    bool same = as == bs;
    for (size_t i = 0; same && i < as; i++)
        same = a[i].policy == b[i].policy && a[i].rank == b[i].rank
               && strcmp(a[i].marking, b[i].marking) == 0;
    return same;
}

/* Worth adding: it shows a marking, is not dominated by what is known, and was not added before. When very many
 * were, only another classification is. */
static bool goes_higher(struct mu_high_parts *parts, struct mu_arena *scratch,
                        const struct mu_policy *policy, const struct mu_label *label,
                        const struct mu_high_water *mark, size_t count, const char *key)
{
    struct mu_high_water shown;
    size_t i = 0;
    if (!describe(scratch, policy, label, &shown) || is_below(scratch, policy, label, mark, count))
        return false;
    while (i < count && mark[i].policy != policy)
        i++;
    if (parts->raised >= MU_RAISES_MAX && i < count && shown.rank <= mark[i].rank)
        return false;
    return !seen(parts, "", key);
}

bool mu_high_water_raise(struct mu_arena *arena, struct mu_high_parts *parts, uint32_t policy,
                         uint32_t classification, const char *values, struct mu_high_water **mark,
                         size_t *count)
{
    const struct mu_policies *all = &parts->profile->policies;
    if (policy >= all->count || classification >= all->policy[policy]->classifications)
        return false;
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    const struct mu_policy *p = all->policy[policy];
    bool higher =
        goes_higher(parts, scratch, p, label_of(scratch, p, classification, values), *mark, *count,
                    mu_arena_printf(scratch, "%u %u %s", policy, classification, values));
    mu_arena_free(scratch);
    if (!higher)
        return false;
    struct mu_label *label = label_of(parts->arena, p, classification, values);
    struct mu_high_water *now;
    size_t n;
    mu_buf_put(&parts->labels, &label, sizeof label);
    parts->raised++;
    mu_high_water_of(arena, parts, &now, &n);
    bool same = is_same(now, n, *mark, *count);
    *mark = now;
    *count = n;
    return !same;
}
