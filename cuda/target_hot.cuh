/*
 * target_hot.cuh: where hot categories stand in hot_ids.
 */
#ifndef GE_CUDA_TARGET_HOT_CUH
#define GE_CUDA_TARGET_HOT_CUH

#include <stdint.h>

/* The first (choice 0) or second slot that an id may take; slots is a power of two. */
static __device__ __forceinline__ uint32_t
hot_slot(uint32_t slots, uint32_t id, uint32_t choice)
{
	uint32_t mixed = id * (choice == 0 ? 0x9E3779B1u : 0x85EBCA77u);

	return (mixed >> 16) & (slots - 1);
}

#endif /* GE_CUDA_TARGET_HOT_CUH */
