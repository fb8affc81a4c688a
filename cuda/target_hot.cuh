/*
 * target_hot.cuh: where hot categories stand in hot_ids, and how large their cells are.
 */
#ifndef GE_CUDA_TARGET_HOT_CUH
#define GE_CUDA_TARGET_HOT_CUH

#include "target_kernels.h"

/* The first (choice 0) or second slot that an id may take; slots is a power of two. */
static __device__ __forceinline__ uint32_t
hot_slot(uint32_t slots, uint32_t id, uint32_t choice)
{
	uint32_t mixed = id * (choice == 0 ? 0x9E3779B1u : 0x85EBCA77u);

	return (mixed >> 16) & (slots - 1);
}

/* 32-bit words of a cell in shared memory. */
static __host__ __device__ __forceinline__ uint32_t
hot_words(const GeCellLayout &layout)
{
	return layout.form == GE_CELL_HALF ? 2 : 1 + 2 * layout.n_bins;
}

#endif /* GE_CUDA_TARGET_HOT_CUH */
