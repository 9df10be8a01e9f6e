/* The lines that nearly all are: plain letters, no escapes, whole numbers. What is anything else is left
 * to jansson, which alone says what is wrong with a line; for each letter of a string it takes a hundred
 * times as long, and a label in base64 has a thousand. */
#include "base/json.h"
#include "proto/sap_line.h"

#define DIGITS_MAX 18 /* of a number that fits for certain */

struct plain {
    const char *at, *end;
    json_t *open[MU_SAP_DEPTH_MAX]; /* objects and arrays, each inside the one before */
    size_t depth;
    bool first; /* nothing stands in the innermost yet */
};

static bool at_end(struct plain *p)
{
    while (p->at < p->end && *p->at == ' ')
        p->at++;
    return p->at == p->end;
}

static bool take(struct plain *p, char c)
{
    if (at_end(p) || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool take_word(struct plain *p, const char *word)
{
    size_t n = strlen(word);
    if ((size_t) (p->end - p->at) < n || memcmp(p->at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

static bool take_text(struct plain *p, struct mu_bytes *text)
{
    if (!take(p, '"'))
        return false;
    *text = (struct mu_bytes){ p->at, (size_t) (p->end - p->at) };
    text->n = mu_json_plain(*text);
    p->at += text->n;
    return take(p, '"');
}

/* Digits alone; what follows them is for the caller of the next step to refuse. */
static json_t *take_number(struct plain *p)
{
    const char *start = p->at;
    json_int_t number = 0;
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        if (p->at - start == DIGITS_MAX)
            return NULL;
        number = number * 10 + (*p->at - '0');
    }
    size_t n = (size_t) (p->at - start);
    return n == 0 || (n > 1 && *start == '0') ? NULL : json_integer(number);
}

/* Anything but an object or an array. */
static json_t *take_single(struct plain *p)
{
    struct mu_bytes text;
    if (p->at == p->end)
        return NULL;
    switch (*p->at) {
    case '"':
        return take_text(p, &text) ? json_stringn_nocheck(text.p, text.n) : NULL;
    case 't':
        return take_word(p, "true") ? json_true() : NULL;
    case 'f':
        return take_word(p, "false") ? json_false() : NULL;
    case 'n':
        return take_word(p, "null") ? json_null() : NULL;
    default:
        return take_number(p);
    }
}

/* Takes the value over. False for a name that is there already, too. */
static bool put(json_t *in, struct mu_bytes name, json_t *value)
{
    if (!json_is_object(in))
        return json_array_append_new(in, value) == 0;
    size_t before = json_object_size(in);
    return json_object_setn_new_nocheck(in, name.p, name.n, value) == 0
           && json_object_size(in) > before;
}

/* The end of what is open innermost, or one member of it. */
static bool step(struct plain *p)
{
    json_t *in = p->open[p->depth - 1];
    bool object = json_is_object(in);
    struct mu_bytes name = { "", 0 };
    if (take(p, object ? '}' : ']')) {
        p->first = false;
        p->depth--;
        return true;
    }
    if (!p->first && !take(p, ','))
        return false;
    if (object && (!take_text(p, &name) || !take(p, ':')))
        return false;
    bool opens_object = take(p, '{'); /* skips what is blank before any value */
    p->first = opens_object || take(p, '[');
    json_t *value = !p->first ? take_single(p) : opens_object ? json_object() : json_array();
    if (!put(in, name, value) || (p->first && p->depth == MU_SAP_DEPTH_MAX))
        return false;
    if (p->first)
        p->open[p->depth++] = value;
    return true;
}

json_t *mu_sap_json_plain(struct mu_bytes line)
{
    struct plain p = { .at = line.p, .end = line.p + line.n, .first = true };
    if (!take(&p, '{'))
        return NULL;
    json_t *root = p.open[p.depth++] = json_object();
    bool good = root != NULL;
    while (good && p.depth > 0)
        good = step(&p);
    if (good && at_end(&p))
        return root;
    json_decref(root);
    return NULL;
}
