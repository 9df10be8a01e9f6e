/* mutate.h - named mutations of a message, before or after encoding. One table; the same seed and
 * input give the same octets. */
#ifndef MU_DOCUMENT_MUTATE_H
#define MU_DOCUMENT_MUTATE_H

#include "document/message.h"

enum mu_mutate_when { MU_BEFORE_ENCODING, MU_AFTER_ENCODING };

struct mu_mutation {
    struct mu_arena *arena;
    const char *on;       /* header key, part path, parameter name: what the operator says; or "" */
    const char *value;    /* or "" */
    uint64_t seed;        /* for operators that choose */
    const char *fixtures; /* folder; label fixtures are loaded from it before the seal */
    const struct mu_policies *policies; /* for operators that ask what is lower; NULL: none */
    bool bare; /* the octets are a label alone: for operators on the encoded label */
};

struct mu_operator {
    const char *name;    /* "header.duplicate" */
    const char *on;      /* what `on` names; NULL: takes none */
    const char *value;   /* what `value` is; NULL: takes none */
    const char *summary; /* one sentence for `muster list operators` */
    enum mu_mutate_when when;
    /* Exactly one of these. False: cannot be applied to this message (MU_ERR_PROFILE). */
    bool (*abstract)(const struct mu_mutation *m, struct mu_message *message, struct mu_err *err);
    bool (*octets)(const struct mu_mutation *m, struct mu_bytes *message, struct mu_err *err);
};

const struct mu_operator *mu_operator_find(const char *name);
const struct mu_operator *mu_operator_at(size_t i); /* NULL past the last */

#endif
