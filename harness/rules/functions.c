#include "rules/functions.h"

#include <libxml/xpathInternals.h>
#include <math.h>

#define TRUTH  MU_GIVES_TRUTH
#define NUMBER MU_GIVES_NUMBER
#define TEXT   MU_GIVES_TEXT

/* Sorted by name: the bridge looks a function up on every call. */
static const struct mu_function_row row[] = {
    /* clang-format off */
    { { "after", "a, b[, seconds]", "is date-time a later than b plus the seconds? xs:dateTime or RFC 5322; without a zone: UTC" }, 2, 3, TRUTH, false, mu_function_after },
    { { "collapse", "s", "every run of Unicode white space as one space, trimmed" }, 1, 1, TEXT, false, mu_function_collapse },
    { { "colour", "s", "a colour of RFC 7444 or SPIF as #rrggbb in lower case; '' when s is none" }, 1, 1, TEXT, false, mu_function_colour },
    { { "decide", "label, clearance", "does the clearance permit the label (ADatP-4774.1 3.11.4)? elements" }, 2, 2, TRUTH, true, mu_function_decide },
    { { "distinct", "nodes", "are no two values equal, white space collapsed and case folded?" }, 1, 1, TRUTH, true, mu_function_distinct },
    { { "eight-bit", "s", "is there any octet past 127?" }, 1, 1, TRUTH, false, mu_function_eight_bit },
    { { "equivalent", "label, label", "is the second label what a gateway makes of the first in the second one's policy?" }, 2, 2, TRUTH, true, mu_function_equivalent },
    { { "fits", "s, pattern", "does the whole of s follow a pattern of [classes], (choices|of) pieces and counts ? * + {2,5}? linear in s" }, 2, 2, TRUTH, false, mu_function_fits },
    { { "has-encoded-word", "s", "is there an encoded-word of RFC 2047?" }, 1, 1, TRUTH, false, mu_function_has_encoded_word },
    { { "has-invisible", "s", "is there a control, format or unassigned character besides tab, CR and LF?" }, 1, 1, TRUTH, false, mu_function_has_invisible },
    { { "has-zone", "t", "is t an xs:dateTime with a zone?" }, 1, 1, TRUTH, false, mu_function_has_zone },
    { { "hex", "s", "the octets of s in hexadecimal" }, 1, 1, TEXT, false, mu_function_hex },
    { { "in-list", "s, words", "is s one of the space separated words?" }, 2, 2, TRUTH, false, mu_function_in_list },
    { { "is-colour", "s", "is s a colour of RFC 7444 2: #RRGGBB or one of its names?" }, 1, 1, TRUTH, false, mu_function_is_colour },
    { { "is-datetime", "t", "is t an xs:dateTime?" }, 1, 1, TRUTH, false, mu_function_is_datetime },
    { { "is-dns-name", "s", "is s a host name of letters, digits and hyphens (RFC 1123 2.1)?" }, 1, 1, TRUTH, false, mu_function_is_dns_name },
    { { "is-ip", "s", "is s an IPv4 or IPv6 address?" }, 1, 1, TRUTH, false, mu_function_is_ip },
    { { "is-mailbox", "s", "is s a Mailbox (RFC 5321 4.1.2)?" }, 1, 1, TRUTH, false, mu_function_is_mailbox },
    { { "is-nfc", "s", "is s in Unicode normalization form C?" }, 1, 1, TRUTH, false, mu_function_is_nfc },
    { { "is-oid-urn", "s", "is s an OID as URN (RFC 3061)?" }, 1, 1, TRUTH, false, mu_function_is_oid_urn },
    { { "is-rfc5322-date", "t", "is t a date-time of RFC 5322 3.3, without obsolete forms?" }, 1, 1, TRUTH, false, mu_function_is_rfc5322_date },
    { { "is-trimmed", "s", "does s neither begin nor end with white space?" }, 1, 1, TRUTH, false, mu_function_is_trimmed },
    { { "is-uri", "s", "is s an absolute URI (RFC 3986 3)?" }, 1, 1, TRUTH, false, mu_function_is_uri },
    { { "line", "part, n", "line n of a decoded m:part, safe text; -1 is the last; '' when there is none" }, 2, 2, TEXT, true, mu_function_line },
    { { "lookalike", "s", "could s be taken for another text: mixed scripts in a word, letters that look ASCII, invisible characters?" }, 1, 1, TRUTH, false, mu_function_lookalike },
    { { "marking", "label, language", "the marking of a label element; '' when it has none" }, 2, 2, TEXT, true, mu_function_marking },
    { { "marking-same", "a, b", "do two markings say the same, as sets and in any language?" }, 2, 2, TRUTH, false, mu_function_marking_same },
    { { "matches", "s, glob", "does s match, where * is any run of octets and ? one?" }, 2, 2, TRUTH, false, mu_function_matches },
    { { "nfc", "s", "s in Unicode normalization form C" }, 1, 1, TEXT, false, mu_function_nfc },
    { { "now", "", "the run's test time as xs:dateTime" }, 0, 0, TEXT, false, mu_function_now },
    { { "octets", "s", "how many octets s has in UTF-8" }, 1, 1, NUMBER, false, mu_function_octets },
    { { "offset", "node", "the octet of the message where the node stands; -1 when it has none" }, 1, 1, NUMBER, true, mu_function_offset },
    { { "order", "a, b", "how label a stands to label b: equal, above, below or incomparable" }, 2, 2, TEXT, true, mu_function_order },
    { { "policy-defect", "node, what", "what of the policy is 'missing' that a node refers to, or 'shared' by a category with an earlier one; '' when nothing" }, 2, 2, TEXT, true, mu_function_policy_defect },
    { { "repeated", "attribute[, how]", "has an earlier sibling element of the same name the same value there, white space collapsed? how: insensitive (case folded), colour (names are their numbers)" }, 1, 2, TRUTH, true, mu_function_repeated },
    { { "text-contains", "part, s", "do the decoded octets of an m:part contain s?" }, 2, 2, TRUTH, true, mu_function_text_contains },
    { { "upper", "s", "s in upper case, by Unicode" }, 1, 1, TEXT, false, mu_function_upper },
    { { "valid", "label", "is the label element valid under its policy at the test time?" }, 1, 1, TRUTH, true, mu_function_valid },
    /* clang-format on */
};

const struct mu_function *mu_function_at(size_t i)
{
    return i < MU_COUNT(row) ? &row[i].about : NULL;
}

const struct mu_function_row *mu_function_find(struct mu_bytes name)
{
    size_t low = 0, high = MU_COUNT(row);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(name.p, row[middle].about.name, name.n);
        if (order == 0 && row[middle].about.name[name.n] == '\0')
            return &row[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The text of an attribute or element that holds nothing but one text, where it stands; NULL: of another. */
static const char *text_in_place(const xmlXPathObject *object)
{
    if (object->type == XPATH_STRING)
        return (const char *) object->stringval;
    if (object->type != XPATH_NODESET)
        return NULL;
    if (object->nodesetval == NULL || object->nodesetval->nodeNr == 0)
        return "";
    const xmlNode *node = object->nodesetval->nodeTab[0];
    if (object->nodesetval->nodeNr > 1
        || (node->type != XML_ATTRIBUTE_NODE && node->type != XML_ELEMENT_NODE))
        return NULL;
    const xmlNode *text = node->children;
    if (text == NULL)
        return "";
    return text->type == XML_TEXT_NODE && text->next == NULL ? (const char *) text->content : NULL;
}

/* Arguments live until the call is over, and with them what they point to. */
static struct mu_bytes text_of(struct mu_arena *arena, xmlXPathObject *object)
{
    const char *text = text_in_place(object);
    if (text != NULL)
        return mu_bytes_of(text);
    xmlChar *made = xmlXPathCastToString(object);
    struct mu_bytes kept = mu_bytes_of((const char *) made);
    kept.p = mu_arena_strndup(arena, kept.p, kept.n);
    xmlFree(made);
    return kept;
}

/* The values of one call, popped from libxml2's stack: the last argument first. */
static bool pop_arguments(xmlXPathParserContext *parser, const struct mu_function_row *function,
                          struct mu_call *call, xmlXPathObject **object)
{
    for (int i = call->args - 1; i >= 0; i--) {
        object[i] = valuePop(parser);
        if (object[i] == NULL) {
            xmlXPathErr(parser, XPATH_STACK_ERROR);
            return false;
        }
        struct mu_argument *arg = &call->arg[i];
        arg->number = NAN;
        if (object[i]->type == XPATH_NODESET)
            arg->nodes = object[i]->nodesetval;
        if (object[i]->type == XPATH_NUMBER)
            arg->number = object[i]->floatval;
        if (i == 0 && function->nodes) {
            if (object[i]->type != XPATH_NODESET) {
                xmlXPathErr(parser, XPATH_INVALID_TYPE);
                return false;
            }
            continue;
        }
        arg->text = text_of(call->judging->arena, object[i]);
    }
    return true;
}

static xmlXPathObject *result_of(const struct mu_function_row *function, const struct mu_call *call)
{
    switch (function->gives) {
    case MU_GIVES_TRUTH:
        return xmlXPathNewBoolean(call->truth);
    case MU_GIVES_NUMBER:
        return xmlXPathNewFloat(call->number);
    case MU_GIVES_TEXT:
        break;
    }
    const char *text = mu_bytes_dup(call->judging->arena, call->text);
    return xmlXPathNewString(BAD_CAST text);
}

/* Every function of the table is this one to libxml2, which tells its name in the context. */
static void bridge(xmlXPathParserContext *parser, int args)
{
    struct mu_bytes name = mu_bytes_of((const char *) parser->context->function);
    const struct mu_function_row *function = mu_function_find(name);
    struct mu_call call = { .judging = parser->context->extra, .args = args, .text = { "", 0 } };
    xmlXPathObject *object[MU_ARGUMENTS_MAX] = { NULL };
    if (function == NULL || call.judging == NULL) {
        xmlXPathErr(parser, XPATH_UNKNOWN_FUNC_ERROR);
        return;
    }
    if (args < function->least || args > function->most) {
        xmlXPathErr(parser, XPATH_INVALID_ARITY);
        return;
    }
    if (pop_arguments(parser, function, &call, object)) {
        function->run(&call);
        if (call.refused)
            xmlXPathErr(parser, XPATH_EXPR_ERROR);
        else
            valuePush(parser, result_of(function, &call));
    }
    for (int i = 0; i < args; i++)
        xmlXPathFreeObject(object[i]);
}

void mu_functions_attach(xmlXPathContext *context)
{
    for (size_t i = 0; i < MU_COUNT(row); i++)
        xmlXPathRegisterFuncNS(context, BAD_CAST row[i].about.name, BAD_CAST MU_RULES_NS, bridge);
}
