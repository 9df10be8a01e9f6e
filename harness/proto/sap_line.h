/*
 * sap_line.h - JSON Lines, strictly: UTF-8, one object a line, LF and never CR, of a length agreed on.
 *
 * What is put into `out` goes out with mu_sap_flush(): many requests share a write, and whatever comes
 * meanwhile is read, so that no side can block the other. A line that is taken is borrowed until the
 * next call that reads.
 *
 * What is wrong with a peer's line is MU_ERR_PEER with a place: the reason code as its input, the
 * number of the line, the byte in it (from 1): "adapter:framing:3:17: the same name twice".
 */
#ifndef MU_PROTO_SAP_LINE_H
#define MU_PROTO_SAP_LINE_H

#include <jansson.h>

#include "proto/sap_wire.h"

#define MU_SAP_FRAMING  "adapter:framing"
#define MU_SAP_PROTOCOL "adapter:protocol"

struct mu_sap_lines {
    struct mu_arena *arena;
    struct mu_sap_wire wire;
    struct mu_buf out;
    char *buffer; /* unread bytes are buffer[begin..end); up to `seen` there is no LF */
    size_t room, begin, end, seen;
    size_t max;     /* bytes of a line with its LF */
    uint32_t count; /* lines taken                 */
};

void mu_sap_lines_start(struct mu_sap_lines *lines, struct mu_arena *arena,
                        const struct mu_sap_wire *wire);

/* Send what was put, by `deadline_ms`. */
bool mu_sap_flush(struct mu_sap_lines *lines, uint64_t deadline_ms, struct mu_err *err) MU_MUST_USE;

/* The next line without its LF; *there false when none came by the deadline (0: do not wait). */
bool mu_sap_line(struct mu_sap_lines *lines, uint64_t deadline_ms, struct mu_bytes *line,
                 bool *there, struct mu_err *err) MU_MUST_USE;

/* Is a whole line there, without any call? */
bool mu_sap_has_line(struct mu_sap_lines *lines);

/* One line as an object that the caller gives back with json_decref(). `number` is its own, for the
 * place. Names that stand twice, NaN, lone surrogates, NUL, CR, depth: all of it is MU_ERR_PEER. */
bool mu_sap_json(struct mu_bytes line, uint32_t number, json_t **object,
                 struct mu_err *err) MU_MUST_USE;

/* What jansson would read, where a line is so plain that it can be read fast; NULL where it is not. */
json_t *mu_sap_json_plain(struct mu_bytes line);

/* The same as mu_sap_json(), given back with the arena. */
bool mu_sap_json_in(struct mu_arena *arena, struct mu_bytes line, uint32_t number, json_t **object,
                    struct mu_err *err) MU_MUST_USE;

#endif
