#include <check.h>

#include "base/limits.h"
#include "document/message.h"
#include "document/shrink.h"
#include "document/shrink_pieces.h"
#include "format/mail.h"
#include "format/sio.h"
#include "format/xml.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"

static struct mu_arena *arena;

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(64 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

/* A labelled mail with an attachment, as the fixtures make it, and `more` in front of its header. */
static struct mu_bytes mail_with(const char *more)
{
    struct mu_message m = { .from = "a@sender.invalid", .to = "b@receiver.invalid" };
    struct mu_err err;
    m.message_id = "1@sender.invalid";
    m.date = 1795428900;
    ck_assert(mu_message_load(arena, FIXTURES "/messages/cis-incident.xml", &m, &err));
    ck_assert(mu_message_load_label(arena, FIXTURES "/labels/secret-releasable.xml", &m, &err));
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, more);
    mu_buf_put_bytes(&out, mu_message_encode(arena, &m));
    return mu_buf_bytes(&out);
}

/* --- properties ---------------------------------------------------------------------------------------- */

static bool has_two_labels(struct mu_arena *a, struct mu_bytes message)
{
    const struct mu_mail *mail = mu_mail_read(a, message);
    size_t n = 0;
    for (size_t i = 0; i < mail->top.headers; i++)
        n += mail->top.header[i].key != NULL && strcmp(mail->top.header[i].key, "sio-label") == 0;
    return n > 1;
}

static bool has_long_line(struct mu_arena *a, struct mu_bytes message)
{
    return mu_mail_read(a, message)->longest_line > 998;
}

static bool has_bare_lf(struct mu_arena *a, struct mu_bytes message)
{
    return mu_mail_read(a, message)->bare_lf > 0;
}

static bool says_incident(struct mu_arena *a, struct mu_bytes message)
{
    (void) a;
    return mu_bytes_find(message, MU_BYTES("incident"), 0) != SIZE_MAX;
}

/* A label that can be read and says SECRET. */
static bool label_is_secret(struct mu_arena *a, struct mu_bytes message)
{
    const struct mu_header *header = mu_header_find(&mu_mail_read(a, message)->top, "sio-label");
    struct mu_sio sio;
    xmlDoc *doc;
    struct mu_xml_fault fault;
    if (header == NULL)
        return false;
    mu_sio_read(a, header, &sio);
    if (sio.kind != MU_SIO_XML || mu_xml_parse(a, sio.decoded, 0, NULL, &doc, &fault) != MU_XML_OK)
        return false;
    struct mu_bytes text = mu_xml_text(a, xmlDocGetRootElement(doc));
    return mu_bytes_find(text, MU_BYTES("SECRET"), 0) != SIZE_MAX;
}

static bool is_there(struct mu_arena *a, struct mu_bytes message)
{
    (void) a, (void) message;
    return true;
}

struct property {
    bool (*holds)(struct mu_arena *a, struct mu_bytes message);
    const char *more; /* in front of the fixture's header */
    size_t most;      /* octets that the shrunk message may have */
};

static const struct property row[] = {
    { has_two_labels, "SIO-Label: marking=x\r\n", 26 },
    { has_long_line, NULL, 1006 },
    { has_bare_lf, "X-Broken: a\n b\r\n", 12 },
    { says_incident, "", 22 },
    { label_is_secret, "", 320 },
    { is_there, "", 2 },
};

static bool keeps(void *self, struct mu_bytes message)
{
    const struct property *p = self;
    struct mu_arena *a = mu_arena_new(64 * MU_MIB);
    bool holds = p->holds(a, message);
    mu_arena_free(a);
    return holds;
}

static struct mu_bytes message_of(const struct property *p)
{
    if (p->more != NULL)
        return mail_with(p->more);
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, "X-Long: ");
    for (int i = 0; i < 2000; i++)
        mu_buf_putc(&out, (char) ('a' + i % 26));
    mu_buf_puts(&out, "\r\n");
    return mail_with(mu_buf_text(&out));
}

START_TEST(what_is_left_has_the_property_and_nothing_more)
{
    struct property p = row[_i];
    struct mu_shrink shrink = { .keeps = keeps, .self = &p, .trials_max = 20000 };
    struct mu_shrunk shrunk;
    struct mu_bytes whole = message_of(&p);
    ck_assert(keeps(&p, whole));
    mu_shrink_message(arena, whole, &shrink, &shrunk);
    ck_assert(shrunk.minimal);
    ck_assert(keeps(&p, shrunk.message));
    ck_assert_msg(shrunk.message.n <= p.most, "row %d: %zu octets, at most %zu\n%.*s", _i,
                  shrunk.message.n, p.most, (int) shrunk.message.n, shrunk.message.p);
    for (size_t cut = 0; cut < MU_CUTS; cut++) {
        struct mu_pieces pieces;
        mu_pieces_cut(arena, cut, shrunk.message, &pieces);
        for (size_t i = 0; i < pieces.pieces; i++) {
            struct mu_bytes less = mu_pieces_without(arena, shrunk.message, &pieces, i, 1);
            ck_assert_msg(less.n >= shrunk.message.n || !keeps(&p, less),
                          "row %d: piece %zu of cut %zu could go, too", _i, i, cut);
        }
    }
}
END_TEST

START_TEST(trials_are_counted_and_bounded)
{
    struct property p = row[0];
    struct mu_shrink shrink = { .keeps = keeps, .self = &p, .trials_max = 5 };
    struct mu_shrunk shrunk;
    mu_shrink_message(arena, message_of(&p), &shrink, &shrunk);
    ck_assert(!shrunk.minimal && keeps(&p, shrunk.message));
    ck_assert_uint_eq(shrunk.trials, 5);
}
END_TEST

/* Pieces lie inside the text, in order, whatever the octets are. */
START_TEST(pieces_lie_inside_the_text)
{
    static const char *const text[] = {
        "",
        "\n",
        ":",
        "a:b;c=\"d;e\\",
        "a: b\r\n\r\n",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\n--x\n--x",
        "SIO-Label: type=\":xml\"; label=\"PGE+PGIgYz0nJy8+PCEtLSAtLT48P2Q/PjwvYT4=\"\r\n",
    };
    for (size_t i = 0; i < MU_COUNT(text); i++)
        for (size_t cut = 0; cut < MU_CUTS; cut++) {
            struct mu_pieces p;
            mu_pieces_cut(arena, cut, mu_bytes_of(text[i]), &p);
            for (size_t k = 0; k < p.pieces; k++) {
                ck_assert(p.piece[k].n > 0 && p.piece[k].at + p.piece[k].n <= p.text.n);
                ck_assert(k == 0 || p.piece[k].at >= p.piece[k - 1].at);
            }
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shrink");
    TCase *tc = tcase_create("shrink");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, what_is_left_has_the_property_and_nothing_more, 0, MU_COUNT(row));
    tcase_add_test(tc, trials_are_counted_and_bounded);
    tcase_add_test(tc, pieces_lie_inside_the_text);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
