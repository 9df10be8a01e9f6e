/* Comparisons of what goes with a message: its history, its colours, what is shown of it, its envelope. */
#include <string.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "format/sio.h"
#include "policy/marking.h"
#include "suite/engine_same.h"

struct mu_comparison mu_differs(const char *reason, const char *expected, const char *seen)
{
    return (struct mu_comparison){ MU_SAME_NOT, reason, "", expected, seen, -1 };
}

static struct mu_comparison agrees(const char *reason, enum mu_sameness level)
{
    struct mu_comparison c = mu_differs(reason, "", "");
    c.level = level;
    return c;
}

static const struct mu_part *text_part(const struct mu_part *part)
{
    return part->parts == 0 ? part : text_part(&part->part[0]);
}

/* The marking that was sent, against what somebody is shown. */
static struct mu_comparison compare_shown(struct mu_engine_case *e, const struct mu_document *a,
                                          const char *shown)
{
    static const char reason[] = "marking:not-shown";
    if (strcmp(shown, a->marking) == 0)
        return agrees(reason, MU_SAME_OCTETS);
    if (mu_marking_same(e->arena, &e->engine->o.profile->policies, shown, a->marking))
        return agrees(reason, MU_SAME_VALUE);
    return mu_differs(reason, a->marking, mu_text_line(e->arena, mu_bytes_of(shown)));
}

/* An adapter has told what the user sees. */
struct mu_comparison mu_same_told(struct mu_engine_case *e, const struct mu_document *a,
                                  const struct mu_sap_reply *told)
{
    static const char reason[] = "marking:not-shown";
    if (a->marking == NULL)
        return mu_differs(reason, "a marking", "none was sent");
    return told->text != NULL ? compare_shown(e, a, told->text)
                              : mu_differs(reason, a->marking, "the user sees no marking");
}

/* What a reader is shown above a text is stored as its first line (capability marking.show). */
struct mu_comparison mu_same_shown(struct mu_engine_case *e, const struct mu_document *a,
                                   const struct mu_document *b)
{
    static const char reason[] = "marking:not-shown";
    if (a->marking == NULL || b->mail == NULL)
        return mu_differs(reason, "a marking as first line", "no message, or none was sent");
    struct mu_bytes text = mu_bytes_trim(mu_part_decode(e->arena, text_part(&b->mail->top)));
    struct mu_bytes line =
        mu_bytes_trim(mu_bytes_slice(text, 0, mu_bytes_find(text, MU_BYTES("\n"), 0)));
    if (line.n > MU_TEXT_MAX || memchr(line.p, '\0', line.n) != NULL)
        return mu_differs(reason, a->marking, "a first line that is no marking");
    return compare_shown(e, a, mu_bytes_dup(e->arena, line));
}

static long histories(const struct mu_document *d)
{
    long n = 0;
    for (size_t i = 0; i < d->mail->top.headers; i++) {
        const char *key = d->mail->top.header[i].key;
        n += key != NULL && strcmp(key, "sio-label-history") == 0;
    }
    return n;
}

/* The fields of the history that came, less those that were sent: one for a label that was changed,
 * none for one that was not (RFC 7444 3). */
struct mu_comparison mu_same_changes(struct mu_engine_case *e, const struct mu_document *a,
                                     const struct mu_document *b)
{
    static const char reason[] = "history:miscounted";
    if (a->mail == NULL || b->mail == NULL)
        return mu_differs("text:lost", "a message", "no message");
    long more = histories(b) - histories(a);
    const struct mu_policies *policies = &e->engine->o.profile->policies;
    long changes = mu_same_label(e->arena, policies, a, b).level == MU_SAME_NOT ? 1 : 0;
    if (more == changes)
        return agrees(reason, MU_SAME_VALUE);
    return mu_differs(reason, mu_arena_printf(e->arena, "%ld entries more in the history", changes),
                      mu_arena_printf(e->arena, "%ld", more));
}

static const char *colour_of(struct mu_engine_case *e, const struct mu_document *d, bool text)
{
    const struct mu_header *h = d->mail != NULL ? mu_header_find(&d->mail->top, "sio-label") : NULL;
    struct mu_sio sio = { .fgcolor = NULL };
    if (h != NULL)
        mu_sio_read(e->arena, h, &sio);
    const struct mu_parameter *p = text ? sio.fgcolor : sio.bgcolor;
    return p != NULL ? mu_text_line(e->arena, p->value) : "none";
}

struct mu_comparison mu_same_colours(struct mu_engine_case *e, const struct mu_document *a,
                                     const struct mu_document *b)
{
    static const char reason[] = "colours:altered";
    for (int text = 0; text < 2; text++) {
        const char *x = colour_of(e, a, text == 1), *y = colour_of(e, b, text == 1);
        if (!mu_bytes_equal_nocase(mu_bytes_of(x), mu_bytes_of(y)))
            return mu_differs(reason, x, y);
    }
    return agrees(reason, MU_SAME_VALUE);
}

/* --- envelopes: what a message was sent with, and what a leg brought ----------------------------- */

/* Is `keyword=value` among the parameters of MAIL or RCPT? */
static bool has_parameter(struct mu_bytes said, const char *keyword, const char *value)
{
    for (size_t at = 0; at < said.n;) {
        size_t space = mu_bytes_find(said, MU_BYTES(" "), at);
        size_t end = space < said.n ? space : said.n, n = strlen(keyword);
        struct mu_bytes word = mu_bytes_slice(said, at, end - at);
        if (word.n > n && word.p[n] == '='
            && mu_bytes_equal_nocase(mu_bytes_slice(word, 0, n), mu_bytes_of(keyword))
            && mu_bytes_equal_nocase(mu_bytes_from(word, n + 1), mu_bytes_of(value)))
            return true;
        at = end + 1;
    }
    return false;
}

static const struct mu_step *sending(const struct mu_engine_case *e, const char *message)
{
    const struct mu_step *found = NULL;
    for (size_t i = 0; i < e->c->steps; i++)
        if (e->c->step[i].kind == MU_STEP_SEND && strcmp(e->c->step[i].of, message) == 0)
            found = &e->c->step[i];
    return found;
}

/* RFC 3461 5.2: what was asked of reports goes on to the next hop. */
static struct mu_comparison same_dsn(struct mu_engine_case *e, const struct mu_step *step)
{
    static const char reason[] = "dsn:lost";
    const struct mu_case_leg *leg = mu_engine_leg(e, step->second);
    const struct mu_step *send = sending(e, step->of);
    if (send == NULL || leg == NULL || leg->leg == NULL)
        return mu_differs("leg:missing", "a message", "nothing came");
    const struct mu_envelope *came = &leg->leg->envelope;
    struct mu_bytes rcpt =
        came->tos > 0 && came->to_parameters != NULL ? came->to_parameters[0] : MU_BYTES("");
    const struct {
        const char *keyword, *value;
        struct mu_bytes said;
    } row[] = { { "RET", send->ret, came->from_parameters },
                { "ENVID", send->envid, came->from_parameters },
                { "NOTIFY", send->notify, rcpt } };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].value != NULL && !has_parameter(row[i].said, row[i].keyword, row[i].value))
            return mu_differs(reason,
                              mu_arena_printf(e->arena, "%s=%s", row[i].keyword, row[i].value),
                              row[i].said.n > 0 ? mu_text_line(e->arena, row[i].said) : "nothing");
    return agrees(reason, MU_SAME_VALUE);
}

/* Nothing that came out of the message names the recipient who may not have it. */
static struct mu_comparison same_recipients(struct mu_engine_case *e, const struct mu_step *step)
{
    static const char reason[] = "released:too-far";
    const struct mu_made *made = mu_engine_made(e, step->of);
    const char *also = made != NULL ? mu_engine_also(e, made) : NULL;
    if (also == NULL)
        return mu_differs("leg:missing", "a second recipient", "the message has one recipient");
    for (size_t i = 0; i < e->alls; i++) {
        const struct mu_leg *leg = &e->all[i]->leg;
        for (size_t k = 0; leg->has_message && !leg->bounce && k < leg->envelope.tos; k++)
            if (mu_bytes_equal_nocase(leg->envelope.to[k], mu_bytes_of(also)))
                return mu_differs(reason, "delivery to the first recipient alone",
                                  mu_arena_printf(e->arena, "it was delivered to %s, too", also));
    }
    return agrees(reason, MU_SAME_VALUE);
}

bool mu_same_envelope(struct mu_engine_case *e, const struct mu_step *step, const char *what,
                      struct mu_comparison *c)
{
    if (strcmp(what, "dsn") == 0)
        *c = same_dsn(e, step);
    else if (strcmp(what, "recipients") == 0)
        *c = same_recipients(e, step);
    else
        return false;
    return true;
}
