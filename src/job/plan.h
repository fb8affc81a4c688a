/*
 * plan.h: what a call asks for, resolved: which columns of which sources are read, coded,
 * encoded and passed through.
 *
 * A plan is made once, from options and open sources, and does not change after the last
 * ge_plan_keep().  An execution of a plan is a GeRun (job.h); a further attempt is a
 * further run of the plan.
 */
#ifndef GE_JOB_PLAN_H
#define GE_JOB_PLAN_H

#include "postgres.h"

#include "base/relation.h"
#include "category/category.h"
#include "compute/compute.h"
#include "job/options.h"
#include "source/source.h"

/* A column whose values are categories: coded, encoded, or part of a combination. */
typedef struct GeCategoryColumn
{
	const char *name;
	Oid type;
	int32 typmod;
	Oid collation;
	GeCategoryType *category;
	GeColumnOptions options; /* null_value is NULL if it does not apply */
	bool is_label;
	bool is_target; /* encoded on its own */
	bool is_part;	/* of a combination */
} GeCategoryColumn;

/* A target encoding: of one column, or of several as one category. */
typedef struct GeEncoding
{
	const char *name; /* of the column, or the parts' names joined by _ */
	int n_parts;
	int *parts; /* category columns */
	GeColumnOptions options;
	int first_output; /* of the plan; they stand together */
	int n_outputs;
	int n_fits; /* none in transform */
	struct GeFit *fits;
} GeEncoding;

/* The name that the names of output columns begin with. */
static inline const char *
ge_output_base(const GeColumnOptions *options, const char *name)
{
	return options->name != NULL ? options->name : name;
}

typedef enum GeTargetForm
{
	GE_TARGET_NONE,
	GE_TARGET_INTEGERS,	  /* integers and booleans, as numbers */
	GE_TARGET_FLOATS,	  /* float4, float8, numeric */
	GE_TARGET_TWO_VALUES, /* any type, coded 0 and 1 */
	GE_TARGET_CLASSES	  /* any type: each value against all others */
} GeTargetForm;

/* A target column. */
typedef struct GeTargetColumn
{
	const char *name;
	GeTargetForm form;
	GeTargetForm natural; /* decided by its type alone */
	Oid type;
	GeCategoryType *category; /* GE_TARGET_TWO_VALUES, GE_TARGET_CLASSES */
	int n_classes;			  /* GE_TARGET_CLASSES: its values in sorted order */
	char **classes;			  /* their texts */
	int first_used;			  /* the classes that outputs are of: from this one on, */
	int n_used;				  /* so many; 1 for other targets */
} GeTargetColumn;

/*
 * What an encoding learns of one target, or of one class: one target of the backend, with
 * one finish for each output.
 */
typedef struct GeFit
{
	int target; /* -1: none, only rows are counted */
	int class;	/* -1: not a class */
	int n_outputs;
	int *outputs; /* of the plan, in the order of finishes */
} GeFit;

/* An output column of an encoding. */
typedef struct GeEncodingOutput
{
	int encoding;
	GeStat stat;
	int target_column;	/* of the plan; -1: none, or in transform */
	const char *target; /* NULL: not part of the name */
	const char *class;
} GeEncodingOutput;

/* How much later than its row a target is known (label_delay.c). */
typedef struct GeLabelDelay GeLabelDelay;

/* A column of the fitted source whose values decide on a row's fold, or on its place. */
typedef struct GeFoldKey
{
	const char *name;
	AttrNumber attno;
	GeCategoryType *category;
} GeFoldKey;

/* One source of a call; the first is the fitted one (or transform's only one). */
typedef struct GePlanSource
{
	GeSource *source;
	const char *name;			/* for the encoder; NULL: the relation's */
	const char *role;			/* the SQL argument */
	bool teaches_labels;		/* its categories get label codes */
	bool read_encoded;			/* columns that are only encoded are read too */
	bool may_be_grouped;		/* the call wants what its rows teach, and not the rows */
	AttrNumber *category_attno; /* by category column; 0: not read here */
	GeCategoryType **category;	/* by category column: for the type that the source has */
	AttrNumber *target_attno;	/* by target; 0: not read here */
	AttrNumber weight_attno;
	AttrNumber fold_attno;
	const Bitmapset *needed; /* columns that the output passes through */
	bool keeps_needed;		 /* the first reading keeps them, so there is no second one */
	int n_kept;
	AttrNumber *kept;
	int *kept_target; /* by kept column: the target whose values it shares; -1: none */
	/* by kept column: the category column whose ids stand for its values; -1: none */
	int *kept_category;
	int n_kept_categories; /* of those, columns with ids instead of values */
} GePlanSource;

typedef struct GePlan
{
	GeJobOptions options;
	int n_columns;
	GeCategoryColumn *columns;
	int n_encodings;
	GeEncoding *encodings;
	int n_targets;
	GeTargetColumn *targets;
	bool weights_are_ints; /* by the type of weight_column */
	int n_outputs;
	GeEncodingOutput *outputs; /* of encodings, in the order of output tables */
	int n_fold_keys;		   /* GE_FOLDS_OF_KEYS */
	GeFoldKey *fold_keys;
	int n_order_keys; /* GE_SPLIT_ORDERED: the columns of order_by */
	GeFoldKey *order_keys;
	GeLabelDelay *label_delay; /* of the one order key; NULL: none */
	int n_sources;
	GePlanSource *sources;
	struct GePlanGrouped *grouped; /* instead of rows of the fitted source (grouped.h) */
} GePlan;

/* A source to open: role is the SQL argument's name, for messages. */
typedef struct GeSourceSpec
{
	GeRelationRef relation;
	const char *role;
	GeGivenRows *rows;				 /* not NULL: instead of a relation, with their */
	const char *name;				 /* name in messages and in the encoder, */
	const char *const *column_names; /* as ge_source_rename() takes them, */
	GeNames all_names;				 /* and these */
	bool teaches_labels;
	bool read_encoded;
	bool may_be_grouped;
	bool needs_all_columns;
} GeSourceSpec;

/*
 * Open the sources, resolve the columns, check rights.  All allocations are in
 * CurrentMemoryContext, which lives as long as the plan.  With own_snapshot the plan's
 * snapshot is the active one until ge_plan_close().
 */
extern GePlan *ge_plan_create(const GeJobOptions *options, const GeSourceSpec *sources,
							  int n_sources);
extern void ge_plan_close(GePlan *plan);

/*
 * The output of a source will need these columns.  Few and narrow ones are kept in memory
 * when the source is read, which saves a second reading (keep.c).  So are texts that are
 * categories, if the output can take them from their ids.
 */
extern void ge_plan_keep(GePlan *plan, int source, const Bitmapset *needed,
						 bool takes_ids);

/*
 * The name of an output column of an encoding (outputs.c):
 * <name>[_<target>]<te_suffix>[_<class>][_<stat>].
 */
extern char *ge_plan_output_name(const GePlan *plan, int output, const char *te_suffix);
/* The same, of its pieces; target and class may be NULL. */
extern char *ge_encoding_name(const char *base, const char *target, const char *te_suffix,
							  const char *class, const GeStat *stat);
/* What makes that name shorter, for messages. */
extern const char *ge_plan_output_hint(const GePlan *plan, int output);

/* The category column of that name; -1 when there is none. */
extern int ge_plan_find_column(const GePlan *plan, const char *name);
/* The encoding of a category column on its own; -1 when there is none. */
extern int ge_plan_find_encoding(const GePlan *plan, int column);

#endif /* GE_JOB_PLAN_H */
