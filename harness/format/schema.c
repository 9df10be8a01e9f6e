#include "format/xml.h"

#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "format/schema_private.h"
#include "format/schema_words.h"
#include "format/xml_parser.h"

#define XSD "http://www.w3.org/2001/XMLSchema"

#define SCRATCH_MAX (8 * MU_MIB) /* for the texts of the errors of one validation */

/* A file in the same folder: one plain name. */
static bool is_neighbour(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return n > 0 && name[n] == '\0' && name[0] != '.';
}

/* Installed only while mu_schema_load runs, after `gather` has seen that every reference of every
 * file is a plain name; so `url` is a file in the folder of the first. */
static xmlParserInput *load_neighbour(const char *url, const char *id, xmlParserCtxt *ctxt)
{
    (void) id;
    struct mu_arena *arena = mu_arena_new(2 * MU_OPERATOR_FILE_MAX);
    char *path = url != NULL ? xmlURIUnescapeString(url, 0, NULL) : NULL;
    struct mu_bytes text;
    struct mu_err err;
    xmlParserInput *input = NULL;
    if (path != NULL && mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, &err)) {
        xmlParserInputBuffer *buffer =
            xmlParserInputBufferCreateMem(text.p, (int) text.n, XML_CHAR_ENCODING_NONE);
        input = xmlNewIOInputStream(ctxt, buffer, XML_CHAR_ENCODING_NONE);
        if (input != NULL)
            input->filename = (const char *) xmlStrdup((const xmlChar *) url);
    }
    xmlFree(path);
    mu_arena_free(arena);
    return input;
}

static bool add_file(struct mu_arena *arena, const char *path, struct mu_schema *schema,
                     struct mu_err *err)
{
    for (size_t i = 0; i < schema->docs; i++)
        if (strcmp(schema->path[i], path) == 0)
            return true;
    if (schema->docs == MU_SCHEMA_FILES_MAX)
        return mu_fail_where(err, (struct mu_where){ .input = path }, MU_ERR_LIMIT,
                             "a schema of more than %d files", MU_SCHEMA_FILES_MAX);
    TRY(mu_xml_load(arena, path, &schema->doc[schema->docs], NULL, err));
    schema->path[schema->docs++] = path;
    return true;
}

static bool is_reference(const xmlNode *node)
{
    return mu_xml_is(node, XSD, "include") || mu_xml_is(node, XSD, "import")
           || mu_xml_is(node, XSD, "redefine");
}

/* The files that the i-th file names. */
static bool gather(struct mu_arena *arena, size_t i, struct mu_schema *schema, struct mu_err *err)
{
    const xmlNode *root = xmlDocGetRootElement(schema->doc[i]);
    if (!mu_xml_is(root, XSD, "schema"))
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE,
                             "not an XML schema: its root is no 'schema' of " XSD);
    for (const xmlNode *n = mu_xml_child(root, NULL, NULL); n != NULL;
         n = mu_xml_next(n, NULL, NULL)) {
        const char *name = is_reference(n) ? mu_xml_attribute(arena, n, "schemaLocation") : NULL;
        if (name == NULL)
            continue;
        if (!is_neighbour(name))
            return mu_fail_where(err, mu_xml_where_attribute(n, "schemaLocation"), MU_ERR_PROFILE,
                                 "schemaLocation '%s' is not a plain file name in the same folder",
                                 mu_text_line(arena, mu_bytes_of(name)));
        const char *folder = mu_file_dirname(arena, schema->path[0]);
        bool here = strchr(schema->path[0], '/') == NULL;
        TRY(add_file(arena, mu_file_join(arena, here ? "" : folder, name), schema, err));
    }
    return true;
}

const xmlNode *mu_schema_error_element(const xmlError *error)
{
    const xmlNode *node = error->node;
    while (node != NULL && node->type != XML_ELEMENT_NODE)
        node = node->type == XML_DOCUMENT_NODE ? NULL : node->parent;
    return node;
}

/* The first error of a schema file. */
struct defect {
    struct mu_arena *arena;
    struct mu_where where;
    const char *sentence;
};

static void note_defect(void *self, xmlError *error)
{
    struct defect *defect = self;
    if (error->level < XML_ERR_ERROR || defect->sentence != NULL)
        return;
    struct mu_schema_words words;
    mu_schema_words(defect->arena, error->message, &words);
    defect->sentence = words.sentence;
    const xmlNode *node = mu_schema_error_element(error);
    if (node != NULL)
        defect->where = mu_xml_where(node);
    if (defect->where.input == NULL && error->file != NULL) {
        defect->where.input = mu_arena_strndup(defect->arena, error->file, strlen(error->file));
        defect->where.line = error->line > 0 ? (uint32_t) error->line : 0;
    }
}

static void free_schema(void *object)
{
    struct mu_schema *schema = object;
    xmlSchemaFreeValidCtxt(schema->ctxt);
    xmlSchemaFree(schema->schema);
}

static bool compile(struct mu_arena *arena, struct mu_schema *schema, struct mu_err *err)
{
    struct defect defect = { .arena = arena };
    xmlSchemaParserCtxt *parser = xmlSchemaNewDocParserCtxt(schema->doc[0]);
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
    xmlSchemaSetParserStructuredErrors(parser, note_defect, &defect);
    xmlSetExternalEntityLoader(load_neighbour);
    schema->schema = xmlSchemaParse(parser);
    xmlSetExternalEntityLoader(before);
    xmlSchemaFreeParserCtxt(parser);
    if (schema->schema == NULL || defect.sentence != NULL) {
        xmlSchemaFree(schema->schema);
        if (defect.where.input == NULL)
            defect.where.input = schema->path[0];
        return mu_fail_where(err, defect.where, MU_ERR_PROFILE, "%s",
                             defect.sentence != NULL ? defect.sentence : "not an XML schema");
    }
    schema->ctxt = xmlSchemaNewValidCtxt(schema->schema);
    if (schema->ctxt == NULL)
        abort();
    mu_arena_defer(arena, free_schema, schema);
    return true;
}

bool mu_schema_load(struct mu_arena *arena, const char *path, struct mu_schema **schema,
                    struct mu_err *err)
{
    struct mu_schema *s = mu_new(arena, struct mu_schema);
    TRY(add_file(arena, mu_arena_strndup(arena, path, strlen(path)), s, err));
    for (size_t i = 0; i < s->docs; i++)
        TRY(gather(arena, i, s, err));
    TRY(compile(arena, s, err));
    *schema = s;
    return true;
}

enum mu_validity mu_validity_of(int result, bool reported)
{
    static const struct {
        int sign;
        bool reported;
        enum mu_validity validity;
    } row[] = {
        { 0, false, MU_VALID },
        { 0, true, MU_VALIDITY_UNKNOWN }, /* errors, and yet valid: it contradicts itself */
        { 1, true, MU_INVALID },
        { 1, false, MU_VALIDITY_UNKNOWN }, /* invalid, and will not say why */
        { -1, false, MU_VALIDITY_UNKNOWN },
        { -1, true, MU_VALIDITY_UNKNOWN },
    };
    int sign = (result > 0) - (result < 0);
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].sign == sign && row[i].reported == reported)
            return row[i].validity;
    return MU_VALIDITY_UNKNOWN;
}

/* One run of the validator. */
struct run {
    void (*note)(void *self, const xmlError *error);
    void *self;
    size_t errors;
};

static void pass_error(void *self, xmlError *error)
{
    struct run *run = self;
    if (error->level < XML_ERR_ERROR)
        return;
    run->errors++;
    run->note(run->self, error);
}

enum mu_validity mu_schema_run(struct mu_schema *schema, xmlDoc *doc, xmlNode *element,
                               void (*note)(void *self, const xmlError *error), void *self,
                               size_t *errors)
{
    struct run run = { .note = note, .self = self };
    xmlSchemaSetValidStructuredErrors(schema->ctxt, pass_error, &run);
    int result = element != NULL ? xmlSchemaValidateOneElement(schema->ctxt, element)
                                 : xmlSchemaValidateDoc(schema->ctxt, doc);
    xmlSchemaSetValidStructuredErrors(schema->ctxt, NULL, NULL);
    *errors = run.errors;
    if (result < 0) { /* what it holds after an internal error is anyone's guess */
        xmlSchemaFreeValidCtxt(schema->ctxt);
        schema->ctxt = xmlSchemaNewValidCtxt(schema->schema);
        if (schema->ctxt == NULL)
            abort();
    }
    return mu_validity_of(result, run.errors > 0);
}

/* The errors that the caller has room for. */
struct list {
    struct mu_schema_error *error;
    size_t room, count;
    struct mu_arena *scratch; /* NULL until the first error: valid documents cost nothing */
};

static void note_error(void *self, const xmlError *error)
{
    struct list *list = self;
    if (list->count == list->room)
        return;
    if (list->scratch == NULL)
        list->scratch = mu_arena_new(SCRATCH_MAX);
    struct mu_schema_words words;
    mu_schema_words(list->scratch, error->message, &words);
    struct mu_schema_error *e = &list->error[list->count++];
    e->node = mu_schema_error_element(error);
    e->line = error->line > 0 && error->line < UINT16_MAX ? (uint32_t) error->line : 0;
    mu_xml_cut(e->message, sizeof e->message, words.sentence);
}

static enum mu_validity validate(struct mu_schema *schema, xmlDoc *doc, xmlNode *element,
                                 struct list list, size_t *errors)
{
    enum mu_validity validity = mu_schema_run(schema, doc, element, note_error, &list, errors);
    mu_arena_free(list.scratch);
    return validity;
}

enum mu_validity mu_schema_validate(struct mu_schema *schema, xmlDoc *doc,
                                    struct mu_schema_error *error, size_t room, size_t *errors)
{
    return validate(schema, doc, NULL, (struct list){ .error = error, .room = room }, errors);
}

enum mu_validity mu_schema_validate_element(struct mu_schema *schema, xmlNode *element,
                                            struct mu_schema_error *error, size_t room,
                                            size_t *errors)
{
    return validate(schema, NULL, element, (struct list){ .error = error, .room = room }, errors);
}
