#include "core/token.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/digest.h"

uint64_t mu_token_run_key(const char *nonce, const char *run_id)
{
    unsigned char raw[MU_DIGEST_BYTES];
    uint64_t key;
    mu_digest(mu_bytes_of(nonce[0] != '\0' ? nonce : run_id), raw);
    memcpy(&key, raw, sizeof key);
    return key;
}

/* splitmix64: spreads the key and the numbers over 32 bits; a name tag, not a secret. */
static uint32_t check(uint64_t run_key, struct mu_token t)
{
    uint64_t x = run_key ^ ((uint64_t) t.index << 16 | (uint64_t) t.attempt << 8 | t.message);
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return (uint32_t) (x ^ x >> 31);
}

void mu_token_write(uint64_t run_key, struct mu_token token, char text[MU_TOKEN_TEXT])
{
    snprintf(text, MU_TOKEN_TEXT, "mu%06" PRIx32 "%02x%02x%08" PRIx32, token.index & 0xffffff,
             token.attempt, token.message, check(run_key, token));
}

static bool hex(const char *p, size_t digits, uint32_t *value)
{
    uint32_t v = 0;
    for (size_t i = 0; i < digits; i++) {
        int d = mu_hex_digit(p[i]);
        if (d < 0)
            return false;
        v = v << 4 | (uint32_t) d;
    }
    *value = v;
    return true;
}

static bool read_at(uint64_t run_key, const char *p, struct mu_token *token)
{
    uint32_t index, attempt, message, sum;
    if (!hex(p, 6, &index) || !hex(p + 6, 2, &attempt) || !hex(p + 8, 2, &message)
        || !hex(p + 10, 8, &sum))
        return false;
    struct mu_token t = { index, (uint8_t) attempt, (uint8_t) message };
    if (check(run_key, t) != sum)
        return false;
    *token = t;
    return true;
}

bool mu_token_find(uint64_t run_key, struct mu_bytes where, struct mu_token *token)
{
    for (size_t i = 0; i + MU_TOKEN_BYTES <= where.n; i++) {
        const char *p = where.p + i;
        if ((p[0] == 'm' || p[0] == 'M') && (p[1] == 'u' || p[1] == 'U')
            && read_at(run_key, p + 2, token))
            return true;
    }
    return false;
}
