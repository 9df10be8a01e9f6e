#include "cli/world_run.h"

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
