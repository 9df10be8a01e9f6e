/* Streams in the order in which their runs started, each read and forgotten. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "report/history.h"
#include "report/read.h"

struct item {
    const struct mu_history_stream *stream;
    const char *started, *run;
};

/* What the open event says of when it started; "" when that cannot be read, which is told later. */
static void look(struct mu_history *h, struct item *item)
{
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_run_reader *reader = mu_new(scratch, struct mu_run_reader);
    struct mu_run_event event;
    item->started = item->run = "";
    mu_run_reader_start(reader, scratch, item->stream->fd);
    if (mu_run_read(reader, &event)) {
        item->started = mu_bytes_dup(h->arena, mu_event_bytes(event.object, "started"));
        item->run = mu_bytes_dup(h->arena, mu_event_bytes(event.object, "run"));
    }
    mu_arena_free(scratch);
}

static int by_start(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = strcmp(x->started, y->started);
    if (order == 0)
        order = strcmp(x->run, y->run);
    return order != 0 ? order : strcmp(x->stream->path, y->stream->path);
}

static void read_one(struct mu_history *h, const struct mu_history_stream *stream)
{
    struct mu_arena *scratch = mu_arena_new(2 * MU_JOB_ARENA_MAX);
    struct mu_report_source source = { .run = stream->fd };
    struct mu_result *result;
    struct mu_err err;
    const char *why;
    if (!mu_report_load(scratch, &source, &result, &err))
        mu_history_skip(h, stream->path, err.msg);
    else if (!mu_history_add(h, stream->path, result, &why))
        mu_history_skip(h, stream->path, why);
    mu_arena_free(scratch);
}

void mu_history_read(struct mu_history *h, const struct mu_history_stream *stream, size_t count)
{
    struct item *item = mu_arena_array(h->arena, count + 1, sizeof(*item));
    for (size_t i = 0; i < count; i++) {
        item[i].stream = &stream[i];
        look(h, &item[i]);
    }
    if (count > 0)
        qsort(item, count, sizeof(*item), by_start);
    for (size_t i = 0; i < count; i++)
        read_one(h, item[i].stream);
    mu_history_settle(h);
}
