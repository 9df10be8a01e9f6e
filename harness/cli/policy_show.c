/* muster policy show: a policy as tables. */
#include <stdio.h>

#include "base/text_safe.h"
#include "cli/columns.h"
#include "cli/policy.h"

struct show {
    struct mu_arena *arena;
    const struct mu_policy *policy;
};

bool mu_policy_format(const struct mu_arguments *args, bool *json, struct mu_err *err)
{
    const char *format = args->value[MU_OPT_FORMAT];
    *json = format != NULL && strcmp(format, "json") == 0;
    if (format == NULL || *json || strcmp(format, "text") == 0)
        return true;
    return mu_fail(err, MU_ERR_USAGE, "unknown format '%s'; there are text and json", format);
}

/* --- the head --------------------------------------------------------------------------------------- */

static void fact(const struct show *s, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        printf("%-12s %s\n", name, mu_text_line(s->arena, mu_bytes_of(value)));
}

static const char *set_name(const struct show *s, uint32_t set)
{
    return set != MU_NONE ? s->policy->set[set].name : NULL;
}

static const char *conventions(const struct show *s)
{
    const struct mu_conventions *is = &s->policy->is;
    const struct {
        const char *word;
        uint32_t set;
    } row[] = {
        { "context", is->context },
        { "release", is->release },
        { "only", is->only },
        { "designators", is->designators },
        { "administrative", is->administrative },
    };
    struct mu_buf out = { .arena = s->arena };
    mu_buf_puts(&out, is->fold ? "case insensitive" : "case sensitive");
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].set != MU_NONE)
            mu_buf_printf(&out, ", %s '%s'", row[i].word, set_name(s, row[i].set));
    mu_buf_puts(&out, is->nato ? ", rules of the NATO policy" : "");
    mu_buf_puts(&out, is->unmarked ? ", unmarked" : "");
    return mu_buf_text(&out);
}

static const char *validity(const struct show *s, int64_t from, int64_t to)
{
    const char *first = mu_policy_time(s->arena, from), *last = mu_policy_time(s->arena, to);
    if (first == NULL && last == NULL)
        return NULL;
    return mu_arena_printf(s->arena, "%s%s%s%s", first != NULL ? "from " : "",
                           first != NULL ? first : "",
                           last == NULL    ? ""
                           : first != NULL ? " to "
                                           : "to ",
                           last != NULL ? last : "");
}

static const char *both(const struct show *s, const char *a, const char *b)
{
    if (a == NULL && b == NULL)
        return NULL;
    return mu_arena_printf(s->arena, "%s (%s)", a != NULL ? a : "", b != NULL ? b : "");
}

static void show_head(const struct show *s)
{
    const struct mu_policy *p = s->policy;
    const char *valid = validity(s, p->not_before, p->not_after);
    fact(s, "policy", p->name);
    fact(s, "id", p->id);
    fact(s, "version", p->version);
    fact(s, "created", both(s, p->created, p->originator));
    fact(s, "valid", valid != NULL ? valid : "without limit");
    fact(s, "by default", both(s, p->default_name, p->default_id));
    fact(s, "shown as", mu_policy_phrase(&p->id_markings, "", false));
    fact(s, "conventions", conventions(s));
    fact(s, "file", p->path);
    fact(s, "schema", p->schema_version);
    fact(s, "sha256", p->digest);
}

/* --- classifications ---------------------------------------------------------------------------------- */

static void show_classifications(const struct show *s)
{
    static const char *const head[] = { "lacv", "hierarchy", "name",  "colour",   "en",
                                        "fr",   "portion",   "notes", "requires", NULL };
    struct mu_columns table;
    mu_columns_start(&table, s->arena, head);
    for (size_t i = 0; i < s->policy->classifications; i++) {
        const struct mu_classification *c = &s->policy->classification[i];
        const char *en = mu_policy_phrase(&c->markings, "en", false);
        const char *cell[] = {
            mu_arena_printf(s->arena, "%lld", (long long) c->lacv),
            mu_arena_printf(s->arena, "%lld", (long long) c->hierarchy),
            c->name,
            c->color,
            en != NULL ? en : mu_policy_phrase(&c->markings, "", false),
            mu_policy_phrase(&c->markings, "fr", false),
            mu_policy_phrase(&c->markings, "", true),
            c->obsolete ? "obsolete" : NULL,
            mu_policy_required(s->arena, s->policy, c->required, c->requireds),
        };
        mu_columns_row(&table, cell);
    }
    printf("\nclassifications\n");
    mu_columns_print(&table);
}

/* --- categories --------------------------------------------------------------------------------------- */

static const char *value_notes(const struct show *s, const struct mu_value *v)
{
    const char *window = validity(s, v->not_before, v->not_after);
    return mu_arena_printf(s->arena, "%s%s%s%s%s", v->obsolete ? "obsolete" : "",
                           v->obsolete && v->input ? ", " : "", v->input ? "any text" : "",
                           window != NULL && (v->obsolete || v->input) ? ", " : "",
                           window != NULL ? window : "");
}

static const char *value_requires(const struct show *s, const struct mu_value *v)
{
    const struct mu_policy *p = s->policy;
    const char *categories = mu_policy_required(s->arena, p, v->required, v->requireds);
    if (v->required_class == MU_NONE)
        return categories;
    return mu_arena_printf(s->arena, "%s%s%s", p->classification[v->required_class].name,
                           categories[0] != '\0' ? "; " : "", categories);
}

static const char *value_excludes(const struct show *s, const struct mu_value *v)
{
    struct mu_buf out = { .arena = s->arena };
    mu_buf_puts(&out, mu_policy_classes(s->arena, s->policy, &v->excluded));
    for (size_t i = 0; i < v->exclusions; i++)
        mu_buf_printf(&out, "%s%s", out.n > 0 ? "; " : "",
                      mu_policy_ref(s->arena, s->policy, &v->exclusion[i]));
    return mu_buf_text(&out);
}

static void show_tag(const struct show *s, const struct mu_tag *tag)
{
    static const char *const head[] = { "lacv",  "name",     "en",       "fr", "portion",
                                        "notes", "excludes", "requires", NULL };
    struct mu_columns table;
    mu_columns_start(&table, s->arena, head);
    for (uint32_t i = tag->first; i < tag->first + tag->count; i++) {
        const struct mu_value *v = &s->policy->value[i];
        const char *en = mu_policy_phrase(&v->markings, "en", false);
        const char *cell[] = {
            v->lacv,
            v->name,
            en != NULL ? en : mu_policy_phrase(&v->markings, "", false),
            mu_policy_phrase(&v->markings, "fr", false),
            mu_policy_phrase(&v->markings, "", true),
            value_notes(s, v),
            value_excludes(s, v),
            value_requires(s, v),
        };
        mu_columns_row(&table, cell);
    }
    if (tag->count > 0)
        mu_columns_print(&table);
}

static void show_sets(const struct show *s)
{
    const struct mu_policy *p = s->policy;
    for (size_t i = 0; i < p->sets; i++) {
        const struct mu_tag_set *set = &p->set[i];
        printf("\ntag set %s (%s)\n", mu_text_line(s->arena, mu_bytes_of(set->name)),
               mu_text_line(s->arena, mu_bytes_of(set->id)));
        for (uint32_t t = set->first; t < set->first + set->count; t++) {
            const struct mu_tag *tag = &p->tag[t];
            const char *type = mu_tag_type_name(tag->type);
            printf("  tag %s: %s%s, %u %s", mu_text_line(s->arena, mu_bytes_of(tag->name)),
                   type[0] != '\0' ? type : "not applicable",
                   tag->enumerated ? " (enumerated)" : "", tag->count,
                   tag->count == 1 ? "category" : "categories");
            if (tag->least > 0)
                printf(", at least %u", tag->least);
            if (tag->most != UINT32_MAX)
                printf(", at most %u", tag->most);
            putchar('\n');
            show_tag(s, tag);
        }
    }
}

static void show_privacy_marks(const struct show *s)
{
    static const char *const head[] = { "name", "en", "fr", "notes", NULL };
    const struct mu_policy *p = s->policy;
    struct mu_columns table;
    mu_columns_start(&table, s->arena, head);
    for (size_t i = 0; i < p->privacy_marks; i++) {
        const struct mu_privacy_mark *m = &p->privacy_mark[i];
        const char *en = mu_policy_phrase(&m->markings, "en", false);
        const char *cell[] = { m->name, en != NULL ? en : mu_policy_phrase(&m->markings, "", false),
                               mu_policy_phrase(&m->markings, "fr", false),
                               m->obsolete ? "obsolete" : NULL };
        mu_columns_row(&table, cell);
    }
    if (p->privacy_marks == 0)
        return;
    printf("\nprivacy marks\n");
    mu_columns_print(&table);
}

/* --- equivalences ------------------------------------------------------------------------------------- */

/* encrypt is what an originator does on the way out, decrypt what a receiver does on the way in. */
static const char *direction(unsigned applied)
{
    static const char *const word[] = { "", "out", "in", "both ways" };
    return word[applied & MU_APPLIED_BOTH];
}

static void map_classifications(const struct show *s, struct mu_columns *table, uint32_t to)
{
    for (size_t i = 0; i < s->policy->classifications; i++) {
        const struct mu_classification *c = &s->policy->classification[i];
        for (size_t m = 0; m < c->maps; m++) {
            const struct mu_class_map *map = &c->map[m];
            const char *cell[] = {
                "classification",
                c->name,
                direction(map->applied),
                mu_arena_printf(s->arena, "lacv %lld", (long long) map->lacv),
                mu_policy_foreign_required(s->arena, map->required, map->requireds),
            };
            if (map->policy == to)
                mu_columns_row(table, cell);
        }
    }
}

static void map_values(const struct show *s, struct mu_columns *table, uint32_t to)
{
    for (size_t i = 0; i < s->policy->values; i++) {
        const struct mu_value *v = &s->policy->value[i];
        for (size_t m = 0; m < v->maps; m++) {
            const struct mu_category_map *map = &v->map[m];
            if (map->policy != to)
                continue;
            const char *cell[] = {
                "category",
                mu_arena_printf(s->arena, "%s: %s", s->policy->set[v->set].name, v->name),
                direction(map->applied),
                map->discard ? "dropped" : mu_policy_foreign(s->arena, &map->to),
                NULL,
            };
            mu_columns_row(table, cell);
        }
    }
}

static void map_sets(const struct show *s, struct mu_columns *table, uint32_t to)
{
    for (size_t i = 0; i < s->policy->sets; i++) {
        const struct mu_tag_set *set = &s->policy->set[i];
        for (size_t m = 0; m < set->maps; m++) {
            const struct mu_set_map *map = &set->map[m];
            const char *cell[] = {
                "tag set",
                set->name,
                "both ways",
                map->name != NULL ? map->name : map->id,
                mu_policy_foreign_required(s->arena, map->required, map->requireds),
            };
            if (map->policy == to)
                mu_columns_row(table, cell);
        }
    }
}

static void show_equivalences(const struct show *s)
{
    static const char *const head[] = { "what", "here", "applied", "there", "requires", NULL };
    for (uint32_t i = 0; i < s->policy->equivalents; i++) {
        const struct mu_equivalent_policy *e = &s->policy->equivalent[i];
        const char *always = mu_policy_foreign_required(s->arena, e->required, e->requireds);
        struct mu_columns table;
        mu_columns_start(&table, s->arena, head);
        map_classifications(s, &table, i);
        map_sets(s, &table, i);
        map_values(s, &table, i);
        printf("\nequivalences with %s (%s)\n", mu_text_line(s->arena, mu_bytes_of(e->name)),
               mu_text_line(s->arena, mu_bytes_of(e->id)));
        if (always[0] != '\0')
            printf("  every label gets %s\n", mu_text_line(s->arena, mu_bytes_of(always)));
        if (table.rows > 0)
            mu_columns_print(&table);
    }
}

bool mu_cli_policy_show(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    struct mu_policy *policy;
    bool json;
    *status = MU_EXIT_OK;
    TRY(mu_policy_format(args, &json, err) && mu_world_start(&world, args, err));
    TRY(mu_policy_load(args->arena, args->operand[0], &policy, err));
    if (json) {
        struct mu_buf out = { .arena = args->arena };
        struct mu_json j = { .out = &out };
        mu_policy_json(&j, args->arena, policy);
        puts(mu_buf_text(&out));
        return true;
    }
    struct show s = { args->arena, policy };
    show_head(&s);
    show_classifications(&s);
    show_sets(&s);
    show_privacy_marks(&s);
    show_equivalences(&s);
    return true;
}
