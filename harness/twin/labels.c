#include "twin/labels.h"

#include <stdio.h>
#include <string.h>

#include "document/mutate.h"
#include "format/datetime.h"
#include "twin/decide.h"

void mu_twin_refuse(struct mu_sap_reply *reply, enum mu_stage stage, enum mu_class class,
                    const char *native)
{
    reply->seen =
        (struct mu_observation){ .outcome = MU_OUTCOME_REFUSED, .stage = stage, .class = class };
    snprintf(reply->seen.native, sizeof reply->seen.native, "%s", native != NULL ? native : "");
}

/* The time that the operation is to go by. */
static int64_t now_of(const struct mu_twin_labels *t, const struct mu_sap_request *request)
{
    struct mu_instant at;
    return request->time != NULL && mu_datetime_read(mu_bytes_of(request->time), &at) ? at.seconds
                                                                                      : t->now;
}

/* --- what is answered --------------------------------------------------------------------------------- */

static void own_categories(struct mu_arena *arena, struct mu_label *label)
{
    struct mu_category *own = mu_arena_array(arena, label->categories + 1, sizeof *own);
    if (label->categories > 0)
        memcpy(own, label->category, label->categories * sizeof *own);
    label->category = own;
}

static void first_values(struct mu_label *label)
{
    for (size_t i = 0; i < label->categories; i++)
        if (label->category[i].values > 1)
            label->category[i].values = 1;
}

static const char *small(struct mu_arena *arena, const char *text)
{
    char *copy = text != NULL ? mu_arena_strndup(arena, text, strlen(text)) : NULL;
    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char) (*c - 'A' + 'a');
    return copy;
}

static void small_letters(struct mu_arena *arena, struct mu_label *label)
{
    label->classification = small(arena, label->classification);
    for (size_t i = 0; i < label->categories; i++) {
        struct mu_category *c = &label->category[i];
        const char **value = mu_arena_array(arena, c->values + 1, sizeof *value);
        for (size_t k = 0; k < c->values; k++)
            value[k] = small(arena, c->value[k]);
        c->value = value;
    }
}

/* By an operator, where it can be applied to this label. */
static const struct mu_label *written(struct mu_arena *arena, const struct mu_twin_labels *t,
                                      const struct mu_label *label)
{
    const struct mu_sin_write *w = &t->sin->write;
    const struct mu_operator *o = mu_operator_find(w->operator);
    struct mu_mutation m = { .arena = arena,
                             .on = w->on != NULL ? w->on : "",
                             .value = w->value != NULL ? w->value : "",
                             .policies = &t->policies };
    struct mu_label *copy = mu_new(arena, struct mu_label);
    struct mu_message message = { .label = copy };
    struct mu_err ignored;
    *copy = *label;
    return o != NULL && o->abstract != NULL && o->abstract(&m, &message, &ignored) ? message.label
                                                                                   : label;
}

const struct mu_label *mu_twin_answered(struct mu_arena *arena, const struct mu_twin_labels *t,
                                        const struct mu_label *label)
{
    if (t->sin == NULL)
        return label;
    if (t->sin->write.operator!= NULL)
        return written(arena, t, label);
    struct mu_label *copy = mu_new(arena, struct mu_label);
    *copy = *label;
    own_categories(arena, copy);
    if (mu_sin_is(t->sin, MU_SIN_FIRST_VALUES))
        first_values(copy);
    if (mu_sin_is(t->sin, MU_SIN_SMALL_LETTERS))
        small_letters(arena, copy);
    if (mu_sin_is(t->sin, MU_SIN_NO_PRIVACY_MARK))
        copy->privacy_mark = NULL;
    return copy;
}

/* --- the operations ------------------------------------------------------------------------------------ */

static bool refuse_unread(const struct mu_twin_read *read, struct mu_sap_reply *reply)
{
    mu_twin_refuse(reply, read->stage, read->class, read->why);
    return false;
}

/* Read and valid; what of it is not asked for by the operation is asked all the same. */
static bool understand(struct mu_arena *arena, const struct mu_twin_labels *t,
                       const struct mu_sap_request *request, struct mu_twin_read *read,
                       struct mu_sap_reply *reply)
{
    return mu_twin_read_label(arena, t, request->label, read) || refuse_unread(read, reply);
}

static void parse(struct mu_arena *arena, const struct mu_twin_labels *t,
                  const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_twin_read read;
    int64_t now = now_of(t, request);
    if (!understand(arena, t, request, &read, reply))
        return;
    bool known = mu_twin_look_up(arena, t, &read);
    if (!mu_twin_check_prose(t, now, &read) || (!known && !mu_sin_is(t->sin, MU_SIN_UNKNOWN_POLICY))
        || (known && !mu_twin_check_policy(arena, t, now, &read))) {
        (void) refuse_unread(&read, reply);
        return;
    }
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->label = mu_twin_answered(arena, t, read.label);
}

static void deny_unread(struct mu_sap_reply *reply, enum mu_stage stage, enum mu_class class,
                        const char *why)
{
    char native[200];
    snprintf(native, sizeof native, "the clearance: %.170s", why);
    mu_twin_refuse(reply, stage, class, native);
    reply->decision = "deny";
}

/* What cannot be evaluated gives no access; what the schema forbids may be read in more than one way. */
static bool read_clearance(struct mu_arena *arena, const struct mu_twin_labels *t,
                           struct mu_bytes octets, struct mu_clearance *clearance,
                           struct mu_sap_reply *reply)
{
    struct mu_xml_fault fault;
    struct mu_schema_error error = { .message = "its schema could not be applied" };
    size_t errors;
    xmlDoc *doc;
    if (mu_xml_parse(arena, octets, 0, NULL, &doc, &fault) != MU_XML_OK)
        deny_unread(reply, MU_STAGE_DECODE, MU_CLASS_MALFORMED, fault.why);
    else if (!mu_clearance_is_root(xmlDocGetRootElement(doc)))
        deny_unread(reply, MU_STAGE_SCHEMA, MU_CLASS_SCHEMA, "the root is none");
    else if (mu_schema_validate(t->clearance_schema, doc, &error, 1, &errors) != MU_VALID)
        deny_unread(reply, MU_STAGE_SCHEMA, MU_CLASS_SCHEMA, error.message);
    else
        mu_clearance_read(arena, xmlDocGetRootElement(doc), clearance);
    return reply->decision == NULL;
}

static void decide(struct mu_arena *arena, const struct mu_twin_labels *t,
                   const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_twin_read read;
    struct mu_clearance clearance;
    if (!read_clearance(arena, t, request->clearance, &clearance, reply))
        return;
    bool known = understand(arena, t, request, &read, reply)
                 && mu_twin_check_prose(t, now_of(t, request), &read)
                 && mu_twin_look_up(arena, t, &read);
    struct mu_decision d =
        mu_twin_decide(arena, &t->policies, known ? &read.resolved : NULL, &clearance, t->sin);
    reply->decision = d.permit ? "permit" : "deny";
    if (!d.permit)
        mu_twin_refuse(reply, known ? MU_STAGE_DECIDE : read.stage,
                       known ? MU_CLASS_CLEARANCE : read.class, known ? d.why : read.why);
    else
        reply->seen = (struct mu_observation){ .outcome = MU_OUTCOME_ACCEPTED };
}

static void map(struct mu_arena *arena, const struct mu_twin_labels *t,
                const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_twin_read read;
    struct mu_mapping mapping;
    const struct mu_policy *to = mu_policies_find(&t->policies, request->policy, NULL);
    if (!understand(arena, t, request, &read, reply))
        return;
    if (!mu_twin_look_up(arena, t, &read)) {
        (void) refuse_unread(&read, reply);
        return;
    }
    if (to == NULL) {
        mu_twin_refuse(reply, MU_STAGE_POLICY, MU_CLASS_UNKNOWN_POLICY,
                       "the policy wanted is not known");
        return;
    }
    mu_twin_map(arena, &read.resolved, to, now_of(t, request), t->sin, &mapping);
    if (mapping.label == NULL) {
        mu_twin_refuse(reply, MU_STAGE_POLICY, MU_CLASS_UNMAPPABLE, mapping.why);
        return;
    }
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->label = mu_twin_answered(arena, t, mapping.label);
    reply->octets = mu_twin_write_label(arena, t, reply->label);
}

/* --- all of them ----------------------------------------------------------------------------------------- */

/* Whoever accepts everything has an answer for everything: what he can read of it, or nothing. */
static void be_lenient(struct mu_arena *arena, const struct mu_twin_labels *t,
                       const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    enum mu_sap_error error = reply->error;
    xmlDoc *doc;
    struct mu_xml_fault fault;
    *label = (struct mu_label){ .root = MU_LABEL_ORIGINATOR, .policy = "", .classification = "" };
    if (mu_xml_parse(arena, request->label, 0, NULL, &doc, &fault) == MU_XML_OK)
        mu_label_read(arena, xmlDocGetRootElement(doc), label);
    else if (request->abstract != NULL)
        *label = *request->abstract;
    (void) t;
    *reply =
        (struct mu_sap_reply){ .error = error, .label = label, .text = "", .decision = "permit" };
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->octets = mu_label_write(arena, label);
}

static void be_strict(struct mu_sap_reply *reply)
{
    *reply = (struct mu_sap_reply){ .error = reply->error, .decision = "deny" };
    mu_twin_refuse(reply, MU_STAGE_POLICY, MU_CLASS_OTHER, "refused");
}

/* Claims everything and does nothing: the answer has the form of one. */
static void lie(struct mu_sap_reply *reply)
{
    static const struct mu_label nothing = { .root = MU_LABEL_ORIGINATOR };
    *reply = (struct mu_sap_reply){ .label = &nothing, .text = "", .decision = "deny" };
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->octets = MU_BYTES("<none/>");
}

void mu_twin_labels_answer(struct mu_arena *arena, const struct mu_twin_labels *t,
                           const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    static void (*const answer[MU_SAP_OPS])(struct mu_arena * arena, const struct mu_twin_labels *t,
                                            const struct mu_sap_request *request,
                                            struct mu_sap_reply *reply) = {
        [MU_SAP_LABEL_PARSE] = parse,
        [MU_SAP_LABEL_MAKE] = mu_twin_make,
        [MU_SAP_MARK_RENDER] = mu_twin_render,
        [MU_SAP_MARK_PARSE] = mu_twin_read_marking,
        [MU_SAP_DECIDE] = decide,
        [MU_SAP_MAP] = map,
    };
    *reply = (struct mu_sap_reply){ .error = MU_SAP_OK };
    if (answer[request->op] == NULL) {
        reply->error = MU_SAP_UNSUPPORTED;
        reply->cap = mu_sap_op(request->op)->name;
        reply->message = "this system reads labels and carries no messages";
        return;
    }
    answer[request->op](arena, t, request, reply);
    bool refused = reply->seen.outcome != MU_OUTCOME_ACCEPTED;
    if (mu_sin_is(t->sin, MU_SIN_LENIENT) && refused)
        be_lenient(arena, t, request, reply);
    if (mu_sin_is(t->sin, MU_SIN_STRICT))
        be_strict(reply);
    if (mu_sin_is(t->sin, MU_SIN_LIAR))
        lie(reply);
}
