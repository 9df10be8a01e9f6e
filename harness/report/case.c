#include "report/case.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/tar.h"
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
        struct mu_run_file one = {
            mu_arena_printf(arena, "%s/%s", mu_event_text(evidence, "folder"), name),
            mu_event_number(file, "at", 0), mu_event_number(file, "octets", -1)
        };
        if (begins(name, "received-"))
            c->received[c->receiveds++] = one;
        else if (begins(name, "sent-"))
            c->sent = one;
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
        read_rules(arena, mu_node_get(o, "legs"), &c);
        read_files(arena, mu_node_get(o, "evidence"), &c);
    }
    *out = c;
    if (c.profile == NULL)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no run stream", path);
    return found || mu_fail(err, MU_ERR_USAGE, "'%s' has no verdict of a case '%s'", path, name);
}

bool mu_run_file_read(struct mu_arena *arena, const char *run, const struct mu_run_file *file,
                      size_t max, struct mu_bytes *out, struct mu_err *err)
{
    struct mu_tar_entry entry;
    if (file->at == 0)
        return mu_file_read(arena, mu_file_join(arena, run, file->path), max, out, err);
    const char *path = mu_file_join(arena, run, MU_TAR_CASES);
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return mu_fail(err, MU_ERR_USAGE, "cannot open '%s': %s", path, strerror(errno));
    if (!mu_tar_read(arena, fd, file->at, file->octets, max, &entry, err)
        || !mu_tar_is_sound(&entry, file->path))
        return mu_fail(err, MU_ERR_USAGE, "'%s' is not in '%s' where the run says", file->path,
                       path);
    *out = entry.content;
    return true;
}
