/*
 * groups.h: rows of a source that were counted elsewhere.
 *
 * They come in as groups, instead of as rows: from an encoder, or from another server.  A
 * group is the rows of one category of a column or combination, and of one fold if the job
 * has folds of its rows' own values (GE_SPLIT_CUSTOM).  Its figures are its rows, and the
 * exact statistics of every target, or class, of the encoding.  A category may have several
 * groups.  A job that takes groups may read rows too; its results are those of all rows.
 *
 * Groups are added before anything is read, in the step that ge_job_learn() is given:
 *
 *   ge_job_groups_begin  ->  ge_job_groups_add (any number, any order)  ->  ge_job_read
 *
 * Each column that is coded or encoded, and each combination, must get groups of all rows.
 * Statistics that need the values themselves (median, quantiles) cannot be finished: the
 * caller refuses them before.
 */
#ifndef GE_JOB_GROUPS_H
#define GE_JOB_GROUPS_H

#include "postgres.h"

#include "job/job.h"

/* Groups of one column, or of one combination, of a source. */
typedef struct GeGroupBlock
{
	int source;
	int column;	  /* the category column; -1: a combination */
	int encoding; /* of the plan; of a column: that of the column, or -1 */
	uint32 n;
	/*
	 * The canonical texts of each group's category, one for each part; NULL: missing.  If
	 * is_unknown, the groups are of categories that the options do not list, and there are
	 * no texts.
	 */
	bool is_unknown;
	char *const *texts;
	const uint32 *ids;	  /* of a column, if the caller has them: instead of texts */
	const int32 *folds;	  /* GE_SPLIT_CUSTOM of the fitted source; else NULL */
	const uint64 *n_rows; /* a category without rows only gets an id */
	/*
	 * Values of type moments, as many for each group as the encoding has fits; NULL: it
	 * has no encoding, or no target.  They are copied.
	 */
	const Datum *moments;
	bool is_taken_out; /* its rows are taken out of the other groups (take_out.c) */
} GeGroupBlock;

/* The groups of n_rows rows of a source that were counted elsewhere follow. */
extern void ge_job_groups_begin(GeRun *run, int source, uint64 n_rows);
/* Those of the source follow: n_rows that are counted in beside them, or taken out. */
extern void ge_job_groups_of_source(GeRun *run, int source, uint64 n_rows);
/* The rows of the fitted source are taken out of the groups, instead of counted in. */
extern void ge_job_groups_take_out(GeRun *run);
/*
 * Add groups.  *all_read is false if the type of a column cannot read a text.  False: the
 * GPU's memory ended; the caller ends what it reads, and calls ge_compute_raise().
 */
extern bool ge_job_groups_add(GeRun *run, const GeGroupBlock *block, bool *all_read);

#endif /* GE_JOB_GROUPS_H */
