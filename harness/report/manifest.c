#include "report/manifest.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/json.h"
#include "base/limits.h"
#include "report/read.h"

#define STATEMENT "https://in-toto.io/Statement/v1"
#define PREDICATE "https://in-toto.io/attestation/test-result/v0.1"
#define SHA256    "sha256:"

static int by_name(const void *a, const void *b)
{
    const struct mu_manifest_file *x = a, *y = b;
    return strcmp(x->name, y->name);
}

struct mu_manifest_file *mu_manifest_find(const struct mu_manifest *manifest, const char *name)
{
    struct mu_manifest_file wanted = { .name = name };
    return manifest->files == 0
               ? NULL
               : bsearch(&wanted, manifest->file, manifest->files, sizeof *manifest->file, by_name);
}

/* --- writing ---------------------------------------------------------------------------------------- */

/* A resource of in-toto: a name and its digest. */
static void put(struct mu_json *j, const char *name, const char *sha256)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "name", name);
    mu_json_open(j, "digest", '{');
    mu_json_text(j, "sha256", sha256);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

static void put_configuration(struct mu_json *j, const struct mu_manifest *m)
{
    const struct {
        const char *name, *digest;
    } row[] = { { "suite", m->suite },
                { "profile", m->profile },
                { "rules", m->rules },
                { "policies", m->policies } };
    mu_json_open(j, "configuration", '[');
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strncmp(row[i].digest, SHA256, sizeof SHA256 - 1) == 0)
            put(j, row[i].name, row[i].digest + sizeof SHA256 - 1);
    mu_json_close(j, ']');
}

struct mu_bytes mu_manifest_write(struct mu_arena *arena, const struct mu_manifest *m)
{
    struct mu_buf text = { .arena = arena };
    struct mu_json j = { .out = &text };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "_type", STATEMENT);
    mu_json_open(&j, "subject", '[');
    for (size_t i = 0; i < m->files; i++) {
        mu_buf_puts(&text, i == 0 ? "\n" : ",\n"); /* a line each: for eyes, grep and diff */
        j.comma = false;
        put(&j, m->file[i].name, m->file[i].sha256);
    }
    mu_buf_puts(&text, "\n");
    mu_json_close(&j, ']');
    mu_json_text(&j, "predicateType", PREDICATE);
    mu_json_open(&j, "predicate", '{');
    mu_json_text(&j, "result", m->result);
    put_configuration(&j, m);
    mu_json_open(&j, "muster", '{');
    mu_json_text(&j, "run", m->run);
    mu_json_text(&j, "head", m->head);
    mu_json_number(&j, "lines", (int64_t) m->lines);
    mu_json_number(&j, "octets", (int64_t) m->octets);
    mu_json_close(&j, '}');
    mu_json_close(&j, '}');
    mu_json_close(&j, '}');
    mu_buf_puts(&text, "\n");
    return mu_buf_bytes(&text);
}

/* --- reading ---------------------------------------------------------------------------------------- */

static bool is_digest(const char *text)
{
    return strspn(text, "0123456789abcdef") == MU_DIGEST_TEXT - 1
           && text[MU_DIGEST_TEXT - 1] == '\0';
}

/* A path that leads out of the folder, or to what no run has, is none. */
static bool is_path(struct mu_bytes name)
{
    if (name.n == 0 || name.n >= 4096 || memchr(name.p, '\0', name.n) != NULL || name.p[0] == '/')
        return false;
    for (const char *at = name.p; at != NULL; at = strchr(at, '/')) {
        at += *at == '/';
        size_t n = strcspn(at, "/");
        if (n == 0 || (n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
            return false;
    }
    return true;
}

static bool read_file(struct mu_arena *arena, const struct mu_node *o,
                      struct mu_manifest_file *file)
{
    struct mu_bytes name = mu_event_bytes(o, "name");
    const char *sha256 = mu_event_text(mu_node_get(o, "digest"), "sha256");
    if (!is_path(name) || !is_digest(sha256))
        return false;
    file->name = mu_bytes_dup(arena, name);
    memcpy(file->sha256, sha256, sizeof file->sha256);
    return true;
}

static const char *resource(struct mu_arena *arena, const struct mu_node *list, const char *name)
{
    mu_node_each(one, list)
    {
        if (strcmp(mu_event_text(one, "name"), name) == 0)
            return mu_arena_printf(arena, SHA256 "%s",
                                   mu_event_text(mu_node_get(one, "digest"), "sha256"));
    }
    return "";
}

static bool read_predicate(struct mu_arena *arena, const struct mu_node *root,
                           struct mu_manifest *m)
{
    const struct mu_node *predicate = mu_node_get(root, "predicate"),
                         *ours = mu_node_get(predicate, "muster"),
                         *configuration = mu_node_get(predicate, "configuration");
    int64_t lines = mu_event_number(ours, "lines", -1),
            octets = mu_event_number(ours, "octets", -1);
    m->run = mu_event_kept(arena, ours, "run");
    m->head = mu_event_kept(arena, ours, "head");
    m->result = mu_event_kept(arena, predicate, "result");
    m->suite = resource(arena, configuration, "suite");
    m->profile = resource(arena, configuration, "profile");
    m->rules = resource(arena, configuration, "rules");
    m->policies = resource(arena, configuration, "policies");
    m->lines = (uint64_t) lines;
    m->octets = (uint64_t) octets;
    return strcmp(mu_event_text(root, "_type"), STATEMENT) == 0
           && strcmp(mu_event_text(root, "predicateType"), PREDICATE) == 0 && is_digest(m->head)
           && lines > 0 && octets > 0;
}

static bool read_subjects(struct mu_arena *arena, const struct mu_node *list, struct mu_manifest *m,
                          struct mu_err *err)
{
    m->file = mu_arena_array(arena, list != NULL ? list->size + 1 : 1, sizeof *m->file);
    mu_node_each(one, list)
    {
        if (!read_file(arena, one, &m->file[m->files++]))
            return mu_fail(err, MU_ERR_PEER, "subject %zu is no file with a SHA-256", m->files);
    }
    if (m->files > 1)
        qsort(m->file, m->files, sizeof *m->file, by_name);
    for (size_t i = 1; i < m->files; i++)
        if (strcmp(m->file[i - 1].name, m->file[i].name) == 0)
            return mu_fail(err, MU_ERR_PEER, "'%.100s' is named twice", m->file[i].name);
    return true;
}

static bool read_root(struct mu_arena *arena, const struct mu_node *root, struct mu_manifest *m,
                      struct mu_err *err)
{
    if (!read_predicate(arena, root, m))
        return mu_fail(err, MU_ERR_PEER, "it is no in-toto statement about a run");
    return read_subjects(arena, mu_node_get(root, "subject"), m, err);
}

static bool no_json(struct mu_bytes text, struct mu_err *err)
{
    json_error_t why = { .line = 1 };
    json_decref(json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why));
    return mu_fail(err, MU_ERR_PEER, "line %d, column %d: it is no JSON", why.line, why.column);
}

bool mu_manifest_read(struct mu_arena *arena, struct mu_bytes text, struct mu_manifest *manifest,
                      struct mu_err *err)
{
    struct mu_nodes *nodes = mu_new(arena, struct mu_nodes); /* as long as its arena */
    nodes->arena = arena;
    struct mu_manifest m = { .files = 0 };
    const struct mu_node *root = mu_node_read(nodes, text);
    if (root == NULL)
        return no_json(text, err);
    TRY(read_root(arena, root, &m, err));
    *manifest = m;
    return true;
}
