#include <stdio.h>

#include "cli/command.h"
#include "net/library.h"
#include "net/pki.h"

bool mu_cli_pki_new(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    mu_net_start();
    TRY(mu_pki_new(args->operand[0], err));
    printf("%s: a test PKI; its keys protect nothing\n", args->operand[0]);
    *status = MU_EXIT_OK;
    return true;
}

bool mu_cli_manual(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    (void) args, (void) err;
    mu_print_manual();
    *status = MU_EXIT_OK;
    return true;
}

bool mu_cli_completion(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    (void) args, (void) err;
    mu_print_completion();
    *status = MU_EXIT_OK;
    return true;
}
