/* words.h - enums and the words that files and reports use for them: tables, both ways. */
#ifndef MU_CORE_WORDS_H
#define MU_CORE_WORDS_H

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/compiler.h"

static inline const char *mu_word(const char *const *word, size_t count, int value)
{
    assert(value >= 0 && (size_t) value < count && word[value] != NULL);
    return word[value];
}

/* Index of `text`, or -1. */
static inline int mu_word_find(const char *const *word, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (word[i] != NULL && strcmp(word[i], text) == 0)
            return (int) i;
    return -1;
}

#endif
