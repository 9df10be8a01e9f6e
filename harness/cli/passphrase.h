/* passphrase.h - the passphrase of an encrypted key: from a file, or asked for on the terminal. */
#ifndef MU_CLI_PASSPHRASE_H
#define MU_CLI_PASSPHRASE_H

#include "base/arena.h"
#include "base/err.h"

/* `file` NULL: on the terminal, without echo. `key` is whose it is. MU_ERR_USAGE: there is none. */
bool mu_passphrase(struct mu_arena *arena, const char *file, const char *key, const char **out,
                   struct mu_err *err) MU_MUST_USE;

#endif
