#include "rules/expression.h"

/* White space runs become one space, also across pieces; none at either end. */
static void add_text(struct mu_arena *arena, struct mu_list *pieces, size_t first, const char *text,
                     bool last)
{
    struct mu_buf out = { .arena = arena };
    for (const char *c = text; *c != '\0'; c++)
        if (strchr(" \t\r\n", *c) == NULL)
            mu_buf_putc(&out, *c);
        else if (out.n > 0 ? out.p[out.n - 1] != ' ' : pieces->count > first)
            mu_buf_putc(&out, ' ');
    if (last && out.n > 0 && out.p[out.n - 1] == ' ')
        out.p[--out.n] = '\0';
    if (out.n == 0)
        return;
    struct mu_piece *piece = mu_list_add(arena, pieces, sizeof *piece);
    piece->text = mu_buf_text(&out);
}

/* sch:value-of, or sch:name, which is short for name(). */
static bool add_value(const struct mu_rule_file *file, struct mu_list *pieces, const xmlNode *node,
                      struct mu_visible visible, const char **written, struct mu_err *err)
{
    struct mu_arena *arena = file->set->arena;
    struct mu_piece piece = { 0 };
    struct mu_spot spot = { file, mu_xml_where(node) };
    const char *select = mu_xml_attribute(arena, node, "select");
    const char *path = mu_xml_attribute(arena, node, "path");
    if (select == NULL)
        select = path == NULL ? "name()" : mu_arena_printf(arena, "name(%s)", path);
    TRY(mu_expression_compile(&spot, select, visible, &piece.select, err));
    struct mu_piece *kept = mu_list_add(arena, pieces, sizeof *kept);
    *kept = piece;
    *written = mu_arena_printf(arena, "{%s}", select);
    return true;
}

bool mu_template_load(const struct mu_rule_file *file, const xmlNode *node,
                      struct mu_visible visible, struct mu_list *pieces, struct mu_buf *shown,
                      struct mu_err *err)
{
    size_t first = pieces->count;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        size_t before = pieces->count;
        const char *written = "";
        if (child->type == XML_ELEMENT_NODE) {
            TRY(add_value(file, pieces, child, visible, &written, err));
        } else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            add_text(file->set->arena, pieces, first, (const char *) child->content,
                     child->next == NULL);
            if (pieces->count > before)
                written = ((struct mu_piece *) pieces->item)[before].text;
        }
        mu_buf_puts(shown, written);
    }
    if (pieces->count == first)
        return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE, "'%s' has no text",
                             (const char *) node->name);
    return true;
}
