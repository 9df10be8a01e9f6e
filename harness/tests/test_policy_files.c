#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/xml.h"
#include "policy/decide.h"
#include "policy/validity.h"

/* The policies that we ship are what the engine thinks they are, and the fixtures are labels of them
 * or defective in the way that they say. */

#define POLICIES  MU_SOURCE_DIR "/profiles/policies/"
#define FIXTURES  MU_SOURCE_DIR "/fixtures/"
#define SCHEMAS   MU_SOURCE_DIR "/profiles/schemas/"
#define TEST_TIME 1780272000 /* 2026-06-01 */

static const struct {
    const char *file, *name;
    size_t classifications, sets;
    bool fold;
} shipped[] = {
    { "nato-exercise.xml", "NATO-EXERCISE", 5, 6, true },
    { "public.xml", "PUBLIC", 1, 1, true },
    { "eu-exercise.xml", "EU-EXERCISE", 5, 3, true },
    { "arkania.xml", "ARKANIA-EXERCISE", 4, 3, true },
    { "velmar.xml", "VELMAR-EXERCISE", 6, 4, false },
};

static struct mu_arena *arena;
static struct mu_schema *spif;
static struct mu_policy *loaded[MU_COUNT(shipped)];
static struct mu_policies all = { loaded, MU_COUNT(shipped) };

static void set_up(void)
{
    struct mu_err err;
    arena = mu_arena_new(256 * MU_MIB);
    ck_assert(mu_schema_load(arena, SCHEMAS "spif.xsd", &spif, &err));
    for (size_t i = 0; i < MU_COUNT(shipped); i++) {
        const char *path = mu_arena_printf(arena, POLICIES "%s", shipped[i].file);
        bool good = mu_policy_load(arena, path, &loaded[i], &err);
        ck_assert_msg(good, "%s: %s", path, good ? "" : err.msg);
    }
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

static bool schema_takes(struct mu_schema *schema, const char *path)
{
    struct mu_err err;
    xmlDoc *doc;
    return mu_xml_load(arena, path, &doc, NULL, &err) && mu_schema_check(schema, doc, &err);
}

START_TEST(test_shipped)
{
    const struct mu_policy *p = loaded[_i];
    ck_assert(schema_takes(spif, p->path));
    ck_assert_str_eq(p->name, shipped[_i].name);
    ck_assert_uint_eq(p->classifications, shipped[_i].classifications);
    ck_assert_uint_eq(p->sets, shipped[_i].sets);
    ck_assert(p->is.fold == shipped[_i].fold);
    ck_assert_ptr_eq(mu_policies_find(&all, p->name, NULL), p);
}
END_TEST

static void check_groups(const struct mu_policy *p, const struct mu_required *required,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t g = 0; g < required[i].groups; g++)
            ck_assert_msg(required[i].group[g].values > 0, "%s:%u", p->path,
                          required[i].group[g].line);
}

/* SPF-05, SPF-06 and, where both sides are shipped, that what an equivalence names is there. */
START_TEST(test_references)
{
    const struct mu_policy *p = loaded[_i];
    for (size_t i = 0; i < p->equivalents; i++)
        ck_assert_ptr_nonnull(mu_policies_by_id(&all, p->equivalent[i].id));
    for (size_t c = 0; c < p->classifications; c++) {
        check_groups(p, p->classification[c].required, p->classification[c].requireds);
        for (size_t m = 0; m < p->classification[c].maps; m++) {
            const struct mu_class_map *map = &p->classification[c].map[m];
            ck_assert_msg(map->policy != MU_NONE, "%s:%u", p->path, map->line);
            const struct mu_policy *to = mu_policies_by_id(&all, p->equivalent[map->policy].id);
            ck_assert_uint_ne(mu_policy_classification_lacv(to, map->lacv), MU_NONE);
        }
    }
    for (size_t v = 0; v < p->values; v++) {
        check_groups(p, p->value[v].required, p->value[v].requireds);
        for (size_t m = 0; m < p->value[v].maps; m++) {
            const struct mu_category_map *map = &p->value[v].map[m];
            const struct mu_policy *to = mu_policies_by_id(&all, p->equivalent[map->policy].id);
            uint32_t set = mu_policy_set_id(to, map->to.set_id);
            uint32_t value = mu_policy_value_lacv(to, set, map->to.type, map->to.lacv);
            ck_assert_uint_ne(set, MU_NONE);
            ck_assert_msg((value == MU_NONE) == map->discard, "%s:%u", p->path, map->to.line);
        }
    }
}
END_TEST

static const xmlNode *label_root(const xmlNode *root)
{
    if (mu_label_is_root(root))
        return root;
    for (const xmlNode *n = root->children; n != NULL; n = n->next)
        if (n->type == XML_ELEMENT_NODE && mu_label_is_root(n))
            return n;
    return NULL;
}

/* "" for a valid label, the first rule that it breaks otherwise. */
static const char *verdict(const struct mu_label *label)
{
    struct mu_validity_report report;
    mu_validate(arena, &all, label, TEST_TIME, &report);
    for (size_t i = 0; i < report.findings; i++)
        if (report.finding[i].must)
            return report.finding[i].rule;
    ck_assert(report.valid);
    return "";
}

static const char *const good_label[] = { "confidential",
                                          "eu-restricted",
                                          "no-review",
                                          "restricted-releasable",
                                          "restricted",
                                          "secret-eu",
                                          "secret",
                                          "succession",
                                          "tres-secret-eu",
                                          "unclassified-releasable",
                                          "unclassified",
                                          "raw/default-namespace",
                                          "raw/lower-case",
                                          "raw/extension-attribute",
                                          "raw/review-past",
                                          "raw/extension-element",
                                          "raw/many-categories" };

static const xmlNode *load_root(const char *path)
{
    struct mu_err err;
    xmlDoc *doc;
    bool good = mu_xml_load(arena, path, &doc, NULL, &err);
    ck_assert_msg(good, "%s: %s", path, good ? "" : err.msg);
    return xmlDocGetRootElement(doc);
}

static struct mu_label load_label(const char *name)
{
    struct mu_label label;
    const char *path = mu_arena_printf(arena, FIXTURES "labels/%s.xml", name);
    mu_label_read(arena, label_root(load_root(path)), &label);
    return label;
}

START_TEST(test_fixture_labels)
{
    struct mu_label label = load_label(good_label[_i]);
    ck_assert_str_eq(verdict(&label), "");
    if (label.successor != NULL)
        ck_assert_str_eq(verdict(label.successor), "");
}
END_TEST

/* Who may have what; NULL: permitted. */
static const struct {
    const char *clearance, *label, *denied;
} access_row[] = {
    { "nato-secret", "secret", NULL },
    { "nato-secret", "restricted-releasable", NULL },
    { "nato-secret", "eu-restricted", "DEC-04" },
    { "nato-restricted", "restricted", NULL },
    { "nato-restricted", "confidential", "DEC-01" },
    { "nato-gap", "secret", NULL },
    { "nato-gap", "restricted", "DEC-01" }, /* nothing below is implied */
    { "partner-secret", "restricted", "DEC-03" },
    { "partner-secret", "restricted-releasable", "DEC-03" },
    { "other-nation", "restricted-releasable", "DEC-03" },
    { "eu-staff-nato", "restricted-releasable", NULL },
    { "eu-staff-nato", "restricted", "DEC-03" },
    { "eu-staff", "secret-eu", NULL },
    { "eu-staff", "tres-secret-eu", "DEC-01" },
    { "eu-staff", "restricted", "DEC-04" },
    { "arkania", "eu-restricted", "DEC-04" },
    { "velmar", "secret", "DEC-04" },
};

START_TEST(test_clearances)
{
    struct mu_clearance clearance;
    struct mu_cleared cleared;
    struct mu_label label = load_label(access_row[_i].label);
    const char *path =
        mu_arena_printf(arena, FIXTURES "clearances/%s.xml", access_row[_i].clearance);
    struct mu_schema *schema;
    struct mu_err err;
    ck_assert(mu_schema_load(arena, SCHEMAS "clearance.xsd", &schema, &err));
    ck_assert(schema_takes(schema, path));
    mu_clearance_read(arena, load_root(path), &clearance);
    const struct mu_policy *policy = mu_policies_find(&all, clearance.policy, clearance.policy_uri);
    ck_assert_ptr_nonnull(policy);
    mu_cleared_make(arena, policy, &clearance, &cleared);
    ck_assert_msg(cleared.doubt == NULL, "%s: %s", path, cleared.doubt);
    struct mu_decision decision = mu_decide_label(arena, &all, &label, &clearance);
    ck_assert_msg(decision.permit == (access_row[_i].denied == NULL), "%s", decision.why);
    if (!decision.permit)
        ck_assert_str_eq(decision.rule, access_row[_i].denied);
}
END_TEST

#define ROOT         "originatorConfidentialityLabel"
#define INFO         "ConfidentialityInformation"
#define CREATED      "<CreationDateTime>2026-01-12T08:00:00Z</CreationDateTime>"
#define POLICY(name) "<PolicyIdentifier>" name "</PolicyIdentifier>"
#define CLASS(name)  "<Classification>" name "</Classification>"
#define LABEL(policy, class, categories)                                                           \
    "<" ROOT " xmlns='" MU_SLAB_NS "'><" INFO ">" POLICY(policy) CLASS(class) categories           \
        "</" INFO ">" CREATED "</" ROOT ">"
#define CATEGORY(type, name, values)                                                               \
    "<Category Type='" type "' TagName='" name "'>" values "</Category>"
#define V(value)                "<GenericValue>" value "</GenericValue>"
#define NATO(class, categories) LABEL("NATO-EXERCISE", class, categories)
#define CONTEXT(values)         CATEGORY("PERMISSIVE", "Context", values)
#define TO(values)              CATEGORY("PERMISSIVE", "Releasable To", values)
#define SCD(value)              CATEGORY("RESTRICTIVE", "Special Category Designators", V(value))
#define RELEASABLE              CONTEXT(V("NATO") V("Releasable"))
#define VELMAR(categories)                                                                         \
    LABEL("VELMAR-EXERCISE", "INTERNAL", CATEGORY("PERMISSIVE", "Release", V("VELMAR")) categories)
#define PROJECTS(values) CATEGORY("RESTRICTIVE", "Projects", values)

/* What ADatP-4774 Appendix 2 demands of NATO labels, said by the policy itself; and the limits of the
 * awkward one. */
static const struct {
    const char *xml, *rule;
} label[] = {
    { NATO("SECRET", CONTEXT(V("NATO"))), "" },
    { NATO("SECRET", ""), "SEM-07" },                                        /* NAT-01 */
    { NATO("SECRET", CONTEXT(V("Releasable"))), "SEM-07" },                  /* NAT-02 */
    { NATO("SECRET", CONTEXT(V("NATO") V("KFOR"))), "SEM-07" },              /* NAT-02 */
    { NATO("SECRET", RELEASABLE TO(V("NATO") V("JPN"))), "" },               /* NAT-03 */
    { NATO("SECRET", CONTEXT(V("NATO")) TO(V("NATO") V("JPN"))), "SEM-08" }, /* NAT-03 */
    { NATO("SECRET", RELEASABLE TO(V("NATO"))), "SEM-10" },                  /* NAT-05 */
    { NATO("SECRET", RELEASABLE TO(V("JPN") V("CHE"))), "SEM-08" },          /* NAT-06 */
    { NATO("TOP SECRET", RELEASABLE TO(V("NATO") V("EEAS"))), "" },          /* NAT-13 */
    { NATO("TOP SECRET", RELEASABLE TO(V("NATO") V("JPN"))), "SEM-05" },     /* NAT-13 */
    { NATO("CONFIDENTIAL", CONTEXT(V("NATO")) SCD("ATOMAL")), "" },          /* NAT-12 */
    { NATO("RESTRICTED", CONTEXT(V("NATO")) SCD("ATOMAL")), "SEM-05" },      /* NAT-12 */
    { NATO("UNCLASSIFIED", CONTEXT(V("NATO")) SCD("BOHEMIA")), "SEM-05" },   /* NAT-12 */
    { NATO("SECRET", CONTEXT(V("NATO")) SCD("VINTAGE")), "SEM-11" },
    { NATO("SECRET", RELEASABLE TO(V("NATO") V("COALITION-26"))), "" },
    { NATO("UNCLASSIFIED",
           CONTEXT(V("NATO")) CATEGORY("INFORMATIVE", "Administrative", V("LEGAL"))),
      "" }, /* NAT-08 */
    { NATO("RESTRICTED", CONTEXT(V("NATO")) CATEGORY("INFORMATIVE", "Administrative", V("LEGAL"))),
      "SEM-05" }, /* NAT-08 */
    { LABEL("PUBLIC", "UNMARKED", ""), "" },
    { LABEL("EU-EXERCISE", "UNCLASSIFIED", CATEGORY("INFORMATIVE", "Distribution", V("LIMITE"))),
      "" },
    { LABEL("EU-EXERCISE", "LIMITE", ""), "SEM-02" },
    { LABEL("EU-EXERCISE", "SECRET UE/EU SECRET", ""), "SEM-07" },
    { LABEL("EU-EXERCISE", "SECRET UE/EU SECRET", TO(V("NATO"))), "SEM-07" },
    { LABEL("EU-EXERCISE", "SECRET UE/EU SECRET", TO(V("NATO") V("EEAS"))), "" },
    { LABEL("ARKANIA-EXERCISE", "OPEN", ""), "SEM-07" },
    { VELMAR(PROJECTS(V("Falcon") V("Granite &amp; Sons"))), "" },
    { VELMAR(PROJECTS(V("falcon"))), "SEM-04" },
    { VELMAR(PROJECTS(V("Falcon") V("FALCON"))), "SEM-09" },
    { VELMAR(PROJECTS(V("Falcon") V("Cipher") V("Granite &amp; Sons"))), "SEM-10" },
    { VELMAR(CATEGORY("RESTRICTIVE", "Eyes", V("Chancellor")) PROJECTS(V("Cipher"))), "SEM-09" },
    { VELMAR(CATEGORY("INFORMATIVE", "Desks", V("Falcon") V("Ärmel"))), "SEM-10" },
    { VELMAR(CATEGORY("INFORMATIVE", "Projects", V("Copy 7 of 9"))), "" }, /* the user's own text */
};

START_TEST(test_labels)
{
    struct mu_err err;
    xmlDoc *doc;
    struct mu_label read;
    ck_assert(mu_xml_load_bytes(arena, mu_bytes_of(label[_i].xml), "label", &doc, &err));
    mu_label_read(arena, xmlDocGetRootElement(doc), &read);
    ck_assert_msg(strcmp(verdict(&read), label[_i].rule) == 0, "%s instead of %s: %s",
                  verdict(&read), label[_i].rule, label[_i].xml);
}
END_TEST

/* Defective policies: does the schema take it, and what does loading say (NULL: it loads)? */
static const struct {
    const char *name;
    bool schema;
    const char *load;
} defective[] = {
    { "small", true, NULL },
    { "drift", true, NULL },
    { "not-well-formed", false, "mismatch" },
    { "wrong-namespace", false, "namespace" },
    { "no-namespace", false, "namespace" },
    { "version-3", false, "unsupported version 3.0" },
    { "no-version", false, "schemaVersion" },
    { "no-hierarchy", false, "hierarchy" },
    { "lacv-no-number", false, "no number" },
    { "doctype", false, "document type" },
    { "stray-text", false, NULL },
    { "wrong-order", false, NULL },
    { "dangling-policy", false, NULL },
    { "dangling-excluded-class", false, NULL },
    { "dangling-required-class", false, NULL },
    { "dangling-class-required", false, NULL },
    { "dangling-value-required", false, NULL }, /* what the public schema does not see */
    { "dangling-excluded-category", false, NULL },
    { "dangling-lacv", true, NULL },
    { "dangling-type", true, NULL },
    { "duplicate-classification", false, NULL },
    { "duplicate-lacv", false, NULL },
    { "duplicate-colour", false, NULL },
    { "duplicate-colour-written-otherwise", true, NULL },
    { "duplicate-hierarchy", true, NULL },
    { "duplicate-set", false, NULL },
    { "duplicate-set-id", false, NULL },
    { "duplicate-value", true, NULL },
};

START_TEST(test_defective)
{
    struct mu_err err;
    struct mu_policy *policy;
    const char *path = mu_arena_printf(arena, FIXTURES "policies/%s.xml", defective[_i].name);
    ck_assert_msg(schema_takes(spif, path) == defective[_i].schema, "%s", path);
    bool good = mu_policy_load(arena, path, &policy, &err);
    ck_assert_msg(good == (defective[_i].load == NULL), "%s: %s", path, good ? "loads" : err.msg);
    if (!good)
        ck_assert_msg(strstr(err.msg, defective[_i].load) != NULL, "%s: %s", path, err.msg);
}
END_TEST

/* One name, two values: the classification tells which. */
START_TEST(test_drift)
{
    struct mu_err err;
    struct mu_policy *p;
    ck_assert(mu_policy_load(arena, FIXTURES "policies/drift.xml", &p, &err));
    uint32_t set = mu_policy_set(p, "Context");
    bool ambiguous;
    uint32_t low = mu_policy_value_for(p, set, MU_TAG_PERMISSIVE, "NATO",
                                       mu_policy_classification(p, "SECRET"), &ambiguous);
    ck_assert(!ambiguous);
    uint32_t high = mu_policy_value_for(p, set, MU_TAG_PERMISSIVE, "NATO",
                                        mu_policy_classification(p, "TOP SECRET"), &ambiguous);
    ck_assert(!ambiguous);
    ck_assert_str_eq(p->value[low].markings.phrase[0].text, "NATO");
    ck_assert_str_eq(p->value[high].markings.phrase[0].text, "COSMIC");
    ck_assert_uint_eq(p->memberships, 2);
    ck_assert_str_eq(p->membership[1].name, "KFOR"); /* the other form of attributes */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy files");
    TCase *tc = tcase_create("files");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_shipped, 0, (int) MU_COUNT(shipped));
    tcase_add_loop_test(tc, test_references, 0, (int) MU_COUNT(shipped));
    tcase_add_loop_test(tc, test_fixture_labels, 0, (int) MU_COUNT(good_label));
    tcase_add_loop_test(tc, test_clearances, 0, (int) MU_COUNT(access_row));
    tcase_add_loop_test(tc, test_labels, 0, (int) MU_COUNT(label));
    tcase_add_loop_test(tc, test_defective, 0, (int) MU_COUNT(defective));
    tcase_add_test(tc, test_drift);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
