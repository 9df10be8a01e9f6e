/* The result of one message, as records: what the run stream uses, too. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text_safe.h"
#include "cli/check.h"

/* --- in the job ----------------------------------------------------------------------------------- */

static bool put(struct mu_buf *out, const struct mu_record *record, size_t max)
{
    size_t n = mu_record_size(record);
    if (out->n + n > max)
        return false;
    mu_buf_put(out, record, n);
    return true;
}

/* The places in the file, one string each: offset, octets, path. */
static void put_places(struct mu_record *record, const struct mu_stored *stored,
                       const struct mu_break *b)
{
    for (size_t i = 0; i < b->places; i++) {
        const struct mu_place *p = &b->place[i];
        char text[700];
        int64_t from = -1, to = -1;
        if (p->offset >= 0) {
            from = (int64_t) mu_stored_offset(stored, (size_t) p->offset);
            to = (int64_t) mu_stored_offset(stored, (size_t) (p->offset + p->octets));
        }
        snprintf(text, sizeof text, "%lld %lld %.600s", (long long) from,
                 (long long) (to > from ? to - from : 1), p->path);
        mu_record_put(record, text);
    }
}

static bool put_break(struct mu_buf *out, const struct mu_stored *stored, const struct mu_break *b,
                      size_t max)
{
    struct mu_record record = { .type = MU_RECORD_BREAK,
                                .number = (uint32_t) b->rule,
                                .count = (uint32_t) b->count };
    mu_record_put(&record, b->expected);
    mu_record_put(&record, b->seen);
    mu_record_put(&record, b->hint);
    put_places(&record, stored, b);
    return put(out, &record, max);
}

static void put_done(struct mu_buf *out, enum mu_verdict verdict, enum mu_rung rung,
                     const char *why, size_t left_off)
{
    struct mu_record done = {
        .type = MU_RECORD_DONE, .verdict = verdict, .rung = rung, .count = (uint32_t) left_off
    };
    mu_record_put(&done, why);
    (void) put(out, &done, MU_BATCH_RESULT);
}

void mu_check_write_result(struct mu_buf *out, const struct mu_judged *judged)
{
    const struct mu_judgement *j = &judged->judgement;
    struct mu_record marks = { .type = MU_RECORD_FINDINGS,
                               .number = judged->stored.local,
                               .octets = (int64_t) judged->stored.stored.n };
    mu_record_put(&marks, j->mark);
    (void) put(out, &marks, MU_BATCH_RESULT);
    size_t left_off = 0, max = MU_BATCH_RESULT - sizeof(struct mu_record);
    for (size_t i = 0; i < j->breaks; i++)
        left_off += !put_break(out, &judged->stored, &j->broken[i], max);
    enum mu_rung rung = judged->document.label != NULL ? MU_RUNG_LABEL_PARSED
                        : judged->document.label_found ? MU_RUNG_LABEL_FOUND
                                                       : MU_RUNG_INTACT;
    put_done(out, judged->doubt != NULL ? MU_INCONCLUSIVE : MU_PASS, rung,
             judged->doubt != NULL ? judged->doubt : "", left_off);
}

void mu_check_write_refusal(struct mu_buf *out, const char *why)
{
    put_done(out, MU_ERROR, MU_RUNG_NONE, why, 0);
}

/* --- in the parent -------------------------------------------------------------------------------- */

const char *mu_check_line(struct mu_arena *arena, const char *text)
{
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, mu_bytes_of(text), MU_TEXT_XML, MU_TEXT_MAX);
    for (size_t i = 0; i < out.n; i++)
        if (out.p[i] == '\n' || out.p[i] == '\t')
            out.p[i] = ' ';
    return mu_buf_text(&out);
}

struct mu_place mu_check_place(const struct mu_checked *checked,
                               const struct mu_check_finding *finding)
{
    if (finding->places > 0 && finding->place[0].offset >= 0)
        return finding->place[0];
    return (struct mu_place){ checked->item->offset, checked->octets,
                              finding->places > 0 ? finding->place[0].path : "" };
}

/* "OFFSET OCTETS PATH", held to the message that it is about. */
static bool read_place(struct mu_arena *arena, const struct mu_checked *checked, const char *text,
                       struct mu_place *place)
{
    char *end;
    place->offset = strtoll(text, &end, 10);
    place->octets = strtoll(end, &end, 10);
    bool none = place->offset == -1;
    if (*end != ' ' || place->octets < 1
        || (!none && (place->offset < 0 || place->offset > checked->octets)))
        return false;
    if (!none && place->octets > checked->octets - place->offset)
        place->octets = checked->octets - place->offset;
    place->offset = none ? -1 : place->offset + checked->item->offset;
    place->path = mu_check_line(arena, end + 1);
    return true;
}

static bool read_break(struct mu_arena *arena, const struct mu_rule_set *rules,
                       const struct mu_record *record, struct mu_checked *out)
{
    if (record->number >= mu_rules_count(rules) || out->findings == mu_rules_count(rules))
        return false;
    struct mu_check_finding *f = &out->finding[out->findings++];
    f->index = record->number;
    f->rule = mu_rules_at(rules, f->index);
    f->text = mu_check_line(arena, mu_record_text(record, 0));
    f->seen = mu_check_line(arena, mu_record_text(record, 1));
    f->hint = mu_check_line(arena, mu_record_text(record, 2));
    f->count = record->count;
    while (f->places < MU_PLACES_MAX) {
        const char *text = mu_record_text(record, 3 + (unsigned) f->places);
        if (*text == '\0')
            break;
        if (!read_place(arena, out, text, &f->place[f->places++]))
            return false;
    }
    return true;
}

static bool read_marks(const struct mu_rule_set *rules, const struct mu_record *record,
                       struct mu_checked *out)
{
    const char *mark = mu_record_text(record, 0);
    if (strlen(mark) != mu_rules_count(rules) || record->octets < 0)
        return false;
    out->local = record->number == 1;
    out->octets = record->octets;
    for (size_t i = 0; mark[i] != '\0'; i++) {
        out->held += mark[i] == MU_MARK_HOLDS;
        out->not_applicable += mark[i] == MU_MARK_NOT_APPLICABLE && mu_rules_at(rules, i)->assertion
                               && !mu_rules_at(rules, i)->left_out;
    }
    return true;
}

static void read_done(struct mu_arena *arena, const struct mu_record *record,
                      struct mu_checked *out)
{
    out->left_off = record->count;
    out->label = record->rung == MU_RUNG_LABEL_PARSED  ? MU_CHECK_LABEL_READ
                 : record->rung == MU_RUNG_LABEL_FOUND ? MU_CHECK_LABEL_FOUND
                                                       : MU_CHECK_NO_LABEL;
    out->why = mu_check_line(arena, mu_record_text(record, 0));
    out->state = record->verdict == MU_ERROR          ? MU_CHECK_KILLED
                 : record->verdict == MU_INCONCLUSIVE ? MU_CHECK_DOUBTFUL
                                                      : MU_CHECK_JUDGED;
}

bool mu_check_read_result(struct mu_arena *arena, const struct mu_rule_set *rules,
                          struct mu_bytes result, struct mu_checked *out)
{
    const size_t head = offsetof(struct mu_record, text);
    bool done = false;
    for (size_t n; result.n > 0 && !done; result = mu_bytes_from(result, n)) {
        struct mu_record record = { .type = 0 };
        memcpy(&record, result.p, result.n < head ? result.n : head);
        n = head + record.used;
        if (result.n < head || record.used > sizeof record.text || n > result.n)
            return false;
        memcpy(&record, result.p, n);
        if (!mu_record_valid(&record, n))
            return false;
        bool sane = true;
        if (record.type == MU_RECORD_FINDINGS)
            sane = read_marks(rules, &record, out);
        else if (record.type == MU_RECORD_BREAK)
            sane = read_break(arena, rules, &record, out);
        else if (record.type == MU_RECORD_DONE)
            read_done(arena, &record, out);
        if (!sane)
            return false;
        done = record.type == MU_RECORD_DONE;
    }
    return done && result.n == 0;
}
