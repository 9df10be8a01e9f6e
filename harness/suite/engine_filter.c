/* An adapter that is a filter: one process a question, in a job of the case's own. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "suite/engine_case.h"

/* The filter of item i: those of its role take turns. */
static const struct mu_sut_adapter *adapter_of(const struct mu_engine *engine,
                                               const struct mu_sut_role *role, size_t i)
{
    return &engine->o.sut->adapter[role->adapter[i % role->adapters]];
}

static char *variable(struct mu_arena *arena, const char *name, const char *value)
{
    return mu_arena_printf(arena, "%s=%s", name, value != NULL ? value : "");
}

bool mu_engine_filter_start(struct mu_engine_case *e, size_t i, unsigned number,
                            struct mu_run_trigger *out, struct mu_err *err)
{
    const struct mu_engine *engine = e->engine;
    struct mu_sap_request request;
    if (number == 0 || number > e->asks->asks)
        return mu_fail(err, MU_ERR_PROFILE, "the case has no ask %u", number);
    const struct mu_sut_adapter *adapter = adapter_of(engine, e->role, i);
    mu_engine_request(e, &e->asks->ask[number - 1], &request);
    const struct {
        const char *name, *value;
    } row[] = {
        { "MUSTER_OP", mu_sap_op(request.op)->name },
        { "MUSTER_POLICY", request.policy },
        { "MUSTER_LANGUAGE", request.language },
        { "MUSTER_PLACE", request.place },
        { "MUSTER_TIME", request.time != NULL ? request.time : engine->test_time_text },
    };
    char **variables = mu_arena_array(e->arena, MU_COUNT(row) + 1, sizeof *variables);
    for (size_t k = 0; k < MU_COUNT(row); k++)
        variables[k] = variable(e->arena, row[k].name, row[k].value);
    out->argv = adapter->argv;
    out->variable = variables;
    out->input = engine->o.sap->filter_input(e->arena, &request);
    out->filter = &engine->filter[adapter - engine->o.sut->adapter];
    return true;
}

/* The job's copy of what the coordinator gave it, and what came back, as a transcript. */
static void keep(struct mu_engine_case *e, const struct mu_sap_request *request,
                 struct mu_bytes output)
{
    struct mu_json j = { .out = &e->lines };
    if (!mu_seat_keeps(e->seat))
        return;
    struct mu_bytes input = e->engine->o.sap->filter_input(e->arena, request);
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "op", mu_sap_op(request->op)->name);
    mu_json_text(&j, "input", mu_text_line(e->arena, input));
    mu_json_close(&j, '}');
    mu_buf_puts(&e->lines, "\n");
    mu_buf_put_bytes(&e->lines, output);
}

static const char *how_it_ended(struct mu_engine_case *e, int status)
{
    if (WIFSIGNALED(status))
        return mu_arena_printf(e->arena, "the filter was killed by signal %d", WTERMSIG(status));
    return mu_arena_printf(e->arena, "the filter ended with exit status %d", WEXITSTATUS(status));
}

static bool take(struct mu_engine_case *e, const struct mu_ask *ask,
                 const struct mu_sap_request *request, struct mu_bytes output, int status)
{
    struct mu_sap_reply reply;
    struct mu_err why;
    keep(e, request, output);
    if (status != 0)
        mu_engine_blame(e, "adapter:crash", how_it_ended(e, status));
    else if (!e->engine->o.sap->filter_reply(e->arena, ask->op, output, &reply, &why))
        mu_engine_blame(e, mu_sap_reason(&why, ask->op), mu_engine_foreign(e, why.msg));
    else
        mu_engine_answered(e, ask, &reply);
    return true;
}

bool mu_engine_filter(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    const struct mu_ask *ask = mu_ask_find(e->asks, step->id);
    struct mu_sap_request request;
    struct mu_bytes output;
    struct mu_err why;
    int status;
    mu_engine_request(e, ask, &request);
    unsigned number = (unsigned) (ask - e->asks->ask) + 1;
    if (mu_seat_command(e->seat, number, mu_seat_operation_deadline(e->seat), MU_FILTER_OUTPUT_MAX,
                        &output, &status, &why))
        return take(e, ask, &request, output, status);
    if (why.code == MU_ERR_DEADLINE)
        mu_engine_blame(e, mu_sap_op(ask->op)->timeout, "no answer in time");
    else if (why.code == MU_ERR_LIMIT)
        mu_engine_blame(e, "adapter:framing", mu_engine_foreign(e, why.msg));
    else
        *err = why;
    return why.code == MU_ERR_DEADLINE || why.code == MU_ERR_LIMIT;
}
