#include "core/transcript.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text_safe.h"

static struct mu_utterance *next(struct mu_transcript *t)
{
    if (t->says == t->room) {
        size_t room = t->room == 0 ? 32 : t->room * 2;
        struct mu_utterance *said = mu_arena_array(t->arena, room, sizeof *said);
        if (t->says > 0)
            memcpy(said, t->said, t->says * sizeof *said);
        t->said = said;
        t->room = room;
    }
    struct mu_utterance *u = &t->said[t->says++];
    u->at_ms = (uint32_t) (mu_clock_ms() - t->zero_ms);
    return u;
}

void mu_transcript_add(struct mu_transcript *t, enum mu_direction direction, bool clear,
                       struct mu_bytes text)
{
    if (t->kept >= MU_TRANSCRIPT_MAX)
        return;
    struct mu_utterance *u = next(t);
    u->direction = direction;
    u->clear = clear;
    text = mu_bytes_slice(text, 0, MU_TRANSCRIPT_MAX - t->kept);
    u->text = (struct mu_bytes){ mu_bytes_dup(t->arena, text), text.n };
    t->kept += text.n;
}

void mu_transcript_note(struct mu_transcript *t, enum mu_direction direction, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct mu_utterance *u = next(t);
    u->direction = direction;
    u->ours = true;
    u->text = (struct mu_bytes){ mu_bytes_dup(t->arena, mu_bytes_of(text)), strlen(text) };
}

void mu_transcript_write(struct mu_buf *out, const struct mu_utterance *said, size_t says)
{
    for (size_t i = 0; i < says; i++) {
        const struct mu_utterance *u = &said[i];
        char arrow = u->direction == MU_SENT ? '>' : '<';
        mu_buf_printf(out, "%7u %c%c ", (unsigned) u->at_ms, arrow, u->ours ? '*' : ' ');
        mu_text_safe(out, u->text, MU_TEXT_LINE, MU_TEXT_MAX);
        mu_buf_putc(out, '\n');
    }
}
