/* schema_private.h - what schema.c and schema_check.c share. Private to format. */
#ifndef MU_FORMAT_SCHEMA_PRIVATE_H
#define MU_FORMAT_SCHEMA_PRIVATE_H

#include <libxml/xmlschemas.h>

#include "format/xml.h"

#define MU_SCHEMA_FILES_MAX 16 /* a schema and what it includes and imports */

struct mu_schema {
    xmlSchema *schema;
    xmlSchemaValidCtxt *ctxt; /* reused: safe over documents, and saves a tenth */
    xmlDoc *doc[MU_SCHEMA_FILES_MAX];
    const char *path[MU_SCHEMA_FILES_MAX];
    size_t docs;
};

/* Validate a document, or one element of it; each error goes to note(self, error). */
enum mu_validity mu_schema_run(struct mu_schema *schema, xmlDoc *doc, xmlNode *element,
                               void (*note)(void *self, const xmlError *error), void *self,
                               size_t *errors);

/* The element at or above the node of an error; NULL when libxml2 named none. */
const xmlNode *mu_schema_error_element(const xmlError *error);

#endif
