/*
 * walk.h: every row of an encoder once, each with the column or combination that it is of.
 *
 * The table is read by a cursor, in any order of rows.  What is no row of a part is passed
 * over.  Errors: 55000 if the encoder is damaged, 42501 without the right to read moments.
 */
#ifndef GE_ENCODER_WALK_H
#define GE_ENCODER_WALK_H

#include "postgres.h"

#include "encoder/drift.h"

typedef enum GeEncoderRowKind
{
	GE_ROW_CATEGORY,
	GE_ROW_INFREQUENT,
	GE_ROW_MISSING,
	GE_ROW_PRIOR
} GeEncoderRowKind;

typedef struct GeEncoderWalk
{
	GeEncoder *encoder;
	int n_parts;
	GeDriftPart *parts; /* of ge_drift_parts() */
	/* a row of a part; memory that it takes goes after it */
	void (*take)(struct GeEncoderWalk *walk, int part, GeEncoderRowKind kind);
	void *arg;
} GeEncoderWalk;

extern void ge_encoder_walk(GeEncoderWalk *walk);

/* Of the row that is taken: */
extern uint64 ge_walk_n_rows(const GeEncoderWalk *walk);
/* The category's key: its text, or those of a combination with a zero byte between two. */
extern const char *ge_walk_key(const GeEncoderWalk *walk, int part, Size *length);
/* Values of type moments by target of the part; NULL if the part has no targets. */
extern Datum *ge_walk_moments(const GeEncoderWalk *walk, int part);

#endif /* GE_ENCODER_WALK_H */
