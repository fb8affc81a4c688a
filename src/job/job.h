/*
 * job.h: one call as a whole.
 *
 * A call makes a plan (plan.h), and runs it through these steps, each in a file of its own;
 * a call takes those it needs:
 *
 *   ge_job_attempt    runs the steps up to ge_job_fit, again if need be  attempt.c
 *   ge_job_list       categories that options list                       lists.c
 *   ge_job_read       every source read once into a row store            read.c
 *   ge_job_take_out   rows taken out of those counted elsewhere          take_out.c
 *   ge_job_sort       categories put in order: label codes               codes.c
 *   ge_job_combine    ids of several columns joined to ids of one        combine.c
 *   ge_job_fit        target statistics and encodings                    fit.c
 *   ge_job_rows       every row of a source again, with its results      rows.c
 *
 * transform has a run too: its categories and encodings come from an encoder table instead
 * of the first source (encoder/encoder.h).
 */
#ifndef GE_JOB_H
#define GE_JOB_H

#include "postgres.h"

#include "job/plan.h"
#include "job/row_store.h"

/*
 * The distinct keys of one column or combination.  A category's rank is its place in the
 * order of keys; its label code is the number that users see.
 */
typedef struct GeCategories
{
	GeKeyKind kind;
	GeDictionary *dictionary;
	uint32 n_trained; /* ids 1..n_trained come from the fitted source or the encoder */
	uint32 n_known;	  /* ids 1..n_known are categories; those above are unknown */
	uint32 n_all;	  /* ids 1..n_all are in the dictionary */
	uint32 *order;	  /* n_known ids by rank: in ascending order of their keys */
	uint32 *rank;	  /* by id, 1..n_known */
	/*
	 * codes_from: ids 1..n_given had codes before any source was read, and keep them.
	 * Until ge_job_sort() the codes below are theirs.
	 */
	bool codes_given;
	uint32 n_given;
	/*
	 * The options list the categories: ids 1..n_known are those, and the fitted source may
	 * have unknown ones, too (lists.c).
	 */
	bool is_closed;
	bool missing_is_category; /* handle_missing => 'category' of the target encoding */
	uint32 *listed; /* ids in the order of the list; NULL: none, or a combination */
	uint64 *n_rows; /* of the fitted source, by id 0..n_known; NULL: not counted */
	/*
	 * Categories without a code whose rows were all taken out: as if they had never been.
	 */
	uint32 n_left_out;
	/*
	 * Codes are 0..n_codes-1: those given, then those of categories, then that of
	 * infrequent ones, then that of missing ones, as far as there are such.
	 */
	int64 n_codes;
	int32 *code;		   /* by id, 1..n_known */
	int32 infrequent_code; /* has_infrequent */
	int32 missing_code;	   /* handle_missing => 'category' */
	/*
	 * Rare categories share one category, the pool (rare.c).  Its id in target statistics
	 * is pool_id.  place[id] is the id of a category in these: below pool_id for those
	 * that stay; pool_id + i for the i-th pooled one, which counts as pool_id.
	 */
	bool has_infrequent; /* there is a pool, perhaps an empty one */
	uint32 n_pooled;
	uint32 pool_id;
	uint32 *place; /* by id 0..n_known; NULL: none is pooled, and each counts as itself */
} GeCategories;

/* Whether a category that has so many rows is as if it had never been. */
static inline bool
ge_is_left_out(const GeCategories *categories, uint32 id, uint64 n_rows)
{
	return categories->n_left_out > 0 && id != GE_ID_MISSING && n_rows == 0;
}

/* The categories that an encoder has. */
static inline uint32
ge_n_kept(const GeCategories *categories)
{
	return categories->n_known - categories->n_left_out;
}

static inline bool
ge_is_pooled(const GeCategories *categories, uint32 id)
{
	return categories->place != NULL && categories->place[id] >= categories->pool_id;
}

/* Ids of categories in target statistics are 0..this. */
static inline uint32
ge_largest_counted_id(const GeCategories *categories)
{
	return categories->place == NULL ? categories->n_known : categories->pool_id;
}

/*
 * Rows of unknown categories count in priors and belong to no category: they have id 0 in
 * target statistics.  If missing ones are a category beside them, those have the last id.
 */
static inline bool
ge_missing_has_own_id(const GeCategories *categories)
{
	return categories->is_closed && categories->missing_is_category;
}

/* The largest id in target statistics. */
static inline uint32
ge_last_counted_id(const GeCategories *categories)
{
	return ge_largest_counted_id(categories) + ge_missing_has_own_id(categories);
}

/* The id of a category in target statistics. */
static inline uint32
ge_counted_id(const GeCategories *categories, uint32 id)
{
	if (id > categories->n_known)
		return GE_ID_MISSING;
	if (id == GE_ID_MISSING && ge_missing_has_own_id(categories))
		return ge_last_counted_id(categories);
	return categories->place == NULL ? id
									 : Min(categories->place[id], categories->pool_id);
}

/* Whether ids in target statistics differ from those of categories. */
static inline bool
ge_ids_are_mapped(const GeCategories *categories)
{
	return categories->place != NULL || categories->is_closed;
}

/*
 * Categories that are counted apart, too, because they share an id in target statistics:
 * pooled ones, and missing ones beside unknown ones.
 */
static inline uint32
ge_n_apart(const GeCategories *categories)
{
	return categories->n_pooled + categories->is_closed;
}

/* The number of such a category, 1..ge_n_apart(); 0: it is none. */
static inline uint32
ge_number_apart(const GeCategories *categories, uint32 id)
{
	if (id == GE_ID_MISSING && categories->is_closed)
		return categories->n_pooled + 1;
	return id <= categories->n_known && ge_is_pooled(categories, id)
			   ? categories->place[id] - categories->pool_id + 1
			   : 0;
}

/* What a run has learned for one fit of the plan. */
typedef struct GeRunFit
{
	const GeFit *plan;
	GeTargetSpec spec;
	GeTarget *target;
	GeTargetTotals totals;
	double *unseen; /* by output of the fit: the encoding of a category that no row has */
	bool counts_binary; /* of weight > 0 all targets are 0 or 1, those of groups too */
	GeTarget *apart; /* categories that are counted apart, by their numbers; NULL: none */
} GeRunFit;

/* The full statistics of an output column; ge_no_value(): NULL. */
typedef struct GeRunOutput
{
	double *full;  /* by id 0..n_known, after ge_job_fetch_encodings() */
	double unseen; /* of other ids */
	double pool;   /* of the category that rare ones share */
} GeRunOutput;

/* The results of a run for one encoding of the plan. */
typedef struct GeRunEncoding
{
	const GeEncoding *plan;
	int id_column;			  /* of the row stores */
	GeCategories *categories; /* of the single part, or own */
	GeCategories **steps;	  /* steps[k]: parts 0..k joined (combine.c) */
	GeRunFit *fits;			  /* by fit of the plan */
	int first_loaded;		  /* transform: segments of the loaded row store */
	int n_loaded;
	bool *seen; /* by id, as GeRunOutput.full: the fitted source has the category */
} GeRunEncoding;

/* Whether the fitted source lacks the category of a row. */
static inline bool
ge_is_unseen(const GeRunEncoding *encoding, uint32 id)
{
	if (id > encoding->categories->n_known)
		return true;
	return id != GE_ID_MISSING && encoding->seen != NULL && !encoding->seen[id];
}

/* The results of a run for a target column. */
typedef struct GeRunTarget
{
	GeDictionary *dictionary; /* GE_TARGET_TWO_VALUES, GE_TARGET_CLASSES */
	int id_column;
	uint32 *class_of_id;		/* GE_TARGET_CLASSES: by id, 1..n_classes */
	const char *pos_label_used; /* GE_TARGET_TWO_VALUES: the value that counts 1 */
	const char *other_label;	/* the value that counts 0; NULL when there is none */
	bool is_binary;				/* all targets are 0 or 1 */
	bool counts_binary;			/* likewise, but for rows of weight 0 */
	bool first_counts_one;		/* of the two the one that sorts first counts 1 */
	uint64 largest;				/* no target is beyond -largest..largest; 0: not known */
	GeBins bins;				/* that targets touch; low above high: none */
} GeRunTarget;

/* One execution of a plan, on one backend. */
typedef struct GeRun
{
	const GePlan *plan;
	MemoryContext context; /* of all that the run makes */
	GeCompute *compute;
	bool is_second;				   /* or a further one: no NOTICE is raised twice */
	GeCategories *categories;	   /* by category column */
	GeRunEncoding *encodings;	   /* by encoding */
	GeRunOutput *outputs;		   /* by output of the plan */
	GeRunTarget *targets;		   /* by target */
	GeBins weight_bins;			   /* that weights touch */
	GeDictionary *fold_dictionary; /* GE_SPLIT_CUSTOM, but not GE_FOLDS_OF_TARGETS */
	int fold_id_column;
	int32 *fold_values; /* by fold id - 1 */
	GeFolds folds;		/* after ge_job_read */
	/* GE_SPLIT_ORDERED: dictionaries by order key, and their columns, until places are known */
	GeDictionary **order_dictionaries;
	int first_order_column;
	uint32 *places;			 /* by ordinal: fold.h */
	uint32 *visible;		 /* by ordinal: how many rows the row learns from */
	int spare_id_columns[2]; /* for joining three columns and more */
	int n_id_columns;
	GeRowStore *loaded;		  /* transform: the encoder's combinations, as rows */
	struct GeGroups **groups; /* by source: rows counted elsewhere; NULL: none */
	GeRowStore **rows;		  /* by source */
} GeRun;

/*
 * Open a backend and run steps that need nothing but the plan.  If a GPU fails, or its
 * memory ends, and gpu_encode.backend is auto, a further run starts on other GPUs or on the
 * CPU.  So the steps must hold no resource of PostgreSQL when they raise an error
 * (compute/compute.h).
 */
typedef void (*GeJobSteps)(GeRun *run, void *arg);
extern GeRun *ge_job_attempt(const GePlan *plan, GeJobSteps steps, void *arg);
/* Attempt to read, sort, combine and fit; `first`, if it is not NULL, comes before. */
extern GeRun *ge_job_learn(const GePlan *plan, GeJobSteps first, void *arg);
/* Close the backend; the plan stays. */
extern void ge_job_close(GeRun *run);

extern void ge_job_list(GeRun *run);
/*
 * The ids of n categories of a column, given as canonical texts, every stride-th; *all_read
 * is false if its type cannot read one (lists.c).  Returns as ge_compute_try_add() does.
 */
extern bool ge_job_ids_of_texts(GeRun *run, int column, char *const *texts, uint32 stride,
								uint32 n, uint32 *ids, bool *all_read);
extern void ge_job_read(GeRun *run);
/* Rows taken out of those counted elsewhere, if the job does that (take_out.c). */
extern void ge_job_take_out(GeRun *run);
extern void ge_job_combine(GeRun *run);
extern void ge_job_sort(GeRun *run);
/* Rank ids 1..n_known of a set of categories. */
extern void ge_job_rank(GeRun *run, GeCategories *categories);
/* Rows of the fitted source, those counted elsewhere too (groups.c). */
extern uint64 ge_job_n_rows(const GeRun *run);
/* Rows of a source, read or grouped where they lie (grouped_run.c). */
extern uint64 ge_job_n_source_rows(const GeRun *run, int source);
/* Rows that are grouped where they lie, by id of a column, 0..n_known + 1: the unknown ones. */
extern uint64 *ge_job_count_grouped(const GeRun *run, int source, int column,
									uint32 n_known);
/* The same by id of an id column, 0..n_known (rare.c). */
extern uint64 *ge_job_count_rows(GeRun *run, int id_column, uint32 n_known);
extern void ge_job_fit(GeRun *run);
/* Full encodings of all categories, for rows that are not encoded out of fold. */
extern void ge_job_fetch_encodings(GeRun *run);

/* The encoding of a category column on its own; NULL when there is none. */
extern GeRunEncoding *ge_job_find_encoding(const GeRun *run, int column);

/* Room for what ge_job_target_rows() computes of some rows. */
typedef struct GeTargetBuffers
{
	uint32 *folds;
	uint32 *ids;
} GeTargetBuffers;

/* For up to max_rows rows, in CurrentMemoryContext. */
extern GeTargetBuffers ge_job_target_buffers(uint32 max_rows);
/* For the largest segment of the fitted source: one by ge_compute_place(). */
extern GeTargetBuffers *ge_job_buffers_by_device(const GeRun *run);
/* n rows of a segment of the fitted source, from row `first` on, without their targets, as
 * the backend takes them (target.c). */
extern void ge_job_target_rows(const GeRun *run, const GeRunEncoding *encoding,
							   const GeSegment *segment, uint32 first, uint32 n,
							   const GeTargetBuffers *buffers, GeTargetRows *rows);
/* A backend says nothing of a target that has no value: those encodings become NULL. */
extern void ge_job_clear_encodings(const GeRun *run, const GeRunFit *fit, uint32 n,
								   double *const *encodings);
extern uint32 ge_job_largest_segment(const GeRowStore *rows);

/* The part ids of combinations: n_parts for each of the n ids. */
extern void ge_combination_parts(const GeRun *run, const GeRunEncoding *encoding,
								 const uint32 *ids, uint32 n, uint32 *part_ids);
/* The canonical texts of n ids of a dictionary (codes.c). */
extern char **ge_job_texts(const GeRun *run, GeCategoryType *category,
						   GeDictionary *dictionary, const uint32 *ids, uint32 n);
/* The canonical texts of n ids of a column. */
extern char **ge_job_column_texts(const GeRun *run, int column, const uint32 *ids,
								  uint32 n);

/*
 * The errors of handle_missing => 'error' and handle_unknown => 'error', for a source
 * whose rows will be encoded.  Called before anything is written (checks.c).
 */
extern void ge_job_check_missing(const GeRun *run, int source);
extern void ge_job_check_unknown(const GeRun *run, int source);
/*
 * The same of "unseen": "error" in column_options; of other sources than the fitted one
 * once full encodings are there.
 */
extern void ge_job_check_unseen(const GeRun *run, int source);
/*
 * Refuse an unknown_value that is a label code, and handle_unknown => 'infrequent' without
 * such a category, once the codes are known: also where no value is unknown, as transform
 * would refuse the encoder that keeps them.
 */
extern void ge_job_check_unknown_options(const GeRun *run);

/* The ordinal of a row of a finished row store. */
static inline uint64
ge_job_ordinal(const GeSegment *segment, uint32 row)
{
	return segment->first_ordinal + row;
}

/* ------------------------------------------------------------- rows with their results */

/* Results of the rows of a segment: arrays by row. */
typedef struct GeResultColumn
{
	int32 *codes;	   /* of a label column */
	double *encodings; /* of an output of an encoding */
	float *floats;	   /* the same, if outputs are float4 */
	uint8 *is_null;
	bool any_null; /* set with the first that is */
} GeResultColumn;

/* One row: its values, and where its results stand in their columns. */
typedef struct GeResultRow
{
	GeRow row; /* values of the needed columns, tid, table_oid */
	uint64 ordinal;
	const GeSegment *segment; /* the row is its at-th, and that of the arrays below */
	uint32 at;
	const GeResultColumn *codes;	 /* by category column; set for labels only */
	const GeResultColumn *encodings; /* by output of the plan */
} GeResultRow;

/* Rows in an order have no folds. */
static inline bool
ge_job_has_folds(const GeRun *run)
{
	return run->folds.split != GE_SPLIT_ORDERED;
}
/* The fold of a row of the fitted source, as the user numbers folds, if there are folds. */
extern int32 ge_job_fold(const GeRun *run, const GeSegment *segment, uint32 row);

typedef struct GeResultCounts
{
	uint64 rows;
	uint64 unknown_labels;
	uint64 missing_labels;
	uint64 unseen_targets;
} GeResultCounts;

typedef void (*GeResultConsumer)(const GeResultRow *row, void *arg);

/*
 * Every row of source i in ordinal order, with the values of the columns that
 * ge_plan_keep() was given (none: row ids alone). out_of_fold: encodings as for training
 * rows, else full ones.
 */
extern GeResultCounts ge_job_rows(GeRun *run, int source, bool out_of_fold,
								  GeResultConsumer consume, void *arg);

#endif /* GE_JOB_H */
