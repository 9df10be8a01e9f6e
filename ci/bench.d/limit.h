/*
 * What the limit programs share: the least that a tuned program does with OpenSSL and libxml2, and
 * nothing of the harness. Whatever goes wrong ends the program with a word on standard error.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <libxml/tree.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Noreturn void limit_die(const char *what);

/* A number of `argv`, at least 1. */
long limit_count(const char *text);

/* Monotonic nanoseconds. */
uint64_t limit_now(void);

/* This process, and what it forks, stays on the first core that it may use. */
void limit_pin(void);

/* --- TLS --------------------------------------------------------------------------------------- */

/*
 * How a context is made. Tuned: no tickets, the chain from its file, NO_AUTO_CHAIN. Defaults: as the
 * library gives it, two tickets, and a chain built anew in each handshake from a store that holds the
 * whole chain.
 */
enum limit_set_up { LIMIT_TUNED, LIMIT_DEFAULTS };

/* A mutual TLS 1.3 context of `pki`, a folder made by 'muster pki new', on P-256. With `crl`, peers
 * are looked up in the revocation lists, too, as the harness does. */
SSL_CTX *limit_tls(const char *pki, const char *identity, bool server, enum limit_set_up set_up,
                   bool crl);

/* --- validation -------------------------------------------------------------------------------- */

struct limit_message {
    char *octets; /* of the file, and a NUL */
    size_t n;
};

struct limit_message limit_read(const char *path);

struct limit_tree {
    xmlDocPtr doc;
    xmlNodePtr root, sio; /* the message, its SIO-Label */
    xmlNsPtr m, h, p;
};

/* limit_document.c: the message as a tree; the label is not yet in it. */
void limit_document(const struct limit_message *message, struct limit_tree *tree);

struct limit_check;

/* The schema and `rules` XPath booleans, compiled: shapes of the shipped rules, in turn. */
struct limit_check *limit_check_new(const char *schema, long rules);

/* Make the tree, find and decode the SIO-Label, parse the label, validate it, move it into the tree, evaluate
 * the rules on the message or the label: what 'muster check' is asked to do, by the library alone. */
void limit_check(struct limit_check *check, const struct limit_message *message);

#endif
