/* marking_support.h - what the tests of markings share: our policies, labels in short, small
 * policies. */
#ifndef MU_TESTS_MARKING_SUPPORT_H
#define MU_TESTS_MARKING_SUPPORT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/unicode.h"
#include "policy/marking.h"

static struct mu_arena *arena;
static struct mu_policy *policy[5];
static struct mu_policies all = { .policy = policy };

enum { NATO, EU, ARKANIA, VELMAR, PUBLIC };

static inline void set_up(void)
{
    static const char *const file[] = { "nato-exercise", "eu-exercise", "arkania", "velmar",
                                        "public" };
    struct mu_err err;
    arena = mu_arena_new(1024 * MU_MIB);
    ck_assert(mu_unicode_start(&err));
    for (all.count = 0; all.count < MU_COUNT(file); all.count++)
        ck_assert_msg(
            mu_policy_load(
                arena,
                mu_arena_printf(arena, MU_SOURCE_DIR "/profiles/policies/%s.xml", file[all.count]),
                &policy[all.count], &err),
            "%s: %s", file[all.count], err.msg);
    mu_marking_prepare(arena, &all);
}

static inline void tear_down(void)
{
    mu_arena_free(arena);
}

/* --- labels in short: "SECRET; P Context: NATO, Releasable; I Administrative: STAFF" ------ */

static inline char *trimmed(char *text)
{
    return mu_bytes_dup(arena, mu_bytes_trim(mu_bytes_of(text)));
}

static inline void add_category(struct mu_label *label, char *text)
{
    struct mu_category *c = &label->category[label->categories++];
    char *letter = trimmed(strsep(&text, ":"));
    ck_assert(text != NULL);
    c->type = letter[0] == 'P' ? "PERMISSIVE" : letter[0] == 'R' ? "RESTRICTIVE" : "INFORMATIVE";
    c->tag_name = letter + 2;
    c->value = mu_arena_array(arena, strlen(text) + 1, sizeof *c->value);
    for (char *one; (one = strsep(&text, ",")) != NULL;)
        c->value[c->values++] = trimmed(one);
}

static inline struct mu_label *label_of(const struct mu_policy *p, const char *text)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    char *rest = mu_bytes_dup(arena, mu_bytes_of(text));
    *label = (struct mu_label){ .root = "originatorConfidentialityLabel",
                                .policy = p->name,
                                .classification = trimmed(strsep(&rest, ";")),
                                .category = mu_arena_array(arena, 16, sizeof *label->category) };
    while (rest != NULL) {
        char *one = strsep(&rest, ";");
        if (strncmp(trimmed(one), "mark ", 5) == 0)
            label->privacy_mark = trimmed(one) + 5;
        else
            add_category(label, one);
    }
    return mu_label_canonical(arena, p, label);
}

static const char *written(const struct mu_label *label)
{
    return label != NULL ? mu_bytes_dup(arena, mu_label_write(arena, label)) : "no label";
}

static const char *render(const struct mu_policy *p, const struct mu_label *label,
                          enum mu_marking_code place, const char *language)
{
    struct mu_resolved r;
    const char *why;
    mu_resolve(arena, p, label, &r);
    const char *text = mu_marking_render(arena, &r, place, language, &why);
    return text != NULL ? text : mu_arena_printf(arena, "none: %s", why);
}

static inline struct mu_marking_reading parse(const char *text, enum mu_marking_match match)
{
    struct mu_marking_reading reading;
    mu_marking_parse(arena, &all, text, match, &reading);
    return reading;
}

/* --- small policies ----------------------------------------------------------------------- */

#define SPIF(inside)                                                                               \
    "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='2.1' version='1' creationDate='20260101000000Z'"  \
    " originatorDN='cn=x' keyIdentifier='00' privilegeId='1.3.26.0.4774.5.24.1'"                   \
    " rbacId='1.3.26.0.4774.5.24.1'>" inside "</SPIF>"
#define ID(inside) "<securityPolicyId name='Awk' id='2.25.77'>" inside "</securityPolicyId>"
#define CLASS(name, number, inside)                                                                \
    "<securityClassification name='" name "' lacv='" number "' hierarchy='" number "'>" inside     \
    "</securityClassification>"
#define CLASSES(inside) "<securityClassifications>" inside "</securityClassifications>"
#define LOW_HIGH        CLASSES(CLASS("LOW", "1", "") CLASS("HIGH", "2", ""))
#define SETS(inside)    "<securityCategoryTagSets>" inside "</securityCategoryTagSets>"
#define SET(name, id, type, inside)                                                                \
    "<securityCategoryTagSet name='" name "' id='2.25." id "'><securityCategoryTag name='" name    \
    "' tagType='" type "'>" inside "</securityCategoryTag></securityCategoryTagSet>"
#define VALUE(name, number, inside)                                                                \
    "<tagCategory name='" name "' lacv='" number "'>" inside "</tagCategory>"
#define INPUT(name, number, inside)                                                                \
    "<tagCategory name='" name "' lacv='" number "' userInput='string'>" inside "</tagCategory>"
#define SAY(phrase, codes) "<markingData phrase='" phrase "'>" codes "</markingData>"
#define SAY_IN(lang, phrase, codes)                                                                \
    "<markingData phrase='" phrase "' xml:lang='" lang "'>" codes "</markingData>"
#define HIDE(codes) "<markingData>" codes "</markingData>"
#define CODE(code)  "<code>" code "</code>"
#define ROUND(kind, text)                                                                          \
    "<markingQualifier><qualifier markingQualifier='" text "' qualifierCode='" kind                \
    "'/></markingQualifier>"
#define ROUND_AT(place, kind, text)                                                                \
    "<markingQualifier markingCode='" place "'><qualifier markingQualifier='" text                 \
    "' qualifierCode='" kind "'/></markingQualifier>"
#define ROUND_IN(lang, kind, text)                                                                 \
    "<markingQualifier xml:lang='" lang "'><qualifier markingQualifier='" text                     \
    "' qualifierCode='" kind "'/></markingQualifier>"
#define PLAIN_SET(inside) SETS(SET("S", "1", "restrictive", inside))

static inline struct mu_policies one_policy(const char *spif)
{
    struct mu_policies one = { .policy = mu_arena_array(arena, 1, sizeof *one.policy), .count = 1 };
    struct mu_err err;
    ck_assert_msg(mu_policy_load_bytes(arena, mu_bytes_of(spif), "inline", &one.policy[0], &err),
                  "%s: %s", err.msg, spif);
    return one;
}

/* Run the cases under their fixture: the policies are loaded once. */
static inline int run(TCase *tc)
{
    Suite *suite = suite_create("marking");
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline TCase *marking_case(const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_unchecked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    return tc;
}

#endif
