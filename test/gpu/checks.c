/*
 * checks.c: the unit tests of targets, which any backend must pass, on the CUDA backend, and
 * every statistic beside the CPU backend.
 *
 * checks LIBRARY [large] prints TAP; large: rows of which a GPU takes many at once, alone.
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
							 .split = i % 5,
							 .n_folds = 5,
							 .smooth = 0.001,
							 .prior_out_of_fold = i % 3 == 0,
							 .some_null = i % 2 == 0,
							 .skewed = i / 4 % 2 == 1,
							 .several = true,
							 .weighted = i % 7 == 6};
}

static void
check_large(const GeBackend *cpu, const GeBackend *cuda)
{
	GeContextOptions options = test_options(16);
	GeContext *of_cpu = test_open(cpu, &options), *of_cuda = test_open(cuda, &options);
	uint32_t i;

	for (i = 0; i < 2 * N_SCENARIO_TARGETS; i++)
	{
		ScenarioOptions large = large_options(i);
		Scenario *scenario = scenario_make(&large);
		ScenarioResult *expected = scenario_run(cpu, of_cpu, scenario, LARGE_ROWS, 1);
		ScenarioResult *result =
			scenario_run(cuda, of_cuda, scenario, 20 * LARGE_ROWS, 2);
		const char *difference = scenario_difference(result, expected);

		if (!tap_ok(difference == NULL, "all finishes of %d rows, number %u", LARGE_ROWS,
					i))
		{
			scenario_note(&large);
			tap_note("%s differs, status %d, expected %d; %llu targets, expected %llu",
					 difference, (int) result->status, (int) expected->status,
					 (unsigned long long) result->totals.n_targets,
					 (unsigned long long) expected->totals.n_targets);
		}
		scenario_result_free(result);
		scenario_result_free(expected);
		scenario_free(scenario);
	}
	cpu->close(of_cpu);
	cuda->close(of_cuda);
}

int
main(int argc, char **argv)
{
	bool large = argc == 3 && strcmp(argv[2], "large") == 0;
	void *library = argc == 2 || large ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	void *symbol = library != NULL ? dlsym(library, GE_CUDA_BACKEND_SYMBOL) : NULL;
	const GeBackend *cuda;
	GeBackendEntry entry;

	if (symbol == NULL)
	{
		fprintf(stderr, "checks: %s\n",
				argc == 2 || large ? dlerror() : "name one library");
		return 3;
	}
	memcpy(&entry, &symbol, sizeof entry);
	cuda = entry();
	if (large)
		check_large(&ge_cpu_backend, cuda);
	else
	{
		check_target_encodings(cuda, 1);
		check_added_statistics(cuda);
		check_encodings_parity(&ge_cpu_backend, cuda, 1);
	}
	cuda->process.before_exit();
	return tap_done();
}
