/* `muster label` and input that means harm: nothing is believed, nothing dangerous is shown, and what
 * cannot be read is one sentence and exit status 2. */
#include "tests/label_support.h"

/* --- hostile input ----------------------------------------------------------------------------------- */

/* Nothing that moves a cursor or turns text round reaches the reader, on whichever way. */
static void check_safe(const char *name, struct said s)
{
    static const char *const forbidden[] = { "\033", "\xe2\x80\xae", "\xe2\x80\x8b", "\r", "\a" };
    for (size_t i = 0; i < MU_COUNT(forbidden); i++)
        ck_assert_msg(strstr(s.out, forbidden[i]) == NULL && strstr(s.err, forbidden[i]) == NULL,
                      "%s: forbidden %zu", name, i);
}

static const char *const every_command[] = {
    "label parse",
    "label parse -f json",
    "label make",
    "label mark",
    "label mark -f json",
    "label valid",
    "label decide --clearance fixtures/clearances/nato-secret.xml",
    "label dominate",
    "label map --to eu-exercise",
};

static struct mu_bytes filled(size_t n, const char *start, char c, const char *end)
{
    struct mu_buf out = { .arena = arena };
    char *p = mu_arena_alloc(arena, n);
    memset(p, c, n);
    mu_buf_puts(&out, start);
    mu_buf_put(&out, p, n);
    mu_buf_puts(&out, end);
    return mu_buf_bytes(&out);
}

/* By the first `commands` of every command. */
static void check_unreadable(const char *name, const char *path, size_t commands, const char *must)
{
    for (size_t k = 0; k < commands; k++) {
        struct said s = muster_line(mu_arena_printf(arena, "%s %s", every_command[k], path), NULL);
        check_said(name, s, MU_EXIT_USAGE, must);
        check_safe(name, s);
        ck_assert_msg(s.out[0] == '\0' && strchr(s.err, '\n') == s.err + strlen(s.err) - 1,
                      "%s: more than a sentence:\n%s%s", name, s.out, s.err);
        ck_assert(strncmp(s.err, "muster: ", 8) == 0);
    }
}

START_TEST(unreadable)
{
    /* clang-format off */
    const struct {
        const char *name;
        struct mu_bytes content;
        const char *must;
    } bad[] = {
        { "empty", MU_BYTES(""), "empty: there is nothing in it$" },
        { "space", MU_BYTES(" \r\n\t\n"), "there is nothing in it$" },
        { "nul", MU_BYTES("NATO\0SECRET"), "neither a label nor a message" },
        { "nul-first", MU_BYTES("\0"), "neither a label nor a message" },
        { "one-line-2-mb", filled(2 * MU_MIB, "", 'A', ""), "too long for a marking$" },
        { "xml-2-mb", filled(2 * MU_MIB, "<a>", 'A', "</a>"), ":1:1048577: XML of more than 1 MiB$" },
        { "not-text", MU_BYTES("NATO \xff\xfe SECRET"), "bytes that are no text$" },
        { "ansi", MU_BYTES("NATO \033[31mSECRET\033[0m"), "is no marking of a known policy" },
        { "bidi", MU_BYTES("NATO \xe2\x80\xaeTERCES"), "is no marking of a known policy" },
        { "homoglyph", MU_BYTES("NATO SE\xd0\xa1RET"), "is no marking of a known policy" },
        { "doctype", content_of(MU_SOURCE_DIR "/fixtures/hostile/label-doctype.xml"), ":1:1: a document type" },
        { "forged", content_of(MU_SOURCE_DIR "/fixtures/hostile/label-forged-facts.xml"), ":1:[0-9]+: a namespace of the harness" },
        { "forged-fixture", MU_BYTES("<label xmlns=\"urn:muster:fixture:1\"><m:facts " "xmlns:m=\"urn:muster:message:1\"/></label>"), "a namespace of the harness" },
        { "two-fixtures", MU_BYTES("<label xmlns=\"urn:muster:fixture:1\"><label " "xmlns=\"urn:muster:fixture:1\"/></label>"), "a namespace of the harness" },
        { "masked", MU_BYTES("<label xmlns=\"urn:xuster:fixture:1\"><marking>NATO SECRET</marking></label>"), "is no confidentiality label" },
        { "empty-fixture", MU_BYTES("<label xmlns=\"urn:muster:fixture:1\"/>"), "neither a label nor a marking" },
        { "html", MU_BYTES("<!-- x --><html/>"), ":1:11: the root 'html' is no confidentiality label" },
        { "open", content_of(MU_SOURCE_DIR "/fixtures/hostile/label-not-closed.xml"), "open:[0-9]+:[0-9]+: " },
        { "mail", MU_BYTES("From: a@b.test\r\n\r\nNATO SECRET\r\n"), "the message has no SIO-Label$" },
        { "odd-type", MU_BYTES("SIO-Label: type=\":pdf\"; label=\"QUJD\"\r\n\r\n"), "a label of an unknown type$" },
        { "no-label", MU_BYTES("SIO-Label: fgcolor=red\r\n\r\n"), "neither a label nor a marking$" },
        { "in-mail", MU_BYTES("SIO-Label: type=\":xml\"; label=\"PGE+\"\r\n\r\n"), "at byte [0-9]+ of the SIO-Label at octet 0$" },
        { "base64", MU_BYTES("PGE+PC9hPg=="), "is no confidentiality label, at byte 0 of what the base64 holds$" },
        { "cut-der", MU_BYTES("\x31\x20\x02\x01\x04"), "no security label can be read" },
        { "lines", MU_BYTES("NATO\nSECRET\n"), "nor the one line of a marking$" },
    };
    /* clang-format on */
    for (size_t i = 0; i < MU_COUNT(bad); i++)
        check_unreadable(bad[i].name, stored(bad[i].name, bad[i].content),
                         i < 3 ? MU_COUNT(every_command) : 1, bad[i].must);
}
END_TEST

/* Values are anybody's text: bidi controls, invisible characters, line ends, quotes. None is NATO. */
START_TEST(foreign_text)
{
    static const char *const value[] = { "\xe2\x80\xaeOTAN", "NA\xe2\x80\x8bTO",
                                         "NATO&#10;valid yes", "&quot;}&lt;x&gt;",
                                         "\xf0\x9f\x92\xa3" };
    const char *label = mu_bytes_dup(arena, raw_label());
    for (size_t i = 0; i < MU_COUNT(value); i++) {
        const char *text = changed(label, "<GenericValue>NATO<",
                                   mu_arena_printf(arena, "<GenericValue>%s<", value[i]));
        const char *path = stored("foreign", mu_bytes_of(text));
        for (size_t k = 0; k < MU_COUNT(every_command); k++) {
            struct said s =
                muster_line(mu_arena_printf(arena, "%s %s", every_command[k], path), NULL);
            check_safe(value[i], s);
            ck_assert_msg(s.status == MU_EXIT_FAILURES || s.status == MU_EXIT_OK, "%s: %d\n%s",
                          every_command[k], s.status, s.err);
            ck_assert(!matches(s.out, "^valid yes") && strstr(s.out, "PERMIT") == NULL);
        }
    }
}
END_TEST

/* Names and originators with everything in them, in the error's sentence, too. */
START_TEST(foreign_names)
{
    const char *label = mu_bytes_dup(arena, raw_label());
    const char *text = changed(label, ">NATO-EXERCISE<",
                               ">\xe2\x80\xae"
                               "EXERCISE<");
    text = changed(text, "URI=\"urn:oid:" NATO_OID "\"", "");
    text = changed(text, "exercise-control@", "\xe2\x80\x8b@");
    const char *path = stored("names", mu_bytes_of(text));
    for (size_t k = 0; k < MU_COUNT(every_command); k++) {
        struct said s = muster_line(mu_arena_printf(arena, "%s %s", every_command[k], path), NULL);
        check_safe(every_command[k], s);
        ck_assert_int_eq(s.status, MU_EXIT_FAILURES);
    }
}
END_TEST

/* Thousands of values that nobody knows: a few are told, the rest is counted. */
START_TEST(many_values)
{
    struct mu_buf text = { .arena = arena };
    const char *label = mu_bytes_dup(arena, raw_label()), *at = strstr(label, "<GenericValue>");
    mu_buf_put(&text, label, (size_t) (at - label));
    for (size_t i = 0; i < 20000; i++)
        mu_buf_printf(&text, "<GenericValue>value %zu</GenericValue>", i);
    mu_buf_puts(&text, at);
    const char *path = stored("many", mu_buf_bytes(&text));
    struct said s = MUSTER("label", "valid", path);
    check_said("valid", s, MU_EXIT_FAILURES, "many: 19[0-9]+ more findings$");
    ck_assert_uint_lt(strlen(s.out), 64 * MU_KIB);
    s = MUSTER("label", "parse", path, "-f", "json");
    check_said("json", s, MU_EXIT_FAILURES, "\"left_off\":19[0-9]+[}]$");
    s = MUSTER("label", "decide", "--clearance", nato_secret, path);
    check_said("decide", s, MU_EXIT_FAILURES, "DENY ");
}
END_TEST

/* A pipe without end is read up to the limit and no further. */
START_TEST(endless_input)
{
    const char *err = stored("endless.err", MU_BYTES(""));
    int rc = system(
        mu_arena_printf(arena, "cd '%s' && yes NATO | head -c 1000000000 | '%s' label parse 2>%s",
                        MU_SOURCE_DIR, MU_PROGRAM, err));
    ck_assert(WIFEXITED(rc) && WEXITSTATUS(rc) == MU_EXIT_USAGE);
    ck_assert(
        matches(text_of(err), "^muster: standard input: more than the limit of 67108864 bytes$"));
    rc = system(mu_arena_printf(arena, "cd '%s' && '%s' label parse </dev/zero 2>%s", MU_SOURCE_DIR,
                                MU_PROGRAM, err));
    ck_assert(WIFEXITED(rc) && WEXITSTATUS(rc) == MU_EXIT_USAGE);
    rc = system(mu_arena_printf(arena, "cd '%s' && '%s' label parse <&- 2>%s", MU_SOURCE_DIR,
                                MU_PROGRAM, err));
    ck_assert(WIFEXITED(rc) && WEXITSTATUS(rc) == MU_EXIT_USAGE);
    ck_assert(matches(text_of(err), "cannot read standard input"));
}
END_TEST

/* Three thousand contexts are no valid label, though no header field has room for them. */
START_TEST(what_nobody_could_look_at_is_not_valid)
{
    const char *path = in_home("many-contexts.xml");
    const char *text = text_of(MU_SOURCE_DIR "/fixtures/labels/raw/default-namespace.xml");
    const char *start = strstr(text, "<Category"), *end = strstr(text, "</Category>");
    ck_assert(start != NULL && end != NULL);
    end += strlen("</Category>");
    struct mu_buf out = { .arena = arena };
    mu_buf_put(&out, text, (size_t) (end - text));
    for (size_t i = 0; i < 3000; i++)
        mu_buf_put(&out, start, (size_t) (end - start));
    mu_buf_puts(&out, end);
    write_file(path, mu_buf_bytes(&out));
    struct said s = MUSTER("label", "valid", path);
    check_said("many contexts", s, MU_EXIT_FAILURES, "L74-XSD must: the label is longer than");
    ck_assert_ptr_null(strstr(s.out, ": valid"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label hostile");
    TCase *tc = tcase_create("label hostile");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, unreadable);
    tcase_add_test(tc, foreign_text);
    tcase_add_test(tc, foreign_names);
    tcase_add_test(tc, many_values);
    tcase_add_test(tc, endless_input);
    tcase_add_test(tc, what_nobody_could_look_at_is_not_valid);
    suite_add_tcase(suite, tc);
    return run_tests(suite);
}
