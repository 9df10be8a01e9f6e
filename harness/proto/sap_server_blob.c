#include "base/digest.h"
#include "proto/sap_session.h"

static struct mu_sap_blob *find(struct mu_sap_session *session, const char *name)
{
    for (size_t i = 0; i < MU_SAP_BLOBS_MAX; i++)
        if (session->blob[i].arena != NULL && strcmp(session->blob[i].name, name) == 0)
            return &session->blob[i];
    return NULL;
}

/* The oldest makes room. */
static struct mu_sap_blob *fresh(struct mu_sap_session *session, const char *name, size_t len)
{
    struct mu_sap_blob *blob = &session->blob[session->next_blob++ % MU_SAP_BLOBS_MAX];
    mu_arena_free(blob->arena);
    *blob = (struct mu_sap_blob){ .arena = mu_arena_new(len + MU_MIB), .len = len };
    blob->octets = mu_arena_alloc(blob->arena, len + 1);
    memcpy(blob->name, name, sizeof blob->name);
    return blob;
}

void mu_sap_blobs_free(struct mu_sap_session *session)
{
    for (size_t i = 0; i < MU_SAP_BLOBS_MAX; i++) {
        mu_arena_free(session->blob[i].arena);
        session->blob[i].arena = NULL;
    }
}

bool mu_sap_blob_find(struct mu_sap_session *session, const char *name, struct mu_bytes *octets)
{
    const struct mu_sap_blob *blob = find(session, name);
    if (blob == NULL || blob->have != blob->len)
        return false;
    *octets = (struct mu_bytes){ blob->octets, blob->len };
    return true;
}

void mu_sap_blob_keep(struct mu_sap_session *session, struct mu_bytes octets)
{
    char name[MU_SAP_DIGEST_TEXT];
    mu_sap_blob_name(octets, name);
    if (find(session, name) != NULL)
        return;
    struct mu_sap_blob *blob = fresh(session, name, octets.n);
    memcpy(blob->octets, octets.p, octets.n);
    blob->have = octets.n;
}

static bool add_piece(struct mu_sap_turn *turn, struct mu_sap_blob *blob, size_t offset,
                      struct mu_bytes piece)
{
    if (offset != blob->have || piece.n > blob->len - blob->have) {
        mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, "pieces of a blob come in order and end at 'len'");
        return false;
    }
    if (piece.n > 0)
        memcpy(blob->octets + offset, piece.p, piece.n);
    blob->have += piece.n;
    return true;
}

static void check(struct mu_sap_turn *turn, struct mu_sap_blob *blob)
{
    char name[MU_SAP_DIGEST_TEXT];
    mu_sap_blob_name((struct mu_bytes){ blob->octets, blob->len }, name);
    if (strcmp(name, blob->name) == 0)
        return;
    mu_arena_free(blob->arena);
    blob->arena = NULL;
    mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, "the octets of a blob have another digest");
}

void mu_sap_blob_take(struct mu_sap_turn *turn, const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "blob"));
    json_int_t len = json_integer_value(json_object_get(object, "len"));
    json_int_t offset = json_integer_value(json_object_get(object, "offset"));
    struct mu_sap_octets piece;
    struct mu_err err;
    if (!mu_sap_read_octets(turn->arena, json_object_get(object, "data"), &piece, &err)
        || piece.blob != NULL || len < 0 || (uint64_t) len > MU_SAP_BLOB_MAX || offset < 0) {
        mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, "no piece of a blob");
        return;
    }
    struct mu_sap_blob *blob = find(turn->session, name);
    if (blob != NULL && blob->have == blob->len)
        return; /* known in full */
    if (blob != NULL && (size_t) len != blob->len) {
        mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, "'len' differs from that of the piece before");
        return;
    }
    if (blob == NULL)
        blob = fresh(turn->session, name, (size_t) len);
    if (add_piece(turn, blob, (size_t) offset, piece.data) && blob->have == blob->len)
        check(turn, blob);
}

void mu_sap_blob_give(struct mu_sap_turn *turn, const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "blob"));
    json_int_t len = json_integer_value(json_object_get(object, "len"));
    json_int_t offset = json_integer_value(json_object_get(object, "offset"));
    struct mu_bytes octets;
    if (!mu_sap_blob_find(turn->session, name, &octets))
        mu_sap_refuse(turn, MU_SAP_PRECONDITION, "no such blob is kept");
    else if (offset < 0 || len < 0 || (uint64_t) len > MU_SAP_INLINE_MAX
             || (uint64_t) offset > octets.n)
        mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, "'offset' or 'len' lies outside the blob");
    else
        turn->reply->octets = mu_bytes_slice(octets, (size_t) offset, (size_t) len);
}
