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
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "dictionary/dictionary.h"
#include "dictionary/kernels.h"
#include "dictionary/sort_kernels.h"
#include "gpu_bench_codes.cuh"
#include "gpu_bench_data.cuh"
#include "gpu_bench_measure.cuh"
#include "open.h"
#include "target/target.h"

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

/*
 * Small steps first, as the backend takes them; then larger ones than its own, which run
 * behind one another without a wait: here the wait for the counts of each is timed too.
 */
static uint32_t
rows_of_step(uint64_t done)
{
	uint64_t rows = std::min(std::max<uint64_t>(2 * done, 65536), step_rows);

	return (uint32_t) std::min(rows, n_rows - done);
}

/* One step, as dictionary_step.c does it, over data that lie on the device. */
static void
add_step(GeDictionary *dictionary, const GeStepView *step)
{
	GeTableView table;
	GeDictionaryCounts counts;

	ge_cuda_dictionary_view(dictionary, &table);
	MUST(ge_cuda_dictionary_find_launch(step, &table, context->compute));
	MUST(ge_cuda_read_back(context, &counts, dictionary->counts.data, sizeof counts,
						   &error));
	if (counts.unresolved == 0)
		return;
	MUST(ge_cuda_dictionary_make_room(dictionary, step->n_rows, counts.unresolved,
									  counts.unresolved_bytes, &error));
	ge_cuda_dictionary_view(dictionary, &table);
	MUST(ge_cuda_dictionary_insert_launch(step, &table, context->compute));
	dictionary->is_settled = false;
}

static void
bench_labels(uint32_t n_distinct, int how, const char *name)
{
	if (strstr(name, only) == nullptr)
		return;

	uint8_t *bytes = allocate<uint8_t>(n_rows * STRING_BYTES + 64);
	uint32_t *offsets = allocate<uint32_t>(n_rows + 1);
	uint32_t *ids = allocate<uint32_t>(n_rows), *codes = allocate<uint32_t>(n_rows);
	uint32_t *slots = allocate<uint32_t>(1 << 23);
	std::vector<double> adding, sorting, coding;
	Timer timer(context->compute);
	uint32_t n_found = 0;

	strings_kernel<<<blocks_for(n_rows + 1), BLOCK>>>(bytes, offsets, n_rows, n_distinct,
													  how);
	MUST(cudaDeviceSynchronize());
	for (int i = 0; i < repeats; i++)
	{
		GeDictionary *dictionary;
		GeKeys none = {GE_KEY_BYTES, 0, nullptr, nullptr, offsets, bytes};
		uint32_t *out = nullptr;
		GeBuffer sorted = {nullptr, 0}, ranks = {nullptr, 0};

		MUST(ge_cuda_dictionary_create(context, GE_KEY_BYTES, &dictionary, &error));
		MUST(ge_cuda_dictionary_add(context, 1, &dictionary, &none, &out, &error));
		timer.begin();
		for (uint64_t done = 0; done < n_rows;)
		{
			GeStepView step;

			memset(&step, 0, sizeof step);
			step.n_rows = rows_of_step(done);
			step.offsets = offsets + done;
			step.bytes = bytes;
			step.ids = ids + done;
			step.slots = slots;
			add_step(dictionary, &step);
			done += step.n_rows;
		}
		adding.push_back(timer.end());
		MUST(ge_cuda_dictionary_settle(dictionary, &error));
		n_found = dictionary->n_keys;
		timer.begin();
		MUST(ge_cuda_dictionary_sort_device(dictionary, 1, n_found, &sorted, &error));
		sorting.push_back(timer.end());
		MUST(ge_cuda_buffer_reserve(context, &ranks, (n_found + 1ULL) * 4, &error));
		timer.begin();
		rank_kernel<<<blocks_for(n_found), BLOCK, 0, context->compute>>>(
			(const uint32_t *) sorted.data, n_found, (uint32_t *) ranks.data);
		codes_kernel<<<blocks_for(n_rows), BLOCK, 0, context->compute>>>(
			ids, n_rows, (const uint32_t *) ranks.data, codes);
		coding.push_back(timer.end());
		ge_cuda_buffer_free(context, &sorted);
		ge_cuda_buffer_free(context, &ranks);
		ge_cuda_dictionary_free(dictionary);
	}
	printf("label codes %s: %u distinct, adding %.3f, sorting %.3f, coding %.3f ms, "
		   "sum %llu\n",
		   name, n_found, median(adding), median(sorting), median(coding),
		   sum_of(sum_codes_kernel, (const uint32_t *) codes));
	report(name, median(adding) + median(sorting) + median(coding),
		   n_rows * (STRING_BYTES + 4.0 + 4.0) / 1e9);
	MUST(cudaFree(bytes));
	MUST(cudaFree(offsets));
	MUST(cudaFree(ids));
	MUST(cudaFree(codes));
	MUST(cudaFree(slots));
}

/* What targets a case has, and what becomes of them. */
struct TargetCase
{
	const char *name;
	uint32_t n_distinct;
	int how;
	bool binary;
	GeSplit split;
	std::vector<GeFinish> finishes;
	int high_bin = -1;	   /* of float8 */
	bool shuffled = false; /* in an order: rows do not stand in it */
};

static GeTargetSpec
spec_of(const TargetCase &c)
{
	GeTargetSpec spec;

	memset(&spec, 0, sizeof spec);
	spec.kind = c.binary ? GE_TARGET_INT64 : GE_TARGET_FLOAT64;
	ge_folds_init(&spec.folds, c.split, n_rows, 5, 42);
	spec.n_categories = c.n_distinct;
	spec.low_bin = c.binary ? 0 : -2;
	spec.high_bin = c.binary ? 0 : c.high_bin;
	spec.largest = c.binary ? 1 : 0;
	spec.is_binary = c.binary;
	spec.accumulators = GE_COUNT_ROWS;
	for (const GeFinish &finish : c.finishes)
		spec.accumulators |= ge_finish_needs(&finish, false);
	return spec;
}

static void
bench_target(const TargetCase &c)
{
	if (strstr(c.name, only) == nullptr)
		return;

	uint32_t n_finishes = (uint32_t) c.finishes.size();
	uint32_t *ids = allocate<uint32_t>(n_rows);
	uint64_t *targets = allocate<uint64_t>(n_rows);
	double *out = allocate<double>(n_rows * n_finishes);
	uint32_t *places = c.split == GE_SPLIT_ORDERED ? allocate<uint32_t>(n_rows) : nullptr;
	std::vector<double> fit, finish, rows, all, unseen(n_finishes);
	Timer timer(context->compute);

	rows_kernel<<<blocks_for(n_rows), BLOCK>>>(ids, targets, n_rows, c.n_distinct, c.how,
											   c.binary);
	if (places != nullptr)
		places_kernel<<<blocks_for(n_rows), BLOCK>>>(places, spec_of(c).folds,
													 c.shuffled);
	MUST(cudaDeviceSynchronize());
	for (int i = 0; i < repeats; i++)
	{
		GeTarget *target;
		GeTargetSpec spec = spec_of(c);
		GeFinishSpec finish_spec = {n_finishes, c.finishes.data(), false, false};
		GeTargetTotals totals;
		GeRowsView view;

		memset(&view, 0, sizeof view);
		view.n_rows = (uint32_t) n_rows;
		view.id_width = 4;
		view.ids = ids;
		view.targets = targets;
		view.places = view.visible = places;
		timer.begin();
		MUST(ge_cuda_target_create(context, &spec, &target, &error));
		MUST(ge_cuda_target_add_device(target, &view, &error));
		fit.push_back(timer.end());
		timer.begin();
		MUST(ge_cuda_target_finish(target, &finish_spec, &totals, unseen.data(), &error));
		finish.push_back(timer.end());
		timer.begin();
		MUST(ge_cuda_target_rows_device(target, &view, out, &error));
		rows.push_back(timer.end());
		all.push_back(fit.back() + finish.back() + rows.back());
		ge_cuda_target_free(target);
	}
	printf("%s: adding %.3f, finishing %.3f, rows %.3f ms, sum %.15g\n", c.name,
		   median(fit), median(finish), median(rows),
		   sum_of(sum_encodings_kernel, (const double *) out));
	report(c.name, median(all), n_rows * (16.0 + 8 * n_finishes) / 1e9);
	MUST(cudaFree(ids));
	MUST(cudaFree(targets));
	MUST(cudaFree(out));
	MUST(cudaFree(places));
}

/* Rows that stand in their order, and rows that do not. */
static void
bench_orders(const std::vector<GeFinish> &one, const std::vector<GeFinish> &five,
			 const std::vector<GeFinish> &median)
{
	const GeSplit ordered = GE_SPLIT_ORDERED;

	bench_target({"ordered float8", 1000000, UNIFORM, false, ordered, one});
	bench_target(
		{"ordered float8, shuffled", 1000000, UNIFORM, false, ordered, one, -1, true});
	bench_target(
		{"ordered 0/1, shuffled", 1000000, UNIFORM, true, ordered, one, -1, true});
	bench_target(
		{"ordered zipf float8, shuffled", 1000000, ZIPF, false, ordered, one, -1, true});
	bench_target({"ordered 99 % float8, shuffled", 1000000, ONE_VALUE, false, ordered,
				  one, -1, true});
	bench_target({"ordered three bins float8, shuffled", 1000000, UNIFORM, false, ordered,
				  one, 0, true});
	bench_target({"ordered five float8, shuffled", 1000000, UNIFORM, false, ordered, five,
				  -1, true});
	bench_target({"ordered median float8, shuffled", 1000000, UNIFORM, false, ordered,
				  median, -1, true});
}

static void
bench_targets()
{
	const GeFinish mean = {GE_FINISH_MEAN, 0.001, 0, 0};
	const std::vector<GeFinish> one = {mean};
	const std::vector<GeFinish> five = {mean,
										{GE_FINISH_COUNT, 0, 0, 0},
										{GE_FINISH_STD, 0, 0, 0},
										{GE_FINISH_MIN, 0, 0, 0},
										{GE_FINISH_MAX, 0, 0, 0}};
	const std::vector<GeFinish> median = {{GE_FINISH_QUANTILE, 0, 0, 50}};
	const std::vector<GeFinish> smoothed = {{GE_FINISH_MEAN, GE_SMOOTH_AUTO, 0, 0}};
	const GeSplit interleaved = GE_SPLIT_INTERLEAVED;

	bench_target({"target uniform float8", 1000000, UNIFORM, false, interleaved, one});
	bench_target({"target uniform 0/1", 1000000, UNIFORM, true, interleaved, one});
	bench_target({"target zipf float8", 1000000, ZIPF, false, interleaved, one});
	bench_target({"target 99 % float8", 1000000, ONE_VALUE, false, interleaved, one});
	bench_target({"target 1000 float8", 1000, UNIFORM, false, interleaved, one});
	bench_target({"target 10 float8", 10, UNIFORM, false, interleaved, one});
	bench_target(
		{"target random folds float8", 1000000, UNIFORM, false, GE_SPLIT_RANDOM, one});
	bench_target({"five float8", 1000000, UNIFORM, false, interleaved, five});
	bench_target({"five 0/1", 1000000, UNIFORM, true, interleaved, five});
	bench_target({"five zipf float8", 1000000, ZIPF, false, interleaved, five});
	bench_target({"five 99 % float8", 1000000, ONE_VALUE, false, interleaved, five});
	bench_target({"five 1000 float8", 1000, UNIFORM, false, interleaved, five});
	bench_target({"five 10 float8", 10, UNIFORM, false, interleaved, five});
	bench_target(
		{"three bins float8, mean", 1000000, UNIFORM, false, interleaved, one, 0});
	bench_target(
		{"three bins float8, five", 1000000, UNIFORM, false, interleaved, five, 0});
	bench_target({"smooth auto float8", 1000000, UNIFORM, false, interleaved, smoothed});
	bench_target({"smooth auto 0/1", 1000000, UNIFORM, true, interleaved, smoothed});
	bench_target({"median float8", 1000000, UNIFORM, false, interleaved, median});
	bench_target({"median 0/1", 1000000, UNIFORM, true, interleaved, median});
	bench_target({"median 10 float8", 10, UNIFORM, false, interleaved, median});
	bench_orders(one, five, median);
}

/* Through the backend's own operations, from and to host memory. */
static void
bench_host(uint64_t n, uint32_t n_distinct)
{
	if (only[0] != '\0')
		return;

	std::vector<char> bytes(n * STRING_BYTES + 1);
	std::vector<uint32_t> offsets(n + 1), ids(n);
	GeDictionary *dictionary;
	timespec a, b;

	for (uint64_t i = 0; i < n; i++)
	{
		offsets[i + 1] = (uint32_t) ((i + 1) * STRING_BYTES);
		snprintf(&bytes[i * STRING_BYTES], STRING_BYTES + 1, "u_%010u",
				 (unsigned) (i * 2654435761u % n_distinct));
	}
	MUST(ge_cuda_dictionary_create(context, GE_KEY_BYTES, &dictionary, &error));
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (uint64_t first = 0; first < n; first += 65536)
	{
		uint32_t rows = (uint32_t) std::min<uint64_t>(65536, n - first);
		GeKeys keys = {GE_KEY_BYTES,	rows,
					   nullptr,			nullptr,
					   &offsets[first], (const uint8_t *) bytes.data()};
		uint32_t *out = &ids[first];

		MUST(ge_cuda_dictionary_add(context, 1, &dictionary, &keys, &out, &error));
	}
	MUST(ge_cuda_dictionary_flush(context, &error));
	clock_gettime(CLOCK_MONOTONIC, &b);
	report("ids through the backend, host to host",
		   (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6,
		   n * (STRING_BYTES + 8.0) / 1e9);
	ge_cuda_dictionary_free(dictionary);
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
	bench_labels(1000, UNIFORM, "labels 1000 uniform");
	bench_labels(1000000, UNIFORM, "labels 1000000 uniform");
	bench_labels(50000000, UNIFORM, "labels 50000000 uniform");
	bench_labels(1000, ZIPF, "labels 1000 zipf");
	bench_labels(1000000, ZIPF, "labels 1000000 zipf");
	bench_labels(50000000, ZIPF, "labels 50000000 zipf");
	bench_labels(1000000, ONE_VALUE, "labels 1000000 one value in 99 %");
	bench_targets();
	bench_host(10000000, 1000000);
	ge_cuda_context_close(context);
	return 0;
}
