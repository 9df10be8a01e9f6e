#include <stdint.h>
#include <stdio.h>

#include "base/utf8.h"
#include "format/parameter_scan.h"

#define LINE_OCTETS 78 /* without line end; RFC 5322 2.1.1 */

/* How a value has to be written. */
enum form { TOKEN, QUOTED, EXTENDED };

struct writer {
    struct mu_buf *out;
    const char *name;
    struct mu_bytes value;
    bool first;
};

static bool is_text(unsigned char c)
{
    return (c >= ' ' && c < 127) || c == '\t';
}

static enum form form_of(struct mu_bytes value, bool quote)
{
    bool token = value.n > 0 && !quote;
    for (size_t i = 0; i < value.n; i++) {
        if (!is_text((unsigned char) value.p[i]))
            return EXTENDED;
        token &= mu_parameter_is_token_char(value.p[i]);
    }
    return token ? TOKEN : QUOTED;
}

/* The continuation line up to its text; its length counts against LINE_OCTETS. */
static size_t begin_line(struct writer *w, const char *intro)
{
    mu_buf_puts(w->out, w->first ? "\r\n " : ";\r\n ");
    mu_buf_puts(w->out, w->name);
    mu_buf_puts(w->out, intro);
    w->first = false;
    return 1 + strlen(w->name) + strlen(intro);
}

static bool is_special(char c)
{
    return c == '"' || c == '\\';
}

static void put_quoted(struct mu_buf *out, struct mu_bytes b)
{
    for (size_t i = 0; i < b.n; i++) {
        if (is_special(b.p[i]))
            mu_buf_putc(out, '\\');
        mu_buf_putc(out, b.p[i]);
    }
}

static bool is_plain(unsigned char c)
{
    return c < 128 && mu_parameter_is_attribute_char((char) c);
}

static void put_extended(struct mu_buf *out, struct mu_bytes b)
{
    for (size_t i = 0; i < b.n; i++) {
        if (is_plain((unsigned char) b.p[i]))
            mu_buf_putc(out, b.p[i]);
        else
            mu_buf_printf(out, "%%%02X", (unsigned char) b.p[i]);
    }
}

/* One character of an extended value: its octets, and in *size what they take when written. */
static size_t character(struct mu_bytes b, size_t *size)
{
    uint32_t code;
    size_t n = mu_utf8_read(b, &code);
    n = n > 0 ? n : 1;
    *size = n == 1 && is_plain((unsigned char) b.p[0]) ? 1 : 3 * n;
    return n;
}

/* The same in any form. */
static size_t step_of(struct mu_bytes b, enum form form, size_t *size)
{
    if (form == EXTENDED)
        return character(b, size);
    *size = form == QUOTED && is_special(b.p[0]) ? 2 : 1;
    return 1;
}

/* How much of `b` fits into `room` octets in this form; at least one character, never a part of one. */
static size_t fitting(struct mu_bytes b, size_t room, enum form form)
{
    size_t n = 0, used = 0;
    while (n < b.n) {
        size_t size, step = step_of(mu_bytes_from(b, n), form, &size);
        if (used + size > room && n > 0)
            break;
        used += size;
        n += step;
    }
    return n;
}

static size_t written_size(struct mu_bytes b, enum form form)
{
    size_t total = 0, size;
    for (size_t i = 0; i < b.n; total += size)
        i += step_of(mu_bytes_from(b, i), form, &size);
    return total;
}

static size_t left(size_t used)
{
    return used < LINE_OCTETS ? LINE_OCTETS - used : 0;
}

static void write_extended(struct writer *w)
{
    /* Octets that are no UTF-8 have no charset that we know: the grammar lets it be empty. */
    const char *charset = mu_utf8_defect(w->value) == SIZE_MAX ? "utf-8''" : "''";
    size_t head = 1 + strlen(w->name) + 2 + strlen(charset) + 1;
    if (head + written_size(w->value, EXTENDED) <= LINE_OCTETS) {
        begin_line(w, "*=");
        mu_buf_puts(w->out, charset);
        put_extended(w->out, w->value);
        return;
    }
    for (size_t i = 0, number = 0; i < w->value.n; number++) {
        char intro[40];
        snprintf(intro, sizeof intro, "*%zu*=%s", number, number == 0 ? charset : "");
        size_t used = begin_line(w, intro) + 1; /* and a semicolon */
        struct mu_bytes rest = mu_bytes_from(w->value, i);
        size_t n = fitting(rest, left(used), EXTENDED);
        put_extended(w->out, mu_bytes_slice(rest, 0, n));
        i += n;
    }
}

static void write_segments(struct writer *w)
{
    for (size_t i = 0, number = 0; i < w->value.n; number++) {
        char intro[32];
        snprintf(intro, sizeof intro, "*%zu=\"", number);
        size_t used = begin_line(w, intro) + 2; /* closing quote, semicolon */
        struct mu_bytes rest = mu_bytes_from(w->value, i);
        size_t n = fitting(rest, left(used), QUOTED);
        put_quoted(w->out, mu_bytes_slice(rest, 0, n));
        mu_buf_putc(w->out, '"');
        i += n;
    }
}

void mu_parameter_write(struct mu_buf *out, const char *name, struct mu_bytes value, bool quote,
                        bool first)
{
    struct writer w = { out, name, value, first };
    enum form form = form_of(value, quote);
    size_t around = 1 + strlen(name) + 1 + (form == QUOTED ? 2 : 0) + 1;
    bool fits = around + written_size(value, form) <= LINE_OCTETS;

    if (form == EXTENDED) {
        write_extended(&w);
    } else if (form == TOKEN && fits) {
        begin_line(&w, "=");
        mu_buf_put_bytes(out, value);
    } else if (fits || value.n == 0) {
        begin_line(&w, "=\"");
        put_quoted(out, value);
        mu_buf_putc(out, '"');
    } else {
        write_segments(&w);
    }
}
