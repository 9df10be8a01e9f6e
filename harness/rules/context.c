#include <assert.h>

#include "rules/expression.h"

/* What one pass over a context carries. */
struct reader {
    struct mu_rule_set *set;
    const struct mu_spot *spot;
    struct mu_err *err;
    struct mu_scanner scanner;
    struct mu_token t; /* the next token, not yet taken */
    struct mu_list steps;
};

#define SAY(r, ...) mu_fail_where((r)->err, (r)->spot->where, MU_ERR_PROFILE, __VA_ARGS__)
#define SHOW(bytes) (int) ((bytes).n < 60 ? (bytes).n : 60), (bytes).p

static void next(struct reader *r)
{
    r->t = mu_scan(&r->scanner);
}

/* [@a='v'] is compared in C: a node set for each predicate is what makes libxml2 slow. */
static bool read_literal(struct reader *r, struct mu_step *step, struct mu_bytes inside)
{
    struct mu_scanner s = { .text = inside };
    struct mu_token t[5];
    for (size_t i = 0; i < MU_COUNT(t); i++)
        t[i] = mu_scan(&s);
    if (!mu_token_is(&t[0], "@") || t[1].kind != MU_TOKEN_NAME || !mu_token_is(&t[2], "=")
        || t[3].kind != MU_TOKEN_STRING || t[4].kind != MU_TOKEN_END
        || memchr(t[1].text.p, ':', t[1].text.n) != NULL || t[1].text.p[0] == '*')
        return false;
    struct mu_arena *arena = r->set->arena;
    struct mu_literal *literal = mu_list_add(arena, &step->literals, sizeof *literal);
    literal->name = mu_bytes_dup(arena, t[1].text);
    literal->value = mu_bytes_dup(arena, t[3].text);
    return true;
}

static bool is_positional(struct mu_bytes inside)
{
    struct mu_scanner s = { .text = inside };
    for (struct mu_token t = mu_scan(&s); t.kind != MU_TOKEN_END; t = mu_scan(&s))
        if (mu_token_is(&t, "position") || mu_token_is(&t, "last"))
            return true;
    return false;
}

static bool read_predicate(struct reader *r, struct mu_step *step)
{
    size_t depth = 0, from = r->t.to;
    do {
        if (mu_token_is(&r->t, "["))
            depth++;
        else if (mu_token_is(&r->t, "]"))
            depth--;
        if (r->t.kind == MU_TOKEN_END || r->t.kind == MU_TOKEN_BAD)
            return SAY(r, "a predicate of the context is not closed");
        if (depth > 0)
            next(r);
    } while (depth > 0);
    struct mu_bytes inside = mu_bytes_slice(r->scanner.text, from, r->t.from - from);
    next(r);
    if (read_literal(r, step, inside))
        return true;
    struct mu_expression code;
    TRY(mu_expression_compile(r->spot, mu_bytes_dup(r->set->arena, inside),
                              (struct mu_visible){ 0 }, &code, r->err));
    if (is_positional(inside) || code.type == XPATH_NUMBER)
        return SAY(r, "'[%.*s]' is a position, which a context may not ask for", SHOW(inside));
    struct mu_expression *test = mu_list_add(r->set->arena, &step->tests, sizeof *test);
    *test = code;
    return true;
}

static bool skip(struct reader *r)
{
    next(r);
    return true;
}

static bool read_name(struct reader *r, struct mu_step *step)
{
    struct mu_bytes name = r->t.text;
    size_t colon = mu_bytes_find(name, MU_BYTES(":"), 0);
    if (r->t.kind == MU_TOKEN_AXIS)
        return SAY(r, "axis '%.*s::' may not stand in a context", SHOW(name));
    if (r->t.kind != MU_TOKEN_NAME)
        return SAY(r, "'%.*s' may not stand in a context: steps are element names", SHOW(name));
    if (mu_bytes_equal(name, MU_BYTES("*")))
        return skip(r);
    if (colon == SIZE_MAX)
        return SAY(r, "'%.*s' has no prefix", SHOW(name));
    struct mu_bytes local = mu_bytes_from(name, colon + 1);
    if (mu_bytes_equal(local, MU_BYTES("*")))
        return SAY(r, "'%.*s' is no name", SHOW(name));
    step->space = mu_namespace_find(r->spot->file, mu_bytes_slice(name, 0, colon));
    if (step->space == NULL)
        return SAY(r, "prefix '%.*s' is not declared by any sch:ns", (int) colon, name.p);
    step->name = (const char *) xmlDictLookup(r->set->dict, BAD_CAST local.p, (int) local.n);
    return skip(r);
}

static bool read_step(struct reader *r, bool deep)
{
    struct mu_step step = { .deep = deep };
    TRY(read_name(r, &step));
    while (mu_token_is(&r->t, "["))
        TRY(read_predicate(r, &step));
    struct mu_step *kept = mu_list_add(r->set->arena, &r->steps, sizeof *kept);
    *kept = step;
    return true;
}

/* Two contexts of one pattern that end in one name: the second would be shadowed where both match. */
static bool check_shadow(struct reader *r, size_t scope, const struct mu_step *last)
{
    const struct mu_path *path = r->set->paths.item;
    const struct mu_scope *scopes = r->set->scopes.item;
    for (size_t i = 0; i < r->set->paths.count; i++) {
        const struct mu_step *other = &path[i].step[path[i].steps - 1];
        if (path[i].scope != scope && scopes[path[i].scope].pattern == scopes[scope].pattern
            && other->name == last->name && strcmp(other->space, last->space) == 0)
            return SAY(r,
                       "'%s' is also the end of the context in line %u, which would win: give this "
                       "rule a pattern of its own",
                       last->name, path[i].where.line);
    }
    return true;
}

static bool read_path(struct reader *r, size_t scope)
{
    struct mu_path path = { .scope = scope, .where = r->spot->where };
    bool slash = mu_token_is(&r->t, "/"), deep = mu_token_is(&r->t, "//");
    path.anchored = slash;
    if (slash || deep)
        next(r);
    r->steps = (struct mu_list){ 0 };
    TRY(read_step(r, false));
    while (mu_token_is(&r->t, "/") || mu_token_is(&r->t, "//")) {
        deep = mu_token_is(&r->t, "//");
        next(r);
        TRY(read_step(r, deep));
    }
    path.step = r->steps.item;
    path.steps = r->steps.count;
    const struct mu_step *last = &path.step[path.steps - 1];
    if (last->name == NULL)
        return SAY(r, "a context ends in a name, not in '*'");
    if (!path.anchored && path.step[0].space != NULL && mu_namespace_is_ours(path.step[0].space))
        return SAY(r,
                   "a context that begins with '%s' is found everywhere (parts have headers, too): "
                   "begin it with the message element, '/m:message/...'",
                   path.step[0].name);
    TRY(check_shadow(r, scope, last));
    struct mu_path *kept = mu_list_add(r->set->arena, &r->set->paths, sizeof *kept);
    *kept = path;
    return true;
}

bool mu_context_parse(struct mu_rule_set *set, const struct mu_spot *spot, const char *context,
                      size_t scope, struct mu_err *err)
{
    struct reader r = { .set = set, .spot = spot, .err = err };
    r.scanner.text = mu_bytes_of(context);
    next(&r);
    for (;;) {
        TRY(read_path(&r, scope));
        if (r.t.kind == MU_TOKEN_END)
            return true;
        if (!mu_token_is(&r.t, "|"))
            return SAY(&r, "'%.*s' may not stand in a context", SHOW(r.t.text));
        next(&r);
    }
}

/* The value may be split over several text nodes. */
static bool has_literal(const xmlNode *node, const struct mu_literal *literal)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (a->ns != NULL || strcmp((const char *) a->name, literal->name) != 0)
            continue;
        const char *rest = literal->value;
        for (const xmlNode *text = a->children; text != NULL; text = text->next) {
            const char *piece = text->content == NULL ? "" : (const char *) text->content;
            size_t n = strlen(piece);
            if (strncmp(rest, piece, n) != 0)
                return false;
            rest += n;
        }
        return *rest == '\0';
    }
    return false;
}

static int step_matches(struct mu_judging *j, const struct mu_path *path, size_t i, xmlNode *node);

/* The steps before `i`, at the parent of `node` or, after a //, at any ancestor. */
static int outer_matches(struct mu_judging *j, const struct mu_path *path, size_t i, xmlNode *node)
{
    xmlNode *parent = node->parent;
    if (i == 0)
        return !path->anchored || parent == NULL || parent->type == XML_DOCUMENT_NODE;
    int matches = 0;
    for (; matches == 0 && parent != NULL && parent->type == XML_ELEMENT_NODE;
         parent = parent->parent) {
        matches = step_matches(j, path, i - 1, parent);
        if (!path->step[i].deep)
            break;
    }
    return matches;
}

static int step_matches(struct mu_judging *j, const struct mu_path *path, size_t i, xmlNode *node)
{
    const struct mu_step *step = &path->step[i];
    if (step->name != NULL
        && (!xmlStrEqual(node->name, BAD_CAST step->name) || node->ns == NULL
            || strcmp((const char *) node->ns->href, step->space) != 0))
        return 0;
    const struct mu_literal *literal = step->literals.item;
    for (size_t k = 0; k < step->literals.count; k++)
        if (!has_literal(node, &literal[k]))
            return 0;
    int matches = outer_matches(j, path, i, node);
    const struct mu_expression *test = step->tests.item;
    const struct mu_scope *scope = (const struct mu_scope *) j->set->scopes.item + path->scope;
    for (size_t k = 0; k < step->tests.count && matches == 1; k++)
        matches = mu_evaluate_truth(j, scope->file, &test[k], node);
    return matches;
}

int mu_context_match(struct mu_judging *j, const struct mu_path *path, xmlNode *node)
{
    return step_matches(j, path, path->steps - 1, node);
}
