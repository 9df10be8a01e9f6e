/* A policy as one JSON object: what `muster policy show` shows, with nothing folded. */
#include "cli/policy.h"

struct put {
    struct mu_json *j;
    struct mu_arena *arena;
    const struct mu_policy *policy;
};

static void phrases(struct put *p, const struct mu_markings *markings)
{
    static const struct {
        unsigned bit;
        const char *word;
    } code[] = {
        { MU_AT_PAGE_TOP, "pageTop" },
        { MU_AT_PAGE_BOTTOM, "pageBottom" },
        { MU_AT_DOCUMENT_START, "documentStart" },
        { MU_AT_DOCUMENT_END, "documentEnd" },
        { MU_AT_NO_NAME, "noNameDisplay" },
        { MU_AT_NO_MARKING, "noMarkingDisplay" },
        { MU_AT_NO_CLASS, "suppressClassName" },
        { MU_AT_FIRST_LINE, "firstLineOfText" },
        { MU_AT_LAST_LINE, "lastLineOfText" },
        { MU_AT_SUBJECT, "subject" },
        { MU_AT_X_HEADER, "xHeader" },
        { MU_AT_PORTION, "portionMarking" },
        { MU_AT_INPUT_TITLE, "inputTitle" },
        { MU_AT_WATERMARK, "waterMark" },
        { MU_AT_POLICY, "replacePolicy" },
    };
    mu_json_open(p->j, "phrases", '[');
    for (size_t i = 0; i < markings->phrases; i++) {
        const struct mu_phrase *phrase = &markings->phrase[i];
        mu_json_open(p->j, NULL, '{');
        mu_json_text(p->j, "text", phrase->text);
        mu_json_text(p->j, "language", phrase->language);
        mu_json_open(p->j, "codes", '[');
        for (size_t k = 0; k < MU_COUNT(code); k++)
            if ((phrase->codes & code[k].bit) != 0)
                mu_json_text(p->j, NULL, code[k].word);
        mu_json_close(p->j, ']');
        mu_json_close(p->j, '}');
    }
    mu_json_close(p->j, ']');
}

static void reference(struct put *p, const struct mu_category_ref *ref)
{
    mu_json_open(p->j, NULL, '{');
    mu_json_text(p->j, "tagSet", ref->set_name);
    mu_json_text(p->j, "type", mu_tag_type_name(ref->type));
    mu_json_text(p->j, "lacv", ref->all ? NULL : ref->lacv);
    mu_json_bool(p->j, "all", ref->all);
    mu_json_open(p->j, "values", '[');
    for (size_t i = 0; i < ref->values; i++)
        mu_json_text(p->j, NULL, p->policy->value[ref->value[i]].name);
    mu_json_close(p->j, ']');
    mu_json_close(p->j, '}');
}

static void required(struct put *p, const struct mu_required *list, size_t count)
{
    mu_json_open(p->j, "requires", '[');
    for (size_t i = 0; i < count; i++) {
        mu_json_open(p->j, NULL, '{');
        mu_json_text(p->j, "operation", mu_policy_operation(list[i].operation));
        mu_json_open(p->j, "categories", '[');
        for (size_t g = 0; g < list[i].groups; g++)
            reference(p, &list[i].group[g]);
        mu_json_close(p->j, ']');
        mu_json_close(p->j, '}');
    }
    mu_json_close(p->j, ']');
}

static void foreign(struct put *p, const char *name, const struct mu_foreign_ref *ref)
{
    mu_json_open(p->j, name, '{');
    mu_json_text(p->j, "tagSetId", ref->set_id);
    mu_json_text(p->j, "tagSet", ref->set_name);
    mu_json_text(p->j, "type", mu_tag_type_name(ref->type));
    mu_json_text(p->j, "lacv", ref->lacv);
    mu_json_bool(p->j, "all", ref->lacv == NULL);
    mu_json_close(p->j, '}');
}

static void foreign_required(struct put *p, const struct mu_foreign_required *list, size_t count)
{
    mu_json_open(p->j, "requires", '[');
    for (size_t i = 0; i < count; i++) {
        mu_json_open(p->j, NULL, '{');
        mu_json_text(p->j, "operation", mu_policy_operation(list[i].operation));
        mu_json_open(p->j, "categories", '[');
        for (size_t g = 0; g < list[i].groups; g++)
            foreign(p, NULL, &list[i].group[g]);
        mu_json_close(p->j, ']');
        mu_json_close(p->j, '}');
    }
    mu_json_close(p->j, ']');
}

/* The other policy's name; no member where the file does not list it. */
static void other(struct put *p, uint32_t policy)
{
    if (policy != MU_NONE)
        mu_json_text(p->j, "policy", p->policy->equivalent[policy].name);
}

static void classification(struct put *p, const struct mu_classification *c)
{
    mu_json_open(p->j, NULL, '{');
    mu_json_text(p->j, "name", c->name);
    mu_json_number(p->j, "lacv", c->lacv);
    mu_json_number(p->j, "hierarchy", c->hierarchy);
    mu_json_text(p->j, "colour", c->color);
    mu_json_bool(p->j, "obsolete", c->obsolete);
    mu_json_number(p->j, "line", c->line);
    phrases(p, &c->markings);
    required(p, c->required, c->requireds);
    mu_json_open(p->j, "equivalents", '[');
    for (size_t i = 0; i < c->maps; i++) {
        mu_json_open(p->j, NULL, '{');
        other(p, c->map[i].policy);
        mu_json_number(p->j, "lacv", c->map[i].lacv);
        mu_json_text(p->j, "applied", mu_policy_applied(c->map[i].applied));
        foreign_required(p, c->map[i].required, c->map[i].requireds);
        mu_json_close(p->j, '}');
    }
    mu_json_close(p->j, ']');
    mu_json_close(p->j, '}');
}

static void value_limits(struct put *p, const struct mu_value *v)
{
    mu_json_open(p->j, "excludedClasses", '[');
    for (uint32_t i = 0; i < p->policy->classifications; i++)
        if (mu_class_in(&v->excluded, i))
            mu_json_text(p->j, NULL, p->policy->classification[i].name);
    mu_json_close(p->j, ']');
    if (v->required_class != MU_NONE)
        mu_json_text(p->j, "requiredClass", p->policy->classification[v->required_class].name);
    required(p, v->required, v->requireds);
    mu_json_open(p->j, "excludes", '[');
    for (size_t i = 0; i < v->exclusions; i++)
        reference(p, &v->exclusion[i]);
    mu_json_close(p->j, ']');
}

static void value(struct put *p, const struct mu_value *v)
{
    mu_json_open(p->j, NULL, '{');
    mu_json_text(p->j, "name", v->name);
    mu_json_text(p->j, "lacv", v->lacv);
    mu_json_bool(p->j, "obsolete", v->obsolete);
    mu_json_bool(p->j, "userInput", v->input);
    mu_json_text(p->j, "notBefore", mu_policy_time(p->arena, v->not_before));
    mu_json_text(p->j, "notAfter", mu_policy_time(p->arena, v->not_after));
    mu_json_number(p->j, "line", v->line);
    phrases(p, &v->markings);
    value_limits(p, v);
    mu_json_open(p->j, "equivalents", '[');
    for (size_t i = 0; i < v->maps; i++) {
        mu_json_open(p->j, NULL, '{');
        other(p, v->map[i].policy);
        mu_json_text(p->j, "applied", mu_policy_applied(v->map[i].applied));
        mu_json_bool(p->j, "discard", v->map[i].discard);
        foreign(p, "category", &v->map[i].to);
        mu_json_close(p->j, '}');
    }
    mu_json_close(p->j, ']');
    mu_json_close(p->j, '}');
}

static void tag(struct put *p, const struct mu_tag *t)
{
    mu_json_open(p->j, NULL, '{');
    mu_json_text(p->j, "name", t->name);
    mu_json_text(p->j, "type", mu_tag_type_name(t->type));
    mu_json_bool(p->j, "enumerated", t->enumerated);
    mu_json_number(p->j, "minSelection", t->least);
    if (t->most != UINT32_MAX)
        mu_json_number(p->j, "maxSelection", t->most);
    mu_json_open(p->j, "categories", '[');
    for (uint32_t i = t->first; i < t->first + t->count; i++)
        value(p, &p->policy->value[i]);
    mu_json_close(p->j, ']');
    mu_json_close(p->j, '}');
}

static void tag_set(struct put *p, const struct mu_tag_set *set)
{
    mu_json_open(p->j, NULL, '{');
    mu_json_text(p->j, "name", set->name);
    mu_json_text(p->j, "id", set->id);
    mu_json_open(p->j, "tags", '[');
    for (uint32_t i = set->first; i < set->first + set->count; i++)
        tag(p, &p->policy->tag[i]);
    mu_json_close(p->j, ']');
    mu_json_open(p->j, "equivalents", '[');
    for (size_t i = 0; i < set->maps; i++) {
        mu_json_open(p->j, NULL, '{');
        other(p, set->map[i].policy);
        mu_json_text(p->j, "name", set->map[i].name);
        mu_json_text(p->j, "id", set->map[i].id);
        foreign_required(p, set->map[i].required, set->map[i].requireds);
        mu_json_close(p->j, '}');
    }
    mu_json_close(p->j, ']');
    mu_json_close(p->j, '}');
}

static void conventions(struct put *p)
{
    const struct mu_conventions *is = &p->policy->is;
    const struct {
        const char *word;
        uint32_t set;
    } row[] = {
        { "context", is->context },
        { "release", is->release },
        { "only", is->only },
        { "designators", is->designators },
        { "administrative", is->administrative },
    };
    mu_json_open(p->j, "conventions", '{');
    mu_json_text(p->j, "case", is->fold ? "insensitive" : "sensitive");
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].set != MU_NONE)
            mu_json_text(p->j, row[i].word, p->policy->set[row[i].set].name);
    mu_json_bool(p->j, "nato", is->nato);
    mu_json_bool(p->j, "unmarked", is->unmarked);
    mu_json_close(p->j, '}');
}

static void head(struct put *p)
{
    const struct mu_policy *q = p->policy;
    mu_json_text(p->j, "name", q->name);
    mu_json_text(p->j, "id", q->id);
    mu_json_text(p->j, "version", q->version);
    mu_json_text(p->j, "schemaVersion", q->schema_version);
    mu_json_text(p->j, "file", q->path);
    mu_json_text(p->j, "sha256", q->digest);
    mu_json_text(p->j, "created", q->created);
    mu_json_text(p->j, "originator", q->originator);
    mu_json_text(p->j, "notBefore", mu_policy_time(p->arena, q->not_before));
    mu_json_text(p->j, "notAfter", mu_policy_time(p->arena, q->not_after));
    mu_json_text(p->j, "defaultName", q->default_name);
    mu_json_text(p->j, "defaultId", q->default_id);
    phrases(p, &q->id_markings);
    conventions(p);
}

void mu_policy_json(struct mu_json *j, struct mu_arena *arena, const struct mu_policy *policy)
{
    struct put p = { j, arena, policy };
    mu_json_open(j, NULL, '{');
    head(&p);
    mu_json_open(j, "classifications", '[');
    for (size_t i = 0; i < policy->classifications; i++)
        classification(&p, &policy->classification[i]);
    mu_json_close(j, ']');
    mu_json_open(j, "tagSets", '[');
    for (size_t i = 0; i < policy->sets; i++)
        tag_set(&p, &policy->set[i]);
    mu_json_close(j, ']');
    mu_json_open(j, "privacyMarks", '[');
    for (size_t i = 0; i < policy->privacy_marks; i++) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", policy->privacy_mark[i].name);
        mu_json_bool(j, "obsolete", policy->privacy_mark[i].obsolete);
        phrases(&p, &policy->privacy_mark[i].markings);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_open(j, "equivalentPolicies", '[');
    for (size_t i = 0; i < policy->equivalents; i++) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", policy->equivalent[i].name);
        mu_json_text(j, "id", policy->equivalent[i].id);
        foreign_required(&p, policy->equivalent[i].required, policy->equivalent[i].requireds);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}
