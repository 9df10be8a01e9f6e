#include "document/policy.h"

#include "base/file.h"
#include "base/limits.h"
#include "document/node.h"
#include "policy/equivalent.h"

#define SCHEMA_ERRORS 100 /* shown of one policy file */

/* The first element from `n` on that stands in a line or after it. */
static const xmlNode *element_at(const xmlNode *top, const xmlNode *n, uint32_t line)
{
    while (n != NULL && (n->type != XML_ELEMENT_NODE || mu_xml_where(n).line < line))
        n = mu_xml_following(top, n);
    return n;
}

/* Of a broken reference the validator knows no more than the line. */
static const xmlNode *place_of(const struct mu_schema_error *error, const xmlNode *top)
{
    const xmlNode *node = error->node != NULL ? error->node : element_at(top, top, error->line);
    return node != NULL ? node : top;
}

/* A schema error stands where the wrong element stands. */
static void schema_errors(struct mu_node *t, xmlNode *parent, const xmlNode *top,
                          const struct mu_schema_error *error, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        xmlNode *node = mu_node_element(t, parent, t->m, "schema-error");
        node->_private = place_of(&error[i], top)->_private;
        mu_node_text(t, node, mu_bytes_of(error[i].message), MU_TEXT_MAX);
    }
}

static void validate(struct mu_node *t, xmlNode *node, xmlDoc *file)
{
    if (t->kit == NULL || t->kit->policy_schema == NULL)
        return;
    struct mu_schema_error *error = mu_arena_array(t->arena, SCHEMA_ERRORS, sizeof *error);
    size_t errors = 0;
    enum mu_validity validity =
        mu_schema_validate(t->kit->policy_schema, file, error, SCHEMA_ERRORS, &errors);
    mu_node_word(t, node, "schema-valid", mu_node_validity(validity));
    mu_node_number(t, node, "schema-errors", errors);
    schema_errors(t, node, xmlDocGetRootElement(file), error,
                  errors < SCHEMA_ERRORS ? errors : SCHEMA_ERRORS);
}

static void put_foreign(struct mu_node *t, xmlNode *node, const char *name, const char *value)
{
    if (value != NULL)
        mu_node_foreign(t, node, name, mu_bytes_of(value));
}

static void policy_facts(struct mu_node *t, xmlNode *node, const xmlNode *spif)
{
    const struct mu_policy *policy = t->document->policy;
    const xmlNode *id = mu_xml_child(spif, MU_SPIF_NS, "securityPolicyId");
    put_foreign(t, node, "version", mu_xml_attribute(t->arena, spif, "version"));
    put_foreign(t, node, "name", id != NULL ? mu_xml_attribute(t->arena, id, "name") : NULL);
    put_foreign(t, node, "id", id != NULL ? mu_xml_attribute(t->arena, id, "id") : NULL);
    mu_node_flag(t, node, "loaded", policy != NULL);
    if (policy != NULL)
        mu_node_word(t, node, "case", policy->is.fold ? "insensitive" : "sensitive");
}

static void build(struct mu_node *t, struct mu_bytes text, xmlDoc *file)
{
    char digest[MU_DIGEST_TEXT];
    xmlNode *spif = xmlDocGetRootElement(file);
    t->doc->_private = file->_private; /* the way back to line and column */
    t->root->_private = spif->_private;
    mu_node_word(t, t->root, "carrier", "file");
    mu_digest_text(text, digest);
    mu_node_word(t, t->root, "sha256", digest);
    xmlNode *node = mu_node_element(t, t->root, t->m, "policy");
    node->_private = spif->_private;
    const char *version = mu_xml_attribute(t->arena, spif, "schemaVersion");
    bool known = version == NULL || mu_policy_version_known(version);
    put_foreign(t, node, "schema-version", version);
    if (version != NULL)
        mu_node_flag(t, node, "supported", known);
    if (!known)
        return;
    policy_facts(t, node, spif);
    validate(t, node, file);
    mu_node_graft(t, node, spif);
}

bool mu_document_policy(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                        struct mu_document *document, struct mu_err *refused, struct mu_err *err)
{
    struct mu_bytes text;
    struct mu_policy *policy = NULL;
    struct mu_err why = { .code = MU_ERR_NONE };
    xmlDoc *file;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    if (mu_policy_load_bytes(arena, text, path, &policy, &why))
        file = policy->doc;
    else
        TRY(mu_xml_load_bytes(arena, text, path, &file, err));
    bool spif = mu_xml_is(xmlDocGetRootElement(file), MU_SPIF_NS, "SPIF");
    if (!spif || why.code == MU_ERR_LIMIT) {
        *err = why;
        return false;
    }
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    leg->carrier = "file";
    struct mu_document built = { .leg = leg, .policy = policy };
    struct mu_node t;
    mu_node_start(&t, arena, kit, &built);
    build(&t, text, file);
    if (refused != NULL)
        *refused = why;
    *document = built;
    return true;
}

/* --- several policies ------------------------------------------------------------------------------- */

/* The element of the rules' own m:policy, to which nodes are added after the document was made. */
struct peer {
    struct mu_node t;
    xmlNode *policy;
    const xmlNode *latest; /* where the last one stands: most come in the order of the file */
};

static struct peer peer_of(struct mu_arena *arena, struct mu_document *document)
{
    xmlNode *root = xmlDocGetRootElement(document->doc);
    struct peer peer = { .t = { .arena = arena,
                                .document = document,
                                .doc = document->doc,
                                .root = root,
                                .m = root->ns,
                                .scratch = { .arena = arena } },
                         .policy = mu_xml_child(root, MU_MESSAGE_NS, "policy") };
    return peer;
}

/* An undeclared policy (SPF-06 with a line) is found by a rule in the file itself. */
static bool is_told(const struct mu_equivalence_defect *defect)
{
    return defect->must && (strcmp(defect->rule, "SPF-06") != 0 || defect->line == 0);
}

static const xmlNode *place_in(struct peer *peer, uint32_t line)
{
    const xmlNode *spif = mu_xml_child(peer->policy, MU_SPIF_NS, "SPIF");
    if (spif == NULL || line == 0)
        return peer->policy;
    if (peer->latest == NULL || mu_xml_where(peer->latest).line > line)
        peer->latest = spif;
    peer->latest = element_at(spif, peer->latest, line);
    return peer->latest != NULL ? peer->latest : peer->policy;
}

static void put_disagreement(struct peer *peer, const struct mu_equivalence_defect *defect)
{
    xmlNode *node = mu_node_element(&peer->t, peer->policy, peer->t.m, "disagreement");
    node->_private = place_in(peer, defect->line)->_private;
    mu_node_word(&peer->t, node, "rule", defect->rule);
    mu_node_text(&peer->t, node, mu_bytes_of(defect->what), MU_TEXT_MAX);
}

void mu_document_policy_peers(struct mu_arena *arena, struct mu_document *const *document,
                              size_t count)
{
    struct mu_policies all = { .policy = mu_arena_array(arena, count + 1, sizeof *all.policy) };
    struct peer *peer = mu_arena_array(arena, count + 1, sizeof *peer);
    struct mu_equivalence_defect *defect;
    for (size_t i = 0; i < count; i++)
        if (document[i]->policy != NULL) {
            peer[all.count] = peer_of(arena, document[i]);
            all.policy[all.count++] = document[i]->policy;
        }
    if (all.count < 2)
        return;
    size_t defects = mu_policies_equivalence_defects(arena, &all, &defect);
    for (size_t p = 0; p < all.count; p++) {
        mu_node_number(&peer[p].t, peer[p].policy, "peers", all.count - 1);
        bool agrees = true;
        for (size_t i = 0; i < defects; i++) {
            if (defect[i].policy != all.policy[p] || !is_told(&defect[i]))
                continue;
            put_disagreement(&peer[p], &defect[i]);
            agrees = agrees && strcmp(defect[i].rule, "SPF-12") != 0;
        }
        mu_node_flag(&peer[p].t, peer[p].policy, "agrees", agrees);
    }
}
