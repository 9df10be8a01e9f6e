/* One tar for many files: what is written is what any reader of tars finds, and numbers of strangers do no harm. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/tar.h"
#include "run/evidence.h"
#include "run/journal.h"

static struct mu_arena *arena;
static struct mu_store store;
static struct mu_err err;
static char folder[] = "/tmp/muster-store-XXXXXX";
static int dir;

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/muster-store-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    arena = mu_arena_new(64 * MU_MIB);
    ck_assert_msg(mu_store_open(&store, arena, dir, -1, &err), "%s", err.msg);
}

static void tear_down(void)
{
    mu_store_close(&store);
    close(dir);
    mu_arena_free(arena);
    mu_file_remove_tree(folder);
}

static struct mu_bytes file(const char *path)
{
    struct mu_bytes text;
    ck_assert_msg(mu_file_read(arena, mu_file_join(arena, folder, path), 64 * MU_MIB, &text, &err),
                  "%s", err.msg);
    return text;
}

static bool flush(void *self, struct mu_err *why)
{
    return mu_store_flush(self, why);
}

/* By hand, of POSIX: mode, owner, size, time, checksum, type, magic. */
START_TEST(a_header)
{
    char block[MU_TAR_BLOCK];
    unsigned sum = 0;
    mu_tar_header("cases/0001/steps.json", 0123456, block);
    ck_assert_str_eq(block, "cases/0001/steps.json");
    ck_assert_str_eq(block + 100, "0000644");
    ck_assert_str_eq(block + 124, "00000123456");
    ck_assert_int_eq(strtol(block + 136, NULL, 8), 315532800); /* 1980-01-01T00:00:00Z */
    ck_assert_int_eq(block[156], '0');
    ck_assert_int_eq(memcmp(block + 257, "ustar\00000", 8), 0);
    for (size_t i = 0; i < sizeof block; i++)
        sum += i >= 148 && i < 156 ? ' ' : (unsigned char) block[i];
    ck_assert_int_eq(strtol(block + 148, NULL, 8), sum);
    ck_assert_int_eq(memcmp(block + 154, "\0 ", 2), 0);
}
END_TEST

static const size_t size[] = {
    0, 1, 511, 512, 513, 5000, MU_STORE_GATHERED, MU_STORE_GATHERED + 7
};

/* Put as octets, or copied from a file; in one life or cut and gone on with. */
START_TEST(what_is_put_is_read)
{
    int64_t at[MU_COUNT(size)];
    char *much = mu_arena_alloc(arena, MU_STORE_GATHERED + 8);
    memset(much, 'm', MU_STORE_GATHERED + 7);
    int from = memfd_create("much", MFD_CLOEXEC);
    ck_assert(mu_file_write_all(from, (struct mu_bytes){ much, MU_STORE_GATHERED + 7 }, &err));
    for (size_t i = 0; i < MU_COUNT(size); i++) {
        struct mu_bytes content = { much, size[i] };
        ck_assert(_i % 2 == 0
                      ? mu_store_put(&store, "cases/x", content, &at[i], &err)
                      : mu_store_copy(&store, "cases/x", from, 0, (int64_t) size[i], &at[i], &err));
        if (_i < 2)
            continue;
        int64_t end = store.end;
        ck_assert(mu_store_flush(&store, &err)
                  && mu_store_put(&store, "half", content, &(int64_t){ 0 }, &err)
                  && mu_store_flush(&store, &err));
        mu_store_close(&store);
        ck_assert_msg(mu_store_open(&store, arena, dir, end, &err), "%s", err.msg);
    }
    int64_t end = store.end;
    ck_assert(mu_store_end(&store, &err));
    int fd = openat(dir, MU_TAR_CASES, O_RDONLY | O_CLOEXEC);
    int64_t due = 0;
    for (size_t i = 0; i < MU_COUNT(size); i++) {
        struct mu_tar_entry entry;
        ck_assert_int_eq(at[i], due + MU_TAR_BLOCK);
        ck_assert(mu_tar_read(arena, fd, at[i], (int64_t) size[i], 2 * MU_MIB, &entry, &err));
        ck_assert(mu_tar_is_sound(&entry, "cases/x") && !mu_tar_is_sound(&entry, "cases/y"));
        ck_assert(mu_bytes_equal(entry.content, (struct mu_bytes){ much, size[i] }));
        due = at[i] + (int64_t) mu_tar_padded(size[i]);
    }
    ck_assert(due == end && mu_tar_ends_at(fd, (uint64_t) end));
    ck_assert(!mu_tar_ends_at(fd, (uint64_t) end - 512)
              && !mu_tar_ends_at(fd, (uint64_t) end + 512));
    close(fd);
    close(from);
}
END_TEST

/* One entry of five octets stands there, and the end. */
static const struct {
    int64_t at, octets;
    const char *says; /* NULL: it is read */
} place[] = {
    { 512, 5, NULL },
    { 512, 0, NULL },
    { 0, 5, "no entry can have 5 octets at 0" },
    { 511, 5, "no entry can have" },
    { -512, 5, "no entry can have" },
    { 512, -1, "no entry can have" },
    { INT64_MAX, 5, "no entry can have" },
    { INT64_MIN, 5, "no entry can have" },
    { 512, INT64_MAX, "passes the limit" },
    { 512, INT64_MIN, "no entry can have" },
    { 512, 2000, "passes the limit" },
    { 1024, 1000, NULL },
    { 1536, 600, "it ends at octet 2048, before the 600 octets of an entry at 1536" },
    { 2048, 0, NULL },
    { 2560, 0, "it ends at octet 2048" },
    { (int64_t) 1 << 62, 5, "it ends at octet 2048" },
};

START_TEST(numbers_of_strangers)
{
    struct mu_tar_entry entry;
    int64_t at;
    ck_assert(mu_store_put(&store, "cases/x", MU_BYTES("hello"), &at, &err));
    ck_assert(mu_store_end(&store, &err));
    ck_assert_uint_eq(file(MU_TAR_CASES).n, 2048);
    int fd = openat(dir, MU_TAR_CASES, O_RDONLY | O_CLOEXEC);
    for (size_t i = 0; i < MU_COUNT(place); i++) {
        bool read = mu_tar_read(arena, fd, place[i].at, place[i].octets, 1000, &entry, &err);
        ck_assert_msg(read == (place[i].says == NULL)
                          && (read || strstr(err.msg, place[i].says) != NULL),
                      "row %zu: %s", i, read ? "was read" : err.msg);
        ck_assert(!read || mu_tar_is_sound(&entry, "cases/x") == (i == 0));
    }
    close(fd);
}
END_TEST

/* A disk that is full: nothing is put behind what may be half an entry, and no line speaks of it. */
START_TEST(a_write_that_fails)
{
    struct mu_journal journal;
    int64_t at;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC), mine = store.tar;
    ck_assert(mu_store_put(&store, "cases/x", MU_BYTES("hello"), &at, &err));
    store.tar = full;
    ck_assert(!mu_store_flush(&store, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "No space left"));
    store.tar = mine;
    ck_assert(!mu_store_flush(&store, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "could not be written before"));
    ck_assert(!mu_store_end(&store, &err));
    ck_assert_uint_eq(file(MU_TAR_CASES).n, 0);
    ck_assert(mu_journal_create(&journal, arena, dir, &err));
    journal.before = flush;
    journal.self = &store;
    mu_json_text(mu_journal_begin(&journal, "verdict"), "case", "x");
    ck_assert(mu_journal_end(&journal, &err) && !mu_journal_sync(&journal, &err));
    ck_assert(!mu_journal_close(&journal, &err));
    ck_assert_uint_eq(file("run.jsonl").n, 0);
    close(full);
}
END_TEST

/* --- held until the verdict --- */

static void append(struct mu_evidence_list *list, struct mu_buf *held, unsigned number, size_t at,
                   size_t n, char fill)
{
    char *octets = mu_arena_alloc(arena, n + 1);
    struct mu_record record = { .type = MU_RECORD_PART,
                                .kind = MU_EVIDENCE_SENT,
                                .number = number,
                                .offset = (int64_t) at,
                                .octets = (int64_t) n };
    bool sane;
    memset(octets, fill, n);
    mu_record_put(&record, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    ck_assert(mu_evidence_append(&store, "cases/0001", &record, (struct mu_bytes){ octets, n },
                                 list, held, &sane, &err));
    ck_assert(sane);
}

/* Pieces in turn, and one file that becomes too large. */
START_TEST(pieces_are_held)
{
    struct mu_evidence_list list = { .parts = 0 };
    struct mu_buf held = { .arena = arena };
    append(&list, &held, 1, 0, 100, 'a');
    append(&list, &held, 1, 100, 50, 'a');
    append(&list, &held, 2, 0, 10, 'b');
    append(&list, &held, 3, 0, MU_EVIDENCE_HELD / 2, 'c');
    append(&list, &held, 3, MU_EVIDENCE_HELD / 2, MU_EVIDENCE_HELD / 2, 'c');
    append(&list, &held, 3, MU_EVIDENCE_HELD, 7, 'c');
    append(&list, &held, 4, 0, 20, 'd');
    append(&list, &held, 1, 150, 5, 'a'); /* it is not the last any more */
    ck_assert(mu_evidence_settle(&store, "cases/0001", &list, &held, &err));
    ck_assert(mu_store_end(&store, &err));
    ck_assert_uint_eq(list.parts, 4);
    ck_assert_uint_eq(file("cases/0001/sent-1.eml").n, 155);
    ck_assert_uint_eq(file("cases/0001/sent-3.eml").n, MU_EVIDENCE_HELD + 7);
    ck_assert(list.part[0].at == 0 && list.part[2].at == 0);
    ck_assert_int_eq(list.part[1].at, 512);
    ck_assert_int_eq(list.part[3].at, 512 + 512 + 512);
    ck_assert_int_eq(memcmp(file(MU_TAR_CASES).p + 512, "bbbbbbbbbb", 11), 0);
    ck_assert_int_eq(memcmp(file(MU_TAR_CASES).p + 1536, "dddddddddddddddddddd", 21), 0);
}
END_TEST

/* What a job announces is not what it can have written. */
static const struct {
    int64_t offset, octets;
    const char *digest;
    bool sane;
} announced[] = {
    { 0, 5, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true },
    { -1, 5, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false },
    { 0, -1, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false },
    { 0, INT64_MAX, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false },
    { 0, (int64_t) 1 << 33, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      false },
    { 0, 5, "0123456789abcdef", false },
};

START_TEST(what_is_announced)
{
    struct mu_evidence_list list = { .parts = 0 };
    for (size_t i = 0; i < MU_COUNT(announced); i++) {
        struct mu_record record = { .type = MU_RECORD_PART,
                                    .kind = MU_EVIDENCE_SENT,
                                    .offset = announced[i].offset,
                                    .octets = announced[i].octets };
        mu_record_put(&record, announced[i].digest);
        ck_assert_int_eq(mu_evidence_note(&list, &record), announced[i].sane);
    }
}
END_TEST

/* All cases together hold no more than they may: what comes then is written into its folder. */
START_TEST(memory_has_an_end)
{
    struct mu_evidence_list list = { .parts = 0 };
    struct mu_buf held = { .arena = arena };
    store.held = MU_EVIDENCE_HELD_ALL - 100;
    append(&list, &held, 1, 0, 1000, 'a');
    ck_assert(mu_evidence_settle(&store, "cases/0001", &list, &held, &err));
    ck_assert_uint_eq(file("cases/0001/sent-1.eml").n, 1000);
    ck_assert_uint_eq(held.n, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("store");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_header);
    tcase_add_loop_test(tcase, what_is_put_is_read, 0, 4);
    tcase_add_test(tcase, numbers_of_strangers);
    tcase_add_test(tcase, a_write_that_fails);
    tcase_add_test(tcase, pieces_are_held);
    tcase_add_test(tcase, what_is_announced);
    tcase_add_test(tcase, memory_has_an_end);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
