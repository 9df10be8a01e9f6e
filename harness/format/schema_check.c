#include <stdlib.h>

#include "base/limits.h"
#include "base/names.h"
#include "format/schema_private.h"
#include "format/schema_words.h"
#include "format/xml.h"
#include "format/xml_parser.h"

#define NAMES_MAX 4096 /* names of a schema that are looked at for a suggestion */

struct first {
    struct mu_arena *arena;
    bool found;
    const xmlNode *node;
    struct mu_schema_words words;
};

static void note_first(void *self, const xmlError *error)
{
    struct first *first = self;
    if (first->found)
        return;
    first->found = true;
    first->node = mu_schema_error_element(error);
    mu_schema_words(first->arena, error->message, &first->words);
}

struct names {
    const char *name[NAMES_MAX];
    size_t count;
};

static void add(struct names *names, const char *name)
{
    const char *colon = name != NULL ? strchr(name, ':') : NULL;
    if (name != NULL && names->count < NAMES_MAX)
        names->name[names->count++] = colon != NULL ? colon + 1 : name;
}

/* @name and @ref, or @value, of every such declaration in the files of the schema. */
static void collect(struct mu_arena *arena, const struct mu_schema *schema, const char *declaration,
                    struct names *names)
{
    for (size_t i = 0; i < schema->docs; i++) {
        xmlNode *root = xmlDocGetRootElement(schema->doc[i]);
        uint32_t depth = 0;
        for (xmlNode *n = root; n != NULL; n = mu_xml_step(root, n, &depth)) {
            if (!mu_xml_is(n, NULL, declaration))
                continue;
            add(names, mu_xml_attribute(arena, n, "name"));
            add(names, mu_xml_attribute(arena, n, "ref"));
            add(names, mu_xml_attribute(arena, n, "value"));
        }
    }
}

static bool is_known(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0)
            return true;
    return false;
}

/* A name that is known stands in the wrong place: that is no slip of the pen. */
static const char *nearest(const struct names *names, const char *name)
{
    return is_known(names, name) ? NULL : mu_name_nearest_in(name, names->name, names->count);
}

/* The value may be a list of words. */
static const char *nearest_value(struct mu_arena *arena, const struct names *names,
                                 const char *value)
{
    const char *found = nearest(names, value);
    for (const char *p = value; found == NULL && *p != '\0';) {
        size_t n = strcspn(p, " ");
        if (n > 0)
            found = nearest(names, mu_arena_strndup(arena, p, n));
        p += n + (p[n] == ' ');
    }
    return found;
}

static const char *suggestion(const struct mu_schema *schema, struct first *first)
{
    /* What the words of libxml2 call for: the declarations whose names are worth comparing. */
    static const char *const declaration[] = {
        [MU_SCHEMA_NOTHING] = NULL,        [MU_SCHEMA_ROOT] = "element",
        [MU_SCHEMA_ELEMENT] = "element",   [MU_SCHEMA_ATTRIBUTE] = "attribute",
        [MU_SCHEMA_VALUE] = "enumeration",
    };
    const struct mu_schema_words *w = &first->words;
    if (declaration[w->unknown] == NULL)
        return NULL;
    const char *const subject[] = {
        [MU_SCHEMA_NOTHING] = NULL,       [MU_SCHEMA_ROOT] = w->element,
        [MU_SCHEMA_ELEMENT] = w->element, [MU_SCHEMA_ATTRIBUTE] = w->attribute,
        [MU_SCHEMA_VALUE] = w->value,
    };
    struct names *near = mu_new(first->arena, struct names);
    struct names *all = mu_new(first->arena, struct names);
    for (size_t i = 0; i < w->choices; i++)
        add(near, w->choice[i]);
    collect(first->arena, schema, declaration[w->unknown], all);
    bool value = w->unknown == MU_SCHEMA_VALUE;
    if (!value && is_known(all, subject[w->unknown]))
        return NULL;
    const char *found = nearest(near, subject[w->unknown]);
    if (found != NULL || (value && near->count > 0))
        return found;
    return value ? nearest_value(first->arena, all, w->value) : nearest(all, subject[w->unknown]);
}

static bool report(const struct mu_schema *schema, const xmlDoc *doc, struct first *first,
                   struct mu_err *err)
{
    const xmlNode *node = first->node != NULL ? first->node : xmlDocGetRootElement(doc);
    const char *attribute = first->words.attribute;
    struct mu_where where =
        attribute != NULL ? mu_xml_where_attribute(node, attribute) : mu_xml_where(node);
    const char *meant = suggestion(schema, first);
    char sentence[180]; /* leaves room for the suggestion in err->msg */
    mu_xml_cut(sentence, sizeof sentence, first->words.sentence);
    if (meant != NULL && strlen(meant) < 32)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "%s; did you mean '%s'?", sentence, meant);
    return mu_fail_where(err, where, MU_ERR_PROFILE, "%s", sentence);
}

static void free_arena(void *arena)
{
    mu_arena_free(*(struct mu_arena **) arena);
}

bool mu_schema_check(struct mu_schema *schema, xmlDoc *doc, struct mu_err *err)
{
    MU_CLEANUP(free_arena) struct mu_arena *scratch = mu_arena_new(64 * MU_MIB);
    struct first first = { .arena = scratch };
    size_t errors;
    enum mu_validity validity = mu_schema_run(schema, doc, NULL, note_first, &first, &errors);
    if (validity == MU_VALID)
        return true;
    if (first.found && validity == MU_INVALID)
        return report(schema, doc, &first, err);
    return mu_fail_where(err, mu_xml_where(xmlDocGetRootElement(doc)), MU_ERR_PROFILE,
                         "the schema validator could not judge this document");
}
