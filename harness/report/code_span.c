#include "report/code_span.h"

#include <string.h>

/* The longest run of backticks in the first `n` octets. */
static size_t longest_run(const char *text, size_t n)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < n; i++) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void put_fence(struct mu_buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mu_buf_putc(out, '`');
}

void mu_code_span(struct mu_buf *out, const char *text, size_t max)
{
    size_t all = strlen(text), n = all;
    if (n > max)
        for (n = max; n > 0 && ((unsigned char) text[n] & 0xc0) == 0x80; n--)
            ; /* not inside a character */
    if (n == 0)
        return;
    size_t fence = longest_run(text, n) + 1;
    bool pad = strchr("` ", text[0]) != NULL || strchr("` ", text[n - 1]) != NULL;
    put_fence(out, fence);
    mu_buf_puts(out, pad ? " " : ""); /* a reader takes one off at each end */
    for (size_t i = 0; i < n; i++)
        mu_buf_putc(out, text[i] == '\n' || text[i] == '\t' ? ' ' : text[i]);
    mu_buf_puts(out, n < all ? "..." : "");
    mu_buf_puts(out, pad ? " " : "");
    put_fence(out, fence);
}
