#include "core/record.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

void mu_record_put(struct mu_record *record, const char *text)
{
    size_t room = sizeof record->text - record->used;
    if (room == 0)
        return;
    size_t n = strnlen(text, room - 1);
    memcpy(record->text + record->used, text, n);
    record->text[record->used + n] = '\0';
    record->used += (uint32_t) n + 1;
}

const char *mu_record_text(const struct mu_record *record, unsigned i)
{
    const char *p = record->text, *end = record->text + record->used;
    while (p < end && i-- > 0)
        p += strlen(p) + 1;
    return p < end ? p : "";
}

size_t mu_record_size(const struct mu_record *record)
{
    return offsetof(struct mu_record, text) + record->used;
}

bool mu_record_valid(const struct mu_record *record, size_t size)
{
    return size >= offsetof(struct mu_record, text) && record->type >= MU_RECORD_FINDINGS
           && record->type <= MU_RECORD_LAST && record->verdict < MU_VERDICTS
           && record->rung < MU_RUNGS && record->kind < MU_EVIDENCES
           && record->used <= sizeof record->text && size == mu_record_size(record)
           && (record->used == 0 || record->text[record->used - 1] == '\0');
}

bool mu_record_next(struct mu_bytes packet, size_t *at, const struct mu_record **record,
                    struct mu_bytes *carried)
{
    size_t left = packet.n - *at, head = offsetof(struct mu_record, text);
    const struct mu_record *r = (const struct mu_record *) (const void *) (packet.p + *at);
    if (*at >= packet.n || left < head || r->used > sizeof r->text || left < head + r->used
        || !mu_record_valid(r, head + r->used) || r->carried > MU_RECORD_CARRY)
        return false;
    size_t behind = mu_record_pad(head + r->used);
    if (r->carried > 0 && (behind > left || r->carried > left - behind))
        return false;
    *record = r;
    *carried = (struct mu_bytes){ packet.p + *at + behind, r->carried };
    *at += r->carried > 0 ? behind + mu_record_pad(r->carried) : behind;
    return true;
}

void mu_evidence_name(enum mu_evidence kind, unsigned number, char *name, size_t size)
{
    static const char *const pattern[MU_EVIDENCES][2] = {
        [MU_EVIDENCE_TRANSCRIPT] = { "transcript-", ".txt" },
        [MU_EVIDENCE_SENT] = { "sent-", ".eml" },
        [MU_EVIDENCE_RECEIVED] = { "received-", ".eml" },
        [MU_EVIDENCE_DOCUMENT] = { "message-", ".xml" },
        [MU_EVIDENCE_INTENDED] = { "intended-", ".xml" },
        [MU_EVIDENCE_STEPS] = { "steps.json", NULL },
        [MU_EVIDENCE_KEYS] = { "keys.log", NULL },
        [MU_EVIDENCE_ADAPTER] = { "adapter-", ".jsonl" },
        [MU_EVIDENCE_OUTPUT] = { "adapter-", ".log" },
        [MU_EVIDENCE_REFUSED] = { "refused-", ".txt" },
        [MU_EVIDENCE_COMMAND] = { "command-", ".txt" },
    };
    assert(kind < MU_EVIDENCES);
    if (pattern[kind][1] == NULL)
        snprintf(name, size, "%s", pattern[kind][0]);
    else
        snprintf(name, size, "%s%u%s", pattern[kind][0], number, pattern[kind][1]);
}
