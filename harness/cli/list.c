#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "cli/coverage.h"
#include "cli/world.h"
#include "core/sap.h"
#include "document/mutate.h"
#include "proto/adapters.h"
#include "report/report.h"
#include "twin/twin.h"

static bool list_rules(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    TRY(mu_world_profile(world, args, err));
    TRY(mu_world_suite(world, err));
    size_t assertions = 0, behaviours = 0, shown = 0;
    for (size_t i = 0; i < mu_rules_count(world->profile.rules); i++) {
        const struct mu_rule *r = mu_rules_at(world->profile.rules, i);
        const char *by = "";
        for (size_t c = 0; c < world->suite.count && !r->assertion && by[0] == '\0'; c++)
            for (size_t q = 0; q < world->suite.cases[c]->requirements; q++)
                if (world->suite.cases[c]->requirement[q].rule != NULL
                    && strcmp(world->suite.cases[c]->requirement[q].rule, r->id) == 0)
                    by = world->suite.cases[c]->id;
        char cells[4];
        mu_cli_rule_cells(world, r, cells);
        printf("%-13s %-6s %-9s %s %s %s: %s", r->id, mu_level_name(r->level),
               r->assertion ? "assertion" : "behaviour", cells, r->document, r->see, r->text);
        if (r->tolerates != NULL)
            printf(" [tolerates %s]", r->tolerates);
        if (!mu_rule_is_on(r, world->profile.phases))
            printf(" [off: %s]", r->phases);
        if (!r->assertion)
            printf(" [%s]", by[0] != '\0' ? by : "NO CASE SHOWS IT");
        putchar('\n');
        assertions += r->assertion;
        behaviours += !r->assertion;
        shown += !r->assertion && by[0] != '\0';
    }
    printf("%zu assertions, %zu behaviour rules, %zu of them shown by a case\n", assertions,
           behaviours, shown);
    mu_cli_coverage_line(world);
    return true;
}

static bool list_cases(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    TRY(mu_world_profile(world, args, err));
    TRY(mu_world_suite(world, err));
    size_t instances = 0;
    for (size_t i = 0; i < world->suite.count; i++) {
        const struct mu_case *c = world->suite.cases[i];
        printf("%-40s %-8s %-10s %-6s x%-2zu %s\n", c->id, mu_role_name(c->role),
               mu_case_class_name(c->class), mu_level_name(c->level), c->instances, c->title);
        instances += c->instances;
    }
    printf("%zu cases, %zu instances\n", world->suite.count, instances);
    return true;
}

static bool list_operators(struct mu_world *world, const struct mu_arguments *args,
                           struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    const struct mu_operator *o;
    for (size_t i = 0; (o = mu_operator_at(i)) != NULL; i++)
        printf("%-28s on=%s value=%s  %s\n", o->name, o->on != NULL ? o->on : "-",
               o->value != NULL ? o->value : "-", o->summary);
    return true;
}

static bool list_sins(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    const struct mu_sin *s;
    for (size_t i = 0; (s = mu_sin_at(i)) != NULL; i++)
        printf("%-30s %-7s %s\n", s->name, mu_sin_kind_name(s->kind), s->summary);
    return true;
}

static bool list_adapters(struct mu_world *world, const struct mu_arguments *args,
                          struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    for (const struct mu_adapter *const *a = mu_adapters(); *a != NULL; a++)
        printf("%-10s %s\n", (*a)->name, (*a)->summary);
    return true;
}

static bool list_functions(struct mu_world *world, const struct mu_arguments *args,
                           struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    const struct mu_function *f;
    for (size_t i = 0; (f = mu_function_at(i)) != NULL; i++)
        printf("r:%s(%s)  %s\n", f->name, f->arguments, f->summary);
    return true;
}

static bool list_formats(struct mu_world *world, const struct mu_arguments *args,
                         struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    const struct mu_report_format *f;
    for (size_t i = 0; (f = mu_report_format_at(i)) != NULL; i++)
        printf("%-10s %-15s %s\n", f->name, f->file, f->summary);
    return true;
}

static bool list_lint(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    const struct mu_lint_rule *l;
    for (size_t i = 0; (l = mu_lint_rule_at(i)) != NULL; i++)
        printf("%s  %s\n", l->number, l->summary);
    return true;
}

static bool list_capabilities(struct mu_world *world, const struct mu_arguments *args,
                              struct mu_err *err)
{
    (void) world, (void) args, (void) err;
    const struct mu_capability *c;
    for (size_t i = 0; (c = mu_capability_at(i)) != NULL; i++)
        printf("%-20s %s\n", c->name, c->summary);
    return true;
}

static bool list_profiles(struct mu_world *world, const struct mu_arguments *args,
                          struct mu_err *err)
{
    (void) args, (void) err;
    const char **name;
    size_t n = mu_data_list(&world->data, world->arena, "profiles", "", &name);
    for (size_t i = 0; i < n; i++) {
        const char *relative = mu_arena_printf(world->arena, "profiles/%s/profile.xml", name[i]);
        const char *path = mu_data_find(&world->data, world->arena, relative);
        if (path != NULL)
            printf("%-20s %s\n", name[i], path);
    }
    return true;
}

static const struct {
    const char *what;
    bool (*list)(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err);
} row[] = {
    { "rules", list_rules },
    { "coverage", mu_cli_list_coverage },
    { "cases", list_cases },
    { "operators", list_operators },
    { "sins", list_sins },
    { "adapters", list_adapters },
    { "functions", list_functions },
    { "formats", list_formats },
    { "lint", list_lint },
    { "profiles", list_profiles },
    { "capabilities", list_capabilities },
};

static const char *row_name(const void *self, size_t i)
{
    (void) self;
    return i < MU_COUNT(row) ? row[i].what : NULL;
}

bool mu_cli_list(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    *status = MU_EXIT_OK;
    TRY(mu_world_start(&world, args, err));
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(args->operand[0], row[i].what) == 0)
            return row[i].list(&world, args, err);
    const char *near = mu_name_nearest(args->operand[0], row_name, NULL);
    return mu_fail(err, MU_ERR_USAGE, "cannot list '%s'%s%s%s", args->operand[0],
                   near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : "");
}
