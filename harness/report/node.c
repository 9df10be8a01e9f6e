#include "report/node.h"

#include <jansson.h>
#include <string.h>

#include "base/codec.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#define BLOCK       1024 /* nodes made at once; most lines have fewer */
#define DEPTH_MAX   16   /* of what is read here; deeper ones are jansson's           */
#define MEMBERS_MAX 32   /* of an object whose names are compared one with another    */
#define DIGITS_MAX  18   /* of a number that fits for certain                         */

struct mu_nodes_block {
    struct mu_nodes_block *next;
    struct mu_node node[BLOCK];
};

static void start(struct mu_nodes *nodes)
{
    if (nodes->block == NULL)
        nodes->block = mu_new(nodes->arena, struct mu_nodes_block);
    nodes->at = nodes->block;
    nodes->used = 0;
}

static struct mu_node *new_node(struct mu_nodes *nodes, struct mu_bytes name)
{
    if (nodes->used == BLOCK) {
        if (nodes->at->next == NULL)
            nodes->at->next = mu_new(nodes->arena, struct mu_nodes_block);
        nodes->at = nodes->at->next;
        nodes->used = 0;
    }
    struct mu_node *node = &nodes->at->node[nodes->used++];
    node->kind = MU_NODE_OTHER;
    node->size = 0;
    node->name = name;
    node->text = MU_BYTES("");
    node->number = 0;
    node->first = node->next = NULL;
    return node;
}

/* --- plain lines ----------------------------------------------------------------------------------- */

struct plain {
    struct mu_nodes *nodes;
    char *at, *end;    /* in the copy */
    const char *moved; /* what the copy is one of, as far from `at` as that is from its start */
    char *start;
};

static bool take(struct plain *p, char c)
{
    if (p->at == p->end || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool take_word(struct plain *p, struct mu_bytes word)
{
    if ((size_t) (p->end - p->at) < word.n || memcmp(p->at, word.p, word.n) != 0)
        return false;
    p->at += word.n;
    return true;
}

/* Four hexadecimal digits; UINT32_MAX when they are none. */
static uint32_t take_code(struct plain *p)
{
    uint32_t code = 0;
    if (p->end - p->at < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        int digit = mu_hex_digit(*p->at++);
        if (digit < 0)
            return UINT32_MAX;
        code = code << 4 | (uint32_t) digit;
    }
    return code;
}

/* Behind "\u". NUL and half a pair are left to jansson. */
static bool take_character(struct plain *p, char **out)
{
    uint32_t code = take_code(p);
    if (code >= 0xd800 && code < 0xdc00) {
        uint32_t low = take_word(p, MU_BYTES("\\u")) ? take_code(p) : 0;
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    } else if (code == 0 || code > 0xffff || (code >= 0xdc00 && code < 0xe000)) {
        return false;
    }
    *out += mu_utf8_write(code, *out);
    return true;
}

static bool take_escape(struct plain *p, char **out)
{
    static const char letter[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (take(p, 'u'))
        return take_character(p, out);
    const char *found = p->at < p->end && *p->at != '\0' ? strchr(letter, *p->at) : NULL;
    if (found == NULL)
        return false;
    *(*out)++ = meant[found - letter];
    p->at++;
    return true;
}

/* Decoded where it stands: no escape is shorter than what it means. The NUL goes where the quote was. */
static bool take_text(struct plain *p, struct mu_bytes *text)
{
    if (!take(p, '"'))
        return false;
    char *start = p->at, *out = p->at;
    for (;;) {
        size_t n = mu_json_plain((struct mu_bytes){ p->at, (size_t) (p->end - p->at) });
        if (out != p->at)
            memmove(out, p->at, n);
        out += n;
        p->at += n;
        if (p->at == p->end || *p->at == '"')
            break;
        if (!take(p, '\\') || !take_escape(p, &out))
            return false;
    }
    if (!take(p, '"'))
        return false;
    *out = '\0';
    *text = (struct mu_bytes){ start, (size_t) (out - start) };
    return true;
}

static bool take_number(struct plain *p, int64_t *number)
{
    bool negative = take(p, '-');
    const char *start = p->at;
    int64_t n = 0;
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        if (p->at - start == DIGITS_MAX)
            return false;
        n = n * 10 + (*p->at - '0');
    }
    size_t digits = (size_t) (p->at - start);
    *number = negative ? -n : n;
    return digits > 0 && (*start != '0' || (digits == 1 && !negative));
}

static bool take_single(struct plain *p, struct mu_node *node)
{
    switch (p->at < p->end ? *p->at : '\0') {
    case '"':
        node->kind = MU_NODE_TEXT;
        return take_text(p, &node->text);
    case 't':
        node->kind = MU_NODE_TRUE;
        return take_word(p, MU_BYTES("true"));
    case 'f':
        return take_word(p, MU_BYTES("false"));
    case 'n':
        return take_word(p, MU_BYTES("null"));
    default:
        node->kind = MU_NODE_NUMBER;
        return take_number(p, &node->number);
    }
}

static bool named_before(const struct mu_node *object, struct mu_bytes name)
{
    for (const struct mu_node *n = object->first; n != NULL; n = n->next)
        if (mu_bytes_equal(n->name, name))
            return true;
    return false;
}

static bool take_value(struct plain *p, struct mu_node *node, unsigned depth);

/* The values of what was opened, to its end. */
static bool take_values(struct plain *p, struct mu_node *in, unsigned depth)
{
    bool object = in->kind == MU_NODE_OBJECT;
    struct mu_node **tail = &in->first;
    char end = object ? '}' : ']';
    if (take(p, end))
        return true;
    do {
        struct mu_bytes name = MU_BYTES("");
        if (object
            && (in->size == MEMBERS_MAX || !take_text(p, &name) || !take(p, ':')
                || named_before(in, name)))
            return false;
        struct mu_node *node = new_node(p->nodes, name);
        if (!take_value(p, node, depth))
            return false;
        *tail = node;
        tail = &node->next;
        in->size++;
    } while (take(p, ','));
    return take(p, end);
}

static bool take_value(struct plain *p, struct mu_node *node, unsigned depth)
{
    const char *from = p->at;
    bool object = take(p, '{');
    if (!object && !take(p, '['))
        return take_single(p, node);
    node->kind = object ? MU_NODE_OBJECT : MU_NODE_ARRAY;
    if (depth == DEPTH_MAX || !take_values(p, node, depth + 1))
        return false;
    node->text = (struct mu_bytes){ p->moved + (from - p->start), (size_t) (p->at - from) };
    return true;
}

static const struct mu_node *read_plain(struct mu_nodes *nodes, struct mu_bytes json)
{
    if (json.n == 0 || (json.p[0] != '{' && json.p[0] != '['))
        return NULL;
    if (json.n > nodes->room) {
        nodes->room = json.n < 64 * (size_t) MU_KIB ? 64 * (size_t) MU_KIB : 2 * json.n;
        nodes->copy = mu_arena_alloc(nodes->arena, nodes->room);
    }
    memcpy(nodes->copy, json.p, json.n);
    struct plain p = { nodes, nodes->copy, nodes->copy + json.n, json.p, nodes->copy };
    start(nodes);
    struct mu_node *root = new_node(nodes, MU_BYTES(""));
    return take_value(&p, root, 0) && p.at == p.end ? root : NULL;
}

/* --- whatever else JSON may be ----------------------------------------------------------------------- */

static void drop_texts(void *nodes)
{
    mu_arena_free(((struct mu_nodes *) nodes)->texts);
}

/* Texts that jansson decoded live as long as the tree. */
static void start_texts(struct mu_nodes *nodes)
{
    if (nodes->texts == NULL)
        mu_arena_defer(nodes->arena, drop_texts, nodes);
    mu_arena_free(nodes->texts);
    nodes->texts = mu_arena_new(MU_JOB_ARENA_MAX);
}

static struct mu_bytes kept(struct mu_nodes *nodes, const char *text, size_t n)
{
    return (struct mu_bytes){ mu_arena_strndup(nodes->texts, text, n), n };
}

static void convert(struct mu_nodes *nodes, struct mu_node *node, json_t *value);

static struct mu_node **add(struct mu_nodes *nodes, struct mu_node *in, struct mu_node **tail,
                            struct mu_bytes name, json_t *value)
{
    struct mu_node *node = new_node(nodes, name);
    convert(nodes, node, value);
    *tail = node;
    in->size++;
    return &node->next;
}

/* As deep as jansson reads. */
static void convert(struct mu_nodes *nodes, struct mu_node *node, json_t *value)
{
    struct mu_node **tail = &node->first;
    const char *name;
    json_t *item;
    size_t i;
    node->kind = json_is_object(value)    ? MU_NODE_OBJECT
                 : json_is_array(value)   ? MU_NODE_ARRAY
                 : json_is_string(value)  ? MU_NODE_TEXT
                 : json_is_integer(value) ? MU_NODE_NUMBER
                 : json_is_true(value)    ? MU_NODE_TRUE
                                          : MU_NODE_OTHER;
    if (json_is_string(value))
        node->text = kept(nodes, json_string_value(value), json_string_length(value));
    if (json_is_integer(value))
        node->number = json_integer_value(value);
    json_object_foreach(value, name, item) tail =
        add(nodes, node, tail, kept(nodes, name, strlen(name)), item);
    json_array_foreach(value, i, item) tail = add(nodes, node, tail, MU_BYTES(""), item);
}

const struct mu_node *mu_node_read_slowly(struct mu_nodes *nodes, struct mu_bytes json)
{
    json_error_t ignored;
    json_t *value = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &ignored);
    if (value == NULL)
        return NULL;
    start(nodes);
    start_texts(nodes);
    struct mu_node *root = new_node(nodes, MU_BYTES(""));
    convert(nodes, root, value);
    json_decref(value);
    return root;
}

const struct mu_node *mu_node_read(struct mu_nodes *nodes, struct mu_bytes json)
{
    const struct mu_node *root = read_plain(nodes, json);
    return root != NULL ? root : mu_node_read_slowly(nodes, json);
}

const struct mu_node *mu_node_get(const struct mu_node *object, const char *name)
{
    size_t n = strlen(name);
    if (object == NULL || object->kind != MU_NODE_OBJECT)
        return NULL;
    for (const struct mu_node *m = object->first; m != NULL; m = m->next)
        if (m->name.n == n && memcmp(m->name.p, name, n) == 0)
            return m;
    return NULL;
}

const struct mu_node *mu_node_first(const struct mu_node *array)
{
    return array != NULL && array->kind == MU_NODE_ARRAY ? array->first : NULL;
}

const struct mu_node *mu_node_member(const struct mu_node *object)
{
    return object != NULL && object->kind == MU_NODE_OBJECT ? object->first : NULL;
}
