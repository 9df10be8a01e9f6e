#include "format/tag.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_name(char c)
{
    unsigned char u = (unsigned char) c;
    unsigned char letter = (unsigned char) (u | 0x20);
    return (letter >= 'a' && letter <= 'z') || (u >= '0' && u <= ':') || u == '_' || u == '-'
           || u == '.' || u >= 0x80;
}

static size_t skip_space(struct mu_bytes xml, size_t at)
{
    while (at < xml.n && is_space(xml.p[at]))
        at++;
    return at;
}

size_t mu_tag_name(struct mu_bytes xml, size_t at)
{
    while (at < xml.n && is_name(xml.p[at]))
        at++;
    return at;
}

static bool is_end(struct mu_bytes xml, size_t at)
{
    char c = xml.p[at];
    return c == '>' || ((c == '/' || c == '?') && at + 1 < xml.n && xml.p[at + 1] == '>');
}

enum mu_tag_step mu_tag_next(struct mu_bytes xml, size_t *at, struct mu_bytes *name,
                             struct mu_bytes *value)
{
    size_t begin = *at = skip_space(xml, *at);
    if (begin < xml.n && is_end(xml, begin))
        return MU_TAG_END;
    *at = mu_tag_name(xml, begin);
    if (*at == begin)
        return MU_TAG_BROKEN;
    *name = mu_bytes_slice(xml, begin, *at - begin);
    *at = skip_space(xml, *at);
    if (*at >= xml.n || xml.p[*at] != '=')
        return MU_TAG_BROKEN;
    *at = skip_space(xml, *at + 1);
    if (*at >= xml.n || (xml.p[*at] != '"' && xml.p[*at] != '\''))
        return MU_TAG_BROKEN;
    const char *open = xml.p + *at + 1;
    size_t left = xml.n - *at - 1;
    const char *close = memchr(open, xml.p[*at], left);
    if (close == NULL)
        return MU_TAG_BROKEN;
    *value = (struct mu_bytes){ open, (size_t) (close - open) };
    *at += 2 + value->n;
    return MU_TAG_ATTRIBUTE;
}
