#include "cli/world_run.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tar.h"
#include "cli/version.h"
#include "format/library.h"
#include "net/library.h"
#include "proto/adapters.h"
#include "proto/sap.h"

struct mu_engine_options mu_world_engine_options(const struct mu_world *world)
{
    return (struct mu_engine_options){ .data = &world->data,
                                       .profile = &world->profile,
                                       .sut = &world->sut,
                                       .suite = &world->suite,
                                       .plan = &world->plan,
                                       .adapters = mu_adapters(),
                                       .sap = &mu_sap_calls,
                                       .test_time = world->test_time };
}

struct mu_run_options mu_world_run_options(const struct mu_world *world, const char *out,
                                           char **environment)
{
    return (struct mu_run_options){ .out = out,
                                    .version = MU_VERSION,
                                    .test_time = world->test_time_text,
                                    .selection = "",
                                    .openssl = mu_net_library_version(),
                                    .libxml2 = mu_xml_library_version(),
                                    .jobs = 1,
                                    .seed = 1,
                                    .isolation = MU_ISOLATION_FULL,
                                    .environment = environment,
                                    .say_fd = -1 };
}

bool mu_world_keep(const struct mu_arguments *args, enum mu_keep *keep, struct mu_err *err)
{
    static const char *const word[] = { "folders", "tar" };
    size_t chosen;
    TRY(mu_argument_word(args, MU_OPT_EVIDENCE, word, MU_COUNT(word), MU_COUNT(word), &chosen,
                         err));
    *keep = chosen == 0 ? MU_KEEP_FOLDERS : chosen == 1 ? MU_KEEP_TAR : MU_KEEP_AS_FITS;
    return true;
}

void mu_world_say_places(struct mu_arena *arena, const char *run)
{
    const char *tar = mu_file_join(arena, run, MU_TAR_CASES);
    printf("report: %s/report.html\n", run);
    if (access(tar, F_OK) == 0)
        printf("evidence: %s ('tar -xf' makes a folder a case of it)\n", tar);
}
