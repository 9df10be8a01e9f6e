#include "policy_gen.h"

#define REF(element, set, type, rest) "<" element " tagSetRef='" set "' " type " " rest "/>"
#define NEEDS(operation, groups)                                                                   \
    "<requiredCategory operation='" operation "'>" groups "</requiredCategory>"
#define GROUP(set, type, rest)   REF("categoryGroup", set, type, rest)
#define WITH(name, lacv, inside) VALUE_WITH("name='" name "' lacv='" lacv "'", inside)

/*
 * A policy with something for each rule. Fruit: restrictive values, each with one demand. Circle:
 * permissive; two values share lacv 1005, and ZED stands twice. Note: informative, of users.
 */
#define RULES                                                                                      \
    SPIF_HEAD POLICY_ID CLASSES(CLASS("GREEN", "1", "1", "") CLASS("RED", "3", "2", "") CLASS(     \
        "BLUE", "2", "3",                                                                          \
        NEEDS("onlyOne",                                                                           \
              GROUP("Circle", PERMISSIVE, "lacv='1'")                                              \
                  GROUP("Circle", PERMISSIVE,                                                      \
                        "lacv='2'"))) "<securityClassification name='OLD' lacv='9' hierarchy='9' " \
                                      "obsolete='true'/>") "<securityCategoryTagSets>"
#define OTHER_SETS                                                                                 \
    SET("Circle", "2.25.5", TAG(PERMISSIVE, CIRCLES))                                              \
    SET("Note", "2.25.6", TAG(INFORMATIVE " maxSelection='2'", NOTES))                             \
    SET("Few", "2.25.7",                                                                           \
        TAG(PERMISSIVE " minSelection='2' maxSelection='3'", FEW)                                  \
            TAG(RESTRICTIVE " singleSelection='true'", VALUE("S1", "1") VALUE("S2", "2")))         \
    SET("Ring", "2.25.8", TAG(RESTRICTIVE, RING))                                                  \
    "</securityCategoryTagSets>"                                                                   \
    "<privacyMarks><privacyMark name='CLEAR'/><privacyMark name='DIM' obsolete='true'/>"           \
    "</privacyMarks>"
#define FRUITS                                                                                     \
    VALUE("PLAIN", "1")                                                                            \
    WITH("NOGREEN", "2", "<excludedClass>GREEN</excludedClass>")                                   \
    VALUE_WITH("name='REDONLY' lacv='3' requiredClass='RED'", "")                                  \
    VALUE_WITH("name='LOST' lacv='4' requiredClass='PINK'", "")                                    \
    WITH("ONE", "5", NEEDS("onlyOne", GROUP("Circle", PERMISSIVE, "all='true'")))                  \
    WITH("MORE", "6", NEEDS("oneOrMore", GROUP("Circle", PERMISSIVE, "lacv='1005'")))              \
    WITH("BOTH", "7",                                                                              \
         NEEDS("all", GROUP("Circle", PERMISSIVE, "lacv='1'")                                      \
                          GROUP("Circle", PERMISSIVE, "lacv='1005'")))                             \
    WITH("EVERY", "8", NEEDS("all", GROUP("Circle", PERMISSIVE, "all='true'")))                    \
    WITH("NOVALUE", "9", REF("excludedCategory", "Circle", PERMISSIVE, "lacv='1005'"))             \
    WITH("NOSET", "10", REF("excludedCategory", "Circle", PERMISSIVE, "all='true'"))               \
    WITH("ALONE", "11", REF("excludedCategory", "Fruit", RESTRICTIVE, "all='true'"))               \
    VALUE_WITH("name='OLDFRUIT' lacv='12' obsolete='true'", "")                                    \
    VALUE_WITH("name='SEASON' lacv='13' notBefore='2026-11-23T10:00:00Z' "                         \
               "notAfter='2026-11-23T11:00:00Z'",                                                  \
               "")                                                                                 \
    WITH("NOWHERE", "14", NEEDS("oneOrMore", GROUP("Nut", PERMISSIVE, "all='true'")))              \
    WITH("NOTHING", "15", REF("excludedCategory", "Nut", PERMISSIVE, "all='true'"))                \
    WITH("TWODEMANDS", "16",                                                                       \
         NEEDS("oneOrMore", GROUP("Circle", PERMISSIVE, "lacv='1'"))                               \
             NEEDS("oneOrMore", GROUP("Circle", PERMISSIVE, "lacv='2'")))
#define CIRCLES                                                                                    \
    VALUE("A", "1")                                                                                \
    VALUE("B", "2")                                                                                \
    VALUE("C", "1005")                                                                             \
    VALUE("D", "1005")                                                                             \
    WITH("ZED", "1001", "<excludedClass>RED</excludedClass>")                                      \
    WITH("ZED", "1001", "<excludedClass>GREEN</excludedClass><excludedClass>BLUE</excludedClass>")
#define NOTES VALUE_WITH("name='Free' lacv='1' userInput='string'", "")
#define FEW   VALUE("F1", "1") VALUE("F2", "2") VALUE("F3", "3") VALUE("F4", "4")
#define RING                                                                                       \
    WITH("R1", "1", NEEDS("all", GROUP("Ring", RESTRICTIVE, "all='true'"))) VALUE("R2", "2")

static const char *rules(bool fold)
{
    return mu_arena_printf(arena, "%s%s%s%s</SPIF>", RULES,
                           SET("Fruit", "2.25.4", TAG(RESTRICTIVE, FRUITS)), OTHER_SETS,
                           fold ? FOLD : "");
}

/* One row that breaks a rule, and its twin that does not. `found` is what is told, in order; "!" a
 * rule that leaves the label valid. */
static const struct {
    const char *name, *label, *found;
} row[] = {
    { "least", "GREEN", "" },

    { "SEM-01 unknown policy", "GREEN;policy=GNU", "SEM-01" },
    { "SEM-01 no policy", "GREEN;policy=-", "SEM-01" },
    { "SEM-01 name and foreign OID", "GREEN;uri=urn:oid:2.25.99", "SEM-01" },
    { "SEM-01 name and URI that is no OID", "GREEN;uri=2.25.1", "SEM-01" },
    { "SEM-01 OID and another name", "GREEN;policy=GNU;uri=urn:oid:2.25.1", "SEM-01" },
    { "SEM-01 another case", "GREEN;policy=Zebra;uri=urn:oid:2.25.1", "SEM-01" },
    { "SEM-01 holds", "GREEN;policy= ZEBRA ;uri=URN:OID:2.25.1", "" },

    { "SEM-02 unknown classification", "PINK", "SEM-02" },
    { "SEM-02 another case", "Green", "SEM-02" },
    { "SEM-02 full width", "\xef\xbc\xa7REEN", "SEM-02" },
    { "SEM-02 absent", "-", "SEM-02" },
    { "SEM-02 holds", " GREEN\n", "" },

    { "SEM-03 unknown tag set", "GREEN;R Nut=PLAIN", "SEM-03" },
    { "SEM-03 another type", "GREEN;I Fruit=PLAIN", "SEM-03" },
    { "SEM-03 no type of a label", "GREEN;restrictive Fruit=PLAIN", "SEM-03" },
    { "SEM-03 OID of another set", "GREEN;R Fruit@2.25.5=PLAIN", "SEM-03" },
    { "SEM-03 unknown OID", "GREEN;R Fruit@2.25.99=PLAIN", "SEM-03" },
    { "SEM-03 empty name", "GREEN;R =PLAIN", "SEM-03" },
    { "SEM-03 holds", "GREEN;R Fruit@2.25.4=PLAIN", "" },
    { "NAT-14 renamed", "GREEN;R Obst@2.25.4=PLAIN", "!NAT-14" },

    { "SEM-04 unknown value", "GREEN;R Fruit=PLUM", "SEM-04" },
    { "SEM-04 value of another set", "GREEN;R Fruit=A", "SEM-04" },
    { "SEM-04 value of another type of the set", "GREEN;R Few=F1", "SEM-04" },
    { "SEM-04 empty value", "GREEN;R Fruit=,PLAIN", "SEM-04" },
    { "SEM-04 lacv is no value", "GREEN;R Fruit=1", "SEM-04" },
    { "SEM-04 each unknown value", "GREEN;R Fruit=PLUM,PLAIN,NUT", "SEM-04 SEM-04" },
    { "SEM-04 holds", "GREEN;R Fruit= PLAIN\t,PLAIN", "" },
    { "SEM-04 no value at all", "GREEN;R Fruit=", "" },
    { "SEM-04 user's words", "GREEN;I Note=anything,\xe2\x80\xae", "" },
    { "SEM-04 unknown privacy mark", "GREEN;mark=DARK", "!SEM-04" },
    { "SEM-04 privacy mark holds", "GREEN;mark= CLEAR", "" },

    { "SEM-05", "GREEN;R Fruit=NOGREEN", "SEM-05" },
    { "SEM-05 twice the value", "GREEN;R Fruit=NOGREEN,NOGREEN", "SEM-05 SEM-05" },
    { "SEM-05 holds", "RED;R Fruit=NOGREEN", "" },
    { "SEM-05 name twice, first", "GREEN;P Circle=ZED", "" },
    { "SEM-05 name twice, second", "RED;P Circle=ZED", "" },

    { "SEM-06", "GREEN;R Fruit=REDONLY", "SEM-06" },
    { "SEM-06 holds", "RED;R Fruit=REDONLY", "" },
    { "SEM-06 unknown class is never met", "RED;R Fruit=LOST", "SEM-06" },

    { "SEM-07 none", "BLUE", "SEM-07" },
    { "SEM-07 two", "BLUE;P Circle=A,B", "SEM-07" },
    { "SEM-07 none of those", "BLUE;P Circle=C", "SEM-07" },
    { "SEM-07 holds", "BLUE;P Circle=B,C", "" },

    { "SEM-08 onlyOne of all, none", "GREEN;R Fruit=ONE", "SEM-08" },
    { "SEM-08 onlyOne of all, two", "GREEN;R Fruit=ONE;P Circle=A,B", "SEM-08" },
    { "SEM-08 onlyOne of all, two that share a lacv", "GREEN;R Fruit=ONE;P Circle=C,D", "SEM-08" },
    { "SEM-08 onlyOne of all holds", "GREEN;R Fruit=ONE;P Circle=C,C", "" },
    { "SEM-08 onlyOne over two categories", "GREEN;R Fruit=ONE;P Circle=A;P Circle=B", "SEM-08" },
    { "SEM-08 oneOrMore, other value", "GREEN;R Fruit=MORE;P Circle=A", "SEM-08" },
    { "SEM-08 oneOrMore holds by the first of a lacv", "GREEN;R Fruit=MORE;P Circle=C", "" },
    { "SEM-08 oneOrMore holds by the second", "GREEN;R Fruit=MORE;P Circle=D", "" },
    { "SEM-08 all, one of two", "GREEN;R Fruit=BOTH;P Circle=A", "SEM-08" },
    { "SEM-08 all holds, a lacv is one", "GREEN;R Fruit=BOTH;P Circle=A,D", "" },
    { "SEM-08 all of a set, one lacks", "GREEN;R Fruit=EVERY;P Circle=A,B,C,D", "SEM-08" },
    { "SEM-08 all of a set holds, a name twice is one", "GREEN;R Fruit=EVERY;P Circle=A,B,C,D,ZED",
      "" },
    { "SEM-08 all of its own set", "GREEN;R Ring=R1", "SEM-08" },
    { "SEM-08 all of its own set holds", "GREEN;R Ring=R1,R2", "" },
    { "SEM-08 unknown set is never met", "GREEN;R Fruit=NOWHERE;P Circle=A", "SEM-08" },
    { "SEM-08 each demand", "GREEN;R Fruit=TWODEMANDS", "SEM-08 SEM-08" },
    { "SEM-08 one of two demands", "GREEN;R Fruit=TWODEMANDS;P Circle=A", "SEM-08" },
    { "SEM-08 both demands hold", "GREEN;R Fruit=TWODEMANDS;P Circle=A,B", "" },

    { "SEM-09 by lacv, first", "GREEN;R Fruit=NOVALUE;P Circle=C", "SEM-09" },
    { "SEM-09 by lacv, second", "GREEN;R Fruit=NOVALUE;P Circle=D", "SEM-09" },
    { "SEM-09 by lacv holds", "GREEN;R Fruit=NOVALUE;P Circle=A", "" },
    { "SEM-09 all", "GREEN;R Fruit=NOSET;P Circle=A", "SEM-09" },
    { "SEM-09 all holds", "GREEN;R Fruit=NOSET;P Circle=", "" },
    { "SEM-09 its own set", "GREEN;R Fruit=ALONE,PLAIN", "SEM-09" },
    { "SEM-09 its own set holds", "GREEN;R Fruit=ALONE,ALONE", "" },
    { "SEM-09 unknown set excludes nothing", "GREEN;R Fruit=NOTHING;P Circle=A", "" },

    { "SEM-10 too few", "GREEN;P Few=F1", "SEM-10" },
    { "SEM-10 none", "GREEN;P Few=", "SEM-10" },
    { "SEM-10 one twice is one", "GREEN;P Few=F1,F1", "SEM-10" },
    { "SEM-10 too many", "GREEN;P Few=F1,F2,F3,F4", "SEM-10" },
    { "SEM-10 too many over two categories", "GREEN;P Few=F1,F2;P Few=F3,F4", "SEM-10" },
    { "SEM-10 holds over two categories", "GREEN;P Few=F1;P Few@2.25.7=F2", "" },
    { "SEM-10 holds", "GREEN;P Few=F1,F2,F3", "" },
    { "SEM-10 a user's words", "GREEN;I Note=x,y,z", "SEM-10" },
    { "SEM-10 a user's words twice are once", "GREEN;I Note=x,y, x ;I Note=y", "" },
    { "SEM-10 single", "GREEN;R Few=S1,S2", "SEM-10" },
    { "SEM-10 single holds", "GREEN;R Few=S1", "" },

    { "SEM-11 classification", "OLD", "SEM-11" },
    { "SEM-11 classification, as old as the policy", "OLD;created=2026-01-01T00:00:00Z", "SEM-11" },
    { "SEM-11 classification, older", "OLD;created=2025-12-31T23:59:59Z", "!SEM-11" },
    { "SEM-11 older by the zone", "OLD;created=2026-01-01T00:59:59+01:00", "!SEM-11" },
    { "SEM-11 no date", "OLD;created=yesterday", "SEM-11" },
    { "SEM-11 value", "GREEN;R Fruit=OLDFRUIT", "SEM-11" },
    { "SEM-11 value, older", "GREEN;R Fruit=OLDFRUIT;created=2020-01-01T00:00:00Z", "!SEM-11" },
    { "SEM-11 privacy mark", "GREEN;mark=DIM", "!SEM-11" },

    { "SEM-12 holds", "GREEN;R Fruit=SEASON", "" },

    { "SEM-13 privacy mark and notes", "GREEN;mark=CLEAR;I Note=x,y", "" },
    { "several at once", "PINK;R Fruit=NOGREEN,PLUM;R Nut=A", "SEM-02 SEM-03 SEM-04" },
};

static const char *findings(const struct mu_validity_report *report)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < report->findings; i++)
        mu_buf_printf(&out, "%s%s%s", i > 0 ? " " : "", report->finding[i].must ? "" : "!",
                      report->finding[i].rule);
    return mu_buf_text(&out);
}

static struct mu_validity_report validate(const char *policy, const char *label, int64_t now)
{
    struct mu_validity_report report;
    struct mu_policies all = one_policy(policy_of(policy));
    mu_validate(arena, &all, label_of(label), now, &report);
    return report;
}

START_TEST(each_rule)
{
    struct mu_validity_report report = validate(rules(false), row[_i].label, NOW);
    const char *got = findings(&report);
    ck_assert_msg(strcmp(got, row[_i].found) == 0, "%s: '%s' %s", row[_i].name, got,
                  report.findings > 0 ? report.finding[0].what : "");
    bool broken = false;
    for (size_t i = 0; i < report.findings; i++)
        broken = broken || report.finding[i].must;
    ck_assert_msg(report.valid == !broken, "%s", row[_i].name);
}
END_TEST

/* A window has its ends in it. */
START_TEST(windows)
{
    static const struct {
        const char *now, *found;
    } window[] = {
        { "2026-11-23T09:59:59Z", "SEM-12" }, { "2026-11-23T10:00:00Z", "" },
        { "2026-11-23T11:00:00Z", "" },       { "2026-11-23T11:00:01Z", "SEM-12" },
        { "2026-11-23T11:00:00+01:00", "" },
    };
    for (size_t i = 0; i < MU_COUNT(window); i++) {
        struct mu_validity_report r =
            validate(rules(false), "GREEN;R Fruit=SEASON", at(window[i].now));
        ck_assert_msg(strcmp(findings(&r), window[i].found) == 0, "%s", window[i].now);
    }
}
END_TEST

/* What is said, of what, where. */
START_TEST(sentences)
{
    static const struct {
        const char *label, *what;
        uint32_t category, position;
    } said[] = {
        { "GREEN;policy=G\xe2\x80\xaeNU", "no policy 'G\\u{202E}NU' is loaded", MU_NONE, MU_NONE },
        { "GREEN;policy=GNU;uri=urn:oid:2.25.1",
          "the OID is that of policy 'ZEBRA', the name is 'GNU'", MU_NONE, MU_NONE },
        { "GREEN;uri=urn:oid:2.25.2", "policy 'ZEBRA' has the OID 2.25.1, not 'urn:oid:2.25.2'",
          MU_NONE, MU_NONE },
        { "-", "policy 'ZEBRA' has no classification ''", MU_NONE, MU_NONE },
        { "GREEN;I Note=x;R Nut=A", "policy 'ZEBRA' has no tag set 'Nut'", 1, MU_NONE },
        { "GREEN;P Fruit=A", "tag set 'Fruit' has no tag of type 'PERMISSIVE'", 0, MU_NONE },
        { "GREEN;R Fruit@2.25.9=A", "tag set 'Fruit' has the OID 2.25.4, not 'urn:oid:2.25.9'", 0,
          MU_NONE },
        { "GREEN;R Obst@2.25.4=PLAIN",
          "tag set 'Obst' is called 'Fruit' in version 7 of the policy", 0, MU_NONE },
        { "GREEN;R Fruit=PLAIN,PLUM", "tag set 'Fruit' has no value 'PLUM'", 0, 1 },
        { "GREEN;R Fruit=NOGREEN", "'NOGREEN' does not go with classification 'GREEN'", 0, 0 },
        { "GREEN;R Fruit=REDONLY", "'REDONLY' goes with classification 'RED' only", 0, 0 },
        { "GREEN;R Fruit=LOST", "'LOST' wants a classification that policy 'ZEBRA' does not have",
          0, 0 },
        { "BLUE", "classification 'BLUE' wants exactly one of Circle 'A', Circle 'B'", MU_NONE,
          MU_NONE },
        { "GREEN;R Fruit=EVERY", "'EVERY' wants all of Circle", 0, 0 },
        { "GREEN;R Fruit=NOVALUE;P Circle=D", "'NOVALUE' does not go with a value of 'Circle'", 0,
          0 },
        { "GREEN;R Fruit=NOSET;P Circle=D", "'NOSET' does not go with anything of 'Circle'", 0, 0 },
        { "GREEN;P Few=F1", "'Few' has 1 values, where at least 2 may be chosen", 0, MU_NONE },
        { "GREEN;I Note=;R Few=S1,S2", "'Few' has 2 values, where at most 1 may be chosen", 1,
          MU_NONE },
        { "OLD", "classification 'OLD' is obsolete", MU_NONE, MU_NONE },
        { "GREEN;R Fruit=OLDFRUIT", "'OLDFRUIT' is obsolete", 0, 0 },
        { "GREEN;mark=DIM", "privacy mark 'DIM' is obsolete", MU_NONE, MU_NONE },
    };
    for (size_t i = 0; i < MU_COUNT(said); i++) {
        struct mu_validity_report r = validate(rules(false), said[i].label, NOW);
        ck_assert_msg(r.findings == 1, "%s: %zu", said[i].label, r.findings);
        ck_assert_msg(strcmp(r.finding[0].what, said[i].what) == 0, "%s: %s", said[i].label,
                      r.finding[0].what);
        ck_assert_msg(r.finding[0].category == said[i].category
                          && r.finding[0].position == said[i].position,
                      "%s", said[i].label);
    }
}
END_TEST

/* Under a policy that does not care, and under tag sets that are not told apart by one of the two. */
START_TEST(other_policies)
{
#define TWINS                                                                                      \
    POLICY_ID CLASSES(CLASS("GREEN", "1", "1", ""))                                                \
        SETS(SET("Twin", "2.25.4", TAG(RESTRICTIVE, VALUE("A", "1")))                              \
                 SET("Twin", "2.25.5", TAG(RESTRICTIVE, VALUE("B", "1")))                          \
                     SET("Other", "2.25.5", TAG(RESTRICTIVE, VALUE("C", "1"))))
    static const struct {
        const char *policy, *label, *found; /* NULL: the rules, without regard to case */
    } other[] = {
        { NULL,
          "Gr\xc3\xa9"
          "en",
          "SEM-02" },
        { NULL, "green;policy=zebra;R FRUIT=pLAIN;mark=clear", "" },
        { NULL, "green;r Fruit=PLAIN", "SEM-03" },
        { SPIF(TWINS), "GREEN;R Twin@2.25.4=A", "" },
        { SPIF(TWINS), "GREEN;R Twin@2.25.5=B", "" },
        { SPIF(TWINS), "GREEN;R Twin=B", "SEM-04" },
        { SPIF(TWINS), "GREEN;R Other@2.25.5=C", "" },
        { SPIF(TWINS), "GREEN;R Other@2.25.4=C", "SEM-03" },
    };
    for (size_t i = 0; i < MU_COUNT(other); i++) {
        struct mu_validity_report r =
            validate(other[i].policy != NULL ? other[i].policy : rules(true), other[i].label, NOW);
        ck_assert_msg(strcmp(findings(&r), other[i].found) == 0, "row %zu: %s", i, findings(&r));
    }
}
END_TEST

/* Several values of one name that fit: told, and no more. */
START_TEST(ambiguous_names)
{
    struct mu_validity_report r =
        validate(SPIF(POLICY_ID CLASSES(CLASS("GREEN", "1", "1", "")) SETS(
                     SET("Fruit", "2.25.4", TAG(RESTRICTIVE, VALUE("A", "1") VALUE("A", "2"))))),
                 "GREEN;R Fruit=A", NOW);
    ck_assert(r.valid && r.findings == 1 && !r.finding[0].must);
    ck_assert_str_eq(r.finding[0].rule, "SEM-04");
    ck_assert_str_eq(r.finding[0].what, "tag set 'Fruit' has several values 'A' that fit");
}
END_TEST

/* Names of 64 KiB, values by the thousand, each of them wrong. */
START_TEST(hostile_labels)
{
    struct mu_buf name = { .arena = arena };
    while (name.n < 64 * MU_KIB)
        mu_buf_puts(&name, "\xc3\xa9"
                           "FRUIT ");
    struct mu_category *c = mu_arena_array(arena, 500, sizeof *c);
    for (size_t i = 0; i < 500; i++) {
        c[i] = (struct mu_category){ .type = "RESTRICTIVE",
                                     .tag_name = i % 2 == 0 ? "Fruit" : mu_buf_text(&name),
                                     .value = mu_arena_array(arena, 100, sizeof *c[i].value),
                                     .values = 100 };
        for (size_t k = 0; k < 100; k++)
            c[i].value[k] = k == 0 ? mu_buf_text(&name) : k % 2 == 0 ? "PLUM" : "NOGREEN";
    }
    struct mu_label label = { .policy = "ZEBRA",
                              .classification = "GREEN",
                              .privacy_mark = mu_buf_text(&name),
                              .category = c,
                              .categories = 500 };
    struct mu_policies all = one_policy(policy_of(rules(false)));
    struct mu_validity_report r;
    mu_validate(arena, &all, &label, NOW, &r);
    ck_assert(!r.valid);
    ck_assert_uint_eq(r.findings, 1 + 250 + 250 * 100);
    label.classification = label.policy = mu_buf_text(&name);
    mu_validate(arena, &all, &label, NOW, &r);
    ck_assert(!r.valid && r.findings == 1);
}
END_TEST

/* Whatever label and policy are: the report is that of its findings, in the order of the label, and
 * what the label does not have is never spoken of. */
START_TEST(generated_labels)
{
    struct gen g = { 3 };
    for (size_t i = 0; i < 300; i++) {
        struct mu_policies all = one_policy(gen_policy_at(&g, i));
        for (int k = 0; k < 20; k++) {
            struct mu_label *label = gen_label(&g, all.policy[0]);
            struct mu_validity_report r, again;
            mu_validate(arena, &all, label, NOW, &r);
            bool broken = false;
            for (size_t f = 0; f < r.findings; f++) {
                const struct mu_invalidity *found = &r.finding[f];
                broken = broken || found->must;
                ck_assert(found->category == MU_NONE || found->category < label->categories);
                ck_assert(found->position == MU_NONE
                          || found->position < label->category[found->category].values);
                ck_assert(found->what[0] != '\0');
            }
            ck_assert(r.valid == !broken);
            struct mu_label *canonical = mu_label_canonical(arena, all.policy[0], label);
            mu_validate(arena, &all, canonical, NOW, &again);
            ck_assert_msg(again.valid == r.valid, "%s / %s: %s / %s", show_label(label),
                          show_label(canonical), findings(&r), findings(&again));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validity");
    TCase *tc = gen_tcase(suite, "validity");
    tcase_add_loop_test(tc, each_rule, 0, MU_COUNT(row));
    tcase_add_test(tc, windows);
    tcase_add_test(tc, sentences);
    tcase_add_test(tc, other_policies);
    tcase_add_test(tc, ambiguous_names);
    tcase_add_test(tc, hostile_labels);
    tcase_add_test(tc, generated_labels);
    return run_tests(suite);
}
