/* One r:case: the short form that every case has, and the full one with its evidence. */
#include "report/xml.h"

#include "base/codec.h"
#include "base/limits.h"

static void add_requirements(struct mu_tree *t, const struct mu_result_case *of)
{
    for (const struct mu_clause *c = of->clause; c != NULL; c = c->next) {
        mu_tree_open(t, "requirement");
        mu_tree_set(t, "document", c->document);
        mu_tree_set(t, "clause", c->clause);
        mu_tree_set(t, "rule", c->rule);
        mu_tree_close(t);
    }
}

static void add_ladder(struct mu_tree *t, enum mu_rung reached)
{
    for (int rung = MU_RUNG_REACH; rung < MU_RUNGS; rung++) {
        mu_tree_open(t, "rung");
        mu_tree_set(t, "name", mu_rung_name((enum mu_rung) rung));
        mu_tree_flag(t, "reached", rung <= (int) reached);
        mu_tree_flag(t, "here", rung == (int) reached);
        mu_tree_close(t);
    }
}

static void add_attempts(struct mu_tree *t, const struct mu_instance *instance)
{
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        mu_tree_open(t, "attempt");
        mu_tree_number(t, "number", (int64_t) a->number);
        mu_tree_set(t, "verdict", a->judged ? mu_verdict_name(a->verdict) : "not-run");
        mu_tree_set(t, "reason", a->judged ? a->reason : "interrupted");
        mu_tree_number(t, "ms", a->ms);
        mu_tree_set(t, "folder", a->folder);
        mu_tree_close(t);
    }
}

static void add_legs(struct mu_tree *t, const struct mu_attempt *attempt)
{
    for (const struct mu_result_leg *leg = attempt->leg; leg != NULL; leg = leg->next) {
        mu_tree_open(t, "judged");
        mu_tree_set(t, "leg", leg->leg);
        mu_tree_text(t, "held", leg->held);
        mu_tree_text(t, "broken", leg->broken);
        mu_tree_text(t, "not-applicable", leg->not_applicable);
        mu_tree_close(t);
    }
}

static void add_files(struct mu_tree *t, const struct mu_attempt *attempt)
{
    char hex[2 * MU_DIGEST_BYTES + 1];
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
        mu_tree_open(t, "file");
        mu_tree_set(t, "name", file->name);
        mu_tree_number(t, "octets", file->octets);
        mu_hex_write(file->sha256, sizeof file->sha256, hex);
        mu_tree_set(t, "sha256", file->digested ? hex : "");
        mu_tree_close(t);
    }
}

static void add_steps(struct mu_tree *t, const struct mu_detail *detail)
{
    for (const struct mu_step_row *step = detail->step; step != NULL; step = step->next) {
        mu_tree_open(t, "step");
        mu_tree_number(t, "at-ms", step->at_ms);
        mu_tree_set(t, "name", step->step);
        mu_tree_set(t, "of", step->of);
        mu_tree_set(t, "ok", step->ok ? "true" : "false");
        mu_tree_text(t, "expected", step->expected);
        mu_tree_text(t, "observed", step->observed);
        mu_tree_close(t);
    }
}

static void add_transcripts(struct mu_tree *t, const struct mu_detail *detail)
{
    const struct mu_transcript_shown *shown = detail->transcript;
    for (; shown != NULL; shown = shown->next) {
        mu_tree_open(t, "transcript");
        mu_tree_set(t, "file", shown->file);
        mu_tree_number(t, "left-out", (int64_t) shown->left_out);
        for (const struct mu_line_row *line = shown->line; line != NULL; line = line->next) {
            mu_tree_open(t, "line");
            mu_tree_set(t, "at-ms", line->at_ms);
            mu_tree_set(t, "way", line->way);
            mu_tree_text(t, "text", line->text);
            mu_tree_close(t);
        }
        mu_tree_close(t);
    }
}

static void add_labels(struct mu_tree *t, const struct mu_detail *detail)
{
    if (detail->row == NULL)
        return;
    mu_tree_open(t, "labels");
    for (size_t i = 0; i < detail->legs; i++) {
        mu_tree_open(t, "leg");
        mu_tree_set(t, "name", detail->leg[i].leg);
        mu_tree_set(t, "carrier", detail->leg[i].carrier);
        mu_tree_set(t, "file", detail->leg[i].file);
        mu_tree_set(t, "way", detail->leg[i].sent ? "sent" : "received");
        mu_tree_close(t);
    }
    for (const struct mu_label_row *row = detail->row; row != NULL; row = row->next) {
        mu_tree_open(t, "fact");
        mu_tree_set(t, "name", row->name);
        mu_tree_flag(t, "differs", row->differs);
        for (size_t i = 0; i < detail->legs; i++) {
            mu_tree_open(t, "cell");
            mu_tree_flag(t, "absent", row->cell[i] == NULL);
            mu_tree_text(t, "value", row->cell[i]);
            mu_tree_close(t);
        }
        mu_tree_close(t);
    }
    mu_tree_close(t);
}

static void add_evidence(struct mu_tree *t, struct mu_arena *arena, struct mu_xml_chunks *chunks,
                         const struct mu_attempt *attempt)
{
    struct mu_detail detail;
    mu_detail_read(arena, chunks->source, attempt, &detail);
    add_steps(t, &detail);
    add_labels(t, &detail);
    add_transcripts(t, &detail);
    add_files(t, attempt);
    for (const struct mu_problem *p = detail.problem; p != NULL; p = p->next) {
        mu_tree_open(t, "problem");
        mu_tree_set(t, "file", p->file);
        mu_tree_text(t, "text", p->text);
        mu_tree_close(t);
    }
}

static void set_case(struct mu_tree *t, const struct mu_instance *instance)
{
    const struct mu_result_case *of = instance->of;
    mu_tree_number(t, "index", (int64_t) instance->index);
    mu_tree_set(t, "name", instance->name);
    mu_tree_set(t, "id", of->id);
    mu_tree_set(t, "verdict", mu_verdict_name(instance->verdict));
    mu_tree_set(t, "reason", instance->reason);
    mu_tree_set(t, "role", of->role);
    mu_tree_set(t, "level", of->level);
    mu_tree_set(t, "class", of->class);
    mu_tree_set(t, "importance", of->importance);
    mu_tree_set(t, "control", of->control);
    mu_tree_set(t, "revision", of->revision);
    mu_tree_set(t, "sins", of->sins);
}

static void set_attempt(struct mu_tree *t, const struct mu_attempt *attempt)
{
    mu_tree_set(t, "rung", mu_rung_name(attempt->rung));
    mu_tree_set(t, "attribution", attempt->attribution);
    mu_tree_set(t, "expectation", attempt->expectation);
    mu_tree_number(t, "at-ms", attempt->at_ms);
    mu_tree_number(t, "ms", attempt->ms);
    mu_tree_set(t, "folder", attempt->folder);
}

static void add_command(struct mu_tree *t, struct mu_arena *arena, const struct mu_result *m,
                        const struct mu_instance *instance)
{
    const char *profile = mu_pair_value(m->profile, "id");
    mu_tree_text(t, "command",
                 mu_arena_printf(
                     arena, "muster run --profile %s --sut SUT-FILE --select 'id:%s' --seed %lld",
                     *profile != '\0' ? profile : "PROFILE", instance->of->id,
                     (long long) m->seed));
}

static void add_full(struct mu_tree *t, struct mu_arena *arena, struct mu_xml_chunks *chunks,
                     const struct mu_instance *instance, const struct mu_attempt *attempt)
{
    mu_tree_set(t, "detail", "full");
    mu_tree_text(t, "title", instance->of->title);
    mu_tree_text(t, "why", instance->of->why);
    mu_tree_text(t, "meaning", mu_reason_sentence(instance->reason));
    add_requirements(t, instance->of);
    if (attempt == NULL)
        return;
    add_ladder(t, attempt->rung);
    add_attempts(t, instance);
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        mu_tree_finding(t, arena, chunks->result, f);
    add_legs(t, attempt);
    add_evidence(t, arena, chunks, attempt);
    add_command(t, arena, chunks->result, instance);
}

/* Findings stand in the short form, too: JUnit has nothing else to say. A second mark of a page,
 * which has a mode, wants a line of a table. */
static void add_brief(struct mu_tree *t, struct mu_arena *arena, const struct mu_xml_chunks *chunks,
                      const struct mu_instance *instance, const struct mu_attempt *attempt)
{
    mu_tree_set(t, "detail", "brief");
    mu_tree_text(t, "title", instance->of->title);
    mu_tree_text(t, "meaning", mu_reason_sentence(instance->reason));
    const struct mu_finding *f = attempt != NULL && *chunks->mode == '\0' ? attempt->finding : NULL;
    for (; f != NULL; f = f->next)
        mu_tree_finding(t, arena, chunks->result, f);
}

/* In a long run what passed or did not run is short, and of what failed the first ones are full. */
static bool is_full(const struct mu_xml_chunks *chunks, const struct mu_instance *instance)
{
    if (*chunks->mode != '\0' || chunks->shown >= MU_REPORT_DETAIL_MAX)
        return false;
    return chunks->result->total <= MU_REPORT_DETAIL_MAX || instance->verdict >= MU_REMARKS;
}

static void add_case(struct mu_tree *t, struct mu_arena *arena, struct mu_xml_chunks *chunks,
                     const struct mu_instance *instance)
{
    const struct mu_attempt *attempt = mu_instance_final(instance);
    mu_tree_open(t, "case");
    set_case(t, instance);
    if (attempt != NULL)
        set_attempt(t, attempt);
    if (is_full(chunks, instance)) {
        chunks->shown++;
        add_full(t, arena, chunks, instance, attempt);
    } else {
        add_brief(t, arena, chunks, instance, attempt);
    }
    mu_tree_close(t);
}

xmlDoc *mu_result_chunk(struct mu_arena *arena, struct mu_xml_chunks *chunks,
                        const struct mu_instance **next, unsigned count)
{
    struct mu_tree t;
    mu_tree_start(&t, "cases");
    mu_tree_set(&t, "mode", chunks->mode);
    mu_tree_flag(&t, "folded", chunks->result->total > MU_REPORT_DETAIL_MAX);
    for (unsigned i = 0; i < count && *next != NULL; i++, *next = (*next)->next)
        add_case(&t, arena, chunks, *next);
    return t.doc;
}
