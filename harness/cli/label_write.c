/* Labels written in the syntaxes of --as. */
#include <string.h>

#include "cli/label.h"

static const char *const as_word[] = {
    [MU_AS_XML] = "xml", [MU_AS_ESS] = "ess", [MU_AS_FIXTURE] = "fixture"
};

bool mu_desk_as(const struct mu_desk *desk, bool *chosen, enum mu_as *as, struct mu_err *err)
{
    size_t word;
    TRY(mu_argument_word(desk->args, MU_OPT_AS, as_word, MU_COUNT(as_word), MU_AS_XML, &word, err));
    *chosen = desk->args->value[MU_OPT_AS] != NULL;
    *as = (enum mu_as) word;
    return true;
}

void mu_desk_made(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_label *label,
                  const char *name, struct mu_item *item)
{
    *item = (struct mu_item){ .input = name,
                              .name = name,
                              .syntax = "adatp-4774",
                              .label = label,
                              .xml = mu_label_write(arena, label) };
    item->policy = mu_policies_find(&desk->policies, label->policy, label->policy_uri);
}

static void put_escaped(struct mu_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '&')
            mu_buf_puts(out, *text == '<' ? "&lt;" : "&amp;");
        else
            mu_buf_putc(out, *text);
    }
}

static void put_element(struct mu_buf *out, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    mu_buf_printf(out, "  <%s>", name);
    put_escaped(out, text);
    mu_buf_printf(out, "</%s>\n", name);
}

/* fixtures/labels/<name>.xml, as a suite names it. */
static struct mu_bytes fixture(const struct mu_desk *desk, struct mu_arena *arena,
                               const struct mu_label *label)
{
    struct mu_buf out = { .arena = arena };
    struct mu_item item;
    mu_desk_made(desk, arena, label, "label", &item);
    mu_buf_puts(&out, "<label xmlns=\"urn:muster:fixture:1\" id=\"label\">\n");
    if (item.policy != NULL) {
        struct mu_resolved resolved;
        const char *why = NULL;
        mu_resolve(arena, item.policy, label, &resolved);
        struct mu_colours colours = mu_marking_colours(arena, &resolved);
        put_element(&out, "marking",
                    mu_marking_render(arena, &resolved, MU_AT_PAGE_TOP, desk->language, &why));
        put_element(&out, "fgcolor", colours.foreground);
        put_element(&out, "bgcolor", colours.background);
    }
    mu_buf_puts(&out, "  ");
    mu_buf_put_bytes(&out, item.xml);
    mu_buf_puts(&out, "\n</label>");
    return mu_buf_bytes(&out);
}

bool mu_desk_write(const struct mu_desk *desk, struct mu_arena *arena, const struct mu_label *label,
                   enum mu_as as, struct mu_bytes *out, struct mu_err *err)
{
    if (as == MU_AS_ESS)
        return mu_desk_write_ess(desk, arena, label, out, err);
    *out = as == MU_AS_XML ? mu_label_write(arena, label) : fixture(desk, arena, label);
    return true;
}
