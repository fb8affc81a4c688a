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

static __device__ __forceinline__ uint64_t
raise_sum(int64_t *word, uint64_t value)
{
	return raise_word((uint64_t *) word, value);
}

/* Where word w of records has its second one, if it is that of least or greatest; else 0. */
static __device__ __forceinline__ uint32_t
next_of(const GeDeviceCell &layout, uint32_t w)
{
	if (w < layout.sums_end)
		return 0;
	return w == layout.least_at ? layout.least_next : layout.greatest_next;
}

/* Count `value` in as a word of the record; whatever is pushed out may be the second one. */
static __device__ __forceinline__ void
add_extreme(int64_t *record, uint32_t w, uint32_t next, uint64_t value)
{
	uint64_t before;

	if (value == 0)
		return;
	before = raise_sum(&record[w], value);
	raise_sum(&record[next], before < value ? before : value);
}

/* Word w of a category, the first or second of its folds first..end-1, into its record. */
static __device__ __forceinline__ void
add_category_extremes(const GeTargetView &target, uint64_t id, uint32_t w, uint32_t fold,
					  uint32_t end)
{
	const GeDeviceCell &layout = target.layout;
	int64_t *record = target.category_sums + id * layout.record_words;
	uint32_t next = next_of(layout, w);
	uint64_t first = 0, second = 0;

	for (; fold < end; fold++)
	{
		uint64_t word = target.cells[(id * target.k + fold) * layout.n_words + w];
		uint64_t pushed_out = word < first ? word : first;

		first = word > first ? word : first;
		second = pushed_out > second ? pushed_out : second;
	}
	if (gridDim.y == 1)
	{
		record[w] = (int64_t) first;
		record[next] = (int64_t) second;
		return;
	}
	add_extreme(record, w, next, first);
	add_extreme(record, w, next, second);
}

/* Word w of category c over the folds of stretch blockIdx.y. */
static __global__ void
__launch_bounds__(BLOCK) categories_kernel(GeTargetView target)
{
	const GeDeviceCell layout = target.layout;
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t id = i / layout.record_words;
	uint32_t w = (uint32_t) (i % layout.record_words), fold = blockIdx.y * STRETCH;
	uint32_t end = target.k - fold < STRETCH ? target.k : fold + STRETCH;
	int64_t sum = 0;

	if (id > target.n_categories)
		return;
	if (w >= layout.sums_end)
	{
		if (w < layout.n_words)
			add_category_extremes(target, id, w, fold, end);
		return;
	}
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
	uint64_t fold = i / layout.record_words, id = (uint64_t) blockIdx.y * stretch;
	uint64_t end = id + stretch, most = 0;
	uint32_t w = (uint32_t) (i % layout.record_words);
	int64_t sum = 0;

	if (fold >= target.k || (w >= layout.sums_end && w >= layout.n_words))
		return;
	for (; id < end && id <= target.n_categories; id++)
	{
		int64_t word = record_word(
			layout, target.cells + (id * target.k + fold) * layout.n_words, w);

		sum += word;
		most = (uint64_t) word > most ? (uint64_t) word : most;
	}
	if (w < layout.sums_end)
		add_sum(&target.fold_sums[i], sum);
	else
		raise_sum(&target.fold_sums[i], most);
}

/* The words of one sparse cell to those of its category and its fold. */
static __global__ void
__launch_bounds__(BLOCK) sparse_kernel(GeTargetView target)
{
	const GeDeviceCell layout = target.layout;
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	const uint64_t *cell = target.cells + i * layout.n_words;
	int64_t *category, *fold;

	if (i >= target.n_cells)
		return;
	category = target.category_sums + target.keys[i] / target.k * layout.record_words;
	fold = target.fold_sums + target.keys[i] % target.k * layout.record_words;
	for (uint32_t w = 0; w < layout.sums_end; w++)
	{
		int64_t word = record_word(layout, cell, w);

		add_sum(&category[w], word);
		if (target.fold_sums != NULL)
			add_sum(&fold[w], word);
	}
	for (uint32_t w = layout.sums_end; w < layout.n_words; w++)
	{
		add_extreme(category, w, next_of(layout, w), cell[w]);
		if (target.fold_sums != NULL)
			raise_sum(&fold[w], cell[w]);
	}
}

/* Word blockIdx.y over all categories; of least and greatest the first one serves. */
static __global__ void
__launch_bounds__(BLOCK) all_kernel(GeTargetView target)
{
	uint32_t n_words = target.layout.record_words, w = blockIdx.y;
	uint64_t id = (uint64_t) blockIdx.x * BLOCK + threadIdx.x, most = 0;
	int64_t sum = 0;

	for (; id <= target.n_categories; id += (uint64_t) gridDim.x * BLOCK)
	{
		int64_t word = target.category_sums[id * n_words + w];

		sum += word;
		most = (uint64_t) word > most ? (uint64_t) word : most;
	}
	for (int step = 16; step > 0; step /= 2)
	{
		uint64_t other = __shfl_down_sync(0xffffffff, most, step);

		sum += __shfl_down_sync(0xffffffff, sum, step);
		most = other > most ? other : most;
	}
	if (threadIdx.x % 32 != 0)
		return;
	if (w < target.layout.sums_end)
		add_sum(&target.all_sum[w], sum);
	else
		raise_sum(&target.all_sum[w], most);
}

static uint32_t
blocks_for(uint64_t threads)
{
	return (uint32_t) ((threads + BLOCK - 1) / BLOCK);
}

static void
launch_folds(const GeTargetView *target, cudaStream_t stream)
{
	uint64_t n = (uint64_t) target->k * target->layout.record_words;
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
	uint64_t n_words = n_ids * target->layout.record_words;
	uint32_t blocks = blocks_for(n_ids);

	if (target->keys != NULL && target->n_cells > 0)
		sparse_kernel<<<blocks_for(target->n_cells), BLOCK, 0, stream>>>(*target);
	else if (target->keys == NULL)
		categories_kernel<<<dim3(blocks_for(n_words), (target->k - 1) / STRETCH + 1),
							BLOCK, 0, stream>>>(*target);
	if (target->keys == NULL && target->fold_sums != NULL)
		launch_folds(target, stream);
	all_kernel<<<dim3(blocks < 1024 ? blocks : 1024, target->layout.record_words), BLOCK,
				 0, stream>>>(*target);
	return cudaGetLastError();
}
