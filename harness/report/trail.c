#include "report/trail.h"

#include <string.h>

#include "base/limits.h"

static bool next_event(struct mu_trail *trail, struct mu_run_event *event)
{
    if (!mu_run_read(&trail->reader, event))
        return false;
    const struct mu_trail_line line = {
        .line = event->line,
        .octets = event->end,
        .head = trail->reader.chain.head,
        .event = event->name,
        .kind = mu_event_text(event->object, "kind"),
        .name = mu_event_text(event->object, "case"),
        .by = mu_event_text(event->object, "by"),
    };
    if (trail->watch != NULL)
        trail->watch(trail->self, &line);
    return true;
}

bool mu_trail_start(struct mu_trail *trail, struct mu_arena *arena, int fd, const char *path,
                    struct mu_err *err)
{
    struct mu_run_event event;
    *trail = (struct mu_trail){ .watch = trail->watch, .self = trail->self };
    trail->arena = arena;
    mu_run_reader_start(&trail->reader, arena, fd);
    if (!next_event(trail, &event) || strcmp(event.name, "open") != 0
        || strcmp(mu_event_text(event.object, "schema"), "muster-run/1") != 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no run stream%s%s", path,
                       trail->reader.chain.why[0] != '\0' ? ": " : "", trail->reader.chain.why);
    const struct mu_node *o = event.object, *d = mu_node_get(o, "digests");
    trail->open = (struct mu_trail_open){
        .run = mu_event_kept(arena, o, "run"),
        .muster = mu_event_kept(arena, o, "muster"),
        .profile = mu_event_kept(arena, mu_node_get(o, "profile"), "id"),
        .test_time = mu_event_kept(arena, o, "test_time"),
        .nonce = mu_event_kept(arena, o, "nonce"),
        .content = mu_event_kept(arena, o, "content"),
        .seed = mu_event_number(o, "seed", 1),
        .suite_digest = mu_event_kept(arena, d, "suite"),
        .profile_digest = mu_event_kept(arena, d, "profile"),
        .rules_digest = mu_event_kept(arena, d, "rules"),
        .policies_digest = mu_event_kept(arena, d, "policies"),
    };
    return true;
}

/* The attempt that an event belongs to, made when it is the first; taken off when `take`. */
static struct mu_trail_attempt *attempt_of(struct mu_trail *trail, const struct mu_node *o,
                                           bool take)
{
    const char *name = mu_event_text(o, "case");
    unsigned number = (unsigned) mu_event_number(o, "attempt", 1);
    struct mu_trail_attempt **link = &trail->pending, *a;
    for (; (a = *link) != NULL; link = &a->next)
        if (a->number == number && strcmp(a->name, name) == 0)
            break;
    if (a == NULL) {
        struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
        a = mu_new(arena, struct mu_trail_attempt);
        *a = (struct mu_trail_attempt){ .arena = arena, .number = number };
        a->name = mu_event_kept(arena, o, "case");
        a->told.arena = arena;
        *link = a;
    }
    if (take)
        *link = a->next;
    return a;
}

/* A word between tabs: what would be another one is made a space. */
static void put(struct mu_buf *out, const char *text)
{
    mu_buf_putc(out, '\t');
    for (; *text != '\0'; text++)
        mu_buf_putc(out, (unsigned char) *text < ' ' ? ' ' : *text);
}

static void note_finding(struct mu_trail *trail, const struct mu_node *o)
{
    const char *step = mu_event_text(o, "step");
    if (step[0] == '\0') /* of a rule: the verdict line says it, too */
        return;
    struct mu_buf *out = &attempt_of(trail, o, false)->told;
    mu_buf_puts(out, "step");
    put(out, step);
    put(out, mu_event_text(o, "verdict"));
    mu_buf_putc(out, '\n');
}

static void note_comparison(struct mu_trail *trail, const struct mu_node *o)
{
    static const char *const word[] = { "what", "first", "second", "held" };
    struct mu_buf *out = &attempt_of(trail, o, false)->told;
    mu_buf_puts(out, "compared");
    for (size_t i = 0; i < MU_COUNT(word); i++)
        put(out, mu_event_text(o, word[i]));
    put(out, mu_event_true(o, "enough") ? "1" : "0");
    mu_buf_putc(out, '\n');
}

static void put_rules(struct mu_buf *out, const struct mu_node *list)
{
    mu_buf_putc(out, '\t');
    mu_node_each(id, list) mu_buf_printf(out, "%s%s", id != mu_node_first(list) ? " " : "",
                                         id->kind == MU_NODE_TEXT ? id->text.p : "?");
}

static void note_verdict(struct mu_trail_attempt *a, const struct mu_node *o)
{
    const struct mu_node *evidence = mu_node_get(o, "evidence");
    if (!mu_verdict_from_name(mu_event_text(o, "verdict"), &a->verdict))
        a->verdict = MU_ERROR;
    a->reason = mu_event_kept(a->arena, o, "reason");
    a->folder = mu_event_kept(a->arena, evidence, "folder");
    mu_node_each(one, mu_node_get(o, "legs"))
    {
        mu_buf_puts(&a->told, "leg");
        put(&a->told, mu_event_text(one, "leg"));
        put_rules(&a->told, mu_node_get(one, "held"));
        put_rules(&a->told, mu_node_get(one, "broken"));
        mu_buf_putc(&a->told, '\n');
    }
    struct mu_trail_file **tail = &a->file;
    mu_node_each(one, mu_node_get(evidence, "files"))
    {
        if (*mu_event_text(one, "sha256")
            == '\0') /* of a run without content: it was never written */
            continue;
        struct mu_trail_file *f = mu_new(a->arena, struct mu_trail_file);
        f->name = mu_event_kept(a->arena, one, "name");
        f->sha256 = mu_event_kept(a->arena, one, "sha256");
        f->octets = mu_event_number(one, "octets", -1);
        f->at = mu_event_number(one, "at", 0);
        *tail = f;
        tail = &f->next;
    }
}

static void note_source(struct mu_trail *trail, const struct mu_node *o)
{
    struct mu_trail_source *source = mu_new(trail->arena, struct mu_trail_source);
    *source = (struct mu_trail_source){ .run = mu_event_kept(trail->arena, o, "run"),
                                        .nonce = mu_event_kept(trail->arena, o, "nonce"),
                                        .test_time = mu_event_kept(trail->arena, o, "test_time"),
                                        .seed = mu_event_number(o, "seed", 1),
                                        .next = trail->source };
    trail->source = source;
}

static const struct mu_trail_source *source_of(const struct mu_trail *trail,
                                               const struct mu_node *o)
{
    const char *run = mu_event_text(o, "source");
    const struct mu_trail_source *source = trail->source;
    while (source != NULL && strcmp(source->run, run) != 0)
        source = source->next;
    return source;
}

struct mu_trail_attempt *mu_trail_next(struct mu_trail *trail)
{
    struct mu_run_event event;
    while (next_event(trail, &event)) {
        const struct mu_node *o = event.object;
        if (strcmp(event.name, "merged") == 0)
            note_source(trail, o);
        else if (strcmp(event.name, "finding") == 0)
            note_finding(trail, o);
        else if (strcmp(event.name, "compared") == 0)
            note_comparison(trail, o);
        else if (strcmp(event.name, "verdict") == 0) {
            struct mu_trail_attempt *a = attempt_of(trail, o, true);
            a->line = event.line;
            a->source = source_of(trail, o);
            a->from = mu_event_kept(a->arena, o, "from");
            note_verdict(a, o);
            return a;
        }
    }
    for (struct mu_trail_attempt *a; (a = trail->pending) != NULL;) { /* they have no verdict */
        trail->pending = a->next;
        mu_arena_free(a->arena);
    }
    return NULL;
}
