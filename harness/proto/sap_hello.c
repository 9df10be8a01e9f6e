/* The handshake: who answers, do octets come through, is a no a no, what does the clock say, and is
 * what was handed over in use. */
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text_safe.h"
#include "proto/sap_hello.h"

#define HANDSHAKE    "adapter:handshake"
#define CAPABILITIES "adapter:capabilities"

/* One request of the handshake that its members were put into. */
static bool ask(struct mu_sap_link *link, struct mu_sap_pending *asked, struct mu_json *j,
                json_t **reply, struct mu_err *err)
{
    return mu_sap_finish(link, asked, j, err) && mu_sap_await(link, link->arena, asked, reply, err);
}

static struct mu_sap_pending *begin(struct mu_sap_link *link, enum mu_sap_op op, struct mu_json *j,
                                    struct mu_err *err)
{
    return mu_sap_begin(link, op, mu_sap_op(op)->name, link->operation_ms, j, err);
}

/* --- hello ---------------------------------------------------------------------------------------- */

static bool say_hello(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                      const json_t **result, struct mu_err *err)
{
    struct mu_json j;
    json_t *reply;
    struct mu_sap_pending *asked = mu_sap_begin(link, MU_SAP_HELLO, mu_sap_op(MU_SAP_HELLO)->name,
                                                link->operation_ms * MU_SAP_FIRST_TIMES, &j, err);
    TRY(asked != NULL);
    mu_json_open(&j, "sap", '[');
    mu_json_number(&j, NULL, MU_SAP_VERSION);
    mu_json_close(&j, ']');
    mu_json_open(&j, "harness", '{');
    mu_json_text(&j, "name", "muster");
    mu_json_text(&j, "version", MU_VERSION);
    mu_json_text(&j, "suite", opening->suite);
    mu_json_text(&j, "suite_digest", opening->suite_digest);
    mu_json_close(&j, '}');
    mu_json_text(&j, "run", opening->run_id != NULL ? opening->run_id : "");
    mu_json_text(&j, "nonce", opening->nonce != NULL ? opening->nonce : "");
    mu_json_open(&j, "limits", '{');
    mu_json_number(&j, "max_line", (int64_t) link->lines.max);
    mu_json_number(&j, "op_ms", link->operation_ms);
    mu_json_close(&j, '}');
    link->may_be_noise = link->way == MU_SAP_STDIO ? MU_SAP_PREAMBLE_MAX : 0;
    TRY(ask(link, asked, &j, &reply, err));
    link->may_be_noise = link->noise;
    return mu_sap_result(link, reply, "hello", result, err);
}

/* --- probes --------------------------------------------------------------------------------------- */

/* All 256 octets, and what text modes, C strings and JavaScript stumble over. */
static struct mu_bytes echo_octets(struct mu_arena *arena)
{
    struct mu_buf out = { .arena = arena };
    for (int c = 0; c < 256; c++)
        mu_buf_putc(&out, (char) c);
    mu_buf_put_bytes(&out, MU_BYTES("\0\r\n\n\r\xe2\x80\xa8\xe2\x80\xa9\xf0\x9f\x8f\xb7\x1a"));
    return mu_buf_bytes(&out);
}

static bool probe_echo(struct mu_sap_link *link, struct mu_err *err)
{
    struct mu_bytes sent = echo_octets(link->arena);
    struct mu_sap_octets came;
    const json_t *result;
    json_t *reply;
    struct mu_json j;
    struct mu_sap_pending *asked = begin(link, MU_SAP_PROBE, &j, err);
    TRY(asked != NULL);
    mu_json_text(&j, "kind", "echo");
    mu_sap_put_octets(&j, "data", sent);
    TRY(ask(link, asked, &j, &reply, err));
    TRY(mu_sap_result(link, reply, "probe", &result, err));
    TRY(mu_sap_read_octets(link->arena, json_object_get(result, "data"), &came, err));
    if (mu_bytes_equal(sent, came.data))
        return true;
    size_t at = 0;
    while (at < sent.n && at < came.data.n && sent.p[at] == came.data.p[at])
        at++;
    return mu_fail(err, MU_ERR_PEER,
                   "the echo of %zu octets came back with %zu, different from "
                   "octet %zu on",
                   sent.n, came.data.n, at);
}

/* A name that nobody can know before: whoever says yes to it says yes to everything. */
static const char *nonsense(struct mu_sap_link *link, const char *nonce)
{
    static const char *const colour[] = { "fuchsia", "ochre", "teal", "umber",
                                          "mauve",   "sepia", "jade", "russet" };
    static const char *const animal[] = { "otter", "heron", "lynx", "newt",
                                          "stoat", "finch", "vole", "perch" };
    unsigned char digest[MU_DIGEST_BYTES];
    mu_digest(mu_bytes_of(nonce != NULL ? nonce : ""), digest);
    return mu_arena_printf(link->arena, "zq-%s-%s-%02x%02x", colour[digest[0] % 8],
                           animal[digest[1] % 8], digest[2], digest[3]);
}

static bool probe_nonsense(struct mu_sap_link *link, const char *nonce, struct mu_err *err)
{
    json_t *reply;
    struct mu_json j;
    const char *name = nonsense(link, nonce);
    struct mu_sap_pending *asked =
        mu_sap_begin(link, MU_SAP_PROBE, name, link->operation_ms, &j, err);
    TRY(asked != NULL);
    TRY(ask(link, asked, &j, &reply, err));
    const char *code = json_string_value(json_object_get(json_object_get(reply, "error"), "code"));
    if (json_is_false(json_object_get(reply, "ok")) && code != NULL
        && strcmp(code, "unsupported") == 0)
        return true;
    return mu_fail(err, MU_ERR_PEER,
                   "an operation that does not exist ('%s') must be answered "
                   "'unsupported'",
                   name);
}

static int64_t unix_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool probe_clock(struct mu_sap_link *link, int64_t *skew_ms, struct mu_err *err)
{
    const json_t *result;
    json_t *reply;
    struct mu_json j;
    uint64_t said;
    struct mu_sap_pending *asked = begin(link, MU_SAP_PROBE, &j, err);
    TRY(asked != NULL);
    mu_json_text(&j, "kind", "clock");
    int64_t before = unix_ms();
    TRY(ask(link, asked, &j, &reply, err));
    int64_t after = unix_ms();
    TRY(mu_sap_result(link, reply, "probe", &result, err));
    TRY(mu_sap_read_number(json_object_get(result, "unix_ms"), "unix_ms", &said, err));
    *skew_ms = (int64_t) said - (before + after) / 2;
    return true;
}

/* --- configure -------------------------------------------------------------------------------------- */

/* Files that would not fit into one line together go ahead as blobs. */
static bool put_policies(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                         json_t **reply, struct mu_err *err)
{
    size_t all = 0;
    for (size_t i = 0; i < opening->policies; i++)
        all += opening->policy[i].n;
    bool small = all <= link->peer_line / 2;
    for (size_t i = 0; i < opening->policies; i++)
        if (!small || opening->policy[i].n > MU_SAP_INLINE_MAX)
            TRY(mu_sap_blob_ahead(link, opening->policy[i], err));

    struct mu_json j;
    struct mu_sap_pending *asked = begin(link, MU_SAP_CONFIGURE, &j, err);
    TRY(asked != NULL);
    mu_json_open(&j, "policies", '[');
    for (size_t i = 0; i < opening->policies; i++) {
        mu_json_open(&j, NULL, '{');
        mu_json_text(&j, "syntax", "xmlspif");
        if (small)
            mu_sap_put_octets(&j, "data", opening->policy[i]);
        else
            mu_sap_put_blob(&j, "data", opening->policy[i]);
        mu_json_close(&j, '}');
    }
    mu_json_close(&j, ']');
    mu_json_text(&j, "time", opening->test_time);
    return ask(link, asked, &j, reply, err);
}

/* Which of the files that were handed over has this digest? */
static bool find_policy(const struct mu_sap_opening *opening, const char *digest, size_t *at)
{
    char name[MU_SAP_DIGEST_TEXT];
    for (*at = 0; *at < opening->policies; ++*at) {
        mu_sap_blob_name(opening->policy[*at], name);
        if (strcmp(name, digest) == 0)
            return true;
    }
    return false;
}

static bool compare_digests(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                            const json_t *result, struct mu_err *err)
{
    const json_t *installed = json_object_get(result, "installed");
    bool *is_in = mu_arena_array(link->arena, opening->policies + 1, sizeof *is_in);
    const char *digest;
    size_t at;
    if (!json_is_array(installed))
        return mu_fail(err, MU_ERR_PEER, "the result of configure has no list 'installed'");
    for (size_t i = 0; i < json_array_size(installed); i++) {
        TRY(mu_sap_read_text(json_array_get(installed, i), "installed", &digest, err));
        if (!find_policy(opening, digest, &at))
            return mu_fail(err, MU_ERR_PEER,
                           "configure installed something that it was not given: %s",
                           mu_text_line(link->arena, mu_bytes_of(digest)));
        is_in[at] = true;
    }
    for (at = 0; at < opening->policies; at++)
        if (!is_in[at])
            return mu_fail(err, MU_ERR_PEER,
                           "configure did not install file %zu of %zu, though spif.xml is claimed",
                           at + 1, opening->policies);
    return true;
}

/* Who does not claim to take policies may say that it cannot, and is told of the time all the same. */
static bool configure(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                      struct mu_sap_hello *hello, struct mu_err *err)
{
    const json_t *result;
    json_t *reply;
    struct mu_sap_opening given = *opening;
    if (!mu_sap_hello_claims(hello, "spif.xml"))
        given.policies = 0;
    TRY(put_policies(link, &given, &reply, err));
    const char *code = json_string_value(json_object_get(json_object_get(reply, "error"), "code"));
    if (given.policies == 0 && code != NULL && strcmp(code, "unsupported") == 0) {
        mu_sap_hello_lint(link, hello, "advice: it takes no configuration");
        return true;
    }
    return mu_sap_result(link, reply, "configure", &result, err)
           && compare_digests(link, &given, result, err);
}

/* --- the suite ---------------------------------------------------------------------------------------- */

static const char *shown(struct mu_sap_link *link, const char *text)
{
    return mu_text_line(link->arena, mu_bytes_slice(mu_bytes_of(text), 0, MU_ID_MAX));
}

/* A suite that the adapter was not made for is asked all the same: what it cannot do it does not claim. */
static bool look_at_suite(struct mu_sap_link *link, const char *suite, const json_t *result,
                          struct mu_sap_hello *hello, struct mu_err *err)
{
    const char *min = NULL, *max = NULL;
    const json_t *said = json_object_get(result, "suite"), *value;
    if (said != NULL && !json_is_object(said))
        return mu_fail(err, MU_ERR_PEER, "'suite' of hello is no object");
    if ((value = json_object_get(said, "min")) != NULL)
        TRY(mu_sap_read_text(value, "min", &min, err));
    if ((value = json_object_get(said, "max")) != NULL)
        TRY(mu_sap_read_text(value, "max", &max, err));
    const char *space = suite != NULL ? strrchr(suite, ' ') : NULL;
    if (space == NULL
        || ((min == NULL || strverscmp(space + 1, min) >= 0)
            && (max == NULL || strverscmp(space + 1, max) <= 0)))
        return true;
    hello->outside =
        mu_arena_printf(link->arena, "the adapter was made for suites %s%s%s%s, and this is %s",
                        min != NULL ? "from revision " : "", min != NULL ? shown(link, min) : "",
                        max != NULL ? (min != NULL ? " to " : "up to revision ") : "",
                        max != NULL ? shown(link, max) : "", suite);
    mu_sap_hello_lint(link, hello, mu_arena_printf(link->arena, "advice: %s", hello->outside));
    return true;
}

/* --- all of it ---------------------------------------------------------------------------------------- */

static bool shake(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                  struct mu_sap_hello *hello, struct mu_err *err)
{
    const json_t *result;
    TRY(say_hello(link, opening, &result, err));
    TRY(mu_sap_hello_read(link, result, hello, err));
    TRY(look_at_suite(link, opening->suite, result, hello, err));
    TRY(probe_echo(link, err));
    TRY(probe_nonsense(link, opening->nonce, err));
    TRY(probe_clock(link, &hello->skew_ms, err));
    if (hello->caps == 0 && !opening->allow_empty_caps)
        return mu_fail_where(err, ((struct mu_where){ .input = CAPABILITIES }), MU_ERR_PEER,
                             "no capability is claimed: nothing could be tested");
    return configure(link, opening, hello, err);
}

bool mu_sap_shake(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                  struct mu_sap_hello *hello, struct mu_err *err)
{
    *hello = (struct mu_sap_hello){ .in_flight = 1 };
    if (shake(link, opening, hello, err))
        return true;
    bool placed = err->where.input != NULL && strcmp(err->where.input, MU_SAP_PROTOCOL) != 0;
    if (err->code == MU_ERR_PEER && !placed)
        err->where = (struct mu_where){ .input = HANDSHAKE };
    return false;
}
