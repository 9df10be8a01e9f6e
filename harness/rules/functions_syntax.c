#include <arpa/inet.h>

#include "rules/functions.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_among(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* RFC 3061: urn:oid:number{.number}; the first two arcs are bound by X.660. */
void mu_function_is_oid_urn(struct mu_call *call)
{
    struct mu_bytes b = call->arg[0].text;
    if (!mu_bytes_start_nocase(b, MU_BYTES("urn:oid:")))
        return;
    size_t arcs = 0, i = 8;
    int first = -1;
    for (; i <= b.n; i++, arcs++) {
        size_t from = i;
        while (i < b.n && is_digit(b.p[i]))
            i++;
        size_t n = i - from;
        if (n == 0 || (n > 1 && b.p[from] == '0') || (i < b.n && b.p[i] != '.'))
            return;
        if (arcs == 0 && (n > 1 || b.p[from] > '2'))
            return;
        if (arcs == 0)
            first = b.p[from] - '0';
        if (arcs == 1 && first < 2 && (n > 2 || (n == 2 && b.p[from] > '3')))
            return;
    }
    call->truth = arcs >= 2;
}

/* RFC 3986 appendix A: unreserved, sub-delims, ':' '@' '/' '?' and percent-encoded octets. */
static bool is_uri_text(struct mu_bytes b)
{
    for (size_t i = 0; i < b.n; i++) {
        char c = b.p[i];
        if (c == '%') {
            if (b.n - i < 3 || !is_hex(b.p[i + 1]) || !is_hex(b.p[i + 2]))
                return false;
            i += 2;
        } else if (!is_alnum(c) && !is_among(c, "-._~!$&'()*+,;=:@/?")) {
            return false;
        }
    }
    return true;
}

static bool is_ip(struct mu_bytes b, int family)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char address[16];
    if (b.n == 0 || b.n >= sizeof text || memchr(b.p, '\0', b.n) != NULL)
        return false;
    memcpy(text, b.p, b.n);
    text[b.n] = '\0';
    return inet_pton(family, text, address) == 1;
}

/* authority = [ userinfo "@" ] host [ ":" port ], where only an IP literal may hold brackets. */
static bool is_authority(struct mu_bytes b)
{
    size_t at = mu_bytes_find(b, MU_BYTES("@"), 0);
    if (at != SIZE_MAX) {
        if (!is_uri_text(mu_bytes_slice(b, 0, at)))
            return false;
        b = mu_bytes_from(b, at + 1);
        if (mu_bytes_find(b, MU_BYTES("@"), 0) != SIZE_MAX)
            return false;
    }
    size_t host = 0;
    if (b.n > 0 && b.p[0] == '[') {
        size_t close = mu_bytes_find(b, MU_BYTES("]"), 0);
        if (close == SIZE_MAX || !is_ip(mu_bytes_slice(b, 1, close - 1), AF_INET6))
            return false;
        host = close + 1;
    } else {
        while (host < b.n && b.p[host] != ':')
            host++;
        if (!is_uri_text(mu_bytes_slice(b, 0, host)))
            return false;
    }
    if (host == b.n)
        return true;
    for (size_t i = host + 1; i < b.n; i++)
        if (!is_digit(b.p[i]))
            return false;
    return b.p[host] == ':';
}

void mu_function_is_uri(struct mu_call *call)
{
    struct mu_bytes b = call->arg[0].text;
    size_t colon = mu_bytes_find(b, MU_BYTES(":"), 0);
    if (colon == SIZE_MAX || colon == 0 || !is_alnum(b.p[0]) || is_digit(b.p[0]))
        return;
    for (size_t i = 1; i < colon; i++)
        if (!is_alnum(b.p[i]) && !is_among(b.p[i], "+-."))
            return;
    b = mu_bytes_from(b, colon + 1);
    size_t hash = mu_bytes_find(b, MU_BYTES("#"), 0);
    if (hash != SIZE_MAX && !is_uri_text(mu_bytes_from(b, hash + 1)))
        return;
    b = mu_bytes_slice(b, 0, hash);
    if (mu_bytes_start_nocase(b, MU_BYTES("//"))) {
        size_t end = 2;
        while (end < b.n && !is_among(b.p[end], "/?"))
            end++;
        if (!is_authority(mu_bytes_slice(b, 2, end - 2)))
            return;
        b = mu_bytes_from(b, end);
    }
    call->truth = is_uri_text(b);
}

/* RFC 1123 2.1: labels of 1 to 63 letters, digits and inner hyphens; 253 octets; not all numeric. */
static bool is_dns_name(struct mu_bytes b)
{
    size_t label = 0;
    bool numeric = true;
    if (b.n == 0 || b.n > 253)
        return false;
    for (size_t i = 0; i <= b.n; i++) {
        char c = i < b.n ? b.p[i] : '.';
        if (c == '.') {
            if (label == 0 || label > 63 || b.p[i - 1] == '-')
                return false;
            label = 0;
            numeric = i < b.n || numeric;
        } else if (!is_alnum(c) && (c != '-' || label == 0)) {
            return false;
        } else {
            numeric = (label == 0 || numeric) && is_digit(c);
            label++;
        }
    }
    return !numeric;
}

void mu_function_is_dns_name(struct mu_call *call)
{
    call->truth = is_dns_name(call->arg[0].text);
}

void mu_function_is_ip(struct mu_call *call)
{
    struct mu_bytes b = call->arg[0].text;
    call->truth = is_ip(b, AF_INET) || is_ip(b, AF_INET6);
}

/* RFC 5321 4.1.2: Dot-string or Quoted-string, at most 64 octets. */
static bool is_local_part(struct mu_bytes b)
{
    if (b.n == 0 || b.n > 64)
        return false;
    if (b.p[0] == '"') {
        size_t i = 1;
        for (; i + 1 < b.n; i++) {
            i += b.p[i] == '\\';
            if (i + 1 >= b.n || b.p[i] < ' ' || b.p[i] > '~'
                || (b.p[i] == '"' && b.p[i - 1] != '\\'))
                return false;
        }
        return b.n >= 2 && i + 1 == b.n && b.p[i] == '"';
    }
    for (size_t i = 0; i < b.n; i++) {
        bool dot = b.p[i] == '.';
        if (dot ? i == 0 || i + 1 == b.n || b.p[i - 1] == '.'
                : !is_alnum(b.p[i]) && !is_among(b.p[i], "!#$%&'*+-/=?^_`{|}~"))
            return false;
    }
    return true;
}

void mu_function_is_mailbox(struct mu_call *call)
{
    struct mu_bytes b = call->arg[0].text;
    size_t at = b.n;
    while (at > 0 && b.p[at - 1] != '@')
        at--;
    if (at == 0 || !is_local_part(mu_bytes_slice(b, 0, at - 1)))
        return;
    struct mu_bytes domain = mu_bytes_from(b, at);
    if (domain.n > 2 && domain.p[0] == '[' && domain.p[domain.n - 1] == ']') {
        struct mu_bytes inside = mu_bytes_slice(domain, 1, domain.n - 2);
        call->truth = mu_bytes_start_nocase(inside, MU_BYTES("IPv6:"))
                          ? is_ip(mu_bytes_from(inside, 5), AF_INET6)
                          : is_ip(inside, AF_INET);
        return;
    }
    call->truth = is_dns_name(domain);
}

/* RFC 7444 2, production color; the spelling "fuschia" is that of the RFC. */
void mu_function_is_colour(struct mu_call *call)
{
    static const char *const name[] = { "aqua",   "black",  "blue",  "fuschia", "gray",   "green",
                                        "lime",   "maroon", "navy",  "olive",   "purple", "red",
                                        "silver", "teal",   "white", "yellow",  "orange" };
    struct mu_bytes b = call->arg[0].text;
    if (b.n == 7 && b.p[0] == '#') {
        call->truth = true;
        for (size_t i = 1; i < b.n; i++)
            call->truth = call->truth && is_hex(b.p[i]);
        return;
    }
    for (size_t i = 0; i < MU_COUNT(name); i++) /* RFC 5234 2.3: literals are case-insensitive */
        call->truth = call->truth || mu_bytes_equal_nocase(b, mu_bytes_of(name[i]));
}
