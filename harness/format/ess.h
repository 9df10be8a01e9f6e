/*
 * ess.h - security labels and clearances in ASN.1: the ESSSecurityLabel of S/MIME (RFC 2634 3.2) and
 * of SIO-Label ":ess", the security label of X.411 and X.841 (":x411": the same SET, policy
 * optional), the clearance attribute (RFC 5755 4.4.6) and where certificates carry it (RFC 5913).
 *
 * Read from BER, octet by octet; written as DER. What is written here says nothing of a policy: a
 * number is no classification before policy/binary.h has looked it up (RFC 2634 3.3.2: numbers do
 * not even ascend with the sensitivity).
 *
 * Reading never fails: what the peer wrote is an observation. `readable` false: a fatal defect, and
 * nothing else of the structure is filled. Otherwise each member that was understood is there, and
 * `report` says what was wrong; a member that is wrong is absent. Who decides anything by a label
 * must look at report.worst, too.
 */
#ifndef MU_FORMAT_ESS_H
#define MU_FORMAT_ESS_H

#include "base/err.h"
#include "format/ber.h"

#define MU_ESS_ABSENT (-1) /* no classification */

/* How a category is encoded. The five syntaxes of SDN.801 and ACP 145(A), 2.16.840.1.101.2.1.8.3.n;
 * the value is SEQUENCE { tag set OID, BIT STRING or SET OF INTEGER }. */
enum mu_ess_form {
    MU_ESS_RESTRICTIVE_BITS, /* .0 */
    MU_ESS_PERMISSIVE_LIST,  /* .1 */
    MU_ESS_PERMISSIVE_BITS,  /* .2 */
    MU_ESS_INFORMATIVE_BITS, /* .3 */
    MU_ESS_INFORMATIVE_LIST, /* .3, too: the choice stands in the value */
    MU_ESS_RESTRICTIVE_LIST, /* .4 */
    MU_ESS_OTHER_FORM,       /* any other type, or a value that breaks the syntax of its type */
};

struct mu_ess_category {
    const char *type; /* OID */
    struct mu_bytes
        value; /* the element inside [1], as it was read; what is written for OTHER_FORM */
    size_t offset;
    enum mu_ess_form form;
    const char *set; /* tag set OID; NULL for OTHER_FORM */
    uint64_t *number;
    size_t numbers; /* values; for bits their positions */
};

enum mu_ess_syntax { MU_ESS_LABEL, MU_ESS_X411 };

struct mu_ess {
    bool readable;
    enum mu_ess_syntax syntax;
    const char *policy;     /* OID; NULL when absent */
    int64_t classification; /* as written, 0 and up; MU_ESS_ABSENT */
    struct mu_bytes mark;   /* privacy mark, any octets; .p NULL when absent */
    unsigned mark_tag; /* its string type: MU_BER_UTF8, MU_BER_PRINTABLE, or what stood there */
    struct mu_ess_category *category;
    size_t categories;
    struct mu_ber_report report;
};

/* *label needs nothing set. Its texts are in `arena`, its bytes borrowed from `ber`. */
void mu_ess_read(struct mu_arena *arena, struct mu_bytes ber, enum mu_ess_syntax syntax,
                 struct mu_ess *label);

/* DER. Writes what it is told, also a class of 300 or an empty mark, so that a case can send it.
 * MU_ERR_USAGE: an OID that is none, a bit past MU_ESS_BIT_MAX, a category without a value. */
bool mu_ess_write(struct mu_arena *arena, const struct mu_ess *label, struct mu_bytes *der,
                  struct mu_err *err) MU_MUST_USE;

/* Clearance. */
struct mu_ess_clearance {
    bool readable;
    const char *policy;
    bool listed;     /* classList is there; otherwise `class` holds its DEFAULT, unclassified(1) */
    uint64_t *class; /* bits that are set; explicit, nothing below is implied */
    size_t classes;
    struct mu_ess_category *category;
    size_t categories;
    struct mu_ber_report report;
};

/* From the attribute's value. The context-tagged form of RFC 3281 and X.841 is read and reported. */
void mu_ess_clearance_read(struct mu_arena *arena, struct mu_bytes ber,
                           struct mu_ess_clearance *clearance);

/* DER, RFC 5755 form. The default is left out whatever `listed` says (X.690 11.5). */
bool mu_ess_clearance_write(struct mu_arena *arena, const struct mu_ess_clearance *clearance,
                            struct mu_bytes *der, struct mu_err *err) MU_MUST_USE;

/* From the subjectDirectoryAttributes of a certificate, PEM or DER. False: the certificate can be read
 * and carries no clearance. Otherwise true, and *clearance with offsets into the attribute's value
 * (of defects of the certificate: 0). More than one clearance is fatal: none of them is chosen. */
bool mu_ess_clearance_of_certificate(struct mu_arena *arena, struct mu_bytes certificate,
                                     struct mu_ess_clearance *clearance);

#endif
