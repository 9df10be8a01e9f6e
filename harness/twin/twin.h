/*
 * twin.h - the bundled system under test: a small label-aware mail guard.
 *
 * It receives over mutual TLS, reads the label of each message with the harness's own parsers, and
 * stores it, relays it, or refuses it with 5.7.x. One switch makes it misbehave in one precise way
 * (a sin), so that the harness can prove that its cases catch what they say.
 */
#ifndef MU_TWIN_TWIN_H
#define MU_TWIN_TWIN_H

#include "core/endpoint.h"
#include "document/message.h"
#include "twin/rulebook.h"
#include "twin/sin.h"

/* Who the twin is and whom it believes. */
struct mu_twin_trust {
    const char *pki;      /* folder that 'muster pki new' made      */
    const char *identity; /* of it, such as "twin"                  */
};

struct mu_twin {
    bool relay;               /* deliver to `next` what is accepted; false: keep it */
    struct mu_address listen; /* port 0: the kernel's choice                        */
    struct mu_address next;   /* relay                                              */
    const char *next_name;    /* expected in the next hop's certificate             */
    struct mu_twin_trust trust;
    const char *fixtures;      /* folder of fixtures, from which some sins write */
    const char *maildir;       /* receiver: store here; NULL: forget           */
    const char *ready;         /* file that gets the address listened at; NULL */
    const char *const *policy; /* policy files; labels are judged by them   */
    size_t policies;
    const char *clearances;         /* folder of clearances by mailbox; NULL        */
    bool translate;                 /* relay: map labels into the recipient's policy */
    const struct mu_rulebook *book; /* of a profile, whose rules are enforced; NULL */
    unsigned workers;
    const struct mu_sin *sin; /* NULL: none */
};

/* Serve until SIGTERM or SIGINT; then true. Leaves no worker behind. `schema` is the file of the
 * label schema. */
bool mu_twin_serve(const struct mu_twin *twin, const char *schema, struct mu_err *err) MU_MUST_USE;

/* Be a sender: deliver one message built from fixtures. */
struct mu_twin_letter {
    struct mu_address to_server;
    const char *server_name;
    struct mu_twin_trust trust;
    const char *fixtures;
    const char *from, *to, *subject;
    const char *message;            /* message fixture                 */
    const char *label;              /* label fixture; NULL: unlabelled */
    const char *marking;            /* instead of the fixture's; NULL  */
    const struct mu_places *places; /* of label and marking; NULL: the usual ones */
    const struct mu_sin *sin;       /* NULL: none */
};

/* False also when the server refused; the sentence says why. */
bool mu_twin_send(const struct mu_twin_letter *letter, struct mu_err *err) MU_MUST_USE;

#endif
