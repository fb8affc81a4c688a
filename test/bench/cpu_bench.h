/*
 * cpu_bench.h: what cpu_bench measures, and with which data.
 */
#ifndef GE_CPU_BENCH_H
#define GE_CPU_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"

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
	const GeFinishSpec *stats;
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

/* cpu_bench_options.c; false: the command line is wrong, and the usage was printed. */
extern bool bench_options_read(BenchOptions *options, int argc, char **argv);

/* cpu_bench_data.c */
extern void *bench_allocate(size_t size);
/* Room for the keys of a batch, and for the ids of all rows. */
extern void bench_column_create(const BenchOptions *options, BenchColumn *column);
/* The keys of rows first..first+n-1 of column number c. */
extern void bench_column_make(const BenchOptions *options, BenchColumn *column,
							  uint32_t c, uint64_t first, uint32_t n);
extern double *bench_targets(const BenchOptions *options);

#endif /* GE_CPU_BENCH_H */
