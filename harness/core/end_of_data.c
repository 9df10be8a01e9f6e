#include "core/end_of_data.h"

#include "base/compiler.h"

static const struct {
    const char *name;
    struct mu_bytes octets;
} row[] = {
    { "LF.LF", { "\n.\n", 3 } },          { "LF.CRLF", { "\n.\r\n", 4 } },
    { "CR.CR", { "\r.\r", 3 } },          { "CR.CRLF", { "\r.\r\n", 4 } },
    { "CRLF.LF", { "\r\n.\n", 4 } },      { "CRLF.CR", { "\r\n.\r", 4 } },
    { "CRLF.NUL", { "\r\n.\0\r\n", 6 } },
};

bool mu_end_of_data(const char *name, struct mu_bytes *octets)
{
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].name, name) == 0) {
            *octets = row[i].octets;
            return true;
        }
    return false;
}

const char *mu_end_of_data_at(size_t i)
{
    return i < MU_COUNT(row) ? row[i].name : NULL;
}
