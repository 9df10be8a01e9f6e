#include "net/library.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdlib.h>

void mu_net_start(void)
{
    static const char *const variable[] = {
        "OPENSSL_CONF",  "OPENSSL_MODULES", "OPENSSL_ENGINES", "OPENSSL_CONF_INCLUDE",
        "SSL_CERT_FILE", "SSL_CERT_DIR",    "SSLKEYLOGFILE",   "CTLOG_FILE",
    };
    for (size_t i = 0; i < sizeof variable / sizeof variable[0]; i++)
        unsetenv(variable[i]);
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_SSL_STRINGS
                         | OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                     NULL);
    unsigned char byte;
    RAND_bytes(&byte, 1); /* the first call costs 2 ms, and looks for devices */
}

const char *mu_net_library_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
