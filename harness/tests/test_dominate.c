#include "policy_gen.h"
#include "rounds.h"

/* After the example of ADatP-4774.1: the order is not that of lacv or of names, and what is
 * CONFIDENTIAL must say to whom it may go. Both PAIR values are worth a demand of their own. */
#define FIRM                                                                                       \
    POLICY_ID CLASSES(CLASS("OPEN", "1", "-1", "") CLASS("INTERNAL", "3", "2", "") CLASS(          \
        "CONFIDENTIAL", "2", "3",                                                                  \
        "<requiredCategory operation='oneOrMore'><categoryGroup tagSetRef='Release' "              \
        "tagType='permissive' all='true'/></requiredCategory>") CLASS("SECRET", "4", "4", "")      \
                          CLASS("VAULT", "5", "4", ""))                                            \
        SETS(SET("Codeword", "2.25.4",                                                             \
                 TAG(RESTRICTIVE, VALUE("APPLE", "1") VALUE("PEAR", "2")                           \
                                      VALUE_WITH("name='SOUR' lacv='3'",                           \
                                                 "<excludedCategory tagSetRef='Codeword' "         \
                                                 "tagType='restrictive' lacv='1'/>")))             \
                 SET("Release", "2.25.5",                                                          \
                     TAG(PERMISSIVE, VALUE("MOCK", "1") VALUE("PHONY", "2") VALUE("SHAM", "3")))   \
                     SET("Note", "2.25.6",                                                         \
                         TAG(INFORMATIVE, VALUE("STAFF", "1") VALUE("LEGAL", "2"))                 \
                             TAG(INFORMATIVE,                                                      \
                                 VALUE_WITH("name='Free' lacv='9' userInput='string'", "")))       \
                         SET("Crew", "2.25.7",                                                     \
                             TAG(RESTRICTIVE,                                                      \
                                 VALUE_WITH("name='Who' lacv='1' userInput='string'", ""))))

/* Parts, "|" between them, and the whole. NULL: a policy decision. */
static const struct {
    const char *name, *parts, *whole;
    bool widened;
} row[] = {
    { "one part", "SECRET;R Codeword=APPLE;P Release=MOCK",
      "SECRET;R Codeword=APPLE;P Release=MOCK", false },
    { "no part", "", NULL, false },
    { "rule 1: one policy", "OPEN|OPEN;policy=YAK", NULL, false },
    { "rule 2: unknown policy", "OPEN|OPEN;policy=GNU", NULL, false },
    { "rule 2: all of an unknown policy", "OPEN;policy=GNU|OPEN;policy=GNU", NULL, false },
    { "rule 3: the higher one", "OPEN|INTERNAL", "INTERNAL", false },
    { "rule 3: by hierarchy, not lacv or name (DEC-07)",
      "INTERNAL;P Release=MOCK|CONFIDENTIAL;P Release=MOCK", "CONFIDENTIAL;P Release=MOCK", false },
    { "rule 3: two of one rank", "SECRET|VAULT", NULL, false },
    { "rule 3: two of one rank below another do not matter", "SECRET|SECRET;R Codeword=PEAR|OPEN",
      "SECRET;R Codeword=PEAR", false },
    { "rule 4: values in common", "OPEN;P Release=MOCK,PHONY|OPEN;P Release=SHAM,PHONY",
      "OPEN;P Release=PHONY", false },
    { "rule 4: two categories of a set are one",
      "OPEN;P Release=MOCK;P Release=PHONY|OPEN;P Release=PHONY,MOCK", "OPEN;P Release=MOCK,PHONY",
      false },
    { "rule 5: nothing in common", "OPEN;P Release=MOCK|OPEN;P Release=PHONY", "OPEN", true },
    { "rule 6: one part lacks it", "OPEN;P Release=MOCK|OPEN", "OPEN", true },
    { "rule 6: the first part lacks it", "OPEN|OPEN;P Release=MOCK", "OPEN", true },
    { "rule 6: among three", "OPEN;P Release=MOCK|OPEN;P Release=PHONY|OPEN;P Release=MOCK", "OPEN",
      true },
    { "a part that is for nobody", "OPEN;P Release=|OPEN;P Release=MOCK", NULL, false },
    { "alone, too", "OPEN;P Release=", NULL, false },
    { "rule 7: union", "OPEN;R Codeword=APPLE|OPEN|INTERNAL;R Codeword=PEAR",
      "INTERNAL;R Codeword=APPLE,PEAR", false },
    { "rule 8: informative union", "OPEN;I Note=STAFF|OPEN;I Note=LEGAL,STAFF",
      "OPEN;I Note=LEGAL,STAFF", false },
    { "rule 8: words of users", "OPEN;I Note=x,STAFF|OPEN;I Note=y,x", "OPEN;I Note=STAFF,x,y",
      false },
    { "rule 9: CONFIDENTIAL to MOCK and to PHONY (Table 12)",
      "CONFIDENTIAL;P Release=MOCK|CONFIDENTIAL;P Release=PHONY", NULL, false },
    { "rule 9: CONFIDENTIAL and what has no release", "CONFIDENTIAL;P Release=MOCK|OPEN", NULL,
      false },
    { "rule 9: CONFIDENTIAL to both and to one",
      "CONFIDENTIAL;P Release=MOCK,PHONY|CONFIDENTIAL;P Release=PHONY",
      "CONFIDENTIAL;P Release=PHONY", false },
    { "rule 9: values that do not go together", "OPEN;R Codeword=APPLE|OPEN;R Codeword=SOUR", NULL,
      false },
    { "privacy mark of all", "OPEN;mark=CLEAR|OPEN;mark= CLEAR", "OPEN;mark=CLEAR", false },
    { "privacy mark of some", "OPEN;mark=CLEAR|OPEN", "OPEN", false },
    { "privacy marks that differ", "OPEN;mark=CLEAR|OPEN;mark=DARK|OPEN;mark=CLEAR", "OPEN",
      false },
    { "unknown classification", "OPEN|PINK", NULL, false },
    { "unknown restrictive value", "OPEN|OPEN;R Codeword=PLUM", NULL, false },
    { "restrictive words of a user", "OPEN|OPEN;R Crew=Ann", NULL, false },
    { "foreign OID", "OPEN|OPEN;uri=urn:oid:2.25.99", NULL, false },
    { "times are not the parts'", "OPEN;created=2020-01-01T00:00:00Z", "OPEN", false },
};

static struct mu_policies firm(void)
{
    struct mu_policies all = { mu_arena_array(arena, 2, sizeof *all.policy), 2 };
    all.policy[0] = policy_of(SPIF(FIRM));
    all.policy[1] = policy_of(
        SPIF("<securityPolicyId name='YAK' id='2.25.2'/>" CLASSES(CLASS("OPEN", "1", "1", ""))));
    return all;
}

static size_t parts_of(const char *text, struct mu_label **part)
{
    size_t count = 0;
    while (*text != '\0')
        part[count++] = label_of(piece(&text, '|'));
    return count;
}

static struct mu_rollup roll(const struct mu_policies *all, struct mu_label *const *part,
                             size_t count)
{
    struct mu_rollup out;
    mu_rollup(arena, all, (const struct mu_label *const *) part, count, NOW, &out);
    ck_assert((out.label == NULL) == (out.decision != NULL));
    return out;
}

START_TEST(each_rule)
{
    struct mu_policies all = firm();
    struct mu_label *part[8];
    size_t count = parts_of(row[_i].parts, part);
    const char *difference = "";
    for (int turn = 0; turn < 2; turn++) { /* either way round */
        struct mu_rollup got = roll(&all, part, count);
        ck_assert_msg((got.label == NULL) == (row[_i].whole == NULL), "%s: %s", row[_i].name,
                      got.label != NULL ? show_label(got.label) : got.decision);
        ck_assert_msg(got.widened == row[_i].widened, "%s: widened", row[_i].name);
        ck_assert_msg(
            got.label == NULL
                || mu_label_equal(arena, &all, got.label, label_of(row[_i].whole), &difference),
            "%s: %s", row[_i].name, difference);
        ck_assert(got.label == NULL || (got.label->created == NULL && got.label->review == NULL));
        for (size_t i = 0; i < count / 2; i++) {
            struct mu_label *swapped = part[i];
            part[i] = part[count - 1 - i];
            part[count - 1 - i] = swapped;
        }
    }
}
END_TEST

START_TEST(decisions_say_why)
{
    static const struct {
        const char *parts, *why;
    } said[] = {
        { "", "there is no part" },
        { "OPEN;policy=GNU", "a part is labelled under a policy that is not known" },
        { "OPEN|OPEN;policy=YAK", "the parts are labelled under different policies" },
        { "OPEN;R Codeword=PLUM", "a part has a label that cannot be understood in full" },
        { "OPEN;R Crew=Ann", "a part has a label that cannot be understood in full" },
        { "OPEN;P Release=", "a part has a permissive category without values: it is for nobody" },
        { "SECRET|VAULT", "two parts have different classifications of one rank" },
        { "CONFIDENTIAL;P Release=MOCK|OPEN",
          "the result would not be valid: classification 'CONFIDENTIAL' wants one or more of "
          "Release" },
    };
    struct mu_policies all = firm();
    struct mu_label *part[8];
    for (size_t i = 0; i < MU_COUNT(said); i++) {
        struct mu_rollup got = roll(&all, part, parts_of(said[i].parts, part));
        ck_assert_msg(got.label == NULL && strcmp(got.decision, said[i].why) == 0, "%s",
                      got.decision);
    }
}
END_TEST

/* Ties that a higher part makes pointless: whichever order the parts are in. */
START_TEST(ties_below_the_top)
{
    struct mu_policies all = one_policy(policy_of(SPIF(POLICY_ID CLASSES(
        CLASS("A1", "1", "1", "") CLASS("A2", "2", "1", "") CLASS("B", "3", "2", "")))));
    static const char *const order[] = { "A1|A2|B", "A1|B|A2", "B|A2|A1", "A2|A1|B" };
    struct mu_label *part[4];
    for (size_t i = 0; i < MU_COUNT(order); i++) {
        struct mu_rollup got = roll(&all, part, parts_of(order[i], part));
        ck_assert_msg(got.label != NULL && strcmp(got.label->classification, "B") == 0, "%s: %s",
                      order[i], got.decision);
    }
}
END_TEST

/* ZED is one value under RED and two under GREEN, where nobody can tell which is meant. */
START_TEST(names_that_become_ambiguous)
{
    struct mu_policies all = one_policy(policy_of(
        SPIF(POLICY_ID CLASSES(CLASS("GREEN", "1", "2", "") CLASS("RED", "2", "1", "")) SETS(SET(
            "Codeword", "2.25.4",
            TAG(RESTRICTIVE, VALUE("ZED", "1") VALUE_WITH(
                                 "name='ZED' lacv='2'", "<excludedClass>RED</excludedClass>")))))));
    struct mu_label *part[4];
    struct mu_rollup got = roll(&all, part, parts_of("RED;R Codeword=ZED", part));
    ck_assert(got.label != NULL);
    got = roll(&all, part, parts_of("RED;R Codeword=ZED|GREEN", part));
    ck_assert(got.label == NULL);
    ck_assert_str_eq(got.decision, "the result could not be understood in full");
}
END_TEST

/* --- order -------------------------------------------------------------------------------------------------- */

static enum mu_order order_of(const struct mu_policies *all, const struct mu_label *a,
                              const struct mu_label *b)
{
    struct mu_resolved x, y;
    mu_resolve(arena, mu_policies_find(all, a->policy, a->policy_uri), a, &x);
    mu_resolve(arena, mu_policies_find(all, b->policy, b->policy_uri), b, &y);
    return mu_label_order(arena, &x, &y);
}

static const struct {
    const char *a, *b, *want;
} order_row[] = {
    { "OPEN", "OPEN", "equal" },
    { "INTERNAL", "OPEN", "above" },
    { "CONFIDENTIAL", "INTERNAL", "above" }, /* by hierarchy, not lacv */
    { "SECRET", "VAULT", "incomparable" },
    { "SECRET;R Codeword=APPLE", "VAULT", "incomparable" },
    { "OPEN;R Codeword=APPLE,PEAR", "OPEN;R Codeword=PEAR", "above" },
    { "OPEN;R Codeword=APPLE", "OPEN;R Codeword=PEAR", "incomparable" },
    { "INTERNAL", "OPEN;R Codeword=PEAR", "incomparable" },
    { "OPEN;P Release=MOCK", "OPEN", "above" },
    { "OPEN;P Release=MOCK", "OPEN;P Release=MOCK,PHONY", "above" },
    { "OPEN;P Release=MOCK", "OPEN;P Release=PHONY", "incomparable" },
    { "OPEN;P Release=", "OPEN;P Release=PHONY", "above" },
    { "OPEN;P Release=", "OPEN", "above" },
    { "INTERNAL;P Release=MOCK,PHONY", "OPEN;P Release=MOCK", "incomparable" },
    { "OPEN;P Release=MOCK;P Release=PHONY", "OPEN;P Release=PHONY,MOCK", "equal" },
    { "OPEN;I Note=STAFF;mark=CLEAR", "OPEN;I Note=x", "equal" },
    { "OPEN;R Crew=Ann", "OPEN", "above" },
    { "OPEN;R Crew=Ann,Bob", "OPEN;R Crew=Bob", "above" },
    { "OPEN;R Crew=Ann", "OPEN;R Crew=Bob", "incomparable" },
    { "OPEN;R Crew=Ann", "OPEN;R Crew= Ann ", "equal" },
    { "OPEN", "OPEN;policy=YAK", "incomparable" },
    { "PINK", "PINK", "incomparable" },
    { "OPEN;R Codeword=PLUM", "OPEN", "incomparable" },
};

START_TEST(each_order)
{
    static const struct {
        const char *word, *turned;
    } turn[] = { { "equal", "equal" }, { "above", "below" }, { "incomparable", "incomparable" } };
    struct mu_policies all = firm();
    const struct mu_label *a = label_of(order_row[_i].a), *b = label_of(order_row[_i].b);
    const char *got = mu_order_name(order_of(&all, a, b));
    ck_assert_msg(strcmp(got, order_row[_i].want) == 0, "%s / %s: %s", order_row[_i].a,
                  order_row[_i].b, got);
    for (size_t i = 0; i < MU_COUNT(turn); i++)
        if (strcmp(turn[i].word, got) == 0)
            ck_assert_str_eq(mu_order_name(order_of(&all, b, a)), turn[i].turned);
}
END_TEST

/* --- properties of roll-up -------------------------------------------------------------------------------------- */

static bool same_rollup(const struct mu_rollup *a, const struct mu_rollup *b)
{
    if (a->label == NULL || b->label == NULL)
        return a->label == b->label;
    return a->widened == b->widened
           && mu_bytes_equal(mu_label_write(arena, a->label), mu_label_write(arena, b->label));
}

static bool commutative(const struct gen_case *c)
{
    struct mu_label *turned[3];
    for (size_t i = 0; i < c->labels; i++)
        turned[i] = c->label[(i + 1) % c->labels];
    struct mu_rollup a = roll(&c->policies, c->label, c->labels);
    struct mu_rollup b = roll(&c->policies, turned, c->labels);
    return same_rollup(&a, &b);
}

/* Where each step has a label: step by step is all at once. What is widened on the way is said on the
 * way, so only the labels are compared. */
static bool associative(const struct gen_case *c)
{
    if (c->labels < 3)
        return true;
    struct mu_rollup all = roll(&c->policies, c->label, 3);
    for (size_t first = 0; first < 2; first++) {
        struct mu_rollup two = roll(&c->policies, &c->label[first], 2);
        if (two.label == NULL || all.label == NULL)
            return true;
        struct mu_label *rest[] = { two.label, c->label[first == 0 ? 2 : 0] };
        struct mu_rollup step = roll(&c->policies, rest, 2);
        if (step.label != NULL
            && !mu_bytes_equal(mu_label_write(arena, step.label), mu_label_write(arena, all.label)))
            return false;
        if (step.label == NULL)
            return false; /* the whole is valid, and the step is the whole */
    }
    return true;
}

static bool idempotent(const struct gen_case *c)
{
    struct mu_label *twice[] = { c->label[0], c->label[0] };
    struct mu_rollup a = roll(&c->policies, c->label, 1), b = roll(&c->policies, twice, 2);
    if (!same_rollup(&a, &b) || a.label == NULL)
        return same_rollup(&a, &b);
    struct mu_rollup again = roll(&c->policies, &a.label, 1);
    return same_rollup(&a, &again) && !a.widened;
}

/* By names, not by what the code under test has resolved. */
static bool has_value(const struct mu_policy *p, const struct mu_label *l, const char *type,
                      const char *set, const char *value)
{
    for (size_t i = 0; i < l->categories; i++)
        for (size_t k = 0; k < l->category[i].values; k++)
            if (strcmp(l->category[i].type, type) == 0
                && mu_key_same(l->category[i].tag_name, set, p->is.fold)
                && (value == NULL || mu_key_same(l->category[i].value[k], value, p->is.fold)))
                return true;
    return false;
}

/* The restrictive values of the part are in the whole, the permissive ones of the whole in the part;
 * *lost: a permissive set of the part is not in the whole. */
static bool covers(const struct mu_policy *p, const struct mu_label *whole,
                   const struct mu_label *part, bool *lost)
{
    for (size_t i = 0; i < part->categories; i++) {
        const struct mu_category *c = &part->category[i];
        for (size_t k = 0; k < c->values; k++)
            if (strcmp(c->type, "RESTRICTIVE") == 0
                && !has_value(p, whole, c->type, c->tag_name, c->value[k]))
                return false;
        *lost = *lost
                || (strcmp(c->type, "PERMISSIVE") == 0
                    && !has_value(p, whole, c->type, c->tag_name, NULL));
    }
    for (size_t i = 0; i < whole->categories; i++) {
        const struct mu_category *c = &whole->category[i];
        for (size_t k = 0; k < c->values; k++)
            if (strcmp(c->type, "PERMISSIVE") == 0
                && !has_value(p, part, c->type, c->tag_name, c->value[k]))
                return false;
    }
    const struct mu_classification *class = p->classification;
    return class[mu_policy_classification(p, whole->classification)].hierarchy
           >= class[mu_policy_classification(p, part->classification)].hierarchy;
}

/* The whole is valid, covers each part, tells exactly when it is widened, and, where it is not, is
 * above each part. */
static bool covered(const struct gen_case *c)
{
    const struct mu_policy *p = c->policies.policy[0];
    struct mu_rollup whole = roll(&c->policies, c->label, c->labels);
    if (whole.label == NULL)
        return true;
    struct mu_validity_report report;
    mu_validate(arena, &c->policies, whole.label, NOW, &report);
    bool lost = false;
    for (size_t i = 0; i < c->labels; i++) {
        TRY(covers(p, whole.label, c->label[i], &lost));
        enum mu_order order = order_of(&c->policies, whole.label, c->label[i]);
        if (!whole.widened && order != MU_ORDER_ABOVE && order != MU_ORDER_EQUAL)
            return false;
    }
    return report.valid && whole.widened == lost;
}

/* Who may see a whole that is not widened, and is cleared for each level, may see each part. */
static bool parts_permitted(const struct gen_case *c)
{
    struct mu_rollup whole = roll(&c->policies, c->label, c->labels);
    if (whole.label == NULL || whole.widened
        || !mu_decide_label(arena, &c->policies, whole.label, c->clearance).permit)
        return true;
    for (size_t i = 0; i < c->labels; i++)
        TRY(mu_decide_label(arena, &c->policies, c->label[i], c->clearance).permit);
    return true;
}

/* --- properties of the order --------------------------------------------------------------------------------- */

static bool reflexive(const struct gen_case *c)
{
    struct mu_resolved r;
    mu_resolve(arena, c->policies.policy[0], c->label[0], &r);
    enum mu_order order = mu_label_order(arena, &r, &r);
    return order == (r.doubt ? MU_ORDER_NONE : MU_ORDER_EQUAL);
}

static bool antisymmetric(const struct gen_case *c)
{
    static const enum mu_order turned[] = {
        [MU_ORDER_EQUAL] = MU_ORDER_EQUAL,
        [MU_ORDER_ABOVE] = MU_ORDER_BELOW,
        [MU_ORDER_BELOW] = MU_ORDER_ABOVE,
        [MU_ORDER_NONE] = MU_ORDER_NONE,
    };
    return c->labels < 2
           || order_of(&c->policies, c->label[1], c->label[0])
                  == turned[order_of(&c->policies, c->label[0], c->label[1])];
}

static bool transitive(const struct gen_case *c)
{
    if (c->labels < 3)
        return true;
    enum mu_order ab = order_of(&c->policies, c->label[0], c->label[1]);
    enum mu_order bc = order_of(&c->policies, c->label[1], c->label[2]);
    enum mu_order ac = order_of(&c->policies, c->label[0], c->label[2]);
    if (ab == MU_ORDER_NONE || bc == MU_ORDER_NONE)
        return true;
    return ab == MU_ORDER_EQUAL   ? ac == bc
           : bc == MU_ORDER_EQUAL ? ac == ab
           : ab == bc             ? ac == ab
                                  : true;
}

/* A clearance for each level that is enough for the label above is enough for the one below. */
static bool agrees_with_decisions(const struct gen_case *c)
{
    enum mu_order order =
        c->labels < 2 ? MU_ORDER_NONE : order_of(&c->policies, c->label[0], c->label[1]);
    if ((order != MU_ORDER_ABOVE && order != MU_ORDER_EQUAL)
        || !mu_decide_label(arena, &c->policies, c->label[0], c->clearance).permit)
        return true;
    return mu_decide_label(arena, &c->policies, c->label[1], c->clearance).permit;
}

static const struct {
    const char *name;
    gen_property *holds;
} property[] = {
    { "roll-up is not commutative", commutative },
    { "roll-up is not associative", associative },
    { "roll-up is not idempotent", idempotent },
    { "the whole does not cover its parts", covered },
    { "a part is denied where the whole is permitted", parts_permitted },
    { "the order is not reflexive", reflexive },
    { "the order is not antisymmetric", antisymmetric },
    { "the order is not transitive", transitive },
    { "order and decision disagree", agrees_with_decisions },
};

/* Half of them kin of the label before: with a category more. */
static void draw_labels(struct gen *g, const struct mu_policy *p, struct gen_case *c)
{
    c->labels = 3;
    for (size_t i = 0; i < 3; i++) {
        c->label[i] = gen_label(g, p);
        if (i == 0 || p->tags == 0 || gen_chance(g, 50))
            continue;
        struct mu_category *all = mu_arena_array(arena, 16, sizeof *all);
        struct mu_label *kin = mu_new(arena, struct mu_label);
        *kin = *c->label[i - 1];
        if (kin->categories > 0)
            memcpy(all, kin->category, kin->categories * sizeof *all);
        gen_category(g, p, &all[kin->categories++]);
        kin->category = all;
        c->label[i] = kin;
    }
}

START_TEST(each_property)
{
    struct gen g = { 1000 + (uint64_t) _i };
    size_t tried = 0, wholes = 0, ordered = 0;
    for (size_t i = 0; i < ROUNDS(300); i++) {
        uint64_t seed = g.state;
        struct gen_case c = { .policies = one_policy(gen_policy_at(&g, i)) };
        const struct mu_policy *p = c.policies.policy[0];
        for (int k = 0; k < 25; k++) {
            draw_labels(&g, p, &c);
            c.clearance = gen_clearance(&g, p);
            c.clearance->classifications = p->classifications;
            for (size_t class = 0; class < p->classifications; class ++)
                c.clearance->classification[class] = p->classification[class].name;
            gen_hold(&c, property[_i].holds, property[_i].name, seed);
            wholes += roll(&c.policies, c.label, 3).label != NULL;
            ordered += order_of(&c.policies, c.label[0], c.label[1]) != MU_ORDER_NONE;
            tried++;
        }
    }
    ck_assert_msg(wholes * 10 > tried && ordered * 10 > tried, "%zu wholes, %zu ordered of %zu",
                  wholes, ordered, tried);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dominate");
    TCase *tc = gen_tcase(suite, "dominate");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_rule, 0, MU_COUNT(row));
    tcase_add_test(tc, decisions_say_why);
    tcase_add_test(tc, ties_below_the_top);
    tcase_add_test(tc, names_that_become_ambiguous);
    tcase_add_loop_test(tc, each_order, 0, MU_COUNT(order_row));
    tcase_add_loop_test(tc, each_property, 0, MU_COUNT(property));
    return run_tests(suite);
}
