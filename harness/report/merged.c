/* Runs that are part of a whole, and runs that were made of several: shards, merges, conflicts. */
#include <string.h>

#include "report/take.h"

void mu_take_shard(struct mu_result *m, const struct mu_node *open)
{
    const struct mu_node *shard = mu_node_get(open, "shard");
    m->shard.number = mu_event_number(shard, "number", 0);
    m->shard.of = mu_event_number(shard, "of", 0);
    m->shard.whole = mu_event_number(shard, "whole", 0);
}

void mu_take_merged(struct mu_result *m, const struct mu_node *o)
{
    struct mu_merged *merged = mu_new(m->arena, struct mu_merged), **tail = &m->merged;
    const struct mu_node *shard = mu_node_get(o, "shard");
    merged->run = mu_take_text(m, o, "run");
    merged->head = mu_take_text(m, o, "head");
    merged->started = mu_take_text(m, o, "started");
    merged->test_time = mu_take_text(m, o, "test_time");
    merged->muster = mu_take_text(m, o, "muster");
    merged->isolation = mu_take_text(m, o, "isolation");
    merged->version = mu_take_text(m, mu_node_get(o, "sut"), "version");
    merged->seed = mu_event_number(o, "seed", 0);
    merged->lines = mu_event_number(o, "lines", 0);
    merged->shard.number = mu_event_number(shard, "number", 0);
    merged->shard.of = mu_event_number(shard, "of", 0);
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = merged;
    m->mergeds++;
}

void mu_take_conflict(struct mu_result *m, const struct mu_node *o)
{
    struct mu_conflict *conflict = mu_new(m->arena, struct mu_conflict), **tail = m->tail.conflict;
    conflict->what = mu_take_text(m, o, "what");
    conflict->of = mu_take_text(m, o, "case");
    conflict->says = mu_take_text(m, o, "says");
    m->looks_back = true;
    struct mu_instance *instance = mu_table_find(&m->instances, mu_bytes_of(conflict->of));
    if (instance != NULL)
        instance->conflict = true;
    *tail = conflict;
    m->tail.conflict = &conflict->next;
    m->conflicts++;
}

const char *mu_shard_text(struct mu_arena *arena, struct mu_share part)
{
    if (part.of == 0)
        return "";
    return mu_arena_printf(arena, "%lld of %lld", (long long) part.number, (long long) part.of);
}

static struct mu_pair **say(struct mu_arena *arena, struct mu_pair **tail, const char *what,
                            const char *text)
{
    if (text == NULL || *text == '\0')
        return tail;
    *tail = mu_new(arena, struct mu_pair);
    (*tail)->name = what;
    (*tail)->value = text;
    return &(*tail)->next;
}

const struct mu_pair *mu_result_about(struct mu_arena *arena, const struct mu_result *result)
{
    struct mu_pair *all = NULL, **tail = &all;
    tail = say(arena, tail, "hidden", mu_result_hides(arena, result));
    tail = say(arena, tail, "content", result->content);
    tail = say(arena, tail, "shard", mu_shard_text(arena, result->shard));
    for (const struct mu_merged *r = result->merged; r != NULL; r = r->next)
        tail = say(arena, tail, "merged", r->run);
    for (const struct mu_conflict *c = result->conflict; c != NULL; c = c->next)
        tail = say(arena, tail, "conflict", c->says);
    return all;
}
