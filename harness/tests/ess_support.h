/* ess_support.h - labels in ASN.1 for tests: octets in hexadecimal, and what was read as one line. */
#ifndef MU_TESTS_ESS_SUPPORT_H
#define MU_TESTS_ESS_SUPPORT_H

#include <check.h>

#include "base/codec.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "format/ess.h"

static struct mu_arena *arena;

static inline void set_up(void)
{
    arena = mu_arena_new(256 * MU_MIB);
}

static inline void tear_down(void)
{
    mu_arena_free(arena);
}

/* Octets in hexadecimal; spaces are skipped. */
static inline struct mu_bytes hex(const char *text)
{
    struct mu_buf out = { .arena = arena };
    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        ck_assert(mu_hex_digit(text[0]) >= 0 && mu_hex_digit(text[1]) >= 0);
        mu_buf_putc(&out, (char) (mu_hex_digit(text[0]) * 16 + mu_hex_digit(text[1])));
        text++;
    }
    return mu_buf_bytes(&out);
}

static inline struct mu_bytes base64(const char *text)
{
    struct mu_bytes out;
    size_t at;
    ck_assert(mu_base64_read(arena, mu_bytes_of(text), &out, &at) == MU_BASE64_OK);
    return out;
}

/* `n` copies of `part`, made the content of `tag`. */
static inline struct mu_bytes repeated(unsigned tag, bool constructed, size_t n, const char *part)
{
    struct mu_buf content = { .arena = arena }, out = content;
    for (size_t i = 0; i < n; i++)
        mu_buf_put_bytes(&content, hex(part));
    mu_ber_put(&out, MU_BER_UNIVERSAL, constructed, tag, mu_buf_bytes(&content));
    return mu_buf_bytes(&out);
}

static inline struct mu_bytes label_of(struct mu_bytes a, struct mu_bytes b)
{
    struct mu_buf content = { .arena = arena }, out = content;
    mu_buf_put_bytes(&content, a);
    mu_buf_put_bytes(&content, b);
    mu_ber_put(&out, MU_BER_UNIVERSAL, true, MU_BER_SET, mu_buf_bytes(&content));
    return mu_buf_bytes(&out);
}

static const char *const form_name[] = { "rb", "pl", "pb", "ib", "il", "rl", "other" };

static inline void show_categories(struct mu_buf *out, const struct mu_ess_category *category,
                                   size_t categories)
{
    for (size_t i = 0; i < categories; i++) {
        const struct mu_ess_category *c = &category[i];
        mu_buf_printf(out, "|%s %s", form_name[c->form],
                      c->form == MU_ESS_OTHER_FORM ? c->type : c->set);
        for (size_t j = 0; j < c->numbers; j++)
            mu_buf_printf(out, " %llu", (unsigned long long) c->number[j]);
        if (c->form == MU_ESS_OTHER_FORM)
            mu_buf_printf(out, " #%zu", c->value.n);
    }
}

static inline const char *shown(const struct mu_ess *l)
{
    struct mu_buf out = { .arena = arena };
    if (!l->readable)
        return "unreadable";
    mu_buf_printf(&out, "%s %lld", l->policy != NULL ? l->policy : "-",
                  (long long) l->classification);
    if (l->mark.p != NULL)
        mu_buf_printf(&out, " %u'%s'", l->mark_tag, mu_text_line(arena, l->mark));
    show_categories(&out, l->category, l->categories);
    return mu_buf_text(&out);
}

static inline const char *shown_clearance(const struct mu_ess_clearance *c)
{
    struct mu_buf out = { .arena = arena };
    if (!c->readable)
        return "unreadable";
    mu_buf_printf(&out, "%s%s", c->policy != NULL ? c->policy : "-", c->listed ? "" : " default");
    for (size_t i = 0; i < c->classes; i++)
        mu_buf_printf(&out, " %llu", (unsigned long long) c->class[i]);
    show_categories(&out, c->category, c->categories);
    return mu_buf_text(&out);
}

static inline const char *defects(const struct mu_ber_report *report)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < report->defects; i++)
        mu_buf_printf(&out, "%s%s@%zu", i > 0 ? " " : "",
                      mu_ber_defect_name(report->defect[i].kind), report->defect[i].offset);
    return mu_buf_text(&out);
}

static inline struct mu_ess read_as(struct mu_bytes ber, enum mu_ess_syntax syntax)
{
    struct mu_ess label;
    mu_ess_read(arena, ber, syntax, &label);
    return label;
}

static inline struct mu_bytes written(const struct mu_ess *label)
{
    struct mu_bytes der;
    struct mu_err err;
    bool done = mu_ess_write(arena, label, &der, &err);
    ck_assert_msg(done, "%s", done ? "" : err.msg);
    return der;
}

#endif
