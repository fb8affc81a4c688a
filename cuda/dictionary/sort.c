/*
 * sort.c: the ids of a dictionary in the order of their keys.
 *
 * CPU twin: src/cpu/dictionary_sort.c.  Integers are sorted by their distance from the
 * least one, bytes in rounds (sort_rounds.c).
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary/sort.h"

static void
free_elements(GeContext *context, GeSortElements *elements)
{
	ge_cuda_buffer_free(context, &elements->ids);
	ge_cuda_buffer_free(context, &elements->places);
	ge_cuda_buffer_free(context, &elements->groups);
	ge_cuda_buffer_free(context, &elements->heads);
	ge_cuda_buffer_free(context, &elements->skip);
}

static void
free_work(GeSortWork *work)
{
	GeContext *context = work->context;

	free_elements(context, &work->elements);
	free_elements(context, &work->next);
	ge_cuda_buffer_free(context, &work->packed[0]);
	ge_cuda_buffer_free(context, &work->packed[1]);
	ge_cuda_buffer_free(context, &work->other_ids);
	ge_cuda_buffer_free(context, &work->tied);
	ge_cuda_buffer_free(context, &work->head);
	ge_cuda_buffer_free(context, &work->lcp);
	ge_cuda_buffer_free(context, &work->sets);
	ge_cuda_buffer_free(context, &work->code);
	ge_cuda_buffer_free(context, &work->temp);
	ge_cuda_buffer_free(context, &work->small);
	ge_cuda_buffer_free(context, &work->answer);
	free(work->h_code);
}

static GeStatus
sort_integers(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortSmall small = {0, {INT64_MAX, INT64_MIN}, 0};
	GeSortSmall *device = work->small.data;
	const uint32_t *ids = work->elements.ids.data;
	uint64_t n = work->elements.n;

	GE_TRY(ge_cuda_upload(context, device, &small, sizeof small, error));
	GE_TRY(ge_cuda_order(context, context->copy_in, context->compute, error));
	GE_CUDA(
		ge_cuda_sort_range_launch(&work->keys, ids, n, device->range, context->compute));
	GE_TRY(ge_cuda_read_back(context, &small, device, sizeof small, error));
	GE_CUDA(ge_cuda_sort_values_launch(&work->keys, ids, n, small.range[0],
									   work->packed[0].data, context->compute));
	return ge_cuda_sort_elements(
		work, ge_cuda_sort_bits((uint64_t) small.range[1] - (uint64_t) small.range[0]),
		error);
}

static GeStatus
sort(GeSortWork *work, GeKeyKind kind, uint32_t first, GeError *error)
{
	GeContext *context = work->context;
	uint64_t n = work->elements.n;

	work->h_code = malloc(sizeof *work->h_code);
	if (work->h_code == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a sort");
	GE_TRY(ge_cuda_buffer_reserve(context, &work->elements.ids, n * sizeof(uint32_t),
								  error));
	GE_TRY(
		ge_cuda_buffer_reserve(context, &work->packed[0], n * sizeof(uint64_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->small, sizeof(GeSortSmall), error));
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	GE_CUDA(ge_cuda_sort_count_up_launch(work->elements.ids.data, first, n,
										 context->compute));
	return kind == GE_KEY_INT64 ? sort_integers(work, error)
								: ge_cuda_sort_bytes(work, error);
}

GeStatus
ge_cuda_dictionary_sort_device(GeDictionary *dictionary, uint32_t first, uint32_t count,
							   GeBuffer *ids, GeError *error)
{
	GeSortWork work;
	GeBuffer *answer;
	GeStatus status;

	memset(&work, 0, sizeof work);
	work.context = dictionary->context;
	work.keys.key_bytes = dictionary->key_bytes.data;
	work.keys.key_lengths = dictionary->key_lengths.data;
	work.keys.values = dictionary->values.data;
	work.elements.n = count;
	work.elements.n_groups = 1;
	work.is_first_round = true;
	status = sort(&work, dictionary->kind, first, error);
	answer = work.answer.data != NULL ? &work.answer : &work.elements.ids;
	if (status == GE_OK)
	{
		*ids = *answer;
		memset(answer, 0, sizeof *answer);
	}
	free_work(&work);
	return status;
}

GeStatus
ge_cuda_dictionary_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
						uint32_t *ids, GeError *error)
{
	GeContext *context = dictionary->context;
	GeBuffer sorted = {0};
	GeStatus status;

	GE_TRY(ge_cuda_enter(context, error));
	if (count == 0)
		return GE_OK;
	if (first == 0 || (uint64_t) first + count - 1 > dictionary->n_keys)
		return ge_cuda_fail(error, GE_INTERNAL, "ids %u to %llu of %u", first,
							(unsigned long long) first + count - 1, dictionary->n_keys);
	status = ge_cuda_dictionary_sort_device(dictionary, first, count, &sorted, error);
	if (status == GE_OK)
		status =
			ge_cuda_download(context, ids, sorted.data, count * sizeof(uint32_t), error);
	ge_cuda_buffer_free(context, &sorted);
	return status;
}
