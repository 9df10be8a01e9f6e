/* The report as SARIF 2.1.0 (OASIS), for the tools that show findings beside files. Offsets are octets
 * of the file: SARIF's binary regions. */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "cli/check.h"
#include "cli/version.h"

static const char *sarif_level(enum mu_level level)
{
    static const char *const word[] = {
        [MU_LEVEL_MAY] = "note",
        [MU_LEVEL_SHOULD] = "warning",
        [MU_LEVEL_MUST] = "error",
    };
    return word[level];
}

static void text_member(struct mu_json *j, const char *name, const char *text)
{
    mu_json_open(j, name, '{');
    mu_json_text(j, "text", text);
    mu_json_close(j, '}');
}

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
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "id", r->id);
        text_member(j, "shortDescription", r->text);
        text_member(j, "fullDescription",
                    mu_arena_printf(c->args->arena, "%s, %s: %s", r->document, r->see, r->text));
        if (r->hint[0] != '\0')
            text_member(j, "help", r->hint);
        mu_json_open(j, "defaultConfiguration", '{');
        mu_json_text(j, "level", sarif_level(r->level));
        mu_json_close(j, '}');
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
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    mu_json_text(&j, "version", "2.1.0");
    mu_json_open(&j, "runs", '[');
    mu_json_open(&j, NULL, '{');
    mu_json_open(&j, "tool", '{');
    mu_json_open(&j, "driver", '{');
    mu_json_text(&j, "name", "Muster");
    mu_json_text(&j, "version", MU_VERSION);
    mu_json_text(&j, "semanticVersion", MU_VERSION);
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

/* A file name as a URI reference (RFC 3986): what is not plain is a percent sign and two digits. */
static const char *uri_of(struct mu_arena *arena, const char *name)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    struct mu_buf out = { .arena = arena };
    if (name[0] == '/')
        mu_buf_puts(&out, "file://");
    for (const char *c = name; *c != '\0'; c++)
        if (strchr(plain, *c) != NULL)
            mu_buf_putc(&out, *c);
        else
            mu_buf_printf(&out, "%%%02X", (unsigned char) *c);
    return mu_buf_text(&out);
}

static void location(struct mu_json *j, const char *uri, int64_t offset, int64_t octets,
                     const char *path)
{
    mu_json_open(j, NULL, '{');
    mu_json_open(j, "physicalLocation", '{');
    mu_json_open(j, "artifactLocation", '{');
    mu_json_text(j, "uri", uri);
    mu_json_close(j, '}');
    if (offset >= 0) {
        mu_json_open(j, "region", '{');
        mu_json_number(j, "byteOffset", offset);
        mu_json_number(j, "byteLength", octets);
        mu_json_close(j, '}');
    }
    mu_json_close(j, '}');
    if (path[0] != '\0') {
        mu_json_open(j, "logicalLocations", '[');
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "fullyQualifiedName", path);
        mu_json_close(j, '}');
        mu_json_close(j, ']');
    }
    mu_json_close(j, '}');
}

static void locations(struct mu_json *j, const char *uri, const struct mu_checked *checked,
                      const struct mu_check_finding *f)
{
    struct mu_place first = mu_check_place(checked, f);
    mu_json_open(j, "locations", '[');
    location(j, uri, first.offset, first.octets, first.path);
    for (size_t i = 1; i < f->places; i++)
        location(j, uri, f->place[i].offset, f->place[i].octets, f->place[i].path);
    mu_json_close(j, ']');
}

/* The same finding in the same place of the same file, wherever octets before it come and go. */
static void fingerprint(struct mu_json *j, struct mu_arena *arena, const char *uri,
                        const struct mu_checked *checked, const struct mu_check_finding *f)
{
    char digest[MU_DIGEST_TEXT];
    const char *path = f->places > 0 ? f->place[0].path : "";
    const char *all = mu_arena_printf(arena, "%s\n%s\n%llu\n%s\n%s", f->rule->id, uri,
                                      (unsigned long long) checked->item->number, path, f->seen);
    mu_digest_text(mu_bytes_of(all), digest);
    mu_json_open(j, "partialFingerprints", '{');
    mu_json_text(j, "musterFinding/v1", digest);
    mu_json_close(j, '}');
}

static void result(struct mu_json *j, struct mu_arena *arena, const char *uri,
                   const struct mu_checked *checked, const struct mu_check_finding *f)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "ruleId", f->rule->id);
    mu_json_text(j, "level", sarif_level(f->rule->level));
    text_member(j, "message",
                f->hint[0] != '\0' ? mu_arena_printf(arena, "%s %s", f->text, f->hint) : f->text);
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
    text_member(&j, "message", text);
    mu_json_open(&j, "locations", '[');
    location(&j, uri, checked->state < MU_CHECK_REFUSED ? checked->item->offset : -1, 1, "");
    mu_json_close(&j, ']');
    mu_json_close(&j, '}');
    fprintf(c->later, "%s\n%s", ftell(c->later) > 0 ? "," : "", mu_buf_text(&out));
}

static void item(struct mu_check *c, struct mu_arena *arena, const struct mu_checked *checked)
{
    static const char *const id[] = { "", "in-doubt", "not-judged", "not-read" };
    const char *uri = uri_of(arena, checked->item->name);
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
