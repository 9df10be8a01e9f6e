/* What over-strict readers find fault with: each is a precise mistake that products make. */
#include <string.h>

#include "twin/labels.h"

static const xmlNode *element(const xmlNode *root, const char *name)
{
    for (const xmlNode *n = root; n != NULL; n = mu_xml_following(root, n))
        if (mu_xml_is(n, MU_SLAB_NS, name))
            return n;
    return NULL;
}

static bool lacks(const xmlNode *root, const char *name, const char *attribute)
{
    const xmlNode *n = element(root, name);
    return n != NULL && xmlHasProp(n, BAD_CAST attribute) == NULL;
}

static bool text_ends_in(const xmlNode *node, const char *characters)
{
    xmlChar *text = node != NULL ? xmlNodeGetContent(node) : NULL;
    size_t n = text != NULL ? strlen((const char *) text) : 0;
    bool ends = n > 0 && strchr(characters, text[n - 1]) != NULL;
    xmlFree(text);
    return ends;
}

static bool is_other_root(const xmlNode *root, struct mu_bytes octets)
{
    (void) octets;
    return strcmp((const char *) root->name, MU_LABEL_ORIGINATOR) != 0;
}

static bool lacks_uri(const xmlNode *root, struct mu_bytes octets)
{
    (void) octets;
    return lacks(root, "PolicyIdentifier", "URI") || lacks(root, "Category", "URI");
}

static bool lacks_originator(const xmlNode *root, struct mu_bytes octets)
{
    (void) octets;
    return element(root, "OriginatorID") == NULL;
}

static bool is_of_no_mailbox(const xmlNode *root, struct mu_bytes octets)
{
    const xmlNode *n = element(root, "OriginatorID");
    xmlChar *kind = n != NULL ? xmlGetNoNsProp(n, BAD_CAST "IDType") : NULL;
    bool other = kind != NULL && strcmp((const char *) kind, "rfc822Name") != 0;
    (void) octets;
    xmlFree(kind);
    return other;
}

static bool has_prefix(const xmlNode *root, struct mu_bytes octets)
{
    (void) octets;
    return root->ns != NULL && root->ns->prefix != NULL;
}

static bool has_type_first(const xmlNode *root, struct mu_bytes octets)
{
    const xmlNode *n = element(root, "Category");
    (void) octets;
    return n != NULL && n->properties != NULL
           && strcmp((const char *) n->properties->name, "Type") != 0;
}

static bool has_reference(const xmlNode *root, struct mu_bytes octets)
{
    (void) root;
    return mu_bytes_find(octets, MU_BYTES("&#"), 0) != SIZE_MAX;
}

static bool has_blanks(const xmlNode *root, struct mu_bytes octets)
{
    (void) octets;
    return text_ends_in(element(root, "PolicyIdentifier"), " \n\t\r")
           || text_ends_in(element(root, "Classification"), " \n\t\r");
}

static bool has_prolog(const xmlNode *root, struct mu_bytes octets)
{
    (void) root;
    return octets.n > 1 && (octets.p[0] != '<' || strchr("?!", octets.p[1]) != NULL);
}

static bool is_local_time(const xmlNode *root, struct mu_bytes octets)
{
    const xmlNode *n = element(root, "CreationDateTime");
    (void) octets;
    return n != NULL && !text_ends_in(n, "Z");
}

static const struct {
    enum mu_sin_place place;
    bool (*finds)(const xmlNode *root, struct mu_bytes octets);
    const char *why;
} row[] = {
    { MU_SIN_ONE_ROOT, is_other_root, "another label element than the originator's" },
    { MU_SIN_WANT_URI, lacks_uri, "a policy or category without URI" },
    { MU_SIN_WANT_ORIGINATOR, lacks_originator, "no originator" },
    { MU_SIN_MAIL_ORIGINATOR, is_of_no_mailbox, "an originator that is no mailbox" },
    { MU_SIN_NO_PREFIX, has_prefix, "elements with a prefix" },
    { MU_SIN_TYPE_FIRST, has_type_first, "attributes in another order" },
    { MU_SIN_NO_REFERENCE, has_reference, "a character reference" },
    { MU_SIN_KEEP_BLANKS, has_blanks, "white space around a name" },
    { MU_SIN_ROOT_FIRST, has_prolog, "something in front of the root" },
    { MU_SIN_WANT_ZULU, is_local_time, "a time that does not end in Z" },
};

const char *mu_twin_misread(const struct mu_sin *sin, const xmlNode *root, struct mu_bytes octets)
{
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (mu_sin_is(sin, row[i].place) && row[i].finds(root, octets))
            return row[i].why;
    return NULL;
}
