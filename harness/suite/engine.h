/*
 * engine.h - the step engine: what a case job does from its first fixture to its verdict, and the
 * table through which run/ sees a plan.
 *
 * A job prepares (fixtures, mutations), seals itself, and then takes the steps in order. What the SUT
 * does becomes an observation; expect, same and judge steps turn observations into findings.
 */
#ifndef MU_SUITE_ENGINE_H
#define MU_SUITE_ENGINE_H

#include "core/adapter.h"
#include "core/sap.h"
#include "suite/plan.h"

struct
    mu_engine; /* everything that is the same for all jobs of a run; made before the first fork */

struct mu_engine_options {
    const struct mu_data *data;
    const struct mu_profile *profile;
    const struct mu_sut *sut;
    const struct mu_suite *suite;
    const struct mu_plan *plan;
    struct mu_expectations *expectations; /* NULL: none */
    const struct mu_adapter *const *adapters;
    int64_t test_time;              /* Unix time */
    const struct mu_sap_calls *sap; /* how adapters are asked; NULL: no case asks one      */
    bool no_content;                /* nothing of labels, markings and texts is told         */
    bool allow_empty_caps;          /* an adapter may claim nothing                        */
    void (*progress)(void *self, const char *name, enum mu_verdict verdict, const char *reason);
    void *progress_self;
};

/* Makes the TLS contexts that the plan needs and warms what jobs use. */
bool mu_engine_new(struct mu_arena *arena, const struct mu_engine_options *options,
                   struct mu_engine **engine, struct mu_err *err) MU_MUST_USE;

/* The table for mu_run(). */
const struct mu_run_host *mu_engine_host(const struct mu_engine *engine);

#endif
