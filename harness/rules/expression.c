#include "rules/expression.h"

#include "base/names.h"
#include "rules/functions.h"

/* XPath 1.0 part 4, without id(). */
static const struct core {
    const char *name;
    int least, most;
} core[] = {
    { "boolean", 1, 1 },
    { "ceiling", 1, 1 },
    { "concat", 2, 99 },
    { "contains", 2, 2 },
    { "count", 1, 1 },
    { "false", 0, 0 },
    { "floor", 1, 1 },
    { "lang", 1, 1 },
    { "last", 0, 0 },
    { "local-name", 0, 1 },
    { "name", 0, 1 },
    { "namespace-uri", 0, 1 },
    { "normalize-space", 0, 1 },
    { "not", 1, 1 },
    { "number", 0, 1 },
    { "position", 0, 0 },
    { "round", 1, 1 },
    { "starts-with", 2, 2 },
    { "string", 0, 1 },
    { "string-length", 0, 1 },
    { "substring", 2, 3 },
    { "substring-after", 2, 2 },
    { "substring-before", 2, 2 },
    { "sum", 1, 1 },
    { "translate", 3, 3 },
    { "true", 0, 0 },
};

static const struct mu_refused refused[] = {
    { "current", "write a let in the rule, whose value is computed on the context node" },
    { "document", "a rule sees one message document and nothing else" },
    { "element-available", "it belongs to XSLT" },
    { "format-number", "it belongs to XSLT" },
    { "function-available", "every function of the house is there" },
    { "generate-id", "compare nodes with count(a | b) = 1" },
    { "id", "message documents have no DTD, so no attribute is an ID" },
    { "key", "it belongs to XSLT; write a path with a predicate" },
    { "system-property", "it belongs to XSLT" },
    { "unparsed-entity-uri", "message documents have no entities" },
};

const char *mu_namespace_find(const struct mu_rule_file *file, struct mu_bytes prefix)
{
    const struct mu_namespace *space = file->spaces.item;
    for (size_t i = 0; i < file->spaces.count; i++)
        if (mu_bytes_equal(mu_bytes_of(space[i].prefix), prefix))
            return space[i].uri;
    return NULL;
}

bool mu_namespace_is_ours(const char *uri)
{
    return strcmp(uri, MU_MESSAGE_NS) == 0 || strcmp(uri, MU_HEADER_NS) == 0
           || strcmp(uri, MU_PARAMETER_NS) == 0;
}

/* What one pass over an expression carries. */
struct check {
    const struct mu_spot *spot;
    struct mu_visible visible;
    struct mu_err *err;
    bool variables;
    size_t depth;
    struct {
        struct mu_token function; /* text.n == 0: a plain bracket */
        int commas;
        bool filled;
    } open[MU_OPERATOR_DEPTH_MAX];
};

#define SAY(check, ...)                                                                            \
    mu_fail_where((check)->err, (check)->spot->where, MU_ERR_PROFILE, __VA_ARGS__)
#define SHOW(bytes) (int) ((bytes).n < 60 ? (bytes).n : 60), (bytes).p

static struct mu_bytes prefix_of(struct mu_bytes name)
{
    size_t colon = mu_bytes_find(name, MU_BYTES(":"), 0);
    return mu_bytes_slice(name, 0, colon == SIZE_MAX ? 0 : colon);
}

static bool check_prefix(struct check *c, struct mu_bytes name)
{
    struct mu_bytes prefix = prefix_of(name);
    if (prefix.n == 0 || mu_bytes_equal(prefix, MU_BYTES("xml"))
        || mu_namespace_find(c->spot->file, prefix) != NULL)
        return true;
    return SAY(c, "prefix '%.*s' is not declared by any sch:ns", SHOW(prefix));
}

static const char *nth_function(const void *self, size_t i)
{
    (void) self;
    const struct mu_function *function = mu_function_at(i);
    return function == NULL ? NULL : function->name;
}

static const char *nth_core(const void *self, size_t i)
{
    (void) self;
    return i < MU_COUNT(core) ? core[i].name : NULL;
}

static bool count_fits(struct check *c, struct mu_bytes name, int got, int least, int most)
{
    if (got >= least && got <= most)
        return true;
    if (least == most)
        return SAY(c, "function '%.*s' takes %d argument%s, not %d", SHOW(name), least,
                   least == 1 ? "" : "s", got);
    return SAY(c, "function '%.*s' takes %d to %d arguments, not %d", SHOW(name), least, most, got);
}

static bool check_own_function(struct check *c, struct mu_bytes name, struct mu_bytes prefix,
                               int got)
{
    struct mu_bytes local = mu_bytes_from(name, prefix.n + 1);
    const char *uri = mu_namespace_find(c->spot->file, prefix);
    if (strcmp(uri, MU_RULES_NS) != 0)
        return SAY(c, "function '%.*s': functions are in namespace '" MU_RULES_NS "'", SHOW(name));
    const struct mu_function_row *row = mu_function_find(local);
    if (row != NULL)
        return count_fits(c, name, got, row->least, row->most);
    const char *text = mu_bytes_dup(c->spot->file->set->arena, local);
    const char *near = mu_name_nearest(text, nth_function, NULL);
    return SAY(c, "unknown function '%.*s'%s%s%s", SHOW(name),
               near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
               near == NULL ? "" : "'?");
}

static bool check_function(struct check *c, struct mu_bytes name, int got)
{
    TRY(check_prefix(c, name));
    struct mu_bytes prefix = prefix_of(name);
    if (prefix.n > 0)
        return check_own_function(c, name, prefix, got);
    for (size_t i = 0; i < MU_COUNT(core); i++)
        if (mu_bytes_equal(mu_bytes_of(core[i].name), name))
            return count_fits(c, name, got, core[i].least, core[i].most);
    for (size_t i = 0; i < MU_COUNT(refused); i++)
        if (mu_bytes_equal(mu_bytes_of(refused[i].name), name))
            return SAY(c, "function '%s()' is refused: %s", refused[i].name, refused[i].why);
    const char *text = mu_bytes_dup(c->spot->file->set->arena, name);
    const char *near = mu_name_nearest(text, nth_core, NULL);
    return SAY(c, "unknown function '%.*s'%s%s%s", SHOW(name),
               near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
               near == NULL ? "" : "'?");
}

static bool check_variable(struct check *c, struct mu_bytes name)
{
    const struct mu_let *let = c->spot->file->set->lets.item;
    c->variables = true;
    for (size_t i = c->visible.outer; i < c->visible.outer_end; i++)
        if (mu_bytes_equal(mu_bytes_of(let[i].name), name))
            return true;
    for (size_t i = c->visible.own; i < c->visible.own_end; i++)
        if (mu_bytes_equal(mu_bytes_of(let[i].name), name))
            return true;
    return SAY(c, "no let before this one is called '%.*s'", SHOW(name));
}

static bool check_bracket(struct check *c, const struct mu_token *t,
                          const struct mu_token *function)
{
    if (mu_token_is(t, "(") || mu_token_is(t, "[")) {
        if (c->depth == MU_COUNT(c->open))
            return SAY(c, "more than %d brackets in one another", MU_OPERATOR_DEPTH_MAX);
        c->open[c->depth].function = *function;
        c->open[c->depth].commas = 0;
        c->open[c->depth++].filled = false;
    } else if (mu_token_is(t, ",") && c->depth > 0) {
        c->open[c->depth - 1].commas++;
    } else if (mu_token_is(t, ")") || mu_token_is(t, "]")) {
        if (c->depth == 0)
            return SAY(c, "'%.*s' closes nothing", SHOW(t->text));
        c->depth--;
        struct mu_bytes name = c->open[c->depth].function.text;
        int got = c->open[c->depth].commas + (c->open[c->depth].filled ? 1 : 0);
        if (name.n > 0)
            TRY(check_function(c, name, got));
    }
    return true;
}

/* Paths from the root that begin with one of our names would also find what stands in labels and
 * parts; XPath's // is a walk over everything besides. */
static bool check_deep(struct check *c, const struct mu_token *t)
{
    const char *uri = mu_namespace_find(c->spot->file, prefix_of(t->text));
    if (uri == NULL || !mu_namespace_is_ours(uri))
        return true;
    return SAY(c, "'//%.*s' looks everywhere; begin the path with the message element",
               SHOW(t->text));
}

static bool check_token(struct check *c, const struct mu_token *t, const struct mu_token *last,
                        bool rooted)
{
    static const struct mu_token none = { .kind = MU_TOKEN_END };
    bool function = last->kind == MU_TOKEN_FUNCTION;
    if (c->depth > 0 && t->kind != MU_TOKEN_END && !mu_token_is(t, ")"))
        c->open[c->depth - 1].filled = true;
    switch (t->kind) {
    case MU_TOKEN_BAD:
        return SAY(c, "'%.*s' is no XPath 1.0", SHOW(t->text));
    case MU_TOKEN_NAME:
        if (rooted && mu_token_is(last, "//"))
            TRY(check_deep(c, t));
        return check_prefix(c, t->text);
    case MU_TOKEN_VARIABLE:
        return check_variable(c, t->text);
    case MU_TOKEN_MARK:
        return check_bracket(c, t, function ? last : &none);
    case MU_TOKEN_FUNCTION:
    case MU_TOKEN_END:
    case MU_TOKEN_NODETYPE:
    case MU_TOKEN_AXIS:
    case MU_TOKEN_OPERATOR:
    case MU_TOKEN_STRING:
    case MU_TOKEN_NUMBER:
        break;
    }
    return true;
}

static bool check_expression(struct check *c, const char *text)
{
    struct mu_scanner scanner = { .text = mu_bytes_of(text) };
    struct mu_token last = { .kind = MU_TOKEN_END }, t;
    bool rooted = true; /* a // that comes now begins a path */
    do {
        bool begins = rooted;
        t = mu_scan(&scanner);
        TRY(check_token(c, &t, &last, begins));
        if (!mu_token_is(&t, "//"))
            rooted = t.kind == MU_TOKEN_OPERATOR || mu_token_is(&t, "(") || mu_token_is(&t, "[")
                     || mu_token_is(&t, ",");
        last = t;
    } while (t.kind != MU_TOKEN_END);
    if (c->depth > 0)
        return SAY(c, "a bracket is not closed in '%.100s'", text);
    return true;
}

bool mu_expression_compile(const struct mu_spot *spot, const char *text, struct mu_visible visible,
                           struct mu_expression *out, struct mu_err *err)
{
    struct check check = { .spot = spot, .visible = visible, .err = err };
    TRY(check_expression(&check, text));
    struct mu_expression code = { .where = spot->where };
    code.type = check.variables ? XPATH_UNDEFINED : XPATH_USERS; /* USERS: to be found out */
    TRY(mu_evaluate_try(spot, text, &code, err));
    *out = code;
    return true;
}

/* At t, which begins an operand of `or`: is it not(...) and nothing else? Moves on to what follows. */
static bool is_negation(struct mu_scanner *scanner, struct mu_token *t)
{
    bool negation = t->kind == MU_TOKEN_FUNCTION && mu_token_is(t, "not");
    size_t depth = 0, closed = 0;
    while (t->kind != MU_TOKEN_END && !(depth == 0 && mu_token_is(t, "or"))) {
        if (mu_token_is(t, "(") || mu_token_is(t, "["))
            depth++;
        else if ((mu_token_is(t, ")") || mu_token_is(t, "]")) && depth > 0 && --depth == 0)
            closed++;
        else if (depth == 0 && closed > 0)
            negation = false; /* not(X) = something, not(X) and Y */
        *t = mu_scan(scanner);
    }
    return negation && closed == 1;
}

bool mu_expression_is_vacuous(const char *text)
{
    struct mu_scanner scanner = { .text = mu_bytes_of(text) };
    struct mu_token t = mu_scan(&scanner);
    bool negation = false;
    size_t operands = 0;
    while (t.kind != MU_TOKEN_END) {
        negation = is_negation(&scanner, &t) || negation;
        operands++;
        if (t.kind != MU_TOKEN_END)
            t = mu_scan(&scanner);
    }
    return negation && operands > 1;
}
