#include "core/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_port(const char *text, in_port_t *port)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || strlen(text) > 5)
        return false;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value > 65535)
        return false;
    *port = htons((uint16_t) value);
    return true;
}

bool mu_address_parse(const char *text, struct mu_address *address, struct mu_err *err)
{
    struct mu_address a = { .text = text };
    char host[64];
    const char *colon = strrchr(text, ':');
    bool v6 = text[0] == '[';
    size_t n = colon != NULL ? (size_t) (colon - text) : 0;
    in_port_t port;
    if (n < 2 || n >= sizeof host || !parse_port(colon + 1, &port) || (v6 && text[n - 1] != ']'))
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is no numeric address with a port", text);
    memcpy(host, text + (v6 ? 1 : 0), n - (v6 ? 2 : 0));
    host[n - (v6 ? 2 : 0)] = '\0';

    struct sockaddr_in *in4 = (struct sockaddr_in *) &a.sa;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) &a.sa;
    if (!v6 && inet_pton(AF_INET, host, &in4->sin_addr) == 1) {
        in4->sin_family = AF_INET;
        in4->sin_port = port;
        a.size = sizeof *in4;
    } else if (v6 && inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = port;
        a.size = sizeof *in6;
    } else {
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is no numeric address with a port", text);
    }
    *address = a;
    return true;
}

static in_port_t *port_of(const struct mu_address *address)
{
    struct sockaddr_storage *sa = (struct sockaddr_storage *) (uintptr_t) &address->sa;
    return sa->ss_family == AF_INET6 ? &((struct sockaddr_in6 *) sa)->sin6_port
                                     : &((struct sockaddr_in *) sa)->sin_port;
}

uint16_t mu_address_port(const struct mu_address *address)
{
    return ntohs(*port_of(address));
}

void mu_address_set_port(struct mu_address *address, uint16_t port)
{
    *port_of(address) = htons(port);
}

void mu_address_host(const struct mu_address *address, char *text, size_t size)
{
    const char *end = strrchr(address->text, ':');
    bool v6 = address->text[0] == '[';
    snprintf(text, size, "%.*s", (int) (end - address->text) - (v6 ? 2 : 0),
             address->text + (v6 ? 1 : 0));
}

bool mu_pins_check(const char *text, struct mu_err *err)
{
    size_t pins = 0;
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " "), pins++) {
        size_t n = strcspn(text, " ");
        if (strncmp(text, "sha256:", 7) != 0 || n != 7 + 64
            || strspn(text + 7, "0123456789abcdef") < 64)
            return mu_fail(err, MU_ERR_PROFILE,
                           "'%.*s' is no pin: 'sha256:' and 64 lower-case hexadecimal digits",
                           (int) (n < 80 ? n : 80), text);
        text += n;
    }
    return pins > 0 || mu_fail(err, MU_ERR_PROFILE, "a list of pins without a pin");
}
