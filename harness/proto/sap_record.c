#include "proto/sap_record.h"

#include <jansson.h>
#include <string.h>
#include <sys/wait.h>

#include "base/codec.h"
#include "base/json.h"
#include "base/utf8.h"
#include "proto/sap_line.h"

static void put_text(struct mu_json *j, const json_t *object, const char *name)
{
    mu_json_text(j, name, json_string_value(json_object_get(object, name)));
}

void mu_sap_record_head(struct mu_buf *out, uint32_t life, struct mu_bytes hello, const char *place,
                        const char *version, char *const *command)
{
    struct mu_json j = { .out = out };
    struct mu_err ignored;
    json_t *said;
    if (!mu_sap_json(hello, 1, &said, &ignored))
        said = NULL; /* a harness that says something else is recorded all the same */
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "schema", MU_SAP_RECORD_SCHEMA);
    mu_json_number(&j, "life", life);
    mu_json_text(&j, "muster", version);
    put_text(&j, said, "run");
    put_text(&j, said, "nonce");
    mu_json_text(&j, "place", place);
    mu_json_open(&j, "command", '[');
    for (; *command != NULL; command++)
        mu_json_text(&j, NULL, *command);
    mu_json_close(&j, ']');
    mu_json_close(&j, '}');
    mu_buf_putc(out, '\n');
    json_decref(said);
}

static struct mu_json open_line(struct mu_buf *out, uint32_t life, uint64_t ms)
{
    struct mu_json j = { .out = out };
    mu_json_open(&j, NULL, '{');
    mu_json_number(&j, "life", life);
    mu_json_number(&j, "ms", (int64_t) ms);
    return j;
}

static void close_line(struct mu_json *j)
{
    mu_json_close(j, '}');
    mu_buf_putc(j->out, '\n');
}

/* Octets that are no text stand as base64: a record must hold what was said, and not what was meant. */
void mu_sap_record_line(struct mu_buf *out, uint32_t life, bool harness, uint64_t ms,
                        struct mu_bytes line, bool half)
{
    struct mu_json j = open_line(out, life, ms);
    bool text = mu_utf8_defect(line) == SIZE_MAX && memchr(line.p, '\0', line.n) == NULL;
    mu_json_text(&j, "from", harness ? "harness" : "adapter");
    if (text)
        mu_json_bytes(&j, "line", line);
    else
        mu_json_base64(&j, "b64", line);
    if (half)
        mu_json_bool(&j, "half", true);
    close_line(&j);
}

void mu_sap_record_closed(struct mu_buf *out, uint32_t life, bool harness, uint64_t ms)
{
    struct mu_json j = open_line(out, life, ms);
    mu_json_text(&j, "event", harness ? "harness-closed" : "adapter-closed");
    close_line(&j);
}

void mu_sap_record_ended(struct mu_buf *out, uint32_t life, uint64_t ms, int status)
{
    struct mu_json j = open_line(out, life, ms);
    mu_json_text(&j, "event", "ended");
    mu_json_number(&j, WIFSIGNALED(status) ? "signal" : "exit",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    close_line(&j);
}

const char *mu_sap_record_member(struct mu_arena *arena, struct mu_bytes line, const char *name)
{
    json_t *said = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
    const char *text = json_string_value(json_object_get(said, name));
    text = mu_arena_strndup(arena, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    json_decref(said);
    return text;
}
