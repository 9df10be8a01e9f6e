#include "format/clearance.h"

#include "format/label_inside.h"
#include "format/xml.h"

#define ROOT "ConfidentialityClearance"

bool mu_clearance_is_root(const xmlNode *node)
{
    return mu_xml_is(node, MU_SCLR_NS, ROOT);
}

/* The list is of this namespace, what stands in it is of the label's (Appendix 2 Annex A). */
static void read_list(struct mu_arena *arena, const xmlNode *list, struct mu_clearance *clearance)
{
    static const char name[] = "Classification";
    size_t count = 0;
    const xmlNode *first = list != NULL ? mu_xml_child(list, MU_SLAB_NS, name) : NULL, *c;
    for (c = first; c != NULL; c = mu_xml_next(c, MU_SLAB_NS, name))
        count++;
    clearance->classification = mu_arena_array(arena, count + 1, sizeof(char *));
    for (c = first; c != NULL; c = mu_xml_next(c, MU_SLAB_NS, name))
        clearance->classification[clearance->classifications++] = mu_label_token(arena, c);
}

void mu_clearance_read(struct mu_arena *arena, const xmlNode *root, struct mu_clearance *clearance)
{
    const xmlNode *policy = mu_xml_child(root, MU_SLAB_NS, "PolicyIdentifier");
    *clearance = (struct mu_clearance){
        .policy = mu_label_token(arena, policy),
        .policy_uri = mu_label_token_attribute(arena, policy, "URI"),
    };
    read_list(arena, mu_xml_child(root, MU_SCLR_NS, "ClassificationList"), clearance);
    mu_label_read_categories(arena, root, &clearance->category, &clearance->categories);
}

struct mu_bytes mu_clearance_write(struct mu_arena *arena, const struct mu_clearance *clearance)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, "<sclr:" ROOT " xmlns:sclr=\"" MU_SCLR_NS "\" xmlns=\"" MU_SLAB_NS "\">");
    mu_label_put_element(&out, "PolicyIdentifier", "URI", clearance->policy_uri, clearance->policy);
    mu_buf_puts(&out, "<sclr:ClassificationList>");
    for (size_t i = 0; i < clearance->classifications; i++)
        mu_label_put_element(&out, "Classification", NULL, NULL, clearance->classification[i]);
    mu_buf_puts(&out, "</sclr:ClassificationList>");
    for (size_t i = 0; i < clearance->categories; i++)
        mu_label_put_category(&out, &clearance->category[i]);
    mu_buf_puts(&out, "</sclr:" ROOT ">");
    return mu_buf_bytes(&out);
}
