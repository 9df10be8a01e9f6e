/* Filters: one process a question. There is no protocol to check, but what a run expects of each answer. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "format/label.h"
#include "proto/sap.h"
#include "proto/sap_check.h"
#include "proto/sap_check_inside.h"

struct answer {
    const struct mu_sap_check_task *task;
    struct mu_sap_reply reply;
    struct mu_buf why;
};

static bool no(struct answer *a, const char *fmt, ...) MU_PRINTF(2, 3);

static bool no(struct answer *a, const char *fmt, ...)
{
    char text[MU_SAP_CHECK_TEXT];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    mu_buf_puts(&a->why, text);
    return false;
}

static bool accepted(struct answer *a, const char *created)
{
    if (a->reply.error != MU_SAP_OK)
        return no(a, "it answers with the error '%s'", mu_sap_error_name(a->reply.error));
    if (a->reply.seen.outcome != MU_OUTCOME_ACCEPTED)
        return no(a, "the outcome is '%s'", mu_sap_outcome_name(a->reply.seen.outcome));
    if (a->reply.label == NULL)
        return no(a, "accepted, and no label says what it says");
    return (a->reply.label->created != NULL && strcmp(a->reply.label->created, created) == 0)
           || no(a, "'created' of the label is not '%s'", created);
}

static bool rejected(struct answer *a)
{
    if (a->reply.error != MU_SAP_OK)
        return no(a, "it answers with the error '%s'", mu_sap_error_name(a->reply.error));
    if (a->reply.seen.outcome != MU_OUTCOME_REFUSED)
        return no(a, "the outcome is '%s', not rejected",
                  mu_sap_outcome_name(a->reply.seen.outcome));
    return a->reply.seen.class != MU_CLASS_NONE || no(a, "rejected, and no class says why");
}

static bool unsupported(struct answer *a)
{
    return a->reply.error == MU_SAP_UNSUPPORTED
           || no(a, "it does not answer with the error 'unsupported'");
}

/* --- inputs --------------------------------------------------------------------------------------- */

#define SALT "2026-01-12T08:00:41Z"

static struct mu_bytes label_made(struct mu_arena *arena, const struct mu_sap_check_task *task,
                                  const char *created)
{
    struct mu_label label = *task->label;
    label.created = created;
    return mu_label_write(arena, &label);
}

static struct mu_bytes whole(struct mu_arena *arena, const struct mu_sap_check_task *task)
{
    return label_made(arena, task, task->label->created);
}

static struct mu_bytes salted(struct mu_arena *arena, const struct mu_sap_check_task *task)
{
    return label_made(arena, task, SALT);
}

static struct mu_bytes cut(struct mu_arena *arena, const struct mu_sap_check_task *task)
{
    struct mu_bytes label = whole(arena, task);
    return mu_bytes_slice(label, 0, label.n / 2);
}

static struct mu_bytes nothing(struct mu_arena *arena, const struct mu_sap_check_task *task)
{
    (void) arena, (void) task;
    return MU_BYTES("");
}

static struct mu_bytes junk(struct mu_arena *arena, const struct mu_sap_check_task *task)
{
    char *much = mu_arena_alloc(arena, MU_MIB);
    (void) task;
    for (size_t i = 0; i < MU_MIB; i++)
        much[i] = (char) (i * 167 % 251);
    return (struct mu_bytes){ much, MU_MIB };
}

/* --- the table ------------------------------------------------------------------------------------ */

static bool try_whole(struct answer *a)
{
    return accepted(a, a->task->label->created);
}

static bool try_salted(struct answer *a)
{
    return accepted(a, SALT);
}

/* clang-format off */
static const struct {
    struct mu_sap_check check;
    const char *op; /* NULL: one that nobody knows */
    struct mu_bytes (*input)(struct mu_arena *arena, const struct mu_sap_check_task *task);
    bool (*holds)(struct answer *a);
} row[] = {
    { { "F01", true, "A filter", "a valid label is accepted, with what it says", "one line: {\"outcome\":\"accepted\",\"label\":{...}}, then exit 0" }, "label.parse", whole, try_whole },
    { { "F02", true, "A filter", "what was new in a label stands in the answer", "\"created\" as the system under test read it: a run books anything else as adapter:nonce" }, "label.parse", salted, try_salted },
    { { "F03", true, "A filter", "what is cut off in the middle is rejected, with a class", "{\"outcome\":\"rejected\",\"stage\":\"decode\",\"class\":\"malformed\"}, and exit 0: a refusal is an answer" }, "label.parse", cut, rejected },
    { { "F04", true, "A filter", "no octets at all are rejected, too", "" }, "label.parse", nothing, rejected },
    { { "F05", true, "A filter", "a megabyte that is no label is rejected", "read all of standard input" }, "label.parse", junk, rejected },
    { { "F06", true, "A filter", "an operation that nobody knows is answered unsupported", "look at MUSTER_OP; {\"error\":{\"code\":\"unsupported\"}}" }, NULL, whole, unsupported },
};
/* clang-format on */

size_t mu_sap_filter_count(void)
{
    return MU_COUNT(row);
}

const struct mu_sap_check *mu_sap_filter_at(size_t i)
{
    return i < MU_COUNT(row) ? &row[i].check : NULL;
}

const char *mu_sap_filter_op(size_t i)
{
    return row[i].op != NULL ? row[i].op : "zq-fuchsia-otter";
}

struct mu_bytes mu_sap_filter_octets(struct mu_arena *arena, size_t i,
                                     const struct mu_sap_check_task *task)
{
    return row[i].input(arena, task);
}

void mu_sap_filter_judge(struct mu_arena *arena, size_t i, const struct mu_sap_check_task *task,
                         struct mu_bytes output, struct mu_buf *result)
{
    struct answer a = { .task = task, .why = { .arena = arena } };
    struct mu_err err;
    bool read = mu_sap_calls.filter_reply(arena, MU_SAP_LABEL_PARSE, output, &a.reply, &err);
    bool holds = read ? row[i].holds(&a) : no(&a, "%s", err.msg);
    size_t n = output.n < MU_SAP_CHECK_SHOWN ? output.n : MU_SAP_CHECK_SHOWN;
    struct mu_sap_checked checked = { holds ? MU_CHECK_HOLDS : MU_CHECK_BREAKS, mu_buf_text(&a.why),
                                      "", holds ? "" : mu_arena_strndup(arena, output.p, n) };
    mu_sap_check_put(result, i, &checked);
}
