/*
 * plans_job.c: the rows of plans_bench, and the job that is done with them.
 */
#define _GNU_SOURCE
#include "plans_job.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "touch_memory.h"

#define ROWS_BETWEEN_FLUSHES 4194304u
#define N_FOLDS 5
#define N_THREADS 16
#define STATISTICS 65536u

static GeError error;

static void
must(GeStatus status, const char *what)
{
	if (status == GE_OK)
		return;
	fprintf(stderr, "plans_bench: %s: %s\n", what, error.message);
	exit(1);
}

void *
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

void
make_rows(Bench *bench)
{
	run_parts(bench, make_part, NULL);
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

Outcome
run_job(Bench *bench, uint64_t limit)
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
