/* One r:case: the short form that every case has, and the full one with its evidence. */
#include "report/xml.h"

#include "base/codec.h"
#include "base/limits.h"

static void add_requirements(struct mu_model_tree *t, const struct mu_result_case *of)
{
    for (const struct mu_clause *c = of->clause; c != NULL; c = c->next) {
        mu_model_open(t, "requirement");
        mu_model_set(t, "document", c->document);
        mu_model_set(t, "clause", c->clause);
        mu_model_set(t, "rule", c->rule);
        mu_model_close(t);
    }
}

static void add_ladder(struct mu_model_tree *t, enum mu_rung reached)
{
    for (int rung = MU_RUNG_REACH; rung < MU_RUNGS; rung++) {
        mu_model_open(t, "rung");
        mu_model_set(t, "name", mu_rung_name((enum mu_rung) rung));
        mu_model_flag(t, "reached", rung <= (int) reached);
        mu_model_flag(t, "here", rung == (int) reached);
        mu_model_close(t);
    }
}

static void add_attempts(struct mu_model_tree *t, const struct mu_instance *instance)
{
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        mu_model_open(t, "attempt");
        mu_model_number(t, "number", (int64_t) a->number);
        mu_model_set(t, "verdict", a->judged ? mu_verdict_name(a->verdict) : "not-run");
        mu_model_set(t, "reason", a->judged ? a->reason : "interrupted");
        mu_model_number(t, "ms", a->ms);
        mu_model_set(t, "folder", a->folder);
        mu_model_close(t);
    }
}

/* The entry of the expectation file that has to do with the result. */
static void add_entry(struct mu_model_tree *t, const struct mu_result *m,
                      const struct mu_instance *instance)
{
    const struct mu_known *known = mu_known_find(m, instance->entry);
    if (known != NULL)
        mu_model_known(t, "known", known);
}

static void add_compared(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next) {
        mu_model_open(t, "compared");
        mu_model_set(t, "what", c->what);
        mu_model_set(t, "first", c->first);
        mu_model_set(t, "second", c->second);
        mu_model_set(t, "held", c->held);
        mu_model_set(t, "demanded", c->demanded);
        mu_model_flag(t, "enough", c->enough);
        if (c->offset >= 0)
            mu_model_number(t, "offset", c->offset);
        mu_model_text(t, "where", c->where);
        mu_model_text(t, "expected", c->expected);
        mu_model_text(t, "seen", c->seen);
        mu_model_close(t);
    }
}

static void add_legs(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    for (const struct mu_result_leg *leg = attempt->leg; leg != NULL; leg = leg->next) {
        mu_model_open(t, "judged");
        mu_model_set(t, "leg", leg->leg);
        mu_model_text(t, "held", leg->held);
        mu_model_text(t, "broken", leg->broken);
        mu_model_text(t, "not-applicable", leg->not_applicable);
        mu_model_close(t);
    }
}

static void add_files(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    char hex[2 * MU_DIGEST_BYTES + 1];
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
        mu_model_open(t, "file");
        mu_model_set(t, "name", file->name);
        mu_model_number(t, "octets", file->octets);
        mu_hex_write(file->sha256, sizeof file->sha256, hex);
        mu_model_set(t, "sha256", file->digested ? hex : "");
        mu_model_close(t);
    }
}

static void add_steps(struct mu_model_tree *t, const struct mu_detail *detail)
{
    for (const struct mu_step_row *step = detail->step; step != NULL; step = step->next) {
        mu_model_open(t, "step");
        mu_model_number(t, "at-ms", step->at_ms);
        mu_model_set(t, "name", step->step);
        mu_model_set(t, "of", step->of);
        mu_model_set(t, "ok", step->ok ? "true" : "false");
        mu_model_text(t, "expected", step->expected);
        mu_model_text(t, "observed", step->observed);
        mu_model_close(t);
    }
}

static void add_transcripts(struct mu_model_tree *t, const struct mu_detail *detail)
{
    const struct mu_transcript_shown *shown = detail->transcript;
    for (; shown != NULL; shown = shown->next) {
        mu_model_open(t, "transcript");
        mu_model_set(t, "file", shown->file);
        mu_model_number(t, "left-out", (int64_t) shown->left_out);
        for (const struct mu_line_row *line = shown->line; line != NULL; line = line->next) {
            mu_model_open(t, "line");
            mu_model_set(t, "at-ms", line->at_ms);
            mu_model_set(t, "way", line->way);
            mu_model_text(t, "text", line->text);
            mu_model_close(t);
        }
        mu_model_close(t);
    }
}

static void add_labels(struct mu_model_tree *t, const struct mu_detail *detail)
{
    if (detail->row == NULL)
        return;
    mu_model_open(t, "labels");
    for (size_t i = 0; i < detail->legs; i++) {
        mu_model_open(t, "leg");
        mu_model_set(t, "name", detail->leg[i].leg);
        mu_model_set(t, "carrier", detail->leg[i].carrier);
        mu_model_set(t, "file", detail->leg[i].file);
        mu_model_set(t, "way", detail->leg[i].sent ? "sent" : "received");
        mu_model_close(t);
    }
    for (const struct mu_label_row *row = detail->row; row != NULL; row = row->next) {
        mu_model_open(t, "fact");
        mu_model_set(t, "name", row->name);
        mu_model_flag(t, "differs", row->differs);
        for (size_t i = 0; i < detail->legs; i++) {
            mu_model_open(t, "cell");
            mu_model_flag(t, "absent", row->cell[i] == NULL);
            mu_model_text(t, "value", row->cell[i]);
            mu_model_close(t);
        }
        mu_model_close(t);
    }
    mu_model_close(t);
}

static void add_evidence(struct mu_model_tree *t, struct mu_arena *arena,
                         struct mu_xml_chunks *chunks, const struct mu_attempt *attempt)
{
    struct mu_detail detail;
    mu_detail_read(arena, chunks->source, attempt, &detail);
    add_steps(t, &detail);
    add_labels(t, &detail);
    add_transcripts(t, &detail);
    add_files(t, attempt);
    for (const struct mu_problem *p = detail.problem; p != NULL; p = p->next) {
        mu_model_open(t, "problem");
        mu_model_set(t, "file", p->file);
        mu_model_text(t, "text", p->text);
        mu_model_close(t);
    }
}

static void set_case(struct mu_model_tree *t, const struct mu_instance *instance)
{
    const struct mu_result_case *of = instance->of;
    mu_model_number(t, "index", (int64_t) instance->index);
    mu_model_set(t, "name", instance->name);
    mu_model_set(t, "id", of->id);
    mu_model_set(t, "verdict", mu_verdict_name(instance->verdict));
    mu_model_set(t, "reason", instance->reason);
    mu_model_set(t, "role", of->role);
    mu_model_set(t, "level", of->level);
    mu_model_set(t, "class", of->class);
    mu_model_set(t, "importance", of->importance);
    mu_model_set(t, "control", of->control);
    mu_model_set(t, "revision", of->revision);
    mu_model_set(t, "sins", of->sins);
    mu_model_flag(t, "example", instance->example);
    mu_model_set(t, "expectation", instance->expectation);
    if (instance->tried < 2)
        return;
    mu_model_number(t, "tried", (int64_t) instance->tried);
    mu_model_number(t, "passed", (int64_t) instance->passed);
    mu_model_flag(t, "unstable", instance->unstable);
}

static void set_attempt(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    mu_model_set(t, "rung", mu_rung_name(attempt->rung));
    mu_model_set(t, "attribution", attempt->attribution);
    mu_model_number(t, "at-ms", attempt->at_ms);
    mu_model_number(t, "ms", attempt->ms);
    mu_model_set(t, "folder", attempt->folder);
}

static void add_command(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m,
                        const struct mu_instance *instance)
{
    const char *profile = mu_pair_value(m->profile, "id");
    mu_model_text(t, "command",
                  mu_arena_printf(
                      arena, "muster run --profile %s --sut SUT-FILE --select 'id:%s' --seed %lld",
                      *profile != '\0' ? profile : "PROFILE", instance->of->id,
                      (long long) m->seed));
}

static void add_full(struct mu_model_tree *t, struct mu_arena *arena, struct mu_xml_chunks *chunks,
                     const struct mu_instance *instance, const struct mu_attempt *attempt)
{
    mu_model_set(t, "detail", "full");
    mu_model_text(t, "title", instance->of->title);
    mu_model_text(t, "why", instance->of->why);
    mu_model_text(t, "meaning", mu_reason_sentence(instance->reason));
    add_requirements(t, instance->of);
    add_entry(t, chunks->result, instance);
    if (attempt == NULL)
        return;
    add_ladder(t, attempt->rung);
    add_attempts(t, instance);
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        mu_model_finding(t, arena, chunks->result, f);
    add_compared(t, attempt);
    add_legs(t, attempt);
    add_evidence(t, arena, chunks, attempt);
    add_command(t, arena, chunks->result, instance);
}

/* Findings stand in the short form, too: JUnit has nothing else to say. A second mark of a page,
 * which has a mode, wants a line of a table. */
static void add_brief(struct mu_model_tree *t, struct mu_arena *arena,
                      const struct mu_xml_chunks *chunks, const struct mu_instance *instance,
                      const struct mu_attempt *attempt)
{
    mu_model_set(t, "detail", "brief");
    mu_model_text(t, "title", instance->of->title);
    mu_model_text(t, "meaning", mu_reason_sentence(instance->reason));
    if (attempt == NULL || *chunks->mode != '\0')
        return;
    add_entry(t, chunks->result, instance);
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        mu_model_finding(t, arena, chunks->result, f);
    add_compared(t, attempt);
}

/* In a long run what passed or did not run is short, and of what failed the first ones are full. */
static bool is_full(const struct mu_xml_chunks *chunks, const struct mu_instance *instance)
{
    if (*chunks->mode != '\0' || chunks->shown >= MU_REPORT_DETAIL_MAX)
        return false;
    return chunks->result->total <= MU_REPORT_DETAIL_MAX || instance->verdict >= MU_REMARKS;
}

static void add_case(struct mu_model_tree *t, struct mu_arena *arena, struct mu_xml_chunks *chunks,
                     const struct mu_instance *instance)
{
    const struct mu_attempt *attempt = instance->final;
    mu_model_open(t, "case");
    set_case(t, instance);
    if (attempt != NULL)
        set_attempt(t, attempt);
    if (is_full(chunks, instance)) {
        chunks->shown++;
        add_full(t, arena, chunks, instance, attempt);
    } else {
        add_brief(t, arena, chunks, instance, attempt);
    }
    mu_model_close(t);
}

xmlDoc *mu_result_chunk(struct mu_arena *arena, struct mu_xml_chunks *chunks,
                        const struct mu_instance **next, unsigned count)
{
    struct mu_model_tree t;
    mu_model_start(&t, "cases");
    mu_model_set(&t, "mode", chunks->mode);
    mu_model_flag(&t, "folded", chunks->result->total > MU_REPORT_DETAIL_MAX);
    mu_model_flag(&t, "tries", chunks->result->tries);
    for (unsigned i = 0; i < count && *next != NULL; i++, *next = (*next)->next)
        add_case(&t, arena, chunks, *next);
    return t.doc;
}
