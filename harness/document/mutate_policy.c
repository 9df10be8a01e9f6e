/* Operators that ask the label's policy. */
#include "document/mutate_ops.h"
#include "policy/marking.h"

static bool policy_of(const struct mu_mutation *m, const struct mu_message *message,
                      const struct mu_policy **policy, struct mu_err *err)
{
    if (message->label == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no label");
    *policy = m->policies != NULL ? mu_policies_find(m->policies, message->label->policy,
                                                     message->label->policy_uri)
                                  : NULL;
    return *policy != NULL || mu_fail(err, MU_ERR_PROFILE, "the policy of the label is not loaded");
}

/* The classification next to the label's in the hierarchy; `step` is -1 or 1. */
static bool neighbour(const struct mu_policy *p, const char *name, int step, uint32_t *out,
                      struct mu_err *err)
{
    uint32_t from = mu_policy_classification(p, name), best = MU_NONE;
    for (uint32_t i = 0; from != MU_NONE && i < p->classifications; i++) {
        int64_t apart = (p->classification[i].hierarchy - p->classification[from].hierarchy) * step;
        if (apart <= 0 || p->classification[i].obsolete)
            continue;
        if (best == MU_NONE
            || apart
                   < (p->classification[best].hierarchy - p->classification[from].hierarchy) * step)
            best = i;
    }
    *out = best;
    return best != MU_NONE
           || mu_fail(err, MU_ERR_PROFILE, "policy '%s' has nothing %s '%s'", p->name,
                      step < 0 ? "below" : "above", name != NULL ? name : "");
}

static bool move(const struct mu_mutation *m, struct mu_message *message, int step,
                 struct mu_err *err)
{
    const struct mu_policy *p;
    uint32_t class;
    TRY(policy_of(m, message, &p, err));
    TRY(neighbour(p, message->label->classification, step, &class, err));
    struct mu_label *label = mu_new(m->arena, struct mu_label);
    *label = *message->label;
    label->classification = p->classification[class].name;
    message->label = label;
    return true;
}

MU_ABSTRACT(mu_mutate_label_classification_lower)
{
    return move(m, message, -1, err);
}

MU_ABSTRACT(mu_mutate_label_classification_higher)
{
    return move(m, message, 1, err);
}

MU_ABSTRACT(mu_mutate_marking_lower)
{
    struct mu_message lowered = *message;
    const struct mu_policy *p;
    struct mu_resolved label;
    const char *why = "";
    TRY(policy_of(m, message, &p, err));
    TRY(move(m, &lowered, -1, err));
    mu_resolve(m->arena, p, lowered.label, &label);
    const char *text = mu_marking_render(m->arena, &label, MU_AT_PAGE_TOP, "en", &why);
    if (text == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "the lowered label has no marking: %s", why);
    message->marking = text;
    return true;
}

/* "A, B, C" as "C, B, A". */
static void put_reversed(struct mu_buf *out, struct mu_bytes list, struct mu_bytes separator)
{
    struct mu_bytes *item = mu_arena_array(out->arena, list.n + 1, sizeof *item);
    size_t items = 0;
    for (size_t at = 0, end = 0; end != SIZE_MAX; at = end + separator.n) {
        end = mu_bytes_find(list, separator, at);
        item[items++] = mu_bytes_slice(list, at, (end == SIZE_MAX ? list.n : end) - at);
    }
    while (items > 0) {
        mu_buf_put_bytes(out, item[--items]);
        if (items > 0)
            mu_buf_put_bytes(out, separator);
    }
}

/* Lists that stand behind a prefix of their tag are turned round, up to the end of the marking. */
MU_ABSTRACT(mu_mutate_marking_reorder)
{
    const struct mu_policy *p;
    TRY(policy_of(m, message, &p, err));
    struct mu_bytes marking =
        message->marking != NULL ? mu_bytes_of(message->marking) : MU_BYTES("");
    for (size_t t = 0; t < p->tags; t++)
        for (size_t q = 0; q < p->tag[t].markings.qualifiers; q++) {
            const struct mu_qualifier *prefix = &p->tag[t].markings.qualifier[q];
            size_t at = prefix->kind == MU_PREFIX && prefix->text[0] != '\0'
                            ? mu_bytes_find(marking, mu_bytes_of(prefix->text), 0)
                            : SIZE_MAX;
            if (at == SIZE_MAX)
                continue;
            struct mu_bytes list = mu_bytes_from(marking, at + strlen(prefix->text));
            if (mu_bytes_find(list, MU_BYTES(", "), 0) == SIZE_MAX)
                continue;
            struct mu_buf out = { .arena = m->arena };
            mu_buf_put_bytes(&out, mu_bytes_slice(marking, 0, marking.n - list.n));
            put_reversed(&out, list, MU_BYTES(", "));
            message->marking = mu_buf_text(&out);
            return true;
        }
    return mu_fail(err, MU_ERR_PROFILE, "the marking has no list of two or more");
}
