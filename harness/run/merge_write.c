/* The stream of a merge: what it is made of, what the first run begins with, then every instance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "run/merge_inside.h"
#include "run/stream.h"

/* --- lines ---------------------------------------------------------------------------------------------- */

bool mu_merge_line(struct mu_merge *m, size_t source, uint32_t ref, json_t **event,
                   struct mu_err *err)
{
    const struct mu_merge_ref *r = MU_MERGE_AT(m->refs, struct mu_merge_ref, ref);
    *event = mu_stream_again(m->source[source].fd, r->offset, r->size, m->room);
    return *event != NULL
           || mu_fail(err, MU_ERR_IO, "'%s' was changed while it was read", m->source[source].path);
}

void mu_merge_rename(json_t *event, json_t *holder, const char *folder)
{
    if (json_object_get(event, "from") == NULL)
        json_object_set(event, "from", json_object_get(holder, "folder"));
    json_object_set_new(holder, "folder", json_string(folder));
}

/* Where a line comes from stands at its end, always in the same order: the same runs give the same bytes. */
bool mu_merge_put(struct mu_merge *m, json_t *event, const struct mu_merge_leaf *leaf,
                  struct mu_err *err)
{
    json_t *from = json_incref(json_object_get(event, "from"));
    json_object_del(event, "h");
    json_object_del(event, "source");
    json_object_del(event, "from");
    if (leaf != NULL)
        json_object_set_new(event, "source", json_string(leaf->run));
    if (from != NULL)
        json_object_set_new(event, "from", from);
    char *text = json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(event);
    if (text == NULL || strlen(text) + MU_DIGEST_TEXT + 8 > MU_RUN_LINE_MAX) {
        free(text);
        return mu_fail(err, MU_ERR_LIMIT, "a line of the merge would be too long");
    }
    bool ok = mu_journal_object(&m->journal, mu_bytes_of(text), err);
    free(text);
    return ok;
}

/* --- the beginning ---------------------------------------------------------------------------------------- */

/* How far jobs were shut in, of all runs together: no further than in the one where it was the least. */
static const char *weakest_isolation(const struct mu_merge *m)
{
    static const char *const word[] = { "none", "fork", "full" };
    size_t least = MU_COUNT(word) - 1;
    for (size_t i = 0; i < m->leaves; i++) {
        size_t w = MU_COUNT(word) - 1;
        while (w > 0 && strcmp(mu_merge_member(m->leaf[i].facts, "isolation"), word[w]) != 0)
            w--;
        least = w < least ? w : least;
    }
    return word[least];
}

static bool put_open(struct mu_merge *m, struct mu_err *err)
{
    json_t *open = json_copy(m->source[m->leaf[0].source].open);
    json_object_del(open, "shard");
    json_object_del(open, "merged");
    json_object_set_new(open, "run", json_string(m->run));
    json_object_set_new(open, "isolation", json_string(weakest_isolation(m)));
    json_object_set_new(open, "planned", json_integer((json_int_t) (m->whole - m->elsewhere)));
    json_object_set_new(open, "merged", json_integer((json_int_t) m->leaves));
    return mu_merge_put(m, open, NULL, err);
}

static bool put_merged(struct mu_merge *m, struct mu_err *err)
{
    for (size_t i = 0; i < m->leaves; i++) {
        json_t *event = json_object();
        json_object_set_new(event, "event", json_string("merged"));
        json_object_update(event, m->leaf[i].facts);
        TRY(mu_merge_put(m, event, NULL, err));
        m->late += (size_t) mu_merge_number(m->leaf[i].facts, "late", 0);
    }
    return true;
}

static void take_entry(struct mu_merge *m, const json_t *event)
{
    const char *of = mu_merge_member(event, "case");
    struct mu_merge_entry entry = { .of = mu_arena_strndup(m->arena, of, strlen(of)),
                                    .max = mu_merge_number(event, "max", -1) };
    mu_buf_put(&m->entries, &entry, sizeof entry);
}

static bool put_preface(struct mu_merge *m, struct mu_err *err)
{
    json_t *event;
    for (uint32_t r = m->preface.first; r != 0;
         r = MU_MERGE_AT(m->refs, struct mu_merge_ref, r)->next) {
        TRY(mu_merge_line(m, m->leaf[0].source, r, &event, err));
        if (strcmp(mu_merge_member(event, "event"), "expect") == 0)
            take_entry(m, event);
        TRY(mu_merge_put(m, event, NULL, err));
    }
    return true;
}

/* What another shard has is not run only where no run has it; and where all shards are here, it was not
 * reached. */
static bool is_left_out(const struct mu_merge *m, const json_t *event)
{
    const struct mu_merge_instance *instance = mu_merge_find(m, mu_merge_member(event, "case"));
    return instance == NULL || instance->kept == 0;
}

/* `put` false: only count those that stand in other shards. */
static bool each_not_run(struct mu_merge *m, bool put, struct mu_err *err)
{
    json_t *event;
    bool all = mu_merge_has_all(m);
    for (uint32_t r = m->not_run.first; r != 0;
         r = MU_MERGE_AT(m->refs, struct mu_merge_ref, r)->next) {
        TRY(mu_merge_line(m, m->leaf[0].source, r, &event, err));
        bool shard = strcmp(mu_merge_member(event, "reason"), "shard") == 0;
        if (!is_left_out(m, event) || (shard && all)) {
            json_decref(event);
            continue;
        }
        m->elsewhere += !put && shard;
        m->count[MU_NOT_RUN] += put;
        if (put)
            TRY(mu_merge_put(m, event, NULL, err));
        else
            json_decref(event);
    }
    return true;
}

/* Before the first line, which says how many are planned. */
static bool count_planned(struct mu_merge *m, struct mu_err *err)
{
    const json_t *facts = m->leaf[0].facts;
    int64_t whole = mu_merge_number(json_object_get(facts, "shard"), "whole",
                                    mu_merge_number(facts, "planned", 0));
    m->whole = whole > 0 ? (size_t) whole : 0;
    TRY(each_not_run(m, false, err));
    if (m->whole < m->elsewhere + m->judged)
        m->whole = m->elsewhere + m->judged;
    m->result->elsewhere = m->elsewhere;
    m->result->missing = m->whole - m->elsewhere - m->judged;
    return true;
}

/* --- what belongs to a run and to no result ------------------------------------------------------------- */

/* "late/0001" becomes "late/RUN-0001": the same wherever it is merged again. */
static const char *folder_of(const struct mu_merge *m, const struct mu_merge_leaf *leaf,
                             const char *from)
{
    const char *slash = strchr(from, '/');
    if (slash == NULL)
        return from;
    char *name = (char *) (uintptr_t) mu_arena_printf(m->arena, "%.*s/%s-%s", (int) (slash - from),
                                                      from, leaf->run, slash + 1);
    for (char *p = name; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char) (*p - 'A' + 'a');
    return name;
}

static bool put_other(struct mu_merge *m, const struct mu_merge_leaf *leaf, json_t *event,
                      struct mu_err *err)
{
    const struct mu_merge_source *source = &m->source[leaf->source];
    json_t *evidence = json_object_get(event, "evidence");
    json_t *holder = json_is_object(evidence) ? evidence : event;
    const char *is = mu_merge_member(holder, "folder"), *from = mu_merge_member(event, "from");
    if (*is == '\0')
        return mu_merge_put(m, json_incref(event), leaf, err);
    const char *folder = folder_of(m, leaf, *from != '\0' ? from : is);
    TRY(holder == evidence ? mu_merge_evidence(m, source, evidence, folder, err)
                           : mu_merge_folder(m, source, is, folder, err));
    mu_merge_rename(event, holder, folder);
    return mu_merge_put(m, json_incref(event), leaf, err);
}

static bool put_others(struct mu_merge *m, struct mu_err *err)
{
    json_t *event;
    for (size_t i = 0; i < m->leaves; i++)
        for (uint32_t r = m->leaf[i].other.first; r != 0;
             r = MU_MERGE_AT(m->refs, struct mu_merge_ref, r)->next) {
            TRY(mu_merge_line(m, m->leaf[i].source, r, &event, err));
            bool ok = put_other(m, &m->leaf[i], event, err);
            json_decref(event);
            TRY(ok);
        }
    return true;
}

/* --- what people said ------------------------------------------------------------------------------------- */

/* By their time; the text decides between those of one second, and a dispute comes before what takes it
 * back. */
static int by_time(const void *a, const void *b)
{
    const char *x = *(const char *const *) a, *y = *(const char *const *) b;
    const char *at = ",\"at\":\"";
    const char *p = strstr(x, at), *q = strstr(y, at);
    int order = p != NULL && q != NULL ? strncmp(p, q, strlen(at) + 20) : 0;
    return order != 0 ? order : strcmp(x, y);
}

static bool put_opinions(struct mu_merge *m, struct mu_err *err)
{
    const char **text = (const char **) (void *) m->opinions.p;
    size_t n = m->opinions.n / sizeof *text;
    if (n > 0)
        qsort(text, n, sizeof *text, by_time);
    for (size_t i = 0; i < n; i++) {
        json_t *event =
            i > 0 && strcmp(text[i], text[i - 1]) == 0 ? NULL : json_loads(text[i], 0, NULL);
        if (event != NULL)
            TRY(mu_merge_put(m, event, NULL, err));
    }
    return true;
}

/* As for a run of its size, whatever the runs did: the same runs give the same merge. */
static bool wants_tar(const struct mu_merge *m)
{
    size_t attempts = 0;
    for (size_t i = 0; i < m->judged; i++)
        attempts += m->order[i]->kept;
    return m->options->keep != MU_KEEP_AS_FITS ? m->options->keep == MU_KEEP_TAR
                                               : attempts > MU_FOLDERS_MAX;
}

bool mu_merge_write(struct mu_merge *m, struct mu_err *err)
{
    m->wants_tar = wants_tar(m);
    TRY(count_planned(m, err));
    TRY(put_open(m, err));
    TRY(put_merged(m, err));
    TRY(put_preface(m, err));
    TRY(each_not_run(m, true, err));
    TRY(put_others(m, err));
    TRY(mu_merge_differences(m, err));
    for (size_t i = 0; i < m->judged; i++)
        TRY(mu_merge_instance_lines(m, m->order[i], err));
    return mu_merge_end(m, err) && put_opinions(m, err);
}
