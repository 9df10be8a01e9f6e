/*
 * markup.h - how libFuzzer changes XML for the targets that read much of it: one value, or one empty
 * element, so that most inputs stay well-formed and reach what is behind the parser.
 */
#ifndef MU_TESTS_FUZZ_MARKUP_H
#define MU_TESTS_FUZZ_MARKUP_H

#include "tests/fuzz/fuzz.h"

#ifdef MU_FUZZ
#define FUZZ_VALUE_MAX 512 /* octets of a value that is changed */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* Where `opening` is followed by `closing`, the one that `seed` chooses; what stands between them. */
static inline bool fuzz_choose(struct mu_bytes all, const char *opening, const char *closing,
                               unsigned seed, size_t *at, size_t *n)
{
    size_t count = 0, begin = 0;
    struct mu_bytes first = mu_bytes_of(opening);
    for (size_t i = 0; (i = mu_bytes_find(all, first, i)) != SIZE_MAX; i += first.n)
        count++;
    for (size_t i = 0; count > 0 && i <= seed % count; i++)
        begin = mu_bytes_find(all, first, begin) + first.n;
    size_t end = count > 0 ? mu_bytes_find(all, mu_bytes_of(closing), begin) : SIZE_MAX;
    *at = begin;
    *n = end - begin;
    return end != SIZE_MAX;
}

/* Put `n` octets in the place of `old` ones at `at`. */
static inline size_t fuzz_replace(uint8_t *data, size_t size, size_t max, size_t at, size_t old,
                                  const uint8_t *text, size_t n)
{
    if (size - old + n > max)
        return size;
    memmove(data + at + n, data + at + old, size - at - old);
    if (n > 0)
        memcpy(data + at, text, n);
    return size - old + n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    uint8_t text[FUZZ_VALUE_MAX];
    struct mu_bytes all = { (const char *) data, size };
    unsigned way = seed % 5, which = seed / 5;
    size_t at, n;
    if (way == 0
        || !fuzz_choose(all,
                        way == 1   ? "<"
                        : way == 2 ? ">"
                                   : "=\"",
                        way == 1   ? "/>"
                        : way == 2 ? "<"
                                   : "\"",
                        which, &at, &n)
        || n > sizeof text - 3)
        return LLVMFuzzerMutate(data, size, max);
    if (way == 1) { /* the element goes, or comes once more */
        memcpy(text, data + at - 1, n + 3);
        return fuzz_replace(data, size, max, at - 1, which % 2 == 0 ? n + 3 : 0, text,
                            which % 2 == 0 ? 0 : n + 3);
    }
    memcpy(text, data + at, n);
    size_t made = LLVMFuzzerMutate(text, n, sizeof text);
    for (size_t i = 0; i < made; i++)
        if (text[i] < ' ' || text[i] > '~' || strchr("<&\"", text[i]) != NULL)
            text[i] = (uint8_t) ('a' + text[i] % 26);
    return fuzz_replace(data, size, max, at, n, text, made);
}
#endif

#endif
