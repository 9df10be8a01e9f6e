#include "base/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"

/* Fetched once: an implicit fetch costs three times the digest of a line. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *md;
    if (md == NULL)
        md = EVP_MD_fetch(NULL, "SHA256", NULL);
    return md;
}

static EVP_MD_CTX *context(void)
{
    static EVP_MD_CTX *ctx;
    if (ctx == NULL)
        ctx = EVP_MD_CTX_new();
    return ctx;
}

void mu_digest_pieces(const struct mu_bytes *piece, size_t count,
                      unsigned char out[MU_DIGEST_BYTES])
{
    EVP_MD_CTX *ctx = context();
    bool ok = ctx != NULL && sha256() != NULL && EVP_DigestInit_ex2(ctx, sha256(), NULL) == 1;
    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(ctx, piece[i].p, piece[i].n) == 1;
    if (!ok || EVP_DigestFinal_ex(ctx, out, NULL) != 1) {
        fputs("muster: the crypto library cannot do SHA-256\n", stderr);
        abort();
    }
}

void mu_digest(struct mu_bytes data, unsigned char out[MU_DIGEST_BYTES])
{
    mu_digest_pieces(&data, 1, out);
}

void mu_digest_text(struct mu_bytes data, char out[MU_DIGEST_TEXT])
{
    unsigned char raw[MU_DIGEST_BYTES];
    mu_digest(data, raw);
    mu_hex_write(raw, sizeof raw, out);
}

void mu_digest_key(struct mu_bytes key, struct mu_digest_key *out)
{
    unsigned char block[sizeof out->inner] = { 0 };
    if (key.n > sizeof block)
        mu_digest(key, block);
    else
        memcpy(block, key.p, key.n);
    for (size_t i = 0; i < sizeof block; i++) {
        out->inner[i] = block[i] ^ 0x36;
        out->outer[i] = block[i] ^ 0x5c;
    }
}

void mu_digest_keyed(const struct mu_digest_key *key, struct mu_bytes data,
                     unsigned char out[MU_DIGEST_BYTES])
{
    unsigned char half[MU_DIGEST_BYTES];
    struct mu_bytes inner[] = { { (const char *) key->inner, sizeof key->inner }, data };
    mu_digest_pieces(inner, MU_COUNT(inner), half);
    struct mu_bytes outer[] = { { (const char *) key->outer, sizeof key->outer },
                                { (const char *) half, sizeof half } };
    mu_digest_pieces(outer, MU_COUNT(outer), out);
}
