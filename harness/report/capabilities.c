#include "report/capabilities.h"

#include <string.h>

struct capabilities {
    struct mu_arena *arena;
    struct mu_table known;
    struct mu_capability_seen *first, **tail;
};

static struct mu_capability_seen *capability_of(struct capabilities *all, struct mu_bytes name)
{
    struct mu_capability_seen *c = mu_table_find(&all->known, name);
    if (c != NULL)
        return c;
    c = mu_new(all->arena, struct mu_capability_seen);
    c->name = mu_bytes_dup(all->arena, name);
    mu_table_add(&all->known, all->arena, c);
    *all->tail = c;
    all->tail = &c->next;
    return c;
}

static void each_word(struct capabilities *all, const char *list,
                      void (*on)(struct mu_capability_seen *c, const void *what), const void *what)
{
    struct mu_bytes text = mu_bytes_of(list);
    for (size_t at = 0, n; at < text.n; at += n + 1) {
        n = strcspn(text.p + at, " ");
        if (n > 0)
            on(capability_of(all, mu_bytes_slice(text, at, n)), what);
    }
}

static void on_claim(struct mu_capability_seen *c, const void *what)
{
    (void) what;
    c->claimed = true;
}

static void on_said(struct mu_capability_seen *c, const void *what)
{
    (void) what;
    c->said = true;
}

/* A case, and whether it needs what nobody has claimed. */
struct need {
    const struct mu_result_case *of;
    bool *unclaimed;
};

static void on_look(struct mu_capability_seen *c, const void *what)
{
    const struct need *need = what;
    *need->unclaimed = *need->unclaimed || !(c->claimed || c->said);
}

static void on_needed(struct mu_capability_seen *c, const void *what)
{
    const struct need *need = what;
    c->cases++;
    if (*need->unclaimed && (c->claimed || c->said))
        return;
    for (int v = 0; v < MU_VERDICTS; v++)
        c->count[v] += need->of->count[v];
    c->worst = mu_verdict_worst(c->worst, need->of->worst);
}

static bool works(const struct mu_capability_seen *c)
{
    return c->worst < MU_FAIL && c->count[MU_PASS] + c->count[MU_REMARKS] > 0
           && c->count[MU_INCONCLUSIVE] == 0;
}

/* In one word, from what was claimed and what the cases that need it came to. */
static const char *standing(const struct mu_capability_seen *c)
{
    bool claimed = c->claimed || c->said;
    if (c->worst == MU_NOT_RUN)
        return claimed ? (c->cases > 0 ? "not exercised" : "no case asks for it") : "not claimed";
    if (c->worst == MU_FAIL)
        return claimed ? "failed" : "fails, and is not claimed";
    if (!works(c))
        return "not decided";
    return claimed ? "shown" : "works, though not claimed";
}

const struct mu_capability_seen *mu_capabilities_seen(struct mu_arena *arena,
                                                      const struct mu_result *m)
{
    struct capabilities all = { .arena = arena, .tail = &all.first };
    each_word(&all, mu_pair_value(m->sut, "claims"), on_claim, NULL);
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next)
        each_word(&all, a->caps, on_said, NULL);
    for (const struct mu_result_case *of = m->of; of != NULL; of = of->next) {
        bool unclaimed = false;
        struct need need = { of, &unclaimed };
        each_word(&all, of->capabilities, on_look, &need);
        each_word(&all, of->capabilities, on_needed, &need);
    }
    for (struct mu_capability_seen *c = all.first; c != NULL; c = c->next)
        c->standing = standing(c);
    return all.first;
}

bool mu_capability_unclaimed(const struct mu_capability_seen *c)
{
    return !c->claimed && !c->said && c->worst != MU_NOT_RUN;
}

const char *mu_capabilities_unclaimed(struct mu_arena *arena, const struct mu_result *m,
                                      bool working)
{
    struct mu_buf names = { .arena = arena };
    for (const struct mu_capability_seen *c = mu_capabilities_seen(arena, m); c != NULL;
         c = c->next)
        if (mu_capability_unclaimed(c) && works(c) == working)
            mu_buf_printf(&names, "%s%s", names.n > 0 ? ", " : "", c->name);
    return mu_buf_text(&names);
}
