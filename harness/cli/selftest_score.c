/* What the runs of a self-test prove: each run as it should be, and then what nothing has shown. */
#include <string.h>

#include "cli/selftest.h"
#include "report/health.h"
#include "suite/read.h"

/* --- one run -------------------------------------------------------------------------------------------- */

static void lie(struct mu_selftest *t, const char *run, const char *of, const char *what)
{
    t->lies++;
    printf("  %s: %s%s%s\n", run, of, of[0] != '\0' ? ": " : "", what);
}

/* A sin of a family is named by the name of the family. */
static bool names(const struct mu_case *c, const struct mu_sin *sin)
{
    return sin != NULL
           && mu_words_hold(c->sins, sin->argument != NULL ? MU_SIN_FIXTURE_NAME : sin->name);
}

/* A case that asks no more than "should" kills by its remarks. */
static bool kills(const struct mu_sin_run *run, const struct mu_case *c)
{
    const struct mu_case_tally *tally = &run->tally[c->index];
    return names(c, run->sin) && tally->fail + tally->remarks > 0;
}

/* A case that names the sin fails in one instance at least, unless the sin already broke its control;
 * a case that does not name it passes, or its control failed, or it found a broken rule: whatever judges
 * a leg is meant to find those. */
static void judge_case(struct mu_selftest *t, const struct mu_sin_run *run, const struct mu_case *c)
{
    const struct mu_case_tally *tally = &run->tally[c->index];
    bool named = names(c, run->sin), virtuous = run->sin == NULL;
    bool ran = tally->pass + tally->remarks + tally->fail + tally->control_failed > 0;
    if (tally->other > 0)
        lie(t, run->name, c->id, "neither passes nor fails");
    if (!named && tally->fail > (virtuous ? 0 : tally->ruled))
        lie(t, run->name, c->id, virtuous ? "fails" : "fails although it does not name this sin");
    if (named && ran && !kills(run, c) && tally->control_failed == 0)
        lie(t, run->name, c->id, "names this sin and does not fail");
    if (virtuous && tally->control_failed > 0)
        lie(t, run->name, c->id, "was not tried: its control failed");
}

void mu_selftest_judge(struct mu_selftest *t, const struct mu_sin_run *run)
{
    const struct mu_suite *suite = &t->world.suite;
    size_t before = t->lies, killers = 0;
    if (!run->end->done)
        lie(t, run->name, "", "the run died");
    else if (run->end->error[0] != '\0')
        lie(t, run->name, "", run->end->error);
    for (size_t i = 0; i < suite->count; i++) {
        judge_case(t, run, suite->cases[i]);
        killers += kills(run, suite->cases[i]);
    }
    if (run->sin != NULL && killers == 0)
        lie(t, run->name, "", "no case caught it");
    if (run->sin == NULL && run->end->late + run->end->trouble > 0)
        lie(t, run->name, "", "late mail, or a path that did not come through");
    printf("%-4s %-30s %u pass, %u fail, %zu cases caught it\n", t->lies == before ? "ok" : "BAD",
           run->name, run->end->pass, run->end->fail, killers);
}

/* --- all of them ------------------------------------------------------------------------------------------ */

bool mu_selftest_counts(const struct mu_selftest *t, size_t rule)
{
    const struct mu_rule *r = mu_rules_at(t->world.profile.rules, rule);
    const char **phase;
    size_t phases = mu_words_split(t->arena, r->phases, &phase);
    bool active = phases == 0;
    for (size_t i = 0; i < phases; i++)
        active = active || mu_words_hold(t->world.profile.phases, phase[i]);
    return active && r->assertion && !r->waived && r->level == MU_LEVEL_MUST;
}

bool mu_selftest_killed(const struct mu_selftest *t, size_t rule)
{
    for (size_t i = 0; i < t->runs; i++)
        if (t->run[i].sin != NULL && t->run[i].broken[rule])
            return true;
    return false;
}

/* The score in the making. */
struct score {
    struct mu_selftest *t;
    struct mu_health health;
    struct mu_health_table sins, assertions, cases;
    struct mu_health_silent *silent;
};

static struct mu_health_row *new_row(struct score *s, struct mu_health_table *table,
                                     const char *name)
{
    struct mu_health_row *rows = (struct mu_health_row *) (uintptr_t) table->row;
    struct mu_health_row *row = &rows[table->rows++];
    size_t most = s->t->runs > s->t->world.suite.count ? s->t->runs : s->t->world.suite.count;
    *row = (struct mu_health_row){ .name = name };
    row->by = mu_arena_array(s->t->arena, most + 1, sizeof *row->by);
    return row;
}

static struct mu_silent *excuse_of(struct score *s, const char *rule, const char *of)
{
    for (size_t i = 0; i < s->t->excused.count; i++) {
        struct mu_silent *e = &s->t->excused.silent[i];
        if ((rule != NULL && e->rule != NULL && strcmp(e->rule, rule) == 0)
            || (of != NULL && e->of != NULL && strcmp(e->of, of) == 0))
            return e;
    }
    return NULL;
}

/* Something is either killed, or excused, or a lie of the suite. */
static void settle(struct score *s, const struct mu_health_row *row, const char *rule,
                   const char *of, struct mu_health_part *part)
{
    struct mu_silent *excuse = excuse_of(s, rule, of);
    part->total++;
    part->killed += row->bys > 0;
    if (row->bys > 0)
        return;
    if (excuse != NULL) {
        excuse->used = true;
        part->excused++;
    } else {
        lie(s->t, row->name, "",
            rule != NULL ? "no sin breaks this rule" : "no sin fails this case");
    }
    s->silent[s->health.silents++] =
        (struct mu_health_silent){ row->name, excuse != NULL ? excuse->because : "" };
}

static void score_sins(struct score *s)
{
    const struct mu_suite *suite = &s->t->world.suite;
    for (size_t i = 0; i < s->t->runs; i++) {
        const struct mu_sin_run *run = &s->t->run[i];
        if (run->sin == NULL)
            continue;
        struct mu_health_row *row = new_row(s, &s->sins, run->name);
        row->kind = mu_sin_kind_name(run->sin->kind);
        for (size_t c = 0; c < suite->count; c++)
            if (kills(run, suite->cases[c]))
                row->by[row->bys++] = suite->cases[c]->id;
        s->health.sins.total++;
        s->health.sins.killed += row->bys > 0; /* one that lives was a lie of its run */
    }
}

static void score_assertions(struct score *s)
{
    const struct mu_rule_set *rules = s->t->world.profile.rules;
    for (size_t r = 0; r < mu_rules_count(rules); r++) {
        if (!mu_selftest_counts(s->t, r))
            continue;
        const char *id = mu_rules_at(rules, r)->id;
        struct mu_health_row *row = new_row(s, &s->assertions, id);
        for (size_t i = 0; i < s->t->runs; i++)
            if (s->t->run[i].sin != NULL && s->t->run[i].broken[r])
                row->by[row->bys++] = s->t->run[i].name;
        settle(s, row, id, NULL, &s->health.assertions);
    }
}

static void score_cases(struct score *s)
{
    const struct mu_suite *suite = &s->t->world.suite;
    for (size_t c = 0; c < suite->count; c++) {
        if (suite->cases[c]->class != MU_CLASS_INVALID_CASE || suite->cases[c]->off != NULL)
            continue;
        struct mu_health_row *row = new_row(s, &s->cases, suite->cases[c]->id);
        for (size_t i = 0; i < s->t->runs; i++)
            if (kills(&s->t->run[i], suite->cases[c]))
                row->by[row->bys++] = s->t->run[i].name;
        settle(s, row, NULL, suite->cases[c]->id, &s->health.cases);
    }
}

/* An excuse for what was killed, or for what is not there. */
static void find_stale(struct score *s)
{
    for (size_t i = 0; i < s->t->excused.count; i++) {
        const struct mu_silent *e = &s->t->excused.silent[i];
        struct mu_err place;
        char text[600];
        if (e->used)
            continue;
        s->t->lies++;
        (void) mu_fail_where(&place, e->where, MU_ERR_PROFILE,
                             "'%s' is shown by a sin, or is no must assertion and no invalid case",
                             e->rule != NULL ? e->rule : e->of);
        mu_err_text(&place, text, sizeof text);
        printf("  stale: %s\n", text);
    }
}

static void print_part(const char *what, const struct mu_health_part *part)
{
    printf("%-16s %4zu of %4zu killed", what, part->killed, part->total);
    if (part->excused > 0)
        printf(", %zu out of reach", part->excused);
    putchar('\n');
}

static const char *digest_of(struct mu_arena *arena, const char *sha256)
{
    return mu_arena_printf(arena, "sha256:%s", sha256);
}

bool mu_selftest_score(struct mu_selftest *t, const char *path, struct mu_err *err)
{
    size_t most = t->runs + t->world.suite.count + mu_rules_count(t->world.profile.rules);
    struct score s = { .t = t };
    struct mu_health_table *const table[] = { &s.sins, &s.assertions, &s.cases };
    for (size_t i = 0; i < MU_COUNT(table); i++)
        table[i]->row = mu_arena_array(t->arena, most, sizeof *table[i]->row);
    s.silent = mu_arena_array(t->arena, most, sizeof *s.silent);
    s.health.silent = s.silent;
    s.health.profile = t->world.profile.id;
    s.health.suite = digest_of(t->arena, t->world.suite.digest);
    s.health.rules = digest_of(t->arena, t->world.profile.rules_digest);
    score_sins(&s);
    score_assertions(&s);
    score_cases(&s);
    find_stale(&s);
    print_part("sins", &s.health.sins);
    print_part("must assertions", &s.health.assertions);
    print_part("invalid cases", &s.health.cases);
    return path == NULL
           || mu_health_write(t->arena, path, &s.health, &s.sins, &s.assertions, &s.cases, err);
}
