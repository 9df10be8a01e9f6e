#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "cli/github.h"
#include "cli/manifest.h"
#include "cli/report_job.h"
#include "cli/words.h"
#include "cli/world.h"

struct formats {
    const char **name;
    size_t count;
};

/* A name that is given again is made once. */
static bool add_name(struct mu_arena *arena, struct formats *all, struct mu_bytes name,
                     const char *typed, struct mu_err *err)
{
    const char *text = mu_bytes_dup(arena, mu_bytes_trim(name));
    if (*text == '\0')
        return mu_fail(err, MU_ERR_USAGE, "--format: a name is missing in '%.60s'", typed);
    if (mu_report_format_find(text) == NULL && !mu_name_is_id(text))
        return mu_fail(err, MU_ERR_USAGE, "unknown format '%.60s'", text);
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->name[i], text) == 0)
            return true;
    all->name[all->count++] = text;
    return true;
}

/* "--format tap,junit -f html": in the order typed. */
static bool read_formats(const struct mu_arguments *args, struct formats *all, struct mu_err *err)
{
    const char **typed;
    size_t n = mu_argument_values(args, MU_OPT_FORMAT, &typed), room = 0;
    for (size_t i = 0; i < n; i++)
        for (const char *at = typed[i]; at != NULL; at = strchr(at + 1, ','))
            room++;
    all->name = mu_arena_array(args->arena, room + 1, sizeof(*all->name));
    for (size_t i = 0; i < n; i++) {
        struct mu_bytes list = mu_bytes_of(typed[i]);
        for (size_t at = 0; at <= list.n;) {
            size_t comma = mu_bytes_find(list, MU_BYTES(","), at);
            size_t end = comma == SIZE_MAX ? list.n : comma;
            TRY(add_name(args->arena, all, mu_bytes_slice(list, at, end - at), typed[i], err));
            at = end + 1;
        }
    }
    return true;
}

bool mu_cli_report(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    struct formats formats = { 0 };
    TRY(read_formats(args, &formats, err));
    TRY(mu_world_start(&world, args, err));
    struct mu_report_order order = { .run = args->operand[0],
                                     .out = args->value[MU_OPT_OUT],
                                     .sheets = mu_data_find(&world.data, args->arena, "reports"),
                                     .format = formats.name,
                                     .formats = formats.count,
                                     .summary = true,
                                     .brief = args->value[MU_OPT_SHORT] != NULL };
    if (order.sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(mu_event_words_load(args->arena, &world.data, args->value[MU_OPT_WORDS], &order.words,
                            err));
    TRY(mu_renew_reports(args->arena, &order, err));
    mu_github_show(args->arena, &order);
    *status = MU_EXIT_OK;
    return true;
}
