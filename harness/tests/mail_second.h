/*
 * mail_second.h - two readings of one message side by side: each way in which they differ goes to
 * differ(), which the test writes.
 */
#ifndef MU_TESTS_MAIL_SECOND_H
#define MU_TESTS_MAIL_SECOND_H

#include "mail_seen.h"

static struct mu_arena *arena;

enum aspect {
    MESSAGE = 1 << 0,    /* gmime finds no message          */
    OURS = 1 << 1,       /* a header field only we see      */
    THEIRS = 1 << 2,     /* ... only gmime sees             */
    OFFSET = 1 << 3,     /* of a header field               */
    VALUE = 1 << 4,      /* of a header field, unfolded     */
    TYPE = 1 << 5,       /* of a part                       */
    PARTS = 1 << 6,      /* how many, and whether it is one */
    BODY = 1 << 7,       /* decoded                         */
    OUR_NAME = 1 << 8,   /* a parameter only we see         */
    THEIR_NAME = 1 << 9, /* ... only gmime sees             */
    PARAMETER = 1 << 10, /* its value                       */
};

static const char *const aspect_name[] = {
    "no message",
    "a field of ours alone",
    "a field of theirs alone",
    "offset",
    "field value",
    "type",
    "parts",
    "body",
    "a parameter of ours alone",
    "a parameter of theirs alone",
    "parameter value",
};

struct difference {
    enum aspect aspect;
    const struct mu_mail *mail;
    const struct mu_part *part;           /* NULL: a parameter list alone */
    const struct mu_header *header;       /* of fields                    */
    const struct mu_parameter *parameter; /* of parameters of ours        */
    unsigned list;                        /* defects of our list          */
    struct mu_bytes ours, theirs;
};

static void differ(struct difference d);

/* Is the header at `k` of theirs one that comes later in ours? */
static bool comes_later(const struct seen_part *a, size_t i, struct mu_bytes name)
{
    while (i < a->headers && !mu_bytes_equal(a->header[i].name, name))
        i++;
    return i < a->headers;
}

static void compare_header(struct difference d, const struct seen_header *a,
                           const struct seen_header *b)
{
    if (a->offset != b->offset) {
        d.aspect = OFFSET;
        d.ours = mu_bytes_of(mu_arena_printf(arena, "%zu", a->offset));
        d.theirs = mu_bytes_of(mu_arena_printf(arena, "%zu", b->offset));
        differ(d);
    }
    d.aspect = VALUE;
    d.ours = a->value;
    d.theirs = b->value;
    if (!mu_bytes_equal(a->value, b->value))
        differ(d);
}

/* Fields are the same field when their names are; any other is named by the side that has it. */
static void compare_headers(struct difference d, const struct seen_part *a,
                            const struct seen_part *b)
{
    size_t i = 0, k = 0;
    while (i < a->headers || k < b->headers) {
        struct mu_bytes theirs = k < b->headers ? b->header[k].name : MU_BYTES("");
        d.header = i < a->headers ? &a->ours->header[i] : NULL;
        if (i < a->headers && k < b->headers && mu_bytes_equal(a->header[i].name, theirs)) {
            compare_header(d, &a->header[i++], &b->header[k++]);
        } else if (k < b->headers && !comes_later(a, i, theirs)) {
            d.aspect = THEIRS;
            d.theirs = b->header[k++].name;
            differ(d);
        } else {
            d.aspect = OURS;
            d.ours = a->header[i++].name;
            differ(d);
        }
    }
}

static const struct seen_parameter *find(const struct seen_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->parameter[i].name, name) == 0)
            return &list->parameter[i];
    return NULL;
}

static void compare_lists(struct difference d, const struct seen_list *a, const struct seen_list *b)
{
    d.list = a->defects;
    for (size_t i = 0; i < a->count; i++) {
        const struct seen_parameter *theirs = find(b, a->parameter[i].name);
        d.aspect = theirs != NULL ? PARAMETER : OUR_NAME;
        d.parameter = a->parameter[i].ours;
        d.ours = theirs != NULL ? a->parameter[i].value : mu_bytes_of(a->parameter[i].name);
        d.theirs = theirs != NULL ? theirs->value : MU_BYTES("");
        if (!mu_bytes_equal(d.ours, d.theirs))
            differ(d);
        d.list |= d.parameter->defects & MU_PARAMETER_UNQUOTED ? (unsigned) MU_LIST_SYNTAX : 0;
    }
    for (size_t i = 0; i < b->count; i++) {
        d.aspect = THEIR_NAME;
        d.ours = MU_BYTES("");
        d.theirs = mu_bytes_of(b->parameter[i].name);
        if (find(a, b->parameter[i].name) == NULL)
            differ(d);
    }
}

static bool same_boundary(const struct seen_part *a, const struct seen_part *b)
{
    const struct seen_parameter *ours = find(a->list, "boundary"),
                                *theirs = find(b->list, "boundary");
    return ours == NULL || theirs == NULL || mu_bytes_equal(ours->value, theirs->value);
}

/* What follows from a difference of type, boundary or parts is not compared again. */
static void compare(const struct mu_mail *mail, const struct seen_part *a,
                    const struct seen_part *b)
{
    struct difference d = { .mail = mail, .part = a->ours };
    bool same_type = strcmp(a->type, b->type) == 0;
    bool same_parts = a->parts == b->parts && a->leaf == b->leaf;
    compare_headers(d, a, b);
    if (same_type) {
        compare_lists(d, a->list, b->list);
    } else {
        d.aspect = TYPE;
        d.ours = mu_bytes_of(a->type);
        d.theirs = mu_bytes_of(b->type);
        differ(d);
    }
    if (!same_parts) {
        d.aspect = PARTS;
        d.ours = mu_bytes_of(mu_arena_printf(arena, "%zu%s", a->parts, a->leaf ? ", leaf" : ""));
        d.theirs = mu_bytes_of(mu_arena_printf(arena, "%zu%s", b->parts, b->leaf ? ", leaf" : ""));
        differ(d);
        return;
    }
    d.aspect = BODY;
    d.ours = a->body;
    d.theirs = b->body;
    if (a->leaf && !mu_bytes_equal(a->body, b->body))
        differ(d);
    for (size_t i = 0; same_type && same_boundary(a, b) && i < a->parts; i++)
        compare(mail, &a->part[i], &b->part[i]);
}

static void compare_mail(struct mu_bytes message)
{
    struct seen_part ours, theirs = { .type = NULL };
    const struct mu_mail *mail = mu_mail_read(arena, message);
    seen_by_us(arena, &mail->top, &ours);
    if (seen_message_by_gmime(arena, message, &theirs))
        compare(mail, &ours, &theirs);
    else
        differ((struct difference){ .aspect = MESSAGE, .mail = mail, .part = &mail->top });
}

#endif
