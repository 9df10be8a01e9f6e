/* One line of JSON, strictly. jansson reads what is not plain; what it would let pass is looked for here. */
#include "base/utf8.h"
#include "proto/sap_line.h"

#define CUT_SHORT "an object that is cut short: the whole of it stands on one line"
#define NO_WORD   "a word that JSON does not have, such as NaN, True or None"

/* What jansson says somewhere, and what we say: its sentences quote what the peer sent. */
static const struct {
    const char *has, *sentence;
} refusal[] = {
    { "duplicate object key", "the same name twice" },
    { "invalid Unicode", "half a surrogate pair" },
    { "\\u0000 is not", "NUL in a string" },
    { "control character", "a control character in a string" },
    { "too big integer", "a number that is too large" },
    { "too big negative integer", "a number that is too small" },
    { "real number overflow", "a number that is too large" },
    { "unable to decode byte", "no UTF-8" },
    { "end of file expected", "something behind the object" },
    { "unexpected newline", "a string that does not end" },
    { "maximum parsing depth", "too many arrays and objects inside each other" },
    { "'[' or '{' expected near end of file", "an empty line" },
    { "'[' or '{' expected near '\xef\xbb\xbf",
      "a byte order mark: a line begins with its object" },
    { "'[' or '{' expected", "no JSON: nothing else may be printed where the protocol is spoken" },
    { "premature end of input", CUT_SHORT },
    { "near end of file", CUT_SHORT },
    { "near '''", "a single quote: names and texts stand in double quotes" },
    { "invalid token near 'NaN", NO_WORD },
    { "invalid token near 'Infinity", NO_WORD },
    { "invalid token near '-'", NO_WORD },
    { "invalid token near 'True", NO_WORD },
    { "invalid token near 'False", NO_WORD },
    { "invalid token near 'None", NO_WORD },
};

static const char *sentence_for(const char *text)
{
    for (size_t i = 0; i < MU_COUNT(refusal); i++)
        if (strstr(text, refusal[i].has) != NULL)
            return refusal[i].sentence;
    return "no JSON";
}

static size_t openers(struct mu_bytes line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.n; i++)
        n += (line.p[i] | 0x20) == '{'; /* [ and { */
    return n;
}

/* Where depth goes past the limit, outside strings; SIZE_MAX when it does not. */
static size_t too_deep(struct mu_bytes line)
{
    size_t depth = 0;
    bool inside = false;
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if (inside && c == '\\')
            i++;
        else if (c == '"')
            inside = !inside;
        else if (!inside && (c == '{' || c == '['))
            depth++;
        else if (!inside && (c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > MU_SAP_DEPTH_MAX)
            return i;
    }
    return SIZE_MAX;
}

static bool refuse(uint32_t number, size_t at, const char *sentence, struct mu_err *err)
{
    const struct mu_where where = { MU_SAP_FRAMING, number, (uint32_t) at + 1 };
    return mu_fail_where(err, where, MU_ERR_PEER, "%s", sentence);
}

bool mu_sap_json(struct mu_bytes line, uint32_t number, json_t **object, struct mu_err *err)
{
    *object = mu_sap_json_plain(line);
    if (*object != NULL)
        return true;
    const char *cr = line.n > 0 ? memchr(line.p, '\r', line.n) : NULL;
    if (cr != NULL)
        return refuse(number, (size_t) (cr - line.p), "CR: a line ends in LF alone", err);
    if (openers(line) > MU_SAP_DEPTH_MAX) {
        size_t deep = too_deep(line);
        if (deep != SIZE_MAX)
            return refuse(number, deep, "too many arrays and objects inside each other", err);
    }
    json_error_t why;
    json_t *value = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &why);
    if (value == NULL) {
        size_t bad = mu_utf8_defect(line);
        if (bad != SIZE_MAX)
            return refuse(number, bad, "no UTF-8", err);
        return refuse(number, why.position > 0 ? (size_t) why.position - 1 : 0,
                      line.n == 0 ? "an empty line" : sentence_for(why.text), err);
    }
    if (!json_is_object(value)) {
        json_decref(value);
        return refuse(number, 0, "no object", err);
    }
    *object = value;
    return true;
}

static void give_back(void *object)
{
    json_decref(object);
}

bool mu_sap_json_in(struct mu_arena *arena, struct mu_bytes line, uint32_t number, json_t **object,
                    struct mu_err *err)
{
    TRY(mu_sap_json(line, number, object, err));
    mu_arena_defer(arena, give_back, *object);
    return true;
}
