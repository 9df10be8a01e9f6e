/* words.h - the map of verdicts to the words of an event, read from a file of the operator. */
#ifndef MU_CLI_WORDS_H
#define MU_CLI_WORDS_H

#include "report/words.h"
#include "suite/profile.h"

/* `path` NULL: reports/event-words.xml of the data folders. */
bool mu_event_words_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                         const struct mu_event_words **words, struct mu_err *err) MU_MUST_USE;

#endif
