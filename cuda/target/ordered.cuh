/*
 * ordered.cuh: which rows of its category a row in an order learns from.
 */
#ifndef GE_CUDA_TARGET_ORDERED_CUH
#define GE_CUDA_TARGET_ORDERED_CUH

#include "target/ordered.h"

/* Of `row` and the rows before it from `begin` on: the first that sees no less than v rows. */
static __device__ __forceinline__ uint32_t
first_not_seen(const uint64_t *links, uint32_t begin, uint32_t row, uint32_t visible)
{
	uint32_t low = row, high = row, stride = 1;

	/* the place of `row` is not below v; most often those before it are */
	while (low > begin && (uint32_t) links[low - 1] >= visible)
	{
		high = low - 1;
		low = high - begin > stride ? high - stride : begin;
		stride *= 2;
	}
	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if ((uint32_t) links[middle] < visible)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A row, and the rows of its category that it learns from: [begin, end). */
struct Learner
{
	uint32_t row;
	uint32_t visible;
	bool is_missing;
	uint32_t begin, end;
};

static __device__ __forceinline__ Learner
learner_of(const GeTargetView &target, const GeOrderedView &ordered, uint32_t row)
{
	uint32_t id = ordered.sorted.ids[row] & ~GE_NULL_BIT;
	Learner learner;

	learner.row = row;
	learner.visible = (uint32_t) (ordered.links[row] >> 32);
	learner.is_missing = id == GE_ID_MISSING && !target.missing_is_category;
	learner.begin = ordered.starts[id];
	learner.end = first_not_seen(ordered.links, learner.begin, row, learner.visible);
	return learner;
}

#endif /* GE_CUDA_TARGET_ORDERED_CUH */
