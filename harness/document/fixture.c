#include "document/fixture.h"

#include "base/file.h"
#include "base/limits.h"
#include "document/policy.h"
#include "format/sio.h"
#include "policy/marking.h"

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* What the label is marked under its policy; where nobody can say, two words of the exercise. */
static const char *marking_of(struct mu_arena *arena, const struct mu_document_kit *kit,
                              struct mu_bytes text)
{
    struct mu_xml_fault fault;
    struct mu_label label;
    struct mu_resolved resolved;
    xmlDoc *doc;
    const struct mu_policy *policy = NULL;
    const char *marking = NULL;
    if (kit->policies != NULL && mu_xml_parse(arena, text, 0, NULL, &doc, &fault) == MU_XML_OK
        && mu_label_is_root(xmlDocGetRootElement(doc))) {
        mu_label_read(arena, xmlDocGetRootElement(doc), &label);
        policy = mu_policies_find(kit->policies, label.policy, label.policy_uri);
    }
    if (policy != NULL) {
        mu_resolve(arena, policy, &label, &resolved);
        marking = mu_marking_render(arena, &resolved, MU_AT_PAGE_TOP, "en", NULL);
    }
    return marking != NULL ? marking : "EXERCISE RESTRICTED";
}

/* A message that breaks no rule, around any label. */
static struct mu_bytes wrap(struct mu_arena *arena, struct mu_bytes label, const char *marking)
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
    struct mu_sio_text sio = { .marking = mu_bytes_of(marking),
                               .type = MU_BYTES(":xml"),
                               .label = label };
    struct mu_buf mail = { .arena = arena };
    mu_buf_puts(&mail, before);
    mu_sio_write(&mail, "SIO-Label", &sio);
    mu_buf_puts(&mail, after);
    return mu_buf_bytes(&mail);
}

bool mu_fixture_around(struct mu_arena *arena, const struct mu_document_kit *kit,
                       struct mu_bytes label, const char *marking, struct mu_document *document,
                       struct mu_err *err)
{
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    if (marking == NULL)
        marking = marking_of(arena, kit, label);
    mu_document_leg_of(wrap(arena, label, marking), "smtp", leg);
    return mu_document_build(arena, kit, leg, document, err);
}

bool mu_fixture_load(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                     struct mu_document *document, struct mu_err *err)
{
    if (ends_in(path, ".message.xml"))
        return mu_document_load(arena, kit, path, document, err);
    if (ends_in(path, ".spif.xml"))
        return mu_document_policy(arena, kit, path, document, NULL, err);
    struct mu_bytes text;
    TRY(mu_file_read(arena, path, MU_MESSAGE_MAX, &text, err));
    if (ends_in(path, ".label.xml"))
        return mu_fixture_around(arena, kit, text, NULL, document, err);
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    mu_document_leg_of(text, "smtp", leg);
    return mu_document_build(arena, kit, leg, document, err);
}
