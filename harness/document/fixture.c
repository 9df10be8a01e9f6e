#include "document/fixture.h"

#include "base/file.h"
#include "base/limits.h"
#include "format/sio.h"

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* A message that breaks no rule, around any label. */
static struct mu_bytes wrap(struct mu_arena *arena, struct mu_bytes label)
{
    static const char before[] = "Date: Mon, 23 Nov 2026 10:15:00 +0000\r\n"
                                 "From: Exercise Sender <sender@alfa.test>\r\n"
                                 "To: Exercise Reader <reader@bravo.test>\r\n"
                                 "Message-ID: <0001@alfa.test>\r\n"
                                 "Subject: EXERCISE label\r\n";
    static const char after[] = "MIME-Version: 1.0\r\n"
                                "Content-Type: text/plain; charset=utf-8\r\n"
                                "\r\n"
                                "EXERCISE\r\n";
    struct mu_sio_text sio = { .marking = MU_BYTES("EXERCISE RESTRICTED"),
                               .type = MU_BYTES(":xml"),
                               .label = label };
    struct mu_buf mail = { .arena = arena };
    mu_buf_puts(&mail, before);
    mu_sio_write(&mail, "SIO-Label", &sio);
    mu_buf_puts(&mail, after);
    return mu_buf_bytes(&mail);
}

bool mu_fixture_load(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                     struct mu_document *document, struct mu_err *err)
{
    if (ends_in(path, ".message.xml"))
        return mu_document_load(arena, kit, path, document, err);
    struct mu_bytes text;
    TRY(mu_file_read(arena, path, MU_MESSAGE_MAX, &text, err));
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    mu_document_leg_of(ends_in(path, ".label.xml") ? wrap(arena, text) : text, "smtp", leg);
    return mu_document_build(arena, kit, leg, document, err);
}
