#include "base/json.h"

#include <inttypes.h>

#include "base/utf8.h"

static void put_code(struct mu_buf *out, uint32_t code)
{
    if (code == '"' || code == '\\')
        mu_buf_printf(out, "\\%c", (int) code);
    else if (code >= 0x20 && code < 0x7f)
        mu_buf_putc(out, (char) code);
    else if (code < 0x10000)
        mu_buf_printf(out, "\\u%04x", (unsigned) code);
    else
        mu_buf_printf(out, "\\u%04x\\u%04x", (unsigned) (0xd800 + ((code - 0x10000) >> 10)),
                      (unsigned) (0xdc00 + ((code - 0x10000) & 0x3ff)));
}

static void put_string(struct mu_buf *out, struct mu_bytes s)
{
    mu_buf_putc(out, '"');
    for (size_t i = 0; i < s.n;) {
        uint32_t code;
        size_t n = mu_utf8_read(mu_bytes_from(s, i), &code);
        if (n == 0)
            mu_buf_printf(out, "\\\\x%02X", (unsigned char) s.p[i]);
        else
            put_code(out, code);
        i += n == 0 ? 1 : n;
    }
    mu_buf_putc(out, '"');
}

static void put_name(struct mu_json *j, const char *name)
{
    if (j->comma)
        mu_buf_putc(j->out, ',');
    j->comma = true;
    if (name != NULL) {
        put_string(j->out, mu_bytes_of(name));
        mu_buf_putc(j->out, ':');
    }
}

void mu_json_open(struct mu_json *j, const char *name, char bracket)
{
    put_name(j, name);
    mu_buf_putc(j->out, bracket);
    j->comma = false;
}

void mu_json_close(struct mu_json *j, char bracket)
{
    mu_buf_putc(j->out, bracket);
    j->comma = true;
}

void mu_json_bytes(struct mu_json *j, const char *name, struct mu_bytes value)
{
    put_name(j, name);
    put_string(j->out, value);
}

void mu_json_text(struct mu_json *j, const char *name, const char *value)
{
    if (value != NULL)
        mu_json_bytes(j, name, mu_bytes_of(value));
}

void mu_json_number(struct mu_json *j, const char *name, int64_t value)
{
    put_name(j, name);
    mu_buf_printf(j->out, "%" PRId64, value);
}

void mu_json_bool(struct mu_json *j, const char *name, bool value)
{
    put_name(j, name);
    mu_buf_puts(j->out, value ? "true" : "false");
}
