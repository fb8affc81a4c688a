/*
 * pieces.c: rows copied in pieces through two blocks of device memory in turn.
 *
 * One block is filled by copy_in while compute reads the other; copy_in waits for the
 * event of the kernels that read a block last.
 */
#include "target/pieces.h"

#include <string.h>

#define PIECE_ROWS (UINT32_C(1) << 22)
/* ids, folds, targets and nulls, weights, and what alignment may take */
#define PIECE_ROW_BYTES (4 + 4 + 8 + 1)
#define PIECE_WEIGHT_BYTES 8
#define PIECE_ORDER_BYTES 8
#define PIECE_EXTRA_BYTES 1536
/* A piece with its encodings. */
#define MOST_PIECE_BYTES (UINT64_C(1) << 30)

uint32_t
ge_cuda_piece_rows(const GeTarget *target)
{
	uint64_t limit = target->context->options.memory_limit;
	uint32_t rows = PIECE_ROWS;

	/* and their encodings */
	uint64_t row_bytes =
		56 + 8 * (uint64_t) (target->n_finishes > 1 ? target->n_finishes : 1);

	while (rows > 1024 && ((uint64_t) rows * row_bytes > MOST_PIECE_BYTES ||
						   (limit != 0 && (uint64_t) rows * row_bytes > limit / 16)))
		rows /= 2;
	return rows;
}

static GeStatus
take_block(const GeTarget *target, uint32_t n, GeRowBlock **taken, GeError *error)
{
	GeContext *context = target->context;
	GeRowBlock *block = &context->row_blocks[context->row_block_at];
	size_t row_bytes = PIECE_ROW_BYTES, bytes;

	if (target->view.layout.weights.at != 0)
		row_bytes += PIECE_WEIGHT_BYTES;
	if (target->spec.folds.split == GE_SPLIT_ORDERED)
		row_bytes += PIECE_ORDER_BYTES;
	bytes = (size_t) n * row_bytes + PIECE_EXTRA_BYTES;
	context->row_block_at ^= 1;
	*taken = block;
	if (block->device.bytes < bytes)
	{
		GE_TRY(ge_cuda_buffer_reserve(context, &block->device, bytes, error));
		return ge_cuda_order(context, context->compute, context->copy_in, error);
	}
	if (block->in_use)
		GE_CUDA(cudaStreamWaitEvent(context->copy_in, block->done, 0));
	return GE_OK;
}

/* Copy one array of a piece to its place in the block; *device is that place. */
static GeStatus
send_array(GeContext *context, const GeRowBlock *block, size_t *at, const void *host,
		   size_t bytes, const void **device, GeError *error)
{
	void *place = (uint8_t *) block->device.data + *at;

	*device = place;
	*at += (bytes + 255) & ~(size_t) 255;
	return ge_cuda_upload(context, place, host, bytes, error);
}

/* The places of rows [first, first + n), and how many rows each sees. */
static GeStatus
send_order(GeContext *context, const GeRowBlock *block, size_t *at,
		   const GeTargetRows *rows, uint32_t first, uint32_t n, GeRowsView *view,
		   GeError *error)
{
	const void *device;

	GE_TRY(send_array(context, block, at, rows->places + first, n * sizeof(uint32_t),
					  &device, error));
	view->places = device;
	GE_TRY(send_array(context, block, at, rows->visible + first, n * sizeof(uint32_t),
					  &device, error));
	view->visible = device;
	return GE_OK;
}

/* Rows that have no targets count as such of 0. */
static GeStatus
make_targets(GeContext *context, const GeRowBlock *block, size_t *at, uint32_t n,
			 GeRowsView *view, GeError *error)
{
	void *place = (uint8_t *) block->device.data + *at;

	GE_CUDA(cudaMemsetAsync(place, 0, n * sizeof(uint64_t), context->copy_in));
	*at += (n * sizeof(uint64_t) + 255) & ~(size_t) 255;
	view->targets = place;
	return GE_OK;
}

/* The targets of rows [first, first + n), which of them are null, and weights. */
static GeStatus
send_targets(GeContext *context, const GeRowBlock *block, size_t *at,
			 const GeTargetRows *rows, uint32_t first, uint32_t n, bool weighted,
			 GeRowsView *view, GeError *error)
{
	const void *device;

	if (rows->int_targets != NULL)
		GE_TRY(send_array(context, block, at, rows->int_targets + first,
						  n * sizeof(int64_t), &device, error));
	else
		GE_TRY(send_array(context, block, at, rows->float_targets + first,
						  n * sizeof(double), &device, error));
	view->targets = device;
	if (weighted)
	{
		GE_TRY(send_array(context, block, at, rows->weights + first, n * sizeof(double),
						  &device, error));
		view->weights = device;
	}
	if (rows->target_is_null == NULL)
		return GE_OK;
	GE_TRY(
		send_array(context, block, at, rows->target_is_null + first, n, &device, error));
	view->is_null = device;
	return GE_OK;
}

GeStatus
ge_cuda_piece_send(GeTarget *target, const GeTargetRows *rows, uint32_t first, uint32_t n,
				   bool with_targets, GeRowBlock **block, GeRowsView *view,
				   GeError *error)
{
	GeContext *context = target->context;
	bool weighted = target->view.layout.weights.at != 0;
	const void *device;
	size_t at = 0;

	memset(view, 0, sizeof *view);
	view->first_ordinal = rows->first_ordinal + first;
	view->first_fold = (uint32_t) (view->first_ordinal % target->view.k);
	view->n_rows = n;
	view->id_width = rows->id_width;
	GE_TRY(ge_cuda_poll(context, error));
	GE_TRY(take_block(target, n, block, error));
	GE_TRY(send_array(context, *block, &at,
					  (const uint8_t *) rows->ids + (size_t) first * rows->id_width,
					  (size_t) n * rows->id_width, &device, error));
	view->ids = device;
	if (target->spec.folds.split == GE_SPLIT_CUSTOM)
	{
		GE_TRY(send_array(context, *block, &at, rows->folds + first, n * sizeof(uint32_t),
						  &device, error));
		view->folds = device;
	}
	if (with_targets && target->spec.folds.split == GE_SPLIT_ORDERED)
		GE_TRY(send_order(context, *block, &at, rows, first, n, view, error));
	if (with_targets && target->view.counts_only)
		GE_TRY(make_targets(context, *block, &at, n, view, error));
	else if (with_targets)
		GE_TRY(send_targets(context, *block, &at, rows, first, n, weighted, view, error));
	return ge_cuda_order(context, context->copy_in, context->compute, error);
}

GeStatus
ge_cuda_piece_sent(GeTarget *target, GeRowBlock *block, GeError *error)
{
	GE_CUDA(cudaEventRecord(block->done, target->context->compute));
	block->in_use = true;
	return GE_OK;
}
