/*
 * mould.h - what a case sheet makes of a case that passed, made once and cast many times.
 *
 * A sheet that says r:cases="alone" promises that what it makes of an r:case depends on that case alone,
 * and that it puts @index, @id, @name, @ms, @seconds, @at-ms, @folder, @revision, @sins, @control and
 * r:title out as they are or leaves them out, @name perhaps without the @id it begins with. So cases that
 * differ in nothing else get the same text around these values. The promise is checked: each mould casts
 * a case that the sheet was applied to as well, and serves only when both are the same.
 */
#ifndef MU_REPORT_MOULD_H
#define MU_REPORT_MOULD_H

#include "report/sheets.h"

struct mu_moulds;

/* Makes with the sheet what it makes of one case. */
typedef bool mu_mould_render(void *self, const struct mu_instance *instance, const char *place,
                             struct mu_buf *out, struct mu_err *err);

struct mu_moulds *mu_moulds_new(struct mu_arena *arena, mu_mould_render *render, void *self,
                                bool whole);

/* *cast: the text of the case was put into `out`; else the sheet is to be asked. */
bool mu_mould_cast(struct mu_moulds *moulds, const struct mu_instance *instance, const char *place,
                   struct mu_buf *out, bool *cast, struct mu_err *err) MU_MUST_USE;

#endif
