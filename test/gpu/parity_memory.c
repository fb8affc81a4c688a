/*
 * parity_memory.c: jobs under every limit of device memory, from one that no job fits.
 *
 * A job that fits is right; one that does not fit is refused as out of memory, with the
 * bytes needed and the bytes available, and its objects can then be freed.
 */
#include "parity_dictionary.h"
#include "parity_target.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_LIMIT (UINT64_C(64) << 10)
#define MOST_LIMIT (UINT64_C(256) << 20)

/* One job under one limit: GE_OK where it ran; *what says what is wrong, if anything. */
typedef GeStatus (*Attempt)(Parity *parity, GeContext *context, const void *job,
							const char **what, GeError *error);

/* Is this how a job is refused? */
static bool
is_refusal(GeStatus status, const GeError *error)
{
	unsigned long long needed, available;
	const char *at = strstr(error->message, "memory");

	return status == GE_OUT_OF_MEMORY && at != NULL && (at = strchr(at, ':')) != NULL &&
		   sscanf(at, ": %llu bytes needed", &needed) == 1 &&
		   (at = strstr(error->message, "needed")) != NULL &&
		   (at = strchr(at, ',')) != NULL &&
		   sscanf(at, ", %llu available", &available) == 1;
}

/* The least limit is too small, the largest is enough. */
static void
check_limits(Parity *parity, const char *job_name, Attempt attempt, const void *job)
{
	uint64_t limit;
	uint32_t n_refused = 0, n_right = 0;

	for (limit = LEAST_LIMIT; limit <= MOST_LIMIT; limit += limit / 2)
	{
		GeContext *context = parity_open(parity->cuda, ~UINT64_C(0), limit);
		const char *what = NULL;
		GeError error = {0};
		GeStatus status = attempt(parity, context, job, &what, &error);
		char name[128];

		snprintf(name, sizeof name, "memory %s limit=%llu", job_name,
				 (unsigned long long) limit);
		if (status == GE_OK)
			n_right++;
		else if (is_refusal(status, &error))
			n_refused++;
		else
			what = error.message;
		parity_result(parity, name, what == NULL, what);
		parity->cuda->close(context);
	}
	parity_result(parity, job_name, n_refused > 0 && n_right > 0,
				  n_right == 0 ? "refused under every limit" : "never refused");
}

static GeStatus
attempt_column(Parity *parity, GeContext *context, const void *job, const char **what,
			   GeError *error)
{
	const Column *column = job;
	Coded cuda, cpu;
	GeError cpu_error;
	GeStatus status = parity_code(parity->cuda, context, column, 777, &cuda, error);

	if (status == GE_OK)
	{
		if (parity_code(parity->cpu, parity->contexts[0], column, 777, &cpu,
						&cpu_error) != GE_OK)
			*what = "the CPU backend failed";
		else
			*what =
				parity_compare_coded(&cpu, &cuda, column->keys.kind, column->keys.n_rows);
		parity_free_coded(&cpu);
	}
	parity_free_coded(&cuda);
	return status;
}

static void
check_columns(Parity *parity)
{
	static const Shape shapes[] = {SHAPE_INT_ANY, SHAPE_DISTINCT, SHAPE_MIXED, SHAPE_URL,
								   SHAPE_LONG};
	uint32_t i;

	for (i = 0; i < sizeof shapes / sizeof *shapes; i++)
	{
		uint32_t n = shapes[i] == SHAPE_LONG ? 3000 : 30000;
		Column column;
		char name[64];

		snprintf(name, sizeof name, "dictionary %s n=%u", parity_shape_names[shapes[i]],
				 n);
		if (!parity_wants(parity, name))
			continue;
		parity_open_both(parity);
		parity_make_column(&column, shapes[i], n, i % 2 == 0);
		check_limits(parity, name, attempt_column, &column);
		parity_free_column(&column);
	}
}

typedef struct TargetJob
{
	const Case *described;
	const Data *data;
	const double *encodings; /* by the CPU backend */
} TargetJob;

/* The encodings of all rows. */
static GeStatus
encode(const GeBackend *backend, GeContext *context, const TargetJob *job,
	   double *encodings, GeError *error)
{
	GeTargetRows rows = parity_rows(job->data, job->described, 0, job->described->n);
	GeTargetTotals totals;
	double unseen;
	GeTarget *target = NULL;
	GeStatus status = backend->target.create(context, &job->data->spec, &target, error);

	if (status == GE_OK)
		status = backend->target.add(target, &rows, error);
	if (status == GE_OK)
		status =
			backend->target.finish(target, &job->data->finish, &totals, &unseen, error);
	if (status == GE_OK)
		status = backend->target.rows(target, &rows, &encodings, error);
	backend->target.free(target);
	return status;
}

static GeStatus
attempt_target(Parity *parity, GeContext *context, const void *job, const char **what,
			   GeError *error)
{
	const TargetJob *of = job;
	uint64_t bytes = of->described->n * sizeof(double);
	double *encodings = must_allocate(bytes);
	GeStatus status = encode(parity->cuda, context, of, encodings, error);

	if (status == GE_OK && memcmp(encodings, of->encodings, bytes) != 0)
		*what = "different encodings";
	free(encodings);
	return status;
}

static void
check_target(Parity *parity, const Case *c)
{
	double *encodings;
	Data data;
	TargetJob job = {.described = c, .data = &data};
	GeError error = {0};

	if (!parity_wants(parity, c->name))
		return;
	parity_open_both(parity);
	parity_make_data(&data, c);
	job.encodings = encodings = must_allocate(c->n * sizeof *encodings);
	if (encode(parity->cpu, parity->contexts[0], &job, encodings, &error) == GE_OK)
		check_limits(parity, c->name, attempt_target, &job);
	else
		parity_result(parity, c->name, false, error.message);
	free(encodings);
	parity_free_data(&data);
}

void
parity_memory(Parity *parity)
{
	Case dense = {.name = "memory of dense cells",
				  .values = VALUES_NORMAL,
				  .n = 65536,
				  .n_categories = 30000,
				  .split = GE_SPLIT_RANDOM,
				  .n_folds = 5,
				  .smooth = 0.001,
				  .out_of_fold = true,
				  .with_nulls = true,
				  .id_width = 4};
	Case sparse = dense, ordered = dense;

	if (parity->most_rows < 65537)
		return;
	sparse.name = "memory of sparse cells";
	sparse.n_folds = 40000;
	check_columns(parity);
	check_target(parity, &dense);
	check_target(parity, &sparse);
	ordered.name = "memory of an order";
	ordered.split = GE_SPLIT_ORDERED;
	check_target(parity, &ordered);
	ordered.name = "memory of quantiles in an order";
	ordered.percent = 25;
	check_target(parity, &ordered);
	dense.name = "memory of quantiles";
	dense.percent = 25;
	check_target(parity, &dense);
}
