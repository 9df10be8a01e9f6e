/* Counting and grouping: the part of the model that stylesheets would do slowly. */
#include "report/issue.h"

#include <stdlib.h>
#include <string.h>

#include "core/words.h"

struct mu_known *mu_known_find(const struct mu_result *result, unsigned entry)
{
    struct mu_known *known = result->known;
    while (known != NULL && known->entry != entry)
        known = known->next;
    return known;
}

static bool same_end(const struct mu_attempt *a, const struct mu_attempt *b)
{
    return a->verdict == b->verdict && strcmp(a->reason, b->reason) == 0;
}

const char *mu_instance_reasons(struct mu_arena *arena, const struct mu_instance *instance)
{
    struct mu_buf out = { .arena = arena };
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        const struct mu_attempt *before = instance->attempt;
        while (before != a && !(before->judged && same_end(before, a)))
            before = before->next;
        if (!a->judged || before != a)
            continue;
        mu_buf_printf(&out, "%s%s%s%s", out.n > 0 ? ", " : "", mu_verdict_name(a->verdict),
                      *a->reason != '\0' ? " " : "", a->reason);
    }
    return mu_buf_text(&out);
}

/* Which attempt speaks, and whether they all said the same. */
static void find_final(const struct mu_result *m, struct mu_instance *instance)
{
    const struct mu_attempt *first = NULL;
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        if (!a->judged)
            continue;
        first = first != NULL ? first : a;
        instance->tried++;
        instance->passed += a->verdict == MU_PASS || a->verdict == MU_REMARKS;
        instance->unstable = instance->unstable || !same_end(first, a);
        bool speaks = instance->final == NULL || strcmp(m->final, "last") == 0
                      || (strcmp(m->final, "worst") == 0 && a->verdict > instance->final->verdict);
        instance->final = speaks ? a : instance->final;
    }
}

static struct mu_result_rule *rule_named(struct mu_result *m, struct mu_bytes id)
{
    return mu_table_find(&m->rules, id);
}

static void count_rules(struct mu_result *m, const char *list, size_t counter, unsigned times)
{
    struct mu_bytes all = mu_bytes_of(list);
    for (size_t at = 0; at < all.n;) {
        size_t end = mu_bytes_find(all, MU_BYTES(" "), at);
        struct mu_bytes id = mu_bytes_slice(all, at, end == SIZE_MAX ? all.n : end - at);
        struct mu_result_rule *rule = rule_named(m, id);
        if (rule != NULL)
            *(unsigned *) ((char *) rule + counter) += times;
        at += id.n + 1;
    }
}

/* Once a list of legs, however many attempts share it. */
static void count_legs(struct mu_result *m)
{
    for (const struct mu_result_leg *list = m->lists; list != NULL; list = list->next_list)
        for (const struct mu_result_leg *leg = list; leg != NULL; leg = leg->next) {
            count_rules(m, leg->held, offsetof(struct mu_result_rule, held), list->uses);
            count_rules(m, leg->broken, offsetof(struct mu_result_rule, broken), list->uses);
            count_rules(m, leg->not_applicable, offsetof(struct mu_result_rule, not_applicable),
                        list->uses);
        }
}

static void tally(struct mu_result *m, const char *reason)
{
    struct mu_tally *t = mu_table_find(&m->tallies, mu_bytes_of(reason));
    if (t == NULL) {
        t = mu_new(m->arena, struct mu_tally);
        t->reason = reason;
        mu_table_add(&m->tallies, m->arena, t);
        t->next = m->tally;
        m->tally = t;
    }
    t->count++;
}

bool mu_instance_excused(const struct mu_instance *instance)
{
    const char *word = instance->expectation;
    return instance->verdict > MU_REMARKS
           && (strcmp(word, "quarantined") == 0 || strcmp(word, "unclaimed") == 0);
}

static void count_expectation(struct mu_result *m, const struct mu_instance *instance)
{
    const char *word = instance->expectation;
    struct mu_known *known = mu_known_find(m, instance->entry);
    bool quarantined = strcmp(word, "quarantined") == 0;
    bool covered = strcmp(word, "as-expected") == 0 && known != NULL;
    m->new_failures += strcmp(word, "new-failure") == 0;
    m->unexpected_passes += strcmp(word, "unexpected-pass") == 0;
    m->reasons_changed += strcmp(word, "reason-changed") == 0;
    m->quarantined += quarantined;
    m->unclaimed += strcmp(word, "unclaimed") == 0;
    m->covered += covered;
    m->unstable += instance->unstable;
    if (known != NULL)
        known->used += covered || quarantined;
}

/* Nothing that this system claims to be: no such role, no such capability, a rule that is off. */
bool mu_reason_is_inapplicable(const char *reason)
{
    static const char *const prefix[] = { "cap:", "role:", "observe:", "rule:off", "control:out" };
    for (size_t i = 0; i < MU_COUNT(prefix); i++)
        if (strncmp(reason, prefix[i], strlen(prefix[i])) == 0)
            return true;
    return false;
}

static void count_of_case(struct mu_result *m, struct mu_instance *instance)
{
    struct mu_result_case *of = instance->of;
    if (of->first == NULL)
        of->first = mu_kept(m, instance);
    of->count[instance->verdict]++;
    of->worst = mu_verdict_worst(of->worst, instance->verdict);
}

/* --- what a summary names ---------------------------------------------------------------------------- */

const char *const mu_compared_name[MU_COMPARED] = { "message", "label", "marking", "text" };
const char *const mu_held_name[MU_LEVELS] = { "octets", "value", "infoset", "semantics",
                                              "different" };

static void count_compared(struct mu_result *m, const struct mu_attempt *attempt)
{
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next)
        for (size_t w = 0; w < MU_COMPARED; w++)
            for (size_t h = 0; h < MU_LEVELS; h++)
                m->same[w][h] += strcmp(c->what, mu_compared_name[w]) == 0
                                 && strcmp(c->held, mu_held_name[h]) == 0;
}

static void note(struct mu_result *m, enum mu_some_kind kind, struct mu_instance *instance,
                 bool passed)
{
    struct mu_some *some = &m->some[kind];
    if (some->shown[passed] < MU_SOME_SHOWN)
        some->of[passed][some->shown[passed]++] = mu_kept(m, instance);
}

static void note_some(struct mu_result *m, struct mu_instance *instance)
{
    static const struct {
        const char *word;
        enum mu_some_kind kind;
    } row[] = {
        { "quarantined", MU_SOME_QUARANTINED },
        { "unexpected-pass", MU_SOME_BETTER },
        { "reason-changed", MU_SOME_CHANGED },
    };
    bool passed = instance->verdict <= MU_REMARKS;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(instance->expectation, row[i].word) == 0)
            note(m, row[i].kind, instance, passed);
    if (instance->unstable)
        note(m, MU_SOME_UNSTABLE, instance, false);
    m->unclaimed_passed += strcmp(instance->expectation, "unclaimed") == 0 && passed;
}

static void count_not_run(struct mu_result *m, const struct mu_instance *instance)
{
    tally(m, mu_kept_word(m, instance->reason));
    m->count[MU_NOT_RUN]++;
    m->inapplicable += mu_reason_is_inapplicable(instance->reason);
}

static void count_final(struct mu_result *m, struct mu_instance *instance)
{
    const struct mu_attempt *final = instance->final;
    m->count[final->verdict]++;
    m->excused[final->verdict] += mu_instance_excused(instance);
    m->worst = mu_verdict_worst(m->worst, final->verdict);
    if (final->leg != NULL)
        final->leg->uses++;
    count_expectation(m, instance);
    count_compared(m, final);
}

void mu_result_settle(struct mu_result *m, struct mu_instance *instance, bool count)
{
    find_final(m, instance);
    const struct mu_attempt *final = instance->final;
    instance->verdict = final != NULL ? final->verdict : MU_NOT_RUN;
    if (final != NULL)
        instance->reason = final->reason;
    else if (instance->attempt != NULL)
        instance->reason = "interrupted";
    if (count) {
        count_of_case(m, instance);
        note_some(m, instance);
        m->overridden += mu_instance_override(instance) != NULL;
        m->disputed += mu_instance_disputed(instance);
        if (final == NULL)
            count_not_run(m, instance);
        else
            count_final(m, instance);
    }
    if (final != NULL && final->verdict >= MU_REMARKS)
        mu_issue_add(m, instance, count);
}

static int by_count(const void *a, const void *b)
{
    const struct mu_tally *x = *(struct mu_tally *const *) a, *y = *(struct mu_tally *const *) b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->reason, y->reason);
}

static void sort_tallies(struct mu_result *m)
{
    size_t n = 0;
    struct mu_tally **item = mu_arena_array(m->arena, m->tallies.count + 1, sizeof(*item));
    for (struct mu_tally *t = m->tally; t != NULL; t = t->next)
        item[n++] = t;
    qsort(item, n, sizeof(*item), by_count);
    for (size_t i = 0; i < n; i++)
        item[i]->next = item[i + 1];
    m->tally = item[0];
}

void mu_result_finish(struct mu_result *result)
{
    count_legs(result);
    mu_issues_sort(result);
    sort_tallies(result);
    int64_t reached =
        (int64_t) result->total; /* what the plan left out is told of before the first case */
    if (result->state != MU_RUN_COMPLETE)
        reached -= (int64_t) result->outs;
    if (result->planned > reached)
        result->unseen = (unsigned) (result->planned - reached);
    for (int v = 0; v < MU_VERDICTS; v++)
        if (result->state == MU_RUN_COMPLETE && result->told[v] != (int64_t) result->count[v])
            result->miscounted = true;
    mu_result_trace(result);
}

const char *mu_result_command(struct mu_arena *arena, const struct mu_result *result,
                              const struct mu_instance *instance)
{
    const char *profile = mu_pair_value(result->profile, "id");
    return mu_arena_printf(
        arena, "muster run --profile %s --sut SUT-FILE --select 'id:%s' --seed %lld",
        *profile != '\0' ? profile : "PROFILE", instance->of->id, (long long) result->seed);
}

bool mu_colour_plain(const char *text)
{
    return text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

const char *mu_pair_value(const struct mu_pair *pair, const char *name)
{
    for (; pair != NULL; pair = pair->next)
        if (strcmp(pair->name, name) == 0)
            return pair->value;
    return "";
}

const char *mu_result_marking(struct mu_arena *arena, const struct mu_result *result)
{
    struct mu_buf out = { .arena = arena };
    for (const struct mu_high_mark *mark = result->mark; mark != NULL; mark = mark->next)
        mu_buf_printf(&out, "%s%s", out.n > 0 ? "; " : "", mark->marking);
    return mu_buf_text(&out);
}

bool mu_adapter_is_trouble(const struct mu_adapter_seen *adapter)
{
    static const char *const state[] = { "broken", "gone", "warned" };
    for (size_t i = 0; i < MU_COUNT(state); i++)
        if (strcmp(adapter->state, state[i]) == 0)
            return true;
    return false;
}

const char *mu_result_sut_name(const struct mu_result *result)
{
    const char *name = mu_pair_value(result->sut, "name");
    return *name != '\0' ? name : mu_pair_value(result->sut, "id");
}

const char *mu_run_state_name(enum mu_run_state state)
{
    static const char *const name[] = { "complete", "interrupted", "incomplete", "corrupt" };
    return mu_word(name, MU_COUNT(name), (int) state);
}

const char *mu_reason_sentence(const char *reason)
{
    static const struct {
        const char *prefix, *says;
    } row[] = {
        { "rule:off", "a rule that the case rests on is not in force in this profile" },
        { "rule:", "a rule of the profile does not hold for what was seen" },
        { "timeout:", "an expected step did not happen before its deadline" },
        { "control-failed", "the control did not pass, so nothing was sent and nothing is judged" },
        { "outcome:", "the message ended otherwise than the case expects" },
        { "label:lost", "the label that was sent did not arrive in a readable form" },
        { "label:altered", "the label that arrived is not the one that was sent" },
        { "label:invented", "a label arrived where none was sent" },
        { "marking:lost", "the marking that was sent did not arrive" },
        { "marking:altered", "the marking that arrived is not the one that was sent" },
        { "text:lost", "no message arrived whose text could be compared" },
        { "text:altered", "the text that arrived is not the one that was sent" },
        { "header:lost", "a header field that was sent did not arrive" },
        { "header:altered", "a header field arrived with another value than it was sent with" },
        { "header:reordered", "header fields arrived in another order than they were sent in" },
        { "header:added", "a header field arrived that nobody on the way may add" },
        { "header:removed", "a header field that was sent did not arrive" },
        { "header:misplaced", "a header field was added below those that were there" },
        { "part:altered", "the content of a part is not what was sent" },
        { "part:reencoded", "a part arrived in another transfer encoding than it was sent in" },
        { "part:added", "a part arrived that was not sent" },
        { "part:removed", "a part that was sent did not arrive" },
        { "stat:untrue", "what the relay says became of a message is not what was seen" },
        { "stat:missing", "the relay was given a message and knows nothing of it" },
        { "cap:missing", "the SUT file does not claim what this case needs" },
        { "filtered", "the selection leaves it out" },
        { "shard", "another shard of the run has it" },
        { "prereq-failed", "something this case depends on did not hold" },
        { "network:refused", "no connection to the system under test could be made" },
        { "limit:", "what the system under test sent passes a limit of the harness" },
        { "withheld", "the reason quotes what was said, and the run is without content" },
        { "parser-differential", "two readers of the same bytes disagree about them" },
        { "interrupted", "the run ended while this case was running" },
        { "adapter:nonce",
          "what was new in the label did not come back: the answer is not of this label" },
        { "adapter:endpoint", "what the adapter was to open is not there, or not where it may be" },
        { "adapter:gone", "the adapter broke too often and was asked no more; nothing is known of "
                          "the system under test" },
        { "adapter:", "the adapter broke, not the system under test" },
        { "job:", "a job of the harness broke, not the system under test" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strncmp(reason, row[i].prefix, strlen(row[i].prefix)) == 0)
            return row[i].says;
    return "";
}

static const char *number(const struct mu_result *m, const char *name)
{
    const char *value = mu_pair_value(m->health, name);
    return value[0] != '\0' ? value : "0";
}

const char *mu_result_health(struct mu_arena *arena, const struct mu_result *result)
{
    const char *state = mu_pair_value(result->health, "state");
    if (result->health == NULL)
        return NULL;
    if (strcmp(state, "unknown") == 0)
        return "never measured: no self-test has shown what it finds";
    return mu_arena_printf(
        arena, "%s%s of %s defects found, %s of %s must rules and %s of %s negative cases proved",
        strcmp(state, "current") == 0 ? "" : "STALE, of another suite: ",
        number(result, "sins_killed"), number(result, "sins"), number(result, "assertions_killed"),
        number(result, "assertions"), number(result, "cases_killed"), number(result, "cases"));
}

/* Errors are the adapter's or the harness's own, and said apart: the one who reads is often the one to mend. */
static void put_broken(struct mu_buf *out, const struct mu_result *result)
{
    unsigned all = result->count[MU_ERROR], adapter = 0;
    for (const struct mu_issue *issue = result->issue; issue != NULL; issue = issue->next)
        if (issue->verdict == MU_ERROR && strcmp(issue->attribution, "adapter") == 0)
            adapter += issue->count;
    if (adapter > all)
        adapter = all;
    if (adapter > 0)
        mu_buf_printf(out, ", %u broke in the adapter", adapter);
    if (all > adapter)
        mu_buf_printf(out, ", %u broke in the harness", all - adapter);
}

/* What people say of it comes after what the run says. */
static void put_opinions(struct mu_buf *out, const struct mu_result *result)
{
    unsigned overridden = result->overridden, disputed = result->disputed;
    if (result->conflicts > 0)
        mu_buf_printf(out, "; the merged runs contradict each other in %u point%s",
                      result->conflicts, result->conflicts == 1 ? "" : "s");
    if (overridden > 0)
        mu_buf_printf(out, "; %u verdict%s overridden", overridden,
                      overridden == 1 ? " is" : "s are");
    if (disputed > 0)
        mu_buf_printf(out, "%s %u%s disputed", overridden > 0 ? "," : ";", disputed,
                      overridden > 0  ? ""
                      : disputed == 1 ? " verdict is"
                                      : " verdicts are");
}

const char *mu_result_answer(struct mu_arena *arena, const struct mu_result *result)
{
    static const struct {
        enum mu_verdict verdict;
        const char *one, *many;
    } row[] = {
        { MU_REMARKS, "passes with remarks", "pass with remarks" },
        { MU_FAIL, "fails", "fail" },
        { MU_INCONCLUSIVE, "could not be judged", "could not be judged" },
    };
    unsigned ran = result->total - result->count[MU_NOT_RUN];
    struct mu_buf out = { .arena = arena };
    if (ran == 0)
        return "no case ran, so nothing can be said about the system under test";
    if (result->count[MU_PASS] == ran)
        mu_buf_printf(
            &out, ran == 1 ? "the one case that ran passes" : "all %u cases that ran pass", ran);
    else
        mu_buf_printf(&out, "%u of %u cases that ran %s", result->count[MU_PASS], ran,
                      result->count[MU_PASS] == 1 ? "passes" : "pass");
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        unsigned n = result->count[row[i].verdict];
        if (n > 0)
            mu_buf_printf(&out, ", %u %s", n, n == 1 ? row[i].one : row[i].many);
    }
    put_broken(&out, result);
    put_opinions(&out, result);
    return mu_buf_text(&out);
}
