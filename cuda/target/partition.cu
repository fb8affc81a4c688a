/*
 * partition.cu: the kernels of partition.h.
 *
 * No CPU twin: another order of adding, the same sums.  A block holds a part of a
 * bucket's cells in shared memory, in words of 32 bits (64-bit atomics there are loops):
 *
 *   GE_CELL_HALF   count, V             one array for each word: word w of cell i is
 *   GE_CELL_ONE    count, V in 2 words  at w * part_width + i, so that cells spread
 *   GE_CELL_TWO    count, V in 3 words  over the banks
 */
#include "target/cell.cuh"
#include "target/fold.cuh"
#include "target/partition.h"

#define BLOCK 256
#define ADD_BLOCK 1024
#define ROWS 4 /* of a thread, read together */

static __host__ __device__ constexpr uint32_t
words_of_form(GeCellForm form)
{
	return form == GE_CELL_HALF	 ? 2
		   : form == GE_CELL_ONE ? 3
		   : form == GE_CELL_TWO ? 4
								 : 0;
}

/* Rows that a thread adds together: more if only the key of a row is read. */
static __host__ __device__ constexpr int
add_rows_of_form(GeCellForm form)
{
	return form == GE_CELL_HALF ? 4 * ROWS : ROWS;
}

uint32_t
ge_cuda_partition_cell_bytes(const GeDeviceCell *layout)
{
	return sizeof(uint32_t) * words_of_form(layout->form);
}

/* A target between the cell and the bucket of a key; NONE if it is out of range. */
static __device__ __forceinline__ uint32_t
pack_target(const GeTargetView &target, const GePartition &partition, uint64_t bits,
			uint32_t key)
{
	Scaled x;
	uint64_t value;

	if (!scale_target(target.layout, target.is_integer, bits, &x))
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return GE_PARTITION_NONE;
	}
	value = x.mantissa << x.position;
	value = target.layout.largest + (x.negative ? 0 - value : value);
	return key | (uint32_t) value << partition.cell_bits;
}

/*
 * cell / width: the quotient by the rounded inverse is right or 1 too small, as a cell is
 * below 2^31 (255 buckets of two blocks each are a few million cells).
 */
static __device__ __forceinline__ uint32_t
bucket_of(const GePartition &partition, uint32_t cell)
{
	uint32_t bucket = __umulhi(cell, partition.inverse_width);

	return bucket + (cell - bucket * partition.width >= partition.width ? 1 : 0);
}

/* The key of a row with this id; bits: its target, if the key holds the target. */
template <bool BY_POSITION>
static __device__ __forceinline__ uint32_t
partition_key(const GeTargetView &target, const GeRowsView &rows,
			  const GePartition &partition, uint32_t row, uint32_t id, uint64_t bits)
{
	uint64_t cell = NO_CELL;
	uint32_t bucket, key;

	if (rows.is_null == NULL || rows.is_null[row] == 0)
		cell = key_of<BY_POSITION>(target, rows, row, id);
	if (cell == NO_CELL)
		return GE_PARTITION_NONE;
	bucket = bucket_of(partition, (uint32_t) cell);
	key =
		bucket << GE_PARTITION_LOCAL_BITS | ((uint32_t) cell - bucket * partition.width);
	return partition.target_bits == 0 ? key : pack_target(target, partition, bits, key);
}

/* Ids and targets of all ROWS rows of a thread are under way before the first is used. */
template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK) keys_kernel(GeTargetView target, GeRowsView rows,
									 GePartition partition, uint32_t *keys)
{
	uint64_t first = (uint64_t) blockIdx.x * BLOCK * ROWS + threadIdx.x;
	uint64_t targets[ROWS];
	uint32_t ids[ROWS];

#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		uint64_t row = first + i * BLOCK;

		ids[i] = row < rows.n_rows ? load_id(rows, (uint32_t) row) : 0;
		targets[i] = row < rows.n_rows && partition.target_bits != 0
						 ? __ldcs(&rows.targets[row])
						 : 0;
	}
#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		uint64_t row = first + i * BLOCK;

		if (row < rows.n_rows)
			keys[row] = partition_key<BY_POSITION>(target, rows, partition,
												   (uint32_t) row, ids[i], targets[i]);
	}
}

cudaError_t
ge_cuda_partition_keys_launch(const GeTargetView *target, const GeRowsView *rows,
							  const GePartition *partition, uint32_t *keys,
							  cudaStream_t stream)
{
	uint32_t blocks = (rows->n_rows - 1) / (BLOCK * ROWS) + 1;

	if (folds_by_position(target->folds.split))
		keys_kernel<true><<<blocks, BLOCK, 0, stream>>>(*target, *rows, *partition, keys);
	else
		keys_kernel<false>
			<<<blocks, BLOCK, 0, stream>>>(*target, *rows, *partition, keys);
	return cudaGetLastError();
}

/* The first row of each bucket, and of none; one bucket begins at 0 and takes all. */
static __global__ void
offsets_kernel(GePartition partition, uint32_t n_rows, uint32_t *offsets)
{
	uint32_t low = 0, high = n_rows;

	if (threadIdx.x > partition.n_buckets)
		return;
	if (partition.n_buckets == 1)
		low = high = threadIdx.x == 0 ? 0 : n_rows;
	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (partition.keys[middle] >> GE_PARTITION_LOCAL_BITS < threadIdx.x)
			low = middle + 1;
		else
			high = middle;
	}
	offsets[threadIdx.x] = low;
}

cudaError_t
ge_cuda_partition_offsets_launch(const GePartition *partition, uint32_t n_rows,
								 uint32_t *offsets, cudaStream_t stream)
{
	offsets_kernel<<<1, GE_PARTITION_BUCKETS + 1, 0, stream>>>(*partition, n_rows,
															   offsets);
	return cudaGetLastError();
}

extern __shared__ uint32_t part_memory[];

/* What one block adds: rows [first, end) whose cells are first_cell.. of the bucket. */
struct Item
{
	uint32_t bucket;
	uint32_t first, end;
	uint32_t first_cell;
	bool is_alone; /* no other block has rows of these cells */
};

/* Number `item` of the chunks of all buckets; false when there are fewer. */
static __device__ __forceinline__ bool
find_item(const GePartition &partition, uint32_t item, Item *found)
{
	uint32_t number = item / partition.n_parts;

	for (uint32_t b = 0; b < partition.n_buckets; b++)
	{
		uint32_t n = partition.offsets[b + 1] - partition.offsets[b];
		uint32_t n_chunks = (n + partition.chunk_rows - 1) / partition.chunk_rows;

		if (number < n_chunks)
		{
			found->bucket = b;
			found->first = partition.offsets[b] + number * partition.chunk_rows;
			found->end =
				min(partition.offsets[b + 1], found->first + partition.chunk_rows);
			found->first_cell = item % partition.n_parts * partition.part_width;
			found->is_alone = n_chunks == 1;
			return true;
		}
		number -= n_chunks;
	}
	return false;
}

/* words w, w + 1, ... of a cell += value, with carries; n words of 32 bits. */
template <int N>
static __device__ __forceinline__ void
add_part_words(uint32_t at, uint32_t stride, uint64_t value, bool negative)
{
	uint32_t before, carry, low, high;

	value = negative ? 0 - value : value;
	low = (uint32_t) value;
	high = (uint32_t) (value >> 32);
	before = low != 0 ? atomicAdd(&part_memory[at], low) : 0;
	carry = before + low < before;
	if (N == 2)
	{
		if (high + carry != 0)
			atomicAdd(&part_memory[at + stride], high + carry);
		return;
	}
	/* high + carry may itself leave 32 bits: then the word stays and the carry goes on */
	carry = high + carry < high;
	high += before + low < before;
	before = high != 0 ? atomicAdd(&part_memory[at + stride], high) : 0;
	carry += before + high < before;
	carry -= negative ? 1 : 0;
	if (carry != 0)
		atomicAdd(&part_memory[at + 2 * stride], carry);
}

template <GeCellForm FORM>
static __device__ __forceinline__ void
add_part_row(const GeTargetView &target, const GePartition &partition, const Item &item,
			 uint32_t key, uint64_t bits)
{
	uint32_t stride = partition.part_width;
	uint32_t cell = key & ((1u << partition.cell_bits) - 1), at = cell - item.first_cell;
	Scaled x;

	if (key == GE_PARTITION_NONE || at >= stride)
		return;
	if (FORM == GE_CELL_HALF)
	{
		uint32_t value = key >> partition.cell_bits & ((1u << partition.target_bits) - 1);

		value -= (uint32_t) target.layout.largest;
		atomicAdd(&part_memory[at], 1u);
		if (value != 0)
			atomicAdd(&part_memory[at + stride], value);
		return;
	}
	if (!scale_target(target.layout, target.is_integer, bits, &x))
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return;
	}
	atomicAdd(&part_memory[at], 1u);
	if (x.mantissa != 0)
		add_part_words<FORM == GE_CELL_TWO ? 3 : 2>(at + stride, stride,
													x.mantissa << x.position, x.negative);
}

static __device__ __forceinline__ void
add_or_reduce(uint64_t *word, uint64_t value, bool is_alone)
{
	if (is_alone)
		*word += value;
	else
		add_word(word, value);
}

/* Add a cell of the block to its cell in device memory. */
template <GeCellForm FORM>
static __device__ __forceinline__ void
flush_part_cell(uint32_t at, uint32_t stride, uint64_t *cell, bool is_alone)
{
	uint64_t count = part_memory[at], low = part_memory[at + stride], high;

	if (FORM == GE_CELL_HALF)
	{
		add_or_reduce(cell, (low << 32) + count, is_alone);
		return;
	}
	low |= (uint64_t) part_memory[at + 2 * stride] << 32;
	if (FORM == GE_CELL_ONE)
	{
		add_or_reduce(cell, low, is_alone);
		add_or_reduce(cell + 1, count, is_alone);
		return;
	}
	high = part_memory[at + 3 * stride];
	if (!is_alone)
	{
		add_two_words(cell, low, (int32_t) high, (uint32_t) count);
		return;
	}
	low += cell[0];
	high += low < cell[0] ? 1 : 0;
	cell[0] = low;
	cell[1] += (high << 32) + count;
}

template <GeCellForm FORM>
static __global__ void
__launch_bounds__(ADD_BLOCK, 1) add_kernel(GeTargetView target, GePartition partition)
{
	constexpr int N_ROWS = add_rows_of_form(FORM);
	uint32_t stride = partition.part_width, words = words_of_form(FORM) * stride;
	uint64_t first_cell;
	Item item;

	if (!find_item(partition, blockIdx.x, &item))
		return;
	for (uint32_t i = threadIdx.x; i < words; i += ADD_BLOCK)
		part_memory[i] = 0;
	__syncthreads();
	for (uint64_t tile = item.first; tile < item.end; tile += ADD_BLOCK * N_ROWS)
	{
		uint32_t keys[N_ROWS];
		uint64_t targets[N_ROWS];

#pragma unroll
		for (int i = 0; i < N_ROWS; i++)
		{
			uint64_t row = tile + i * ADD_BLOCK + threadIdx.x;

			keys[i] = row < item.end ? __ldcs(&partition.keys[row]) : GE_PARTITION_NONE;
			targets[i] = FORM != GE_CELL_HALF && row < item.end
							 ? __ldcs(&partition.targets[row])
							 : 0;
		}
#pragma unroll
		for (int i = 0; i < N_ROWS; i++)
			add_part_row<FORM>(target, partition, item, keys[i], targets[i]);
	}
	__syncthreads();
	first_cell = (uint64_t) item.bucket * partition.width + item.first_cell;
	for (uint32_t i = threadIdx.x; i < stride; i += ADD_BLOCK)
		if (part_memory[i] != 0)
			flush_part_cell<FORM>(i, stride,
								  target.cells + (first_cell + i) * target.layout.n_words,
								  item.is_alone);
}

template <GeCellForm FORM>
static cudaError_t
launch_add(const GeTargetView *target, const GePartition *partition, uint32_t n_rows,
		   cudaStream_t stream)
{
	size_t shared = (size_t) words_of_form(FORM) * partition->part_width * 4;
	uint32_t blocks =
		(n_rows / partition->chunk_rows + partition->n_buckets) * partition->n_parts;
	cudaError_t code = cudaFuncSetAttribute(
		add_kernel<FORM>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);

	if (code != cudaSuccess)
		return code;
	add_kernel<FORM><<<blocks, ADD_BLOCK, shared, stream>>>(*target, *partition);
	return cudaGetLastError();
}

cudaError_t
ge_cuda_partition_add_launch(const GeTargetView *target, const GePartition *partition,
							 uint32_t n_rows, cudaStream_t stream)
{
	switch (target->layout.form)
	{
		case GE_CELL_HALF:
			return launch_add<GE_CELL_HALF>(target, partition, n_rows, stream);
		case GE_CELL_ONE:
			return launch_add<GE_CELL_ONE>(target, partition, n_rows, stream);
		default:
			return launch_add<GE_CELL_TWO>(target, partition, n_rows, stream);
	}
}
