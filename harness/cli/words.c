#include "cli/words.h"

#include <string.h>

#include "suite/read.h"

static bool is_success(enum mu_verdict verdict)
{
    return verdict == MU_PASS || verdict == MU_REMARKS;
}

/* The schema has seen that all verdicts are there, each once, under the names that we know. */
static bool read_verdict(const struct mu_read *read, const xmlNode *node, enum mu_verdict *verdict)
{
    const char *name = mu_read_attribute(read, node, "verdict");
    return mu_verdict_from_name(name, verdict);
}

/* What is no success must not be called one: a reader of the card sees the word alone. */
static bool is_honest(const struct mu_event_words *words, enum mu_verdict verdict, const char *word)
{
    return is_success(verdict)
           || (strcmp(word, words->verdict[MU_PASS]) != 0
               && strcmp(word, words->verdict[MU_REMARKS]) != 0);
}

static bool check_word(const struct mu_event_words *words, const xmlNode *node,
                       enum mu_verdict verdict, const char *word, struct mu_err *err)
{
    if (is_honest(words, verdict, word))
        return true;
    return mu_fail_where(err, mu_xml_where_attribute(node, "word"), MU_ERR_PROFILE,
                         "'%.60s' is the word of a pass; '%s' must not be called so", word,
                         mu_verdict_name(verdict));
}

static bool read_words(const struct mu_read *read, struct mu_event_words *words, struct mu_err *err)
{
    struct mu_reason_word **tail = &words->reason;
    enum mu_verdict v = MU_NOT_RUN;
    for (xmlNode *n = mu_read_first(read->root, "result"); n != NULL; n = mu_read_next(n, "result"))
        if (read_verdict(read, n, &v))
            words->verdict[v] = mu_read_attribute(read, n, "word");
    for (xmlNode *n = mu_read_first(read->root, "result"); n != NULL; n = mu_read_next(n, "result"))
        if (read_verdict(read, n, &v))
            TRY(check_word(words, n, v, words->verdict[v], err));
    for (xmlNode *n = mu_read_first(read->root, "reason"); n != NULL;
         n = mu_read_next(n, "reason")) {
        struct mu_reason_word *reason = mu_new(read->arena, struct mu_reason_word);
        reason->like = mu_read_attribute(read, n, "like");
        reason->word = mu_read_attribute(read, n, "word");
        if (!read_verdict(read, n, &reason->verdict))
            continue;
        TRY(check_word(words, n, reason->verdict, reason->word, err));
        *tail = reason;
        tail = &reason->next;
    }
    return true;
}

bool mu_event_words_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                         const struct mu_event_words **words, struct mu_err *err)
{
    struct mu_event_words *made = mu_new(arena, struct mu_event_words);
    struct mu_read read;
    if (path == NULL)
        path = mu_data_find(data, arena, "reports/event-words.xml");
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE,
                       "'reports/event-words.xml' is in no data folder; set MUSTER_DATA");
    TRY(mu_read_open(arena, data, path, "event-words", &read, err));
    TRY(read_words(&read, made, err));
    *words = made;
    return true;
}
