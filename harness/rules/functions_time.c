#include <math.h>
#include <stdio.h>
#include <time.h>

#include "rules/functions.h"

struct instant {
    int64_t seconds; /* Unix time; without a zone as if UTC */
    long nanoseconds;
    bool zone;
};

static bool digits(struct mu_bytes *b, size_t least, size_t most, int64_t *value)
{
    size_t n = 0;
    int64_t v = 0;
    while (n < b->n && n < most && b->p[n] >= '0' && b->p[n] <= '9')
        v = v * 10 + (b->p[n++] - '0');
    if (n < least)
        return false;
    *b = mu_bytes_from(*b, n);
    *value = v;
    return true;
}

static bool literal(struct mu_bytes *b, char c)
{
    if (b->n == 0 || b->p[0] != c)
        return false;
    *b = mu_bytes_from(*b, 1);
    return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t in_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719468;
}

static bool read_date(struct mu_bytes *b, int64_t *days)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool before_christ = literal(b, '-');
    const char *start = b->p;
    int64_t year, month, day;
    TRY(digits(b, 4, 9, &year));
    if (year == 0 || (b->p - start > 4 && *start == '0')) /* XSD 1.0: no year 0, no leading zeros */
        return false;
    TRY(literal(b, '-') && digits(b, 2, 2, &month) && literal(b, '-') && digits(b, 2, 2, &day));
    if (before_christ)
        year = 1 - year;
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > length[month - 1] + (month == 2 && leap))
        return false;
    *days = days_from_civil(year, month, day);
    return true;
}

static bool read_time(struct mu_bytes *b, int64_t *seconds, long *nanoseconds)
{
    int64_t hour, minute, second;
    TRY(digits(b, 2, 2, &hour) && literal(b, ':') && digits(b, 2, 2, &minute) && literal(b, ':')
        && digits(b, 2, 2, &second));
    *nanoseconds = 0;
    if (literal(b, '.')) {
        size_t n = 0;
        long unit = 100000000;
        for (; n < b->n && b->p[n] >= '0' && b->p[n] <= '9'; n++, unit /= 10)
            *nanoseconds += (b->p[n] - '0') * unit;
        if (n == 0)
            return false;
        *b = mu_bytes_from(*b, n);
    }
    if (hour > 24 || minute > 59 || second > 59
        || (hour == 24 && (minute > 0 || second > 0 || *nanoseconds > 0)))
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* Z, +hh:mm or -hh:mm up to 14:00; nothing is allowed, too. */
static bool read_zone(struct mu_bytes *b, bool *zone, int64_t *east)
{
    *east = 0;
    *zone = b->n > 0;
    if (b->n == 0 || literal(b, 'Z'))
        return true;
    int64_t sign = *b->p == '-' ? -1 : 1, hour, minute;
    if (!literal(b, '-') && !literal(b, '+'))
        return false;
    TRY(digits(b, 2, 2, &hour) && literal(b, ':') && digits(b, 2, 2, &minute));
    if (minute > 59 || hour * 60 + minute > (int64_t) 14 * 60)
        return false;
    *east = sign * (hour * 3600 + minute * 60);
    return true;
}

/* XML Schema part 2, 3.2.7; white space collapsed as its whiteSpace facet says. */
static bool read_datetime(struct mu_bytes text, struct instant *out)
{
    struct mu_bytes b = mu_bytes_trim(text);
    int64_t days, seconds, east;
    TRY(read_date(&b, &days) && literal(&b, 'T') && read_time(&b, &seconds, &out->nanoseconds)
        && read_zone(&b, &out->zone, &east));
    out->seconds = days * 86400 + seconds - east;
    return b.n == 0;
}

static bool read_either(struct mu_bytes text, struct instant *out)
{
    if (read_datetime(text, out))
        return true;
    *out = (struct instant){ .zone = true };
    return mu_mail_date(text, true, &out->seconds);
}

void mu_function_now(struct mu_call *call)
{
    char text[40];
    time_t now = (time_t) call->judging->set->test_time;
    struct tm tm = { 0 };
    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    call->text = mu_bytes_of(mu_arena_strndup(call->judging->arena, text, strlen(text)));
}

void mu_function_after(struct mu_call *call)
{
    struct instant a, b;
    double tolerance = 0;
    if (!read_either(call->arg[0].text, &a) || !read_either(call->arg[1].text, &b))
        return;
    if (call->args > 2)
        tolerance = call->arg[2].number;
    if (isnan(tolerance))
        return;
    double apart =
        (double) (a.seconds - b.seconds) + (double) (a.nanoseconds - b.nanoseconds) / 1e9;
    call->truth = apart > tolerance;
}

void mu_function_has_zone(struct mu_call *call)
{
    struct instant t;
    call->truth = read_datetime(call->arg[0].text, &t) && t.zone;
}

void mu_function_is_datetime(struct mu_call *call)
{
    struct instant t;
    call->truth = read_datetime(call->arg[0].text, &t);
}

void mu_function_is_rfc5322_date(struct mu_call *call)
{
    int64_t seconds;
    call->truth = mu_mail_date(call->arg[0].text, false, &seconds);
}
