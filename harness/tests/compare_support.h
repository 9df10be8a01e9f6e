/* compare_support.h - golden run streams with words changed, chain and all: other runs to compare with. */
#ifndef MU_TESTS_COMPARE_SUPPORT_H
#define MU_TESTS_COMPARE_SUPPORT_H

#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"

/* In lines that hold `where`, `from` becomes `to`; `to` NULL: the line is gone. */
struct edit {
    const char *where, *from, *to;
};

#define EDITS_MAX 6

/* Every `from` in `text`. */
static inline struct mu_bytes replaced(struct mu_arena *arena, struct mu_bytes text,
                                       const struct edit *edit)
{
    struct mu_buf out = { .arena = arena };
    size_t at = 0, next, n = strlen(edit->from);
    while ((next = mu_bytes_find(text, mu_bytes_of(edit->from), at)) != SIZE_MAX) {
        mu_buf_put_bytes(&out, mu_bytes_slice(text, at, next - at));
        mu_buf_puts(&out, edit->to);
        at = next + n;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(text, at));
    return mu_buf_bytes(&out);
}

/* One line without its hash, after all edits; p NULL: it is gone. */
static inline struct mu_bytes edited(struct mu_arena *arena, struct mu_bytes line,
                                     const struct edit *edit)
{
    for (size_t i = 0; i < EDITS_MAX && edit[i].where != NULL; i++) {
        if (mu_bytes_find(line, mu_bytes_of(edit[i].where), 0) == SIZE_MAX)
            continue;
        if (edit[i].to == NULL)
            return (struct mu_bytes){ NULL, 0 };
        line = replaced(arena, line, &edit[i]);
    }
    return line;
}

/* The stream reports/golden/<name>/run.jsonl with edits. */
static inline struct mu_bytes varied(struct mu_arena *arena, const char *name,
                                     const struct edit *edit)
{
    const char *path = mu_arena_printf(arena, MU_SOURCE_DIR "/reports/golden/%s/run.jsonl", name);
    char head[MU_DIGEST_TEXT] = "";
    struct mu_buf out = { .arena = arena };
    struct mu_bytes text;
    struct mu_err err;
    ck_assert(mu_file_read(arena, path, 64 * MU_MIB, &text, &err));
    for (size_t at = 0, end; at < text.n; at = end + 1) {
        end = mu_bytes_find(text, MU_BYTES("\n"), at);
        if (end == SIZE_MAX) { /* a torn line */
            mu_buf_put_bytes(&out, mu_bytes_from(text, at));
            break;
        }
        ck_assert(end - at > 72);
        struct mu_bytes line = edited(arena, mu_bytes_slice(text, at, end - at - 72), edit);
        const struct mu_bytes piece[] = { mu_bytes_of(head), MU_BYTES("\n"), line };
        unsigned char digest[MU_DIGEST_BYTES];
        if (line.p == NULL)
            continue;
        mu_digest_pieces(piece, MU_COUNT(piece), digest);
        mu_hex_write(digest, sizeof digest, head);
        mu_buf_put_bytes(&out, line);
        mu_buf_printf(&out, ",\"h\":\"%s\"}\n", head);
    }
    return mu_buf_bytes(&out);
}

#endif
