/*
 * functions_course.h: what the functions that write have in common.
 */
#ifndef GE_FUNCTIONS_COURSE_H
#define GE_FUNCTIONS_COURSE_H

#include "postgres.h"
#include "fmgr.h"

#include "job.h"

/* Refuse read-only transactions and parallel workers; begin the record of the call. */
extern void ge_course_begin(const char *function);

/*
 * The arguments that stand in one order from n_folds on: n_folds, smooth, split_method,
 * order_by (where the function has it), fold_column, seed, prior, stat, target_type,
 * pos_label, null_value, handle_missing.
 */
extern void ge_course_fold_arguments(FunctionCallInfo fcinfo, int first,
									 bool has_order_by, GeJobOptions *options);

/* The sources of preprocess: train, and validation where there is one.  The caller says
 * which relations they are.  Returns how many. */
extern int ge_course_preprocess_sources(GeSourceSpec *sources, bool has_validation,
										bool has_validation_output,
										bool labels_from_validation);

/* Everything that is learned from the sources. */
extern void ge_course_learn(GeJob *job);

/* Errors that handle_missing and handle_unknown ask for, of a source to be encoded. */
extern void ge_course_check_encoded(const GeJob *job, int source);

#endif /* GE_FUNCTIONS_COURSE_H */
