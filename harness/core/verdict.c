#include "core/verdict.h"

#include "core/words.h"

static const char *const name[] = { "not-run", "pass", "remarks", "inconclusive", "fail", "error" };

const char *mu_verdict_name(enum mu_verdict verdict)
{
    return mu_word(name, MU_COUNT(name), (int) verdict);
}

bool mu_verdict_from_name(const char *text, enum mu_verdict *verdict)
{
    int i = mu_word_find(name, MU_COUNT(name), text);
    if (i >= 0)
        *verdict = (enum mu_verdict) i;
    return i >= 0;
}
