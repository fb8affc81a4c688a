/*
 * encoding.h: from exact sums to encodings, for host and device.
 *
 *   M = RN(RN(S) / N)             the prior: once per column, or per fold out of fold
 *   P = RN(s * M)                 likewise; the only product
 *   encoding = RN(RN(RN(S') + P) / RN(N' + s)), and M where N' = 0
 *
 * P is computed by ge_prior() on the host alone and handed over as a number, so that no
 * compiler can fuse the product with the sum that follows.
 */
#ifndef GE_ENCODING_H
#define GE_ENCODING_H

#include <stdint.h>

#include "backend/exact_sum.h"

typedef struct GePrior
{
	double mean;	 /* M */
	double weighted; /* P = RN(s * M) */
} GePrior;

#ifdef __cplusplus
extern "C"
#endif
	/* sum = RN(S), count = N > 0.  In prior.c, for both backends. */
	GePrior
	ge_prior(double sum, uint64_t count, double smooth);

/* sum = RN(S'), count = N'. */
static inline GE_HD double
ge_encoding(double sum, uint64_t count, GePrior prior, double smooth)
{
	if (count == 0)
		return prior.mean;
	return (sum + prior.weighted) / ((double) count + smooth);
}

#endif /* GE_ENCODING_H */
