#include "document/encode.h"

#include "base/codec.h"
#include "base/digest.h"
#include "format/mail.h"
#include "format/parameter.h"
#include "format/sio.h"

#define HEADER_LINE 78 /* octets without CRLF; RFC 5322 2.1.1 */
#define CODED_LINE  76 /* octets of an encoded line; RFC 2045 6.7, 6.8 */
#define WORD_BYTES  39 /* of text in one encoded-word, so that "Subject: " fits before the first */

bool mu_encode_is_ascii(struct mu_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char) text.p[i] > 126 || (unsigned char) text.p[i] < ' ')
            return false;
    return true;
}

/* RFC 2047 4.1, charset UTF-8, encoding B; a word never ends inside a character (5). */
void mu_encode_words(struct mu_buf *out, struct mu_bytes text)
{
    for (size_t at = 0; at < text.n;) {
        size_t n = text.n - at < WORD_BYTES ? text.n - at : WORD_BYTES;
        while (n > 1 && at + n < text.n && ((unsigned char) text.p[at + n] & 0xc0) == 0x80)
            n--;
        struct mu_bytes word = mu_base64_write(out->arena, mu_bytes_slice(text, at, n));
        mu_buf_puts(out, at > 0 ? "\r\n =?utf-8?B?" : "=?utf-8?B?");
        mu_buf_put_bytes(out, word);
        mu_buf_puts(out, "?=");
        at += n;
    }
}

/* Fold before the last space that keeps the line within 78 octets; RFC 5322 2.2.3. */
static void put_folded(struct mu_buf *out, size_t column, struct mu_bytes text)
{
    size_t line = 0; /* text[line..) is not yet written */
    size_t room = HEADER_LINE > column ? HEADER_LINE - column : 0;
    while (text.n - line > room) {
        size_t cut = line + room;
        while (cut > line && text.p[cut] != ' ')
            cut--;
        if (cut == line) { /* no space in reach: the next one, however far */
            const char *space = memchr(text.p + line + 1, ' ', text.n - line - 1);
            if (space == NULL)
                break;
            cut = (size_t) (space - text.p);
        }
        mu_buf_put(out, text.p + line, cut - line);
        mu_buf_puts(out, "\r\n");
        line = cut; /* the space begins the next line */
        room = HEADER_LINE;
    }
    mu_buf_put(out, text.p + line, text.n - line);
}

void mu_encode_field(struct mu_buf *out, const char *name, struct mu_bytes value)
{
    mu_buf_puts(out, name);
    mu_buf_puts(out, ": ");
    if (mu_encode_is_ascii(value))
        put_folded(out, strlen(name) + 2, value);
    else
        mu_encode_words(out, value);
    mu_buf_puts(out, "\r\n");
}

static void put_text_field(struct mu_buf *out, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        mu_encode_field(out, name, mu_bytes_of(value));
}

/* One LF, CR or CRLF of the fixture is one CRLF on the wire. */
static struct mu_bytes with_crlf(struct mu_arena *arena, struct mu_bytes text)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < text.n; i++) {
        bool cr = text.p[i] == '\r';
        if (!cr && text.p[i] != '\n') {
            mu_buf_putc(&out, text.p[i]);
            continue;
        }
        mu_buf_puts(&out, "\r\n");
        if (cr && i + 1 < text.n && text.p[i + 1] == '\n')
            i++;
    }
    return mu_buf_bytes(&out);
}

static void put_base64(struct mu_buf *out, struct mu_bytes content)
{
    struct mu_bytes text = mu_base64_write(out->arena, content);
    for (size_t at = 0; at < text.n; at += CODED_LINE) {
        mu_buf_put_bytes(out, mu_bytes_slice(text, at, CODED_LINE));
        mu_buf_puts(out, "\r\n");
    }
}

/* RFC 2045 6.7 (1) to (5). Line ends are CRLF already. */
static void put_quoted_printable(struct mu_buf *out, struct mu_bytes text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t column = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char) text.p[i];
        bool end = i + 1 >= text.n || text.p[i + 1] == '\r';
        if (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n') {
            mu_buf_puts(out, "\r\n");
            column = 0;
            i++;
            continue;
        }
        bool plain = (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !end);
        if (column + (plain ? 1 : 3) > CODED_LINE - 1) {
            mu_buf_puts(out, "=\r\n");
            column = 0;
        }
        if (plain) {
            mu_buf_putc(out, (char) c);
            column++;
        } else {
            mu_buf_put(out, (char[]){ '=', hex[c >> 4], hex[c & 15] }, 3);
            column += 3;
        }
    }
    if (column > 0)
        mu_buf_puts(out, "=\r\n"); /* a soft line break: the content had no line end here */
}

static bool is_text(const struct mu_body_part *part)
{
    return mu_bytes_start_nocase(mu_bytes_of(part->type), MU_BYTES("text/"));
}

static const struct mu_places *places_of(const struct mu_message *message)
{
    static const struct mu_places usual = { .label = true, .sio_label = true };
    return message->places != NULL ? message->places : &usual;
}

/* The marking as what a reader of HTML sees first: behind the start tag of the body. */
static void put_marked_html(struct mu_buf *out, const char *marking, struct mu_bytes html)
{
    size_t body = mu_bytes_find(html, MU_BYTES("<body"), 0);
    size_t end = body < html.n ? mu_bytes_find(html, MU_BYTES(">"), body) : SIZE_MAX;
    size_t at = end < html.n ? end + 1 : 0;
    mu_buf_put_bytes(out, mu_bytes_slice(html, 0, at));
    mu_buf_puts(out, "<p>");
    for (const char *c = marking; *c != '\0'; c++)
        if (*c == '<' || *c == '&')
            mu_buf_puts(out, *c == '<' ? "&lt;" : "&amp;");
        else
            mu_buf_putc(out, *c);
    mu_buf_puts(out, "</p>");
    mu_buf_put_bytes(out, mu_bytes_from(html, at));
}

/* The content, with the marking as its first line where the message asks for it. */
static struct mu_bytes content_of(struct mu_arena *arena, const struct mu_message *message,
                                  const struct mu_body_part *part, bool marked)
{
    struct mu_buf out = { .arena = arena };
    if (marked && mu_bytes_start_nocase(mu_bytes_of(part->type), MU_BYTES("text/html")))
        put_marked_html(&out, message->marking, part->content);
    else {
        if (marked)
            mu_buf_printf(&out, "%s\n\n", message->marking);
        mu_buf_put_bytes(&out, part->content);
    }
    struct mu_bytes content = mu_buf_bytes(&out);
    bool transparent = strcmp(part->encoding, "base64") == 0 && !is_text(part);
    return transparent ? content : with_crlf(arena, content);
}

static void put_part_header(struct mu_buf *out, const struct mu_body_part *part,
                            const char *encoding)
{
    put_text_field(out, "Content-Type", part->type);
    put_text_field(out, "Content-Transfer-Encoding", encoding);
    if (part->file_name == NULL)
        return;
    mu_buf_puts(out, "Content-Disposition: attachment");
    mu_parameter_write(out, "filename", mu_bytes_of(part->file_name), true, false);
    mu_buf_puts(out, "\r\n");
}

static void put_part(struct mu_buf *out, const struct mu_message *message,
                     const struct mu_body_part *part, bool marked)
{
    /* A marking that is not US-ASCII cannot stand in 7bit content; RFC 2045 2.7. */
    bool wide = marked && !mu_encode_is_ascii(mu_bytes_of(message->marking));
    bool raise = wide && strcmp(part->encoding, "7bit") == 0;
    const char *encoding = raise ? "quoted-printable" : part->encoding;
    put_part_header(out, part, encoding);
    mu_buf_puts(out, "\r\n");
    struct mu_bytes content = content_of(out->arena, message, part, marked);
    if (strcmp(encoding, "base64") == 0)
        put_base64(out, content);
    else if (strcmp(encoding, "quoted-printable") == 0)
        put_quoted_printable(out, content);
    else
        mu_buf_put_bytes(out, content);
}

/* "=_" cannot occur in quoted-printable or base64 lines; RFC 2045 6.7. */
static const char *boundary_of(struct mu_arena *arena, const struct mu_message *message)
{
    char digest[MU_DIGEST_TEXT];
    const char *id = message->message_id != NULL ? message->message_id : "";
    mu_digest_text(mu_bytes_of(id), digest);
    return mu_arena_printf(arena, "=_muster_%.24s", digest);
}

/* Does the marking stand in part `i`? In the first text, or in each of several that say the same. */
static bool is_marked(const struct mu_message *message, size_t i)
{
    bool asked = message->first_line || places_of(message)->first_line;
    if (!asked || message->marking == NULL || !is_text(&message->part[i]))
        return false;
    for (size_t k = 0; k < i && !message->alternative; k++)
        if (is_text(&message->part[k]))
            return false;
    return true;
}

struct mu_bytes mu_message_text(struct mu_arena *arena, const struct mu_message *message)
{
    for (size_t i = 0; i < message->parts; i++)
        if (is_text(&message->part[i]))
            return content_of(arena, message, &message->part[i], is_marked(message, i));
    return MU_BYTES("");
}

static void put_body(struct mu_buf *out, const struct mu_message *message)
{
    if (message->parts == 1) {
        put_part(out, message, &message->part[0], is_marked(message, 0));
        return;
    }
    const char *boundary = boundary_of(out->arena, message);
    mu_buf_printf(out, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n\r\n",
                  message->alternative ? "alternative" : "mixed", boundary);
    for (size_t i = 0; i < message->parts; i++) {
        mu_buf_printf(out, "--%s\r\n", boundary);
        put_part(out, message, &message->part[i], is_marked(message, i));
        mu_buf_puts(out, "\r\n");
    }
    mu_buf_printf(out, "--%s--\r\n", boundary);
}

static struct mu_bytes bytes_or_none(const char *text)
{
    return text != NULL ? mu_bytes_of(text) : MU_BYTES("");
}

void mu_encode_sio(struct mu_buf *out, const struct mu_message *message)
{
    const struct mu_places *places = places_of(message);
    struct mu_sio_text text = { 0 };
    if (places->sio_label) {
        text.marking = bytes_or_none(message->marking);
        text.fgcolor = bytes_or_none(message->fgcolor);
        text.bgcolor = bytes_or_none(message->bgcolor);
    }
    if (message->label != NULL && places->label) {
        text.type = MU_BYTES(":xml");
        text.label = mu_label_write(out->arena, message->label);
    }
    if (text.marking.n > 0 || text.label.n > 0)
        mu_sio_write(out, "SIO-Label", &text);
}

static void put_subject(struct mu_buf *out, const struct mu_message *message)
{
    const char *subject = message->subject;
    if (places_of(message)->subject && message->marking != NULL)
        subject = mu_arena_printf(out->arena, "%s (%s)", subject != NULL ? subject : "",
                                  message->marking);
    put_text_field(out, "Subject", subject);
}

/* The marking in header fields of its own. */
static void put_marking_fields(struct mu_buf *out, const struct mu_message *message)
{
    const struct mu_places *places = places_of(message);
    for (size_t i = 0; i < places->fields; i++)
        put_text_field(out, places->field[i], message->marking);
    if (places->keywords)
        put_text_field(out, "Keywords", message->marking);
}

struct mu_bytes mu_message_encode(struct mu_arena *arena, const struct mu_message *message)
{
    struct mu_buf out = { .arena = arena };
    put_text_field(&out, "From", message->from);
    put_text_field(&out, "To", message->to);
    put_text_field(&out, "Date", mu_mail_date_write(arena, message->date));
    if (message->message_id != NULL)
        put_text_field(&out, "Message-ID", mu_arena_printf(arena, "<%s>", message->message_id));
    put_subject(&out, message);
    put_marking_fields(&out, message);
    for (size_t i = 0; i < message->fields; i++)
        mu_encode_field(&out, message->field[i].name, message->field[i].value);
    mu_encode_sio(&out, message);
    put_text_field(&out, "MIME-Version", "1.0");
    if (message->parts > 0)
        put_body(&out, message);
    else
        mu_buf_puts(&out, "\r\n");
    return mu_buf_bytes(&out);
}
