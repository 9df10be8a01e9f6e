#include "proto/sap_hello.h"

#include "base/digest.h"
#include "base/text_safe.h"

bool mu_sap_hello_claims(const struct mu_sap_hello *hello, const char *capability)
{
    for (size_t i = 0; i < hello->caps; i++)
        if (!hello->cap[i].unsupported && strcmp(hello->cap[i].name, capability) == 0)
            return true;
    return false;
}

void mu_sap_hello_lint(struct mu_sap_link *link, struct mu_sap_hello *hello, const char *sentence)
{
    const char **more = mu_arena_array(link->arena, hello->lints + 1, sizeof *more);
    if (hello->lints > 0)
        memcpy(more, hello->lint, hello->lints * sizeof *more);
    more[hello->lints++] = sentence;
    hello->lint = more;
}

/* Texts of an object inside the result. */
struct text_row {
    const char *name, **to;
    bool required;
};

static bool read_texts(const json_t *object, const char *inside, const struct text_row *row,
                       size_t count, struct mu_err *err)
{
    if (!json_is_object(object))
        return mu_fail(err, MU_ERR_PEER, "the result of hello has no object '%s'", inside);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, row[i].name);
        if (value != NULL)
            TRY(mu_sap_read_text(value, row[i].name, row[i].to, err));
        else if (row[i].required)
            return mu_fail(err, MU_ERR_PEER, "'%s' of hello has no '%s'", inside, row[i].name);
    }
    return true;
}

static bool read_names(const json_t *result, struct mu_sap_hello *hello, struct mu_err *err)
{
    const struct text_row adapter[] = {
        { "name", &hello->adapter_name, true },
        { "version", &hello->adapter_version, true },
        { "lang", &hello->language, false },
    };
    const struct text_row sut[] = {
        { "name", &hello->sut_name, true },
        { "version", &hello->sut_version, true },
        { "build", &hello->sut_build, false },
        { "owner", &hello->sut_owner, false },
        { "label_ceiling", &hello->label_ceiling, false },
    };
    TRY(read_texts(json_object_get(result, "adapter"), "adapter", adapter, MU_COUNT(adapter), err));
    return read_texts(json_object_get(result, "sut"), "sut", sut, MU_COUNT(sut), err);
}

static bool read_version(const json_t *result, struct mu_err *err)
{
    uint64_t version;
    TRY(mu_sap_read_number(json_object_get(result, "sap"), "sap", &version, err));
    return version == MU_SAP_VERSION
           || mu_fail(err, MU_ERR_PEER, "the adapter speaks SAP/%llu; SAP/%d was offered",
                      (unsigned long long) version, MU_SAP_VERSION);
}

static bool read_roles(struct mu_sap_link *link, const json_t *result, struct mu_sap_hello *hello,
                       struct mu_err *err)
{
    const json_t *roles = json_object_get(result, "roles");
    if (!json_is_array(roles))
        return mu_fail(err, MU_ERR_PEER, "the result of hello has no list 'roles'");
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const char *name;
        unsigned bit;
        TRY(mu_sap_read_text(json_array_get(roles, i), "roles", &name, err));
        if (mu_sap_role_from_name(name, &bit))
            hello->roles |= bit;
        else
            mu_sap_hello_lint(link, hello,
                              mu_arena_printf(link->arena, "advice: no role is called '%s'",
                                              mu_text_line(link->arena, mu_bytes_of(name))));
    }
    return hello->roles != 0 || mu_fail(err, MU_ERR_PEER, "hello offers no role that is known");
}

static bool read_limits(struct mu_sap_link *link, const json_t *result, struct mu_sap_hello *hello,
                        struct mu_err *err)
{
    const json_t *value = json_object_get(result, "max_inflight");
    const json_t *limits = json_object_get(result, "limits");
    uint64_t number;
    if (value != NULL) {
        TRY(mu_sap_read_number(value, "max_inflight", &number, err));
        if (number == 0)
            return mu_fail(err, MU_ERR_PEER, "'max_inflight' is 0: nothing could be asked");
        hello->in_flight = number < MU_SAP_IN_FLIGHT_MAX ? (uint32_t) number : MU_SAP_IN_FLIGHT_MAX;
    }
    if (limits == NULL || (value = json_object_get(limits, "max_line")) == NULL)
        return true;
    TRY(mu_sap_read_number(value, "max_line", &number, err));
    if (number < MU_SAP_LINE_LEAST)
        return mu_fail(err, MU_ERR_PEER, "'max_line' is %llu: at least %zu are needed",
                       (unsigned long long) number, MU_SAP_LINE_LEAST);
    if (number < link->peer_line)
        link->peer_line = (size_t) number;
    return true;
}

static bool read_isolation(const json_t *result, struct mu_sap_hello *hello, struct mu_err *err)
{
    const char *word = "case";
    const json_t *value = json_object_get(result, "isolation");
    if (value != NULL)
        TRY(mu_sap_read_text(value, "isolation", &word, err));
    hello->each_op = strcmp(word, "op") == 0;
    return hello->each_op || strcmp(word, "case") == 0
           || mu_fail(err, MU_ERR_PEER, "'isolation' is neither 'case' nor 'op'");
}

/* --- capabilities ------------------------------------------------------------------------------------ */

/* Sorted and without white space: the same claims are the same text. */
static const char *canonical(struct mu_arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENSURE_ASCII);
    const char *copy = mu_bytes_dup(arena, mu_bytes_of(text != NULL ? text : "{}"));
    free(text);
    return copy;
}

static bool read_cap(struct mu_sap_link *link, const char *name, const json_t *value,
                     struct mu_sap_cap *cap, struct mu_err *err)
{
    const char *status = NULL;
    const struct text_row row[] = { { "status", &status, false }, { "note", &cap->note, false } };
    if (!json_is_object(value))
        return mu_fail(err, MU_ERR_PEER, "a capability is no object");
    TRY(read_texts(value, "caps", row, MU_COUNT(row), err));
    cap->name = mu_text_line(link->arena, mu_bytes_of(name));
    cap->unsupported = status != NULL && strcmp(status, "unsupported") == 0;
    json_t *rest = json_copy((json_t *) (uintptr_t) value);
    json_object_del(rest, "status");
    json_object_del(rest, "note");
    cap->details = canonical(link->arena, rest);
    json_decref(rest);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct mu_sap_cap *) a)->name, ((const struct mu_sap_cap *) b)->name);
}

static bool read_caps(struct mu_sap_link *link, const json_t *result, struct mu_sap_hello *hello,
                      struct mu_err *err)
{
    const json_t *caps = json_object_get(result, "caps");
    const char *name;
    json_t *value;
    if (!json_is_object(caps))
        return mu_fail(err, MU_ERR_PEER, "the result of hello has no object 'caps'");
    size_t count = json_object_size(caps);
    if (count > MU_SAP_CAPS_MAX)
        return mu_fail(err, MU_ERR_PEER, "%zu capabilities: at most %d", count, MU_SAP_CAPS_MAX);
    hello->cap = mu_arena_array(link->arena, count + 1, sizeof *hello->cap);
    json_object_foreach((json_t *) (uintptr_t) caps, name, value)
        TRY(read_cap(link, name, value, &hello->cap[hello->caps++], err));
    qsort(hello->cap, hello->caps, sizeof *hello->cap, by_name);
    return true;
}

/* A role without what it is about. */
static const struct {
    unsigned role;
    const char *capabilities;
} role_row[] = {
    { MU_SAP_VALIDATOR, "label.4774" },
    { MU_SAP_LABELLER, "label.make mark.render mark.parse map" },
    { MU_SAP_POLICY, "decide map" },
};

static void lint_roles(struct mu_sap_link *link, struct mu_sap_hello *hello)
{
    for (size_t i = 0; i < MU_COUNT(role_row); i++) {
        bool any = (hello->roles & role_row[i].role) == 0;
        for (size_t c = 0; c < hello->caps && !any; c++)
            any = !hello->cap[c].unsupported
                  && mu_bytes_find(mu_bytes_of(role_row[i].capabilities),
                                   mu_bytes_of(hello->cap[c].name), 0)
                         != SIZE_MAX;
        if (!any)
            mu_sap_hello_lint(
                link, hello,
                mu_arena_printf(link->arena, "the role %s is offered without any of: %s",
                                mu_sap_role_name(role_row[i].role), role_row[i].capabilities));
    }
}

static void lint(struct mu_sap_link *link, struct mu_sap_hello *hello)
{
    const char **sentence;
    size_t count =
        mu_capability_lint(link->arena, hello->cap, hello->caps, hello->roles, &sentence);
    lint_roles(link, hello);
    for (size_t i = 0; i < count; i++)
        mu_sap_hello_lint(link, hello, sentence[i]);
    if (link->noise > 0)
        mu_sap_hello_lint(link, hello,
                          mu_arena_printf(link->arena,
                                          "adapter:preamble: %u lines before hello "
                                          "are no JSON",
                                          link->noise));
}

bool mu_sap_hello_read(struct mu_sap_link *link, const json_t *result, struct mu_sap_hello *hello,
                       struct mu_err *err)
{
    TRY(read_version(result, err));
    TRY(read_names(result, hello, err));
    TRY(read_roles(link, result, hello, err));
    TRY(read_limits(link, result, hello, err));
    TRY(read_isolation(result, hello, err));
    TRY(read_caps(link, result, hello, err));
    mu_digest_text(mu_bytes_of(canonical(link->arena, result)), hello->digest);
    lint(link, hello);
    link->in_flight = hello->in_flight;
    link->each_op = hello->each_op;
    return true;
}
