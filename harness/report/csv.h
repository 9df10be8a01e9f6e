/*
 * csv.h - comma-separated values by RFC 4180: every text in quotes, lines end in CR LF.
 *
 * A spreadsheet takes a cell for a formula by its first character, in quotes or not; a text that begins
 * so gets an apostrophe before it and stays what it is to read.
 */
#ifndef MU_REPORT_CSV_H
#define MU_REPORT_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct mu_csv {
    struct mu_buf *out;
    bool begun; /* a field stands in the line */
};

void mu_csv_text(struct mu_csv *csv, const char *text);
void mu_csv_number(struct mu_csv *csv, int64_t number);
void mu_csv_end(struct mu_csv *csv);

/* The line of names. */
void mu_csv_head(struct mu_csv *csv, const char *const *name, size_t count);

#endif
