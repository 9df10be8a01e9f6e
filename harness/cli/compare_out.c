#include "cli/compare_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/world.h"

static bool open_file(struct mu_arena *arena, struct mu_compare_out *out, struct mu_err *err)
{
    out->temporary = mu_arena_printf(arena, "%s.tmp.%ld", out->path, (long) getpid());
    out->fd = open(out->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (out->fd >= 0)
        return true;
    mu_fail_sys(err, "cannot create '%s'", out->path);
    err->code = MU_ERR_USAGE;
    return false;
}

bool mu_compare_out_open(const struct mu_arguments *args, const char *page,
                         struct mu_compare_out *out, struct mu_err *err)
{
    static const char *const word[] = { "text", "json", "html" };
    const char *no_color = getenv("NO_COLOR");
    size_t format;
    *out = (struct mu_compare_out){ .fd = -1, .path = args->value[MU_OPT_DIFF_OUT] };
    TRY(mu_argument_word(args, MU_OPT_DIFF_FORMAT, word, MU_COUNT(word), 0, &format, err));
    out->format = (enum mu_compare_format) format;
    out->all = args->value[MU_OPT_ALL] != NULL;
    out->colour = isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
    if (out->format == MU_COMPARE_HTML) {
        struct mu_world world;
        TRY(mu_world_start(&world, args, err));
        out->sheets = mu_data_find(&world.data, args->arena, "reports");
        if (out->sheets == NULL)
            return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
        if (out->path == NULL)
            out->path = page;
    }
    return out->path == NULL || open_file(args->arena, out, err);
}

bool mu_compare_out_settle(struct mu_compare_out *out, bool ok, struct mu_err *err)
{
    if (out->fd < 0)
        return ok;
    if (ok && fsync(out->fd) != 0)
        ok = mu_fail_sys(err, "cannot write '%s'", out->path);
    if (ok && rename(out->temporary, out->path) != 0)
        ok = mu_fail_sys(err, "cannot write '%s'", out->path);
    if (!ok)
        unlink(out->temporary);
    mu_fd_close(&out->fd);
    out->fd = -1;
    if (ok && out->format != MU_COMPARE_TEXT)
        printf("report: %s\n", out->path);
    return ok;
}
