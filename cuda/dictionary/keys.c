/*
 * keys.c: the keys of given ids, copied out.
 *
 * CPU twin: src/cpu/dictionary_keys.c.
 */
#include <string.h>

#include "runtime/cub_ops.h"
#include "dictionary/dictionary.h"
#include "dictionary/keys_kernels.h"

/* Bytes of keys gathered and copied out at a time. */
#define PIECE_BYTES ((uint64_t) 16 << 20)

typedef struct GeKeysWork
{
	GeBuffer ids, ends, temp, piece;
} GeKeysWork;

static GeStatus
send_ids(GeContext *context, GeKeysWork *work, const uint32_t *ids, uint32_t count,
		 GeError *error)
{
	GE_TRY(ge_cuda_buffer_reserve(context, &work->ids, count * sizeof *ids, error));
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_cuda_upload(context, work->ids.data, ids, count * sizeof *ids, error));
	return ge_cuda_order(context, context->copy_in, context->compute, error);
}

static GeStatus
get_values(GeDictionary *dictionary, GeKeysWork *work, uint32_t count, int64_t *values,
		   GeError *error)
{
	GeContext *context = dictionary->context;

	GE_TRY(ge_cuda_buffer_reserve(context, &work->ends, count * sizeof *values, error));
	GE_CUDA(ge_cuda_keys_values_launch(dictionary->values.data, work->ids.data, count,
									   work->ends.data, context->compute));
	return ge_cuda_download(context, values, work->ends.data, count * sizeof *values,
							error);
}

/* offsets[1..count] and, on the device, work->ends. */
static GeStatus
get_offsets(GeDictionary *dictionary, GeKeysWork *work, uint32_t count, uint64_t *offsets,
			GeError *error)
{
	GeContext *context = dictionary->context;
	size_t temp_bytes = 0;

	GE_TRY(ge_cuda_buffer_reserve(context, &work->ends, count * sizeof *offsets, error));
	GE_CUDA(ge_cuda_keys_lengths_launch(dictionary->key_lengths.data, work->ids.data,
										count, work->ends.data, context->compute));
	GE_CUDA(ge_cuda_running_sum_wide(NULL, &temp_bytes, work->ends.data, count,
									 context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &work->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_running_sum_wide(work->temp.data, &temp_bytes, work->ends.data, count,
									 context->compute));
	return ge_cuda_download(context, offsets + 1, work->ends.data,
							count * sizeof *offsets, error);
}

static uint64_t
piece_bytes(const GeContext *context)
{
	uint64_t limit = context->options.memory_limit;

	if (limit == 0 || limit / 32 > PIECE_BYTES)
		return PIECE_BYTES;
	return limit / 32 < 65536 ? 65536 : limit / 32 & ~UINT64_C(7);
}

static GeStatus
get_bytes(GeDictionary *dictionary, GeKeysWork *work, uint32_t count, uint64_t n_bytes,
		  uint8_t *bytes, GeError *error)
{
	GeContext *context = dictionary->context;
	uint64_t first, n, most = piece_bytes(context);

	GE_TRY(ge_cuda_buffer_reserve(context, &work->piece,
								  n_bytes < most ? n_bytes + 8 : most, error));
	for (first = 0; first < n_bytes; first += n)
	{
		n = n_bytes - first < most ? n_bytes - first : most;
		GE_CUDA(ge_cuda_keys_bytes_launch(
			(const uint8_t *const *) dictionary->key_bytes.data, work->ids.data,
			work->ends.data, count, first, n, work->piece.data, context->compute));
		GE_TRY(ge_cuda_download(context, bytes + first, work->piece.data, n, error));
	}
	return GE_OK;
}

static GeStatus
get_keys(GeDictionary *dictionary, GeKeysWork *work, const uint32_t *ids, uint32_t count,
		 int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error)
{
	GE_TRY(send_ids(dictionary->context, work, ids, count, error));
	if (dictionary->kind == GE_KEY_INT64)
		return get_values(dictionary, work, count, values, error);
	GE_TRY(get_offsets(dictionary, work, count, offsets, error));
	return bytes != NULL
			   ? get_bytes(dictionary, work, count, offsets[count], bytes, error)
			   : GE_OK;
}

static void
free_work(GeContext *context, GeKeysWork *work)
{
	ge_cuda_buffer_free(context, &work->ids);
	ge_cuda_buffer_free(context, &work->ends);
	ge_cuda_buffer_free(context, &work->temp);
	ge_cuda_buffer_free(context, &work->piece);
}

GeStatus
ge_cuda_dictionary_keys(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
						int64_t *values, uint64_t *offsets, uint8_t *bytes,
						GeError *error)
{
	GeContext *context = dictionary->context;
	GeKeysWork work;
	GeStatus status;
	uint32_t i;

	GE_TRY(ge_cuda_enter(context, error));
	if (dictionary->kind == GE_KEY_BYTES)
		offsets[0] = 0;
	for (i = 0; i < count; i++)
		if (ids[i] == GE_ID_MISSING || ids[i] > dictionary->n_keys)
			return ge_cuda_fail(error, GE_INTERNAL, "there is no category %u of %u",
								ids[i], dictionary->n_keys);
	if (count == 0)
		return GE_OK;
	memset(&work, 0, sizeof work);
	status = get_keys(dictionary, &work, ids, count, values, offsets, bytes, error);
	free_work(context, &work);
	return status;
}
