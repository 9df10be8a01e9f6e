/*
 * parameter_scan.h - what the files of the parameter reader share; nobody else includes it.
 */
#ifndef MU_FORMAT_PARAMETER_SCAN_H
#define MU_FORMAT_PARAMETER_SCAN_H

#include "format/parameter.h"

/* One `attribute[*N][*]=value` as it stands in the field. */
struct mu_segment {
    struct mu_bytes name; /* without * and number                                      */
    struct mu_bytes text; /* of the value: between the quotes, or the bare text         */
    size_t offset;        /* of the name, in the message                                */
    size_t text_offset;   /* of the text, in the message                                */
    uint32_t hash;        /* of the name, folded                                        */
    uint32_t number;      /* 0 when there is none                                       */
    bool numbered, extended, quoted;
    unsigned defects;
    struct mu_segment *next; /* of the same parameter                                    */
};

/* Does the byte stand in a token, RFC 2045 5.1? */
bool mu_parameter_is_token_char(char c);

/* Does it stand for itself in an extended value, RFC 2231 section 7 (attribute-char)? */
bool mu_parameter_is_attribute_char(char c);

/* Put the segments of one parameter, in the order of the field, together. */
void mu_parameter_join(struct mu_arena *arena, struct mu_segment *first, size_t count,
                       struct mu_parameter *out);

#endif
