/* Manifests and the folder of a run: what is in it, and what its manifest is to say. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "report/manifest.h"
#include "report/read.h"

#define STREAM    "run.jsonl"
#define LOCK      "run.lock"
#define SIGNATURE "manifest"
#define SUFFIX    ".cms"

int mu_manifest_open(int dir, const char *path)
{
    struct stat st;
    MU_CLEANUP(mu_fd_close) int fd = mu_file_open_beneath(dir, path);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return -1;
    return mu_fd_take(&fd);
}

unsigned mu_manifest_signature(const char *name)
{
    static const char first[] = SIGNATURE SUFFIX, other[] = SIGNATURE "-";
    char *end;
    if (strcmp(name, first) == 0)
        return 1;
    if (strncmp(name, other, sizeof other - 1) != 0 || name[sizeof other - 1] < '1'
        || name[sizeof other - 1] > '9')
        return 0;
    unsigned long number = strtoul(name + sizeof other - 1, &end, 10);
    return strcmp(end, SUFFIX) == 0 && number > 1 && number <= MU_SIGNATURES_MAX ? (unsigned) number
                                                                                 : 0;
}

const char *mu_manifest_signature_name(struct mu_arena *arena, unsigned number)
{
    return number == 1 ? SIGNATURE SUFFIX : mu_arena_printf(arena, SIGNATURE "-%u" SUFFIX, number);
}

/* --- what is there ---------------------------------------------------------------------------------- */

struct names {
    struct mu_arena *arena;
    const char **name;
    size_t n, room;
};

static void add(struct names *names, const char *name)
{
    if (names->n == names->room) {
        names->room = names->room == 0 ? 64 : 2 * names->room;
        const char **more = mu_arena_array(names->arena, names->room, sizeof *more);
        if (names->n > 0)
            memcpy(more, names->name, names->n * sizeof *more);
        names->name = more;
    }
    names->name[names->n++] = name;
}

struct walk {
    struct names files, odd;
};

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static bool enter(struct walk *w, int parent, const char *entry, const char *path, unsigned depth,
                  struct mu_err *err);

/* The manifest cannot name itself and what signs it; the lock comes and goes. */
static bool is_left_out(const char *path, const struct stat *st)
{
    return strcmp(path, MU_MANIFEST_NAME) == 0 || mu_manifest_signature(path) > 0
           || (strcmp(path, LOCK) == 0 && st->st_size == 0);
}

static bool look(struct walk *w, int dir, const char *entry, const char *path, unsigned depth,
                 struct mu_err *err)
{
    struct stat st;
    if (fstatat(dir, entry, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || mu_fail_sys(err, "cannot look at '%s'", path);
    if (S_ISDIR(st.st_mode) && depth < MU_MANIFEST_DEPTH)
        return enter(w, dir, entry, path, depth + 1, err);
    if (!S_ISREG(st.st_mode) || mu_utf8_defect(mu_bytes_of(path)) != SIZE_MAX)
        add(&w->odd, path);
    else if (!is_left_out(path, &st))
        add(&w->files, path);
    return true;
}

static bool enter(struct walk *w, int parent, const char *entry, const char *path, unsigned depth,
                  struct mu_err *err)
{
    int fd = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    MU_CLEANUP(close_dir) DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        mu_fd_close(&fd);
        return mu_fail_sys(err, "cannot look into '%s'", path);
    }
    const struct dirent *e;
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        const char *below = path[0] == '\0'
                                ? mu_arena_strndup(w->files.arena, e->d_name, strlen(e->d_name))
                                : mu_arena_printf(w->files.arena, "%s/%s", path, e->d_name);
        TRY(look(w, dirfd(dir), e->d_name, below, depth, err));
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void sort(struct names *names)
{
    if (names->n > 1)
        qsort(names->name, names->n, sizeof *names->name, by_text);
}

bool mu_manifest_list(struct mu_arena *arena, int dir, struct mu_manifest_names *out,
                      struct mu_err *err)
{
    struct walk w = { .files.arena = arena, .odd.arena = arena };
    TRY(enter(&w, dir, ".", "", 0, err));
    sort(&w.files);
    sort(&w.odd);
    *out = (struct mu_manifest_names){ w.files.name, w.files.n, w.odd.name, w.odd.n };
    return true;
}

bool mu_manifest_signed(int dir)
{
    struct stat st;
    char name[64];
    for (unsigned i = 1; i <= MU_SIGNATURES_MAX; i++) {
        snprintf(name, sizeof name, i == 1 ? SIGNATURE SUFFIX : SIGNATURE "-%u" SUFFIX, i);
        if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            return true;
    }
    return false;
}

/* --- what the stream says --------------------------------------------------------------------------- */

static const char *result_of(const struct mu_node *close)
{
    if (mu_event_number(close, "exit", 1) != 0)
        return "FAILED";
    return mu_event_number(mu_node_get(close, "counts"), "remarks", 0) > 0 ? "WARNED" : "PASSED";
}

static void note_event(struct mu_arena *arena, const struct mu_run_event *event,
                       struct mu_manifest *m)
{
    if (event->line == 1) {
        const struct mu_node *d = mu_node_get(event->object, "digests");
        m->run = mu_event_kept(arena, event->object, "run");
        m->suite = mu_event_kept(arena, d, "suite");
        m->profile = mu_event_kept(arena, d, "profile");
        m->rules = mu_event_kept(arena, d, "rules");
        m->policies = mu_event_kept(arena, d, "policies");
    }
    if (strcmp(event->name, "close") == 0)
        m->result = result_of(event->object);
    else if (strcmp(event->name, "resume") == 0)
        m->result = "FAILED";
}

static bool read_stream(struct mu_arena *arena, int dir, struct mu_manifest *m, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(dir, STREAM);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open '%s'", STREAM);
    struct mu_run_reader *reader = mu_new(arena, struct mu_run_reader);
    struct mu_run_event event;
    mu_run_reader_start(reader, arena, fd);
    m->result = "FAILED"; /* until a close event says otherwise */
    while (mu_run_read(reader, &event))
        note_event(arena, &event, m);
    if (reader->chain.lines == 0)
        return mu_fail(err, MU_ERR_PEER, "'%s' holds no run", STREAM);
    m->lines = reader->chain.lines;
    m->octets = reader->chain.octets;
    m->head = mu_arena_strndup(arena, reader->chain.head, strlen(reader->chain.head));
    return true;
}

/* --- making ----------------------------------------------------------------------------------------- */

static bool hash(int dir, struct mu_manifest_file *file, int64_t max, struct mu_err *err)
{
    int64_t octets;
    MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(dir, file->name);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open '%s'", file->name);
    return mu_digest_file(fd, max, file->sha256, &octets, err);
}

static bool save(struct mu_arena *arena, const char *run, const struct mu_manifest *m,
                 struct mu_err *err)
{
    return mu_file_replace(mu_file_join(arena, run, MU_MANIFEST_NAME), mu_manifest_write(arena, m),
                           0644, err);
}

static bool make(struct mu_arena *arena, int dir, const char *run, struct mu_err *err)
{
    struct mu_manifest m = { .files = 0 };
    struct mu_manifest_names there;
    TRY(read_stream(arena, dir, &m, err));
    TRY(mu_manifest_list(arena, dir, &there, err));
    m.file = mu_arena_array(arena, there.names + 1, sizeof *m.file);
    for (; m.files < there.names; m.files++) {
        m.file[m.files].name = there.name[m.files];
        bool stream = strcmp(there.name[m.files], STREAM) == 0;
        TRY(hash(dir, &m.file[m.files], stream ? (int64_t) m.octets : -1, err));
    }
    return save(arena, run, &m, err);
}

static bool open_run(const char *run, int *dir, struct mu_err *err)
{
    *dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *dir >= 0 || mu_fail_sys(err, "cannot open the run '%s'", run);
}

bool mu_manifest_make(struct mu_arena *arena, const char *run, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int dir = -1;
    TRY(open_run(run, &dir, err));
    return make(arena, dir, run, err);
}

/* The stream as it is now, when all that the manifest knew of it is still there. */
static bool renew_stream(struct mu_arena *arena, int dir, struct mu_manifest *m, struct mu_err *err)
{
    struct mu_manifest now = { .files = 0 };
    struct mu_manifest_file *file = mu_manifest_find(m, STREAM), old = { .name = STREAM };
    TRY(hash(dir, &old, (int64_t) m->octets, err));
    if (file == NULL || strcmp(old.sha256, file->sha256) != 0)
        return true;
    TRY(read_stream(arena, dir, &now, err));
    if (now.octets <= m->octets)
        return true;
    m->lines = now.lines;
    m->octets = now.octets;
    m->head = now.head;
    m->result = now.result;
    return hash(dir, file, (int64_t) m->octets, err);
}

static void insert(struct mu_manifest *m, const char *name)
{
    size_t at = m->files++;
    for (; at > 0 && strcmp(m->file[at - 1].name, name) > 0; at--)
        m->file[at] = m->file[at - 1];
    m->file[at] = (struct mu_manifest_file){ .name = name };
}

bool mu_manifest_renew(struct mu_arena *arena, const char *run, const char *const *report,
                       size_t reports, struct mu_err *err)
{
    struct mu_bytes text;
    struct mu_manifest m;
    MU_CLEANUP(mu_fd_close) int dir = -1;
    TRY(open_run(run, &dir, err));
    MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(dir, MU_MANIFEST_NAME);
    if (fd < 0)
        return make(arena, dir, run, err);
    if (!mu_file_read_fd(arena, fd, MU_MANIFEST_NAME, MU_MANIFEST_MAX, &text, err)
        || !mu_manifest_read(arena, text, &m, err))
        return mu_fail(err, MU_ERR_USAGE, "%s/" MU_MANIFEST_NAME " cannot be read: remove it first",
                       run);
    struct mu_manifest_file *room = mu_arena_array(arena, m.files + reports + 1, sizeof *room);
    memcpy(room, m.file, m.files * sizeof *room);
    m.file = room;
    TRY(renew_stream(arena, dir, &m, err));
    for (size_t i = 0; i < reports; i++) {
        if (mu_manifest_find(&m, report[i]) == NULL)
            insert(&m, report[i]);
        TRY(hash(dir, mu_manifest_find(&m, report[i]), -1, err));
    }
    return save(arena, run, &m, err);
}
