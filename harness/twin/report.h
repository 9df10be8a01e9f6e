/* report.h - what the twin tells a sender of his mail: delivery reports, RFC 3461, 3462 and 3464. */
#ifndef MU_TWIN_REPORT_H
#define MU_TWIN_REPORT_H

#include "core/facts.h"

/* What a client asked of reports at MAIL and RCPT; RFC 3461 4. */
struct mu_report_wish {
    const char *ret, *envid;    /* NULL: not said             */
    const char *notify;         /* of the first recipient     */
    bool never, failure, relay; /* failure: asked for by name */
};

void mu_report_read(struct mu_arena *arena, const struct mu_envelope *envelope,
                    struct mu_report_wish *wish);

/* A multipart/report about `message`: "failed" with "5.7.1", or "relayed" with "2.0.0". The whole
 * message comes back with RET=FULL and a failure, else its header alone. */
struct mu_bytes mu_report_write(struct mu_arena *arena, struct mu_bytes message,
                                const struct mu_report_wish *wish, const char *return_path,
                                const char *recipient, const char *action, const char *status);

#endif
