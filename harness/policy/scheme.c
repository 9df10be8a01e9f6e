#include "policy/scheme.h"

#include <assert.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "format/datetime.h"
#include "format/label.h"
#include "format/xml.h"
#include "policy/names.h"

#define XML_NS "http://www.w3.org/XML/1998/namespace"

struct source {
    const char *id, *text, *confidence;
};

struct load {
    struct mu_arena *arena;
    struct source *source;
    size_t sources;
    struct mu_schemes *schemes;
    struct mu_err *err;
};

static const char *const level_name[MU_SCHEME_LEVELS] = {
    "unclassified", "restricted", "confidential", "secret", "top-secret",
};

const char *mu_scheme_level_name(enum mu_scheme_level level)
{
    return level_name[level];
}

bool mu_scheme_level_from_name(const char *name, enum mu_scheme_level *level)
{
    for (int i = 0; name != NULL && i < MU_SCHEME_LEVELS; i++)
        if (strcmp(level_name[i], name) == 0) {
            *level = (enum mu_scheme_level) i;
            return true;
        }
    return false;
}

/* --- what the vocabulary allows --------------------------------------------------------------- */

static const char *shown(struct load *l, const char *text)
{
    return mu_text_line(l->arena, mu_bytes_of(text));
}

static bool is_word(const char *text, const char *const *word, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (strcmp(text, word[i]) == 0)
            return true;
    return false;
}

/* A misspelt @until would leave a row open for ever: nothing unknown is passed over. */
static bool check_attributes(struct load *l, const xmlNode *node, const char *const *known,
                             size_t count)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        bool language = a->ns != NULL && strcmp((const char *) a->ns->href, XML_NS) == 0
                        && strcmp((const char *) a->name, "lang") == 0;
        if (!language && (a->ns != NULL || !is_word((const char *) a->name, known, count)))
            return mu_fail_where(l->err, mu_xml_where_attribute(node, (const char *) a->name),
                                 MU_ERR_PROFILE, "'%s' has no attribute '%.60s'",
                                 (const char *) node->name, (const char *) a->name);
    }
    return true;
}

static bool need(struct load *l, const xmlNode *node, const char *name, const char **out)
{
    *out = mu_label_collapse(l->arena, mu_xml_attribute(l->arena, node, name));
    if (*out != NULL && **out != '\0')
        return true;
    return mu_fail_where(l->err, mu_xml_where(node), MU_ERR_PROFILE, "'%s' needs an attribute '%s'",
                         (const char *) node->name, name);
}

/* One word of a list; the first of it is the default. */
static bool choose(struct load *l, const xmlNode *node, const char *name, const char *const *word,
                   size_t words, const char **out)
{
    const char *text = mu_xml_attribute(l->arena, node, name);
    *out = text != NULL ? text : word[0];
    if (text == NULL || is_word(text, word, words))
        return true;
    return mu_fail_where(l->err, mu_xml_where_attribute(node, name), MU_ERR_PROFILE,
                         "unknown %s '%s'", name, shown(l, text));
}

static bool read_text(struct load *l, const xmlNode *node, const char **out)
{
    const xmlNode *inside = mu_xml_child(node, NULL, NULL);
    if (inside != NULL)
        return mu_fail_where(l->err, mu_xml_where(inside), MU_ERR_PROFILE,
                             "'%.60s' does not belong into '%s'", (const char *) inside->name,
                             (const char *) node->name);
    *out = mu_label_collapse(l->arena, mu_xml_text(l->arena, node).p);
    if (**out != '\0')
        return true;
    return mu_fail_where(l->err, mu_xml_where(node), MU_ERR_PROFILE, "'%s' without text",
                         (const char *) node->name);
}

/* xs:date without a zone: midnight of UTC. */
static bool read_date(struct load *l, const xmlNode *node, const char *name, int64_t open,
                      int64_t *out)
{
    const char *text = mu_xml_attribute(l->arena, node, name);
    *out = open;
    if (text == NULL)
        return true;
    struct mu_instant at;
    const char *full = mu_arena_printf(l->arena, "%.20sT00:00:00Z", text);
    if (strspn(text, "0123456789-") != 10 || text[10] != '\0'
        || !mu_datetime_read(mu_bytes_of(full), &at))
        return mu_fail_where(l->err, mu_xml_where_attribute(node, name), MU_ERR_PROFILE,
                             "'%s' is no date", shown(l, text));
    *out = at.seconds;
    return true;
}

static const char *language_of(struct load *l, const xmlNode *node, const char *inherited)
{
    const xmlAttr *a = xmlHasNsProp(node, (const xmlChar *) "lang", (const xmlChar *) XML_NS);
    return a != NULL ? mu_xml_text(l->arena, (const xmlNode *) a).p : inherited;
}

/* --- sources, schemes, rows ------------------------------------------------------------------- */

static const struct source *find_source(const struct load *l, const char *id)
{
    for (size_t i = 0; i < l->sources; i++)
        if (strcmp(l->source[i].id, id) == 0)
            return &l->source[i];
    return NULL;
}

static bool read_source(struct load *l, const xmlNode *node)
{
    static const char *const known[] = { "id", "confidence" };
    static const char *const word[] = { "read", "reported", "recalled" };
    struct source source;
    TRY(check_attributes(l, node, known, MU_COUNT(known)));
    TRY(need(l, node, "id", &source.id) && need(l, node, "confidence", &source.confidence));
    TRY(choose(l, node, "confidence", word, MU_COUNT(word), &source.confidence));
    TRY(read_text(l, node, &source.text));
    if (find_source(l, source.id) != NULL)
        return mu_fail_where(l->err, mu_xml_where_attribute(node, "id"), MU_ERR_PROFILE,
                             "source '%s' is there already", shown(l, source.id));
    l->source[l->sources++] = source;
    return true;
}

static bool read_source_ref(struct load *l, const xmlNode *node, const struct source **out)
{
    const char *id = mu_label_collapse(l->arena, mu_xml_attribute(l->arena, node, "source"));
    if (id == NULL)
        return true;
    *out = find_source(l, id);
    return *out != NULL
           || mu_fail_where(l->err, mu_xml_where_attribute(node, "source"), MU_ERR_PROFILE,
                            "unknown source '%s'", shown(l, id));
}

/* One word, one scheme, one time: one level and one kind of mark. */
static bool check_word(struct load *l, const xmlNode *node, const struct mu_scheme_row *row,
                       size_t first)
{
    for (size_t i = first; i < l->schemes->rows; i++) {
        const struct mu_scheme_row *other = &l->schemes->row[i];
        if (strcmp(other->key, row->key) == 0 && other->from < row->until
            && row->from < other->until
            && (other->level != row->level || other->classification != row->classification))
            return mu_fail_where(l->err, mu_xml_where(node), MU_ERR_PROFILE,
                                 "'%s' means something else at the same time in line %u",
                                 shown(l, row->text), other->line);
    }
    return true;
}

static bool read_level(struct load *l, const xmlNode *node, enum mu_scheme_level *level)
{
    const char *name;
    TRY(need(l, node, "level", &name));
    return mu_scheme_level_from_name(name, level)
           || mu_fail_where(l->err, mu_xml_where_attribute(node, "level"), MU_ERR_PROFILE,
                            "unknown level '%s'", shown(l, name));
}

/* `row` has what the scheme gives to its rows; `first` is the first row of the scheme. */
static bool read_row(struct load *l, const xmlNode *node, const struct source *source,
                     struct mu_scheme_row row, size_t first)
{
    static const char *const known[] = { "level",  "from",           "until",
                                         "source", "classification", "kind" };
    static const char *const truth[] = { "true", "false" };
    static const char *const kind[] = { "name", "abbreviation" };
    const char *is, *of;
    TRY(check_attributes(l, node, known, MU_COUNT(known)));
    TRY(read_level(l, node, &row.level) && read_text(l, node, &row.text));
    TRY(read_date(l, node, "from", INT64_MIN, &row.from));
    TRY(read_date(l, node, "until", INT64_MAX, &row.until));
    TRY(choose(l, node, "classification", truth, MU_COUNT(truth), &is));
    TRY(choose(l, node, "kind", kind, MU_COUNT(kind), &of));
    TRY(read_source_ref(l, node, &source));
    if (row.from >= row.until)
        return mu_fail_where(l->err, mu_xml_where_attribute(node, "until"), MU_ERR_PROFILE,
                             "'%s' ends before it starts", shown(l, row.text));
    row.language = language_of(l, node, row.language);
    row.key = mu_key_text(l->arena, row.text, true);
    if (*row.key == '\0')
        return mu_fail_where(l->err, mu_xml_where(node), MU_ERR_PROFILE, "a text that is too long");
    assert(source != NULL); /* the scheme has one */
    row.source = source->text;
    row.confidence = source->confidence;
    row.classification = strcmp(is, "true") == 0;
    row.abbreviation = strcmp(of, "abbreviation") == 0;
    row.line = mu_xml_where(node).line;
    TRY(check_word(l, node, &row, first));
    l->schemes->row[l->schemes->rows++] = row;
    return true;
}

static bool read_scheme(struct load *l, const xmlNode *node)
{
    static const char *const known[] = { "name", "source" };
    struct mu_scheme_row row = { .language = language_of(l, node, "") };
    const struct source *source = NULL;
    const char *id;
    TRY(check_attributes(l, node, known, MU_COUNT(known)));
    TRY(need(l, node, "name", &row.scheme) && need(l, node, "source", &id));
    TRY(read_source_ref(l, node, &source));
    for (size_t i = 0; i < l->schemes->rows; i++)
        if (strcmp(l->schemes->row[i].scheme, row.scheme) == 0)
            return mu_fail_where(l->err, mu_xml_where_attribute(node, "name"), MU_ERR_PROFILE,
                                 "scheme '%s' is there already", shown(l, row.scheme));
    size_t first = l->schemes->rows;
    for (const xmlNode *e = mu_xml_child(node, NULL, NULL); e != NULL;
         e = mu_xml_next(e, NULL, NULL)) {
        if (!mu_xml_is(e, MU_SCHEMES_NS, "row"))
            return mu_fail_where(l->err, mu_xml_where(e), MU_ERR_PROFILE,
                                 "a scheme has rows, no '%.60s'", (const char *) e->name);
        TRY(read_row(l, e, source, row, first));
    }
    return true;
}

static bool count_rows(struct load *l, const xmlNode *root, size_t *rows)
{
    *rows = 0;
    for (const xmlNode *s = mu_xml_child(root, NULL, NULL); s != NULL;
         s = mu_xml_next(s, NULL, NULL)) {
        size_t in = 1; /* a source */
        for (const xmlNode *e = mu_xml_child(s, NULL, NULL); e != NULL;
             e = mu_xml_next(e, NULL, NULL))
            in++;
        *rows += in;
        if (*rows > MU_SCHEME_ROWS_MAX)
            return mu_fail_where(l->err, mu_xml_where(s), MU_ERR_LIMIT,
                                 "more than %d rows and sources", MU_SCHEME_ROWS_MAX);
    }
    return true;
}

static bool read_root(struct load *l, const xmlNode *root)
{
    if (!mu_xml_is(root, MU_SCHEMES_NS, "schemes"))
        return mu_fail_where(l->err, mu_xml_where(root), MU_ERR_PROFILE,
                             "the root is not 'schemes' of '%s'", MU_SCHEMES_NS);
    size_t rows;
    TRY(check_attributes(l, root, NULL, 0));
    TRY(count_rows(l, root, &rows));
    l->source = mu_arena_array(l->arena, rows + 1, sizeof *l->source);
    l->schemes->row = mu_arena_array(l->arena, rows + 1, sizeof *l->schemes->row);
    for (const xmlNode *e = mu_xml_child(root, NULL, NULL); e != NULL;
         e = mu_xml_next(e, NULL, NULL)) {
        if (mu_xml_is(e, MU_SCHEMES_NS, "source") && l->schemes->rows == 0)
            TRY(read_source(l, e));
        else if (mu_xml_is(e, MU_SCHEMES_NS, "scheme"))
            TRY(read_scheme(l, e));
        else
            return mu_fail_where(l->err, mu_xml_where(e), MU_ERR_PROFILE,
                                 "'%.60s' does not belong here: sources, then schemes",
                                 (const char *) e->name);
    }
    return true;
}

bool mu_schemes_load_bytes(struct mu_arena *arena, struct mu_bytes text, const char *name,
                           struct mu_schemes *schemes, struct mu_err *err)
{
    xmlDoc *doc;
    struct mu_schemes loaded = { 0 };
    struct load l = { .arena = arena, .schemes = &loaded, .err = err };
    TRY(mu_xml_load_bytes(arena, text, name, &doc, err));
    TRY(read_root(&l, xmlDocGetRootElement(doc)));
    *schemes = loaded;
    return true;
}

bool mu_schemes_load(struct mu_arena *arena, const char *path, struct mu_schemes *schemes,
                     struct mu_err *err)
{
    xmlDoc *doc;
    struct mu_schemes loaded = { 0 };
    struct load l = { .arena = arena, .schemes = &loaded, .err = err };
    TRY(mu_xml_load(arena, path, &doc, NULL, err));
    TRY(read_root(&l, xmlDocGetRootElement(doc)));
    *schemes = loaded;
    return true;
}

/* --- looking up ------------------------------------------------------------------------------- */

static bool in_force(const struct mu_scheme_row *row, int64_t at)
{
    return row->from <= at && at < row->until;
}

const struct mu_scheme_row *mu_scheme_find(const struct mu_schemes *schemes, const char *scheme,
                                           const char *text, int64_t at)
{
    struct mu_key key;
    if (!mu_key_make(&key, text, true) || key.n == 0)
        return NULL;
    for (size_t i = 0; i < schemes->rows; i++) {
        const struct mu_scheme_row *row = &schemes->row[i];
        if (strcmp(row->scheme, scheme) == 0 && in_force(row, at)
            && strcmp(row->key, key.text) == 0)
            return row;
    }
    return NULL;
}

static bool speaks(const struct mu_scheme_row *row, const char *language)
{
    return language == NULL || strcmp(row->language, language) == 0
           || strcmp(row->language, "mul") == 0;
}

const struct mu_scheme_row *mu_scheme_equivalent(const struct mu_schemes *schemes,
                                                 const struct mu_scheme_row *row,
                                                 const char *scheme, const char *language,
                                                 int64_t at)
{
    if (!row->classification || !in_force(row, at))
        return NULL;
    for (size_t i = 0; i < schemes->rows; i++) {
        const struct mu_scheme_row *other = &schemes->row[i];
        if (strcmp(other->scheme, scheme) == 0 && other->classification
            && other->level == row->level && in_force(other, at) && speaks(other, language))
            return other;
    }
    return NULL;
}
