/* What an adapter says unasked, kept until the case that it belongs to asks for it. */
#include "proto/sap_link.h"

struct kept {
    struct kept *next;
    struct mu_sap_event event;
};

struct mu_sap_events {
    struct mu_arena *arena; /* of what is kept: a new one whenever nothing is */
    struct kept *first, **end;
    size_t count, bytes;
    uint64_t lost;
};

static void drop(void *object)
{
    struct mu_sap_events *events = object;
    mu_arena_free(events->arena);
    *events = (struct mu_sap_events){ .end = &events->first };
}

void mu_sap_events_start(struct mu_sap_link *link)
{
    link->events = mu_new(link->arena, struct mu_sap_events);
    link->events->end = &link->events->first;
    mu_arena_defer(link->arena, drop, link->events);
}

static const char *copy(struct mu_arena *arena, const char *text)
{
    return text != NULL ? mu_bytes_dup(arena, mu_bytes_of(text)) : NULL;
}

static void copy_event(struct mu_arena *arena, const struct mu_sap_event *from,
                       struct mu_sap_event *to)
{
    *to = (struct mu_sap_event){
        .kind = from->kind,
        .token = copy(arena, from->token),
        .id = from->id,
        .name = copy(arena, from->name),
        .text = copy(arena, from->text),
    };
    if (from->data.n > 0)
        to->data = (struct mu_bytes){ mu_bytes_dup(arena, from->data), from->data.n };
}

static void keep(struct mu_sap_events *events, const struct mu_sap_event *event, size_t size)
{
    if (events->count == MU_SAP_EVENTS_MAX || events->bytes + size > MU_SAP_EVENT_BYTES) {
        events->lost++;
        return;
    }
    if (events->arena == NULL)
        events->arena = mu_arena_new(4 * MU_SAP_EVENT_BYTES);
    struct kept *kept = mu_new(events->arena, struct kept);
    copy_event(events->arena, event, &kept->event);
    *events->end = kept;
    events->end = &kept->next;
    events->count++;
    events->bytes += size;
}

/* Kinds that later versions may know are logs with a name. */
static enum mu_sap_event_kind kind_of(const char *word, const char **name)
{
    static const char *const kind[MU_SAP_EVENTS] = { "log", "evidence", "state", "warn" };
    for (int i = 0; i < MU_SAP_EVENTS; i++)
        if (strcmp(kind[i], word) == 0)
            return (enum mu_sap_event_kind) i;
    *name = word;
    return MU_SAP_LOG;
}

static bool read_data(struct mu_arena *scratch, const json_t *value, struct mu_bytes *data,
                      struct mu_err *err)
{
    struct mu_sap_octets octets;
    if (value == NULL)
        return true;
    TRY(mu_sap_read_octets(scratch, value, &octets, err));
    if (octets.blob != NULL)
        return mu_fail(err, MU_ERR_PEER,
                       "an event names a blob: evidence comes in pieces of %zu "
                       "octets",
                       MU_SAP_INLINE_MAX);
    *data = octets.data;
    return true;
}

static bool read_event(struct mu_arena *scratch, const json_t *object, struct mu_sap_event *event,
                       struct mu_err *err)
{
    const struct {
        const char *name, **to;
    } row[] = { { "case", &event->token }, { "name", &event->name }, { "text", &event->text } };
    const char *word;
    TRY(mu_sap_read_text(json_object_get(object, "ev"), "ev", &word, err));
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const json_t *value = json_object_get(object, row[i].name);
        if (value != NULL)
            TRY(mu_sap_read_text(value, row[i].name, row[i].to, err));
    }
    const json_t *id = json_object_get(object, "id");
    if (id != NULL)
        TRY(mu_sap_read_number(id, "id", &event->id, err));
    event->kind = kind_of(word, &event->name);
    return read_data(scratch, json_object_get(object, "data"), &event->data, err);
}

/* State and evidence are effects of what is out for this case. */
static void mark_effect(struct mu_sap_link *link, const struct mu_sap_event *event)
{
    if (event->kind != MU_SAP_EVIDENCE && event->kind != MU_SAP_STATE)
        return;
    for (size_t i = 0; i < link->pendings; i++) {
        struct mu_sap_pending *p = &link->pending[i];
        if (p->id == event->id || (event->token != NULL && strcmp(p->token, event->token) == 0))
            p->effect = true;
    }
}

bool mu_sap_event_came(struct mu_sap_link *link, const json_t *object, struct mu_err *err)
{
    struct mu_arena *scratch = mu_arena_new(4 * MU_SAP_LINE_MAX);
    struct mu_sap_event event = { .kind = MU_SAP_LOG };
    bool read = read_event(scratch, object, &event, err);
    if (read) {
        mark_effect(link, &event);
        if (!mu_sap_channel_event(link, object, event.token))
            keep(link->events, &event,
                 event.data.n + (event.text != NULL ? strlen(event.text) : 0));
    }
    mu_arena_free(scratch);
    return read;
}

/* The last one says how many were not kept. */
static bool tell_lost(struct mu_sap_events *events, struct mu_arena *arena,
                      struct mu_sap_event *event)
{
    uint64_t lost = events->lost;
    if (events->count > 0 || lost == 0)
        return false;
    events->lost = 0;
    *event = (struct mu_sap_event){ .kind = MU_SAP_WARN,
                                    .text = mu_arena_printf(
                                        arena, "%llu more events of the adapter were not kept",
                                        (unsigned long long) lost) };
    return true;
}

bool mu_sap_event(struct mu_sap_link *link, struct mu_arena *arena, const char *token,
                  struct mu_sap_event *event)
{
    struct mu_sap_events *events = link->events;
    struct kept **at = &events->first;
    while (*at != NULL && token != NULL
           && ((*at)->event.token == NULL || strcmp((*at)->event.token, token) != 0))
        at = &(*at)->next;
    if (*at == NULL)
        return token == NULL && tell_lost(events, arena, event);
    struct kept *taken = *at;
    copy_event(arena, &taken->event, event);
    *at = taken->next;
    if (events->end == &taken->next)
        events->end = at;
    if (--events->count == 0) {
        uint64_t lost = events->lost;
        drop(events);
        events->lost = lost;
    }
    return true;
}
