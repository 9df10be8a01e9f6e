/* Operators on whole elements and attributes of the encoded label: left out, twice, in another place,
 * under another name. What a schema is for. */
#include "document/mutate_ops.h"

#include "document/mutate_xml.h"

/* Behind the end tag of the element, or behind its "/>". */
static bool element_end(const struct mu_mutation *m, struct mu_bytes xml,
                        const struct mu_element *e, size_t *end, struct mu_err *err)
{
    size_t depth = 1, n = e->name_end - e->start - 1;
    struct mu_bytes name = mu_bytes_slice(xml, e->start + 1, n);
    *end = e->tag_end + 2;
    if (xml.p[e->tag_end] == '/')
        return true;
    for (size_t at = e->text; depth > 0; at++) {
        at = mu_bytes_find(xml, MU_BYTES("<"), at);
        if (at == SIZE_MAX)
            return mu_fail(err, MU_ERR_PROFILE, "the label's element has no end tag");
        bool closes = at + 1 < xml.n && xml.p[at + 1] == '/';
        size_t from = at + (closes ? 2 : 1);
        bool same = mu_bytes_equal(mu_bytes_slice(xml, from, n), name) && from + n < xml.n
                    && strchr(" \t\r\n/>", xml.p[from + n]) != NULL;
        if (same)
            depth = closes ? depth - 1 : depth + 1;
        *end = from + n + 1;
    }
    (void) m;
    return true;
}

/* The label, and the element that `on` names, from its start to its end. */
struct whole {
    struct mu_bytes xml;
    struct mu_element element;
    size_t start, end;
};

static bool open_named(const struct mu_mutation *m, struct mu_bytes message, const char *name,
                       struct whole *w, struct mu_err *err)
{
    TRY(mu_edit_label(m, message, &w->xml, err));
    TRY(mu_edit_element(m, w->xml, name, &w->element, err));
    w->start = w->element.start;
    return element_end(m, w->xml, &w->element, &w->end, err);
}

static bool open_whole(const struct mu_mutation *m, struct mu_bytes message, struct whole *w,
                       struct mu_err *err)
{
    if (m->on[0] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs an element in 'on'");
    return open_named(m, message, m->on, w, err);
}

static bool put(const struct mu_mutation *m, const struct whole *w, size_t at, size_t octets,
                struct mu_bytes insert, struct mu_bytes *message, struct mu_err *err)
{
    struct mu_bytes xml = mu_edit_splice(m->arena, w->xml, at, octets, insert);
    return mu_edit_set_label(m, message, xml, err);
}

MU_OCTETS(mu_mutate_label_element_drop)
{
    struct whole w;
    TRY(open_whole(m, *message, &w, err));
    return put(m, &w, w.start, w.end - w.start, mu_bytes_of(""), message, err);
}

MU_OCTETS(mu_mutate_label_element_repeat)
{
    struct whole w;
    TRY(open_whole(m, *message, &w, err));
    struct mu_bytes copy = mu_bytes_slice(w.xml, w.start, w.end - w.start);
    return put(m, &w, w.end, 0, copy, message, err);
}

/* The element and the next one of its parent. */
MU_OCTETS(mu_mutate_label_element_swap)
{
    struct whole w;
    struct mu_element next;
    size_t end;
    TRY(open_whole(m, *message, &w, err));
    struct mu_bytes rest = mu_bytes_from(w.xml, w.end);
    if (rest.n < 2 || rest.p[0] != '<' || rest.p[1] == '/')
        return mu_fail(err, MU_ERR_PROFILE, "no element stands behind '%s'", m->on);
    TRY(mu_edit_element(m, rest, "", &next, err));
    TRY(element_end(m, rest, &next, &end, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_put_bytes(&out, mu_bytes_slice(rest, 0, end));
    mu_buf_put_bytes(&out, mu_bytes_slice(w.xml, w.start, w.end - w.start));
    return put(m, &w, w.start, w.end - w.start + end, mu_buf_bytes(&out), message, err);
}

/* In its start tag and in its end tag. */
MU_OCTETS(mu_mutate_label_element_rename)
{
    struct whole w;
    TRY(mu_edit_need_value(m, err));
    TRY(open_whole(m, *message, &w, err));
    struct mu_buf out = { .arena = m->arena };
    size_t n = strlen(m->on), close = w.end - n - 1;
    bool empty = w.xml.p[w.element.tag_end] == '/';
    mu_buf_put_bytes(&out, mu_bytes_slice(w.xml, w.start, w.element.name_end - n - w.start));
    mu_buf_puts(&out, m->value);
    size_t from = w.element.name_end;
    if (!empty) {
        mu_buf_put_bytes(&out, mu_bytes_slice(w.xml, from, close - from));
        mu_buf_puts(&out, m->value);
        from = close + n;
    }
    mu_buf_put_bytes(&out, mu_bytes_slice(w.xml, from, w.end - from));
    return put(m, &w, w.start, w.end - w.start, mu_buf_bytes(&out), message, err);
}

/* "Category@TagName" as in label.attribute.set; the attribute must be there. */
static bool open_attribute(const struct mu_mutation *m, struct mu_bytes message, struct whole *w,
                           size_t *at, size_t *octets, struct mu_err *err)
{
    const char *element, *attribute;
    TRY(mu_edit_attribute_on(m, &element, &attribute, err));
    TRY(open_named(m, message, element, w, err));
    if (!mu_edit_attribute(w->xml, &w->element, attribute, at, octets))
        return mu_fail(err, MU_ERR_PROFILE, "label has no attribute '%s'", m->on);
    return true;
}

MU_OCTETS(mu_mutate_label_attribute_drop)
{
    struct whole w;
    size_t at, octets;
    TRY(open_attribute(m, *message, &w, &at, &octets, err));
    return put(m, &w, at, octets, mu_bytes_of(""), message, err);
}

MU_OCTETS(mu_mutate_label_attribute_rename)
{
    struct whole w;
    size_t at, octets;
    TRY(mu_edit_need_value(m, err));
    TRY(open_attribute(m, *message, &w, &at, &octets, err));
    size_t equals = mu_bytes_find(w.xml, MU_BYTES("="), at);
    return put(m, &w, at + 1, equals - at - 1, mu_bytes_of(m->value), message, err);
}
