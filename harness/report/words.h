/* words.h - what an event calls a result: its own words for our verdicts and reasons. */
#ifndef MU_REPORT_WORDS_H
#define MU_REPORT_WORDS_H

#include "report/model.h"

struct mu_reason_word {
    const char *like, *word; /* a glob over reason codes */
    enum mu_verdict verdict;
    struct mu_reason_word *next;
};

struct mu_event_words {
    const char *verdict[MU_VERDICTS];
    struct mu_reason_word *reason; /* in the order of the file: the first that fits speaks */
};

/* `words` NULL: the event calls a verdict what we call it. */
const char *mu_event_word(const struct mu_event_words *words, enum mu_verdict verdict,
                          const char *reason);

#endif
