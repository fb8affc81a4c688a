/*
 * tap.h: assertions of the server-free test programs, printed as TAP.
 *
 * A program calls ok() for each thing that must hold and returns done().
 */
#ifndef GE_TEST_TAP_H
#define GE_TEST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static int tap_tests;
static int tap_failures;

__attribute__((format(printf, 2, 3))) static inline void
ok(bool holds, const char *format, ...)
{
	va_list arguments;

	printf("%sok %d - ", holds ? "" : "not ", ++tap_tests);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	tap_failures += !holds;
}

static inline int
done(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failures > 0;
}

/* The next number of a seeded sequence (splitmix64). */
static inline uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

#endif /* GE_TEST_TAP_H */
