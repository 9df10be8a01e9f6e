#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/gate.h"

#define S(literal) (literal), sizeof(literal) - 1

/* limit NULL: passes, with the counts. */
static const struct {
    const char *name, *xml;
    size_t n;
    unsigned allow;
    const char *limit;
    size_t offset;
    struct mu_gate_counts counts;
} row[] = {
    { "one element", S("<a/>"), 0, NULL, 0, { 1, 0, 1 } },
    { "bom", S("\xef\xbb\xbf<a/>"), 0, NULL, 0, { 1, 0, 1 } },
    { "nested", S("<a><b x='1'><c/></b><d/></a>\n"), 0, NULL, 0, { 4, 1, 3 } },
    { "declaration", S("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>"), 0, NULL, 0, { 1, 0, 1 } },
    { "ascii", S("<?xml version='1.0' encoding='us-ascii' ?><a/>"), 0, NULL, 0, { 1, 0, 1 } },
    { "declaration after bom",
      S("\xef\xbb\xbf<?xml version='1.0'?><a/>"),
      0,
      NULL,
      0,
      { 1, 0, 1 } },
    { "namespaces are no attributes",
      S("<a xmlns='urn:x' xmlns:p=\"urn:y\" p:q=\"\"/>"),
      0,
      NULL,
      0,
      { 1, 1, 1 } },
    { "gt in a value", S("<a x='>' y=\"/>\"><b/></a>"), 0, NULL, 0, { 2, 2, 2 } },
    { "quote in the other quote", S("<a x='\"' y=\"'\"><b/></a>"), 0, NULL, 0, { 2, 2, 2 } },
    { "tags in a comment", S("<a><!-- <b><c x='> --></a>"), 0, NULL, 0, { 1, 0, 1 } },
    { "comment around the root", S("<!--<a>--><a/><!----><!-- - -->"), 0, NULL, 0, { 1, 0, 1 } },
    { "tags in cdata", S("<a><![CDATA[<b></a><!DOCTYPE]]></a>"), 0, NULL, 0, { 1, 0, 1 } },
    { "cdata ends once", S("<a><![CDATA[]]]]><![CDATA[>]]><b/></a>"), 0, NULL, 0, { 2, 0, 2 } },
    { "doctype in text", S("<a>&lt;!DOCTYPE</a>"), 0, NULL, 0, { 1, 0, 1 } },
    { "white space in tags", S("<a\tx\n=\r'1' ><b\n/></a\n>"), 0, NULL, 0, { 2, 1, 2 } },
    { "utf-8", S("<a x='\xc3\xa9'>\xf0\x9f\x98\x80</a>"), 0, NULL, 0, { 1, 1, 1 } },
    { "utf-8 names", S("<\xc3\xa9l\xc3\xa9/>"), 0, NULL, 0, { 1, 0, 1 } },
    { "other namespaces",
      S("<a xmlns:m='urn:mustard:x' xmlns:n='urn:muster'/>"),
      0,
      NULL,
      0,
      { 1, 0, 1 } },
    { "pi allowed", S("<?x <a>?><a><?y '?></a>"), MU_GATE_ALLOW_PI, NULL, 0, { 1, 0, 1 } },
    { "unclosed is the parser's", S("<a><b>"), 0, NULL, 0, { 2, 0, 2 } },

    { "nothing", S(""), 0, "empty", 0, { 0, 0, 0 } },
    { "only a bom", S("\xef\xbb\xbf"), 0, "start", 3, { 0, 0, 0 } },
    { "text", S("hello"), 0, "start", 0, { 0, 0, 0 } },
    { "space first", S(" <a/>"), 0, "start", 0, { 0, 0, 0 } },
    { "utf-16", S("\xff\xfe<\0a\0/\0>\0"), 0, "start", 0, { 0, 0, 0 } },
    { "utf-16 without bom", S("<\0a\0/\0>\0"), 0, "nul", 1, { 0, 0, 0 } },
    { "ebcdic", S("\x4c\x81\x61\x6e"), 0, "start", 0, { 0, 0, 0 } },
    { "nul in text", S("<a>\0</a>"), 0, "nul", 3, { 0, 0, 0 } },
    { "bare continuation", S("<a>\x80</a>"), 0, "utf-8", 3, { 0, 0, 0 } },
    { "overlong", S("<a>0123456789\xc0\xbc</a>"), 0, "utf-8", 13, { 0, 0, 0 } },
    { "surrogate", S("<a>\xed\xa0\x80</a>"), 0, "utf-8", 3, { 0, 0, 0 } },
    { "cut character", S("<a>\xc3"), 0, "utf-8", 3, { 0, 0, 0 } },
    { "noncharacter", S("<a>\xef\xbf\xbe</a>"), 0, "noncharacter", 3, { 0, 0, 0 } },
    { "latin 1",
      S("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"),
      0,
      "encoding",
      30,
      { 0, 0, 0 } },
    { "utf-7", S("<?xml version='1.0' encoding='UTF-7'?><a/>"), 0, "encoding", 30, { 0, 0, 0 } },
    { "utf-16 declared",
      S("<?xml version='1.0' encoding='UTF-16'?><a/>"),
      0,
      "encoding",
      30,
      { 0, 0, 0 } },
    { "version 1.1", S("<?xml version='1.1'?><a/>"), 0, "version", 15, { 0, 0, 0 } },
    { "version nothing", S("<?xml version=''?><a/>"), 0, "version", 15, { 0, 0, 0 } },
    { "broken declaration", S("<?xml version='1.0'><a/>"), 0, "syntax", 19, { 0, 0, 0 } },
    { "unended declaration", S("<?xml version='1.0'"), 0, "syntax", 19, { 0, 0, 0 } },
    { "second declaration", S("<a/><?xml version='1.0'?>"), 0, "pi", 4, { 0, 0, 0 } },
    { "doctype", S("<!DOCTYPE a><a/>"), 0, "doctype", 0, { 0, 0, 0 } },
    { "doctype after comment", S("<!-- x --><!DOCTYPE a><a/>"), 0, "doctype", 10, { 0, 0, 0 } },
    { "doctype lower case", S("<!doctype a><a/>"), 0, "doctype", 0, { 0, 0, 0 } },
    { "entity", S("<a><!ENTITY b 'c'></a>"), 0, "doctype", 3, { 0, 0, 0 } },
    { "cdata lower case", S("<a><![cdata[x]]></a>"), 0, "doctype", 3, { 0, 0, 0 } },
    { "pi", S("<a><?php ?></a>"), 0, "pi", 3, { 0, 0, 0 } },
    { "stylesheet", S("<?xml-stylesheet href='x'?><a/>"), 0, "pi", 0, { 0, 0, 0 } },
    { "unended pi", S("<?x a>"), MU_GATE_ALLOW_PI, "syntax", 0, { 0, 0, 0 } },
    { "muster", S("<a xmlns='urn:muster:message:1'/>"), 0, "urn:muster", 10, { 0, 0, 0 } },
    { "muster with a prefix",
      S("<a><b xmlns:m=\"urn:muster:message:1\"/></a>"),
      0,
      "urn:muster",
      15,
      { 0, 0, 0 } },
    { "muster in capitals", S("<a xmlns='URN:Muster:x'/>"), 0, "urn:muster", 10, { 0, 0, 0 } },
    { "muster after space", S("<a xmlns='\n urn:muster:x'/>"), 0, "urn:muster", 10, { 0, 0, 0 } },
    { "muster by decimal reference",
      S("<a xmlns='urn&#58;muster:x'/>"),
      0,
      "namespace-reference",
      10,
      { 0, 0, 0 } },
    { "muster by hex reference",
      S("<a xmlns:x='&#x75;rn:muster:x'/>"),
      0,
      "namespace-reference",
      12,
      { 0, 0, 0 } },
    { "muster spaced", S("<a xmlns:m \n=\t'urn:muster:x'/>"), 0, "urn:muster", 15, { 0, 0, 0 } },
    { "muster behind a fake comment",
      S("<a x='<!--' xmlns='urn:muster:x' y='-->'/>"),
      0,
      "syntax",
      6,
      { 0, 0, 0 } },
    { "lt in a value", S("<a x='<'/>"), 0, "syntax", 6, { 0, 0, 0 } },
    { "unquoted value", S("<a x=1/>"), 0, "syntax", 5, { 0, 0, 0 } },
    { "attribute alone", S("<a x/>"), 0, "syntax", 4, { 0, 0, 0 } },
    { "unended value", S("<a x='1/>"), 0, "syntax", 5, { 0, 0, 0 } },
    { "unended tag", S("<a x='1'"), 0, "syntax", 8, { 0, 0, 0 } },
    { "tag cut in the name", S("<a"), 0, "syntax", 2, { 0, 0, 0 } },
    { "angle alone", S("<"), 0, "syntax", 0, { 0, 0, 0 } },
    { "angle before space", S("< a/>"), 0, "syntax", 0, { 0, 0, 0 } },
    { "question mark tag end", S("<a ?>"), 0, "syntax", 3, { 0, 0, 0 } },
    { "tag in a tag", S("<a <b/>>"), 0, "syntax", 3, { 0, 0, 0 } },
    { "unended comment", S("<a><!-- </a>"), 0, "syntax", 3, { 0, 0, 0 } },
    { "two hyphens in a comment", S("<a><!-- -- --></a>"), 0, "syntax", 10, { 0, 0, 0 } },
    { "comment cut at its end", S("<a/><!-- --"), 0, "syntax", 11, { 0, 0, 0 } },
    { "unended cdata", S("<a><![CDATA[ ]] </a>"), 0, "syntax", 3, { 0, 0, 0 } },
    { "unended end tag", S("<a></a"), 0, "syntax", 3, { 0, 0, 0 } },
    { "end without begin", S("<a/></a>"), 0, "syntax", 4, { 0, 0, 0 } },
};

START_TEST(each_row)
{
    struct mu_gate_counts counts = { 99, 99, 99 };
    struct mu_gate_fault fault = { "none", "none", 0 };
    bool passes =
        mu_gate((struct mu_bytes){ row[_i].xml, row[_i].n }, row[_i].allow, &counts, &fault);
    const char *got = passes ? "passes" : fault.limit;
    const char *want = row[_i].limit == NULL ? "passes" : row[_i].limit;
    ck_assert_msg(strcmp(got, want) == 0, "%s: got %s, want %s", row[_i].name, got, want);
    if (!passes) {
        ck_assert_msg(fault.offset == row[_i].offset, "%s: offset %zu, want %zu", row[_i].name,
                      fault.offset, row[_i].offset);
        ck_assert_msg(counts.elements == 99, "%s: counts touched", row[_i].name);
        return;
    }
    ck_assert_msg(memcmp(&counts, &row[_i].counts, sizeof counts) == 0, "%s: got %u %u %u",
                  row[_i].name, counts.elements, counts.attributes, counts.depth);
}
END_TEST

/* head, then `piece` `count` times (%zu is the number), then tail. */
static const struct {
    const char *name, *head, *piece, *tail;
    size_t count;
    const char *limit;
} bomb[] = {
    { "depth at the limit", "", "<a>", "", MU_XML_DEPTH_MAX, NULL },
    { "depth past it", "", "<a>", "", MU_XML_DEPTH_MAX + 1, "depth" },
    { "depth 10,000", "", "<a>", "", 10000, "depth" },
    { "siblings are not deep", "<a>", "<b></b><c/>", "</a>", 1000, NULL },
    { "attributes at the limit", "<a", " a%zu=''", "/>", MU_XML_ATTRIBUTES_MAX, NULL },
    { "attributes past it", "<a", " a%zu=''", "/>", MU_XML_ATTRIBUTES_MAX + 1, "attributes" },
    { "namespaces at the limit", "<a", " xmlns:a%zu='urn:x'", "/>", MU_XML_NAMESPACES_MAX, NULL },
    { "namespaces past it", "<a", " xmlns:a%zu='urn:x'", "/>", MU_XML_NAMESPACES_MAX + 1,
      "namespaces" },
    { "namespaces of siblings", "<a>", "<b xmlns='urn:x' xmlns:a%zu='urn:x'/>", "</a>", 1000,
      NULL },
    { "namespaces of closed siblings", "<a>", "<b xmlns='urn:x' xmlns:a%zu='urn:x'></b>", "</a>",
      1000, NULL },
    { "namespaces in scope", "", "<a xmlns='urn:x' xmlns:a%zu='urn:x'>", "",
      MU_XML_NAMESPACES_MAX / 2 + 1, "namespaces" },
    { "elements at the limit", "<a>", "<b/>", "</a>", MU_XML_ELEMENTS_MAX - 1, NULL },
    { "elements past it", "<a>", "<b/>", "</a>", MU_XML_ELEMENTS_MAX, "elements" },
    { "size past the limit", "<a>", "0123456789abcdef", "</a>", MU_XML_MAX / 16, "size" },
    { "comments for ever", "<a>", "<!--x-->", "</a>", 100000, NULL },
    { "angles for ever", "<a>", "<", "</a>", 100000, "syntax" },
};

START_TEST(each_bomb)
{
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_buf xml = { .arena = arena };
    mu_buf_puts(&xml, bomb[_i].head);
    const char *number = strstr(bomb[_i].piece, "%zu");
    for (size_t i = 0; i < bomb[_i].count; i++) {
        if (number != NULL)
            mu_buf_printf(&xml, "%.*s%zu%s", (int) (number - bomb[_i].piece), bomb[_i].piece, i,
                          number + 3);
        else
            mu_buf_puts(&xml, bomb[_i].piece);
    }
    mu_buf_puts(&xml, bomb[_i].tail);
    struct mu_gate_counts counts;
    struct mu_gate_fault fault;
    bool passes = mu_gate(mu_buf_bytes(&xml), 0, &counts, &fault);
    const char *got = passes ? "passes" : fault.limit;
    const char *want = bomb[_i].limit == NULL ? "passes" : bomb[_i].limit;
    ck_assert_msg(strcmp(got, want) == 0, "%s: got %s, want %s", bomb[_i].name, got, want);
    mu_arena_free(arena);
}
END_TEST

/* Every prefix of a rich document ends in an answer and is not read past (ASan watches). */
START_TEST(every_cut)
{
    static const char whole[] =
        "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><!-- c --><a x='1' "
        "xmlns:p=\"urn:x\"><![CDATA[<]]><p:b y=\"'\"/>\xc3\xa9</a><!---->";
    for (size_t n = 0; n < sizeof whole; n++) {
        char *cut = malloc(n + 1);
        memcpy(cut + 1, whole, n); /* ends where the block ends */
        struct mu_gate_counts counts;
        struct mu_gate_fault fault = { "", "", 0 };
        if (!mu_gate((struct mu_bytes){ cut + 1, n }, 0, &counts, &fault))
            ck_assert(fault.why[0] != '\0' && fault.offset <= n);
        free(cut);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gate");
    TCase *tc = tcase_create("gate");
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, each_bomb, 0, MU_COUNT(bomb));
    tcase_add_test(tc, every_cut);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
