/*
 * gpu_bench_targets.cuh: target encodings: every statistic, split and kind of target.
 */
#ifndef GE_GPU_BENCH_TARGETS_CUH
#define GE_GPU_BENCH_TARGETS_CUH

#include <cstring>

#include "gpu_bench_data.cuh"
#include "gpu_bench_run.cuh"
#include "target/target.h"

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

#endif /* GE_GPU_BENCH_TARGETS_CUH */
