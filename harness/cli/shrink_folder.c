/* What `muster shrink` leaves: the message, what it shows, and everything that judged it. */
#include <string.h>

#include "base/file.h"
#include "cli/shrink.h"
#include "cli/version.h"

struct folder {
    struct mu_arena *arena;
    const struct mu_data *data;
    const char *dir;
    const char *root; /* above the profile's folder: its files name each other from there */
};

/* `path` as seen from `root`; NULL when it does not lie below it. */
static const char *below(const char *path, const char *root)
{
    size_t n = strlen(root);
    return strncmp(path, root, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* Where a file of the profile goes: as it lies beside the profile, or in a data folder. */
static const char *place_of(const struct folder *f, const char *path)
{
    const char *full = mu_file_real(f->arena, path), *place = below(full, f->root);
    for (size_t i = 0; i < f->data->dirs && place == NULL; i++)
        place = below(full, mu_file_real(f->arena, f->data->dir[i]));
    return place;
}

static bool put(const struct folder *f, const char *place, struct mu_bytes text, unsigned mode,
                struct mu_err *err)
{
    const char *path = mu_file_join(f->arena, f->dir, place);
    return mu_file_make_dir(mu_file_dirname(f->arena, path), 0755, err)
           && mu_file_replace(path, text, mode, err);
}

static bool copy(const struct folder *f, const char *path, struct mu_err *err)
{
    const char *place = place_of(f, path);
    struct mu_bytes text;
    if (place == NULL)
        return mu_fail(
            err, MU_ERR_USAGE,
            "'%s' lies neither beside the profile's folder nor in a data folder, so that "
            "no folder can hold all that judges the message",
            path);
    TRY(mu_file_read(f->arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    return put(f, place, text, 0644, err);
}

/* Every file of a data folder that ends so. */
static bool copy_all(const struct folder *f, const char *folder, const char *ending,
                     struct mu_err *err)
{
    const char **name;
    size_t count = mu_data_list(f->data, f->arena, folder, ending, &name);
    for (size_t i = 0; i < count; i++) {
        const char *place = mu_arena_printf(f->arena, "%s/%s%s", folder, name[i], ending);
        struct mu_bytes text;
        TRY(mu_file_read(f->arena, mu_data_find(f->data, f->arena, place), MU_OPERATOR_FILE_MAX,
                         &text, err));
        TRY(put(f, place, text, 0644, err));
    }
    return true;
}

static bool copy_suite(const struct folder *f, const struct mu_world *world, struct mu_err *err)
{
    static const char *const more[][2] = { { "fixtures/clearances", ".xml" },
                                           { "reports", ".xsl" },
                                           { "reports", ".css" },
                                           { "reports", ".js" } };
    for (size_t i = 0; i < MU_COUNT(more); i++)
        TRY(copy_all(f, more[i][0], more[i][1], err));
    for (size_t i = 0; i < world->profile.suite_files; i++)
        TRY(copy(f, world->profile.suite_file[i], err));
    const struct mu_suite_fixture *fixture;
    size_t count = mu_suite_fixtures(f->arena, &world->suite, &fixture);
    for (size_t i = 0; i < count; i++) {
        const char *path = mu_data_find(f->data, f->arena, fixture[i].relative);
        struct mu_bytes octets;
        if (!fixture[i].first || path == NULL)
            continue;
        TRY(mu_file_read(f->arena, path, MU_MESSAGE_MAX, &octets, err));
        TRY(put(f, fixture[i].relative, octets, 0644, err));
    }
    return true;
}

const char *mu_shrink_provenance(const struct mu_world *world)
{
    const struct mu_profile *p = &world->profile;
    return mu_arena_printf(
        world->arena,
        "| | |\n|---|---|\n| profile | %s, version %s |\n| sha256 of the profile | %s |\n"
        "| sha256 of the rules | %s |\n| test time | %s |\n| muster | %s |\n",
        p->id, p->version, p->digest, p->rules_digest, world->test_time_text, MU_VERSION);
}

static bool write_script(const struct folder *f, const char *command, const char *profile,
                         struct mu_err *err)
{
    struct mu_buf text = { .arena = f->arena };
    mu_buf_puts(&text, "#!/bin/sh\n"
                       "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
                       "export MUSTER_DATA=\"$here\"\n");
    const char *hole = strstr(command, "PROFILE");
    mu_buf_printf(&text, "exec \"${MUSTER:-muster}\" %.*s\"$here/%s\"%s\n", (int) (hole - command),
                  command, profile, hole + strlen("PROFILE"));
    return put(f, "reproduce.sh", mu_buf_bytes(&text), 0755, err);
}

bool mu_shrink_write_folder(const struct mu_shrink_folder *folder, struct mu_err *err)
{
    const struct mu_world *world = folder->world;
    struct mu_arena *arena = world->arena;
    const char *home = mu_file_dirname(arena, mu_file_real(arena, world->profile.path));
    const char *root = mu_file_dirname(arena, mu_file_dirname(arena, home));
    struct folder f = { arena, &world->data, folder->dir, root };
    for (size_t i = 0; i < world->profile.files; i++)
        TRY(copy(&f, world->profile.file[i], err));
    TRY(copy_all(&f, "profiles/schemas", ".xsd", err)); /* by which the other files are read */
    if (folder->suite)
        TRY(copy_suite(&f, world, err));
    TRY(put(&f, "README.md", mu_bytes_of(folder->readme), 0644, err));
    TRY(write_script(&f, folder->command, below(home, root), err));
    return put(&f, "message.eml", folder->message, 0644, err);
}
