/*
 * sort_elements.c: the elements of a round sorted by their packed keys.
 */
#include "dictionary/sort.h"
#include "runtime/cub_ops.h"

int
ge_cuda_sort_bits(uint64_t greatest)
{
	int bits = 0;

	while (bits < 64 && greatest >> bits != 0)
		bits++;
	return bits;
}

GeStatus
ge_cuda_sort_elements(GeSortWork *work, int bits, GeError *error)
{
	GeContext *context = work->context;
	uint64_t n = work->elements.n;
	uint64_t *keys[2];
	uint32_t *ids[2];
	size_t temp_bytes = 0;
	bool in_second = false;

	if (bits == 0)
		return GE_OK;
	GE_TRY(
		ge_cuda_buffer_reserve(context, &work->packed[1], n * sizeof(uint64_t), error));
	GE_TRY(
		ge_cuda_buffer_reserve(context, &work->other_ids, n * sizeof(uint32_t), error));
	keys[0] = work->packed[0].data;
	keys[1] = work->packed[1].data;
	ids[0] = work->elements.ids.data;
	ids[1] = work->other_ids.data;
	GE_CUDA(ge_cuda_sort_pairs(NULL, &temp_bytes, keys, ids, n, bits, &in_second,
							   context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_sort_pairs(work->temp.data, &temp_bytes, keys, ids, n, bits,
							   &in_second, context->compute));
	if (in_second)
	{
		GeBuffer sorted = work->packed[1], sorted_ids = work->other_ids;

		work->packed[1] = work->packed[0];
		work->packed[0] = sorted;
		work->other_ids = work->elements.ids;
		work->elements.ids = sorted_ids;
	}
	return GE_OK;
}
