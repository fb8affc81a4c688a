/*
 * job.c: opens a job: its sources, its columns, its backend.
 */
#include "postgres.h"

#include "job/job.h"

int
ge_job_find_column(const GeJob *job, const char *name)
{
	for (int i = 0; i < job->n_columns; i++)
		if (strcmp(job->columns[i].name, name) == 0)
			return i;
	return -1;
}

GeEncoding *
ge_job_find_encoding(const GeJob *job, int column)
{
	for (int i = 0; i < job->n_encodings; i++)
		if (job->encodings[i].n_parts == 1 && job->encodings[i].parts[0] == column)
			return &job->encodings[i];
	return NULL;
}

/* A set of categories without any. */
static void
create_categories(GeJob *job, GeCategories *categories, GeKeyKind kind)
{
	categories->kind = kind;
	categories->dictionary = ge_compute_dictionary(job->compute, kind);
}

void
ge_job_create_dictionaries(GeJob *job)
{
	job->n_id_columns = job->n_columns;
	for (int i = 0; i < job->n_columns; i++)
		create_categories(job, &job->columns[i].categories,
						  ge_category_key_kind(job->columns[i].category));
	for (int i = 0; i < job->n_encodings; i++)
	{
		GeEncoding *encoding = &job->encodings[i];

		if (encoding->n_parts == 1)
		{
			encoding->id_column = encoding->parts[0];
			encoding->categories = &job->columns[encoding->parts[0]].categories;
			continue;
		}
		encoding->id_column = job->n_id_columns++;
		if (encoding->n_parts > 2 && job->spare_id_columns[0] == 0)
		{
			job->spare_id_columns[0] = job->n_id_columns++;
			job->spare_id_columns[1] = job->n_id_columns++;
		}
		encoding->categories = palloc0_object(GeCategories);
		create_categories(job, encoding->categories, GE_KEY_INT64);
	}
	if (job->options.folds.split == GE_SPLIT_CUSTOM)
	{
		job->fold_id_column = job->n_id_columns++;
		job->fold_dictionary = ge_compute_dictionary(job->compute, GE_KEY_INT64);
	}
	if (job->target.form == GE_TARGET_TWO_VALUES)
	{
		job->target.id_column = job->n_id_columns++;
		job->target.dictionary = ge_compute_dictionary(
			job->compute, ge_category_key_kind(job->target.category));
	}
}

GeJob *
ge_job_create(const GeJobOptions *options, const GeSourceSpec *sources, int n_sources)
{
	GeJob *job = palloc0_object(GeJob);
	GeComputeWork work;

	job->options = *options;
	job->context = CurrentMemoryContext;
	job->n_sources = n_sources;
	job->sources = palloc0_array(GeJobSource, n_sources);
	for (int i = 0; i < n_sources; i++)
	{
		job->sources[i].source = ge_source_open(sources[i].relid);
		job->sources[i].name = sources[i].name;
		if (sources[i].name != NULL)
			ge_source_rename(job->sources[i].source, sources[i].name);
		job->sources[i].teaches_labels = sources[i].teaches_labels;
		job->sources[i].read_encoded = sources[i].read_encoded;
	}
	ge_job_resolve_columns(job, job->sources[0].source);
	for (int i = 0; i < n_sources; i++)
		ge_job_prepare_source(job, i, &sources[i]);
	work = ge_job_estimate(job);
	job->compute = ge_compute_open(&work);
	return job;
}

void
ge_job_close(GeJob *job)
{
	ge_compute_close(job->compute);
	for (int i = 0; i < job->n_sources; i++)
		ge_source_close(job->sources[i].source);
}
