#include "suite/substitute.h"

#include <string.h>

#include "base/file.h"

static bool is_control(const struct mu_plan *plan, size_t i)
{
    for (size_t k = 0; k < plan->ins; k++)
        if (plan->in[k].control == (int32_t) i)
            return true;
    return false;
}

bool mu_plan_only_case(const struct mu_plan *plan, const struct mu_case **only, struct mu_err *err)
{
    *only = NULL;
    for (size_t i = 0; i < plan->ins; i++) {
        const struct mu_case *c = plan->suite->cases[plan->in[i].case_index];
        if (c == *only || (is_control(plan, i) && plan->ins > 1))
            continue;
        if (*only != NULL)
            return mu_fail(
                err, MU_ERR_USAGE,
                "cases '%s' and '%s' are selected; a message of your own goes with one case",
                (*only)->id, c->id);
        *only = c;
    }
    return *only != NULL || mu_fail(err, MU_ERR_USAGE, "no case is selected");
}

/* The step that makes what the last step of the case sends; -1: it sends nothing. */
static ptrdiff_t maker(const struct mu_case *c)
{
    const char *sent = NULL;
    ptrdiff_t found = -1;
    for (size_t i = 0; i < c->steps; i++)
        if (c->step[i].kind == MU_STEP_SEND)
            sent = c->step[i].of;
    for (size_t i = 0; i < c->steps && sent != NULL; i++)
        if ((c->step[i].kind == MU_STEP_MAKE || c->step[i].kind == MU_STEP_MUTATE)
            && strcmp(c->step[i].id, sent) == 0)
            found = (ptrdiff_t) i;
    return found;
}

/* A run with a message of somebody's own is not taken for one of the suite. */
static bool pin(struct mu_arena *arena, struct mu_suite *suite, const char *path,
                struct mu_err *err)
{
    struct mu_bytes message;
    TRY(mu_file_read(arena, path, MU_MESSAGE_MAX, &message, err));
    struct mu_buf both = { .arena = arena };
    mu_buf_puts(&both, suite->digest);
    mu_buf_put_bytes(&both, message);
    mu_digest_text(mu_buf_bytes(&both), suite->digest);
    return true;
}

bool mu_case_send_file(struct mu_arena *arena, struct mu_suite *suite, const struct mu_case *of,
                       const char *path, struct mu_err *err)
{
    ptrdiff_t at = maker(of);
    if (at < 0)
        return mu_fail_where(err, of->where, MU_ERR_USAGE,
                             "case '%s' sends no message: the system under test does", of->id);
    size_t made = (size_t) at;
    struct mu_case *c = mu_new(arena, struct mu_case);
    *c = *of;
    c->steps = of->steps + 1;
    c->step = mu_arena_array(arena, c->steps, sizeof *c->step);
    memcpy(c->step, of->step, (made + 1) * sizeof *c->step);
    memcpy(c->step + made + 2, of->step + made + 1, (of->steps - made - 1) * sizeof *c->step);
    c->step[made].id = "made-before-the-file";
    c->step[made + 1] = (struct mu_step){ .kind = MU_STEP_MUTATE,
                                          .where = of->step[made].where,
                                          .id = of->step[made].id,
                                          .of = c->step[made].id,
                                          .op = "message.file",
                                          .value = path };
    suite->cases[of->index] = c;
    return pin(arena, suite, path, err);
}
