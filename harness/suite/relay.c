/* <relay> of a profile: what a relay may change on the way. */
#include "suite/read.h"

static bool read_may(const struct mu_read *read, const xmlNode *node, struct mu_relay_may *may,
                     struct mu_err *err)
{
    static const char *const act[] = { "add", "remove", "change",
                                       "encode" }; /* enum mu_relay_act */
    struct mu_relay_may m = { .because = mu_read_attribute(read, node, "because") };
    size_t acts = 0;
    for (size_t i = 0; i < MU_COUNT(act); i++) {
        const char *field = mu_read_attribute(read, node, act[i]);
        if (field == NULL)
            continue;
        m.act = (enum mu_relay_act) i;
        m.field = field;
        acts++;
    }
    if (acts != 1)
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "may takes one of add, remove, change and encode");
    const char *where = mu_read_attribute(read, node, "where");
    const char *keeping = mu_read_attribute(read, node, "keeping");
    if (where != NULL && m.act != MU_RELAY_ADD)
        return mu_fail_where(err, mu_xml_where_attribute(node, "where"), MU_ERR_PROFILE,
                             "where belongs to add");
    if ((keeping != NULL) != (m.act == MU_RELAY_CHANGE))
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE,
                             "change and keeping come together");
    m.anywhere = where != NULL && strcmp(where, "anywhere") == 0;
    if (keeping != NULL)
        (void) mu_sameness_from_name(keeping, &m.keeping);
    *may = m;
    return true;
}

bool mu_relay_read(const struct mu_read *read, struct mu_relay *relay, struct mu_err *err)
{
    const xmlNode *list = mu_read_first(read->root, "relay");
    if (list == NULL) {
        *relay = *mu_relay_default();
        return true;
    }
    size_t count = mu_read_count(list, "may"), n = 0;
    struct mu_relay_may *may = mu_arena_array(read->arena, count, sizeof *may);
    for (xmlNode *e = mu_read_first(list, "may"); e != NULL; e = mu_read_next(e, "may"))
        TRY(read_may(read, e, &may[n++], err));
    *relay = (struct mu_relay){ may, count };
    return true;
}
