/*
 * ln.h: the natural logarithm, the same bits on host and device; its error is below 1 ulp.
 *
 *   x = m 2^k, sqrt(1/2) <= m < sqrt(2);  f = m - 1, s = f / (2 + f)
 *   ln x = k ln 2 + ln(1 + f)
 *   ln(1 + f) = 2 artanh(s) = 2 s + s R = f - s (f - R) = f - (h - s (h + R)), h = f f / 2
 *   R = 2/3 s^2 + 2/5 s^4 + 2/7 s^6 + ...; |s| < 0.1716, so ten terms leave out less than
 *   2^-59 of the result
 *
 * h is small beside f, and k times the head of ln 2 is exact (its last 21 bits are 0), so
 * that nearly all of the error is that of the last subtraction.
 */
#ifndef GE_BACKEND_LN_H
#define GE_BACKEND_LN_H

#include "backend/scaled.h"

/* R, from the smallest term on. */
static inline GE_HD double
ge_ln_series(double s)
{
	double z = ge_product(s, s), sum = 2.0 / 21;
	int i;

	for (i = 19; i >= 3; i -= 2)
		sum = 2.0 / i + ge_product(z, sum);
	return ge_product(z, sum);
}

/* ln x for finite x > 0. */
static inline GE_HD double
ge_ln(double x)
{
	const double ln2_head = 0x1.62e42feep-1, ln2_tail = 0x1.a39ef35793c76p-33;
	GeScaled scaled = ge_scaled(x);
	double f, half, s, k, correction;

	if (scaled.mantissa > 0x1.6a09e667f3bcdp0)
	{
		scaled.mantissa /= 2;
		scaled.exponent++;
	}
	f = scaled.mantissa - 1;
	k = scaled.exponent;
	half = ge_product(ge_product(0.5, f), f);
	s = f / (2 + f);
	correction = ge_product(s, half + ge_ln_series(s)) + ge_product(k, ln2_tail);
	return ge_product(k, ln2_head) - ((half - correction) - f);
}

#endif /* GE_BACKEND_LN_H */
