#include "suite/read.h"

#include <string.h>

#include "base/file.h"

bool mu_read_another(struct mu_read *read, const char *path, struct mu_err *err)
{
    struct mu_read r = *read;
    r.path = mu_arena_strndup(r.arena, path, strlen(path));
    r.dir = mu_file_dirname(r.arena, path);
    TRY(mu_xml_load(r.arena, r.path, &r.doc, &r.text, err));
    if (r.schema == NULL) /* costs more than what is no XML deserves */
        TRY(mu_schema_load(r.arena, r.xsd, &r.schema, err));
    TRY(mu_schema_check(r.schema, r.doc, err));
    r.root = xmlDocGetRootElement(r.doc);
    *read = r;
    return true;
}

bool mu_read_open(struct mu_arena *arena, const struct mu_data *data, const char *path,
                  const char *schema, struct mu_read *read, struct mu_err *err)
{
    struct mu_read r = { .arena = arena, .data = data };
    const char *relative = mu_arena_printf(arena, "profiles/schemas/%s.xsd", schema);
    const char *xsd = mu_data_find(data, arena, relative);
    if (xsd == NULL)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is in no data folder; set MUSTER_DATA", relative);
    r.xsd = xsd;
    TRY(mu_read_another(&r, path, err));
    *read = r;
    return true;
}

xmlNode *mu_read_first(const xmlNode *node, const char *name)
{
    return mu_xml_child(node, NULL, name);
}

xmlNode *mu_read_next(const xmlNode *node, const char *name)
{
    return mu_xml_next(node, NULL, name);
}

size_t mu_read_count(const xmlNode *node, const char *name)
{
    size_t count = 0;
    for (xmlNode *n = mu_read_first(node, name); n != NULL; n = mu_read_next(n, name))
        count++;
    return count;
}

const char *mu_read_attribute(const struct mu_read *read, const xmlNode *node, const char *name)
{
    return mu_xml_attribute(read->arena, node, name);
}

bool mu_read_has(const xmlNode *node, const char *name)
{
    return xmlHasProp(node, (const xmlChar *) name) != NULL;
}

const char *mu_read_path(const struct mu_read *read, const xmlNode *node, const char *name)
{
    const char *path = mu_read_attribute(read, node, name);
    return path == NULL ? NULL : mu_file_join(read->arena, read->dir, path);
}

bool mu_read_yes(const struct mu_read *read, const xmlNode *node, const char *name, bool fallback)
{
    const char *text = mu_read_attribute(read, node, name);
    return text == NULL ? fallback : strcmp(text, "yes") == 0;
}

const char *mu_read_text(const struct mu_read *read, const xmlNode *node)
{
    struct mu_bytes raw = mu_bytes_trim(mu_xml_text(read->arena, node));
    struct mu_buf out = { .arena = read->arena };
    bool space = false;
    for (size_t i = 0; i < raw.n; i++) {
        bool white = strchr(" \t\r\n", raw.p[i]) != NULL;
        if (!white || !space)
            mu_buf_putc(&out, white ? ' ' : raw.p[i]);
        space = white;
    }
    return mu_buf_text(&out);
}

/* Digits at the start of `text`; *rest is what follows. False without a digit or past `max`. */
static bool digits(const char *text, uint64_t max, uint64_t *number, const char **rest)
{
    uint64_t n = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (uint64_t) (*p - '0');
        if (n > max)
            return false;
    }
    *number = n;
    *rest = p;
    return p != text;
}

bool mu_read_duration(const struct mu_read *read, const xmlNode *node, const char *name,
                      uint32_t *ms, struct mu_err *err)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } row[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
    const char *text = mu_read_attribute(read, node, name);
    if (text == NULL)
        return true;
    uint64_t number;
    const char *unit;
    if (digits(text, UINT32_MAX, &number, &unit))
        for (size_t i = 0; i < MU_COUNT(row); i++)
            if (strcmp(row[i].unit, unit) == 0 && number <= UINT32_MAX / row[i].ms) {
                *ms = (uint32_t) (number * row[i].ms);
                return true;
            }
    return mu_fail_where(err, mu_xml_where_attribute(node, name), MU_ERR_PROFILE,
                         "'%s' is no duration; write it like '200ms', '5s', '2m' or '48h'", text);
}

bool mu_read_number(const struct mu_read *read, const xmlNode *node, const char *name, uint64_t max,
                    uint64_t *number, struct mu_err *err)
{
    const char *text = mu_read_attribute(read, node, name);
    if (text == NULL)
        return true;
    uint64_t n;
    const char *rest;
    if (!digits(text, max, &n, &rest) || *rest != '\0')
        return mu_fail_where(err, mu_xml_where_attribute(node, name), MU_ERR_PROFILE,
                             "'%s' is no number from 0 to %llu", text, (unsigned long long) max);
    *number = n;
    return true;
}

size_t mu_words_split(struct mu_arena *arena, const char *text, const char ***word)
{
    static const char white[] = " \t\r\n";
    size_t count = 0;
    for (const char *p = text + strspn(text, white); *p != '\0'; p += strspn(p, white)) {
        p += strcspn(p, white);
        count++;
    }
    const char **w = mu_arena_array(arena, count + 1, sizeof *w);
    size_t n = 0;
    for (const char *p = text + strspn(text, white); *p != '\0'; p += strspn(p, white)) {
        size_t length = strcspn(p, white);
        w[n++] = mu_arena_strndup(arena, p, length);
        p += length;
    }
    *word = w;
    return count;
}

bool mu_words_hold(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

bool mu_read_unknown(const xmlNode *node, const char *attribute, const char *what, const char *name,
                     const char *nearest, struct mu_err *err)
{
    struct mu_where where = mu_xml_where_attribute(node, attribute);
    if (nearest != NULL)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "unknown %s '%s', did you mean '%s'?",
                             what, name, nearest);
    return mu_fail_where(err, where, MU_ERR_PROFILE, "unknown %s '%s'", what, name);
}
