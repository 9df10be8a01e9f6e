/* The part of `muster shrink` that reads the message: it runs in a sealed job. */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/shrink.h"
#include "document/shrink.h"

/* Does a message break one rule? Judged as a file, as `muster check` will. */
struct question {
    const struct mu_shrink_task *task;
    size_t rule;
};

static bool breaks(void *self, struct mu_bytes message)
{
    const struct question *q = self;
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_judged *judged = mu_new(arena, struct mu_judged);
    struct mu_err err;
    bool broken = mu_judge_stored(&q->task->world.profile, &q->task->kit, arena, q->task->phases,
                                  message, false, judged, &err)
                  && judged->judgement.mark[q->rule] == MU_MARK_BREAKS;
    mu_arena_free(arena);
    return broken;
}

/* The first wanted rule that is broken; of any, the first of the highest level. */
static const struct mu_rule *choose(const struct mu_shrink_task *t, const struct mu_judgement *j)
{
    const struct mu_rule_set *rules = t->world.profile.rules;
    const struct mu_rule *best = NULL;
    for (size_t w = 0; w < t->wanteds; w++)
        for (size_t i = 0; i < j->breaks; i++)
            if (mu_rules_at(rules, j->broken[i].rule) == t->wanted[w])
                return t->wanted[w];
    for (size_t i = 0; i < j->breaks && t->wanteds == 0; i++) {
        const struct mu_rule *rule = mu_rules_at(rules, j->broken[i].rule);
        if (best == NULL || rule->level > best->level)
            best = rule;
    }
    return best;
}

static bool write_back(int fd, struct mu_bytes message, struct mu_err *err)
{
    if (ftruncate(fd, 0) != 0)
        return mu_fail_sys(err, "cannot write the message");
    for (size_t done = 0; done < message.n;) {
        ssize_t n = pwrite(fd, message.p + done, message.n - done, (off_t) done);
        if (n <= 0)
            return mu_fail_sys(err, "cannot write the message");
        done += (size_t) n;
    }
    return true;
}

static bool shrink(const struct mu_shrink_task *t, struct mu_arena *arena, int fd,
                   struct mu_shrink_word *word, struct mu_err *err)
{
    struct mu_bytes octets;
    struct mu_judged *judged = mu_new(arena, struct mu_judged);
    TRY(mu_file_read_fd(arena, fd, "the message", MU_MESSAGE_MAX, &octets, err));
    TRY(mu_judge_stored(&t->world.profile, &t->kit, arena, t->phases, octets, false, judged, err));
    const struct mu_rule *rule = choose(t, &judged->judgement);
    *word = (struct mu_shrink_word){ .state = MU_SHRINK_HOLDS, .before = octets.n };
    if (rule == NULL)
        return true;
    struct question q = { t, 0 };
    struct mu_rule_set *rules = t->world.profile.rules;
    while (mu_rules_at(rules, q.rule) != rule)
        q.rule++;
    bool *only = mu_arena_array(arena, mu_rules_count(rules), sizeof *only);
    only[q.rule] = true; /* nothing else is evaluated from here on */
    mu_rules_select(rules, only);
    struct mu_shrink shrink = { .keeps = breaks,
                                .self = &q,
                                .deadline_ms = mu_clock_ms() + MU_SHRINK_MS,
                                .trials_max = MU_SHRINK_TRIALS_MAX };
    struct mu_shrunk out;
    mu_shrink_message(arena, octets, &shrink, &out);
    *word = (struct mu_shrink_word){ .state = MU_SHRINK_DONE,
                                     .rule = q.rule,
                                     .before = octets.n,
                                     .after = out.message.n,
                                     .trials = out.trials,
                                     .minimal = out.minimal };
    return write_back(fd, out.message, err);
}

bool mu_shrink_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    struct mu_buf *result, bool *many, struct mu_err *err)
{
    struct mu_shrink_word word;
    *many = false;
    TRY(shrink(self, arena, item->fd, &word, err));
    mu_buf_put(result, &word, sizeof word);
    return true;
}
