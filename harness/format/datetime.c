#include "format/datetime.h"

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

static bool is_day(int64_t year, int64_t month, int64_t day)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= length[month - 1] + (month == 2 && leap);
}

static bool read_date(struct mu_bytes *b, int64_t *days)
{
    bool before_christ = literal(b, '-');
    const char *start = b->p;
    int64_t year, month, day;
    TRY(digits(b, 4, 9, &year));
    if (year == 0 || (b->p - start > 4 && *start == '0')) /* XSD 1.0: no year 0, no leading zeros */
        return false;
    TRY(literal(b, '-') && digits(b, 2, 2, &month) && literal(b, '-') && digits(b, 2, 2, &day));
    if (before_christ)
        year = 1 - year;
    TRY(is_day(year, month, day));
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

bool mu_datetime_read(struct mu_bytes text, struct mu_instant *out)
{
    struct mu_instant t = { 0 };
    struct mu_bytes b = mu_bytes_trim(text);
    int64_t days, seconds, east;
    TRY(read_date(&b, &days) && literal(&b, 'T') && read_time(&b, &seconds, &t.nanoseconds)
        && read_zone(&b, &t.zone, &east));
    t.seconds = days * 86400 + seconds - east;
    if (b.n > 0)
        return false;
    *out = t;
    return true;
}

/* [.fff] */
static bool skip_fraction(struct mu_bytes *b)
{
    int64_t fraction;
    while (b->n > 0 && b->p[0] >= '0' && b->p[0] <= '9') /* one digit more is seen in the field */
        *b = mu_bytes_from(*b, 1);
    return !literal(b, '.') || digits(b, 1, 9, &fraction);
}

/* Z, +hhmm or -hhmm. */
static bool read_short_zone(struct mu_bytes *b, int64_t *east)
{
    *east = 0;
    if (b->n == 0 || literal(b, 'Z'))
        return true;
    int64_t sign = *b->p == '-' ? -1 : 1, hour, minute;
    if (!literal(b, '-') && !literal(b, '+'))
        return false;
    TRY(digits(b, 2, 2, &hour) && digits(b, 2, 2, &minute));
    *east = sign * (hour * 3600 + minute * 60);
    return hour < 24 && minute < 60;
}

bool mu_gentime_read(struct mu_bytes text, int64_t *seconds)
{
    struct mu_bytes b = mu_bytes_trim(text);
    int64_t year, month, day, hour, minute = 0, second = 0, east;
    TRY(digits(&b, 4, 4, &year) && digits(&b, 2, 2, &month) && digits(&b, 2, 2, &day)
        && digits(&b, 2, 2, &hour));
    if (digits(&b, 2, 2, &minute))
        (void) digits(&b, 2, 2, &second);
    TRY(skip_fraction(&b) && read_short_zone(&b, &east));
    if (!is_day(year, month, day) || hour > 23 || minute > 59 || second > 59 || b.n > 0)
        return false;
    *seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - east;
    return true;
}
