/* What became of a label on its way, in one word, for the label journey of a report. */
#include <string.h>

#include "policy/dominate.h"
#include "suite/engine_same.h"

static bool resolve(struct mu_engine_case *e, const struct mu_label *label, struct mu_resolved *out)
{
    const struct mu_policies *all = &e->engine->o.profile->policies;
    const struct mu_policy *policy = mu_policies_find(all, label->policy, label->policy_uri);
    if (policy != NULL)
        mu_resolve(e->arena, policy, label, out);
    return policy != NULL;
}

/* Of two labels that do not mean the same. */
static const char *direction(struct mu_engine_case *e, const struct mu_label *sent,
                             const struct mu_label *came)
{
    struct mu_resolved a, b;
    if (!resolve(e, sent, &a) || !resolve(e, came, &b))
        return "altered";
    if (a.policy != b.policy || a.doubt || b.doubt)
        return "altered";
    enum mu_order order = mu_label_order(e->arena, &b, &a);
    if (order == MU_ORDER_NONE && !mu_label_cover(e->arena, &b, &a).classification)
        return "lowered"; /* whatever its categories are */
    return order == MU_ORDER_BELOW ? "lowered" : order == MU_ORDER_ABOVE ? "raised" : "altered";
}

const char *mu_engine_label_fate(struct mu_engine_case *e, const char *what,
                                 const struct mu_comparison *c, const struct mu_label *sent,
                                 const struct mu_label *came)
{
    bool mapped = strcmp(what, "translation") == 0;
    if (!mapped && strcmp(what, "label") != 0)
        return "";
    if (c->level == MU_SAME_NOT && came == NULL)
        return "lost";
    if (c->level == MU_SAME_NOT)
        return sent == NULL ? "invented" : direction(e, sent, came);
    if (mapped)
        return "mapped";
    return c->level == MU_SAME_OCTETS ? "kept" : "re-encoded";
}
