/* spif_load.h - what the files of the policy loader share; nobody else includes it. */
#ifndef MU_POLICY_SPIF_LOAD_H
#define MU_POLICY_SPIF_LOAD_H

#include "format/xml.h"
#include "policy/names.h"
#include "policy/spif.h"

/* What the hash keeps apart. */
enum mu_scope {
    MU_SCOPE_CLASS,
    MU_SCOPE_CLASS_LACV,
    MU_SCOPE_SET,
    MU_SCOPE_SET_ID,
    MU_SCOPE_POLICY,
    MU_SCOPE_VALUES, /* from here on: two a set and type, see mu_scope_value() */
};

static inline uint32_t mu_scope_value(uint32_t set, enum mu_tag_type type, bool lacv)
{
    return (uint32_t) MU_SCOPE_VALUES + (set * 4 + (uint32_t) type) * 2 + lacv;
}

struct mu_spif_load {
    struct mu_arena *arena;
    struct mu_policy *policy;
    enum mu_policy_case how;
    struct mu_err *err;
    uint32_t
        *last[2]; /* by the first value of a name, of a lacv: the last of its chain; 0: itself */
    const uint32_t **sharing; /* by the first value of a lacv: all of them; NULL: not asked yet */
};

static inline xmlNode *mu_spif_first(const xmlNode *node, const char *name)
{
    return node != NULL ? mu_xml_child(node, MU_SPIF_NS, name) : NULL;
}

static inline xmlNode *mu_spif_next(const xmlNode *node, const char *name)
{
    return mu_xml_next(node, MU_SPIF_NS, name);
}

size_t mu_spif_count(const xmlNode *node, const char *name);

/* The attribute; MU_ERR_PROFILE with its place when it is absent. */
bool mu_spif_need(struct mu_spif_load *l, const xmlNode *node, const char *name, const char **out);

/* An integer; `absent` when the attribute is not there (INT64_MIN: it must be). */
bool mu_spif_number(struct mu_spif_load *l, const xmlNode *node, const char *name, int64_t absent,
                    int64_t *out);

/* xs:boolean, false when absent. */
bool mu_spif_flag(struct mu_spif_load *l, const xmlNode *node, const char *name);

/* tagType and enumType of an element. enumerated without enumType is read as restrictive, the one that
 * asks more of a clearance; rule SPF-07 tells of it. */
bool mu_spif_type(struct mu_spif_load *l, const xmlNode *node, enum mu_tag_type *type,
                  bool *enumerated);

/* spif_mark.c: markingData and markingQualifier children. */
bool mu_spif_markings(struct mu_spif_load *l, const xmlNode *node, struct mu_markings *out);

/* spif_refs.c: what refers to other entries, when all of them are there. */
bool mu_spif_refer(struct mu_spif_load *l, const xmlNode *root);

/* A lacv in the form in which equal ones are equal: integers without leading zeros. */
const char *mu_spif_lacv(const char *text);

#endif
