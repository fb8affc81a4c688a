/*
 * finishes_test.c: every finish and accumulator against exact rational arithmetic.
 *
 * statistics_vectors.txt has data sets and what make_statistics.py computes from them.
 * Each is computed by dense cells and by sorted segments.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/target.h"
#include "support.h"
#include "tap.h"

#define MOST_ROWS 16
#define MOST_IDS 8
#define MOST_DIGITS (GE_MAX_PRODUCT_BINS + 2)

/* A data set, and what is expected of it. */
typedef struct Vector
{
	uint32_t number; /* from 1 */
	GeTargetSpec spec;
	GeFinishSpec finish;
	GeFinish finishes[GE_MAX_FINISHES];
	uint32_t n_rows;
	uint32_t n_ids;
	uint8_t ids[MOST_ROWS];
	uint32_t folds[MOST_ROWS];
	int64_t int_targets[MOST_ROWS];
	double float_targets[MOST_ROWS];
	uint8_t is_null[MOST_ROWS];
	double weights[MOST_ROWS];
	char status[16]; /* "ok", or the operation that finds an overflow */
	double unseen[GE_MAX_FINISHES];
	double full[MOST_IDS][GE_MAX_FINISHES];
	double encodings[MOST_ROWS][GE_MAX_FINISHES];
	uint64_t id_rows[MOST_IDS];
	uint64_t id_targets[MOST_IDS];
	int64_t sums[MOST_IDS][MOST_DIGITS];
	int64_t squares[MOST_IDS][MOST_DIGITS];
	int64_t weight_sums[MOST_IDS][MOST_DIGITS];
	double least[MOST_IDS];
	double greatest[MOST_IDS];
} Vector;

/* The next word of the file; the test ends if there is none. */
static const char *
next_word(FILE *file)
{
	static char word[8192];

	if (fscanf(file, "%8191s", word) != 1)
	{
		printf("Bail out! statistics_vectors.txt ends too early\n");
		exit(1);
	}
	return word;
}

static int64_t
next_int(FILE *file)
{
	return strtoll(next_word(file), NULL, 10);
}

static double
double_of(const char *hexadecimal)
{
	uint64_t bits = strtoull(hexadecimal, NULL, 16);
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

static void
expect_word(FILE *file, const char *expected)
{
	const char *word = next_word(file);

	if (strcmp(word, expected) != 0)
	{
		printf("Bail out! \"%s\" instead of \"%s\" in statistics_vectors.txt\n", word,
			   expected);
		exit(1);
	}
}

static void
next_doubles(FILE *file, const char *name, uint32_t n, double *doubles)
{
	uint32_t i;

	expect_word(file, name);
	for (i = 0; i < n; i++)
		doubles[i] = double_of(next_word(file));
}

static void
next_digits(FILE *file, int64_t *digits)
{
	char *at = strdup(next_word(file)), *rest = at, *digit;

	while ((digit = strsep(&rest, ",")) != NULL)
		*digits++ = strtoll(digit, NULL, 10);
	free(at);
}

static void
read_finish(FILE *file, GeFinish *finish)
{
	double parameter;

	expect_word(file, "finish");
	finish->kind = (GeFinishKind) next_int(file);
	parameter = double_of(next_word(file));
	finish->smooth = finish->kind == GE_FINISH_MEAN ? parameter : 0;
	finish->regularization = finish->kind == GE_FINISH_WOE ? parameter : 0;
	finish->percent = finish->kind == GE_FINISH_QUANTILE ? (uint32_t) parameter : 0;
}

static void
read_row(FILE *file, Vector *vector, uint32_t i)
{
	const char *word;

	expect_word(file, "row");
	vector->ids[i] = (uint8_t) next_int(file);
	vector->folds[i] = (uint32_t) next_int(file);
	word = next_word(file);
	vector->is_null[i] = strcmp(word, "null") == 0;
	if (vector->spec.kind == GE_TARGET_INT64)
		vector->int_targets[i] = strtoll(word, NULL, 10);
	else if (!vector->is_null[i])
		vector->float_targets[i] = double_of(word);
	vector->weights[i] = double_of(next_word(file));
}

static void
read_data(FILE *file, Vector *vector)
{
	GeTargetSpec *spec = &vector->spec;
	GeSplit split;
	uint32_t n_folds, i;
	bool weighted;

	spec->kind = next_int(file) ? GE_TARGET_INT64 : GE_TARGET_FLOAT64;
	spec->is_binary = next_int(file) != 0;
	weighted = next_int(file) != 0;
	split = (GeSplit) next_int(file);
	n_folds = (uint32_t) next_int(file);
	vector->finish.prior_out_of_fold = next_int(file) != 0;
	vector->finish.missing_is_category = next_int(file) != 0;
	vector->n_rows = (uint32_t) next_int(file);
	spec->n_categories = (uint32_t) next_int(file);
	vector->n_ids = spec->n_categories + 1;
	ge_folds_init(&spec->folds, split, vector->n_rows, n_folds, 0);
	spec->low_bin = (int32_t) next_int(file);
	spec->high_bin = (int32_t) next_int(file);
	spec->low_weight_bin = (int32_t) next_int(file);
	spec->high_weight_bin = (int32_t) next_int(file);
	spec->largest = strtoull(next_word(file), NULL, 10);
	vector->finish.n_finishes = (uint32_t) next_int(file);
	vector->finish.finishes = vector->finishes;
	spec->accumulators = GE_COUNT_ROWS;
	for (i = 0; i < vector->finish.n_finishes; i++)
	{
		read_finish(file, &vector->finishes[i]);
		spec->accumulators |= ge_finish_needs(&vector->finishes[i], weighted);
	}
	for (i = 0; i < vector->n_rows; i++)
		read_row(file, vector, i);
}

static void
read_expected(FILE *file, Vector *vector)
{
	uint32_t n = vector->finish.n_finishes, i;

	expect_word(file, "status");
	strncpy(vector->status, next_word(file), sizeof vector->status - 1);
	if (strcmp(vector->status, "finish") == 0)
		return;
	next_doubles(file, "unseen", n, vector->unseen);
	for (i = 0; i < vector->n_ids; i++)
	{
		next_doubles(file, "full", n, vector->full[i]);
		expect_word(file, "statistics");
		vector->id_rows[i] = (uint64_t) next_int(file);
		vector->id_targets[i] = (uint64_t) next_int(file);
		next_digits(file, vector->sums[i]);
		next_digits(file, vector->squares[i]);
		next_digits(file, vector->weight_sums[i]);
		vector->least[i] = double_of(next_word(file));
		vector->greatest[i] = double_of(next_word(file));
	}
	for (i = 0; i < vector->n_rows && strcmp(vector->status, "ok") == 0; i++)
		next_doubles(file, "encoding", n, vector->encodings[i]);
}

/* The rows, in two calls, the later ones first. */
static GeStatus
add_rows(GeTarget *target, const Vector *vector, GeError *error)
{
	uint32_t half = vector->n_rows / 2, part;
	GeStatus status = GE_OK;

	for (part = 0; part < 2 && status == GE_OK; part++)
	{
		uint32_t first = part == 0 ? half : 0;
		GeTargetRows rows = {.first_ordinal = first,
							 .n_rows = part == 0 ? vector->n_rows - half : half,
							 .id_width = 1,
							 .ids = vector->ids + first,
							 .folds = vector->folds + first,
							 .int_targets = vector->int_targets + first,
							 .float_targets = vector->float_targets + first,
							 .target_is_null = vector->is_null + first,
							 .weights = vector->weights + first};

		status = ge_cpu_backend.target.add(target, &rows, error);
	}
	return status;
}

static bool
same_row(const double *expected, double *const *encodings, uint32_t at, uint32_t n,
		 const char *what)
{
	uint32_t f;

	for (f = 0; f < n; f++)
		if (!same_bits(encodings[f][at], expected[f]))
		{
			tap_note("%s %u, finish %u: %a instead of %a", what, at, f, encodings[f][at],
					 expected[f]);
			return false;
		}
	return true;
}

static bool
check_rows(GeTarget *target, const Vector *vector, GeError *error)
{
	static double buffer[GE_MAX_FINISHES][MOST_ROWS];
	GeTargetRows rows = {.n_rows = vector->n_rows,
						 .id_width = 1,
						 .ids = vector->ids,
						 .folds = vector->folds};
	bool overflows = strcmp(vector->status, "rows") == 0, good = true;
	double *encodings[GE_MAX_FINISHES];
	GeStatus status;
	uint32_t i;

	for (i = 0; i < GE_MAX_FINISHES; i++)
		encodings[i] = buffer[i];
	status = ge_cpu_backend.target.rows(target, &rows, encodings, error);
	if (overflows)
		return status == GE_SUM_OVERFLOW;
	for (i = 0; i < vector->n_rows && status == GE_OK; i++)
		good &= same_row(vector->encodings[i], encodings, i, vector->finish.n_finishes,
						 "row");
	return status == GE_OK && good;
}

static bool
same_digits(const Vector *vector, GeAccumulator sum, const int64_t *digits,
			const int64_t (*expected)[MOST_DIGITS])
{
	GeBins bins = ge_sum_bins(&vector->spec, sum);
	size_t n = (size_t) GE_SUM_DIGITS(bins.low, bins.high);
	uint32_t id;

	if ((vector->spec.accumulators & sum) == 0)
		return true;
	for (id = 0; id < vector->n_ids; id++)
		if (memcmp(digits + id * n, expected[id], n * sizeof *digits) != 0)
		{
			tap_note("the digits of id %u differ, sum %d", id, (int) sum);
			return false;
		}
	return true;
}

static bool
check_statistics(GeTarget *target, const Vector *vector, GeError *error)
{
	static int64_t sums[3][MOST_IDS * MOST_DIGITS];
	static double buffer[GE_MAX_FINISHES][MOST_IDS];
	bool weighted = (vector->spec.accumulators & GE_SUM_WEIGHTS) != 0, good;
	uint64_t n_rows[MOST_IDS], n_targets[MOST_IDS];
	double least[MOST_IDS], greatest[MOST_IDS], *encodings[GE_MAX_FINISHES];
	GeTargetStatistics statistics = {.n_rows = n_rows,
									 .n_targets = n_targets,
									 .sums = sums[0],
									 .squares = sums[1],
									 .weights = weighted ? sums[2] : NULL,
									 .least = least,
									 .greatest = greatest};
	size_t n_ids = vector->n_ids;
	uint32_t i;

	for (i = 0; i < GE_MAX_FINISHES; i++)
		encodings[i] = buffer[i];
	if (ge_cpu_backend.target.statistics(target, 0, vector->n_ids, &statistics, encodings,
										 error) != GE_OK)
		return false;
	good = memcmp(n_rows, vector->id_rows, n_ids * sizeof *n_rows) == 0 &&
		   memcmp(n_targets, vector->id_targets, n_ids * sizeof *n_targets) == 0 &&
		   memcmp(least, vector->least, n_ids * sizeof *least) == 0 &&
		   memcmp(greatest, vector->greatest, n_ids * sizeof *greatest) == 0 &&
		   same_digits(vector, GE_SUM_TARGETS, sums[0], vector->sums) &&
		   same_digits(vector, GE_SUM_SQUARES, sums[1], vector->squares) &&
		   same_digits(vector, GE_SUM_WEIGHTS, sums[2], vector->weight_sums);
	for (i = 0; i < vector->n_ids; i++)
		good &= same_row(vector->full[i], encodings, i, vector->finish.n_finishes, "id");
	return good;
}

static bool
check_vector(GeContext *context, const Vector *vector, const GeTargetWay *way)
{
	double unseen[GE_MAX_FINISHES];
	GeTargetTotals totals;
	GeError error = {0};
	GeTarget *target;
	bool good = false;
	GeStatus status = ge_target_create(context, &vector->spec, way, &target, &error);

	if (status == GE_OK)
		status = add_rows(target, vector, &error);
	if (status == GE_OK)
		status = ge_cpu_backend.target.finish(target, &vector->finish, &totals, unseen,
											  &error);
	if (strcmp(vector->status, "finish") == 0)
		good = status == GE_SUM_OVERFLOW;
	else if (status == GE_OK)
		good = memcmp(unseen, vector->unseen,
					  vector->finish.n_finishes * sizeof *unseen) == 0 &&
			   check_statistics(target, vector, &error) &&
			   check_rows(target, vector, &error);
	ge_cpu_backend.target.free(target);
	if (!good)
		tap_note("data set %u, %s: status %d (%s), expected overflow: %s", vector->number,
				 way == &ge_dense_way ? "dense" : "sorted", (int) status, error.message,
				 vector->status);
	return good;
}

int
main(int argc, char **argv)
{
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	FILE *file = fopen(argc > 1 ? argv[1] : "statistics_vectors.txt", "r");
	uint32_t n = 0, n_wrong = 0;
	char word[16];

	while (file != NULL && fscanf(file, "%15s", word) == 1)
	{
		Vector *vector = test_alloc(1, sizeof *vector);

		vector->number = ++n;
		read_data(file, vector);
		read_expected(file, vector);
		n_wrong += !check_vector(context, vector, &ge_dense_way) ||
				   !check_vector(context, vector, &ge_sorted_way);
		free(vector);
	}
	if (file != NULL)
		fclose(file);
	ge_cpu_backend.close(context);
	tap_ok(n > 0 && n_wrong == 0, "%u data sets by exact rational arithmetic", n);
	return tap_done();
}
