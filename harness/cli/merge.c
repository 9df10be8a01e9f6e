#include "cli/command.h"
bool mu_cli_merge(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    (void) args;
    (void) status;
    return mu_fail(err, MU_ERR_USAGE, "not yet");
}
