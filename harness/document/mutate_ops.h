/*
 * mutate_ops.h - the operators of mutate.c by subject; inside document/ only. Every operator leaves
 * what it does not name byte for byte as it was.
 */
#ifndef MU_DOCUMENT_MUTATE_OPS_H
#define MU_DOCUMENT_MUTATE_OPS_H

#include "document/mutate_edit.h"

#define MU_ABSTRACT(name)                                                                          \
    bool name(const struct mu_mutation *m, struct mu_message *message, struct mu_err *err)
#define MU_OCTETS(name)                                                                            \
    bool name(const struct mu_mutation *m, struct mu_bytes *message, struct mu_err *err)

/* mutate_header.c */
MU_OCTETS(mu_mutate_header_drop);
MU_OCTETS(mu_mutate_date_drop);
MU_OCTETS(mu_mutate_header_duplicate);
MU_OCTETS(mu_mutate_from_duplicate);
MU_OCTETS(mu_mutate_header_rename);
MU_OCTETS(mu_mutate_header_set);
MU_OCTETS(mu_mutate_header_add);
MU_OCTETS(mu_mutate_header_refold);
MU_OCTETS(mu_mutate_header_encode_word);
MU_OCTETS(mu_mutate_header_append_8bit);
MU_OCTETS(mu_mutate_header_long_line);
MU_OCTETS(mu_mutate_header_unfold);

/* mutate_field.c */
MU_OCTETS(mu_mutate_header_fold_blank);
MU_OCTETS(mu_mutate_header_space_colon);
MU_OCTETS(mu_mutate_header_case);
MU_OCTETS(mu_mutate_header_to_body);
MU_OCTETS(mu_mutate_header_to_top);
MU_OCTETS(mu_mutate_header_comment);
MU_OCTETS(mu_mutate_header_octets);
MU_OCTETS(mu_mutate_header_size);
MU_OCTETS(mu_mutate_header_block);

/* mutate_part.c */
MU_OCTETS(mu_mutate_part_sio_label);
MU_OCTETS(mu_mutate_part_unclosed);
MU_OCTETS(mu_mutate_part_add);
MU_OCTETS(mu_mutate_part_message);
MU_OCTETS(mu_mutate_part_depth);
MU_OCTETS(mu_mutate_text_first_line);

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
MU_ABSTRACT(mu_mutate_label_category_drop);

/* mutate_policy.c */
MU_ABSTRACT(mu_mutate_label_classification_lower);
MU_ABSTRACT(mu_mutate_label_classification_higher);
MU_ABSTRACT(mu_mutate_marking_lower);
MU_ABSTRACT(mu_mutate_marking_reorder);

/* mutate_letters.c */
MU_ABSTRACT(mu_mutate_marking_set);
MU_ABSTRACT(mu_mutate_marking_drop);
MU_ABSTRACT(mu_mutate_marking_homoglyph);
MU_ABSTRACT(mu_mutate_marking_invisible);
MU_ABSTRACT(mu_mutate_marking_full_width);
MU_ABSTRACT(mu_mutate_marking_decompose);
MU_ABSTRACT(mu_mutate_marking_lower_case);
MU_ABSTRACT(mu_mutate_marking_hide);

/* mutate_xml.c */
MU_OCTETS(mu_mutate_label_comment);
MU_OCTETS(mu_mutate_label_instruction);
MU_OCTETS(mu_mutate_label_invalid_utf8);
MU_OCTETS(mu_mutate_label_invisible);
MU_OCTETS(mu_mutate_label_cdata);
MU_OCTETS(mu_mutate_label_character_reference);
MU_OCTETS(mu_mutate_label_homoglyph);
MU_OCTETS(mu_mutate_label_blanks);
MU_OCTETS(mu_mutate_label_text_set);
MU_OCTETS(mu_mutate_label_attribute_set);
MU_OCTETS(mu_mutate_label_xsi_type);
MU_OCTETS(mu_mutate_label_schema_location);
MU_OCTETS(mu_mutate_label_attributes_reverse);

/* mutate_element.c */
MU_OCTETS(mu_mutate_label_element_drop);
MU_OCTETS(mu_mutate_label_element_repeat);
MU_OCTETS(mu_mutate_label_element_swap);
MU_OCTETS(mu_mutate_label_element_rename);
MU_OCTETS(mu_mutate_label_attribute_drop);
MU_OCTETS(mu_mutate_label_attribute_rename);

/* mutate_tree.c */
MU_OCTETS(mu_mutate_label_element_add);
MU_OCTETS(mu_mutate_label_hide);
MU_OCTETS(mu_mutate_label_depth);
MU_OCTETS(mu_mutate_label_octets);
MU_OCTETS(mu_mutate_label_categories);
MU_OCTETS(mu_mutate_label_prolog);
MU_OCTETS(mu_mutate_label_namespace_set);
MU_OCTETS(mu_mutate_label_prefix_set);
MU_OCTETS(mu_mutate_label_encoding_set);
MU_OCTETS(mu_mutate_label_truncate);
MU_OCTETS(mu_mutate_label_raw);

/* mutate_sio.c */
MU_OCTETS(mu_mutate_sio_parameter_drop);
MU_OCTETS(mu_mutate_sio_parameter_set);
MU_OCTETS(mu_mutate_sio_parameter_add);
MU_OCTETS(mu_mutate_sio_segment_gap);
MU_OCTETS(mu_mutate_sio_segment_duplicate);
MU_OCTETS(mu_mutate_sio_segment_leading_zero);
MU_OCTETS(mu_mutate_sio_history_add);
MU_OCTETS(mu_mutate_sio_trailing_semicolon);

/* mutate_parameter.c */
MU_OCTETS(mu_mutate_sio_parameter_extended);
MU_OCTETS(mu_mutate_sio_parameter_octets);
MU_OCTETS(mu_mutate_sio_parameter_case);
MU_OCTETS(mu_mutate_sio_parameter_beside_starred);
MU_OCTETS(mu_mutate_sio_parameter_beside_plain);
MU_OCTETS(mu_mutate_sio_segment_reorder);
MU_OCTETS(mu_mutate_sio_segment_drop_first);
MU_OCTETS(mu_mutate_sio_segment_extended);

/* mutate_base64.c */
MU_OCTETS(mu_mutate_base64_space);
MU_OCTETS(mu_mutate_base64_padding);
MU_OCTETS(mu_mutate_base64_url);
MU_OCTETS(mu_mutate_base64_foreign);
MU_OCTETS(mu_mutate_base64_bits);
MU_OCTETS(mu_mutate_base64_truncate);

/* mutate_message.c */
MU_OCTETS(mu_mutate_message_bare_lf);
MU_OCTETS(mu_mutate_message_nul);
MU_OCTETS(mu_mutate_message_bare_cr);
MU_OCTETS(mu_mutate_message_long_line);
MU_OCTETS(mu_mutate_message_dot_lines);
MU_OCTETS(mu_mutate_message_octets);
MU_OCTETS(mu_mutate_message_file);
MU_OCTETS(mu_mutate_message_false_end);

#endif
