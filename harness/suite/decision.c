#include "suite/decision.h"

#include "document/message.h"
#include "policy/equivalent.h"
#include "suite/truth.h"

bool mu_suite_decide(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, const char *label, const char *clearance,
                     struct mu_decision *decision, struct mu_err *err)
{
    const struct mu_policies *all = &profile->policies;
    struct mu_message message = { 0 };
    struct mu_clearance cleared;
    const char *path =
        mu_data_find(data, arena, mu_arena_printf(arena, "fixtures/labels/%s.xml", label));
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no fixture '%s' in 'labels'", label);
    TRY(mu_message_load_label(arena, path, &message, err));
    TRY(mu_clearance_fixture(arena, data, clearance, &cleared, err));
    const struct mu_label *of = message.label;
    const struct mu_policy *from = mu_policies_find(all, of->policy, of->policy_uri);
    const struct mu_policy *to = mu_policies_find(all, cleared.policy, cleared.policy_uri);
    if (from != NULL && to != NULL && from != to) {
        struct mu_resolved resolved;
        struct mu_mapping mapping;
        mu_resolve(arena, from, of, &resolved);
        mu_map_label(arena, &resolved, to, MU_APPLIED_DECRYPT, profile->test_time, &mapping);
        if (mapping.label == NULL) {
            *decision = (struct mu_decision){ .rule = mapping.rule, .why = mapping.why };
            return true;
        }
        of = mapping.label;
    }
    *decision = mu_decide_label(arena, all, of, &cleared);
    return true;
}
