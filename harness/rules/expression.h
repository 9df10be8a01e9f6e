/*
 * expression.h - XPath 1.0 as text: what libxml2 would only notice when a test runs, or never.
 *
 * A token scanner (XPath 1.0 part 3.7) and the checks of the house on top of it: prefixes and
 * variables are declared, functions exist and get the right number of arguments, and those that
 * XSLT adds are refused by name.
 */
#ifndef MU_RULES_EXPRESSION_H
#define MU_RULES_EXPRESSION_H

#include "base/bytes.h"
#include "rules/engine.h"

enum mu_token_kind {
    MU_TOKEN_END,
    MU_TOKEN_BAD,      /* an unclosed string or a character that XPath does not know */
    MU_TOKEN_NAME,     /* NCName, QName, prefix:*, * as a name test */
    MU_TOKEN_FUNCTION, /* a name before '(' that is no node type */
    MU_TOKEN_NODETYPE, /* comment, text, processing-instruction, node before '(' */
    MU_TOKEN_AXIS,     /* a name before '::' */
    MU_TOKEN_OPERATOR, /* and or mod div * / // | + - = != < <= > >= */
    MU_TOKEN_VARIABLE, /* $name; the text is without the $ */
    MU_TOKEN_STRING,   /* the text is without the quotes */
    MU_TOKEN_NUMBER,
    MU_TOKEN_MARK, /* ( ) [ ] . .. @ , :: */
};

struct mu_token {
    enum mu_token_kind kind;
    struct mu_bytes text;
    size_t from, to; /* octets of the expression, quotes and $ included */
};

struct mu_scanner {
    struct mu_bytes text;
    size_t at;
    enum mu_token_kind before; /* decides whether a name is an operator (XPath 1.0 3.7) */
    struct mu_bytes before_text;
};

struct mu_token mu_scan(struct mu_scanner *scanner);
bool mu_token_is(const struct mu_token *token, const char *text);

/* Check, compile and try once. */
bool mu_expression_compile(const struct mu_spot *spot, const char *text, struct mu_visible visible,
                           struct mu_expression *out, struct mu_err *err) MU_MUST_USE;

/* Is one of the operands of the outermost `or` of the form not(X)? Then the test is true where X is
 * absent, which a rule may not be. */
bool mu_expression_is_vacuous(const char *text);

/* The URI of a prefix in `file`; NULL when it is not declared. */
const char *mu_namespace_find(const struct mu_rule_file *file, struct mu_bytes prefix);

/* Are these names ours (message, header, parameter), which are addressed absolutely? */
bool mu_namespace_is_ours(const char *uri);

#endif
