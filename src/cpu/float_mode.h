/*
 * float_mode.h: the floating-point arithmetic that exact results need, made sure of.
 *
 * Loading a library built with -Ofast makes a thread flush subnormals to zero, and a
 * compiler may fuse a product with a sum.  The first is undone on entry of every
 * operation that computes with doubles, on every thread, and is not put back: no
 * correct program depends on it.  The second is found out when a context is opened.
 */
#ifndef GE_CPU_FLOAT_MODE_H
#define GE_CPU_FLOAT_MODE_H

#include <stdbool.h>

/* Round to nearest, keep subnormals, for the calling thread from now on. */
extern void ge_float_mode_reset(void);

/* False: this build or this processor does not compute the documented formulae. */
extern bool ge_float_mode_check(void);

#endif /* GE_CPU_FLOAT_MODE_H */
