#include <stdlib.h>

#include "format/unicode.h"
#include "rules/functions.h"

void mu_function_nfc(struct mu_call *call)
{
    call->text = mu_unicode_nfc(call->judging->arena, call->arg[0].text);
}

void mu_function_is_nfc(struct mu_call *call)
{
    call->truth = mu_unicode_is_nfc(call->judging->arena, call->arg[0].text);
}

void mu_function_upper(struct mu_call *call)
{
    call->text = mu_unicode_upper(call->judging->arena, call->arg[0].text);
}

void mu_function_collapse(struct mu_call *call)
{
    call->text = mu_unicode_collapse(call->judging->arena, call->arg[0].text);
}

void mu_function_is_trimmed(struct mu_call *call)
{
    call->truth = mu_unicode_is_trimmed(call->arg[0].text);
}

void mu_function_has_invisible(struct mu_call *call)
{
    call->truth = mu_unicode_is_invisible(call->arg[0].text);
}

void mu_function_lookalike(struct mu_call *call)
{
    call->truth = mu_unicode_lookalike(call->judging->arena, call->arg[0].text);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

void mu_function_distinct(struct mu_call *call)
{
    struct mu_arena *arena = call->judging->arena;
    const xmlNodeSet *nodes = call->arg[0].nodes;
    size_t count = nodes == NULL ? 0 : (size_t) nodes->nodeNr;
    const char **value = mu_arena_array(arena, count + 1, sizeof *value);
    for (size_t i = 0; i < count; i++) {
        xmlChar *text = xmlXPathCastNodeToString(nodes->nodeTab[i]);
        struct mu_bytes flat = mu_unicode_collapse(arena, mu_bytes_of((const char *) text));
        value[i] = mu_bytes_dup(arena, mu_unicode_fold(arena, mu_unicode_nfc(arena, flat)));
        xmlFree(text);
    }
    qsort(value, count, sizeof *value, compare);
    call->truth = true;
    for (size_t i = 1; i < count; i++)
        call->truth = call->truth && strcmp(value[i - 1], value[i]) != 0;
}
