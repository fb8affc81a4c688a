/*
 * encode.cu: the plain mean of every cell and of every category; other finishes are those of
 * finishes.cu.
 *
 * CPU twin: src/cpu/target_dense_encode.c (encode_means).
 *   S' = S_c - S_cf, N' = N_c - N_cf (without folds: S_c, N_c)
 *   encoding = ge_finish_plain_mean(N', RN(S'), prior of f); that of no rows for id 0 where
 *   that is no category
 * A thread for each cell, or for each category; kernels are compiled for 1, 2 and 3 bins
 * and, with bins in local memory, for any number.
 */
#include "target/cell.cuh"
#include "target/fold.cuh"

#define BLOCK 256
#define WORDS(n) (((n) > 0 ? (n) : GE_MAX_BINS) + 1)

static __device__ __forceinline__ GePrior
prior_of_fold(const GeTargetView &target, uint32_t fold)
{
	return target.fold_priors != NULL ? target.fold_priors[fold] : target.prior;
}

static __device__ __forceinline__ bool
is_category(const GeTargetView &target, uint64_t id)
{
	return id != GE_ID_MISSING || target.missing_is_category;
}

/* A category's sum without that of the cell, and its count. */
template <int N>
static __device__ __forceinline__ uint64_t
sum_without(const GeTargetView &target, uint64_t id, const uint64_t *cell, int64_t *sum)
{
	const GeDeviceCell &layout = target.layout;
	const int64_t *all = target.category_sums + id * layout.record_words;
	uint32_t n = N > 0 ? N : layout.n_bins;
	uint64_t count = (uint64_t) all[0];

	if (cell != NULL)
		count -= (uint64_t) record_word(layout, cell, 0);
#pragma unroll
	for (uint32_t i = 0; i < WORDS(N); i++)
		if (i <= n)
			sum[i] = all[1 + i] - (cell != NULL ? record_word(layout, cell, 1 + i) : 0);
	return count;
}

template <int N>
static __global__ void
__launch_bounds__(BLOCK) encode_kernel(GeTargetView target)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x, id, count;
	const uint64_t *cell = NULL;
	int64_t sum[WORDS(N)];
	uint32_t fold;
	GePrior prior;
	double encoding;

	if (i >= target.n_cells)
		return;
	id = (target.keys != NULL ? target.keys[i] : i) / target.k;
	fold = (uint32_t) ((target.keys != NULL ? target.keys[i] : i) - id * target.k);
	prior = prior_of_fold(target, fold);
	if (target.folds.split != GE_SPLIT_NONE)
		cell = target.cells + i * target.layout.n_words;
	encoding = prior.unseen;
	if (is_category(target, id))
	{
		count = sum_without<N>(target, id, cell, sum);
		encoding = ge_finish_plain_mean(&target.finish, count,
										round_record<N>(target.layout, sum), prior);
	}
	target.encodings[i] = encoding;
}

/* The full encoding of every category, which must be finite. */
template <int N>
static __global__ void
__launch_bounds__(BLOCK) full_kernel(GeTargetView target)
{
	uint64_t id = (uint64_t) blockIdx.x * BLOCK + threadIdx.x, count;
	int64_t sum[WORDS(N)];
	double encoding = target.prior.unseen;

	if (id > target.n_categories)
		return;
	if (is_category(target, id))
	{
		count = sum_without<N>(target, id, NULL, sum);
		encoding = ge_finish_plain_mean(
			&target.finish, count, round_record<N>(target.layout, sum), target.prior);
	}
	target.full[id] = encoding;
	if (isinf(encoding))
		raise_flag(target, GE_FLAG_OVERFLOW);
}

template <int N>
static cudaError_t
launch_encode(const GeTargetView *target, cudaStream_t stream)
{
	uint64_t n_ids = (uint64_t) target->n_categories + 1;

	if (target->n_cells > 0)
		encode_kernel<N>
			<<<(uint32_t) ((target->n_cells + BLOCK - 1) / BLOCK), BLOCK, 0, stream>>>(
				*target);
	full_kernel<N>
		<<<(uint32_t) ((n_ids + BLOCK - 1) / BLOCK), BLOCK, 0, stream>>>(*target);
	return cudaGetLastError();
}

cudaError_t
ge_cuda_target_encode_launch(const GeTargetView *target, cudaStream_t stream)
{
	switch (target->layout.n_bins)
	{
		case 1:
			return launch_encode<1>(target, stream);
		case 2:
			return launch_encode<2>(target, stream);
		case 3:
			return launch_encode<3>(target, stream);
		default:
			return launch_encode<0>(target, stream);
	}
}
