/* Where every line of the merged runs stands, what each of them says of every instance, and which of it
 * is kept: of the runs that say the same of an instance the first one. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "run/merge_inside.h"
#include "run/stream.h"

static uint64_t hash(const char *s)
{
    uint64_t h = 0xcbf29ce484222325U;
    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char) *s) * 0x100000001b3U;
    return h;
}

static size_t rows(const struct mu_buf *buf, size_t size)
{
    return buf->n / size;
}

/* --- instances ------------------------------------------------------------------------------------------ */

static uint32_t *slot_of(const struct mu_merge *m, const char *name)
{
    size_t at = hash(name) & (m->slots - 1);
    while (m->slot[at] != 0
           && strcmp(MU_MERGE_AT(m->instances, struct mu_merge_instance, m->slot[at])->name, name)
                  != 0)
        at = (at + 1) & (m->slots - 1);
    return &m->slot[at];
}

static void widen(struct mu_merge *m)
{
    size_t n = rows(&m->instances, sizeof(struct mu_merge_instance));
    if (2 * (n + 1) < m->slots)
        return;
    m->slots = m->slots == 0 ? 1024 : 4 * m->slots;
    m->slot = mu_arena_array(m->arena, m->slots, sizeof *m->slot);
    assert(m->instances.p != NULL || n == 0);
    for (size_t i = 1; i <= n; i++)
        *slot_of(m, MU_MERGE_AT(m->instances, struct mu_merge_instance, i)->name) = (uint32_t) i;
}

struct mu_merge_instance *mu_merge_find(const struct mu_merge *m, const char *name)
{
    uint32_t number = m->slots > 0 ? *slot_of(m, name) : 0;
    return number > 0 ? MU_MERGE_AT(m->instances, struct mu_merge_instance, number) : NULL;
}

static struct mu_merge_instance *instance_of(struct mu_merge *m, const char *name)
{
    struct mu_merge_instance *found = mu_merge_find(m, name);
    if (found != NULL)
        return found;
    struct mu_merge_instance fresh = { .name = mu_arena_strndup(m->arena, name, strlen(name)) };
    widen(m);
    mu_buf_put(&m->instances, &fresh, sizeof fresh);
    size_t n = rows(&m->instances, sizeof fresh);
    *slot_of(m, name) = (uint32_t) n;
    return MU_MERGE_AT(m->instances, struct mu_merge_instance, n);
}

/* What this run says of it; a new one when it says the first. */
static struct mu_merge_take *take_of(struct mu_merge *m, const char *name, uint32_t leaf)
{
    struct mu_merge_instance *instance = instance_of(m, name);
    for (uint32_t t = instance->takes; t != 0;) {
        struct mu_merge_take *take = MU_MERGE_AT(m->takes, struct mu_merge_take, t);
        if (take->leaf == leaf)
            return take;
        t = take->next;
    }
    struct mu_merge_take fresh = {
        .leaf = leaf, .next = instance->takes, .reason = "", .expectation = ""
    };
    mu_buf_put(&m->takes, &fresh, sizeof fresh);
    instance->takes = (uint32_t) rows(&m->takes, sizeof fresh);
    return MU_MERGE_AT(m->takes, struct mu_merge_take, instance->takes);
}

/* --- lines ---------------------------------------------------------------------------------------------- */

static void add_line(struct mu_merge *m, struct mu_merge_list *list, uint64_t offset, size_t size)
{
    struct mu_merge_ref ref = { .offset = offset, .size = (uint32_t) size };
    mu_buf_put(&m->refs, &ref, sizeof ref);
    uint32_t number = (uint32_t) rows(&m->refs, sizeof ref);
    if (list->last != 0)
        MU_MERGE_AT(m->refs, struct mu_merge_ref, list->last)->next = number;
    else
        list->first = number;
    list->last = number;
}

/* Reasons are few, and kept once. */
static const char *word(struct mu_merge *m, const char *text)
{
    const char **known = (const char **) (void *) m->words.p;
    size_t n = rows(&m->words, sizeof *known);
    for (size_t i = n; i > 0 && i + 64 > n; i--)
        if (strcmp(known[i - 1], text) == 0)
            return known[i - 1];
    const char *fresh = mu_arena_strndup(m->arena, text, strlen(text));
    mu_buf_put(&m->words, &fresh, sizeof fresh);
    return fresh;
}

/* "cases/0012-2": 12. */
static uint32_t folder_number(const char *folder)
{
    unsigned long n = strncmp(folder, "cases/", 6) == 0 ? strtoul(folder + 6, NULL, 10) : 0;
    return n < UINT32_MAX ? (uint32_t) n : 0;
}

/* Its evidence folder in the run that made it. */
static const char *first_folder(const json_t *event)
{
    const char *from = mu_merge_member(event, "from");
    if (*from != '\0')
        return from;
    const char *folder = mu_merge_member(json_object_get(event, "evidence"), "folder");
    return *folder != '\0' ? folder : mu_merge_member(event, "folder");
}

static void take_settled(struct mu_merge *m, struct mu_merge_take *take, const json_t *event,
                         const char *expectation, const char *entry)
{
    const char *says = mu_merge_member(event, expectation);
    if (*says == '\0')
        return;
    take->expectation = word(m, says);
    take->entry = (uint32_t) mu_merge_number(event, entry, 0);
}

static void take_verdict(struct mu_merge *m, struct mu_merge_take *take, const json_t *event,
                         bool settled)
{
    enum mu_verdict verdict = MU_ERROR; /* should the word be unknown */
    take_settled(m, take, event, "expectation", "entry");
    take_settled(m, take, event, "was_expectation", "was_entry");
    take->judged = true;
    if (take->settled && !settled)
        return;
    mu_verdict_from_name(mu_merge_member(event, "verdict"), &verdict);
    take->verdict = verdict;
    take->reason = word(m, mu_merge_member(event, "reason"));
    take->settled = settled;
}

/* False: not an event of an instance. */
static bool take_of_instance(struct mu_merge *m, const json_t *event, uint32_t leaf,
                             uint64_t offset, size_t size)
{
    static const char *const name[] = { "start",   "finding", "compared",
                                        "verdict", "settled", "was-settled" };
    const char *what = mu_merge_member(event, "event"), *of = mu_merge_member(event, "case");
    size_t i = 0;
    while (i < MU_COUNT(name) && strcmp(name[i], what) != 0)
        i++;
    if (i == MU_COUNT(name) || *of == '\0')
        return false;
    struct mu_merge_take *take = take_of(m, of, leaf);
    add_line(m, &take->lines, offset, size);
    if (i >= 3)
        take_verdict(m, take, event, i > 3);
    if (take->number == 0)
        take->number = folder_number(first_folder(event));
    return true;
}

static bool is_preface(const char *what)
{
    static const char *const name[] = { "rule", "case", "catalogue", "expect" };
    for (size_t i = 0; i < MU_COUNT(name); i++)
        if (strcmp(name[i], what) == 0)
            return true;
    return false;
}

/* Whose line is it? SIZE_MAX: of none that is read here. */
static size_t leaf_of(const struct mu_merge *m, size_t source, const json_t *event)
{
    bool merged = m->source[source].merged;
    const char *run =
        mu_merge_member(merged ? event : m->source[source].open, merged ? "source" : "run");
    for (size_t i = 0; i < m->leaves; i++)
        if (strcmp(m->leaf[i].run, run) == 0)
            return m->leaf[i].source == source ? i : SIZE_MAX;
    return SIZE_MAX;
}

/* Which build of the system an adapter said that it asks; NULL: it did not. */
static const char *build_of(struct mu_merge *m, const json_t *event)
{
    const char *build = mu_merge_member(json_object_get(event, "sut"), "build");
    return *build != '\0' ? word(m, build) : NULL;
}

static void take_line(struct mu_merge *m, size_t source, const json_t *event, uint64_t offset,
                      size_t size)
{
    const char *what = mu_merge_member(event, "event");
    bool first = m->leaf[0].source == source;
    if (strcmp(what, "open") == 0 || strcmp(what, "close") == 0 || strcmp(what, "merged") == 0
        || strcmp(what, "conflict") == 0 || mu_stream_opinion(event))
        return;
    if (is_preface(what) || strcmp(what, "not-run") == 0) {
        if (first)
            add_line(m, is_preface(what) ? &m->preface : &m->not_run, offset, size);
        return;
    }
    size_t leaf = leaf_of(m, source, event);
    if (leaf != SIZE_MAX && m->leaf[leaf].build == NULL && strcmp(what, "adapter") == 0)
        m->leaf[leaf].build = build_of(m, event);
    if (leaf != SIZE_MAX && !take_of_instance(m, event, (uint32_t) leaf, offset, size))
        add_line(m, &m->leaf[leaf].other, offset, size);
}

static bool read_lines(struct mu_merge *m, size_t source, struct mu_err *err)
{
    const struct mu_merge_source *s = &m->source[source];
    struct mu_stream_reader reader;
    struct mu_bytes line;
    json_t *event;
    mu_stream_start(&reader, m->arena, s->fd);
    while (reader.lines < s->lines && mu_stream_next(&reader, &line, &event)) {
        take_line(m, source, event, reader.end - line.n - 1, line.n);
        json_decref(event);
        if (m->refs.n / sizeof(struct mu_merge_ref) > MU_MERGE_LINES_MAX)
            return mu_fail(err, MU_ERR_LIMIT, "the runs have more than %d lines together",
                           MU_MERGE_LINES_MAX);
    }
    return reader.lines == s->lines
           || mu_fail(err, MU_ERR_IO, "'%s' was changed while it was read", s->path);
}

/* --- what is kept --------------------------------------------------------------------------------------- */

static int by_leaf(const void *a, const void *b)
{
    const struct mu_merge_take *x = *(struct mu_merge_take *const *) a;
    const struct mu_merge_take *y = *(struct mu_merge_take *const *) b;
    return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

static bool said_before(struct mu_merge_take **take, size_t n, const struct mu_merge_take *now)
{
    for (size_t i = 0; i < n; i++)
        if (take[i]->verdict == now->verdict && strcmp(take[i]->reason, now->reason) == 0)
            return true;
    return false;
}

/* The one that speaks stands where a reader looks for it: the first attempt, or the last. */
static void let_speak(struct mu_merge_take **take, size_t n, bool last)
{
    size_t worst = 0;
    for (size_t i = 1; i < n; i++)
        if (take[i]->verdict > take[worst]->verdict)
            worst = i;
    struct mu_merge_take *speaks = take[worst];
    if (last)
        memmove(&take[worst], &take[worst + 1], (n - 1 - worst) * sizeof *take);
    else
        memmove(&take[1], &take[0], worst * sizeof *take);
    take[last ? n - 1 : 0] = speaks;
}

static void keep(struct mu_merge *m, struct mu_merge_instance *instance, bool last)
{
    struct mu_merge_take **take = m->scratch;
    const struct mu_merge_take *base = MU_MERGE_AT(m->takes, struct mu_merge_take, 1);
    size_t n = 0, kept = 0;
    for (uint32_t t = instance->takes; t != 0; t = take[n - 1]->next)
        take[n++] = MU_MERGE_AT(m->takes, struct mu_merge_take, t);
    qsort(take, n, sizeof *take, by_leaf);
    for (size_t i = 0; i < n; i++)
        if (take[i]->judged && !said_before(take, kept, take[i]))
            take[kept++] = take[i];
    instance->takes = 0;
    instance->kept = (uint32_t) kept;
    if (kept == 0)
        return;
    instance->number = take[0]->number;
    let_speak(take, kept, last);
    instance->speaks = take[last ? kept - 1 : 0];
    for (size_t i = kept; i-- > 0;) {
        take[i]->next = instance->takes;
        instance->takes = (uint32_t) (take[i] - base) + 1;
    }
}

static int by_number(const void *a, const void *b)
{
    const struct mu_merge_instance *x = *(struct mu_merge_instance *const *) a;
    const struct mu_merge_instance *y = *(struct mu_merge_instance *const *) b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* In the order of the plan; folders keep their numbers where no two runs use one for different cases. */
static void put_in_order(struct mu_merge *m)
{
    size_t n = rows(&m->instances, sizeof(struct mu_merge_instance));
    m->order = mu_arena_array(m->arena, n + 1, sizeof *m->order);
    for (size_t i = 1; i <= n; i++) {
        struct mu_merge_instance *instance = MU_MERGE_AT(m->instances, struct mu_merge_instance, i);
        if (instance->kept > 0)
            m->order[m->judged++] = instance;
    }
    qsort(m->order, m->judged, sizeof *m->order, by_number);
    for (size_t i = 0; i < m->judged; i++) {
        uint32_t least = i > 0 ? m->order[i - 1]->folder + 1 : 1;
        m->order[i]->folder = m->order[i]->number > least ? m->order[i]->number : least;
    }
}

bool mu_merge_index(struct mu_merge *m, struct mu_err *err)
{
    const json_t *tries = json_object_get(m->source[0].open, "tries");
    bool last = strcmp(mu_merge_member(tries, "final"), "last") == 0;
    m->scratch = mu_arena_array(m->arena, m->leaves + 1, sizeof(*m->scratch));
    for (size_t s = 0; s < m->sources; s++)
        TRY(read_lines(m, s, err));
    for (size_t i = 1; i <= rows(&m->instances, sizeof(struct mu_merge_instance)); i++)
        keep(m, MU_MERGE_AT(m->instances, struct mu_merge_instance, i), last);
    put_in_order(m);
    return true;
}
