/* The adapters in front of a coordinator of ours: TLS, tokens, receptions, files. */
#include "proto/adapters.h"
#include "tests/smtp_peers.h"

struct visit {
    struct mu_opening opening;
    const struct mu_submission *mail;
    size_t mails;
};

static void visit(int fd, const void *script)
{
    const struct visit *v = script;
    struct mu_observation seen;
    struct mu_err err;
    struct mu_smtp_client *c = client_on(fd, 2000);
    if (!mu_smtp_open(c, &v->opening, NULL, &seen, &err) || seen.outcome != MU_OUTCOME_NONE)
        _exit(2);
    for (size_t i = 0; i < v->mails; i++)
        if (!mu_smtp_send(c, &v->mail[i], &seen, &err) || seen.outcome != MU_OUTCOME_ACCEPTED)
            _exit(3);
    mu_smtp_quit(c);
}

/* A coordinator in this process: tokens of even cases are claimed by one socket. */
struct desk {
    int given;
    unsigned late, parts;
    char late_token[64];
};

static void desk(void *self, const struct mu_record *record, struct mu_answer *answer, int *fd)
{
    struct desk *d = self;
    struct mu_token token;
    *fd = -1;
    answer->sys = 0;
    if (record->type == MU_RECORD_CLAIM
        && mu_token_find(7, mu_bytes_of(mu_record_text(record, 0)), &token) && token.index % 2 == 0)
        *fd = dup(d->given);
    if (record->type == MU_RECORD_LATE) {
        d->late++;
        snprintf(d->late_token, sizeof d->late_token, "%s", mu_record_text(record, 0));
    }
    d->parts += record->type == MU_RECORD_PART;
}

static const struct mu_adapter *adapter(const char *name)
{
    const struct mu_adapter *const *a = mu_adapters();
    while (strcmp((*a)->name, name) != 0)
        a++;
    return *a;
}

static struct mu_seat seat_at(struct desk *d, int pair[2])
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    *d = (struct desk){ .given = pair[1] };
    return (struct mu_seat){ .arena = arena,
                             .zero_ms = mu_clock_ms(),
                             .deadline_ms = mu_clock_ms() + 10000,
                             .operation_ms = 2000,
                             .run_key = 7,
                             .record_fd = -1,
                             .parcel_fd = pair[0],
                             .evidence_fd = -1,
                             .local = desk,
                             .self = d };
}

static const char *token_text(uint32_t index)
{
    char *text = mu_arena_alloc(arena, MU_TOKEN_TEXT);
    mu_token_write(7, (struct mu_token){ index, 1, 0 }, text);
    return text;
}

static struct mu_parcel *next_parcel(struct mu_seat *seat)
{
    struct mu_parcel *parcel;
    struct mu_err err;
    if (!mu_seat_next_parcel(seat, mu_clock_ms() + 50, &parcel, &err))
        ck_abort_msg("%s", err.msg);
    return parcel;
}

static const struct mu_endpoint at_us = { .carrier = "smtp",
                                          .tls_name = "localhost",
                                          .tls = MU_TLS_STARTTLS };

START_TEST(three_tokens_in_one_connection)
{
    const char *t2 = token_text(2), *t3 = token_text(3), *t4 = token_text(4);
    const char *to[3] = { mu_arena_printf(arena, "m+%ss@y.test", t2),
                          mu_arena_printf(arena, "m+%ss@y.test", t3), "fixed@y.test" };
    struct mu_submission mail[3];
    for (size_t i = 0; i < 3; i++) {
        mail[i] = letter("Subject: x\r\n\r\n..\r\n");
        mail[i].to = &to[i];
    }
    mail[1].from = "";
    mail[2].content = mu_bytes_of(
        mu_arena_printf(arena, "References: %s\r\nMessage-ID:\r\n <%s@x>\r\n\r\nx\r\n", t3, t4));
    struct visit v = { .mail = mail, .mails = 3 };
    v.opening = (struct mu_opening){ .endpoint = &at_us, .fd = -1, .helo = "c.test" };
    v.opening.tls = context("sender", false, true);
    struct desk d;
    int pair[2];
    struct mu_seat seat = seat_at(&d, pair);
    struct mu_err err;
    pid_t child;
    int fd = peer_start(&child, visit, &v);
    ck_assert(
        adapter("smtp")->serve(&seat, &at_us, context("server", true, false), NULL, fd, -1, &err));
    struct mu_parcel *first = next_parcel(&seat), *second = next_parcel(&seat);
    ck_assert_str_eq(first->token, t2);
    ck_assert_int_eq(first->seen.outcome, MU_OUTCOME_DELIVERED);
    ck_assert(first->leg.collected && !first->leg.bounce && first->leg.tls.client_certificate);
    ck_assert(mu_bytes_equal(first->leg.message, mail[0].content));
    ck_assert(mu_bytes_equal(first->leg.envelope.to[0], mu_bytes_of(to[0])));
    ck_assert_str_eq(second->token, t4);
    ck_assert_uint_gt(second->leg.says, 8);
    ck_assert_ptr_null(next_parcel(&seat));
    ck_assert(d.late == 1 && strcmp(d.late_token, t3) == 0);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

static void strict_server(int fd, const void *script)
{
    struct mu_smtp_server server = { .mode = MU_TLS_STARTTLS, .demand_tls = true };
    struct box box = { .answer = { 0, NULL } };
    struct mu_transcript said;
    struct mu_smtp_session session;
    server.tls = script;
    serve(fd, &server, &box, &said, &session);
}

START_TEST(client_over_tls)
{
    /* clang-format off */
    static const struct {
        const char *client, *server, *host;
        bool skip, inject, strict;
        struct mood want;
    } row[] = {
        { "sender", "server", "localhost", false, false, false, { "good", { NULL }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true } },
        { "sender", "server", "localhost", true, false, false, { "clear", { NULL }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_AUTHENTICATION, 530, true } },
        { "sender", "server", "localhost", false, true, false, { "injected", { NULL }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true } },
        { "client-expired", "server", "localhost", false, false, false, { "expired", { NULL }, MU_OUTCOME_REFUSED, MU_STAGE_PEER_AUTH, MU_CLASS_AUTHENTICATION, 0, false } },
        { "client-foreign", "server", "localhost", false, false, false, { "foreign", { NULL }, MU_OUTCOME_REFUSED, MU_STAGE_PEER_AUTH, MU_CLASS_AUTHENTICATION, 0, false } },
        { NULL, "server", "localhost", false, false, false, { "none", { NULL }, MU_OUTCOME_REFUSED, MU_STAGE_PEER_AUTH, MU_CLASS_AUTHENTICATION, 0, false } },
        { "sender", "server-wrong-host", "localhost", false, false, false, { "wrong host observed", { NULL }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true } },
        { "sender", "server-wrong-host", "localhost", false, false, true, { "wrong host", { NULL }, MU_OUTCOME_CLOSED, MU_STAGE_TLS, MU_CLASS_PROTOCOL, 0, false } },
        { "sender", "server-expired", "localhost", false, false, true, { "expired server", { NULL }, MU_OUTCOME_CLOSED, MU_STAGE_TLS, MU_CLASS_PROTOCOL, 0, false } },
    };
    /* clang-format on */
    struct mu_endpoint endpoint = {
        .carrier = "smtp", .tls_name = row[_i].host, .tls = MU_TLS_STARTTLS, .address.text = "pair"
    };
    struct mu_opening opening = { .endpoint = &endpoint,
                                  .helo = "c.test",
                                  .tls = context(row[_i].client, false, row[_i].strict),
                                  .skip_starttls = row[_i].skip,
                                  .inject = row[_i].inject };
    const struct mu_adapter *smtp = adapter("smtp");
    struct mu_submission mail = letter("Subject: \xc3\xa9\r\n\r\nx");
    struct mu_session *session;
    struct mu_observation seen;
    struct mu_err err;
    struct desk d;
    int pair[2];
    struct mu_seat seat = seat_at(&d, pair);
    pid_t child;
    opening.fd = peer_start(&child, strict_server, context(row[_i].server, true, true));
    ck_assert(smtp->open(&seat, &opening, &session, &seen, &err));
    if (seen.outcome == MU_OUTCOME_NONE)
        ck_assert(smtp->send(session, &mail, &seen, &err));
    check_seen(row[_i].want.name, &seen, &row[_i].want);
    const struct mu_leg *leg = smtp->leg(session);
    ck_assert(leg->tls.used == !row[_i].skip && leg->says > 4);
    smtp->close(session);
    smtp->close(session);
    peer_stop(child);
}
END_TEST

/* A connection that brings no message is told to whoever runs alone. */
START_TEST(owner_hears_of_a_refused_certificate)
{
    struct visit v = { .mails = 0 };
    v.opening = (struct mu_opening){ .endpoint = &at_us, .fd = -1, .helo = "c.test" };
    v.opening.tls = context("sender", false, true);
    struct desk d;
    int pair[2];
    struct mu_seat seat = seat_at(&d, pair);
    struct mu_err err;
    pid_t child;
    int fd = peer_start(&child, visit, &v);
    ck_assert(adapter("smtp")->serve(&seat, &at_us, context("server-expired", true, false), NULL,
                                     fd, pair[1], &err));
    struct mu_parcel *parcel = next_parcel(&seat);
    ck_assert_ptr_nonnull(parcel);
    ck_assert_str_eq(parcel->token, "");
    ck_assert_int_eq(parcel->seen.outcome, MU_OUTCOME_REFUSED);
    ck_assert_int_eq(parcel->seen.stage, MU_STAGE_PEER_AUTH);
    ck_assert_int_eq(parcel->seen.class, MU_CLASS_AUTHENTICATION);
    ck_assert(!parcel->leg.has_message && parcel->leg.tls.alert == 45);
    ck_assert_ptr_nonnull(parcel->leg.tls.offer);
    peer_stop(child);
}
END_TEST

START_TEST(maildir_files)
{
    const struct {
        const char *file, *message;
        bool bounce, claimed;
    } row[] = {
        { mu_arena_printf(arena, "Return-Path: <>\nX: %s\n\na\nb", token_text(2)),
          mu_arena_printf(arena, "Return-Path: <>\r\nX: %s\r\n\r\na\r\nb", token_text(2)), true,
          true },
        { mu_arena_printf(arena, "To: %s\r\n\r\na\n", token_text(4)),
          mu_arena_printf(arena, "To: %s\r\n\r\na\n", token_text(4)), false, true },
        { "Subject: none\n\n", "", false, false },
        { "", "", false, false },
        { mu_arena_printf(arena, "Subject: other\n\n%s\n", token_text(2)), "", false, false },
    };
    static const struct mu_endpoint box = { .carrier = "maildir", .path = "box" };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct desk d;
        int pair[2];
        struct mu_seat seat = seat_at(&d, pair);
        struct mu_err err;
        FILE *file = tmpfile();
        ck_assert(fputs(row[i].file, file) >= 0 && fflush(file) == 0);
        ck_assert(adapter("maildir")->serve(&seat, &box, NULL, NULL, dup(fileno(file)), -1, &err));
        fclose(file);
        struct mu_parcel *parcel = next_parcel(&seat);
        ck_assert((parcel != NULL) == row[i].claimed && d.late == !row[i].claimed);
        if (parcel != NULL) {
            ck_assert(mu_bytes_equal(parcel->leg.message, mu_bytes_of(row[i].message)));
            ck_assert(parcel->leg.bounce == row[i].bounce);
            ck_assert_str_eq(parcel->leg.carrier, "maildir");
        }
    }
}
END_TEST

static TCase *new_case(const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("adapters");
    TCase *tc = new_case("adapters");
    tcase_add_unchecked_fixture(tc, make_pki, remove_dir);
    tcase_add_loop_test(tc, client_over_tls, 0, 9);
    tcase_add_test(tc, three_tokens_in_one_connection);
    tcase_add_test(tc, owner_hears_of_a_refused_certificate);
    tcase_add_test(tc, maildir_files);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
