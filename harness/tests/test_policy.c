#include "policy_gen.h"

#include "base/text_safe.h"

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

/* --- what is loaded -------------------------------------------------------------------------------------- */

#define VERSION(v) "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='" v "'>" LEAST "</SPIF>"

START_TEST(versions)
{
    static const char *const xml[] = { VERSION("1.0"), VERSION("2.0"), VERSION("2.1") };
    static const char *const want[] = { "1.0", "2.0", "2.1" };
    for (size_t i = 0; i < MU_COUNT(xml); i++) {
        const struct mu_policy *p = policy_of(xml[i]);
        ck_assert_str_eq(p->schema_version, want[i]);
        ck_assert_str_eq(p->version, "1"); /* its default */
        ck_assert(p->created == NULL && p->created_at == INT64_MIN);
        ck_assert(p->not_before == INT64_MIN && p->not_after == INT64_MAX);
        ck_assert(p->originator == NULL && p->default_name == NULL && p->default_id == NULL);
        ck_assert(p->sets == 0 && p->tags == 0 && p->values == 0 && p->memberships == 0);
    }
}
END_TEST

START_TEST(the_head)
{
    const char *xml = "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='2.1' version='91' creationDate="
                      "'20260301120000Z' originatorDN='CN=O' notBefore='2026-01-01T00:00:00Z' "
                      "notAfter='2027-01-01T00:00:00+01:00'>"
                      "<defaultSecurityPolicyId name='PLAIN' id='2.25.9'/>" LEAST "</SPIF>";
    const struct mu_policy *p = policy_of(xml);
    ck_assert_str_eq(p->version, "91");
    ck_assert_str_eq(p->originator, "CN=O");
    ck_assert_str_eq(p->default_name, "PLAIN");
    ck_assert_str_eq(p->default_id, "2.25.9");
    ck_assert_str_eq(p->created, "20260301120000Z");
    ck_assert_int_eq(p->created_at, at("2026-03-01T12:00:00Z"));
    ck_assert_int_eq(p->not_before, at("2026-01-01T00:00:00Z"));
    ck_assert_int_eq(p->not_after, at("2026-12-31T23:00:00Z"));
    ck_assert_str_eq(p->path, "spif.xml");
    char digest[MU_DIGEST_TEXT];
    mu_digest_text(mu_bytes_of(xml), digest);
    ck_assert_str_eq(p->digest, digest);
}
END_TEST

/* Numbers at their ends, the last classification there can be, names twice. */
START_TEST(classifications)
{
    const struct mu_policy *p = policy_of(SPIF(POLICY_ID CLASSES(
        CLASS("LOW", "3", "-5", "") CLASS(" HIGH ", "-999999999999999999", "999999999999999999", "")
            CLASS("LOW", "007", "2", "") "<securityClassification name='OLD' lacv='3' hierarchy="
                                         "'0' obsolete='1' color='#00ff00'/>")));
    ck_assert_uint_eq(p->classifications, 4);
    ck_assert_int_eq(p->classification[0].hierarchy, -5);
    ck_assert_int_eq(p->classification[1].hierarchy, 999999999999999999);
    ck_assert_uint_eq(mu_policy_classification(p, "LOW"), 0);
    ck_assert_uint_eq(mu_policy_classification(p, "HIGH"), 1);
    ck_assert_uint_eq(mu_policy_classification(p, "low"), MU_NONE);
    ck_assert_uint_eq(mu_policy_classification(p, NULL), MU_NONE);
    ck_assert_uint_eq(mu_policy_classification_lacv(p, -999999999999999999), 1);
    ck_assert_uint_eq(mu_policy_classification_lacv(p, 7), 2);
    ck_assert_uint_eq(mu_policy_classification_lacv(p, 3), 0);
    ck_assert_uint_eq(mu_policy_classification_lacv(p, INT64_MIN), MU_NONE);
    ck_assert(p->classification[3].obsolete && !p->classification[0].obsolete);
    ck_assert_str_eq(p->classification[3].color, "#00ff00");
}
END_TEST

/* excludedClass of the 256th classification: the last bit of the set. */
START_TEST(the_last_classification)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, SPIF_HEAD POLICY_ID "<securityClassifications>");
    for (int i = 0; i < 256; i++)
        mu_buf_printf(&out, CLASS("C%d", "%d", "%d", ""), i, i, i);
    mu_buf_puts(&out,
                "</securityClassifications>" SETS(SET(
                    "Fruit", "2.25.4",
                    TAG(RESTRICTIVE, VALUE_WITH("name='A' lacv='1' requiredClass='C255'",
                                                "<excludedClass>\nC255 </excludedClass>"
                                                "<excludedClass>NO</excludedClass>")))) "</SPIF>");
    const struct mu_policy *p = policy_of(mu_buf_text(&out));
    ck_assert(mu_class_in(&p->value[0].excluded, 255) && !mu_class_in(&p->value[0].excluded, 254));
    ck_assert(p->value[0].excludes && p->value[0].required_class == 255);
    ck_assert(!p->value[0].required_unknown);
}
END_TEST

/* Names twice are a chain, told apart by the classification; so are lacv. */
START_TEST(names_and_lacv_twice)
{
    const struct mu_policy *p =
        policy_of(SPIF(POLICY_ID CLASSES(GREEN CLASS("RED", "2", "2", "")) SETS(
            SET("Fruit", "2.25.4",
                TAG(PERMISSIVE,
                    VALUE_WITH("name='ZED' lacv='1001'", "<excludedClass>RED</excludedClass>")
                        VALUE("PEAR", "051") VALUE_WITH("name=' ZED&#10;' lacv='1001'",
                                                        "<excludedClass>GREEN</excludedClass>"))
                    TAG(RESTRICTIVE, VALUE("ZED", "1001")) TAG(PERMISSIVE, VALUE("ZED", "51"))))));
    const enum mu_tag_type type = MU_TAG_PERMISSIVE;
    bool ambiguous = true;
    ck_assert_uint_eq(mu_policy_value(p, 0, type, "ZED"), 0);
    ck_assert_uint_eq(p->value[0].same_name, 2);
    ck_assert_uint_eq(p->value[2].same_name, 4);
    ck_assert_uint_eq(p->value[4].same_name, MU_NONE);
    ck_assert(p->value[0].head == 0 && p->value[2].head == 0 && p->value[4].head == 0);
    ck_assert(p->value[1].head == 1 && p->value[3].head == 3);
    ck_assert_uint_eq(mu_policy_value(p, 0, MU_TAG_RESTRICTIVE, "ZED"), 3);
    ck_assert_uint_eq(mu_policy_value(p, 0, MU_TAG_INFORMATIVE, "ZED"), MU_NONE);
    ck_assert_uint_eq(mu_policy_value_lacv(p, 0, type, "1001"), 0);
    ck_assert_uint_eq(p->value[0].same_lacv, 2);
    ck_assert_uint_eq(mu_policy_value_lacv(p, 0, type, " 0051 "), 1);
    ck_assert_uint_eq(p->value[1].same_lacv, 4);
    ck_assert_uint_eq(p->set[0].values[type], 4);
    ck_assert_uint_eq(p->set[0].names[type], 2);
    ck_assert(p->set[0].typed[type] && !p->set[0].typed[MU_TAG_INFORMATIVE]);
    /* For GREEN the first and the last are left, for RED the second and the last. */
    ck_assert_uint_eq(mu_policy_value_for(p, 0, type, "ZED", 0, &ambiguous), 0);
    ck_assert(ambiguous);
    ck_assert_uint_eq(mu_policy_value_for(p, 0, type, "ZED", 1, NULL), 2);
    ck_assert_uint_eq(mu_policy_value_for(p, 0, type, "PEAR", 1, &ambiguous), 1);
    ck_assert(!ambiguous);
    ck_assert_uint_eq(mu_policy_value_for(p, 0, type, "zed", 1, &ambiguous), MU_NONE);
    ck_assert(!ambiguous);
}
END_TEST

START_TEST(lacv_forms)
{
    static const struct {
        const char *file, *asked;
        bool found;
    } row[] = {
        { "51", "051", true },
        { "051", "51", true },
        { "000", "0", true },
        { " 051", "51", true },
        { "051 ", "51", true },
        { "0 51", "51", false },
        { "-5", "-5", true },
        { "0x1", "1", false },
        { "", "0", false },
        { "00099999999999999999999", "99999999999999999999", true },
        { "99999999999999999999", "99999999999999999998", false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const struct mu_policy *p =
            policy_of(mu_arena_printf(arena, SPIF(FRUIT(VALUE("A", "%s"))), row[i].file));
        ck_assert_msg(mu_policy_value_lacv(p, 0, MU_TAG_RESTRICTIVE, row[i].asked)
                          == (row[i].found ? 0 : MU_NONE),
                      "'%s' '%s'", row[i].file, row[i].asked);
    }
}
END_TEST

/* A hundred thousand values of one name and one lacv, each of which excludes the others: the file is
 * at its limits, and so is what it could make us store. */
START_TEST(chains_do_not_multiply)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out,
                SPIF_HEAD POLICY_ID CLASSES(GREEN) "<securityCategoryTagSets>"
                                                   "<securityCategoryTagSet name='S' id='2.25.4'>"
                                                   "<securityCategoryTag tagType='restrictive'>");
    for (int i = 0; i < 50000; i++)
        mu_buf_puts(&out, "<tagCategory name='V' lacv='1'><excludedCategory tagSetRef='S' "
                          "tagType='restrictive' lacv='1'/></tagCategory>");
    mu_buf_puts(&out, "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
                      "</SPIF>");
    const struct mu_policy *p = policy_of(mu_buf_text(&out));
    ck_assert_uint_eq(p->value[49999].exclusion[0].values, 50000);
    ck_assert_uint_eq(p->set[0].names[MU_TAG_RESTRICTIVE], 1);
}
END_TEST

/* --- tags ------------------------------------------------------------------------------------------------- */

START_TEST(types_and_limits)
{
    static const struct {
        const char *attributes;
        enum mu_tag_type type;
        bool enumerated;
        uint32_t least, most;
    } row[] = {
        { RESTRICTIVE, MU_TAG_RESTRICTIVE, false, 0, UINT32_MAX },
        { PERMISSIVE, MU_TAG_PERMISSIVE, false, 0, UINT32_MAX },
        { INFORMATIVE, MU_TAG_INFORMATIVE, false, 0, UINT32_MAX },
        { "tagType='tagType7'", MU_TAG_INFORMATIVE, false, 0, UINT32_MAX },
        { "tagType='notApplicable'", MU_TAG_UNUSED, false, 0, UINT32_MAX },
        { "tagType='enumerated' enumType='permissive'", MU_TAG_PERMISSIVE, true, 0, UINT32_MAX },
        { "tagType='enumerated' enumType='restrictive'", MU_TAG_RESTRICTIVE, true, 0, UINT32_MAX },
        { "tagType='enumerated'", MU_TAG_RESTRICTIVE, true, 0, UINT32_MAX },
        { RESTRICTIVE " singleSelection='true'", MU_TAG_RESTRICTIVE, false, 0, 1 },
        { RESTRICTIVE " singleSelection='false' minSelection='2' maxSelection='3'",
          MU_TAG_RESTRICTIVE, false, 2, 3 },
        { RESTRICTIVE " maxSelection='unbounded'", MU_TAG_RESTRICTIVE, false, 0, UINT32_MAX },
        { RESTRICTIVE " minSelection='-1' maxSelection='999999999999'", MU_TAG_RESTRICTIVE, false,
          0, UINT32_MAX },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const struct mu_policy *p = policy_of(mu_arena_printf(
            arena, SPIF(LEAST SETS(SET("A", "2.25.4", TAG("%s", "")))), row[i].attributes));
        ck_assert_msg(p->tag[0].type == row[i].type && p->tag[0].enumerated == row[i].enumerated
                          && p->tag[0].least == row[i].least && p->tag[0].most == row[i].most,
                      "%s", row[i].attributes);
    }
}
END_TEST

START_TEST(type_names)
{
    enum mu_tag_type type = MU_TAG_UNUSED;
    ck_assert(mu_tag_type_from_name("PERMISSIVE", &type) && type == MU_TAG_PERMISSIVE);
    ck_assert(!mu_tag_type_from_name("permissive", &type) && !mu_tag_type_from_name("", &type));
    ck_assert(!mu_tag_type_from_name("ENUMERATED", &type));
    ck_assert_str_eq(mu_tag_type_name(MU_TAG_INFORMATIVE), "INFORMATIVE");
    ck_assert_str_eq(mu_tag_type_name(MU_TAG_UNUSED), "");
}
END_TEST

/* What refers to what is not there is kept as it is written; rules tell of it. */
START_TEST(references)
{
    const struct mu_policy *p = policy_of(SPIF(
        POLICY_ID CLASSES(CLASS(
            "GREEN", "1", "1",
            "<requiredCategory operation='oneOrMore'>"
            "<categoryGroup tagSetRef='Fruit' tagType='restrictive' lacv='7'/>"
            "<categoryGroup tagSetRef='Fruit' tagType='permissive' lacv='7'/>"
            "<categoryGroup tagSetRef='Nut' tagType='permissive' all='true'/></requiredCategory>"
            "<requiredCategory><categoryGroup tagSetRef='Fruit' tagType='restrictive' all='1'/>"
            "</requiredCategory>"))
            SETS(SET("Fruit", "2.25.4",
                     TAG(RESTRICTIVE,
                         VALUE("A", "07") VALUE("B", "7")
                             VALUE_WITH("name='C' lacv='8' requiredClass='RED' userInput='string'",
                                        "<excludedCategory tagSetRef='Fruit' "
                                        "tagType='restrictive' lacv='99'/>"))))));
    const struct mu_required *r = p->classification[0].required;
    ck_assert(p->classification[0].requireds == 2 && r[0].operation == MU_ONE_OR_MORE);
    ck_assert(r[0].groups == 3 && r[0].group[0].values == 2 && r[0].group[0].value[1] == 1);
    ck_assert(r[0].group[1].set == 0 && r[0].group[1].values == 0);
    ck_assert(r[0].group[2].set == MU_NONE && r[0].group[2].all);
    ck_assert_str_eq(r[0].group[2].set_name, "Nut");
    ck_assert(r[1].operation == MU_ONLY_ONE && r[1].group[0].all);
    ck_assert(p->value[2].required_class == MU_NONE && p->value[2].required_unknown);
    ck_assert(p->value[2].exclusions == 1 && p->value[2].exclusion[0].values == 0);
    ck_assert(p->value[2].input && p->set[0].input[MU_TAG_RESTRICTIVE] == 2);
    ck_assert(!p->value[1].input && !p->value[1].required_unknown);
}
END_TEST

/* --- markings ---------------------------------------------------------------------------------------------- */

START_TEST(markings)
{
    const struct mu_policy *p = policy_of(
        SPIF("<securityPolicyId name='ZEBRA' id='2.25.1'><markingData "
             "phrase='Zebra'/></securityPolicyId>"
             "<securityClassifications>" CLASS(
                 "GREEN", "1", "1",
                 "<markingData xml:lang='fr' phrase='VERT'><code> pageTopBottom </code>"
                 "<code>portionMarking</code></markingData><markingData><code>noNameDisplay</code>"
                 "</markingData>") "<markingQualifier markingCode='pageTop' xml:lang='en'>"
                                   "<qualifier markingQualifier=' - ' qualifierCode='prefix'/>"
                                   "<qualifier markingQualifier='' qualifierCode='suffix' "
                                   "xml:lang='de'/></markingQualifier>"
                                   "<markingQualifier><qualifier markingQualifier=', ' "
                                   "qualifierCode='separator'/>"
                                   "</markingQualifier></securityClassifications>"
                                   "<privacyMarks><privacyMark name='CLEAR' "
                                   "obsolete='true'><markingData phrase='Clear'/>"
                                   "</privacyMark><markingData "
                                   "phrase='All'/></privacyMarks><markingData phrase='Whole'/>"));
    const struct mu_markings *m = &p->classification[0].markings;
    ck_assert(m->phrases == 2 && m->qualifiers == 0);
    ck_assert_str_eq(m->phrase[0].text, "VERT");
    ck_assert_str_eq(m->phrase[0].language, "fr");
    ck_assert_uint_eq(m->phrase[0].codes, MU_AT_PAGE_TOP | MU_AT_PAGE_BOTTOM | MU_AT_PORTION);
    ck_assert(m->phrase[1].text == NULL && m->phrase[1].codes == MU_AT_NO_NAME);
    ck_assert_str_eq(m->phrase[1].language, "");
    m = &p->class_markings;
    ck_assert(m->phrases == 0 && m->qualifiers == 3);
    ck_assert(m->qualifier[0].kind == MU_PREFIX && m->qualifier[0].codes == MU_AT_PAGE_TOP);
    ck_assert_str_eq(m->qualifier[0].text, " - ");
    ck_assert_str_eq(m->qualifier[0].language, "en");
    ck_assert(m->qualifier[1].kind == MU_SUFFIX && m->qualifier[1].text[0] == '\0');
    ck_assert_str_eq(m->qualifier[1].language, "de");
    ck_assert(m->qualifier[2].kind == MU_SEPARATOR && m->qualifier[2].codes == 0);
    ck_assert_str_eq(m->qualifier[2].language, "");
    ck_assert_str_eq(p->id_markings.phrase[0].text, "Zebra");
    ck_assert(p->markings.phrases == 1 && p->privacy_markings.phrases == 1);
    ck_assert(p->privacy_marks == 1 && p->privacy_mark[0].obsolete);
    ck_assert_str_eq(p->privacy_mark[0].markings.phrase[0].text, "Clear");
}
END_TEST

START_TEST(marking_codes)
{
    static const struct {
        const char *name;
        unsigned bits;
    } row[] = {
        { "pageTop", MU_AT_PAGE_TOP },
        { "pageTopBottom", MU_AT_PAGE_TOP | MU_AT_PAGE_BOTTOM },
        { "waterMark", MU_AT_WATERMARK },
        { "replacePolicy", MU_AT_POLICY },
        { "watermark", 0 },
        { "", 0 },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        ck_assert_uint_eq(mu_marking_code_from_name(row[i].name), row[i].bits);
}
END_TEST

/* --- extensions --------------------------------------------------------------------------------------------- */

#define MEMBERS_NS "urn:nato:stanag:4774:spif:extensions:1:0"

/* Figure 2 of ADatP-4774.1 takes the attributes from the SPIF's namespace, real files from the
 * extension's own. */
START_TEST(memberships)
{
    static const char *const prefix[] = { "spif:", "n:", "" };
    for (size_t i = 0; i < MU_COUNT(prefix); i++) {
        const char *xml = mu_arena_printf(
            arena,
            SPIF(LEAST "<extensions xmlns:spif='" MU_SPIF_NS "'><n:memberships xmlns:n='" MEMBERS_NS
                       "'><n:membership other='x' %sname='CLUB'><n:member %sname='A'/><n:member "
                       "%sname='B'/></n:membership><n:membership/></n:memberships></extensions>"),
            prefix[i], prefix[i], prefix[i]);
        const struct mu_policy *p = policy_of(xml);
        ck_assert_uint_eq(p->memberships, 2);
        ck_assert_str_eq(p->membership[0].name, "CLUB");
        ck_assert_uint_eq(p->membership[0].members, 2);
        ck_assert_str_eq(p->membership[0].member[1], "B");
        ck_assert(p->membership[1].name[0] == '\0' && p->membership[1].members == 0);
    }
}
END_TEST

START_TEST(conventions)
{
    const struct mu_policy *p =
        policy_of(SPIF(LEAST SETS(SET("Circle", "2.25.6", TAG(PERMISSIVE, "")) SET(
            "Nut", "2.25.7", TAG(PERMISSIVE, ""))) "<extensions><conventions xmlns='" MU_POLICY_NS
                                                   "' case='insensitive' context='CIRCLE' "
                                                   "only=' nut ' nato='true'/></extensions>"));
    ck_assert(p->is.fold && p->is.context == 0 && p->is.only == 1 && p->is.nato && !p->is.unmarked);
    ck_assert(p->is.release == MU_NONE && p->is.designators == MU_NONE);
    ck_assert_uint_eq(p->is.administrative, MU_NONE);
    ck_assert_uint_eq(mu_policy_classification(p, "Green"), 0);
    ck_assert_uint_eq(mu_policy_set(p, "cIRCLE"), 0);
    p = policy_of(SPIF(LEAST));
    ck_assert(!p->is.fold && p->is.context == MU_NONE && !p->is.nato && !p->is.unmarked);
}
END_TEST

#define KNOWN(id, inside) SPIF("<securityPolicyId name='KNOWN' id='" id "'/>" CLASSES(GREEN) inside)

/* ADatP-4774 Appendix 2: what is known by the OID of a policy. */
START_TEST(known_policies)
{
    const struct mu_policy *p = policy_of(
        KNOWN("1.3.26.1.3.1", SETS(SET("A", "1.3.26.1.4.2", "") SET("B", "1.3.26.1.4.4", ""))));
    ck_assert(p->is.fold && p->is.nato && !p->is.unmarked);
    ck_assert(p->is.release == 0 && p->is.context == 1 && p->is.only == MU_NONE);
    p = policy_of(KNOWN("1.3.6.1.4.1.31778.12.2.1", ""));
    ck_assert(p->is.fold && p->is.unmarked && !p->is.nato && p->is.context == MU_NONE);
    p = policy_of(KNOWN("1.3.26.1.3.1", "<extensions><conventions xmlns='" MU_POLICY_NS
                                        "' case='sensitive'/></extensions>"));
    ck_assert(!p->is.fold && p->is.nato);
}
END_TEST

/* Other names of a classification. One for each letter case is needed where case matters only. */
START_TEST(aliases)
{
#define ALIAS(name) "<alias xmlns='" MU_POLICY_NS "' classification='GREEN' name='" name "'/>"
    const struct mu_policy *p = policy_of(
        SPIF(LEAST "<extensions>" ALIAS("VERT") ALIAS("GREEN") ALIAS("Green") "</extensions>"));
    ck_assert_uint_eq(mu_policy_classification(p, "VERT"), 0);
    ck_assert_uint_eq(mu_policy_classification(p, "Green"), 0);
    ck_assert_uint_eq(mu_policy_classification(p, "Vert"), MU_NONE);
    p = policy_of(SPIF(LEAST "<extensions><conventions xmlns='" MU_POLICY_NS
                             "' case='insensitive'/>" ALIAS("TR\xc3\x88S VERT") "</extensions>"));
    ck_assert_uint_eq(mu_policy_classification(p, "tre\xcc\x80s vert"), 0);
}
END_TEST

/* --- equivalences --------------------------------------------------------------------------------------------- */

START_TEST(equivalences)
{
    const struct mu_policy *p = policy_of(SPIF(
        POLICY_ID CLASSES(
            CLASS("GREEN", "1", "1",
                  "<equivalentClassification policyRef='OTHER' lacv='4' applied='encrypt'>"
                  "<requiredCategory operation='all'><categoryGroup tagSetRef='Far' "
                  "tagType='permissive' all='true' lacv='3'/></requiredCategory>"
                  "</equivalentClassification>"
                  "<equivalentClassification policyRef='NOBODY' lacv='-1' applied='both'/>"))
            SETS(SET(
                "Fruit", "2.25.4",
                TAG(RESTRICTIVE,
                    VALUE_WITH(
                        "name='A' lacv='1'",
                        "<equivalentSecCategoryTag policyRef='OTHER' "
                        "tagSetId='2.25.99' tagType='permissive' "
                        "lacv='3' applied='decrypt' action='discard'/>")) "<equivalentSecurityCateg"
                                                                          "oryTagSet "
                                                                          "policyRef='OTHER' "
                                                                          "name='Far'/>")) "<equiva"
                                                                                           "lentPol"
                                                                                           "icies><"
                                                                                           "equival"
                                                                                           "entPoli"
                                                                                           "cy "
                                                                                           "name='"
                                                                                           "OTHER' "
                                                                                           "id='2."
                                                                                           "25.2'/>"
                                                                                           "</"
                                                                                           "equival"
                                                                                           "entPoli"
                                                                                           "cies"
                                                                                           ">"));
    const struct mu_class_map *map = p->classification[0].map;
    ck_assert(p->classification[0].maps == 2 && p->equivalents == 1);
    ck_assert(map[0].policy == 0 && map[0].lacv == 4 && map[0].applied == MU_APPLIED_ENCRYPT);
    ck_assert(map[0].required[0].operation == MU_ALL && map[0].required[0].group[0].lacv == NULL);
    ck_assert_str_eq(map[0].required[0].group[0].set_name, "Far");
    ck_assert(map[1].policy == MU_NONE && map[1].lacv == -1 && map[1].applied == MU_APPLIED_BOTH);
    const struct mu_category_map *to = p->value[0].map;
    ck_assert(to->discard && to->applied == MU_APPLIED_DECRYPT && to->policy == 0);
    ck_assert_str_eq(to->to.set_id, "2.25.99");
    ck_assert(to->to.set_name == NULL && to->to.type == MU_TAG_PERMISSIVE);
    ck_assert(p->set[0].maps == 1 && p->set[0].map[0].id == NULL);
    ck_assert_str_eq(p->set[0].map[0].name, "Far");
}
END_TEST

/* --- finding a policy --------------------------------------------------------------------------------------- */

START_TEST(finding_a_policy)
{
    struct mu_policy *both[] = {
        policy_of(SPIF(LEAST)),
        policy_of(SPIF("<securityPolicyId name='Yak' id='2.25.2'/>" CLASSES(GREEN) FOLD))
    };
    const struct mu_policies all = { both, MU_COUNT(both) };
    static const struct {
        const char *name, *uri;
        int want; /* -1: none */
    } row[] = {
        { "ZEBRA", NULL, 0 },
        { "zebra", NULL, -1 },
        { " YAK ", NULL, 1 },
        { NULL, NULL, -1 },
        { "", NULL, -1 },
        { "ZEBRA", "urn:oid:2.25.1", 0 },
        { "ZEBRA", "URN:OID:2.25.2", 1 }, /* the OID counts */
        { "Gnu", "urn:oid:2.25.1", 0 },
        { NULL, "urn:oid:2.25.1", 0 },
        { "ZEBRA", "urn:oid:2.25.3", 0 }, /* one that is not known says nothing */
        { "ZEBRA", "2.25.2", 0 },
        { "Gnu", "urn:oid:2.25.3", -1 },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        ck_assert_msg(mu_policies_find(&all, row[i].name, row[i].uri)
                          == (row[i].want < 0 ? NULL : both[row[i].want]),
                      "row %zu", i);
    ck_assert(mu_policies_by_id(&all, NULL) == NULL
              && mu_policies_by_id(&all, "2.25.2") == both[1]);
}
END_TEST

START_TEST(oids)
{
    static const struct {
        const char *uri, *oid;
    } row[] = {
        { "urn:oid:1.2.3", "1.2.3" },
        { "URN:Oid:1.2", "1.2" },
        { "urn:oid:", NULL },
        { "urn:oid:1.2x", NULL },
        { "1.2.3", NULL },
        { "", NULL },
        { NULL, NULL },
        { "urn:uuid:1.2", NULL },
        { "urn:oid:1.2 ", NULL },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const char *oid = mu_policy_oid(row[i].uri);
        ck_assert_msg((oid == NULL) == (row[i].oid == NULL)
                          && (oid == NULL || strcmp(oid, row[i].oid) == 0),
                      "%s", row[i].uri);
    }
}
END_TEST

START_TEST(file_that_is_not_there)
{
    struct mu_policy *policy;
    struct mu_err err;
    ck_assert(!mu_policy_load(arena, "/no/such/file.xml", &policy, &err));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
}
END_TEST

/* --- dates of policies ------------------------------------------------------------------------------------- */

START_TEST(generalized_times)
{
    static const struct {
        const char *text, *want; /* NULL: it is none */
    } row[] = {
        { "20260301120000Z", "2026-03-01T12:00:00Z" },
        { "2026030112Z", "2026-03-01T12:00:00Z" },
        { "202603011230Z", "2026-03-01T12:30:00Z" },
        { "20260301123015.5Z", "2026-03-01T12:30:15Z" },
        { "20260301123015", "2026-03-01T12:30:15Z" },
        { "20260301123015+0130", "2026-03-01T11:00:15Z" },
        { "20260301123015-0130", "2026-03-01T14:00:15Z" },
        { "202603011230150Z", "2026-03-01T12:30:15Z" }, /* a digit too many is met in the field */
        { " 20260301120000Z\n", "2026-03-01T12:00:00Z" },
        { "20240229000000Z", "2024-02-29T00:00:00Z" },
        { "20260229000000Z", NULL },
        { "20260431000000Z", NULL },
        { "20261301000000Z", NULL },
        { "20260001000000Z", NULL },
        { "20260100000000Z", NULL },
        { "20260301240000Z", NULL },
        { "20260301126000Z", NULL },
        { "20260301120000Zx", NULL },
        { "20260301120000.Z", NULL },
        { "20260301120000+2500", NULL },
        { "20260301120000+0160", NULL },
        { "20260301120000+01", NULL },
        { "20260301", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        int64_t seconds = 42;
        bool read = mu_gentime_read(mu_bytes_of(row[i].text), &seconds);
        ck_assert_msg(read == (row[i].want != NULL), "'%s'", row[i].text);
        ck_assert_msg(seconds == (read ? at(row[i].want) : 42), "'%s'", row[i].text);
    }
}
END_TEST

START_TEST(datetimes)
{
    static const struct {
        const char *text;
        int64_t want; /* INT64_MIN: it is none */
        bool zone;
    } row[] = {
        { "1970-01-01T00:00:00Z", 0, true },
        { "1969-12-31T23:59:59Z", -1, true },
        { "1970-01-01T00:00:00", 0, false },
        { " 1970-01-01T00:00:00.999999999999Z\n", 0, true },
        { "1970-01-01T14:00:00+14:00", 0, true },
        { "1969-12-31T10:00:00-14:00", 0, true },
        { "1969-12-31T24:00:00Z", 0, true },
        { "2000-02-29T00:00:00Z", 951782400, true },
        { "-0001-01-01T00:00:00Z", -62167219200, true },
        { "12026-01-01T00:00:00Z", 317331820800, true },
        { "1900-02-29T00:00:00Z", INT64_MIN, false },
        { "0000-01-01T00:00:00Z", INT64_MIN, false },
        { "02026-01-01T00:00:00Z", INT64_MIN, false },
        { "1970-01-01T14:00:00+14:01", INT64_MIN, false },
        { "1970-01-01T24:00:01Z", INT64_MIN, false },
        { "1970-01-01T23:59:60Z", INT64_MIN, false },
        { "1970-01-01t00:00:00Z", INT64_MIN, false },
        { "1970-01-01T00:00:00z", INT64_MIN, false },
        { "1970-01-01T00:00Z", INT64_MIN, false },
        { "1970-01-01T00:00:00.Z", INT64_MIN, false },
        { "1970-01-01", INT64_MIN, false },
        { "9999999999-01-01T00:00:00Z", INT64_MIN, false },
        { "", INT64_MIN, false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_instant t = { .seconds = 42 };
        bool read = mu_datetime_read(mu_bytes_of(row[i].text), &t);
        ck_assert_msg(read == (row[i].want != INT64_MIN), "'%s'", row[i].text);
        ck_assert_msg(t.seconds == (read ? row[i].want : 42) && t.zone == row[i].zone, "'%s' %lld",
                      row[i].text, (long long) t.seconds);
    }
}
END_TEST

/* What is shipped loads. */
START_TEST(shipped)
{
    struct mu_policies all = shipped_policies();
    for (size_t i = 0; i < all.count; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(all.policy[i]->id, all.policy[k]->id);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *tc = gen_tcase(suite, "policy");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_refused, 0, MU_COUNT(refused));
    tcase_add_loop_test(tc, each_limit, 0, MU_COUNT(limit));
    tcase_add_test(tc, versions);
    tcase_add_test(tc, the_head);
    tcase_add_test(tc, classifications);
    tcase_add_test(tc, the_last_classification);
    tcase_add_test(tc, names_and_lacv_twice);
    tcase_add_test(tc, lacv_forms);
    tcase_add_test(tc, chains_do_not_multiply);
    tcase_add_test(tc, types_and_limits);
    tcase_add_test(tc, type_names);
    tcase_add_test(tc, references);
    tcase_add_test(tc, markings);
    tcase_add_test(tc, marking_codes);
    tcase_add_test(tc, memberships);
    tcase_add_test(tc, conventions);
    tcase_add_test(tc, known_policies);
    tcase_add_test(tc, aliases);
    tcase_add_test(tc, equivalences);
    tcase_add_test(tc, finding_a_policy);
    tcase_add_test(tc, oids);
    tcase_add_test(tc, file_that_is_not_there);
    tcase_add_test(tc, generalized_times);
    tcase_add_test(tc, datetimes);
    tcase_add_test(tc, shipped);
    return run_tests(suite);
}
