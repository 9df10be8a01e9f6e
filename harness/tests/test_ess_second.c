/* A second opinion on our DER: OpenSSL's templates and its asn1parse, over generated labels. */
#include <check.h>
#include <openssl/asn1t.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "ess_support.h"

/* --- labels by chance -------------------------------------------------------------------------------- */

static const char *random_oid(void)
{
    static const char *const known[] = {
        "1.3.26.1.3.1",    "2.25.340282366920938463463374607431768211455",
        "0.39.4294967296", "1.0",
        "2.999",           "2.40.1"
    };
    if (rand() % 2 == 0)
        return known[(size_t) rand() % MU_COUNT(known)];
    struct mu_buf out = { .arena = arena };
    int root = rand() % 3;
    mu_buf_printf(&out, "%d.%d", root, rand() % (root < 2 ? 40 : 200));
    for (int arcs = rand() % 8; arcs > 0; arcs--)
        mu_buf_printf(&out, ".%d", rand() % 3 == 0 ? rand() : rand() % 300);
    return mu_buf_text(&out);
}

static void random_category(struct mu_ess_category *c)
{
    bool seen[600] = { false };
    *c = (struct mu_ess_category){ .form = (enum mu_ess_form)(rand() % (MU_ESS_OTHER_FORM + 1)) };
    if (c->form == MU_ESS_OTHER_FORM) {
        struct mu_buf value = { .arena = arena };
        mu_ber_put_integer(&value, rand());
        c->type = random_oid();
        c->value = mu_buf_bytes(&value);
        return;
    }
    c->set = random_oid();
    size_t want = (size_t) rand() % 12;
    c->number = mu_arena_array(arena, want + 1, sizeof *c->number);
    for (size_t i = 0; i < want; i++)
        seen[(size_t) rand() % MU_COUNT(seen)] = true;
    for (size_t i = 0; i < MU_COUNT(seen); i++)
        if (seen[i])
            c->number[c->numbers++] = i;
}

static struct mu_ess random_label(void)
{
    static const char *const mark[] = { "CLEAR", "A", "STAFF ONLY (EXERCISE)", "TR\xc3\x88S" };
    struct mu_ess label = { .readable = true, .classification = MU_ESS_ABSENT };
    label.policy = random_oid();
    if (rand() % 4 > 0)
        label.classification = rand() % 257;
    if (rand() % 3 > 0) {
        size_t which = (size_t) rand() % MU_COUNT(mark);
        label.mark = mu_bytes_of(mark[which]);
        label.mark_tag = which == 3 || rand() % 2 == 0 ? MU_BER_UTF8 : MU_BER_PRINTABLE;
    }
    label.category = mu_arena_array(arena, 8, sizeof *label.category);
    for (label.categories = 0; label.categories < 8 && rand() % 5 > 0; label.categories++)
        random_category(&label.category[label.categories]);
    return label;
}

/* --- OpenSSL's templates ----------------------------------------------------------------------------- */

typedef struct {
    ASN1_OBJECT *type;
    ASN1_TYPE *value;
} CATEGORY;

typedef struct {
    ASN1_INTEGER *classification;
    ASN1_OBJECT *policy;
    ASN1_UTF8STRING *utf8;
    STACK_OF(CATEGORY) * categories;
    ASN1_PRINTABLESTRING *printable;
} LABEL;

typedef struct {
    ASN1_OBJECT *set;
    ASN1_BIT_STRING *bits;
    STACK_OF(ASN1_INTEGER) * list;
} TAGS;

DEFINE_STACK_OF(CATEGORY)
DECLARE_ASN1_ITEM(CATEGORY)
DECLARE_ASN1_ITEM(LABEL)
DECLARE_ASN1_ITEM(TAGS)

/* clang-format off */
ASN1_SEQUENCE(CATEGORY) = {
    ASN1_IMP(CATEGORY, type, ASN1_OBJECT, 0),
    ASN1_EXP(CATEGORY, value, ASN1_ANY, 1)
} ASN1_SEQUENCE_END(CATEGORY)

ASN1_SEQUENCE(LABEL) = { /* a SET in the order of its tags: the outer tag is given when it is used */
    ASN1_OPT(LABEL, classification, ASN1_INTEGER),
    ASN1_OPT(LABEL, policy, ASN1_OBJECT),
    ASN1_OPT(LABEL, utf8, ASN1_UTF8STRING),
    ASN1_SET_OF_OPT(LABEL, categories, CATEGORY),
    ASN1_OPT(LABEL, printable, ASN1_PRINTABLESTRING)
} ASN1_SEQUENCE_END(LABEL)

ASN1_SEQUENCE(TAGS) = {
    ASN1_SIMPLE(TAGS, set, ASN1_OBJECT),
    ASN1_OPT(TAGS, bits, ASN1_BIT_STRING),
    ASN1_SET_OF_OPT(TAGS, list, ASN1_INTEGER)
} ASN1_SEQUENCE_END(TAGS)
/* clang-format on */

static const char *text_of(const ASN1_OBJECT *object)
{
    char text[200];
    int n = OBJ_obj2txt(text, sizeof text, object, 1);
    ck_assert(n > 0 && (size_t) n < sizeof text);
    return mu_arena_strndup(arena, text, (size_t) n);
}

/* As show_categories() has it, by OpenSSL. */
static void show_other(struct mu_buf *out, CATEGORY *c)
{
    const char *type = text_of(c->type);
    const char *form = NULL;
    for (int n = 0; n < 5; n++)
        if (strcmp(type, mu_arena_printf(arena, "2.16.840.1.101.2.1.8.3.%d", n)) == 0)
            form = (const char *[]){ "rb", "pl", "pb", "ib", "rl" }[n];
    if (form == NULL) {
        mu_buf_printf(out, "|other %s #%d", type, i2d_ASN1_TYPE(c->value, NULL));
        return;
    }
    ck_assert_int_eq(c->value->type, V_ASN1_SEQUENCE);
    const unsigned char *at = c->value->value.sequence->data;
    TAGS *tags =
        (TAGS *) ASN1_item_d2i(NULL, &at, c->value->value.sequence->length, ASN1_ITEM_rptr(TAGS));
    ck_assert_ptr_nonnull(tags);
    if (form[0] == 'i' && tags->bits == NULL)
        form = "il";
    mu_buf_printf(out, "|%s %s", form, text_of(tags->set));
    for (int i = 0; tags->bits != NULL && i < 8 * tags->bits->length; i++)
        if (ASN1_BIT_STRING_get_bit(tags->bits, i))
            mu_buf_printf(out, " %d", i);
    for (int i = 0; tags->list != NULL && i < sk_ASN1_INTEGER_num(tags->list); i++)
        mu_buf_printf(out, " %ld", ASN1_INTEGER_get(sk_ASN1_INTEGER_value(tags->list, i)));
    ASN1_item_free((ASN1_VALUE *) tags, ASN1_ITEM_rptr(TAGS));
}

static LABEL *decode(struct mu_bytes der)
{
    ASN1_VALUE *value = NULL;
    ASN1_TLC context = { .valid = 0 };
    const unsigned char *at = (const unsigned char *) der.p;
    int done = ASN1_item_ex_d2i(&value, &at, (long) der.n, ASN1_ITEM_rptr(LABEL), V_ASN1_SET,
                                V_ASN1_UNIVERSAL, 0, &context);
    ck_assert(done > 0 && (const char *) at == der.p + der.n);
    return (LABEL *) value;
}

static struct mu_bytes encode(LABEL *label)
{
    const ASN1_VALUE *value = (const ASN1_VALUE *) label;
    int n = ASN1_item_ex_i2d(&value, NULL, ASN1_ITEM_rptr(LABEL), V_ASN1_SET, V_ASN1_UNIVERSAL);
    ck_assert_int_gt(n, 0);
    char *der = mu_arena_alloc(arena, (size_t) n);
    unsigned char *at = (unsigned char *) der;
    ASN1_item_ex_i2d(&value, &at, ASN1_ITEM_rptr(LABEL), V_ASN1_SET, V_ASN1_UNIVERSAL);
    return (struct mu_bytes){ der, (size_t) n };
}

static const char *shown_by_openssl(LABEL *l)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out, "%s %ld", l->policy != NULL ? text_of(l->policy) : "-",
                  l->classification != NULL ? ASN1_INTEGER_get(l->classification) : -1L);
    const ASN1_STRING *mark = l->utf8 != NULL ? l->utf8 : l->printable;
    if (mark != NULL)
        mu_buf_printf(&out, " %d'%.*s'", mark->type, mark->length, (const char *) mark->data);
    for (int i = 0; l->categories != NULL && i < sk_CATEGORY_num(l->categories); i++)
        show_other(&out, sk_CATEGORY_value(l->categories, i));
    return mu_buf_text(&out);
}

/* Written, read by us and by OpenSSL, which says the same and writes the same octets. */
START_TEST(generated_labels)
{
    srand(2634);
    for (int i = 0; i < 2000; i++) {
        struct mu_ess label = random_label(), got;
        struct mu_bytes der = written(&label);
        got = read_as(der, MU_ESS_LABEL);
        ck_assert_msg(got.readable && got.report.defects == 0, "%d: %s", i, defects(&got.report));
        ck_assert(mu_bytes_equal(written(&got), der));
        ck_assert_uint_eq(got.categories, label.categories);
        LABEL *other = decode(der);
        ck_assert_str_eq(shown(&got), shown_by_openssl(other));
        ck_assert(mu_bytes_equal(encode(other), der));
        ASN1_item_free((ASN1_VALUE *) other, ASN1_ITEM_rptr(LABEL));
        /* the label that went in, its categories in the order of DER */
        label.category = got.category;
        ck_assert_str_eq(shown(&label), shown(&got));
        tear_down();
        set_up();
    }
}
END_TEST

/* What goes in comes out: one category at a time, so that order plays no part. */
START_TEST(generated_categories)
{
    srand(145);
    for (int i = 0; i < 500; i++) {
        struct mu_ess_category category;
        random_category(&category);
        struct mu_ess label = {
            .readable = true, .policy = "1.2", .category = &category, .categories = 1
        };
        struct mu_ess got = read_as(written(&label), MU_ESS_LABEL);
        ck_assert_uint_eq(got.report.defects, 0);
        ck_assert_str_eq(shown(&got), shown(&label));
    }
}
END_TEST

/* --- asn1parse --------------------------------------------------------------------------------------- */

/* Lines as asn1parse begins them, from our walk. */
static void list(struct mu_ber_cursor in, unsigned depth, struct mu_buf *out)
{
    struct mu_ber e;
    while (mu_ber_next(&in, &e, NULL)) {
        mu_buf_printf(out, "%5zu:d=%-2u hl=%zu l=%4zu %s\n", e.at, depth, e.first - e.at,
                      e.last - e.first, e.constructed ? "cons" : "prim");
        if (e.constructed)
            list(mu_ber_inside(in.all, &e), depth + 1, out);
    }
}

static const char *parsed(const char *file)
{
    struct mu_buf out = { .arena = arena };
    const char *command = mu_arena_printf(arena, "openssl asn1parse -inform DER -in %s 2>&1", file);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    char line[4096];
    while (fgets(line, sizeof line, pipe) != NULL)
        mu_buf_printf(&out, "%.*s\n", (int) (strstr(line, ": ") - line), line);
    ck_assert_int_eq(pclose(pipe), 0);
    return mu_buf_text(&out);
}

START_TEST(asn1parse_agrees)
{
    srand(690);
    char name[] = "/tmp/muster-test-XXXXXX";
    int fd = mkstemp(name);
    ck_assert_int_ge(fd, 0);
    close(fd);
    for (int i = 0; i < 30; i++) {
        struct mu_ess label = random_label();
        struct mu_bytes der = written(&label);
        struct mu_buf ours = { .arena = arena };
        struct mu_err err;
        ck_assert(mu_file_replace(name, der, 0600, &err));
        list(mu_ber_start(der), 0, &ours);
        ck_assert_str_eq(parsed(name), mu_buf_text(&ours));
    }
    unlink(name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ess_second");
    TCase *tc = tcase_create("ess_second");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, generated_labels);
    tcase_add_test(tc, generated_categories);
    tcase_add_test(tc, asn1parse_agrees);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
