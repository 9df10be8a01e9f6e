#define _GNU_SOURCE
#include "limit.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

_Noreturn void limit_die(const char *what)
{
    fprintf(stderr, "limit: %s\n", what);
    exit(EXIT_FAILURE);
}

long limit_count(const char *text)
{
    char *end;
    long count = strtol(text, &end, 10);
    if (*end != '\0' || count < 1)
        limit_die("a count is a number from 1 on");
    return count;
}

uint64_t limit_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t) ts.tv_sec * 1000000000U + (uint64_t) ts.tv_nsec;
}

void limit_pin(void)
{
    cpu_set_t may, one;
    int cpu = 0;
    if (sched_getaffinity(0, sizeof may, &may) != 0)
        limit_die("cannot ask for the cores");
    while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET((size_t) cpu, &may))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET((size_t) cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        limit_die("cannot stay on one core");
}
