/*
 * `muster report` with the built program: several formats at once, what it does under a ceiling (a table of
 * labels by ceilings), what it says of a ceiling that is none.
 */
#include "base/digest.h"
#include "tests/program_support.h"

/* --- a run of our own ----------------------------------------------------------------------------------- */

static struct mu_buf stream;
static char head[MU_DIGEST_TEXT];
static const char *run;

static void add_line(const char *body)
{
    const struct mu_bytes piece[] = { mu_bytes_of(head), MU_BYTES("\n"), mu_bytes_of(body) };
    unsigned char digest[MU_DIGEST_BYTES];
    mu_digest_pieces(piece, MU_COUNT(piece), digest);
    mu_hex_write(digest, sizeof digest, head);
    mu_buf_printf(&stream, "%s,\"h\":\"%s\"}\n", body, head);
}

/* The label of a fixture as XML. */
static const char *label_xml(const char *name)
{
    const char *text =
        text_of(mu_arena_printf(arena, MU_SOURCE_DIR "/fixtures/labels/%s.xml", name));
    const char *from = strstr(text, "<slab:originator");
    const char *end = strstr(text, "</slab:originatorConfidentialityLabel>");
    ck_assert(from != NULL && end != NULL);
    return mu_arena_printf(arena, "%.*s</slab:originatorConfidentialityLabel>", (int) (end - from),
                           from);
}

static const char *mail(const char *label)
{
    const char *field = "";
    if (*label != '\0')
        field = mu_arena_printf(arena, "SIO-Label: type=\":xml\"; label=\"%s\"\r\n",
                                mu_base64_write(arena, mu_bytes_of(label_xml(label))).p);
    return mu_arena_printf(
        arena, "From: a@a.test\r\nSubject: EXERCISE\r\n%s\r\nEXERCISE zq7payload\r\n", field);
}

static const char *spoilt_mail(const char *label)
{
    return changed(mail(label), "label=\"", "label=\"@");
}

static const char *two_labels(const char *label)
{
    const char *text = mail(label), *field = strstr(text, "SIO-Label");
    const char *end = strstr(field, "\r\n\r\n");
    return changed(
        text, "From: a@a.test\r\n",
        mu_arena_printf(arena, "From: a@a.test\r\n%.*s\r\n", (int) (end - field), field));
}

/* A message document; `more` stands behind the label. */
static const char *document(const char *label, const char *more)
{
    const char *inner =
        *label == '\0'
            ? ""
            : mu_arena_printf(arena, "<m:label at=\"sio-label\" schema-valid=\"true\">%s</m:label>",
                              label_xml(label));
    return mu_arena_printf(
        arena,
        "<m:message xmlns:m=\"urn:muster:message:1\" leg=\"m\" octets=\"9\">%s%s</m:message>",
        inner, more);
}

static const char *plain_document(const char *label)
{
    return document(label, "");
}

static const char *unchecked_document(const char *label)
{
    return changed(document(label, ""), " schema-valid=\"true\"", "");
}

static const char *marked_document(const char *label)
{
    return document(label, "<m:marked at=\"subject\" known=\"true\" policy=\"NATO-EXERCISE\" "
                           "rank=\"4\">NATO SECRET</m:marked>");
}

static const char *malformed_document(const char *label)
{
    return document(label, "<m:malformed at=\"sio-label\" why=\"empty\"/>");
}

static const char *no_message(const char *label)
{
    return changed(document(label, ""), "octets=\"9\"", "octets=\"0\"");
}

static const char *asked(const char *label)
{
    return mu_arena_printf(arena,
                           "{\"id\":1,\"op\":\"label.parse\",\"label\":{\"syntax\":\"adatp-4774\","
                           "\"data\":{\"b64\":\"%s\"}}}\n"
                           "{\"id\":1,\"ok\":true,\"result\":{\"outcome\":\"accepted\"}}\n",
                           mu_base64_write(arena, mu_bytes_of(label_xml(label))).p);
}

/* Asked about a low label it answers with a high one. */
static const char *answered(const char *label)
{
    return changed(asked(label), "\"accepted\"",
                   "\"accepted\",\"label\":{\"policy\":{\"name\":\"NATO-EXERCISE\"},"
                   "\"classification\":\"SECRET\",\"categories\":[{\"tag\":\"Context\","
                   "\"type\":\"PERMISSIVE\",\"values\":[\"NATO\"]}]}");
}

static const char *no_lines(const char *label)
{
    (void) label;
    return "{\"id\":1,\"op\":\"ping\"}\n";
}

enum spoil { AS_IT_IS, ALTERED, GONE, NO_FILE, NO_FINDING };

/* What a case holds, and how it stands to each ceiling: '.' below it, A above, P of another policy, L without a
 * label, R not readable, U unknown. */
/* clang-format off */
static const struct {
    const char *name, *file;
    const char *(*text)(const char *label);
    const char *label;
    enum spoil spoil;
    const char *stands;
} held[] = {
    /*                                                                                  NU NR NS ATOMAL EUR */
    { "unclassified", "sent-1.eml", mail, "unclassified", AS_IT_IS,                     "....P" },
    { "restricted", "sent-1.eml", mail, "restricted", AS_IT_IS,                         "A...P" },
    { "secret", "received-1.eml", mail, "secret", AS_IT_IS,                             "AA..P" },
    { "secret-atomal", "sent-1.eml", mail, "secret-atomal", AS_IT_IS,                   "AAA.P" },
    { "releasable", "sent-1.eml", mail, "restricted-releasable", AS_IT_IS,              "AAAAP" },
    { "eu-restricted", "sent-1.eml", mail, "eu-restricted", AS_IT_IS,                   "PPPP." },
    { "no-label", "sent-1.eml", mail, "", AS_IT_IS,                                     "LLLLL" },
    { "spoilt-label", "sent-1.eml", spoilt_mail, "unclassified", AS_IT_IS,              "RRRRR" },
    { "two-labels", "sent-1.eml", two_labels, "unclassified", AS_IT_IS,                 "RRRRR" },
    { "altered", "sent-1.eml", mail, "unclassified", ALTERED,                           "UUUUU" },
    { "gone", "sent-1.eml", mail, "unclassified", GONE,                                 "UUUUU" },
    { "no-evidence", NULL, mail, "unclassified", NO_FILE,                               "UUUUU" },
    { "nothing-said", NULL, mail, "unclassified", NO_FINDING,                           "....." },
    { "document", "message-1.xml", plain_document, "restricted", AS_IT_IS,              "A...P" },
    { "document-bare", "message-1.xml", plain_document, "", AS_IT_IS,                   "LLLLL" },
    { "document-unchecked", "message-1.xml", unchecked_document, "unclassified", AS_IT_IS, "RRRRR" },
    { "document-marked", "message-1.xml", marked_document, "restricted", AS_IT_IS,      "AA..P" },
    { "document-malformed", "message-1.xml", malformed_document, "restricted", AS_IT_IS, "ARRRP" },
    { "document-of-nothing", "message-1.xml", no_message, "", AS_IT_IS,                 "....." },
    { "document-altered", "message-1.xml", plain_document, "unclassified", ALTERED,     "UUUUU" },
    { "asked", "adapter-1.jsonl", asked, "restricted", AS_IT_IS,                        "A...P" },
    { "answered", "adapter-1.jsonl", answered, "unclassified", AS_IT_IS,                "AA..P" },
    { "asked-nothing", "adapter-1.jsonl", no_lines, "", AS_IT_IS,                       "LLLLL" },
};

static const char *const ceiling[] = {
    "NATO UNCLASSIFIED", "NATO RESTRICTED", MU_SOURCE_DIR "/fixtures/labels/secret.xml", "NATO SECRET ATOMAL",
    "RESTREINT UE/EU RESTRICTED",
};
/* clang-format on */

static void add_case(size_t i)
{
    const char *name = held[i].name, *folder = mu_arena_printf(arena, "cases/%04zu", i + 1);
    const char *files = "", *path = in_home(mu_file_join(arena, "run", folder));
    char digest[MU_DIGEST_TEXT];
    add_line(mu_arena_printf(arena, "{\"event\":\"start\",\"case\":\"%s\",\"attempt\":1", name));
    if (held[i].spoil != NO_FINDING)
        add_line(
            mu_arena_printf(arena,
                            "{\"event\":\"finding\",\"case\":\"%s\",\"attempt\":1,\"rule\":\"X-1\","
                            "\"seen\":\"zq7%s\"",
                            name, name));
    ck_assert_int_eq(mkdir(path, 0755), 0);
    if (held[i].file != NULL) {
        const char *text = held[i].text(held[i].label);
        mu_digest_text(mu_bytes_of(text), digest);
        files = mu_arena_printf(arena, "{\"name\":\"%s\",\"sha256\":\"%s\",\"octets\":%zu}",
                                held[i].file, digest, strlen(text));
        if (held[i].spoil == ALTERED)
            text = mu_arena_printf(arena, "%s\n", text);
        if (held[i].spoil != GONE)
            write_text(mu_file_join(arena, path, held[i].file), text);
    }
    add_line(
        mu_arena_printf(arena,
                        "{\"event\":\"verdict\",\"case\":\"%s\",\"attempt\":1,\"verdict\":\"fail\","
                        "\"reason\":\"rule:X-1\",\"evidence\":{\"folder\":\"%s\",\"files\":[%s]}",
                        name, folder, files));
}

static void make_run(void)
{
    stream = (struct mu_buf){ .arena = arena };
    head[0] = '\0';
    run = in_home("run");
    if (access(run, F_OK) == 0)
        return; /* made by the first test; each test forks, and all see the folder */
    ck_assert_int_eq(mkdir(run, 0755), 0);
    ck_assert_int_eq(mkdir(mu_file_join(arena, run, "cases"), 0755), 0);
    add_line("{\"event\":\"open\",\"schema\":\"muster-run/"
             "1\",\"run\":\"r\",\"muster\":\"0\",\"marking\":[{\"policy\":"
             "\"NATO-EXERCISE\",\"marking\":\"NATO SECRET "
             "ATOMAL\",\"classification\":\"SECRET\",\"rank\":4},{\"policy\":"
             "\"EU-EXERCISE\",\"marking\":\"RESTREINT UE/EU "
             "RESTRICTED\",\"classification\":\"RESTREINT\",\"rank\":1}]");
    for (size_t i = 0; i < MU_COUNT(held); i++)
        add_case(i);
    add_line("{\"event\":\"late\",\"at_ms\":1,\"token\":\"t\",\"envelope\":\"zq7late\"");
    add_line("{\"event\":\"note\",\"text\":\"zq7note\"");
    write_file(mu_file_join(arena, run, "run.jsonl"), mu_buf_bytes(&stream));
}

/* --- several formats ------------------------------------------------------------------------------------ */

static bool made(const char *out, const char *file)
{
    return access(in_home(mu_file_join(arena, out, file)), F_OK) == 0;
}

/* clang-format off */
static const struct {
    const char *options;
    int status;
    const char *pattern, *files; /* that are made, of these: report.html junit.xml results.tap results.json */
} formats[] = {
    { "", MU_EXIT_OK, "^answer ", "report.html junit.xml results.tap results.json" },
    { "--format tap,junit -f html", MU_EXIT_OK, "^answer ", "report.html junit.xml results.tap" },
    { "-f json -f json,json", MU_EXIT_OK, NULL, "results.json" },
    { "-f tap,,junit", MU_EXIT_USAGE, "--format: a name is missing in 'tap,,junit'$", "" },
    { "-f tap,", MU_EXIT_USAGE, "--format: a name is missing in 'tap,'$", "" },
    { "-f tap,junti", MU_EXIT_USAGE, "unknown format 'junti', did you mean 'junit'[?]$", "" },
    { "-f ../tap", MU_EXIT_USAGE, "unknown format '[.][.]/tap'$", "" },
};
/* clang-format on */

START_TEST(several_formats)
{
    static const char *const file[] = { "report.html", "junit.xml", "results.tap", "results.json" };
    const char *out = mu_arena_printf(arena, "formats-%d", _i);
    struct said s =
        muster_words(mu_arena_printf(arena, "report %s --out @/%s --short%s%s", run, out,
                                     *formats[_i].options != '\0' ? " " : "", formats[_i].options));
    check_said(formats[_i].options, s, formats[_i].status, formats[_i].pattern);
    for (size_t i = 0; i < MU_COUNT(file); i++)
        ck_assert_msg(made(out, file[i]) == (strstr(formats[_i].files, file[i]) != NULL), "%s: %s",
                      formats[_i].options, file[i]);
}
END_TEST

/* --- under a ceiling --------------------------------------------------------------------------------------- */

static struct said report_under(const char *label, const char *above, const char *out)
{
    return MUSTER("report", run, "--ceiling", label, "--above", above, "--out", in_home(out));
}

/* The line of a case in results.json. */
static const char *line_of(const char *json, const char *name)
{
    const char *at = strstr(json, mu_arena_printf(arena, "{\"name\":\"%s\"", name));
    ck_assert_msg(at != NULL, "no line of %s", name);
    return mu_arena_strndup(arena, at, strcspn(at, "\n"));
}

static char letter_of(const char *line)
{
    static const struct {
        char letter;
        const char *word;
    } row[] = { { 'A', "above" },
                { 'P', "other-policy" },
                { 'L', "unlabelled" },
                { 'R', "unreadable" },
                { 'U', "unknown" } };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strstr(line, mu_arena_printf(arena, "\"withheld\":\"%s\"", row[i].word)) != NULL)
            return row[i].letter;
    return '.';
}

/* Every label by every ceiling. What is above is told of in no file; what is below in full. */
START_TEST(labels_by_ceilings)
{
    static const char *const file[] = { "report.html",  "junit.xml",   "results.tap",
                                        "results.json", "summary.txt", "model.xml" };
    const char *out = mu_arena_printf(arena, "ceiling-%d", _i);
    check_said(ceiling[_i], report_under(ceiling[_i], "redact", out), MU_EXIT_OK,
               "^hidden   ceiling ");
    const char *json = text_of(in_home(mu_file_join(arena, out, "results.json")));
    size_t withheld = 0;
    for (size_t i = 0; i < MU_COUNT(held); i++) {
        char is = letter_of(line_of(json, held[i].name));
        ck_assert_msg(is == held[i].stands[_i], "%s under %s: '%c', not '%c'", held[i].name,
                      ceiling[_i], is, held[i].stands[_i]);
        withheld += is != '.';
        bool said = held[i].spoil != NO_FINDING; /* a finding that quotes content */
        const char *quote = mu_arena_printf(arena, "\"zq7%s\"", held[i].name);
        ck_assert_msg((strstr(json, quote) != NULL) == (said && is == '.'), "%s under %s",
                      held[i].name, ceiling[_i]);
        for (size_t k = 0; k < MU_COUNT(file) && is != '.'; k++)
            ck_assert_msg(!matches(text_of(in_home(mu_file_join(arena, out, file[k]))),
                                   mu_arena_printf(arena, "zq7%s[^-]", held[i].name)),
                          "%s under %s: %s", held[i].name, ceiling[_i], file[k]);
    }
    ck_assert_ptr_nonnull(strstr(
        json, mu_arena_printf(arena, "\"withheld\":%zu,\"of\":%zu", withheld, MU_COUNT(held))));
    ck_assert(strstr(json, "zq7late") == NULL && strstr(json, "zq7note") == NULL);
}
END_TEST

/* The page is marked no higher than the ceiling, and no lower than the run. */
START_TEST(the_banner_is_below)
{
    static const struct {
        const char *ceiling, *marking;
    } row[] = { { "NATO RESTRICTED", "NATO RESTRICTED" },
                { "COSMIC TOP SECRET ATOMAL", "COSMIC TOP SECRET ATOMAL" } };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        check_said(row[i].ceiling, report_under(row[i].ceiling, "redact", "banner"), MU_EXIT_OK,
                   NULL);
        const char *json = text_of(in_home("banner/results.json")),
                   *at = strstr(json, "\"marking\":[");
        const char *marks = mu_arena_strndup(arena, at, strcspn(at, "]"));
        ck_assert_ptr_nonnull(
            strstr(marks, mu_arena_printf(arena, "\"marking\":\"%s\"", row[i].marking)));
        ck_assert_ptr_null(strstr(marks, "EU-EXERCISE")); /* of another policy: not below it */
        ck_assert_ptr_null(strstr(text_of(in_home("banner/junit.xml")), "UE/EU RESTRICTED"));
    }
}
END_TEST

static const char *mark_of(const char *classification, int rank)
{
    return mu_arena_printf(
        arena, "\"marking\":[{\"policy\":\"NATO-EXERCISE\",\"marking\":\"NATO %s\",\"rank\":%d}]",
        classification, rank);
}

/* What came in raises it; after a resume what was said before stays beside what is said then. */
START_TEST(what_came_in_raises_the_banner)
{
    const char *dir = in_home("raised");
    stream.n = 0;
    head[0] = '\0';
    ck_assert_int_eq(mkdir(dir, 0755), 0);
    add_line(mu_arena_printf(arena,
                             "{\"event\":\"open\",\"schema\":\"muster-run/1\",\"run\":\"r\",%s",
                             mark_of("UNCLASSIFIED", 1)));
    add_line(mu_arena_printf(arena, "{\"event\":\"marking\",%s", mark_of("RESTRICTED", 2)));
    add_line(mu_arena_printf(arena, "{\"event\":\"marking\",%s", mark_of("SECRET", 4)));
    add_line("{\"event\":\"resume\",\"kept\":0");
    add_line(mu_arena_printf(arena, "{\"event\":\"marking\",%s", mark_of("CONFIDENTIAL", 3)));
    write_file(mu_file_join(arena, dir, "run.jsonl"), mu_buf_bytes(&stream));
    check_said("raised", MUSTER("report", dir, "-f", "json,html"), MU_EXIT_OK, NULL);
    const char *json = text_of(mu_file_join(arena, dir, "results.json"));
    ck_assert(strstr(json, "NATO SECRET") != NULL && strstr(json, "NATO CONFIDENTIAL") != NULL);
    ck_assert(strstr(json, "NATO UNCLASSIFIED") == NULL && strstr(json, "NATO RESTRICTED") == NULL);
    ck_assert(strstr(text_of(mu_file_join(arena, dir, "report.html")), ">NATO SECRET<") != NULL);
    check_said("under", MUSTER("report", dir, "--ceiling", "NATO RESTRICTED", "-f", "json"),
               MU_EXIT_OK, NULL);
    json = text_of(mu_file_join(arena, dir, "results.json"));
    ck_assert(strstr(json, "NATO SECRET") == NULL
              && strstr(json, "\"marking\":\"NATO RESTRICTED\"") != NULL);
}
END_TEST

START_TEST(above_is_refused)
{
    struct said s = report_under("NATO SECRET", "refuse", "refused");
    check_said(
        "refuse", s, MU_EXIT_USAGE,
        "no report: 14 of 23 cases are above NATO SECRET; 'secret-atomal' is the first: a label "
        "or marking in it is above the ceiling$");
    ck_assert(!made("refused", "report.html"));
}
END_TEST

/* clang-format off */
static const struct {
    const char *arg[4], *pattern;
} bad[] = {
    { { "--ceiling", "NATO RESTRICTET" }, "--ceiling: 'NATO RESTRICTET' is no marking of a known policy: 'RESTRICTET' is no classification in NATO-EXERCISE, at byte 5; policies at hand: ARKANIA-EXERCISE, EU-EXERCISE" },
    { { "--ceiling", "ACME SECRET" }, "no marking of a known policy.*; policies at hand: .*VELMAR-EXERCISE$" },
    { { "--ceiling", "" }, "--ceiling: there is nothing in it; policies at hand: " },
    { { "--ceiling", "  " }, "--ceiling: there is nothing in it; policies at hand: " },
    { { "--ceiling", "\x1b[31mNATO\nSECRET" }, "--ceiling: '.*x1b|u.001B|\\\\" },
    { { "--ceiling", "/etc/hostname" }, "--ceiling: .*policies at hand: " },
    { { "--ceiling", MU_SOURCE_DIR "/fixtures" }, "--ceiling: .*not a regular file; policies at hand: " },
    { { "--ceiling", MU_SOURCE_DIR "/profiles/policies/velmar.xml" }, "--ceiling: .*velmar.xml:[0-9]+:[0-9]+: a namespace of the harness itself .*; policies at hand: " },
    { { "--ceiling", "NATO SECRET", "--above", "hide" }, "option '--above' wants one of 'redact refuse', not 'hide'" },
    { { "--above", "refuse" }, "--above and --policy go with --ceiling$" },
    { { "--redact", "everything" }, "option '--redact' wants one of 'payload', not 'everything'" },
    { { "--redact-key", "/dev/null" }, "--redact-key is for --redact or --ceiling$" },
    { { "--redact", "payload", "--redact-key", MU_SOURCE_DIR "/none" }, "none" },
};
/* clang-format on */

/* One sentence, and nothing is written. */
START_TEST(bad_options)
{
    const char *const *arg = bad[_i].arg;
    const char *out = in_home("bad");
    struct said s = MUSTER("report", run, "--out", out, arg[0], arg[1], arg[2], arg[3]);
    check_said(arg[1], s, MU_EXIT_USAGE, bad[_i].pattern);
    size_t n = strlen(s.err);
    ck_assert_msg(strchr(s.err, '\n') == s.err + n - 1 && strchr(s.err, '\x1b') == NULL, "%s",
                  s.err);
    ck_assert(access(out, F_OK) != 0);
}
END_TEST

/* --- the payload --------------------------------------------------------------------------------------------- */

/* With one key two parties get the same digests, which openssl can make again; without one each report has its
 * own. */
START_TEST(keys)
{
    static const char *const dir[] = { "key-a", "key-b", "fresh-a", "fresh-b" };
    const char *json[4], *key = in_home("key");
    write_text(key, "0123456789abcdef");
    for (size_t i = 0; i < 4; i++) {
        struct said s = i < 2 ? MUSTER("report", run, "--redact", "payload", "--redact-key", key,
                                       "--out", in_home(dir[i]), "-f", "json")
                              : MUSTER("report", run, "--redact", "payload", "--out",
                                       in_home(dir[i]), "-f", "json");
        check_said(dir[i], s, MU_EXIT_OK, "^hidden   payload redacted");
        json[i] = text_of(in_home(mu_file_join(arena, dir[i], "results.json")));
        ck_assert_ptr_null(strstr(json[i], "zq7"));
    }
    ck_assert_str_eq(json[0], json[1]);
    ck_assert_str_ne(json[0], json[2]);
    ck_assert_str_ne(json[2], json[3]);
    write_text(key, "too short");
    check_said("short key", MUSTER("report", run, "--redact", "payload", "--redact-key", key),
               MU_EXIT_USAGE, "has 9 octets; give at least 16");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_command");
    TCase *tc = tcase_create("report_command");
    tcase_add_checked_fixture(tc, make_run, NULL);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, several_formats, 0, MU_COUNT(formats));
    tcase_add_loop_test(tc, labels_by_ceilings, 0, MU_COUNT(ceiling));
    tcase_add_test(tc, the_banner_is_below);
    tcase_add_test(tc, what_came_in_raises_the_banner);
    tcase_add_test(tc, above_is_refused);
    tcase_add_loop_test(tc, bad_options, 0, MU_COUNT(bad));
    tcase_add_test(tc, keys);
    suite_add_tcase(suite, tc);
    return run_tests(suite);
}
