#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "cli/command.h"

/* clang-format off */
static const struct mu_option option[] = {
    { MU_OPT_PROFILE, "profile", 'p', "DIR|NAME", "profile to demand: a folder, or a name looked up in ./profiles and then in the installed data", "dir" },
    { MU_OPT_SUT, "sut", 's', "FILE", "what is known of the system under test", "file" },
    { MU_OPT_SELECT, "select", 'S', "TERMS", "cases to run, such as 'role:relay level:must -tag:slow'", NULL },
    { MU_OPT_JOBS, "jobs", 'j', "N", "cases at once, 1 to 64; 1 when not given", NULL },
    { MU_OPT_SEED, "seed", '\0', "N", "seed of every random choice; 1 when not given", NULL },
    { MU_OPT_OUT, "out", 'o', "DIR", "folder for the run or the report; a run makes ./muster-runs/<time> when not given", "dir" },
    { MU_OPT_RESUME, "resume", '\0', "DIR", "go on with an interrupted run", "dir" },
    { MU_OPT_ISOLATION, "isolation", '\0', "LEVEL", "how far jobs are shut in: full, fork, or none for debuggers", "full fork none" },
    { MU_OPT_TEST_TIME, "test-time", '\0', "TIME", "what the rules take for now, as 2026-11-23T10:15:00Z; the clock when not given", NULL },
    { MU_OPT_INCONCLUSIVE, "max-inconclusive", '\0', "N", "inconclusive cases that are still exit status 0; 0 when not given", NULL },
    { MU_OPT_RETRY, "retry", '\0', "VERDICT=N", "try again after an attempt that ended so, at most N times: 'fail=2' or 'fail=2,error=1'; the attempt that speaks is the first", NULL },
    { MU_OPT_REPEAT, "repeat", '\0', "N", "run every case N times, round by round; the attempt that speaks is the worst", NULL },
    { MU_OPT_UNTIL_FAIL, "until-fail", '\0', NULL, "repeat, 200 times without --repeat, and begin no further round once an attempt has not passed", NULL },
    { MU_OPT_FINAL, "final", '\0', "WHICH", "the attempt that speaks for a case: first, last or worst", "first last worst" },
    { MU_OPT_NO_EVIDENCE, "no-evidence", '\0', NULL, "keep no evidence files", NULL },
    { MU_OPT_EVIDENCE, "evidence", '\0', "HOW", "where the evidence of cases stands: folders, one a case, or tar, one file for all; when not given a tar from 2,001 planned attempts on", "folders tar" },
    { MU_OPT_NO_CONTENT, "no-content", '\0', NULL, "write nothing that was sent or said, only ids, places, sizes, verdicts and keyed digests: for classified runs", NULL },
    { MU_OPT_CONTENT_KEY, "content-key", '\0', "FILE", "key of these digests, 16 octets at least, so that two sites can compare; a new one of this run when not given", "file" },
    { MU_OPT_KEY_LOG, "key-log", '\0', NULL, "keep the TLS keys of every connection as evidence", NULL },
    { MU_OPT_FORMAT, "format", 'f', "NAME", "this format only, of reports also several ('--format tap,junit -f html'); when not given every report, or text", "html statement junit json tap text matrix scorecard sarif ctrf earl markdown github badge badge-json model" },
    { MU_OPT_SHORT, "short", '\0', NULL, "a summary of five lines", NULL },
    { MU_OPT_WORDS, "words", '\0', "FILE", "what the event calls a result in scorecard.csv; reports/event-words.xml when not given", "file" },
    { MU_OPT_WATCH, "watch", '\0', NULL, "make report.html anew every few seconds while the run goes on; a browser that shows it loads it again", NULL },
    { MU_OPT_ROLE, "role", '\0', "ROLE", "part that the twin plays: receiver or relay", "receiver relay" },
    { MU_OPT_LISTEN, "listen", '\0', "ADDR", "numeric address and port to listen at, such as 127.0.0.1:26525", NULL },
    { MU_OPT_NEXT, "next", '\0', "ADDR", "where the relaying twin delivers", NULL },
    { MU_OPT_PKI, "pki", '\0', "DIR", "folder made by 'muster pki new'", "dir" },
    { MU_OPT_DAYS, "days", '\0', "N", "for how long the certificate is good; 90 when not given", NULL },
    { MU_OPT_ID, "id", '\0', "ID", "who the adapter over TLS is: the ID that 'muster pki adapter' gave it; a bridge shows ID.chain.pem with ID.key of the PKI folder", NULL },
    { MU_OPT_PIN, "pin", '\0', "PINS", "the key of the harness must be one of these, as 'sha256:... sha256:...'; its certificate may come from anywhere then", NULL },
    { MU_OPT_STDIO, "stdio", '\0', NULL, "the adapter talks on its standard input and output; when not given on descriptors 3 and 4", NULL },
    { MU_OPT_TRIES, "tries", '\0', "N", "give up after so many dials in vain in a row; 10 when not given", NULL },
    { MU_OPT_SESSIONS, "sessions", '\0', "N", "end after so many sessions; when not given there is no such end", NULL },
    { MU_OPT_SIN, "sin", '\0', "NAME", "misbehave in this one way; 'muster list sins' names them", NULL },
    { MU_OPT_HEALTH, "health", '\0', "FILE", "put what was measured into FILE, such as reports/suite-health.json; the other profiles in it stay", "file" },
    { MU_OPT_WHOLE, "whole", '\0', NULL, "run every case of the parts in which a sin can show, not only those that name it: far longer", NULL },
    { MU_OPT_MAILDIR, "maildir", '\0', "DIR", "store what is accepted in this Maildir", "dir" },
    { MU_OPT_CLEARANCES, "clearances", '\0', "DIR", "folder of clearances; the mailbox NAME+anything@... has the clearance NAME.xml", "dir" },
    { MU_OPT_SAP, "sap", '\0', NULL, "be an adapter of SAP/1 on descriptors 3 and 4, as validator, labeller and policy", NULL },
    { MU_OPT_SAP_STDIO, "sap-stdio", '\0', NULL, "speak the adapter protocol on standard input and output, not on descriptors 3 and 4", NULL },
    { MU_OPT_TRANSLATE, "translate", '\0', NULL, "relay: map a label into the policy of the recipient's clearance", NULL },
    { MU_OPT_WORKERS, "workers", '\0', "N", "connections that the twin serves at once; 8 when not given", NULL },
    { MU_OPT_READY, "ready", '\0', "FILE", "write the address listened at to FILE once the twin can be reached", "file" },
    { MU_OPT_TO, "to", '\0', "ADDRESS", "recipient", NULL },
    { MU_OPT_FROM, "from", '\0', "ADDRESS", "return path", NULL },
    { MU_OPT_SUBJECT, "subject", '\0', "TEXT", "subject of the message", NULL },
    { MU_OPT_LABEL, "label", '\0', "FILE", "label fixture to attach", "file" },
    { MU_OPT_MARKING, "marking", '\0', "TEXT", "marking to show", NULL },
    { MU_OPT_MESSAGE, "message", '\0', "FILE", "message fixture to send", "file" },
    { MU_OPT_MESSAGE_FILE, "message", '\0', "FILE", "send this message in the one case selected; {to}, {from} and {message-id} in it are filled in", "file" },
    { MU_OPT_CONNECT, "connect", '\0', "ADDR", "where to deliver", NULL },
    { MU_OPT_TLS_NAME, "tls-name", '\0', "NAME", "name expected in the peer's certificate; localhost when not given", NULL },
    { MU_OPT_IDENTITY, "identity", '\0', "NAME", "identity of the PKI folder to present; twin when not given", NULL },
    { MU_OPT_POLICY, "policy", '\0', "FILE|NAME", "policy to go by, a SPIF file or the name of one that is shipped; may be given again; all shipped ones when not given", "file" },
    { MU_OPT_CASE, "case", '\0', "HOW", "how letters compare in names: insensitive, sensitive, or as the policy says", "insensitive sensitive policy" },
    { MU_OPT_CLEARANCE, "clearance", '\0', "FILE", "clearance: ADatP-4774 XML, an attribute in DER, or a certificate in PEM or DER", "file" },
    { MU_OPT_TO_POLICY, "to", '\0', "POLICY", "policy to map to: its name, its OID or a file", NULL },
    { MU_OPT_APPLIED, "applied", '\0', "HOW", "whose equivalences count: encrypt for an originator, decrypt for a gateway or recipient; decrypt when not given", "encrypt decrypt" },
    { MU_OPT_MARKING_LANGUAGE, "language", '\0', "TAG", "language of markings, such as fr; en when not given", NULL },
    { MU_OPT_PLACE, "place", '\0', "PLACE", "where the marking is to stand; page-top when not given", "page-top page-bottom document-start document-end first-line last-line subject x-header portion watermark" },
    { MU_OPT_MATCH, "match", '\0', "HOW", "how markings are read: strict, or tolerant of letter case, spaces, accents and order; tolerant when not given", "strict tolerant" },
    { MU_OPT_MARKING_TEXT, "marking", '\0', "TEXT", "read this marking", NULL },
    { MU_OPT_CLASSIFICATION, "classification", '\0', "NAME", "classification of the label to make", NULL },
    { MU_OPT_CATEGORY, "category", '\0', "TAG=VALUE,...", "values of one tag set, such as 'Releasable To=NATO,EEAS'; may be given again", NULL },
    { MU_OPT_PRIVACY_MARK, "privacy-mark", '\0', "TEXT", "privacy mark of the label to make", NULL },
    { MU_OPT_ORIGINATOR, "originator", '\0', "ID", "who labels: a mail address, a directory name (CN=...), a URI or a host name", NULL },
    { MU_OPT_CREATED, "created", '\0', "TIME", "when the label was made; the test time when not given", NULL },
    { MU_OPT_REVIEW, "review", '\0', "TIME", "when the label is due for review; one year after it was made when not given", NULL },
    { MU_OPT_AS, "as", '\0', "SYNTAX", "print the label alone: xml (ADatP-4774), ess (base64 of DER) or fixture", "xml ess fixture" },
    { MU_OPT_ANYWAY, "anyway", '\0', NULL, "print the label even where it breaks rules", NULL },
    { MU_OPT_OUTPUT, "format", 'f', "NAME", "text, or json with one object a line; text when not given", "text json" },
    { MU_OPT_LANGUAGES, "language", '\0', "LANG", "demand marking phrases in these languages, such as 'en,fr'", "en fr en,fr" },
    { MU_OPT_CHECK_FORMAT, "format", 'f', "NAME", "text, json (reports/check.schema.json) or sarif (2.1.0); text when not given", "text json sarif" },
    { MU_OPT_OUT_FILE, "out", 'o', "FILE", "write the report into FILE; standard output when not given", "file" },
    { MU_OPT_WORK_JOBS, "jobs", 'j', "N", "sealed jobs that share the files, 1 to 64; one a processor when not given", NULL },
    { MU_OPT_LEVEL, "level", 'l', "LEVEL", "only rules of this level and above; may when not given", "must should may" },
    { MU_OPT_RULE, "rule", 'r', "GLOB,...", "only rules with such an id, as 'SIO-*,L74-XSD'; may be given again", NULL },
    { MU_OPT_PHASE, "phase", '\0', "NAME", "also the rules of this phase, besides those that the profile asks for; may be given again", NULL },
    { MU_OPT_HOSTILE, "hostile", '\0', NULL, "also frames that no harness sends: malformed, huge, slow, out of order", NULL },
    { MU_OPT_DEADLINE, "deadline", '\0', "MS", "milliseconds for one answer, 10 to 60000; 1000 when not given, and ten times that for the first", NULL },
    { MU_OPT_LANG, "lang", '\0', "NAME", "language of the template: c, python, sh, node or java", "c python sh node java" },
    { MU_OPT_ADAPTER, "adapter", 'a', "COMMAND", "ask this adapter instead of a SUT file: a command for the protocol over descriptors, stdio:COMMAND, exec-filter:COMMAND or saps://HOST:PORT; roles and claims are those of its hello", NULL },
    { MU_OPT_WRITABLE, "writable", '\0', "DIR", "folder that the program of the adapter may write to besides its own; may be given again", "dir" },
    { MU_OPT_NONCE, "nonce", '\0', "HEX", "what tokens and salts are made of, 16 to 64 hexadecimal digits, instead of something new: a record is replayed with the nonce of its run, and with its test time and seed", NULL },
    { MU_OPT_UNCLAIMED, "unclaimed", '\0', NULL, "also run cases that need what the system under test does not claim; what becomes of them turns no run red", NULL },
    { MU_OPT_SHARD, "shard", '\0', "I/N", "run part I of N: every N-th case of the plan from the I-th, and the controls that they need; 'muster merge' makes one run of the parts", NULL },
    { MU_OPT_DISPUTE, "dispute", '\0', NULL, "say that the verdict is in dispute", NULL },
    { MU_OPT_OVERRIDE, "override", '\0', "VERDICT", "say what the verdict should be; that of the run stays and is shown beside it", "pass remarks inconclusive fail error not-run" },
    { MU_OPT_WITHDRAW, "withdraw", '\0', NULL, "take back the last that the same person said of the case and that stands", NULL },
    { MU_OPT_BY, "by", '\0', "NAME", "who says so", NULL },
    { MU_OPT_WHY, "why", '\0', "TEXT", "the reason, in one line", NULL },
    { MU_OPT_SCHEMA_FORMAT, "format", 'f', "NAME", "schema (JSON Schema of a line), tables (operations, words, capabilities, limits as JSON) or reference (the same in Markdown); schema when not given", "schema tables reference" },
    { MU_OPT_JUDGE_ANYWAY, "anyway", '\0', NULL, "judge again even where suite, profile, rules or policies are others than those of the run", NULL },
    { MU_OPT_NO_JUDGE, "no-judge", '\0', NULL, "chain, digests and signatures alone: no verdict is judged again, and no profile is needed", NULL },
    { MU_OPT_CA, "ca", '\0', "FILE", "certificates, PEM, of those who may vouch for signers; then nothing counts that they do not vouch for", "file" },
    { MU_OPT_AT, "at", '\0', "TIME", "when the certificates of signers must be good, as 2026-11-23T10:15:00Z; now when not given", NULL },
    { MU_OPT_HEAD, "head", '\0', "HEX", "a head of run.jsonl that was noted elsewhere: the stream must have had it, and nothing but notes may follow it", NULL },
    { MU_OPT_KEY, "key", '\0', "FILE", "private key of the signer, PEM", "file" },
    { MU_OPT_CERT, "cert", '\0', "FILE", "certificate of the signer, PEM, and behind it those above it, which go into the signature", "file" },
    { MU_OPT_SIGNER_ROLE, "role", '\0', "TEXT", "as what the signer signs, such as 'test director'; it is signed, too", NULL },
    { MU_OPT_PASS_FILE, "pass-file", '\0', "FILE", "the first line of FILE is the passphrase of the key; when not given it is asked for on the terminal", "file" },
    { MU_OPT_DIFF_FORMAT, "format", 'f', "NAME", "text, json, or html for a page of its own; text when not given", "text json html" },
    { MU_OPT_DIFF_OUT, "out", 'o', "FILE", "write it into FILE and the text to standard output; when not given a page goes into diff.html or history.html, the rest to standard output", "file" },
    { MU_OPT_ALL, "all", '\0', NULL, "name everything, however many lines", NULL },
    { MU_OPT_HISTORY_CASE, "case", 'c', "CASE", "one case run by run: an instance, or a case with all its instances", NULL },
    { MU_OPT_BASELINE, "baseline", 'b', "DIR", "a run before this one, or a folder of runs: the reports say what is new and fixed since the last of them, and in which run each cause was first seen; may be given again", "dir" },
    { MU_OPT_REDACT, "redact", '\0', "WHAT", "keyed digests instead of what came from the wire and the system under test; WHAT is payload", "payload" },
    { MU_OPT_REDACT_KEY, "redact-key", '\0', "FILE", "key of these digests, so that two reports can be compared; a fresh one for each report when not given", "file" },
    { MU_OPT_CEILING, "ceiling", '\0', "LABEL", "how high a report may go: a marking as a policy prints it ('ACME RESTRICTED'), or a file with a label", "file" },
    { MU_OPT_ABOVE, "above", '\0', "WHAT", "what happens to cases above the ceiling: redact withholds them, refuse makes no report; redact when not given", "redact refuse" },
    { MU_OPT_HELP, "help", 'h', NULL, "say what the command does and which options it takes", NULL },
    { MU_OPT_VERSION, "version", 'V', NULL, "print the version", NULL },
};
/* clang-format on */

const struct mu_option *mu_option(enum mu_option_id id)
{
    return &option[id];
}

static bool allowed(const struct mu_command *command, enum mu_option_id id)
{
    if (id == MU_OPT_HELP)
        return true;
    for (const enum mu_option_id *o = command->option; *o != MU_OPTIONS; o++)
        if (*o == id)
            return true;
    return false;
}

struct tables {
    struct option name[MU_OPTIONS + 1];
    char letters[3 * MU_OPTIONS + 3];
};

/* What getopt_long() wants, for the options of one command. */
static void make_tables(const struct mu_command *command, struct tables *t)
{
    size_t n = 0, l = 0;
    if (strstr(command->operands, "COMMAND") != NULL)
        t->letters[l++] = '+'; /* what stands behind the first operand is another program's */
    t->letters[l++] = ':';
    for (size_t i = 0; i < MU_COUNT(option); i++) {
        if (!allowed(command, option[i].id))
            continue;
        t->name[n++] = (struct option){ option[i].name, option[i].argument != NULL, NULL,
                                        256 + (int) option[i].id };
        if (option[i].letter == '\0')
            continue;
        t->letters[l++] = option[i].letter;
        if (option[i].argument != NULL)
            t->letters[l++] = ':';
    }
    t->name[n] = (struct option){ 0 };
    t->letters[l] = '\0';
}

static const char *known_name(const void *self, size_t i)
{
    return ((const struct tables *) self)->name[i].name;
}

static bool unknown(const struct tables *t, const char *typed, struct mu_err *err)
{
    const char *name = strncmp(typed, "--", 2) == 0 ? typed + 2 : typed;
    char plain[64];
    snprintf(plain, sizeof plain, "%.*s", (int) strcspn(name, "="), name);
    const char *near = mu_name_nearest(plain, known_name, t);
    if (near != NULL)
        return mu_fail(err, MU_ERR_USAGE, "unknown option '%s'; did you mean '--%s'?", typed, near);
    return mu_fail(err, MU_ERR_USAGE, "unknown option '%s'", typed);
}

/* Options of different commands may share a name or letter. */
static enum mu_option_id id_of(const struct mu_command *command, int c)
{
    if (c >= 256)
        return (enum mu_option_id)(c - 256);
    for (size_t i = 0; i < MU_COUNT(option); i++)
        if (option[i].letter == (char) c && allowed(command, option[i].id))
            return option[i].id;
    return MU_OPTIONS;
}

bool mu_arguments_parse(const struct mu_command *command, int argc, char **argv,
                        struct mu_arguments *args, struct mu_err *err)
{
    struct tables t;
    make_tables(command, &t);
    struct mu_typed *typed =
        mu_arena_array(args->arena, (size_t) argc + 1, sizeof(struct mu_typed));
    args->typed = typed;
    optind = 0; /* glibc: start afresh */
    opterr = 0;
    int c;
    while ((c = getopt_long(argc, argv, t.letters, t.name, NULL)) != -1) {
        if (c == ':')
            return mu_fail(err, MU_ERR_USAGE, "option '%s' wants a value", argv[optind - 1]);
        enum mu_option_id id = c == '?' ? MU_OPTIONS : id_of(command, c);
        if (id == MU_OPTIONS)
            return unknown(&t, argv[optind - 1], err);
        args->value[id] = optarg != NULL ? optarg : "";
        if (optarg != NULL) /* each of those takes a word of its own: there is room */
            typed[args->typeds++] = (struct mu_typed){ id, optarg };
    }
    args->operand = argv + optind;
    args->operands = argc - optind;
    if (args->value[MU_OPT_HELP] != NULL)
        return true;
    if (args->operands < command->least)
        return mu_fail(err, MU_ERR_USAGE, "'muster %s' wants %s", command->name, command->operands);
    if (command->most >= 0 && args->operands > command->most) {
        const char *odd = args->operand[command->most];
        return mu_fail(err, MU_ERR_USAGE, "'muster %s' takes no '%s'%s", command->name, odd,
                       odd[0] == '-' ? " here: options stand before what they are about"
                       : strcmp(command->operands, "COMMAND") == 0
                           ? ": a command of several words is quoted, to be one"
                           : "");
    }
    return true;
}

bool mu_argument_number(const struct mu_arguments *args, enum mu_option_id id, long min, long max,
                        long absent, long *out, struct mu_err *err)
{
    const char *text = args->value[id];
    *out = absent;
    if (text == NULL)
        return true;
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < min || value > max)
        return mu_fail(err, MU_ERR_USAGE, "option '--%s' wants a number from %ld to %ld, not '%s'",
                       option[id].name, min, max, text);
    *out = value;
    return true;
}

size_t mu_argument_values(const struct mu_arguments *args, enum mu_option_id id,
                          const char ***value)
{
    const char **all = mu_arena_array(args->arena, args->typeds + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < args->typeds; i++)
        if (args->typed[i].id == id)
            all[n++] = args->typed[i].value;
    *value = all;
    return n;
}

bool mu_argument_word(const struct mu_arguments *args, enum mu_option_id id,
                      const char *const *word, size_t count, size_t absent, size_t *out,
                      struct mu_err *err)
{
    const char *text = args->value[id];
    *out = absent;
    if (text == NULL)
        return true;
    for (size_t i = 0; i < count; i++)
        if (strcmp(word[i], text) == 0) {
            *out = i;
            return true;
        }
    const char *near = mu_name_nearest_in(text, word, count);
    return mu_fail(err, MU_ERR_USAGE, "option '--%s' wants one of '%s', not '%.60s'%s%s%s",
                   option[id].name, option[id].files, text, near != NULL ? "; did you mean '" : "",
                   near != NULL ? near : "", near != NULL ? "'?" : "");
}
