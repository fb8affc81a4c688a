/*
 * guards.h: conditions that stop a run before anything of it is visible.
 *
 * A guard is a limit for a figure.  min_rows, max_missing and max_unknown need the run
 * alone.  The others compare it with an encoder that was there before.  Every figure is
 * that of the worst column, or target.  Calls that are no job (partial_fit) fill in the
 * figures by ge_guard_raise(), and settle them.
 */
#ifndef GE_ENCODER_GUARDS_H
#define GE_ENCODER_GUARDS_H

#include "postgres.h"

#include "encoder/drift.h"

/* What a guard is, for arguments and messages. */
typedef struct GeGuardKind
{
	const char *name;
	bool is_count; /* a whole number; else a number, */
	bool is_share; /* from 0 to 1 */
} GeGuardKind;

extern const GeGuardKind ge_guard_kinds[GE_N_GUARDS];

/* Whether any guard compares with an encoder before; and counts of categories. */
extern bool ge_guards_compare(const GeGuards *guards);
extern bool ge_guards_count(const GeGuards *guards);

/* The figure of a guard, and what it is of. */
typedef struct GeGuardFigure
{
	double value;
	const char *column; /* NULL: of no column */
	const char *target; /* NULL: of no target */
	const char *class;	/* NULL: of no class */
	const char *source; /* the argument, if the call has several sources; else NULL */
} GeGuardFigure;

typedef struct GeGuardFigures
{
	GeGuardFigure of[GE_N_GUARDS]; /* the worst so far; 0 is better than any */
} GeGuardFigures;

/* Keep a figure if it is worse. */
extern void ge_guard_raise(GeGuardFigure *worst, GeGuardFigure figure);
/* What a part has become, as figures of the guards that compare categories. */
extern void ge_guards_raise_by_drift(GeGuardFigures *worst, const GeDriftFigures *drift,
									 const char *column);

/*
 * End the stage `guards`, which the caller has begun and which read n_rows.  Answers the
 * figures of the guards that are set, as jsonb; or raises 23514 with all of them if one is
 * not met.  before: the name of the encoder they were compared with, or NULL.
 */
extern Datum ge_guards_settle(const GeGuards *guards, const GeGuardFigures *figures,
							  uint64 n_rows, const char *before);

/*
 * Refuse (22023) guards that a job cannot check, before any work.  before: the encoder to
 * compare with, or NULL.
 */
extern void ge_guards_require(const GeJobOptions *options, const GeEncoder *before);
/*
 * Check the guards of a run that has learned, or has read the rows to transform
 * (guards_run.c).  Answers checks, or has no guards and returns false.
 */
extern bool ge_guards_check(GeRun *run, GeEncoder *before, Datum *checks);

#endif /* GE_ENCODER_GUARDS_H */
