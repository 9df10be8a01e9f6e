/* `muster adapter check`: the numbered checks, one sitting after the other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/adapter.h"
#include "document/message.h"

/* What every adapter is asked about; the label of the fixtures that most is said of. */
#define LABEL     "fixtures/labels/restricted.xml"
#define CLEARANCE "fixtures/clearances/nato-secret.xml"
#define TO_POLICY "EU-EXERCISE"
static const char *const policy_file[] = { "profiles/policies/nato-exercise.xml",
                                           "profiles/policies/eu-exercise.xml" };

/* --- inputs --------------------------------------------------------------------------------------- */

static bool read_data(struct mu_world *world, const char *name, struct mu_bytes *out,
                      struct mu_err *err)
{
    const char *path = mu_data_find(&world->data, world->arena, name);
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no file '%s' was found", name);
    return mu_file_read(world->arena, path, MU_OPERATOR_FILE_MAX, out, err);
}

static bool read_label(struct mu_adapter_check *c, struct mu_err *err)
{
    struct mu_message message = { 0 };
    const char *path = mu_data_find(&c->world.data, c->world.arena, LABEL);
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no file '%s' was found", LABEL);
    TRY(mu_message_load_label(c->world.arena, path, &message, err));
    c->task.label = message.label;
    c->task.marking = message.marking;
    return true;
}

/* A table of answers made yesterday must not do today; a given seed makes it the same again. */
static const char *nonce(struct mu_arena *arena, long seed)
{
    char text[MU_DIGEST_TEXT];
    mu_digest_text(mu_bytes_of(mu_arena_printf(arena, "adapter check %ld", seed)), text);
    return mu_arena_strndup(arena, text, 32);
}

static bool prepare(struct mu_adapter_check *c, struct mu_err *err)
{
    long seed, wait_ms;
    struct mu_bytes *policy = mu_arena_array(c->world.arena, MU_COUNT(policy_file), sizeof *policy);
    TRY(mu_argument_number(c->args, MU_OPT_SEED, 0, 2147483647, (long) time(NULL), &seed, err));
    TRY(mu_argument_number(c->args, MU_OPT_DEADLINE, 10, 60000, MU_SAP_CHECK_MS, &wait_ms, err));
    c->task = (struct mu_sap_check_task){
        .wait_ms = (uint32_t) wait_ms,
        .start_ms = (uint32_t) wait_ms * MU_SAP_CHECK_START,
        .policy = policy,
        .policies = MU_COUNT(policy_file),
        .to_policy = TO_POLICY,
        .test_time = c->world.test_time_text,
        .nonce = nonce(c->world.arena, seed),
    };
    c->start.leave_ms = (uint32_t) wait_ms;
    for (size_t i = 0; i < MU_COUNT(policy_file); i++)
        TRY(read_data(&c->world, policy_file[i], &policy[i], err));
    TRY(read_data(&c->world, CLEARANCE, &c->task.clearance, err));
    return read_label(c, err);
}

/* --- sittings ------------------------------------------------------------------------------------- */

static bool talk(void *self, struct mu_arena *arena, int in, int out, struct mu_buf *result,
                 struct mu_err *err)
{
    const struct mu_adapter_check *c = self;
    (void) err;
    mu_sap_check_sit(arena, c->sitting, &c->task, in, out, result);
    return true;
}

static void set_all(struct mu_adapter_check *c, enum mu_sap_checked_state state, const char *why)
{
    for (size_t i = 0; i < mu_sap_check_count(); i++)
        if (mu_sap_check_belongs(i, c->sitting))
            c->checked[i] = (struct mu_sap_checked){ state, why, "", "" };
}

static bool sit(struct mu_adapter_check *c, struct mu_err *err)
{
    const struct mu_sap_sitting *sitting = mu_sap_check_sitting(c->sitting);
    struct mu_knocker knocker;
    struct mu_adapter_talk how = { .self = c,
                                   .deadline_ms = c->task.start_ms + MU_SAP_CHECK_SITTING_MS,
                                   .terminate = sitting->terminate,
                                   .knocker = c->sitting == 0 ? &knocker : NULL,
                                   .talk = talk };
    c->task.knock = mu_knock;
    c->task.knocker = &knocker;
    struct mu_sap_check_end end = { 0 };
    struct mu_bytes result = { 0 };
    const char *killed = NULL, *digest = "";
    enum mu_sap_way way = sitting->argument != NULL ? MU_SAP_STDIO : c->start.program.way;
    c->task.noise = way == MU_SAP_STDIO ? MU_SAP_PREAMBLE_MAX : 0;
    TRY(mu_adapter_sit(&c->start, way, &how, &result, &killed, &end, err));
    if (killed != NULL) /* what the talk did to its reader is the adapter's doing */
        set_all(c, MU_CHECK_BREAKS,
                mu_arena_printf(c->start.arena, "the job that read the adapter ended: %s", killed));
    else
        TRY(mu_sap_check_read(c->start.arena, c->sitting, result, c->checked, &digest, err));
    mu_sap_check_ended(c->start.arena, c->sitting, &end, c->checked);
    if (c->task.digest == NULL) {
        c->task.digest = digest;
        c->printed = mu_adapter_last_line(c->start.arena, end.said);
    }
    return true;
}

static bool sit_all(struct mu_adapter_check *c, struct mu_err *err)
{
    for (c->sitting = 0; c->sitting < mu_sap_check_sittings(); c->sitting++) {
        if (mu_sap_check_sitting(c->sitting)->hostile && !c->hostile)
            continue;
        if (c->task.digest != NULL && c->task.digest[0] == '\0')
            set_all(c, MU_CHECK_CUT, "it has not answered hello");
        else
            TRY(sit(c, err));
    }
    return true;
}

bool mu_cli_adapter_check(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    static const char *const format[] = { "text", "json" };
    struct mu_adapter_check c = { .args = args, .hostile = args->value[MU_OPT_HOSTILE] != NULL };
    size_t chosen;
    TRY(mu_argument_word(args, MU_OPT_OUTPUT, format, MU_COUNT(format), 0, &chosen, err));
    TRY(mu_world_start(&c.world, args, err));
    TRY(mu_adapter_operands(args, &c.start, err));
    TRY(mu_adapter_work(&c.start, false, err));
    c.start.program.writable = mu_adapter_writable(args);
    TRY(prepare(&c, err));
    bool filter = c.start.program.way == MU_SAP_FILTER;
    c.checks = filter ? mu_sap_filter_count() : mu_sap_check_count();
    c.at = filter ? mu_sap_filter_at : mu_sap_check_at;
    c.checked = mu_arena_array(args->arena, c.checks, sizeof *c.checked);
    TRY(filter ? mu_adapter_check_filter(&c, err) : sit_all(&c, err));
    if (chosen == 0)
        mu_adapter_check_text(&c);
    else
        mu_adapter_check_json(&c);
    *status = mu_adapter_score(&c).must > 0 ? MU_EXIT_FAILURES : MU_EXIT_OK;
    return true;
}
