/*
 * scheme.h - national and organisational schemes of classification as dated data: which word of
 * which language stands for which level, from when to when, and how sure we are (labels.md 5.2 to
 * 5.4, EQV-08). Words are never compared across schemes: PT "Reservado" and ES "RESERVADO" are different
 * levels. File: profiles/policies/schemes.xml (urn:muster:schemes:1, profiles/schemas/schemes.xsd).
 */
#ifndef MU_POLICY_SCHEME_H
#define MU_POLICY_SCHEME_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define MU_SCHEMES_NS "urn:muster:schemes:1"

/* Levels that the tables speak of, in ascending order; PUBLIC ones have none. */
enum mu_scheme_level {
    MU_SCHEME_UNCLASSIFIED,
    MU_SCHEME_RESTRICTED,
    MU_SCHEME_CONFIDENTIAL,
    MU_SCHEME_SECRET,
    MU_SCHEME_TOP_SECRET,
    MU_SCHEME_LEVELS,
};

const char *mu_scheme_level_name(enum mu_scheme_level level); /* "restricted" */
bool mu_scheme_level_from_name(const char *name, enum mu_scheme_level *level);

struct mu_scheme_row {
    const char *scheme;   /* "ES", "NATO", "EU"                                              */
    const char *language; /* xml:lang; "mul": one text for several; "" when none was given   */
    const char *text;     /* as the source has it, white space collapsed                     */
    const char *key;      /* its key, case folded (names.h)                                  */
    enum mu_scheme_level level;
    int64_t from, until;    /* Unix time, [from, until); INT64_MIN, INT64_MAX when open      */
    const char *source;     /* "2013/488/EU Appendix B, consolidated 2021-07-01"             */
    const char *confidence; /* "read", "reported", "recalled"                                */
    bool classification;    /* false: a handling mark such as LIMITE, never a classification
                               (MRK-13)                                                      */
    bool abbreviation;      /* a portion mark or the like                                    */
    uint32_t line;
};

struct mu_schemes {
    struct mu_scheme_row *row; /* in the order of the file */
    size_t rows;
};

/*
 * Load a file. Wrong is, with file:line:column: another element, attribute or word than the
 * vocabulary has; a date that is none; a range that ends before it starts; an unknown source; a
 * scheme twice; a row without text; a word that means two levels of one scheme at one time; more
 * than MU_SCHEME_ROWS_MAX rows.
 */
bool mu_schemes_load(struct mu_arena *arena, const char *path, struct mu_schemes *schemes,
                     struct mu_err *err) MU_MUST_USE;

/* The same from bytes; `name` for messages. */
bool mu_schemes_load_bytes(struct mu_arena *arena, struct mu_bytes text, const char *name,
                           struct mu_schemes *schemes, struct mu_err *err) MU_MUST_USE;

/* The first row for a marking of one scheme at one time, compared after NFC, case folding and white
 * space collapse; NULL when the scheme has no such word then. Rows of another time, of another
 * scheme or without accents are no match. */
const struct mu_scheme_row *mu_scheme_find(const struct mu_schemes *schemes, const char *scheme,
                                           const char *text, int64_t at);

/* The first word of another scheme for the same level at the same time, in `language` (a row in
 * several languages will do; NULL: any); NULL when it has none then, when `row` is not in force
 * then, and when it is a handling mark: those are equivalent to nothing. */
const struct mu_scheme_row *mu_scheme_equivalent(const struct mu_schemes *schemes,
                                                 const struct mu_scheme_row *row,
                                                 const char *scheme, const char *language,
                                                 int64_t at);

#endif
