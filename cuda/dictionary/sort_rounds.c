/*
 * sort_rounds.c: keys of bytes in order, by rounds of packed windows.
 *
 * CPU twin: src/cpu/dictionary_sort.c. sort_kernels.h says what a round is.  The first
 * round takes all keys, each later round only the keys that still tie.  So ids such as
 * user_123456 are done after one round of few bits.
 */
#include <string.h>

#include "runtime/cub_ops.h"
#include "dictionary/sort.h"

static void
describe_round(const GeSortWork *work, GeSortRound *round)
{
	memset(round, 0, sizeof *round);
	round->n = work->elements.n;
	round->ids = work->elements.ids.data;
	round->groups = work->is_first_round ? NULL : work->elements.groups.data;
	round->heads = work->elements.heads.data;
	round->skip = work->elements.skip.data;
	round->lcp = work->lcp.data;
}

/* Let every group skip what its keys have in common. */
static GeStatus
skip_common(GeSortWork *work, const GeSortRound *round, GeError *error)
{
	GeContext *context = work->context;
	GeSortSmall small, *device = work->small.data;
	uint64_t n_groups = work->elements.n_groups;

	GE_CUDA(cudaMemsetAsync(device, 0, sizeof *device, context->compute));
	GE_CUDA(
		cudaMemsetAsync(round->lcp, 0xff, n_groups * sizeof(uint32_t), context->compute));
	GE_CUDA(
		ge_cuda_sort_lcp_launch(&work->keys, round, &device->any_long, context->compute));
	GE_TRY(ge_cuda_read_back(context, &small, device, sizeof small, error));
	if (small.any_long)
		GE_CUDA(ge_cuda_sort_lcp_long_launch(&work->keys, round, context->compute));
	GE_CUDA(ge_cuda_sort_skip_launch(round, n_groups, context->compute));
	return GE_OK;
}

/* Ranks and bits from the sets of symbols, for as many positions as fit. */
static void
make_code(GeSortCode *code, const uint32_t sets[][GE_SORT_SET_WORDS], int group_bits)
{
	uint32_t j, symbol, n;

	memset(code, 0, sizeof *code);
	for (j = 0; j < GE_SORT_WINDOW; j++)
	{
		for (symbol = 0, n = 0; symbol < GE_SORT_SYMBOLS; symbol++)
			if (sets[j][symbol / 32] >> symbol % 32 & 1)
				code->ranks[j][symbol] = (uint16_t) n++;
		code->bits[j] = (uint8_t) (n > 0 ? ge_cuda_sort_bits(n - 1) : 0);
		if (group_bits + (int) code->window_bits + code->bits[j] > 64)
			return;
		code->window_bits += code->bits[j];
		code->positions++;
	}
}

/* Pack the window of every element and sort by it. */
static GeStatus
sort_window(GeSortWork *work, const GeSortRound *round, GeError *error)
{
	GeContext *context = work->context;
	uint32_t sets[GE_SORT_WINDOW][GE_SORT_SET_WORDS];
	int group_bits = ge_cuda_sort_bits(work->elements.n_groups - 1);

	GE_CUDA(cudaMemsetAsync(work->sets.data, 0, sizeof sets, context->compute));
	GE_CUDA(ge_cuda_sort_symbols_launch(&work->keys, round, work->sets.data,
										context->compute));
	GE_TRY(ge_cuda_read_back(context, sets, work->sets.data, sizeof sets, error));
	make_code(work->h_code, (const uint32_t(*)[GE_SORT_SET_WORDS]) sets, group_bits);
	GE_TRY(ge_cuda_upload(context, work->code.data, work->h_code, sizeof *work->h_code,
						  error));
	GE_TRY(ge_cuda_order(context, context->copy_in, context->compute, error));
	GE_CUDA(ge_cuda_sort_pack_launch(&work->keys, round, work->code.data,
									 work->packed[0].data, context->compute));
	return ge_cuda_sort_elements(work, group_bits + (int) work->h_code->window_bits,
								 error);
}

/* How many elements tie with a neighbour. */
static GeStatus
count_ties(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortSmall small, *device = work->small.data;

	GE_CUDA(cudaMemsetAsync(&device->n_tied, 0, sizeof device->n_tied, context->compute));
	GE_CUDA(ge_cuda_sort_count_ties_launch(work->packed[0].data, work->elements.n,
										   &device->n_tied, context->compute));
	GE_TRY(ge_cuda_read_back(context, &small, device, sizeof small, error));
	work->n_tied = small.n_tied;
	return GE_OK;
}

static GeStatus
place(GeSortWork *work, GeError *error)
{
	GE_CUDA(ge_cuda_sort_place_launch(
		work->elements.ids.data, work->is_first_round ? NULL : work->elements.places.data,
		work->elements.n, work->answer.data, work->context->compute));
	return GE_OK;
}

static GeStatus
running_sums(GeSortWork *work, uint32_t *n_groups, GeError *error)
{
	GeContext *context = work->context;
	uint32_t *tied = work->tied.data, *head = work->head.data;
	uint64_t n = work->elements.n;
	size_t temp_bytes = 0;

	GE_CUDA(ge_cuda_running_sum(NULL, &temp_bytes, tied, tied, n, context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_running_sum(work->temp.data, &temp_bytes, tied, tied, n,
								context->compute));
	GE_CUDA(ge_cuda_running_sum(work->temp.data, &temp_bytes, head, head, n,
								context->compute));
	return ge_cuda_read_back(context, n_groups, head + n - 1, sizeof *n_groups, error);
}

static GeStatus
reserve_elements(GeContext *context, GeSortElements *elements, GeError *error)
{
	uint64_t bytes = elements->n * sizeof(uint32_t);
	uint64_t group_bytes = elements->n_groups * sizeof(uint32_t);

	GE_TRY(ge_cuda_buffer_reserve(context, &elements->ids, bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &elements->places, bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &elements->groups, bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &elements->heads, group_bytes, error));
	return ge_cuda_buffer_reserve(context, &elements->skip, group_bytes, error);
}

/* Make the tied elements those of the next round. */
static GeStatus
keep_ties(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortElements was = work->elements;
	uint64_t n = was.n;
	uint32_t n_groups = 0;
	GeSortNext next;

	GE_TRY(ge_cuda_buffer_reserve(context, &work->tied, n * sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->head, n * sizeof(uint32_t), error));
	GE_CUDA(ge_cuda_sort_mark_launch(work->packed[0].data, n, work->tied.data,
									 work->head.data, context->compute));
	GE_TRY(running_sums(work, &n_groups, error));
	work->next.n = work->n_tied;
	work->next.n_groups = n_groups;
	GE_TRY(reserve_elements(context, &work->next, error));
	GE_TRY(
		ge_cuda_buffer_reserve(context, &work->lcp, n_groups * sizeof(uint32_t), error));
	next.packed = work->packed[0].data;
	next.ids = was.ids.data;
	next.places = work->is_first_round ? NULL : was.places.data;
	next.tied = work->tied.data;
	next.head = work->head.data;
	next.skip = was.skip.data;
	next.window_bits = work->h_code->window_bits;
	next.positions = work->h_code->positions;
	next.next_ids = work->next.ids.data;
	next.next_places = work->next.places.data;
	next.next_groups = work->next.groups.data;
	next.next_heads = work->next.heads.data;
	next.next_skip = work->next.skip.data;
	GE_CUDA(ge_cuda_sort_next_launch(&next, n, context->compute));
	work->elements = work->next;
	work->next = was;
	work->is_first_round = false;
	return GE_OK;
}

GeStatus
ge_cuda_sort_bytes(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortRound round;

	GE_TRY(
		ge_cuda_buffer_reserve(context, &work->elements.heads, sizeof(uint32_t), error));
	GE_TRY(
		ge_cuda_buffer_reserve(context, &work->elements.skip, sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->lcp, sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->sets,
								  GE_SORT_WINDOW * GE_SORT_SET_WORDS * sizeof(uint32_t),
								  error));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->code, sizeof(GeSortCode), error));
	GE_CUDA(cudaMemsetAsync(work->elements.heads.data, 0, sizeof(uint32_t),
							context->compute));
	GE_CUDA(
		cudaMemsetAsync(work->elements.skip.data, 0, sizeof(uint32_t), context->compute));
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	for (;;)
	{
		describe_round(work, &round);
		GE_TRY(skip_common(work, &round, error));
		GE_TRY(sort_window(work, &round, error));
		GE_TRY(count_ties(work, error));
		if (work->is_first_round && work->n_tied == 0)
			return GE_OK;
		if (work->is_first_round)
			GE_TRY(ge_cuda_buffer_reserve(context, &work->answer,
										  work->elements.n * sizeof(uint32_t), error));
		GE_TRY(place(work, error));
		if (work->n_tied == 0)
			return GE_OK;
		GE_TRY(keep_ties(work, error));
	}
}
