/*
 * limit_files SCHEMA RULES DIR COUNT - the limit of 'muster check': read DIR/000001.eml and so on, make a
 * tree of each (limit_document.c), decode and parse the label, XSD, RULES XPath booleans on the tree.
 * No jobs, no isolation, no policies, no gate before the parser, no report.
 * Prints "files <messages a second> <microseconds each>".
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libxml/parser.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "limit.h"

static void read_file(const char *path, struct limit_message *message, size_t room)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, message->octets, room - 1) : -1;
    if (n < 0)
        limit_die(path);
    close(fd);
    message->n = (size_t) n;
    message->octets[n] = '\0';
}

int main(int argc, char **argv)
{
    static char octets[1 << 20];
    struct limit_message message = { octets, 0 };
    if (argc != 5)
        limit_die("usage: limit_files SCHEMA RULES DIR COUNT");
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    limit_pin();
    struct limit_check *check = limit_check_new(argv[1], limit_count(argv[2]));
    long count = limit_count(argv[4]);
    uint64_t from = limit_now();
    for (long i = 1; i <= count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%06ld.eml", argv[3], i);
        read_file(path, &message, sizeof octets);
        limit_check(check, &message);
    }
    double us = (double) (limit_now() - from) / 1e3 / (double) count;
    printf("files %.1f %.2f\n", 1e6 / us, us);
    return 0;
}
