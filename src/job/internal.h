/*
 * internal.h: what the files of a job share.
 */
#ifndef GE_JOB_INTERNAL_H
#define GE_JOB_INTERNAL_H

#include "postgres.h"

#include "job/job.h"

/* ------------------------------------------------------------------------ of a plan */

/* Category columns, encodings, target and folds, by the fitted source (columns.c). */
extern void ge_plan_resolve_columns(GePlan *plan, const GeSource *fitted);
/*
 * The attribute number of a column.  If there is none, the error names a column with a
 * similar name (near_name.c).
 */
extern AttrNumber ge_plan_require_column(const GeSource *source, const char *name);
/* The same of a column that an encoder needs; NULL: none does. */
extern AttrNumber ge_plan_require_fitted(const GeSource *source, const char *name,
										 const char *encoder);
/* The columns that folds are taken from, in the fitted source (fold_columns.c). */
extern void ge_plan_resolve_folds(GePlan *plan, const GeSource *fitted);
/* GE_SPLIT_ORDERED: the columns of order_by, and the delay (order_columns.c). */
extern void ge_plan_resolve_order(GePlan *plan, const GeSource *fitted);
/* A delay of values of a type, from its text (label_delay.c). */
extern GeLabelDelay *ge_label_delay_create(const char *text, const char *column,
										   Oid type);
/*
 * For each of the keys, which ascend: how many of them are below its value less the delay.
 */
extern void ge_label_delay_apply(const GeLabelDelay *delay, const GeKeyList *keys,
								 uint32 *n_below);
/* Add them to those that are used. */
extern Bitmapset *ge_plan_prepare_folds(GePlan *plan, GePlanSource *source,
										Bitmapset *used);
/* Folds by position need rows in a defined order. */
extern void ge_plan_require_order(const GePlan *plan, const GeSource *source);
/* Find the used columns in a source and prepare it (columns.c). */
extern void ge_plan_prepare_source(GePlan *plan, int i, const GeSourceSpec *spec);
/* Refuse column_options that have no effect (overrides.c). */
extern void ge_plan_check_overrides(const GePlan *plan);
/* The categories that options list, read by the types of their columns (lists.c). */
extern void ge_plan_read_lists(GePlan *plan);
/* The finishes of a fit, one for each of its outputs, and what they need (fit.c). */
extern GeFinish *ge_fit_finishes(const GePlan *plan, const GeEncoding *encoding,
								 const GeFit *fit, uint32 *accumulators);
/* The ids of rows, if they are not those that the row store has (target.c). */
extern void ge_run_map_ids(const GeIds *ids, uint32 first, uint32 *mapped,
						   GeTargetRows *rows,
						   uint32 (*map)(const GeCategories *, uint32),
						   const GeCategories *categories);
/* The estimated cost of a run, for the choice of a backend (estimate.c). */
extern GeComputeWork *ge_plan_estimate(const GePlan *plan);
/*
 * The parts of that work: each column with its encoding, each combination, the fold column,
 * all targets that are read as keys.
 */
extern int ge_part_of_encoding(const GePlan *plan, int encoding);
static inline int
ge_part_of_column(int column)
{
	return column;
}
static inline int
ge_part_of_folds(const GePlan *plan)
{
	return plan->n_columns + plan->n_encodings;
}
static inline int
ge_part_of_targets(const GePlan *plan)
{
	return plan->n_columns + plan->n_encodings + 1;
}

/* ------------------------------------------------------------------------- of a run */

/*
 * A run before its first step, in CurrentMemoryContext: dictionaries for everything that
 * is read as keys, and their columns in the row stores (run.c).
 */
extern GeRun *ge_run_create(const GePlan *plan, GeCompute *compute);

/*
 * Decide which categories of an id column are rare, if the options or given codes have
 * such: their pool, in target statistics (rare.c).
 */
extern void ge_run_pool(GeRun *run, GeCategories *categories, int id_column,
						const GeColumnOptions *options);
/* Ids 1..n_known, those with more rows of the fitted source first, then by rank. */
extern uint32 *ge_run_sort_by_rows(GeRun *run, GeCategories *categories, int id_column);
/* Rows that were read alone, 0..n_known + 1. */
extern uint64 *ge_run_count_read(GeRun *run, int id_column, uint32 n_known);
/*
 * The folds of a batch's rows, from the columns with their keys, into `folds` of that many
 * elements (fold_keys.c).
 */
extern void ge_run_fold_batch(const GeRun *run, const GeBatchColumn *keys, uint32 n_rows,
							  int64 *folds);
/* Number the folds; refuse a fold that is NULL or no int4 (folds.c). */
extern void ge_run_settle_folds(GeRun *run);
/* Bring the rows of the fitted source into the order of order_by (order.c). */
extern void ge_run_settle_order(GeRun *run);
/* Decide which value of a two-valued target counts 1 (two_values.c). */
extern void ge_run_settle_two_values(GeRun *run, int target);
/* Number the classes of a target in sorted order (classes.c). */
extern void ge_run_settle_classes(GeRun *run, int target);
/* Find the classes of a target, before anything else is read (classes.c). */
extern void ge_plan_find_classes(GePlan *plan, GeTargetColumn *target, AttrNumber attno);
/* What is learned and which columns come out; once classes are known (outputs.c). */
extern void ge_plan_lay_out_outputs(GePlan *plan);
/* Targets and the weight column, by the fitted source (target_columns.c). */
extern void ge_plan_resolve_targets(GePlan *plan, const GeSource *fitted);
/*
 * Parallel workers that read a source: more of them than processors would only wait for
 * each other (read.c).
 */
extern int ge_job_max_workers(void);
/* Whether a kept column is read once more, for its values (keep.c). */
extern bool ge_keeps_values(const GePlanSource *source, int kept);
/* Values of the kept columns of a batch into a segment (keep.c). */
extern void ge_keep_batch(const GePlanSource *source, const GeBatch *batch,
						  int first_column, GeSegment *segment);
/* If there are several devices: what is on which, such as "GPU 0: a, c; GPU 1: b". */
extern char *ge_job_columns_by_device(const GeRun *run);
extern char *ge_job_encodings_by_device(const GeRun *run);
/* ", GPU 1": where an encoding is; empty if there is one device. */
extern const char *ge_job_place(const GeRun *run, const GeRunEncoding *encoding);
/* Room for the targets of a class, of the rows of a segment. */
typedef struct GeClassTargets
{
	int64 *ints;
	uint8 *is_null;
} GeClassTargets;

/* The targets and weights of a segment, for a fit (fit_targets.c). */
extern void ge_run_set_targets(const GeRun *run, const GeFit *fit,
							   const GeSegment *segment, GeClassTargets class,
							   GeTargetRows *rows);
/* Rows that a target is given at once, and what is computed of a segment (fit_rows.c). */
typedef struct GeFitRoom
{
	uint32 max_rows;
	GeTargetRows gathered; /* in these arrays: */
	uint32 *ids;
	uint32 *folds;
	int64 *targets; /* or doubles */
	uint8 *is_null;
	double *weights;
	GeTargetBuffers buffers;
	GeClassTargets class;
} GeFitRoom;

/* In CurrentMemoryContext. */
extern GeFitRoom ge_fit_room(const GeRun *run);
/*
 * Add the rows of the fitted source to a target: to the categories that share an id, counted
 * apart, or to all.  May run in any thread if there are several devices.
 */
extern GeStatus ge_fit_add_rows(const GeRun *run, const GeRunEncoding *encoding,
								const GeRunFit *fit, GeTarget *target, bool apart,
								GeFitRoom *room, GeError *error);
/* Raise: a target is NaN or infinite (target.c). */
extern void ge_run_refuse_target(const GeRun *run, int target, const char *value,
								 uint64 ordinal);

/* ----------------------------------------------------- rows counted elsewhere (groups.c) */

/* The figures of the groups of a segment. */
typedef struct GeGroupFigures
{
	uint64 *n_rows;
	uint32 *folds;	/* fold ids from 0 on; NULL: none */
	Datum *moments; /* as many for each group as the encoding has fits; NULL: none */
} GeGroupFigures;

/* The groups of a column or combination. */
typedef struct GeGroupSet
{
	GeRowStore *rows;		 /* a row for each; NULL: there are none */
	GeGroupFigures *figures; /* by segment */
	int max_figures;
} GeGroupSet;

typedef struct GeGroups
{
	uint64 n_rows;	/* that were counted elsewhere */
	bool takes_out; /* the rows that are read are no more among them */
	GeGroupSet *of_columns;
	GeGroupSet *of_encodings; /* of combinations */
} GeGroups;

/* Whether rows are taken out of the groups, and not counted (take_out.c). */
extern bool ge_run_takes_out(const GeRun *run);
/*
 * Take the rows of the source out of the groups of a column, and of its encoding if there is
 * one, or of a combination; before rare ones are pooled.
 */
extern void ge_run_take_out(GeRun *run, int column, GeRunEncoding *encoding);
/* Count the rows of the source alone, by ids as they are (fit.c). */
extern void ge_run_fit_rows(GeRun *run, int encoding);
/* The groups with ids in that column; NULL: none. */
extern const GeGroupSet *ge_run_groups_of(const GeRun *run, int id_column);
/* Of groups of rows of the fitted source, those whose id in a column is missing. */
extern uint64 ge_run_grouped_missing(const GeRun *run, const GeGroupSet *groups,
									 int id_column);
/* Add their rows by id, those of ids above n_known at n_known + 1. */
extern void ge_run_groups_count(const GeRun *run, int id_column, uint32 n_known,
								uint64 *n_rows);

/* The groups of an encoding as the backend takes them, for one fit (group_statistics.c). */
typedef struct GeGroupStatistics
{
	uint32 n;
	uint32 *ids;   /* of target statistics */
	uint32 *apart; /* numbers of categories counted apart */
	uint32 *folds; /* NULL: none */
	GeTargetStatistics figures;
} GeGroupStatistics;

/*
 * Widen what is counted by a fit so that the groups of its encoding can be counted in, and
 * bring them into that form; NULL: there are no groups.  k: the fit's place.
 */
extern GeGroupStatistics *ge_group_statistics(const GeRun *run,
											  const GeRunEncoding *encoding, int k,
											  GeTargetSpec *spec);

#endif /* GE_JOB_INTERNAL_H */
