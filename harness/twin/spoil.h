/* spoil.h - what a bad relay makes of a message that no mutation operator makes: pure, octets in,
 * octets out. A message to which there is nothing to do comes out as it is. */
#ifndef MU_TWIN_SPOIL_H
#define MU_TWIN_SPOIL_H

#include "base/arena.h"
#include "base/bytes.h"

#define MU_SPOIL(name) struct mu_bytes name(struct mu_arena *arena, struct mu_bytes message)

MU_SPOIL(mu_spoil_message_id);         /* another Message-ID                                   */
MU_SPOIL(mu_spoil_history_drop);       /* no SIO-Label-History                                 */
MU_SPOIL(mu_spoil_history_edit);       /* the first word of each SIO-Label-History is another  */
MU_SPOIL(mu_spoil_history_invent);     /* one more SIO-Label-History, of nothing               */
MU_SPOIL(mu_spoil_colours);            /* SIO-Label without fgcolor and bgcolor                */
MU_SPOIL(mu_spoil_inject);             /* values with line ends written out as they decode     */
MU_SPOIL(mu_spoil_subject);            /* the subject without what stands in brackets          */
MU_SPOIL(mu_spoil_fields_drop);        /* no fields but those that every mail may have         */
MU_SPOIL(mu_spoil_fields_cut);         /* values of further fields end after a few characters  */
MU_SPOIL(mu_spoil_first_line);         /* the first line of the first text is gone             */
MU_SPOIL(mu_spoil_other_text);         /* the first line of the last of several texts is gone  */
MU_SPOIL(mu_spoil_header_order);       /* Received fields in the opposite order                */
MU_SPOIL(mu_spoil_long_lines);         /* text lines end after 900 octets, the rest is gone    */
MU_SPOIL(mu_spoil_wrap_lines);         /* text lines are wrapped after 76 octets               */
MU_SPOIL(mu_spoil_stuff_dots);         /* a dot more on lines that begin with one              */
MU_SPOIL(mu_spoil_strip_dots);         /* a dot less on lines that begin with one              */
MU_SPOIL(mu_spoil_truncate);           /* the text ends after 300 octets                       */
MU_SPOIL(mu_spoil_eight_bit);          /* octets above 127 lose their highest bit              */
MU_SPOIL(mu_spoil_soft_breaks);        /* quoted-printable: soft line breaks become hard       */
MU_SPOIL(mu_spoil_unknown_parameters); /* SIO-Label keeps only the parameters of RFC 7444 */

#endif
