#include "policy_gen.h"

START_TEST(generalized_times)
{
    static const struct {
        const char *text, *want; /* NULL: it is none */
    } row[] = {
        { "20260301120000Z", "2026-03-01T12:00:00Z" },
        { "2026030112Z", "2026-03-01T12:00:00Z" },
        { "202603011230Z", "2026-03-01T12:30:00Z" },
        { "20260301123015.5Z", "2026-03-01T12:30:15Z" },
        { "20260301123015", "2026-03-01T12:30:15Z" },
        { "20260301123015+0130", "2026-03-01T11:00:15Z" },
        { "20260301123015-0130", "2026-03-01T14:00:15Z" },
        { "202603011230150Z", "2026-03-01T12:30:15Z" }, /* a digit too many is met in the field */
        { " 20260301120000Z\n", "2026-03-01T12:00:00Z" },
        { "20240229000000Z", "2024-02-29T00:00:00Z" },
        { "20260229000000Z", NULL },
        { "20260431000000Z", NULL },
        { "20261301000000Z", NULL },
        { "20260001000000Z", NULL },
        { "20260100000000Z", NULL },
        { "20260301240000Z", NULL },
        { "20260301126000Z", NULL },
        { "20260301120000Zx", NULL },
        { "20260301120000.Z", NULL },
        { "20260301120000+2500", NULL },
        { "20260301120000+0160", NULL },
        { "20260301120000+01", NULL },
        { "20260301", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        int64_t seconds = 42;
        bool read = mu_gentime_read(mu_bytes_of(row[i].text), &seconds);
        ck_assert_msg(read == (row[i].want != NULL), "'%s'", row[i].text);
        ck_assert_msg(seconds == (read ? at(row[i].want) : 42), "'%s'", row[i].text);
    }
}
END_TEST

START_TEST(datetimes)
{
    static const struct {
        const char *text;
        int64_t want; /* INT64_MIN: it is none */
        bool zone;
    } row[] = {
        { "1970-01-01T00:00:00Z", 0, true },
        { "1969-12-31T23:59:59Z", -1, true },
        { "1970-01-01T00:00:00", 0, false },
        { " 1970-01-01T00:00:00.999999999999Z\n", 0, true },
        { "1970-01-01T14:00:00+14:00", 0, true },
        { "1969-12-31T10:00:00-14:00", 0, true },
        { "1969-12-31T24:00:00Z", 0, true },
        { "2000-02-29T00:00:00Z", 951782400, true },
        { "-0001-01-01T00:00:00Z", -62167219200, true },
        { "12026-01-01T00:00:00Z", 317336745600, true },
        { "1900-02-29T00:00:00Z", INT64_MIN, false },
        { "0000-01-01T00:00:00Z", INT64_MIN, false },
        { "02026-01-01T00:00:00Z", INT64_MIN, false },
        { "1970-01-01T14:00:00+14:01", INT64_MIN, false },
        { "1970-01-01T24:00:01Z", INT64_MIN, false },
        { "1970-01-01T23:59:60Z", INT64_MIN, false },
        { "1970-01-01t00:00:00Z", INT64_MIN, false },
        { "1970-01-01T00:00:00z", INT64_MIN, false },
        { "1970-01-01T00:00Z", INT64_MIN, false },
        { "1970-01-01T00:00:00.Z", INT64_MIN, false },
        { "1970-01-01", INT64_MIN, false },
        { "9999999999-01-01T00:00:00Z", INT64_MIN, false },
        { "", INT64_MIN, false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_instant t = { .seconds = 42 };
        bool read = mu_datetime_read(mu_bytes_of(row[i].text), &t);
        ck_assert_msg(read == (row[i].want != INT64_MIN), "'%s'", row[i].text);
        ck_assert_msg(t.seconds == (read ? row[i].want : 42) && t.zone == row[i].zone, "'%s' %lld",
                      row[i].text, (long long) t.seconds);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("datetime");
    TCase *tc = gen_tcase(suite, "datetime");
    tcase_add_test(tc, generalized_times);
    tcase_add_test(tc, datetimes);
    return run_tests(suite);
}
