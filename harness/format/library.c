#include "format/library.h"

#include <libxml/globals.h>

const char *mu_xml_library_version(void)
{
    return xmlParserVersion;
}
