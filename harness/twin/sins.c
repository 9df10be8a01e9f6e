#include "twin/sin.h"

#include <string.h>

#include "core/adapter.h"
#include "format/parameter.h"
#include "twin/spoil.h"

#define GUARD (MU_TWIN_RECEIVER | MU_TWIN_RELAY)
#define BOTH  (MU_TWIN_SENDER | MU_TWIN_RELAY)

/* Systems behind an adapter that have the defect, too. */
#define READER  (GUARD | MU_TWIN_VALIDATOR)
#define ALL     (GUARD | MU_TWIN_VALIDATOR | MU_TWIN_POLICY)
#define KNOWER  (GUARD | MU_TWIN_VALIDATOR | MU_TWIN_LABELLER)
#define DECIDER (MU_TWIN_RELAY | MU_TWIN_POLICY)
#define WRITER  (MU_TWIN_SENDER | MU_TWIN_LABELLER)

/* A place in the twin. */
#define PLACE(kind, roles, where, name, summary)                                                   \
    {                                                                                              \
        name, summary, kind, roles, .place = (where)                                               \
    }
/* What is written, by an operator of mutate.h. */
#define WRITES(kind, roles, op, on, value, name, summary)                                          \
    {                                                                                              \
        name, summary, kind, roles, .write = { op, on, value }                                     \
    }
/* Defects of a parameter or of base64 that are taken for right. */
#define OVERLOOKS(defect, name, summary)                                                           \
    {                                                                                              \
        name, summary, MU_SIN_PARSER, GUARD, .overlooks = (defect)                                 \
    }
#define DECODES(defect, name, summary)                                                             \
    {                                                                                              \
        name, summary, MU_SIN_PARSER, GUARD, .base64 = (defect)                                    \
    }
/* A check of a label's validity that is not made. */
#define SKIPS(kind, id, name, summary)                                                             \
    {                                                                                              \
        name, summary, kind, KNOWER, .rule = (id)                                                  \
    }
#define SPOILS(roles, function, name, summary)                                                     \
    {                                                                                              \
        name, summary, MU_SIN_RELAY, roles, .spoil = (function)                                    \
    }
/* TLS otherwise than the twin does it. */
#define SECURES(roles, name, summary, ...)                                                         \
    {                                                                                              \
        name, summary, MU_SIN_TLS, roles, .tls = { __VA_ARGS__ }                                   \
    }

#define SERVES(name, summary, ...)                                                                 \
    {                                                                                              \
        name, summary, MU_SIN_TLS, GUARD, .tls = {.server = true, __VA_ARGS__ }                    \
    }

/* clang-format off */
static const struct mu_sin sin_row[] = {
    /* --- what the guard should not read, or reads otherwise --- */
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_ACCEPT_UNLABELLED, "accept-unlabelled", "accepts messages that carry no label"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_ACCEPT_DUPLICATE, "accept-duplicate-label", "takes the first of several SIO-Labels instead of refusing"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_LAST_LABEL, "accept-last-label", "takes the last of several SIO-Labels instead of refusing"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_PART_LABEL, "accept-part-label", "takes the label of a body part for that of the message when it has none"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_SECOND_FROM, "accept-second-from", "accepts messages with two From fields"),
    PLACE(MU_SIN_PARSER, MU_TWIN_RELAY, MU_SIN_LONG_LINE, "accept-long-line", "passes on lines of more than 998 octets"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_BARE_LF, "accept-bare-lf", "takes a bare LF for the end of a line"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_NUL, "accept-nul", "accepts messages with NUL in them"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_NO_TYPE, "accept-untyped-label", "takes a label without a type for one in XML"),
    DECODES(MU_BASE64_CHARACTER, "accept-base64-noise", "skips characters that are not of the base64 alphabet"),
    DECODES(MU_BASE64_PADDING, "accept-base64-padding", "decodes base64 whose padding is wrong"),
    OVERLOOKS(MU_PARAMETER_GAP, "accept-segment-gap", "reads on behind a segment that is missing"),
    OVERLOOKS(MU_PARAMETER_DUPLICATE, "accept-segment-duplicate", "takes the first of two segments with one number"),
    OVERLOOKS(MU_PARAMETER_LEADING_ZERO, "accept-segment-zero", "takes segment 01 for segment 1"),
    OVERLOOKS(MU_PARAMETER_MIXED, "accept-mixed-forms", "takes a parameter that stands in segments and in one piece"),
    OVERLOOKS(MU_PARAMETER_CHARSET | MU_PARAMETER_UNKNOWN_CHARSET | MU_PARAMETER_BAD_UTF8, "accept-any-charset", "takes a value in a character set that it does not know"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_COMMENT, "accept-comment", "skips comments in SIO-Label"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_ANY_FIELD, "accept-any-parameters", "takes from SIO-Label what it finds and does not mind the rest"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_BROKEN_ESS, "accept-broken-ess", "passes ESS labels that break their definition"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_EIGHT_BIT_HEADER, "accept-8bit-header", "accepts octets above 127 in a header that nobody announced"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_FALSE_END, "accept-false-end", "takes whatever looks like it for the end of a mail, and goes on with what follows"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_UNREADABLE, "accept-unreadable-label", "passes fields and labels that it could not read"),
    PLACE(MU_SIN_PARSER, ALL, MU_SIN_DOCTYPE, "accept-doctype", "obeys the document type declaration of a label, entities and all"),
    PLACE(MU_SIN_PARSER, ALL, MU_SIN_NO_SCHEMA, "accept-any-structure", "does not hold labels against their schema"),
    PLACE(MU_SIN_PARSER, ALL, MU_SIN_ANY_NAMESPACE, "accept-any-namespace", "knows the elements of a label by their local names"),
    PLACE(MU_SIN_PARSER, READER, MU_SIN_ANY_ROOT_CASE, "accept-root-case", "does not mind capital letters in the name of the root"),
    PLACE(MU_SIN_PARSER, ALL, MU_SIN_FIRST_TEXT, "read-first-text", "reads a text up to the first comment in it"),
    PLACE(MU_SIN_PARSER, ALL, MU_SIN_NO_CDATA, "skip-cdata", "does not read CDATA sections"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_ENCODED_WORD, "skip-encoded-word", "takes a label whose marking is an encoded-word for one without marking"),
    PLACE(MU_SIN_PARSER, GUARD, MU_SIN_UNKNOWN_PARAMETER, "refuse-unknown-parameter", "refuses parameters of SIO-Label that it does not know"),
    PLACE(MU_SIN_PARSER, READER, MU_SIN_SHORT_LABEL, "refuse-long-label", "refuses labels of more than 4,096 octets"),
    PLACE(MU_SIN_PARSER, READER, MU_SIN_EXTENSION, "refuse-extension", "refuses labels with elements or attributes of others"),

    /* --- what it decides otherwise than the policy says --- */
    PLACE(MU_SIN_POLICY, KNOWER, MU_SIN_UNKNOWN_POLICY, "accept-unknown-policy", "passes labels of a policy that it does not know"),
    PLACE(MU_SIN_POLICY, KNOWER, MU_SIN_INVALID_LABEL, "accept-invalid-label", "passes labels that their policy does not allow"),
    SKIPS(MU_SIN_POLICY, "SEM-01", "accept-foreign-oid", "knows a policy by its OID whatever name stands beside it"),
    SKIPS(MU_SIN_POLICY, "SEM-04", "accept-unknown-value", "passes category values that the policy does not know"),
    SKIPS(MU_SIN_POLICY, "SEM-07", "accept-value-count", "does not count the values that a classification wants"),
    PLACE(MU_SIN_POLICY, KNOWER, MU_SIN_LETTER_CASE, "compare-letter-case", "knows policies and classifications only as the policy writes them"),
    PLACE(MU_SIN_POLICY, MU_TWIN_RELAY | MU_TWIN_LABELLER, MU_SIN_MARKING_TEXT, "compare-marking-text", "compares markings letter by letter"),
    PLACE(MU_SIN_POLICY, GUARD, MU_SIN_MARKING_CONFLICT, "ignore-marking", "does not hold the marking against the label"),
    PLACE(MU_SIN_POLICY, GUARD, MU_SIN_IGNORE_SUBJECT, "ignore-subject", "does not hold a marking in the subject against the label"),
    PLACE(MU_SIN_POLICY, GUARD, MU_SIN_IGNORE_FIRST_LINE, "ignore-first-line", "does not hold a marking in the first line of the text against the label"),
    PLACE(MU_SIN_POLICY, GUARD, MU_SIN_IGNORE_ANNEX, "ignore-annex", "does not look at the markings of what is attached"),
    PLACE(MU_SIN_POLICY, READER, MU_SIN_IGNORE_RULES, "ignore-rules", "accepts what breaks the rules of its profile"),
    PLACE(MU_SIN_POLICY, MU_TWIN_RELAY, MU_SIN_FIRST_RECIPIENT, "first-recipient", "asks for the clearance of the first recipient alone"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_IGNORE_CLEARANCE, "ignore-clearance", "releases to every recipient"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_IMPLY_LOWER, "imply-lower", "takes a clearance for whatever is below its highest classification"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_ANY_RESTRICTIVE, "ignore-restrictive", "does not ask for the restrictive categories of a label"),
    PLACE(MU_SIN_POLICY, MU_TWIN_RELAY, MU_SIN_RENAMED, "overlook-renamed", "does not ask for categories whose tag set is called otherwise than in the policy"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_ONE_RESTRICTIVE, "one-restrictive", "is content with one of several restrictive categories"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_ANY_PERMISSIVE, "ignore-permissive", "does not ask for the permissive categories of a label"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_POLICY_MISMATCH, "ignore-policy-mismatch", "releases what is labelled under another policy than the clearance"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_COUNT_INFORMATIVE, "count-informative", "asks a clearance for the informative categories of a label, too"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_COUNT_PRIVACY_MARK, "count-privacy-mark", "releases nothing that has a privacy mark"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_TRANSLATE_BY_NAME, "translate-by-name", "maps a classification to the one of the same name"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_TRANSLATE_LOWER, "translate-lower", "maps a classification to the level below the equivalent one"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_TRANSLATE_ORIGINATOR, "translate-originator", "writes a mapped label as if it were the originator's"),
    PLACE(MU_SIN_POLICY, MU_TWIN_RELAY, MU_SIN_TRANSLATE_NO_HISTORY, "translate-without-history", "does not keep the label that it mapped"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_DROP_UNMAPPABLE, "translate-drop", "leaves out restrictive categories that have no equivalent"),
    PLACE(MU_SIN_POLICY, DECIDER, MU_SIN_ANY_DIRECTION, "translate-any-direction", "uses equivalences that are meant for originators only"),
    PLACE(MU_SIN_POLICY, MU_TWIN_RELAY, MU_SIN_IGNORE_ALTERNATIVE, "ignore-alternative", "takes a message with an alternative label for unlabelled"),
    PLACE(MU_SIN_POLICY, MU_TWIN_RELAY, MU_SIN_IGNORE_PORTIONS, "ignore-portions", "does not look at the portion marks of a text"),

    /* --- what comes out otherwise than it went in --- */
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_DROP_LABEL, "drop-label", "sends messages on without their SIO-Label"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_LOWER_LABEL, "lower-label", "rewrites the classification of a label to UNCLASSIFIED"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_LOWER_MARKING, "lower-marking", "rewrites the marking to NATO UNCLASSIFIED and leaves the label alone"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_REFOLD_BASE64, "refold-base64", "folds header lines inside the label's base64"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_BOUNCE, "accept-then-bounce", "accepts every message and then sends a non-delivery report"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_SWALLOW, "swallow-unlabelled", "says yes to unlabelled messages and throws them away"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_LEAK, "leak-unlabelled", "refuses unlabelled messages and passes them on all the same"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_RECEIVED_BELOW, "received-below", "puts its trace field below the fields that came in"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_NO_LIMIT, "ignore-size-limit", "takes more than the size that it announces"),
    PLACE(MU_SIN_RELAY, GUARD, MU_SIN_CUT_AT_LIMIT, "cut-at-size-limit", "cuts messages at the size that it announces"),
    WRITES(MU_SIN_RELAY, MU_TWIN_RELAY, "header.duplicate", "sio-label", "", "repeat-label", "writes the SIO-Label a second time"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_DROP_DSN, "drop-dsn", "does not pass on what was asked of reports"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_REPORT_FULL, "report-full", "returns the whole message with a report, whatever was asked"),
    SPOILS(GUARD, mu_spoil_fields_drop, "drop-fields", "passes on no header fields but those that every mail may have"),
    SPOILS(GUARD, mu_spoil_fields_cut, "cut-fields", "cuts the values of further header fields after a few characters"),
    SPOILS(GUARD | MU_TWIN_SENDER, mu_spoil_first_line, "drop-first-line", "leaves out the first line of the text"),
    SPOILS(GUARD | MU_TWIN_SENDER, mu_spoil_other_text, "mark-first-text-alone", "leaves the first line out of the last of several texts"),
    SPOILS(GUARD, mu_spoil_colours, "drop-colours", "leaves out the colours of a marking"),
    SPOILS(GUARD, mu_spoil_inject, "write-decoded", "writes values into the header as they decode, line ends and all"),
    SPOILS(GUARD, mu_spoil_subject, "unmark-subject", "takes the marking out of the subject"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_history_invent, "invent-history", "adds a change to the history that nobody made"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_message_id, "rewrite-message-id", "gives messages an identifier of its own"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_history_drop, "drop-history", "sends messages on without their SIO-Label-History"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_history_edit, "edit-history", "writes another author into SIO-Label-History"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_unknown_parameters, "drop-unknown-parameter", "keeps of SIO-Label only the parameters that it knows"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_header_order, "reorder-fields", "sends the header fields in the opposite order"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_long_lines, "cut-long-lines", "cuts lines after 900 octets"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_wrap_lines, "wrap-lines", "wraps lines after 76 octets"),
    SPOILS(GUARD, mu_spoil_stuff_dots, "keep-stuffed-dots", "does not take away the dot that SMTP has added"),
    SPOILS(GUARD, mu_spoil_strip_dots, "strip-dots", "takes away one dot too many"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_truncate, "truncate-text", "ends the text after 300 octets"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_eight_bit, "strip-eighth-bit", "clears the highest bit of every octet"),
    SPOILS(MU_TWIN_RELAY, mu_spoil_soft_breaks, "harden-soft-breaks", "takes the soft line breaks of quoted-printable for hard ones"),

    /* --- what is written as it should not be --- */
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "header.drop", "sio-label", NULL, "write-no-label", "sends without the label that it was asked for"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "header.duplicate", "sio-label", "secret", "write-two-labels", "adds its own default label to the one that it was asked for"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "header.rename", "sio-label", "X-SIO-Label", "write-x-label", "calls the field X-SIO-Label"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.trailing-semicolon", NULL, NULL, "write-trailing-semicolon", "ends the parameter list in a semicolon"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.parameter.drop", "type", NULL, "write-no-type", "writes a label without its type"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.parameter.drop", "marking", NULL, "write-no-marking", "writes colours without the marking that they colour"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.parameter.set", "fgcolor", "ivory", "write-other-colour", "writes a colour that RFC 7444 does not know"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.parameter.set", "type", "xml", "write-other-type", "writes the type without its colon"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "base64.space", NULL, NULL, "write-base64-space", "breaks base64 as MIME does"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "base64.padding", NULL, NULL, "write-base64-padding", "pads base64 wrongly"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "base64.url", NULL, NULL, "write-base64-url", "writes the URL alphabet of base64"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "label.raw", NULL, "labels/raw/doctype.xml", "write-doctype", "writes labels with a document type declaration"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "label.raw", NULL, "labels/raw/wrong-order.xml", "write-wrong-order", "writes the elements of a label in another order"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.segment.gap", NULL, NULL, "write-segment-gap", "leaves out a segment number"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.segment.duplicate", NULL, NULL, "write-segment-twice", "writes a segment twice"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "sio.segment.leading-zero", NULL, NULL, "write-segment-zero", "numbers segments 01, 02"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "header.encode-word", "sio-label", "marking", "write-encoded-word", "writes the marking as an encoded-word"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "header.append-8bit", "subject", NULL, "write-8bit-header", "writes octets above 127 into a header field"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "header.unfold", "sio-label", NULL, "write-long-field", "writes the whole label in one line"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "message.long-line", NULL, "1200", "write-long-line", "writes a text line of 1,200 octets"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "message.bare-lf", "body", NULL, "write-bare-lf", "ends a line in a bare LF"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "message.nul", "body", NULL, "write-nul", "writes NUL into the text"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "from.duplicate", NULL, NULL, "write-two-from", "writes two From fields"),
    WRITES(MU_SIN_TIME, MU_TWIN_SENDER, "date.drop", NULL, NULL, "write-no-date", "writes no Date field"),
    WRITES(MU_SIN_SENDER, WRITER, "label.root.set", NULL, "SecurityLabel", "write-other-root", "writes a root element of its own"),
    WRITES(MU_SIN_TIME, WRITER, "label.created.drop", NULL, NULL, "write-no-creation", "does not say when the label was made"),
    WRITES(MU_SIN_TIME, WRITER, "label.review.drop", NULL, NULL, "write-no-review", "does not say when the label is due for review"),
    WRITES(MU_SIN_SENDER, WRITER, "label.category.type.set", NULL, "MANDATORY", "write-other-category-type", "invents a type of category"),
    WRITES(MU_SIN_SENDER, WRITER, "label.attribute.set", "Classification@URI", "urn:oid:2.25.1", "write-classification-uri", "gives the classification a URI"),
    WRITES(MU_SIN_SENDER, WRITER, "label.policy-uri.set", NULL, "http://policy.invalid/", "write-policy-url", "names the policy by a web address"),
    WRITES(MU_SIN_SENDER, WRITER, "label.policy.set", NULL, "EXERCISE", "write-other-policy", "names a policy that nobody has"),
    WRITES(MU_SIN_SENDER, WRITER, "label.classification.set", NULL, "UNCLASSIFIED", "write-lower-label", "writes the lowest classification, whatever it was asked for"),
    WRITES(MU_SIN_SENDER, WRITER, "label.classification.set", NULL, "MOST SECRET", "write-other-classification", "writes a classification that the policy does not know"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "marking.set", NULL, "NATO UNCLASSIFIED", "write-lower-marking", "writes the lowest marking beside the right label"),
    WRITES(MU_SIN_SENDER, MU_TWIN_SENDER, "label.drop", NULL, NULL, "write-marking-only", "writes the marking without the label"),
    PLACE(MU_SIN_SENDER, MU_TWIN_SENDER, MU_SIN_NO_8BITMIME, "hide-8bit", "does not announce 8-bit text"),
    PLACE(MU_SIN_SENDER, WRITER | MU_TWIN_POLICY, MU_SIN_BAD_FIXTURE, MU_SIN_FIXTURE_NAME, "writes what breaks one rule: 'bad-fixture:SIO-09' sends the failing fixture of SIO-09"),

    /* --- connections that are secured less than they should be --- */
    SERVES("accept-any-client-certificate", "takes any client certificate, or none", .lax = MU_TLS_LAX_ALL, .not_demanded = true),
    SERVES("accept-no-client-certificate", "lets clients in that have no certificate", .not_demanded = true),
    SERVES("accept-client-dates", "does not ask whether a client certificate is valid today", .lax = MU_TLS_LAX_DATES),
    SERVES("accept-client-issuer", "takes client certificates of every issuer", .lax = MU_TLS_LAX_ISSUER),
    SERVES("accept-client-purpose", "takes client certificates that are meant for servers", .lax = MU_TLS_LAX_PURPOSE),
    SERVES("accept-client-strength", "takes client certificates with short keys and old digests", .lax = MU_TLS_LAX_STRENGTH),
    SERVES("accept-client-revoked", "does not ask whether a client certificate was revoked", .lax = MU_TLS_LAX_REVOCATION),
    SERVES("present-expired", "presents a certificate that has expired", .identity = "server-expired"),
    SERVES("present-rsa1024", "presents a certificate with a short key", .identity = "server-rsa1024"),
    SERVES("serve-tls12", "lets clients of TLS 1.2 in", .min_version = 0x0303),
    SERVES("serve-old-tls", "lets clients of TLS 1.0 and 1.1 in", .min_version = 0x0301, .ciphers = "DEFAULT:@SECLEVEL=0"),
    SERVES("serve-any-group", "takes a group that no profile has", .groups = "P-256:X25519:P-384:P-521"),
    SERVES("serve-any-protocol", "talks to clients of another application protocol", .alpn = ""),
    SERVES("present-ldap", "presents a certificate whose revocation list is not on the web", .identity = "server-ldap-list"),
    SERVES("early-data", "hands out session tickets that allow early data", .tickets = 2, .lax = MU_TLS_LAX_EARLY),
    SERVES("long-tickets", "hands out session tickets for three days", .tickets = 2, .session_life_s = 259200),
    PLACE(MU_SIN_TLS, GUARD, MU_SIN_TAKE_CLEAR, "take-mail-in-clear", "takes mail before TLS"),
    PLACE(MU_SIN_TLS, GUARD, MU_SIN_OBEY_INJECTED, "obey-injected", "carries out after the handshake what came in clear before it"),
    SECURES(BOTH, "ignore-server-dates", "does not ask whether a server certificate is valid today", .lax = MU_TLS_LAX_DATES),
    SECURES(BOTH, "ignore-server-issuer", "takes server certificates of every issuer", .lax = MU_TLS_LAX_ISSUER),
    SECURES(BOTH, "ignore-server-revoked", "does not ask whether a server certificate was revoked", .lax = MU_TLS_LAX_REVOCATION),
    SECURES(BOTH, "ignore-server-strength", "takes server certificates with short keys and old digests", .lax = MU_TLS_LAX_STRENGTH),
    SECURES(BOTH, "ignore-server-purpose", "takes server certificates that are meant for something else", .lax = MU_TLS_LAX_PURPOSE),
    SECURES(BOTH, "ignore-server-chain", "takes chains that their authorities do not allow", .lax = MU_TLS_LAX_CHAIN),
    SECURES(BOTH, "ignore-server-name", "does not ask whom a server certificate names", .lax = MU_TLS_LAX_NAME),
    SECURES(MU_TWIN_SENDER, "offer-old-tls", "offers TLS 1.2 beside TLS 1.3", .min_version = 0x0303),
    SECURES(MU_TWIN_SENDER, "offer-tls10", "offers TLS 1.0 and 1.1 beside the newer ones", .min_version = 0x0301, .ciphers = "DEFAULT:@SECLEVEL=0"),
    SECURES(MU_TWIN_SENDER, "offer-no-ems", "offers TLS 1.2 without the extended master secret", .min_version = 0x0303, .lax = MU_TLS_LAX_NO_EMS),
    SECURES(MU_TWIN_SENDER, "offer-no-p256", "does not offer the group that everybody must have", .groups = "X25519:P-384"),
    SECURES(MU_TWIN_SENDER, "offer-heartbeat", "offers the heartbeat extension", .lax = MU_TLS_LAX_HEARTBEAT),
    SECURES(MU_TWIN_SENDER, "no-server-name", "does not say which server it wants", .lax = MU_TLS_LAX_NO_SNI),
    SECURES(MU_TWIN_SENDER, "present-no-certificate", "has no client certificate", .identity = "none"),
    SECURES(MU_TWIN_SENDER, "present-foreign", "presents a certificate of an issuer that nobody trusts", .identity = "client-foreign"),
    SECURES(MU_TWIN_SENDER, "present-sha1", "presents a certificate that is signed over SHA-1", .identity = "client-sha1"),
    PLACE(MU_SIN_TLS, MU_TWIN_SENDER, MU_SIN_NEVER_TLS, "never-starttls", "sends in clear, whatever is offered"),
    PLACE(MU_SIN_TLS, BOTH, MU_SIN_FALL_BACK, "fall-back-to-clear", "sends in clear when STARTTLS is not offered"),
    PLACE(MU_SIN_TLS, MU_TWIN_SENDER, MU_SIN_HELO_AFTER_TLS, "helo-after-starttls", "says HELO after the handshake and does not ask again what is offered"),

    /* --- dates --- */
    PLACE(MU_SIN_TIME, ALL, MU_SIN_REVIEW_EXPIRES, "review-expires", "refuses labels whose review date has passed"),
    PLACE(MU_SIN_TIME, MU_TWIN_RELAY, MU_SIN_HISTORY_ZONE, "history-zone-name", "writes the time of a change as the example of RFC 7444 does"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_HISTORY_ANONYMOUS, "history-anonymous", "does not say who changed a label"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_HISTORY_WORD, "history-other-word", "calls a change 'modify'"),
    PLACE(MU_SIN_RELAY, MU_TWIN_RELAY, MU_SIN_HISTORY_ADDS, "history-adds", "calls a replaced label an added one"),
};
/* clang-format on */

const char *mu_sin_kind_name(enum mu_sin_kind kind)
{
    static const char *const name[MU_SIN_KINDS] = {
        [MU_SIN_PARSER] = "parser", [MU_SIN_POLICY] = "policy",   [MU_SIN_RELAY] = "relay",
        [MU_SIN_SENDER] = "sender", [MU_SIN_TLS] = "tls",         [MU_SIN_TIME] = "time",
        [MU_SIN_ANSWER] = "answer", [MU_SIN_ADAPTER] = "adapter",
    };
    return name[kind];
}

const struct mu_sin *mu_sin_at(size_t i)
{
    return i < MU_COUNT(sin_row) ? &sin_row[i] : mu_sin_of_labels_at(i - MU_COUNT(sin_row));
}

static const struct mu_sin *find(struct mu_bytes name)
{
    const struct mu_sin *row;
    for (size_t i = 0; (row = mu_sin_at(i)) != NULL; i++)
        if (mu_bytes_equal(mu_bytes_of(row->name), name))
            return row;
    return NULL;
}

const struct mu_sin *mu_sin_find(struct mu_arena *arena, const char *name)
{
    const char *colon = strchr(name, ':');
    size_t n = colon != NULL ? (size_t) (colon - name) : strlen(name);
    const struct mu_sin *row = find((struct mu_bytes){ name, n });
    if (row == NULL || (colon != NULL) != (row->place == MU_SIN_BAD_FIXTURE))
        return NULL;
    if (colon == NULL)
        return row;
    struct mu_sin *made = mu_new(arena, struct mu_sin);
    *made = *row;
    made->name = mu_arena_strndup(arena, name, strlen(name));
    made->argument = made->name + n + 1;
    return made;
}
