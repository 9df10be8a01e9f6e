/*
 * policy pairs POLICY LEAST MOST PAIRS - labels of LEAST to MOST values under a policy: how many a
 * second are looked up in a bare hash (limit_lookup.h), decided, and checked for validity. The three
 * take turns of a few milliseconds; each turn is measured in the time that the process had. First
 * "labels <how many> valid <per cent> permitted <per cent>", then PAIRS lines of three numbers.
 *
 * policy decide|validate POLICY COUNT - for instruction counts: COUNT times a hundred labels, which
 * have 1 to 8 values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "format/unicode.h"
#include "format/xml.h"
#include "limit_lookup.h"
#include "policy/decide.h"
#include "policy/validity.h"

#define LABELS   800
#define BATCH    100 /* labels to an arena, as one who has many to judge would do it */
#define TURN_NS  20000000U
#define TEST_DAY 1795860000 /* 2026-11-28 */

struct bench {
    struct mu_arena *arena;
    const struct mu_policy *policy;
    struct mu_cleared cleared;
    struct limit_names *names;
    struct mu_label label[LABELS];
    uint64_t random;
    uint64_t good; /* what came out, so that nothing is done for nothing */
};

typedef void work(struct bench *b, size_t from, size_t to);

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "policy: %s\n", what);
    exit(EXIT_FAILURE);
}

static uint32_t below(struct bench *b, size_t n)
{
    b->random = b->random * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t) ((b->random >> 33) % n);
}

/* --- the work -------------------------------------------------------------------------------------- */

static void look_up(struct bench *b, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct mu_label *l = &b->label[i];
        b->good += limit_names_find(b->names, l->classification);
        for (size_t k = 0; k < l->categories; k++)
            for (size_t v = 0; v < l->category[k].values; v++)
                b->good += limit_names_find(b->names, l->category[k].value[v]);
    }
}

static void decide(struct bench *b, size_t from, size_t to)
{
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    for (size_t i = from; i < to; i++) {
        struct mu_resolved resolved;
        mu_resolve(arena, b->policy, &b->label[i], &resolved);
        b->good += mu_decide(arena, &resolved, &b->cleared).permit;
    }
    mu_arena_free(arena);
}

static void validate(struct bench *b, size_t from, size_t to)
{
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    for (size_t i = from; i < to; i++) {
        struct mu_resolved resolved;
        struct mu_validity_report report;
        mu_resolve(arena, b->policy, &b->label[i], &resolved);
        mu_validate_resolved(arena, &resolved, TEST_DAY, &report);
        b->good += report.valid;
    }
    mu_arena_free(arena);
}

/* --- what it is done with -------------------------------------------------------------------------- */

static void load(struct bench *b, const char *path)
{
    struct mu_err err;
    struct mu_policy *policy = NULL;
    char text[400];
    b->arena = mu_arena_new(1024 * MU_MIB);
    if (!mu_unicode_start(&err) || !mu_policy_load(b->arena, path, &policy, &err)) {
        mu_err_text(&err, text, sizeof text);
        die(text);
    }
    b->policy = policy;
    b->random = 4774;
    b->names = limit_names_new(policy->classifications + policy->values);
    for (uint32_t i = 0; i < policy->classifications; i++)
        limit_names_add(b->names, policy->classification[i].name, i);
    for (uint32_t i = 0; i < policy->values; i++)
        limit_names_add(b->names, policy->value[i].name, i);
}

/* All classifications but the last, of every tag all values but each eighth. */
static void clear(struct bench *b)
{
    const struct mu_policy *p = b->policy;
    struct mu_clearance c = { .policy = p->name };
    c.classification = mu_arena_array(b->arena, p->classifications, sizeof *c.classification);
    c.category = mu_arena_array(b->arena, p->tags + 1, sizeof *c.category);
    for (size_t i = 0; i + 1 < p->classifications; i++)
        c.classification[c.classifications++] = p->classification[i].name;
    for (size_t i = 0; i < p->tags; i++) {
        const struct mu_tag *tag = &p->tag[i];
        struct mu_category *out = &c.category[c.categories++];
        *out = (struct mu_category){ .type = mu_tag_type_name(tag->type),
                                     .tag_name = p->set[tag->set].name,
                                     .value = mu_arena_array(b->arena, tag->count + 1,
                                                             sizeof *out->value) };
        for (uint32_t k = 0; k < tag->count; k++)
            if (k % 8 != 7)
                out->value[out->values++] = p->value[tag->first + k].name;
    }
    mu_cleared_make(b->arena, p, &c, &b->cleared);
}

#define TAGS_MOST 3

/* What every label has, and room for what is drawn. */
static void make(struct bench *b, size_t values, struct mu_label *out)
{
    *out = (struct mu_label){
        .root = MU_LABEL_ORIGINATOR,
        .policy = b->policy->name,
        .policy_uri = mu_arena_printf(b->arena, "urn:oid:%s", b->policy->id),
        .category = mu_arena_array(b->arena, TAGS_MOST, sizeof *out->category),
    };
    for (size_t i = 0; i < TAGS_MOST; i++)
        out->category[i].value = mu_arena_array(b->arena, values, sizeof(char *));
}

/* A classification, and `values` of one to three tags; the first tag, which is that of the context in
 * our policies, always has one. */
static void draw(struct bench *b, size_t values, struct mu_label *out)
{
    const struct mu_policy *p = b->policy;
    size_t tags = values < TAGS_MOST ? values : 1 + below(b, TAGS_MOST);
    out->classification = p->classification[below(b, p->classifications)].name;
    out->categories = tags;
    for (size_t i = 0; i < tags; i++) {
        struct mu_category *c = &out->category[i];
        const struct mu_tag *tag = &p->tag[i == 0 ? 0 : below(b, p->tags)];
        size_t count = i + 1 == tags ? values : 1;
        c->type = mu_tag_type_name(tag->type);
        c->tag_name = p->set[tag->set].name;
        for (c->values = 0; c->values < count; c->values++)
            c->value[c->values] = p->value[tag->first + below(b, tag->count)].name;
        values -= count;
    }
}

/* The last value becomes any of the policy's: of another tag, mostly. */
static void spoil(struct bench *b, struct mu_label *label)
{
    const struct mu_category *c = &label->category[label->categories - 1];
    c->value[c->values - 1] = b->policy->value[below(b, b->policy->values)].name;
}

/* A label that was read shares no text with the policy. */
static const char *own(struct bench *b, const char *text)
{
    return mu_arena_strndup(b->arena, text, strlen(text));
}

static void own_texts(struct bench *b, struct mu_label *label)
{
    label->policy = own(b, label->policy);
    label->classification = own(b, label->classification);
    for (size_t i = 0; i < label->categories; i++) {
        struct mu_category *c = &label->category[i];
        c->type = own(b, c->type);
        c->tag_name = own(b, c->tag_name);
        for (size_t k = 0; k < c->values; k++)
            c->value[k] = own(b, c->value[k]);
    }
}

/* Labels of traffic are valid, nearly all of them: each is the first of many drawn that is, and then
 * something is wrong with each tenth. */
static void draw_labels(struct bench *b, size_t least, size_t most)
{
    for (size_t i = 0; i < LABELS; i++) {
        size_t values = least + i % (most - least + 1);
        uint64_t before = b->good;
        make(b, values, &b->label[i]);
        for (size_t tries = 0; tries < 1000 && b->good == before; tries++) {
            draw(b, values, &b->label[i]);
            validate(b, i, i + 1);
        }
        if (i % 10 == 9)
            spoil(b, &b->label[i]);
        own_texts(b, &b->label[i]);
    }
}

/* Per cent of the labels for which it comes out well. */
static unsigned share(struct bench *b, work *of)
{
    b->good = 0;
    of(b, 0, LABELS);
    return (unsigned) (100 * b->good / LABELS);
}

/* --- measuring --------------------------------------------------------------------------------------- */

static uint64_t now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t) ts.tv_sec * 1000000000U + (uint64_t) ts.tv_nsec;
}

/* Labels a second. */
static double turn(struct bench *b, work *of)
{
    uint64_t from = now(), ns;
    size_t labels = 0;
    do {
        of(b, labels % LABELS, labels % LABELS + BATCH);
        labels += BATCH;
    } while ((ns = now() - from) < TURN_NS);
    return 1e9 * (double) labels / (double) ns;
}

static long number(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*end != '\0' || n < 1)
        die("a count is a number from 1 on");
    return n;
}

int main(int argc, char **argv)
{
    static struct bench b;
    bool pairs = argc == 6 && strcmp(argv[1], "pairs") == 0;
    bool count = argc == 4 && (strcmp(argv[1], "decide") == 0 || strcmp(argv[1], "validate") == 0);
    if (!pairs && !count)
        die("usage: policy pairs POLICY LEAST MOST PAIRS | decide|validate POLICY COUNT");
    mu_xml_start();
    load(&b, argv[2]);
    clear(&b);
    draw_labels(&b, pairs ? (size_t) number(argv[3]) : 1, pairs ? (size_t) number(argv[4]) : 8);
    if (count) {
        long hundreds = number(argv[3]);
        for (size_t i = 0; hundreds-- > 0; i = (i + BATCH) % LABELS)
            (argv[1][0] == 'd' ? decide : validate)(&b, i, i + BATCH);
        return 0;
    }
    printf("labels %d valid %u permitted %u\n", LABELS, share(&b, validate), share(&b, decide));
    for (long i = number(argv[5]); i > 0; i--) {
        double limit = turn(&b, look_up), decided = turn(&b, decide);
        printf("%.0f %.0f %.0f\n", limit, decided, turn(&b, validate));
    }
    return 0;
}
