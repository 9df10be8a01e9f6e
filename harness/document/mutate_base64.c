/* Operators on the base64 of a SIO-Label: what strict readers refuse (RFC 4648 3, 4) and others read. */
#include "document/mutate_ops.h"

#include "base/limits.h"

static bool base64_of(const struct mu_mutation *m, struct mu_bytes message,
                      const struct mu_parameter **parameter, struct mu_err *err)
{
    const char *name = mu_edit_on(m, "label");
    const struct mu_header *header;
    TRY(mu_edit_header(m, message, "sio-label", &header, err));
    struct mu_parameters list;
    mu_parameters_read(m->arena, header->raw, header->value_offset, &list);
    const struct mu_parameter *found = mu_parameter_find(&list, name);
    if (found == NULL || found->value.n < 4)
        return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has no base64 in parameter '%s'", name);
    *parameter = found;
    return true;
}

MU_OCTETS(mu_mutate_base64_space)
{
    const struct mu_parameter *p;
    TRY(base64_of(m, *message, &p, err));
    size_t at = mu_parameter_offset(p, p->value.n / 2 - 1) + 1;
    *message = mu_edit_splice(m->arena, *message, at, 0, MU_BYTES(" "));
    return true;
}

/* Padding that is there is lost; where none belongs, one is added. */
MU_OCTETS(mu_mutate_base64_padding)
{
    const struct mu_parameter *p;
    TRY(base64_of(m, *message, &p, err));
    size_t last = p->value.n - 1;
    size_t at = mu_parameter_offset(p, last);
    if (p->value.p[last] == '=')
        *message = mu_edit_splice(m->arena, *message, at, 1, MU_BYTES(""));
    else
        *message = mu_edit_splice(m->arena, *message, at + 1, 0, MU_BYTES("="));
    return true;
}

MU_OCTETS(mu_mutate_base64_url)
{
    const struct mu_parameter *p;
    TRY(base64_of(m, *message, &p, err));
    char *copy = mu_bytes_dup(m->arena, *message);
    bool changed = false;
    for (size_t i = 0; i < p->value.n; i++) {
        char c = p->value.p[i];
        if (c != '+' && c != '/')
            continue;
        copy[mu_parameter_offset(p, i)] = c == '+' ? '-' : '_';
        changed = true;
    }
    if (!changed)
        return mu_fail(err, MU_ERR_PROFILE, "base64 of '%s' holds neither + nor /", p->name);
    message->p = copy;
    return true;
}

/* A character outside the alphabet: RFC 4648 3.3 has it refused, MIME decoders skip it. */
MU_OCTETS(mu_mutate_base64_foreign)
{
    static const char foreign[] = "*!%.~";
    const struct mu_parameter *p;
    TRY(base64_of(m, *message, &p, err));
    char c = foreign[mu_edit_choose(m, sizeof foreign - 1)];
    size_t at = mu_parameter_offset(p, mu_edit_choose(m, p->value.n - 2));
    *message = mu_edit_splice(m->arena, *message, at, 0, (struct mu_bytes){ &c, 1 });
    return true;
}

static int digit_of(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c != '\0' ? strchr(alphabet, c) : NULL;
    return found != NULL ? (int) (found - alphabet) : -1;
}

/* RFC 4648 3.5: bits behind the last octet are zero. Two texts of one label differ where they are not. */
MU_OCTETS(mu_mutate_base64_bits)
{
    const struct mu_parameter *p;
    TRY(base64_of(m, *message, &p, err));
    size_t last = p->value.n;
    while (last > 0 && p->value.p[last - 1] == '=')
        last--;
    int digit = last > 0 && last < p->value.n ? digit_of(p->value.p[last - 1]) : -1;
    if (digit < 0 || digit % 4 != 0)
        return mu_fail(err, MU_ERR_PROFILE, "base64 of '%s' has no unused bits", p->name);
    char *copy = mu_bytes_dup(m->arena, *message);
    copy[mu_parameter_offset(p, last - 1)]++; /* the next digit differs in the lowest bit */
    message->p = copy;
    return true;
}

/* Whole groups of four are lost: what is left is base64 and no label. */
MU_OCTETS(mu_mutate_base64_truncate)
{
    const struct mu_parameter *p;
    TRY(base64_of(m, *message, &p, err));
    size_t groups = p->value.n / 4;
    if (groups < 2)
        return mu_fail(err, MU_ERR_PROFILE, "base64 of '%s' is too short to be cut", p->name);
    struct mu_bytes kept = mu_bytes_slice(p->value, 0, (1 + mu_edit_choose(m, groups - 1)) * 4);
    return mu_edit_set_parameter(m, message, p->name, kept, true, err);
}
