/*
 * gpu_bench.cu: the kernels of label codes and target encodings, and the copies around
 * them, timed apart; no server.
 *
 *   gpu_bench [--rows N] [--repeats N] [--step N] [--only NAME]
 *
 * Data are made on the device: 12-byte strings with 1,000, 1,000,000 and 50,000,000
 * distinct values, uniform or Zipf 1.2, and ids with targets.  Kernel times are those of
 * events around the backend's own device functions on data that lie on the device (for
 * label codes: adding in steps, then sorting and ranking); the median of the repeats.
 * Fractions are of the copy bandwidth measured in the same run, counting bytes read and
 * written: the bytes counted for a case are its inputs once and its outputs once.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "gpu_bench_labels.cuh"
#include "gpu_bench_run.cuh"
#include "gpu_bench_targets.cuh"

/* The two ceilings: device to device, and pinned host memory to device. */
static void
measure_copies()
{
	const size_t bytes = (size_t) 1 << 30;
	uint8_t *a = allocate<uint8_t>(2 * bytes), *b = allocate<uint8_t>(2 * bytes);
	void *host = nullptr;
	Timer timer(context->compute);
	std::vector<double> device, in, out;

	MUST(cudaHostAlloc(&host, bytes, cudaHostAllocDefault));
	memset(host, 1, bytes);
	for (int i = 0; i < 5; i++)
	{
		timer.begin();
		MUST(
			cudaMemcpyAsync(b, a, 2 * bytes, cudaMemcpyDeviceToDevice, context->compute));
		device.push_back(timer.end());
		timer.begin();
		MUST(cudaMemcpyAsync(a, host, bytes, cudaMemcpyHostToDevice, context->compute));
		in.push_back(timer.end());
		timer.begin();
		MUST(cudaMemcpyAsync(host, a, bytes, cudaMemcpyDeviceToHost, context->compute));
		out.push_back(timer.end());
	}
	copy_rate = 4.0 * bytes / 1e6 / median(device);
	pcie_rate = bytes / 1e6 / median(in);
	printf("copy device to device %.0f GB/s (read and written), host to device %.1f, "
		   "device to host %.1f GB/s\n",
		   copy_rate, pcie_rate, bytes / 1e6 / median(out));
	printf("PCIe time of %llu strings of %d bytes and their offsets: %.1f ms\n",
		   (unsigned long long) n_rows, STRING_BYTES,
		   n_rows * (STRING_BYTES + 4.0) / 1e6 / pcie_rate);
	MUST(cudaFreeHost(host));
	MUST(cudaFree(a));
	MUST(cudaFree(b));
}

static void
open_context()
{
	GeContextOptions options;
	GeTraits traits;
	timespec a, b;

	memset(&options, 0, sizeof options);
	options.abi = GE_BACKEND_ABI;
	options.threads = 1;
	options.device = -1;
	options.hash_seed = 12345;
	options.hash_mask = ~UINT64_C(0);
	for (int i = 0; i < 2; i++)
	{
		clock_gettime(CLOCK_MONOTONIC, &a);
		MUST(ge_cuda_context_open(&options, &context, &traits, &error));
		clock_gettime(CLOCK_MONOTONIC, &b);
		printf("%s: opened in %.0f ms\n", ge_cuda_context_device_name(context),
			   (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6);
		if (i == 0)
			ge_cuda_context_close(context);
	}
}

int
main(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (strcmp(argv[i], "--rows") == 0)
			n_rows = strtoull(argv[i + 1], nullptr, 10);
		else if (strcmp(argv[i], "--step") == 0)
			step_rows = strtoull(argv[i + 1], nullptr, 10);
		else if (strcmp(argv[i], "--only") == 0)
			only = argv[i + 1];
		else if (strcmp(argv[i], "--repeats") == 0)
			repeats = atoi(argv[i + 1]);
	open_context();
	measure_copies();
	bench_all_labels();
	bench_targets();
	bench_host(10000000, 1000000);
	ge_cuda_context_close(context);
	return 0;
}
