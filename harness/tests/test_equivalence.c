/* Two small policies, A and B, of which one thing is changed: each refusal, each defect. */
#include "base/utf8.h"
#include "policy_labels.h"

#define RESTRICTIVE "tagType='restrictive'"
#define PERMISSIVE  "tagType='permissive'"
#define TO_CLASS(policy, lacv, applied)                                                            \
    "<equivalentClassification policyRef='" policy "' lacv='" lacv "' applied='" applied "'/>"
#define TO_VALUE(set, type, lacv, applied)                                                         \
    "<equivalentSecCategoryTag policyRef='B' tagSetId='" set "' " type " lacv='" lacv              \
    "' applied='" applied "'/>"
#define DISCARD                                                                                    \
    "<equivalentSecCategoryTag policyRef='B' tagSetId='2.25.21' " RESTRICTIVE                      \
    " lacv='0' applied='both' action='discard'/>"
#define REQUIRED(operation, groups)                                                                \
    "<requiredCategory operation='" operation "'>" groups "</requiredCategory>"
#define GROUP(set, type, lacv) "<categoryGroup tagSetRef='" set "' " type " lacv='" lacv "'/>"
#define GROUP_ALL(set, type)   "<categoryGroup tagSetRef='" set "' " type " all='true'/>"
#define B_DECLARED(in)         "<equivalentPolicy name='B' id='2.25.2'>" in "</equivalentPolicy>"
#define HIGH_WITH(in)                                                                              \
    "<equivalentClassification policyRef='B' lacv='2' applied='both'>" in                          \
    "</equivalentClassification>"

/* The parts of A that rows replace; each has a default. */
enum part { PART_POLICIES, PART_HIGH, PART_X, PART_P, PART_Q, PART_SAME, PART_OVER, PARTS };

static const char *const standard[PARTS] = {
    [PART_POLICIES] = B_DECLARED(""),
    [PART_HIGH] = TO_CLASS("B", "2", "both"),
    [PART_X] = TO_VALUE("2.25.21", RESTRICTIVE, "1", "both"),
    [PART_P] = TO_VALUE("2.25.22", PERMISSIVE, "1", "both"),
    [PART_Q] = DISCARD,
    [PART_SAME] = "<equivalentSecurityCategoryTagSet policyRef='B' name='Same'/>",
    [PART_OVER] = TO_CLASS("A", "2", "both"),
};

static const char text_a[] =
    "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' keyIdentifier='00'\n"
    " creationDate='20260101000000Z' originatorDN='cn=x' privilegeId='1.2' rbacId='1.2'>\n"
    "<securityPolicyId name='A' id='2.25.1'/>\n"
    "<securityClassifications>\n"
    "<securityClassification name='Low' lacv='1' hierarchy='1'>\n"
    "<equivalentClassification policyRef='B' lacv='1' applied='both'/></securityClassification>\n"
    "<securityClassification name='High' lacv='2' hierarchy='2'>@1</securityClassification>\n"
    "<securityClassification name='Old' lacv='9' hierarchy='9' obsolete='true'/>\n"
    "</securityClassifications><securityCategoryTagSets>\n"
    "<securityCategoryTagSet name='Marks' id='2.25.11'>\n"
    "<securityCategoryTag name='t' tagType='restrictive'>\n"
    "<tagCategory name='X' lacv='1'>@2</tagCategory>\n"
    "<tagCategory name='Y' lacv='2'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='To' id='2.25.12'>\n"
    "<securityCategoryTag name='t' tagType='permissive'>\n"
    "<tagCategory name='P' lacv='1'>@3</tagCategory>\n"
    "<tagCategory name='Q' lacv='2'>@4</tagCategory>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Notes' id='2.25.13'>\n"
    "<securityCategoryTag name='t' tagType='tagType7' tag7Encoding='securityAttributes'>\n"
    "<tagCategory name='N' lacv='1'/><tagCategory name='Text' lacv='2' userInput='string'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Same' id='2.25.14'>\n"
    "<securityCategoryTag name='t' tagType='restrictive'>\n"
    "<tagCategory name='Kept' lacv='1'/><tagCategory name='Lost' lacv='2'/>\n"
    "<tagCategory name='Double' lacv='3'/><tagCategory name='Form' lacv='4'/>\n"
    "</securityCategoryTag>\n"
    "@5\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Words' id='2.25.15'>\n"
    "<securityCategoryTag name='t' tagType='restrictive'>\n"
    "<tagCategory name='Any' lacv='1' userInput='string'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Both' id='2.25.16'>\n"
    "<securityCategoryTag name='t' tagType='restrictive'>\n"
    "<tagCategory name='R' lacv='1'>\n"
    "<equivalentSecCategoryTag policyRef='B' tagSetId='2.25.21' tagType='restrictive' lacv='1' "
    "applied='both'/>\n"
    "</tagCategory></securityCategoryTag><securityCategoryTag name='u' tagType='permissive'>\n"
    "<tagCategory name='L' lacv='1'>@D</tagCategory>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Ctx' id='2.25.17'>\n"
    "<securityCategoryTag name='t' tagType='permissive'>\n"
    "<tagCategory name='Home' lacv='1'>@D</tagCategory>\n"
    "<tagCategory name='Releasable' lacv='2'>@D</tagCategory>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Twin' id='2.25.18'>\n"
    "<securityCategoryTag name='t' tagType='permissive'>\n"
    "<tagCategory name='Z' lacv='1'/>\n"
    "</securityCategoryTag>\n"
    "<equivalentSecurityCategoryTagSet policyRef='B' name='Twin'/>\n"
    "</securityCategoryTagSet>\n"
    "</securityCategoryTagSets>\n"
    "<privacyMarks><privacyMark name='CLEAR'/><privacyMark name='OWN'/></privacyMarks>\n"
    "<equivalentPolicies>@0</equivalentPolicies>\n"
    "<extensions><conventions xmlns='urn:muster:policy:1' context='Ctx' "
    "release='To'/></extensions>\n"
    "</SPIF>\n";

static const char text_b[] =
    "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' keyIdentifier='00'\n"
    " creationDate='20260101000000Z' originatorDN='cn=x' privilegeId='1.2' rbacId='1.2'>\n"
    "<securityPolicyId name='B' id='2.25.2'/>\n"
    "<securityClassifications>\n"
    "<securityClassification name='Under' lacv='1' hierarchy='1'>\n"
    "<equivalentClassification policyRef='A' lacv='1' applied='both'/></securityClassification>\n"
    "<securityClassification name='Over' lacv='2' hierarchy='2'>@6</securityClassification>\n"
    "<securityClassification name='Ancient' lacv='9' hierarchy='9'>\n"
    "<equivalentClassification policyRef='A' lacv='9' applied='both'/></securityClassification>\n"
    "</securityClassifications><securityCategoryTagSets>\n"
    "<securityCategoryTagSet name='Signs' id='2.25.21'>\n"
    "<securityCategoryTag name='t' tagType='restrictive'>\n"
    "<tagCategory name='S' lacv='1'/><tagCategory name='T' lacv='2'/>\n"
    "<tagCategory name='U' lacv='7'/><tagCategory name='V' lacv='07'/>\n"
    "<tagCategory name='W' lacv='9' obsolete='true'/>\n"
    "<tagCategory name='Typed' lacv='10' userInput='string'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='For' id='2.25.22'>\n"
    "<securityCategoryTag name='t' tagType='permissive'>\n"
    "<tagCategory name='F' lacv='1'/><tagCategory name='G' lacv='2'/>\n"
    "<tagCategory name='H' lacv='3' obsolete='true'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Info' id='2.25.23'>\n"
    "<securityCategoryTag name='t' tagType='tagType7' tag7Encoding='securityAttributes'>\n"
    "<tagCategory name='I' lacv='1'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Same' id='2.25.24'>\n"
    "<securityCategoryTag name='t' tagType='restrictive'>\n"
    "<tagCategory name='Kept' lacv='5'/><tagCategory name='Double' lacv='6'/>\n"
    "<tagCategory name='Double' lacv='7'/><tagCategory name='Form' lacv='8' userInput='string'/>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "<securityCategoryTagSet name='Twin' id='2.25.25'>\n"
    "<securityCategoryTag name='t' tagType='permissive'>\n"
    "<tagCategory name='Z' lacv='1'><excludedClass>Over</excludedClass></tagCategory>\n"
    "<tagCategory name='Z' lacv='1'><excludedClass>Under</excludedClass></tagCategory>\n"
    "</securityCategoryTag>\n"
    "</securityCategoryTagSet>\n"
    "</securityCategoryTagSets>\n"
    "<privacyMarks><privacyMark name='CLEAR'/></privacyMarks>\n"
    "<equivalentPolicies><equivalentPolicy name='A' id='2.25.1'/></equivalentPolicies>\n"
    "</SPIF>\n";

/* "@3" stands for a part, "@D" for DISCARD. */
static struct mu_policy *policy_of(const char *text, const char *const part[PARTS])
{
    struct mu_buf xml = { .arena = arena };
    for (; *text != '\0'; text++)
        if (*text != '@')
            mu_buf_putc(&xml, *text);
        else if (*++text == 'D')
            mu_buf_puts(&xml, DISCARD);
        else
            mu_buf_puts(&xml, part[*text - '0']);
    return parse(mu_buf_text(&xml));
}

static const struct {
    const char *name;
    int part;
    const char *with, *label, *want;
    size_t discarded, added;
} small[] = {
    { "as it is", -1, NULL, "High; Marks=X; To=P", "Over; Signs=S; For=F", 0, 0 },
    { "without categories", -1, NULL, "Low", "Under", 0, 0 },
    { "part of a limit dropped", -1, NULL, "High; To=P,Q", "Over; For=F", 1, 0 },
    { "a limit dropped as a whole", -1, NULL, "High; To=Q",
      "EQV-06: nothing would be left of the limit 'To'", 0, 0 },
    { "a restrictive value dropped", PART_X, DISCARD, "High; Marks=X; To=P", "Over; For=F", 1, 0 },
    { "a value without rule", -1, NULL, "High; Marks=X,Y",
      "EQV-06: 'Y' of 'Marks' has no equivalent in 'B'", 0, 0 },
    { "an informative value without rule", -1, NULL, "High; Notes=N", "Over", 1, 0 },
    { "informative free text", -1, NULL, "High; Notes=whatever", "Over", 1, 0 },
    { "free text", -1, NULL, "High; Words=whatever", "EQV-06: free text 'Any' has no equivalent", 0,
      0 },
    { "by name", -1, NULL, "High; Same=Kept", "Over; Same=Kept", 0, 0 },
    { "not by name", -1, NULL, "High; Same=Lost",
      "EQV-06: tag set 'Same' of 'B' has no such value 'Lost'", 0, 0 },
    { "the set by OID", PART_SAME, "<equivalentSecurityCategoryTagSet policyRef='B' id='2.25.24'/>",
      "High; Same=Kept", "Over; Same=Kept", 0, 0 },
    { "no such set", PART_SAME, "<equivalentSecurityCategoryTagSet policyRef='B' name='Some'/>",
      "High; Same=Kept", "EQV-06: 'Kept' cannot be mapped: 'B' has no tag set 'Some'", 0, 0 },
    { "several equivalents of a value", PART_X,
      TO_VALUE("2.25.21", RESTRICTIVE, "1", "both") TO_VALUE("2.25.21", RESTRICTIVE, "2", "both"),
      "High; Marks=X", "Over; Signs=S,T", 0, 0 },
    { "another direction", PART_X, TO_VALUE("2.25.21", RESTRICTIVE, "1", "encrypt"),
      "High; Marks=X", "EQV-04: 'X' has no equivalent in this direction", 0, 0 },
    { "each direction its own", PART_X,
      TO_VALUE("2.25.21", RESTRICTIVE, "1", "encrypt")
          TO_VALUE("2.25.21", RESTRICTIVE, "2", "decrypt"),
      "High; Marks=X", "Over; Signs=T", 0, 0 },
    { "mapped and discarded", PART_X, DISCARD TO_VALUE("2.25.21", RESTRICTIVE, "1", "both"),
      "High; Marks=X", "EQV-06: 'X' is both mapped and discarded", 0, 0 },
    { "a number of two values", PART_X, TO_VALUE("2.25.21", RESTRICTIVE, "7", "both"),
      "High; Marks=X",
      "EQV-06: 'X' cannot be mapped: lacv 7 of tag set 'Signs' is both 'U' and 'V'", 0, 0 },
    { "a number of no value", PART_X, TO_VALUE("2.25.21", RESTRICTIVE, "8", "both"),
      "High; Marks=X",
      "EQV-06: 'X' cannot be mapped: tag set 'Signs' of 'B' has no RESTRICTIVE value with lacv 8",
      0, 0 },
    { "another type", PART_X, TO_VALUE("2.25.21", PERMISSIVE, "1", "both"), "High; Marks=X",
      "EQV-06: 'X' cannot be mapped: tag set 'Signs' of 'B' has no PERMISSIVE value with lacv 1", 0,
      0 },
    { "an unknown tag set", PART_X, TO_VALUE("2.25.99", RESTRICTIVE, "1", "both"), "High; Marks=X",
      "EQV-06: 'X' cannot be mapped: 'B' has no tag set '2.25.99'", 0, 0 },
    { "into free text", PART_X, TO_VALUE("2.25.21", RESTRICTIVE, "10", "both"), "High; Marks=X",
      "EQV-06: 'X' cannot be mapped: free text has no equivalent", 0, 0 },
    { "one name twice, by classification", PART_P, TO_VALUE("2.25.25", PERMISSIVE, "1", "both"),
      "High; To=P", "Over; Twin=Z", 0, 0 },
    { "a limit that becomes a note", PART_P,
      TO_VALUE("2.25.23", "tagType='tagType7' tag7Encoding='securityAttributes'", "1", "both"),
      "High; To=P", "EQV-06: nothing would be left of the limit 'To'", 0, 0 },
    { "a limit that becomes a mark", PART_P, TO_VALUE("2.25.21", RESTRICTIVE, "1", "both"),
      "High; To=P", "Over; Signs=S", 0, 0 },
    { "obsolete there", PART_X, TO_VALUE("2.25.21", RESTRICTIVE, "9", "both"), "High; Marks=X",
      "SEM-11", 0, 0 },
    { "no equivalent classification", PART_HIGH, "", "High",
      "EQV-06: 'High' has no equivalent in 'B'", 0, 0 },
    { "not in this direction", PART_HIGH, TO_CLASS("B", "2", "encrypt"), "High",
      "EQV-04: 'High' has no equivalent in 'B' in this direction", 0, 0 },
    { "two classifications", PART_HIGH, TO_CLASS("B", "1", "both") TO_CLASS("B", "2", "both"),
      "High", "EQV-06: 'High' has two equivalents in 'B': lacv 1 and 2", 0, 0 },
    { "the same twice", PART_HIGH, TO_CLASS("B", "2", "both") TO_CLASS("B", "2", "decrypt"), "High",
      "Over", 0, 0 },
    { "two by direction", PART_HIGH, TO_CLASS("B", "1", "encrypt") TO_CLASS("B", "2", "decrypt"),
      "High", "Over", 0, 0 },
    { "a classification that is not there", PART_HIGH, TO_CLASS("B", "3", "both"), "High",
      "EQV-06: 'B' has no classification with lacv 3", 0, 0 },
    { "lowered on the way back", PART_OVER, TO_CLASS("A", "1", "both"), "High",
      "EQV-07: 'High' becomes 'Over', which comes back as 'Low'", 0, 0 },
    { "lowered at once", PART_HIGH, TO_CLASS("B", "1", "both"), "High",
      "EQV-07: 'High' becomes 'Under', which comes back as 'Low'", 0, 0 },
    { "lowered in the other direction only", PART_OVER, TO_CLASS("A", "1", "encrypt"), "High",
      "EQV-07: 'High' becomes 'Over', which comes back as 'Low'", 0, 0 },
    { "undeclared", PART_POLICIES, "<equivalentPolicy name='C' id='2.25.3'/>", "High",
      "EQV-06: 'A' declares no equivalence with 'B'", 0, 0 },
    { "another name", PART_POLICIES, "<equivalentPolicy name='C' id='2.25.2'/>", "High",
      "SPF-06: 'A' knows the policy 2.25.2 as 'C', which calls itself 'B'", 0, 0 },
    { "another OID", PART_POLICIES, "<equivalentPolicy name='B' id='2.25.3'/>", "High",
      "EQV-06: 'A' declares no equivalence with 'B'", 0, 0 },
    { "required by the policy", PART_POLICIES,
      B_DECLARED(REQUIRED("all", GROUP_ALL("For", PERMISSIVE))), "High; To=P", "Over; For=F,G", 0,
      1 },
    { "required by the classification", PART_HIGH,
      HIGH_WITH(REQUIRED("all", GROUP("Signs", RESTRICTIVE, "1") GROUP("Signs", RESTRICTIVE, "2"))),
      "High", "Over; Signs=S,T", 0, 2 },
    { "not required by another classification", PART_HIGH,
      HIGH_WITH(REQUIRED("all", GROUP("Signs", RESTRICTIVE, "1"))), "Low", "Under", 0, 0 },
    { "required by the set", PART_SAME,
      "<equivalentSecurityCategoryTagSet policyRef='B' name='Same'>" REQUIRED(
          "all", GROUP("Signs", RESTRICTIVE, "2")) "</equivalentSecurityCategoryTagSet>",
      "High; Same=Kept", "Over; Signs=T; Same=Kept", 0, 1 },
    { "one of a group", PART_HIGH,
      HIGH_WITH(
          REQUIRED("onlyOne", GROUP("Signs", RESTRICTIVE, "2") GROUP("Signs", RESTRICTIVE, "1"))),
      "High", "Over; Signs=T", 0, 1 },
    { "one of a group that is there", PART_HIGH,
      HIGH_WITH(
          REQUIRED("onlyOne", GROUP("Signs", RESTRICTIVE, "2") GROUP("Signs", RESTRICTIVE, "1"))),
      "High; Marks=X", "Over; Signs=S", 0, 0 },
    { "one of a group that another demand adds", PART_HIGH,
      HIGH_WITH(REQUIRED("oneOrMore", GROUP_ALL("For", PERMISSIVE))
                    REQUIRED("all", GROUP("For", PERMISSIVE, "2"))),
      "High", "Over; For=G", 0, 1 },
    { "only one, and two are there", PART_HIGH,
      HIGH_WITH(
          REQUIRED("onlyOne", GROUP("Signs", RESTRICTIVE, "1") GROUP("Same", RESTRICTIVE, "5"))),
      "High; Marks=X; Same=Kept",
      "EQV-05: the equivalence allows one value of a group, the label has 2", 0, 0 },
    { "required and not there", PART_HIGH,
      HIGH_WITH(REQUIRED("all", GROUP("Signs", RESTRICTIVE, "8"))), "High",
      "EQV-05: what the equivalence requires is not there: tag set 'Signs' of 'B' has no "
      "RESTRICTIVE value with lacv 8",
      0, 0 },
    { "all of what has none", PART_HIGH,
      HIGH_WITH(REQUIRED("oneOrMore", GROUP_ALL("For", RESTRICTIVE))), "High",
      "EQV-05: what the equivalence requires is not there: tag set 'For' of 'B' has no RESTRICTIVE "
      "value to add",
      0, 0 },
    { "a name of two values", -1, NULL, "High; Same=Double",
      "EQV-06: tag set 'Same' of 'B' has more than one value 'Double'", 0, 0 },
    { "a name that takes text", -1, NULL, "High; Same=Form",
      "EQV-06: tag set 'Same' of 'B' has a free-text value 'Form'", 0, 0 },
    { "a restrictive value is no limit of a permissive one", -1, NULL, "High; Both=R; Both=L",
      "EQV-06: nothing would be left of the limit 'Both'", 0, 0 },
    { "a context that allows release", -1, NULL, "High; To=P; Ctx=Home,Releasable", "Over; For=F",
      2, 0 },
    { "a context that does not", -1, NULL, "High; To=P; Ctx=Home",
      "EQV-06: nothing would be left of the limit 'Ctx'", 0, 0 },
    { "a context without a release set", -1, NULL, "High; Ctx=Home,Releasable",
      "EQV-06: nothing would be left of the limit 'Ctx'", 0, 0 },
    { "required and there by its name", PART_HIGH,
      HIGH_WITH(REQUIRED("all", GROUP("Twin", PERMISSIVE, "1"))), "High; Twin=Z", "Over; Twin=Z", 0,
      0 },
    { "two limits in one set", PART_X, TO_VALUE("2.25.22", PERMISSIVE, "2", "both"),
      "High; Marks=X; To=P", "EQV-06: 'P' would join another limit in 'For'", 0, 0 },
    { "a mark that becomes a limit", PART_X, TO_VALUE("2.25.22", PERMISSIVE, "2", "both"),
      "High; Marks=X", "Over; For=G", 0, 0 },
    { "one limit of several values", PART_Q, TO_VALUE("2.25.22", PERMISSIVE, "2", "both"),
      "High; To=P,Q", "Over; For=F,G", 0, 0 },
    { "a number of two classifications", PART_OVER,
      "</securityClassification><securityClassification name='Also' lacv='2' hierarchy='3'>",
      "High", "EQV-06: lacv 2 of 'B' is both 'Over' and 'Also'", 0, 0 },
    { "an empty limit", -1, NULL, "High; To=", "EQV-06: nothing would be left of the limit 'To'", 0,
      0 },
    { "unknown here", -1, NULL, "High; To=P,R", "SEM-04", 0, 0 },
    { "other case", -1, NULL, "high", "SEM-02", 0, 0 },
};

START_TEST(each_small)
{
    const char *part[PARTS];
    memcpy(part, standard, sizeof part);
    if (small[_i].part >= 0)
        part[small[_i].part] = small[_i].with;
    struct mu_policy *a = policy_of(text_a, part), *b = policy_of(text_b, part);
    struct mu_mapping m = map(a, label_of(a, small[_i].label), b, IN);
    bool rule_only = strncmp(small[_i].want, "SEM-", 4) == 0;
    ck_assert_msg(rule_only ? m.rule != NULL && strcmp(m.rule, small[_i].want) == 0
                            : strcmp(outcome(&m), small[_i].want) == 0,
                  "%s: '%s'", small[_i].name, outcome(&m));
    ck_assert_msg(m.discarded == small[_i].discarded && m.added == small[_i].added,
                  "%s: %zu discarded, %zu added", small[_i].name, m.discarded, m.added);
}
END_TEST

START_TEST(what_else_a_label_has)
{
    struct mu_policy *a = policy_of(text_a, standard), *b = policy_of(text_b, standard);
    struct mu_label *label = label_of(a, "High");
    label->privacy_mark = " CLEAR ";
    label->review = NULL;
    label->succession = "2030-01-01T00:00:00Z";
    struct mu_mapping m = map(a, label, b, IN);
    ck_assert_str_eq(m.label->privacy_mark, "CLEAR");
    ck_assert_str_eq(m.label->review, "2030-01-01T00:00:00Z");
    ck_assert(m.label->succession == NULL && m.label->successor == NULL);
    label->privacy_mark = "OWN";
    m = map(a, label, b, IN);
    ck_assert(m.label != NULL && m.label->privacy_mark == NULL);
    label->policy = "B";
    m = map(a, label, b, IN);
    ck_assert_str_eq(m.rule, "SEM-01");
}
END_TEST

/* A sentence about a very long name is cut between characters. */
START_TEST(long_names)
{
    struct mu_policy *a = policy_of(text_a, standard), *b = policy_of(text_b, standard);
    for (int shift = 0; shift < 4; shift++) {
        struct mu_buf line = { .arena = arena };
        mu_buf_printf(&line, "High; To=%.*s", shift, "abc");
        for (int i = 0; i < 5000; i++)
            mu_buf_puts(&line, "\xe2\x82\xac");
        struct mu_mapping m = map(a, label_of(a, mu_buf_text(&line)), b, IN);
        ck_assert_str_eq(m.rule, "SEM-04");
        ck_assert_uint_eq(mu_utf8_defect(mu_bytes_of(m.why)), SIZE_MAX);
        ck_assert_uint_gt(strlen(m.why), MU_TEXT_MAX - 8);
    }
}
END_TEST

/* --- what policies say of each other (SPF-06, SPF-12, SPF-13) --------------------------------- */

static const struct {
    const char *name;
    int part;
    const char *with, *want; /* "rule: sentence" of the must-defect; NULL: none */
} defective[] = {
    { "as it is", -1, NULL, NULL },
    { "another name", PART_POLICIES,
      "<equivalentPolicy name='B' id='2.25.3'/><equivalentPolicy name='C' id='2.25.2'/>",
      "SPF-06: the policy 2.25.2 is declared as 'C' and calls itself 'B'" },
    { "undeclared by a classification", PART_HIGH,
      TO_CLASS("B", "2", "both") TO_CLASS("D", "1", "both"),
      "SPF-06: 'High' names a policy that equivalentPolicies does not declare" },
    { "no such lacv", PART_HIGH, TO_CLASS("B", "3", "both"),
      "SPF-12: the equivalent of 'High' cannot be found: 'B' has no classification with lacv 3" },
    { "lowered", PART_OVER, TO_CLASS("A", "1", "both"),
      "SPF-12: 'High' becomes 'Over' of 'B', which comes back as 'Low'" },
    { "no equivalent where the other has one", PART_HIGH, "",
      "SPF-13: 'High' has no equivalent in 'B'" },
    { "no such set", PART_X, TO_VALUE("2.25.99", RESTRICTIVE, "1", "both"),
      "SPF-12: the equivalent of 'X' cannot be found: 'B' has no tag set '2.25.99'" },
    { "no such value", PART_P, TO_VALUE("2.25.22", PERMISSIVE, "4", "both"),
      "SPF-12: the equivalent of 'P' cannot be found: tag set 'For' of 'B' has no PERMISSIVE value "
      "with lacv 4" },
    { "two such values", PART_X, TO_VALUE("2.25.21", RESTRICTIVE, "7", "both"),
      "SPF-12: the equivalent of 'X' cannot be found: lacv 7 of tag set 'Signs' is both 'U' and "
      "'V'" },
    { "no set of that name", PART_SAME,
      "<equivalentSecurityCategoryTagSet policyRef='B' name='Some'/>",
      "SPF-12: the equivalent of tag set 'Same' cannot be found: 'B' has no tag set 'Some'" },
    { "a set with nothing in common", PART_SAME,
      "<equivalentSecurityCategoryTagSet policyRef='B' name='For'/>",
      "SPF-12: tag set 'For' of 'B' shares no value with 'Same'" },
    { "undeclared by a set", PART_SAME,
      "<equivalentSecurityCategoryTagSet policyRef='D' name='Same'/>",
      "SPF-06: 'Same' names a policy that equivalentPolicies does not declare" },
    { "required and not there", PART_HIGH,
      HIGH_WITH(REQUIRED("all", GROUP("Nowhere", RESTRICTIVE, "1"))),
      "SPF-12: the equivalence of 'High' requires what is not there: 'B' has no tag set "
      "'Nowhere'" },
    { "a policy that is not at hand", PART_POLICIES,
      B_DECLARED("") "<equivalentPolicy name='D' id='2.25.4'/>", NULL },
};

START_TEST(each_defect)
{
    const char *part[PARTS], *got = NULL;
    memcpy(part, standard, sizeof part);
    if (defective[_i].part >= 0)
        part[defective[_i].part] = defective[_i].with;
    struct mu_policy *both[] = { policy_of(text_a, part), policy_of(text_b, part) };
    struct mu_policies policies = { both, 2 };
    struct mu_equivalence_defect *defect;
    size_t n = mu_policies_equivalence_defects(arena, &policies, &defect);
    for (size_t i = 0; i < n && got == NULL; i++)
        if (defect[i].must)
            got = mu_arena_printf(arena, "%s: %s", defect[i].rule, defect[i].what);
    const char *want = defective[_i].want;
    ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
                  "%s: '%s'", defective[_i].name, got != NULL ? got : "none");
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("equivalence");
    TCase *tc = tcase_create("equivalence");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_small, 0, MU_COUNT(small));
    tcase_add_test(tc, what_else_a_label_has);
    tcase_add_test(tc, long_names);
    tcase_add_loop_test(tc, each_defect, 0, MU_COUNT(defective));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
