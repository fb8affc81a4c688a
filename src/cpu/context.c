/*
 * context.c: opening and closing, and tasks that can fail.
 */
#include "cpu/context.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cpu/cpu_backend.h"
#include "cpu/float_mode.h"

/* From here on the threads of one call have enough to do to be worth waking. */
#define ROWS_PER_CALL 65536

/* The tasks of one ge_context_run. */
typedef struct FallibleTasks
{
	GeContext *context;
	GeFallibleTask run;
	void *arg;
	atomic_bool failed; /* tasks that have not begun are skipped */
	pthread_mutex_t lock;
	uint64_t failed_task; /* guarded by lock, as error is */
	GeError *error;
} FallibleTasks;

static void
run_fallible(void *arg, uint64_t task, uint32_t worker)
{
	FallibleTasks *tasks = arg;
	GeError error;
	GeWork work = {&tasks->context->options, &error, 0};

	if (atomic_load_explicit(&tasks->failed, memory_order_relaxed))
		return;
	if (ge_work_poll(&work) == GE_OK &&
		tasks->run(tasks->arg, task, worker, &work) == GE_OK)
		return;
	pthread_mutex_lock(&tasks->lock);
	if (!atomic_load_explicit(&tasks->failed, memory_order_relaxed) ||
		task < tasks->failed_task)
	{
		tasks->failed_task = task;
		*tasks->error = error;
	}
	atomic_store_explicit(&tasks->failed, true, memory_order_relaxed);
	pthread_mutex_unlock(&tasks->lock);
}

GeStatus
ge_context_run(GeContext *context, uint32_t n_threads, uint64_t n_tasks,
			   GeFallibleTask run, void *arg, GeError *error)
{
	FallibleTasks tasks = {.context = context, .run = run, .arg = arg, .error = error};

	atomic_init(&tasks.failed, false);
	pthread_mutex_init(&tasks.lock, NULL);
	ge_threads_run(context->threads, n_threads, n_tasks, run_fallible, &tasks);
	pthread_mutex_destroy(&tasks.lock);
	return tasks.failed ? error->status : GE_OK;
}

GeStatus
ge_cpu_open(const GeContextOptions *options, GeContext **context, GeTraits *traits,
			GeError *error)
{
	GeContext *opened;

	*context = NULL;
	if (options->abi != GE_BACKEND_ABI)
		return ge_cpu_fail(error, GE_INTERNAL,
						   "the caller was built for backend ABI %u, not %u",
						   options->abi, GE_BACKEND_ABI);
	ge_float_mode_reset();
	if (!ge_float_mode_check())
		return ge_cpu_fail(error, GE_INTERNAL,
						   "this build fuses products or flushes subnormal numbers, so "
						   "its encodings would not be exact");
	opened = calloc(1, sizeof *opened);
	if (opened == NULL)
		return ge_cpu_no_memory(error, sizeof *opened, "a context");
	opened->options = *options;
	opened->threads =
		ge_threads_create(options->threads > 1 ? (uint32_t) options->threads : 1);
	if (opened->threads == NULL)
	{
		free(opened);
		return ge_cpu_no_memory(error, 0, "threads");
	}
	*context = opened;
	traits->rows_per_call = ROWS_PER_CALL;
	traits->concurrent_rows = GE_ROWS_PER_LOOKUP;
	return GE_OK;
}

void
ge_cpu_close(GeContext *context)
{
	if (context == NULL)
		return;
	ge_threads_free(context->threads);
	free(context);
}
