/* end_of_data.h - what careless receivers of SMTP take for the end of data besides CRLF.CRLF, by name
 * (RFC 5321 4.1.1.4; CVE-2023-51764 to -51766). */
#ifndef MU_CORE_END_OF_DATA_H
#define MU_CORE_END_OF_DATA_H

#include <stddef.h>

#include "base/bytes.h"

/* "LF.LF" and its octets; false: no such name. */
bool mu_end_of_data(const char *name, struct mu_bytes *octets);

const char *mu_end_of_data_at(size_t i); /* NULL past the last */

#endif
