/*
 * devices_bench.h: the data of devices_bench, and its job.
 */
#ifndef GE_DEVICES_BENCH_H
#define GE_DEVICES_BENCH_H

#include "compute/fleet.h"

#define MOST_COLUMNS 64
#define WIDTH 12			 /* bytes of a text */
#define STRETCH_ROWS 1048576 /* as a session does (src/output/pages.c) */

typedef enum Step
{
	STEP_READ, /* texts into dictionaries, ids back */
	STEP_SORT,
	STEP_FIT,
	STEP_ROWS, /* out-of-fold encodings of all rows */
	N_STEPS
} Step;

typedef struct Column
{
	uint8_t *bytes;
	uint32_t *offsets; /* of each batch, from 0 */
	uint32_t *ids;
	GeDictionary *dictionary;
	uint32_t *order, *rank;
	GeTarget *target;
	double *encodings; /* of a stretch */
	uint64_t digest;
} Column;

typedef struct BenchData
{
	uint64_t n_rows, distinct, batch;
	int n_columns;
	Column columns[MOST_COLUMNS];
	double *targets;
	GeFolds folds;
} BenchData;

extern BenchData data;

/* A job on a backend. */
typedef struct Job
{
	const GeBackend *backend;
	GeContext *context;
	bool is_fleet;
	int n_devices;
	int member[MOST_COLUMNS];
	uint64_t first_row; /* of the stretch */
	uint64_t n_rows;
} Job;

/* Wall time, in seconds. */
extern double now(void);
/* Leave with the message if an operation failed. */
extern void must(GeStatus status, const GeError *error, const char *what);

/* devices_bench_data.c: the texts and targets, for the sizes that `data` has. */
extern void make_data(void);
/* devices_bench_job.c: the whole job; seconds of its steps, and a digest of its results. */
extern uint64_t run_job(Job *job, double *seconds);

#endif /* GE_DEVICES_BENCH_H */
