/* What is made of an answer: compared with what was asked about, or judged as a label. */
#include <string.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "document/fixture.h"
#include "format/infoset.h"
#include "policy/marking.h"
#include "suite/engine_same.h"

const struct mu_label *mu_engine_answer_label(struct mu_engine_case *e, struct mu_asked *answer)
{
    if (answer->reply.octets.n == 0)
        return answer->reply.label;
    if (!answer->read)
        answer->label = mu_truth_label(e->arena, answer->reply.octets);
    answer->read = true;
    return answer->label;
}

/* One side of a comparison. */
struct side {
    const struct mu_label *label; /* NULL: none that can be read */
    struct mu_bytes octets;       /* n == 0: there are none      */
};

/* A label that was made has the octets that this attempt sent. */
static bool side_of(struct mu_engine_case *e, const char *id, struct side *side)
{
    struct mu_asked *answer = mu_engine_answer(e, id);
    const struct mu_ask_label *made = mu_ask_label_find(e->asks, id);
    if (answer != NULL && answer->reply.octets.n > 0)
        *side = (struct side){ mu_engine_answer_label(e, answer), answer->reply.octets };
    else if (answer != NULL)
        *side = (struct side){ .label = answer->reply.label };
    else if (made != NULL)
        *side = (struct side){ made->label, made->octets };
    else
        return false;
    for (size_t i = 0; made != NULL && i < e->answers; i++)
        if (e->answer[i].ask->of == made && e->answer[i].octets.n > 0)
            side->octets = e->answer[i].octets;
    return true;
}

static bool same_infoset(struct mu_engine_case *e, const struct side *a, const struct side *b)
{
    struct mu_xml_fault fault;
    xmlDoc *x, *y;
    return a->octets.n > 0 && b->octets.n > 0
           && mu_xml_parse(e->arena, a->octets, 0, NULL, &x, &fault) == MU_XML_OK
           && mu_xml_parse(e->arena, b->octets, 0, NULL, &y, &fault) == MU_XML_OK
           && mu_infoset_same(e->arena, xmlDocGetRootElement(x), xmlDocGetRootElement(y), NULL);
}

static struct mu_comparison same_labels(struct mu_engine_case *e, const struct side *a,
                                        const struct side *b)
{
    struct mu_comparison c = mu_differs("label:lost", "a label", "no label that can be read");
    const char *difference = NULL;
    if (a->octets.n > 0 && mu_bytes_equal(a->octets, b->octets)) {
        c = mu_differs("label:altered", "", "");
        c.level = MU_SAME_OCTETS;
        return c;
    }
    if (a->label == NULL || b->label == NULL)
        return c;
    bool same =
        mu_label_equal(e->arena, &e->engine->o.profile->policies, a->label, b->label, &difference);
    c = mu_differs("label:altered", "the label that was asked about",
                   difference != NULL ? difference : "another label");
    if (!same)
        return c;
    c.level = same_infoset(e, a, b) ? MU_SAME_INFOSET : MU_SAME_SEMANTICS;
    c.expected = c.seen = "";
    return c;
}

static struct mu_comparison same_octets(const struct side *a, const struct side *b)
{
    struct mu_comparison c = mu_differs("octets:altered", "the same octets", "other octets");
    if (b->octets.n == 0)
        c.seen = "no octets";
    else if (mu_bytes_equal(a->octets, b->octets))
        c.level = MU_SAME_OCTETS;
    return c;
}

/* Is what `theirs` says said in the language of `ours`? What has no language is said in any. */
static bool speaks_alike(struct mu_engine_case *e, const char *ours, const char *theirs)
{
    const struct mu_policies *policies = &e->engine->o.profile->policies;
    struct mu_marking_reading a, b;
    mu_marking_parse(e->arena, policies, ours, MU_MATCH_TOLERANT, &a);
    mu_marking_parse(e->arena, policies, theirs, MU_MATCH_TOLERANT, &b);
    return a.label != NULL && b.label != NULL && strcmp(a.language, b.language) == 0;
}

/* What came is what our own rendering gives the label, in the place asked for: as value in the language
 * asked for, by its meaning in any. */
static struct mu_comparison same_marking(struct mu_engine_case *e, const struct mu_asked *answer)
{
    const char *ours = answer->ask->truth.text, *theirs = answer->reply.text;
    struct mu_comparison c =
        mu_differs("marking:altered", ours != NULL ? ours : "no marking",
                   theirs != NULL ? mu_text_line(e->arena, mu_bytes_of(theirs)) : "no marking");
    if (ours == NULL || theirs == NULL)
        return c;
    if (strcmp(ours, theirs) == 0)
        c.level = MU_SAME_OCTETS;
    else if (strlen(theirs) <= MU_MARKING_MAX
             && mu_marking_same(e->arena, &e->engine->o.profile->policies, ours, theirs))
        c.level = speaks_alike(e, ours, theirs) ? MU_SAME_VALUE : MU_SAME_SEMANTICS;
    return c;
}

/* What came is what our own mapping makes of the label, and says that it is no originator's
 * (ADatP-4774.1 4.2, rule 2). */
static struct mu_comparison same_translation(struct mu_engine_case *e, const struct mu_asked *a,
                                             const struct mu_label *theirs)
{
    const struct mu_label *ours = a->ask->truth.label;
    const char *difference = a->ask->truth.why;
    struct mu_comparison c =
        mu_differs("label:mistranslated", "the equivalent label of the other policy",
                   "no label that can be read");
    if (ours != NULL && theirs != NULL && strcmp(ours->root, theirs->root) != 0)
        difference = mu_arena_printf(e->arena, "a label whose root is %s", theirs->root);
    else if (ours != NULL && theirs != NULL
             && mu_label_equal(e->arena, &e->engine->o.profile->policies, ours, theirs,
                               &difference))
        c.level = MU_SAME_SEMANTICS;
    else if (theirs != NULL)
        c.seen = difference != NULL && *difference != '\0' ? difference : "another label";
    return c;
}

bool mu_engine_same_answer(struct mu_engine_case *e, const struct mu_step *step, const char *what,
                           struct mu_comparison *c)
{
    struct mu_asked *answer = mu_engine_answer(e, step->second);
    struct side a, b;
    if (e->asks == NULL || answer == NULL)
        return false;
    if (!side_of(e, step->of, &a) || !side_of(e, step->second, &b))
        return false;
    if (strcmp(what, "marking") == 0)
        *c = same_marking(e, answer);
    else if (strcmp(what, "translation") == 0)
        *c = same_translation(e, answer, b.label);
    else if (strcmp(what, "octets") == 0)
        *c = same_octets(&a, &b);
    else
        *c = same_labels(e, &a, &b);
    return true;
}

bool mu_engine_answer_leg(struct mu_engine_case *e, struct mu_asked *answer,
                          struct mu_case_leg **leg, struct mu_err *err)
{
    struct mu_bytes octets = answer->reply.octets;
    *leg = NULL;
    if (octets.n == 0)
        return true;
    struct mu_leg *empty = mu_new(e->arena, struct mu_leg);
    struct mu_case_leg *slot = mu_engine_leg_add(e, answer->ask->step->id, empty);
    if (slot == NULL)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d labels judged in one case", MU_LEGS_MAX);
    TRY(mu_fixture_around(e->arena, &e->engine->kit, octets, NULL, &slot->document, err));
    slot->decoded = true;
    *leg = slot;
    return true;
}
