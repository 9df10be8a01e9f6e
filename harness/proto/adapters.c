#include "proto/adapters.h"

#include <stddef.h>

static const struct mu_adapter *const adapter[] = {
    &mu_maildir_adapter,
    &mu_smtp_adapter,
    NULL,
};

const struct mu_adapter *const *mu_adapters(void)
{
    return adapter;
}
