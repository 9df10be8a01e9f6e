/* schema_words.h - libxml2's schema messages taken apart and said again in one sentence. Private to
 * format. */
#ifndef MU_FORMAT_SCHEMA_WORDS_H
#define MU_FORMAT_SCHEMA_WORDS_H

#include "base/arena.h"
#include "base/bytes.h"

enum mu_schema_unknown {
    MU_SCHEMA_NOTHING,   /* no name was misspelt                              */
    MU_SCHEMA_ROOT,      /* `element` is no root                              */
    MU_SCHEMA_ELEMENT,   /* `element` is not expected; `choice` are           */
    MU_SCHEMA_ATTRIBUTE, /* `attribute` is not allowed                        */
    MU_SCHEMA_VALUE,     /* `value` is not one of `choice` (if libxml2 said)  */
};

struct mu_schema_words {
    enum mu_schema_unknown unknown;
    const char *element, *attribute; /* without namespaces; NULL when none       */
    const char *value;               /* VALUE only                               */
    const char **choice;             /* names or values that are allowed there   */
    size_t choices;
    const char *sentence; /* lower case, no full stop, safe to show          */
};

/* Everything in `words` lives in `arena`. */
void mu_schema_words(struct mu_arena *arena, const char *message, struct mu_schema_words *words);

#endif
