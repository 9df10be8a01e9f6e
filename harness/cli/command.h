/*
 * command.h - the table of commands and the table of options. Everything that a user can type stands
 * there once: parsing, --help, muster(1) and the completion are made from the rows.
 */
#ifndef MU_CLI_COMMAND_H
#define MU_CLI_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "base/exit.h"

enum mu_option_id {
    MU_OPT_PROFILE,
    MU_OPT_SUT,
    MU_OPT_SELECT,
    MU_OPT_JOBS,
    MU_OPT_SEED,
    MU_OPT_OUT,
    MU_OPT_RESUME,
    MU_OPT_ISOLATION,
    MU_OPT_TEST_TIME,
    MU_OPT_INCONCLUSIVE,
    MU_OPT_RETRY,
    MU_OPT_REPEAT,
    MU_OPT_UNTIL_FAIL,
    MU_OPT_FINAL,
    MU_OPT_NO_EVIDENCE,
    MU_OPT_EVIDENCE,
    MU_OPT_NO_CONTENT,
    MU_OPT_CONTENT_KEY,
    MU_OPT_KEY_LOG,
    MU_OPT_FORMAT,
    MU_OPT_SHORT,
    MU_OPT_WORDS,
    MU_OPT_WATCH,
    MU_OPT_ROLE,
    MU_OPT_LISTEN,
    MU_OPT_NEXT,
    MU_OPT_PKI,
    MU_OPT_DAYS,
    MU_OPT_ID,
    MU_OPT_PIN,
    MU_OPT_STDIO,
    MU_OPT_TRIES,
    MU_OPT_SESSIONS,
    MU_OPT_SIN,
    MU_OPT_HEALTH,
    MU_OPT_WHOLE,
    MU_OPT_MAILDIR,
    MU_OPT_CLEARANCES,
    MU_OPT_SAP,
    MU_OPT_SAP_STDIO,
    MU_OPT_TRANSLATE,
    MU_OPT_WORKERS,
    MU_OPT_READY,
    MU_OPT_TO,
    MU_OPT_FROM,
    MU_OPT_SUBJECT,
    MU_OPT_LABEL,
    MU_OPT_MARKING,
    MU_OPT_MESSAGE,
    MU_OPT_MESSAGE_FILE,
    MU_OPT_CONNECT,
    MU_OPT_TLS_NAME,
    MU_OPT_IDENTITY,
    MU_OPT_POLICY,
    MU_OPT_CASE,
    MU_OPT_CLEARANCE,
    MU_OPT_TO_POLICY,
    MU_OPT_APPLIED,
    MU_OPT_MARKING_LANGUAGE,
    MU_OPT_PLACE,
    MU_OPT_MATCH,
    MU_OPT_MARKING_TEXT,
    MU_OPT_CLASSIFICATION,
    MU_OPT_CATEGORY,
    MU_OPT_PRIVACY_MARK,
    MU_OPT_ORIGINATOR,
    MU_OPT_CREATED,
    MU_OPT_REVIEW,
    MU_OPT_AS,
    MU_OPT_ANYWAY,
    MU_OPT_OUTPUT,
    MU_OPT_LANGUAGES,
    MU_OPT_CHECK_FORMAT,
    MU_OPT_OUT_FILE,
    MU_OPT_WORK_JOBS,
    MU_OPT_LEVEL,
    MU_OPT_RULE,
    MU_OPT_PHASE,
    MU_OPT_HOSTILE,
    MU_OPT_DEADLINE,
    MU_OPT_LANG,
    MU_OPT_ADAPTER,
    MU_OPT_WRITABLE,
    MU_OPT_NONCE,
    MU_OPT_UNCLAIMED,
    MU_OPT_SHARD,
    MU_OPT_DISPUTE,
    MU_OPT_OVERRIDE,
    MU_OPT_WITHDRAW,
    MU_OPT_BY,
    MU_OPT_WHY,
    MU_OPT_SCHEMA_FORMAT,
    MU_OPT_JUDGE_ANYWAY,
    MU_OPT_NO_JUDGE,
    MU_OPT_CA,
    MU_OPT_AT,
    MU_OPT_HEAD,
    MU_OPT_KEY,
    MU_OPT_CERT,
    MU_OPT_SIGNER_ROLE,
    MU_OPT_PASS_FILE,
    MU_OPT_DIFF_FORMAT,
    MU_OPT_DIFF_OUT,
    MU_OPT_ALL,
    MU_OPT_HISTORY_CASE,
    MU_OPT_BASELINE,
    MU_OPT_REDACT,
    MU_OPT_REDACT_KEY,
    MU_OPT_CEILING,
    MU_OPT_ABOVE,
    MU_OPT_HELP,
    MU_OPT_VERSION,
    MU_OPTIONS,
};

struct mu_option {
    enum mu_option_id id;
    const char *name;     /* long name, without dashes                               */
    char letter;          /* short form or '\0'                                      */
    const char *argument; /* "DIR|NAME"; NULL: takes none                            */
    const char *help;     /* one sentence, lower case, no full stop                  */
    const char *files;    /* completion: "file", "dir", or words; NULL               */
};

/* What was typed after the command. */
struct mu_arguments {
    const char *program;
    const char *value[MU_OPTIONS]; /* "" for options without an argument; NULL: not given */
    const struct mu_typed {
        enum mu_option_id id;
        const char *value;
    } * typed; /* every option with an argument, in the order typed: some may be given again */
    size_t typeds;
    char **operand;
    int operands;
    char **environment;
    struct mu_arena *arena; /* lives as long as the command */
};

struct mu_command {
    const char *name;                /* "run", "profile check" */
    const char *operands;            /* "DIR...", "" */
    int least, most;                 /* how many operands; most -1: any number */
    const char *summary;             /* one sentence */
    const char *detail;              /* paragraphs for the manual */
    const enum mu_option_id *option; /* allowed, MU_OPTIONS-terminated */
    /* False is an error: the message is printed and the status is that of its code. */
    bool (*run)(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
};

const struct mu_option *mu_option(enum mu_option_id id);
const struct mu_command *mu_command_at(size_t i); /* NULL past the last */

/* Parse argv (the command's name taken off). MU_ERR_USAGE with the nearest known option. */
bool mu_arguments_parse(const struct mu_command *command, int argc, char **argv,
                        struct mu_arguments *args, struct mu_err *err) MU_MUST_USE;

/* An option's number within [min, max]; `absent` when it was not given. */
bool mu_argument_number(const struct mu_arguments *args, enum mu_option_id id, long min, long max,
                        long absent, long *out, struct mu_err *err) MU_MUST_USE;

/* Every value of an option that may be given again, in the order typed; how many. */
size_t mu_argument_values(const struct mu_arguments *args, enum mu_option_id id,
                          const char ***value);

/* Which of `count` words an option names, by its index; `absent` when it was not given. MU_ERR_USAGE
 * with the nearest word. */
bool mu_argument_word(const struct mu_arguments *args, enum mu_option_id id,
                      const char *const *word, size_t count, size_t absent, size_t *out,
                      struct mu_err *err) MU_MUST_USE;

/* manual.c: what --help, muster(1) and the completion say. */
/* Every command, or those whose first word is `group`. */
void mu_print_usage(const char *group);
void mu_print_help(const struct mu_command *command);
void mu_print_manual(void);
void mu_print_completion(void);

/* One function a command, one file a subject. */
bool mu_cli_run(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_plan(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_check(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_shrink(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_report(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_note(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_merge(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_verify(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_sign(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_diff(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_history(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_list(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_explain(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_profile_check(const struct mu_arguments *args, enum mu_exit *status,
                          struct mu_err *err);
bool mu_cli_policy_check(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_policy_show(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_pki_new(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_adapter_bridge(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err);
bool mu_cli_pki_adapter(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_pki_pin(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_twin(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_twin_send(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_selftest(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_label_parse(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_label_make(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_label_mark(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_label_valid(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_label_decide(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_label_dominate(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err);
bool mu_cli_label_map(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_doctor(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_adapter_new(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_adapter_record(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err);
bool mu_cli_adapter_replay(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err);
bool mu_cli_adapter_show(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_adapter_schema(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err);
bool mu_cli_adapter_check(const struct mu_arguments *args, enum mu_exit *status,
                          struct mu_err *err);
bool mu_cli_manual(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);
bool mu_cli_completion(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err);

#endif
