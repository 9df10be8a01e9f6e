/* `muster verify` and `muster sign`: whatever is not as it was left is named, and nothing else is. */
#include <jansson.h>

#include "base/digest.h"
#include "tests/mail_peers.h"
#include "tests/program_support.h"

/* clang-format off */
static const char sending[] =
    "<case id=\"sends\" level=\"must\" class=\"valid\">\n"
    "  <title>Mail is sent</title><why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/><needs role=\"sender\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"secret\"/><trigger message=\"m\"/>\n"
    "    <collect id=\"out\" of=\"m\"/><expect of=\"m\" outcome=\"delivered\"/><judge of=\"out\"/></steps>\n"
    "</case>\n";
/* clang-format on */

static const char *profile, *run; /* of one run, which every test finds as it was left */
static const char *stream;        /* its run.jsonl */

static const char *in_run(const char *name)
{
    return mu_file_join(arena, run, name);
}

static struct said openssl(const char *words)
{
    const char *arg[] = { "-c", mu_arena_printf(arena, "cd '%s' && openssl %s", home, words),
                          NULL };
    return end_program(start_file("/bin/sh", arg));
}

static void make_run(void)
{
    profile = make_profile("case", sending, 5000, 20000);
    const char *sut = mu_file_join(arena, profile, "sut.xml");
    run = in_home("run");
    write_text(
        sut, mu_arena_printf(
                 arena,
                 "<sut xmlns=\"urn:muster:sut:1\" id=\"s\" name=\"S\" version=\"1\" owner=\"A\">\n"
                 "<role name=\"sender\"><collect-at carrier=\"smtp\" address=\"127.0.0.1:%d\" "
                 "tls-name=\"localhost\"/><trigger command=\"'%s' twin send --connect {address} "
                 "--pki '%s/pki' --to {to} --from {from} --message {message} --label {label} "
                 "--marking {marking} --sin write-no-marking\" wait=\"20s\"/>"
                 "<mail to=\"to+{token}@a.test\" from=\"clerk@b.test\"/></role>\n"
                 "<server-identity certificate=\"%s/pki/server.chain.pem\" "
                 "key=\"%s/pki/server.key\"/>\n"
                 "<trust anchors=\"%s/pki/ca.pem\" crl=\"%s/pki/crl.pem\"/>\n</sut>\n",
                 peer_free_port(), MU_PROGRAM, home, home, home, home, home));
    check_said("run", MUSTER("run", "--profile", profile, "--sut", sut, "--out", run),
               MU_EXIT_FAILURES, "^1/1 sends: fail rule:");
    stream = text_of(in_run("run.jsonl"));
    check_said("rsa",
               openssl("req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days 30 "
                       "-subj '/O=Exercise/CN=Test Director'"),
               0, "");
    check_said("ec",
               openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -passout pass:word "
                       "-keyout ec.key -out ec.pem -days 30 -subj '/O=Exercise/CN=Owner'"),
               0, "");
    write_text(in_home("word"), "word\n");
    write_text(in_home("both.pem"), mu_arena_printf(arena, "%s%s", text_of(in_home("rsa.pem")),
                                                    text_of(in_home("ec.pem"))));
}

static struct said verify(void)
{
    return MUSTER("verify", "--profile", profile, run);
}

/* --- what somebody touched --------------------------------------------------------------------------- */

static const struct tamper {
    const char *file, *from, *to; /* from NULL: the file is put there; to NULL: it is removed */
    const char *says;
} tamper[] = {
    { "cases/0001/received-1.eml", "Subject", "Subjekt",
      "^cases/0001/received-1.eml: was changed: its SHA-256 is .* line [0-9]+ of run.jsonl" },
    { "cases/0001/message-1.xml", "m:message", "m:massage", "message-1.xml: was changed" },
    { "cases/0001/transcript-1.txt", "220", "221", "transcript-1.txt: was changed" },
    { "cases/0001/steps.json", "", NULL, "^cases/0001/steps.json: is gone" },
    { "run.jsonl", "\"verdict\":\"fail\"", "\"verdict\":\"pass\"",
      "run.jsonl:[0-9]+: octet [0-9]+: .*its hash does not fit" },
    { "report.html", "<", " <", "^report.html: was changed: its SHA-256 is .* manifest.json says" },
    { "junit.xml", "fail", "pass", "^junit.xml: was changed" },
    { "summary.txt", "", NULL, "^summary.txt: is gone" },
    { "cases/0001/more.txt", NULL, "more",
      "^cases/0001/more.txt: is not in manifest.json: it was" },
    { "run.lock", NULL, "no lock", "^run.lock: is not in manifest.json" },
    { "manifest.json", "\"head\":\"", "\"head\":\"00", "^manifest.json: .*no in-toto statement" },
    { "manifest.json", "\"lines\":", "\"lines\":1", "run.jsonl: has [0-9]+ good lines, manifest" },
    { "manifest.json", "\"octets\":", "\"octets\":1",
      "^run.jsonl: was written anew: line [0-9]+ ends at octet" },
    { "manifest.json", "\"muster\":{\"run\":\"", "\"muster\":{\"run\":\"x", "is of another run" },
    { "manifest.json", "report.html", "../../etc/passwd", "subject [0-9]+ is no file" },
    { "manifest.json", "report.html", "junit.xml", "'junit.xml' is named twice" },
    { "manifest.json", "{", "", "^manifest.json: line [0-9]+, column [0-9]+: it is no JSON" },
    { "manifest.json", "", NULL, "^manifest.json: is not there" },
    { "manifest.cms", NULL, "nonsense", "^manifest.cms: it is no CMS in DER" },
    { "manifest-2.cms", NULL, "", "^manifest.cms: is gone, and manifest-2.cms is there" },
};

START_TEST(what_was_touched_is_named)
{
    const struct tamper *t = &tamper[_i];
    const char *path = in_run(t->file);
    const char *whole = access(path, F_OK) == 0 ? text_of(path) : NULL;
    if (t->to == NULL)
        unlink(path);
    else
        write_text(path, t->from == NULL ? t->to : changed(whole, t->from, t->to));
    struct said s = verify();
    if (whole != NULL)
        write_text(path, whole);
    else
        unlink(path);
    check_said(t->file, s, MU_EXIT_FAILURES, t->says);
    check_said(t->file, s, MU_EXIT_FAILURES, "NOT as it was left: see above$");
}
END_TEST

START_TEST(a_link_is_no_file_of_the_folder)
{
    ck_assert_int_eq(symlink("/etc/passwd", in_run("link")), 0);
    struct said s = verify();
    unlink(in_run("link"));
    check_said("link", s, MU_EXIT_FAILURES, "^link: is no plain file");
}
END_TEST

/* --- a stream that was written anew ------------------------------------------------------------------- */

/* Every line with the hash that it would have had. */
static const char *chained(const char *text)
{
    struct mu_buf out = { .arena = arena };
    char h[MU_DIGEST_TEXT] = "";
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        const char *mark = strstr(text, ",\"h\":\""), *body = mark;
        for (; mark != NULL && mark < end; mark = strstr(mark + 1, ",\"h\":\""))
            body = mark;
        const char *line = mu_arena_strndup(arena, text, (size_t) (body - text));
        const char *all = mu_arena_printf(arena, "%s\n%s", h, line);
        mu_digest_text(mu_bytes_of(all), h);
        mu_buf_printf(&out, "%s,\"h\":\"%s\"}\n", line, h);
    }
    return mu_buf_text(&out);
}

static const char *head_of(const char *text)
{
    const char *at = text, *found = NULL;
    while ((at = strstr(at, "\"h\":\"")) != NULL)
        found = at += 5;
    return mu_arena_strndup(arena, found, MU_DIGEST_TEXT - 1);
}

/* A copy of the run, for what cannot be put back in one step. */
static const char *copy_run(const char *name)
{
    const char *to = in_home(name);
    const char *arg[] = { "-r", run, to, NULL };
    check_said("copy", end_program(start_file("/bin/cp", arg)), 0, "");
    return to;
}

static const struct anew {
    const char *from, *to;
    const char *says; /* of a run whose manifest was made anew, too; NULL: nothing differs */
} anew[] = {
    { "\"verdict\":\"fail\"", "\"verdict\":\"pass\"",
      "sends \\(attempt 1\\): the verdict is pass .* in the run, fail \\(rule:" },
    { "\"held\":[\"", "\"held\":[\"X-",
      "leg out, rule [A-Z0-9-]+: not applicable in the run, holds when judged again" },
    { "\"rung\":\"", "\"rung\":\"x", NULL },
};

START_TEST(a_stream_written_anew_is_found_where_it_can_be)
{
    const struct anew *row = &anew[_i];
    const char *dir = copy_run(mu_arena_printf(arena, "anew-%d", _i));
    const char *file = mu_file_join(arena, dir, "run.jsonl");
    const char *manifest = mu_file_join(arena, dir, "manifest.json"), *head = head_of(stream);
    write_text(file, chained(changed(stream, row->from, row->to)));
    check_said(row->to, MUSTER("verify", "--profile", profile, dir), MU_EXIT_FAILURES,
               "^run.jsonl: was written anew: line [0-9]+ ends at octet");
    unlink(manifest);
    check_said(row->to, MUSTER("report", "--short", dir), MU_EXIT_OK, "");
    struct said s = MUSTER("verify", "--profile", profile, dir);
    if (row->says != NULL)
        check_said(row->to, s, MU_EXIT_FAILURES, row->says);
    else
        check_said(row->to, s, MU_EXIT_OK,
                   "signed by nobody: who can write here can make all of it anew");
    check_said("head", MUSTER("verify", "--profile", profile, "--head", head, dir),
               MU_EXIT_FAILURES, "run.jsonl: was written anew or cut: no line has the head");
}
END_TEST

START_TEST(what_nobody_touched_does_not_differ)
{
    const char *head = head_of(stream);
    ck_assert_str_eq(chained(stream), stream);
    check_said("verify", verify(), MU_EXIT_OK, "nothing differs$");
    check_said("head", MUSTER("verify", "--profile", profile, "--head", head, run), MU_EXIT_OK,
               "signed by nobody; the head that was noted is that of line [0-9]+");
    check_said("no judge", MUSTER("verify", "--no-judge", run), MU_EXIT_OK,
               "1 verdicts, none judged again");
    check_said("again", MUSTER("report", "--short", run), MU_EXIT_OK, "");
    check_said("verify", verify(), MU_EXIT_OK, "nothing differs$");
    check_said("one", MUSTER("report", "--format", "junit", "--short", run), MU_EXIT_OK, "");
    check_said("verify", verify(), MU_EXIT_OK, "nothing differs$");
}
END_TEST

/* A report that is made again blesses nothing but itself. */
START_TEST(a_report_does_not_hide_what_was_touched)
{
    const char *dir = copy_run("hidden");
    const char *html = mu_file_join(arena, dir, "report.html");
    write_text(html, changed(text_of(html), "<", " <"));
    check_said("junit", MUSTER("report", "--format", "junit", "--short", dir), MU_EXIT_OK, "");
    check_said("verify", MUSTER("verify", "--profile", profile, dir), MU_EXIT_FAILURES,
               "^report.html: was changed");
}
END_TEST

/* --- what an adapter answered ---------------------------------------------------------------------------- */

/* Changed by somebody who knows how: the digest in the verdict line, every hash after it, a new manifest. */
static const struct answered {
    const char *file, *from, *to; /* from NULL: nothing is changed */
    const char *verdict;          /* that the line is to have; NULL: its own */
    const char *says;             /* NULL: nothing differs */
} answered[] = {
    { "adapter-1.jsonl", NULL, NULL, NULL, NULL },
    { "adapter-1.jsonl", "\"outcome\":\"accepted\"", "\"outcome\":\"rejected\"", NULL,
      "the verdict is pass \\(\\) in the run, fail \\(outcome:refused\\) when judged again" },
    { "adapter-1.jsonl", "\"outcome\":\"accepted\"", "\"outcome\":\"perhaps\"", NULL,
      "the verdict is pass \\(\\) in the run, and cannot be judged: 'outcome' has no word "
      "'perhaps'" },
    { "adapter-1.jsonl", "\"op\":\"label.make\"", "\"op\":\"label.map\"", NULL,
      "cannot be judged again: a question of an unknown kind" },
    { "adapter-1.jsonl", "\"classification\":\"", "\"classification\":\"NO ", NULL,
      "question a in adapter-1.jsonl is not the one that suite, seed and key" },
    { "adapter-1.jsonl", "\"case\":\"", "\"case\":\"0", NULL,
      "question a in adapter-1.jsonl is not" },
    { "adapter-1.jsonl", "\"ok\":true", "\"ev\":1", NULL,
      "and cannot be judged: an answer is not in the evidence" },
    { "message-1.xml", "SECRET", "secret", NULL,
      "message-1.xml does not follow from the octets of its message: octet [0-9]+" },
    { "message-1.xml", NULL, NULL, "remarks",
      "the verdict is remarks \\(\\) in the run, pass \\(\\) when judged again" },
};

static const char *asked; /* a run with an adapter */

static void make_asked(void)
{
    asked = in_home("asked");
    check_said("run",
               MUSTER("run", "--profile", "validator-4774", "--adapter",
                      mu_arena_printf(arena, "'%s' twin --sap", MU_PROGRAM), "--select",
                      "id:writes-label[label=secret-releasable]", "--short", "--out", asked),
               MU_EXIT_OK, "the one case that ran passes");
}

/* Where the digest of a file stands in the stream. */
static const char *with_digest(const char *text, struct mu_bytes old, struct mu_bytes new)
{
    char was[MU_DIGEST_TEXT], is[MU_DIGEST_TEXT];
    mu_digest_text(old, was);
    mu_digest_text(new, is);
    return changed(text, mu_arena_printf(arena, "%s\",\"octets\":%zu", was, old.n),
                   mu_arena_printf(arena, "%s\",\"octets\":%zu", is, new.n));
}

START_TEST(what_an_adapter_answered_is_judged_again)
{
    const struct answered *row = &answered[_i];
    const char *file =
        mu_file_join(arena, asked, mu_arena_printf(arena, "cases/0001/%s", row->file));
    const char *path = mu_file_join(arena, asked, "run.jsonl"), *whole = text_of(path);
    struct mu_bytes old = content_of(file);
    const char *text = whole;
    if (row->from != NULL) {
        write_text(file, changed(text_of(file), row->from, row->to));
        text = with_digest(text, old, content_of(file));
    }
    if (row->verdict != NULL)
        text = changed(text, "\"verdict\":\"pass\"",
                       mu_arena_printf(arena, "\"verdict\":\"%s\"", row->verdict));
    write_text(path, chained(text));
    unlink(mu_file_join(arena, asked, "manifest.json"));
    check_said("report", MUSTER("report", "--short", asked), MU_EXIT_OK, "");
    struct said s = MUSTER("verify", asked);
    write_file(file, old);
    write_text(path, whole);
    check_said(row->file, s, row->says != NULL ? MU_EXIT_FAILURES : MU_EXIT_OK,
               row->says != NULL ? row->says : "1 verdicts: 1 judged again .* 0 rest on");
}
END_TEST

/* --- what else verify says ----------------------------------------------------------------------------- */

static json_t *objects(const char *text)
{
    json_t *all = json_array();
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        json_error_t why;
        json_t *one = json_loadb(text, (size_t) (end - text), JSON_REJECT_DUPLICATES, &why);
        ck_assert_msg(json_is_object(one), "%s: %.*s", why.text, (int) (end - text), text);
        json_array_append_new(all, one);
    }
    return all;
}

START_TEST(json_has_one_object_a_line)
{
    write_text(in_run("more"), "more");
    struct said s = MUSTER("verify", "--profile", profile, "-f", "json", run);
    unlink(in_run("more"));
    ck_assert_int_eq(s.status, MU_EXIT_FAILURES);
    json_t *all = objects(s.out), *last = json_array_get(all, json_array_size(all) - 1);
    ck_assert_uint_eq(json_array_size(all), 2);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(all, 0), "where")), "more");
    ck_assert_str_eq(json_string_value(json_object_get(last, "head")), head_of(stream));
    ck_assert_int_eq(json_integer_value(json_object_get(last, "problems")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(last, "judged")), 1);
    json_decref(all);
}
END_TEST

START_TEST(another_suite_judges_only_when_it_is_told_to)
{
    const char *suite = mu_file_join(arena, profile, "suite.xml"), *whole = text_of(suite);
    write_text(suite, changed(whole, "Mail is sent", "Mail was sent"));
    struct said no = verify(), yes = MUSTER("verify", "--profile", profile, "--anyway", run);
    write_text(suite, whole);
    check_said("no", no, MU_EXIT_FAILURES, "the suite of the run had the digest");
    check_said("no", no, MU_EXIT_FAILURES, "1 verdicts, none judged again");
    check_said("yes", yes, MU_EXIT_FAILURES, "the suite of the run had the digest");
    check_said("yes", yes, MU_EXIT_FAILURES, "1 judged again from what is stored");
}
END_TEST

/* --- signatures ---------------------------------------------------------------------------------------- */

static struct said sign(const char *dir, const char *key, const char *cert)
{
    return MUSTER("sign", "--key", in_home(key), "--cert", in_home(cert), "--role", "test director",
                  "--pass-file", in_home("word"), dir);
}

/* Lines that continue the chain. */
static void append(const char *dir, const char *body)
{
    const char *file = mu_file_join(arena, dir, "run.jsonl"), *text = text_of(file);
    const char *line = mu_arena_printf(arena, "%s,\"h\":\"", body);
    write_text(file, chained(mu_arena_printf(arena, "%s%s%064d\"}\n", text, line, 0)));
}

#define NOTE(kind)                                                                                 \
    "{\"event\":\"note\",\"case\":\"sends\",\"kind\":\"" kind "\",\"by\":\"A. Nother\","           \
    "\"why\":\"because\",\"at\":\"2026-11-23T10:15:00Z\""

START_TEST(two_parties_sign_and_anybody_checks)
{
    const char *dir = copy_run("signed"), *ca = in_home("both.pem");
    check_said("first", sign(dir, "rsa.key", "rsa.pem"), MU_EXIT_OK,
               "manifest.cms: CN=Test Director,O=Exercise, as test director, at 20");
    check_said("again", sign(dir, "rsa.key", "rsa.pem"), MU_EXIT_USAGE,
               "manifest.cms is a signature by this key already");
    check_said("second", sign(dir, "ec.key", "ec.pem"), MU_EXIT_OK,
               "openssl cms -verify -binary -inform DER -in manifest-2.cms");
    static const char line[] = "cms -verify -binary -inform DER -in signed/%s -content "
                               "signed/manifest.json -CAfile both.pem -out /dev/null";
    check_said("openssl", openssl(mu_arena_printf(arena, line, "manifest.cms")), 0, "uccessful");
    check_said("openssl", openssl(mu_arena_printf(arena, line, "manifest-2.cms")), 0, "uccessful");
    check_said("trusted", MUSTER("verify", "--profile", profile, "--ca", ca, dir), MU_EXIT_OK,
               "manifest-2.cms: CN=Owner.*holds and is trusted");
    check_said("not asked", MUSTER("verify", "--profile", profile, dir), MU_EXIT_OK,
               "holds; whom to trust was not asked");
    check_said("one trusted",
               MUSTER("verify", "--profile", profile, "--ca", in_home("rsa.pem"), dir),
               MU_EXIT_FAILURES, "^manifest-2.cms: CN=Owner,O=Exercise is not to be trusted: self");
    check_said(
        "later",
        MUSTER("verify", "--profile", profile, "--ca", ca, "--at", "2099-01-01T00:00:00Z", dir),
        MU_EXIT_FAILURES, "is not to be trusted: certificate has expired");
    check_said("report", MUSTER("report", dir), MU_EXIT_USAGE,
               "is signed, and what is in it stays");
    check_said("elsewhere", MUSTER("report", "--short", "--out", in_home("else"), dir), MU_EXIT_OK,
               "");
    check_said("resume", MUSTER("run", "--profile", profile, "--resume", dir), MU_EXIT_USAGE,
               "is signed, and what is in it stays");
}
END_TEST

START_TEST(notes_follow_a_signature_and_nothing_else_does)
{
    const char *dir = copy_run("noted");
    append(dir, NOTE("dispute"));
    check_said("before", sign(dir, "rsa.key", "rsa.pem"), MU_EXIT_FAILURES,
               "^manifest.json: does not know these notes");
    check_said("report", MUSTER("report", "--short", dir), MU_EXIT_OK, "");
    check_said("first", sign(dir, "rsa.key", "rsa.pem"), MU_EXIT_OK, "CN=Test Director");
    append(dir, NOTE("override"));
    check_said("note", MUSTER("verify", "--profile", profile, dir), MU_EXIT_OK,
               "^run.jsonl:[0-9]+: was appended to manifest.json: override of sends by A. Nother");
    check_said("second", sign(dir, "ec.key", "ec.pem"), MU_EXIT_OK, "manifest-2.cms: CN=Owner");
    append(dir, "{\"event\":\"verdict\",\"case\":\"sends\",\"attempt\":2,\"verdict\":\"pass\"");
    check_said("more", MUSTER("verify", "--profile", profile, dir), MU_EXIT_FAILURES,
               "^run.jsonl:[0-9]+: was appended to manifest.json: a line 'verdict'");
}
END_TEST

START_TEST(a_signature_holds_for_what_was_signed)
{
    const char *dir = copy_run("broken"), *cms = mu_file_join(arena, dir, "manifest.cms");
    const char *manifest = mu_file_join(arena, dir, "manifest.json");
    write_text(mu_file_join(arena, dir, "junit.xml"), "<testsuites/>");
    check_said("touched", sign(dir, "rsa.key", "rsa.pem"), MU_EXIT_FAILURES,
               "^junit.xml: was changed");
    ck_assert_int_ne(access(cms, F_OK), 0);
    check_said("report", MUSTER("report", "--short", dir), MU_EXIT_OK, "");
    check_said("sign", sign(dir, "rsa.key", "rsa.pem"), MU_EXIT_OK, "CN=Test Director");
    check_said("foreign", MUSTER("verify", "--profile", profile, "--ca", in_home("ec.pem"), dir),
               MU_EXIT_FAILURES, "^manifest.json: is signed by nobody who is to be trusted");
    /* All of it made anew: the signature is what tells. */
    write_text(mu_file_join(arena, dir, "run.jsonl"),
               chained(changed(stream, "\"rung\":\"", "\"rung\":\"x")));
    struct mu_bytes der = content_of(cms);
    unlink(cms);
    unlink(manifest);
    check_said("report", MUSTER("report", "--short", dir), MU_EXIT_OK, "");
    write_file(cms, der);
    check_said("anew", MUSTER("verify", "--profile", profile, dir), MU_EXIT_FAILURES,
               "^manifest.cms: it does not hold for what is there");
    write_file(cms, mu_bytes_slice(der, 0, der.n / 2));
    check_said("cut", MUSTER("verify", "--profile", profile, dir), MU_EXIT_FAILURES,
               "^manifest.cms: it is no CMS in DER");
}
END_TEST

#define EIGHTY "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* clang-format off */
static const struct refusal {
    const char *line;
    const char *said;
} refusal[] = {
    { "sign @/run", "'muster sign' wants --key and --cert$" },
    { "sign @/run --key @/rsa.key", "'muster sign' wants --key and --cert$" },
    { "sign @/run --key @/none --cert @/rsa.pem", "cannot open '.*none': No such file" },
    { "sign @/run --key @/rsa.key --cert @/ec.pem", "ec.pem: the first certificate here is not that of the private key$" },
    { "sign @/run --key @/rsa.pem --cert @/rsa.pem", "rsa.pem: no private key in PEM form can be read here$" },
    { "sign @/run --key @/ec.key --cert @/ec.pem --pass-file @/rsa.pem", "ec.key: the key is encrypted, and this is not its passphrase$" },
    { "sign @/run --key @/rsa.key --cert @/rsa.pem --role " EIGHTY EIGHTY, "--role wants one line" },
    { "sign @ --key @/rsa.key --cert @/rsa.pem", "holds no run$" },
    { "sign @/run --key @/pki/server.key --cert @/pki/server.pem", "it is not meant for signatures" },
    { "sign @/run --key @/pki/client-expired.key --cert @/pki/client-expired.pem", "the certificate has expired$" },
    { "verify @/run --head 12", "--head wants the 64 digits of a head, not '12'$" },
    { "verify @/run --ca @/rsa.key", "rsa.key: no certificate in PEM form can be read here$" },
    { "verify @/run --at noon", "--at wants a time as .*, not 'noon'$" },
    { "verify @", "holds no run$" },
    { "verify @/none", "holds no run$" },
};
/* clang-format on */

START_TEST(what_cannot_be_done_is_said)
{
    check_said(refusal[_i].line, muster_words(refusal[_i].line), MU_EXIT_USAGE, refusal[_i].said);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verify");
    TCase *tcase = tcase_create("verify");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, make_run, NULL);
    tcase_add_test(tcase, what_nobody_touched_does_not_differ);
    tcase_add_loop_test(tcase, what_was_touched_is_named, 0, (int) MU_COUNT(tamper));
    tcase_add_test(tcase, a_link_is_no_file_of_the_folder);
    tcase_add_loop_test(tcase, a_stream_written_anew_is_found_where_it_can_be, 0,
                        (int) MU_COUNT(anew));
    tcase_add_test(tcase, a_report_does_not_hide_what_was_touched);
    tcase_add_unchecked_fixture(tcase, make_asked, NULL);
    tcase_add_loop_test(tcase, what_an_adapter_answered_is_judged_again, 0,
                        (int) MU_COUNT(answered));
    tcase_add_test(tcase, json_has_one_object_a_line);
    tcase_add_test(tcase, another_suite_judges_only_when_it_is_told_to);
    tcase_add_test(tcase, two_parties_sign_and_anybody_checks);
    tcase_add_test(tcase, notes_follow_a_signature_and_nothing_else_does);
    tcase_add_test(tcase, a_signature_holds_for_what_was_signed);
    tcase_add_loop_test(tcase, what_cannot_be_done_is_said, 0, (int) MU_COUNT(refusal));
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}
