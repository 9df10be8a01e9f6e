#include <math.h>
#include <stdio.h>
#include <time.h>

#include "format/datetime.h"
#include "rules/functions.h"

static bool read_either(struct mu_bytes text, struct mu_instant *out)
{
    if (mu_datetime_read(text, out))
        return true;
    *out = (struct mu_instant){ .zone = true };
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
    struct mu_instant a, b;
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
    struct mu_instant t;
    call->truth = mu_datetime_read(call->arg[0].text, &t) && t.zone;
}

void mu_function_is_datetime(struct mu_call *call)
{
    struct mu_instant t;
    call->truth = mu_datetime_read(call->arg[0].text, &t);
}

void mu_function_is_rfc5322_date(struct mu_call *call)
{
    int64_t seconds;
    call->truth = mu_mail_date(call->arg[0].text, false, &seconds);
}
