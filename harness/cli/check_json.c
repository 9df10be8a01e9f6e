/* The report for programs: one JSON object, by reports/check.schema.json. */
#include "cli/check.h"
#include "cli/version.h"

static const char *const state_word[] = {
    [MU_CHECK_JUDGED] = "judged",
    [MU_CHECK_DOUBTFUL] = "in-doubt",
    [MU_CHECK_KILLED] = "not-judged",
    [MU_CHECK_REFUSED] = "not-read",
};

static const char *const label_word[] = {
    [MU_CHECK_NO_LABEL] = "none",
    [MU_CHECK_LABEL_FOUND] = "found",
    [MU_CHECK_LABEL_READ] = "read",
};

/* The head of an object that is written piece by piece: without its closing bracket. */
static void begin(struct mu_check *c)
{
    struct mu_buf out = { .arena = c->args->arena };
    struct mu_json j = { .out = &out };
    const struct mu_profile *p = &c->world.profile;
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "schema", "muster-check/1");
    mu_json_text(&j, "muster", MU_VERSION);
    mu_json_open(&j, "profile", '{');
    mu_json_text(&j, "id", p->id);
    mu_json_text(&j, "version", p->version);
    mu_json_text(&j, "phases", p->phases);
    mu_json_text(&j, "digest", p->digest);
    mu_json_text(&j, "rules", p->rules_digest);
    mu_json_text(&j, "policies", p->policies_digest);
    mu_json_close(&j, '}');
    mu_json_text(&j, "test_time", c->world.test_time_text);
    mu_json_open(&j, "messages", '[');
    fputs(mu_buf_text(&out), c->out);
}

static void places(struct mu_json *j, const struct mu_check_finding *f)
{
    mu_json_open(j, "places", '[');
    for (size_t i = 0; i < f->places; i++) {
        mu_json_open(j, NULL, '{');
        if (f->place[i].offset >= 0) {
            mu_json_number(j, "offset", f->place[i].offset);
            mu_json_number(j, "octets", f->place[i].octets);
        }
        mu_json_text(j, "path", f->place[i].path);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void finding(struct mu_json *j, const struct mu_check_finding *f)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "rule", f->rule->id);
    mu_json_text(j, "level", mu_level_name(f->rule->level));
    mu_json_text(j, "document", f->rule->document);
    mu_json_text(j, "clause", f->rule->see);
    mu_json_text(j, "requirement", f->text);
    mu_json_text(j, "seen", f->seen);
    mu_json_text(j, "hint", f->hint);
    mu_json_number(j, "count", (int64_t) f->count);
    places(j, f);
    mu_json_close(j, '}');
}

static void item(struct mu_check *c, struct mu_arena *arena, const struct mu_checked *checked)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json j = { .out = &out };
    bool judged = checked->state <= MU_CHECK_DOUBTFUL;
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "file", checked->item->name);
    if (checked->item->number > 0)
        mu_json_number(&j, "number", (int64_t) checked->item->number);
    mu_json_number(&j, "offset", checked->item->offset);
    mu_json_text(&j, "state", state_word[checked->state]);
    mu_json_text(&j, "why", checked->state != MU_CHECK_JUDGED ? checked->why : NULL);
    if (judged) {
        mu_json_text(&j, "label", label_word[checked->label]);
        mu_json_number(&j, "octets", checked->octets);
        mu_json_text(&j, "line_ends", checked->local ? "local" : "wire");
        mu_json_number(&j, "held", (int64_t) checked->held);
        mu_json_number(&j, "not_applicable", (int64_t) checked->not_applicable);
        mu_json_open(&j, "findings", '[');
        for (size_t i = 0; i < checked->findings; i++)
            finding(&j, &checked->finding[i]);
        mu_json_close(&j, ']');
        if (checked->left_off > 0)
            mu_json_number(&j, "more_findings", (int64_t) checked->left_off);
    }
    mu_json_close(&j, '}');
    fprintf(c->out, "%s\n%s", c->any ? "," : "", mu_buf_text(&out));
    c->any = true;
}

static void end(struct mu_check *c, enum mu_exit status)
{
    const struct mu_check_counts *n = &c->count;
    struct mu_buf out = { .arena = c->args->arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, "counts", '{');
    mu_json_number(&j, "files", (int64_t) n->files);
    mu_json_number(&j, "messages", (int64_t) n->messages);
    mu_json_number(&j, "without_findings", (int64_t) n->clean);
    for (int level = MU_LEVEL_MUST; level >= MU_LEVEL_MAY; level--)
        mu_json_number(&j, mu_level_name((enum mu_level) level), (int64_t) n->broken[level]);
    mu_json_number(&j, "without_label", (int64_t) n->unlabelled);
    mu_json_number(&j, "in_doubt", (int64_t) n->state[MU_CHECK_DOUBTFUL]);
    mu_json_number(&j, "not_judged", (int64_t) n->state[MU_CHECK_KILLED]);
    mu_json_number(&j, "not_read", (int64_t) n->state[MU_CHECK_REFUSED]);
    mu_json_number(&j, "left_out", (int64_t) n->left_out);
    mu_json_close(&j, '}');
    mu_json_bool(&j, "interrupted", c->interrupted);
    mu_json_number(&j, "exit", status);
    fprintf(c->out, "\n],%s}\n", mu_buf_text(&out));
}

const struct mu_check_writer mu_check_json = { "json", begin, item, end };
