/*
 * devices_bench_data.c: texts and targets, made by all processors.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices_bench.h"

#define N_FOLDS 5

BenchData data;

static void *
must_allocate(uint64_t bytes)
{
	void *memory = malloc(bytes);

	if (memory == NULL)
	{
		fprintf(stderr, "devices_bench: no memory for %llu bytes\n",
				(unsigned long long) bytes);
		exit(3);
	}
	return memory;
}

typedef struct Share
{
	uint64_t first, end; /* batches */
	pthread_t thread;
} Share;

static void
write_text(uint8_t *text, uint64_t number)
{
	text[0] = 'k';
	for (int i = WIDTH - 1; i > 0; i--, number /= 10)
		text[i] = (uint8_t) ('0' + number % 10);
}

static void
make_batch(uint64_t batch)
{
	uint64_t first = batch * data.batch, end = first + data.batch;

	if (end > data.n_rows)
		end = data.n_rows;
	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];
		uint32_t *offsets = column->offsets + batch * (data.batch + 1);

		offsets[0] = 0;
		for (uint64_t i = first; i < end; i++)
		{
			uint64_t number = ge_splitmix64_mix(i * MOST_COLUMNS + (uint64_t) c);

			write_text(column->bytes + i * WIDTH, number % data.distinct);
			offsets[i - first + 1] = (uint32_t) (i - first + 1) * WIDTH;
			column->ids[i] = 0;
		}
	}
	for (uint64_t i = first; i < end; i++)
		data.targets[i] = (double) (ge_splitmix64_mix(i) >> 11) * 0x1p-53;
}

static void *
make_share(void *arg)
{
	const Share *share = arg;

	for (uint64_t batch = share->first; batch < share->end; batch++)
		make_batch(batch);
	return NULL;
}

void
make_data(void)
{
	uint64_t n_batches = (data.n_rows + data.batch - 1) / data.batch;
	int n = (int) sysconf(_SC_NPROCESSORS_ONLN);
	Share *shares = must_allocate(sizeof *shares * (uint64_t) n);

	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];

		column->bytes = must_allocate(data.n_rows * WIDTH + 64);
		column->offsets = must_allocate(n_batches * (data.batch + 1) * sizeof(uint32_t));
		column->ids = must_allocate(data.n_rows * sizeof(uint32_t));
		column->order = must_allocate((data.distinct + 1) * sizeof(uint32_t));
		column->rank = must_allocate((data.distinct + 1) * sizeof(uint32_t));
		column->encodings = must_allocate(STRETCH_ROWS * sizeof(double));
		memset(column->order, 0, (data.distinct + 1) * sizeof(uint32_t));
		memset(column->rank, 0, (data.distinct + 1) * sizeof(uint32_t));
		memset(column->encodings, 0, STRETCH_ROWS * sizeof(double));
	}
	data.targets = must_allocate(data.n_rows * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		shares[i].first = n_batches * (uint64_t) i / (uint64_t) n;
		shares[i].end = n_batches * ((uint64_t) i + 1) / (uint64_t) n;
		if (pthread_create(&shares[i].thread, NULL, make_share, &shares[i]) != 0)
			exit(3);
	}
	for (int i = 0; i < n; i++)
		pthread_join(shares[i].thread, NULL);
	free(shares);
	ge_folds_init(&data.folds, GE_SPLIT_INTERLEAVED, data.n_rows, N_FOLDS, 0);
}
