#include "format/ess.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "format/ess_inside.h"

/* RFC 2634 3.2: classification (0..256). What is outside of it is not believed. */
static void read_classification(struct mu_bytes all, const struct mu_ber *e, struct mu_ess *label)
{
    int64_t value;
    if (!mu_ber_integer(all, e, &value, &label->report))
        return;
    if (value < 0 || value > MU_ESS_CLASS_MAX)
        mu_ber_note(&label->report, MU_BER_CLASS_RANGE, e->at);
    if (value >= 0)
        label->classification = value;
}

static void read_policy(struct mu_bytes all, const struct mu_ber *e, struct mu_ess *label)
{
    label->policy = mu_ber_oid(all, e, &label->report);
}

static void read_categories(struct mu_bytes all, const struct mu_ber *e, struct mu_ess *label)
{
    mu_ess_read_categories(all, e, &label->category, &label->categories, &label->report);
}

/* X.680 41.4. */
static bool is_printable(struct mu_bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || strchr(" '()+,-./:=?", c) == NULL))
            return false;
    }
    return true;
}

static size_t characters(struct mu_bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.n; i++)
        count += ((unsigned char) text.p[i] & 0xc0) != 0x80;
    return count;
}

/* RFC 2634 3.2: PrintableString of 1..128, UTF8String of 1 and more; X.411: the former alone. */
static void read_mark(struct mu_bytes all, const struct mu_ber *e, struct mu_ess *label)
{
    struct mu_ber_report *report = &label->report;
    if (!mu_ber_string(all, e, &label->mark, report))
        return;
    label->mark_tag = e->tag;
    bool utf8 = e->tag == MU_BER_UTF8, printable = e->tag == MU_BER_PRINTABLE;
    if (!printable && !(utf8 && label->syntax == MU_ESS_LABEL))
        mu_ber_note(report, MU_BER_MARK_TYPE, e->at);
    if (label->mark.n == 0)
        mu_ber_note(report, MU_BER_MARK_EMPTY, e->at);
    if ((printable && label->mark.n > MU_ESS_MARK_MAX)
        || (label->syntax == MU_ESS_X411 && characters(label->mark) > MU_ESS_MARK_MAX))
        mu_ber_note(report, MU_BER_MARK_LONG, e->at);
    if ((printable && !is_printable(label->mark))
        || (utf8 && mu_utf8_defect(label->mark) != SIZE_MAX))
        mu_ber_note(report, MU_BER_MARK_CHARACTER, e->at);
}

/* Members by their tags; strings of other types are taken for a privacy mark of the wrong type. */
enum member { CLASSIFICATION, POLICY, MARK, CATEGORIES, MEMBERS };

static const struct {
    uint32_t tag;
    enum member member;
} tag_of[] = {
    { MU_BER_INTEGER, CLASSIFICATION },
    { MU_BER_OCTETS, MARK },
    { MU_BER_OID, POLICY },
    { MU_BER_UTF8, MARK },
    { MU_BER_SET, CATEGORIES },
    { 18 /* NumericString */, MARK },
    { MU_BER_PRINTABLE, MARK },
    { 20 /* TeletexString */, MARK },
    { 21 /* VideotexString */, MARK },
    { 22 /* IA5String */, MARK },
    { 25 /* GraphicString */, MARK },
    { 26 /* VisibleString */, MARK },
    { 27 /* GeneralString */, MARK },
    { 28 /* UniversalString */, MARK },
    { 30 /* BMPString */, MARK },
};

static void (*const read_as[MEMBERS])(struct mu_bytes all, const struct mu_ber *e,
                                      struct mu_ess *label) = {
    [CLASSIFICATION] = read_classification,
    [POLICY] = read_policy,
    [MARK] = read_mark,
    [CATEGORIES] = read_categories,
};

static enum member member_of(const struct mu_ber *e)
{
    for (size_t i = 0; i < MU_COUNT(tag_of); i++)
        if (mu_ber_is(e, MU_BER_UNIVERSAL, tag_of[i].tag))
            return tag_of[i].member;
    return MEMBERS;
}

/* X.690 10.3: a SET in DER goes by tag. Of a member that comes twice neither is believed. */
static void read_members(struct mu_bytes all, const struct mu_ber *set, struct mu_ess *label)
{
    struct mu_ber_cursor in = mu_ber_inside(all, set);
    struct mu_ber e, member[MEMBERS];
    size_t seen[MEMBERS] = { 0 };
    uint32_t before = 0;
    bool sorted = true;
    while (mu_ber_next(&in, &e, NULL)) {
        enum member which = member_of(&e);
        if (which == MEMBERS) {
            mu_ber_note(&label->report, MU_BER_UNKNOWN_MEMBER, e.at);
            continue;
        }
        if (seen[which]++ > 0)
            mu_ber_note(&label->report, MU_BER_DUPLICATE, e.at);
        if (sorted && e.tag < before) {
            mu_ber_note(&label->report, MU_BER_ORDER, e.at);
            sorted = false;
        }
        member[which] = e;
        before = e.tag;
    }
    for (size_t i = 0; i < MEMBERS; i++)
        if (seen[i] == 1)
            read_as[i](all, &member[i], label);
    if (label->syntax == MU_ESS_LABEL && seen[POLICY] == 0)
        mu_ber_note(&label->report, MU_BER_NO_POLICY, set->at);
    if (seen[CLASSIFICATION] + seen[POLICY] + seen[MARK] + seen[CATEGORIES] == 0)
        mu_ber_note(&label->report, MU_BER_NO_MEMBERS, set->at);
}

void mu_ess_read(struct mu_arena *arena, struct mu_bytes ber, enum mu_ess_syntax syntax,
                 struct mu_ess *label)
{
    *label = (struct mu_ess){ .syntax = syntax,
                              .classification = MU_ESS_ABSENT,
                              .report = { .arena = arena } };
    struct mu_ber_cursor in = mu_ber_start(ber);
    struct mu_ber set;
    if (!mu_ber_check(ber, &label->report) || !mu_ber_next(&in, &set, NULL))
        return;
    if (!set.constructed || !mu_ber_is(&set, MU_BER_UNIVERSAL, MU_BER_SET)) {
        mu_ber_note(&label->report, MU_BER_NO_TYPE, 0);
        return;
    }
    label->readable = true;
    read_members(ber, &set, label);
}

bool mu_ess_write(struct mu_arena *arena, const struct mu_ess *label, struct mu_bytes *der,
                  struct mu_err *err)
{
    const unsigned tag[MEMBERS] = {
        [CLASSIFICATION] = MU_BER_INTEGER,
        [POLICY] = MU_BER_OID,
        [MARK] = label->mark_tag != 0 ? label->mark_tag : MU_BER_UTF8,
        [CATEGORIES] = MU_BER_SET,
    };
    struct mu_buf part[MEMBERS] = {
        { .arena = arena }, { .arena = arena }, { .arena = arena }, { .arena = arena }
    };
    struct mu_buf content = { .arena = arena }, out = { .arena = arena };
    if (label->classification != MU_ESS_ABSENT)
        mu_ber_put_integer(&part[CLASSIFICATION], label->classification);
    if (label->policy != NULL)
        TRY(mu_ess_put_oid(&part[POLICY], MU_BER_UNIVERSAL, MU_BER_OID, label->policy, err));
    if (label->mark.p != NULL)
        mu_ber_put(&part[MARK], MU_BER_UNIVERSAL, false, tag[MARK], label->mark);
    if (label->categories > 0)
        TRY(mu_ess_put_categories(&part[CATEGORIES], label->category, label->categories, err));
    /* By tag number alone: a PrintableString (19) stands behind the categories (17). */
    for (unsigned t = 0; t < 0x1f; t++)
        for (size_t i = 0; i < MEMBERS; i++)
            if (tag[i] == t)
                mu_buf_put_bytes(&content, mu_buf_bytes(&part[i]));
    mu_ber_put(&out, MU_BER_UNIVERSAL, true, MU_BER_SET, mu_buf_bytes(&content));
    *der = mu_buf_bytes(&out);
    return true;
}
