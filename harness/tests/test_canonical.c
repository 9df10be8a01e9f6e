#include "policy_gen.h"
#include "rounds.h"

#define BODY                                                                                       \
    POLICY_ID CLASSES(CLASS("GREEN", "1", "1", "") CLASS("RED", "2", "2", "")) SETS(               \
        SET("Codeword", "2.25.4",                                                                  \
            TAG(RESTRICTIVE,                                                                       \
                VALUE("PEAR", "1") VALUE("APPLE", "2") VALUE("TR\xc3\x88S FIN", "3")))             \
            SET("Circle", "2.25.5", TAG(PERMISSIVE, VALUE("MOCK", "1") VALUE("PHONY", "2"))) SET(  \
                "Note", "2.25.6",                                                                  \
                TAG(INFORMATIVE, VALUE_WITH("name='Free' lacv='1' userInput='string'", "")))       \
                SET("Twin", "2.25.7", TAG(RESTRICTIVE, VALUE("A", "1"))) SET(                      \
                    "Twin", "2.25.8",                                                              \
                    TAG(RESTRICTIVE,                                                               \
                        VALUE("A",                                                                 \
                              "1")))) "<privacyMarks><privacyMark name='CLEAR'/></privacyMarks>"

static struct mu_policies policies_of(bool fold)
{
    struct mu_policies all = { mu_arena_array(arena, 2, sizeof *all.policy), 2 };
    all.policy[0] = policy_of(fold ? SPIF(BODY FOLD) : SPIF(BODY));
    all.policy[1] = policy_of(
        SPIF("<securityPolicyId name='YAK' id='2.25.2'/>" CLASSES(CLASS("GREEN", "1", "1", ""))));
    return all;
}

static const struct mu_policy *policy_for(const struct mu_policies *all, const struct mu_label *l)
{
    return mu_policies_find(all, l->policy, l->policy_uri);
}

static struct mu_bytes canonical(const struct mu_policies *all, const struct mu_label *l)
{
    return mu_label_write(arena, mu_label_canonical(arena, policy_for(all, l), l));
}

/* Two labels that mean the same, and have the same canonical form. */
static const struct {
    const char *name, *a, *b;
    bool fold;
} same[] = {
    { "itself", "GREEN", "GREEN", false },
    { "white space", "GREEN;mark=CLEAR;R Codeword=PEAR",
      " GREEN\n;policy=ZEBRA\t;mark= CLEAR;R  Codeword\n=\tPEAR ", false },
    { "no-break space", "GREEN;R Codeword=TR\xc3\x88S FIN",
      "GREEN;R Codeword=TR\xc3\x88S\xc2\xa0"
      "FIN",
      false },
    { "composition", "GREEN;R Codeword=TR\xc3\x88S FIN", "GREEN;R Codeword=TRE\xcc\x80S FIN",
      false },
    { "order of categories", "GREEN;R Codeword=PEAR;P Circle=MOCK",
      "GREEN;P Circle=MOCK;R Codeword=PEAR", false },
    { "order of values", "GREEN;P Circle=MOCK,PHONY", "GREEN;P Circle=PHONY,MOCK", false },
    { "values twice", "GREEN;P Circle=MOCK,PHONY", "GREEN;P Circle=MOCK,PHONY,MOCK", false },
    { "split categories", "GREEN;P Circle=MOCK,PHONY", "GREEN;P Circle=PHONY;P Circle=MOCK",
      false },
    { "split, one without values", "GREEN;P Circle=MOCK", "GREEN;P Circle=;P Circle=MOCK", false },
    { "OID of the policy", "GREEN", "GREEN;uri=urn:oid:2.25.1", false },
    { "OID of the policy in capitals", "GREEN", "GREEN;uri=URN:OID:2.25.1", false },
    { "OID of the tag set", "GREEN;P Circle=MOCK", "GREEN;P Circle@2.25.5=MOCK", false },
    { "renamed tag set", "GREEN;P Circle=MOCK", "GREEN;P Ring@2.25.5=MOCK", false },
    { "tag sets of one name", "GREEN;R Twin@2.25.8=A", "GREEN;R Twin@2.25.8= A", false },
    { "case", "GREEN;mark=CLEAR;R Codeword=TR\xc3\x88S FIN",
      "green;policy=Zebra;mark=clear;R CODEWORD=tr\xc3\xa8s Fin", true },
    { "a user's words, white space and composition", "GREEN;I Note=\xc3\xa9 x,y",
      "GREEN;I Note=y, e\xcc\x81  x", false },
    { "unknown things, white space", "PINK;R Nut=A,B", "PINK;R Nut = B;R Nut=A,B", false },
    { "unknown things, composition", "\xc3\x89;mark=\xc3\x89;R \xc3\x89=\xc3\x89",
      "E\xcc\x81;mark=E\xcc\x81;R E\xcc\x81=E\xcc\x81", false },
    { "unknown tag sets of one name", "GREEN;R Nut@2.25.90=A;R Nut@2.25.91=B",
      "GREEN;R Nut@2.25.91=B;R Nut@2.25.90=A", false },
    { "unknown policy", "GREEN;policy=GNU;R B=y,x;P A=z", "GREEN;policy= GNU ;P A=z;R B=x;R B=y,x",
      false },
    { "no policy", "GREEN;policy=-;R B=y,x", "GREEN;policy=-;R B=x,y", false },
};

START_TEST(each_same)
{
    struct mu_policies all = policies_of(same[_i].fold);
    const struct mu_label *a = label_of(same[_i].a), *b = label_of(same[_i].b);
    struct mu_bytes x = canonical(&all, a), y = canonical(&all, b);
    const char *difference = "none";
    ck_assert_msg(mu_bytes_equal(x, y), "%s:\n%s\n%s", same[_i].name, x.p, y.p);
    ck_assert_msg(mu_label_equal(arena, &all, a, b, &difference), "%s: %s", same[_i].name,
                  difference);
    ck_assert_str_eq(difference, "none");
    ck_assert(mu_label_equal(arena, &all, b, a, NULL));
}
END_TEST

/* Two that do not, and in what. */
static const struct {
    const char *name, *a, *b, *difference;
    bool fold;
} other[] = {
    { "policy", "GREEN", "GREEN;policy=YAK", "policy: 'ZEBRA' / 'YAK'", false },
    { "unknown policy", "GREEN", "GREEN;policy=GNU", "policy: 'ZEBRA' / 'GNU'", false },
    { "one name, another policy by its OID", "GREEN", "GREEN;uri=urn:oid:2.25.2",
      "policy: 'ZEBRA' / 'ZEBRA'", false },
    { "foreign OID", "GREEN", "GREEN;uri=urn:oid:2.25.99",
      "OID of the policy: 'urn:oid:2.25.1' / 'urn:oid:2.25.99'", false },
    { "unknown policies by their OIDs", "GREEN;policy=GNU;uri=urn:oid:2.25.98",
      "GREEN;policy=GNU;uri=urn:oid:2.25.99",
      "OID of the policy: 'urn:oid:2.25.98' / 'urn:oid:2.25.99'", false },
    { "classification", "GREEN", "RED", "classification: 'GREEN' / 'RED'", false },
    { "no classification", "GREEN", "-", "classification: 'GREEN' / absent", false },
    { "case where it matters", "GREEN", "Green", "classification: 'GREEN' / 'Green'", false },
    { "full width", "GREEN", "\xef\xbc\xa7REEN", "classification: 'GREEN' / '\xef\xbc\xa7REEN'",
      true },
    { "privacy mark", "GREEN;mark=CLEAR", "GREEN", "privacy mark: 'CLEAR' / absent", false },
    { "a value more", "GREEN;P Circle=MOCK", "GREEN;P Circle=MOCK,PHONY",
      "category: absent / PERMISSIVE 'Circle' 'PHONY'", false },
    { "another value", "GREEN;P Circle=MOCK", "GREEN;P Circle=PHONY",
      "category: PERMISSIVE 'Circle' 'MOCK' / absent", false },
    { "a category more", "GREEN", "GREEN;P Circle=MOCK",
      "category: absent / PERMISSIVE 'Circle' 'MOCK'", false },
    { "an empty category", "GREEN",
      "GREEN;P Circle=", "category: absent / PERMISSIVE 'Circle' without values", false },
    { "an empty value", "GREEN;P Circle=MOCK", "GREEN;P Circle=,MOCK",
      "category: absent / PERMISSIVE 'Circle' ''", false },
    { "another type", "GREEN;R Codeword=PEAR", "GREEN;I Codeword=PEAR",
      "category: absent / INFORMATIVE 'Codeword' 'PEAR'", false },
    { "another tag set of that name", "GREEN;R Twin@2.25.7=A", "GREEN;R Twin@2.25.8=A",
      "OID of the category: 'urn:oid:2.25.7' / 'urn:oid:2.25.8'", false },
    { "an OID that contradicts", "GREEN;P Circle=MOCK", "GREEN;P Circle@2.25.99=MOCK",
      "OID of the category: 'urn:oid:2.25.5' / 'urn:oid:2.25.99'", false },
    { "case of a value where it matters", "GREEN;I Note=Op X", "GREEN;I Note=op x",
      "value: 'Op X' / 'op x'", false },
    { "case of an unknown value where it matters", "GREEN;R Nut=A", "GREEN;R nut=A",
      "category: 'Nut' / 'nut'", false },
    { "unknown tag sets of one name", "GREEN;R Nut@2.25.90=A;R Nut@2.25.91=B",
      "GREEN;R Nut@2.25.90=A,B", "value: absent / 'B'", false },
    { "unknown policy, case", "GREEN;policy=GNU", "Green;policy=GNU",
      "classification: 'GREEN' / 'Green'", false },
    { "shown safely", "GREEN", "\xe2\x80\xaeNEERG", "classification: 'GREEN' / '\\u{202E}NEERG'",
      false },
};

START_TEST(each_other)
{
    struct mu_policies all = policies_of(other[_i].fold);
    const struct mu_label *a = label_of(other[_i].a), *b = label_of(other[_i].b);
    const char *difference = "none";
    ck_assert_msg(!mu_bytes_equal(canonical(&all, a), canonical(&all, b)), "%s", other[_i].name);
    ck_assert_msg(!mu_label_equal(arena, &all, a, b, &difference), "%s", other[_i].name);
    ck_assert_msg(strcmp(difference, other[_i].difference) == 0, "%s: %s", other[_i].name,
                  difference);
    ck_assert(!mu_label_equal(arena, &all, b, a, NULL));
}
END_TEST

/* Where case does not matter, it does not matter in words that the policy does not know, either; they
 * keep it in the canonical form. */
START_TEST(case_of_unknown_words)
{
    struct mu_policies all = policies_of(true);
    const struct mu_label *a = label_of("PINK;mark=Dark;R Nut=Hazel,A;I Note=Op X"),
                          *b = label_of("Pink;mark=DARK;R NUT=a,HAZEL,Hazel;I Note=OP X,op x");
    const char *difference = "none";
    ck_assert_msg(mu_label_equal(arena, &all, a, b, &difference), "%s", difference);
    const struct mu_label *c = mu_label_canonical(arena, all.policy[0], b);
    ck_assert_str_eq(show_label(c), "Pink;mark=DARK;I Note@2.25.6=OP X;R NUT=a,HAZEL");
}
END_TEST

/* Times, originator and root stay; texts that are too long or no UTF-8 are kept. */
START_TEST(what_stays)
{
    struct mu_policies all = policies_of(true);
    struct mu_buf name = { .arena = arena };
    while (name.n < 64 * MU_KIB)
        mu_buf_puts(&name, "LONG ");
    struct mu_label *l = label_of("GREEN;created=2026-11-23T10:00:00Z;R Codeword=PEAR,PEAR");
    l->root = "alternativeConfidentialityLabel";
    l->review = "2027-01-01T00:00:00Z";
    l->originator = "a@b.example";
    l->originator_type = "rfc822Name";
    l->successor = label_of("RED");
    l->category[0].value[1] = mu_buf_text(&name);
    const struct mu_label *c = mu_label_canonical(arena, all.policy[0], l);
    ck_assert_str_eq(c->root, l->root);
    ck_assert_str_eq(c->created, l->created);
    ck_assert_str_eq(c->review, l->review);
    ck_assert_str_eq(c->originator, l->originator);
    ck_assert_ptr_eq(c->successor, l->successor);
    ck_assert_uint_eq(c->category[0].values, 2);
    ck_assert(mu_label_equal(arena, &all, l, c, NULL) && mu_label_equal(arena, &all, l, l, NULL));
    struct mu_label *broken = label_of("GREEN;R Codeword=\xff,\xfe,\xff");
    c = mu_label_canonical(arena, all.policy[0], broken);
    ck_assert_uint_eq(c->category[0].values, 2);
    ck_assert(mu_label_equal(arena, &all, broken, c, NULL));
    ck_assert(!mu_label_equal(arena, &all, broken, label_of("GREEN;R Codeword=\xff"), NULL));
}
END_TEST

/* --- from XML ------------------------------------------------------------------------------------------------ */

#define NS "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define AS_XML(p, open, inside)                                                                    \
    "<" p "originatorConfidentialityLabel " open ">" inside "</" p "originatorConfidentialityLabe" \
    "l>"

static const struct mu_label *read_xml(const char *xml)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    xmlDoc *doc;
    struct mu_xml_fault fault = { .why = "" };
    enum mu_xml_result result =
        mu_xml_parse(arena, mu_bytes_of(xml), MU_GATE_ALLOW_PI, NULL, &doc, &fault);
    ck_assert_msg(result == MU_XML_OK, "%s", fault.why);
    mu_label_read(arena, xmlDocGetRootElement(doc), label);
    return label;
}

/* Prefix, order of attributes, CDATA, comments and instructions inside values: one label. */
START_TEST(forms_of_xml)
{
    static const char *const form[] = {
        AS_XML("", "xmlns='" NS "'",
               "<ConfidentialityInformation><PolicyIdentifier URI='urn:oid:2.25.1'>ZEBRA"
               "</PolicyIdentifier><Classification>GREEN</Classification><Category "
               "Type='RESTRICTIVE' TagName='Codeword' URI='urn:oid:2.25.4'><GenericValue>PEAR"
               "</GenericValue></Category></ConfidentialityInformation>"),
        AS_XML("s:", "xmlns:s='" NS "'",
               "<s:ConfidentialityInformation>\n <s:PolicyIdentifier>\n ZEBRA <!-- x -->"
               "</s:PolicyIdentifier>\n <s:Classification>GR<!-- x -->EEN</s:Classification>"
               "<s:Category URI='urn:oid:2.25.4' TagName='Codeword' Type=' RESTRICTIVE '>"
               "<s:GenericValue><![CDATA[PE]]>A<?x y?>R</s:GenericValue></s:Category>"
               "</s:ConfidentialityInformation>"),
        AS_XML("", "xmlns='" NS "'",
               "<ConfidentialityInformation><PolicyIdentifier>ZEBRA</PolicyIdentifier>"
               "<Classification><![CDATA[GREEN]]></Classification><Category TagName='&#67;odeword' "
               "Type='RESTRICTIVE'><GenericValue>&#x50;EAR</GenericValue><GenericValue>PEAR"
               "</GenericValue></Category></ConfidentialityInformation>"),
    };
    struct mu_policies all = policies_of(false);
    struct mu_bytes first = canonical(&all, read_xml(form[0]));
    for (size_t i = 1; i < MU_COUNT(form); i++) {
        struct mu_bytes got = canonical(&all, read_xml(form[i]));
        ck_assert_msg(mu_bytes_equal(first, got), "%s\n%s", first.p, got.p);
    }
    const char *cut = AS_XML("", "xmlns='" NS "'",
                             "<ConfidentialityInformation><PolicyIdentifier>ZEBRA"
                             "</PolicyIdentifier><Classification>GR<!-- EEN --></Classification>"
                             "</ConfidentialityInformation>");
    ck_assert(!mu_label_equal(arena, &all, read_xml(form[0]), read_xml(cut), NULL));
}
END_TEST

/* --- properties ------------------------------------------------------------------------------------------------ */

static bool idempotent(const struct gen_case *c)
{
    const struct mu_policy *p = c->policies.policy[0];
    struct mu_label *once = mu_label_canonical(arena, p, c->label[0]);
    return mu_bytes_equal(mu_label_write(arena, once),
                          mu_label_write(arena, mu_label_canonical(arena, p, once)))
           && mu_label_equal(arena, &c->policies, c->label[0], once, NULL);
}

/* The label with its categories and values turned round, each value split off and given twice. */
static struct mu_label *shuffled(const struct mu_label *from)
{
    struct mu_label *out = mu_new(arena, struct mu_label);
    size_t n = 0;
    *out = *from;
    out->category = mu_arena_array(arena, 64, sizeof *out->category);
    for (size_t i = from->categories; i-- > 0;) {
        const struct mu_category *c = &from->category[i];
        for (size_t k = c->values; k-- > 0;) {
            struct mu_category one = *c;
            one.value = mu_arena_array(arena, 2, sizeof *one.value);
            one.value[0] = mu_arena_printf(arena, " %s\n", c->value[k]);
            one.value[1] = c->value[k];
            one.values = 2;
            out->category[n++] = one;
        }
        if (c->values == 0)
            out->category[n++] = *c;
    }
    out->categories = n;
    return out;
}

static bool one_form(const struct gen_case *c)
{
    const struct mu_policy *p = c->policies.policy[0];
    struct mu_label *other_form = shuffled(c->label[0]);
    return mu_bytes_equal(mu_label_write(arena, mu_label_canonical(arena, p, c->label[0])),
                          mu_label_write(arena, mu_label_canonical(arena, p, other_form)))
           && mu_label_equal(arena, &c->policies, c->label[0], other_form, NULL);
}

/* Equal labels resolve to the same values, others do not; and equality is that of the forms. */
static bool equal_is_same_form(const struct gen_case *c)
{
    if (c->labels < 2)
        return true;
    const struct mu_policy *p = c->policies.policy[0];
    bool equal = mu_label_equal(arena, &c->policies, c->label[0], c->label[1], NULL);
    if (equal != mu_label_equal(arena, &c->policies, c->label[1], c->label[0], NULL))
        return false;
    return p->is.fold
           || equal
                  == mu_bytes_equal(
                      mu_label_write(arena, mu_label_canonical(arena, p, c->label[0])),
                      mu_label_write(arena, mu_label_canonical(arena, p, c->label[1])));
}

/* A label made from the values of another is that label: known things only. */
static bool made_of_values(const struct gen_case *c)
{
    const struct mu_policy *p = c->policies.policy[0];
    struct mu_resolved r, again;
    mu_resolve(arena, p, c->label[0], &r);
    for (size_t i = 0; i < r.values; i++)
        if (r.value[i].value == MU_NONE || p->value[r.value[i].value].input)
            return true;
    struct mu_label *made = mu_label_of_values(arena, p, r.classification, r.present, NULL);
    mu_resolve(arena, p, made, &again);
    return again.classification == r.classification
           && memcmp(again.present, r.present, (p->values / 64 + 1) * sizeof *r.present) == 0;
}

static const struct {
    const char *name;
    gen_property *holds;
} property[] = {
    { "the canonical form is not its own", idempotent },
    { "labels that mean the same have two forms", one_form },
    { "equality is not that of the forms", equal_is_same_form },
    { "a label made of values has others", made_of_values },
};

START_TEST(each_property)
{
    struct gen g = { 77 + (uint64_t) _i };
    for (size_t i = 0; i < ROUNDS(300); i++) {
        uint64_t seed = g.state;
        struct gen_case c = { .policies = one_policy(gen_policy_at(&g, i)), .labels = 2 };
        for (int k = 0; k < 30; k++) {
            c.label[0] = gen_label(&g, c.policies.policy[0]);
            c.label[1] =
                gen_chance(&g, 50) ? gen_label(&g, c.policies.policy[0]) : shuffled(c.label[0]);
            gen_hold(&c, property[_i].holds, property[_i].name, seed);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("canonical");
    TCase *tc = gen_tcase(suite, "canonical");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_same, 0, MU_COUNT(same));
    tcase_add_loop_test(tc, each_other, 0, MU_COUNT(other));
    tcase_add_test(tc, case_of_unknown_words);
    tcase_add_test(tc, what_stays);
    tcase_add_test(tc, forms_of_xml);
    tcase_add_loop_test(tc, each_property, 0, MU_COUNT(property));
    return run_tests(suite);
}
