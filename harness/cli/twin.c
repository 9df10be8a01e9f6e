#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/names.h"
#include "cli/version.h"
#include "cli/world.h"
#include "twin/sap.h"
#include "twin/store.h"
#include "twin/twin.h"

static const char *sin_name(const void *self, size_t i)
{
    (void) self;
    const struct mu_sin *sin = mu_sin_at(i);
    return sin != NULL ? sin->name : NULL;
}

static bool read_sin(const struct mu_arguments *args, const struct mu_sin **sin, struct mu_err *err)
{
    const char *name = args->value[MU_OPT_SIN];
    *sin = NULL;
    if (name == NULL)
        return true;
    *sin = mu_sin_find(args->arena, name);
    if (*sin != NULL)
        return true;
    const char *near = mu_name_nearest(name, sin_name, NULL);
    return mu_fail(err, MU_ERR_USAGE, "unknown sin '%s'%s%s%s", name,
                   near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : "");
}

static bool need(const struct mu_arguments *args, enum mu_option_id id, struct mu_err *err)
{
    if (args->value[id] != NULL)
        return true;
    return mu_fail(err, MU_ERR_USAGE, "the twin wants --%s", mu_option(id)->name);
}

static struct mu_twin_trust trust_of(const struct mu_arguments *args)
{
    const char *name = args->value[MU_OPT_IDENTITY];
    return (struct mu_twin_trust){ args->value[MU_OPT_PKI], name != NULL ? name : "twin" };
}

static bool read_role(const struct mu_arguments *args, struct mu_twin *twin, struct mu_err *err)
{
    const char *role = args->value[MU_OPT_ROLE];
    if (role != NULL && strcmp(role, "receiver") != 0 && strcmp(role, "relay") != 0)
        return mu_fail(err, MU_ERR_USAGE, "unknown role '%s'; the twin is a receiver or a relay",
                       role);
    twin->relay = role != NULL && strcmp(role, "relay") == 0;
    if (!twin->relay)
        return true;
    TRY(need(args, MU_OPT_NEXT, err));
    return mu_address_parse(args->value[MU_OPT_NEXT], &twin->next, err);
}

static bool read_twin(const struct mu_arguments *args, struct mu_twin *twin, struct mu_err *err)
{
    long workers;
    TRY(need(args, MU_OPT_LISTEN, err));
    TRY(need(args, MU_OPT_PKI, err));
    TRY(mu_argument_number(args, MU_OPT_WORKERS, 1, 64, 8, &workers, err));
    *twin = (struct mu_twin){
        .trust = trust_of(args),
        .next_name =
            args->value[MU_OPT_TLS_NAME] != NULL ? args->value[MU_OPT_TLS_NAME] : "localhost",
        .maildir = args->value[MU_OPT_MAILDIR],
        .clearances = args->value[MU_OPT_CLEARANCES],
        .translate = args->value[MU_OPT_TRANSLATE] != NULL,
        .ready = args->value[MU_OPT_READY],
        .workers = (unsigned) workers,
    };
    TRY(read_sin(args, &twin->sin, err));
    TRY(read_role(args, twin, err));
    return mu_address_parse(args->value[MU_OPT_LISTEN], &twin->listen, err);
}

/* Every policy that is shipped. */
static void find_policies(const struct mu_data *data, struct mu_arena *arena, struct mu_twin *twin)
{
    const char **name;
    size_t count = mu_data_list(data, arena, "profiles/policies", ".xml", &name);
    const char **path = mu_arena_array(arena, count + 1, sizeof *path);
    for (size_t i = 0; i < count; i++)
        if (strcmp(name[i], "schemes") != 0)
            path[twin->policies++] = mu_data_find(
                data, arena, mu_arena_printf(arena, "profiles/policies/%s.xml", name[i]));
    twin->policy = path;
}

/* --profile: what the twin enforces as a guard. */
static bool read_book(struct mu_world *world, const struct mu_arguments *args,
                      struct mu_rulebook *book, struct mu_err *err)
{
    const struct mu_profile *p = &world->profile;
    TRY(mu_world_profile(world, args, err));
    *book = (struct mu_rulebook){
        .rules = p->rules,
        .phases = p->phases,
        .kit = { .dict = mu_rules_dict(p->rules),
                 .label_schema = p->label_schema,
                 .policies = &p->policies,
                 .test_time = p->test_time },
    };
    for (size_t i = 0; i < p->labels; i++)
        book->demands_label = book->demands_label || strcmp(p->label[i].demanded, "yes") == 0;
    return true;
}

#define LABEL_SCHEMA     "profiles/schemas/adatp-4774.xsd"
#define CLEARANCE_SCHEMA "profiles/schemas/clearance.xsd"

static bool find_schema(const struct mu_world *world, const struct mu_arguments *args,
                        const char *name, const char **schema, struct mu_err *err)
{
    *schema = mu_data_find(&world->data, args->arena, name);
    return *schema != NULL || mu_fail(err, MU_ERR_USAGE, "no schema '%s'", name);
}

/* --sap, --sap-stdio. */
static bool adapt(const struct mu_arguments *args, bool stdio, enum mu_exit *status,
                  struct mu_err *err)
{
    struct mu_world world;
    TRY(mu_world_start(&world, args, err));
    struct mu_twin_adapter adapter = {
        .version = MU_VERSION,
        .fixtures = mu_data_find(&world.data, args->arena, "fixtures"),
        .now = world.test_time,
        .in = stdio ? STDIN_FILENO : 3,
        .out = stdio ? STDOUT_FILENO : 4,
    };
    TRY(find_schema(&world, args, LABEL_SCHEMA, &adapter.schema, err)
        && find_schema(&world, args, CLEARANCE_SCHEMA, &adapter.clearance_schema, err)
        && read_sin(args, &adapter.sin, err));
    if (fcntl(adapter.in, F_GETFD) < 0 || fcntl(adapter.out, F_GETFD) < 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "nobody opened descriptors 3 and 4; say --sap-stdio to try it by hand");
    *status = MU_EXIT_OK;
    return mu_twin_adapt(&adapter, err);
}

bool mu_cli_twin(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    struct mu_twin twin;
    struct mu_rulebook book;
    const char *schema;
    bool stdio = args->value[MU_OPT_SAP_STDIO] != NULL;
    if (stdio || args->value[MU_OPT_SAP] != NULL)
        return adapt(args, stdio, status, err);
    TRY(read_twin(args, &twin, err));
    TRY(mu_world_start(&world, args, err));
    TRY(find_schema(&world, args, LABEL_SCHEMA, &schema, err));
    twin.fixtures = mu_data_find(&world.data, args->arena, "fixtures");
    find_policies(&world.data, args->arena, &twin);
    if (args->value[MU_OPT_PROFILE] != NULL) {
        TRY(read_book(&world, args, &book, err));
        twin.book = &book;
    }
    if (twin.maildir != NULL)
        TRY(mu_store_make(twin.maildir, err));
    *status = MU_EXIT_OK;
    return mu_twin_serve(&twin, schema, err);
}

bool mu_cli_twin_send(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    static const enum mu_option_id needed[] = { MU_OPT_CONNECT, MU_OPT_PKI, MU_OPT_TO, MU_OPT_FROM,
                                                MU_OPT_MESSAGE };
    struct mu_world world;
    struct mu_places places;
    for (size_t i = 0; i < MU_COUNT(needed); i++)
        TRY(need(args, needed[i], err));
    TRY(mu_world_start(&world, args, err));
    if (args->value[MU_OPT_PROFILE] != NULL)
        TRY(mu_profile_places(args->arena, &world.data, args->value[MU_OPT_PROFILE], &places, err));
    const char *name = args->value[MU_OPT_TLS_NAME], *label = args->value[MU_OPT_LABEL];
    const char *marking = args->value[MU_OPT_MARKING];
    struct mu_twin_letter letter = {
        .server_name = name != NULL ? name : "localhost",
        .trust = trust_of(args),
        .fixtures = mu_data_find(&world.data, args->arena, "fixtures"),
        .from = args->value[MU_OPT_FROM],
        .to = args->value[MU_OPT_TO],
        .subject = args->value[MU_OPT_SUBJECT],
        .message = args->value[MU_OPT_MESSAGE],
        .label = label != NULL && label[0] != '\0' ? label : NULL,
        .marking = marking != NULL && marking[0] != '\0' ? marking : NULL,
        .places = args->value[MU_OPT_PROFILE] != NULL ? &places : NULL,
    };
    TRY(mu_address_parse(args->value[MU_OPT_CONNECT], &letter.to_server, err));
    TRY(read_sin(args, &letter.sin, err));
    *status = MU_EXIT_OK;
    return mu_twin_send(&letter, err);
}
