/* muster merge: runs that were made in different places become one. */
#include <stdio.h>
#include <string.h>

#include "cli/report_job.h"
#include "cli/words.h"
#include "cli/world.h"
#include "cli/world_run.h"
#include "report/manifest.h"
#include "run/merge.h"

static bool make_reports(const struct mu_arguments *args, const struct mu_report_order *order,
                         struct mu_err *err)
{
    TRY(mu_make_reports(args->arena, order, err));
    TRY(mu_manifest_make(args->arena, order->run, err));
    mu_world_say_places(args->arena, order->run);
    return true;
}

bool mu_cli_merge(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_merge_options options = { .run = (const char *const *) args->operand,
                                        .runs = (size_t) args->operands,
                                        .out = args->value[MU_OPT_OUT] };
    struct mu_merge_result merged;
    struct mu_world world;
    TRY(mu_world_keep(args, &options.keep, err));
    TRY(mu_world_start(&world, args, err));
    struct mu_report_order order = { .sheets = mu_data_find(&world.data, args->arena, "reports"),
                                     .summary = true,
                                     .brief = args->value[MU_OPT_SHORT] != NULL };
    TRY(mu_event_words_load(args->arena, &world.data, NULL, &order.words, err));
    if (order.sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(mu_merge(args->arena, &options, &merged, err));
    for (size_t i = 0; i < merged.sayings; i++)
        fprintf(stderr, "muster: %s\n", merged.says[i]);
    if (merged.missing > 0)
        fprintf(stderr, "muster: %zu planned cases have no verdict in any of the runs\n",
                merged.missing);
    order.run = merged.out;
    if (merged.there)
        printf("%s: is the merge of these runs already, nothing was changed\n", merged.out);
    else
        TRY(make_reports(args, &order, err));
    *status = merged.conflicts > 0                    ? MU_EXIT_FAILURES
              : merged.missing + merged.elsewhere > 0 ? MU_EXIT_INTERRUPTED
                                                      : MU_EXIT_OK;
    return true;
}
