/* Small pieces of memory for libxml2, which takes and gives back some thousand for each message: they are
 * kept in lists by their size, and no list grows past a bound. Builds with sanitizers do without. */
#include <libxml/xmlmemory.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "format/xml_parser.h"

#ifndef MU_SANITIZE

#define BINS     16   /* up to 264 bytes: nodes, attributes, objects, most names and texts */
#define BIN_KEPT 4096 /* pieces in one list: half a MiB of nodes                           */

struct piece {
    struct piece *next;
};

static struct {
    struct piece *piece;
    size_t count;
} bin[BINS + 1];

/* What malloc() gives has 24, 40, 56 ... usable bytes. */
static size_t bin_of(size_t n)
{
    return n <= 24 ? 1 : (n + 7) / 16;
}

static void *take(size_t n)
{
    size_t i = bin_of(n);
    if (i > BINS)
        return malloc(n);
    struct piece *p = bin[i].piece;
    if (p == NULL)
        return malloc(16 * i + 8);
    bin[i].piece = p->next;
    bin[i].count--;
    return p;
}

static void give(void *p)
{
    if (p == NULL)
        return;
    size_t i = (malloc_usable_size(p) - 8) / 16;
    if (i == 0 || i > BINS || bin[i].count == BIN_KEPT) {
        free(p);
        return;
    }
    struct piece *piece = p;
    piece->next = bin[i].piece;
    bin[i].piece = piece;
    bin[i].count++;
}

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = take(n);
    return p != NULL ? memcpy(p, text, n) : NULL;
}

void mu_xml_memory(void)
{
    (void) xmlMemSetup(give, take, realloc, copy);
}

#else

void mu_xml_memory(void)
{
}

#endif
