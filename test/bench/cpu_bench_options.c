/*
 * cpu_bench_options.c: the command line of cpu_bench.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu_bench.h"

static const GeFinish mean_finish[] = {{.kind = GE_FINISH_MEAN, .smooth = 0.001}};
static const GeFinish auto_finish[] = {
	{.kind = GE_FINISH_MEAN, .smooth = GE_SMOOTH_AUTO}};
static const GeFinish five_finishes[] = {{.kind = GE_FINISH_MEAN, .smooth = 0.001},
										 {.kind = GE_FINISH_COUNT},
										 {.kind = GE_FINISH_STD},
										 {.kind = GE_FINISH_MIN},
										 {.kind = GE_FINISH_MAX}};
static const GeFinish median_finish[] = {{.kind = GE_FINISH_QUANTILE, .percent = 50}};
static const struct
{
	const char *name;
	GeFinishSpec spec;
} all_stats[] = {
	{"mean", {.n_finishes = 1, .finishes = mean_finish}},
	{"auto", {.n_finishes = 1, .finishes = auto_finish}},
	{"five", {.n_finishes = 5, .finishes = five_finishes}},
	{"median", {.n_finishes = 1, .finishes = median_finish}},
};

/* NULL: there is no such list. */
static const GeFinishSpec *
find_stats(const char *name)
{
	for (size_t i = 0; i < sizeof all_stats / sizeof *all_stats; i++)
		if (strcmp(all_stats[i].name, name) == 0)
			return &all_stats[i].spec;
	return NULL;
}

static void
print_usage(void)
{
	puts("usage: cpu_bench [--rows N] [--distinct N,N,...] [--threads N] [--batch N]\n"
		 "                 [--keys text|long|int] [--target binary|cents|normal]\n"
		 "                 [--folds N] [--split interleaved|contiguous|random]\n"
		 "                 [--stats mean|auto|five|median]");
}

static void
read_distinct(BenchOptions *options, char *list)
{
	char *item;

	options->n_columns = 0;
	for (item = strtok(list, ","); item != NULL && options->n_columns < MAX_COLUMNS;
		 item = strtok(NULL, ","))
		options->n_distinct[options->n_columns++] = strtoull(item, NULL, 10);
}

/* False: an option is not known. */
static bool
read_option(BenchOptions *options, const char *name, char *value)
{
	if (strcmp(name, "--rows") == 0)
		options->n_rows = strtoull(value, NULL, 10);
	else if (strcmp(name, "--distinct") == 0)
		read_distinct(options, value);
	else if (strcmp(name, "--threads") == 0)
		options->n_threads = atoi(value);
	else if (strcmp(name, "--batch") == 0)
		options->n_batch = (uint32_t) strtoul(value, NULL, 10);
	else if (strcmp(name, "--keys") == 0)
		options->keys = value;
	else if (strcmp(name, "--target") == 0)
		options->target = value;
	else if (strcmp(name, "--folds") == 0)
		options->n_folds = (uint32_t) strtoul(value, NULL, 10);
	else if (strcmp(name, "--stats") == 0)
		return (options->stats = find_stats(value)) != NULL;
	else if (strcmp(name, "--split") == 0)
		options->split = strcmp(value, "contiguous") == 0 ? GE_SPLIT_CONTIGUOUS
						 : strcmp(value, "random") == 0	  ? GE_SPLIT_RANDOM
														  : GE_SPLIT_INTERLEAVED;
	else
		return false;
	return true;
}

bool
bench_options_read(BenchOptions *options, int argc, char **argv)
{
	int i;

	*options = (BenchOptions){.n_rows = 10000000,
							  .n_batch = 65536,
							  .n_threads = 1,
							  .n_folds = 5,
							  .split = GE_SPLIT_INTERLEAVED,
							  .target = "binary",
							  .keys = "text",
							  .stats = &all_stats[0].spec,
							  .n_columns = 3,
							  .n_distinct = {64, 50000, 1000000}};
	for (i = 1; i + 1 < argc && read_option(options, argv[i], argv[i + 1]); i += 2)
		;
	if (i < argc)
		print_usage();
	return i >= argc;
}
