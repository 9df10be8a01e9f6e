/*
 * The committed tables, schema and reference of SAP/1 are what the C tables say. `test_sap_docs --write`
 * writes them anew.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "proto/sap_tables.h"

#define DOCS   MU_SOURCE_DIR "/harness/docs/"
#define PAGE   DOCS "adapter-protocol.md"
#define MARKER "<!-- From here on written by 'test_sap_docs --write'. -->\n"

static const struct {
    const char *path;
    struct mu_bytes (*make)(struct mu_arena *arena);
    bool tail; /* behind the marker of the page */
} row[] = {
    { DOCS "sap-1.json", mu_sap_tables_json, false },
    { DOCS "sap-1.schema.json", mu_sap_schema_json, false },
    { PAGE, mu_sap_reference, true },
};

/* What stands there and stays; then what is to follow. */
static bool split(struct mu_arena *arena, size_t i, struct mu_bytes *kept, struct mu_bytes *rest)
{
    struct mu_bytes all = { "", 0 };
    struct mu_err err;
    bool read = mu_file_read(arena, row[i].path, MU_OPERATOR_FILE_MAX, &all, &err);
    size_t at = row[i].tail ? mu_bytes_find(all, MU_BYTES(MARKER), 0) : 0;
    if (at == SIZE_MAX)
        return false;
    at += row[i].tail ? sizeof MARKER - 1 : 0;
    *kept = mu_bytes_slice(all, 0, at);
    *rest = mu_bytes_from(all, at);
    return read || !row[i].tail;
}

START_TEST(committed)
{
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_bytes kept, rest;
    ck_assert(split(arena, (size_t) _i, &kept, &rest));
    ck_assert_msg(mu_bytes_equal(rest, row[_i].make(arena)),
                  "%s differs from the tables: run 'test_sap_docs --write'", row[_i].path);
    mu_arena_free(arena);
}
END_TEST

static int write_all(void)
{
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_bytes kept, rest;
        if (!split(arena, i, &kept, &rest))
            return EXIT_FAILURE;
        struct mu_bytes made = row[i].make(arena);
        FILE *out = fopen(row[i].path, "w");
        if (out == NULL || fwrite(kept.p, 1, kept.n, out) != kept.n
            || fwrite(made.p, 1, made.n, out) != made.n || fclose(out) != 0)
            return EXIT_FAILURE;
    }
    mu_arena_free(arena);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--write") == 0)
        return write_all();
    Suite *suite = suite_create("sap_docs");
    TCase *tc = tcase_create("docs");
    tcase_add_loop_test(tc, committed, 0, (int) MU_COUNT(row));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
