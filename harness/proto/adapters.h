/* adapters.h - the list of in-tree adapters; adding one is adding a line to adapters.c. */
#ifndef MU_PROTO_ADAPTERS_H
#define MU_PROTO_ADAPTERS_H

#include "core/adapter.h"

extern const struct mu_adapter mu_maildir_adapter;
extern const struct mu_adapter mu_smtp_adapter;

/* Every adapter, NULL-terminated. */
const struct mu_adapter *const *mu_adapters(void);

#endif
