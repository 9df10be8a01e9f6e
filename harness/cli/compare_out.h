/* compare_out.h - where diff and history write: a format into a file or to standard output. */
#ifndef MU_CLI_COMPARE_OUT_H
#define MU_CLI_COMPARE_OUT_H

#include "cli/command.h"

enum mu_compare_format { MU_COMPARE_TEXT, MU_COMPARE_JSON, MU_COMPARE_HTML };

struct mu_compare_out {
    enum mu_compare_format format;
    const char *path; /* NULL: standard output */
    const char *temporary;
    const char *sheets; /* folder of the stylesheets, for pages */
    int fd;             /* of the file; -1: none                */
    bool all, colour;
};

/* What the options say; `page` is the file of a page when none is given. Opens the file under another
 * name until it is whole. */
bool mu_compare_out_open(const struct mu_arguments *args, const char *page,
                         struct mu_compare_out *out, struct mu_err *err) MU_MUST_USE;

/* The text goes to standard output, too, when what was asked for goes into a file. */
static inline bool mu_compare_out_tells(const struct mu_compare_out *out)
{
    return out->fd < 0 ? out->format == MU_COMPARE_TEXT : out->format != MU_COMPARE_TEXT;
}

/* Where the format itself goes. */
static inline int mu_compare_out_fd(const struct mu_compare_out *out)
{
    return out->fd < 0 ? 1 : out->fd;
}

/* A status that a job said, if it is one. */
static inline enum mu_exit mu_compare_status(int said)
{
    return said >= MU_EXIT_OK && said <= MU_EXIT_INTERRUPTED ? (enum mu_exit) said
                                                             : MU_EXIT_TROUBLE;
}

/* The file gets its name when all went well, or is removed. Hands `ok` on. */
bool mu_compare_out_settle(struct mu_compare_out *out, bool ok, struct mu_err *err) MU_MUST_USE;

#endif
