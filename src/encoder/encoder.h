/*
 * encoder.h: an encoder as an ordinary table of the caller.
 *
 * One row of kind 'parameters' says how the encoder was made.  Every category of every
 * column (or combination) has one row of kind 'category'; each column has one of kind
 * 'missing', each encoded one also one of kind 'prior', and each one with a threshold one
 * of kind 'infrequent' for the category that rare values share.  The 'category' row of a
 * rare value has figures of its own, and the code and encoding of the shared category.
 * Figures of one column stand in the same places in all of them:
 *
 *   column_name   the column, or the names of a combination's columns joined by _
 *   value         the category's canonical text (columns); values: of each part (combinations)
 *   code label code, NULL if the column is not label-coded
 *   n_rows        rows of the fitted source with this category
 *   moments       exact statistics of its targets (moments/moments.h): by target, then class
 *   encodings     the full target encodings, in the order of the output columns, NULL
 *                 where there is none; those of unseen categories in the row of kind 'prior'
 *   encoding      the first of them
 */
#ifndef GE_ENCODER_H
#define GE_ENCODER_H

#include "postgres.h"

#include "base/compat.h"
#include "job/job.h"
#include "table/table.h"

#define GE_ENCODER_FORMAT 2

/* Columns, combinations, targets and outputs: those of a job from CSV to CSV, not of a table. */
#define GE_ENCODER_MOST PG_INT16_MAX

enum
{
	GE_ENCODER_KIND,
	GE_ENCODER_COLUMN_NAME,
	GE_ENCODER_VALUE,
	GE_ENCODER_VALUES,
	GE_ENCODER_CODE,
	GE_ENCODER_N_ROWS,
	GE_ENCODER_MOMENTS,
	GE_ENCODER_ENCODINGS,
	GE_ENCODER_ENCODING,
	GE_ENCODER_PARAMETERS,
	GE_ENCODER_N_COLUMNS
};

extern const GeOutputColumn *ge_encoder_columns(void);

/*
 * Refuse an empty plan, one with more outputs than GE_ENCODER_MOST, and one in which a column
 * and a combination, or two, have one name.
 */
extern void ge_encoder_check_names(const GePlan *plan);
/* Indexes that find a category of any length, and a code; once the rows are there. */
extern void ge_encoder_create_indexes(Oid encoder);

/* A result row of fit: one for each column and kind of encoding. */
typedef struct GeFitSummary
{
	const char *column_name;
	const char *kind; /* "label" or "target" */
	int64 categories;
	int64 rows;
	int64 missing_rows;
	const char *target; /* NULL: none */
	const char *class;	/* NULL: none */
	bool has_prior;
	double prior;
	const char *pos_label;
} GeFitSummary;

/* What fit answers. */
typedef struct GeFitAnswer
{
	const char *encoder_id;
	int n;
	GeFitSummary *summaries;
} GeFitAnswer;

/* Write a fitted job into a created table, finish and index it. */
extern GeFitAnswer ge_encoder_write(GeRun *run, GeOutputTable *table);

/* ------------------------------------------------------------------------- reading */

/* An output column: what encodings[] has at its place. */
typedef struct GeEncoderOutput
{
	char *name; /* with the suffix _TE; NULL: not said */
	GeStat stat;
	char *target; /* NULL: none is needed */
	char *class;  /* NULL: the target has no classes */
} GeEncoderOutput;

typedef struct GeEncoderOutputs
{
	int n;
	GeEncoderOutput *outputs;
} GeEncoderOutputs;

typedef struct GeEncoderColumn
{
	char *name;
	char *type_name;
	Oid type;
	int32 typmod;
	GeColumnOptions options; /* for transform: what fit's column_options say is given */
	bool is_label;
	bool is_target;
	GeEncoderOutputs outputs;
	uint32 categories;
	bool has_infrequent;
	int64 n_codes; /* is_label: codes are 0..n_codes-1 */
} GeEncoderColumn;

typedef struct GeEncoderCombination
{
	char *name;
	GeNames names;
	GeColumnOptions options;
	GeEncoderOutputs outputs;
	uint32 categories;
	bool has_infrequent;
} GeEncoderCombination;

/* A target that was learned from. */
typedef struct GeEncoderTarget
{
	char *name;
	char *pos_label; /* the value that counts 1; NULL: a number, or classes */
} GeEncoderTarget;

/* The row of kind 'parameters'. */
typedef struct GeEncoderParameters
{
	char *source;	 /* qualified name of the fitted relation, as it was */
	char *fitted_at; /* NULL: not said, as the next one: no weights */
	char *weight_column;
	Oid source_oid; /* of the fitted relation; InvalidOid: of another database, or a file */
	int n_columns;
	GeEncoderColumn *columns;
	GeNames target_columns; /* those of the columns that are encoded, in their order */
	int n_combinations;
	GeEncoderCombination *combinations;
	int n_outputs; /* of all columns and combinations */
	int n_targets;
	GeEncoderTarget *targets;
	bool names_targets; /* they are part of the names of outputs */
	char *encoder_id;
} GeEncoderParameters;

/*
 * What a fitted job says of itself: the text of a JSON object without its last brace,
 * those fields first that make no difference to what the encoder computes
 * (parameters_write.c).
 */
extern char *ge_encoder_about_text(const GeRun *run);
extern char *ge_encoder_options_text(const GeRun *run);
extern const GeEncoderColumn *
ge_encoder_find_column(const GeEncoderParameters *parameters, const char *name);

/* An encoder that is read: its table, locked and checked, and one snapshot of it. */
typedef struct GeEncoder GeEncoder;

/*
 * Check that a relation is an encoder and read its parameters, with the caller's rights.
 * Errors: 42809 if it is no encoder, 55000 if it is damaged; the error says what is
 * wrong.
 */
extern GeEncoder *ge_encoder_open(const GeRelationRef *given);
/* As the calling statement sees it. */
extern GeEncoder *ge_encoder_open_seen(const GeRelationRef *given);
extern void ge_encoder_close(GeEncoder *encoder);
extern const GeEncoderParameters *ge_encoder_parameters(const GeEncoder *encoder);
/* Quoted and qualified. */
extern const char *ge_encoder_name(const GeEncoder *encoder);
extern Oid ge_encoder_relid(const GeEncoder *encoder);

/* Raise: the relation is no encoder; one of another version; the encoder is damaged. */
GE_NORETURN extern void ge_encoder_refuse(const char *relation, const char *detail);
GE_NORETURN extern void ge_encoder_refuse_format(const char *encoder, int64 format);
GE_NORETURN extern void ge_encoder_damaged(const char *encoder, const char *detail);

/* The columns and combinations of an encoder as those of a job, with their types. */
extern void ge_encoder_columns_into(const GeEncoderParameters *parameters,
									GeJobOptions *options);
/* Put an encoder's categories, codes and encodings into a run made for transform. */
extern void ge_encoder_load(GeRun *run, GeEncoder *encoder);

/*
 * The encoder whose codes a job keeps, opened before its plan is made; NULL: none.  The
 * job's columns take the types of the encoder's (codes_from.c).
 */
extern GeEncoder *ge_codes_from_open(GeJobOptions *options);
/* ge_job_learn(), with the codes of the encoder if there is one. */
extern GeRun *ge_codes_from_learn(const GePlan *plan, GeEncoder *encoder);

/* After ge_job_combine(). */
extern void ge_encoder_settle_combinations(GeRun *run, const GeEncoder *encoder);

#endif /* GE_ENCODER_H */
