/*
 * xml.h - the result model as XML, in the published vocabulary urn:muster:result:1
 * (reports/model.xsd): what stylesheets see.
 *
 * A page document holds everything but the cases; the cases come in chunks, so that a run of any
 * length needs the memory of one chunk.
 */
#ifndef MU_REPORT_XML_H
#define MU_REPORT_XML_H

#include <libxml/tree.h>

#include "report/evidence.h"

#define MU_RESULT_NS "urn:muster:result:1"

/* What a page carries in itself, with the digest that its security policy allows. */
struct mu_xml_part {
    const char *text, *sha256; /* NULL: none; base64 of the digest of text */
};

struct mu_xml_style { /* r:style and r:script */
    struct mu_xml_part css, script;
};

/* r:run, with the comment "cases" where the cases belong. The caller frees it. */
xmlDoc *mu_result_page(struct mu_arena *arena, const struct mu_result *result,
                       struct mu_xml_style style, const char *banner);

/* A tree under construction; shared by the files that build one. */
struct mu_model_tree {
    xmlDoc *doc;
    xmlNode *at;
    xmlNs *ns;
};

/* Counts how many cases were given at full length, over the chunks of one page. */
struct mu_xml_chunks {
    const struct mu_result *result;
    const struct mu_report_source *source;
    const char *
        mode; /* of the mark: "" or what follows the colon; "sections" leaves out what has only a row */
    bool heads;     /* mode "folds" of a sheet that makes the fold apart from its rows */
    unsigned shown; /* cases at full length so far */
    unsigned lines; /* and in one line             */
};

/* How much of an instance the page has besides its line in the table: "full", "line" or "row". Asked once
 * for each, in order. */
const char *mu_case_place(struct mu_xml_chunks *chunks, const struct mu_instance *instance);

/* r:cases, and an r:case in it. Evidence is read into `arena`. The caller frees the document. */
void mu_chunk_start(struct mu_model_tree *t, const struct mu_xml_chunks *chunks);
void mu_chunk_add(struct mu_model_tree *t, struct mu_arena *arena,
                  const struct mu_xml_chunks *chunks, const struct mu_instance *instance,
                  const char *place);

/* What a fold of the table holds. */
struct mu_fold {
    unsigned first, last; /* indexes */
    unsigned count[MU_VERDICTS];
    char name[160]; /* of the first, as much as there is room for */
};

/* r:cases without cases, for the fold itself. */
xmlDoc *mu_chunk_fold(const struct mu_xml_chunks *chunks, const struct mu_fold *fold);

/* What the attempt took, "0.012"; "0.000" for none. */
void mu_model_seconds(const struct mu_attempt *attempt, char text[24]);

void mu_model_start(struct mu_model_tree *t, const char *root);
void mu_model_open(struct mu_model_tree *t, const char *name);
void mu_model_close(struct mu_model_tree *t);
void mu_model_text(struct mu_model_tree *t, const char *name,
                   const char *text); /* not when "" or NULL */
void mu_model_set(struct mu_model_tree *t, const char *name,
                  const char *value); /* not when "" or NULL */
void mu_model_number(struct mu_model_tree *t, const char *name, int64_t value);
void mu_model_flag(struct mu_model_tree *t, const char *name, bool value);

/* The attribute clause-index, where somebody speaks of the clause. */
void mu_model_place(struct mu_model_tree *t, const struct mu_result *result, const char *document,
                    const char *clause);

/* r:step, r:labels, r:dump, r:transcript, r:file, r:problem of an attempt, read into `arena`. */
void mu_model_evidence(struct mu_model_tree *t, struct mu_arena *arena,
                       const struct mu_report_source *source, const struct mu_attempt *attempt);

/* Parts of the page: r:matrix; r:document, r:untested, r:kept; r:capability, r:adapter; r:quantiles,
 * r:slow. */
void mu_model_matrices(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m);
void mu_model_traces(struct mu_model_tree *t, const struct mu_result *m);
void mu_model_capabilities(struct mu_model_tree *t, struct mu_arena *arena,
                           const struct mu_result *m);
void mu_model_speed(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m);

/* r:journey, what became of labels on the way; r:volume, what went over the wire (xml_journey.c). */
void mu_model_journeys(struct mu_model_tree *t, const struct mu_result *m);
void mu_model_volume(struct mu_model_tree *t, const struct mu_result *m);

/* An entry of the expectation file, as an element of the name. */
void mu_model_known(struct mu_model_tree *t, const char *name, const struct mu_known *known);

/* What people say of a verdict; `whole`: with the case, for a list of all. */
void mu_model_opinions(struct mu_model_tree *t, struct mu_arena *arena,
                       const struct mu_instance *instance, bool whole);

void mu_model_finding(struct mu_model_tree *t, struct mu_arena *arena,
                      const struct mu_result *result, const struct mu_finding *finding);

#endif
