/*
 * Stylesheets. They are the operator's and compiled before the seal; what they are applied to holds
 * foreign text, so libxslt may touch neither file nor network (the sandbox forbids it, too).
 */
#include <libxml/parser.h>
#include <libxml/xmlsave.h>
#include <libxslt/documents.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "report/sheets.h"

#define MARK      "<!--cases"
#define MARK_END  "-->"
#define MARKS_MAX 8

struct complaint {
    char text[400];
    size_t n;
};

static void MU_PRINTF(2, 3) collect(void *self, const char *fmt, ...)
{
    struct complaint *c = self;
    va_list list;
    va_start(list, fmt);
    if (c != NULL && c->n < sizeof c->text - 1) {
        int n = vsnprintf(c->text + c->n, sizeof c->text - c->n, fmt, list);
        c->n += n > 0 ? (size_t) n : 0;
    }
    va_end(list);
}

/* Library code never logs. */
static void MU_PRINTF(2, 3) say_nothing(void *self, const char *fmt, ...)
{
    (void) self;
    (void) fmt;
}

/* Complaints of the library are lines; an error is one sentence. */
static const char *one_line(struct complaint *c)
{
    for (char *p = c->text; *p != '\0'; p++)
        *p = *p == '\n' ? ' ' : *p;
    for (size_t n = strlen(c->text); n > 0 && c->text[n - 1] == ' '; n--)
        c->text[n - 1] = '\0';
    return c->text[0] != '\0' ? c->text : "no reason given";
}

/* xsl:import, xsl:include and document() would read files; a sheet is one file. */
static xmlDoc *refuse(const xmlChar *uri, xmlDict *dict, int options, void *context,
                      xsltLoadType type)
{
    (void) uri;
    (void) dict;
    (void) options;
    (void) context;
    (void) type;
    return NULL;
}

static void free_sheet(void *sheet)
{
    xsltFreeStylesheet(sheet);
}

static void free_prefs(void *prefs)
{
    xsltSetDefaultSecurityPrefs(NULL);
    xsltFreeSecurityPrefs(prefs);
}

static bool forbid_everything(struct mu_arena *arena, xsltSecurityPrefs **prefs, struct mu_err *err)
{
    static const xsltSecurityOption option[] = {
        XSLT_SECPREF_READ_FILE,    XSLT_SECPREF_WRITE_FILE,    XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK,
    };
    *prefs = xsltNewSecurityPrefs();
    if (*prefs == NULL)
        return mu_fail(err, MU_ERR_IO, "cannot prepare the stylesheet processor");
    mu_arena_defer(arena, free_prefs, *prefs);
    for (size_t i = 0; i < MU_COUNT(option); i++)
        if (xsltSetSecurityPrefs(*prefs, option[i], xsltSecurityForbid) != 0)
            return mu_fail(err, MU_ERR_IO, "cannot forbid stylesheets to read and write files");
    xsltSetDefaultSecurityPrefs(*prefs);
    xsltSetLoaderFunc(refuse);
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xsltSetGenericErrorFunc(NULL, say_nothing);
    xsltSetGenericDebugFunc(NULL, say_nothing);
    return true;
}

/* The library names the line in its text only: "... file x line 12 element value-of". */
static uint32_t line_in(const char *text)
{
    const char *at = strstr(text, " line ");
    return at == NULL ? 0 : (uint32_t) strtoul(at + sizeof " line " - 1, NULL, 10);
}

static bool load_sheet(struct mu_arena *arena, const char *path, xsltStylesheet **sheet,
                       struct mu_err *err)
{
    const int options =
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XSLT_PARSE_OPTIONS;
    struct mu_where where = { .input = path };
    struct complaint said = { .n = 0 };
    struct mu_bytes text;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    if (mu_bytes_find(text, MU_BYTES("<!DOCTYPE"), 0) != SIZE_MAX)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "a stylesheet may have no DOCTYPE");
    xmlDoc *doc = xmlReadMemory(text.p, (int) text.n, path, NULL, options);
    if (doc == NULL) {
        const xmlError *last = xmlGetLastError();
        where.line = last != NULL ? (uint32_t) last->line : 0;
        collect(&said, "%s", last != NULL ? last->message : "");
        return mu_fail_where(err, where, MU_ERR_PROFILE, "not well-formed: %.180s",
                             one_line(&said));
    }
    xsltSetGenericErrorFunc(&said, collect);
    xsltStylesheet *made = xsltParseStylesheetDoc(doc);
    xsltSetGenericErrorFunc(NULL, say_nothing);
    if (made == NULL)
        xmlFreeDoc(doc);
    else
        mu_arena_defer(arena, free_sheet, made);
    where.line = line_in(said.text);
    if (made == NULL || made->errors > 0)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "%.200s", one_line(&said));
    *sheet = made;
    return true;
}

/* A part of the page that stands in an element of its own, whose end it must not hold. */
static bool load_part(struct mu_arena *arena, const char *dir, const char *file,
                      struct mu_xml_part *part, struct mu_err *err)
{
    struct mu_bytes text;
    unsigned char digest[MU_DIGEST_BYTES];
    TRY(mu_file_read(arena, mu_file_join(arena, dir, file), MU_OPERATOR_FILE_MAX, &text, err));
    if (mu_bytes_find(text, MU_BYTES("<"), 0) != SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' holds a '<', which could end its element", file);
    mu_digest(text, digest);
    part->text = mu_bytes_dup(arena, text);
    part->sha256 = mu_base64_write(arena, (struct mu_bytes){ (char *) digest, sizeof digest }).p;
    return true;
}

static bool promises_alone(const xsltStylesheet *sheet)
{
    xmlChar *word =
        xmlGetNsProp(xmlDocGetRootElement(sheet->doc), BAD_CAST "cases", BAD_CAST MU_RESULT_NS);
    bool alone = word != NULL && xmlStrEqual(word, BAD_CAST "alone");
    xmlFree(word);
    return alone;
}

bool mu_page_sheet_load(struct mu_arena *arena, const char *dir, const char *name,
                        struct mu_sheets **sheets, struct mu_err *err)
{
    struct mu_sheets *s = mu_new(arena, struct mu_sheets);
    TRY(forbid_everything(arena, &s->prefs, err));
    TRY(load_sheet(arena, mu_arena_printf(arena, "%s/%s.page.xsl", dir, name), &s->page, err));
    TRY(load_part(arena, dir, "report.css", &s->style.css, err));
    TRY(load_part(arena, dir, "report.js", &s->style.script, err));
    *sheets = s;
    return true;
}

bool mu_sheets_load(struct mu_arena *arena, const char *dir, const char *name,
                    struct mu_sheets **sheets, struct mu_err *err)
{
    struct mu_sheets *s;
    TRY(mu_page_sheet_load(arena, dir, name, &s, err));
    TRY(load_sheet(arena, mu_arena_printf(arena, "%s/%s.case.xsl", dir, name), &s->of, err));
    s->alone = promises_alone(s->of);
    s->html = s->of->method != NULL && xmlStrEqual(s->of->method, BAD_CAST "html");
    *sheets = s;
    return true;
}

static void free_doc(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

static void free_text(xmlChar **text)
{
    xmlFree(*text);
}

static void free_context(xsltTransformContext **context)
{
    if (*context != NULL)
        xsltFreeTransformContext(*context);
}

static bool serialise(xsltStylesheet *sheet, xmlDoc *doc, struct mu_buf *out, struct mu_err *err)
{
    MU_CLEANUP(free_text) xmlChar *text = NULL;
    int n = 0;
    if (sheet == NULL && xmlDocGetRootElement(doc)->name[0] == 'r')
        xmlDocDumpMemoryEnc(doc, &text, &n, "UTF-8");
    else if (sheet == NULL) {
        xmlBuffer *buffer = xmlBufferCreate();
        n = xmlNodeDump(buffer, doc, xmlDocGetRootElement(doc), 0, 0);
        text = xmlBufferDetach(buffer);
        xmlBufferFree(buffer);
    } else if (xsltSaveResultToString(&text, &n, doc, sheet) != 0)
        return mu_fail(err, MU_ERR_IO, "cannot serialise what a stylesheet made");
    if (text != NULL && n > 0)
        mu_buf_put(out, text, (size_t) n);
    return true;
}

bool mu_sheet_apply(const struct mu_sheets *s, xsltStylesheet *sheet, xmlDoc *doc,
                    struct mu_buf *out, struct mu_err *err)
{
    struct complaint said = { .n = 0 };
    if (sheet == NULL)
        return serialise(NULL, doc, out, err);
    MU_CLEANUP(free_context) xsltTransformContext *context = xsltNewTransformContext(sheet, doc);
    if (context == NULL || xsltSetCtxtSecurityPrefs(s->prefs, context) != 0)
        return mu_fail(err, MU_ERR_IO, "cannot start a stylesheet");
    xsltSetTransformErrorFunc(context, &said, collect);
    MU_CLEANUP(free_doc)
    xmlDoc *made = xsltApplyStylesheetUser(sheet, doc, NULL, NULL, NULL, context);
    if (made == NULL || context->state != XSLT_STATE_OK)
        return mu_fail(err, MU_ERR_PROFILE, "a stylesheet failed: %.200s", one_line(&said));
    return serialise(sheet, made, out, err);
}

struct mu_xml_style mu_page_sheet_style(const struct mu_sheets *s)
{
    return s->style;
}

bool mu_page_sheet_apply(struct mu_arena *arena, const struct mu_sheets *s, xmlDoc *doc, int out,
                         struct mu_err *err)
{
    struct mu_buf text = { .arena = arena };
    TRY(mu_sheet_apply(s, s->page, doc, &text, err));
    return mu_file_write_all(out, mu_buf_bytes(&text), err);
}

bool mu_page_begin(struct mu_arena *arena, const struct mu_sheets *s,
                   const struct mu_report_source *source, const struct mu_result *m, int out,
                   struct mu_page *page, struct mu_err *err)
{
    const struct mu_xml_style none = { { NULL, NULL }, { NULL, NULL } };
    struct mu_buf text = { .arena = arena };
    MU_CLEANUP(free_doc)
    xmlDoc *doc = mu_result_page(arena, m, s == NULL ? none : s->style, source->banner);
    *page = (struct mu_page){ arena, s, source, m, .out = out };
    TRY(mu_sheet_apply(s, s == NULL ? NULL : s->page, doc, &text, err));
    page->rest = mu_buf_bytes(&text);
    return true;
}

bool mu_page_mark(struct mu_page *page, struct mu_err *err)
{
    struct mu_bytes rest = page->rest;
    size_t at = mu_bytes_find(rest, MU_BYTES(MARK), 0);
    size_t end = mu_bytes_find(rest, MU_BYTES(MARK_END), at == SIZE_MAX ? rest.n : at);
    page->cases = NULL;
    if (end == SIZE_MAX || page->marks++ == MARKS_MAX)
        return true;
    struct mu_bytes mode = mu_bytes_slice(rest, at + sizeof MARK - 1, end - at - sizeof MARK + 1);
    TRY(mu_file_write_all(page->out, mu_bytes_slice(rest, 0, at), err));
    page->rest = mu_bytes_from(rest, end + sizeof MARK_END - 1);
    page->cases = mu_cases_begin(
        page->arena, page->sheets, page->source, page->result,
        mode.n > 1 ? mu_bytes_dup(page->arena, mu_bytes_from(mode, 1)) : "", page->out);
    return true;
}

bool mu_page_end(struct mu_page *page, struct mu_err *err)
{
    return mu_file_write_all(page->out, page->rest, err);
}

bool mu_sheets_apply(struct mu_arena *arena, const struct mu_sheets *s,
                     const struct mu_report_source *source, const struct mu_result *m, int out,
                     struct mu_err *err)
{
    struct mu_page page;
    TRY(mu_page_begin(arena, s, source, m, out, &page, err) && mu_page_mark(&page, err));
    while (page.cases != NULL) {
        for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
            TRY(mu_cases_each(page.cases, i, err));
        TRY(mu_cases_end(page.cases, err) && mu_page_mark(&page, err));
    }
    return mu_page_end(&page, err);
}
