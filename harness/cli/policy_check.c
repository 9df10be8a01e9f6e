/* muster policy check: the rules of xmlspif.sch over policy files. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "cli/policy.h"
#include "document/policy.h"

#define RULES  "profiles/rules/xmlspif.sch"
#define SCHEMA "profiles/schemas/spif.xsd"

struct finding {
    struct mu_where where;
    size_t rule;
    const char *requirement, *hint;
};

struct file {
    const char *path;
    struct mu_document document; /* .doc NULL: unreadable */
    struct mu_err refused;       /* why it is unreadable, or cannot be loaded; code NONE: it was */
};

struct check {
    struct mu_world *world;
    struct mu_rule_set *rules;
    struct mu_document_kit kit;
    struct mu_buf phases; /* space separated */
    struct file *file;
    size_t files;
    struct finding *finding; /* of the file being judged */
    size_t findings, room;
    size_t broken[MU_LEVEL_MUST + 1];
    struct mu_json *json; /* NULL: lines for people */
};

static bool find_data(const struct mu_world *world, const char *relative, const char **path,
                      struct mu_err *err)
{
    *path = mu_data_find(&world->data, world->arena, relative);
    return *path != NULL
           || mu_fail(err, MU_ERR_USAGE, "'%s' is in no data folder; set MUSTER_DATA", relative);
}

static bool load_rules(struct check *c, struct mu_err *err)
{
    const char *rules, *schema;
    TRY(find_data(c->world, RULES, &rules, err) && find_data(c->world, SCHEMA, &schema, err));
    c->rules = mu_rules_new(c->world->arena);
    TRY(mu_rules_load(c->rules, rules, err));
    TRY(mu_rules_compile(c->rules, c->world->test_time, err));
    c->kit.dict = mu_rules_dict(c->rules);
    return mu_schema_load(c->world->arena, schema, &c->kit.policy_schema, err);
}

/* The languages that the rule file has a phase for, for a message. */
static const char *languages(const struct check *c)
{
    struct mu_buf out = { .arena = c->world->arena };
    const char *phase;
    for (size_t i = 0; (phase = mu_rules_phase_at(c->rules, i)) != NULL; i++)
        if (strncmp(phase, "language-", 9) == 0)
            mu_buf_printf(&out, "%s%s", out.n > 0 ? ", " : "", phase + 9);
    return mu_buf_text(&out);
}

/* "en,fr" into the phases of the rule file. */
static bool read_languages(struct check *c, const char *text, struct mu_err *err)
{
    for (text += strspn(text, ", "); *text != '\0'; text += strspn(text, ", ")) {
        size_t n = strcspn(text, ", ");
        const char *phase = mu_arena_printf(c->world->arena, "language-%.*s", (int) n, text);
        if (!mu_rules_has_phase(c->rules, phase))
            return mu_fail(err, MU_ERR_USAGE, "no rules for language '%.*s'; there are: %s",
                           (int) n, text, languages(c));
        mu_buf_printf(&c->phases, "%s ", phase);
        text += n;
    }
    return true;
}

/* --phase, as often as it was given. */
static bool read_phases(struct check *c, const struct mu_arguments *args, struct mu_err *err)
{
    const char **word;
    size_t words = mu_argument_values(args, MU_OPT_PHASE, &word);
    for (size_t i = 0; i < words; i++) {
        if (!mu_rules_has_phase(c->rules, word[i]))
            return mu_fail(err, MU_ERR_USAGE, "no rules of policies are in the phase '%s'",
                           word[i]);
        mu_buf_printf(&c->phases, "%s ", word[i]);
    }
    return true;
}

static void broke(void *self, size_t rule, const xmlNode *node, const char *text, const char *hint)
{
    struct check *c = self;
    if (c->findings == c->room) {
        size_t room = c->room == 0 ? 64 : c->room * 2;
        struct finding *more = mu_arena_array(c->world->arena, room, sizeof *more);
        if (c->findings > 0)
            memcpy(more, c->finding, c->findings * sizeof *more);
        c->finding = more;
        c->room = room;
    }
    c->finding[c->findings++] = (struct finding){ mu_xml_where(node), rule, text, hint };
}

static int by_place(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int order = (x->where.line > y->where.line) - (x->where.line < y->where.line);
    if (order == 0)
        order = (x->where.column > y->where.column) - (x->where.column < y->where.column);
    return order != 0 ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

static void print_finding(const struct check *c, const struct file *file, const struct finding *f)
{
    const struct mu_rule *rule = mu_rules_at(c->rules, f->rule);
    if (c->json == NULL) {
        const char *sentence = f->hint[0] != '\0' ? f->hint : f->requirement;
        printf("%s:%u:%u: %s %s: %s\n", file->path, f->where.line, f->where.column, rule->id,
               mu_level_name(rule->level), mu_text_line(c->world->arena, mu_bytes_of(sentence)));
        return;
    }
    mu_json_open(c->json, NULL, '{');
    mu_json_text(c->json, "file", file->path);
    mu_json_number(c->json, "line", f->where.line);
    mu_json_number(c->json, "column", f->where.column);
    mu_json_text(c->json, "rule", rule->id);
    mu_json_text(c->json, "level", mu_level_name(rule->level));
    mu_json_text(c->json, "document", rule->document);
    mu_json_text(c->json, "clause", rule->see);
    mu_json_text(c->json, "requirement", f->requirement);
    mu_json_text(c->json, "finding", f->hint);
    mu_json_close(c->json, '}');
    mu_buf_putc(c->json->out, '\n');
}

/* What stops a file from being used at all. */
static void complain(const struct mu_err *err)
{
    char text[600];
    mu_err_text(err, text, sizeof text);
    fflush(stdout);
    fprintf(stderr, "muster: %s\n", text);
}

static bool judge(struct check *c, const struct file *file, struct mu_err *err)
{
    struct mu_judgement judgement;
    struct mu_listener listener = { broke, c };
    size_t count[MU_LEVEL_MUST + 1] = { 0 };
    c->findings = 0;
    TRY(mu_rules_judge_each(c->rules, c->world->arena, mu_buf_text(&c->phases), &file->document,
                            &listener, &judgement, err));
    if (c->findings > 0)
        qsort(c->finding, c->findings, sizeof *c->finding, by_place);
    for (size_t i = 0; i < c->findings; i++) {
        print_finding(c, file, &c->finding[i]);
        count[mu_rules_at(c->rules, c->finding[i].rule)->level]++;
    }
    for (size_t i = 0; i < MU_COUNT(count); i++)
        c->broken[i] += count[i];
    const struct mu_policy *policy = file->document.policy;
    if (c->json == NULL && policy != NULL)
        printf("%s: %s version %s, %zu must, %zu should broken\n", file->path,
               mu_text_line(c->world->arena, mu_bytes_of(policy->name)),
               mu_text_line(c->world->arena, mu_bytes_of(policy->version)), count[MU_LEVEL_MUST],
               count[MU_LEVEL_SHOULD]);
    return true;
}

static bool check_files(struct check *c, size_t *unread, struct mu_err *err)
{
    struct mu_document **document = mu_arena_array(c->world->arena, c->files, sizeof *document);
    for (size_t i = 0; i < c->files; i++) {
        struct file *f = &c->file[i];
        if (!mu_document_policy(c->world->arena, &c->kit, f->path, &f->document, &f->refused,
                                &f->refused))
            f->document.doc = NULL;
        document[i] = &f->document;
    }
    mu_document_policy_peers(c->world->arena, document, c->files);
    for (size_t i = 0; i < c->files; i++) {
        struct file *f = &c->file[i];
        if (f->document.doc != NULL)
            TRY(judge(c, f, err));
        if (f->document.policy != NULL)
            continue;
        complain(&f->refused);
        ++*unread;
    }
    return true;
}

bool mu_cli_policy_check(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    struct mu_buf text = { .arena = args->arena };
    struct mu_json json = { .out = &text };
    struct check c = { .world = &world, .phases = { .arena = args->arena } };
    size_t unread = 0;
    bool as_json;
    TRY(mu_policy_format(args, &as_json, err) && mu_world_start(&world, args, err));
    TRY(load_rules(&c, err));
    if (args->value[MU_OPT_LANGUAGES] != NULL)
        TRY(read_languages(&c, args->value[MU_OPT_LANGUAGES], err));
    TRY(read_phases(&c, args, err));
    c.json = as_json ? &json : NULL;
    c.files = (size_t) args->operands;
    c.file = mu_arena_array(args->arena, c.files, sizeof *c.file);
    for (size_t i = 0; i < c.files; i++)
        c.file[i].path = args->operand[i];
    mu_json_open(&json, NULL, '[');
    TRY(check_files(&c, &unread, err));
    mu_json_close(&json, ']');
    if (as_json)
        puts(mu_buf_text(&text));
    *status = unread > 0                    ? MU_EXIT_USAGE
              : c.broken[MU_LEVEL_MUST] > 0 ? MU_EXIT_FAILURES
                                            : MU_EXIT_OK;
    return true;
}
