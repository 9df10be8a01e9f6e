/* `muster check` as an operator meets it: what it says of files, folders, mboxes and standard input, of
 * those that cannot be read, and of messages that mean harm. */
#include <glob.h>
#include <libgen.h>

#include "tests/program_support.h"

#define CHECK    "check --test-time 2026-11-23T10:15:00Z "
#define FIXTURES MU_SOURCE_DIR "/fixtures/rules/"

static struct said checked(const char *words)
{
    return muster_words(mu_arena_printf(arena, CHECK "%s", words));
}

static const char *fixture(const char *name)
{
    return text_of(mu_arena_printf(arena, FIXTURES "%s", name));
}

/* --- the command line ----------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *words;
    int status;
    const char *pattern;
} line[] = {
    { "--help", MU_EXIT_OK, "^usage: muster check .*FILE" },
    { "", MU_EXIT_USAGE, "'muster check' wants FILE" },
    { "-f jsno fixtures", MU_EXIT_USAGE, "'--format' wants one of 'text json sarif', not 'jsno'; did you mean 'json'" },
    { "-l most fixtures", MU_EXIT_USAGE, "'--level' wants one of 'must should may'" },
    { "-r SIO-9 fixtures", MU_EXIT_USAGE, "'SIO-9' names no rule .*did you mean 'SIO-09'" },
    { "-r SIO-17 fixtures", MU_EXIT_USAGE, "'SIO-17' names no rule of the profile that a message can show" },
    { "-r EML-05 -l must fixtures", MU_EXIT_USAGE, "no rule is left to check by$" },
    { "--phase fmn4q fixtures", MU_EXIT_USAGE, "no phase 'fmn4q'; did you mean 'fmn4p'" },
    { "-j 0 fixtures", MU_EXIT_USAGE, "'--jobs' wants a number from 1 to 64" },
    { "--isolation half fixtures", MU_EXIT_USAGE, "unknown isolation 'half'" },
    { "-p nobody fixtures", MU_EXIT_USAGE, "no profile 'nobody'" },
    { "@/none.eml", MU_EXIT_USAGE, "none[.]eml:0: not read: cannot open: No such file" },
    { "/dev/zero", MU_EXIT_USAGE, "^/dev/zero:0: not read: not a regular file$" },
    { "fixtures/labels", MU_EXIT_USAGE, "there is no message in what was named" },
    { "-", MU_EXIT_USAGE, "^-:0: not read: it is empty$" },
    { "-r EML-*,SIO-* fixtures/rules/rfc5322/EML-01.pass.eml", MU_EXIT_OK, "^1 messages in 1 files, 1 without" },
    { "-r EML-* fixtures/rules/rfc5322/EML-01.fail.eml", MU_EXIT_FAILURES, "EML-01.fail.eml:[0-9]+: EML-01 must: No line is longer" },
    { "-r SIO-*,HIS-* fixtures/rules/rfc5322/EML-01.fail.eml", MU_EXIT_OK, "1 without findings" },
    { "-r EML-05 fixtures/rules/rfc5322/EML-05.fail.eml", MU_EXIT_OK, "EML-05 should: .*" },
    { "-l must -r EML-* fixtures/rules/rfc5322/EML-05.fail.eml", MU_EXIT_OK, "broken: 0 must, 0 should" },
    { "-o @/none/report fixtures/rules/rfc5322/EML-01.pass.eml", MU_EXIT_TROUBLE, "cannot create" },
    { "fixtures/rules/rfc5322/EML-01.pass.eml @/none.eml fixtures/rules/rfc5322/EML-02.pass.eml", MU_EXIT_USAGE, "^2 messages in 3 files, .* 1 not read$" },
};
/* clang-format on */

START_TEST(command_line)
{
    check_said(line[_i].words, checked(line[_i].words), line[_i].status, line[_i].pattern);
}
END_TEST

/* --- what is found -------------------------------------------------------------------------------- */

/* What is off where nobody asks for it; a tolerance takes over what another rule breaks. */
static const struct {
    const char *folder, *phases;
    bool tolerances;
} fixtures_of[] = {
    { "rfc7444", "", false },
    { "rfc7444", "--phase rfc-verbatim", true },
    { "rfc5322", "--phase report-headers", false },
    { "marking", "--phase inferred --phase recalled", false },
    { "policy", "--phase inferred", false },
};

/* The fixtures of rules say the same here as in the test of the rules. */
START_TEST(rule_fixtures)
{
    size_t seen = 0;
    for (size_t i = 0; i < MU_COUNT(fixtures_of); i++) {
        const char *folder = fixtures_of[i].folder;
        struct said s =
            checked(mu_arena_printf(arena, "%s fixtures/rules/%s", fixtures_of[i].phases, folder));
        ck_assert_int_eq(s.status, MU_EXIT_FAILURES);
        glob_t found;
        ck_assert_int_eq(glob(mu_arena_printf(arena, FIXTURES "%s/*.eml", folder), 0, NULL, &found),
                         0);
        for (size_t k = 0; k < found.gl_pathc; k++) {
            const char *name = basename(found.gl_pathv[k]);
            if ((strstr(name, "-RFC.") != NULL) != fixtures_of[i].tolerances)
                continue;
            int id = (int) strcspn(name, ".");
            bool breaks = strstr(name, ".fail.") != NULL;
            const char *pattern = mu_arena_printf(
                arena, "^fixtures/rules/%s/%s:[0-9]+: %.*s [a-z]+: ", folder, name, id, name);
            ck_assert_msg(matches(s.out, pattern) == breaks, "%s", name);
            seen++;
        }
        globfree(&found);
    }
    ck_assert_uint_gt(seen, 60);
}
END_TEST

static const char *with_lf(const char *text)
{
    return changed_all(text, "\r\n", "\n");
}

static const char *mbox_of(const char *first, const char *second)
{
    return mu_arena_printf(arena,
                           "From a@alfa.test Mon Nov 23 10:15:00 2026\n%s\n"
                           "From b@alfa.test Mon Nov 23 10:16:00 2026\n%s\n",
                           first, second);
}

/* Every offset that is printed for `rule` is one of `what` in the file. */
static void check_offsets(const char *path, struct said s, const char *rule, const char *what,
                          size_t times)
{
    const char *text = text_of(path), *key = mu_arena_printf(arena, ": %s ", rule);
    size_t n = 0;
    for (const char *at = s.out; (at = strstr(at, key)) != NULL; at++, n++) {
        const char *colon = at - 1;
        while (*colon != ':')
            colon--;
        size_t offset = (size_t) strtoul(colon + 1, NULL, 10);
        ck_assert_uint_lt(offset, strlen(text));
        ck_assert_msg(strncmp(text + offset, what, strlen(what)) == 0, "%s: %.30s", s.out,
                      text + offset);
    }
    ck_assert_msg(n == times, "%s: %zu times:\n%s", rule, n, s.out);
}

/* Offsets are those of the file, whatever its line ends, and in an mbox, too. */
START_TEST(offsets)
{
    const char *wire = fixture("rfc7444/SIO-05.fail.eml"), *local = with_lf(wire);
    const struct {
        const char *name, *text;
        size_t messages;
    } file[] = {
        { "wire.eml", wire, 1 },
        { "local.eml", local, 1 },
        { "wire.mbox", mbox_of(wire, wire), 2 },
        { "local.mbox", mbox_of(local, changed(local, "Subject:", "X-Quote: x\nSubject:")), 2 },
        { "quoted.mbox", mbox_of(mu_arena_printf(arena, "%s>From a\n>>From b\n", local), local),
          2 },
    };
    for (size_t i = 0; i < MU_COUNT(file); i++) {
        const char *path = in_home(file[i].name);
        write_text(path, file[i].text);
        struct said s = checked(mu_arena_printf(arena, "-r SIO-06 %s", path));
        check_said(file[i].name, s, MU_EXIT_FAILURES,
                   mu_arena_printf(arena, "^%zu messages in 1 files", file[i].messages));
        check_offsets(path, s, "SIO-06", "SIO-Label:", file[i].messages);
        program_input = path;
        s = checked("-r SIO-06 -");
        program_input = "/dev/null";
        check_said("-", s, MU_EXIT_FAILURES, "^-:[0-9]+: SIO-06 must");
        check_offsets(path, s, "SIO-06", "SIO-Label:", file[i].messages);
    }
}
END_TEST

/* A pipe cannot be gone back in. */
START_TEST(standard_input)
{
    int rc = system(mu_arena_printf(arena,
                                    "cd " MU_SOURCE_DIR
                                    " && cat fixtures/rules/rfc7444/SIO-05.fail.eml | "
                                    "'%s' check -r SIO-06 - | grep -q '^-:188: SIO-06 must'",
                                    MU_PROGRAM));
    ck_assert(WIFEXITED(rc) && WEXITSTATUS(rc) == 0);
}
END_TEST

/* EML-03 says nothing of a file whose lines all end in LF, and of everything else what it says. */
START_TEST(line_ends)
{
    const char *wire = fixture("rfc5322/EML-01.pass.eml"), *local = with_lf(wire);
    const struct {
        const char *name, *text;
        bool breaks;
        const char *form;
    } file[] = {
        { "all-crlf.eml", wire, false, "wire" },
        { "all-lf.eml", local, false, "local" },
        { "one-lf.eml", changed(wire, "\r\nSubject", "\nSubject"), true, "wire" },
        { "one-crlf.eml", changed(local, "\nSubject", "\r\nSubject"), true, "wire" },
        { "bare-cr.eml", changed(local, "Subject: ", "Subject: \r"), true, "local" },
    };
    for (size_t i = 0; i < MU_COUNT(file); i++) {
        write_text(in_home(file[i].name), file[i].text);
        struct said s = checked(mu_arena_printf(arena, "-f json -r EML-03 @/%s", file[i].name));
        check_said(file[i].name, s, file[i].breaks ? MU_EXIT_FAILURES : MU_EXIT_OK,
                   mu_arena_printf(arena, "\"line_ends\":\"%s\"", file[i].form));
        bool applies = strcmp(file[i].name, "all-lf.eml") != 0;
        ck_assert_msg(matches(s.out, "\"not_applicable\":1") != applies, "%s", s.out);
    }
}
END_TEST

/* --- folders -------------------------------------------------------------------------------------- */

static void make_folder(const char *path)
{
    ck_assert_msg(mkdir(path, 0755) == 0 || errno == EEXIST, "%s", path);
}

/* A folder with one of everything; what must be said of it, in this order. */
static const char *make_tree(void)
{
    const char *good = fixture("rfc5322/EML-01.pass.eml");
    const char *tree = in_home("tree");
    static const char *const name[] = { "b.eml",    "a/x.eml",        "a/\n\033[31mx\377.eml",
                                        "a/README", "mail/cur/1:2,S", "mail/new/2",
                                        "10",       ".hidden.eml",    "a/z.mbox" };
    static const char *const folder[] = { "", "a", "mail", "mail/cur", "mail/new" };
    for (size_t i = 0; i < MU_COUNT(folder); i++)
        make_folder(mu_arena_printf(arena, "%s/%s", tree, folder[i]));
    for (size_t i = 0; i < MU_COUNT(name); i++)
        write_text(mu_arena_printf(arena, "%s/%s", tree, name[i]),
                   i + 1 < MU_COUNT(name) ? good : mbox_of(good, good));
    (void) mkfifo(mu_arena_printf(arena, "%s/c.eml", tree), 0644);
    (void) symlink("../tree", mu_arena_printf(arena, "%s/circle", tree));
    (void) symlink("self.eml", mu_arena_printf(arena, "%s/self.eml", tree));
    (void) symlink("b.eml", mu_arena_printf(arena, "%s/link.eml", tree));
    (void) symlink("/dev/zero", mu_arena_printf(arena, "%s/zero.eml", tree));
    return tree;
}

static void check_no_controls(const char *name, const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        ck_assert_msg(((unsigned char) *c >= ' ' && *c != '\x7f') || *c == '\n', "%s: octet %d",
                      name, *c);
}

START_TEST(folders)
{
    static const char *const order[] = {
        "/10\"",
        "/a/\\u000a\\u001b[31mx\\\\xFF.eml\"",
        "/a/x.eml\"",
        "/a/z.mbox\",\"number\":1",
        "/a/z.mbox\",\"number\":2",
        "/b.eml\"",
        "/c.eml\"",
        "\"why\":\"not a regular file\"",
        "/circle\"",
        "\"why\":\"a link to a folder is not followed\"",
        "/link.eml\"",
        "/mail/cur/1:2,S\"",
        "/mail/new/2\"",
        "/self.eml\"",
        "\"why\":\"cannot open: Too many levels",
        "/zero.eml\"",
        "\"why\":\"not a regular file\"",
        "\"left_out\":1",
    };
    make_tree();
    struct said s = checked("-f json @/tree");
    check_said("tree", s, MU_EXIT_USAGE, "^muster: .*/tree/circle: a link to a folder");
    const char *at = s.out;
    for (size_t i = 0; i < MU_COUNT(order); i++) {
        const char *found = strstr(at, order[i]);
        ck_assert_msg(found != NULL, "no '%s' behind the one before:\n%.900s", order[i], at);
        at = found;
    }
    check_no_controls("errors", s.err);
    check_no_controls("text", checked("@/tree").out);
}
END_TEST

/* --- what programs read --------------------------------------------------------------------------- */

static int ask(const char *command)
{
    int rc = system(command);
    return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

START_TEST(formats)
{
    make_tree();
    const char *everything =
        "@/tree fixtures/rules/rfc7444 fixtures/hostile fixtures/rules/adatp4774";
    struct said json = checked(mu_arena_printf(arena, "-f json -o @/report.json %s", everything));
    check_said("json", json, MU_EXIT_USAGE, "messages in .* files");
    struct said sarif =
        checked(mu_arena_printf(arena, "-f sarif -o @/report.sarif %s", everything));
    check_said("sarif", sarif, MU_EXIT_USAGE, "messages in .* files");
    check_no_controls("json", text_of(in_home("report.json")));
    check_no_controls("sarif", text_of(in_home("report.sarif")));
    ck_assert_int_eq(
        ask(mu_arena_printf(arena,
                            "python3 " MU_SOURCE_DIR
                            "/harness/tests/check_sarif.py %s/report.sarif >%s/sarif.said",
                            home, home)),
        0);
    ck_assert(matches(text_of(in_home("sarif.said")), "^[0-9]+ rules, [1-9][0-9]+ results, [1-9]"));
    int rc = ask(mu_arena_printf(
        arena,
        "python3 -c 'import jsonschema' 2>/dev/null || exit 77; python3 -W ignore -c 'import json, "
        "sys, jsonschema as j\n"
        "s = json.load(open(sys.argv[1])); j.Draft202012Validator.check_schema(s)\n"
        "j.Draft202012Validator(s).validate(json.load(open(sys.argv[2], "
        "encoding=\"ascii\")))' " MU_SOURCE_DIR "/reports/check.schema.json %s/report.json",
        home));
    if (rc == 77)
        fputs("skipped: python3-jsonschema is not installed\n", stderr);
    else
        ck_assert_int_eq(rc, 0);
}
END_TEST

/* --- many, and one that dies ---------------------------------------------------------------------- */

static void make_many(size_t count)
{
    const char *good = fixture("rfc5322/EML-01.pass.eml"),
               *bad = fixture("rfc7444/SIO-05.fail.eml");
    make_folder(in_home("many"));
    for (size_t i = 0; i < count; i++)
        write_text(mu_arena_printf(arena, "%s/many/%05zu.eml", home, i), i % 3 == 0 ? bad : good);
}

START_TEST(parallel)
{
    make_many(400);
    static const char *const format[] = { "text", "json", "sarif" };
    for (size_t i = 0; i < MU_COUNT(format); i++) {
        const char *words[3];
        for (int jobs = 1; jobs <= 3; jobs++) {
            struct said s = checked(mu_arena_printf(arena, "-f %s -j %d @/many", format[i], jobs));
            ck_assert_int_eq(s.status, MU_EXIT_FAILURES);
            words[jobs - 1] = s.out;
        }
        ck_assert_str_eq(words[0], words[1]);
        ck_assert_str_eq(words[0], words[2]);
    }
}
END_TEST

/* A child of the process, 0: it has none. */
static pid_t child_of(pid_t pid)
{
    char text[64] = "";
    const char *path = mu_arena_printf(arena, "/proc/%d/task/%d/children", (int) pid, (int) pid);
    FILE *f = fopen(path, "re");
    if (f != NULL && fgets(text, sizeof text, f) == NULL)
        text[0] = '\0';
    if (f != NULL)
        fclose(f);
    return (pid_t) strtol(text, NULL, 10);
}

/* Whoever kills a job, the messages are all told, in their order; the one that it was at by name. */
START_TEST(killed)
{
    make_many(400);
    struct started s =
        start_program((const char *const[]){ "check", "-f", "json", "-j", "1", "--test-time",
                                             "2026-11-23T10:15:00Z", in_home("many"), NULL });
    pid_t child = 0;
    for (int i = 0; i < 20000 && (child = child_of(s.pid)) == 0; i++)
        poll(NULL, 0, 1);
    ck_assert(child > 0);
    poll(NULL, 0, 30); /* let it begin; whenever the blow falls, the test holds */
    bool hit = kill(child, SIGKILL) == 0;
    struct said said = end_program(s);
    size_t lost = matches(said.out, "\"not_judged\":1,") ? 1 : 0;
    ck_assert_msg(said.status == (lost > 0 ? MU_EXIT_TROUBLE : MU_EXIT_FAILURES), "%d",
                  said.status);
    ck_assert(
        lost == 0
        || (hit
            && matches(said.err, "^muster: .*/many/[0-9]+[.]eml: its job was killed by signal 9")));
    const char *at = said.out;
    for (size_t i = 0; i < 400; i++) {
        at = strstr(at, mu_arena_printf(arena, "/many/%05zu.eml\"", i));
        ck_assert_msg(at != NULL, "no message %zu behind the one before", i);
    }
}
END_TEST

/* A rule that does not come to an end on a message is stopped, and says so; the others are judged. */
START_TEST(endless_rule)
{
    static const char rules[] =
        "<schema xmlns=\"http://purl.oclc.org/dsdl/schematron\" queryBinding=\"xslt\">\n"
        "<title>House: slow</title><ns prefix=\"m\" uri=\"urn:muster:message:1\"/>"
        "<ns prefix=\"h\" uri=\"urn:muster:header:1\"/>\n"
        "<pattern id=\"p\"><rule context=\"/m:message[count(h:x-many) > 50]\">\n"
        "<assert id=\"SLOW-1\" role=\"must\" see=\"house\" diagnostics=\"d\" "
        "test=\"count(*[count(/m:message/*[count(/m:message/*[string-length(.) > 1]) > 1]) > 1]) > "
        "0\">It ends.</assert>\n"
        "</rule></pattern><diagnostics><diagnostic id=\"d\">It does "
        "not.</diagnostic></diagnostics></schema>\n";
    const char *dir = make_profile("slow", "", 1000, 1000);
    write_text(mu_file_join(arena, dir, "slow.sch"), rules);
    const char *profile = mu_file_join(arena, dir, "profile.xml");
    write_text(profile, changed(text_of(profile), "<raise ", "<rules file=\"slow.sch\"/><raise "));
    struct mu_buf many = { .arena = arena };
    for (int i = 0; i < 200; i++)
        mu_buf_puts(&many, "X-Many: EXERCISE\r\n");
    const char *good = fixture("rfc5322/EML-01.pass.eml");
    write_text(in_home("slow.eml"),
               changed(good, "Subject:", mu_arena_printf(arena, "%sSubject:", mu_buf_text(&many))));
    write_text(in_home("quick.eml"), good);
    struct said s = checked("-p @/slow @/slow.eml @/quick.eml");
    check_said("slow", s, MU_EXIT_TROUBLE,
               "slow[.]eml:0: not judged: 'SLOW-1' needs more than 1000000 XPath operations");
    check_said("quick", s, MU_EXIT_TROUBLE, "^2 messages in 2 files, .* 1 not judged$");
}
END_TEST

/* --- the hostile corpus --------------------------------------------------------------------------- */

START_TEST(hostile)
{
    glob_t found;
    ck_assert_int_eq(glob(MU_SOURCE_DIR "/fixtures/hostile/mail-*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = found.gl_pathv[i];
        for (size_t k = 0; k < 2; k++) {
            struct said s = checked(mu_arena_printf(arena, "%s %s", k == 0 ? "" : "-f json", name));
            bool empty = strstr(name, "mail-empty") != NULL;
            ck_assert_msg(empty ? s.status == MU_EXIT_USAGE
                                : s.status == MU_EXIT_OK || s.status == MU_EXIT_FAILURES
                                      || s.status == MU_EXIT_INCONCLUSIVE,
                          "%s: %d\n%s", name, s.status, s.err);
            ck_assert_msg(empty || s.err[0] == '\0', "%s", s.err);
            check_no_controls(name, s.out);
            ck_assert_msg(strstr(s.out, "\xe2\x80\xae") == NULL, "%s: bidi control", name);
        }
    }
    ck_assert_uint_ge(found.gl_pathc, 6);
    globfree(&found);
    check_said("segments", checked("fixtures/hostile/mail-segments.eml"), MU_EXIT_FAILURES,
               "mail-segments.eml:0: in doubt: limit:parameters");
    check_said("mbox", checked("fixtures/hostile/mail-from.mbox"), MU_EXIT_FAILURES,
               "^[123] messages in 1 files");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("check");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, command_line, 0, MU_COUNT(line));
    tcase_add_test(tcase, rule_fixtures);
    tcase_add_test(tcase, offsets);
    tcase_add_test(tcase, standard_input);
    tcase_add_test(tcase, line_ends);
    tcase_add_test(tcase, folders);
    tcase_add_test(tcase, formats);
    tcase_add_test(tcase, parallel);
    tcase_add_test(tcase, killed);
    tcase_add_test(tcase, endless_rule);
    tcase_add_test(tcase, hostile);
    Suite *suite = suite_create("check");
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}
