#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/datetime.h"
#include "format/unicode.h"
#include "format/xml.h"
#include "policy/scheme.h"

#define SHIPPED     MU_SOURCE_DIR "/profiles/policies/schemes.xml"
#define ROOT(in)    "<schemes xmlns='" MU_SCHEMES_NS "'>" in "</schemes>"
#define SOURCE      "<source id='s' confidence='read'>A table</source>"
#define SCHEME(in)  "<scheme name='X' source='s'>" in "</scheme>"
#define SCHEMES(in) ROOT(SOURCE SCHEME(in))

static struct mu_arena *arena;
static struct mu_schemes shipped;

static void set_up(void)
{
    struct mu_err err;
    arena = mu_arena_new(256 * MU_MIB);
    ck_assert(mu_unicode_start(&err));
    if (!mu_schemes_load(arena, SHIPPED, &shipped, &err)) {
        char text[400];
        mu_err_text(&err, text, sizeof text);
        ck_abort_msg("%s", text);
    }
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

static int64_t day(const char *date)
{
    struct mu_instant at;
    const char *full = mu_arena_printf(arena, "%sT00:00:00Z", date);
    ck_assert(mu_datetime_read(mu_bytes_of(full), &at));
    return at.seconds;
}

enum { NONE = -1 };

/* labels.md 5.4: the same word, another level; the same country, another year. */
static const struct {
    const char *scheme, *text, *date;
    int want;
} friend[] = {
    { "ES", "RESERVADO", "2026-01-01", MU_SCHEME_SECRET },
    { "ES", "Reservado", "2026-01-01", MU_SCHEME_SECRET },
    { "ES", "SECRETO", "2026-01-01", MU_SCHEME_TOP_SECRET },
    { "PT", "Secreto", "2026-01-01", MU_SCHEME_SECRET },
    { "PT", "Reservado", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "PT", "RESERVADO", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "RO", "Secret", "2026-01-01", MU_SCHEME_CONFIDENTIAL },
    { "RO", "Strict secret", "2026-01-01", MU_SCHEME_SECRET },
    { "RO", "Secret de serviciu", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "IE", "Secret", "2026-01-01", MU_SCHEME_SECRET },
    { "BE", "Secret", "2026-01-01", MU_SCHEME_SECRET },
    { "IT", "Riservatissimo", "2026-01-01", MU_SCHEME_CONFIDENTIAL },
    { "IT", "Riservato", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "IT", "Segretissimo", "2026-01-01", MU_SCHEME_TOP_SECRET },
    { "NL", "Dep. VERTROUWELIJK", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "NL", "dep.  vertrouwelijk ", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "NL", "Vertrouwelijk", "2026-01-01", NONE },
    { "BE", "Vertrouwelijk", "2026-01-01", MU_SCHEME_CONFIDENTIAL },
    { "AT", "Vertraulich", "2026-01-01", MU_SCHEME_CONFIDENTIAL },
    { "DE", "Vertraulich", "2026-01-01", NONE },
    { "DE", "VS - VERTRAULICH", "2026-01-01", MU_SCHEME_CONFIDENTIAL },
    { "DE", "VS - Nur fu\xcc\x88r den Dienstgebrauch", "2026-01-01", MU_SCHEME_RESTRICTED },
    { "FR",
      "CONFIDENTIEL D\xc3\x89"
      "FENSE",
      "2026-01-01", NONE },
    { "FR",
      "CONFIDENTIEL D\xc3\x89"
      "FENSE",
      "2021-07-01", NONE },
    { "FR",
      "CONFIDENTIEL D\xc3\x89"
      "FENSE",
      "2021-06-30", MU_SCHEME_CONFIDENTIAL },
    { "FR",
      "SECRET D\xc3\x89"
      "FENSE",
      "2021-06-30", MU_SCHEME_SECRET },
    { "FR",
      "SECRET D\xc3\x89"
      "FENSE",
      "2022-01-01", NONE },
    { "FR", "SECRET", "2022-01-01", MU_SCHEME_SECRET },
    { "FR", "SECRET", "2021-06-30", NONE },
    { "FR", "TR\xc3\x88S SECRET", "2021-07-01", MU_SCHEME_TOP_SECRET },
    { "FR", "TRE\xcc\x80S SECRET", "2021-07-01", MU_SCHEME_TOP_SECRET },
    { "FR",
      "TR\xc3\x88S SECRET D\xc3\x89"
      "FENSE",
      "2021-06-30", MU_SCHEME_TOP_SECRET },
    { "SE", "Konfidentiell", "2026-01-01", MU_SCHEME_CONFIDENTIAL },
    { "SE", "Konfidentiell", "2019-04-01", MU_SCHEME_CONFIDENTIAL },
    { "SE", "Konfidentiell", "2019-03-31", NONE },
    { "SE", "Begr\xc3\xa4nsat hemlig", "2019-03-31", NONE },
    { "SE", "Begr\xc3\xa4nsat hemlig", "2019-04-01", MU_SCHEME_RESTRICTED },
    { "UK", "UK SECRET", "2021-01-01", NONE },
    { "UK", "UK SECRET", "2020-12-31", MU_SCHEME_SECRET },
    { "UK", "SECRET", "2020-12-31", NONE },
    { "SE", "HEMLIG/CONFIDENTIAL", "2019-03-31", MU_SCHEME_CONFIDENTIAL },
    { "SE", "HEMLIG/CONFIDENTIAL", "2019-04-01", NONE },
    { "EU", "SECRET UE/EU SECRET", "2026-01-01", MU_SCHEME_SECRET },
    { "EU", "TR\xc3\x88S SECRET UE/EU TOP SECRET", "2026-01-01", MU_SCHEME_TOP_SECRET },
    { "EU", "TRES SECRET UE/EU TOP SECRET", "2026-01-01", MU_SCHEME_TOP_SECRET },
    { "NATO", "COSMIC TOP SECRET", "2026-01-01", MU_SCHEME_TOP_SECRET },
    { "NATO", "NATO SECRET", "2026-01-01", MU_SCHEME_SECRET },
    { "EU",
      "S\xd0\x95"
      "CRET UE/EU SECRET",
      "2026-01-01", NONE }, /* a Cyrillic letter */
    { "EU", "", "2026-01-01", NONE },
    { "XX", "SECRET", "2026-01-01", NONE },
};

START_TEST(each_false_friend)
{
    int64_t at = day(friend[_i].date);
    const struct mu_scheme_row *row =
        mu_scheme_find(&shipped, friend[_i].scheme, friend[_i].text, at);
    int got = row != NULL ? (int) row->level : NONE;
    ck_assert_msg(got == friend[_i].want, "%s '%s' %s: %d", friend[_i].scheme, friend[_i].text,
                  friend[_i].date, got);
    ck_assert(row == NULL || row->classification);
}
END_TEST

/* One word to another scheme's word. */
static const struct {
    const char *scheme, *text, *other, *language, *date, *want;
} word[] = {
    { "ES", "RESERVADO", "PT", NULL, "2026-01-01", "Secreto" },
    { "PT", "Reservado", "ES", NULL, "2026-01-01", "DIFUSI\xc3\x93N LIMITADA" },
    { "RO", "Secret", "IT", NULL, "2026-01-01", "Riservatissimo" },
    { "IT", "Riservatissimo", "FR", NULL, "2026-01-01", NULL },
    { "IT", "Riservatissimo", "FR", NULL, "2021-06-30",
      "CONFIDENTIEL D\xc3\x89"
      "FENSE" },
    { "AT", "Vertraulich", "NL", NULL, "2026-01-01", "Stg. CONFIDENTIEEL" },
    { "NL", "Dep. VERTROUWELIJK", "AT", NULL, "2026-01-01", "Eingeschr\xc3\xa4nkt" },
    { "BE", "Secret", "BE", "nl", "2026-01-01", "Geheim" },
    { "BE", "Geheim", "BE", "fr", "2026-01-01", "Secret" },
    { "BE", "Geheim", "BE", "de", "2026-01-01", NULL },
    { "ES", "RESERVADO", "SE", NULL, "2026-01-01", "Hemlig" },
    { "NATO", "NATO SECRET", "EU", "en", "2026-01-01", "SECRET UE/EU SECRET" },
    { "EU", "RESTREINT UE/EU RESTRICTED", "NATO", "en", "2026-01-01", "NATO RESTRICTED" },
    { "NATO", "NATO UNCLASSIFIED", "EU", NULL, "2026-01-01", NULL },
    { "ES", "RESERVADO", "UK", NULL, "2026-01-01", NULL },
    { "ES", "RESERVADO", "XX", NULL, "2026-01-01", NULL },
};

START_TEST(each_equivalent_word)
{
    int64_t at = day(word[_i].date);
    const struct mu_scheme_row *row = mu_scheme_find(&shipped, word[_i].scheme, word[_i].text, at);
    ck_assert_msg(row != NULL, "%s '%s'", word[_i].scheme, word[_i].text);
    const struct mu_scheme_row *other =
        mu_scheme_equivalent(&shipped, row, word[_i].other, word[_i].language, at);
    const char *got = other != NULL ? other->text : NULL;
    ck_assert_msg((got == NULL) == (word[_i].want == NULL)
                      && (got == NULL || strcmp(got, word[_i].want) == 0),
                  "%s '%s' in %s: '%s'", word[_i].scheme, word[_i].text, word[_i].other,
                  got != NULL ? got : "none");
}
END_TEST

/* A word that is out of force is equivalent to nothing, though documents still bear it. */
START_TEST(old_words)
{
    int64_t then = day("2021-06-30"), at = day("2022-01-01");
    const struct mu_scheme_row *row = mu_scheme_find(&shipped, "FR",
                                                     "CONFIDENTIEL D\xc3\x89"
                                                     "FENSE",
                                                     then);
    ck_assert(row != NULL);
    ck_assert_str_eq(mu_scheme_equivalent(&shipped, row, "IT", NULL, then)->text, "Riservatissimo");
    ck_assert(mu_scheme_equivalent(&shipped, row, "IT", NULL, at) == NULL);
}
END_TEST

/* MRK-13: LIMITE is a handling mark of unclassified documents, from any side. */
START_TEST(limite_is_no_classification)
{
    int64_t at = day("2026-01-01");
    const struct mu_scheme_row *row = mu_scheme_find(&shipped, "EU", "limite", at);
    ck_assert(row != NULL && !row->classification && row->level == MU_SCHEME_UNCLASSIFIED);
    for (size_t i = 0; i < shipped.rows; i++) {
        const struct mu_scheme_row *r = &shipped.row[i];
        ck_assert(mu_scheme_equivalent(&shipped, row, r->scheme, NULL, at) == NULL);
        for (int level = 0; level < MU_SCHEME_LEVELS; level++) {
            struct mu_scheme_row any = { .level = (enum mu_scheme_level) level,
                                         .from = INT64_MIN,
                                         .until = INT64_MAX,
                                         .classification = true };
            const struct mu_scheme_row *e =
                mu_scheme_equivalent(&shipped, &any, r->scheme, NULL, at);
            ck_assert(e == NULL || e->classification);
        }
    }
}
END_TEST

/* Each row of the table is found by its own text and comes back to its own level. */
START_TEST(each_row_is_found)
{
    ck_assert_uint_gt(shipped.rows, 100);
    for (size_t i = 0; i < shipped.rows; i++) {
        const struct mu_scheme_row *r = &shipped.row[i];
        int64_t at = r->from != INT64_MIN ? r->from : r->until - 1;
        const struct mu_scheme_row *found = mu_scheme_find(&shipped, r->scheme, r->text, at);
        ck_assert_msg(found != NULL && found->level == r->level, "%s '%s'", r->scheme, r->text);
        ck_assert(r->source[0] != '\0' && r->confidence[0] != '\0' && r->line > 0);
        if (!r->classification)
            continue;
        const struct mu_scheme_row *own =
            mu_scheme_equivalent(&shipped, r, r->scheme, r->language, at);
        ck_assert_msg(own != NULL && own->level == r->level, "%s '%s'", r->scheme, r->text);
    }
}
END_TEST

/* A word is emitted by its name, not by an abbreviation. */
START_TEST(names_before_abbreviations)
{
    int64_t at = day("2026-01-01");
    for (size_t i = 0; i < shipped.rows; i++) {
        const struct mu_scheme_row *r = &shipped.row[i];
        const struct mu_scheme_row *e = mu_scheme_equivalent(&shipped, r, r->scheme, NULL, at);
        ck_assert_msg(e == NULL || !e->abbreviation, "%s '%s'", r->scheme, r->text);
    }
}
END_TEST

/* Files that are not what they should be: the place and the sentence. NULL: it loads. */
static const struct {
    const char *name, *xml, *want;
} file[] = {
    { "least", SCHEMES("<row level='secret'>A</row>"), NULL },
    { "empty", ROOT(""), NULL },
    { "dates that touch",
      SCHEMES("<row level='secret' until='2020-01-01'>A</row>"
              "<row level='restricted' from='2020-01-01'>A</row>"),
      NULL },
    { "dates that touch, backwards",
      SCHEMES("<row level='restricted' from='2020-01-01'>A</row>"
              "<row level='secret' until='2020-01-01'>A</row>"),
      NULL },
    { "the same word twice",
      SCHEMES("<row level='secret'>A</row><row level='secret' kind='abbreviation'>a</row>"), NULL },
    { "comments", "<!-- a -->" SCHEMES("<!-- a --><row level='secret'>A<!-- b -->B</row>"), NULL },
    { "another root", "<schemas xmlns='" MU_SCHEMES_NS "'/>",
      "f:1:1: the root is not 'schemes' of '" MU_SCHEMES_NS "'" },
    { "another namespace", "<schemes xmlns='urn:x'/>",
      "f:1:1: the root is not 'schemes' of '" MU_SCHEMES_NS "'" },
    { "unknown element", ROOT(SOURCE "\n<country/>"),
      "f:2:1: 'country' does not belong here: sources, then schemes" },
    { "source after a scheme",
      ROOT(SOURCE SCHEME(
          "<row level='secret'>A</row>") "\n"
                                         "<source id='t' confidence='read'>B</source>"),
      "f:2:1: 'source' does not belong here: sources, then schemes" },
    { "no row", SCHEMES("\n<line/>"), "f:2:1: a scheme has rows, no 'line'" },
    { "unknown level", SCHEMES("\n<row level='very secret'>A</row>"),
      "f:2:6: unknown level 'very secret'" },
    { "no level", SCHEMES("\n<row>A</row>"), "f:2:1: 'row' needs an attribute 'level'" },
    { "no text", SCHEMES("\n<row level='secret'> </row>"), "f:2:1: 'row' without text" },
    { "element in a text", SCHEMES("\n<row level='secret'><b>A</b></row>"),
      "f:2:21: 'b' does not belong into 'row'" },
    { "misspelt attribute", SCHEMES("\n<row level='secret' untill='2020-01-01'>A</row>"),
      "f:2:21: 'row' has no attribute 'untill'" },
    { "no date", SCHEMES("\n<row level='secret' until='2020-02-30'>A</row>"),
      "f:2:21: '2020-02-30' is no date" },
    { "a date and more", SCHEMES("\n<row level='secret' from='2020-02-20T10:00:00Z'>A</row>"),
      "f:2:21: '2020-02-20T10:00:00Z' is no date" },
    { "a short date", SCHEMES("\n<row level='secret' from='2020'>A</row>"),
      "f:2:21: '2020' is no date" },
    { "a range of nothing",
      SCHEMES("\n<row level='secret' from='2020-01-01' until='2020-01-01'>A</row>"),
      "f:2:39: 'A' ends before it starts" },
    { "unknown source", SCHEMES("\n<row level='secret' source='t'>A</row>"),
      "f:2:21: unknown source 't'" },
    { "unknown confidence", ROOT("\n<source id='t' confidence='sure'>A</source>"),
      "f:2:16: unknown confidence 'sure'" },
    { "source twice", ROOT(SOURCE "\n" SOURCE), "f:2:9: source 's' is there already" },
    { "scheme twice",
      ROOT(SOURCE SCHEME("<row level='secret'>A</row>") "\n" SCHEME("<row level='secret'>A</row>")),
      "f:2:9: scheme 'X' is there already" },
    { "scheme without source", ROOT(SOURCE "\n<scheme name='X'/>"),
      "f:2:1: 'scheme' needs an attribute 'source'" },
    { "neither true nor false", SCHEMES("\n<row level='secret' classification='no'>A</row>"),
      "f:2:21: unknown classification 'no'" },
    { "unknown kind", SCHEMES("\n<row level='secret' kind='long'>A</row>"),
      "f:2:21: unknown kind 'long'" },
    { "one word, two levels",
      SCHEMES("<row level='secret'>A b</row>\n<row level='restricted'>a  B</row>"),
      "f:2:1: 'a B' means something else at the same time in line 1" },
    { "one word, two levels for a day",
      SCHEMES("<row level='secret' until='2020-01-02'>A</row>\n"
              "<row level='restricted' from='2020-01-01'>A</row>"),
      "f:2:1: 'A' means something else at the same time in line 1" },
    { "a mark and a classification",
      SCHEMES("<row level='unclassified'>A</row>\n"
              "<row level='unclassified' classification='false'>A</row>"),
      "f:2:1: 'A' means something else at the same time in line 1" },
    { "shown safely", SCHEMES("\n<row level='\xe2\x80\xae'>A</row>"),
      "f:2:6: unknown level '\\u{202E}'" },
};

START_TEST(each_file)
{
    struct mu_schemes schemes = { .rows = 77 };
    struct mu_err err;
    char text[400] = "";
    bool got = mu_schemes_load_bytes(arena, mu_bytes_of(file[_i].xml), "f", &schemes, &err);
    if (!got)
        mu_err_text(&err, text, sizeof text);
    ck_assert_msg(got == (file[_i].want == NULL), "%s: '%s'", file[_i].name, text);
    ck_assert_msg(got || strcmp(text, file[_i].want) == 0, "%s: '%s'", file[_i].name, text);
    ck_assert(got || schemes.rows == 77);
}
END_TEST

START_TEST(hostile_files)
{
    struct mu_schemes schemes;
    struct mu_err err;
    struct mu_buf xml = { .arena = arena };
    ck_assert(!mu_schemes_load_bytes(arena, MU_BYTES(""), "f", &schemes, &err));
    ck_assert(!mu_schemes_load_bytes(arena, MU_BYTES("<schemes\0/>"), "f", &schemes, &err));
    ck_assert(!mu_schemes_load(arena, "/nonexistent/s.xml", &schemes, &err));
    ck_assert_int_ne(err.code, MU_ERR_NONE);
    mu_buf_puts(&xml, "<schemes xmlns='" MU_SCHEMES_NS "'>" SOURCE "<scheme name='X' source='s'>");
    for (int i = 0; i < MU_SCHEME_ROWS_MAX; i++)
        mu_buf_printf(&xml, "<row level='secret'>A%d</row>", i);
    mu_buf_puts(&xml, "</scheme></schemes>");
    ck_assert(!mu_schemes_load_bytes(arena, mu_buf_bytes(&xml), "f", &schemes, &err));
    ck_assert_int_eq(err.code, MU_ERR_LIMIT);
    xml = (struct mu_buf){ .arena = arena };
    mu_buf_puts(&xml, "<schemes xmlns='" MU_SCHEMES_NS "'>" SOURCE
                      "<scheme name='X' source='s'><row level='secret'>");
    for (int i = 0; i < 5000; i++)
        mu_buf_putc(&xml, 'x');
    mu_buf_puts(&xml, "</row></scheme></schemes>");
    ck_assert(!mu_schemes_load_bytes(arena, mu_buf_bytes(&xml), "f", &schemes, &err));
    ck_assert_str_eq(err.msg, "a text that is too long");
}
END_TEST

/* A name that is no UTF-8, and one past the longest key, are no words. */
START_TEST(hostile_words)
{
    char longest[5000];
    memset(longest, 'A', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert(mu_scheme_find(&shipped, "EU", longest, 0) == NULL);
    ck_assert(mu_scheme_find(&shipped, "EU", "\xff\xfe", 0) == NULL);
    ck_assert(mu_scheme_find(&shipped, "", "", 0) == NULL);
}
END_TEST

START_TEST(levels_have_names)
{
    enum mu_scheme_level level;
    for (int i = 0; i < MU_SCHEME_LEVELS; i++) {
        ck_assert(
            mu_scheme_level_from_name(mu_scheme_level_name((enum mu_scheme_level) i), &level));
        ck_assert_int_eq((int) level, i);
    }
    ck_assert(!mu_scheme_level_from_name("SECRET", &level));
    ck_assert(!mu_scheme_level_from_name(NULL, &level));
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("scheme");
    TCase *tc = tcase_create("scheme");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_false_friend, 0, MU_COUNT(friend));
    tcase_add_loop_test(tc, each_equivalent_word, 0, MU_COUNT(word));
    tcase_add_test(tc, old_words);
    tcase_add_test(tc, limite_is_no_classification);
    tcase_add_test(tc, each_row_is_found);
    tcase_add_test(tc, names_before_abbreviations);
    tcase_add_loop_test(tc, each_file, 0, MU_COUNT(file));
    tcase_add_test(tc, hostile_files);
    tcase_add_test(tc, hostile_words);
    tcase_add_test(tc, levels_have_names);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
