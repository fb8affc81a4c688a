/*
 * ranks.c: ranks brought through all levels.
 */
#include "target/ranks.h"

#include <string.h>

#include "runtime/cub_ops.h"
#include "target/partition.h"

/* One level after the other; numbers[0] has the ranks. */
static GeStatus
build_levels(GeContext *context, GeBuffer *numbers, const GeRanks *ranks, GeBuffer *temp,
			 GeError *error)
{
	uint32_t level;

	for (level = 0; level < ranks->n_levels; level++)
	{
		uint32_t *zeros = ranks->zeros + (uint64_t) level * ranks->n_words;
		uint32_t *from = numbers[level % 2].data, *to = numbers[(level + 1) % 2].data;
		size_t temp_bytes = 0;

		GE_TRY(ge_cuda_poll(context, error));
		GE_CUDA(ge_cuda_ranks_bits_launch(ranks, level, from, context->compute));
		GE_CUDA(ge_cuda_running_sum(NULL, &temp_bytes, zeros, zeros, ranks->n_words,
									context->compute));
		GE_TRY(ge_cuda_buffer_reserve(context, temp, temp_bytes, error));
		GE_CUDA(ge_cuda_running_sum(temp->data, &temp_bytes, zeros, zeros, ranks->n_words,
									context->compute));
		GE_CUDA(ge_cuda_ranks_move_launch(ranks, level, from, to, context->compute));
	}
	return GE_OK;
}

GeStatus
ge_cuda_ranks_build(GeContext *context, GeBuffer *numbers, uint32_t n, GeBuffer *memory,
					GeRanks *ranks, GeError *error)
{
	GeBuffer both[2] = {*numbers, {0}}, temp = {0};
	uint64_t words;
	GeStatus status;

	ranks->n = n;
	ranks->n_levels = ge_cuda_bits_of(n - 1);
	ranks->n_words = n / 32 + 1;
	words = (uint64_t) ranks->n_levels * ranks->n_words;
	memset(numbers, 0, sizeof *numbers);
	status = ge_cuda_buffer_reserve(context, memory, 2 * words * sizeof(uint32_t), error);
	ranks->bits = memory->data;
	ranks->zeros = ranks->bits + words;
	if (status == GE_OK)
		status = ge_cuda_buffer_reserve(context, &both[1], n * sizeof(uint32_t), error);
	if (status == GE_OK)
		status = build_levels(context, both, ranks, &temp, error);
	ge_cuda_buffer_free(context, &both[0]);
	ge_cuda_buffer_free(context, &both[1]);
	ge_cuda_buffer_free(context, &temp);
	return status;
}
