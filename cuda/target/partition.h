/*
 * partition.h: many rows added to cells in shared memory.
 *
 * Reductions in device memory reach about 45 billion a second, whatever the cells.  If a
 * call has many rows for each cell, another way is faster: group the rows by sets of
 * cells that fit the shared memory of a block, and add each group there:
 *
 *   keys     bucket << 24 | cell of the bucket, for each row; PARTITION_NONE: no target
 *   sort     by the bucket alone: one pass; targets move with the keys, or within them
 *            where they are small (GE_CELL_HALF): | bucket | target + largest | cell |
 *   add      a block for each stretch of a bucket's rows and each part of its cells
 *
 * With one bucket there is nothing to sort.
 */
#ifndef GE_CUDA_TARGET_PARTITION_H
#define GE_CUDA_TARGET_PARTITION_H

#include "target/target.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* Fewer rows than these do not pay; less in tests. */
#ifndef GE_PARTITION_LEAST_ROWS
#define GE_PARTITION_LEAST_ROWS (UINT32_C(1) << 21)
#endif
#define GE_PARTITION_BUCKETS                                                             \
	255u /* at most; 255 is the bucket of rows without a target */
#define GE_PARTITION_LOCAL_BITS 24
#define GE_PARTITION_NONE UINT32_C(0xffffffff)

	typedef struct GePartition
	{
		uint32_t n_buckets;
		uint32_t width;			/* cells of a bucket */
		uint32_t inverse_width; /* (2^32 - 1) / width */
		uint32_t n_parts;		/* blocks that share a bucket's cells */
		uint32_t part_width;	/* cells of one */
		uint32_t chunk_rows;	/* rows that one block adds at most */
		uint32_t target_bits;	/* of a target in its key; 0: in targets */
		uint32_t cell_bits;
		const uint32_t *keys; /* sorted by bucket */
		const uint64_t *targets;
		const uint32_t *offsets; /* n_buckets + 1: where buckets begin */
	} GePartition;

	/* Bits of numbers up to this one. */
	static inline uint32_t
	ge_cuda_bits_of(uint64_t greatest)
	{
		uint32_t bits = 0;

		while (bits < 64 && greatest >> bits != 0)
			bits++;
		return bits;
	}

	/* Add the rows this way if it pays; *added says whether it did. */
	GeStatus ge_cuda_partition_add(GeTarget *target, const GeRowsView *rows, bool *added,
								   GeError *error);

	/* Is there room for n rows sorted, targets with them if `moves`, and as much again? */
	GeStatus ge_cuda_partition_find_room(GeContext *context, uint32_t n_rows, bool moves,
										 bool *has_room, GeError *error);
	/*
	 * Sort the n keys of partition_keys[0] by their bits [begin, end) into [1], and targets
	 * into partition_targets with them; targets NULL: the keys alone.
	 */
	GeStatus ge_cuda_partition_sort(GeContext *context, uint32_t n_rows,
									const uint64_t *targets, int begin, int end,
									GeError *error);

	/* Free the memory that is kept from call to call. */
	void ge_cuda_partition_free(GeContext *context);
	/* Bytes of a cell in shared memory; 0: this form is not added this way. */
	uint32_t ge_cuda_partition_cell_bytes(const GeDeviceCell *layout);
	cudaError_t ge_cuda_partition_keys_launch(const GeTargetView *target,
											  const GeRowsView *rows,
											  const GePartition *partition,
											  uint32_t *keys, cudaStream_t stream);
	cudaError_t ge_cuda_partition_offsets_launch(const GePartition *partition,
												 uint32_t n_rows, uint32_t *offsets,
												 cudaStream_t stream);
	cudaError_t ge_cuda_partition_add_launch(const GeTargetView *target,
											 const GePartition *partition,
											 uint32_t n_rows, cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_PARTITION_H */
