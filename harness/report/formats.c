#include "report/formats.h"

#include <jansson.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"

#define BANNER      "EXERCISE - synthetic content only"
#define FLUSH_BYTES (64 * MU_KIB)

struct format {
    struct mu_report_format shown;
    bool (*write)(struct mu_out *out, const struct mu_result *result, struct mu_err *err);
};

#define WRITER "writer"
#define SHEETS "stylesheet"

static const struct format format[] = {
    { { "html", "report.html", SHEETS, "one self-contained page for people" }, NULL },
    { { "junit", "junit.xml", SHEETS, "JUnit XML for Jenkins, GitLab and others" }, NULL },
    { { "json", "results.json", WRITER, "all results; reports/results.schema.json" },
      mu_write_json },
    { { "tap", "results.tap", WRITER, "Test Anything Protocol, version 13" }, mu_write_tap },
    { { "text", "summary.txt", WRITER, "the summary that ends a run" }, mu_write_text },
    { { "model", "model.xml", SHEETS, "what stylesheets see; reports/model.xsd" }, NULL },
};

struct mu_report_prepared {
    bool (*write)(struct mu_out *out, const struct mu_result *result, struct mu_err *err);
    struct mu_sheets *sheets;
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

bool mu_out_flush(struct mu_out *out, bool now, struct mu_err *err)
{
    if (out->buf.n == 0 || (!now && out->buf.n < FLUSH_BYTES))
        return true;
    TRY(mu_file_write_all(out->fd, mu_buf_bytes(&out->buf), err));
    out->buf.n = 0;
    return true;
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

bool mu_report_prepare(struct mu_arena *arena, const char *name, const char *dir,
                       struct mu_report_prepared **prepared, struct mu_err *err)
{
    struct mu_report_prepared *p = mu_new(arena, struct mu_report_prepared);
    const struct mu_report_format *shown = mu_report_format_find(name);
    struct mu_err unread;
    struct mu_bytes page;
    warm();
    if (shown != NULL)
        for (size_t i = 0; i < MU_COUNT(format); i++)
            p->write = &format[i].shown == shown ? format[i].write : p->write;
    if (shown == NULL) { /* a format of the organisation, or a slip of the pen */
        const char *path = mu_arena_printf(arena, "%s/%s.page.xsl", dir, name);
        if (!mu_name_is_id(name)
            || !mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &page, &unread))
            return unknown_format(name, err);
    }
    if (p->write == NULL && strcmp(name, "model") != 0)
        TRY(mu_sheets_load(arena, dir, name, &p->sheets, err));
    *prepared = p;
    return true;
}

bool mu_report_load(struct mu_arena *arena, const struct mu_report_source *source,
                    struct mu_result **result, struct mu_err *err)
{
    return mu_result_read(arena, source->run, source->redaction, result, err);
}

bool mu_report_give(struct mu_arena *arena, const struct mu_report_prepared *prepared,
                    const struct mu_report_source *source, const struct mu_result *result, int out,
                    struct mu_err *err)
{
    struct mu_report_source complete = *source;
    if (complete.banner == NULL)
        complete.banner = BANNER;
    if (prepared->write == NULL)
        return mu_sheets_apply(arena, prepared->sheets, &complete, result, out, err);
    struct mu_out sink = { .fd = out, .buf = { .arena = arena } };
    TRY(prepared->write(&sink, result, err));
    return mu_out_flush(&sink, true, err);
}

bool mu_report_make(struct mu_arena *arena, const struct mu_report_prepared *prepared,
                    const struct mu_report_source *source, int out, struct mu_err *err)
{
    struct mu_result *result;
    TRY(mu_report_load(arena, source, &result, err));
    return mu_report_give(arena, prepared, source, result, out, err);
}
