/* A run without content, as the coordinator has it: its key, its veil, what stands for evidence. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "run/coordinator.h"

#define IN_MEMORY      "/dev/shm"
#define IN_MEMORY_KIND 0x01021994 /* TMPFS_MAGIC: nothing there is on a disk */

/* --- the beginning ----------------------------------------------------------------------------------- */

/* No memory of ours goes into a file when something falls over, nor of what we start: a limit of one
 * byte is no core file, and unlike none it also stops handlers that take cores through a pipe. */
static bool keep_no_cores(struct mu_err *err)
{
    struct rlimit one = { .rlim_cur = 1, .rlim_max = 1 }, now;
    if (getrlimit(RLIMIT_CORE, &now) != 0)
        return mu_fail_sys(err, "cannot look up the limit of core files");
    if (now.rlim_max < 1)
        one.rlim_cur = one.rlim_max = 0;
    if (setrlimit(RLIMIT_CORE, &one) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return mu_fail_sys(err, "cannot switch core files off");
    return true;
}

static void start_veil(struct mu_coordinator *run, struct mu_bytes key, struct mu_veil **veil,
                       bool takes)
{
    *veil = mu_new(run->arena, struct mu_veil);
    mu_veil_start(*veil, key, 0, takes);
    (*veil)->word = run->host->word;
    (*veil)->self = run->host->self;
}

bool mu_veiled_start(struct mu_coordinator *run, struct mu_err *err)
{
    unsigned char fresh[MU_DIGEST_BYTES];
    struct mu_bytes key = run->options->content_key;
    if (!run->options->no_content)
        return true;
    TRY(keep_no_cores(err));
    if (key.n == 0) {
        if (getrandom(fresh, sizeof fresh, 0) != (ssize_t) sizeof fresh)
            return mu_fail_sys(err, "cannot get random bytes");
        key = (struct mu_bytes){ (const char *) fresh, sizeof fresh };
    }
    start_veil(run, key, &run->veil, true);
    start_veil(run, key, &run->jobs_veil, false);
    run->hidden = mu_new(run->arena, struct mu_record);
    explicit_bzero(fresh, sizeof fresh);
    return true;
}

void mu_veiled_members(const struct mu_coordinator *run, struct mu_json *j)
{
    if (run->veil == NULL)
        return;
    mu_json_text(j, "content", "none");
    mu_json_text(j, "content_key", run->options->content_key.n > 0 ? run->veil->id : NULL);
}

/* --- what jobs say ----------------------------------------------------------------------------------- */

const struct mu_record *mu_veiled_record(struct mu_coordinator *run, const struct mu_record *record)
{
    if (run->veil == NULL)
        return record;
    mu_veil_record(run->veil, record, run->hidden);
    return run->hidden;
}

bool mu_veiled_output(const struct mu_coordinator *run, unsigned number, int from, size_t max,
                      struct mu_evidence_list *list, struct mu_err *err)
{
    struct stat st;
    if (fstat(from, &st) != 0)
        return mu_fail_sys(err, "cannot measure what a command printed");
    size_t size = (size_t) st.st_size < max ? (size_t) st.st_size : max;
    if (size == 0 || list->parts == MU_PARTS_KEPT || run->options->no_evidence)
        return true;
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, from, 0);
    if (map == MAP_FAILED)
        return mu_fail_sys(err, "cannot measure what a command printed");
    struct mu_evidence_part *part = &list->part[list->parts++];
    *part = (struct mu_evidence_part){ .kind = MU_EVIDENCE_COMMAND,
                                       .number = number,
                                       .octets = (int64_t) size };
    mu_veil_digest(run->veil, (struct mu_bytes){ map, size }, part->sha256);
    munmap(map, size);
    return true;
}

/* --- folders of programs ------------------------------------------------------------------------------ */

/* One folder a run, with one a program in it, so that all goes with the one. */
static void work_path(const struct mu_coordinator *run, char *path, size_t size)
{
    snprintf(path, size, IN_MEMORY "/muster-%s", run->run_id);
}

static bool make_ours(const char *name, struct mu_err *err)
{
    struct stat st;
    if (mkdir(name, 0700) != 0 && errno != EEXIST)
        return mu_fail_sys(err, "cannot create '%s'", name);
    if (lstat(name, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid()
        || (st.st_mode & 077) != 0)
        return mu_fail(err, MU_ERR_IO, "'%s' is not ours", name);
    return true;
}

bool mu_veiled_work(struct mu_coordinator *run, struct mu_arena *arena, const char *id,
                    const char **path, struct mu_err *err)
{
    char top[80];
    struct statfs fs;
    if (statfs(IN_MEMORY, &fs) != 0 || fs.f_type != IN_MEMORY_KIND)
        return mu_fail(err, MU_ERR_IO,
                       "a run without content needs a tmpfs at " IN_MEMORY
                       " for the folders of adapters");
    work_path(run, top, sizeof top);
    const char *name = mu_arena_printf(arena, "%s/%.64s-work", top, id);
    TRY(make_ours(top, err) && make_ours(name, err));
    *path = name;
    return true;
}

void mu_veiled_work_gone(const struct mu_coordinator *run)
{
    char top[80];
    if (run->veil == NULL || run->run_id[0] == '\0')
        return;
    work_path(run, top, sizeof top);
    mu_file_remove_tree(top);
}
