/*
 * err.h - why a function could not do what its name says.
 *
 * Three things can go wrong, and each has one way out:
 *
 *   a defect  the harness broke its own rule          assert(); the job dies, the case is ERROR
 *   an error  the world would not co-operate          false + struct mu_err; the case is ERROR
 *   a breach  the peer broke the protocol, closed     false + MU_ERR_PEER, _CLOSED, _DEADLINE or
 *             or fell silent, or TLS failed           _TLS; an adapter makes it an observation,
 *                                                     which expectations and rules judge
 *
 * A function that can fail returns bool and takes `struct mu_err *err` last. It fills *err exactly
 * when it returns false, and leaves its other out-parameters untouched in that case.
 */
#ifndef MU_BASE_ERR_H
#define MU_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum mu_err_code {
    MU_ERR_NONE,
    MU_ERR_USAGE,    /* the operator asked for something impossible          */
    MU_ERR_PROFILE,  /* a file of the operator is wrong; `where` says where   */
    MU_ERR_IO,       /* a system call failed; `sys` is errno                  */
    MU_ERR_TLS,      /* the TLS library refused; msg holds its reason         */
    MU_ERR_DEADLINE, /* the case ran out of time while waiting                */
    MU_ERR_CLOSED,   /* the peer closed the stream                            */
    MU_ERR_LIMIT,    /* an input passed a limit declared in base/limits.h     */
    MU_ERR_PEER,     /* the peer's bytes are not what the protocol allows     */
};

/* A place in something the operator can open: a file, or a message in the evidence folder. */
struct mu_where {
    const char *input; /* name of the input, NULL when there is none; borrowed */
    uint32_t line;     /* 1-based; 0 when unknown                              */
    uint32_t column;   /* 1-based, in bytes; 0 when unknown                    */
};

struct mu_err {
    enum mu_err_code code;
    int sys;               /* errno, 0 when no system call was involved        */
    struct mu_where where; /* the operator's place, see above                  */
    const char *file;      /* the developer's place: __FILE__ of the failure   */
    int line;              /* and __LINE__                                     */
    char msg[240];         /* one sentence, lower case, no full stop           */
};

/* Fill *err and return false, so that a failure is one statement: return mu_fail(err, ...). */
#define mu_fail(err, code, ...) mu_fail_at((err), __FILE__, __LINE__, (code), 0, __VA_ARGS__)
#define mu_fail_sys(err, ...)   mu_fail_at((err), __FILE__, __LINE__, MU_ERR_IO, errno, __VA_ARGS__)

/* The same with the operator's place: return mu_fail_where(err, where, MU_ERR_PROFILE, "..."). */
#define mu_fail_where(err, place, code, ...)                                                       \
    (mu_fail_at((err), __FILE__, __LINE__, (code), 0, __VA_ARGS__), (err)->where = (place), false)

bool mu_fail_at(struct mu_err *err, const char *file, int line, enum mu_err_code code, int sys,
                const char *fmt, ...) MU_PRINTF(6, 7);

/* The analyser sees one file at a time: without this it takes the true of mu_fail_at() for possible
 * and follows paths on which a step succeeded and left its out-parameters unset. */
#ifdef __clang_analyzer__
#define mu_fail_at(...) (mu_fail_at(__VA_ARGS__) && false)
#endif

/* "profiles/a.xml:12:8: unknown operator 'header.dorp'", or the message alone without a place. */
void mu_err_text(const struct mu_err *err, char *text, size_t size);

/* "io", "tls", ...: the stable name that journals and tests use. */
const char *mu_err_code_name(enum mu_err_code code);

#endif
