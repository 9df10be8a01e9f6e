/* The clearance of --clearance: ADatP-4774 XML, the attribute of RFC 5755 in DER, or a certificate. */
#include "cli/label.h"
#include "policy/binary.h"

#define CLEARANCE_MAX MU_MIB /* a certificate with a long attribute is some kilobytes */

/* What the schema forbids may be read in more than one way; nothing is granted by it. */
static bool check_schema(const struct mu_desk *desk, const char *input, struct mu_bytes text,
                         xmlDoc *doc, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    struct mu_schema *schema;
    struct mu_schema_error error = { .message = "the schema check broke off" };
    size_t errors;
    const char *path = mu_data_find(&desk->world.data, arena, "profiles/schemas/clearance.xsd");
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no profiles/schemas/clearance.xsd in the data folders");
    TRY(mu_schema_load(arena, path, &schema, err));
    if (mu_schema_validate(schema, doc, &error, 1, &errors) == MU_VALID)
        return true;
    size_t offset = error.node != NULL ? mu_xml_offset(error.node) : 0;
    return mu_fail_where(err, mu_desk_where(input, text, offset), MU_ERR_USAGE, "%s",
                         error.message);
}

static bool read_xml(const struct mu_desk *desk, const char *input, struct mu_bytes text,
                     struct mu_clearance *clearance, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    xmlDoc *doc;
    struct mu_xml_fault fault;
    if (mu_xml_parse(arena, text, 0, NULL, &doc, &fault) != MU_XML_OK)
        return mu_fail_where(err, mu_desk_where(input, text, fault.offset), MU_ERR_USAGE, "%s",
                             fault.why);
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (!mu_clearance_is_root(root))
        return mu_fail_where(err, mu_desk_where(input, text, mu_xml_offset(root)), MU_ERR_USAGE,
                             "the root '%s' is no confidentiality clearance",
                             mu_desk_safe(arena, (const char *) root->name));
    TRY(check_schema(desk, input, text, doc, err));
    mu_clearance_read(arena, root, clearance);
    return true;
}

/* Certificate is a SEQUENCE that begins with a SEQUENCE; Clearance begins with an OID or a context tag. */
static bool is_certificate(struct mu_bytes text)
{
    if (text.n > 0 && text.p[0] == '-')
        return true; /* PEM */
    if (text.n < 4)
        return false;
    size_t length = (unsigned char) text.p[1] < 0x80 ? 2 : 2 + (size_t) (text.p[1] & 0x7f);
    return length < text.n && text.p[length] == 0x30;
}

static bool read_binary(const struct mu_desk *desk, const char *input, struct mu_bytes text,
                        struct mu_clearance *clearance, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    struct mu_ess_clearance *ess = mu_new(arena, struct mu_ess_clearance);
    struct mu_where where = { .input = input };
    struct mu_binary found = { .policy = NULL };
    if (!is_certificate(text))
        mu_ess_clearance_read(arena, text, ess);
    else if (!mu_ess_clearance_of_certificate(arena, text, ess))
        return mu_fail_where(err, where, MU_ERR_USAGE, "the certificate carries no clearance");
    const struct mu_clearance *read =
        ess->readable ? mu_binary_read_clearance(arena, &desk->policies, ess, &found) : NULL;
    if (read == NULL && ess->report.defects > 0)
        return mu_fail_where(err, where, MU_ERR_USAGE, "no clearance can be read: %s (%s)",
                             mu_ber_defect_name(ess->report.defect[0].kind),
                             mu_ber_defect_clause(ess->report.defect[0].kind));
    if (read == NULL)
        return mu_fail_where(err, where, MU_ERR_USAGE, "no clearance can be read");
    *clearance = *read;
    return true;
}

bool mu_desk_clearance(const struct mu_desk *desk, struct mu_clearance *clearance,
                       struct mu_err *err)
{
    const char *path = desk->args->value[MU_OPT_CLEARANCE];
    const char *input = strcmp(path, "-") == 0 ? "standard input" : path;
    struct mu_arena *arena = desk->args->arena;
    struct mu_bytes text;
    if (strcmp(path, "-") == 0 && desk->args->operands == 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "standard input is the clearance: name the label's file, too");
    TRY(mu_desk_input(arena, path, CLEARANCE_MAX, &text, err));
    struct mu_bytes start = mu_bytes_trim(text);
    if (start.n == 0)
        return mu_fail_where(err, (struct mu_where){ .input = input }, MU_ERR_USAGE,
                             "there is nothing in it");
    if (start.p[0] == '<' || (unsigned char) start.p[0] == 0xef)
        return read_xml(desk, input, text, clearance, err);
    return read_binary(desk, input, text, clearance, err);
}
