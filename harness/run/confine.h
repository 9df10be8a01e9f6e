/*
 * confine.h - what a program that we start may write to, and how much it may use.
 *
 * An adapter is a stranger's program: it reads and runs what it likes, but writes only below the
 * folders named here, where the kernel can see to that (Landlock). Its limits are generous: virtual
 * machines that reserve address space must still start.
 */
#ifndef MU_RUN_CONFINE_H
#define MU_RUN_CONFINE_H

#include "base/err.h"

/* How well this kernel can do it: the number of its Landlock interface; 0: not at all. */
int mu_confine_level(void);

/* [child] From here on nothing can be written but below `work` and `writable` (NULL-terminated; NULL:
 * none), and to /dev/null. Does nothing where the kernel cannot. */
bool mu_confine(const char *work, const char *const *writable, struct mu_err *err) MU_MUST_USE;

/* [child] Memory, files, descriptors, no core file. */
bool mu_confine_limits(struct mu_err *err) MU_MUST_USE;

#endif
