/* sap_peers.h - for tests of the adapter protocol: an adapter that follows a script, in a child. */
#ifndef MU_TESTS_SAP_PEERS_H
#define MU_TESTS_SAP_PEERS_H

#include <jansson.h>
#include <stdlib.h>

#include "core/seat.h"
#include "proto/sap.h"
#include "proto/sap_line.h"
#include "tests/peers.h"

#define CLOSE  "!close"  /* hang up instead                  */
#define SILENT "!silent" /* say nothing to this one          */
#define NAMES                                                                                      \
    "\"adapter\":{\"name\":\"a\",\"version\":\"1\"},\"sut\":{\"name\":\"s\",\"version\":\"2\"}"
#define HELLO(more) "{\"id\":$,\"ok\":true,\"result\":{\"sap\":1," NAMES "," more "}}\n"
#define OF_ONE      "\"roles\":[\"validator\"],\"max_inflight\":8,\"isolation\":\"op\","
#define USUAL       HELLO(OF_ONE "\"caps\":{\"label.4774\":{\"v\":[\"1.0\"]}}")
#define PARSED                                                                                     \
    "{\"id\":$,\"ok\":true,\"result\":{\"outcome\":\"accepted\",\"label\":{\"classification\":"    \
    "\"SECRET\"}}}\n"

/* What is said to an operation instead of what is usual; $ stands for the id. */
struct sap_line {
    const char *op, *says;
};

struct sap_script {
    struct sap_line line[6];
    const char *before; /* said before anything is read */
};

static inline void sap_say(int fd, const char *text, long long id)
{
    char number[32];
    if (strcmp(text, CLOSE) == 0)
        _exit(0);
    if (strcmp(text, SILENT) == 0)
        return;
    snprintf(number, sizeof number, "%lld", id);
    for (const char *stop; (stop = strchr(text, '$')) != NULL; text = stop + 1) {
        peer_write(fd, (struct mu_bytes){ text, (size_t) (stop - text) });
        peer_write(fd, mu_bytes_of(number));
    }
    peer_write(fd, mu_bytes_of(text));
}

/* What every good adapter does. */
static inline void sap_usual(int fd, const char *op, json_t *request, long long id)
{
    const char *kind = json_string_value(json_object_get(request, "kind"));
    char text[512];
    if (kind != NULL && strcmp(kind, "echo") == 0) {
        char *data = json_dumps(json_object_get(request, "data"), JSON_COMPACT);
        sap_say(fd, "{\"id\":$,\"ok\":true,\"result\":{\"data\":", id);
        sap_say(fd, data, id);
        sap_say(fd, "}}\n", id);
        free(data);
    } else if (kind != NULL) {
        snprintf(text, sizeof text, "{\"id\":$,\"ok\":true,\"result\":{\"unix_ms\":%lld}}\n",
                 (long long) time(NULL) * 1000);
        sap_say(fd, text, id);
    } else if (strncmp(op, "zq-", 3) == 0) {
        sap_say(fd, "{\"id\":$,\"ok\":false,\"error\":{\"code\":\"unsupported\"}}\n", id);
    } else if (strcmp(op, "hello") == 0) {
        sap_say(fd, USUAL, id);
    } else if (strcmp(op, "configure") == 0) {
        sap_say(fd, "{\"id\":$,\"ok\":true,\"result\":{\"installed\":[]}}\n", id);
    } else if (strcmp(op, "label.parse") == 0) {
        sap_say(fd, PARSED, id);
    } else {
        sap_say(fd, "{\"id\":$,\"ok\":true,\"result\":{}}\n", id);
    }
}

static inline void sap_adapter(int fd, const void *script)
{
    const struct sap_script *s = script;
    static char line[2 << 20];
    FILE *in = fdopen(dup(fd), "r");
    if (s->before != NULL)
        sap_say(fd, s->before, 0);
    while (fgets(line, sizeof line, in) != NULL) {
        json_t *request = json_loads(line, 0, NULL);
        const char *op = json_string_value(json_object_get(request, "op"));
        const char *kind = json_string_value(json_object_get(request, "kind"));
        long long id = json_integer_value(json_object_get(request, "id"));
        const char *says = NULL;
        for (size_t i = 0; i < MU_COUNT(s->line) && s->line[i].op != NULL && says == NULL; i++)
            if (strcmp(s->line[i].op, op) == 0 || (kind != NULL && strcmp(s->line[i].op, kind) == 0)
                || (strncmp(op, "zq-", 3) == 0 && strcmp(s->line[i].op, "zq") == 0))
                says = s->line[i].says;
        if (says != NULL)
            sap_say(fd, says, id);
        else
            sap_usual(fd, op, request, id);
        json_decref(request);
    }
}

#endif
