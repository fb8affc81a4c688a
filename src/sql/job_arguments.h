/*
 * preprocess_arguments.h: arguments that functions which learn and encode have in common.
 */
#ifndef GE_PREPROCESS_ARGUMENTS_H
#define GE_PREPROCESS_ARGUMENTS_H

#include "postgres.h"
#include "fmgr.h"

#include "job/job.h"

/*
 * The arguments that stand in one order from n_folds on: n_folds, smooth, split_method,
 * order_by (where the function has it), fold_column, seed, prior, stat, target_type,
 * pos_label, null_value, handle_missing.
 */
extern void ge_preprocess_folds(FunctionCallInfo fcinfo, int first, bool has_order_by,
								GeJobOptions *options);

/*
 * The arguments that stand in one order from target on: target, target_columns,
 * label_columns, exclude_columns, label_sources, target_combinations.  The sources come
 * back: first, then those that teach labels only; n is their number.
 */
extern GeSourceSpec *ge_fit_columns(FunctionCallInfo fcinfo, int target,
									GeJobOptions *options, GeSourceSpec first, int *n);

/* A source, and after it those of argument label_sources at i. */
extern GeSourceSpec *ge_label_sources(FunctionCallInfo fcinfo, int i, GeSourceSpec first,
									  int *n);

/* The sources of a preprocess: train, and validation where there is one; the caller says
 * which relations they are.  Returns how many. */
extern int ge_preprocess_sources(GeSourceSpec *sources, bool has_validation,
								 bool has_validation_output, bool labels_from_validation);

#endif /* GE_PREPROCESS_ARGUMENTS_H */
