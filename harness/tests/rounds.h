/* rounds.h - how often a property is tried: under sanitizers, which make each try cost ten times as much,
 * a tenth as often. */
#ifndef MU_TESTS_ROUNDS_H
#define MU_TESTS_ROUNDS_H

#ifdef MU_SANITIZE
#define ROUNDS(n) ((n) / 10)
#else
#define ROUNDS(n) (n)
#endif

#endif
