#include "limit_sap.h"

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM 65536

struct limit_sap {
    int fd;
    pid_t peer;
    json_t *question, *answer;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "limit: %s\n", what);
    exit(EXIT_FAILURE);
}

static void say(int fd, const json_t *object)
{
    char line[ROOM];
    size_t n = json_dumpb(object, line, sizeof line - 1, JSON_COMPACT);
    if (n >= sizeof line)
        die("a line that is too long");
    line[n++] = '\n';
    if (write(fd, line, n) != (ssize_t) n)
        die("cannot write");
}

/* One line, and nothing behind it: whoever speaks waits for the answer. */
static bool hear(int fd)
{
    char line[ROOM];
    size_t n = 0;
    do {
        ssize_t got = read(fd, line + n, sizeof line - n);
        if (got <= 0)
            return false;
        n += (size_t) got;
    } while (line[n - 1] != '\n');
    json_t *object = json_loadb(line, n - 1, JSON_REJECT_DUPLICATES, NULL);
    if (object == NULL)
        die("no JSON");
    json_decref(object);
    return true;
}

static json_t *load(const char *text)
{
    json_t *object = json_loads(text, 0, NULL);
    if (object == NULL)
        die("no JSON");
    return object;
}

struct limit_sap *limit_sap_start(const char *question, const char *answer)
{
    struct limit_sap *limit = calloc(1, sizeof *limit);
    int pair[2];
    if (limit == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        die("no socket pair");
    limit->question = load(question);
    limit->answer = load(answer);
    limit->peer = fork();
    if (limit->peer == 0) {
        close(pair[0]);
        while (hear(pair[1]))
            say(pair[1], limit->answer);
        _exit(0);
    }
    close(pair[1]);
    limit->fd = pair[0];
    return limit;
}

void limit_sap_call(struct limit_sap *limit, long calls)
{
    while (calls-- > 0) {
        say(limit->fd, limit->question);
        if (!hear(limit->fd))
            die("the peer is gone");
    }
}

pid_t limit_sap_peer(const struct limit_sap *limit)
{
    return limit->peer;
}

void limit_sap_stop(struct limit_sap *limit)
{
    close(limit->fd);
    while (waitpid(limit->peer, NULL, 0) < 0)
        ;
    json_decref(limit->question);
    json_decref(limit->answer);
    free(limit);
}
