/*
 * functions.h - the functions of urn:muster:rules:1: a table of pure C functions over strings, nodes
 * and the document, each called through one bridge to libxml2.
 *
 * A function reads call->arg[], writes one result, keeps nothing and never fails: what it cannot
 * read is false, "" or -1. Only what the rule itself says may be refused, which is an error of the
 * rule file. To add one, write it and add a row to functions.c.
 */
#ifndef MU_RULES_FUNCTIONS_H
#define MU_RULES_FUNCTIONS_H

#include "rules/engine.h"

#define MU_ARGUMENTS_MAX 3

struct mu_argument {
    struct mu_bytes text;    /* string value */
    double number;           /* only of arguments that are numbers or look like one; else NaN */
    const xmlNodeSet *nodes; /* NULL when the argument is no node set, or an empty one */
};

struct mu_call {
    struct mu_judging *judging;
    struct mu_argument arg[MU_ARGUMENTS_MAX];
    int args;
    bool truth; /* the result, by the row's `gives` */
    double number;
    struct mu_bytes text;
    bool refused; /* an argument that the rule's author wrote cannot be understood */
};

enum mu_gives { MU_GIVES_TRUTH, MU_GIVES_NUMBER, MU_GIVES_TEXT };

struct mu_function_row {
    struct mu_function about;
    int least, most; /* arguments */
    enum mu_gives gives;
    bool nodes; /* the first argument must be a node set; its string value is not computed */
    void (*run)(struct mu_call *call);
};

const struct mu_function_row *mu_function_find(struct mu_bytes name); /* NULL: none */

/* Make the table known to a context; the judging is found in context->extra. */
void mu_functions_attach(xmlXPathContext *context);

/* Bodies, by subject. */
void mu_function_now(struct mu_call *call);
void mu_function_after(struct mu_call *call);
void mu_function_has_zone(struct mu_call *call);
void mu_function_is_datetime(struct mu_call *call);
void mu_function_is_rfc5322_date(struct mu_call *call);

void mu_function_is_oid_urn(struct mu_call *call);
void mu_function_is_uri(struct mu_call *call);
void mu_function_is_mailbox(struct mu_call *call);
void mu_function_is_dns_name(struct mu_call *call);
void mu_function_is_ip(struct mu_call *call);
void mu_function_is_colour(struct mu_call *call);

void mu_function_is_trimmed(struct mu_call *call);
void mu_function_nfc(struct mu_call *call);
void mu_function_is_nfc(struct mu_call *call);
void mu_function_has_invisible(struct mu_call *call);
void mu_function_lookalike(struct mu_call *call);
void mu_function_upper(struct mu_call *call);
void mu_function_collapse(struct mu_call *call);
void mu_function_distinct(struct mu_call *call);

void mu_function_valid(struct mu_call *call);
void mu_function_order(struct mu_call *call);
void mu_function_decide(struct mu_call *call);
void mu_function_marking(struct mu_call *call);
void mu_function_marking_same(struct mu_call *call);
void mu_function_equivalent(struct mu_call *call);
void mu_function_colour(struct mu_call *call);
void mu_function_policy_defect(struct mu_call *call);
void mu_function_repeated(struct mu_call *call);

void mu_function_fits(struct mu_call *call);
void mu_function_matches(struct mu_call *call);
void mu_function_in_list(struct mu_call *call);
void mu_function_eight_bit(struct mu_call *call);
void mu_function_has_encoded_word(struct mu_call *call);
void mu_function_octets(struct mu_call *call);
void mu_function_hex(struct mu_call *call);
void mu_function_offset(struct mu_call *call);
void mu_function_text_contains(struct mu_call *call);
void mu_function_line(struct mu_call *call);

#endif
