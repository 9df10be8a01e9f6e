/* core/: what travels between processes is believed only when it is what it says. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "core/endpoint.h"
#include "core/parcel.h"
#include "core/record.h"
#include "core/token.h"

static struct mu_arena *arena;

static void set_up(void)
{
    arena = mu_arena_new(256 * MU_MIB);
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

/* A parcel with something in every place. */
static struct mu_bytes full_parcel(void)
{
    static const uint16_t number[] = { 0x0304, 0x0303 };
    static const uint8_t compression[] = { 0 };
    static const struct mu_bytes alpn[] = { { "smtp", 4 } };
    static const struct mu_tls_offer offer = { .version = number,
                                               .versions = 2,
                                               .suite = number,
                                               .suites = 2,
                                               .extension = number,
                                               .extensions = 1,
                                               .server_name = { "localhost", 9 },
                                               .alpn = alpn,
                                               .alpns = 1,
                                               .compression = compression,
                                               .compressions = 1 };
    static const struct mu_san san[] = { { "dns", { "localhost", 9 } } };
    static const struct mu_certificate peer[] = { { .subject = { "CN=a\0b", 6 },
                                                    .issuer = { "CN=root", 7 },
                                                    .not_before = "2026-11-23T10:15:00Z",
                                                    .not_after = "2026-12-23T10:15:00Z",
                                                    .key = "EC P-256",
                                                    .signature = "ecdsa-with-SHA256",
                                                    .san = san,
                                                    .sans = 1 } };
    static const struct mu_utterance said[] = { { MU_SENT, true, false, 3, { "note", 4 } },
                                                { MU_RECEIVED, false, true, 4, { "EHLO x", 6 } } };
    static const struct mu_bytes to[] = { { "b@y", 3 } }, parameters[] = { { "", 0 } };
    struct mu_parcel parcel = { .token = "mu000000",
                                .seen = { .outcome = MU_OUTCOME_DELIVERED, .code = 250 } };
    snprintf(parcel.seen.native, sizeof parcel.seen.native, "2.0.0 ok");
    parcel.leg = (struct mu_leg){
        .carrier = "smtp",
        .collected = true,
        .tls = { .used = true, .version = "TLSv1.3", .peer = peer, .peers = 1, .offer = &offer },
        .said = said,
        .says = 2,
        .envelope = { .from = { "a@x", 3 }, .to = to, .to_parameters = parameters, .tos = 1 },
        .has_message = true,
        .message = { "From: a\r\n\0", 10 }
    };
    struct mu_buf out = { .arena = arena };
    mu_parcel_write(&out, &parcel);
    return mu_buf_bytes(&out);
}

START_TEST(parcels_arrive_whole)
{
    struct mu_parcel got;
    struct mu_err err;
    ck_assert(mu_parcel_read(arena, full_parcel(), &got, &err));
    ck_assert_str_eq(got.token, "mu000000");
    ck_assert_int_eq(got.seen.outcome, MU_OUTCOME_DELIVERED);
    ck_assert_str_eq(got.seen.native, "2.0.0 ok");
    ck_assert_uint_eq(got.leg.message.n, 10);
    ck_assert_uint_eq(got.leg.tls.peer[0].subject.n, 6);
    ck_assert_ptr_null(got.leg.tls.suite);
    ck_assert_ptr_null(got.leg.name);
    ck_assert_uint_eq(got.leg.tls.offer->extension[0], 0x0304);
    ck_assert_str_eq(got.leg.said[1].text.p, "EHLO x");
    ck_assert(got.leg.said[1].clear && !got.leg.said[1].ours);
}
END_TEST

/* No prefix of a parcel is a parcel, and nothing may follow it. */
START_TEST(torn_parcels_are_refused)
{
    struct mu_bytes whole = full_parcel();
    struct mu_parcel got;
    struct mu_err err;
    for (size_t n = 0; n < whole.n; n++)
        ck_assert_msg(!mu_parcel_read(arena, mu_bytes_slice(whole, 0, n), &got, &err),
                      "a prefix of %zu octets was taken", n);
    char *more = mu_arena_alloc(arena, whole.n + 1);
    memcpy(more, whole.p, whole.n);
    ck_assert(!mu_parcel_read(arena, (struct mu_bytes){ more, whole.n + 1 }, &got, &err));
}
END_TEST

/* Whatever single byte a liar changes: a refusal or a parcel, never an access out of bounds. */
START_TEST(changed_parcels_do_no_harm)
{
    struct mu_bytes whole = full_parcel();
    char *copy = mu_arena_alloc(arena, whole.n);
    static const char value[] = { 0, 1, 0x7f, (char) 0xff };
    for (size_t i = 0; i < whole.n; i++)
        for (size_t v = 0; v < sizeof value; v++) {
            struct mu_arena *own = mu_arena_new(64 * MU_MIB);
            struct mu_parcel got;
            struct mu_err err;
            memcpy(copy, whole.p, whole.n);
            copy[i] = value[v];
            if (mu_parcel_read(own, (struct mu_bytes){ copy, whole.n }, &got, &err))
                ck_assert(got.seen.outcome < MU_OUTCOMES && strlen(got.token) < sizeof got.token);
            mu_arena_free(own);
        }
}
END_TEST

START_TEST(tokens_are_found_and_others_not)
{
    char text[MU_TOKEN_TEXT], mailbox[80];
    struct mu_token token = { 0x012345, 7, 200 }, got;
    mu_token_write(99, token, text);
    ck_assert_uint_eq(strlen(text), MU_TOKEN_BYTES);
    snprintf(mailbox, sizeof mailbox, "muster+%sr@nato.test", text);
    ck_assert(mu_token_find(99, mu_bytes_of(mailbox), &got));
    ck_assert(got.index == token.index && got.attempt == 7 && got.message == 200);
    for (char *p = mailbox; *p != '\0'; p++)
        *p = (char) (*p >= 'a' && *p <= 'z' ? *p - 32 : *p); /* mailboxes may be folded */
    ck_assert(mu_token_find(99, mu_bytes_of(mailbox), &got));
    ck_assert(!mu_token_find(98, mu_bytes_of(mailbox), &got)); /* of another run */
    text[10] = text[10] == '0' ? '1' : '0';
    ck_assert(!mu_token_find(99, mu_bytes_of(text), &got));
    ck_assert(!mu_token_find(99, MU_BYTES("mu"), &got));
    ck_assert(!mu_token_find(99, MU_BYTES(""), &got));
}
END_TEST

START_TEST(records_say_how_long_they_are)
{
    struct mu_record record = { .type = MU_RECORD_BREAK };
    mu_record_put(&record, "out");
    mu_record_put(&record, "");
    mu_record_put(&record, "seen");
    ck_assert_str_eq(mu_record_text(&record, 0), "out");
    ck_assert_str_eq(mu_record_text(&record, 1), "");
    ck_assert_str_eq(mu_record_text(&record, 2), "seen");
    ck_assert_str_eq(mu_record_text(&record, 3), "");
    size_t size = mu_record_size(&record);
    ck_assert(mu_record_valid(&record, size));
    ck_assert(!mu_record_valid(&record, size - 1) && !mu_record_valid(&record, size + 1));
    struct mu_record bad = record;
    bad.text[bad.used - 1] = 'x';
    ck_assert(!mu_record_valid(&bad, size));
    bad = record;
    bad.type = 99;
    ck_assert(!mu_record_valid(&bad, size));
    bad = record;
    bad.used = 1U << 30;
    ck_assert(!mu_record_valid(&bad, size));
    for (int i = 0; i < 5000; i++) /* what does not fit is cut, never written past the end */
        mu_record_put(&record, "more");
    ck_assert_uint_le(record.used, MU_RECORD_TEXT);
    ck_assert(mu_record_valid(&record, mu_record_size(&record)));
}
END_TEST

static const struct {
    const char *text;
    bool ok;
} address_row[] = {
    { "127.0.0.1:25", true },
    { "[::1]:26525", true },
    { "127.0.0.1:0", true },
    { "localhost:25", false },
    { "127.0.0.1", false },
    { "127.0.0.1:", false },
    { "127.0.0.1:70000", false },
    { "127.0.0.1:25x", false },
    { "::1:25", false },
    { "[127.0.0.1]:25", false },
    { "", false },
    { ":25", false },
    { "[::1:25", false },
};

START_TEST(addresses_are_numeric)
{
    struct mu_address address;
    struct mu_err err;
    ck_assert_msg(mu_address_parse(address_row[_i].text, &address, &err) == address_row[_i].ok,
                  "%s", address_row[_i].text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core");
    TCase *tc = tcase_create("core");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, parcels_arrive_whole);
    tcase_add_test(tc, torn_parcels_are_refused);
    tcase_add_test(tc, changed_parcels_do_no_harm);
    tcase_add_test(tc, tokens_are_found_and_others_not);
    tcase_add_test(tc, records_say_how_long_they_are);
    tcase_add_loop_test(tc, addresses_are_numeric, 0, MU_COUNT(address_row));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
