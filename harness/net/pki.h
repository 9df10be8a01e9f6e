/*
 * pki.h - the throw-away test PKI: everything good and every bad certificate that a case needs.
 *
 * NAME.pem is the certificate alone, NAME.chain.pem what goes over the wire (leaf, intermediate),
 * NAME.key the key (PEM, mode 0600). ca.pem is the anchor, crl.pem every revocation list a chain to
 * it needs. The names:
 *
 *   ca intermediate foreign-ca, and the authorities of the bad ones
 *   server                   localhost, nato.test, eu.test, *.nato.test, 127.0.0.1, ::1
 *   sender receiver twin     CN, rfc822Name and xmppAddr; the twin can be a server, too
 *   server-X, client-X       X: expired not-yet-valid foreign self-signed sha1 rsa1024 revoked
 *                            path-length       behind an authority that may issue leaves only
 *                            name-constraints  behind one that may name constrained.test alone
 *                            explicit-curve    P-256 spelt out instead of named
 *                            mixed-chain       RSA 2048 behind authorities of P-256
 *                            stale-list        behind one whose revocation list has run out
 *                            no-list           behind one that has no revocation list
 *   server-wrong-host        names a host that nobody is
 *   server-cn-only           names its host in the common name alone
 *   server-no-server-auth    may only be a client; client-no-client-auth only a server
 *   server-must-staple       must come with an OCSP response (RFC 7633), and ours never does
 *   server-ldap-list         its revocation list stands in a directory (TLS-18)
 */
#ifndef MU_NET_PKI_H
#define MU_NET_PKI_H

#include "base/err.h"

/* Make it in `dir`, which must be new or empty. MU_ERR_USAGE when it is not, MU_ERR_IO, MU_ERR_TLS. */
bool mu_pki_new(const char *dir, struct mu_err *err) MU_MUST_USE;

/*
 * The control plane, over which adapters from other enclaves come, has a PKI of its own in DIR/sap, so
 * that no certificate of the one above, good or bad, can pass for an adapter:
 *
 *   ca                       the anchor of both sides
 *   harness                  urn:muster:harness
 *   ID                       urn:muster:sut:ID, one an adapter; its operator gets ca.pem,
 *                            ID.chain.pem and ID.key
 *
 * Each can be client and server: either side may dial.
 */
#define MU_PKI_CONTROL "sap"
#define MU_PKI_CONTROL_DAYS                                                                        \
    825                        /* of its authority and the harness                                */
#define MU_PKI_ADAPTER_DAYS 90 /* of an adapter: an event and its rehearsals                      */

/* Make what is missing of ca and harness; part of mu_pki_new(). */
bool mu_pki_control(const char *dir, struct mu_err *err) MU_MUST_USE;

/* Add an adapter, good for `days` from now; below 0: until so many days ago, for tests. MU_ERR_USAGE for
 * an id that is none or is taken. */
bool mu_pki_adapter(const char *dir, const char *id, int days, struct mu_err *err) MU_MUST_USE;

/* The pin of the first certificate in a PEM file: "sha256:" and the hexadecimal digest of its
 * SubjectPublicKeyInfo in DER. */
#define MU_PIN_TEXT (7 + 64 + 1)
bool mu_pki_pin(const char *path, char pin[MU_PIN_TEXT], struct mu_err *err) MU_MUST_USE;

/* The i-th name of a leaf, NULL past the last; *server says for which side. */
const char *mu_pki_name(size_t i, bool *server);

#endif
