/*
 * exit.h - the exit status of every command. When several apply, the precedence is
 * USAGE, INTERRUPTED, TROUBLE, FAILURES, STALE, INCONCLUSIVE, OK.
 */
#ifndef MU_BASE_EXIT_H
#define MU_BASE_EXIT_H

enum mu_exit {
    MU_EXIT_OK = 0,           /* as expected                                                  */
    MU_EXIT_FAILURES = 1,     /* failures that no expectation covers; a check did not hold    */
    MU_EXIT_USAGE = 2,        /* usage, bad input file, nothing selected                      */
    MU_EXIT_TROUBLE = 3,      /* harness, adapter or I/O errors; the reason is printed        */
    MU_EXIT_STALE = 4,        /* an expectation is stale, expired or too wide                 */
    MU_EXIT_INCONCLUSIVE = 5, /* more inconclusive cases than allowed                         */
    MU_EXIT_INTERRUPTED = 6,  /* stopped early; what is written is valid                      */
};

#endif
