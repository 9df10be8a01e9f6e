/* Replies: reading them strictly, and what they mean in our closed vocabularies. */
#include <stdio.h>

#include "net/tls.h"
#include "proto/smtp.h"

static bool digit(char c, char least, char most)
{
    return c >= least && c <= most;
}

/* RFC 5321 4.2: Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ]
 * CRLF. A textstring is HT and printable ASCII; UTF-8 may stand there since RFC 6531 3.7.4. */
static bool reply_line(struct mu_bytes line, int *code, struct mu_bytes *text, bool *last)
{
    if (line.n < 3 || !digit(line.p[0], '2', '5') || !digit(line.p[1], '0', '5')
        || !digit(line.p[2], '0', '9') || (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
        return false;
    for (size_t i = 3; i < line.n; i++)
        if (((unsigned char) line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
            return false;
    *code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0');
    *text = mu_bytes_from(line, 4);
    *last = line.n == 3 || line.p[3] == ' ';
    return true;
}

static bool number(struct mu_bytes text, size_t *at, size_t most, int *value)
{
    size_t from = *at;
    int v = 0;
    while (*at < text.n && *at - from < most && digit(text.p[*at], '0', '9'))
        v = v * 10 + (text.p[(*at)++] - '0');
    *value = v;
    return *at > from;
}

/* RFC 3463 2: class "." subject "." detail; the class must agree with the code (RFC 2034 4). */
static void read_status(struct mu_smtp_reply *reply)
{
    struct mu_bytes text = reply->line[reply->lines - 1];
    int s[3];
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (!number(text, &at, i == 0 ? 1 : 3, &s[i])
            || (i < 2 && (at >= text.n || text.p[at++] != '.')))
            return;
    }
    if ((at < text.n && text.p[at] != ' ') || s[0] != reply->code / 100)
        return;
    memcpy(reply->status, s, sizeof s);
}

bool mu_smtp_read_reply(struct mu_stream *s, struct mu_transcript *said,
                        struct mu_smtp_reply *reply, struct mu_err *err)
{
    struct mu_bytes *text = NULL;
    struct mu_smtp_reply r = { .code = 0 };
    size_t room = 0;
    for (bool last = false; !last;) {
        struct mu_bytes line;
        int code;
        TRY(mu_stream_line(s, &line, err));
        mu_transcript_add(said, MU_RECEIVED, !s->tls_began, line);
        if (r.lines == MU_REPLY_LINES_MAX)
            return mu_fail(err, MU_ERR_PEER, "peer sent a reply of more than %d lines",
                           MU_REPLY_LINES_MAX);
        if (r.lines == room) {
            room = room == 0 ? 8 : room * 2;
            struct mu_bytes *more = mu_arena_array(s->arena, room, sizeof *more);
            if (r.lines > 0)
                memcpy(more, text, r.lines * sizeof *more);
            text = more;
        }
        if (!reply_line(line, &code, &text[r.lines], &last))
            return mu_fail(err, MU_ERR_PEER, "not a reply line: '%.*s'",
                           (int) (line.n < 100 ? line.n : 100), line.p);
        if (r.lines++ > 0 && code != r.code)
            return mu_fail(err, MU_ERR_PEER, "lines of one reply say %d and %d", r.code, code);
        r.code = code;
    }
    r.line = text;
    read_status(&r);
    *reply = r;
    return true;
}

/* First row that matches decides; 0 matches anything. core/observation.h says what they mean. */
static const struct {
    int code, subject, detail;
    enum mu_class class;
} meaning[] = {
    { 530, 0, 0, MU_CLASS_AUTHENTICATION },
    { 534, 0, 0, MU_CLASS_AUTHENTICATION },
    { 535, 0, 0, MU_CLASS_AUTHENTICATION },
    { 538, 0, 0, MU_CLASS_AUTHENTICATION },
    { 552, 0, 0, MU_CLASS_SIZE },
    { 0, 3, 4, MU_CLASS_SIZE },
    { 0, 2, 3, MU_CLASS_SIZE },
    { 0, 7, 8, MU_CLASS_AUTHENTICATION },
    { 0, 7, 0, MU_CLASS_POLICY },
    { 0, 6, 0, MU_CLASS_CONTENT },
    { 0, 1, 0, MU_CLASS_ADDRESS },
    { 0, 5, 0, MU_CLASS_PROTOCOL },
    { 500, 0, 0, MU_CLASS_PROTOCOL },
    { 501, 0, 0, MU_CLASS_PROTOCOL },
    { 502, 0, 0, MU_CLASS_PROTOCOL },
    { 503, 0, 0, MU_CLASS_PROTOCOL },
    { 504, 0, 0, MU_CLASS_PROTOCOL },
    { 555, 0, 0, MU_CLASS_PROTOCOL },
    { 553, 0, 0, MU_CLASS_ADDRESS },
};

enum mu_class mu_smtp_classify(const struct mu_smtp_reply *reply)
{
    for (size_t i = 0; i < MU_COUNT(meaning); i++)
        if ((meaning[i].code == 0 || meaning[i].code == reply->code)
            && (meaning[i].subject == 0 || meaning[i].subject == reply->status[1])
            && (meaning[i].detail == 0 || meaning[i].detail == reply->status[2]))
            return meaning[i].class;
    return reply->code / 100 == 4 ? MU_CLASS_TEMPORARY : MU_CLASS_OTHER;
}

bool mu_smtp_observe_failure(const struct mu_stream *s, enum mu_stage stage,
                             const struct mu_err *err, struct mu_observation *seen)
{
    static const struct {
        enum mu_err_code code;
        enum mu_outcome outcome;
        enum mu_class class;
    } row[] = {
        { MU_ERR_DEADLINE, MU_OUTCOME_SILENT, MU_CLASS_NONE },
        { MU_ERR_CLOSED, MU_OUTCOME_CLOSED, MU_CLASS_NONE },
        { MU_ERR_PEER, MU_OUTCOME_CLOSED, MU_CLASS_PROTOCOL },
        { MU_ERR_TLS, MU_OUTCOME_CLOSED, MU_CLASS_PROTOCOL },
    };
    size_t i = 0;
    while (i < MU_COUNT(row) && row[i].code != err->code)
        i++;
    if (i == MU_COUNT(row))
        return false;
    *seen = (struct mu_observation){ row[i].outcome, stage, row[i].class, 0, "" };
    snprintf(seen->native, sizeof seen->native, "%s", err->msg);

    /* Inside the handshake, or before the first octet that proves what a TLS 1.3 server thinks of
     * our certificate, the failure belongs to TLS; an alert does wherever it comes. */
    bool undecided = s->tls.used && s->protected_octets == 0 && !s->tls.server
                     && s->tls.certificate_request && err->code == MU_ERR_CLOSED;
    if (s->tls.used && (!s->tls.complete || undecided || err->code == MU_ERR_TLS))
        mu_tls_observe(&s->tls, err, seen);
    return true;
}
