/* merge_support.h - run folders as somebody made them somewhere, and what was made of them. */
#ifndef MU_TESTS_MERGE_SUPPORT_H
#define MU_TESTS_MERGE_SUPPORT_H

#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "run/append.h"
#include "run/evidence.h"
#include "run/merge.h"

static struct mu_arena *arena;
static struct mu_err err;
static char top[64];

static void setup(void)
{
    arena = mu_arena_new(256 * MU_MIB);
    err = (struct mu_err){ .code = MU_ERR_NONE };
    snprintf(top, sizeof top, "/tmp/muster-merge-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(top));
}

static void teardown(void)
{
    mu_file_remove_tree(top);
    mu_arena_free(arena);
}

static const char *in_top(const char *name)
{
    return mu_file_join(arena, top, name);
}

/* --- a run that was made somewhere ------------------------------------------------------------------------ */

struct said { /* of one instance */
    unsigned number;
    const char *name, *verdict, *reason;
    unsigned entry; /* of the expectation file */
    const char *expectation;
};

struct made {
    const char *run;
    const char *suite, *plan, *sut, *version;
    unsigned shard, of;
    int64_t seed, planned;
    const struct said *said; /* up to one without a name */
    bool interrupted, open, no_evidence;
    bool tar;                  /* evidence of cases is in cases.tar */
    const char *folder, *file; /* names of evidence; NULL: the usual ones */
    int64_t attempt;           /* 0: 1 */
    unsigned lates;
    const char *elsewhere; /* of a shard: an instance that another one has */
};

#define SAID_A                                                                                     \
    {                                                                                              \
        1, "a", "pass", "", 0, "as-expected"                                                       \
    }
#define SAID_B1                                                                                    \
    {                                                                                              \
        2, "b[x=1]", "fail", "rule:R", 1, "as-expected"                                            \
    }
#define SAID_B2                                                                                    \
    {                                                                                              \
        3, "b[x=2]", "pass", "", 0, "as-expected"                                                  \
    }
#define SAID_C                                                                                     \
    {                                                                                              \
        4, "c", "inconclusive", "timeout:reply", 0, "new-failure"                                  \
    }
#define NO_MORE                                                                                    \
    {                                                                                              \
        0, NULL, NULL, NULL, 0, NULL                                                               \
    }

static const struct said whole[] = { SAID_A, SAID_B1, SAID_B2, SAID_C, NO_MORE };
static const struct said odd[] = { SAID_A, SAID_B2, NO_MORE };
static const struct said even[] = { SAID_A, SAID_B1, SAID_C, NO_MORE };

#define RUN(id, what)                                                                              \
    .run = id, .suite = "1", .plan = "2", .sut = "acme", .version = "1.0", .seed = 1, .said = what

static struct made made_whole = { RUN("20260101T000000Z-0003", whole), .planned = 4 };
static struct made made_odd = { RUN("20260101T000000Z-0001", odd), .planned = 2, .shard = 1,
                                .of = 2, .elsewhere = "b[x=1],c" };
static struct made made_even = { RUN("20260101T000000Z-0002", even),
                                 .planned = 3,
                                 .shard = 2,
                                 .of = 2,
                                 .elsewhere = "b[x=2]",
                                 .lates = 1 };

static void put(struct mu_journal *journal)
{
    ck_assert_msg(mu_journal_end(journal, &err), "%s", err.msg);
}

static void put_open(struct mu_journal *journal, const struct made *m)
{
    struct mu_json *j = mu_journal_begin(journal, "open");
    mu_json_text(j, "schema", "muster-run/1");
    mu_json_text(j, "run", m->run);
    mu_json_text(j, "isolation", m->shard == 2 ? "fork" : "full");
    mu_json_number(j, "seed", m->seed);
    mu_json_open(j, "sut", '{');
    mu_json_text(j, "id", m->sut);
    mu_json_text(j, "version", m->version);
    mu_json_close(j, '}');
    mu_json_open(j, "digests", '{');
    mu_json_text(j, "suite", m->suite);
    mu_json_text(j, "plan", m->plan);
    mu_json_close(j, '}');
    if (m->of > 0) {
        mu_json_open(j, "shard", '{');
        mu_json_number(j, "number", m->shard);
        mu_json_number(j, "of", m->of);
        mu_json_number(j, "whole", 4);
        mu_json_close(j, '}');
    }
    mu_json_number(j, "planned", m->planned);
    put(journal);
    j = mu_journal_begin(journal, "expect");
    mu_json_number(j, "entry", 1);
    mu_json_text(j, "case", "b*");
    mu_json_text(j, "verdict", "fail");
    mu_json_number(j, "max", 1);
    put(journal);
}

static void put_not_run(struct mu_journal *journal, const char *name, size_t n, const char *reason)
{
    struct mu_json *j = mu_journal_begin(journal, "not-run");
    mu_json_bytes(j, "case", (struct mu_bytes){ name, n });
    mu_json_text(j, "reason", reason);
    put(journal);
}

static void put_result(struct mu_journal *journal, struct mu_store *store, const struct made *m,
                       const struct said *s)
{
    struct mu_buf held = { .arena = arena };
    char folder[32];
    struct mu_evidence_list list = { .parts = 0 };
    snprintf(folder, sizeof folder, "cases/%04u", s->number);
    struct mu_json *j = mu_journal_begin(journal, "start");
    mu_json_text(j, "case", s->name);
    mu_json_number(j, "attempt", m->attempt != 0 ? m->attempt : 1);
    mu_json_text(j, "folder", folder);
    put(journal);
    if (!m->no_evidence)
        ck_assert_msg(mu_evidence_add(store, folder, MU_EVIDENCE_SENT, 1, mu_bytes_of(s->name),
                                      &list, &held, &err)
                          && mu_evidence_settle(store, folder, &list, &held, &err),
                      "%s", err.msg);
    j = mu_journal_begin(journal, "verdict");
    mu_json_text(j, "case", s->name);
    mu_json_number(j, "attempt", m->attempt != 0 ? m->attempt : 1);
    mu_json_text(j, "verdict", s->verdict);
    mu_json_text(j, "reason", s->reason);
    mu_json_text(j, "expectation", s->expectation);
    if (s->entry > 0)
        mu_json_number(j, "entry", s->entry);
    if (m->folder == NULL && m->file == NULL) {
        mu_evidence_json(j, folder, &list);
    } else {
        mu_json_open(j, "evidence", '{');
        mu_json_text(j, "folder", m->folder != NULL ? m->folder : folder);
        mu_json_open(j, "files", '[');
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", m->file != NULL ? m->file : "sent-1.eml");
        mu_json_text(j, "sha256", list.part[0].sha256);
        mu_json_close(j, '}');
        mu_json_close(j, ']');
        mu_json_close(j, '}');
    }
    put(journal);
}

static void put_end(struct mu_journal *journal, const struct made *m)
{
    struct mu_json *j = mu_journal_begin(journal, "close");
    mu_json_number(j, "late", m->lates);
    mu_json_bool(j, "interrupted", m->interrupted);
    mu_json_open(j, "stale", '[');
    mu_json_close(j, ']');
    mu_json_number(j, "exit", 0);
    mu_json_number(j, "ms", 10);
    put(journal);
}

static void put_lates(struct mu_journal *journal, struct mu_store *store, const struct made *m)
{
    struct mu_buf held = { .arena = arena };
    struct mu_evidence_list list = { .parts = 0 };
    for (unsigned i = 0; i < m->lates; i++) {
        ck_assert(mu_evidence_add(store, "late/0001", MU_EVIDENCE_RECEIVED, 1, MU_BYTES("late"),
                                  &list, &held, &err));
        struct mu_json *j = mu_journal_begin(journal, "late");
        mu_json_text(j, "token", "nobody's");
        mu_json_text(j, "folder", "late/0001");
        put(journal);
    }
}

static const char *make(const char *name, const struct made *m)
{
    const char *path = in_top(name);
    struct mu_journal journal;
    ck_assert(mu_file_make_dir(path, 0755, &err));
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert(mkdirat(dir, "cases", 0755) == 0 && mkdirat(dir, "late", 0755) == 0);
    ck_assert_msg(mu_journal_create(&journal, arena, dir, &err), "%s", err.msg);
    struct mu_store store = { .dir = dir, .tar = -1 };
    if (m->tar)
        ck_assert_msg(mu_store_open(&store, arena, dir, -1, &err), "%s", err.msg);
    put_open(&journal, m);
    put_not_run(&journal, "out", 3, "filtered");
    for (const char *p = m->elsewhere; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ",");
        put_not_run(&journal, p, n, "shard");
        p += n + (p[n] == ',');
    }
    for (const struct said *s = m->said; s->name != NULL; s++)
        put_result(&journal, &store, m, s);
    put_lates(&journal, &store, m);
    ck_assert_msg(mu_store_end(&store, &err), "%s", err.msg);
    mu_store_close(&store);
    if (!m->open)
        put_end(&journal, m);
    ck_assert_msg(mu_journal_close(&journal, &err), "%s", err.msg);
    close(dir);
    return path;
}

#endif
