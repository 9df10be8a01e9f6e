/*
 * limit_lookup.h - the least that checking a label can cost: its names are looked up in a plain hash,
 * byte for byte. Open addressing, FNV-1a, at most half full; nothing of the harness.
 */
#ifndef LIMIT_LOOKUP_H
#define LIMIT_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

struct limit_names;

/* Room for `count` names, which are not copied. */
struct limit_names *limit_names_new(size_t count);

/* A name that is there already keeps its number. */
void limit_names_add(struct limit_names *names, const char *name, uint32_t number);

/* UINT32_MAX: it is not there. */
uint32_t limit_names_find(const struct limit_names *names, const char *name);

#endif
