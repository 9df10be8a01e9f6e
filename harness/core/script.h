/* script.h - how our server misbehaves while an exclusive case runs. All zero: it behaves. */
#ifndef MU_CORE_SCRIPT_H
#define MU_CORE_SCRIPT_H

#include <stdbool.h>

#include "core/observation.h"

struct mu_script {
    const char *tls;         /* TLS profile that it follows instead of the run's; NULL       */
    const char *certificate; /* identity of the test PKI: "server-expired"; NULL: ours       */
    bool no_starttls;        /* STARTTLS is not offered and answered 502                     */
    bool no_client_ca;       /* no certificate is asked for                                  */
    const char *hide;        /* EHLO keywords not offered, space separated: "8BITMIME"; NULL */
    /* SESSION: at the greeting; ENVELOPE: at MAIL; CONTENT: at DATA; AFTER_CONTENT: at the dot */
    enum mu_stage refuse_at;
    int refuse_code; /* 421, 450, 554 */
    const char *refuse_text;
    enum mu_stage close_at; /* hang up there without a word */
};

#endif
