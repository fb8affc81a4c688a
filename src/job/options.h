/*
 * options.h: what a call asks for, in the words of its arguments.
 */
#ifndef GE_JOB_OPTIONS_H
#define GE_JOB_OPTIONS_H

#include "postgres.h"

#include "backend/backend.h"
#include "base/names.h"
#include "base/relation.h"

/* What a NULL category gets. */
typedef enum GeMissing
{
	GE_MISSING_VALUE,	 /* code NULL, encoding = prior */
	GE_MISSING_NULL,	 /* both NULL */
	GE_MISSING_CATEGORY, /* a category of its own, coded last */
	GE_MISSING_ERROR
} GeMissing;

/* base/words.h */
extern const char *const ge_missing_words[];

/* What a category without a code gets. */
typedef enum GeUnknown
{
	GE_UNKNOWN_ERROR,
	GE_UNKNOWN_VALUE,
	GE_UNKNOWN_NULL,
	GE_UNKNOWN_INFREQUENT /* the code of the rare values */
} GeUnknown;

extern const char *const ge_unknown_words[];

/* Refuse an unknown_value without handle_unknown => 'value', and this without that. */
extern void ge_unknown_check(GeUnknown unknown, bool value_given);
/* Raise: handle_unknown => 'infrequent' for a column without a threshold. */
extern void ge_unknown_refuse_infrequent(const char *column);
/* Refuse an unknown_value that is a code of a column: 0..n_codes-1. */
extern void ge_unknown_value_check(int32 value, const char *column, int64 n_codes);

/* What the target encoding of a category is that the fitted source does not have. */
typedef enum GeUnseen
{
	GE_UNSEEN_PRIOR,
	GE_UNSEEN_NULL,
	GE_UNSEEN_ERROR
} GeUnseen;

extern const char *const ge_unseen_words[];

/* The order in which categories get label codes. */
typedef enum GeLabelOrder
{
	GE_ORDER_VALUE,	   /* of their keys */
	GE_ORDER_FREQUENCY /* more rows of the fitted source first; then of their keys */
} GeLabelOrder;

extern const char *const ge_label_order_words[];

/* Which values are rare: they share one category. */
typedef struct GeRareOptions
{
	double min_frequency; /* rows >= 1, or a share of all rows < 1; 0: not given */
	int32 max_categories; /* the shared one among them; 0: not given */
} GeRareOptions;

extern bool ge_min_frequency_is_possible(double value);
/* Refuse a value that the option cannot have; else it comes back. */
extern double ge_min_frequency_check(double value);
extern int32 ge_max_categories_check(int32 value);

static inline bool
ge_rare_given(const GeRareOptions *rare)
{
	return rare->min_frequency > 0 || rare->max_categories > 0;
}

typedef enum GeTargetType
{
	GE_TARGET_AUTO,
	GE_TARGET_BINARY,
	GE_TARGET_CONTINUOUS,
	GE_TARGET_MULTICLASS
} GeTargetType;

/* Keys of column_options: bits, to be ORed. */
typedef enum GeOptionKey
{
	GE_OPTION_NAME = 1,
	GE_OPTION_SMOOTH = 2,
	GE_OPTION_NULL_VALUE = 4,
	GE_OPTION_HANDLE_MISSING = 8,
	GE_OPTION_HANDLE_UNKNOWN = 16,
	GE_OPTION_UNKNOWN_VALUE = 32,
	GE_OPTION_STATS = 64,
	GE_OPTION_REGULARIZATION = 128,
	GE_OPTION_MIN_FREQUENCY = 256,
	GE_OPTION_MAX_CATEGORIES = 512,
	GE_OPTION_LABEL_ORDER = 1024,
	GE_OPTION_UNSEEN = 2048,
	GE_OPTION_CATEGORIES = 4096
} GeOptionKey;

/* A statistic, by the name that users give it: what becomes of a category's targets. */
typedef struct GeStat
{
	char name[12];
	GeFinishKind kind;
	uint32 percent; /* GE_FINISH_QUANTILE */
} GeStat;

typedef struct GeStats
{
	int n;
	const GeStat *stats;
} GeStats;

/* false: no such name */
extern bool ge_stat_find(const char *name, GeStat *stat);
/* The names that there are, for messages. */
#define GE_STAT_NAMES                                                                    \
	"mean, count, frequency, sum, var, std, min, max, median, q01 to q99 and woe"
/* Rows of the category are counted, and no target is needed. */
static inline bool
ge_stat_is_count(const GeStat *stat)
{
	return stat->kind == GE_FINISH_COUNT || stat->kind == GE_FINISH_FREQUENCY;
}

/* The options that belong to a column or to a combination. */
typedef struct GeColumnOptions
{
	uint32 given;			/* GeOptionKey bits: those that column_options say */
	const char *name;		/* of its outputs; NULL: the column's or combination's */
	const char *null_value; /* what NULL stands for; NULL: nothing */
	GeMissing handle_missing;
	GeUnknown handle_unknown;
	bool has_unknown_value;
	int32 unknown_value; /* GE_UNKNOWN_VALUE */
	GeUnseen unseen;
	GeRareOptions rare;
	GeLabelOrder label_order;
	GeNames categories;			/* given: the only ones, in the order of their codes */
	bool categories_are_stored; /* by an encoder, as canonical texts */
	double smooth;				/* GE_SMOOTH_AUTO: from the data */
	double regularization;		/* of woe */
	GeStats stats;
} GeColumnOptions;

/* The options of one column in column_options. */
typedef struct GeColumnOverride
{
	const char *column;		 /* or the name of a combination; "*": all of them */
	bool is_fitted;			 /* of the encoder, not of the call */
	GeColumnOptions options; /* those of options.given */
} GeColumnOverride;

/* Where folds that follow from no ordinal come from: GE_SPLIT_CUSTOM for backends. */
typedef enum GeFoldSource
{
	GE_FOLDS_OF_COLUMN,	 /* the values of a column */
	GE_FOLDS_OF_KEYS,	 /* a hash of the values of columns */
	GE_FOLDS_OF_TARGETS, /* dealt out target by target */
} GeFoldSource;

/* How rows are put into folds. */
typedef struct GeFoldOptions
{
	GeSplit split;		 /* GE_SPLIT_NONE: full statistics only */
	GeFoldSource source; /* GE_SPLIT_CUSTOM */
	uint32 n_folds;
	int64 seed;
	const char *column;	   /* GE_FOLDS_OF_COLUMN */
	GeNames group_columns; /* GE_FOLDS_OF_KEYS; none: the primary key */
	bool prior_out_of_fold;
	const char
		*label_delay; /* GE_SPLIT_ORDERED: targets are known so much later; or NULL */
} GeFoldOptions;

static inline bool
ge_folds_are_of(const GeFoldOptions *folds, GeFoldSource source)
{
	return folds->split == GE_SPLIT_CUSTOM && folds->source == source;
}

/* The type that an encoder has for a column. */
typedef struct GeFittedType
{
	const char *name;
	Oid type;
	bool has_typmod; /* else that of the source counts, if the types are equal */
	int32 typmod;
} GeFittedType;

/* A target that an encoder has learned, when further rows are counted in. */
typedef struct GeFittedTarget
{
	const char *name;
	Oid type;
	bool has_classes;
	GeNames classes; /* in sorted order */
	bool has_two_values;
	const char *pos_label;	 /* has_two_values: which counts 1; NULL: not known yet */
	const char *other_label; /* likewise */
} GeFittedTarget;

/* An output column of an encoder, of a column or combination. */
typedef struct GeFittedOutput
{
	const char *encoding;
	GeStat stat;
	const char *target; /* NULL: not part of names */
	const char *class;	/* NULL: the target has no classes */
} GeFittedOutput;

/* What stops a run before anything of it is visible (encoder/guards.h). */
typedef enum GeGuard
{
	GE_GUARD_MIN_ROWS,
	GE_GUARD_MAX_MISSING,
	GE_GUARD_MAX_UNKNOWN,
	GE_GUARD_MAX_NEW_CATEGORIES, /* from here on: compared with an encoder */
	GE_GUARD_MAX_VANISHED,
	GE_GUARD_MAX_PRIOR_CHANGE,
	GE_GUARD_MAX_PSI,
	GE_N_GUARDS
} GeGuard;

typedef struct GeGuards
{
	bool given; /* the argument, perhaps without any guard */
	bool is_set[GE_N_GUARDS];
	double limits[GE_N_GUARDS]; /* counts are whole, and at most 2^53 */
} GeGuards;

/* Targets of a call, and classes of a target. */
#define GE_MAX_TARGETS 100
#define GE_MAX_CLASSES 1000

typedef struct GeJobOptions
{
	GeNames label_columns; /* not given: every text-like column but ... */
	GeNames exclude_columns;
	GeNames target_columns;
	GeNames *combinations;
	const char **combination_names;
	GeNames order_by;
	GeNames targets;
	const char *weight_column;
	const char *pos_label; /* pos_label_is_class: the class that is asked for */
	GeFoldOptions folds;
	GeColumnOptions defaults; /* of every column and combination */
	const GeColumnOverride
		*overrides; /* of those that say the same, the last one counts */
	const GeFittedType *fitted_types; /* of columns of the encoder, if there is one, */
	const GeFittedOutput *fitted_outputs; /* and of its outputs */
	/* rows are added to an encoder: what it says of its targets, and of where it is from */
	const GeFittedTarget *fitted_targets;
	const char *fitted_source; /* NULL: the first source is the fitted one */
	Oid fitted_source_oid;	   /* InvalidOid: of no relation that is here */
	GeRelationRef codes_from;  /* has_codes_from: whose codes stay */
	GeGuards guards;
	const char *encoder; /* is_transform: its name, for messages */
	int n_combinations;
	int n_overrides;
	int n_fitted_types;
	int n_fitted_outputs;
	int n_fitted_targets;
	GeTargetType target_type;
	bool encodings_are_float4; /* in outputs */
	bool names_targets;		   /* argument targets: outputs have the names of targets */
	bool pos_label_is_class;
	bool
		is_screening; /* target_columns not given: all that may be; and folds are needed */
	bool null_value_must_apply; /* an error if it does not apply (label_encode) */
	bool has_codes_from;
	bool is_transform; /* categories and encodings come from an encoder */
	/*
	 * Read with a snapshot taken when everything is locked, if the isolation level allows
	 * it; else with that of the calling statement.
	 */
	bool own_snapshot;
} GeJobOptions;

/* What an encoder has learned of a target; NULL: nothing. */
extern const GeFittedTarget *ge_options_fitted_target(const GeJobOptions *options,
													  const char *name);

/*
 * The options of a column or combination: the defaults, and what column_options say of it
 * (overrides.c).  Error: 22023 if an unknown_value and handle_unknown do not go together.
 */
extern GeColumnOptions ge_options_of_column(const GeJobOptions *options,
											const char *name);

/* Whether a column is coded only if label_columns names it (columns.c). */
extern bool ge_options_leave_out(const GeJobOptions *options, const char *name);

#endif /* GE_JOB_OPTIONS_H */
