#include "twin/rulebook.h"

bool mu_rulebook_judge(struct mu_arena *arena, const struct mu_rulebook *book,
                       struct mu_bytes message, const struct mu_envelope *envelope,
                       const char **refusal, struct mu_err *err)
{
    struct mu_leg leg;
    struct mu_document document;
    struct mu_judgement judgement;
    mu_document_leg_of(message, "smtp", &leg);
    leg.envelope = *envelope;
    TRY(mu_document_build(arena, &book->kit, &leg, &document, err));
    TRY(mu_rules_judge(book->rules, arena, book->phases, &document, &judgement, err));
    *refusal = NULL;
    for (size_t i = 0; i < judgement.breaks; i++) {
        const struct mu_rule *rule = mu_rules_at(book->rules, judgement.broken[i].rule);
        if (rule->level != MU_LEVEL_MUST)
            continue;
        *refusal =
            mu_arena_printf(arena, "550 %s %s: %.160s", rule->phases[0] == '\0' ? "5.6.0" : "5.7.1",
                            rule->id, judgement.broken[i].expected);
        return true;
    }
    return true;
}
