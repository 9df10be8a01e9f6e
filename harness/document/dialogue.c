#include "document/node.h"

#include "base/limits.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* RFC 5321 4.2: three digits, then a space, a hyphen or nothing. */
static bool is_reply(struct mu_bytes line)
{
    return line.n >= 3 && is_digit(line.p[0]) && is_digit(line.p[1]) && is_digit(line.p[2])
           && (line.n == 3 || line.p[3] == ' ' || line.p[3] == '-');
}

/* Length of a run of one to `most` digits at `at`; 0 when there is none or it is longer. */
static size_t digits(struct mu_bytes text, size_t at, size_t most)
{
    size_t n = 0;
    while (at + n < text.n && is_digit(text.p[at + n]))
        n++;
    return n <= most ? n : 0;
}

/* RFC 3463 2: class "." subject "." detail at the start of the text; its length or 0. */
static size_t enhanced(struct mu_bytes text)
{
    if (text.n < 5 || (text.p[0] != '2' && text.p[0] != '4' && text.p[0] != '5')
        || text.p[1] != '.')
        return 0;
    size_t subject = digits(text, 2, 3);
    if (subject == 0 || 2 + subject >= text.n || text.p[2 + subject] != '.')
        return 0;
    size_t detail = digits(text, 3 + subject, 3);
    size_t end = 3 + subject + detail;
    return detail > 0 && (end == text.n || text.p[end] == ' ') ? end : 0;
}

static void note(struct mu_node *t, xmlNode *dialogue, const struct mu_utterance *u)
{
    xmlNode *node = mu_node_element(t, dialogue, t->m, "note");
    mu_node_word(t, node, "direction", u->direction == MU_SENT ? "sent" : "received");
    mu_node_number(t, node, "at-ms", u->at_ms);
    mu_node_text(t, node, u->text, MU_TEXT_MAX);
}

/* A command's verb stands in an attribute only when it is letters; the arguments are content. */
static void command(struct mu_node *t, xmlNode *dialogue, const struct mu_utterance *u)
{
    xmlNode *node = mu_node_element(t, dialogue, t->m, "command");
    char verb[17];
    size_t n = 0;
    while (n < u->text.n && n < sizeof verb - 1 && is_letter(u->text.p[n])) {
        verb[n] = (char) (u->text.p[n] & ~0x20);
        n++;
    }
    verb[n] = '\0';
    bool known = n > 0 && (n == u->text.n || u->text.p[n] == ' ');
    mu_node_word(t, node, "verb", known ? verb : "unknown");
    mu_node_number(t, node, "at-ms", u->at_ms);
    mu_node_flag(t, node, "clear", u->clear);
    mu_node_text(t, node, known ? mu_bytes_from(u->text, n + 1) : u->text, MU_LINE_MAX);
}

/* A line that is no reply stands alone, without a code. */
static void stray(struct mu_node *t, xmlNode *dialogue, const struct mu_utterance *u)
{
    xmlNode *node = mu_node_element(t, dialogue, t->m, "reply");
    mu_node_flag(t, node, "malformed", true);
    mu_node_number(t, node, "at-ms", u->at_ms);
    mu_node_flag(t, node, "clear", u->clear);
    mu_node_text(t, node, u->text, MU_LINE_MAX);
}

/* One reply of one or more lines from said[i] on; returns the index after it. */
static size_t reply(struct mu_node *t, xmlNode *dialogue, const struct mu_utterance *said,
                    size_t says, size_t i)
{
    const struct mu_utterance *u = &said[i];
    struct mu_buf text = { .arena = t->arena };
    size_t lines = 0;
    for (bool more = true; more && i < says; i++) {
        struct mu_bytes line = said[i].text;
        if (said[i].ours || said[i].direction != u->direction || !is_reply(line)
            || memcmp(line.p, u->text.p, 3) != 0)
            break;
        if (lines++ > 0)
            mu_buf_putc(&text, '\n');
        mu_buf_put_bytes(&text, mu_bytes_from(line, 4));
        more = line.n > 3 && line.p[3] == '-';
    }
    xmlNode *node = mu_node_element(t, dialogue, t->m, "reply");
    mu_node_foreign(t, node, "code", mu_bytes_slice(u->text, 0, 3));
    struct mu_bytes words = mu_bytes_from(u->text, 4);
    if (enhanced(words) > 0)
        mu_node_foreign(t, node, "enhanced", mu_bytes_slice(words, 0, enhanced(words)));
    mu_node_number(t, node, "at-ms", said[i - 1].at_ms);
    mu_node_number(t, node, "lines", lines);
    mu_node_flag(t, node, "clear", u->clear);
    mu_node_text(t, node, mu_buf_bytes(&text), MU_TRANSCRIPT_MAX);
    return i;
}

void mu_node_dialogue(struct mu_node *t, const struct mu_leg *leg)
{
    if (leg->says == 0)
        return;
    xmlNode *dialogue = mu_node_element(t, t->root, t->m, "dialogue");
    enum mu_direction commands = leg->collected ? MU_RECEIVED : MU_SENT;
    for (size_t i = 0; i < leg->says;) {
        const struct mu_utterance *u = &leg->said[i];
        if (!u->ours && u->direction != commands && is_reply(u->text)) {
            i = reply(t, dialogue, leg->said, leg->says, i);
            continue;
        }
        if (u->ours)
            note(t, dialogue, u);
        else if (u->direction == commands)
            command(t, dialogue, u);
        else
            stray(t, dialogue, u);
        i++;
    }
}
