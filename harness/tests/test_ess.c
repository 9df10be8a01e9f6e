#include <check.h>
#include <stdlib.h>

#include "ess_support.h"

/* --- vectors and defects ----------------------------------------------------------------------------- */

#define POLICY "06 01 29" /* 1.1 */
#define CLASS2 "02 01 02"
#define TYPE   "80 0a 60 86 48 01 65 02 01 08 03" /* and one octet: 2.16.840.1.101.2.1.8.3.n */
#define SETID  "06 02 2a 03"                      /* 1.2.3 */

static const struct {
    const char *name, *label, *want, *defects;
    enum mu_ess_syntax syntax;
} row[] = {
    /* RFC 7444 and XEP-0258 */
    { "RFC 7444, BER and not DER", "31 06 06 01 29 02 01 03", "1.1 3", "not-der-order@5", 0 },
    { "labeled message", "31 06 02 01 02 06 01 29", "1.1 2", "", 0 },
    { "without a policy", "31 15 02 02 00 fd 0c 0f 41717561 20286f62 736f6c65 746529",
      "- 253 12'Aqua (obsolete)'", "no-policy@0", 0 },
    { "without a policy, X.411", "31 15 02 02 00 fd 0c 0f 41717561 20286f62 736f6c65 746529",
      "- 253 12'Aqua (obsolete)'", "mark-type@6", MU_ESS_X411 },
    /* members */
    { "policy alone", "31 03" POLICY, "1.1 -1", "", 0 },
    { "nothing", "31 00", "- -1", "no-policy@0 no-members@0", 0 },
    { "nothing, X.411", "31 00", "- -1", "no-members@0", MU_ESS_X411 },
    { "class alone, X.411", "31 03" CLASS2, "- 2", "", MU_ESS_X411 },
    { "printable mark behind the categories",
      "31 14 02 01 00" POLICY "31 09 30 07 80 01 29 a1 02 05 00 13 01 41",
      "1.1 0 19'A'|other 1.1 #2", "", 0 },
    { "utf-8 mark before the categories",
      "31 14 02 01 00" POLICY "0c 01 41 31 09 30 07 80 01 29 a1 02 05 00",
      "1.1 0 12'A'|other 1.1 #2", "", 0 },
    { "printable mark before the categories",
      "31 14 02 01 00" POLICY "13 01 41 31 09 30 07 80 01 29 a1 02 05 00",
      "1.1 0 19'A'|other 1.1 #2", "not-der-order@11", 0 },
    { "class twice", "31 09" CLASS2 "02 01 05" POLICY, "1.1 -1", "duplicate-member@5", 0 },
    { "policy twice", "31 09" CLASS2 POLICY POLICY, "- 2", "duplicate-member@8", 0 },
    { "mark twice, two types", "31 0c" CLASS2 POLICY "0c 01 41 13 01 41", "1.1 2",
      "duplicate-member@11", 0 },
    { "boolean", "31 09 01 01 ff" CLASS2 POLICY, "1.1 2", "unknown-member@2", 0 },
    { "context tag", "31 09" CLASS2 POLICY "80 01 02", "1.1 2", "unknown-member@8", 0 },
    { "application tag", "31 09 42 01 02" CLASS2 POLICY, "1.1 2", "unknown-member@2", 0 },
    /* classification */
    { "zero", "31 06 02 01 00" POLICY, "1.1 0", "", 0 },
    { "256", "31 07 02 02 01 00" POLICY, "1.1 256", "", 0 },
    { "257", "31 07 02 02 01 01" POLICY, "1.1 257", "classification-range@2", 0 },
    { "negative", "31 06 02 01 ff" POLICY, "1.1 -1", "classification-range@2", 0 },
    { "five octets", "31 0a 02 05 01 00 00 00 03" POLICY, "1.1 4294967299",
      "classification-range@2", 0 },
    { "nine octets", "31 0e 02 09 01 00 00 00 00 00 00 00 02" POLICY, "1.1 9223372036854775807",
      "classification-range@2", 0 },
    { "padded", "31 07 02 02 00 02" POLICY, "1.1 -1", "bad-integer@2", 0 },
    { "padded below zero", "31 07 02 02 ff 80" POLICY, "1.1 -1", "bad-integer@2", 0 },
    { "without octets", "31 05 02 00" POLICY, "1.1 -1", "bad-integer@2", 0 },
    { "constructed integer", "31 08 22 03" CLASS2 POLICY, "1.1 -1", "bad-integer@2", 0 },
    /* policy */
    { "uuid", "31 16 06 14 69 83 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 7f",
      "2.25.340282366920938463463374607431768211455 -1", "", 0 },
    { "root 2, large", "31 05 06 03 88 37 03", "2.999.3 -1", "", 0 },
    { "root 2, 48 and 40", "31 06 06 04 81 00 50 00", "2.48.80.0 -1", "", 0 },
    { "root 0", "31 04 06 02 27 00", "0.39.0 -1", "", 0 },
    { "past 39 digits",
      "31 17 06 15 69 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 7f", "- -1",
      "bad-oid@2", 0 },
    { "empty oid", "31 02 06 00", "- -1", "bad-oid@2", 0 },
    { "unfinished oid", "31 04 06 02 2a 83", "- -1", "bad-oid@2", 0 },
    { "padded arc", "31 05 06 03 2a 80 01", "- -1", "bad-oid@2", 0 },
    { "constructed oid", "31 05 26 03" POLICY, "- -1", "bad-oid@2", 0 },
    /* privacy mark */
    { "empty mark", "31 05" POLICY "0c 00", "1.1 -1 12''", "mark-empty@5", 0 },
    { "empty printable mark", "31 05" POLICY "13 00", "1.1 -1 19''", "mark-empty@5", 0 },
    { "teletex", "31 06" POLICY "14 01 41", "1.1 -1 20'A'", "mark-type@5", 0 },
    { "octets", "31 06 04 01 41" POLICY, "1.1 -1 4'A'", "mark-type@2", 0 },
    { "bmp", "31 07" POLICY "1e 02 00 41", "1.1 -1 30'\\u{0000}A'", "mark-type@5", 0 },
    { "not printable", "31 06" POLICY "13 01 40", "1.1 -1 19'@'", "mark-character@5", 0 },
    { "nul in a printable", "31 07" POLICY "13 02 41 00", "1.1 -1 19'A\\u{0000}'",
      "mark-character@5", 0 },
    { "not utf-8", "31 06" POLICY "0c 01 ff", "1.1 -1 12'\\xFF'", "mark-character@5", 0 },
    { "mark in pieces", "31 0b" POLICY "2c 06 04 01 41 04 01 42", "1.1 -1 12'AB'",
      "string-in-pieces@5", 0 },
    { "mark in pieces of pieces", "31 0d" POLICY "2c 08 24 06 04 01 41 04 01 42", "1.1 -1 12'AB'",
      "string-in-pieces@5", 0 },
    { "mark in pieces of another type", "31 08" POLICY "2c 03 02 01 42", "1.1 -1",
      "string-in-pieces@5 bad-pieces@5", 0 },
    /* categories */
    { "no categories", "31 05" POLICY "31 00", "1.1 -1", "no-categories@5", 0 },
    { "categories, primitive", "31 05" POLICY "11 00", "1.1 -1", "no-categories@5", 0 },
    { "category without a value", "31 0a" POLICY "31 05 30 03 80 01 29", "1.1 -1", "bad-category@7",
      0 },
    { "category of two values", "31 10" POLICY "31 0b 30 09 80 01 29 a1 04 05 00 05 00", "1.1 -1",
      "bad-category@7", 0 },
    { "category that goes on", "31 10" POLICY "31 0b 30 09 80 01 29 a1 02 05 00 05 00", "1.1 -1",
      "bad-category@7", 0 },
    { "category, implicit value", "31 0d" POLICY "31 08 30 06 80 01 29 81 01 00", "1.1 -1",
      "bad-category@7", 0 },
    { "category, universal type", "31 0e" POLICY "31 09 30 07 06 01 29 a1 02 05 00", "1.1 -1",
      "bad-category@7", 0 },
    { "category that is a set", "31 0e" POLICY "31 09 31 07 80 01 29 a1 02 05 00", "1.1 -1",
      "bad-category@7", 0 },
    { "category of a bad type", "31 0e" POLICY "31 09 30 07 80 01 83 a1 02 05 00", "1.1 -1",
      "bad-oid@9 bad-category@7", 0 },
    { "categories out of order",
      "31 17" POLICY "31 12 30 07 80 01 2a a1 02 05 00 30 07 80 01 29 a1 02 05 00",
      "1.1 -1|other 1.2 #2|other 1.1 #2", "not-der-order@16", 0 },
};

START_TEST(each_row)
{
    struct mu_ess label = read_as(hex(row[_i].label), row[_i].syntax);
    ck_assert_msg(strcmp(shown(&label), row[_i].want) == 0, "%s: got %s, want %s", row[_i].name,
                  shown(&label), row[_i].want);
    ck_assert_msg(strcmp(defects(&label.report), row[_i].defects) == 0, "%s: got %s, want %s",
                  row[_i].name, defects(&label.report), row[_i].defects);
}
END_TEST

/* The inside of one category of a label: form and what is in it. */
static const struct {
    const char *name, *form, *value, *want, *defects;
} category_row[] = {
    { "restrictive bits", "00", "30 08" SETID "03 02 04 50", "rb 1.2.3 1 3", "" },
    { "permissive bits", "02", "30 08" SETID "03 02 04 50", "pb 1.2.3 1 3", "" },
    { "informative bits", "03", "30 08" SETID "03 02 04 50", "ib 1.2.3 1 3", "" },
    { "permissive list", "01", "30 0d" SETID "31 07 02 01 05 02 02 03 e9", "pl 1.2.3 5 1001", "" },
    { "informative list", "03", "30 09" SETID "31 03 02 01 05", "il 1.2.3 5", "" },
    { "restrictive list", "04", "30 09" SETID "31 03 02 01 05", "rl 1.2.3 5", "" },
    { "empty list", "04", "30 06" SETID "31 00", "rl 1.2.3", "" },
    { "no bits", "00", "30 07" SETID "03 01 00", "rb 1.2.3", "" },
    { "zero bits at the end are no defect here", "00", "30 09" SETID "03 03 00 80 00", "rb 1.2.3 0",
      "" },
    { "list out of order", "04", "30 0c" SETID "31 06 02 01 05 02 01 04", "rl 1.2.3 5 4",
      "not-der-order@34" },
    { "list where bits belong", "00", "30 09" SETID "31 03 02 01 05", "other", "bad-tag-set@23" },
    { "bits where a list belongs", "01", "30 08" SETID "03 02 04 50", "other", "bad-tag-set@23" },
    { "negative value", "04", "30 09" SETID "31 03 02 01 ff", "other", "bad-tag-set@23" },
    { "huge value", "04", "30 12" SETID "31 0c 02 0a 7f 00 00 00 00 00 00 00 00 00", "other",
      "bad-tag-set@23" },
    { "a boolean among the values", "04", "30 09" SETID "31 03 01 01 ff", "other",
      "bad-tag-set@23" },
    { "no tag set", "04", "30 05 31 03 02 01 05", "other", "bad-tag-set@23" },
    { "something behind", "04", "30 0b" SETID "31 03 02 01 05 05 00", "other", "bad-tag-set@23" },
    { "no sequence", "04", "05 00", "other", "bad-tag-set@23" },
    { "unused bits set", "00", "30 08" SETID "03 02 04 5f", "rb 1.2.3 1 3", "unused-bits-set@29" },
    { "nine unused bits", "00", "30 08" SETID "03 02 09 50", "other",
      "bad-bit-string@29 bad-tag-set@23" },
    { "unused bits of none", "00", "30 07" SETID "03 01 01", "other",
      "bad-bit-string@29 bad-tag-set@23" },
    { "bits without octets", "00", "30 06" SETID "03 00", "other",
      "bad-bit-string@29 bad-tag-set@23" },
    { "bits in pieces", "00", "30 0e" SETID "23 08 03 02 00 50 03 02 07 80", "rb 1.2.3 1 3 8",
      "string-in-pieces@29" },
    { "a first piece with unused bits", "00", "30 0e" SETID "23 08 03 02 04 50 03 02 07 80",
      "other", "string-in-pieces@29 bad-bit-string@29 bad-tag-set@23" },
    { "unknown syntax", "05", "30 08" SETID "03 02 04 50", "other", "" },
};

static struct mu_bytes with_category(const char *form, const char *value)
{
    struct mu_buf tagged = { .arena = arena }, inside = tagged, category = tagged, set = tagged;
    mu_ber_put(&tagged, MU_BER_CONTEXT, true, 1, hex(value));
    mu_buf_put_bytes(&inside, hex(mu_arena_printf(arena, TYPE "%s", form)));
    mu_buf_put_bytes(&inside, mu_buf_bytes(&tagged));
    mu_ber_put(&category, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&inside));
    mu_ber_put(&set, MU_BER_UNIVERSAL, true, MU_BER_SET, mu_buf_bytes(&category));
    return label_of(hex(POLICY), mu_buf_bytes(&set));
}

START_TEST(each_category)
{
    struct mu_ess label =
        read_as(with_category(category_row[_i].form, category_row[_i].value), MU_ESS_LABEL);
    const char *name = category_row[_i].name;
    ck_assert_uint_eq(label.categories, 1);
    const struct mu_ess_category *c = &label.category[0];
    struct mu_buf out = { .arena = arena };
    show_categories(&out, c, 1);
    const char *want = category_row[_i].want, *got = mu_buf_text(&out) + 1;
    ck_assert_msg(strncmp(got, want, strlen(want)) == 0
                      && (c->form == MU_ESS_OTHER_FORM || strcmp(got, want) == 0),
                  "%s: got %s, want %s", name, got, want);
    ck_assert_msg(mu_bytes_equal(c->value, hex(category_row[_i].value)), "%s: value", name);
    ck_assert_msg(strcmp(defects(&label.report), category_row[_i].defects) == 0,
                  "%s: got %s, want %s", name, defects(&label.report), category_row[_i].defects);
}
END_TEST

/* --- sizes ------------------------------------------------------------------------------------------- */

#define CATEGORY "30 07 80 01 29 a1 02 05 00"

START_TEST(marks_and_categories_to_their_limits)
{
    const struct {
        const char *name;
        struct mu_bytes member;
        const char *defects;
        enum mu_ess_syntax syntax;
    } limit[] = {
        { "printable of 128", repeated(MU_BER_PRINTABLE, false, 128, "41"), "", 0 },
        { "printable of 129", repeated(MU_BER_PRINTABLE, false, 129, "41"), "mark-long@6", 0 },
        { "utf-8 of 5,000", repeated(MU_BER_UTF8, false, 5000, "41"), "", 0 },
        { "utf-8 of 129 characters, X.411", repeated(MU_BER_UTF8, false, 129, "c3a9"),
          "mark-type@7 mark-long@7", MU_ESS_X411 },
        { "utf-8 of 128 characters, X.411", repeated(MU_BER_UTF8, false, 128, "c3a9"),
          "mark-type@7", MU_ESS_X411 },
        { "64 categories", repeated(MU_BER_SET, true, 64, CATEGORY), "", 0 },
        { "65 categories", repeated(MU_BER_SET, true, 65, CATEGORY), "many-categories@7", 0 },
        { "6,000 categories", repeated(MU_BER_SET, true, 6000, CATEGORY), "many-categories@7", 0 },
    };
    for (size_t i = 0; i < MU_COUNT(limit); i++) {
        struct mu_ess label = read_as(label_of(hex(POLICY), limit[i].member), limit[i].syntax);
        ck_assert(label.readable);
        ck_assert_msg(strcmp(defects(&label.report), limit[i].defects) == 0, "%s: got %s, want %s",
                      limit[i].name, defects(&label.report), limit[i].defects);
    }
}
END_TEST

/* A list of INTEGER 0 in one category. */
static const char *many_values(size_t values, bool *known)
{
    struct mu_bytes list = repeated(MU_BER_SET, true, values, "02 01 00");
    struct mu_buf value = { .arena = arena }, tagged = value, category = value, set = value;
    mu_buf_put_bytes(&tagged, hex(SETID));
    mu_buf_put_bytes(&tagged, list);
    mu_ber_put(&value, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&tagged));
    mu_buf_put_bytes(&category, hex(TYPE "04"));
    mu_ber_put(&category, MU_BER_CONTEXT, true, 1, mu_buf_bytes(&value));
    mu_ber_put(&set, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&category));
    category = (struct mu_buf){ .arena = arena };
    mu_ber_put(&category, MU_BER_UNIVERSAL, true, MU_BER_SET, mu_buf_bytes(&set));
    struct mu_ess label = read_as(label_of(hex(POLICY), mu_buf_bytes(&category)), MU_ESS_LABEL);
    ck_assert_uint_eq(label.categories, 1);
    *known = label.category[0].form == MU_ESS_RESTRICTIVE_LIST;
    return defects(&label.report);
}

START_TEST(values_to_their_limit)
{
    bool known;
    ck_assert_str_eq(many_values(MU_ESS_VALUES_MAX, &known), "");
    ck_assert(known);
    ck_assert_ptr_nonnull(strstr(many_values(MU_ESS_VALUES_MAX + 1, &known), "many-values@"));
    ck_assert(!known);
}
END_TEST

/* More defects than are kept: counted, and the fatal one behind them is not lost. */
START_TEST(defects_without_end)
{
    struct mu_bytes many = repeated(MU_BER_SET, true, 3 * MU_DEFECTS_MAX, "01 01 ff");
    struct mu_ess label = read_as(many, MU_ESS_LABEL);
    ck_assert(label.readable);
    ck_assert_uint_eq(label.report.defects, MU_DEFECTS_MAX);
    ck_assert_uint_eq(label.report.left_off, 2 * MU_DEFECTS_MAX + 2);
    many = repeated(MU_BER_SET, true, 3 * MU_DEFECTS_MAX, "01 81 01 ff");
    char *copy = mu_bytes_dup(arena, many);
    copy[many.n - 3] = (char) 0x85;
    label = read_as((struct mu_bytes){ copy, many.n }, MU_ESS_LABEL);
    ck_assert(!label.readable && mu_ber_fatal(&label.report));
}
END_TEST

/* Input that cannot be read at all; and what is odd about lengths and ends. */
static const struct {
    const char *name, *label, *want, *defects;
} frame[] = {
    { "nothing at all", "", "unreadable", "empty@0" },
    { "one octet", "31", "unreadable", "truncated@0" },
    { "a sequence", "30 06 02 01 02 06 01 29", "unreadable", "another-type@0" },
    { "primitive set", "11 03" POLICY, "unreadable", "another-type@0" },
    { "context tag", "b1 03" POLICY, "unreadable", "another-type@0" },
    { "trailing octets", "31 03" POLICY "00 00", "1.1 -1", "trailing-octets@5" },
    { "two labels", "31 03" POLICY "31 03" POLICY, "1.1 -1", "trailing-octets@5" },
    { "member longer than the label", "31 03 06 02 29", "unreadable", "truncated@2" },
    { "member without a length", "31 04" POLICY "02", "unreadable", "truncated@5" },
    { "indefinite", "31 80" POLICY "00 00", "1.1 -1", "indefinite-length@0" },
    { "indefinite in indefinite",
      "31 80" POLICY "31 80 30 80 80 01 29 a1 80 05 00 00 00 00 00 00 00"
      "00 00",
      "1.1 -1|other 1.1 #2",
      "indefinite-length@0 indefinite-length@5 indefinite-length@7 indefinite-length@12" },
    { "indefinite without an end", "31 80" POLICY, "unreadable", "truncated@0" },
    { "indefinite with half an end", "31 80" POLICY "00", "unreadable", "truncated@0" },
    { "indefinite with a bad end", "31 80" POLICY "00 01 00 00", "unreadable",
      "bad-end-of-contents@0" },
    { "indefinite primitive", "31 06 06 80 29 00 00 00", "unreadable", "bad-length@2" },
    { "an end that ends nothing", "31 05 00 00" POLICY, "unreadable", "bad-end-of-contents@2" },
    { "long length of a short one", "31 81 03" POLICY, "1.1 -1", "long-length@0" },
    { "leading zeros in a length", "31 84 00 00 00 03" POLICY, "1.1 -1", "long-length@0" },
    { "more octets of length than there are", "31 85 00 00", "unreadable", "truncated@0" },
    { "length of 2^64 and more", "31 89 01 00 00 00 00 00 00 00 03" POLICY, "unreadable",
      "truncated@0" },
    { "length of SIZE_MAX", "31 88 ff ff ff ff ff ff ff ff" POLICY, "unreadable", "truncated@0" },
    { "the reserved length", "31 ff 03" POLICY, "unreadable", "bad-length@0" },
    { "long tag", "31 04 1f 06 01 29", "1.1 -1", "long-tag@2" },
    { "a tag of 31, then half an end", "31 05 1f 1f 01 29 00", "unreadable",
      "bad-end-of-contents@6" },
    { "padded tag", "31 06 1f 80 06 01 29 00", "unreadable", "bad-tag@2" },
    { "endless tag", "31 08 1f ff ff ff ff ff 01 29", "unreadable", "bad-tag@2" },
    { "tag without an end", "31 03 1f ff ff", "unreadable", "truncated@2" },
};

START_TEST(each_frame)
{
    struct mu_ess label = read_as(hex(frame[_i].label), MU_ESS_LABEL);
    ck_assert_msg(strcmp(shown(&label), frame[_i].want) == 0, "%s: got %s, want %s", frame[_i].name,
                  shown(&label), frame[_i].want);
    ck_assert_msg(strcmp(defects(&label.report), frame[_i].defects) == 0, "%s: got %s, want %s",
                  frame[_i].name, defects(&label.report), frame[_i].defects);
    if (!label.readable)
        ck_assert(mu_ber_fatal(&label.report) && label.policy == NULL && label.categories == 0);
}
END_TEST

/* `depth` SETs around a policy, definite or not. */
static struct mu_bytes nested(size_t depth, bool indefinite)
{
    struct mu_bytes inner = hex(POLICY);
    for (size_t i = 0; i < depth; i++) {
        struct mu_buf out = { .arena = arena };
        if (indefinite) {
            mu_buf_put_bytes(&out, hex("31 80"));
            mu_buf_put_bytes(&out, inner);
            mu_buf_put_bytes(&out, hex("00 00"));
        } else
            mu_ber_put(&out, MU_BER_UNIVERSAL, true, MU_BER_SET, inner);
        inner = mu_buf_bytes(&out);
    }
    return inner;
}

START_TEST(depth)
{
    for (int indefinite = 0; indefinite < 2; indefinite++) {
        struct mu_ess label = read_as(nested(MU_BER_DEPTH_MAX - 1, indefinite != 0), MU_ESS_LABEL);
        ck_assert(label.readable);
        label = read_as(nested(MU_BER_DEPTH_MAX, indefinite != 0), MU_ESS_LABEL);
        ck_assert(!label.readable && mu_ber_has(&label.report, MU_BER_TOO_DEEP));
        label = read_as(nested(5000, indefinite != 0), MU_ESS_LABEL);
        ck_assert(!label.readable && mu_ber_has(&label.report, MU_BER_TOO_DEEP));
    }
}
END_TEST

START_TEST(size)
{
    struct mu_bytes large = repeated(MU_BER_SET, true, MU_ESS_MAX, "00");
    struct mu_ess label = read_as(large, MU_ESS_LABEL);
    ck_assert_str_eq(defects(&label.report), "too-large@0");
    ck_assert(!label.readable);
}
END_TEST

/* Each defect has a name of its own, and a clause. */
START_TEST(names)
{
    for (enum mu_ber_defect_kind i = MU_BER_EMPTY; i <= MU_BER_CRITICAL; i++) {
        ck_assert(strlen(mu_ber_defect_name(i)) > 3 && strlen(mu_ber_defect_clause(i)) > 3);
        for (enum mu_ber_defect_kind j = MU_BER_EMPTY; j < i; j++)
            ck_assert_str_ne(mu_ber_defect_name(i), mu_ber_defect_name(j));
    }
}
END_TEST

/* --- every prefix, and what chance makes of a label ---------------------------------------------------- */

static const char *const whole[] = {
    "MQYCAQIGASk=",
    "MQYGASkCAQM=",
    "MRUCAgD9DA9BcXVhIChvYnNvbGV0ZSk=",
    /* class 3, 2.25.5, mark, a permissive list, restrictive bits, informative bits */
    ("MX8CAQMGAmkFDAVDTEVBUjFvMB+ACmCGSAFlAgEIAwChETAPBgkrBgEEAYL4IgEDAgVgMCWACmCGSAFlAgEIAwGhFz"
     "AVBgkrBgEEAYL4IgIxCAICA+kCAgPqMCWACmCGSAFlAgEIAwOhFzAVBgkrBgEEAYL4IgMDCAAAAAAAAAAB"),
    /* the same thoughts in indefinite lengths and pieces */
    "MYAGASkMAUEAAA==",
    "MYAGASksgAQBQQQBQgAAMYAwgIABKaGABQAAAAAAAAAAAA==",
};

START_TEST(no_prefix_is_accepted)
{
    struct mu_bytes label = base64(whole[_i]);
    ck_assert(read_as(label, MU_ESS_LABEL).readable);
    for (size_t n = 0; n < label.n; n++) {
        /* a block of its own, so that ASan sees the octet past the end */
        char *copy = malloc(n + 1);
        ck_assert(copy != NULL);
        memcpy(copy, label.p, n);
        char *exact = n > 0 ? realloc(copy, n) : copy;
        struct mu_ess got = read_as((struct mu_bytes){ exact, n }, MU_ESS_LABEL);
        ck_assert_msg(!got.readable && got.report.defects > 0, "prefix of %zu octets", n);
        free(exact);
    }
}
END_TEST

static struct mu_bytes mutated(struct mu_bytes label)
{
    static const unsigned char odd[] = { 0x00, 0x80, 0x81, 0xff, 0x31, 0x30, 0x7f, 0x1f, 0xa1 };
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, label);
    for (int times = 1 + rand() % 3; times > 0; times--) {
        size_t at = (size_t) rand() % out.n;
        char c = (char) (rand() % 2 == 0 ? odd[(size_t) rand() % sizeof odd] : rand() % 256);
        if (rand() % 4 > 0) {
            out.p[at] = c;
            continue;
        }
        mu_buf_putc(&out, c); /* put in, all behind it moves; or take one out */
        memmove(out.p + at + 1, out.p + at, out.n - 1 - at);
        out.p[at] = c;
        if (rand() % 2 == 0 && out.n > 2) {
            memmove(out.p + at, out.p + at + 2, out.n - at - (at + 2 > out.n ? out.n - at : 2));
            out.n -= at + 2 > out.n ? 1 : 2;
        }
    }
    return mu_buf_bytes(&out);
}

/* What has no defect is DER: written again it is the same, octet for octet; but a bit string without
 * named bits may end in zeros, which we do not write. What is readable can be written. */
static void expect_sound(struct mu_bytes input, size_t *clean)
{
    struct mu_ess got = read_as(input, MU_ESS_LABEL), again;
    ck_assert(got.readable != mu_ber_fatal(&got.report));
    for (size_t i = 0; i < got.report.defects; i++)
        ck_assert(got.report.defect[i].offset <= input.n);
    if (!got.readable)
        return;
    struct mu_bytes der = written(&got);
    again = read_as(der, MU_ESS_LABEL);
    ck_assert(again.readable);
    if (got.report.defects > 0)
        return;
    ck_assert(again.report.defects == 0 && again.categories == got.categories);
    ck_assert(mu_bytes_equal(written(&again), der));
    ck_assert(der.n < input.n || mu_bytes_equal(der, input));
    (*clean)++;
}

START_TEST(mutations)
{
    srand(20261128);
    size_t clean = 0;
    for (int i = 0; i < 10000; i++) {
        mu_arena_free(arena);
        arena = mu_arena_new(64 * MU_MIB);
        struct mu_bytes made = mutated(base64(whole[(size_t) rand() % MU_COUNT(whole)]));
        char *copy = malloc(made.n);
        ck_assert(copy != NULL);
        memcpy(copy, made.p, made.n);
        expect_sound((struct mu_bytes){ copy, made.n }, &clean);
        free(copy);
    }
    ck_assert_uint_gt(clean, 100); /* the property was tried */
}
END_TEST

/* What cannot be written is said. */
START_TEST(not_writable)
{
    uint64_t number[] = { MU_ESS_BIT_MAX + 1 };
    struct mu_ess_category bits = { .form = MU_ESS_PERMISSIVE_BITS,
                                    .set = "1.2",
                                    .number = number,
                                    .numbers = 1 },
                           empty = { .form = MU_ESS_OTHER_FORM, .type = "1.2" },
                           set = { .form = MU_ESS_PERMISSIVE_BITS, .set = "1" };
    const struct {
        struct mu_ess label;
        const char *why;
    } bad[] = {
        { { .policy = "" }, "'' is no object identifier" },
        { { .policy = "1" }, "'1' is no object identifier" },
        { { .policy = "1." }, "'1.' is no object identifier" },
        { { .policy = "3.1" }, "'3.1' is no object identifier" },
        { { .policy = "1.40" }, "'1.40' is no object identifier" },
        { { .policy = "1.02" }, "'1.02' is no object identifier" },
        { { .policy = "1.2.3x" }, "'1.2.3x' is no object identifier" },
        { { .policy = "1..3" }, "'1..3' is no object identifier" },
        { { .policy = "2.25.1234567890123456789012345678901234567890" },
          "'2.25.1234567890123456789012345678901234567890' is no object identifier" },
        { { .category = &bits, .categories = 1 }, "a bit string does not hold value 65536" },
        { { .category = &empty, .categories = 1 }, "a security category without a value" },
        { { .category = &set, .categories = 1 }, "'1' is no object identifier" },
    };
    for (size_t i = 0; i < MU_COUNT(bad); i++) {
        struct mu_bytes der = { "x", 1 };
        struct mu_err err = { .msg = "" };
        ck_assert(!mu_ess_write(arena, &bad[i].label, &der, &err));
        ck_assert_str_eq(err.msg, bad[i].why);
        ck_assert(err.code == MU_ERR_USAGE && der.n == 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ess");
    TCase *tc = tcase_create("ess");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, each_category, 0, MU_COUNT(category_row));
    tcase_add_loop_test(tc, each_frame, 0, MU_COUNT(frame));
    tcase_add_test(tc, marks_and_categories_to_their_limits);
    tcase_add_test(tc, values_to_their_limit);
    tcase_add_test(tc, defects_without_end);
    tcase_add_test(tc, depth);
    tcase_add_test(tc, size);
    tcase_add_test(tc, names);
    tcase_add_loop_test(tc, no_prefix_is_accepted, 0, MU_COUNT(whole));
    tcase_add_test(tc, mutations);
    tcase_add_test(tc, not_writable);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
