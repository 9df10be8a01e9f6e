/*
 * The list of our words: what a sentence, a reason or a name that a job sends may be made of in a run
 * without content. Plain English and the closed vocabularies; no name, no classification, no value.
 * A sentence with a word that is not here is hidden, which is safe: add the word when it is ours.
 */
#include <stdlib.h>

#include "base/compiler.h"
#include "core/veil.h"

/* clang-format off */
static const char *const word[] = {
    "a", "accept", "accepted", "acknowledged", "adapter", "added", "address", "after", "all",
    "alterations", "altered", "an", "and", "another", "answer", "answered", "answers", "applies",
    "are", "as", "ask", "asked", "asks", "at", "attributes", "auth", "authentication", "await",
    "be", "been", "before", "bind", "binding", "blocked", "body", "both", "bounced", "broken",
    "build", "by", "bye", "came", "can", "cancel", "cannot", "cap", "capabilities", "case",
    "ceiling", "certificate", "changes", "claim", "class", "clearance", "closed", "collect",
    "colours", "come", "comes", "compare", "configure", "connect", "connected", "connecting",
    "connection", "content", "control", "could", "crash", "cut", "deadline", "decide",
    "decision", "decode", "decrypt", "delivered", "deny", "depth", "details", "did",
    "difference", "different", "differential", "digest", "disagree", "does", "duplicated",
    "each", "else", "encrypt", "end", "ended", "ends", "envelope", "environment", "error",
    "every", "evidence", "exit", "expect", "expired", "fail", "failed", "few", "field", "fields",
    "filtered", "findings", "first", "flight", "found", "framing", "from", "gate", "gone", "had",
    "handshake", "harness", "has", "have", "header", "held", "hello", "here", "higher",
    "history", "hold", "holds", "in", "inconclusive", "infoset", "intact", "invented", "io",
    "is", "it", "item", "its", "job", "judge", "keep", "keeps", "kept", "keys", "killed", "know",
    "known", "knows", "label", "labeller", "language", "large", "late", "later", "least", "left",
    "leg", "limit", "line", "lines", "lint", "long", "lost", "lowered", "make", "malformed",
    "many", "map", "mark", "marker", "marking", "may", "message", "misbehaves", "misplaced",
    "missing", "mistranslated", "more", "moved", "ms", "much", "must", "name", "names", "needed",
    "network", "no", "nobody", "nodes", "nonce", "none", "not", "note", "nothing", "octet",
    "octets", "of", "offer", "on", "one", "op", "opened", "or", "order", "other", "out",
    "outcome", "owner", "pair", "parameters", "parse", "parsed", "parser", "part", "parts",
    "pass", "passed", "peer", "permit", "policy", "probe", "profile", "protocol", "proved",
    "quarantined", "raised", "ran", "reach", "read", "reading", "ready", "reason", "receiver",
    "record", "records", "reencoded", "reference", "refused", "rejected", "relay", "remarks",
    "removed", "renamed", "render", "reordered", "repeated", "resent", "role", "rule", "rules",
    "run", "rung", "same", "schema", "second", "semantics", "send", "sender", "sent", "serve",
    "session", "should", "shown", "sign", "signal", "signature", "silent", "size", "skew",
    "small", "somebody", "spec", "stage", "stat", "state", "status", "stays", "sut", "system",
    "temporary", "ten", "test", "text", "that", "the", "then", "there", "this", "time",
    "timeout", "tls", "to", "told", "too", "trace", "translate", "trigger", "unclaimed", "under",
    "unexpected", "unknown", "unmappable", "unsupported", "untouched", "untranslated", "usage",
    "use", "used", "uses", "validate", "validator", "value", "verdict", "verify", "version",
    "wait", "waited", "waits", "want", "wanted", "wants", "warned", "was", "way", "went", "were",
    "what", "where", "which", "whole", "with", "withheld", "within", "without", "wrong", "yet",
};
/* clang-format on */

static int compare(const void *key, const void *element)
{
    const struct mu_bytes *wanted = key;
    const char *ours = *(const char *const *) element;
    int order = strncmp(wanted->p, ours, wanted->n);
    return order != 0 ? order : ours[wanted->n] == '\0' ? 0 : -1;
}

bool mu_veil_word(const char *text, size_t n)
{
    struct mu_bytes key = { text, n };
    return bsearch(&key, word, MU_COUNT(word), sizeof word[0], compare) != NULL;
}
