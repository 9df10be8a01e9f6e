/* A whole message against the one that was sent, under the list of what a relay may change. */
#include <string.h>

#include "base/limits.h"
#include "base/names.h"
#include "base/text_safe.h"
#include "document/same_inside.h"

/* RFC 5321 4.4 lets every relay add Received, and the last one Return-Path, on top; RFC 5322 2.2.3
 * makes folding no part of a field's value. Nothing else is anybody's to change. */
const struct mu_relay *mu_relay_default(void)
{
    static const struct mu_relay_may may[] = {
        { MU_RELAY_ADD, "received", false, MU_SAME_OCTETS, "RFC 5321 4.4" },
        { MU_RELAY_ADD, "return-path", false, MU_SAME_OCTETS, "RFC 5321 4.4" },
        { MU_RELAY_CHANGE, "*", false, MU_SAME_VALUE, "RFC 5322 2.2.3" },
    };
    static const struct mu_relay relay = { may, MU_COUNT(may) };
    return &relay;
}

struct walk {
    struct mu_arena *arena;
    const struct mu_policies *policies;
    const struct mu_relay *relay;
    struct mu_comparison all; /* the lowest so far */
    struct mu_alteration *first, **tail;
    size_t count;
};

static void alter(struct walk *w, struct mu_comparison what, const char *reason, bool minor)
{
    what.reason = reason;
    if (w->count++ >= MU_ALTERATIONS_MAX)
        return;
    struct mu_alteration *alteration = mu_new(w->arena, struct mu_alteration);
    *alteration = (struct mu_alteration){ .what = what, .minor = minor };
    *w->tail = alteration;
    w->tail = &alteration->next;
}

/* What was sent is still there, as `c` says. */
static void lower(struct walk *w, struct mu_comparison c)
{
    if (c.level < w->all.level)
        w->all = c;
}

static const struct mu_relay_may *row_of(const struct walk *w, enum mu_relay_act act,
                                         const char *field)
{
    for (size_t i = 0; i < w->relay->mays; i++)
        if (w->relay->may[i].act == act && mu_name_matches(field, w->relay->may[i].field))
            return &w->relay->may[i];
    return NULL;
}

static const char *field_of(struct walk *w, const struct mu_header *h)
{
    return h->key != NULL ? h->key : mu_text_line(w->arena, h->name);
}

/* A place and words for a field that is there on one side only. */
static struct mu_comparison lone(struct walk *w, const struct mu_header *h, bool came)
{
    struct mu_buf value = { .arena = w->arena };
    mu_text_safe(&value, h->value, MU_TEXT_LINE, MU_EXCERPT_MAX);
    struct mu_comparison c = mu_comparison_lost("", "no such field", mu_buf_text(&value));
    c.where = mu_text_line(w->arena, h->name);
    c.offset = came ? (int64_t) h->offset : -1;
    if (!came) {
        c.expected = c.seen;
        c.seen = "no such field";
    }
    return c;
}

/* --- header fields ------------------------------------------------------------------------------------ */

#define NONE SIZE_MAX

struct block {
    const struct mu_part *a, *b;
    size_t *partner; /* of each field of a: its index in b, or NONE */
    bool *taken;     /* of each field of b                          */
};

/* From below, because relays add on top; equal ones first, so that one that is gone does not shift the
 * others of its name. */
static void pair_fields(struct block *k, bool equal)
{
    for (size_t i = k->a->headers; i-- > 0;) {
        const struct mu_header *x = &k->a->header[i];
        for (size_t j = k->b->headers; j-- > 0 && k->partner[i] == NONE;) {
            const struct mu_header *y = &k->b->header[j];
            if (k->taken[j] || !mu_bytes_equal_nocase(x->name, y->name)
                || (equal && !mu_bytes_equal(x->value, y->value)))
                continue;
            k->partner[i] = j;
            k->taken[j] = true;
        }
    }
}

/* The transfer encoding of a part is its content's affair, and is judged there. */
static bool is_encoding(const struct walk *w, const char *field)
{
    return strcmp(field, "content-transfer-encoding") == 0
           && row_of(w, MU_RELAY_ENCODE, "parts") != NULL;
}

static void judge_pair(struct walk *w, const struct mu_header *x, const struct mu_header *y)
{
    const char *field = field_of(w, x);
    struct mu_comparison c = mu_same_field(w->arena, w->policies, x, y);
    const struct mu_relay_may *may = row_of(w, MU_RELAY_CHANGE, field);
    enum mu_sameness least = may != NULL ? may->keeping : MU_SAME_OCTETS;
    if (is_encoding(w, field))
        return;
    lower(w, c);
    if (c.level < least)
        alter(w, c, "header:altered", false);
}

static bool is_trace(const char *field)
{
    return strcmp(field, "received") == 0 || strcmp(field, "return-path") == 0
           || strncmp(field, "resent-", 7) == 0;
}

/* RFC 5322 3.6: fields SHOULD NOT be reordered; trace and resent fields MUST NOT. */
static void judge_order(struct walk *w, const struct block *k)
{
    size_t last = NONE, before = NONE;
    for (size_t i = 0; i < k->a->headers; i++) {
        size_t j = k->partner[i];
        if (j == NONE)
            continue;
        if (last != NONE && j < last) {
            const struct mu_header *x = &k->a->header[i], *y = &k->b->header[j];
            struct mu_comparison c = lone(w, y, true);
            c.expected = mu_arena_printf(w->arena, "below %s",
                                         mu_text_line(w->arena, k->a->header[before].name));
            c.seen = "above it";
            bool trace = is_trace(field_of(w, x)) || is_trace(field_of(w, &k->a->header[before]));
            alter(w, c, "header:reordered", !trace);
            return;
        }
        last = j;
        before = i;
    }
}

static void judge_lost(struct walk *w, const struct block *k)
{
    for (size_t i = 0; i < k->a->headers; i++) {
        const struct mu_header *x = &k->a->header[i];
        const char *field = field_of(w, x);
        if (k->partner[i] != NONE || is_encoding(w, field)
            || row_of(w, MU_RELAY_REMOVE, field) != NULL)
            continue;
        struct mu_comparison c = lone(w, x, false);
        lower(w, c);
        alter(w, c, "header:removed", false);
    }
}

static void judge_new(struct walk *w, const struct block *k, bool top)
{
    size_t highest = k->b->headers;
    for (size_t i = 0; i < k->a->headers; i++)
        if (k->partner[i] < highest)
            highest = k->partner[i];
    for (size_t j = 0; j < k->b->headers; j++) {
        const struct mu_header *y = &k->b->header[j];
        const char *field = field_of(w, y);
        if (k->taken[j] || is_encoding(w, field))
            continue;
        const struct mu_relay_may *may = top ? row_of(w, MU_RELAY_ADD, field) : NULL;
        if (may == NULL)
            alter(w, lone(w, y, true), "header:added", false);
        else if (j > highest && !may->anywhere)
            alter(w, lone(w, y, true), "header:misplaced", false);
    }
}

static void walk_fields(struct walk *w, const struct mu_part *a, const struct mu_part *b, bool top)
{
    struct block k = { a, b, mu_arena_array(w->arena, a->headers + 1, sizeof *k.partner),
                       mu_arena_array(w->arena, b->headers + 1, sizeof *k.taken) };
    for (size_t i = 0; i < a->headers; i++)
        k.partner[i] = NONE;
    pair_fields(&k, true);
    pair_fields(&k, false);
    for (size_t i = 0; i < a->headers; i++)
        if (k.partner[i] != NONE)
            judge_pair(w, &a->header[i], &b->header[k.partner[i]]);
    judge_lost(w, &k);
    judge_new(w, &k, top);
    judge_order(w, &k);
}

/* --- parts -------------------------------------------------------------------------------------------- */

static void walk_leaf(struct walk *w, const struct mu_part *a, const struct mu_part *b)
{
    struct mu_comparison c = mu_same_leaf(w->arena, a, b);
    lower(w, c);
    if (c.level < MU_SAME_VALUE)
        alter(w, c, "part:altered", false);
    else if (c.level < MU_SAME_OCTETS && row_of(w, MU_RELAY_ENCODE, "parts") == NULL)
        alter(w, c, "part:reencoded", false);
}

/* What stands in a multipart before its part number i, or behind its last. */
static struct mu_bytes between(const struct mu_part *part, size_t i)
{
    const struct mu_part *before = i > 0 ? &part->part[i - 1] : NULL;
    size_t from = before != NULL ? before->body_offset + before->body.n : part->body_offset;
    size_t end = i < part->parts ? part->part[i].offset : part->body_offset + part->body.n;
    size_t at = from - part->body_offset;
    return mu_bytes_slice(part->body, at, end > from ? end - from : 0);
}

/* Boundaries, and what stands before the first and behind the last of them. */
static void walk_between(struct walk *w, const struct mu_part *a, const struct mu_part *b)
{
    for (size_t i = 0; i <= a->parts && i <= b->parts; i++) {
        struct mu_bytes x = between(a, i), y = between(b, i);
        if (mu_bytes_equal(x, y))
            continue;
        struct mu_comparison c = mu_comparison_of(MU_SAME_NOT, "");
        size_t at = mu_bytes_differ(x, y);
        c.where = mu_arena_printf(w->arena, "part %s, outside its parts", b->path);
        c.offset = (int64_t) (b->body_offset + (size_t) (y.p - b->body.p) + at);
        mu_comparison_bytes(w->arena, &c, x, y, at);
        lower(w, c);
        alter(w, c, "part:altered", false);
        return;
    }
}

static void walk_count(struct walk *w, const struct mu_part *a, const struct mu_part *b)
{
    struct mu_comparison c = mu_comparison_of(MU_SAME_NOT, "");
    c.where = mu_arena_printf(w->arena, "part %s", b->path);
    c.offset = (int64_t) b->body_offset;
    c.expected = mu_arena_printf(w->arena, "%s with %zu parts", a->type, a->parts);
    c.seen = mu_arena_printf(w->arena, "%s with %zu parts",
                             mu_text_line(w->arena, mu_bytes_of(b->type)), b->parts);
    lower(w, c);
    alter(w, c, a->parts < b->parts ? "part:added" : "part:removed", false);
}

/* Nesting is bounded by MU_MIME_DEPTH_MAX. */
static void walk_part(struct walk *w, const struct mu_part *a, const struct mu_part *b, bool top)
{
    walk_fields(w, a, b, top);
    if (a->parts != b->parts) {
        walk_count(w, a, b);
        return;
    }
    if (a->parts == 0) {
        walk_leaf(w, a, b);
        return;
    }
    for (size_t i = 0; i < a->parts; i++)
        walk_part(w, &a->part[i], &b->part[i], false);
    if (strncmp(a->type, "message/", 8) != 0)
        walk_between(w, a, b);
}

struct mu_comparison mu_same_message(struct mu_arena *arena, const struct mu_policies *policies,
                                     const struct mu_relay *relay, const struct mu_document *a,
                                     const struct mu_document *b, struct mu_alteration **alteration,
                                     size_t *alterations)
{
    *alteration = NULL;
    *alterations = 0;
    if (a->mail == NULL || b->mail == NULL)
        return mu_comparison_lost("text:lost", "a message", "no message");
    struct walk w = { .arena = arena, .policies = policies, .relay = relay };
    w.all = mu_comparison_of(MU_SAME_OCTETS, "message:altered");
    w.tail = &w.first;
    walk_part(&w, &a->mail->top, &b->mail->top, true);
    *alteration = w.first;
    *alterations = w.count;
    return w.all;
}
