#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "cli/world.h"
#include "document/fixture.h"

struct names {
    const struct mu_rule_set *set;
};

static const char *rule_name(const void *self, size_t i)
{
    const struct names *names = self;
    return i < mu_rules_count(names->set) ? mu_rules_at(names->set, i)->id : NULL;
}

/* The folder of a rule's fixtures is named after its rule file: adatp4774.sch, adatp4774. */
static const char *folder_of(struct mu_arena *arena, const struct mu_rule *rule)
{
    const char *slash = strrchr(rule->file, '/');
    const char *base = slash != NULL ? slash + 1 : rule->file;
    return mu_arena_printf(arena, "%.*s", (int) strcspn(base, "."), base);
}

static bool judge_fixture(struct mu_world *world, const struct mu_rule *rule, const char *path,
                          struct mu_err *err)
{
    struct mu_arena *arena = world->arena;
    struct mu_document_kit kit = { .dict = mu_rules_dict(world->profile.rules),
                                   .label_schema = world->profile.label_schema };
    struct mu_document *document = mu_new(arena, struct mu_document);
    TRY(mu_fixture_load(arena, &kit, path, document, err));
    struct mu_judgement j;
    TRY(mu_rules_judge(world->profile.rules, arena, rule->phases, document, &j, err));
    size_t number = 0;
    while (mu_rules_at(world->profile.rules, number) != rule)
        number++;
    static const char *const word[] = {
        ['h'] = "holds", ['b'] = "breaks", ['-'] = "not applicable"
    };
    printf("  %s: %s\n", path, word[(unsigned char) j.mark[number]]);
    for (size_t i = 0; i < j.breaks; i++) {
        const struct mu_break *b = &j.broken[i];
        const struct mu_rule *r = mu_rules_at(world->profile.rules, b->rule);
        printf("    %s%s seen: %s\n", r->id, r == rule ? "" : " (also)", b->seen);
        if (b->hint[0] != '\0')
            printf("      hint: %s\n", b->hint);
        if (b->places > 0 && b->place[0].offset >= 0)
            printf("      at octet %lld\n", (long long) b->place[0].offset);
    }
    return true;
}

bool mu_cli_explain(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    static const char *const kind[] = { "eml", "label.xml", "message.xml" };
    static const char *const side[] = { "pass", "fail" };
    struct mu_world world;
    *status = MU_EXIT_OK;
    TRY(mu_world_start(&world, args, err));
    TRY(mu_world_profile(&world, args, err));
    const char *id = args->operand[0];
    const struct mu_rule *rule = mu_rules_find(world.profile.rules, id);
    if (rule == NULL) {
        struct names names = { world.profile.rules };
        const char *near = mu_name_nearest(id, rule_name, &names);
        return mu_fail(err, MU_ERR_USAGE, "no rule '%s' in profile '%s'%s%s%s", id,
                       world.profile.id, near != NULL ? "; did you mean '" : "",
                       near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    printf("%s  %s%s\n%s\n", rule->id, mu_level_name(rule->level), rule->waived ? ", waived" : "",
           rule->text);
    printf("clause: %s, %s\nfile: %s:%u\n", rule->document, rule->see, rule->file, rule->line);
    if (rule->because != NULL)
        printf("profile: %s, because %s\n", mu_level_name(rule->level), rule->because);
    if (rule->phases[0] != '\0')
        printf("phases: %s\n", rule->phases);
    if (!rule->assertion) {
        puts("behaviour: shown by cases; 'muster list rules' names one");
        return true;
    }
    puts("fixtures:");
    for (size_t s = 0; s < MU_COUNT(side); s++)
        for (size_t k = 0; k < MU_COUNT(kind); k++) {
            const char *relative =
                mu_arena_printf(world.arena, "fixtures/rules/%s/%s.%s.%s",
                                folder_of(world.arena, rule), rule->id, side[s], kind[k]);
            const char *path = mu_data_find(&world.data, world.arena, relative);
            if (path != NULL)
                TRY(judge_fixture(&world, rule, path, err));
        }
    return true;
}
