/* Alerts (RFC 8446 6.2 and the IANA registry): names, and what they mean as an observation. */
#include <assert.h>
#include <stdio.h>

#include "net/tls.h"

static const struct {
    int number;
    const char *name;
    bool certificate;
    enum mu_class class;
} alert[] = {
    { 10, "unexpected_message", false, MU_CLASS_PROTOCOL },
    { 20, "bad_record_mac", false, MU_CLASS_PROTOCOL },
    { 21, "decryption_failed", false, MU_CLASS_PROTOCOL },
    { 22, "record_overflow", false, MU_CLASS_PROTOCOL },
    { 30, "decompression_failure", false, MU_CLASS_PROTOCOL },
    { 40, "handshake_failure", false, MU_CLASS_PROTOCOL },
    { 41, "no_certificate", true, MU_CLASS_AUTHENTICATION },
    { 42, "bad_certificate", true, MU_CLASS_AUTHENTICATION },
    { 43, "unsupported_certificate", true, MU_CLASS_AUTHENTICATION },
    { 44, "certificate_revoked", true, MU_CLASS_AUTHENTICATION },
    { 45, "certificate_expired", true, MU_CLASS_AUTHENTICATION },
    { 46, "certificate_unknown", true, MU_CLASS_AUTHENTICATION },
    { 47, "illegal_parameter", false, MU_CLASS_PROTOCOL },
    { 48, "unknown_ca", true, MU_CLASS_AUTHENTICATION },
    { 49, "access_denied", true, MU_CLASS_AUTHENTICATION },
    { 50, "decode_error", false, MU_CLASS_PROTOCOL },
    { 51, "decrypt_error", false, MU_CLASS_PROTOCOL },
    { 70, "protocol_version", false, MU_CLASS_PROTOCOL },
    { 71, "insufficient_security", false, MU_CLASS_PROTOCOL },
    { 80, "internal_error", false, MU_CLASS_OTHER },
    { 86, "inappropriate_fallback", false, MU_CLASS_PROTOCOL },
    { 90, "user_canceled", false, MU_CLASS_OTHER },
    { 100, "no_renegotiation", false, MU_CLASS_PROTOCOL },
    { 109, "missing_extension", false, MU_CLASS_PROTOCOL },
    { 110, "unsupported_extension", false, MU_CLASS_PROTOCOL },
    { 111, "certificate_unobtainable", true, MU_CLASS_AUTHENTICATION },
    { 112, "unrecognized_name", false, MU_CLASS_PROTOCOL },
    { 113, "bad_certificate_status_response", true, MU_CLASS_AUTHENTICATION },
    { 115, "unknown_psk_identity", false, MU_CLASS_AUTHENTICATION },
    { 116, "certificate_required", true, MU_CLASS_AUTHENTICATION },
    { 120, "no_application_protocol", false, MU_CLASS_PROTOCOL },
};

static size_t find(int number)
{
    size_t i = 0;
    while (i < MU_COUNT(alert) && alert[i].number != number)
        i++;
    return i;
}

bool mu_tls_alert_is_certificate(int number)
{
    size_t i = find(number);
    return i < MU_COUNT(alert) && alert[i].certificate;
}

const char *mu_tls_alert_name(int number)
{
    size_t i = find(number);
    return i < MU_COUNT(alert) ? alert[i].name : "unassigned";
}

void mu_tls_observe(const struct mu_tls_facts *facts, const struct mu_err *err,
                    struct mu_observation *seen)
{
    size_t i = find(facts->alert);
    /* TLS 1.2 has no alert for a client without certificate: servers say handshake_failure. */
    bool certificate = mu_tls_alert_is_certificate(facts->alert)
                       || (facts->alert == 40 && !facts->server && facts->certificate_request);
    /* A TLS 1.3 client is done before the server has looked at its certificate. */
    bool peer_auth =
        certificate || (facts->complete && !facts->server && facts->certificate_request);
    seen->stage = peer_auth ? MU_STAGE_PEER_AUTH : MU_STAGE_TLS;
    if (err->code == MU_ERR_DEADLINE) {
        seen->outcome = MU_OUTCOME_SILENT;
        seen->class = MU_CLASS_NONE;
    } else if (facts->alert != 0) {
        seen->outcome = MU_OUTCOME_REFUSED;
        seen->class = certificate           ? MU_CLASS_AUTHENTICATION
                      : i < MU_COUNT(alert) ? alert[i].class
                                            : MU_CLASS_OTHER;
        snprintf(seen->native, sizeof seen->native, "alert %d %s", facts->alert,
                 mu_tls_alert_name(facts->alert));
        return;
    } else {
        seen->outcome = MU_OUTCOME_CLOSED;
        seen->class = err->code == MU_ERR_CLOSED ? MU_CLASS_NONE : MU_CLASS_PROTOCOL;
    }
    snprintf(seen->native, sizeof seen->native, "%s", err->msg);
}
