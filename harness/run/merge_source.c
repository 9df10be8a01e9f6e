/* The folders of a merge: what each says of itself, whether they fit, and the runs that they are made of. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "run/append.h"
#include "run/merge_inside.h"
#include "run/stream.h"

#define SCHEMA "muster-run/1"

static const char *text_of(const json_t *object, const char *in, const char *name)
{
    return mu_merge_member(json_object_get(object, in), name);
}

/* --- one folder ----------------------------------------------------------------------------------------- */

/* A note behind the end, as text: the same one may stand in several folders. */
static void keep_opinion(struct mu_merge *m, json_t *event)
{
    json_object_del(event, "h");
    json_object_del(event, "source");
    char *dump = json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (dump == NULL)
        return;
    const char *kept = mu_arena_strndup(m->arena, dump, strlen(dump));
    free(dump);
    mu_buf_put(&m->opinions, &kept, sizeof kept);
}

/* The first event, the last close event, and what stands between them that says where it comes from. */
static void take_event(struct mu_merge *m, struct mu_merge_source *s,
                       const struct mu_stream_reader *reader, json_t *event)
{
    const char *what = mu_merge_member(event, "event");
    if (reader->lines == 1 && strcmp(what, "open") == 0)
        s->open = json_incref(event);
    if (mu_stream_opinion(event)) {
        keep_opinion(m, event);
        return;
    }
    json_decref(s->close); /* what stood before this line */
    s->close = NULL;
    if (strcmp(what, "merged") == 0) {
        json_object_del(event, "event");
        json_object_del(event, "h");
        json_array_append(s->leaves, event);
    } else if (strcmp(what, "close") == 0) {
        s->close = json_incref(event);
        s->lines = reader->lines;
        memcpy(s->head, reader->h, sizeof s->head);
    }
}

static bool check_stream(const struct mu_merge_source *s, const struct mu_stream_reader *reader,
                         struct mu_err *err)
{
    errno = reader->in.sys;
    if (reader->in.sys != 0)
        return mu_fail_sys(err, "cannot read '%s/%s'", s->path, MU_JOURNAL_NAME);
    if (s->open == NULL || strcmp(mu_merge_member(s->open, "schema"), SCHEMA) != 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s/%s' is no run stream of schema " SCHEMA, s->path,
                       MU_JOURNAL_NAME);
    if (reader->rest)
        return mu_fail(err, MU_ERR_USAGE, "'%s/%s' is %s at line %llu", s->path, MU_JOURNAL_NAME,
                       reader->corrupt ? "corrupt" : "torn",
                       (unsigned long long) reader->lines + 1);
    if (s->close == NULL)
        return mu_fail(err, MU_ERR_USAGE,
                       "'%s' has no end: the run was killed before it wrote one; --resume goes on "
                       "with it",
                       s->path);
    return true;
}

static bool read_source(struct mu_merge *m, struct mu_merge_source *s, struct mu_err *err)
{
    struct mu_stream_reader reader;
    struct mu_bytes line;
    json_t *event;
    mu_stream_start(&reader, m->arena, s->fd);
    while (mu_stream_next(&reader, &line, &event)) {
        take_event(m, s, &reader, event);
        json_decref(event);
    }
    TRY(check_stream(s, &reader, err));
    s->merged = mu_merge_number(s->open, "merged", 0) > 0;
    return true;
}

static bool open_source(struct mu_merge *m, struct mu_merge_source *s, struct mu_err *err)
{
    struct stat st;
    s->dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir < 0)
        return mu_fail(err, MU_ERR_USAGE, "cannot open the run '%s': %s", s->path, strerror(errno));
    s->fd = openat(s->dir, MU_JOURNAL_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (s->fd < 0 || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no folder of a run: it has no %s", s->path,
                       MU_JOURNAL_NAME);
    TRY(mu_run_lock(s->dir, s->path, true, &s->lock, err));
    return read_source(m, s, err);
}

/* --- do they fit? --------------------------------------------------------------------------------------- */

static bool same(const json_t *a, const json_t *b)
{
    return a == b || json_equal(a, b);
}

static bool check_digests(const struct mu_merge_source *a, const struct mu_merge_source *b,
                          struct mu_err *err)
{
    static const char *const name[] = { "suite",    "profile", "rules",
                                        "policies", "plan",    "expectations" };
    for (size_t i = 0; i < MU_COUNT(name); i++)
        if (strcmp(text_of(a->open, "digests", name[i]), text_of(b->open, "digests", name[i])) != 0)
            return mu_fail(err, MU_ERR_USAGE,
                           "'%s' and '%s' cannot be merged: the digest of their %s is not the same",
                           a->path, b->path, name[i]);
    return true;
}

/* A run is of one system. Another build of it is a conflict and no reason to refuse. */
static bool check_system(const struct mu_merge_source *a, const struct mu_merge_source *b,
                         struct mu_err *err)
{
    static const char *const name[] = { "id", "name" };
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        const char *one = text_of(a->open, "sut", name[i]), *two = text_of(b->open, "sut", name[i]);
        if (strcmp(one, two) != 0)
            return mu_fail(err, MU_ERR_USAGE,
                           "'%s' is of the system '%.60s' and '%s' of '%.60s': a run is of one "
                           "system",
                           a->path, one, b->path, two);
    }
    return true;
}

static bool check_members(const struct mu_merge_source *a, const struct mu_merge_source *b,
                          struct mu_err *err)
{
    static const struct {
        const char *name, *says;
    } row[] = {
        { "tries", "their retries or repeats are not the same" },
        { "content", "one keeps content and the other does not" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (!same(json_object_get(a->open, row[i].name), json_object_get(b->open, row[i].name)))
            return mu_fail(err, MU_ERR_USAGE, "'%s' and '%s' cannot be merged: %s", a->path,
                           b->path, row[i].says);
    return true;
}

/* --- the runs that they are made of ---------------------------------------------------------------------- */

/* What no expectation file of another place could have said: see merge_result.c. */
static json_t *own_stale(const json_t *close)
{
    json_t *kept = json_array(), *item;
    size_t i;
    json_array_foreach(json_object_get(close, "stale"), i, item)
    {
        const char *why = mu_merge_member(item, "why");
        if (json_is_object(item) && strncmp(why, "matched ", 8) != 0)
            json_array_append(kept, item);
    }
    return kept;
}

/* What a merge says of a run that is in it: all that its first and its last line say and that may be
 * another from run to run. */
static json_t *facts_of(const struct mu_merge_source *s)
{
    static const char *const opened[] = { "run",       "started", "muster", "isolation",
                                          "seed",      "nonce",   "jobs",   "test_time",
                                          "selection", "planned", "shard",  "sut" };
    static const char *const closed[] = { "late", "interrupted", "exit", "ms" };
    json_t *facts = json_object();
    for (size_t i = 0; i < MU_COUNT(opened); i++)
        json_object_set(facts, opened[i], json_object_get(s->open, opened[i]));
    json_object_set_new(facts, "sut_file", json_string(text_of(s->open, "digests", "sut")));
    for (size_t i = 0; i < MU_COUNT(closed); i++)
        json_object_set(facts, closed[i], json_object_get(s->close, closed[i]));
    json_object_set_new(facts, "stale", own_stale(s->close));
    json_object_set_new(facts, "lines", json_integer((json_int_t) s->lines));
    json_object_set_new(facts, "head", json_string(s->head));
    return facts;
}

/* The id of a run becomes part of names of folders. */
static bool check_id(const char *run, const char *path, struct mu_err *err)
{
    size_t n = strlen(run);
    if (n > 0 && n <= 60
        && strspn(run, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == n)
        return true;
    return mu_fail(err, MU_ERR_USAGE, "'%s' holds a run whose id is none", path);
}

/* Is the line `lines` of the stream the one with that chain value? */
static bool continues(struct mu_merge *m, const struct mu_merge_source *s, int64_t lines,
                      const char *head)
{
    struct mu_stream_reader reader;
    struct mu_bytes line;
    json_t *event;
    mu_stream_start(&reader, m->arena, s->fd);
    while ((int64_t) reader.lines < lines && mu_stream_next(&reader, &line, &event))
        json_decref(event);
    return (int64_t) reader.lines == lines && strcmp(reader.h, head) == 0;
}

/* The same run twice: the same state of it, or one that goes on where the other stopped. */
static bool settle(struct mu_merge *m, struct mu_merge_leaf *known, size_t source, json_t *facts,
                   struct mu_err *err)
{
    struct mu_merge_source *a = &m->source[known->source], *b = &m->source[source];
    int64_t was = mu_merge_number(known->facts, "lines", 0);
    int64_t is = mu_merge_number(facts, "lines", 0);
    const char *was_head = mu_merge_member(known->facts, "head");
    const char *is_head = mu_merge_member(facts, "head");
    bool alike = was == is && strcmp(was_head, is_head) == 0;
    bool newer = is > was && !b->merged && continues(m, b, was, was_head);
    bool older = is < was && !a->merged && continues(m, a, is, is_head);
    if (!alike && !newer && !older)
        return mu_fail(err, MU_ERR_USAGE,
                       "'%s' and '%s' hold the run %s in two states; name the folder of the run "
                       "itself where it goes on",
                       a->path, b->path, known->run);
    if (newer || (alike && a->merged && !b->merged)) {
        known->source = source;
        known->facts = facts;
    }
    return true;
}

static bool add_leaf(struct mu_merge *m, size_t source, json_t *facts, struct mu_err *err)
{
    const char *run = mu_merge_member(facts, "run");
    TRY(check_id(run, m->source[source].path, err));
    for (size_t i = 0; i < m->leaves; i++)
        if (strcmp(m->leaf[i].run, run) == 0)
            return settle(m, &m->leaf[i], source, facts, err);
    m->leaf[m->leaves++] = (struct mu_merge_leaf){
        .run = mu_arena_strndup(m->arena, run, strlen(run)), .facts = facts, .source = source
    };
    return true;
}

static int by_run(const void *a, const void *b)
{
    return strcmp(((const struct mu_merge_leaf *) a)->run, ((const struct mu_merge_leaf *) b)->run);
}

/* Facts belong to their source; those of a run that is no merge are put there, too. */
static bool find_leaves(struct mu_merge *m, struct mu_err *err)
{
    size_t most = 0, i;
    for (size_t s = 0; s < m->sources; s++) {
        if (!m->source[s].merged) {
            json_array_clear(m->source[s].leaves);
            json_array_append_new(m->source[s].leaves, facts_of(&m->source[s]));
        }
        most += json_array_size(m->source[s].leaves);
    }
    m->leaf = mu_arena_array(m->arena, most + 1, sizeof *m->leaf);
    for (size_t pass = 0; pass < 2; pass++) /* runs themselves before what is said of them */
        for (size_t s = 0; s < m->sources; s++) {
            json_t *facts;
            if (m->source[s].merged != (pass == 1))
                continue;
            json_array_foreach(m->source[s].leaves, i, facts) TRY(add_leaf(m, s, facts, err));
        }
    if (m->leaves == 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is a merge of nothing", m->source[0].path);
    qsort(m->leaf, m->leaves, sizeof *m->leaf, by_run);
    return true;
}

/* --- all of them ---------------------------------------------------------------------------------------- */

bool mu_merge_open(struct mu_merge *m, struct mu_err *err)
{
    m->source = mu_arena_array(m->arena, m->options->runs, sizeof *m->source);
    while (m->sources < m->options->runs) {
        struct mu_merge_source *s = &m->source[m->sources++];
        *s = (struct mu_merge_source){ .path = m->options->run[s - m->source],
                                       .dir = -1,
                                       .lock = -1,
                                       .fd = -1,
                                       .leaves = json_array() };
        TRY(open_source(m, s, err));
        TRY(check_digests(&m->source[0], s, err));
        TRY(check_system(&m->source[0], s, err));
        TRY(check_members(&m->source[0], s, err));
    }
    return find_leaves(m, err);
}

void mu_merge_close(struct mu_merge *m)
{
    for (size_t i = 0; i < m->sources; i++) {
        json_decref(m->source[i].open);
        json_decref(m->source[i].close);
        json_decref(m->source[i].leaves);
        mu_fd_close(&m->source[i].fd);
        mu_fd_close(&m->source[i].lock);
        mu_fd_close(&m->source[i].dir);
    }
}
