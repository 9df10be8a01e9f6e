#include <assert.h>
#include <libxml/xpathInternals.h>

#include "base/text_safe.h"
#include "rules/engine.h"

/* libxml2 keeps the reason in the context; without a handler it would print it. */
static void silence(void *unused, xmlError *error)
{
    (void) unused;
    (void) error;
}

static bool is_limit(int code)
{
    const int base = XML_XPATH_EXPRESSION_OK - XPATH_EXPRESSION_OK;
    return code == base + XPATH_OP_LIMIT_EXCEEDED || code == base + XPATH_RECURSION_LIMIT_EXCEEDED
           || code == base + XPATH_MEMORY_ERROR || code == XML_ERR_NO_MEMORY;
}

/* The first failure is the cause; a let that failed makes the test around it fail, too. */
static void fail(struct mu_judging *j, const xmlXPathContext *xpath,
                 const struct mu_expression *code)
{
    if (j->failed)
        return;
    j->failed = true;
    const char *subject = j->subject != NULL ? j->subject : "a context";
    if (is_limit(xpath->lastError.code))
        (void) mu_fail_where(j->err, code->where, MU_ERR_LIMIT,
                             "'%.60s' needs more than %lu XPath operations on this message",
                             subject, MU_XPATH_OPERATIONS);
    else
        (void) mu_fail_where(j->err, code->where, MU_ERR_PROFILE,
                             "'%.60s' cannot be evaluated (XPath error %d)", subject,
                             xpath->lastError.code);
}

/* What an evaluation changes in the context and a nested one must put back. */
struct saved {
    xmlDoc *doc;
    xmlNode *node;
    int size, position;
};

/* opLimit is for one evaluation, but opCount adds up and depth stays where an error left it. */
static struct saved enter(struct mu_judging *j, xmlXPathContext *xpath, xmlNode *node)
{
    struct saved saved = { xpath->doc, xpath->node, xpath->contextSize, xpath->proximityPosition };
    if (j->nested == 0) {
        xpath->opCount = 0;
        xpath->depth = 0;
        xpath->lastError.code = XML_ERR_OK;
    }
    xpath->doc = node->doc;
    xpath->node = node;
    xpath->contextSize = xpath->proximityPosition = 1;
    return saved;
}

static void leave(xmlXPathContext *xpath, const struct saved *saved)
{
    xpath->doc = saved->doc;
    xpath->node = saved->node;
    xpath->contextSize = saved->size;
    xpath->proximityPosition = saved->position;
}

int mu_evaluate_truth(struct mu_judging *j, const struct mu_rule_file *file,
                      const struct mu_expression *code, xmlNode *node)
{
    struct saved saved = enter(j, file->xpath, node);
    int truth = xmlXPathCompiledEvalToBoolean(code->code, file->xpath);
    leave(file->xpath, &saved);
    if (truth < 0 || j->failed) {
        fail(j, file->xpath, code);
        return -1;
    }
    return truth;
}

/* NULL and j->failed when it fails. */
static xmlXPathObject *evaluate(struct mu_judging *j, const struct mu_rule_file *file,
                                const struct mu_expression *code, xmlNode *node)
{
    struct saved saved = enter(j, file->xpath, node);
    xmlXPathObject *object = xmlXPathCompiledEval(code->code, file->xpath);
    leave(file->xpath, &saved);
    if (object == NULL || j->failed)
        fail(j, file->xpath, code);
    if (object != NULL && j->failed) {
        xmlXPathFreeObject(object);
        object = NULL;
    }
    return object;
}

const char *mu_evaluate_text(struct mu_judging *j, const struct mu_rule_file *file,
                             const struct mu_expression *code, xmlNode *node)
{
    xmlXPathObject *object = evaluate(j, file, code, node);
    if (object == NULL)
        return NULL;
    xmlChar *text = xmlXPathCastToString(object);
    struct mu_buf out = { .arena = j->arena };
    const char *flat = mu_collapse(j->arena, mu_bytes_of(text == NULL ? "" : (const char *) text));
    mu_text_safe(&out, mu_bytes_of(flat), MU_TEXT_XML, MU_TEXT_MAX / 8);
    xmlFree(text);
    xmlXPathFreeObject(object);
    return mu_buf_text(&out);
}

static struct mu_let *visible_let(const struct mu_judging *j, const char *name, size_t *index)
{
    struct mu_let *let = j->set->lets.item;
    const struct mu_visible *v = &j->scope->visible;
    for (size_t i = v->own; i < v->own_end; i++)
        if (strcmp(let[i].name, name) == 0) {
            *index = i;
            return &let[i];
        }
    for (size_t i = v->outer; i < v->outer_end; i++)
        if (strcmp(let[i].name, name) == 0) {
            *index = i;
            return &let[i];
        }
    return NULL;
}

/* Called by libxml2 for $name, which the loader has seen to be visible. */
static xmlXPathObject *look_up(void *data, const xmlChar *name, const xmlChar *ns)
{
    struct mu_judging *j = data;
    size_t i;
    if (j == NULL || j->scope == NULL || ns != NULL)
        return NULL;
    const struct mu_let *let = visible_let(j, (const char *) name, &i);
    if (let == NULL)
        return NULL;
    if (j->value[i] == NULL) {
        bool own = i >= j->scope->visible.own && i < j->scope->visible.own_end;
        j->nested++;
        j->value[i] =
            evaluate(j, j->scope->file, &let->value, own ? j->node : (xmlNode *) j->document->doc);
        j->nested--;
    }
    return j->value[i] == NULL ? NULL : xmlXPathObjectCopy(j->value[i]);
}

void mu_evaluate_start(struct mu_judging *j)
{
    struct mu_rule_file *const *file = j->set->files.item;
    for (size_t i = 0; i < j->set->files.count; i++)
        if (file[i]->xpath != NULL) {
            xmlXPathRegisterVariableLookup(file[i]->xpath, look_up, j);
            file[i]->xpath->extra = j;
        }
}

void mu_evaluate_forget(struct mu_judging *j, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (j->value[i] != NULL) {
            xmlXPathFreeObject(j->value[i]);
            j->value[i] = NULL;
        }
}

void mu_evaluate_stop(struct mu_judging *j)
{
    struct mu_rule_file *const *file = j->set->files.item;
    mu_evaluate_forget(j, 0, j->set->lets.count);
    for (size_t i = 0; i < j->set->files.count; i++)
        if (file[i]->xpath != NULL) {
            xmlXPathRegisterVariableLookup(file[i]->xpath, look_up, NULL);
            file[i]->xpath->extra = NULL;
            file[i]->xpath->doc = NULL;
            file[i]->xpath->node = NULL;
        }
}

static void free_code(void *code)
{
    xmlXPathFreeCompExpr(code);
}

bool mu_evaluate_try(const struct mu_spot *spot, const char *text, struct mu_expression *code,
                     struct mu_err *err)
{
    xmlXPathContext *xpath = spot->file->xpath;
    struct mu_rule_set *set = spot->file->set;
    xpath->error = silence;
    code->code = xmlXPathCtxtCompile(xpath, BAD_CAST text);
    if (code->code == NULL)
        return mu_fail_where(err, spot->where, MU_ERR_PROFILE,
                             "'%.120s' is no XPath 1.0 expression", text);
    mu_arena_defer(set->arena, free_code, code->code);
    if (code->type == XPATH_UNDEFINED)
        return true;

    struct mu_err failure;
    struct mu_judging j = { .set = set, .arena = set->arena, .subject = text, .err = &failure };
    xpath->extra = &j;
    xmlXPathObject *object = evaluate(&j, spot->file, code, set->blank);
    xpath->extra = NULL;
    if (object == NULL)
        return mu_fail_where(err, spot->where, MU_ERR_PROFILE,
                             "'%.120s' cannot be used on any node: an argument is of the wrong "
                             "type, or a pattern is none",
                             text);
    code->type = object->type;
    xmlXPathFreeObject(object);
    return true;
}
