/* Labels that came in may go higher than what was sent: the coordinator hears of each, once. */
#include <string.h>

#include "policy/resolve.h"
#include "suite/engine_case.h"

/* Keys of labels that this job has told of; one that takes another's place is told of again. */
struct mu_engine_told {
    uint64_t key[MU_MARKS_TOLD];
};

struct mu_engine_told *mu_engine_told_new(struct mu_arena *arena)
{
    return mu_new(arena, struct mu_engine_told);
}

static uint64_t mix(uint64_t key, const char *text)
{
    for (const char *s = text != NULL ? text : ""; *s != '\0'; s++)
        key = (key ^ (unsigned char) *s) * UINT64_C(0x100000001b3);
    return (key ^ 0xff) * UINT64_C(0x100000001b3); /* no octet of UTF-8: the end of a text */
}

/* All that a marking is made of. It begins with what no system knows, so that none can make two of a kind. */
static uint64_t key_of(uint64_t key, const struct mu_label *label)
{
    key = mix(mix(mix(key, label->policy), label->policy_uri), label->classification);
    for (size_t i = 0; i < label->categories; i++) {
        const struct mu_category *c = &label->category[i];
        key = mix(mix(mix(key, c->tag_name), c->uri), c->type);
        for (size_t v = 0; v < c->values; v++)
            key = mix(key, c->value[v]);
    }
    return key | 1; /* 0: an empty place */
}

static bool told_before(struct mu_engine_case *e, const struct mu_label *label)
{
    struct mu_engine_told *told = e->engine->told;
    uint64_t key = key_of(e->seat->run_key, label);
    uint64_t *place = &told->key[(key >> 1) % MU_MARKS_TOLD];
    bool known = *place == key;
    *place = key;
    return known;
}

void mu_engine_tell_mark(struct mu_engine_case *e, const struct mu_label *label)
{
    const struct mu_policies *all = &e->engine->o.profile->policies;
    struct mu_record record = { .type = MU_RECORD_MARK };
    struct mu_buf values = { .arena = e->arena };
    struct mu_resolved r;
    if (e->engine->told == NULL || told_before(e, label)) /* NULL: it is judged again */
        return;
    const struct mu_policy *policy = mu_policies_find(all, label->policy, label->policy_uri);
    if (policy == NULL)
        return;
    mu_resolve(e->arena, policy, label, &r);
    if (r.classification == MU_NONE)
        return;
    while (all->policy[record.number] != policy)
        record.number++;
    record.count = r.classification;
    for (uint32_t i = 0; i < policy->values; i++)
        if (mu_bit(r.present, i))
            mu_buf_printf(&values, "%s%u", values.n > 0 ? " " : "", i);
    mu_record_put(&record, mu_buf_text(&values));
    mu_seat_send(e->seat, &record);
}
