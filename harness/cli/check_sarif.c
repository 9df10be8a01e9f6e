/* The report as SARIF 2.1.0 (OASIS), for the tools that show findings beside files. Offsets are octets
 * of the file: SARIF's binary regions. */
#include <stdlib.h>
#include <string.h>

#include "cli/check.h"
#include "cli/version.h"
#include "report/sarif.h"

/* --- the head: the rules -------------------------------------------------------------------------- */

/* Rules that a message can show and that were asked for; the others stand in no result. Positions in
 * this list are not those in the profile, so results give no ruleIndex. */
static void rules(struct mu_json *j, const struct mu_check *c)
{
    const struct mu_rule_set *set = c->world.profile.rules;
    mu_json_open(j, "rules", '[');
    for (size_t i = 0; i < mu_rules_count(set); i++) {
        const struct mu_rule *r = mu_rules_at(set, i);
        if (!r->assertion || r->waived || r->left_out)
            continue;
        mu_sarif_rule(j, r->id, r->text,
                      mu_arena_printf(c->args->arena, "%s, %s: %s", r->document, r->see, r->text),
                      mu_sarif_level(mu_level_name(r->level)));
        if (r->hint[0] != '\0')
            mu_sarif_message(j, "help", r->hint);
        mu_json_open(j, "properties", '{');
        mu_json_text(j, "requirement-level", mu_level_name(r->level));
        mu_json_text(j, "document", r->document);
        mu_json_text(j, "clause", r->see);
        mu_json_close(j, '}');
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void begin(struct mu_check *c)
{
    struct mu_buf out = { .arena = c->args->arena };
    struct mu_json j = { .out = &out };
    c->later = tmpfile();
    mu_sarif_begin(&j, MU_VERSION);
    rules(&j, c);
    mu_json_close(&j, '}');
    mu_json_close(&j, '}');
    mu_json_open(&j, "properties", '{');
    mu_json_text(&j, "profile", c->world.profile.id);
    mu_json_text(&j, "profile-version", c->world.profile.version);
    mu_json_text(&j, "test-time", c->world.test_time_text);
    mu_json_close(&j, '}');
    mu_json_open(&j, "results", '[');
    fputs(mu_buf_text(&out), c->out);
}

/* --- results -------------------------------------------------------------------------------------- */

static void locations(struct mu_json *j, const char *uri, const struct mu_checked *checked,
                      const struct mu_check_finding *f)
{
    struct mu_place first = mu_check_place(checked, f);
    mu_json_open(j, "locations", '[');
    mu_sarif_location(j, uri, first.offset, first.octets, first.path);
    for (size_t i = 1; i < f->places; i++)
        mu_sarif_location(j, uri, f->place[i].offset, f->place[i].octets, f->place[i].path);
    mu_json_close(j, ']');
}

/* The same finding in the same place of the same file, wherever octets before it come and go. */
static void fingerprint(struct mu_json *j, struct mu_arena *arena, const char *uri,
                        const struct mu_checked *checked, const struct mu_check_finding *f)
{
    const char *path = f->places > 0 ? f->place[0].path : "";
    const char *all = mu_arena_printf(arena, "%s\n%s\n%llu\n%s\n%s", f->rule->id, uri,
                                      (unsigned long long) checked->item->number, path, f->seen);
    mu_sarif_fingerprint(j, "musterFinding/v1", mu_bytes_of(all));
}

static void result(struct mu_json *j, struct mu_arena *arena, const char *uri,
                   const struct mu_checked *checked, const struct mu_check_finding *f)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "ruleId", f->rule->id);
    mu_json_text(j, "level", mu_sarif_level(mu_level_name(f->rule->level)));
    mu_sarif_message(j, "message",
                     f->hint[0] != '\0' ? mu_arena_printf(arena, "%s %s", f->text, f->hint)
                                        : f->text);
    locations(j, uri, checked, f);
    mu_json_number(j, "occurrenceCount", (int64_t) f->count);
    fingerprint(j, arena, uri, checked, f);
    mu_json_open(j, "properties", '{');
    mu_json_text(j, "seen", f->seen);
    if (checked->item->number > 0)
        mu_json_number(j, "message-number", (int64_t) checked->item->number);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

/* What is no finding is a notification: it stands behind the results. */
static void notify(struct mu_check *c, struct mu_arena *arena, const char *uri, const char *text,
                   const char *id, const struct mu_checked *checked)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_json_open(&j, "descriptor", '{');
    mu_json_text(&j, "id", id);
    mu_json_close(&j, '}');
    mu_json_text(&j, "level", checked->state >= MU_CHECK_KILLED ? "error" : "warning");
    mu_sarif_message(&j, "message", text);
    mu_json_open(&j, "locations", '[');
    mu_sarif_location(&j, uri, checked->state < MU_CHECK_REFUSED ? checked->item->offset : -1, 1,
                      "");
    mu_json_close(&j, ']');
    mu_json_close(&j, '}');
    fprintf(c->later, "%s\n%s", ftell(c->later) > 0 ? "," : "", mu_buf_text(&out));
}

static void item(struct mu_check *c, struct mu_arena *arena, const struct mu_checked *checked)
{
    static const char *const id[] = { "", "in-doubt", "not-judged", "not-read" };
    const char *uri = mu_sarif_uri(arena, checked->item->name);
    for (size_t i = 0; i < checked->findings; i++) {
        struct mu_buf out = { .arena = arena };
        struct mu_json j = { .out = &out };
        result(&j, arena, uri, checked, &checked->finding[i]);
        fprintf(c->out, "%s\n%s", c->any ? "," : "", mu_buf_text(&out));
        c->any = true;
    }
    if (checked->left_off > 0)
        notify(c, arena, uri, mu_arena_printf(arena, "%zu more findings", checked->left_off),
               "more-findings", checked);
    if (checked->state != MU_CHECK_JUDGED)
        notify(c, arena, uri, checked->why, id[checked->state], checked);
}

/* --- the end -------------------------------------------------------------------------------------- */

static void copy_later(struct mu_check *c)
{
    char step[4096];
    rewind(c->later);
    for (size_t n; (n = fread(step, 1, sizeof step, c->later)) > 0;)
        fwrite(step, 1, n, c->out);
}

static void end(struct mu_check *c, enum mu_exit status)
{
    bool whole = status != MU_EXIT_INTERRUPTED && c->count.state[MU_CHECK_KILLED] == 0
                 && c->count.state[MU_CHECK_REFUSED] == 0;
    fprintf(c->out, "\n],\"invocations\":[{\"executionSuccessful\":%s,\"exitCode\":%d,",
            whole ? "true" : "false", (int) status);
    fputs("\"toolExecutionNotifications\":[", c->out);
    copy_later(c);
    fputs("]}]}]}\n", c->out);
}

const struct mu_check_writer mu_check_sarif = { "sarif", begin, item, end };
