#include <libxml/tree.h>
#include <stdio.h>
#include <string.h>

#include "policy/equivalent.h"
#include "suite/engine_case.h"

/* The four levels on which two carriers may agree, weakest first. */
enum sameness { SAME_NOT, SAME_SEMANTICS, SAME_INFOSET, SAME_VALUE, SAME_OCTETS };

static const char *const sameness_name[] = { "different", "semantics", "infoset", "value",
                                             "octets" };

static enum sameness wanted_sameness(const char *name)
{
    for (size_t i = 0; name != NULL && i < MU_COUNT(sameness_name); i++)
        if (strcmp(name, sameness_name[i]) == 0)
            return (enum sameness) i;
    return SAME_SEMANTICS;
}

struct comparison {
    enum sameness level;
    const char *reason; /* when it is too little */
    const char *difference;
};

static enum sameness header_sameness(const struct mu_header *a, const struct mu_header *b)
{
    if (mu_bytes_equal(a->raw, b->raw))
        return SAME_OCTETS;
    return mu_bytes_equal(a->value, b->value) ? SAME_VALUE : SAME_NOT;
}

static const struct mu_header *header_of(const struct mu_document *d, const char *key)
{
    return d->mail != NULL ? mu_header_find(&d->mail->top, key) : NULL;
}

static struct comparison same_header(const struct mu_document *a, const struct mu_document *b,
                                     const char *key)
{
    const struct mu_header *x = header_of(a, key), *y = header_of(b, key);
    if (x == NULL || y == NULL)
        return (struct comparison){ SAME_NOT, "header:lost", "the header field is missing" };
    return (struct comparison){ header_sameness(x, y), "header:altered", "the values differ" };
}

static const struct mu_policies *policies_of(const struct mu_engine_case *e)
{
    return &e->engine->o.profile->policies;
}

static struct comparison same_label(struct mu_engine_case *e, const struct mu_document *a,
                                    const struct mu_document *b)
{
    const struct mu_header *x = header_of(a, "sio-label"), *y = header_of(b, "sio-label");
    if (y == NULL || (a->label != NULL && b->label == NULL))
        return (struct comparison){ SAME_NOT, "label:lost", "no label that can be read" };
    if (x == NULL)
        return (struct comparison){ SAME_NOT, "label:invented", "a label where none was sent" };
    struct comparison c = { header_sameness(x, y), "label:altered", "the labels differ" };
    if (c.level != SAME_NOT || a->label == NULL)
        return c;
    struct mu_bytes p = mu_label_write(e->arena, a->label), q = mu_label_write(e->arena, b->label);
    if (mu_bytes_equal(p, q))
        c.level = SAME_INFOSET;
    else if (mu_label_equal(e->arena, policies_of(e), a->label, b->label, &c.difference))
        c.level = SAME_SEMANTICS;
    return c;
}

/* The second label is in another policy, and is what that policy's equivalences make of the first. */
static struct comparison same_translation(struct mu_engine_case *e, const struct mu_document *a,
                                          const struct mu_document *b)
{
    struct comparison c = { SAME_NOT, "label:untranslated", "the label is of the same policy" };
    if (a->label == NULL || b->label == NULL)
        return (struct comparison){ SAME_NOT, "label:lost", "no label that can be read" };
    const struct mu_policies *all = policies_of(e);
    const struct mu_policy *from = mu_policies_find(all, a->label->policy, a->label->policy_uri);
    const struct mu_policy *to = mu_policies_find(all, b->label->policy, b->label->policy_uri);
    if (from == NULL || to == NULL)
        c.difference = "a policy that is not known";
    if (from == NULL || to == NULL || from == to)
        return c;
    struct mu_resolved label;
    struct mu_mapping mapping;
    mu_resolve(e->arena, from, a->label, &label);
    mu_map_label(e->arena, &label, to, MU_APPLIED_DECRYPT, e->engine->o.test_time, &mapping);
    c = (struct comparison){ SAME_NOT, "label:mistranslated", mapping.why };
    if (mapping.label != NULL
        && mu_label_equal(e->arena, all, mapping.label, b->label, &c.difference))
        c.level = SAME_SEMANTICS;
    return c;
}

/* The label that was sent stands in the history of what came, as it was. */
static struct comparison same_history(struct mu_engine_case *e, const struct mu_document *a,
                                      const struct mu_document *b)
{
    struct comparison c = { SAME_NOT, "history:lost",
                            "no field of the history holds the label that was sent" };
    for (const struct mu_former *f = b->former; f != NULL && a->label != NULL; f = f->next)
        if (!f->after && mu_label_equal(e->arena, policies_of(e), a->label, f->label, NULL))
            c.level = SAME_SEMANTICS;
    return c;
}

static struct comparison same_marking(const struct mu_document *a, const struct mu_document *b)
{
    if (a->marking != NULL && b->marking == NULL)
        return (struct comparison){ SAME_NOT, "marking:lost", "no marking" };
    if (a->marking == NULL || strcmp(a->marking, b->marking) != 0)
        return (struct comparison){ SAME_NOT, "marking:altered", b->marking };
    return (struct comparison){ SAME_OCTETS, "marking:altered", "" };
}

/* The first part with text, decoded; the whole body where there is none. */
static const struct mu_part *text_part(const struct mu_part *part)
{
    if (part->parts == 0)
        return part;
    return text_part(&part->part[0]);
}

static struct comparison same_text(struct mu_engine_case *e, const struct mu_document *a,
                                   const struct mu_document *b)
{
    if (a->mail == NULL || b->mail == NULL)
        return (struct comparison){ SAME_NOT, "text:lost", "no message" };
    const struct mu_part *x = text_part(&a->mail->top), *y = text_part(&b->mail->top);
    struct mu_bytes p = mu_part_decode(e->arena, x), q = mu_part_decode(e->arena, y);
    if (mu_bytes_equal(x->body, y->body))
        return (struct comparison){ SAME_OCTETS, "text:altered", "" };
    return (struct comparison){ mu_bytes_equal(p, q) ? SAME_VALUE : SAME_NOT, "text:altered",
                                "the decoded text differs" };
}

/* Fields may be put on top; those that were sent keep their order below them. */
static struct comparison same_order(const struct mu_document *a, const struct mu_document *b)
{
    struct comparison c = { SAME_VALUE, "header:reordered",
                            "a field stands elsewhere or is missing" };
    if (a->mail == NULL || b->mail == NULL)
        return (struct comparison){ SAME_NOT, "text:lost", "no message" };
    const struct mu_part *x = &a->mail->top, *y = &b->mail->top;
    size_t i = x->headers, j = y->headers;
    while (i > 0 && j > 0) {
        i--;
        j--;
        if (!mu_bytes_equal_nocase(x->header[i].name, y->header[j].name))
            c.level = SAME_NOT;
    }
    if (i > 0)
        c.level = SAME_NOT;
    return c;
}

static struct comparison compare(struct mu_engine_case *e, const char *what,
                                 const struct mu_document *a, const struct mu_document *b)
{
    if (strcmp(what, "label") == 0)
        return same_label(e, a, b);
    if (strcmp(what, "marking") == 0)
        return same_marking(a, b);
    if (strcmp(what, "translation") == 0)
        return same_translation(e, a, b);
    if (strcmp(what, "history") == 0)
        return same_history(e, a, b);
    if (strcmp(what, "text") == 0)
        return same_text(e, a, b);
    if (strcmp(what, "order") == 0)
        return same_order(a, b);
    return same_header(a, b, strncmp(what, "header:", 7) == 0 ? what + 7 : what);
}

/* The document of what was sent or of a collected leg. */
static bool document_of(struct mu_engine_case *e, const char *id, struct mu_document **out,
                        struct mu_err *err)
{
    struct mu_case_leg *leg = mu_engine_leg(e, id);
    struct mu_made *made = mu_engine_made(e, id);
    *out = NULL;
    if (leg != NULL && leg->leg != NULL && leg->leg->has_message) {
        TRY(mu_engine_decode(e, leg, err));
        *out = &leg->document;
    } else if (made != NULL) {
        struct mu_leg *sent = mu_new(e->arena, struct mu_leg);
        struct mu_document *document = mu_new(e->arena, struct mu_document);
        mu_document_leg_of(made->octets, "smtp", sent);
        sent->name = id;
        TRY(mu_document_build(e->arena, &e->engine->kit, sent, document, err));
        *out = document;
    }
    return true;
}

bool mu_engine_same(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_document *a, *b;
    TRY(document_of(e, step->of, &a, err));
    TRY(document_of(e, step->second, &b, err));
    const char *expected = mu_arena_printf(e->arena, "%s the same at least as %s", step->what,
                                           sameness_name[wanted_sameness(step->at_least)]);
    if (a == NULL || b == NULL) {
        mu_engine_step(e, step, step->of, expected, "nothing to compare with", false);
        mu_engine_finding(e, step, MU_INCONCLUSIVE, "leg:missing", expected,
                          "nothing to compare with");
        return true;
    }
    struct comparison c = compare(e, step->what, a, b);
    bool ok = c.level >= wanted_sameness(step->at_least);
    const char *seen = c.level == SAME_NOT && c.difference != NULL
                           ? c.difference
                           : mu_arena_printf(e->arena, "same as %s", sameness_name[c.level]);
    mu_engine_step(e, step, step->of, expected, seen, ok);
    bool should = step->level != NULL && strcmp(step->level, "must") != 0;
    if (!ok)
        mu_engine_finding(e, step, should ? MU_REMARKS : MU_FAIL, c.reason, expected, seen);
    return true;
}
