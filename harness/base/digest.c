#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/limits.h"

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

static MU_NORETURN void cannot(void)
{
    fputs("muster: the crypto library cannot do SHA-256\n", stderr);
    abort();
}

static EVP_MD_CTX *begin(void)
{
    EVP_MD_CTX *ctx = context();
    if (ctx == NULL || sha256() == NULL || EVP_DigestInit_ex2(ctx, sha256(), NULL) != 1)
        cannot();
    return ctx;
}

static void add(EVP_MD_CTX *ctx, const void *p, size_t n)
{
    if (EVP_DigestUpdate(ctx, p, n) != 1)
        cannot();
}

static void end(EVP_MD_CTX *ctx, unsigned char out[MU_DIGEST_BYTES])
{
    if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
        cannot();
}

void mu_digest_pieces(const struct mu_bytes *piece, size_t count,
                      unsigned char out[MU_DIGEST_BYTES])
{
    EVP_MD_CTX *ctx = begin();
    for (size_t i = 0; i < count; i++)
        add(ctx, piece[i].p, piece[i].n);
    end(ctx, out);
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

bool mu_digest_file(int fd, int64_t max, char out[MU_DIGEST_TEXT], int64_t *octets,
                    struct mu_err *err)
{
    char piece[MU_DIGEST_PIECE];
    unsigned char raw[MU_DIGEST_BYTES];
    EVP_MD_CTX *ctx = begin();
    int64_t at = 0;
    while (max < 0 || at < max) {
        size_t want =
            max >= 0 && max - at < (int64_t) sizeof piece ? (size_t) (max - at) : sizeof piece;
        ssize_t got = pread(fd, piece, want, (off_t) at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mu_fail_sys(err, "cannot read");
        if (got == 0)
            break;
        add(ctx, piece, (size_t) got);
        at += got;
    }
    end(ctx, raw);
    mu_hex_write(raw, sizeof raw, out);
    *octets = at;
    return true;
}
