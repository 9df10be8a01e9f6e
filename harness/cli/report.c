#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"
#include "cli/ceiling.h"
#include "cli/find_runs.h"
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
    for (size_t i = 0; i < n; i++) {
        room++;
        for (const char *at = strchr(typed[i], ','); at != NULL; at = strchr(at + 1, ','))
            room++;
    }
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

/* --- what is not shown -------------------------------------------------------------------------------- */

/* A fresh key tells nobody anything: who has the report cannot try out what a digest stands for. */
static bool make_key(struct mu_arena *arena, struct mu_bytes *key, struct mu_err *err)
{
    char *fresh = mu_arena_alloc(arena, MU_DIGEST_BYTES);
    if (getrandom(fresh, MU_DIGEST_BYTES, 0) != MU_DIGEST_BYTES)
        return mu_fail_sys(err, "cannot get random bytes");
    *key = (struct mu_bytes){ fresh, MU_DIGEST_BYTES };
    return true;
}

static bool read_key(const struct mu_arguments *args, struct mu_bytes *key, struct mu_err *err)
{
    const char *file = args->value[MU_OPT_REDACT_KEY];
    if (file == NULL)
        return make_key(args->arena, key, err);
    if (!mu_file_read(args->arena, file, MU_OPERATOR_FILE_MAX, key, err)) {
        err->code = MU_ERR_USAGE;
        return false;
    }
    if (key->n < MU_REDACT_KEY_MIN)
        return mu_fail(err, MU_ERR_USAGE,
                       "the key in '%.100s' has %zu octets; give at least %d, as "
                       "'openssl rand 32' makes them",
                       file, key->n, MU_REDACT_KEY_MIN);
    return true;
}

static bool read_redaction(const struct mu_arguments *args, struct mu_redaction *redaction,
                           struct mu_err *err)
{
    static const char *const what[] = { "payload" };
    size_t word;
    TRY(mu_argument_word(args, MU_OPT_REDACT, what, MU_COUNT(what), MU_COUNT(what), &word, err));
    redaction->payload = word == 0;
    if (args->value[MU_OPT_REDACT_KEY] != NULL && !redaction->payload
        && args->value[MU_OPT_CEILING] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "--redact-key is for --redact or --ceiling");
    struct mu_bytes key;
    TRY(read_key(args, &key, err));
    mu_digest_key(key, &redaction->key);
    return true;
}

static bool read_ceiling(const struct mu_arguments *args, struct mu_redaction *redaction,
                         struct mu_err *err)
{
    static const char *const what[] = { "redact", "refuse" };
    size_t word;
    TRY(mu_argument_word(args, MU_OPT_ABOVE, what, MU_COUNT(what), 0, &word, err));
    if (args->value[MU_OPT_CEILING] == NULL) {
        if (args->value[MU_OPT_ABOVE] != NULL || args->value[MU_OPT_POLICY] != NULL)
            return mu_fail(err, MU_ERR_USAGE, "--above and --policy go with --ceiling");
        return true;
    }
    struct mu_ceiling *ceiling = mu_new(args->arena, struct mu_ceiling);
    TRY(mu_ceiling_read(args, ceiling, err));
    TRY(mu_ceiling_judge(args->arena, args->operand[0], ceiling, word == 1, err));
    redaction->ceiling = &ceiling->shown;
    return true;
}

bool mu_cli_report(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    struct formats formats = { 0 };
    struct mu_redaction redaction = { .payload = false };
    TRY(read_formats(args, &formats, err) && read_redaction(args, &redaction, err));
    TRY(mu_world_start(&world, args, err) && read_ceiling(args, &redaction, err));
    struct mu_report_order order = { .run = args->operand[0],
                                     .out = args->value[MU_OPT_OUT],
                                     .sheets = mu_data_find(&world.data, args->arena, "reports"),
                                     .format = formats.name,
                                     .formats = formats.count,
                                     .summary = true,
                                     .brief = args->value[MU_OPT_SHORT] != NULL };
    if (redaction.payload || redaction.ceiling != NULL)
        order.redaction = &redaction;
    if (order.sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(find_baseline(args, &order, err));
    TRY(mu_event_words_load(args->arena, &world.data, args->value[MU_OPT_WORDS], &order.words,
                            err));
    TRY(mu_renew_reports(args->arena, &order, err));
    mu_github_show(args->arena, &order);
    *status = MU_EXIT_OK;
    return true;
}
