#include "proto/smtp_server.h"

#include <assert.h>
#include <stdio.h>

#include "net/tls.h"

static uint64_t size_max(const struct mu_smtp_session *t)
{
    return t->server->size_max != 0 ? t->server->size_max : MU_MESSAGE_MAX;
}

static void reached(struct mu_smtp_session *t, enum mu_stage stage)
{
    if (stage > t->stage)
        t->stage = stage;
}

static bool put_line(struct mu_smtp_session *t, const char *line, struct mu_err *err)
{
    mu_transcript_add(t->said, MU_SENT, !t->stream->tls_began, mu_bytes_of(line));
    TRY(mu_stream_put(t->stream, mu_bytes_of(line), err));
    return mu_stream_put(t->stream, MU_BYTES("\r\n"), err);
}

static bool say(struct mu_smtp_session *t, int code, const char *text, struct mu_err *err)
{
    if (code >= 500)
        t->errors++;
    if (code == 421 || code == 221)
        t->over = true;
    return put_line(t, mu_arena_printf(t->stream->arena, "%d %s", code, text), err);
}

/* We end it, not the client: nothing was seen of the client that would be an outcome. */
static void hang_up(struct mu_smtp_session *t, enum mu_outcome outcome, const char *why)
{
    t->over = true;
    t->ended = (struct mu_observation){ .outcome = outcome, .stage = t->stage };
    if (outcome != MU_OUTCOME_NONE)
        t->ended.class = MU_CLASS_PROTOCOL;
    snprintf(t->ended.native, sizeof t->ended.native, "%s", why);
    mu_transcript_note(t->said, MU_SENT, "%s", why);
}

/* Does the script misbehave at this stage? Then the reply, if any, has been given. */
static bool scripted(struct mu_smtp_session *t, enum mu_stage stage, bool *handled,
                     struct mu_err *err)
{
    const struct mu_script *script = t->server->script;
    if (t->envelope.null_from) /* a report of what the script refuses: it is let through */
        script = NULL;
    *handled = true;
    if (script != NULL && script->close_at == stage) {
        hang_up(t, MU_OUTCOME_NONE, "we hung up without a word, as the script says");
        return true;
    }
    if (script != NULL && script->refuse_at == stage) {
        TRY(say(t, script->refuse_code != 0 ? script->refuse_code : 451,
                script->refuse_text != NULL ? script->refuse_text : "4.3.0 refused by script",
                err));
        if (t->over)
            hang_up(t, MU_OUTCOME_NONE, "we hung up after 421, as the script says");
        return true;
    }
    *handled = false;
    return true;
}

/* Ask a hook. *yes when it has nothing against it; otherwise its answer was given. */
static bool ask(struct mu_smtp_session *t, mu_smtp_hook *hook, bool *yes, struct mu_err *err)
{
    struct mu_smtp_answer answer = { 0, NULL };
    if (hook != NULL)
        TRY(hook(t->server->self, t, &answer, err));
    *yes = answer.code == 0;
    if (*yes)
        return true;
    TRY(say(t, answer.code, answer.text, err));
    if (t->over)
        hang_up(t, MU_OUTCOME_NONE, "we hung up");
    return true;
}

static bool hidden(const char *list, const char *keyword)
{
    struct mu_bytes words = mu_bytes_of(list != NULL ? list : "");
    for (size_t at = 0; at < words.n;) {
        size_t space = mu_bytes_find(words, MU_BYTES(" "), at);
        size_t end = space == SIZE_MAX ? words.n : space;
        if (mu_bytes_equal_nocase(mu_bytes_slice(words, at, end - at), mu_bytes_of(keyword)))
            return true;
        at = end + 1;
    }
    return false;
}

bool mu_smtp_server_offers(const struct mu_smtp_session *t, enum mu_smtp_extension extension)
{
    const struct mu_script *script = t->server->script;
    const char *keyword = mu_smtp_keyword(extension);
    if (extension == MU_SMTP_STARTTLS
        && (t->server->tls == NULL || t->server->mode != MU_TLS_STARTTLS || t->stream->tls_began
            || (script != NULL && script->no_starttls)))
        return false;
    return !hidden(t->server->hide, keyword) && (script == NULL || !hidden(script->hide, keyword));
}

static void reset(struct mu_smtp_session *t)
{
    t->in_transaction = false;
    t->envelope = (struct mu_envelope){ .tos = 0 };
    t->content = (struct mu_bytes){ "", 0 };
}

/* --- one function a command; all take the arguments behind the verb --- */

static bool do_ehlo(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    if (arguments.n == 0)
        return say(t, 501, "5.5.4 a name is due", err);
    reset(t);
    t->client = arguments;
    t->extended = true;
    reached(t, MU_STAGE_SESSION);
    struct mu_arena *arena = t->stream->arena;
    const char *line = mu_arena_printf(arena, "250-%s", t->server->name);
    for (int i = 0; i < MU_SMTP_EXTENSIONS; i++) {
        if (!mu_smtp_server_offers(t, (enum mu_smtp_extension) i))
            continue;
        TRY(put_line(t, line, err));
        line = i == MU_SMTP_SIZE
                   ? mu_arena_printf(arena, "250-SIZE %llu", (unsigned long long) size_max(t))
                   : mu_arena_printf(arena, "250-%s", mu_smtp_keyword((enum mu_smtp_extension) i));
    }
    return put_line(t, mu_arena_printf(arena, "250 %s", line + 4), err);
}

static bool do_helo(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    if (arguments.n == 0)
        return say(t, 501, "5.5.4 a name is due", err);
    reset(t);
    t->client = arguments;
    t->extended = false;
    reached(t, MU_STAGE_SESSION);
    return say(t, 250, t->server->name, err);
}

static bool secure(struct mu_smtp_session *t, struct mu_err *err)
{
    struct mu_stream *s = t->stream;
    const struct mu_script *script = t->server->script;
    struct mu_tls_start start = { .tls = t->server->tls,
                                  .ask_nothing = script != NULL && script->no_client_ca,
                                  .keys = t->server->keys };
    bool handled;
    reached(t, MU_STAGE_TLS);
    mu_stream_pace(s);
    if (script != NULL && script->close_at == MU_STAGE_TLS) {
        TRY(mu_stream_flush(s, err));
        hang_up(t, MU_OUTCOME_NONE, "we hung up without a word, as the script says");
        return true;
    }
    TRY(mu_stream_start_tls(s, &start, err));
    mu_transcript_note(t->said, MU_RECEIVED, "%s %s, client's certificate: %s", s->tls.version,
                       s->tls.suite, s->tls.verified != NULL ? s->tls.verified : "none");
    return scripted(t, MU_STAGE_PEER_AUTH, &handled, err);
}

static bool obey(struct mu_smtp_session *t, struct mu_bytes line, struct mu_err *err);

/* Carry out what came in clear behind STARTTLS, as servers do that read on from a full buffer. */
static bool obey_early(struct mu_smtp_session *t, struct mu_bytes early, struct mu_err *err)
{
    size_t end;
    for (size_t at = 0; (end = mu_bytes_find(early, MU_BYTES("\r\n"), at)) != SIZE_MAX;
         at = end + 2)
        TRY(obey(t, mu_bytes_slice(early, at, end - at), err));
    return true;
}

static bool do_starttls(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    bool handled = false;
    if (t->stream->tls_began)
        return say(t, 503, "5.5.1 TLS is already there", err);
    if (!mu_smtp_server_offers(t, MU_SMTP_STARTTLS))
        return say(t, 502, "5.5.1 not offered", err);
    if (arguments.n > 0)
        return say(t, 501, "5.5.4 no arguments allowed", err);
    if (t->server->script != NULL && t->server->script->refuse_at == MU_STAGE_TLS)
        TRY(scripted(t, MU_STAGE_TLS, &handled, err));
    if (handled)
        return true;
    struct mu_bytes early = mu_stream_discard(t->stream);
    if (t->server->obey_injected)
        early = mu_bytes_of(mu_bytes_dup(t->stream->arena, early));
    else if (early.n > 0) {
        t->injected = true;
        mu_transcript_note(t->said, MU_RECEIVED,
                           "%zu octets sent in clear behind STARTTLS were thrown away: %.*s",
                           early.n, (int) (early.n < 200 ? early.n : 200), early.p);
    }
    TRY(say(t, 220, "2.0.0 go ahead", err));
    reset(t);
    t->client = (struct mu_bytes){ "", 0 };
    TRY(secure(t, err));
    return !t->server->obey_injected || obey_early(t, early, err);
}

static bool do_mail(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    bool handled, yes;
    struct mu_smtp_answer answer = { 0, NULL };
    if (t->server->demand_tls && !t->stream->tls.complete)
        return say(t, 530, "5.7.0 must issue a STARTTLS command first", err);
    if (t->client.n == 0 || t->in_transaction)
        return say(t, 503, "5.5.1 MAIL is not due now", err);
    if (t->messages >= MU_MESSAGES_MAX)
        return say(t, 421, "4.7.0 too many messages in one connection", err);
    if (t->prelude == SIZE_MAX)
        t->prelude = t->said->says - 1;
    t->transaction = t->said->says - 1;
    reset(t);
    mu_smtp_read_mail(t, arguments, &answer);
    if (answer.code != 0)
        return say(t, answer.code, answer.text, err);
    reached(t, MU_STAGE_ENVELOPE);
    TRY(scripted(t, MU_STAGE_ENVELOPE, &handled, err));
    if (handled)
        return true;
    TRY(ask(t, t->server->on_mail, &yes, err));
    t->in_transaction = yes;
    return !yes || say(t, 250, "2.1.0 sender ok", err);
}

static bool do_rcpt(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    bool yes;
    struct mu_smtp_answer answer = { 0, NULL };
    if (!t->in_transaction)
        return say(t, 503, "5.5.1 RCPT is not due now", err);
    mu_smtp_read_rcpt(t, arguments, &answer);
    if (answer.code != 0)
        return say(t, answer.code, answer.text, err);
    TRY(ask(t, t->server->on_rcpt, &yes, err));
    if (!yes) {
        t->envelope.tos--;
        return true;
    }
    return say(t, 250, "2.1.5 recipient ok", err);
}

static bool finish_content(struct mu_smtp_session *t, const struct mu_content *content,
                           struct mu_err *err)
{
    bool handled, yes;
    t->messages++;
    TRY(scripted(t, MU_STAGE_AFTER_CONTENT, &handled, err));
    if (handled)
        return true;
    if (content->size > size_max(t) && !t->server->cut && !t->server->size_ignored)
        return say(t, 552, "5.3.4 message is larger than this server takes", err);
    TRY(ask(t, t->server->on_content, &yes, err));
    return !yes || say(t, 250, "2.0.0 message taken", err);
}

static bool do_data(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    bool handled;
    if (!t->in_transaction)
        return say(t, 503, "5.5.1 DATA is not due now", err);
    if (arguments.n > 0)
        return say(t, 501, "5.5.4 no arguments allowed", err);
    if (t->envelope.tos == 0)
        return say(t, 554, "5.5.1 no valid recipients", err);
    reached(t, MU_STAGE_CONTENT);
    TRY(scripted(t, MU_STAGE_CONTENT, &handled, err));
    if (handled)
        return true;
    TRY(say(t, 354, "end data with <CR><LF>.<CR><LF>", err));
    struct mu_content content;
    mu_stream_pace(t->stream);
    t->stream->any_end = t->server->any_end;
    size_t most = t->server->size_ignored ? MU_MESSAGE_MAX : (size_t) size_max(t);
    TRY(mu_stream_content(t->stream, most, (size_t) t->declared, &content, err));
    mu_transcript_note(t->said, MU_RECEIVED, "%llu octets of content",
                       (unsigned long long) content.size);
    reached(t, MU_STAGE_AFTER_CONTENT);
    t->content = content.octets;
    TRY(finish_content(t, &content, err));
    reset(t);
    return true;
}

static bool do_rset(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    (void) arguments;
    reset(t);
    return say(t, 250, "2.0.0 forgotten", err);
}

static bool do_noop(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    (void) arguments;
    return say(t, 250, "2.0.0 ok", err);
}

static bool do_vrfy(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    (void) arguments;
    return say(t, 252, "2.1.5 send some mail and see", err);
}

static bool do_quit(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    (void) arguments;
    t->ended = (struct mu_observation){ .outcome = MU_OUTCOME_CLOSED, .stage = t->stage };
    snprintf(t->ended.native, sizeof t->ended.native, "QUIT");
    return say(t, 221, "2.0.0 bye", err);
}

static bool do_nothing(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err)
{
    (void) arguments;
    return say(t, 502, "5.5.1 command is not implemented", err);
}

static const struct {
    const char *verb;
    bool (*run)(struct mu_smtp_session *t, struct mu_bytes arguments, struct mu_err *err);
} command[] = {
    { "EHLO", do_ehlo },    { "HELO", do_helo },    { "STARTTLS", do_starttls },
    { "MAIL", do_mail },    { "RCPT", do_rcpt },    { "DATA", do_data },
    { "RSET", do_rset },    { "NOOP", do_noop },    { "VRFY", do_vrfy },
    { "QUIT", do_quit },    { "EXPN", do_nothing }, { "HELP", do_nothing },
    { "AUTH", do_nothing }, { "BDAT", do_nothing }, { "ETRN", do_nothing },
};

static bool has_control(struct mu_bytes line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char) line.p[i] < ' ' || line.p[i] == 0x7f)
            return true;
    return false;
}

static bool obey(struct mu_smtp_session *t, struct mu_bytes line, struct mu_err *err)
{
    size_t space = mu_bytes_find(line, MU_BYTES(" "), 0);
    struct mu_bytes verb = mu_bytes_slice(line, 0, space);
    struct mu_bytes arguments =
        space == SIZE_MAX ? (struct mu_bytes){ line.p, 0 } : mu_bytes_from(line, space + 1);
    while (arguments.n > 0 && arguments.p[arguments.n - 1] == ' ') /* 4.1.1: trailing white space */
        arguments.n--;
    if (has_control(line))
        return say(t, 500, "5.5.2 control characters in a command", err);
    if (t->shunned && !mu_bytes_equal_nocase(verb, MU_BYTES("QUIT")))
        return say(t, 503, "5.5.1 nothing but QUIT is due", err);
    for (size_t i = 0; i < MU_COUNT(command); i++)
        if (mu_bytes_equal_nocase(verb, mu_bytes_of(command[i].verb)))
            return command[i].run(t, arguments, err);
    return say(t, 500, "5.5.2 command unknown", err);
}

static bool greet(struct mu_smtp_session *t, struct mu_err *err)
{
    const struct mu_smtp_server *server = t->server;
    bool handled, yes;
    t->stage = MU_STAGE_CONNECT;
    if (server->script != NULL && server->script->close_at == MU_STAGE_CONNECT) {
        hang_up(t, MU_OUTCOME_NONE, "we hung up without a word, as the script says");
        return true;
    }
    if (server->mode == MU_TLS_IMPLICIT && server->tls != NULL)
        TRY(secure(t, err));
    if (t->over)
        return true;
    reached(t, MU_STAGE_SESSION);
    TRY(scripted(t, MU_STAGE_SESSION, &handled, err));
    t->shunned = handled; /* RFC 5321 3.1: after 554 the client has nothing to say but QUIT */
    if (handled)
        return true;
    TRY(ask(t, server->on_connect, &yes, err));
    t->shunned = !yes;
    return !yes
           || put_line(t, mu_arena_printf(t->stream->arena, "220 %s ESMTP", server->name), err);
}

static bool converse(struct mu_smtp_session *t, struct mu_err *err)
{
    TRY(greet(t, err));
    while (!t->over) {
        struct mu_bytes line;
        mu_stream_pace(t->stream);
        TRY(mu_stream_line(t->stream, &line, err));
        mu_transcript_add(t->said, MU_RECEIVED, !t->stream->tls_began, line);
        TRY(obey(t, line, err));
        if (t->errors >= MU_SMTP_ERRORS_MAX && !t->over) {
            TRY(say(t, 421, "4.7.0 too many errors", err));
            hang_up(t, MU_OUTCOME_CLOSED, "we hung up after too many errors");
        }
    }
    return mu_stream_flush(t->stream, err);
}

bool mu_smtp_serve(struct mu_stream *s, const struct mu_smtp_server *server,
                   struct mu_transcript *said, struct mu_smtp_session *session, struct mu_err *err)
{
    *session = (struct mu_smtp_session){ .stream = s,
                                         .said = said,
                                         .server = server,
                                         .client = { "", 0 },
                                         .content = { "", 0 },
                                         .prelude = SIZE_MAX };
    if (!converse(session, err)) {
        struct mu_err ignored;
        struct mu_observation seen;
        if (!mu_smtp_observe_failure(s, session->stage, err, &seen))
            return false;
        if (err->code == MU_ERR_PEER)
            (void) !say(session, 500, "5.5.2 that is not SMTP", &ignored);
        if (session->ended.native[0] == '\0') /* after QUIT or our hanging up it is no news */
            session->ended = seen;
        mu_transcript_note(said, MU_RECEIVED, "%s%s", err->msg,
                           s->truncated ? ", without close_notify" : "");
    }
    mu_stream_close(s);
    return true;
}

const struct mu_utterance *mu_smtp_dialogue(const struct mu_smtp_session *session, size_t *says)
{
    const struct mu_transcript *said = session->said;
    size_t head = session->prelude < said->says ? session->prelude : said->says;
    if (session->transaction <= head || session->transaction > said->says) {
        *says = said->says;
        return said->said;
    }
    size_t tail = said->says - session->transaction;
    struct mu_utterance *all = mu_arena_array(session->stream->arena, head + tail, sizeof *all);
    memcpy(all, said->said, head * sizeof *all);
    memcpy(all + head, said->said + session->transaction, tail * sizeof *all);
    *says = head + tail;
    return all;
}
