/*
 * job_attempt.c: the steps of a job before its results, begun anew where need be.
 *
 * Sources are read under one snapshot and outputs are empty up to then, so that nothing
 * tells a second attempt from a first.  All that an attempt makes is in a memory context of
 * its own, and what it changes of the job is put back.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "job/job.h"

/* What an attempt changes. */
typedef struct JobState
{
	GeJob job;
	GeCategoryColumn *columns;
	GeEncoding *encodings;
	GeJobSource *sources;
} JobState;

static JobState
save(const GeJob *job)
{
	JobState state = {.job = *job};

	state.columns = palloc_array(GeCategoryColumn, job->n_columns + 1);
	state.encodings = palloc_array(GeEncoding, job->n_encodings + 1);
	state.sources = palloc_array(GeJobSource, job->n_sources);
	memcpy(state.columns, job->columns, sizeof(GeCategoryColumn) * job->n_columns);
	memcpy(state.encodings, job->encodings, sizeof(GeEncoding) * job->n_encodings);
	memcpy(state.sources, job->sources, sizeof(GeJobSource) * job->n_sources);
	return state;
}

static void
restore(GeJob *job, const JobState *state)
{
	*job = state->job;
	memcpy(job->columns, state->columns, sizeof(GeCategoryColumn) * job->n_columns);
	memcpy(job->encodings, state->encodings, sizeof(GeEncoding) * job->n_encodings);
	memcpy(job->sources, state->sources, sizeof(GeJobSource) * job->n_sources);
}

static void
run(GeJob *job, GeJobSteps steps, void *arg)
{
	MemoryContext caller = CurrentMemoryContext;

	job->context =
		AllocSetContextCreate(caller, "gpu_encode job", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(job->context);
	ge_job_create_dictionaries(job);
	steps(job, arg);
	MemoryContextSwitchTo(caller);
}

/*
 * Run the steps; false where memory of the GPU did not suffice.  No subtransaction is
 * needed to go on after that error: those who raise it hold nothing (compute.h), and
 * memory goes with the attempt's context.
 */
static bool
try_run(GeJob *job, GeJobSteps steps, void *arg)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool done = true;

	PG_TRY();
	{
		run(job, steps, arg);
	}
	PG_CATCH();
	{
		if (!ge_compute_raised(job->compute))
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		done = false;
	}
	PG_END_TRY();
	return done;
}

void
ge_job_attempt(GeJob *job, GeJobSteps steps, void *arg)
{
	JobState before = save(job);

	if (!try_run(job, steps, arg))
	{
		MemoryContext attempt = job->context;

		restore(job, &before);
		MemoryContextDelete(attempt);
		job->is_second_attempt = true;
		ge_compute_restart_on_cpu(job->compute);
		run(job, steps, arg);
	}
	ge_compute_settle(job->compute);
}

/* GeJobSteps */
static void
learn(GeJob *job, void *arg)
{
	ge_job_read(job);
	ge_job_check_missing(job, 0);
	ge_job_sort(job);
	ge_job_combine(job);
	ge_job_fit(job);
	/* what the results of further sources will need, while the job can still begin anew */
	for (int s = 1; s < job->n_sources; s++)
		if (job->sources[s].read_encoded)
			ge_job_fetch_encodings(job);
}

void
ge_job_learn(GeJob *job)
{
	ge_job_attempt(job, learn, NULL);
}
