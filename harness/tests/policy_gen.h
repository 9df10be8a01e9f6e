/*
 * policy_gen.h - what the tests of the policy layer share: labels, clearances and policies in short
 * words, seeded generators of all three, and a shrinker that makes a failing input small before it
 * is shown.
 */
#ifndef MU_TESTS_POLICY_GEN_H
#define MU_TESTS_POLICY_GEN_H

#include <check.h>
#include <glob.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/datetime.h"
#include "format/unicode.h"
#include "format/xml.h"
#include "policy/decide.h"
#include "policy/dominate.h"
#include "policy/names.h"
#include "policy/validity.h"

/* --- policies in XML --------------------------------------------------------------------------------- */

#define SPIF_HEAD                                                                                  \
    "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='2.1' version='7' creationDate='20260101000000Z' " \
    "originatorDN='CN=Test' keyIdentifier='01' privilegeId='1.3.26.0.4774.5.24.1' "                \
    "rbacId='1.3.26.0.4774.5.24.1'>"
#define SPIF(body)      SPIF_HEAD body "</SPIF>"
#define POLICY_ID       "<securityPolicyId name='ZEBRA' id='2.25.1'/>"
#define CLASSES(inside) "<securityClassifications>" inside "</securityClassifications>"
#define CLASS(name, lacv, hierarchy, inside)                                                       \
    "<securityClassification name='" name "' lacv='" lacv "' hierarchy='" hierarchy "'>" inside    \
    "</securityClassification>"
#define SETS(inside) "<securityCategoryTagSets>" inside "</securityCategoryTagSets>"
#define SET(name, id, inside)                                                                      \
    "<securityCategoryTagSet name='" name "' id='" id "'>" inside "</securityCategoryTagSet>"
#define TAG(attributes, inside)                                                                    \
    "<securityCategoryTag " attributes ">" inside "</securityCategoryTag>"
#define RESTRICTIVE                    "tagType='restrictive'"
#define PERMISSIVE                     "tagType='permissive'"
#define INFORMATIVE                    "tagType='tagType7' tag7Encoding='securityAttributes'"
#define VALUE(name, lacv)              "<tagCategory name='" name "' lacv='" lacv "'/>"
#define VALUE_WITH(attributes, inside) "<tagCategory " attributes ">" inside "</tagCategory>"
#define FOLD                           "<extensions><conventions xmlns='" MU_POLICY_NS "' case='insensitive'/></extensions>"

static struct mu_arena *arena; /* of one test */

static inline void gen_set_up(void)
{
    arena = mu_arena_new(2048 * MU_MIB);
}

static inline void gen_tear_down(void)
{
    mu_arena_free(arena);
}

static inline struct mu_policy *policy_of(const char *xml)
{
    struct mu_policy *policy = NULL;
    struct mu_err err = { .code = MU_ERR_NONE };
    char text[400] = "";
    if (!mu_policy_load_bytes(arena, mu_bytes_of(xml), "spif.xml", &policy, &err))
        mu_err_text(&err, text, sizeof text);
    ck_assert_msg(policy != NULL, "%s\n%.2000s", text, xml);
    return policy;
}

static inline struct mu_policies one_policy(struct mu_policy *policy)
{
    struct mu_policies all = { .policy = mu_new(arena, struct mu_policy *), .count = 1 };
    all.policy[0] = policy;
    return all;
}

static inline int64_t at(const char *time)
{
    struct mu_instant t;
    ck_assert_msg(mu_datetime_read(mu_bytes_of(time), &t), "%s", time);
    return t.seconds;
}

#define NOW at("2026-11-23T10:00:00Z")

/* --- labels and clearances in short words -------------------------------------------------------------- */

/* The piece up to `stop` or the end; *text moves behind it. */
static inline const char *piece(const char **text, char stop)
{
    const char *end = strchr(*text, stop);
    size_t n = end != NULL ? (size_t) (end - *text) : strlen(*text);
    const char *out = mu_arena_strndup(arena, *text, n);
    *text += n + (end != NULL);
    return out;
}

static inline size_t pieces(const char *text, const char ***out)
{
    size_t count = 1, n = 0;
    for (const char *p = text; *p != '\0'; p++)
        count += *p == ',';
    *out = mu_arena_array(arena, count, sizeof **out);
    for (; n < count && *text != '\0'; n++)
        (*out)[n] = piece(&text, ',');
    return n;
}

/* "R Codeword@2.25.4=APPLE,PEAR": R, P, I for the types, anything else is the type as it stands. */
static inline struct mu_category category_of(const char *text)
{
    static const struct {
        const char *letter, *type;
    } row[] = { { "R", "RESTRICTIVE" }, { "P", "PERMISSIVE" }, { "I", "INFORMATIVE" } };
    struct mu_category c = { .type = piece(&text, ' ') };
    const char *name = piece(&text, '=');
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].letter, c.type) == 0)
            c.type = row[i].type;
    c.tag_name = piece(&name, '@');
    c.uri = *name != '\0' ? mu_arena_printf(arena, "urn:oid:%s", name) : NULL;
    c.values = pieces(text, &c.value);
    return c;
}

/* "SECRET;mark=CLEAR;P Releasable To=MOCK,PHONY"; further keys: policy, uri, created. "-" is absent,
 * and "" of a policy, too. */
static inline struct mu_label *label_of(const char *text)
{
    struct mu_label *l = mu_new(arena, struct mu_label);
    *l = (struct mu_label){ .root = "originatorConfidentialityLabel",
                            .policy = "ZEBRA",
                            .classification = piece(&text, ';'),
                            .category = mu_arena_array(arena, 64, sizeof *l->category) };
    if (strcmp(l->classification, "-") == 0)
        l->classification = NULL;
    const struct {
        const char *key, **field;
    } row[] = { { "policy=", &l->policy },
                { "uri=", &l->policy_uri },
                { "mark=", &l->privacy_mark },
                { "created=", &l->created } };
    while (*text != '\0') {
        const char *part = piece(&text, ';');
        bool taken = false;
        for (size_t i = 0; i < MU_COUNT(row) && !taken; i++) {
            taken = strncmp(part, row[i].key, strlen(row[i].key)) == 0;
            if (taken)
                *row[i].field = part + strlen(row[i].key);
        }
        if (!taken)
            l->category[l->categories++] = category_of(part);
    }
    if (strcmp(l->policy, "-") == 0)
        l->policy = NULL;
    return l;
}

/* The same words, with several classifications: "GREEN,RED;R Codeword=APPLE". */
static inline struct mu_clearance *clearance_of(const char *text)
{
    struct mu_label *l = label_of(text);
    struct mu_clearance *c = mu_new(arena, struct mu_clearance);
    *c = (struct mu_clearance){ .policy = l->policy,
                                .policy_uri = l->policy_uri,
                                .category = l->category,
                                .categories = l->categories };
    c->classifications =
        l->classification != NULL ? pieces(l->classification, &c->classification) : 0;
    return c;
}

static inline void show_categories(struct mu_buf *out, const struct mu_category *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mu_buf_printf(out, ";%.1s %s", c[i].type != NULL ? c[i].type : "-", c[i].tag_name);
        if (c[i].uri != NULL)
            mu_buf_printf(out, "@%s", c[i].uri + strlen("urn:oid:"));
        for (size_t k = 0; k < c[i].values; k++)
            mu_buf_printf(out, "%s%s", k == 0 ? "=" : ",", c[i].value[k]);
    }
}

static inline const char *show_label(const struct mu_label *l)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out, "%s", l->classification != NULL ? l->classification : "-");
    if (l->privacy_mark != NULL)
        mu_buf_printf(&out, ";mark=%s", l->privacy_mark);
    show_categories(&out, l->category, l->categories);
    return mu_buf_text(&out);
}

static inline const char *show_clearance(const struct mu_clearance *c)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < c->classifications; i++)
        mu_buf_printf(&out, "%s%s", i > 0 ? "," : "", c->classification[i]);
    show_categories(&out, c->category, c->categories);
    return mu_buf_text(&out);
}

/* --- chance --------------------------------------------------------------------------------------------- */

struct gen {
    uint64_t state;
};

/* splitmix64: a seed is a sequence, on every machine the same. */
static inline uint64_t gen_next(struct gen *g)
{
    uint64_t z = g->state += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static inline uint32_t gen_below(struct gen *g, uint32_t n)
{
    return n == 0 ? 0 : (uint32_t) (gen_next(g) % n);
}

static inline bool gen_chance(struct gen *g, uint32_t percent)
{
    return gen_below(g, 100) < percent;
}

/* --- generated policies ---------------------------------------------------------------------------------- */

static const char *const gen_word[] = {
    "APPLE", "PEAR", "QUINCE", "MOCK", "PHONY", "TR\xc3\x88S FINE", "two words", "Straw-Berry",
};

static inline void gen_refs(struct gen *g, struct mu_buf *out, uint32_t classes, uint32_t sets)
{
    static const char *const operation[] = { "onlyOne", "oneOrMore", "all" };
    static const char *const type[] = { RESTRICTIVE, PERMISSIVE, INFORMATIVE };
    if (gen_chance(g, 10))
        mu_buf_printf(out, "<excludedClass>C%u</excludedClass>", gen_below(g, classes));
    if (gen_chance(g, 8))
        mu_buf_printf(out,
                      "<requiredCategory operation='%s'><categoryGroup tagSetRef='S%u' %s %s/>"
                      "</requiredCategory>",
                      operation[gen_below(g, 3)], gen_below(g, sets), type[gen_below(g, 3)],
                      gen_chance(g, 50) ? "all='true'" : "lacv='1'");
    if (gen_chance(g, 8))
        mu_buf_printf(out, "<excludedCategory tagSetRef='S%u' %s lacv='%u'/>", gen_below(g, sets),
                      type[gen_below(g, 3)], gen_below(g, 5));
}

static inline void gen_tag(struct gen *g, struct mu_buf *out, uint32_t classes, uint32_t sets)
{
    static const char *const type[] = { RESTRICTIVE, PERMISSIVE, INFORMATIVE,
                                        "tagType='enumerated' enumType='permissive'" };
    mu_buf_printf(out, "<securityCategoryTag %s%s%s>", type[gen_below(g, 4)],
                  gen_chance(g, 10) ? " maxSelection='2'" : "",
                  gen_chance(g, 5) ? " minSelection='1'" : "");
    uint32_t values = gen_below(g, 7);
    for (uint32_t i = 0; i < values; i++) {
        mu_buf_printf(out, "<tagCategory name='%s' lacv='%u'%s>",
                      gen_word[gen_below(g, MU_COUNT(gen_word))],
                      gen_chance(g, 20) ? gen_below(g, 4) : 10 + i,
                      gen_chance(g, 3) ? " userInput='string'" : "");
        gen_refs(g, out, classes, sets);
        mu_buf_puts(out, "</tagCategory>");
    }
    mu_buf_puts(out, "</securityCategoryTag>");
}

/* Names C0.. and S0..; names of values twice, lacv twice, ranks twice, all now and then. */
static inline struct mu_policy *gen_policy(struct gen *g)
{
    struct mu_buf out = { .arena = arena };
    uint32_t classes = 1 + gen_below(g, 6), sets = gen_below(g, 6);
    mu_buf_puts(&out, SPIF_HEAD POLICY_ID "<securityClassifications>");
    for (uint32_t i = 0; i < classes; i++)
        mu_buf_printf(&out, "<securityClassification name='C%u' lacv='%u' hierarchy='%d'/>", i, i,
                      gen_chance(g, 10) ? 3 : (int) ((i * 5 + 3) % 7) - 2);
    mu_buf_puts(&out, "</securityClassifications>");
    mu_buf_puts(&out, sets > 0 ? "<securityCategoryTagSets>" : "");
    for (uint32_t i = 0; i < sets; i++) {
        mu_buf_printf(&out, "<securityCategoryTagSet name='S%u' id='2.25.1.%u'>", i, i);
        gen_tag(g, &out, classes, sets);
        if (gen_chance(g, 25))
            gen_tag(g, &out, classes, sets);
        mu_buf_puts(&out, "</securityCategoryTagSet>");
    }
    mu_buf_puts(&out, sets > 0 ? "</securityCategoryTagSets>" : "");
    mu_buf_puts(&out, gen_chance(g, 50) ? FOLD : "");
    mu_buf_puts(&out, "</SPIF>");
    return policy_of(mu_buf_text(&out));
}

/* The policies that are shipped. */
static inline struct mu_policies shipped_policies(void)
{
    glob_t found;
    struct mu_policies all = { .count = 0 };
    if (glob(MU_SOURCE_DIR "/profiles/policies/*.xml", 0, NULL, &found) != 0)
        return all;
    all.policy = mu_arena_array(arena, found.gl_pathc, sizeof *all.policy);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct mu_err err;
        char text[400] = "";
        if (strstr(found.gl_pathv[i], "schemes.xml") != NULL)
            continue;
        if (!mu_policy_load(arena, found.gl_pathv[i], &all.policy[all.count++], &err))
            mu_err_text(&err, text, sizeof text);
        ck_assert_msg(text[0] == '\0', "%s", text);
    }
    globfree(&found);
    return all;
}

/* Policy number `i`: the shipped ones first, then generated ones, of which there is no end. */
static inline struct mu_policy *gen_policy_at(struct gen *g, size_t i)
{
    struct mu_policies shipped = { .count = 0 };
    if (i < 16) /* more are not shipped */
        shipped = shipped_policies();
    ck_assert(shipped.count < 16);
    return i < shipped.count ? shipped.policy[i] : gen_policy(g);
}

/* --- generated labels and clearances ----------------------------------------------------------------------- */

static inline void gen_category(struct gen *g, const struct mu_policy *p, struct mu_category *out)
{
    const struct mu_tag *tag = &p->tag[gen_below(g, (uint32_t) p->tags)];
    const struct mu_tag_set *set = &p->set[tag->set];
    uint32_t values = tag->count == 0 ? 0 : 1 + gen_below(g, tag->count < 3 ? tag->count : 3);
    *out = (struct mu_category){
        .type = mu_tag_type_name(tag->type == MU_TAG_UNUSED ? MU_TAG_INFORMATIVE : tag->type),
        .tag_name = set->name,
        .uri = gen_chance(g, 30) ? mu_arena_printf(arena, "urn:oid:%s", set->id) : NULL,
        .value = mu_arena_array(arena, 5, sizeof *out->value)
    };
    if (gen_chance(g, 3))
        values = 0;
    for (uint32_t i = 0; i < values; i++)
        out->value[out->values++] = p->value[tag->first + gen_below(g, tag->count)].name;
    if (gen_chance(g, 2))
        out->value[out->values++] = "no such value";
}

static inline const char *gen_class(struct gen *g, const struct mu_policy *p)
{
    return gen_chance(g, 2) ? "no such class"
                            : p->classification[gen_below(g, (uint32_t) p->classifications)].name;
}

static inline struct mu_label *gen_label(struct gen *g, const struct mu_policy *p)
{
    struct mu_label *l = mu_new(arena, struct mu_label);
    *l = (struct mu_label){ .root = "originatorConfidentialityLabel",
                            .policy = p->name,
                            .classification = gen_class(g, p),
                            .category = mu_arena_array(arena, 8, sizeof *l->category) };
    uint32_t categories = p->tags > 0 ? gen_below(g, 5) : 0;
    for (uint32_t i = 0; i < categories; i++)
        gen_category(g, p, &l->category[l->categories++]);
    if (gen_chance(g, 20))
        l->privacy_mark = gen_chance(g, 50) ? "CLEAR" : "clear";
    return l;
}

/* Rather much, so that something is permitted now and then. */
static inline struct mu_clearance *gen_clearance(struct gen *g, const struct mu_policy *p)
{
    struct mu_clearance *c = mu_new(arena, struct mu_clearance);
    *c = (struct mu_clearance){
        .policy = p->name,
        .classification = mu_arena_array(arena, p->classifications + 1, sizeof *c->classification),
        .category = mu_arena_array(arena, p->tags + 1, sizeof *c->category)
    };
    for (size_t i = 0; i < p->classifications; i++)
        if (gen_chance(g, 70))
            c->classification[c->classifications++] = p->classification[i].name;
    for (size_t i = 0; i < p->tags; i++) {
        const struct mu_tag *tag = &p->tag[i];
        if (tag->type == MU_TAG_UNUSED || !gen_chance(g, 85))
            continue;
        struct mu_category *out = &c->category[c->categories++];
        *out = (struct mu_category){ .type = mu_tag_type_name(tag->type),
                                     .tag_name = p->set[tag->set].name,
                                     .value = mu_arena_array(arena, tag->count + 1,
                                                             sizeof *out->value) };
        for (uint32_t k = 0; k < tag->count; k++)
            if (gen_chance(g, 70))
                out->value[out->values++] = p->value[tag->first + k].name;
    }
    return c;
}

/* --- shrinking ---------------------------------------------------------------------------------------------- */

/* An input of a property. */
struct gen_case {
    struct mu_policies policies; /* the first is the one that labels are of */
    struct mu_label *label[3];
    size_t labels;
    struct mu_clearance *clearance; /* NULL: none */
    struct mu_category extra;       /* what is added to label or clearance */
};

typedef bool gen_property(const struct gen_case *c);

/* Without what stands at `i`; false: there is nothing there. */
#define GEN_TAKE(array, count, i)                                                                  \
    (memmove(&(array)[i], &(array)[(i) + 1], ((count) - (i) -1) * sizeof *(array)), (count)--)

static inline struct mu_category *gen_copy(const struct mu_category *c, size_t count)
{
    struct mu_category *out = mu_arena_array(arena, count + 1, sizeof *out);
    for (size_t i = 0; i < count; i++) {
        out[i] = c[i];
        out[i].value = mu_arena_array(arena, c[i].values + 1, sizeof *out[i].value);
        if (c[i].values > 0)
            memcpy(out[i].value, c[i].value, c[i].values * sizeof *out[i].value);
    }
    return out;
}

/* Leave the step'th thing out of the categories; false when there are not so many. */
static inline bool gen_leave_out(struct mu_category **category, size_t *count, size_t *step)
{
    *category = gen_copy(*category, *count);
    for (size_t i = 0; i < *count; i++) {
        struct mu_category *c = &(*category)[i];
        if (*step == 0) {
            GEN_TAKE(*category, *count, i);
            return true;
        }
        --*step;
        if (*step < c->values) {
            GEN_TAKE(c->value, c->values, *step);
            return true;
        }
        *step -= c->values;
    }
    return false;
}

/* The case without its step'th thing: a label, privacy mark, category or value of it. */
static inline bool gen_smaller(const struct gen_case *from, size_t step, struct gen_case *out)
{
    *out = *from;
    for (size_t i = 0; i < from->labels; i++) {
        if (from->labels > 1 && step-- == 0) {
            GEN_TAKE(out->label, out->labels, i);
            return true;
        }
        out->label[i] = mu_new(arena, struct mu_label);
        *out->label[i] = *from->label[i];
        if (out->label[i]->privacy_mark != NULL && step-- == 0) {
            out->label[i]->privacy_mark = NULL;
            return true;
        }
        if (gen_leave_out(&out->label[i]->category, &out->label[i]->categories, &step))
            return true;
    }
    if (from->clearance == NULL)
        return false;
    struct mu_clearance *c = out->clearance = mu_new(arena, struct mu_clearance);
    *c = *from->clearance;
    if (gen_leave_out(&c->category, &c->categories, &step))
        return true;
    if (step >= c->classifications)
        return false;
    c->classification = mu_arena_array(arena, c->classifications, sizeof *c->classification);
    memcpy(c->classification, from->clearance->classification,
           c->classifications * sizeof *c->classification);
    GEN_TAKE(c->classification, c->classifications, step);
    return true;
}

/* Take things away for as long as the property still fails. */
static inline void gen_shrink(struct gen_case *c, gen_property *holds)
{
    struct gen_case smaller;
    for (size_t step = 0; gen_smaller(c, step, &smaller); step++)
        if (!holds(&smaller)) {
            *c = smaller;
            step = SIZE_MAX; /* from the start */
        }
}

/* Fail with the smallest input that breaks the property. */
static inline void gen_hold(struct gen_case *c, gen_property *holds, const char *what,
                            uint64_t seed)
{
    if (holds(c))
        return;
    gen_shrink(c, holds);
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < c->labels; i++)
        mu_buf_printf(&out, "\n  label %s", show_label(c->label[i]));
    if (c->clearance != NULL)
        mu_buf_printf(&out, "\n  clearance %s", show_clearance(c->clearance));
    mu_buf_puts(&out, "\n  extra ");
    show_categories(&out, &c->extra, c->extra.type != NULL);
    xmlChar *xml = NULL;
    int n = 0;
    xmlDocDumpMemory(c->policies.policy[0]->doc, &xml, &n);
    ck_abort_msg("%s, seed %llu:%s\n%.4000s", what, (unsigned long long) seed, mu_buf_text(&out),
                 n < 4000 ? (const char *) xml : c->policies.policy[0]->path);
}

/* --- running ------------------------------------------------------------------------------------------------ */

static inline int run_tests(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

static inline TCase *gen_tcase(Suite *suite, const char *name)
{
    TCase *tc = tcase_create(name);
    struct mu_err err;
    mu_xml_start();
    if (!mu_unicode_start(&err))
        exit(2);
    tcase_add_checked_fixture(tc, gen_set_up, gen_tear_down);
    suite_add_tcase(suite, tc);
    return tc;
}

#endif
