/*
 * cpu_bench.c: nanoseconds a row of the CPU backend's operations, without a server.
 *
 * Makes columns with a seeded generator, encodes them in batches as the reader would, and
 * prints one line for each operation: wall and processor nanoseconds a row.  Rows come
 * in random order of categories, which is the worst case for caches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "backend/finish.h"
#include "cpu_bench.h"

typedef struct BenchClock
{
	double wall;
	double processor;
} BenchClock;

static const GeBackend *backend = &ge_cpu_backend;

static void
check(GeStatus status, const GeError *error)
{
	if (status == GE_OK)
		return;
	fprintf(stderr, "cpu_bench: %s\n", error->message);
	exit(1);
}

static double
seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static BenchClock
start_clock(void)
{
	BenchClock clock = {seconds_of(CLOCK_MONOTONIC),
						seconds_of(CLOCK_PROCESS_CPUTIME_ID)};

	return clock;
}

/* Add what has gone by since `start` to `sum`. */
static void
add_clock(BenchClock *sum, BenchClock start)
{
	BenchClock now = start_clock();

	sum->wall += now.wall - start.wall;
	sum->processor += now.processor - start.processor;
}

static void
print_clock(const char *operation, uint64_t n, BenchClock sum)
{
	printf("%-36s %10.1f ns wall  %10.1f ns processor  %8.3f s\n", operation,
		   1e9 * sum.wall / (double) n, 1e9 * sum.processor / (double) n, sum.wall);
}

static void
open_columns(const BenchOptions *options, GeContext *context, BenchColumn *columns)
{
	GeError error;
	uint32_t c;

	for (c = 0; c < options->n_columns; c++)
	{
		BenchColumn *column = &columns[c];

		bench_column_create(options, column);
		check(backend->dictionary.create(context, column->keys.kind, &column->dictionary,
										 &error),
			  &error);
	}
}

static void
bench_add(const BenchOptions *options, GeContext *context, BenchColumn *columns)
{
	GeDictionary *dictionaries[MAX_COLUMNS];
	GeKeys keys[MAX_COLUMNS];
	uint32_t *ids[MAX_COLUMNS];
	BenchClock sum = {0, 0}, start;
	GeError error;
	uint64_t first;
	uint32_t c;

	for (first = 0; first < options->n_rows; first += options->n_batch)
	{
		uint64_t left = options->n_rows - first;
		uint32_t n = left < options->n_batch ? (uint32_t) left : options->n_batch;

		for (c = 0; c < options->n_columns; c++)
		{
			bench_column_make(options, &columns[c], c, first, n);
			dictionaries[c] = columns[c].dictionary;
			keys[c] = columns[c].keys;
			ids[c] = columns[c].ids + first;
		}
		start = start_clock();
		check(backend->dictionary.add(context, options->n_columns, dictionaries, keys,
									  ids, &error),
			  &error);
		add_clock(&sum, start);
	}
	print_clock("dictionary_add, a row of all columns", options->n_rows, sum);
}

static void
bench_sort(BenchColumn *column)
{
	uint32_t n = backend->dictionary.size(column->dictionary);
	uint32_t *ids = bench_allocate((n + 1) * sizeof *ids);
	BenchClock sum = {0, 0}, start = start_clock();
	char label[64];
	GeError error;

	check(backend->dictionary.sort(column->dictionary, 1, n, ids, &error), &error);
	add_clock(&sum, start);
	snprintf(label, sizeof label, "dictionary_sort of %u", n);
	print_clock(label, n, sum);
	free(ids);
}

/* Add all rows batch by batch, or ask for their encodings. */
static BenchClock
run_batches(const BenchOptions *options, GeTarget *target, const BenchColumn *column,
			const double *targets, double *const *encodings)
{
	BenchClock sum = {0, 0}, start = start_clock();
	uint64_t first;
	GeError error;

	for (first = 0; first < options->n_rows; first += options->n_batch)
	{
		uint64_t left = options->n_rows - first;
		GeTargetRows rows = {.first_ordinal = first,
							 .n_rows = left < options->n_batch ? (uint32_t) left
															   : options->n_batch,
							 .id_width = 4,
							 .ids = column->ids + first,
							 .float_targets = targets + first};

		check(encodings == NULL ? backend->target.add(target, &rows, &error)
								: backend->target.rows(target, &rows, encodings, &error),
			  &error);
	}
	add_clock(&sum, start);
	return sum;
}

static void
bench_target(const BenchOptions *options, GeContext *context, const BenchColumn *column,
			 const double *targets)
{
	const GeFinishSpec finishes = *options->stats;
	GeTargetSpec spec = {.accumulators = GE_COUNT_ROWS,
						 .is_binary = strcmp(options->target, "binary") == 0,
						 .kind = GE_TARGET_FLOAT64,
						 .low_bin = GE_HIGHEST_BIN,
						 .high_bin = GE_LOWEST_BIN};
	double *encodings[GE_MAX_FINISHES], unseen[GE_MAX_FINISHES];
	BenchClock finish = {0, 0}, start;
	GeTargetTotals totals;
	GeTarget *target;
	GeError error;
	uint64_t i;

	for (i = 0; i < finishes.n_finishes; i++)
	{
		spec.accumulators |= ge_finish_needs(&finishes.finishes[i], false);
		encodings[i] = bench_allocate(options->n_batch * sizeof **encodings);
	}
	spec.n_categories = backend->dictionary.size(column->dictionary);
	for (i = 0; i < options->n_rows; i++)
		ge_bins_touched_double(targets[i], &spec.low_bin, &spec.high_bin);
	ge_folds_init(&spec.folds, options->split, options->n_rows, options->n_folds, 42);
	check(backend->target.create(context, &spec, &target, &error), &error);
	print_clock("target_add", options->n_rows,
				run_batches(options, target, column, targets, NULL));
	start = start_clock();
	check(backend->target.finish(target, &finishes, &totals, unseen, &error), &error);
	add_clock(&finish, start);
	print_clock("  target_finish", options->n_rows, finish);
	print_clock("  target_rows", options->n_rows,
				run_batches(options, target, column, targets, encodings));
	backend->target.free(target);
	for (i = 0; i < finishes.n_finishes; i++)
		free(encodings[i]);
}

int
main(int argc, char **argv)
{
	BenchOptions options;
	GeContextOptions context_options = {
		.abi = GE_BACKEND_ABI, .device = -1, .hash_seed = 42, .hash_mask = ~UINT64_C(0)};
	BenchColumn columns[MAX_COLUMNS];
	struct rusage usage;
	GeContext *context;
	GeTraits traits;
	GeError error;
	double *targets;

	if (!bench_options_read(&options, argc, argv))
		return 1;
	context_options.threads = options.n_threads;
	check(backend->open(&context_options, &context, &traits, &error), &error);
	open_columns(&options, context, columns);
	bench_add(&options, context, columns);
	targets = bench_targets(&options);
	for (uint32_t c = 0; c < options.n_columns; c++)
	{
		bench_sort(&columns[c]);
		bench_target(&options, context, &columns[c], targets);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("largest resident set: %ld MB\n", usage.ru_maxrss / 1024);
	for (uint32_t c = 0; c < options.n_columns; c++)
		backend->dictionary.free(columns[c].dictionary);
	backend->close(context);
	return 0;
}
