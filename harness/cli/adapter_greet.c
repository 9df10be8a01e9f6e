/* An adapter that is named on the command line says what it is; `muster adapter show` prints it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "cli/adapter.h"
#include "core/record.h"
#include "net/dial.h"
#include "proto/sap.h"

struct greeting {
    struct mu_sap_opening opening;
};

/* What the job says: a "ready" record, or one sentence in a note. */
static bool greet(void *self, struct mu_arena *arena, int in, int out, struct mu_buf *result,
                  struct mu_err *err)
{
    const struct greeting *g = self;
    struct mu_seat seat = { .arena = arena, .operation_ms = g->opening.operation_ms };
    struct mu_sap_opening opening = g->opening;
    struct mu_sap_hello hello;
    struct mu_sap_link *link;
    struct mu_err why;
    struct mu_record record = { .type = MU_RECORD_NOTE };
    (void) err;
    opening.in = in;
    opening.out = out;
    if (mu_sap_calls.open(&seat, &opening, &link, &hello, &why)) {
        mu_record_hello(&record, 0, &hello);
        mu_sap_calls.close(link);
    } else {
        mu_record_put(&record, mu_sap_reason(&why, MU_SAP_HELLO));
        mu_record_put(&record, mu_sap_sentence(arena, &why));
    }
    mu_buf_put(result, &record, mu_record_size(&record));
    return true;
}

/* --- what came back ------------------------------------------------------------------------------- */

static const char *copy(struct mu_arena *arena, const char *text)
{
    return mu_arena_strndup(arena, text, strlen(text));
}

static bool take_name(struct mu_sap_hello *h, const char *name, const char *value)
{
    const struct {
        const char *name, **to;
    } row[] = { { "adapter.name", &h->adapter_name }, { "adapter.version", &h->adapter_version },
                { "adapter.language", &h->language }, { "sut.name", &h->sut_name },
                { "sut.version", &h->sut_version },   { "sut.build", &h->sut_build },
                { "sut.owner", &h->sut_owner },       { "sut.label_ceiling", &h->label_ceiling } };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].name, name) == 0) {
            *row[i].to = value;
            return true;
        }
    return false;
}

static void take_cap(struct mu_sap_hello *h, const char *name, const char *value)
{
    struct mu_sap_cap *last = h->caps > 0 ? &h->cap[h->caps - 1] : NULL;
    if (strcmp(name, "cap") == 0 && h->caps < MU_SAP_CAPS_MAX)
        h->cap[h->caps++] = (struct mu_sap_cap){ .name = value };
    else if (last != NULL && strcmp(name, "cap.status") == 0)
        last->unsupported = true;
    else if (last != NULL && strcmp(name, "cap.note") == 0)
        last->note = value;
    else if (last != NULL && strcmp(name, "cap.details") == 0)
        last->details = value;
}

static void take(struct mu_sap_hello *h, const char *name, const char *value)
{
    unsigned bit;
    if (take_name(h, name, value))
        return;
    if (strcmp(name, "role") == 0 && mu_sap_role_from_name(value, &bit))
        h->roles |= bit;
    else if (strcmp(name, "in_flight") == 0)
        h->in_flight = (uint32_t) strtoul(value, NULL, 10);
    else if (strcmp(name, "skew_ms") == 0)
        h->skew_ms = strtoll(value, NULL, 10);
    else if (strcmp(name, "each") == 0)
        h->each_op = strcmp(value, "op") == 0;
    else if (strcmp(name, "lint") == 0 && h->lints < MU_SAP_CAPS_MAX)
        h->lint[h->lints++] = value;
    else
        take_cap(h, name, value);
}

/* The job has read what the adapter said: nothing is believed before it is looked at. */
static bool read_result(struct mu_arena *arena, struct mu_bytes result, const char *said,
                        bool no_content, const struct mu_sap_hello **hello, struct mu_err *err)
{
    struct mu_record record = { 0 };
    struct mu_sap_hello *h = mu_new(arena, struct mu_sap_hello);
    if (result.n > sizeof record)
        return mu_fail(err, MU_ERR_PEER, "the job that greeted the adapter said what it must not");
    memcpy(&record, result.p, result.n);
    if (!mu_record_valid(&record, result.n))
        return mu_fail(err, MU_ERR_PEER, "the job that greeted the adapter said what it must not");
    if (record.type == MU_RECORD_NOTE && no_content)
        return mu_fail(err, MU_ERR_PEER,
                       "the adapter did not greet as it must; what it said is not shown");
    if (record.type == MU_RECORD_NOTE)
        return mu_fail(err, MU_ERR_PEER, "%s: %s%s%s", mu_record_text(&record, 0),
                       mu_text_line(arena, mu_bytes_of(mu_record_text(&record, 1))),
                       said[0] != '\0' ? "; it printed: " : "", said);
    h->cap = mu_arena_array(arena, MU_SAP_CAPS_MAX, sizeof *h->cap);
    h->lint = mu_arena_array(arena, MU_SAP_CAPS_MAX, sizeof *h->lint);
    for (unsigned i = 1; *mu_record_text(&record, i) != '\0'; i += 2)
        take(h, copy(arena, mu_record_text(&record, i)),
             copy(arena, mu_record_text(&record, i + 1)));
    *hello = h;
    return true;
}

/* --- greeting ------------------------------------------------------------------------------------- */

static bool greet_program(const struct mu_arguments *args, const char *command,
                          const struct mu_adapter_talk *talk, struct mu_bytes *result,
                          const char **killed, const char **said, struct mu_err *err)
{
    struct mu_adapter_start start;
    struct mu_sap_check_end end;
    TRY(mu_adapter_named(args, command, &start, err)
        && mu_adapter_work(&start, args->value[MU_OPT_NO_CONTENT] != NULL, err));
    start.program.writable = mu_adapter_writable(args);
    TRY(mu_adapter_sit(&start, start.program.way, talk, result, killed, &end, err));
    *said = mu_adapter_last_line(args->arena, end.said);
    return true;
}

/* Who a remote adapter must be. Whoever else has a certificate of that authority is another adapter. */
static bool set_peer(const struct mu_arguments *args, struct mu_sut_adapter *adapter,
                     struct mu_err *err)
{
    const char *id = args->value[MU_OPT_ID];
    if (adapter->way != MU_SAP_DIAL)
        return true;
    if (args->value[MU_OPT_PKI] == NULL || id == NULL)
        return mu_fail(
            err, MU_ERR_USAGE,
            "an adapter over TLS needs --pki, the folder made by 'muster pki new', and --id, "
            "the name that 'muster pki adapter' gave it");
    adapter->peer.uri = mu_arena_printf(args->arena, MU_CONTROL_SUT "%s", id);
    return true;
}

static bool greet_remote(const struct mu_arguments *args, const struct mu_sut_adapter *adapter,
                         struct greeting *g, const struct mu_adapter_talk *talk,
                         struct mu_bytes *result, const char **killed, struct mu_err *err)
{
    struct mu_tls *tls;
    int fd;
    TRY(mu_sap_calls.prepare(args->arena, mu_file_join(args->arena, args->value[MU_OPT_PKI], "sap"),
                             false, &tls, err));
    g->opening.tls = tls;
    g->opening.peer = &adapter->peer;
    TRY(mu_dial_start(&adapter->address, &fd, err));
    if (mu_dial_finish(fd, mu_clock_ms() + MU_OPERATION_MS, err))
        return mu_adapter_job(args->arena, talk, fd, fd, result, killed, err);
    close(fd);
    return false;
}

bool mu_adapter_greet(const struct mu_arguments *args, const char *command,
                      const struct mu_sap_hello **hello, struct mu_err *err)
{
    struct mu_sut_adapter adapter;
    struct mu_bytes result = { 0 };
    const char *killed = NULL, *said = "";
    *hello = NULL;
    TRY(mu_sut_adapter_parse(args->arena, command, &adapter, err));
    TRY(set_peer(args, &adapter, err));
    if (adapter.way == MU_SAP_FILTER)
        return true;
    struct greeting g = { .opening = { .way = adapter.way,
                                       .suite = "none",
                                       .suite_digest = NULL,
                                       .run_id = "greeting",
                                       .nonce =
                                           mu_arena_printf(args->arena, "%ld", (long) getpid()),
                                       .operation_ms = MU_PROGRAM_READY_MS / MU_SAP_FIRST_TIMES,
                                       .test_time = args->value[MU_OPT_TEST_TIME] } };
    struct mu_adapter_talk talk = { .self = &g,
                                    .deadline_ms = 2 * MU_PROGRAM_READY_MS,
                                    .talk = greet };
    if (adapter.way == MU_SAP_DIAL)
        TRY(greet_remote(args, &adapter, &g, &talk, &result, &killed, err));
    else
        TRY(greet_program(args, command, &talk, &result, &killed, &said, err));
    bool no_content = args->value[MU_OPT_NO_CONTENT] != NULL;
    if (killed != NULL && !no_content)
        return mu_fail(err, MU_ERR_PEER, "the job that greeted the adapter ended: %s", killed);
    if (killed != NULL)
        return mu_fail(err, MU_ERR_PEER, "the job that greeted the adapter ended badly");
    return read_result(args->arena, result, said, no_content, hello, err);
}

bool mu_adapter_sut(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    const char *command = args->value[MU_OPT_ADAPTER];
    const struct mu_sap_hello *hello;
    TRY(mu_adapter_greet(args, command, &hello, err));
    TRY(mu_sut_of_adapter(world->arena, command, hello, &world->sut, err));
    TRY(set_peer(args, world->sut.adapter, err));
    world->sut.pki = args->value[MU_OPT_PKI];
    world->sut.adapter[0].writable = mu_adapter_writable(args);
    return true;
}

/* --- muster adapter show -------------------------------------------------------------------------- */

static void say(const struct mu_arguments *args, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0')
        printf("%-12s %s\n", name, mu_text_line(args->arena, mu_bytes_of(text)));
}

static void say_caps(const struct mu_arguments *args, const struct mu_sap_hello *h)
{
    for (size_t i = 0; i < h->caps; i++) {
        const struct mu_sap_cap *cap = &h->cap[i];
        say(args, i == 0 ? "capabilities" : "",
            mu_arena_printf(
                args->arena, "%s%s%s%s%s", cap->name, cap->unsupported ? " (unsupported)" : "",
                cap->details != NULL ? " " : "", cap->details != NULL ? cap->details : "",
                cap->note != NULL ? cap->note : ""));
    }
    for (size_t i = 0; i < h->lints; i++)
        say(args, i == 0 ? "lint" : "", h->lint[i]);
}

bool mu_cli_adapter_show(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    const struct mu_sap_hello *h;
    struct mu_buf roles = { .arena = args->arena };
    struct mu_world world;
    TRY(mu_world_start(&world, args, err));
    TRY(mu_adapter_greet(args, args->operand[0], &h, err));
    if (h == NULL)
        return mu_fail(err, MU_ERR_USAGE, "a filter has no hello: it says nothing of itself");
    for (unsigned bit = 1; bit <= MU_SAP_EVERY_ROLE; bit <<= 1)
        if ((h->roles & bit) != 0)
            mu_buf_printf(&roles, "%s%s", roles.n > 0 ? ", " : "", mu_sap_role_name(bit));
    say(args, "adapter",
        mu_arena_printf(args->arena, "%s %s", h->adapter_name, h->adapter_version));
    say(args, "language", h->language);
    say(args, "system", mu_arena_printf(args->arena, "%s %s", h->sut_name, h->sut_version));
    say(args, "build", h->sut_build);
    say(args, "owner", h->sut_owner);
    say(args, "ceiling", h->label_ceiling);
    say(args, "roles", mu_buf_text(&roles));
    say(args, "in flight", mu_arena_printf(args->arena, "%u", h->in_flight));
    say(args, "isolation", h->each_op ? "op" : "case");
    say(args, "clock", mu_arena_printf(args->arena, "%lld ms from ours", (long long) h->skew_ms));
    say_caps(args, h);
    *status = MU_EXIT_OK;
    return true;
}
