/*
 * mail_gen.h - messages by chance, for tests that compare readers of mail: header fields with folds,
 * parameters in every form of RFC 2045 and RFC 2231, nested multiparts and messages, transfer encodings.
 *
 * The same seed gives the same message. Without `odd` each is what the RFCs allow; with it most of them
 * break a rule once or twice, so that what a reader makes of it can be told.
 */
#ifndef MU_TESTS_MAIL_GEN_H
#define MU_TESTS_MAIL_GEN_H

#include <stdint.h>

#include "base/codec.h"

struct mail_gen {
    struct mu_buf out;
    uint32_t seed;
    unsigned odds; /* how many rules may still be broken */
    unsigned boundaries;
};

static inline uint32_t gen_below(struct mail_gen *g, uint32_t below)
{
    g->seed = g->seed * 1664525U + 1013904223U;
    return (uint32_t) (((uint64_t) (g->seed >> 8) * below) >> 24);
}

static inline bool gen_chance(struct mail_gen *g, uint32_t one_in)
{
    return gen_below(g, one_in) == 0;
}

static inline bool gen_odd(struct mail_gen *g, uint32_t one_in)
{
    bool odd = g->odds > 0 && gen_chance(g, one_in);
    g->odds -= odd;
    return odd;
}

static inline const char *gen_one(struct mail_gen *g, const char *const *row, size_t count)
{
    return row[gen_below(g, (uint32_t) count)];
}
#define GEN_ONE(g, ...)                                                                            \
    gen_one((g), (const char *const[]){ __VA_ARGS__ },                                             \
            sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static inline void gen_end(struct mail_gen *g)
{
    mu_buf_puts(&g->out, gen_odd(g, 150) ? GEN_ONE(g, "\n", "\r\r\n", "\n\n") : "\r\n");
}

static inline void gen_word(struct mail_gen *g)
{
    if (gen_odd(g, 80))
        mu_buf_puts(&g->out,
                    GEN_ONE(g, "\xe9t\xe9", "zo\xc3\xab", "=?utf-8?Q?=C3=A9?=", "\x7f", "a\rb"));
    else if (gen_odd(g, 400))
        mu_buf_put(&g->out, "nul\0here", 8);
    else
        mu_buf_puts(&g->out, GEN_ONE(g, "EXERCISE", "report", "a", "stock;", "(note)", "x=y",
                                     "10:15", "<i@x>"));
}

static inline void gen_fold(struct mail_gen *g)
{
    mu_buf_puts(&g->out, gen_odd(g, 100) ? "\n" : "\r\n");
    if (gen_odd(g, 60))
        mu_buf_puts(&g->out, GEN_ONE(g, " \r\n", "\t\t\r\n"));
    mu_buf_puts(&g->out, gen_chance(g, 3) ? GEN_ONE(g, "  ", "\t", " \t ") : " ");
}

static inline void gen_words(struct mail_gen *g)
{
    for (uint32_t n = 1 + gen_below(g, 6); n > 0; n--) {
        gen_word(g);
        if (n > 1 && gen_chance(g, 5))
            gen_fold(g);
        else if (n > 1)
            mu_buf_puts(&g->out, " ");
    }
    if (gen_odd(g, 300))
        for (int i = 0; i < 300; i++)
            mu_buf_puts(&g->out, "long");
}

/* --- parameters ------------------------------------------------------------------------------------- */

static inline void gen_parameter_odd(struct mail_gen *g, const char *name)
{
    static const char *const form[] = {
        "%1$s=a; %1$s=b",
        "%1$s*0=a; %1$s*2=c",
        "%1$s*00=a; %1$s*01=b",
        "%1$s*0=a; %1$s*0=b",
        "%1$s=a; %1$s*0=b",
        "%1$s*1=b; %1$s*0=a",
        "%1$s=\"open",
        "%1$s=a b",
        "%1$s=",
        "%1$s",
        "=x",
        "%1$s=a (note)",
        "(note) %1$s=a",
        "%1$s*=utf-8''%%zz",
        "%1$s*=utf-8''%%c3%%a9",
        "%1$s*=nothing''%%e9",
        "%1$s*=plain",
        "%1$s*0*=a%%20b; %1$s*1=c",
        "%1$s=\"=?utf-8?Q?=C3=A9?=\"",
        "%1$s=\xe9",
        "%1$s*=utf-8''%%ff",
        "%1$s=a,b",
        "%1$s*0*=utf-8''a; %1$s*1*=it's''b",
        "%1$s = a",
        "%1$s=\"a\\",
        ";",
        "%1$s*=\"utf-8''%%41\"",
        "%1$s*x=a",
        "%1$s*0*=us-ascii''%%e9",
        "%1$s=a/b",
        "%1$s*=utf-8'en",
        "%1$s*1=b; %1$s*2=c",
        "%1$s=\"a\"b",
    };
    const char *one = form[gen_below(g, MU_COUNT(form))];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    mu_buf_printf(&g->out, one, name);
#pragma GCC diagnostic pop
}

static inline void gen_parameter(struct mail_gen *g, const char *name)
{
    uint32_t parts = 1 + gen_below(g, 12);
    if (gen_odd(g, 4)) {
        gen_parameter_odd(g, name);
        return;
    }
    switch (gen_below(g, 6)) {
    case 0:
        mu_buf_printf(&g->out, "%s=%s", name, GEN_ONE(g, "utf-8", "us-ascii", "a.b_c", "X-1"));
        break;
    case 1:
        mu_buf_printf(&g->out, "%s=\"%s\"", name,
                      GEN_ONE(g, "a b", "semi;colon", "q\\\"uote", "back\\\\", "", "a\\b"));
        break;
    case 2:
        mu_buf_printf(&g->out, "%s*=%s", name,
                      GEN_ONE(g, "utf-8''na%C3%AFve", "UTF-8'en'a%20b", "iso-8859-1''%E9",
                              "us-ascii'en'x", "windows-1252''%80", "ISO-8859-15''%A4"));
        break;
    case 3:
        for (uint32_t i = 0; i < parts; i++)
            mu_buf_printf(&g->out, "%s%s*%u=%s", i > 0 ? ";\r\n " : "", name, i,
                          GEN_ONE(g, "part", "\"with space\"", "\"q\\\"\"", "UE1H"));
        break;
    case 4:
        for (uint32_t i = 0; i < parts; i++)
            mu_buf_printf(&g->out, "%s%s*%u%s", i > 0 ? ";\r\n " : "", name, i,
                          i == 0 ? "*=utf-8'fr'tr%C3%A8s"
                                 : GEN_ONE(g, "=plain", "*=%20%E2%82%AC", "=\"a b\"", "*=x"));
        break;
    default:
        mu_buf_printf(&g->out, "%s=\"%s\r\n\t%s\"", name, GEN_ONE(g, "folded", "a "),
                      GEN_ONE(g, "here", ""));
    }
}

static inline void gen_separator(struct mail_gen *g)
{
    mu_buf_puts(&g->out, GEN_ONE(g, "; ", ";", ";\r\n ", " ; ", ";\r\n\t"));
}

/* "type; parameters" with the boundary where there is one. */
static inline void gen_content_type(struct mail_gen *g, const char *type, const char *boundary)
{
    static const char *const name[] = { "charset", "Name", "format", "x-label" };
    mu_buf_puts(&g->out, GEN_ONE(g, "Content-Type: ", "content-type: ", "Content-type:",
                                 "CONTENT-TYPE:\r\n "));
    mu_buf_puts(&g->out, type);
    if (boundary != NULL && !gen_odd(g, 30)) {
        gen_separator(g);
        bool half = gen_chance(g, 6);
        mu_buf_printf(&g->out,
                      half ? "boundary*0=\"%.2s\"; boundary*1=\"%s\"" : "boundary=\"%.200s\"",
                      boundary, boundary + 2);
        if (gen_odd(g, 20))
            mu_buf_puts(&g->out, "; boundary=other");
    }
    for (uint32_t n = gen_below(g, 3), first = gen_below(g, 4); n > 0; n--) {
        gen_separator(g);
        gen_parameter(g, name[(first + n) % 4]);
    }
    gen_end(g);
}

/* --- header blocks ----------------------------------------------------------------------------------- */

static inline void gen_odd_line(struct mail_gen *g)
{
    mu_buf_puts(&g->out, GEN_ONE(g, "no colon here", ": no name", "bad name: x", "X-Space : x",
                                 "X\x01: control", "N\xc3\xa4me: 8 bit",
                                 "X-Nothing:", "From someone Mon Nov 23 10:15:00 2026", "--dashes",
                                 "X\t: tab", "=?x?=: y", ":", "X-Blank: \r\n \t"));
    gen_end(g);
}

static inline void gen_field(struct mail_gen *g)
{
    if (gen_odd(g, 12)) {
        gen_odd_line(g);
        return;
    }
    mu_buf_puts(&g->out, GEN_ONE(g, "Subject", "X-Note", "Received", "Keywords", "x-lower",
                                 "SIO-Label", "Comments"));
    mu_buf_puts(&g->out, GEN_ONE(g, ": ", ":", ":  ", ":\t"));
    if (gen_chance(g, 4)) {
        gen_parameter(g, "label");
        gen_separator(g);
        gen_parameter(g, "type");
    } else {
        gen_words(g);
    }
    gen_end(g);
}

static inline void gen_fields(struct mail_gen *g, uint32_t most)
{
    for (uint32_t n = gen_below(g, most + 1); n > 0; n--)
        gen_field(g);
}

static inline void gen_blank(struct mail_gen *g)
{
    if (!gen_odd(g, 60))
        gen_end(g);
}

/* --- bodies ------------------------------------------------------------------------------------------ */

static inline void gen_lines(struct mail_gen *g, bool quoted)
{
    for (uint32_t n = gen_below(g, 6); n > 0; n--) {
        mu_buf_puts(&g->out, GEN_ONE(g, "EXERCISE text", "", ".", "..", "--", "-- ", "From here",
                                     ">From", "A: b", " x", "--bb"));
        if (quoted)
            mu_buf_puts(&g->out, GEN_ONE(g, "=3D", "=C3=A9", "=\r\n", "", "=09", "=20"));
        if (quoted && gen_odd(g, 8))
            mu_buf_puts(&g->out,
                        GEN_ONE(g, "=3d", "=XY", "=", "= ", "  ", "=4", "==", "=\n", "\xe9"));
        if (gen_odd(g, 60))
            mu_buf_put(&g->out, "\0\r\xff", 3);
        gen_end(g);
    }
}

static inline void gen_base64(struct mail_gen *g)
{
    char data[200];
    size_t n = gen_below(g, sizeof data);
    for (size_t i = 0; i < n; i++)
        data[i] = (char) gen_below(g, 256);
    struct mu_bytes text = mu_base64_write(g->out.arena, (struct mu_bytes){ data, n });
    if (gen_odd(g, 6) && text.n > 4)
        text.n -= 1 + gen_below(g, 3);
    for (size_t i = 0; i < text.n; i += 76) {
        mu_buf_put_bytes(&g->out, mu_bytes_slice(text, i, 76));
        if (gen_odd(g, 8))
            mu_buf_puts(&g->out,
                        GEN_ONE(g, "*", " ", "=", "==", "-", "_", "\r\n", "QQ==", "\xe9", "!QUJD"));
        gen_end(g);
    }
}

static inline void gen_entity(struct mail_gen *g, unsigned depth, bool top);

static inline const char *gen_boundary(struct mail_gen *g, const char *outer)
{
    static const char *const style[] = { "b%u", "=_b'()+,-./:=? %u", "----=_Part_%u", "b%u-b%u" };
    unsigned n = g->boundaries++;
    if (outer != NULL && gen_chance(g, 3)) /* begins like the outer one */
        return mu_arena_printf(g->out.arena, "%sx%u", outer, n);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return mu_arena_printf(g->out.arena, style[gen_below(g, MU_COUNT(style))], n, n);
#pragma GCC diagnostic pop
}

static inline void gen_delimiter(struct mail_gen *g, const char *boundary, const char *tail)
{
    mu_buf_printf(&g->out, "--%s%s%s", boundary, tail,
                  gen_chance(g, 8) ? GEN_ONE(g, " ", "\t ") : "");
    if (gen_odd(g, 25))
        mu_buf_puts(&g->out, GEN_ONE(g, "x", "--", "-", " x", "--x"));
    gen_end(g);
}

static inline void gen_multipart(struct mail_gen *g, unsigned depth)
{
    static const char *outer;
    const char *before = depth == 0 ? NULL : outer;
    const char *boundary = gen_boundary(g, before);
    gen_content_type(g,
                     GEN_ONE(g, "multipart/mixed", "multipart/alternative", "Multipart/Mixed",
                             "multipart/x-odd"),
                     boundary);
    if (gen_odd(g, 30))
        mu_buf_puts(&g->out, "Content-Transfer-Encoding: base64\r\n");
    gen_fields(g, 2);
    gen_blank(g);
    if (gen_chance(g, 3))
        mu_buf_puts(&g->out, "preamble\r\n");
    outer = boundary;
    for (uint32_t n = gen_odd(g, 20) ? 0 : 1 + gen_below(g, 3); n > 0; n--) {
        gen_delimiter(g, boundary, "");
        gen_entity(g, depth + 1, false);
        mu_buf_puts(&g->out, "\r\n");
    }
    outer = before;
    if (!gen_odd(g, 10))
        gen_delimiter(g, boundary, "--");
    if (gen_odd(g, 20))
        gen_delimiter(g, boundary, "");
    if (gen_chance(g, 4))
        mu_buf_puts(&g->out, "epilogue\r\n");
}

static inline void gen_leaf(struct mail_gen *g, bool top)
{
    bool quoted = gen_chance(g, 3), base64 = !quoted && gen_chance(g, 2);
    if (!top || gen_chance(g, 2))
        gen_content_type(
            g,
            gen_odd(g, 10)
                ? GEN_ONE(g, "text", "text/", "/plain", "text/plain/x", "", "a b/c", "text/*")
                : GEN_ONE(g, "text/plain", "TEXT/HTML", "application/octet-stream", "image/png"),
            NULL);
    if (gen_odd(g, 25))
        gen_content_type(g, "text/x-second", NULL);
    if (quoted)
        mu_buf_puts(&g->out, "Content-Transfer-Encoding: Quoted-Printable\r\n");
    else if (base64)
        mu_buf_puts(&g->out, "Content-Transfer-Encoding: base64\r\n");
    else if (gen_chance(g, 2))
        mu_buf_printf(&g->out, "Content-Transfer-Encoding: %s\r\n",
                      gen_odd(g, 5) ? GEN_ONE(g, "x-uuencode", "base 64", "\"base64\"", "")
                                    : GEN_ONE(g, "7bit", "8BIT", "binary"));
    if (gen_chance(g, 4)) {
        mu_buf_puts(&g->out, "Content-Disposition: attachment; ");
        gen_parameter(g, "filename");
        gen_end(g);
    }
    gen_fields(g, 2);
    gen_blank(g);
    if (base64)
        gen_base64(g);
    else
        gen_lines(g, quoted);
    if (quoted && gen_chance(g, 3)) /* a last line without an end */
        mu_buf_puts(&g->out, GEN_ONE(g, "last", "last ", "last\t ", "=41 "));
}

static inline void gen_entity(struct mail_gen *g, unsigned depth, bool top)
{
    uint32_t kind = depth >= 4 ? 9 : gen_below(g, 10);
    if (kind < 4) {
        gen_multipart(g, depth);
    } else if (kind < 6) {
        gen_content_type(g, "message/rfc822", NULL);
        if (gen_odd(g, 12))
            mu_buf_puts(&g->out, "Content-Transfer-Encoding: base64\r\n");
        gen_blank(g);
        gen_fields(g, 2);
        gen_entity(g, depth + 1, true);
    } else {
        gen_leaf(g, top);
    }
}

static inline struct mu_bytes gen_mail(struct mu_arena *arena, uint32_t seed, bool odd)
{
    struct mail_gen g = { .out = { .arena = arena }, .seed = seed * 2654435761U };
    g.odds = odd ? 1 + gen_below(&g, 2) : 0;
    mu_buf_puts(&g.out, "From: a@x.test\r\n");
    gen_fields(&g, 5);
    gen_entity(&g, 0, true);
    return mu_buf_bytes(&g.out);
}

/* A parameter list alone, as it stands behind a type. */
static inline struct mu_bytes gen_list(struct mu_arena *arena, uint32_t seed, bool odd)
{
    static const char *const name[] = { "label", "MARKING", "type", "x" };
    struct mail_gen g = { .out = { .arena = arena }, .seed = seed * 2654435761U };
    g.odds = odd ? 1 + gen_below(&g, 2) : 0;
    for (uint32_t n = 1 + gen_below(&g, 3), i = 0; i < n; i++) {
        if (i > 0)
            gen_separator(&g);
        gen_parameter(&g, name[i]);
    }
    return mu_buf_bytes(&g.out);
}

#endif
