/* The operations of SAP/1 with what they take and what they give. */
#include "core/sap.h"

#include "core/words.h"

/* clang-format off */
#define END { .name = NULL }

static const struct mu_sap_field category_members[] = {
    { "tag", "text", "name of the tag", false, NULL },
    { "type", "text", "RESTRICTIVE, PERMISSIVE or INFORMATIVE", false, NULL },
    { "uri", "text", "of the tag set", false, NULL },
    { "values", "list of text", "in order", true, NULL },
    END,
};
static const struct mu_sap_field policy_members[] = {
    { "name", "text", "the policy identifier", false, NULL },
    { "uri", "text", "the same as a URI", false, NULL },
    END,
};
static const struct mu_sap_field label_members[] = {
    { "policy", "object", "the policy of the label", false, policy_members },
    { "classification", "text", "as the label says it", false, NULL },
    { "privacy_mark", "text", "", false, NULL },
    { "categories", "list of objects", "in order", false, category_members },
    { "created", "time", "CreationDateTime as written", false, NULL },
    { "review", "time", "ReviewDateTime", false, NULL },
    { "originator", "text", "OriginatorID", false, NULL },
    { "originator_type", "text", "its IDType", false, NULL },
    { "succession", "time", "SuccessionDateTime", false, NULL },
    { "successor", "label", "the label from then on", false, NULL },
    { "root", "text", "name of the element; originatorConfidentialityLabel where it is not said", false, NULL },
    END,
};

static const struct mu_sap_field request_members[] = {
    { "id", "number", "comes back in the reply", true, NULL },
    { "op", "text", "name of the operation", true, NULL },
    { "case", "text", "blind name of the case; operations of one case bear the same", false, NULL },
    { "deadline_ms", "number", "milliseconds from now", false, NULL },
    END,
};
static const struct mu_sap_field error_members[] = {
    { "code", "text", "a word of the table of errors", true, NULL },
    { "message", "text", "one sentence for people", false, NULL },
    { "cap", "text", "unsupported: the capability that is missing", false, NULL },
    { "hint", "text", "what would help", false, NULL },
    { "detail", "text", "what only a developer wants to know", false, NULL },
    END,
};
static const struct mu_sap_field reply_members[] = {
    { "id", "number", "of the request", true, NULL },
    { "ok", "flag", "was it done? A refusal by the system under test was done", true, NULL },
    { "result", "any object", "ok: the members that the operation has", false, NULL },
    { "error", "object", "not ok", false, error_members },
    { "ms", "number", "milliseconds that the system under test took", false, NULL },
    END,
};
static const struct mu_sap_field event_members[] = {
    { "ev", "text", "log, evidence, state or warn", true, NULL },
    { "case", "text", "the case that it belongs to", false, NULL },
    { "id", "number", "the request that it belongs to", false, NULL },
    { "name", "text", "of the piece of evidence, of the state", false, NULL },
    { "text", "text", "what is to be said", false, NULL },
    { "data", "bytes", "evidence", false, NULL },
    END,
};

/* --- the handshake ------------------------------------------------------------------------------- */

static const struct mu_sap_field harness_members[] = {
    { "name", "text", "", true, NULL },
    { "version", "text", "", true, NULL },
    { "suite", "text", "name and revision of what will be run", false, NULL },
    { "suite_digest", "digest", "of it", false, NULL },
    END,
};
static const struct mu_sap_field limit_members[] = {
    { "max_line", "number", "bytes of one line with its LF", false, NULL },
    { "op_ms", "number", "longest time for one operation", false, NULL },
    END,
};
static const struct mu_sap_field hello_param[] = {
    { "sap", "list of numbers", "versions that the harness speaks", true, NULL },
    { "harness", "object", "who asks", true, harness_members },
    { "run", "text", "id of the run", true, NULL },
    { "nonce", "text", "new in each run", true, NULL },
    { "limits", "object", "of the harness", true, limit_members },
    END,
};
static const struct mu_sap_field adapter_members[] = {
    { "name", "text", "", true, NULL },
    { "version", "text", "", true, NULL },
    { "lang", "text", "the language it is written in", false, NULL },
    END,
};
static const struct mu_sap_field sut_members[] = {
    { "name", "text", "", true, NULL },
    { "version", "text", "", true, NULL },
    { "build", "text", "digest or number of the build", false, NULL },
    { "owner", "text", "", false, NULL },
    { "label_ceiling", "text", "highest classification that it may be sent", false, NULL },
    END,
};
static const struct mu_sap_field suite_members[] = {
    { "min", "text", "the oldest revision of a suite that it was made for", false, NULL },
    { "max", "text", "the newest", false, NULL },
    END,
};
static const struct mu_sap_field hello_result[] = {
    { "sap", "number", "the version that is spoken from now on", true, NULL },
    { "adapter", "object", "who answers", true, adapter_members },
    { "sut", "object", "for whom", true, sut_members },
    { "roles", "list of text", "what it can be", true, NULL },
    { "max_inflight", "number", "requests that it takes before it answers one; 1 where it is not said", false, NULL },
    { "isolation", "text", "case: begin and end around each case; op: neither. case where it is not said", false, NULL },
    { "caps", "any object", "capabilities: each with an object, empty or with details or \"status\":\"unsupported\"", true, NULL },
    { "limits", "object", "of the adapter", false, limit_members },
    { "suite", "object", "what it was made for; another suite is asked all the same, with a warning", false, suite_members },
    END,
};
static const struct mu_sap_field probe_param[] = {
    { "kind", "text", "echo or clock", true, NULL },
    { "data", "bytes", "echo: to come back as it is", false, NULL },
    END,
};
static const struct mu_sap_field probe_result[] = {
    { "data", "bytes", "echo", false, NULL },
    { "unix_ms", "number", "clock: milliseconds since 1970-01-01T00:00:00Z", false, NULL },
    END,
};
static const struct mu_sap_field configure_param[] = {
    { "policies", "list of octets", "security policies (syntax xmlspif)", true, NULL },
    { "time", "time", "of the test, instead of the clock", false, NULL },
    END,
};
static const struct mu_sap_field configure_result[] = {
    { "installed", "list of text", "digests (sha256:...) of the files that are in use now", true, NULL },
    END,
};

/* --- cases --------------------------------------------------------------------------------------- */

static const struct mu_sap_field none[] = { END };
static const struct mu_sap_field end_result[] = {
    { "logs", "list of text", "where its log of the case is", false, NULL },
    { "counters", "any object", "whatever it counts", false, NULL },
    END,
};

#define SEEN \
    { "outcome", "outcome", "what became of it", true, NULL }, \
    { "stage", "stage", "how far it came", false, NULL }, \
    { "class", "class", "why it was refused", false, NULL }, \
    { "native", "text", "what the system under test said itself", false, NULL }
#define WARNINGS { "warnings", "list of text", "what it found odd and let pass", false, NULL }

static const struct mu_sap_field label_parse_param[] = {
    { "label", "octets", "the label", true, NULL },
    { "time", "time", "instead of the time of configure", false, NULL },
    END,
};
static const struct mu_sap_field label_parse_result[] = {
    SEEN, { "label", "label", "accepted: what it says", false, NULL }, WARNINGS, END,
};
static const struct mu_sap_field label_make_param[] = {
    { "label", "label", "what it is to say", true, NULL },
    { "syntax", "text", "adatp-4774", true, NULL },
    END,
};
static const struct mu_sap_field label_make_result[] = {
    SEEN, { "data", "bytes", "accepted: the label", false, NULL }, WARNINGS, END,
};
static const struct mu_sap_field mark_render_param[] = {
    { "label", "octets", "the label", true, NULL },
    { "language", "text", "of the marking: en", false, NULL },
    { "place", "text", "page-top, page-bottom, portion, first-line ...", false, NULL },
    END,
};
static const struct mu_sap_field mark_render_result[] = {
    SEEN, { "text", "text", "accepted: the marking", false, NULL }, WARNINGS, END,
};
static const struct mu_sap_field mark_parse_param[] = {
    { "text", "text", "the marking", true, NULL },
    { "policy", "text", "name of the policy to read it by", false, NULL },
    { "language", "text", "of the marking: en", false, NULL },
    { "place", "text", "where it stood", false, NULL },
    END,
};
static const struct mu_sap_field decide_param[] = {
    { "label", "octets", "the label", true, NULL },
    { "clearance", "octets", "of who asks for access", true, NULL },
    { "time", "time", "instead of the time of configure", false, NULL },
    END,
};
static const struct mu_sap_field decide_result[] = {
    { "decision", "decision", "", true, NULL },
    { "class", "class", "why not", false, NULL },
    { "stage", "stage", "how far it came", false, NULL },
    { "native", "text", "what the system under test said itself", false, NULL },
    END,
};
static const struct mu_sap_field map_param[] = {
    { "label", "octets", "the label", true, NULL },
    { "policy", "text", "name of the policy wanted", true, NULL },
    { "time", "time", "instead of the time of configure", false, NULL },
    END,
};
static const struct mu_sap_field map_result[] = {
    SEEN,
    { "label", "label", "accepted: what the new label says", false, NULL },
    { "data", "bytes", "accepted: the new label", false, NULL },
    WARNINGS, END,
};
static const struct mu_sap_field open_param[] = {
    { "endpoint", "text", "the harness's name of it; close bears the same", true, NULL },
    { "mode", "text", "listen: mail is brought there; connect: mail is to be delivered there", true, NULL },
    { "carrier", "text", "smtp", true, NULL },
    { "tls", "text", "none, starttls or implicit", true, NULL },
    { "host", "text", "numeric address to listen at, or to connect to", true, NULL },
    { "port", "number", "listen: the one wanted, 0 for any that is free; connect: where to", true, NULL },
    { "tls_name", "text", "that stands in the certificate of who listens", false, NULL },
    END,
};
static const struct mu_sap_field open_result[] = {
    { "host", "text", "the one that was asked for", true, NULL },
    { "port", "number", "the one that it got, 1 to 65535; where one was wanted, that one", true, NULL },
    END,
};
static const struct mu_sap_field close_param[] = {
    { "endpoint", "text", "as in open", true, NULL },
    END,
};
static const struct mu_sap_field send_param[] = {
    { "label", "label", "of the message; none: without", false, NULL },
    { "from", "text", "return path", false, NULL },
    { "to", "text", "recipient", true, NULL },
    { "subject", "text", "", false, NULL },
    { "marking", "text", "first line of the text", false, NULL },
    { "body", "bytes", "the text", true, NULL },
    { "nonce", "text", "to be found in the message", true, NULL },
    END,
};
static const struct mu_sap_field send_result[] = {
    SEEN,
    { "message_id", "text", "that the message was given", false, NULL },
    { "sent_sha256", "digest", "of the octets that went out", false, NULL },
    END,
};
static const struct mu_sap_field await_param[] = {
    { "nonce", "text", "of the message that is awaited", true, NULL },
    { "to", "text", "whose it is", false, NULL },
    END,
};
static const struct mu_sap_field await_result[] = {
    SEEN,
    { "label", "label", "that its user sees", false, NULL },
    { "marking", "text", "that its user sees", false, NULL },
    { "body_sha256", "digest", "of the text", false, NULL },
    { "data", "bytes", "the message as the system under test has it", false, NULL },
    END,
};
static const struct mu_sap_field passed_members[] = {
    { "nonce", "text", "of the message", true, NULL }, SEEN, END,
};
static const struct mu_sap_field relay_stat_param[] = {
    { "nonce", "text", "of one message; all of the case where it is not said", false, NULL },
    END,
};
static const struct mu_sap_field relay_stat_result[] = {
    { "messages", "list of objects", "delivered, altered, rejected, quarantined", true, passed_members },
    END,
};

/* --- the rest ------------------------------------------------------------------------------------ */

static const struct mu_sap_field blob_put_param[] = {
    { "blob", "digest", "of the whole", true, NULL },
    { "len", "number", "octets of the whole", true, NULL },
    { "offset", "number", "where this piece begins; pieces come in order", true, NULL },
    { "data", "bytes", "the piece, at most 64 KiB", true, NULL },
    END,
};
static const struct mu_sap_field blob_get_param[] = {
    { "blob", "digest", "of the whole", true, NULL },
    { "offset", "number", "where the piece begins", true, NULL },
    { "len", "number", "octets wanted, at most 64 KiB", true, NULL },
    END,
};
static const struct mu_sap_field blob_get_result[] = {
    { "data", "bytes", "the piece", true, NULL },
    END,
};
static const struct mu_sap_field cancel_param[] = {
    { "of", "number", "id of the request to give up", true, NULL },
    END,
};

#define ROW(op, roles, summary, param, result) { op, roles, summary, param, result, "timeout:" op }
static const struct mu_sap_op_row row[MU_SAP_OPS] = {
    [MU_SAP_HELLO] = ROW("hello", MU_SAP_EVERY_ROLE, "Says who asks and is told who answers; always the first.",
        hello_param, hello_result),
    [MU_SAP_PROBE] = ROW("probe", MU_SAP_EVERY_ROLE, "Shows that octets come through unharmed and what the clock says.",
        probe_param, probe_result),
    [MU_SAP_CONFIGURE] = ROW("configure", MU_SAP_EVERY_ROLE, "Hands over policies and the time of the test.",
        configure_param, configure_result),
    [MU_SAP_BEGIN] = ROW("begin", MU_SAP_EVERY_ROLE, "Opens a case (isolation case only).", none, none),
    [MU_SAP_END] = ROW("end", MU_SAP_EVERY_ROLE, "Closes a case (isolation case only).", none, end_result),
    [MU_SAP_RESET] = ROW("reset", MU_SAP_EVERY_ROLE, "Back to how it was after configure.", none, none),
    [MU_SAP_LABEL_PARSE] = ROW("label.parse", MU_SAP_VALIDATOR, "Octets of a label: accepted or not, and what they say.",
        label_parse_param, label_parse_result),
    [MU_SAP_LABEL_MAKE] = ROW("label.make", MU_SAP_LABELLER, "Writes a label.", label_make_param, label_make_result),
    [MU_SAP_MARK_RENDER] = ROW("mark.render", MU_SAP_LABELLER, "The marking of a label.",
        mark_render_param, mark_render_result),
    [MU_SAP_MARK_PARSE] = ROW("mark.parse", MU_SAP_LABELLER, "The label that a marking stands for.",
        mark_parse_param, label_parse_result),
    [MU_SAP_DECIDE] = ROW("decide", MU_SAP_POLICY, "Does the clearance give access to the label?",
        decide_param, decide_result),
    [MU_SAP_MAP] = ROW("map", MU_SAP_POLICY, "The equivalent label of another policy.", map_param, map_result),
    [MU_SAP_OPEN] = ROW("open", MU_SAP_EXCHANGE, "Listens, or is told where to deliver; says at which port.",
        open_param, open_result),
    [MU_SAP_CLOSE] = ROW("close", MU_SAP_EXCHANGE, "Ends what open began, and frees the port.", close_param, none),
    [MU_SAP_SEND] = ROW("send", MU_SAP_SENDER, "Makes the system under test send a message.", send_param, send_result),
    [MU_SAP_AWAIT] = ROW("await", MU_SAP_RECEIVER, "Waits for a message and says what its user sees of it.",
        await_param, await_result),
    [MU_SAP_RELAY_STAT] = ROW("relay.stat", MU_SAP_RELAY, "What passed, was changed, was blocked.",
        relay_stat_param, relay_stat_result),
    [MU_SAP_BLOB_PUT] = ROW("blob.put", MU_SAP_EVERY_ROLE, "Takes a piece of octets too many for one line.",
        blob_put_param, none),
    [MU_SAP_BLOB_GET] = ROW("blob.get", MU_SAP_EVERY_ROLE, "Gives a piece of octets too many for one line.",
        blob_get_param, blob_get_result),
    [MU_SAP_CANCEL] = ROW("cancel", MU_SAP_EVERY_ROLE, "Gives up a request, which is still answered.",
        cancel_param, none),
    [MU_SAP_BYE] = ROW("bye", MU_SAP_EVERY_ROLE, "The orderly end: answer, then exit 0.", none, none),
};
/* clang-format on */

const struct mu_sap_op_row *mu_sap_op(enum mu_sap_op op)
{
    assert(op < MU_SAP_OPS);
    return &row[op];
}

bool mu_sap_op_from_name(const char *name, enum mu_sap_op *op)
{
    for (int i = 0; i < MU_SAP_OPS; i++)
        if (strcmp(row[i].name, name) == 0) {
            *op = (enum mu_sap_op) i;
            return true;
        }
    return false;
}

const struct mu_sap_field *mu_sap_request_members(void)
{
    return request_members;
}

const struct mu_sap_field *mu_sap_reply_members(void)
{
    return reply_members;
}

const struct mu_sap_field *mu_sap_label_members(void)
{
    return label_members;
}

const struct mu_sap_field *mu_sap_event_members(void)
{
    return event_members;
}
