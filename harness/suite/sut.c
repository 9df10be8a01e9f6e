/* The SUT file: what the harness must know of one system under test. */
#include <string.h>

#include "base/names.h"
#include "core/sap.h"
#include "suite/command.h"
#include "suite/read.h"
#include "suite/sut.h"

#define TRIGGER_MS 30000 /* how long a SUT may take to send when its file does not say */

bool mu_sut_claims(const struct mu_sut *sut, const char *name)
{
    for (size_t i = 0; i < sut->capabilities; i++)
        if (strcmp(sut->capability[i], name) == 0)
            return true;
    return false;
}

const struct mu_sut_role *mu_sut_role_find(const struct mu_sut *sut, enum mu_role role)
{
    for (size_t i = 0; i < sut->roles; i++)
        if (sut->role[i].role == role)
            return &sut->role[i];
    return NULL;
}

/* What stands in an <observe>, <deliver-to> or <collect-at>. */
static bool read_endpoint(const struct mu_read *read, const xmlNode *node,
                          struct mu_endpoint *endpoint, struct mu_err *err)
{
    static const char *const mode[] = { "none", "starttls", "implicit" }; /* enum mu_tls_mode */
    const char *tls = mu_read_attribute(read, node, "tls");
    struct mu_endpoint e = {
        .carrier = mu_read_attribute(read, node, "carrier"),
        .tls_name = mu_read_attribute(read, node, "tls-name"),
        .path = mu_read_path(read, node, "path"),
        .tls = MU_TLS_STARTTLS,
        .where = mu_xml_where_attribute(node, "carrier"),
    };
    for (size_t i = 0; tls != NULL && i < MU_COUNT(mode); i++)
        if (strcmp(mode[i], tls) == 0)
            e.tls = (enum mu_tls_mode) i;
    const char *address = mu_read_attribute(read, node, "address");
    if (address != NULL && !mu_address_parse(address, &e.address, err)) {
        err->where = mu_xml_where_attribute(node, "address");
        return false;
    }
    if (e.path != NULL)
        e.tls = MU_TLS_CLEAR;
    *endpoint = e;
    return true;
}

/* adapter="a" of a place where mail is handed over: it listens there, or is told to deliver there. */
static bool read_opener(const struct mu_read *read, const xmlNode *node, const struct mu_sut *sut,
                        struct mu_endpoint *endpoint, struct mu_err *err)
{
    int adapter;
    if (endpoint->path != NULL)
        return true;
    if (mu_read_has(node, "adapter")) {
        TRY(mu_sut_read_one_adapter(read, node, sut, &adapter, err));
        endpoint->opened_by = (unsigned) adapter + 1;
        return true;
    }
    return xmlStrcmp(node->name, BAD_CAST "deliver-to") != 0
           || mu_address_port(&endpoint->address) != 0
           || mu_fail_where(err, mu_xml_where_attribute(node, "address"), MU_ERR_PROFILE,
                            "nobody can be reached at port 0: name the port, or the adapter that "
                            "opens one");
}

/* NULL equals NULL alone: a Maildir has no address, and a socket has no path. */
static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A role's endpoint goes into one of the two rows that the whole file shares. */
static bool add_endpoint(const struct mu_read *read, const xmlNode *node, const struct mu_sut *sut,
                         struct mu_endpoint *row, size_t *count, int *index, struct mu_err *err)
{
    if (node == NULL)
        return true;
    struct mu_endpoint *e = &row[*count];
    TRY(read_endpoint(read, node, e, err));
    TRY(read_opener(read, node, sut, e, err));
    for (size_t i = 0; i < *count; i++) {
        bool same =
            same_text(e->path, row[i].path) && same_text(e->address.text, row[i].address.text);
        if (same && strcmp(e->carrier, row[i].carrier) == 0
            && e->opened_by == row[i].opened_by) { /* two roles share it */
            *index = (int) i;
            return true;
        }
    }
    *index = (int) (*count)++;
    return true;
}

/* Which parts a role must have, and which it cannot have; the schema cannot say it. */
static bool check_role(const xmlNode *node, enum mu_role role, struct mu_err *err)
{
    enum {
        SENDER = 1 << MU_ROLE_SENDER,
        RECEIVER = 1 << MU_ROLE_RECEIVER,
        RELAY = 1 << MU_ROLE_RELAY,
        MAIL = SENDER | RECEIVER | RELAY,
        ASKED = 1 << MU_ROLE_VALIDATOR | 1 << MU_ROLE_LABELLER | 1 << MU_ROLE_POLICY,
    };
    static const struct {
        const char *part;
        unsigned must, may; /* bits of roles */
    } row[] = {
        { "deliver-to", RECEIVER | RELAY, MAIL },
        { "collect-at", RELAY | SENDER, MAIL },
        { "trigger", SENDER, MAIL },
        { "observe", 0, MAIL },
        { "mail", MAIL, MAIL },
        { "recipient", 0, MAIL },
        { "adapter", ASKED, ASKED },
        { "settle", 0, MAIL },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        bool has = mu_read_first(node, row[i].part) != NULL || mu_read_has(node, row[i].part);
        if (!has && (row[i].must & mu_role_bit(role)) != 0)
            return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE, "role '%s' needs a '%s'",
                                 mu_role_name(role), row[i].part);
        if (has && (row[i].may & mu_role_bit(role)) == 0)
            return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE, "role '%s' has no '%s'",
                                 mu_role_name(role), row[i].part);
    }
    return true;
}

static bool read_trigger(const struct mu_read *read, const xmlNode *node, const struct mu_sut *sut,
                         struct mu_sut_role *role, struct mu_err *err)
{
    role->trigger_ms = TRIGGER_MS;
    if (node == NULL)
        return true;
    TRY(mu_read_duration(read, node, "wait", &role->trigger_ms, err));
    const char *command = mu_read_attribute(read, node, "command");
    bool prompt = mu_read_yes(read, node, "prompt", false);
    bool adapter = mu_read_attribute(read, node, "adapter") != NULL;
    if ((command != NULL) + prompt + adapter != 1)
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "a trigger has either a command, an adapter or prompt='yes'");
    role->trigger_mail = mu_read_attribute(read, node, "input") != NULL;
    if (command == NULL && role->trigger_mail)
        return mu_fail_where(err, mu_xml_where_attribute(node, "input"), MU_ERR_PROFILE,
                             "%s has no input; only a command reads the mail",
                             prompt ? "a prompt" : "an adapter");
    if (adapter)
        return mu_sut_read_one_adapter(read, node, sut, &role->trigger_adapter, err);
    if (prompt)
        return true;
    if (mu_command_split(read->arena, read->dir, command, &role->trigger, err))
        return true;
    err->where = mu_xml_where_attribute(node, "command");
    return false;
}

const char *mu_sut_recipient(const struct mu_sut_role *role, const char *name)
{
    for (size_t i = 0; i < role->recipients; i++)
        if (strcmp(role->recipient[i].name, name) == 0)
            return role->recipient[i].to;
    return NULL;
}

static bool read_recipients(const struct mu_read *read, const xmlNode *node,
                            struct mu_sut_role *role, struct mu_err *err)
{
    role->recipient =
        mu_arena_array(read->arena, mu_read_count(node, "recipient") + 1, sizeof *role->recipient);
    for (xmlNode *e = mu_read_first(node, "recipient"); e != NULL;
         e = mu_read_next(e, "recipient")) {
        const char *clearance = mu_read_attribute(read, e, "clearance");
        const char *name = mu_read_attribute(read, e, "name");
        if ((clearance != NULL) == (name != NULL))
            return mu_fail_where(err, mu_xml_where(e), MU_ERR_PROFILE,
                                 "a recipient has either a clearance or a name");
        const char *file = mu_arena_printf(read->arena, "fixtures/clearances/%s.xml", clearance);
        if (clearance != NULL && mu_data_find(read->data, read->arena, file) == NULL) {
            const char **known;
            size_t count =
                mu_data_list(read->data, read->arena, "fixtures/clearances", ".xml", &known);
            return mu_read_unknown(e, "clearance", "clearance", clearance,
                                   mu_name_nearest_in(clearance, known, count), err);
        }
        role->recipient[role->recipients++] =
            (struct mu_recipient){ clearance != NULL ? clearance : name,
                                   mu_read_attribute(read, e, "to") };
    }
    return true;
}

/* A Maildir, or an adapter that tells what the user sees. */
static bool read_observe(const struct mu_read *read, const xmlNode *node, struct mu_sut *sut,
                         struct mu_sut_role *role, struct mu_err *err)
{
    if (node == NULL)
        return true;
    bool adapter = mu_read_attribute(read, node, "adapter") != NULL;
    bool carrier = mu_read_attribute(read, node, "carrier") != NULL;
    if (carrier != (mu_read_attribute(read, node, "path") != NULL) || carrier == adapter)
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "an observe has either a carrier with its path or an adapter");
    if (adapter)
        return mu_sut_read_one_adapter(read, node, sut, &role->observe_adapter, err);
    return add_endpoint(read, node, sut, sut->address, &sut->addresses, &role->observe, err);
}

static bool read_role(const struct mu_read *read, const xmlNode *node, struct mu_sut *sut,
                      struct mu_err *err)
{
    struct mu_sut_role r = {
        .collect = -1, .observe = -1, .trigger_adapter = -1, .observe_adapter = -1
    };
    int deliver = -1;
    if (!mu_role_from_name(mu_read_attribute(read, node, "name"), &r.role))
        return mu_read_unknown(node, "name", "role", mu_read_attribute(read, node, "name"), NULL,
                               err);
    if (mu_sut_role_find(sut, r.role) != NULL)
        return mu_fail_where(err, mu_xml_where_attribute(node, "name"), MU_ERR_PROFILE,
                             "role '%s' is given twice", mu_role_name(r.role));
    TRY(check_role(node, r.role, err));
    TRY(add_endpoint(read, mu_read_first(node, "deliver-to"), sut, sut->endpoint, &sut->endpoints,
                     &deliver, err));
    TRY(add_endpoint(read, mu_read_first(node, "collect-at"), sut, sut->address, &sut->addresses,
                     &r.collect, err));
    TRY(read_observe(read, mu_read_first(node, "observe"), sut, &r, err));
    TRY(mu_sut_read_adapters_of(read, node, sut, &r, err));
    if (deliver >= 0) {
        r.deliver = &sut->endpoint[deliver];
        r.deliver_index = (unsigned) deliver;
    }
    const xmlNode *mail = mu_read_first(node, "mail");
    r.mail_to = mail != NULL ? mu_read_attribute(read, mail, "to") : NULL;
    r.mail_from = mail != NULL ? mu_read_attribute(read, mail, "from") : NULL;
    TRY(read_recipients(read, node, &r, err));
    TRY(mu_read_duration(read, node, "settle", &r.settle_ms, err));
    TRY(read_trigger(read, mu_read_first(node, "trigger"), sut, &r, err));
    sut->role[sut->roles++] = r;
    return true;
}

static struct mu_identity read_identity(const struct mu_read *read, const xmlNode *node)
{
    if (node == NULL)
        return (struct mu_identity){ NULL, NULL };
    return (struct mu_identity){ mu_read_path(read, node, "certificate"),
                                 mu_read_path(read, node, "key") };
}

static bool read_claims(const struct mu_read *read, struct mu_sut *sut, struct mu_err *err)
{
    sut->capability =
        mu_arena_array(read->arena, mu_read_count(read->root, "claim"), sizeof *sut->capability);
    for (xmlNode *e = mu_read_first(read->root, "claim"); e != NULL; e = mu_read_next(e, "claim")) {
        const char *name = mu_read_attribute(read, e, "capability");
        if (mu_capability_find(name) == NULL)
            return mu_read_unknown(e, "capability", "capability", name, mu_capability_nearest(name),
                                   err);
        sut->capability[sut->capabilities++] = name;
    }
    return true;
}

static bool read_roles(const struct mu_read *read, struct mu_sut *sut, struct mu_err *err)
{
    size_t roles = mu_read_count(read->root, "role");
    sut->role = mu_arena_array(read->arena, roles, sizeof *sut->role);
    sut->endpoint = mu_arena_array(read->arena, roles, sizeof *sut->endpoint);
    sut->address = mu_arena_array(read->arena, 2 * roles, sizeof *sut->address);
    for (xmlNode *e = mu_read_first(read->root, "role"); e != NULL; e = mu_read_next(e, "role"))
        TRY(read_role(read, e, sut, err));
    return true;
}

bool mu_sut_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                 struct mu_sut *sut, struct mu_err *err)
{
    struct mu_read read;
    TRY(mu_read_open(arena, data, path, "sut", &read, err));
    struct mu_sut s = {
        .path = read.path,
        .dir = read.dir,
        .id = mu_read_attribute(&read, read.root, "id"),
        .name = mu_read_attribute(&read, read.root, "name"),
        .version = mu_read_attribute(&read, read.root, "version"),
        .owner = mu_read_attribute(&read, read.root, "owner"),
        .identity = read_identity(&read, mu_read_first(read.root, "identity")),
        .server = read_identity(&read, mu_read_first(read.root, "server-identity")),
    };
    if (s.server.certificate == NULL)
        s.server = s.identity;
    const xmlNode *trust = mu_read_first(read.root, "trust");
    if (trust != NULL) {
        s.anchors = mu_read_path(&read, trust, "anchors");
        s.crl = mu_read_path(&read, trust, "crl");
    }
    const xmlNode *pki = mu_read_first(read.root, "pki");
    s.pki = pki == NULL ? NULL : mu_read_path(&read, pki, "folder");
    const xmlNode *expectations = mu_read_first(read.root, "expectations");
    s.expectations = expectations == NULL ? NULL : mu_read_path(&read, expectations, "file");
    TRY(mu_sut_read_adapters(&read, &s, err));
    TRY(read_roles(&read, &s, err));
    TRY(read_claims(&read, &s, err));
    mu_digest_text(read.text, s.digest);
    *sut = s;
    return true;
}
