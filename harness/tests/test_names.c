#include "policy_gen.h"

/* Two names, and whether they are the same with case and without it. */
static const struct {
    const char *name, *a, *b;
    bool exact, folded;
} same[] = {
    { "itself", "SECRET", "SECRET", true, true },
    { "case", "SECRET", "Secret", false, true },
    { "white space", " TOP \t\r\n SECRET ", "TOP SECRET", true, true },
    { "vertical tab and form feed", "TOP\v\fSECRET", "TOP SECRET", true, true },
    { "no white space is another name", "TOPSECRET", "TOP SECRET", false, false },
    { "empty and blank", "", " \n", true, true },
    { "line feed at the end", "NATO Response Force\n", "NATO Response Force", true, true },
    { "unit separator is no white space",
      "A\x1f"
      "B",
      "A B", false, false },
    { "composed and decomposed", "TR\xc3\x88S SECRET", "TRE\xcc\x80S SECRET", true, true },
    { "composed and decomposed, case", "TR\xc3\x88S SECRET", "tre\xcc\x80s secret", false, true },
    { "accent matters", "TR\xc3\x88S SECRET", "TRES SECRET", false, false },
    { "order of two accents is the canonical one", "a\xcc\xa3\xcc\x81", "a\xcc\x81\xcc\xa3", true,
      true },
    { "full width is another name", "\xef\xbc\xb3\xef\xbc\xa5\xef\xbc\xa3", "SEC", false, false },
    { "Greek capital omicron", "C\xce\x9fSMIC", "COSMIC", false, false },
    { "Cyrillic es", "\xd0\xa1OSMIC", "COSMIC", false, false },
    { "Turkish dotted capital I", "L\xc4\xb0MITE", "LIMITE", false, false },
    { "Turkish dotted capital I, small i", "L\xc4\xb0MITE", "limite", false, false },
    { "Turkish dotless i", "l\xc4\xb1mite", "LIMITE", false, false },
    { "sharp s", "GRO\xc3\x9f", "GROSS", false, true },
    { "capital sharp s", "GRO\xe1\xba\x9e", "gro\xc3\x9f", false, true },
    { "final sigma", "\xce\xa3\xce\x91\xce\xa3", "\xcf\x83\xce\xb1\xcf\x82", false, true },
    { "Greek with tonos", "\xce\x86\xce\xba\xcf\x81\xcf\x89\xcf\x82",
      "\xce\xac\xce\xba\xcf\x81\xcf\x89\xcf\x82", false, true },
    { "Kelvin sign is K",
      "\xe2\x84\xaa"
      "FOR",
      "KFOR", true, true },
    { "no-break space", "TOP\xc2\xa0SECRET", "TOP SECRET", true, true },
    { "ideographic space", "TOP\xe3\x80\x80SECRET", "TOP SECRET", true, true },
    { "next line, line separator", "\xc2\x85TOP\xe2\x80\xa8 SECRET\xe2\x80\xa9", "TOP SECRET", true,
      true },
    { "zero-width space is no white space", "TOP\xe2\x80\x8bSECRET", "TOP SECRET", false, false },
    { "soft hyphen is not nothing", "SEC\xc2\xadRET", "SECRET", false, false },
    { "bidi override is not nothing", "\xe2\x80\xaeSECRET", "SECRET", false, false },
    { "not UTF-8", "SE\xff", "SE\xff", false, false },
    { "overlong form", "\xc1\x81", "A", false, false },
    { "surrogate", "\xed\xa0\x80", "\xed\xa0\x80", false, false },
    { "beyond the first plane", "\xf0\x9f\xa6\x93 A", "\xf0\x9f\xa6\x93  a", false, true },
};

START_TEST(each_same)
{
    const char *a = same[_i].a, *b = same[_i].b;
    ck_assert_msg(mu_key_same(a, b, false) == same[_i].exact, "%s, exact", same[_i].name);
    ck_assert_msg(mu_key_same(a, b, true) == same[_i].folded, "%s, folded", same[_i].name);
    ck_assert_msg(mu_key_same(b, a, true) == same[_i].folded, "%s, turned", same[_i].name);
}
END_TEST

START_TEST(nothing_is_the_same_as_nothing)
{
    ck_assert(!mu_key_same(NULL, NULL, false) && !mu_key_same(NULL, "", true));
    ck_assert(!mu_key_same("", NULL, true));
}
END_TEST

/* n bytes: `piece` again and again, the rest x. */
static const char *long_name(const char *word, size_t n)
{
    struct mu_buf out = { .arena = arena };
    while (out.n + strlen(word) <= n)
        mu_buf_puts(&out, word);
    while (out.n < n)
        mu_buf_putc(&out, 'x');
    return mu_buf_text(&out);
}

/* A name is measured as it is written, whichever path it takes: 1,023 bytes are one, 1,024 are none,
 * and what folding makes longer than a key is none, either. */
START_TEST(long_names)
{
    static const struct {
        const char *word;
        size_t n;
        bool exact, folded;
    } row[] = {
        { "x", 1023, true, true },
        { "x", 1024, false, false },
        { "X ", 1023, true, true },
        { " ", 1023, true, true },
        { " ", 1024, false, false },
        { "\xc3\xa9", 1023, true, true },
        { "\xc3\xa9", 1024, false, false },
        { "e\xcc\x81", 1023, true, true },
        { "\xce\x90", 1023, true, true },           /* folds to three, composes to one */
        { "\xef\xac\x83", 1023, true, true },       /* the ligature ffi folds to as many bytes */
        { "\xc7\xb0", 1023, true, true },           /* folds to two and is composed again */
        { "\xc5\x89", 1023, true, false },          /* folds to three bytes for two */
        { "\xf0\x9d\x85\xa0", 1023, false, false }, /* NFC itself takes three times the bytes */
        { "x", 65536, false, false },
        { "\xc3\xa9", 65536, false, false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_key key;
        const char *name = long_name(row[i].word, row[i].n);
        ck_assert_msg(mu_key_make(&key, name, false) == row[i].exact, "row %zu, exact", i);
        ck_assert_msg(mu_key_make(&key, name, true) == row[i].folded, "row %zu, folded", i);
        ck_assert_msg(mu_key_same(name, name, false) == row[i].exact, "row %zu, same", i);
        ck_assert_msg((*mu_key_text(arena, name, true) == '\0')
                          == (!row[i].folded || *row[i].word == ' '),
                      "row %zu, text", i);
    }
}
END_TEST

/* What ICU alone would say. */
static const char *slow_key(const char *name, bool fold)
{
    struct mu_bytes text = mu_unicode_collapse(arena, mu_bytes_of(name));
    if (fold)
        text = mu_unicode_nfc(arena, mu_unicode_fold(arena, text));
    return mu_bytes_dup(arena, text);
}

START_TEST(ascii_takes_a_short_cut_to_the_same_key)
{
    struct gen g = { 20261123 };
    for (int round = 0; round < 20000; round++) {
        char name[80];
        size_t n = gen_below(&g, sizeof name - 1);
        for (size_t i = 0; i < n; i++)
            name[i] = gen_chance(&g, 20) ? " \t\n\v\f\r"[gen_below(&g, 6)]
                                         : (char) (1 + gen_below(&g, 127));
        name[n] = '\0';
        struct mu_key key;
        bool fold = gen_chance(&g, 50);
        ck_assert(mu_key_make(&key, name, fold));
        ck_assert_msg(strcmp(key.text, slow_key(name, fold)) == 0, "'%s' for '%s'", key.text, name);
        /* A letter more sends the same name along the long path: the front is still the same. */
        char wide[90];
        snprintf(wide, sizeof wide, "\xc3\xa9%s", name);
        struct mu_key other;
        ck_assert(mu_key_make(&other, wide, fold));
        ck_assert_msg(strcmp(other.text + 2, slow_key(wide, fold) + 2) == 0, "'%s'", wide);
        size_t skip = other.text[2] == ' ' ? 3 : 2;
        ck_assert_msg(strcmp(other.text + skip, key.text) == 0, "'%s' '%s'", other.text, key.text);
    }
}
END_TEST

/* The key of a key is the key. */
START_TEST(keys_are_settled)
{
    static const char *const code[] = {
        "a",
        "B",
        " ",
        "\xc3\x89",
        "\xcc\x81",
        "\xcc\xa3",
        "\xce\x90",
        "\xcd\x85",
        "\xce\xb1",
        "\xc4\xb0",
        "\xe1\xbe\x80",
        "\xe1\xba\x9e",
        "\xc7\xb0",
        "\xc5\x89",
        "\xe2\x80\x80",
        "\xef\xac\x83",
        "\xea\xb0\x80",
        "\xe1\x86\xa8",
    };
    struct gen g = { 7 };
    for (int round = 0; round < 20000; round++) {
        struct mu_buf name = { .arena = arena };
        for (uint32_t n = gen_below(&g, 8); n > 0; n--)
            mu_buf_puts(&name, code[gen_below(&g, MU_COUNT(code))]);
        for (int fold = 0; fold < 2; fold++) {
            const char *once = mu_key_text(arena, mu_buf_text(&name), fold);
            const char *twice = mu_key_text(arena, once, fold);
            ck_assert_msg(strcmp(once, twice) == 0, "'%s' '%s' '%s'", mu_buf_text(&name), once,
                          twice);
        }
    }
}
END_TEST

static struct mu_key key_of(const char *name)
{
    struct mu_key key;
    ck_assert(mu_key_make(&key, name, false));
    return key;
}

START_TEST(keys_of_scopes_are_apart)
{
    struct mu_names *names = mu_names_new(arena, 0);
    struct mu_key a = key_of("A"), b = key_of("B"), empty = key_of("");
    ck_assert_uint_eq(mu_names_find(names, 0, &a), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add(names, 0, &a, 1), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add(names, 1, &a, 2), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add(names, 0, &a, 3), 1);
    ck_assert_uint_eq(mu_names_find(names, 0, &a), 1);
    ck_assert_uint_eq(mu_names_find(names, 1, &a), 2);
    ck_assert_uint_eq(mu_names_find(names, 2, &a), UINT32_MAX);
    ck_assert_uint_eq(mu_names_find(names, 0, &b), UINT32_MAX);
    ck_assert_uint_eq(mu_names_find(names, 0, &empty), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add(names, 0, &empty, 4), UINT32_MAX);
    ck_assert_uint_eq(mu_names_find(names, 0, &empty), 4);
}
END_TEST

START_TEST(a_hundred_thousand_names)
{
    const uint32_t count = 100000;
    struct mu_names *names = mu_names_new(arena, count);
    char name[32];
    for (uint32_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "NAME %u", i / 2);
        struct mu_key key = key_of(name);
        ck_assert_uint_eq(mu_names_add(names, i % 2, &key, i), UINT32_MAX);
    }
    for (uint32_t i = 0; i < count + 1000; i++) {
        snprintf(name, sizeof name, "NAME %u", i / 2);
        struct mu_key key = key_of(name);
        ck_assert_uint_eq(mu_names_find(names, i % 2, &key), i < count ? i : UINT32_MAX);
    }
}
END_TEST

/* By name it does not matter how a name is written, nor which of two spellings came first. */
START_TEST(names_are_found_by_name)
{
    struct mu_names *names = mu_names_new(arena, 12);
    const char *endless = long_name("x", MU_KEY_MAX);
    ck_assert_uint_eq(mu_names_add_name(names, 0, "Top  Secret", true, 1), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add_name(names, 0, "TOP SECRET", true, 2), 1);
    ck_assert_uint_eq(mu_names_add_name(names, 0, "TOP SECRET", false, 3), 1);
    ck_assert_uint_eq(mu_names_add_name(names, 1, "TR\xc3\x88S", true, 4), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add_name(names, 1, "", true, 5), UINT32_MAX);
    ck_assert_uint_eq(mu_names_add_name(names, 1, endless, true, 6), UINT32_MAX);
    static const struct {
        uint32_t scope;
        const char *name;
        bool fold;
        uint32_t number;
    } row[] = {
        { 0, "Top  Secret", true, 1 },
        { 0, "TOP SECRET", true, 1 },
        { 0, "top\tsecret ", true, 1 },
        { 0, "top secret", true, 1 },
        { 0, "TopSecret", true, UINT32_MAX },
        { 1, "TOP SECRET", true, UINT32_MAX },
        { 1, "TR\xc3\x88S", true, 4 },
        { 1, "tre\xcc\x80s", true, 4 },
        { 1, "tre\xcc\x80s", false, 4 }, /* it is the text of the key */
        { 1, "Tr\xc3\xa8s", false, UINT32_MAX },
        { 1, " ", true, 5 },
        { 1, "", true, 5 },
        { 1, "\xff", true, UINT32_MAX },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        ck_assert_msg(mu_names_find_name(names, row[i].scope, row[i].name, row[i].fold)
                          == row[i].number,
                      "row %zu", i);
    ck_assert_uint_eq(mu_names_find_name(names, 1, endless, true), UINT32_MAX);
}
END_TEST

/* FNV has no secret: names that fall into one place can be made at leisure. They are slow to load,
 * as the square of their number, and whoever gives us a policy may do so; a label only looks up. */
START_TEST(names_made_to_collide_are_all_found)
{
    struct mu_names *names = mu_names_new(arena, 600);
    char name[32];
    uint32_t found = 0;
    for (uint32_t i = 0; found < 500; i++) {
        snprintf(name, sizeof name, "%u", i);
        struct mu_key key = key_of(name);
        if (key.hash % 256 != 0)
            continue;
        ck_assert_uint_eq(mu_names_add(names, 0, &key, i), UINT32_MAX);
        found++;
    }
    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "%u", i);
        struct mu_key key = key_of(name);
        ck_assert_uint_eq(mu_names_find(names, 0, &key), key.hash % 256 == 0 ? i : UINT32_MAX);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *tc = gen_tcase(suite, "names");
    tcase_add_loop_test(tc, each_same, 0, MU_COUNT(same));
    tcase_add_test(tc, nothing_is_the_same_as_nothing);
    tcase_add_test(tc, long_names);
    tcase_add_test(tc, ascii_takes_a_short_cut_to_the_same_key);
    tcase_add_test(tc, keys_are_settled);
    tcase_add_test(tc, keys_of_scopes_are_apart);
    tcase_add_test(tc, a_hundred_thousand_names);
    tcase_add_test(tc, names_are_found_by_name);
    tcase_add_test(tc, names_made_to_collide_are_all_found);
    return run_tests(suite);
}
