#include "base/limits.h"
#include "format/ber.h"

/* X.411 clauses are those of RFC 2634 3.2, which took the label from there. */
static const struct {
    const char *name, *clause;
    enum mu_ber_weight weight;
} row[] = {
    [MU_BER_OK] = { "", "", MU_BER_NOT_DER },
    [MU_BER_EMPTY] = { "empty", "X.690 8.1.1.1", MU_BER_FATAL },
    [MU_BER_TRUNCATED] = { "truncated", "X.690 8.1.3", MU_BER_FATAL },
    [MU_BER_TOO_LARGE] = { "too-large", "limit", MU_BER_FATAL },
    [MU_BER_TOO_DEEP] = { "too-deep", "limit", MU_BER_FATAL },
    [MU_BER_BAD_TAG] = { "bad-tag", "X.690 8.1.2", MU_BER_FATAL },
    [MU_BER_BAD_LENGTH] = { "bad-length", "X.690 8.1.3", MU_BER_FATAL },
    [MU_BER_BAD_END] = { "bad-end-of-contents", "X.690 8.1.5", MU_BER_FATAL },
    [MU_BER_TRAILING] = { "trailing-octets", "RFC 7444 4", MU_BER_WRONG },
    [MU_BER_INDEFINITE] = { "indefinite-length", "X.690 10.1", MU_BER_NOT_DER },
    [MU_BER_LONG_LENGTH] = { "long-length", "X.690 10.1", MU_BER_NOT_DER },
    [MU_BER_LONG_TAG] = { "long-tag", "X.690 8.1.2.2", MU_BER_WRONG },
    [MU_BER_PIECES] = { "string-in-pieces", "X.690 10.2", MU_BER_NOT_DER },
    [MU_BER_BAD_PIECES] = { "bad-pieces", "X.690 8.21", MU_BER_WRONG },
    [MU_BER_ORDER] = { "not-der-order", "X.690 10.3, 11.6", MU_BER_NOT_DER },
    [MU_BER_DEFAULT] = { "default-encoded", "X.690 11.5", MU_BER_NOT_DER },
    [MU_BER_UNUSED_BITS] = { "unused-bits-set", "X.690 11.2.1", MU_BER_NOT_DER },
    [MU_BER_ZERO_BITS] = { "zero-bits-at-end", "X.690 11.2.2", MU_BER_NOT_DER },
    [MU_BER_BAD_INTEGER] = { "bad-integer", "X.690 8.3", MU_BER_WRONG },
    [MU_BER_BAD_OID] = { "bad-oid", "X.690 8.19", MU_BER_WRONG },
    [MU_BER_BAD_BITS] = { "bad-bit-string", "X.690 8.6", MU_BER_WRONG },
    [MU_BER_NO_TYPE] = { "another-type", "RFC 2634 3.2", MU_BER_FATAL },
    [MU_BER_UNKNOWN_MEMBER] = { "unknown-member", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_DUPLICATE] = { "duplicate-member", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_NO_POLICY] = { "no-policy", "RFC 2634 3.2, 3.3.2", MU_BER_WRONG },
    [MU_BER_NO_MEMBERS] = { "no-members", "X.841 ConfidentialityLabel", MU_BER_WRONG },
    [MU_BER_CLASS_RANGE] = { "classification-range", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_MARK_EMPTY] = { "mark-empty", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_MARK_LONG] = { "mark-long", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_MARK_TYPE] = { "mark-type", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_MARK_CHARACTER] = { "mark-character", "X.680 41.4", MU_BER_WRONG },
    [MU_BER_NO_CATEGORIES] = { "no-categories", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_MANY_CATEGORIES] = { "many-categories", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_BAD_CATEGORY] = { "bad-category", "RFC 2634 3.2", MU_BER_WRONG },
    [MU_BER_BAD_TAG_SET] = { "bad-tag-set", "SDN.801, ACP 145(A)", MU_BER_WRONG },
    [MU_BER_MANY_VALUES] = { "many-values", "limit", MU_BER_WRONG },
    [MU_BER_TAGGED] = { "context-tagged", "RFC 5755 4.4.6 (RFC 3281 tagged)", MU_BER_WRONG },
    [MU_BER_BAD_CERTIFICATE] = { "bad-certificate", "RFC 5280 4.1", MU_BER_FATAL },
    [MU_BER_SEVERAL] = { "several-clearances", "RFC 5913 2", MU_BER_FATAL },
    [MU_BER_OBSOLETE_OID] = { "obsolete-oid", "RFC 5755 4.4.6", MU_BER_WRONG },
    [MU_BER_CRITICAL] = { "critical-extension", "RFC 5280 4.2.1.8", MU_BER_WRONG },
};

const char *mu_ber_defect_name(enum mu_ber_defect_kind kind)
{
    return row[kind].name;
}

const char *mu_ber_defect_clause(enum mu_ber_defect_kind kind)
{
    return row[kind].clause;
}

enum mu_ber_weight mu_ber_defect_weight(enum mu_ber_defect_kind kind)
{
    return row[kind].weight;
}

void mu_ber_note(struct mu_ber_report *report, enum mu_ber_defect_kind kind, size_t offset)
{
    if (row[kind].weight > report->worst)
        report->worst = row[kind].weight;
    if (report->defects == MU_DEFECTS_MAX) {
        report->left_off++;
        return;
    }
    if (report->defect == NULL)
        report->defect = mu_arena_array(report->arena, MU_DEFECTS_MAX, sizeof *report->defect);
    report->defect[report->defects++] = (struct mu_ber_defect){ kind, offset };
}

bool mu_ber_has(const struct mu_ber_report *report, enum mu_ber_defect_kind kind)
{
    for (size_t i = 0; i < report->defects; i++)
        if (report->defect[i].kind == kind)
            return true;
    return false;
}

bool mu_ber_fatal(const struct mu_ber_report *report)
{
    return report->defects > 0 && report->worst == MU_BER_FATAL;
}
