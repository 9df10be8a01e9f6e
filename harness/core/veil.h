/*
 * veil.h - a run without content: what a system under test or a message said goes nowhere.
 *
 * A veil stands where records are made (the seat of a job) and again where they are taken (the
 * coordinator). Each string of a record has a place in one table: foreign text becomes
 * "[44 octets, hmac-sha256 0123456789abcdef]"; a sentence of ours stays when every word of it is on the
 * list of our words (veil_words.c) or an id of the operator's files; a reason stays when it is such a
 * sentence. Whatever the table and the list do not know is foreign: a sentence that was forgotten is
 * hidden, not shown.
 *
 * The key is of this run alone, or a file that two sites share. It is never written.
 */
#ifndef MU_CORE_VEIL_H
#define MU_CORE_VEIL_H

#include "base/arena.h"
#include "base/digest.h"
#include "core/record.h"

#define MU_VEIL_TEXT   80  /* bytes of what stands for a text, with its NUL       */
#define MU_VEIL_DIGITS 16  /* hexadecimal digits of the keyed digest shown in it  */
#define MU_VEIL_ISSUED 256 /* of these a job knows its own again, the latest ones */

struct mu_veil {
    struct mu_digest_key key;
    char id[MU_VEIL_DIGITS + 1]; /* of the key: two runs with the same one were keyed alike */
    uint64_t run_key;            /* of tokens, which are ours                               */
    /* Is it an id of the operator's files: of a rule, a step, a capability? NULL: there are none. */
    bool (*word)(void *self, const char *word, size_t n);
    void *self;
    bool
        takes; /* it stands where records are taken: what a job's veil has made passes by its form */
    uint64_t
        issued[MU_VEIL_ISSUED]; /* where they are made: only what this one has made passes    */
    size_t issues;
};

void mu_veil_start(struct mu_veil *veil, struct mu_bytes key, uint64_t run_key, bool takes);

/* "[44 octets, hmac-sha256 0123456789abcdef]"; "" for nothing. */
void mu_veil_write(struct mu_veil *veil, struct mu_bytes foreign, char text[MU_VEIL_TEXT]);

/* The keyed digest of a file, as hexadecimal digits. */
void mu_veil_digest(const struct mu_veil *veil, struct mu_bytes data, char hex[MU_DIGEST_TEXT]);

/* Foreign text that is to stand within a sentence of ours; without a veil it stays as it is. */
const char *mu_veil_text(struct mu_veil *veil, struct mu_arena *arena, const char *foreign);

/* Is every word of it ours? */
bool mu_veil_ours(const struct mu_veil *veil, const char *text);

/* *out says what `record` says, without content. */
void mu_veil_record(struct mu_veil *veil, const struct mu_record *record, struct mu_record *out);

/* veil_words.c: the list. */
bool mu_veil_word(const char *word, size_t n);

#endif
