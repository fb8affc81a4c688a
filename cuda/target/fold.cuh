/*
 * fold.cuh: the id, the fold and the cell of a row on the device.
 *
 * CPU twin: src/cpu/folds.c, src/cpu/target_cells.c; the meaning is src/backend/fold.h's.  The
 * quotient floor(p k / n) is estimated in floating point, which is off by one at most
 * (p < n, quotient < 2^32), and put right by its remainder, exact modulo 2^64.
 */
#ifndef GE_CUDA_TARGET_FOLD_CUH
#define GE_CUDA_TARGET_FOLD_CUH

#include "target/kernels.h"

#define NO_CELL UINT64_C(0xffffffffffffffff)

/* Ids are read once: they need not push cells and encodings out of the L2 cache. */
static __device__ __forceinline__ uint32_t
load_id(const GeRowsView &rows, uint32_t row)
{
	if (rows.id_width == 4)
		return __ldcs((const uint32_t *) rows.ids + row);
	if (rows.id_width == 2)
		return __ldcs((const uint16_t *) rows.ids + row);
	return __ldcs((const uint8_t *) rows.ids + row);
}

/* floor(position * k / n) for position < n < 2^62. */
static __device__ __forceinline__ uint32_t
scale_position(const GeTargetView &target, uint64_t position)
{
	uint64_t n = target.folds.n_rows;
	uint64_t quotient = (uint64_t) ((double) position * target.folds_per_row);
	int64_t rest = (int64_t) (position * target.k - quotient * n);

	if (rest < 0)
		quotient--;
	else if (rest >= (int64_t) n)
		quotient++;
	return (uint32_t) quotient;
}

/* Does the fold follow from a position, by scale_position()? */
static __host__ __device__ __forceinline__ bool
folds_by_position(GeSplit split)
{
	return split == GE_SPLIT_CONTIGUOUS || split == GE_SPLIT_RANDOM;
}

/* BY_POSITION: folds_by_position(); kernels are compiled for either. */
template <bool BY_POSITION>
static __device__ __forceinline__ uint32_t
fold_of(const GeTargetView &target, const GeRowsView &rows, uint32_t row)
{
	if (BY_POSITION)
	{
		uint64_t position = rows.first_ordinal + row;

		if (target.folds.split == GE_SPLIT_RANDOM)
			position = ge_fold_permute(&target.folds, position);
		return scale_position(target, position);
	}
	if (target.folds.split == GE_SPLIT_CUSTOM)
		return rows.folds[row];
	if (target.folds.split == GE_SPLIT_NONE)
		return 0;
	if (target.k <= 0x80000000u && row < 0x80000000u)
		return (rows.first_fold + row) % target.k;
	return (uint32_t) (((uint64_t) rows.first_fold + row) % target.k);
}

static __device__ __forceinline__ void
raise_flag(const GeTargetView &target, uint32_t flag)
{
	atomicOr(target.flags, flag);
}

/* id * k + fold; NO_CELL and a flag if either is out of range. */
template <bool BY_POSITION>
static __device__ __forceinline__ uint64_t
key_of(const GeTargetView &target, const GeRowsView &rows, uint32_t row, uint32_t id)
{
	uint32_t fold = fold_of<BY_POSITION>(target, rows, row);

	if (id > target.n_categories || fold >= target.k)
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return NO_CELL;
	}
	return (uint64_t) id * target.k + fold;
}

/* The cell with this key among sparse cells, or NO_CELL. */
static __device__ __forceinline__ uint64_t
search_cell(const GeTargetView &target, uint64_t key)
{
	uint64_t low = 0, high = target.n_cells;

	while (low < high)
	{
		uint64_t middle = low + (high - low) / 2;

		if (target.keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < target.n_cells && target.keys[low] == key ? low : NO_CELL;
}

#endif /* GE_CUDA_TARGET_FOLD_CUH */
