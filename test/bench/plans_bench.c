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
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plans_job.h"

#define MOST_ROUNDS 99

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
	make_rows(bench);
	memset(bench->ids, 1, bench->n_rows * sizeof(uint32_t));
	memset(bench->encodings, 1, bench->n_rows * sizeof(double));
	for (i = 0; i < n_rounds; i++)
	{
		Outcome unlimited = run_job(bench, 0), limited = run_job(bench, limit);

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
