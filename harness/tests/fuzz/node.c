/* JSON as reports read it: two readers, ours for what we write and jansson for the rest. What ours takes
 * jansson takes, too, and makes the same of it; a line that jansson refuses is refused. */
#include "report/node.h"

#include "tests/fuzz/fuzz.h"

static void fuzz_start(void)
{
}

static bool same(const struct mu_node *a, const struct mu_node *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        bool opened = a->kind == MU_NODE_ARRAY || a->kind == MU_NODE_OBJECT;
        if (a->kind != b->kind || a->number != b->number || a->size != b->size
            || !mu_bytes_equal(a->name, b->name) || !(opened || mu_bytes_equal(a->text, b->text))
            || !same(a->first, b->first))
            return false;
    }
    return a == b;
}

static void check(struct mu_bytes input, const struct mu_node *node)
{
    for (; node != NULL; node = node->next) {
        bool opened = node->kind == MU_NODE_ARRAY || node->kind == MU_NODE_OBJECT;
        HOLDS(node->text.p != NULL && (opened || node->text.p[node->text.n] == '\0'));
        HOLDS(!opened || fuzz_inside(node->text, input));
        HOLDS(opened || node->first == NULL);
        check(input, node->first);
    }
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_nodes *fast = mu_new(arena, struct mu_nodes), *slow = mu_new(arena, struct mu_nodes);
    struct mu_bytes kept = { mu_bytes_dup(arena, input), input.n };
    fast->arena = slow->arena = arena;
    const struct mu_node *a = mu_node_read(fast, input), *b = mu_node_read_slowly(slow, input);
    HOLDS(same(a, b));
    check(input, a);
    HOLDS(mu_bytes_equal(kept, input)); /* texts are decoded in a copy */
}
