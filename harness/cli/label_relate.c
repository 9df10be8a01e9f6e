/* muster label dominate, muster label map: labels made from labels. */
#include <stdio.h>
#include <string.h>

#include "cli/label.h"
#include "format/datetime.h"
#include "policy/dominate.h"
#include "policy/equivalent.h"

/* The label that came out: as --as wants it, as JSON, or for people with its XML as last line. */
struct outcome {
    const struct mu_label *label;
    const char *from;           /* whose label it is, for JSON */
    const char *order;          /* dominate; NULL */
    bool widened;               /* dominate */
    size_t discarded, added;    /* map */
    const struct mu_policy *to; /* map; NULL */
    bool alone;                 /* --as was given */
    enum mu_as as;
};

static bool print_json(struct mu_desk *desk, struct mu_arena *arena, const struct outcome *o,
                       const struct mu_item *item, struct mu_bytes written)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json json = { .out = &out };
    mu_json_open(&json, NULL, '{');
    mu_desk_json(desk, arena, item, &json);
    mu_json_bytes(&json, "written", written);
    mu_json_text(&json, "order", o->order);
    if (o->to != NULL) {
        mu_json_number(&json, "discarded", (int64_t) o->discarded);
        mu_json_number(&json, "added", (int64_t) o->added);
    } else {
        mu_json_bool(&json, "widened", o->widened);
    }
    mu_json_close(&json, '}');
    mu_desk_print(&out);
    return true;
}

static bool print_outcome(struct mu_desk *desk, struct mu_arena *arena, const struct outcome *o,
                          struct mu_err *err)
{
    struct mu_item item;
    struct mu_bytes written;
    mu_desk_made(desk, arena, o->label, o->from, &item);
    TRY(mu_desk_write(desk, arena, o->label, o->as, &written, err));
    if (desk->json)
        return print_json(desk, arena, o, &item, written);
    struct mu_buf out = { .arena = arena };
    if (!o->alone) {
        mu_desk_describe(desk, arena, &item, &out);
        if (o->order != NULL)
            mu_buf_printf(&out, "%-16sthe first label is %s the second\n", "order", o->order);
        if (o->widened)
            mu_buf_printf(&out, "%-16sa limit on who may see a part is not in the result\n",
                          "widened");
        if (o->discarded > 0)
            mu_buf_printf(&out, "%-16s%zu of its values, which the other policy has no use for\n",
                          "discarded", o->discarded);
        if (o->added > 0)
            mu_buf_printf(&out, "%-16s%zu that the equivalence requires\n", "added", o->added);
    }
    mu_buf_put_bytes(&out, written);
    mu_desk_print(&out);
    return true;
}

/* No label: the rule and the reason. */
static void print_refusal(struct mu_desk *desk, struct mu_arena *arena, const char *input,
                          const char *word, const char *rule, const char *why, const char *order)
{
    mu_desk_status(desk, MU_EXIT_FAILURES);
    if (!desk->json) {
        printf("%s%s%s%s%s: %s\n", input != NULL ? input : "", input != NULL ? ": " : "", word,
               rule != NULL ? " " : "", rule != NULL ? rule : "", why);
        if (order != NULL)
            printf("order: %s\n", order);
        return;
    }
    struct mu_buf out = { .arena = arena };
    struct mu_json json = { .out = &out };
    mu_json_open(&json, NULL, '{');
    mu_json_text(&json, "input", input);
    mu_json_text(&json, "refused", word);
    mu_json_text(&json, "rule", rule);
    mu_json_text(&json, "why", why);
    mu_json_text(&json, "order", order);
    mu_json_close(&json, '}');
    mu_desk_print(&out);
}

/* --- dominate ---------------------------------------------------------------------------------------- */

struct parts {
    const struct mu_label **label;
    const struct mu_policy *policy[2]; /* of the first two */
    size_t count, room;
    const char *doubt; /* NULL: all parts were understood */
    const char *review;
    int64_t review_at;
};

static void note_review(struct parts *all, const char *review)
{
    struct mu_instant at;
    if (review == NULL || !mu_datetime_read(mu_bytes_of(review), &at))
        return;
    if (all->review == NULL || at.seconds < all->review_at) {
        all->review = review;
        all->review_at = at.seconds;
    }
}

static bool add_part(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                     void *self, struct mu_err *err)
{
    struct parts *all = self;
    (void) err;
    if (all->count == all->room) {
        size_t room = all->room == 0 ? 16 : all->room * 2;
        const struct mu_label **label = mu_arena_array(desk->args->arena, room, sizeof *label);
        if (all->count > 0)
            memcpy(label, all->label, all->count * sizeof(struct mu_label *));
        all->label = label;
        all->room = room;
    }
    if (all->count < MU_COUNT(all->policy))
        all->policy[all->count] = item->policy;
    all->label[all->count++] = item->label;
    note_review(all, item->label->review);
    if (item->doubt != NULL && all->doubt == NULL)
        all->doubt = mu_arena_printf(arena, "%s: %s", item->name, item->doubt);
    return true;
}

/* How the first of two labels stands to the second; NULL unless there are two. */
static const char *order_of(const struct mu_desk *desk, const struct parts *all)
{
    struct mu_resolved two[2];
    if (all->count != 2)
        return NULL;
    for (size_t i = 0; i < 2; i++) {
        if (all->policy[i] == NULL)
            return mu_order_name(MU_ORDER_NONE);
        mu_resolve(desk->args->arena, all->policy[i], all->label[i], &two[i]);
    }
    return mu_order_name(mu_label_order(desk->args->arena, &two[0], &two[1]));
}

/* A new label is made now, and is due when the first of its parts is. */
static void stamp(const struct mu_desk *desk, const struct parts *all, struct mu_label *label)
{
    label->created = desk->world.test_time_text;
    label->review = all->review != NULL
                        ? all->review
                        : mu_desk_time(desk->args->arena, desk->world.test_time + MU_DESK_REVIEW_S);
}

bool mu_cli_label_dominate(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    struct mu_desk desk;
    struct parts all = { .doubt = NULL };
    struct mu_rollup up;
    struct outcome o = { .from = "roll-up" };
    TRY(mu_desk_open(&desk, args, err) && mu_desk_as(&desk, &o.alone, &o.as, err));
    desk.keep = true;
    TRY(mu_desk_each(&desk, add_part, &all, err));
    *status = desk.status;
    if (desk.status != MU_EXIT_OK) /* a part is missing: no label can be given to the whole */
        return true;
    o.order = order_of(&desk, &all);
    mu_rollup(args->arena, &desk.policies, all.label, all.count, desk.world.test_time, &up);
    if (all.doubt != NULL || up.label == NULL) {
        print_refusal(&desk, args->arena, NULL, "policy decision", NULL,
                      all.doubt != NULL ? all.doubt : up.decision, o.order);
    } else {
        stamp(&desk, &all, up.label);
        o.label = up.label;
        o.widened = up.widened;
        TRY(print_outcome(&desk, args->arena, &o, err));
    }
    *status = desk.status;
    return true;
}

/* --- map --------------------------------------------------------------------------------------------- */

struct way {
    struct outcome o; /* what is the same for every label */
    unsigned applied;
};

static bool map_one(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                    void *self, struct mu_err *err)
{
    const struct way *way = self;
    struct outcome o = way->o;
    struct mu_mapping mapping = { .rule = item->doubt_rule, .why = item->doubt };
    if (item->policy == NULL)
        mapping =
            (struct mu_mapping){ .rule = "SEM-01",
                                 .why = mu_arena_printf(arena, "policy '%s' is not known",
                                                        mu_desk_safe(arena, item->label->policy)) };
    if (mapping.why == NULL) {
        struct mu_resolved label;
        mu_resolve(arena, item->policy, item->label, &label);
        mu_map_label(arena, &label, o.to, way->applied, desk->world.test_time, &mapping);
    }
    if (mapping.label == NULL) {
        print_refusal(desk, arena, item->name, "refused", mapping.rule, mapping.why, NULL);
        return true;
    }
    o.label = mapping.label;
    o.from = item->name;
    o.discarded = mapping.discarded;
    o.added = mapping.added;
    return print_outcome(desk, arena, &o, err);
}

/* By name or OID among the policies at hand, else a file or shipped one. */
static bool find_target(struct mu_desk *desk, struct mu_policy **to, struct mu_err *err)
{
    const char *name = desk->args->value[MU_OPT_TO_POLICY];
    const char *urn = mu_arena_printf(desk->args->arena, "urn:oid:%s", name);
    const struct mu_policies *all = &desk->policies;
    for (size_t i = 0; i < all->count; i++)
        if (all->policy[i] == mu_policies_find(all, name, urn)) {
            *to = all->policy[i];
            return true;
        }
    TRY(mu_desk_policy(desk, name, to, err));
    for (size_t i = 0; i < all->count; i++) /* the same one again: only one may be at hand */
        if (strcmp(all->policy[i]->id, (*to)->id) == 0)
            all->policy[i] = *to;
    return true;
}

bool mu_cli_label_map(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    static const char *const applied[] = { "decrypt", "encrypt" };
    struct mu_desk desk;
    struct way way = { .applied = 0 };
    struct mu_policy *to;
    size_t word;
    if (args->value[MU_OPT_TO_POLICY] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "say with --to which policy to map to");
    TRY(mu_argument_word(args, MU_OPT_APPLIED, applied, MU_COUNT(applied), 0, &word, err));
    TRY(mu_desk_open(&desk, args, err) && mu_desk_as(&desk, &way.o.alone, &way.o.as, err));
    TRY(find_target(&desk, &to, err));
    way.o.to = to;
    way.applied = word == 0 ? MU_APPLIED_DECRYPT : MU_APPLIED_ENCRYPT;
    TRY(mu_desk_each(&desk, map_one, &way, err));
    *status = desk.status;
    return true;
}
