/*
 * spif.h - a security policy as loaded from an Open XML SPIF (schema versions 1.0, 2.0, 2.1): what
 * classifications and categories there are, how they are marked, what they map to.
 *
 * A policy is loaded once, before the fork, and only read afterwards. Names are looked up through a
 * hash over their keys (see mu_policy_key), so that the size of a policy does not show in the cost of
 * a decision. Nothing that is odd in a policy file is decided in silence: duplicates are kept, each as
 * an entry of its own, and rules/ tells of them (xmlspif.sch).
 */
#ifndef MU_POLICY_SPIF_H
#define MU_POLICY_SPIF_H

#include <libxml/tree.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "format/label.h"

#define MU_SPIF_NS   "http://www.xmlspif.org/spif"
#define MU_POLICY_NS "urn:muster:policy:1"

#define MU_NONE UINT32_MAX /* no such classification, tag set, tag or value */

/* tagType, with enumerated folded by enumType and tagType7 read as informative (ADatP-4774.1 Table
 * 10). The upper-case word of a label's Category/@Type is mu_tag_type_name(). */
enum mu_tag_type { MU_TAG_RESTRICTIVE, MU_TAG_PERMISSIVE, MU_TAG_INFORMATIVE, MU_TAG_UNUSED };
const char *mu_tag_type_name(enum mu_tag_type type); /* "RESTRICTIVE"; "" for MU_TAG_UNUSED */
bool mu_tag_type_from_name(const char *name, enum mu_tag_type *type); /* of a label, exact */

/* Where a phrase or qualifier is applied (markingCode); bits. pageTopBottom is both. */
enum mu_marking_code {
    MU_AT_PAGE_TOP = 1 << 0,
    MU_AT_PAGE_BOTTOM = 1 << 1,
    MU_AT_DOCUMENT_START = 1 << 2,
    MU_AT_DOCUMENT_END = 1 << 3,
    MU_AT_NO_NAME = 1 << 4,    /* noNameDisplay: never the name, only the phrase      */
    MU_AT_NO_MARKING = 1 << 5, /* noMarkingDisplay: nothing is shown on output        */
    MU_AT_NO_CLASS = 1 << 6,   /* suppressClassName: the classification is not shown  */
    MU_AT_FIRST_LINE = 1 << 7,
    MU_AT_LAST_LINE = 1 << 8,
    MU_AT_SUBJECT = 1 << 9,
    MU_AT_X_HEADER = 1 << 10, /* the header's name is the prefix qualifier            */
    MU_AT_PORTION = 1 << 11,
    MU_AT_INPUT_TITLE = 1 << 12,
    MU_AT_WATERMARK = 1 << 13,
    MU_AT_POLICY = 1 << 14, /* replacePolicy: stands where the policy's name would    */
};
unsigned mu_marking_code_from_name(const char *name); /* bits of a markingCode; 0: unknown */

struct mu_phrase {
    const char *text;     /* NULL: the name of what it belongs to */
    const char *language; /* xml:lang; "" when none was given     */
    unsigned codes;       /* enum mu_marking_code                 */
};

enum mu_qualifier_kind { MU_PREFIX, MU_SUFFIX, MU_SEPARATOR };

struct mu_qualifier {
    enum mu_qualifier_kind kind;
    const char *text;
    const char *language;
    unsigned codes; /* 0: everywhere */
};

/* markingData and markingQualifier of one thing. */
struct mu_markings {
    struct mu_phrase *phrase;
    size_t phrases;
    struct mu_qualifier *qualifier;
    size_t qualifiers;
};

/* categoryGroup or excludedCategory, in this policy: the values of `set` and `type` with a lacv, or
 * all of them. */
struct mu_category_ref {
    uint32_t set; /* MU_NONE: the file names a tag set that it does not define */
    enum mu_tag_type type;
    bool all;
    const uint32_t *value; /* every value that has the lacv: more than one where they collide */
    size_t values;
    const char *set_name, *lacv; /* as written */
    uint32_t line;
};

enum mu_operation { MU_ONLY_ONE, MU_ONE_OR_MORE, MU_ALL };

/* requiredCategory. */
struct mu_required {
    enum mu_operation operation;
    struct mu_category_ref *group;
    size_t groups;
};

/* When an equivalence may be used (@applied); bits. encrypt: at origination, decrypt: at reception or
 * on the way (ADatP-4774.1 Tables 8 and 9). */
enum mu_applied { MU_APPLIED_ENCRYPT = 1, MU_APPLIED_DECRYPT = 2, MU_APPLIED_BOTH = 3 };

/* A category of another policy, as written: it is resolved when that policy is at hand. */
struct mu_foreign_ref {
    const char *set_id;   /* OID; NULL where the file names the set instead */
    const char *set_name; /* NULL where the file has its OID                */
    enum mu_tag_type type;
    const char *lacv; /* NULL: all */
    uint32_t line;
};

struct mu_foreign_required {
    enum mu_operation operation;
    struct mu_foreign_ref *group;
    size_t groups;
};

/* equivalentClassification. */
struct mu_class_map {
    uint32_t policy; /* in mu_policy.equivalent; MU_NONE: an undeclared policyRef */
    int64_t lacv;
    unsigned applied;
    struct mu_foreign_required *required;
    size_t requireds;
    uint32_t line;
};

/* equivalentSecCategoryTag. */
struct mu_category_map {
    uint32_t policy;
    struct mu_foreign_ref to;
    unsigned applied;
    bool discard; /* the value may be dropped */
};

/* equivalentSecurityCategoryTagSet: the set is the same set elsewhere, values go by their names. */
struct mu_set_map {
    uint32_t policy;
    const char *name, *id; /* one of them may be NULL */
    struct mu_foreign_required *required;
    size_t requireds;
};

struct mu_equivalent_policy {
    const char *name, *id;
    struct mu_foreign_required *required; /* added to every label that is mapped there */
    size_t requireds;
};

#define MU_CLASSES_MAX 256 /* SecurityClassification (RFC 2634 3.2) ends at 256 */

/* A set of classifications. */
struct mu_class_set {
    uint64_t bit[MU_CLASSES_MAX / 64];
};

static inline bool mu_class_in(const struct mu_class_set *set, uint32_t class)
{
    return (set->bit[class / 64] >> class % 64 & 1) != 0;
}

struct mu_classification {
    const char *name;
    const char *color; /* background, as written; NULL */
    int64_t lacv, hierarchy;
    bool obsolete;
    struct mu_markings markings;
    struct mu_required *required;
    size_t requireds;
    struct mu_class_map *map;
    size_t maps;
    uint32_t line;
};

/* tagCategory. Values of all tags stand in one array; a value is known by its index. What each label
 * asks for comes first, so that it shares a cache line. */
struct mu_value {
    uint32_t tag, set;
    uint32_t head; /* the first value of its set, type and key: itself where it is the only one */
    uint32_t same_name;      /* the next one of those; MU_NONE */
    uint32_t required_class; /* MU_NONE: none */
    bool required_unknown;   /* requiredClass names a classification that is not there: never met */
    bool excludes;           /* any class at all */
    bool obsolete;
    bool input; /* userInput: the label carries any text of the user's */
    bool
        demands; /* is it obsolete, or does it ask for anything of a class, of time or of values? */
    int64_t not_before, not_after; /* Unix time; INT64_MIN, INT64_MAX when absent */
    struct mu_required *required;
    size_t requireds;
    size_t exclusions;
    struct mu_category_ref *exclusion; /* excludedCategory */
    struct mu_class_set excluded;      /* excludedClass */
    const char *name;
    const char *lacv;   /* as written; integers compare as integers ("051" is 51) */
    uint32_t same_lacv; /* the next with the same lacv; MU_NONE */
    uint32_t line;
    struct mu_markings markings;
    struct mu_category_map *map;
    size_t maps;
};

/* securityCategoryTag. */
struct mu_tag {
    const char *name; /* "" when absent */
    enum mu_tag_type type;
    bool
        enumerated; /* ASN.1 lists its values (enumerated, tag7Encoding securityAttributes), or has bits */
    uint32_t set;
    uint32_t first, count; /* its values */
    uint32_t least, most; /* minSelection, maxSelection (1 for singleSelection); 0 and UINT32_MAX */
    struct mu_markings markings;
    uint32_t line;
};

/* securityCategoryTagSet: what a label's Category/@TagName and @URI name. */
struct mu_tag_set {
    const char *name, *id;
    uint32_t first, count; /* its tags                                   */
    uint32_t values[4];    /* how many values it has of each mu_tag_type */
    uint32_t names[4];     /* and how many different names those have */
    uint32_t input[4];     /* by type, the value that takes the user's words; MU_NONE */
    bool typed[4];         /* by type: has it such a tag, even one without values? */
    struct mu_set_map *map;
    size_t maps;
    uint32_t line;
};

struct mu_privacy_mark {
    const char *name;
    bool obsolete;
    struct mu_markings markings;
};

/* nspif:membership (ADatP-4774.1 3.9.2): who belongs to an activity or organisation. */
struct mu_membership {
    const char *name;
    const char **member;
    size_t members;
};

/*
 * What a SPIF cannot say and the prose of a standard does. Known for the NATO and PUBLIC policies by
 * their OIDs; other policies say it in spif:extensions as <conventions> of MU_POLICY_NS:
 * case="insensitive|sensitive" context= release= only= designators= administrative= (names of tag
 * sets), nato= document= unmarked="true". Absent: case sensitive, no such set.
 */
struct mu_conventions {
    bool fold;            /* names compare without regard to case (ADatP-4774 p 5-2)             */
    uint32_t context;     /* tag set of the context (App 2-4); MU_NONE                           */
    uint32_t release;     /* tag set "Releasable To", which always holds the context, too (2-7)  */
    uint32_t only;        /* tag set "Only"                                                      */
    uint32_t designators; /* tag set of the special category designators                  */
    uint32_t administrative; /* tag set "Administrative" (2-8)                               */
    bool nato;               /* the rules of ADatP-4774 Appendix 2 are meant to hold for it  */
    bool document;           /* the rules of (EU) 2015/444 art. 25 hold for its documents    */
    bool unmarked;           /* PUBLIC: its labels have an empty marking                     */
};

struct mu_names;   /* hash of names, names.h */
struct mu_lexicon; /* phrases, marking.h     */

struct mu_policy {
    const char *path; /* for messages */
    char digest[MU_DIGEST_TEXT];
    const char *name, *id;                 /* securityPolicyId */
    const char *uri;                       /* "urn:oid:<id>"; NULL where the id is no OID */
    const char *default_name, *default_id; /* defaultSecurityPolicyId; NULL */
    const char *version;                   /* "91"; "1" when absent */
    const char *schema_version;            /* "2.1" */
    const char *created;                   /* creationDate as written */
    const char *originator;
    int64_t created_at; /* Unix time; INT64_MIN when it cannot be read */
    int64_t not_before, not_after;
    struct mu_markings id_markings;      /* of securityPolicyId            */
    struct mu_markings class_markings;   /* of securityClassifications     */
    struct mu_markings markings;         /* of the SPIF                    */
    struct mu_markings privacy_markings; /* of privacyMarks                */
    struct mu_classification *classification;
    size_t classifications;
    struct mu_tag_set *set;
    size_t sets;
    struct mu_tag *tag;
    size_t tags;
    struct mu_value *value;
    size_t values;
    struct mu_privacy_mark *privacy_mark;
    size_t privacy_marks;
    struct mu_equivalent_policy *equivalent;
    size_t equivalents;
    struct mu_membership *membership;
    size_t memberships;
    struct mu_conventions is;
    struct mu_names *names;
    const struct mu_lexicon *lexicon; /* mu_marking_prepare(); NULL: made for each reading */
    xmlDoc *doc; /* the file, for the rules of xmlspif.sch; deferred to the arena */
};

/*
 * Load a policy file. What stops it from being read at all is an error with file:line:column: not
 * well-formed, another root or namespace, an unsupported schema version ("unsupported version 3.0"),
 * a missing name, id, lacv or hierarchy, a number that is none, more than base/limits.h allows. What
 * is merely wrong is for `muster policy check`.
 */
bool mu_policy_load(struct mu_arena *arena, const char *path, struct mu_policy **policy,
                    struct mu_err *err) MU_MUST_USE;

/* Whether letter case counts: what an operator says wins over what the policy says. */
enum mu_policy_case { MU_CASE_OF_POLICY, MU_CASE_INSENSITIVE, MU_CASE_SENSITIVE };

bool mu_policy_load_case(struct mu_arena *arena, struct mu_bytes text, const char *name,
                         enum mu_policy_case how, struct mu_policy **policy,
                         struct mu_err *err) MU_MUST_USE;

/* The same from bytes; `name` for messages. */
bool mu_policy_load_bytes(struct mu_arena *arena, struct mu_bytes text, const char *name,
                          struct mu_policy **policy, struct mu_err *err) MU_MUST_USE;

/* Is it a version of the SPIF schema that is read here: 1.0, 2.0, 2.1? */
bool mu_policy_version_known(const char *schema_version);

/* The policies of a run. */
struct mu_policies {
    struct mu_policy **policy;
    size_t count;
};

/* The one that a label means: by the OID of its URI where it has one that is known, by name
 * otherwise; NULL when neither is known. */
const struct mu_policy *mu_policies_find(const struct mu_policies *all, const char *name,
                                         const char *uri);
const struct mu_policy *mu_policies_by_id(const struct mu_policies *all, const char *id);

/* "urn:oid:1.2.3" -> "1.2.3"; NULL for anything else. */
const char *mu_policy_oid(const char *uri);

/* Do the name and, where there is one, the URI both speak of this policy? */
bool mu_policy_is(const struct mu_policy *policy, const char *name, const char *uri);

/* --- looking up; every text is a name as a label or file writes it, MU_NONE when it is unknown ----- */

uint32_t mu_policy_classification(const struct mu_policy *policy, const char *name);
uint32_t mu_policy_classification_lacv(const struct mu_policy *policy, int64_t lacv);
uint32_t mu_policy_set(const struct mu_policy *policy, const char *name);
uint32_t mu_policy_set_id(const struct mu_policy *policy, const char *id);

/* The first value of that name; further ones by .same_name. */
uint32_t mu_policy_value(const struct mu_policy *policy, uint32_t set, enum mu_tag_type type,
                         const char *name);
uint32_t mu_policy_value_lacv(const struct mu_policy *policy, uint32_t set, enum mu_tag_type type,
                              const char *lacv);

/* Of the values of that name, the one that `classification` (may be MU_NONE) does not exclude; the
 * first of them when each is excluded or when several are left (*ambiguous, may be NULL). */
uint32_t mu_policy_value_for(const struct mu_policy *policy, uint32_t set, enum mu_tag_type type,
                             const char *name, uint32_t classification, bool *ambiguous);

#endif
