/*
 * float_mode.h: ensures the floating-point arithmetic that exact results need.
 *
 * Loading a library built with -Ofast makes a thread flush subnormals to zero, and a
 * compiler may fuse a product with a sum.  Every operation that computes with doubles
 * turns flushing off on its threads, and leaves it off: no correct program depends on
 * flushing.  A test when a context is opened detects fused products.
 */
#ifndef GE_CPU_FLOAT_MODE_H
#define GE_CPU_FLOAT_MODE_H

#include <stdbool.h>

/* Round to nearest, keep subnormals, for the calling thread from now on. */
extern void ge_float_mode_reset(void);

/* False: this build or this processor does not compute the documented formulae. */
extern bool ge_float_mode_check(void);

#endif /* GE_CPU_FLOAT_MODE_H */
