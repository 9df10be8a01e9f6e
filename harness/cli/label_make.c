/* muster label make. */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "cli/label.h"
#include "format/datetime.h"

/* --- from options -------------------------------------------------------------------------------------- */

static const char *set_name(const void *self, size_t i)
{
    const struct mu_policy *p = self;
    return i < p->sets ? p->set[i].name : NULL;
}

static const char *class_name(const void *self, size_t i)
{
    const struct mu_policy *p = self;
    return i < p->classifications ? p->classification[i].name : NULL;
}

static bool unknown(const struct mu_policy *p, const char *what, const char *name,
                    const char *(*known)(const void *self, size_t i), struct mu_err *err)
{
    const char *near = mu_name_nearest(name, known, p);
    return mu_fail(err, MU_ERR_USAGE, "policy '%.60s' has no %s '%.60s'%s%s%s", p->name, what, name,
                   near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : "");
}

/* The type of tag that has the value; of one that none has, the first type of the set. */
static enum mu_tag_type type_of(const struct mu_policy *p, uint32_t set, const char *value)
{
    static const enum mu_tag_type type[] = { MU_TAG_RESTRICTIVE, MU_TAG_PERMISSIVE,
                                             MU_TAG_INFORMATIVE };
    for (size_t i = 0; i < MU_COUNT(type); i++)
        if (mu_policy_value(p, set, type[i], value) != MU_NONE)
            return type[i];
    return p->set[set].count > 0 ? p->tag[p->set[set].first].type : MU_TAG_INFORMATIVE;
}

/* "Releasable To=NATO,EEAS"; values of different types become categories of their own. */
static bool add_category(struct mu_arena *arena, const struct mu_policy *p, const char *text,
                         struct mu_label *label, struct mu_err *err)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0')
        return mu_fail(err, MU_ERR_USAGE, "option '--category' wants TAG=VALUE,..., not '%.60s'",
                       text);
    const char *tag = mu_arena_strndup(arena, text, (size_t) (equals - text));
    uint32_t set = mu_policy_set(p, tag);
    if (set == MU_NONE)
        return unknown(p, "tag set", tag, set_name, err);
    for (const char *v = equals + 1; v != NULL;
         v = strchr(v, ',') != NULL ? strchr(v, ',') + 1 : NULL) {
        struct mu_category *c = &label->category[label->categories++];
        const char **value = mu_arena_array(arena, 1, sizeof *value);
        value[0] = mu_bytes_dup(arena, mu_bytes_trim((struct mu_bytes){ v, strcspn(v, ",") }));
        if (value[0][0] == '\0')
            return mu_fail(err, MU_ERR_USAGE, "an empty value in '--category=%.60s'", text);
        *c = (struct mu_category){ .type = mu_tag_type_name(type_of(p, set, value[0])),
                                   .tag_name = p->set[set].name,
                                   .uri = mu_arena_printf(arena, "urn:oid:%s", p->set[set].id),
                                   .value = value,
                                   .values = 1 };
    }
    return true;
}

static bool from_options(const struct mu_desk *desk, struct mu_label *label, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    const char *class = desk->args->value[MU_OPT_CLASSIFICATION], **category;
    size_t n = mu_argument_values(desk->args, MU_OPT_CATEGORY, &category), room = 0;
    if (desk->policies.count != 1 || desk->args->value[MU_OPT_POLICY] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "say with one --policy which policy the label is of");
    const struct mu_policy *p = desk->policies.policy[0];
    *label = (struct mu_label){ .root = "originatorConfidentialityLabel",
                                .policy = p->name,
                                .policy_uri = mu_arena_printf(arena, "urn:oid:%s", p->id),
                                .classification = class };
    if (mu_policy_classification(p, class) == MU_NONE)
        return unknown(p, "classification", class, class_name, err);
    for (size_t i = 0; i < n; i++)
        room += strlen(category[i]) + 1; /* no more values than characters */
    label->category = mu_arena_array(arena, room + 1, sizeof(struct mu_category));
    for (size_t i = 0; i < n; i++)
        TRY(add_category(arena, p, category[i], label, err));
    return true;
}

/* --- from another label -------------------------------------------------------------------------------- */

struct found {
    struct mu_label label;
    size_t count;
    const char *doubt;
};

static bool take(struct mu_desk *desk, struct mu_arena *arena, const struct mu_item *item,
                 void *self, struct mu_err *err)
{
    struct found *found = self;
    (void) desk, (void) arena, (void) err;
    if (found->count++ == 0) {
        found->label = *item->label;
        found->doubt = item->doubt;
    }
    return true;
}

static bool from_label(struct mu_desk *desk, struct mu_label *label, struct mu_err *err)
{
    struct found found = { .count = 0 };
    desk->keep = true;
    if (mu_argument_values(desk->args, MU_OPT_CATEGORY, &(const char **){ NULL }) > 0)
        return mu_fail(err, MU_ERR_USAGE, "option '--category' wants --classification, too");
    TRY(mu_desk_each(desk, take, &found, err));
    if (desk->status != MU_EXIT_OK)
        return true;
    if (found.count != 1)
        return mu_fail(err, MU_ERR_USAGE, "%zu labels were found; make wants one", found.count);
    if (found.doubt != NULL && desk->args->value[MU_OPT_ANYWAY] == NULL) {
        fprintf(stderr, "muster: refused: %s\n", found.doubt);
        desk->status = MU_EXIT_FAILURES;
    }
    *label = found.label;
    return true;
}

/* --- what labels say of themselves --------------------------------------------------------------------- */

static bool read_time(const struct mu_desk *desk, enum mu_option_id id, const char **out,
                      struct mu_err *err)
{
    const char *text = desk->args->value[id];
    struct mu_instant at;
    if (text == NULL)
        return true;
    if (!mu_datetime_read(mu_bytes_of(text), &at))
        return mu_fail(err, MU_ERR_USAGE, "'%.60s' is no time like 2026-11-23T10:15:00Z", text);
    *out = text;
    return true;
}

/* ADatP-4774 App 1-3: the kind of name is said with it. */
static const char *kind_of(const char *originator)
{
    static const struct {
        char sign;
        const char *kind;
    } known[] = { { '@', "rfc822Name" },
                  { '=', "directoryName" },
                  { ':', "uniformResourceIdentifier" } };
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (strchr(originator, known[i].sign) != NULL)
            return known[i].kind;
    return "dNSName";
}

static bool dress(const struct mu_desk *desk, struct mu_label *label, struct mu_err *err)
{
    const struct mu_arguments *args = desk->args;
    struct mu_instant created;
    TRY(read_time(desk, MU_OPT_CREATED, &label->created, err));
    TRY(read_time(desk, MU_OPT_REVIEW, &label->review, err));
    if (label->created == NULL)
        label->created = desk->world.test_time_text;
    if (!mu_datetime_read(mu_bytes_of(label->created), &created))
        created.seconds = desk->world.test_time;
    if (label->review == NULL && label->succession == NULL)
        label->review = mu_desk_time(args->arena, created.seconds + MU_DESK_REVIEW_S);
    if (args->value[MU_OPT_PRIVACY_MARK] != NULL)
        label->privacy_mark = args->value[MU_OPT_PRIVACY_MARK];
    if (args->value[MU_OPT_ORIGINATOR] != NULL) {
        label->originator = args->value[MU_OPT_ORIGINATOR];
        label->originator_type = kind_of(label->originator);
    }
    return true;
}

/* --- the label ----------------------------------------------------------------------------------------- */

static bool print_made(struct mu_desk *desk, const struct mu_item *item,
                       const struct mu_findings *findings, enum mu_as as, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    struct mu_buf out = { .arena = arena };
    struct mu_json json = { .out = &out };
    struct mu_bytes written;
    TRY(mu_desk_write(desk, arena, item->label, as, &written, err));
    if (!desk->json) {
        mu_buf_put_bytes(&out, written);
    } else {
        mu_json_open(&json, NULL, '{');
        mu_desk_json(desk, arena, item, &json);
        mu_json_bytes(&json, "written", written);
        mu_desk_json_findings(&json, findings);
        mu_json_close(&json, '}');
    }
    mu_desk_print(&out);
    return true;
}

/* Checked as it will be read: what XML cannot carry shows here. */
static bool check_made(struct mu_desk *desk, const struct mu_item *item,
                       struct mu_findings *findings, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    TRY(mu_desk_judge(desk, arena, item, findings, err));
    for (size_t i = 0; i < findings->count; i++)
        fprintf(stderr, "muster: %s %s: %s\n", findings->finding[i].rule,
                mu_level_name(findings->finding[i].level), findings->finding[i].what);
    if (!findings->valid && desk->args->value[MU_OPT_ANYWAY] == NULL)
        fputs("muster: refused: the label breaks a must rule; --anyway prints it all the same\n",
              stderr);
    return true;
}

static bool make(struct mu_desk *desk, struct mu_label *label, enum mu_as as, struct mu_err *err)
{
    struct mu_arena *arena = desk->args->arena;
    struct mu_findings findings;
    struct mu_item item;
    TRY(dress(desk, label, err));
    const struct mu_policy *p = mu_policies_find(&desk->policies, label->policy, label->policy_uri);
    mu_desk_made(desk, arena, mu_label_canonical(arena, p, label), "label", &item);
    TRY(check_made(desk, &item, &findings, err));
    if (!findings.valid && desk->args->value[MU_OPT_ANYWAY] == NULL) {
        desk->status = MU_EXIT_FAILURES;
        return true;
    }
    return print_made(desk, &item, &findings, as, err);
}

bool mu_cli_label_make(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_desk desk;
    struct mu_label label = { .root = NULL };
    enum mu_as as;
    bool chosen, classified = args->value[MU_OPT_CLASSIFICATION] != NULL;
    if (classified && (args->operands > 0 || args->value[MU_OPT_MARKING_TEXT] != NULL))
        return mu_fail(err, MU_ERR_USAGE,
                       "give --classification, --marking or a FILE, one of them");
    TRY(mu_desk_open(&desk, args, err) && mu_desk_as(&desk, &chosen, &as, err));
    TRY(classified ? from_options(&desk, &label, err) : from_label(&desk, &label, err));
    if (desk.status == MU_EXIT_OK)
        TRY(make(&desk, &label, as, err));
    *status = desk.status;
    return true;
}
