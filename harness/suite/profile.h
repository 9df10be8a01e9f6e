/* profile.h - a profile, a TLS profile and a SUT file as loaded data. Everything belongs to the arena.
 * Vocabulary: profiles/schemas/{profile,tls,sut,expectations}.xsd; docs/profiles.md,
 * docs/sut-files.md, docs/expectations.md. */
#ifndef MU_SUITE_PROFILE_H
#define MU_SUITE_PROFILE_H

#include "base/digest.h"
#include "core/endpoint.h"
#include "core/host.h"
#include "core/sap.h"
#include "core/tls_profile.h"
#include "core/verdict.h"
#include "document/message.h"
#include "document/same.h"
#include "policy/spif.h"
#include "rules/rules.h"

/* Where profiles, schemas and fixtures are looked up, in this order: $MUSTER_DATA, ".", the source
 * tree of a program in build/<preset>/harness, the folder MU_DATA_DIR that the build knows,
 * "../share/muster" beside the program. */
struct mu_data {
    const char *dir[6]; /* each holds profiles/, fixtures/, reports/ */
    size_t dirs;
};

void mu_data_init(struct mu_arena *arena, struct mu_data *data);

/* First existing "<dir>/<relative>"; NULL when there is none. */
const char *mu_data_find(const struct mu_data *data, struct mu_arena *arena, const char *relative);

/* Names of the entries of "<dir>/<folder>" in every data folder that end in `ending`, without it,
 * sorted, each once. */
size_t mu_data_list(const struct mu_data *data, struct mu_arena *arena, const char *folder,
                    const char *ending, const char ***name);

/* A digest over the bytes of every file that went into something, in the order loaded. */
struct mu_pin {
    const char *what; /* "profile", "suite", "rules", "sut", "expectations", "policies", "plan" */
    char sha256[MU_DIGEST_TEXT];
};

/* Where a marking or label is looked for. */
struct mu_label_place {
    const char *at;       /* document/places.h names them */
    const char *demanded; /* "yes", "should", "no"; also a rule phase is chosen by it */
};

struct mu_profile_limit {
    const char *name; /* "message-octets" */
    uint64_t value;
};

struct mu_catalogue; /* suite/catalogue.h */

struct mu_profile {
    const char *path, *dir; /* profile.xml and its folder */
    const char *id, *version, *title;
    const char *carrier;
    bool
        sap; /* carrier "sap": systems are asked through an adapter; there is no TLS, no mail place */
    struct mu_where carrier_where;
    enum mu_tls_mode tls_mode;
    struct mu_tls_profile tls; /* id NULL: none */
    bool client_certificate_required;
    const char *phases; /* space separated: the rule files' phases plus the TLS profile's id */
    struct mu_rule_set *rules;
    struct mu_catalogue *catalogue; /* what the rules owe to whom; NULL: not said */
    struct mu_schema *label_schema;
    int64_t test_time;           /* what rules and policies take for now, Unix time */
    struct mu_policies policies; /* what labels mean; none: nothing is said of it */
    struct mu_relay relay;       /* what a relay may change                       */
    const char **suite_file;     /* paths; together one suite */
    size_t suite_files;
    const char **file; /* paths of everything that it was made of, its suite left out */
    size_t files;
    struct mu_label_place *label;
    size_t labels;
    struct mu_label_place *marking;
    size_t markings;
    struct mu_places places;                   /* where what we send shows them               */
    const char *marker_message, *marker_label; /* fixtures; NULL label: the marker has none   */
    uint32_t operation_ms, case_ms;            /* limits "operation-ms", "case-ms" */
    uint64_t message_octets;                   /* limit "message-octets" */
    char digest[MU_DIGEST_TEXT];               /* profile.xml and TLS profile */
    char rules_digest[MU_DIGEST_TEXT];         /* every rule file and schema */
    char policies_digest[MU_DIGEST_TEXT];      /* of the policies' digests; "" when there is none */
};

/* `name` is a folder, a profile.xml, or a name looked up in data. Rules are loaded and compiled with
 * `test_time`. */
bool mu_profile_load(struct mu_arena *arena, const struct mu_data *data, const char *name,
                     int64_t test_time, struct mu_profile *profile, struct mu_err *err) MU_MUST_USE;

/* Only where it wants label and marking: no rule and no policy is loaded. */
bool mu_profile_places(struct mu_arena *arena, const struct mu_data *data, const char *name,
                       struct mu_places *places, struct mu_err *err) MU_MUST_USE;

bool mu_tls_profile_load(struct mu_arena *arena, const struct mu_data *data, const char *id,
                         struct mu_tls_profile *profile, struct mu_err *err) MU_MUST_USE;

/* In the order of enum mu_sap_role: role r is bit r. The last three are asked through an adapter and
 * exchange no messages. */
enum mu_role {
    MU_ROLE_SENDER,
    MU_ROLE_RECEIVER,
    MU_ROLE_RELAY,
    MU_ROLE_VALIDATOR,
    MU_ROLE_LABELLER,
    MU_ROLE_POLICY,
    MU_ROLES,
    MU_MAIL_ROLES = MU_ROLE_VALIDATOR, /* how many exchange messages */
};
const char *mu_role_name(enum mu_role role);
bool mu_role_from_name(const char *name, enum mu_role *role);

static inline bool mu_role_is_asked(enum mu_role role)
{
    return role >= MU_ROLE_VALIDATOR;
}
static inline unsigned mu_role_bit(enum mu_role role) /* enum mu_sap_role */
{
    return 1U << role;
}

/* A mailbox of the system under test: of somebody with a clearance that the fixtures know, or of
 * somebody whom a suite calls by a name. */
struct mu_recipient {
    const char *name; /* fixtures/clearances/<name>.xml, or the name */
    const char *to;   /* template with {token} */
};

/* A program that speaks SAP/1 for the system, or the peer that does. */
struct mu_sut_adapter {
    const char *id;
    enum mu_sap_way way;
    char **argv;                 /* PIPES, STDIO, FILTER                                */
    struct mu_address address;   /* DIAL, LISTEN                                        */
    struct mu_control_peer peer; /* DIAL, LISTEN: whom we expect there                  */
    uint32_t in_flight;          /* operations that it is given at once, at most        */
    const char *const *writable; /* folders it may write to; NULL-terminated           */
    bool unconfined;
    struct mu_where where;
};

struct mu_sut_role {
    enum mu_role role;
    const unsigned *adapter; /* validator, labeller, policy: equal instances that share its cases */
    size_t adapters;
    int trigger_adapter; /* sender: number of the adapter that is asked to send; -1: none     */
    int observe_adapter; /* receiver: number of the adapter that tells what came; -1: none    */
    const struct mu_endpoint *deliver; /* where the harness connects; NULL: none                  */
    unsigned deliver_index;            /* its number for mu_seat_dial                             */
    int collect;                       /* number of the address where it delivers; -1: none       */
    int observe;                       /* number of the Maildir address; -1: none                 */
    const char *mail_to, *mail_from;   /* templates with {token}                                  */
    struct mu_recipient *recipient;
    size_t recipients;
    char **
        trigger; /* NULL-terminated argv with {to} {from} {subject} {label} {marking} {message} {token}
                                           {address} {profile}; NULL: prompt the operator                    */
    bool trigger_mail;   /* the command reads the whole mail on its standard input  */
    uint32_t trigger_ms; /* how long the SUT (or operator) may take to send         */
    uint32_t settle_ms;  /* a SUT that queues: quiet time at the end of the run     */
};

struct mu_sut {
    const char *path, *dir;
    const char *id, *name, *version, *owner;
    struct mu_sut_adapter *adapter;
    size_t adapters;
    struct mu_sut_role *role;
    size_t roles;
    struct mu_endpoint *endpoint; /* deliver-to of all roles */
    size_t endpoints;
    struct mu_endpoint *address; /* collect-at and observe of all roles */
    size_t addresses;
    struct mu_identity identity; /* ours as a client */
    struct mu_identity server;   /* ours as a server; the same when not given */
    const char *anchors, *crl;
    const char *pki;         /* folder of the test PKI, for bad certificates; NULL */
    const char **capability; /* claimed */
    size_t capabilities;
    bool unclaimed;           /* cases that need what is not claimed run, too: mu_plan_make() */
    const char *expectations; /* path or NULL */
    char digest[MU_DIGEST_TEXT];
};

bool mu_sut_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                 struct mu_sut *sut, struct mu_err *err) MU_MUST_USE;

/* The system behind an adapter that somebody names on the command line, with the roles and claims that
 * it said at hello. `command` is a command for pipes, or begins with "stdio:", "exec-filter:" or
 * "saps://HOST:PORT". `hello` NULL: it was not greeted, as a filter cannot be. */
bool mu_sut_of_adapter(struct mu_arena *arena, const char *command,
                       const struct mu_sap_hello *hello, struct mu_sut *sut,
                       struct mu_err *err) MU_MUST_USE;
/* The adapter alone, for whoever greets it. */
bool mu_sut_adapter_parse(struct mu_arena *arena, const char *command,
                          struct mu_sut_adapter *adapter, struct mu_err *err) MU_MUST_USE;

const struct mu_sut_role *mu_sut_role_find(const struct mu_sut *sut, enum mu_role role);
/* The mailbox template for a clearance or name; NULL: the system has no such recipient. */
const char *mu_sut_recipient(const struct mu_sut_role *role, const char *name);
bool mu_sut_claims(const struct mu_sut *sut, const char *capability);

/* Expectations of one SUT: <expect case= verdict= reason= max= owner= ticket= until=>note</expect>. */
struct mu_expect {
    const char *name; /* glob over instance names */
    enum mu_verdict verdict;
    bool flaky;         /* instead of a verdict: whatever it is, it turns no run red */
    const char *reason; /* glob; timeout:* must be literal; NULL: any */
    uint32_t max, used;
    bool capped;            /* max was given                                       */
    uint32_t better, other; /* results better than stated, and with another reason */
    size_t named;           /* instances of the suite                              */
    bool idle;              /* the selection leaves out all of them                */
    bool elsewhere;         /* another shard runs some of them                     */
    const char *owner, *ticket, *until, *note;
    bool expired;
    struct mu_where where;
};

struct mu_expectations {
    const char *path;
    struct mu_expect *expect;
    size_t expects;
    size_t cases, instances; /* of the suite; 0: not checked against one */
    char digest[MU_DIGEST_TEXT];
};

bool mu_expectations_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                          int64_t test_time, struct mu_expectations *out,
                          struct mu_err *err) MU_MUST_USE;

/* Find the entry for a result and count its use. */
struct mu_expected mu_expectations_match(struct mu_expectations *all, const char *name,
                                         enum mu_verdict verdict, const char *reason);

/* After a complete run: what is stale about entry i (unused, expired, too wide); NULL when nothing is. */
const char *mu_expectations_stale(const struct mu_expectations *all, size_t i,
                                  struct mu_arena *arena);

#endif
