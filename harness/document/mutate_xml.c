/* Operators on the encoded label: byte for byte edits of its XML, so that whatever they do not touch
 * stays as it was, and comments, CDATA sections and instructions can stand in it. */
#include "document/mutate_ops.h"

#include "base/limits.h"
#include "document/mutate_xml.h"
#include "format/sio.h"

bool mu_edit_label(const struct mu_mutation *m, struct mu_bytes message, struct mu_bytes *xml,
                   struct mu_err *err)
{
    const struct mu_header *header;
    if (m->bare) {
        *xml = message;
        return true;
    }
    TRY(mu_edit_header(m, message, "sio-label", &header, err));
    struct mu_sio sio;
    mu_sio_read(m->arena, header, &sio);
    if (sio.decoded.n == 0)
        return mu_fail(err, MU_ERR_PROFILE, "message has no label");
    *xml = sio.decoded;
    return true;
}

bool mu_edit_set_label(const struct mu_mutation *m, struct mu_bytes *message, struct mu_bytes xml,
                       struct mu_err *err)
{
    if (m->bare) {
        *message = xml;
        return true;
    }
    return mu_edit_set_parameter(m, message, "label", mu_base64_write(m->arena, xml), true, err);
}

/* Behind the quoted attribute values, the '>' of the tag at `at`; SIZE_MAX when it has none. */
static size_t tag_end(struct mu_bytes xml, size_t at)
{
    char quote = '\0';
    for (; at < xml.n; at++) {
        char c = xml.p[at];
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return at;
    }
    return SIZE_MAX;
}

/* The local name of the tag whose '<' stands at `at`; empty for what is no start tag. */
static struct mu_bytes local_name(struct mu_bytes xml, size_t at)
{
    size_t from = at + 1, n = 0;
    while (from + n < xml.n && strchr(" \t\r\n/>!?=", xml.p[from + n]) == NULL) {
        if (xml.p[from + n] == ':') {
            from += n + 1;
            n = 0;
        } else {
            n++;
        }
    }
    return mu_bytes_slice(xml, from, n);
}

bool mu_edit_element(const struct mu_mutation *m, struct mu_bytes xml, const char *name,
                     struct mu_element *element, struct mu_err *err)
{
    for (size_t at = 0; (at = mu_bytes_find(xml, MU_BYTES("<"), at)) != SIZE_MAX; at++) {
        struct mu_bytes local = local_name(xml, at);
        if (local.n == 0 || (name[0] != '\0' && !mu_bytes_equal(local, mu_bytes_of(name))))
            continue;
        size_t end = tag_end(xml, at);
        if (end == SIZE_MAX)
            break;
        bool empty = xml.p[end - 1] == '/';
        *element = (struct mu_element){ .start = at,
                                        .name_end = (size_t) (local.p - xml.p) + local.n,
                                        .tag_end = empty ? end - 1 : end,
                                        .text = end + 1 };
        size_t close = empty ? SIZE_MAX : mu_bytes_find(xml, MU_BYTES("</"), end);
        element->text_end = close == SIZE_MAX ? element->text : close;
        return true;
    }
    (void) m;
    return name[0] != '\0' ? mu_fail(err, MU_ERR_PROFILE, "label has no element '%s'", name)
                           : mu_fail(err, MU_ERR_PROFILE, "label has no element");
}

/* What an operator on the text of an element needs: `on` names it, the Classification otherwise. */
struct text_edit {
    struct mu_bytes xml;
    struct mu_element element;
};

static struct mu_bytes text_of(const struct text_edit *e)
{
    return mu_bytes_slice(e->xml, e->element.text, e->element.text_end - e->element.text);
}

/* A start tag within: what stands there is no text. */
static bool has_children(struct mu_bytes text)
{
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '<' && text.p[i + 1] != '!' && text.p[i + 1] != '?')
            return true;
    return false;
}

static bool open_text(const struct mu_mutation *m, struct mu_bytes message, struct text_edit *e,
                      struct mu_err *err)
{
    const char *name = mu_edit_on(m, "Classification");
    TRY(mu_edit_label(m, message, &e->xml, err));
    TRY(mu_edit_element(m, e->xml, name, &e->element, err));
    if (e->element.text_end < e->element.text + 2 || has_children(text_of(e)))
        return mu_fail(err, MU_ERR_PROFILE, "element '%s' has no text to change", name);
    return true;
}

static bool put_text(const struct mu_mutation *m, const struct text_edit *e, struct mu_bytes text,
                     struct mu_bytes *message, struct mu_err *err)
{
    struct mu_bytes xml = mu_edit_splice(m->arena, e->xml, e->element.text,
                                         e->element.text_end - e->element.text, text);
    return mu_edit_set_label(m, message, xml, err);
}

/* A chosen place between two characters of the text. */
static bool between(const struct mu_mutation *m, struct mu_bytes text, size_t *at,
                    struct mu_err *err)
{
    size_t *place = mu_arena_array(m->arena, text.n, sizeof *place), places = 0;
    bool reference = false;
    for (size_t i = 0; i < text.n; i++) {
        if (i > 0 && !reference && ((unsigned char) text.p[i] & 0xc0) != 0x80)
            place[places++] = i;
        if (text.p[i] == '&')
            reference = true;
        else if (text.p[i] == ';')
            reference = false;
    }
    if (places == 0)
        return mu_fail(err, MU_ERR_PROFILE, "the text has no place between two characters");
    *at = place[mu_edit_choose(m, places)];
    return true;
}

static bool insert_between(const struct mu_mutation *m, struct mu_bytes insert,
                           struct mu_bytes *message, struct mu_err *err)
{
    struct text_edit e;
    size_t at;
    TRY(open_text(m, *message, &e, err));
    TRY(between(m, text_of(&e), &at, err));
    return put_text(m, &e, mu_edit_splice(m->arena, text_of(&e), at, 0, insert), message, err);
}

MU_OCTETS(mu_mutate_label_comment)
{
    const char *text = m->value[0] != '\0' ? m->value : " EXERCISE ";
    if (strstr(text, "--") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in a comment", text);
    const char *comment = mu_arena_printf(m->arena, "<!--%s-->", text);
    return insert_between(m, mu_bytes_of(comment), message, err);
}

MU_OCTETS(mu_mutate_label_instruction)
{
    return insert_between(m, MU_BYTES("<?muster exercise?>"), message, err);
}

MU_OCTETS(mu_mutate_label_invalid_utf8)
{
    return insert_between(m, MU_BYTES("\xC0\xAF"), message, err);
}

MU_OCTETS(mu_mutate_label_invisible)
{
    struct mu_bytes octets;
    TRY(mu_edit_invisible(m, &octets, err));
    return insert_between(m, octets, message, err);
}

/* From the chosen place to the end of the text. */
MU_OCTETS(mu_mutate_label_cdata)
{
    struct text_edit e;
    size_t at;
    TRY(open_text(m, *message, &e, err));
    struct mu_bytes text = text_of(&e);
    TRY(between(m, text, &at, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_put_bytes(&out, mu_bytes_slice(text, 0, at));
    mu_buf_puts(&out, "<![CDATA[");
    mu_buf_put_bytes(&out, mu_bytes_from(text, at));
    mu_buf_puts(&out, "]]>");
    return put_text(m, &e, mu_buf_bytes(&out), message, err);
}

MU_OCTETS(mu_mutate_label_character_reference)
{
    struct text_edit e;
    TRY(open_text(m, *message, &e, err));
    struct mu_bytes text = text_of(&e);
    size_t at = mu_edit_choose(m, text.n);
    if (text.p[at] == '&' || mu_bytes_find(text, MU_BYTES("&"), 0) != SIZE_MAX
        || (unsigned char) text.p[at] >= 0x80)
        return mu_fail(err, MU_ERR_PROFILE, "the text is not plain US-ASCII");
    const char *reference =
        mu_arena_printf(m->arena, mu_edit_choose(m, 2 * text.n) % 2 == 0 ? "&#%d;" : "&#x%X;",
                        (unsigned char) text.p[at]);
    text = mu_edit_splice(m->arena, text, at, 1, mu_bytes_of(reference));
    return put_text(m, &e, text, message, err);
}

MU_OCTETS(mu_mutate_label_homoglyph)
{
    struct text_edit e;
    struct mu_bytes text;
    TRY(open_text(m, *message, &e, err));
    TRY(mu_edit_homoglyph(m, text_of(&e), &text, err));
    return put_text(m, &e, text, message, err);
}

MU_OCTETS(mu_mutate_label_blanks)
{
    struct text_edit e;
    TRY(open_text(m, *message, &e, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, "\n ");
    mu_buf_put_bytes(&out, text_of(&e));
    mu_buf_puts(&out, " \n");
    return put_text(m, &e, mu_buf_bytes(&out), message, err);
}

MU_OCTETS(mu_mutate_label_text_set)
{
    struct text_edit e;
    TRY(open_text(m, *message, &e, err));
    if (strpbrk(m->value, "<&") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in a text", m->value);
    return put_text(m, &e, mu_bytes_of(m->value), message, err);
}

/* --- attributes ------------------------------------------------------------------------------------- */

bool mu_edit_attribute(struct mu_bytes xml, const struct mu_element *e, const char *name,
                       size_t *at, size_t *octets)
{
    size_t n = strlen(name);
    for (size_t i = e->name_end; i + n + 2 < e->tag_end; i++) {
        if (strchr(" \t\r\n", xml.p[i]) == NULL || memcmp(xml.p + i + 1, name, n) != 0
            || xml.p[i + 1 + n] != '=')
            continue;
        char quote[2] = { xml.p[i + n + 2], '\0' };
        size_t end = mu_bytes_find(xml, mu_bytes_of(quote), i + n + 3);
        if (end == SIZE_MAX || end >= e->tag_end)
            return false;
        *at = i;
        *octets = end + 1 - i;
        return true;
    }
    return false;
}

static bool set_attribute(const struct mu_mutation *m, const char *element, const char *name,
                          const char *value, struct mu_bytes *message, struct mu_err *err)
{
    struct mu_bytes xml;
    struct mu_element e;
    TRY(mu_edit_label(m, *message, &xml, err));
    TRY(mu_edit_element(m, xml, element, &e, err));
    if (strpbrk(value, "<&\"") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in an attribute", value);
    size_t at = e.name_end, octets = 0;
    (void) mu_edit_attribute(xml, &e, name, &at, &octets);
    const char *text = mu_arena_printf(m->arena, " %s=\"%s\"", name, value);
    xml = mu_edit_splice(m->arena, xml, at, octets, mu_bytes_of(text));
    return mu_edit_set_label(m, message, xml, err);
}

bool mu_edit_attribute_on(const struct mu_mutation *m, const char **element, const char **attribute,
                          struct mu_err *err)
{
    const char *sign = strchr(m->on, '@');
    if (sign == NULL || sign[1] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs 'Element@Attribute' in 'on'");
    *element = mu_arena_strndup(m->arena, m->on, (size_t) (sign - m->on));
    *attribute = sign + 1;
    return true;
}

/* "Category@TagName"; "@ReviewDateTime" is an attribute of the root. */
MU_OCTETS(mu_mutate_label_attribute_set)
{
    const char *element, *attribute;
    TRY(mu_edit_attribute_on(m, &element, &attribute, err));
    return set_attribute(m, element, attribute, m->value, message, err);
}

#define XSI "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:"

static bool add_instance(const struct mu_mutation *m, const char *element, const char *attribute,
                         struct mu_bytes *message, struct mu_err *err)
{
    struct mu_bytes xml;
    struct mu_element e;
    TRY(mu_edit_label(m, *message, &xml, err));
    TRY(mu_edit_element(m, xml, element, &e, err));
    const char *text = mu_arena_printf(m->arena, " " XSI "%s", attribute);
    xml = mu_edit_splice(m->arena, xml, e.name_end, 0, mu_bytes_of(text));
    return mu_edit_set_label(m, message, xml, err);
}

MU_OCTETS(mu_mutate_label_xsi_type)
{
    const char *type = m->value[0] != '\0' ? m->value : "ConfidentialityLabelType";
    if (strpbrk(type, "<&\"") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in an attribute", type);
    const char *attribute = mu_arena_printf(m->arena, "type=\"%s\"", type);
    return add_instance(m, m->on, attribute, message, err);
}

MU_OCTETS(mu_mutate_label_schema_location)
{
    return add_instance(m, "",
                        "schemaLocation=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0 "
                        "http://schema.muster.invalid/label.xsd\"",
                        message, err);
}

/* The attributes of one tag, as they stand, in the opposite order. */
MU_OCTETS(mu_mutate_label_attributes_reverse)
{
    struct mu_bytes xml;
    struct mu_element e;
    TRY(mu_edit_label(m, *message, &xml, err));
    TRY(mu_edit_element(m, xml, mu_edit_on(m, "Category"), &e, err));
    struct mu_bytes tag = mu_bytes_slice(xml, e.name_end, e.tag_end - e.name_end);
    struct mu_bytes item[MU_XML_ATTRIBUTES_MAX];
    size_t items = 0;
    for (size_t at = 0; at < tag.n && items < MU_COUNT(item);) {
        size_t open = mu_bytes_find(tag, MU_BYTES("\""), at);
        size_t close = open == SIZE_MAX ? SIZE_MAX : mu_bytes_find(tag, MU_BYTES("\""), open + 1);
        if (close == SIZE_MAX)
            break;
        item[items++] = mu_bytes_slice(tag, at, close + 1 - at);
        at = close + 1;
    }
    if (items < 2)
        return mu_fail(err, MU_ERR_PROFILE, "the element has fewer than two attributes");
    struct mu_buf out = { .arena = m->arena };
    size_t octets = 0;
    for (size_t i = items; i > 0; i--) {
        mu_buf_put_bytes(&out, item[i - 1]);
        octets += item[i - 1].n;
    }
    xml = mu_edit_splice(m->arena, xml, e.name_end, octets, mu_buf_bytes(&out));
    return mu_edit_set_label(m, message, xml, err);
}
