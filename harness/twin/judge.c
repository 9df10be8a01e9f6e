#include "twin/judge.h"

#include "format/datetime.h"
#include "policy/binary.h"
#include "policy/dominate.h"
#include "policy/marking.h"
#include "policy/validity.h"
#include "twin/decide.h"
#include "twin/places.h"
#include "twin/read.h"

/* --- one message -------------------------------------------------------------------------------------- */

/* What is being judged. */
struct matter {
    struct mu_arena *arena;
    const struct mu_judge *judge;
    int64_t now;
    const struct mu_sin *sin;
    struct mu_label label;
    const char *marking;           /* NULL: none */
    const struct mu_label *former; /* what the history says was replaced; NULL */
    const struct mu_policy *policy;
    struct mu_resolved resolved;
    struct mu_ruling *ruling;
};

static bool refuse(struct matter *m, const char *what, const char *why)
{
    m->ruling->refusal = mu_arena_printf(m->arena, "550 5.7.1 %s: %.160s", what, why);
    return false;
}

static const struct mu_label *former_label(struct mu_arena *arena, const struct mu_mail *mail)
{
    const struct mu_header *header = mu_header_find(&mail->top, "sio-label-history");
    struct mu_xml_fault fault;
    struct mu_sio sio;
    xmlDoc *doc;
    if (header == NULL)
        return NULL;
    mu_sio_read(arena, header, &sio);
    if (sio.kind != MU_SIO_XML || sio.base64 != MU_BASE64_OK
        || mu_xml_parse(arena, sio.decoded, 0, NULL, &doc, &fault) != MU_XML_OK
        || !mu_label_is_root(xmlDocGetRootElement(doc)))
        return NULL;
    struct mu_label *label = mu_new(arena, struct mu_label);
    mu_label_read(arena, xmlDocGetRootElement(doc), label);
    return label;
}

/* An ESS label in the words of its policy; what of it nobody understands stands in it under a name
 * that no policy has. */
static bool read_ess(struct matter *m, struct mu_bytes ber)
{
    struct mu_ess ess;
    struct mu_binary found;
    mu_ess_read(m->arena, ber, MU_ESS_LABEL, &ess);
    const struct mu_label *label =
        mu_binary_read_label(m->arena, &m->judge->policies, &ess, &found);
    if (label == NULL)
        return refuse(m, "label-unreadable", "the label cannot be read");
    m->label = *label;
    return true;
}

static bool read_label(struct matter *m, struct mu_bytes message)
{
    size_t count;
    const char *why;
    const struct mu_mail *mail = mu_mail_read(m->arena, message);
    const struct mu_header *header = mu_twin_label_field(mail, m->sin, &count);
    struct mu_sio sio;
    if (header == NULL)
        return false;
    mu_sio_read(m->arena, header, &sio);
    if (mu_sin_is(m->sin, MU_SIN_UNREADABLE) && mu_twin_field_defect(&sio, m->sin) != NULL)
        return false;
    bool unread = sio.marking != NULL && mu_sin_is(m->sin, MU_SIN_ENCODED_WORD)
                  && (sio.marking->defects & MU_PARAMETER_ENCODED_WORD) != 0;
    if (sio.marking != NULL && !unread)
        m->marking = mu_bytes_dup(m->arena, sio.marking->value);
    if (sio.kind == MU_SIO_ESS)
        return read_ess(m, sio.decoded);
    const xmlNode *root = mu_twin_label_root(m->arena, &sio, m->sin, &why);
    if (root == NULL)
        return false;
    mu_label_read(m->arena, root, &m->label);
    m->former = former_label(m->arena, mail);
    return true;
}

/* Names that are no names of the policy letter by letter. */
static bool written_otherwise(const struct matter *m)
{
    const struct mu_policy *p = m->policy;
    uint32_t c = m->resolved.classification;
    return (m->label.policy != NULL && strcmp(m->label.policy, p->name) != 0)
           || (c != MU_NONE && strcmp(m->label.classification, p->classification[c].name) != 0);
}

static bool check_policy(struct matter *m)
{
    m->policy = mu_policies_find(&m->judge->policies, m->label.policy, m->label.policy_uri);
    if (m->policy == NULL)
        return !mu_sin_is(m->sin, MU_SIN_UNKNOWN_POLICY)
                   ? refuse(m, "label-policy", "the policy of the label is not known")
                   : false;
    mu_resolve(m->arena, m->policy, &m->label, &m->resolved);
    return !mu_sin_is(m->sin, MU_SIN_LETTER_CASE) || !written_otherwise(m)
           || refuse(m, "label-policy", "the policy does not know a name of the label");
}

static bool check_alternative(struct matter *m)
{
    return !mu_sin_is(m->sin, MU_SIN_IGNORE_ALTERNATIVE)
           || strcmp(m->label.root, MU_LABEL_ALTERNATIVE) != 0
           || refuse(m, "label-missing", "there is no originator label");
}

static bool check_validity(struct matter *m)
{
    struct mu_validity_report report;
    struct mu_instant review;
    const char *skipped = m->sin != NULL ? m->sin->rule : NULL;
    if (mu_sin_is(m->sin, MU_SIN_REVIEW_EXPIRES) && m->label.review != NULL
        && mu_datetime_read(mu_bytes_of(m->label.review), &review) && review.seconds < m->now)
        return refuse(m, "label-invalid", "the label is past its review");
    mu_validate_resolved(m->arena, &m->resolved, m->now, &report);
    for (size_t i = 0; i < report.findings; i++)
        if (report.finding[i].must
            && (skipped == NULL || strcmp(skipped, report.finding[i].rule) != 0))
            return mu_sin_is(m->sin, MU_SIN_INVALID_LABEL)
                   || refuse(m, "label-invalid", report.finding[i].what);
    return true;
}

static bool agrees(const struct matter *m, const char *marking)
{
    static const char *const language[] = { "en", "fr" };
    for (size_t i = 0; i < MU_COUNT(language); i++) {
        const char *why;
        const char *wanted =
            mu_marking_render(m->arena, &m->resolved, MU_AT_PAGE_TOP, language[i], &why);
        if (wanted == NULL)
            continue;
        if (mu_sin_is(m->sin, MU_SIN_MARKING_TEXT)
                ? strcmp(wanted, marking) == 0
                : mu_marking_same(m->arena, &m->judge->policies, marking, wanted))
            return true;
    }
    return false;
}

static bool check_marking(struct matter *m)
{
    return m->marking == NULL || mu_sin_is(m->sin, MU_SIN_MARKING_CONFLICT) || agrees(m, m->marking)
           || refuse(m, "marking-conflict", "marking and label do not agree");
}

static bool check_places(struct matter *m, struct mu_bytes message)
{
    const char *place = mu_places_conflict(m->arena, &m->judge->policies, &m->resolved,
                                           mu_mail_read(m->arena, message), m->sin);
    return place == NULL
           || refuse(m, "marking-conflict",
                     mu_arena_printf(m->arena, "the %s and the label do not agree", place));
}

/* What is attached is not marked higher than the message. */
static bool check_annexes(struct matter *m, struct mu_bytes message)
{
    const struct mu_mail *mail = mu_mail_read(m->arena, message);
    return mu_sin_is(m->sin, MU_SIN_IGNORE_ANNEX)
           || !mu_places_above(m->arena, &m->judge->policies, mail, &m->resolved)
           || refuse(m, "marking-conflict", "what is attached is marked higher than the message");
}

static bool is_text(const struct mu_part *part)
{
    return strncmp(part->type, "text/plain", 10) == 0;
}

/* The label must cover what the portions of the first text roll up to; what only a human can decide is
 * not passed on. */
static bool check_portions(struct matter *m, struct mu_bytes message)
{
    const struct mu_part *part = &mu_mail_read(m->arena, message)->top;
    while (part->parts > 0)
        part = &part->part[0];
    struct mu_portion *portion;
    size_t found = is_text(part) && !mu_sin_is(m->sin, MU_SIN_IGNORE_PORTIONS) ? mu_portions_find(
                       m->arena, &m->judge->policies, mu_part_decode(m->arena, part), &portion)
                                                                               : 0;
    const struct mu_label **label = mu_arena_array(m->arena, found + 1, sizeof *label);
    size_t count = 0;
    for (size_t i = 0; i < found; i++)
        if (portion[i].label != NULL)
            label[count++] = portion[i].label;
    if (count == 0)
        return true;
    struct mu_rollup whole;
    struct mu_resolved r;
    mu_rollup(m->arena, &m->judge->policies, label, count, m->now, &whole);
    if (whole.label == NULL)
        return refuse(m, "portions", whole.decision);
    if (mu_policies_find(&m->judge->policies, whole.label->policy, whole.label->policy_uri)
        != m->policy)
        return true;
    mu_resolve(m->arena, m->policy, whole.label, &r);
    struct mu_cover cover = mu_label_cover(m->arena, &m->resolved, &r);
    return (cover.classification && cover.restrictive)
           || refuse(m, "portions", "a portion is marked higher than the message");
}

/* --- decision ------------------------------------------------------------------------------------------ */

static const struct mu_clearance *clearance_of(const struct mu_judge *judge,
                                               struct mu_bytes recipient)
{
    const char *plus = recipient.n > 0 ? memchr(recipient.p, '+', recipient.n) : NULL;
    struct mu_bytes local = { recipient.p, plus != NULL ? (size_t) (plus - recipient.p) : 0 };
    for (size_t i = 0; i < judge->entries; i++)
        if (mu_bytes_equal(mu_bytes_of(judge->entry[i].name), local))
            return &judge->entry[i].clearance;
    return NULL;
}

static bool decide(struct matter *m, const struct mu_resolved *label,
                   const struct mu_clearance *clearance)
{
    struct mu_decision decision =
        mu_twin_decide(m->arena, &m->judge->policies, label, clearance, m->sin);
    return decision.permit || refuse(m, "not-cleared", decision.why);
}

/* --- translation ----------------------------------------------------------------------------------------- */

static void rule(struct matter *m, const struct mu_policy *to, const struct mu_label *label)
{
    const char *why;
    struct mu_resolved resolved;
    mu_resolve(m->arena, to, label, &resolved);
    m->ruling->label = label;
    m->ruling->marking = mu_marking_render(m->arena, &resolved, MU_AT_PAGE_TOP, "en", &why);
    m->ruling->history = !mu_sin_is(m->sin, MU_SIN_TRANSLATE_NO_HISTORY);
}

/* The originator label of the recipient's own policy, from the history, when the present label is what
 * it maps to: a history is not believed beyond that (4.2 rules 3, 5). */
static const struct mu_label *original(struct matter *m, const struct mu_policy *to)
{
    if (m->former == NULL
        || mu_policies_find(&m->judge->policies, m->former->policy, m->former->policy_uri) != to)
        return NULL;
    struct mu_resolved resolved;
    struct mu_mapping mapping;
    mu_resolve(m->arena, to, m->former, &resolved);
    mu_map_label(m->arena, &resolved, m->policy, MU_APPLIED_DECRYPT, m->now, &mapping);
    bool same = mapping.label != NULL
                && mu_label_equal(m->arena, &m->judge->policies, mapping.label, &m->label, NULL);
    return same ? m->former : NULL;
}

static bool translate(struct matter *m, const struct mu_policy *to)
{
    struct mu_mapping mapping;
    const struct mu_label *former = original(m, to);
    if (former != NULL) {
        rule(m, to, former);
        return true;
    }
    mu_twin_map(m->arena, &m->resolved, to, m->now, m->sin, &mapping);
    if (mapping.label == NULL)
        return refuse(m, "label-unmappable", mapping.why);
    rule(m, to, mapping.label);
    return true;
}

static bool release(struct matter *m, struct mu_bytes recipient)
{
    const struct mu_clearance *clearance = clearance_of(m->judge, recipient);
    const struct mu_policy *to =
        clearance != NULL
            ? mu_policies_find(&m->judge->policies, clearance->policy, clearance->policy_uri)
            : NULL;
    if (clearance == NULL || (mu_sin_is(m->sin, MU_SIN_POLICY_MISMATCH) && to != m->policy))
        return true;
    if (!m->judge->translate || to == NULL || to == m->policy)
        return decide(m, &m->resolved, clearance);
    struct mu_resolved mapped;
    TRY(translate(m, to));
    mu_resolve(m->arena, to, m->ruling->label, &mapped);
    return decide(m, &mapped, clearance);
}

void mu_judge_message(struct mu_arena *arena, const struct mu_judge *judge, struct mu_bytes message,
                      const struct mu_bytes *recipient, size_t recipients, int64_t now,
                      const struct mu_sin *sin, struct mu_ruling *ruling)
{
    struct matter m = { .arena = arena, .judge = judge, .now = now, .sin = sin, .ruling = ruling };
    *ruling = (struct mu_ruling){ .refusal = NULL };
    if (judge->policies.count == 0 || !read_label(&m, message) || !check_policy(&m)
        || !check_alternative(&m) || !check_validity(&m) || !check_marking(&m)
        || !check_places(&m, message) || !check_annexes(&m, message)
        || !check_portions(&m, message))
        return;
    size_t asked = mu_sin_is(sin, MU_SIN_FIRST_RECIPIENT) && recipients > 1 ? 1 : recipients;
    for (size_t i = 0; i < asked; i++)
        if (!release(&m, recipient[i]))
            return;
}
