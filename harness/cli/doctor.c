#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/world.h"
#include "format/library.h"
#include "net/library.h"
#include "proto/adapters.h"
#include "run/sandbox.h"
#include "suite/engine.h"

/* One line a check: what was looked at, what was found. */
static void say(bool ok, const char *what, const char *found, size_t *bad)
{
    printf("%-4s %-22s %s\n", ok ? "ok" : "BAD", what, found);
    *bad += !ok;
}

/* The oldest libraries that have the repairs this program relies on. */
static void check_libraries(size_t *bad)
{
    long number[3] = { 0 };
    char text[120];
    const char *version = mu_net_library_version();
    char *rest = (char *) (uintptr_t) version;
    for (size_t i = 0; i < MU_COUNT(number) && *rest != '\0'; i++)
        number[i] = strtol(rest + (i > 0), &rest, 10);
    bool ok = number[0] > 3 || (number[0] == 3 && (number[1] > 0 || number[2] >= 21));
    snprintf(text, sizeof text, "%s%s", version, ok ? "" : " is older than 3.0.21");
    say(ok, "OpenSSL", text, bad);
    say(true, "libxml2", mu_xml_library_version(), bad);
}

static void check_isolation(size_t *bad)
{
    struct mu_err err;
    bool ok = mu_sandbox_prepare(&err);
    say(ok, "isolation", ok ? "jobs can be sealed" : err.msg, bad);
}

static void check_clock(size_t *bad)
{
    time_t now = time(NULL);
    struct tm tm;
    char text[80];
    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    say(tm.tm_year + 1900 >= 2026, "clock", text, bad);
}

static void check_tool(const char *name, size_t *bad)
{
    const char *path = getenv("PATH");
    char candidate[4096];
    for (const char *p = path; p != NULL && *p != '\0'; p += strspn(p, ":")) {
        size_t n = strcspn(p, ":");
        snprintf(candidate, sizeof candidate, "%.*s/%s", (int) n, p, name);
        p += n;
        if (access(candidate, X_OK) == 0) {
            say(true, name, candidate, bad);
            return;
        }
    }
    printf("%-4s %-22s %s\n", "none", name, "not installed; only tests need it");
}

static void check_address(const struct mu_endpoint *endpoint, size_t *bad)
{
    const struct mu_address *a = &endpoint->address;
    char what[64];
    if (endpoint->path != NULL) {
        struct stat st;
        bool ok = stat(endpoint->path, &st) == 0 && S_ISDIR(st.st_mode);
        say(ok, "Maildir", endpoint->path, bad);
        return;
    }
    int on = 1, fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool ok = fd >= 0 && bind(fd, (const struct sockaddr *) &a->sa, a->size) == 0;
    snprintf(what, sizeof what, "%s", a->text);
    say(ok, what, ok ? "free: SUTs can deliver there" : "cannot be listened at", bad);
    if (fd >= 0)
        close(fd);
}

static void check_endpoint(const struct mu_endpoint *endpoint, size_t *bad)
{
    const struct mu_address *a = &endpoint->address;
    if (endpoint->opened_by > 0) {
        say(true, a->text, "its adapter opens it when the run has begun", bad);
        return;
    }
    int fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = { .tv_sec = 2 };
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    bool ok = fd >= 0 && connect(fd, (const struct sockaddr *) &a->sa, a->size) == 0;
    say(ok, a->text, ok ? "the SUT accepts connections" : "the SUT cannot be reached", bad);
    if (fd >= 0)
        close(fd);
}

/* Profile, SUT file, certificates and addresses: what a run would stumble over. */
static bool check_world(struct mu_world *world, const struct mu_arguments *args, size_t *bad,
                        struct mu_err *err)
{
    TRY(mu_world_plan(world, args, err));
    struct mu_engine_options options = { .data = &world->data,
                                         .profile = &world->profile,
                                         .sut = &world->sut,
                                         .suite = &world->suite,
                                         .plan = &world->plan,
                                         .adapters = mu_adapters(),
                                         .test_time = world->test_time };
    struct mu_engine *engine;
    char text[120];
    snprintf(text, sizeof text, "%zu cases in, %zu out", world->plan.ins, world->plan.outs);
    say(true, "plan", text, bad);
    struct mu_err own;
    bool ok = mu_engine_new(args->arena, &options, &engine, &own);
    say(ok, "certificates", ok ? "every identity can be loaded" : own.msg, bad);
    for (size_t i = 0; i < world->sut.endpoints; i++)
        check_endpoint(&world->sut.endpoint[i], bad);
    for (size_t i = 0; i < world->sut.addresses; i++)
        check_address(&world->sut.address[i], bad);
    return true;
}

bool mu_cli_doctor(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    static const char *const tool[] = {
        "openssl", "xmllint", "postfix", "prove", "npm", "valgrind"
    };
    struct mu_world world;
    size_t bad = 0;
    TRY(mu_world_start(&world, args, err));
    check_libraries(&bad);
    check_isolation(&bad);
    check_clock(&bad);
    const char *schema = mu_data_find(&world.data, args->arena, "profiles/schemas/suite.xsd");
    say(schema != NULL, "data", schema != NULL ? schema : "no profiles/schemas/suite.xsd", &bad);
    for (size_t i = 0; i < MU_COUNT(tool); i++)
        check_tool(tool[i], &bad);
    if (args->value[MU_OPT_SUT] != NULL)
        TRY(check_world(&world, args, &bad, err));
    *status = bad > 0 ? MU_EXIT_TROUBLE : MU_EXIT_OK;
    return true;
}
