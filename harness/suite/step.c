/* One step of a case: the tables of its attributes. */
#include "suite/steps.h"

#include <stddef.h>
#include <string.h>

#include "base/names.h"
#include "core/end_of_data.h"
#include "core/sap.h"
#include "policy/marking.h"
#include "suite/truth.h"

/* Which text attribute of which step goes where. The schema has checked what is required. */
static const struct field {
    enum mu_step_kind kind;
    const char *attribute;
    size_t offset;
} field[] = {
    { MU_STEP_MAKE, "id", offsetof(struct mu_step, id) },
    { MU_STEP_MAKE, "message", offsetof(struct mu_step, message) },
    { MU_STEP_MAKE, "label", offsetof(struct mu_step, label) },
    { MU_STEP_MAKE, "marking", offsetof(struct mu_step, marking) },
    { MU_STEP_MAKE, "to", offsetof(struct mu_step, to) },
    { MU_STEP_MAKE, "also", offsetof(struct mu_step, also) },
    { MU_STEP_MUTATE, "id", offsetof(struct mu_step, id) },
    { MU_STEP_MUTATE, "from", offsetof(struct mu_step, of) },
    { MU_STEP_MUTATE, "operator", offsetof(struct mu_step, op) },
    { MU_STEP_MUTATE, "on", offsetof(struct mu_step, on) },
    { MU_STEP_MUTATE, "value", offsetof(struct mu_step, value) },
    { MU_STEP_MUTATE, "when", offsetof(struct mu_step, when) },
    { MU_STEP_SEND, "message", offsetof(struct mu_step, of) },
    { MU_STEP_SEND, "identity", offsetof(struct mu_step, identity) },
    { MU_STEP_SEND, "tls", offsetof(struct mu_step, tls) },
    { MU_STEP_SEND, "host", offsetof(struct mu_step, host) },
    { MU_STEP_SEND, "end", offsetof(struct mu_step, end) },
    { MU_STEP_SEND, "smuggle", offsetof(struct mu_step, smuggle) },
    { MU_STEP_SEND, "ret", offsetof(struct mu_step, ret) },
    { MU_STEP_SEND, "envid", offsetof(struct mu_step, envid) },
    { MU_STEP_SEND, "notify", offsetof(struct mu_step, notify) },
    { MU_STEP_TRIGGER, "message", offsetof(struct mu_step, of) },
    { MU_STEP_SERVE, "certificate", offsetof(struct mu_step, script.certificate) },
    { MU_STEP_SERVE, "tls", offsetof(struct mu_step, script.tls) },
    { MU_STEP_SERVE, "hide", offsetof(struct mu_step, script.hide) },
    { MU_STEP_SERVE, "refuse-text", offsetof(struct mu_step, script.refuse_text) },
    { MU_STEP_ASK, "id", offsetof(struct mu_step, id) },
    { MU_STEP_ASK, "op", offsetof(struct mu_step, op) },
    { MU_STEP_ASK, "of", offsetof(struct mu_step, of) },
    { MU_STEP_ASK, "clearance", offsetof(struct mu_step, clearance) },
    { MU_STEP_ASK, "policy", offsetof(struct mu_step, policy) },
    { MU_STEP_ASK, "language", offsetof(struct mu_step, language) },
    { MU_STEP_ASK, "place", offsetof(struct mu_step, place) },
    { MU_STEP_ASK, "text", offsetof(struct mu_step, text) },
    { MU_STEP_ASK, "time", offsetof(struct mu_step, time) },
    { MU_STEP_COLLECT, "id", offsetof(struct mu_step, id) },
    { MU_STEP_COLLECT, "of", offsetof(struct mu_step, of) },
    { MU_STEP_EXPECT, "of", offsetof(struct mu_step, of) },
    { MU_STEP_EXPECT, "outcome", offsetof(struct mu_step, outcome) },
    { MU_STEP_EXPECT, "class", offsetof(struct mu_step, class) },
    { MU_STEP_EXPECT, "decision", offsetof(struct mu_step, decision) },
    { MU_STEP_EXPECT, "stage", offsetof(struct mu_step, stage) },
    { MU_STEP_EXPECT, "rung", offsetof(struct mu_step, rung) },
    { MU_STEP_EXPECT, "level", offsetof(struct mu_step, level) },
    { MU_STEP_SAME, "first", offsetof(struct mu_step, of) },
    { MU_STEP_SAME, "second", offsetof(struct mu_step, second) },
    { MU_STEP_SAME, "what", offsetof(struct mu_step, what) },
    { MU_STEP_SAME, "at-least", offsetof(struct mu_step, at_least) },
    { MU_STEP_SAME, "level", offsetof(struct mu_step, level) },
    { MU_STEP_JUDGE, "of", offsetof(struct mu_step, of) },
    { MU_STEP_JUDGE, "phase", offsetof(struct mu_step, phase) },
};

static const struct flag {
    enum mu_step_kind kind;
    const char *attribute;
    size_t offset;
    bool when_yes; /* the member's value for "yes" */
} flag[] = {
    { MU_STEP_MAKE, "first-line", offsetof(struct mu_step, first_line), true },
    { MU_STEP_MAKE, "first-line", offsetof(struct mu_step, no_first_line), false },
    { MU_STEP_SEND, "inject", offsetof(struct mu_step, inject), true },
    { MU_STEP_SAME, "if-delivered", offsetof(struct mu_step, if_delivered), true },
    { MU_STEP_JUDGE, "if-delivered", offsetof(struct mu_step, if_delivered), true },
    { MU_STEP_JUDGE, "if-reported", offsetof(struct mu_step, if_reported), true },
    { MU_STEP_SERVE, "starttls", offsetof(struct mu_step, script.no_starttls), false },
    { MU_STEP_SERVE, "ask-certificate", offsetof(struct mu_step, script.no_client_ca), false },
};

const char *mu_step_text(const struct mu_step *step, size_t i, const char **attribute)
{
    size_t n = 0;
    for (size_t k = 0; k < MU_COUNT(field); k++) {
        if (field[k].kind != step->kind || n++ != i)
            continue;
        *attribute = field[k].attribute;
        return *(const char *const *) (const void *) ((const char *) step + field[k].offset);
    }
    *attribute = NULL;
    return NULL;
}

static const char *known_outcome(const void *self, size_t i)
{
    (void) self;
    return i + 1 < MU_OUTCOMES ? mu_outcome_name((enum mu_outcome)(i + 1)) : NULL;
}

static const char *known_stage(const void *self, size_t i)
{
    (void) self;
    return i < MU_STAGES ? mu_stage_name((enum mu_stage) i) : NULL;
}

static const char *known_class(const void *self, size_t i)
{
    (void) self;
    return i + 1 < MU_CLASSES ? mu_class_name((enum mu_class)(i + 1)) : NULL;
}

static const char *known_rung(const void *self, size_t i)
{
    (void) self;
    return i < MU_RUNGS ? mu_rung_name((enum mu_rung) i) : NULL;
}

static const char *known_comparison(const void *self, size_t i)
{
    static const char *const word[] = { "octets", "value", "infoset", "semantics" };
    (void) self;
    return i < MU_COUNT(word) ? word[i] : NULL;
}

static const char *known_decision(const void *self, size_t i)
{
    static const char *const word[] = { "permit", "deny" };
    (void) self;
    return i < MU_COUNT(word) ? word[i] : NULL;
}

static const char *known_end(const void *self, size_t i)
{
    (void) self;
    return mu_end_of_data_at(i);
}

static const char *known_op(const void *self, size_t i)
{
    (void) self;
    return i < MU_SAP_OPS ? mu_sap_op((enum mu_sap_op) i)->name : NULL;
}

static const char *known_place(const void *self, size_t i)
{
    (void) self;
    return mu_marking_place_at(i, NULL);
}

static const struct mu_step_words words[] = {
    { MU_STEP_ASK, "op", "operation", known_op },
    { MU_STEP_ASK, "place", "place", known_place },
    { MU_STEP_SEND, "end", "end of data", known_end },
    { MU_STEP_EXPECT, "decision", "decision", known_decision },
    { MU_STEP_EXPECT, "outcome", "outcome", known_outcome },
    { MU_STEP_EXPECT, "stage", "stage", known_stage },
    { MU_STEP_EXPECT, "class", "class", known_class },
    { MU_STEP_EXPECT, "rung", "rung", known_rung },
    { MU_STEP_SAME, "at-least", "comparison", known_comparison },
};

const struct mu_step_words *mu_step_words_at(size_t i)
{
    return i < MU_COUNT(words) ? &words[i] : NULL;
}

static bool kind_of(const xmlNode *node, enum mu_step_kind *kind)
{
    for (int k = MU_STEP_MAKE; k <= MU_STEP_NOTHING_ELSE; k++)
        if (strcmp((const char *) node->name, mu_step_name((enum mu_step_kind) k)) == 0) {
            *kind = (enum mu_step_kind) k;
            return true;
        }
    return false;
}

static bool read_stage(const struct mu_read *read, const xmlNode *node, const char *attribute,
                       enum mu_stage *stage, struct mu_err *err)
{
    const char *word = mu_read_attribute(read, node, attribute);
    if (word == NULL)
        return true;
    for (int s = 0; s < MU_STAGES; s++)
        if (strcmp(mu_stage_name((enum mu_stage) s), word) == 0) {
            *stage = (enum mu_stage) s;
            return true;
        }
    return mu_read_unknown(node, attribute, "stage", word, mu_name_nearest(word, known_stage, NULL),
                           err);
}

static bool read_script(const struct mu_read *read, const xmlNode *node, struct mu_script *script,
                        struct mu_err *err)
{
    TRY(read_stage(read, node, "refuse-at", &script->refuse_at, err));
    TRY(read_stage(read, node, "close-at", &script->close_at, err));
    uint64_t code = 0;
    TRY(mu_read_number(read, node, "refuse-code", 599, &code, err));
    script->refuse_code = (int) code;
    if ((script->refuse_at != MU_STAGE_NONE) != (code >= 400))
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "refuse-at and refuse-code (400 to 599) come together");
    return true;
}

bool mu_step_read(const struct mu_read *read, const xmlNode *node, struct mu_step *step,
                  struct mu_err *err)
{
    struct mu_step s = { .where = mu_xml_where(node) };
    if (!kind_of(node, &s.kind))
        return mu_fail_where(err, s.where, MU_ERR_PROFILE, "'%s' is no step",
                             (const char *) node->name);
    for (size_t i = 0; i < MU_COUNT(field); i++)
        if (field[i].kind == s.kind)
            *(const char **) (void *) ((char *) &s + field[i].offset) =
                mu_read_attribute(read, node, field[i].attribute);
    for (size_t i = 0; i < MU_COUNT(flag); i++)
        if (flag[i].kind == s.kind)
            *(bool *) (void *) ((char *) &s + flag[i].offset) =
                mu_read_yes(read, node, flag[i].attribute, !flag[i].when_yes) == flag[i].when_yes;
    if (s.kind == MU_STEP_MAKE && s.message == NULL && s.label == NULL)
        return mu_fail_where(err, s.where, MU_ERR_PROFILE,
                             "a make without a message needs a label");
    if (s.kind == MU_STEP_EXPECT && s.outcome == NULL && s.decision == NULL)
        return mu_fail_where(err, s.where, MU_ERR_PROFILE, "expect needs an outcome or a decision");
    if ((s.end != NULL) != (s.smuggle != NULL))
        return mu_fail_where(err, s.where, MU_ERR_PROFILE, "end and smuggle come together");
    if (s.kind == MU_STEP_COLLECT)
        TRY(mu_read_duration(read, node, "deadline", &s.deadline_ms, err));
    if (s.kind == MU_STEP_SERVE)
        TRY(read_script(read, node, &s.script, err));
    if ((s.kind == MU_STEP_EXPECT || s.kind == MU_STEP_SAME) && s.level == NULL)
        s.level = "must";
    *step = s;
    return true;
}
