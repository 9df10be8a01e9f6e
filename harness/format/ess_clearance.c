#include "base/limits.h"
#include "format/ess_inside.h"

/*
 * RFC 5755 4.4.6 names its members by universal tags; RFC 3281 and X.841 gave them the context tags 0
 * to 2. Both have them in this order.
 */
static const struct {
    uint32_t tag, context;
    bool constructed;
} member_tag[] = {
    { MU_BER_OID, 0, false },
    { MU_BER_BITS, 1, false },
    { MU_BER_SET, 2, true },
};

enum { POLICY, CLASSES, CATEGORIES, MEMBERS = MU_COUNT(member_tag) };

static bool is_member(const struct mu_ber *e, size_t i)
{
    return mu_ber_is(e, MU_BER_UNIVERSAL, member_tag[i].tag)
           || (mu_ber_is(e, MU_BER_CONTEXT, member_tag[i].context)
               && (e->constructed || !member_tag[i].constructed));
}

static void read_classes(struct mu_bytes all, const struct mu_ber *e,
                         struct mu_ess_clearance *clearance)
{
    clearance->listed = true;
    if (!mu_ber_bits(all, e, true, &clearance->class, &clearance->classes, &clearance->report))
        return;
    if (clearance->classes == 1 && clearance->class[0] == 1)
        mu_ber_note(&clearance->report, MU_BER_DEFAULT, e->at);
}

static void read_member(struct mu_bytes all, const struct mu_ber *e, size_t which,
                        struct mu_ess_clearance *clearance)
{
    if (which == POLICY)
        clearance->policy = mu_ber_oid(all, e, &clearance->report);
    else if (which == CLASSES)
        read_classes(all, e, clearance);
    else
        mu_ess_read_categories(all, e, &clearance->category, &clearance->categories,
                               &clearance->report);
}

/* Members in their order, each once at most. What stands out of order is not read. */
static void read_members(struct mu_bytes all, const struct mu_ber *sequence,
                         struct mu_ess_clearance *clearance)
{
    struct mu_ber_cursor in = mu_ber_inside(all, sequence);
    struct mu_ber_report *report = &clearance->report;
    struct mu_ber e;
    bool tagged = false;
    size_t next = POLICY;
    while (mu_ber_next(&in, &e, NULL)) {
        size_t which = next;
        while (which < MEMBERS && !is_member(&e, which))
            which++;
        if (which == MEMBERS) {
            mu_ber_note(report, MU_BER_UNKNOWN_MEMBER, e.at);
            continue;
        }
        if (e.class == MU_BER_CONTEXT && !tagged)
            mu_ber_note(report, MU_BER_TAGGED, e.at);
        tagged = tagged || e.class == MU_BER_CONTEXT;
        if (next == POLICY && which != POLICY)
            mu_ber_note(report, MU_BER_NO_POLICY, sequence->at);
        read_member(all, &e, which, clearance);
        next = which + 1;
    }
    if (next == POLICY)
        mu_ber_note(report, MU_BER_NO_POLICY, sequence->at);
}

void mu_ess_clearance_read(struct mu_arena *arena, struct mu_bytes ber,
                           struct mu_ess_clearance *clearance)
{
    *clearance = (struct mu_ess_clearance){ .report = { .arena = arena } };
    struct mu_ber_cursor in = mu_ber_start(ber);
    struct mu_ber sequence;
    if (!mu_ber_check(ber, &clearance->report) || !mu_ber_next(&in, &sequence, NULL))
        return;
    if (!sequence.constructed || !mu_ber_is(&sequence, MU_BER_UNIVERSAL, MU_BER_SEQUENCE)) {
        mu_ber_note(&clearance->report, MU_BER_NO_TYPE, 0);
        return;
    }
    clearance->readable = true;
    read_members(ber, &sequence, clearance);
    if (clearance->listed)
        return;
    clearance->class = mu_new(arena, uint64_t);
    clearance->class[0] = 1; /* DEFAULT {unclassified} */
    clearance->classes = 1;
}

bool mu_ess_clearance_write(struct mu_arena *arena, const struct mu_ess_clearance *clearance,
                            struct mu_bytes *der, struct mu_err *err)
{
    struct mu_buf content = { .arena = arena }, out = { .arena = arena };
    bool is_default = clearance->classes == 1 && clearance->class[0] == 1;
    if (clearance->policy == NULL)
        return mu_fail(err, MU_ERR_USAGE, "a clearance attribute without a policy");
    TRY(mu_ess_put_oid(&content, MU_BER_UNIVERSAL, MU_BER_OID, clearance->policy, err));
    for (size_t i = 0; i < clearance->classes; i++)
        if (clearance->class[i] > MU_ESS_BIT_MAX)
            return mu_fail(err, MU_ERR_USAGE, "a class list does not hold class %llu",
                           (unsigned long long) clearance->class[i]);
    if (!is_default)
        mu_ber_put(&content, MU_BER_UNIVERSAL, false, MU_BER_BITS,
                   mu_ber_bits_content(arena, clearance->class, clearance->classes));
    if (clearance->categories > 0)
        TRY(mu_ess_put_categories(&content, clearance->category, clearance->categories, err));
    mu_ber_put(&out, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&content));
    *der = mu_buf_bytes(&out);
    return true;
}
