/* muster verify: is this folder what the run left, and would the same be said of it today? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/verify.h"
#include "format/cms.h"
#include "format/datetime.h"
#include "net/library.h"
#include "suite/judge.h"

/* --- the batch ------------------------------------------------------------------------------------ */

static bool next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_verify *v = self;
    struct mu_trail_attempt *a = mu_trail_next(&v->trail);
    (void) arena;
    if (a == NULL)
        return false;
    v->attempts++;
    mu_verify_places(v, a);
    a->next = NULL;
    *v->tail = a;
    v->tail = &a->next;
    *item = (struct mu_batch_item){ .name = a->name, .fd = -1, .octets = -1 };
    return true;
}

static void open_item(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_verify *v = self;
    struct mu_err err = { .msg = "" };
    struct mu_trail_attempt *a = v->queue;
    while (a != NULL && a->name != item->name) /* the same pointer: attempts share names */
        a = a->next;
    if (a == NULL || mu_verify_evidence(v, a, &item->fd, &err))
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
    TRY(mu_rejudge_warm(v->world.arena, &v->world.data, &v->world.profile, &v->world.suite,
                        &v->asks, err));
    v->judging = (same_suite(v) || args->value[MU_OPT_JUDGE_ANYWAY] != NULL)
                 && *v->trail.open.content == '\0';
    struct mu_document_kit kit = mu_judge_kit(&v->world.profile);
    return mu_judge_warm(&v->world.profile, &kit, &v->world.data, err);
}

static void say_json(const struct mu_verify *v)
{
    const struct mu_chain *c = &v->trail.reader.chain;
    struct mu_buf text = { .arena = v->args->arena };
    struct mu_json j = { .out = &text };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "run", v->trail.open.run);
    mu_json_text(&j, "head", c->head);
    mu_json_number(&j, "lines", (int64_t) c->lines);
    mu_json_number(&j, "appended", (int64_t) v->appended);
    mu_json_number(&j, "files", (int64_t) v->files);
    mu_json_number(&j, "octets", (int64_t) v->octets);
    mu_json_number(&j, "verdicts", (int64_t) v->attempts);
    mu_json_number(&j, "judged", (int64_t) v->judged);
    mu_json_number(&j, "legs", (int64_t) v->legs);
    mu_json_number(&j, "signatures", (int64_t) v->good);
    mu_json_number(&j, "problems", (int64_t) v->problems);
    mu_json_close(&j, '}');
    puts(mu_buf_text(&text));
}

static void say_judged(const struct mu_verify *v)
{
    if (v->judging)
        printf(
            "%llu verdicts: %llu judged again from what is stored (%llu legs), %llu rest on what "
            "only the run could see\n",
            (unsigned long long) v->attempts, (unsigned long long) v->judged,
            (unsigned long long) v->legs, (unsigned long long) (v->attempts - v->judged));
    else
        printf("%llu verdicts, none judged again%s\n", (unsigned long long) v->attempts,
               *v->trail.open.content != '\0' ? ": the run kept no content" : "");
}

static void say_end(const struct mu_verify *v)
{
    const struct mu_chain *c = &v->trail.reader.chain;
    if (v->json) {
        say_json(v);
        return;
    }
    printf("%s: %llu lines, head %s\n", v->trail.open.run, (unsigned long long) c->lines, c->head);
    printf("%llu files, %llu octets, held against their digests\n", (unsigned long long) v->files,
           (unsigned long long) v->octets);
    say_judged(v);
    mu_verify_say_signatures(v);
    printf("%s\n", v->problems == 0 ? "nothing differs" : "NOT as it was left: see above");
}

static bool judge_again(struct mu_verify *v, bool *stopped, struct mu_err *err)
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
    TRY(mu_batch_run(&batch, &end, err));
    *stopped = end.interrupted;
    return true;
}

static bool verify(struct mu_verify *v, enum mu_exit *status, struct mu_err *err)
{
    bool stopped = false;
    TRY(v->judging ? judge_again(v, &stopped, err) : mu_verify_walk(v, err));
    if (!stopped) {
        TRY(mu_verify_close(v, err));
        TRY(mu_verify_signatures(v, err));
    }
    say_end(v);
    *status = stopped           ? MU_EXIT_INTERRUPTED
              : v->trouble > 0  ? MU_EXIT_TROUBLE
              : v->problems > 0 ? MU_EXIT_FAILURES
                                : MU_EXIT_OK;
    return true;
}

static bool read_head(const char *text, const char **head, struct mu_err *err)
{
    *head = text;
    if (text == NULL
        || (strlen(text) == MU_DIGEST_TEXT - 1
            && strspn(text, "0123456789abcdef") == MU_DIGEST_TEXT - 1))
        return true;
    return mu_fail(err, MU_ERR_USAGE, "--head wants the 64 digits of a head, not '%.80s'", text);
}

static bool read_options(struct mu_verify *v, struct mu_err *err)
{
    static const char *const format[] = { "text", "json" };
    const char *ca = v->args->value[MU_OPT_CA], *at = v->args->value[MU_OPT_AT];
    size_t chosen;
    TRY(mu_argument_word(v->args, MU_OPT_OUTPUT, format, MU_COUNT(format), 0, &chosen, err));
    v->json = chosen == 1;
    TRY(read_head(v->args->value[MU_OPT_HEAD], &v->noted, err));
    if (ca != NULL) {
        TRY(mu_file_read(v->args->arena, ca, MU_OPERATOR_FILE_MAX, &v->anchors, err));
        TRY(mu_cms_anchors(v->args->arena, v->anchors, ca, err));
    }
    struct mu_instant then = { .seconds = (int64_t) time(NULL) };
    if (at != NULL && !mu_datetime_read(mu_bytes_of(at), &then))
        return mu_fail(err, MU_ERR_USAGE, "--at wants a time as 2026-11-23T10:15:00Z, not '%.80s'",
                       at);
    v->at = then.seconds;
    return true;
}

bool mu_cli_verify(const struct mu_arguments *given, enum mu_exit *status, struct mu_err *err)
{
    struct mu_arguments args = *given;
    struct mu_verify *v = mu_new(args.arena, struct mu_verify);
    *v = (struct mu_verify){ .args = &args, .run = args.operand[0], .dir = -1, .tar = -1 };
    mu_net_start();
    TRY(read_options(v, err));
    TRY(mu_verify_open(v, err));
    if (args.value[MU_OPT_NO_JUDGE] == NULL)
        TRY(load(v, &args, err));
    return verify(v, status, err);
}
