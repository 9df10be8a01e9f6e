/* Signatures over a manifest: nobody but the holder of the key of the fixtures has signed, and nobody at all has
 * signed something else. */
#include "format/cms.h"

#include "tests/fuzz/fuzz.h"

#define KEY "sha256:7b65a46765362d479885ad6557b310669403a8a5f9692e7eea28b64154b75570"

static void fuzz_start(void)
{
}

static size_t check(struct mu_arena *arena, struct mu_bytes input, struct mu_bytes content,
                    struct mu_cms_signer **signer)
{
    struct mu_err err;
    size_t signers = 0;
    if (!mu_cms_check(arena, input, content, MU_BYTES(""), INT64_C(1790000000), signer, &signers,
                      &err)) {
        HOLDS(err.code == MU_ERR_PEER && fuzz_is_sentence(err.msg));
        return 0;
    }
    HOLDS(signers >= 1 && signers <= MU_SIGNERS_MAX);
    return signers;
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_cms_signer *s = NULL;
    size_t n = check(arena, input, MU_BYTES("{}\n"), &s);
    for (size_t i = 0; i < n; i++) {
        HOLDS(fuzz_is_sentence(s[i].subject) && fuzz_is_sentence(s[i].issuer));
        HOLDS(s[i].distrust == NULL); /* nobody was named */
        HOLDS(s[i].wrong == NULL ? strcmp(s[i].key, KEY) == 0 : fuzz_is_sentence(s[i].wrong));
    }
    n = check(arena, input, MU_BYTES("{ }\n"), &s);
    for (size_t i = 0; i < n; i++)
        HOLDS(s[i].wrong != NULL);
}
