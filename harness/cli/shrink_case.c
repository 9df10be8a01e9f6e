/* `muster shrink RUN CASE --sut FILE`: the smallest message at which the system under test fails alike. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/shrink.h"
#include "cli/world_run.h"
#include "document/shrink.h"
#include "format/mail.h"
#include "net/library.h"
#include "suite/substitute.h"

struct trial {
    const struct mu_arguments *args;
    struct mu_world world;
    struct mu_document_kit kit;
    struct mu_engine *engine;
    bool *wanted;                        /* one a rule: must be broken */
    const char *name, *verdict, *reason; /* what must happen again */
    const char *dir, *file;              /* work folder, message */
    size_t number;
    bool alike; /* it did happen */
    struct mu_err trouble;
    bool broken; /* a trial could not be made: see `trouble` */
};

static void hear(void *self, const char *name, enum mu_verdict verdict, const char *reason)
{
    struct trial *t = self;
    if (strcmp(name, t->name) == 0)
        t->alike =
            strcmp(mu_verdict_name(verdict), t->verdict) == 0 && strcmp(reason, t->reason) == 0;
}

static bool run_once(struct trial *t, struct mu_err *err)
{
    const char *out = mu_arena_printf(t->world.arena, "%s/%zu", t->dir, ++t->number);
    struct mu_run_options options = mu_world_run_options(&t->world, out, t->args->environment);
    options.no_evidence = true;
    struct mu_run_result result;
    t->alike = false;
    TRY(mu_run(mu_engine_host(t->engine), &options, &result, err));
    mu_file_remove_tree(out);
    return result.exit != MU_EXIT_INTERRUPTED || mu_fail(err, MU_ERR_IO, "interrupted");
}

/* The mark of each rule over a message, in `arena`; NULL when it cannot be judged. The message is one
 * of ours, so that it can be judged here. */
static const char *marks_of(const struct trial *t, struct mu_arena *arena, struct mu_bytes message)
{
    struct mu_judged *judged = mu_new(arena, struct mu_judged);
    struct mu_err err;
    return mu_judge_stored(&t->world.profile, &t->kit, arena, NULL, message, false, judged, &err)
               ? judged->judgement.mark
               : NULL;
}

/* A message that breaks less than the whole one is another matter, and to accept it may be right. */
static void want_broken(struct trial *t, struct mu_bytes whole)
{
    const struct mu_rule_set *rules = t->world.profile.rules;
    const char *mark = marks_of(t, t->world.arena, whole);
    for (size_t i = 0; i < mu_rules_count(rules) && mark != NULL; i++)
        t->wanted[i] = mark[i] == MU_MARK_BREAKS && mu_rules_at(rules, i)->level == MU_LEVEL_MUST;
}

static bool breaks_them(const struct trial *t, struct mu_bytes message)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    const char *mark = marks_of(t, arena, message);
    bool all = mark != NULL;
    for (size_t i = 0; i < mu_rules_count(t->world.profile.rules) && all; i++)
        all = !t->wanted[i] || mark[i] == MU_MARK_BREAKS;
    mu_arena_free(arena);
    return all;
}

static bool fails_alike(void *self, struct mu_bytes message)
{
    struct trial *t = self;
    if (t->broken || !breaks_them(t, message))
        return false;
    t->broken = !mu_file_replace(t->file, message, 0600, &t->trouble) || !run_once(t, &t->trouble);
    return !t->broken && t->alike;
}

/* --- the message, with holes where this run's addresses go ------------------------------------------------ */

static struct mu_bytes with_hole(struct mu_arena *arena, struct mu_bytes text,
                                 struct mu_bytes value, const char *hole)
{
    struct mu_buf out = { .arena = arena };
    for (size_t at = 0; at < text.n;) {
        size_t found = value.n > 0 ? mu_bytes_find(text, value, at) : SIZE_MAX;
        mu_buf_put_bytes(&out, mu_bytes_slice(text, at, (found < text.n ? found : text.n) - at));
        if (found == SIZE_MAX)
            break;
        mu_buf_puts(&out, hole);
        at = found + value.n;
    }
    return mu_buf_bytes(&out);
}

static struct mu_bytes with_holes(struct mu_arena *arena, struct mu_bytes message)
{
    static const char *const field[] = { "message-id", "to", "from" };
    const struct mu_mail *mail = mu_mail_read(arena, message);
    struct mu_bytes text = message;
    for (size_t i = 0; i < MU_COUNT(field); i++) {
        const struct mu_header *h = mu_header_find(&mail->top, field[i]);
        if (h != NULL)
            text = with_hole(arena, text, h->value, mu_arena_printf(arena, "{%s}", field[i]));
    }
    return text;
}

/* --- the command -------------------------------------------------------------------------------------------- */

static bool prepare(struct trial *t, struct mu_arguments *args, const struct mu_run_case *told,
                    struct mu_bytes *message, struct mu_err *err)
{
    const struct mu_case *c;
    if (told->sent.path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "case '%s' sent no message", t->name);
    TRY(mu_run_file_read(args->arena, args->operand[0], &told->sent, MU_MESSAGE_MAX, message, err));
    *message = with_holes(args->arena, *message);
    TRY(mu_file_replace(t->file, *message, 0600, err));
    args->value[MU_OPT_SELECT] = mu_arena_printf(args->arena, "id:%s", t->name);
    mu_net_start();
    TRY(mu_world_start(&t->world, args, err));
    TRY(mu_world_plan(&t->world, args, err));
    TRY(mu_plan_only_case(&t->world.plan, &c, err));
    t->kit = mu_judge_kit(&t->world.profile);
    t->wanted = mu_arena_array(args->arena, mu_rules_count(t->world.profile.rules) + 1, 1);
    TRY(mu_case_send_file(t->world.arena, &t->world.suite, c, t->file, err));
    struct mu_engine_options options = mu_world_engine_options(&t->world);
    options.progress = hear;
    options.progress_self = t;
    return mu_engine_new(t->world.arena, &options, &t->engine, err);
}

static const char *wanted_text(const struct trial *t)
{
    struct mu_buf out = { .arena = t->world.arena };
    for (size_t i = 0; i < mu_rules_count(t->world.profile.rules); i++)
        if (t->wanted[i])
            mu_buf_printf(&out, " %s", mu_rules_at(t->world.profile.rules, i)->id);
    return mu_buf_text(&out);
}

static bool write_folder(struct trial *t, const struct mu_shrunk *shrunk, size_t before,
                         const char *dir, struct mu_err *err)
{
    struct mu_arena *arena = t->world.arena;
    const struct mu_planned *p = &t->world.plan.in[t->world.plan.ins - 1];
    const struct mu_case *c = t->world.suite.cases[p->case_index];
    struct mu_shrink_folder folder = {
        .world = &t->world, .dir = dir, .message = shrunk->message, .suite = true
    };
    const char *rules = wanted_text(t);
    folder.readme = mu_arena_printf(
        arena,
        "# %s: %s %s\n\n%s. %s\n\nWith `message.eml` as the message of this case, the system under "
        "test %s, version %s, fails for this reason%s%s. It was reduced from %zu to %zu octets in "
        "%zu "
        "trials; %s. `{to}`, `{from}` and `{message-id}` in it stand for those of the run.\n\n"
        "`sh reproduce.sh SUT-FILE` shows it with nothing but this folder and `muster` (or "
        "`MUSTER=FILE sh reproduce.sh SUT-FILE`).\n\n%s",
        t->name, t->verdict, t->reason, c->title, c->why, t->world.sut.name, t->world.sut.version,
        rules[0] != '\0' ? "; by itself it breaks" : "", rules, before, shrunk->message.n,
        shrunk->trials,
        shrunk->minimal ? "without any one of its pieces that does not happen"
                        : "time or trials ran out, so that more could go",
        mu_shrink_provenance(&t->world));
    folder.command = mu_arena_printf(arena,
                                     "run --profile PROFILE --sut \"${1:?the SUT file}\" --select "
                                     "'id:%s' --message \"$here/message.eml\" --test-time %s",
                                     t->name, t->world.test_time_text);
    TRY(mu_shrink_write_folder(&folder, err));
    printf("%s: %s: %s: %zu octets became %zu in %zu trials%s\n", dir, t->name, t->reason, before,
           shrunk->message.n, shrunk->trials,
           shrunk->minimal ? "" : "; time or trials ran out, more could go");
    return true;
}

static bool shrink(struct trial *t, struct mu_bytes message, const char *out, struct mu_err *err)
{
    want_broken(t, message);
    if (!fails_alike(t, message) && !t->broken)
        return mu_fail(err, MU_ERR_USAGE, "'%s' does not end with %s %s again", t->name, t->verdict,
                       t->reason);
    struct mu_shrink shrink = { .keeps = fails_alike,
                                .self = t,
                                .deadline_ms = mu_clock_ms() + MU_SHRINK_CASE_MS,
                                .trials_max = MU_SHRINK_TRIALS_MAX,
                                .words = true };
    struct mu_shrunk shrunk;
    if (!t->broken)
        mu_shrink_message(t->world.arena, message, &shrink, &shrunk);
    if (t->broken) {
        *err = t->trouble;
        return false;
    }
    return write_folder(t, &shrunk, message.n, out, err);
}

bool mu_shrink_case(struct mu_arguments *args, const struct mu_run_case *told, const char *out,
                    enum mu_exit *status, struct mu_err *err)
{
    struct trial t = {
        .args = args, .name = args->operand[1], .verdict = told->verdict, .reason = told->reason
    };
    struct mu_bytes message;
    const char *tmp = getenv("TMPDIR");
    if (strcmp(told->verdict, "fail") != 0 && strcmp(told->verdict, "remarks") != 0)
        return mu_fail(err, MU_ERR_USAGE, "case '%s' did not fail: %s", t.name, told->verdict);
    char *dir = mu_arena_printf(args->arena, "%s/muster-shrink-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(dir) == NULL)
        return mu_fail_sys(err, "cannot make a folder to work in");
    t.dir = dir;
    t.file = mu_file_join(args->arena, dir, "message.eml");
    bool ok = prepare(&t, args, told, &message, err) && shrink(&t, message, out, err);
    mu_file_remove_tree(dir);
    *status = MU_EXIT_OK;
    return ok;
}
