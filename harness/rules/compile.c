#include <assert.h>

#include "format/unicode.h"
#include "rules/functions.h"

/* Names are interned, so their address is their hash. */
static size_t slot_of(const struct mu_rule_set *set, const char *name)
{
    uintptr_t key = (uintptr_t) name;
    return (size_t) ((key >> 2) * 0x9e3779b97f4a7c15u >> 32) & (set->buckets - 1);
}

static struct mu_bucket *bucket_at(const struct mu_rule_set *set, const char *name)
{
    size_t i = slot_of(set, name);
    while (set->bucket[i].name != NULL && set->bucket[i].name != name)
        i = (i + 1) & (set->buckets - 1);
    return &set->bucket[i];
}

const struct mu_bucket *mu_dispatch_find(const struct mu_rule_set *set, const char *name)
{
    const struct mu_bucket *bucket = bucket_at(set, name);
    return bucket->name == NULL ? NULL : bucket;
}

static const char *last_name(const struct mu_path *path)
{
    return path->step[path->steps - 1].name;
}

/* Paths are in the order of their scopes already, so filling in order keeps it in each bucket. */
static void fill(struct mu_rule_set *set)
{
    const struct mu_path *path = set->paths.item;
    size_t next = 0;
    for (size_t i = 0; i < set->paths.count; i++) {
        struct mu_bucket *bucket = bucket_at(set, last_name(&path[i]));
        bucket->name = last_name(&path[i]);
        bucket->count++;
    }
    for (size_t i = 0; i < set->buckets; i++) {
        set->bucket[i].first = next;
        next += set->bucket[i].count;
        set->bucket[i].count = 0;
    }
    for (size_t i = 0; i < set->paths.count; i++) {
        struct mu_bucket *bucket = bucket_at(set, last_name(&path[i]));
        set->order[bucket->first + bucket->count++] = &path[i];
    }
}

bool mu_rules_compile(struct mu_rule_set *set, int64_t test_time, struct mu_err *err)
{
    TRY(mu_unicode_start(err));
    set->test_time = test_time;
    set->buckets = 16;
    while (set->buckets < set->paths.count * 4)
        set->buckets *= 2;
    set->bucket = mu_arena_array(set->arena, set->buckets, sizeof *set->bucket);
    set->order = mu_arena_array(set->arena, set->paths.count + 1, sizeof *set->order);
    fill(set);
    set->compiled = true;
    return true;
}
