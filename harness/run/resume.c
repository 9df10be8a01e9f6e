#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tar.h"
#include "run/coordinator.h"
#include "run/stream.h"

/* Instance names to item numbers, open addressing. */
struct names {
    uint32_t *slot; /* item + 1, 0 empty */
    size_t mask;
};

static uint64_t hash(const char *s)
{
    uint64_t h = 0xcbf29ce484222325U;
    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char) *s) * 0x100000001b3U;
    return h;
}

static void index_names(struct mu_coordinator *run, struct names *names)
{
    size_t size = 16;
    while (size < 2 * run->host->items)
        size *= 2;
    names->slot = mu_arena_array(run->arena, size, sizeof *names->slot);
    names->mask = size - 1;
    char name[MU_NAME_TEXT];
    for (size_t i = 0; i < run->host->items; i++) {
        run->host->name(run->host->self, i, name);
        size_t at = hash(name) & names->mask;
        while (names->slot[at] != 0)
            at = (at + 1) & names->mask;
        names->slot[at] = (uint32_t) i + 1;
    }
}

static int64_t find_name(const struct mu_coordinator *run, const struct names *names,
                         const char *wanted)
{
    char name[MU_NAME_TEXT];
    for (size_t at = hash(wanted) & names->mask; names->slot[at] != 0;
         at = (at + 1) & names->mask) {
        run->host->name(run->host->self, names->slot[at] - 1, name);
        if (strcmp(name, wanted) == 0)
            return names->slot[at] - 1;
    }
    return -1;
}

/* What this run would write as its open event, to be compared with what the old one did. */
static json_t *our_open(struct mu_coordinator *run)
{
    struct mu_buf out = { .arena = run->arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_tries_members(&run->options->tries, &j);
    run->host->open_members(run->host->self, &j);
    mu_json_close(&j, '}');
    return json_loadb(out.p, out.n, 0, NULL);
}

/* Both absent, or both the same. */
static bool same_member(const json_t *a, const json_t *b, const char *name)
{
    const json_t *x = json_object_get(a, name), *y = json_object_get(b, name);
    return x == y || json_equal(x, y);
}

/* A run is without content from its first line to its last, and under one key where one was given. */
static bool check_content(const struct mu_coordinator *run, const json_t *event, struct mu_err *err)
{
    const char *content = json_string_value(json_object_get(event, "content"));
    const char *key = json_string_value(json_object_get(event, "content_key"));
    const char *ours = run->options->content_key.n > 0 ? run->veil->id : "";
    bool none = content != NULL && strcmp(content, "none") == 0;
    if (none != (run->veil != NULL))
        return mu_fail(err, MU_ERR_USAGE, "cannot resume: the first part was run %s --no-content",
                       none ? "with" : "without");
    if (none && strcmp(key != NULL ? key : "", ours) != 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "cannot resume: the content key is not that of the first part");
    return true;
}

static bool check_open(struct mu_coordinator *run, json_t *event, struct mu_err *err)
{
    TRY(check_content(run, event, err));
    const char *id = json_string_value(json_object_get(event, "run"));
    const char *test_time = json_string_value(json_object_get(event, "test_time"));
    json_t *open = our_open(run), *theirs = json_object_get(event, "digests");
    json_t *ours = json_object_get(open, "digests");
    bool tries = same_member(open, event, "tries"), shard = same_member(open, event, "shard");
    const char *key;
    json_t *value;
    const char *different = NULL;
    json_object_foreach(ours, key, value) if (different == NULL
                                              && !json_equal(value, json_object_get(theirs, key)))
        different = key;
    char name[40] = "";
    if (different != NULL)
        snprintf(name, sizeof name, "%s", different);
    json_decref(open);
    if (!tries)
        return mu_fail(err, MU_ERR_USAGE,
                       "cannot resume: retries and repeats are not those of the first part");
    if (!shard)
        return mu_fail(err, MU_ERR_USAGE, "cannot resume: the shard is not that of the first part");
    if (name[0] != '\0')
        return mu_fail(err, MU_ERR_USAGE, "cannot resume: the %s is not that of the first part",
                       name);
    if (id == NULL || test_time == NULL || strcmp(test_time, run->options->test_time) != 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "cannot resume: the test time is not that of the first part");
    if (json_integer_value(json_object_get(event, "seed")) != (json_int_t) run->options->seed)
        return mu_fail(err, MU_ERR_USAGE, "cannot resume: the seed is not that of the first part");
    const char *nonce = json_string_value(json_object_get(event, "nonce"));
    nonce = nonce != NULL ? nonce : "";
    if (run->options->nonce != NULL && strcmp(run->options->nonce, nonce) != 0)
        return mu_fail(err, MU_ERR_USAGE, "cannot resume: the nonce is not that of the first part");
    snprintf(run->nonce, sizeof run->nonce, "%s", nonce);
    snprintf(run->run_id, sizeof run->run_id, "%s", id);
    return true;
}

static unsigned attempt_of(json_t *event)
{
    json_int_t n = json_integer_value(json_object_get(event, "attempt"));
    return n >= 1 && n <= UINT8_MAX ? (unsigned) n : 1;
}

static void keep_start(struct mu_coordinator *run, size_t i, json_t *event)
{
    run->attempt[i] = (uint8_t) attempt_of(event);
    mu_note_may_come(run, i, run->attempt[i], UINT32_MAX); /* nobody remembers what was to come */
}

static void keep_verdict(struct mu_coordinator *run, size_t i, json_t *event)
{
    const char *word = json_string_value(json_object_get(event, "verdict"));
    const char *reason = json_string_value(json_object_get(event, "reason"));
    enum mu_verdict verdict;
    if (word == NULL || !mu_verdict_from_name(word, &verdict))
        return;
    run->attempt[i] = (uint8_t) attempt_of(event);
    mu_tries_keep(run, i, run->attempt[i], verdict, reason != NULL ? reason : "");
    if (run->host->judged != NULL)
        run->host->judged(run->host->self, i, verdict);
    if (json_object_get(event, "expectation") != NULL)
        (void) mu_tries_settle(run, i);
}

/* How far the stream knows the tar. */
static void note_named(struct mu_coordinator *run, json_t *event)
{
    size_t i;
    json_t *file;
    json_array_foreach(json_object_get(json_object_get(event, "evidence"), "files"), i, file)
    {
        json_int_t at = json_integer_value(json_object_get(file, "at"));
        json_int_t octets = json_integer_value(json_object_get(file, "octets"));
        if (at <= 0 || octets < 0 || at > INT64_MAX / 2 || octets > INT64_MAX / 2)
            continue;
        int64_t end = at + (int64_t) mu_tar_padded((uint64_t) octets);
        run->named = end > run->named ? end : run->named;
        if (end <= run->stored && end > run->whole)
            run->whole = end;
    }
}

static bool take_event(struct mu_coordinator *run, const struct names *names, json_t *event,
                       uint64_t line, struct mu_err *err)
{
    const char *what = json_string_value(json_object_get(event, "event"));
    const char *name = json_string_value(json_object_get(event, "case"));
    if (what == NULL || (line == 1) != (strcmp(what, "open") == 0))
        return mu_fail(err, MU_ERR_IO, "the run stream does not begin with an open event");
    if (line == 1)
        return check_open(run, event, err);
    if (strcmp(what, "close") == 0 && !json_is_true(json_object_get(event, "interrupted")))
        return mu_fail(err, MU_ERR_USAGE, "cannot resume: the run is complete");
    if (strcmp(what, "late") == 0) {
        run->result->late++;
        run->lates++;
    }
    if (strcmp(what, "verdict") == 0)
        note_named(run, event);
    int64_t i = name != NULL ? find_name(run, names, name) : -1;
    if (i < 0)
        return true;
    if (strcmp(what, "start") == 0)
        keep_start(run, (size_t) i, event);
    else if (strcmp(what, "verdict") == 0)
        keep_verdict(run, (size_t) i, event);
    else if (strcmp(what, "settled") == 0)
        (void) mu_tries_settle(run, (size_t) i);
    return true;
}

/* Every good line, and what stands behind the last. */
static bool read_lines(struct mu_coordinator *run, struct mu_stream_reader *reader,
                       struct mu_err *err)
{
    struct names names;
    struct mu_bytes line;
    json_t *event;
    index_names(run, &names);
    while (mu_stream_next(reader, &line, &event)) {
        bool ok = take_event(run, &names, event, reader->lines, err);
        json_decref(event);
        TRY(ok);
    }
    errno = reader->in.sys;
    if (reader->in.sys != 0)
        return mu_fail_sys(err, "cannot read '%s'", MU_JOURNAL_NAME);
    if (reader->lines == 0)
        return mu_fail(err, MU_ERR_IO, "'%s' holds no line that can be trusted", MU_JOURNAL_NAME);
    return !reader->corrupt
           || mu_fail(err, MU_ERR_IO, "'%s' line %llu is corrupt", MU_JOURNAL_NAME,
                      (unsigned long long) reader->lines + 1);
}

bool mu_resume(struct mu_coordinator *run, int64_t *end, uint64_t *lines, char h[MU_DIGEST_TEXT],
               struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int fd = openat(run->dir, MU_JOURNAL_NAME, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open '%s/%s'", run->options->out, MU_JOURNAL_NAME);
    struct mu_stream_reader reader;
    mu_stream_start(&reader, run->arena, fd);
    TRY(read_lines(run, &reader, err));
    mu_tries_resume(run);
    *end = (int64_t) reader.end;
    *lines = reader.lines;
    memcpy(h, reader.h, sizeof reader.h);
    return true;
}
