/* The label of --ceiling, read at the desk of `muster label`. */
#include "cli/ceiling.h"

#include <unistd.h>

#include "cli/label.h"
#include "format/mail.h"
#include "policy/dominate.h"

struct reading {
    const char *typed;
    struct mu_desk desk;
    struct mu_resolved label;
};

static const char *policy_names(struct mu_arena *arena, const struct mu_policies *policies)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < policies->count; i++)
        mu_buf_printf(&out, "%s%s", i > 0 ? ", " : "", policies->policy[i]->name);
    return mu_buf_text(&out);
}

/* Why it is none, and what would be known. */
static bool no_ceiling(struct reading *c, const char *why, struct mu_err *err)
{
    struct mu_arena *arena = c->desk.args->arena;
    return mu_fail(err, MU_ERR_USAGE, "--ceiling: %.150s; policies at hand: %.70s", why,
                   policy_names(arena, &c->desk.policies));
}

static bool read_item(struct reading *c, struct mu_item *item, struct mu_err *err)
{
    struct mu_arena *arena = c->desk.args->arena;
    struct mu_items items = { 0 };
    struct mu_err why;
    char text[600];
    bool file = access(c->typed, F_OK) == 0;
    bool read =
        file ? mu_desk_read(&c->desk, arena, c->typed, &items, &why)
             : mu_desk_read_marking(&c->desk, arena, NULL, mu_bytes_of(c->typed), &items, &why);
    if (!read) {
        mu_err_text(&why, text, sizeof text);
        return no_ceiling(c, text, err);
    }
    if (items.count != 1)
        return no_ceiling(c, "the file holds more than one label", err);
    *item = items.item[0];
    return true;
}

/* A ceiling that can be read in two ways, or that is no label of its policy, is none. */
static bool check(struct reading *c, const struct mu_item *item, struct mu_err *err)
{
    struct mu_arena *arena = c->desk.args->arena;
    struct mu_findings findings;
    if (item->doubt != NULL)
        return no_ceiling(c, item->doubt, err);
    if (item->policy == NULL)
        return no_ceiling(c,
                          mu_arena_printf(arena, "policy '%.60s' is not known",
                                          mu_desk_safe(arena, item->label->policy)),
                          err);
    mu_desk_check(&c->desk, arena, item, &findings);
    for (size_t i = 0; i < findings.count && !findings.valid; i++)
        if (findings.finding[i].level == MU_LEVEL_MUST)
            return no_ceiling(c, findings.finding[i].what, err);
    mu_resolve(arena, item->policy, item->label, &c->label);
    if (c->label.doubt || c->label.classification == MU_NONE)
        return no_ceiling(c, "the label is not understood in full", err);
    return true;
}

bool mu_ceiling_read(const struct mu_arguments *args, struct mu_ceiling *ceiling,
                     struct mu_err *err)
{
    struct reading *c = mu_new(args->arena, struct reading);
    struct mu_item item;
    c->typed = args->value[MU_OPT_CEILING];
    TRY(mu_desk_open(&c->desk, args, err));
    if (mu_bytes_trim(mu_bytes_of(c->typed)).n == 0)
        return no_ceiling(c, "there is nothing in it", err);
    TRY(read_item(c, &item, err) && check(c, &item, err));
    const struct mu_classification *class = &item.policy->classification[c->label.classification];
    struct mu_colours colours = mu_marking_colours(args->arena, &c->label);
    const char *marking = mu_marking_render(args->arena, &c->label, MU_AT_PAGE_TOP, "en", NULL);
    *ceiling =
        (struct mu_ceiling){ .policies = &c->desk.policies, .desk = &c->desk, .label = c->label };
    ceiling->shown = (struct mu_report_ceiling){ .policy = item.policy->name,
                                                 .marking = marking,
                                                 .classification = class->name,
                                                 .rank = class->hierarchy,
                                                 .colour = colours.background,
                                                 .text_colour = colours.foreground };
    if (marking == NULL || *marking == '\0') /* of an unmarked policy */
        ceiling->shown.marking =
            mu_arena_printf(args->arena, "%s %s", item.policy->name, class->name);
    return true;
}

/* --- labels held against it ---------------------------------------------------------------------------- */

enum mu_above mu_ceiling_stands(struct mu_arena *arena, const struct mu_ceiling *c,
                                const struct mu_label *label)
{
    const struct mu_policy *policy =
        mu_policies_find(c->policies, label->policy, label->policy_uri);
    struct mu_resolved r;
    if (policy == NULL || policy != c->label.policy)
        return MU_ABOVE_POLICY;
    mu_resolve(arena, policy, label, &r);
    if (r.doubt || r.classification == MU_NONE)
        return MU_ABOVE_UNREAD;
    enum mu_order order = mu_label_order(arena, &r, &c->label);
    return order == MU_ORDER_EQUAL || order == MU_ORDER_BELOW ? MU_BELOW : MU_ABOVE_LABEL;
}

static bool has_label(const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->top.headers; i++)
        if (mail->top.header[i].key != NULL && strcmp(mail->top.header[i].key, "sio-label") == 0)
            return true;
    return false;
}

enum mu_above mu_ceiling_mail(struct mu_arena *arena, const struct mu_ceiling *c,
                              struct mu_bytes octets)
{
    struct mu_items items = { 0 };
    struct mu_err ignored;
    if (!has_label(mu_mail_read(arena, octets)))
        return MU_ABOVE_UNLABELED;
    if (!mu_desk_read_mail(c->desk, arena, "message", octets, &items, &ignored))
        return MU_ABOVE_UNREAD;
    for (size_t i = 0; i < items.count; i++) {
        enum mu_above above = items.item[i].doubt != NULL
                                  ? MU_ABOVE_UNREAD
                                  : mu_ceiling_stands(arena, c, items.item[i].label);
        if (above != MU_BELOW)
            return above;
    }
    return MU_BELOW;
}
