#include <stdio.h>

#include "cli/github.h"
#include "cli/words.h"
#include "cli/world.h"

bool mu_cli_report(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    TRY(mu_world_start(&world, args, err));
    const char *format = args->value[MU_OPT_FORMAT];
    struct mu_report_order order = { .run = args->operand[0],
                                     .out = args->value[MU_OPT_OUT],
                                     .sheets = mu_data_find(&world.data, args->arena, "reports"),
                                     .format = format,
                                     .summary = true,
                                     .brief = args->value[MU_OPT_SHORT] != NULL };
    if (order.sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(mu_event_words_load(args->arena, &world.data, args->value[MU_OPT_WORDS], &order.words,
                            err));
    TRY(mu_make_reports(args->arena, &order, err));
    mu_github_show(args->arena, &order);
    *status = MU_EXIT_OK;
    return true;
}
