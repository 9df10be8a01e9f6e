/* Adapters of a system under test: from its file, or from one word of the command line. */
#include "suite/sut.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"
#include "suite/command.h"

/* enum mu_sap_way, as SUT files write it. */
static const char *const way_name[] = { "pipes", "stdio", "dial", "listen", "filter" };

static bool runs_program(enum mu_sap_way way)
{
    return way == MU_SAP_PIPES || way == MU_SAP_STDIO || way == MU_SAP_FILTER;
}

/* Which attributes belong to which ways. */
static bool check_way(const xmlNode *node, enum mu_sap_way way, struct mu_err *err)
{
    static const struct {
        const char *attribute;
        bool program, needed; /* of ways that run a program, or of those that connect */
    } row[] = {
        { "command", true, true },    { "writable", true, false },  { "unconfined", true, false },
        { "address", false, true },   { "tls-name", false, false }, { "pin", false, false },
        { "identity", false, false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        bool fits = row[i].program == runs_program(way);
        bool has = mu_read_has(node, row[i].attribute);
        if (fits && row[i].needed && !has)
            return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                                 "an adapter of way '%s' needs '%s'", way_name[way],
                                 row[i].attribute);
        if (!fits && has)
            return mu_fail_where(err, mu_xml_where_attribute(node, row[i].attribute),
                                 MU_ERR_PROFILE, "an adapter of way '%s' has no '%s'",
                                 way_name[way], row[i].attribute);
    }
    return true;
}

static bool read_address(const struct mu_read *read, const xmlNode *node, struct mu_sut_adapter *a,
                         struct mu_err *err)
{
    const char *address = mu_read_attribute(read, node, "address");
    if (address == NULL || mu_address_parse(address, &a->address, err))
        return true;
    err->where = mu_xml_where_attribute(node, "address");
    return false;
}

static bool read_command(const struct mu_read *read, const xmlNode *node, struct mu_sut_adapter *a,
                         struct mu_err *err)
{
    const char *command = mu_read_attribute(read, node, "command");
    if (command == NULL || mu_command_plain(read->arena, read->dir, command, &a->argv, err))
        return true;
    err->where = mu_xml_where_attribute(node, "command");
    return false;
}

/* A key that is pinned needs no name, unless the file gives one. */
static bool read_peer(const struct mu_read *read, const xmlNode *node, struct mu_sut_adapter *a,
                      struct mu_err *err)
{
    const char *identity = mu_read_attribute(read, node, "identity");
    a->peer.name = mu_read_attribute(read, node, "tls-name");
    a->peer.pins = mu_read_attribute(read, node, "pin");
    if (identity != NULL || a->peer.pins == NULL)
        a->peer.uri =
            mu_arena_printf(read->arena, MU_CONTROL_SUT "%s", identity != NULL ? identity : a->id);
    if (a->peer.pins == NULL || mu_pins_check(a->peer.pins, err))
        return true;
    err->where = mu_xml_where_attribute(node, "pin");
    return false;
}

/* Folders as the file writes them, seen from where it lies. */
static void read_writable(const struct mu_read *read, const xmlNode *node, struct mu_sut_adapter *a)
{
    const char *list = mu_read_attribute(read, node, "writable");
    const char **folder;
    size_t count = mu_words_split(read->arena, list != NULL ? list : "", &folder);
    for (size_t i = 0; i < count; i++)
        folder[i] = mu_file_join(read->arena, read->dir, folder[i]);
    a->writable = folder;
}

static int find(const struct mu_sut *sut, const char *id)
{
    for (size_t i = 0; i < sut->adapters; i++)
        if (strcmp(sut->adapter[i].id, id) == 0)
            return (int) i;
    return -1;
}

static bool read_adapter(const struct mu_read *read, const xmlNode *node, struct mu_sut *sut,
                         struct mu_err *err)
{
    struct mu_sut_adapter a = {
        .id = mu_read_attribute(read, node, "id"),
        .unconfined = mu_read_yes(read, node, "unconfined", false),
        .where = mu_xml_where(node),
    };
    const char *way = mu_read_attribute(read, node, "way");
    for (size_t i = 0; way != NULL && i < MU_COUNT(way_name); i++)
        if (strcmp(way_name[i], way) == 0)
            a.way = (enum mu_sap_way) i;
    if (find(sut, a.id) >= 0)
        return mu_fail_where(err, mu_xml_where_attribute(node, "id"), MU_ERR_PROFILE,
                             "adapter '%s' is given twice", a.id);
    TRY(check_way(node, a.way, err));
    TRY(read_command(read, node, &a, err));
    TRY(read_address(read, node, &a, err));
    TRY(read_peer(read, node, &a, err));
    uint64_t in_flight = MU_IN_FLIGHT;
    TRY(mu_read_number(read, node, "in-flight", MU_IN_FLIGHT_MAX, &in_flight, err));
    if (in_flight == 0)
        return mu_fail_where(err, mu_xml_where_attribute(node, "in-flight"), MU_ERR_PROFILE,
                             "an adapter takes at least one operation at once");
    a.in_flight = (uint32_t) in_flight;
    read_writable(read, node, &a);
    sut->adapter[sut->adapters++] = a;
    return true;
}

bool mu_sut_read_adapters(const struct mu_read *read, struct mu_sut *sut, struct mu_err *err)
{
    sut->adapter =
        mu_arena_array(read->arena, mu_read_count(read->root, "adapter") + 1, sizeof *sut->adapter);
    for (xmlNode *e = mu_read_first(read->root, "adapter"); e != NULL;
         e = mu_read_next(e, "adapter"))
        TRY(read_adapter(read, e, sut, err));
    return true;
}

static const char *adapter_id(const void *self, size_t i)
{
    const struct mu_sut *sut = self;
    return i < sut->adapters ? sut->adapter[i].id : NULL;
}

static bool look_up(const xmlNode *node, const struct mu_sut *sut, const char *id, int *adapter,
                    struct mu_err *err)
{
    *adapter = find(sut, id);
    return *adapter >= 0
           || mu_read_unknown(node, "adapter", "adapter", id, mu_name_nearest(id, adapter_id, sut),
                              err);
}

/* Who sends or tells what came is asked with operations over a link: a filter has none. */
bool mu_sut_read_one_adapter(const struct mu_read *read, const xmlNode *node,
                             const struct mu_sut *sut, int *adapter, struct mu_err *err)
{
    TRY(look_up(node, sut, mu_read_attribute(read, node, "adapter"), adapter, err));
    return sut->adapter[*adapter].way != MU_SAP_FILTER
           || mu_fail_where(err, mu_xml_where_attribute(node, "adapter"), MU_ERR_PROFILE,
                            "adapter '%s' is a filter: it can only be asked about labels",
                            sut->adapter[*adapter].id);
}

bool mu_sut_read_adapters_of(const struct mu_read *read, const xmlNode *node,
                             const struct mu_sut *sut, struct mu_sut_role *role, struct mu_err *err)
{
    const char *list = mu_read_attribute(read, node, "adapter");
    const char **id;
    size_t ids = mu_words_split(read->arena, list != NULL ? list : "", &id);
    unsigned *adapter = mu_arena_array(read->arena, ids + 1, sizeof *adapter);
    for (size_t i = 0; i < ids; i++) {
        int found;
        TRY(look_up(node, sut, id[i], &found, err));
        adapter[i] = (unsigned) found;
    }
    role->adapter = adapter;
    role->adapters = ids;
    return true;
}

/* --- from the command line ----------------------------------------------------------------------- */

bool mu_sut_adapter_parse(struct mu_arena *arena, const char *command, struct mu_sut_adapter *out,
                          struct mu_err *err)
{
    static const struct {
        const char *prefix;
        enum mu_sap_way way;
    } row[] = { { "exec-filter:", MU_SAP_FILTER },
                { "stdio:", MU_SAP_STDIO },
                { "saps://", MU_SAP_DIAL } };
    static const char *const nowhere[] = { NULL };
    struct mu_sut_adapter a = {
        .id = "adapter", .way = MU_SAP_PIPES, .in_flight = MU_IN_FLIGHT, .writable = nowhere
    };
    const char *rest = command;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strncmp(command, row[i].prefix, strlen(row[i].prefix)) == 0) {
            a.way = row[i].way;
            rest = command + strlen(row[i].prefix);
        }
    if (a.way == MU_SAP_DIAL)
        TRY(mu_address_parse(mu_arena_printf(arena, "%s", rest), &a.address, err));
    else
        TRY(mu_command_plain(arena, ".", rest, &a.argv, err));
    *out = a;
    return true;
}

/* A filter cannot be greeted: it is asked about labels, and says itself what it cannot do. */
static unsigned roles_of(const struct mu_sap_hello *hello)
{
    return hello != NULL ? hello->roles
                         : mu_role_bit(MU_ROLE_VALIDATOR) | mu_role_bit(MU_ROLE_LABELLER)
                               | mu_role_bit(MU_ROLE_POLICY);
}

static void claim_all(struct mu_arena *arena, const struct mu_sap_hello *hello, struct mu_sut *sut)
{
    size_t caps = hello != NULL ? hello->caps : 0;
    sut->capability = mu_arena_array(arena, caps + 1, sizeof *sut->capability);
    if (hello == NULL)
        sut->capability[sut->capabilities++] = "label.4774";
    for (size_t i = 0; i < caps; i++)
        if (!hello->cap[i].unsupported)
            sut->capability[sut->capabilities++] = hello->cap[i].name;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text != NULL && *text != '\0' ? text : otherwise;
}

bool mu_sut_of_adapter(struct mu_arena *arena, const char *command,
                       const struct mu_sap_hello *hello, struct mu_sut *sut, struct mu_err *err)
{
    static const unsigned first = 0;
    struct mu_sut s = { .path = "", .dir = ".", .id = "adapter", .adapters = 1 };
    s.name = text_or(hello != NULL ? hello->sut_name : NULL, command);
    s.version = text_or(hello != NULL ? hello->sut_version : NULL, "unknown");
    s.owner = text_or(hello != NULL ? hello->sut_owner : NULL, "unknown");
    s.adapter = mu_new(arena, struct mu_sut_adapter);
    TRY(mu_sut_adapter_parse(arena, command, s.adapter, err));
    s.role = mu_arena_array(arena, MU_ROLES, sizeof *s.role);
    for (int r = MU_ROLE_VALIDATOR; r < MU_ROLES; r++)
        if ((roles_of(hello) & mu_role_bit((enum mu_role) r)) != 0)
            s.role[s.roles++] = (struct mu_sut_role){ .role = (enum mu_role) r,
                                                      .adapter = &first,
                                                      .adapters = 1,
                                                      .trigger_adapter = -1,
                                                      .observe_adapter = -1,
                                                      .collect = -1,
                                                      .observe = -1 };
    claim_all(arena, hello, &s);
    mu_digest_text(mu_bytes_of(command), s.digest);
    *sut = s;
    return true;
}
