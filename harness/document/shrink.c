#include "document/shrink.h"

#include "base/clock.h"
#include "base/limits.h"
#include "document/shrink_pieces.h"

struct work {
    const struct mu_shrink *shrink;
    struct mu_arena *held; /* of `now` */
    struct mu_bytes now;   /* the smallest so far that has the property */
    size_t trials;
    bool spent; /* no trial and no time is left */
};

static struct mu_arena *new_arena(void)
{
    return mu_arena_new(MU_JOB_ARENA_MAX);
}

static void hold(struct work *w, struct mu_bytes message)
{
    struct mu_arena *arena = new_arena();
    w->now = (struct mu_bytes){ mu_arena_strndup(arena, message.p, message.n), message.n };
    mu_arena_free(w->held);
    w->held = arena;
}

/* Without `count` pieces from `first` on; true when that still has the property and is now held. */
static bool attempt(struct work *w, const struct mu_pieces *pieces, size_t first, size_t count)
{
    const struct mu_shrink *s = w->shrink;
    w->spent = w->spent || w->trials >= s->trials_max
               || (s->deadline_ms > 0 && mu_clock_left(s->deadline_ms) == 0);
    if (w->spent)
        return false;
    w->trials++;
    struct mu_arena *arena = new_arena();
    struct mu_bytes less = mu_pieces_without(arena, w->now, pieces, first, count);
    bool kept = less.n < w->now.n && s->keeps(s->self, less);
    if (kept)
        hold(w, less);
    mu_arena_free(arena);
    return kept;
}

/* One walk over all pieces of a cut in chunks of `*size`; true when something went. What is left is
 * cut anew after each success. */
static bool walk(struct work *w, size_t cut, size_t *size)
{
    bool went = false;
    struct mu_arena *arena = new_arena();
    struct mu_pieces pieces;
    mu_pieces_cut(arena, cut, w->now, &pieces);
    if (*size > pieces.pieces)
        *size = pieces.pieces;
    for (size_t at = 0; at < pieces.pieces && !w->spent;) {
        size_t count = pieces.pieces - at < *size ? pieces.pieces - at : *size;
        if (!attempt(w, &pieces, at, count)) {
            at += count;
            continue;
        }
        went = true;
        mu_arena_free(arena);
        arena = new_arena();
        mu_pieces_cut(arena, cut, w->now, &pieces);
    }
    mu_arena_free(arena);
    return went;
}

static bool shrink_by(struct work *w, size_t cut)
{
    bool went = false;
    for (size_t size = SIZE_MAX; size > 0 && !w->spent; size /= 2)
        went = walk(w, cut, &size) || went;
    return went;
}

void mu_shrink_message(struct mu_arena *arena, struct mu_bytes message,
                       const struct mu_shrink *shrink, struct mu_shrunk *out)
{
    struct work w = { .shrink = shrink };
    hold(&w, message);
    bool went = true;
    while (went && !w.spent) {
        went = false;
        for (size_t cut = 0; cut < MU_CUTS - (size_t) shrink->words; cut++)
            went = shrink_by(&w, cut) || went;
    }
    struct mu_bytes least = { mu_arena_strndup(arena, w.now.p, w.now.n), w.now.n };
    *out = (struct mu_shrunk){ .message = least, .trials = w.trials, .minimal = !w.spent };
    mu_arena_free(w.held);
}
