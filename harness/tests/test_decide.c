#include "policy_gen.h"
#include "rounds.h"

/* Codeword: restrictive, ZED twice under one classification. Circle: permissive, in two tags. Note:
 * informative. Words: what users write, restrictive and permissive. */
#define BODY                                                                                       \
    POLICY_ID CLASSES(CLASS("GREEN", "1", "1", "") CLASS("RED", "2", "2", "")                      \
                          CLASS("BLACK", "3", "3", ""))                                            \
        SETS(SET("Codeword", "2.25.4",                                                             \
                 TAG(RESTRICTIVE,                                                                  \
                     VALUE("APPLE", "1") VALUE("PEAR", "2") VALUE("ZED", "3") VALUE("ZED", "4")))  \
                 SET("Circle", "2.25.5",                                                           \
                     TAG(PERMISSIVE, VALUE("MOCK", "1") VALUE("PHONY", "2"))                       \
                         TAG(PERMISSIVE, VALUE("SHAM", "1")))                                      \
                     SET("Note", "2.25.6",                                                         \
                         TAG(INFORMATIVE, VALUE("STAFF", "1") VALUE("MOCK", "2")))                 \
                         SET("Words", "2.25.7",                                                    \
                             TAG(RESTRICTIVE,                                                      \
                                 VALUE_WITH("name='Operation' lacv='1' userInput='string'", ""))   \
                                 TAG(PERMISSIVE,                                                   \
                                     VALUE_WITH("name='Crew' lacv='1' userInput='string'", ""))))

#define ALL "GREEN,RED;R Codeword=APPLE,PEAR,ZED;P Circle=MOCK,PHONY,SHAM"

/* "" permits. NULL: there is none. */
static const struct {
    const char *name, *label, *clearance, *rule;
} row[] = {
    { "classification listed", "GREEN", "GREEN", "" },
    { "DEC-01 no level below is implied", "GREEN", "RED,BLACK", "DEC-01" },
    { "DEC-01 nor one above", "RED", "GREEN", "DEC-01" },
    { "DEC-01 a level left out in the middle", "RED", "GREEN,BLACK", "DEC-01" },
    { "DEC-01 empty list", "GREEN", "-", "DEC-01" },
    { "DEC-01 another case", "GREEN", "green", "DEC-01" },
    { "DEC-01 holds, listed twice, unknown ones beside it", "GREEN", "PINK,GREEN,GREEN", "" },

    { "DEC-02 none", "GREEN;R Codeword=APPLE", "GREEN", "DEC-02" },
    { "DEC-02 another", "GREEN;R Codeword=APPLE", "GREEN;R Codeword=PEAR", "DEC-02" },
    { "DEC-02 one of two", "GREEN;R Codeword=APPLE,PEAR", "GREEN;R Codeword=PEAR", "DEC-02" },
    { "DEC-02 one of two, two categories", "GREEN;R Codeword=APPLE;R Codeword=PEAR",
      "GREEN;R Codeword=PEAR", "DEC-02" },
    { "DEC-02 of another type in the clearance", "GREEN;R Codeword=APPLE", "GREEN;P Codeword=APPLE",
      "DEC-02" },
    { "DEC-02 of another set in the clearance", "GREEN;R Codeword=APPLE", "GREEN;R Circle=APPLE",
      "DEC-02" },
    { "DEC-02 OID of the clearance contradicts", "GREEN;R Codeword=APPLE",
      "GREEN;R Codeword@2.25.99=APPLE", "DEC-02" },
    { "DEC-02 OID of another set", "GREEN;R Codeword=APPLE", "GREEN;R Circle@2.25.4=APPLE",
      "DEC-02" },
    { "DEC-02 holds", "GREEN;R Codeword=APPLE,PEAR", ALL, "" },
    { "DEC-02 holds, renamed set in the clearance", "GREEN;R Codeword=APPLE",
      "GREEN;R Kodewort@2.25.4=APPLE", "" },
    { "DEC-02 holds, split in the clearance", "GREEN;R Codeword=APPLE,PEAR",
      "GREEN;R Codeword=APPLE;R Codeword=PEAR", "" },
    { "DEC-02 holds, no value", "GREEN;R Codeword=", "GREEN", "" },

    { "DEC-03 none", "GREEN;P Circle=MOCK", "GREEN", "DEC-03" },
    { "DEC-03 another", "GREEN;P Circle=MOCK,SHAM", "GREEN;P Circle=PHONY", "DEC-03" },
    { "DEC-03 empty category", "GREEN;P Circle=", ALL, "DEC-03" },
    { "DEC-03 empty category, other set", "GREEN;P Words=;P Circle=MOCK", ALL, "DEC-03" },
    { "DEC-03 informative value of that name", "GREEN;P Circle=MOCK", "GREEN;I Note=MOCK",
      "DEC-03" },
    { "DEC-03 one in common", "GREEN;P Circle=MOCK,SHAM", "GREEN;P Circle=SHAM", "" },
    { "DEC-03 two categories of a set are one", "GREEN;P Circle=MOCK;P Circle=PHONY",
      "GREEN;P Circle=PHONY", "" },
    { "DEC-03 an empty one beside one in common", "GREEN;P Circle=;P Circle=PHONY",
      "GREEN;P Circle=PHONY", "" },
    { "DEC-02 before DEC-03", "GREEN;P Circle=MOCK;R Codeword=APPLE", "GREEN", "DEC-02" },

    { "DEC-04 clearance of an unknown policy", "GREEN", "GREEN;policy=GNU", "DEC-04" },
    { "DEC-04 clearance of another policy", "GREEN", "GREEN;policy=YAK", "DEC-04" },
    { "DEC-04 clearance with a foreign OID", "GREEN", "GREEN;uri=urn:oid:2.25.99", "DEC-04" },
    { "DEC-04 clearance with a URI that is no OID", "GREEN", "GREEN;uri=2.25.1", "DEC-04" },
    { "DEC-04 clearance with the OID of another policy", "GREEN", "GREEN;uri=urn:oid:2.25.2",
      "DEC-04" },
    { "DEC-04 clearance with the OID and another name", "GREEN",
      "GREEN;policy=GNU;uri=urn:oid:2.25.1", "DEC-04" },
    { "DEC-04 clearance without a policy", "GREEN", "GREEN;policy=-", "DEC-04" },
    { "DEC-04 label of another policy", "GREEN;policy=YAK", "GREEN", "DEC-04" },
    { "DEC-04 holds, the same OID", "GREEN;uri=urn:oid:2.25.1", "GREEN;uri=URN:OID:2.25.1", "" },

    { "DEC-05 no label", NULL, "GREEN", "DEC-05" },
    { "DEC-05 no clearance", "GREEN", NULL, "DEC-05" },
    { "DEC-05 neither", NULL, NULL, "DEC-05" },
    { "DEC-05 label of an unknown policy", "GREEN;policy=GNU", "GREEN", "DEC-05" },
    { "DEC-05 both of one unknown policy", "GREEN;policy=GNU", "GREEN;policy=GNU", "DEC-05" },
    { "DEC-05 label without a policy", "GREEN;policy=-", "GREEN", "DEC-05" },
    { "DEC-05 label with a foreign OID", "GREEN;uri=urn:oid:2.25.99", "GREEN", "DEC-05" },
    { "DEC-05 label with OID and another name", "GREEN;policy=GNU;uri=urn:oid:2.25.1", "GREEN",
      "DEC-05" },
    { "DEC-05 no classification", "-", ALL, "DEC-05" },
    { "DEC-05 unknown classification", "PINK", "PINK,GREEN", "DEC-05" },
    { "DEC-05 unknown value", "GREEN;R Codeword=PLUM", "GREEN;R Codeword=PLUM", "DEC-05" },
    { "DEC-05 unknown permissive value beside a known one", "GREEN;P Circle=MOCK,PLUM", ALL,
      "DEC-05" },
    { "DEC-05 ambiguous value", "GREEN;R Codeword=ZED", ALL, "DEC-05" },
    { "DEC-05 unknown tag set", "GREEN;R Nut=A", "GREEN;R Nut=A", "DEC-05" },
    { "DEC-05 unknown informative tag set", "GREEN;I Nut=A", ALL, "DEC-05" },
    { "DEC-05 restrictive made informative", "GREEN;I Codeword=APPLE", ALL, "DEC-05" },
    { "DEC-05 restrictive made permissive", "GREEN;P Codeword=APPLE",
      "GREEN;P Codeword=APPLE;R Codeword=APPLE", "DEC-05" },
    { "DEC-05 permissive made informative, empty", "GREEN;I Circle=", ALL, "DEC-05" },
    { "DEC-05 type that is none", "GREEN;restrictive Codeword=APPLE", ALL, "DEC-05" },
    { "DEC-05 name and OID contradict", "GREEN;R Codeword@2.25.5=APPLE", ALL, "DEC-05" },
    { "DEC-05 name and unknown OID", "GREEN;R Codeword@2.25.99=APPLE", ALL, "DEC-05" },
    { "DEC-05 OID of a set that takes any words", "GREEN;R Codeword@2.25.7=APPLE",
      ALL ";R Words=APPLE", "DEC-05" },
    { "DEC-05 informative, name and unknown OID", "GREEN;I Note@2.25.99=STAFF", ALL, "DEC-05" },
    { "DEC-05 full width", "GREEN;R Codeword=\xef\xbc\xa1PPLE", ALL, "DEC-05" },

    { "informative values do not count", "GREEN;I Note=STAFF", "GREEN", "" },
    { "nor unknown ones", "GREEN;I Note=PLUM", "GREEN", "" },
    { "nor the privacy mark", "GREEN;mark=DARK", "GREEN", "" },

    { "a user's words, listed", "GREEN;R Words=Op X", "GREEN;R Words=Op  X", "" },
    { "a user's words, not listed", "GREEN;R Words=Op X", "GREEN;R Words=Op Y", "DEC-02" },
    { "the name of the category is no licence", "GREEN;R Words=Op X", "GREEN;R Words=Operation",
      "DEC-02" },
    { "one of a user's two words", "GREEN;R Words=Op X,Op Y", "GREEN;R Words=Op X", "DEC-02" },
    { "permissive words of users", "GREEN;P Words=Ann,Bob", "GREEN;P Words=Bob", "" },
    { "permissive words of users, none", "GREEN;P Words=Ann", "GREEN;P Words=Bob;R Words=Ann",
      "DEC-03" },
};

static struct mu_policies both(void)
{
    struct mu_policies all = { mu_arena_array(arena, 2, sizeof *all.policy), 2 };
    all.policy[0] = policy_of(SPIF(BODY));
    all.policy[1] = policy_of(
        SPIF("<securityPolicyId name='YAK' id='2.25.2'/>" CLASSES(CLASS("GREEN", "1", "1", ""))));
    return all;
}

START_TEST(each_decision)
{
    struct mu_policies all = both();
    struct mu_decision d =
        mu_decide_label(arena, &all, row[_i].label != NULL ? label_of(row[_i].label) : NULL,
                        row[_i].clearance != NULL ? clearance_of(row[_i].clearance) : NULL);
    const char *rule = d.rule != NULL ? d.rule : "";
    ck_assert_msg(strcmp(rule, row[_i].rule) == 0, "%s: '%s' %s", row[_i].name, rule, d.why);
    ck_assert_msg(d.permit == (rule[0] == '\0'), "%s", row[_i].name);
    ck_assert_msg((d.why[0] == '\0') == d.permit, "%s", row[_i].name);
}
END_TEST

START_TEST(why)
{
    static const struct {
        const char *label, *clearance, *why;
    } said[] = {
        { "RED", "GREEN", "the clearance does not list 'RED'" },
        { "RED;R Codeword=APPLE,PEAR", "RED;R Codeword=APPLE",
          "the clearance lacks Codeword 'PEAR'" },
        { "RED;P Circle=MOCK", "RED", "the clearance has none of the values of Circle" },
        { "RED;R Codeword=G\xe2\x80\xaeNU", "RED", "the label cannot be understood in full" },
        { "RED", "RED;policy=GNU", "label and clearance are of different policies" },
    };
    struct mu_policies all = both();
    for (size_t i = 0; i < MU_COUNT(said); i++) {
        struct mu_decision d =
            mu_decide_label(arena, &all, label_of(said[i].label), clearance_of(said[i].clearance));
        ck_assert_msg(strcmp(d.why, said[i].why) == 0, "%s", d.why);
    }
}
END_TEST

/* What a clearance says that is not understood is told, the first of it. */
START_TEST(doubt)
{
    static const struct {
        const char *clearance, *doubt;
    } told[] = {
        { "GREEN;R Codeword=APPLE;R Words=anything", NULL },
        { "PINK;R Codeword=PLUM", "classification 'PINK' of the clearance is unknown" },
        { "GREEN;R Codeword=APPLE,PL\xe2\x80\xaeUM",
          "value 'PL\\u{202E}UM' of the clearance is unknown" },
        { "GREEN;R Nut=A", "category 'Nut' of the clearance is unknown" },
        { "GREEN;x Codeword=A", "category 'Codeword' of the clearance is unknown" },
        { "GREEN;R Codeword@2.25.5=A", "category 'Codeword' of the clearance is unknown" },
        { "GREEN;policy=GNU", "policy 'GNU' of the clearance is unknown" },
        { "GREEN;policy=-", "policy '' of the clearance is unknown" },
    };
    struct mu_policies all = both();
    for (size_t i = 0; i < MU_COUNT(told); i++) {
        struct mu_cleared cleared;
        mu_cleared_make(arena, all.policy[0], clearance_of(told[i].clearance), &cleared);
        ck_assert_msg((cleared.doubt == NULL) == (told[i].doubt == NULL)
                          && (cleared.doubt == NULL || strcmp(cleared.doubt, told[i].doubt) == 0),
                      "%s: %s", told[i].clearance, cleared.doubt);
    }
}
END_TEST

/* A name that stands twice: the label has the one that fits, a clearance has both. */
START_TEST(names_twice)
{
    struct mu_policies all = one_policy(policy_of(
        SPIF(POLICY_ID CLASSES(CLASS("GREEN", "1", "1", "") CLASS("RED", "2", "2", "")) SETS(SET(
            "Circle", "2.25.5",
            TAG(PERMISSIVE,
                VALUE_WITH("name='ZED' lacv='1'", "<excludedClass>RED</excludedClass>")
                    VALUE_WITH("name='ZED' lacv='1'", "<excludedClass>GREEN</excludedClass>")))))));
    static const char *const label[] = { "GREEN;P Circle=ZED", "RED;P Circle=ZED" };
    for (size_t i = 0; i < MU_COUNT(label); i++) {
        struct mu_decision d = mu_decide_label(arena, &all, label_of(label[i]),
                                               clearance_of("GREEN,RED;P Circle=ZED"));
        ck_assert_msg(d.permit, "%s: %s", label[i], d.why);
    }
}
END_TEST

/* --- properties -------------------------------------------------------------------------------------------- */

static bool permits(const struct gen_case *c, const struct mu_label *label,
                    const struct mu_clearance *clearance)
{
    return mu_decide_label(arena, &c->policies, label, clearance).permit;
}

static struct mu_category *and_one(const struct mu_category *category, size_t count,
                                   const struct mu_category *more)
{
    struct mu_category *out = mu_arena_array(arena, count + 1, sizeof *out);
    if (count > 0)
        memcpy(out, category, count * sizeof *out);
    out[count] = *more;
    return out;
}

static struct mu_label *label_and(const struct gen_case *c)
{
    struct mu_label *out = mu_new(arena, struct mu_label);
    *out = *c->label[0];
    out->category = and_one(out->category, out->categories++, &c->extra);
    return out;
}

/* DEC-06: more in the clearance never takes a permit away. */
static bool more_clearance(const struct gen_case *c)
{
    struct mu_clearance more = *c->clearance;
    more.category = and_one(more.category, more.categories++, &c->extra);
    return !permits(c, c->label[0], c->clearance) || permits(c, c->label[0], &more);
}

/* DEC-06: more restrictive values in the label never give one. */
static bool more_restrictive(const struct gen_case *c)
{
    return permits(c, c->label[0], c->clearance) || !permits(c, label_and(c), c->clearance);
}

/* SEM-13. */
static bool more_informative(const struct gen_case *c)
{
    struct mu_label marked = *label_and(c);
    marked.privacy_mark = "DARK";
    return permits(c, c->label[0], c->clearance) == permits(c, &marked, c->clearance);
}

/* Fewer classifications never give a permit. */
static bool fewer_classifications(const struct gen_case *c)
{
    struct mu_clearance less = *c->clearance;
    less.classifications = less.classifications > 0 ? less.classifications - 1 : 0;
    return permits(c, c->label[0], c->clearance) || !permits(c, c->label[0], &less);
}

/* The canonical label is decided as the label is. */
static bool same_when_canonical(const struct gen_case *c)
{
    return permits(c, c->label[0], c->clearance)
           == permits(c, mu_label_canonical(arena, c->policies.policy[0], c->label[0]),
                      c->clearance);
}

static bool draw_extra(struct gen *g, const struct mu_policy *p, const char *type,
                       struct mu_category *out)
{
    for (int i = 0; i < 20 && p->tags > 0; i++) {
        gen_category(g, p, out);
        if (type == NULL || strcmp(out->type, type) == 0)
            return true;
    }
    return false;
}

static const struct {
    const char *name, *type; /* of what is added; NULL: any; "": nothing is */
    gen_property *holds;
} property[] = {
    { "more clearance takes a permit away", NULL, more_clearance },
    { "a restrictive value more gives a permit", "RESTRICTIVE", more_restrictive },
    { "informative values change the decision", "INFORMATIVE", more_informative },
    { "fewer classifications give a permit", "", fewer_classifications },
    { "the canonical form is decided otherwise", "", same_when_canonical },
};

START_TEST(each_property)
{
    struct gen g = { 42 + (uint64_t) _i };
    size_t tried = 0, permitted = 0;
    for (size_t i = 0; i < ROUNDS(400); i++) {
        uint64_t seed = g.state;
        struct gen_case c = { .policies = one_policy(gen_policy_at(&g, i)), .labels = 1 };
        for (int k = 0; k < 25; k++) {
            const char *type = property[_i].type;
            c.label[0] = gen_label(&g, c.policies.policy[0]);
            c.clearance = gen_clearance(&g, c.policies.policy[0]);
            if ((type == NULL || *type != '\0')
                && !draw_extra(&g, c.policies.policy[0], type, &c.extra))
                continue;
            gen_hold(&c, property[_i].holds, property[_i].name, seed);
            permitted += permits(&c, c.label[0], c.clearance);
            tried++;
        }
    }
    /* Neither side of the property may be there in name only. */
    ck_assert_msg(permitted * 20 > tried && permitted * 20 < 19 * tried, "%zu of %zu", permitted,
                  tried);
}
END_TEST

/* A broken property is shown small: what plays no part is gone. */
static bool without_apple(const struct gen_case *c)
{
    for (size_t i = 0; i < c->label[0]->categories; i++)
        for (size_t k = 0; k < c->label[0]->category[i].values; k++)
            if (strcmp(c->label[0]->category[i].value[k], "APPLE") == 0)
                return false;
    return true;
}

START_TEST(shrinking)
{
    struct gen_case c = { .labels = 2, .clearance = clearance_of(ALL) };
    c.label[0] = label_of("GREEN;mark=CLEAR;P Circle=MOCK,SHAM;R Codeword=PEAR,APPLE,ZED");
    c.label[1] = label_of("RED;I Note=STAFF");
    ck_assert(!without_apple(&c));
    gen_shrink(&c, without_apple);
    ck_assert_uint_eq(c.labels, 1);
    ck_assert_str_eq(show_label(c.label[0]), "GREEN;R Codeword=APPLE");
    ck_assert_str_eq(show_clearance(c.clearance), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decide");
    TCase *tc = gen_tcase(suite, "decide");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_decision, 0, MU_COUNT(row));
    tcase_add_test(tc, why);
    tcase_add_test(tc, doubt);
    tcase_add_test(tc, names_twice);
    tcase_add_loop_test(tc, each_property, 0, MU_COUNT(property));
    tcase_add_test(tc, shrinking);
    return run_tests(suite);
}
