#include "format/label.h"

#include "format/label_inside.h"
#include "format/xml.h"

/* Appendix 1: the global elements of the schema. The last is for backwards compatibility only. */
static const char *const root_name[] = {
    MU_LABEL_ORIGINATOR,
    MU_LABEL_ALTERNATIVE,
    "metadataConfidentialityLabel",
    "ConfidentialityLabel",
};

bool mu_label_is_root(const xmlNode *node)
{
    for (size_t i = 0; i < MU_COUNT(root_name); i++)
        if (mu_xml_is(node, MU_SLAB_NS, root_name[i]))
            return true;
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *mu_label_collapse(struct mu_arena *arena, const char *text)
{
    if (text == NULL)
        return NULL;
    char *out = mu_arena_alloc(arena, strlen(text) + 1);
    size_t n = 0;
    for (; *text != '\0'; text++) {
        if (!is_space(*text))
            out[n++] = *text;
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

static const char *text_of(struct mu_arena *arena, const xmlNode *node)
{
    return node != NULL ? mu_xml_text(arena, node).p : NULL;
}

const char *mu_label_token(struct mu_arena *arena, const xmlNode *node)
{
    return mu_label_collapse(arena, text_of(arena, node));
}

const char *mu_label_token_attribute(struct mu_arena *arena, const xmlNode *node, const char *name)
{
    return node != NULL ? mu_label_collapse(arena, mu_xml_attribute(arena, node, name)) : NULL;
}

static xmlNode *child(const xmlNode *node, const char *name)
{
    return node != NULL ? mu_xml_child(node, MU_SLAB_NS, name) : NULL;
}

static bool is_value(const xmlNode *node)
{
    return mu_xml_is(node, MU_SLAB_NS, "GenericValue")
           || mu_xml_is(node, MU_SLAB_NS, "IntegerValue")
           || mu_xml_is(node, MU_SLAB_NS, "BitStringValue");
}

static void read_category(struct mu_arena *arena, const xmlNode *node, struct mu_category *category)
{
    size_t count = 0;
    for (const xmlNode *n = node->children; n != NULL; n = n->next)
        count += is_value(n);
    *category = (struct mu_category){
        .type = mu_label_token_attribute(arena, node, "Type"),
        .tag_name = mu_xml_attribute(arena, node, "TagName"),
        .uri = mu_label_token_attribute(arena, node, "URI"),
        .value = mu_arena_array(arena, count + 1, sizeof(char *)),
    };
    for (const xmlNode *n = node->children; n != NULL; n = n->next)
        if (is_value(n))
            category->value[category->values++] = text_of(arena, n);
}

void mu_label_read_categories(struct mu_arena *arena, const xmlNode *node,
                              struct mu_category **category, size_t *categories)
{
    size_t count = 0;
    const xmlNode *c;
    for (c = child(node, "Category"); c != NULL; c = mu_xml_next(c, MU_SLAB_NS, "Category"))
        count++;
    *category = mu_arena_array(arena, count + 1, sizeof **category);
    *categories = count;
    count = 0;
    for (c = child(node, "Category"); c != NULL; c = mu_xml_next(c, MU_SLAB_NS, "Category"))
        read_category(arena, c, &(*category)[count++]);
}

static void read_information(struct mu_arena *arena, const xmlNode *node, struct mu_label *label)
{
    const xmlNode *policy = child(node, "PolicyIdentifier");
    label->policy = mu_label_token(arena, policy);
    label->policy_uri = mu_label_token_attribute(arena, policy, "URI");
    label->classification = mu_label_token(arena, child(node, "Classification"));
    label->privacy_mark = text_of(arena, child(node, "PrivacyMark"));
    mu_label_read_categories(arena, node, &label->category, &label->categories);
}

static void read_one(struct mu_arena *arena, const xmlNode *node, struct mu_label *label)
{
    const xmlNode *originator = child(node, "OriginatorID");
    *label = (struct mu_label){
        .root =
            mu_arena_strndup(arena, (const char *) node->name, strlen((const char *) node->name)),
        .originator = text_of(arena, originator),
        .originator_type = mu_label_token_attribute(arena, originator, "IDType"),
        .created = mu_label_token(arena, child(node, "CreationDateTime")),
        .review = mu_label_token_attribute(arena, node, "ReviewDateTime"),
    };
    read_information(arena, child(node, "ConfidentialityInformation"), label);
}

/* A successor may have a successor: as deep as the gate lets elements nest. */
void mu_label_read(struct mu_arena *arena, const xmlNode *root, struct mu_label *label)
{
    read_one(arena, root, label);
    for (;;) {
        const xmlNode *handling = child(root, "SuccessionHandling");
        label->succession = mu_label_token(arena, child(handling, "SuccessionDateTime"));
        root = child(handling, "SuccessorConfidentialityLabel");
        if (root == NULL)
            return;
        label->successor = mu_new(arena, struct mu_label);
        label = label->successor;
        read_one(arena, root, label);
    }
}

/* White space other than a space would not survive reading (XML 1.0 2.11, 3.3.3). */
static const char *reference(char c, bool attribute)
{
    static const struct {
        char c;
        bool attribute_only;
        const char *text;
    } row[] = {
        { '&', false, "&amp;" },  { '<', false, "&lt;" },  { '>', false, "&gt;" },
        { '\r', false, "&#13;" }, { '"', true, "&quot;" }, { '\n', true, "&#10;" },
        { '\t', true, "&#9;" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].c == c && (attribute || !row[i].attribute_only))
            return row[i].text;
    return NULL;
}

static void put_escaped(struct mu_buf *out, const char *text, bool attribute)
{
    for (; *text != '\0'; text++) {
        const char *as = reference(*text, attribute);
        if (as != NULL)
            mu_buf_puts(out, as);
        else
            mu_buf_putc(out, *text);
    }
}

void mu_label_put_attribute(struct mu_buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    mu_buf_printf(out, " %s=\"", name);
    put_escaped(out, value, true);
    mu_buf_putc(out, '"');
}

/* <name attribute="...">text</name>; nothing when there is no text. */
void mu_label_put_element(struct mu_buf *out, const char *name, const char *attribute,
                          const char *attribute_value, const char *text)
{
    if (text == NULL)
        return;
    mu_buf_printf(out, "<%s", name);
    mu_label_put_attribute(out, attribute, attribute_value);
    mu_buf_putc(out, '>');
    put_escaped(out, text, false);
    mu_buf_printf(out, "</%s>", name);
}

void mu_label_put_category(struct mu_buf *out, const struct mu_category *category)
{
    mu_buf_puts(out, "<Category");
    mu_label_put_attribute(out, "Type", category->type);
    mu_label_put_attribute(out, "TagName", category->tag_name);
    mu_label_put_attribute(out, "URI", category->uri);
    mu_buf_putc(out, '>');
    for (size_t i = 0; i < category->values; i++)
        mu_label_put_element(out, "GenericValue", NULL, NULL, category->value[i]);
    mu_buf_puts(out, "</Category>");
}

/* Up to where a successor stands. */
static void put_head(struct mu_buf *out, const char *name, const struct mu_label *label,
                     bool successor)
{
    mu_buf_printf(out, "<%s", name);
    if (!successor) {
        mu_label_put_attribute(out, "xmlns", MU_SLAB_NS);
        mu_label_put_attribute(out, "ReviewDateTime", label->review);
    }
    mu_buf_puts(out, "><ConfidentialityInformation>");
    mu_label_put_element(out, "PolicyIdentifier", "URI", label->policy_uri, label->policy);
    mu_label_put_element(out, "Classification", NULL, NULL, label->classification);
    mu_label_put_element(out, "PrivacyMark", NULL, NULL, label->privacy_mark);
    for (size_t i = 0; i < label->categories; i++)
        mu_label_put_category(out, &label->category[i]);
    mu_buf_puts(out, "</ConfidentialityInformation>");
    mu_label_put_element(out, "OriginatorID", "IDType", label->originator_type, label->originator);
    mu_label_put_element(out, "CreationDateTime", NULL, NULL, label->created);
    if (label->succession != NULL || label->successor != NULL)
        mu_buf_puts(out, "<SuccessionHandling>");
    mu_label_put_element(out, "SuccessionDateTime", NULL, NULL, label->succession);
}

struct mu_bytes mu_label_write(struct mu_arena *arena, const struct mu_label *label)
{
    static const char successor[] = "SuccessorConfidentialityLabel";
    const char *root = label->root != NULL ? label->root : root_name[0];
    struct mu_buf out = { .arena = arena }, tail = { .arena = arena };
    put_head(&out, root, label, false);
    mu_buf_printf(&tail, "</%s>", root);
    while (label->succession != NULL || label->successor != NULL) {
        const char *rest = mu_buf_text(&tail);
        tail = (struct mu_buf){ .arena = arena };
        if (label->successor == NULL) {
            mu_buf_printf(&tail, "</SuccessionHandling>%s", rest);
            break;
        }
        label = label->successor;
        put_head(&out, successor, label, true);
        mu_buf_printf(&tail, "</%s></SuccessionHandling>%s", successor, rest);
    }
    mu_buf_puts(&out, mu_buf_text(&tail));
    return mu_buf_bytes(&out);
}
