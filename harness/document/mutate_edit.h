/* mutate_edit.h - the tools that operators share: edits of a message's octets; inside document/ only. */
#ifndef MU_DOCUMENT_MUTATE_EDIT_H
#define MU_DOCUMENT_MUTATE_EDIT_H

#include "document/mutate.h"
#include "format/mail.h"
#include "format/parameter.h"

/* One parameter, or one RFC 2231 segment of it, as it stands in a header field. */
struct mu_item {
    struct mu_bytes name;  /* without * and number, as written         */
    struct mu_bytes text;  /* name, "=" and value, trimmed             */
    long section;          /* of *N; -1 when there is none             */
    size_t offset;         /* of the text in the message               */
    size_t section_offset; /* of the first digit of N; 0 without one   */
};

struct mu_items {
    struct mu_item *item;
    size_t items;
};

/* Replace `length` bytes at `at` by `insert`. */
struct mu_bytes mu_edit_splice(struct mu_arena *arena, struct mu_bytes message, size_t at,
                               size_t length, struct mu_bytes insert);

/* The first header field `key` of the message itself; false with a sentence when it has none. */
bool mu_edit_header(const struct mu_mutation *m, struct mu_bytes message, const char *key,
                    const struct mu_header **header, struct mu_err *err);

/* Offset of the line end that closes the field. */
size_t mu_edit_value_end(const struct mu_header *header);

/* The items of the first SIO-Label. */
bool mu_edit_items(const struct mu_mutation *m, struct mu_bytes message,
                   const struct mu_header **header, struct mu_items *items, struct mu_err *err);

/* Set parameter `name` of the first SIO-Label; it is appended where the field has none. */
bool mu_edit_set_parameter(const struct mu_mutation *m, struct mu_bytes *message, const char *name,
                           struct mu_bytes value, bool quote, struct mu_err *err);

/* What mu_parameter_write makes, without its line break and semicolon. */
struct mu_bytes mu_edit_parameter(struct mu_arena *arena, const char *name, struct mu_bytes value,
                                  bool quote);

/* The value of m->value as a number from `least` on; `otherwise` when it is empty. */
bool mu_edit_number(const struct mu_mutation *m, size_t least, size_t otherwise, size_t *number,
                    struct mu_err *err);

/* m->on, or `otherwise` when it is empty. */
const char *mu_edit_on(const struct mu_mutation *m, const char *otherwise);

/* The SIO-Label field of the label fixture `name`. */
bool mu_edit_sio_of(const struct mu_mutation *m, const char *name, struct mu_bytes *field,
                    struct mu_err *err);

/* The first leaf whose content is written as it is (7bit, 8bit or none named). */
bool mu_edit_text_end(const struct mu_mutation *m, struct mu_bytes message, size_t *at,
                      bool *at_line_start, struct mu_err *err);

/* Where the content of that leaf begins. */
bool mu_edit_text_start(const struct mu_mutation *m, struct mu_bytes message, size_t *at,
                        struct mu_err *err);

/* One of 0 .. n-1, chosen by the seed; 0 when n is 0. */
size_t mu_edit_choose(const struct mu_mutation *m, size_t n);

bool mu_edit_need_value(const struct mu_mutation *m, struct mu_err *err);

/* The octets that m->value says in hexadecimal digits. */
bool mu_edit_hex(const struct mu_mutation *m, struct mu_bytes *octets, struct mu_err *err);

/* `n` times the letter x. */
void mu_edit_fill(struct mu_buf *out, size_t n);

/* Label, marking and colours of the label fixture `name`. */
bool mu_edit_label_fixture(const struct mu_mutation *m, const char *name,
                           struct mu_message *message, struct mu_err *err);

#endif
