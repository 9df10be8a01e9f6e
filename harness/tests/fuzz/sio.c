/* An SIO-Label field from its octets to the label: parameters, base64, the gate, the tree. */
#include "format/sio.h"

#include "tests/fuzz/xml.h"

static void fuzz_start(void)
{
    mu_xml_start();
}

/* What is written from what was read is read as the same. */
static void check_round_trip(struct mu_arena *arena, const struct mu_sio *sio)
{
    struct mu_sio_text text = { .label = sio->decoded };
    if (sio->marking != NULL)
        text.marking = sio->marking->value;
    if (sio->type != NULL)
        text.type = sio->type->value;
    struct mu_buf out = { .arena = arena };
    mu_sio_write(&out, "SIO-Label", &text);
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&out));
    HOLDS(mail->top.headers == 1 && mail->longest_line <= 78);
    struct mu_sio again;
    mu_sio_read(arena, &mail->top.header[0], &again);
    HOLDS(again.kind == sio->kind || text.type.n == 0);
    HOLDS(again.base64 == MU_BASE64_OK && mu_bytes_equal(again.decoded, sio->decoded));
    HOLDS(text.marking.n == 0 || mu_bytes_equal(again.marking->value, text.marking));
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_buf field = { .arena = arena };
    mu_buf_puts(&field, "SIO-Label:");
    mu_buf_put_bytes(&field, input);
    const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&field));
    HOLDS(mail->top.headers > 0);
    for (size_t i = 0; i < mail->top.headers; i++) {
        struct mu_sio sio;
        mu_sio_read(arena, &mail->top.header[i], &sio);
        struct mu_bytes label = sio.label != NULL ? sio.label->value : MU_BYTES("");
        HOLDS(sio.decoded.n <= label.n / 4 * 3 + 2);
        HOLDS(sio.base64 == MU_BASE64_OK || sio.base64_offset <= field.n);
        if (sio.base64 == MU_BASE64_OK && sio.label != NULL)
            HOLDS(mu_bytes_equal(mu_base64_write(arena, sio.decoded), label));
        check_round_trip(arena, &sio);
        xmlNode *root = fuzz_parse(arena, sio.decoded);
        if (root != NULL)
            fuzz_tree(arena, sio.decoded.n, root);
    }
}
