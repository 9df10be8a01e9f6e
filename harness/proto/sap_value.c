#include "proto/sap_value.h"

#include "base/codec.h"
#include "base/digest.h"
#include "base/limits.h"

bool mu_sap_read_text(const json_t *value, const char *name, const char **text, struct mu_err *err)
{
    if (!json_is_string(value))
        return mu_fail(err, MU_ERR_PEER, "'%s' is no string", name);
    *text = json_string_value(value);
    return true;
}

bool mu_sap_read_number(const json_t *value, const char *name, uint64_t *number, struct mu_err *err)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return mu_fail(err, MU_ERR_PEER, "'%s' is no whole number of at least 0", name);
    *number = (uint64_t) json_integer_value(value);
    return true;
}

/* --- octets ------------------------------------------------------------------------------------- */

bool mu_sap_is_digest(const char *text)
{
    if (strncmp(text, "sha256:", 7) != 0 || strlen(text) != MU_SAP_DIGEST_TEXT - 1)
        return false;
    for (const char *c = text + 7; *c != '\0'; c++)
        if (mu_hex_digit(*c) < 0 || (*c >= 'A' && *c <= 'F'))
            return false;
    return true;
}

void mu_sap_blob_name(struct mu_bytes data, char name[MU_SAP_DIGEST_TEXT])
{
    memcpy(name, "sha256:", 8);
    mu_digest_text(data, name + 7);
}

static bool read_base64(struct mu_arena *arena, const json_t *value, struct mu_bytes *data,
                        struct mu_err *err)
{
    if (!json_is_string(value))
        return mu_fail(err, MU_ERR_PEER, "'b64' is no string");
    struct mu_bytes text = { json_string_value(value), json_string_length(value) };
    size_t at;
    enum mu_base64_defect defect = mu_base64_read(arena, text, data, &at);
    if (defect != MU_BASE64_OK)
        return mu_fail(err, MU_ERR_PEER, "%s at octet %zu of a 'b64'",
                       mu_base64_defect_name(defect), at);
    if (data->n > MU_SAP_INLINE_MAX)
        return mu_fail(err, MU_ERR_PEER, "%zu octets in one line: more than %zu travel as a blob",
                       data->n, MU_SAP_INLINE_MAX);
    return true;
}

static bool read_blob(const json_t *value, struct mu_sap_octets *octets, struct mu_err *err)
{
    const char *name = NULL;
    uint64_t len = 0;
    TRY(mu_sap_read_text(json_object_get(value, "blob"), "blob", &name, err));
    TRY(mu_sap_read_number(json_object_get(value, "len"), "len", &len, err));
    if (!mu_sap_is_digest(name))
        return mu_fail(err, MU_ERR_PEER, "'blob' is no sha256: with 64 hexadecimal digits");
    if (len > MU_SAP_BLOB_MAX)
        return mu_fail(err, MU_ERR_PEER, "a blob of more than %zu octets", MU_SAP_BLOB_MAX);
    *octets = (struct mu_sap_octets){ .blob = name, .len = (size_t) len };
    return true;
}

bool mu_sap_read_octets(struct mu_arena *arena, const json_t *value, struct mu_sap_octets *octets,
                        struct mu_err *err)
{
    if (!json_is_object(value))
        return mu_fail(err, MU_ERR_PEER, "octets that are no object with 'b64' or 'blob'");
    const json_t *text = json_object_get(value, "b64");
    size_t members = json_object_size(value);
    if (text == NULL && members == 2)
        return read_blob(value, octets, err);
    if (text == NULL || members != 1)
        return mu_fail(err, MU_ERR_PEER,
                       "octets are {\"b64\":...} or {\"blob\":...,\"len\":...} and nothing else");
    struct mu_bytes data;
    TRY(read_base64(arena, text, &data, err));
    *octets = (struct mu_sap_octets){ .data = data, .len = data.n };
    return true;
}

void mu_sap_put_blob(struct mu_json *j, const char *name, struct mu_bytes data)
{
    char blob[MU_SAP_DIGEST_TEXT];
    mu_sap_blob_name(data, blob);
    mu_json_open(j, name, '{');
    mu_json_text(j, "blob", blob);
    mu_json_number(j, "len", (int64_t) data.n);
    mu_json_close(j, '}');
}

void mu_sap_put_octets(struct mu_json *j, const char *name, struct mu_bytes data)
{
    if (data.n > MU_SAP_INLINE_MAX) {
        mu_sap_put_blob(j, name, data);
        return;
    }
    mu_json_open(j, name, '{');
    mu_json_base64(j, "b64", data);
    mu_json_close(j, '}');
}

void mu_sap_put_document(struct mu_json *j, const char *name, const char *syntax,
                         struct mu_bytes data)
{
    mu_json_open(j, name, '{');
    mu_json_text(j, "syntax", syntax);
    mu_sap_put_octets(j, "data", data);
    mu_json_close(j, '}');
}
