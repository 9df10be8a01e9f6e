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
static void load_policy(void)
{
    static const char path[] = MU_SOURCE_DIR "/profiles/policies/nato-exercise.xml";
    policies.policy = mu_arena_array(arena, 1, sizeof *policies.policy);
    policies.count = 1;
    mu_xml_start();
    ck_assert_msg(mu_policy_load(arena, path, &policies.policy[0], &err), "%s", err.msg);
}

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(256 * MU_MIB);
    load_policy();
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static struct mu_message load(const char *message, const char *label)
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
static bool mutate(const char *message, const char *label, const char *name, const char *on,
                   const char *value, struct mu_bytes *octets)
{
    const struct mu_operator *operator= mu_operator_find(name);
    ck_assert_msg(operator!= NULL, "no operator '%s'", name);
    struct mu_mutation m = { arena, on, value, 1, FIXTURES, &policies };
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

static struct mu_bytes control_of(const char *message, const char *label)
{
    struct mu_message m = load(message, label);
    return mu_message_encode(arena, &m);
}

/* What a mutation may change beside what its row looks for: nothing outside this field. */
static struct mu_bytes without(struct mu_bytes message, const char *const *keys)
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
static const struct {
    const char *message, *name, *on, *value;
    const char *touches; /* the one field that differs, or "body" */
    const char *has, *lacks, *label_has, *label_lacks;
} row[] = {
    { LOG, "label.classification.lower", "", "", SIO, NULL, NULL, ">CONFIDENTIAL</", ">SECRET</" },
    { LOG, "label.classification.higher", "", "", SIO, NULL, NULL, ">TOP SECRET</", ">SECRET</" },
    { LOG, "label.value.add", "Context", "Releasable", SIO, NULL, NULL,
      "NATO</GenericValue><GenericValue>Releasable", NULL },
    { LOG, "label.value.drop", "Context", "", SIO, NULL, NULL, "Context", "GenericValue" },
    { LOG, "marking.lower", "", "", SIO, "NATO CONFIDENTIAL", "NATO SECRET", ">SECRET</", NULL },
    { LOG, "header.drop", SIO, "", SIO, "From:", "SIO-Label:", NULL, NULL },
    { LOG, "header.drop", "date", "", "date", "From:", "Date:", NULL, NULL },
    { LOG, "header.duplicate", SIO, "", SIO, "SIO-Label:", NULL, "SECRET", NULL },
    { LOG, "header.duplicate", SIO, "unclassified", SIO, "NATO UNCLASSIFIED", NULL, "SECRET",
      NULL },
    { LOG, "header.duplicate", SIO, "first:unclassified", SIO, "NATO SECRET", NULL,
      "<Classification>UNCLASSIFIED", NULL },
    { LOG, "header.duplicate", "subject", "other text", "subject", "Subject: other text\r\n", NULL,
      NULL, NULL },
    { LOG, "header.rename", SIO, "X-Label", SIO, "\r\nX-Label:", "SIO-Label:", NULL, NULL },
    { LOG, "header.set", "subject", "new one", "subject", "Subject: new one\r\n",
      "logistic report 014", NULL, NULL },
    { LOG, "header.set", SIO, "marking=\"X\"", SIO, "SIO-Label: marking=\"X\"\r\n", ":xml", NULL,
      NULL },
    { LOG, "header.add", "SIO-Label-History", "change=add", "sio-label-history",
      "SIO-Label-History: change=add\r\n\r\n", NULL, NULL, NULL },
    { LOG, "header.refold", SIO, "marking", SIO, "\"NATO \r\n SECRET\"", NULL, NULL, NULL },
    { LOG, "header.encode-word", SIO, "", SIO, "marking=\"=?utf-8?B?TkFUTyBTRUNSRVQ=?=\"",
      "marking=\"NATO", NULL, NULL },
    { LOG, "header.encode-word", "keywords", "", "keywords", "Keywords: =?utf-8?B?", "Keywords: E",
      NULL, NULL },
    { LOG, "header.append-8bit", SIO, "", SIO, "NATO SECRET\xE9\"", NULL, NULL, NULL },
    { LOG, "header.append-8bit", "subject", "\xC3\xA9", "subject", "ALPHA\xC3\xA9\r\n", NULL, NULL,
      NULL },
    { LOG, "from.duplicate", "", "x@y.invalid", "from", "From: x@y.invalid\r\n", NULL, NULL, NULL },
    { LOG, "date.drop", "", "", "date", "From:", "Date:", NULL, NULL },
    { LOG, "part.sio-label", "", "unclassified", "body",
      "986d\r\nSIO-Label:\r\n marking=\"NATO UNCLASSIFIED\"", NULL, NULL, NULL },
    { LOG, "part.sio-label", "1.2", "unclassified", "body",
      "986d\r\nSIO-Label:\r\n marking=\"NATO UNCLASSIFIED\"", NULL, NULL, NULL },

    { LOG, "label.classification.set", "", "UNKNOWN", SIO, "NATO SECRET", NULL,
      "<Classification>UNKNOWN</Classification>", "SECRET" },
    { LOG, "label.policy.set", "", "OTHER", SIO, NULL, NULL, ">OTHER<", "NATO-EXERCISE" },
    { LOG, "label.policy-uri.set", "", "urn:oid:1.2", SIO, NULL, NULL, "URI=\"urn:oid:1.2\"",
      "2.25.2441" },
    { LOG, "label.drop", "", "", SIO, "marking=\"NATO SECRET\"", ":xml", NULL, NULL },
    { LOG, "label.root.set", "", "metadataConfidentialityLabel", SIO, NULL, NULL,
      "<metadataConfidentialityLabel", "originator" },
    { LOG, "label.review.drop", "", "", SIO, NULL, NULL, "<CreationDateTime", "ReviewDateTime" },
    { LOG, "label.created.drop", "", "", SIO, NULL, NULL, "ReviewDateTime", "CreationDateTime" },
    { LOG, "label.category.type.set", "Context", "RESTRICTIVE", SIO, NULL, NULL, "\"RESTRICTIVE\"",
      "\"PERMISSIVE\"" },
    { LOG, "label.category.type.set", "", "permissive", SIO, NULL, NULL, "\"permissive\"",
      "\"PERMISSIVE\"" },
    { LOG, "label.classification-uri.set", "", "urn:oid:1.2", SIO, NULL, NULL,
      "<Classification URI=\"urn:oid:1.2\">SECRET", NULL },
    { LOG, "label.raw", "", "hostile/label-doctype.xml", SIO, NULL, NULL, "<!DOCTYPE", "SECRET" },
    { LOG, "marking.set", "", "OTHER", SIO, "marking=\"OTHER\"", "NATO SECRET", "SECRET", NULL },
    { LOG, "marking.drop", "", "", SIO, ":xml", "marking=", "SECRET", NULL },

    { LOG, "sio.parameter.drop", "marking", "", SIO, "SIO-Label:\r\n fgcolor=white;",
      "marking=", "SECRET", NULL },
    { LOG, "sio.parameter.drop", "type", "", SIO, "bgcolor=red;\r\n label*0=", ":xml", "SECRET",
      NULL },
    { LOG, "sio.parameter.drop", "label", "", SIO, "type=\":xml\"\r\n", "label*", NULL, NULL },
    { LOG, "sio.parameter.set", "fgcolor", "#12345", SIO, "fgcolor=#12345;", "fgcolor=white",
      "SECRET", NULL },
    { LOG, "sio.parameter.set", "type", ":other", SIO, "type=\":other\"", ":xml", "SECRET", NULL },
    { LOG, "sio.parameter.set", "label", "AAAA", SIO, "label=\"AAAA\"\r\n", "label*", NULL,
      "SECRET" },
    { LOG, "sio.parameter.add", "x", "1", SIO, ";\r\n x=\"1\"\r\n", NULL, "SECRET", NULL },
    { LOG, "sio.segment.gap", "", "", SIO, "label*0=", NULL, NULL, NULL },
    { LOG, "sio.segment.duplicate", "", "", SIO, "label*0=", NULL, NULL, NULL },
    { LOG, "sio.segment.leading-zero", "", "", SIO, ";\r\n label*0", NULL, NULL, NULL },
    { LOG, "sio.trailing-semicolon", "", "", SIO, "\";\r\nMIME-Version", NULL, "SECRET", NULL },
    { LOG, "base64.space", "", "", SIO, NULL, NULL, "SECRET", NULL },
    { LOG, "base64.padding", "", "", SIO, NULL, NULL, NULL, NULL },
    { LOG, "base64.url", "", "", SIO, NULL, "+", NULL, NULL },

    { MED, "message.bare-lf", "", "", "body", "EXERCISE EXERCISE EXERCISE\n\r\n", NULL, NULL,
      NULL },
    { MED, "message.bare-lf", "header", "", "from", "sender.invalid\nTo:", NULL, NULL, NULL },
    { MED, "message.long-line", "", "999", "body", NULL, NULL, NULL, NULL },
    { MED, "message.dot-lines", "", "", "body", "EXERCISE\r\n.\r\n..\r\n.EXERCISE\r\n", NULL, NULL,
      NULL },
    { LOG, "message.dot-lines", "", "", "body",
      "EXERCISE\r\n.\r\n..\r\n.EXERCISE\r\n\r\n--=_muster", NULL, NULL, NULL },
};

static bool contains(struct mu_bytes text, const char *what)
{
    return mu_bytes_find(text, mu_bytes_of(what), 0) != SIZE_MAX;
}

START_TEST(each_operator_does_what_it_says_and_no_more)
{
    struct mu_bytes got, again;
    const char *name = row[_i].name, *message = row[_i].message;
    bool done = mutate(message, "secret", name, row[_i].on, row[_i].value, &got);
    ck_assert_msg(done, "%s: %s", name, err.msg);
    ck_assert(mutate(message, "secret", name, row[_i].on, row[_i].value, &again));
    ck_assert_msg(mu_bytes_equal(got, again), "%s: not the same twice", name);
    struct mu_bytes control = control_of(message, "secret");
    ck_assert_msg(!mu_bytes_equal(got, control), "%s: nothing changed", name);

    const char *keys[] = { row[_i].touches, "x-label", NULL };
    struct mu_bytes rest = without(got, keys), want = without(control, keys);
    bool bare = strcmp(row[_i].on, "header") == 0; /* a bare LF is a line end to the reader, too */
    ck_assert_msg(bare || mu_bytes_equal(rest, want), "%s: touched more than %s:\n%.*s", name,
                  row[_i].touches, (int) rest.n, rest.p);
    if (row[_i].has != NULL)
        ck_assert_msg(contains(got, row[_i].has), "%s %s: no '%s' in\n%.*s", name, row[_i].on,
                      row[_i].has, (int) got.n, got.p);
    const struct mu_header *header = mu_header_find(&mu_mail_read(arena, got)->top, SIO);
    if (row[_i].lacks != NULL)
        ck_assert_msg(
            !contains(strcmp(name, "base64.url") == 0 ? header->value : got, row[_i].lacks),
            "%s %s: '%s' in\n%.*s", name, row[_i].on, row[_i].lacks, (int) got.n, got.p);
    struct mu_sio sio = { 0 };
    if (header != NULL)
        mu_sio_read(arena, header, &sio);
    if (row[_i].label_has != NULL)
        ck_assert_msg(contains(sio.decoded, row[_i].label_has), "%s: no '%s' in label\n%.*s", name,
                      row[_i].label_has, (int) sio.decoded.n, sio.decoded.p);
    if (row[_i].label_lacks != NULL)
        ck_assert_msg(!contains(sio.decoded, row[_i].label_lacks), "%s: '%s' in label\n%.*s", name,
                      row[_i].label_lacks, (int) sio.decoded.n, sio.decoded.p);
}
END_TEST

/* What the defect operators must leave in the parameter list. */
static const struct {
    const char *name, *on, *value;
    unsigned label, list, marking; /* defects of the label, of the list, of the marking */
    enum mu_base64_defect base64;
} defect[] = {
    { "sio.segment.gap", "label", "", MU_PARAMETER_GAP, 0, 0, MU_BASE64_OK },
    { "sio.segment.duplicate", "label", "", MU_PARAMETER_DUPLICATE, 0, 0, MU_BASE64_OK },
    { "sio.segment.leading-zero", "label", "", MU_PARAMETER_LEADING_ZERO, 0, 0, MU_BASE64_OK },
    { "sio.trailing-semicolon", "", "", 0, MU_LIST_EMPTY, 0, MU_BASE64_OK },
    { "base64.space", "", "", 0, 0, 0, MU_BASE64_CHARACTER },
    { "base64.url", "", "", 0, 0, 0, MU_BASE64_CHARACTER },
    { "base64.padding", "", "", 0, 0, 0, MU_BASE64_PADDING },
    { "header.refold", SIO, "", 0, 0, 0, MU_BASE64_CHARACTER },
    { "header.encode-word", SIO, "", 0, 0, MU_PARAMETER_ENCODED_WORD, MU_BASE64_OK },
    { "header.append-8bit", SIO, "", 0, 0, MU_PARAMETER_EIGHT_BIT, MU_BASE64_OK },
};

START_TEST(each_defect_is_the_intended_one)
{
    struct mu_bytes got;
    ck_assert_msg(mutate(LOG, "secret", defect[_i].name, defect[_i].on, defect[_i].value, &got),
                  "%s", err.msg);
    struct mu_sio sio;
    mu_sio_read(arena, mu_header_find(&mu_mail_read(arena, got)->top, SIO), &sio);
    ck_assert_msg(sio.label != NULL && sio.marking != NULL, "%s", defect[_i].name);
    ck_assert_msg((sio.label->defects & defect[_i].label) == defect[_i].label
                      && (defect[_i].label != 0 || sio.label->defects == 0),
                  "%s: label defects %x", defect[_i].name, sio.label->defects);
    ck_assert_msg(sio.list.defects == defect[_i].list, "%s: list defects %x", defect[_i].name,
                  sio.list.defects);
    ck_assert_msg((sio.marking->defects & defect[_i].marking) == defect[_i].marking
                      && (defect[_i].marking != 0 || sio.marking->defects == 0),
                  "%s: marking defects %x", defect[_i].name, sio.marking->defects);
    ck_assert_msg(defect[_i].label != 0 || sio.base64 == defect[_i].base64, "%s: base64 %s",
                  defect[_i].name, mu_base64_defect_name(sio.base64));
}
END_TEST

static const struct {
    const char *message, *name, *on, *value, *says;
} refused[] = {
    { LOG, "header.drop", "", "", "needs a header field" },
    { LOG, "header.drop", "absent", "", "no header field 'absent'" },
    { LOG, "header.duplicate", SIO, "absent", "absent.xml" },
    { LOG, "header.rename", SIO, "", "needs the new name" },
    { LOG, "header.add", "", "x", "needs a header field" },
    { LOG, "header.refold", SIO, "fgcolor", "no quoted parameter 'fgcolor'" },
    { LOG, "header.refold", "subject", "", "no quoted parameter 'label'" },
    { LOG, "header.encode-word", SIO, "absent", "no parameter 'absent'" },
    { LOG, "header.long-line", SIO, "x", "'x' is no number" },
    { LOG, "header.long-line", SIO, "12", "too few" },
    { MED, "part.sio-label", "", "secret", "no body part '1.1'" },
    { LOG, "part.sio-label", "", "No Id", "no name of a label fixture" },
    { LOG, "label.classification.set", "", "", "needs a 'value'" },
    { LOG, "label.category.type.set", "Absent", "X", "no category 'Absent'" },
    { LOG, "label.classification-uri.set", "", "<", "cannot stand in an attribute" },
    { LOG, "label.raw", "", "absent.bin", "absent.bin" },
    { LOG, "sio.parameter.drop", "", "", "needs a parameter" },
    { LOG, "sio.parameter.drop", "absent", "", "no parameter 'absent'" },
    { LOG, "sio.parameter.set", "absent", "x", "no parameter 'absent'" },
    { LOG, "sio.segment.gap", "marking", "", "no second segment" },
    { LOG, "base64.space", "absent", "", "no base64" },
    { LOG, "base64.url", "marking", "", "neither + nor /" },
    { LOG, "message.nul", "foot", "", "neither 'header' nor 'body'" },
    { LOG, "message.octets", "", "10", "cannot be padded" },
    { LOG, "message.octets", "", "", "no number" },
    { LOG, "message.octets", "", "99999999999999999999", "no number" },
    { "mobility-request", "message.dot-lines", "", "", "no part with encoding" },
};

START_TEST(what_cannot_be_applied_says_so)
{
    struct mu_bytes got;
    bool done = mutate(refused[_i].message, "secret", refused[_i].name, refused[_i].on,
                       refused[_i].value, &got);
    ck_assert_msg(!done, "%s was applied", refused[_i].name);
    char text[400];
    mu_err_text(&err, text, sizeof text);
    ck_assert_msg(strstr(text, refused[_i].says) != NULL, "%s: got '%s', want '%s'",
                  refused[_i].name, text, refused[_i].says);
    ck_assert(err.code == MU_ERR_PROFILE || err.code == MU_ERR_USAGE);
}
END_TEST

START_TEST(unlabelled_messages_refuse_label_operators)
{
    static const char *const name[] = { "label.drop", "label.policy.set", "label.review.drop",
                                        "marking.drop" };
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        struct mu_mutation m = { arena, "", "x", 1, FIXTURES, &policies };
        struct mu_message message = { 0 };
        ck_assert(!mu_operator_find(name[i])->abstract(&m, &message, &err));
        ck_assert_int_eq(err.code, MU_ERR_PROFILE);
    }
    struct mu_bytes got;
    ck_assert(!mutate(MED, "no-review", "label.review.drop", "", "", &got));
    ck_assert(strstr(err.msg, "no ReviewDateTime") != NULL);
}
END_TEST

START_TEST(sizes_are_exact)
{
    struct mu_bytes got = { NULL, 0 }, control = control_of(LOG, "secret");
    for (size_t n = control.n + 3; n < control.n + 400; n++) {
        const char *size = mu_arena_printf(arena, "%zu", n);
        ck_assert_msg(mutate(LOG, "secret", "message.octets", "", size, &got), "%s", err.msg);
        ck_assert_uint_eq(got.n, n);
    }
    const struct mu_mail *mail = mu_mail_read(arena, got);
    ck_assert_uint_eq(mail->defects, 0);
    ck_assert_uint_le(mail->top.part[0].longest_line, 100);
    ck_assert(mutate(LOG, "secret", "header.long-line", SIO, "998", &got));
    ck_assert_uint_eq(mu_header_find(&mu_mail_read(arena, got)->top, SIO)->longest_line, 998);
    ck_assert(mutate(LOG, "secret", "header.long-line", "subject", "", &got));
    ck_assert_uint_eq(mu_header_find(&mu_mail_read(arena, got)->top, "subject")->longest_line,
                      1200);
    ck_assert(mutate(LOG, "secret", "header.unfold", SIO, "", &got));
    ck_assert_uint_eq(mu_header_find(&mu_mail_read(arena, got)->top, SIO)->lines, 1);
    ck_assert(mutate(LOG, "secret", "header.unfold", "subject", "", &got));
    ck_assert_uint_eq(mu_header_find(&mu_mail_read(arena, got)->top, "subject")->lines, 1);
    ck_assert(mutate(MED, "secret", "message.long-line", "", "999", &got));
    ck_assert_uint_eq(mu_mail_read(arena, got)->top.longest_line, 999);
    ck_assert(mutate(MED, "secret", "message.nul", "", "", &got));
    ck_assert_uint_eq(mu_mail_read(arena, got)->nul, 1);
    ck_assert(mutate(MED, "secret", "message.bare-lf", "header", "", &got));
    ck_assert_uint_eq(mu_mail_read(arena, got)->bare_lf, 1);
}
END_TEST

/* An operator may be handed any octets: a mutated message is mutated again. */
START_TEST(octets_of_any_kind_are_survived)
{
    static const char *const value[] = { "", "secret", "100", "marking" };
    static const char *const on[] = { "", "sio-label", "content-type", "label", "1.1" };
    struct mu_bytes control = control_of(LOG, "secret");
    const struct mu_operator *o;
    for (size_t i = 0; (o = mu_operator_at(i)) != NULL; i++) {
        if (o->octets == NULL)
            continue;
        for (size_t k = 0; k < MU_COUNT(value) * MU_COUNT(on) * 8; k++) {
            struct mu_bytes cut = mu_bytes_slice(control, 0, control.n * (k / 20) * (k % 7) / 48);
            char *copy = mu_arena_strndup(arena, cut.p, cut.n);
            if (cut.n > 0)
                copy[cut.n - 1 - k % cut.n] = k % 2 == 0 ? '\0' : '"';
            struct mu_bytes octets = { copy, cut.n };
            struct mu_mutation m = { arena, on[k % 5], value[k / 5 % 4], k, FIXTURES, &policies };
            err.msg[0] = '\0';
            bool done = o->octets(&m, &octets, &err);
            ck_assert_msg(done || (err.msg[0] != '\0' && octets.p == copy), "%s", o->name);
        }
    }
}
END_TEST

START_TEST(lists_are_turned_round_and_history_is_told)
{
    struct mu_bytes got = { NULL, 0 };
    ck_assert_msg(mutate(LOG, "restricted-releasable", "marking.reorder", "", "", &got), "%s",
                  err.msg);
    ck_assert_uint_ne(mu_bytes_find(got, MU_BYTES("EEAS, Council of the EU"), 0), SIZE_MAX);
    ck_assert(!mutate(LOG, "secret", "marking.reorder", "", "", &got));
    ck_assert_msg(mutate(LOG, "secret", "sio.history.add", "", "restricted", &got), "%s", err.msg);
    const struct mu_mail *mail = mu_mail_read(arena, got);
    const struct mu_header *history = mu_header_find(&mail->top, "sio-label-history");
    ck_assert_ptr_nonnull(history);
    struct mu_sio sio;
    mu_sio_read(arena, history, &sio);
    ck_assert_uint_eq(sio.list.defects, 0);
    ck_assert_int_eq(sio.base64, MU_BASE64_OK);
    ck_assert_uint_ne(mu_bytes_find(sio.decoded, MU_BYTES(">RESTRICTED<"), 0), SIZE_MAX);
}
END_TEST

START_TEST(the_table_is_whole)
{
    size_t i = 0;
    for (const struct mu_operator *o; (o = mu_operator_at(i)) != NULL; i++) {
        ck_assert_ptr_eq(mu_operator_find(o->name), o);
        ck_assert((o->abstract != NULL) != (o->octets != NULL));
        ck_assert_int_eq(o->when, o->abstract != NULL ? MU_BEFORE_ENCODING : MU_AFTER_ENCODING);
        bool seen = false;
        for (size_t r = 0; r < MU_COUNT(row); r++)
            seen = seen || strcmp(row[r].name, o->name) == 0;
        static const char *const elsewhere[] = { "message.octets",   "message.nul",
                                                 "header.long-line", "header.unfold",
                                                 "marking.reorder",  "sio.history.add" };
        for (size_t r = 0; r < MU_COUNT(elsewhere); r++)
            seen = seen || strcmp(elsewhere[r], o->name) == 0;
        ck_assert_msg(seen, "operator '%s' has no row", o->name);
    }
    ck_assert_uint_gt(i, 30);
    ck_assert_ptr_null(mu_operator_find("header.dorp"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutate");
    TCase *tc = tcase_create("mutate");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_operator_does_what_it_says_and_no_more, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, each_defect_is_the_intended_one, 0, MU_COUNT(defect));
    tcase_add_loop_test(tc, what_cannot_be_applied_says_so, 0, MU_COUNT(refused));
    tcase_add_test(tc, unlabelled_messages_refuse_label_operators);
    tcase_add_test(tc, sizes_are_exact);
    tcase_add_test(tc, octets_of_any_kind_are_survived);
    tcase_add_test(tc, lists_are_turned_round_and_history_is_told);
    tcase_add_test(tc, the_table_is_whole);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
