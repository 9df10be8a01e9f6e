/* marks.h - what marks.c and portions.c share. Inside document/ only. */
#ifndef MU_DOCUMENT_MARKS_H
#define MU_DOCUMENT_MARKS_H

#include "document/node.h"
#include "policy/marking.h"

/* The message's own label under its policy. */
struct mu_own {
    bool known;
    struct mu_resolved label;
};

/* @policy, @classification and @rank. */
void mu_node_classification(struct mu_node *t, xmlNode *node, const struct mu_policy *p,
                            uint32_t classification);

/* Marks are looked for in text/plain. */
bool mu_node_is_plain(const struct mu_part *part);

/* m:portion and m:rollup of the leaves. */
void mu_node_portions(struct mu_node *t, const struct mu_own *own,
                      const struct mu_body *const *body, size_t bodies);

#endif
