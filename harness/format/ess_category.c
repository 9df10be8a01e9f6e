#include "base/limits.h"
#include "format/ess_inside.h"

/* ACP 145(A): common security categories syntaxes. */
#define SYNTAX "2.16.840.1.101.2.1.8.3."

static const struct {
    const char *type;
    bool bits;
} form_of[] = {
    [MU_ESS_RESTRICTIVE_BITS] = { SYNTAX "0", true },
    [MU_ESS_PERMISSIVE_LIST] = { SYNTAX "1", false },
    [MU_ESS_PERMISSIVE_BITS] = { SYNTAX "2", true },
    [MU_ESS_INFORMATIVE_BITS] = { SYNTAX "3", true },
    [MU_ESS_INFORMATIVE_LIST] = { SYNTAX "3", false },
    [MU_ESS_RESTRICTIVE_LIST] = { SYNTAX "4", false },
};

/* --- reading ----------------------------------------------------------------------------------------- */

static size_t count_of(struct mu_ber_cursor in)
{
    struct mu_ber e;
    size_t count = 0;
    while (mu_ber_next(&in, &e, NULL))
        count++;
    return count;
}

/* SET OF INTEGER (0..MAX). */
static bool read_list(struct mu_bytes all, const struct mu_ber *set,
                      struct mu_ess_category *category, struct mu_ber_report *report)
{
    struct mu_ber_cursor in = mu_ber_inside(all, set);
    struct mu_ber e, before = { .past = 0 };
    size_t count = count_of(in);
    bool sorted = true;
    if (count > MU_ESS_VALUES_MAX) {
        mu_ber_note(report, MU_BER_MANY_VALUES, set->at);
        return false;
    }
    category->number = mu_arena_array(report->arena, count + 1, sizeof *category->number);
    while (mu_ber_next(&in, &e, NULL)) {
        int64_t value;
        TRY(mu_ber_is(&e, MU_BER_UNIVERSAL, MU_BER_INTEGER));
        TRY(mu_ber_integer(all, &e, &value, report) && value >= 0 && value < INT64_MAX);
        category->number[category->numbers++] = (uint64_t) value;
        if (sorted && mu_ber_compare(mu_ber_whole(all, &before), mu_ber_whole(all, &e)) > 0) {
            mu_ber_note(report, MU_BER_ORDER, e.at);
            sorted = false;
        }
        before = e;
    }
    return true;
}

/* SEQUENCE { tagName OBJECT IDENTIFIER, attributes }, nothing behind. */
static bool read_form(struct mu_bytes all, const struct mu_ber *value, bool bits,
                      struct mu_ess_category *category, struct mu_ber_report *report)
{
    struct mu_ber_cursor in = mu_ber_inside(all, value);
    struct mu_ber name, attributes;
    TRY(value->constructed && mu_ber_is(value, MU_BER_UNIVERSAL, MU_BER_SEQUENCE));
    TRY(mu_ber_next(&in, &name, NULL) && mu_ber_is(&name, MU_BER_UNIVERSAL, MU_BER_OID));
    TRY(mu_ber_next(&in, &attributes, NULL) && in.at == in.end);
    category->set = mu_ber_oid(all, &name, report);
    TRY(category->set != NULL);
    if (bits)
        return mu_ber_is(&attributes, MU_BER_UNIVERSAL, MU_BER_BITS)
               && mu_ber_bits(all, &attributes, false, &category->number, &category->numbers,
                              report);
    return attributes.constructed && mu_ber_is(&attributes, MU_BER_UNIVERSAL, MU_BER_SET)
           && read_list(all, &attributes, category, report);
}

/* The informative syntax is a choice of both encodings. */
static bool has_bits(struct mu_bytes all, const struct mu_ber *value)
{
    struct mu_ber_cursor in = mu_ber_inside(all, value);
    struct mu_ber name, attributes;
    return mu_ber_next(&in, &name, NULL) && mu_ber_next(&in, &attributes, NULL)
           && mu_ber_is(&attributes, MU_BER_UNIVERSAL, MU_BER_BITS);
}

static void find_form(struct mu_bytes all, const struct mu_ber *value,
                      struct mu_ess_category *category, struct mu_ber_report *report)
{
    category->form = MU_ESS_OTHER_FORM;
    size_t i = 0;
    while (i < MU_COUNT(form_of) && strcmp(form_of[i].type, category->type) != 0)
        i++;
    if (i == MU_COUNT(form_of))
        return;
    if (i == MU_ESS_INFORMATIVE_BITS && value->constructed && !has_bits(all, value))
        i = MU_ESS_INFORMATIVE_LIST;
    if (read_form(all, value, form_of[i].bits, category, report)) {
        category->form = (enum mu_ess_form) i;
        return;
    }
    mu_ber_note(report, MU_BER_BAD_TAG_SET, value->at);
    category->set = NULL;
    category->numbers = 0;
}

/* SEQUENCE { type [0] OBJECT IDENTIFIER, value [1] ANY }: the tag of an ANY is always explicit. */
static bool read_category(struct mu_bytes all, const struct mu_ber *e,
                          struct mu_ess_category *category, struct mu_ber_report *report)
{
    struct mu_ber_cursor in = mu_ber_inside(all, e);
    struct mu_ber type, tagged, value;
    TRY(e->constructed && mu_ber_is(e, MU_BER_UNIVERSAL, MU_BER_SEQUENCE));
    TRY(mu_ber_next(&in, &type, NULL) && mu_ber_is(&type, MU_BER_CONTEXT, 0));
    TRY(mu_ber_next(&in, &tagged, NULL) && mu_ber_is(&tagged, MU_BER_CONTEXT, 1)
        && in.at == in.end);
    in = mu_ber_inside(all, &tagged);
    TRY(tagged.constructed && mu_ber_next(&in, &value, NULL) && in.at == in.end);
    *category = (struct mu_ess_category){ .type = mu_ber_oid(all, &type, report),
                                          .value = mu_ber_whole(all, &value),
                                          .offset = e->at };
    TRY(category->type != NULL);
    find_form(all, &value, category, report);
    return true;
}

void mu_ess_read_categories(struct mu_bytes all, const struct mu_ber *e,
                            struct mu_ess_category **category, size_t *categories,
                            struct mu_ber_report *report)
{
    struct mu_ber_cursor in = mu_ber_inside(all, e);
    struct mu_ber one, before = { .past = 0 };
    size_t count = e->constructed ? count_of(in) : 0;
    bool sorted = true;
    if (count == 0)
        mu_ber_note(report, MU_BER_NO_CATEGORIES, e->at);
    if (count > MU_ESS_CATEGORIES_MAX)
        mu_ber_note(report, MU_BER_MANY_CATEGORIES, e->at);
    *category = mu_arena_array(report->arena, count + 1, sizeof **category);
    *categories = 0;
    while (count > 0 && mu_ber_next(&in, &one, NULL)) {
        if (read_category(all, &one, &(*category)[*categories], report))
            (*categories)++;
        else
            mu_ber_note(report, MU_BER_BAD_CATEGORY, one.at);
        if (sorted && mu_ber_compare(mu_ber_whole(all, &before), mu_ber_whole(all, &one)) > 0) {
            mu_ber_note(report, MU_BER_ORDER, one.at);
            sorted = false;
        }
        before = one;
    }
}

/* --- writing ----------------------------------------------------------------------------------------- */

bool mu_ess_put_oid(struct mu_buf *out, enum mu_ber_class class, unsigned tag, const char *text,
                    struct mu_err *err)
{
    struct mu_bytes content;
    if (!mu_ber_oid_content(out->arena, text, &content))
        return mu_fail(err, MU_ERR_USAGE, "'%.80s' is no object identifier", text);
    mu_ber_put(out, class, false, tag, content);
    return true;
}

static bool put_bits(struct mu_buf *out, const struct mu_ess_category *category, struct mu_err *err)
{
    for (size_t i = 0; i < category->numbers; i++)
        if (category->number[i] > MU_ESS_BIT_MAX)
            return mu_fail(err, MU_ERR_USAGE, "a bit string does not hold value %llu",
                           (unsigned long long) category->number[i]);
    mu_ber_put(out, MU_BER_UNIVERSAL, false, MU_BER_BITS,
               mu_ber_bits_content(out->arena, category->number, category->numbers));
    return true;
}

static void put_list(struct mu_buf *out, const struct mu_ess_category *category)
{
    struct mu_bytes *element = mu_arena_array(out->arena, category->numbers + 1, sizeof *element);
    for (size_t i = 0; i < category->numbers; i++) {
        struct mu_buf one = { .arena = out->arena };
        mu_ber_put_integer(&one, (int64_t) category->number[i]);
        element[i] = mu_buf_bytes(&one);
    }
    mu_ber_put_set_of(out, MU_BER_UNIVERSAL, MU_BER_SET, element, category->numbers);
}

static bool put_value(struct mu_buf *out, const struct mu_ess_category *category,
                      struct mu_err *err)
{
    if (category->form == MU_ESS_OTHER_FORM) {
        if (category->value.n == 0)
            return mu_fail(err, MU_ERR_USAGE, "a security category without a value");
        mu_buf_put_bytes(out, category->value);
        return true;
    }
    struct mu_buf content = { .arena = out->arena };
    TRY(mu_ess_put_oid(&content, MU_BER_UNIVERSAL, MU_BER_OID, category->set, err));
    if (form_of[category->form].bits)
        TRY(put_bits(&content, category, err));
    else
        put_list(&content, category);
    mu_ber_put(out, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&content));
    return true;
}

static bool put_category(struct mu_buf *out, const struct mu_ess_category *category,
                         struct mu_err *err)
{
    struct mu_buf content = { .arena = out->arena }, value = content;
    bool known = category->form != MU_ESS_OTHER_FORM;
    TRY(mu_ess_put_oid(&content, MU_BER_CONTEXT, 0,
                       known ? form_of[category->form].type : category->type, err));
    TRY(put_value(&value, category, err));
    mu_ber_put(&content, MU_BER_CONTEXT, true, 1, mu_buf_bytes(&value));
    mu_ber_put(out, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&content));
    return true;
}

bool mu_ess_put_categories(struct mu_buf *out, const struct mu_ess_category *category,
                           size_t categories, struct mu_err *err)
{
    struct mu_bytes *element = mu_arena_array(out->arena, categories + 1, sizeof *element);
    for (size_t i = 0; i < categories; i++) {
        struct mu_buf one = { .arena = out->arena };
        TRY(put_category(&one, &category[i], err));
        element[i] = mu_buf_bytes(&one);
    }
    mu_ber_put_set_of(out, MU_BER_UNIVERSAL, MU_BER_SET, element, categories);
    return true;
}
