/*
 * finishes.cu: the encodings of every cell and of every category by any finishes.
 *
 * CPU twin: src/cpu/target_dense_encode.c (encode_folds), src/cpu/target_cells.c.
 *   a record without its cell: sums by subtraction; least and greatest are the category's
 *   first ones, or its second ones if the cell has the first
 * A thread for each cell, or for each category.  Kernels for the usual numbers of bins have
 * the record in registers; that for any number has it in scratch memory of the thread.  A mean
 * alone, with a given smooth, has kernels without all that other finishes need (MEAN).
 */
#include "target/cell.cuh"
#include "target/figures.h"
#include "target/fold.cuh"

#define BLOCK 128
#define SCRATCH_THREADS 32768

/* The layout with constants for what a kernel is compiled for; <0, 0>: any. */
template <int SUM_BINS, int SQUARE_BINS, bool MEAN>
static __device__ __forceinline__ GeDeviceCell
fixed_layout(const GeDeviceCell &given)
{
	GeDeviceCell layout = given;

	if (MEAN)
		layout.least_at = layout.greatest_at = 0;
	if (SUM_BINS == 0)
		return layout;
	layout.n_bins = SUM_BINS;
	layout.weights.at = 0;
	layout.squares.at = SQUARE_BINS > 0 ? SUM_BINS + 2 : 0;
	layout.squares.n_bins = SQUARE_BINS;
	layout.sums_end = SUM_BINS + 2 + (SQUARE_BINS > 0 ? SQUARE_BINS + 1 : 0);
	return layout;
}

/* Words of a record that stays in registers. */
static __host__ __device__ constexpr int
record_words(int sum_bins, int square_bins)
{
	return sum_bins == 0 ? 1 : sum_bins + 2 + (square_bins > 0 ? square_bins + 1 : 0);
}

/* The word `at` of all cells but `cell`; cell NULL: of all. */
static __device__ __forceinline__ uint64_t
extreme_without(const int64_t *all, const uint64_t *cell, uint32_t at, uint32_t next)
{
	if (at == 0)
		return 0;
	return (uint64_t) (cell != NULL && cell[at] == (uint64_t) all[at] ? all[next]
																	  : all[at]);
}

/* What a kernel is compiled for: one mean needs no further figures. */
template <bool MEAN>
static __device__ __forceinline__ GeFinishView
fixed_finishes(const GeFinishView &given)
{
	GeFinishView finishing = given;

	if (MEAN)
	{
		finishing.n = 1;
		finishing.wants_spread = finishing.wants_zeros = false;
	}
	return finishing;
}

template <bool MEAN>
static __device__ __forceinline__ double
encoding_of(const GeFinish *finish, const GeFigures &figures, const GePrior &prior)
{
	if (!MEAN)
		return ge_finish(finish, figures, prior);
	return figures.empty ? prior.unseen : ge_finish_mean(finish->smooth, figures, prior);
}

/* The figures of a category without those of one of its cells; cell NULL: of all. */
static __device__ __forceinline__ GeFigures
figures_without(const GeTargetView &target, const GeDeviceCell &layout,
				const GeFinishView &finishing, uint64_t id, const uint64_t *cell,
				int64_t *record)
{
	const int64_t *all = target.category_sums + id * target.layout.record_words;
	uint64_t n_rows = (uint64_t) all[0];
	GeFigures figures;

	if (target.null_rows != NULL)
		n_rows += target.null_rows[id];
#pragma unroll
	for (uint32_t w = 0; w < layout.sums_end; w++)
		record[w] = all[w] - (cell != NULL ? record_word(layout, cell, w) : 0);
	figures = ge_cuda_figures(&layout, &finishing, record, n_rows);
	ge_cuda_set_extremes(
		&figures, extreme_without(all, cell, layout.least_at, layout.least_next),
		extreme_without(all, cell, layout.greatest_at, layout.greatest_next));
	return figures;
}

static __device__ __forceinline__ bool
is_category(const GeTargetView &target, uint64_t id)
{
	return id != GE_ID_MISSING || target.missing_is_category;
}

/* The encodings of all cells, by the finishes that depend on the fold. */
template <int SUM_BINS, int SQUARE_BINS, bool MEAN>
static __global__ void
__launch_bounds__(BLOCK) cells_kernel(GeTargetView target)
{
	constexpr int WORDS = record_words(SUM_BINS, SQUARE_BINS);
	const GeDeviceCell layout = fixed_layout<SUM_BINS, SQUARE_BINS, MEAN>(target.layout);
	const GeFinishView finishing = fixed_finishes<MEAN>(target.finishing);
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int64_t local[WORDS], *record = record_of_thread<WORDS>(target, local);

	for (; i < target.n_cells; i += (uint64_t) gridDim.x * BLOCK)
	{
		uint64_t key = target.keys != NULL ? target.keys[i] : i, id = key / target.k;
		const GePrior *priors = finishing.priors;
		double *encodings = target.encodings + i * finishing.stride;
		bool is_missing = !is_category(target, id);
		GeFigures figures;

		if (target.fold_priors != NULL)
			priors = target.fold_priors + (key - id * target.k) * finishing.n;
		if (!is_missing)
			figures = figures_without(target, layout, finishing, id,
									  target.cells + i * target.layout.n_words, record);
		for (uint32_t c = finishing.n_by_cell; c < finishing.stride; c++)
			encodings[c] = 0;
		for (uint32_t c = 0; c < (MEAN ? 1 : finishing.n_by_cell); c++)
		{
			uint32_t f = MEAN ? 0 : finishing.order[c];

			encodings[c] = is_missing ? priors[f].unseen
									  : encoding_of<MEAN>(&finishing.finishes[f], figures,
														  priors[f]);
		}
	}
}

/* The full encodings of all categories, which must be finite. */
template <int SUM_BINS, int SQUARE_BINS, bool MEAN>
static __global__ void
__launch_bounds__(BLOCK) categories_kernel(GeTargetView target)
{
	constexpr int WORDS = record_words(SUM_BINS, SQUARE_BINS);
	const GeDeviceCell layout = fixed_layout<SUM_BINS, SQUARE_BINS, MEAN>(target.layout);
	const GeFinishView finishing = fixed_finishes<MEAN>(target.finishing);
	uint64_t n_ids = (uint64_t) target.n_categories + 1;
	uint64_t id = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int64_t local[WORDS], *record = record_of_thread<WORDS>(target, local);

	for (; id < n_ids; id += (uint64_t) gridDim.x * BLOCK)
	{
		bool is_missing = !is_category(target, id), finite = true;
		GeFigures figures;

		if (!is_missing)
			figures = figures_without(target, layout, finishing, id, NULL, record);
		for (uint32_t f = 0; f < finishing.n; f++)
		{
			GePrior prior = finishing.priors[f];
			double encoding =
				is_missing ? prior.unseen
						   : encoding_of<MEAN>(&finishing.finishes[f], figures, prior);

			target.full[f * n_ids + id] = encoding;
			finite = finite && !isinf(encoding);
		}
		if (!finite)
			raise_flag(target, GE_FLAG_OVERFLOW);
	}
}

static uint32_t
blocks_for(const GeTargetView *target, uint64_t n)
{
	uint64_t blocks = (n + BLOCK - 1) / BLOCK, most = target->finishing.n_scratch / BLOCK;

	return (uint32_t) (most > 0 && blocks > most ? most : blocks);
}

template <int SUM_BINS, int SQUARE_BINS, bool MEAN>
static cudaError_t
launch_kernels(const GeTargetView *target, cudaStream_t stream)
{
	if (target->finishing.n_by_cell > 0 && target->n_cells > 0)
		cells_kernel<SUM_BINS, SQUARE_BINS, MEAN>
			<<<blocks_for(target, target->n_cells), BLOCK, 0, stream>>>(*target);
	categories_kernel<SUM_BINS, SQUARE_BINS, MEAN>
		<<<blocks_for(target, (uint64_t) target->n_categories + 1), BLOCK, 0, stream>>>(
			*target);
	return cudaGetLastError();
}

template <int SUM_BINS, int SQUARE_BINS>
static cudaError_t
launch(const GeTargetView *target, cudaStream_t stream)
{
	if (SUM_BINS > 0 && SQUARE_BINS == 0 && target->finishing.is_mean)
		return launch_kernels<SUM_BINS, 0, true>(target, stream);
	return launch_kernels<SUM_BINS, SQUARE_BINS, false>(target, stream);
}

/* Bins of the sum and of squares that there is a kernel for: 16 times the one and the other. */
static uint32_t
kernel_of(const GeDeviceCell *layout)
{
	uint32_t bins =
		layout->n_bins << 4 | (layout->squares.at != 0 ? layout->squares.n_bins : 0);

	if (layout->weights.at != 0 || layout->squares.n_bins > 15)
		return 0;
	switch (bins)
	{
		case 0x10:
		case 0x11:
		case 0x12:
		case 0x20:
		case 0x24:
		case 0x30:
		case 0x36:
			return bins;
		default:
			return 0;
	}
}

uint32_t
ge_cuda_target_scratch_threads(const GeDeviceCell *layout)
{
	return kernel_of(layout) == 0 ? SCRATCH_THREADS : 0;
}

cudaError_t
ge_cuda_target_finishes_launch(const GeTargetView *target, cudaStream_t stream)
{
	switch (kernel_of(&target->layout))
	{
		case 0x10:
			return launch<1, 0>(target, stream);
		case 0x11:
			return launch<1, 1>(target, stream);
		case 0x12:
			return launch<1, 2>(target, stream);
		case 0x20:
			return launch<2, 0>(target, stream);
		case 0x24:
			return launch<2, 4>(target, stream);
		case 0x30:
			return launch<3, 0>(target, stream);
		case 0x36:
			return launch<3, 6>(target, stream);
		default:
			return launch<0, 0>(target, stream);
	}
}
