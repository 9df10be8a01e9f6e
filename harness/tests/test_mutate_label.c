/* Operators on labels and markings: each does what it says and no more. */
#include "mutate_support.h"

static const struct mutate_row row[] = {
    { LOG, "label.classification.lower", "", "", SIO, NULL, NULL, ">CONFIDENTIAL</", ">SECRET</" },
    { LOG, "label.classification.higher", "", "", SIO, NULL, NULL, ">TOP SECRET</", ">SECRET</" },
    { LOG, "label.value.add", "Context", "Releasable", SIO, NULL, NULL,
      "NATO</GenericValue><GenericValue>Releasable", NULL },
    { LOG, "label.value.drop", "Context", "", SIO, NULL, NULL, "Context", "GenericValue" },
    { LOG, "marking.lower", "", "", SIO, "NATO CONFIDENTIAL", "NATO SECRET", ">SECRET</", NULL },
    { LOG, "label.classification.set", "", "UNKNOWN", SIO, "NATO SECRET", NULL,
      "<Classification>UNKNOWN</Classification>", "SECRET" },
    { LOG, "label.policy.set", "", "OTHER", SIO, NULL, NULL, ">OTHER<", "NATO-EXERCISE" },
    { LOG, "label.policy-uri.set", "", "urn:oid:1.2", SIO, NULL, NULL, "URI=\"urn:oid:1.2\"",
      "2.25.2441" },
    { LOG, "label.drop", "", "", SIO, "marking=\"NATO SECRET\"", ":xml", NULL, NULL },
    { LOG, "label.root.set", "", "metadataConfidentialityLabel", SIO, NULL, NULL,
      "<metadataConfidentialityLabel", "originator" },
    { LOG, "label.review.drop", "", "", SIO, NULL, NULL, "<CreationDateTime", "ReviewDateTime" },
    { LOG, "label.created.drop", "", "", SIO, NULL, NULL, "ReviewDateTime", "CreationDateTime" },
    { LOG, "label.category.type.set", "Context", "RESTRICTIVE", SIO, NULL, NULL, "\"RESTRICTIVE\"",
      "\"PERMISSIVE\"" },
    { LOG, "label.category.type.set", "", "permissive", SIO, NULL, NULL, "\"permissive\"",
      "\"PERMISSIVE\"" },
    { LOG, "label.raw", "", "hostile/label-doctype.xml", SIO, NULL, NULL, "<!DOCTYPE", "SECRET" },
    { LOG, "marking.set", "", "OTHER", SIO, "marking=\"OTHER\"", "NATO SECRET", "SECRET", NULL },
    { LOG, "marking.drop", "", "", SIO, ":xml", "marking=", "SECRET", NULL },
    { LOG, "label.category.drop", "Context", "", SIO, "NATO SECRET", NULL, ">SECRET</", "Context" },
    { LOG, "label.attribute.set", "Classification@URI", "urn:oid:1.2", SIO, NULL, NULL,
      "<Classification URI=\"urn:oid:1.2\">SECRET", NULL },
    { LOG, "label.attribute.set", "Category@TagName", "context", SIO, NULL, NULL,
      "TagName=\"context\"", "TagName=\"Context\"" },
    { LOG, "label.attribute.set", "@ReviewDateTime", "2031-13-01T00:00:00Z", SIO, NULL, NULL,
      "ReviewDateTime=\"2031-13-01T00:00:00Z\">", "2031-11-23" },
    { LOG, "label.attribute.drop", "Category@TagName", "", SIO, NULL, NULL,
      "<Category Type=", "TagName" },
    { LOG, "label.attribute.drop", "@ReviewDateTime", "", SIO, NULL, NULL, "CreationDateTime",
      "ReviewDateTime" },
    { LOG, "label.attribute.rename", "PolicyIdentifier@URI", "URL", SIO, NULL, NULL,
      "<PolicyIdentifier URL=\"urn:oid:", "PolicyIdentifier URI" },
    { LOG, "label.element.drop", "OriginatorID", "", SIO, NULL, NULL,
      "</ConfidentialityInformation><CreationDateTime>", "Originator" },
    { LOG, "label.element.repeat", "Classification", "", SIO, NULL, NULL,
      "<Classification>SECRET</Classification><Classification>SECRET</Classification>", NULL },
    { LOG, "label.element.swap", "PolicyIdentifier", "", SIO, NULL, NULL,
      "<Classification>SECRET</Classification><PolicyIdentifier", NULL },
    { LOG, "label.element.swap", "ConfidentialityInformation", "", SIO, NULL, NULL,
      "</OriginatorID><ConfidentialityInformation>", NULL },
    { LOG, "label.element.rename", "GenericValue", "IntegerValue", SIO, NULL, NULL,
      "<IntegerValue>NATO</IntegerValue></Category>", "GenericValue" },
    { LOG, "label.text.set", "CreationDateTime", "2026-01-12T08:00:00", SIO, NULL, NULL,
      "08:00:00</", "08:00:00Z</" },
    { LOG, "label.comment", "", "", SIO, NULL, NULL, "<!-- EXERCISE -->", ">SECRET<" },
    { LOG, "label.comment", "PolicyIdentifier", "x", SIO, NULL, NULL, "<!--x-->", "NATO-EXERCISE" },
    { LOG, "label.instruction", "", "", SIO, NULL, NULL, "<?muster exercise?>", ">SECRET<" },
    { LOG, "label.cdata", "", "", SIO, NULL, NULL, "]]></Classification>", ">SECRET<" },
    { LOG, "label.character-reference", "", "", SIO, NULL, NULL, ";", ">SECRET<" },
    { LOG, "label.homoglyph", "", "", SIO, NULL, NULL, NULL, ">SECRET<" },
    { LOG, "label.invisible", "", "200B", SIO, NULL, NULL, "\u200b", ">SECRET<" },
    { LOG, "label.invalid-utf8", "", "", SIO, NULL, NULL, "\xC0\xAF", ">SECRET<" },
    { LOG, "label.blanks", "", "", SIO, NULL, NULL, ">\n SECRET \n<", NULL },
    { LOG, "label.xsi-type", "", "", SIO, NULL, NULL, "xsi:type=\"ConfidentialityLabelType\"",
      NULL },
    { LOG, "label.xsi-type", "Category", "Other", SIO, NULL, NULL, "<Category xmlns:xsi=", NULL },
    { LOG, "label.schema-location", "", "", SIO, NULL, NULL, "xsi:schemaLocation=\"urn:nato",
      NULL },
    { LOG, "label.attributes.reverse", "", "", SIO, NULL, NULL,
      "\" TagName=\"Context\" Type=", NULL },
    { LOG, "label.namespace.set", "", "urn:other", SIO, NULL, NULL, "xmlns=\"urn:other\"", "4774" },
    { LOG, "label.prefix.set", "", "", SIO, NULL, NULL, "<q:Classification>SECRET</q:Class",
      "<Class" },
    { LOG, "label.prolog", "", "<!DOCTYPE x>", SIO, NULL, NULL, "<!DOCTYPE x><originator", NULL },
    { LOG, "label.encoding.set", "", "utf-16le", SIO, NULL, NULL, "\xFF\xFE<", "SECRET" },
    { LOG, "label.encoding.set", "", "utf-16be", SIO, NULL, NULL, "\xFE\xFF", "SECRET" },
    { LOG, "label.encoding.set", "", "utf-8-bom", SIO, NULL, NULL, "\xEF\xBB\xBF<originator",
      NULL },
    { LOG, "label.encoding.set", "", "iso-8859-1", SIO, NULL, NULL, "ISO-8859-1\"?><originator",
      NULL },
    { LOG, "label.truncate", "", "", SIO, NULL, NULL, NULL, "</originatorConfidentialityLabel>" },
    { LOG, "label.element.add", "", "<x/>", SIO, NULL, NULL, "<x/></originator", NULL },
    { LOG, "label.hide", "", "unclassified", SIO, NULL, NULL, ">UNCLASSIFIED<", NULL },
    { LOG, "label.depth", "", "3", SIO, NULL, NULL, "<x:deep><x:deep></x:deep></x:deep></x:deep>",
      NULL },
    { LOG, "label.categories", "", "2", SIO, NULL, NULL, "</Category><Category", NULL },
    { LOG, "label.octets", "", "2000", SIO, NULL, NULL, "xxx</x:filler></originator", NULL },

    { LOG, "marking.homoglyph", "", "", SIO, "marking*=utf-8''", "NATO SECRET", ">SECRET<", NULL },
    { LOG, "marking.invisible", "", "00AD", SIO, "%C2%AD", "NATO SECRET", ">SECRET<", NULL },
    { LOG, "marking.full-width", "", "", SIO, "%EF%BC%AE%EF%BC%A1", "NATO SECRET", NULL, NULL },
    { LOG, "marking.lower-case", "", "", SIO, "\"nato secret\"", "NATO SECRET", ">SECRET<", NULL },
    { LOG, "marking.hide", "", "", SIO, "fgcolor=white;\r\n bgcolor=white;", "red", NULL, NULL },
};

START_TEST(each_operator_does_what_it_says_and_no_more)
{
    check_row(&row[_i], "secret");
}
END_TEST

static const struct mutate_refusal refused[] = {
    { LOG, "label.classification.set", "", "", "needs a 'value'" },
    { LOG, "label.category.type.set", "Absent", "X", "no category 'Absent'" },
    { LOG, "label.raw", "", "absent.bin", "absent.bin" },
    { LOG, "label.category.drop", "Absent", "", "no category 'Absent'" },
    { LOG, "label.attribute.set", "Classification", "x", "needs 'Element@Attribute'" },
    { LOG, "label.attribute.set", "Classification@URI", "<", "cannot stand in an attribute" },
    { LOG, "label.attribute.set", "Absent@URI", "x", "no element 'Absent'" },
    { LOG, "label.attribute.drop", "Classification@URI", "", "no attribute 'Classification@URI'" },
    { LOG, "label.attribute.rename", "PolicyIdentifier@URI", "", "needs a 'value'" },
    { LOG, "label.element.drop", "Absent", "", "no element 'Absent'" },
    { LOG, "label.element.repeat", "", "", "needs an element" },
    { LOG, "label.element.swap", "CreationDateTime", "", "no element stands behind" },
    { LOG, "label.element.rename", "Category", "", "needs a 'value'" },
    { LOG, "label.comment", "", "--", "cannot stand in a comment" },
    { LOG, "label.text.set", "", "a<b", "cannot stand in a text" },
    { LOG, "label.text.set", "Absent", "a", "no element 'Absent'" },
    { LOG, "label.text.set", "ConfidentialityInformation", "a", "has no text" },
    { LOG, "label.invisible", "", "41", "no number of a character" },
    { LOG, "label.encoding.set", "", "ebcdic", "is no encoding" },
    { LOG, "label.octets", "", "10", "cannot be made 10 octets long" },
    { LOG, "label.categories", "", "9999999", "too large" },
    { LOG, "label.hide", "", "absent", "absent.xml" },
    { LOG, "marking.decompose", "", "", "no accented letter" },
    { LOG, "marking.invisible", "", "D800", "no number of a character" },
};

START_TEST(what_cannot_be_applied_says_so)
{
    check_refusal(&refused[_i]);
}
END_TEST

START_TEST(unlabelled_messages_refuse_label_operators)
{
    static const char *const name[] = { "label.drop", "label.policy.set", "label.review.drop",
                                        "marking.drop" };
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        struct mu_mutation m = { arena, "", "x", 1, FIXTURES, &policies, false };
        struct mu_message message = { 0 };
        ck_assert(!mu_operator_find(name[i])->abstract(&m, &message, &err));
        ck_assert_int_eq(err.code, MU_ERR_PROFILE);
    }
    struct mu_bytes got;
    ck_assert(!mutate(MED, "no-review", "label.review.drop", "", "", &got));
    ck_assert(strstr(err.msg, "no ReviewDateTime") != NULL);
}
END_TEST

START_TEST(lists_are_turned_round)
{
    struct mu_bytes got = { NULL, 0 };
    ck_assert_msg(mutate(LOG, "restricted-releasable", "marking.reorder", "", "", &got), "%s",
                  err.msg);
    ck_assert_uint_ne(mu_bytes_find(got, MU_BYTES("EEAS, Council of the EU"), 0), SIZE_MAX);
    ck_assert(!mutate(LOG, "secret", "marking.reorder", "", "", &got));
}
END_TEST

START_TEST(accents_come_apart)
{
    struct mu_bytes got = { NULL, 0 };
    ck_assert_msg(mutate(LOG, "tres-secret-eu", "marking.decompose", "", "", &got), "%s", err.msg);
    ck_assert_uint_ne(mu_bytes_find(got, MU_BYTES("TRE%CC%80S"), 0), SIZE_MAX);
}
END_TEST

START_TEST(no_operator_is_without_a_test)
{
    static const char *const subject[] = { "label.", "marking.", NULL };
    static const char *const elsewhere[] = { "marking.reorder", "marking.decompose", NULL };
    check_table(subject, row, MU_COUNT(row), elsewhere);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutate_label");
    TCase *tc = tcase_create("mutate_label");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_operator_does_what_it_says_and_no_more, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, what_cannot_be_applied_says_so, 0, MU_COUNT(refused));
    tcase_add_test(tc, unlabelled_messages_refuse_label_operators);
    tcase_add_test(tc, lists_are_turned_round);
    tcase_add_test(tc, accents_come_apart);
    tcase_add_test(tc, no_operator_is_without_a_test);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
