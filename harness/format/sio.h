/* sio.h - SIO-Label and SIO-Label-History header fields, RFC 7444 sections 4 and 5, both ways. */
#ifndef MU_FORMAT_SIO_H
#define MU_FORMAT_SIO_H

#include "base/codec.h"
#include "format/mail.h"
#include "format/parameter.h"

enum mu_sio_type { MU_SIO_NONE, MU_SIO_ESS, MU_SIO_X411, MU_SIO_XML, MU_SIO_URI, MU_SIO_UNKNOWN };

struct mu_sio {
    struct mu_parameters list; /* everything, in order                           */
    const struct mu_parameter *marking, *fgcolor, *bgcolor, *type, *label; /* NULL when absent  */
    enum mu_sio_type kind;
    struct mu_bytes decoded;      /* label after base64, tolerantly; n == 0 when there is none  */
    enum mu_base64_defect base64; /* of the joined label value                                  */
    size_t base64_offset;         /* in the message, of the offending byte                      */
};

void mu_sio_read(struct mu_arena *arena, const struct mu_header *header, struct mu_sio *sio);

/* Is it a colour of RFC 7444: "#" 6HEXDIG or one of the seventeen names (fuschia as spelt there)? */
bool mu_sio_color(struct mu_bytes value);

/* What to write; empty members are left out. */
struct mu_sio_text {
    struct mu_bytes marking, fgcolor, bgcolor, type, label; /* label: octets before base64 */
};

/* A whole field "SIO-Label: ...CRLF", folded, no line past 78 octets. `name` is the field name. */
void mu_sio_write(struct mu_buf *out, const char *name, const struct mu_sio_text *text);

#endif
