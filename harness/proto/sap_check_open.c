/* Endpoints: opened where they were wanted, reached there, and gone when they are closed. */
#include <string.h>

#include "proto/sap_check_inside.h"

#define ENDPOINT "listen-1"
#define OTHER    "connect-1"
#define HERE_IS  "127.0.0.1" /* whatever the adapter answers, nobody else is dialled */
#define NOWHERE  "192.0.2.1" /* RFC 5737: of nobody's machine */

static bool offers(struct mu_talk *t)
{
    const json_t *cap = json_object_get(json_object_get(t->hello, "caps"), "open");
    bool claimed = cap != NULL && json_object_get(cap, "status") == NULL;
    return claimed || !mu_talk_skip(t, "it does not claim 'open': its addresses are known");
}

/* What only follows when something was opened. */
static bool stands(struct mu_talk *t)
{
    return offers(t) && (t->port > 0 || !mu_talk_skip(t, "nothing was opened"));
}

static json_t *open_of(struct mu_talk *t, const char *name, const char *mode, const char *host,
                       int port)
{
    return mu_talk_request(t, "open", "{s:s,s:s,s:s,s:s,s:s,s:i,s:s}", "endpoint", name, "mode",
                           mode, "carrier", "smtp", "tls", "none", "host", host, "port", port,
                           "tls_name", "localhost");
}

static bool says(struct mu_talk *t, const json_t *result, const char *host, int64_t *port)
{
    const char *said, *unknown;
    TRY(mu_sap_members(t, result, mu_sap_op(MU_SAP_OPEN)->result, "result", &unknown));
    TRY(mu_talk_text(t, result, "host", &said));
    *port = json_integer_value(json_object_get(result, "port"));
    if (strcmp(said, host) != 0)
        return mu_talk_no(t, "'host' is '%.60s', not '%s'", said, host);
    return (*port >= 1 && *port <= UINT16_MAX)
           || mu_talk_no(t, "%lld is no port", (long long) *port);
}

bool mu_try_open(struct mu_talk *t)
{
    json_t *result;
    int64_t port;
    if (!offers(t))
        return true;
    TRY(mu_talk_result(t, open_of(t, ENDPOINT, "listen", HERE_IS, 0), &result));
    TRY(says(t, result, HERE_IS, &port));
    t->port = port;
    return true;
}

/* Is somebody there? */
static bool reached(struct mu_talk *t, bool *there)
{
    return t->task->knock(t->task->knocker, (uint16_t) t->port, there)
           || mu_talk_no(t, "nobody could find out who listens at port %lld", (long long) t->port);
}

bool mu_try_open_reached(struct mu_talk *t)
{
    bool there;
    if (!stands(t))
        return true;
    TRY(reached(t, &there));
    return there || mu_talk_no(t, "nobody listens at port %lld", (long long) t->port);
}

bool mu_try_open_twice(struct mu_talk *t)
{
    return !stands(t)
           || mu_talk_refused(t, open_of(t, ENDPOINT, "listen", HERE_IS, 0), "precondition");
}

bool mu_try_open_nowhere(struct mu_talk *t)
{
    return !offers(t)
           || mu_talk_refused(t, open_of(t, "listen-2", "listen", NOWHERE, 0),
                              "sut-unreachable bad-request precondition limit");
}

bool mu_try_open_connect(struct mu_talk *t)
{
    json_t *result;
    int64_t port;
    if (!offers(t))
        return true;
    TRY(mu_talk_result(t, open_of(t, OTHER, "connect", HERE_IS, 9),
                       &result)); /* discard, RFC 863 */
    TRY(says(t, result, HERE_IS, &port));
    TRY(port == 9 || mu_talk_no(t, "'port' is %lld, not 9", (long long) port));
    return mu_talk_result(t, mu_talk_request(t, "close", "{s:s}", "endpoint", OTHER), &result);
}

bool mu_try_close(struct mu_talk *t)
{
    json_t *result;
    bool there;
    if (!stands(t))
        return true;
    TRY(mu_talk_result(t, mu_talk_request(t, "close", "{s:s}", "endpoint", ENDPOINT), &result));
    TRY(reached(t, &there));
    return !there || mu_talk_no(t, "somebody still listens at port %lld", (long long) t->port);
}

bool mu_try_close_unknown(struct mu_talk *t)
{
    return !offers(t)
           || mu_talk_refused(t, mu_talk_request(t, "close", "{s:s}", "endpoint", "listen-9"),
                              "precondition");
}
