#include "report/mould.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MOULDS_MAX 4096 /* of one mark; what is new after them is the sheet's work each time */
#define PIECES_MAX 64   /* of one mould */
#define NUMBER     24   /* digits of a number, a point, NUL */

/* The values that differ from cast to cast. */
enum value { INDEX, ID, AXES, TITLE, MS, SECONDS, AT_MS, FOLDER, REVISION, SINS, CONTROL, VALUES };

struct values {
    struct mu_bytes of[VALUES];
    char number[4][NUMBER];
};

/* Literal text, and the value behind it; VALUES behind the last one. */
struct piece {
    struct mu_bytes text;
    enum value value;
};

struct mould {
    const char *key; /* first: key of a table */
    unsigned seen;
    bool fits;
    struct piece *piece;
    size_t pieces;
    struct mould *next;
};

struct mu_moulds {
    struct mu_arena *arena;
    mu_mould_render *render;
    void *self;
    bool whole; /* findings and comparisons belong to a case, too */
    struct mu_table table;
    struct mu_buf key;
};

struct mu_moulds *mu_moulds_new(struct mu_arena *arena, mu_mould_render *render, void *self,
                                bool whole)
{
    struct mu_moulds *m = mu_new(arena, struct mu_moulds);
    *m = (struct mu_moulds){ .arena = arena, .render = render, .self = self, .whole = whole };
    m->key.arena = arena;
    return m;
}

/* --- what a case is like, and what is its own -------------------------------------------------------- */

/* Something may stand in it that no mould has a place for. */
static bool is_plain(const struct mu_moulds *m, const struct mu_instance *instance,
                     const char *place)
{
    const struct mu_attempt *attempt = instance->final;
    if (!m->whole || instance->opinion != NULL)
        return instance->opinion == NULL;
    return *place != 'f' && instance->entry == 0
           && (attempt == NULL || (attempt->finding == NULL && attempt->compared == NULL));
}

static void put_word(struct mu_buf *key, const char *word)
{
    mu_buf_puts(key, word);
    mu_buf_putc(key, '\n');
}

static void put_presence(struct mu_buf *key, const char *text)
{
    mu_buf_putc(key, *text != '\0' ? '+' : '-');
}

/* All but the values; of these, whether they are there. */
static void put_key(struct mu_buf *key, const struct mu_instance *instance, const char *place)
{
    const struct mu_result_case *of = instance->of;
    const struct mu_attempt *attempt = instance->final;
    key->n = 0;
    mu_buf_putc(key, (char) ('0' + instance->verdict));
    mu_buf_putc(key, *place);
    mu_buf_putc(key, instance->example ? '+' : '-');
    mu_buf_putc(key, attempt != NULL ? (char) ('A' + attempt->rung) : '-');
    put_presence(key, instance->name + strlen(of->id));
    put_presence(key, of->title);
    put_presence(key, of->revision);
    put_presence(key, of->sins);
    put_presence(key, of->control);
    put_presence(key, attempt != NULL ? attempt->folder : "");
    put_word(key, instance->reason);
    put_word(key, of->role);
    put_word(key, of->level);
    put_word(key, of->class);
    put_word(key, of->importance);
    put_word(key, instance->expectation);
    put_word(key, attempt != NULL ? attempt->attribution : "");
    if (instance->tried >= 2)
        mu_buf_printf(key, "%u %u %d", instance->tried, instance->passed, instance->unstable);
}

static struct mu_bytes number(char room[NUMBER], int64_t n)
{
    size_t digits = (size_t) snprintf(room, NUMBER, "%" PRId64, n);
    return (struct mu_bytes){ room, digits };
}

static void take_values(const struct mu_instance *instance, struct values *v)
{
    const struct mu_result_case *of = instance->of;
    const struct mu_attempt *attempt = instance->final;
    v->of[INDEX] = number(v->number[0], (int64_t) instance->index);
    v->of[ID] = mu_bytes_of(of->id);
    v->of[AXES] = mu_bytes_of(instance->name + v->of[ID].n);
    v->of[TITLE] = mu_bytes_of(of->title);
    v->of[MS] = number(v->number[1], attempt != NULL ? attempt->ms : 0);
    mu_model_seconds(attempt, v->number[2]);
    v->of[SECONDS] = mu_bytes_of(v->number[2]);
    v->of[AT_MS] = number(v->number[3], attempt != NULL ? attempt->at_ms : 0);
    v->of[FOLDER] = mu_bytes_of(attempt != NULL ? attempt->folder : "");
    v->of[REVISION] = mu_bytes_of(of->revision);
    v->of[SINS] = mu_bytes_of(of->sins);
    v->of[CONTROL] = mu_bytes_of(of->control);
}

/* Letters that no output method of a stylesheet writes otherwise. */
static bool writes_itself(struct mu_bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i], small = (char) (c | 0x20);
        if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9')
            && (c == '\0' || strchr(" _.,:=/[]()+-", c) == NULL))
            return false;
    }
    return true;
}

/* --- moulds -------------------------------------------------------------------------------------------- */

_Static_assert(
    sizeof(void *) != 8
        || (sizeof(struct mu_instance) == 136 && sizeof(struct mu_attempt) == 112
            && sizeof(struct mu_result_case) == 160),
    "what is new of a case: does it belong into put_key(), or is_plain(), or is it a value?");

/* A case like the one given whose values can be found again; none is part of another. */
static void stand_in(const struct mu_instance *instance, struct mu_instance *i,
                     struct mu_result_case *of, struct mu_attempt *attempt)
{
    *i = *instance;
    *of = *instance->of;
    i->of = of;
    i->index = 4102444801U;
    of->id = "qZ7xI";
    i->name = instance->name[strlen(instance->of->id)] != '\0' ? "qZ7xIqZ7xA" : "qZ7xI";
    of->title = *of->title != '\0' ? "qZ7xT" : "";
    of->revision = *of->revision != '\0' ? "qZ7xR" : "";
    of->sins = *of->sins != '\0' ? "qZ7xS" : "";
    of->control = *of->control != '\0' ? "qZ7xC" : "";
    if (instance->final == NULL)
        return;
    *attempt = *instance->final;
    attempt->ms = INT64_C(710244480240); /* its seconds are not what XPath makes of ms div 1000 */
    attempt->at_ms = INT64_C(810244480293);
    attempt->folder = *attempt->folder != '\0' ? "qZ7xF" : "";
    i->final = attempt;
}

/* The first of the values in the text; VALUES: none is. */
static enum value first_of(const struct values *v, struct mu_bytes text, size_t *at)
{
    enum value found = VALUES;
    *at = text.n;
    for (enum value k = INDEX; k < VALUES; k++) {
        size_t here = v->of[k].n > 1 ? mu_bytes_find(text, v->of[k], 0) : SIZE_MAX;
        if (here != SIZE_MAX && here < *at) {
            *at = here;
            found = k;
        }
    }
    return found;
}

static bool cut(struct mu_arena *arena, struct mould *mould, const struct values *v,
                struct mu_bytes text)
{
    mould->piece = mu_arena_array(arena, PIECES_MAX, sizeof *mould->piece);
    for (mould->pieces = 0; mould->pieces < PIECES_MAX;) {
        struct piece *piece = &mould->piece[mould->pieces++];
        size_t at;
        piece->value = first_of(v, text, &at);
        piece->text = mu_bytes_slice(text, 0, at);
        if (piece->value == VALUES)
            return true;
        text = mu_bytes_from(text, at + v->of[piece->value].n);
    }
    return false;
}

/* False when a value is to be written that the method of the sheet might write otherwise. */
static bool cast(const struct mould *mould, const struct values *v, struct mu_buf *out)
{
    size_t before = out->n;
    for (size_t i = 0; i < mould->pieces; i++) {
        const struct piece *piece = &mould->piece[i];
        mu_buf_put_bytes(out, piece->text);
        if (piece->value == VALUES)
            break;
        if (!writes_itself(v->of[piece->value])) {
            out->n = before;
            return false;
        }
        mu_buf_put_bytes(out, v->of[piece->value]);
    }
    return true;
}

/* With the sheet, of the stand-in; and tried at the case itself, which the sheet is asked for as well. */
static bool make(struct mu_moulds *m, struct mould *mould, const struct mu_instance *instance,
                 const char *place, const struct values *v, struct mu_err *err)
{
    struct mu_instance i;
    struct mu_result_case of;
    struct mu_attempt attempt;
    struct values found;
    struct mu_buf text = { .arena = m->arena }, real = { .arena = m->arena };
    struct mu_buf again = { .arena = m->arena };
    stand_in(instance, &i, &of, &attempt);
    take_values(&i, &found);
    TRY(m->render(m->self, &i, place, &text, err));
    TRY(m->render(m->self, instance, place, &real, err));
    mould->fits = cut(m->arena, mould, &found, mu_buf_bytes(&text)) && cast(mould, v, &again)
                  && mu_bytes_equal(mu_buf_bytes(&again), mu_buf_bytes(&real));
    return true;
}

static struct mould *mould_of(struct mu_moulds *m, const struct mu_instance *instance,
                              const char *place)
{
    put_key(&m->key, instance, place);
    struct mould *mould = mu_table_find(&m->table, mu_buf_bytes(&m->key));
    if (mould != NULL || m->table.count == MOULDS_MAX)
        return mould;
    mould = mu_new(m->arena, struct mould);
    mould->key = mu_bytes_dup(m->arena, mu_buf_bytes(&m->key));
    mu_table_add(&m->table, m->arena, mould);
    return mould;
}

/* A mould is worth making for what comes a second time. */
bool mu_mould_cast(struct mu_moulds *moulds, const struct mu_instance *instance, const char *place,
                   struct mu_buf *out, bool *done, struct mu_err *err)
{
    struct values v;
    *done = false;
    if (!is_plain(moulds, instance, place))
        return true;
    struct mould *mould = mould_of(moulds, instance, place);
    if (mould == NULL || mould->seen++ == 0)
        return true;
    take_values(instance, &v);
    if (mould->seen == 2)
        TRY(make(moulds, mould, instance, place, &v, err));
    *done = mould->fits && cast(mould, &v, out);
    return true;
}
