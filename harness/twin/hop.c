#include "twin/hop.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/dial.h"
#include "net/stream.h"
#include "net/tls.h"
#include "proto/smtp.h"

/* TLS 1.3 only, and what a sin makes of it. The name of SMTP in ALPN is our own: IANA has none. */
static struct mu_tls_profile *profile_of(struct mu_arena *arena, const struct mu_sin_tls *t)
{
    struct mu_tls_profile *p = mu_new(arena, struct mu_tls_profile);
    *p = (struct mu_tls_profile){
        .id = "twin",
        .min_version = t->min_version != 0 ? t->min_version : 0x0304,
        .max_version = 0x0304,
        .suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
        .ciphers = t->ciphers,
        .weak = t->ciphers != NULL,
        .groups = t->groups != NULL ? t->groups : "P-256:X25519:P-384",
        .client_certificate = true,
        .tickets = t->tickets,
        .alpn = t->alpn == NULL      ? "smtp"
                : t->alpn[0] != '\0' ? t->alpn
                                     : NULL,
        .session_life_s = t->session_life_s != 0 ? t->session_life_s : 172800,
    };
    return p;
}

bool mu_twin_tls(struct mu_arena *arena, const struct mu_twin_trust *trust, bool server,
                 const struct mu_sin *sin, struct mu_tls **tls, struct mu_err *err)
{
    static const struct mu_sin_tls as_it_should;
    const struct mu_sin_tls *t =
        sin != NULL && sin->tls.server == server ? &sin->tls : &as_it_should;
    const char *name = t->identity != NULL ? t->identity : trust->identity;
    struct mu_tls_need need = {
        .profile = profile_of(arena, t),
        .anchors = mu_file_join(arena, trust->pki, "ca.pem"),
        .crl = mu_file_join(arena, trust->pki, "crl.pem"),
        .server = server,
        .ask = server,
        .demand = server && !t->not_demanded,
        .defective = t->identity != NULL,
        .lax = t->lax,
    };
    if (strcmp(name, "none") != 0)
        need.identity = (struct mu_identity){
            .certificate = mu_arena_printf(arena, "%s/%s.chain.pem", trust->pki, name),
            .key = mu_arena_printf(arena, "%s/%s.key", trust->pki, name),
        };
    return mu_tls_new_strict(arena, &need, tls, err);
}

bool mu_hop_deliver(struct mu_arena *arena, const struct mu_hop *hop,
                    const struct mu_submission *submission, struct mu_observation *seen, bool *dsn,
                    struct mu_err *err)
{
    int fd;
    uint64_t deadline = mu_clock_ms() + MU_CASE_MS;
    TRY(mu_dial_start(&hop->address, &fd, err));
    struct mu_stream *stream = mu_stream_new(arena, fd, deadline);
    stream->operation_ms = MU_OPERATION_MS;
    TRY(mu_dial_finish(fd, deadline, err));
    mu_stream_pace(stream);

    struct mu_transcript log = { .arena = arena, .zero_ms = mu_clock_ms() };
    struct mu_endpoint endpoint = { .carrier = "smtp",
                                    .address = hop->address,
                                    .tls_name = hop->tls_name,
                                    .tls = MU_TLS_STARTTLS };
    struct mu_opening opening = { .endpoint = &endpoint,
                                  .fd = fd,
                                  .tls = hop->tls,
                                  .skip_starttls = mu_sin_is(hop->sin, MU_SIN_NEVER_TLS),
                                  .helo_after_tls = mu_sin_is(hop->sin, MU_SIN_HELO_AFTER_TLS),
                                  .helo = "twin.muster.test" };
    struct mu_smtp_client client = { .stream = stream, .said = &log, .helo = opening.helo };
    *seen = (struct mu_observation){ 0 };
    TRY(mu_smtp_open(&client, &opening, NULL, seen, err));
    if (mu_sin_is(hop->sin, MU_SIN_FALL_BACK) && seen->outcome != MU_OUTCOME_NONE
        && !stream->tls_began) {
        client.alive = true;
        seen->outcome = MU_OUTCOME_NONE;
    }
    struct mu_submission said = *submission;
    bool takes = (client.offers & 1u << MU_SMTP_DSN) != 0;
    if (dsn != NULL)
        *dsn = takes;
    if (!takes)
        said.ret = said.envid = said.notify = NULL;
    if (seen->outcome == MU_OUTCOME_NONE)
        TRY(mu_smtp_send(&client, &said, seen, err));
    mu_smtp_quit(&client);
    return true;
}
