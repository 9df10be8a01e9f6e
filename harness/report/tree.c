#include <inttypes.h>
#include <stdio.h>

#include "report/xml.h"

void mu_model_start(struct mu_model_tree *t, const char *root)
{
    t->doc = xmlNewDoc(BAD_CAST "1.0");
    t->doc->dict = xmlDictCreate(); /* names are few and stand often; freed with the document */
    t->at = xmlNewDocNode(t->doc, NULL, BAD_CAST root, NULL);
    t->ns = xmlNewNs(t->at, BAD_CAST MU_RESULT_NS, NULL);
    xmlSetNs(t->at, t->ns);
    xmlDocSetRootElement(t->doc, t->at);
}

void mu_model_open(struct mu_model_tree *t, const char *name)
{
    xmlNode *node = xmlNewDocNode(t->doc, t->ns, BAD_CAST name, NULL);
    t->at = xmlAddChild(t->at, node);
}

void mu_model_close(struct mu_model_tree *t)
{
    t->at = t->at->parent;
}

void mu_model_text(struct mu_model_tree *t, const char *name, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    mu_model_open(t, name);
    xmlAddChild(t->at, xmlNewDocText(t->doc, BAD_CAST text));
    mu_model_close(t);
}

void mu_model_set(struct mu_model_tree *t, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        xmlNewProp(t->at, BAD_CAST name, BAD_CAST value);
}

void mu_model_number(struct mu_model_tree *t, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    mu_model_set(t, name, text);
}

void mu_model_flag(struct mu_model_tree *t, const char *name, bool value)
{
    if (value)
        mu_model_set(t, name, "true");
}

void mu_model_place(struct mu_model_tree *t, const struct mu_result *result, const char *document,
                    const char *clause)
{
    unsigned index = mu_trace_index(result, document, clause);
    if (index > 0)
        mu_model_number(t, "clause-index", (int64_t) index);
}

/* "/a/b @ 12; /a/c @ 90": one r:place each. */
static void add_places(struct mu_model_tree *t, struct mu_arena *arena, const char *places)
{
    struct mu_bytes all = mu_bytes_of(places);
    for (size_t at = 0; at < all.n;) {
        size_t end = mu_bytes_find(all, MU_BYTES(";"), at);
        struct mu_bytes place = mu_bytes_slice(all, at, end == SIZE_MAX ? all.n : end - at);
        at += place.n + 1;
        mu_model_text(t, "place", mu_bytes_dup(arena, mu_bytes_trim(place)));
    }
}

void mu_model_finding(struct mu_model_tree *t, struct mu_arena *arena,
                      const struct mu_result *result, const struct mu_finding *f)
{
    const struct mu_result_rule *rule = mu_table_find(&result->rules, mu_bytes_of(f->rule));
    mu_model_open(t, "finding");
    mu_model_set(t, "rule", f->rule);
    mu_model_set(t, "level", f->level);
    mu_model_set(t, "leg", f->leg);
    mu_model_set(t, "step", f->step);
    mu_model_set(t, "verdict", f->verdict);
    if (f->offset >= 0)
        mu_model_number(t, "offset", f->offset);
    mu_model_number(t, "count", f->count);
    if (rule != NULL) {
        mu_model_set(t, "document", rule->document);
        mu_model_set(t, "see", rule->see);
        mu_model_number(t, "rule-index", (int64_t) rule->index);
        mu_model_place(t, result, rule->document, rule->see);
        mu_model_text(t, "says", rule->text);
    }
    mu_model_text(t, "expected", f->expected);
    mu_model_text(t, "seen", f->seen);
    mu_model_text(t, "hint", f->hint);
    add_places(t, arena, f->places);
    mu_model_close(t);
}
