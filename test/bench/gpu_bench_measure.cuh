/*
 * gpu_bench_measure.cuh: what every measurement of gpu_bench needs: calls that must not fail,
 * device memory, events around work on a stream, and medians.
 */
#ifndef GE_GPU_BENCH_MEASURE_CUH
#define GE_GPU_BENCH_MEASURE_CUH

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <cuda_runtime_api.h>

#include "backend/backend.h"

#define MUST(call) must((int) (call), #call, __LINE__)

static GeError error;

static void
must(int code, const char *call, int line)
{
	if (code == 0)
		return;
	fprintf(stderr, "gpu_bench:%d: %s: %d %s\n", line, call, code, error.message);
	exit(1);
}

/* Device memory of the benchmark itself. */
template <typename T>
static T *
allocate(uint64_t n)
{
	void *data = nullptr;

	MUST(cudaMalloc(&data, n * sizeof(T)));
	return (T *) data;
}

/* Milliseconds that work on a stream takes, from begin() to end(), which waits for it. */
struct Timer
{
	cudaEvent_t start, stop;
	cudaStream_t stream;

	explicit Timer(cudaStream_t s) : stream(s)
	{
		MUST(cudaEventCreate(&start));
		MUST(cudaEventCreate(&stop));
	}
	void
	begin()
	{
		MUST(cudaEventRecord(start, stream));
	}
	double
	end()
	{
		float ms = 0;

		MUST(cudaEventRecord(stop, stream));
		MUST(cudaEventSynchronize(stop));
		MUST(cudaEventElapsedTime(&ms, start, stop));
		return ms;
	}
};

static double
median(std::vector<double> times)
{
	std::sort(times.begin(), times.end());
	return times[times.size() / 2];
}

#endif /* GE_GPU_BENCH_MEASURE_CUH */
