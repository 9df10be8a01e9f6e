/* The closed vocabularies of SUT files and suites: tables, both ways. */
#include <string.h>

#include "base/names.h"
#include "core/words.h"
#include "suite/identity.h"
#include "suite/suite.h"

static const char *const role[] = {
    "sender", "receiver", "relay", "validator", "labeller", "policy"
};
static const char *const case_class[] = { "valid", "unexpected", "invalid" };
static const char *const importance[] = { "low", "medium", "high", "critical" };
static const char *const step[] = { "make",    "mutate", "send", "trigger", "serve",       "ask",
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
