/* How far two messages are the same: four levels, and what a relay may change. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "document/message.h"
#include "document/same.h"
#include "format/infoset.h"
#include "format/sio.h"

static struct mu_arena *arena;
static struct mu_err err;

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(256 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

/* --- the infoset -------------------------------------------------------------------------------------- */

static const struct {
    const char *a, *b;
    const char *path; /* of the first difference; NULL: none */
    const char *first, *second;
} infoset_row[] = {
    { "<a/>", "<a></a>", NULL, NULL, NULL },
    { "<p:a xmlns:p='u:x'/>", "<q:a xmlns:q='u:x'/>", NULL, NULL, NULL },
    { "<p:a xmlns:p='u:x'><p:b/></p:a>", "<a xmlns='u:x'><n:b xmlns:n='u:x'/></a>", NULL, NULL,
      NULL },
    { "<a x='1' y='2'/>", "<a y=\"2\" x=\"1\"/>", NULL, NULL, NULL },
    { "<a>\n  <b>t</b>\n</a>", "<a><b>t</b></a>", NULL, NULL, NULL },
    { "<a>x<!-- c -->y</a>", "<a>xy</a>", NULL, NULL, NULL },
    { "<a><![CDATA[<]]></a>", "<a>&#60;</a>", NULL, NULL, NULL },
    { "<?xml version='1.0'?>\n<a/>\n", "<a/>", NULL, NULL, NULL },
    { "<a xmlns:p='u:x' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='p:T'/>",
      "<a xmlns:q='u:x' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:type='q:T'/>", NULL,
      NULL, NULL },
    { "<a xmlns:p='u:x' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='p:T'/>",
      "<a xmlns:p='u:y' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='p:T'/>",
      "/a", "attribute type '{u:x}T'", "attribute type '{u:y}T'" },
    { "<a><b>t</b></a>", "<a><b> t</b></a>", "/a/b", "text 't'", "text ' t'" },
    { "<a> <b/></a>", "<a xml:space='preserve'> <b/></a>", "/a/b", "element b",
      "attribute space 'preserve'" },
    { "<a xml:space='preserve'> <b/></a>", "<a xml:space='preserve'><b/></a>", "/a", "text ' '",
      "element b" },
    { "<a>m <b/> <c/></a>", "<a>m <b/><c/></a>", "/a", "text ' '", "element c" },
    { "<a><b/><b x='1'/></a>", "<a><b/><b x='2'/></a>", "/a/b[2]", "attribute x '1'",
      "attribute x '2'" },
    { "<a><b/><c/></a>", "<a><c/><b/></a>", "/a/b", "element b", "element c" },
    { "<a><b/>y</a>", "<a><b>y</b></a>", "/a", "text 'y'", "text 'y'" },
    { "<a xmlns='u:x'/>", "<a xmlns='u:y'/>", "/a", "element a", "element a" },
    { "<a/>", "<a b='1'/>", "/a", "nothing", "attribute b '1'" },
    { "<a><b/></a>", "<a/>", "/a/b", "element b", "nothing" },
};

static const xmlNode *tree(const char *text)
{
    xmlDoc *doc;
    struct mu_xml_fault fault;
    ck_assert_msg(mu_xml_parse(arena, mu_bytes_of(text), 0, NULL, &doc, &fault) == MU_XML_OK,
                  "%s: %s", text, fault.why);
    return xmlDocGetRootElement(doc);
}

START_TEST(infosets_compare)
{
    struct mu_infoset_difference d = { .path = NULL };
    bool same = mu_infoset_same(arena, tree(infoset_row[_i].a), tree(infoset_row[_i].b), &d);
    ck_assert_msg(same == (infoset_row[_i].path == NULL), "%s / %s: %s %s %s", infoset_row[_i].a,
                  infoset_row[_i].b, same ? "same" : d.path, same ? "" : d.first,
                  same ? "" : d.second);
    ck_assert(same
              == mu_infoset_same(arena, tree(infoset_row[_i].b), tree(infoset_row[_i].a), NULL));
    if (same)
        return;
    ck_assert_str_eq(d.path, infoset_row[_i].path);
    ck_assert_str_eq(d.first, infoset_row[_i].first);
    ck_assert_str_eq(d.second, infoset_row[_i].second);
}
END_TEST

START_TEST(a_long_document_is_compared_in_time)
{
    struct mu_buf a = { .arena = arena }, b = { .arena = arena };
    mu_buf_puts(&a, "<a>");
    mu_buf_puts(&b, "<a>");
    for (int i = 0; i < 20000; i++) {
        mu_buf_puts(&a, "<b x='1' y='2'>t</b>\n");
        mu_buf_puts(&b, "<b y='2' x='1'>t</b>");
    }
    mu_buf_puts(&a, "</a>");
    mu_buf_puts(&b, "</a>");
    ck_assert(mu_infoset_same(arena, tree(mu_buf_text(&a)), tree(mu_buf_text(&b)), NULL));
}
END_TEST

/* --- fields ------------------------------------------------------------------------------------------ */

static struct mu_document document_of(struct mu_bytes octets)
{
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    struct mu_document document;
    static const struct mu_document_kit kit;
    mu_document_leg_of(octets, "smtp", leg);
    ck_assert(mu_document_build(arena, &kit, leg, &document, &err));
    return document;
}

static struct mu_document document(const char *text)
{
    return document_of(mu_bytes_of(text));
}

#define ROW(level, where, offset) MU_SAME_##level, where, offset

static const struct {
    const char *a, *b;
    enum mu_sameness level;
    const char *where;
    int64_t offset;
} field_row[] = {
    { "Subject: a b\r\n", "Subject: a b\r\n", ROW(OCTETS, "", -1) },
    { "Subject: a b\r\n", "Subject: a\r\n b\r\n", ROW(VALUE, "Subject", 10) },
    { "Subject: a b\r\n", "SUBJECT: a b\r\n", ROW(VALUE, "SUBJECT", 0) },
    { "Subject: a b\r\n", "Subject: a c\r\n", ROW(NOT, "Subject", 11) },
    { "Subject: a b\r\n", "Subject: a\r\n", ROW(NOT, "Subject", 10) },
    { "Content-Type: text/plain; charset=utf-8; format=flowed\r\n",
      "Content-Type: TEXT/plain; format=\"flowed\";\r\n charset=utf-8\r\n",
      ROW(VALUE, "Content-Type", 14) },
    { "Content-Type: text/plain; name=abcdef\r\n",
      "Content-Type: text/plain; name*0=abc; name*1=def\r\n", ROW(VALUE, "Content-Type", 30) },
    { "Content-Type: text/plain; name=abcdef\r\n",
      "Content-Type: text/plain; name*0=abc; name*2=def\r\n", ROW(NOT, "Content-Type; name", -2) },
    { "Content-Type: text/plain; charset=utf-8\r\n", "Content-Type: text/plain\r\n",
      ROW(NOT, "Content-Type; charset", -2) },
    { "Content-Type: text/plain\r\n", "Content-Type: text/plain; charset=utf-8\r\n",
      ROW(NOT, "Content-Type", -2) },
    { "Content-Type: text/plain\r\n", "Content-Type: text/html\r\n", ROW(NOT, "Content-Type", -2) },
    { "SIO-Label: marking=\"A B\"; fgcolor=red\r\n", "SIO-Label: fgcolor=red; marking=\"A B\"\r\n",
      ROW(VALUE, "SIO-Label", -2) },
    { "SIO-Label: marking=\"A B\"\r\n", "SIO-Label: marking=\"A C\"\r\n",
      ROW(NOT, "SIO-Label; marking", -2) },
};

START_TEST(fields_compare)
{
    struct mu_document a = document(field_row[_i].a), b = document(field_row[_i].b);
    struct mu_comparison c =
        mu_same_field(arena, NULL, &a.mail->top.header[0], &b.mail->top.header[0]);
    ck_assert_msg(c.level == field_row[_i].level, "%s: %s, %s", field_row[_i].b,
                  mu_sameness_name(c.level), c.where);
    ck_assert_str_eq(c.where, field_row[_i].where);
    if (field_row[_i].offset != -2)
        ck_assert_int_eq(c.offset, field_row[_i].offset);
    ck_assert_int_eq(*c.seen != '\0', c.level != MU_SAME_OCTETS);
}
END_TEST

/* --- labels ------------------------------------------------------------------------------------------ */

#define NS "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define BODY(p, class, mark)                                                                       \
    "<" p "ConfidentialityInformation><" p "PolicyIdentifier>NATO</" p "PolicyIdentifier><" p      \
    "Classification>" class "</" p "Classification>" mark "</" p "ConfidentialityInformation>"
#define TIME(p) "<" p "CreationDateTime>2026-11-23T10:15:00Z</" p "CreationDateTime>"
#define PLAIN                                                                                      \
    "<originatorConfidentialityLabel xmlns='" NS "'>" BODY("", "SECRET", "")                       \
        TIME("") "</originatorConfidentialityLabel>"
#define PREFIX                                                                                     \
    "<s:originatorConfidentialityLabel xmlns:s='" NS                                               \
    "'>\n" BODY("s:", "SECRET", "") "\n" TIME("s:") "</s:originatorConfidentialityLabel>"
#define SPACED                                                                                     \
    "<originatorConfidentialityLabel xmlns='" NS "'>" BODY("", " SECRET ", "")                     \
        TIME("") "</originatorConfidentialityLabel>"
#define OTHER                                                                                      \
    "<originatorConfidentialityLabel xmlns='" NS "'>" BODY("", "RESTRICTED", "")                   \
        TIME("") "</originatorConfidentialityLabel>"

static struct mu_document labelled(const char *xml)
{
    struct mu_buf out = { .arena = arena };
    struct mu_sio_text text = { .type = MU_BYTES(":xml"), .label = mu_bytes_of(xml) };
    mu_sio_write(&out, "SIO-Label", &text);
    mu_buf_puts(&out, "\r\n");
    return document_of(mu_buf_bytes(&out));
}

static const struct {
    const char *a, *b;
    enum mu_sameness level;
    const char *where; /* stands in it */
} label_row[] = {
    { PLAIN, PLAIN, MU_SAME_OCTETS, "" },
    { PLAIN, PREFIX, MU_SAME_INFOSET, "SIO-Label" },
    { PLAIN, SPACED, MU_SAME_SEMANTICS, "/ConfidentialityInformation/Classification" },
    { PLAIN, OTHER, MU_SAME_NOT, "/ConfidentialityInformation/Classification" },
};

START_TEST(labels_compare)
{
    static const struct mu_policies none;
    struct mu_document a = labelled(label_row[_i].a), b = labelled(label_row[_i].b);
    struct mu_comparison c = mu_same_label(arena, &none, &a, &b);
    ck_assert_msg(c.level == label_row[_i].level, "row %d: %s at %s: %s / %s", _i,
                  mu_sameness_name(c.level), c.where, c.expected, c.seen);
    ck_assert_msg(strstr(c.where, label_row[_i].where) != NULL, "%s", c.where);
    ck_assert_int_eq(c.offset >= 0, c.level != MU_SAME_OCTETS);
}
END_TEST

/* The same label in segments of another length, and with a space in its base64. */
START_TEST(segments_are_the_value_and_damage_is_not)
{
    static const struct mu_policies none;
    struct mu_document a = labelled(PLAIN), b, c;
    struct mu_sio sio;
    mu_sio_read(arena, &a.mail->top.header[0], &sio);
    struct mu_bytes v = sio.label->value;
    b = document(mu_arena_printf(
        arena, "SIO-Label: label*1=\"%.*s\"; type=\":xml\";\r\n label*0=\"%.*s\"\r\n\r\n",
        (int) v.n - 7, v.p + 7, 7, v.p));
    ck_assert_int_eq(mu_same_label(arena, &none, &a, &b).level, MU_SAME_VALUE);
    c = document(mu_arena_printf(arena, "SIO-Label: type=\":xml\"; label=\"%.*s %s\"\r\n\r\n", 7,
                                 v.p, mu_bytes_dup(arena, mu_bytes_from(v, 7))));
    struct mu_comparison d = mu_same_label(arena, &none, &a, &c);
    ck_assert_int_eq(d.level, MU_SAME_NOT);
    ck_assert_str_eq(d.seen, "base64 that is not strict");
    struct mu_document lost = document("Subject: x\r\n\r\n");
    ck_assert_str_eq(mu_same_label(arena, &none, &a, &lost).reason, "label:lost");
    ck_assert_str_eq(mu_same_label(arena, &none, &lost, &a).reason, "label:invented");
}
END_TEST

/* --- whole messages ------------------------------------------------------------------------------------ */

#define HEAD                                                                                       \
    "Received: from a by b; Mon, 23 Nov 2026 10:14:00 +0000\r\nMessage-ID: <1@a.test>\r\n"         \
    "Subject: one two\r\nComments: c\r\nContent-Type: text/plain; charset=utf-8\r\n"
#define TEXT8 "Content-Transfer-Encoding: 8bit\r\n\r\nTr\xc3\xa8s\r\n"
#define QP    "Content-Transfer-Encoding: quoted-printable\r\n\r\nTr=C3=A8s\r\n"
#define ADDED "Received: from b by c; Mon, 23 Nov 2026 10:15:00 +0000\r\n"
#define MULTI(open, one, more)                                                                     \
    "Subject: m\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" open "--x\r\n\r\n" one       \
    "\r\n--x\r\nContent-Type: text/html\r\n\r\n<p/>\r\n" more "--x--\r\n"

static const struct mu_relay_may strict_may[] = {
    { MU_RELAY_ADD, "received", false, MU_SAME_OCTETS, "" },
    { MU_RELAY_ADD, "x-arrived", true, MU_SAME_OCTETS, "" },
    { MU_RELAY_REMOVE, "comments", false, MU_SAME_OCTETS, "" },
    { MU_RELAY_CHANGE, "message-id", false, MU_SAME_OCTETS, "" },
    { MU_RELAY_CHANGE, "*", false, MU_SAME_VALUE, "" },
};
static const struct mu_relay_may open_may[] = {
    { MU_RELAY_CHANGE, "*", false, MU_SAME_VALUE, "" },
    { MU_RELAY_ENCODE, "parts", false, MU_SAME_OCTETS, "" },
};
static const struct mu_relay strict = { strict_may, MU_COUNT(strict_may) };
static const struct mu_relay open_ = { open_may, MU_COUNT(open_may) };

static const struct {
    const char *a, *b;
    const struct mu_relay *relay;
    enum mu_sameness level;
    const char *reasons; /* in their order, one line each; a trailing ? is a minor one */
} message_row[] = {
    { HEAD TEXT8, HEAD TEXT8, &strict, MU_SAME_OCTETS, "" },
    { HEAD TEXT8, ADDED HEAD TEXT8, &strict, MU_SAME_OCTETS, "" },
    { HEAD TEXT8, "X-Scanned: yes\r\n" HEAD TEXT8, &strict, MU_SAME_OCTETS,
      "header:added X-Scanned\n" },
    { HEAD TEXT8, HEAD "X-Arrived: yes\r\n" TEXT8, &strict, MU_SAME_OCTETS, "" },
    { HEAD TEXT8, HEAD ADDED TEXT8, &strict, MU_SAME_OCTETS, "header:misplaced Received\n" },
    { HEAD "X-A: 1\r\n" TEXT8, HEAD TEXT8, &strict, MU_SAME_NOT, "header:removed X-A\n" },
    { "Comments: d\r\n" HEAD TEXT8, HEAD TEXT8, &strict, MU_SAME_OCTETS, "" },
    { "X-A: 1\r\nX-A: 2\r\n\r\nx\r\n", "X-A: 1\r\n\r\nx\r\n", &strict, MU_SAME_NOT,
      "header:removed X-A\n" },
    { "X-A: 1\r\nX-B: 2\r\n\r\nx\r\n", "X-B: 2\r\nX-A: 1\r\n\r\nx\r\n", &strict, MU_SAME_OCTETS,
      "header:reordered X-B ?\n" },
    { "Received: 1\r\nX-B: 2\r\n\r\nx\r\n", "X-B: 2\r\nReceived: 1\r\n\r\nx\r\n", &strict,
      MU_SAME_OCTETS, "header:reordered X-B\n" },
    { "Received: 1\r\nReceived: 2\r\n\r\nx\r\n", "Received: 2\r\nReceived: 1\r\n\r\nx\r\n", &strict,
      MU_SAME_OCTETS, "header:reordered Received\n" },
    { "Subject: one two\r\n\r\nx\r\n", "Subject: one\r\n two\r\n\r\nx\r\n", &strict, MU_SAME_VALUE,
      "" },
    { "Message-ID: <1@a.test>\r\n\r\nx\r\n", "Message-ID:\r\n <1@a.test>\r\n\r\nx\r\n", &strict,
      MU_SAME_VALUE, "header:altered Message-ID\n" },
    { "Subject: one\r\n\r\nx\r\n", "Subject: two\r\n\r\nx\r\n", &strict, MU_SAME_NOT,
      "header:altered Subject\n" },
    { HEAD TEXT8, HEAD QP, &strict, MU_SAME_NOT,
      "header:altered Content-Transfer-Encoding\npart:reencoded part 1\n" },
    { HEAD TEXT8, HEAD QP, &open_, MU_SAME_VALUE, "" },
    { HEAD TEXT8, HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nTr=C3=A9s\r\n", &open_,
      MU_SAME_NOT, "part:altered part 1\n" },
    { HEAD TEXT8, HEAD "Content-Transfer-Encoding: 8bit\r\n\r\nTr\xc3\xa8s\r\n-- \r\nscanned\r\n",
      &open_, MU_SAME_NOT, "part:altered part 1\n" },
    { MULTI("", "a", ""), MULTI("", "a", ""), &strict, MU_SAME_OCTETS, "" },
    { MULTI("", "a", ""), MULTI("", "b", ""), &strict, MU_SAME_NOT, "part:altered part 1.1\n" },
    { MULTI("", "a", ""), MULTI("", "a", "--x\r\n\r\nmore\r\n"), &strict, MU_SAME_NOT,
      "part:added part 1\n" },
    { MULTI("", "a", "--x\r\n\r\nmore\r\n"), MULTI("", "a", ""), &strict, MU_SAME_NOT,
      "part:removed part 1\n" },
    { MULTI("", "a", ""), MULTI("hidden\r\n", "a", ""), &strict, MU_SAME_NOT,
      "part:altered part 1, outside its parts\n" },
    { MULTI("", "a", ""), MULTI("", "a", "") "after\r\n", &strict, MU_SAME_NOT,
      "part:altered part 1, outside its parts\n" },
};

START_TEST(messages_compare)
{
    struct mu_document a = document(message_row[_i].a), b = document(message_row[_i].b);
    struct mu_alteration *alteration;
    size_t count, told = 0;
    struct mu_comparison c =
        mu_same_message(arena, NULL, message_row[_i].relay, &a, &b, &alteration, &count);
    struct mu_buf out = { .arena = arena };
    for (; alteration != NULL; alteration = alteration->next, told++) {
        mu_buf_printf(&out, "%s %s%s\n", alteration->what.reason, alteration->what.where,
                      alteration->minor ? " ?" : "");
        ck_assert_str_ne(alteration->what.seen, "");
    }
    ck_assert_uint_eq(told, count);
    ck_assert_str_eq(mu_buf_text(&out), message_row[_i].reasons);
    ck_assert_msg(c.level == message_row[_i].level, "row %d: %s", _i, mu_sameness_name(c.level));
}
END_TEST

/* The list that stands in for one knows the standards and no more. */
START_TEST(the_default_list_is_that_of_the_standards)
{
    struct mu_alteration *alteration;
    size_t count;
    struct mu_document a = document(HEAD TEXT8);
    struct mu_document b = document("Return-Path: <a@b.test>\r\n" ADDED HEAD TEXT8);
    (void) mu_same_message(arena, NULL, mu_relay_default(), &a, &b, &alteration, &count);
    ck_assert_uint_eq(count, 0);
    struct mu_document d = document("Delivered-To: a@b.test\r\n" HEAD QP);
    (void) mu_same_message(arena, NULL, mu_relay_default(), &a, &d, &alteration, &count);
    ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(many_alterations_are_counted_and_some_are_told)
{
    struct mu_buf many = { .arena = arena };
    for (int i = 0; i < 900; i++)
        mu_buf_printf(&many, "X-%d: 1\r\n", i);
    mu_buf_puts(&many, "\r\nx\r\n");
    struct mu_document a = document("\r\nx\r\n"), b = document_of(mu_buf_bytes(&many));
    struct mu_alteration *alteration;
    size_t count, told = 0;
    (void) mu_same_message(arena, NULL, &strict, &a, &b, &alteration, &count);
    for (; alteration != NULL; alteration = alteration->next)
        told++;
    ck_assert_uint_eq(count, 900);
    ck_assert_uint_eq(told, MU_ALTERATIONS_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("same");
    TCase *tc = tcase_create("same");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, infosets_compare, 0, MU_COUNT(infoset_row));
    tcase_add_test(tc, a_long_document_is_compared_in_time);
    tcase_add_loop_test(tc, fields_compare, 0, MU_COUNT(field_row));
    tcase_add_loop_test(tc, labels_compare, 0, MU_COUNT(label_row));
    tcase_add_test(tc, segments_are_the_value_and_damage_is_not);
    tcase_add_loop_test(tc, messages_compare, 0, MU_COUNT(message_row));
    tcase_add_test(tc, the_default_list_is_that_of_the_standards);
    tcase_add_test(tc, many_alterations_are_counted_and_some_are_told);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
