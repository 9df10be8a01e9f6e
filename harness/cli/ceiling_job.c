/* A run held against a ceiling: what its labels mean, in a sealed job; and what the command makes of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "cli/ceiling.h"
#include "cli/report_job.h"
#include "format/xml.h"
#include "policy/marking.h"
#include "proto/sap_value.h"
#include "report/carried.h"

/* --- what a run holds ------------------------------------------------------------------------------------ */

static enum mu_above xml_stands(struct mu_arena *arena, const struct mu_ceiling *c,
                                struct mu_bytes xml)
{
    xmlDoc *doc = NULL;
    struct mu_xml_fault fault;
    struct mu_label label;
    if (mu_xml_parse(arena, xml, 0, NULL, &doc, &fault) != MU_XML_OK
        || !mu_label_is_root(xmlDocGetRootElement(doc)))
        return MU_ABOVE_UNREAD;
    mu_label_read(arena, xmlDocGetRootElement(doc), &label);
    return mu_ceiling_stands(arena, c, &label);
}

static enum mu_above abstract_stands(struct mu_arena *arena, const struct mu_ceiling *c,
                                     struct mu_bytes json)
{
    struct mu_label *label = NULL;
    struct mu_err ignored;
    bool unknown = false;
    if (!mu_sap_label_of(arena, json, &label, &unknown, &ignored) || unknown || label == NULL)
        return MU_ABOVE_UNREAD;
    return mu_ceiling_stands(arena, c, label);
}

static enum mu_above marking_stands(struct mu_arena *arena, const struct mu_ceiling *c,
                                    const char *text)
{
    struct mu_marking_reading reading;
    mu_marking_parse(arena, c->policies, text, MU_MATCH_TOLERANT, &reading);
    if (reading.label == NULL || reading.ambiguous)
        return MU_ABOVE_UNREAD;
    return mu_ceiling_stands(arena, c, reading.label);
}

static enum mu_above rank_stands(const struct mu_ceiling *c, const struct mu_carried *carried)
{
    if (strcmp(carried->policy, c->shown.policy) != 0)
        return MU_ABOVE_POLICY;
    return carried->rank <= c->shown.rank ? MU_BELOW : MU_ABOVE_LABEL;
}

struct judging {
    struct mu_arena *arena;
    const struct mu_ceiling *ceiling;
    enum mu_above above; /* the first reason found */
};

static enum mu_above carried_stands(const struct judging *j, const struct mu_carried *carried)
{
    const struct mu_ceiling *c = j->ceiling;
    switch (carried->kind) {
    case MU_CARRIED_XML:
        return xml_stands(j->arena, c, carried->text);
    case MU_CARRIED_ABSTRACT:
        return abstract_stands(j->arena, c, carried->text);
    case MU_CARRIED_MARKING:
        return marking_stands(j->arena, c, mu_bytes_dup(j->arena, carried->text));
    case MU_CARRIED_MAIL:
        return mu_ceiling_mail(j->arena, c, carried->text);
    case MU_CARRIED_RANK:
        return rank_stands(c, carried);
    case MU_CARRIED_NONE:
        return MU_ABOVE_UNLABELED;
    case MU_CARRIED_UNREAD:
        return MU_ABOVE_UNREAD;
    case MU_CARRIED_UNKNOWN:
        break;
    }
    return MU_ABOVE_UNKNOWN;
}

static void take(void *self, const struct mu_carried *carried)
{
    struct judging *j = self;
    enum mu_above above = carried_stands(j, carried);
    if (above != MU_BELOW && (j->above == MU_BELOW || above < j->above))
        j->above = above;
}

/* --- the job -------------------------------------------------------------------------------------------- */

/* What it answers; behind it stands one octet an instance, enum mu_above. */
struct answer {
    uint64_t instances, withheld;
    bool run_above;
    char first[200]; /* the first case above */
};

static enum mu_above judge_instance(const struct mu_ceiling *c,
                                    const struct mu_report_source *source,
                                    const struct mu_instance *instance)
{
    struct judging j = { mu_arena_new(MU_JOB_ARENA_MAX), c, MU_BELOW };
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next)
        mu_carried_each(j.arena, source, a, take, &j);
    mu_arena_free(j.arena);
    return j.above;
}

static bool judge_run(struct mu_arena *arena, void *what, const struct mu_report_source *source,
                      int out, struct mu_err *err)
{
    const struct mu_ceiling *c = what;
    struct answer answer = { .run_above = false };
    struct mu_result *m;
    TRY(mu_result_read(arena, source->run, NULL, &m, err));
    unsigned char *above = mu_arena_alloc(arena, m->total + 1);
    for (const struct mu_high_mark *mark = m->mark; mark != NULL; mark = mark->next)
        answer.run_above = answer.run_above || marking_stands(arena, c, mark->marking) != MU_BELOW;
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        above[i->index - 1] = (unsigned char) judge_instance(c, source, i);
        if (above[i->index - 1] != MU_BELOW && answer.withheld++ == 0)
            snprintf(answer.first, sizeof answer.first, "%s", i->name);
    }
    answer.instances = m->total;
    TRY(mu_file_write_all(out, (struct mu_bytes){ (char *) &answer, sizeof answer }, err));
    return mu_file_write_all(out, (struct mu_bytes){ (char *) above, m->total }, err);
}

/* Marking texts and schemas are made ready before the seal, what libraries look for at first use as well. */
static bool prepare(struct mu_arena *arena, void *what, struct mu_err *err)
{
    struct mu_report_prepared *none;
    (void) what;
    return mu_report_prepare(arena, "json", "", &none, err);
}

/* Its job is sealed, and read foreign bytes all the same: nothing that it says is taken on trust. */
static bool take_answer(struct mu_arena *arena, struct mu_bytes said, struct mu_ceiling *c,
                        struct answer *answer, struct mu_err *err)
{
    if (said.n < sizeof *answer)
        return mu_fail(err, MU_ERR_IO,
                       "the job that holds the run against the ceiling said nothing");
    memcpy(answer, said.p, sizeof *answer);
    if (answer->instances != said.n - sizeof *answer)
        return mu_fail(err, MU_ERR_IO, "the job that holds the run against the ceiling broke off");
    unsigned char *above = mu_arena_alloc(arena, said.n - sizeof *answer + 1);
    memcpy(above, said.p + sizeof *answer, said.n - sizeof *answer);
    answer->first[sizeof answer->first - 1] = '\0';
    c->shown.above = above;
    c->shown.instances = (size_t) answer->instances;
    c->shown.run_above = answer->run_above;
    c->shown.withheld = 0;
    for (size_t i = 0; i < c->shown.instances; i++)
        c->shown.withheld += above[i] != MU_BELOW;
    return true;
}

static bool refusal(struct mu_arena *arena, const struct mu_ceiling *c, const struct answer *answer,
                    struct mu_err *err)
{
    size_t i = 0;
    while (c->shown.above[i] == MU_BELOW)
        i++;
    enum mu_above why =
        c->shown.above[i] < MU_ABOVES ? (enum mu_above) c->shown.above[i] : MU_ABOVE_UNKNOWN;
    return mu_fail(err, MU_ERR_USAGE,
                   "no report: %zu of %zu cases are above %.40s; '%.60s' is the first: %s",
                   c->shown.withheld, c->shown.instances, c->shown.marking,
                   mu_text_line(arena, mu_bytes_of(answer->first)), mu_above_sentence(why));
}

bool mu_ceiling_judge(struct mu_arena *arena, const char *run, struct mu_ceiling *c, bool refuse,
                      struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int out = memfd_create("ceiling", MFD_CLOEXEC);
    struct mu_run_work work = { .out = out, .prepare = prepare, .make = judge_run, .what = c };
    struct answer answer;
    struct mu_bytes said;
    if (out < 0)
        return mu_fail_sys(err, "cannot make a memory file");
    TRY(mu_run_work(run, &work, err));
    TRY(mu_file_read_fd(arena, out, "ceiling", MU_CEILING_ANSWER_MAX, &said, err));
    TRY(take_answer(arena, said, c, &answer, err));
    return !refuse || c->shown.withheld == 0 || refusal(arena, c, &answer, err);
}
