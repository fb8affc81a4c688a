/*
 * ordered.cu: the encodings of rows in an order, from the rows before them.
 *
 * CPU twin: src/cpu/target_ordered_encode.c, src/cpu/target_ordered_priors.c.
 *   a row of category c that sees v rows: the sums of all rows of c with a place below v, and
 *   as its prior those of all rows with a place below v
 * A thread for each row, the rows sorted by category.  Kernels for a mean of few bins have the
 * sums in registers (SUM_BINS), and the means of priors at hand; others have sums in WORDS words
 * of the thread's own, or in scratch memory.
 */
#include "target/figures.h"
#include "target/fold.cuh"
#include "target/ordered.cuh"
#include "target/parts.cuh"

#define BLOCK 128
#define SCRATCH_THREADS 32768
#define LOCAL_WORDS 40

/* Constants where a kernel is compiled for a mean alone. */
template <int SUM_BINS>
static __device__ __forceinline__ GeDeviceCell
fixed_layout(const GeDeviceCell &given)
{
	GeDeviceCell layout = given;

	if (SUM_BINS == 0)
		return layout;
	layout.n_bins = SUM_BINS;
	layout.has_parts = false;
	layout.weights.at = layout.squares.at = layout.least_at = layout.greatest_at = 0;
	layout.sums_end = SUM_BINS + 2;
	return layout;
}

/* ------------------------------------------------------------------ sums along a line */

/* Add a row to a record.  Targets outside the bins have raised a flag before. */
template <int SUM_BINS>
static __device__ __forceinline__ void
add_to_record(const GeTargetView &target, const GeLine &line, uint32_t row,
			  int64_t *record)
{
	unsigned __int128 wide;
	Scaled x;

	if (SUM_BINS == 0)
	{
		(void) add_row<OwnWords>(target, (uint64_t *) record, line.targets[row],
								 line.weights != NULL ? line.weights + row : NULL);
		return;
	}
	if (!scale_target(target.layout, target.is_integer, line.targets[row], &x))
		return;
	record[0]++;
	wide = (unsigned __int128) x.mantissa << x.position;
#pragma unroll
	for (int i = 0; i < SUM_BINS; i++)
	{
		int64_t digit = (int64_t) (uint32_t) (wide >> 32 * i);

		record[1 + i] += x.negative ? -digit : digit;
	}
}

/* Add rows [row, end). */
template <int SUM_BINS>
static __device__ __forceinline__ void
add_rows(const GeTargetView &target, const GeLine &line, uint32_t row, uint32_t end,
		 int64_t *record)
{
	for (; row < end; row++)
		if ((line.ids[row] & GE_NULL_BIT) == 0)
			add_to_record<SUM_BINS>(target, line, row, record);
}

/* The sums of rows [begin, end), of one segment that begins there. */
template <int SUM_BINS>
static __device__ __forceinline__ void
sum_rows(const GeTargetView &target, const GeLine &line, uint32_t begin, uint32_t end,
		 int64_t *record)
{
	const GeDeviceCell layout = fixed_layout<SUM_BINS>(target.layout);
	uint32_t words = ge_cuda_step_words(&layout), first = end - end % GE_STEP_ROWS;
	bool has_step = first > begin;
	uint64_t step = has_step ? first / GE_STEP_ROWS - 1 : 0;
	uint64_t n_steps = ge_cuda_n_steps(&line);

#pragma unroll
	for (uint32_t w = 0; w < words; w++)
		record[w] = has_step ? (int64_t) line.sums[w * n_steps + step] : 0;
	add_rows<SUM_BINS>(target, line, has_step ? first : begin, end, record);
}

/* Of each step: the sums of the rows that are in the segment of its last one. */
template <int SUM_BINS, int WORDS>
static __global__ void
__launch_bounds__(BLOCK) steps_kernel(GeTargetView target, GeLine line)
{
	const GeDeviceCell layout = fixed_layout<SUM_BINS>(target.layout);
	uint32_t words = ge_cuda_step_words(&layout), n_steps = ge_cuda_n_steps(&line);
	uint32_t step = blockIdx.x * BLOCK + threadIdx.x;
	int64_t local[WORDS], *record = record_of_thread<WORDS>(target, local);

	for (; step < n_steps; step += gridDim.x * BLOCK)
	{
		uint32_t first = step * GE_STEP_ROWS;
		uint32_t end = min(line.n_rows - first, GE_STEP_ROWS) + first, row = end - 1;
		uint32_t id = line.ids[row] & ~GE_NULL_BIT;

		while (row > first && (line.is_whole || (line.ids[row - 1] & ~GE_NULL_BIT) == id))
			row--;
#pragma unroll
		for (uint32_t w = 0; w < words; w++)
			record[w] = 0;
		add_rows<SUM_BINS>(target, line, row, end, record);
		carry_sums(layout, record);
		line.step_ids[step] = line.is_whole ? 0 : id;
#pragma unroll
		for (uint32_t w = 0; w < words; w++)
			line.sums[(uint64_t) w * n_steps + step] = (uint64_t) record[w];
	}
}

/* -------------------------------------------------------------------------- encodings */

/* The figures of rows [begin, end) of a line. */
template <int SUM_BINS>
static __device__ __forceinline__ GeFigures
figures_of(const GeTargetView &target, const GeLine &line, uint32_t begin, uint32_t end,
		   int64_t *record)
{
	const GeDeviceCell layout = fixed_layout<SUM_BINS>(target.layout);
	uint64_t least, greatest;
	GeFigures figures;

	sum_rows<SUM_BINS>(target, line, begin, end, record);
	least = layout.least_at != 0 ? (uint64_t) record[layout.least_at] : 0;
	greatest = layout.greatest_at != 0 ? (uint64_t) record[layout.greatest_at] : 0;
	figures = ge_cuda_figures(&layout, &target.finishing, record, end - begin);
	ge_cuda_set_extremes(&figures, least, greatest);
	return figures;
}

/* Any finishes. */
static __device__ __forceinline__ void
encode(const GeTargetView &target, const GeOrderedView &ordered, const Learner &learner,
	   int64_t *record)
{
	const GeFinishView &finishing = target.finishing;
	GeFigures all = figures_of<0>(target, ordered.all, 0, learner.visible, record);
	GeFigures figures =
		figures_of<0>(target, ordered.sorted, learner.begin, learner.end, record);

	for (uint32_t f = 0; f < finishing.n; f++)
	{
		const GeFinish *finish = &finishing.finishes[f];
		GePrior prior = ge_prior(finish, all);

		if (finish->kind == GE_FINISH_FREQUENCY && learner.visible == 0)
			prior.unseen = ge_no_value(); /* a share of nothing */
		ordered.encodings[(uint64_t) f * ordered.all.n_rows + learner.row] =
			learner.is_missing ? prior.unseen : ge_finish(finish, figures, prior);
	}
}

/* A mean, whose prior is known. */
template <int SUM_BINS>
static __device__ __forceinline__ void
encode_mean(const GeTargetView &target, const GeOrderedView &ordered,
			const Learner &learner, int64_t *record)
{
	const GeFinish *finish = target.finishing.finishes;
	GeFigures figures =
		figures_of<SUM_BINS>(target, ordered.sorted, learner.begin, learner.end, record);
	GePrior prior;

	prior.unseen = ordered.means[learner.visible];
	prior.weighted = ge_product(finish->smooth, prior.unseen);
	ordered.encodings[learner.row] =
		learner.is_missing
			? prior.unseen
			: ge_finish_plain_mean(finish, figures.n_targets, figures.sum, prior);
}

/* The means of all rows before each place. */
template <int SUM_BINS, int WORDS>
static __global__ void
__launch_bounds__(BLOCK) means_kernel(GeTargetView target, GeOrderedView ordered)
{
	uint64_t seen = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int64_t record[WORDS];
	GeFigures all;

	if (seen >= ordered.all.n_rows)
		return;
	all = figures_of<SUM_BINS>(target, ordered.all, 0, (uint32_t) seen, record);
	ordered.means[seen] = ge_mean_prior(target.finishing.finishes->smooth,
										ge_mean_figures(all.n_targets, all.sum))
							  .unseen;
}

template <int SUM_BINS, int WORDS>
static __global__ void
__launch_bounds__(BLOCK) encode_kernel(GeTargetView target, GeOrderedView ordered)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int64_t local[WORDS], *record = record_of_thread<WORDS>(target, local);

	for (; row < ordered.sorted.n_rows; row += (uint64_t) gridDim.x * BLOCK)
	{
		Learner learner = learner_of(target, ordered, (uint32_t) row);

		if (SUM_BINS == 0)
			encode(target, ordered, learner, record);
		else
			encode_mean<SUM_BINS>(target, ordered, learner, record);
	}
}

/* A mean of whose sums a kernel has the bins; 0: another finish, or many bins. */
static int
fixed_bins(const GeTargetView *target)
{
	const GeDeviceCell *layout = &target->layout;

	return target->finishing.is_mean && !layout->has_parts && layout->n_bins <= 3
			   ? (int) layout->n_bins
			   : 0;
}

uint32_t
ge_cuda_ordered_scratch_threads(const GeDeviceCell *layout)
{
	return ge_cuda_figures_words(layout) > LOCAL_WORDS ? SCRATCH_THREADS : 0;
}

static uint32_t
blocks_for(const GeTargetView *target, uint64_t n)
{
	uint64_t blocks = (n + BLOCK - 1) / BLOCK;
	uint64_t most = ge_cuda_ordered_scratch_threads(&target->layout) / BLOCK;

	return (uint32_t) (most > 0 && blocks > most ? most : blocks);
}

cudaError_t
ge_cuda_ordered_steps_launch(const GeTargetView *target, const GeLine *line,
							 cudaStream_t stream)
{
	uint32_t blocks = blocks_for(target, ge_cuda_n_steps(line));

	switch (fixed_bins(target))
	{
		case 1:
			steps_kernel<1, 3><<<blocks, BLOCK, 0, stream>>>(*target, *line);
			break;
		case 2:
			steps_kernel<2, 4><<<blocks, BLOCK, 0, stream>>>(*target, *line);
			break;
		case 3:
			steps_kernel<3, 5><<<blocks, BLOCK, 0, stream>>>(*target, *line);
			break;
		default:
			if (ge_cuda_ordered_scratch_threads(&target->layout) == 0)
				steps_kernel<0, LOCAL_WORDS>
					<<<blocks, BLOCK, 0, stream>>>(*target, *line);
			else
				steps_kernel<0, 1><<<blocks, BLOCK, 0, stream>>>(*target, *line);
	}
	return cudaGetLastError();
}

bool
ge_cuda_ordered_has_means(const GeTargetView *target)
{
	return fixed_bins(target) > 0;
}

cudaError_t
ge_cuda_ordered_means_launch(const GeTargetView *target, const GeOrderedView *ordered,
							 cudaStream_t stream)
{
	uint32_t blocks = blocks_for(target, ordered->all.n_rows);

	switch (fixed_bins(target))
	{
		case 1:
			means_kernel<1, 3><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
			break;
		case 2:
			means_kernel<2, 4><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
			break;
		default:
			means_kernel<3, 5><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
	}
	return cudaGetLastError();
}

cudaError_t
ge_cuda_ordered_encode_launch(const GeTargetView *target, const GeOrderedView *ordered,
							  cudaStream_t stream)
{
	uint32_t blocks = blocks_for(target, ordered->sorted.n_rows);

	switch (fixed_bins(target))
	{
		case 1:
			encode_kernel<1, 3><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
			break;
		case 2:
			encode_kernel<2, 4><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
			break;
		case 3:
			encode_kernel<3, 5><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
			break;
		default:
			if (ge_cuda_ordered_scratch_threads(&target->layout) == 0)
				encode_kernel<0, LOCAL_WORDS>
					<<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
			else
				encode_kernel<0, 1><<<blocks, BLOCK, 0, stream>>>(*target, *ordered);
	}
	return cudaGetLastError();
}
