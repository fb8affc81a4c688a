/*
 * arguments.h: what SQL functions are given, checked and converted.
 *
 * Every error names the argument as SQL knows it, says what was wrong and what is
 * allowed.  Functions are never STRICT: a NULL that means nothing is an error here.
 */
#ifndef GE_ARGUMENTS_H
#define GE_ARGUMENTS_H

#include "postgres.h"
#include "fmgr.h"

#include "base/names.h"
#include "base/relation.h"
#include "job/options.h"

/* The arguments of one call, by position; name is the SQL parameter's name. */
extern bool ge_arg_bool(FunctionCallInfo fcinfo, int i, const char *name);
extern int32 ge_arg_int32(FunctionCallInfo fcinfo, int i, const char *name);
extern int64 ge_arg_int64(FunctionCallInfo fcinfo, int i, const char *name);
extern Oid ge_arg_regclass(FunctionCallInfo fcinfo, int i, const char *name);
/* With its name, for a call that will lock it: to be read before any lock is taken. */
extern GeRelationRef ge_arg_relation(FunctionCallInfo fcinfo, int i, const char *name);
extern char *ge_arg_text(FunctionCallInfo fcinfo, int i, const char *name);
/* NULL for NULL. */
extern char *ge_arg_text_or_null(FunctionCallInfo fcinfo, int i);
/* One dimension, no NULL, no duplicate, no empty name. */
extern GeNames ge_arg_names(FunctionCallInfo fcinfo, int i, const char *name);
/* One dimension, no NULL: texts of any kind. */
extern GeNames ge_arg_texts(FunctionCallInfo fcinfo, int i, const char *name);
/* Relations without NULL and duplicates; n may be 0. */
extern GeRelationRef *ge_arg_relations(FunctionCallInfo fcinfo, int i, const char *name,
									   int *n);
/* [["a","b"], ...]: each at least two different names; NULL when not given. */
extern GeNames *ge_arg_combinations(FunctionCallInfo fcinfo, int i, const char *name,
									int *n);

extern GeMissing ge_arg_missing(FunctionCallInfo fcinfo, int i);
/* handle_unknown at i, unknown_value at i + 1: they must go together. */
extern GeUnknown ge_arg_unknown(FunctionCallInfo fcinfo, int i, int32 *unknown_value);
extern GeTargetType ge_arg_target_type(FunctionCallInfo fcinfo, int i);
extern bool ge_arg_prior_out_of_fold(FunctionCallInfo fcinfo, int i);
extern double ge_arg_smooth(FunctionCallInfo fcinfo, int i);
extern uint32 ge_arg_n_folds(FunctionCallInfo fcinfo, int i);
/* split_method, NULL meaning custom with a fold column and interleaved without. */
extern GeSplit ge_arg_split(FunctionCallInfo fcinfo, int i, const char *fold_column);

/* Reserved arguments: 0A000 when they ask for what this version does not have. */
extern void ge_arg_reserved_null(FunctionCallInfo fcinfo, int i, const char *name);
extern void ge_arg_reserved_false(FunctionCallInfo fcinfo, int i, const char *name);
extern void ge_arg_stat(FunctionCallInfo fcinfo, int i);

#endif /* GE_ARGUMENTS_H */
