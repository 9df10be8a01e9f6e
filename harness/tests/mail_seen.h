/*
 * mail_seen.h - what a reader makes of a message, in one form for ours and for gmime (LGPL, Debian's
 * libgmime-3.0, tests only): header fields with places, the tree of parts, types, parameters, bodies
 * decoded.
 */
#ifndef MU_TESTS_MAIL_SEEN_H
#define MU_TESTS_MAIL_SEEN_H

#include <gmime/gmime.h>

#include "format/mail.h"
#include "format/parameter.h"

struct seen_header {
    struct mu_bytes name, value;
    size_t offset;
};

struct seen_parameter {
    const char *name; /* lower case */
    struct mu_bytes value;
    const struct mu_parameter *ours; /* NULL: seen by gmime */
};

struct seen_list {
    struct seen_parameter parameter[MU_PARAMETERS_MAX];
    size_t count;
    unsigned defects; /* enum mu_list_defect; of ours */
};

struct seen_part {
    struct seen_header *header;
    size_t headers;
    const char *type;       /* lower case */
    struct seen_list *list; /* of Content-Type */
    bool leaf;
    struct mu_bytes body; /* decoded; of leaves */
    struct seen_part *part;
    size_t parts;
    const struct mu_part *ours; /* NULL: seen by gmime */
};

static inline const char *seen_lower(struct mu_arena *arena, const char *text)
{
    char *copy = mu_arena_strndup(arena, text, strlen(text));
    for (char *c = copy; *c != '\0'; c++)
        *c = (char) (*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    return copy;
}

/* --- ours -------------------------------------------------------------------------------------------- */

static inline void seen_our_list(struct mu_arena *arena, struct mu_bytes raw,
                                 struct seen_list *list)
{
    struct mu_parameters all;
    mu_parameters_read(arena, raw, 0, &all);
    list->defects = all.defects;
    for (size_t i = 0; i < all.parameters; i++)
        list->parameter[list->count++] =
            (struct seen_parameter){ all.parameter[i].name, all.parameter[i].value,
                                     &all.parameter[i] };
}

/* The parameters behind "type/subtype". */
static inline struct seen_list *seen_our_type_list(struct mu_arena *arena,
                                                   const struct mu_part *part)
{
    struct seen_list *list = mu_new(arena, struct seen_list);
    const struct mu_header *type = mu_header_find(part, "content-type");
    size_t at = type != NULL ? mu_bytes_find(type->raw, MU_BYTES(";"), 0) : SIZE_MAX;
    if (at != SIZE_MAX)
        seen_our_list(arena, mu_bytes_from(type->raw, at + 1), list);
    return list;
}

static inline void seen_by_us(struct mu_arena *arena, const struct mu_part *part,
                              struct seen_part *out)
{
    *out = (struct seen_part){
        .ours = part, .type = part->type, .headers = part->headers, .parts = part->parts
    };
    out->header = mu_arena_array(arena, part->headers + 1, sizeof *out->header);
    for (size_t i = 0; i < part->headers; i++)
        out->header[i] = (struct seen_header){ part->header[i].name, part->header[i].value,
                                               part->header[i].offset };
    out->list = seen_our_type_list(arena, part);
    out->leaf = strncmp(part->type, "multipart/", 10) != 0 && part->parts == 0;
    if (out->leaf)
        out->body = mu_part_decode(arena, part);
    out->part = mu_arena_array(arena, part->parts + 1, sizeof *out->part);
    for (size_t i = 0; i < part->parts; i++)
        seen_by_us(arena, &part->part[i], &out->part[i]);
}

/* --- gmime's ----------------------------------------------------------------------------------------- */

static inline struct mu_bytes seen_copy(struct mu_arena *arena, const char *text)
{
    return mu_bytes_of(mu_arena_strndup(arena, text, strlen(text)));
}

static inline void seen_their_list(struct mu_arena *arena, GMimeParamList *theirs,
                                   struct seen_list *list)
{
    for (int i = 0; theirs != NULL && i < g_mime_param_list_length(theirs); i++) {
        GMimeParam *p = g_mime_param_list_get_parameter_at(theirs, i);
        const char *value = g_mime_param_get_value(p);
        list->parameter[list->count++] =
            (struct seen_parameter){ seen_lower(arena, g_mime_param_get_name(p)),
                                     seen_copy(arena, value != NULL ? value : ""), NULL };
    }
}

static inline int seen_by_offset(const void *a, const void *b)
{
    const struct seen_header *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* gmime gives Content-* to the part and the rest to the message: here they are one block again. */
static inline void seen_their_headers(struct mu_arena *arena, GMimeObject *object,
                                      struct seen_part *out)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    size_t n = (size_t) g_mime_header_list_get_count(list);
    struct seen_header *all = mu_arena_array(arena, out->headers + n + 1, sizeof *all);
    if (out->headers > 0)
        memcpy(all, out->header, out->headers * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(list, (int) i);
        char *value = g_mime_utils_header_unfold(g_mime_header_get_raw_value(h));
        all[out->headers++] = (struct seen_header){ seen_copy(arena, g_mime_header_get_name(h)),
                                                    mu_bytes_trim(seen_copy(arena, value)),
                                                    (size_t) g_mime_header_get_offset(h) };
        g_free(value);
    }
    out->header = all;
    qsort(all, out->headers, sizeof *all, seen_by_offset);
}

static inline struct mu_bytes seen_their_body(struct mu_arena *arena, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream = g_mime_stream_mem_new();
    if (content != NULL)
        g_mime_data_wrapper_write_to_stream(content, stream);
    const GByteArray *octets = g_mime_stream_mem_get_byte_array((GMimeStreamMem *) stream);
    struct mu_bytes body = {
        mu_arena_strndup(arena, octets->len > 0 ? (const char *) octets->data : "", octets->len),
        octets->len
    };
    g_object_unref(stream);
    return body;
}

static inline void seen_by_gmime(struct mu_arena *arena, GMimeObject *object, struct seen_part *out)
{
    *out = (struct seen_part){ .list = mu_new(arena, struct seen_list) };
    if (GMIME_IS_MESSAGE(object)) {
        seen_their_headers(arena, object, out);
        object = g_mime_message_get_mime_part((GMimeMessage *) object);
    }
    seen_their_headers(arena, object, out);
    GMimeContentType *type = g_mime_object_get_content_type(object);
    char *text = g_mime_content_type_get_mime_type(type);
    out->type = seen_lower(arena, text);
    g_free(text);
    seen_their_list(arena, g_mime_content_type_get_parameters(type), out->list);
    out->leaf = GMIME_IS_PART(object);
    GMimeMultipart *multi = GMIME_IS_MULTIPART(object) ? (GMimeMultipart *) object : NULL;
    GMimeMessage *inside = GMIME_IS_MESSAGE_PART(object)
                               ? g_mime_message_part_get_message((GMimeMessagePart *) object)
                               : NULL;
    out->parts = multi != NULL ? (size_t) g_mime_multipart_get_count(multi) : inside != NULL;
    out->part = mu_arena_array(arena, out->parts + 1, sizeof *out->part);
    if (inside != NULL)
        seen_by_gmime(arena, (GMimeObject *) inside, &out->part[0]);
    for (size_t i = 0; multi != NULL && i < out->parts; i++)
        seen_by_gmime(arena, g_mime_multipart_get_part(multi, (int) i), &out->part[i]);
    if (out->leaf)
        out->body = seen_their_body(arena, (GMimePart *) object);
}

/* False: gmime finds no message in it. */
static inline bool seen_message_by_gmime(struct mu_arena *arena, struct mu_bytes message,
                                         struct seen_part *out)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(message.p, message.n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    GMimeMessage *read = g_mime_parser_construct_message(parser, NULL);
    if (read != NULL)
        seen_by_gmime(arena, (GMimeObject *) read, out);
    g_clear_object(&read);
    g_object_unref(parser);
    g_object_unref(stream);
    return read != NULL || out->type != NULL;
}

#endif
