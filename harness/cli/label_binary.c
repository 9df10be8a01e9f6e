/* ESS and X.411 labels at the desk: read from DER or BER, written as base64 of DER. */
#include "base/codec.h"
#include "cli/label.h"
#include "policy/binary.h"

struct notes {
    struct mu_finding *note;
    size_t count;
};

/* The defects of the octets; the worst of them is a doubt. */
static void note_octets(struct mu_arena *arena, const struct mu_ber_report *report,
                        struct notes *out)
{
    for (size_t i = 0; i < report->defects; i++) {
        const struct mu_ber_defect *d = &report->defect[i];
        bool wrong = mu_ber_defect_weight(d->kind) != MU_BER_NOT_DER;
        out->note[out->count++] =
            (struct mu_finding){ mu_ber_defect_name(d->kind),
                                 wrong ? MU_LEVEL_MUST : MU_LEVEL_SHOULD,
                                 mu_arena_printf(arena, "the encoding breaks %s at octet %zu",
                                                 mu_ber_defect_clause(d->kind), d->offset) };
    }
}

static void note_names(const struct mu_binary *found, struct notes *out)
{
    for (size_t i = 0; i < found->problems; i++)
        out->note[out->count++] =
            (struct mu_finding){ mu_binary_kind_name(found->problem[i].kind),
                                 found->problem[i].kind == MU_BINARY_FORM ? MU_LEVEL_SHOULD
                                                                          : MU_LEVEL_MUST,
                                 found->problem[i].why };
}

bool mu_desk_read_ess(const struct mu_desk *desk, struct mu_arena *arena, const char *input,
                      struct mu_bytes der, bool x411, struct mu_item *item, struct mu_err *err)
{
    struct mu_ess *ess = mu_new(arena, struct mu_ess);
    struct mu_binary found = { .policy = NULL };
    struct mu_where where = { .input = input };
    mu_ess_read(arena, der, x411 ? MU_ESS_X411 : MU_ESS_LABEL, ess);
    struct mu_label *label = mu_binary_read_label(arena, &desk->policies, ess, &found);
    struct notes notes = { .note = mu_arena_array(arena, ess->report.defects + found.problems + 1,
                                                  sizeof(struct mu_finding)) };
    note_octets(arena, &ess->report, &notes);
    if (label == NULL)
        return mu_fail_where(err, where, MU_ERR_USAGE, "no security label can be read: %s",
                             notes.count > 0 ? notes.note[0].what : "it is none");
    note_names(&found, &notes);
    item->label = label;
    item->note = notes.note;
    item->notes = notes.count;
    for (size_t i = 0; i < notes.count && item->doubt == NULL; i++)
        if (notes.note[i].level == MU_LEVEL_MUST) {
            item->doubt = notes.note[i].what;
            item->doubt_rule = notes.note[i].rule;
        }
    return true;
}

bool mu_desk_write_ess(const struct mu_desk *desk, struct mu_arena *arena,
                       const struct mu_label *label, struct mu_bytes *base64, struct mu_err *err)
{
    const struct mu_policy *policy =
        mu_policies_find(&desk->policies, label->policy, label->policy_uri);
    struct mu_ess ess;
    struct mu_binary found;
    struct mu_bytes der;
    if (policy == NULL)
        return mu_fail(err, MU_ERR_USAGE, "an ESS label needs a policy that is known, not '%s'",
                       mu_desk_safe(arena, label->policy));
    TRY(mu_binary_write_label(arena, policy, label, MU_ESS_LABEL, &ess, &found, err));
    TRY(mu_ess_write(arena, &ess, &der, err));
    *base64 = mu_base64_write(arena, der);
    return true;
}
