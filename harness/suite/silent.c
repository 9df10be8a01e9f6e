#include "suite/silent.h"

#include <unistd.h>

#include "base/file.h"
#include "suite/read.h"

bool mu_silent_load(struct mu_arena *arena, const struct mu_data *data,
                    const struct mu_profile *profile, struct mu_silent_list *list,
                    struct mu_err *err)
{
    const char *path = mu_file_join(arena, profile->dir, "selftest.xml");
    struct mu_read read;
    *list = (struct mu_silent_list){ .count = 0 };
    if (access(path, F_OK) != 0)
        return true;
    TRY(mu_read_open(arena, data, path, "selftest", &read, err));
    list->silent =
        mu_arena_array(arena, mu_read_count(read.root, "silent") + 1, sizeof *list->silent);
    for (xmlNode *n = mu_read_first(read.root, "silent"); n != NULL;
         n = mu_read_next(n, "silent")) {
        struct mu_silent *s = &list->silent[list->count++];
        *s = (struct mu_silent){ .rule = mu_read_attribute(&read, n, "rule"),
                                 .of = mu_read_attribute(&read, n, "case"),
                                 .because = mu_read_text(&read, n),
                                 .where = mu_xml_where(n) };
        if ((s->rule == NULL) == (s->of == NULL))
            return mu_fail_where(err, s->where, MU_ERR_PROFILE, "say either rule or case");
    }
    return true;
}
