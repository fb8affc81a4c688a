/*
 * job_codes.c: categories in the order of their keys, which is the order of label codes.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "job/job.h"
#include "base/run_log.h"

void
ge_job_sort_categories(GeJob *job, GeCategories *categories)
{
	uint32 n = categories->n_known;

	categories->order =
		MemoryContextAllocHuge(job->context, sizeof(uint32) * ((Size) n + 1));
	categories->code =
		MemoryContextAllocHuge(job->context, sizeof(int32) * ((Size) n + 1));
	categories->code[GE_ID_MISSING] = -1;
	ge_compute_sort(job->compute, categories->dictionary, 1, n, categories->order);
	for (uint32 i = 0; i < n; i++)
		categories->code[categories->order[i]] = i;
}

void
ge_job_sort(GeJob *job)
{
	int64 n = 0;

	ge_stage_begin();
	for (int i = 0; i < job->n_columns; i++)
	{
		ge_job_sort_categories(job, &job->columns[i].categories);
		n += job->columns[i].categories.n_known;
	}
	ge_stage_end("sort", n, -1, ge_compute_name(job->compute),
				 "categories of %d column%s", job->n_columns,
				 job->n_columns == 1 ? "" : "s");
}

char **
ge_job_texts(const GeJob *job, GeCategoryType *category, GeDictionary *dictionary,
			 const uint32 *ids, uint32 n)
{
	char **texts = palloc_extended(sizeof(char *) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	GeKeyList keys;
	int nest;

	ge_compute_keys(job->compute, dictionary, ge_category_key_kind(category), ids, n,
					&keys);
	nest = ge_text_form_begin();
	for (uint32 i = 0; i < n; i++)
		texts[i] = keys.kind == GE_KEY_INT64
					   ? ge_category_text_of_int64(category, keys.values[i])
					   : ge_category_text_of_bytes(category, keys.bytes + keys.offsets[i],
												   keys.offsets[i + 1] - keys.offsets[i]);
	ge_key_list_free(&keys);
	ge_text_form_end(nest);
	return texts;
}

char **
ge_job_column_texts(const GeJob *job, const GeCategoryColumn *column, const uint32 *ids,
					uint32 n)
{
	return ge_job_texts(job, column->category, column->categories.dictionary, ids, n);
}
