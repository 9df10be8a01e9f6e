/*
 * mutate_ops.h - the operators of mutate.c by subject, and the tools they share; inside document/
 * only. Every operator leaves what it does not name byte for byte as it was.
 */
#ifndef MU_DOCUMENT_MUTATE_OPS_H
#define MU_DOCUMENT_MUTATE_OPS_H

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

#define MU_ABSTRACT(name)                                                                          \
    bool name(const struct mu_mutation *m, struct mu_message *message, struct mu_err *err)
#define MU_OCTETS(name)                                                                            \
    bool name(const struct mu_mutation *m, struct mu_bytes *message, struct mu_err *err)

/* mutate_header.c */
MU_OCTETS(mu_mutate_header_drop);
MU_OCTETS(mu_mutate_header_duplicate);
MU_OCTETS(mu_mutate_header_rename);
MU_OCTETS(mu_mutate_header_set);
MU_OCTETS(mu_mutate_header_add);
MU_OCTETS(mu_mutate_header_refold);
MU_OCTETS(mu_mutate_header_encode_word);
MU_OCTETS(mu_mutate_header_append_8bit);
MU_OCTETS(mu_mutate_header_long_line);
MU_OCTETS(mu_mutate_header_unfold);
MU_OCTETS(mu_mutate_from_duplicate);
MU_OCTETS(mu_mutate_date_drop);
MU_OCTETS(mu_mutate_part_sio_label);

/* mutate_label.c */
MU_ABSTRACT(mu_mutate_label_classification_set);
MU_ABSTRACT(mu_mutate_label_policy_set);
MU_ABSTRACT(mu_mutate_label_policy_uri_set);
MU_ABSTRACT(mu_mutate_label_drop);
MU_ABSTRACT(mu_mutate_label_root_set);
MU_ABSTRACT(mu_mutate_label_review_drop);
MU_ABSTRACT(mu_mutate_label_created_drop);
MU_ABSTRACT(mu_mutate_label_category_type_set);
MU_ABSTRACT(mu_mutate_label_value_add);
MU_ABSTRACT(mu_mutate_label_value_drop);
MU_ABSTRACT(mu_mutate_marking_set);
MU_ABSTRACT(mu_mutate_marking_drop);
MU_OCTETS(mu_mutate_label_classification_uri_set);
MU_OCTETS(mu_mutate_label_raw);

/* mutate_policy.c */
MU_ABSTRACT(mu_mutate_label_classification_lower);
MU_ABSTRACT(mu_mutate_label_classification_higher);
MU_ABSTRACT(mu_mutate_marking_lower);
MU_ABSTRACT(mu_mutate_marking_reorder);

/* mutate_sio.c */
MU_OCTETS(mu_mutate_sio_parameter_drop);
MU_OCTETS(mu_mutate_sio_parameter_set);
MU_OCTETS(mu_mutate_sio_parameter_add);
MU_OCTETS(mu_mutate_sio_segment_gap);
MU_OCTETS(mu_mutate_sio_segment_duplicate);
MU_OCTETS(mu_mutate_sio_segment_leading_zero);
MU_OCTETS(mu_mutate_sio_history_add);
MU_OCTETS(mu_mutate_sio_trailing_semicolon);
MU_OCTETS(mu_mutate_base64_space);
MU_OCTETS(mu_mutate_base64_padding);
MU_OCTETS(mu_mutate_base64_url);

/* mutate_message.c */
MU_OCTETS(mu_mutate_message_bare_lf);
MU_OCTETS(mu_mutate_message_nul);
MU_OCTETS(mu_mutate_message_long_line);
MU_OCTETS(mu_mutate_message_dot_lines);
MU_OCTETS(mu_mutate_message_octets);

#endif
