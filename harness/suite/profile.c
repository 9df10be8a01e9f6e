/* profile.xml: what one event demands of one message format. */
#include "suite/profile.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"
#include "document/places.h"
#include "policy/marking.h"
#include "suite/catalogue.h"
#include "suite/read.h"

/* A folder, a profile.xml, or a name in the data folders. */
static const char *find_profile(struct mu_arena *arena, const struct mu_data *data,
                                const char *name)
{
    struct stat st;
    if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
        return name;
    if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
        const char *inside = mu_file_join(arena, name, "profile.xml");
        if (stat(inside, &st) == 0)
            return inside;
    }
    if (!mu_name_is_id(name))
        return NULL;
    return mu_data_find(data, arena, mu_arena_printf(arena, "profiles/%s/profile.xml", name));
}

static bool no_profile(struct mu_arena *arena, const struct mu_data *data, const char *name,
                       struct mu_err *err)
{
    const char **known;
    size_t count = mu_data_list(data, arena, "profiles", "", &known);
    const char *nearest = mu_name_nearest_in(name, known, count);
    if (nearest != NULL)
        return mu_fail(err, MU_ERR_USAGE, "there is no profile '%s', did you mean '%s'?", name,
                       nearest);
    if (count == 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "there is no profile '%s', nor any other; set MUSTER_DATA", name);
    return mu_fail(err, MU_ERR_USAGE, "there is no profile '%s'", name);
}

/* <tls profile= client-certificate=>. */
static bool read_tls_profile(const struct mu_read *read, const xmlNode *tls, struct mu_profile *p,
                             struct mu_err *err)
{
    if (!mu_tls_profile_load(read->arena, read->data, mu_read_attribute(read, tls, "profile"),
                             &p->tls, err)) {
        if (err->where.input == NULL)
            err->where = mu_xml_where_attribute(tls, "profile");
        return false;
    }
    const char *client = mu_read_attribute(read, tls, "client-certificate");
    p->client_certificate_required =
        client == NULL ? p->tls.client_certificate : strcmp(client, "required") == 0;
    return true;
}

static bool read_carrier(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    static const char *const mode[] = { "none", "starttls", "implicit" }; /* enum mu_tls_mode */
    const xmlNode *carrier = mu_read_first(read->root, "carrier");
    const xmlNode *tls = mu_read_first(read->root, "tls");
    p->carrier = mu_read_attribute(read, carrier, "name");
    p->carrier_where = mu_xml_where_attribute(carrier, "name");
    p->sap = strcmp(p->carrier, "sap") == 0;
    const char *word = mu_read_attribute(read, carrier, "tls");
    if (p->sap && (word != NULL || tls != NULL))
        return mu_fail_where(err, tls != NULL ? mu_xml_where(tls) : p->carrier_where,
                             MU_ERR_PROFILE,
                             "carrier 'sap' has no TLS: the SUT file says how an "
                             "adapter is reached");
    if (p->sap)
        return true;
    if (word == NULL || tls == NULL)
        return mu_fail_where(err, p->carrier_where, MU_ERR_PROFILE,
                             "carrier '%s' needs 'tls' and a TLS profile", p->carrier);
    for (size_t i = 0; i < MU_COUNT(mode); i++)
        if (strcmp(mode[i], word) == 0)
            p->tls_mode = (enum mu_tls_mode) i;
    return read_tls_profile(read, tls, p, err);
}

static bool is_label_place(const char *at)
{
    return strcmp(at, "sio-label") == 0;
}

static bool read_places(const struct mu_read *read, const char *element,
                        bool (*known)(const char *at), struct mu_label_place **place,
                        size_t *places, struct mu_err *err)
{
    size_t count = mu_read_count(read->root, element), n = 0;
    struct mu_label_place *all = mu_arena_array(read->arena, count, sizeof *all);
    for (xmlNode *e = mu_read_first(read->root, element); e != NULL; e = mu_read_next(e, element)) {
        const char *at = mu_read_attribute(read, e, "at");
        if (!known(at))
            return mu_read_unknown(e, "at", "place", at, mu_place_nearest(at), err);
        all[n++] = (struct mu_label_place){ at, mu_read_attribute(read, e, "demanded") };
    }
    *place = all;
    *places = n;
    return true;
}

/* What we send shows label and marking wherever the profile wants them. */
static void find_places(struct mu_arena *arena, struct mu_profile *p)
{
    const char **field = mu_arena_array(arena, p->markings + 1, sizeof *field);
    for (size_t i = 0; i < p->labels; i++)
        p->places.label = p->places.label || strcmp(p->label[i].demanded, "no") != 0;
    for (size_t i = 0; i < p->markings; i++)
        if (strcmp(p->marking[i].demanded, "no") != 0)
            mu_places_add(&p->places, field, p->marking[i].at);
}

/* One attribute of <marker>: the name of a fixture. */
static bool read_fixture(const struct mu_read *read, const xmlNode *marker, const char *attribute,
                         const char *folder, const char **name, struct mu_err *err)
{
    *name = mu_read_attribute(read, marker, attribute);
    const char *path =
        mu_arena_printf(read->arena, "%s/%s.xml", folder, *name != NULL ? *name : "");
    if (*name == NULL || mu_data_find(read->data, read->arena, path) != NULL)
        return true;
    const char **known;
    size_t count = mu_data_list(read->data, read->arena, folder, ".xml", &known);
    return mu_read_unknown(marker, attribute, "fixture", *name,
                           mu_name_nearest_in(*name, known, count), err);
}

/* <marker message= label=>: the message that shows that a path is open. */
static bool read_marker(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    const xmlNode *marker = mu_read_first(read->root, "marker");
    p->marker_message = "logistics-report";
    p->marker_label = "restricted";
    return marker == NULL
           || (read_fixture(read, marker, "message", "fixtures/messages", &p->marker_message, err)
               && read_fixture(read, marker, "label", "fixtures/labels", &p->marker_label, err));
}

static void add_phase(struct mu_buf *phases, const char *phase)
{
    if (!mu_words_hold(mu_buf_text(phases), phase))
        mu_buf_printf(phases, "%s%s", phases->n == 0 ? "" : " ", phase);
}

/* "label-yes", "marking-should": phases that rule files may have for what the profile demands. */
static void add_demands(const struct mu_profile *p, struct mu_buf *phases)
{
    const struct {
        const char *what;
        const struct mu_label_place *place;
        size_t count;
    } row[] = { { "label", p->label, p->labels }, { "marking", p->marking, p->markings } };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        for (size_t k = 0; k < row[i].count; k++) {
            const struct mu_label_place *place = &row[i].place[k];
            const char *phase =
                mu_arena_printf(phases->arena, "%s-%s-%s", place->at, row[i].what, place->demanded);
            if (mu_rules_has_phase(p->rules, phase))
                add_phase(phases, phase);
        }
}

/* One more file that the profile is made of. */
static void add_file(struct mu_profile *p, const char *path)
{
    p->file[p->files++] = path;
}

static bool load_rules(const struct mu_read *read, struct mu_profile *p, struct mu_buf *pinned,
                       struct mu_err *err)
{
    p->rules = mu_rules_new(read->arena);
    for (xmlNode *e = mu_read_first(read->root, "rules"); e != NULL; e = mu_read_next(e, "rules")) {
        const char *path = mu_read_path(read, e, "file");
        struct stat st;
        if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
            const char **known;
            size_t count = mu_data_list(read->data, read->arena, "profiles/rules", ".sch", &known);
            const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
            const char *stem = mu_arena_strndup(read->arena, base, strcspn(base, "."));
            return mu_read_unknown(e, "file", "rule file", mu_read_attribute(read, e, "file"),
                                   mu_name_nearest_in(stem, known, count), err);
        }
        TRY(mu_rules_load(p->rules, path, err));
        struct mu_bytes text;
        TRY(mu_file_read(read->arena, path, MU_OPERATOR_FILE_MAX, &text, err));
        mu_buf_put_bytes(pinned, text);
        add_file(p, path);
    }
    return true;
}

/* Phases are checked when every file is there: a phase of one file is not asked of the others. */
static bool read_phases(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    struct mu_buf phases = { .arena = read->arena };
    for (xmlNode *e = mu_read_first(read->root, "rules"); e != NULL; e = mu_read_next(e, "rules")) {
        const char *list = mu_read_attribute(read, e, "phase");
        const char **word;
        size_t count = mu_words_split(read->arena, list != NULL ? list : "", &word);
        for (size_t i = 0; i < count; i++) {
            if (!mu_rules_has_phase(p->rules, word[i]))
                return mu_read_unknown(e, "phase", "rule phase", word[i], NULL, err);
            add_phase(&phases, word[i]);
        }
    }
    add_demands(p, &phases);
    if (p->tls.id != NULL)
        add_phase(&phases, p->tls.id);
    p->phases = mu_buf_text(&phases);
    return true;
}

static const char *known_rule(const void *self, size_t i)
{
    return i < mu_rules_count(self) ? mu_rules_at(self, i)->id : NULL;
}

/* <raise rule= to= because=> and <waive rule= because=>. */
static bool change_rules(const struct mu_read *read, struct mu_profile *p, const char *element,
                         struct mu_err *err)
{
    for (xmlNode *e = mu_read_first(read->root, element); e != NULL; e = mu_read_next(e, element)) {
        const char *id = mu_read_attribute(read, e, "rule");
        struct mu_rule *rule = mu_rules_find(p->rules, id);
        if (rule == NULL)
            return mu_read_unknown(e, "rule", "rule", id, mu_name_nearest(id, known_rule, p->rules),
                                   err);
        if (rule->because != NULL)
            return mu_fail_where(err, mu_xml_where_attribute(e, "rule"), MU_ERR_PROFILE,
                                 "rule '%s' is raised or waived twice", id);
        rule->because = mu_read_attribute(read, e, "because");
        if (strcmp(element, "waive") == 0) {
            rule->waived = true;
            continue;
        }
        enum mu_level to = MU_LEVEL_MUST;
        if (!mu_level_from_name(mu_read_attribute(read, e, "to"), &to) || to <= rule->written)
            return mu_fail_where(err, mu_xml_where_attribute(e, "to"), MU_ERR_PROFILE,
                                 "rule '%s' is '%s' already; only a higher level raises it", id,
                                 mu_level_name(rule->written));
        rule->level = to;
    }
    return true;
}

static bool read_limits(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    static const char *const known[] = { "message-octets", "operation-ms", "case-ms" };
    uint64_t value[] = { MU_MESSAGE_MAX, MU_OPERATION_MS, MU_CASE_MS };
    static const uint64_t max[] = { MU_MESSAGE_MAX, 3600000, 3600000 };
    for (xmlNode *e = mu_read_first(read->root, "limit"); e != NULL; e = mu_read_next(e, "limit")) {
        const char *name = mu_read_attribute(read, e, "name");
        size_t i = 0;
        while (i < MU_COUNT(known) && strcmp(known[i], name) != 0)
            i++;
        if (i == MU_COUNT(known))
            return mu_read_unknown(e, "name", "limit", name,
                                   mu_name_nearest_in(name, known, MU_COUNT(known)), err);
        TRY(mu_read_number(read, e, "value", max[i], &value[i], err));
        if (value[i] == 0)
            return mu_fail_where(err, mu_xml_where_attribute(e, "value"), MU_ERR_PROFILE,
                                 "limit '%s' cannot be 0", name);
    }
    p->message_octets = value[0];
    p->operation_ms = (uint32_t) value[1];
    p->case_ms = (uint32_t) value[2];
    return true;
}

/* What the vocabulary keeps a place for and this version cannot do. */
static bool refuse_unsupported(const struct mu_read *read, struct mu_err *err)
{
    const xmlNode *e = mu_read_first(read->root, "binding");
    return e == NULL
           || mu_fail_where(err, mu_xml_where(e), MU_ERR_PROFILE, "bindings are not supported yet");
}

/* <policy file= [case=]>: a file beside the profile or elsewhere, also a real policy. */
static bool load_policy(const struct mu_read *read, const xmlNode *e, struct mu_profile *p,
                        struct mu_buf *pinned, struct mu_err *err)
{
    const char *path = mu_read_path(read, e, "file");
    const char *letters = mu_read_attribute(read, e, "case");
    struct mu_policy *policy;
    struct mu_bytes text;
    if (!mu_file_read(read->arena, path, MU_OPERATOR_FILE_MAX, &text, err)) {
        if (err->code == MU_ERR_USAGE)
            err->where = mu_xml_where_attribute(e, "file");
        return false;
    }
    enum mu_policy_case how = letters == NULL                       ? MU_CASE_OF_POLICY
                              : strcmp(letters, "insensitive") == 0 ? MU_CASE_INSENSITIVE
                                                                    : MU_CASE_SENSITIVE;
    TRY(mu_policy_load_case(read->arena, text, path, how, &policy, err));
    if (mu_policies_by_id(&p->policies, policy->id) != NULL)
        return mu_fail_where(err, mu_xml_where_attribute(e, "file"), MU_ERR_PROFILE,
                             "policy '%s' with the OID %s is there already", policy->name,
                             policy->id);
    p->policies.policy[p->policies.count++] = policy;
    mu_buf_puts(pinned, policy->digest);
    add_file(p, path);
    return true;
}

static bool load_policies(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    struct mu_buf pinned = { .arena = read->arena };
    p->policies.policy = mu_arena_array(read->arena, mu_read_count(read->root, "policy") + 1,
                                        sizeof *p->policies.policy);
    for (xmlNode *e = mu_read_first(read->root, "policy"); e != NULL; e = mu_read_next(e, "policy"))
        TRY(load_policy(read, e, p, &pinned, err));
    if (p->policies.count > 0)
        mu_digest_text(mu_buf_bytes(&pinned), p->policies_digest);
    mu_marking_prepare(read->arena, &p->policies);
    return true;
}

static bool load_schema(const struct mu_read *read, struct mu_profile *p, struct mu_buf *pinned,
                        struct mu_err *err)
{
    static const char relative[] = "profiles/schemas/adatp-4774.xsd";
    const char *path = mu_data_find(read->data, read->arena, relative);
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is in no data folder; set MUSTER_DATA", relative);
    struct mu_bytes text;
    TRY(mu_file_read(read->arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    mu_buf_put_bytes(pinned, text);
    add_file(p, path);
    return mu_schema_load(read->arena, path, &p->label_schema, err);
}

/* The digest of profile.xml and of the TLS profile that it names, if any. */
static bool pin_profile(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    struct mu_buf pinned = { .arena = read->arena };
    mu_buf_put_bytes(&pinned, read->text);
    if (p->tls.id != NULL) {
        const char *relative = mu_arena_printf(read->arena, "profiles/tls/%s.xml", p->tls.id);
        const char *tls = mu_data_find(read->data, read->arena, relative);
        struct mu_bytes text;
        TRY(mu_file_read(read->arena, tls, MU_OPERATOR_FILE_MAX, &text, err));
        mu_buf_put_bytes(&pinned, text);
        add_file(p, tls);
    }
    mu_digest_text(mu_buf_bytes(&pinned), p->digest);
    return true;
}

static bool load_catalogue(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    const xmlNode *e = mu_read_first(read->root, "catalogue");
    if (e == NULL)
        return true;
    const char *path = mu_read_path(read, e, "file");
    add_file(p, path);
    return mu_catalogue_load(read->arena, read->data, path, &p->catalogue, err);
}

static bool read_head(const struct mu_read *read, struct mu_profile *p, struct mu_err *err)
{
    size_t files = 4 + mu_read_count(read->root, "rules") + mu_read_count(read->root, "policy");
    p->file = mu_arena_array(read->arena, files,
                             sizeof *p->file); /* and itself, catalogue, schema, TLS */
    p->path = read->path;
    p->dir = read->dir;
    add_file(p, p->path);
    p->id = mu_read_attribute(read, read->root, "id");
    p->version = mu_read_attribute(read, read->root, "version");
    p->title = mu_read_text(read, mu_read_first(read->root, "title"));
    p->suite_file =
        mu_arena_array(read->arena, mu_read_count(read->root, "suite"), sizeof *p->suite_file);
    for (xmlNode *e = mu_read_first(read->root, "suite"); e != NULL; e = mu_read_next(e, "suite"))
        p->suite_file[p->suite_files++] = mu_read_path(read, e, "file");
    TRY(refuse_unsupported(read, err));
    TRY(read_carrier(read, p, err));
    TRY(read_places(read, "label", is_label_place, &p->label, &p->labels, err));
    TRY(read_places(read, "marking", mu_place_known, &p->marking, &p->markings, err));
    find_places(read->arena, p);
    TRY(read_marker(read, p, err));
    TRY(mu_relay_read(read, &p->relay, err));
    return read_limits(read, p, err);
}

bool mu_profile_places(struct mu_arena *arena, const struct mu_data *data, const char *name,
                       struct mu_places *places, struct mu_err *err)
{
    struct mu_profile p = { .test_time = 0 };
    struct mu_read read;
    const char *path = find_profile(arena, data, name);
    if (path == NULL)
        return no_profile(arena, data, name, err);
    TRY(mu_read_open(arena, data, path, "profile", &read, err));
    TRY(read_head(&read, &p, err));
    *places = p.places;
    return true;
}

bool mu_profile_load(struct mu_arena *arena, const struct mu_data *data, const char *name,
                     int64_t test_time, struct mu_profile *profile, struct mu_err *err)
{
    struct mu_profile p = { .test_time = test_time };
    struct mu_read read;
    const char *path = find_profile(arena, data, name);
    if (path == NULL)
        return no_profile(arena, data, name, err);
    TRY(mu_read_open(arena, data, path, "profile", &read, err));
    TRY(read_head(&read, &p, err));
    struct mu_buf pinned = { .arena = arena };
    TRY(load_policies(&read, &p, err));
    TRY(load_rules(&read, &p, &pinned, err));
    mu_rules_use(p.rules, &p.policies);
    TRY(change_rules(&read, &p, "raise", err));
    TRY(change_rules(&read, &p, "waive", err));
    TRY(mu_rules_compile(p.rules, test_time, err));
    TRY(read_phases(&read, &p, err));
    TRY(load_catalogue(&read, &p, err));
    TRY(load_schema(&read, &p, &pinned, err));
    mu_digest_text(mu_buf_bytes(&pinned), p.rules_digest);
    TRY(pin_profile(&read, &p, err));
    *profile = p;
    return true;
}
