#include "cli/command.h"

#define OPTIONS(...)                                                                               \
    (const enum mu_option_id[])                                                                    \
    {                                                                                              \
        __VA_ARGS__, MU_OPTIONS                                                                    \
    }
#define NO_OPTIONS                                                                                 \
    (const enum mu_option_id[])                                                                    \
    {                                                                                              \
        MU_OPTIONS                                                                                 \
    }

#define LABEL_OPTIONS                                                                              \
    MU_OPT_POLICY, MU_OPT_MARKING_TEXT, MU_OPT_MATCH, MU_OPT_CASE, MU_OPT_TEST_TIME, MU_OPT_OUTPUT

/* clang-format off */
static const struct mu_command command[] = {
    { "run", "", 0, 0, "run a profile's suite against a system under test",
      "Plans the cases, runs them in sealed jobs, writes run.jsonl and the evidence as it goes, and makes every report at the end. "
      "Evidence is a folder a case, below cases/; of a large run it is in cases.tar, of which 'tar -xf' makes the same folders. "
      "SIGINT ends the run in good order; what is written is valid and can be resumed. With --no-content nothing that was sent or said is written or printed: "
      "texts stand as their size and a keyed digest, and there is no evidence.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_SUT, MU_OPT_SELECT, MU_OPT_JOBS, MU_OPT_SEED, MU_OPT_OUT, MU_OPT_RESUME, MU_OPT_ISOLATION,
              MU_OPT_TEST_TIME, MU_OPT_INCONCLUSIVE, MU_OPT_RETRY, MU_OPT_REPEAT, MU_OPT_UNTIL_FAIL, MU_OPT_FINAL, MU_OPT_NO_EVIDENCE, MU_OPT_EVIDENCE, MU_OPT_NO_CONTENT, MU_OPT_CONTENT_KEY, MU_OPT_KEY_LOG, MU_OPT_SHORT, MU_OPT_WATCH, MU_OPT_WORDS, MU_OPT_MESSAGE_FILE,
              MU_OPT_ADAPTER, MU_OPT_WRITABLE, MU_OPT_PKI, MU_OPT_ID, MU_OPT_NONCE, MU_OPT_UNCLAIMED, MU_OPT_SHARD), mu_cli_run },
    { "plan", "", 0, 0, "print every case, in or out, with the reason",
      "Nothing is sent. The order is that of the run: controls before the cases that need them, exclusive cases last.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_SUT, MU_OPT_ADAPTER, MU_OPT_WRITABLE, MU_OPT_PKI, MU_OPT_ID, MU_OPT_SELECT, MU_OPT_TEST_TIME, MU_OPT_UNCLAIMED, MU_OPT_SHARD), mu_cli_plan },
    { "check", "FILE...", 1, -1, "check stored mail by a profile's rules, without a system under test",
      "FILE is a message (.eml), an mbox, a folder with any of these in it, or - for standard input. Prints file:offset: RULE level: sentence for every "
      "finding, in the order of the files. Sealed jobs share the files; a message that kills its job costs only itself and is named. The status is 1 when a "
      "must rule is broken, 2 when a file cannot be read, 3 when a message could not be judged, 5 when one is too large or can be read in two ways.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_CHECK_FORMAT, MU_OPT_OUT_FILE, MU_OPT_LEVEL, MU_OPT_RULE, MU_OPT_PHASE, MU_OPT_WORK_JOBS, MU_OPT_TEST_TIME, MU_OPT_ISOLATION), mu_cli_check },
    { "shrink", "FILE | DIR CASE", 1, 2, "reduce a message to the smallest that breaks the same rule",
      "FILE is a message that breaks a rule of the profile; DIR is the folder of a run and CASE a case of it in which a message that came in broke one. With --sut "
      "it is the message of CASE that is reduced, sent again and again to the system under test, which must fail for the same reason each time. "
      "Writes a folder that stands alone: the message, what it shows, a script that shows it, and the profile with all that it names.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_RULE, MU_OPT_PHASE, MU_OPT_SUT, MU_OPT_OUT, MU_OPT_TEST_TIME), mu_cli_shrink },
    { "report", "DIR", 1, 1, "make the reports of a run again",
      "Reports are functions of the run stream and its evidence and of nothing else; each is made in a sealed job. 'muster list formats' names them. In a "
      "workflow of GitHub (GITHUB_ACTIONS=true) annotations are printed, too, and the Markdown goes to the step summary; so it is after a run. "
      "With --redact and --ceiling they show less, and say so; harness/docs/reports.md tells what stays.",
      OPTIONS(MU_OPT_FORMAT, MU_OPT_OUT, MU_OPT_BASELINE, MU_OPT_SHORT, MU_OPT_WORDS, MU_OPT_REDACT, MU_OPT_REDACT_KEY, MU_OPT_CEILING, MU_OPT_ABOVE, MU_OPT_POLICY), mu_cli_report },
    { "merge", "RUN...", 1, -1, "make one run of runs that were made in different places",
      "The runs are of one plan: shards of it, or all of it more than once, against one system. Verdicts that are the same become one; where two differ the worst stands, both are shown, "
      "and the conflict is named: the status is 1 then. It is 6 when cases of the plan have a verdict in none of the runs, as when a shard is missing. What results depends on the runs alone, not on their order; a merge counts as the runs it was made of.",
      OPTIONS(MU_OPT_OUT, MU_OPT_EVIDENCE, MU_OPT_SHORT), mu_cli_merge },
    { "note", "[RUN] CASE", 1, 2, "dispute or override a verdict, or take that back",
      "Appends a record to the run stream, behind its end, and makes the reports again. CASE is the name of an instance or its number in the report; RUN is the folder of a "
      "run that is over, the last one in ./muster-runs when not given. The verdict of the run and every count stay; reports show what is said of it beside it. In a run that is signed the reports stay, too.",
      OPTIONS(MU_OPT_DISPUTE, MU_OPT_OVERRIDE, MU_OPT_WITHDRAW, MU_OPT_BY, MU_OPT_WHY), mu_cli_note },
    { "verify", "DIR", 1, 1, "prove that a run is as it was left, and judge it again",
      "Checks the hash chain of run.jsonl, the digest of every file against manifest.json and against its verdict line, and the signatures, and judges every verdict again from the "
      "stored octets, in sealed jobs, with suite, rules, profile and policies of the run; where those installed are others it says which and judges nothing. Prints FILE: SENTENCE "
      "for whatever is not as it was. The status is 1 then, and 3 when something could not be judged.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_OUTPUT, MU_OPT_WORK_JOBS, MU_OPT_JUDGE_ANYWAY, MU_OPT_NO_JUDGE, MU_OPT_CA, MU_OPT_AT, MU_OPT_HEAD), mu_cli_verify },
    { "sign", "DIR", 1, 1, "sign a run: chain, evidence and reports as they are",
      "Writes manifest.cms, a detached CMS signature over manifest.json, once chain, evidence, reports and the signatures before it hold; the next signer gets manifest-2.cms. "
      "Anybody can check it with the line of openssl that is printed. A signed folder takes no new reports, only notes; 'muster report --out' writes elsewhere. "
      "The status is 1 when the folder is not as it was left.",
      OPTIONS(MU_OPT_KEY, MU_OPT_CERT, MU_OPT_SIGNER_ROLE, MU_OPT_PASS_FILE), mu_cli_sign },
    { "diff", "OLD NEW", 2, 2, "compare two runs, and say what may have made the difference",
      "OLD and NEW are folders of runs. Names what was added, removed and changed, what got worse first, and puts each change down to what differs between the runs: the "
      "system under test, the suite, the expectation file, the environment, or nothing, and then the case is unstable. JSON follows reports/diff.schema.json. The status is 1 "
      "when there is a new failure that no expectation covers, 2 when the runs have no case in common, 3 when one is corrupt.",
      OPTIONS(MU_OPT_DIFF_FORMAT, MU_OPT_DIFF_OUT, MU_OPT_ALL), mu_cli_diff },
    { "history", "DIR...", 1, -1, "say of many runs since when a case is bad, and what was changed then",
      "DIR is the folder of a run, or one that holds runs, in it or below. The runs are read in the order in which they started; those of another profile or another system are a "
      "history of their own. For each case that is bad now: the first run since which it always was, the last good one, and what differs between these two. With --case "
      "the answer is that of a bisection: one case, run by run. JSON follows reports/history.schema.json.",
      OPTIONS(MU_OPT_HISTORY_CASE, MU_OPT_DIFF_FORMAT, MU_OPT_DIFF_OUT, MU_OPT_ALL), mu_cli_history },
    { "list", "WHAT", 1, 1, "list rules, coverage, cases, operators, sins, capabilities, adapters, functions, formats, lint or profiles",
      "WHAT is one of rules, cases, operators, sins, capabilities, adapters, functions, formats, lint, profiles.",
      OPTIONS(MU_OPT_PROFILE), mu_cli_list },
    { "explain", "RULE", 1, 1, "explain a rule: clause, hint, fixtures and how they are judged",
      "Shows the requirement, its level and clause, the advice, and what the rule says of its passing and its failing fixture.",
      OPTIONS(MU_OPT_PROFILE), mu_cli_explain },
    { "profile check", "DIR...", 1, -1, "check profiles, rules and suites",
      "Prints file:line:column and one sentence for every problem; the linter's findings are numbered.",
      NO_OPTIONS, mu_cli_profile_check },
    { "pki new", "DIR", 1, 1, "make a throw-away test PKI, with good and bad certificates",
      "Root, intermediate, server and client identities, and the bad ones that negative cases present. Keys are mode 0600; nothing here protects anything. "
      "In DIR/sap stands the PKI of the control plane, for adapters that come from elsewhere.",
      NO_OPTIONS, mu_cli_pki_new },
    { "pki adapter", "DIR ID...", 2, -1, "make certificates for remote adapters",
      "Each is urn:muster:sut:ID, made in DIR/sap by the authority of the adapters, which is made where it is missing. The operator of the adapter gets ca.pem, "
      "ID.chain.pem and ID.key of that folder; the pin printed is what a SUT file may demand besides.",
      OPTIONS(MU_OPT_DAYS), mu_cli_pki_adapter },
    { "pki pin", "FILE...", 1, -1, "print the pins of certificates",
      "The SHA-256 digest of the SubjectPublicKeyInfo of the first certificate in FILE, as openssl x509 -in FILE -noout -pubkey | openssl pkey -pubin -outform DER | "
      "openssl dgst -sha256 has it: to be read out over the telephone before it is believed.",
      NO_OPTIONS, mu_cli_pki_pin },
    { "adapter bridge", "CMD...", 1, -1, "let a harness in another enclave ask an adapter that runs here",
      "Dials the harness, or listens for it, over mutual TLS 1.3, starts CMD when the harness speaks, and relays lines both ways: any adapter becomes a remote one. "
      "A new CMD is started for each session. DIR of --pki holds ca.pem, ID.chain.pem and ID.key, as 'muster pki adapter' makes them. CMD stands behind --.",
      OPTIONS(MU_OPT_CONNECT, MU_OPT_LISTEN, MU_OPT_PKI, MU_OPT_ID, MU_OPT_PIN, MU_OPT_STDIO, MU_OPT_TRIES, MU_OPT_SESSIONS, MU_OPT_READY), mu_cli_adapter_bridge },
    { "twin send", "", 0, 0, "send one labelled message, as a sender under test would",
      "The command that a SUT file names as trigger when the twin is the sender.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_CONNECT, MU_OPT_TLS_NAME, MU_OPT_PKI, MU_OPT_IDENTITY, MU_OPT_TO, MU_OPT_FROM, MU_OPT_SUBJECT, MU_OPT_MESSAGE,
              MU_OPT_LABEL, MU_OPT_MARKING, MU_OPT_SIN), mu_cli_twin_send },
    { "twin", "", 0, 0, "run the bundled system under test: a small label-aware mail guard, or a label system behind an adapter",
      "With --sap it is a validator, labeller and decision point that answers over the adapter protocol with our own library. Otherwise it receives over mutual TLS, checks labels against their policies and the recipient's clearance, and stores, relays, translates or refuses with 5.7.x. With --profile it refuses whatever breaks a must-level rule of that profile, too. With --sin it misbehaves in one precise way.",
      OPTIONS(MU_OPT_SAP, MU_OPT_SAP_STDIO, MU_OPT_TEST_TIME, MU_OPT_PROFILE, MU_OPT_ROLE, MU_OPT_LISTEN, MU_OPT_NEXT, MU_OPT_PKI, MU_OPT_IDENTITY, MU_OPT_TLS_NAME, MU_OPT_SIN, MU_OPT_MAILDIR, MU_OPT_CLEARANCES, MU_OPT_TRANSLATE, MU_OPT_WORKERS,
              MU_OPT_READY), mu_cli_twin },
    { "selftest", "", 0, 0, "prove that the suite catches what it says",
      "The virtuous twin must pass everything; each sin must fail the cases that name it, which run with their controls, and with --whole no others. Without --sin the mutation score follows: "
      "every must assertion and every invalid case has to be killed by some sin, or to stand in selftest.xml of the profile with the reason why none can.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_JOBS, MU_OPT_SIN, MU_OPT_WHOLE, MU_OPT_HEALTH, MU_OPT_OUT), mu_cli_selftest },
    { "label parse", "[FILE...]", 0, -1, "say what a label says, and whether it is valid",
      "FILE is an ADatP-4774 label, a label fixture, a message with SIO-Label, an ESS or X.411 label in DER, base64 of any of these, or one line "
      "that is a marking; standard input when it is - or not given. Exit status 1: the label breaks a must rule.",
      OPTIONS(LABEL_OPTIONS, MU_OPT_MARKING_LANGUAGE), mu_cli_label_parse },
    { "label make", "[FILE]", 0, 1, "make a label from options, from a marking or from another label",
      "With --classification the label is made in the policy given; with --marking it is what the marking stands for; with FILE it is that label in "
      "another syntax. A label that breaks a must rule is refused with exit status 1, unless --anyway is given.",
      OPTIONS(LABEL_OPTIONS, MU_OPT_CLASSIFICATION, MU_OPT_CATEGORY, MU_OPT_PRIVACY_MARK, MU_OPT_ORIGINATOR, MU_OPT_CREATED, MU_OPT_REVIEW, MU_OPT_AS,
              MU_OPT_ANYWAY), mu_cli_label_make },
    { "label mark", "[FILE...]", 0, -1, "print the marking of a label, on a terminal in its colours",
      "One place in one language; with --format json all of them. Exit status 1: the label has no marking there.",
      OPTIONS(LABEL_OPTIONS, MU_OPT_MARKING_LANGUAGE, MU_OPT_PLACE), mu_cli_label_mark },
    { "label valid", "[FILE...]", 0, -1, "check labels by every rule: schema, ADatP-4774, policy",
      "Prints FILE: RULE level: sentence for each finding. Exit status 1: a must rule is broken.",
      OPTIONS(LABEL_OPTIONS), mu_cli_label_valid },
    { "label decide", "[FILE...]", 0, -1, "decide whether a clearance is enough for a label",
      "Prints PERMIT, or DENY with the rule and the reason, a line each label. Whatever cannot be understood denies. Exit status 1: denied.",
      OPTIONS(LABEL_OPTIONS, MU_OPT_CLEARANCE), mu_cli_label_decide },
    { "label dominate", "[FILE...]", 0, -1, "roll several labels up into the label of the whole; of two, say their order",
      "Prints the label and its marking, or 'policy decision' and why. Exit status 1: the rules give no label, a human must decide.",
      OPTIONS(LABEL_OPTIONS, MU_OPT_MARKING_LANGUAGE, MU_OPT_AS), mu_cli_label_dominate },
    { "label map", "[FILE...]", 0, -1, "say a label in the terms of another policy",
      "Prints the alternative label and its marking, or the rule by which it is refused. Exit status 1: refused.",
      OPTIONS(LABEL_OPTIONS, MU_OPT_MARKING_LANGUAGE, MU_OPT_TO_POLICY, MU_OPT_APPLIED, MU_OPT_AS), mu_cli_label_map },
    { "doctor", "", 0, 0, "look at ports, certificates, clock and tools before an event",
      "Checks the machine, and with --sut the files and addresses of that system under test.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_SUT), mu_cli_doctor },
    { "policy check", "FILE...", 1, -1, "check security policies (SPIF), and several against each other",
      "Prints file:line:column, the rule, its level and one sentence for every finding; with --format json an array. The status is 1 when a must is broken, "
      "and 2 when a file cannot be read. 'muster explain RULE' tells more of a rule.",
      OPTIONS(MU_OPT_FORMAT, MU_OPT_LANGUAGES, MU_OPT_PHASE, MU_OPT_TEST_TIME),
      mu_cli_policy_check },
    { "policy show", "FILE", 1, 1, "show a security policy: classifications, categories, phrases, equivalences",
      "Tables for people, or one JSON object with --format json.",
      OPTIONS(MU_OPT_FORMAT), mu_cli_policy_show },
    { "adapter new", "", 0, 0, "write an adapter to begin with, in your language",
      "A template that works as it is, with a SUT file and a page with the commands that follow. One function in it is marked as the place for your system.",
      OPTIONS(MU_OPT_LANG, MU_OPT_OUT), mu_cli_adapter_new },
    { "adapter check", "COMMAND...", 1, -1, "hold an adapter to the protocol before anything is run with it",
      "COMMAND is the adapter and its arguments, or one word as --adapter takes it: 'stdio:COMMAND' too. It is started as in a run, several times, and talked to by a sealed "
      "job. Prints every check that does not hold with what was sent, what came and a hint, then the score. The status is 1 when a must does not hold.",
      OPTIONS(MU_OPT_HOSTILE, MU_OPT_DEADLINE, MU_OPT_OUTPUT, MU_OPT_SEED, MU_OPT_WRITABLE), mu_cli_adapter_check },
    { "adapter show", "COMMAND", 1, 1, "greet an adapter and print what it says of itself",
      "COMMAND is one word as --adapter takes it: the handshake and its probes are made as in a run. What the lint has to say of its capabilities stands at the end.",
      OPTIONS(MU_OPT_PKI, MU_OPT_ID, MU_OPT_WRITABLE), mu_cli_adapter_show },
    { "adapter schema", "", 0, 0, "print the adapter protocol as data",
      "Made from the tables that the program itself goes by; harness/docs/sap-1.json and sap-1.schema.json are the same.",
      OPTIONS(MU_OPT_SCHEMA_FORMAT), mu_cli_adapter_schema },
    { "adapter record", "FILE COMMAND...", 2, -1, "be an adapter that passes lines on to another and writes them down",
      "Started by a harness in place of COMMAND, which may stand behind --. FILE gets one JSON object a line: who said what when, in which life of the adapter. It holds one run: "
      "an adapter that is started again is recorded on, and another run begins it anew. FILE must lie where the adapter may write: a folder of --writable, or of 'writable' in the SUT file.",
      OPTIONS(MU_OPT_SAP_STDIO), mu_cli_adapter_record },
    { "adapter replay", "FILE", 1, 1, "be an adapter that says what a record says",
      "Finds the answer by what is asked, whatever its id; what the record does not hold is answered adapter-fault and named on standard error. Each start plays the next life, "
      "and ends as that did. A run asks the same as the recorded one when it has the same --nonce, --seed and --test-time.",
      OPTIONS(MU_OPT_SAP_STDIO), mu_cli_adapter_replay },
    { "manual", "", 0, 0, "print muster(1) as roff", "", NO_OPTIONS, mu_cli_manual },
    { "completion", "", 0, 0, "print the bash completion", "", NO_OPTIONS, mu_cli_completion },
};
/* clang-format on */

const struct mu_command *mu_command_at(size_t i)
{
    return i < MU_COUNT(command) ? &command[i] : NULL;
}
