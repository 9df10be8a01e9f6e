#include "proto/delivery.h"

#include <assert.h>
#include <stdio.h>

#include "base/file.h"
#include "core/transcript.h"

bool mu_delivery_claim(struct mu_delivery *d, struct mu_bytes where, struct mu_err *err)
{
    struct mu_token token;
    struct mu_claim fresh = { .fd = -1 };
    if (!mu_token_find(d->seat->run_key, where, &token))
        return true;
    mu_token_write(d->seat->run_key, token, fresh.token);
    for (size_t i = 0; i < d->claims; i++)
        if (strcmp(d->claim[i].token, fresh.token) == 0)
            return true;
    if (d->claims == MU_RECIPIENTS_MAX)
        return true;
    TRY(mu_seat_claim(d->seat, fresh.token, &fresh.fd, err));
    d->claim[d->claims++] = fresh;
    return true;
}

/* Up to and without the empty line, whichever line ends the message uses. */
static struct mu_bytes header_block(struct mu_bytes content)
{
    size_t crlf = mu_bytes_find(content, MU_BYTES("\r\n\r\n"), 0);
    size_t lf = mu_bytes_find(content, MU_BYTES("\n\n"), 0);
    size_t end = crlf < lf ? crlf : lf;
    end = end < MU_HEADER_BLOCK_MAX ? end : MU_HEADER_BLOCK_MAX;
    return mu_bytes_slice(content, 0, end);
}

/* The field that begins at `at` with its continuation lines; *next is where the next one begins. */
static struct mu_bytes field_at(struct mu_bytes header, size_t at, size_t *next)
{
    size_t end = at;
    do {
        size_t lf = mu_bytes_find(header, MU_BYTES("\n"), end);
        end = lf == SIZE_MAX ? header.n : lf + 1;
    } while (end < header.n && (header.p[end] == ' ' || header.p[end] == '\t'));
    *next = end;
    return mu_bytes_slice(header, at, end - at);
}

bool mu_delivery_claim_content(struct mu_delivery *d, struct mu_bytes content, bool bounce,
                               struct mu_err *err)
{
    struct mu_bytes header = header_block(content);
    for (size_t at = 0, next; at < header.n && d->claims == 0; at = next) {
        struct mu_bytes field = field_at(header, at, &next);
        if (mu_bytes_start_nocase(field, MU_BYTES("message-id:")))
            TRY(mu_delivery_claim(d, field, err));
    }
    if (d->claims == 0)
        TRY(mu_delivery_claim(d, header, err));
    if (d->claims == 0 && bounce)
        TRY(mu_delivery_claim(d, content, err));
    return true;
}

static bool report_late(struct mu_delivery *d, const struct mu_leg *leg, const char *token,
                        struct mu_err *err)
{
    struct mu_buf said = { .arena = d->seat->arena }, envelope = { .arena = d->seat->arena };
    unsigned number = ++d->late;
    mu_transcript_write(&said, leg->said, leg->says);
    TRY(mu_seat_evidence(d->seat, MU_EVIDENCE_TRANSCRIPT, number, mu_buf_bytes(&said), err));
    if (leg->has_message)
        TRY(mu_seat_evidence(d->seat, MU_EVIDENCE_RECEIVED, number, leg->message, err));
    mu_buf_printf(&envelope, "MAIL FROM:<%.*s>", (int) leg->envelope.from.n, leg->envelope.from.p);
    for (size_t i = 0; i < leg->envelope.tos; i++)
        mu_buf_printf(&envelope, " RCPT TO:<%.*s>", (int) leg->envelope.to[i].n,
                      leg->envelope.to[i].p);
    struct mu_record record = { .type = MU_RECORD_LATE,
                                .number = number,
                                .octets = (int64_t) leg->message.n };
    mu_record_put(&record, token);
    mu_record_put(&record, leg->envelope.from.p != NULL ? mu_buf_text(&envelope) : leg->carrier);
    mu_seat_send(d->seat, &record);
    return true;
}

bool mu_delivery_hand_over(struct mu_delivery *d, const struct mu_leg *leg, struct mu_err *err)
{
    bool taken = false;
    for (size_t i = 0; i < d->claims; i++) {
        struct mu_parcel parcel = { .leg = *leg };
        struct mu_err gone;
        if (d->claim[i].fd < 0)
            continue;
        snprintf(parcel.token, sizeof parcel.token, "%s", d->claim[i].token);
        parcel.seen =
            (struct mu_observation){ .outcome = MU_OUTCOME_DELIVERED, .stage = MU_STAGE_LATER };
        if (mu_seat_hand_over(d->seat, d->claim[i].fd, &parcel, &gone)) {
            taken = true;
            d->handed++;
        } else if (gone.code != MU_ERR_CLOSED) {
            *err = gone;
            return false;
        }
    }
    if (!taken)
        TRY(report_late(d, leg, d->claims > 0 ? d->claim[0].token : "", err));
    mu_delivery_forget(d);
    return true;
}

void mu_delivery_forget(struct mu_delivery *d)
{
    for (size_t i = 0; i < d->claims; i++)
        mu_fd_close(&d->claim[i].fd);
    d->claims = 0;
}
