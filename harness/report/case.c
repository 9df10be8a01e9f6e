#include "report/case.h"

#include <string.h>

#include "report/read.h"

static const char *kept(struct mu_arena *arena, const char *text)
{
    return mu_arena_strndup(arena, text, strlen(text));
}

static void read_rules(struct mu_arena *arena, const json_t *legs, struct mu_run_case *c)
{
    size_t i, k, room = 1;
    json_t *leg, *broken;
    json_array_foreach(legs, i, leg) room += json_array_size(json_object_get(leg, "broken"));
    c->broken = mu_arena_array(arena, room, sizeof *c->broken);
    json_array_foreach(legs, i, leg) json_array_foreach(json_object_get(leg, "broken"), k, broken)
        c->broken[c->brokens++] =
        kept(arena, json_is_string(broken) ? json_string_value(broken) : "");
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void read_files(struct mu_arena *arena, const json_t *evidence, struct mu_run_case *c)
{
    size_t i;
    json_t *file, *files = json_object_get(evidence, "files");
    c->received = mu_arena_array(arena, json_array_size(files) + 1, sizeof *c->received);
    json_array_foreach(files, i, file)
    {
        const char *name = mu_event_text(file, "name");
        const char *path = mu_arena_printf(arena, "%s/%s", mu_event_text(evidence, "folder"), name);
        if (begins(name, "received-"))
            c->received[c->receiveds++] = path;
        else if (begins(name, "sent-"))
            c->sent = path;
    }
}

bool mu_run_case_read(struct mu_arena *arena, int run, const char *path, const char *name,
                      struct mu_run_case *out, struct mu_err *err)
{
    struct mu_run_reader *reader = mu_new(arena, struct mu_run_reader); /* lives as long */
    struct mu_run_event event;
    struct mu_run_case c = { .profile = NULL };
    bool found = false;
    mu_run_reader_start(reader, arena, run);
    while (mu_run_read(reader, &event)) {
        const json_t *o = event.object;
        if (strcmp(event.name, "open") == 0) {
            c.profile = kept(arena, mu_event_text(json_object_get(o, "profile"), "id"));
            c.test_time = kept(arena, mu_event_text(o, "test_time"));
            if (strcmp(mu_event_text(o, "content"), "none") == 0)
                return mu_fail(err, MU_ERR_USAGE,
                               "'%s' was run with --no-content: it keeps no message", path);
        }
        if (strcmp(event.name, "verdict") != 0 || strcmp(mu_event_text(o, "case"), name) != 0)
            continue;
        found = true;
        c = (struct mu_run_case){ .profile = c.profile, .test_time = c.test_time };
        c.verdict = kept(arena, mu_event_text(o, "verdict"));
        c.reason = kept(arena, mu_event_text(o, "reason"));
        read_rules(arena, json_object_get(o, "legs"), &c);
        read_files(arena, json_object_get(o, "evidence"), &c);
    }
    *out = c;
    if (c.profile == NULL)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no run stream", path);
    return found || mu_fail(err, MU_ERR_USAGE, "'%s' has no verdict of a case '%s'", path, name);
}
