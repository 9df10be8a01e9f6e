#include <assert.h>

#include "base/text_safe.h"
#include "rules/engine.h"

/* The text with its values filled in; only the values, separated by commas, in `values`. */
static bool fill(struct mu_judging *j, const struct mu_rule_file *file,
                 const struct mu_template *template, xmlNode *node, struct mu_buf *text,
                 struct mu_buf *values)
{
    for (size_t i = 0; i < template->pieces; i++) {
        const struct mu_piece *piece = &template->piece[i];
        if (piece->text != NULL) {
            mu_buf_puts(text, piece->text);
            continue;
        }
        const char *value = mu_evaluate_text(j, file, &piece->select, node);
        if (value == NULL)
            return false;
        mu_buf_puts(text, value);
        if (*value != '\0')
            mu_buf_printf(values, "%s%s", values->n > 0 ? ", " : "", value);
    }
    return true;
}

/* The break of a rule, made when it is first needed: the first node tells what was seen. */
static struct mu_break *break_of(struct mu_judging *j, size_t rule)
{
    struct mu_judgement *out = j->out;
    if (j->break_of[rule] > 0)
        return &out->broken[j->break_of[rule] - 1];
    if (out->breaks == j->room) {
        size_t room = j->room == 0 ? 8 : j->room * 2;
        struct mu_break *broken = mu_arena_array(j->arena, room, sizeof *broken);
        if (out->breaks > 0)
            memcpy(broken, out->broken, out->breaks * sizeof *broken);
        out->broken = broken;
        j->room = room;
    }
    struct mu_break *b = &out->broken[out->breaks++];
    *b = (struct mu_break){ .rule = rule };
    j->break_of[rule] = (uint16_t) out->breaks;
    return b;
}

static bool broke(struct mu_judging *j, const struct mu_scope *scope, const struct mu_check *check,
                  xmlNode *node)
{
    struct mu_break *b = break_of(j, check->rule);
    struct mu_buf text = { .arena = j->arena }, hint = { .arena = j->arena };
    struct mu_buf in_text = { .arena = j->arena }, in_hint = { .arena = j->arena };
    if (b->count == 0 || j->listener != NULL) {
        TRY(fill(j, scope->file, &check->text, node, &text, &in_text));
        TRY(fill(j, scope->file, &check->hint, node, &hint, &in_hint));
    }
    if (j->listener != NULL)
        j->listener->broke(j->listener->self, check->rule, node, mu_buf_text(&text),
                           mu_buf_text(&hint));
    if (b->count++ == 0) {
        b->expected = mu_buf_text(&text);
        b->hint = mu_buf_text(&hint);
        b->seen = in_hint.n > 0   ? mu_buf_text(&in_hint)
                  : in_text.n > 0 ? mu_buf_text(&in_text)
                                  : mu_place_seen(j->arena, node);
    }
    if (b->places < MU_PLACES_MAX)
        b->place[b->places++] = mu_place_of(j->arena, node);
    return true;
}

/* Does a report of an active phase take the break of `check` on this node over? -1 after an error. */
static int tolerated(struct mu_judging *j, const struct mu_check *check, xmlNode *node)
{
    if (check->tolerance == 0)
        return 0;
    const struct mu_check *report =
        (const struct mu_check *) j->set->checks.item + check->tolerance - 1;
    const struct mu_scope *scope = (const struct mu_scope *) j->set->scopes.item + report->scope;
    const struct mu_scope *own = j->scope;
    if ((scope->phases & j->phases) == 0)
        return 0;
    j->scope = scope;
    int truth = mu_evaluate_truth(j, scope->file, &report->test, node);
    mu_evaluate_forget(j, scope->visible.own, scope->visible.own_end);
    j->scope = own;
    return truth;
}

/* One sch:rule on one node that it matches. */
static bool fire(struct mu_judging *j, const struct mu_scope *scope, xmlNode *node)
{
    struct mu_rule *const *rule = j->set->rules.item;
    const struct mu_check *check = (const struct mu_check *) j->set->checks.item + scope->check;
    j->scope = scope;
    j->node = node;
    for (size_t i = 0; i < scope->checks; i++, check++) {
        if (rule[check->rule]->waived || rule[check->rule]->left_out)
            continue;
        j->subject = rule[check->rule]->id;
        int truth = mu_evaluate_truth(j, scope->file, &check->test, node);
        if (truth < 0)
            return false;
        char *mark = &j->out->mark[check->rule];
        bool breaks = (truth == 1) == check->report;
        int taken = breaks ? tolerated(j, check, node) : 0;
        if (taken < 0)
            return false;
        if (breaks && taken == 0) {
            *mark = MU_MARK_BREAKS;
            TRY(broke(j, scope, check, node));
        } else if (*mark == MU_MARK_NOT_APPLICABLE) {
            *mark = MU_MARK_HOLDS;
        }
    }
    mu_evaluate_forget(j, scope->visible.own, scope->visible.own_end);
    return true;
}

static bool dispatch(struct mu_judging *j, const struct mu_bucket *bucket, xmlNode *node)
{
    const struct mu_scope *scopes = j->set->scopes.item;
    size_t fired = SIZE_MAX; /* the pattern that has had its first match */
    for (size_t i = 0; i < bucket->count; i++) {
        const struct mu_path *path = j->set->order[bucket->first + i];
        const struct mu_scope *scope = &scopes[path->scope];
        if (scope->pattern == fired || (scope->phases != 0 && (scope->phases & j->phases) == 0))
            continue;
        j->subject = NULL;
        int matches = mu_context_match(j, path, node);
        if (matches < 0)
            return false;
        if (matches == 0)
            continue;
        fired = scope->pattern;
        TRY(fire(j, scope, node));
    }
    return true;
}

/* A document that shares our dictionary has our names at our addresses. Others are looked up. */
static const struct mu_bucket *bucket_of(const struct mu_judging *j, const xmlNode *node)
{
    const char *name = (const char *) node->name;
    const struct mu_bucket *bucket = mu_dispatch_find(j->set, name);
    if (bucket != NULL || (j->related && xmlDictOwns(j->document->doc->dict, node->name) == 1))
        return bucket;
    name = (const char *) xmlDictExists(j->set->dict, node->name, -1);
    return name == NULL ? NULL : mu_dispatch_find(j->set, name);
}

/* Document order; down, then on, then up. */
static xmlNode *after(xmlNode *node, const xmlNode *root)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != root && node->next == NULL)
        node = node->parent;
    return node == root ? NULL : node->next;
}

static bool walk(struct mu_judging *j, xmlNode *root)
{
    for (xmlNode *node = root; node != NULL; node = after(node, root)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        const struct mu_bucket *bucket = bucket_of(j, node);
        if (bucket != NULL)
            TRY(dispatch(j, bucket, node));
    }
    return true;
}

static uint64_t phase_mask(const struct mu_rule_set *set, const char *phases)
{
    const char *const *name = set->phases.item;
    uint64_t mask = 0;
    for (phases += strspn(phases, " "); *phases != '\0'; phases += strspn(phases, " ")) {
        struct mu_bytes word = { phases, strcspn(phases, " ") };
        for (size_t i = 0; i < set->phases.count; i++)
            if (mu_bytes_equal(mu_bytes_of(name[i]), word))
                mask |= (uint64_t) 1 << i;
        phases += word.n;
    }
    return mask;
}

bool mu_rules_judge(const struct mu_rule_set *set, struct mu_arena *arena, const char *phases,
                    const struct mu_document *document, struct mu_judgement *out,
                    struct mu_err *err)
{
    return mu_rules_judge_each(set, arena, phases, document, NULL, out, err);
}

bool mu_rules_judge_each(const struct mu_rule_set *set, struct mu_arena *arena, const char *phases,
                         const struct mu_document *document, const struct mu_listener *listener,
                         struct mu_judgement *out, struct mu_err *err)
{
    assert(set->compiled);
    size_t rules = set->rules.count;
    struct mu_judgement judgement = { .mark = mu_arena_alloc(arena, rules + 1) };
    memset(judgement.mark, MU_MARK_NOT_APPLICABLE, rules);
    struct mu_judging j = {
        .set = set,
        .arena = arena,
        .document = document,
        .listener = listener,
        .phases = phase_mask(set, phases),
        .value = mu_arena_array(arena, set->lets.count + 1, sizeof(xmlXPathObject *)),
        .break_of = mu_arena_array(arena, rules + 1, sizeof(uint16_t)),
        .out = &judgement,
        .err = err,
    };
    xmlNode *root = xmlDocGetRootElement(document->doc);
    j.related =
        document->doc->dict != NULL
        && xmlDictExists(document->doc->dict, BAD_CAST set->message, -1) == BAD_CAST set->message;
    mu_evaluate_start(&j);
    bool judged = root == NULL || walk(&j, root);
    mu_evaluate_stop(&j);
    if (judged)
        *out = judgement;
    return judged;
}
