#include <check.h>
#include <stdlib.h>

#include "binary_support.h"
#include "policy/decide.h"

static const char *shown(const struct mu_label *l)
{
    struct mu_buf out = { .arena = arena };
    if (l == NULL)
        return "none";
    mu_buf_printf(&out, "%s %s %s", l->policy != NULL ? l->policy : "-",
                  l->policy_uri != NULL ? l->policy_uri : "-",
                  l->classification != NULL ? l->classification : "-");
    if (l->privacy_mark != NULL)
        mu_buf_printf(&out, " '%s'", l->privacy_mark);
    show_categories(&out, l->category, l->categories);
    return mu_buf_text(&out);
}

/* --- reading ----------------------------------------------------------------------------------------- */

/* One category of a made label; two numbers at most. */
struct part {
    enum mu_ess_form form;
    const char *set; /* NULL: no category */
    uint64_t number[2];
    size_t numbers;
};

#define RELEASE(...)                                                                               \
    {                                                                                              \
        MU_ESS_PERMISSIVE_LIST, "1.2.3.1", { __VA_ARGS__ }, MU_COUNT(((int[]){ __VA_ARGS__ }))     \
    }
#define A "AWKWARD urn:oid:1.2.3 "

static const struct {
    const char *name, *policy;
    int64_t classification;
    struct part part;
    const char *want, *problems;
    bool doubtful; /* the name alone does not say which value: denied as it would be in XML */
} row[] = {
    { "least", "1.2.3", 0, { .set = NULL }, A "LOW", "", false },
    { "largest", "1.2.3", 256, { .set = NULL }, A "LAST", "", false },
    { "a list", "1.2.3", 2, RELEASE(752), A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SWE'", "",
      false },
    { "bits",
      "1.2.3",
      2,
      { MU_ESS_RESTRICTIVE_BITS, "1.2.3.2", { 1, 2 }, 2 },
      A "MIDDLE|R 'Handling' urn:oid:1.2.3.2: 'ATOMAL' 'CRYPTO'",
      "",
      false },
    { "the same set, another type",
      "1.2.3",
      2,
      { MU_ESS_PERMISSIVE_BITS, "1.2.3.3", { 3 }, 1 },
      A "MIDDLE|P 'Notes' urn:oid:1.2.3.3: 'DESK'",
      "",
      false },
    { "informative",
      "1.2.3",
      2,
      { MU_ESS_INFORMATIVE_BITS, "1.2.3.3", { 3 }, 1 },
      A "MIDDLE|I 'Notes' urn:oid:1.2.3.3: 'STAFF'",
      "",
      false },
    { "empty",
      "1.2.3",
      2,
      { MU_ESS_PERMISSIVE_LIST, "1.2.3.1", { 0 }, 0 },
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1:",
      "",
      false },
    { "one name, two numbers", "1.2.3", 2, RELEASE(8, 9),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SAME' 'SAME'", "", true },
    { "one name twice for a number", "1.2.3", 2, RELEASE(10),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'NAMED'", "", true },
    { "ambiguous value", "1.2.3", 2, RELEASE(5, 752),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SWE'|P 'urn:oid:1.2.3.1' -: 'lacv 5'",
      "ambiguous: value 5 of tag set 'Release' is 'KFOR' or 'EU Council'", false },
    { "ambiguous class",
      "1.2.3",
      7,
      { .set = NULL },
      A "lacv 7",
      "ambiguous: classification 7 of policy 'AWKWARD' is 'SEVEN' or 'SIEBEN'",
      false },
    { "unknown class",
      "1.2.3",
      1,
      { .set = NULL },
      A "lacv 1",
      "classification: policy 'AWKWARD' has no classification 1",
      false },
    { "no class",
      "1.2.3",
      MU_ESS_ABSENT,
      { .set = NULL },
      A "-",
      "classification: there is no classification",
      false },
    { "unknown value", "1.2.3", 2, RELEASE(6), A "MIDDLE|P 'urn:oid:1.2.3.1' -: 'lacv 6'",
      "value: tag set 'Release' has no PERMISSIVE value 6", false },
    { "value of another type",
      "1.2.3",
      2,
      { MU_ESS_RESTRICTIVE_LIST, "1.2.3.3", { 3 }, 1 },
      A "MIDDLE|R 'urn:oid:1.2.3.3' -: 'lacv 3'",
      "tag-set: policy 'AWKWARD' has no RESTRICTIVE tag set 1.2.3.3",
      false },
    { "unknown set",
      "1.2.3",
      2,
      { MU_ESS_PERMISSIVE_LIST, "1.2.3.9", { 3 }, 1 },
      A "MIDDLE|P 'urn:oid:1.2.3.9' -: 'lacv 3'",
      "tag-set: policy 'AWKWARD' has no PERMISSIVE tag set 1.2.3.9",
      false },
    { "the user's text has no number",
      "1.2.3",
      2,
      { MU_ESS_INFORMATIVE_BITS, "1.2.3.3", { 4 }, 1 },
      A "MIDDLE|I 'urn:oid:1.2.3.3' -: 'lacv 4'",
      "value: tag set 'Notes' has no INFORMATIVE value 4",
      false },
    { "bits where the policy has a list",
      "1.2.3",
      2,
      { MU_ESS_PERMISSIVE_BITS, "1.2.3.1", { 752 }, 1 },
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SWE'",
      "form: value 752 of tag set 'Release' is encoded as bits",
      false },
    { "unknown syntax",
      "1.2.3",
      2,
      { MU_ESS_OTHER_FORM, "1.9", { 0 }, 0 },
      A "MIDDLE|R 'urn:oid:1.9' -: '0500'",
      "syntax: category of the unknown syntax 1.9",
      false },
    { "unknown policy", "1.2.4", 2, RELEASE(752),
      "urn:oid:1.2.4 urn:oid:1.2.4 lacv 2|P 'urn:oid:1.2.3.1' -: 'lacv 752'",
      "policy: policy 1.2.4 is not known", false },
    { "no policy", NULL, 2, { .set = NULL }, "- - lacv 2", "policy: there is no policy", false },
};

/* Through DER, so that the octets are part of the test. */
static struct mu_ess made(const char *policy, int64_t classification, const struct part *part)
{
    uint64_t number[2] = { part->number[0], part->number[1] };
    struct mu_ess_category category = {
        .form = part->form,
        .type = part->set,
        .set = part->set,
        .number = number,
        .numbers = part->numbers,
        .value = MU_BYTES("\x05\x00"),
    };
    struct mu_ess ess = { .policy = policy,
                          .classification = classification,
                          .category = &category,
                          .categories = part->set != NULL };
    struct mu_bytes der;
    struct mu_err err;
    ck_assert(mu_ess_write(arena, &ess, &der, &err));
    mu_ess_read(arena, der, policy != NULL ? MU_ESS_LABEL : MU_ESS_X411, &ess);
    ck_assert(ess.readable && ess.report.defects == 0);
    return ess;
}

static bool clears_everything(const struct mu_policy *policy, const struct mu_label *label)
{
    struct mu_resolved resolved;
    struct mu_cleared cleared = { .policy = policy };
    memset(&cleared.classifications, 0xff, sizeof cleared.classifications);
    cleared.values = mu_arena_array(arena, policy->values / 64 + 1, sizeof *cleared.values);
    memset(cleared.values, 0xff, (policy->values / 64 + 1) * sizeof *cleared.values);
    mu_resolve(arena, policy, label, &resolved);
    return mu_decide(arena, &resolved, &cleared).permit;
}

/* What was read; and that what was not understood is denied to one who may see everything. */
START_TEST(each_row)
{
    struct mu_ess ess = made(row[_i].policy, row[_i].classification, &row[_i].part);
    struct mu_binary found;
    struct mu_label *label = mu_binary_read_label(arena, &policies, &ess, &found);
    ck_assert_msg(strcmp(shown(label), row[_i].want) == 0, "%s: got %s, want %s", row[_i].name,
                  shown(label), row[_i].want);
    ck_assert_msg(strcmp(problems(&found), row[_i].problems) == 0, "%s: got %s, want %s",
                  row[_i].name, problems(&found), row[_i].problems);
    ck_assert(found.ambiguous == (strncmp(row[_i].problems, "ambiguous", 9) == 0));
    bool understood =
        found.problems == 0 || (found.problems == 1 && found.problem[0].kind == MU_BINARY_FORM);
    bool empty = row[_i].part.set != NULL && row[_i].part.numbers == 0;
    ck_assert_msg(clears_everything(policies.policy[0], label)
                      == (understood && !empty && !row[_i].doubtful),
                  "%s", row[_i].name);
}
END_TEST

/* What defects took away must not make a label weaker. */
START_TEST(lost_parts_deny)
{
    static const struct {
        const char *der;
        size_t n;
    } lost[] = {
        /* class 2, 1.2.3; a category that is none; two classes; a boolean */
        { "\x31\x0d\x02\x01\x02\x06\x02\x2a\x03\x31\x04\x30\x02\x80\x00", 15 },
        { "\x31\x0a\x02\x01\x02\x02\x01\x00\x06\x02\x2a\x03", 12 },
        { "\x31\x0a\x01\x01\xff\x02\x01\x02\x06\x02\x2a\x03", 12 },
    };
    for (size_t i = 0; i < MU_COUNT(lost); i++) {
        struct mu_ess ess;
        struct mu_binary found;
        mu_ess_read(arena, (struct mu_bytes){ lost[i].der, lost[i].n }, MU_ESS_LABEL, &ess);
        ck_assert(ess.readable);
        struct mu_label *label = mu_binary_read_label(arena, &policies, &ess, &found);
        ck_assert_msg(strstr(problems(&found), "parts of the label cannot be read") != NULL,
                      "%zu: %s", i, problems(&found));
        ck_assert(!clears_everything(policies.policy[0], label));
    }
}
END_TEST

START_TEST(unreadable)
{
    struct mu_ess ess;
    struct mu_ess_clearance clearance;
    struct mu_binary found;
    mu_ess_read(arena, MU_BYTES("x"), MU_ESS_LABEL, &ess);
    ck_assert_ptr_null(mu_binary_read_label(arena, &policies, &ess, &found));
    ck_assert_str_eq(problems(&found), "unreadable: the label cannot be read");
    mu_ess_clearance_read(arena, MU_BYTES("x"), &clearance);
    ck_assert_ptr_null(mu_binary_read_clearance(arena, &policies, &clearance, &found));
    ck_assert_str_eq(problems(&found), "unreadable: the clearance cannot be read");
}
END_TEST

START_TEST(hostile_marks)
{
    static const struct {
        struct mu_bytes mark;
        const char *want;
    } mark[] = {
        { { "CLEAR", 5 }, "CLEAR" },
        { { "", 0 }, "" },
        { { "A\0B", 3 }, "A\\u{0000}B" },
        { { "\xff", 1 }, "\\xFF" },
        { { "TR\xc3\x88S", 5 }, "TR\xc3\x88S" },
    };
    for (size_t i = 0; i < MU_COUNT(mark); i++) {
        struct mu_ess ess = { .readable = true, .policy = "1.2.3", .mark = mark[i].mark };
        struct mu_binary found;
        ck_assert_str_eq(mu_binary_read_label(arena, &policies, &ess, &found)->privacy_mark,
                         mark[i].want);
    }
}
END_TEST

/* --- there and back ---------------------------------------------------------------------------------- */

static struct mu_label *through_der(const struct mu_policy *p, const struct mu_label *label,
                                    struct mu_binary *written, struct mu_binary *found)
{
    struct mu_ess ess;
    struct mu_err err = { .msg = "" };
    struct mu_bytes der;
    bool done = mu_binary_write_label(arena, p, label, MU_ESS_LABEL, &ess, written, &err);
    ck_assert_msg(done, "%s: %s", shown(label), err.msg);
    ck_assert(mu_ess_write(arena, &ess, &der, &err));
    mu_ess_read(arena, der, MU_ESS_LABEL, &ess);
    ck_assert(ess.readable && !mu_ber_fatal(&ess.report));
    ck_assert(ess.report.defects == 0 || ess.categories > MU_ESS_CATEGORIES_MAX);
    return mu_binary_read_label(arena, &policies, &ess, found);
}

/* Labels of every policy that we ship, each value sometime: equal after DER. */
START_TEST(generated_labels)
{
    const struct mu_policy *p = policies.policy[1 + _i];
    srand((unsigned) _i + 4774);
    for (int n = 0; n < 1000; n++) {
        uint64_t *present = random_values(p, n % 40 + 2);
        uint32_t class = (uint32_t) rand() % (uint32_t) p->classifications;
        const char *mark = n % 3 == 0 ? "CLEAR" : NULL, *difference = "";
        struct mu_label *label = mu_label_of_values(arena, p, class, present, mark), *back;
        struct mu_binary written, found;
        back = through_der(p, label, &written, &found);
        ck_assert_str_eq(problems(&written), "");
        ck_assert_str_eq(problems(&found), "");
        ck_assert_msg(mu_label_equal(arena, &policies, label, back, &difference), "%s", difference);
        tear_down();
        set_up();
    }
}
END_TEST

#define CATEGORY(type, name, ...)                                                                  \
    {                                                                                              \
        type, name, NULL, (const char *[]){ __VA_ARGS__ },                                         \
            MU_COUNT(((const char *[]){ __VA_ARGS__ }))                                            \
    }

static const struct {
    const char *name, *classification;
    struct mu_category category;
    const char *want, *problems; /* want NULL: `problems` is why it cannot be written */
} write_row[] = {
    { "values in any case of white space", "MIDDLE", CATEGORY("PERMISSIVE", " Release", " SWE "),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SWE'", "" },
    { "two forms of one category", "MIDDLE",
      CATEGORY("RESTRICTIVE", "Handling", "CRYPTO", "LISTED"),
      A "MIDDLE|R 'Handling' urn:oid:1.2.3.2: 'CRYPTO'|R 'Handling' urn:oid:1.2.3.2: 'LISTED'",
      "" },
    { "twice the same", "MIDDLE", CATEGORY("PERMISSIVE", "Release", "SWE", "SWE"),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SWE'", "" },
    { "one name twice for a number", "MIDDLE", CATEGORY("PERMISSIVE", "Release", "NAMED"),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'NAMED'", "" },
    { "empty",
      "MIDDLE",
      { "PERMISSIVE", "Release", NULL, NULL, 0 },
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1:",
      "" },
    { "a name with two numbers", "MIDDLE", CATEGORY("PERMISSIVE", "Release", "SAME"),
      A "MIDDLE|P 'Release' urn:oid:1.2.3.1: 'SAME'",
      "ambiguous: value 'SAME' of tag set 'Release' is 8 or 9" },
    { "a number with two names", "MIDDLE", CATEGORY("PERMISSIVE", "Release", "EU Council"),
      A "MIDDLE|P 'urn:oid:1.2.3.1' -: 'lacv 5'",
      "ambiguous: value 005 of tag set 'Release' is 'EU Council' or 'KFOR'" },
    { "a class with a number of two names", "SIEBEN", CATEGORY("PERMISSIVE", "Release", "SWE"),
      A "lacv 7|P 'Release' urn:oid:1.2.3.1: 'SWE'",
      "ambiguous: classification 7 of policy 'AWKWARD' is 'SIEBEN' or 'SEVEN'" },
    { "unknown class", "TOP", CATEGORY("PERMISSIVE", "Release", "SWE"), NULL,
      "policy 'AWKWARD' has no classification 'TOP'" },
    { "no class", NULL, CATEGORY("PERMISSIVE", "Release", "SWE"), NULL,
      "policy 'AWKWARD' has no classification ''" },
    { "class past the syntax", "BEYOND", CATEGORY("PERMISSIVE", "Release", "SWE"), NULL,
      "lacv 257 of classification 'BEYOND' cannot be written" },
    { "class below the syntax", "BELOW", CATEGORY("PERMISSIVE", "Release", "SWE"), NULL,
      "lacv -1 of classification 'BELOW' cannot be written" },
    { "unknown category", "LOW", CATEGORY("PERMISSIVE", "Elsewhere", "SWE"), NULL,
      "policy 'AWKWARD' has no PERMISSIVE category 'Elsewhere'" },
    { "another type", "LOW", CATEGORY("RESTRICTIVE", "Release", "SWE"), NULL,
      "policy 'AWKWARD' has no RESTRICTIVE category 'Release'" },
    { "no type", "LOW", CATEGORY(NULL, "Release", "SWE"), NULL,
      "policy 'AWKWARD' has no  category 'Release'" },
    { "unknown value", "LOW", CATEGORY("PERMISSIVE", "Release", "NOR"), NULL,
      "category 'Release' has no value 'NOR'" },
    { "the user's text", "LOW", CATEGORY("INFORMATIVE", "Notes", "any words"), NULL,
      "'TEXT' of tag set 'Notes' is the user's text, no number" },
    { "a lacv that is no number", "LOW", CATEGORY("PERMISSIVE", "Release", "WORDS"), NULL,
      "lacv 'twelve' of 'WORDS' cannot be written" },
    { "a bit too far", "LOW", CATEGORY("RESTRICTIVE", "Handling", "FAR"), NULL,
      "lacv '70000' of 'FAR' cannot be written" },
};

START_TEST(each_written)
{
    struct mu_category category = write_row[_i].category;
    struct mu_label label = { .policy = "AWKWARD",
                              .classification = write_row[_i].classification,
                              .category = &category,
                              .categories = 1 };
    struct mu_ess ess;
    struct mu_binary written, found;
    struct mu_err err = { .msg = "" };
    const char *name = write_row[_i].name;
    if (write_row[_i].want == NULL) {
        ck_assert(!mu_binary_write_label(arena, policies.policy[0], &label, MU_ESS_LABEL, &ess,
                                         &written, &err));
        ck_assert_msg(strcmp(err.msg, write_row[_i].problems) == 0, "%s: %s", name, err.msg);
        return;
    }
    struct mu_label *back = through_der(policies.policy[0], &label, &written, &found);
    ck_assert_msg(strcmp(problems(&written), write_row[_i].problems) == 0, "%s: %s", name,
                  problems(&written));
    ck_assert_msg(strcmp(shown(back), write_row[_i].want) == 0, "%s: got %s, want %s", name,
                  shown(back), write_row[_i].want);
}
END_TEST

START_TEST(another_policy_is_not_written)
{
    const struct {
        const char *name, *uri, *why;
    } bad[] = {
        { "NATO", NULL, "'NATO' is not policy 'AWKWARD'" },
        { NULL, NULL, "'' is not policy 'AWKWARD'" },
        { "AWKWARD", "urn:oid:1.2.4", "'AWKWARD' is not policy 'AWKWARD'" },
        { "AWKWARD", "1.2.3", "'AWKWARD' is not policy 'AWKWARD'" },
    };
    for (size_t i = 0; i < MU_COUNT(bad); i++) {
        struct mu_label label = { .policy = bad[i].name,
                                  .policy_uri = bad[i].uri,
                                  .classification = "LOW" };
        struct mu_ess ess;
        struct mu_binary found;
        struct mu_err err;
        ck_assert(!mu_binary_write_label(arena, policies.policy[0], &label, MU_ESS_LABEL, &ess,
                                         &found, &err));
        ck_assert_str_eq(err.msg, bad[i].why);
    }
}
END_TEST

START_TEST(marks_by_syntax)
{
    struct mu_label label = { .policy = "AWKWARD",
                              .classification = "LOW",
                              .privacy_mark = "CLEAR" };
    struct mu_ess ess;
    struct mu_binary found;
    struct mu_err err;
    const struct mu_policy *p = policies.policy[0];
    ck_assert(mu_binary_write_label(arena, p, &label, MU_ESS_LABEL, &ess, &found, &err));
    ck_assert_uint_eq(ess.mark_tag, MU_BER_UTF8);
    ck_assert(mu_binary_write_label(arena, p, &label, MU_ESS_X411, &ess, &found, &err));
    ck_assert_uint_eq(ess.mark_tag, MU_BER_PRINTABLE);
}
END_TEST

/* tagType7 comes as bits or as a list, as tag7Encoding says. */
START_TEST(informative_forms)
{
    const struct {
        const struct mu_policy *policy;
        const char *classification, *set, *value;
        enum mu_ess_form form;
    } informative[] = {
        { policies.policy[1], "UNCLASSIFIED", "Administrative", "MEDICAL",
          MU_ESS_INFORMATIVE_LIST },
        { policies.policy[0], "LOW", "Notes", "STAFF", MU_ESS_INFORMATIVE_BITS },
    };
    for (size_t i = 0; i < MU_COUNT(informative); i++) {
        const char *value[] = { informative[i].value };
        struct mu_category category = { "INFORMATIVE", informative[i].set, NULL, value, 1 };
        struct mu_label label = { .policy = informative[i].policy->name,
                                  .classification = informative[i].classification,
                                  .category = &category,
                                  .categories = 1 };
        struct mu_ess ess;
        struct mu_binary found;
        struct mu_err err;
        ck_assert(mu_binary_write_label(arena, informative[i].policy, &label, MU_ESS_LABEL, &ess,
                                        &found, &err));
        ck_assert_uint_eq(ess.categories, 1);
        ck_assert_int_eq(ess.category[0].form, informative[i].form);
    }
}
END_TEST

/* Chance on the octets of a label: what was not wholly understood is denied to one who may see
 * everything, whatever it was that was hit. */
START_TEST(mutated_labels)
{
    srand(1011);
    size_t denied = 0, permitted = 0;
    for (int n = 0; n < 10000; n++) {
        const struct mu_policy *p = policies.policy[1 + (size_t) rand() % MU_COUNT(file)];
        uint32_t class = (uint32_t) rand() % (uint32_t) p->classifications;
        struct mu_label *label =
            mu_label_of_values(arena, p, class, random_values(p, 1 + rand() % 60), NULL);
        struct mu_ess ess;
        struct mu_binary found;
        struct mu_bytes der;
        struct mu_err err;
        ck_assert(mu_binary_write_label(arena, p, label, MU_ESS_LABEL, &ess, &found, &err));
        ck_assert(mu_ess_write(arena, &ess, &der, &err));
        char *octet = mu_bytes_dup(arena, der);
        for (int times = rand() % 3; times > 0; times--)
            octet[(size_t) rand() % der.n] = (char) (rand() % 256);
        mu_ess_read(arena, (struct mu_bytes){ octet, der.n }, MU_ESS_LABEL, &ess);
        label = mu_binary_read_label(arena, &policies, &ess, &found);
        ck_assert((label != NULL) == ess.readable);
        bool permit =
            label != NULL && found.policy != NULL && clears_everything(found.policy, label);
        for (size_t i = 0; i < found.problems; i++)
            ck_assert_msg(!permit || found.problem[i].kind == MU_BINARY_FORM, "%s",
                          problems(&found));
        permitted += permit;
        denied += !permit;
        tear_down();
        set_up();
    }
    ck_assert(permitted > 1000 && denied > 1000);
}
END_TEST

/* More trouble than is kept is counted. */
START_TEST(problems_without_end)
{
    uint64_t number[1000];
    for (size_t i = 0; i < MU_COUNT(number); i++)
        number[i] = 5000 + i;
    struct mu_ess_category category = { .form = MU_ESS_PERMISSIVE_LIST,
                                        .set = "1.2.3.1",
                                        .number = number,
                                        .numbers = MU_COUNT(number) };
    struct mu_ess ess = {
        .readable = true, .policy = "1.2.3", .category = &category, .categories = 1
    };
    struct mu_binary found;
    struct mu_label *label = mu_binary_read_label(arena, &policies, &ess, &found);
    ck_assert_uint_eq(label->category[0].values, MU_COUNT(number));
    ck_assert_uint_eq(found.problems, MU_DEFECTS_MAX);
    ck_assert_uint_eq(found.left_off, MU_COUNT(number) - MU_DEFECTS_MAX);
}
END_TEST

int main(void)
{
    mu_xml_start();
    struct mu_arena *keep = mu_arena_new(512 * MU_MIB);
    load(keep);
    Suite *suite = suite_create("binary");
    TCase *tc = tcase_create("binary");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_test(tc, lost_parts_deny);
    tcase_add_test(tc, unreadable);
    tcase_add_test(tc, hostile_marks);
    tcase_add_loop_test(tc, generated_labels, 0, MU_COUNT(file));
    tcase_add_loop_test(tc, each_written, 0, MU_COUNT(write_row));
    tcase_add_test(tc, another_policy_is_not_written);
    tcase_add_test(tc, marks_by_syntax);
    tcase_add_test(tc, informative_forms);
    tcase_add_test(tc, mutated_labels);
    tcase_add_test(tc, problems_without_end);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(keep);
    return failed == 0 ? 0 : 1;
}
