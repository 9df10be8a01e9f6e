#include "policy/names.h"

#include <assert.h>

#include "base/utf8.h"
#include "format/unicode.h"

/* Odd, with as many ones as noughts: a multiplication carries each bit of a word into the upper half. */
#define HASH_STEP 0x9e3779b97f4a7c15U

static inline uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * HASH_STEP;
    return hash ^ hash >> 32;
}

/* Eight octets a step, the last ones over again: steps wait for each other, so that octet by octet
 * would take most of a look-up. */
static inline uint32_t hash_of(const char *text, size_t n)
{
    uint64_t hash = n, word = 0;
    uint32_t half[2];
    for (size_t i = 0; i + sizeof word < n; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        hash = mixed(hash, word);
    }
    if (n >= sizeof word) {
        memcpy(&word, text + n - sizeof word, sizeof word);
    } else if (n >= sizeof half[0]) {
        memcpy(&half[0], text, sizeof half[0]);
        memcpy(&half[1], text + n - sizeof half[1], sizeof half[1]);
        word = (uint64_t) half[0] << 32 | half[1];
    } else if (n > 0) {
        word = (uint64_t) (unsigned char) text[0] << 16
               | (uint64_t) (unsigned char) text[n / 2] << 8 | (unsigned char) text[n - 1];
    }
    return (uint32_t) mixed(hash, word);
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One pass over US-ASCII; false: there is something else in it, or the name is too long. Both paths
 * measure the name as it is written, so that it does not matter which one takes it. */
static bool make_ascii(struct mu_key *key, const char *name, bool fold)
{
    size_t n = 0;
    bool space = false;
    for (size_t i = 0; name[i] != '\0'; i++) {
        unsigned char c = (unsigned char) name[i];
        if (c >= 0x80 || i + 1 >= MU_KEY_MAX)
            return false;
        if (is_space(c)) {
            space = n > 0;
            continue;
        }
        if (space) {
            key->text[n++] = ' ';
            space = false;
        }
        if (fold && c >= 'A' && c <= 'Z')
            c = (unsigned char) (c + ('a' - 'A'));
        key->text[n++] = (char) c;
    }
    key->text[n] = '\0';
    key->n = n;
    key->hash = hash_of(key->text, n);
    return true;
}

/* Folding can undo normalization, so that comes last, too. */
static bool make_wide(struct mu_key *key, const char *name, bool fold)
{
    struct mu_bytes text = mu_bytes_of(name);
    if (text.n >= MU_KEY_MAX || mu_utf8_defect(text) != SIZE_MAX)
        return false;
    struct mu_arena *scratch = mu_arena_new((size_t) 64 * MU_KEY_MAX);
    text = mu_unicode_collapse(scratch, mu_unicode_nfc(scratch, text));
    if (fold)
        text = mu_unicode_nfc(scratch, mu_unicode_fold(scratch, text));
    bool fits = text.n < MU_KEY_MAX;
    if (fits) {
        memcpy(key->text, text.p, text.n);
        key->text[text.n] = '\0';
        key->n = text.n;
        key->hash = hash_of(key->text, key->n);
    }
    mu_arena_free(scratch);
    return fits;
}

bool mu_key_make(struct mu_key *key, const char *name, bool fold)
{
    return make_ascii(key, name, fold) || make_wide(key, name, fold);
}

/* Names are nearly always the same to the letter, and then need no keys. */
static bool same_ascii(const char *a, const char *b)
{
    size_t i = 0;
    while (i < MU_KEY_MAX && a[i] == b[i] && a[i] != '\0' && (unsigned char) a[i] < 0x80)
        i++;
    return i < MU_KEY_MAX && a[i] == '\0' && b[i] == '\0';
}

bool mu_key_same(const char *a, const char *b, bool fold)
{
    struct mu_key left, right;
    if (a == NULL || b == NULL)
        return false;
    return same_ascii(a, b)
           || (mu_key_make(&left, a, fold) && mu_key_make(&right, b, fold)
               && left.hash == right.hash && left.n == right.n
               && memcmp(left.text, right.text, left.n) == 0);
}

const char *mu_key_text(struct mu_arena *arena, const char *name, bool fold)
{
    struct mu_key key;
    return mu_key_make(&key, name, fold) ? mu_arena_strndup(arena, key.text, key.n) : "";
}

/* --- the hash --------------------------------------------------------------------------------------- */

struct entry {
    const char *text; /* NULL: free */
    uint32_t hash, scope, number;
};

/* The texts stand close together: looking up many names then stays in few cache lines. */
#define POOL_BYTES ((size_t) 1024)

struct mu_names {
    struct mu_arena *arena;
    struct entry *entry;
    uint32_t mask, used;
    char *pool; /* where the next text goes */
    size_t left;
};

struct mu_names *mu_names_new(struct mu_arena *arena, size_t count)
{
    struct mu_names *names = mu_new(arena, struct mu_names);
    size_t room = 16;
    while (room < count * 2)
        room *= 2;
    *names = (struct mu_names){ .arena = arena,
                                .entry = mu_arena_array(arena, room, sizeof *names->entry),
                                .mask = (uint32_t) (room - 1) };
    return names;
}

static inline struct entry *slot_of(const struct mu_names *names, uint32_t scope, const char *text,
                                    uint32_t hash)
{
    hash ^= scope * 0x9e3779b1U;
    for (uint32_t i = hash & names->mask;; i = (i + 1) & names->mask) {
        struct entry *e = &names->entry[i];
        if (e->text == NULL || (e->hash == hash && e->scope == scope && strcmp(e->text, text) == 0))
            return e;
    }
}

static const char *keep(struct mu_names *names, const char *text)
{
    size_t n = strlen(text) + 1;
    if (n > names->left) {
        names->left = n > POOL_BYTES ? n : POOL_BYTES;
        names->pool = mu_arena_alloc(names->arena, names->left);
    }
    const char *kept = memcpy(names->pool, text, n);
    names->pool += n;
    names->left -= n;
    return kept;
}

static uint32_t add(struct mu_names *names, uint32_t scope, const char *text, uint32_t hash,
                    uint32_t number)
{
    struct entry *e = slot_of(names, scope, text, hash);
    if (e->text != NULL)
        return e->number;
    assert(names->used < names->mask); /* a full table would be searched for ever */
    names->used++;
    *e = (struct entry){ .text = keep(names, text),
                         .hash = hash ^ scope * 0x9e3779b1U,
                         .scope = scope,
                         .number = number };
    return UINT32_MAX;
}

uint32_t mu_names_add(struct mu_names *names, uint32_t scope, const struct mu_key *key,
                      uint32_t number)
{
    return add(names, scope, key->text, key->hash, number);
}

uint32_t mu_names_find(const struct mu_names *names, uint32_t scope, const struct mu_key *key)
{
    const struct entry *e = slot_of(names, scope, key->text, key->hash);
    return e->text != NULL ? e->number : UINT32_MAX;
}

uint32_t mu_names_add_name(struct mu_names *names, uint32_t scope, const char *name, bool fold,
                           uint32_t number)
{
    struct mu_key key;
    if (!mu_key_make(&key, name, fold))
        return UINT32_MAX;
    uint32_t there = mu_names_add(names, scope, &key, number);
    add(names, scope, name, hash_of(name, strlen(name)), there != UINT32_MAX ? there : number);
    return there;
}

static uint32_t find_key(const struct mu_names *names, uint32_t scope, const char *name, bool fold)
{
    struct mu_key key;
    return mu_key_make(&key, name, fold) ? mu_names_find(names, scope, &key) : UINT32_MAX;
}

/* What is written as it was added needs no key: a key is its own key, so a name that is the text of
 * another's key is the same name. */
uint32_t mu_names_find_name(const struct mu_names *names, uint32_t scope, const char *name,
                            bool fold)
{
    const struct entry *e = slot_of(names, scope, name, hash_of(name, strlen(name)));
    return e->text != NULL ? e->number : find_key(names, scope, name, fold);
}
