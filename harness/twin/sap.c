#include "twin/sap.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/datetime.h"
#include "policy/marking.h"
#include "proto/sap_server.h"
#include "twin/labels.h"

#define IN_FLIGHT    64
#define SLOW_EVERY   100
#define SLOW_WAIT_MS 60000

struct adapter {
    struct mu_arena *arena; /* of what configure brought */
    struct mu_twin_labels labels;
    uint64_t asked;
};

/* --- configure ---------------------------------------------------------------------------------------- */

static bool install(struct adapter *a, struct mu_bytes file, struct mu_policies *all)
{
    struct mu_err err;
    struct mu_policy *policy;
    struct mu_bytes own = { mu_bytes_dup(a->arena, file), file.n };
    enum mu_policy_case how =
        mu_sin_is(a->labels.sin, MU_SIN_FOLD_CASE) ? MU_CASE_INSENSITIVE : MU_CASE_OF_POLICY;
    if (!mu_policy_load_case(a->arena, own, "policy", how, &policy, &err)) {
        fprintf(stderr, "twin: %s\n", err.msg);
        return false;
    }
    all->policy[all->count++] = policy;
    return true;
}

static void configure(struct mu_sap_turn *turn, struct mu_sap_given *given)
{
    struct adapter *a = turn->self;
    struct mu_instant now;
    mu_arena_free(a->arena);
    a->arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_policies all = { .policy = mu_arena_array(a->arena, given->policies + 1,
                                                        sizeof *all.policy) };
    for (size_t i = 0; i < given->policies; i++)
        given->installed[i] = install(a, given->policy[i], &all);
    mu_marking_prepare(a->arena, &all);
    a->labels.policies = all;
    if (given->time != NULL && mu_datetime_read(mu_bytes_of(given->time), &now))
        a->labels.now = now.seconds;
}

/* --- operations ----------------------------------------------------------------------------------------- */

/* The mocks that misbehave as programs do: they die, hang, or talk. */
static void misbehave(struct adapter *a, const struct mu_sap_turn *turn)
{
    const struct mu_sin *sin = a->labels.sin;
    if (mu_sin_is(sin, MU_SIN_CRASHER)
        && mu_bytes_find(turn->request->label, MU_BYTES("<!DOCTYPE"), 0) != SIZE_MAX)
        abort();
    if (mu_sin_is(sin, MU_SIN_SLOW) && a->asked % SLOW_EVERY == 0)
        (void) poll(NULL, 0, SLOW_WAIT_MS);
    if (mu_sin_is(sin, MU_SIN_NOISY)) {
        struct mu_sap_event event = { .kind = MU_SAP_LOG,
                                      .token = turn->request->token,
                                      .text = "looking at it" };
        printf("debug: %s\n", mu_sap_op(turn->request->op)->name);
        fflush(stdout);
        fprintf(stderr, "warning: deprecated\n");
        mu_sap_tell(turn->session, &event);
    }
}

static void answer(struct mu_sap_turn *turn)
{
    struct adapter *a = turn->self;
    a->asked++;
    misbehave(a, turn);
    mu_twin_labels_answer(turn->arena, &a->labels, turn->request, turn->reply);
}

/* --- the whole ------------------------------------------------------------------------------------------- */

static struct mu_sap_cap cap[] = {
    { .name = "label.4774", .details = "{\"v\":[\"1.0\"]}" },
    { .name = "label.rules" },
    { .name = "label.validate" },
    { .name = "label.make" },
    { .name = "spif.xml", .details = "{\"v\":[\"1.0\",\"2.0\",\"2.1\"]}" },
    { .name = "mark.render", .details = "{\"languages\":[\"en\",\"fr\"]}" },
    { .name = "mark.parse", .details = "{\"languages\":[\"en\",\"fr\"]}" },
    { .name = "decide" },
    { .name = "map" },
    { .name = "test.time" },
};

bool mu_twin_adapt(const struct mu_twin_adapter *adapter, struct mu_err *err)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct adapter a = {
        .arena = mu_arena_new(MU_JOB_ARENA_MAX),
        .labels = { .now = adapter->now, .fixtures = adapter->fixtures, .sin = adapter->sin }
    };
    struct mu_sap_server server = {
        .hello = { .adapter_name = "muster twin",
                   .adapter_version = adapter->version,
                   .language = "c",
                   .sut_name = "muster library",
                   .sut_version = adapter->version,
                   .label_ceiling = "UNCLASSIFIED",
                   .roles = MU_SAP_VALIDATOR | MU_SAP_LABELLER | MU_SAP_POLICY,
                   .in_flight = IN_FLIGHT,
                   .each_op = true,
                   .cap = cap,
                   .caps = MU_COUNT(cap) },
        .self = &a,
        .answer = { [MU_SAP_LABEL_PARSE] = answer,
                    [MU_SAP_LABEL_MAKE] = answer,
                    [MU_SAP_MARK_RENDER] = answer,
                    [MU_SAP_MARK_PARSE] = answer,
                    [MU_SAP_DECIDE] = answer,
                    [MU_SAP_MAP] = answer },
        .configure = configure,
    };
    mu_xml_start();
    bool ok = mu_schema_load(arena, adapter->schema, &a.labels.schema, err)
              && mu_schema_load(arena, adapter->clearance_schema, &a.labels.clearance_schema, err)
              && mu_sap_serve(&server, adapter->in, adapter->out, err);
    mu_arena_free(a.arena);
    mu_arena_free(arena);
    return ok;
}
