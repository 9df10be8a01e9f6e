/* What an adapter says of itself, and when it may say nothing yet. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "proto/sap_check_inside.h"

#define VERSION_UNKNOWN 99

static json_t *request_hello(struct mu_talk *t, json_t *versions)
{
    return mu_talk_request(t, "hello", "{s:o,s:{s:s,s:s},s:s,s:s,s:{s:i,s:i}}", "sap", versions,
                           "harness", "name", "muster", "version", "check", "run", "check", "nonce",
                           t->task->nonce, "limits", "max_line", (int) MU_SAP_LINE_MAX, "op_ms",
                           (int) t->task->wait_ms);
}

/* The one reply that may take as long as a start. */
static bool greet(struct mu_talk *t, json_t *versions, json_t **reply)
{
    json_t *request = request_hello(t, versions);
    return mu_talk_put(t, request) && mu_talk_take(t, request, t->task->start_ms, reply);
}

bool mu_try_greet(struct mu_talk *t)
{
    json_t *reply;
    TRY(greet(t, json_pack("[i]", MU_SAP_VERSION), &reply));
    return mu_talk_done(t, reply, &t->hello);
}

/* --- the greeting --------------------------------------------------------------------------------- */

bool mu_try_first_line(struct mu_talk *t)
{
    json_t *request = request_hello(t, json_pack("[i]", MU_SAP_VERSION)), *object;
    TRY(mu_talk_put(t, request));
    TRY(mu_talk_object(t, t->task->start_ms, &object));
    const json_t *id = json_object_get(object, "id");
    if (!json_equal(id, json_object_get(request, "id")))
        return mu_talk_no(t, "its first line is not the reply to hello: its id is %s",
                          id == NULL            ? "missing"
                          : json_is_integer(id) ? "another"
                                                : "no number");
    t->first = object;
    return true;
}

bool mu_try_greeting(struct mu_talk *t)
{
    if (t->first == NULL)
        return mu_talk_no(t, "there was no reply to hello");
    TRY(mu_talk_done(t, t->first, &t->hello));
    char *text = json_dumps(t->hello, JSON_COMPACT | JSON_SORT_KEYS);
    mu_digest_text(mu_bytes_of(text != NULL ? text : ""), t->digest);
    free(text);
    return true;
}

bool mu_try_version(struct mu_talk *t)
{
    const json_t *sap = json_object_get(t->hello, "sap");
    if (!json_is_integer(sap) || json_integer_value(sap) != MU_SAP_VERSION)
        return mu_talk_no(t, "'sap' is not the number %d, which alone was offered", MU_SAP_VERSION);
    return true;
}

static bool named(struct mu_talk *t, const char *member)
{
    const char *text;
    const json_t *who = json_object_get(t->hello, member);
    if (!json_is_object(who))
        return mu_talk_no(t, "there is no object '%s'", member);
    return mu_talk_text(t, who, "name", &text) && mu_talk_text(t, who, "version", &text);
}

bool mu_try_adapter(struct mu_talk *t)
{
    return named(t, "adapter");
}

bool mu_try_sut(struct mu_talk *t)
{
    return named(t, "sut");
}

bool mu_try_build(struct mu_talk *t)
{
    const char *text;
    return mu_talk_text(t, json_object_get(t->hello, "sut"), "build", &text);
}

bool mu_try_roles(struct mu_talk *t)
{
    const json_t *roles = json_object_get(t->hello, "roles"), *role;
    size_t i;
    if (!json_is_array(roles) || json_array_size(roles) == 0)
        return mu_talk_no(t, "'roles' is no list, or empty");
    json_array_foreach(roles, i, role)
    {
        unsigned bit;
        const char *name = json_string_value(role);
        if (name == NULL || !mu_sap_role_from_name(name, &bit))
            return mu_talk_no(t, "'%.40s' is no role", name != NULL ? name : "(no text)");
        t->roles |= bit;
    }
    return true;
}

/* --- capabilities --------------------------------------------------------------------------------- */

bool mu_try_caps(struct mu_talk *t)
{
    json_t *caps = json_object_get(t->hello, "caps"), *value;
    const char *name;
    if (!json_is_object(caps) || json_object_size(caps) == 0)
        return mu_talk_no(t, "'caps' is no object, or empty");
    json_object_foreach(caps, name, value) if (!json_is_object(value)) return mu_talk_no(
        t, "capability '%.40s' is no object", name);
    return true;
}

/* What the lint of a run would say; `advice` chooses between what is wrong and what is odd. */
static bool lint(struct mu_talk *t, bool advice)
{
    json_t *caps = json_object_get(t->hello, "caps"), *value;
    struct mu_sap_cap *cap = mu_arena_array(t->arena, json_object_size(caps) + 1, sizeof *cap);
    const char *name, **said;
    size_t n = 0;
    json_object_foreach(caps, name, value)
    {
        const char *status = json_string_value(json_object_get(value, "status"));
        cap[n++] = (struct mu_sap_cap){ .name = name,
                                        .unsupported =
                                            status != NULL && strcmp(status, "unsupported") == 0 };
    }
    size_t saids = mu_capability_lint(t->arena, cap, n, t->roles, &said);
    for (size_t i = 0; i < saids; i++)
        if ((strncmp(said[i], "advice: ", 8) == 0) == advice)
            return mu_talk_no(t, "%s", advice ? said[i] + 8 : said[i]);
    return true;
}

bool mu_try_caps_known(struct mu_talk *t)
{
    return lint(t, true);
}

bool mu_try_caps_fit(struct mu_talk *t)
{
    return lint(t, false);
}

/* --- numbers and words ---------------------------------------------------------------------------- */

bool mu_try_in_flight(struct mu_talk *t)
{
    const json_t *most = json_object_get(t->hello, "max_inflight");
    json_int_t n = most == NULL ? 1 : json_integer_value(most);
    if (n < 1 || n > MU_SAP_IN_FLIGHT_MAX)
        return mu_talk_no(t, "'max_inflight' is no number from 1 to %d", MU_SAP_IN_FLIGHT_MAX);
    t->in_flight = (size_t) n;
    return true;
}

bool mu_try_isolation(struct mu_talk *t)
{
    const json_t *isolation = json_object_get(t->hello, "isolation");
    const char *word = json_string_value(isolation);
    t->each_op = word != NULL && strcmp(word, "op") == 0;
    if (isolation == NULL || t->each_op || (word != NULL && strcmp(word, "case") == 0))
        return true;
    return mu_talk_no(t, "'isolation' is neither 'op' nor 'case'");
}

bool mu_try_hello_members(struct mu_talk *t)
{
    const char *unknown;
    TRY(mu_sap_members(t, t->hello, mu_sap_op(MU_SAP_HELLO)->result, "result", &unknown));
    return unknown == NULL || mu_talk_no(t, "the protocol knows no member '%.60s' here", unknown);
}

/* --- other sittings ------------------------------------------------------------------------------- */

bool mu_try_early(struct mu_talk *t)
{
    json_t *request = mu_talk_request(t, "probe", "{s:s}", "kind", "clock"), *reply;
    TRY(mu_talk_put(t, request));
    TRY(mu_talk_take(t, request, t->task->start_ms, &reply));
    return mu_talk_failed(t, reply, "precondition bad-request");
}

bool mu_try_high(struct mu_talk *t)
{
    json_t *reply;
    TRY(greet(t, json_pack("[i,i,i]", MU_SAP_VERSION, VERSION_UNKNOWN, VERSION_UNKNOWN + 1),
              &reply));
    TRY(mu_talk_done(t, reply, &t->hello));
    return mu_try_version(t);
}

bool mu_try_none(struct mu_talk *t)
{
    json_t *reply;
    TRY(greet(t, json_pack("[i]", VERSION_UNKNOWN), &reply));
    return mu_talk_failed(t, reply, "unsupported");
}

bool mu_try_same(struct mu_talk *t)
{
    t->first = NULL;
    TRY(mu_try_first_line(t) && mu_try_greeting(t));
    if (t->task->digest == NULL || t->task->digest[0] == '\0')
        return mu_talk_no(t, "its first process has not said who it is");
    return strcmp(t->digest, t->task->digest) == 0
           || mu_talk_no(t, "after a restart it says something else of itself");
}

bool mu_try_stdio(struct mu_talk *t)
{
    json_t *request = request_hello(t, json_pack("[i]", MU_SAP_VERSION));
    struct mu_bytes line = { 0 };
    bool there;
    TRY(mu_talk_put(t, request));
    if (!mu_talk_line(t, t->task->start_ms, &line, &there))
        return mu_talk_no(t, "no reply to hello on its standard output");
    json_t *reply = mu_talk_keep(t, json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL));
    return mu_talk_done(t, reply, &t->hello);
}

bool mu_try_no_preamble(struct mu_talk *t)
{
    return t->preamble == 0
           || mu_talk_no(t, "%zu lines stand before the reply to hello", t->preamble);
}

bool mu_sap_offers(const struct mu_talk *t, unsigned roles)
{
    return (t->roles & roles) != 0;
}
