/* shrink_pieces.h - a message in pieces that can be taken away; inside document/ only. */
#ifndef MU_DOCUMENT_SHRINK_PIECES_H
#define MU_DOCUMENT_SHRINK_PIECES_H

#include "base/arena.h"
#include "base/bytes.h"

struct mu_piece {
    size_t at, n;
};

/* A text in pieces. They are in order, may lie inside each other, and need not cover it. */
struct mu_pieces {
    struct mu_arena *arena;
    struct mu_bytes text; /* the message, or the label inside it */
    struct mu_piece *piece;
    size_t pieces, room;
    bool label; /* the text is the label */
};

/* The ways to cut, coarse first, octets last; how many there are. */
#define MU_CUTS 7

/* Cut `message` in way `cut`. */
void mu_pieces_cut(struct mu_arena *arena, size_t cut, struct mu_bytes message,
                   struct mu_pieces *pieces);

/* `message` without `count` pieces from `first` on; in `arena`. */
struct mu_bytes mu_pieces_without(struct mu_arena *arena, struct mu_bytes message,
                                  const struct mu_pieces *pieces, size_t first, size_t count);

#endif
