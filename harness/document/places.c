#include "document/places.h"

#include "base/names.h"
#include "document/node.h"

#define HEADER "header:"

static const char *const place[] = { "sio-label", "keywords", "first-line", "subject", HEADER };

/* The name of the field in "header:NAME"; NULL: another place. */
static const char *field_of(const char *at)
{
    size_t n = strlen(HEADER);
    return strncmp(at, HEADER, n) == 0 ? at + n : NULL;
}

bool mu_place_known(const char *at)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    const char *field = field_of(at);
    if (field != NULL) {
        size_t n = strspn(field, letters);
        return n > 0 && n <= 64 && field[n] == '\0';
    }
    for (size_t i = 0; i < MU_COUNT(place); i++)
        if (strcmp(place[i], at) == 0)
            return true;
    return false;
}

const char *mu_place_nearest(const char *at)
{
    return mu_name_nearest_in(at, place, MU_COUNT(place));
}

void mu_places_add(struct mu_places *places, const char **field, const char *at)
{
    const char *name = field_of(at);
    places->sio_label = places->sio_label || strcmp(at, "sio-label") == 0;
    places->keywords = places->keywords || strcmp(at, "keywords") == 0;
    places->first_line = places->first_line || strcmp(at, "first-line") == 0;
    places->subject = places->subject || strcmp(at, "subject") == 0;
    if (name != NULL)
        field[places->fields++] = name;
    places->field = field;
}

static const char *text_of(struct mu_arena *arena, const xmlNode *node)
{
    return mu_bytes_dup(arena, mu_bytes_trim(mu_xml_text(arena, node)));
}

const char *mu_place_marking(struct mu_arena *arena, const struct mu_document *document,
                             const char *at)
{
    const xmlNode *root = xmlDocGetRootElement(document->doc);
    const char *field = field_of(at);
    if (strcmp(at, "sio-label") == 0)
        return document->marking;
    for (const xmlNode *n = root->children; n != NULL; n = n->next) {
        if (field != NULL && n->type == XML_ELEMENT_NODE && n->ns != NULL
            && strcmp((const char *) n->ns->href, MU_HEADER_NS) == 0
            && strcasecmp((const char *) n->name, field) == 0)
            return text_of(arena, n);
        if (field == NULL && mu_xml_is(n, MU_MESSAGE_NS, "marked")
            && strcmp(mu_xml_attribute(arena, n, "at"), at) == 0)
            return text_of(arena, n);
    }
    return NULL;
}
