/* store.h - delivery into a Maildir: written under tmp/, then renamed into new/. */
#ifndef MU_TWIN_STORE_H
#define MU_TWIN_STORE_H

#include "base/bytes.h"
#include "base/err.h"

/* Make tmp/, new/ and cur/ below `maildir`. */
bool mu_store_make(const char *maildir, struct mu_err *err) MU_MUST_USE;

bool mu_store_deliver(struct mu_arena *arena, const char *maildir, struct mu_bytes message,
                      struct mu_err *err) MU_MUST_USE;

#endif
