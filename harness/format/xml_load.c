#include "format/xml.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "base/utf8.h"
#include "format/tag.h"
#include "format/xml_parser.h"

/* What doc->_private of an operator's document holds. */
struct source {
    const char *name;
    struct mu_bytes text;
    const uint32_t *line; /* offset of the first byte of each line */
    size_t lines;
};

static struct source *new_source(struct mu_arena *arena, struct mu_bytes text, const char *name)
{
    struct source *source = mu_new(arena, struct source);
    size_t lines = 1, n = 1;
    const char *end = text.p + text.n, *lf;
    for (const char *at = text.p; at < end && (lf = memchr(at, '\n', (size_t) (end - at))) != NULL;
         at = lf + 1)
        lines++;
    uint32_t *line = mu_arena_array(arena, lines, sizeof *line);
    for (const char *at = text.p; n < lines; at = text.p + line[n++]) {
        lf = memchr(at, '\n', (size_t) (end - at));
        line[n] = (uint32_t) (lf + 1 - text.p);
    }
    source->name = mu_arena_strndup(arena, name, strlen(name));
    source->text = text;
    source->line = line;
    source->lines = lines;
    return source;
}

static struct mu_where place(const struct source *source, size_t offset)
{
    size_t low = 0, high = source->lines;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->line[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (struct mu_where){ .input = source->name,
                              .line = (uint32_t) (low + 1),
                              .column = (uint32_t) (offset - source->line[low] + 1) };
}

static bool is_utf8_name(const xmlChar *encoding)
{
    struct mu_bytes name = mu_bytes_of((const char *) encoding);
    return mu_bytes_equal_nocase(name, MU_BYTES("utf-8"))
           || mu_bytes_equal_nocase(name, MU_BYTES("us-ascii"));
}

static bool shallow(const xmlDoc *doc, const struct source *source, struct mu_err *err)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    uint32_t depth = 1;
    for (xmlNode *node = root; node != NULL; node = mu_xml_step(root, node, &depth)) {
        if (node->type == XML_ELEMENT_NODE && depth > MU_OPERATOR_DEPTH_MAX)
            return mu_fail_where(err, place(source, mu_xml_offset(node)), MU_ERR_LIMIT,
                                 "elements nested deeper than %d", MU_OPERATOR_DEPTH_MAX);
    }
    return true;
}

bool mu_xml_load_bytes(struct mu_arena *arena, struct mu_bytes text, const char *name, xmlDoc **doc,
                       struct mu_err *err)
{
    if (text.n > MU_OPERATOR_FILE_MAX)
        return mu_fail_where(err, (struct mu_where){ .input = name }, MU_ERR_LIMIT,
                             "file of %zu bytes passes the limit of %zu", text.n,
                             MU_OPERATOR_FILE_MAX);
    struct source *source = new_source(arena, text, name);
    size_t defect = mu_utf8_defect(text);
    if (defect != SIZE_MAX)
        return mu_fail_where(err, place(source, defect), MU_ERR_PROFILE, "not UTF-8");
    /* libxml2 ends at a NUL behind the root and says nothing of what it did not read. */
    const char *nul = text.n > 0 ? memchr(text.p, '\0', text.n) : NULL;
    if (nul != NULL)
        return mu_fail_where(err, place(source, (size_t) (nul - (const char *) text.p)),
                             MU_ERR_PROFILE, "a NUL byte");
    struct mu_xml_refusal refusal;
    xmlDoc *tree;
    if (!mu_xml_read(arena, text, source->name, NULL, &tree, &refusal))
        return mu_fail_where(err, place(source, refusal.offset), MU_ERR_PROFILE, "%s", refusal.why);
    if (tree->encoding != NULL && !is_utf8_name(tree->encoding)) {
        const char *encoding = mu_text_line(arena, mu_bytes_of((const char *) tree->encoding));
        return mu_fail_where(err, place(source, 0), MU_ERR_PROFILE, "encoding '%s' is not UTF-8",
                             encoding);
    }
    TRY(shallow(tree, source, err));
    tree->_private = source;
    *doc = tree;
    return true;
}

bool mu_xml_load(struct mu_arena *arena, const char *path, xmlDoc **doc, struct mu_bytes *text,
                 struct mu_err *err)
{
    struct mu_bytes bytes;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &bytes, err));
    TRY(mu_xml_load_bytes(arena, bytes, path, doc, err));
    if (text != NULL)
        *text = bytes;
    return true;
}

static const xmlNode *element_of(const xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE && node->type != XML_DOCUMENT_NODE)
        node = node->parent;
    return node;
}

struct mu_where mu_xml_where(const xmlNode *node)
{
    node = element_of(node);
    if (node == NULL || node->doc == NULL || node->doc->_private == NULL)
        return (struct mu_where){ .input = NULL };
    return place(node->doc->_private, mu_xml_offset(node));
}

struct mu_where mu_xml_where_attribute(const xmlNode *node, const char *attribute)
{
    struct mu_where where = mu_xml_where(node);
    if (where.input == NULL || node->type != XML_ELEMENT_NODE)
        return where;
    const struct source *source = node->doc->_private;
    struct mu_bytes name, value, wanted = mu_bytes_of(attribute);
    size_t at = mu_tag_name(source->text, mu_xml_offset(node) + 1);
    while (mu_tag_next(source->text, &at, &name, &value) == MU_TAG_ATTRIBUTE) {
        if (mu_bytes_equal(name, wanted))
            return place(source, (size_t) (name.p - source->text.p));
    }
    return where;
}
