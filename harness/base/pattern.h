/*
 * pattern.h - does a whole text follow a pattern? A small regular expression that takes a time in
 * proportion to the text, whatever the pattern and whoever wrote the text.
 *
 *   a        the octet itself          [a-z.]  [^a-z]   one of a class, one outside of it
 *   .        any octet                 \d               a digit; \ before anything else: that octet
 *   (x|y)    a choice                  x? x* x+ x{2} x{2,5} x{2,}   how often
 *
 * There are no anchors, because the whole text must fit; no captures; no back references.
 */
#ifndef MU_BASE_PATTERN_H
#define MU_BASE_PATTERN_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

struct mu_pattern; /* belongs to an arena */

/* MU_ERR_USAGE with one sentence. */
bool mu_pattern_parse(struct mu_arena *arena, struct mu_bytes text, struct mu_pattern **pattern,
                      struct mu_err *err) MU_MUST_USE;

bool mu_pattern_fits(struct mu_arena *arena, const struct mu_pattern *pattern,
                     struct mu_bytes text);

#endif
