/*
 * fuzz.h - what every fuzz target shares. A target is two functions: fuzz_start() once, fuzz_one() for
 * each input. That nothing crashes says little, so each of them states with HOLDS() what must be true of
 * whatever it was given.
 *
 * With MU_FUZZ libFuzzer drives the target. In the other builds main() replays the files it is given, and
 * the files of the folders: no target rots, and what once crashed one stays mended.
 */
#ifndef MU_TESTS_FUZZ_H
#define MU_TESTS_FUZZ_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"

#define FUZZ_INPUT_MAX (256 * MU_KIB) /* bytes; what libFuzzer finds shows in less */
#define FUZZ_ARENA_MAX (512 * MU_MIB) /* as a job has */

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static void fuzz_start(void);
static void fuzz_one(struct mu_arena *arena, struct mu_bytes input);

/* For what a target makes once and needs for each input. */
static inline struct mu_arena *fuzz_forever(void)
{
    static struct mu_arena
        *volatile arena; /* or it is optimized away and the arena is called a leak */
    if (arena == NULL)
        arena = mu_arena_new(FUZZ_ARENA_MAX);
    return arena;
}

/* Does `inner` lie inside `outer`? */
static inline bool fuzz_inside(struct mu_bytes inner, struct mu_bytes outer)
{
    return inner.n == 0
           || (inner.p >= outer.p && inner.n <= outer.n
               && (size_t) (inner.p - outer.p) <= outer.n - inner.n);
}

/* A sentence of ours: it is there, and it holds nothing that could harm a terminal. */
static inline bool fuzz_is_sentence(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char) *c < ' ' || *c == 127)
            return false;
    return *text != '\0';
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    fuzz_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > FUZZ_INPUT_MAX)
        return 0;
    struct mu_arena *arena = mu_arena_new(FUZZ_ARENA_MAX);
    fuzz_one(arena, (struct mu_bytes){ (const char *) data, size });
    mu_arena_free(arena);
    return 0;
}

#ifndef MU_FUZZ
/* A copy of its very own, so that a sanitizer sees one octet read too many. */
static void replay(struct mu_bytes input)
{
    uint8_t *copy = malloc(input.n > 0 ? input.n : 1);
    if (copy == NULL)
        abort();
    if (input.n > 0)
        memcpy(copy, input.p, input.n);
    LLVMFuzzerTestOneInput(copy, input.n);
    free(copy);
}

static size_t replay_path(const char *path)
{
    struct mu_arena *arena = mu_arena_new(FUZZ_ARENA_MAX);
    struct mu_bytes input;
    struct mu_err err;
    size_t count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        if (!mu_file_read(arena, path, MU_MESSAGE_MAX, &input, &err)) {
            fprintf(stderr, "%s: %s\n", path, err.msg);
            exit(1);
        }
        replay(input);
        count = 1;
    } else {
        for (const struct dirent *e; (e = readdir(folder)) != NULL;)
            if (e->d_name[0] != '.' && strcmp(e->d_name, "ORIGIN") != 0)
                count += replay_path(mu_file_join(arena, path, e->d_name));
        closedir(folder);
    }
    mu_arena_free(arena);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        count += replay_path(argv[i]);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
#endif

#endif
