/* What a run says of itself, as facts that can be held against those of another run. */
#include <stdio.h>
#include <string.h>

#include "core/words.h"
#include "report/compare.h"

static const char *keep(struct mu_past *id, struct mu_arena *arena, const char *text)
{
    return mu_table_word(&id->words, arena, mu_bytes_of(text));
}

static struct mu_fact *new_fact(struct mu_past *id, struct mu_arena *arena, const char *name,
                                const char *value)
{
    struct mu_fact *fact = mu_new(arena, struct mu_fact);
    fact->name = keep(id, arena, name);
    fact->value = keep(id, arena, value);
    return fact;
}

/* The first to say it is right: an adapter that was started anew says it again. */
static void add(struct mu_past *id, struct mu_arena *arena, enum mu_fact_kind kind, bool rough,
                const char *name, const char *value)
{
    if (*value == '\0' || mu_table_find(&id->facts, mu_bytes_of(name)) != NULL)
        return;
    struct mu_fact *fact = new_fact(id, arena, name, value);
    fact->kind = kind;
    fact->rough = rough;
    mu_table_add(&id->facts, arena, fact);
    *id->tail = fact;
    id->tail = &fact->next;
}

static void add_number(struct mu_past *id, struct mu_arena *arena, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long) value);
    add(id, arena, MU_FACT_ENVIRONMENT, false, name, text);
}

static const char *joined(struct mu_arena *arena, const struct mu_pair *pair,
                          const char *const *member, size_t count)
{
    struct mu_buf text = { .arena = arena };
    for (size_t i = 0; i < count; i++) {
        const char *value = mu_pair_value(pair, member[i]);
        if (*value != '\0')
            mu_buf_printf(&text, "%s%s", text.n > 0 ? " " : "", value);
    }
    return mu_buf_text(&text);
}

static void add_adapters(struct mu_past *id, struct mu_arena *arena, const struct mu_result *m)
{
    static const char *const system[] = { "name", "version", "build" };
    static const char *const program[] = { "name", "version", "language" };
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next) {
        if (a->sut == NULL && a->adapter == NULL)
            continue;
        add(id, arena, MU_FACT_SUT, false,
            mu_arena_printf(arena, "system behind adapter %s", a->id),
            joined(arena, a->sut, system, MU_COUNT(system)));
        add(id, arena, MU_FACT_ENVIRONMENT, false, mu_arena_printf(arena, "adapter %s", a->id),
            joined(arena, a->adapter, program, MU_COUNT(program)));
        add(id, arena, MU_FACT_SUT, true,
            mu_arena_printf(arena, "what adapter %s says of itself", a->id), a->digest);
    }
}

/* Members of the open event, and what a difference of them would be. */
static const struct {
    enum mu_fact_kind kind;
    bool rough;
    size_t list; /* offset of the struct mu_pair * in the model */
    const char *member, *name;
} row[] = {
#define OF(list) offsetof(struct mu_result, list)
    { MU_FACT_SUT, false, OF(sut), "id", "system" },
    { MU_FACT_SUT, false, OF(sut), "version", "version" },
    { MU_FACT_SUT, false, OF(sut), "name", "name" },
    { MU_FACT_SUT, false, OF(sut), "claims", "claims" },
    { MU_FACT_SUT, true, OF(digest), "sut", "SUT file" },
    { MU_FACT_SUITE, false, OF(suite), "id", "suite" },
    { MU_FACT_SUITE, false, OF(suite), "revision", "suite revision" },
    { MU_FACT_SUITE, false, OF(profile), "id", "profile" },
    { MU_FACT_SUITE, false, OF(profile), "version", "profile version" },
    { MU_FACT_SUITE, false, OF(digest), "suite", "suite digest" },
    { MU_FACT_SUITE, false, OF(digest), "profile", "profile digest" },
    { MU_FACT_SUITE, false, OF(digest), "rules", "rules digest" },
    { MU_FACT_EXPECTATION, false, OF(digest), "expectations", "expectation file" },
    { MU_FACT_CHOICE, false, OF(digest), "plan", "plan" },
#undef OF
};

static void add_members(struct mu_past *id, struct mu_arena *arena, const struct mu_result *m,
                        enum mu_fact_kind kind)
{
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const struct mu_pair *list = *(struct mu_pair *const *) ((const char *) m + row[i].list);
        if (row[i].kind == kind)
            add(id, arena, kind, row[i].rough, row[i].name, mu_pair_value(list, row[i].member));
    }
}

static void add_pairs(struct mu_past *id, struct mu_arena *arena, enum mu_fact_kind kind,
                      const char *what, const struct mu_pair *pair)
{
    for (; pair != NULL; pair = pair->next)
        add(id, arena, kind, false, mu_arena_printf(arena, "%s %s", what, pair->name), pair->value);
}

/* A rule as it was in force; what it is called stands in the table. */
static void add_rules(struct mu_past *id, struct mu_arena *arena, const struct mu_result *m)
{
    for (const struct mu_result_rule *r = m->rule; r != NULL; r = r->next)
        mu_table_add(&id->rules, arena,
                     new_fact(id, arena, r->id,
                              mu_arena_printf(arena, "%s%s: %s", r->level,
                                              r->waived ? ", waived" : "", r->text)));
    for (const struct mu_result_case *of = m->of; of != NULL; of = of->next)
        mu_table_add(&id->cases, arena, new_fact(id, arena, of->id, of->revision));
}

struct mu_past *mu_past_of(struct mu_arena *arena, const struct mu_result *m)
{
    struct mu_past *id = mu_new(arena, struct mu_past);
    id->tail = &id->fact;
    add_adapters(id, arena, m);
    add_members(id, arena, m, MU_FACT_SUT);
    add_members(id, arena, m, MU_FACT_SUITE);
    add_pairs(id, arena, MU_FACT_SUITE, "policy", m->policy);
    add(id, arena, MU_FACT_SUITE, true, "policies digest", mu_pair_value(m->digest, "policies"));
    add_members(id, arena, m, MU_FACT_EXPECTATION);
    add(id, arena, MU_FACT_ENVIRONMENT, false, "muster", m->muster);
    add_pairs(id, arena, MU_FACT_ENVIRONMENT, "library", m->library);
    add(id, arena, MU_FACT_ENVIRONMENT, false, "isolation", m->isolation);
    add_number(id, arena, "seed", m->seed);
    add_number(id, arena, "jobs", m->jobs);
    add_number(id, arena, "repeat", m->repeat);
    add(id, arena, MU_FACT_ENVIRONMENT, false, "attempt that speaks", m->final);
    add(id, arena, MU_FACT_CLOCK, false, "test time", m->test_time);
    add(id, arena, MU_FACT_CHOICE, false, "selection",
        *m->selection != '\0' ? m->selection : "everything");
    add_members(id, arena, m, MU_FACT_CHOICE);
    add_rules(id, arena, m);
    return id;
}

const char *mu_fact_word(enum mu_fact_kind kind)
{
    static const char *const word[] = { "sut",         "suite", "expectation",
                                        "environment", "clock", "choice" };
    return mu_word(word, MU_COUNT(word), (int) kind);
}
