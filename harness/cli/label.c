/* Labels in what the user gave: recognised by content, never by name. */
#include "cli/label.h"

#include <errno.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/text_safe.h"
#include "base/utf8.h"
#include "format/sio.h"

#define STDIN_NAME "standard input"
#define READ_STEP  ((size_t) 64 * 1024)

/* --- bytes ------------------------------------------------------------------------------------------- */

static bool read_pipe(struct mu_arena *arena, size_t max, struct mu_bytes *text, struct mu_err *err)
{
    struct mu_buf all = { .arena = arena };
    char step[READ_STEP];
    for (;;) {
        ssize_t n = read(STDIN_FILENO, step, sizeof step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mu_fail_sys(err, "cannot read standard input");
        if (n == 0)
            break;
        if ((size_t) n > max - all.n)
            return mu_fail_where(err, (struct mu_where){ .input = STDIN_NAME }, MU_ERR_LIMIT,
                                 "more than the limit of %zu bytes", max);
        mu_buf_put(&all, step, (size_t) n);
    }
    *text = mu_buf_bytes(&all);
    return true;
}

bool mu_desk_input(struct mu_arena *arena, const char *operand, size_t max, struct mu_bytes *text,
                   struct mu_err *err)
{
    return strcmp(operand, "-") == 0 ? read_pipe(arena, max, text, err)
                                     : mu_file_read(arena, operand, max, text, err);
}

struct mu_where mu_desk_where(const char *input, struct mu_bytes text, size_t offset)
{
    struct mu_where where = { .input = input, .line = 1, .column = 1 };
    for (size_t i = 0; i < offset && i < text.n; i++) {
        where.column++;
        if (text.p[i] == '\n') {
            where.line++;
            where.column = 1;
        }
    }
    return where;
}

/* What is being read: where it came from and how bytes of it are named in messages. */
struct source {
    const struct mu_desk *desk;
    struct mu_arena *arena;
    const char *input;
    const char *within; /* "the base64", "the SIO-Label at octet 12"; NULL: the input itself, then
                           lines are counted */
    struct mu_items *items;
    struct mu_err *err;
};

static bool bad_at(const struct source *s, struct mu_bytes text, size_t offset, const char *why)
{
    struct mu_where where = { .input = s->input };
    if (s->within != NULL)
        return mu_fail_where(s->err, where, MU_ERR_USAGE, "%s, at byte %zu of %s", why, offset,
                             s->within);
    return mu_fail_where(s->err, mu_desk_where(s->input, text, offset), MU_ERR_USAGE, "%s", why);
}

static bool bad(const struct source *s, const char *why)
{
    return mu_fail_where(s->err, (struct mu_where){ .input = s->input }, MU_ERR_USAGE, "%s", why);
}

/* Room for one more; pointers to earlier ones do not stay. */
static struct mu_item *add(const struct source *s, const char *syntax)
{
    struct mu_items *all = s->items;
    if (all->count == all->room) {
        size_t room = all->room == 0 ? 4 : all->room * 2;
        struct mu_item *item = mu_arena_array(s->arena, room, sizeof *item);
        if (all->count > 0)
            memcpy(item, all->item, all->count * sizeof *item);
        all->item = item;
        all->room = room;
    }
    struct mu_item *item = &all->item[all->count++];
    *item = (struct mu_item){ .input = s->input, .name = s->input, .syntax = syntax };
    if (all->count > 1)
        item->name = mu_arena_printf(s->arena, "%s, label %zu", s->input, all->count);
    return item;
}

static void find_policy(const struct mu_desk *desk, struct mu_item *item)
{
    item->policy = mu_policies_find(&desk->policies, item->label->policy, item->label->policy_uri);
}

/* --- ADatP-4774 XML and fixtures ------------------------------------------------------------------------ */

/* What the schema forbids may be read in more than one way: two classifications, say. */
static void doubt_schema(const struct source *s, xmlNode *root, struct mu_item *item)
{
    struct mu_schema_error error = { .message = "" };
    size_t errors = 0;
    enum mu_validity v = mu_schema_validate_element(s->desk->schema, root, &error, 1, &errors);
    if (v == MU_VALID)
        return;
    item->doubt_rule = "L74-XSD";
    item->doubt = v == MU_INVALID ? mu_arena_printf(s->arena, "%s", error.message)
                                  : "the schema check broke off";
}

static void take_label(const struct source *s, xmlNode *root, struct mu_item *item)
{
    struct mu_label *label = mu_new(s->arena, struct mu_label);
    mu_label_read(s->arena, root, label);
    item->label = label;
    find_policy(s->desk, item);
    doubt_schema(s, root, item);
}

static const char *line_of(const struct source *s, const xmlNode *node)
{
    return mu_text_line(s->arena, mu_bytes_trim(mu_xml_text(s->arena, node)));
}

static bool read_fixture(const struct source *s, const xmlNode *root)
{
    const char *marking = NULL;
    xmlNode *label = NULL;
    for (xmlNode *n = mu_xml_child(root, NULL, NULL); n != NULL; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (label == NULL && mu_label_is_root(n))
            label = n;
        else if (marking == NULL && strcmp((const char *) n->name, "marking") == 0)
            marking = line_of(s, n);
    }
    if (label == NULL && marking == NULL)
        return bad(s, "the fixture holds neither a label nor a marking");
    if (label == NULL)
        return mu_desk_read_marking(s->desk, s->arena, s->input, mu_bytes_of(marking), s->items,
                                    s->err);
    struct mu_item *item = add(s, "fixture");
    take_label(s, label, item);
    item->xml = mu_label_write(s->arena, item->label);
    item->carried = marking;
    return true;
}

/*
 * Fixtures stand in a namespace that the gate refuses. They pass it all the same, with their own
 * declaration made harmless in a copy, of the same length so that places stay: a second one, or any
 * other of the harness's namespaces, is refused as ever.
 */
static bool unmask(const struct source *s, struct mu_bytes text, size_t at, struct mu_bytes *copy)
{
    static const char fixture[] = "urn:muster:fixture:1";
    struct mu_bytes here = mu_bytes_slice(text, at, sizeof fixture);
    if (here.n < sizeof fixture || memcmp(here.p, fixture, sizeof fixture - 1) != 0
        || (here.p[here.n - 1] != '"' && here.p[here.n - 1] != '\''))
        return false;
    char *masked = mu_bytes_dup(s->arena, text);
    masked[at + 4] = 'x'; /* urn:xuster:fixture:1 */
    *copy = (struct mu_bytes){ masked, text.n };
    return true;
}

static bool read_xml(const struct source *s, struct mu_bytes text)
{
    xmlDoc *doc = NULL;
    struct mu_xml_fault fault;
    struct mu_bytes copy;
    enum mu_xml_result result = mu_xml_parse(s->arena, text, 0, NULL, &doc, &fault);
    bool fixture =
        result == MU_XML_GATE && s->within == NULL && unmask(s, text, fault.offset, &copy);
    if (fixture)
        result = mu_xml_parse(s->arena, copy, 0, NULL, &doc, &fault);
    if (result != MU_XML_OK)
        return bad_at(s, text, fault.offset, fault.why);
    xmlNode *root = xmlDocGetRootElement(doc);
    if (fixture && mu_xml_is(root, "urn:xuster:fixture:1", "label"))
        return read_fixture(s, root);
    if (fixture || !mu_label_is_root(root))
        return bad_at(
            s, text, mu_xml_offset(root),
            mu_arena_printf(s->arena, "the root '%s' is no confidentiality label",
                            mu_text_line(s->arena, mu_bytes_of((const char *) root->name))));
    struct mu_item *item = add(s, "adatp-4774");
    take_label(s, root, item);
    item->xml = text;
    return true;
}

/* --- markings ------------------------------------------------------------------------------------------ */

static bool read_marking(const struct source *s, struct mu_bytes text)
{
    struct mu_marking_reading *reading = mu_new(s->arena, struct mu_marking_reading);
    text = mu_bytes_trim(text);
    if (text.n > MU_TEXT_MAX)
        return bad(s, "too long for a marking");
    if (memchr(text.p, '\0', text.n) != NULL || mu_utf8_defect(text) != SIZE_MAX)
        return bad(s, "a marking holds bytes that are no text");
    mu_marking_parse(s->arena, &s->desk->policies, mu_bytes_dup(s->arena, text), s->desk->match,
                     reading);
    if (reading->label == NULL)
        return mu_fail_where(s->err, (struct mu_where){ .input = s->input }, MU_ERR_USAGE,
                             "'%.60s' is no marking of a known policy: %s, at byte %zu%s%s",
                             mu_text_line(s->arena, text),
                             reading->why != NULL ? reading->why : "nothing fits", reading->at,
                             s->within != NULL ? " of " : "", s->within != NULL ? s->within : "");
    struct mu_item *item = add(s, "marking");
    item->label = reading->label;
    item->policy = reading->policy;
    item->reading = reading;
    item->carried = mu_text_line(s->arena, text);
    if (reading->ambiguous) {
        item->doubt_rule = "MRK-01";
        item->doubt = "more than one label has this marking";
    }
    return true;
}

bool mu_desk_read_marking(const struct mu_desk *desk, struct mu_arena *arena, const char *input,
                          struct mu_bytes text, struct mu_items *items, struct mu_err *err)
{
    struct source s = { desk, arena, input, NULL, items, err };
    return read_marking(&s, text);
}

/* --- messages ------------------------------------------------------------------------------------------ */

static bool read_ess(const struct source *s, struct mu_bytes der, bool x411)
{
    struct mu_item read = { .input = s->input };
    TRY(mu_desk_read_ess(s->desk, s->arena, s->input, der, x411, &read, s->err));
    struct mu_item *item = add(s, x411 ? "x411" : "ess");
    read.name = item->name;
    read.syntax = item->syntax;
    *item = read;
    find_policy(s->desk, item);
    return true;
}

static bool read_sio(const struct source *s, const struct mu_sio *sio)
{
    if (sio->kind == MU_SIO_XML && sio->label != NULL)
        return read_xml(s, sio->decoded);
    if ((sio->kind == MU_SIO_ESS || sio->kind == MU_SIO_X411) && sio->label != NULL)
        return read_ess(s, sio->decoded, sio->kind == MU_SIO_X411);
    if (sio->label == NULL && sio->marking != NULL)
        return read_marking(s, sio->marking->value);
    return bad(s, sio->label == NULL ? "the SIO-Label holds neither a label nor a marking"
                                     : "the SIO-Label holds a label of an unknown type");
}

static bool read_field(const struct source *s, const struct mu_header *header)
{
    struct mu_sio *sio = mu_new(s->arena, struct mu_sio);
    struct source inner = *s;
    inner.within = mu_arena_printf(s->arena, "the SIO-Label at octet %zu", header->offset);
    mu_sio_read(s->arena, header, sio);
    TRY(read_sio(&inner, sio));
    struct mu_item *item = &s->items->item[s->items->count - 1];
    item->at = "sio-label";
    item->offset = header->offset;
    if (sio->marking != NULL)
        item->carried = mu_text_line(s->arena, sio->marking->value);
    if (sio->label != NULL && sio->base64 != MU_BASE64_OK) {
        item->doubt_rule = "SIO-09";
        item->doubt = mu_arena_printf(s->arena, "the label is no strict base64: %s, at octet %zu",
                                      mu_base64_defect_name(sio->base64), sio->base64_offset);
    }
    return true;
}

static bool read_message(const struct source *s, struct mu_bytes text)
{
    const struct mu_mail *mail = mu_mail_read(s->arena, text);
    size_t found = 0;
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        if (h->key == NULL || strcmp(h->key, "sio-label") != 0)
            continue;
        TRY(read_field(s, h));
        found++;
    }
    for (size_t i = 0; found > 1 && i < s->items->count; i++) {
        s->items->item[i].doubt_rule = "SIO-01";
        s->items->item[i].doubt = "the message has more than one SIO-Label";
    }
    return found > 0 || bad(s, "the message has no SIO-Label");
}

/* --- what is it? ---------------------------------------------------------------------------------------- */

static struct mu_bytes after_space(struct mu_bytes text)
{
    if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
        text = mu_bytes_from(text, 3);
    while (text.n > 0 && strchr(" \t\r\n", text.p[0]) != NULL && text.p[0] != '\0')
        text = mu_bytes_from(text, 1);
    return text;
}

static bool is_markup(struct mu_bytes text)
{
    struct mu_bytes start = after_space(text);
    return start.n > 1 && start.p[0] == '<'
           && (strchr("?!_", start.p[1]) != NULL || (start.p[1] & 0x5f) >= 'A');
}

/* A SET whose first element begins with a control character: no text does. */
static bool is_set(struct mu_bytes text)
{
    if (text.n < 2 || text.p[0] != 0x31)
        return false;
    size_t length = (unsigned char) text.p[1] < 0x80 ? 2 : 2 + (size_t) (text.p[1] & 0x7f);
    return text.n == length || (length < text.n && (unsigned char) text.p[length] < 0x20)
           || (unsigned char) text.p[1] >= 0x80;
}

/* A header field begins it: RFC 5322 2.2. */
static bool is_message(struct mu_bytes text)
{
    size_t i = 0;
    while (i < text.n && i < 77 && text.p[i] > ' ' && text.p[i] < 0x7f && text.p[i] != ':')
        i++;
    return i > 0 && i < text.n && text.p[i] == ':';
}

/* Base64 of something that this would know, strict but for white space between. */
static bool is_encoded(struct mu_arena *arena, struct mu_bytes text, struct mu_bytes *out)
{
    struct mu_buf bare = { .arena = arena };
    size_t at;
    if (text.n > 2 * MU_XML_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\0' || strchr(" \t\r\n", text.p[i]) == NULL)
            mu_buf_putc(&bare, text.p[i]);
    return bare.n >= 4 && mu_base64_read(arena, mu_buf_bytes(&bare), out, &at) == MU_BASE64_OK
           && (is_markup(*out) || is_set(*out));
}

static bool read_any(const struct source *s, struct mu_bytes text)
{
    struct mu_bytes decoded;
    if (after_space(text).n == 0)
        return bad(s, "there is nothing in it");
    if (is_markup(text))
        return read_xml(s, text);
    if (is_set(text))
        return read_ess(s, text, false);
    if (is_message(text))
        return read_message(s, text);
    if (is_encoded(s->arena, text, &decoded)) {
        struct source inner = *s;
        inner.within = "what the base64 holds";
        return is_markup(decoded) ? read_xml(&inner, decoded) : read_ess(&inner, decoded, false);
    }
    struct mu_bytes line = mu_bytes_trim(after_space(text));
    if (memchr(line.p, '\n', line.n) != NULL || memchr(line.p, '\0', line.n) != NULL)
        return bad(s, "neither a label nor a message nor the one line of a marking");
    return read_marking(s, line);
}

bool mu_desk_read_mail(const struct mu_desk *desk, struct mu_arena *arena, const char *input,
                       struct mu_bytes octets, struct mu_items *items, struct mu_err *err)
{
    struct source s = { desk, arena, input, NULL, items, err };
    return read_message(&s, octets);
}

bool mu_desk_read(const struct mu_desk *desk, struct mu_arena *arena, const char *operand,
                  struct mu_items *items, struct mu_err *err)
{
    struct source s = {
        desk, arena, strcmp(operand, "-") == 0 ? STDIN_NAME : mu_desk_safe(arena, operand),
        NULL, items, err
    };
    struct mu_bytes text;
    return mu_desk_input(arena, operand, MU_MESSAGE_MAX, &text, err) && read_any(&s, text);
}
