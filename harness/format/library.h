/* library.h - which libxml2 runs. */
#ifndef MU_FORMAT_LIBRARY_H
#define MU_FORMAT_LIBRARY_H

/* "20914"; distributions patch without changing it. */
const char *mu_xml_library_version(void);

#endif
