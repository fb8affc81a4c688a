/*
 * cpu_bench_stats.h: the lists of statistics that cpu_bench can compute.
 */
#ifndef GE_CPU_BENCH_STATS_H
#define GE_CPU_BENCH_STATS_H

#include <string.h>

#include "backend/finish.h"

/* A list of finishes and its name. */
typedef struct BenchStats
{
	const char *name;
	GeFinishSpec spec;
} BenchStats;

static const GeFinish mean_finish[] = {{.kind = GE_FINISH_MEAN, .smooth = 0.001}};
static const GeFinish auto_finish[] = {
	{.kind = GE_FINISH_MEAN, .smooth = GE_SMOOTH_AUTO}};
static const GeFinish five_finishes[] = {{.kind = GE_FINISH_MEAN, .smooth = 0.001},
										 {.kind = GE_FINISH_COUNT},
										 {.kind = GE_FINISH_STD},
										 {.kind = GE_FINISH_MIN},
										 {.kind = GE_FINISH_MAX}};
static const GeFinish median_finish[] = {{.kind = GE_FINISH_QUANTILE, .percent = 50}};
static const BenchStats all_stats[] = {
	{"mean", {.n_finishes = 1, .finishes = mean_finish}},
	{"auto", {.n_finishes = 1, .finishes = auto_finish}},
	{"five", {.n_finishes = 5, .finishes = five_finishes}},
	{"median", {.n_finishes = 1, .finishes = median_finish}},
};

/* NULL: there is no such list. */
static inline const BenchStats *
find_stats(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof all_stats / sizeof *all_stats; i++)
		if (strcmp(all_stats[i].name, name) == 0)
			return &all_stats[i];
	return NULL;
}

#endif /* GE_CPU_BENCH_STATS_H */
