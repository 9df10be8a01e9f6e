/* markingData and markingQualifier. */
#include "base/text_safe.h"
#include "policy/spif_load.h"

static const struct {
    const char *name;
    unsigned bits;
} code_row[] = {
    { "pageTop", MU_AT_PAGE_TOP },
    { "pageBottom", MU_AT_PAGE_BOTTOM },
    { "pageTopBottom", MU_AT_PAGE_TOP | MU_AT_PAGE_BOTTOM },
    { "documentStart", MU_AT_DOCUMENT_START },
    { "documentEnd", MU_AT_DOCUMENT_END },
    { "noNameDisplay", MU_AT_NO_NAME },
    { "noMarkingDisplay", MU_AT_NO_MARKING },
    { "suppressClassName", MU_AT_NO_CLASS },
    { "firstLineOfText", MU_AT_FIRST_LINE },
    { "lastLineOfText", MU_AT_LAST_LINE },
    { "subject", MU_AT_SUBJECT },
    { "xHeader", MU_AT_X_HEADER },
    { "portionMarking", MU_AT_PORTION },
    { "inputTitle", MU_AT_INPUT_TITLE },
    { "waterMark", MU_AT_WATERMARK },
    { "replacePolicy", MU_AT_POLICY },
};

unsigned mu_marking_code_from_name(const char *name)
{
    for (size_t i = 0; i < MU_COUNT(code_row); i++)
        if (strcmp(code_row[i].name, name) == 0)
            return code_row[i].bits;
    return 0;
}

static const char *language_of(struct mu_spif_load *l, const xmlNode *node)
{
    xmlChar *lang = xmlGetNsProp(node, BAD_CAST "lang", XML_XML_NAMESPACE);
    if (lang == NULL)
        return "";
    const char *text = mu_arena_strndup(l->arena, (const char *) lang, strlen((const char *) lang));
    xmlFree(lang);
    return text;
}

static bool read_code(struct mu_spif_load *l, const xmlNode *node, const char *text, unsigned *bits)
{
    const char *name = mu_label_collapse(l->arena, text);
    unsigned known = mu_marking_code_from_name(name);
    *bits |= known;
    return known != 0
           || mu_fail_where(l->err, mu_xml_where(node), MU_ERR_PROFILE, "unknown marking code '%s'",
                            mu_text_line(l->arena, mu_bytes_of(name)));
}

static bool read_phrase(struct mu_spif_load *l, const xmlNode *node, struct mu_phrase *out)
{
    *out = (struct mu_phrase){ .text = mu_xml_attribute(l->arena, node, "phrase"),
                               .language = language_of(l, node) };
    for (xmlNode *e = mu_spif_first(node, "code"); e != NULL; e = mu_spif_next(e, "code"))
        TRY(read_code(l, e, mu_xml_text(l->arena, e).p, &out->codes));
    return true;
}

static bool read_qualifier(struct mu_spif_load *l, const xmlNode *node, unsigned codes,
                           const char *language, struct mu_qualifier *out)
{
    static const char *const kind[] = { "prefix", "suffix", "separator" };
    const char *word, *own = language_of(l, node);
    *out = (struct mu_qualifier){ .language = own[0] != '\0' ? own : language, .codes = codes };
    TRY(mu_spif_need(l, node, "markingQualifier", &out->text));
    TRY(mu_spif_need(l, node, "qualifierCode", &word));
    for (size_t i = 0; i < MU_COUNT(kind); i++)
        if (strcmp(kind[i], word) == 0) {
            out->kind = (enum mu_qualifier_kind) i;
            return true;
        }
    return mu_fail_where(l->err, mu_xml_where_attribute(node, "qualifierCode"), MU_ERR_PROFILE,
                         "unknown qualifier code '%s'", mu_text_line(l->arena, mu_bytes_of(word)));
}

static bool read_qualifiers(struct mu_spif_load *l, const xmlNode *node, struct mu_markings *out)
{
    size_t count = 0;
    const xmlNode *e = mu_spif_first(node, "markingQualifier"), *q;
    for (; e != NULL; e = mu_spif_next(e, "markingQualifier"))
        count += mu_spif_count(e, "qualifier");
    out->qualifier = mu_arena_array(l->arena, count + 1, sizeof *out->qualifier);
    for (e = mu_spif_first(node, "markingQualifier"); e != NULL;
         e = mu_spif_next(e, "markingQualifier")) {
        const char *text = mu_xml_attribute(l->arena, e, "markingCode");
        unsigned codes = 0;
        if (text != NULL)
            TRY(read_code(l, e, text, &codes));
        for (q = mu_spif_first(e, "qualifier"); q != NULL; q = mu_spif_next(q, "qualifier"))
            TRY(read_qualifier(l, q, codes, language_of(l, e), &out->qualifier[out->qualifiers++]));
    }
    return true;
}

bool mu_spif_markings(struct mu_spif_load *l, const xmlNode *node, struct mu_markings *out)
{
    *out = (struct mu_markings){ .phrase = mu_arena_array(l->arena,
                                                          mu_spif_count(node, "markingData") + 1,
                                                          sizeof *out->phrase) };
    for (xmlNode *e = mu_spif_first(node, "markingData"); e != NULL;
         e = mu_spif_next(e, "markingData"))
        TRY(read_phrase(l, e, &out->phrase[out->phrases++]));
    return read_qualifiers(l, node, out);
}
