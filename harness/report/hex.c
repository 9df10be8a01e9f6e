/* The octets around a place that a finding or a comparison names, as hexadecimal and as text. */
#include <string.h>

#include "base/codec.h"
#include "report/evidence.h"

#define VIEWS_MAX 4  /* of one case */
#define ROW       16 /* octets a line */
#define BEFORE    2  /* lines before the place */
#define AFTER     3

/* The file with the octets of a leg: the one whose digest its message document states. */
static const struct mu_file *file_of_leg(const struct mu_detail *detail,
                                         const struct mu_attempt *attempt, const char *leg)
{
    char hex[2 * MU_DIGEST_BYTES + 1];
    for (size_t i = 0; i < detail->legs; i++) {
        if (strcmp(detail->leg[i].leg, leg) != 0)
            continue;
        for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
            mu_hex_write(file->sha256, sizeof file->sha256, hex);
            if (file->digested && strcmp(hex, detail->leg[i].sha256) == 0)
                return file;
        }
    }
    return NULL;
}

/* Blanks stand around the octet in the middle and not in it. */
static const char *hex_text(struct mu_arena *arena, struct mu_bytes b, size_t piece)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < b.n; i++)
        mu_buf_printf(&out, "%s%02x%s", piece == 2 ? " " : "", (unsigned) (unsigned char) b.p[i],
                      piece == 0 ? " " : "");
    return mu_buf_text(&out);
}

/* Printable ASCII as it is; whatever else as a dot, as every dump has it. */
static const char *plain_text(struct mu_arena *arena, struct mu_bytes b)
{
    char *text = mu_arena_strndup(arena, b.p, b.n);
    for (size_t i = 0; i < b.n; i++)
        text[i] = b.p[i] >= ' ' && b.p[i] < 0x7f ? b.p[i] : '.';
    return text;
}

static void add_row(struct mu_arena *arena, struct mu_hex_view *view, struct mu_bytes octets,
                    size_t from, struct mu_hex_row ***tail)
{
    struct mu_hex_row *row = mu_new(arena, struct mu_hex_row);
    struct mu_bytes all = mu_bytes_slice(octets, from, ROW);
    size_t at = (size_t) view->offset;
    size_t before = at >= from && at < from + all.n ? at - from : all.n;
    size_t behind = before < all.n ? before + 1 : all.n;
    const struct mu_bytes piece[3] = { mu_bytes_slice(all, 0, before),
                                       mu_bytes_slice(all, before, behind - before),
                                       mu_bytes_from(all, behind) };
    row->offset = (int64_t) from;
    for (size_t i = 0; i < 3; i++) {
        row->hex[i] = hex_text(arena, piece[i], i);
        row->text[i] = plain_text(arena, piece[i]);
    }
    **tail = row;
    *tail = &row->next;
}

static bool shown(const struct mu_detail *detail, const char *file, int64_t offset)
{
    size_t n = 0;
    for (const struct mu_hex_view *view = detail->hex; view != NULL; view = view->next, n++)
        if (strcmp(view->file, file) == 0 && view->offset == offset)
            return true;
    return n >= VIEWS_MAX;
}

void mu_detail_hex(struct mu_detail *detail, const struct mu_report_source *source,
                   const struct mu_attempt *attempt, const char *leg, const char *what,
                   int64_t offset)
{
    const struct mu_file *file = offset < 0 ? NULL : file_of_leg(detail, attempt, leg);
    struct mu_hex_view **last = &detail->hex;
    struct mu_bytes octets;
    if (file == NULL || shown(detail, file->name, offset)
        || !mu_detail_load(detail, source, attempt, file, &octets) || (size_t) offset >= octets.n)
        return;
    while (*last != NULL)
        last = &(*last)->next;
    struct mu_hex_view *view = *last = mu_new(detail->arena, struct mu_hex_view);
    struct mu_hex_row **tail = &view->row;
    view->file = file->name;
    view->leg = leg;
    view->what = what;
    view->offset = offset;
    if (detail->hidden != NULL) { /* where, and what by its digest */
        view->row = mu_new(detail->arena, struct mu_hex_row);
        *view->row = (struct mu_hex_row){ .offset = offset };
        view->row->hex[1] = mu_redact_text(detail->hidden, detail->arena, octets);
        return;
    }
    size_t line = (size_t) offset / ROW, first = line > BEFORE ? line - BEFORE : 0;
    for (size_t i = first; i <= line + AFTER && i * ROW < octets.n; i++)
        add_row(detail->arena, view, octets, i * ROW, &tail);
}
