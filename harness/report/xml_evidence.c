/* What the evidence of one attempt says: steps, labels, octets, transcripts, files. */
#include "base/codec.h"
#include "base/tar.h"
#include "report/xml.h"

static void add_files(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    char hex[2 * MU_DIGEST_BYTES + 1];
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
        mu_model_open(t, "file");
        mu_model_set(t, "name", file->name);
        mu_model_number(t, "octets", file->octets);
        mu_model_set(t, "in", file->at > 0 ? MU_TAR_CASES : "");
        mu_hex_write(file->sha256, sizeof file->sha256, hex);
        mu_model_set(t, "sha256", file->digested ? hex : "");
        mu_model_set(t, "hmac", file->hmac);
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

static void add_seen(struct mu_model_tree *t, const struct mu_label_seen *seen)
{
    for (; seen != NULL; seen = seen->next) {
        mu_model_open(t, "seen-label");
        mu_model_set(t, "at", seen->at);
        mu_model_flag(t, "known", seen->known);
        mu_model_flag(t, "valid", seen->valid);
        mu_model_set(t, "policy", seen->policy);
        mu_model_set(t, "colour", seen->colour);
        mu_model_set(t, "text-colour", seen->text_colour);
        mu_model_text(t, "marking", seen->marking);
        mu_model_text(t, "xml", seen->xml);
        mu_model_close(t);
    }
}

static void add_hex(struct mu_model_tree *t, const struct mu_detail *detail)
{
    for (const struct mu_hex_view *view = detail->hex; view != NULL; view = view->next) {
        mu_model_open(t, "dump");
        mu_model_set(t, "file", view->file);
        mu_model_set(t, "leg", view->leg);
        mu_model_set(t, "of", view->what);
        mu_model_number(t, "offset", view->offset);
        for (const struct mu_hex_row *row = view->row; row != NULL; row = row->next) {
            static const char *const hex[3] = { "before", "at", "behind" };
            static const char *const text[3] = { "text-before", "text-at", "text-behind" };
            mu_model_open(t, "octets");
            mu_model_number(t, "offset", row->offset);
            for (size_t i = 0; i < MU_COUNT(hex); i++) {
                mu_model_text(t, hex[i], row->hex[i]);
                mu_model_text(t, text[i], row->text[i]);
            }
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
        mu_model_set(t, "way",
                     detail->leg[i].intended ? "intended"
                     : detail->leg[i].sent   ? "sent"
                                             : "received");
        add_seen(t, detail->leg[i].label);
        mu_model_close(t);
    }
    for (const struct mu_label_row *row = detail->row; row != NULL; row = row->next) {
        mu_model_open(t, "fact");
        mu_model_set(t, "name", row->name);
        mu_model_flag(t, "differs", row->differs);
        for (size_t i = 0; i < detail->legs; i++) {
            mu_model_open(t, "cell");
            mu_model_flag(t, "absent", row->cell[i] == NULL);
            mu_model_flag(t, "other", row->other[i]);
            mu_model_text(t, "value", row->cell[i]);
            mu_model_close(t);
        }
        mu_model_flag(t, "misunderstood", row->misunderstood);
        mu_model_text(t, "understood", row->understood);
        mu_model_close(t);
    }
    mu_model_close(t);
}

void mu_model_evidence(struct mu_model_tree *t, struct mu_arena *arena,
                       const struct mu_report_source *source, const struct mu_attempt *attempt)
{
    struct mu_detail detail;
    mu_detail_read(arena, source, attempt, &detail);
    add_steps(t, &detail);
    add_labels(t, &detail);
    add_hex(t, &detail);
    add_transcripts(t, &detail);
    add_files(t, attempt);
    for (const struct mu_problem *p = detail.problem; p != NULL; p = p->next) {
        mu_model_open(t, "problem");
        mu_model_set(t, "file", p->file);
        mu_model_text(t, "text", p->text);
        mu_model_close(t);
    }
}
