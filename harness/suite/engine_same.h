/* engine_same.h - comparisons that are about more than two carriers; inside the engine only. */
#ifndef MU_SUITE_ENGINE_SAME_H
#define MU_SUITE_ENGINE_SAME_H

#include "document/same.h"
#include "suite/engine_case.h"

struct mu_comparison mu_differs(const char *reason, const char *expected, const char *seen);

struct mu_comparison mu_same_shown(struct mu_engine_case *e, const struct mu_document *a,
                                   const struct mu_document *b);
struct mu_comparison mu_same_told(struct mu_engine_case *e, const struct mu_document *a,
                                  const struct mu_sap_reply *told);
struct mu_comparison mu_same_changes(struct mu_engine_case *e, const struct mu_document *a,
                                     const struct mu_document *b);
struct mu_comparison mu_same_colours(struct mu_engine_case *e, const struct mu_document *a,
                                     const struct mu_document *b);

/* "dsn" and "recipients"; false for any other word. */
bool mu_same_envelope(struct mu_engine_case *e, const struct mu_step *step, const char *what,
                      struct mu_comparison *c);

/* What became of a label, where `what` compares labels: "kept", "re-encoded", "mapped", "lowered", "raised",
 * "altered", "lost", "invented"; else "" (engine_same_fate.c). */
const char *mu_engine_label_fate(struct mu_engine_case *e, const char *what,
                                 const struct mu_comparison *c, const struct mu_label *sent,
                                 const struct mu_label *came);

#endif
