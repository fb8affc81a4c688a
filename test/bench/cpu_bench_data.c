/*
 * cpu_bench_data.c: keys and targets by a seeded generator.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu_bench.h"

void *
bench_allocate(size_t size)
{
	void *block = malloc(size);

	if (block == NULL)
	{
		fprintf(stderr, "cpu_bench: cannot allocate %zu bytes\n", size);
		exit(1);
	}
	return block;
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

void
bench_column_make(const BenchOptions *options, BenchColumn *column, uint32_t c,
				  uint64_t first, uint32_t n)
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

void
bench_column_create(const BenchOptions *options, BenchColumn *column)
{
	memset(column, 0, sizeof *column);
	column->keys.kind = strcmp(options->keys, "int") == 0 ? GE_KEY_INT64 : GE_KEY_BYTES;
	column->values = bench_allocate(options->n_batch * sizeof *column->values);
	column->offsets = bench_allocate((options->n_batch + 1) * sizeof *column->offsets);
	column->bytes = bench_allocate((size_t) options->n_batch * 64);
	column->ids = bench_allocate(options->n_rows * sizeof *column->ids);
	memset(column->ids, 0, options->n_rows * sizeof *column->ids);
	column->keys.values = column->values;
	column->keys.offsets = column->offsets;
	column->keys.bytes = column->bytes;
}

double *
bench_targets(const BenchOptions *options)
{
	double *targets = bench_allocate(options->n_rows * sizeof *targets);
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
