/* A run without content: the keyed digest, the list of our words, what becomes of each kind of record. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/compiler.h"
#include "core/sap.h"
#include "core/token.h"
#include "core/veil.h"

#define KEY     7 /* of tokens */
#define FOREIGN "GRID 1234 SECRET"

static struct mu_veil made, taken;

static void setup(void)
{
    mu_veil_start(&made, MU_BYTES("0123456789abcdef"), KEY, false);
    mu_veil_start(&taken, MU_BYTES("0123456789abcdef"), KEY, true);
}

/* --- the digest: RFC 4231 4.2, 4.3, 4.7 ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
    size_t key;      /* octets */
    const char *of;  /* repeated to make the key */
    const char *data, *digest;
} vector[] = {
    { 20, "\x0b", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { 4, "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { 131, "\xaa", "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};
/* clang-format on */

START_TEST(keyed)
{
    char key[131], hex[MU_DIGEST_TEXT];
    unsigned char raw[MU_DIGEST_BYTES];
    struct mu_digest_key k;
    size_t n = strlen(vector[_i].of);
    for (size_t i = 0; i < vector[_i].key; i++)
        key[i] = vector[_i].of[i % n];
    mu_digest_key((struct mu_bytes){ key, vector[_i].key }, &k);
    mu_digest_keyed(&k, mu_bytes_of(vector[_i].data), raw);
    mu_hex_write(raw, sizeof raw, hex);
    ck_assert_str_eq(hex, vector[_i].digest);
}
END_TEST

/* --- words ------------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    bool ours;
} sentence[] = {
    { "", true },
    { "refused at after-content (policy)", true },
    { "timeout:collect", true },
    { "job:signal-11", true },
    { "label the same at least as semantics", true },
    { "the adapter does not claim 'label.make'", true },
    { "bind.4778.smtp", true },
    { "SECRET", false },
    { "refused at after-content (policy): 550 go away", false },
    { "refused\n", false },
    { "timeout:collect\x7f", false },
    { "1234567890", false }, /* a number that long is none of ours */
    { "Refused", false },
    { "refusedx", false },
    { "refuse", false },
    { "[4 octets, hmac-sha256 0123456789abcdef]", false }, /* nobody here has made it */
    { "[a]", false },
    { "\"label\"", false },
    { "label.made", false },
};

START_TEST(words)
{
    ck_assert_msg(mu_veil_ours(&made, sentence[_i].text) == sentence[_i].ours, "'%s'",
                  sentence[_i].text);
}
END_TEST

/* No word that a label, a marking or a text would be read by. */
START_TEST(no_such_word)
{
    static const char *const word[] = { "secret",   "restricted", "confidential", "unclassified",
                                        "nato",     "cosmic",     "official",     "public",
                                        "exercise", "grid",       "only",         "releasable" };
    for (size_t i = 0; i < MU_COUNT(word); i++)
        ck_assert_msg(!mu_veil_word(word[i], strlen(word[i])), "%s", word[i]);
}
END_TEST

/* --- what is hidden ------------------------------------------------------------------------------------ */

START_TEST(hidden)
{
    char text[MU_VEIL_TEXT], long_sentence[256];
    mu_veil_write(&made, MU_BYTES("a"), text);
    ck_assert_int_eq(strncmp(text, "[1 octet, hmac-sha256 ", 22), 0);
    ck_assert_uint_eq(strlen(text), 22 + MU_VEIL_DIGITS + 1);
    mu_veil_write(&made, mu_bytes_of(FOREIGN), text);
    ck_assert_int_eq(strncmp(text, "[16 octets, hmac-sha256 ", 24), 0);
    snprintf(long_sentence, sizeof long_sentence, "refused at tls: %s", text);
    ck_assert(mu_veil_ours(&made, long_sentence)); /* it has made it itself */
    ck_assert(mu_veil_ours(&taken, long_sentence));
    mu_veil_write(&made, MU_BYTES(""), text);
    ck_assert_str_eq(text, "");
    ck_assert_ptr_eq(mu_veil_text(NULL, NULL, FOREIGN), FOREIGN);
}
END_TEST

START_TEST(one_key)
{
    struct mu_veil other;
    char a[MU_VEIL_TEXT], b[MU_VEIL_TEXT], c[MU_VEIL_TEXT];
    mu_veil_start(&other, MU_BYTES("0123456789abcdeF"), KEY, false);
    mu_veil_write(&made, mu_bytes_of(FOREIGN), a);
    mu_veil_write(&taken, mu_bytes_of(FOREIGN), b);
    mu_veil_write(&other, mu_bytes_of(FOREIGN), c);
    ck_assert_str_eq(a, b);
    ck_assert_str_ne(a, c);
    ck_assert_str_eq(made.id, taken.id);
    ck_assert_str_ne(made.id, other.id);
}
END_TEST

/* --- records -------------------------------------------------------------------------------------------- */

#define HIDDEN "?" /* in place of what a veil writes */

static const struct {
    enum mu_record_type type;
    const char *put[6], *got[6];
} row[] = {
    { MU_RECORD_FINDINGS, { "label", "hb-" }, { "label", "hb-" } },
    { MU_RECORD_FINDINGS, { FOREIGN, "hb-SECRET" }, { HIDDEN, HIDDEN } },
    { MU_RECORD_BREAK,
      { "label", "policy", "label", "marking", "part" },
      { "label", HIDDEN, HIDDEN, HIDDEN, HIDDEN } },
    { MU_RECORD_EXPECT,
      { "expect", "delivered", "refused at tls" },
      { "expect", "delivered", "refused at tls" } },
    { MU_RECORD_EXPECT,
      { "expect", "delivered", "refused at tls: " FOREIGN },
      { "expect", "delivered", HIDDEN } },
    { MU_RECORD_NOTE, { FOREIGN }, { HIDDEN } },
    { MU_RECORD_NOTE,
      { "[16 octets, hmac-sha256 5345435245545345]" },
      { HIDDEN } }, /* SECRETSE, dressed up */
    { MU_RECORD_BREAK,
      { "label", "", "[16 octets, hmac-sha256 5345435245545345]", "", "" },
      { "label", "", HIDDEN, "", "" } },
    { MU_RECORD_DONE, { "timeout:collect", "relay" }, { "timeout:collect", "relay" } },
    { MU_RECORD_DONE, { "limit:GRID", FOREIGN }, { "withheld", "withheld" } },
    { MU_RECORD_PART, { "0123abcd" }, { "0123abcd" } },
    { MU_RECORD_PART, { FOREIGN }, { HIDDEN } },
    { MU_RECORD_LATE, { FOREIGN, "policy" }, { "", HIDDEN } },
    { MU_RECORD_CLAIM, { FOREIGN }, { "" } },
    { MU_RECORD_COMPARED,
      { "label", "first", "second", "octets", "infoset", "where" },
      { "label", "first", "second", "octets", "infoset", HIDDEN } },
    { MU_RECORD_ADAPTER,
      { "ready", "sut.name", "policy", "role", "validator" },
      { "ready", "sut.name", HIDDEN, "role", "validator" } },
    { MU_RECORD_ADAPTER,
      { "ready", "cap", "label.4774", "cap.note", "policy" },
      { "ready", "cap", "label.4774", "cap.note", HIDDEN } },
    { MU_RECORD_ADAPTER,
      { "ready", "cap", FOREIGN, "role", FOREIGN },
      { "ready", "cap", HIDDEN, "role", HIDDEN } },
    { MU_RECORD_ADAPTER,
      { "broken", "reason", "adapter:crash", FOREIGN, "policy" },
      { "broken", "reason", "adapter:crash", HIDDEN, HIDDEN } },
    { MU_RECORD_ADAPTER, { "broken", "reason", FOREIGN }, { "broken", "reason", "withheld" } },
    { MU_RECORD_DIAL, { "policy" }, { HIDDEN } }, /* what the table does not name is foreign */
};

START_TEST(records)
{
    struct mu_record in = { .type = row[_i].type, .number = 3, .octets = 44 }, out;
    for (size_t i = 0; i < MU_COUNT(row[_i].put) && row[_i].put[i] != NULL; i++)
        mu_record_put(&in, row[_i].put[i]);
    mu_veil_record(&made, &in, &out);
    ck_assert_uint_eq(out.number, 3);
    ck_assert_int_eq(out.octets, 44);
    for (unsigned i = 0; i < MU_COUNT(row[_i].got) && row[_i].got[i] != NULL; i++) {
        const char *got = mu_record_text(&out, i), *wanted = row[_i].got[i];
        if (strcmp(wanted, HIDDEN) != 0) {
            ck_assert_str_eq(got, wanted);
        } else {
            ck_assert_msg(*got == '[' && got[strlen(got) - 1] == ']', "'%s'", got);
            ck_assert_ptr_null(strstr(got, "5345435245545345"));
        }
    }
    ck_assert(mu_record_valid(&out, mu_record_size(&out)));
    struct mu_record again; /* the coordinator's changes nothing more */
    mu_veil_record(&taken, &out, &again);
    ck_assert_uint_eq(again.used, out.used);
    ck_assert_int_eq(memcmp(again.text, out.text, out.used), 0);
}
END_TEST

START_TEST(tokens)
{
    struct mu_record in = { .type = MU_RECORD_LATE }, out;
    char token[MU_TOKEN_TEXT], around[80];
    mu_token_write(KEY, (struct mu_token){ 12, 1, 2 }, token);
    snprintf(around, sizeof around, "SECRET%sSECRET", token);
    mu_record_put(&in, around);
    mu_veil_record(&made, &in, &out);
    ck_assert_str_eq(mu_record_text(&out, 0), token);
}
END_TEST

/* As much as a record holds: it is cut, and stays one. */
START_TEST(full)
{
    struct mu_record in = { .type = MU_RECORD_ADAPTER }, out;
    mu_record_put(&in, "ready");
    while (in.used < sizeof in.text)
        mu_record_put(&in, "x");
    mu_veil_record(&made, &in, &out);
    ck_assert(mu_record_valid(&out, mu_record_size(&out)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("veil");
    TCase *tcase = tcase_create("veil");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, keyed, 0, MU_COUNT(vector));
    tcase_add_loop_test(tcase, words, 0, MU_COUNT(sentence));
    tcase_add_test(tcase, no_such_word);
    tcase_add_test(tcase, hidden);
    tcase_add_test(tcase, one_key);
    tcase_add_loop_test(tcase, records, 0, MU_COUNT(row));
    tcase_add_test(tcase, tokens);
    tcase_add_test(tcase, full);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
