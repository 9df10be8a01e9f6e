#include <stdint.h>

#include "base/codec.h"
#include "format/mail_scan.h"

/* What an octet is to base64 in a body (RFC 2045 6.8): line ends stand anywhere, other octets
 * outside the alphabet are ignored by readers but show "some other error". */
enum { ALPHABET = 1, PAD = 2, LINE_END = 4 };

#define LETTERS(a) [(a)] = 1, [(a) + 1] = 1, [(a) + 2] = 1, [(a) + 3] = 1, [(a) + 4] = 1

static const unsigned char base64_class[256] = {
    LETTERS('A'), LETTERS('F'), LETTERS('K'),      LETTERS('P'),      LETTERS('U'),
    ['Z'] = 1,    LETTERS('a'), LETTERS('f'),      LETTERS('k'),      LETTERS('p'),
    LETTERS('u'), ['z'] = 1,    LETTERS('0'),      LETTERS('5'),      ['+'] = 1,
    ['/'] = 1,    ['='] = PAD,  ['\r'] = LINE_END, ['\n'] = LINE_END,
};

size_t mu_mail_base64_defect(struct mu_bytes body)
{
    size_t characters = 0, padding = 0, last = 0;
    for (size_t i = 0; i < body.n; i++) {
        unsigned char class = base64_class[(unsigned char) body.p[i]];
        if (class == LINE_END)
            continue;
        if (class == 0 || (class == ALPHABET && padding > 0))
            return i;
        characters += class == ALPHABET;
        padding += class == PAD;
        last = i;
    }
    bool whole = (characters + padding) % 4 == 0 && padding <= 2 && characters >= padding;
    return whole ? SIZE_MAX : last;
}

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* Octets of the soft line break whose "=" is before `at`: white space and the line end, which the
 * end of the body stands for. SIZE_MAX: there is none. */
static size_t soft_break(struct mu_bytes b, size_t at)
{
    size_t i = at;
    while (i < b.n && is_wsp(b.p[i]))
        i++;
    if (i == b.n)
        return b.n - at;
    if (b.p[i] == '\r' && i + 1 < b.n && b.p[i + 1] == '\n')
        return i + 2 - at;
    return b.p[i] == '\n' ? i + 1 - at : SIZE_MAX;
}

static int quoted_octet(struct mu_bytes b, size_t at)
{
    if (b.n - at < 2)
        return -1;
    int high = mu_hex_digit(b.p[at]), low = mu_hex_digit(b.p[at + 1]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool is_lower_hex(char c)
{
    return c >= 'a' && c <= 'f';
}

/* RFC 2045 6.7: "=" and two upper-case digits or a soft line break, which is not the last thing. */
size_t mu_mail_quoted_printable_defect(struct mu_bytes body)
{
    for (size_t i = 0; i < body.n;) {
        const char *equals = memchr(body.p + i, '=', body.n - i);
        if (equals == NULL)
            break;
        size_t at = (size_t) (equals - body.p);
        i = at + 1;
        size_t skip = soft_break(body, i);
        if (skip != SIZE_MAX && i + skip == body.n)
            return at;
        if (skip == SIZE_MAX
            && (quoted_octet(body, i) < 0 || is_lower_hex(body.p[i])
                || is_lower_hex(body.p[i + 1])))
            return at;
        i += skip == SIZE_MAX ? 2 : skip;
    }
    return SIZE_MAX;
}

/* White space at the end of a line was added on the way and goes (RFC 2045 6.7 (3)). */
static size_t without_trailing(const char *text, size_t n)
{
    while (n > 0 && is_wsp(text[n - 1]))
        n--;
    return n;
}

static struct mu_bytes decode_quoted_printable(struct mu_arena *arena, struct mu_bytes b)
{
    char *text = mu_arena_alloc(arena, b.n + 1);
    size_t n = 0, plain = 0; /* text[plain..] did not come from =XX */
    for (size_t i = 0; i < b.n; i++) {
        if (b.p[i] == '\n') {
            bool crlf = i > 0 && b.p[i - 1] == '\r' && n > plain;
            n = plain + without_trailing(text + plain, n - crlf - plain);
            memcpy(text + n, b.p + i - crlf, 1 + (size_t) crlf);
            n += 1 + (size_t) crlf;
            plain = n;
        } else if (b.p[i] != '=') {
            text[n++] = b.p[i];
        } else {
            size_t skip = soft_break(b, i + 1);
            int octet = quoted_octet(b, i + 1);
            if (skip == SIZE_MAX && octet < 0) {
                text[n++] = '=';
                continue;
            }
            if (skip == SIZE_MAX)
                text[n++] = (char) octet;
            plain = n;
            i += skip == SIZE_MAX ? 2 : skip;
        }
    }
    n = plain + without_trailing(text + plain, n - plain);
    return (struct mu_bytes){ text, n };
}

struct mu_bytes mu_part_decode(struct mu_arena *arena, const struct mu_part *part)
{
    if (strcmp(part->encoding, "quoted-printable") == 0)
        return decode_quoted_printable(arena, part->body);
    if (strcmp(part->encoding, "base64") != 0)
        return part->body;
    struct mu_bytes out;
    size_t at;
    mu_base64_read(arena, part->body, &out, &at);
    return out;
}

/* Length of a token of RFC 2047 section 2: no space, control or "especial". */
static size_t word_token(struct mu_bytes b, size_t at)
{
    size_t n = 0;
    while (at + n < b.n && b.p[at + n] > ' ' && b.p[at + n] < 127
           && strchr("()<>@,;:\"/[]?.=", b.p[at + n]) == NULL)
        n++;
    return n;
}

/* "=?" charset "?" encoding "?" text "?=" from `at` on. No step looks past the next "=?", so the
 * whole search is linear. */
static bool is_encoded_word(struct mu_bytes b, size_t at)
{
    at += 2;
    for (int i = 0; i < 2; i++) {
        size_t n = word_token(b, at);
        if (n == 0 || at + n == b.n || b.p[at + n] != '?')
            return false;
        at += n + 1;
    }
    while (at < b.n && b.p[at] > ' ' && b.p[at] < 127 && b.p[at] != '?')
        at++;
    return at + 1 < b.n && b.p[at] == '?' && b.p[at + 1] == '=';
}

bool mu_mail_has_encoded_word(struct mu_bytes text, size_t *at)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        const char *equals = memchr(text.p + i, '=', text.n - i - 1);
        if (equals == NULL)
            return false;
        i = (size_t) (equals - text.p);
        if (equals[1] == '?' && is_encoded_word(text, i)) {
            *at = i;
            return true;
        }
    }
    return false;
}
