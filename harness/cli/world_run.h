/* world_run.h - what a run of a loaded world is made with, before a command says more; and where its results
 * are. */
#ifndef MU_CLI_WORLD_RUN_H
#define MU_CLI_WORLD_RUN_H

#include "cli/world.h"
#include "run/run.h"
#include "suite/engine.h"

/* Everything of the world; no expectations, and nobody who listens. */
struct mu_engine_options mu_world_engine_options(const struct mu_world *world);

/* A sealed run into the folder `out`: one job, seed 1, all evidence, one attempt, and nobody to
 * prompt. `environment` is borrowed. */
struct mu_run_options mu_world_run_options(const struct mu_world *world, const char *out,
                                           char **environment);

/* --evidence, for a run or a merge. */
bool mu_world_keep(const struct mu_arguments *args, enum mu_keep *keep, struct mu_err *err);

/* Where the page is, and the evidence where it does not lie in folders. */
void mu_world_say_places(struct mu_arena *arena, const char *run);

#endif
