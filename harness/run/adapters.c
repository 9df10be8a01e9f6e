/* The lines of the stream about adapters: what one said of itself, and how it ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "run/coordinator.h"

static struct mu_json *begin(struct mu_coordinator *run, const struct mu_service *s,
                             const char *state)
{
    struct mu_json *j = mu_journal_begin(&run->journal, "adapter");
    mu_json_text(j, "id", s->program->id);
    mu_json_number(j, "program", s - run->service);
    mu_json_number(j, "start", s->starts);
    mu_json_text(j, "state", state);
    mu_json_number(j, "at_ms", mu_at_ms(run));
    return j;
}

/* --- what it said of itself ----------------------------------------------------------------------- */

/* The value of the n-th `key` among names and values in turn; NULL when there are not so many. */
static const char *value(const struct mu_record *record, const char *key, unsigned n)
{
    const char *p = record->text, *end = record->text + record->used;
    if (p < end)
        p += strlen(p) + 1; /* the state */
    while (p < end) {
        const char *name = p, *text = p + strlen(p) + 1;
        if (text >= end)
            break;
        if (strcmp(name, key) == 0 && n-- == 0)
            return text;
        p = text + strlen(text) + 1;
    }
    return NULL;
}

/* The members that mu_record_hello() writes. A job may say what it likes: only these get into the line,
 * each once. `in`: the object they stand in, "" for the line itself. */
enum shape { TEXT, NUMBER, LIST };
static const struct {
    const char *in, *name, *key;
    enum shape shape;
} member[] = {
    { "adapter", "name", "adapter.name", TEXT },
    { "adapter", "version", "adapter.version", TEXT },
    { "adapter", "language", "adapter.language", TEXT },
    { "sut", "name", "sut.name", TEXT },
    { "sut", "version", "sut.version", TEXT },
    { "sut", "build", "sut.build", TEXT },
    { "sut", "owner", "sut.owner", TEXT },
    { "sut", "label_ceiling", "sut.label_ceiling", TEXT },
    { "", "roles", "role", LIST },
    { "", "digest", "digest", TEXT },
    { "", "each", "each", TEXT },
    { "", "in_flight", "in_flight", NUMBER },
    { "", "skew_ms", "skew_ms", NUMBER },
    { "", "lint", "lint", LIST },
    { "", "what", "what", TEXT },
};

static void put_member(struct mu_json *j, const struct mu_record *record, size_t m)
{
    const char *text = value(record, member[m].key, 0);
    if (member[m].shape == TEXT) {
        mu_json_text(j, member[m].name, text);
    } else if (member[m].shape == NUMBER && text != NULL) {
        mu_json_number(j, member[m].name, strtoll(text, NULL, 10));
    } else if (member[m].shape == LIST && text != NULL) {
        mu_json_open(j, member[m].name, '[');
        for (unsigned n = 0; (text = value(record, member[m].key, n)) != NULL; n++)
            mu_json_text(j, NULL, text);
        mu_json_close(j, ']');
    }
}

static bool says(const struct mu_record *record, const char *in)
{
    for (size_t m = 0; m < MU_COUNT(member); m++)
        if (strcmp(member[m].in, in) == 0 && value(record, member[m].key, 0) != NULL)
            return true;
    return false;
}

static void put_object(struct mu_json *j, const struct mu_record *record, const char *in)
{
    if (!says(record, in))
        return;
    if (*in != '\0')
        mu_json_open(j, in, '{');
    for (size_t m = 0; m < MU_COUNT(member); m++)
        if (strcmp(member[m].in, in) == 0)
            put_member(j, record, m);
    if (*in != '\0')
        mu_json_close(j, '}');
}

/* Each "cap" begins one; what follows it up to the next is about it. */
static void put_caps(struct mu_json *j, const struct mu_record *record)
{
    static const char *const about[] = { "cap.status", "cap.note", "cap.details" };
    const char *end = record->text + record->used, *cap;
    mu_json_open(j, "caps", '[');
    for (unsigned n = 0; (cap = value(record, "cap", n)) != NULL; n++) {
        const char *p = cap + strlen(cap) + 1;
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", cap);
        for (size_t i = 0; i < MU_COUNT(about) && p < end; i++) {
            const char *text = p + strlen(p) + 1;
            if (text >= end || strcmp(p, about[i]) != 0)
                continue;
            mu_json_text(j, about[i] + 4, text);
            p = text + strlen(text) + 1;
        }
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

bool mu_write_adapter(struct mu_coordinator *run, struct mu_service *s,
                      const struct mu_record *record, struct mu_err *err)
{
    bool filter = record == NULL;
    bool ready = !filter && strcmp(mu_record_text(record, 0), "ready") == 0;
    struct mu_json *j = begin(run, s,
                              filter          ? "filter"
                              : !ready        ? "warned"
                              : s->starts > 1 ? "restarted"
                                              : "ready");
    if (ready || filter) {
        struct mu_arena *arena = mu_arena_new(MU_OPERATOR_FILE_MAX);
        mu_json_text(j, "confined", mu_program_confined(s->program, arena));
        mu_arena_free(arena);
    }
    if (filter)
        return mu_journal_end(&run->journal, err);
    put_object(j, record, "adapter");
    put_object(j, record, "sut");
    put_object(j, record, "");
    if (ready)
        put_caps(j, record);
    return mu_journal_end(&run->journal, err);
}

bool mu_write_adapter_warned(struct mu_coordinator *run, const struct mu_service *s,
                             const char *what, struct mu_err *err)
{
    mu_json_text(begin(run, s, "warned"), "what", what);
    return mu_journal_end(&run->journal, err);
}

/* --- how it ended --------------------------------------------------------------------------------- */

/* What it printed, first and last: adapters/ID/adapter-START.log. */
static bool save_log(struct mu_coordinator *run, const struct mu_service *s, char *name,
                     size_t size, struct mu_evidence_list *list, struct mu_err *err)
{
    struct mu_bytes printed;
    struct mu_arena *arena = mu_arena_new(MU_OPERATOR_FILE_MAX);
    snprintf(name, size, "adapters/%.64s", s->program->id);
    bool ok = mu_program_output(&s->child, arena, true, &printed, err)
              && (printed.n == 0
                  || mu_evidence_add(&run->store, name, MU_EVIDENCE_OUTPUT, s->starts, printed,
                                     list, &run->unrun.held, err));
    mu_arena_free(arena);
    return ok;
}

static void put_status(struct mu_json *j, const struct mu_child *child)
{
    if (!child->reaped)
        return;
    if (WIFSIGNALED(child->status))
        mu_json_number(j, "signal", WTERMSIG(child->status));
    else
        mu_json_number(j, "exit", WEXITSTATUS(child->status));
}

static void put_lost(struct mu_json *j, const struct mu_service *s)
{
    if (s->lost.n == 0)
        return;
    mu_json_open(j, "lost", '[');
    for (const char *p = s->lost.p; p < s->lost.p + s->lost.n; p += strlen(p) + 1)
        mu_json_text(j, NULL, p);
    mu_json_close(j, ']');
}

bool mu_write_adapter_end(struct mu_coordinator *run, struct mu_service *s, const char *state,
                          const char *reason, struct mu_err *err)
{
    struct mu_evidence_list *list = &run->unrun.list;
    char folder[96] = "";
    list->parts = 0;
    if (s->child.pid > 0 && !run->options->no_evidence)
        TRY(save_log(run, s, folder, sizeof folder, list, err));
    bool was = s->child.pid > 0;
    mu_program_end(&s->child);
    struct mu_json *j = begin(run, s, state);
    mu_json_text(j, "reason", *reason != '\0' ? reason : NULL);
    if (was)
        put_status(j, &s->child);
    put_lost(j, s);
    if (list->parts > 0)
        mu_evidence_json(j, folder, list);
    return mu_journal_end(&run->journal, err);
}
