#include "report/evidence.h"

#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/tar.h"
#include "base/text_safe.h"
#include "report/read.h"

void mu_detail_problem(struct mu_detail *detail, const char *file, const char *text)
{
    struct mu_problem **tail = &detail->problem;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = mu_new(detail->arena, struct mu_problem);
    **tail = (struct mu_problem){ .file = file, .text = text };
}

bool mu_evidence_is_plain(const char *path)
{
    const char *at = path;
    for (; *at != '\0'; at++) {
        bool word = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-';
        bool inner = (*at == '/' || *at == '.') && at > path && at[-1] != '/' && at[-1] != '.';
        if (!word && !inner)
            return false;
    }
    return at > path && at - path < 200;
}

static bool load_entry(struct mu_detail *detail, int fd, const struct mu_file *file,
                       struct mu_bytes *out)
{
    struct mu_err err;
    struct mu_tar_entry entry;
    if (!mu_tar_read(detail->arena, fd, file->at, file->octets, MU_REPORT_EVIDENCE_MAX, &entry,
                     &err)) {
        mu_detail_problem(detail, file->name,
                          err.code == MU_ERR_PEER ? mu_arena_printf(
                              detail->arena, "cannot be in " MU_TAR_CASES ": %s", err.msg)
                                                  : "is too large to be shown, or cannot be read");
        return false;
    }
    *out = entry.content;
    return true;
}

static bool load_file(struct mu_detail *detail, int fd, const struct mu_file *file,
                      struct mu_bytes *out)
{
    struct mu_err err;
    if (mu_file_read_fd(detail->arena, fd, file->name, MU_REPORT_EVIDENCE_MAX, out, &err))
        return true;
    mu_detail_problem(detail, file->name, "is too large to be shown, or cannot be read");
    return false;
}

bool mu_detail_load(struct mu_detail *detail, const struct mu_report_source *source,
                    const struct mu_attempt *attempt, const struct mu_file *file,
                    struct mu_bytes *out)
{
    unsigned char digest[MU_DIGEST_BYTES];
    bool entry = file->at != 0;
    MU_CLEANUP(mu_fd_close) int fd = -1;
    if (source->evidence != NULL && mu_evidence_is_plain(attempt->folder)
        && mu_evidence_is_plain(file->name))
        fd = source->evidence(source->self, entry ? "" : attempt->folder,
                              entry ? MU_TAR_CASES : file->name);
    if (fd < 0) {
        mu_detail_problem(detail, file->name,
                          entry ? "cannot be shown: " MU_TAR_CASES " is not there"
                                : "is not in the evidence folder");
        return false;
    }
    TRY(entry ? load_entry(detail, fd, file, out) : load_file(detail, fd, file, out));
    mu_digest(*out, digest);
    if (file->digested && memcmp(digest, file->sha256, sizeof digest) != 0)
        mu_detail_problem(detail, file->name, "is not as it was recorded: its digest differs");
    return true;
}

const char *mu_detail_text(const struct mu_detail *detail, struct mu_bytes text, size_t max)
{
    struct mu_buf out = { .arena = detail->arena };
    if (detail->hidden != NULL)
        return mu_redact_text(detail->hidden, detail->arena, text);
    mu_text_safe(&out, text, MU_TEXT_XML, max);
    return mu_buf_text(&out);
}

const char *mu_detail_name(const struct mu_detail *detail, struct mu_bytes name)
{
    return detail->hidden != NULL && name.n > 0
               ? mu_redact_name(detail->hidden, detail->arena, name)
               : mu_detail_text(detail, name, MU_ID_MAX);
}

static bool is_leg(const struct mu_attempt *attempt, struct mu_bytes name)
{
    for (const struct mu_result_leg *leg = attempt->leg; leg != NULL; leg = leg->next)
        if (mu_bytes_equal(mu_bytes_of(leg->leg), name))
            return true;
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        if (mu_bytes_equal(mu_bytes_of(f->leg), name))
            return true;
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next)
        if (mu_bytes_equal(mu_bytes_of(c->first), name)
            || mu_bytes_equal(mu_bytes_of(c->second), name))
            return true;
    return false;
}

const char *mu_detail_leg(const struct mu_detail *detail, struct mu_bytes name)
{
    struct mu_buf out = { .arena = detail->arena };
    if (detail->hidden != NULL && !is_leg(detail->attempt, name))
        return mu_redact_text(detail->hidden, detail->arena, name);
    mu_text_safe(&out, name, MU_TEXT_XML, MU_ID_MAX);
    return mu_buf_text(&out);
}

static void add_steps(struct mu_detail *detail, const char *file, struct mu_bytes text)
{
    struct mu_nodes *nodes = mu_new(detail->arena, struct mu_nodes);
    struct mu_step_row **tail = &detail->step;
    nodes->arena = detail->arena;
    const struct mu_node *array = mu_node_read(nodes, text);
    if (array == NULL || array->kind != MU_NODE_ARRAY)
        mu_detail_problem(detail, file, "is not a list of steps");
    mu_node_each(item, array)
    {
        struct mu_step_row *step = mu_new(detail->arena, struct mu_step_row);
        step->at_ms = mu_event_number(item, "at_ms", 0);
        step->step = mu_detail_name(detail, mu_event_bytes(item, "step"));
        step->of = mu_detail_leg(detail, mu_event_bytes(item, "of"));
        step->expected = mu_detail_text(detail, mu_event_bytes(item, "expected"), MU_TEXT_MAX);
        step->observed = mu_detail_text(detail, mu_event_bytes(item, "observed"), MU_TEXT_MAX);
        step->ok = mu_event_true(item, "ok");
        *tail = step;
        tail = &step->next;
    }
}

static struct mu_bytes skip(struct mu_bytes b, char from, char to)
{
    size_t i = 0;
    while (i < b.n && b.p[i] >= from && b.p[i] <= to)
        i++;
    return mu_bytes_from(b, i);
}

/* "  12 > EHLO x": time, direction, text. A line of another form is shown whole, as a note. */
static struct mu_line_row *line_row(const struct mu_detail *detail, struct mu_bytes line)
{
    struct mu_arena *arena = detail->arena;
    struct mu_line_row *row = mu_new(arena, struct mu_line_row);
    struct mu_bytes number = skip(line, ' ', ' '), rest = skip(number, '0', '9');
    struct mu_bytes way = skip(rest, ' ', ' ');
    bool formed =
        rest.n < number.n && way.n > 0 && (way.p[0] == '<' || way.p[0] == '>' || way.p[0] == '*');
    row->at_ms = "";
    row->way = "note";
    if (formed) {
        row->at_ms = mu_arena_strndup(arena, number.p, number.n - rest.n);
        if (way.n < 2 || way.p[1] != '*')
            row->way = way.p[0] == '>' ? "sent" : way.p[0] == '<' ? "received" : "note";
        size_t mark = way.n > 1 && (way.p[1] == '*' || way.p[1] == ' ') ? 2 : 1;
        line = mu_bytes_from(way, mark);
        line = line.n > 0 && line.p[0] == ' ' ? mu_bytes_from(line, 1) : line;
    }
    row->text = mu_detail_text(detail, line, MU_TEXT_MAX);
    return row;
}

static void add_transcript(struct mu_detail *detail, const char *file, struct mu_bytes text)
{
    struct mu_transcript_shown *shown = mu_new(detail->arena, struct mu_transcript_shown);
    struct mu_transcript_shown **last = &detail->transcript;
    struct mu_line_row **tail = &shown->line;
    size_t kept = 0;
    while (*last != NULL)
        last = &(*last)->next;
    *last = shown;
    shown->file = file;
    for (size_t at = 0; at < text.n;) {
        size_t end = mu_bytes_find(text, MU_BYTES("\n"), at);
        struct mu_bytes line = mu_bytes_slice(text, at, end == SIZE_MAX ? text.n : end - at);
        at += line.n + 1;
        if (kept >= MU_REPORT_SHOWN_MAX) {
            shown->left_out++;
            continue;
        }
        kept += line.n < MU_TEXT_MAX ? line.n : MU_TEXT_MAX;
        *tail = line_row(detail, line);
        tail = &(*tail)->next;
    }
}

static const struct {
    const char *prefix;
    void (*add)(struct mu_detail *detail, const char *file, struct mu_bytes text);
} row[] = {
    /* steps first: they say which legs the harness sent */
    { "steps.", add_steps },
    { "transcript-", add_transcript },
    { "intended-", mu_detail_add_document },
    { "message-", mu_detail_add_document },
};

void mu_detail_read(struct mu_arena *arena, const struct mu_report_source *source,
                    const struct mu_attempt *attempt, struct mu_detail *detail)
{
    struct mu_bytes text;
    const struct mu_redaction *r = source->redaction;
    *detail = (struct mu_detail){ .arena = arena, .attempt = attempt };
    detail->hidden = r != NULL && r->payload ? r : NULL;
    if (attempt->withheld != MU_BELOW) { /* nothing is even read */
        mu_detail_problem(
            detail, "",
            mu_arena_printf(arena, "withheld: %s", mu_above_sentence(attempt->withheld)));
        return;
    }
    for (size_t i = 0; i < MU_COUNT(row); i++)
        for (const struct mu_file *file = attempt->file; file != NULL; file = file->next)
            if (*file->hmac == '\0'
                && strncmp(file->name, row[i].prefix, strlen(row[i].prefix)) == 0
                && mu_detail_load(detail, source, attempt, file, &text))
                row[i].add(detail, file->name, text);
    mu_detail_compare(detail);
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        mu_detail_hex(detail, source, attempt, f->leg, f->rule, f->offset);
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next)
        if (!c->enough)
            mu_detail_hex(detail, source, attempt, c->second, c->what, c->offset);
}
