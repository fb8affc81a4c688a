/*
 * devices_bench_job.c: the steps of a job, on one device or on several.
 */
#include <string.h>

#include "devices_bench.h"

/* As a session does (src/job/read.c). */
#define ROWS_BETWEEN_FLUSHES 4194304

/* The columns one after another on one device, those of several at the same time. */
static void
each(Job *job, GeLaneWork work, const char *what)
{
	GeError error = {GE_OK, ""};
	int failed;

	if (job->is_fleet)
		must(ge_fleet_run(job->context, data.n_columns, job->member, work, job, &failed,
						  &error),
			 &error, what);
	for (int c = 0; c < data.n_columns && !job->is_fleet; c++)
		must(work(job, c, &error), &error, what);
}

static void
read_all(Job *job)
{
	GeDictionary *dictionaries[MOST_COLUMNS];
	GeKeys keys[MOST_COLUMNS];
	uint32_t *ids[MOST_COLUMNS];
	GeError error = {GE_OK, ""};
	uint64_t since_flush = 0;

	for (uint64_t first = 0; first < data.n_rows; first += data.batch)
	{
		uint64_t n = data.n_rows - first < data.batch ? data.n_rows - first : data.batch;

		for (int c = 0; c < data.n_columns; c++)
		{
			Column *column = &data.columns[c];

			dictionaries[c] = column->dictionary;
			ids[c] = column->ids + first;
			keys[c] = (GeKeys){.kind = GE_KEY_BYTES,
							   .n_rows = (uint32_t) n,
							   .offsets = column->offsets +
										  first / data.batch * (data.batch + 1),
							   .bytes = column->bytes + first * WIDTH};
		}
		must(job->backend->dictionary.add(job->context, (uint32_t) data.n_columns,
										  dictionaries, keys, ids, &error),
			 &error, "add");
		since_flush += n;
		if (since_flush < ROWS_BETWEEN_FLUSHES && first + n < data.n_rows)
			continue;
		must(job->backend->dictionary.flush(job->context, &error), &error, "flush");
		since_flush = 0;
	}
}

static GeStatus
sort_column(void *arg, int c, GeError *error)
{
	const Job *job = arg;
	Column *column = &data.columns[c];
	uint32_t n = job->backend->dictionary.size(column->dictionary);
	GeStatus status =
		job->backend->dictionary.sort(column->dictionary, 1, n, column->order, error);

	for (uint32_t i = 0; i < n && status == GE_OK; i++)
		column->rank[column->order[i]] = i;
	return status;
}

static GeTargetRows
rows_of(const Column *column, uint64_t first, uint64_t n)
{
	return (GeTargetRows){.first_ordinal = first,
						  .n_rows = (uint32_t) n,
						  .id_width = sizeof(uint32_t),
						  .ids = column->ids + first,
						  .float_targets = data.targets + first};
}

static GeStatus
fit_column(void *arg, int c, GeError *error)
{
	const Job *job = arg;
	Column *column = &data.columns[c];
	const GeTargetSpec spec = {
		.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS,
		.kind = GE_TARGET_FLOAT64,
		.folds = data.folds,
		.n_categories = job->backend->dictionary.size(column->dictionary),
		.low_bin = -2,
		.high_bin = -1};
	const GeFinish mean = {.kind = GE_FINISH_MEAN, .smooth = 10};
	const GeFinishSpec finish = {
		.n_finishes = 1, .finishes = &mean, .prior_out_of_fold = true};
	GeTargetTotals totals;
	double unseen;
	GeStatus status =
		job->is_fleet
			? ge_fleet_target(job->context, job->member[c], &spec, &column->target, error)
			: job->backend->target.create(job->context, &spec, &column->target, error);

	for (uint64_t first = 0; first < data.n_rows && status == GE_OK; first += data.batch)
	{
		uint64_t left = data.n_rows - first;
		GeTargetRows rows = rows_of(column, first, left < data.batch ? left : data.batch);

		status = job->backend->target.add(column->target, &rows, error);
	}
	return status != GE_OK ? status
						   : job->backend->target.finish(column->target, &finish, &totals,
														 &unseen, error);
}

static GeStatus
encode_column(void *arg, int c, GeError *error)
{
	const Job *job = arg;
	Column *column = &data.columns[c];
	GeStatus status = GE_OK;

	for (uint64_t at = 0; at < job->n_rows && status == GE_OK; at += data.batch)
	{
		uint64_t left = job->n_rows - at;
		GeTargetRows rows =
			rows_of(column, job->first_row + at, left < data.batch ? left : data.batch);
		double *encodings = column->encodings + at;

		status = job->backend->target.rows(column->target, &rows, &encodings, error);
	}
	return status;
}

/* Some codes and encodings of a stretch. */
static void
digest_stretch(const Job *job)
{
	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];

		for (uint64_t i = 0; i < job->n_rows; i += 101)
		{
			uint64_t bits;

			memcpy(&bits, &column->encodings[i], sizeof bits);
			column->digest =
				ge_splitmix64_mix(column->digest * 31 + bits +
								  column->rank[column->ids[job->first_row + i]]);
		}
	}
}

static void
encode_all(Job *job, double *digest_seconds)
{
	for (uint64_t first = 0; first < data.n_rows; first += STRETCH_ROWS)
	{
		double began;

		job->first_row = first;
		job->n_rows =
			data.n_rows - first < STRETCH_ROWS ? data.n_rows - first : STRETCH_ROWS;
		each(job, encode_column, "rows");
		began = now();
		digest_stretch(job);
		*digest_seconds += now() - began;
	}
}

static void
create_dictionaries(Job *job)
{
	GeError error = {GE_OK, ""};

	for (int c = 0; c < data.n_columns; c++)
	{
		GeDictionary **dictionary = &data.columns[c].dictionary;

		job->member[c] = c % job->n_devices;
		must(job->is_fleet ? ge_fleet_dictionary(job->context, job->member[c],
												 GE_KEY_BYTES, dictionary, &error)
						   : job->backend->dictionary.create(job->context, GE_KEY_BYTES,
															 dictionary, &error),
			 &error, "create");
	}
}

uint64_t
run_job(Job *job, double *seconds)
{
	double began = now(), digest_seconds = 0;
	uint64_t digest = 0;

	create_dictionaries(job);
	read_all(job);
	seconds[STEP_READ] = now() - began;
	began = now();
	each(job, sort_column, "sort");
	seconds[STEP_SORT] = now() - began;
	began = now();
	each(job, fit_column, "fit");
	seconds[STEP_FIT] = now() - began;
	began = now();
	encode_all(job, &digest_seconds);
	seconds[STEP_ROWS] = now() - began - digest_seconds;
	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];

		job->backend->target.free(column->target);
		job->backend->dictionary.free(column->dictionary);
		digest = ge_splitmix64_mix(digest * 31 + column->digest);
		column->digest = 0;
	}
	return digest;
}
