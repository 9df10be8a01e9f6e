#include <stdio.h>

#include "cli/command.h"
#include "core/endpoint.h"
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

bool mu_cli_pki_adapter(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    long days;
    char pin[MU_PIN_TEXT];
    const char *dir = args->operand[0];
    TRY(mu_argument_number(args, MU_OPT_DAYS, 1, MU_PKI_CONTROL_DAYS, MU_PKI_ADAPTER_DAYS, &days,
                           err));
    mu_net_start();
    for (int i = 1; i < args->operands; i++) {
        const char *id = args->operand[i];
        TRY(mu_pki_adapter(dir, id, (int) days, err));
        const char *leaf = mu_arena_printf(args->arena, "%s/" MU_PKI_CONTROL "/%s.pem", dir, id);
        TRY(mu_pki_pin(leaf, pin, err));
        printf("%s: " MU_CONTROL_SUT "%s, good for %ld days\n  key %s\n", leaf, id, days, pin);
        printf("  its operator gets ca.pem, %s.chain.pem and %s.key of that folder\n", id, id);
    }
    *status = MU_EXIT_OK;
    return true;
}

bool mu_cli_pki_pin(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    char pin[MU_PIN_TEXT];
    mu_net_start();
    for (int i = 0; i < args->operands; i++) {
        TRY(mu_pki_pin(args->operand[i], pin, err));
        printf("%s %s\n", pin, args->operand[i]);
    }
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
