/* The built program as an operator meets it: its command line, and what it says of bad input. */
#include "tests/program_support.h"

/* clang-format off */
static const char good_suite[] =
    "<case id=\"accepts\" level=\"must\" class=\"valid\">\n"
    "  <title>Mail is accepted</title>\n"
    "  <why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/>\n"
    "  <needs role=\"receiver\"/>\n"
    "  <axis name=\"label\" values=\"restricted secret\"/>\n"
    "  <steps>\n"
    "    <make id=\"m\" message=\"logistics-report\" label=\"{label}\"/>\n"
    "    <send message=\"m\"/>\n"
    "    <expect of=\"m\" outcome=\"accepted\"/>\n"
    "  </steps>\n"
    "</case>\n";

static const char good_sut[] =
    "<sut xmlns=\"urn:muster:sut:1\" id=\"s\" name=\"S\" version=\"1\" owner=\"A\">\n"
    "  <role name=\"receiver\">\n"
    "    <deliver-to carrier=\"smtp\" address=\"127.0.0.1:9\" tls-name=\"localhost\"/>\n"
    "    <mail to=\"to+{token}@a.test\" from=\"from+{token}@b.test\"/>\n"
    "  </role>\n"
    "  <identity certificate=\"../pki/sender.chain.pem\" key=\"../pki/sender.key\"/>\n"
    "  <trust anchors=\"../pki/ca.pem\" crl=\"../pki/crl.pem\"/>\n"
    "  <pki folder=\"../pki\"/>\n"
    "  <claim capability=\"starttls\"/>\n"
    "  <expectations file=\"expect.xml\"/>\n"
    "</sut>\n";

static const char good_expect[] =
    "<expectations xmlns=\"urn:muster:expectations:1\">\n"
    "  <expect case=\"accepts*\" verdict=\"fail\" reason=\"x\" owner=\"A\" ticket=\"T-1\" until=\"2030-01-01\">known</expect>\n"
    "</expectations>\n";

static const char good_rules[] =
    "<schema xmlns=\"http://purl.oclc.org/dsdl/schematron\" queryBinding=\"xslt\">\n"
    "  <title>House: rules of our own</title>\n"
    "  <ns prefix=\"m\" uri=\"urn:muster:message:1\"/>\n"
    "  <pattern id=\"own\">\n"
    "    <rule context=\"/m:message\">\n"
    "      <assert id=\"OWN-01\" role=\"must\" see=\"house\" diagnostics=\"OWN-01.hint\" test=\"true()\">All is well.</assert>\n"
    "    </rule>\n"
    "  </pattern>\n"
    "  <diagnostics><diagnostic id=\"OWN-01.hint\">Nothing to do.</diagnostic></diagnostics>\n"
    "</schema>\n";
/* clang-format on */

/* --- the command line ------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *words;
    int status;
    const char *pattern;
} line[] = {
    { "", MU_EXIT_USAGE, "^usage: muster COMMAND" },
    { "--help", MU_EXIT_OK, "^usage: muster COMMAND" },
    { "-h", MU_EXIT_OK, "^usage: muster COMMAND" },
    { "help", MU_EXIT_OK, "^  run  " },
    { "--version", MU_EXIT_OK, "^muster [0-9]+[.][0-9]+[.][0-9]+$" },
    { "-V", MU_EXIT_OK, "^muster [0-9]" },
    { "run --help", MU_EXIT_OK, "^usage: muster run" },
    { "plan --help", MU_EXIT_OK, "^usage: muster plan" },
    { "check --help", MU_EXIT_OK, "^usage: muster check .*FILE" },
    { "check", MU_EXIT_USAGE, "wants FILE" },
    { "chekc", MU_EXIT_USAGE, "did you mean 'check'[?]$" },
    { "report -h", MU_EXIT_OK, "^usage: muster report .*DIR" },
    { "list --help", MU_EXIT_OK, "^usage: muster list .*WHAT" },
    { "explain --help", MU_EXIT_OK, "^usage: muster explain .*RULE" },
    { "profile check --help", MU_EXIT_OK, "^usage: muster profile check .*DIR" },
    { "pki new --help", MU_EXIT_OK, "^usage: muster pki new .*DIR" },
    { "twin send --help", MU_EXIT_OK, "^usage: muster twin send" },
    { "twin --help", MU_EXIT_OK, "^usage: muster twin " },
    { "selftest --help", MU_EXIT_OK, "^usage: muster selftest" },
    { "doctor --help", MU_EXIT_OK, "^usage: muster doctor" },
    { "manual --help", MU_EXIT_OK, "^usage: muster manual" },
    { "completion --help", MU_EXIT_OK, "^usage: muster completion" },
    { "runn", MU_EXIT_USAGE, "^muster: unknown command 'runn'; did you mean 'run'[?]$" },
    { "profile chekc", MU_EXIT_USAGE, "did you mean 'profile check'[?]$" },
    { "profile", MU_EXIT_USAGE, "^  profile check " },
    { "pki", MU_EXIT_USAGE, "^  pki new " },
    { "label frob", MU_EXIT_USAGE, "^muster: unknown command 'label frob'; did you mean 'label" },
    { "adapter", MU_EXIT_USAGE, "^usage: muster adapter COMMAND" },
    { "adapter --help", MU_EXIT_OK, "^  adapter check +hold an adapter" },
    { "pki -h", MU_EXIT_OK, "^  pki pin +print the pins" },
    { "zzzzzzzz", MU_EXIT_USAGE, "^muster: unknown command 'zzzzzzzz'$" },
    { "run --jbos 3", MU_EXIT_USAGE, "^muster: unknown option '--jbos'; did you mean '--jobs'[?]$" },
    { "run -Z", MU_EXIT_USAGE, "^muster: unknown option '-Z'$" },
    { "plan --jobs 3", MU_EXIT_USAGE, "unknown option '--jobs'" },
    { "run --sut", MU_EXIT_USAGE, "option '--sut' wants a value$" },
    { "run extra", MU_EXIT_USAGE, "'muster run' takes no 'extra'$" },
    { "adapter show python3 x.py", MU_EXIT_USAGE, "takes no 'x.py': a command of several words is quoted, to be one$" },
    { "adapter show x.py --pki p", MU_EXIT_USAGE, "takes no '--pki' here: options stand before what they are about$" },
    { "adapter show --pki p saps://127.0.0.1:9", MU_EXIT_USAGE, "needs --pki, .*, and --id, " },
    { "adapter show --id a saps://127.0.0.1:9", MU_EXIT_USAGE, "needs --pki, .*, and --id, " },
    { "run", MU_EXIT_USAGE, "--sut" },
    { "report", MU_EXIT_USAGE, "'muster report' wants DIR$" },
    { "list", MU_EXIT_USAGE, "wants WHAT$" },
    { "explain", MU_EXIT_USAGE, "wants RULE$" },
    { "pki new", MU_EXIT_USAGE, "wants DIR$" },
    { "profile check", MU_EXIT_USAGE, "wants DIR" },
    { "twin send", MU_EXIT_USAGE, "wants --connect$" },
    { "twin --listen 127.0.0.1:0", MU_EXIT_USAGE, "wants --pki$" },
    { "twin --listen here --pki @/pki", MU_EXIT_USAGE, "'here' is no numeric address" },
    { "twin --listen 127.0.0.1:0 --pki @/pki --role king", MU_EXIT_USAGE, "unknown role 'king'" },
    { "twin --listen 127.0.0.1:0 --pki @/pki --role relay", MU_EXIT_USAGE, "wants --next$" },
    { "twin --listen 127.0.0.1:0 --pki @/pki --sin drop-lable", MU_EXIT_USAGE, "unknown sin 'drop-lable'; did you mean 'drop-label'[?]$" },
    { "twin --listen 127.0.0.1:0 --pki @/pki --profile mail-mmsh", MU_EXIT_USAGE, "no profile 'mail-mmsh', did you mean 'mail-mmhs'[?]$" },
    { "selftest --profile mail-tmz", MU_EXIT_USAGE, "no profile 'mail-tmz', did you mean 'mail-tms'[?]$" },
    { "profile check mail-fmn4p mail-tms mail-mmhs", MU_EXIT_OK, "mail-mmhs/profile.xml: [0-9]+ rules, [0-9]+ cases, 0 findings$" },
    { "twin --listen 127.0.0.1:0 --pki @/pki --workers none", MU_EXIT_USAGE, "'--workers' wants a number from 1 to 64, not 'none'$" },
    { "run --sut @/none.xml -j x", MU_EXIT_USAGE, "'--jobs' wants a number from 1 to 64, not 'x'$" },
    { "run --sut @/none.xml -j 0", MU_EXIT_USAGE, "not '0'$" },
    { "run --sut @/none.xml -j 65", MU_EXIT_USAGE, "not '65'$" },
    { "run --sut @/none.xml -j 99999999999999999999", MU_EXIT_USAGE, "not '9+'$" },
    { "run --sut @/none.xml --seed -1", MU_EXIT_USAGE, "'--seed' wants a number from 0" },
    { "run --sut @/none.xml --isolation half", MU_EXIT_USAGE, "unknown isolation 'half'" },
    { "run --sut @/none.xml --test-time yesterday", MU_EXIT_USAGE, "'yesterday' is no time like" },
    { "run --sut @/none.xml --out @/x --resume @/x", MU_EXIT_USAGE, "^muster: " },
    { "run --sut @/none.xml", MU_EXIT_USAGE, "cannot open '.*none.xml': No such file" },
    { "plan --profile mail-sio-4747 --sut @/none.xml", MU_EXIT_USAGE, "no profile 'mail-sio-4747', did you mean 'mail-sio-4774'[?]$" },
    { "list rules", MU_EXIT_OK, "^SIO-09 +must +assertion S-G RFC 7444" },
    { "list rules", MU_EXIT_OK, "^catalogue: [0-9]+ rows; [0-9]+ cells covered" },
    { "list rules", MU_EXIT_OK, "^L74-17 .*[[]off: inferred[]]$" },
    { "list coverage", MU_EXIT_OK, "^TLS-07 +sender +TLS-07 [[]sender-refuses-revoked-server[]]$" },
    { "explain EML-13", MU_EXIT_OK, "^sender: MRK-06 " },
    { "explain SIO-02-RFC", MU_EXIT_OK, "^tolerates: SIO-02, " },
    { "list cases", MU_EXIT_OK, "^relay-keeps-label +relay +valid +must" },
    { "list operators", MU_EXIT_OK, "^label[.]classification[.]set " },
    { "list sins", MU_EXIT_OK, "^accept-unlabelled +parser " },
    { "list adapters", MU_EXIT_OK, "^smtp " },
    { "list functions", MU_EXIT_OK, "^r:[a-z-]+[(]" },
    { "list formats", MU_EXIT_OK, "^junit +junit[.]xml" },
    { "list lint", MU_EXIT_OK, "^L03  " },
    { "list profiles", MU_EXIT_OK, "^mail-sio-4774 " },
    { "list capabilities", MU_EXIT_OK, "^label[.]enforce" },
    { "list rulez", MU_EXIT_USAGE, "cannot list 'rulez'; did you mean 'rules'[?]$" },
    { "explain SIO-09", MU_EXIT_OK, "SIO-09[.]pass[.]eml: holds$" },
    { "explain SIO-09", MU_EXIT_OK, "SIO-09[.]fail[.]eml: breaks$" },
    { "explain SIO-09", MU_EXIT_OK, "^clause: RFC 7444, 4" },
    { "explain SIO-17", MU_EXIT_OK, "shown by cases" },
    { "explain SIO-99", MU_EXIT_USAGE, "no rule 'SIO-99' .*did you mean 'SIO-09'[?]$" },
    { "profile check profiles/mail-sio-4774", MU_EXIT_OK, NULL },
    { "report @/none", MU_EXIT_USAGE, "cannot open the run '.*none'" },
    { "doctor", MU_EXIT_OK, "^ok +OpenSSL" },
};
/* clang-format on */

/* Built and not installed, and called from anywhere, it finds the tree that it was built from. */
START_TEST(data_is_found_from_anywhere)
{
    const char *const arg[] = { "-c", "cd / && exec \"$0\" list profiles", MU_PROGRAM, NULL };
    unsetenv("MUSTER_DATA");
    check_said("list profiles", end_program(start_file("/bin/sh", arg)), MU_EXIT_OK,
               "^validator-4774 ");
}
END_TEST

START_TEST(command_line)
{
    check_said(line[_i].words, muster_words(line[_i].words), line[_i].status, line[_i].pattern);
}
END_TEST

/* A shell command, with the program's output on its standard input. */
static int piped(const char *command, const char *filter)
{
    int rc = system(mu_arena_printf(arena, "'%s' %s | %s", MU_PROGRAM, command, filter));
    return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

START_TEST(manual_and_completion)
{
    struct said s = MUSTER("manual");
    check_said("manual", s, MU_EXIT_OK, "^[.]SH SYNOPSIS$");
    ck_assert(strncmp(s.out, ".TH MUSTER 1", 12) == 0);
    ck_assert_int_eq(piped("completion", "bash -n"), 0);
    ck_assert_int_eq(piped("manual", "{ ! command -v groff >/dev/null || ! groff -man -Tascii -ww"
                                     " -z 2>&1 | grep . >&2; }"),
                     0);
    /* One table makes all of them: what --help lists, the manual and the completion know. */
    const char *completion = MUSTER("completion").out, *usage = MUSTER("--help").out;
    static const char *const command[] = { "run",  "plan",     "report", "list",   "explain",
                                           "twin", "selftest", "doctor", "manual", "completion" };
    for (size_t i = 0; i < MU_COUNT(command); i++)
        ck_assert(strstr(completion, command[i]) != NULL && strstr(usage, command[i]) != NULL);
}
END_TEST

/* Standard output that takes nothing is trouble, not success. */
START_TEST(full_disk)
{
    ck_assert_int_eq(system("'" MU_PROGRAM "' --help >/dev/full 2>&1") >> 8, MU_EXIT_TROUBLE);
    ck_assert_int_eq(system("cd '" MU_SOURCE_DIR "' && '" MU_PROGRAM "' list rules >/dev/full 2>&1")
                         >> 8,
                     MU_EXIT_TROUBLE);
}
END_TEST

/* --- bad input ---------------------------------------------------------------------------------- */

/* The files of a good profile, whose rule file, TLS profile and expectations are its own, too. */
static const char *make_good(void)
{
    static int number;
    const char *name = mu_arena_printf(arena, "bad-%d-%d", (int) getpid(), ++number);
    const char *dir = make_profile(name, good_suite, 500, 2000);
    const char *profile = mu_file_join(arena, dir, "profile.xml"), *text = text_of(profile);
    text = changed(text, "<raise ", "<rules file=\"own.sch\"/>\n  <raise ");
    text = changed(text, "<tls profile=\"fmn5\"", "<tls profile=\"own\"");
    write_text(profile, text);
    write_text(mu_file_join(arena, dir, "own.sch"), good_rules);
    write_text(mu_file_join(arena, dir, "sut.xml"), good_sut);
    write_text(mu_file_join(arena, dir, "expect.xml"), good_expect);
    ck_assert_int_eq(mkdir(mu_file_join(arena, dir, "profiles"), 0755), 0);
    ck_assert_int_eq(mkdir(mu_file_join(arena, dir, "profiles/tls"), 0755), 0);
    write_text(
        mu_file_join(arena, dir, "profiles/tls/own.xml"),
        changed(text_of(MU_SOURCE_DIR "/profiles/tls/fmn5.xml"), "id=\"fmn5\"", "id=\"own\""));
    setenv("MUSTER_DATA", dir, 1);
    return dir;
}

static struct said plan_of(const char *dir, const char *select)
{
    return MUSTER("plan", "--profile", dir, "--sut", mu_file_join(arena, dir, "sut.xml"),
                  "--select", select);
}

/* One line on standard error: where, and one sentence without a full stop. */
static void check_complaint(const char *name, struct said s, const char *pattern)
{
    check_said(name, s, MU_EXIT_USAGE, pattern);
    size_t n = strlen(s.err);
    ck_assert_msg(n > 9 && strncmp(s.err, "muster: ", 8) == 0
                      && strchr(s.err, '\n') == s.err + n - 1 && s.err[n - 2] != '.',
                  "%s: not one sentence\n%s", name, s.err);
}

#define AT ":[0-9]+:[0-9]+: "

/* clang-format off */
static const struct {
    const char *name, *file, *from, *to, *pattern;
} bad[] = {
    { "misspelt rule", "profile.xml", "rule=\"SIO-06\"", "rule=\"SIO-O6\"", "profile.xml" AT ".*'SIO-O6'.*did you mean 'SIO-06'[?]" },
    { "misspelt element", "profile.xml", "<limit", "<limti", "profile.xml" AT ".*limti" },
    { "misspelt attribute", "profile.xml", "demanded=\"yes\"", "demandde=\"yes\"", "profile.xml" AT ".*demandde" },
    { "wrong word", "profile.xml", "demanded=\"yes\"", "demanded=\"perhaps\"", "profile.xml" AT ".*perhaps" },
    { "no rule file", "profile.xml", "rules/rfc7444.sch", "rules/rfc7444x.sch", "profile.xml" AT ".*rfc7444x.sch.*did you mean 'rfc7444'[?]" },
    { "rule file is a folder", "profile.xml", "own.sch", ".", "profile.xml" AT ".*rule file" },
    { "no TLS profile", "profile.xml", "profile=\"own\"", "profile=\"fmn55\"", "profile.xml" AT ".*'fmn55'.*did you mean 'fmn5'[?]" },
    { "unknown carrier", "profile.xml", "carrier name=\"smtp\"", "carrier name=\"smpt\"", "profile.xml" AT ".*'smpt'.*did you mean 'smtp'[?]" },
    { "unknown place", "profile.xml", "label at=\"sio-label\"", "label at=\"sio-labl\"", "profile.xml" AT ".*'sio-labl'.*did you mean 'sio-label'[?]" },
    { "bad limit", "profile.xml", "value=\"10485760\"", "value=\"much\"", "profile.xml" AT ".*much" },
    { "unknown limit", "profile.xml", "\"case-ms\"", "\"case-sm\"", "profile.xml" AT ".*case-sm" },
    { "no suite", "profile.xml", "file=\"suite.xml\"", "file=\"suiet.xml\"", "suiet.xml" },
    { "no profile id", "profile.xml", " id=\"mail-sio-4774\"", "", "profile.xml" AT ".*id" },
    { "profile cut off", "profile.xml", "</profile>", "", "profile.xml" AT },
    { "profile and more", "profile.xml", "</profile>", "</profile><profile/>", "profile.xml" AT },
    { "other namespace", "profile.xml", "urn:muster:profile:1", "urn:muster:profile:2", "profile.xml" AT },
    { "DTD in a profile", "profile.xml", "<profile ", "<!DOCTYPE profile><profile ", "profile.xml.*(DTD|DOCTYPE|document type)" },
    { "entity", "suite.xml", "<suite ", "<!DOCTYPE suite [<!ENTITY a \"b\">]><suite ", "suite.xml.*(DTD|DOCTYPE|document type)" },
    { "external subset", "sut.xml", "<sut ", "<!DOCTYPE sut SYSTEM \"http://127.0.0.1:9/x.dtd\"><sut ", "sut.xml.*(DTD|DOCTYPE|document type)" },
    { "external entity", "expect.xml", "<expectations ", "<!DOCTYPE e [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><expectations ", "expect.xml.*(DTD|DOCTYPE|document type)" },
    { "undeclared entity", "suite.xml", "Mail is accepted", "&nobody;", "suite.xml" AT },
    { "XInclude", "suite.xml", "<needs", "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\"/><needs", "suite.xml" AT ".*include" },
    { "rule file is no Schematron", "own.sch", "schema xmlns=\"http://purl.oclc.org/dsdl/schematron\"", "schema", "own.sch" },
    { "DTD in a rule file", "own.sch", "<schema ", "<!DOCTYPE schema><schema ", "own.sch.*(DTD|DOCTYPE|document type)" },
    { "unknown element in a rule file", "own.sch", "</schema>", "<patern/></schema>", "own.sch" AT ".*patern" },
    { "bad XPath", "own.sch", "/m:message\"", "/m:message[\"", "own.sch" AT },
    { "TLS version", "profiles/tls/own.xml", "min=\"1.3\"", "min=\"1.4\"", "own.xml" AT ".*1[.]4" },
    { "TLS suite", "profiles/tls/own.xml", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GMC_SHA256", "own.xml" AT ".*'TLS_AES_128_GMC_SHA256'" },
    { "TLS group", "profiles/tls/own.xml", "secp256r1 secp384r1", "secp256rl secp384r1", "own.xml" AT ".*'secp256rl'" },
    { "TLS id", "profiles/tls/own.xml", "id=\"own\"", "id=\"other\"", "own.xml" AT ".*other" },
    { "TLS element", "profiles/tls/own.xml", "<tickets", "<tikets", "own.xml" AT ".*tikets" },
    { "unknown step", "suite.xml", "<send message", "<sned message", "suite.xml" AT ".*sned" },
    { "unknown fixture", "suite.xml", "logistics-report", "logistics-reprot", "suite.xml" AT ".*logistics-reprot.*did you mean 'logistics-report'[?]" },
    { "unknown label", "suite.xml", "restricted secret", "restricted secrte", "suite.xml" AT ".*secrte.*" },
    { "unknown id", "suite.xml", "of=\"m\"", "of=\"n\"", "suite.xml" AT ".*'n'" },
    { "unknown outcome", "suite.xml", "outcome=\"accepted\"", "outcome=\"acepted\"", "suite.xml" AT ".*'acepted'" },
    { "unknown capability", "suite.xml", "role=\"receiver\"", "role=\"receiver\" capability=\"starttsl\"", "suite.xml" AT ".*'starttsl'.*did you mean 'starttls'[?]" },
    { "no control", "suite.xml", "class=\"valid\"", "class=\"invalid\"", "suite.xml" AT ".*no control" },
    { "unknown control", "suite.xml", "class=\"valid\"", "class=\"valid\" control=\"acepts\"", "suite.xml" AT ".*'acepts'" },
    { "empty suite", "suite.xml", NULL, "<suite xmlns=\"urn:muster:suite:1\" id=\"s\" revision=\"1\"/>", "suite.xml" AT },
    { "bad address", "sut.xml", "127.0.0.1:9", "mail.example.org:25", "sut.xml" AT ".*mail.example.org:25" },
    { "no port", "sut.xml", "127.0.0.1:9", "127.0.0.1", "sut.xml" AT ".*127.0.0.1" },
    { "unknown SUT capability", "sut.xml", "capability=\"starttls\"", "capability=\"startls\"", "sut.xml" AT ".*'startls'.*did you mean 'starttls'[?]" },
    { "SUT carrier", "sut.xml", "carrier=\"smtp\"", "carrier=\"stmp\"", "sut.xml" AT ".*'stmp'.*did you mean 'smtp'[?]" },
    { "bad settle", "sut.xml", "name=\"receiver\"", "name=\"receiver\" settle=\"soon\"", "sut.xml" AT ".*'soon' is no duration" },
    { "unknown role", "sut.xml", "name=\"receiver\"", "name=\"reciever\"", "sut.xml" AT ".*reciever" },
    { "no expectations", "sut.xml", "expect.xml", "expcet.xml", "expcet.xml" },
    { "expected verdict", "expect.xml", "verdict=\"fail\"", "verdict=\"fial\"", "expect.xml" AT ".*fial" },
    { "expected until", "expect.xml", "2030-01-01", "soon", "expect.xml" AT ".*soon" },
    { "no owner", "expect.xml", " owner=\"A\"", "", "expect.xml" AT ".*owner" },
    { "empty profile", "profile.xml", NULL, "", "profile.xml" },
    { "empty suite file", "suite.xml", NULL, "", "suite.xml" },
    { "empty SUT file", "sut.xml", NULL, "", "sut.xml" },
    { "empty rule file", "own.sch", NULL, "", "own.sch" },
    { "empty expectations", "expect.xml", NULL, "", "expect.xml" },
    { "empty TLS profile", "profiles/tls/own.xml", NULL, "", "own.xml" },
    { "no XML", "sut.xml", NULL, "[sut]\nname=x\n", "sut.xml" AT },
    { "Latin-1", "sut.xml", "name=\"S\"", "name=\"\xe9\"", "sut.xml.*UTF-8" },
    { "UTF-16", "sut.xml", NULL, "\xff\xfe<", "sut.xml" },
};
/* clang-format on */

START_TEST(bad_input)
{
    const char *dir = make_good(), *path = mu_file_join(arena, dir, bad[_i].file);
    write_text(path, bad[_i].from == NULL ? bad[_i].to
                                          : changed(text_of(path), bad[_i].from, bad[_i].to));
    check_complaint(bad[_i].name, plan_of(dir, ""), bad[_i].pattern);
    /* profile check finds in files of a profile what a run would. */
    if (strcmp(bad[_i].file, "sut.xml") != 0 && strcmp(bad[_i].file, "expect.xml") != 0)
        check_said(bad[_i].name, MUSTER("profile", "check", dir), MU_EXIT_USAGE, bad[_i].pattern);
}
END_TEST

START_TEST(good_input)
{
    const char *dir = make_good();
    check_said("good", plan_of(dir, ""), MU_EXIT_OK, "^2 in, 0 out$");
    check_said("good", MUSTER("profile", "check", dir), MU_EXIT_OK, NULL);
}
END_TEST

static const char *const file[] = { "profile.xml", "suite.xml", "sut.xml",
                                    "expect.xml",  "own.sch",   "profiles/tls/own.xml" };

static struct mu_bytes repeated(const char *head, const char *piece, size_t times)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, head);
    for (size_t i = 0; i < times; i++)
        mu_buf_puts(&out, piece);
    return mu_buf_bytes(&out);
}

/* Every file of an operator, in every way in which a file can be no file of ours. */
START_TEST(hostile_file)
{
    const char *name = file[_i], *dir = make_good(), *path = mu_file_join(arena, dir, name);
    const char *text = text_of(path);
    const char *base = strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;

    write_text(path, "<a>"); /* sparse: a line of 100 MB that costs no disk */
    ck_assert_int_eq(truncate(path, 100 * 1000 * 1000), 0);
    check_complaint("100 MB line", plan_of(dir, ""), mu_arena_printf(arena, "%s.*16", base));
    write_file(path, repeated("", "<a>", 10000));
    check_complaint("depth", plan_of(dir, ""),
                    mu_arena_printf(arena, "%s.*(deep|depth|nest)", base));
    write_file(path, mu_bytes_slice(mu_bytes_of(text), 0, strlen(text) / 2));
    check_complaint("truncated", plan_of(dir, ""), mu_arena_printf(arena, "%s" AT, base));
    char *nul = mu_bytes_dup(arena, mu_bytes_of(text));
    nul[strlen(text) / 2] = '\0';
    write_file(path, (struct mu_bytes){ nul, strlen(text) });
    check_complaint("NUL", plan_of(dir, ""), base);
    ck_assert_int_eq(unlink(path), 0);
    check_complaint("absent", plan_of(dir, ""), NULL);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    check_complaint("folder", plan_of(dir, ""), NULL);
}
END_TEST

/* clang-format off */
static const struct {
    const char *select, *pattern;
} selection[] = {
    { "id:nobody", "'id:nobody'" },
    { "id:accepts -id:accepts", "no case|nothing" },
    { "colour:red", "'colour'" },
    { "levle:must", "'levle'.*did you mean 'level'[?]" },
    { "level:", "level" },
    { "accepts", "'accepts'" },
};
/* clang-format on */

START_TEST(selection_matches_nothing)
{
    const char *dir = make_good();
    check_complaint(selection[_i].select, plan_of(dir, selection[_i].select),
                    selection[_i].pattern);
}
END_TEST

/* --- what a run needs beside its files ------------------------------------------------------------ */

static struct said run_in(const char *dir, const char *option, const char *out)
{
    return MUSTER("run", "--profile", dir, "--sut", mu_file_join(arena, dir, "sut.xml"), option,
                  out);
}

/* clang-format off */
static const struct {
    const char *name, *from, *to;
    bool empty; /* the file of that name is made, empty */
    const char *pattern;
} certificate[] = {
    { "no certificate", "sender.chain.pem", "nobody.pem", false, "nobody[.]pem" },
    { "no key", "sender.key", "nobody.key", false, "nobody[.]key" },
    { "certificate is a folder", "../pki/sender.chain.pem", "profiles", false, "profiles" },
    { "empty certificate", "../pki/sender.chain.pem", "empty.pem", true, "empty[.]pem" },
    { "no anchors", "ca.pem", "nobody.pem", false, "nobody[.]pem" },
    { "empty anchors", "../pki/ca.pem", "empty.pem", true, "empty[.]pem" },
    { "no CRL", "crl.pem", "nobody.pem", false, "nobody[.]pem" },
};
/* clang-format on */

START_TEST(unreadable_certificate)
{
    const char *dir = make_good(), *path = mu_file_join(arena, dir, "sut.xml");
    write_text(path, changed(good_sut, certificate[_i].from, certificate[_i].to));
    if (certificate[_i].empty)
        write_text(mu_file_join(arena, dir, "empty.pem"), "");
    check_complaint(certificate[_i].name, run_in(dir, "--out", mu_file_join(arena, dir, "out")),
                    certificate[_i].pattern);
}
END_TEST

START_TEST(bad_out)
{
    const char *dir = make_good(), *out = mu_file_join(arena, dir, "out");
    /* Nobody listens at port 9: the run itself is in trouble, and says so. */
    check_said("first", run_in(dir, "--out", out), MU_EXIT_TROUBLE, "network:refused");
    check_said("twice", run_in(dir, "--out", out), MU_EXIT_TROUBLE, "exists|already");
    check_said("file", run_in(dir, "--out", mu_file_join(arena, dir, "sut.xml")), MU_EXIT_USAGE,
               "sut[.]xml' is not a directory");
    check_said("no place", run_in(dir, "--out", "/proc/nowhere/out"), MU_EXIT_TROUBLE,
               "/proc/nowhere");

    int fd = open(mu_file_join(arena, out, "run.lock"), O_RDWR | O_CLOEXEC);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    ck_assert(fd >= 0 && fcntl(fd, F_SETLK, &lock) == 0);
    check_said("in use", run_in(dir, "--resume", out), MU_EXIT_TROUBLE, "in use");
    close(fd);
}
END_TEST

START_TEST(bad_resume)
{
    const char *dir = make_good(), *out = mu_file_join(arena, dir, "out");
    check_complaint("no folder", run_in(dir, "--resume", out), "out");
    ck_assert_int_eq(mkdir(out, 0755), 0);
    check_complaint("no run", run_in(dir, "--resume", out), "no run");
    ck_assert_int_eq(rmdir(out), 0);
    check_said("run", run_in(dir, "--out", out), MU_EXIT_TROUBLE, NULL);
    check_complaint("complete", run_in(dir, "--resume", out), "cannot resume: the run is complete");

    const char *stream = mu_file_join(arena, out, "run.jsonl"), *text = text_of(stream);
    write_text(stream, changed(text, "\"event\":\"start\"", "\"event\":\"stArt\""));
    check_said("corrupt", run_in(dir, "--resume", out), MU_EXIT_TROUBLE, "line [0-9]+ is corrupt");
    check_said("report of a corrupt run", MUSTER("report", out), MU_EXIT_TROUBLE, "corrupt");
    write_text(stream, changed(text, "\"event\":\"open\"", "\"event\":\"oPen\""));
    check_said("first line", run_in(dir, "--resume", out), MU_EXIT_TROUBLE, "trusted");
    write_text(stream, "");
    check_complaint("empty", run_in(dir, "--resume", out), "no run");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    TCase *tcase = tcase_create("program");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, data_is_found_from_anywhere);
    tcase_add_loop_test(tcase, command_line, 0, (int) MU_COUNT(line));
    tcase_add_test(tcase, manual_and_completion);
    tcase_add_test(tcase, full_disk);
    tcase_add_test(tcase, good_input);
    tcase_add_loop_test(tcase, bad_input, 0, (int) MU_COUNT(bad));
    tcase_add_loop_test(tcase, hostile_file, 0, (int) MU_COUNT(file));
    tcase_add_loop_test(tcase, selection_matches_nothing, 0, (int) MU_COUNT(selection));
    tcase_add_loop_test(tcase, unreadable_certificate, 0, (int) MU_COUNT(certificate));
    tcase_add_test(tcase, bad_out);
    tcase_add_test(tcase, bad_resume);
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}
