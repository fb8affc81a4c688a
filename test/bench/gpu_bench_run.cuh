/*
 * gpu_bench_run.cuh: one run of gpu_bench: its context and options, and what is said of a case.
 */
#ifndef GE_GPU_BENCH_RUN_CUH
#define GE_GPU_BENCH_RUN_CUH

#include "gpu_bench_codes.cuh"
#include "gpu_bench_measure.cuh"
#include "open.h"

static GeContext *context;
static uint64_t n_rows = 100000000;
static int repeats = 5;
static uint64_t step_rows = 1 << 23;
static const char *only = "";
static double copy_rate, pcie_rate; /* GB/s */

static void
report(const char *name, double ms, double gigabytes)
{
	printf("%-44s %9.3f ms %8.0f GB/s %6.1f %% of copy\n", name, ms, gigabytes / ms * 1e3,
		   100 * gigabytes / ms * 1e3 / copy_rate);
	fflush(stdout);
}

/* The sum of all codes or encodings, see gpu_bench_codes.cuh. */
template <typename T, typename S>
static S
sum_of(void (*kernel)(const T *, uint64_t, S *), const T *results)
{
	S *sum = allocate<S>(1), total;

	MUST(cudaMemset(sum, 0, sizeof *sum));
	kernel<<<SUM_BLOCKS, BLOCK>>>(results, n_rows, sum);
	MUST(cudaMemcpy(&total, sum, sizeof total, cudaMemcpyDeviceToHost));
	MUST(cudaFree(sum));
	return total;
}

#endif /* GE_GPU_BENCH_RUN_CUH */
