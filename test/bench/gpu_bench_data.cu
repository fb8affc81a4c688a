/*
 * gpu_bench_data.cu: the data of gpu_bench as a library, gpu_bench_data.so, for programs
 * that do the same work another way (rapids.py).  Pointers are to device memory; 0, or a
 * CUDA error.
 */
#include "gpu_bench_data.cuh"

/* n strings of STRING_BYTES each, and n + 1 offsets. */
extern "C" int
ge_bench_strings(uint8_t *bytes, uint32_t *offsets, uint64_t n, uint32_t n_distinct,
				 int how)
{
	strings_kernel<<<blocks_for(n + 1), BLOCK>>>(bytes, offsets, n, n_distinct, how);
	return (int) cudaDeviceSynchronize();
}

/* n ids from 1 to n_distinct, and the bits of as many targets: float8, or 0 and 1. */
extern "C" int
ge_bench_rows(uint32_t *ids, uint64_t *targets, uint64_t n, uint32_t n_distinct, int how,
			  int binary)
{
	rows_kernel<<<blocks_for(n), BLOCK>>>(ids, targets, n, n_distinct, how, binary != 0);
	return (int) cudaDeviceSynchronize();
}
