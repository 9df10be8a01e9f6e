/* sut.h - reading the <adapter> elements of a SUT file and what refers to them; inside suite/ only. */
#ifndef MU_SUITE_SUT_H
#define MU_SUITE_SUT_H

#include "suite/read.h"

/* Every <adapter>. */
bool mu_sut_read_adapters(const struct mu_read *read, struct mu_sut *sut,
                          struct mu_err *err) MU_MUST_USE;

/* adapter="a" of a trigger or observe. */
bool mu_sut_read_one_adapter(const struct mu_read *read, const xmlNode *node,
                             const struct mu_sut *sut, int *adapter,
                             struct mu_err *err) MU_MUST_USE;

/* adapter="a b" of a role; none when it has no such attribute. */
bool mu_sut_read_adapters_of(const struct mu_read *read, const xmlNode *node,
                             const struct mu_sut *sut, struct mu_sut_role *role,
                             struct mu_err *err) MU_MUST_USE;

#endif
