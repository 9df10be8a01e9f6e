#include "report/formats.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"

#define FLUSH_BYTES (64 * MU_KIB)

struct format {
    struct mu_report_format shown;
    const struct mu_writer *writer; /* NULL: stylesheets */
};

#define WRITER "writer"
#define SHEETS "stylesheet"

static const struct format format[] = {
    { { "html", "report.html", SHEETS, "one self-contained page for people" }, NULL },
    { { "statement", "statement.html", SHEETS, "conformance statement, for those who sign" },
      NULL },
    { { "junit", "junit.xml", SHEETS, "JUnit XML for Jenkins, GitLab and others" }, NULL },
    { { "json", "results.json", WRITER, "all results; reports/results.schema.json" },
      &mu_writer_json },
    { { "tap", "results.tap", WRITER, "Test Anything Protocol, version 13" }, &mu_writer_tap },
    { { "text", "summary.txt", WRITER, "the summary that ends a run" }, &mu_writer_text },
    { { "matrix", "matrix.csv", WRITER, "who sent, who received, how it went: for spreadsheets" },
      &mu_writer_matrix },
    { { "scorecard", "scorecard.csv", WRITER, "a line a case, in the words of the event" },
      &mu_writer_scorecard },
    { { "sarif", "results.sarif", WRITER, "SARIF 2.1.0, for code scanning and editors" },
      &mu_writer_sarif },
    { { "ctrf", "ctrf.json", WRITER, "Common Test Report Format" }, &mu_writer_ctrf },
    { { "earl", "earl.jsonld", WRITER, "W3C EARL 1.0 as JSON-LD" }, &mu_writer_earl },
    { { "markdown", "summary.md", WRITER, "what a forge shows beside a pipeline" },
      &mu_writer_markdown },
    { { "github", "annotations.txt", WRITER, "workflow commands of GitHub Actions" },
      &mu_writer_github },
    { { "badge", "badge.svg", WRITER, "the answer as a picture" }, &mu_writer_badge },
    { { "badge-json", "badge.json", WRITER, "the same as an endpoint for badge servers" },
      &mu_writer_badge_json },
    { { "model", "model.xml", SHEETS, "what stylesheets see; reports/model.xsd" }, NULL },
};

const struct mu_report_format *mu_report_format_at(size_t i)
{
    return i < MU_COUNT(format) ? &format[i].shown : NULL;
}

const struct mu_report_format *mu_report_format_find(const char *name)
{
    for (size_t i = 0; i < MU_COUNT(format); i++)
        if (strcmp(format[i].shown.name, name) == 0)
            return &format[i].shown;
    return NULL;
}

static void write_out(struct mu_out *out)
{
    struct mu_bytes piece = mu_buf_bytes(&out->buf);
    if (!out->lost && piece.n > 0)
        out->lost = !mu_file_write_all(out->fd, piece, &out->why);
    out->buf.n = 0;
}

void mu_out_flush(struct mu_out *out)
{
    if (out->buf.n >= FLUSH_BYTES)
        write_out(out);
}

const char *mu_out_line(struct mu_out *out, const char *fmt, ...)
{
    va_list list, again;
    va_start(list, fmt);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, fmt, list);
    va_end(list);
    out->spare.n = 0;
    char *text = mu_buf_grow(&out->spare, n > 0 ? (size_t) n + 1 : 1);
    *text = '\0';
    vsnprintf(text, n > 0 ? (size_t) n + 1 : 1, fmt, again);
    va_end(again);
    return text;
}

const char *mu_out_opinions(struct mu_out *out, const struct mu_instance *instance)
{
    out->spare.n = 0;
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next)
        mu_buf_printf(&out->spare, "%s%s", out->spare.n > 0 ? "\n" : "",
                      mu_opinion_sentence(out->buf.arena, instance, o));
    return out->spare.n > 0 ? mu_buf_text(&out->spare) : "";
}

bool mu_out_finish(struct mu_out *out, struct mu_err *err)
{
    write_out(out);
    if (out->lost)
        *err = out->why;
    return !out->lost;
}

bool mu_write_whole(const struct mu_writer *writer, struct mu_out *out,
                    const struct mu_result *result, struct mu_err *err)
{
    if (writer->begin != NULL)
        writer->begin(out, result);
    for (const struct mu_instance *i = result->instance; i != NULL && writer->each != NULL;
         i = i->next) {
        writer->each(out, result, i);
        mu_out_flush(out);
    }
    if (writer->end != NULL)
        writer->end(out, result);
    return mu_out_finish(out, err);
}

static const char *known(const void *self, size_t i)
{
    (void) self;
    return i < MU_COUNT(format) ? format[i].shown.name : NULL;
}

static bool unknown_format(const char *name, struct mu_err *err)
{
    const char *near = mu_name_nearest(name, known, NULL);
    if (near != NULL)
        return mu_fail(err, MU_ERR_USAGE, "unknown format '%.60s', did you mean '%s'?", name, near);
    return mu_fail(err, MU_ERR_USAGE, "unknown format '%.60s'", name);
}

/* What libraries do at their first use, and what the seal would answer with a refusal: jansson
 * seeds its tables from a device, OpenSSL looks for its digest. */
static void warm(void)
{
    char text[MU_DIGEST_TEXT];
    json_object_seed(0);
    mu_digest_text(MU_BYTES(""), text);
}

/* Most writers name one result after the other, and what is counted; a page looks back and forth. */
static bool streams(const struct mu_writer *writer, const char *name)
{
    return writer != NULL ? writer != &mu_writer_text : strcmp(name, "junit") == 0;
}

bool mu_report_prepare(struct mu_arena *arena, const char *name, const char *dir,
                       struct mu_report_prepared **prepared, struct mu_err *err)
{
    struct mu_report_prepared *p = mu_new(arena, struct mu_report_prepared);
    const struct mu_report_format *shown = mu_report_format_find(name);
    struct mu_err unread;
    struct mu_bytes page;
    warm();
    for (size_t i = 0; i < MU_COUNT(format); i++)
        if (&format[i].shown == shown) {
            p->writer = format[i].writer;
            p->streams = streams(p->writer, name);
        }
    if (shown == NULL) { /* a format of the organisation, or a slip of the pen */
        const char *path = mu_arena_printf(arena, "%s/%s.page.xsl", dir, name);
        if (!mu_name_is_id(name)
            || !mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &page, &unread))
            return unknown_format(name, err);
    }
    if (p->writer == NULL && strcmp(name, "model") != 0)
        TRY(mu_sheets_load(arena, dir, name, &p->sheets, err));
    *prepared = p;
    return true;
}

bool mu_report_blame(const struct mu_report_source *source, const struct mu_err *why,
                     struct mu_err *err)
{
    if (source->name != NULL)
        return mu_fail(err, why->code, "%s/run.jsonl: %s", source->name, why->msg);
    *err = *why;
    return false;
}

bool mu_report_load(struct mu_arena *arena, const struct mu_report_source *source,
                    struct mu_result **result, struct mu_err *err)
{
    struct mu_err why;
    return mu_result_read(arena, source->run, source->redaction, result, &why)
           || mu_report_blame(source, &why, err);
}

bool mu_report_give(struct mu_arena *arena, const struct mu_report_prepared *prepared,
                    const struct mu_report_source *source, const struct mu_result *result, int out,
                    struct mu_err *err)
{
    if (prepared->writer == NULL)
        return mu_sheets_apply(arena, prepared->sheets, source, result, out, err);
    struct mu_out sink = {
        .fd = out, .buf = { .arena = arena }, .spare = { .arena = arena }, .words = source->words
    };
    return mu_write_whole(prepared->writer, &sink, result, err);
}

bool mu_report_make(struct mu_arena *arena, const struct mu_report_prepared *prepared,
                    const struct mu_report_source *source, int out, struct mu_err *err)
{
    struct mu_result *result;
    TRY(mu_report_load(arena, source, &result, err));
    return mu_report_give(arena, prepared, source, result, out, err);
}
