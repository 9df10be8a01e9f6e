/*
 * sap LABEL PAIRS CALLS - the adapter protocol's single call beside a bare ping-pong (limit_sap.h), and
 * with 32 requests out. The label is asked about with label.parse; the adapter in C answers with what it
 * says, read once. Both ends stay on the core that this program was given. PAIRS lines of three numbers:
 * microseconds a bare call, a call, a call of many, of the processor's time that both ends took: on one
 * core that is what it costs, and what else the machine does is not in it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "core/seat.h"
#include "format/label.h"
#include "format/xml.h"
#include "limit_sap.h"
#include "proto/sap.h"
#include "proto/sap_server.h"

#define OUT 32

struct bench {
    struct mu_arena *arena;
    struct mu_bytes label;
    struct mu_label says;
    struct mu_sap_link *link;
    pid_t adapter;
    const char *asked, *answered;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "sap: %s\n", what);
    exit(EXIT_FAILURE);
}

static void must(bool done, const struct mu_err *err)
{
    if (!done)
        die(err->msg);
}

static double clock_us(clockid_t clock)
{
    struct timespec t;
    if (clock_gettime(clock, &t) != 0)
        die("no clock of a process");
    return (double) t.tv_sec * 1e6 + (double) t.tv_nsec / 1e3;
}

/* Processor time of this process and of `peer`. */
static double spent_us(pid_t peer)
{
    clockid_t clock;
    if (clock_getcpuclockid(peer, &clock) != 0)
        die("no clock of a process");
    return clock_us(CLOCK_PROCESS_CPUTIME_ID) + clock_us(clock);
}

/* --- the adapter ------------------------------------------------------------------------------------ */

static void parse(struct mu_sap_turn *turn)
{
    const struct bench *b = turn->self;
    turn->reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    turn->reply->label = &b->says;
}

static void serve(struct bench *b, int in, int out)
{
    static struct mu_sap_cap cap[] = { { .name = "label.4774" } };
    struct mu_sap_server server = {
        .hello = { .adapter_name = "bench",
                   .adapter_version = "1",
                   .sut_name = "bench",
                   .sut_version = "1",
                   .roles = MU_SAP_VALIDATOR,
                   .in_flight = OUT,
                   .each_op = true,
                   .cap = cap,
                   .caps = 1 },
        .self = b,
        .answer = { [MU_SAP_LABEL_PARSE] = parse },
    };
    struct mu_err err;
    _exit(mu_sap_serve(&server, in, out, &err) ? 0 : 1);
}

static void start(struct bench *b)
{
    static struct mu_seat seat;
    static struct mu_sap_opening opening = { .way = MU_SAP_PIPES, .nonce = "bench" };
    static struct mu_buf transcript;
    int there[2], back[2];
    struct mu_sap_hello hello;
    struct mu_err err;
    if (pipe(there) != 0 || pipe(back) != 0 || (b->adapter = fork()) < 0)
        die("cannot start the adapter");
    if (b->adapter == 0) {
        close(there[1]);
        close(back[0]);
        serve(b, there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    seat = (struct mu_seat){ .arena = b->arena, .deadline_ms = UINT64_MAX };
    transcript.arena = b->arena;
    opening.in = back[0];
    opening.out = there[1];
    opening.transcript = b->asked == NULL ? &transcript : NULL;
    must(mu_sap_calls.open(&seat, &opening, &b->link, &hello, &err), &err);
}

static void stop(struct bench *b)
{
    mu_sap_calls.close(b->link);
    while (waitpid(b->adapter, NULL, 0) < 0)
        ;
}

/* --- calls ------------------------------------------------------------------------------------------ */

static void put(struct bench *b)
{
    const struct mu_sap_request request = {
        .op = MU_SAP_LABEL_PARSE,
        .token = "7b1f0c5a9e3d2486b0fa71c3",
        .label = b->label,
    };
    struct mu_err err;
    uint64_t id;
    must(mu_sap_calls.put(b->link, &request, &id, &err), &err);
}

static bool take(struct bench *b, uint64_t deadline_ms)
{
    struct mu_arena *arena = mu_arena_new(MU_MIB);
    struct mu_sap_reply reply;
    struct mu_err err;
    bool there;
    must(mu_sap_calls.next(b->link, arena, deadline_ms, &reply, &there, &err), &err);
    if (there && (reply.error != MU_SAP_OK || reply.label == NULL || reply.label->created == NULL))
        die("a wrong answer");
    if (there && b->asked == NULL) {
        b->asked = mu_bytes_dup(b->arena, reply.asked);
        b->answered = mu_bytes_dup(b->arena, reply.answered);
    }
    mu_arena_free(arena);
    return there;
}

static void call(struct bench *b, long calls)
{
    struct mu_err err;
    while (calls-- > 0) {
        put(b);
        must(mu_sap_calls.flush(b->link, &err), &err);
        if (!take(b, mu_clock_ms() + 10000))
            die("no answer");
    }
}

static void call_many(struct bench *b, long calls)
{
    struct mu_err err;
    long asked = 0, answered = 0;
    while (answered < calls) {
        for (; asked < calls && asked - answered < OUT; asked++)
            put(b);
        must(mu_sap_calls.flush(b->link, &err), &err);
        answered += take(b, mu_clock_ms() + 10000);
        while (mu_sap_calls.ready(b->link))
            answered += take(b, 0);
    }
}

static void read_label(struct bench *b, const char *path)
{
    struct mu_xml_fault fault;
    struct mu_err err;
    xmlDoc *doc;
    must(mu_file_read(b->arena, path, MU_XML_MAX, &b->label, &err), &err);
    if (mu_xml_parse(b->arena, b->label, 0, NULL, &doc, &fault) != MU_XML_OK)
        die(fault.why);
    mu_label_read(b->arena, xmlDocGetRootElement(doc), &b->says);
}

int main(int argc, char **argv)
{
    struct bench b = { .arena = mu_arena_new((size_t) 1 << 30) };
    if (argc != 4)
        die("sap LABEL PAIRS CALLS");
    long pairs = strtol(argv[2], NULL, 10), calls = strtol(argv[3], NULL, 10);
    signal(SIGPIPE, SIG_IGN);
    mu_xml_start();
    read_label(&b, argv[1]);
    start(&b);
    call(&b, 1); /* only for its two lines: transcripts are not what is measured */
    stop(&b);
    struct limit_sap *limit = limit_sap_start(b.asked, b.answered);
    start(&b);
    for (long i = 0; i < pairs; i++) {
        double bare = spent_us(limit_sap_peer(limit)), each = (double) calls;
        limit_sap_call(limit, calls);
        bare = spent_us(limit_sap_peer(limit)) - bare;
        double one = spent_us(b.adapter);
        call(&b, calls);
        double many = spent_us(b.adapter);
        one = many - one;
        call_many(&b, calls);
        many = spent_us(b.adapter) - many;
        printf("%.2f %.2f %.2f\n", bare / each, one / each, many / each);
    }
    stop(&b);
    limit_sap_stop(limit);
    mu_arena_free(b.arena);
    return 0;
}
