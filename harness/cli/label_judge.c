/* muster label valid, muster label decide. */
#include <stdio.h>

#include "cli/label.h"
#include "policy/decide.h"

/* --- valid ------------------------------------------------------------------------------------------- */

static void print_findings(struct mu_arena *arena, const struct mu_item *item,
                           const struct mu_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct mu_finding *f = &findings->finding[i];
        printf("%s: %s %s: %s\n", item->name, mu_desk_safe(arena, f->rule), mu_level_name(f->level),
               f->what);
    }
    if (findings->left_off > 0)
        printf("%s: %zu more findings\n", item->name, findings->left_off);
    if (findings->valid)
        printf("%s: valid\n", item->name);
}

static bool valid_one(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                      void *self, struct mu_err *err)
{
    struct mu_findings findings;
    (void) self;
    TRY(mu_desk_judge(desk, arena, item, &findings, err));
    if (!findings.valid)
        mu_desk_status(desk, MU_EXIT_FAILURES);
    if (!desk->json) {
        print_findings(arena, item, &findings);
        return true;
    }
    struct mu_buf out = { .arena = arena };
    struct mu_json json = { .out = &out };
    mu_json_open(&json, NULL, '{');
    mu_json_text(&json, "input", item->input);
    mu_json_text(&json, "syntax", item->syntax);
    mu_desk_json_findings(&json, &findings);
    mu_json_close(&json, '}');
    mu_desk_print(&out);
    return true;
}

bool mu_cli_label_valid(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_desk desk;
    TRY(mu_desk_open(&desk, args, err) && mu_desk_each(&desk, valid_one, NULL, err));
    *status = desk.status;
    return true;
}

/* --- decide ------------------------------------------------------------------------------------------ */

/* A label that can be read in more than one way permits nothing, whatever one reading says. */
static struct mu_decision decide(const struct mu_desk *desk, struct mu_arena *arena,
                                 const struct mu_item *item, const struct mu_clearance *clearance)
{
    if (item->doubt != NULL)
        return (struct mu_decision){ .permit = false, .rule = "DEC-05", .why = item->doubt };
    return mu_decide_label(arena, &desk->policies, item->label, clearance);
}

static bool decide_one(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                       void *self, struct mu_err *err)
{
    struct mu_decision d = decide(desk, arena, item, self);
    (void) err;
    if (!d.permit)
        mu_desk_status(desk, MU_EXIT_FAILURES);
    if (!desk->json && d.permit) {
        printf("%s: PERMIT\n", item->name);
    } else if (!desk->json) {
        printf("%s: DENY %s: %s\n", item->name, d.rule, d.why);
    } else {
        struct mu_buf out = { .arena = arena };
        struct mu_json json = { .out = &out };
        mu_json_open(&json, NULL, '{');
        mu_json_text(&json, "input", item->input);
        mu_json_text(&json, "decision", d.permit ? "permit" : "deny");
        mu_json_text(&json, "rule", d.rule);
        mu_json_text(&json, "why", d.permit ? NULL : d.why);
        mu_json_close(&json, '}');
        mu_desk_print(&out);
    }
    return true;
}

bool mu_cli_label_decide(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_desk desk;
    struct mu_clearance clearance;
    if (args->value[MU_OPT_CLEARANCE] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "say with --clearance whose access is to be decided");
    TRY(mu_desk_open(&desk, args, err) && mu_desk_clearance(&desk, &clearance, err));
    TRY(mu_desk_each(&desk, decide_one, &clearance, err));
    *status = desk.status;
    return true;
}
