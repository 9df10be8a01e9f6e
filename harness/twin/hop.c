#include "twin/hop.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/dial.h"
#include "net/stream.h"
#include "proto/smtp.h"

const struct mu_tls_profile *mu_twin_tls_profile(void)
{
    static const struct mu_tls_profile profile = {
        .id = "twin",
        .min_version = 0x0304,
        .max_version = 0x0304,
        .suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
        .groups = "P-256:X25519:P-384",
        .client_certificate = true,
        .session_life_s = 172800,
    };
    return &profile;
}

bool mu_hop_deliver(struct mu_arena *arena, const struct mu_hop *hop,
                    const struct mu_submission *submission, struct mu_observation *seen,
                    struct mu_err *err)
{
    int fd;
    uint64_t deadline = mu_clock_ms() + MU_CASE_MS;
    TRY(mu_dial_start(&hop->address, &fd, err));
    struct mu_stream *stream = mu_stream_new(arena, fd, deadline);
    stream->operation_ms = MU_OPERATION_MS;
    TRY(mu_dial_finish(fd, deadline, err));
    mu_stream_pace(stream);

    struct mu_transcript said = { .arena = arena, .zero_ms = mu_clock_ms() };
    struct mu_endpoint endpoint = { .carrier = "smtp",
                                    .address = hop->address,
                                    .tls_name = hop->tls_name,
                                    .tls = MU_TLS_STARTTLS };
    struct mu_opening opening = {
        .endpoint = &endpoint, .fd = fd, .tls = hop->tls, .helo = "twin.muster.test"
    };
    struct mu_smtp_client client = { .stream = stream, .said = &said, .helo = opening.helo };
    *seen = (struct mu_observation){ 0 };
    TRY(mu_smtp_open(&client, &opening, NULL, seen, err));
    if (seen->outcome == MU_OUTCOME_NONE)
        TRY(mu_smtp_send(&client, submission, seen, err));
    mu_smtp_quit(&client);
    return true;
}
