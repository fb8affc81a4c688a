/*
 * totals.cu: from cells to the sums of categories, of folds and of everything.
 *
 * CPU twin: src/cpu/target_dense.c and target_sorted.c (add_up).
 *   S_c = sum over f of S_cf,   S_f = sum over c of S_cf,   S = sum over c of S_c
 * word by word of the records (count, A_0, ..., A_b).  A thread adds one word over a
 * stretch of cells; stretches of one sum meet by reductions in device memory.
 */
#include "target/cell.cuh"
#include "target/fold.cuh"

#define BLOCK 256
#define STRETCH 256 /* cells that one thread adds up at most */

static __device__ __forceinline__ void
add_sum(int64_t *word, int64_t value)
{
	if (value != 0)
		add_word((uint64_t *) word, (uint64_t) value);
}

/* Word w of category c over the folds of stretch blockIdx.y. */
static __global__ void
__launch_bounds__(BLOCK) categories_kernel(GeTargetView target)
{
	const GeDeviceCell layout = target.layout;
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t id = i / layout.sum_words;
	uint32_t w = (uint32_t) (i % layout.sum_words), fold = blockIdx.y * STRETCH;
	uint32_t end = target.k - fold < STRETCH ? target.k : fold + STRETCH;
	int64_t sum = 0;

	if (id > target.n_categories)
		return;
	for (; fold < end; fold++)
		sum += record_word(layout, target.cells + (id * target.k + fold) * layout.n_words,
						   w);
	if (gridDim.y == 1)
		target.category_sums[i] = sum;
	else
		add_sum(&target.category_sums[i], sum);
}

/* Word w of fold f over the categories of stretch blockIdx.y. */
static __global__ void
__launch_bounds__(BLOCK) folds_kernel(GeTargetView target, uint32_t stretch)
{
	const GeDeviceCell layout = target.layout;
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t fold = i / layout.sum_words, id = (uint64_t) blockIdx.y * stretch;
	uint64_t end = id + stretch;
	uint32_t w = (uint32_t) (i % layout.sum_words);
	int64_t sum = 0;

	if (fold >= target.k)
		return;
	for (; id < end && id <= target.n_categories; id++)
		sum += record_word(layout, target.cells + (id * target.k + fold) * layout.n_words,
						   w);
	add_sum(&target.fold_sums[i], sum);
}

/* The words of one sparse cell to those of its category and its fold. */
static __global__ void
__launch_bounds__(BLOCK) sparse_kernel(GeTargetView target)
{
	const GeDeviceCell layout = target.layout;
	uint64_t cell = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t id, fold;

	if (cell >= target.n_cells)
		return;
	id = target.keys[cell] / target.k;
	fold = target.keys[cell] % target.k;
	for (uint32_t w = 0; w < layout.sum_words; w++)
	{
		int64_t word = record_word(layout, target.cells + cell * layout.n_words, w);

		add_sum(&target.category_sums[id * layout.sum_words + w], word);
		if (target.fold_sums != NULL)
			add_sum(&target.fold_sums[fold * layout.sum_words + w], word);
	}
}

/* Word blockIdx.y over all categories. */
static __global__ void
__launch_bounds__(BLOCK) all_kernel(GeTargetView target)
{
	uint32_t n_words = target.layout.sum_words, w = blockIdx.y;
	uint64_t id = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int64_t sum = 0;

	for (; id <= target.n_categories; id += (uint64_t) gridDim.x * BLOCK)
		sum += target.category_sums[id * n_words + w];
	for (int step = 16; step > 0; step /= 2)
		sum += __shfl_down_sync(0xffffffff, sum, step);
	if (threadIdx.x % 32 == 0)
		add_sum(&target.all_sum[w], sum);
}

static uint32_t
blocks_for(uint64_t threads)
{
	return (uint32_t) ((threads + BLOCK - 1) / BLOCK);
}

static void
launch_folds(const GeTargetView *target, cudaStream_t stream)
{
	uint64_t n = (uint64_t) target->k * target->layout.sum_words;
	uint32_t stretch = STRETCH, categories = target->n_categories;
	dim3 grid(blocks_for(n), 0, 1);

	while (categories / stretch >= 32768)
		stretch *= 2;
	grid.y = categories / stretch + 1;
	folds_kernel<<<grid, BLOCK, 0, stream>>>(*target, stretch);
}

cudaError_t
ge_cuda_target_totals_launch(const GeTargetView *target, cudaStream_t stream)
{
	uint64_t n_ids = (uint64_t) target->n_categories + 1;
	uint64_t n_words = n_ids * target->layout.sum_words;
	uint32_t blocks = blocks_for(n_ids);

	if (target->keys != NULL && target->n_cells > 0)
		sparse_kernel<<<blocks_for(target->n_cells), BLOCK, 0, stream>>>(*target);
	else if (target->keys == NULL)
		categories_kernel<<<dim3(blocks_for(n_words), (target->k - 1) / STRETCH + 1),
							BLOCK, 0, stream>>>(*target);
	if (target->keys == NULL && target->fold_sums != NULL)
		launch_folds(target, stream);
	all_kernel<<<dim3(blocks < 1024 ? blocks : 1024, target->layout.sum_words), BLOCK, 0,
				 stream>>>(*target);
	return cudaGetLastError();
}
