#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "format/xml.h"
#include "policy/marking.h"
#include "twin/judge.h"

static bool load_clearance(struct mu_arena *arena, const char *path, const char *name,
                           struct mu_judge_entry *entry, struct mu_err *err)
{
    xmlDoc *doc;
    TRY(mu_xml_load(arena, path, &doc, NULL, err));
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (!mu_clearance_is_root(root))
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE, "this is no clearance");
    entry->name = mu_arena_strndup(arena, name, strlen(name) - strlen(".xml"));
    mu_clearance_read(arena, root, &entry->clearance);
    return true;
}

static bool is_xml(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".xml") == 0;
}

static bool load_clearances(struct mu_arena *arena, const char *folder, struct mu_judge *judge,
                            struct mu_err *err)
{
    struct dirent **name;
    int count = scandir(folder, &name, NULL, alphasort);
    if (count < 0)
        return mu_fail_sys(err, "cannot read the clearances in '%s'", folder);
    judge->entry = mu_arena_array(arena, (size_t) count + 1, sizeof *judge->entry);
    bool ok = true;
    for (int i = 0; i < count; i++) {
        const char *path = mu_file_join(arena, folder, name[i]->d_name);
        if (ok && is_xml(name[i]->d_name))
            ok = load_clearance(arena, path, name[i]->d_name, &judge->entry[judge->entries++], err);
        free(name[i]);
    }
    free(name);
    return ok;
}

bool mu_judge_load(struct mu_arena *arena, const char *const *policy, size_t policies,
                   const char *clearances, bool translate, struct mu_judge *judge,
                   struct mu_err *err)
{
    *judge = (struct mu_judge){ .translate = translate };
    judge->policies.policy = mu_arena_array(arena, policies + 1, sizeof(struct mu_policy *));
    for (size_t i = 0; i < policies; i++) {
        TRY(mu_policy_load(arena, policy[i], &judge->policies.policy[i], err));
        judge->policies.count++;
    }
    mu_marking_prepare(arena, &judge->policies);
    return clearances == NULL || load_clearances(arena, clearances, judge, err);
}
