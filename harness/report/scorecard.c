/* scorecard.csv: a line a case instance, in the words of the event (reports/event-words.xml). */
#include "base/names.h"
#include "report/csv.h"
#include "report/formats.h"
#include "report/words.h"

static const char *const head[] = {
    "case",       "title",    "result",      "verdict",     "reason", "meaning",
    "profile",    "system",   "version",     "role",        "kind",   "level",
    "importance", "rung",     "attribution", "expectation", "passed", "attempts",
    "ms",         "evidence", "opinions",    "run",         "state",  "marking",
};

const char *mu_event_word(const struct mu_event_words *words, enum mu_verdict verdict,
                          const char *reason)
{
    const struct mu_reason_word *r = words != NULL ? words->reason : NULL;
    for (; r != NULL; r = r->next)
        if (r->verdict == verdict && mu_name_matches(reason, r->like))
            return r->word;
    return words != NULL ? words->verdict[verdict] : mu_verdict_name(verdict);
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct mu_csv csv = { .out = &out->buf };
    out->self = (void *) (uintptr_t) mu_result_marking(out->buf.arena, m);
    mu_csv_head(&csv, head, MU_COUNT(head));
}

static void put_sut(struct mu_csv *csv, const struct mu_result *m)
{
    mu_csv_text(csv, mu_pair_value(m->profile, "id"));
    mu_csv_text(csv, mu_pair_value(m->sut, "id"));
    mu_csv_text(csv, mu_pair_value(m->sut, "version"));
}

static void put_run(struct mu_csv *csv, const struct mu_result *m, const char *marking)
{
    mu_csv_text(csv, m->run);
    mu_csv_text(csv, mu_run_state_name(m->state));
    mu_csv_text(csv, marking);
    mu_csv_end(csv);
}

/* Rung, attribution, ... of the attempt that speaks; nothing where none does. */
static void put_attempt(struct mu_csv *csv, const struct mu_instance *instance)
{
    const struct mu_attempt *final = instance->final;
    mu_csv_text(csv, final != NULL ? mu_rung_name(final->rung) : "");
    mu_csv_text(csv, final != NULL ? final->attribution : "");
    mu_csv_text(csv, instance->expectation);
    mu_csv_number(csv, (int64_t) instance->passed);
    mu_csv_number(csv, (int64_t) instance->tried);
    mu_csv_number(csv, final != NULL ? final->ms : 0);
    mu_csv_text(csv, final != NULL ? final->folder : "");
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    const struct mu_result_case *of = instance->of;
    struct mu_csv csv = { .out = &out->buf };
    mu_csv_text(&csv, instance->name);
    mu_csv_text(&csv, of->title);
    mu_csv_text(&csv, mu_event_word(out->words, instance->verdict, instance->reason));
    mu_csv_text(&csv, mu_verdict_name(instance->verdict));
    mu_csv_text(&csv, instance->reason);
    mu_csv_text(&csv, mu_reason_sentence(instance->reason));
    put_sut(&csv, m);
    mu_csv_text(&csv, of->role);
    mu_csv_text(&csv, of->class);
    mu_csv_text(&csv, of->level);
    mu_csv_text(&csv, of->importance);
    put_attempt(&csv, instance);
    mu_csv_text(&csv, mu_out_opinions(out, instance));
    put_run(&csv, m, out->self);
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    static const struct mu_instance none = { .expectation = "" };
    struct mu_csv csv = { .out = &out->buf };
    const char *state = mu_run_state_name(m->state);
    if (m->state == MU_RUN_COMPLETE)
        return;
    mu_csv_text(&csv, "the run is complete");
    mu_csv_text(&csv, "What stands here is not all: the run did not end in good order");
    mu_csv_text(&csv, mu_event_word(out->words, MU_ERROR, state));
    mu_csv_text(&csv, mu_verdict_name(MU_ERROR));
    mu_csv_text(&csv, state);
    mu_csv_text(&csv, "");
    put_sut(&csv, m);
    for (int i = 0; i < 4; i++)
        mu_csv_text(&csv, "");
    put_attempt(&csv, &none);
    mu_csv_text(&csv, "");
    put_run(&csv, m, out->self);
}

const struct mu_writer mu_writer_scorecard = { begin, each, end };
