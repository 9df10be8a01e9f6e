/*
 * scheme.h - national and organisational schemes of classification as dated data: which word of which
 * language stands for which level, from when to when, and how sure we are (labels.md 5.2 to 5.4,
 * EQV-08). Words are never compared across schemes: PT "Reservado" and ES "RESERVADO" are different
 * levels. File: profiles/policies/schemes.xml (urn:muster:schemes:1, profiles/schemas/schemes.xsd).
 */
#ifndef MU_POLICY_SCHEME_H
#define MU_POLICY_SCHEME_H

#include "base/arena.h"
#include "base/err.h"

/* Levels that the tables speak of, in ascending order; PUBLIC ones have none. */
enum mu_scheme_level {
    MU_SCHEME_UNCLASSIFIED,
    MU_SCHEME_RESTRICTED,
    MU_SCHEME_CONFIDENTIAL,
    MU_SCHEME_SECRET,
    MU_SCHEME_TOP_SECRET,
    MU_SCHEME_LEVELS,
};

struct mu_scheme_row {
    const char *scheme;   /* "ES", "NATO", "EU"    */
    const char *language; /* xml:lang              */
    const char *text;     /* as the source has it  */
    enum mu_scheme_level level;
    int64_t from, until;    /* Unix time, [from, until); INT64_MIN, INT64_MAX */
    const char *source;     /* "2013/488/EU Appendix B, consolidated 2021-07-01" */
    const char *confidence; /* "read", "recalled" */
    bool
        classification; /* false: a handling mark such as LIMITE, never a classification (MRK-13) */
};

struct mu_schemes {
    struct mu_scheme_row *row;
    size_t rows;
};

bool mu_schemes_load(struct mu_arena *arena, const char *path, struct mu_schemes *schemes,
                     struct mu_err *err) MU_MUST_USE;

/* The row for a marking of one scheme at one time, compared after NFC, case folding and white space
 * collapse; NULL when the scheme has no such word then. */
const struct mu_scheme_row *mu_scheme_find(const struct mu_schemes *schemes, const char *scheme,
                                           const char *text, int64_t at);

/* The word of another scheme for the same level at the same time; NULL when it has none then. */
const struct mu_scheme_row *mu_scheme_equivalent(const struct mu_schemes *schemes,
                                                 const struct mu_scheme_row *row,
                                                 const char *scheme, const char *language,
                                                 int64_t at);

#endif
