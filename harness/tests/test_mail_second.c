/*
 * A second opinion on our reading of mail and of parameters: gmime, over messages by chance and over
 * fixtures/hostile/mail. Where the two differ a row of the table below says why, and whose reading the
 * clause supports. A difference without a row fails; so does a row that nothing needs.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "mail_gen.h"
#include "mail_second.h"
#include "rounds.h"

/* --- why ---------------------------------------------------------------------------------------------- */

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* The text without CRLF and bare LF; without CR, too, where `cr`. */
static struct mu_bytes without_line_ends(struct mu_bytes raw, bool cr)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] != '\n'
            && !(raw.p[i] == '\r' && (cr || (i + 1 < raw.n && raw.p[i + 1] == '\n'))))
            mu_buf_putc(&out, raw.p[i]);
    return mu_bytes_trim(mu_buf_bytes(&out));
}

static bool keeps_white_space(const struct difference *d)
{
    return mu_bytes_equal(without_line_ends(d->header->raw, false), d->theirs);
}

static bool loses_cr(const struct difference *d)
{
    return memchr(d->ours.p, '\r', d->ours.n) != NULL
           && mu_bytes_equal(without_line_ends(d->header->raw, true), d->theirs);
}

/* gmime's texts are C strings. */
static bool ends_at_nul(const struct difference *d)
{
    struct mu_bytes text = d->header->raw;
    const char *nul = memchr(text.p, '\0', text.n);
    if (nul == NULL)
        return false;
    text.n = (size_t) (nul - text.p);
    return mu_bytes_equal(without_line_ends(text, true), d->theirs);
}

static bool parameter_ends_at_nul(const struct difference *d)
{
    return d->ours.n > 0 && memchr(d->ours.p, '\0', d->ours.n) != NULL;
}

static bool begins_with_fold(const struct difference *d)
{
    return d->mail->bytes.n > 0 && is_wsp(d->mail->bytes.p[0]);
}

static bool is_no_name(struct mu_bytes name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] > '~')
            return true;
    return name.n == 0;
}

static bool has_no_name(const struct difference *d)
{
    return is_no_name(d->header->name);
}

static bool follows_no_name(const struct difference *d)
{
    return d->header > d->part->header && is_no_name(d->header[-1].name);
}

static bool has_second(const struct difference *d, const char *key)
{
    size_t count = 0;
    for (size_t i = 0; d->part != NULL && i < d->part->headers; i++)
        count += d->part->header[i].key != NULL && strcmp(d->part->header[i].key, key) == 0;
    return count > 1;
}

static bool has_second_type(const struct difference *d)
{
    return has_second(d, "content-type");
}

static bool has_second_encoding(const struct difference *d)
{
    return has_second(d, "content-transfer-encoding");
}

/* A part without a header field and without the empty line after it. */
static bool has_empty_part(const struct difference *d)
{
    for (size_t i = 0; i < d->part->parts; i++)
        if (d->part->part[i].headers == 0
            && d->part->part[i].offset == d->part->part[i].body_offset)
            return true;
    return false;
}

/* Is the one the other and one octet of a line end more or less? */
static bool is_cut_elsewhere(const struct difference *d)
{
    struct mu_bytes more = d->ours.n > d->theirs.n ? d->ours : d->theirs;
    struct mu_bytes less = d->ours.n > d->theirs.n ? d->theirs : d->ours;
    return d->mail->bare_lf > 0 && more.n - less.n == 1 && memcmp(more.p, less.p, less.n) == 0;
}

static bool has_defect(const struct difference *d, const char *kind)
{
    for (size_t i = 0; d->part != NULL && i < d->mail->defects; i++)
        if (strcmp(d->mail->defect[i].kind, kind) == 0
            && (strcmp(d->mail->defect[i].part, d->part->path) == 0
                || (d->mail->defect[i].part[0] == '\0' && strcmp(d->part->path, "1") == 0)))
            return true;
    return false;
}

static bool has_bad_type(const struct difference *d)
{
    return has_defect(d, "bad-content-type");
}

/* In this multipart or in what is open inside it. */
static bool has_bad_boundary(const struct difference *d)
{
    size_t n = strlen(d->part->path);
    for (size_t i = 0; i < d->mail->defects; i++)
        if (strcmp(d->mail->defect[i].kind, "bad-boundary") == 0
            && strncmp(d->mail->defect[i].part, d->part->path, n) == 0)
            return true;
    return false;
}

static bool ends_in_header(const struct difference *d)
{
    return has_defect(d, "no-blank-line") && has_defect(d, "unterminated-line");
}

/* The text without white space at the end of its lines. */
static struct mu_bytes without_trailing(struct mu_bytes b)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < b.n; i++) {
        size_t n = i;
        while (n < b.n && is_wsp(b.p[n]))
            n++;
        if (n == b.n || b.p[n] == '\n' || (b.p[n] == '\r' && n + 1 < b.n && b.p[n + 1] == '\n'))
            i = n;
        if (i < b.n)
            mu_buf_putc(&out, b.p[i]);
    }
    return mu_buf_bytes(&out);
}

static bool is_quoted(const struct difference *d)
{
    return strcmp(d->part->encoding, "quoted-printable") == 0;
}

/* Without the white space gmime's own decoder says what we say. */
static bool keeps_trailing(const struct difference *d)
{
    if (!is_quoted(d))
        return false;
    int state = 0;
    guint32 save = 0;
    struct mu_bytes body = without_trailing(d->part->body);
    unsigned char *out = mu_arena_alloc(arena, body.n + 3);
    size_t n = g_mime_encoding_quoted_decode_step((const unsigned char *) body.p, body.n, out,
                                                  &state, &save);
    return mu_bytes_equal((struct mu_bytes){ (const char *) out, n }, d->ours);
}

/* "==" and the end of the line. */
static bool has_two_equals(const struct difference *d)
{
    struct mu_bytes b = d->part->body;
    size_t at = is_quoted(d) ? 0 : b.n;
    while ((at = mu_bytes_find(b, MU_BYTES("=="), at)) != SIZE_MAX)
        if (at + 2 < b.n && (b.p[at + 2] == '\r' || b.p[at + 2] == '\n'))
            return true;
        else
            at++;
    return false;
}

static bool is_uuencode(const struct difference *d)
{
    return strcmp(d->part->encoding, "x-uuencode") == 0;
}

/* No padding at the end: gmime leaves the last, incomplete group out. */
static bool lacks_padding(const struct difference *d)
{
    struct mu_bytes body = d->part->body;
    return strcmp(d->part->encoding, "base64") == 0 && memchr(body.p, '=', body.n) == NULL
           && d->ours.n > d->theirs.n && d->ours.n - d->theirs.n <= 2
           && memcmp(d->ours.p, d->theirs.p, d->theirs.n) == 0;
}

static bool is_encoded_word(const struct difference *d)
{
    return (d->parameter->defects & MU_PARAMETER_ENCODED_WORD) != 0;
}

static bool is_not_utf8(const struct difference *d)
{
    return (d->parameter->defects & MU_PARAMETER_BAD_UTF8) != 0;
}

static bool is_unknown_charset(const struct difference *d)
{
    return (d->parameter->defects & MU_PARAMETER_UNKNOWN_CHARSET) != 0;
}

static bool is_mixed(const struct difference *d)
{
    return (d->parameter->defects & MU_PARAMETER_MIXED) != 0;
}

static bool is_duplicate(const struct difference *d)
{
    return (d->parameter->defects & MU_PARAMETER_DUPLICATE) != 0;
}

static bool has_comment(const struct difference *d)
{
    return (d->list & MU_LIST_COMMENT) != 0;
}

static bool is_open(const struct difference *d)
{
    return (d->list & MU_LIST_SYNTAX) != 0 && d->theirs.n > 0 && d->theirs.p[0] == '"'
           && memchr(d->ours.p, '"', d->ours.n) == NULL;
}

static bool has_half_charset(const struct difference *d)
{
    return (d->parameter->defects & MU_PARAMETER_CHARSET) != 0;
}

static bool has_no_value(const struct difference *d)
{
    return d->parameter->value.n == 0 && (d->parameter->defects & MU_PARAMETER_UNQUOTED) != 0;
}

static bool has_strange_star(const struct difference *d)
{
    return strchr(d->parameter->name, '*') != NULL;
}

/* gmime reads no further than the first thing that is no parameter. */
static bool follows_no_parameter(const struct difference *d)
{
    return d->list != 0;
}

static const struct row {
    const char *id;
    unsigned aspects;
    bool always; /* also where a message breaks no rule */
    bool (*applies)(const struct difference *d);
    const char *reason;
} row[] = {
    { "fold", VALUE, true, keeps_white_space,
      "RFC 5322 2.2.3 keeps the white space of a fold; we write each fold as one space, gmime as "
      "it is" },
    { "bare-cr", VALUE, false, loses_cr,
      "RFC 5322 2.2: CR stands only before LF; gmime drops it, we show it" },
    { "nul", VALUE, false, ends_at_nul,
      "RFC 5322 4: NUL is obsolete; gmime's texts end there, ours go on" },
    { "nul-parameter", PARAMETER, false, parameter_ends_at_nul, "the same in a parameter" },
    { "leading-fold", MESSAGE, false, begins_with_fold,
      "RFC 5322 2.2.3: a fold needs a field before it; gmime gives up, we name the line a field of "
      "a bad name" },
    { "ends-in-header", MESSAGE, false, ends_in_header,
      "RFC 5322 2.1: the last line of a header block is no field and has no end; gmime gives up, "
      "we read the rest" },
    { "no-name", OURS, false, has_no_name,
      "RFC 5322 2.2: no field name; gmime drops the line, we keep it as a field and name the "
      "defect" },
    { "no-name-before", OFFSET, false, follows_no_name,
      "gmime counts a field from the line that it dropped before it" },
    { "second-type", TYPE | PARTS | BODY | OUR_NAME | THEIR_NAME | PARAMETER, false,
      has_second_type,
      "RFC 2045 3, RFC 5322 3.6: one Content-Type; the first counts with us, the last with gmime" },
    { "second-encoding", BODY, false, has_second_encoding,
      "RFC 2045 3: the same of Content-Transfer-Encoding" },
    { "empty-part", PARTS, false, has_empty_part,
      "RFC 2046 5.1.1: a part may lack header and body; gmime leaves such a part out, we count "
      "it" },
    { "delimiter-lf", BODY, false, is_cut_elsewhere,
      "RFC 2046 5.1.1: the line end before a delimiter is its own; gmime cuts as many octets as "
      "end the delimiter" },
    { "bad-type", TYPE | PARTS | OUR_NAME, false, has_bad_type,
      "RFC 2045 5.2: text/plain where the field cannot be read; gmime takes "
      "application/octet-stream" },
    { "bad-boundary", PARTS, false, has_bad_boundary,
      "RFC 2046 5.1.1: only white space follows a boundary; we hold to it, gmime takes CR for "
      "white space" },
    { "quoted-trailing", BODY, true, keeps_trailing,
      "RFC 2045 6.7 (3): white space at the end of a line was added on the way; we delete it, "
      "gmime does not" },
    { "quoted-two", BODY, false, has_two_equals,
      "RFC 2045 6.7 (5): = at the end of a line is a soft line break, and one before it is text; "
      "gmime takes both as text" },
    { "uuencode", BODY, false, is_uuencode,
      "RFC 2045 6.3: x-uuencode is private; gmime knows it, we leave it" },
    { "base64-padding", BODY, false, lacks_padding,
      "RFC 2045 6.8: padding is missing; we decode the last octets, gmime does not" },
    { "encoded-word", PARAMETER, false, is_encoded_word,
      "RFC 2047 5: no encoded-word in a parameter; gmime obeys it, we name it and do not" },
    { "no-utf8", PARAMETER, false, is_not_utf8,
      "RFC 2231 4: octets that no charset explains stay with us as they are; gmime guesses or "
      "drops them" },
    { "charset", PARAMETER, false, is_unknown_charset,
      "RFC 2231 4: an unknown charset; gmime guesses, we do not" },
    { "mixed", PARAMETER | OUR_NAME, false, is_mixed,
      "RFC 2231 3: name beside name*0; the segments count with us, what comes first with gmime" },
    { "duplicate", PARAMETER, false, is_duplicate,
      "RFC 2231 3: two segments of one number; the first counts with us, gmime joins them" },
    { "comment", PARAMETER | OUR_NAME | THEIR_NAME, false, has_comment,
      "RFC 2045 5.1: comments may stand between; we skip them, gmime takes one behind a token as "
      "text" },
    { "open-quote", PARAMETER, false, is_open,
      "RFC 2045 5.1: a quote that is not closed; gmime keeps its mark as text" },
    { "half-charset", PARAMETER, false, has_half_charset,
      "RFC 2231 4: charset'language' is incomplete; we keep the text, gmime takes it for the "
      "charset" },
    { "strange-star", OUR_NAME, false, has_strange_star,
      "RFC 2231 7: * only before a number; we keep the name as it is" },
    { "no-value", OUR_NAME, false, has_no_value,
      "RFC 2045 5.1: a value is not empty; gmime leaves the parameter out, we name it" },
    { "no-parameter", OUR_NAME, false, follows_no_parameter,
      "RFC 2045 5.1: something is no parameter; gmime stops there, we read on behind it" },
};

static size_t needed[MU_COUNT(row)], unexplained;
static const char *origin;
static bool lawful; /* the message breaks no rule */

static const char *shown(struct mu_bytes b)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < b.n && i < 100; i++)
        mu_buf_printf(&out, b.p[i] < ' ' || b.p[i] > '~' ? "\\x%02x" : "%c",
                      (unsigned char) b.p[i]);
    return mu_buf_text(&out);
}

static void differ(struct difference d)
{
    int aspect = 0;
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        if ((row[i].aspects & (unsigned) d.aspect) != 0 && (row[i].always || !lawful)
            && row[i].applies(&d)) {
            needed[i]++;
            return;
        }
    }
    while (d.aspect >> aspect != 1)
        aspect++;
    if (unexplained++ < 50)
        printf("%s: part %s: %s: ours '%s', theirs '%s'\n", origin,
               d.part != NULL ? d.part->path : "-", aspect_name[aspect], shown(d.ours),
               shown(d.theirs));
}

/* --- by chance, and by hand --------------------------------------------------------------------------- */

static void compare_list(struct mu_bytes text)
{
    struct seen_list *ours = mu_new(arena, struct seen_list),
                     *theirs = mu_new(arena, struct seen_list);
    seen_our_list(arena, text, ours);
    GMimeParamList *list =
        g_mime_param_list_parse(NULL, mu_bytes_dup(arena, without_line_ends(text, false)));
    seen_their_list(arena, list, theirs);
    g_object_unref(list);
    compare_lists((struct difference){ .aspect = PARAMETER }, ours, theirs);
}

static void by_chance(const char *what, bool odd, uint32_t rounds,
                      struct mu_bytes (*make)(struct mu_arena *arena, uint32_t seed, bool odd),
                      void (*compare_one)(struct mu_bytes text))
{
    lawful = !odd;
    for (uint32_t seed = 0; seed < rounds; seed++) {
        arena = mu_arena_new(512 * MU_MIB);
        origin = mu_arena_printf(arena, "%s %u", what, seed);
        compare_one(make(arena, seed, odd));
        mu_arena_free(arena);
    }
}

static void compare_fixtures(void)
{
    glob_t found;
    struct mu_bytes message;
    struct mu_err err;
    lawful = false;
    ck_assert_int_eq(glob(MU_SOURCE_DIR "/fixtures/hostile/mail/*.eml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        arena = mu_arena_new(512 * MU_MIB);
        origin = strrchr(found.gl_pathv[i], '/') + 1;
        ck_assert_msg(mu_file_read(arena, found.gl_pathv[i], MU_MESSAGE_MAX, &message, &err), "%s",
                      err.msg);
        compare_mail(message);
        mu_arena_free(arena);
    }
    globfree(&found);
}

START_TEST(every_difference_has_its_reason)
{
    compare_fixtures();
    by_chance("mail", false, ROUNDS(4000), gen_mail, compare_mail);
    by_chance("odd mail", true, ROUNDS(8000), gen_mail, compare_mail);
    by_chance("list", false, ROUNDS(4000), gen_list, compare_list);
    by_chance("odd list", true, ROUNDS(8000), gen_list, compare_list);
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        printf("%8zu %-18s %s\n", needed[i], row[i].id, row[i].reason);
        ck_assert_msg(needed[i] > 0, "nothing needs the row '%s'", row[i].id);
    }
    fflush(stdout);
    ck_assert_msg(unexplained == 0, "%zu differences without a reason", unexplained);
}
END_TEST

int main(void)
{
    g_mime_init();
    Suite *suite = suite_create("mail_second");
    TCase *tc = tcase_create("mail_second");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_difference_has_its_reason);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
