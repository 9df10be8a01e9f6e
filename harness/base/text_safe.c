#include "base/text_safe.h"

#include "base/limits.h"
#include "base/utf8.h"

/*
 * Code points that show nothing or move what is shown: Unicode's Default_Ignorable_Code_Point,
 * the bidirectional controls and the line separators.
 */
static const struct {
    uint32_t from, to;
} invisible[] = {
    { 0x7f, 0x9f },       { 0xad, 0xad },       { 0x34f, 0x34f },   { 0x61c, 0x61c },
    { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f }, { 0x200b, 0x200f },
    { 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
    { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
    { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool is_plain(uint32_t code, enum mu_text_style style)
{
    if (code < 0x20)
        return style != MU_TEXT_LINE && (code == '\n' || code == '\t');
    if (code < 0x7f)
        return code != '\\' || style == MU_TEXT_XML;
    if (mu_utf8_noncharacter(code))
        return false;
    for (size_t i = 0; i < MU_COUNT(invisible) && invisible[i].from <= code; i++)
        if (code <= invisible[i].to)
            return false;
    return true;
}

static void put_visible(struct mu_buf *out, uint32_t code)
{
    switch (code) {
    case '\\':
        mu_buf_puts(out, "\\\\");
        return;
    case '\t':
        mu_buf_puts(out, "\\t");
        return;
    case '\n':
        mu_buf_puts(out, "\\n");
        return;
    case '\r':
        mu_buf_puts(out, "\\r");
        return;
    default:
        mu_buf_printf(out, "\\u{%04X}", (unsigned) code);
        return;
    }
}

void mu_text_safe(struct mu_buf *out, struct mu_bytes b, enum mu_text_style style, size_t max)
{
    size_t i = 0, run = 0; /* b[run..i) is plain and not yet copied */
    while (i < b.n && i < max) {
        if (b.p[i] >= ' ' && b.p[i] < '\x7f' && b.p[i] != '\\') { /* nearly all there is */
            i++;
            continue;
        }
        uint32_t code;
        size_t n = mu_utf8_read(mu_bytes_from(b, i), &code);
        if (n > 0 && is_plain(code, style)) {
            i += n;
            continue;
        }
        mu_buf_put(out, b.p + run, i - run);
        if (n == 0)
            mu_buf_printf(out, "\\x%02X", (unsigned char) b.p[i]);
        else
            put_visible(out, code);
        i += n == 0 ? 1 : n;
        run = i;
    }
    mu_buf_put(out, b.p + run, i - run);
    if (i < b.n)
        mu_buf_printf(out, "... (%zu more bytes)", b.n - i);
}

/* Names are US-ASCII mostly, and only copied. */
const char *mu_text_line(struct mu_arena *arena, struct mu_bytes b)
{
    size_t plain = 0;
    while (plain < b.n && plain < MU_TEXT_MAX && b.p[plain] >= ' ' && b.p[plain] < '\x7f'
           && b.p[plain] != '\\')
        plain++;
    if (plain == b.n && b.n > 0)
        return mu_arena_strndup(arena, b.p, b.n);
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, b, MU_TEXT_LINE, MU_TEXT_MAX);
    return mu_buf_text(&out);
}
