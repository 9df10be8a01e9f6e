/* Functions that ask the policies: of label elements, clearances and markings. */
#include "policy/decide.h"
#include "policy/dominate.h"
#include "policy/equivalent.h"
#include "policy/marking.h"
#include "policy/validity.h"
#include "rules/functions.h"

static const struct mu_policies *policies_of(const struct mu_call *call)
{
    return &call->judging->set->policies;
}

/* The first node of an argument, when it is a label. */
static struct mu_label *label_of(struct mu_call *call, size_t i)
{
    const xmlNodeSet *nodes = call->arg[i].nodes;
    if (nodes == NULL || nodes->nodeNr == 0 || !mu_label_is_root(nodes->nodeTab[0]))
        return NULL;
    struct mu_label *label = mu_new(call->judging->arena, struct mu_label);
    mu_label_read(call->judging->arena, nodes->nodeTab[0], label);
    return label;
}

static bool resolve(struct mu_call *call, size_t i, struct mu_resolved *out)
{
    const struct mu_label *label = label_of(call, i);
    const struct mu_policy *policy =
        label != NULL ? mu_policies_find(policies_of(call), label->policy, label->policy_uri)
                      : NULL;
    if (policy != NULL)
        mu_resolve(call->judging->arena, policy, label, out);
    return policy != NULL;
}

void mu_function_valid(struct mu_call *call)
{
    struct mu_resolved label;
    struct mu_validity_report report;
    if (!resolve(call, 0, &label))
        return;
    mu_validate_resolved(call->judging->arena, &label, call->judging->set->test_time, &report);
    call->truth = report.valid;
}

void mu_function_order(struct mu_call *call)
{
    struct mu_resolved a, b;
    enum mu_order order = MU_ORDER_NONE;
    if (resolve(call, 0, &a) && resolve(call, 1, &b))
        order = mu_label_order(call->judging->arena, &a, &b);
    call->text = mu_bytes_of(mu_order_name(order));
}

void mu_function_decide(struct mu_call *call)
{
    const xmlNodeSet *nodes = call->arg[1].nodes;
    struct mu_clearance clearance;
    if (nodes == NULL || nodes->nodeNr == 0 || !mu_clearance_is_root(nodes->nodeTab[0]))
        return;
    mu_clearance_read(call->judging->arena, nodes->nodeTab[0], &clearance);
    call->truth =
        mu_decide_label(call->judging->arena, policies_of(call), label_of(call, 0), &clearance)
            .permit;
}

void mu_function_marking(struct mu_call *call)
{
    struct mu_resolved label;
    const char *why, *text = NULL;
    if (resolve(call, 0, &label))
        text = mu_marking_render(call->judging->arena, &label, MU_AT_PAGE_TOP,
                                 mu_bytes_dup(call->judging->arena, call->arg[1].text), &why);
    if (text != NULL)
        call->text = mu_bytes_of(text);
}

void mu_function_marking_same(struct mu_call *call)
{
    struct mu_arena *arena = call->judging->arena;
    call->truth = mu_marking_same(arena, policies_of(call), mu_bytes_dup(arena, call->arg[0].text),
                                  mu_bytes_dup(arena, call->arg[1].text));
}

void mu_function_equivalent(struct mu_call *call)
{
    struct mu_arena *arena = call->judging->arena;
    struct mu_resolved from;
    struct mu_mapping mapping;
    const struct mu_label *to = label_of(call, 1);
    const struct mu_policy *policy =
        to != NULL ? mu_policies_find(policies_of(call), to->policy, to->policy_uri) : NULL;
    if (policy == NULL || !resolve(call, 0, &from))
        return;
    mu_map_label(arena, &from, policy, MU_APPLIED_DECRYPT, call->judging->set->test_time, &mapping);
    call->truth =
        mapping.label != NULL && mu_label_equal(arena, policies_of(call), mapping.label, to, NULL);
}

void mu_function_colour(struct mu_call *call)
{
    const char *colour = mu_colour_hex(call->judging->arena, call->arg[0].text);
    if (colour != NULL)
        call->text = mu_bytes_of(colour);
}
