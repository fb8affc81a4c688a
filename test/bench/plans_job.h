/*
 * plans_job.h: the rows of plans_bench, and the job that is done with them.
 */
#ifndef GE_PLANS_JOB_H
#define GE_PLANS_JOB_H

#include <stdint.h>

#include "backend/backend.h"

#define STRING_BYTES 12
#define BATCH 65536u

/* Arrays of n_rows, but where said. */
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

/* Seconds of each stage, and what came of it. */
typedef struct Outcome
{
	double read, sort, fit, statistics, rows;
	uint32_t n;
	uint64_t codes, encodings; /* digests */
} Outcome;

/* malloc that does not fail. */
void *allocate(uint64_t bytes);
/* Bytes and targets of rows with bench->n_distinct strings. */
void make_rows(Bench *bench);
/* The whole job, within `limit` bytes of device memory (0: no limit); ends the program
 * when an operation fails. */
Outcome run_job(Bench *bench, uint64_t limit);

#endif /* GE_PLANS_JOB_H */
