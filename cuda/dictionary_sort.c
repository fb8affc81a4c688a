/*
 * dictionary_sort.c: the ids of a dictionary in the order of their keys.
 *
 * CPU twin: src/cpu/dictionary_sort.c.  Integers are sorted by their distance from the
 * least one.  Bytes are sorted in rounds (dictionary_sort_kernels.h): the first takes all
 * keys, each later one those alone that still tie, so ids such as user_123456 are done
 * after one round of few bits.
 */
#include <stdlib.h>
#include <string.h>

#include "cub_ops.h"
#include "dictionary.h"
#include "dictionary_sort_kernels.h"

/* The elements of a round, by place or by group. */
typedef struct GeSortElements
{
	uint64_t n;
	uint64_t n_groups;
	GeBuffer ids, places, groups, heads, skip;
} GeSortElements;

/* All memory of one sort. */
typedef struct GeSortWork
{
	GeContext *context;
	GeSortKeys keys;
	GeSortElements elements, next;
	GeBuffer packed[2], other_ids;
	GeBuffer tied, head, lcp;
	GeBuffer sets, code, temp, small;
	GeBuffer answer;
	GeSortCode *h_code;
	uint64_t n_tied;
	bool is_first_round;
} GeSortWork;

/* What kernels answer in work->small. */
typedef struct GeSortSmall
{
	unsigned long long n_tied;
	long long range[2];
	uint32_t any_long;
} GeSortSmall;

static void
free_elements(GeContext *context, GeSortElements *elements)
{
	ge_buffer_free(context, &elements->ids);
	ge_buffer_free(context, &elements->places);
	ge_buffer_free(context, &elements->groups);
	ge_buffer_free(context, &elements->heads);
	ge_buffer_free(context, &elements->skip);
}

static void
free_work(GeSortWork *work)
{
	GeContext *context = work->context;

	free_elements(context, &work->elements);
	free_elements(context, &work->next);
	ge_buffer_free(context, &work->packed[0]);
	ge_buffer_free(context, &work->packed[1]);
	ge_buffer_free(context, &work->other_ids);
	ge_buffer_free(context, &work->tied);
	ge_buffer_free(context, &work->head);
	ge_buffer_free(context, &work->lcp);
	ge_buffer_free(context, &work->sets);
	ge_buffer_free(context, &work->code);
	ge_buffer_free(context, &work->temp);
	ge_buffer_free(context, &work->small);
	ge_buffer_free(context, &work->answer);
	free(work->h_code);
}

static int
bits_of(uint64_t greatest)
{
	int bits = 0;

	while (bits < 64 && greatest >> bits != 0)
		bits++;
	return bits;
}

/* Sort the elements by packed[0]; packed[0] and elements.ids are the sorted ones then. */
static GeStatus
sort_elements(GeSortWork *work, int bits, GeError *error)
{
	GeContext *context = work->context;
	uint64_t n = work->elements.n;
	uint64_t *keys[2];
	uint32_t *ids[2];
	size_t temp_bytes = 0;
	bool in_second = false;

	if (bits == 0)
		return GE_OK;
	GE_TRY(ge_buffer_reserve(context, &work->packed[1], n * sizeof(uint64_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->other_ids, n * sizeof(uint32_t), error));
	keys[0] = work->packed[0].data;
	keys[1] = work->packed[1].data;
	ids[0] = work->elements.ids.data;
	ids[1] = work->other_ids.data;
	GE_CUDA(ge_sort_pairs(NULL, &temp_bytes, keys, ids, n, bits, &in_second,
						  context->compute));
	GE_TRY(ge_buffer_reserve(context, &work->temp, temp_bytes, error));
	GE_CUDA(ge_sort_pairs(work->temp.data, &temp_bytes, keys, ids, n, bits, &in_second,
						  context->compute));
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

static GeStatus
sort_integers(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortSmall small = {0, {INT64_MAX, INT64_MIN}, 0};
	GeSortSmall *device = work->small.data;
	const uint32_t *ids = work->elements.ids.data;
	uint64_t n = work->elements.n;

	GE_TRY(ge_upload(context, device, &small, sizeof small, error));
	GE_TRY(ge_order(context, context->copy_in, context->compute, error));
	GE_CUDA(ge_sort_range_launch(&work->keys, ids, n, device->range, context->compute));
	GE_TRY(ge_read_back(context, &small, device, sizeof small, error));
	GE_CUDA(ge_sort_values_launch(&work->keys, ids, n, small.range[0],
								  work->packed[0].data, context->compute));
	return sort_elements(
		work, bits_of((uint64_t) small.range[1] - (uint64_t) small.range[0]), error);
}

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
	GE_CUDA(ge_sort_lcp_launch(&work->keys, round, &device->any_long, context->compute));
	GE_TRY(ge_read_back(context, &small, device, sizeof small, error));
	if (small.any_long)
		GE_CUDA(ge_sort_lcp_long_launch(&work->keys, round, context->compute));
	GE_CUDA(ge_sort_skip_launch(round, n_groups, context->compute));
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
		code->bits[j] = (uint8_t) (n > 0 ? bits_of(n - 1) : 0);
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
	int group_bits = bits_of(work->elements.n_groups - 1);

	GE_CUDA(cudaMemsetAsync(work->sets.data, 0, sizeof sets, context->compute));
	GE_CUDA(
		ge_sort_symbols_launch(&work->keys, round, work->sets.data, context->compute));
	GE_TRY(ge_read_back(context, sets, work->sets.data, sizeof sets, error));
	make_code(work->h_code, (const uint32_t(*)[GE_SORT_SET_WORDS]) sets, group_bits);
	GE_TRY(
		ge_upload(context, work->code.data, work->h_code, sizeof *work->h_code, error));
	GE_TRY(ge_order(context, context->copy_in, context->compute, error));
	GE_CUDA(ge_sort_pack_launch(&work->keys, round, work->code.data, work->packed[0].data,
								context->compute));
	return sort_elements(work, group_bits + (int) work->h_code->window_bits, error);
}

/* How many elements tie with a neighbour. */
static GeStatus
count_ties(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortSmall small, *device = work->small.data;

	GE_CUDA(cudaMemsetAsync(&device->n_tied, 0, sizeof device->n_tied, context->compute));
	GE_CUDA(ge_sort_count_ties_launch(work->packed[0].data, work->elements.n,
									  &device->n_tied, context->compute));
	GE_TRY(ge_read_back(context, &small, device, sizeof small, error));
	work->n_tied = small.n_tied;
	return GE_OK;
}

static GeStatus
place(GeSortWork *work, GeError *error)
{
	GE_CUDA(ge_sort_place_launch(
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

	GE_CUDA(ge_running_sum(NULL, &temp_bytes, tied, tied, n, context->compute));
	GE_TRY(ge_buffer_reserve(context, &work->temp, temp_bytes, error));
	GE_CUDA(
		ge_running_sum(work->temp.data, &temp_bytes, tied, tied, n, context->compute));
	GE_CUDA(
		ge_running_sum(work->temp.data, &temp_bytes, head, head, n, context->compute));
	return ge_read_back(context, n_groups, head + n - 1, sizeof *n_groups, error);
}

static GeStatus
reserve_elements(GeContext *context, GeSortElements *elements, GeError *error)
{
	uint64_t bytes = elements->n * sizeof(uint32_t);
	uint64_t group_bytes = elements->n_groups * sizeof(uint32_t);

	GE_TRY(ge_buffer_reserve(context, &elements->ids, bytes, error));
	GE_TRY(ge_buffer_reserve(context, &elements->places, bytes, error));
	GE_TRY(ge_buffer_reserve(context, &elements->groups, bytes, error));
	GE_TRY(ge_buffer_reserve(context, &elements->heads, group_bytes, error));
	return ge_buffer_reserve(context, &elements->skip, group_bytes, error);
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

	GE_TRY(ge_buffer_reserve(context, &work->tied, n * sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->head, n * sizeof(uint32_t), error));
	GE_CUDA(ge_sort_mark_launch(work->packed[0].data, n, work->tied.data, work->head.data,
								context->compute));
	GE_TRY(running_sums(work, &n_groups, error));
	work->next.n = work->n_tied;
	work->next.n_groups = n_groups;
	GE_TRY(reserve_elements(context, &work->next, error));
	GE_TRY(ge_buffer_reserve(context, &work->lcp, n_groups * sizeof(uint32_t), error));
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
	GE_CUDA(ge_sort_next_launch(&next, n, context->compute));
	work->elements = work->next;
	work->next = was;
	work->is_first_round = false;
	return GE_OK;
}

static GeStatus
sort_bytes(GeSortWork *work, GeError *error)
{
	GeContext *context = work->context;
	GeSortRound round;

	GE_TRY(ge_buffer_reserve(context, &work->elements.heads, sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->elements.skip, sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->lcp, sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->sets,
							 GE_SORT_WINDOW * GE_SORT_SET_WORDS * sizeof(uint32_t),
							 error));
	GE_TRY(ge_buffer_reserve(context, &work->code, sizeof(GeSortCode), error));
	GE_CUDA(cudaMemsetAsync(work->elements.heads.data, 0, sizeof(uint32_t),
							context->compute));
	GE_CUDA(
		cudaMemsetAsync(work->elements.skip.data, 0, sizeof(uint32_t), context->compute));
	GE_TRY(ge_order(context, context->compute, context->copy_in, error));
	for (;;)
	{
		describe_round(work, &round);
		GE_TRY(skip_common(work, &round, error));
		GE_TRY(sort_window(work, &round, error));
		GE_TRY(count_ties(work, error));
		if (work->is_first_round && work->n_tied == 0)
			return GE_OK;
		if (work->is_first_round)
			GE_TRY(ge_buffer_reserve(context, &work->answer,
									 work->elements.n * sizeof(uint32_t), error));
		GE_TRY(place(work, error));
		if (work->n_tied == 0)
			return GE_OK;
		GE_TRY(keep_ties(work, error));
	}
}

static GeStatus
sort(GeSortWork *work, GeKeyKind kind, uint32_t first, GeError *error)
{
	GeContext *context = work->context;
	uint64_t n = work->elements.n;

	work->h_code = malloc(sizeof *work->h_code);
	if (work->h_code == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a sort");
	GE_TRY(ge_buffer_reserve(context, &work->elements.ids, n * sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->packed[0], n * sizeof(uint64_t), error));
	GE_TRY(ge_buffer_reserve(context, &work->small, sizeof(GeSortSmall), error));
	GE_TRY(ge_order(context, context->compute, context->copy_in, error));
	GE_CUDA(ge_sort_count_up_launch(work->elements.ids.data, first, n, context->compute));
	return kind == GE_KEY_INT64 ? sort_integers(work, error) : sort_bytes(work, error);
}

GeStatus
ge_dictionary_sort_device(GeDictionary *dictionary, uint32_t first, uint32_t count,
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
ge_dictionary_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
				   uint32_t *ids, GeError *error)
{
	GeBuffer sorted = {0};
	GeStatus status;

	GE_TRY(ge_enter(dictionary->context, error));
	if (count == 0)
		return GE_OK;
	if (first == 0 || (uint64_t) first + count - 1 > dictionary->n_keys)
		return ge_fail(error, GE_INTERNAL, "ids %u to %llu of %u", first,
					   (unsigned long long) first + count - 1, dictionary->n_keys);
	status = ge_dictionary_sort_device(dictionary, first, count, &sorted, error);
	if (status == GE_OK)
		status = ge_download(dictionary->context, ids, sorted.data,
							 count * sizeof(uint32_t), error);
	ge_buffer_free(dictionary->context, &sorted);
	return status;
}
