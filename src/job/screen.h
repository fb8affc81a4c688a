/*
 * screen.h: how much each column says of the target.
 *
 * A run that has learned from one target encodes its own rows twice: out of fold, and with
 * full statistics.  With y the target and x the encoding, over the rows that have both:
 *
 *   R^2 = 1 - sum of (y - x)^2 / sum of (y - mean of y)^2
 *   information value = sum of (p/P - q/Q) woe over the categories, p and q the ones and
 *       zeros of a category, P and Q those of all rows; woe as in backend/finish.h, with
 *       the regularization 1
 *
 * Rows are added up in the order of ordinals, categories in that of their keys, so that a
 * figure has the same bits whatever read the rows and whatever computed.
 */
#ifndef GE_JOB_SCREEN_H
#define GE_JOB_SCREEN_H

#include "postgres.h"

#include "job/job.h"

/* A column, and its figures; ge_no_value(): there is none. */
typedef struct GeScreened
{
	const char *column_name;
	bool is_number;
	/* missing values are a category if handle_missing says so */
	int64 categories;
	uint64 n_rows;
	uint64 missing;			  /* rows without a value */
	uint64 largest;			  /* rows of the category with the most */
	uint64 singletons;		  /* categories with one row */
	double information_value; /* of a target of zeros and ones */
	double r2_out_of_fold;	  /* of targets that are not all alike */
	double r2_full;
} GeScreened;

/* A run of plain columns and one target, by encoding of its plan. */
extern GeScreened *ge_job_screen(GeRun *run);

#endif /* GE_JOB_SCREEN_H */
