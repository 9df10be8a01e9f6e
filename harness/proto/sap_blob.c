/* Octets that are too many for a line: in pieces, under the name of their digest. */
#include "base/digest.h"
#include "proto/sap_link.h"

static bool put_piece(struct mu_sap_link *link, struct mu_arena *scratch, const char *blob,
                      struct mu_bytes data, size_t offset, struct mu_err *err)
{
    const char *name = mu_sap_op(MU_SAP_BLOB_PUT)->name;
    const json_t *result;
    json_t *reply;
    struct mu_json j;
    struct mu_sap_pending *asked =
        mu_sap_begin(link, MU_SAP_BLOB_PUT, name, link->operation_ms, &j, err);
    TRY(asked != NULL);
    mu_json_text(&j, "blob", blob);
    mu_json_number(&j, "len", (int64_t) data.n);
    mu_json_number(&j, "offset", (int64_t) offset);
    mu_sap_put_octets(&j, "data", mu_bytes_slice(data, offset, MU_SAP_INLINE_MAX));
    TRY(mu_sap_finish(link, asked, &j, err));
    TRY(mu_sap_await(link, scratch, asked, &reply, err));
    return mu_sap_result(link, reply, name, &result, err);
}

bool mu_sap_blob_ahead(struct mu_sap_link *link, struct mu_bytes data, struct mu_err *err)
{
    char blob[MU_SAP_DIGEST_TEXT];
    bool done = data.n <= MU_SAP_BLOB_MAX;
    if (!done)
        return mu_fail(err, MU_ERR_LIMIT, "a blob of %zu octets: at most %zu", data.n,
                       MU_SAP_BLOB_MAX);
    mu_sap_blob_name(data, blob);
    for (size_t at = 0; done && at < data.n; at += MU_SAP_INLINE_MAX) {
        struct mu_arena *scratch = mu_arena_new(4 * MU_SAP_LINE_MAX);
        done = put_piece(link, scratch, blob, data, at, err) || mu_sap_blame(link, err);
        mu_arena_free(scratch);
    }
    return done;
}

static bool get_piece(struct mu_sap_link *link, struct mu_arena *scratch, const char *blob,
                      size_t offset, size_t wanted, struct mu_buf *out, struct mu_err *err)
{
    const char *name = mu_sap_op(MU_SAP_BLOB_GET)->name;
    const json_t *result;
    json_t *reply;
    struct mu_json j;
    struct mu_sap_octets piece;
    struct mu_sap_pending *asked =
        mu_sap_begin(link, MU_SAP_BLOB_GET, name, link->operation_ms, &j, err);
    TRY(asked != NULL);
    mu_json_text(&j, "blob", blob);
    mu_json_number(&j, "offset", (int64_t) offset);
    mu_json_number(&j, "len", (int64_t) wanted);
    TRY(mu_sap_finish(link, asked, &j, err));
    TRY(mu_sap_await(link, scratch, asked, &reply, err));
    TRY(mu_sap_result(link, reply, name, &result, err));
    TRY(mu_sap_read_octets(scratch, json_object_get(result, "data"), &piece, err));
    if (piece.blob != NULL || piece.data.n != wanted)
        return mu_fail(err, MU_ERR_PEER, "a piece of a blob has %zu octets instead of %zu",
                       piece.data.n, wanted);
    mu_buf_put_bytes(out, piece.data);
    return true;
}

static bool check(const char *blob, struct mu_bytes data, struct mu_err *err)
{
    char name[MU_SAP_DIGEST_TEXT];
    mu_sap_blob_name(data, name);
    return strcmp(name, blob) == 0
           || mu_fail(err, MU_ERR_PEER, "a blob called %.20s... is %.20s...", blob, name);
}

bool mu_sap_fetch(struct mu_sap_link *link, struct mu_arena *arena, const json_t *value,
                  struct mu_bytes *data, struct mu_err *err)
{
    struct mu_sap_octets octets;
    TRY(mu_sap_read_octets(arena, value, &octets, err));
    *data = octets.data;
    if (octets.blob == NULL)
        return true;

    struct mu_buf out = { .arena = arena };
    bool done = true;
    while (done && out.n < octets.len) {
        struct mu_arena *scratch = mu_arena_new(4 * MU_SAP_LINE_MAX);
        size_t left = octets.len - out.n;
        size_t wanted = left < MU_SAP_INLINE_MAX ? left : MU_SAP_INLINE_MAX;
        done = get_piece(link, scratch, octets.blob, out.n, wanted, &out, err);
        mu_arena_free(scratch);
    }
    *data = mu_buf_bytes(&out);
    return done && check(octets.blob, *data, err);
}
