/*
 * limit_validate PKI MESSAGE SCHEMA RULES COUNT - the bare validation of one message: a tree of it,
 * the label decoded and parsed, XSD, RULES XPath booleans on the tree. PKI is not read; all limits take the same arguments.
 * Prints "validate <messages a second> <microseconds each>".
 */
#include <libxml/parser.h>
#include <malloc.h>
#include <stdio.h>

#include "limit.h"

int main(int argc, char **argv)
{
    if (argc != 6)
        limit_die("usage: limit_validate PKI MESSAGE SCHEMA RULES COUNT");
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    limit_pin();
    struct limit_message message = limit_read(argv[2]);
    struct limit_check *check = limit_check_new(argv[3], limit_count(argv[4]));
    long count = limit_count(argv[5]);
    uint64_t from = limit_now();
    for (long i = 0; i < count; i++)
        limit_check(check, &message);
    double us = (double) (limit_now() - from) / 1e3 / (double) count;
    printf("validate %.1f %.2f\n", 1e6 / us, us);
    return 0;
}
