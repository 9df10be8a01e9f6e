/* Ids of the operator's files that a run without content may name: of rules, legs and comparisons. */
#include <stdlib.h>
#include <string.h>

#include "suite/engine_case.h"

static int compare(const void *a, const void *b)
{
    const struct mu_bytes *x = a, *y = b;
    int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return order != 0 ? order : x->n < y->n ? -1 : x->n > y->n;
}

/* The words of one text, as they stand between colons: "header:subject" has two. */
static void add(struct mu_engine *engine, struct mu_buf *all, const char *text)
{
    while (text != NULL && *text != '\0') {
        struct mu_bytes word = { text, strcspn(text, ": ") };
        if (word.n > 0) {
            mu_buf_put(all, &word, sizeof word);
            engine->words++;
        }
        text += word.n + (text[word.n] != '\0');
    }
}

void mu_engine_ready_words(struct mu_engine *engine)
{
    const struct mu_suite *suite = engine->o.suite;
    struct mu_buf all = { .arena = engine->arena };
    if (!engine->o.no_content)
        return;
    for (size_t r = 0; r < mu_rules_count(engine->o.profile->rules); r++)
        add(engine, &all, mu_rules_at(engine->o.profile->rules, r)->id);
    for (size_t c = 0; c < suite->count; c++)
        for (size_t s = 0; s < suite->cases[c]->steps; s++) {
            const struct mu_step *step = &suite->cases[c]->step[s];
            const char *const text[] = { step->id, step->of, step->second, step->what };
            for (size_t i = 0; i < MU_COUNT(text); i++)
                add(engine, &all, text[i]);
        }
    engine->word = (struct mu_bytes *) (void *) all.p;
    if (engine->word != NULL)
        qsort(engine->word, engine->words, sizeof *engine->word, compare);
}

bool mu_engine_word(void *self, const char *word, size_t n)
{
    const struct mu_engine *engine = self;
    struct mu_bytes key = { word, n };
    return engine->word != NULL
           && bsearch(&key, engine->word, engine->words, sizeof key, compare) != NULL;
}
