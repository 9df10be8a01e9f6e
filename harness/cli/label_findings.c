/* What is wrong with a label: doubts of its reading, validity under its policy, the profile's rules. */
#include <string.h>

#include "base/text_safe.h"
#include "cli/label.h"
#include "document/fixture.h"
#include "policy/validity.h"

static void add(struct mu_arena *arena, struct mu_findings *out, struct mu_finding finding)
{
    for (size_t i = 0; i < out->count; i++) /* said already, by whichever way */
        if (strcmp(out->finding[i].rule, finding.rule) == 0
            && strcmp(out->finding[i].what, finding.what) == 0)
            return;
    out->valid = out->valid && finding.level != MU_LEVEL_MUST;
    if (out->count == MU_DEFECTS_MAX) {
        out->left_off++;
        return;
    }
    if (out->count == out->room) {
        size_t room = out->room == 0 ? 8 : out->room * 2;
        struct mu_finding *all = mu_arena_array(arena, room, sizeof *all);
        if (out->count > 0)
            memcpy(all, out->finding, out->count * sizeof *all);
        out->finding = all;
        out->room = room;
    }
    out->finding[out->count++] = finding;
}

static bool has_rule(const struct mu_findings *all, const char *rule)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->finding[i].rule, rule) == 0)
            return true;
    return false;
}

static void check_policy(const struct mu_desk *desk, struct mu_arena *arena,
                         const struct mu_item *item, struct mu_findings *out)
{
    struct mu_validity_report report;
    mu_validate(arena, &desk->policies, item->label, desk->world.test_time, &report);
    for (size_t i = 0; i < report.findings; i++) {
        const struct mu_invalidity *f = &report.finding[i];
        add(arena, out,
            (struct mu_finding){ f->rule, f->must ? MU_LEVEL_MUST : MU_LEVEL_SHOULD, f->what });
    }
}

void mu_desk_check(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                   struct mu_findings *out)
{
    *out = (struct mu_findings){ .valid = true };
    if (item->doubt != NULL)
        add(arena, out, (struct mu_finding){ item->doubt_rule, MU_LEVEL_MUST, item->doubt });
    for (size_t i = 0; i < item->notes; i++)
        add(arena, out, item->note[i]);
    check_policy(desk, arena, item, out);
}

/* Rules about the message around it are no matter of the label's. */
static bool is_of_label(const struct mu_break *b)
{
    static const char label[] = "/m:message/m:label";
    for (size_t i = 0; i < b->places; i++)
        if (strncmp(b->place[i].path, label, sizeof label - 1) == 0)
            return true;
    return false;
}

static const char *sentence(struct mu_arena *arena, const struct mu_rule *rule,
                            const struct mu_break *b)
{
    size_t n = strlen(rule->text);
    if (n > 0 && rule->text[n - 1] == '.')
        n--;
    return mu_arena_printf(arena, "%.*s; seen: %s", (int) n, rule->text, b->seen);
}

/* The marking that goes with it: what stood there, or else what should. */
static const char *marking_of(const struct mu_desk *desk, struct mu_arena *arena,
                              const struct mu_item *item)
{
    struct mu_resolved label;
    const char *why = NULL;
    if (item->carried != NULL || item->policy == NULL)
        return item->carried;
    mu_resolve(arena, item->policy, item->label, &label);
    const char *text = mu_marking_render(arena, &label, MU_AT_PAGE_TOP, desk->language, &why);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static bool judge_xml(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                      struct mu_findings *out, struct mu_err *err)
{
    const struct mu_profile *profile = &desk->world.profile;
    struct mu_document_kit kit = { .dict = mu_rules_dict(profile->rules),
                                   .label_schema = profile->label_schema,
                                   .policies = &desk->policies,
                                   .test_time = desk->world.test_time };
    struct mu_document *document = mu_new(arena, struct mu_document);
    struct mu_judgement j;
    TRY(mu_fixture_around(arena, &kit, item->xml, marking_of(desk, arena, item), document, err));
    TRY(mu_rules_judge(profile->rules, arena, profile->phases, document, &j, err));
    if (document->label == NULL && item->label != NULL) /* no field holds it: nobody looked */
        add(arena, out,
            (struct mu_finding){ "L74-XSD", MU_LEVEL_MUST,
                                 "the label is longer than the rules can look at" });
    size_t before = out->count;
    for (size_t i = 0; i < j.breaks; i++) {
        const struct mu_rule *rule = mu_rules_at(profile->rules, j.broken[i].rule);
        struct mu_findings earlier = { .finding = out->finding, .count = before };
        if (is_of_label(&j.broken[i]) && !has_rule(&earlier, rule->id))
            add(arena, out,
                (struct mu_finding){ rule->id, rule->level, sentence(arena, rule, &j.broken[i]) });
    }
    return true;
}

bool mu_desk_judge(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                   struct mu_findings *out, struct mu_err *err)
{
    mu_desk_check(desk, arena, item, out);
    if (item->xml.n == 0)
        return true;
    if (desk->world.profile.rules == NULL) {
        TRY(mu_world_profile(&desk->world, desk->args, err));
        mu_rules_use(desk->world.profile.rules, &desk->policies);
    }
    return judge_xml(desk, arena, item, out, err);
}
