/*
 * statistics.cu: the accumulators of categories in their portable form.
 *
 * CPU twin: src/cpu/target_parts_statistics.c (ge_cell_to_statistics).
 */
#include "target/cell.cuh"
#include "target/figures.h"

#define BLOCK 256

/* The canonical digits of a sum of n bins: n + 2 of them (exact_sum.h). */
static __device__ __forceinline__ void
write_digits(const int64_t *sum, uint32_t n, int64_t *digits)
{
	int64_t sign = 1;

	for (uint32_t i = 0; i <= n; i++)
		digits[i] = sum[i];
	ge_cuda_make_digits(digits, n);
	if (digits[n] < 0)
	{
		ge_cuda_negate_digits(digits, n);
		sign = -1;
	}
	digits[n + 1] = digits[n] >> 32;
	digits[n] &= GE_DIGIT_MASK;
	for (uint32_t i = 0; i < n + 2; i++)
		digits[i] *= sign;
}

static __device__ __forceinline__ void
write_sums(const GeDeviceCell &layout, const int64_t *record, uint64_t i,
		   const GeTargetStatistics &out)
{
	const GeSumPart sum = {1, layout.low_bin, layout.n_bins};
	const GeSumPart &squares = layout.is_binary ? sum : layout.squares;

	if (out.sums != NULL)
		write_digits(record + 1, sum.n_bins, out.sums + i * (sum.n_bins + 2));
	if (out.squares != NULL)
		write_digits(record + squares.at, squares.n_bins,
					 out.squares + i * (squares.n_bins + 2));
	if (out.weights != NULL)
		write_digits(record + layout.weights.at, layout.weights.n_bins,
					 out.weights + i * (layout.weights.n_bins + 2));
}

static __global__ void
__launch_bounds__(BLOCK) statistics_kernel(GeTargetView target, uint32_t first,
										   uint32_t count, GeTargetStatistics out)
{
	const GeDeviceCell &layout = target.layout;
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x;
	uint64_t id = (uint64_t) first + i;
	const int64_t *record = target.category_sums + id * layout.record_words;

	if (i >= count)
		return;
	if (out.n_targets != NULL)
		out.n_targets[i] = (uint64_t) record[0];
	if (out.n_rows != NULL)
		out.n_rows[i] =
			(uint64_t) record[0] + (target.null_rows != NULL ? target.null_rows[id] : 0);
	write_sums(layout, record, i, out);
	if (out.least != NULL)
		out.least[i] = record[layout.least_at] != 0
						   ? ge_order_value(~(uint64_t) record[layout.least_at])
						   : (double) INFINITY;
	if (out.greatest != NULL)
		out.greatest[i] = record[layout.greatest_at] != 0
							  ? ge_order_value((uint64_t) record[layout.greatest_at])
							  : -(double) INFINITY;
}

cudaError_t
ge_cuda_target_statistics_launch(const GeTargetView *target, uint32_t first,
								 uint32_t count, const GeTargetStatistics *statistics,
								 cudaStream_t stream)
{
	if (count == 0)
		return cudaSuccess;
	statistics_kernel<<<(count - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*target, first,
																	 count, *statistics);
	return cudaGetLastError();
}
