/*
 * plans_bench.c: a whole job through the CUDA backend's operations, from and to host
 * memory, with and without a limit on device memory; no server.
 *
 *   plans_bench [--library PATH] [--rows N] [--limit MB] [--directory DIR]
 *               [--rounds N] [DISTINCT...]
 *
 * Rows are 12-byte strings drawn from so many distinct ones, with float8 targets, in
 * batches as a reader makes them.  Read: ids of all rows.  Sort: categories in order.
 * Fit: 5 interleaved folds, every statistic fetched.  Rows: the encoding of each row.
 * Each number of distinct strings is done without a limit and with it (2048 MB), in turn,
 * N times (3), and the medians are compared; label codes and encodings of all rows must
 * be the same bits each time.
 * Free memory is touched before each (touch_memory.h).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend.h"
#include "touch_memory.h"

#define STRING_BYTES 12
#define BATCH 65536u
#define ROWS_BETWEEN_FLUSHES 4194304u
#define N_FOLDS 5
#define N_THREADS 16
#define STATISTICS 65536u
#define MOST_ROUNDS 99

typedef struct Bench
{
	const GeBackend *backend;
	const char *directory;
	uint64_t n_rows;
	uint32_t n_distinct;
	uint8_t *bytes;
	double *targets;
	uint32_t *offsets; /* of a batch: all are alike */
	uint32_t *ids;
	double *encodings;
	uint32_t *sorted;
	uint32_t *ranks; /* by id */
} Bench;

typedef struct Outcome
{
	double read, sort, fit, statistics, rows;
	uint32_t n;
	uint64_t codes, encodings; /* digests */
} Outcome;

static GeError error;

static void
must(GeStatus status, const char *what)
{
	if (status == GE_OK)
		return;
	fprintf(stderr, "plans_bench: %s: %s\n", what, error.message);
	exit(1);
}

static void *
allocate(uint64_t bytes)
{
	void *data = malloc(bytes);

	if (data == NULL)
	{
		fprintf(stderr, "plans_bench: out of memory\n");
		exit(1);
	}
	return data;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* A stretch of the rows, worked on by one thread. */
typedef struct Part
{
	Bench *bench;
	uint64_t first, end;
	uint64_t codes, encodings;
} Part;

static void *
make_part(void *arg)
{
	const Part *part = arg;
	Bench *bench = part->bench;

	for (uint64_t i = part->first; i < part->end; i++)
	{
		uint64_t h = ge_splitmix64_mix((i + 1) * UINT64_C(0x9E3779B97F4A7C15));
		uint32_t value = (uint32_t) (((h >> 32) * bench->n_distinct) >> 32) * 2654435761u;
		uint8_t *text = bench->bytes + i * STRING_BYTES;

		text[0] = 'u';
		text[1] = '_';
		for (int digit = STRING_BYTES - 1; digit > 1; digit--, value /= 10)
			text[digit] = (uint8_t) ('0' + value % 10);
		bench->targets[i] = (double) (ge_splitmix64_mix(h) >> 11) * 0x1p-53;
	}
	return NULL;
}

static void *
digest_part(void *arg)
{
	Part *part = arg;
	const Bench *bench = part->bench;

	for (uint64_t i = part->first; i < part->end; i++)
	{
		uint64_t bits;

		memcpy(&bits, &bench->encodings[i], sizeof bits);
		part->codes += ge_splitmix64_mix(i * 31 + bench->ranks[bench->ids[i]]);
		part->encodings += ge_splitmix64_mix(i * 31 + bits);
	}
	return NULL;
}

static void
run_parts(Bench *bench, void *(*run)(void *), Outcome *outcome)
{
	pthread_t threads[N_THREADS];
	Part parts[N_THREADS];

	for (int t = 0; t < N_THREADS; t++)
	{
		parts[t] = (Part){.bench = bench,
						  .first = bench->n_rows * (uint64_t) t / N_THREADS,
						  .end = bench->n_rows * (uint64_t) (t + 1) / N_THREADS};
		if (pthread_create(&threads[t], NULL, run, &parts[t]) != 0)
			exit(1);
	}
	for (int t = 0; t < N_THREADS; t++)
	{
		pthread_join(threads[t], NULL);
		if (outcome == NULL)
			continue;
		outcome->codes += parts[t].codes;
		outcome->encodings += parts[t].encodings;
	}
}

static uint32_t
batch_rows(const Bench *bench, uint64_t first)
{
	return bench->n_rows - first < BATCH ? (uint32_t) (bench->n_rows - first) : BATCH;
}

static void
read_rows(Bench *bench, GeContext *context, GeDictionary *dictionary)
{
	uint64_t first, since = 0;

	for (first = 0; first < bench->n_rows; first += BATCH)
	{
		GeKeys keys = {.kind = GE_KEY_BYTES,
					   .n_rows = batch_rows(bench, first),
					   .offsets = bench->offsets,
					   .bytes = bench->bytes + first * STRING_BYTES};
		uint32_t *ids = bench->ids + first;

		must(bench->backend->dictionary_add(context, 1, &dictionary, &keys, &ids, &error),
			 "add");
		since += keys.n_rows;
		if (since < ROWS_BETWEEN_FLUSHES || !bench->backend->flush_is_cheap(context))
			continue;
		must(bench->backend->flush(context, &error), "flush");
		since = 0;
	}
	must(bench->backend->flush(context, &error), "flush");
}

static GeTargetRows
rows_of(const Bench *bench, uint64_t first)
{
	return (GeTargetRows){.first_ordinal = first,
						  .n_rows = batch_rows(bench, first),
						  .id_width = 4,
						  .ids = bench->ids + first,
						  .float_targets = bench->targets + first};
}

static GeTarget *
fit(Bench *bench, GeContext *context, uint32_t n)
{
	GeTargetSpec spec = {.kind = GE_TARGET_FLOAT64,
						 .n_categories = n,
						 .low_bin = -2,
						 .high_bin = -1,
						 .smooth = 0.001};
	GeTargetTotals totals;
	GeTarget *target;
	uint64_t first;

	ge_folds_init(&spec.folds, GE_SPLIT_INTERLEAVED, bench->n_rows, N_FOLDS, 0);
	must(bench->backend->target_create(context, &spec, &target, &error), "target");
	for (first = 0; first < bench->n_rows; first += BATCH)
	{
		GeTargetRows rows = rows_of(bench, first);

		must(bench->backend->target_add(target, &rows, &error), "target add");
	}
	must(bench->backend->target_finish(target, &totals, &error), "finish");
	return target;
}

static void
fetch_statistics(Bench *bench, GeTarget *target, uint32_t n)
{
	GeTargetStatistics block = {.n_rows = allocate(STATISTICS * sizeof(uint64_t)),
								.n_target = allocate(STATISTICS * sizeof(uint64_t)),
								.digits = allocate(STATISTICS * 4 * sizeof(int64_t)),
								.encoding = allocate(STATISTICS * sizeof(double))};
	uint64_t first, total = (uint64_t) n + 1;

	for (first = 0; first < total; first += STATISTICS)
		must(bench->backend->target_statistics(
				 target, (uint32_t) first,
				 (uint32_t) (total - first < STATISTICS ? total - first : STATISTICS),
				 &block, &error),
			 "statistics");
	free(block.n_rows);
	free(block.n_target);
	free(block.digits);
	free(block.encoding);
}

static void
encode_rows(Bench *bench, GeTarget *target)
{
	for (uint64_t first = 0; first < bench->n_rows; first += BATCH)
	{
		GeTargetRows rows = rows_of(bench, first);

		must(bench->backend->target_rows(target, &rows, bench->encodings + first, &error),
			 "rows");
	}
}

static Outcome
run(Bench *bench, uint64_t limit)
{
	GeContextOptions options = {.abi = GE_BACKEND_ABI,
								.threads = (int32_t) sysconf(_SC_NPROCESSORS_ONLN),
								.device = -1,
								.memory_limit = limit,
								.temp_directory = bench->directory,
								.hash_seed = 12345,
								.hash_mask = ~UINT64_C(0)};
	const GeBackend *backend = bench->backend;
	Outcome outcome = {0};
	GeContext *context;
	GeDictionary *dictionary;
	GeTarget *target;
	double at[6];

	ge_touch_free_memory();
	must(backend->open(&options, &context, &error), "open");
	must(backend->dictionary_create(context, GE_KEY_BYTES, &dictionary, &error),
		 "dictionary");
	at[0] = now();
	read_rows(bench, context, dictionary);
	outcome.n = backend->dictionary_size(dictionary);
	at[1] = now();
	must(backend->dictionary_sort(dictionary, 1, outcome.n, bench->sorted, &error),
		 "sort");
	at[2] = now();
	target = fit(bench, context, outcome.n);
	at[3] = now();
	fetch_statistics(bench, target, outcome.n);
	at[4] = now();
	encode_rows(bench, target);
	at[5] = now();
	outcome.read = at[1] - at[0];
	outcome.sort = at[2] - at[1];
	outcome.fit = at[3] - at[2];
	outcome.statistics = at[4] - at[3];
	outcome.rows = at[5] - at[4];
	backend->target_free(target);
	backend->dictionary_free(dictionary);
	backend->close(context);
	for (uint32_t i = 0; i < outcome.n; i++)
		bench->ranks[bench->sorted[i]] = i;
	run_parts(bench, digest_part, &outcome);
	return outcome;
}

static double
report(const char *name, const Outcome *o)
{
	double all = o->read + o->sort + o->fit + o->statistics + o->rows;

	printf("%-10s %9u distinct: read %6.3f sort %6.3f fit %6.3f statistics %6.3f rows "
		   "%6.3f all %7.3f s\n",
		   name, o->n, o->read, o->sort, o->fit, o->statistics, o->rows, all);
	fflush(stdout);
	return all;
}

static int
compare_seconds(const void *a, const void *b)
{
	double x = *(const double *) a, y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median(double *seconds, uint32_t n)
{
	qsort(seconds, n, sizeof *seconds, compare_seconds);
	return n % 2 == 1 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2;
}

/* One number of distinct strings; false: results differ. */
static bool
compare(Bench *bench, uint32_t n_distinct, uint64_t limit, uint32_t n_rounds)
{
	double unlimited_seconds[MOST_ROUNDS], limited_seconds[MOST_ROUNDS];
	bool same = true;
	uint32_t i;

	bench->n_distinct = n_distinct;
	bench->sorted = allocate(((uint64_t) n_distinct + 1) * sizeof(uint32_t));
	bench->ranks = allocate(((uint64_t) n_distinct + 1) * sizeof(uint32_t));
	run_parts(bench, make_part, NULL);
	memset(bench->ids, 1, bench->n_rows * sizeof(uint32_t));
	memset(bench->encodings, 1, bench->n_rows * sizeof(double));
	for (i = 0; i < n_rounds; i++)
	{
		Outcome unlimited = run(bench, 0), limited = run(bench, limit);

		unlimited_seconds[i] = report("unlimited", &unlimited);
		limited_seconds[i] = report("limited", &limited);
		same = same && unlimited.n == limited.n && unlimited.codes == limited.codes &&
			   unlimited.encodings == limited.encodings;
	}
	printf("%u distinct: %.2f times, %s\n", n_distinct,
		   median(limited_seconds, n_rounds) / median(unlimited_seconds, n_rounds),
		   same ? "the same bits" : "DIFFERENT RESULTS");
	free(bench->sorted);
	free(bench->ranks);
	return same;
}

static const GeBackend *
load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	GeBackendEntry entry;
	void *symbol = library != NULL ? dlsym(library, GE_CUDA_BACKEND_SYMBOL) : NULL;

	if (symbol == NULL)
	{
		fprintf(stderr, "plans_bench: %s\n", dlerror());
		exit(1);
	}
	memcpy(&entry, &symbol, sizeof entry);
	return entry();
}

int
main(int argc, char **argv)
{
	const char *path = "./gpu_encode_cuda.so";
	uint32_t distinct[16] = {1000, 1000000, 50000000}, n_distinct = 3, n = 0;
	uint32_t n_rounds = 3, i;
	uint64_t limit = UINT64_C(2048) << 20;
	Bench bench = {.n_rows = 200000000};
	bool same = true;

	for (int a = 1; a < argc; a++)
		if (strcmp(argv[a], "--library") == 0 && a + 1 < argc)
			path = argv[++a];
		else if (strcmp(argv[a], "--rows") == 0 && a + 1 < argc)
			bench.n_rows = strtoull(argv[++a], NULL, 10);
		else if (strcmp(argv[a], "--limit") == 0 && a + 1 < argc)
			limit = strtoull(argv[++a], NULL, 10) << 20;
		else if (strcmp(argv[a], "--directory") == 0 && a + 1 < argc)
			bench.directory = argv[++a];
		else if (strcmp(argv[a], "--rounds") == 0 && a + 1 < argc)
			n_rounds = (uint32_t) strtoul(argv[++a], NULL, 10);
		else if (n < 16)
			n_distinct = n + 1, distinct[n++] = (uint32_t) strtoul(argv[a], NULL, 10);
	if (n_rounds < 1 || n_rounds > MOST_ROUNDS)
	{
		fprintf(stderr, "plans_bench: --rounds takes 1 to %d\n", MOST_ROUNDS);
		return 3;
	}
	bench.backend = load(path);
	bench.bytes = allocate(bench.n_rows * STRING_BYTES + 16);
	bench.targets = allocate(bench.n_rows * sizeof(double));
	bench.ids = allocate(bench.n_rows * sizeof(uint32_t));
	bench.encodings = allocate(bench.n_rows * sizeof(double));
	bench.offsets = allocate((BATCH + 1) * sizeof(uint32_t));
	for (i = 0; i <= BATCH; i++)
		bench.offsets[i] = i * STRING_BYTES;
	for (i = 0; i < n_distinct; i++)
		same = compare(&bench, distinct[i], limit, n_rounds) && same;
	return same ? 0 : 1;
}
