/*
 * load_groups.h: an encoder counted into a job.
 */
#ifndef GE_ENCODER_LOAD_GROUPS_H
#define GE_ENCODER_LOAD_GROUPS_H

#include "postgres.h"

#include "encoder/load.h"

/*
 * Add an encoder's categories to a run as groups (job/groups.h), once they have begun.  Its
 * columns, combinations and targets are those of the plan.  n_rows: of the fitted source.
 * with_codes: its label codes stay; then it comes first.  takes_out: as the run does.
 */
extern void ge_encoder_load_groups(GeRun *run, GeEncoder *encoder, uint64 n_rows,
								   bool with_codes, bool takes_out);

#endif /* GE_ENCODER_LOAD_GROUPS_H */
