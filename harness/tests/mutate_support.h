/* mutate_support.h - how the tests of operators make a message, change it, and look at the outcome. */
#ifndef MU_TESTS_MUTATE_SUPPORT_H
#define MU_TESTS_MUTATE_SUPPORT_H

#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "document/document.h"
#include "document/mutate.h"
#include "format/sio.h"
#include "format/xml.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"

static struct mu_arena *arena;
static struct mu_err err;
static struct mu_policies policies;

/* What operators ask of what is lower; one that changes nothing between tests. */
static inline void load_policy(void)
{
    static const char path[] = MU_SOURCE_DIR "/profiles/policies/nato-exercise.xml";
    policies.policy = mu_arena_array(arena, 1, sizeof *policies.policy);
    policies.count = 1;
    mu_xml_start();
    ck_assert_msg(mu_policy_load(arena, path, &policies.policy[0], &err), "%s", err.msg);
}

static inline void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(256 * MU_MIB);
    load_policy();
}

static inline void teardown(void)
{
    mu_arena_free(arena);
}

static inline struct mu_message load(const char *message, const char *label)
{
    struct mu_message m = { 0 };
    const char *path = mu_arena_printf(arena, FIXTURES "/messages/%s.xml", message);
    ck_assert(mu_message_load(arena, path, &m, &err));
    path = mu_arena_printf(arena, FIXTURES "/labels/%s.xml", label);
    ck_assert(mu_message_load_label(arena, path, &m, &err));
    m.from = "muster+0001s@sender.invalid";
    m.to = "muster+0001s@receiver.invalid";
    m.message_id = "0001.1@muster.invalid";
    m.date = 1795428900;
    return m;
}

/* The fixture's octets after one operator; false when the operator says no. */
static inline bool mutate_by(uint64_t seed, const char *message, const char *label,
                             const char *name, const char *on, const char *value,
                             struct mu_bytes *octets)
{
    const struct mu_operator *operator= mu_operator_find(name);
    ck_assert_msg(operator!= NULL, "no operator '%s'", name);
    struct mu_mutation m = { arena, on, value, seed, FIXTURES, &policies, false };
    struct mu_message fixture = load(message, label);
    struct mu_label before = *fixture.label;
    const struct mu_label *shared = fixture.label;
    if (operator->when == MU_BEFORE_ENCODING) {
        bool done = operator->abstract(&m, &fixture, &err);
        ck_assert_msg(memcmp(&before, shared, sizeof before) == 0, "%s: fixture changed", name);
        if (done)
            *octets = mu_message_encode(arena, &fixture);
        return done;
    }
    struct mu_bytes control = mu_message_encode(arena, &fixture);
    char *copy = mu_bytes_dup(arena, control);
    *octets = control;
    bool done = operator->octets(&m, octets, &err);
    ck_assert_msg(memcmp(copy, control.p, control.n) == 0, "%s: control changed", name);
    return done;
}

static inline bool mutate(const char *message, const char *label, const char *name, const char *on,
                          const char *value, struct mu_bytes *octets)
{
    return mutate_by(1, message, label, name, on, value, octets);
}

static inline struct mu_bytes control_of(const char *message, const char *label)
{
    struct mu_message m = load(message, label);
    return mu_message_encode(arena, &m);
}

/* What a mutation may change beside what its row looks for: nothing outside this field. */
static inline struct mu_bytes without(struct mu_bytes message, const char *const *keys)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        bool skip = h->key == NULL;
        for (size_t k = 0; h->key != NULL && keys[k] != NULL; k++)
            skip = skip || strcmp(keys[k], h->key) == 0;
        if (!skip)
            mu_buf_put_bytes(&out, mu_bytes_slice(message, h->offset, h->octets));
    }
    bool body = false;
    for (size_t k = 0; keys[k] != NULL; k++)
        body = body || strcmp(keys[k], "body") == 0;
    if (!body)
        mu_buf_put_bytes(&out, mu_bytes_from(message, mail->top.body_offset));
    return mu_buf_bytes(&out);
}

#define LOG "logistics-report"
#define MED "medical-evacuation"
#define SIO "sio-label"

/* `has` and `lacks` are looked for in the octets, `label_has` in the decoded label. */
struct mutate_row {
    const char *message, *name, *on, *value;
    const char *touches; /* the one field that differs, or "body" */
    const char *has, *lacks, *label_has, *label_lacks;
};

static inline bool contains(struct mu_bytes text, const char *what)
{
    return mu_bytes_find(text, mu_bytes_of(what), 0) != SIZE_MAX;
}

/* The operator does what its row says and no more, and the same again for the same seed. */
static inline void check_row(const struct mutate_row *row, const char *label)
{
    struct mu_bytes got, again;
    const char *name = row->name, *message = row->message;
    bool done = mutate(message, label, name, row->on, row->value, &got);
    ck_assert_msg(done, "%s: %s", name, err.msg);
    ck_assert(mutate(message, label, name, row->on, row->value, &again));
    ck_assert_msg(mu_bytes_equal(got, again), "%s: not the same twice", name);
    struct mu_bytes control = control_of(message, label);
    ck_assert_msg(!mu_bytes_equal(got, control), "%s: nothing changed", name);

    const char *keys[] = { row->touches, "x-label", NULL };
    struct mu_bytes rest = without(got, keys), want = without(control, keys);
    bool bare = strcmp(row->on, "header") == 0; /* a bare LF is a line end to the reader, too */
    ck_assert_msg(bare || mu_bytes_equal(rest, want), "%s: touched more than %s:\n%.*s", name,
                  row->touches, (int) rest.n, rest.p);
    if (row->has != NULL)
        ck_assert_msg(contains(got, row->has), "%s %s: no '%s' in\n%.*s", name, row->on, row->has,
                      (int) got.n, got.p);
    const struct mu_header *header = mu_header_find(&mu_mail_read(arena, got)->top, SIO);
    if (row->lacks != NULL)
        ck_assert_msg(!contains(strcmp(name, "base64.url") == 0 ? header->value : got, row->lacks),
                      "%s %s: '%s' in\n%.*s", name, row->on, row->lacks, (int) got.n, got.p);
    struct mu_sio sio = { 0 };
    if (header != NULL)
        mu_sio_read(arena, header, &sio);
    if (row->label_has != NULL)
        ck_assert_msg(contains(sio.decoded, row->label_has), "%s: no '%s' in label\n%.*s", name,
                      row->label_has, (int) sio.decoded.n, sio.decoded.p);
    if (row->label_lacks != NULL)
        ck_assert_msg(!contains(sio.decoded, row->label_lacks), "%s: '%s' in label\n%.*s", name,
                      row->label_lacks, (int) sio.decoded.n, sio.decoded.p);
}

/* What cannot be applied says so. */
struct mutate_refusal {
    const char *message, *name, *on, *value, *says;
};

static inline void check_refusal(const struct mutate_refusal *row)
{
    struct mu_bytes got;
    bool done = mutate(row->message, "secret", row->name, row->on, row->value, &got);
    ck_assert_msg(!done, "%s was applied", row->name);
    char text[400];
    mu_err_text(&err, text, sizeof text);
    ck_assert_msg(strstr(text, row->says) != NULL, "%s: got '%s', want '%s'", row->name, text,
                  row->says);
    ck_assert(err.code == MU_ERR_PROFILE || err.code == MU_ERR_USAGE);
}

/* Every operator of these subjects has a row; `elsewhere` names those that a test of their own shows. */
static inline void check_table(const char *const *subject, const struct mutate_row *row,
                               size_t rows, const char *const *elsewhere)
{
    const struct mu_operator *o;
    for (size_t i = 0; (o = mu_operator_at(i)) != NULL; i++) {
        bool ours = false, seen = false;
        for (size_t k = 0; subject[k] != NULL; k++)
            ours = ours || strncmp(o->name, subject[k], strlen(subject[k])) == 0;
        for (size_t r = 0; r < rows; r++)
            seen = seen || strcmp(row[r].name, o->name) == 0;
        for (size_t k = 0; elsewhere[k] != NULL; k++)
            seen = seen || strcmp(elsewhere[k], o->name) == 0;
        ck_assert_msg(!ours || seen, "operator '%s' has no row", o->name);
    }
}

#endif
