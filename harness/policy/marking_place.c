/* Where markings stand, by name. */
#include <assert.h>
#include <string.h>

#include "policy/marking.h"

static const struct {
    const char *name;
    enum mu_marking_code code;
} place[] = {
    { "page-top", MU_AT_PAGE_TOP },
    { "page-bottom", MU_AT_PAGE_BOTTOM },
    { "document-start", MU_AT_DOCUMENT_START },
    { "document-end", MU_AT_DOCUMENT_END },
    { "first-line", MU_AT_FIRST_LINE },
    { "last-line", MU_AT_LAST_LINE },
    { "subject", MU_AT_SUBJECT },
    { "x-header", MU_AT_X_HEADER },
    { "portion", MU_AT_PORTION },
    { "watermark", MU_AT_WATERMARK },
};
static_assert(MU_COUNT(place) < MU_PLACE_NAMES, "callers keep a list of them and its end");

const char *mu_marking_place_at(size_t i, enum mu_marking_code *code)
{
    if (i >= MU_COUNT(place))
        return NULL;
    if (code != NULL)
        *code = place[i].code;
    return place[i].name;
}

bool mu_marking_place_find(const char *name, enum mu_marking_code *code)
{
    for (size_t i = 0; i < MU_COUNT(place); i++)
        if (strcmp(place[i].name, name) == 0) {
            *code = place[i].code;
            return true;
        }
    return false;
}
