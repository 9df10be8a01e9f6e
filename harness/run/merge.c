#include "run/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "run/merge_inside.h"

#define SAYINGS_MAX 20 /* sentences for the operator; the stream has them all */

void mu_merge_say(struct mu_merge *m, const char *format, ...)
{
    char text[1000];
    va_list args;
    size_t n = m->says.n / sizeof(const char *);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *kept = mu_arena_strndup(m->arena, text, strlen(text));
    if (n < SAYINGS_MAX)
        mu_buf_put(&m->says, &kept, sizeof kept);
    else if (n == SAYINGS_MAX) {
        kept = "and more: see the report";
        mu_buf_put(&m->says, &kept, sizeof kept);
    }
}

const char *mu_merge_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

int64_t mu_merge_number(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* The id of the merge is made of those of its runs. */
static void name_run(struct mu_merge *m)
{
    struct mu_buf all = { .arena = m->arena };
    char digest[MU_DIGEST_TEXT];
    for (size_t i = 0; i < m->leaves; i++)
        mu_buf_printf(&all, "%s %s\n", m->leaf[i].run, mu_merge_member(m->leaf[i].facts, "head"));
    mu_digest_text(mu_buf_bytes(&all), digest);
    snprintf(m->run, sizeof m->run, "merge-%.16s", digest);
}

/* --- the folder ------------------------------------------------------------------------------------------- */

static const char *out_of(struct mu_merge *m)
{
    return m->options->out != NULL ? m->options->out
                                   : mu_arena_printf(m->arena, "muster-runs/%s", m->run);
}

static bool make_folder(struct mu_merge *m, const char *path, struct mu_err *err)
{
    mu_file_remove_tree(path);
    TRY(mu_file_make_dir(path, 0755, err));
    m->out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m->out < 0)
        return mu_fail_sys(err, "cannot open '%s'", path);
    return mu_journal_create(&m->journal, m->arena, m->out, err);
}

static bool write_all(struct mu_merge *m, const char *path, struct mu_err *err)
{
    struct mu_err ignored;
    if (!make_folder(m, path, err))
        return false;
    bool ok = mu_merge_write(m, err) && mu_store_end(&m->store, err);
    mu_store_close(&m->store);
    return mu_journal_close(&m->journal, ok ? err : &ignored) && ok;
}

/* Is the stream at `path` the new one, but for what people said since? */
static bool is_there(struct mu_merge *m, const char *path)
{
    char ours[4096], theirs[sizeof ours];
    ssize_t n = 0, k = 0;
    MU_CLEANUP(mu_fd_close)
    int a = openat(m->out, MU_JOURNAL_NAME, O_RDONLY | O_CLOEXEC);
    MU_CLEANUP(mu_fd_close)
    int b = open(mu_file_join(m->arena, path, MU_JOURNAL_NAME),
                 O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    while (a >= 0 && b >= 0 && (n = read(a, ours, sizeof ours)) > 0) {
        k = 0;
        for (ssize_t got = 1; k < n && got > 0; k += got > 0 ? got : 0)
            got = read(b, theirs + k, (size_t) (n - k));
        if (k != n || memcmp(ours, theirs, (size_t) n) != 0)
            return false;
    }
    return a >= 0 && b >= 0 && n == 0;
}

/* All at once: what stands at the place of a merge is whole. An empty folder may stand there before. */
static bool put_in_place(struct mu_merge *m, const char *temporary, const char *out,
                         struct mu_err *err)
{
    if (rename(temporary, out) == 0)
        return true;
    if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
        return mu_fail_sys(err, "cannot make '%s'", out);
    m->result->there = is_there(m, out);
    return m->result->there
           || mu_fail(err, MU_ERR_USAGE, "'%s' is there already and is not this merge", out);
}

static bool merge(struct mu_merge *m, struct mu_err *err)
{
    TRY(mu_merge_open(m, err));
    TRY(mu_merge_index(m, err));
    name_run(m);
    const char *out = out_of(m);
    if (m->options->out == NULL)
        TRY(mu_file_make_dir("muster-runs", 0755, err));
    const char *temporary = mu_arena_printf(m->arena, "%s.tmp.%ld", out, (long) getpid());
    bool ok = write_all(m, temporary, err) && put_in_place(m, temporary, out, err);
    mu_fd_close(&m->out);
    if (!ok || m->result->there)
        mu_file_remove_tree(temporary);
    m->result->out = out;
    m->result->merged = m->leaves;
    return ok;
}

bool mu_merge(struct mu_arena *arena, const struct mu_merge_options *options,
              struct mu_merge_result *result, struct mu_err *err)
{
    *result = (struct mu_merge_result){ .conflicts = 0 };
    if (options->runs == 0 || options->runs > MU_MERGE_SOURCES_MAX)
        return mu_fail(err, MU_ERR_USAGE, "one to %d folders can be merged at once",
                       MU_MERGE_SOURCES_MAX);
    struct mu_merge *m = mu_new(arena, struct mu_merge);
    *m = (struct mu_merge){
        .arena = arena, .options = options, .result = result, .out = -1, .store = { .tar = -1 }
    };
    struct mu_buf *const buf[] = { &m->refs,     &m->takes,   &m->instances, &m->words,
                                   &m->opinions, &m->entries, &m->says };
    for (size_t i = 0; i < MU_COUNT(buf); i++)
        buf[i]->arena = arena;
    m->room = mu_arena_alloc(arena, MU_RUN_LINE_MAX);
    bool ok = merge(m, err);
    mu_merge_close(m);
    result->says = (const char *const *) (void *) m->says.p;
    result->sayings = m->says.n / sizeof(const char *);
    return ok;
}
