/*
 * hot.cuh: cells of hot categories in the shared memory of a block.
 *
 * CPU twin: the private cells of each thread in src/cpu/target_dense_add.c.  Words have
 * 32 bits, because atomics of 64 bits on shared memory are loops:
 *
 *   | ids of hot_slots categories | their cells, k for each |
 *   a cell: | count | bin 0 low | bin 0 high | bin 1 low | ... |
 *   of GE_CELL_HALF: | count | V |
 */
#ifndef GE_CUDA_TARGET_HOT_CUH
#define GE_CUDA_TARGET_HOT_CUH

#include "target/cell.cuh"
#include "target/kernels.h"

/* Shared memory that hot categories may take. */
#define GE_HOT_BYTES (40 * 1024)

/* The first (choice 0) or second slot that an id may take; slots is a power of two. */
static __device__ __forceinline__ uint32_t
hot_slot(uint32_t slots, uint32_t id, uint32_t choice)
{
	uint32_t mixed = id * (choice == 0 ? 0x9E3779B1u : 0x85EBCA77u);

	return (mixed >> 16) & (slots - 1);
}

/* Words of a cell. */
static __host__ __device__ __forceinline__ uint32_t
hot_words(const GeDeviceCell &layout)
{
	return layout.form == GE_CELL_HALF ? 2 : 1 + 2 * layout.n_bins;
}

#ifdef __CUDACC__
extern __shared__ uint32_t hot_memory[];

/* The first word of a category's cells in hot_memory, or 0 when it is not hot. */
static __device__ __forceinline__ uint32_t
hot_cells_of(const GeTargetView &target, uint32_t id)
{
	uint32_t slots = target.hot_slots;

	for (uint32_t choice = 0; choice < 2; choice++)
	{
		uint32_t slot = hot_slot(slots, id, choice);

		if (hot_memory[slot] == id)
			return slots + slot * target.k * hot_words(target.layout);
	}
	return 0;
}

/* Add to a 64-bit number in two words from `at` on. */
static __device__ __forceinline__ void
add_hot_words(uint32_t at, uint64_t value)
{
	uint32_t low = (uint32_t) value, high = (uint32_t) (value >> 32);
	uint32_t before = atomicAdd(&hot_memory[at], low);

	high += before + low < before ? 1 : 0;
	if (high != 0)
		atomicAdd(&hot_memory[at + 1], high);
}

/* Add one row's target to the cell that begins at word `at`. */
template <GeCellForm FORM>
static __device__ __forceinline__ void
add_to_hot(uint32_t at, const Scaled &x)
{
	unsigned __int128 wide;

	atomicAdd(&hot_memory[at], 1u);
	if (FORM == GE_CELL_HALF || FORM == GE_CELL_ONE)
	{
		uint32_t value = (uint32_t) (x.mantissa << x.position);

		if (value != 0 && FORM == GE_CELL_HALF)
			atomicAdd(&hot_memory[at + 1], x.negative ? 0 - value : value);
		else if (value != 0)
			add_hot_words(at + 1, x.negative ? 0 - (uint64_t) value : value);
		return;
	}
	at += 1 + 2 * (x.position / 32);
	for (wide = (unsigned __int128) x.mantissa << x.position % 32; wide != 0;
		 wide >>= 32, at += 2)
		if ((uint32_t) wide != 0)
			add_hot_words(at, x.negative ? 0 - (uint64_t) (uint32_t) wide
										 : (uint64_t) (uint32_t) wide);
}

static __device__ __forceinline__ uint64_t
hot_number(uint32_t at)
{
	return (uint64_t) hot_memory[at + 1] << 32 | hot_memory[at];
}

/* Add the cell that begins at word `at` to a cell in device memory. */
template <GeCellForm FORM>
static __device__ __forceinline__ void
flush_hot_cell(const GeDeviceCell &layout, uint32_t at, uint64_t *cell)
{
	uint32_t count = hot_memory[at];

	if (FORM == GE_CELL_HALF)
		add_word(cell, ((uint64_t) hot_memory[at + 1] << 32) + count);
	else if (FORM == GE_CELL_ONE)
	{
		add_word(cell, hot_number(at + 1));
		add_word(cell + 1, count);
	}
	else if (FORM == GE_CELL_TWO)
	{
		__int128 v = ((__int128) (int64_t) hot_number(at + 3) << 32) +
					 (int64_t) hot_number(at + 1);

		add_two_words(cell, (uint64_t) v, (int64_t) (v >> 64), count);
	}
	else
	{
		add_word(cell, count);
		for (uint32_t i = 0; i < layout.n_bins; i++)
			add_word(cell + 1 + i, hot_number(at + 1 + 2 * i));
	}
}
#endif

#endif /* GE_CUDA_TARGET_HOT_CUH */
