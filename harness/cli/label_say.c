/* Labels for people and for programs. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text_safe.h"
#include "cli/label.h"

const char *mu_desk_safe(struct mu_arena *arena, const char *text)
{
    return text != NULL ? mu_text_line(arena, mu_bytes_of(text)) : "";
}

const char *mu_desk_time(struct mu_arena *arena, int64_t seconds)
{
    struct tm tm;
    time_t t = (time_t) seconds;
    char text[48];
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return mu_arena_strndup(arena, text, strlen(text));
}

void mu_desk_print(const struct mu_buf *out)
{
    fwrite(mu_buf_text(out), 1, out->n, stdout);
    putchar('\n');
}

/* --- for people ---------------------------------------------------------------------------------------- */

static void row(struct mu_buf *out, const char *name, const char *text)
{
    mu_buf_printf(out, "%-16s%s\n", name, text);
}

static void policy_row(struct mu_arena *arena, const struct mu_item *item, struct mu_buf *out)
{
    const struct mu_policy *p = item->policy;
    const struct mu_label *l = item->label;
    if (p == NULL)
        row(out, "policy",
            mu_arena_printf(arena, "%s%s%s, not known", mu_desk_safe(arena, l->policy),
                            l->policy_uri != NULL ? ", " : "", mu_desk_safe(arena, l->policy_uri)));
    else
        row(out, "policy",
            mu_arena_printf(arena, "%s version %s, %s, sha256 %.16s", mu_desk_safe(arena, p->name),
                            mu_desk_safe(arena, p->version), mu_desk_safe(arena, p->id),
                            p->digest));
}

static void class_row(struct mu_arena *arena, const struct mu_item *item, uint32_t class,
                      struct mu_buf *out)
{
    const char *name = mu_desk_safe(arena, item->label->classification);
    if (item->policy == NULL)
        row(out, "classification", name);
    else if (class == MU_NONE)
        row(out, "classification", mu_arena_printf(arena, "%s, not known", name));
    else
        row(out, "classification",
            mu_arena_printf(arena, "%s, rank %lld", name,
                            (long long) item->policy->classification[class].hierarchy));
}

static void category_rows(struct mu_arena *arena, const struct mu_label *l, struct mu_buf *out)
{
    for (size_t i = 0; i < l->categories; i++) {
        const struct mu_category *c = &l->category[i];
        struct mu_buf line = { .arena = arena };
        mu_buf_printf(&line, "%s, %s:", mu_desk_safe(arena, c->tag_name),
                      mu_desk_safe(arena, c->type));
        for (size_t v = 0; v < c->values; v++)
            mu_buf_printf(&line, "%s %s", v > 0 ? "," : "", mu_desk_safe(arena, c->value[v]));
        row(out, "category", mu_buf_text(&line));
    }
}

static void other_rows(struct mu_arena *arena, const struct mu_label *l, struct mu_buf *out)
{
    const struct {
        const char *name, *text;
    } other[] = {
        { "privacy mark", l->privacy_mark }, { "originator", l->originator },
        { "created", l->created },           { "review", l->review },
        { "succession", l->succession },
    };
    for (size_t i = 0; i < MU_COUNT(other); i++)
        if (other[i].text != NULL)
            row(out, other[i].name, mu_desk_safe(arena, other[i].text));
    if (l->successor != NULL)
        row(out, "then",
            mu_arena_printf(arena, "%s %s", mu_desk_safe(arena, l->successor->policy),
                            mu_desk_safe(arena, l->successor->classification)));
}

static void marking_rows(const struct mu_desk *desk, struct mu_arena *arena,
                         const struct mu_item *item, const struct mu_resolved *resolved,
                         struct mu_buf *out)
{
    const char *why = NULL;
    const char *text = mu_marking_render(arena, resolved, MU_AT_PAGE_TOP, desk->language, &why);
    struct mu_colours colours = mu_marking_colours(arena, resolved);
    if (text == NULL)
        row(out, "marking", mu_arena_printf(arena, "none: %s", why != NULL ? why : "unknown"));
    else
        row(out, "marking", text[0] != '\0' ? mu_desk_safe(arena, text) : "none is shown");
    if (text != NULL && item->carried != NULL && item->reading == NULL)
        row(out, "marked",
            mu_arena_printf(arena, "%s%s", item->carried,
                            mu_marking_same(arena, &desk->policies, text, item->carried)
                                ? ""
                                : ", which is another marking"));
    if (colours.background != NULL)
        row(out, "colours",
            mu_arena_printf(arena, "%s on %s", mu_desk_safe(arena, colours.foreground),
                            mu_desk_safe(arena, colours.background)));
}

void mu_desk_describe(const struct mu_desk *desk, struct mu_arena *arena,
                      const struct mu_item *item, struct mu_buf *out)
{
    struct mu_resolved resolved = { .classification = MU_NONE };
    if (item->policy != NULL)
        mu_resolve(arena, item->policy, item->label, &resolved);
    policy_row(arena, item, out);
    class_row(arena, item, resolved.classification, out);
    category_rows(arena, item->label, out);
    other_rows(arena, item->label, out);
    if (item->policy != NULL)
        marking_rows(desk, arena, item, &resolved, out);
}

/* --- for programs -------------------------------------------------------------------------------------- */

static void json_categories(struct mu_json *json, const struct mu_label *l)
{
    mu_json_open(json, "categories", '[');
    for (size_t i = 0; i < l->categories; i++) {
        const struct mu_category *c = &l->category[i];
        mu_json_open(json, NULL, '{');
        mu_json_text(json, "tag_name", c->tag_name);
        mu_json_text(json, "type", c->type);
        mu_json_text(json, "uri", c->uri);
        mu_json_open(json, "values", '[');
        for (size_t v = 0; v < c->values; v++)
            mu_json_text(json, NULL, c->value[v]);
        mu_json_close(json, ']');
        mu_json_close(json, '}');
    }
    mu_json_close(json, ']');
}

static void json_label(struct mu_json *json, const struct mu_label *l)
{
    mu_json_open(json, "label", '{');
    mu_json_text(json, "root", l->root);
    mu_json_text(json, "policy", l->policy);
    mu_json_text(json, "policy_uri", l->policy_uri);
    mu_json_text(json, "classification", l->classification);
    mu_json_text(json, "privacy_mark", l->privacy_mark);
    json_categories(json, l);
    mu_json_text(json, "originator", l->originator);
    mu_json_text(json, "originator_type", l->originator_type);
    mu_json_text(json, "created", l->created);
    mu_json_text(json, "review", l->review);
    mu_json_text(json, "succession", l->succession);
    mu_json_close(json, '}');
}

static void json_policy(struct mu_json *json, const struct mu_policy *p)
{
    mu_json_open(json, "policy", '{');
    mu_json_bool(json, "known", p != NULL);
    if (p != NULL) {
        mu_json_text(json, "name", p->name);
        mu_json_text(json, "id", p->id);
        mu_json_text(json, "version", p->version);
        mu_json_text(json, "sha256", p->digest);
    }
    mu_json_close(json, '}');
}

static void json_marking(const struct mu_desk *desk, struct mu_arena *arena,
                         const struct mu_item *item, struct mu_json *json)
{
    struct mu_resolved resolved;
    const char *why = NULL;
    mu_resolve(arena, item->policy, item->label, &resolved);
    if (resolved.classification != MU_NONE)
        mu_json_number(json, "rank",
                       item->policy->classification[resolved.classification].hierarchy);
    mu_json_text(json, "marking",
                 mu_marking_render(arena, &resolved, MU_AT_PAGE_TOP, desk->language, &why));
    struct mu_colours colours = mu_marking_colours(arena, &resolved);
    mu_json_text(json, "foreground", colours.foreground);
    mu_json_text(json, "background", colours.background);
}

void mu_desk_json(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                  struct mu_json *json)
{
    mu_json_text(json, "input", item->input);
    mu_json_text(json, "syntax", item->syntax);
    mu_json_text(json, "at", item->at);
    if (item->at != NULL)
        mu_json_number(json, "offset", (int64_t) item->offset);
    json_label(json, item->label);
    json_policy(json, item->policy);
    if (item->policy != NULL)
        json_marking(desk, arena, item, json);
    mu_json_text(json, "carried", item->carried);
    if (item->reading != NULL)
        mu_json_text(json, "language", item->reading->language);
}

void mu_desk_json_findings(struct mu_json *json, const struct mu_findings *findings)
{
    mu_json_bool(json, "valid", findings->valid);
    mu_json_open(json, "findings", '[');
    for (size_t i = 0; i < findings->count; i++) {
        const struct mu_finding *f = &findings->finding[i];
        mu_json_open(json, NULL, '{');
        mu_json_text(json, "rule", f->rule);
        mu_json_text(json, "level", mu_level_name(f->level));
        mu_json_text(json, "what", f->what);
        mu_json_close(json, '}');
    }
    mu_json_close(json, ']');
    if (findings->left_off > 0)
        mu_json_number(json, "left_off", (int64_t) findings->left_off);
}
