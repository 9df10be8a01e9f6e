#include "format/mail.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

/* MU_BYTES() is no constant expression. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static struct mu_arena *arena;

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

/* "kind@offset*count[path] ..." in the order in which they were met. */
static const char *defects_of(const struct mu_mail *mail)
{
    struct mu_buf buf = { .arena = arena };
    for (size_t i = 0; i < mail->defects; i++) {
        const struct mu_defect *d = &mail->defect[i];
        mu_buf_printf(&buf, "%s%s@%zu*%u[%s]", i > 0 ? " " : "", d->kind, d->offset, d->count,
                      d->part);
    }
    return mu_buf_text(&buf);
}

/* Every defect row: what is wrong is said once, with its place, and nothing else is. */
static const struct {
    struct mu_bytes message;
    const char *defects;
} defect_row[] = {
    { TEXT(""), "" },
    { TEXT("A: b\r\n"), "" }, /* a header block alone is legal */
    { TEXT("A: b\r\n\r\n"), "" },
    { TEXT("\r\nbody\r\n"), "" },
    { TEXT("A: b\n\r\nx\n\n"), "bare-lf@4*1[] bare-lf@8*2[1]" },
    { TEXT("A: b\rB: c\r\n\r\nx\ry\r\r\n"), "bare-cr@4*1[] bare-cr@14*2[1]" },
    { TEXT("A: b\r\n\r\nx\r"), "unterminated-line@8*1[1] bare-cr@9*1[1]" },
    { TEXT("A: \0b\0\r\n\r\n\0x\r\n"), "nul@3*2[] nul@10*1[1]" },
    { TEXT("A: b\xe9\xe9\r\nB: \xe9\r\n\r\n"), "eight-bit-header@4*2[]" },
    { TEXT("\xe9: b\r\n\r\n"), "eight-bit-header@0*1[] bad-name@0*1[]" },
    { TEXT("A: b\r\n\r\n12345678\xc3\xa9\r\n"), "eight-bit-body@16*2[1]" },
    { TEXT("Content-Transfer-Encoding: 8BIT\r\n\r\n\xc3\xa9\r\n"), "" },
    { TEXT("A: b\r\nno colon here\r\nC: d\r\n\r\n"), "no-colon@6*1[]" },
    { TEXT("A: b\r\nbody at once\r\n"), "no-colon@6*1[] no-blank-line@6*1[]" },
    { TEXT("A: b"), "unterminated-line@0*1[]" },
    { TEXT(" A: b\r\n\r\n"), "bad-name@0*1[]" },
    { TEXT(": b\r\n\r\n"), "bad-name@0*1[]" },
    { TEXT("A b: c\r\nA\x7f: d\r\n\r\n"), "bad-name@0*2[]" },
    { TEXT("A \t: b\r\n\r\n"), "space-before-colon@1*1[]" },
    { TEXT("A: b\r\n \t\r\n c\r\n\r\n"), "blank-fold@6*1[]" },
    { TEXT("Content-Type: nonsense\r\n\r\n"), "bad-content-type@13*1[1]" },
    { TEXT("Content-Type: text/\r\n\r\n"), "bad-content-type@13*1[1]" },
    { TEXT("Content-Type: text/plain junk\r\n\r\n"), "bad-content-type@13*1[1]" },
    { TEXT("Content-Type:\r\n\r\n"), "bad-content-type@13*1[1]" },
    { TEXT("Content-Transfer-Encoding: uuencode\r\n\r\n"), "bad-encoding@26*1[1]" },
    { TEXT("Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n"
           "\r\n--b\r\n\r\n--b--\r\n"),
      "bad-encoding@80*1[1]" },
    { TEXT("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTog\r\n"),
      "bad-encoding@67*1[1]" },
    { TEXT("Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\n--b--\r\n"), "no-boundary@33*1[1]" },
    { TEXT("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n"),
      "bad-boundary@31*1[1] no-boundary@46*1[1]" },
    { TEXT("Content-Type: multipart/mixed; boundary=\"b \"\r\n\r\n--b \r\n\r\n--b --\r\n"),
      "bad-boundary@31*1[1]" },
    { TEXT("Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n"),
      "missing-boundary@45*1[1]" },
    { TEXT("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n"),
      "unclosed-boundary@55*1[1]" },
    { TEXT("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--bc\r\n--b--\r\n"
           "--b\r\n"),
      "bad-boundary@55*1[1.1] bad-boundary@68*1[1]" },
    { TEXT("Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\nQ*==\r\n"), "base64@44*1[1]" },
    { TEXT("Content-Transfer-Encoding: base64\r\n\r\nQUJDQ\r\n"), "base64@41*1[1]" },
    { TEXT("Content-Transfer-Encoding: base64\r\n\r\nQQ==QQ==\r\n"), "base64@41*1[1]" },
    { TEXT("Content-Transfer-Encoding: base64\r\n\r\n====\r\n"), "base64@40*1[1]" },
    { TEXT("Content-Transfer-Encoding: base64\r\n\r\nQQ==\r\n"), "" },
    { TEXT("Content-Transfer-Encoding: quoted-printable\r\n\r\na=3D= \r\nb\r\n"), "" },
    { TEXT("Content-Transfer-Encoding: quoted-printable\r\n\r\na=3d\r\n"),
      "quoted-printable@48*1[1]" },
    { TEXT("Content-Transfer-Encoding: quoted-printable\r\n\r\na=XY\r\n"),
      "quoted-printable@48*1[1]" },
    { TEXT("Content-Transfer-Encoding: quoted-printable\r\n\r\na=\r\n"),
      "quoted-printable@48*1[1]" },
};

START_TEST(a_defect_is_named_with_its_place)
{
    const struct mu_mail *mail = mu_mail_read(arena, defect_row[_i].message);
    ck_assert_str_eq(defects_of(mail), defect_row[_i].defects);
}
END_TEST

START_TEST(fields_keep_their_octets_and_offsets)
{
    const struct mu_mail *mail = mu_mail_read(
        arena, MU_BYTES("Received: by x\r\n\tfor y;\r\n  z\r\nSIO-Label : a=b \r\nodd\r\n"
                        "X_y: 1\r\n\r\nbody\r\n"));
    const struct mu_header *h = mail->top.header;
    ck_assert_uint_eq(mail->top.headers, 4);
    ck_assert_str_eq(h[0].key, "received");
    ck_assert(mu_bytes_equal(h[0].value, MU_BYTES("by x for y; z")));
    ck_assert(mu_bytes_equal(h[0].raw, MU_BYTES(" by x\r\n\tfor y;\r\n  z\r\n")));
    ck_assert_uint_eq(h[0].lines, 3);
    ck_assert_uint_eq(h[0].longest_line, 14);
    ck_assert_uint_eq(h[0].value_offset, 9);
    ck_assert_uint_eq(h[0].octets, 30);
    ck_assert_uint_eq(h[1].offset, 30);
    ck_assert_uint_eq(h[1].index, 2);
    ck_assert(mu_bytes_equal(h[1].name, MU_BYTES("SIO-Label")));
    ck_assert_str_eq(h[1].key, "sio-label");
    ck_assert(mu_bytes_equal(h[1].value, MU_BYTES("a=b")));
    ck_assert_uint_eq(h[2].name.n, 0);
    ck_assert(mu_bytes_equal(h[2].value, MU_BYTES("odd")));
    ck_assert_ptr_null(h[3].key); /* an underscore is fine in a field name, not in ours */
    ck_assert(mu_bytes_equal(h[3].name, MU_BYTES("X_y")));
    ck_assert(mu_bytes_equal(mail->top.body, MU_BYTES("body\r\n")));
    ck_assert_ptr_eq(mu_header_find(&mail->top, "sio-label"), &h[1]);
    ck_assert_ptr_null(mu_header_find(&mail->top, "subject"));
}
END_TEST

static void outline(struct mu_buf *buf, const struct mu_part *part)
{
    mu_buf_printf(buf, "%s %s %zu+%zu l%u/%u%s\n", part->path, part->type, part->body_offset,
                  part->body.n, part->lines, part->longest_line, part->closed ? "" : " open");
    for (size_t i = 0; i < part->parts; i++)
        outline(buf, &part->part[i]);
}

#define MULTI(b) "Content-Type: multipart/mixed; boundary=" b "\r\n\r\n"

static const struct {
    struct mu_bytes message;
    const char *outline;
} structure_row[] = {
    { TEXT("A: b\r\n\r\nx\r\nyy\r\n"), "1 text/plain 8+7 l2/2\n" },
    { TEXT("Content-Type: TEXT/HTML; charset=utf-8\r\n\r\n"), "1 text/html 42+0 l0/0\n" },
    { TEXT("Content-Type: text/*\r\n\r\nabc"), "1 text/* 24+3 l1/3\n" },
    /* The line end before the boundary is not the part's. */
    { TEXT(MULTI(
          "b") "pre\r\n--b\r\n\r\nabc\r\n--b \t\r\nA: b\r\n\r\nd\r\n\r\n--b--  \r\nepilogue\r\n"),
      "1 multipart/mixed 45+56 l11/8\n1.1 text/plain 57+3 l1/3\n1.2 text/plain 77+3 l1/1\n" },
    /* Parts without body, or with nothing at all. */
    { TEXT(MULTI("b") "--b\r\n\r\n--b\r\nA: b\r\n--b\r\n--b--\r\n"),
      "1 multipart/mixed 45+30 l6/5\n1.1 text/plain 52+0 l0/0\n1.2 text/plain 63+0 l0/0\n"
      "1.3 text/plain 68+0 l0/0\n" },
    /* An inner boundary that is longer than the outer one, and an inner multipart never closed. */
    { TEXT(MULTI("ab") "--ab\r\n" MULTI("abc") "--abc\r\n\r\nx\r\n--abc--\r\n--ab--\r\n"),
      "1 multipart/mixed 46+82 l8/43\n1.1 multipart/mixed 99+19 l4/7\n1.1.1 text/plain 108+1 "
      "l1/1\n" },
    { TEXT(MULTI("o") "--o\r\n" MULTI("i") "--i\r\n\r\nx\r\n--o\r\n\r\ny\r\n--o--\r\n"),
      "1 multipart/mixed 45+77 l10/41\n1.1 multipart/mixed 95+8 l3/3 open\n"
      "1.1.1 text/plain 102+1 l1/1\n1.2 text/plain 112+1 l1/1\n" },
    /* One boundary for both: the inner one takes it until it is closed. */
    { TEXT(MULTI("b") "--b\r\n" MULTI("b") "--b\r\n\r\nx\r\n--b--\r\n--b--\r\n"),
      "1 multipart/mixed 45+74 l8/41\n1.1 multipart/mixed 95+15 l4/5\n1.1.1 text/plain 102+1 "
      "l1/1\n" },
    { TEXT("Content-Type: message/rfc822\r\n\r\nA: b\r\n\r\nx\r\n"),
      "1 message/rfc822 32+11 l3/4\n1.1 text/plain 40+3 l1/1\n" },
    { TEXT("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: s\r\n\r\n"
           "x\r\n--b\r\nContent-Type: text/plain\r\n\r\ny\r\n--b--\r\n"),
      "1 multipart/digest 46+67 l10/24\n1.1 message/rfc822 53+15 l3/10\n1.1.1 text/plain 67+1 "
      "l1/1\n"
      "1.2 text/plain 103+1 l1/1\n" },
    /* Bare LF: a defect, but the boundaries are seen. */
    { TEXT("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"),
      "1 multipart/mixed 43+13 l4/5\n1.1 text/plain 48+1 l1/1\n" },
    /* A bare CR does not begin a line. */
    { TEXT(MULTI("b") "--b\r\n\r\nx\r--b--\r\n--b--\r\n"),
      "1 multipart/mixed 45+23 l4/7\n1.1 text/plain 52+7 l1/7\n" },
    { TEXT("Content-Type: multipart/mixed;\r\n boundary*0=\"a\";\r\n "
           "boundary*1=\"b\"\r\n\r\n--ab\r\n"
           "\r\nx\r\n--ab--\r\n"),
      "1 multipart/mixed 69+19 l4/6\n1.1 text/plain 77+1 l1/1\n" },
};

START_TEST(parts_have_exact_places)
{
    const struct mu_mail *mail = mu_mail_read(arena, structure_row[_i].message);
    struct mu_buf buf = { .arena = arena };
    outline(&buf, &mail->top);
    ck_assert_str_eq(mu_buf_text(&buf), structure_row[_i].outline);
}
END_TEST

static const struct {
    const char *encoding;
    struct mu_bytes body, want;
} decode_row[] = {
    { "7bit", TEXT("a=3D\r\n"), TEXT("a=3D\r\n") },
    { "x-none", TEXT("a=3D\r\n"), TEXT("a=3D\r\n") },
    { "base64", TEXT("QUJ\r\n DRA==\r\n"), TEXT("ABCD") },
    { "base64", TEXT("QU*JDRA"), TEXT("ABCD") },
    { "base64", TEXT(""), TEXT("") },
    { "quoted-printable", TEXT(""), TEXT("") },
    { "quoted-printable", TEXT("a=3Db=c3=A9\r\n"), TEXT("a=b\xc3\xa9\r\n") },
    { "quoted-printable", TEXT("a= \t\r\nb=\nc"), TEXT("abc") },
    { "quoted-printable", TEXT("a \t\r\nb \nc=20\r\nd  "), TEXT("a\r\nb\nc \r\nd") },
    { "quoted-printable", TEXT("a=XY=4"), TEXT("a=XY=4") },
    { "quoted-printable", TEXT("a=\0b="), TEXT("a=\0b") },
    { "quoted-printable", TEXT("=0D\n=0D=0A"), TEXT("\r\n\r\n") },
};

START_TEST(transfer_encodings_are_undone)
{
    struct mu_part part = { .encoding = decode_row[_i].encoding, .body = decode_row[_i].body };
    struct mu_bytes got = mu_part_decode(arena, &part);
    ck_assert_uint_eq(got.n, decode_row[_i].want.n);
    ck_assert(mu_bytes_equal(got, decode_row[_i].want));
}
END_TEST

static const struct {
    struct mu_bytes text;
    size_t at; /* SIZE_MAX: none */
} word_row[] = {
    { TEXT(""), SIZE_MAX },
    { TEXT("="), SIZE_MAX },
    { TEXT("=?"), SIZE_MAX },
    { TEXT("=?utf-8?q?TR=C3=88S?="), 0 },
    { TEXT("a \"=?UTF-8?B?QQ==?=\""), 3 },
    { TEXT("=?=?utf-8*en?q?x?="), 2 },
    { TEXT("=?utf-8?q?"
           "?="),
      0 },
    { TEXT("=?utf-8?q?a b?="), SIZE_MAX },
    { TEXT("=?utf-8?q?ab?"), SIZE_MAX },
    { TEXT("=?utf 8?q?ab?="), SIZE_MAX },
    { TEXT("=?"
           "?q?ab?="),
      SIZE_MAX },
    { TEXT("=?utf-8?q"), SIZE_MAX },
};

START_TEST(encoded_words_are_recognised)
{
    size_t at = SIZE_MAX;
    bool found = mu_mail_has_encoded_word(word_row[_i].text, &at);
    ck_assert_int_eq(found, word_row[_i].at != SIZE_MAX);
    ck_assert_uint_eq(at, word_row[_i].at);
}
END_TEST

enum { NO, TOLERANT, STRICT };

static const struct {
    const char *text;
    int which; /* least that takes it */
    int64_t seconds;
} date_row[] = {
    { "Mon, 23 Nov 2026 10:15:00 +0000", STRICT, 1795428900 },
    { "23 Nov 2026 10:15:00 +0000", STRICT, 1795428900 },
    { "Mon,\r\n 23 Nov 2026 11:15:00 +0100 (CET)", STRICT, 1795428900 },
    { "mon, 23 nov 2026 04:45 -0530", STRICT, 1795428900 },
    { "1 Jan 1970 00:00:00 +0000", STRICT, 0 },
    { "29 Feb 2000 23:59:60 -0000", STRICT, 951868800 },
    { "31 Dec 1969 23:59:59 +0000", STRICT, -1 },
    { "18 Feb 2013 9:24 PDT", TOLERANT, 1361204640 }, /* RFC 7444's own example */
    { "18 Feb 2013 09:24 GMT", TOLERANT, 1361179440 },
    { "18 Feb 2013 09:24 Z", TOLERANT, 1361179440 },
    { "Tue, 23 Nov 2026 10:15:00 +0000", TOLERANT, 1795428900 }, /* a Monday */
    { "18 Feb 2013 09:24 J", NO, 0 },
    { "18 Feb 2013 09:24 XYZ", NO, 0 },
    { "18 Feb 2013 09:24", NO, 0 },
    { "18 Feb 2013 09:24+0000", NO, 0 },
    { "18 Feb 2013 09:24 +000", NO, 0 },
    { "18 Feb 2013 09:24 +0060", NO, 0 },
    { "18 Feb 2013 09:24 +00000", NO, 0 },
    { "18 Feb 13 09:24 +0000", NO, 0 },
    { "18 Feb 1899 09:24 +0000", NO, 0 },
    { "29 Feb 2100 09:24 +0000", NO, 0 },
    { "0 Feb 2013 09:24 +0000", NO, 0 },
    { "31 Apr 2013 09:24 +0000", NO, 0 },
    { "18 Foo 2013 09:24 +0000", NO, 0 },
    { "Fri 18 Feb 2013 09:24 +0000", NO, 0 },
    { "18 Feb 2013 24:00 +0000", NO, 0 },
    { "18 Feb 2013 09:60 +0000", NO, 0 },
    { "18 Feb 2013 09:24:61 +0000", NO, 0 },
    { "18 Feb 2013 09:24 +0000 x", NO, 0 },
    { "18 Feb 2013 09:24 +0000 (a(b)", NO, 0 },
    { "2013-02-18T09:24:00Z", NO, 0 },
    { "", NO, 0 },
};

START_TEST(dates_are_read)
{
    int64_t seconds = INT64_MIN;
    struct mu_bytes text = mu_bytes_of(date_row[_i].text);
    ck_assert_int_eq(mu_mail_date(text, false, &seconds), date_row[_i].which == STRICT);
    if (date_row[_i].which == STRICT)
        ck_assert_int_eq(seconds, date_row[_i].seconds);
    else
        ck_assert_int_eq(seconds, INT64_MIN);
    ck_assert_int_eq(mu_mail_date(text, true, &seconds), date_row[_i].which != NO);
    if (date_row[_i].which != NO)
        ck_assert_int_eq(seconds, date_row[_i].seconds);
}
END_TEST

START_TEST(dates_survive_writing)
{
    for (int64_t seconds = -2208988800; seconds < 40000000000; seconds += 86399 * 17 + 1) {
        const char *text = mu_mail_date_write(arena, seconds);
        int64_t again = 0;
        if (!mu_mail_date(mu_bytes_of(text), false, &again) || again != seconds)
            ck_abort_msg("%s", text);
    }
    ck_assert_str_eq(mu_mail_date_write(arena, 1795428900), "Mon, 23 Nov 2026 10:15:00 +0000");
}
END_TEST

static uint32_t count_of(const struct mu_mail *mail, const char *kind)
{
    uint32_t count = 0;
    for (size_t i = 0; i < mail->defects; i++)
        if (strcmp(mail->defect[i].kind, kind) == 0)
            count += mail->defect[i].count;
    return count;
}

static void repeat(struct mu_buf *buf, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        mu_buf_puts(buf, text);
}

START_TEST(long_lines_are_measured)
{
    struct mu_buf buf = { .arena = arena };
    mu_buf_puts(&buf, "A: ");
    repeat(&buf, "x", 995);
    mu_buf_puts(&buf, "\r\n\r\n");
    repeat(&buf, "y", 999);
    mu_buf_puts(&buf, "\r\n");
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&buf));
    ck_assert_str_eq(defects_of(mail), "long-line@1002*1[1]");
    ck_assert_uint_eq(mail->longest_line, 999);
    ck_assert_uint_eq(mail->top.longest_line, 999);
    ck_assert_uint_eq(mail->top.header[0].longest_line, 998);
}
END_TEST

START_TEST(too_many_fields_are_counted)
{
    struct mu_buf buf = { .arena = arena };
    repeat(&buf, "A: b\r\n", MU_HEADERS_MAX + 3);
    mu_buf_puts(&buf, "\r\nbody\r\n");
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&buf));
    ck_assert_uint_eq(mail->top.headers, MU_HEADERS_MAX);
    ck_assert_uint_eq(count_of(mail, "header-limit"), 3);
    ck_assert(mu_bytes_equal(mail->top.body, MU_BYTES("body\r\n")));
}
END_TEST

START_TEST(a_huge_field_is_not_listed)
{
    struct mu_buf buf = { .arena = arena };
    mu_buf_puts(&buf, "A: b\r\nB: ");
    repeat(&buf, "x", MU_HEADER_BLOCK_MAX);
    mu_buf_puts(&buf, "\r\nC: d\r\n\r\nbody\r\n");
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&buf));
    ck_assert_uint_eq(mail->top.headers, 1);
    ck_assert_uint_eq(count_of(mail, "header-limit"), 2);
    ck_assert(mu_bytes_equal(mail->top.body, MU_BYTES("body\r\n")));
}
END_TEST

START_TEST(too_many_parts_are_text)
{
    struct mu_buf buf = { .arena = arena };
    mu_buf_puts(&buf, MULTI("b"));
    repeat(&buf, "--b\r\n\r\nx\r\n", MU_PARTS_MAX + 10);
    mu_buf_puts(&buf, "--b--\r\n");
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&buf));
    ck_assert_uint_eq(mail->top.parts, MU_PARTS_MAX - 1);
    ck_assert_uint_eq(count_of(mail, "part-limit"), 11);
    ck_assert(mail->top.closed);
}
END_TEST

START_TEST(deep_nesting_ends_at_the_limit)
{
    struct mu_buf multi = { .arena = arena }, nested = { .arena = arena };
    for (int i = 0; i < 10000; i++)
        mu_buf_printf(&multi, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
    repeat(&nested, "Content-Type: message/rfc822\r\n\r\n", 10000);
    struct mu_bytes message[] = { mu_buf_bytes(&multi), mu_buf_bytes(&nested) };
    for (size_t i = 0; i < MU_COUNT(message); i++) {
        const struct mu_mail *mail = mu_mail_read(arena, message[i]);
        size_t depth = 0;
        for (const struct mu_part *p = &mail->top; p->parts > 0; p = p->part)
            depth++;
        ck_assert_uint_eq(depth, MU_MIME_DEPTH_MAX);
        ck_assert_uint_eq(count_of(mail, "depth-limit"), 1);
    }
}
END_TEST

START_TEST(a_flood_of_defects_hides_no_other)
{
    struct mu_buf buf = { .arena = arena };
    mu_buf_puts(&buf, MULTI("b"));
    repeat(&buf, "--b\r\nA : b\r\n\r\nx\n", 900);
    mu_buf_puts(&buf, "--b\r\n:\r\n\r\n--b--\r\n");
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&buf));
    ck_assert_uint_lt(mail->defects, MU_DEFECTS_MAX + 24);
    ck_assert_uint_eq(count_of(mail, "space-before-colon"), 900);
    ck_assert_uint_eq(count_of(mail, "bare-lf"), 900);
    ck_assert_uint_eq(count_of(mail, "bad-name"), 1);
}
END_TEST

/* Every part lies within its parent, and children do not overlap. (One assertion a message: each
 * writes to the test runner.) */
static bool in_order(const struct mu_mail *mail, const struct mu_part *part)
{
    size_t at = part->body_offset;
    bool good = at + part->body.n <= mail->bytes.n && part->offset <= at;
    for (size_t i = 0; i < part->headers; i++) {
        const struct mu_header *h = &part->header[i];
        good &= h->offset + h->octets <= part->body_offset;
        good &= h->value_offset + h->raw.n == h->offset + h->octets;
    }
    for (size_t i = 0; i < part->parts; i++) {
        good &= part->part[i].offset >= at && in_order(mail, &part->part[i]);
        at = part->part[i].body_offset + part->part[i].body.n;
    }
    mu_part_decode(arena, part);
    return good && at <= part->body_offset + part->body.n;
}

/* Random lines from the vocabulary of the grammar, and every truncation of what they make. */
START_TEST(hostile_messages_keep_their_order)
{
    static const struct mu_bytes piece[] = {
        TEXT("\r\n"),
        TEXT("\r\n\r\n"),
        TEXT("\n"),
        TEXT("\r"),
        TEXT("--b"),
        TEXT("--bc"),
        TEXT("--b--\r\n"),
        TEXT("\r\n--b\r\n"),
        TEXT("\r\n--bc\r\n"),
        TEXT("Content-Type: multipart/mixed; boundary=b\r\n\r\n"),
        TEXT("Content-Type: multipart/digest; boundary=\"bc\"\r\n\r\n"),
        TEXT("Content-Type: message/rfc822\r\n\r\n"),
        TEXT("Content-Transfer-Encoding: "),
        TEXT("base64\r\n"),
        TEXT("quoted-printable\r\n"),
        TEXT("=4"),
        TEXT("="),
        TEXT("\0"),
        TEXT("\xff"),
        TEXT(" "),
        TEXT(": "),
        TEXT("A"),
        TEXT(";"),
        TEXT("\""),
        TEXT("Content-Type:"),
    };
    srand((unsigned) _i);
    struct mu_buf buf = { .arena = arena };
    for (int n = rand() % 60; n >= 0; n--)
        mu_buf_put_bytes(&buf, piece[(size_t) rand() % MU_COUNT(piece)]);
    for (size_t n = 0; n <= buf.n; n++) {
        char *exact = malloc(n > 0 ? n : 1); /* so that ASan sees a read past the end */
        if (n > 0)
            memcpy(exact, buf.p, n);
        const struct mu_mail *mail = mu_mail_read(arena, (struct mu_bytes){ exact, n });
        ck_assert_msg(in_order(mail, &mail->top), "%zu octets", n);
        free(exact);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mail");
    TCase *tcase = tcase_create("mail");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_defect_is_named_with_its_place, 0, (int) MU_COUNT(defect_row));
    tcase_add_test(tcase, fields_keep_their_octets_and_offsets);
    tcase_add_loop_test(tcase, parts_have_exact_places, 0, (int) MU_COUNT(structure_row));
    tcase_add_loop_test(tcase, transfer_encodings_are_undone, 0, (int) MU_COUNT(decode_row));
    tcase_add_loop_test(tcase, encoded_words_are_recognised, 0, (int) MU_COUNT(word_row));
    tcase_add_loop_test(tcase, dates_are_read, 0, (int) MU_COUNT(date_row));
    tcase_add_test(tcase, dates_survive_writing);
    tcase_add_test(tcase, long_lines_are_measured);
    tcase_add_test(tcase, too_many_fields_are_counted);
    tcase_add_test(tcase, a_huge_field_is_not_listed);
    tcase_add_test(tcase, too_many_parts_are_text);
    tcase_add_test(tcase, deep_nesting_ends_at_the_limit);
    tcase_add_test(tcase, a_flood_of_defects_hides_no_other);
    tcase_add_loop_test(tcase, hostile_messages_keep_their_order, 0, 60);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
