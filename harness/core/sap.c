/* The words of SAP/1: errors, roles, outcomes, types, reason codes. Its operations: sap_ops.c. */
#include "core/sap.h"

#include "core/words.h"

static const struct {
    const char *name, *summary;
} error_row[MU_SAP_ERRORS] = {
    [MU_SAP_OK] = { "ok", "no error" },
    [MU_SAP_UNSUPPORTED] = { "unsupported", "it cannot do this; names the capability (cap) and is "
                                            "said before anything was done" },
    [MU_SAP_BAD_REQUEST] = { "bad-request", "a member is unknown, missing or of the wrong type" },
    [MU_SAP_PRECONDITION] = { "precondition", "something must come first: configure, begin, send" },
    [MU_SAP_BUSY] = { "busy", "not now; the request may be put again" },
    [MU_SAP_DEADLINE] = { "deadline", "it was not done within deadline_ms" },
    [MU_SAP_SUT_UNREACHABLE] = { "sut-unreachable",
                                 "the system under test does not answer its adapter" },
    [MU_SAP_SUT_CRASH] = { "sut-crash", "the system under test ended on the way" },
    [MU_SAP_ADAPTER_FAULT] = { "adapter-fault", "a defect of the adapter itself" },
    [MU_SAP_CANCELLED] = { "cancelled", "given up because cancel asked for it" },
    [MU_SAP_LIMIT] = { "limit", "larger or more than it takes" },
};

static const char *const role_name[] = {
    "sender", "receiver", "relay", "validator", "labeller", "policy",
};

const char *mu_sap_error_name(enum mu_sap_error error)
{
    return error_row[error].name;
}

const char *mu_sap_error_summary(enum mu_sap_error error)
{
    return error_row[error].summary;
}

bool mu_sap_error_from_name(const char *name, enum mu_sap_error *error)
{
    for (int i = MU_SAP_OK + 1; i < MU_SAP_ERRORS; i++)
        if (strcmp(error_row[i].name, name) == 0) {
            *error = (enum mu_sap_error) i;
            return true;
        }
    return false;
}

const char *mu_sap_role_name(unsigned bit)
{
    for (unsigned i = 0; i < MU_COUNT(role_name); i++)
        if (bit == 1U << i)
            return role_name[i];
    return NULL;
}

bool mu_sap_role_from_name(const char *name, unsigned *bit)
{
    int found = mu_word_find(role_name, MU_COUNT(role_name), name);
    if (found >= 0)
        *bit = 1U << found;
    return found >= 0;
}

/* The wire speaks of what the user of the system sees. */
static const struct {
    const char *name;
    enum mu_outcome outcome;
} outcome_row[] = {
    { "accepted", MU_OUTCOME_ACCEPTED },
    { "rejected", MU_OUTCOME_REFUSED },
    { "delivered", MU_OUTCOME_DELIVERED },
    { "altered", MU_OUTCOME_ALTERED },
    { "quarantined", MU_OUTCOME_WITHHELD },
    { "bounced", MU_OUTCOME_BOUNCED },
    { "none", MU_OUTCOME_NONE },
};

const char *mu_sap_outcome_name(enum mu_outcome outcome)
{
    for (size_t i = 0; i < MU_COUNT(outcome_row); i++)
        if (outcome_row[i].outcome == outcome)
            return outcome_row[i].name;
    return NULL;
}

bool mu_sap_outcome_from_name(const char *name, enum mu_outcome *outcome)
{
    for (size_t i = 0; i < MU_COUNT(outcome_row); i++)
        if (strcmp(outcome_row[i].name, name) == 0) {
            *outcome = outcome_row[i].outcome;
            return true;
        }
    return false;
}

static const struct mu_sap_field type[] = {
    { .name = "text", .summary = "a string" },
    { .name = "number", .summary = "an integer" },
    { .name = "flag", .summary = "true or false" },
    { .name = "time", .summary = "a string: date and time of XML Schema with time zone" },
    { .name = "digest", .summary = "a string: sha256: and 64 lower-case hexadecimal digits" },
    { .name = "bytes",
      .summary = "octets: {\"b64\":...} up to 64 KiB, {\"blob\":digest,\"len\":number} "
                 "after blob.put or before blob.get" },
    { .name = "octets", .summary = "bytes with what they are: {\"syntax\":text,\"data\":bytes}" },
    { .name = "label", .summary = "what a label says: the abstract label" },
    { .name = "outcome", .summary = "a word: what became of it" },
    { .name = "stage", .summary = "a word: how far it came" },
    { .name = "class", .summary = "a word: why" },
    { .name = "decision", .summary = "permit or deny" },
    { .name = "object", .summary = "an object with the members listed" },
    { .name = "any object", .summary = "an object whose members nobody fixes" },
    { .name = "list of text", .summary = "an array of strings" },
    { .name = "list of numbers", .summary = "an array of integers" },
    { .name = "list of octets", .summary = "an array of octets" },
    { .name = "list of objects", .summary = "an array of objects with the members listed" },
    { .name = NULL },
};

const struct mu_sap_field *mu_sap_types(void)
{
    return type;
}

/* Who is to blame, and for what. Verdict error, attribution adapter, but for the nonce. */
static const struct mu_sap_field reason[] = {
    { .name = "adapter:framing", .summary = "a line that is no strict JSON object" },
    { .name = "adapter:protocol",
      .summary = "a line that means nothing here: an unknown id, a wrong "
                 "type, a digest that does not fit" },
    { .name = "adapter:handshake", .summary = "hello, a probe or configure failed" },
    { .name = "adapter:capabilities",
      .summary = "capabilities that are empty or contradict the SUT file" },
    { .name = "adapter:preamble", .summary = "a finding: lines before hello that are no JSON" },
    { .name = "adapter:endpoint",
      .summary = "what it opened is not what was asked for, or nobody is there" },
    { .name = "adapter:nonce", .summary = "an answer without what was new in the question" },
    { .name = "adapter:crash", .summary = "it ended without bye, or hung up" },
    { .name = "adapter:gone", .summary = "it failed too often and was not started again" },
    { .name = "adapter:tls", .summary = "mutual TLS could not be had with it" },
    { .name = "adapter:io", .summary = "the harness could not read from it or write to it" },
    { .name = "timeout:OP", .summary = "no answer to the operation OP in time, nor to cancel" },
    { .name = NULL },
};

const struct mu_sap_field *mu_sap_reasons(void)
{
    return reason;
}

/* Where an error has a reason for its place, that is it: proto/sap_line.h. */
const char *mu_sap_reason(const struct mu_err *err, enum mu_sap_op op)
{
    const char *place = err->where.input != NULL ? err->where.input : "";
    if (strncmp(place, "adapter:", 8) == 0 || strncmp(place, "timeout:", 8) == 0)
        return place;
    if (err->code == MU_ERR_DEADLINE)
        return op < MU_SAP_OPS ? mu_sap_op(op)->timeout : "timeout:adapter";
    return err->code == MU_ERR_CLOSED ? "adapter:crash"
           : err->code == MU_ERR_TLS  ? "adapter:tls"
           : err->code == MU_ERR_IO   ? "adapter:io"
                                      : "adapter:protocol";
}

const char *mu_sap_sentence(struct mu_arena *arena, const struct mu_err *err)
{
    if (err->where.line == 0)
        return mu_arena_printf(arena, "%s", err->msg);
    if (err->where.column == 0)
        return mu_arena_printf(arena, "line %u: %s", err->where.line, err->msg);
    return mu_arena_printf(arena, "line %u, octet %u: %s", err->where.line, err->where.column,
                           err->msg);
}
