#include "core/parcel.h"

#include <stdio.h>

#include "base/limits.h"

#define MAGIC 0x4d50524cU /* "LRPM" */

/* One description of the format serves both directions: each visitor writes or reads. */
struct io {
    struct mu_buf *out;     /* writing */
    struct mu_arena *arena; /* reading */
    struct mu_bytes in;
    bool bad;
};

static void u32(struct io *io, uint32_t *value)
{
    if (io->out != NULL) {
        mu_buf_put(io->out, value, sizeof *value);
    } else if (io->in.n < sizeof *value) {
        io->bad = true;
        *value = 0;
    } else {
        memcpy(value, io->in.p, sizeof *value);
        io->in = mu_bytes_from(io->in, sizeof *value);
    }
}

static void flag(struct io *io, bool *value)
{
    uint32_t v = *value;
    u32(io, &v);
    io->bad = io->bad || v > 1;
    if (io->out == NULL) /* what is written may be constant */
        *value = v == 1;
}

static void number(struct io *io, int *value)
{
    uint32_t v = (uint32_t) *value;
    u32(io, &v);
    if (io->out == NULL)
        *value = (int) v;
}

static void bytes(struct io *io, struct mu_bytes *b)
{
    uint32_t n = (uint32_t) b->n;
    u32(io, &n);
    if (io->out != NULL) {
        mu_buf_put_bytes(io->out, *b);
        mu_buf_putc(io->out, '\0'); /* so that text can be borrowed as a C string */
    } else if (io->bad || (size_t) n + 1 > io->in.n || io->in.p[n] != '\0') {
        io->bad = true;
        *b = (struct mu_bytes){ "", 0 };
    } else {
        *b = (struct mu_bytes){ io->in.p, n };
        io->in = mu_bytes_from(io->in, (size_t) n + 1);
    }
}

/* NULL and text are told apart. */
static void text(struct io *io, const char **s)
{
    bool there = *s != NULL;
    flag(io, &there);
    struct mu_bytes b = { *s != NULL ? *s : "", *s != NULL ? strlen(*s) : 0 };
    if (there)
        bytes(io, &b);
    if (io->out == NULL)
        *s = there && !io->bad ? b.p : NULL;
}

/* The number of elements; on reading, also the array for them. Each element takes at least
 * `least` bytes on the wire, which bounds what a liar can make us allocate. */
static size_t count(struct io *io, size_t n, size_t least)
{
    uint32_t v = (uint32_t) n;
    u32(io, &v);
    if (io->out == NULL && (size_t) v * least > io->in.n) {
        io->bad = true;
        return 0;
    }
    return v;
}

#define ARRAY(io, pointer, number, least, visit)                                                   \
    do {                                                                                           \
        size_t elements = count((io), (number), (least));                                          \
        if ((io)->out == NULL) {                                                                   \
            void *fresh =                                                                          \
                elements > 0 ? mu_arena_array((io)->arena, elements, sizeof *(pointer)) : NULL;    \
            (pointer) = fresh;                                                                     \
            (number) = elements;                                                                   \
        }                                                                                          \
        for (size_t element = 0; element < elements && !(io)->bad; element++)                      \
            visit((io), (void *) (uintptr_t) & (pointer)[element]);                                \
    } while (0)

static void u16_item(struct io *io, void *item)
{
    uint32_t v = *(uint16_t *) item;
    u32(io, &v);
    if (io->out == NULL)
        *(uint16_t *) item = (uint16_t) v;
}

static void u8_item(struct io *io, void *item)
{
    uint32_t v = *(uint8_t *) item;
    u32(io, &v);
    if (io->out == NULL)
        *(uint8_t *) item = (uint8_t) v;
}

static void bytes_item(struct io *io, void *item)
{
    bytes(io, item);
}

static void san_item(struct io *io, void *item)
{
    struct mu_san *san = item;
    text(io, &san->type);
    bytes(io, &san->value);
    io->bad = io->bad || san->type == NULL;
}

static void certificate_item(struct io *io, void *item)
{
    struct mu_certificate *c = item;
    bytes(io, &c->subject);
    bytes(io, &c->issuer);
    text(io, &c->not_before);
    text(io, &c->not_after);
    text(io, &c->key);
    text(io, &c->signature);
    text(io, &c->eku);
    ARRAY(io, c->san, c->sans, 8, san_item);
    ARRAY(io, c->source, c->sources, 8, san_item);
}

static void utterance_item(struct io *io, void *item)
{
    struct mu_utterance *u = item;
    uint32_t direction = u->direction;
    u32(io, &direction);
    io->bad = io->bad || direction > MU_RECEIVED;
    if (io->out == NULL)
        u->direction = (enum mu_direction)(direction & 1);
    flag(io, &u->ours);
    flag(io, &u->clear);
    u32(io, &u->at_ms);
    bytes(io, &u->text);
}

static void offer(struct io *io, struct mu_tls_offer *o)
{
    ARRAY(io, o->version, o->versions, 4, u16_item);
    ARRAY(io, o->suite, o->suites, 4, u16_item);
    ARRAY(io, o->group, o->groups, 4, u16_item);
    ARRAY(io, o->sigalg, o->sigalgs, 4, u16_item);
    ARRAY(io, o->extension, o->extensions, 4, u16_item);
    bytes(io, &o->server_name);
    ARRAY(io, o->alpn, o->alpns, 5, bytes_item);
    ARRAY(io, o->compression, o->compressions, 4, u8_item);
}

static void tls(struct io *io, struct mu_tls_facts *t)
{
    flag(io, &t->used);
    flag(io, &t->complete);
    text(io, &t->version);
    text(io, &t->suite);
    text(io, &t->group);
    flag(io, &t->resumed);
    flag(io, &t->server);
    flag(io, &t->client_certificate);
    flag(io, &t->certificate_request);
    text(io, &t->verified);
    text(io, &t->failure);
    number(io, &t->alert);
    u32(io, &t->ticket_lifetime_s);
    u32(io, &t->ticket_early_data);
    ARRAY(io, t->peer, t->peers, 20, certificate_item);
    bool offered = t->offer != NULL;
    flag(io, &offered);
    if (!offered || io->bad)
        return;
    struct mu_tls_offer *o =
        io->out != NULL ? (void *) (uintptr_t) t->offer : mu_new(io->arena, struct mu_tls_offer);
    offer(io, o);
    t->offer = o;
}

static void envelope(struct io *io, struct mu_envelope *e)
{
    bytes(io, &e->from);
    flag(io, &e->null_from);
    bytes(io, &e->from_parameters);
    size_t tos = e->tos;
    ARRAY(io, e->to, tos, 5, bytes_item);
    ARRAY(io, e->to_parameters, e->tos, 5, bytes_item);
    io->bad = io->bad || tos != e->tos;
}

static void observation(struct io *io, struct mu_observation *o)
{
    uint32_t outcome = o->outcome, stage = o->stage, class = o->class;
    u32(io, &outcome);
    u32(io, &stage);
    u32(io, &class);
    number(io, &o->code);
    struct mu_bytes native = mu_bytes_of(o->native);
    bytes(io, &native);
    if (outcome >= MU_OUTCOMES || stage >= MU_STAGES || class >= MU_CLASSES
        || native.n >= sizeof o->native)
        io->bad = true;
    if (io->out != NULL || io->bad)
        return;
    o->outcome = (enum mu_outcome) outcome;
    o->stage = (enum mu_stage) stage;
    o->class = (enum mu_class) class;
    snprintf(o->native, sizeof o->native, "%s", native.p);
}

static void parcel_io(struct io *io, struct mu_parcel *p)
{
    uint32_t magic = MAGIC;
    u32(io, &magic);
    io->bad = io->bad || magic != MAGIC;
    struct mu_bytes token = mu_bytes_of(p->token);
    bytes(io, &token);
    io->bad = io->bad || token.n >= sizeof p->token;
    if (io->out == NULL && !io->bad)
        snprintf(p->token, sizeof p->token, "%s", token.p);
    observation(io, &p->seen);
    text(io, &p->leg.carrier);
    text(io, &p->leg.name);
    flag(io, &p->leg.collected);
    flag(io, &p->leg.bounce);
    tls(io, &p->leg.tls);
    ARRAY(io, p->leg.said, p->leg.says, 21, utterance_item);
    envelope(io, &p->leg.envelope);
    flag(io, &p->leg.has_message);
    bytes(io, &p->leg.message);
}

void mu_parcel_write(struct mu_buf *out, const struct mu_parcel *parcel)
{
    struct mu_parcel copy = *parcel; /* the visitors are not const; writing changes nothing */
    struct io io = { .out = out };
    parcel_io(&io, &copy);
}

bool mu_parcel_read(struct mu_arena *arena, struct mu_bytes data, struct mu_parcel *parcel,
                    struct mu_err *err)
{
    struct mu_parcel fresh = { .token = "" };
    struct io io = { .arena = arena, .in = data };
    parcel_io(&io, &fresh);
    if (io.bad || io.in.n != 0)
        return mu_fail(err, MU_ERR_LIMIT, "a reception sent something that is no parcel");
    *parcel = fresh;
    return true;
}
