/*
 * job.h: one call as a whole.
 *
 * A job goes through these steps, each in a file of its own; a call takes those it needs:
 *
 *   ge_job_create     sources opened, columns resolved, rights checked   job.c
 *   ge_job_attempt    runs the steps up to ge_job_fit, twice if need be  job_attempt.c
 *   ge_job_read       every source read once into a row store            job_read.c
 *   ge_job_combine    ids of several columns joined to ids of one        job_combine.c
 *   ge_job_sort       categories put in order: label codes               job_codes.c
 *   ge_job_fit        target statistics and encodings                    job_target.c
 *   ge_job_rows       every row of a source again, with its results      job_rows.c
 *
 * transform has a job too: its categories and encodings come from an encoder table
 * instead of the first source (encoder_table.h).
 */
#ifndef GE_JOB_H
#define GE_JOB_H

#include "postgres.h"

#include "base/arguments.h"
#include "category/category.h"
#include "compute/compute.h"
#include "job/row_store.h"
#include "source/source.h"

/* The distinct keys of one column or combination, and what is known of their ids. */
typedef struct GeCategories
{
	GeKeyKind kind;
	GeDictionary *dictionary;
	uint32 n_trained; /* ids 1..n_trained come from the fitted source or the encoder */
	uint32 n_known;	  /* ids 1..n_known are categories; those above are unknown */
	uint32 n_all;	  /* ids 1..n_all are in the dictionary */
	uint32 *order;	  /* n_known ids, in ascending order of their keys */
	int32 *code;	  /* by id, 1..n_known: the place in that order */
} GeCategories;

/* A column whose values are categories: coded, encoded, or part of a combination. */
typedef struct GeCategoryColumn
{
	const char *name;
	Oid type;
	int32 typmod;
	Oid collation;
	GeCategoryType *category;
	const char *null_value; /* NULL where it does not apply */
	bool is_label;
	bool is_target; /* encoded on its own */
	bool is_part;	/* of a combination */
	GeCategories categories;
} GeCategoryColumn;

/* A target encoding: of one column, or of several as one category. */
typedef struct GeEncoding
{
	const char *name; /* of the column, or the parts' names joined by _ */
	int n_parts;
	int *parts;				  /* category columns */
	int id_column;			  /* of the row stores */
	GeCategories *categories; /* of the single part, or own */
	GeCategories **steps;	  /* steps[k]: parts 0..k joined (job_combine.c) */
	GeTarget *target;		  /* NULL after transform's loading */
	GeTargetTotals totals;
	int first_loaded; /* transform: segments of the loaded row store */
	int n_loaded;
	/* by id 0..n_known, full statistics, after ge_job_fetch_encodings(): */
	double *full;
	bool *seen; /* the category occurs in the fitted source */
} GeEncoding;

typedef enum GeTargetForm
{
	GE_TARGET_NONE,
	GE_TARGET_INTEGERS,	 /* integers and booleans, as numbers */
	GE_TARGET_FLOATS,	 /* float4, float8, numeric */
	GE_TARGET_TWO_VALUES /* any type, coded 0 and 1 */
} GeTargetForm;

/* The target column and what its values count. */
typedef struct GeTargetColumn
{
	const char *name; /* NULL: no target */
	GeTargetForm form;
	GeTargetForm natural; /* what its type alone makes it */
	Oid type;
	GeTargetType wanted;
	const char *pos_label_given;
	const char *pos_label_used; /* GE_TARGET_TWO_VALUES: the value that counts 1 */
	const char *other_label;	/* the value that counts 0; NULL when there is none */
	GeCategoryType *category;	/* GE_TARGET_TWO_VALUES */
	GeDictionary *dictionary;
	int id_column;
	uint64 largest; /* no target is beyond -largest..largest; 0: not known */
	int low_bin;	/* bins that targets touch; low above high: none */
	int high_bin;
} GeTargetColumn;

/* How rows are put into folds. */
typedef struct GeFoldOptions
{
	GeSplit split; /* GE_SPLIT_NONE: full statistics only */
	uint32 n_folds;
	int64 seed;
	const char *column; /* GE_SPLIT_CUSTOM */
	bool prior_out_of_fold;
} GeFoldOptions;

/* One source of a job; the first is the fitted one (or transform's only one). */
typedef struct GeJobSource
{
	GeSource *source;
	const char *name;			/* for the encoder; NULL: the relation's */
	bool teaches_labels;		/* its categories get label codes */
	bool read_encoded;			/* columns that are only encoded are read too */
	AttrNumber *category_attno; /* by category column; 0: not read here */
	AttrNumber target_attno;	/* 0: not read here */
	AttrNumber fold_attno;
	const Bitmapset *needed; /* columns that the output passes through */
	bool keeps_needed;		 /* they are kept at the first reading: no second one */
	int n_kept;
	AttrNumber *kept;
	int kept_target; /* the kept column that is the target as it is kept; -1: none */
	GeRowStore *rows;
} GeJobSource;

/* What a call asks for. */
typedef struct GeJobOptions
{
	GeNames label_columns; /* not given: every text-like column but ... */
	GeNames exclude_columns;
	GeNames target_columns;
	GeNames *combinations;
	int n_combinations;
	GeNames order_by;
	const char *target;
	GeTargetType target_type;
	const char *pos_label;
	GeFoldOptions folds;
	double smooth;
	const char *null_value;
	bool
		null_value_must_apply; /* an error where label_encode's column has no use for it */
	GeMissing handle_missing;
	GeUnknown handle_unknown;
	int32 unknown_value;
	bool is_transform; /* categories and encodings come from an encoder */
} GeJobOptions;

typedef struct GeJob
{
	GeJobOptions options;
	MemoryContext context;
	GeCompute *compute;
	bool is_second_attempt; /* what users were told once is not said again */
	int n_columns;
	GeCategoryColumn *columns;
	int n_encodings;
	GeEncoding *encodings;
	GeTargetColumn target;
	GeDictionary *fold_dictionary; /* GE_SPLIT_CUSTOM */
	int fold_id_column;
	int32 *fold_values;		 /* by fold id - 1 */
	GeFolds folds;			 /* after ge_job_read */
	int spare_id_columns[2]; /* for joining three columns and more */
	int n_id_columns;
	GeRowStore *loaded; /* transform: the encoder's combinations, as rows */
	int n_sources;
	GeJobSource *sources;
} GeJob;

/* A source to open: role is the SQL argument's name, for messages. */
typedef struct GeSourceSpec
{
	Oid relid;
	const char *role;
	const char *name; /* what messages and the encoder call it; NULL: the relation's */
	bool teaches_labels;
	bool read_encoded;
	bool needs_all_columns;
} GeSourceSpec;

/* All allocations are in CurrentMemoryContext, which lives as long as the job. */
extern GeJob *ge_job_create(const GeJobOptions *options, const GeSourceSpec *sources,
							int n_sources);
extern void ge_job_close(GeJob *job);

/* How much the job is, for the choice of a backend (job_estimate.c). */
extern GeComputeWork ge_job_estimate(const GeJob *job);

/*
 * Dictionaries for whatever is read as keys, and the place of each in the row stores.
 */
extern void ge_job_create_dictionaries(GeJob *job);

/*
 * Run steps of a job that need nothing but what ge_job_create() made.  Where the GPU's
 * memory does not suffice, they are run again on the CPU, if gpu_encode.backend is auto:
 * so an error must find nothing of PostgreSQL's held by them (compute.h).
 */
typedef void (*GeJobSteps)(GeJob *job, void *arg);
extern void ge_job_attempt(GeJob *job, GeJobSteps steps, void *arg);
/* Attempt to read, sort, combine and fit. */
extern void ge_job_learn(GeJob *job);

/* The category column of that name; -1 when there is none. */
extern int ge_job_find_column(const GeJob *job, const char *name);
/* The encoding of a category column on its own; NULL when there is none. */
extern GeEncoding *ge_job_find_encoding(const GeJob *job, int column);

/* Category columns, encodings, target and folds, by the fitted source (job_columns.c). */
extern void ge_job_resolve_columns(GeJob *job, const GeSource *fitted);
/* Find the used columns in a source and prepare it (job_columns.c). */
extern void ge_job_prepare_source(GeJob *job, int i, const GeSourceSpec *spec);

extern void ge_job_read(GeJob *job);
extern void ge_job_combine(GeJob *job);
extern void ge_job_sort(GeJob *job);
/* Put ids 1..n_known of a set of categories in order. */
extern void ge_job_sort_categories(GeJob *job, GeCategories *categories);
extern void ge_job_fit(GeJob *job);
/* Full encodings of all categories, which rows need that are not encoded out of fold. */
extern void ge_job_fetch_encodings(GeJob *job);

/* n rows of a segment of the fitted source, from row `first` on, as the backend takes them;
 * fold_buffer has room for them (job_target.c). */
extern void ge_job_target_rows(const GeJob *job, const GeEncoding *encoding,
							   const GeSegment *segment, uint32 first, uint32 n,
							   uint32 *fold_buffer, GeTargetRows *rows);
extern uint32 ge_job_largest_segment(const GeRowStore *rows);
/* Raise: a target is NaN or infinite (job_target.c). */
extern void ge_job_refuse_target(const GeJob *job, const char *value, uint64 ordinal);

/* The part ids of trained combinations: n_parts for each of the n ids. */
extern void ge_combination_parts(const GeJob *job, const GeEncoding *encoding,
								 const uint32 *ids, uint32 n, uint32 *part_ids);
/* The canonical texts of n ids of a dictionary with values of a type (job_codes.c). */
extern char **ge_job_texts(const GeJob *job, GeCategoryType *category,
						   GeDictionary *dictionary, const uint32 *ids, uint32 n);
/* The same of the categories of a column. */
extern char **ge_job_column_texts(const GeJob *job, const GeCategoryColumn *column,
								  const uint32 *ids, uint32 n);

/*
 * The output of a source will need these columns.  Few and narrow ones are kept in memory
 * when the source is read, which saves a second reading (job_keep.c).
 */
extern void ge_job_keep(GeJob *job, int source, const Bitmapset *needed);
extern void ge_keep_batch(const GeJobSource *source, const GeBatch *batch,
						  int first_column, GeSegment *segment);

/* Number the folds; refuse a fold that is NULL or no int4 (job_folds.c). */
extern void ge_job_settle_folds(GeJob *job);
/* Decide what a two-valued target's values count (job_two_values.c). */
extern void ge_job_settle_two_values(GeJob *job);

/* handle_missing => 'error' and handle_unknown => 'error', for a source whose rows will be
 * encoded, before anything is written (job_checks.c). */
extern void ge_job_check_missing(const GeJob *job, int source);
extern void ge_job_check_unknown(const GeJob *job, int source);

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
	double *encodings; /* of an encoding */
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
	const GeResultColumn *encodings; /* by encoding */
} GeResultRow;

/* The fold of a row of the fitted source, as the user numbers folds. */
extern int32 ge_job_fold(const GeJob *job, const GeSegment *segment, uint32 row);

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
 * ge_job_keep() was told (none: row ids alone).  out_of_fold: encodings as for training
 * rows, else full ones.
 */
extern GeResultCounts ge_job_rows(GeJob *job, int source, bool out_of_fold,
								  GeResultConsumer consume, void *arg);

#endif /* GE_JOB_H */
