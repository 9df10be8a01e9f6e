/* The part of `muster check` that reads what it is given: it runs in sealed jobs. */
#include <errno.h>
#include <unistd.h>

#include "cli/check.h"

#define WINDOW (256 * MU_KIB) /* bytes of an mbox looked through at once */

/* At most `max` bytes from `offset` on, whatever short reads do. By lseek() and pread() alone, as
 * mu_file_read_fd() does it. */
static bool read_at(struct mu_arena *arena, int fd, int64_t offset, size_t max,
                    struct mu_bytes *out, struct mu_err *err)
{
    char *p = mu_arena_alloc(arena, max + 1);
    size_t n = 0;
    while (n < max) {
        ssize_t got = pread(fd, p + n, max - n, offset + (off_t) n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mu_fail_sys(err, "cannot read");
        if (got == 0)
            break;
        n += (size_t) got;
    }
    *out = (struct mu_bytes){ p, n };
    return true;
}

/* The octets of an item; of one that is too large one more than is read of any. */
static bool read_item(struct mu_arena *arena, const struct mu_batch_item *item,
                      struct mu_bytes *out, struct mu_err *err)
{
    int64_t octets = item->octets;
    off_t end = octets >= 0 ? item->offset + octets : lseek(item->fd, 0, SEEK_END);
    if (end < 0)
        return mu_fail_sys(err, "cannot read");
    size_t n = end > item->offset ? (size_t) (end - item->offset) : 0;
    return read_at(arena, item->fd, item->offset, n <= MU_MESSAGE_MAX ? n : MU_MESSAGE_MAX + 1, out,
                   err);
}

static bool judge(struct mu_check *c, struct mu_arena *arena, const struct mu_batch_item *item,
                  struct mu_judged *judged, bool *many, struct mu_err *err)
{
    struct mu_bytes octets;
    if (item->number == 0) { /* a look at the beginning: an mbox is not read as a whole */
        TRY(read_at(arena, item->fd, item->offset, 5, &octets, err));
        *many = mu_mbox_is(octets);
    }
    if (*many)
        return true;
    TRY(read_item(arena, item, &octets, err));
    return mu_judge_stored(&c->world.profile, &c->kit, arena, c->phases, octets, item->number > 0,
                           judged, err);
}

bool mu_check_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                   struct mu_buf *result, bool *many, struct mu_err *err)
{
    (void) err;
    struct mu_judged *judged = mu_new(arena, struct mu_judged);
    struct mu_err why; /* of this message: the job goes on */
    if (!judge(self, arena, item, judged, many, &why))
        mu_check_write_refusal(result, why.msg);
    else if (!*many)
        mu_check_write_result(result, judged);
    return true;
}

/* --- an mbox -------------------------------------------------------------------------------------- */

/* What is seen of the file at the moment. */
struct scan {
    int fd;
    int64_t at, end; /* of the window, of the file */
    size_t n;
    char *window;
};

static bool look(struct scan *s, int64_t at, struct mu_err *err)
{
    ssize_t n = pread(s->fd, s->window, WINDOW, at);
    if (n < 0)
        return mu_fail_sys(err, "cannot read");
    s->at = at;
    s->n = (size_t) n;
    return true;
}

/* Where the From_ line behind the one at `from` begins; the end of the file when there is none. */
static bool find_next(struct scan *s, int64_t from, int64_t *next, struct mu_err *err)
{
    if (from < s->at || from >= s->at + (int64_t) s->n)
        TRY(look(s, from, err));
    for (;;) {
        struct mu_bytes seen = { s->window, s->n };
        size_t found = mu_mbox_find(mu_bytes_from(seen, (size_t) (from - s->at)));
        if (found != SIZE_MAX) {
            *next = from + (int64_t) found;
            return true;
        }
        if (s->n < WINDOW) {
            *next = s->end;
            return true;
        }
        from = s->at + (int64_t) (WINDOW - MU_MBOX_TAIL);
        TRY(look(s, from, err));
    }
}

/* The message behind the From_ line at `from`, up to `next`, where another one or nothing stands. */
static bool find_message(struct mu_arena *arena, int fd, int64_t from, int64_t next,
                         struct mu_batch_span *span, struct mu_err *err)
{
    struct mu_bytes line, tail;
    size_t head = next - from < 4096 ? (size_t) (next - from) : 4096;
    TRY(read_at(arena, fd, from, head, &line, err));
    size_t lf = mu_bytes_find(line, MU_BYTES("\n"), 0);
    int64_t start = lf != SIZE_MAX ? from + (int64_t) lf + 1 : from + (int64_t) head;
    size_t n = next - start < 3 ? (size_t) (next - start) : 3;
    TRY(read_at(arena, fd, next - (int64_t) n, n, &tail, err));
    int64_t end = next - (int64_t) (tail.n - mu_mbox_trim(tail));
    *span = (struct mu_batch_span){ start, end > start ? end - start : 0 };
    return true;
}

bool mu_check_split(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    int64_t offset, struct mu_batch_spans *spans, struct mu_err *err)
{
    (void) self;
    struct scan s = { .fd = item->fd, .window = mu_arena_alloc(arena, WINDOW) };
    s.end = lseek(item->fd, 0, SEEK_END);
    if (s.end < 0)
        return mu_fail_sys(err, "cannot read");
    int64_t at = offset;
    *spans = (struct mu_batch_spans){ .next = -1 };
    while (at < s.end && spans->count < MU_BATCH_SPANS) {
        int64_t next;
        TRY(find_next(&s, at, &next, err));
        TRY(find_message(arena, item->fd, at, next, &spans->span[spans->count++], err));
        at = next;
    }
    if (at < s.end)
        spans->next = at;
    return true;
}
