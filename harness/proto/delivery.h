/* delivery.h - what a reception does with a message: find out whose it is by its token, hand it to
 * the case, or report it as late. Shared by everything that receives. */
#ifndef MU_PROTO_DELIVERY_H
#define MU_PROTO_DELIVERY_H

#include "base/limits.h"
#include "core/seat.h"

struct mu_claim {
    char token[MU_TOKEN_TEXT];
    int fd; /* where to hand over; -1: nobody waits for it                                    */
};

struct mu_delivery {
    struct mu_seat *seat;
    struct mu_claim claim[MU_RECIPIENTS_MAX];
    size_t claims;
    unsigned handed; /* legs that a case took                                                */
    unsigned late;   /* and that nobody took                                                 */
};

/* Claim the token in a mailbox or the like, once; nothing happens when there is none. */
bool mu_delivery_claim(struct mu_delivery *d, struct mu_bytes where,
                       struct mu_err *err) MU_MUST_USE;

/* The same for a whole message: its Message-ID, its header block, and for a bounce, which carries
 * the headers of what it returns, all of it. */
bool mu_delivery_claim_content(struct mu_delivery *d, struct mu_bytes content, bool bounce,
                               struct mu_err *err) MU_MUST_USE;

/* Give the leg to every case that was found; what nobody takes becomes evidence (received octets,
 * transcript) and a late record. Claims are used up. */
bool mu_delivery_hand_over(struct mu_delivery *d, const struct mu_leg *leg,
                           struct mu_err *err) MU_MUST_USE;

/* Drop the claims of a message that did not come. */
void mu_delivery_forget(struct mu_delivery *d);

#endif
