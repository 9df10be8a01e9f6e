/* Arguments of MAIL and RCPT: paths and ESMTP parameters, RFC 5321 4.1.1.2, 4.1.1.3, 4.1.2. */
#include "proto/smtp_server.h"

static const struct mu_smtp_answer syntax = { 501, "5.5.4 syntax error in arguments" };

static bool alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint64_t decimal(struct mu_bytes text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.n; i++)
        value = value * 10 + (uint64_t) (text.p[i] - '0');
    return value;
}

/* RFC 1870 6: 1*20 digits; more than 19 are more than anybody takes. */
static int take_size(struct mu_smtp_session *t, struct mu_bytes value)
{
    if (value.n == 0 || value.n > 20)
        return 501;
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < '0' || value.p[i] > '9')
            return 501;
    uint64_t most = t->server->size_max != 0 ? t->server->size_max : MU_MESSAGE_MAX;
    t->declared = value.n > 19 ? UINT64_MAX : decimal(value);
    bool bad = t->server->cut || t->server->size_ignored;
    return t->declared > most && !bad ? 552 : 0;
}

static bool one_of(struct mu_bytes value, const char *const *word, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mu_bytes_equal_nocase(value, mu_bytes_of(word[i])))
            return true;
    return false;
}

static int take_body(struct mu_smtp_session *t, struct mu_bytes value)
{
    static const char *const word[] = { "7BIT", "8BITMIME" };
    (void) t;
    return one_of(value, word, MU_COUNT(word)) ? 0 : 501;
}

static int take_utf8(struct mu_smtp_session *t, struct mu_bytes value)
{
    t->smtputf8 = true;
    return value.n == 0 ? 0 : 501;
}

static int take_ret(struct mu_smtp_session *t, struct mu_bytes value)
{
    static const char *const word[] = { "FULL", "HDRS" };
    (void) t;
    return one_of(value, word, MU_COUNT(word)) ? 0 : 501;
}

static int take_text(struct mu_smtp_session *t, struct mu_bytes value)
{
    (void) t;
    return value.n > 0 ? 0 : 501;
}

/* RFC 3461 4.1: NEVER alone, or a list of the others. */
static int take_notify(struct mu_smtp_session *t, struct mu_bytes value)
{
    static const char *const word[] = { "SUCCESS", "FAILURE", "DELAY" };
    (void) t;
    if (mu_bytes_equal_nocase(value, MU_BYTES("NEVER")))
        return 0;
    for (size_t at = 0; at <= value.n;) {
        size_t comma = mu_bytes_find(value, MU_BYTES(","), at);
        size_t end = comma == SIZE_MAX ? value.n : comma;
        if (!one_of(mu_bytes_slice(value, at, end - at), word, MU_COUNT(word)))
            return 501;
        at = end + 1;
    }
    return 0;
}

static const struct parameter {
    const char *name;
    bool rcpt;
    enum mu_smtp_extension extension; /* that must be offered                                  */
    int (*take)(struct mu_smtp_session *t, struct mu_bytes value);
} parameter[] = {
    { "SIZE", false, MU_SMTP_SIZE, take_size },
    { "BODY", false, MU_SMTP_8BITMIME, take_body },
    { "SMTPUTF8", false, MU_SMTP_SMTPUTF8, take_utf8 },
    { "RET", false, MU_SMTP_DSN, take_ret },
    { "ENVID", false, MU_SMTP_DSN, take_text },
    { "NOTIFY", true, MU_SMTP_DSN, take_notify },
    { "ORCPT", true, MU_SMTP_DSN, take_text },
};

static const struct parameter *find(struct mu_bytes name, bool rcpt)
{
    for (size_t i = 0; i < MU_COUNT(parameter); i++)
        if (parameter[i].rcpt == rcpt
            && mu_bytes_equal_nocase(name, mu_bytes_of(parameter[i].name)))
            return &parameter[i];
    return NULL;
}

static bool is_keyword(struct mu_bytes name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!alphanumeric(name.p[i]) && (name.p[i] != '-' || i == 0))
            return false;
    return name.n > 0;
}

/* Parameters, each after one space: esmtp-keyword ["=" esmtp-value]. Returns 0 or the code. */
static int read_parameters(struct mu_smtp_session *t, struct mu_bytes text, bool rcpt)
{
    if (text.n > MU_SMTP_PARAMETERS_MAX)
        return 501;
    for (size_t at = 0; at < text.n;) {
        size_t space = mu_bytes_find(text, MU_BYTES(" "), at);
        size_t end = space == SIZE_MAX ? text.n : space;
        struct mu_bytes word = mu_bytes_slice(text, at, end - at);
        size_t equals = mu_bytes_find(word, MU_BYTES("="), 0);
        struct mu_bytes name = mu_bytes_slice(word, 0, equals);
        bool empty = equals != SIZE_MAX && equals + 1 == word.n;
        struct mu_bytes value =
            equals == SIZE_MAX ? (struct mu_bytes){ word.p, 0 } : mu_bytes_from(word, equals + 1);
        if (!is_keyword(name) || empty || mu_bytes_find(value, MU_BYTES("="), 0) != SIZE_MAX)
            return 501;
        const struct parameter *p = find(name, rcpt);
        if (p == NULL || !mu_smtp_server_offers(t, p->extension))
            return 555;
        int code = p->take(t, value);
        if (code != 0)
            return code;
        at = end + 1;
    }
    return 0;
}

/* Where the path that begins at text.p[0] == '<' ends: quoted strings may hold '>' (4.1.2). */
static size_t path_end(struct mu_bytes text)
{
    bool quoted = false;
    for (size_t i = 1; i < text.n; i++) {
        if (quoted && text.p[i] == '\\')
            i++;
        else if (text.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && text.p[i] == '>')
            return i;
        else if (!quoted && (text.p[i] == ' ' || text.p[i] == '<'))
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* An "@" with something on both sides; RCPT also takes the bare word Postmaster (4.5.1). */
static bool is_mailbox(struct mu_bytes path, bool rcpt)
{
    const char *at = memrchr(path.p, '@', path.n);
    if (at == NULL)
        return rcpt && mu_bytes_equal_nocase(path, MU_BYTES("postmaster"));
    return at > path.p && at + 1 < path.p + path.n;
}

static int read_path(struct mu_bytes text, const char *keyword, struct mu_bytes *path,
                     struct mu_bytes *parameters)
{
    struct mu_bytes prefix = mu_bytes_of(keyword);
    if (!mu_bytes_start_nocase(text, prefix))
        return 501;
    text = mu_bytes_from(text, prefix.n);
    if (text.n < 2 || text.p[0] != '<')
        return 501;
    size_t end = path_end(text);
    if (end == SIZE_MAX || (end + 1 < text.n && text.p[end + 1] != ' ') || end + 2 == text.n)
        return 501;
    *path = mu_bytes_slice(text, 1, end - 1);
    /* A source route is taken and ignored (RFC 5321 appendix C). */
    size_t colon =
        path->n > 0 && path->p[0] == '@' ? mu_bytes_find(*path, MU_BYTES(":"), 0) : SIZE_MAX;
    if (colon != SIZE_MAX)
        *path = mu_bytes_from(*path, colon + 1);
    *parameters = mu_bytes_from(text, end + 2);
    return 0;
}

static const struct mu_smtp_answer *complaint(int code)
{
    static const struct mu_smtp_answer row[] = {
        { 552, "5.3.4 message is larger than this server takes" },
        { 553, "5.6.7 address needs SMTPUTF8" },
        { 555, "5.5.4 parameter is not supported" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].code == code)
            return &row[i];
    return &syntax;
}

static bool ascii(struct mu_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char) text.p[i] >= 0x80)
            return false;
    return true;
}

static int read_arguments(struct mu_smtp_session *t, struct mu_bytes arguments, bool rcpt,
                          struct mu_bytes *path, struct mu_bytes *parameters)
{
    int code = read_path(arguments, rcpt ? "TO:" : "FROM:", path, parameters);
    if (code == 0 && (rcpt || path->n > 0) && !is_mailbox(*path, rcpt))
        code = 501;
    if (code == 0)
        code = read_parameters(t, *parameters, rcpt);
    return code == 0 && !t->smtputf8 && !ascii(*path) ? 553 : code;
}

void mu_smtp_read_mail(struct mu_smtp_session *session, struct mu_bytes arguments,
                       struct mu_smtp_answer *answer)
{
    struct mu_bytes path, parameters;
    session->smtputf8 = false;
    session->declared = 0;
    int code = read_arguments(session, arguments, false, &path, &parameters);
    if (code != 0) {
        *answer = *complaint(code);
        return;
    }
    struct mu_arena *arena = session->stream->arena;
    session->envelope = (struct mu_envelope){ .from = path,
                                              .null_from = path.n == 0,
                                              .from_parameters = parameters };
    session->envelope.to = mu_arena_array(arena, MU_RECIPIENTS_MAX, sizeof *session->envelope.to);
    session->envelope.to_parameters =
        mu_arena_array(arena, MU_RECIPIENTS_MAX, sizeof *session->envelope.to);
}

void mu_smtp_read_rcpt(struct mu_smtp_session *session, struct mu_bytes arguments,
                       struct mu_smtp_answer *answer)
{
    struct mu_bytes path, parameters;
    int code = read_arguments(session, arguments, true, &path, &parameters);
    if (code == 0 && session->envelope.tos == MU_RECIPIENTS_MAX) {
        *answer = (struct mu_smtp_answer){ 452, "4.5.3 too many recipients" };
        return;
    }
    if (code != 0) {
        *answer = *complaint(code);
        return;
    }
    /* The arrays are ours; the envelope shows them as constant to everybody else. */
    struct mu_bytes *to = (struct mu_bytes *) (uintptr_t) session->envelope.to;
    struct mu_bytes *with = (struct mu_bytes *) (uintptr_t) session->envelope.to_parameters;
    to[session->envelope.tos] = path;
    with[session->envelope.tos++] = parameters;
}
