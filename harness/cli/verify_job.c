/* The part of `muster verify` that reads evidence: it runs in sealed jobs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/verify.h"
#include "core/token.h"
#include "proto/sap.h"

#define LINES_MAX 512
#define WORDS_MAX 6

struct line {
    const char *word[WORDS_MAX]; /* "" past the last */
};

struct packed {
    struct line line[LINES_MAX];
    size_t lines;
    struct {
        const char *name;
        struct mu_bytes data;
        const char *sha256;
    } file[2 * MU_REJUDGE_LEGS + 16];
    size_t files;
};

static struct line split(char *text)
{
    struct line line;
    for (size_t i = 0; i < WORDS_MAX; i++) {
        line.word[i] = text;
        text += strcspn(text, "\t");
        if (*text == '\t')
            *text++ = '\0';
    }
    return line;
}

static bool unpack(struct mu_arena *arena, struct mu_bytes all, struct packed *p,
                   struct mu_err *err)
{
    while (all.n > 0) {
        size_t n = mu_bytes_find(all, MU_BYTES("\n"), 0);
        if (n == SIZE_MAX || p->lines == LINES_MAX)
            return mu_fail(err, MU_ERR_LIMIT, "more than is told of one case");
        struct line line = split(mu_arena_strndup(arena, all.p, n));
        all = mu_bytes_from(all, n + 1);
        if (strcmp(line.word[0], "file") != 0) {
            p->line[p->lines++] = line;
            continue;
        }
        if (p->files == MU_COUNT(p->file))
            return mu_fail(err, MU_ERR_LIMIT, "more files than one case has");
        size_t octets = strtoul(line.word[2], NULL, 10);
        p->file[p->files].name = line.word[1];
        p->file[p->files].data = mu_bytes_slice(all, 0, octets);
        p->file[p->files].sha256 = line.word[3];
        all = mu_bytes_from(all, octets);
        p->files++;
    }
    return true;
}

/* The octets that a message document is of: it names their digest, and so does no other document. */
static void find_octets(const struct packed *p, struct mu_rejudge_leg *leg)
{
    for (size_t i = 0; i < p->files && !leg->has_message; i++) {
        char named[128];
        snprintf(named, sizeof named, " sha256=\"%.64s\"", p->file[i].sha256);
        leg->has_message = strstr(p->file[i].name, "/message-") == NULL
                           && mu_bytes_find(leg->stored, mu_bytes_of(named), 0) != SIZE_MAX;
        if (leg->has_message)
            leg->message = p->file[i].data;
    }
}

static size_t find_legs(const struct packed *p, struct mu_rejudge_leg *leg)
{
    size_t legs = 0;
    for (size_t i = 0; i < p->files && legs < MU_REJUDGE_LEGS; i++) {
        if (strstr(p->file[i].name, "/message-") == NULL)
            continue;
        leg[legs] = (struct mu_rejudge_leg){ .file = p->file[i].name, .stored = p->file[i].data };
        find_octets(p, &leg[legs++]);
    }
    return legs;
}

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static const char *mark_word(char mark)
{
    return mark == MU_MARK_HOLDS ? "holds" : mark == MU_MARK_BREAKS ? "broken" : "not applicable";
}

/* Every rule of one leg. */
static void compare_leg(const struct mu_rule_set *rules, const struct line *told,
                        const struct mu_rejudge_marks *judged, struct mu_buf *out)
{
    for (size_t i = 0; i < mu_rules_count(rules); i++) {
        const char *id = mu_rules_at(rules, i)->id;
        char was = has_word(told->word[3], id)   ? MU_MARK_BREAKS
                   : has_word(told->word[2], id) ? MU_MARK_HOLDS
                                                 : MU_MARK_NOT_APPLICABLE;
        if (was != judged->mark[i])
            mu_buf_printf(out, "differs\tleg %s, rule %s: %s in the run, %s when judged again\n",
                          judged->leg, id, mark_word(was), mark_word(judged->mark[i]));
    }
}

static void compare_legs(const struct mu_verify *v, const struct packed *p,
                         const struct mu_rejudged *again, struct mu_buf *out)
{
    size_t next = 0; /* legs are judged in their order, one perhaps twice */
    for (size_t i = 0; i < p->lines; i++) {
        if (strcmp(p->line[i].word[0], "leg") != 0)
            continue;
        size_t k = next;
        while (k < again->judgements && strcmp(again->judged[k].leg, p->line[i].word[1]) != 0)
            k++;
        if (k == again->judgements) {
            mu_buf_printf(out, "differs\tleg %s was judged in the run and cannot be found\n",
                          p->line[i].word[1]);
            continue;
        }
        compare_leg(v->world.profile.rules, &p->line[i], &again->judged[k], out);
        next = k + 1;
    }
}

static void compare_comparisons(const struct packed *p, const struct mu_rejudged *again,
                                struct mu_buf *out)
{
    for (size_t i = 0; i < again->comparisons; i++) {
        const struct mu_rejudge_compared *c = &again->compared[i];
        bool found = false, same = false;
        for (size_t k = 0; k < p->lines && !same; k++) {
            const char *const *w = p->line[k].word;
            if (strcmp(w[0], "compared") != 0 || strcmp(w[1], c->what) != 0
                || strcmp(w[2], c->first) != 0 || strcmp(w[3], c->second) != 0)
                continue;
            found = true;
            same = strcmp(w[4], c->held) == 0 && (strcmp(w[5], "1") == 0) == c->enough;
        }
        if (!same)
            mu_buf_printf(out, "differs\t%s of %s and %s: %s%s when compared again, and %s\n",
                          c->what, c->first, c->second, c->held,
                          c->enough ? ", enough" : ", too little",
                          found ? "the run says otherwise" : "the run does not say so");
    }
}

static const struct line *verdict_line(const struct packed *p)
{
    static const struct line none = { { "", "error", "" } };
    for (size_t i = 0; i < p->lines; i++)
        if (strcmp(p->line[i].word[0], "verdict") == 0)
            return &p->line[i];
    return &none;
}

/* What the steps come to that nobody can take again, and those that were. */
static void compare_verdict(const struct packed *p, const struct mu_rejudged *again,
                            struct mu_buf *out)
{
    enum mu_verdict worst = again->verdict > MU_PASS ? again->verdict : MU_PASS, one, stated;
    const char *const *said = verdict_line(p)->word, *reason = said[2];
    if (!mu_verdict_from_name(said[1], &stated))
        stated = MU_ERROR;
    for (size_t i = 0; i < p->lines; i++) {
        const char *const *w = p->line[i].word;
        if (strcmp(w[0], "step") == 0 && mu_verdict_from_name(w[2], &one) && one > worst
            && (strcmp(w[1], "same") != 0 || !again->all_compared))
            worst = one;
    }
    bool beyond = stated == MU_ERROR || (stated == MU_INCONCLUSIVE && worst < stated);
    if (worst != stated && !beyond)
        mu_buf_printf(out,
                      "differs\tthe verdict is %s (%s) in the run, %s%s%s%s when judged again\n",
                      mu_verdict_name(stated), reason, mu_verdict_name(worst),
                      worst == again->verdict && *again->reason != '\0' ? " (" : "",
                      worst == again->verdict ? again->reason : "",
                      worst == again->verdict && *again->reason != '\0' ? ")" : "");
}

/* --- cases that ask an adapter ---------------------------------------------------------------------- */

#define STORED_MAX 64 /* questions of one case */

static bool read_stored(struct mu_arena *arena, const struct packed *p,
                        struct mu_rejudge_case *given, struct mu_err *err)
{
    struct mu_sap_stored *stored = mu_arena_array(arena, STORED_MAX, sizeof *stored);
    given->stored = stored;
    for (size_t i = 0; i < p->files; i++)
        if (strstr(p->file[i].name, "/adapter-1.jsonl") != NULL)
            return mu_sap_stored_read(arena, p->file[i].data, stored, STORED_MAX, &given->storeds,
                                      err);
    return true;
}

/* The folder cases/0001 is that of item 0. */
static void which_item(const struct line *line, struct mu_rejudge_case *given)
{
    const char *number = strrchr(line->word[2], '/');
    unsigned long item = number != NULL ? strtoul(number + 1, NULL, 10) : 0;
    given->item = item > 0 ? item - 1 : 0;
    given->attempt = (unsigned) strtoul(line->word[3], NULL, 10);
}

static size_t lines_of(const struct packed *p, const char *what)
{
    size_t n = 0;
    for (size_t i = 0; i < p->lines; i++)
        n += strcmp(p->line[i].word[0], what) == 0;
    return n;
}

/* All of it was judged: there is nothing that the run could know better. */
static void compare_whole(const struct packed *p, const struct mu_rejudged *again,
                          struct mu_buf *out)
{
    const char *const *w = verdict_line(p)->word;
    if (strcmp(w[1], mu_verdict_name(again->verdict)) != 0 || strcmp(w[2], again->reason) != 0)
        mu_buf_printf(out,
                      "differs\tthe verdict is %s (%s) in the run, %s (%s) when judged again\n",
                      w[1], w[2], mu_verdict_name(again->verdict), again->reason);
    if (lines_of(p, "compared") != again->comparisons || lines_of(p, "leg") != again->judgements)
        mu_buf_puts(out, "differs\tthe run tells of other comparisons or judgements than are made "
                         "when judged again\n");
}

/* An adapter that broke, or was silent, left nothing to judge; whoever passed left an answer. */
static void tell_asked(const struct packed *p, const struct mu_rejudged *again, struct mu_buf *out)
{
    const char *const *w = verdict_line(p)->word;
    bool broke = strcmp(w[1], "error") == 0 || p->files == 0;
    if (again->otherwise != NULL)
        mu_buf_printf(out,
                      "differs\tquestion %s in adapter-1.jsonl is not the one that suite, seed and "
                      "key of the run make\n",
                      again->otherwise);
    else if (!again->whole && !again->elsewhere && !broke)
        mu_buf_printf(out, "differs\tthe verdict is %s (%s) in the run, and cannot be judged: %s\n",
                      w[1], w[2], again->untold);
    if (again->whole)
        compare_whole(p, again, out);
}

/* --- one attempt ------------------------------------------------------------------------------------ */

static void compare(const struct mu_verify *v, const struct packed *p,
                    const struct mu_rejudged *again, struct mu_buf *out)
{
    if (again->unfounded != NULL)
        mu_buf_printf(out,
                      "differs\t%s does not follow from the octets of its message: octet %lld\n",
                      again->unfounded, (long long) again->unfounded_at);
    if (again->asks)
        tell_asked(p, again, out);
    if (!again->asks || again->whole) {
        compare_legs(v, p, again, out);
        compare_comparisons(p, again, out);
    }
    if (!again->asks)
        compare_verdict(p, again, out);
    if (again->whole || again->judgements + again->comparisons > 0)
        mu_buf_printf(out, "judged\t%zu\n", again->judgements);
    else
        mu_buf_puts(out, "untouched\n");
}

static bool judge(const struct mu_verify *v, struct mu_arena *arena, int fd, struct mu_buf *result,
                  struct mu_err *err)
{
    struct mu_bytes all;
    struct packed *p = mu_new(arena, struct packed);
    struct mu_rejudge_leg leg[MU_REJUDGE_LEGS];
    struct mu_rejudged *again = mu_new(arena, struct mu_rejudged);
    TRY(mu_file_read_fd(arena, fd, "the evidence", 2 * MU_JOB_FILE_MAX, &all, err));
    TRY(unpack(arena, all, p, err));
    struct mu_rejudge_case given = { .profile = &v->world.profile,
                                     .suite = &v->world.suite,
                                     .name = p->line[0].word[1],
                                     .leg = leg,
                                     .legs = find_legs(p, leg),
                                     .run_key = strtoull(p->line[0].word[4], NULL, 10),
                                     .run_seed = strtoull(p->line[0].word[5], NULL, 10),
                                     .asks = &v->asks,
                                     .is_asked = mu_sap_stored_asks };
    if (*p->line[0].word[4] == '\0') {
        mu_buf_puts(result, "untouched\n");
        return true;
    }
    which_item(&p->line[0], &given);
    TRY(read_stored(arena, p, &given, err));
    TRY(mu_rejudge(arena, &given, again, err));
    compare(v, p, again, result);
    return true;
}

bool mu_verify_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    struct mu_buf *result, bool *many, struct mu_err *err)
{
    struct mu_err why; /* of this case: the job goes on */
    (void) err;
    *many = false;
    if (!judge(self, arena, item->fd, result, &why))
        mu_buf_printf(result, "differs\tcannot be judged again: %s\n", why.msg);
    return true;
}
