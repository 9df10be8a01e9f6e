/* What an adapter says: lines, replies, events. What is accepted is of the closed vocabularies, and a
 * transcript of it is JSON Lines whatever came. */
#include <jansson.h>

#include "base/utf8.h"
#include "core/seat.h"
#include "proto/sap.h"
#include "proto/sap_link.h"
#include "tests/fuzz/peer.h"

static void fuzz_start(void)
{
}

static void check_text(const char *text)
{
    HOLDS(text == NULL || mu_utf8_defect(mu_bytes_of(text)) == SIZE_MAX);
}

static void check_label(const struct mu_label *label)
{
    for (; label != NULL; label = label->successor) {
        check_text(label->policy);
        check_text(label->classification);
        check_text(label->created);
        for (size_t i = 0; i < label->categories; i++)
            for (size_t v = 0; v < label->category[i].values; v++) {
                HOLDS(label->category[i].value[v] != NULL);
                check_text(label->category[i].value[v]);
            }
    }
}

static void check_reply(const struct mu_sap_reply *reply)
{
    HOLDS(reply->error < MU_SAP_ERRORS);
    HOLDS(mu_sap_outcome_name(reply->seen.outcome) != NULL);
    HOLDS(reply->seen.stage < MU_STAGES && reply->seen.class < MU_CLASSES);
    HOLDS(memchr(reply->seen.native, '\0', sizeof reply->seen.native) != NULL);
    HOLDS(reply->octets.n <= MU_SAP_INLINE_MAX); /* nobody is there to give a blob */
    HOLDS(reply->decision == NULL || strcmp(reply->decision, "permit") == 0
          || strcmp(reply->decision, "deny") == 0);
    check_label(reply->label);
    check_text(reply->text);
    check_text(reply->message);
    for (size_t i = 0; i < reply->passages; i++)
        HOLDS(reply->passed[i].nonce != NULL);
}

static void check_transcript(struct mu_bytes all)
{
    while (all.n > 0) {
        size_t end = mu_bytes_find(all, MU_BYTES("\n"), 0);
        HOLDS(end != SIZE_MAX);
        json_t *object = json_loadb(all.p, end, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        HOLDS(json_is_object(object));
        json_decref(object);
        all = mu_bytes_from(all, end + 1);
    }
}

/* A link that has shaken hands. */
static struct mu_sap_link *fuzz_link(struct mu_arena *arena, int fd, struct mu_buf *transcript)
{
    struct mu_seat seat = { .arena = arena, .deadline_ms = mu_clock_ms() + 10000 };
    const struct mu_sap_opening opening = {
        .way = MU_SAP_CHANNEL, .in = fd, .out = fd, .operation_ms = 1000, .transcript = transcript
    };
    struct mu_sap_link *link;
    struct mu_sap_hello hello;
    struct mu_err err;
    HOLDS(mu_sap_calls.open(&seat, &opening, &link, &hello, &err));
    return link;
}

/* Eight requests are out, with ids 1 to 8 and different operations; the input is what comes back. */
static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    static const enum mu_sap_op op[] = { MU_SAP_LABEL_PARSE, MU_SAP_LABEL_MAKE, MU_SAP_MARK_RENDER,
                                         MU_SAP_DECIDE,      MU_SAP_MAP,        MU_SAP_AWAIT,
                                         MU_SAP_RELAY_STAT,  MU_SAP_MARK_PARSE, MU_SAP_OPEN };
    struct mu_buf transcript = { .arena = arena };
    int pair[2];
    HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    input = mu_bytes_slice(input, 0, FUZZ_SAID_MAX);
    HOLDS(send(pair[1], input.p, input.n, MSG_NOSIGNAL) == (ssize_t) input.n);
    shutdown(pair[1], SHUT_WR);

    struct mu_sap_link *link = fuzz_link(arena, pair[0], &transcript);
    struct mu_sap_event event;
    struct mu_err err;
    uint64_t id;
    for (size_t i = 0; i < MU_COUNT(op); i++)
        HOLDS(mu_sap_calls.put(link, &(struct mu_sap_request){ .op = op[i], .token = "t" }, &id,
                               &err));
    bool answered[MU_COUNT(op) + 1] = { false };
    for (;;) {
        struct mu_sap_reply reply;
        bool there;
        if (!mu_sap_calls.next(link, arena, mu_clock_ms() + 5000, &reply, &there, &err))
            break;
        HOLDS(there);
        HOLDS(reply.id >= 1 && reply.id <= MU_COUNT(op) && !answered[reply.id]);
        HOLDS(reply.op == op[reply.id - 1]);
        answered[reply.id] = true;
        check_reply(&reply);
    }
    HOLDS(err.code == MU_ERR_PEER || err.code == MU_ERR_CLOSED);
    HOLDS(fuzz_is_sentence(err.msg));
    HOLDS(err.code != MU_ERR_PEER || strncmp(mu_sap_reason(&err, MU_SAP_OPS), "adapter:", 8) == 0);
    while (mu_sap_calls.event(link, arena, NULL, &event))
        HOLDS(event.kind < MU_SAP_EVENTS);
    check_transcript(mu_buf_bytes(&transcript));
    mu_sap_calls.close(link);
    close(pair[1]);
}
