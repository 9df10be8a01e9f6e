/* Adapters in other enclaves: with what the control plane reaches them, made before the first fork. */
#include <string.h>

#include "base/file.h"
#include "suite/engine_case.h"

static bool comes_over_tls(const struct mu_program *program)
{
    return program->way == MU_SAP_DIAL || program->way == MU_SAP_LISTEN;
}

/* One context a side is enough: whom it expects, each link says for itself. */
static bool prepare(struct mu_engine *engine, const struct mu_sut_adapter *a, struct mu_tls **known,
                    struct mu_err *err)
{
    const struct mu_sut *sut = engine->o.sut;
    if (*known != NULL)
        return true;
    if (sut->pki == NULL)
        return mu_fail_where(err, a->where, MU_ERR_PROFILE,
                             "adapter '%s' comes over TLS, and no <pki folder=\"...\"/> says whose "
                             "certificates count",
                             a->id);
    return engine->o.sap->prepare(engine->arena, mu_file_join(engine->arena, sut->pki, "sap"),
                                  a->way == MU_SAP_LISTEN, known, err);
}

bool mu_engine_ready_control(struct mu_engine *engine, struct mu_err *err)
{
    struct mu_tls *side[2] = { NULL, NULL };
    engine->control = mu_arena_array(engine->arena, engine->programs + 1, sizeof *engine->control);
    for (size_t i = 0; engine->o.sap != NULL && i < engine->o.sut->adapters; i++) {
        const struct mu_sut_adapter *a = &engine->o.sut->adapter[i];
        int p = engine->program_of[i];
        if (p < 0 || !comes_over_tls(&engine->program[p]))
            continue;
        TRY(prepare(engine, a, &side[a->way == MU_SAP_LISTEN], err));
        engine->control[p] = (struct mu_engine_control){ side[a->way == MU_SAP_LISTEN], a->peer };
    }
    return true;
}
