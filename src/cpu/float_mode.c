/*
 * float_mode.c: flush-to-zero off, rounding to nearest, and one vector as proof.
 */
#include "cpu/float_mode.h"

#include <stdint.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "backend/finish.h"

#if defined(__x86_64__)
/* MXCSR: flush to zero, denormals are zero, rounding not to nearest */
#define UNWANTED_BITS 0xe040u
#elif defined(__aarch64__)
/* FPCR: FZ, RMode */
#define UNWANTED_BITS ((uint64_t) 7 << 22)
#endif

void
ge_float_mode_reset(void)
{
#if defined(__x86_64__)
	unsigned int mode = _mm_getcsr();

	if (mode & UNWANTED_BITS)
		_mm_setcsr(mode & ~UNWANTED_BITS);
#elif defined(__aarch64__)
	uint64_t mode;

	__asm__ __volatile__("mrs %0, fpcr" : "=r"(mode));
	if (mode & UNWANTED_BITS)
		__asm__ __volatile__("msr fpcr, %0" : : "r"(mode & ~UNWANTED_BITS));
#endif
}

/*
 * Sum 13 over one target, total 17 over three, smooth 20.3: the sum of 13 and
 * 20.3 * (17 / 3) rounded once (fused) and twice differ in the last bit.  Volatile keeps
 * the compiler from computing it at build time.
 */
bool
ge_float_mode_check(void)
{
	volatile double sum = 13, total = 17, smooth = 20.3, least = 0x1p-1074;
	const GeFinish finish = {.kind = GE_FINISH_MEAN, .smooth = smooth};
	const GeFigures all = {.weight = 3, .sum = total}, one = {.weight = 1, .sum = sum};
	double encoding = ge_finish(&finish, one, ge_prior(&finish, all));

	/* the least subnormal is made normal: where it counts as 0, it compares as 0 too */
	return encoding == 0x1.80b37afdff32fp+2 && least * 0x1p1000 == 0x1p-74;
}
