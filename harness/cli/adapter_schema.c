/* `muster adapter schema`: the protocol as data, made from the tables of core/. */
#include <stdio.h>

#include "cli/command.h"
#include "proto/sap_tables.h"

bool mu_cli_adapter_schema(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    static const struct {
        const char *name;
        struct mu_bytes (*text)(struct mu_arena *arena);
    } row[] = { { "schema", mu_sap_schema_json },
                { "tables", mu_sap_tables_json },
                { "reference", mu_sap_reference } };
    const char *word[MU_COUNT(row)];
    size_t chosen;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        word[i] = row[i].name;
    TRY(mu_argument_word(args, MU_OPT_SCHEMA_FORMAT, word, MU_COUNT(word), 0, &chosen, err));
    struct mu_bytes text = row[chosen].text(args->arena);
    fwrite(text.p, 1, text.n, stdout);
    *status = MU_EXIT_OK;
    return true;
}
