#include "policy_gen.h"

/* --- what cannot be loaded ----------------------------------------------------------------------------- */

#define GREEN    CLASS("GREEN", "1", "1", "")
#define LEAST    POLICY_ID CLASSES(GREEN)
#define FRUIT(x) POLICY_ID CLASSES(GREEN) SETS(SET("Fruit", "2.25.4", TAG(RESTRICTIVE, x)))

/* What matters stands on a line of its own, so that its place can be counted. */
static const struct {
    const char *name, *xml, *text;
    enum mu_err_code code;
} refused[] = {
    { "empty", "", "spif.xml:1:1: there is nothing in it", MU_ERR_PROFILE },
    { "not well-formed", SPIF(LEAST "\n<a></b>"),
      "spif.xml:2:8: opening and ending tag mismatch: a line 2 and b", MU_ERR_PROFILE },
    { "not UTF-8", SPIF("\n  \xff"), "spif.xml:2:3: not UTF-8", MU_ERR_PROFILE },
    { "doctype", "<!DOCTYPE SPIF>\n" SPIF(LEAST),
      "spif.xml:1:1: a document type declaration is not allowed", MU_ERR_PROFILE },
    { "another root", "\n<spif xmlns='" MU_SPIF_NS "' schemaVersion='2.1'/>",
      "spif.xml:2:1: the root is no SPIF of namespace 'http://www.xmlspif.org/spif'",
      MU_ERR_PROFILE },
    { "no namespace", "\n<SPIF schemaVersion='2.1'/>",
      "spif.xml:2:1: the root is no SPIF of namespace 'http://www.xmlspif.org/spif'",
      MU_ERR_PROFILE },
    { "misspelt namespace", "\n<SPIF xmlns='http://www.xmslpif.org/spif' schemaVersion='2.1'/>",
      "spif.xml:2:1: the root is no SPIF of namespace 'http://www.xmlspif.org/spif', its namespace "
      "is misspelt",
      MU_ERR_PROFILE },
    { "no version", "\n<SPIF xmlns='" MU_SPIF_NS "'/>",
      "spif.xml:2:1: element 'SPIF' has no attribute 'schemaVersion'", MU_ERR_PROFILE },
    { "version 3.0", "<SPIF xmlns='" MU_SPIF_NS "'\n schemaVersion='3.0'>" LEAST "</SPIF>",
      "spif.xml:2:2: unsupported version 3.0 of the SPIF schema; 1.0, 2.0 and 2.1 are known",
      MU_ERR_PROFILE },
    { "version 2", "<SPIF xmlns='" MU_SPIF_NS "'\n schemaVersion='2'>" LEAST "</SPIF>",
      "spif.xml:2:2: unsupported version 2 of the SPIF schema; 1.0, 2.0 and 2.1 are known",
      MU_ERR_PROFILE },
    { "no policy id", "\n" SPIF(CLASSES(GREEN)), "spif.xml:2:1: the policy has no securityPolicyId",
      MU_ERR_PROFILE },
    { "policy without a name", SPIF("\n<securityPolicyId id='2.25.1'/>" CLASSES(GREEN)),
      "spif.xml:2:1: element 'securityPolicyId' has no attribute 'name'", MU_ERR_PROFILE },
    { "policy without an id", SPIF("\n<securityPolicyId name='ZEBRA'/>" CLASSES(GREEN)),
      "spif.xml:2:1: element 'securityPolicyId' has no attribute 'id'", MU_ERR_PROFILE },
    { "no classifications", "\n" SPIF(POLICY_ID), "spif.xml:2:1: the policy has no classification",
      MU_ERR_PROFILE },
    { "no classification", SPIF(POLICY_ID "\n" CLASSES("")),
      "spif.xml:2:1: the policy has no classification", MU_ERR_PROFILE },
    { "classification without a name",
      SPIF(POLICY_ID CLASSES("\n <securityClassification lacv='1' hierarchy='1'/>")),
      "spif.xml:2:2: element 'securityClassification' has no attribute 'name'", MU_ERR_PROFILE },
    { "classification without a lacv",
      SPIF(POLICY_ID CLASSES("\n<securityClassification name='A' hierarchy='1'/>")),
      "spif.xml:2:1: element 'securityClassification' has no attribute 'lacv'", MU_ERR_PROFILE },
    { "classification without a rank",
      SPIF(POLICY_ID CLASSES("\n<securityClassification name='A' lacv='1'/>")),
      "spif.xml:2:1: element 'securityClassification' has no attribute 'hierarchy'",
      MU_ERR_PROFILE },
    { "lacv that is no number",
      SPIF(POLICY_ID CLASSES("<securityClassification name='A' hierarchy='1'\nlacv='1x'/>")),
      "spif.xml:2:1: 'lacv' of 'securityClassification' is no number: '1x'", MU_ERR_PROFILE },
    { "empty lacv",
      SPIF(POLICY_ID CLASSES("<securityClassification name='A' hierarchy='1'\nlacv=''/>")),
      "spif.xml:2:1: 'lacv' of 'securityClassification' is no number: ''", MU_ERR_PROFILE },
    { "lacv of 20 digits",
      SPIF(POLICY_ID CLASSES(
          "<securityClassification name='A' hierarchy='1'\nlacv='99999999999999999999'/>")),
      "spif.xml:2:1: 'lacv' of 'securityClassification' is no number: '99999999999999999999'",
      MU_ERR_PROFILE },
    { "hexadecimal rank",
      SPIF(POLICY_ID CLASSES("<securityClassification name='A' lacv='1'\n  hierarchy='0x10'/>")),
      "spif.xml:2:3: 'hierarchy' of 'securityClassification' is no number: '0x10'",
      MU_ERR_PROFILE },
    { "tag set without a name", SPIF(LEAST SETS("\n<securityCategoryTagSet id='2.25.4'/>")),
      "spif.xml:2:1: element 'securityCategoryTagSet' has no attribute 'name'", MU_ERR_PROFILE },
    { "tag set without an id", SPIF(LEAST SETS("\n<securityCategoryTagSet name='A'/>")),
      "spif.xml:2:1: element 'securityCategoryTagSet' has no attribute 'id'", MU_ERR_PROFILE },
    { "tag without a type", SPIF(LEAST SETS(SET("A", "2.25.4", "\n<securityCategoryTag/>"))),
      "spif.xml:2:1: element 'securityCategoryTag' has no attribute 'tagType'", MU_ERR_PROFILE },
    { "tag of another type",
      SPIF(LEAST SETS(SET("A", "2.25.4", "<securityCategoryTag\ntagType='Restrictive'/>"))),
      "spif.xml:2:1: unknown tag type 'Restrictive'", MU_ERR_PROFILE },
    { "limit that is no number",
      SPIF(LEAST SETS(SET("A", "2.25.4", TAG(RESTRICTIVE "\nmaxSelection='many'", "")))),
      "spif.xml:2:1: 'maxSelection' of 'securityCategoryTag' is no number: 'many'",
      MU_ERR_PROFILE },
    { "value without a name", SPIF(FRUIT("\n<tagCategory lacv='1'/>")),
      "spif.xml:2:1: element 'tagCategory' has no attribute 'name'", MU_ERR_PROFILE },
    { "value without a lacv", SPIF(FRUIT("\n<tagCategory name='A'/>")),
      "spif.xml:2:1: element 'tagCategory' has no attribute 'lacv'", MU_ERR_PROFILE },
    { "window that is none",
      SPIF(FRUIT("<tagCategory name='A' lacv='1'\nnotBefore='2026-02-30T00:00:00Z'/>")),
      "spif.xml:2:1: 'notBefore' is no date and time: '2026-02-30T00:00:00Z'", MU_ERR_PROFILE },
    { "unknown operation",
      SPIF(FRUIT(VALUE_WITH("name='A' lacv='1'", "<requiredCategory\noperation='some'/>"))),
      "spif.xml:2:1: unknown operation 'some'", MU_ERR_PROFILE },
    { "group without a tag set",
      SPIF(FRUIT(VALUE_WITH("name='A' lacv='1'",
                            "<requiredCategory>\n<categoryGroup tagType='permissive' lacv='1'/>"
                            "</requiredCategory>"))),
      "spif.xml:2:1: element 'categoryGroup' has no attribute 'tagSetRef'", MU_ERR_PROFILE },
    { "exclusion without a type",
      SPIF(FRUIT(VALUE_WITH("name='A' lacv='1'", "\n<excludedCategory tagSetRef='Fruit'/>"))),
      "spif.xml:2:1: element 'excludedCategory' has no attribute 'tagType'", MU_ERR_PROFILE },
    { "unknown marking code",
      SPIF(POLICY_ID CLASSES(
          CLASS("A", "1", "1", "<markingData>\n<code>pageSide</code></markingData>"))),
      "spif.xml:2:1: unknown marking code 'pageSide'", MU_ERR_PROFILE },
    { "unknown qualifier",
      SPIF(POLICY_ID CLASSES(CLASS("A", "1", "1",
                                   "<markingQualifier><qualifier markingQualifier='x'\n"
                                   "qualifierCode='infix'/></markingQualifier>"))),
      "spif.xml:2:1: unknown qualifier code 'infix'", MU_ERR_PROFILE },
    { "equivalence in no direction",
      SPIF(POLICY_ID CLASSES(CLASS("A", "1", "1",
                                   "<equivalentClassification policyRef='B' lacv='1'\n"
                                   "applied='never'/>"))),
      "spif.xml:2:1: 'never' is none of encrypt, decrypt, both", MU_ERR_PROFILE },
    { "convention of case",
      SPIF(LEAST "<extensions><conventions xmlns='" MU_POLICY_NS "'\ncase='no'/></extensions>"),
      "spif.xml:2:1: 'no' is neither 'insensitive' nor 'sensitive'", MU_ERR_PROFILE },
    { "convention of an unknown set",
      SPIF(LEAST "<extensions><conventions xmlns='" MU_POLICY_NS "'\nonly='Nut'/></extensions>"),
      "spif.xml:2:1: unknown tag set 'Nut'", MU_ERR_PROFILE },
    { "alias of nothing",
      SPIF(LEAST "<extensions><alias xmlns='" MU_POLICY_NS
                 "' name='a'\nclassification='RED'/></extensions>"),
      "spif.xml:2:1: unknown classification 'RED'", MU_ERR_PROFILE },
    { "alias without a name",
      SPIF(LEAST "<extensions>\n<alias xmlns='" MU_POLICY_NS
                 "' classification='GREEN'/></extensions>"),
      "spif.xml:2:1: element 'alias' has no attribute 'name'", MU_ERR_PROFILE },
    { "alias that is a classification",
      SPIF(POLICY_ID CLASSES(
          GREEN CLASS("RED", "2", "2", "")) "<extensions><alias xmlns='" MU_POLICY_NS
                                            "' classification='GREEN'\nname='RED'/></extensions>"),
      "spif.xml:2:1: 'RED' is the name of another classification", MU_ERR_PROFILE },
    { "text of the file is shown safely",
      SPIF(LEAST SETS(SET("A", "2.25.4", "<securityCategoryTag\ntagType='\xe2\x80\xaex'/>"))),
      "spif.xml:2:1: unknown tag type '\\u{202E}x'", MU_ERR_PROFILE },
};

START_TEST(each_refused)
{
    struct mu_policy *policy = NULL;
    struct mu_err err;
    char text[400];
    ck_assert_msg(
        !mu_policy_load_bytes(arena, mu_bytes_of(refused[_i].xml), "spif.xml", &policy, &err), "%s",
        refused[_i].name);
    mu_err_text(&err, text, sizeof text);
    ck_assert_msg(policy == NULL && err.code == refused[_i].code, "%s", refused[_i].name);
    ck_assert_msg(strcmp(text, refused[_i].text) == 0, "%s: %s", refused[_i].name, text);
}
END_TEST

/* --- limits --------------------------------------------------------------------------------------------- */

/* A policy of so many of each, in few bytes. */
static struct mu_bytes wide(size_t classes, size_t sets, size_t tags, size_t values, size_t aliases)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, SPIF_HEAD POLICY_ID "\n<securityClassifications>");
    for (size_t i = 0; i < classes; i++)
        mu_buf_printf(&out, "<securityClassification name='C%zu' lacv='%zu' hierarchy='%zu'/>", i,
                      i, i);
    mu_buf_puts(&out, "</securityClassifications>\n<securityCategoryTagSets>");
    for (size_t i = 0; i < sets; i++) {
        mu_buf_printf(&out, "<securityCategoryTagSet name='S%zu' id='2.25.%zu'>", i, i);
        for (size_t t = 0; i == 0 && t < tags; t++) {
            mu_buf_puts(&out, "<securityCategoryTag tagType='restrictive'>");
            for (size_t v = 0; t == 0 && v < values; v++)
                mu_buf_printf(&out, "<tagCategory name='V%zu' lacv='%zu'/>", v, v);
            mu_buf_puts(&out, "</securityCategoryTag>");
        }
        mu_buf_puts(&out, "</securityCategoryTagSet>");
    }
    mu_buf_puts(&out, "</securityCategoryTagSets>\n<extensions>");
    for (size_t i = 0; i < aliases; i++)
        mu_buf_printf(&out, "<alias xmlns='" MU_POLICY_NS "' classification='C0' name='A%zu'/>", i);
    mu_buf_puts(&out, "</extensions></SPIF>");
    return mu_buf_bytes(&out);
}

static const struct {
    size_t classes, sets, tags, values, aliases;
    const char *text; /* NULL: it loads */
} limit[] = {
    { 1, 1, 1, 5000, 0, NULL },
    { 1, 1, 1, MU_POLICY_VALUES_MAX, 0, NULL },
    { 1, 1, 1, MU_POLICY_VALUES_MAX + 1, 0, "spif.xml:3:1: more than 100000 categories" },
    { 256, 1, 1, 1, 0, NULL },
    { 257, 1, 1, 1, 0, "spif.xml:2:1: more than 256 classifications" },
    { 1, 1, MU_POLICY_TAGS_MAX, 1, 0, NULL },
    { 1, 1, MU_POLICY_TAGS_MAX + 1, 1, 0, "spif.xml:3:1: more than 10000 tags" },
    { 1, MU_POLICY_TAGS_MAX, 1, 1, 0, NULL },
    { 1, MU_POLICY_TAGS_MAX + 1, 1, 1, 0, "spif.xml:3:1: more than 10000 tag sets" },
    { 1, 1, 1, 1, MU_POLICY_ALIASES_MAX, NULL },
    { 1, 1, 1, 1, MU_POLICY_ALIASES_MAX + 1, "spif.xml:4:67903: more than 1000 aliases" },
};

START_TEST(each_limit)
{
    struct mu_policy *p;
    struct mu_err err;
    char text[400] = "", last[32];
    struct mu_bytes xml = wide(limit[_i].classes, limit[_i].sets, limit[_i].tags, limit[_i].values,
                               limit[_i].aliases);
    if (mu_policy_load_bytes(arena, xml, "spif.xml", &p, &err)) {
        ck_assert(limit[_i].text == NULL);
        ck_assert(p->classifications == limit[_i].classes && p->sets == limit[_i].sets);
        ck_assert(p->tags == limit[_i].tags && p->values == limit[_i].values);
        snprintf(last, sizeof last, "V%zu", limit[_i].values - 1);
        ck_assert_uint_eq(mu_policy_value(p, 0, MU_TAG_RESTRICTIVE, last), p->values - 1);
        ck_assert_uint_eq(mu_policy_value_lacv(p, 0, MU_TAG_RESTRICTIVE, last + 1), p->values - 1);
        snprintf(last, sizeof last, "C%zu", limit[_i].classes - 1);
        ck_assert_uint_eq(mu_policy_classification(p, last), p->classifications - 1);
        return;
    }
    mu_err_text(&err, text, sizeof text);
    ck_assert(limit[_i].text != NULL && err.code == MU_ERR_LIMIT);
    ck_assert_msg(strcmp(text, limit[_i].text) == 0, "%s", text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spif");
    TCase *tc = gen_tcase(suite, "spif");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_refused, 0, MU_COUNT(refused));
    tcase_add_loop_test(tc, each_limit, 0, MU_COUNT(limit));
    return run_tests(suite);
}
