#include "report/health.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

#define SCHEMA "muster-health/1"

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name)); /* 0 of anything else */
}

static void free_json(void *object)
{
    json_decref(object);
}

/* The file's object; a new one when there is no file. */
static bool load(struct mu_arena *arena, const char *path, json_t **root, struct mu_err *err)
{
    if (path == NULL || access(path, F_OK) != 0) {
        *root = json_pack("{s:s, s:[]}", "schema", SCHEMA, "profiles");
        mu_arena_defer(arena, free_json, *root);
        return true;
    }
    struct mu_bytes text;
    json_error_t why;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    json_t *object = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
    struct mu_where where = { path, 0, 0 };
    if (object == NULL) {
        where = (struct mu_where){ path, (uint32_t) why.line, (uint32_t) why.column };
        return mu_fail_where(err, where, MU_ERR_PROFILE, "%s", why.text);
    }
    mu_arena_defer(arena, free_json, object);
    if (strcmp(text_of(object, "schema"), SCHEMA) != 0
        || !json_is_array(json_object_get(object, "profiles")))
        return mu_fail_where(err, where, MU_ERR_PROFILE, "this is no '" SCHEMA "' file");
    *root = object;
    return true;
}

static json_t *find(const json_t *root, const char *profile, size_t *at)
{
    json_t *entry;
    size_t i;
    json_array_foreach(json_object_get(root, "profiles"), i, entry)
    {
        *at = i;
        if (strcmp(text_of(entry, "profile"), profile) == 0)
            return entry;
    }
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------------ */

static struct mu_health_part part_of(const json_t *entry, const char *name)
{
    const json_t *part = json_object_get(entry, name);
    return (struct mu_health_part){
        .total = (size_t) number_of(part, "total"),
        .killed = (size_t) number_of(part, "killed"),
        .excused = (size_t) number_of(part, "excused"),
    };
}

static const char *keep(struct mu_arena *arena, const json_t *object, const char *name)
{
    const char *text = text_of(object, name);
    return mu_arena_strndup(arena, text, strlen(text));
}

bool mu_health_read(struct mu_arena *arena, const char *path, struct mu_health *health,
                    struct mu_err *err)
{
    json_t *root, *item;
    size_t at;
    TRY(load(arena, path, &root, err));
    const json_t *entry = find(root, health->profile, &at);
    health->state = MU_HEALTH_UNKNOWN;
    if (entry == NULL)
        return true;
    health->state = strcmp(text_of(entry, "suite"), health->suite) == 0
                            && strcmp(text_of(entry, "rules"), health->rules) == 0
                        ? MU_HEALTH_CURRENT
                        : MU_HEALTH_STALE;
    health->sins = part_of(entry, "sins");
    health->assertions = part_of(entry, "assertions");
    health->cases = part_of(entry, "cases");
    const json_t *list = json_object_get(entry, "silent");
    struct mu_health_silent *silent =
        mu_arena_array(arena, json_array_size(list) + 1, sizeof *silent);
    json_array_foreach(list, at, item)
    {
        silent[health->silents++] =
            (struct mu_health_silent){ keep(arena, item, "what"), keep(arena, item, "because") };
    }
    health->silent = silent;
    return true;
}

/* --- writing ------------------------------------------------------------------------------------------ */

static json_t *table(const struct mu_health_part *part, const struct mu_health_table *of,
                     const char *by)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < of->rows; i++) {
        const struct mu_health_row *r = &of->row[i];
        json_t *names = json_array(), *row = json_pack("{s:s}", "name", r->name);
        for (size_t k = 0; k < r->bys; k++)
            json_array_append_new(names, json_string(r->by[k]));
        if (r->kind != NULL)
            json_object_set_new(row, "kind", json_string(r->kind));
        json_object_set_new(row, by, names);
        json_array_append_new(rows, row);
    }
    return json_pack("{s:I, s:I, s:I, s:o}", "total", (json_int_t) part->total, "killed",
                     (json_int_t) part->killed, "excused", (json_int_t) part->excused, "list",
                     rows);
}

static json_t *silents(const struct mu_health *health)
{
    json_t *list = json_array();
    for (size_t i = 0; i < health->silents; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "what", health->silent[i].what,
                                              "because", health->silent[i].because));
    return list;
}

/* The entries stay in the order of their names. */
static void put(json_t *root, const char *profile, json_t *entry)
{
    json_t *list = json_object_get(root, "profiles"), *other;
    size_t at;
    if (find(root, profile, &at) != NULL) {
        json_array_set_new(list, at, entry);
        return;
    }
    json_array_foreach(list, at, other)
    {
        if (strcmp(text_of(other, "profile"), profile) > 0)
            break;
    }
    json_array_insert_new(list, at, entry);
}

bool mu_health_write(struct mu_arena *arena, const char *path, const struct mu_health *health,
                     const struct mu_health_table *sins, const struct mu_health_table *assertions,
                     const struct mu_health_table *cases, struct mu_err *err)
{
    json_t *root;
    TRY(load(arena, path, &root, err));
    put(root, health->profile,
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "profile", health->profile, "suite",
                  health->suite, "rules", health->rules, "sins",
                  table(&health->sins, sins, "cases"), "assertions",
                  table(&health->assertions, assertions, "sins"), "cases",
                  table(&health->cases, cases, "sins"), "silent", silents(health)));
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    if (text == NULL)
        return mu_fail(err, MU_ERR_IO, "cannot write the suite's health");
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, text);
    mu_buf_putc(&out, '\n');
    free(text);
    return mu_file_replace(path, mu_buf_bytes(&out), 0644, err);
}
