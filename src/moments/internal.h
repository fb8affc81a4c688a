/*
 * internal.h: what the files of moments/ share.
 */
#ifndef GE_MOMENTS_INTERNAL_H
#define GE_MOMENTS_INTERNAL_H

#include "moments/moments.h"

/* The first byte of a value: its form. */
#define GE_FORM_COMPACT 1  /* canonical bytes, version 1 */
#define GE_FORM_WHOLE 0xf0 /* states (state.h) */
#define GE_FORM_WIDE 0xf1

static inline bool
ge_is_int32(double bound)
{
	return bound >= PG_INT32_MIN && bound <= PG_INT32_MAX && bound == (int32) bound;
}

/* A value with canonical bytes, perhaps with a short header: this one, or a copy. */
extern struct varlena *ge_moments_canonical(Datum value);

#endif /* GE_MOMENTS_INTERNAL_H */
