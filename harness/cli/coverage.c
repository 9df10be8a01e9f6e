/* What the catalogue of the profile says of rules, and what of each row is covered. */
#include "cli/coverage.h"

#include <stdio.h>

#include "suite/catalogue.h"

/* Of a profile whose systems exchange messages the first three roles, of one that asks adapters the
 * other three. */
static int first_role(const struct mu_world *world)
{
    return world->profile.sap ? MU_MAIL_ROLES : 0;
}

static int end_of_roles(const struct mu_world *world)
{
    return world->profile.sap ? MU_ROLES : MU_MAIL_ROLES;
}

void mu_cli_rule_cells(const struct mu_world *world, const struct mu_rule *rule, char cells[4])
{
    static const char letter[MU_ROLES] = {
        [MU_ROLE_SENDER] = 'S',    [MU_ROLE_RECEIVER] = 'R', [MU_ROLE_RELAY] = 'G',
        [MU_ROLE_VALIDATOR] = 'V', [MU_ROLE_LABELLER] = 'L', [MU_ROLE_POLICY] = 'P',
    };
    size_t n = 0;
    for (int role = first_role(world); role < end_of_roles(world); role++) {
        bool named = mu_catalogue_names(world->profile.catalogue, rule->id, (enum mu_role) role);
        cells[n++] = named ? letter[role] : '-';
    }
    cells[n] = '\0';
}

/* "EML-01 [sender-labels-mail], TLS-02 [off: fmn5-fallback]" */
static const char *cell_text(const struct mu_world *world, const struct mu_catalogue_cell *cell,
                             enum mu_role role)
{
    struct mu_buf out = { .arena = world->arena };
    for (size_t i = 0; i < cell->rules; i++) {
        const struct mu_rule *rule = mu_rules_find(world->profile.rules, cell->rule[i]);
        bool off = false;
        const struct mu_case *by =
            rule != NULL ? mu_catalogue_shown(&world->profile, &world->suite, rule, role, &off)
                         : NULL;
        mu_buf_printf(&out, "%s%s", i > 0 ? ", " : "", cell->rule[i]);
        if (by == NULL)
            mu_buf_puts(&out, " [NO CASE SHOWS IT]");
        else if (off)
            mu_buf_printf(&out, " [off: %s]", rule->phases);
        else
            mu_buf_printf(&out, " [%s]", by->id);
    }
    return mu_buf_text(&out);
}

struct tally {
    size_t covered, kept, not_covered, not_asked;
};

static const char *status(const struct mu_world *world, const struct mu_catalogue_row *row,
                          enum mu_role role, struct tally *tally)
{
    const struct mu_catalogue_cell *cell = &row->cell[role];
    if (cell->rules > 0) {
        tally->covered++;
        return cell_text(world, cell, role);
    }
    if (cell->why != NULL) {
        tally->not_covered++;
        return mu_arena_printf(world->arena, "not covered: %s", cell->why);
    }
    tally->not_asked += row->kept == NULL;
    return NULL;
}

static struct tally each_row(const struct mu_world *world, bool print)
{
    struct tally tally = { 0 };
    const struct mu_catalogue *c = world->profile.catalogue;
    for (size_t i = 0; c != NULL && i < c->rows; i++) {
        const struct mu_catalogue_row *row = &c->row[i];
        tally.kept += row->kept != NULL;
        if (print && row->kept != NULL)
            printf("%-8s harness   kept by the harness: %s\n", row->id, row->kept);
        for (int role = first_role(world); role < end_of_roles(world); role++) {
            const char *text = status(world, row, (enum mu_role) role, &tally);
            if (print && text != NULL)
                printf("%-8s %-9s %s\n", row->id, mu_role_name((enum mu_role) role), text);
        }
    }
    return tally;
}

void mu_cli_coverage_line(const struct mu_world *world)
{
    const struct mu_catalogue *c = world->profile.catalogue;
    if (c == NULL)
        return;
    struct tally t = each_row(world, false);
    printf("catalogue: %zu rows; %zu cells covered, %zu not covered (each says why: muster list "
           "coverage), %zu not asked of the role; %zu rows kept by the harness itself\n",
           c->rows, t.covered, t.not_covered, t.not_asked, t.kept);
}

bool mu_cli_list_coverage(struct mu_world *world, const struct mu_arguments *args,
                          struct mu_err *err)
{
    TRY(mu_world_profile(world, args, err));
    TRY(mu_world_suite(world, err));
    if (world->profile.catalogue == NULL)
        return mu_fail(err, MU_ERR_USAGE, "profile '%s' names no catalogue", world->profile.id);
    (void) each_row(world, true);
    mu_cli_coverage_line(world);
    return true;
}

bool mu_cli_explain_row(struct mu_world *world, const char *id, struct mu_err *err)
{
    const struct mu_catalogue_row *row = mu_catalogue_find(world->profile.catalogue, id);
    if (row == NULL)
        return false;
    TRY(mu_world_suite(world, err));
    printf("%s is a row of the catalogue and no rule of its own\n", id);
    if (row->kept != NULL)
        printf("kept by the harness: %s\n", row->kept);
    struct tally tally = { 0 };
    for (int role = first_role(world); role < end_of_roles(world); role++) {
        const char *text = status(world, row, (enum mu_role) role, &tally);
        if (text != NULL)
            printf("%s: %s\n", mu_role_name((enum mu_role) role), text);
    }
    return true;
}
