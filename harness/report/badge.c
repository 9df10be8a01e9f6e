/* badge.svg and badge.json: the answer in a few words. Green is a run that ended with nothing but passes. */
#include <string.h>

#include "base/json.h"
#include "report/formats.h"

#define SIDE_MAX 40 /* letters on one side */
#define LETTER   7  /* pixels, about */

/* The first row that fits speaks. */
enum shade {
    SHADE_OPEN,
    SHADE_FAIL,
    SHADE_ERROR,
    SHADE_DOUBT,
    SHADE_NONE,
    SHADE_EXCUSED,
    SHADE_REMARKS,
    SHADE_PASS
};

static const struct {
    const char *name, *colour; /* as badge servers name it, and as they draw it */
} shade[] = {
    [SHADE_OPEN] = { "lightgrey", "#707070" }, [SHADE_FAIL] = { "red", "#c22e14" },
    [SHADE_ERROR] = { "orange", "#b94a00" },   [SHADE_DOUBT] = { "yellow", "#8a6a00" },
    [SHADE_NONE] = { "lightgrey", "#707070" }, [SHADE_EXCUSED] = { "yellowgreen", "#6b6c0f" },
    [SHADE_REMARKS] = { "green", "#4f7a00" },  [SHADE_PASS] = { "brightgreen", "#2c7a00" },
};

static enum shade shade_of(const struct mu_result *m)
{
    unsigned bad[MU_VERDICTS], ran = m->total - m->count[MU_NOT_RUN];
    for (int v = 0; v < MU_VERDICTS; v++)
        bad[v] = m->count[v] - m->excused[v];
    if (m->state != MU_RUN_COMPLETE)
        return SHADE_OPEN;
    if (bad[MU_FAIL] > 0)
        return SHADE_FAIL;
    if (bad[MU_ERROR] > 0)
        return SHADE_ERROR;
    if (bad[MU_INCONCLUSIVE] > 0)
        return SHADE_DOUBT;
    if (ran == 0)
        return SHADE_NONE;
    if (m->excused[MU_FAIL] + m->excused[MU_ERROR] + m->excused[MU_INCONCLUSIVE] > 0)
        return SHADE_EXCUSED;
    return m->count[MU_REMARKS] > 0 ? SHADE_REMARKS : SHADE_PASS;
}

/* "3 of 6 pass, 1 remarks, 1 fail": the numbers that decide. */
static const char *message(struct mu_arena *arena, const struct mu_result *m)
{
    static const enum mu_verdict named[] = { MU_REMARKS, MU_FAIL, MU_ERROR, MU_INCONCLUSIVE };
    unsigned ran = m->total - m->count[MU_NOT_RUN];
    struct mu_buf b = { .arena = arena };
    if (m->state != MU_RUN_COMPLETE)
        mu_buf_printf(&b, "%s: ", mu_run_state_name(m->state));
    if (ran == 0)
        mu_buf_puts(&b, "no case ran");
    else
        mu_buf_printf(&b, "%u of %u pass", m->count[MU_PASS], ran);
    for (size_t i = 0; i < MU_COUNT(named); i++)
        if (m->count[named[i]] > 0)
            mu_buf_printf(&b, ", %u %s", m->count[named[i]], mu_verdict_name(named[i]));
    if (m->overridden > 0)
        mu_buf_printf(&b, ", %u overridden", m->overridden);
    if (m->disputed > 0)
        mu_buf_printf(&b, ", %u disputed", m->disputed);
    return mu_buf_text(&b);
}

/* Cut to what a badge has room for: whole characters, no line end. */
static const char *label(struct mu_arena *arena, const struct mu_result *m)
{
    struct mu_buf b = { .arena = arena };
    unsigned letters = 0;
    const char *c = mu_pair_value(m->profile, "id");
    for (; *c != '\0'; c++) {
        if (((unsigned char) *c & 0xc0) != 0x80 && letters++ == SIDE_MAX)
            break;
        mu_buf_putc(&b, *c == '\n' || *c == '\t' ? ' ' : *c);
    }
    mu_buf_puts(&b, *c != '\0' ? "..." : "");
    return b.n > 0 ? mu_buf_text(&b) : "muster";
}

/* --- the picture ---------------------------------------------------------------------------------------------- */

static unsigned width(const char *text)
{
    unsigned letters = 0;
    for (; *text != '\0'; text++)
        letters += ((unsigned char) *text & 0xc0) != 0x80;
    return LETTER * letters;
}

static void put_xml(struct mu_buf *b, const char *text)
{
    static const struct {
        char c;
        const char *entity;
    } row[] = { { '<', "&lt;" }, { '>', "&gt;" }, { '&', "&amp;" }, { '"', "&quot;" } };
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (i < MU_COUNT(row) && row[i].c != *text)
            i++;
        if (i < MU_COUNT(row))
            mu_buf_puts(b, row[i].entity);
        else
            mu_buf_putc(b, *text);
    }
}

static void put_side(struct mu_buf *b, unsigned from, unsigned wide, const char *text)
{
    mu_buf_printf(b, "<text x=\"%u\" y=\"14\" textLength=\"%u\" lengthAdjust=\"spacingAndGlyphs\">",
                  from + 5, wide);
    put_xml(b, text);
    mu_buf_puts(b, "</text>\n");
}

static void picture(struct mu_out *out, const struct mu_result *m)
{
    struct mu_buf *b = &out->buf;
    const char *left = label(b->arena, m), *right = message(b->arena, m);
    unsigned w = width(left), v = width(right);
    mu_buf_printf(b,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"20\" "
                  "role=\"img\">\n<title>",
                  w + v + 20);
    put_xml(b, left);
    mu_buf_puts(b, ": ");
    put_xml(b, right);
    mu_buf_puts(b, "</title>\n<desc>EXERCISE - synthetic content only. ");
    put_xml(b, mu_result_marking(b->arena, m));
    mu_buf_puts(b, "</desc>\n");
    mu_buf_printf(b, "<rect width=\"%u\" height=\"20\" fill=\"#444\"/>\n", w + 10);
    mu_buf_printf(b, "<rect x=\"%u\" width=\"%u\" height=\"20\" fill=\"%s\"/>\n", w + 10, v + 10,
                  shade[shade_of(m)].colour);
    mu_buf_puts(b, "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
                   "font-size=\"11\">\n");
    put_side(b, 0, w, left);
    put_side(b, w + 10, v, right);
    mu_buf_puts(b, "</g>\n</svg>\n");
}

static void endpoint(struct mu_out *out, const struct mu_result *m)
{
    enum shade s = shade_of(m);
    struct mu_json j = { .out = &out->buf };
    mu_json_open(&j, NULL, '{');
    mu_json_number(&j, "schemaVersion", 1);
    mu_json_text(&j, "label", label(out->buf.arena, m));
    mu_json_text(&j, "message", message(out->buf.arena, m));
    mu_json_text(&j, "color", shade[s].name);
    mu_json_bool(&j, "isError", s < SHADE_NONE);
    mu_json_close(&j, '}');
    mu_buf_putc(&out->buf, '\n');
}

const struct mu_writer mu_writer_badge = { .begin = picture };
const struct mu_writer mu_writer_badge_json = { .begin = endpoint };
