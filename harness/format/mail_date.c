#include <ctype.h>
#include <stdint.h>

#include "format/mail.h"

static const char month_name[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char day_name[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* RFC 5322 4.3; the one-letter zones were defined wrongly once and mean an unknown offset. */
static const struct {
    const char *name;
    int minutes;
} zone[] = {
    { "UT", 0 },        { "GMT", 0 },       { "EST", -5 * 60 }, { "EDT", -4 * 60 },
    { "CST", -6 * 60 }, { "CDT", -5 * 60 }, { "MST", -7 * 60 }, { "MDT", -6 * 60 },
    { "PST", -8 * 60 }, { "PDT", -7 * 60 },
};

struct cursor {
    struct mu_bytes text;
    size_t at;
    bool tolerant;
};

struct moment {
    int day, month, hour, minute, second, zone; /* month 0..11, zone in minutes east */
    int week_day;                               /* 0 Sunday; -1 when not given       */
    int64_t year;
};

static char peek(const struct cursor *c)
{
    return (char) (c->at < c->text.n ? c->text.p[c->at] : '\0');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take(struct cursor *c, char wanted)
{
    if (c->at == c->text.n || c->text.p[c->at] != wanted)
        return false;
    c->at++;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Folding white space; true when there was some. */
static bool skip_space(struct cursor *c)
{
    size_t from = c->at;
    while (c->at < c->text.n && is_space(c->text.p[c->at]))
        c->at++;
    return c->at > from;
}

/* Comments and folding white space up to the end. */
static bool skip_to_end(struct cursor *c)
{
    int depth = 0;
    for (; c->at < c->text.n; c->at++) {
        char byte = c->text.p[c->at];
        if (byte == '\\' && depth > 0 && c->at + 1 < c->text.n)
            c->at++;
        else if (byte == '(')
            depth++;
        else if (byte == ')' && depth > 0)
            depth--;
        else if (depth == 0 && !is_space(byte))
            return false;
    }
    return depth == 0;
}

static bool number(struct cursor *c, size_t least, size_t most, int *value)
{
    size_t n = 0;
    *value = 0;
    while (n < most && is_digit(peek(c))) {
        *value = *value * 10 + (peek(c) - '0');
        c->at++;
        n++;
    }
    return n >= least && !is_digit(peek(c));
}

/* One of the `count` names of three letters. */
static bool name(struct cursor *c, const char (*names)[4], int count, int *value)
{
    struct mu_bytes word = mu_bytes_slice(c->text, c->at, 3);
    for (int i = 0; i < count; i++) {
        if (mu_bytes_equal_nocase(word, (struct mu_bytes){ names[i], 3 })) {
            *value = i;
            c->at += 3;
            return true;
        }
    }
    return false;
}

static bool read_date(struct cursor *c, struct moment *m)
{
    int year;
    skip_space(c);
    m->week_day = -1;
    if (isalpha((unsigned char) peek(c)) && !(name(c, day_name, 7, &m->week_day) && take(c, ',')))
        return false;
    skip_space(c);
    bool good = number(c, 1, 2, &m->day) && skip_space(c) && name(c, month_name, 12, &m->month)
                && skip_space(c) && number(c, 4, 9, &year);
    m->year = good ? year : 0;
    return good && skip_space(c);
}

static bool read_time(struct cursor *c, struct moment *m)
{
    m->second = 0;
    return number(c, c->tolerant ? 1 : 2, 2, &m->hour) && take(c, ':')
           && number(c, 2, 2, &m->minute) && (!take(c, ':') || number(c, 2, 2, &m->second));
}

static bool read_obsolete_zone(struct cursor *c, struct moment *m)
{
    size_t n = 0;
    while (isalpha((unsigned char) (c->at + n < c->text.n ? c->text.p[c->at + n] : '\0')))
        n++;
    struct mu_bytes word = mu_bytes_slice(c->text, c->at, n);
    c->at += n;
    m->zone = 0;
    if (n == 1)
        return word.p[0] != 'J' && word.p[0] != 'j';
    for (size_t i = 0; i < MU_COUNT(zone); i++) {
        if (mu_bytes_equal_nocase(word, mu_bytes_of(zone[i].name))) {
            m->zone = zone[i].minutes;
            return true;
        }
    }
    return false;
}

static bool read_zone(struct cursor *c, struct moment *m)
{
    int sign, hhmm;
    if (!skip_space(c))
        return false;
    if (isalpha((unsigned char) peek(c)))
        return c->tolerant && read_obsolete_zone(c, m);
    sign = peek(c) == '-' ? -1 : 1;
    if (!(take(c, '+') || take(c, '-')) || !number(c, 4, 4, &hhmm))
        return false;
    m->zone = sign * (hhmm / 100 * 60 + hhmm % 100);
    return hhmm % 100 < 60;
}

/* Days from 1970-01-01 in the Gregorian calendar; years begin in March, eras have 400 of them. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t y = year - (month < 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in_month(int64_t year, int month)
{
    return (int) (month == 11 ? 31 : days_of(year, month + 1, 1) - days_of(year, month, 1));
}

static int week_day_of(int64_t days)
{
    return (int) (((days + 4) % 7 + 7) % 7);
}

bool mu_mail_date(struct mu_bytes text, bool tolerant, int64_t *seconds)
{
    struct cursor c = { text, 0, tolerant };
    struct moment m;
    TRY(read_date(&c, &m) && read_time(&c, &m) && read_zone(&c, &m) && skip_to_end(&c));
    TRY(m.year >= 1900 && m.day >= 1 && m.day <= days_in_month(m.year, m.month));
    TRY(m.hour < 24 && m.minute < 60 && m.second <= 60);
    int64_t days = days_of(m.year, m.month, m.day);
    if (!tolerant && m.week_day >= 0 && m.week_day != week_day_of(days))
        return false;
    *seconds = days * 86400 + m.hour * INT64_C(3600) + (m.minute - m.zone) * INT64_C(60) + m.second;
    return true;
}

const char *mu_mail_date_write(struct mu_arena *arena, int64_t seconds)
{
    int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
    int64_t rest = seconds - days * 86400;
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t shifted_month = (5 * of_year + 2) / 153;
    int day = (int) (of_year - (153 * shifted_month + 2) / 5) + 1;
    int month = (int) ((shifted_month + 2) % 12);
    long long year = y + era * 400 + (month < 2);
    return mu_arena_printf(arena, "%s, %02d %s %04lld %02d:%02d:%02d +0000",
                           day_name[week_day_of(days)], day, month_name[month], year,
                           (int) (rest / 3600), (int) (rest / 60 % 60), (int) (rest % 60));
}
