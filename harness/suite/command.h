/* command.h - a SUT file's trigger command: words by simple quoting, no shell. */
#ifndef MU_SUITE_COMMAND_H
#define MU_SUITE_COMMAND_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Words are separated by spaces; '...' and "..." hold everything up to their like, spaces too; there
 * are no escapes, variables or globs. A program name with a slash that is not absolute is taken from
 * `dir`. MU_ERR_PROFILE for an open quote, no word at all, or an unknown {placeholder}.
 */
bool mu_command_split(struct mu_arena *arena, const char *dir, const char *text, char ***argv,
                      struct mu_err *err) MU_MUST_USE;

/* The same without placeholders: braces are letters like others. */
bool mu_command_plain(struct mu_arena *arena, const char *dir, const char *text, char ***argv,
                      struct mu_err *err) MU_MUST_USE;

#endif
