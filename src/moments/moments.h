/*
 * moments.h: statistics of a target as a value, the type gpu_encode.moments.
 *
 * The statistics are exact: of the same rows they are the same value, in any order of
 * adding and merging.  The value is a varlena; equal values have equal bytes (compact.c).
 */
#ifndef GE_MOMENTS_H
#define GE_MOMENTS_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "moments/number.h"

/* Parts that may be unknown, bits to be ORed.  All others are always known. */
#define GE_MOMENTS_SQUARES 1
#define GE_MOMENTS_LEAST 2
#define GE_MOMENTS_GREATEST 4
#define GE_MOMENTS_ALL 7

/* More rows than this are no moments: 2^63 - 1. */
#define GE_MOMENTS_MOST_ROWS PG_INT64_MAX

/*
 * A value, opened.  With y and w the target and the weight of a row (1 if rows have no
 * weights), over the rows with a target: weight is the sum of w, sum that of w y, squares
 * that of w y y.  least and greatest are of the rows with w > 0, the nearest double of a
 * bigint, never -0.  If weight is 0: sum and squares are 0, all parts are known, and
 * there is no least and no greatest.
 */
typedef struct GeMoments
{
	uint64 n_rows;	 /* rows, with a target or without */
	uint64 n_target; /* rows with a target */
	int parts;		 /* those that are known */
	double least;
	double greatest;
	GeNumber weight;
	GeNumber sum;
	GeNumber squares; /* 0 if unknown */
} GeMoments;

/* No rows. */
extern void ge_moments_clear(GeMoments *moments);

/* Both together, as a (palloc'd) value. */
extern Datum ge_moments_together(Datum left, Datum right);

/*
 * left becomes left - right; NULL, or what the right ones have that shows that they are no
 * part of the left ones.  A bound that the right ones may have had is not known any more.
 */
extern const char *ge_moments_subtract(GeMoments *left, const GeMoments *right);

/*
 * What is wrong with moments that come from outside, or NULL: rows have such moments, as
 * far as their figures tell.  (least and greatest are not compared with the sums.)
 */
extern const char *ge_moments_check(const GeMoments *moments);

/* A (palloc'd) value.  An error (22023) if ge_moments_check() finds anything. */
extern Datum ge_moments_datum(const GeMoments *moments);
/* Opens a value, toasted or not.  An error (XX001) if its bytes are damaged. */
extern void ge_moments_open(Datum value, GeMoments *moments);

/* ---------------------------------------------------------------- bytes and text */

/* The canonical bytes of moments that have been checked. */
extern void ge_moments_append(StringInfo bytes, const GeMoments *moments);
/* NULL, or what is wrong with these bytes. */
extern const char *ge_moments_read(const uint8 *bytes, Size length, GeMoments *moments);

/* rows=3 targets=2 [weight=2] sum=1 [squares=1] [least=0] [greatest=1]; from sum on only
 * if weight is not 0; weight only if it is not the number of targets. */
extern void ge_moments_print(StringInfo out, const GeMoments *moments);
/* NULL, or what is wrong with this text. */
extern const char *ge_moments_parse(const char *text, GeMoments *moments);

/* ------------------------------------------------------------------- encodings */

/* Refuse a pseudo-count that no mean can have; else it comes back (figures.c). */
extern double ge_smooth_check(double smooth);

#endif /* GE_MOMENTS_H */
