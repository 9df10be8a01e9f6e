/* cms_inside.h - what the two sides of cms.h share. */
#ifndef MU_FORMAT_CMS_INSIDE_H
#define MU_FORMAT_CMS_INSIDE_H

#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/x509.h>

#include "format/cms.h"

/* Every certificate of a PEM text, borrowed from the arena; NULL: there is none, or something else. */
STACK_OF(X509) * mu_cms_certificates(struct mu_arena *arena, struct mu_bytes pem);

/* What the library said last, and forget it. */
const char *mu_cms_reason(void);

/* DER of the signer-attributes that claim a title; and back, NULL when it is another. */
struct mu_bytes mu_cms_role(struct mu_arena *arena, const char *role);
const char *mu_cms_role_read(struct mu_arena *arena, struct mu_bytes der);

/* May signatures by this certificate be read by `openssl cms -verify`? One sentence, or NULL: they may. */
const char *mu_cms_unfit(struct mu_arena *arena, X509 *x);

const char *mu_cms_name(struct mu_arena *arena, const X509_NAME *name);

#endif
