/* The adapter "maildir": messages that a system under test delivers into a folder, one a file. */
#include <stdint.h>
#include <unistd.h>

#include "base/file.h"
#include "core/transcript.h"
#include "proto/adapters.h"
#include "proto/delivery.h"

/* Files of a mailbox end their lines in LF; the rules speak about what mail is on the wire. A file
 * with a single CR in it is left alone: then its line ends are what the SUT made of them. */
static struct mu_bytes to_wire(struct mu_arena *arena, struct mu_bytes file,
                               struct mu_transcript *said)
{
    size_t lines = 0;
    if (memchr(file.p, '\r', file.n) != NULL)
        return file;
    for (size_t at = 0; (at = mu_bytes_find(file, MU_BYTES("\n"), at)) != SIZE_MAX; at++)
        lines++;
    if (lines == 0)
        return file;
    char *p = mu_arena_alloc(arena, file.n + lines + 1);
    struct mu_bytes wire = { p, file.n + lines };
    for (size_t at = 0; at < file.n;) {
        size_t lf = mu_bytes_find(file, MU_BYTES("\n"), at);
        size_t end = lf == SIZE_MAX ? file.n : lf;
        memcpy(p, file.p + at, end - at);
        p += end - at;
        if (lf != SIZE_MAX) {
            *p++ = '\r';
            *p++ = '\n';
        }
        at = end + 1;
    }
    mu_transcript_note(said, MU_RECEIVED, "%zu line ends of the file, all LF, became CRLF", lines);
    return wire;
}

/* Return-Path is the null path: the delivered form of MAIL FROM:<> (RFC 5321 4.4). */
static bool is_bounce(struct mu_bytes message)
{
    static const char name[] = "return-path:";
    struct mu_bytes line = mu_bytes_slice(message, 0, mu_bytes_find(message, MU_BYTES("\n"), 0));
    if (!mu_bytes_start_nocase(line, MU_BYTES(name)))
        return false;
    return mu_bytes_equal(mu_bytes_trim(mu_bytes_from(line, sizeof name - 1)), MU_BYTES("<>"));
}

static bool maildir_serve(struct mu_seat *seat, const struct mu_endpoint *endpoint,
                          const struct mu_tls *tls, const struct mu_script *script, int fd,
                          int owner, struct mu_err *err)
{
    (void) tls;
    (void) script;
    (void) owner; /* a file always is a message */
    struct mu_transcript said = { .arena = seat->arena, .zero_ms = seat->zero_ms };
    struct mu_delivery *d = mu_new(seat->arena, struct mu_delivery);
    struct mu_bytes file;
    const char *path = endpoint->path != NULL ? endpoint->path : "maildir";
    MU_CLEANUP(mu_fd_close) int owned = fd;
    TRY(mu_file_read_fd(seat->arena, owned, path, MU_MESSAGE_MAX, &file, err));
    mu_transcript_note(&said, MU_RECEIVED, "a file of %zu octets in %s", file.n, path);

    struct mu_leg leg = { .carrier = "maildir", .name = "", .collected = true };
    leg.has_message = true;
    leg.message = to_wire(seat->arena, file, &said);
    leg.bounce = is_bounce(leg.message);
    leg.said = said.said;
    leg.says = said.says;
    d->seat = seat;
    TRY(mu_delivery_claim_content(d, leg.message, leg.bounce, err));
    return mu_delivery_hand_over(d, &leg, err);
}

const struct mu_adapter mu_maildir_adapter = {
    .name = "maildir",
    .summary = "Maildir folders into which a system under test delivers; collects only",
    .serve = maildir_serve,
};
