/*
 * attempt.c: the steps of a run before its results, and further runs if need be.
 *
 * A further run does the same as the first: sources are read under one snapshot, outputs are
 * still empty, and the plan does not change.  Everything that a run makes is in a memory
 * context of its own.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "job/internal.h"

/* A run with its steps, in a memory context under the caller's. */
static GeRun *
run_steps(const GePlan *plan, GeCompute *compute, bool is_second, GeJobSteps steps,
		  void *arg)
{
	MemoryContext caller = MemoryContextSwitchTo(AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode run", ALLOCSET_DEFAULT_SIZES));
	GeRun *run = ge_run_create(plan, compute);

	run->is_second = is_second;
	steps(run, arg);
	MemoryContextSwitchTo(caller);
	return run;
}

/*
 * run_steps(), but NULL if a GPU's memory ended, or a GPU failed.  No subtransaction is needed to go on
 * after that error: code that raises it holds no resource (compute/compute.h), and the memory is
 * freed with the run's context.
 */
static GeRun *
try_steps(const GePlan *plan, GeCompute *compute, bool is_second, GeJobSteps steps,
		  void *arg)
{
	MemoryContext caller = CurrentMemoryContext;
	GeRun *volatile run = NULL;

	PG_TRY();
	{
		run = run_steps(plan, compute, is_second, steps, arg);
	}
	PG_CATCH();
	{
		if (!ge_compute_raised(compute))
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
	}
	PG_END_TRY();
	return run;
}

GeRun *
ge_job_attempt(const GePlan *plan, GeJobSteps steps, void *arg)
{
	GeCompute *compute = ge_compute_open(ge_plan_estimate(plan));
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext attempt =
		AllocSetContextCreate(caller, "gpu_encode attempt", ALLOCSET_SMALL_SIZES);
	GeRun *run;

	MemoryContextSwitchTo(attempt);
	run = try_steps(plan, compute, false, steps, arg);
	while (run == NULL)
	{
		MemoryContextDeleteChildren(attempt);
		ge_compute_restart(compute);
		run = try_steps(plan, compute, true, steps, arg);
	}
	MemoryContextSwitchTo(caller);
	ge_compute_settle(compute);
	return run;
}

/* The steps that a caller puts before those of learning. */
typedef struct Before
{
	GeJobSteps steps;
	void *arg;
} Before;

/* GeJobSteps */
static void
learn(GeRun *run, void *arg)
{
	const Before *before = arg;

	ge_job_list(run);
	if (before->steps != NULL)
		before->steps(run, before->arg);
	ge_job_read(run);
	ge_job_check_missing(run, 0);
	ge_job_take_out(run);
	ge_job_sort(run);
	ge_job_check_unknown_options(run);
	ge_job_check_unknown(run, 0);
	ge_job_combine(run);
	ge_job_check_unseen(run, 0);
	ge_job_fit(run);
	/*
	 * fetched now, because a further run is still possible: the results of other sources
	 * need them
	 */
	for (int s = 1; s < run->plan->n_sources; s++)
		if (run->plan->sources[s].read_encoded)
			ge_job_fetch_encodings(run);
}

GeRun *
ge_job_learn(const GePlan *plan, GeJobSteps first, void *arg)
{
	Before before = {first, arg};

	return ge_job_attempt(plan, learn, &before);
}

void
ge_job_close(GeRun *run)
{
	ge_compute_close(run->compute);
}
