/* The cases of a page: through the case sheet in documents of many, or cast from moulds. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "report/mould.h"

#define GROUP 500 /* cases; measured: 25,000 in 0.2 s and 33 MiB, the whole tree takes 2.2 s */
#define ROWS  "<!--rows-->"

struct mu_cases {
    const struct mu_sheets *sheets;
    struct mu_xml_chunks chunks;
    int out;
    struct mu_moulds *moulds; /* NULL: the sheet makes no promise */
    struct mu_arena *group;   /* of the texts below; NULL: the group is empty */
    struct mu_buf text;
    unsigned n; /* of the group */
    struct mu_fold fold;
    struct mu_model_tree
        tree; /* of cases that wait for the sheet; without a document there are none */
};

static void free_doc(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

static bool is_mode(const struct mu_cases *c, const char *mode)
{
    return strcmp(c->chunks.mode, mode) == 0;
}

static bool give(struct mu_cases *c, xmlDoc *doc, struct mu_buf *out, struct mu_err *err)
{
    TRY(mu_sheet_apply(c->sheets, c->sheets != NULL ? c->sheets->of : NULL, doc, out, err));
    if (c->sheets != NULL && c->sheets->html && out->n > 0 && out->p[out->n - 1] == '\n')
        out->n--;
    return true;
}

/* The sheet's turn for all that wait. */
static bool give_waiting(struct mu_cases *c, struct mu_err *err)
{
    MU_CLEANUP(free_doc) xmlDoc *doc = c->tree.doc;
    c->tree.doc = NULL;
    return doc == NULL || give(c, doc, &c->text, err);
}

/* One case alone: what a mould is made of. */
static bool render(void *self, const struct mu_instance *instance, const char *place,
                   struct mu_buf *out, struct mu_err *err)
{
    struct mu_cases *c = self;
    struct mu_model_tree t;
    mu_chunk_start(&t, &c->chunks);
    mu_chunk_add(&t, c->group, &c->chunks, instance, place);
    MU_CLEANUP(free_doc) xmlDoc *doc = t.doc;
    return give(c, doc, out, err);
}

static void drop(void *cases)
{
    struct mu_cases *c = cases;
    free_doc(&c->tree.doc);
    mu_arena_free(c->group);
}

struct mu_cases *mu_cases_begin(struct mu_arena *arena, const struct mu_sheets *sheets,
                                const struct mu_report_source *source,
                                const struct mu_result *result, const char *mode, int out)
{
    struct mu_cases *c = mu_new(arena, struct mu_cases);
    bool alone = sheets != NULL && sheets->alone;
    c->sheets = sheets;
    c->out = out;
    c->chunks = (struct mu_xml_chunks){ .result = result, .source = source, .mode = mode };
    c->chunks.heads = alone && is_mode(c, "folds");
    if (alone && !is_mode(c, "sections"))
        c->moulds = mu_moulds_new(arena, render, c, is_mode(c, ""));
    mu_arena_defer(arena, drop, c);
    return c;
}

/* In folds the sheet makes the fold, and says where its rows belong. */
static bool put_fold(struct mu_cases *c, struct mu_err *err)
{
    struct mu_buf text = { .arena = c->group };
    MU_CLEANUP(free_doc) xmlDoc *doc = mu_chunk_fold(&c->chunks, &c->fold);
    TRY(give(c, doc, &text, err));
    struct mu_bytes fold = mu_buf_bytes(&text);
    size_t at = mu_bytes_find(fold, MU_BYTES(ROWS), 0);
    if (at == SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "a stylesheet left no '" ROWS "' in a fold");
    TRY(mu_file_write_all(c->out, mu_bytes_slice(fold, 0, at), err));
    TRY(mu_file_write_all(c->out, mu_buf_bytes(&c->text), err));
    return mu_file_write_all(c->out, mu_bytes_from(fold, at + sizeof ROWS - 1), err);
}

static bool end_group(struct mu_cases *c, struct mu_err *err)
{
    bool ok = give_waiting(c, err);
    if (c->chunks.heads)
        ok = ok && put_fold(c, err);
    else
        ok = ok && mu_file_write_all(c->out, mu_buf_bytes(&c->text), err);
    if (c->sheets != NULL && c->sheets->html)
        ok = ok && mu_file_write_all(c->out, MU_BYTES("\n"), err);
    mu_arena_free(c->group);
    c->group = NULL;
    c->n = 0;
    return ok;
}

static void start_group(struct mu_cases *c)
{
    c->group = mu_arena_new(MU_JOB_ARENA_MAX);
    c->text = (struct mu_buf){ .arena = c->group };
    c->fold = (struct mu_fold){ 0 };
}

static void note_fold(struct mu_fold *fold, const struct mu_instance *instance)
{
    if (fold->first == 0) {
        fold->first = instance->index;
        snprintf(fold->name, sizeof fold->name, "%s", instance->name);
    }
    fold->last = instance->index;
    fold->count[instance->verdict]++;
}

bool mu_cases_each(struct mu_cases *c, const struct mu_instance *instance, struct mu_err *err)
{
    const char *place = mu_case_place(&c->chunks, instance);
    bool cast = false;
    if (*place == 'r' && is_mode(c, "sections"))
        return true;
    if (c->group == NULL)
        start_group(c);
    note_fold(&c->fold, instance);
    if (c->moulds != NULL) {
        struct mu_buf text = { .arena = c->group };
        TRY(mu_mould_cast(c->moulds, instance, place, &text, &cast, err));
        if (cast) {
            TRY(give_waiting(c, err));
            mu_buf_put_bytes(&c->text, mu_buf_bytes(&text));
        }
    }
    if (!cast) {
        if (c->tree.doc == NULL)
            mu_chunk_start(&c->tree, &c->chunks);
        mu_chunk_add(&c->tree, c->group, &c->chunks, instance, place);
    }
    return ++c->n < GROUP || end_group(c, err);
}

bool mu_cases_end(struct mu_cases *c, struct mu_err *err)
{
    return c->group == NULL || end_group(c, err);
}
