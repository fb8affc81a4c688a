/*
 * order_key.h: finite doubles as integers that are ordered as they are, for host and
 * device.
 *
 * The key of a double is never 0 nor all ones.  So the greatest of some doubles is kept as
 * the greatest of their keys, and the least as the greatest of the complements; 0 is none.
 */
#ifndef GE_BACKEND_ORDER_KEY_H
#define GE_BACKEND_ORDER_KEY_H

#include "backend/exact_sum.h"

#define GE_ORDER_SIGN (UINT64_C(1) << 63)

/* -0 counts as +0. */
static inline GE_HD uint64_t
ge_order_key(double x)
{
	uint64_t bits;

	x += 0.0;
	memcpy(&bits, &x, sizeof bits);
	return bits & GE_ORDER_SIGN ? ~bits : bits | GE_ORDER_SIGN;
}

static inline GE_HD double
ge_order_value(uint64_t key)
{
	uint64_t bits = key & GE_ORDER_SIGN ? key & ~GE_ORDER_SIGN : ~key;
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

#endif /* GE_BACKEND_ORDER_KEY_H */
