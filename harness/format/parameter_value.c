#include <assert.h>
#include <stdint.h>

#include "base/codec.h"
#include "base/utf8.h"
#include "format/mail.h"
#include "format/parameter_scan.h"

/*
 * Charsets by tables of ours: iconv() opens a file for each charset it has not met, and after the
 * seal nothing can be opened. `odd` lists where a single-octet charset differs from ISO-8859-1.
 */
struct odd {
    unsigned char octet;
    uint16_t code;
};

static const struct odd latin9[] = {
    { 0xa4, 0x20ac }, { 0xa6, 0x0160 }, { 0xa8, 0x0161 }, { 0xb4, 0x017d },
    { 0xb8, 0x017e }, { 0xbc, 0x0152 }, { 0xbd, 0x0153 }, { 0xbe, 0x0178 },
};

/* 81, 8D, 8F, 90 and 9D are not assigned and stay the controls that they are in ISO-8859-1. */
static const struct odd windows1252[] = {
    { 0x80, 0x20ac }, { 0x82, 0x201a }, { 0x83, 0x0192 }, { 0x84, 0x201e }, { 0x85, 0x2026 },
    { 0x86, 0x2020 }, { 0x87, 0x2021 }, { 0x88, 0x02c6 }, { 0x89, 0x2030 }, { 0x8a, 0x0160 },
    { 0x8b, 0x2039 }, { 0x8c, 0x0152 }, { 0x8e, 0x017d }, { 0x91, 0x2018 }, { 0x92, 0x2019 },
    { 0x93, 0x201c }, { 0x94, 0x201d }, { 0x95, 0x2022 }, { 0x96, 0x2013 }, { 0x97, 0x2014 },
    { 0x98, 0x02dc }, { 0x99, 0x2122 }, { 0x9a, 0x0161 }, { 0x9b, 0x203a }, { 0x9c, 0x0153 },
    { 0x9e, 0x017e }, { 0x9f, 0x0178 },
};

enum form { ASCII, UTF8, SINGLE };

static const struct charset {
    const char *name;
    enum form form;
    const struct odd *odd;
    size_t odds;
} charset[] = {
    { "utf-8", UTF8, NULL, 0 },
    { "us-ascii", ASCII, NULL, 0 },
    { "iso-8859-1", SINGLE, NULL, 0 },
    { "iso-8859-15", SINGLE, latin9, MU_COUNT(latin9) },
    { "windows-1252", SINGLE, windows1252, MU_COUNT(windows1252) },
};

/* The value while it is put together. */
struct value {
    struct mu_arena *arena;
    struct mu_parameter *out;
    char *p;
    size_t n;
    struct mu_span *span;
    size_t room;
    const struct charset *charset; /* NULL: octets stay as they are */
};

static void begin_span(struct value *v, size_t offset)
{
    size_t n = v->out->spans;
    assert(n <= v->room && (n == 0 || v->span != NULL));
    if (n > 0 && v->span[n - 1].value_at == v->n) { /* nothing came of the last one */
        v->span[n - 1].offset = offset;
        return;
    }
    if (n == v->room) {
        v->room = n == 0 ? 4 : n * 2;
        struct mu_span *grown = mu_arena_array(v->arena, v->room, sizeof *grown);
        if (n > 0)
            memcpy(grown, v->span, n * sizeof *grown);
        v->span = grown;
    }
    v->span[v->out->spans++] = (struct mu_span){ v->n, offset };
}

static bool is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

/* Length of the fold at `at` (CRLF or bare LF before white space or the end); 0: there is none. A bare
 * CR is no fold. */
static size_t fold_at(struct mu_bytes b, size_t at)
{
    if (b.p[at] == '\n')
        return 1;
    return b.p[at] == '\r' && at + 1 < b.n && b.p[at + 1] == '\n' ? 2 : 0;
}

/* Put plain text: folds go (the white space after them stays), quoted-pairs lose the backslash. */
static void put_plain(struct value *v, const struct mu_segment *segment)
{
    struct mu_bytes b = segment->text;
    begin_span(v, segment->text_offset);
    for (size_t i = 0; i < b.n;) {
        size_t run = i, fold;
        while (run < b.n && !is_line_end(b.p[run]) && b.p[run] != '\\')
            run++;
        memcpy(v->p + v->n, b.p + i, run - i);
        v->n += run - i;
        i = run;
        if (i == b.n)
            break;
        fold = fold_at(b, i);
        if (fold > 0) {
            i += fold;
            begin_span(v, segment->text_offset + i);
            continue;
        }
        if (b.p[i] == '\\' && segment->quoted && i + 1 < b.n)
            begin_span(v, segment->text_offset + ++i);
        v->p[v->n++] =
            b.p[i++]; /* the pair's octet, a bare CR, or a backslash that starts no pair */
    }
}

static void put_octet(struct value *v, unsigned char octet)
{
    uint32_t code = octet;
    if (octet < 128 || v->charset == NULL || v->charset->form != SINGLE) {
        if (octet > 127 && v->charset != NULL && v->charset->form == ASCII)
            v->out->defects |= MU_PARAMETER_CHARSET;
        v->p[v->n++] = (char) octet;
        return;
    }
    for (size_t i = 0; i < v->charset->odds; i++)
        if (v->charset->odd[i].octet == octet)
            code = v->charset->odd[i].code;
    v->n += mu_utf8_write(code, v->p + v->n);
}

/* The octet that "%XX" at `at` stands for, or -1. */
static int percent_octet(struct value *v, struct mu_bytes b, size_t at)
{
    int high = at + 1 < b.n ? mu_hex_digit(b.p[at + 1]) : -1;
    int low = at + 2 < b.n ? mu_hex_digit(b.p[at + 2]) : -1;
    if (high < 0 || low < 0) {
        v->out->defects |= MU_PARAMETER_PERCENT;
        return -1;
    }
    if (b.p[at + 1] >= 'a' || b.p[at + 2] >= 'a')
        v->out->defects |= MU_PARAMETER_LOWER_HEX;
    return high << 4 | low;
}

/* RFC 2231 4: %XX is an octet; what else may stand here stands for itself. */
static void put_extended(struct value *v, struct mu_bytes b, size_t offset)
{
    bool plain = false; /* is the last span one of plain octets? */
    for (size_t i = 0; i < b.n;) {
        int octet = b.p[i] == '%' ? percent_octet(v, b, i) : -1;
        size_t fold = fold_at(b, i);
        if (octet >= 0 || !plain || (unsigned char) b.p[i] > 127)
            begin_span(v, offset + i);
        plain = octet < 0 && fold == 0 && (unsigned char) b.p[i] < 128;
        if (fold == 0)
            put_octet(v, octet >= 0 ? (unsigned char) octet : (unsigned char) b.p[i]);
        i += octet >= 0 ? 3 : fold > 0 ? fold : 1;
    }
}

static const char *lower_copy(struct mu_arena *arena, struct mu_bytes b)
{
    char *copy = mu_bytes_dup(arena, b);
    for (size_t i = 0; i < b.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char) (copy[i] + ('a' - 'A'));
    return copy;
}

/* Take charset'language' off the first segment: the octets it is long, 0 when it is not there. */
static size_t take_charset(struct value *v, struct mu_bytes text)
{
    const char *first = memchr(text.p, '\'', text.n);
    size_t n = first != NULL ? (size_t) (first - text.p) : 0;
    const char *second = first != NULL ? memchr(first + 1, '\'', text.n - n - 1) : NULL;
    struct mu_bytes name = { text.p, n };
    if (second == NULL) {
        v->out->defects |= MU_PARAMETER_CHARSET;
        return 0;
    }
    v->out->extended = true;
    if (n > 0)
        v->out->charset = lower_copy(v->arena, name);
    for (size_t i = 0; i < MU_COUNT(charset); i++)
        if (mu_bytes_equal_nocase(name, mu_bytes_of(charset[i].name)))
            v->charset = &charset[i];
    if (n > 0 && v->charset == NULL)
        v->out->defects |= MU_PARAMETER_UNKNOWN_CHARSET;
    return (size_t) (second - text.p) + 1;
}

static void put_segment(struct value *v, const struct mu_segment *segment, bool first)
{
    struct mu_bytes text = segment->text;
    size_t skip = 0;
    if (!segment->extended) {
        put_plain(v, segment);
        return;
    }
    if (segment->quoted)
        v->out->defects |= MU_PARAMETER_QUOTED;
    if (first)
        skip = take_charset(v, text);
    else if (!v->out->extended || memchr(text.p, '\'', text.n) != NULL)
        v->out->defects |= MU_PARAMETER_CHARSET;
    put_extended(v, mu_bytes_from(text, skip), segment->text_offset + skip);
}

/* Octets of the longest run of `text` without a line end. */
static size_t longest_run(struct mu_bytes text)
{
    size_t longest = 0;
    for (size_t i = 0; i < text.n;) {
        const char *lf = memchr(text.p + i, '\n', text.n - i);
        size_t end = lf != NULL ? (size_t) (lf - text.p) : text.n;
        size_t run = end - i - (lf != NULL && end > i && text.p[end - 1] == '\r');
        longest = run > longest ? run : longest;
        i = end + 1;
    }
    return longest;
}

/* Sort by number; those of one number stay in the order of the field. Mostly sorted already. */
static void sort(struct mu_segment **segment, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct mu_segment *one = segment[i];
        size_t at = i;
        for (; at > 0 && segment[at - 1]->number > one->number; at--)
            segment[at] = segment[at - 1];
        segment[at] = one;
    }
}

/*
 * Which of them make the value: the form with numbers where there is one, else name*, else name; the
 * other forms beside it are "mixed", and of two with one number the first counts. Returns how many
 * are left in `segment`.
 */
static size_t choose(struct mu_segment **segment, size_t n, unsigned *defects)
{
    bool numbered = false, extended = false;
    for (size_t i = 0; i < n; i++) {
        numbered |= segment[i]->numbered;
        extended |= segment[i]->extended;
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool fits = numbered ? segment[i]->numbered : segment[i]->extended == extended;
        if (!fits)
            *defects |= MU_PARAMETER_MIXED;
        else
            segment[kept++] = segment[i];
    }
    sort(segment, kept);
    n = 0;
    for (size_t i = 0; i < kept; i++) {
        if (n > 0 && segment[n - 1]->number == segment[i]->number)
            *defects |= MU_PARAMETER_DUPLICATE;
        else
            segment[n++] = segment[i];
    }
    for (size_t i = 0; i < n; i++)
        if (segment[i]->number != i)
            *defects |= MU_PARAMETER_GAP;
    return n;
}

static void check_value(struct mu_parameter *out)
{
    struct mu_bytes b = out->value;
    bool high = false;
    size_t at;
    for (size_t i = 0; i < b.n; i++) {
        unsigned char c = (unsigned char) b.p[i];
        high |= c > 127;
        if ((c < ' ' && c != '\t') || c == 127)
            out->defects |= MU_PARAMETER_CONTROL;
        /* U+0080 to U+009F in UTF-8 */
        if (c == 0xc2 && i + 1 < b.n && (unsigned char) b.p[i + 1] < 0xa0)
            out->defects |= MU_PARAMETER_CONTROL;
    }
    if (high && !(out->defects & MU_PARAMETER_UNKNOWN_CHARSET) && mu_utf8_defect(b) != SIZE_MAX)
        out->defects |= MU_PARAMETER_BAD_UTF8;
    if (mu_mail_has_encoded_word(b, &at))
        out->defects |= MU_PARAMETER_ENCODED_WORD;
}

static bool has_eight_bit(struct mu_bytes b)
{
    unsigned char all = 0;
    for (size_t i = 0; i < b.n; i++)
        all |= (unsigned char) b.p[i];
    return all > 127;
}

/* Most parameters are one run of text that needs no copy. */
static bool is_one_run(struct mu_bytes b)
{
    return memchr(b.p, '\\', b.n) == NULL && memchr(b.p, '\r', b.n) == NULL
           && memchr(b.p, '\n', b.n) == NULL;
}

static void put_segments(struct value *v, struct mu_segment **segment, size_t n)
{
    size_t room = 1;
    for (size_t i = 0; i < n; i++)
        room += segment[i]->text.n * (segment[i]->extended ? 3 : 1);
    if (n == 1 && !segment[0]->extended && is_one_run(segment[0]->text)) {
        begin_span(v, segment[0]->text_offset);
        v->out->value = segment[0]->text;
        return;
    }
    v->p = mu_arena_alloc(v->arena, room);
    for (size_t i = 0; i < n; i++)
        put_segment(v, segment[i], i == 0 && segment[0]->number == 0);
    v->out->value = (struct mu_bytes){ v->p, v->n };
}

void mu_parameter_join(struct mu_arena *arena, struct mu_segment *first, size_t count,
                       struct mu_parameter *out)
{
    struct mu_segment **segment = mu_arena_array(arena, count, sizeof(struct mu_segment *));
    struct value v = { .arena = arena, .out = out };
    size_t n = 0;

    *out = (struct mu_parameter){ .quoted = true, .offset = first->offset };
    out->name = lower_copy(arena, first->name);
    out->segments = (uint32_t) count;
    for (struct mu_segment *s = first; s != NULL; s = s->next) {
        size_t run = longest_run(s->text);
        segment[n++] = s;
        out->octets = run > out->octets ? run : out->octets;
        out->quoted &= s->quoted;
        out->defects |=
            s->defects | (has_eight_bit(s->text) ? (unsigned) MU_PARAMETER_EIGHT_BIT : 0);
    }
    n = choose(segment, n, &out->defects);
    put_segments(&v, segment, n);
    out->span = v.span;
    check_value(out);
}
