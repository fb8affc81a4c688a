/*
 * checks.c: the unit tests of targets, which any backend must pass, on the CUDA backend, and
 * every statistic beside the CPU backend.
 *
 * checks LIBRARY [large | sample] prints TAP.  large: many rows, which a GPU takes at once,
 * alone; sample: a few of the scenarios, for sanitizers.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "../unit/parity_checks.h"
#include "../unit/statistics_checks.h"
#include "../unit/tap.h"
#include "../unit/target_checks.h"
#include "../unit/target_scenario.h"

#define LARGE_ROWS 4400000

/* Every kind of target, in few categories and in many, with one that has half of the rows. */
static ScenarioOptions
large_options(uint32_t i)
{
	static const uint32_t categories[] = {2, 1000, 300000, 4000000};

	return (ScenarioOptions){.seed = i,
							 .targets = i % N_SCENARIO_TARGETS,
							 .n_rows = LARGE_ROWS,
							 .n_categories = categories[i % 4],
							 .split = i % 6,
							 .monotone = i % 4 < 2,
							 .n_folds = 5,
							 .smooth = 0.001,
							 .prior_out_of_fold = i % 3 == 0,
							 .some_null = i % 2 == 0,
							 .skewed = i / 4 % 2 == 1,
							 .several = true,
							 .weighted = i % 7 == 6,
							 .quantiles = i % 3 == 1};
}

/* A scenario on both backends. */
static void
check_both(const GeBackend *const *backends, GeContext *const *contexts,
		   const ScenarioOptions *options)
{
	Scenario *scenario = scenario_make(options);
	uint32_t n = options->n_rows;
	ScenarioResult *expected = scenario_run(backends[0], contexts[0], scenario, n, 1);
	ScenarioResult *result = scenario_run(backends[1], contexts[1], scenario, 20 * n, 2);
	const char *difference = scenario_difference(result, expected);

	if (!tap_ok(difference == NULL, "all finishes of %u rows, seed %llu", n,
				(unsigned long long) options->seed))
	{
		scenario_note(options);
		tap_note("%s differs, status %d, expected %d", difference, (int) result->status,
				 (int) expected->status);
	}
	scenario_result_free(result);
	scenario_result_free(expected);
	scenario_free(scenario);
}

/* Many rows, or a few scenarios of each kind, which sanitizers get through. */
static void
check_some(const GeBackend *cuda, bool large)
{
	const GeBackend *backends[2] = {&ge_cpu_backend, cuda};
	uint32_t n = large ? 3 * N_SCENARIO_TARGETS : N_SCENARIOS, step = large ? 1 : 11, i;
	GeContextOptions options = test_options(16);
	GeContext *contexts[2];

	for (i = 0; i < 2; i++)
		contexts[i] = test_open(backends[i], &options);
	for (i = 0; i < n; i += step)
	{
		ScenarioOptions some = large ? large_options(i) : scenario_options(i);

		some.several = true;
		some.quantiles |= i % 2 == 0;
		if (!large && i % 3 == 0)
			some.n_rows = 20000; /* groups of cells, of which one has many rows */
		if (!large && i % 4 == 0)
			some.split = GE_SPLIT_ORDERED;
		check_both(backends, contexts, &some);
	}
	for (i = 0; i < 2; i++)
		backends[i]->close(contexts[i]);
}

int
main(int argc, char **argv)
{
	bool large = argc == 3 && strcmp(argv[2], "large") == 0;
	bool sample = argc == 3 && strcmp(argv[2], "sample") == 0;
	bool good = argc == 2 || large || sample;
	void *library = good ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	void *symbol = library != NULL ? dlsym(library, GE_CUDA_BACKEND_SYMBOL) : NULL;
	const GeBackend *cuda;
	GeBackendEntry entry;

	if (symbol == NULL)
	{
		fprintf(stderr, "checks: %s\n", good ? dlerror() : "name one library");
		return 3;
	}
	memcpy(&entry, &symbol, sizeof entry);
	cuda = entry();
	if (large || sample)
		check_some(cuda, large);
	else
	{
		check_target_encodings(cuda, 1);
		check_added_statistics(cuda);
		check_encodings_parity(&ge_cpu_backend, cuda, 1);
	}
	cuda->process.before_exit();
	return tap_done();
}
