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

struct mu_sin {
    const char *name;    /* "drop-label"                       */
    const char *summary; /* what the sinner does, one sentence */
    unsigned bit;        /* its bit in mu_twin.sins            */
};

#define MU_SIN_DROP_LABEL        (1U << 0)
#define MU_SIN_LOWER_LABEL       (1U << 1)
#define MU_SIN_LOWER_MARKING     (1U << 2)
#define MU_SIN_ACCEPT_DUPLICATE  (1U << 3)
#define MU_SIN_REFOLD_BASE64     (1U << 4)
#define MU_SIN_ACCEPT_UNLABELLED (1U << 5)
#define MU_SIN_ACCEPT_ANY_CLIENT (1U << 6)
#define MU_SIN_BOUNCE            (1U << 7)

#define MU_SIN_UNKNOWN_POLICY       (1U << 8)
#define MU_SIN_INVALID_LABEL        (1U << 9)
#define MU_SIN_MARKING_TEXT         (1U << 10)
#define MU_SIN_IGNORE_CLEARANCE     (1U << 11)
#define MU_SIN_IMPLY_LOWER          (1U << 12)
#define MU_SIN_ANY_RESTRICTIVE      (1U << 13)
#define MU_SIN_ANY_PERMISSIVE       (1U << 14)
#define MU_SIN_POLICY_MISMATCH      (1U << 15)
#define MU_SIN_COUNT_INFORMATIVE    (1U << 16)
#define MU_SIN_TRANSLATE_BY_NAME    (1U << 17)
#define MU_SIN_TRANSLATE_LOWER      (1U << 18)
#define MU_SIN_TRANSLATE_ORIGINATOR (1U << 19)
#define MU_SIN_TRANSLATE_NO_HISTORY (1U << 20)
#define MU_SIN_DROP_UNMAPPABLE      (1U << 21)
#define MU_SIN_ANY_DIRECTION        (1U << 22)
#define MU_SIN_IGNORE_ALTERNATIVE   (1U << 23)
#define MU_SIN_IGNORE_PORTIONS      (1U << 24)

const struct mu_sin *mu_sin_at(size_t i); /* NULL past the last */
const struct mu_sin *mu_sin_find(const char *name);

struct mu_twin {
    bool relay;               /* deliver to `next` what is accepted; false: keep it */
    struct mu_address listen; /* port 0: the kernel's choice                        */
    struct mu_address next;   /* relay                                              */
    const char *next_name;    /* expected in the next hop's certificate             */
    struct mu_identity server, client;
    const char *anchors, *crl;
    const char *maildir;       /* receiver: store here; NULL: forget           */
    const char *ready;         /* file that gets the address listened at; NULL */
    const char *const *policy; /* policy files; labels are judged by them   */
    size_t policies;
    const char *clearances; /* folder of clearances by mailbox; NULL        */
    bool translate;         /* relay: map labels into the recipient's policy */
    unsigned workers;
    unsigned sins;
};

/* Serve until SIGTERM or SIGINT; then true. Leaves no worker behind. `schema` is the file of the
 * label schema. */
bool mu_twin_serve(const struct mu_twin *twin, const char *schema, struct mu_err *err) MU_MUST_USE;

/* Be a sender: deliver one message built from fixtures. */
struct mu_twin_letter {
    struct mu_address to_server;
    const char *server_name;
    struct mu_identity identity;
    const char *anchors, *crl;
    const char *from, *to, *subject;
    const char *message; /* message fixture                 */
    const char *label;   /* label fixture; NULL: unlabelled */
    const char *marking; /* instead of the fixture's; NULL  */
    unsigned sins;
};

/* False also when the server refused; the sentence says why. */
bool mu_twin_send(const struct mu_twin_letter *letter, struct mu_err *err) MU_MUST_USE;

#endif
