#include "marking_support.h"

/* --- portions ----------------------------------------------------------------------------- */

/* Offsets in `text` of the marks that are found, and their classifications; "?" for an unknown
 * one. */
static const struct {
    const char *text, *want;
} portion_row[] = {
    { "(NS) Text", "0 SECRET" },
    { "(CTS) One\n(NU) Two\r\n  (NR) Three\n", "0 TOP SECRET, 10 UNCLASSIFIED, 22 RESTRICTED" },
    { "Some (NS) text\nNo. (NS) text\nI (NS) text\nmix (NS) text", "" },
    { "- (NS) item\n* (NC) item\n1. (NR) item\n2.1 (NU) item\n a) (CTS) item\n(b) (NS) item",
      "2 SECRET, 14 CONFIDENTIAL, 27 RESTRICTED, 41 UNCLASSIFIED, 55 TOP SECRET, 70 SECRET" },
    { "\xe2\x80\xa2 (NS) bullet", "4 SECRET" },
    { "> (NS) quoted\n# (NR) heading", "2 SECRET, 16 RESTRICTED" },
    { "(EU) No 1\n(1) one\n(e.g.) two\n(i) three\n(2026-11-28) four\n(see below) five\n(US) six",
      "" },
    { "(XS) unknown", "0 ?" },
    { "(NX) unknown\n(CTX) unknown", "0 ?, 13 ?" },
    { "(KB) nothing\n(OK) nothing\n(FYI) nothing\n(UN) nothing", "" },
    { "(ns) lower case", "" },
    { "(NS-ATOMAL) text", "0 SECRET" },
    { "(NS/ATOMAL CRYPTO) text", "0 SECRET" },
    { "(NS-FOO) text", "0 ?" },
    { "(NSA) text", "" },
    { "(NATO RESTRICTED) text", "0 RESTRICTED" },
    { "(NATO SECRET Releasable to Japan) text", "0 SECRET" },
    { "(nato secret) text", "0 SECRET" },
    { "(NATO TOP SECRET) text", "" },
    { "(NATO) text", "" },
    { "(S-UE/EU-S) texte", "0 SECRET UE/EU SECRET" },
    { "(TS-UE/EU-TS) texte", "0 TRÈS SECRET UE/EU TOP SECRET" },
    { "(VX) text\n(AG) text", "0 SOVEREIGN, 10 GUARDED" },
    { "( NS ) spaced", "0 SECRET" },
    { "(NS", "" },
    { "(N\nS) broken", "" },
    { "((NS) twice", "" },
    { "()", "" },
    { "(", "" },
    { "", "" },
    { "(N\xd0\x85) Cyrillic DZE", "" },
    { "(NS)Text without a space", "0 SECRET" },
    { "1.(NS) glued", "" },
};

START_TEST(portions)
{
    struct mu_buf got = { .arena = arena };
    struct mu_portion *portion;
    size_t n = mu_portions_find(arena, &all, mu_bytes_of(portion_row[_i].text), &portion);
    for (size_t i = 0; i < n; i++) {
        const struct mu_portion *p = &portion[i];
        mu_buf_printf(&got, "%s%zu %s", i > 0 ? ", " : "", p->offset,
                      p->label != NULL ? p->label->classification : "?");
        ck_assert_int_eq(p->classification == MU_NONE, p->label == NULL);
        ck_assert(p->mark.p == portion_row[_i].text + p->offset && p->mark.p[0] == '('
                  && p->mark.p[p->mark.n - 1] == ')');
    }
    ck_assert_msg(strcmp(mu_buf_text(&got), portion_row[_i].want) == 0, "'%s': got '%s', want '%s'",
                  portion_row[_i].text, mu_buf_text(&got), portion_row[_i].want);
}
END_TEST

START_TEST(what_a_portion_mark_says)
{
    struct mu_portion *portion;
    const struct mu_policy *p = policy[NATO];
    struct mu_label *label =
        label_of(p, "SECRET; P Context: NATO; R Special Category Designators: ATOMAL, CRYPTO");
    const char *mark = render(p, label, MU_AT_PORTION, "en");
    ck_assert_str_eq(mark, "NS-ATOMAL-CRYPTO");
    mark = mu_arena_printf(arena, "(%s) Text", mark);
    ck_assert_uint_eq(mu_portions_find(arena, &all, mu_bytes_of(mark), &portion), 1);
    ck_assert_str_eq(written(portion[0].label), written(label));
    ck_assert_str_eq(
        render(policy[PUBLIC], label_of(policy[PUBLIC], "UNMARKED"), MU_AT_PORTION, "en"), "");
}
END_TEST

/* Much text, NUL in it, a parenthesis in each line. */
START_TEST(portions_of_much_text)
{
    struct mu_buf text = { .arena = arena };
    struct mu_portion *portion;
    for (size_t i = 0; i < 40000; i++)
        mu_buf_puts(&text, i % 4 == 0 ? "(NS) x\n" : i % 4 == 1 ? "(AAAA BBBB) x\n" : "(NATO ((\n");
    mu_buf_put(&text, "(N\0S)\n(NU)\0", 11);
    ck_assert_uint_eq(mu_portions_find(arena, &all, mu_buf_bytes(&text), &portion), 10001);
    ck_assert_uint_eq(portion[10000].offset, text.n - 5);
}
END_TEST

int main(void)
{
    TCase *tc = marking_case("portions");
    tcase_add_loop_test(tc, portions, 0, MU_COUNT(portion_row));
    tcase_add_test(tc, what_a_portion_mark_says);
    tcase_add_test(tc, portions_of_much_text);
    return run(tc);
}
