/*
 * unicode.h - what is asked of ICU: normalization, case, white space, look-alikes. The only door to
 * it. Text that is US-ASCII never gets there.
 *
 * Text that is no UTF-8 comes back as it is from the functions that change text.
 */
#ifndef MU_FORMAT_UNICODE_H
#define MU_FORMAT_UNICODE_H

#include "base/bytes.h"
#include "base/err.h"

/* Open what ICU needs, once, before the fork; again is harmless. */
bool mu_unicode_start(struct mu_err *err) MU_MUST_USE;

bool mu_unicode_is_ascii(struct mu_bytes text);

struct mu_bytes mu_unicode_nfc(struct mu_arena *arena, struct mu_bytes text);
bool mu_unicode_is_nfc(struct mu_arena *arena, struct mu_bytes text);
struct mu_bytes mu_unicode_upper(struct mu_arena *arena, struct mu_bytes text);
struct mu_bytes mu_unicode_fold(struct mu_arena *arena,
                                struct mu_bytes text); /* full case folding */

/* Without accents: NFD, nonspacing marks dropped. For comparisons that forgive TRES for TRÈS. */
struct mu_bytes mu_unicode_bare(struct mu_arena *arena, struct mu_bytes text);

/* Every run of Unicode White_Space as one space, trimmed. */
struct mu_bytes mu_unicode_collapse(struct mu_arena *arena, struct mu_bytes text);
bool mu_unicode_is_trimmed(struct mu_bytes text);
bool mu_unicode_is_space(uint32_t code); /* White_Space */

/* Marks that no letter takes in under NFC (struck-out, circled or stacked letters): they change what is
 * seen and are no accents. */
bool mu_unicode_has_loose_mark(struct mu_arena *arena, struct mu_bytes text);

/* Columns that a terminal takes for the text: two for wide East Asian characters, none for marks. */
size_t mu_unicode_columns(struct mu_bytes b);

/* Default-ignorable, bidi control, control, format or unassigned code points; also their \u{XXXX}
 * form in a message document. */
bool mu_unicode_is_invisible(struct mu_bytes text);

/* Could it be taken for another text: invisible characters, mixed scripts in a word, letters that look
 * ASCII (Unicode TR 39)? */
bool mu_unicode_lookalike(struct mu_arena *arena, struct mu_bytes text);

#endif
