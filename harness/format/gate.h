/*
 * gate.h - one linear pass over foreign XML before any library sees it.
 *
 * Refuses: more than MU_XML_MAX bytes (or `max`), anything before the first `<` but a UTF-8 BOM,
 * NUL, bytes that are no strict UTF-8, an encoding declaration other than UTF-8 (or US-ASCII), XML 1.1,
 * a DOCTYPE or entity declaration, processing instructions other than the XML declaration, depth,
 * attributes or namespace declarations past base/limits.h, and any namespace that begins with
 * "urn:muster:", so that no label can forge facts of a message document. Allocates nothing.
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

struct mu_gate_fault {
    const char *limit; /* "depth", "doctype", "encoding", "urn:muster", ...; stable words */
    const char *why;   /* one sentence naming the limit and its value                     */
    size_t offset;     /* of the offending byte                                           */
};

/* Relaxations, for the profile that must accept them; printed in reports. */
enum mu_gate_allow { MU_GATE_ALLOW_PI = 1 };

bool mu_gate(struct mu_bytes xml, unsigned allow, struct mu_gate_counts *counts,
             struct mu_gate_fault *fault);

#endif
