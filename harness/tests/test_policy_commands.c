/* muster policy check and muster policy show, called as an operator calls them. */
#include "tests/program_support.h"

#define POLICIES "fixtures/policies/"

/* clang-format off */
static const struct {
    const char *words;
    int status;
    const char *pattern;
} line[] = {
    { "policy", MU_EXIT_USAGE, "^usage: muster policy COMMAND" },
    { "policy check", MU_EXIT_USAGE, "'muster policy check' wants FILE" },
    { "policy show", MU_EXIT_USAGE, "'muster policy show' wants FILE$" },
    { "policy show a b", MU_EXIT_USAGE, "'muster policy show' takes no 'b'$" },
    { "policy check --help", MU_EXIT_OK, "^usage: muster policy check .*FILE" },
    { "policy check --languge fr x", MU_EXIT_USAGE, "unknown option '--languge'; did you mean '--language'[?]$" },
    { "policy check --format xml " POLICIES "small.xml", MU_EXIT_USAGE, "unknown format 'xml'; there are text and json$" },
    { "policy check --language tlh " POLICIES "small.xml", MU_EXIT_USAGE, "no rules for language 'tlh'; there are: en, fr$" },
    { "policy check @/none.xml", MU_EXIT_USAGE, "cannot open '.*none.xml': No such file" },
    { "policy show @/none.xml", MU_EXIT_USAGE, "cannot open '.*none.xml': No such file" },
    /* what is unreadable is one sentence with its place */
    { "policy check " POLICIES "not-well-formed.xml", MU_EXIT_USAGE, "^muster: " POLICIES "not-well-formed[.]xml:[0-9]+:[0-9]+: opening and ending tag mismatch" },
    { "policy check " POLICIES "wrong-namespace.xml", MU_EXIT_USAGE, "^muster: .*wrong-namespace[.]xml:3:1: the root is no SPIF .*misspelt$" },
    { "policy check " POLICIES "doctype.xml", MU_EXIT_USAGE, "^muster: .*doctype[.]xml:3:1: a document type declaration is not allowed$" },
    { "policy check " POLICIES "no-hierarchy.xml", MU_EXIT_USAGE, "^muster: .*no-hierarchy[.]xml:13:5: element 'securityClassification' has no attribute 'hierarchy'$" },
    { "policy check " POLICIES "version-3.xml", MU_EXIT_USAGE, "^muster: .*version-3[.]xml:3:[0-9]+: unsupported version 3[.]0 of the SPIF schema" },
    { "policy show " POLICIES "version-3.xml", MU_EXIT_USAGE, "^muster: .*version-3[.]xml:3:[0-9]+: unsupported version 3[.]0 of the SPIF schema" },
    { "policy check profiles/rules/xmlspif.sch", MU_EXIT_USAGE, "xmlspif[.]sch:2:1: the root is no SPIF" },
    /* findings, and what is in order */
    { "policy check " POLICIES "small.xml", MU_EXIT_OK, "^" POLICIES "small[.]xml: SMALL-EXERCISE version 1, 0 must, 1 should broken$" },
    { "policy check " POLICIES "duplicate-hierarchy.xml", MU_EXIT_FAILURES, "^" POLICIES "duplicate-hierarchy[.]xml:13:5: SPF-03 must: Classification 'HIGH' .*hierarchy 1" },
    { "policy check " POLICIES "duplicate-value.xml", MU_EXIT_OK, "^" POLICIES "duplicate-value[.]xml:28:9: SPF-08 should: .* name of line 27" },
    { "policy check --language fr " POLICIES "no-phrase.xml", MU_EXIT_OK, "no-phrase[.]xml:13:5: SPF-16-fr should: " },
    { "policy check --language en,fr " POLICIES "small.xml", MU_EXIT_OK, "0 must, 1 should broken$" },
    { "policy check --test-time 2024-06-01T00:00:00Z " POLICIES "expired.xml", MU_EXIT_OK, "0 must, 1 should broken$" },
    { "policy check --test-time 2025-06-01T00:00:00Z " POLICIES "expired.xml", MU_EXIT_FAILURES, "SPF-10 must: .*now is 2025-06-01T00:00:00Z" },
    /* several against each other */
    { "policy check " POLICIES "lowers.xml", MU_EXIT_OK, "0 must, 1 should broken$" },
    { "policy check " POLICIES "lowers.xml " POLICIES "lowers-pair.xml", MU_EXIT_OK, "0 must, 1 should broken$" },
    { "policy check --phase infered " POLICIES "lowers.xml", MU_EXIT_USAGE, "no rules of policies are in the phase 'infered'" },
    { "policy check --phase inferred " POLICIES "lowers.xml " POLICIES "lowers-pair.xml", MU_EXIT_OK, "^" POLICIES "lowers[.]xml:[0-9]+:[0-9]+: SPF-12 should: 'HIGH' becomes 'LOW' of 'PAIR-EXERCISE', which comes back as 'LOW'" },
    /* one file that is unreadable does not hide another, and has the last word */
    { "policy check " POLICIES "doctype.xml " POLICIES "small.xml", MU_EXIT_USAGE, "SMALL-EXERCISE version 1" },
    { "policy check --format json " POLICIES "duplicate-hierarchy.xml", MU_EXIT_FAILURES, "\"line\":13,\"column\":5,\"rule\":\"SPF-03\",\"level\":\"must\"" },
    { "explain SPF-08", MU_EXIT_OK, "SPF-08[.]fail[.]spif[.]xml: breaks$" },
    { "list functions", MU_EXIT_OK, "^r:policy-defect[(]" },
    { "completion", MU_EXIT_OK, "'policy check'[)] words=" },
    /* tables */
    { "policy show profiles/policies/arkania.xml", MU_EXIT_OK, "^  20    4          CROWN SEALED  maroon  CROWN SEALED  AC       all of Release: ARKANIA$" },
    { "policy show profiles/policies/arkania.xml", MU_EXIT_OK, "^conventions  case insensitive, release 'Release'$" },
    { "policy show profiles/policies/arkania.xml", MU_EXIT_OK, "^  category +Compartment: HARBOUR +in +2[.]25[.]" },
    { "policy show profiles/policies/nato-exercise.xml", MU_EXIT_OK, "^  2     2          RESTRICTED .*DIFFUSION RESTREINTE  NR +exactly one of Context: NATO, " },
    { "policy show --format json profiles/policies/arkania.xml", MU_EXIT_OK, "^[{]\"name\":\"ARKANIA-EXERCISE\",\"id\":\"2[.]25[.].*[}]$" },
};
/* clang-format on */

START_TEST(test_line)
{
    check_said(line[_i].words, muster_words(line[_i].words), line[_i].status, line[_i].pattern);
}
END_TEST

/* Each row of the ORIGIN of defective policies that names a rule is a policy that breaks this rule. */
START_TEST(test_defects_are_found)
{
    const char *origin = text_of(MU_SOURCE_DIR "/" POLICIES "ORIGIN");
    size_t seen = 0;
    for (const char *row = strchr(origin, '\n'); row != NULL && row[1] != '\0';
         row = strchr(row + 1, '\n')) {
        const char *text = mu_arena_strndup(arena, row + 1, strcspn(row + 1, "\n"));
        const char *name = mu_arena_strndup(arena, text, strcspn(text, " "));
        const char *rule = strstr(text, "(SPF-");
        if (rule == NULL || strstr(text, "defective (") == NULL)
            continue;
        rule = mu_arena_strndup(arena, rule + 1, 6);
        struct said s = muster_words(
            mu_arena_printf(arena, "policy check --language fr " POLICIES "%s.xml", name));
        check_said(name, s, s.status == MU_EXIT_OK ? MU_EXIT_OK : MU_EXIT_FAILURES,
                   mu_arena_printf(arena, "^" POLICIES "%s[.]xml:[0-9]+:[0-9]+: %s", name, rule));
        ck_assert_msg((strstr(s.out, " must: ") != NULL) == (s.status == MU_EXIT_FAILURES),
                      "%s: status %d\n%s", name, s.status, s.out);
        seen++;
    }
    ck_assert_uint_ge(seen, 25);
}
END_TEST

START_TEST(test_shipped_policies_break_no_must)
{
    struct said s =
        muster_words("policy check profiles/policies/arkania.xml profiles/policies/velmar.xml "
                     "profiles/policies/public.xml profiles/policies/eu-exercise.xml "
                     "profiles/policies/nato-exercise.xml");
    check_said("shipped policies", s, MU_EXIT_OK, "^profiles/policies/nato-exercise[.]xml: NATO");
    ck_assert_msg(strstr(s.out, " must: ") == NULL, "%s", s.out);
}
END_TEST

/* --- hostile and large files ------------------------------------------------------------------- */

/* A policy with `count` categories, each written by `category` from its number. */
static const char *make_policy(const char *name, size_t count, const char *category)
{
    struct mu_buf out = { .arena = arena };
    const char *path = in_home(name);
    mu_buf_puts(&out, "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' version='1' "
                      "creationDate='20260101000000Z' originatorDN='cn=EXERCISE' "
                      "keyIdentifier='00' privilegeId='1.3.26.0.4774.5.24.1' "
                      "rbacId='1.3.26.0.4774.5.24.1'>\n<securityPolicyId name='BIG' id='2.25.1'/>"
                      "<securityClassifications><securityClassification name='LOW' lacv='1' "
                      "hierarchy='1'/></securityClassifications><securityCategoryTagSets>"
                      "<securityCategoryTagSet name='S' id='2.25.2'>"
                      "<securityCategoryTag name='S' tagType='permissive'>\n");
    for (size_t i = 0; i < count; i++)
        mu_buf_puts(&out, changed_all(category, "@", mu_arena_printf(arena, "%zu", i)));
    mu_buf_puts(&out, "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
                      "</SPIF>");
    write_file(path, mu_buf_bytes(&out));
    return path;
}

START_TEST(test_large)
{
    const char *path = make_policy("large.xml", MU_POLICY_VALUES_MAX,
                                   "<tagCategory name='C@' lacv='@'><requiredCategory>"
                                   "<categoryGroup tagSetRef='S' tagType='permissive' lacv='1'/>"
                                   "</requiredCategory></tagCategory>\n");
    check_said("large", MUSTER("policy", "check", path), MU_EXIT_OK, "0 must, 1 should broken$");
    check_said("large", MUSTER("policy", "show", path), MU_EXIT_OK,
               "^  99999  C99999 +exactly one of S: C1$");
}
END_TEST

/* Every category collides with the first one: linear, and told one by one. */
START_TEST(test_all_collide)
{
    const char *path = make_policy("collide.xml", 20000, "<tagCategory name='SAME' lacv='7'/>\n");
    struct said s = MUSTER("policy", "check", path);
    check_said("collide", s, MU_EXIT_OK, "0 must, 20000 should broken$");
    check_said("collide", s, MU_EXIT_OK, ":20002:1: SPF-08 .* name and lacv of line 3,");
}
END_TEST

/* Foreign text cannot turn the terminal around; wide text keeps the columns. */
START_TEST(test_foreign_text)
{
    const char *path =
        make_policy("foreign.xml", 1,
                    "<tagCategory name='A\xe2\x80\xae\xc2\x85' lacv='1'/>\n"
                    "<tagCategory name='\xe6\x97\xa5\xe6\x9c\xac' lacv='2' obsolete='true'/>\n"
                    "<tagCategory name='plain' lacv='3' obsolete='true'/>\n"
                    "<tagCategory name='E\xcc\x81' lacv='4' obsolete='true'/>\n");
    struct said s = MUSTER("policy", "show", path);
    check_said("foreign", s, MU_EXIT_OK, "^  1     A\\\\u[{]202E[}]\\\\u[{]0085[}]$");
    check_said("foreign", s, MU_EXIT_OK,
               "^  2     \xe6\x97\xa5\xe6\x9c\xac               obsolete$");
    check_said("foreign", s, MU_EXIT_OK, "^  3     plain              obsolete$");
    check_said("foreign", s, MU_EXIT_OK, "^  4     E\xcc\x81                  obsolete$");
    check_said("foreign", MUSTER("policy", "check", path), MU_EXIT_OK, "SPF-09 should: .*202E");
}
END_TEST

START_TEST(test_limits)
{
    const char *path =
        make_policy("over.xml", MU_POLICY_VALUES_MAX + 1, "<tagCategory name='C@' lacv='@'/>\n");
    check_said("over", MUSTER("policy", "check", path), MU_EXIT_USAGE,
               "over[.]xml:[0-9]+:[0-9]+: more than 100000 categories$");
    write_text(path, "");
    check_said("empty", MUSTER("policy", "check", path), MU_EXIT_USAGE, "^muster: .*over[.]xml:");
    write_file(path, MU_BYTES("<SPIF \0/>"));
    check_said("NUL", MUSTER("policy", "check", path), MU_EXIT_USAGE, "^muster: .*over[.]xml:");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_commands");
    TCase *tcase = tcase_create("policy_commands");
    tcase_set_timeout(tcase, 100);
    tcase_add_loop_test(tcase, test_line, 0, (int) MU_COUNT(line));
    tcase_add_test(tcase, test_defects_are_found);
    tcase_add_test(tcase, test_shipped_policies_break_no_must);
    tcase_add_test(tcase, test_large);
    tcase_add_test(tcase, test_all_collide);
    tcase_add_test(tcase, test_foreign_text);
    tcase_add_test(tcase, test_limits);
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}
