/*
 * parameter.h - parameter lists: RFC 2045 5.1 with RFC 2231 continuations and charsets.
 *
 * Segments are put together in index order from 0, in whatever order they stand; the rules about
 * gaps, duplicates, leading zeroes, name beside name*0, and charset only on segment 0 become defects of
 * the parameter, and what can be read is read: after a gap it goes on, of two segments with one number
 * the first counts, name*0 goes before name* and that before name. In a quoted-string a fold loses its
 * line end and keeps its white space. Comments are not allowed in SIO-Label (RFC 7444 4) and are a
 * defect; the text in them is skipped.
 *
 * Known charsets: utf-8, us-ascii, iso-8859-1, iso-8859-15, windows-1252 (tables of ours: a sealed job
 * cannot load any). A value in another one is kept as it is.
 */
#ifndef MU_FORMAT_PARAMETER_H
#define MU_FORMAT_PARAMETER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

enum mu_parameter_defect {
    MU_PARAMETER_GAP = 1 << 0,             /* a segment number is missing                         */
    MU_PARAMETER_DUPLICATE = 1 << 1,       /* a segment (or the whole name) occurs twice          */
    MU_PARAMETER_LEADING_ZERO = 1 << 2,    /* *01                                                 */
    MU_PARAMETER_MIXED = 1 << 3,           /* name and name*0 both                                */
    MU_PARAMETER_CHARSET = 1 << 4,         /* no charset'language' on segment 0*, or one later, or
                                           octets above 127 in us-ascii                        */
    MU_PARAMETER_UNKNOWN_CHARSET = 1 << 5, /* value kept as bytes                              */
    MU_PARAMETER_PERCENT = 1 << 6,         /* % not followed by two hex digits                    */
    MU_PARAMETER_LOWER_HEX = 1 << 7,       /* hex digits of %xx in lower case                     */
    MU_PARAMETER_UNQUOTED = 1 << 8,        /* a value that is neither token nor quoted-string     */
    MU_PARAMETER_ENCODED_WORD = 1 << 9,    /* looks like RFC 2047; never decoded                  */
    MU_PARAMETER_BAD_UTF8 = 1 << 10,       /* decoded to bytes that are no UTF-8                  */
    MU_PARAMETER_EIGHT_BIT = 1 << 11,      /* raw bytes above 127                                 */
    MU_PARAMETER_CONTROL = 1 << 12,        /* decoded value holds control characters (not tab)    */
    MU_PARAMETER_QUOTED = 1 << 13,         /* an extended value in quotes; read as if without     */
};
#define MU_PARAMETER_DEFECTS 14

/* "gap", "duplicate", ... for one bit. */
const char *mu_parameter_defect_name(unsigned bit);

struct mu_parameter {
    const char *name;      /* lower case, without * and numbers                               */
    struct mu_bytes value; /* put together, unquoted, decoded to UTF-8 where a charset says so */
    bool quoted;           /* every segment was a quoted-string                                */
    bool extended;         /* charset'language' form                                           */
    const char *charset;   /* lower case; NULL when none                                       */
    unsigned defects;      /* enum mu_parameter_defect                                         */
    uint32_t segments;
    size_t offset; /* of the first segment's name, in the message                      */
    size_t octets; /* of the longest run of its value text on one line, as written     */
    /* Where byte i of `value` stood in the message: one entry a segment (or run of plain bytes). */
    const struct mu_span {
        size_t value_at, offset;
    } * span;
    size_t spans;
};

/* What is wrong with the list as a whole. */
enum mu_list_defect {
    MU_LIST_EMPTY = 1 << 0,   /* an empty parameter: ";;" or a trailing ";"    */
    MU_LIST_SYNTAX = 1 << 1,  /* text that is no parameter                     */
    MU_LIST_COMMENT = 1 << 2, /* "(...)"                                        */
    MU_LIST_LIMIT = 1 << 3,   /* more than MU_PARAMETERS_MAX                    */
};

struct mu_parameters {
    const struct mu_parameter *parameter; /* in the order of their first segments */
    size_t parameters;
    unsigned defects;
    size_t defect_at; /* offset in the message of the first list defect */
};

/* `raw` is the text as it stands in the message (folds in it), `offset` where it begins there. */
void mu_parameters_read(struct mu_arena *arena, struct mu_bytes raw, size_t offset,
                        struct mu_parameters *out);

const struct mu_parameter *mu_parameter_find(const struct mu_parameters *list, const char *name);

/* Offset in the message of byte `at` of the value. */
size_t mu_parameter_offset(const struct mu_parameter *parameter, size_t at);

/*
 * Write `name=value` as a header continuation: token or quoted-string when it fits one line of 78
 * octets, else RFC 2231 segments; charset form when the value is not ASCII. Each line begins with
 * ";\r\n " (`first` leaves the semicolon out).
 */
void mu_parameter_write(struct mu_buf *out, const char *name, struct mu_bytes value, bool quote,
                        bool first);

#endif
