/* code_span.h - any text as a code span of Markdown (CommonMark 6.1), in one line. */
#ifndef MU_REPORT_CODE_SPAN_H
#define MU_REPORT_CODE_SPAN_H

#include "base/bytes.h"

#define MU_CODE_SPAN 240 /* octets of one text: enough to know it by */

/* At most `max` octets of it are shown; nothing for an empty one. */
void mu_code_span(struct mu_buf *out, const char *text, size_t max);

#endif
