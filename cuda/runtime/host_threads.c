/*
 * host_threads.c: tasks on the pool of threads that the CPU backend uses too.
 */
#include "runtime/host_threads.h"

#include <stdatomic.h>

#include "cpu/threads.h"

/* More threads do not help, because memory is the limit. */
#define MOST_THREADS 16

typedef struct GeHostJob
{
	const GeContextOptions *options;
	GeHostTask run;
	void *arg;
	atomic_bool is_cancelled; /* tasks were left out */
} GeHostJob;

static void
run_task(void *arg, uint64_t task, uint32_t worker)
{
	GeHostJob *job = arg;

	(void) worker;
	if (job->options->cancelled != NULL &&
		job->options->cancelled(job->options->cancelled_arg))
		atomic_store_explicit(&job->is_cancelled, true, memory_order_relaxed);
	else
		job->run(job->arg, task);
}

GeStatus
ge_cuda_host_run(GeContext *context, uint64_t n_tasks, GeHostTask run, void *arg,
				 GeError *error)
{
	GeHostJob job = {.options = &context->options, .run = run, .arg = arg};

	atomic_init(&job.is_cancelled, false);
	if (context->host_threads == NULL)
	{
		int32_t n = context->options.threads;

		context->host_threads = ge_threads_create(n < 1				 ? 1
												  : n > MOST_THREADS ? MOST_THREADS
																	 : (uint32_t) n);
		if (context->host_threads == NULL)
			return ge_cuda_fail(error, GE_OUT_OF_MEMORY,
								"out of host memory for threads");
	}
	ge_threads_run(context->host_threads, MOST_THREADS, n_tasks, run_task, &job);
	if (atomic_load(&job.is_cancelled))
		return ge_cuda_fail(error, GE_CANCELLED, "cancelled");
	return GE_OK;
}

void
ge_cuda_host_threads_close(GeContext *context)
{
	ge_threads_free(context->host_threads);
	context->host_threads = NULL;
}
