/* Operators on markings, and the letters that they share with those on labels: what looks the same to
 * people and is not the same to machines. */
#include "document/mutate_ops.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "document/mutate_xml.h"

static void put_character(struct mu_buf *out, uint32_t code)
{
    char octet[8];
    mu_buf_put(out, octet, mu_utf8_write(code, octet));
}

/* splitmix64: one step from the seed is enough for one choice. */
size_t mu_edit_choose(const struct mu_mutation *m, size_t n)
{
    uint64_t x = m->seed + 0x9e3779b97f4a7c15U;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    x ^= x >> 31;
    return n > 0 ? (size_t) (x % n) : 0;
}

/* Cyrillic and Greek capitals and small letters that fonts draw like Latin ones. */
static const struct {
    char latin;
    const char *other;
} lookalike[] = {
    { 'A', "\u0410" }, { 'B', "\u0412" }, { 'C', "\u0421" }, { 'E', "\u0415" }, { 'H', "\u041d" },
    { 'I', "\u0406" }, { 'K', "\u039a" }, { 'M', "\u041c" }, { 'N', "\u039d" }, { 'O', "\u039f" },
    { 'P', "\u0420" }, { 'S', "\u0405" }, { 'T', "\u0422" }, { 'X', "\u0425" }, { 'Y', "\u03a5" },
    { 'Z', "\u0396" }, { 'a', "\u0430" }, { 'c', "\u0441" }, { 'e', "\u0435" }, { 'i', "\u0456" },
    { 'o', "\u043e" }, { 'p', "\u0440" }, { 's', "\u0455" }, { 'x', "\u0445" }, { 'y', "\u0443" },
};

static const char *other_of(char c)
{
    for (size_t i = 0; i < MU_COUNT(lookalike); i++)
        if (lookalike[i].latin == c)
            return lookalike[i].other;
    return NULL;
}

bool mu_edit_homoglyph(const struct mu_mutation *m, struct mu_bytes text, struct mu_bytes *out,
                       struct mu_err *err)
{
    size_t *at = mu_arena_array(m->arena, text.n + 1, sizeof *at), places = 0;
    for (size_t i = 0; i < text.n; i++)
        if (other_of(text.p[i]) != NULL)
            at[places++] = i;
    if (places == 0)
        return mu_fail(err, MU_ERR_PROFILE, "the text has no letter that another one looks like");
    size_t chosen = at[mu_edit_choose(m, places)];
    *out = mu_edit_splice(m->arena, text, chosen, 1, mu_bytes_of(other_of(text.p[chosen])));
    return true;
}

bool mu_edit_invisible(const struct mu_mutation *m, struct mu_bytes *octets, struct mu_err *err)
{
    /* Zero width space, non-joiner, joiner, word joiner, soft hyphen, byte order mark, and a right-
     * to-left override that turns round what follows. */
    static const unsigned long character[] = { 0x200b, 0x200c, 0x200d, 0x2060,
                                               0x00ad, 0xfeff, 0x202e };
    unsigned long c = character[mu_edit_choose(m, MU_COUNT(character))];
    if (m->value[0] != '\0') {
        char *end;
        c = strtoul(m->value, &end, 16);
        if (*end != '\0' || c < 0x80 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
            return mu_fail(err, MU_ERR_PROFILE, "'%s' is no number of a character above 7F",
                           m->value);
    }
    struct mu_buf out = { .arena = m->arena };
    put_character(&out, (uint32_t) c);
    *octets = mu_buf_bytes(&out);
    return true;
}

/* --- markings ----------------------------------------------------------------------------------------- */

static bool has_marking(const struct mu_message *message, struct mu_err *err)
{
    return (message->marking != NULL && message->marking[0] != '\0')
           || mu_fail(err, MU_ERR_PROFILE, "message has no marking");
}

MU_ABSTRACT(mu_mutate_marking_set)
{
    TRY(mu_edit_need_value(m, err));
    message->marking = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_marking_drop)
{
    (void) m;
    if (message->marking == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no marking");
    message->marking = message->fgcolor = message->bgcolor = NULL;
    return true;
}

MU_ABSTRACT(mu_mutate_marking_homoglyph)
{
    struct mu_bytes out;
    TRY(has_marking(message, err));
    TRY(mu_edit_homoglyph(m, mu_bytes_of(message->marking), &out, err));
    message->marking = mu_bytes_dup(m->arena, out);
    return true;
}

MU_ABSTRACT(mu_mutate_marking_invisible)
{
    struct mu_bytes octets;
    TRY(has_marking(message, err));
    TRY(mu_edit_invisible(m, &octets, err));
    struct mu_bytes text = mu_bytes_of(message->marking);
    size_t at = mu_edit_choose(m, text.n);
    while (at > 0 && ((unsigned char) text.p[at] & 0xc0) == 0x80)
        at--;
    message->marking = mu_bytes_dup(m->arena, mu_edit_splice(m->arena, text, at, 0, octets));
    return true;
}

/* Each printable US-ASCII character as its full width form. */
MU_ABSTRACT(mu_mutate_marking_full_width)
{
    TRY(has_marking(message, err));
    struct mu_buf out = { .arena = m->arena };
    for (const char *p = message->marking; *p != '\0'; p++)
        if (*p > ' ' && *p < 0x7f)
            put_character(&out, (uint32_t) *p + 0xfee0);
        else
            mu_buf_putc(&out, *p);
    message->marking = mu_buf_text(&out);
    return true;
}

/* Accented letters of French in two characters (NFD). */
MU_ABSTRACT(mu_mutate_marking_decompose)
{
    static const struct {
        const char *one, *two;
    } row[] = {
        { "\u00c0", "A\u0300" }, { "\u00c7", "C\u0327" }, { "\u00c8", "E\u0300" },
        { "\u00c9", "E\u0301" }, { "\u00ca", "E\u0302" }, { "\u00ce", "I\u0302" },
        { "\u00d4", "O\u0302" }, { "\u00e0", "a\u0300" }, { "\u00e8", "e\u0300" },
        { "\u00e9", "e\u0301" }, { "\u00ea", "e\u0302" },
    };
    TRY(has_marking(message, err));
    struct mu_buf out = { .arena = m->arena };
    bool changed = false;
    for (const char *p = message->marking; *p != '\0';) {
        size_t i = 0;
        while (i < MU_COUNT(row) && strncmp(p, row[i].one, 2) != 0)
            i++;
        if (i < MU_COUNT(row))
            mu_buf_puts(&out, row[i].two);
        else
            mu_buf_putc(&out, *p);
        p += i < MU_COUNT(row) ? 2 : 1;
        changed = changed || i < MU_COUNT(row);
    }
    if (!changed)
        return mu_fail(err, MU_ERR_PROFILE, "the marking has no accented letter");
    message->marking = mu_buf_text(&out);
    return true;
}

MU_ABSTRACT(mu_mutate_marking_lower_case)
{
    TRY(has_marking(message, err));
    char *text = mu_bytes_dup(m->arena, mu_bytes_of(message->marking));
    for (char *p = text; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char) (*p - 'A' + 'a');
    if (strcmp(text, message->marking) == 0)
        return mu_fail(err, MU_ERR_PROFILE, "the marking has no capital letter");
    message->marking = text;
    return true;
}

/* The text is to be seen as much as it can be: not at all. */
MU_ABSTRACT(mu_mutate_marking_hide)
{
    (void) m;
    TRY(has_marking(message, err));
    message->fgcolor = message->bgcolor = "white";
    return true;
}
