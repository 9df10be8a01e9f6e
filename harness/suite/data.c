#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "suite/profile.h"

static void add(struct mu_data *data, const char *dir)
{
    if (dir != NULL && *dir != '\0' && data->dirs < MU_COUNT(data->dir))
        data->dir[data->dirs++] = dir;
}

/* The folder that this program lies in; NULL when unknown. */
static const char *program_folder(struct mu_arena *arena)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    return mu_file_dirname(arena, exe);
}

/* The source tree of a program that was built and not installed: it lies in build/<preset>/harness. */
static const char *built(struct mu_arena *arena, const char *folder)
{
    struct stat st;
    bool here = stat(mu_file_join(arena, folder, "../CMakeCache.txt"), &st) == 0;
    return here ? mu_arena_printf(arena, "%s/../../..", folder) : NULL;
}

void mu_data_init(struct mu_arena *arena, struct mu_data *data)
{
    *data = (struct mu_data){ .dirs = 0 };
    add(data, getenv("MUSTER_DATA"));
    add(data, ".");
    const char *folder = program_folder(arena);
    if (folder != NULL)
        add(data, built(arena, folder));
#ifdef MU_DATA_DIR
    add(data, MU_DATA_DIR);
#endif
    if (folder != NULL)
        add(data, mu_arena_printf(arena, "%s/../share/muster", folder));
}

const char *mu_data_find(const struct mu_data *data, struct mu_arena *arena, const char *relative)
{
    struct stat st;
    for (size_t i = 0; i < data->dirs; i++) {
        const char *path = mu_file_join(arena, data->dir[i], relative);
        if (stat(path, &st) == 0)
            return path;
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Names of one folder into `out`, a row of pointers. */
static void list_folder(struct mu_arena *arena, const char *path, const char *ending,
                        struct mu_buf *out)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name), end = strlen(ending);
        if (entry->d_name[0] == '.' || n <= end || strcmp(entry->d_name + n - end, ending) != 0)
            continue;
        const char *name = mu_arena_strndup(arena, entry->d_name, n - end);
        mu_buf_put(out, &name, sizeof name);
    }
    closedir(dir);
}

size_t mu_data_list(const struct mu_data *data, struct mu_arena *arena, const char *folder,
                    const char *ending, const char ***name)
{
    struct mu_buf found = { .arena = arena };
    for (size_t i = 0; i < data->dirs; i++)
        list_folder(arena, mu_file_join(arena, data->dir[i], folder), ending, &found);
    size_t count = found.n / sizeof(const char *), kept = 0;
    const char **all = mu_arena_array(arena, count + 1, sizeof *all);
    if (count > 0) {
        memcpy(all, found.p, found.n);
        qsort(all, count, sizeof *all, by_name);
    }
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(all[kept - 1], all[i]) != 0)
            all[kept++] = all[i];
    all[kept] = NULL;
    *name = all;
    return kept;
}
