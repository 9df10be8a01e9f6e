/* identity.h - the names that `muster pki new` gives to the test identities, good and bad. */
#ifndef MU_SUITE_IDENTITY_H
#define MU_SUITE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

const char *mu_identity_at(size_t i); /* NULL past the last */
bool mu_identity_known(const char *name);
const char *mu_identity_nearest(const char *name); /* NULL: none is near */

#endif
