/* The closed vocabularies of SUT files and suites: tables, both ways. */
#include <string.h>

#include "base/names.h"
#include "core/words.h"
#include "suite/identity.h"
#include "suite/suite.h"

static const char *const role[] = { "sender", "receiver", "relay" };
static const char *const case_class[] = { "valid", "unexpected", "invalid" };
static const char *const importance[] = { "low", "medium", "high", "critical" };
static const char *const step[] = { "make",    "mutate", "send", "trigger", "serve",
                                    "collect", "expect", "same", "judge",   "nothing-else" };

const char *mu_role_name(enum mu_role r)
{
    return mu_word(role, MU_COUNT(role), (int) r);
}

bool mu_role_from_name(const char *name, enum mu_role *r)
{
    int found = mu_word_find(role, MU_COUNT(role), name);
    if (found >= 0)
        *r = (enum mu_role) found;
    return found >= 0;
}

const char *mu_case_class_name(enum mu_case_class class)
{
    return mu_word(case_class, MU_COUNT(case_class), (int) class);
}

const char *mu_importance_name(enum mu_importance i)
{
    return mu_word(importance, MU_COUNT(importance), (int) i);
}

const char *mu_step_name(enum mu_step_kind kind)
{
    return mu_word(step, MU_COUNT(step), (int) kind);
}

static const struct mu_capability capability[] = {
    { "starttls", "offers STARTTLS and refuses mail before it" },
    { "client-certificate", "demands a client certificate and checks it" },
    { "label.require", "does not accept a message without a label" },
    { "label.enforce", "reads labels and does not accept what it cannot read" },
    { "label.translate", "writes an equivalent label of another policy (a gateway)" },
    { "label.validate",
      "checks labels against their policy and does not accept what it does not allow" },
    { "label.decide", "releases to recipients by label and clearance" },
    { "portion.enforce", "reads portion marks and does not accept a label below them" },
    { "marking.enforce", "compares marking and label and does not accept a conflict" },
    { "size", "announces SIZE and refuses what is larger" },
    { "8bitmime", "announces 8BITMIME" },
    { "smtputf8", "announces SMTPUTF8" },
    { "revocation", "refuses revoked certificates" },
    { "dsn", "announces DSN and honours RET, ENVID and NOTIFY" },
    { "label.ess", "reads labels of type :ess" },
    { "marking.show",
      "stores what it shows its reader: the marking shown is the first line of the text" },
    { "alpn", "names its application protocols in TLS" },
    { "strict-lines", "refuses bare CR, bare LF and NUL in content" },
    { "header.enforce", "refuses messages whose header breaks RFC 5322 3.6" },
    { "fields.enforce", "checks the header fields that the profile is about and does not accept "
                        "what breaks its rules" },
    { "exercise.separate", "keeps exercise traffic and operational traffic apart" },
};

const struct mu_capability *mu_capability_at(size_t i)
{
    return i < MU_COUNT(capability) ? &capability[i] : NULL;
}

bool mu_capability_known(const char *name)
{
    for (size_t i = 0; i < MU_COUNT(capability); i++)
        if (strcmp(capability[i].name, name) == 0)
            return true;
    return false;
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

/* The leaves of `muster pki new`; net/pki.c makes them; suite/ may not ask it. */
static const char *const identity[] = {
    "server",
    "sender",
    "receiver",
    "twin",
    "server-expired",
    "server-not-yet-valid",
    "server-foreign",
    "server-wrong-host",
    "server-sha1",
    "server-rsa1024",
    "server-revoked",
    "server-cn-only",
    "server-self-signed",
    "server-no-server-auth",
    "server-path-length",
    "server-name-constraints",
    "server-explicit-curve",
    "server-mixed-chain",
    "server-stale-list",
    "server-no-list",
    "server-must-staple",
    "server-ldap-list",
    "client-expired",
    "client-not-yet-valid",
    "client-foreign",
    "client-no-client-auth",
    "client-sha1",
    "client-rsa1024",
    "client-revoked",
    "client-self-signed",
    "client-path-length",
    "client-name-constraints",
    "client-explicit-curve",
    "client-mixed-chain",
    "client-stale-list",
    "client-no-list",
};

const char *mu_identity_at(size_t i)
{
    return i < MU_COUNT(identity) ? identity[i] : NULL;
}

bool mu_identity_known(const char *name)
{
    return mu_word_find(identity, MU_COUNT(identity), name) >= 0;
}

const char *mu_identity_nearest(const char *name)
{
    return mu_name_nearest_in(name, identity, MU_COUNT(identity));
}
