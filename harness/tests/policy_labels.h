/* policy_labels.h - policies and labels for the tests of mapping: a label as one line of text. */
#ifndef MU_TESTS_POLICY_LABELS_H
#define MU_TESTS_POLICY_LABELS_H

#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/datetime.h"
#include "format/unicode.h"
#include "format/xml.h"
#include "policy/equivalent.h"

#define SHIPPED MU_SOURCE_DIR "/profiles/policies/"

static struct mu_arena *arena;
static int64_t now;

static inline void load_failed(const struct mu_err *err)
{
    char text[400];
    mu_err_text(err, text, sizeof text);
    ck_abort_msg("%s", text);
}

static inline struct mu_policy *load(const char *name)
{
    struct mu_err err;
    struct mu_policy *policy = NULL;
    const char *path = mu_arena_printf(arena, SHIPPED "%s.xml", name);
    if (!mu_policy_load(arena, path, &policy, &err))
        load_failed(&err);
    return policy;
}

static inline struct mu_policy *parse(const char *xml)
{
    struct mu_err err;
    struct mu_policy *policy = NULL;
    if (!mu_policy_load_bytes(arena, mu_bytes_of(xml), "inline.xml", &policy, &err))
        load_failed(&err);
    return policy;
}

static inline void set_up(void)
{
    struct mu_err err;
    struct mu_instant at;
    arena = mu_arena_new(1024 * MU_MIB);
    ck_assert(mu_unicode_start(&err));
    ck_assert(mu_datetime_read(MU_BYTES("2026-11-28T10:00:00Z"), &at));
    now = at.seconds;
}

static inline void tear_down(void)
{
    mu_arena_free(arena);
}

/* --- labels as one line: "SECRET; Context=NATO,Releasable; Only=SWE" -------------------------- */

/* The type of the tag that has the value; of any tag of the set when none has it. */
static inline enum mu_tag_type type_of(const struct mu_policy *policy, const char *set,
                                       const char *value)
{
    uint32_t s = mu_policy_set(policy, set);
    enum mu_tag_type any = MU_TAG_PERMISSIVE;
    for (int t = MU_TAG_RESTRICTIVE; s != MU_NONE && t <= MU_TAG_INFORMATIVE; t++) {
        any = policy->set[s].values[t] > 0 ? (enum mu_tag_type) t : any;
        if (value != NULL && mu_policy_value(policy, s, (enum mu_tag_type) t, value) != MU_NONE)
            return (enum mu_tag_type) t;
    }
    return any;
}

static inline void read_category(const struct mu_policy *policy, char *text, struct mu_label *label)
{
    char *equals = strchr(text, '='), *rest = NULL;
    ck_assert_msg(equals != NULL, "'%s'", text);
    *equals = '\0';
    struct mu_category *c = &label->category[label->categories++];
    *c = (struct mu_category){ .tag_name = text,
                               .value =
                                   mu_arena_array(arena, strlen(equals + 1) + 1, sizeof(char *)) };
    for (char *v = strtok_r(equals + 1, ",", &rest); v != NULL; v = strtok_r(NULL, ",", &rest))
        c->value[c->values++] = v;
    c->type = mu_tag_type_name(type_of(policy, text, c->values > 0 ? c->value[0] : NULL));
}

static inline struct mu_label *label_of(const struct mu_policy *policy, const char *line)
{
    char *text = mu_arena_strndup(arena, line, strlen(line)), *rest = NULL;
    struct mu_label *label = mu_new(arena, struct mu_label);
    *label = (struct mu_label){ .root = "originatorConfidentialityLabel",
                                .policy = policy->name,
                                .originator = "desk@example.invalid",
                                .originator_type = "rfc822Name",
                                .created = "2026-11-01T10:00:00Z",
                                .review = "2036-11-01T10:00:00Z" };
    label->category = mu_arena_array(arena, strlen(line) + 1, sizeof *label->category);
    label->classification = strtok_r(text, ";", &rest);
    for (char *c = strtok_r(NULL, ";", &rest); c != NULL; c = strtok_r(NULL, ";", &rest))
        read_category(policy, c + strspn(c, " "), label);
    return label;
}

static inline const char *line_of(const struct mu_label *label)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, label->classification);
    for (size_t i = 0; i < label->categories; i++) {
        mu_buf_printf(&out, "; %s=", label->category[i].tag_name);
        for (size_t j = 0; j < label->category[i].values; j++)
            mu_buf_printf(&out, "%s%s", j > 0 ? "," : "", label->category[i].value[j]);
    }
    return mu_buf_text(&out);
}

static inline struct mu_mapping map(const struct mu_policy *from, const struct mu_label *label,
                                    const struct mu_policy *to, unsigned applied)
{
    struct mu_resolved resolved;
    struct mu_mapping out;
    mu_resolve(arena, from, label, &resolved);
    mu_map_label(arena, &resolved, to, applied, now, &out);
    ck_assert((out.label == NULL) == (out.rule != NULL) && (out.rule == NULL) == (out.why == NULL));
    return out;
}

/* "SECRET; ..." when mapped, "EQV-06: sentence" when refused. */
static inline const char *outcome(const struct mu_mapping *m)
{
    return m->label != NULL ? line_of(m->label) : mu_arena_printf(arena, "%s: %s", m->rule, m->why);
}

enum { IN = MU_APPLIED_DECRYPT, OUT = MU_APPLIED_ENCRYPT };

#endif
