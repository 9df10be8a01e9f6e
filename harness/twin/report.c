#include "twin/report.h"

#include <string.h>

#include "format/mail.h"

/* The value of `keyword=` among parameters; NULL: not said. */
static const char *parameter(struct mu_arena *arena, struct mu_bytes said, const char *keyword)
{
    size_t n = strlen(keyword);
    for (size_t at = 0; at < said.n;) {
        size_t space = mu_bytes_find(said, MU_BYTES(" "), at);
        size_t end = space < said.n ? space : said.n;
        struct mu_bytes word = mu_bytes_slice(said, at, end - at);
        if (word.n > n && word.p[n] == '='
            && mu_bytes_equal_nocase(mu_bytes_slice(word, 0, n), mu_bytes_of(keyword)))
            return mu_bytes_dup(arena, mu_bytes_from(word, n + 1));
        at = end + 1;
    }
    return NULL;
}

static bool has_word(const char *list, const char *word)
{
    struct mu_bytes rest = mu_bytes_of(list != NULL ? list : "");
    for (size_t at = 0; at < rest.n;) {
        size_t comma = mu_bytes_find(rest, MU_BYTES(","), at);
        size_t end = comma < rest.n ? comma : rest.n;
        if (mu_bytes_equal_nocase(mu_bytes_slice(rest, at, end - at), mu_bytes_of(word)))
            return true;
        at = end + 1;
    }
    return false;
}

void mu_report_read(struct mu_arena *arena, const struct mu_envelope *envelope,
                    struct mu_report_wish *wish)
{
    bool said = envelope->tos > 0 && envelope->to_parameters != NULL;
    *wish = (struct mu_report_wish){
        .ret = parameter(arena, envelope->from_parameters, "RET"),
        .envid = parameter(arena, envelope->from_parameters, "ENVID"),
        .notify = said ? parameter(arena, envelope->to_parameters[0], "NOTIFY") : NULL,
    };
    wish->never = has_word(wish->notify, "NEVER");
    wish->failure = has_word(wish->notify, "FAILURE");
    wish->relay = has_word(wish->notify, "SUCCESS");
}

#define BOUNDARY "=_twin_report"
#define NEXT     "\r\n--" BOUNDARY "\r\nContent-Type: "

struct mu_bytes mu_report_write(struct mu_arena *arena, struct mu_bytes message,
                                const struct mu_report_wish *wish, const char *return_path,
                                const char *recipient, const char *action, const char *status)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    const struct mu_header *id = mu_header_find(&mail->top, "message-id");
    bool failed = strcmp(action, "failed") == 0;
    bool full = failed && wish->ret != NULL && strcmp(wish->ret, "FULL") == 0;
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out,
                  "From: <postmaster@twin.muster.test>\r\nTo: <%s>\r\n"
                  "Message-ID: <report.%zu.%s>\r\nSubject: Delivery report: %s\r\nDate: Mon, 23 "
                  "Nov 2026 10:15:00 +0000\r\n"
                  "MIME-Version: 1.0\r\nContent-Type: multipart/report;\r\n"
                  " report-type=delivery-status; boundary=\"" BOUNDARY "\"\r\n",
                  return_path, message.n, return_path, action);
    mu_buf_printf(&out,
                  NEXT "text/plain\r\n\r\nYour message to <%s>: %s.\r\nMessage-ID: ", recipient,
                  action);
    if (id != NULL)
        mu_buf_put_bytes(&out, id->value);
    mu_buf_puts(&out, "\r\n" NEXT "message/delivery-status\r\n\r\n");
    if (wish->envid != NULL)
        mu_buf_printf(&out, "Original-Envelope-Id: %s\r\n", wish->envid);
    mu_buf_printf(&out,
                  "Reporting-MTA: dns; twin.muster.test\r\n\r\nFinal-Recipient: rfc822; %s\r\n"
                  "Action: %s\r\nStatus: %s\r\n",
                  recipient, action, status);
    mu_buf_printf(&out, NEXT "%s\r\n\r\n", full ? "message/rfc822" : "text/rfc822-headers");
    mu_buf_put_bytes(&out, full ? message : mu_bytes_slice(message, 0, mail->top.body_offset));
    mu_buf_puts(&out, "\r\n--" BOUNDARY "--\r\n");
    return mu_buf_bytes(&out);
}
