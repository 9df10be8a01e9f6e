#include "format/sio.h"

#include <string.h>

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* scheme ":" and something after it, without white space (RFC 3986 3.1). */
static bool is_uri(struct mu_bytes value)
{
    size_t i = 0;
    while (i < value.n
           && (is_alpha(value.p[i]) || (i > 0 && value.p[i] >= '0' && value.p[i] <= '9')
               || (i > 0 && value.p[i] != '\0' && strchr("+-.", value.p[i]) != NULL)))
        i++;
    if (i == 0 || i + 1 >= value.n || value.p[i] != ':')
        return false;
    for (; i < value.n; i++)
        if (value.p[i] <= ' ' || value.p[i] == 127)
            return false;
    return true;
}

/* The three schemes are exact strings; anything else is a URI or nothing that we know. */
static enum mu_sio_type kind_of(const struct mu_parameter *type)
{
    static const struct {
        const char *scheme;
        enum mu_sio_type kind;
    } known[] = { { ":ess", MU_SIO_ESS }, { ":x411", MU_SIO_X411 }, { ":xml", MU_SIO_XML } };
    if (type == NULL)
        return MU_SIO_NONE;
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (mu_bytes_equal(type->value, mu_bytes_of(known[i].scheme)))
            return known[i].kind;
    return is_uri(type->value) ? MU_SIO_URI : MU_SIO_UNKNOWN;
}

void mu_sio_read(struct mu_arena *arena, const struct mu_header *header, struct mu_sio *sio)
{
    *sio = (struct mu_sio){ .base64 = MU_BASE64_OK };
    mu_parameters_read(arena, header->raw, header->value_offset, &sio->list);
    sio->marking = mu_parameter_find(&sio->list, "marking");
    sio->fgcolor = mu_parameter_find(&sio->list, "fgcolor");
    sio->bgcolor = mu_parameter_find(&sio->list, "bgcolor");
    sio->type = mu_parameter_find(&sio->list, "type");
    sio->label = mu_parameter_find(&sio->list, "label");
    sio->kind = kind_of(sio->type);
    if (sio->label == NULL)
        return;
    size_t at = 0;
    sio->base64 = mu_base64_read(arena, sio->label->value, &sio->decoded, &at);
    if (sio->base64 != MU_BASE64_OK)
        sio->base64_offset = mu_parameter_offset(sio->label, at);
}

bool mu_sio_color(struct mu_bytes value)
{
    static const char *const name[] = {
        "aqua",  "black",  "blue", "fuschia", "gray", "green", "lime",   "maroon", "navy",
        "olive", "purple", "red",  "silver",  "teal", "white", "yellow", "orange",
    };
    for (size_t i = 0; i < MU_COUNT(name); i++)
        if (mu_bytes_equal_nocase(value, mu_bytes_of(name[i])))
            return true;
    if (value.n != 7 || value.p[0] != '#')
        return false;
    for (size_t i = 1; i < value.n; i++)
        if (mu_hex_digit(value.p[i]) < 0)
            return false;
    return true;
}

void mu_sio_write(struct mu_buf *out, const char *name, const struct mu_sio_text *text)
{
    struct mu_bytes label = text->label;
    if (label.n > 0)
        label = mu_base64_write(out->arena, label);
    const struct {
        const char *name;
        struct mu_bytes value;
        bool quote;
    } parameter[] = {
        { "marking", text->marking, true },
        { "fgcolor", text->fgcolor, false },
        { "bgcolor", text->bgcolor, false },
        { "type", text->type, true },
        { "label", label, true },
    };
    bool first = true;
    mu_buf_puts(out, name);
    mu_buf_putc(out, ':');
    for (size_t i = 0; i < MU_COUNT(parameter); i++) {
        if (parameter[i].value.n == 0)
            continue;
        mu_parameter_write(out, parameter[i].name, parameter[i].value, parameter[i].quote, first);
        first = false;
    }
    mu_buf_puts(out, "\r\n");
}
