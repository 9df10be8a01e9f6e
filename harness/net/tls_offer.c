/* A ClientHello as data. The library shows only extensions it knows itself, and rules ask for just
 * those it has forgotten (heartbeat, truncated_hmac), so the octets are read here. */
#include "net/tls_inside.h"

struct cursor {
    const unsigned char *p;
    size_t n;
};

/* A big-endian number of `width` octets; 0 and an empty cursor when they are not there. */
static size_t number(struct cursor *c, size_t width)
{
    size_t value = 0;
    if (c->n < width) {
        c->n = 0;
        return 0;
    }
    for (size_t i = 0; i < width; i++)
        value = value << 8 | c->p[i];
    c->p += width;
    c->n -= width;
    return value;
}

/* The next `size` octets, or as many as there are. */
static struct cursor block(struct cursor *c, size_t size)
{
    struct cursor part = { c->p, size < c->n ? size : c->n };
    c->p += part.n;
    c->n -= part.n;
    return part;
}

static const uint16_t *numbers(struct mu_arena *arena, struct cursor list, size_t *count)
{
    size_t n = list.n / 2 < MU_TLS_NUMBERS_MAX ? list.n / 2 : MU_TLS_NUMBERS_MAX;
    uint16_t *value = mu_arena_array(arena, n + 1, sizeof *value);
    for (size_t i = 0; i < n; i++)
        value[i] = (uint16_t) number(&list, 2);
    *count = n;
    return value;
}

static struct mu_bytes text(struct mu_arena *arena, struct cursor c)
{
    return (struct mu_bytes){ mu_arena_strndup(arena, (const char *) c.p, c.n), c.n };
}

/* RFC 6066 3: server_name_list of (type, name); type 0 is host_name. */
static void server_name(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer)
{
    struct cursor list = block(&c, number(&c, 2));
    while (list.n > 0) {
        size_t type = number(&list, 1);
        struct cursor name = block(&list, number(&list, 2));
        if (type == 0) {
            offer->server_name = text(arena, name);
            return;
        }
    }
}

static void groups(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer)
{
    offer->group = numbers(arena, block(&c, number(&c, 2)), &offer->groups);
}

static void sigalgs(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer)
{
    offer->sigalg = numbers(arena, block(&c, number(&c, 2)), &offer->sigalgs);
}

/* RFC 7301 3.1 */
static void alpn(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer)
{
    struct cursor list = block(&c, number(&c, 2));
    struct mu_bytes *name = mu_arena_array(arena, MU_TLS_NUMBERS_MAX, sizeof *name);
    size_t n = 0;
    while (list.n > 0 && n < MU_TLS_NUMBERS_MAX)
        name[n++] = text(arena, block(&list, number(&list, 1)));
    offer->alpn = name;
    offer->alpns = n;
}

static void versions(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer)
{
    offer->version = numbers(arena, block(&c, number(&c, 1)), &offer->versions);
}

static const struct {
    uint16_t type;
    void (*read)(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer);
} reader[] = {
    { 0, server_name }, { 10, groups }, { 13, sigalgs }, { 16, alpn }, { 43, versions },
};

static void extensions(struct mu_arena *arena, struct cursor c, struct mu_tls_offer *offer)
{
    uint16_t *seen = mu_arena_array(arena, MU_TLS_NUMBERS_MAX, sizeof *seen);
    size_t n = 0;
    while (c.n >= 4 && n < MU_TLS_NUMBERS_MAX) {
        uint16_t type = (uint16_t) number(&c, 2);
        struct cursor body = block(&c, number(&c, 2));
        seen[n++] = type;
        for (size_t i = 0; i < MU_COUNT(reader); i++)
            if (reader[i].type == type)
                reader[i].read(arena, body, offer);
    }
    offer->extension = seen;
    offer->extensions = n;
}

void mu_tls_offer_parse(struct mu_arena *arena, struct mu_bytes hello, struct mu_tls_offer *offer)
{
    struct cursor c = { (const unsigned char *) hello.p, hello.n };
    *offer = (struct mu_tls_offer){ .versions = 0 };
    (void) number(&c, 4); /* message type and length */
    if (c.n < 2)
        return;
    uint16_t *legacy = mu_arena_array(arena, 1, sizeof *legacy);
    legacy[0] = (uint16_t) number(&c, 2);
    (void) block(&c, 32);            /* random */
    (void) block(&c, number(&c, 1)); /* session id */
    offer->suite = numbers(arena, block(&c, number(&c, 2)), &offer->suites);
    struct cursor compression = block(&c, number(&c, 1));
    offer->compression = (const uint8_t *) text(arena, compression).p;
    offer->compressions = compression.n;
    extensions(arena, block(&c, number(&c, 2)), offer);
    if (offer->versions == 0) {
        offer->version = legacy;
        offer->versions = 1;
    }
}
