#include "cli/github.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static bool add_summary(struct mu_arena *arena, const struct mu_report_order *order,
                        struct mu_err *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    if (path == NULL || *path == '\0')
        return true;
    MU_CLEANUP(mu_fd_close)
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open the step summary '%.100s'", path);
    return mu_give_report(arena, order, "markdown", fd, err);
}

void mu_github_show(struct mu_arena *arena, const struct mu_report_order *order)
{
    const char *there = getenv("GITHUB_ACTIONS");
    struct mu_err err;
    if (there == NULL || strcmp(there, "true") != 0)
        return;
    if (!mu_give_report(arena, order, "github", STDOUT_FILENO, &err)
        || !add_summary(arena, order, &err))
        fprintf(stderr, "muster: %s\n", err.msg);
}
