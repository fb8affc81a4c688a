/*
 * reference_sum.h: exact sums of doubles the plain way, to test the clever ways against.
 *
 * A sum is one two's-complement number of REFERENCE_WORDS words of 32 bits whose lowest
 * bit weighs 2^-1088.  Nothing of src/backend/exact_sum.h is used.
 */
#ifndef GE_REFERENCE_SUM_H
#define GE_REFERENCE_SUM_H

#include <stdint.h>

#define REFERENCE_WORDS 70
#define REFERENCE_LOWEST_BIN (-34)

typedef struct ReferenceSum
{
	uint32_t words[REFERENCE_WORDS];
} ReferenceSum;

extern void reference_add_double(ReferenceSum *sum, double x);
/* sum += x * 2^(32 bin). */
extern void reference_add_int64(ReferenceSum *sum, int64_t x, int bin);
/* sum += other, or sum -= other. */
extern void reference_merge(ReferenceSum *sum, const ReferenceSum *other, int sign);
/* The nearest double, ties to even; infinity beyond the range. */
extern double reference_round(const ReferenceSum *sum);
/* Digits to the base 2^32 from bin low on, each with the sign of the sum. */
extern void reference_digits(const ReferenceSum *sum, int low, int n, int64_t *digits);

#endif /* GE_REFERENCE_SUM_H */
