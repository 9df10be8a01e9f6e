/* What a check makes of the end of a process. */
#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "proto/sap_check_inside.h"

static bool no(struct mu_sap_ended *e, const char *fmt, ...) MU_PRINTF(2, 3);

static bool no(struct mu_sap_ended *e, const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    mu_buf_puts(&e->why, text);
    return false;
}

static bool in_time(struct mu_sap_ended *e)
{
    return e->end->exited || no(e, "it had to be killed after %" PRIu32 " ms", e->end->ms);
}

bool mu_look_status(struct mu_sap_ended *e)
{
    int status = e->end->status;
    TRY(in_time(e));
    if (WIFSIGNALED(status))
        return no(e, "it was ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 || no(e, "its exit status is %d", WEXITSTATUS(status));
}

bool mu_look_survivors(struct mu_sap_ended *e)
{
    return e->end->survivors == 0
           || no(e, "processes that it started are still there: %zu", e->end->survivors);
}

bool mu_look_noise(struct mu_sap_ended *e)
{
    return e->end->said.n <= MU_SAP_NOISE_MAX
           || no(e, "%zu octets of text are more than the %zu that a run keeps", e->end->said.n,
                 MU_SAP_NOISE_MAX);
}

/* An end without bye is a crash to the harness, whatever the status: it is the end that matters. */
bool mu_look_cut(struct mu_sap_ended *e)
{
    return in_time(e);
}

bool mu_look_term(struct mu_sap_ended *e)
{
    return in_time(e);
}
