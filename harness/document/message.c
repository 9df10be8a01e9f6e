#include "document/message.h"

#include "base/names.h"
#include "format/xml.h"

#define FIXTURE_NS "urn:muster:fixture:1"

static struct mu_bytes without_newlines(struct mu_arena *arena, struct mu_bytes text)
{
    struct mu_buf out = { .arena = arena };
    text = mu_bytes_trim(text);
    bool space = false;
    for (size_t i = 0; i < text.n; i++) {
        bool white = strchr(" \t\r\n", text.p[i]) != NULL && text.p[i] != '\0';
        if (!white) {
            if (space)
                mu_buf_putc(&out, ' ');
            mu_buf_putc(&out, text.p[i]);
        }
        space = white;
    }
    return mu_buf_bytes(&out);
}

static const char *one_line(struct mu_arena *arena, const xmlNode *node)
{
    return mu_bytes_dup(arena, without_newlines(arena, mu_xml_text(arena, node)));
}

/* Content begins on the line after the start tag and ends with its last line end. */
static struct mu_bytes content_of(struct mu_arena *arena, const xmlNode *node)
{
    struct mu_bytes text = mu_xml_text(arena, node);
    if (text.n > 0 && text.p[0] == '\n')
        text = mu_bytes_from(text, 1);
    while (text.n > 0 && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
        text.n--;
    if (text.n == 0 || text.p[text.n - 1] == '\n')
        return text;
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, text);
    mu_buf_putc(&out, '\n');
    return mu_buf_bytes(&out);
}

static bool demand_attribute(struct mu_arena *arena, const xmlNode *node, const char *name,
                             const char **value, struct mu_err *err)
{
    const char *found = mu_xml_attribute(arena, node, name);
    if (found == NULL || found[0] == '\0')
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "element '%s' has no attribute '%s'", node->name, name);
    *value = found;
    return true;
}

/* RFC 5322 2.2: printable US-ASCII without the colon. */
static bool is_field_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || *c == ':')
            return false;
    return true;
}

static bool load_subject(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                         struct mu_err *err)
{
    (void) err;
    message->subject = one_line(arena, node);
    return true;
}

static bool load_field(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                       struct mu_err *err)
{
    struct mu_field *field = &message->field[message->fields];
    TRY(demand_attribute(arena, node, "name", &field->name, err));
    if (!is_field_name(field->name))
        return mu_fail_where(err, mu_xml_where_attribute(node, "name"), MU_ERR_PROFILE,
                             "'%s' is no header field name", field->name);
    field->value = without_newlines(arena, mu_xml_text(arena, node));
    message->fields++;
    return true;
}

/* 7bit content is US-ASCII (RFC 2045 2.7), whatever its charset parameter allows. */
static bool check_encoding(const xmlNode *node, const struct mu_body_part *part, struct mu_err *err)
{
    static const char *const known[] = { "7bit", "8bit", "base64", "quoted-printable" };
    bool found = false;
    for (size_t i = 0; i < MU_COUNT(known); i++)
        found = found || strcmp(part->encoding, known[i]) == 0;
    if (!found) {
        const char *near = mu_name_nearest_in(part->encoding, known, MU_COUNT(known));
        return mu_fail_where(err, mu_xml_where_attribute(node, "encoding"), MU_ERR_PROFILE,
                             "unknown encoding '%s'%s%s%s", part->encoding,
                             near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                             near != NULL ? "'?" : "");
    }
    bool seven = strcmp(part->encoding, "7bit") == 0;
    for (size_t i = 0; seven && i < part->content.n; i++)
        if ((unsigned char) part->content.p[i] > 127)
            return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                                 "part with encoding '7bit' holds text that is not US-ASCII");
    return true;
}

static bool load_part(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                      struct mu_err *err)
{
    struct mu_body_part *part = &message->part[message->parts];
    TRY(demand_attribute(arena, node, "type", &part->type, err));
    TRY(demand_attribute(arena, node, "encoding", &part->encoding, err));
    part->file_name = mu_xml_attribute(arena, node, "file-name");
    part->content = content_of(arena, node);
    TRY(check_encoding(node, part, err));
    message->parts++;
    return true;
}

struct child {
    const char *name;
    bool (*load)(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                 struct mu_err *err);
};

static bool load_child(struct mu_arena *arena, const xmlNode *node, const struct child *child,
                       size_t children, struct mu_message *message, struct mu_err *err)
{
    const char *known[8];
    for (size_t i = 0; i < children; i++) {
        known[i] = child[i].name;
        if (mu_xml_is(node, FIXTURE_NS, child[i].name))
            return child[i].load(arena, node, message, err);
    }
    const char *name = (const char *) node->name;
    const char *near = mu_name_nearest_in(name, known, children);
    return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE, "unknown element '%s'%s%s%s",
                         name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                         near != NULL ? "'?" : "");
}

static bool load_root(struct mu_arena *arena, const char *path, const char *name, xmlNode **root,
                      struct mu_err *err)
{
    xmlDoc *doc;
    TRY(mu_xml_load(arena, path, &doc, NULL, err));
    xmlNode *found = xmlDocGetRootElement(doc);
    if (!mu_xml_is(found, FIXTURE_NS, name))
        return mu_fail_where(err, mu_xml_where(found), MU_ERR_PROFILE,
                             "root element is not '%s' of '%s'", name, FIXTURE_NS);
    *root = found;
    return true;
}

bool mu_message_load(struct mu_arena *arena, const char *path, struct mu_message *message,
                     struct mu_err *err)
{
    static const struct child child[] = {
        { "subject", load_subject },
        { "field", load_field },
        { "part", load_part },
    };
    xmlNode *root;
    TRY(load_root(arena, path, "message", &root, err));
    size_t children = 0;
    for (xmlNode *node = mu_xml_child(root, NULL, NULL); node != NULL;
         node = mu_xml_next(node, NULL, NULL))
        children++;
    struct mu_message loaded = {
        .field = mu_arena_array(arena, children + 1, sizeof *loaded.field),
        .part = mu_arena_array(arena, children + 1, sizeof *loaded.part),
    };
    const char *first_line = mu_xml_attribute(arena, root, "first-line");
    loaded.first_line = first_line != NULL && strcmp(first_line, "true") == 0;
    const char *alternative = mu_xml_attribute(arena, root, "alternative");
    loaded.alternative = alternative != NULL && strcmp(alternative, "true") == 0;
    for (xmlNode *node = root->children; node != NULL; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            TRY(load_child(arena, node, child, MU_COUNT(child), &loaded, err));
    if (loaded.parts == 0)
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE, "message has no part");
    *message = loaded;
    return true;
}

static bool load_marking(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                         struct mu_err *err)
{
    (void) err;
    message->marking = one_line(arena, node);
    return true;
}

static bool load_fgcolor(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                         struct mu_err *err)
{
    (void) err;
    message->fgcolor = one_line(arena, node);
    return true;
}

static bool load_bgcolor(struct mu_arena *arena, const xmlNode *node, struct mu_message *message,
                         struct mu_err *err)
{
    (void) err;
    message->bgcolor = one_line(arena, node);
    return true;
}

bool mu_message_load_label(struct mu_arena *arena, const char *path, struct mu_message *message,
                           struct mu_err *err)
{
    static const struct child child[] = {
        { "marking", load_marking },
        { "fgcolor", load_fgcolor },
        { "bgcolor", load_bgcolor },
    };
    xmlNode *root;
    TRY(load_root(arena, path, "label", &root, err));
    struct mu_message loaded = *message;
    loaded.label = NULL;
    loaded.marking = loaded.fgcolor = loaded.bgcolor = NULL;
    for (xmlNode *node = root->children; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (mu_label_is_root(node) && loaded.label == NULL) {
            loaded.label = mu_new(arena, struct mu_label);
            mu_label_read(arena, node, loaded.label);
            continue;
        }
        TRY(load_child(arena, node, child, MU_COUNT(child), &loaded, err));
    }
    if (loaded.label == NULL && loaded.marking == NULL)
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE,
                             "label fixture holds neither a marking nor a label");
    *message = loaded;
    return true;
}
