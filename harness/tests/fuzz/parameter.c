/* A parameter list: every octet of a value has a place in the field, and what is written from a value is
 * read as that value. */
#include "format/parameter.h"

#include "tests/fuzz/fuzz.h"

#define AT 1000 /* where the list begins in an imagined message */

static void fuzz_start(void)
{
}

static void check_round_trip(struct mu_arena *arena, const struct mu_parameter *p, bool quote)
{
    struct mu_buf out = { .arena = arena };
    struct mu_parameters again;
    mu_buf_puts(&out, "x");
    mu_parameter_write(&out, "label", p->value, quote, false);
    mu_buf_puts(&out, "\r\n");
    mu_parameters_read(arena, mu_bytes_from(mu_buf_bytes(&out), 2), AT, &again);
    HOLDS(again.parameters == 1 && again.defects == 0);
    HOLDS(mu_bytes_equal(again.parameter[0].value, p->value));
    for (size_t i = 0, line = 0; i < out.n; i++, line++) {
        line = out.p[i] == '\n' ? 0 : line;
        HOLDS(line <= 78 + 1);
    }
}

static void check(struct mu_arena *arena, struct mu_bytes input, const struct mu_parameter *p)
{
    HOLDS(p->offset >= AT && p->offset - AT <= input.n && p->octets <= input.n);
    HOLDS(p->value.n <= 3 * input.n && p->segments > 0 && p->segments <= MU_SEGMENTS_MAX);
    HOLDS(p->defects < 1u << MU_PARAMETER_DEFECTS);
    for (unsigned bit = 1; bit < 1u << MU_PARAMETER_DEFECTS; bit <<= 1)
        HOLDS((p->defects & bit) == 0 || mu_parameter_defect_name(bit) != NULL);
    for (size_t i = 0; i < p->value.n; i++) {
        size_t at = mu_parameter_offset(p, i);
        HOLDS(at >= AT && at - AT < input.n);
    }
    for (size_t i = 1; i < p->spans; i++)
        HOLDS(p->span[i - 1].value_at < p->span[i].value_at && p->span[i].value_at <= p->value.n);
    check_round_trip(arena, p, true);
    check_round_trip(arena, p, false);
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_parameters list;
    mu_parameters_read(arena, input, AT, &list);
    HOLDS(list.parameters <= MU_PARAMETERS_MAX);
    HOLDS(list.defects == 0 || (list.defect_at >= AT && list.defect_at - AT <= input.n));
    for (size_t i = 0; i < list.parameters; i++) {
        check(arena, input, &list.parameter[i]);
        HOLDS(mu_parameter_find(&list, list.parameter[i].name) == &list.parameter[i]);
    }
}
