/* Mapping between the shipped policies, in both directions, and what holds for each label. */
#include "policy/validity.h"
#include "policy_labels.h"
#include "rounds.h"

static struct mu_policy *nato, *eu, *arkania, *velmar;
static struct mu_policies shipped;

static void set_up_shipped(void)
{
    set_up();
    static struct mu_policy *all[5];
    all[0] = nato = load("nato-exercise");
    all[1] = eu = load("eu-exercise");
    all[2] = arkania = load("arkania");
    all[3] = velmar = load("velmar");
    all[4] = load("public");
    shipped = (struct mu_policies){ all, MU_COUNT(all) };
}

/* --- the shipped policies --------------------------------------------------------------------- */

#define NATO_REL "Context=NATO,Releasable; Releasable To="
enum { NATO, EU, ARKANIA, VELMAR, PUBLIC };

static const struct {
    int from, to;
    unsigned applied;
    const char *label, *want;
} row[] = {
    /* NATO to the European Union: each level, and what is not released to it. */
    { NATO, EU, IN, "RESTRICTED; " NATO_REL "NATO,EU Council",
      "RESTREINT UE/EU RESTRICTED; Releasable To=EU Council,NATO" },
    { NATO, EU, OUT, "CONFIDENTIAL; " NATO_REL "NATO,EEAS,SWE",
      "CONFIDENTIEL UE/EU CONFIDENTIAL; Releasable To=EEAS,NATO,SWE" },
    { NATO, EU, IN, "SECRET; " NATO_REL "NATO,EU Council; Special Category Designators=CRYPTO",
      "SECRET UE/EU SECRET; Special Handling=CRYPTO; Releasable To=EU Council,NATO" },
    { NATO, EU, IN, "TOP SECRET; " NATO_REL "NATO,EU Council",
      "TR\xc3\x88S SECRET UE/EU TOP SECRET; Releasable To=EU Council,NATO" },
    { NATO, EU, IN, "secret; context=nato,releasable; releasable  to=nato,eu council",
      "SECRET UE/EU SECRET; Releasable To=EU Council,NATO" },
    { NATO, EU, IN, "SECRET; " NATO_REL "NATO,EU Council,JPN",
      "SECRET UE/EU SECRET; Releasable To=EU Council,NATO" },
    { NATO, EU, IN, "UNCLASSIFIED; " NATO_REL "NATO,EU Council",
      "EQV-06: 'UNCLASSIFIED' has no equivalent in 'EU-EXERCISE'" },
    { NATO, EU, IN, "SECRET; Context=NATO",
      "EQV-06: nothing would be left of the limit 'Context'" },
    { NATO, EU, IN, "SECRET; Context=KFOR; Only=NATO,SWE",
      "EQV-06: 'NATO' of 'Only' has no equivalent in 'EU-EXERCISE'" },
    { NATO, EU, IN, "SECRET; " NATO_REL "NATO,EU Council; Special Category Designators=ATOMAL",
      "EQV-06: 'ATOMAL' of 'Special Category Designators' has no equivalent in 'EU-EXERCISE'" },
    /* and back. */
    { EU, NATO, IN, "SECRET UE/EU SECRET; Releasable To=EU,NATO",
      "SECRET; " NATO_REL "EU Council,NATO" },
    { EU, NATO, IN, "RESTREINT UE/EU RESTRICTED; Releasable To=EU Council,EEAS,NATO,SWE",
      "RESTRICTED; " NATO_REL "EEAS,EU Council,NATO,SWE" },
    { EU, NATO, IN,
      "CONFIDENTIEL UE/EU CONFIDENTIAL; Releasable To=EU,NATO; Special Handling=CRYPTO",
      "CONFIDENTIAL; Context=NATO,Releasable; Special Category Designators=CRYPTO; "
      "Releasable To=EU Council,NATO" },
    { EU, NATO, IN, "TRE\xcc\x80S SECRET UE/EU TOP SECRET; Releasable To=EU,NATO",
      "TOP SECRET; " NATO_REL "EU Council,NATO" },
    { EU, NATO, IN, "SECRET UE/EU SECRET; Releasable To=EU", "SEM-08" },
    { EU, NATO, IN, "SECRET UE/EU SECRET; Releasable To=EU,NATO; Special Handling=HARBOUR",
      "EQV-06: 'HARBOUR' of 'Special Handling' has no equivalent in 'NATO-EXERCISE'" },
    { EU, NATO, IN, "UNCLASSIFIED; Distribution=LIMITE",
      "EQV-06: 'UNCLASSIFIED' has no equivalent in 'NATO-EXERCISE'" },
    /* A nation whose GUARDED is two levels of others. */
    { NATO, ARKANIA, IN, "RESTRICTED; " NATO_REL "NATO,XAR", "GUARDED; Release=ARKANIA,NATO" },
    { NATO, ARKANIA, IN, "CONFIDENTIAL; " NATO_REL "NATO,XAR", "GUARDED; Release=ARKANIA,NATO" },
    { NATO, ARKANIA, IN, "TOP SECRET; " NATO_REL "NATO,XAR", "SEM-05" },
    { NATO, ARKANIA, IN, "SECRET; " NATO_REL "NATO,XAR; Special Category Designators=CRYPTO",
      "SEALED; Compartment=CRYPTO; Release=ARKANIA,NATO" },
    { NATO, ARKANIA, IN, "SECRET; " NATO_REL "NATO,XAR; Special Category Designators=ATOMAL",
      "EQV-06: tag set 'Compartment' of 'ARKANIA-EXERCISE' has no such value 'ATOMAL'" },
    { ARKANIA, NATO, IN, "CROWN SEALED; Release=NATO,ARKANIA", "SEM-05" },
    { NATO, ARKANIA, IN, "SECRET; " NATO_REL "NATO,SWE", "SEM-07" },
    { ARKANIA, NATO, IN, "GUARDED; Release=ARKANIA,NATO", "CONFIDENTIAL; " NATO_REL "NATO,XAR" },
    { ARKANIA, NATO, IN, "SEALED; Release=ARKANIA,NATO; Compartment=CRYPTO",
      "SECRET; Context=NATO,Releasable; Special Category Designators=CRYPTO; "
      "Releasable To=NATO,XAR" },
    { ARKANIA, NATO, IN, "OPEN; Release=ARKANIA,NATO", "UNCLASSIFIED; " NATO_REL "NATO,XAR" },
    { ARKANIA, NATO, OUT, "OPEN; Release=ARKANIA,NATO",
      "EQV-04: 'OPEN' has no equivalent in 'NATO-EXERCISE' in this direction" },
    { ARKANIA, EU, IN, "SEALED; Release=ARKANIA,EU; Compartment=HARBOUR,LANTERN",
      "SECRET UE/EU SECRET; Special Handling=HARBOUR,LANTERN; Releasable To=EU,XAR" },
    { ARKANIA, EU, OUT, "SEALED; Release=ARKANIA,EU; Compartment=HARBOUR",
      "EQV-04: 'HARBOUR' has no equivalent in this direction" },
    { ARKANIA, EU, IN, "SEALED; Release=ARKANIA,EU; Handling=BY HAND",
      "SECRET UE/EU SECRET; Releasable To=EU,XAR" },
    { EU, ARKANIA, OUT, "SECRET UE/EU SECRET; Releasable To=EU,XAR; Special Handling=HARBOUR",
      "SEALED; Compartment=HARBOUR; Release=ARKANIA,EU" },
    { EU, ARKANIA, IN, "SECRET UE/EU SECRET; Releasable To=EU,XAR; Special Handling=HARBOUR",
      "EQV-04: 'HARBOUR' has no equivalent in this direction" },
    { ARKANIA, VELMAR, IN, "SEALED; Release=ARKANIA",
      "EQV-06: 'ARKANIA-EXERCISE' declares no equivalence with 'VELMAR-EXERCISE'" },
    /* A nation where CONFIDENTIAL is the second lowest of six, and letter case counts. */
    { VELMAR, NATO, IN, "CONFIDENTIAL; Release=VELMAR,NATO", "RESTRICTED; " NATO_REL "NATO,XVE" },
    { VELMAR, NATO, IN, "INTERNAL; Release=VELMAR,NATO", "CONFIDENTIAL; " NATO_REL "NATO,XVE" },
    { VELMAR, NATO, OUT, "COMMAND & STAFF; Release=VELMAR,NATO", "SECRET; " NATO_REL "NATO,XVE" },
    { VELMAR, NATO, IN, "COMMAND & STAFF; Release=VELMAR,NATO",
      "EQV-04: 'COMMAND & STAFF' has no equivalent in 'NATO-EXERCISE' in this direction" },
    { VELMAR, EU, IN, "COMMAND & STAFF; Release=VELMAR,EU",
      "SECRET UE/EU SECRET; Releasable To=EU,XVE" },
    { VELMAR, EU, IN, "confidential; Release=VELMAR,EU", "SEM-02" },
    { VELMAR, EU, IN, "\xc3\x89LEV\xc3\x89; Release=VELMAR,EU; Projects=Cipher",
      "SECRET UE/EU SECRET; Special Handling=CRYPTO; Releasable To=EU,XVE" },
    { VELMAR, EU, IN, "SOVEREIGN; Release=VELMAR,EU; Projects=Falcon",
      "EQV-06: 'Falcon' of 'Projects' has no equivalent in 'EU-EXERCISE'" },
    { VELMAR, EU, IN, "INTERNAL; Release=VELMAR,EU; Desks=Falcon; Projects=Archive",
      "CONFIDENTIEL UE/EU CONFIDENTIAL; Releasable To=EU,XVE" },
    { VELMAR, EU, IN,
      "INTERNAL; Release=VELMAR,EU; Eyes=\xc3\x9c"
      "berbringer",
      "EQV-06: '\xc3\x9c"
      "berbringer' of 'Eyes' has no equivalent in 'EU-EXERCISE'" },
    { NATO, VELMAR, IN, "SECRET; " NATO_REL "NATO,XVE",
      "\xc3\x89LEV\xc3\x89; Release=NATO,VELMAR" },
    { EU, VELMAR, IN, "RESTREINT UE/EU RESTRICTED; Releasable To=EU,XVE",
      "CONFIDENTIAL; Release=EU,VELMAR" },
    /* What cannot be. */
    { NATO, NATO, IN, "SECRET; Context=NATO",
      "EQV-06: the label is in the terms of 'NATO-EXERCISE' already" },
    { NATO, PUBLIC, IN, "UNCLASSIFIED; Context=NATO",
      "EQV-06: 'NATO-EXERCISE' declares no equivalence with 'PUBLIC'" },
    { NATO, EU, IN,
      "S\xd0\x95"
      "CRET; " NATO_REL "NATO,EU Council",
      "SEM-02" },
    { NATO, EU, IN, "SECRET; " NATO_REL "NATO,EU Council; Extra=A", "SEM-03" },
    { NATO, EU, IN, "SECRET; " NATO_REL "NATO,EU Council,Atlantis", "SEM-04" },
    { NATO, EU, IN, "SECRET; Context=Releasable; Releasable To=NATO,EU Council", "SEM-07" },
    { NATO, EU, IN, "SECRET; Context=NATO; Releasable To=NATO,EU Council", "SEM-08" },
    { NATO, EU, IN, "SECRET; " NATO_REL "NATO,EU Council; Only=",
      "EQV-06: nothing would be left of the limit 'Only'" },
};

START_TEST(each_row)
{
    struct mu_label *label = label_of(shipped.policy[row[_i].from], row[_i].label);
    struct mu_mapping m =
        map(shipped.policy[row[_i].from], label, shipped.policy[row[_i].to], row[_i].applied);
    const char *want = row[_i].want;
    bool rule_only = strncmp(want, "SEM-", 4) == 0;
    ck_assert_msg(rule_only ? m.rule != NULL && strcmp(m.rule, want) == 0
                            : strcmp(outcome(&m), want) == 0,
                  "%s -> %s: '%s'", row[_i].label, shipped.policy[row[_i].to]->name, outcome(&m));
    if (m.label == NULL)
        return;
    ck_assert_str_eq(m.label->root, "alternativeConfidentialityLabel");
    ck_assert_str_eq(m.label->policy, shipped.policy[row[_i].to]->name);
    ck_assert_str_eq(m.label->created, label->created);
    ck_assert_str_eq(m.label->review, label->review);
    ck_assert_str_eq(m.label->originator, label->originator);
    ck_assert_str_eq(label->root, "originatorConfidentialityLabel"); /* EQV-01 */
}
END_TEST

/* The shipped policies agree; what is said is only that some levels have no equal. */
START_TEST(shipped_policies_agree)
{
    struct mu_equivalence_defect *defect;
    size_t n = mu_policies_equivalence_defects(arena, &shipped, &defect);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(!defect[i].must && strcmp(defect[i].rule, "SPF-13") == 0, "%s: %s %s:%u",
                      defect[i].rule, defect[i].what, defect[i].policy->name, defect[i].line);
    ck_assert_uint_gt(n, 0); /* NATO UNCLASSIFIED and the European Union */
    ck_assert_str_eq(defect[0].what, "'UNCLASSIFIED' has no equivalent in 'EU-EXERCISE'");
    ck_assert_ptr_eq(defect[0].policy, nato);
    ck_assert_uint_gt(defect[0].line, 1);
}
END_TEST

/* --- rules 3 and 4: which label is used ------------------------------------------------------- */

#define ORIGINATOR  "originatorConfidentialityLabel"
#define ALTERNATIVE "alternativeConfidentialityLabel"

static const struct {
    const char *name;
    struct {
        const char *root, *policy, *classification;
    } label[4];
    int want;
} choice[] = {
    { "nothing", { { NULL, NULL, NULL } }, -1 },
    { "originator", { { ORIGINATOR, "NATO-EXERCISE", "SECRET" } }, 0 },
    { "the old root", { { "ConfidentialityLabel", "NATO-EXERCISE", "SECRET" } }, 0 },
    { "originator after an alternative",
      { { ALTERNATIVE, "EU-EXERCISE", "A" }, { ORIGINATOR, "NATO-EXERCISE", "SECRET" } },
      1 },
    { "unknown originator", { { ORIGINATOR, "ELSEWHERE", "SECRET" } }, -1 },
    { "first known alternative",
      { { ORIGINATOR, "ELSEWHERE", "SECRET" },
        { ALTERNATIVE, "NOWHERE", "A" },
        { ALTERNATIVE, "EU-EXERCISE", "A" },
        { ALTERNATIVE, "NATO-EXERCISE", "A" } },
      2 },
    { "a label of the metadata is none of the data",
      { { ORIGINATOR, "ELSEWHERE", "SECRET" },
        { "metadataConfidentialityLabel", "NATO-EXERCISE", "SECRET" } },
      -1 },
    { "two originators that differ",
      { { ORIGINATOR, "NATO-EXERCISE", "SECRET" }, { ORIGINATOR, "NATO-EXERCISE", "RESTRICTED" } },
      -1 },
    { "two originators of which one is unknown",
      { { ORIGINATOR, "NATO-EXERCISE", "SECRET" }, { ORIGINATOR, "ELSEWHERE", "RED" } },
      -1 },
    { "two originators that say the same",
      { { ORIGINATOR, "NATO-EXERCISE", "SECRET" }, { ORIGINATOR, "NATO-EXERCISE", "Secret" } },
      1 },
    { "no policy", { { ORIGINATOR, NULL, "SECRET" }, { ALTERNATIVE, "EU-EXERCISE", "A" } }, 1 },
};

START_TEST(each_choice)
{
    struct mu_label label[4];
    const struct mu_label *list[4];
    size_t n = 0;
    for (; n < 4 && choice[_i].label[n].root != NULL; n++) {
        label[n] = (struct mu_label){ .root = choice[_i].label[n].root,
                                      .policy = choice[_i].label[n].policy,
                                      .classification = choice[_i].label[n].classification };
        list[n] = &label[n];
    }
    const struct mu_label *got = mu_label_choose(&shipped, list, n);
    ck_assert_msg(got == (choice[_i].want < 0 ? NULL : &label[choice[_i].want]), "%s",
                  choice[_i].name);
}
END_TEST

/* --- what holds for every label --------------------------------------------------------------- */

static uint64_t state; /* xorshift64: the same labels each time */

static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t) (state >> 32) % n;
}

/* Add a value of the policy, or take one away. */
static void change(const struct mu_policy *policy, struct mu_label *label)
{
    struct mu_category *c = &label->category[below((uint32_t) label->categories)];
    if (below(2) == 0 && c->values > 0) {
        c->value[below((uint32_t) c->values)] = c->value[c->values - 1];
        c->values--;
        return;
    }
    const struct mu_value *value = &policy->value[below((uint32_t) policy->values)];
    struct mu_category *more = &label->category[label->categories++];
    *more = (struct mu_category){ .type = mu_tag_type_name(policy->tag[value->tag].type),
                                  .tag_name = policy->set[value->set].name,
                                  .value = mu_arena_array(arena, 2, sizeof(char *)) };
    more->value[more->values++] = value->name;
}

/* A label of one of the rows, changed a little or not; some map, some are refused. */
static struct mu_label *some_label(size_t *which)
{
    *which = below(MU_COUNT(row));
    const struct mu_policy *policy = shipped.policy[row[*which].from];
    struct mu_label *label = label_of(policy, row[*which].label);
    struct mu_category *room = mu_arena_array(arena, label->categories + 8, sizeof *room);
    memcpy(room, label->category, label->categories * sizeof *room);
    label->category = room;
    for (uint32_t n = below(4); n > 1 && label->categories > 0; n--)
        change(policy, label);
    if (below(4) == 0)
        label->classification =
            policy->classification[below((uint32_t) policy->classifications)].name;
    return label;
}

static const char *respelt(const struct mu_policy *policy, const char *text)
{
    char *out = mu_arena_printf(arena, "%s%s%s", below(3) == 0 ? " \n" : "", text,
                                below(3) == 0 ? "  " : "");
    for (char *p = out; *p != '\0' && policy->is.fold; p++)
        if (below(2) == 0 && ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')))
            *p = (char) (*p ^ 0x20);
    return out;
}

/* The same label otherwise: each value a category of its own, in another order, some twice. */
static struct mu_label *other_spelling(const struct mu_policy *policy, const struct mu_label *label)
{
    struct mu_label *out = mu_new(arena, struct mu_label);
    size_t n = 0;
    for (size_t i = 0; i < label->categories; i++)
        n += label->category[i].values + 1;
    *out = *label;
    out->policy = respelt(policy, label->policy);
    out->policy_uri = mu_arena_printf(arena, "urn:oid:%s", policy->id);
    out->classification = respelt(policy, label->classification);
    out->category = mu_arena_array(arena, 2 * n + 1, sizeof *out->category);
    out->categories = 0;
    for (size_t i = label->categories; i-- > 0;) {
        const struct mu_category *c = &label->category[i];
        size_t values = c->values == 0 ? 1 : c->values + below(2);
        for (size_t k = 0; k < values; k++) {
            struct mu_category *to = &out->category[out->categories++];
            *to = (struct mu_category){ .type = c->type,
                                        .tag_name = respelt(policy, c->tag_name),
                                        .value = mu_arena_array(arena, 1, sizeof(char *)) };
            if (c->values > 0)
                to->value[to->values++] = respelt(policy, c->value[(k + 1) % c->values]);
        }
    }
    return out;
}

static const char *written(const struct mu_mapping *m)
{
    return mu_label_write(arena, m->label).p;
}

static bool limits(const struct mu_label *label)
{
    for (size_t i = 0; i < label->categories; i++)
        if (strcmp(label->category[i].type, "INFORMATIVE") != 0)
            return true;
    return false;
}

static int64_t height(const struct mu_policy *policy, const struct mu_label *label)
{
    uint32_t c = mu_policy_classification(policy, label->classification);
    ck_assert(c != MU_NONE);
    return policy->classification[c].hierarchy;
}

static void check_mapped(const struct mu_policy *from, const struct mu_label *label,
                         const struct mu_policy *to, const struct mu_mapping *m)
{
    struct mu_validity_report report;
    mu_validate(arena, &shipped, m->label, now, &report);
    ck_assert_msg(report.valid, "%s -> %s", line_of(label), line_of(m->label));
    for (size_t i = 0; i < label->categories; i++)
        if (strcmp(label->category[i].type, "PERMISSIVE") == 0)
            ck_assert_msg(limits(m->label), "%s -> %s", line_of(label), line_of(m->label));
    for (unsigned applied = OUT; applied <= IN; applied++) {
        struct mu_mapping back = map(to, m->label, from, applied);
        ck_assert_msg(back.label == NULL || height(from, back.label) >= height(from, label),
                      "%s -> %s -> %s", line_of(label), line_of(m->label), outcome(&back));
    }
}

/* Deterministic; the same for each spelling; valid; never lower there and back. */
START_TEST(there_and_back)
{
    size_t mapped = 0, refused = 0, which;
    state = 0x9e3779b97f4a7c15U + (uint64_t) _i;
    for (int i = 0; i < ROUNDS(500); i++) {
        struct mu_label *label = some_label(&which);
        const struct mu_policy *from = shipped.policy[row[which].from];
        const struct mu_policy *to = shipped.policy[row[which].to];
        unsigned applied = below(2) == 0 ? IN : OUT;
        struct mu_mapping m = map(from, label, to, applied), again = map(from, label, to, applied);
        struct mu_mapping other = map(from, other_spelling(from, label), to, applied);
        ck_assert_str_eq(outcome(&m), outcome(&again));
        ck_assert_msg((m.label == NULL) == (other.label == NULL), "%s: %s / %s", line_of(label),
                      outcome(&m), outcome(&other));
        if (m.label == NULL) {
            ck_assert(strncmp(m.rule, "SEM", 3) == 0 || strcmp(m.why, other.why) == 0);
            refused++;
            continue;
        }
        ck_assert_str_eq(written(&m), written(&other));
        check_mapped(from, label, to, &m);
        mapped++;
    }
    ck_assert_msg(mapped > ROUNDS(50) && refused > ROUNDS(50), "%zu mapped, %zu refused", mapped,
                  refused);
}
END_TEST

/* --- levels of random policies, against a table of numbers ------------------------------------ */

enum { LEVELS = 6 };

struct levels {
    int height[LEVELS]; /* of lacv i */
    int to[LEVELS];     /* lacv there; LEVELS: none */
};

static struct levels some_levels(void)
{
    struct levels l;
    for (int i = 0; i < LEVELS; i++) {
        l.height[i] = i;
        l.to[i] = (int) below(LEVELS + 1);
    }
    for (uint32_t i = LEVELS; i-- > 1;) {
        uint32_t k = below(i + 1);
        int held = l.height[i];
        l.height[i] = l.height[k];
        l.height[k] = held;
    }
    return l;
}

static struct mu_policy *policy_of(const struct levels *l, const char *name, const char *id,
                                   const char *other, const char *other_id)
{
    struct mu_buf xml = { .arena = arena };
    mu_buf_printf(&xml,
                  "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='2.1' creationDate='20260101000000Z'"
                  " originatorDN='cn=x' keyIdentifier='00' privilegeId='1.2' rbacId='1.2'>"
                  "<securityPolicyId name='%s' id='%s'/><securityClassifications>",
                  name, id);
    for (int i = 0; i < LEVELS; i++) {
        mu_buf_printf(&xml, "<securityClassification name='%s%d' lacv='%d' hierarchy='%d'>", name,
                      i, i, l->height[i]);
        if (l->to[i] < LEVELS)
            mu_buf_printf(&xml,
                          "<equivalentClassification policyRef='%s' lacv='%d' applied='both'/>",
                          other, l->to[i]);
        mu_buf_puts(&xml, "</securityClassification>");
    }
    mu_buf_printf(&xml,
                  "</securityClassifications><equivalentPolicies><equivalentPolicy name='%s' "
                  "id='%s'/></equivalentPolicies></SPIF>",
                  other, other_id);
    return parse(mu_buf_text(&xml));
}

START_TEST(random_policies)
{
    size_t mapped = 0, lowered = 0;
    state = 4774;
    for (int n = 0; n < ROUNDS(300); n++) {
        struct levels a = some_levels(), b = some_levels();
        struct mu_policy *from = policy_of(&a, "A", "2.25.1", "B", "2.25.2");
        struct mu_policy *to = policy_of(&b, "B", "2.25.2", "A", "2.25.1");
        for (int i = 0; i < LEVELS; i++) {
            struct mu_mapping m =
                map(from, label_of(from, mu_arena_printf(arena, "A%d", i)), to, IN);
            int there = a.to[i], back = there < LEVELS ? b.to[there] : LEVELS;
            const char *want = there == LEVELS                                 ? "EQV-06"
                               : back < LEVELS && a.height[back] < a.height[i] ? "EQV-07"
                                                                               : NULL;
            ck_assert_msg((want == NULL) == (m.label != NULL), "%d: %s", n, outcome(&m));
            if (want != NULL)
                ck_assert_str_eq(m.rule, want);
            else
                ck_assert_str_eq(m.label->classification, mu_arena_printf(arena, "B%d", there));
            mapped += want == NULL;
            lowered += want != NULL && strcmp(want, "EQV-07") == 0;
        }
    }
    ck_assert_msg(mapped > ROUNDS(300) && lowered > ROUNDS(300), "%zu mapped, %zu lowered", mapped,
                  lowered);
}
END_TEST

/* --- large ones ------------------------------------------------------------------------------- */

enum { MANY = 5000, SOME = 500 };

/* Values of one set; each with an entry of its own, or all by their names. */
static struct mu_policy *large_policy(const char *name, const char *id, const char *other,
                                      const char *other_id, bool entries)
{
    struct mu_buf xml = { .arena = arena };
    mu_buf_printf(&xml,
                  "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='2.1' creationDate='20260101000000Z'"
                  " originatorDN='cn=x' keyIdentifier='00' privilegeId='1.2' rbacId='1.2'>"
                  "<securityPolicyId name='%s' id='%s'/><securityClassifications>"
                  "<securityClassification name='ONE' lacv='1' hierarchy='1'>"
                  "<equivalentClassification policyRef='%s' lacv='1' applied='both'/>"
                  "</securityClassification></securityClassifications><securityCategoryTagSets>"
                  "<securityCategoryTagSet name='Set' id='%s.1'>"
                  "<securityCategoryTag name='t' tagType='permissive'>",
                  name, id, other, id);
    for (int i = 0; i < MANY; i++) {
        mu_buf_printf(&xml, "<tagCategory name='v%d' lacv='%d'>", i, i);
        if (entries)
            mu_buf_printf(&xml,
                          "<equivalentSecCategoryTag policyRef='%s' tagSetId='%s.1' "
                          "tagType='permissive' lacv='%d' applied='both'/>",
                          other, other_id, MANY - 1 - i);
        mu_buf_puts(&xml, "</tagCategory>");
    }
    mu_buf_printf(&xml,
                  "</securityCategoryTag><equivalentSecurityCategoryTagSet policyRef='%s' "
                  "name='Set'/></securityCategoryTagSet></securityCategoryTagSets>"
                  "<equivalentPolicies><equivalentPolicy name='%s' id='%s'/></equivalentPolicies>"
                  "</SPIF>",
                  other, other, other_id);
    return parse(mu_buf_text(&xml));
}

/* A label of 500 values under a policy of 5,000. */
START_TEST(large)
{
    bool entries = _i == 1;
    struct mu_policy *a = large_policy("A", "2.25.1", "B", "2.25.2", entries);
    struct mu_policy *b = large_policy("B", "2.25.2", "A", "2.25.1", entries);
    struct mu_policy *both[] = { a, b };
    struct mu_equivalence_defect *defect;
    struct mu_buf line = { .arena = arena };
    mu_buf_puts(&line, "ONE; Set=v0");
    for (int i = 1; i < SOME; i++)
        mu_buf_printf(&line, ",v%d", i * (MANY / SOME));
    struct mu_label *label = label_of(a, mu_buf_text(&line));
    struct mu_mapping m = map(a, label, b, IN);
    ck_assert_msg(m.label != NULL, "%s", outcome(&m));
    ck_assert_uint_eq(m.label->categories, 1);
    ck_assert_uint_eq(m.label->category[0].values, SOME);
    const char *first = entries ? "v4999" : "v0";
    bool found = false;
    for (size_t i = 0; i < SOME; i++)
        found = found || strcmp(m.label->category[0].value[i], first) == 0;
    ck_assert(found);
    struct mu_mapping back = map(b, m.label, a, IN);
    ck_assert(mu_label_same(arena, label, back.label, NULL));
    ck_assert_uint_eq(
        mu_policies_equivalence_defects(arena, &(struct mu_policies){ both, 2 }, &defect), 0);
}
END_TEST

/* A label that names one set 5,000 times. */
START_TEST(label_of_many_categories)
{
    struct mu_buf line = { .arena = arena };
    mu_buf_puts(&line, "SECRET; Context=NATO,Releasable");
    for (int i = 0; i < MANY; i++)
        mu_buf_puts(&line, i % 2 == 0 ? "; Releasable To=NATO" : "; Releasable To=EU Council");
    struct mu_mapping m = map(nato, label_of(nato, mu_buf_text(&line)), eu, IN);
    ck_assert_str_eq(outcome(&m), "SECRET UE/EU SECRET; Releasable To=EU Council,NATO");
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("equivalent");
    TCase *tc = tcase_create("shipped");
    tcase_add_checked_fixture(tc, set_up_shipped, tear_down);
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_test(tc, shipped_policies_agree);
    tcase_add_loop_test(tc, each_choice, 0, MU_COUNT(choice));
    tcase_add_loop_test(tc, there_and_back, 0, 8);
    tcase_add_test(tc, random_policies);
    tcase_add_loop_test(tc, large, 0, 2);
    tcase_add_test(tc, label_of_many_categories);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
