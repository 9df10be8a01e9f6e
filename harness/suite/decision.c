#include "suite/decision.h"

#include "document/message.h"
#include "format/xml.h"
#include "policy/equivalent.h"

static bool find(struct mu_arena *arena, const struct mu_data *data, const char *folder,
                 const char *name, const char **path, struct mu_err *err)
{
    *path = mu_data_find(data, arena, mu_arena_printf(arena, "fixtures/%s/%s.xml", folder, name));
    return *path != NULL || mu_fail(err, MU_ERR_USAGE, "no fixture '%s' in '%s'", name, folder);
}

static bool read_clearance(struct mu_arena *arena, const char *path, struct mu_clearance *out,
                           struct mu_err *err)
{
    xmlDoc *doc;
    TRY(mu_xml_load(arena, path, &doc, NULL, err));
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (!mu_clearance_is_root(root))
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE, "this is no clearance");
    mu_clearance_read(arena, root, out);
    return true;
}

bool mu_suite_decide(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, const char *label, const char *clearance,
                     struct mu_decision *decision, struct mu_err *err)
{
    const struct mu_policies *all = &profile->policies;
    struct mu_message message = { 0 };
    struct mu_clearance cleared;
    const char *path;
    TRY(find(arena, data, "labels", label, &path, err));
    TRY(mu_message_load_label(arena, path, &message, err));
    TRY(find(arena, data, "clearances", clearance, &path, err));
    TRY(read_clearance(arena, path, &cleared, err));
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
