/*
 * gpu_bench_labels.cuh: label codes of strings, by the device functions, and from host memory.
 */
#ifndef GE_GPU_BENCH_LABELS_CUH
#define GE_GPU_BENCH_LABELS_CUH

#include <cstring>

#include "dictionary/dictionary.h"
#include "dictionary/kernels.h"
#include "dictionary/sort_kernels.h"
#include "gpu_bench_data.cuh"
#include "gpu_bench_run.cuh"

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

static void
bench_all_labels()
{
	bench_labels(1000, UNIFORM, "labels 1000 uniform");
	bench_labels(1000000, UNIFORM, "labels 1000000 uniform");
	bench_labels(50000000, UNIFORM, "labels 50000000 uniform");
	bench_labels(1000, ZIPF, "labels 1000 zipf");
	bench_labels(1000000, ZIPF, "labels 1000000 zipf");
	bench_labels(50000000, ZIPF, "labels 50000000 zipf");
	bench_labels(1000000, ONE_VALUE, "labels 1000000 one value in 99 %");
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

#endif /* GE_GPU_BENCH_LABELS_CUH */
