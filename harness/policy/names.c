#include "policy/names.h"

#include <assert.h>

#include "base/utf8.h"
#include "format/unicode.h"

#define FNV_START 2166136261U
#define FNV_STEP  16777619U

static uint32_t hash_of(const char *text, size_t n)
{
    uint32_t hash = FNV_START;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char) text[i]) * FNV_STEP;
    return hash;
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One pass over US-ASCII; false: there is something else in it, or the name is too long. Both paths
 * measure the name as it is written, so that it does not matter which one takes it. */
static bool make_ascii(struct mu_key *key, const char *name, bool fold)
{
    uint32_t hash = FNV_START;
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
            hash = (hash ^ ' ') * FNV_STEP;
            space = false;
        }
        if (fold && c >= 'A' && c <= 'Z')
            c = (unsigned char) (c + ('a' - 'A'));
        key->text[n++] = (char) c;
        hash = (hash ^ c) * FNV_STEP;
    }
    key->text[n] = '\0';
    key->n = n;
    key->hash = hash;
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
        key->hash = hash_of(key->text, text.n);
    }
    mu_arena_free(scratch);
    return fits;
}

bool mu_key_make(struct mu_key *key, const char *name, bool fold)
{
    return make_ascii(key, name, fold) || make_wide(key, name, fold);
}

bool mu_key_same(const char *a, const char *b, bool fold)
{
    struct mu_key left, right;
    return a != NULL && b != NULL && mu_key_make(&left, a, fold) && mu_key_make(&right, b, fold)
           && left.hash == right.hash && left.n == right.n
           && memcmp(left.text, right.text, left.n) == 0;
}

const char *mu_key_text(struct mu_arena *arena, const char *name, bool fold)
{
    struct mu_key key;
    return mu_key_make(&key, name, fold) ? mu_arena_strndup(arena, key.text, key.n) : "";
}

/* --- the hash --------------------------------------------------------------------------------------- */

struct entry {
    const char *text; /* NULL: free */
    uint32_t n, hash, scope, number;
};

struct mu_names {
    struct mu_arena *arena;
    struct entry *entry;
    uint32_t mask, used;
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

static struct entry *slot_of(const struct mu_names *names, uint32_t scope, const struct mu_key *key)
{
    uint32_t hash = key->hash ^ scope * 0x9e3779b1U;
    for (uint32_t i = hash & names->mask;; i = (i + 1) & names->mask) {
        struct entry *e = &names->entry[i];
        if (e->text == NULL
            || (e->hash == hash && e->scope == scope && e->n == key->n
                && memcmp(e->text, key->text, key->n) == 0))
            return e;
    }
}

uint32_t mu_names_add(struct mu_names *names, uint32_t scope, const struct mu_key *key,
                      uint32_t number)
{
    struct entry *e = slot_of(names, scope, key);
    if (e->text != NULL)
        return e->number;
    assert(names->used < names->mask); /* a full table would be searched for ever */
    names->used++;
    *e = (struct entry){ .text = mu_arena_strndup(names->arena, key->text, key->n),
                         .n = (uint32_t) key->n,
                         .hash = key->hash ^ scope * 0x9e3779b1U,
                         .scope = scope,
                         .number = number };
    return UINT32_MAX;
}

uint32_t mu_names_find(const struct mu_names *names, uint32_t scope, const struct mu_key *key)
{
    const struct entry *e = slot_of(names, scope, key);
    return e->text != NULL ? e->number : UINT32_MAX;
}
