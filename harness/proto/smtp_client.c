#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "core/end_of_data.h"
#include "net/tls.h"
#include "proto/smtp.h"

/* Unknown to every server: when it was injected and obeyed, its 500 cannot be taken for the reply
 * to EHLO (RFC 3207 5). */
#define INJECTED "XMUSTER injected before TLS"

static const char *const keyword[MU_SMTP_EXTENSIONS] = {
    [MU_SMTP_PIPELINING] = "PIPELINING",
    [MU_SMTP_SIZE] = "SIZE",
    [MU_SMTP_STARTTLS] = "STARTTLS",
    [MU_SMTP_ENHANCEDSTATUSCODES] = "ENHANCEDSTATUSCODES",
    [MU_SMTP_8BITMIME] = "8BITMIME",
    [MU_SMTP_SMTPUTF8] = "SMTPUTF8",
    [MU_SMTP_DSN] = "DSN",
};

const char *mu_smtp_keyword(enum mu_smtp_extension extension)
{
    return keyword[extension];
}

static bool offers(const struct mu_smtp_client *c, enum mu_smtp_extension extension)
{
    return (c->offers & 1u << extension) != 0;
}

static bool put(struct mu_smtp_client *c, const char *command, struct mu_err *err)
{
    mu_transcript_add(c->said, MU_SENT, !c->stream->tls_began, mu_bytes_of(command));
    TRY(mu_stream_put(c->stream, mu_bytes_of(command), err));
    return mu_stream_put(c->stream, MU_BYTES("\r\n"), err);
}

static bool listen_for(struct mu_smtp_client *c, struct mu_smtp_reply *reply, struct mu_err *err)
{
    mu_stream_pace(c->stream);
    return mu_smtp_read_reply(c->stream, c->said, reply, err);
}

static bool talk(struct mu_smtp_client *c, const char *command, struct mu_smtp_reply *reply,
                 struct mu_err *err)
{
    TRY(put(c, command, err));
    return listen_for(c, reply, err);
}

/* A reply that ends what was tried: a refusal, or a 2yz or 3yz where none belongs. */
static void observe_reply(const struct mu_smtp_reply *reply, enum mu_stage stage,
                          struct mu_observation *seen)
{
    bool refused = reply->code >= 400;
    struct mu_bytes text = reply->line[reply->lines - 1];
    *seen = (struct mu_observation){ .outcome = refused ? MU_OUTCOME_REFUSED : MU_OUTCOME_CLOSED,
                                     .stage = stage,
                                     .class = refused ? mu_smtp_classify(reply) : MU_CLASS_PROTOCOL,
                                     .code = reply->code };
    snprintf(seen->native, sizeof seen->native, "%.*s", (int) (text.n < 250 ? text.n : 250),
             text.p);
}

static void read_offers(struct mu_smtp_client *c, const struct mu_smtp_reply *reply)
{
    c->offers = 0;
    c->size_limit = 0;
    for (size_t i = 1; i < reply->lines; i++) {
        struct mu_bytes line = reply->line[i];
        size_t n = mu_bytes_find(line, MU_BYTES(" "), 0);
        struct mu_bytes word = mu_bytes_slice(line, 0, n);
        for (unsigned k = 0; k < MU_SMTP_EXTENSIONS; k++)
            if (mu_bytes_equal_nocase(word, mu_bytes_of(keyword[k])))
                c->offers |= 1u << k;
        if (!mu_bytes_equal_nocase(word, MU_BYTES("SIZE")))
            continue;
        for (size_t at = word.n + 1; at < line.n && c->size_limit < UINT64_MAX / 100; at++)
            if (line.p[at] >= '0' && line.p[at] <= '9')
                c->size_limit = c->size_limit * 10 + (uint64_t) (line.p[at] - '0');
    }
}

/* Give up the session for the reason in *err, or pass on that the fault is ours. */
static bool over(struct mu_smtp_client *c, enum mu_stage stage, struct mu_observation *seen,
                 const struct mu_err *err)
{
    c->alive = false;
    if (!mu_smtp_observe_failure(c->stream, stage, err, seen))
        return false;
    mu_transcript_note(c->said, MU_RECEIVED, "%s%s", err->msg,
                       c->stream->truncated ? ", without close_notify" : "");
    return true;
}

static bool hello(struct mu_smtp_client *c, struct mu_smtp_reply *reply, struct mu_err *err)
{
    const char *verb[] = { "EHLO", "HELO" };
    for (size_t i = 0; i < MU_COUNT(verb); i++) {
        TRY(talk(c, mu_arena_printf(c->stream->arena, "%s %s", verb[i], c->helo), reply, err));
        if (reply->code / 100 != 5 || reply->code == 554 || c->stream->tls_began)
            break; /* RFC 5321 3.2: HELO is for servers that do not know EHLO */
    }
    if (reply->code == 250)
        read_offers(c, reply);
    return true;
}

static bool secure(struct mu_smtp_client *c, const struct mu_opening *opening, struct mu_buf *keys,
                   struct mu_err *err)
{
    struct mu_tls_start start = { .tls = opening->tls,
                                  .host = opening->endpoint->tls_name,
                                  .keys = keys };
    struct mu_stream *s = c->stream;
    mu_stream_pace(s);
    bool done = mu_stream_start_tls(s, &start, err);
    if (done)
        mu_transcript_note(c->said, MU_SENT, "%s %s, peer's certificate: %s", s->tls.version,
                           s->tls.suite, s->tls.verified != NULL ? s->tls.verified : "none");
    return done;
}

/* STARTTLS and what must follow it. *stands is false when *seen says why not. */
static bool upgrade(struct mu_smtp_client *c, const struct mu_opening *opening, struct mu_buf *keys,
                    struct mu_observation *seen, bool *stands, struct mu_err *err)
{
    struct mu_smtp_reply reply;
    *stands = false;
    if (!offers(c, MU_SMTP_STARTTLS)) {
        *seen = (struct mu_observation){ .outcome = MU_OUTCOME_REFUSED,
                                         .stage = MU_STAGE_SESSION,
                                         .class = MU_CLASS_PROTOCOL,
                                         .native = "STARTTLS is not offered" };
        return true;
    }
    TRY(put(c, "STARTTLS", err));
    if (opening->inject)
        TRY(put(c, INJECTED, err));
    TRY(listen_for(c, &reply, err));
    if (reply.code != 220) {
        observe_reply(&reply, MU_STAGE_SESSION, seen);
        if (reply.status[1] == 7 && reply.status[2] == 0)
            seen->class = MU_CLASS_AUTHENTICATION;
        return true;
    }
    c->offers = 0; /* RFC 3207 4.2: nothing said before TLS counts */
    TRY(secure(c, opening, keys, err));
    if (opening->helo_after_tls)
        TRY(talk(c, mu_arena_printf(c->stream->arena, "HELO %s", c->helo), &reply, err));
    else
        TRY(hello(c, &reply, err));
    *stands = reply.code == 250;
    if (*stands)
        return true;
    observe_reply(&reply, MU_STAGE_SESSION, seen);
    if (opening->inject && reply.code >= 500 && reply.code <= 504) {
        seen->outcome = MU_OUTCOME_ALTERED;
        mu_transcript_note(c->said, MU_RECEIVED, "the command injected before TLS was obeyed");
    }
    return true;
}

static bool open_session(struct mu_smtp_client *c, const struct mu_opening *opening,
                         struct mu_buf *keys, struct mu_observation *seen, struct mu_err *err)
{
    enum mu_tls_mode mode = opening->tls == NULL ? MU_TLS_CLEAR : opening->endpoint->tls;
    struct mu_smtp_reply reply;
    if (mode == MU_TLS_IMPLICIT)
        TRY(secure(c, opening, keys, err));
    TRY(listen_for(c, &reply, err));
    if (reply.code != 220) {
        observe_reply(&reply, MU_STAGE_SESSION, seen);
        return true;
    }
    TRY(hello(c, &reply, err));
    if (reply.code != 250) {
        observe_reply(&reply, MU_STAGE_SESSION, seen);
        return true;
    }
    c->alive = true;
    if (mode == MU_TLS_STARTTLS && !opening->skip_starttls)
        TRY(upgrade(c, opening, keys, seen, &c->alive, err));
    return true;
}

bool mu_smtp_open(struct mu_smtp_client *c, const struct mu_opening *opening, struct mu_buf *keys,
                  struct mu_observation *seen, struct mu_err *err)
{
    *seen = (struct mu_observation){ .outcome = MU_OUTCOME_NONE };
    c->helo = opening->helo;
    return open_session(c, opening, keys, seen, err) || over(c, MU_STAGE_SESSION, seen, err);
}

static bool has_8bit(struct mu_bytes content)
{
    for (size_t i = 0; i < content.n; i++)
        if ((unsigned char) content.p[i] >= 0x80)
            return true;
    return false;
}

static const char *mail_command(struct mu_smtp_client *c, const struct mu_submission *m)
{
    struct mu_buf out = { .arena = c->stream->arena };
    mu_buf_printf(&out, "MAIL FROM:<%s>", m->from);
    if (offers(c, MU_SMTP_SIZE))
        mu_buf_printf(&out, " SIZE=%zu", m->content.n);
    if (offers(c, MU_SMTP_8BITMIME) && !m->no_8bitmime && has_8bit(m->content))
        mu_buf_puts(&out, " BODY=8BITMIME");
    if (m->smtputf8)
        mu_buf_puts(&out, " SMTPUTF8");
    if (m->ret != NULL)
        mu_buf_printf(&out, " RET=%s", m->ret);
    if (m->envid != NULL)
        mu_buf_printf(&out, " ENVID=%s", m->envid);
    return mu_buf_text(&out);
}

static const char *rcpt_command(struct mu_smtp_client *c, const struct mu_submission *m, size_t i)
{
    if (m->notify == NULL)
        return mu_arena_printf(c->stream->arena, "RCPT TO:<%s>", m->to[i]);
    return mu_arena_printf(c->stream->arena, "RCPT TO:<%s> NOTIFY=%s", m->to[i], m->notify);
}

/* Where the envelope stands: the first refusal of MAIL, or of RCPT while nobody was taken. */
struct progress {
    enum mu_stage stage;
    size_t taken; /* recipients                                                            */
    bool mail;    /* MAIL was taken                                                        */
    bool go;      /* 354 was said                                                          */
    bool refused;
    struct mu_smtp_reply refusal;
};

static void note_reply(struct progress *p, bool ok, const struct mu_smtp_reply *reply)
{
    if (!ok && !p->refused) {
        p->refused = true;
        p->refusal = *reply;
    }
}

/* RFC 2920: MAIL, RCPT and DATA leave in one write where the peer offers it; otherwise each waits for
 * its reply, and nothing more is said after a refusal. */
static bool envelope(struct mu_smtp_client *c, const struct mu_submission *m, struct progress *p,
                     struct mu_err *err)
{
    bool together = offers(c, MU_SMTP_PIPELINING);
    struct mu_smtp_reply reply;
    p->stage = MU_STAGE_ENVELOPE;
    TRY(put(c, mail_command(c, m), err));
    for (size_t i = 0; together && i < m->tos; i++)
        TRY(put(c, rcpt_command(c, m, i), err));
    if (together)
        TRY(put(c, "DATA", err));

    c->dirty = true;
    TRY(listen_for(c, &reply, err));
    p->mail = reply.code / 100 == 2;
    note_reply(p, p->mail, &reply);
    for (size_t i = 0; i < m->tos && (p->mail || together); i++) {
        if (!together)
            TRY(put(c, rcpt_command(c, m, i), err));
        TRY(listen_for(c, &reply, err));
        p->taken += reply.code / 100 == 2;
        note_reply(p, reply.code / 100 == 2, &reply);
    }
    if (!together && (!p->mail || p->taken == 0))
        return true;
    if (p->mail && p->taken > 0)
        p->stage = MU_STAGE_CONTENT;
    if (!together)
        TRY(put(c, "DATA", err));
    TRY(listen_for(c, &reply, err));
    p->go = reply.code == 354;
    if (p->mail && p->taken > 0)
        p->refused = false; /* one recipient is enough */
    note_reply(p, p->go, &reply);
    return true;
}

static bool put_end(struct mu_smtp_client *c, const struct mu_submission *m, struct mu_err *err)
{
    struct mu_bytes text = m->content;
    /* RFC 5321 4.1.1.4: the CRLF of the last line is the first of the end of data. */
    bool ended = text.n == 0 || (text.n >= 2 && memcmp(text.p + text.n - 2, "\r\n", 2) == 0);
    return mu_stream_put(c->stream, mu_bytes_of(ended ? ".\r\n" : "\r\n.\r\n"), err);
}

/* The content up to the false end, which brings the end of its last line along, and a transaction. To
 * whoever reads RFC 5321 all of it is one content, ended by the CRLF.CRLF behind the second. */
static bool put_smuggled(struct mu_smtp_client *c, const struct mu_submission *m,
                         struct mu_err *err)
{
    struct mu_bytes first = m->content, end;
    bool known = mu_end_of_data(m->end, &end);
    assert(known);
    if (first.n >= 2 && memcmp(first.p + first.n - 2, "\r\n", 2) == 0)
        first.n -= 2;
    TRY(mu_stream_put_content(c->stream, first, err));
    TRY(mu_stream_put(c->stream, end, err));
    mu_transcript_note(c->said, MU_SENT, "content goes on behind %s with a second transaction",
                       m->end);
    const char *commands =
        mu_arena_printf(c->stream->arena, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n",
                        m->smuggled->from, m->smuggled->to[0]);
    TRY(mu_stream_put(c->stream, mu_bytes_of(commands), err));
    return mu_stream_put_content(c->stream, m->smuggled->content, err)
           && put_end(c, m->smuggled, err);
}

static bool put_content(struct mu_smtp_client *c, const struct mu_submission *m, struct mu_err *err)
{
    if (m->end != NULL)
        return put_smuggled(c, m, err);
    return mu_stream_put_content(c->stream, m->content, err) && put_end(c, m, err);
}

/* Who took the false end for the end has more to say than the one reply to the content: all of it has
 * come before the reply to QUIT. */
static bool count_replies(struct mu_smtp_client *c, struct mu_observation *seen, struct mu_err *err)
{
    struct mu_smtp_reply reply;
    c->alive = false;
    TRY(talk(c, "QUIT", &reply, err));
    for (unsigned i = 0; i < MU_SMTP_ERRORS_MAX && reply.code != 221 && reply.code != 421; i++) {
        observe_reply(&reply, MU_STAGE_AFTER_CONTENT, seen);
        seen->outcome = MU_OUTCOME_ALTERED;
        mu_transcript_note(c->said, MU_RECEIVED, "that was a reply to what was content");
        TRY(listen_for(c, &reply, err));
    }
    return true;
}

static bool content(struct mu_smtp_client *c, const struct mu_submission *m,
                    struct mu_smtp_reply *reply, struct mu_err *err)
{
    mu_transcript_note(c->said, MU_SENT, "%zu octets of content", m->content.n);
    mu_stream_pace(c->stream);
    bool sent = put_content(c, m, err) && mu_stream_flush(c->stream, err);
    /* A peer that hangs up in the middle may have said why. */
    if (!sent && err->code != MU_ERR_CLOSED)
        return false;
    struct mu_err second;
    if (listen_for(c, reply, sent ? err : &second))
        return true;
    if (!sent && second.code == MU_ERR_TLS)
        *err = second;
    return false;
}

static bool reset(struct mu_smtp_client *c, struct mu_observation *seen, struct mu_err *err)
{
    struct mu_smtp_reply reply;
    if (!c->dirty)
        return true;
    TRY(talk(c, "RSET", &reply, err));
    c->dirty = false;
    if (reply.code == 250)
        return true;
    c->alive = false;
    observe_reply(&reply, MU_STAGE_SESSION, seen);
    return true;
}

static bool deliver(struct mu_smtp_client *c, const struct mu_submission *m, struct progress *p,
                    struct mu_observation *seen, struct mu_err *err)
{
    struct mu_smtp_reply reply;
    p->stage = MU_STAGE_SESSION;
    TRY(reset(c, seen, err));
    if (!c->alive)
        return true;
    TRY(envelope(c, m, p, err));
    if (p->refused && p->go) { /* RFC 2920 3.1: 354 although nobody is there; end it at once */
        mu_transcript_note(c->said, MU_SENT, "0 octets of content");
        TRY(mu_stream_put(c->stream, MU_BYTES(".\r\n"), err));
        TRY(listen_for(c, &reply, err));
    }
    if (!p->refused) {
        p->stage = MU_STAGE_AFTER_CONTENT;
        TRY(content(c, m, &reply, err));
        c->dirty = false;
        note_reply(p, reply.code / 100 == 2, &reply);
    }
    if (!p->refused) {
        observe_reply(&reply, MU_STAGE_AFTER_CONTENT, seen);
        seen->outcome = MU_OUTCOME_ACCEPTED;
        seen->class = MU_CLASS_NONE;
        return true;
    }
    observe_reply(&p->refusal, p->stage, seen);
    c->alive = p->refusal.code != 421 && p->refusal.code >= 400;
    return true;
}

bool mu_smtp_send(struct mu_smtp_client *c, const struct mu_submission *m,
                  struct mu_observation *seen, struct mu_err *err)
{
    struct progress p = { .stage = MU_STAGE_SESSION };
    assert(c->alive);
    *seen = (struct mu_observation){ .outcome = MU_OUTCOME_NONE };
    if (!deliver(c, m, &p, seen, err))
        return over(c, p.stage, seen, err);
    struct mu_observation goodbye; /* says nothing of the content, which has its reply */
    if (m->end != NULL && c->alive && !count_replies(c, seen, err))
        TRY(over(c, MU_STAGE_SESSION, &goodbye, err));
    if (p.taken > 0 && p.taken < m->tos)
        mu_transcript_note(c->said, MU_RECEIVED, "%zu of %zu recipients refused", m->tos - p.taken,
                           m->tos);
    return true;
}

void mu_smtp_quit(struct mu_smtp_client *c)
{
    struct mu_stream *s = c->stream;
    struct mu_smtp_reply reply;
    struct mu_err ignored;
    uint64_t end = mu_clock_ms() + MU_SMTP_GOODBYE_MS;
    s->last_ms = end < s->last_ms ? end : s->last_ms;
    if (c->alive)
        (void) !talk(c, "QUIT", &reply, &ignored);
    c->alive = false;
    mu_stream_close(s);
}
