/* encode.h - pieces of RFC 5322 fields that the encoder and the operators share; inside document/
 * only. */
#ifndef MU_DOCUMENT_ENCODE_H
#define MU_DOCUMENT_ENCODE_H

#include "document/message.h"

/* Only printable US-ASCII and spaces. */
bool mu_encode_is_ascii(struct mu_bytes text);

/* `text` as encoded-words (RFC 2047, UTF-8, B), folded between them. */
void mu_encode_words(struct mu_buf *out, struct mu_bytes text);

/* "Name: value CRLF": folded at 78 octets; encoded-words where the value is not US-ASCII. */
void mu_encode_field(struct mu_buf *out, const char *name, struct mu_bytes value);

/* The SIO-Label field of the message's label, marking and colours; nothing when it has neither. */
void mu_encode_sio(struct mu_buf *out, const struct mu_message *message);

#endif
