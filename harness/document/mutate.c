#include "document/mutate.h"

#include "document/mutate_ops.h"

#define BEFORE(function) MU_BEFORE_ENCODING, function, NULL
#define AFTER(function)  MU_AFTER_ENCODING, NULL, function

/* clang-format off */
static const struct mu_operator operator[] = {
    { "header.drop", "header field", NULL,
      "every field of that name is left out", AFTER(mu_mutate_header_drop) },
    { "header.duplicate", "header field",
      "label fixture or field value; 'first:' puts it above; empty repeats the field",
      "the field stands twice", AFTER(mu_mutate_header_duplicate) },
    { "header.rename", "header field", "new name",
      "the first field of that name has another name", AFTER(mu_mutate_header_rename) },
    { "header.set", "header field", "new value, taken as it is",
      "the first field of that name has another value", AFTER(mu_mutate_header_set) },
    { "header.add", "header field", "value, folded behind semicolons",
      "a field more at the end of the header", AFTER(mu_mutate_header_add) },
    { "header.refold", "header field", "parameter (label)",
      "a fold stands inside a quoted string of the field", AFTER(mu_mutate_header_refold) },
    { "header.encode-word", "header field", "parameter (marking)",
      "the value is an encoded-word of RFC 2047", AFTER(mu_mutate_header_encode_word) },
    { "header.append-8bit", "header field", "octets (E9)",
      "octets above 127 stand at the end of the value", AFTER(mu_mutate_header_append_8bit) },
    { "header.unfold", "header field", NULL, "the whole field stands in one line",
      AFTER(mu_mutate_header_unfold) },
    { "header.long-line", "header field", "octets (1200)",
      "the field has a line of so many octets", AFTER(mu_mutate_header_long_line) },
    { "from.duplicate", NULL, "value; empty repeats the field",
      "there are two From fields", AFTER(mu_mutate_from_duplicate) },
    { "date.drop", NULL, NULL,
      "there is no Date field", AFTER(mu_mutate_date_drop) },
    { "part.sio-label", "part (1.1)", "label fixture",
      "a body part carries a SIO-Label of its own", AFTER(mu_mutate_part_sio_label) },

    { "label.classification.set", NULL, "classification",
      "the label names another classification", BEFORE(mu_mutate_label_classification_set) },
    { "label.classification.lower", NULL, NULL,
      "the label names the next lower classification of its policy",
      BEFORE(mu_mutate_label_classification_lower) },
    { "label.classification.higher", NULL, NULL,
      "the label names the next higher classification of its policy",
      BEFORE(mu_mutate_label_classification_higher) },
    { "label.value.add", "tag name", "value",
      "a category has a value more", BEFORE(mu_mutate_label_value_add) },
    { "label.value.drop", "tag name", "value; empty: all of them",
      "a category lacks a value", BEFORE(mu_mutate_label_value_drop) },
    { "label.policy.set", NULL, "policy identifier",
      "the label names another policy", BEFORE(mu_mutate_label_policy_set) },
    { "label.policy-uri.set", NULL, "URI",
      "the policy identifier has another URI", BEFORE(mu_mutate_label_policy_uri_set) },
    { "label.drop", NULL, NULL,
      "there is no label; the marking stays", BEFORE(mu_mutate_label_drop) },
    { "label.root.set", NULL, "element name",
      "the label's root element has another name", BEFORE(mu_mutate_label_root_set) },
    { "label.review.drop", NULL, NULL,
      "the label has no ReviewDateTime", BEFORE(mu_mutate_label_review_drop) },
    { "label.created.drop", NULL, NULL,
      "the label has no CreationDateTime", BEFORE(mu_mutate_label_created_drop) },
    { "label.category.type.set", "tag name; empty: the first category", "type",
      "a category has another type", BEFORE(mu_mutate_label_category_type_set) },
    { "label.classification-uri.set", NULL, "URI",
      "the classification carries a URI", AFTER(mu_mutate_label_classification_uri_set) },
    { "label.raw", NULL, "file below the fixture folder",
      "the label is the bytes of a file", AFTER(mu_mutate_label_raw) },
    { "marking.set", NULL, "marking",
      "the marking is another one", BEFORE(mu_mutate_marking_set) },
    { "marking.lower", NULL, NULL,
      "the marking is that of the next lower classification", BEFORE(mu_mutate_marking_lower) },
    { "marking.reorder", NULL, NULL,
      "the lists in the marking stand in the opposite order", BEFORE(mu_mutate_marking_reorder) },
    { "marking.drop", NULL, NULL,
      "there is no marking and no colour", BEFORE(mu_mutate_marking_drop) },

    { "sio.parameter.drop", "parameter", NULL,
      "the SIO-Label lacks the parameter", AFTER(mu_mutate_sio_parameter_drop) },
    { "sio.parameter.set", "parameter", "value",
      "the parameter has another value", AFTER(mu_mutate_sio_parameter_set) },
    { "sio.parameter.add", "parameter", "value",
      "the SIO-Label has a parameter more", AFTER(mu_mutate_sio_parameter_add) },
    { "sio.segment.gap", "parameter (label)", NULL,
      "the number of the last segment is one too high", AFTER(mu_mutate_sio_segment_gap) },
    { "sio.segment.duplicate", "parameter (label)", NULL,
      "the last segment stands twice", AFTER(mu_mutate_sio_segment_duplicate) },
    { "sio.segment.leading-zero", "parameter (label)", NULL,
      "the number of the last segment begins with 0", AFTER(mu_mutate_sio_segment_leading_zero) },
    { "sio.history.add", "change (replace)", "label fixture",
      "a SIO-Label-History says that the label was the fixture's before",
      AFTER(mu_mutate_sio_history_add) },
    { "sio.trailing-semicolon", NULL, NULL,
      "the parameter list ends in a semicolon", AFTER(mu_mutate_sio_trailing_semicolon) },
    { "base64.space", "parameter (label)", NULL,
      "a space stands inside the base64", AFTER(mu_mutate_base64_space) },
    { "base64.padding", "parameter (label)", NULL,
      "the padding of the base64 is wrong", AFTER(mu_mutate_base64_padding) },
    { "base64.url", "parameter (label)", NULL,
      "the base64 uses - and _ for + and /", AFTER(mu_mutate_base64_url) },

    { "message.bare-lf", "header or body (body)", NULL,
      "the first line there ends in a bare LF", AFTER(mu_mutate_message_bare_lf) },
    { "message.nul", "header or body (body)", NULL,
      "a NUL stands before the first line end there", AFTER(mu_mutate_message_nul) },
    { "message.long-line", NULL, "octets (1200)",
      "the text has one line more, of so many octets", AFTER(mu_mutate_message_long_line) },
    { "message.dot-lines", NULL, NULL,
      "the text has three lines more, which begin with dots", AFTER(mu_mutate_message_dot_lines) },
    { "message.octets", NULL, "octets",
      "the text is longer, so that the message has so many octets",
      AFTER(mu_mutate_message_octets) },
};
/* clang-format on */

const struct mu_operator *mu_operator_find(const char *name)
{
    for (size_t i = 0; i < MU_COUNT(operator); i++)
        if (strcmp(operator[i].name, name) == 0)
            return &operator[i];
    return NULL;
}

const struct mu_operator *mu_operator_at(size_t i)
{
    return i < MU_COUNT(operator) ? &operator[i] : NULL;
}
