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
	GE_UNKNOWN_NULL,
	GE_UNKNOWN_INFREQUENT /* the code of the rare values */
} GeUnknown;

extern const char *ge_unknown_name(GeUnknown unknown);
/* Refuse an unknown_value without handle_unknown => 'value', and this without that. */
extern void ge_unknown_check(GeUnknown unknown, bool value_given);
/* Raise: handle_unknown => 'infrequent' for a column without a threshold. */
extern void ge_unknown_refuse_infrequent(const char *column);
/* Refuse an unknown_value that is a code of a column: 0..n_codes-1. */
extern void ge_unknown_value_check(int32 value, const char *column, int64 n_codes);

/* The order in which categories get label codes. */
typedef enum GeLabelOrder
{
	GE_ORDER_VALUE,	   /* of their keys */
	GE_ORDER_FREQUENCY /* more rows of the fitted source first; then of their keys */
} GeLabelOrder;

extern const char *ge_label_order_name(GeLabelOrder order);

typedef enum GeTargetType
{
	GE_TARGET_AUTO,
	GE_TARGET_BINARY,
	GE_TARGET_CONTINUOUS
} GeTargetType;

/* Which values are rare: they share one category. */
typedef struct GeRareOptions
{
	double min_frequency; /* rows >= 1, or a share of all rows < 1; 0: not given */
	int32 max_categories; /* the shared one among them; 0: not given */
} GeRareOptions;

/* Refuse a value that the option cannot have; else it comes back. */
extern double ge_min_frequency_check(double value);
extern int32 ge_max_categories_check(int32 value);

static inline bool
ge_rare_given(const GeRareOptions *rare)
{
	return rare->min_frequency > 0 || rare->max_categories > 0;
}

/* The options that belong to a column or to a combination. */
typedef struct GeColumnOptions
{
	const char *null_value; /* what NULL stands for; NULL: nothing */
	GeMissing handle_missing;
	GeUnknown handle_unknown;
	int32 unknown_value; /* GE_UNKNOWN_VALUE */
	GeRareOptions rare;
	GeLabelOrder label_order;
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
