#include "run/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/limits.h"
#include "core/lines.h"

static void start(struct mu_journal *journal, struct mu_arena *arena, int fd)
{
    *journal =
        (struct mu_journal){ .fd = fd, .line = { .arena = arena }, .pending = { .arena = arena } };
}

bool mu_journal_create(struct mu_journal *journal, struct mu_arena *arena, int dir,
                       struct mu_err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(dir, MU_JOURNAL_NAME, flags, 0644);
    if (fd < 0)
        return mu_fail_sys(err, "cannot create '%s'", MU_JOURNAL_NAME);
    start(journal, arena, fd);
    if (fsync(dir) != 0)
        return mu_fail_sys(err, "cannot sync the run folder");
    return true;
}

bool mu_journal_continue(struct mu_journal *journal, struct mu_arena *arena, int dir, int64_t end,
                         uint64_t lines, const char *h, struct mu_err *err)
{
    int fd = openat(dir, MU_JOURNAL_NAME, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open '%s'", MU_JOURNAL_NAME);
    start(journal, arena, fd);
    journal->written = journal->synced = lines;
    snprintf(journal->h, sizeof journal->h, "%s", h);
    if (ftruncate(fd, end) != 0 || fdatasync(fd) != 0)
        return mu_fail_sys(err, "cannot cut the torn end of '%s'", MU_JOURNAL_NAME);
    return true;
}

struct mu_json *mu_journal_begin(struct mu_journal *journal, const char *event)
{
    assert(journal->line.n == 0);
    journal->json = (struct mu_json){ .out = &journal->line };
    mu_json_open(&journal->json, NULL, '{');
    mu_json_text(&journal->json, "event", event);
    return &journal->json;
}

bool mu_journal_end(struct mu_journal *journal, struct mu_err *err)
{
    char digest[MU_DIGEST_TEXT];
    mu_lines_chain(journal->h, mu_buf_bytes(&journal->line), digest);

    mu_json_text(&journal->json, "h", digest);
    mu_buf_puts(&journal->line, "}\n");
    if (journal->pending.n == 0)
        journal->first_ms = mu_clock_ms();
    mu_buf_put_bytes(&journal->pending, mu_buf_bytes(&journal->line));
    journal->line.n = 0;
    journal->written++;
    memcpy(journal->h, digest, sizeof digest);
    return mu_journal_tick(journal, err);
}

bool mu_journal_object(struct mu_journal *journal, struct mu_bytes object, struct mu_err *err)
{
    assert(journal->line.n == 0 && object.n > 2 && object.p[object.n - 1] == '}');
    journal->json = (struct mu_json){ .out = &journal->line, .comma = true };
    mu_buf_put(&journal->line, object.p, object.n - 1);
    return mu_journal_end(journal, err);
}

bool mu_journal_sync(struct mu_journal *journal, struct mu_err *err)
{
    if (journal->pending.n == 0)
        return true;
    if (journal->broken)
        return mu_fail(err, MU_ERR_IO, "the run stream could not be written before");
    journal->broken = true; /* until all steps have succeeded */
    TRY(journal->before == NULL || journal->before(journal->self, err));
    TRY(mu_file_write_all(journal->fd, mu_buf_bytes(&journal->pending), err));
    if (fdatasync(journal->fd) != 0 && errno != EINVAL)
        return mu_fail_sys(err, "cannot sync the run stream");
    journal->broken = false;
    journal->pending.n = 0;
    journal->synced = journal->written;
    return true;
}

int mu_journal_wait(const struct mu_journal *journal)
{
    if (journal->pending.n == 0)
        return -1;
    return mu_clock_left(journal->first_ms + MU_GROUP_MS);
}

bool mu_journal_tick(struct mu_journal *journal, struct mu_err *err)
{
    if (journal->written - journal->synced < MU_GROUP_RECORDS && mu_journal_wait(journal) != 0)
        return true;
    return mu_journal_sync(journal, err);
}

bool mu_journal_close(struct mu_journal *journal, struct mu_err *err)
{
    bool ok = mu_journal_sync(journal, err);
    if (close(journal->fd) != 0 && ok)
        return mu_fail_sys(err, "cannot close the run stream");
    return ok;
}
