#include "report/csv.h"

#include <string.h>

#include "base/compiler.h"

/* OWASP's list, with the full-width forms that some locales read alike. */
static bool begins_formula(const char *text)
{
    static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                        "\xef\xbc\xa0" };
    if (*text != '\0' && strchr("=+-@\t\r\n", *text) != NULL)
        return true;
    for (size_t i = 0; i < MU_COUNT(wide); i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return true;
    return false;
}

static void next(struct mu_csv *csv)
{
    if (csv->begun)
        mu_buf_putc(csv->out, ',');
    csv->begun = true;
}

/* What reads the file with another separator sees one cell more after each; it begins with no formula. */
static bool is_separator(char c)
{
    return c == ';' || c == '\t' || c == '\n';
}

void mu_csv_text(struct mu_csv *csv, const char *text)
{
    bool first = true;
    next(csv);
    mu_buf_putc(csv->out, '"');
    for (; *text != '\0'; text++) {
        if (first && begins_formula(text))
            mu_buf_putc(csv->out, '\'');
        if (*text == '"')
            mu_buf_putc(csv->out, '"');
        mu_buf_putc(csv->out, *text);
        first = is_separator(*text);
    }
    mu_buf_putc(csv->out, '"');
}

void mu_csv_number(struct mu_csv *csv, int64_t number)
{
    next(csv);
    mu_buf_printf(csv->out, "%lld", (long long) number);
}

void mu_csv_end(struct mu_csv *csv)
{
    mu_buf_puts(csv->out, "\r\n");
    csv->begun = false;
}

void mu_csv_head(struct mu_csv *csv, const char *const *name, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mu_csv_text(csv, name[i]);
    mu_csv_end(csv);
}
