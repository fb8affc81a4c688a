/*
 * compare.h: what changed between two encoders.
 */
#ifndef GE_ENCODER_COMPARE_H
#define GE_ENCODER_COMPARE_H

#include "postgres.h"

#include "encoder/drift.h"

/* A column, or combination, with a target and class of it. */
typedef struct GeCompared
{
	const char *column_name;
	const char *target;				 /* NULL: none */
	const char *class;				 /* NULL: none */
	bool has[GE_DRIFT_N_SIDES];		 /* the encoder has the column */
	double priors[GE_DRIFT_N_SIDES]; /* ge_no_value(): none */
	const GeDriftFigures *figures;
	double largest_shift;			 /* ge_no_value(): none */
	const char *largest_shift_value; /* NULL: none */
} GeCompared;

/*
 * Compare two encoders: the columns of `before`, then those that only `after` has.  n is
 * their number.  Takes sorted categories of both, with work_mem at most in memory.
 */
extern GeCompared *ge_encoders_compare(GeEncoder *before, GeEncoder *after, int *n);

#endif /* GE_ENCODER_COMPARE_H */
