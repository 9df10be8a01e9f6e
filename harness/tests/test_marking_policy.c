#include "marking_support.h"

/* --- policies with what is awkward -------------------------------------------------------- */

static const struct {
    const char *name, *spif, *label;
    enum mu_marking_code place;
    const char *language, *want;
    bool lossy, ambiguous; /* the marking does not give the label back; or another one, too */
} awkward[] = {
    { "names only", SPIF(ID("") LOW_HIGH), "LOW", MU_AT_PAGE_TOP, "en", "AWK LOW", false, false },
    { "no language: then English, then the name",
      SPIF(ID("") CLASSES(
          CLASS("LOW", "1", SAY_IN("en", "Low indeed", "") SAY_IN("de", "Niedrig", "")))),
      "LOW", MU_AT_PAGE_TOP, "fr", "AWK Low indeed", false, false },
    { "its language",
      SPIF(ID("") CLASSES(
          CLASS("LOW", "1", SAY_IN("en", "Low indeed", "") SAY_IN("de", "Niedrig", "")))),
      "LOW", MU_AT_PAGE_TOP, "de", "AWK Niedrig", false, false },
    { "a phrase without a language comes before English",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY_IN("en", "English", "") SAY("Any", "")))), "LOW",
      MU_AT_PAGE_TOP, "fr", "AWK Any", false, false },
    { "another language is no fallback",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY_IN("de", "Niedrig", "")))), "LOW", MU_AT_PAGE_TOP,
      "fr", "AWK LOW", false, false },
    { "a dialect will do", SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY_IN("en-GB", "Lowish", "")))),
      "LOW", MU_AT_PAGE_TOP, "en", "AWK Lowish", false, false },
    { "a place of its own",
      SPIF(ID("") CLASSES(
          CLASS("LOW", "1", SAY("Top", CODE("pageTop")) SAY("[Low]", CODE("subject"))))),
      "LOW", MU_AT_SUBJECT, "en", "AWK [Low]", false, false },
    { "a place without phrases is the top of the page",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY("Top", CODE("pageTop"))))), "LOW", MU_AT_WATERMARK,
      "en", "AWK Top", false, false },
    { "everywhere where no place is given",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY("Low!", "")))), "LOW", MU_AT_LAST_LINE, "en",
      "AWK Low!", false, false },
    { "name suppressed, value without a phrase",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", HIDE(CODE("noNameDisplay"))))), "LOW; R S: X",
      MU_AT_PAGE_TOP, "en", "AWK LOW", true, false },
    { "marking suppressed",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", SAY("Ex", CODE("noMarkingDisplay"))))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "en", "AWK LOW", true, false },
    { "empty phrase", SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", SAY("", "")))), "LOW; R S: X",
      MU_AT_PAGE_TOP, "en", "AWK LOW", true, false },
    { "classification suppressed by a value",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", SAY("Ex", CODE("suppressClassName"))))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "en", "AWK Ex", false, true },
    { "the policy's phrase", SPIF(ID(SAY("Awkland", "")) LOW_HIGH), "LOW", MU_AT_PAGE_TOP, "en",
      "Awkland LOW", false, false },
    { "no policy", SPIF(ID(HIDE(CODE("noNameDisplay"))) LOW_HIGH), "LOW", MU_AT_PAGE_TOP, "en",
      "LOW", false, false },
    { "replaced by the first category",
      SPIF(ID("") LOW_HIGH PLAIN_SET(
          VALUE("W", "1", "") VALUE("X", "2", SAY("Exland", CODE("replacePolicy")))
              VALUE("Y", "3", SAY("Whyland", CODE("replacePolicy"))))),
      "LOW; R S: W, X", MU_AT_PAGE_TOP, "en", "Exland LOW W", false, false },
    { "classification before category",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY("Lowland", CODE("replacePolicy")) SAY("LOW", "")))
               PLAIN_SET(VALUE("X", "2", SAY("Exland", CODE("replacePolicy")) SAY("Ex", "")))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "en", "Lowland LOW Ex", false, false },
    { "the SPIF before the classification",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY("Lowland", CODE("replacePolicy")) SAY("LOW", "")))
               PLAIN_SET(VALUE("X", "2", SAY("Exland", CODE("replacePolicy")) SAY("Ex", "")))
                   SAY("All lands", CODE("replacePolicy"))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "en", "All lands LOW Ex", false, false },
    { "the whole in one phrase",
      SPIF(ID("") CLASSES(
          CLASS("LOW", "1", SAY("LOWEST OF ALL", CODE("replacePolicy") CODE("suppressClassName")))
              CLASS("HIGH", "2", ""))),
      "LOW", MU_AT_PAGE_TOP, "en", "LOWEST OF ALL", false, false },
    { "all separators there are",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", ROUND("prefix", "&lt;") ROUND("suffix", "&gt;")))
               PLAIN_SET(VALUE("X", "1", ROUND("prefix", "No "))
                             VALUE("Y", "2", ROUND("suffix", "!")) ROUND("prefix", "with")
                                 ROUND("separator", " + ") ROUND("suffix", "inside "))
                   ROUND("prefix", "= ") ROUND("separator", " // ") ROUND("suffix", " =")),
      "LOW; R S: X, Y", MU_AT_PAGE_TOP, "en", "= AWK // <LOW> // with No X + Y!inside =", false,
      false },
    { "words do not run together",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", "") ROUND_AT(
          "pageTop", "prefix", "Releasable To") ROUND_AT("pageTop", "suffix", "Only "))),
      "LOW; R S: X", MU_AT_PAGE_BOTTOM, "en", "AWK LOW Releasable To X Only", false, false },
    { "qualifiers by language",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", "") ROUND_IN("en", "prefix", "to")
                                         ROUND_IN("fr", "prefix", "à "))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "fr", "AWK LOW à X", false, false },
    { "default separator", SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", "") VALUE("Y", "2", ""))),
      "LOW; R S: Y, X", MU_AT_PAGE_TOP, "en", "AWK LOW X/Y", false, false },
    { "a phrase that holds a separator",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", SAY("North and South, both", "")) VALUE(
          "Y", "2", SAY("North", "")) VALUE("Z", "3", SAY("South", "")) ROUND("separator", ", "))),
      "LOW; R S: X, Z", MU_AT_PAGE_TOP, "en", "AWK LOW North and South, both, South", false,
      false },
    { "words of the user's behind a phrase",
      SPIF(ID("") LOW_HIGH PLAIN_SET(INPUT("Note", "1", SAY("Note:", "")))),
      "LOW; R S: keep dry/Über", MU_AT_PAGE_TOP, "en", "AWK LOW Note:keep dry/Über", false, false },
    { "words of the user's behind a prefix",
      SPIF(ID("") LOW_HIGH SETS(
          SET("S", "1", "restrictive",
              INPUT("Note", "1", SAY("", "")) ROUND("prefix", "{") ROUND("suffix", "}"))
              SET("T", "2", "restrictive", VALUE("X", "1", "")))),
      "LOW; R S: keep dry; R T: X", MU_AT_PAGE_TOP, "en", "AWK LOW {keep dry} X", false, false },
    { "words of the user's behind nothing",
      SPIF(ID("") LOW_HIGH PLAIN_SET(INPUT("Note", "1", SAY("", "")))), "LOW; R S: keep dry",
      MU_AT_PAGE_TOP, "en", "AWK LOW keep dry", true, false },
    { "two values, one phrase",
      SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", SAY("Same", ""))
                                         VALUE("Y", "2", SAY("Same", "")))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "en", "AWK LOW Same", false, true },
    { "two sets, one phrase",
      SPIF(ID("") LOW_HIGH SETS(SET("S", "1", "restrictive", VALUE("X", "1", ""))
                                    SET("T", "2", "permissive", VALUE("X", "1", "")))),
      "LOW; R S: X", MU_AT_PAGE_TOP, "en", "AWK LOW X", false, true },
    { "privacy mark with a phrase",
      SPIF(ID("") LOW_HIGH "<privacyMarks><privacyMark name='PM'>" SAY(
          "personal", "") "</privacyMark>"
                          "<privacyMark name='QM'/></privacyMarks>"),
      "LOW; mark PM", MU_AT_PAGE_TOP, "en", "AWK personal LOW", false, false },
    { "portion, designator with a mark of its own",
      SPIF(ID("") CLASSES(CLASS("LOW", "1", SAY("AL", CODE("portionMarking"))))
               PLAIN_SET(VALUE("X", "1", SAY("-X", CODE("portionMarking"))) VALUE("Y", "2", ""))),
      "LOW; R S: X, Y", MU_AT_PORTION, "en", "AL-X-Y", true, false },
    { "no portion mark", SPIF(ID("") LOW_HIGH), "LOW", MU_AT_PORTION, "en",
      "none: LOW has no portion mark in Awk", true, false },
    { "unknown classification", SPIF(ID("") LOW_HIGH), "MIDDLE", MU_AT_PAGE_TOP, "en",
      "none: 'MIDDLE' is no classification of Awk", true, false },
    { "unknown value", SPIF(ID("") LOW_HIGH PLAIN_SET(VALUE("X", "1", ""))), "LOW; R S: Z",
      MU_AT_PAGE_TOP, "en", "none: 'Z' is no value of 'S' in Awk", true, false },
};

START_TEST(awkward_policies)
{
    struct mu_policies one = one_policy(awkward[_i].spif);
    struct mu_label *label = label_of(one.policy[0], awkward[_i].label);
    const char *text = render(one.policy[0], label, awkward[_i].place, awkward[_i].language);
    ck_assert_msg(strcmp(text, awkward[_i].want) == 0, "%s: got '%s', want '%s'", awkward[_i].name,
                  text, awkward[_i].want);
    for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
        struct mu_marking_reading r;
        mu_marking_parse(arena, &one, text, (enum mu_marking_match) match, &r);
        bool same = r.label != NULL && strcmp(written(r.label), written(label)) == 0;
        ck_assert_msg(same != awkward[_i].lossy, "%s: %s %s\n%s", awkward[_i].name,
                      written(r.label), r.why, written(label));
        ck_assert_msg(r.ambiguous == awkward[_i].ambiguous, "%s: ambiguous %d", awkward[_i].name,
                      r.ambiguous);
    }
}
END_TEST

/* --- a policy of the field ---------------------------------------------------------------- */

/* How the NATO policy of the field says the same: twice the context NATO, told apart by what
 * they exclude; qualifiers for the top of the page only, without spaces; empty phrases; a line
 * feed in a name; two values of one name. Known by its OID. */
#define OWNER(phrase) SAY(phrase, CODE("noNameDisplay") CODE("replacePolicy"))
#define NOT(name)     "<excludedClass>" name "</excludedClass>"
#define FIELD_SET(name, id, type, inside)                                                          \
    "<securityCategoryTagSet name='" name "' id='1.3.26.1.4." id                                   \
    "'><securityCategoryTag name='" name "' tagType='" type "'>" inside                            \
    "</securityCategoryTag></securityCategoryTagSet>"
static const char field[] = SPIF(
    "<securityPolicyId name='NATO' id='1.3.26.1.3.1'/>" CLASSES(
        CLASS("RESTRICTED", "2",
              SAY_IN("en", "RESTRICTED", CODE("pageTopBottom"))
                  SAY_IN("fr", "DIFFUSION RESTREINTE", CODE("pageTopBottom"))
                      SAY("NR", CODE("portionMarking")))
            CLASS("SECRET", "4",
                  SAY("SECRET", CODE("pageTopBottom")) SAY("NS", CODE("portionMarking")))
                CLASS("TOP SECRET", "5",
                      SAY_IN("en", "TOP SECRET", CODE("pageTopBottom"))
                          SAY_IN("fr", "TRES SECRET", CODE("pageTopBottom"))))
        SETS(FIELD_SET(
            "Releasable To", "2", "permissive",
            VALUE("JPN", "392",
                  SAY_IN("en", "Japan", CODE("pageTopBottom")) SAY_IN("fr", "Japon", ""))
                VALUE("NRF&#10;", "2013", SAY("Response Force&#10;", CODE("pageTopBottom")))
                    VALUE("NATO", "1001", SAY("NATO", CODE("pageTopBottom")))
                        VALUE("EAPC", "2001", SAY("Council", CODE("pageTopBottom")))
                            VALUE("EAPC", "1002", SAY("NATO/EAPC", CODE("pageTopBottom")))
                                ROUND_AT("pageTop", "prefix", "Releasable To")
                                    ROUND_AT("pageTop", "separator", ", "))
                 FIELD_SET("Context", "4", "permissive",
                           VALUE("NATO", "1001", OWNER("NATO") NOT("TOP SECRET")) VALUE(
                               "NATO", "1001", OWNER("COSMIC") NOT("RESTRICTED") NOT("SECRET"))
                               VALUE("EAPC", "1002", OWNER("NATO/EAPC"))
                                   VALUE("Releasable", "10000", SAY("", CODE("pageTopBottom"))))
                     FIELD_SET("Only", "5", "permissive",
                               VALUE("IRL", "372", SAY("Ireland", CODE("pageTopBottom"))) VALUE(
                                   "KOR", "410", SAY("Korea, Republic of", CODE("pageTopBottom")))
                                   ROUND_AT("pageTop", "separator", ", ")
                                       ROUND_AT("pageTop", "suffix", "Only "))
                         FIELD_SET("Limited", "6", "restrictive",
                                   INPUT("Instruction", "1", SAY("", CODE("pageTopBottom"))))));

static const struct {
    const char *label, *text; /* label NULL: the text is no marking */
} field_row[] = {
    { "RESTRICTED; P Context: NATO", "NATO RESTRICTED" },
    { "SECRET; P Context: EAPC", "NATO/EAPC SECRET" },
    { "TOP SECRET; P Context: NATO", "COSMIC TOP SECRET" },
    { "RESTRICTED; P Context: NATO, Releasable; P Releasable To: NATO, JPN, NRF",
      "NATO RESTRICTED Releasable To Japan, Response Force" },
    { "RESTRICTED; P Context: EAPC, Releasable; P Releasable To: EAPC, NATO",
      "NATO/EAPC RESTRICTED Releasable To NATO" },
    { "SECRET; P Context: NATO, Releasable; P Releasable To: NATO, EAPC",
      "NATO SECRET Releasable To Council" },
    { "SECRET; P Context: NATO; P Only: IRL, KOR", "NATO SECRET Ireland, Korea, Republic of Only" },
    { NULL, "NATO TOP SECRET" },
    { NULL, "COSMIC SECRET" },
    { NULL, "COSMIC RESTRICTED" },
    { NULL, "NATO SECRET Releasable To NATO/EAPC" }, /* the label would be shown with the other */
    { NULL, "NATO SECRET for everybody" },
};

START_TEST(policy_of_the_field)
{
    struct mu_policies one = one_policy(field);
    const struct mu_policy *p = one.policy[0];
    for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
        struct mu_marking_reading r;
        mu_marking_parse(arena, &one, field_row[_i].text, (enum mu_marking_match) match, &r);
        ck_assert_msg((r.label == NULL) == (field_row[_i].label == NULL), "'%s': %s %s",
                      field_row[_i].text, r.why, written(r.label));
        if (r.label == NULL)
            continue;
        struct mu_label *label = label_of(p, field_row[_i].label);
        ck_assert_str_eq(written(r.label), written(label));
        ck_assert_str_eq(render(p, label, MU_AT_PAGE_TOP, "en"), field_row[_i].text);
        ck_assert_str_eq(render(p, label, MU_AT_PAGE_BOTTOM, "en"), field_row[_i].text);
    }
}
END_TEST

/* NAT-10: even a label that lacks its context. */
START_TEST(top_secret_is_cosmic_always)
{
    struct mu_policies one = one_policy(field);
    const struct mu_policy *p = one.policy[0];
    ck_assert_str_eq(render(p, label_of(p, "TOP SECRET"), MU_AT_PAGE_TOP, "en"),
                     "COSMIC TOP SECRET");
    ck_assert_str_eq(
        render(policy[NATO], label_of(policy[NATO], "TOP SECRET"), MU_AT_SUBJECT, "fr"),
        "COSMIC TRES SECRET");
    ck_assert_str_eq(
        render(p, label_of(p, "SECRET; R Limited: by hand only"), MU_AT_PAGE_TOP, "en"),
        "NATO SECRET by hand only");
}
END_TEST

/* --- colours ------------------------------------------------------------------------------ */

static const struct {
    const char *colour, *background, *foreground;
} colour_row[] = {
    { "red", "#ff0000", "#000000" },
    { "BLUE", "#0000ff", "#ffffff" },
    { "fuschia", "#ff00ff", "#000000" },
    { "fuchsia", "#ff00ff", "#000000" },
    { "#FF8C00", "#ff8c00", "#000000" },
    { "#102030", "#102030", "#ffffff" },
    { "white", "#ffffff", "#000000" },
    { "black", "#000000", "#ffffff" },
    { "green", "#008000", "#ffffff" },
    { "#12345", NULL, NULL },
    { "#12345g", NULL, NULL },
    { "infrared", NULL, NULL },
    { "", NULL, NULL },
    { "#1234567", NULL, NULL },
};

static void check_colour(const char *got, const char *want)
{
    ck_assert_msg(want == NULL ? got == NULL : got != NULL && strcmp(got, want) == 0,
                  "got %s, want %s", got == NULL ? "none" : got, want == NULL ? "none" : want);
}

START_TEST(colours)
{
    struct mu_resolved r;
    struct mu_policies one = one_policy(mu_arena_printf(
        arena,
        SPIF(ID("") CLASSES("<securityClassification name='LOW' lacv='1' hierarchy='1' color='%s'/>"
                            "<securityClassification name='HIGH' lacv='2' hierarchy='2'/>")),
        colour_row[_i].colour));
    mu_resolve(arena, one.policy[0], label_of(one.policy[0], "LOW"), &r);
    struct mu_colours got = mu_marking_colours(arena, &r);
    check_colour(got.background, colour_row[_i].background);
    check_colour(got.foreground, colour_row[_i].foreground);
    mu_resolve(arena, one.policy[0], label_of(one.policy[0], "HIGH"), &r);
    check_colour(mu_marking_colours(arena, &r).background, NULL);
    mu_resolve(arena, one.policy[0], label_of(one.policy[0], "NONE"), &r);
    check_colour(mu_marking_colours(arena, &r).foreground, NULL);
}
END_TEST

int main(void)
{
    TCase *tc = marking_case("awkward policies");
    tcase_add_loop_test(tc, awkward_policies, 0, MU_COUNT(awkward));
    tcase_add_loop_test(tc, policy_of_the_field, 0, MU_COUNT(field_row));
    tcase_add_test(tc, top_secret_is_cosmic_always);
    tcase_add_loop_test(tc, colours, 0, MU_COUNT(colour_row));
    return run(tc);
}
