#include <math.h>

#include "base/codec.h"
#include "base/names.h"
#include "base/pattern.h"
#include "base/text_safe.h"
#include "rules/functions.h"

/* A pattern that is none is the rule's fault; it is found when the file is loaded. */
void mu_function_fits(struct mu_call *call)
{
    struct mu_arena *arena = call->judging->arena;
    struct mu_pattern *pattern;
    struct mu_err err;
    call->refused = !mu_pattern_parse(arena, call->arg[1].text, &pattern, &err);
    call->truth = !call->refused && mu_pattern_fits(arena, pattern, call->arg[0].text);
}

void mu_function_matches(struct mu_call *call)
{
    call->truth = mu_name_matches(call->arg[0].text.p, call->arg[1].text.p);
}

void mu_function_in_list(struct mu_call *call)
{
    struct mu_bytes word = call->arg[0].text;
    const char *list = call->arg[1].text.p;
    for (list += strspn(list, " \n\t"); *list != '\0'; list += strspn(list, " \n\t")) {
        struct mu_bytes one = { list, strcspn(list, " \n\t") };
        call->truth = call->truth || mu_bytes_equal(one, word);
        list += one.n;
    }
}

/* Octets that were no UTF-8 stand as \xNN in a message document. */
void mu_function_eight_bit(struct mu_call *call)
{
    struct mu_bytes b = call->arg[0].text;
    for (size_t i = 0; i < b.n && !call->truth; i++)
        call->truth = (unsigned char) b.p[i] >= 0x80
                      || (b.n - i >= 4 && b.p[i] == '\\' && b.p[i + 1] == 'x'
                          && mu_hex_digit(b.p[i + 2]) >= 8 && mu_hex_digit(b.p[i + 3]) >= 0);
}

void mu_function_has_encoded_word(struct mu_call *call)
{
    size_t at;
    call->truth = mu_mail_has_encoded_word(call->arg[0].text, &at);
}

void mu_function_octets(struct mu_call *call)
{
    call->number = (double) call->arg[0].text.n;
}

void mu_function_hex(struct mu_call *call)
{
    struct mu_bytes b = call->arg[0].text;
    char *out = mu_arena_alloc(call->judging->arena, 2 * b.n + 1);
    mu_hex_write((const unsigned char *) b.p, b.n, out);
    call->text = mu_bytes_of(out);
}

static const xmlNode *first_node(const struct mu_call *call)
{
    const xmlNodeSet *nodes = call->arg[0].nodes;
    return nodes == NULL || nodes->nodeNr == 0 ? NULL : nodes->nodeTab[0];
}

void mu_function_offset(struct mu_call *call)
{
    const xmlNode *node = first_node(call);
    call->number = -1;
    if (node != NULL && node->type != XML_ELEMENT_NODE && node->type != XML_NAMESPACE_DECL)
        node = node->parent;
    if (node != NULL && node->type == XML_ELEMENT_NODE)
        call->number = (double) mu_place_offset(node);
}

/* The decoded octets of the part that the first argument stands for. */
static bool decoded(struct mu_call *call, struct mu_bytes *out)
{
    struct mu_judging *j = call->judging;
    const xmlNode *node = first_node(call);
    if (node == NULL || j->document == NULL || !mu_xml_is(node, MU_MESSAGE_NS, "part"))
        return false;
    const char *path = mu_xml_attribute(j->arena, node, "path");
    const struct mu_part *part = path == NULL ? NULL : mu_document_part(j->document, path);
    if (part == NULL)
        return false;
    if (part != j->part) {
        j->decoded = mu_part_decode(j->arena, part);
        j->part = part;
    }
    *out = j->decoded;
    return true;
}

void mu_function_text_contains(struct mu_call *call)
{
    struct mu_bytes bytes;
    call->truth = decoded(call, &bytes) && mu_bytes_find(bytes, call->arg[1].text, 0) != SIZE_MAX;
}

/* The line that begins at `from`, without its line end; *next is where the one after it begins. */
static struct mu_bytes line_at(struct mu_bytes b, size_t from, size_t *next)
{
    size_t lf = mu_bytes_find(b, MU_BYTES("\n"), from);
    size_t end = lf == SIZE_MAX ? b.n : lf;
    *next = lf == SIZE_MAX ? b.n : lf + 1;
    if (end > from && b.p[end - 1] == '\r')
        end--;
    return mu_bytes_slice(b, from, end - from);
}

static size_t count_lines(struct mu_bytes b)
{
    size_t lines = 0;
    for (size_t i = 0; i < b.n; lines++)
        (void) line_at(b, i, &i);
    return lines;
}

void mu_function_line(struct mu_call *call)
{
    struct mu_bytes bytes, line = { "", 0 };
    double wanted = call->arg[1].number;
    if (isnan(wanted) || !decoded(call, &bytes))
        return;
    if (wanted < 0)
        wanted += (double) count_lines(bytes) + 1;
    double number = 0;
    size_t i = 0;
    while (i < bytes.n && number < wanted) {
        line = line_at(bytes, i, &i);
        number++;
    }
    struct mu_buf out = { .arena = call->judging->arena };
    if (wanted >= 1 && number >= wanted)
        mu_text_safe(&out, line, MU_TEXT_XML, MU_TEXT_MAX);
    call->text = mu_buf_bytes(&out);
}
