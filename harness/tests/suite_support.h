/* suite_support.h - what the tests of the operator's files share: an arena, a folder, small files. */
#ifndef MU_TESTS_SUITE_SUPPORT_H
#define MU_TESTS_SUITE_SUPPORT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "format/xml.h"
#include "suite/plan.h"

#define TEST_TIME 1795428900 /* 2026-11-23 */

static struct mu_arena *arena;
static struct mu_err err;
static struct mu_data data;
static char folder[] = "/tmp/muster-test-XXXXXX";
static const char *made[16];
static size_t mades;

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(512 * MU_MIB);
    data = (struct mu_data){ .dir = { MU_SOURCE_DIR }, .dirs = 1 };
    err = (struct mu_err){ .code = MU_ERR_NONE };
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    mades = 0;
}

static void teardown(void)
{
    while (mades > 0)
        unlink(made[--mades]);
    rmdir(folder);
    mu_arena_free(arena);
}

/* A file in the test's folder. */
static const char *file_of(const char *name, struct mu_bytes text)
{
    const char *path = mu_file_join(arena, folder, name);
    ck_assert_uint_lt(mades, MU_COUNT(made));
    made[mades++] = path;
    ck_assert(mu_file_replace(path, text, 0644, &err));
    return path;
}

/* The place and sentence of the last error without the folder's name: "x.xml:3:5: ...". */
static const char *error_text(void)
{
    char text[512];
    mu_err_text(&err, text, sizeof text);
    size_t n = strlen(folder);
    const char *from = strncmp(text, folder, n) == 0 ? text + n + 1 : text;
    return mu_arena_strndup(arena, from, strlen(from));
}

#define assert_holds(text, part)                                                                   \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' does not hold '%s'", (text), (part))

static int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
