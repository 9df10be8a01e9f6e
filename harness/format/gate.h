/*
 * gate.h - one linear pass over foreign XML before any library sees it.
 *
 * Refuses: more than MU_XML_MAX bytes, anything before the first `<` but a UTF-8 BOM, NUL, bytes
 * that are no strict UTF-8, noncharacters, an encoding declaration other than UTF-8 (or US-ASCII),
 * a version other than 1.0, a DOCTYPE or entity declaration, processing instructions other than the
 * XML declaration, depth, elements, attributes or namespace declarations past base/limits.h, and
 * any namespace that begins with "urn:muster:" (or is written with references, which could hide
 * one), so that no label can forge facts of a message document. Allocates nothing.
 *
 * The gate is no judge of well-formedness: that is the parser's work. But where quotes, comments or
 * CDATA cannot be followed it refuses ("syntax"), so nothing can hide behind them.
 */
#ifndef MU_FORMAT_GATE_H
#define MU_FORMAT_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* What the pass counted, to be compared with what the parser made of the same bytes. */
struct mu_gate_counts {
    uint32_t elements, attributes, depth; /* namespace declarations are no attributes */
};

/* limit is one of: "empty" "size" "nul" "start" "utf-8" "noncharacter" "encoding" "version"
 * "doctype" "pi" "depth" "elements" "attributes" "namespaces" "namespace-reference" "urn:muster"
 * "syntax". */
struct mu_gate_fault {
    const char *limit; /* a stable word, see above                */
    const char *why;   /* one sentence naming the limit and its value */
    size_t offset;     /* of the offending byte                   */
};

/* Relaxations, for the profile that must accept them; printed in reports. */
enum mu_gate_allow { MU_GATE_ALLOW_PI = 1 };

/* True and *counts, or false and *fault. */
bool mu_gate(struct mu_bytes xml, unsigned allow, struct mu_gate_counts *counts,
             struct mu_gate_fault *fault);

#endif
