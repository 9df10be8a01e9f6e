#include "core/veil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "core/sap.h"
#include "core/token.h"

void mu_veil_start(struct mu_veil *veil, struct mu_bytes key, uint64_t run_key, bool takes)
{
    unsigned char raw[MU_DIGEST_BYTES];
    char hex[MU_DIGEST_TEXT];
    *veil = (struct mu_veil){ .run_key = run_key, .takes = takes };
    mu_digest_key(key, &veil->key);
    mu_digest_keyed(&veil->key, MU_BYTES("muster: which key"), raw);
    mu_hex_write(raw, sizeof raw, hex);
    memcpy(veil->id, hex, MU_VEIL_DIGITS);
}

void mu_veil_digest(const struct mu_veil *veil, struct mu_bytes data, char hex[MU_DIGEST_TEXT])
{
    unsigned char raw[MU_DIGEST_BYTES];
    mu_digest_keyed(&veil->key, data, raw);
    mu_hex_write(raw, sizeof raw, hex);
}

void mu_veil_write(struct mu_veil *veil, struct mu_bytes foreign, char text[MU_VEIL_TEXT])
{
    char hex[MU_DIGEST_TEXT];
    text[0] = '\0';
    if (foreign.n == 0)
        return;
    mu_veil_digest(veil, foreign, hex);
    hex[MU_VEIL_DIGITS] = '\0';
    veil->issued[veil->issues++ % MU_VEIL_ISSUED] = strtoull(hex, NULL, 16);
    snprintf(text, MU_VEIL_TEXT, "[%zu octet%s, hmac-sha256 %.*s]", foreign.n,
             foreign.n == 1 ? "" : "s", MU_VEIL_DIGITS, hex);
}

const char *mu_veil_text(struct mu_veil *veil, struct mu_arena *arena, const char *foreign)
{
    char text[MU_VEIL_TEXT];
    if (veil == NULL)
        return foreign;
    mu_veil_write(veil, mu_bytes_of(foreign), text);
    return mu_arena_strndup(arena, text, strlen(text));
}

/* --- what is ours ----------------------------------------------------------------------------------- */

static bool issued(const struct mu_veil *veil, uint64_t digest)
{
    size_t n = veil->issues < MU_VEIL_ISSUED ? veil->issues : MU_VEIL_ISSUED;
    for (size_t i = 0; i < n; i++)
        if (veil->issued[i] == digest)
            return true;
    return veil->takes;
}

/* How long the text made by a veil is that stands here; 0: there is none. */
static size_t veiled(const struct mu_veil *veil, const char *text)
{
    static const char unit[] = " octet", kind[] = ", hmac-sha256 ";
    const char *p = text + 1, *digits;
    char hex[MU_VEIL_DIGITS + 1];
    size_t n = *text == '[' ? strspn(p, "0123456789") : 0;
    p += n;
    if (n == 0 || n > 9 || strncmp(p, unit, sizeof unit - 1) != 0)
        return 0;
    p += sizeof unit - 1;
    p += *p == 's';
    if (strncmp(p, kind, sizeof kind - 1) != 0)
        return 0;
    digits = p + sizeof kind - 1;
    if (strspn(digits, "0123456789abcdef") != MU_VEIL_DIGITS || digits[MU_VEIL_DIGITS] != ']')
        return 0;
    memcpy(hex, digits, MU_VEIL_DIGITS);
    hex[MU_VEIL_DIGITS] = '\0';
    return issued(veil, strtoull(hex, NULL, 16)) ? (size_t) (digits - text) + MU_VEIL_DIGITS + 1
                                                 : 0;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static bool number(const char *word, size_t n)
{
    return n <= 9 && strspn(word, "0123456789") >= n;
}

static bool capability(const char *word, size_t n)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int) (n < sizeof name ? n : 0), word);
    return mu_capability_find(name) != NULL;
}

/* A word, or several that are joined by a hyphen, a full stop or an underscore. */
static bool known(const struct mu_veil *veil, const char *word, size_t n)
{
    if (number(word, n) || mu_veil_word(word, n) || capability(word, n)
        || (veil->word != NULL && veil->word(veil->self, word, n)))
        return true;
    size_t part = strcspn(word, "-._");
    if (part >= n)
        return false;
    for (size_t at = 0; at < n; at += part + 1) {
        part = strcspn(word + at, "-._");
        part = part < n - at ? part : n - at;
        if (part > 0 && !number(word + at, part) && !mu_veil_word(word + at, part))
            return false;
    }
    return true;
}

bool mu_veil_ours(const struct mu_veil *veil, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        size_t n = veiled(veil, p);
        if (n == 0) {
            n = strspn(p, LETTERS "-._");
            if (n > 0 && !known(veil, p, n))
                return false;
        }
        if (n == 0) /* what stands between words */
            n = strspn(p, " ,;:()'=/|");
        if (n == 0)
            return false;
        p += n;
    }
    return true;
}

/* --- records ---------------------------------------------------------------------------------------- */

/* What a string of a record is. */
enum place {
    FOREIGN, /* never shown: also what the table does not name       */
    OURS,    /* a sentence or a word of ours, or of the operator's   */
    CODE,    /* the same, as a reason: one that is not is "withheld" */
    MARKS,   /* one character a rule                                 */
    DIGITS,  /* a keyed digest                                       */
    TOKEN,   /* of this run, or foreign                              */
};

static const unsigned char row[MU_RECORD_LAST + 1][8] = {
    [MU_RECORD_FINDINGS] = { OURS, MARKS },
    [MU_RECORD_BREAK] = { OURS, FOREIGN, FOREIGN, FOREIGN, FOREIGN },
    [MU_RECORD_EXPECT] = { OURS, OURS, OURS },
    [MU_RECORD_PART] = { DIGITS },
    [MU_RECORD_NOTE] = { OURS },
    [MU_RECORD_DONE] = { CODE, CODE },
    [MU_RECORD_AGAIN] = { CODE },
    [MU_RECORD_CLAIM] = { TOKEN },
    [MU_RECORD_LATE] = { TOKEN, FOREIGN },
    [MU_RECORD_COMPARED] = { OURS, OURS, OURS, OURS, OURS, FOREIGN, FOREIGN, FOREIGN },
};

/* An adapter's: the state, then names and values. Only values of closed lists are shown. */
static enum place place_of_fact(const struct mu_record *record, unsigned i)
{
    static const char *const closed[] = { "role", "each", "in_flight", "skew_ms", "cap.status" };
    const char *name = mu_record_text(record, i - 1);
    if (i == 0 || i % 2 == 1)
        return OURS;
    if (strcmp(name, "reason") == 0)
        return CODE;
    if (strcmp(name, "cap") == 0)
        return OURS; /* one of the list; others are not */
    for (size_t c = 0; c < MU_COUNT(closed); c++)
        if (strcmp(name, closed[c]) == 0)
            return OURS;
    return FOREIGN;
}

static void put_token(const struct mu_veil *veil, const char *text, struct mu_record *out)
{
    struct mu_token token;
    char mine[MU_TOKEN_TEXT] = "";
    if (mu_token_find(veil->run_key, mu_bytes_of(text), &token))
        mu_token_write(veil->run_key, token, mine);
    mu_record_put(out, mine);
}

static bool of_letters(const char *text, const char *letters)
{
    return strspn(text, letters) == strlen(text);
}

static void put(struct mu_veil *veil, enum place place, const char *text, struct mu_record *out)
{
    char hidden[MU_VEIL_TEXT];
    bool shown = ((place == OURS || place == CODE) && mu_veil_ours(veil, text))
                 || (place == MARKS && of_letters(text, "hb-"))
                 || (place == DIGITS && of_letters(text, "0123456789abcdef"))
                 || (*text == '[' && veiled(veil, text) == strlen(text));
    if (place == TOKEN) {
        put_token(veil, text, out);
    } else if (shown) {
        mu_record_put(out, text);
    } else if (place == CODE) {
        mu_record_put(out, "withheld");
    } else {
        mu_veil_write(veil, mu_bytes_of(text), hidden);
        mu_record_put(out, hidden);
    }
}

void mu_veil_record(struct mu_veil *veil, const struct mu_record *record, struct mu_record *out)
{
    memcpy(out, record, offsetof(struct mu_record, text));
    out->used = 0;
    const char *p = record->text, *end = record->text + record->used;
    for (unsigned i = 0; p < end; i++, p += strlen(p) + 1) {
        enum place place = i < sizeof row[0] && record->type <= MU_RECORD_LAST
                               ? (enum place) row[record->type][i]
                               : FOREIGN;
        if (record->type == MU_RECORD_ADAPTER)
            place = place_of_fact(record, i);
        put(veil, place, p, out);
    }
}
