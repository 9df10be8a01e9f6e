/* label_support.h - for tests of `muster label`: command lines with words that hold spaces, standard
 * input, files of a test's own. */
#ifndef MU_TESTS_LABEL_SUPPORT_H
#define MU_TESTS_LABEL_SUPPORT_H

#include "tests/program_support.h"

#define LABELS     "fixtures/labels/"
#define CLEARANCES "fixtures/clearances/"
#define NATO_OID   "2.25.244114806238300826609242628922146805886"

static const char nato_secret[] = CLEARANCES "nato-secret.xml";

/* A ~ in a word stands for a space. */
static inline struct said muster_line(const char *line, const char *input)
{
    const char *arg[ARGUMENTS_MAX];
    size_t n = 0;
    for (const char *p = line; *p != '\0'; p += strspn(p, " ")) {
        size_t k = strcspn(p, " ");
        char *word = p[0] == '@' ? mu_arena_printf(arena, "%s%.*s", home, (int) k - 1, p + 1)
                                 : mu_arena_strndup(arena, p, k);
        for (char *c = word; *c != '\0'; c++)
            *c = *c == '~' ? ' ' : *c;
        ck_assert_uint_lt(n + 1, ARGUMENTS_MAX);
        arg[n++] = word;
        p += k;
    }
    arg[n] = NULL;
    program_input = input != NULL ? input : "/dev/null";
    struct said s = program(arg);
    program_input = "/dev/null";
    return s;
}

static inline const char *stored(const char *name, struct mu_bytes content)
{
    const char *path = mu_arena_printf(arena, "%s/%d-%s", home, (int) getpid(), name);
    write_file(path, content);
    return path;
}

static inline struct mu_bytes raw_label(void)
{
    return content_of(MU_SOURCE_DIR "/" LABELS "raw/default-namespace.xml");
}

#endif
