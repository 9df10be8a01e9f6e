/* function_support.h - evaluates an XPath expression with the functions of the rules. */
#ifndef MU_TESTS_FUNCTION_SUPPORT_H
#define MU_TESTS_FUNCTION_SUPPORT_H

#include <check.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>

#include "format/unicode.h"
#include "rules/functions.h"

#define TEST_TIME 1795428900 /* 2026-11-23T10:15:00Z */

static inline void quiet(void *unused, xmlError *error)
{
    (void) unused;
    (void) error;
}

/* The value of an expression as a string; NULL when it cannot be evaluated. */
static inline const char *value_of(struct mu_arena *arena, struct mu_judging *j,
                                   const char *expression)
{
    xmlXPathContext *context = xmlXPathNewContext(j->document->doc);
    context->error = quiet;
    context->extra = j;
    xmlXPathRegisterNs(context, BAD_CAST "r", BAD_CAST MU_RULES_NS);
    xmlXPathRegisterNs(context, BAD_CAST "m", BAD_CAST MU_MESSAGE_NS);
    xmlXPathRegisterNs(context, BAD_CAST "c",
                       BAD_CAST "urn:nato:stanag:4774:confidentialityclearance:1:0");
    xmlXPathRegisterNs(context, BAD_CAST "x",
                       BAD_CAST(j->document->policy != NULL ? MU_SPIF_NS : "urn:x"));
    mu_functions_attach(context);
    xmlXPathObject *object = xmlXPathEval(BAD_CAST expression, context);
    const char *value = NULL;
    if (object != NULL) {
        xmlChar *text = xmlXPathCastToString(object);
        value = mu_arena_strndup(arena, (const char *) text, strlen((const char *) text));
        xmlFree(text);
        xmlXPathFreeObject(object);
    }
    xmlXPathFreeContext(context);
    return value;
}

#endif
