/*
 * drift.h: how two sets of counts of categories differ.
 *
 * A set is how many rows each category of some parts has; a part is a column or a
 * combination.  One set comes before, the other after: those of two encoders
 * (drift_encoder.c), that of a run (drift_run.c), or any others.  A category is its key:
 * bytes that are equal for equal categories.  Categories come in any order.  They are
 * sorted by their keys, with work_mem at most, beyond that in temporary files; so a figure
 * has the same bits whatever the order.  A category without rows is left out.
 *
 * Of the union of the categories that have rows, and of missing ones if any are missing, C
 * in all, n_c rows of n:
 *
 *   psi = sum of (a - b) ln(a / b), a and b = (n_c + 1/2) / (n + C / 2) before and after
 *   vanished, new share = rows of categories that the other set lacks / n
 *   prior change = |after - before| / |before|
 */
#ifndef GE_ENCODER_DRIFT_H
#define GE_ENCODER_DRIFT_H

#include "postgres.h"

#include "encoder/encoder.h"

typedef enum GeDriftSide
{
	GE_DRIFT_BEFORE,
	GE_DRIFT_AFTER,
	GE_DRIFT_N_SIDES
} GeDriftSide;

typedef struct GeDrift GeDrift;

/* The largest |after - before| of an encoding among categories that both sets have. */
typedef struct GeDriftShift
{
	double shift; /* ge_no_value(): there is none */
	char *key;	  /* of the category, the first in sorted order */
	Size length;
} GeDriftShift;

/* What differs in one part. */
typedef struct GeDriftFigures
{
	uint64 rows[GE_DRIFT_N_SIDES];			 /* of all categories, and missing ones */
	uint64 missing[GE_DRIFT_N_SIDES];		 /* rows */
	int64 categories[GE_DRIFT_N_SIDES];		 /* that have rows */
	int64 lone_categories[GE_DRIFT_N_SIDES]; /* which the other side lacks: */
	uint64 lone_rows[GE_DRIFT_N_SIDES];		 /* before, they vanished; after, are new */
	double psi;
	int n_series;
	GeDriftShift *shifts; /* by series */
} GeDriftFigures;

/*
 * An empty comparison of n_parts parts, in CurrentMemoryContext.  The names of the sets are
 * for messages about damage; NULL: the set cannot be damaged.
 */
extern GeDrift *ge_drift_create(int n_parts, const char *before, const char *after);
/* Compare n_series encodings of each category of a part, too. */
extern void ge_drift_set_series(GeDrift *drift, int part, int n_series);
extern int ge_drift_n_series(const GeDrift *drift, int part);

/*
 * A category of a set, once, and its encodings by series (ge_no_value(): none; n_series is
 * 0: NULL).
 */
extern void ge_drift_add(GeDrift *drift, GeDriftSide side, int part, const char *key,
						 Size length, uint64 n_rows, const double *encodings);
extern void ge_drift_add_missing(GeDrift *drift, GeDriftSide side, int part,
								 uint64 n_rows);

/*
 * The figures by part, once everything has been added; frees the rest.  Error: 55000 if a
 * set has a category twice.
 */
extern const GeDriftFigures *ge_drift_finish(GeDrift *drift);

/* Of the rows of a side, those of categories that the other side lacks; 0 of no rows. */
extern double ge_drift_lone_share(const GeDriftFigures *figures, GeDriftSide side);
/*
 * The change of a prior.  ge_no_value(): there is none.  Infinite if `before` is 0 or
 * there is none, and `after` is something else.
 */
extern double ge_drift_prior_change(double before, double after);

/* --------------------------------------------------------------------- an encoder */

/* A target, or a class of one, that encodings are of. */
typedef struct GeDriftTarget
{
	const char *target;
	const char *class; /* NULL: the target has none */
} GeDriftTarget;

/* A column or combination of an encoder, to be compared. */
typedef struct GeDriftPart
{
	const char *name;
	int n_names; /* 1: a column; else the columns of a combination */
	bool is_encoded;
	uint32 categories; /* as its parameters say, and the next one */
	bool has_infrequent;
	const GeEncoderOutputs *outputs;
	int n_targets; /* in the order of outputs, which is that of moments */
	GeDriftTarget *targets;
	double *priors;	   /* by target, when it is read; ge_no_value(): none */
	int number;		   /* of the drift; -1: not compared */
	const int *series; /* by series of the drift: the output; -1: none */
} GeDriftPart;

/* All columns and combinations of an encoder, compared with nothing yet. */
extern GeDriftPart *ge_drift_parts(const GeEncoder *encoder, int *n);
/* The column, or combination, of that name; NULL: there is none. */
extern GeDriftPart *ge_drift_find_part(GeDriftPart *parts, int n, const char *name,
									   bool is_column);
extern bool ge_drift_same_target(const GeDriftTarget *a, const GeDriftTarget *b);
/* The target's place in a part; -1: there is none. */
extern int ge_drift_find_target(const GeDriftPart *part, const GeDriftTarget *wanted);
/*
 * Read an encoder once: its priors, and the categories of the parts with a number.  Errors:
 * 55000 if it is damaged, 42501 without the right to read moments.
 */
extern void ge_drift_add_encoder(GeDrift *drift, GeDriftSide side, GeEncoder *encoder,
								 GeDriftPart *parts, int n);
/* A key of a part as text: that of a combination as text[] has it. */
extern char *ge_drift_key_text(const char *key, Size length, int n_names);

/* ------------------------------------------------------------------------- a run */

/* The rows of the first source, by category, of a column or, if that is NULL, of a
 * combination. */
extern void ge_drift_add_run(GeDrift *drift, GeDriftSide side, int part, GeRun *run,
							 const GeCategoryColumn *column,
							 const GeRunEncoding *encoding);

#endif /* GE_ENCODER_DRIFT_H */
