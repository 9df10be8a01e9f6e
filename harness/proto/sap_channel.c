/* Other jobs that ask the same adapter: their lines pass through the link with ids of its own. */
#include "base/clock.h"
#include "proto/sap_link.h"

struct mu_sap_channel {
    struct mu_arena *arena;
    struct mu_sap_lines lines;
};

static void free_channel(struct mu_sap_channel *channel)
{
    mu_arena_free(channel->arena); /* closes the descriptor */
    channel->arena = NULL;
}

static void free_channels(void *object)
{
    struct mu_sap_link *link = object;
    while (link->channels > 0)
        free_channel(&link->channel[--link->channels]);
}

bool mu_sap_attach(struct mu_sap_link *link, int fd, struct mu_err *err)
{
    if (link->channels == MU_JOBS_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "%d channels to one adapter", MU_JOBS_MAX);
    if (link->channel == NULL) {
        link->channel = mu_arena_array(link->arena, MU_JOBS_MAX, sizeof *link->channel);
        mu_arena_defer(link->arena, free_channels, link);
    }
    struct mu_sap_channel *channel = &link->channel[link->channels++];
    struct mu_sap_wire wire;
    channel->arena = mu_arena_new(MU_JOB_ARENA_MAX);
    mu_sap_wire_descriptors(channel->arena, fd, fd, &wire);
    mu_sap_lines_start(&channel->lines, channel->arena, &wire);
    return true;
}

size_t mu_sap_channels(const struct mu_sap_link *link, int *fd, size_t room)
{
    size_t n = 0;
    for (; n < link->channels && n < room; n++)
        fd[n] = link->channel[n].lines.wire.in;
    return n;
}

static struct mu_sap_channel *find_channel(struct mu_sap_link *link, int fd)
{
    for (size_t i = 0; i < link->channels; i++)
        if (link->channel[i].lines.wire.in == fd)
            return &link->channel[i];
    return NULL;
}

/* The object as it is, in one line. A job that has gone is found out when its end is read. */
static void say(struct mu_sap_link *link, struct mu_sap_channel *channel, const json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    struct mu_err ignored;
    if (text == NULL)
        return;
    mu_buf_puts(&channel->lines.out, text);
    mu_buf_putc(&channel->lines.out, '\n');
    free(text);
    (void) !mu_sap_flush(&channel->lines, mu_clock_ms() + link->operation_ms, &ignored);
}

void mu_sap_channel_reply(struct mu_sap_link *link, json_t *object,
                          const struct mu_sap_pending *asked)
{
    struct mu_sap_channel *channel = find_channel(link, asked->channel);
    if (channel == NULL)
        return;
    json_object_set_new(object, "id", json_integer((json_int_t) asked->foreign_id));
    say(link, channel, object);
}

/* Whose case it is. */
static int owner(const struct mu_sap_link *link, const char *token)
{
    for (size_t i = 0; i < link->open_cases; i++)
        if (strcmp(link->open_case[i].token, token) == 0)
            return link->open_case[i].channel;
    for (size_t i = 0; i < link->pendings; i++)
        if (strcmp(link->pending[i].token, token) == 0)
            return link->pending[i].channel;
    return MU_SAP_OURS;
}

bool mu_sap_channel_event(struct mu_sap_link *link, const json_t *object, const char *token)
{
    int fd = token != NULL ? owner(link, token) : MU_SAP_OURS;
    struct mu_sap_channel *channel = fd >= 0 ? find_channel(link, fd) : NULL;
    if (channel != NULL)
        say(link, channel, object);
    return channel != NULL;
}

/* --- requests ----------------------------------------------------------------------------------- */

/* Everything but id and op, as it came. */
static void put_rest(struct mu_json *j, json_t *object)
{
    json_object_del(object, "id");
    json_object_del(object, "op");
    if (json_object_size(object) == 0)
        return;
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text == NULL)
        return;
    mu_buf_putc(j->out, ',');
    mu_buf_put(j->out, text + 1, strlen(text) - 2);
    free(text);
}

/* The job is ours, and still sealed over hostile bytes: what it sends is checked like anybody's. */
static bool pass_on(struct mu_sap_link *link, int fd, json_t *object, struct mu_err *err)
{
    const char *name, *token = "";
    const json_t *member = json_object_get(object, "case");
    enum mu_sap_op op;
    uint64_t id, ms = link->operation_ms;
    TRY(mu_sap_read_number(json_object_get(object, "id"), "id", &id, err));
    TRY(mu_sap_read_text(json_object_get(object, "op"), "op", &name, err));
    if (member != NULL)
        TRY(mu_sap_read_text(member, "case", &token, err));
    if ((member = json_object_get(object, "deadline_ms")) != NULL)
        TRY(mu_sap_read_number(member, "deadline_ms", &ms, err));
    if (!mu_sap_op_from_name(name, &op) || op == MU_SAP_OPEN || op == MU_SAP_CLOSE
        || strlen(token) > MU_SAP_TOKEN_MAX || ms > UINT32_MAX)
        return mu_fail(err, MU_ERR_PEER, "a request over a channel that no job puts");
    if (!link->each_op && token[0] != '\0')
        TRY(mu_sap_case_open(link, token, fd, err));

    struct mu_json j;
    struct mu_sap_pending *asked =
        mu_sap_begin(link, op, mu_sap_op(op)->name, (uint32_t) ms, &j, err);
    TRY(asked != NULL);
    asked->own = false;
    link->own--;
    asked->channel = fd;
    asked->foreign_id = id;
    memcpy(asked->token, token, strlen(token) + 1);
    put_rest(&j, object);
    return mu_sap_finish(link, asked, &j, err);
}

/* Its cases are closed, replies to its requests go nowhere. */
static bool hang_up(struct mu_sap_link *link, struct mu_sap_channel *channel, struct mu_err *err)
{
    int fd = channel->lines.wire.in;
    for (size_t i = 0; i < link->pendings; i++)
        if (link->pending[i].channel == fd)
            link->pending[i].channel = MU_SAP_NOBODY;
    free_channel(channel);
    *channel = link->channel[--link->channels];
    for (size_t i = link->open_cases; i-- > 0;)
        if (link->open_case[i].channel == fd)
            TRY(mu_sap_case_end(link, link->open_case[i].token, err));
    return true;
}

/* All lines that one channel has for us now; *open false when it hung up or sent rubbish. */
static bool take_lines(struct mu_sap_link *link, struct mu_sap_channel *channel, bool *open,
                       struct mu_err *err)
{
    int fd = channel->lines.wire.in;
    struct mu_err why;
    for (*open = true; link->pendings - link->own < link->in_flight;) {
        struct mu_bytes line;
        json_t *object;
        bool there = false;
        *open = mu_sap_line(&channel->lines, 0, &line, &there, &why)
                && (!there || mu_sap_json(line, channel->lines.count, &object, &why));
        if (!*open || !there)
            break;
        bool passed = pass_on(link, fd, object, &why);
        json_decref(object);
        if (!passed
            && (why.where.input != NULL || (why.code != MU_ERR_PEER && why.code != MU_ERR_LIMIT))) {
            *err = why; /* the adapter's doing */
            return false;
        }
        *open = passed;
        if (!passed)
            break;
    }
    return true;
}

bool mu_sap_relay(struct mu_sap_link *link, struct mu_err *err)
{
    for (size_t i = link->channels; i-- > 0;) {
        bool open;
        TRY(take_lines(link, &link->channel[i], &open, err));
        if (!open)
            TRY(hang_up(link, &link->channel[i], err));
    }
    return link->lines.out.n == 0
           || mu_sap_flush(&link->lines, mu_clock_ms() + link->operation_ms, err);
}
