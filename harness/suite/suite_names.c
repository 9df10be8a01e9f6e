/* Instances of a case: their names, their axis values, the texts that depend on them. */
#include <string.h>

#include "base/bytes.h"
#include "base/names.h"
#include "suite/suite.h"

/* Which value axis `a` has: instances count through the axes, last axis fastest. */
static size_t value_index(const struct mu_case *c, size_t instance, size_t a)
{
    for (size_t i = c->axes; --i > a;)
        instance /= c->axis[i].values;
    return instance % c->axis[a].values;
}

/* Behind the first `at` of a name, as far as there is room; the new length. */
static size_t append(char name[MU_NAME_TEXT], size_t at, const char *text)
{
    size_t n = strnlen(text, MU_NAME_TEXT - 1 - at);
    memcpy(name + at, text, n);
    name[at + n] = '\0';
    return at + n;
}

/* Put together by hand: a run says the name of each instance many times. */
void mu_case_name(const struct mu_case *c, size_t instance, char name[MU_NAME_TEXT])
{
    size_t n = append(name, 0, c->id);
    for (size_t a = 0; a < c->axes; a++) {
        n = append(name, n, a == 0 ? "[" : ",");
        n = append(name, n, c->axis[a].name);
        n = append(name, n, "=");
        n = append(name, n, c->axis[a].value[value_index(c, instance, a)]);
    }
    if (c->axes > 0)
        append(name, n, "]");
}

const char *mu_case_axis(const struct mu_case *c, size_t instance, const char *axis)
{
    for (size_t a = 0; a < c->axes; a++)
        if (strcmp(c->axis[a].name, axis) == 0)
            return c->axis[a].value[value_index(c, instance, a)];
    return NULL;
}

const char *mu_case_expand(struct mu_arena *arena, const struct mu_case *c, size_t instance,
                           const char *text)
{
    if (text == NULL || strchr(text, '{') == NULL)
        return text;
    struct mu_buf out = { .arena = arena };
    for (const char *p = text; *p != '\0';) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        const char *value = NULL;
        if (end != NULL)
            value =
                mu_case_axis(c, instance, mu_arena_strndup(arena, p + 1, (size_t) (end - p - 1)));
        if (value == NULL) { /* no axis of ours: it stays, and the linter has said so */
            mu_buf_putc(&out, *p++);
            continue;
        }
        mu_buf_puts(&out, value);
        p = end + 1;
    }
    return mu_buf_text(&out);
}

/* Number of `value` on an axis, tried first where it probably stands; -1 when it is not there. */
static int64_t find_value(const struct mu_axis *axis, const char *value, size_t guess)
{
    if (guess < axis->values && strcmp(axis->value[guess], value) == 0)
        return (int64_t) guess;
    for (size_t i = 0; i < axis->values; i++)
        if (strcmp(axis->value[i], value) == 0)
            return (int64_t) i;
    return -1;
}

int64_t mu_case_control_instance(const struct mu_case *c, size_t instance)
{
    const struct mu_case *control = c->control_case;
    if (control == NULL)
        return -1;
    int64_t number = 0;
    for (size_t a = 0; a < control->axes; a++) {
        const struct mu_axis *axis = &control->axis[a];
        int64_t v = 0;
        for (size_t i = 0; i < c->axes; i++) {
            if (strcmp(c->axis[i].name, axis->name) != 0)
                continue;
            size_t mine = value_index(c, instance, i);
            v = find_value(axis, c->axis[i].value[mine], mine);
        }
        if (v < 0)
            return -1;
        number = number * (int64_t) axis->values + v;
    }
    return number;
}

/* The attributes that name a fixture. */
enum place { MESSAGE, LABEL, VALUE, CLEARANCE, PLACES };

/* What a mutation's value names: a label fixture ("first:secret", too), a file, or no fixture. */
static const char *value_folder(const struct mu_step *step, const char **name)
{
    static const char first[] = "first:";
    const struct mu_operator *op = mu_operator_find(step->op);
    const char *says = op != NULL && op->value != NULL ? op->value : "";
    if (strncmp(says, "file below", 10) == 0)
        return "";
    if (strncmp(says, "label fixture", 13) != 0)
        return NULL;
    if (strncmp(*name, first, sizeof first - 1) == 0)
        *name += sizeof first - 1;
    bool only = strcmp(says, "label fixture") == 0;
    bool of_label = step->on != NULL && strcmp(step->on, "sio-label") == 0 && mu_name_is_id(*name);
    return only || of_label ? "labels" : NULL;
}

/* The folder and name of a fixture, unexpanded text in, `*name` shortened; NULL: none. */
static const char *fixture_folder(const struct mu_step *step, enum place place, const char **name)
{
    if (step->kind == MU_STEP_MUTATE)
        return place == VALUE ? value_folder(step, name) : NULL;
    if (step->kind == MU_STEP_ASK)
        return place == CLEARANCE ? "clearances" : NULL;
    if (step->kind != MU_STEP_MAKE || place > LABEL)
        return NULL;
    return place == MESSAGE ? "messages" : "labels";
}

static const char *fixture_text(const struct mu_step *step, enum place place)
{
    const char *const text[PLACES] = { step->message, step->label, step->value, step->clearance };
    return text[place];
}

/* A file once; `last` is the case that named it last, so that a case names it once. */
struct file {
    const char *relative, *folder, *name;
    const struct mu_case *last;
};

struct fixtures {
    struct mu_arena *arena;
    struct mu_buf found; /* struct mu_suite_fixture in a row */
    struct mu_buf files; /* struct file in a row: as few as there are files, so a search is cheap */
};

static struct file *find_file(struct fixtures *all, const char *folder, const char *name)
{
    struct file *file = (void *) all->files.p;
    for (size_t i = 0; i < all->files.n / sizeof *file; i++)
        if (strcmp(file[i].name, name) == 0 && strcmp(file[i].folder, folder) == 0)
            return &file[i];
    return NULL;
}

static void add_fixture(struct fixtures *all, const struct mu_case *c, const struct mu_step *step,
                        const char *folder, const char *name)
{
    struct file *file = find_file(all, folder, name);
    bool first = file == NULL;
    if (first) {
        const char *relative =
            *folder == '\0' ? mu_arena_printf(all->arena, "fixtures/%s", name)
                            : mu_arena_printf(all->arena, "fixtures/%s/%s.xml", folder, name);
        struct file fresh = { relative, folder, name, NULL };
        mu_buf_put(&all->files, &fresh, sizeof fresh);
        file = find_file(all, folder, name);
    }
    if (file->last == c)
        return;
    file->last = c;
    struct mu_suite_fixture one = { file->relative, folder, name, first, step->where, c };
    mu_buf_put(&all->found, &one, sizeof one);
}

static void fixtures_of_step(struct fixtures *all, const struct mu_case *c,
                             const struct mu_step *step)
{
    for (enum place p = MESSAGE; p < PLACES; p++) {
        const char *text = fixture_text(step, p);
        size_t instances = text == NULL ? 0 : strchr(text, '{') != NULL ? c->instances : 1;
        for (size_t i = 0; i < instances; i++) {
            const char *name = mu_case_expand(all->arena, c, i, text);
            const char *folder = fixture_folder(step, p, &name);
            if (folder != NULL && *name != '\0' && strcmp(name, "none") != 0)
                add_fixture(all, c, step, folder, name);
        }
    }
}

size_t mu_suite_fixtures(struct mu_arena *arena, const struct mu_suite *suite,
                         const struct mu_suite_fixture **fixture)
{
    struct fixtures all = { arena, { .arena = arena }, { .arena = arena } };
    for (size_t i = 0; i < suite->count; i++) {
        const struct mu_case *c = suite->cases[i];
        for (size_t s = 0; s < c->steps; s++)
            fixtures_of_step(&all, c, &c->step[s]);
    }
    *fixture = (const void *) all.found.p;
    return all.found.n / sizeof(struct mu_suite_fixture);
}
