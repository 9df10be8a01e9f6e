/* Is the folder of a run what was left? Chain, evidence, manifest: everything but judging. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/tar.h"
#include "base/text_safe.h"
#include "cli/verify.h"

#define STREAM "run.jsonl"

static void say(const struct mu_verify *v, const char *where, const char *member, const char *what)
{
    struct mu_arena *arena = mu_arena_new(MU_MIB);
    struct mu_buf line = { .arena = arena };
    if (v->json) {
        struct mu_json j = { .out = &line };
        mu_json_open(&j, NULL, '{');
        mu_json_text(&j, "where", where);
        mu_json_text(&j, member, what);
        mu_json_close(&j, '}');
    } else {
        mu_buf_printf(&line, "%s: ", mu_text_line(arena, mu_bytes_of(where)));
        mu_buf_puts(&line, mu_text_line(arena, mu_bytes_of(what)));
    }
    puts(mu_buf_text(&line));
    mu_arena_free(arena);
}

void mu_verify_problem(struct mu_verify *v, const char *where, const char *what)
{
    v->problems++;
    say(v, where, "what", what);
}

void mu_verify_tell(struct mu_verify *v, const char *where, const char *what)
{
    say(v, where, "note", what);
}

/* --- the stream against what is known of it from elsewhere ------------------------------------------ */

static bool is_note(const struct mu_trail_line *line)
{
    return strcmp(line->event, "note") == 0
           && (strcmp(line->kind, "dispute") == 0 || strcmp(line->kind, "override") == 0);
}

/* Notes may be appended to what was signed or noted, and nothing else. */
static void appended(struct mu_verify *v, const struct mu_trail_line *line, const char *to)
{
    struct mu_arena *arena = mu_arena_new(MU_MIB);
    const char *where = mu_arena_printf(arena, STREAM ":%llu", (unsigned long long) line->line);
    v->appended++;
    if (is_note(line))
        mu_verify_tell(v, where,
                       mu_arena_printf(arena, "was appended to %s: %s of %.400s by %.200s", to,
                                       line->kind, line->name, line->by));
    else
        mu_verify_problem(
            v, where,
            mu_arena_printf(arena, "was appended to %s: a line '%.100s'", to, line->event));
    mu_arena_free(arena);
}

static void hold_against_manifest(struct mu_verify *v, const struct mu_trail_line *line)
{
    const struct mu_manifest *m = &v->manifest;
    char what[400];
    if (line->line != m->lines || (line->octets == m->octets && strcmp(line->head, m->head) == 0))
        return;
    snprintf(what, sizeof what,
             "was written anew: line %llu ends at octet %llu with head %s, " MU_MANIFEST_NAME
             " knows octet %llu with head %s",
             (unsigned long long) line->line, (unsigned long long) line->octets, line->head,
             (unsigned long long) m->octets, m->head);
    mu_verify_problem(v, STREAM, what);
}

static void watch(void *self, const struct mu_trail_line *line)
{
    struct mu_verify *v = self;
    bool noted = v->noted_line > 0;
    if (v->manifest_text.n > 0)
        hold_against_manifest(v, line);
    if (v->manifest_text.n > 0 && line->line > v->manifest.lines)
        appended(v, line, MU_MANIFEST_NAME);
    else if (noted)
        appended(v, line, "the head that was noted");
    if (v->noted != NULL && !noted && strcmp(line->head, v->noted) == 0)
        v->noted_line = line->line;
    v->closed = strcmp(line->event, "close") == 0 || (v->closed && is_note(line));
}

/* --- opening ---------------------------------------------------------------------------------------- */

static bool read_manifest(struct mu_verify *v, struct mu_err *err)
{
    struct mu_err why;
    MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(v->dir, MU_MANIFEST_NAME);
    if (fd < 0) {
        mu_verify_problem(v, MU_MANIFEST_NAME,
                          "is not there: nobody can say whether a report was changed or a file "
                          "added ('muster report' makes one of what is there now)");
        return true;
    }
    struct mu_bytes text;
    TRY(mu_file_read_fd(v->args->arena, fd, MU_MANIFEST_NAME, MU_MANIFEST_MAX, &text, err));
    if (mu_manifest_read(v->args->arena, text, &v->manifest, &why))
        v->manifest_text = text;
    else
        mu_verify_problem(v, MU_MANIFEST_NAME, why.msg);
    return true;
}

bool mu_verify_open(struct mu_verify *v, struct mu_err *err)
{
    v->tail = &v->queue;
    v->last_signature = &v->signature;
    v->dir = open(v->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* open until the program ends */
    int fd = v->dir >= 0 ? mu_manifest_open(v->dir, STREAM) : -1;
    if (fd < 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' holds no run", v->run);
    v->tar = mu_manifest_open(v->dir, MU_TAR_CASES);
    TRY(read_manifest(v, err));
    v->trail.watch = watch;
    v->trail.self = v;
    TRY(mu_trail_start(&v->trail, v->args->arena, fd, v->run, err));
    if (v->manifest_text.n > 0 && strcmp(v->manifest.run, v->trail.open.run) != 0)
        mu_verify_problem(v, MU_MANIFEST_NAME, "is of another run");
    return true;
}

bool mu_verify_walk(struct mu_verify *v, struct mu_err *err)
{
    for (struct mu_trail_attempt *a; (a = mu_trail_next(&v->trail)) != NULL;) {
        v->attempts++;
        mu_verify_places(v, a);
        bool looked = mu_verify_evidence(v, a, NULL, err);
        mu_arena_free(a->arena);
        TRY(looked);
    }
    return true;
}

/* --- closing ---------------------------------------------------------------------------------------- */

static void check_stream(struct mu_verify *v)
{
    const struct mu_chain *c = &v->trail.reader.chain;
    struct mu_arena *arena = v->args->arena;
    if (c->state != MU_CHAIN_WHOLE)
        mu_verify_problem(
            v, mu_arena_printf(arena, STREAM ":%llu", (unsigned long long) c->lines + 1),
            mu_arena_printf(arena, "octet %llu: %s", (unsigned long long) c->octets, c->why));
    else if (!v->closed)
        mu_verify_problem(v, STREAM, "has no close event: the run did not end in good order");
    if (v->manifest_text.n > 0 && c->lines < v->manifest.lines)
        mu_verify_problem(
            v, STREAM,
            mu_arena_printf(arena, "has %llu good lines, " MU_MANIFEST_NAME " knows %llu",
                            (unsigned long long) c->lines, (unsigned long long) v->manifest.lines));
    if (v->noted != NULL && v->noted_line == 0)
        mu_verify_problem(v, STREAM,
                          mu_arena_printf(arena,
                                          "was written anew or cut: no line has the head that was "
                                          "noted, %s",
                                          v->noted));
}

static bool check_file(struct mu_verify *v, struct mu_manifest_file *file, struct mu_err *err)
{
    char digest[MU_DIGEST_TEXT];
    int64_t octets;
    file->seen = true;
    MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(v->dir, file->name);
    if (fd < 0) {
        mu_verify_problem(v, file->name, "is gone, or is no plain file of this folder");
        return true;
    }
    bool stream = strcmp(file->name, STREAM) == 0;
    TRY(mu_digest_file(fd, stream ? (int64_t) v->manifest.octets : -1, digest, &octets, err));
    v->files++;
    v->octets += (uint64_t) octets;
    if (strcmp(digest, file->sha256) != 0)
        mu_verify_problem(v, file->name,
                          mu_arena_printf(v->args->arena,
                                          "was changed: its SHA-256 is %s, " MU_MANIFEST_NAME
                                          " says %s",
                                          digest, file->sha256));
    return true;
}

static bool check_files(struct mu_verify *v, struct mu_err *err)
{
    struct mu_manifest_names there;
    for (size_t i = 0; i < v->manifest.files; i++)
        if (!v->manifest.file[i].seen)
            TRY(check_file(v, &v->manifest.file[i], err));
    TRY(mu_manifest_list(v->args->arena, v->dir, &there, err));
    for (size_t i = 0; i < there.names; i++)
        if (mu_manifest_find(&v->manifest, there.name[i]) == NULL)
            mu_verify_problem(v, there.name[i],
                              "is not in " MU_MANIFEST_NAME ": it was added afterwards");
    for (size_t i = 0; i < there.odds; i++)
        mu_verify_problem(v, there.odd[i], "is no plain file: nothing can be said of it");
    return true;
}

bool mu_verify_close(struct mu_verify *v, struct mu_err *err)
{
    check_stream(v);
    mu_verify_tar_end(v);
    return v->manifest_text.n == 0 || check_files(v, err);
}
