/* The beginning of a run: its folder, its lock, the first lines of its stream, its tables. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/tar.h"
#include "run/coordinator.h"

static void now_text(char *text, size_t size)
{
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static bool write_open(struct mu_coordinator *run, struct mu_err *err)
{
    const struct mu_run_options *o = run->options;
    char started[32], stamp[32];
    uint16_t salt;
    size_t n = 0;
    now_text(started, sizeof started);
    for (const char *p = started; *p != '\0'; p++) /* 20261123T101500Z: fit for a folder's name */
        if (*p != '-' && *p != ':')
            stamp[n++] = *p;
    stamp[n] = '\0';
    if (getrandom(&salt, sizeof salt, 0) != (ssize_t) sizeof salt)
        return mu_fail_sys(err, "cannot get random bytes");
    snprintf(run->run_id, sizeof run->run_id, "%s-%04x", stamp, salt);

    struct mu_json *j = mu_journal_begin(&run->journal, "open");
    mu_json_text(j, "schema", "muster-run/1");
    mu_json_text(j, "run", run->run_id);
    mu_json_text(j, "muster", o->version);
    mu_json_text(j, "isolation", mu_isolation_name(o->isolation));
    mu_veiled_members(run, j);
    mu_json_number(j, "seed", (int64_t) o->seed);
    mu_json_text(j, "nonce", o->nonce);
    mu_json_number(j, "jobs", (int64_t) o->jobs);
    mu_json_text(j, "test_time", o->test_time);
    mu_json_text(j, "started", started);
    mu_json_open(j, "libraries", '{');
    mu_json_text(j, "openssl", o->openssl);
    mu_json_text(j, "libxml2", o->libxml2);
    mu_json_close(j, '}');
    mu_json_text(j, "selection", o->selection);
    if (o->inconclusive_max > 0)
        mu_json_number(j, "max_inconclusive", (int64_t) o->inconclusive_max);
    mu_tries_members(&o->tries, j);
    run->host->open_members(run->host->self, j);
    mu_health_members(j, o->health);
    mu_json_number(j, "planned", (int64_t) (run->host->items - run->host->elsewhere));
    return mu_journal_end(&run->journal, err);
}

static bool write_preface(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(write_open(run, err));
    for (size_t n = 0;; n++) {
        struct mu_json *j = &run->journal.json;
        *j = (struct mu_json){ .out = &run->journal.line };
        mu_json_open(j, NULL, '{');
        if (!run->host->preface(run->host->self, n, j)) {
            run->journal.line.n = 0;
            break;
        }
        TRY(mu_journal_end(&run->journal, err));
    }
    return mu_journal_sync(&run->journal, err);
}

/* The folder, its sub-folders, and the lock that one run at a time may hold. */
static bool open_folder(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(mu_file_make_dir(run->options->out, 0755, err));
    run->dir = open(run->options->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run->dir < 0)
        return mu_fail_sys(err, "cannot open '%s'", run->options->out);
    run->lock = openat(run->dir, "run.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (run->lock < 0)
        return mu_fail_sys(err, "cannot create the lock of '%s'", run->options->out);
    /* A record lock, because jobs do not inherit it: it ends with this process and no later. */
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(run->lock, F_SETLK, &lock) != 0)
        return mu_fail(err, MU_ERR_IO, "'%s' is in use by another run", run->options->out);
    static const char *const folder[] = { "late", "markers" };
    for (size_t i = 0; i < MU_COUNT(folder) && run->veil == NULL; i++)
        if (mkdirat(run->dir, folder[i], 0755) != 0 && errno != EEXIST)
            return mu_fail_sys(err, "cannot create '%s/%s'", run->options->out, folder[i]);
    return true;
}

/* Many attempts go into a tar, when nobody says otherwise; a run that goes on keeps what it began with. */
static bool wants_tar(const struct mu_coordinator *run)
{
    const struct mu_run_options *o = run->options;
    size_t rounds = o->tries.repeat > 1 ? o->tries.repeat : 1;
    struct stat st;
    if (o->no_evidence || run->veil != NULL)
        return false;
    if (o->keep != MU_KEEP_AS_FITS)
        return o->keep == MU_KEEP_TAR;
    if (o->resume && (run->stored >= 0 || run->named > 0))
        return true;
    if (o->resume && fstatat(run->dir, "cases", &st, AT_SYMLINK_NOFOLLOW) == 0)
        return false;
    return (run->host->items - run->host->elsewhere) * rounds > MU_FOLDERS_MAX;
}

static bool flush_store(void *self, struct mu_err *err)
{
    return mu_store_flush(self, err);
}

/* The verdicts stand; that their evidence is gone is said here, and by whoever looks for it. */
static bool mend_store(struct mu_coordinator *run, struct mu_err *err)
{
    char text[200];
    TRY(mu_store_mend(run->dir, run->whole, run->named, err));
    run->stored = run->named;
    snprintf(text, sizeof text,
             MU_TAR_CASES " had lost its end when the run was resumed: %lld octets of what "
                          "verdicts name, from octet %lld on",
             (long long) (run->named - run->whole), (long long) run->whole);
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    mu_json_text(j, "text", text);
    return mu_journal_end(&run->journal, err);
}

/* Where evidence goes. A tar that a stream speaks of is cut back to that, and ended again. */
static bool open_store(struct mu_coordinator *run, struct mu_err *err)
{
    bool tar = wants_tar(run);
    run->store.dir = run->dir;
    if (run->named > 0 && run->stored < run->named)
        TRY(mend_store(run, err));
    if (tar || run->stored >= 0) {
        TRY(mu_store_open(&run->store, run->arena, run->dir, run->stored >= 0 ? run->named : -1,
                          err));
        run->journal.before = flush_store;
        run->journal.self = &run->store;
    }
    if (!tar && run->store.tar >= 0) {
        TRY(mu_store_end(&run->store, err));
        mu_store_close(&run->store);
    }
    if (!tar && run->veil == NULL && mkdirat(run->dir, "cases", 0755) != 0 && errno != EEXIST)
        return mu_fail_sys(err, "cannot create '%s/cases'", run->options->out);
    return true;
}

/* How much of a tar there is before the stream says how much there must be; -1: none. */
static int64_t stored(const struct mu_coordinator *run)
{
    struct stat st;
    bool there = fstatat(run->dir, MU_TAR_CASES, &st, AT_SYMLINK_NOFOLLOW) == 0;
    return there ? (int64_t) st.st_size : -1;
}

static bool open_journal(struct mu_coordinator *run, struct mu_err *err)
{
    if (run->options->nonce != NULL)
        snprintf(run->nonce, sizeof run->nonce, "%s", run->options->nonce);
    run->stored = run->options->resume ? stored(run) : -1;
    if (!run->options->resume) {
        TRY(mu_journal_create(&run->journal, run->arena, run->dir, err));
        return write_preface(run, err);
    }
    int64_t end;
    uint64_t lines;
    char h[MU_DIGEST_TEXT];
    TRY(mu_resume(run, &end, &lines, h, err));
    return mu_journal_continue(&run->journal, run->arena, run->dir, end, lines, h, err);
}

static bool write_resume(struct mu_coordinator *run, struct mu_err *err)
{
    if (!run->options->resume)
        return true;
    char now[32];
    now_text(now, sizeof now);
    size_t kept = 0;
    for (size_t i = 0; i < run->host->items; i++)
        kept += run->kept[i].tried;
    struct mu_json *j = mu_journal_begin(&run->journal, "resume");
    mu_json_text(j, "at", now);
    mu_json_number(j, "kept", (int64_t) kept);
    mu_veiled_members(run, j);
    return mu_journal_end(&run->journal, err) && mu_tries_finish(run, err);
}

void mu_run_tables(struct mu_coordinator *run)
{
    size_t n = run->host->items + run->host->markers;
    run->state = mu_arena_alloc(run->arena, n + 1);
    run->verdict = mu_arena_alloc(run->arena, n + 1);
    run->attempt = mu_arena_alloc(run->arena, n + 1);
    run->kept = mu_arena_array(run->arena, n + 1, sizeof *run->kept);
    run->may_come.arena = run->arena;
    run->round = 1;
    run->job = mu_arena_array(run->arena, run->options->jobs + 1, sizeof *run->job);
    run->reception = mu_arena_array(run->arena, MU_RECEPTIONS_MAX, sizeof *run->reception);
    for (size_t i = 0; i <= run->options->jobs; i++)
        run->job[i].attempt.marks.arena = run->arena;
    for (size_t i = 0; i < MU_RECEPTIONS_MAX; i++)
        run->reception[i].attempt.marks.arena = run->arena;
    run->pending =
        mu_arena_array(run->arena, 2 * MU_GROUP_RECORDS + MU_JOBS_MAX + 2 * MU_IN_FLIGHT_MAX,
                       sizeof *run->pending);
    size_t polled = 1 + MU_ADDRESSES_MAX
                    + (size_t) (1 + MU_COMMANDS_KEPT) * (run->options->jobs + 1) + MU_RECEPTIONS_MAX
                    + run->host->programs;
    run->pfd = mu_arena_array(run->arena, polled, sizeof *run->pfd);
    run->packet = mu_arena_alloc(run->arena, MU_RECORD_PACKET + sizeof(struct mu_record));
    mu_queues_make(run);
    mu_queues_reset(run);
}

bool mu_run_open(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(open_folder(run, err));
    TRY(open_journal(run, err));
    TRY(open_store(run, err));
    run->run_key = mu_token_run_key(run->nonce, run->run_id);
    if (run->veil != NULL)
        run->veil->run_key = run->jobs_veil->run_key = run->run_key;
    return write_resume(run, err);
}
