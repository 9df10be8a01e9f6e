/* Operators on the encoded label as a whole: its prolog, namespace, encoding, and what is put into
 * it. */
#include "document/mutate_ops.h"

#include "base/codec.h"
#include "base/file.h"
#include "base/limits.h"
#include "document/mutate_xml.h"
#include "format/label.h"

#define EXTENSION "urn:example:exercise:extension:1" /* the fixtures use it, too */

/* Before the end tag of the root, where the schema leaves room for elements of others. */
static bool put_into_root(const struct mu_mutation *m, struct mu_bytes insert,
                          struct mu_bytes *message, struct mu_err *err)
{
    struct mu_bytes xml;
    TRY(mu_edit_label(m, *message, &xml, err));
    size_t at = SIZE_MAX;
    for (size_t i = 0; (i = mu_bytes_find(xml, MU_BYTES("</"), i)) != SIZE_MAX; i++)
        at = i;
    if (at == SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "the label's root has no end tag");
    return mu_edit_set_label(m, message, mu_edit_splice(m->arena, xml, at, 0, insert), err);
}

MU_OCTETS(mu_mutate_label_element_add)
{
    TRY(mu_edit_need_value(m, err));
    return put_into_root(m, mu_bytes_of(m->value), message, err);
}

/* A label hidden from everybody but those who look for elements anywhere. */
MU_OCTETS(mu_mutate_label_hide)
{
    struct mu_message other;
    TRY(mu_edit_label_fixture(m, m->value, &other, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, "<x:hidden xmlns:x=\"" EXTENSION "\">");
    mu_buf_put_bytes(&out, mu_label_write(m->arena, other.label));
    mu_buf_puts(&out, "</x:hidden>");
    return put_into_root(m, mu_buf_bytes(&out), message, err);
}

MU_OCTETS(mu_mutate_label_depth)
{
    size_t depth;
    TRY(mu_edit_number(m, 1, 100, &depth, err));
    struct mu_buf out = { .arena = m->arena };
    for (size_t i = 0; i < depth; i++)
        mu_buf_puts(&out, i == 0 ? "<x:deep xmlns:x=\"" EXTENSION "\">" : "<x:deep>");
    for (size_t i = 0; i < depth; i++)
        mu_buf_puts(&out, "</x:deep>");
    return put_into_root(m, mu_buf_bytes(&out), message, err);
}

MU_OCTETS(mu_mutate_label_octets)
{
    static const char open[] = "<x:filler xmlns:x=\"" EXTENSION "\">", close[] = "</x:filler>";
    struct mu_bytes xml;
    size_t octets;
    TRY(mu_edit_number(m, 1, 0, &octets, err));
    TRY(mu_edit_label(m, *message, &xml, err));
    if (octets < xml.n + sizeof open + sizeof close - 2)
        return mu_fail(err, MU_ERR_PROFILE, "a label of %zu octets cannot be made %zu octets long",
                       xml.n, octets);
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, open);
    mu_edit_fill(&out, octets - xml.n - sizeof open - sizeof close + 2);
    mu_buf_puts(&out, close);
    return put_into_root(m, mu_buf_bytes(&out), message, err);
}

MU_OCTETS(mu_mutate_label_categories)
{
    size_t copies;
    struct mu_bytes xml;
    struct mu_element e;
    TRY(mu_edit_number(m, 1, 100, &copies, err));
    TRY(mu_edit_label(m, *message, &xml, err));
    TRY(mu_edit_element(m, xml, "Category", &e, err));
    size_t close = mu_bytes_find(xml, MU_BYTES("Category>"), e.text);
    if (close == SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "the label's category has no end tag");
    struct mu_bytes one = mu_bytes_slice(xml, e.start, close + strlen("Category>") - e.start);
    if (copies > MU_MESSAGE_MAX / 2 / (one.n + 1))
        return mu_fail(err, MU_ERR_PROFILE, "%zu categories make a label too large", copies);
    struct mu_buf out = { .arena = m->arena };
    for (size_t i = 0; i < copies; i++)
        mu_buf_put_bytes(&out, one);
    xml = mu_edit_splice(m->arena, xml, e.start, 0, mu_buf_bytes(&out));
    return mu_edit_set_label(m, message, xml, err);
}

MU_OCTETS(mu_mutate_label_prolog)
{
    struct mu_bytes xml;
    struct mu_element root;
    TRY(mu_edit_need_value(m, err));
    TRY(mu_edit_label(m, *message, &xml, err));
    TRY(mu_edit_element(m, xml, "", &root, err));
    xml = mu_edit_splice(m->arena, xml, root.start, 0, mu_bytes_of(m->value));
    return mu_edit_set_label(m, message, xml, err);
}

/* Every occurrence of the label's own namespace. */
MU_OCTETS(mu_mutate_label_namespace_set)
{
    struct mu_bytes xml, own = MU_BYTES(MU_SLAB_NS);
    TRY(mu_edit_need_value(m, err));
    TRY(mu_edit_label(m, *message, &xml, err));
    if (strpbrk(m->value, "<&\"") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in an attribute", m->value);
    struct mu_buf out = { .arena = m->arena };
    size_t from = 0, at;
    while ((at = mu_bytes_find(xml, own, from)) != SIZE_MAX) {
        mu_buf_put_bytes(&out, mu_bytes_slice(xml, from, at - from));
        mu_buf_puts(&out, m->value);
        from = at + own.n;
    }
    if (from == 0)
        return mu_fail(err, MU_ERR_PROFILE, "label does not name the namespace of ADatP-4774");
    mu_buf_put_bytes(&out, mu_bytes_from(xml, from));
    return mu_edit_set_label(m, message, mu_buf_bytes(&out), err);
}

/* A prefix for every element that has none, and for the default namespace. */
MU_OCTETS(mu_mutate_label_prefix_set)
{
    static const char declares[] = " xmlns=";
    struct mu_bytes xml;
    TRY(mu_edit_label(m, *message, &xml, err));
    const char *prefix = m->value[0] != '\0' ? m->value : "q";
    if (mu_bytes_find(xml, mu_bytes_of(declares), 0) == SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "label has no default namespace");
    struct mu_buf out = { .arena = m->arena };
    for (size_t i = 0; i < xml.n; i++) {
        size_t left = xml.n - i, n = strlen(declares);
        mu_buf_putc(&out, xml.p[i]);
        bool opens = xml.p[i] == '<' && left > 1 && strchr("/!?", xml.p[i + 1]) == NULL;
        bool closes = xml.p[i] == '/' && i > 0 && xml.p[i - 1] == '<';
        if (opens || closes)
            mu_buf_printf(&out, "%s:", prefix);
        else if (left > n && memcmp(xml.p + i, declares, n) == 0) {
            mu_buf_printf(&out, "xmlns:%s=", prefix);
            i += n - 1;
        }
    }
    return mu_edit_set_label(m, message, mu_buf_bytes(&out), err);
}

/* --- encodings ---------------------------------------------------------------------------------------- */

/* US-ASCII as UTF-16 with a byte order mark. */
static bool to_utf16(struct mu_buf *out, struct mu_bytes xml, bool big)
{
    mu_buf_puts(out, big ? "\xFE\xFF" : "\xFF\xFE");
    for (size_t i = 0; i < xml.n; i++) {
        if ((unsigned char) xml.p[i] >= 0x80)
            return false;
        mu_buf_putc(out, big ? '\0' : xml.p[i]);
        mu_buf_putc(out, big ? xml.p[i] : '\0');
    }
    return true;
}

static bool to_utf16le(struct mu_buf *out, struct mu_bytes xml)
{
    return to_utf16(out, xml, false);
}

static bool to_utf16be(struct mu_buf *out, struct mu_bytes xml)
{
    return to_utf16(out, xml, true);
}

static bool to_utf8_bom(struct mu_buf *out, struct mu_bytes xml)
{
    mu_buf_puts(out, "\xEF\xBB\xBF");
    mu_buf_put_bytes(out, xml);
    return true;
}

/* The declaration lies: the octets stay. */
static bool to_declared_latin1(struct mu_buf *out, struct mu_bytes xml)
{
    mu_buf_puts(out, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>");
    mu_buf_put_bytes(out, xml);
    return true;
}

MU_OCTETS(mu_mutate_label_encoding_set)
{
    static const struct {
        const char *name;
        bool (*write)(struct mu_buf *out, struct mu_bytes xml);
    } row[] = {
        { "utf-16le", to_utf16le },
        { "utf-16be", to_utf16be },
        { "utf-8-bom", to_utf8_bom },
        { "iso-8859-1", to_declared_latin1 },
    };
    struct mu_bytes xml;
    TRY(mu_edit_label(m, *message, &xml, err));
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_buf out = { .arena = m->arena };
        if (strcmp(row[i].name, m->value) != 0)
            continue;
        if (!row[i].write(&out, xml))
            return mu_fail(err, MU_ERR_PROFILE, "the label is not plain US-ASCII");
        return mu_edit_set_label(m, message, mu_buf_bytes(&out), err);
    }
    return mu_fail(err, MU_ERR_PROFILE,
                   "'%s' is no encoding: utf-16le, utf-16be, utf-8-bom or iso-8859-1", m->value);
}

MU_OCTETS(mu_mutate_label_truncate)
{
    struct mu_bytes xml;
    TRY(mu_edit_label(m, *message, &xml, err));
    size_t kept = 1 + mu_edit_choose(m, xml.n);
    if (kept >= xml.n)
        kept = xml.n / 2;
    if (kept == 0)
        return mu_fail(err, MU_ERR_PROFILE, "the label is too short to be cut");
    return mu_edit_set_label(m, message, mu_bytes_slice(xml, 0, kept), err);
}

MU_OCTETS(mu_mutate_label_raw)
{
    TRY(mu_edit_need_value(m, err));
    struct mu_bytes xml;
    const char *path = mu_file_join(m->arena, m->fixtures, m->value);
    TRY(mu_file_read(m->arena, path, MU_OPERATOR_FILE_MAX, &xml, err));
    return mu_edit_set_label(m, message, xml, err);
}
