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

/* clang-format off */
static const struct mu_command command[] = {
    { "run", "", 0, 0, "run a profile's suite against a system under test",
      "Plans the cases, runs them in sealed jobs, writes run.jsonl and the evidence as it goes, and makes every report at the end. "
      "SIGINT ends the run in good order; what is written is valid and can be resumed.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_SUT, MU_OPT_SELECT, MU_OPT_JOBS, MU_OPT_SEED, MU_OPT_OUT, MU_OPT_RESUME, MU_OPT_ISOLATION,
              MU_OPT_TEST_TIME, MU_OPT_INCONCLUSIVE, MU_OPT_NO_EVIDENCE, MU_OPT_KEY_LOG, MU_OPT_SHORT), mu_cli_run },
    { "plan", "", 0, 0, "print every case, in or out, with the reason",
      "Nothing is sent. The order is that of the run: controls before the cases that need them, exclusive cases last.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_SUT, MU_OPT_SELECT, MU_OPT_TEST_TIME), mu_cli_plan },
    { "report", "DIR", 1, 1, "make the reports of a run again",
      "Reports are functions of the run stream and its evidence and of nothing else; each is made in a sealed job.",
      OPTIONS(MU_OPT_FORMAT, MU_OPT_OUT, MU_OPT_SHORT), mu_cli_report },
    { "list", "WHAT", 1, 1, "list rules, cases, operators, sins, capabilities, adapters, functions, formats, lint or profiles",
      "WHAT is one of rules, cases, operators, sins, capabilities, adapters, functions, formats, lint, profiles.",
      OPTIONS(MU_OPT_PROFILE), mu_cli_list },
    { "explain", "RULE", 1, 1, "explain a rule: clause, hint, fixtures and how they are judged",
      "Shows the requirement, its level and clause, the advice, and what the rule says of its passing and its failing fixture.",
      OPTIONS(MU_OPT_PROFILE), mu_cli_explain },
    { "profile check", "DIR...", 1, -1, "check profiles, rules and suites",
      "Prints file:line:column and one sentence for every problem; the linter's findings are numbered.",
      NO_OPTIONS, mu_cli_profile_check },
    { "pki new", "DIR", 1, 1, "make a throw-away test PKI, with good and bad certificates",
      "Root, intermediate, server and client identities, and the bad ones that negative cases present. Keys are mode 0600; nothing here protects anything.",
      NO_OPTIONS, mu_cli_pki_new },
    { "twin send", "", 0, 0, "send one labelled message, as a sender under test would",
      "The command that a SUT file names as trigger when the twin is the sender.",
      OPTIONS(MU_OPT_CONNECT, MU_OPT_TLS_NAME, MU_OPT_PKI, MU_OPT_IDENTITY, MU_OPT_TO, MU_OPT_FROM, MU_OPT_SUBJECT, MU_OPT_MESSAGE,
              MU_OPT_LABEL, MU_OPT_MARKING, MU_OPT_SIN), mu_cli_twin_send },
    { "twin", "", 0, 0, "run the bundled system under test: a small label-aware mail guard",
      "Receives over mutual TLS, checks labels, and stores, relays or refuses with 5.7.x. With --sin it misbehaves in one precise way.",
      OPTIONS(MU_OPT_ROLE, MU_OPT_LISTEN, MU_OPT_NEXT, MU_OPT_PKI, MU_OPT_IDENTITY, MU_OPT_TLS_NAME, MU_OPT_SIN, MU_OPT_MAILDIR, MU_OPT_WORKERS,
              MU_OPT_READY), mu_cli_twin },
    { "selftest", "", 0, 0, "prove that the suite catches what it says",
      "The virtuous twin must pass everything; each sin must fail exactly the cases that name it.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_JOBS, MU_OPT_SIN, MU_OPT_OUT), mu_cli_selftest },
    { "doctor", "", 0, 0, "look at ports, certificates, clock and tools before an event",
      "Checks the machine, and with --sut the files and addresses of that system under test.",
      OPTIONS(MU_OPT_PROFILE, MU_OPT_SUT), mu_cli_doctor },
    { "manual", "", 0, 0, "print muster(1) as roff", "", NO_OPTIONS, mu_cli_manual },
    { "completion", "", 0, 0, "print the bash completion", "", NO_OPTIONS, mu_cli_completion },
};
/* clang-format on */

const struct mu_command *mu_command_at(size_t i)
{
    return i < MU_COUNT(command) ? &command[i] : NULL;
}
