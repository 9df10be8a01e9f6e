#include "report/sarif.h"

#include <string.h>

#include "base/digest.h"

const char *mu_sarif_level(const char *requirement)
{
    static const struct {
        const char *requirement, *level;
    } row[] = { { "must", "error" }, { "should", "warning" } };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].requirement, requirement) == 0)
            return row[i].level;
    return "note";
}

void mu_sarif_message(struct mu_json *j, const char *name, const char *text)
{
    mu_json_open(j, name, '{');
    mu_json_text(j, "text", text);
    mu_json_close(j, '}');
}

/* SemVer demands three numbers. */
static bool is_semantic(const char *version)
{
    int dots = 0;
    for (const char *c = version; *c != '\0'; c++) {
        bool digit = *c >= '0' && *c <= '9';
        bool dot = *c == '.' && c > version && c[-1] != '.' && c[1] != '\0';
        if (!digit && !dot)
            return false;
        dots += dot;
    }
    return dots == 2;
}

void mu_sarif_begin(struct mu_json *j, const char *version)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    mu_json_text(j, "version", "2.1.0");
    mu_json_open(j, "runs", '[');
    mu_json_open(j, NULL, '{');
    mu_json_open(j, "tool", '{');
    mu_json_open(j, "driver", '{');
    mu_json_text(j, "name", "Muster");
    mu_json_text(j, "version", version);
    if (is_semantic(version))
        mu_json_text(j, "semanticVersion", version);
}

void mu_sarif_rule(struct mu_json *j, const char *id, const char *text, const char *full,
                   const char *level)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "id", id);
    mu_sarif_message(j, "shortDescription", text);
    mu_sarif_message(j, "fullDescription", full);
    mu_json_open(j, "defaultConfiguration", '{');
    mu_json_text(j, "level", level);
    mu_json_close(j, '}');
}

const char *mu_sarif_uri(struct mu_arena *arena, const char *name)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    struct mu_buf out = { .arena = arena };
    if (name[0] == '/')
        mu_buf_puts(&out, "file://");
    for (const char *c = name; *c != '\0'; c++)
        if (strchr(plain, *c) != NULL)
            mu_buf_putc(&out, *c);
        else
            mu_buf_printf(&out, "%%%02X", (unsigned char) *c);
    return mu_buf_text(&out);
}

void mu_sarif_location(struct mu_json *j, const char *uri, int64_t offset, int64_t octets,
                       const char *path)
{
    mu_json_open(j, NULL, '{');
    mu_json_open(j, "physicalLocation", '{');
    mu_json_open(j, "artifactLocation", '{');
    mu_json_text(j, "uri", uri);
    mu_json_close(j, '}');
    if (offset >= 0) {
        mu_json_open(j, "region", '{');
        mu_json_number(j, "byteOffset", offset);
        mu_json_number(j, "byteLength", octets);
        mu_json_close(j, '}');
    }
    mu_json_close(j, '}');
    if (path[0] != '\0') {
        mu_json_open(j, "logicalLocations", '[');
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "fullyQualifiedName", path);
        mu_json_close(j, '}');
        mu_json_close(j, ']');
    }
    mu_json_close(j, '}');
}

void mu_sarif_fingerprint(struct mu_json *j, const char *name, struct mu_bytes text)
{
    char digest[MU_DIGEST_TEXT];
    mu_digest_text(text, digest);
    mu_json_open(j, "partialFingerprints", '{');
    mu_json_text(j, name, digest);
    mu_json_close(j, '}');
}
