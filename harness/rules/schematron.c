#include <assert.h>
#include <libxml/xpathInternals.h>

#include "base/names.h"
#include "rules/expression.h"
#include "rules/functions.h"

static const struct mu_element element[] = {
    { "schema", "queryBinding! id schemaVersion", "title ns p let phase pattern diagnostics",
      false },
    { "title", "", "", true },
    { "ns", "prefix! uri!", "", false },
    { "p", "", "", true },
    { "let", "name! value!", "", false },
    { "phase", "id!", "active p", false },
    { "active", "pattern!", "", false },
    { "pattern", "id", "rule p", false },
    { "rule", "context! id", "let assert report", false },
    { "assert", "id! role! test! see! diagnostics", "value-of name", true },
    { "report", "id! role! test! see! diagnostics tolerates", "value-of name", true },
    { "diagnostics", "", "diagnostic", false },
    { "diagnostic", "id!", "value-of", true },
    { "value-of", "select!", "", false },
    { "name", "path", "", false },
};

static const struct mu_refused refused[] = {
    { "include", "name every rule file in the profile" },
    { "extends", "write the assertions out" },
    { "abstract", "abstract patterns and rules are not supported" },
    { "is-a", "abstract patterns and rules are not supported" },
    { "param", "abstract patterns and rules are not supported" },
    { "key", "xsl:key belongs to XSLT; write a path with a predicate" },
    { "defaultPhase", "the profile names the phases" },
    { "flag", "a rule says 'role': must, should or may" },
    { "subject", "the place of a finding is the context node" },
};

/* The loader's hands: one file being read. */
struct loader {
    struct mu_rule_set *set;
    struct mu_rule_file *file;
    const xmlNode *root;
    struct mu_list diagnostics; /* struct diagnostic */
    struct mu_list ids;         /* const char *: every xs:ID of the file */
    size_t outer, outer_end;    /* the schema's lets */
    struct mu_err *err;
};

struct diagnostic {
    const char *id;
    const xmlNode *node;
    bool used;
};

#define FAIL(l, node, ...) mu_fail_where((l)->err, mu_xml_where(node), MU_ERR_PROFILE, __VA_ARGS__)
#define FAIL_AT(l, node, attribute, ...)                                                           \
    mu_fail_where((l)->err, mu_xml_where_attribute(node, attribute), MU_ERR_PROFILE, __VA_ARGS__)

static const char *attribute(struct loader *l, const xmlNode *node, const char *name)
{
    return mu_xml_attribute(l->set->arena, node, name);
}

static void *add(struct loader *l, struct mu_list *list, size_t size)
{
    return mu_list_add(l->set->arena, list, size);
}

static bool compile(struct loader *l, const xmlNode *node, const char *name,
                    struct mu_visible visible, struct mu_expression *out)
{
    struct mu_spot spot = { l->file, mu_xml_where_attribute(node, name) };
    return mu_expression_compile(&spot, attribute(l, node, name), visible, out, l->err);
}

/* Ids of asserts, diagnostics, patterns, phases and rules are xs:ID to other tools: one space. */
static bool load_ids(struct loader *l, const xmlNode *node)
{
    const char *id = attribute(l, node, "id");
    const char *const *known = l->ids.item;
    for (size_t i = 0; id != NULL && i < l->ids.count; i++)
        if (strcmp(known[i], id) == 0)
            return FAIL_AT(l, node, "id", "id '%.60s' is used twice in this file", id);
    if (id != NULL) {
        const char **kept = add(l, &l->ids, sizeof(const char *));
        *kept = id;
    }
    for (const xmlNode *child = mu_xml_child(node, NULL, NULL); child != NULL;
         child = mu_xml_next(child, NULL, NULL))
        TRY(load_ids(l, child));
    return true;
}

static bool load_title(struct loader *l)
{
    const xmlNode *title = mu_xml_child(l->root, NULL, "title");
    if (strcmp(attribute(l, l->root, "queryBinding"), "xslt") != 0)
        return FAIL_AT(l, l->root, "queryBinding", "the query binding is 'xslt'");
    if (title == NULL)
        return FAIL(l, l->root, "'schema' has no 'title'");
    const char *text = mu_collapse(l->set->arena, mu_xml_text(l->set->arena, title));
    size_t n = strcspn(text, ":");
    if (n == 0 || text[n] == '\0')
        return FAIL(l, title,
                    "the title is the source document, a colon, and what the file is about");
    l->file->document = mu_arena_strndup(l->set->arena, text, n);
    return true;
}

static void free_xpath(void *xpath)
{
    xmlXPathFreeContext(xpath);
}

static bool load_spaces(struct loader *l)
{
    xmlXPathContext *xpath = xmlXPathNewContext(l->set->blank->doc);
    assert(xpath != NULL);
    mu_arena_defer(l->set->arena, free_xpath, xpath);
    l->file->xpath = xpath;
    xpath->dict = l->set->dict; /* names of tests at the addresses of the documents' names */
    xpath->opLimit = MU_XPATH_OPERATIONS;
    xmlXPathContextSetCache(xpath, 1, -1, 0);
    mu_functions_attach(xpath);
    for (const xmlNode *ns = mu_xml_child(l->root, NULL, "ns"); ns != NULL;
         ns = mu_xml_next(ns, NULL, "ns")) {
        struct mu_namespace space = { attribute(l, ns, "prefix"), attribute(l, ns, "uri") };
        if (mu_namespace_find(l->file, mu_bytes_of(space.prefix)) != NULL)
            return FAIL_AT(l, ns, "prefix", "prefix '%.60s' is declared twice", space.prefix);
        if (xmlXPathRegisterNs(xpath, BAD_CAST space.prefix, BAD_CAST space.uri) != 0)
            return FAIL(l, ns, "prefix '%.60s' cannot be bound", space.prefix);
        struct mu_namespace *kept = add(l, &l->file->spaces, sizeof *kept);
        *kept = space;
    }
    return true;
}

/* Lets see those before them; the ranges say which. */
static bool load_lets(struct loader *l, const xmlNode *parent, struct mu_visible *visible,
                      size_t *end)
{
    for (const xmlNode *node = mu_xml_child(parent, NULL, "let"); node != NULL;
         node = mu_xml_next(node, NULL, "let")) {
        struct mu_let let = { .name = attribute(l, node, "name"),
                              .text = attribute(l, node, "value") };
        const struct mu_let *known = l->set->lets.item;
        for (size_t i = l->outer; i < l->set->lets.count; i++)
            if (strcmp(known[i].name, let.name) == 0
                && (i < visible->outer_end || i >= visible->own))
                return FAIL_AT(l, node, "name", "let '%.60s' is already there", let.name);
        TRY(compile(l, node, "value", *visible, &let.value));
        struct mu_let *kept = add(l, &l->set->lets, sizeof *kept);
        *kept = let;
        *end = l->set->lets.count;
    }
    return true;
}

static struct diagnostic *find_diagnostic(struct loader *l, struct mu_bytes id)
{
    struct diagnostic *diagnostic = l->diagnostics.item;
    for (size_t i = 0; i < l->diagnostics.count; i++)
        if (mu_bytes_equal(mu_bytes_of(diagnostic[i].id), id))
            return &diagnostic[i];
    return NULL;
}

static bool load_hint(struct loader *l, const xmlNode *node, struct mu_visible visible,
                      struct mu_template *hint, const char **text)
{
    const char *ids = attribute(l, node, "diagnostics");
    struct mu_list pieces = { 0 };
    struct mu_buf shown = { .arena = l->set->arena };
    for (ids = ids == NULL ? "" : ids + strspn(ids, " "); *ids != '\0'; ids += strspn(ids, " ")) {
        struct mu_bytes id = { ids, strcspn(ids, " ") };
        struct diagnostic *diagnostic = find_diagnostic(l, id);
        if (diagnostic == NULL)
            return FAIL_AT(l, node, "diagnostics", "there is no diagnostic '%.*s'",
                           (int) (id.n < 60 ? id.n : 60), id.p);
        diagnostic->used = true;
        if (shown.n > 0) {
            struct mu_piece *space = add(l, &pieces, sizeof *space);
            space->text = " ";
            mu_buf_putc(&shown, ' ');
        }
        TRY(mu_template_load(l->file, diagnostic->node, visible, &pieces, &shown, l->err));
        ids += id.n;
    }
    *hint = (struct mu_template){ pieces.item, pieces.count };
    *text = mu_buf_text(&shown);
    return true;
}

static bool load_check(struct loader *l, const xmlNode *node, const char *context,
                       struct mu_visible visible)
{
    struct mu_rule *rule;
    struct mu_check check = { .rule = l->set->rules.count,
                              .report = strcmp((const char *) node->name, "report") == 0,
                              .scope = l->set->scopes.count - 1 };
    struct mu_list pieces = { 0 };
    struct mu_buf shown = { .arena = l->set->arena };
    TRY(mu_rule_add(l->set, l->file, node, "role", &rule, l->err));
    rule->assertion = true;
    rule->context = context;
    rule->test = attribute(l, node, "test");
    rule->tolerates = attribute(l, node, "tolerates");
    TRY(compile(l, node, "test", visible, &check.test));
    if (!check.report && mu_expression_is_vacuous(rule->test))
        return FAIL_AT(l, node, "test",
                       "'not(...) or ...' holds where the thing is absent: put the "
                       "thing into the context, so that the rule is not applicable");
    TRY(mu_template_load(l->file, node, visible, &pieces, &shown, l->err));
    check.text = (struct mu_template){ pieces.item, pieces.count };
    rule->text = mu_buf_text(&shown);
    TRY(load_hint(l, node, visible, &check.hint, &rule->hint));
    struct mu_check *kept = add(l, &l->set->checks, sizeof *kept);
    *kept = check;
    return true;
}

static bool load_rule(struct loader *l, const xmlNode *node, size_t pattern, uint64_t phases)
{
    const char *context = attribute(l, node, "context");
    struct mu_spot spot = { l->file, mu_xml_where_attribute(node, "context") };
    struct mu_scope scope = { .file = l->file, .pattern = pattern, .phases = phases };
    size_t index = l->set->scopes.count;
    scope.visible =
        (struct mu_visible){ l->outer, l->outer_end, l->set->lets.count, l->set->lets.count };
    scope.check = l->set->checks.count;
    struct mu_scope *kept = add(l, &l->set->scopes, sizeof *kept);
    *kept = scope;
    TRY(mu_context_parse(l->set, &spot, context, index, l->err));
    TRY(load_lets(l, node, &scope.visible, &scope.visible.own_end));
    for (const xmlNode *child = mu_xml_child(node, NULL, NULL); child != NULL;
         child = mu_xml_next(child, NULL, NULL))
        if (strcmp((const char *) child->name, "let") != 0)
            TRY(load_check(l, child, context, scope.visible));
    scope.checks = l->set->checks.count - scope.check;
    if (scope.checks == 0)
        return FAIL(l, node, "'rule' has no 'assert' or 'report'");
    kept = (struct mu_scope *) l->set->scopes.item + index;
    *kept = scope;
    return true;
}

static bool phase_bit(struct loader *l, const xmlNode *phase, uint64_t *bit)
{
    size_t number;
    if (!mu_phase_number(l->set, attribute(l, phase, "id"), &number))
        return FAIL(l, phase, "more than %d phases", MU_PHASES_MAX);
    *bit = (uint64_t) 1 << number;
    return true;
}

/* Which phases name the pattern, as a mask and as words. */
static bool phases_of(struct loader *l, const char *pattern, uint64_t *mask, struct mu_buf *words)
{
    for (const xmlNode *phase = mu_xml_child(l->root, NULL, "phase"); phase != NULL;
         phase = mu_xml_next(phase, NULL, "phase")) {
        uint64_t bit;
        TRY(phase_bit(l, phase, &bit));
        for (const xmlNode *active = mu_xml_child(phase, NULL, "active"); active != NULL;
             active = mu_xml_next(active, NULL, "active")) {
            if (pattern == NULL || strcmp(attribute(l, active, "pattern"), pattern) != 0
                || (*mask & bit) != 0)
                continue;
            *mask |= bit;
            mu_buf_printf(words, "%s%s", words->n > 0 ? " " : "", attribute(l, phase, "id"));
        }
    }
    return true;
}

static bool load_pattern(struct loader *l, const xmlNode *pattern)
{
    struct mu_buf words = { .arena = l->set->arena };
    uint64_t phases = 0;
    size_t number = l->set->patterns++, first = l->set->rules.count;
    TRY(phases_of(l, attribute(l, pattern, "id"), &phases, &words));
    for (const xmlNode *rule = mu_xml_child(pattern, NULL, "rule"); rule != NULL;
         rule = mu_xml_next(rule, NULL, "rule"))
        TRY(load_rule(l, rule, number, phases));
    struct mu_rule **rule = l->set->rules.item;
    for (size_t i = first; i < l->set->rules.count; i++)
        rule[i]->phases = mu_buf_text(&words);
    return true;
}

/* Every sch:active names a pattern of this file. */
static bool check_active(struct loader *l)
{
    for (const xmlNode *phase = mu_xml_child(l->root, NULL, "phase"); phase != NULL;
         phase = mu_xml_next(phase, NULL, "phase"))
        for (const xmlNode *active = mu_xml_child(phase, NULL, "active"); active != NULL;
             active = mu_xml_next(active, NULL, "active")) {
            const char *id = attribute(l, active, "pattern");
            const xmlNode *pattern = mu_xml_child(l->root, NULL, "pattern");
            while (pattern != NULL
                   && (attribute(l, pattern, "id") == NULL
                       || strcmp(attribute(l, pattern, "id"), id) != 0))
                pattern = mu_xml_next(pattern, NULL, "pattern");
            if (pattern == NULL)
                return FAIL_AT(l, active, "pattern", "there is no pattern '%.60s'", id);
        }
    return true;
}

static void note_diagnostics(struct loader *l)
{
    for (const xmlNode *list = mu_xml_child(l->root, NULL, "diagnostics"); list != NULL;
         list = mu_xml_next(list, NULL, "diagnostics"))
        for (const xmlNode *node = mu_xml_child(list, NULL, "diagnostic"); node != NULL;
             node = mu_xml_next(node, NULL, "diagnostic")) {
            struct diagnostic *diagnostic = add(l, &l->diagnostics, sizeof *diagnostic);
            *diagnostic = (struct diagnostic){ attribute(l, node, "id"), node, false };
        }
}

static bool check_diagnostics(struct loader *l)
{
    const struct diagnostic *diagnostic = l->diagnostics.item;
    for (size_t i = 0; i < l->diagnostics.count; i++)
        if (!diagnostic[i].used)
            return FAIL(l, diagnostic[i].node, "no rule uses diagnostic '%.60s'", diagnostic[i].id);
    return true;
}

/* The check of a rule of this file; NULL: there is none. */
static struct mu_check *find_check(struct loader *l, size_t first, const char *id)
{
    struct mu_check *check = l->set->checks.item;
    for (size_t i = first; i < l->set->checks.count; i++)
        if (strcmp(mu_rules_at(l->set, check[i].rule)->id, id) == 0)
            return &check[i];
    return NULL;
}

/* A report that tolerates a rule looks at the same nodes, only in a phase, and is heard where the
 * rule breaks. So nothing is tolerated that nobody asked for, and nothing in silence. */
static bool join_tolerances(struct loader *l, size_t first)
{
    struct mu_check *check = l->set->checks.item;
    const struct mu_scope *scope = l->set->scopes.item;
    for (size_t i = first; i < l->set->checks.count; i++) {
        const struct mu_rule *rule = mu_rules_at(l->set, check[i].rule);
        if (rule->tolerates == NULL)
            continue;
        struct mu_where where = { .input = l->file->name, .line = rule->line, .column = 1 };
        struct mu_check *strict = find_check(l, first, rule->tolerates);
        const char *wrong = strict == NULL        ? "there is no such rule in this file"
                            : strict == &check[i] ? "it is the rule itself"
                            : strcmp(mu_rules_at(l->set, strict->rule)->context, rule->context) != 0
                                ? "its context is another one"
                            : scope[check[i].scope].phases == 0
                                ? "what is tolerated belongs to a phase"
                            : strict->tolerance != 0 ? "another report tolerates it already"
                                                     : NULL;
        if (wrong != NULL)
            return mu_fail_where(l->err, where, MU_ERR_PROFILE, "'%s' cannot tolerate '%.60s': %s",
                                 rule->id, rule->tolerates, wrong);
        strict->tolerance = i + 1;
    }
    return true;
}

bool mu_schematron_load(struct mu_rule_set *set, struct mu_rule_file *file, xmlNode *root,
                        struct mu_err *err)
{
    static const struct mu_vocabulary vocabulary = { .ns = MU_SCHEMATRON_NS,
                                                     .element = element,
                                                     .elements = MU_COUNT(element),
                                                     .refused = refused,
                                                     .refusals = MU_COUNT(refused) };
    struct loader l = { .set = set, .file = file, .root = root, .err = err };
    struct mu_visible outer = { set->lets.count, set->lets.count, SIZE_MAX, SIZE_MAX };
    TRY(mu_vocabulary_check(set->arena, &vocabulary, root, err));
    TRY(load_ids(&l, root));
    TRY(load_title(&l));
    TRY(load_spaces(&l));
    size_t first = set->checks.count;
    l.outer = set->lets.count;
    TRY(load_lets(&l, root, &outer, &outer.outer_end));
    l.outer_end = set->lets.count;
    note_diagnostics(&l);
    TRY(check_active(&l));
    for (const xmlNode *pattern = mu_xml_child(root, NULL, "pattern"); pattern != NULL;
         pattern = mu_xml_next(pattern, NULL, "pattern"))
        TRY(load_pattern(&l, pattern));
    TRY(join_tolerances(&l, first));
    return check_diagnostics(&l);
}
