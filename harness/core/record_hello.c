/* What an adapter said of itself, in the strings of one record. The coordinator knows these names. */
#include <stdio.h>

#include "core/record.h"
#include "core/sap.h"

static void put(struct mu_record *record, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    mu_record_put(record, name);
    mu_record_put(record, value);
}

static void put_number(struct mu_record *record, const char *name, long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", value);
    put(record, name, text);
}

static void put_roles(struct mu_record *record, unsigned roles)
{
    for (unsigned bit = 1; bit <= MU_SAP_EVERY_ROLE; bit <<= 1)
        if ((roles & bit) != 0)
            put(record, "role", mu_sap_role_name(bit));
}

static void put_cap(struct mu_record *record, const struct mu_sap_cap *cap)
{
    put(record, "cap", cap->name);
    put(record, "cap.status", cap->unsupported ? "unsupported" : NULL);
    put(record, "cap.note", cap->note);
    put(record, "cap.details", cap->details);
}

void mu_record_hello(struct mu_record *record, uint32_t program, const struct mu_sap_hello *hello)
{
    *record = (struct mu_record){ .type = MU_RECORD_ADAPTER,
                                  .number = program,
                                  .count = hello->in_flight };
    mu_record_put(record, "ready");
    put(record, "adapter.name", hello->adapter_name);
    put(record, "adapter.version", hello->adapter_version);
    put(record, "adapter.language", hello->language);
    put(record, "sut.name", hello->sut_name);
    put(record, "sut.version", hello->sut_version);
    put(record, "sut.build", hello->sut_build);
    put(record, "sut.owner", hello->sut_owner);
    put(record, "sut.label_ceiling", hello->label_ceiling);
    put_roles(record, hello->roles);
    put(record, "digest", hello->digest);
    put(record, "each", hello->each_op ? "op" : "case");
    put_number(record, "in_flight", hello->in_flight);
    put_number(record, "skew_ms", hello->skew_ms);
    for (size_t i = 0; i < hello->caps; i++)
        put_cap(record, &hello->cap[i]);
    for (size_t i = 0; i < hello->lints; i++)
        put(record, "lint", hello->lint[i]);
}
