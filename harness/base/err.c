#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef mu_fail_at /* the analyser's, see err.h */

bool mu_fail_at(struct mu_err *err, const char *file, int line, enum mu_err_code code, int sys,
                const char *fmt, ...)
{
    assert(err != NULL && code != MU_ERR_NONE);
    *err = (struct mu_err){ .code = code, .sys = sys, .file = file, .line = line };

    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);

    if (sys != 0 && n >= 0 && (size_t) n < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - (size_t) n, ": %s", strerror(sys));
    return false;
}

void mu_err_text(const struct mu_err *err, char *text, size_t size)
{
    const struct mu_where *w = &err->where;
    if (w->input == NULL)
        snprintf(text, size, "%s", err->msg);
    else if (w->line == 0)
        snprintf(text, size, "%s: %s", w->input, err->msg);
    else if (w->column == 0)
        snprintf(text, size, "%s:%u: %s", w->input, w->line, err->msg);
    else
        snprintf(text, size, "%s:%u:%u: %s", w->input, w->line, w->column, err->msg);
}

const char *mu_err_code_name(enum mu_err_code code)
{
    static const char *const name[] = {
        [MU_ERR_NONE] = "none",     [MU_ERR_USAGE] = "usage", [MU_ERR_PROFILE] = "profile",
        [MU_ERR_IO] = "io",         [MU_ERR_TLS] = "tls",     [MU_ERR_DEADLINE] = "deadline",
        [MU_ERR_CLOSED] = "closed", [MU_ERR_LIMIT] = "limit", [MU_ERR_PEER] = "peer",
    };
    assert((size_t) code < MU_COUNT(name));
    return name[code];
}
