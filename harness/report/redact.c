#include "report/redact.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "report/model.h"

#define SHOWN 8 /* octets of a digest that stand for a text */

/*
 * Members that the harness, the operator or the profile wrote. `always` stays whatever is hidden;
 * `unlabelled` is what an adapter said of itself: from the system, and so hidden with the payload, but of no
 * message, so that no ceiling is about it. "*": all of them.
 */
static const struct {
    const char *event, *always, *unlabelled;
} row[] = {
    { "open", "*", "" },
    { "marking", "*", "" },
    { "rule", "*", "" },
    { "case", "*", "" },
    { "catalogue", "*", "" },
    { "expect", "*", "" },
    { "not-run", "*", "" },
    { "start", "*", "" },
    { "verdict", "*", "" },
    { "settled", "*", "" },
    { "resume", "*", "" },
    { "merged", "*", "" },
    { "close", "*", "" },
    { "finding", " case leg step rule level verdict ", "" },
    { "compared", " case what first second held demanded ", "" },
    { "adapter", " id state confined digest each reason ",
      " name version language build owner label_ceiling " },
    { "late", " case folder ", "" },
    { "note", " case kind verdict by why at ", "" }, /* of a dispute or an override; not its text */
};

bool mu_redact_is_ours(const char *event, const char *member, bool payload)
{
    char word[64];
    int n = snprintf(word, sizeof word, " %s ", member);
    if (n >= (int) sizeof word)
        return false;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].event, event) == 0)
            return row[i].always[0] == '*' || strstr(row[i].always, word) != NULL
                   || (!payload && strstr(row[i].unlabelled, word) != NULL);
    return false;
}

static void put_digest(const struct mu_redaction *redaction, struct mu_bytes text,
                       char hex[2 * SHOWN + 1])
{
    unsigned char digest[MU_DIGEST_BYTES];
    mu_digest_keyed(&redaction->key, text, digest);
    mu_hex_write(digest, SHOWN, hex);
}

const char *mu_redact_text(const struct mu_redaction *redaction, struct mu_arena *arena,
                           struct mu_bytes text)
{
    char hex[2 * SHOWN + 1];
    if (text.n == 0)
        return "";
    put_digest(redaction, text, hex);
    return mu_arena_printf(arena, "[%zu octet%s, hmac-sha256 %s]", text.n, text.n == 1 ? "" : "s",
                           hex);
}

const char *mu_redact_word(const struct mu_redaction *redaction, struct mu_arena *arena,
                           struct mu_bytes text)
{
    char hex[2 * SHOWN + 1];
    put_digest(redaction, text, hex);
    return mu_arena_printf(arena, "hmac-%s", hex);
}

/* Names in places: of our vocabulary, of labels, and of fields that standards define. What else may be
 * written between names stands here, too. */
static const char *const known[] = {
    /* prefixes, and the words of comparisons */
    "m",
    "h",
    "p",
    "slab",
    "part",
    "preamble",
    "outside",
    "its",
    "parts",
    "label",
    "marking",
    "subject",
    "keywords",
    "first-line",
    "text",
    "header",
    "SIO-Label",
    "message",
    "envelope",
    /* urn:muster:message:1 */
    "tls",
    "peer",
    "chain",
    "offer",
    "version",
    "suite",
    "group",
    "sigalg",
    "extension",
    "server-name",
    "alpn",
    "compression",
    "command",
    "reply",
    "note",
    "from",
    "from-parameters",
    "to",
    "to-parameters",
    "defect",
    "last-line",
    "opaque",
    "malformed",
    "schema-error",
    "former",
    "facts",
    "category",
    "value",
    "invalid",
    "written",
    "portion-mark",
    "marked",
    "portion",
    "rollup",
    "pages",
    "policy",
    "disagreement",
    "issuer",
    "san",
    "source",
    "dialogue",
    /* what the engine calls steps, carriers and syntaxes */
    "make",
    "mutate",
    "send",
    "trigger",
    "serve",
    "ask",
    "collect",
    "expect",
    "same",
    "judge",
    "nothing-else",
    "smtp",
    "sap",
    "file",
    "adatp-4774",
    "unknown",
    /* fields and parameters */
    "_",
    "type",
    "fgcolor",
    "bgcolor",
    "change",
    "changed-by",
    "changed-at",
    "changed-comments",
    "new-label",
    "new-marking",
    "new-fgcolor",
    "new-bgcolor",
    "new-type",
    "charset",
    "boundary",
    "filename",
    "name",
    "sio-label-history",
    "date",
    "sender",
    "reply-to",
    "cc",
    "bcc",
    "message-id",
    "in-reply-to",
    "references",
    "comments",
    "received",
    "return-path",
    "resent-date",
    "resent-from",
    "resent-to",
    "resent-message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-id",
    "content-description",
    "content-disposition",
    "delivered-to",
    "importance",
    "priority",
    "sensitivity",
    /* ADatP-4774 */
    "originatorConfidentialityLabel",
    "alternativeConfidentialityLabel",
    "metadataConfidentialityLabel",
    "ConfidentialityLabel",
    "ConfidentialityInformation",
    "PolicyIdentifier",
    "Classification",
    "PrivacyMark",
    "Category",
    "CategoryValue",
    "GenericValue",
    "IntegerValue",
    "BitStringValue",
    "OriginatorID",
    "CreationDateTime",
    "ReviewDateTime",
    "SuccessionHandling",
    "SuccessionDateTime",
    "SuccessorConfidentialityLabel",
    "TagName",
    "Type",
    "URI",
    "IDType",
    "syntax",
};

const char *mu_redact_name(const struct mu_redaction *redaction, struct mu_arena *arena,
                           struct mu_bytes name)
{
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (mu_bytes_equal_nocase(name, mu_bytes_of(known[i])))
            return mu_bytes_dup(arena, name);
    return mu_redact_text(redaction, arena, name);
}

#define BETWEEN " /:;,@[]()"

static bool is_number(struct mu_bytes word)
{
    size_t i = 0;
    while (i < word.n && ((word.p[i] >= '0' && word.p[i] <= '9') || word.p[i] == '.'))
        i++;
    return i == word.n;
}

/* A field may be called 4711, too: numbers are ours behind what only we write. */
static bool counts(struct mu_bytes place, size_t at)
{
    struct mu_bytes before = mu_bytes_trim(mu_bytes_slice(place, 0, at));
    static const char *const sign[] = { "[", " @", "part", "octet" };
    for (size_t i = 0; i < MU_COUNT(sign); i++) {
        size_t n = strlen(sign[i]);
        if (before.n >= n && memcmp(before.p + before.n - n, sign[i], n) == 0)
            return true;
    }
    return false;
}

const char *mu_redact_place(const struct mu_redaction *redaction, struct mu_arena *arena,
                            struct mu_bytes place)
{
    struct mu_buf out = { .arena = arena };
    for (size_t at = 0; at < place.n;) {
        size_t end = at;
        while (end < place.n && (place.p[end] == '\0' || strchr(BETWEEN, place.p[end]) == NULL))
            end++;
        if (end == at) {
            mu_buf_putc(&out, place.p[at++]);
            continue;
        }
        struct mu_bytes word = mu_bytes_slice(place, at, end - at);
        if (is_number(word) && counts(place, at))
            mu_buf_put_bytes(&out, word);
        else
            mu_buf_puts(&out, mu_redact_name(redaction, arena, word));
        at = end;
    }
    return mu_buf_text(&out);
}

enum mu_above mu_redact_withholds(const struct mu_redaction *redaction, unsigned index)
{
    const struct mu_report_ceiling *ceiling = redaction != NULL ? redaction->ceiling : NULL;
    if (ceiling == NULL)
        return MU_BELOW;
    if (index == 0 || index > ceiling->instances || ceiling->above[index - 1] >= MU_ABOVES)
        return MU_ABOVE_UNKNOWN;
    return (enum mu_above) ceiling->above[index - 1];
}

static const struct {
    const char *name, *sentence;
} said[MU_ABOVES] = {
    [MU_BELOW] = { "", "" },
    [MU_ABOVE_LABEL] = { "above", "a label or marking in it is above the ceiling" },
    [MU_ABOVE_POLICY] = { "other-policy", "a label in it is of another policy than the ceiling" },
    [MU_ABOVE_UNLABELED] = { "unlabelled",
                             "a message in it has no label, so nobody knows that it is "
                             "below the ceiling" },
    [MU_ABOVE_UNREAD] = { "unreadable", "a label in it cannot be read, or not in one way only" },
    [MU_ABOVE_UNKNOWN] = { "unknown", "no evidence that can be trusted says what was in it" },
};

const char *mu_above_name(enum mu_above above)
{
    return said[above].name;
}

const char *mu_above_sentence(enum mu_above above)
{
    return said[above].sentence;
}

/* How many are withheld, and of which reason how many. */
static void put_ceiling(struct mu_buf *out, const struct mu_result *m,
                        const struct mu_report_ceiling *ceiling, bool more)
{
    size_t count[MU_ABOVES] = { 0 }, n = 0;
    for (size_t i = 0; i < ceiling->instances; i++)
        count[ceiling->above[i] < MU_ABOVES ? ceiling->above[i] : MU_ABOVE_UNKNOWN]++;
    mu_buf_printf(out, "%sceiling %s: %zu of %u cases withheld", more ? "; " : "", ceiling->marking,
                  ceiling->withheld, m->total);
    for (size_t i = 1; i < MU_ABOVES; i++)
        if (count[i] > 0)
            mu_buf_printf(out, "%s%zu %s", n++ == 0 ? " (" : ", ", count[i], said[i].name);
    mu_buf_puts(out, n > 0 ? ")" : "");
}

const char *mu_result_hides(struct mu_arena *arena, const struct mu_result *result)
{
    const struct mu_redaction *r = result->redaction;
    if (r == NULL)
        return NULL;
    struct mu_buf out = { .arena = arena };
    if (r->payload)
        mu_buf_puts(&out, "payload redacted: keyed digests stand for what came from the wire and "
                          "from the system under test");
    if (r->ceiling != NULL)
        put_ceiling(&out, result, r->ceiling, r->payload);
    return mu_buf_text(&out);
}
