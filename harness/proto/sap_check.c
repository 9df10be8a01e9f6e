#include "proto/sap_check.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "proto/sap_check_table.h"

/* --- checks and sittings -------------------------------------------------------------------------- */

size_t mu_sap_check_count(void)
{
    return mu_sap_rows() + mu_sap_hostiles();
}

const struct mu_sap_check *mu_sap_check_at(size_t i)
{
    if (i < mu_sap_rows())
        return &mu_sap_row_at(i)->check;
    const struct mu_sap_hostile *hostile = mu_sap_hostile_at(i - mu_sap_rows());
    return hostile != NULL ? &hostile->check : NULL;
}

static const struct mu_sap_sitting named[MU_SIT_NAMED] = {
    [MU_SIT_PLAIN] = { .name = "plain" },
    [MU_SIT_EARLY] = { .name = "early" },
    [MU_SIT_HIGH] = { .name = "versions" },
    [MU_SIT_NONE] = { .name = "no-version" },
    [MU_SIT_AGAIN] = { .name = "restart" },
    [MU_SIT_CUT] = { .name = "cut" },
    [MU_SIT_TERM] = { .name = "signal", .terminate = true },
    [MU_SIT_STDIO] = { .name = "stdio", .argument = "--sap-stdio", .way = MU_SAP_STDIO },
};
static const struct mu_sap_sitting alone = { .name = "hostile", .hostile = true };

size_t mu_sap_check_sittings(void)
{
    return MU_SIT_NAMED + mu_sap_hostiles();
}

const struct mu_sap_sitting *mu_sap_check_sitting(size_t s)
{
    assert(s < mu_sap_check_sittings());
    return s < MU_SIT_NAMED ? &named[s] : &alone;
}

bool mu_sap_check_belongs(size_t i, size_t sitting)
{
    if (i < mu_sap_rows())
        return (size_t) mu_sap_row_at(i)->sit == sitting;
    return i - mu_sap_rows() + MU_SIT_NAMED == sitting;
}

static bool is_looked_at(size_t i)
{
    return i < mu_sap_rows() && mu_sap_row_at(i)->look != NULL;
}

/* --- [job] ---------------------------------------------------------------------------------------- */

/* What stands before the texts of each check. */
struct head {
    uint32_t check, state;
};

static void put_text(struct mu_buf *out, const char *text)
{
    mu_buf_put(out, text, strlen(text) + 1);
}

void mu_sap_check_put(struct mu_buf *out, size_t i, const struct mu_sap_checked *checked)
{
    struct head head = { (uint32_t) i, (uint32_t) checked->state };
    mu_buf_put(out, &head, sizeof head);
    put_text(out, checked->why);
    put_text(out, checked->sent);
    put_text(out, checked->came);
}

/* Why there is no use in asking further; NULL: there is. */
static const char *cut(const struct mu_talk *t, size_t i)
{
    if (i >= mu_sap_rows() || mu_sap_row_at(i)->sit != MU_SIT_PLAIN || t->next_id == 1)
        return NULL;
    bool bye = mu_sap_row_at(i)->try == mu_try_last_word;
    if (t->hello == NULL && mu_sap_row_at(i)->try != mu_try_greeting)
        return "it has not answered hello";
    if (t->ended && t->taken == t->heard.n && !bye)
        return "it had ended before";
    return t->silences >= MU_SAP_CHECK_SILENCES && !bye ? "it had fallen silent before" : NULL;
}

static void make(struct mu_talk *t, size_t i, struct mu_buf *result)
{
    const char *why = cut(t, i);
    struct mu_sap_checked checked = { MU_CHECK_HOLDS, "", "", "" };
    t->now = &checked;
    bool holds = false;
    if (why != NULL)
        checked = (struct mu_sap_checked){ MU_CHECK_CUT, why, "", "" };
    else
        holds = i < mu_sap_rows() ? mu_sap_row_at(i)->try(t)
                                  : mu_sap_try_hostile(t, mu_sap_hostile_at(i - mu_sap_rows()));
    assert(holds == (checked.state != MU_CHECK_BREAKS && checked.state != MU_CHECK_CUT));
    if (holds)
        checked.sent = checked.came = "";
    mu_sap_check_put(result, i, &checked);
}

/* The signal comes to one that has been greeted and waits. */
static void only_greet(struct mu_talk *t)
{
    struct mu_sap_checked ignored = { MU_CHECK_HOLDS, "", "", "" };
    t->now = &ignored;
    (void) mu_try_greet(t);
}

void mu_sap_check_sit(struct mu_arena *arena, size_t sitting, const struct mu_sap_check_task *task,
                      int in, int out, struct mu_buf *result)
{
    struct mu_talk *t = mu_new(arena, struct mu_talk);
    mu_talk_start(t, arena, task, in, out);
    if (sitting == MU_SIT_TERM)
        only_greet(t);
    for (size_t i = 0; i < mu_sap_check_count(); i++)
        if (mu_sap_check_belongs(i, sitting) && !is_looked_at(i))
            make(t, i, result);
    put_text(result, t->digest);
    mu_talk_end(t);
}

/* --- what the job said ---------------------------------------------------------------------------- */

static bool take_text(struct mu_arena *arena, struct mu_bytes *rest, const char **text)
{
    const char *nul = rest->n > 0 ? memchr(rest->p, '\0', rest->n) : NULL;
    if (nul == NULL)
        return false;
    *text = mu_arena_strndup(arena, rest->p, (size_t) (nul - rest->p));
    *rest = mu_bytes_from(*rest, (size_t) (nul - rest->p) + 1);
    return true;
}

bool mu_sap_check_take(struct mu_arena *arena, size_t i, struct mu_bytes *rest,
                       struct mu_sap_checked *checked)
{
    struct head head;
    if (rest->n < sizeof head)
        return false;
    memcpy(&head, rest->p, sizeof head);
    *rest = mu_bytes_from(*rest, sizeof head);
    if (head.check != i || head.state < MU_CHECK_HOLDS || head.state >= MU_CHECK_STATES)
        return false;
    checked->state = (enum mu_sap_checked_state) head.state;
    return take_text(arena, rest, &checked->why) && take_text(arena, rest, &checked->sent)
           && take_text(arena, rest, &checked->came);
}

bool mu_sap_check_read(struct mu_arena *arena, size_t sitting, struct mu_bytes result,
                       struct mu_sap_checked *checked, const char **digest, struct mu_err *err)
{
    bool whole = true;
    for (size_t i = 0; i < mu_sap_check_count() && whole; i++)
        if (mu_sap_check_belongs(i, sitting) && !is_looked_at(i))
            whole = mu_sap_check_take(arena, i, &result, &checked[i]);
    if (!whole || !take_text(arena, &result, digest) || result.n > 0)
        return mu_fail(err, MU_ERR_PEER, "the job that read the adapter said what it must not");
    return true;
}

void mu_sap_check_ended(struct mu_arena *arena, size_t sitting, const struct mu_sap_check_end *end,
                        struct mu_sap_checked *checked)
{
    for (size_t i = 0; i < mu_sap_rows(); i++) {
        if (!mu_sap_check_belongs(i, sitting) || !is_looked_at(i))
            continue;
        struct mu_sap_ended e = { .end = end, .why = { .arena = arena } };
        bool holds = mu_sap_row_at(i)->look(&e);
        checked[i] = (struct mu_sap_checked){ holds ? MU_CHECK_HOLDS : MU_CHECK_BREAKS,
                                              mu_buf_text(&e.why), "", "" };
    }
}
