/*
 * checks.c: what targets may be asked for, and which statistics rows can have.
 */
#include "backend/finish.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* What GeFinishKind and GeSplit number, in words. */
static const char *const finish_names[] = {
	"means", "counts", "frequencies", "sums",	   "variances",
	"std",	 "minima", "maxima",	  "quantiles", "weights of evidence"};
static const char *const split_names[] = {"statistics without folds",
										  "interleaved folds",
										  "contiguous folds",
										  "random folds",
										  "given folds",
										  "rows in an order"};

/* GE_UNSUPPORTED if `needs` has a bit more than `has`: the lowest one, by its name. */
static GeStatus
check_names(uint32_t has, uint32_t needs, const char *const *names, uint32_t n_names,
			GeError *error)
{
	uint32_t lacks = needs & ~has, i = 0;

	if (lacks == 0)
		return GE_OK;
	while ((lacks >> i & 1) == 0)
		i++;
	return fail(error, GE_UNSUPPORTED, "there are no %s",
				i < n_names ? names[i] : "such statistics");
}

/* GE_UNSUPPORTED if `needs` has a bit more than `has`. */
static GeStatus
check_bits(uint32_t has, uint32_t needs, const char *what, GeError *error)
{
	if ((needs & ~has) != 0)
		return fail(error, GE_UNSUPPORTED, "%s 0x%x", what, needs & ~has);
	return GE_OK;
}

GeStatus
ge_abilities_check(const GeTargetAbilities *has, const GeTargetAbilities *needs,
				   GeError *error)
{
	GeStatus status = check_names(has->finishes, needs->finishes, finish_names,
								  sizeof finish_names / sizeof *finish_names, error);

	if (status == GE_OK)
		status = check_names(has->splits, needs->splits, split_names,
							 sizeof split_names / sizeof *split_names, error);
	if (status == GE_OK)
		status = check_bits(has->accumulators, needs->accumulators,
							"there are no accumulators", error);
	if (status == GE_OK && needs->most_finishes > has->most_finishes)
		return fail(error, GE_UNSUPPORTED, "%u finishes of one target, of %u at most",
					needs->most_finishes, has->most_finishes);
	return status;
}

/* Are low..high bins of a double, or of a target of the column if it is binary? */
static GeStatus
check_bins(int32_t low, int32_t high, GeError *error)
{
	if (low < GE_LOWEST_BIN || high > GE_HIGHEST_BIN || low > high)
		return fail(error, GE_INTERNAL, "there are no bins %d to %d", (int) low,
					(int) high);
	return GE_OK;
}

GeStatus
ge_target_spec_check(const GeTargetAbilities *has, const GeTargetSpec *spec,
					 GeError *error)
{
	const GeTargetAbilities needs = {.accumulators = spec->accumulators,
									 .splits = UINT32_C(1) << spec->folds.split};
	const uint32_t none = GE_SUM_WEIGHTS | GE_ALL_TARGETS;
	GeStatus status = check_bins(spec->low_bin, spec->high_bin, error);

	if (status == GE_OK && (spec->accumulators & GE_SUM_WEIGHTS) != 0)
		status = check_bins(spec->low_weight_bin, spec->high_weight_bin, error);
	if (status == GE_OK && spec->is_binary)
		status = spec->low_bin == 0 && spec->high_bin == 0
					 ? GE_OK
					 : fail(error, GE_INTERNAL, "binary targets in other bins than 0");
	if (status == GE_OK)
		status = ge_abilities_check(has, &needs, error);
	if (status == GE_OK && (spec->accumulators & none) == none)
		return fail(error, GE_UNSUPPORTED, "all targets in order, and weights");
	if (status == GE_OK && spec->takes_statistics &&
		((spec->accumulators & GE_ALL_TARGETS) != 0 ||
		 spec->folds.split == GE_SPLIT_ORDERED))
		return fail(error, GE_UNSUPPORTED,
					"statistics into a target that needs the rows themselves");
	return status;
}

/* The parameters of a finish, which is known. */
static GeStatus
check_parameters(const GeFinish *finish, const GeTargetSpec *target, GeError *error)
{
	if (finish->kind == GE_FINISH_MEAN && finish->smooth != GE_SMOOTH_AUTO &&
		(!isfinite(finish->smooth) || finish->smooth < 0))
		return fail(error, GE_UNSUPPORTED, "smooth %g", finish->smooth);
	if (finish->kind == GE_FINISH_QUANTILE &&
		(finish->percent < 1 || finish->percent > 99))
		return fail(error, GE_UNSUPPORTED, "quantile %u of 100", finish->percent);
	if (finish->kind == GE_FINISH_WOE &&
		(!isfinite(finish->regularization) || finish->regularization <= 0))
		return fail(error, GE_UNSUPPORTED, "regularization %g", finish->regularization);
	if (finish->kind == GE_FINISH_WOE && !target->is_binary)
		return fail(error, GE_UNSUPPORTED,
					"weight of evidence of targets beside 0 and 1");
	return GE_OK;
}

static GeStatus
check_finish(const GeTargetAbilities *has, const GeTargetSpec *target,
			 const GeFinish *finish, GeError *error)
{
	bool weighted = (target->accumulators & GE_SUM_WEIGHTS) != 0;
	uint32_t needs = ge_finish_needs(finish, weighted);

	if (needs == 0 || (has->finishes >> finish->kind & 1) == 0)
		return fail(error, GE_UNSUPPORTED, "there is no finish %d", (int) finish->kind);
	if ((needs & ~target->accumulators) != 0)
		return fail(error, GE_UNSUPPORTED, "finish %d needs accumulators 0x%x",
					(int) finish->kind, needs & ~target->accumulators);
	return check_parameters(finish, target, error);
}

GeStatus
ge_finish_check(const GeTargetAbilities *has, const GeTargetSpec *target,
				const GeFinishSpec *spec, GeError *error)
{
	GeStatus status = GE_OK;
	uint32_t f;

	if (spec->n_finishes < 1 || spec->n_finishes > has->most_finishes)
		return fail(error, GE_UNSUPPORTED, "%u finishes of one target, of %u at most",
					spec->n_finishes, has->most_finishes);
	for (f = 0; f < spec->n_finishes && status == GE_OK; f++)
		status = check_finish(has, target, &spec->finishes[f], error);
	return status;
}

/*
 * Are these the canonical digits of a sum of n numbers of the bins, of doubles and not of
 * products if `doubles`?
 */
static bool
is_sum(GeBins bins, const int64_t *digits, uint64_t n, bool doubles)
{
	int n_digits = GE_SUM_DIGITS(bins.low, bins.high), i;
	uint64_t magnitude = 0, beyond;
	bool any_negative = false, any_positive = false;

	for (i = n_digits - 1; i >= 0; i--)
	{
		magnitude = digits[i] < 0 ? 0 - (uint64_t) digits[i] : (uint64_t) digits[i];
		if (magnitude > UINT32_MAX)
			return false;
		any_negative |= digits[i] < 0;
		any_positive |= digits[i] > 0;
	}
	/* magnitude is the lowest digit's; no double has a bit below 2^-1074 */
	if (doubles && bins.low == GE_LOWEST_BIN &&
		(magnitude & ((UINT64_C(1) << LEAST_DOUBLE_BIT) - 1)) != 0)
		return false;
	/* each number is below one unit of what is above the bins */
	beyond = (uint64_t) llabs(digits[n_digits - 1]) << 32 |
			 (uint64_t) llabs(digits[n_digits - 2]);
	if (n == 0)
		return !any_negative && !any_positive;
	return !(any_negative && any_positive) && beyond < n;
}

static bool
is_negative(const int64_t *digits, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (digits[i] < 0)
			return true;
	return false;
}

/* Entry i of one of the sums of a group of n targets; an array that is NULL is good. */
static bool
is_good_sum(const GeTargetSpec *spec, GeAccumulator sum, const int64_t *digits,
			uint32_t i, uint64_t n)
{
	bool weighted = (spec->accumulators & GE_SUM_WEIGHTS) != 0;
	bool doubles = sum == GE_SUM_WEIGHTS || (sum == GE_SUM_TARGETS && !weighted);
	GeBins bins = ge_sum_bins(spec, sum);
	int n_digits = GE_SUM_DIGITS(bins.low, bins.high);

	if (digits == NULL)
		return true;
	digits += (uint64_t) i * (uint64_t) n_digits;
	return is_sum(bins, digits, n, doubles) &&
		   ((sum == GE_SUM_TARGETS && !spec->is_binary) ||
			!is_negative(digits, n_digits));
}

/* The least and greatest of n targets; infinite if there is none that counts. */
static bool
are_good_extremes(const GeTargetSpec *spec, const GeTargetStatistics *statistics,
				  uint32_t i, uint64_t n)
{
	double least = statistics->least != NULL ? statistics->least[i] : 0;
	double greatest = statistics->greatest != NULL ? statistics->greatest[i] : least;
	bool none = statistics->least != NULL ? least == INFINITY : greatest == -INFINITY;

	if (statistics->least == NULL && statistics->greatest == NULL)
		return true;
	if (statistics->least == NULL)
		least = greatest;
	if (n == 0 || (none && (spec->accumulators & GE_SUM_WEIGHTS) != 0))
		return none && (statistics->greatest == NULL || greatest == -INFINITY);
	return isfinite(least) && isfinite(greatest) && least <= greatest;
}

/* Binary targets are their own squares. */
static bool
are_binary(const GeTargetSpec *spec, const GeTargetStatistics *statistics, uint32_t i)
{
	GeBins bins = ge_sum_bins(spec, GE_SUM_TARGETS);
	uint64_t n = (uint64_t) GE_SUM_DIGITS(bins.low, bins.high);

	return !spec->is_binary || statistics->sums == NULL || statistics->squares == NULL ||
		   memcmp(statistics->sums + i * n, statistics->squares + i * n,
				  n * sizeof(int64_t)) == 0;
}

/* Is there an array for each accumulator, and the one of rows? */
static bool
has_arrays(uint32_t accumulators, const GeTargetStatistics *statistics)
{
	return statistics->n_rows != NULL &&
		   (statistics->n_targets != NULL) == ((accumulators & GE_COUNT_TARGETS) != 0) &&
		   (statistics->sums != NULL) == ((accumulators & GE_SUM_TARGETS) != 0) &&
		   (statistics->squares != NULL) == ((accumulators & GE_SUM_SQUARES) != 0) &&
		   (statistics->weights != NULL) == ((accumulators & GE_SUM_WEIGHTS) != 0) &&
		   (statistics->least != NULL) == ((accumulators & GE_LEAST_TARGET) != 0) &&
		   (statistics->greatest != NULL) == ((accumulators & GE_GREATEST_TARGET) != 0);
}

GeStatus
ge_statistics_check(const GeTargetSpec *spec, const GeTargetStatistics *statistics,
					uint32_t first, uint32_t n, uint64_t *n_rows, GeError *error)
{
	uint32_t i;

	if (!has_arrays(spec->accumulators, statistics))
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
		if (!is_good_sum(spec, GE_SUM_TARGETS, statistics->sums, i, n_targets) ||
			!is_good_sum(spec, GE_SUM_SQUARES, statistics->squares, i, n_targets) ||
			!is_good_sum(spec, GE_SUM_WEIGHTS, statistics->weights, i, n_targets) ||
			!are_binary(spec, statistics, i))
			return fail(error, GE_BAD_STATISTICS,
						"digits that are no sums of %llu numbers in the bins of the "
						"column",
						(unsigned long long) n_targets);
		if (!are_good_extremes(spec, statistics, i, n_targets))
			return fail(error, GE_BAD_STATISTICS,
						"a least or a greatest that %llu targets cannot have",
						(unsigned long long) n_targets);
		*n_rows += statistics->n_rows[i];
	}
	return GE_OK;
}
