/*
 * unlisted.h: the rows of an encoder whose values its options do not list.
 *
 * They count in the prior of a column or combination, and belong to none of its categories.
 * So their figures are what the categories leave of the prior.
 */
#ifndef GE_ENCODER_UNLISTED_H
#define GE_ENCODER_UNLISTED_H

#include "postgres.h"

#include "encoder/load.h"

typedef struct GeUnlisted GeUnlisted;

/* The rest of a part's prior, which has been read: all of it, until categories come. */
extern GeUnlisted *ge_unlisted_create(const GeEncoderLoad *state,
									  const GeEncoderPart *part);
/* The moments of n categories of the part leave the rest. */
extern void ge_unlisted_leave(GeUnlisted *unlisted, const Datum *moments, uint32 n);
/*
 * The moments of the rows that are left, n_moments of them.  Their least and greatest
 * targets are those of the prior, which makes no difference to it.  If must_be_theirs, those
 * that a category has, too, are not known.
 */
extern Datum *ge_unlisted_rest(const GeUnlisted *unlisted, bool must_be_theirs);

#endif /* GE_ENCODER_UNLISTED_H */
