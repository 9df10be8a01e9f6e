/* muster label parse, muster label mark. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "cli/label.h"

/* --- parse ------------------------------------------------------------------------------------------- */

static const char *syntax_text(const char *syntax)
{
    static const struct {
        const char *syntax, *text;
    } known[] = {
        { "adatp-4774", "an ADatP-4774 label" },
        { "fixture", "a label fixture" },
        { "ess", "an ESS security label" },
        { "x411", "an X.411 security label" },
        { "marking", "a marking" },
    };
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (strcmp(known[i].syntax, syntax) == 0)
            return known[i].text;
    return syntax;
}

static void put_findings(struct mu_arena *arena, const struct mu_findings *findings,
                         struct mu_buf *out)
{
    mu_buf_printf(out, "%-16s%s\n", "valid", findings->valid ? "yes" : "no");
    for (size_t i = 0; i < findings->count; i++)
        mu_buf_printf(out, "%-16s%s %s: %s\n", "finding",
                      mu_desk_safe(arena, findings->finding[i].rule),
                      mu_level_name(findings->finding[i].level), findings->finding[i].what);
    if (findings->left_off > 0)
        mu_buf_printf(out, "%-16s%zu more\n", "finding", findings->left_off);
}

static bool parse_one(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                      void *self, struct mu_err *err)
{
    bool *more = self;
    struct mu_buf out = { .arena = arena };
    struct mu_findings findings;
    TRY(mu_desk_judge(desk, arena, item, &findings, err));
    if (!findings.valid)
        mu_desk_status(desk, MU_EXIT_FAILURES);
    if (desk->json) {
        struct mu_json json = { .out = &out };
        mu_json_open(&json, NULL, '{');
        mu_desk_json(desk, arena, item, &json);
        mu_desk_json_findings(&json, &findings);
        mu_json_close(&json, '}');
        mu_desk_print(&out);
        return true;
    }
    mu_buf_printf(&out, "%s%s: %s", *more ? "\n" : "", item->name, syntax_text(item->syntax));
    if (item->at != NULL)
        mu_buf_printf(&out, ", in the %s at octet %zu",
                      strcmp(item->at, "sio-label") == 0 ? "SIO-Label" : item->at, item->offset);
    mu_buf_putc(&out, '\n');
    mu_desk_describe(desk, arena, item, &out);
    put_findings(arena, &findings, &out);
    fputs(mu_buf_text(&out), stdout);
    *more = true;
    return true;
}

bool mu_cli_label_parse(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_desk desk;
    bool more = false;
    TRY(mu_desk_open(&desk, args, err) && mu_desk_each(&desk, parse_one, &more, err));
    *status = desk.status;
    return true;
}

/* --- mark -------------------------------------------------------------------------------------------- */

#define LANGUAGES_MAX 16

struct languages {
    const char *tag[LANGUAGES_MAX];
    size_t count;
};

static void note_languages(struct languages *all, const struct mu_markings *m)
{
    for (size_t i = 0; i < m->phrases; i++) {
        const char *tag = m->phrase[i].language;
        size_t k = 0;
        while (k < all->count && strcmp(all->tag[k], tag) != 0)
            k++;
        if (k == all->count && k < LANGUAGES_MAX && tag[0] != '\0')
            all->tag[all->count++] = tag;
    }
}

/* The languages that a policy marks in; English where it does not say. */
static struct languages languages_of(const struct mu_policy *p)
{
    struct languages all = { .count = 0 };
    note_languages(&all, &p->id_markings);
    for (size_t i = 0; i < p->classifications; i++)
        note_languages(&all, &p->classification[i].markings);
    for (size_t i = 0; i < p->values; i++)
        note_languages(&all, &p->value[i].markings);
    if (all.count == 0)
        all.tag[all.count++] = "en";
    return all;
}

/* As it stands at that place: NULL with *why where there is none. */
static const char *marking_at(struct mu_arena *arena, const struct mu_resolved *label,
                              enum mu_marking_code where, const char *language, const char **why)
{
    const char *text = mu_marking_render(arena, label, where, language, why);
    bool portion = where == MU_AT_PORTION && text != NULL && text[0] != '\0';
    return portion ? mu_arena_printf(arena, "(%s)", text) : text;
}

static void json_places(struct mu_arena *arena, const struct mu_resolved *label,
                        struct mu_json *json)
{
    struct languages all = languages_of(label->policy);
    mu_json_open(json, "markings", '[');
    const char *place;
    enum mu_marking_code code;
    for (size_t i = 0; (place = mu_marking_place_at(i, &code)) != NULL; i++)
        for (size_t k = 0; k < all.count; k++) {
            const char *why = NULL;
            const char *text = marking_at(arena, label, code, all.tag[k], &why);
            mu_json_open(json, NULL, '{');
            mu_json_text(json, "place", place);
            mu_json_text(json, "language", all.tag[k]);
            mu_json_text(json, "text", text);
            if (text == NULL)
                mu_json_text(json, "why", why);
            mu_json_close(json, '}');
        }
    mu_json_close(json, ']');
}

static void print_json(const struct mu_desk *desk, struct mu_arena *arena,
                       const struct mu_item *item, const struct mu_resolved *label)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json json = { .out = &out };
    mu_json_open(&json, NULL, '{');
    mu_desk_json(desk, arena, item, &json);
    json_places(arena, label, &json);
    mu_json_close(&json, '}');
    mu_desk_print(&out);
}

static bool coloured(void)
{
    const char *no = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && (no == NULL || no[0] == '\0');
}

static int byte_of(const char *colour, size_t at)
{
    return mu_hex_digit(colour[at]) * 16 + mu_hex_digit(colour[at + 1]);
}

/* SGR with 24-bit colour, ISO 8613-6. */
static void print_colour(int what, const char *colour)
{
    if (colour != NULL && strlen(colour) == 7)
        printf("\033[%d;2;%d;%d;%dm", what, byte_of(colour, 1), byte_of(colour, 3),
               byte_of(colour, 5));
}

static void print_banner(struct mu_arena *arena, const struct mu_resolved *label, const char *text)
{
    struct mu_colours c = mu_marking_colours(arena, label);
    if (text[0] == '\0' || c.background == NULL || !coloured()) {
        puts(text);
        return;
    }
    print_colour(48, c.background);
    print_colour(38, c.foreground);
    printf("\033[1m  %s  \033[0m\n", text);
}

static bool mark_one(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                     void *self, struct mu_err *err)
{
    const enum mu_marking_code *where = self;
    struct mu_resolved label;
    const char *why = NULL;
    (void) err;
    if (item->policy == NULL) {
        fprintf(stderr, "muster: %s: no marking: policy '%s' is not known\n", item->name,
                mu_desk_safe(arena, item->label->policy));
        mu_desk_status(desk, MU_EXIT_FAILURES);
        return true;
    }
    mu_resolve(arena, item->policy, item->label, &label);
    const char *text = marking_at(arena, &label, *where, desk->language, &why);
    if (text == NULL || item->doubt != NULL) {
        fprintf(stderr, "muster: %s: no marking: %s\n", item->name,
                item->doubt != NULL ? item->doubt
                : why != NULL       ? why
                                    : "nothing is known of it");
        mu_desk_status(desk, MU_EXIT_FAILURES);
        return true;
    }
    if (desk->json)
        print_json(desk, arena, item, &label);
    else
        print_banner(arena, &label, mu_desk_safe(arena, text));
    return true;
}

bool mu_cli_label_mark(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_desk desk;
    const char *word[MU_PLACE_NAMES];
    size_t where, words = 0;
    while ((word[words] = mu_marking_place_at(words, NULL)) != NULL)
        words++;
    TRY(mu_argument_word(args, MU_OPT_PLACE, word, words, 0, &where, err));
    enum mu_marking_code code;
    (void) mu_marking_place_at(where, &code);
    TRY(mu_desk_open(&desk, args, err) && mu_desk_each(&desk, mark_one, &code, err));
    *status = desk.status;
    return true;
}
