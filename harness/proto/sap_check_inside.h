/* sap_check_inside.h - the functions that the table of checks names; sap_check_*.c alone include it. */
#ifndef MU_PROTO_SAP_CHECK_INSIDE_H
#define MU_PROTO_SAP_CHECK_INSIDE_H

#include "proto/sap_check_talk.h"

#define MU_SAP_SYNTAX "adatp-4774" /* of labels and clearances */
#define MU_SAP_SPIF   "xmlspif"    /* of policies               */

#define MU_SAP_CHECK_TOKEN "5f3c0e9a7b1d2468ace01357" /* of the one case that is opened */

/* True: it holds, or does not apply. False: mu_talk_no() has said why it does not. */
typedef bool mu_sap_try(struct mu_talk *t);

/* What a check that looks at the end of a process gets; `why` is where it says why it does not hold. */
struct mu_sap_ended {
    const struct mu_sap_check_end *end;
    struct mu_buf why;
};
typedef bool mu_sap_look(struct mu_sap_ended *e);

enum mu_sap_sit {
    MU_SIT_PLAIN, /* greeted, asked for everything, sent home   */
    MU_SIT_EARLY, /* asked before it is greeted                  */
    MU_SIT_HIGH,  /* offered versions that it cannot know        */
    MU_SIT_NONE,  /* offered nothing that it knows               */
    MU_SIT_AGAIN, /* started once more, as after a crash         */
    MU_SIT_CUT,   /* its input ends without bye                  */
    MU_SIT_TERM,  /* told to end by a signal                     */
    MU_SIT_STDIO, /* --sap-stdio                                 */
    MU_SIT_NAMED,
};

/* sap_check_hello.c */
mu_sap_try mu_try_first_line, mu_try_greeting, mu_try_version, mu_try_adapter, mu_try_sut,
    mu_try_build, mu_try_roles, mu_try_caps, mu_try_caps_known, mu_try_caps_fit, mu_try_in_flight,
    mu_try_isolation, mu_try_hello_members, mu_try_early, mu_try_high, mu_try_none, mu_try_same,
    mu_try_stdio, mu_try_no_preamble, mu_try_greet;

/* sap_check_wire.c */
mu_sap_try mu_try_echo, mu_try_echo_nothing, mu_try_echo_much, mu_try_odd_operation, mu_try_clock,
    mu_try_clock_right, mu_try_odd_probe, mu_try_unknown_member, mu_try_free_member,
    mu_try_missing_member, mu_try_wrong_type, mu_try_no_operation, mu_try_operation_number,
    mu_try_large_id, mu_try_pieces, mu_try_two_at_once, mu_try_other_json, mu_try_pipeline,
    mu_try_own_data, mu_try_reply_members, mu_try_hello_twice, mu_try_unasked, mu_try_bye,
    mu_try_last_word;

/* sap_check_cases.c */
mu_sap_try mu_try_configure, mu_try_begin, mu_try_end, mu_try_end_unknown, mu_try_reset;

/* sap_check_ops.c */
mu_sap_try mu_try_parse, mu_try_parse_cut, mu_try_parse_nothing, mu_try_parse_salt,
    mu_try_parse_same, mu_try_make, mu_try_make_bad, mu_try_render, mu_try_render_bad,
    mu_try_marking, mu_try_marking_bad, mu_try_decide, mu_try_decide_bad, mu_try_map,
    mu_try_map_bad, mu_try_send, mu_try_await, mu_try_relay, mu_try_not_offered,
    mu_try_result_members;

/* sap_check_open.c */
mu_sap_try mu_try_open, mu_try_open_reached, mu_try_open_twice, mu_try_open_nowhere,
    mu_try_open_connect, mu_try_close, mu_try_close_unknown;

/* sap_check_late.c */
mu_sap_try mu_try_deadline, mu_try_cancel, mu_try_cancel_late, mu_try_blob, mu_try_blob_digest,
    mu_try_blob_unknown;

/* sap_check_end.c */
mu_sap_look mu_look_status, mu_look_survivors, mu_look_noise, mu_look_cut, mu_look_term;

/* sap_check_hostile.c: every frame in a process of its own. */
struct mu_sap_hostile {
    struct mu_sap_check check;
    const char *frame; /* sent behind a greeting, with its LF; NULL: `make` does it */
    size_t octets;
    mu_sap_try *make;
};
size_t mu_sap_hostiles(void);
const struct mu_sap_hostile *mu_sap_hostile_at(size_t i);
bool mu_sap_try_hostile(struct mu_talk *t, const struct mu_sap_hostile *hostile);

/* --- helpers of several ---------------------------------------------------------------------------- */

/* Members that the protocol demands are there, with the right type; *unknown is one that it does not
 * know, or NULL. `where` is for the words of a failure: "result", "adapter". */
bool mu_sap_members(struct mu_talk *t, const json_t *object, const struct mu_sap_field *field,
                    const char *where, const char **unknown) MU_MUST_USE;
/* {"b64": ...} */
json_t *mu_sap_octets(struct mu_talk *t, struct mu_bytes octets);
/* "sha256:..." */
const char *mu_sap_digest(struct mu_talk *t, struct mu_bytes octets);
/* Put octets in pieces; {"blob": ...} then, or NULL when that does not go well. */
json_t *mu_sap_blob(struct mu_talk *t, struct mu_bytes whole);
/* Is there this role in the hello? */
bool mu_sap_offers(const struct mu_talk *t, unsigned roles);

#endif
