/* ASN.1 labels and clearances: what is read without a defect is written in the same octets; only bits of
 * categories may lose their zeros at the end, which DER demands of named bits alone (X.690 11.2.2). */
#include "format/ess.h"

#include "tests/fuzz/fuzz.h"

static void fuzz_start(void)
{
}

static void check_report(const struct mu_ber_report *report, bool readable, size_t size)
{
    HOLDS(report->defects <= MU_DEFECTS_MAX && readable != mu_ber_fatal(report));
    for (size_t i = 0; i < report->defects; i++) {
        HOLDS(report->defect[i].offset <= size
              && mu_ber_defect_name(report->defect[i].kind) != NULL);
        HOLDS(mu_ber_defect_clause(report->defect[i].kind) != NULL);
    }
}

static bool has_bits(const struct mu_ess_category *category, size_t categories)
{
    bool bits = false;
    for (size_t i = 0; i < categories; i++)
        bits |= category[i].form == MU_ESS_RESTRICTIVE_BITS
                || category[i].form == MU_ESS_PERMISSIVE_BITS
                || category[i].form == MU_ESS_INFORMATIVE_BITS;
    return bits;
}

static void check_label(struct mu_arena *arena, struct mu_bytes input, enum mu_ess_syntax syntax)
{
    struct mu_ess label;
    struct mu_bytes der;
    struct mu_err err;
    mu_ess_read(arena, input, syntax, &label);
    check_report(&label.report, label.readable, input.n);
    HOLDS(fuzz_inside(label.mark, input) || label.mark.n <= input.n);
    if (label.readable && label.report.defects == 0) {
        HOLDS(mu_ess_write(arena, &label, &der, &err));
        HOLDS(mu_bytes_equal(der, input)
              || (has_bits(label.category, label.categories) && der.n <= input.n));
        mu_ess_read(arena, der, syntax, &label);
        HOLDS(label.readable && label.report.defects == 0);
    }
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_ess_clearance clearance;
    struct mu_bytes der;
    struct mu_err err;
    check_label(arena, input, MU_ESS_LABEL);
    check_label(arena, input, MU_ESS_X411);
    mu_ess_clearance_read(arena, input, &clearance);
    check_report(&clearance.report, clearance.readable, input.n);
    if (clearance.readable && clearance.report.defects == 0) {
        HOLDS(mu_ess_clearance_write(arena, &clearance, &der, &err));
        HOLDS(mu_bytes_equal(der, input)
              || (has_bits(clearance.category, clearance.categories) && der.n <= input.n));
        mu_ess_clearance_read(arena, der, &clearance);
        HOLDS(clearance.readable && clearance.report.defects == 0);
    }
    if (mu_ess_clearance_of_certificate(arena, input, &clearance))
        HOLDS(clearance.readable != mu_ber_fatal(&clearance.report));
}
