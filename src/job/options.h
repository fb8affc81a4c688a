/*
 * options.h: what a call asks for, in the words of its arguments.
 */
#ifndef GE_JOB_OPTIONS_H
#define GE_JOB_OPTIONS_H

#include "postgres.h"

#include "backend/backend.h"
#include "base/names.h"

/* What a NULL category gets. */
typedef enum GeMissing
{
	GE_MISSING_VALUE,	 /* code NULL, encoding = prior */
	GE_MISSING_NULL,	 /* both NULL */
	GE_MISSING_CATEGORY, /* a category of its own, coded last */
	GE_MISSING_ERROR
} GeMissing;

extern const char *ge_missing_name(GeMissing missing);
/* false: no such name */
extern bool ge_missing_find(const char *word, GeMissing *missing);

/* What a category without a code gets. */
typedef enum GeUnknown
{
	GE_UNKNOWN_ERROR,
	GE_UNKNOWN_VALUE,
	GE_UNKNOWN_NULL
} GeUnknown;

/* Refuse an unknown_value that is a code of a column, 0..n_categories-1 or the one of
 * missing categories after them. */
extern void ge_unknown_value_check(int32 value, const char *column, uint32 n_categories,
								   bool codes_missing);

typedef enum GeTargetType
{
	GE_TARGET_AUTO,
	GE_TARGET_BINARY,
	GE_TARGET_CONTINUOUS
} GeTargetType;

/* The options that belong to a column or to a combination. */
typedef struct GeColumnOptions
{
	const char *null_value; /* what NULL stands for; NULL: nothing */
	GeMissing handle_missing;
	GeUnknown handle_unknown;
	int32 unknown_value; /* GE_UNKNOWN_VALUE */
	double smooth;
} GeColumnOptions;

/* How rows are put into folds. */
typedef struct GeFoldOptions
{
	GeSplit split; /* GE_SPLIT_NONE: full statistics only */
	uint32 n_folds;
	int64 seed;
	const char *column; /* GE_SPLIT_CUSTOM */
	bool prior_out_of_fold;
} GeFoldOptions;

/* The type that an encoder has for a column. */
typedef struct GeFittedType
{
	const char *name;
	Oid type;
} GeFittedType;

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
	GeColumnOptions defaults; /* of every column and combination */
	bool
		null_value_must_apply; /* an error if it does not apply to the column (label_encode) */
	bool is_transform;		   /* categories and encodings come from an encoder */
	int n_fitted_types;		   /* is_transform: of columns of the encoder */
	const GeFittedType *fitted_types;
	/*
	 * Read with a snapshot taken when everything is locked, if the isolation level allows
	 * it; else with that of the calling statement.
	 */
	bool own_snapshot;
} GeJobOptions;

#endif /* GE_JOB_OPTIONS_H */
