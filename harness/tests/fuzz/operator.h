/* operator.h - for the targets that read what an operator wrote: one file in a folder of its own, from
 * which the rest of a profile is found as it is from profiles/<name>. */
#ifndef MU_TESTS_FUZZ_OPERATOR_H
#define MU_TESTS_FUZZ_OPERATOR_H

#include <sys/stat.h>
#include <unistd.h>

#include "format/unicode.h"
#include "suite/suite.h"
#include "tests/fuzz/markup.h"

static char fuzz_root[] = "/tmp/muster-fuzz-XXXXXX";
static struct mu_data fuzz_data = { .dir = { MU_SOURCE_DIR }, .dirs = 1 };

static const char *const fuzz_shared[] = { "policies", "rules", "schemas", "tls" };

static inline const char *fuzz_path(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", fuzz_root, name);
    return path;
}

static inline void fuzz_clean_up(void)
{
    unlink(fuzz_path("own/file.xml"));
    rmdir(fuzz_path("own"));
    for (size_t i = 0; i < MU_COUNT(fuzz_shared); i++)
        unlink(fuzz_path(fuzz_shared[i]));
    rmdir(fuzz_root);
}

static void fuzz_start(void)
{
    struct mu_err err;
    mu_xml_start();
    HOLDS(mu_unicode_start(&err));
    HOLDS(mkdtemp(fuzz_root) != NULL && mkdir(fuzz_path("own"), 0700) == 0);
    for (size_t i = 0; i < MU_COUNT(fuzz_shared); i++) {
        char target[1000];
        snprintf(target, sizeof target, MU_SOURCE_DIR "/profiles/%s", fuzz_shared[i]);
        HOLDS(symlink(target, fuzz_path(fuzz_shared[i])) == 0);
    }
    atexit(fuzz_clean_up);
}

static inline const char *fuzz_write(struct mu_bytes input)
{
    FILE *file = fopen(fuzz_path("own/file.xml"), "wb");
    HOLDS(file != NULL && fwrite(input.p, 1, input.n, file) == input.n && fclose(file) == 0);
    return fuzz_path("own/file.xml");
}

/* A failure is one sentence with a place inside the file, where it names this file. */
static inline void fuzz_check_error(struct mu_bytes input, const struct mu_err *err)
{
    HOLDS(fuzz_is_sentence(err->msg) && err->code != MU_ERR_NONE);
    HOLDS(err->where.input == NULL || strstr(err->where.input, "file.xml") == NULL
          || (err->where.line <= input.n + 1 && err->where.column <= input.n + 1));
}

#endif
