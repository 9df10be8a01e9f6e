/* muster check: the rules of a profile, offline, on files. */
#include <errno.h>
#include <fnmatch.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "base/text_safe.h"
#include "cli/check.h"

static const struct mu_check_writer *const writer[] = { &mu_check_text, &mu_check_json,
                                                        &mu_check_sarif };

/* --- options -------------------------------------------------------------------------------------- */

static const char *rule_name(const void *self, size_t i)
{
    return i < mu_rules_count(self) ? mu_rules_at(self, i)->id : NULL;
}

static const char *phase_name(const void *self, size_t i)
{
    return mu_rules_phase_at(self, i);
}

/* Mark what a glob names; false when it names no assertion. */
static bool mark_rules(const struct mu_rule_set *set, const char *glob, bool *wanted)
{
    bool any = false;
    for (size_t i = 0; i < mu_rules_count(set); i++)
        if (mu_rules_at(set, i)->assertion && fnmatch(glob, mu_rules_at(set, i)->id, 0) == 0)
            any = wanted[i] = true;
    return any;
}

static bool named_rules(struct mu_check *c, bool *wanted, struct mu_err *err)
{
    const struct mu_rule_set *set = c->world.profile.rules;
    const char **list;
    size_t n = mu_argument_values(c->args, MU_OPT_RULE, &list);
    for (size_t i = 0; i < mu_rules_count(set); i++)
        wanted[i] = n == 0;
    for (size_t i = 0; i < n; i++)
        for (const char *at = list[i] + strspn(list[i], ", "); *at != '\0';
             at += strspn(at, ", ")) {
            size_t length = strcspn(at, ", ");
            const char *glob = mu_arena_strndup(c->args->arena, at, length);
            const char *near = mu_name_nearest(glob, rule_name, set);
            if (!mark_rules(set, glob, wanted))
                return mu_fail(err, MU_ERR_USAGE,
                               "'%.60s' names no rule of the profile that a message can show%s%s%s",
                               glob, near != NULL ? "; did you mean '" : "",
                               near != NULL ? near : "", near != NULL ? "'?" : "");
            at += length;
        }
    return true;
}

/* What is not asked for is not evaluated. */
static bool select_rules(struct mu_check *c, struct mu_err *err)
{
    static const char *const level[] = { "may", "should", "must" };
    struct mu_rule_set *set = c->world.profile.rules;
    bool *wanted = mu_arena_array(c->args->arena, mu_rules_count(set) + 1, sizeof *wanted);
    size_t least, left = 0;
    TRY(mu_argument_word(c->args, MU_OPT_LEVEL, level, MU_COUNT(level), MU_LEVEL_MAY, &least, err));
    TRY(named_rules(c, wanted, err));
    for (size_t i = 0; i < mu_rules_count(set); i++) {
        const struct mu_rule *rule = mu_rules_at(set, i);
        wanted[i] = wanted[i] && rule->level >= (enum mu_level) least;
        left += wanted[i] && rule->assertion && !rule->waived;
    }
    if (left == 0)
        return mu_fail(err, MU_ERR_USAGE, "no rule is left to check by");
    mu_rules_select(set, wanted);
    return true;
}

bool mu_check_phases(const struct mu_arguments *args, const struct mu_rule_set *set,
                     const char **phases, struct mu_err *err)
{
    const char **list;
    size_t n = mu_argument_values(args, MU_OPT_PHASE, &list);
    struct mu_buf all = { .arena = args->arena };
    for (size_t i = 0; i < n; i++) {
        if (!mu_rules_has_phase(set, list[i])) {
            const char *near = mu_name_nearest(list[i], phase_name, set);
            return mu_fail(err, MU_ERR_USAGE, "the profile's rules have no phase '%.60s'%s%s%s",
                           list[i], near != NULL ? "; did you mean '" : "",
                           near != NULL ? near : "", near != NULL ? "'?" : "");
        }
        mu_buf_printf(&all, "%s%s", all.n > 0 ? " " : "", list[i]);
    }
    *phases = mu_buf_text(&all);
    return true;
}

static long processors(void)
{
    cpu_set_t set;
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n < MU_JOBS_MAX ? n : MU_JOBS_MAX;
}

static bool read_options(struct mu_check *c, struct mu_batch *batch, struct mu_err *err)
{
    const char *format[MU_COUNT(writer)];
    const char *isolation = c->args->value[MU_OPT_ISOLATION];
    size_t chosen;
    long jobs;
    for (size_t i = 0; i < MU_COUNT(writer); i++)
        format[i] = writer[i]->name;
    TRY(mu_argument_word(c->args, MU_OPT_CHECK_FORMAT, format, MU_COUNT(format), 0, &chosen, err));
    TRY(mu_argument_number(c->args, MU_OPT_WORK_JOBS, 1, MU_JOBS_MAX, processors(), &jobs, err));
    c->writer = writer[chosen];
    batch->jobs = (size_t) jobs;
    batch->item_ms = MU_BATCH_ITEM_MS;
    batch->isolation = MU_ISOLATION_FULL;
    if (isolation != NULL && !mu_isolation_from_name(isolation, &batch->isolation))
        return mu_fail(err, MU_ERR_USAGE, "unknown isolation '%s'; there are full, fork and none",
                       isolation);
    return true;
}

static bool may_see(const struct mu_rule_set *set, const char *const *name, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mu_rules_may_see(set, name[i]))
            return true;
    return false;
}

/* What no rule looks at is not made. */
static void make_kit(struct mu_check *c)
{
    static const char *const meaning[] = {
        "facts", "marked", "portion", "rollup", "pages", "former"
    };
    static const char *const rest[] = { "h:", "p:", "part", "defect" };
    const struct mu_rule_set *set = c->world.profile.rules;
    c->kit = mu_judge_kit(&c->world.profile);
    c->kit.undigested = !mu_rules_may_see(set, "@sha256");
    if (!may_see(set, meaning, MU_COUNT(meaning))) {
        c->kit.policies = NULL;
        c->kit.labels_only = !may_see(set, rest, MU_COUNT(rest));
    }
}

/* --- one message ---------------------------------------------------------------------------------- */

static void count(struct mu_check *c, const struct mu_checked *checked)
{
    struct mu_check_counts *n = &c->count;
    n->files += checked->item->number <= 1;
    n->state[checked->state]++;
    if (checked->state == MU_CHECK_REFUSED) {
        n->trouble += checked->item->trouble;
        return;
    }
    n->messages++;
    n->unlabelled += checked->state <= MU_CHECK_DOUBTFUL && checked->label == MU_CHECK_NO_LABEL;
    n->clean += checked->state == MU_CHECK_JUDGED && checked->findings == 0;
    for (size_t i = 0; i < checked->findings; i++)
        n->broken[checked->finding[i].rule->level]++;
}

/* Who reads the text sees it there; the other reports are for programs. */
static void complain(const struct mu_check *c, struct mu_arena *arena,
                     const struct mu_checked *checked)
{
    if (c->writer != &mu_check_text || c->out != stdout)
        fprintf(stderr, "muster: %s: %s\n", mu_text_line(arena, mu_bytes_of(checked->item->name)),
                checked->why);
}

static bool take(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err)
{
    struct mu_check *c = self;
    const struct mu_rule_set *rules = c->world.profile.rules;
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_checked checked = { .item = item, .state = MU_CHECK_KILLED, .why = killed };
    size_t most = result.n / offsetof(struct mu_record, text) + 1; /* no record is shorter */
    checked.finding = mu_arena_array(arena, most, sizeof *checked.finding);
    if (item->why != NULL) {
        checked.state = MU_CHECK_REFUSED;
        checked.why = item->why;
    } else if (killed == NULL && !mu_check_read_result(arena, rules, result, &checked)) {
        checked = (struct mu_checked){ .item = item,
                                       .state = MU_CHECK_KILLED,
                                       .why = "its job said what it must not" };
    }
    count(c, &checked);
    if (checked.state >= MU_CHECK_KILLED)
        complain(c, arena, &checked);
    c->writer->item(c, arena, &checked);
    mu_arena_free(arena);
    return ferror(c->out) == 0 || mu_fail(err, MU_ERR_IO, "cannot write the report");
}

/* --- the report ----------------------------------------------------------------------------------- */

/* The order of exit.h. */
static enum mu_exit exit_of(const struct mu_check *c)
{
    const struct mu_check_counts *n = &c->count;
    if (n->state[MU_CHECK_REFUSED] > n->trouble || n->messages + n->trouble == 0)
        return MU_EXIT_USAGE;
    if (c->interrupted)
        return MU_EXIT_INTERRUPTED;
    if (n->trouble > 0 || n->state[MU_CHECK_KILLED] > 0)
        return MU_EXIT_TROUBLE;
    if (n->broken[MU_LEVEL_MUST] > 0)
        return MU_EXIT_FAILURES;
    return n->state[MU_CHECK_DOUBTFUL] > 0 ? MU_EXIT_INCONCLUSIVE : MU_EXIT_OK;
}

static bool run(struct mu_check *c, struct mu_batch *batch, enum mu_exit *status,
                struct mu_err *err)
{
    struct mu_batch_end end;
    batch->self = c;
    batch->next = mu_check_next;
    batch->open = mu_check_open;
    batch->make = mu_check_make;
    batch->split = mu_check_split;
    batch->take = take;
    c->writer->begin(c);
    fflush(NULL); /* what is buffered must not be in every job */
    TRY(mu_batch_run(batch, &end, err));
    c->interrupted = end.interrupted;
    *status = exit_of(c);
    c->writer->end(c, *status);
    if (c->later != NULL)
        fclose(c->later);
    if (c->count.messages == 0 && c->count.state[MU_CHECK_REFUSED] == 0 && !c->interrupted)
        fputs("muster: there is no message in what was named\n", stderr);
    bool written = fflush(c->out) == 0 && ferror(c->out) == 0;
    return written || mu_fail(err, MU_ERR_IO, "cannot write the report");
}

/* Into a file: first under another name, so that a report is whole or not there. */
static bool run_into(struct mu_check *c, struct mu_batch *batch, const char *path,
                     enum mu_exit *status, struct mu_err *err)
{
    const char *temporary = mu_arena_printf(c->args->arena, "%s.tmp.%ld", path, (long) getpid());
    c->out = fopen(temporary, "wxe");
    if (c->out == NULL)
        return mu_fail_sys(err, "cannot create '%s'", temporary);
    bool done = run(c, batch, status, err);
    if (done && fsync(fileno(c->out)) != 0)
        done = mu_fail_sys(err, "cannot write '%s'", path);
    if (fclose(c->out) != 0 && done)
        done = mu_fail_sys(err, "cannot write '%s'", path);
    if (done && rename(temporary, path) != 0)
        done = mu_fail_sys(err, "cannot write '%s'", path);
    if (!done) {
        unlink(temporary);
        return false;
    }
    c->out = stdout;
    mu_check_text.end(c, *status);
    return true;
}

bool mu_cli_check(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_check *c = mu_new(args->arena, struct mu_check);
    struct mu_batch batch = { .jobs = 1 };
    const char *path = args->value[MU_OPT_OUT_FILE];
    *c = (struct mu_check){ .args = args, .out = stdout, .standard_input = -1 };
    TRY(mu_world_start(&c->world, args, err));
    TRY(read_options(c, &batch, err));
    TRY(mu_world_profile(&c->world, args, err));
    TRY(select_rules(c, err));
    TRY(mu_check_phases(c->args, c->world.profile.rules, &c->phases, err));
    make_kit(c);
    TRY(mu_judge_warm(&c->world.profile, &c->kit, &c->world.data, err));
    if (batch.isolation != MU_ISOLATION_FULL)
        fprintf(stderr, "muster: isolation is '%s': jobs are not sealed\n",
                mu_isolation_name(batch.isolation));
    bool done = path != NULL ? run_into(c, &batch, path, status, err) : run(c, &batch, status, err);
    mu_check_files_end(c);
    return done;
}
