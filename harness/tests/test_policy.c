#include "policy_gen.h"

#define GREEN    CLASS("GREEN", "1", "1", "")
#define LEAST    POLICY_ID CLASSES(GREEN)
#define FRUIT(x) POLICY_ID CLASSES(GREEN) SETS(SET("Fruit", "2.25.4", TAG(RESTRICTIVE, x)))

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
        { INFORMATIVE, MU_TAG_INFORMATIVE, true, 0, UINT32_MAX },
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

/* Two thousand other policies, and a reference to each: found by a look-up, not by a walk. */
START_TEST(many_equivalent_policies)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, SPIF_HEAD POLICY_ID "<securityClassifications><securityClassification "
                                          "name='GREEN' lacv='1' hierarchy='1'>");
    for (int i = 0; i < 2000; i++)
        mu_buf_printf(&out, "<equivalentClassification policyRef='P %d' lacv='1' applied='both'/>",
                      i);
    mu_buf_puts(&out, "</securityClassification></securityClassifications><equivalentPolicies>");
    for (int i = 0; i < 2000; i++)
        mu_buf_printf(&out, "<equivalentPolicy name='P %d' id='2.25.%d'/>", i / 2 * 2, i);
    mu_buf_puts(&out, "</equivalentPolicies></SPIF>");
    const struct mu_policy *p = policy_of(mu_buf_text(&out));
    ck_assert(p->equivalents == 2000 && p->classification[0].maps == 2000);
    for (uint32_t i = 0; i < 2000; i++) /* of two of one name, the first */
        ck_assert_uint_eq(p->classification[0].map[i].policy, i % 2 == 0 ? i : MU_NONE);
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
        { "urn:oid:3.2", NULL }, /* there is no such arc */
        { "urn:oid:1..2", NULL },
        { "urn:oid:1.2.", NULL },
        { "urn:oid:.", NULL },
        { "urn:oid:2", NULL },
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
    tcase_add_test(tc, many_equivalent_policies);
    tcase_add_test(tc, finding_a_policy);
    tcase_add_test(tc, oids);
    tcase_add_test(tc, file_that_is_not_there);
    tcase_add_test(tc, shipped);
    return run_tests(suite);
}
