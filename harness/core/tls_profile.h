/* tls_profile.h - what one TLS profile allows, as plain data: profiles/tls/<id>.xml, one element a
 * row of the parameter table. Lists are in OpenSSL's spelling, separated by colons. */
#ifndef MU_CORE_TLS_PROFILE_H
#define MU_CORE_TLS_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

struct mu_tls_profile {
    const char *id;
    uint16_t min_version, max_version; /* 0x0301 is TLS 1.0, 0x0304 TLS 1.3              */
    const char *suites;                /* TLS 1.3 suites; NULL when the range has no 1.3 */
    const char *ciphers;               /* suites of TLS 1.2 and older; NULL when none is in range */
    const char *groups;                /* NULL: the library's                            */
    const char *sigalgs;               /* NULL: the library's                            */
    bool client_certificate;           /* a server of this profile requires one          */
    unsigned tickets;        /* TLS 1.3 tickets a server sends; 0 is the default of ours */
    bool renegotiation;      /* client-initiated renegotiation is allowed                */
    bool encrypt_then_mac;   /* RFC 7366 may be offered                                  */
    uint32_t session_life_s; /* longest session life                                     */
    const char *alpn;        /* application protocols, space separated; NULL: none said  */
    bool weak;               /* a probe: offers what the library's security levels forbid */
};

#endif
