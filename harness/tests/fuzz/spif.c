/* A policy file: every index leads somewhere, every name finds what bears it. */
#include "policy/spif.h"

#include "format/unicode.h"
#include "format/xml.h"
#include "policy/marking.h"
#include "tests/fuzz/markup.h"

static void fuzz_start(void)
{
    struct mu_err err;
    mu_xml_start();
    HOLDS(mu_unicode_start(&err));
}

static void check_values(const struct mu_policy *p)
{
    for (uint32_t v = 0; v < p->values; v++) {
        const struct mu_value *value = &p->value[v];
        HOLDS(value->tag < p->tags && value->set < p->sets && value->head <= v);
        HOLDS(value->same_name == MU_NONE
              || (value->same_name > v && value->same_name < p->values));
        HOLDS(value->same_lacv == MU_NONE || value->same_lacv < p->values);
        HOLDS(value->required_class == MU_NONE || value->required_class < p->classifications);
        const struct mu_tag *tag = &p->tag[value->tag];
        HOLDS(tag->set == value->set && v >= tag->first && v - tag->first < tag->count);
        if (tag->type != MU_TAG_UNUSED)
            HOLDS(mu_policy_value(p, value->set, tag->type, value->name) == value->head);
    }
}

static void check_classes(struct mu_arena *arena, struct mu_policies *all)
{
    struct mu_policy *p = all->policy[0];
    for (uint32_t c = 0; c < p->classifications; c++) {
        uint64_t *none = mu_arena_array(arena, p->values / 64 + 1, sizeof *none);
        struct mu_label *label = mu_label_of_values(arena, p, c, none, NULL);
        struct mu_resolved resolved;
        struct mu_marking_reading reading;
        mu_resolve(arena, p, label, &resolved);
        const char *why = NULL;
        const char *text = mu_marking_render(arena, &resolved, MU_AT_PAGE_TOP, "en", &why);
        HOLDS(text != NULL || why != NULL);
        if (text != NULL && c < 4)
            mu_marking_parse(arena, all, text, MU_MATCH_TOLERANT, &reading);
    }
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_policy *p = NULL;
    struct mu_err err;
    if (!mu_policy_load_bytes(arena, input, "input", &p, &err)) {
        HOLDS(p == NULL && fuzz_is_sentence(err.msg) && err.where.line <= input.n + 1);
        return;
    }
    HOLDS(p->classifications <= MU_CLASSES_MAX && p->values <= MU_POLICY_VALUES_MAX);
    for (uint32_t t = 0; t < p->tags; t++)
        HOLDS(p->tag[t].set < p->sets && p->tag[t].first + p->tag[t].count <= p->values);
    for (uint32_t s = 0; s < p->sets; s++)
        HOLDS(p->set[s].first + p->set[s].count <= p->tags);
    check_values(p);
    struct mu_policies all = { &p, 1 };
    check_classes(arena, &all);
}
