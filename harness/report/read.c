#include "report/read.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

void mu_run_reader_start(struct mu_run_reader *reader, struct mu_arena *arena, int fd)
{
    *reader = (struct mu_run_reader){ .nodes = { .arena = arena } };
    mu_lines_start(&reader->lines, arena, fd);
}

/* An object with an event. */
static const struct mu_node *parse(struct mu_run_reader *r, struct mu_bytes line)
{
    const struct mu_node *object = mu_node_read(&r->nodes, line);
    const struct mu_node *event = mu_node_get(object, "event");
    return event != NULL && event->kind == MU_NODE_TEXT ? object : NULL;
}

static bool chained(const char *previous, struct mu_bytes body, struct mu_bytes h)
{
    char text[MU_DIGEST_TEXT];
    mu_lines_chain(previous, body, text);
    return mu_bytes_equal(mu_bytes_of(text), h);
}

/* Does a line that the journal could have written follow? Then the bad one was no torn tail. */
static bool good_follows(struct mu_run_reader *r)
{
    struct mu_bytes line, body, h;
    bool whole, found = false;
    while (mu_lines_next(&r->lines, &line, &whole)) {
        if (found || !whole || !mu_lines_split(line, &body, &h))
            continue;
        found = parse(r, line) != NULL;
    }
    return found;
}

static bool stop(struct mu_run_reader *r, bool changed)
{
    struct mu_chain *c = &r->chain;
    bool corrupt = good_follows(r) || changed;
    c->state = corrupt ? MU_CHAIN_CORRUPT : MU_CHAIN_TORN;
    c->rest = r->lines.offset - c->octets;
    snprintf(c->why, sizeof c->why,
             changed   ? "line %" PRIu64 " is not as it was written: its hash does not fit"
             : corrupt ? "line %" PRIu64 " is damaged and good lines follow it"
                       : "line %" PRIu64 " is not whole: the writer was interrupted",
             c->lines + 1);
    r->done = true;
    return false;
}

bool mu_run_read(struct mu_run_reader *r, struct mu_run_event *event)
{
    struct mu_bytes line, body, h;
    bool whole;
    if (r->done)
        return false;
    if (!mu_lines_next(&r->lines, &line, &whole)) {
        r->done = true;
        return false;
    }
    if (!whole || !mu_lines_split(line, &body, &h))
        return stop(r, false);
    const struct mu_node *object = parse(r, line);
    if (object == NULL)
        return stop(r, false);
    if (!chained(r->chain.head, body, h))
        return stop(r, true);

    struct mu_chain *c = &r->chain;
    c->lines++;
    c->octets += line.n + 1;
    memcpy(c->head, h.p, h.n);
    *event = (struct mu_run_event){ .object = object, .line = c->lines, .end = c->octets };
    event->name = mu_event_text(object, "event");
    c->closed = strcmp(event->name, "close") == 0 || (c->closed && mu_event_opinion(object));
    return true;
}

bool mu_report_check(struct mu_arena *arena, int run, struct mu_chain *chain, struct mu_err *err)
{
    struct mu_run_reader *reader = mu_new(arena, struct mu_run_reader);
    struct mu_run_event event;
    mu_run_reader_start(reader, arena, run);
    while (mu_run_read(reader, &event))
        continue;
    if (reader->lines.sys != 0) {
        errno = reader->lines.sys;
        return mu_fail_sys(err, "cannot read the run stream");
    }
    *chain = reader->chain;
    return true;
}

bool mu_event_opinion(const struct mu_node *object)
{
    const struct mu_node *kind = mu_node_get(object, "kind");
    return strcmp(mu_event_text(object, "event"), "note") == 0 && kind != NULL
           && kind->kind == MU_NODE_TEXT;
}

struct mu_bytes mu_event_bytes(const struct mu_node *object, const char *name)
{
    const struct mu_node *value = mu_node_get(object, name);
    return value != NULL && value->kind == MU_NODE_TEXT ? value->text : MU_BYTES("");
}

const char *mu_event_text(const struct mu_node *object, const char *name)
{
    return mu_event_bytes(object, name).p;
}

const char *mu_event_kept(struct mu_arena *arena, const struct mu_node *object, const char *name)
{
    return mu_bytes_dup(arena, mu_event_bytes(object, name));
}

int64_t mu_event_number(const struct mu_node *object, const char *name, int64_t otherwise)
{
    const struct mu_node *value = mu_node_get(object, name);
    return value != NULL && value->kind == MU_NODE_NUMBER ? value->number : otherwise;
}

bool mu_event_true(const struct mu_node *object, const char *name)
{
    const struct mu_node *value = mu_node_get(object, name);
    return value != NULL && value->kind == MU_NODE_TRUE;
}
