/*
 * checks.c: which accumulators and finishes exist.
 */
#include "backend/finish.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define KNOWN_ACCUMULATORS (GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS)

/* 2^-1074, the least double, is this bit of the lowest bin's digit. */
#define LEAST_DOUBLE_BIT (-1074 - 32 * GE_LOWEST_BIN)

__attribute__((format(printf, 3, 4))) static GeStatus
fail(GeError *error, GeStatus status, const char *format, ...)
{
	va_list arguments;

	error->status = status;
	va_start(arguments, format);
	vsnprintf(error->message, sizeof error->message, format, arguments);
	va_end(arguments);
	return status;
}

GeStatus
ge_accumulators_check(uint32_t accumulators, GeError *error)
{
	if ((accumulators & ~(uint32_t) KNOWN_ACCUMULATORS) != 0)
		return fail(error, GE_UNSUPPORTED, "there are no accumulators 0x%x",
					accumulators & ~(uint32_t) KNOWN_ACCUMULATORS);
	return GE_OK;
}

GeStatus
ge_finish_check(const GeFinishSpec *spec, uint32_t accumulators, GeError *error)
{
	uint32_t f;

	if (spec->n_finishes < 1 || spec->n_finishes > GE_MAX_FINISHES)
		return fail(error, GE_UNSUPPORTED, "%u finishes of one target, of %d at most",
					spec->n_finishes, GE_MAX_FINISHES);
	for (f = 0; f < spec->n_finishes; f++)
	{
		const GeFinish *finish = &spec->finishes[f];
		uint32_t needs = ge_finish_needs(finish);

		if (needs == 0)
			return fail(error, GE_UNSUPPORTED, "there is no finish %d",
						(int) finish->kind);
		if ((needs & ~accumulators) != 0)
			return fail(error, GE_UNSUPPORTED, "finish %d needs accumulators 0x%x",
						(int) finish->kind, needs & ~accumulators);
		if (!isfinite(finish->smooth) || finish->smooth < 0)
			return fail(error, GE_UNSUPPORTED, "smooth %g", finish->smooth);
	}
	return GE_OK;
}

/* Are these the canonical digits of a sum of n_targets numbers of the target's bins? */
static bool
is_sum(const GeTargetSpec *spec, const int64_t *digits, uint64_t n_targets)
{
	int n = GE_SUM_DIGITS(spec->low_bin, spec->high_bin), i;
	uint64_t magnitude = 0, beyond;
	bool any_negative = false, any_positive = false;

	for (i = n - 1; i >= 0; i--)
	{
		magnitude = digits[i] < 0 ? 0 - (uint64_t) digits[i] : (uint64_t) digits[i];
		if (magnitude > UINT32_MAX)
			return false;
		any_negative |= digits[i] < 0;
		any_positive |= digits[i] > 0;
	}
	/* magnitude is the lowest digit's; no double has a bit below 2^-1074 */
	if (spec->low_bin == GE_LOWEST_BIN &&
		(magnitude & ((UINT64_C(1) << LEAST_DOUBLE_BIT) - 1)) != 0)
		return false;
	/* each number is below one unit of what is above the bins */
	beyond = (uint64_t) llabs(digits[n - 1]) << 32 | (uint64_t) llabs(digits[n - 2]);
	if (n_targets == 0)
		return !any_negative && !any_positive;
	return !(any_negative && any_positive) && beyond < n_targets;
}

GeStatus
ge_statistics_check(const GeTargetSpec *spec, const GeTargetStatistics *statistics,
					uint32_t first, uint32_t n, uint64_t *n_rows, GeError *error)
{
	int n_digits = GE_SUM_DIGITS(spec->low_bin, spec->high_bin);
	uint32_t i;

	if (statistics->n_rows == NULL ||
		(statistics->n_targets == NULL) !=
			((spec->accumulators & GE_COUNT_TARGETS) == 0) ||
		(statistics->sums == NULL) != ((spec->accumulators & GE_SUM_TARGETS) == 0))
		return fail(error, GE_INTERNAL, "statistics of other accumulators than 0x%x",
					spec->accumulators);
	for (i = first; i < first + n; i++)
	{
		uint64_t n_targets = statistics->n_targets != NULL ? statistics->n_targets[i] : 0;

		if (n_targets > statistics->n_rows[i])
			return fail(error, GE_BAD_STATISTICS, "%llu targets in %llu rows",
						(unsigned long long) n_targets,
						(unsigned long long) statistics->n_rows[i]);
		if (statistics->n_rows[i] > spec->folds.n_rows - *n_rows)
			return fail(error, GE_BAD_STATISTICS, "more rows than the %llu announced",
						(unsigned long long) spec->folds.n_rows);
		if (statistics->sums != NULL &&
			!is_sum(spec, statistics->sums + (uint64_t) i * n_digits, n_targets))
			return fail(error, GE_BAD_STATISTICS,
						"digits that are no sum of %llu numbers in the bins %d to %d",
						(unsigned long long) n_targets, (int) spec->low_bin,
						(int) spec->high_bin);
		*n_rows += statistics->n_rows[i];
	}
	return GE_OK;
}
