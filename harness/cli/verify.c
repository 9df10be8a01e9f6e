/* muster verify: is this folder what the run left, and would the same be said of it today? */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text_safe.h"
#include "cli/verify.h"
#include "suite/judge.h"

int mu_verify_open(int dir, const char *path)
{
    struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
    return (int) syscall(SYS_openat2, dir, path, &how, sizeof how);
}

void mu_verify_problem(struct mu_verify *v, const char *where, const char *what)
{
    struct mu_arena *arena = mu_arena_new(MU_MIB);
    struct mu_buf line = { .arena = arena };
    v->problems++;
    if (v->json) {
        struct mu_json j = { .out = &line };
        mu_json_open(&j, NULL, '{');
        mu_json_text(&j, "where", where);
        mu_json_text(&j, "what", what);
        mu_json_close(&j, '}');
    } else {
        mu_buf_printf(&line, "%s: ", mu_text_line(arena, mu_bytes_of(where)));
        mu_buf_puts(&line, mu_text_line(arena, mu_bytes_of(what)));
    }
    puts(mu_buf_text(&line));
    mu_arena_free(arena);
}

/* --- evidence against the digests of its verdict line --------------------------------------------- */

static const char *file_problem(struct mu_verify *v, const struct mu_trail_attempt *a,
                                const struct mu_trail_file *f, const char *path)
{
    struct mu_bytes data;
    struct mu_err err;
    char digest[MU_DIGEST_TEXT];
    MU_CLEANUP(mu_fd_close) int fd = mu_verify_open(v->dir, path);
    if (fd < 0)
        return "is gone, or is no plain file of this folder";
    struct mu_arena *own = mu_arena_new(2 * MU_JOB_ARENA_MAX);
    const char *why = NULL;
    if (!mu_file_read_fd(own, fd, path, MU_JOB_FILE_MAX, &data, &err)) {
        why = mu_arena_printf(a->arena, "%s", err.msg);
    } else {
        v->octets += data.n;
        mu_digest_text(data, digest);
        if ((int64_t) data.n != f->octets)
            why = mu_arena_printf(a->arena, "was changed: it ends at octet %zu and ended at %lld",
                                  data.n, (long long) f->octets);
        else if (strcmp(digest, f->sha256) != 0)
            why = mu_arena_printf(a->arena,
                                  "was changed: its SHA-256 is %s, line %llu of run.jsonl says %s",
                                  digest, (unsigned long long) a->line, f->sha256);
    }
    mu_arena_free(own);
    return why;
}

static void check_evidence(struct mu_verify *v, const struct mu_trail_attempt *a)
{
    for (const struct mu_trail_file *f = a->file; f != NULL; f = f->next) {
        const char *path = mu_arena_printf(a->arena, "%s/%s", a->folder, f->name);
        const char *why = file_problem(v, a, f, path);
        v->files++;
        if (why != NULL)
            mu_verify_problem(v, path, why);
    }
}

/* --- the batch ------------------------------------------------------------------------------------ */

static bool next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_verify *v = self;
    struct mu_trail_attempt *a = mu_trail_next(&v->trail);
    (void) arena;
    if (a == NULL)
        return false;
    v->attempts++;
    check_evidence(v, a);
    a->next = NULL;
    *v->tail = a;
    v->tail = &a->next;
    *item = (struct mu_batch_item){ .name = a->name, .fd = -1, .octets = -1 };
    return true;
}

static void open_item(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_verify *v = self;
    struct mu_err err;
    struct mu_trail_attempt *a = v->queue;
    while (a != NULL && a->name != item->name) /* the same pointer: attempts share names */
        a = a->next;
    if (a == NULL || mu_verify_pack(v, a, &item->fd, &err))
        return;
    item->fd = -1;
    item->why = mu_arena_printf(arena, "%s", err.msg);
}

static void hear(struct mu_verify *v, const char *where, const char *line)
{
    static const char differs[] = "differs\t", judged[] = "judged\t";
    if (strncmp(line, differs, sizeof differs - 1) == 0) {
        mu_verify_problem(v, where, line + sizeof differs - 1);
    } else if (strncmp(line, judged, sizeof judged - 1) == 0) {
        v->judged++;
        v->legs += strtoul(line + sizeof judged - 1, NULL, 10) % 1000;
    } else {
        v->untouched++;
    }
}

static bool take(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err)
{
    struct mu_verify *v = self;
    struct mu_trail_attempt *a = v->queue;
    (void) err;
    const char *where = mu_arena_printf(a->arena, "run.jsonl:%llu: %s (attempt %u)",
                                        (unsigned long long) a->line, a->name, a->number);
    if (killed != NULL || item->why != NULL) {
        v->trouble++;
        mu_verify_problem(v, where,
                          mu_arena_printf(a->arena, "could not be judged again: %s",
                                          killed != NULL ? killed : item->why));
    }
    while (result.n > 0) {
        size_t n = mu_bytes_find(result, MU_BYTES("\n"), 0);
        n = n < result.n ? n : result.n;
        hear(v, where, mu_arena_strndup(a->arena, result.p, n));
        result = mu_bytes_from(result, n + 1);
    }
    v->queue = a->next;
    if (v->queue == NULL)
        v->tail = &v->queue;
    mu_arena_free(a->arena);
    return true;
}

/* --- the command ---------------------------------------------------------------------------------- */

/* What is installed must be what the run was judged by. */
static bool same_suite(struct mu_verify *v)
{
    const struct mu_trail_open *o = &v->trail.open;
    const struct {
        const char *name, *told, *ours;
    } row[] = { { "suite", o->suite_digest, v->world.suite.digest },
                { "profile", o->profile_digest, v->world.profile.digest },
                { "rules", o->rules_digest, v->world.profile.rules_digest },
                { "policies", o->policies_digest, v->world.profile.policies_digest } };
    bool same = true;
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const char *ours = mu_arena_printf(v->args->arena, "sha256:%s", row[i].ours);
        if (strcmp(row[i].told, ours) == 0)
            continue;
        same = false;
        mu_verify_problem(v, "run.jsonl:1",
                          mu_arena_printf(v->args->arena,
                                          "the %s of the run had the digest %s, those here have %s",
                                          row[i].name, row[i].told, ours));
    }
    return same;
}

static bool load(struct mu_verify *v, struct mu_arguments *args, struct mu_err *err)
{
    args->value[MU_OPT_TEST_TIME] = v->trail.open.test_time;
    TRY(mu_world_start(&v->world, args, err));
    TRY(mu_world_profile_named(&v->world,
                               args->value[MU_OPT_PROFILE] != NULL ? args->value[MU_OPT_PROFILE]
                                                                   : v->trail.open.profile,
                               err));
    TRY(mu_world_suite(&v->world, err));
    v->judging = same_suite(v) || args->value[MU_OPT_JUDGE_ANYWAY] != NULL;
    struct mu_document_kit kit = mu_judge_kit(&v->world.profile);
    return mu_judge_warm(&v->world.profile, &kit, &v->world.data, err);
}

static void check_end(struct mu_verify *v)
{
    const struct mu_chain *c = &v->trail.reader.chain;
    if (c->state != MU_CHAIN_WHOLE)
        mu_verify_problem(
            v, mu_arena_printf(v->args->arena, "run.jsonl:%llu", (unsigned long long) c->lines + 1),
            mu_arena_printf(v->args->arena, "octet %llu: %s", (unsigned long long) c->octets,
                            c->why));
    else if (!c->closed)
        mu_verify_problem(v, "run.jsonl", "has no close event: the run did not end in good order");
}

static void say_end(const struct mu_verify *v)
{
    const struct mu_chain *c = &v->trail.reader.chain;
    if (v->json) {
        struct mu_buf text = { .arena = v->args->arena };
        struct mu_json j = { .out = &text };
        mu_json_open(&j, NULL, '{');
        mu_json_text(&j, "run", v->trail.open.run);
        mu_json_text(&j, "head", c->head);
        mu_json_number(&j, "lines", (int64_t) c->lines);
        mu_json_number(&j, "files", (int64_t) v->files);
        mu_json_number(&j, "octets", (int64_t) v->octets);
        mu_json_number(&j, "verdicts", (int64_t) v->attempts);
        mu_json_number(&j, "judged", (int64_t) v->judged);
        mu_json_number(&j, "legs", (int64_t) v->legs);
        mu_json_number(&j, "problems", (int64_t) v->problems);
        mu_json_close(&j, '}');
        puts(mu_buf_text(&text));
        return;
    }
    printf("%s: %llu lines, head %s\n", v->trail.open.run, (unsigned long long) c->lines, c->head);
    printf("%llu evidence files, %llu octets, held against their digests\n",
           (unsigned long long) v->files, (unsigned long long) v->octets);
    if (v->judging)
        printf("%llu verdicts: %llu judged again from the octets (%llu legs), %llu rest on what a "
               "live system did\n",
               (unsigned long long) v->attempts, (unsigned long long) v->judged,
               (unsigned long long) v->legs, (unsigned long long) (v->attempts - v->judged));
    else
        printf("%llu verdicts, none judged again\n", (unsigned long long) v->attempts);
    printf("%s\n", v->problems == 0 ? "nothing differs" : "NOT as it was left: see above");
}

static bool walk(struct mu_verify *v, enum mu_exit *status, struct mu_err *err)
{
    struct mu_batch_end end = { .interrupted = false };
    struct mu_batch batch = { .self = v,
                              .jobs = 1,
                              .item_ms = MU_BATCH_ITEM_MS,
                              .isolation = MU_ISOLATION_FULL,
                              .next = next,
                              .open = open_item,
                              .make = mu_verify_make,
                              .take = take };
    long jobs;
    TRY(mu_argument_number(v->args, MU_OPT_WORK_JOBS, 1, MU_JOBS_MAX, 2, &jobs, err));
    batch.jobs = (size_t) jobs;
    fflush(NULL);
    if (v->judging)
        TRY(mu_batch_run(&batch, &end, err));
    for (struct mu_trail_attempt *a; !v->judging && (a = mu_trail_next(&v->trail)) != NULL;) {
        v->attempts++;
        check_evidence(v, a);
        mu_arena_free(a->arena);
    }
    check_end(v);
    say_end(v);
    *status = end.interrupted   ? MU_EXIT_INTERRUPTED
              : v->trouble > 0  ? MU_EXIT_TROUBLE
              : v->problems > 0 ? MU_EXIT_FAILURES
                                : MU_EXIT_OK;
    return true;
}

bool mu_cli_verify(const struct mu_arguments *given, enum mu_exit *status, struct mu_err *err)
{
    static const char *const format[] = { "text", "json" };
    struct mu_arguments args = *given;
    struct mu_verify *v = mu_new(args.arena, struct mu_verify);
    size_t chosen;
    *v = (struct mu_verify){ .args = &args, .run = args.operand[0], .dir = -1 };
    v->tail = &v->queue;
    TRY(mu_argument_word(&args, MU_OPT_OUTPUT, format, MU_COUNT(format), 0, &chosen, err));
    v->json = chosen == 1;
    MU_CLEANUP(mu_fd_close) int dir = open(v->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    MU_CLEANUP(mu_fd_close) int fd = dir >= 0 ? mu_verify_open(dir, "run.jsonl") : -1;
    if (fd < 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' holds no run", v->run);
    v->dir = dir;
    TRY(mu_trail_start(&v->trail, args.arena, fd, v->run, err));
    TRY(load(v, &args, err));
    return walk(v, status, err);
}
