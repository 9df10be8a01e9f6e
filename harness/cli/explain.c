#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "cli/coverage.h"
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

/* Where a rule was found, and what its fixtures are judged with. */
struct explained {
    struct mu_world *world;
    struct mu_rule_set *set;
    struct mu_document_kit kit;
    const struct mu_rule *rule;
};

static bool judge_fixture(const struct explained *x, const char *path, struct mu_err *err)
{
    struct mu_arena *arena = x->world->arena;
    const struct mu_rule *rule = x->rule;
    struct mu_document *document = mu_new(arena, struct mu_document);
    TRY(mu_fixture_load(arena, &x->kit, path, document, err));
    struct mu_judgement j;
    TRY(mu_rules_judge(x->set, arena, rule->phases, document, &j, err));
    size_t number = 0;
    while (mu_rules_at(x->set, number) != rule)
        number++;
    static const char *const word[] = {
        ['h'] = "holds", ['b'] = "breaks", ['-'] = "not applicable"
    };
    printf("  %s: %s\n", path, word[(unsigned char) j.mark[number]]);
    for (size_t i = 0; i < j.breaks; i++) {
        const struct mu_break *b = &j.broken[i];
        const struct mu_rule *r = mu_rules_at(x->set, b->rule);
        printf("    %s%s seen: %s\n", r->id, r == rule ? "" : " (also)", b->seen);
        if (b->hint[0] != '\0')
            printf("      hint: %s\n", b->hint);
        if (b->places > 0 && b->place[0].offset >= 0)
            printf("      at octet %lld\n", (long long) b->place[0].offset);
    }
    return true;
}

/* Every rule file that is at hand: those about policy files are in no profile of messages. */
static bool load_all(struct mu_world *world, struct mu_rule_set **out, struct mu_err *err)
{
    static const char *const ending[] = { ".sch", ".behaviour.xml" };
    struct mu_rule_set *set = mu_rules_new(world->arena);
    for (size_t i = 0; i < MU_COUNT(ending); i++) {
        const char **name;
        size_t n = mu_data_list(&world->data, world->arena, "profiles/rules", ending[i], &name);
        for (size_t k = 0; k < n; k++) {
            const char *relative =
                mu_arena_printf(world->arena, "profiles/rules/%s%s", name[k], ending[i]);
            const char *path = mu_data_find(&world->data, world->arena, relative);
            TRY(path == NULL || mu_rules_load(set, path, err));
        }
    }
    TRY(mu_rules_compile(set, world->test_time, err));
    *out = set;
    return true;
}

/* In the profile, or in any rule file. */
static bool find_rule(struct explained *x, const char *id, struct mu_err *err)
{
    const char *schema =
        mu_data_find(&x->world->data, x->world->arena, "profiles/schemas/spif.xsd");
    x->set = x->world->profile.rules;
    x->rule = mu_rules_find(x->set, id);
    if (x->rule == NULL) {
        TRY(load_all(x->world, &x->set, err));
        x->rule = mu_rules_find(x->set, id);
    }
    if (x->rule == NULL) {
        struct names names = { x->set };
        const char *near = mu_name_nearest(id, rule_name, &names);
        return mu_fail(err, MU_ERR_USAGE, "no rule '%s' in profile '%s'%s%s%s", id,
                       x->world->profile.id, near != NULL ? "; did you mean '" : "",
                       near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    x->kit.dict = mu_rules_dict(x->set);
    x->kit.label_schema = x->world->profile.label_schema;
    x->kit.policies = &x->world->profile.policies;
    x->kit.test_time = x->world->test_time;
    return schema == NULL || mu_schema_load(x->world->arena, schema, &x->kit.policy_schema, err);
}

/* Fixtures that are not about policies have labels of this one, which no profile has. */
#define EXERCISE_POLICY "fixtures/policies/exercise.xml"

/* The policies of the profile and that of the fixtures. */
static bool add_policy(const struct explained *x, struct mu_err *err)
{
    struct mu_arena *arena = x->world->arena;
    struct mu_policies *all = &x->world->profile.policies;
    const char *path = mu_data_find(&x->world->data, arena, EXERCISE_POLICY);
    if (path != NULL) {
        struct mu_policy **policy = mu_arena_array(arena, all->count + 1, sizeof *policy);
        if (all->count > 0)
            memcpy(policy, all->policy, all->count * sizeof *policy);
        TRY(mu_policy_load(arena, path, &policy[all->count], err));
        if (mu_policies_by_id(all, policy[all->count]->id) == NULL)
            *all = (struct mu_policies){ .policy = policy, .count = all->count + 1 };
    }
    mu_rules_use(x->set, all);
    return true;
}

static void print_rule(const struct explained *x)
{
    const struct mu_rule *rule = x->rule;
    printf("%s  %s%s\n%s\n", rule->id, mu_level_name(rule->level), rule->waived ? ", waived" : "",
           rule->text);
    printf("clause: %s, %s\nfile: %s:%u\n", rule->document, rule->see, rule->file, rule->line);
    if (x->set != x->world->profile.rules)
        printf("profile: not in '%s'\n", x->world->profile.id);
    if (rule->because != NULL)
        printf("profile: %s, because %s\n", mu_level_name(rule->level), rule->because);
    if (rule->phases[0] != '\0')
        printf("phases: %s%s\n", rule->phases,
               mu_rule_is_on(rule, x->world->profile.phases) ? "" : " (off in this profile)");
    if (rule->tolerates != NULL)
        printf("tolerates: %s, which is reported as this rule in its phase\n", rule->tolerates);
}

bool mu_cli_explain(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    static const char *const kind[] = { "eml", "label.xml", "spif.xml", "message.xml" };
    static const char *const side[] = { "pass", "fail" };
    struct mu_world world;
    struct explained x = { .world = &world };
    *status = MU_EXIT_OK;
    TRY(mu_world_start(&world, args, err));
    TRY(mu_world_profile(&world, args, err));
    if (mu_rules_find(world.profile.rules, args->operand[0]) == NULL
        && mu_cli_explain_row(&world, args->operand[0], err))
        return true;
    TRY(find_rule(&x, args->operand[0], err));
    print_rule(&x);
    if (!x.rule->assertion) {
        puts("behaviour: shown by cases; 'muster list rules' names one");
        return true;
    }
    TRY(add_policy(&x, err));
    puts("fixtures:");
    for (size_t s = 0; s < MU_COUNT(side); s++)
        for (size_t k = 0; k < MU_COUNT(kind); k++) {
            const char *relative =
                mu_arena_printf(world.arena, "fixtures/rules/%s/%s.%s.%s",
                                folder_of(world.arena, x.rule), x.rule->id, side[s], kind[k]);
            const char *path = mu_data_find(&world.data, world.arena, relative);
            if (path != NULL)
                TRY(judge_fixture(&x, path, err));
        }
    return true;
}
