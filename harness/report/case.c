#include "report/case.h"

#include <string.h>

#include "report/read.h"

static const char *kept(struct mu_arena *arena, const char *text)
{
    return mu_arena_strndup(arena, text, strlen(text));
}

static void read_rules(struct mu_arena *arena, const struct mu_node *legs, struct mu_run_case *c)
{
    size_t room = 1;
    mu_node_each(leg, legs)
    {
        const struct mu_node *broken = mu_node_get(leg, "broken");
        room += broken != NULL ? broken->size : 0;
    }
    c->broken = mu_arena_array(arena, room, sizeof *c->broken);
    mu_node_each(leg, legs)
    {
        mu_node_each(rule, mu_node_get(leg, "broken"))
        {
            c->broken[c->brokens++] = kept(arena, rule->kind == MU_NODE_TEXT ? rule->text.p : "");
        }
    }
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void read_files(struct mu_arena *arena, const struct mu_node *evidence,
                       struct mu_run_case *c)
{
    const struct mu_node *files = mu_node_get(evidence, "files");
    size_t room = files != NULL ? (size_t) files->size + 1 : 1;
    c->received = mu_arena_array(arena, room, sizeof *c->received);
    mu_node_each(file, files)
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
        const struct mu_node *o = event.object;
        if (strcmp(event.name, "open") == 0) {
            c.profile = kept(arena, mu_event_text(mu_node_get(o, "profile"), "id"));
            c.test_time = kept(arena, mu_event_text(o, "test_time"));
        }
        if (strcmp(event.name, "verdict") != 0 || strcmp(mu_event_text(o, "case"), name) != 0)
            continue;
        found = true;
        c = (struct mu_run_case){ .profile = c.profile, .test_time = c.test_time };
        c.verdict = kept(arena, mu_event_text(o, "verdict"));
        c.reason = kept(arena, mu_event_text(o, "reason"));
        read_rules(arena, mu_node_get(o, "legs"), &c);
        read_files(arena, mu_node_get(o, "evidence"), &c);
    }
    *out = c;
    if (c.profile == NULL)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no run stream", path);
    return found || mu_fail(err, MU_ERR_USAGE, "'%s' has no verdict of a case '%s'", path, name);
}
