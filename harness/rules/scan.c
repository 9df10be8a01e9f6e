#include "rules/expression.h"

bool mu_token_is(const struct mu_token *token, const char *text)
{
    return (token->kind == MU_TOKEN_OPERATOR || token->kind == MU_TOKEN_MARK
            || token->kind == MU_TOKEN_FUNCTION)
           && mu_bytes_equal(token->text, mu_bytes_of(text));
}

/* Byte `i`, or NUL past the end. */
static char peek(const struct mu_scanner *s, size_t i)
{
    return i < s->text.n ? s->text.p[i] : '\0';
}

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
           || (unsigned char) c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t after_name(const struct mu_scanner *s, size_t i)
{
    while (begins_name(peek(s, i)) || is_digit(peek(s, i)) || peek(s, i) == '-'
           || peek(s, i) == '.')
        i++;
    return i;
}

static size_t after_space(const struct mu_scanner *s, size_t i)
{
    while (peek(s, i) == ' ' || peek(s, i) == '\t' || peek(s, i) == '\r' || peek(s, i) == '\n')
        i++;
    return i;
}

/* XPath 1.0 part 3.7: after an operand, * and names are operators. */
static bool wants_operator(const struct mu_scanner *s)
{
    if (s->before == MU_TOKEN_END || s->before == MU_TOKEN_OPERATOR)
        return false;
    if (s->before != MU_TOKEN_MARK)
        return true;
    return strchr(")].", s->before_text.p[0]) != NULL; /* of the marks, .. and . are operands */
}

static struct mu_token make(const struct mu_scanner *s, enum mu_token_kind kind, size_t to)
{
    return (struct mu_token){ kind, mu_bytes_slice(s->text, s->at, to - s->at), s->at, to };
}

static bool is_one_of(struct mu_bytes text, const char *const *word, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (mu_bytes_equal(text, mu_bytes_of(word[i])))
            return true;
    return false;
}

static struct mu_token scan_name(const struct mu_scanner *s)
{
    static const char *const operators[] = { "and", "or", "mod", "div" };
    static const char *const types[] = { "comment", "text", "processing-instruction", "node" };
    size_t end = after_name(s, s->at);
    struct mu_bytes simple = mu_bytes_slice(s->text, s->at, end - s->at);
    if (wants_operator(s))
        return make(
            s, is_one_of(simple, operators, MU_COUNT(operators)) ? MU_TOKEN_OPERATOR : MU_TOKEN_BAD,
            end);
    if (peek(s, end) == ':' && peek(s, end + 1) == '*')
        return make(s, MU_TOKEN_NAME, end + 2);
    if (peek(s, end) == ':' && begins_name(peek(s, end + 1)))
        end = after_name(s, end + 1);
    size_t next = after_space(s, end);
    if (peek(s, next) == ':' && peek(s, next + 1) == ':')
        return make(s, MU_TOKEN_AXIS, end);
    if (peek(s, next) != '(')
        return make(s, MU_TOKEN_NAME, end);
    return make(
        s, is_one_of(simple, types, MU_COUNT(types)) ? MU_TOKEN_NODETYPE : MU_TOKEN_FUNCTION, end);
}

static struct mu_token scan_string(const struct mu_scanner *s)
{
    for (size_t i = s->at + 1; i < s->text.n; i++)
        if (s->text.p[i] == s->text.p[s->at])
            return (struct mu_token){ MU_TOKEN_STRING,
                                      mu_bytes_slice(s->text, s->at + 1, i - s->at - 1), s->at,
                                      i + 1 };
    return make(s, MU_TOKEN_BAD, s->text.n);
}

static struct mu_token scan_variable(const struct mu_scanner *s)
{
    size_t end = s->at + 1;
    if (!begins_name(peek(s, end)))
        return make(s, MU_TOKEN_BAD, end);
    end = after_name(s, end);
    return (struct mu_token){ MU_TOKEN_VARIABLE,
                              mu_bytes_slice(s->text, s->at + 1, end - s->at - 1), s->at, end };
}

static struct mu_token scan_symbol(const struct mu_scanner *s)
{
    static const struct {
        const char *text;
        enum mu_token_kind kind;
    } symbol[] = {
        /* longer ones first */
        { "..", MU_TOKEN_MARK },     { "::", MU_TOKEN_MARK },     { "//", MU_TOKEN_OPERATOR },
        { "!=", MU_TOKEN_OPERATOR }, { "<=", MU_TOKEN_OPERATOR }, { ">=", MU_TOKEN_OPERATOR },
        { "(", MU_TOKEN_MARK },      { ")", MU_TOKEN_MARK },      { "[", MU_TOKEN_MARK },
        { "]", MU_TOKEN_MARK },      { ".", MU_TOKEN_MARK },      { "@", MU_TOKEN_MARK },
        { ",", MU_TOKEN_MARK },      { "/", MU_TOKEN_OPERATOR },  { "|", MU_TOKEN_OPERATOR },
        { "+", MU_TOKEN_OPERATOR },  { "-", MU_TOKEN_OPERATOR },  { "=", MU_TOKEN_OPERATOR },
        { "<", MU_TOKEN_OPERATOR },  { ">", MU_TOKEN_OPERATOR },
    };
    struct mu_bytes rest = mu_bytes_from(s->text, s->at);
    for (size_t i = 0; i < MU_COUNT(symbol); i++)
        if (mu_bytes_start_nocase(rest, mu_bytes_of(symbol[i].text)))
            return make(s, symbol[i].kind, s->at + strlen(symbol[i].text));
    return make(s, MU_TOKEN_BAD, s->at + 1);
}

static struct mu_token scan_any(const struct mu_scanner *s)
{
    char c = peek(s, s->at);
    if (s->at >= s->text.n)
        return make(s, MU_TOKEN_END, s->at);
    if (c == '\'' || c == '"')
        return scan_string(s);
    if (c == '$')
        return scan_variable(s);
    if (c == '*')
        return make(s, wants_operator(s) ? MU_TOKEN_OPERATOR : MU_TOKEN_NAME, s->at + 1);
    if (begins_name(c))
        return scan_name(s);
    if (!is_digit(c) && !(c == '.' && is_digit(peek(s, s->at + 1))))
        return scan_symbol(s);
    size_t end = s->at;
    while (is_digit(peek(s, end)))
        end++;
    if (peek(s, end) == '.')
        for (end++; is_digit(peek(s, end));)
            end++;
    return make(s, MU_TOKEN_NUMBER, end);
}

struct mu_token mu_scan(struct mu_scanner *scanner)
{
    scanner->at = after_space(scanner, scanner->at);
    struct mu_token token = scan_any(scanner);
    scanner->at = token.to;
    scanner->before = token.kind;
    scanner->before_text = token.text;
    return token;
}
