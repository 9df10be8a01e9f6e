#include "format/unicode.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "base/utf8.h"

/* UTF-16, as ICU wants it; n < 0: the text is too long or no UTF-8. */
struct wide {
    UChar *p;
    int32_t n;
};

bool mu_unicode_is_ascii(struct mu_bytes b)
{
    for (size_t i = 0; i < b.n; i++)
        if ((unsigned char) b.p[i] >= 0x80)
            return false;
    return true;
}

static struct wide widen(struct mu_arena *arena, struct mu_bytes b)
{
    struct wide w = { mu_arena_array(arena, b.n + 1, sizeof(UChar)), -1 };
    UErrorCode status = U_ZERO_ERROR;
    if (b.n < INT32_MAX)
        u_strFromUTF8(w.p, (int32_t) b.n + 1, &w.n, b.p, (int32_t) b.n, &status);
    if (U_FAILURE(status))
        w.n = -1;
    return w;
}

static struct mu_bytes narrow(struct mu_arena *arena, struct wide w)
{
    size_t room = (size_t) w.n * 3 + 1;
    char *out = mu_arena_alloc(arena, room);
    int32_t n = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8(out, room > INT32_MAX ? INT32_MAX : (int32_t) room, &n, w.p, w.n, &status);
    return U_FAILURE(status) ? MU_BYTES("") : (struct mu_bytes){ out, (size_t) n };
}

/* Shared shape of ICU's string functions: result longer than the source, so room is asked first. */
typedef int32_t icu_step(const struct wide *from, UChar *to, int32_t room, UErrorCode *status);

static int32_t to_nfc(const struct wide *from, UChar *to, int32_t room, UErrorCode *status)
{
    return unorm2_normalize(unorm2_getNFCInstance(status), from->p, from->n, to, room, status);
}

/* NFD without the marks that it sets free. */
static int32_t to_bare(const struct wide *from, UChar *to, int32_t room, UErrorCode *status)
{
    int32_t n = unorm2_normalize(unorm2_getNFDInstance(status), from->p, from->n, to, room, status);
    int32_t kept = 0;
    if (U_FAILURE(*status) || n > room)
        return n; /* asked for the room: what is dropped makes it no larger */
    for (int32_t i = 0; i < n; i++)
        if (u_charType(to[i]) != U_NON_SPACING_MARK)
            to[kept++] = to[i];
    return kept;
}

static int32_t to_upper(const struct wide *from, UChar *to, int32_t room, UErrorCode *status)
{
    return u_strToUpper(to, room, from->p, from->n, "", status);
}

static int32_t to_folded(const struct wide *from, UChar *to, int32_t room, UErrorCode *status)
{
    return u_strFoldCase(to, room, from->p, from->n, U_FOLD_CASE_DEFAULT, status);
}

/* What the step makes of the text; the text itself when ICU refuses it. */
static struct mu_bytes transform(struct mu_arena *arena, struct mu_bytes text, icu_step *step)
{
    struct wide from = widen(arena, text), to;
    UErrorCode status = U_ZERO_ERROR;
    if (from.n < 0)
        return text;
    to.n = step(&from, NULL, 0, &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status))
        return text;
    status = U_ZERO_ERROR;
    to.p = mu_arena_array(arena, (size_t) to.n + 1, sizeof(UChar));
    to.n = step(&from, to.p, to.n + 1, &status);
    return U_FAILURE(status) ? text : narrow(arena, to);
}

struct mu_bytes mu_unicode_nfc(struct mu_arena *arena, struct mu_bytes text)
{
    return mu_unicode_is_ascii(text) ? text : transform(arena, text, to_nfc);
}

bool mu_unicode_is_nfc(struct mu_arena *arena, struct mu_bytes text)
{
    UErrorCode status = U_ZERO_ERROR;
    if (mu_unicode_is_ascii(text))
        return true;
    struct wide w = widen(arena, text);
    return w.n >= 0 && unorm2_isNormalized(unorm2_getNFCInstance(&status), w.p, w.n, &status)
           && U_SUCCESS(status);
}

/* Of US-ASCII, which needs no ICU, a copy with the letters from `first` on, 26 of them, in the other case. */
static struct mu_bytes ascii_case(struct mu_arena *arena, struct mu_bytes text, char first)
{
    char *out = mu_arena_strndup(arena, text.p, text.n);
    for (size_t i = 0; i < text.n; i++)
        if (out[i] >= first && out[i] < first + 26)
            out[i] = (char) (out[i] ^ 0x20);
    return (struct mu_bytes){ out, text.n };
}

struct mu_bytes mu_unicode_upper(struct mu_arena *arena, struct mu_bytes text)
{
    return mu_unicode_is_ascii(text) ? ascii_case(arena, text, 'a')
                                     : transform(arena, text, to_upper);
}

struct mu_bytes mu_unicode_fold(struct mu_arena *arena, struct mu_bytes text)
{
    return mu_unicode_is_ascii(text) ? ascii_case(arena, text, 'A')
                                     : transform(arena, text, to_folded);
}

struct mu_bytes mu_unicode_bare(struct mu_arena *arena, struct mu_bytes text)
{
    return mu_unicode_is_ascii(text) ? text : transform(arena, text, to_bare);
}

/* The white space that `text` has at `i`, or what else: *next is behind it. US-ASCII needs no ICU. */
static bool space_at(struct mu_bytes text, size_t i, size_t *next)
{
    unsigned char byte = (unsigned char) text.p[i];
    *next = i + 1;
    if (byte < 0x80)
        return byte == ' ' || (byte >= '\t' && byte <= '\r');
    UChar32 c;
    int32_t at = 0, left = text.n - i < 4 ? (int32_t) (text.n - i) : 4;
    U8_NEXT((const uint8_t *) text.p + i, at, left, c);
    *next = i + (size_t) at;
    return c >= 0 && u_isUWhiteSpace(c);
}

struct mu_bytes mu_unicode_collapse(struct mu_arena *arena, struct mu_bytes text)
{
    char *out = mu_arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0, next; i < text.n; i = next) {
        if (!space_at(text, i, &next)) {
            memcpy(out + n, text.p + i, next - i);
            n += next - i;
        } else if (n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        }
    }
    if (n > 0 && out[n - 1] == ' ')
        out[--n] = '\0';
    return (struct mu_bytes){ out, n };
}

bool mu_unicode_is_trimmed(struct mu_bytes b)
{
    UChar32 first = 0, last = 0;
    int32_t at = 0, end = b.n > INT32_MAX ? INT32_MAX : (int32_t) b.n;
    if (end > 0) {
        U8_NEXT((const uint8_t *) b.p, at, end, first);
        U8_PREV((const uint8_t *) b.p, 0, end, last);
    }
    return !(first > 0 && u_isUWhiteSpace(first)) && !(last > 0 && u_isUWhiteSpace(last));
}

bool mu_unicode_is_space(uint32_t code)
{
    return u_isUWhiteSpace((UChar32) code);
}

bool mu_unicode_has_loose_mark(struct mu_arena *arena, struct mu_bytes text)
{
    if (mu_unicode_is_ascii(text))
        return false;
    struct mu_bytes nfc = mu_unicode_nfc(arena, text);
    for (size_t i = 0, n; i<nfc.n; i += n> 0 ? n : 1) {
        uint32_t code;
        n = mu_utf8_read(mu_bytes_from(nfc, i), &code);
        int8_t type = n > 0 ? u_charType((UChar32) code) : U_UNASSIGNED;
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK)
            return true;
    }
    return false;
}

/* Opened before the fork and only read after it: ICU says a checker may be shared then. */
static USpoofChecker *checker;

bool mu_unicode_start(struct mu_err *err)
{
    static const UChar probe[] = { 'e', 0x301, 0x41d, 0 };
    UErrorCode status = U_ZERO_ERROR;
    UChar out[32];
    if (checker != NULL)
        return true;
    checker = uspoof_open(&status);
    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_MIXED_NUMBERS | USPOOF_INVISIBLE,
                     &status);
    uspoof_check(checker, probe, -1, NULL, &status);
    uspoof_getSkeleton(checker, 0, probe, -1, out, (int32_t) MU_COUNT(out), &status);
    unorm2_normalize(unorm2_getNFCInstance(&status), probe, -1, out, (int32_t) MU_COUNT(out),
                     &status);
    u_strToUpper(out, (int32_t) MU_COUNT(out), probe, -1, "", &status);
    if (U_SUCCESS(status))
        return true;
    return mu_fail(err, MU_ERR_IO, "ICU cannot be used: %s", u_errorName(status));
}

size_t mu_unicode_columns(struct mu_bytes b)
{
    size_t columns = 0;
    for (size_t i = 0, n; i<b.n; i += n> 0 ? n : 1) {
        uint32_t code;
        n = mu_utf8_read(mu_bytes_from(b, i), &code);
        UChar32 c = n > 0 ? (UChar32) code : 0xfffd;
        int wide = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        int8_t type = u_charType(c);
        if (type != U_NON_SPACING_MARK && type != U_ENCLOSING_MARK)
            columns += wide == U_EA_FULLWIDTH || wide == U_EA_WIDE ? 2 : 1;
    }
    return columns;
}

/* Text of a message document has what is invisible as \u{XXXX}; labels have it as it is. */
bool mu_unicode_is_invisible(struct mu_bytes b)
{
    for (size_t i = 0, n; i < b.n; i += n) {
        uint32_t code;
        n = mu_utf8_read(mu_bytes_from(b, i), &code);
        if (n == 0 || mu_bytes_start_nocase(mu_bytes_from(b, i), MU_BYTES("\\u{")))
            return true;
        UChar32 c = (UChar32) code;
        if (c == '\t' || c == '\n' || c == '\r')
            continue;
        if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)
            || u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL) || u_charType(c) == U_CONTROL_CHAR
            || u_charType(c) == U_FORMAT_CHAR || u_charType(c) == U_UNASSIGNED)
            return true;
    }
    return false;
}

/* A word of one script each is no mixture: two languages may stand in one marking. */
static bool has_mixed_word(const struct wide *w)
{
    UErrorCode status = U_ZERO_ERROR;
    for (int32_t from = 0, i = 0; i <= w->n; i++) {
        if (i < w->n && (u_isalnum(w->p[i]) || w->p[i] >= 0x300))
            continue;
        if (i > from && uspoof_check(checker, w->p + from, i - from, NULL, &status) != 0)
            return true;
        from = i + 1;
    }
    return false;
}

/* Unicode TR 39: letters that are not ASCII but whose skeleton is. */
static bool looks_ascii(struct mu_arena *arena, const struct wide *w)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t room = w->n < INT32_MAX / 20
                       ? w->n * 20 + 1
                       : w->n; /* no confusable has a longer skeleton (U+FDFA: 18) */
    UChar *skeleton = mu_arena_array(arena, (size_t) room, sizeof *skeleton);
    UChar *thin = mu_arena_array(arena, (size_t) w->n + 1, sizeof *thin);
    for (int32_t i = 0; i < w->n; i++) /* TR 39 leaves fullwidth letters to normalization */
        thin[i] = w->p[i] >= 0xff01 && w->p[i] <= 0xff5e ? (UChar) (w->p[i] - 0xfee0) : w->p[i];
    int32_t n = uspoof_getSkeleton(checker, 0, thin, w->n, skeleton, room, &status);
    for (int32_t i = 0; i < n && U_SUCCESS(status); i++)
        if (skeleton[i] >= 0x80)
            return false;
    return U_SUCCESS(status);
}

bool mu_unicode_lookalike(struct mu_arena *arena, struct mu_bytes text)
{
    if (mu_unicode_is_invisible(text))
        return true;
    if (mu_unicode_is_ascii(text) || checker == NULL)
        return false;
    struct wide w = widen(arena, text);
    return w.n < 0 || has_mixed_word(&w) || looks_ascii(arena, &w);
}
