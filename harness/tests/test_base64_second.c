/*
 * Two second opinions on our base64: what OpenSSL's EVP_DecodeBlock() takes against what we call right,
 * and what gmime's tolerant decoder makes of a text against what ours does. Differences have their reason
 * in a table; one without fails, and so does a reason that nothing needs.
 */
#include <check.h>
#include <gmime/gmime.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/limits.h"
#include "rounds.h"

#define TEXT_MAX 400

static struct mu_arena *arena;

struct difference {
    struct mu_bytes text;
    enum mu_base64_defect defect;
    struct mu_bytes ours, theirs;
    bool refused; /* by OpenSSL */
};

/* --- why ---------------------------------------------------------------------------------------------- */

static bool is_end(char c)
{
    return strchr(" \t\r\n-", c) != NULL && c != '\0';
}

static bool has_ends(const struct difference *d)
{
    return d->defect == MU_BASE64_CHARACTER && !d->refused && d->text.n > 0
           && (is_end(d->text.p[0]) || is_end(d->text.p[d->text.n - 1]));
}

static bool has_loose_bits(const struct difference *d)
{
    return d->defect == MU_BASE64_BITS && !d->refused && mu_bytes_equal(d->ours, d->theirs);
}

static bool has_padding_inside(const struct difference *d)
{
    return d->defect == MU_BASE64_PADDING && !d->refused
           && memchr(d->text.p, '=', d->text.n) != NULL;
}

static bool lacks_padding(const struct difference *d)
{
    return memchr(d->text.p, '=', d->text.n) == NULL && d->ours.n > d->theirs.n
           && d->ours.n - d->theirs.n <= 2 && memcmp(d->ours.p, d->theirs.p, d->theirs.n) == 0;
}

enum peer { OPENSSL, GMIME };

static const struct row {
    const char *id;
    enum peer peer;
    bool (*applies)(const struct difference *d);
    const char *reason;
} row[] = {
    { "ends", OPENSSL, has_ends,
      "RFC 4648 3.3: nothing outside the alphabet; OpenSSL forgives white space and - at both "
      "ends" },
    { "bits", OPENSSL, has_loose_bits,
      "RFC 4648 3.5: unused bits are zero; OpenSSL does not look at them" },
    { "padding-inside", OPENSSL, has_padding_inside,
      "RFC 4648 3.2: padding only at the end, one or two; OpenSSL takes = for a zero anywhere" },
    { "no-padding", GMIME, lacks_padding,
      "RFC 4648 3.2: padding is due; without it we decode the last octets all the same, gmime "
      "leaves them out" },
};

static size_t needed[MU_COUNT(row)], differences;

static void differ(enum peer peer, const struct difference *d)
{
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        if (row[i].peer == peer && row[i].applies(d)) {
            needed[i]++;
            return;
        }
    }
    if (differences++ < 20)
        printf("%s: '%.*s' is %s for us, %zu octets against %zu%s\n",
               peer == OPENSSL ? "OpenSSL" : "gmime", (int) d->text.n, d->text.p,
               mu_base64_defect_name(d->defect), d->ours.n, d->theirs.n,
               d->refused ? ", refused" : "");
}

/* --- comparing --------------------------------------------------------------------------------------- */

/* EVP_DecodeBlock() writes three octets a group, also for padding. */
static void compare_openssl(struct difference d)
{
    unsigned char out[TEXT_MAX];
    size_t padding = 0;
    while (padding < 2 && padding < d.text.n && d.text.p[d.text.n - 1 - padding] == '=')
        padding++;
    int n = EVP_DecodeBlock(out, (const unsigned char *) d.text.p, (int) d.text.n);
    d.refused = n < 0 || (size_t) n < padding;
    d.theirs = (struct mu_bytes){ (const char *) out, d.refused ? 0 : (size_t) n - padding };
    if ((d.defect == MU_BASE64_OK) == d.refused || (!d.refused && !mu_bytes_equal(d.ours, d.theirs))
        || (d.defect != MU_BASE64_OK && !d.refused))
        differ(OPENSSL, &d);
}

static void compare_gmime(struct difference d)
{
    unsigned char out[TEXT_MAX];
    int state = 0;
    guint32 save = 0;
    size_t n = g_mime_encoding_base64_decode_step((const unsigned char *) d.text.p, d.text.n, out,
                                                  &state, &save);
    d.theirs = (struct mu_bytes){ (const char *) out, n };
    if (!mu_bytes_equal(d.ours, d.theirs))
        differ(GMIME, &d);
}

/* Up to two octets of a right text are dropped, changed or put in. */
static struct mu_bytes random_text(void)
{
    static const char odd[] = "=ABz+/-_ \t\r\n*\xe9=";
    char data[200], *text = mu_arena_alloc(arena, TEXT_MAX);
    size_t n = (size_t) rand() % (rand() % 2 == 0 ? 8 : sizeof data);
    for (size_t i = 0; i < n; i++)
        data[i] = (char) rand();
    struct mu_bytes right = mu_base64_write(arena, (struct mu_bytes){ data, n });
    memcpy(text, right.p, right.n);
    n = right.n;
    for (int k = rand() % 3; k > 0 && n > 0; k--) {
        size_t at = rand() % 3 == 0 ? n - 1 : (size_t) rand() % n;
        char c = odd[(size_t) rand() % (sizeof odd - 1)];
        int what = rand() % 3;
        if (what == 0)
            memmove(text + at, text + at + 1, --n - at);
        else if (what == 1)
            text[at] = c;
        else {
            memmove(text + at + 1, text + at, n++ - at);
            text[at] = c;
        }
    }
    return (struct mu_bytes){ text, n };
}

START_TEST(every_difference_has_its_reason)
{
    srand(4648);
    for (int i = 0; i < ROUNDS(200000); i++) {
        size_t at = 0;
        arena = mu_arena_new(MU_MIB);
        struct difference d = { .text = random_text() };
        d.defect = mu_base64_read(arena, d.text, &d.ours, &at);
        compare_openssl(d);
        compare_gmime(d);
        mu_arena_free(arena);
    }
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        printf("%8zu %-18s %s\n", needed[i], row[i].id, row[i].reason);
        ck_assert_msg(needed[i] > 0, "nothing needs the row '%s'", row[i].id);
    }
    fflush(stdout);
    ck_assert_msg(differences == 0, "%zu differences without a reason", differences);
}
END_TEST

int main(void)
{
    g_mime_init();
    Suite *suite = suite_create("base64_second");
    TCase *tc = tcase_create("base64_second");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_difference_has_its_reason);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
