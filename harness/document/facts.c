#include "document/node.h"

#include <stdio.h>

#include "base/limits.h"

static void attribute(struct mu_node *t, xmlNode *node, const char *name, const char *word)
{
    if (word != NULL)
        mu_node_foreign(t, node, name, mu_bytes_of(word));
}

static void certificate(struct mu_node *t, xmlNode *tls, const char *name,
                        const struct mu_certificate *c)
{
    xmlNode *node = mu_node_element(t, tls, t->m, name);
    attribute(t, node, "not-before", c->not_before);
    attribute(t, node, "not-after", c->not_after);
    attribute(t, node, "key", c->key);
    attribute(t, node, "signature", c->signature);
    attribute(t, node, "eku", c->eku);
    mu_node_child_text(t, node, "subject", c->subject);
    mu_node_child_text(t, node, "issuer", c->issuer);
    for (size_t i = 0; i < c->sans; i++) {
        xmlNode *san = mu_node_element(t, node, t->m, "san");
        attribute(t, san, "type", c->san[i].type);
        mu_node_text(t, san, c->san[i].value, MU_TEXT_MAX);
    }
    for (size_t i = 0; i < c->sources; i++) {
        xmlNode *source = mu_node_element(t, node, t->m, "source");
        attribute(t, source, "type", c->source[i].type);
        mu_node_text(t, source, c->source[i].value, MU_TEXT_MAX);
    }
}

/* Code points of the TLS registries as four hexadecimal digits, as the RFCs print them. */
static void codes(struct mu_node *t, xmlNode *offer, const char *name, const uint16_t *code,
                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[5];
        snprintf(text, sizeof text, "%04x", code[i]);
        mu_node_child_text(t, offer, name, mu_bytes_of(text));
    }
}

static void client_hello(struct mu_node *t, xmlNode *tls, const struct mu_tls_offer *o)
{
    xmlNode *offer = mu_node_element(t, tls, t->m, "offer");
    codes(t, offer, "version", o->version, o->versions);
    codes(t, offer, "suite", o->suite, o->suites);
    codes(t, offer, "group", o->group, o->groups);
    codes(t, offer, "sigalg", o->sigalg, o->sigalgs);
    for (size_t i = 0; i < o->extensions; i++)
        mu_node_number(t, mu_node_element(t, offer, t->m, "extension"), "id", o->extension[i]);
    mu_node_child_text(t, offer, "server-name", o->server_name);
    for (size_t i = 0; i < o->alpns; i++)
        mu_node_child_text(t, offer, "alpn", o->alpn[i]);
    for (size_t i = 0; i < o->compressions; i++)
        mu_node_number(t, mu_node_element(t, offer, t->m, "compression"), "id", o->compression[i]);
}

void mu_node_tls(struct mu_node *t, const struct mu_tls_facts *tls)
{
    if (!tls->used && tls->failure == NULL && tls->alert == 0 && tls->offer == NULL)
        return;
    xmlNode *node = mu_node_element(t, t->root, t->m, "tls");
    attribute(t, node, "version", tls->version);
    attribute(t, node, "suite", tls->suite);
    attribute(t, node, "group", tls->group);
    mu_node_flag(t, node, "complete", tls->complete);
    mu_node_flag(t, node, "resumed", tls->resumed);
    mu_node_flag(t, node, "server", tls->server);
    mu_node_flag(t, node, "client-certificate", tls->client_certificate);
    mu_node_flag(t, node, "certificate-request", tls->certificate_request);
    attribute(t, node, "verified", tls->verified);
    attribute(t, node, "failure", tls->failure);
    if (tls->alert != 0)
        mu_node_number(t, node, "alert", (uint64_t) tls->alert);
    mu_node_number(t, node, "ticket-lifetime", tls->ticket_lifetime_s);
    mu_node_number(t, node, "ticket-early-data", tls->ticket_early_data);
    for (size_t i = 0; i < tls->peers; i++)
        certificate(t, node, i == 0 ? "peer" : "chain", &tls->peer[i]);
    if (tls->offer != NULL)
        client_hello(t, node, tls->offer);
}

/* ESMTP parameters, RFC 5321 4.1.2: keyword ["=" value], one space between. */
static void parameters(struct mu_node *t, xmlNode *node, struct mu_bytes said)
{
    size_t at = 0;
    while (at < said.n) {
        const char *space = memchr(said.p + at, ' ', said.n - at);
        size_t n = space != NULL ? (size_t) (space - said.p) - at : said.n - at;
        struct mu_bytes word = mu_bytes_slice(said, at, n);
        at += n + 1;
        if (word.n == 0)
            continue;
        size_t equals = mu_bytes_find(word, MU_BYTES("="), 0);
        struct mu_bytes keyword = mu_bytes_slice(word, 0, equals);
        char *key = mu_bytes_dup(t->arena, keyword);
        for (char *c = key; *c != '\0'; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char) (*c | 0x20) : *c;
        bool plain = mu_node_is_name(key) && strlen(key) == keyword.n;
        xmlNode *parameter = mu_node_element(t, node, t->p, plain ? key : "_");
        if (!plain)
            mu_node_foreign(t, parameter, "name", keyword);
        if (equals != SIZE_MAX)
            mu_node_text(t, parameter, mu_bytes_from(word, equals + 1), MU_TEXT_MAX);
    }
}

void mu_node_envelope(struct mu_node *t, const struct mu_envelope *envelope)
{
    if (envelope->from.n == 0 && !envelope->null_from && envelope->tos == 0)
        return;
    xmlNode *node = mu_node_element(t, t->root, t->m, "envelope");
    xmlNode *from = mu_node_element(t, node, t->m, "from");
    mu_node_flag(t, from, "null", envelope->null_from);
    mu_node_text(t, from, envelope->from, MU_TEXT_MAX);
    if (envelope->from_parameters.n > 0)
        parameters(t, mu_node_element(t, node, t->m, "from-parameters"), envelope->from_parameters);
    for (size_t i = 0; i < envelope->tos; i++) {
        xmlNode *to = mu_node_element(t, node, t->m, "to");
        mu_node_number(t, to, "index", i + 1);
        mu_node_text(t, to, envelope->to[i], MU_TEXT_MAX);
        if (envelope->to_parameters == NULL || envelope->to_parameters[i].n == 0)
            continue;
        xmlNode *said = mu_node_element(t, node, t->m, "to-parameters");
        mu_node_number(t, said, "index", i + 1);
        parameters(t, said, envelope->to_parameters[i]);
    }
}
