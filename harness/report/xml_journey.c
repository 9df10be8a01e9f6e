/* What became of labels on the way, and how much went over the wire. */
#include <string.h>

#include "report/xml.h"

#define ROLES 8 /* a profile has six */

enum fate { KEPT, REENCODED, MAPPED, LOWERED, RAISED, ALTERED, LOST, INVENTED, FATES };

/* Words of the stream; member "fate" of the event "compared". */
static const char *const fate_name[FATES] = { "kept",   "re-encoded", "mapped", "lowered",
                                              "raised", "altered",    "lost",   "invented" };

struct journey {
    const char *role;
    unsigned count[FATES];
    const struct mu_instance *example[FATES];
};

static enum fate fate_of(const struct mu_compared *c)
{
    for (int f = 0; f < FATES; f++)
        if (strcmp(fate_name[f], c->fate) == 0)
            return (enum fate) f;
    return FATES;
}

static struct journey *journey_of(struct journey all[ROLES], const char *role)
{
    for (size_t i = 0; i < ROLES; i++) {
        if (all[i].role == NULL)
            all[i].role = role;
        if (strcmp(all[i].role, role) == 0)
            return &all[i];
    }
    return NULL;
}

static void count(struct journey all[ROLES], const struct mu_instance *instance)
{
    const struct mu_compared *c = instance->final != NULL ? instance->final->compared : NULL;
    for (; c != NULL; c = c->next) {
        enum fate fate = fate_of(c);
        struct journey *j = fate < FATES ? journey_of(all, instance->of->role) : NULL;
        if (j == NULL)
            continue;
        if (j->count[fate]++ == 0)
            j->example[fate] = instance;
    }
}

void mu_model_journeys(struct mu_model_tree *t, const struct mu_result *m)
{
    struct journey all[ROLES] = { { .role = NULL } };
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        count(all, i);
    for (size_t i = 0; i < ROLES && all[i].role != NULL; i++) {
        mu_model_open(t, "journey");
        mu_model_set(t, "role", all[i].role);
        for (int f = 0; f < FATES; f++) {
            if (all[i].count[f] == 0)
                continue;
            mu_model_open(t, "fate");
            mu_model_set(t, "name", fate_name[f]);
            mu_model_number(t, "n", (int64_t) all[i].count[f]);
            mu_model_number(t, "index", (int64_t) all[i].example[f]->index);
            mu_model_close(t);
        }
        mu_model_close(t);
    }
}

/* --- volume -------------------------------------------------------------------------------------------- */

enum kind { SENT, RECEIVED, TALK, KINDS };

struct volume {
    int64_t files[KINDS], octets[KINDS], handshakes;
};

/* "sent-1.eml", "received-1.eml", "transcript-1.txt": by how they begin. */
static enum kind kind_of(const char *name)
{
    static const char *const prefix[KINDS] = { "sent-", "received-", "transcript-" };
    int k = 0;
    while (k < KINDS && strncmp(name, prefix[k], strlen(prefix[k])) != 0)
        k++;
    return (enum kind) k;
}

static void add_up(struct volume *v, const struct mu_attempt *attempt)
{
    v->handshakes += attempt->rung >= MU_RUNG_TLS;
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
        enum kind kind = kind_of(file->name);
        if (kind == KINDS)
            continue;
        v->files[kind]++;
        v->octets[kind] += file->octets;
    }
}

void mu_model_volume(struct mu_model_tree *t, const struct mu_result *m)
{
    struct volume v = { .handshakes = 0 };
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        for (const struct mu_attempt *a = i->attempt; a != NULL; a = a->next)
            add_up(&v, a);
    if (v.files[SENT] + v.files[RECEIVED] + v.files[TALK] == 0)
        return;
    mu_model_open(t, "volume");
    mu_model_number(t, "connections", v.files[TALK]);
    mu_model_number(t, "handshakes", v.handshakes);
    mu_model_number(t, "sent", v.files[SENT]);
    mu_model_number(t, "sent-octets", v.octets[SENT]);
    mu_model_number(t, "received", v.files[RECEIVED]);
    mu_model_number(t, "received-octets", v.octets[RECEIVED]);
    mu_model_close(t);
}
