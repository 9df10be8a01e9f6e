#include <unistd.h>

#include "document/policy.h"
#include "function_support.h"

static const struct {
    const char *expression, *want; /* as string(): "true", "false", a number, a text */
} row[] = {
    { "r:now()", "2026-11-23T10:15:00Z" },
    /* dates */
    { "r:after('2026-11-23T10:15:01Z', r:now())", "true" },
    { "r:after('2026-11-23T10:15:00Z', r:now())", "false" },
    { "r:after('2026-11-23T10:20:00Z', r:now(), 300)", "false" },
    { "r:after('2026-11-23T10:20:00.001Z', r:now(), 300)", "true" },
    { "r:after('2026-11-23T12:15:01+02:00', r:now())", "true" },
    { "r:after('2026-11-23T12:14:59+02:00', r:now())", "false" },
    { "r:after('2026-11-23T05:15:01-05:00', r:now())", "true" },
    { "r:after('2026-11-23T10:15:01', r:now())", "true" },
    { "r:after('2026-11-23T24:00:00Z', '2026-11-23T23:59:59Z')", "true" },
    { "r:after('Mon, 23 Nov 2026 10:15:01 +0000', r:now())", "true" },
    { "r:after('Mon, 23 Nov 2026 10:15:01 +0100', r:now())", "false" },
    { "r:after('', r:now())", "false" },
    { "r:after('soon', r:now())", "false" },
    { "r:after('2027-01-01T00:00:00Z', r:now(), 'x')", "false" },
    { "r:is-datetime('2026-11-23T10:15:00Z')", "true" },
    { "r:is-datetime('2026-11-23T10:15:00')", "true" },
    { "r:is-datetime(' 2026-11-23T10:15:00.5-14:00 ')", "true" },
    { "r:is-datetime('-0044-03-15T12:00:00Z')", "true" },
    { "r:is-datetime('12026-11-23T10:15:00Z')", "true" },
    { "r:is-datetime('2024-02-29T00:00:00Z')", "true" },
    { "r:is-datetime('2026-02-29T00:00:00Z')", "false" },
    { "r:is-datetime('1900-02-29T00:00:00Z')", "false" },
    { "r:is-datetime('2026-13-01T00:00:00Z')", "false" },
    { "r:is-datetime('2026-00-01T00:00:00Z')", "false" },
    { "r:is-datetime('2026-11-00T00:00:00Z')", "false" },
    { "r:is-datetime('0000-01-01T00:00:00Z')", "false" },
    { "r:is-datetime('02026-01-01T00:00:00Z')", "false" },
    { "r:is-datetime('2026-11-23T24:00:01Z')", "false" },
    { "r:is-datetime('2026-11-23T25:00:00Z')", "false" },
    { "r:is-datetime('2026-11-23T10:60:00Z')", "false" },
    { "r:is-datetime('2026-11-23T10:15:60Z')", "false" },
    { "r:is-datetime('2026-11-23T10:15:00.Z')", "false" },
    { "r:is-datetime('2026-11-23T10:15:00+14:01')", "false" },
    { "r:is-datetime('2026-11-23T10:15:00+01')", "false" },
    { "r:is-datetime('2026-11-23T10:15:00z')", "false" },
    { "r:is-datetime('2026-11-23T10:15:00Z.')", "false" },
    { "r:is-datetime('2026-11-23 10:15:00Z')", "false" },
    { "r:is-datetime('2026-11-23')", "false" },
    { "r:is-datetime('')", "false" },
    { "r:has-zone('2026-11-23T10:15:00Z')", "true" },
    { "r:has-zone('2026-11-23T10:15:00+00:00')", "true" },
    { "r:has-zone('2026-11-23T10:15:00')", "false" },
    { "r:has-zone('Z')", "false" },
    { "r:is-rfc5322-date('Mon, 23 Nov 2026 10:15:00 +0000')", "true" },
    { "r:is-rfc5322-date('2026-11-23T10:15:00Z')", "false" },
    /* names and addresses */
    { "r:is-oid-urn('urn:oid:1.3.26.1.3.1')", "true" },
    { "r:is-oid-urn('URN:OID:2.999')", "true" },
    { "r:is-oid-urn('urn:oid:1')", "false" },
    { "r:is-oid-urn('urn:oid:1.40')", "false" },
    { "r:is-oid-urn('urn:oid:3.1')", "false" },
    { "r:is-oid-urn('urn:oid:1.03')", "false" },
    { "r:is-oid-urn('urn:oid:1.3.')", "false" },
    { "r:is-oid-urn('urn:oid:1..3')", "false" },
    { "r:is-oid-urn('urn:oid:')", "false" },
    { "r:is-oid-urn('1.3.26')", "false" },
    { "r:is-oid-urn('urn:oid:1.3.x')", "false" },
    { "r:is-uri('urn:nato:x')", "true" },
    { "r:is-uri('http://[::1]:80/a?b#c')", "true" },
    { "r:is-uri('http://u:p@host/%41')", "true" },
    { "r:is-uri('mailto:a@b')", "true" },
    { "r:is-uri('http://')", "true" },
    { "r:is-uri('/relative')", "false" },
    { "r:is-uri(':x')", "false" },
    { "r:is-uri('1a:x')", "false" },
    { "r:is-uri('a_b:x')", "false" },
    { "r:is-uri('http://h/a b')", "false" },
    { "r:is-uri('http://h/%4')", "false" },
    { "r:is-uri('http://h/%zz')", "false" },
    { "r:is-uri('http://[::1/')", "false" },
    { "r:is-uri('http://[nonsense]/')", "false" },
    { "r:is-uri('http://a@b@c/')", "false" },
    { "r:is-uri('http://h:8o/')", "false" },
    { "r:is-uri('http://h/#a#b')", "false" },
    { "r:is-uri('http://h/[')", "false" },
    { "r:is-uri('http://hé/')", "false" },
    { "r:is-uri('')", "false" },
    { "r:is-mailbox('a.b+c@example.org')", "true" },
    { "r:is-mailbox('\"a b\\@c\"@example.org')", "true" },
    { "r:is-mailbox('a@[192.0.2.1]')", "true" },
    { "r:is-mailbox('a@[IPv6:2001:db8::1]')", "true" },
    { "r:is-mailbox('a@[2001:db8::1]')", "false" },
    { "r:is-mailbox('a..b@example.org')", "false" },
    { "r:is-mailbox('.a@example.org')", "false" },
    { "r:is-mailbox('a.@example.org')", "false" },
    { "r:is-mailbox('a b@example.org')", "false" },
    { "r:is-mailbox('\"a\"b\"@example.org')", "false" },
    { "r:is-mailbox('\"a@example.org')", "false" },
    { "r:is-mailbox('\"@example.org')", "false" },
    { "r:is-mailbox('@example.org')", "false" },
    { "r:is-mailbox('a@')", "false" },
    { "r:is-mailbox('a')", "false" },
    { "r:is-mailbox('')", "false" },
    { "r:is-dns-name('mail-1.example.org')", "true" },
    { "r:is-dns-name('1.example')", "true" },
    { "r:is-dns-name('localhost')", "true" },
    { "r:is-dns-name('192.0.2.1')", "false" },
    { "r:is-dns-name('-a.example')", "false" },
    { "r:is-dns-name('a-.example')", "false" },
    { "r:is-dns-name('a..b')", "false" },
    { "r:is-dns-name('a.')", "false" },
    { "r:is-dns-name('a_b.example')", "false" },
    { "r:is-dns-name('')", "false" },
    { "r:is-ip('192.0.2.1')", "true" },
    { "r:is-ip('2001:db8::1')", "true" },
    { "r:is-ip('192.0.2')", "false" },
    { "r:is-ip('192.0.2.256')", "false" },
    { "r:is-ip('')", "false" },
    { "r:is-ip('2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001')", "false" },
    { "r:is-colour('red')", "true" },
    { "r:is-colour('Fuschia')", "true" },
    { "r:is-colour('fuchsia')", "false" },
    { "r:is-colour('#00ffAA')", "true" },
    { "r:is-colour('#12345')", "false" },
    { "r:is-colour('#12345g')", "false" },
    { "r:is-colour('')", "false" },
    /* text */
    { "r:is-trimmed('a b')", "true" },
    { "r:is-trimmed('')", "true" },
    { "r:is-trimmed(' a')", "false" },
    { "r:is-trimmed('a\n')", "false" },
    { "r:is-trimmed('a\xc2\xa0')", "false" },
    { "r:nfc('e\xcc\x81')", "\xc3\xa9" },
    { "r:nfc('plain')", "plain" },
    { "r:nfc('')", "" },
    { "r:is-nfc('\xc3\xa9')", "true" },
    { "r:is-nfc('e\xcc\x81')", "false" },
    { "r:is-nfc('')", "true" },
    { "r:upper('stra\xc3\x9f"
      "e tr\xc3\xa8s')",
      "STRASSE TR\xc3\x88S" },
    { "r:collapse(' a \n\xc2\xa0 b ')", "a b" },
    { "r:collapse('')", "" },
    { "r:lookalike('NATO SECRET')", "false" },
    { "r:lookalike('TR\xc3\x88S SECRET D\xc3\x89"
      "FENSE')",
      "false" },
    { "r:lookalike('N\xd0\x90TO SECRET')", "true" }, /* Cyrillic A among Latin */
    { "r:lookalike('\xd0\xa1\xd0\x95\xd0\x9a NATO')",
      "true" }, /* a Cyrillic word, all ASCII shapes */
    { "r:lookalike('\xd0\x94\xd0\xb6\xd0\xb8 NATO')", "false" }, /* a Cyrillic word that is none */
    { "r:lookalike('NATO\xe2\x80\x8b SECRET')", "true" },        /* zero width space */
    { "r:lookalike('NATO\xe2\x80\xae SECRET')", "true" },        /* right-to-left override */
    { "r:lookalike('NATO\\u{202E} SECRET')", "true" },           /* the same, made visible */
    { "r:lookalike('\xef\xbc\xae"
      "ATO')",
      "true" }, /* full width N */
    { "r:lookalike('')", "false" },
    { "r:distinct(//a)", "true" },
    { "r:distinct(//b)", "false" }, /* "One", " one" */
    { "r:distinct(//a[2] | //b[1])", "true" },
    { "r:distinct(//none)", "true" },
    { "r:colour('Red')", "#ff0000" },
    { "r:colour(' #00FF0a ')", "#00ff0a" },
    { "r:colour('reddish')", "" },
    { "r:colour('')", "" },
    /* octets */
    { "r:fits('04', '0|[1-9]\\d*')", "false" },
    { "r:fits('40', '0|[1-9]\\d*')", "true" },
    { "r:fits('', 'a*')", "true" },
    { "r:fits('\xc3\xa9', '..')", "true" }, /* octets */
    { "r:matches('NATO SECRET', 'NATO *')", "true" },
    { "r:matches('NATO', 'N?TO')", "true" },
    { "r:matches('', '*')", "true" },
    { "r:matches('COSMIC', 'NATO*')", "false" },
    { "r:in-list('b', 'a b c')", "true" },
    { "r:in-list('', 'a b c')", "false" },
    { "r:in-list('a b', 'a b c')", "false" },
    { "r:in-list('b', '')", "false" },
    { "r:eight-bit('plain \\xg9 \\x41')", "false" },
    { "r:eight-bit('\xc3\xa9')", "true" },
    { "r:eight-bit('TR\\xC8S')", "true" },
    { "r:has-encoded-word('=?utf-8?Q?a?=')", "true" },
    { "r:has-encoded-word('=?no')", "false" },
    { "r:octets('\xc3\xa9')", "2" },
    { "r:octets('')", "0" },
    { "r:hex('A\xc3\xa9')", "41c3a9" },
    { "r:hex('')", "" },
    { "r:offset(//m:label)", "640" },
    { "r:offset(//m:label/x:Policy)", "640" }, /* its own offset= is foreign */
    { "r:offset(//m:label/@at)", "640" },
    { "r:offset(//a)", "-1" },
    { "r:offset(//none)", "-1" },
    { "r:offset(/)", "-1" },
    /* parts: there is no mail behind this document */
    { "r:text-contains(//m:part, 'x')", "false" },
    { "r:text-contains(//none, 'x')", "false" },
    { "r:line(//m:part, 1)", "" },
    { "r:has-invisible('plain text')", "false" },
    { "r:has-invisible('tab\tand\nline')", "false" },
    { "r:has-invisible('zero\xe2\x80\x8bwidth')", "true" },
    { "r:has-invisible('\xc2\x85')", "true" },
    { "r:has-invisible('')", "false" },
    /* siblings */
    { "r:repeated(//c[1]/@n)", "false" },
    { "r:repeated(//c[2]/@n)", "false" },
    { "r:repeated(//c[2]/@n, 'sensitive')", "false" },
    { "r:repeated(//c[2]/@n, 'insensitive')", "true" },
    { "r:repeated(//c[3]/@n, 'insensitive')", "false" },
    { "r:repeated(//c[4]/@n)", "true" },
    { "r:repeated(//c[2]/@o)", "false" },
    { "r:repeated(//c[2]/@o, 'colour')", "true" },
    { "r:repeated(//c[1]/@o, 'colour')", "false" },
    { "r:repeated(//c[3]/@o, 'colour')", "false" },
    { "r:repeated(//c[4]/@o, 'colour')", "true" },
    { "r:repeated(//c[2]/@none)", "false" },
    { "r:repeated(//c[2])", "false" },
    { "r:repeated(/*/@x)", "false" },
    { "r:policy-defect(//c[1], 'missing')", "" },
    { "r:policy-defect(//none, 'shared')", "" },
    /* what the loader would refuse */
    { "r:distinct('text')", NULL },
    { "r:repeated('text')", NULL },
    { "r:policy-defect('text', 'missing')", NULL },
    { "r:now('x')", NULL },
    { "r:valid('text')", NULL },
    { "r:marking(//a)", NULL },
    /* no policy is there, and none of these is a label */
    { "r:valid(//a)", "false" },
    { "r:decide(//a, //a)", "false" },
    { "r:order(//a, //a)", "incomparable" },
    { "r:equivalent(//a, //a)", "false" },
    { "r:marking(//a, 'en')", "" },
    { "r:marking-same('a, b', 'B, A')", "true" },
    { "r:after('x')", NULL },
    { "r:nonsense()", NULL },
};

static const char document[] =
    "<m:message xmlns:m='urn:muster:message:1' xmlns:x='urn:x'><a>One</a><a>two</a><b>One</b>"
    "<b> one\n</b><m:part path='1'/><m:label at='sio-label' offset='640'><x:Policy "
    "offset='7'/></m:label>"
    "<c n='A' o='red'/><c n=' a ' o='#FF0000'/><d n='b'/><c n='b' o='#ff00ff'/>"
    "<c n=' A' o='FUSCHIA'/>"
    "</m:message>";

START_TEST(each_function_gives_its_value)
{
    struct mu_err err;
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_document message = { 0 };
    mu_xml_start();
    ck_assert(mu_unicode_start(&err));
    ck_assert(mu_xml_load_bytes(arena, MU_BYTES(document), "test", &message.doc, &err));
    struct mu_rule_set *set = mu_rules_new(arena);
    set->test_time = TEST_TIME;
    struct mu_judging j = { .set = set, .arena = arena, .document = &message };
    const char *got = value_of(arena, &j, row[_i].expression), *want = row[_i].want;
    ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
                  "%s: got '%s', want '%s'", row[_i].expression, got == NULL ? "(error)" : got,
                  want == NULL ? "(error)" : want);
    mu_arena_free(arena);
}
END_TEST

/* Decoded octets of a real part. */
static const struct {
    const char *expression, *want;
} part_row[] = {
    { "r:text-contains(/m:message/m:part, 'SECRET')", "true" },
    { "r:text-contains(/m:message/m:part, 'secret')", "false" },
    { "r:text-contains(/m:message/m:part, '')", "true" },
    { "r:line(/m:message/m:part, 1)", "NATO SECRET" },
    { "r:line(/m:message/m:part, 2)", "" },
    { "r:line(/m:message/m:part, 3)", "end \\u{0001}" },
    { "r:line(/m:message/m:part, -1)", "end \\u{0001}" },
    { "r:line(/m:message/m:part, -3)", "NATO SECRET" },
    { "r:line(/m:message/m:part, 4)", "" },
    { "r:line(/m:message/m:part, -4)", "" },
    { "r:line(/m:message/m:part, 0)", "" },
    { "r:line(/m:message/m:part, 'x')", "" },
};

START_TEST(parts_are_searched_decoded)
{
    static const char mail[] =
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "TkFUTyBTRUNSRVQNCg0KZW5kIAE=\r\n";
    struct mu_err err;
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_leg leg;
    struct mu_document message = { 0 };
    mu_xml_start();
    struct mu_rule_set *set = mu_rules_new(arena);
    struct mu_document_kit kit = { .dict = mu_rules_dict(set) };
    mu_document_leg_of(MU_BYTES(mail), "file", &leg);
    ck_assert(mu_document_build(arena, &kit, &leg, &message, &err));
    struct mu_judging j = { .set = set, .arena = arena, .document = &message };
    const char *got = value_of(arena, &j, part_row[_i].expression);
    ck_assert_msg(got != NULL && strcmp(got, part_row[_i].want) == 0, "%s: got '%s', want '%s'",
                  part_row[_i].expression, got == NULL ? "(error)" : got, part_row[_i].want);
    mu_arena_free(arena);
}
END_TEST

/* What a loaded policy says of its nodes, by the value of @name or the text. */
static const struct {
    const char *expression, *want;
} policy_row[] = {
    { "r:policy-defect(//x:tagCategory[@name='N'], 'shared')", "" },
    { "r:policy-defect(//x:tagCategory[@name='n'], 'shared')", "name and lacv of line 6" },
    { "r:policy-defect(//x:tagCategory[@name='n'], 'missing')", "" },
    { "r:policy-defect(//x:tagCategory[@name='O'], 'shared')", "" },
    { "r:policy-defect(//x:tagCategory[@name='P'], 'shared')", "lacv of line 8" },
    { "r:policy-defect(//x:tagCategory[@name='P'], 'missing')", "the classification 'TOP'" },
    { "r:policy-defect(//x:tagCategory[@name='Q'], 'shared')", "" },
    { "r:policy-defect(//x:tagCategory[@name='R'], 'shared')", "" },
    { "r:policy-defect(//x:excludedClass, 'missing')", "the classification 'LAST'" },
    { "r:policy-defect(//x:tagCategory[@name='Q']/x:excludedCategory[1], 'missing')", "" },
    { "r:policy-defect(//x:tagCategory[@name='Q']/x:excludedCategory[2], 'missing')",
      "the tag set 'T'" },
    { "r:policy-defect(//x:tagCategory[@name='Q']/x:excludedCategory[3], 'missing')",
      "a tag of type RESTRICTIVE in 'S'" },
    { "r:policy-defect(//x:categoryGroup[1], 'missing')", "" },
    { "r:policy-defect(//x:categoryGroup[2], 'missing')", "lacv '99' of type PERMISSIVE in 'S'" },
};

static const char policy_text[] =
    "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' "
    "creationDate='20260101000000Z'>\n"
    "<securityPolicyId name='P' id='2.25.1'/>\n"
    "<securityClassifications><securityClassification name='LOW' lacv='1' hierarchy='1'>\n"
    "<requiredCategory operation='all'><categoryGroup tagSetRef='S' tagType='permissive' lacv='1'/>"
    "<categoryGroup tagSetRef='S' tagType='permissive' lacv='99'/></requiredCategory>\n"
    "</securityClassification></"
    "securityClassifications><securityCategoryTagSets><securityCategoryTagSet name='S' "
    "id='2.25.2'><securityCategoryTag tagType='permissive'>\n"
    "<tagCategory name='N' lacv='1'/>\n"
    "<tagCategory name='n' lacv='01'/>\n"
    "<tagCategory name='O' lacv='2'/>\n"
    "<tagCategory name='P' lacv='2' requiredClass='TOP'/>\n"
    "<tagCategory name='Q' lacv='3'><excludedClass>LAST</excludedClass>"
    "<excludedCategory tagSetRef='S' tagType='permissive' all='true'/>"
    "<excludedCategory tagSetRef='T' tagType='permissive' lacv='1'/>"
    "<excludedCategory tagSetRef='S' tagType='restrictive' all='true'/></tagCategory>\n"
    "<tagCategory name='R' lacv='4'><excludedClass>LOW</excludedClass></tagCategory>\n"
    "<tagCategory name='R2' lacv='4'/>\n"
    "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>\n"
    "<extensions><conventions xmlns='urn:muster:policy:1' case='insensitive'/></extensions></SPIF>";

START_TEST(policies_tell_their_defects)
{
    struct mu_err err;
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    char path[] = "/tmp/muster-functions-XXXXXX";
    mu_xml_start();
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, policy_text, sizeof policy_text - 1), sizeof policy_text - 1);
    close(fd);
    struct mu_rule_set *set = mu_rules_new(arena);
    struct mu_document_kit kit = { .dict = mu_rules_dict(set) };
    struct mu_document message;
    ck_assert(mu_document_policy(arena, &kit, path, &message, NULL, &err));
    unlink(path);
    ck_assert_ptr_nonnull(message.policy);
    struct mu_judging j = { .set = set, .arena = arena, .document = &message };
    const char *got = value_of(arena, &j, policy_row[_i].expression);
    ck_assert_msg(got != NULL && strcmp(got, policy_row[_i].want) == 0, "%s: got '%s', want '%s'",
                  policy_row[_i].expression, got == NULL ? "(error)" : got, policy_row[_i].want);
    mu_arena_free(arena);
}
END_TEST

/* The bridge finds functions by bisection, so the table must be sorted. */
START_TEST(table_is_sorted)
{
    for (size_t i = 0; mu_function_at(i) != NULL; i++) {
        const struct mu_function *f = mu_function_at(i), *next = mu_function_at(i + 1);
        ck_assert_msg(next == NULL || strcmp(f->name, next->name) < 0, "%s", f->name);
        ck_assert_ptr_eq(&mu_function_find(mu_bytes_of(f->name))->about, f);
    }
    ck_assert_ptr_null(mu_function_find(MU_BYTES("")));
    ck_assert_ptr_null(mu_function_find(MU_BYTES("no")));
    ck_assert_ptr_null(mu_function_find(MU_BYTES("nowhere")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("functions");
    TCase *tc = tcase_create("functions");
    tcase_add_loop_test(tc, each_function_gives_its_value, 0, (int) MU_COUNT(row));
    tcase_add_loop_test(tc, parts_are_searched_decoded, 0, (int) MU_COUNT(part_row));
    tcase_add_loop_test(tc, policies_tell_their_defects, 0, (int) MU_COUNT(policy_row));
    tcase_add_test(tc, table_is_sorted);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
