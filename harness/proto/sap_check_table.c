/* The checks, in the order in which they are made. */
#include "proto/sap_check_table.h"

#define HERE(sit, try)  (sit), (try), NULL
#define LAST(sit, look) (sit), NULL, (look)

/* clang-format off */
static const struct mu_sap_row row[] = {
    /* The handshake. */
    { { "A01", true, "The handshake", "the first line is the reply to hello, one JSON object ended by LF", "write it to descriptor 4 (with 'stdio:COMMAND' to 1), end it with LF, flush it; print all else to standard error" }, HERE(MU_SIT_PLAIN, mu_try_first_line) },
    { { "A02", true, "The handshake", "hello is answered with ok and a result", "{\"id\":1,\"ok\":true,\"result\":{...}}" }, HERE(MU_SIT_PLAIN, mu_try_greeting) },
    { { "A03", true, "Versions", "the version is the highest that both speak", "\"sap\":1" }, HERE(MU_SIT_PLAIN, mu_try_version) },
    { { "A04", true, "The handshake", "the adapter says its name and version", "\"adapter\":{\"name\":...,\"version\":...}" }, HERE(MU_SIT_PLAIN, mu_try_adapter) },
    { { "A05", true, "The handshake", "it says name and version of the system under test", "\"sut\":{\"name\":...,\"version\":...}: a report is worth nothing without" }, HERE(MU_SIT_PLAIN, mu_try_sut) },
    { { "A06", false, "The handshake", "it says the build of the system under test", "a digest or number in \"sut\":{\"build\":...}: two runs are compared by it" }, HERE(MU_SIT_PLAIN, mu_try_build) },
    { { "A07", true, "The handshake", "it offers at least one role, and only roles that there are", "\"roles\":[\"validator\"]; 'muster adapter schema' lists them" }, HERE(MU_SIT_PLAIN, mu_try_roles) },
    { { "A08", true, "The handshake", "it claims at least one capability", "\"caps\":{\"label.4774\":{}}; 'muster list capabilities' lists them" }, HERE(MU_SIT_PLAIN, mu_try_caps) },
    { { "A09", true, "The handshake", "its capabilities do not contradict each other", "claim what the one implies, or leave it out" }, HERE(MU_SIT_PLAIN, mu_try_caps_fit) },
    { { "A10", false, "The handshake", "its capabilities are known, and fit its roles", "names of your own begin with x-" }, HERE(MU_SIT_PLAIN, mu_try_caps_known) },
    { { "A11", true, "The handshake", "max_inflight is a number from 1 to 1024", "it is 1 where it is not said" }, HERE(MU_SIT_PLAIN, mu_try_in_flight) },
    { { "A12", true, "The handshake", "isolation is op or case", "op: operations stand alone; case: begin and end around each case" }, HERE(MU_SIT_PLAIN, mu_try_isolation) },
    { { "A13", false, "The handshake", "the hello holds only members that the protocol knows, of their types", "names of your own begin with x-" }, HERE(MU_SIT_PLAIN, mu_try_hello_members) },

    /* Probes. */
    { { "A14", true, "The handshake", "every octet comes back from an echo as it was", "decode base64 to octets, never to text" }, HERE(MU_SIT_PLAIN, mu_try_echo) },
    { { "A15", true, "The handshake", "an echo of nothing comes back", "\"b64\":\"\" is no octets, and not nothing at all" }, HERE(MU_SIT_PLAIN, mu_try_echo_nothing) },
    { { "A16", true, "The handshake", "an echo of 48 KiB comes back", "read until LF, and write all of it" }, HERE(MU_SIT_PLAIN, mu_try_echo_much) },
    { { "A17", true, "The handshake", "an operation that nobody knows is answered unsupported", "look names up in a table, and end it with unsupported" }, HERE(MU_SIT_PLAIN, mu_try_odd_operation) },
    { { "A18", true, "The handshake", "the clock is told", "\"unix_ms\": milliseconds since 1970-01-01T00:00:00Z" }, HERE(MU_SIT_PLAIN, mu_try_clock) },
    { { "A19", false, "The handshake", "the clock is right within two seconds", "let the machine keep its time by NTP" }, HERE(MU_SIT_PLAIN, mu_try_clock_right) },
    { { "A20", true, "The handshake", "a probe of a kind that nobody knows is refused", "bad-request" }, HERE(MU_SIT_PLAIN, mu_try_odd_probe) },

    /* Members. */
    { { "A21", true, "Lines", "a member that the adapter does not know is refused", "bad-request: else a new obligation would be passed over in silence" }, HERE(MU_SIT_PLAIN, mu_try_unknown_member) },
    { { "A22", true, "Lines", "members whose names begin with x- are passed over", "" }, HERE(MU_SIT_PLAIN, mu_try_free_member) },
    { { "A23", true, "Errors", "a request without a member that it must have is refused", "bad-request" }, HERE(MU_SIT_PLAIN, mu_try_missing_member) },
    { { "A24", true, "Errors", "members of a wrong type are refused", "bad-request" }, HERE(MU_SIT_PLAIN, mu_try_wrong_type) },
    { { "A25", true, "Errors", "a request without an operation is refused", "bad-request" }, HERE(MU_SIT_PLAIN, mu_try_no_operation) },
    { { "A26", true, "Errors", "an operation that is a number is refused", "bad-request" }, HERE(MU_SIT_PLAIN, mu_try_operation_number) },
    { { "A27", true, "Lines", "an id of 2^53-1 comes back as it was", "32 bits are not enough for an id" }, HERE(MU_SIT_PLAIN, mu_try_large_id) },
    { { "A28", false, "Lines", "replies hold only what the protocol knows, and errors a message", "\"error\":{\"code\":...,\"message\":...}" }, HERE(MU_SIT_PLAIN, mu_try_reply_members) },
    { { "A29", true, "The handshake", "a second hello is refused", "precondition" }, HERE(MU_SIT_PLAIN, mu_try_hello_twice) },

    /* Lines and pipelining. */
    { { "A30", true, "Lines", "JSON may be written otherwise: order, spaces, escapes", "read with a JSON library, not by patterns" }, HERE(MU_SIT_PLAIN, mu_try_other_json) },
    { { "A31", true, "Lines", "a line that comes in pieces is one line", "read until LF, not what one read() gives" }, HERE(MU_SIT_PLAIN, mu_try_pieces) },
    { { "A32", true, "Lines", "two lines that come together are two", "keep what stands behind an LF for the next line" }, HERE(MU_SIT_PLAIN, mu_try_two_at_once) },
    { { "A33", true, "Lines", "as many requests as it takes are all answered, once", "or claim a lower max_inflight" }, HERE(MU_SIT_PLAIN, mu_try_pipeline) },
    { { "A34", true, "Lines", "each is answered with what is its own", "the id ties a reply to its request; order does not" }, HERE(MU_SIT_PLAIN, mu_try_own_data) },

    /* Cases. */
    { { "A35", true, "Operations", "configure is answered with digests of what is installed", "\"installed\":[\"sha256:...\"] of the files in use; an empty list where policies are built in" }, HERE(MU_SIT_PLAIN, mu_try_configure) },
    { { "A36", true, "Operations", "a case can be opened", "" }, HERE(MU_SIT_PLAIN, mu_try_begin) },
    { { "A37", true, "Operations", "a valid label is accepted, with what it says", "\"outcome\":\"accepted\",\"label\":{...}" }, HERE(MU_SIT_PLAIN, mu_try_parse) },
    { { "A38", true, "Operations", "what is cut off in the middle is rejected, with stage and class", "a refusal by the system is ok:true, \"outcome\":\"rejected\",\"class\":\"malformed\"" }, HERE(MU_SIT_PLAIN, mu_try_parse_cut) },
    { { "A39", true, "Operations", "no octets at all are rejected, too", "" }, HERE(MU_SIT_PLAIN, mu_try_parse_nothing) },
    { { "A40", true, "Operations", "what was new in a label stands in the answer", "\"created\" as the system under test read it: a run books anything else as adapter:nonce" }, HERE(MU_SIT_PLAIN, mu_try_parse_salt) },
    { { "A41", false, "Operations", "the same label twice gives the same observation", "" }, HERE(MU_SIT_PLAIN, mu_try_parse_same) },
    { { "A42", true, "Operations", "a label is made", "\"outcome\":\"accepted\",\"data\":{\"b64\":...}" }, HERE(MU_SIT_PLAIN, mu_try_make) },
    { { "A43", true, "Operations", "a label of a policy that nobody knows is not made", "\"class\":\"unknown-policy\"" }, HERE(MU_SIT_PLAIN, mu_try_make_bad) },
    { { "A44", true, "Operations", "a label is marked", "\"outcome\":\"accepted\",\"text\":..." }, HERE(MU_SIT_PLAIN, mu_try_render) },
    { { "A45", true, "Operations", "what is no label is not marked", "" }, HERE(MU_SIT_PLAIN, mu_try_render_bad) },
    { { "A46", true, "Operations", "a marking is read", "\"outcome\":\"accepted\",\"label\":{...}" }, HERE(MU_SIT_PLAIN, mu_try_marking) },
    { { "A47", true, "Operations", "what is no marking is not read as one", "" }, HERE(MU_SIT_PLAIN, mu_try_marking_bad) },
    { { "A48", true, "Operations", "access is decided: permit where the clearance is enough", "\"decision\":\"permit\"" }, HERE(MU_SIT_PLAIN, mu_try_decide) },
    { { "A49", true, "Operations", "what is no label gives no access", "\"decision\":\"deny\": whatever cannot be understood denies" }, HERE(MU_SIT_PLAIN, mu_try_decide_bad) },
    { { "A50", true, "Operations", "a label is mapped, or the answer is that it cannot be", "\"outcome\":\"accepted\",\"label\":{...}, or rejected with \"class\":\"unmappable\"" }, HERE(MU_SIT_PLAIN, mu_try_map) },
    { { "A51", true, "Operations", "a label is not mapped to a policy that nobody knows", "\"class\":\"unknown-policy\"" }, HERE(MU_SIT_PLAIN, mu_try_map_bad) },
    { { "A52", true, "Operations", "a message without what it must have is not sent", "bad-request" }, HERE(MU_SIT_PLAIN, mu_try_send) },
    { { "A53", true, "Operations", "waiting for what nobody sends ends at the deadline", "\"outcome\":\"none\", or the error deadline" }, HERE(MU_SIT_PLAIN, mu_try_await) },
    { { "A54", true, "Operations", "what passed is told", "\"messages\":[...], empty where nothing did" }, HERE(MU_SIT_PLAIN, mu_try_relay) },
    { { "A81", true, "Operations", "an endpoint is opened, at the host asked for and a port that there is", "\"host\" as it was asked for, \"port\" from 1 to 65535: the one that was got, never 0" }, HERE(MU_SIT_PLAIN, mu_try_open) },
    { { "A82", true, "Operations", "and can be reached there", "answer when it listens, not before" }, HERE(MU_SIT_PLAIN, mu_try_open_reached) },
    { { "A83", true, "Operations", "what is open is not opened a second time", "precondition" }, HERE(MU_SIT_PLAIN, mu_try_open_twice) },
    { { "A84", true, "Operations", "where nobody can listen nothing is opened", "sut-unreachable: 192.0.2.1 is no address of this machine" }, HERE(MU_SIT_PLAIN, mu_try_open_nowhere) },
    { { "A85", true, "Operations", "it is told where to deliver", "\"host\" and \"port\" as they were asked for" }, HERE(MU_SIT_PLAIN, mu_try_open_connect) },
    { { "A86", true, "Operations", "close frees the port", "answer when nobody can be reached any more" }, HERE(MU_SIT_PLAIN, mu_try_close) },
    { { "A87", true, "Operations", "what is not open cannot be closed", "precondition" }, HERE(MU_SIT_PLAIN, mu_try_close_unknown) },
    { { "A55", true, "Errors", "operations of roles that it does not offer are answered unsupported", "unsupported, before anything else is looked at" }, HERE(MU_SIT_PLAIN, mu_try_not_offered) },
    { { "A56", false, "Lines", "results hold only members that the protocol knows", "names of your own begin with x-" }, HERE(MU_SIT_PLAIN, mu_try_result_members) },
    { { "A57", true, "Operations", "a case can be closed", "" }, HERE(MU_SIT_PLAIN, mu_try_end) },
    { { "A58", true, "Operations", "a case that is not open cannot be closed", "precondition" }, HERE(MU_SIT_PLAIN, mu_try_end_unknown) },
    { { "A59", true, "Operations", "reset is answered", "" }, HERE(MU_SIT_PLAIN, mu_try_reset) },

    /* Deadlines, cancel, blobs. */
    { { "A60", true, "Asking", "a request with a deadline of a millisecond is answered", "with its result, or with the error deadline" }, HERE(MU_SIT_PLAIN, mu_try_deadline) },
    { { "A61", true, "Asking", "a request that is cancelled is answered once, and cancel, too", "with its result, or with the error cancelled" }, HERE(MU_SIT_PLAIN, mu_try_cancel) },
    { { "A62", true, "Asking", "a cancel that comes too late is answered", "ok, or precondition" }, HERE(MU_SIT_PLAIN, mu_try_cancel_late) },
    { { "A63", true, "Lines", "octets that are too many for a line come as a blob", "blob.put in pieces, then {\"blob\":\"sha256:...\",\"len\":...} where octets stand" }, HERE(MU_SIT_PLAIN, mu_try_blob) },
    { { "A64", true, "Lines", "a blob whose digest is another is refused", "bad-request, at its last piece" }, HERE(MU_SIT_PLAIN, mu_try_blob_digest) },
    { { "A65", true, "Lines", "a blob that was never put is refused", "bad-request or precondition" }, HERE(MU_SIT_PLAIN, mu_try_blob_unknown) },

    /* The end. */
    { { "A66", true, "Lines", "nothing is answered that was not asked, and nothing twice", "" }, HERE(MU_SIT_PLAIN, mu_try_unasked) },
    { { "A67", true, "Ways to be connected", "bye is answered", "" }, HERE(MU_SIT_PLAIN, mu_try_bye) },
    { { "A68", true, "Ways to be connected", "nothing is said after bye", "" }, HERE(MU_SIT_PLAIN, mu_try_last_word) },
    { { "A69", true, "Ways to be connected", "after bye it ends by itself with status 0", "any other end is a crash" }, LAST(MU_SIT_PLAIN, mu_look_status) },
    { { "A70", true, "Asking", "it leaves no process behind", "wait for what you start" }, LAST(MU_SIT_PLAIN, mu_look_survivors) },
    { { "A71", false, "Ways to be connected", "it prints less than 64 KiB in this time", "a run keeps the beginning and the end of what it prints" }, LAST(MU_SIT_PLAIN, mu_look_noise) },
    { { "A72", true, "The handshake", "started again, it says the same of itself", "nothing in hello may change within a run" }, HERE(MU_SIT_AGAIN, mu_try_same) },
    { { "A73", true, "The handshake", "an operation before hello is refused", "precondition" }, HERE(MU_SIT_EARLY, mu_try_early) },
    { { "A74", true, "Versions", "of the versions that are offered it chooses one that it speaks", "" }, HERE(MU_SIT_HIGH, mu_try_high) },
    { { "A75", true, "Versions", "where no version is common it says unsupported", "" }, HERE(MU_SIT_NONE, mu_try_none) },
    { { "A76", true, "Ways to be connected", "when its input ends without bye, it ends, too", "the harness is gone: leave" }, HERE(MU_SIT_CUT, mu_try_greet) },
    { { "A77", true, "Ways to be connected", "and soon", "" }, LAST(MU_SIT_CUT, mu_look_cut) },
    { { "A78", true, "Asking", "SIGTERM ends it within a second", "do not catch it, or leave soon" }, LAST(MU_SIT_TERM, mu_look_term) },
    { { "A79", false, "Ways to be connected", "with --sap-stdio it speaks over standard input and output", "for starters that can give no other descriptors" }, HERE(MU_SIT_STDIO, mu_try_stdio) },
    { { "A80", false, "Ways to be connected", "and says nothing before the reply to hello", "print to standard error" }, HERE(MU_SIT_STDIO, mu_try_no_preamble) },
};
/* clang-format on */

size_t mu_sap_rows(void)
{
    return MU_COUNT(row);
}

const struct mu_sap_row *mu_sap_row_at(size_t i)
{
    return i < MU_COUNT(row) ? &row[i] : NULL;
}
