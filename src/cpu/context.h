/*
 * context.h: what the objects of the CPU backend share: options and threads.
 */
#ifndef GE_CPU_CONTEXT_H
#define GE_CPU_CONTEXT_H

#include "backend/backend.h"
#include "cpu/status.h"
#include "cpu/threads.h"

struct GeContext
{
	GeContextOptions options;
	GeThreads *threads;
};

/*
 * Tasks that can fail, on all threads of the context: run(arg, task, worker, work) for
 * every task until one fails.  Returns the failure of the lowest task that failed.
 * cancelled() is looked at before every task.
 */
typedef GeStatus (*GeFallibleTask)(void *arg, uint64_t task, uint32_t worker,
								   GeWork *work);

extern GeStatus ge_context_run(GeContext *context, uint32_t n_threads, uint64_t n_tasks,
							   GeFallibleTask run, void *arg, GeError *error);

#endif /* GE_CPU_CONTEXT_H */
