#include "proto/sap_check_talk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "proto/sap_line.h"

#define PIECE (64 * MU_KIB)

static void drop(void *value)
{
    json_decref(value);
}

json_t *mu_talk_keep(struct mu_talk *t, json_t *value)
{
    if (value != NULL)
        mu_arena_defer(t->arena, drop, value);
    return value;
}

void mu_talk_start(struct mu_talk *t, struct mu_arena *arena, const struct mu_sap_check_task *task,
                   int in, int out)
{
    *t = (struct mu_talk){
        .arena = arena, .task = task, .in = in, .out = out, .next_id = 1, .noise = task->noise
    };
    t->heard.arena = arena;
    t->waiting = mu_talk_keep(t, json_array());
    if (out >= 0) /* a full pipe must not hold us: the adapter may be waiting for us to read */
        (void) fcntl(out, F_SETFL, O_NONBLOCK);
}

bool mu_talk_no(struct mu_talk *t, const char *fmt, ...)
{
    char text[MU_SAP_CHECK_TEXT];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (t->now->state == MU_CHECK_HOLDS) {
        t->now->state = MU_CHECK_BREAKS;
        t->now->why = mu_arena_strndup(t->arena, text, strlen(text));
    }
    return false;
}

bool mu_talk_skip(struct mu_talk *t, const char *why)
{
    t->now->state = MU_CHECK_NOT_APPLICABLE;
    t->now->why = why;
    return true;
}

/* The beginning of what is shown; how much more there was stands behind it. */
static const char *shown(struct mu_talk *t, struct mu_bytes octets)
{
    size_t n = octets.n < MU_SAP_CHECK_SHOWN ? octets.n : MU_SAP_CHECK_SHOWN;
    struct mu_buf out = { .arena = t->arena };
    for (size_t i = 0; i < n; i++)
        mu_buf_putc(&out, octets.p[i] != '\0' ? octets.p[i] : '?');
    if (n < octets.n)
        mu_buf_printf(&out, "... (%zu octets)", octets.n);
    return mu_buf_text(&out);
}

/* --- octets --------------------------------------------------------------------------------------- */

/* What has come is read meanwhile: the adapter may be waiting for us. */
static bool read_some(struct mu_talk *t)
{
    char piece[PIECE];
    ssize_t n = read(t->in, piece, sizeof piece);
    if (n > 0 && t->heard.n - t->taken < MU_SAP_CHECK_HEARD)
        mu_buf_put(&t->heard, piece, (size_t) n);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        t->ended = true;
    return n > 0;
}

static bool can_write(struct mu_talk *t, uint64_t deadline)
{
    struct pollfd fd[] = { { .fd = t->out, .events = POLLOUT },
                           { .fd = t->ended ? -1 : t->in, .events = POLLIN } };
    while (mu_clock_left(deadline) > 0) {
        if (poll(fd, MU_COUNT(fd), mu_clock_left(deadline)) < 0 && errno != EINTR)
            return false;
        if ((fd[1].revents & (POLLIN | POLLHUP)) != 0)
            (void) read_some(t);
        if (t->ended)
            fd[1].fd = -1;
        if (fd[0].revents != 0)
            return true;
    }
    return false;
}

/* It has closed its input: is that its end? What it said before is read. */
static bool closed_input(struct mu_talk *t)
{
    uint64_t deadline = mu_clock_ms() + t->task->wait_ms;
    struct pollfd fd = { .fd = t->in, .events = POLLIN };
    while (!t->ended && t->in >= 0 && poll(&fd, 1, mu_clock_left(deadline)) > 0)
        (void) read_some(t);
    return mu_talk_no(t, t->ended ? "the adapter has ended" : "the adapter has closed its input");
}

bool mu_talk_send(struct mu_talk *t, struct mu_bytes octets)
{
    uint64_t deadline = mu_clock_ms() + t->task->wait_ms;
    if (!t->quiet)
        t->now->sent = shown(t, octets);
    if (t->out < 0)
        return mu_talk_no(t, "its input is closed");
    while (octets.n > 0) {
        ssize_t n = write(t->out, octets.p, octets.n);
        if (n > 0)
            octets = mu_bytes_from(octets, (size_t) n);
        else if (errno == EPIPE)
            return closed_input(t);
        else if (errno != EINTR && !can_write(t, deadline))
            return mu_talk_no(t, "the adapter does not read: %zu octets are left after %u ms",
                              octets.n, t->task->wait_ms);
    }
    return true;
}

/* A line that is whole, among what was read. */
static bool take_whole(struct mu_talk *t, struct mu_bytes *line)
{
    struct mu_bytes rest = mu_bytes_from(mu_buf_bytes(&t->heard), t->taken);
    size_t lf = mu_bytes_find(rest, MU_BYTES("\n"), 0);
    if (lf == SIZE_MAX)
        return false;
    *line = mu_bytes_slice(rest, 0, lf);
    t->taken += lf + 1;
    return true;
}

/* The same behind what a program on stdio may print before its first object. */
static bool take_line(struct mu_talk *t, struct mu_bytes *line)
{
    while (take_whole(t, line)) {
        if (t->noise == 0 || (line->n > 0 && line->p[0] == '{')) {
            t->noise = 0;
            return true;
        }
        t->noise--;
        t->preamble++;
    }
    return false;
}

bool mu_talk_line(struct mu_talk *t, uint64_t wait_ms, struct mu_bytes *line, bool *there)
{
    uint64_t deadline = mu_clock_ms() + wait_ms;
    *there = take_line(t, line);
    while (!*there && !t->ended && t->in >= 0) {
        struct pollfd fd = { .fd = t->in, .events = POLLIN };
        int n = poll(&fd, 1, mu_clock_left(deadline));
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        if (n > 0)
            (void) read_some(t);
        *there = take_line(t, line);
    }
    t->silences = *there ? 0 : t->silences + 1;
    if (*there && !t->quiet)
        t->now->came = shown(t, *line);
    return *there;
}

void mu_talk_end(struct mu_talk *t)
{
    mu_talk_hang_up(t);
    if (t->in >= 0)
        close(t->in);
    t->in = -1;
}

void mu_talk_hang_up(struct mu_talk *t)
{
    if (t->out >= 0 && t->out != t->in)
        close(t->out);
    t->out = -1;
}

/* --- lines ---------------------------------------------------------------------------------------- */

bool mu_talk_parse(struct mu_talk *t, struct mu_bytes line, json_t **object)
{
    struct mu_err why;
    if (line.n >= MU_SAP_LINE_MAX)
        return mu_talk_no(t, "a line of %zu octets is longer than max_line", line.n);
    if (!mu_sap_json_in(t->arena, line, 1, object, &why))
        return mu_talk_no(t, "at octet %u of its line: %s", why.where.column, why.msg);
    return true;
}

static bool nothing(struct mu_talk *t, uint64_t wait_ms)
{
    if (t->ended && t->taken < t->heard.n) {
        t->now->came = shown(t, mu_bytes_from(mu_buf_bytes(&t->heard), t->taken));
        return mu_talk_no(t, "its last line does not end in LF");
    }
    if (t->ended)
        return mu_talk_no(t, "the adapter has ended");
    return mu_talk_no(t, "no answer in %u ms", (unsigned) wait_ms);
}

bool mu_talk_object(struct mu_talk *t, uint64_t wait_ms, json_t **object)
{
    struct mu_bytes line;
    bool there;
    if (!mu_talk_line(t, wait_ms, &line, &there))
        return nothing(t, wait_ms);
    return mu_talk_parse(t, line, object);
}

/* --- requests and replies ------------------------------------------------------------------------- */

json_t *mu_talk_request(struct mu_talk *t, const char *op, const char *fmt, ...)
{
    json_t *head =
        mu_talk_keep(t, json_pack("{s:I,s:s}", "id", (json_int_t) t->next_id++, "op", op));
    if (fmt == NULL)
        return head;
    va_list ap;
    va_start(ap, fmt);
    json_error_t why;
    json_t *members = mu_talk_keep(t, json_vpack_ex(&why, 0, fmt, ap));
    va_end(ap);
    if (members == NULL || json_object_update(head, members) != 0)
        abort(); /* a request of ours that cannot be written is a defect */
    return head;
}

struct mu_bytes mu_talk_write(struct mu_talk *t, const json_t *object)
{
    struct mu_buf line = { .arena = t->arena };
    char *text = json_dumps(object, JSON_COMPACT);
    if (text == NULL)
        abort();
    mu_buf_puts(&line, text);
    mu_buf_putc(&line, '\n');
    free(text);
    return mu_buf_bytes(&line);
}

bool mu_talk_put(struct mu_talk *t, const json_t *request)
{
    return mu_talk_send(t, mu_talk_write(t, request));
}

/* Was it put aside while another was waited for? */
static json_t *aside(struct mu_talk *t, const json_t *id)
{
    size_t i;
    json_t *reply;
    json_array_foreach(t->waiting, i, reply) if (json_equal(json_object_get(reply, "id"), id))
    {
        json_t *found = mu_talk_keep(t, json_incref(reply));
        json_array_remove(t->waiting, i);
        return found;
    }
    return NULL;
}

bool mu_talk_take(struct mu_talk *t, const json_t *request, uint64_t wait_ms, json_t **reply)
{
    const json_t *id = json_object_get(request, "id");
    uint64_t deadline = mu_clock_ms() + wait_ms;
    json_t *object = aside(t, id);
    while (object == NULL) {
        struct mu_bytes line;
        bool there;
        if (!mu_talk_line(t, (uint64_t) mu_clock_left(deadline), &line, &there))
            return nothing(t, wait_ms);
        TRY(mu_talk_parse(t, line, &object));
        bool event = json_object_get(object, "ev") != NULL;
        bool other = !json_equal(json_object_get(object, "id"), id);
        t->events += event;
        if (other && !event && json_array_size(t->waiting) >= MU_SAP_CHECK_ASIDE)
            return mu_talk_no(t, "it answers what was not asked");
        if (other && !event)
            json_array_append(t->waiting, object);
        if (other || event)
            object = NULL;
    }
    *reply = object;
    return true;
}

bool mu_talk_ask(struct mu_talk *t, const json_t *request, json_t **reply)
{
    return mu_talk_put(t, request) && mu_talk_take(t, request, t->task->wait_ms, reply);
}

static const char *code_of(const json_t *reply)
{
    const char *code = json_string_value(json_object_get(json_object_get(reply, "error"), "code"));
    return code != NULL ? code : "";
}

bool mu_talk_done(struct mu_talk *t, const json_t *reply, json_t **result)
{
    json_t *ok = json_object_get(reply, "ok"), *found = json_object_get(reply, "result");
    if (!json_is_boolean(ok))
        return mu_talk_no(t, "the reply has no member ok that is true or false");
    if (json_is_false(ok))
        return mu_talk_no(t, "it answers with the error '%.40s'", code_of(reply));
    if (!json_is_object(found))
        return mu_talk_no(t, "the reply has no object 'result'");
    *result = found;
    return true;
}

bool mu_talk_failed(struct mu_talk *t, const json_t *reply, const char *codes)
{
    const char *code = code_of(reply);
    if (!json_is_false(json_object_get(reply, "ok")))
        return mu_talk_no(t, "it says ok, where an error '%s' is due", codes);
    enum mu_sap_error known;
    if (!mu_sap_error_from_name(code, &known))
        return mu_talk_no(t, "error code '%.40s' is none of the protocol", code);
    size_t n = strlen(code);
    for (const char *at = codes; (at = strstr(at, code)) != NULL; at += n)
        if ((at == codes || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return mu_talk_no(t, "the error is '%s', not '%s'", code, codes);
}

bool mu_talk_result(struct mu_talk *t, const json_t *request, json_t **result)
{
    json_t *reply = NULL;
    return mu_talk_ask(t, request, &reply) && mu_talk_done(t, reply, result);
}

bool mu_talk_refused(struct mu_talk *t, const json_t *request, const char *codes)
{
    json_t *reply = NULL;
    return mu_talk_ask(t, request, &reply) && mu_talk_failed(t, reply, codes);
}

bool mu_talk_text(struct mu_talk *t, const json_t *object, const char *name, const char **text)
{
    *text = json_string_value(json_object_get(object, name));
    if (*text != NULL && **text != '\0')
        return true;
    return mu_talk_no(t, "'%s' is no text, or empty", name);
}
