#include "limit_lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    const char *name; /* NULL: free */
    uint32_t hash, number;
};

struct limit_names {
    uint32_t mask;
    struct slot slot[];
};

struct limit_names *limit_names_new(size_t count)
{
    size_t room = 16;
    while (room < count * 2)
        room *= 2;
    struct limit_names *names = calloc(1, sizeof *names + room * sizeof names->slot[0]);
    if (names == NULL) {
        fputs("limit: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    names->mask = (uint32_t) (room - 1);
    return names;
}

/* Where the name is, or would stand. */
static const struct slot *find(const struct limit_names *names, const char *name, uint32_t *hash)
{
    *hash = 2166136261U;
    for (const char *p = name; *p != '\0'; p++)
        *hash = (*hash ^ (unsigned char) *p) * 16777619U;
    const struct slot *slot = &names->slot[*hash & names->mask];
    while (slot->name != NULL && (slot->hash != *hash || strcmp(slot->name, name) != 0))
        slot = slot == &names->slot[names->mask] ? names->slot : slot + 1;
    return slot;
}

void limit_names_add(struct limit_names *names, const char *name, uint32_t number)
{
    uint32_t hash;
    size_t at = (size_t) (find(names, name, &hash) - names->slot);
    if (names->slot[at].name == NULL)
        names->slot[at] = (struct slot){ .name = name, .hash = hash, .number = number };
}

uint32_t limit_names_find(const struct limit_names *names, const char *name)
{
    uint32_t hash;
    const struct slot *slot = find(names, name, &hash);
    return slot->name != NULL ? slot->number : UINT32_MAX;
}
