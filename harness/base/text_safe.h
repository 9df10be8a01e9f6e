/*
 * text_safe.h - foreign bytes made fit for every sink: terminal, XML, HTML, JSON, TAP.
 *
 * The result is valid UTF-8 that holds no control character, no noncharacter, nothing invisible or
 * direction-changing: such code points become \u{202E}, bytes that are no UTF-8 become \xNN, a
 * backslash becomes \\, so the original can be read back. Each sink still escapes for its own
 * syntax; nothing else may stand between SUT bytes and a reader's eyes.
 */
#ifndef MU_BASE_TEXT_SAFE_H
#define MU_BASE_TEXT_SAFE_H

#include "base/bytes.h"

enum mu_text_style {
    MU_TEXT_LINE,  /* one line: tab, CR and LF are made visible, too                        */
    MU_TEXT_BLOCK, /* LF and tab stay                                                       */
    MU_TEXT_XML,   /* for element content: as BLOCK, and a backslash stays one backslash,
                      because rules compare this text                                       */
};

/* At most `max` bytes of `b` are shown; what was left out is counted: "... (1234 more bytes)". */
void mu_text_safe(struct mu_buf *out, struct mu_bytes b, enum mu_text_style style, size_t max);

/* The same in a fresh string of `arena`, with MU_TEXT_MAX. */
const char *mu_text_line(struct mu_arena *arena, struct mu_bytes b);

#endif
