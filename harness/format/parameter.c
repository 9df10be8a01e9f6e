#include "format/parameter.h"

#include <assert.h>
#include <stdint.h>

#include "base/limits.h"
#include "format/parameter_scan.h"

#define NUMBER_MAX 1000000u /* larger segment numbers are all the same gap */

const char *mu_parameter_defect_name(unsigned bit)
{
    static const char *const name[] = {
        "gap",     "duplicate",       "leading-zero", "mixed",        "charset",  "unknown-charset",
        "percent", "lower-hex",       "unquoted",     "encoded-word", "bad-utf8", "eight-bit",
        "control", "quoted-extended",
    };
    _Static_assert(MU_COUNT(name) == MU_PARAMETER_DEFECTS, "every defect has a name");
    assert(bit != 0 && (bit & (bit - 1)) == 0 && bit < 1u << MU_PARAMETER_DEFECTS);
    size_t i = 0;
    while (bit >> i != 1)
        i++;
    return name[i];
}

bool mu_parameter_is_token_char(char c)
{
    return c > ' ' && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

bool mu_parameter_is_attribute_char(char c)
{
    return mu_parameter_is_token_char(c) && c != '*' && c != '\'' && c != '%';
}

struct cursor {
    struct mu_bytes raw;
    size_t at, offset; /* offset: of the raw text in the message */
    struct mu_parameters *list;
};

/* Where the segments of one parameter begin and end while they are gathered. */
struct chain {
    struct mu_segment *first, *last;
    size_t count;
};

struct gathered {
    struct mu_arena *arena;
    struct chain *chain;
    size_t n, room;
    size_t segments;
};

static void note(struct cursor *c, unsigned defect, size_t at)
{
    if (c->list->defects == 0 || c->offset + at < c->list->defect_at)
        c->list->defect_at = c->offset + at;
    c->list->defects |= defect;
}

static bool at_end(const struct cursor *c)
{
    return c->at == c->raw.n;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_comment(struct cursor *c)
{
    size_t depth = 0;
    note(c, MU_LIST_COMMENT, c->at);
    do {
        char byte = c->raw.p[c->at++];
        if (byte == '\\' && !at_end(c))
            c->at++;
        else if (byte == '(')
            depth++;
        else if (byte == ')')
            depth--;
    } while (depth > 0 && !at_end(c));
}

/* White space, folds, and the comments that should not be there. */
static void skip_space(struct cursor *c)
{
    while (!at_end(c) && (is_space(c->raw.p[c->at]) || c->raw.p[c->at] == '('))
        if (c->raw.p[c->at] == '(')
            skip_comment(c);
        else
            c->at++;
}

static bool take(struct cursor *c, char wanted)
{
    if (at_end(c) || c->raw.p[c->at] != wanted)
        return false;
    c->at++;
    return true;
}

/* The end of the quoted-string whose first byte is before the cursor; false: it has none. */
static bool skip_quoted(struct cursor *c)
{
    while (!at_end(c)) {
        char byte = c->raw.p[c->at++];
        if (byte == '"')
            return true;
        if (byte == '\\' && !at_end(c))
            c->at++;
    }
    return false;
}

/* To the next semicolon outside quotes. */
static void skip_to_semicolon(struct cursor *c)
{
    while (!at_end(c) && c->raw.p[c->at] != ';')
        if (c->raw.p[c->at++] == '"')
            skip_quoted(c);
}

static void read_quoted(struct cursor *c, struct mu_segment *segment)
{
    size_t from = c->at;
    bool ended = skip_quoted(c);
    if (!ended)
        note(c, MU_LIST_SYNTAX, from - 1);
    segment->quoted = true;
    segment->text = mu_bytes_slice(c->raw, from, c->at - from - ended);
    segment->text_offset = c->offset + from;
}

/* A token; where it is none, all that stands before the next semicolon or comment. */
static void read_bare(struct cursor *c, struct mu_segment *segment)
{
    size_t from = c->at, strange = 0;
    for (; !at_end(c) && c->raw.p[c->at] != ';' && c->raw.p[c->at] != '('; c->at++)
        strange += !mu_parameter_is_token_char(c->raw.p[c->at]) && !is_space(c->raw.p[c->at]);
    struct mu_bytes text = mu_bytes_slice(c->raw, from, c->at - from);
    while (text.n > 0 && is_space(text.p[text.n - 1]))
        text.n--;
    for (size_t i = 0; i < text.n; i++)
        strange += is_space(text.p[i]);
    segment->text = text;
    segment->text_offset = c->offset + from;
    if (strange > 0 || text.n == 0)
        segment->defects |= MU_PARAMETER_UNQUOTED;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Split "name*7*" (RFC 2231 section 7). A * anywhere else stays in the name; false then. */
static bool split_name(struct mu_segment *segment)
{
    struct mu_bytes whole = segment->name;
    const char *star = memchr(whole.p, '*', whole.n);
    if (star == NULL)
        return true;
    size_t at = (size_t) (star - whole.p) + 1, digits = at;
    uint32_t number = 0;
    for (; at < whole.n && is_digit(whole.p[at]); at++)
        number = number >= NUMBER_MAX ? NUMBER_MAX : number * 10 + (uint32_t) (whole.p[at] - '0');
    bool numbered = at > digits;
    bool extended = !numbered || (at < whole.n && whole.p[at] == '*');
    if (at + (numbered && extended) != whole.n || digits == 1)
        return false;
    if (numbered && whole.p[digits] == '0' && at > digits + 1)
        segment->defects |= MU_PARAMETER_LEADING_ZERO;
    segment->name.n = digits - 1;
    segment->number = number;
    segment->numbered = numbered;
    segment->extended = extended;
    return true;
}

static char lower(char c)
{
    return (char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static uint32_t hash_of(struct mu_bytes name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < name.n; i++)
        hash = (hash ^ (unsigned char) lower(name.p[i])) * 16777619u;
    return hash;
}

/* One parameter from the cursor to its semicolon; false: the text there is none, and was skipped. */
static bool read_segment(struct cursor *c, struct mu_segment *segment)
{
    size_t from = c->at;
    *segment = (struct mu_segment){ .offset = c->offset + from };
    while (!at_end(c) && mu_parameter_is_token_char(c->raw.p[c->at]))
        c->at++;
    segment->name = mu_bytes_slice(c->raw, from, c->at - from);
    skip_space(c);
    if (segment->name.n == 0 || !take(c, '=')) {
        note(c, MU_LIST_SYNTAX, from);
        skip_to_semicolon(c);
        return false;
    }
    if (!split_name(segment))
        note(c, MU_LIST_SYNTAX, from);
    segment->hash = hash_of(segment->name);
    skip_space(c);
    if (take(c, '"'))
        read_quoted(c, segment);
    else
        read_bare(c, segment);
    skip_space(c);
    if (!at_end(c) && c->raw.p[c->at] != ';') {
        note(c, MU_LIST_SYNTAX, c->at);
        skip_to_semicolon(c);
    }
    return true;
}

static struct chain *chain_of(struct gathered *g, const struct mu_segment *segment)
{
    for (size_t i = g->n; i-- > 0;) /* segments of one parameter mostly stand together */
        if (g->chain[i].first->hash == segment->hash
            && mu_bytes_equal_nocase(g->chain[i].first->name, segment->name))
            return &g->chain[i];
    if (g->n == MU_PARAMETERS_MAX)
        return NULL;
    if (g->n == g->room) {
        g->room = g->room == 0 ? 8 : g->room * 2;
        struct chain *grown = mu_arena_array(g->arena, g->room, sizeof *grown);
        if (g->n > 0)
            memcpy(grown, g->chain, g->n * sizeof *grown);
        g->chain = grown;
    }
    return &g->chain[g->n++];
}

static bool gather(struct gathered *g, const struct mu_segment *segment)
{
    if (g->segments == MU_SEGMENTS_MAX)
        return false;
    struct chain *chain = chain_of(g, segment);
    if (chain == NULL)
        return false;
    struct mu_segment *kept = mu_new(g->arena, struct mu_segment);
    *kept = *segment;
    if (chain->first == NULL)
        chain->first = kept;
    else
        chain->last->next = kept;
    chain->last = kept;
    chain->count++;
    g->segments++;
    return true;
}

static void read_list(struct cursor *c, struct gathered *g)
{
    for (bool more = true; more;) {
        struct mu_segment segment;
        skip_space(c);
        size_t from = c->at;
        if (at_end(c) || c->raw.p[c->at] == ';')
            note(c, MU_LIST_EMPTY, from > 0 && at_end(c) ? from - 1 : from);
        else if (read_segment(c, &segment) && !gather(g, &segment))
            note(c, MU_LIST_LIMIT, from);
        more = take(c, ';');
    }
}

void mu_parameters_read(struct mu_arena *arena, struct mu_bytes raw, size_t offset,
                        struct mu_parameters *out)
{
    struct gathered g = { .arena = arena };
    *out = (struct mu_parameters){ 0 };
    struct cursor c = { mu_bytes_trim(raw), 0, 0, out };
    c.offset = offset + (c.raw.n > 0 ? (size_t) (c.raw.p - raw.p) : 0);
    read_list(&c, &g);

    struct mu_parameter *parameter = mu_arena_array(arena, g.n + 1, sizeof *parameter);
    for (size_t i = 0; i < g.n; i++)
        mu_parameter_join(arena, g.chain[i].first, g.chain[i].count, &parameter[i]);
    out->parameter = parameter;
    out->parameters = g.n;
}

const struct mu_parameter *mu_parameter_find(const struct mu_parameters *list, const char *name)
{
    for (size_t i = 0; i < list->parameters; i++)
        if (strcmp(list->parameter[i].name, name) == 0)
            return &list->parameter[i];
    return NULL;
}

size_t mu_parameter_offset(const struct mu_parameter *parameter, size_t at)
{
    size_t low = 0, high = parameter->spans; /* the last span that begins at or before `at` */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (parameter->span[middle].value_at <= at)
            low = middle;
        else
            high = middle;
    }
    if (parameter->spans == 0)
        return parameter->offset;
    return parameter->span[low].offset + (at - parameter->span[low].value_at);
}
