/* A pattern becomes a list of steps with relative jumps; all places in the list where the text read so
 * far can have led are walked side by side (Thompson, 1968). */
#include "base/pattern.h"

#include <stdint.h>

#include "base/limits.h"

enum kind { ONE_OF, SPLIT, JUMP, END };

struct step {
    enum kind kind;
    int32_t a, b;        /* SPLIT: both; JUMP: a; counted from the step itself */
    const uint64_t *set; /* ONE_OF: a bit an octet */
};

struct mu_pattern {
    const struct step *step;
    size_t steps;
};

struct parser {
    struct mu_arena *arena;
    struct mu_bytes text;
    size_t at;
    unsigned depth;
    struct mu_buf code; /* struct step in a row */
    struct mu_err *err;
};

static bool complain(struct parser *p, const char *what)
{
    return mu_fail(p->err, MU_ERR_USAGE, "%s at character %zu of the pattern '%.80s'", what,
                   p->at + 1, mu_bytes_dup(p->arena, p->text));
}

static bool next_is(const struct parser *p, char c)
{
    return p->at < p->text.n && p->text.p[p->at] == c;
}

static size_t steps_of(const struct parser *p)
{
    return p->code.n / sizeof(struct step);
}

static bool add(struct parser *p, struct step step)
{
    if (steps_of(p) >= MU_PATTERN_STEPS)
        return complain(p, "too many steps");
    mu_buf_put(&p->code, &step, sizeof step);
    return true;
}

/* A step before those from `from` on: they jump among themselves only, so they may move. */
static bool insert(struct parser *p, size_t from, struct step step)
{
    TRY(add(p, step));
    struct step *code = (void *) p->code.p;
    memmove(&code[from + 1], &code[from], (steps_of(p) - 1 - from) * sizeof *code);
    code[from] = step;
    return true;
}

/* --- one octet ------------------------------------------------------------------------------------ */

static void set_range(uint64_t *set, unsigned char low, unsigned char high)
{
    for (unsigned c = low; c <= high; c++)
        set[c / 64] |= (uint64_t) 1 << c % 64;
}

/* "\d", "\.": the octet behind the backslash. */
static bool escaped(struct parser *p, uint64_t *set)
{
    if (++p->at >= p->text.n)
        return complain(p, "nothing stands behind the backslash");
    unsigned char c = (unsigned char) p->text.p[p->at++];
    if (c == 'd')
        set_range(set, '0', '9');
    else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return complain(p, "an escape that is not known");
    else
        set_range(set, c, c);
    return true;
}

static bool class_range(struct parser *p, uint64_t *set)
{
    unsigned char low = (unsigned char) p->text.p[p->at++], high = low;
    if (next_is(p, '-') && p->at + 1 < p->text.n && p->text.p[p->at + 1] != ']') {
        high = (unsigned char) p->text.p[p->at + 1];
        p->at += 2;
    }
    if (low > 126 || high > 126)
        return complain(p, "a class may hold ASCII alone");
    if (low > high)
        return complain(p, "a range that runs backwards");
    set_range(set, low, high);
    return true;
}

static bool class_of(struct parser *p, uint64_t *set)
{
    p->at++;
    bool outside = next_is(p, '^');
    p->at += outside;
    size_t first = p->at;
    while (p->at < p->text.n && p->text.p[p->at] != ']')
        TRY(next_is(p, '\\') ? escaped(p, set) : class_range(p, set));
    if (p->at >= p->text.n)
        return complain(p, "a class that does not end");
    if (p->at == first)
        return complain(p, "a class without an octet");
    p->at++;
    for (size_t i = 0; outside && i < 4; i++)
        set[i] = ~set[i];
    return true;
}

static bool octet(struct parser *p)
{
    uint64_t *set = mu_arena_array(p->arena, 4, sizeof *set);
    unsigned char c = (unsigned char) p->text.p[p->at];
    if (c == '[')
        TRY(class_of(p, set));
    else if (c == '\\')
        TRY(escaped(p, set));
    else if (strchr("?*+{}])|", c) != NULL)
        return complain(p, "a sign that stands for itself only behind a backslash");
    else {
        set_range(set, c == '.' ? 0 : c, c == '.' ? 255 : c);
        p->at++;
    }
    return add(p, (struct step){ ONE_OF, 0, 0, set });
}

/* --- how often -------------------------------------------------------------------------------------- */

static bool number(struct parser *p, size_t *out)
{
    size_t first = p->at, n = 0;
    for (; p->at < p->text.n && p->text.p[p->at] >= '0' && p->text.p[p->at] <= '9'; p->at++)
        if (n <= MU_PATTERN_STEPS) /* more is too many, however many */
            n = n * 10 + (size_t) (p->text.p[p->at] - '0');
    *out = n;
    return p->at > first || complain(p, "a number is missing");
}

/* The steps from `from` on once more, at the end. */
static bool copy(struct parser *p, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(add(p, ((const struct step *) (const void *) p->code.p)[from + i]));
    return true;
}

static bool star(struct parser *p, size_t from)
{
    int32_t n = (int32_t) (steps_of(p) - from);
    return insert(p, from, (struct step){ SPLIT, 1, n + 2, NULL })
           && add(p, (struct step){ JUMP, -(n + 1), 0, NULL });
}

/* x{least,most}: `least` times, then either as often as one likes or up to `most`. */
static bool times(struct parser *p, size_t from, size_t least, size_t most, bool open)
{
    size_t n = steps_of(p) - from, last = from;
    size_t more = open ? 1 : most - least;
    if ((least + more) > MU_PATTERN_STEPS || (least + more) * (n + 2) > MU_PATTERN_STEPS)
        return complain(p, "too many steps");
    for (size_t i = 1; i < least; i++)
        TRY(copy(p, from, n));
    if (open) {
        if (least > 0) {
            last = steps_of(p);
            TRY(copy(p, from, n));
        }
        return star(p, last);
    }
    for (size_t i = 0; i < more; i++) {
        int32_t rest = (int32_t) ((more - i) * (n + 1));
        struct step choice = { SPLIT, 1, rest, NULL };
        if (least == 0 && i == 0) /* the steps are there already */
            TRY(insert(p, from, choice));
        else
            TRY(add(p, choice) && copy(p, least == 0 ? from + 1 : from, n));
    }
    return true;
}

static bool braces(struct parser *p, size_t from)
{
    size_t least, most;
    bool open = false;
    p->at++;
    TRY(number(p, &least));
    most = least;
    if (next_is(p, ',')) {
        p->at++;
        open = next_is(p, '}');
        if (!open)
            TRY(number(p, &most));
    }
    if (!next_is(p, '}'))
        return complain(p, "a count that does not end");
    if (!open && (most < least || most == 0))
        return complain(p, "a count that nothing can have");
    p->at++;
    return times(p, from, least, most, open);
}

static bool choice(struct parser *p);

static bool piece(struct parser *p)
{
    size_t from = steps_of(p);
    if (next_is(p, '(')) {
        if (++p->depth > MU_PATTERN_DEPTH)
            return complain(p, "too many brackets inside each other");
        p->at++;
        TRY(choice(p));
        if (!next_is(p, ')'))
            return complain(p, "a bracket that is not closed");
        p->at++;
        p->depth--;
    } else {
        TRY(octet(p));
    }
    if (next_is(p, '{'))
        return braces(p, from);
    if (!next_is(p, '?') && !next_is(p, '*') && !next_is(p, '+'))
        return true;
    char sign = p->text.p[p->at++];
    return sign == '?' ? times(p, from, 0, 1, false) : times(p, from, sign == '+', 0, true);
}

static bool choice(struct parser *p)
{
    size_t from = steps_of(p);
    do {
        if (p->at >= p->text.n || p->text.p[p->at] == '|' || p->text.p[p->at] == ')')
            return complain(p, "nothing stands here");
        TRY(piece(p));
    } while (p->at < p->text.n && p->text.p[p->at] != '|' && p->text.p[p->at] != ')');
    if (!next_is(p, '|'))
        return true;
    p->at++;
    int32_t n = (int32_t) (steps_of(p) - from);
    TRY(insert(p, from, (struct step){ SPLIT, 1, n + 2, NULL }));
    size_t jump = steps_of(p);
    TRY(add(p, (struct step){ JUMP, 0, 0, NULL }));
    if (++p->depth > MU_PATTERN_DEPTH)
        return complain(p, "too many choices");
    TRY(choice(p));
    p->depth--;
    ((struct step *) (void *) p->code.p)[jump].a = (int32_t) (steps_of(p) - jump);
    return true;
}

bool mu_pattern_parse(struct mu_arena *arena, struct mu_bytes text, struct mu_pattern **pattern,
                      struct mu_err *err)
{
    struct parser p = { .arena = arena, .text = text, .code = { .arena = arena }, .err = err };
    TRY(choice(&p));
    if (p.at < text.n)
        return complain(&p, "a bracket that was not opened");
    TRY(add(&p, (struct step){ END, 0, 0, NULL }));
    struct mu_pattern *made = mu_new(arena, struct mu_pattern);
    made->step = (void *) p.code.p;
    made->steps = steps_of(&p);
    *pattern = made;
    return true;
}

/* --- walking ---------------------------------------------------------------------------------------- */

/* Places where something must be read next, each once. */
struct places {
    uint32_t *at;
    size_t count;
    uint32_t *seen; /* round in which a step was reached last */
    uint32_t round;
    uint32_t *stack;
};

static void reach(const struct mu_pattern *pattern, struct places *to, size_t start)
{
    size_t depth = 0;
    to->stack[depth++] = (uint32_t) start;
    while (depth > 0) {
        uint32_t i = to->stack[--depth];
        const struct step *s = &pattern->step[i];
        if (to->seen[i] == to->round)
            continue;
        to->seen[i] = to->round;
        if (s->kind == JUMP || s->kind == SPLIT)
            to->stack[depth++] = (uint32_t) ((int32_t) i + s->a);
        if (s->kind == SPLIT)
            to->stack[depth++] = (uint32_t) ((int32_t) i + s->b);
        if (s->kind == ONE_OF || s->kind == END)
            to->at[to->count++] = i;
    }
}

bool mu_pattern_fits(struct mu_arena *arena, const struct mu_pattern *pattern, struct mu_bytes text)
{
    size_t n = pattern->steps;
    struct places now = { .round = 1 }, next = { .round = 0 };
    uint32_t *room = mu_arena_array(arena, 5 * n + 1, sizeof *room);
    now.at = room;
    next.at = room + n;
    now.seen = next.seen = room + 2 * n;
    now.stack = next.stack = room + 3 * n; /* at most two for each step that is reached */
    reach(pattern, &now, 0);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char) text.p[i];
        next.count = 0;
        next.round = now.round + 1;
        for (size_t k = 0; k < now.count; k++) {
            const struct step *s = &pattern->step[now.at[k]];
            if (s->kind == ONE_OF && (s->set[c / 64] >> c % 64 & 1) != 0)
                reach(pattern, &next, now.at[k] + 1);
        }
        if (next.count == 0)
            return false;
        struct places last = now;
        now = next;
        next = last;
    }
    for (size_t k = 0; k < now.count; k++)
        if (pattern->step[now.at[k]].kind == END)
            return true;
    return false;
}
