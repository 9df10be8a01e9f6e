#include "proto/sap_tls.h"

#include "base/file.h"
#include "net/dial.h"
#include "net/tls_control.h"

bool mu_sap_tls_prepare(struct mu_arena *arena, const char *pki, bool server, struct mu_tls **tls,
                        struct mu_err *err)
{
    const struct mu_identity identity = {
        .certificate = mu_file_join(arena, pki, "harness.chain.pem"),
        .key = mu_file_join(arena, pki, "harness.key"),
    };
    return mu_control_new(arena, &identity, mu_file_join(arena, pki, "ca.pem"), server, tls, err);
}

bool mu_sap_tls_open(struct mu_arena *arena, const struct mu_sap_opening *opening,
                     uint64_t deadline_ms, struct mu_stream **stream, struct mu_err *err)
{
    struct mu_stream *s = mu_stream_new(arena, opening->in, deadline_ms);
    if (opening->way == MU_SAP_DIAL)
        TRY(mu_dial_finish(opening->in, deadline_ms, err));
    TRY(mu_control_start(s, opening->tls, opening->peer, err));
    *stream = s;
    return true;
}
