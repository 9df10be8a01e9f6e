#include <stdio.h>

#include "cli/find_runs.h"
#include "cli/report_job.h"
#include "cli/world.h"

/* A baseline is a run or a folder of runs, and may be given again. */
static bool find_baseline(const struct mu_arguments *args, struct mu_report_order *order,
                          struct mu_err *err)
{
    const char **folder;
    struct mu_found_runs *found = mu_new(args->arena, struct mu_found_runs);
    size_t n = mu_argument_values(args, MU_OPT_BASELINE, &folder);
    if (n == 0)
        return true;
    TRY(mu_find_runs(args->arena, folder, n, found, err));
    order->baseline = found->run;
    order->baselines = found->n;
    return true;
}

bool mu_cli_report(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    TRY(mu_world_start(&world, args, err));
    const char *format = args->value[MU_OPT_FORMAT];
    struct mu_report_order order = { .run = args->operand[0],
                                     .out = args->value[MU_OPT_OUT],
                                     .sheets = mu_data_find(&world.data, args->arena, "reports"),
                                     .format = format };
    if (order.sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(find_baseline(args, &order, err));
    TRY(mu_make_reports(args->arena, &order, err));
    TRY(mu_print_summary(order.run, args->value[MU_OPT_SHORT] != NULL, false, err));
    *status = MU_EXIT_OK;
    return true;
}
