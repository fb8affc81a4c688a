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

#include "backend/backend.h"
#include "backend/finish.h"
#include "cpu_bench_stats.h"

#define MAX_COLUMNS 8

/* What to measure, as the command line gives it. */
typedef struct BenchOptions
{
	uint64_t n_rows;
	uint32_t n_batch; /* rows of one dictionary.add or target.add */
	int32_t n_threads;
	uint32_t n_folds;
	GeSplit split;
	const char *target; /* binary, cents, normal */
	const char *keys;	/* text, long, int */
	const BenchStats *stats;
	uint32_t n_columns;
	uint64_t n_distinct[MAX_COLUMNS];
} BenchOptions;

/* One column: its keys by row, and the ids they get. */
typedef struct BenchColumn
{
	GeKeys keys;
	int64_t *values;
	uint32_t *offsets; /* of the keys of a batch */
	uint8_t *bytes;	   /* of a batch */
	uint32_t *ids;	   /* of all rows */
	GeDictionary *dictionary;
} BenchColumn;

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

static void *
allocate(size_t size)
{
	void *block = malloc(size);

	if (block == NULL)
	{
		fprintf(stderr, "cpu_bench: cannot allocate %zu bytes\n", size);
		exit(1);
	}
	return block;
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

/* The category of a row: uniform, by a mixed row number. */
static uint64_t
category_of(uint64_t row, uint32_t column, uint64_t n_distinct)
{
	uint64_t mixed = ge_splitmix64_mix((row + 1) * UINT64_C(0x9E3779B97F4A7C15) + column);

	return (uint64_t) ((unsigned __int128) mixed * n_distinct >> 64);
}

/* The bytes of a category's key; returns how many. */
static uint32_t
write_key(const BenchOptions *options, uint64_t category, uint8_t *bytes)
{
	const char *format = strcmp(options->keys, "long") == 0
							 ? "https://example.com/a/rather/long/path/%llu"
							 : "user_%llu";

	return (uint32_t) sprintf((char *) bytes, format, (unsigned long long) category);
}

/* The keys of rows first..first+n-1 of a column. */
static void
make_batch(const BenchOptions *options, BenchColumn *column, uint32_t c, uint64_t first,
		   uint32_t n)
{
	uint32_t i, end = 0;

	for (i = 0; i < n; i++)
	{
		uint64_t category = category_of(first + i, c, options->n_distinct[c]);

		if (column->keys.kind == GE_KEY_INT64)
			column->values[i] = (int64_t) (category * UINT64_C(1000003)) - 500000;
		else
		{
			column->offsets[i] = end;
			end += write_key(options, category, column->bytes + end);
		}
	}
	column->offsets[n] = end;
	column->keys.n_rows = n;
}

static void
open_columns(const BenchOptions *options, GeContext *context, BenchColumn *columns)
{
	GeError error;
	uint32_t c;

	for (c = 0; c < options->n_columns; c++)
	{
		BenchColumn *column = &columns[c];

		memset(column, 0, sizeof *column);
		column->keys.kind =
			strcmp(options->keys, "int") == 0 ? GE_KEY_INT64 : GE_KEY_BYTES;
		column->values = allocate(options->n_batch * sizeof *column->values);
		column->offsets = allocate((options->n_batch + 1) * sizeof *column->offsets);
		column->bytes = allocate((size_t) options->n_batch * 64);
		column->ids = allocate(options->n_rows * sizeof *column->ids);
		memset(column->ids, 0, options->n_rows * sizeof *column->ids);
		column->keys.values = column->values;
		column->keys.offsets = column->offsets;
		column->keys.bytes = column->bytes;
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
			make_batch(options, &columns[c], c, first, n);
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
	uint32_t *ids = allocate((n + 1) * sizeof *ids);
	BenchClock sum = {0, 0}, start = start_clock();
	char label[64];
	GeError error;

	check(backend->dictionary.sort(column->dictionary, 1, n, ids, &error), &error);
	add_clock(&sum, start);
	snprintf(label, sizeof label, "dictionary_sort of %u", n);
	print_clock(label, n, sum);
	free(ids);
}

static double *
make_targets(const BenchOptions *options)
{
	double *targets = allocate(options->n_rows * sizeof *targets);
	uint64_t i;

	for (i = 0; i < options->n_rows; i++)
	{
		uint64_t mixed = ge_splitmix64_mix(i + 99);
		double uniform = (double) (mixed >> 11) * 0x1p-53;

		if (strcmp(options->target, "binary") == 0)
			targets[i] = (double) (mixed & 1);
		else if (strcmp(options->target, "cents") == 0)
			targets[i] = (double) (mixed % 1000000) / 100;
		else
			targets[i] = (uniform - 0.5) * (uniform - 0.5) * 1e3;
	}
	return targets;
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
	const GeFinishSpec finishes = options->stats->spec;
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
		encodings[i] = allocate(options->n_batch * sizeof **encodings);
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

static void
print_usage(void)
{
	puts("usage: cpu_bench [--rows N] [--distinct N,N,...] [--threads N] [--batch N]\n"
		 "                 [--keys text|long|int] [--target binary|cents|normal]\n"
		 "                 [--folds N] [--split interleaved|contiguous|random]\n"
		 "                 [--stats mean|auto|five|median]");
}

static void
read_distinct(BenchOptions *options, char *list)
{
	char *item;

	options->n_columns = 0;
	for (item = strtok(list, ","); item != NULL && options->n_columns < MAX_COLUMNS;
		 item = strtok(NULL, ","))
		options->n_distinct[options->n_columns++] = strtoull(item, NULL, 10);
}

/* False: an option is not known. */
static bool
read_option(BenchOptions *options, const char *name, char *value)
{
	if (strcmp(name, "--rows") == 0)
		options->n_rows = strtoull(value, NULL, 10);
	else if (strcmp(name, "--distinct") == 0)
		read_distinct(options, value);
	else if (strcmp(name, "--threads") == 0)
		options->n_threads = atoi(value);
	else if (strcmp(name, "--batch") == 0)
		options->n_batch = (uint32_t) strtoul(value, NULL, 10);
	else if (strcmp(name, "--keys") == 0)
		options->keys = value;
	else if (strcmp(name, "--target") == 0)
		options->target = value;
	else if (strcmp(name, "--folds") == 0)
		options->n_folds = (uint32_t) strtoul(value, NULL, 10);
	else if (strcmp(name, "--stats") == 0)
		return (options->stats = find_stats(value)) != NULL;
	else if (strcmp(name, "--split") == 0)
		options->split = strcmp(value, "contiguous") == 0 ? GE_SPLIT_CONTIGUOUS
						 : strcmp(value, "random") == 0	  ? GE_SPLIT_RANDOM
														  : GE_SPLIT_INTERLEAVED;
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	BenchOptions options = {.n_rows = 10000000,
							.n_batch = 65536,
							.n_threads = 1,
							.n_folds = 5,
							.split = GE_SPLIT_INTERLEAVED,
							.target = "binary",
							.keys = "text",
							.stats = all_stats,
							.n_columns = 3,
							.n_distinct = {64, 50000, 1000000}};
	GeContextOptions context_options = {
		.abi = GE_BACKEND_ABI, .device = -1, .hash_seed = 42, .hash_mask = ~UINT64_C(0)};
	BenchColumn columns[MAX_COLUMNS];
	struct rusage usage;
	GeContext *context;
	GeTraits traits;
	GeError error;
	double *targets;
	int i;

	for (i = 1; i + 1 < argc && read_option(&options, argv[i], argv[i + 1]); i += 2)
		;
	if (i < argc)
	{
		print_usage();
		return 1;
	}
	context_options.threads = options.n_threads;
	check(backend->open(&context_options, &context, &traits, &error), &error);
	open_columns(&options, context, columns);
	bench_add(&options, context, columns);
	targets = make_targets(&options);
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
