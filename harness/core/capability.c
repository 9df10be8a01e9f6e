/* What a system under test can claim, and what follows from a claim. */
#include <string.h>

#include "base/names.h"
#include "core/sap.h"

#define MAIL   (MU_SAP_RECEIVER | MU_SAP_RELAY)
#define TALKS  (MU_SAP_SENDER | MU_SAP_RECEIVER | MU_SAP_RELAY)
#define LABELS (MU_SAP_VALIDATOR | MU_SAP_LABELLER | MU_SAP_POLICY)

/* clang-format off */
static const struct mu_capability capability[] = {
    { "starttls", "offers STARTTLS and refuses mail before it", "", "", MAIL },
    { "client-certificate", "demands a client certificate and checks it", "", "", MAIL },
    { "label.require", "does not accept a message without a label", "", "", MAIL },
    { "label.enforce", "reads labels and does not accept what it cannot read", "", "", MAIL },
    { "label.translate", "writes an equivalent label of another policy (a gateway)", "", "", MU_SAP_RELAY },
    { "label.validate", "checks labels against their policy and does not accept what it does not allow",
      "", "", MAIL | LABELS },
    { "label.decide", "releases to recipients by label and clearance", "", "", MAIL },
    { "portion.enforce", "reads portion marks and does not accept a label below them", "", "", MAIL },
    { "marking.enforce", "compares marking and label and does not accept a conflict", "", "", MAIL },
    { "size", "announces SIZE and refuses what is larger", "", "", MAIL },
    { "8bitmime", "announces 8BITMIME", "", "", MAIL },
    { "smtputf8", "announces SMTPUTF8", "8bitmime", "", MAIL },
    { "revocation", "refuses revoked certificates", "", "", TALKS },
    { "dsn", "announces DSN and honours RET, ENVID and NOTIFY", "", "", MAIL },
    { "label.ess", "reads labels of type :ess", "", "", TALKS | LABELS },
    { "marking.show", "the marking that its reader sees can be read: the first line of the text "
                      "that it stores, or what an adapter that observes says in await",
      "", "", MU_SAP_RECEIVER },
    { "alpn", "names its application protocols in TLS", "", "", TALKS },
    { "strict-lines", "refuses bare CR, bare LF and NUL in content", "", "", MAIL },
    { "header.enforce", "refuses messages whose header breaks RFC 5322 3.6", "", "", MAIL },
    { "fields.enforce", "checks the header fields that the profile is about and does not accept "
                        "what breaks its rules", "", "", MAIL },
    { "exercise.separate", "keeps exercise traffic and operational traffic apart", "", "", MAIL },
    { "label.4774", "reads ADatP-4774 labels and says what they mean", "", "", 0 },
    { "label.rules", "refuses labels that break a rule which only the prose of the standard has",
      "label.4774", "", LABELS },
    { "label.make", "writes ADatP-4774 labels from what they are to say", "label.4774", "", MU_SAP_LABELLER },
    { "spif.xml", "takes security policies as Open XML SPIF files", "", "policy.fixed", LABELS | MU_SAP_RELAY },
    { "policy", "knows the security policies that it lists", "", "", 0 },
    { "policy.fixed", "has its policies built in: configure changes none of them", "policy", "spif.xml", 0 },
    { "mark.render", "writes the marking of a label", "label.4774 policy|spif.xml", "",
      MU_SAP_LABELLER | MU_SAP_VALIDATOR },
    { "mark.parse", "reads a marking as a label", "policy|spif.xml", "", MU_SAP_LABELLER | MU_SAP_VALIDATOR },
    { "decide", "decides whether a clearance gives access to a label", "label.4774 policy|spif.xml", "",
      MU_SAP_POLICY },
    { "map", "maps a label of one policy to one of another", "label.4774 policy|spif.xml", "",
      MU_SAP_POLICY | MU_SAP_LABELLER | MU_SAP_RELAY },
    { "test.time", "takes the time of the test instead of its clock", "", "", 0 },
    { "max.message", "states the largest message that it takes", "", "", TALKS },
    { "open", "listens, or is told where to deliver, when it is asked to", "", "", TALKS },
    { "send", "sends what it is asked to send", "", "", MU_SAP_SENDER },
    { "await", "says what came out at its user", "", "", MU_SAP_RECEIVER },
    { "relay.stat", "says what passed, was changed and was blocked", "", "", MU_SAP_RELAY },
    { "bind.4778", "binds labels to data as ADatP-4778 has it", "label.4774", "", 0 },
    { "bind.4778.smtp", "binds labels to mail (ADatP-4778.2 SMTP)", "label.4774", "", 0 },
    { "bind.4778.xmpp", "binds labels to XMPP stanzas (ADatP-4778.2 XMPP)", "label.4774", "", 0 },
    { "bind.4778.soap", "binds labels to SOAP messages (ADatP-4778.2 SOAP)", "label.4774", "", 0 },
    { "bind.4778.rest", "binds labels to HTTP messages (ADatP-4778.2 REST)", "label.4774", "", 0 },
    { "cms", "reads and writes CMS (RFC 5652)", "", "", 0 },
    { "smime.sign", "signs mail (RFC 8551)", "", "", 0 },
    { "smime.verify", "checks signatures of mail and does not accept what does not hold", "", "", 0 },
    { "smime.encrypt", "encrypts mail (RFC 8551)", "smime.sign|cms", "", 0 },
    { "smime.decrypt", "decrypts mail (RFC 8551)", "smime.verify|cms", "", 0 },
};
/* clang-format on */

const struct mu_capability *mu_capability_at(size_t i)
{
    return i < MU_COUNT(capability) ? &capability[i] : NULL;
}

const struct mu_capability *mu_capability_find(const char *name)
{
    for (size_t i = 0; i < MU_COUNT(capability); i++)
        if (strcmp(capability[i].name, name) == 0)
            return &capability[i];
    return NULL;
}

static const char *capability_name(const void *self, size_t i)
{
    (void) self;
    return i < MU_COUNT(capability) ? capability[i].name : NULL;
}

const char *mu_capability_nearest(const char *name)
{
    return mu_name_nearest(name, capability_name, NULL);
}

/* --- what is wrong with a set of claims ---------------------------------------------------------- */

struct claims {
    struct mu_arena *arena;
    const struct mu_sap_cap *cap;
    size_t caps;
    const char **lint;
    size_t lints, room;
};

static void say(struct claims *c, const char *text)
{
    if (c->lints == c->room) {
        const char **more = mu_arena_array(c->arena, 2 * c->room + 8, sizeof *more);
        if (c->lints > 0)
            memcpy(more, c->lint, c->lints * sizeof *more);
        c->lint = more;
        c->room = 2 * c->room + 8;
    }
    c->lint[c->lints++] = text;
}

static bool claimed(const struct claims *c, struct mu_bytes name)
{
    for (size_t i = 0; i < c->caps; i++)
        if (!c->cap[i].unsupported && mu_bytes_equal(mu_bytes_of(c->cap[i].name), name))
            return true;
    return false;
}

/* The next word of *rest up to `end` or its end; false when nothing is left. */
static bool next_word(struct mu_bytes *rest, char end, struct mu_bytes *word)
{
    if (rest->n == 0)
        return false;
    const char *stop = memchr(rest->p, end, rest->n);
    *word = mu_bytes_slice(*rest, 0, stop != NULL ? (size_t) (stop - rest->p) : rest->n);
    *rest = mu_bytes_from(*rest, word->n + 1);
    return true;
}

static bool any_claimed(const struct claims *c, struct mu_bytes choice)
{
    struct mu_bytes one;
    while (next_word(&choice, '|', &one))
        if (claimed(c, one))
            return true;
    return false;
}

/* Words of a table row that are claimed, or are not, when they should not be so. */
static void check_words(struct claims *c, const char *name, const char *words, bool wanted)
{
    struct mu_bytes rest = mu_bytes_of(words), word;
    while (next_word(&rest, ' ', &word))
        if (any_claimed(c, word) != wanted)
            say(c, mu_arena_printf(c->arena, "%s %s %.*s, %s", name,
                                   wanted ? "implies" : "excludes", (int) word.n, word.p,
                                   wanted ? "which is not claimed" : "and both are claimed"));
}

/* "validator, policy" */
static const char *role_names(struct mu_arena *arena, unsigned roles)
{
    struct mu_buf out = { .arena = arena };
    for (unsigned bit = 1; bit < MU_SAP_EVERY_ROLE; bit <<= 1)
        if ((roles & bit) != 0)
            mu_buf_printf(&out, "%s%s", out.n > 0 ? ", " : "", mu_sap_role_name(bit));
    return mu_buf_text(&out);
}

static void check_name(struct claims *c, const char *name)
{
    const char *near = mu_capability_nearest(name);
    if (strncmp(name, "x-", 2) != 0)
        say(c, mu_arena_printf(c->arena, "advice: no capability is called '%s'%s%s%s", name,
                               near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                               near != NULL ? "'?" : ""));
}

size_t mu_capability_lint(struct mu_arena *arena, const struct mu_sap_cap *cap, size_t caps,
                          unsigned roles, const char ***lint)
{
    struct claims c = { .arena = arena, .cap = cap, .caps = caps };
    for (size_t i = 0; i < caps; i++) {
        const struct mu_capability *row = mu_capability_find(cap[i].name);
        if (row == NULL) {
            check_name(&c, cap[i].name);
            continue;
        }
        if (cap[i].unsupported)
            continue;
        check_words(&c, row->name, row->implies, true);
        check_words(&c, row->name, row->excludes, false);
        if (row->roles != 0 && (row->roles & roles) == 0)
            say(&c, mu_arena_printf(arena,
                                    "advice: %s is for the roles %s, and none of them is offered",
                                    row->name, role_names(arena, row->roles)));
    }
    *lint = c.lint;
    return c.lints;
}
