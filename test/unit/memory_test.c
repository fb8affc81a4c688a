/*
 * memory_test.c: without memory the CPU backend says so, whichever allocation fails.
 *
 * The linker turns every call of malloc, calloc, realloc and mmap into one of the
 * functions here (Makefile).  A job that uses everything is run again and again: first
 * its first allocation fails, then its second, and so on until it succeeds.  A leak or a
 * wrong access on the way is found by the sanitizer.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu/dictionary.h"
#include "cpu/target.h"
#include "key_column.h"
#include "support.h"
#include "tap.h"

static atomic_long countdown; /* allocations until one fails; 0: none does */

static bool
is_failing(void)
{
	return countdown > 0 && atomic_fetch_sub(&countdown, 1) == 1;
}

extern void *__real_malloc(size_t size);
extern void *__real_calloc(size_t count, size_t size);
extern void *__real_realloc(void *block, size_t size);
extern void *__real_mmap(void *address, size_t size, int protection, int flags, int file,
						 off_t offset);
extern void *__wrap_malloc(size_t size);
extern void *__wrap_calloc(size_t count, size_t size);
extern void *__wrap_realloc(void *block, size_t size);
extern void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file,
						 off_t offset);

void *
__wrap_malloc(size_t size)
{
	return is_failing() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return is_failing() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *block, size_t size)
{
	return is_failing() ? NULL : __real_realloc(block, size);
}

void *
__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
	return is_failing() ? MAP_FAILED
						: __real_mmap(address, size, protection, flags, file, offset);
}

/* Keys to sorted keys; long keys, so that the arena is used, and enough to grow. */
static GeStatus
run_dictionary(GeContext *context, const KeyColumn *column, uint32_t *ids, GeError *error)
{
	const GeBackend *backend = &ge_cpu_backend;
	GeDictionary *dictionary = NULL;
	GeStatus status;

	status = backend->dictionary.create(context, column->keys.kind, &dictionary, error);
	if (status == GE_OK)
		status =
			backend->dictionary.add(context, 1, &dictionary, &column->keys, &ids, error);
	if (status == GE_OK)
		status = backend->dictionary.sort(
			dictionary, 1, backend->dictionary.size(dictionary), ids, error);
	backend->dictionary.free(dictionary);
	return status;
}

static GeStatus
run_target(GeContext *context, const GeTargetSpec *spec, const GeTargetWay *way,
		   const GeTargetRows *rows, double *encodings, GeError *error)
{
	const GeBackend *backend = &ge_cpu_backend;
	GeTarget *target = NULL;
	GeStatus status = ge_target_create(context, spec, way, &target, error);

	if (status == GE_OK)
		status = backend->target.add(target, rows, error);
	if (status == GE_OK)
		status = test_finish(backend, target, 0, true, error);
	if (status == GE_OK)
		status = backend->target.rows(target, rows, &encodings, error);
	backend->target.free(target);
	return status;
}

#define N_ROWS 40000

/* All that the job reads and writes. */
typedef struct Job
{
	KeyColumn *column;
	uint32_t *ids;
	uint32_t *folds;
	uint32_t *places;
	uint32_t *visible;
	double *small_targets;
	double *targets;
	uint8_t *is_null;
	double *encodings;
	GeTargetSpec spec;
} Job;

static GeStatus
run_job(const Job *job, GeError *error)
{
	GeContextOptions options = test_options(2);
	GeTargetRows rows = {.n_rows = N_ROWS,
						 .id_width = 4,
						 .ids = job->ids,
						 .folds = job->folds,
						 .places = job->places,
						 .visible = job->visible,
						 .float_targets = job->targets,
						 .target_is_null = job->is_null};
	GeContext *context;
	GeTraits traits;
	GeTargetSpec few = job->spec, ordered = job->spec;
	GeStatus status = ge_cpu_backend.open(&options, &context, &traits, error);

	if (status != GE_OK)
		return status;
	status = run_dictionary(context, job->column, job->ids, error);
	memset(job->ids, 0, N_ROWS * sizeof *job->ids);
	if (status == GE_OK)
		status =
			run_target(context, &job->spec, &ge_dense_way, &rows, job->encodings, error);
	if (status == GE_OK)
		status =
			run_target(context, &job->spec, &ge_sorted_way, &rows, job->encodings, error);
	ge_folds_init(&ordered.folds, GE_SPLIT_ORDERED, N_ROWS, 0, 0);
	if (status == GE_OK)
		status =
			run_target(context, &ordered, &ge_ordered_way, &rows, job->encodings, error);
	/* few cells: each thread has its own */
	few.n_categories = 3;
	rows.float_targets = job->small_targets;
	if (status == GE_OK)
		status = run_target(context, &few, &ge_dense_way, &rows, job->encodings, error);
	ge_cpu_backend.close(context);
	return status;
}

static void
test_each_allocation(void)
{
	Job job = {.column = key_column_make(KEYS_LONG_PREFIX, N_ROWS, 3000, false, 1)};
	bool all_said_so = true;
	GeStatus status;
	GeError error;
	long failing;
	uint32_t i;

	job.ids = test_alloc(N_ROWS, sizeof *job.ids);
	job.folds = test_alloc(N_ROWS, sizeof *job.folds);
	job.places = test_alloc(N_ROWS, sizeof *job.places);
	job.visible = test_alloc(N_ROWS, sizeof *job.visible);
	job.small_targets = test_alloc(N_ROWS, sizeof(double));
	job.targets = test_alloc(N_ROWS, sizeof(double));
	job.is_null = test_alloc(N_ROWS, 1);
	job.encodings = test_alloc(N_ROWS, sizeof(double));
	for (i = 0; i < N_ROWS; i++)
	{
		job.folds[i] = i % 4;
		job.targets[i] = 4e9;
		job.places[i] = N_ROWS - 1 - i;
		job.visible[i] = job.places[i] / (1 + i % 2); /* not in the order of places */
	}
	job.spec = (GeTargetSpec){.accumulators = MEAN_ACCUMULATORS,
							  .kind = GE_TARGET_FLOAT64,
							  .n_categories = 200000};
	ge_folds_init(&job.spec.folds, GE_SPLIT_CUSTOM, N_ROWS, 4, 0);
	for (failing = 1;; failing++)
	{
		memset(&error, 0, sizeof error);
		countdown = failing;
		status = run_job(&job, &error);
		if (countdown > 0)
			break;
		all_said_so &= status == GE_OUT_OF_MEMORY && error.status == status &&
					   strstr(error.message, "out of host memory") != NULL;
	}
	countdown = 0;
	tap_ok(all_said_so, "each of %ld failing allocations is reported", failing - 1);
	tap_ok(failing > 30 && status == GE_OK, "with all of them the job succeeds");
	key_column_free(job.column);
	free(job.ids);
	free(job.folds);
	free(job.places);
	free(job.visible);
	free(job.small_targets);
	free(job.targets);
	free(job.is_null);
	free(job.encodings);
}

static void
test_impossible_sizes(void)
{
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	GeTargetSpec spec = {.kind = GE_TARGET_INT64, .n_categories = GE_MAX_CATEGORIES};
	GeTarget *target;
	GeError error;

	ge_folds_init(&spec.folds, GE_SPLIT_INTERLEAVED, UINT64_C(1) << 60, UINT32_MAX, 0);
	tap_ok(ge_cpu_backend.target.create(context, &spec, &target, &error) ==
				   GE_OUT_OF_MEMORY &&
			   target == NULL,
		   "2^63 cells: %s", error.message);
	ge_folds_init(&spec.folds, GE_SPLIT_NONE, UINT64_C(1) << 60, 0, 0);
	spec.low_bin = GE_LOWEST_BIN;
	spec.high_bin = GE_HIGHEST_BIN;
	tap_ok(ge_cpu_backend.target.create(context, &spec, &target, &error) ==
				   GE_OUT_OF_MEMORY &&
			   target == NULL,
		   "2^31 cells of 66 bins: %s", error.message);
	ge_cpu_backend.close(context);
}

/* A dictionary that is full but for one category, by saying so. */
static void
test_too_many_categories(void)
{
	static const int64_t values[] = {1, 2};
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	GeKeys keys = {.kind = GE_KEY_INT64, .n_rows = 2, .values = values};
	uint32_t ids[2], *into = ids;
	GeDictionary *dictionary;
	GeError error;

	if (ge_cpu_backend.dictionary.create(context, GE_KEY_INT64, &dictionary, &error) ==
		GE_OK)
	{
		dictionary->size = GE_MAX_CATEGORIES;
		tap_ok(ge_cpu_backend.dictionary.add(context, 1, &dictionary, &keys, &into,
											 &error) == GE_TOO_MANY_CATEGORIES,
			   "too many categories: %s", error.message);
		ge_cpu_backend.dictionary.free(dictionary);
	}
	ge_cpu_backend.close(context);
}

int
main(void)
{
	test_each_allocation();
	test_impossible_sizes();
	test_too_many_categories();
	return tap_done();
}
