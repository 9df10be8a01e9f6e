/*
 * node.h - JSON as it is read here: a tree that lives until the next line is read.
 *
 * What our own writers write (pure ASCII, no blanks, whole numbers) is read at once; whatever else
 * JSON may be is left to jansson, which alone decides what is JSON. Both give the same tree.
 */
#ifndef MU_REPORT_NODE_H
#define MU_REPORT_NODE_H

#include <stdint.h>

#include "base/bytes.h"

enum mu_node_kind {
    MU_NODE_OTHER,
    MU_NODE_TRUE,
    MU_NODE_NUMBER,
    MU_NODE_TEXT,
    MU_NODE_ARRAY,
    MU_NODE_OBJECT
};

struct mu_node {
    enum mu_node_kind kind; /* OTHER: false, null, a number that is no whole one */
    unsigned size;          /* how many values an array or object has            */
    struct mu_bytes name;   /* of a member; "" in an array                       */
    struct mu_bytes
        text; /* of a text, NUL behind it; an array or object as it stands in the line, "" when
                               jansson read it */
    int64_t number;
    struct mu_node *first, *next;
};

/* Where trees are made: the memory of one serves for the next. It must live as long as its arena. */
struct mu_nodes {
    struct mu_arena *arena;
    struct mu_nodes_block *block, *at;
    size_t used; /* of `at` */
    char *copy;  /* of the line, with texts decoded in place */
    size_t room;
    struct mu_arena *texts; /* of the tree, when jansson read it */
};

/* The value that `json` is, with no name twice in an object; NULL when it is no JSON. The tree before it
 * is gone. */
const struct mu_node *mu_node_read(struct mu_nodes *nodes, struct mu_bytes json);

/* The same, with jansson alone; for tests. */
const struct mu_node *mu_node_read_slowly(struct mu_nodes *nodes, struct mu_bytes json);

/* The member of an object; NULL when there is none, or `object` is none. */
const struct mu_node *mu_node_get(const struct mu_node *object, const char *name);

/* The first value of an array, the first member of an object; NULL of anything else. */
const struct mu_node *mu_node_first(const struct mu_node *array);
const struct mu_node *mu_node_member(const struct mu_node *object);

#define mu_node_each(item, of)                                                                     \
    for (const struct mu_node *item = mu_node_first(of); (item) != NULL; (item) = (item)->next)

#endif
