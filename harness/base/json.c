#include "base/json.h"

#include "base/codec.h"
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

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Eight letters at once: the top bit of each octet that is not plain, and of some behind it. */
static uint64_t others_of(uint64_t eight)
{
    const uint64_t one = UINT64_C(0x0101010101010101), top = one << 7;
    uint64_t quote = eight ^ one * '"', backslash = eight ^ one * '\\';
    uint64_t low = (eight - one * ' ') & ~eight, high = (eight + one) | eight;
    return (low | high | ((quote - one) & ~quote) | ((backslash - one) & ~backslash)) & top;
}

size_t mu_json_plain(struct mu_bytes s)
{
    size_t n = 0;
    uint64_t eight;
    for (; s.n - n >= sizeof eight; n += sizeof eight) {
        memcpy(&eight, s.p + n, sizeof eight);
        if (others_of(eight) != 0)
            break;
    }
    while (n < s.n && is_plain(s.p[n]))
        n++;
    return n;
}

static void put_string(struct mu_buf *out, struct mu_bytes s)
{
    mu_buf_putc(out, '"');
    for (size_t i = 0; i < s.n;) {
        uint32_t code;
        size_t n = mu_json_plain(mu_bytes_from(s, i));
        if (n > 0) {
            mu_buf_put(out, s.p + i, n);
        } else if ((n = mu_utf8_read(mu_bytes_from(s, i), &code)) > 0) {
            put_code(out, code);
        } else {
            mu_buf_printf(out, "\\\\x%02X", (unsigned char) s.p[i]);
            n = 1;
        }
        i += n;
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

void mu_json_some(struct mu_json *j, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        mu_json_text(j, name, value);
}

void mu_json_bytes(struct mu_json *j, const char *name, struct mu_bytes value)
{
    put_name(j, name);
    put_string(j->out, value);
}

void mu_json_base64(struct mu_json *j, const char *name, struct mu_bytes value)
{
    put_name(j, name);
    mu_buf_putc(j->out, '"');
    mu_base64_put(j->out, value);
    mu_buf_putc(j->out, '"');
}

void mu_json_text(struct mu_json *j, const char *name, const char *value)
{
    if (value != NULL)
        mu_json_bytes(j, name, mu_bytes_of(value));
}

void mu_json_raw(struct mu_json *j, const char *name, const char *json)
{
    put_name(j, name);
    mu_buf_puts(j->out, json);
}

void mu_json_number(struct mu_json *j, const char *name, int64_t value)
{
    char digits[24];
    char *p = digits + sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t) value : (uint64_t) value;
    do
        *--p = (char) ('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0)
        *--p = '-';
    put_name(j, name);
    mu_buf_put(j->out, p, (size_t) (digits + sizeof digits - p));
}

void mu_json_bool(struct mu_json *j, const char *name, bool value)
{
    put_name(j, name);
    mu_buf_puts(j->out, value ? "true" : "false");
}
