/* `muster shrink`: the smallest message that breaks the same rule, in a folder that stands alone. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text_safe.h"
#include "cli/check.h"
#include "cli/shrink.h"
#include "suite/read.h"

/* --- the message ---------------------------------------------------------------------------------------- */

/* A copy of a file in memory, unread, which the job may overwrite. */
static bool copy_file(struct mu_shrink_task *t, const char *run, const struct mu_run_file *file,
                      struct mu_err *err)
{
    struct mu_bytes all;
    TRY(mu_run_file_read(t->world.arena, run, file, MU_MESSAGE_MAX, &all, err));
    t->name = mu_file_join(t->world.arena, run, file->path);
    t->fd = memfd_create("message", MFD_CLOEXEC);
    if (t->fd < 0)
        return mu_fail_sys(err, "cannot make room for a copy");
    return mu_file_write_all(t->fd, all, err);
}

/* --- the job ---------------------------------------------------------------------------------------------- */

static bool next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_shrink_task *t = self;
    (void) arena;
    bool more = !t->taken;
    t->taken = true;
    *item = (struct mu_batch_item){ .name = t->name, .fd = -1, .octets = -1 };
    return more;
}

static void open_item(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    (void) arena;
    item->fd = dup(((struct mu_shrink_task *) self)->fd);
    item->why = "no descriptor is left";
}

static bool take(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err)
{
    struct mu_shrink_task *t = self;
    (void) item, (void) err;
    if (killed != NULL)
        t->why = mu_arena_printf(t->world.arena, "the message ended its job: %s", killed);
    else if (result.n != sizeof t->word)
        t->why = "the job did not say what it should";
    else
        memcpy(&t->word, result.p, result.n);
    if (t->why == NULL && t->word.rule >= mu_rules_count(t->world.profile.rules))
        t->why = "the job named a rule that there is not";
    return true;
}

static bool run_job(struct mu_shrink_task *t, struct mu_err *err)
{
    struct mu_batch batch = { .self = t,
                              .jobs = 1,
                              .isolation = MU_ISOLATION_FULL,
                              .item_ms = MU_SHRINK_MS + MU_OPERATION_MS,
                              .next = next,
                              .open = open_item,
                              .make = mu_shrink_make,
                              .take = take };
    struct mu_batch_end end;
    t->taken = false;
    TRY(mu_batch_run(&batch, &end, err));
    return t->why == NULL || mu_fail(err, MU_ERR_PEER, "%s", t->why);
}

/* --- a case of a run ---------------------------------------------------------------------------------------- */

/* Profile and test time are those of the run, unless others are asked for. */
static bool read_run(struct mu_arguments *args, struct mu_run_case *told, struct mu_err *err)
{
    const char *path = mu_file_join(args->arena, args->operand[0], "run.jsonl");
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mu_fail(err, MU_ERR_USAGE, "cannot open '%s': %s", path, strerror(errno));
    TRY(mu_run_case_read(args->arena, fd, path, args->operand[1], told, err));
    if (args->value[MU_OPT_PROFILE] == NULL)
        args->value[MU_OPT_PROFILE] = told->profile;
    if (args->value[MU_OPT_TEST_TIME] == NULL)
        args->value[MU_OPT_TEST_TIME] = told->test_time;
    return true;
}

/* The rules that the case found broken will do, and any message that came in. */
static bool use_case(struct mu_shrink_task *t, const struct mu_arguments *args,
                     const struct mu_run_case *told, struct mu_err *err)
{
    const struct mu_rule **wanted = mu_arena_array(args->arena, told->brokens + 1, sizeof *wanted);
    if (t->wanteds > 0)
        return true;
    t->wanted = wanted;
    for (size_t i = 0; i < told->brokens; i++) {
        wanted[t->wanteds] = mu_rules_find(t->world.profile.rules, told->broken[i]);
        t->wanteds += wanted[t->wanteds] != NULL;
    }
    return t->wanteds > 0
           || mu_fail(err, MU_ERR_USAGE,
                      "no message of '%s' broke a rule; what else failed there is in the reports",
                      args->operand[1]);
}

/* --- the command -------------------------------------------------------------------------------------------- */

static bool rule_wanted(struct mu_shrink_task *t, const char *id, struct mu_err *err)
{
    struct mu_rule_set *rules = t->world.profile.rules;
    const struct mu_rule **wanted = mu_arena_array(t->world.arena, 1, sizeof(struct mu_rule *));
    if (id == NULL)
        return true;
    wanted[0] = mu_rules_find(rules, id);
    t->wanted = wanted;
    t->wanteds = 1;
    if (wanted[0] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "the profile has no rule '%s'", id);
    return wanted[0]->assertion
           || mu_fail(err, MU_ERR_USAGE, "rule '%s' is shown by a case, not by a message", id);
}

/* Shrinks the first message that breaks a wanted rule. */
static bool shrink_first(struct mu_shrink_task *t, const char *run, const struct mu_run_case *told,
                         bool *done, struct mu_err *err)
{
    *done = false;
    for (size_t i = 0; i < told->receiveds && !*done; i++) {
        TRY(copy_file(t, run, &told->received[i], err));
        TRY(run_job(t, err));
        *done = t->word.state == MU_SHRINK_DONE;
        if (!*done)
            close(t->fd);
    }
    return true;
}

static const char *rules_text(const struct mu_shrink_task *t)
{
    struct mu_buf out = { .arena = t->world.arena };
    for (size_t i = 0; i < t->wanteds; i++)
        mu_buf_printf(&out, "%s%s", i > 0 ? ", " : "", t->wanted[i]->id);
    return t->wanteds > 0 ? mu_buf_text(&out) : "a rule";
}

static const char *readme(const struct mu_shrink_task *t, const struct mu_rule *rule)
{
    struct mu_buf out = { .arena = t->world.arena };
    mu_buf_printf(&out, "# %s (%s)\n\n%s\n\n%s, %s\n\n", rule->id, mu_level_name(rule->level),
                  rule->text, rule->document, rule->see);
    mu_buf_printf(&out,
                  "`message.eml` breaks this rule. It was reduced from %" PRIu64 " to %" PRIu64
                  " octets in %" PRIu64 " trials; %s.\n\n",
                  t->word.before, t->word.after, t->word.trials,
                  t->word.minimal ? "without any one of its pieces the rule is not broken"
                                  : "time or trials ran out, so that more could go");
    mu_buf_puts(&out, "`sh reproduce.sh` shows it with nothing but this folder and `muster` (or "
                      "`MUSTER=FILE sh reproduce.sh`); exit status 1: a must rule is broken.\n\n");
    mu_buf_puts(&out, mu_shrink_provenance(&t->world));
    return mu_buf_text(&out);
}

static const char *check_command(const struct mu_shrink_task *t, const struct mu_rule *rule)
{
    struct mu_buf out = { .arena = t->world.arena };
    const char **word;
    size_t words = mu_words_split(t->world.arena, t->phases, &word);
    mu_buf_printf(&out, "check --profile PROFILE --rule %s --test-time %s", rule->id,
                  t->world.test_time_text);
    for (size_t i = 0; i < words; i++)
        mu_buf_printf(&out, " --phase %s", word[i]);
    mu_buf_puts(&out, " \"$here/message.eml\"");
    return mu_buf_text(&out);
}

static bool write_folder(struct mu_shrink_task *t, const char *dir, struct mu_err *err)
{
    const struct mu_rule *rule = mu_rules_at(t->world.profile.rules, (size_t) t->word.rule);
    struct mu_shrink_folder folder = {
        .world = &t->world, .dir = dir, .readme = readme(t, rule), .command = check_command(t, rule)
    };
    TRY(mu_file_read_fd(t->world.arena, t->fd, "the result", MU_MESSAGE_MAX, &folder.message, err));
    TRY(mu_shrink_write_folder(&folder, err));
    printf("%s: %s: %" PRIu64 " octets became %" PRIu64 " in %" PRIu64 " trials%s\n", dir, rule->id,
           t->word.before, t->word.after, t->word.trials,
           t->word.minimal ? "" : "; time or trials ran out, more could go");
    return true;
}

bool mu_cli_shrink(const struct mu_arguments *given, enum mu_exit *status, struct mu_err *err)
{
    struct mu_arguments args = *given;
    struct mu_shrink_task t = { .fd = -1 };
    struct mu_run_file one = { .path = args.operand[0] };
    struct mu_run_case told = { .received = &one, .receiveds = 1 };
    const char *out = args.value[MU_OPT_OUT] != NULL ? args.value[MU_OPT_OUT] : "reproducer";
    bool done, of_run = args.operands == 2;
    if (access(out, F_OK) == 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is there already", out);
    if (of_run)
        TRY(read_run(&args, &told, err));
    if (args.value[MU_OPT_SUT] != NULL)
        return of_run ? mu_shrink_case(&args, &told, out, status, err)
                      : mu_fail(err, MU_ERR_USAGE, "--sut goes with the case of a run");
    TRY(mu_world_start(&t.world, &args, err));
    TRY(mu_world_profile(&t.world, &args, err));
    t.kit = mu_judge_kit(&t.world.profile);
    TRY(mu_check_phases(&args, t.world.profile.rules, &t.phases, err));
    TRY(rule_wanted(&t, args.value[MU_OPT_RULE], err));
    if (of_run)
        TRY(use_case(&t, &args, &told, err));
    TRY(mu_judge_warm(&t.world.profile, &t.kit, &t.world.data, err));
    TRY(shrink_first(&t, of_run ? args.operand[0] : "", &told, &done, err));
    if (!done)
        return mu_fail(err, MU_ERR_USAGE, "%s: the message does not break %s",
                       mu_text_line(args.arena, mu_bytes_of(args.operand[args.operands - 1])),
                       rules_text(&t));
    *status = MU_EXIT_OK;
    return write_folder(&t, out, err);
}
