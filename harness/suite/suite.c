/* The files of a suite: cases with their axes and steps. */
#include "suite/suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "core/words.h"
#include "suite/read.h"
#include "suite/steps.h"

static bool read_words(const struct mu_read *read, const xmlNode *node, struct mu_case *c)
{
    bool known = mu_level_from_name(mu_read_attribute(read, node, "level"), &c->level);
    const char *class = mu_read_attribute(read, node, "class");
    const char *importance = mu_read_attribute(read, node, "importance");
    for (int i = MU_CLASS_VALID_CASE; i <= MU_CLASS_INVALID_CASE; i++)
        if (strcmp(mu_case_class_name((enum mu_case_class) i), class) == 0)
            c->class = (enum mu_case_class) i;
    for (int i = MU_LOW; importance != NULL && i <= MU_CRITICAL; i++)
        if (strcmp(mu_importance_name((enum mu_importance) i), importance) == 0)
            c->importance = (enum mu_importance) i;
    const xmlNode *needs = mu_read_first(node, "needs");
    known = mu_role_from_name(mu_read_attribute(read, needs, "role"), &c->role) && known;
    const char *capability = mu_read_attribute(read, needs, "capability");
    c->capabilities =
        mu_words_split(read->arena, capability != NULL ? capability : "", &c->capability);
    return known;
}

static const char *words_of(const struct mu_read *read, const xmlNode *node, const char *name)
{
    const char *text = mu_read_attribute(read, node, name);
    return text != NULL ? text : "";
}

static void read_requirements(const struct mu_read *read, const xmlNode *node, struct mu_case *c)
{
    c->requirement =
        mu_arena_array(read->arena, mu_read_count(node, "requirement"), sizeof *c->requirement);
    for (xmlNode *e = mu_read_first(node, "requirement"); e != NULL;
         e = mu_read_next(e, "requirement"))
        c->requirement[c->requirements++] = (struct mu_requirement){
            .document = mu_read_attribute(read, e, "document"),
            .clause = mu_read_attribute(read, e, "clause"),
            .rule = mu_read_attribute(read, e, "rule"),
        };
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static const char *value_twice(struct mu_arena *arena, const struct mu_axis *axis)
{
    const char **sorted = mu_arena_array(arena, axis->values + 1, sizeof *sorted);
    memcpy(sorted, axis->value, axis->values * sizeof *sorted);
    qsort(sorted, axis->values, sizeof *sorted, by_text);
    for (size_t i = 1; i < axis->values; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            return sorted[i];
    return NULL;
}

/* One axis; *longest grows by what it adds to an instance name. */
static bool read_axis(const struct mu_read *read, const xmlNode *node, struct mu_case *c,
                      size_t *longest, struct mu_err *err)
{
    struct mu_axis axis = { .name = mu_read_attribute(read, node, "name") };
    axis.values = mu_words_split(read->arena, mu_read_attribute(read, node, "values"), &axis.value);
    if (mu_case_axis(c, 0, axis.name) != NULL)
        return mu_fail_where(err, mu_xml_where_attribute(node, "name"), MU_ERR_PROFILE,
                             "axis '%s' is given twice", axis.name);
    const char *twice = value_twice(read->arena, &axis);
    if (twice != NULL)
        return mu_fail_where(err, mu_xml_where_attribute(node, "values"), MU_ERR_PROFILE,
                             "axis '%s' has the value '%s' twice", axis.name, twice);
    size_t most = 0;
    for (size_t i = 0; i < axis.values; i++)
        most = strlen(axis.value[i]) > most ? strlen(axis.value[i]) : most;
    if (axis.values == 0 || c->instances > MU_INSTANCES_MAX / axis.values)
        return mu_fail_where(
            err, mu_xml_where_attribute(node, "values"),
            axis.values == 0 ? MU_ERR_PROFILE : MU_ERR_LIMIT, "axis '%s' %s", axis.name,
            axis.values == 0 ? "has no values" : "makes more instances than a suite may have");
    *longest += strlen(axis.name) + most + 2;
    c->instances *= axis.values;
    c->axis[c->axes++] = axis;
    return true;
}

static bool read_axes(const struct mu_read *read, const xmlNode *node, struct mu_case *c,
                      struct mu_err *err)
{
    size_t longest = strlen(c->id) + 2;
    c->instances = 1;
    c->axis = mu_arena_array(read->arena, mu_read_count(node, "axis"), sizeof *c->axis);
    for (xmlNode *e = mu_read_first(node, "axis"); e != NULL; e = mu_read_next(e, "axis"))
        TRY(read_axis(read, e, c, &longest, err));
    if (longest >= MU_NAME_TEXT)
        return mu_fail_where(err, c->where, MU_ERR_LIMIT,
                             "names of instances of '%s' would have %zu bytes, more than %d", c->id,
                             longest, MU_NAME_TEXT - 1);
    return true;
}

static bool read_steps(const struct mu_read *read, const xmlNode *node, struct mu_case *c,
                       struct mu_err *err)
{
    const xmlNode *steps = mu_read_first(node, "steps");
    c->step = mu_arena_array(read->arena, mu_read_count(steps, NULL), sizeof *c->step);
    for (xmlNode *e = mu_read_first(steps, NULL); e != NULL; e = mu_read_next(e, NULL)) {
        struct mu_step *step = &c->step[c->steps++];
        TRY(mu_step_read(read, e, step, err));
        c->needs_observe =
            c->needs_observe || (step->kind == MU_STEP_COLLECT && c->role == MU_ROLE_RECEIVER);
        c->exclusive = c->exclusive || step->kind == MU_STEP_SERVE;
    }
    return true;
}

static bool read_case(const struct mu_read *read, const xmlNode *node, struct mu_case **out,
                      struct mu_err *err)
{
    struct mu_case *c = mu_new(read->arena, struct mu_case);
    *c = (struct mu_case){
        .where = mu_xml_where(node),
        .id = mu_read_attribute(read, node, "id"),
        .revision = mu_read_attribute(read, node, "revision"),
        .title = mu_read_text(read, mu_read_first(node, "title")),
        .why = mu_read_text(read, mu_read_first(node, "why")),
        .control = mu_read_attribute(read, node, "control"),
        .sins = words_of(read, node, "sins"),
        .tags = words_of(read, node, "tags"),
        .importance = MU_MEDIUM,
    };
    if (c->revision == NULL)
        c->revision = "1";
    if (!read_words(read, node, c))
        return mu_fail_where(err, c->where, MU_ERR_PROFILE, "case '%s' has no level or role",
                             c->id);
    read_requirements(read, node, c);
    TRY(read_axes(read, node, c, err));
    TRY(read_steps(read, node, c, err));
    *out = c;
    return true;
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct mu_case *const *) a)->id, (*(struct mu_case *const *) b)->id);
}

/* Controls by a sorted copy: 20,000 cases must not be compared pairwise. */
static void resolve_controls(struct mu_arena *arena, struct mu_suite *suite)
{
    struct mu_case **sorted = mu_arena_array(arena, suite->count, sizeof(struct mu_case *));
    if (suite->count == 0)
        return;
    memcpy(sorted, suite->cases, suite->count * sizeof(struct mu_case *));
    qsort(sorted, suite->count, sizeof(struct mu_case *), by_id);
    for (size_t i = 0; i < suite->count; i++) {
        struct mu_case *c = suite->cases[i];
        if (c->control == NULL)
            continue;
        struct mu_case key = { .id = c->control };
        const struct mu_case *wanted = &key;
        struct mu_case **found =
            bsearch(&wanted, sorted, suite->count, sizeof(struct mu_case *), by_id);
        c->control_case = found != NULL ? *found : NULL;
    }
}

/* The suite files and every fixture that they name; a missing one is the linter's to report. */
static bool pin(struct mu_arena *arena, const struct mu_data *data, struct mu_buf *pinned,
                struct mu_suite *suite, struct mu_err *err)
{
    const struct mu_suite_fixture *fixture;
    size_t count = mu_suite_fixtures(arena, suite, &fixture);
    for (size_t i = 0; i < count; i++) {
        const char *path = fixture[i].first ? mu_data_find(data, arena, fixture[i].relative) : NULL;
        if (path == NULL)
            continue;
        struct mu_bytes one;
        TRY(mu_file_read(arena, path, MU_MESSAGE_MAX, &one, err));
        mu_buf_put_bytes(pinned, one);
    }
    mu_digest_text(mu_buf_bytes(pinned), suite->digest);
    return true;
}

/* The first file names the suite; the others say the same. */
static bool read_name(const struct mu_read *read, struct mu_suite *s, struct mu_err *err)
{
    const char *id = mu_read_attribute(read, read->root, "id");
    const char *revision = mu_read_attribute(read, read->root, "revision");
    if (s->path == NULL) {
        s->path = read->path;
        s->id = id;
        s->revision = revision;
    }
    if (strcmp(s->id, id) != 0 || strcmp(s->revision, revision) != 0)
        return mu_fail_where(
            err, mu_xml_where(read->root), MU_ERR_PROFILE,
            "this is suite '%s' revision '%s', but the first file of the profile's "
            "suite is '%s' revision '%s'",
            id, revision, s->id, s->revision);
    return true;
}

static bool read_file(const struct mu_read *read, struct mu_suite *s, size_t *instances,
                      struct mu_err *err)
{
    TRY(read_name(read, s, err));
    struct mu_case **cases = mu_arena_array(
        read->arena, s->count + mu_read_count(read->root, "case"), sizeof(struct mu_case *));
    if (s->count > 0)
        memcpy(cases, s->cases, s->count * sizeof(struct mu_case *));
    s->cases = cases;
    for (xmlNode *e = mu_read_first(read->root, "case"); e != NULL; e = mu_read_next(e, "case")) {
        TRY(read_case(read, e, &s->cases[s->count], err));
        s->cases[s->count]->index = (uint32_t) s->count;
        *instances += s->cases[s->count++]->instances;
        if (*instances > MU_INSTANCES_MAX)
            return mu_fail_where(err, mu_xml_where(e), MU_ERR_LIMIT,
                                 "the suite has more than %zu instances", MU_INSTANCES_MAX);
    }
    return true;
}

bool mu_suite_load(struct mu_arena *arena, const struct mu_data *data, const char *const *file,
                   size_t files, struct mu_suite *suite, struct mu_err *err)
{
    struct mu_suite s = { .count = 0 };
    struct mu_buf pinned = { .arena = arena };
    size_t instances = 0;
    struct mu_read read;
    for (size_t i = 0; i < files; i++) {
        TRY(i == 0 ? mu_read_open(arena, data, file[i], "suite", &read, err)
                   : mu_read_another(&read, file[i], err));
        TRY(read_file(&read, &s, &instances, err));
        mu_buf_put_bytes(&pinned, read.text);
    }
    resolve_controls(arena, &s);
    TRY(pin(arena, data, &pinned, &s, err));
    *suite = s;
    return true;
}

const struct mu_case *mu_suite_find(const struct mu_suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->count; i++)
        if (strcmp(suite->cases[i]->id, id) == 0)
            return suite->cases[i];
    return NULL;
}
