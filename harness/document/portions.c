/* Portion marks of a message, and what they roll up to. */
#include "base/limits.h"
#include "document/marks.h"
#include "policy/dominate.h"

/* The portions of all leaves together. Roll-up is idempotent: each mark counts once in it. */
struct portions {
    size_t shown, count;
    const struct mu_portion *kept[MU_ROLLUP_MAX];
    size_t labels;
};

static void portion(struct mu_node *t, const struct mu_own *own, const struct mu_body *body,
                    const struct mu_portion *p)
{
    xmlNode *node = mu_node_element(t, t->root, t->m, "portion");
    mu_node_word(t, node, "part", body->part->path);
    mu_node_number(t, node, "at", p->offset);
    bool known = p->classification != MU_NONE && p->label != NULL;
    mu_node_flag(t, node, "known", known);
    const struct mu_policy *policy =
        known ? mu_policies_find(t->kit->policies, p->label->policy, p->label->policy_uri) : NULL;
    if (policy != NULL)
        mu_node_classification(t, node, policy, p->classification);
    if (policy != NULL && own->known && policy == own->label.policy
        && own->label.classification != MU_NONE)
        mu_node_flag(t, node, "above",
                     policy->classification[p->classification].hierarchy
                         > policy->classification[own->label.classification].hierarchy);
    mu_node_text(t, node, p->mark, MU_TEXT_MAX);
}

static bool has_type(const struct mu_resolved *r, enum mu_tag_type type)
{
    for (size_t i = 0; i < r->values; i++)
        if (r->value[i].value != MU_NONE
            && r->policy->tag[r->policy->value[r->value[i].value].tag].type == type)
            return true;
    return false;
}

static void covered(struct mu_node *t, xmlNode *node, const struct mu_own *own,
                    const struct mu_resolved *r)
{
    struct mu_cover cover = mu_label_cover(t->arena, &own->label, r);
    mu_node_word(t, node, "order", mu_order_name(mu_label_order(t->arena, &own->label, r)));
    mu_node_flag(t, node, "classification-covered", cover.classification);
    mu_node_flag(t, node, "restrictive-covered", cover.restrictive);
    mu_node_flag(t, node, "permissive-covered", cover.permissive);
}

/* How the message's label stands to what its portions roll up to. */
static void rollup(struct mu_node *t, const struct mu_own *own, const struct portions *all)
{
    const struct mu_label *part[MU_ROLLUP_MAX];
    struct mu_rollup whole;
    for (size_t i = 0; i < all->labels; i++)
        part[i] = all->kept[i]->label;
    mu_rollup(t->arena, t->kit->policies, part, all->labels, t->kit->test_time, &whole);
    xmlNode *node = mu_node_element(t, t->root, t->m, "rollup");
    mu_node_number(t, node, "portions", all->count);
    mu_node_flag(t, node, "decided", whole.label != NULL);
    if (whole.label == NULL) {
        mu_node_text(t, node, mu_bytes_of(whole.decision), MU_TEXT_MAX);
        return;
    }
    struct mu_resolved r;
    const struct mu_policy *p =
        mu_policies_find(t->kit->policies, whole.label->policy, whole.label->policy_uri);
    mu_resolve(t->arena, p, whole.label, &r);
    mu_node_classification(t, node, p, r.classification);
    mu_node_flag(t, node, "permissive", has_type(&r, MU_TAG_PERMISSIVE));
    mu_node_flag(t, node, "restrictive", has_type(&r, MU_TAG_RESTRICTIVE));
    mu_node_flag(t, node, "widened", whole.widened);
    if (own->known && own->label.policy == p && !own->label.doubt)
        covered(t, node, own, &r);
}

bool mu_node_is_plain(const struct mu_part *part)
{
    return strcmp(part->type, "text/plain") == 0;
}

static bool is_kept(const struct portions *all, const struct mu_portion *p)
{
    for (size_t i = 0; i < all->labels; i++)
        if (mu_bytes_equal(all->kept[i]->mark, p->mark))
            return true;
    return false;
}

static void add(struct mu_node *t, const struct mu_own *own, const struct mu_body *body,
                const struct mu_portion *p, struct portions *all)
{
    all->count++;
    if (all->shown < MU_ROLLUP_MAX) {
        portion(t, own, body, p);
        all->shown++;
    }
    if (p->label != NULL && all->labels < MU_ROLLUP_MAX && !is_kept(all, p))
        all->kept[all->labels++] = p;
}

void mu_node_portions(struct mu_node *t, const struct mu_own *own,
                      const struct mu_body *const *body, size_t bodies)
{
    struct portions all = { .count = 0 };
    for (size_t i = 0; i < bodies; i++) {
        struct mu_bytes text = body[i]->decoded;
        struct mu_portion *found;
        if (!mu_node_is_plain(body[i]->part) || text.n == 0 || memchr(text.p, '(', text.n) == NULL)
            continue;
        size_t count = mu_portions_find(t->arena, t->kit->policies, text, &found);
        for (size_t k = 0; k < count; k++)
            add(t, own, body[i], &found[k], &all);
    }
    if (all.labels > 0)
        rollup(t, own, &all);
}
