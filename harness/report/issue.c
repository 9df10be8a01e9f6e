/* Issues: instances that share a cause, and what is kept of instances that are forgotten. */
#include "report/issue.h"

#include <stdlib.h>
#include <string.h>

/* --- what is kept of instances that are forgotten --------------------------------------------------------- */

/* As much of an instance as others tell of it. */
struct mu_stub {
    struct mu_instance instance;
    struct mu_attempt final;
    struct mu_buf name, folder;
};

const char *mu_kept_word(struct mu_result *m, const char *text)
{
    return mu_table_word(&m->words, m->arena, mu_bytes_of(text));
}

static const char *into(struct mu_buf *room, const char *text)
{
    room->n = 0;
    mu_buf_puts(room, text);
    return mu_buf_text(room);
}

/* The instance itself where it is kept; else what stands for it, in the place of what stood there before. */
static struct mu_instance *kept(struct mu_result *m, struct mu_instance *instance,
                                struct mu_stub **place)
{
    if (instance->own == NULL)
        return instance;
    if (*place == NULL) {
        *place = mu_new(m->arena, struct mu_stub);
        (*place)->name.arena = (*place)->folder.arena = m->arena;
    }
    struct mu_stub *s = *place;
    s->instance = *instance;
    s->instance.own = NULL;
    s->instance.attempt = NULL;
    s->instance.next_of_issue = NULL;
    s->instance.name = into(&s->name, instance->name);
    s->instance.reason = mu_kept_word(m, instance->reason);
    s->instance.expectation = mu_kept_word(m, instance->expectation);
    if (instance->final == NULL)
        return &s->instance;
    s->final = *instance->final;
    s->final.reason = s->instance.reason;
    s->final.attribution = mu_kept_word(m, s->final.attribution);
    s->final.folder = into(&s->folder, s->final.folder);
    s->final.finding = NULL;
    s->final.compared = NULL;
    s->final.file = NULL;
    s->final.next = NULL;
    s->instance.final = &s->final;
    return &s->instance;
}

struct mu_instance *mu_kept(struct mu_result *m, struct mu_instance *instance)
{
    struct mu_stub *place = NULL;
    return kept(m, instance, &place);
}

static const struct mu_finding *kept_finding(struct mu_result *m,
                                             const struct mu_instance *instance,
                                             const struct mu_finding *finding)
{
    if (finding == NULL || instance->own == NULL)
        return finding;
    struct mu_finding *f = mu_new(m->arena, struct mu_finding);
    *f = *finding;
    const char **text[] = { &f->leg,      &f->step, &f->rule, &f->level, &f->verdict,
                            &f->expected, &f->seen, &f->hint, &f->places };
    for (size_t i = 0; i < MU_COUNT(text); i++)
        *text[i] = mu_kept_word(m, *text[i]);
    f->next = NULL;
    return f;
}

/* --- issues ------------------------------------------------------------------------------------------- */

/* The finding that shows the cause: of the rule that the reason names, else the first. */
static const struct mu_finding *example(const struct mu_attempt *attempt, const char *rule)
{
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        if (strcmp(f->rule, rule) == 0)
            return f;
    return attempt->finding;
}

/* Cases that wait for the same control have one cause, and it is to be found there. */
static const char *failed_control(const struct mu_instance *instance,
                                  const struct mu_attempt *attempt)
{
    return strcmp(attempt->reason, "control-failed") == 0 ? instance->of->control : "";
}

static struct mu_issue *new_issue(struct mu_result *m, struct mu_bytes key,
                                  const struct mu_instance *instance,
                                  const struct mu_attempt *attempt)
{
    struct mu_issue *issue = mu_new(m->arena, struct mu_issue);
    const char *rule = "";
    if (strncmp(attempt->reason, "rule:", 5) == 0)
        rule = attempt->reason + 5;
    issue->key = mu_bytes_dup(m->arena, key);
    issue->verdict = attempt->verdict;
    issue->reason = mu_kept_word(m, attempt->reason);
    issue->attribution = mu_kept_word(m, attempt->attribution);
    issue->rule = mu_table_find(&m->rules, mu_bytes_of(rule));
    issue->finding = kept_finding(m, instance, example(attempt, rule));
    issue->tail = &issue->first;
    issue->next = m->issue;
    m->issue = issue;
    mu_table_add(&m->issues, m->arena, issue);
    return issue;
}

static int importance(const struct mu_result_case *of)
{
    static const char *const word[] = { "low", "medium", "high", "critical" };
    for (int i = 0; i < (int) MU_COUNT(word); i++)
        if (strcmp(word[i], of->importance) == 0)
            return i + 1;
    return 0;
}

/* Octets of all messages that the attempt sent; -1 when there is none. */
static int64_t octets_sent(const struct mu_attempt *attempt)
{
    int64_t n = -1;
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next)
        if (strncmp(file->name, "sent-", 5) == 0)
            n = (n < 0 ? 0 : n) + file->octets;
    return n;
}

/* What a reader asks of a cause: how grave, since when, and where is it seen most easily? */
static void weigh(struct mu_result *m, struct mu_issue *issue, struct mu_instance *instance,
                  const struct mu_attempt *attempt)
{
    int64_t octets = octets_sent(attempt);
    if (issue->gravest == NULL || importance(instance->of) > importance(issue->gravest))
        issue->gravest = instance->of;
    if (issue->earliest == NULL || attempt->at_ms < issue->earliest->final->at_ms)
        issue->earliest = kept(m, instance, &issue->early);
    if (issue->smallest == NULL || (octets >= 0 && (issue->octets < 0 || octets < issue->octets))) {
        issue->smallest = kept(m, instance, &issue->small);
        issue->octets = octets;
    }
}

/* Without instances only those that a summary might name are kept. */
#define NAMED_MAX 4096 /* octets of names; a summary has 25 lines */

static void name_in_issue(struct mu_result *m, struct mu_issue *issue, struct mu_instance *instance)
{
    if (instance->own != NULL && issue->named > NAMED_MAX)
        return;
    issue->named += strlen(instance->name);
    instance = mu_kept(m, instance);
    *issue->tail = instance;
    issue->tail = &instance->next_of_issue;
}

void mu_issue_add(struct mu_result *m, struct mu_instance *instance, bool count)
{
    const struct mu_attempt *attempt = instance->final;
    struct mu_buf *key = &m->scratch;
    const char *control = failed_control(instance, attempt);
    key->n = 0;
    mu_buf_printf(key, "%s\n%s\n%s\n%s", mu_verdict_name(attempt->verdict), attempt->reason,
                  attempt->attribution, control);
    struct mu_issue *issue = mu_table_find(&m->issues, mu_buf_bytes(key));
    if (issue == NULL)
        issue = new_issue(m, mu_buf_bytes(key), instance, attempt);
    instance->issue = issue;
    instance->example = issue->given++ == 0;
    if (!count)
        return;
    issue->control = control;
    issue->count++;
    issue->excused += mu_instance_excused(instance);
    name_in_issue(m, issue, instance);
    weigh(m, issue, instance, attempt);
}

/* How soon a reader wants to see it: what is wrong with the SUT before what is wrong with us. */
static const int urgency[MU_VERDICTS] = {
    [MU_FAIL] = 5, [MU_ERROR] = 4, [MU_INCONCLUSIVE] = 3, [MU_REMARKS] = 2, [MU_PASS] = 1,
};

static int by_urgency(const void *a, const void *b)
{
    const struct mu_issue *x = *(struct mu_issue *const *) a, *y = *(struct mu_issue *const *) b;
    if (urgency[x->verdict] != urgency[y->verdict])
        return urgency[y->verdict] - urgency[x->verdict];
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->key, y->key);
}

void mu_issues_sort(struct mu_result *m)
{
    size_t n = 0;
    struct mu_issue **item = mu_arena_array(m->arena, m->issues.count + 1, sizeof(*item));
    for (struct mu_issue *i = m->issue; i != NULL; i = i->next)
        item[n++] = i;
    qsort(item, n, sizeof(*item), by_urgency);
    for (size_t i = 0; i < n; i++) {
        item[i]->index = (unsigned) i + 1;
        item[i]->next = item[i + 1]; /* the last one's is the NULL behind the end */
    }
    m->issue = item[0];
}
