/* Labels written, as their sinner writes them: by an operator on what they say or on the octets. */
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "format/sio.h"
#include "twin/labels.h"
#include "twin/write.h"

/* The label of that message's field. */
static struct mu_bytes label_of(struct mu_arena *arena, struct mu_bytes message)
{
    const struct mu_header *h = mu_header_find(&mu_mail_read(arena, message)->top, "sio-label");
    struct mu_sio sio = { .decoded = { NULL, 0 } };
    if (h != NULL)
        mu_sio_read(arena, h, &sio);
    return sio.decoded;
}

static struct mu_bytes bad_fixture(struct mu_arena *arena, const struct mu_twin_labels *t)
{
    struct mu_bytes octets = { NULL, 0 };
    struct mu_err ignored;
    const char *path = mu_twin_bad_fixture(arena, t->fixtures, t->sin->argument);
    const char *end = path != NULL ? strrchr(path, '.') : NULL;
    if (end != NULL && strcmp(end, ".xml") == 0
        && !mu_file_read(arena, mu_file_join(arena, t->fixtures, path), MU_OPERATOR_FILE_MAX,
                         &octets, &ignored))
        octets = MU_BYTES("");
    return octets;
}

struct mu_bytes mu_twin_write_label(struct mu_arena *arena, const struct mu_twin_labels *t,
                                    const struct mu_label *label)
{
    struct mu_err ignored;
    struct mu_bytes octets = mu_label_write(arena, label);
    if (mu_sin_is(t->sin, MU_SIN_BAD_FIXTURE)) {
        struct mu_bytes bad = bad_fixture(arena, t);
        return bad.n > 0 ? bad : octets;
    }
    if (t->sin == NULL || t->sin->write.operator== NULL)
        return octets;
    struct mu_label copy = *label;
    struct mu_message message = { .from = "twin@muster.test",
                                  .to = "twin@muster.test",
                                  .message_id = "twin@muster.test",
                                  .label = &copy };
    struct mu_bytes around = mu_message_encode(arena, &message);
    return mu_twin_write_octets(arena, t->sin, t->fixtures, &around, &ignored)
               ? label_of(arena, around)
               : octets;
}

void mu_twin_make(struct mu_arena *arena, const struct mu_twin_labels *t,
                  const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_twin_read read = { .label = request->abstract };
    if (read.label == NULL) {
        reply->error = MU_SAP_BAD_REQUEST;
        reply->message = "no label";
        return;
    }
    bool known = mu_twin_look_up(arena, t, &read);
    if ((!known && !mu_sin_is(t->sin, MU_SIN_UNKNOWN_POLICY))
        || (known && !mu_twin_check_policy(arena, t, t->now, &read))) {
        mu_twin_refuse(reply, read.stage, read.class, read.why);
        return;
    }
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->octets = mu_twin_write_label(arena, t, mu_twin_answered(arena, t, read.label));
}
